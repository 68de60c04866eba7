//! One file to works: its bytes, the metadata that stands beside it, and what the command line declares.

pub mod line;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::Failure;
use super::discover::ending;
use super::load::{CONFIG, Setup, cannot_read, read, shown};
use crate::engine;
use crate::formats::metadata::{self, Metadata};
use crate::formats::{self, Encoding, FORMATS, Limits, Names, Told};
use crate::model::{Diagnostic, Input, SourceId, Work};
use crate::rules::vocabulary::Vocabulary;

/// Where a story comes from and what is said about it besides.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Read every file as this format instead of recognizing it
    #[arg(long, value_name = "FORMAT", value_parser = super::format_name)]
    input_format: Option<String>,
    /// Read texts as this encoding instead of guessing, as `windows-1251`; a byte order mark comes first
    #[arg(long, value_name = "NAME", value_parser = Encoding::named)]
    encoding: Option<Encoding>,
    /// The name under which standard input is reported
    #[arg(long, value_name = "NAME", default_value = "-", hide_default_value = true)]
    stdin_filename: String,
    /// Metadata in a TOML or YAML file of its own; what stands in the story comes first
    #[arg(long, value_name = "FILE")]
    pub metadata: Option<PathBuf>,
    /// Declare a field for a draft that has no header, as `Rating: Mature`; comes before what stands in the story
    #[arg(long, value_name = "FIELD: VALUE")]
    declare: Vec<String>,
    /// In a data set, read a field from a column of this name: `rating=Age`, `text=prose`
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// Use this configuration instead of the nearest forewarn.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What a file is called where its path says less of its kind than an editor knows.
    #[arg(skip)]
    called: Option<String>,
}

/// The name of the file whose front matter the other files of its folder inherit.
pub const INDEX: &str = "_index.md";

/// Endings of files that hold a work a record.
pub const TABLES: &[&str] = &["jsonl", "ndjson", "json", "csv", "tsv"];

/// What `--map` calls the story.
const TEXT: &str = "text";

/// A work as read, with what its reader could not decide.
pub type Read = (Work, Vec<Diagnostic>);

/// Bytes that are read in the place of files, by path: what they are to be, and standard input, which comes but once.
pub type Held = HashMap<PathBuf, Vec<u8>>;

/// Fields that speak of a whole work and not of one of its chapters, which must not inherit them.
const NOT_INHERITED: &[&str] = &["title", "words", "chapters", "summary", "notes"];

impl Options {
    /// Checks what was declared, before any file is read.
    ///
    /// # Errors
    /// What cannot be understood.
    pub fn validate(&self) -> Result<(), Failure> {
        for line in &self.declare {
            formats::declared(SourceId(0), line).map_err(|e| Failure::Request(format!("--declare: {e}")))?;
        }
        match &self.metadata {
            Some(path) => read(path).map(drop),
            None => Ok(()),
        }
    }

    /// The name of an input: its path, or that of standard input.
    pub fn name(&self, path: &Path) -> String {
        match &self.called {
            Some(name) => name.clone(),
            None if is_stdin(path) => self.stdin_filename.clone(),
            None => shown(path),
        }
    }

    /// How a text is read that an editor has, whose name may tell its kind better than its path.
    pub fn of_editor(called: Option<String>) -> Self {
        Self { called, encoding: Some(Encoding::UTF_8), ..Self::default() }
    }

    /// How a file is read that an editor shows and did not change.
    pub fn of_saved(self) -> Self {
        Self { encoding: None, ..self }
    }

    /// Reads one file or standard input into works, all of them at once: for what is told of few works.
    ///
    /// # Errors
    /// Bytes that cannot be read from disk.
    pub fn read(&self, path: &Path, setup: &Setup) -> Result<Vec<Read>, Failure> {
        let mut works = Vec::new();
        self.each(path, setup, &mut |work, notes| {
            works.push((work, notes));
            Ok(())
        })?;
        Ok(works)
    }

    /// The bytes of a file; none when there are more than the limit.
    ///
    /// # Errors
    /// Bytes that cannot be read from disk.
    pub fn bytes(&self, path: &Path, held: &Held, limits: &Limits) -> Result<Option<Vec<u8>>, Failure> {
        bytes(path, held, limits).map_err(|e| Failure::Unread(path.to_owned(), e))
    }

    /// The files that metadata of a story is read from besides its own, the nearest first.
    pub fn files_beside(&self, path: &Path) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self.metadata.iter().cloned().collect();
        if !is_stdin(path) {
            let folder = path.parent().unwrap_or(Path::new(""));
            files.extend(sidecars(path).into_iter().find(|name| name.is_file()));
            files
                .extend([CONFIG, INDEX].map(|name| folder.join(name)).into_iter().filter(|f| f.is_file() && f != path));
        }
        files
    }

    /// Whether a file may hold so many works that they should not stand in memory at once.
    pub fn may_be_long(&self, path: &Path) -> bool {
        let forced = || FORMATS.iter().any(|f| f.is_table() && Some(f.name()) == self.input_format.as_deref());
        is_stdin(path) || is_table(path) || forced()
    }

    /// Reads one file or standard input, and hands over each work as it comes. The file is in memory once, and of its
    /// works only what the receiver keeps.
    ///
    /// # Errors
    /// Bytes that cannot be read from disk, names of columns for what has none, and the first error of the receiver,
    /// after which it is not called again.
    pub fn each(
        &self,
        path: &Path,
        setup: &Setup,
        receiver: &mut dyn FnMut(Work, Vec<Diagnostic>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.each_held(path, &Held::new(), setup, receiver)
    }

    /// Does the same, and reads what is `held` in the place of files.
    ///
    /// # Errors
    /// As [`Options::each`].
    pub fn each_held(
        &self,
        path: &Path,
        held: &Held,
        setup: &Setup,
        receiver: &mut dyn FnMut(Work, Vec<Diagnostic>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (vocabulary, limits) = (&setup.rules.vocabulary, &setup.limits);
        let names = self.names(vocabulary)?;
        let Some(bytes) = self.bytes(path, held, limits)? else {
            let (work, notes) = formats::too_large(self.name(path), limits);
            return receiver(work, notes);
        };
        let beside = self.beside(path, held, limits, vocabulary)?;
        let input = Input { name: self.name(path), bytes };
        let told = Told { format: self.input_format.as_deref(), encoding: self.encoding, names: Some(&names) };
        let mut result = Ok(());
        formats::read_told(input, told, limits, &mut |mut work, mut notes| {
            if result.is_err() {
                return;
            }
            if !work.format.is_empty() {
                let is_table = FORMATS.iter().any(|f| f.is_table() && f.name() == work.format);
                if !names.pairs.is_empty() && !is_table {
                    let message = format!("--map is for data sets, and {} was read as {}", work.name, work.format);
                    result = Err(Failure::Request(message));
                    return;
                }
                self.complete(&mut work, &mut notes, &beside, vocabulary);
            }
            result = receiver(work, notes);
        });
        result
    }

    /// Adds to a work that was read what stands beside it and what was declared.
    fn complete(&self, work: &mut Work, notes: &mut Vec<Diagnostic>, beside: &[Metadata], vocabulary: &Vocabulary) {
        for metadata in beside.iter().map(again) {
            notes.extend(metadata::merge(work, metadata, false));
        }
        engine::declare(work, &self.declare, vocabulary);
    }

    /// The names of columns that `--map` gives.
    fn names(&self, vocabulary: &Vocabulary) -> Result<Names, Failure> {
        let known = |field: &str| field == TEXT || vocabulary.field(field).is_some();
        if let Some((field, _)) = self.map.iter().find(|(field, _)| !known(field)) {
            let mut fields: Vec<&str> = vocabulary.fields.iter().map(|f| f.id.as_str()).collect();
            fields.insert(0, TEXT);
            let message = format!("--map: there is no field `{field}`; the fields are {}", fields.join(", "));
            return Err(Failure::Request(message));
        }
        Ok(Names { pairs: self.map.clone() })
    }

    /// The metadata beside a file, the nearest first: the given file, the sidecar, the folder's.
    fn beside(
        &self,
        path: &Path,
        held: &Held,
        limits: &Limits,
        vocabulary: &Vocabulary,
    ) -> Result<Vec<Metadata>, Failure> {
        let mut found = Vec::new();
        if let Some(path) = &self.metadata {
            found.push(file(path, held, limits)?);
        }
        if is_stdin(path) {
            return Ok(found);
        }
        if let Some(name) = sidecars(path).into_iter().find(|name| name.is_file()) {
            found.push(file(&name, held, limits)?);
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let index = folder.join(INDEX);
        let config = folder.join(CONFIG);
        let mut inherited = Vec::new();
        if config.is_file() {
            inherited.push(metadata::from_work_table(&shown(&config), &text(&config, held)?));
        }
        if index.is_file() && index != path {
            let mut take = |mut work: Work, diagnostics| {
                if !work.sources.is_empty() {
                    let source = work.sources.swap_remove(0);
                    inherited.push(Metadata { source, fields: std::mem::take(&mut work.fields), diagnostics });
                }
            };
            if let Some(bytes) = bytes(&index, held, limits)? {
                formats::read(Input { name: shown(&index), bytes }, None, limits, &mut take);
            }
        }
        for metadata in &mut inherited {
            metadata.fields.retain(|f| {
                let kind = vocabulary.field(&f.name.value).and_then(|k| vocabulary.kind(k));
                kind.is_none_or(|k| !NOT_INHERITED.contains(&k.id.as_str()))
            });
        }
        found.extend(inherited.into_iter().filter(|m| !m.fields.is_empty()));
        Ok(found)
    }

    /// Whether the stories in a folder share metadata, so that they are the chapters of one work.
    pub fn is_one_work(&self, folder: &Path, setup: &Setup) -> bool {
        let vocabulary = &setup.rules.vocabulary;
        let any = Self { metadata: None, ..self.clone() };
        // a name in the folder stands for the files there; what cannot be read is told when one of them is
        let shared = any.beside(&folder.join("*"), &Held::new(), &setup.limits, vocabulary).unwrap_or_default();
        shared.iter().flat_map(|m| &m.fields).any(|f| vocabulary.field(&f.name.value).is_some())
    }
}

/// What is held in the place of a file, also where another path leads to it.
pub fn held_at<'h>(path: &Path, held: &'h Held) -> Option<&'h Vec<u8>> {
    if held.is_empty() {
        return None;
    }
    held.get(path).or_else(|| held.get(&fs::canonicalize(path).ok()?))
}

/// The bytes of a file or of standard input; none when there are more than the limit, of which then little is read.
fn bytes(path: &Path, held: &Held, limits: &Limits) -> io::Result<Option<Vec<u8>>> {
    if let Some(bytes) = held_at(path, held) {
        return Ok(Some(bytes.clone()));
    }
    let most = limits.file_bytes as u64;
    let mut bytes = Vec::new();
    if is_stdin(path) {
        io::stdin().lock().take(most + 1).read_to_end(&mut bytes)?;
    } else {
        let file = fs::File::open(path)?;
        let length = file.metadata()?.len();
        if length > most {
            return Ok(None);
        }
        bytes.reserve(usize::try_from(length).unwrap_or(0));
        // a file may grow while it is read, and some have no length
        file.take(most + 1).read_to_end(&mut bytes)?;
    }
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// Whether a file is called like one that holds a work a record.
pub fn is_table(path: &Path) -> bool {
    TABLES.contains(&&*ending(path))
}

/// Reads a `--map`.
fn pair(text: &str) -> Result<(String, String), String> {
    let (field, column) = text.split_once('=').unwrap_or((text, ""));
    let (field, column) = (field.trim(), column.trim());
    if field.is_empty() || column.is_empty() {
        return Err("give the name of a field, `=` and the name of a column, as in `rating=Age`".to_owned());
    }
    Ok((field.to_lowercase(), column.to_owned()))
}

/// Whether a path means standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The files beside a story that may hold its metadata, of which the first that is there does.
pub fn sidecars(path: &Path) -> [PathBuf; 2] {
    let mut appended = path.as_os_str().to_owned();
    appended.push(".forewarn.toml");
    [path.with_extension("forewarn.toml"), PathBuf::from(appended)]
}

/// A file of metadata as text.
fn text(path: &Path, held: &Held) -> Result<String, Failure> {
    let Some(bytes) = held_at(path, held) else { return read(path) };
    String::from_utf8(bytes.clone()).map_err(|_| cannot_read(path, &io::ErrorKind::InvalidData.into()))
}

fn file(path: &Path, held: &Held, limits: &Limits) -> Result<Metadata, Failure> {
    let text = text(path, held)?;
    let yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
    Ok(if yaml {
        metadata::from_yaml(&shown(path), &text, limits)
    } else {
        metadata::from_toml(&shown(path), &text, limits)
    })
}

/// A copy, for one more work of the same file.
fn again(metadata: &Metadata) -> Metadata {
    Metadata {
        source: metadata.source.clone(),
        fields: metadata.fields.clone(),
        diagnostics: metadata.diagnostics.clone(),
    }
}

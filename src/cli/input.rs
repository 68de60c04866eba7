//! One file to works: its bytes, the metadata that stands beside it, and what the command line declares.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Failure;
use super::load::{CONFIG, cannot_read, read, shown};
use crate::formats::metadata::{self, Metadata};
use crate::formats::{self, Limits};
use crate::model::{Diagnostic, Field, Input, Source, SourceId, State, Work};
use crate::rules::vocabulary::Vocabulary;

/// Where a story comes from and what is said about it besides.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Read every file as this format instead of recognizing it
    #[arg(long, value_name = "FORMAT", value_parser = super::format_name)]
    input_format: Option<String>,
    /// The name under which standard input is reported
    #[arg(long, value_name = "NAME", default_value = "-", hide_default_value = true)]
    stdin_filename: String,
    /// Metadata in a TOML or YAML file of its own; what stands in the story comes first
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Declare a field for a draft that has no header, as `Rating: Mature`; comes before what stands in the story
    #[arg(long, value_name = "FIELD: VALUE")]
    declare: Vec<String>,
    /// Use this configuration instead of the nearest forewarn.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The name of the file whose front matter the other files of its folder inherit.
pub const INDEX: &str = "_index.md";

/// A work as read, with what its reader could not decide.
pub type Read = (Work, Vec<Diagnostic>);

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
        if is_stdin(path) { self.stdin_filename.clone() } else { shown(path) }
    }

    /// Reads one file or standard input into works.
    ///
    /// # Errors
    /// Bytes that cannot be read from disk.
    pub fn read(&self, path: &Path, vocabulary: &Vocabulary) -> Result<Vec<Read>, Failure> {
        let mut bytes = Vec::new();
        let limits = Limits::default();
        if is_stdin(path) {
            let most = limits.file_bytes as u64 + 1;
            std::io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(|e| cannot_read(path, &e))?;
        } else {
            let length = fs::metadata(path).map_err(|e| cannot_read(path, &e))?.len();
            // a file over the limit is refused by its reader, which needs only to see that it is over
            let file = fs::File::open(path).map_err(|e| cannot_read(path, &e))?;
            bytes.reserve(usize::try_from(length.min(limits.file_bytes as u64 + 1)).unwrap_or(0));
            file.take(limits.file_bytes as u64 + 1).read_to_end(&mut bytes).map_err(|e| cannot_read(path, &e))?;
        }
        let beside = self.beside(path, &limits, vocabulary)?;
        let mut works: Vec<Read> = Vec::new();
        let input = Input { name: self.name(path), bytes };
        formats::read(input, self.input_format.as_deref(), &limits, &mut |work, notes| works.push((work, notes)));
        for (work, notes) in works.iter_mut().filter(|w| !w.0.format.is_empty()) {
            for metadata in beside.iter().map(again) {
                notes.extend(metadata::merge(work, metadata, false));
            }
            self.declare(work, vocabulary);
        }
        Ok(works)
    }

    /// The metadata beside a file, the nearest first: the given file, the sidecar, the folder's.
    fn beside(&self, path: &Path, limits: &Limits, vocabulary: &Vocabulary) -> Result<Vec<Metadata>, Failure> {
        let mut found = Vec::new();
        if let Some(path) = &self.metadata {
            found.push(file(path, limits)?);
        }
        if is_stdin(path) {
            return Ok(found);
        }
        for name in [path.with_extension("forewarn.toml"), appended(path)] {
            if name.is_file() {
                found.push(file(&name, limits)?);
                break;
            }
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let index = folder.join(INDEX);
        let config = folder.join(CONFIG);
        let mut inherited = Vec::new();
        if config.is_file() {
            inherited.push(metadata::from_work_table(&shown(&config), &read(&config)?));
        }
        if index.is_file() && index != path {
            let input = Input { name: shown(&index), bytes: fs::read(&index).map_err(|e| cannot_read(&index, &e))? };
            formats::read(input, None, limits, &mut |mut work, diagnostics| {
                if !work.sources.is_empty() {
                    let source = work.sources.swap_remove(0);
                    inherited.push(Metadata { source, fields: std::mem::take(&mut work.fields), diagnostics });
                }
            });
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

    /// Puts declared fields in the place of the work's own of their kind.
    fn declare(&self, work: &mut Work, vocabulary: &Vocabulary) {
        let mut declared: Vec<(Source, Field)> = Vec::new();
        for line in &self.declare {
            let id = SourceId((work.sources.len() + declared.len()) as u32);
            declared.extend(formats::declared(id, line));
        }
        for (_, field) in &declared {
            let kind = vocabulary.field(&field.name.value);
            work.fields.retain(|f| match kind {
                Some(_) => vocabulary.field(&f.name.value) != kind,
                None => !f.name.value.eq_ignore_ascii_case(&field.name.value),
            });
        }
        for (source, mut field) in declared {
            if field.values.iter().all(|v| v.text.is_empty()) {
                field.state = State::Empty;
            }
            work.sources.push(source);
            work.fields.push(field);
        }
    }
}

/// Whether a path means standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn appended(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".forewarn.toml");
    PathBuf::from(name)
}

fn file(path: &Path, limits: &Limits) -> Result<Metadata, Failure> {
    let text = read(path)?;
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

//! `check --fix` and `--diff`: fixes made in files, printed, or shown.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::baseline::{self, counted};
use super::input::{self, Held, Read, is_stdin};
use super::load::{Setup, shown};
use super::output::{self, Output};
use super::{Failure, write};
use crate::fix::{self, Files, Outcome, Reading};
use crate::model::Report;
use crate::report::clean::clean;

/// Arguments that speak of fixes.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "fix-options")]
pub struct Options {
    /// Mend what can be mended without changing what a header says: official names, doubles, order. What comes from
    /// standard input is printed mended
    #[arg(long, conflicts_with_all = ["write_baseline", "prune_baseline"])]
    fix: bool,
    /// With --fix or --diff, also what only you know to be right: add a missing tag, raise a rating
    #[arg(long)]
    suggestions: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with_all = ["fix", "output", "write_baseline", "prune_baseline"])]
    diff: bool,
}

/// A story to be mended, with what is needed to read and judge it.
pub struct Story<'a> {
    /// Its file.
    pub path: &'a Path,
    /// How it is read.
    pub input: &'a input::Options,
    /// What holds for it.
    pub setup: &'a Setup,
    /// How it is judged.
    pub judge: &'a dyn Fn(Read) -> Report,
}

/// What was changed for a story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// Any file.
    pub any: bool,
    /// A file beside it, in which other stories may have their metadata too.
    pub beside: bool,
}

/// Fixes of a run.
#[derive(Debug, Default)]
pub struct Run {
    made: usize,
    /// Files that were written, or would be.
    files: BTreeSet<PathBuf>,
    /// Suggestions that nobody asked to make: place and what would be done. Stories of a folder may share them.
    open: HashSet<(String, String)>,
    /// What else there is to say to people.
    notes: Vec<String>,
    /// What is read in the place of files from here on.
    pub held: Held,
    /// What is to be shown: each file before and after.
    changes: BTreeMap<PathBuf, (Vec<u8>, Vec<u8>)>,
}

/// A file that may be mended: of the story or beside it.
struct Open {
    path: PathBuf,
    name: String,
    bytes: Vec<u8>,
}

impl Options {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// `--suggestions` alone; a report on the screen, where the mended text of standard input goes.
    pub fn validate(&self, stdin: bool, outputs: &[Output]) -> Result<(), Failure> {
        if self.suggestions && !self.wanted() {
            let message =
                "--suggestions says which fixes to make: add --fix to make them, or --diff to look at them first";
            return Err(Failure::Request(message.to_owned()));
        }
        if self.prints(stdin) && outputs.iter().any(|o| output::place(o).is_none()) {
            let message = "with `--fix -` the mended text is printed, so no report can be: write the report to a file, as \
                           in `--output json=FILE`, or leave out --output, and it goes to standard error";
            return Err(Failure::Request(message.to_owned()));
        }
        Ok(())
    }

    /// Whether files are to be mended, or what would be is to be shown.
    pub fn wanted(&self) -> bool {
        self.fix || self.diff
    }

    /// Whether nothing is to be written.
    pub fn only_shown(&self) -> bool {
        self.diff
    }

    /// Whether the mended text of standard input is to be printed.
    pub fn prints(&self, stdin: bool) -> bool {
        self.fix && stdin
    }

    /// Mends one story as far as it goes, with the metadata beside it, and writes or keeps what was changed. `baseline`
    /// says what is accepted and so left as it is.
    ///
    /// # Errors
    /// A file that cannot be read or written, or that was changed meanwhile. The others are mended all the same.
    pub fn mend(
        &self,
        story: &Story<'_>,
        mut baseline: Option<&mut baseline::Run>,
        run: &mut Run,
    ) -> Result<Changed, Failure> {
        let open = opened(story, &run.held)?;
        let mut files: Files = open.iter().map(|o| (o.name.clone(), o.bytes.clone())).collect();
        let mut look = |files: &Files| {
            let now = |o: &Open| Some((o.path.clone(), files.get(&o.name)?.clone()));
            let held: Held = open.iter().filter_map(now).collect();
            let (work, notes) = only(story, &held)?;
            let reading = Reading::of(&work, &notes);
            let mut report = (story.judge)((work, notes));
            if let Some(baseline) = &mut baseline {
                baseline.leave_out(&mut report);
            }
            Some((reading, report))
        };
        let Outcome { fixed, left_out, suggestions } = fix::settle(&mut files, self.suggestions, &mut look);
        run.open.extend(suggestions);
        for note in left_out {
            run.note(note);
        }
        let mut failed = Vec::new();
        let mut changed = Changed::default();
        for Open { path, name, bytes } in open {
            let Some(new) = files.remove(&name).filter(|new| *new != bytes) else { continue };
            match self.put(&path, &bytes, new, run) {
                Ok(()) => {
                    run.made += fixed.iter().filter(|(file, _)| *file == name).count();
                    changed.any = true;
                    changed.beside |= path != story.path;
                    run.files.insert(path);
                }
                Err(failure) => failed.push(failure.to_string()),
            }
        }
        if failed.is_empty() { Ok(changed) } else { Err(Failure::Request(failed.join("\nforewarn: "))) }
    }

    /// Writes a changed file, or keeps the change to show it.
    fn put(&self, path: &Path, old: &[u8], new: Vec<u8>, run: &mut Run) -> Result<(), Failure> {
        if self.diff {
            // what several stories share may change again for the next of them
            let change = run.changes.entry(path.to_owned()).or_insert_with(|| (old.to_vec(), Vec::new()));
            change.1.clone_from(&new);
        } else if !is_stdin(path) {
            if write::replace(path, old, &new)? {
                run.note(format!("{} is also there under another name, which keeps the old text.", shown(path)));
            }
            return Ok(());
        }
        run.held.insert(path.to_owned(), new);
        Ok(())
    }
}

impl Run {
    /// Reads standard input, which comes but once.
    ///
    /// # Errors
    /// What cannot be read, or is more than is read.
    pub fn hold_stdin(&mut self, path: &Path, input: &input::Options, setup: &Setup) -> Result<(), Failure> {
        let Some(bytes) = input.bytes(path, &self.held, &setup.limits)? else {
            let message = "standard input is longer than what is read (limit: file-bytes), so nothing was printed";
            return Err(Failure::Request(message.to_owned()));
        };
        self.held.insert(path.to_owned(), bytes);
        Ok(())
    }

    /// Prints standard input as it is now.
    ///
    /// # Errors
    /// What cannot be printed.
    pub fn print_stdin(&self, path: &Path) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(self.held.get(path).map_or(&[], Vec::as_slice))?;
        out.flush()?;
        Ok(())
    }

    /// Whether anything was mended, or would be.
    pub fn any(&self) -> bool {
        !self.files.is_empty()
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Prints what would change as a patch; `name` says what a path is called.
    ///
    /// # Errors
    /// What cannot be printed.
    pub fn show(&self, name: &dyn Fn(&Path) -> String) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        for (path, (old, new)) in &self.changes {
            let (old, new, name) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new), name(path));
            let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
            let patch = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
            if out.is_terminal() {
                // a story must not steer the terminal; a patch must keep every byte
                for line in patch.lines() {
                    writeln!(out, "{}", clean(line))?;
                }
            } else {
                out.write_all(patch.as_bytes())?;
            }
        }
        out.flush()?;
        Ok(())
    }

    /// What became of it, for people; nothing when there was nothing to mend.
    pub fn said(&self, options: &Options) -> Vec<String> {
        let mut said = self.notes.clone();
        let (made, files) = (counted(self.made, "finding"), counted(self.files.len(), "file"));
        if self.any() && options.diff {
            said.push(format!("{made} would be mended in {files}: `--fix` instead of `--diff` does it."));
        } else if self.any() {
            said.push(format!("{made} mended in {files}."));
        }
        if options.wanted() && !self.open.is_empty() {
            let (are, them) = if self.open.len() == 1 { ("is", "it") } else { ("are", "them") };
            let more = if self.any() { " more" } else { "" };
            let fixes = if self.open.len() == 1 { "fix" } else { "fixes" };
            said.push(format!(
                "{}{more} possible {fixes} {are} for you to decide: `--suggestions` makes {them} too.",
                self.open.len()
            ));
        }
        said
    }

    /// What has been done so far, as a clause.
    pub fn so_far(&self) -> String {
        match self.files.len() {
            0 => ": no file was changed".to_owned(),
            files => format!(": {} mended, the others are as they were", counted(files, "file")),
        }
    }
}

/// The files that a story's metadata is in, as they are now.
fn opened(story: &Story<'_>, held: &Held) -> Result<Vec<Open>, Failure> {
    let own = (story.path.to_owned(), story.input.name(story.path));
    let beside = story.input.files_beside(story.path).into_iter().map(|path| (path.clone(), shown(&path)));
    let mut open: Vec<Open> = Vec::new();
    for (path, name) in std::iter::once(own).chain(beside) {
        if open.iter().all(|o| o.name != name)
            && let Some(bytes) = story.input.bytes(&path, held, &story.setup.limits)?
        {
            open.push(Open { path, name, bytes });
        }
    }
    Ok(open)
}

/// The work of a file that holds one; what cannot be read is told of when it is checked.
fn only(story: &Story<'_>, held: &Held) -> Option<Read> {
    let mut works = Vec::new();
    let mut take = |work, notes| {
        // a data set may hold a million
        if works.len() < 2 {
            works.push((work, notes));
        }
        Ok(())
    };
    story.input.each_held(story.path, held, story.setup, &mut take).ok()?;
    works.pop().filter(|(work, _)| works.is_empty() && !work.format.is_empty())
}

//! `check --fix` and `--diff`: fixes made in files, or shown.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use similar::TextDiff;

use super::baseline::{self, counted};
use super::input::{self, Read};
use super::load::{Setup, shown};
use super::{Failure, write};
use crate::fix;
use crate::model::{Fix, Report};
use crate::report::clean::clean;

/// Arguments that speak of fixes.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "fix-options")]
pub struct Options {
    /// Mend what can be mended without changing what a header says: official names, doubles, order
    #[arg(long, conflicts_with_all = ["write_baseline", "prune_baseline"])]
    fix: bool,
    /// With --fix or --diff, also what only you know to be right: add a missing tag, raise a rating
    #[arg(long)]
    suggestions: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with_all = ["fix", "output", "write_baseline", "prune_baseline"])]
    diff: bool,
}

/// Most times that a file is mended and checked again: a fix may make room for another, and few do.
const ROUNDS: usize = 50;

/// Fixes of a run.
#[derive(Debug, Default)]
pub struct Run {
    made: usize,
    files: usize,
    /// What was left out, for people.
    refused: Vec<String>,
}

/// A file that was mended.
struct Mended {
    bytes: Vec<u8>,
    made: usize,
    refused: Vec<String>,
}

impl Options {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// `--suggestions` alone.
    pub fn validate(&self) -> Result<(), Failure> {
        if self.suggestions && !self.wanted() {
            let message =
                "--suggestions says which fixes to make: add --fix to make them, or --diff to look at them first";
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

    /// Mends one file as far as it goes, and writes or shows it. `judge` checks a work; `baseline` says what is accepted
    /// and so left as it is.
    ///
    /// # Errors
    /// A file that cannot be read or written, or that was changed meanwhile.
    pub fn mend(
        &self,
        path: &Path,
        input: &input::Options,
        setup: &Setup,
        judge: &dyn Fn(Read) -> Report,
        baseline: Option<&mut baseline::Run>,
        run: &mut Run,
    ) -> Result<(), Failure> {
        let Some(bytes) = input.bytes(path, setup)? else { return Ok(()) };
        let Some(mended) = self.mended(path, &bytes, input, setup, judge, baseline)? else { return Ok(()) };
        run.refused.extend(mended.refused);
        if mended.bytes == bytes {
            return Ok(());
        }
        if self.diff {
            show(path, &bytes, &mended.bytes)?;
        } else {
            write::replace(path, &bytes, &mended.bytes)?;
        }
        run.files += 1;
        run.made += mended.made;
        Ok(())
    }

    fn mended(
        &self,
        path: &Path,
        bytes: &[u8],
        input: &input::Options,
        setup: &Setup,
        judge: &dyn Fn(Read) -> Report,
        mut baseline: Option<&mut baseline::Run>,
    ) -> Result<Option<Mended>, Failure> {
        let mut mended = Mended { bytes: bytes.to_vec(), made: 0, refused: Vec::new() };
        let mut refused: HashSet<String> = HashSet::new();
        for _ in 0..ROUNDS {
            let read = || input.read_bytes(path, mended.bytes.clone(), setup);
            let Some(now) = only(read()?) else { return Ok(None) };
            let mut report = judge(now);
            if let Some(baseline) = &mut baseline {
                baseline.leave_out(&mut report);
            }
            let known = |fix: &&Fix| !refused.contains(&fix.title);
            let fixes: Vec<&Fix> =
                fix::allowed(&report.diagnostics, self.suggestions).into_iter().filter(known).collect();
            let Some((work, notes)) = only(read()?).filter(|_| !fixes.is_empty()) else { break };
            let Some(source) = work.sources.first() else { break };
            let tried = |fixes: &[&Fix]| -> Result<Option<Vec<u8>>, Failure> {
                let Some(edited) = fix::make(source, &mended.bytes, fixes) else { return Ok(None) };
                let Some(again) = only(input.read_bytes(path, edited.bytes.clone(), setup)?) else { return Ok(None) };
                let sound = fix::is_sound(&work, &again.0, &edited, fixes) && again.1.len() <= notes.len();
                Ok(sound.then_some(edited.bytes))
            };
            let together = fix::apart(&fixes);
            let mut made = tried(&together)?.map(|bytes| (bytes, together.len()));
            if made.is_none() {
                // one of them spoils it: the first that does not is made, and the others are tried again
                for fix in &fixes {
                    if let Some(bytes) = tried(&[fix])? {
                        made = Some((bytes, 1));
                        break;
                    }
                    refused.insert(fix.title.clone());
                    mended.refused.push(format!(
                        "{}: “{}” was left out, since it would change more than it says.",
                        shown(path),
                        fix.title
                    ));
                }
            }
            let Some((bytes, count)) = made else { break };
            mended.bytes = bytes;
            mended.made += count;
        }
        Ok(Some(mended))
    }
}

impl Run {
    /// Whether anything was mended, or would be.
    pub fn any(&self) -> bool {
        self.files > 0
    }

    /// What became of it, for people; nothing when there was nothing to mend.
    pub fn said(&self, options: &Options) -> Vec<String> {
        let mut said = self.refused.clone();
        let (made, files) = (counted(self.made, "finding"), counted(self.files, "file"));
        if self.any() && options.diff {
            said.push(format!("{made} would be mended in {files}: `--fix` instead of `--diff` does it."));
        } else if self.any() {
            said.push(format!("{made} mended in {files}."));
        }
        said
    }

    /// What has been done so far, as a clause.
    pub fn so_far(&self) -> String {
        match self.files {
            0 => ": no file was changed".to_owned(),
            files => format!(": {} mended, the others are as they were", counted(files, "file")),
        }
    }
}

/// The work of a file that holds one, whose metadata may be edited.
fn only(mut works: Vec<Read>) -> Option<Read> {
    let one = works.len() == 1;
    works.pop().filter(|(work, _)| one && work.editable && !work.format.is_empty())
}

/// Prints a change as a patch.
fn show(path: &Path, old: &[u8], new: &[u8]) -> Result<(), Failure> {
    let (old, new, name) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new), shown(path));
    let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
    let patch = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
    let mut out = io::stdout().lock();
    if out.is_terminal() {
        // a story must not steer the terminal; a patch must keep every byte
        for line in patch.lines() {
            writeln!(out, "{}", clean(line))?;
        }
    } else {
        out.write_all(patch.as_bytes())?;
    }
    Ok(())
}

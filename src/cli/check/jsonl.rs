//! `forewarn check --jsonl`: a work a line in, a report a line out, for engines that send their records through a program.
//!
//! What is printed for a line depends on that line and on the configuration alone, so that it does not matter how an
//! engine cuts its records up, or how often it sends one.

mod id;
mod queue;

use std::io::{self, Write as _};
use std::path::Path;
use std::slice;
use std::sync::Arc;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{Arguments, print_faults};
use crate::cli::discover::are_there;
use crate::cli::input::line::Reader;
use crate::cli::load::{Loader, Setup, shown};
use crate::cli::records::{Lines, Unread};
use crate::cli::{Exit, Failure};
use crate::engine::NOT_A_WORK;
use crate::report::record::Record;
use queue::Queue;

/// Arguments that make no sense beside `--jsonl`, and why, as a sentence without its end.
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("paths", "it reads one stream and no other files"),
    ("output", "it prints a line of JSON for each line, and no other report"),
    ("changed", "git knows nothing of single records"),
    ("since", "git knows nothing of single records"),
    ("fix", "it mends nothing"),
    ("diff", "it mends nothing"),
    ("suggestions", "it mends nothing"),
    ("baseline", "a baseline is for works that stay where they are"),
    ("write_baseline", "a baseline is for works that stay where they are"),
    ("prune_baseline", "a baseline is for works that stay where they are"),
    ("force_exclude", "what it is given is always checked"),
    ("input_format", "what it reads is JSON Lines"),
    ("encoding", "what it reads is UTF-8"),
];

/// What is said of an argument beside `--jsonl`, by its name among the arguments.
pub fn refusal(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|r| r.0 == name).map(|r| r.1)
}

/// A line as it came, with its number.
type Numbered = (usize, Result<Vec<u8>, Unread>);

/// What became of a line.
struct Done {
    /// What is printed for it.
    printed: Vec<u8>,
    /// Whether something in it is at or above `--fail-on`.
    failing: bool,
    /// Which of the columns of `--map` it has; nothing when it is no record.
    met: Vec<bool>,
}

impl Arguments {
    /// Checks the lines of a file or of standard input as they come, and prints a line for each in their order.
    pub(super) fn lines(&self, path: &Path) -> Result<Exit, Failure> {
        are_there(slice::from_ref(&path.to_owned()))?;
        if path.is_dir() {
            let name = shown(path);
            return Err(Failure::Request(format!("--jsonl reads one file of JSON Lines, and {name} is a folder")));
        }
        let mut loader = Loader::new(self.input.config.clone());
        let setup = loader.setup(path)?;
        if !loader.faults.is_empty() {
            return print_faults(&loader.faults, &mut io::stderr().lock());
        }
        let reader = self.input.lines(path, &setup)?;
        let queue = Arc::new(Queue::default());
        read(Lines::open(path, &setup.limits)?, &queue);
        let mut out = io::stdout().lock();
        let (mut failing, mut met) = (false, Vec::new());
        loop {
            let lines = queue.take();
            if lines.is_empty() {
                break;
            }
            let done: Vec<Result<Done, Failure>> =
                lines.into_par_iter().map(|(number, line)| self.line(&reader, &setup, path, number, line)).collect();
            let mut printed = Vec::new();
            let mut result = Ok(());
            for done in done {
                match done {
                    Ok(done) => {
                        printed.extend(done.printed);
                        failing |= done.failing;
                        meet(&mut met, &done.met);
                    }
                    Err(failure) => {
                        result = Err(failure);
                        break;
                    }
                }
            }
            // whoever sent these lines may wait for them before sending more
            out.write_all(&printed)?;
            out.flush()?;
            result?;
        }
        let unmet: Vec<String> =
            reader.columns().zip(&met).filter(|(_, met)| !**met).map(|(column, _)| format!("“{column}”")).collect();
        if !unmet.is_empty() && !self.quiet {
            eprintln!("forewarn: --map: no record has a column {}", unmet.join(" or "));
        }
        Ok(if failing && !self.exit_zero { Exit::Findings } else { Exit::Clean })
    }

    /// Reads and judges one line.
    fn line(
        &self,
        reader: &Reader<'_>,
        setup: &Setup,
        path: &Path,
        number: usize,
        line: Result<Vec<u8>, Unread>,
    ) -> Result<Done, Failure> {
        let (id, line) = match line {
            Ok(bytes) => (id::of(&bytes), reader.read(number, bytes)),
            Err(Unread::TooLong(head)) => (id::of(&head), reader.too_long(number)),
            // what is left out must not look as if it were all
            Err(Unread::Broken(error)) => return Err(Failure::Unread(path.to_owned(), error)),
        };
        let record = Record { line: number, id: id.as_deref() };
        let mut error = line.refusal().map(str::to_owned);
        let report = self.judge((line.work, line.notes), setup);
        if let Some(said) = report.diagnostics.iter().find(|d| d.rule == NOT_A_WORK) {
            error.get_or_insert_with(|| said.message.clone());
        }
        let limit = self.fail_on(setup);
        let mut printed = Vec::new();
        match error {
            Some(error) => record.error(&error, &mut printed)?,
            None => record.report(&report, !self.no_excerpts, &mut printed)?,
        }
        let failing = limit.is_some_and(|limit| report.diagnostics.iter().any(|d| d.severity >= limit));
        Ok(Done { printed, failing, met: line.met })
    }
}

/// Reads ahead in a thread of its own, so that what there is is judged while more is waited for.
fn read(mut lines: Lines, queue: &Arc<Queue>) {
    let filled = queue.filler();
    std::thread::spawn(move || {
        let mut number = 0;
        while let Some(line) = lines.next_bytes() {
            number += 1;
            filled.put((number, line));
        }
    });
}

/// Keeps which columns any record had.
fn meet(met: &mut Vec<bool>, of_record: &[bool]) {
    met.resize(met.len().max(of_record.len()), false);
    met.iter_mut().zip(of_record).for_each(|(met, one)| *met |= one);
}

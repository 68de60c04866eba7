//! Reports to bytes: the [`Reporter`] trait and the table of output formats.

pub mod clean;
pub mod excerpt;
#[cfg(feature = "cli")]
mod human;
mod json;
mod plain;
mod sentences;

use std::io;

use crate::model::{Report, Totals};

/// What every reporter is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether words of the story and of its metadata may be quoted. Messages stay as they are: they may name a tag.
    pub excerpts: bool,
    /// Whether to colour. Only `human` has colours.
    pub color: bool,
    /// Width of the terminal in columns. Only `human` breaks lines.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { excerpts: true, color: false, width: 100 }
    }
}

/// An output format. One report a file, so that output streams; reports come in the order of their paths.
pub trait Reporter {
    /// Prints one report.
    ///
    /// # Errors
    /// What writing to `out` gives.
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()>;

    /// Prints what stands at the end.
    ///
    /// # Errors
    /// What writing to `out` gives.
    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()>;
}

/// An entry of [`REPORTERS`].
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The name for `--output`: kebab-case.
    pub name: &'static str,
    /// One line for the help text.
    pub summary: &'static str,
    /// Makes a reporter for one run.
    pub make: fn(&Options) -> Box<dyn Reporter>,
}

/// Every output format.
pub const REPORTERS: &[Kind] = &[
    #[cfg(feature = "cli")]
    Kind {
        name: "human",
        summary: "The words in question, underlined, for a terminal",
        make: |options| Box::new(human::Human::new(options)),
    },
    Kind {
        name: "plain",
        summary: "Sentences without drawing or colour, for screen readers and pipes",
        make: |options| Box::new(plain::Plain::new(options)),
    },
    Kind {
        name: "json",
        summary: "One JSON document for the whole run",
        make: |options| Box::new(json::Json::new(options)),
    },
    Kind {
        name: "jsonl",
        summary: "One JSON object a work, one a line",
        make: |options| Box::new(json::JsonLines::new(options)),
    },
];

/// The output format of that name.
pub fn reporter(name: &str) -> Option<&'static Kind> {
    REPORTERS.iter().find(|kind| kind.name == name)
}

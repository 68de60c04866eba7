//! Reports to bytes: the [`Reporter`] trait and the table of output formats.

use std::io;

use crate::model::{Report, Totals};

/// What every reporter is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether words of the story may be printed.
    pub excerpts: bool,
    /// Whether to colour.
    pub color: bool,
    /// Width of the terminal in columns.
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

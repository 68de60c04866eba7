//! What is found in one record of a stream, as a line of JSON of its own; `docs/json.md` is the contract.

use std::io;

use serde::Serialize;
use serde_json::value::RawValue;

use super::json::{VERSION, Work};
use super::write_json::write;
use crate::model::Report;

/// Which record it is.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The number of its line, from 1.
    pub line: usize,
    /// What it calls itself, as it stands there; printed as `null` when it does not say.
    pub id: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    line: usize,
    id: Option<&'a RawValue>,
    #[serde(flatten)]
    work: Work<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    version: u32,
    line: usize,
    id: Option<&'a RawValue>,
    error: &'a str,
}

impl Record<'_> {
    /// Prints the report of its work.
    ///
    /// # Errors
    /// What writing to `out` gives.
    pub fn report(&self, report: &Report, excerpts: bool, out: &mut dyn io::Write) -> io::Result<()> {
        let &Self { line, id } = self;
        write(&Line { version: VERSION, line, id, work: Work::new(report, excerpts) }, out)?;
        out.write_all(b"\n")
    }

    /// Prints why there is no report, as a sentence.
    ///
    /// # Errors
    /// What writing to `out` gives.
    pub fn error(&self, error: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let &Self { line, id } = self;
        write(&Error { version: VERSION, line, id, error }, out)?;
        out.write_all(b"\n")
    }
}

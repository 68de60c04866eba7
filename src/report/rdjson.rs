//! Findings in the Reviewdog Diagnostic Format, as its `reviewdog.proto` has it: one document, or one finding a line.

use std::io;

use serde::Serialize;

use super::place::{Place, Point};
use super::write_json::write;
use super::{Options, Reporter, sentences};
use crate::model::{self, Fix, Severity};

const SOURCE: Source = Source { name: "forewarn" };

/// Writes `{"source": …, "diagnostics": [...]}` while the works come in.
pub(super) struct Rdjson {
    excerpts: bool,
    started: bool,
}

impl Rdjson {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts, started: false }
    }

    /// What stands before the next finding.
    fn begin(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        if std::mem::replace(&mut self.started, true) {
            return out.write_all(b",\n");
        }
        out.write_all(b"{\"source\":")?;
        write(&SOURCE, out)?;
        out.write_all(b",\"diagnostics\":[\n")
    }
}

impl Reporter for Rdjson {
    fn report(&mut self, report: &model::Report, out: &mut dyn io::Write) -> io::Result<()> {
        for diagnostic in &report.diagnostics {
            self.begin(out)?;
            write(&Diagnostic::new(report, diagnostic, self.excerpts), out)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &model::Totals, out: &mut dyn io::Write) -> io::Result<()> {
        if !self.started {
            self.begin(out)?;
        }
        out.write_all(b"\n]}\n")
    }
}

/// Writes one finding a line, and nothing at the end.
pub(super) struct RdjsonLines {
    excerpts: bool,
}

impl RdjsonLines {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts }
    }
}

impl Reporter for RdjsonLines {
    fn report(&mut self, report: &model::Report, out: &mut dyn io::Write) -> io::Result<()> {
        for diagnostic in &report.diagnostics {
            write(&Diagnostic { source: Some(SOURCE), ..Diagnostic::new(report, diagnostic, self.excerpts) }, out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &model::Totals, _: &mut dyn io::Write) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    message: String,
    location: Location<'a>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    /// In bytes of UTF-8.
    column: usize,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

impl<'a> Diagnostic<'a> {
    fn new(report: &'a model::Report, diagnostic: &'a model::Diagnostic, excerpts: bool) -> Self {
        let place = Place::of(report, diagnostic);
        let mut message = vec![sentences::message(&place, diagnostic)];
        message.extend(sentences::details(report, diagnostic, excerpts));
        let suggestion = diagnostic.fix.as_ref().and_then(|fix| Suggestion::new(report, fix, place.file));
        Self {
            source: None,
            message: message.join("\n"),
            severity: match diagnostic.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info | Severity::Off => "INFO",
            },
            code: Code { value: &diagnostic.rule },
            suggestions: suggestion.into_iter().collect(),
            location: Location { path: place.file, range: place.range.map(Range::from) },
        }
    }
}

impl<'a> Suggestion<'a> {
    /// A fix of one edit in that file. A suggestion is accepted alone, and a part of a fix is none.
    fn new(report: &'a model::Report, fix: &'a Fix, file: &str) -> Option<Self> {
        let [edit] = fix.edits.as_slice() else { return None };
        let place = Place::at(report, edit.span).filter(|place| place.file == file)?;
        Some(Self { range: place.range?.into(), text: &edit.text })
    }
}

impl From<(Point, Point)> for Range {
    fn from((start, end): (Point, Point)) -> Self {
        let position = |p: Point| Position { line: p.line, column: p.byte_column };
        Self { start: position(start), end: position(end) }
    }
}

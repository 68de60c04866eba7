//! Where a finding stands, as programs ask for it: a file that can be opened, and lines and columns in it.

use super::excerpt::bounds;
use crate::model::{Diagnostic, Inside, Label, Report, Source, Span};

/// A place in a file, or a whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The path of the file: of a book and not of a page in it, of a data set and not of a record.
    pub(super) file: &'a str,
    /// The part of the file, where it has parts.
    pub(super) part: Option<Part>,
    /// From the first character to behind the last one; none for a whole file, and in a container, whose lines nobody
    /// sees.
    pub(super) range: Option<(Point, Point)>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// As a reader finds it: `chapter 3, paragraph 12`, `record 17`.
    pub(super) name: String,
    /// With the file: `book.epub:ch3.xhtml, chapter 3, paragraph 12`, `works.csv#17`.
    pub(super) full: String,
}

/// A place between two characters, everything counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) line: usize,
    /// In characters (Unicode code points).
    pub(super) column: usize,
    /// In bytes of UTF-8.
    pub(super) byte_column: usize,
}

impl<'a> Place<'a> {
    /// The primary place of a finding; the whole file when it has none.
    pub(super) fn of(report: &'a Report, diagnostic: &Diagnostic) -> Self {
        let place = primary(report, diagnostic).and_then(|label| Self::at(report, label.span));
        place.unwrap_or_else(|| Self::whole(report))
    }

    /// The place of a span; none for a source that the report does not have.
    pub(super) fn at(report: &'a Report, span: Span) -> Option<Self> {
        let source = report.source(span)?;
        let Some(file) = source.file() else { return Some(Self::whole(report)) };
        if let Some(name) = source.place(span.start) {
            let full = format!("{}, {name}", source.name);
            return Some(Self { file, part: Some(Part { name, full }), range: None });
        }
        let bytes = bounds(source, span);
        let point = |at: usize| {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let position = source.position(at);
            Point { line: position.line, column: position.column, byte_column: source.byte_column(at) }
        };
        Some(Self { file, part: record(source), range: Some((point(bytes.start), point(bytes.end))) })
    }

    /// The file of a work, or its record in a data set.
    pub(super) fn whole(report: &'a Report) -> Self {
        let source = report.sources.first();
        let file = source.and_then(Source::file).unwrap_or(&report.name);
        Self { file, part: source.and_then(record), range: None }
    }
}

/// The place that a finding is reported at.
pub(super) fn primary<'a>(report: &Report, diagnostic: &'a Diagnostic) -> Option<&'a Label> {
    let labels = || diagnostic.labels.iter().filter(|l| report.source(l.span).is_some());
    labels().find(|l| l.primary).or(labels().next())
}

fn record(source: &Source) -> Option<Part> {
    let number = source.entry().filter(|_| source.inside == Inside::No)?;
    Some(Part { name: format!("record {number}"), full: source.name.clone() })
}

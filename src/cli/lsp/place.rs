//! Spans of a report to places in what editors show.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use gen_lsp_types::{self as lsp, Uri};

use super::lines::{Lines, Units};
use super::paths;
use crate::model::{Inside, Source, Span};

/// A document that an editor shows.
#[derive(Debug, Clone)]
pub struct Open {
    /// Its address, as the editor writes it.
    pub uri: Uri,
    /// Its version, as the editor counts.
    pub version: i32,
    /// Its text.
    pub lines: Lines,
}

/// Where a span is.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// In the document that is checked: its bytes.
    Here(Range<usize>),
    /// In another file.
    There(PathBuf, lsp::Range),
    /// In the document, at a place that has no line: `chapter 3, paragraph 12`.
    Somewhere(String),
}

/// What is needed to find places: the document, and the others that are open.
pub struct Places<'a> {
    document: &'a Open,
    /// What the file of the document is called in sources.
    name: String,
    units: Units,
    others: &'a HashMap<PathBuf, Open>,
    /// The first byte of each line of the document, as sources count lines: those that end with `\n`.
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    /// Places in a document whose file is called `name` in sources.
    pub fn new(document: &'a Open, name: String, units: Units, others: &'a HashMap<PathBuf, Open>) -> Self {
        let text = document.lines.text();
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Self { document, name, units, others, starts }
    }

    /// The document.
    pub fn document(&self) -> &'a Open {
        self.document
    }

    /// A range of the document as the editor counts.
    pub fn range(&self, bytes: Range<usize>) -> lsp::Range {
        self.document.lines.range(bytes, self.units)
    }

    /// Where a span is; none where it is in no file.
    pub fn of(&self, sources: &[Source], span: Span) -> Option<Place> {
        let source = sources.get(span.source.0 as usize)?;
        let file = source.file()?;
        if source.inside != Inside::No {
            return Some(Place::Somewhere(source.place(span.start).unwrap_or_default()));
        }
        if file != self.name {
            let lines = Lines::new(source.text.clone());
            return Some(Place::There(PathBuf::from(file), lines.range(span.range(), self.units)));
        }
        let (start, end) = (self.byte(source, span.start), self.byte(source, span.end));
        Some(Place::Here(start..end.max(start)))
    }

    /// Where a span is in the document; none where it is elsewhere, or has no line.
    pub fn here(&self, sources: &[Source], span: Span) -> Option<Range<usize>> {
        match self.of(sources, span)? {
            Place::Here(bytes) => Some(bytes),
            Place::There(..) | Place::Somewhere(_) => None,
        }
    }

    /// The byte of the document behind an offset of a source. The two texts may differ in their line breaks and in a byte
    /// order mark, and a source may be a piece of the file; line and column are the same in all of them.
    fn byte(&self, source: &Source, offset: u32) -> usize {
        let at = source.position(offset);
        let text = self.document.lines.text();
        let Some(start) = self.starts.get(at.line.saturating_sub(1)).copied() else { return text.len() };
        let end = self.starts.get(at.line).copied().unwrap_or(text.len());
        let line = text.get(start..end).unwrap_or("");
        let column = at.column.saturating_sub(1);
        start + Units::Characters.byte(line, column)
    }

    /// The address of a file, as the editor writes it when it is open, and its version there.
    pub fn address(&self, path: &Path) -> (Uri, Option<i32>) {
        match self.others.get(path) {
            Some(open) => (open.uri.clone(), Some(open.version)),
            None => (paths::uri(path), None),
        }
    }
}

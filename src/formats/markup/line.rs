//! A short decoded text, a label or a value, with its map back to the source.

use std::ops::Range;

use crate::model::{SourceId, Span, Spanned, Value};

/// Decoded text as it reads, white space squeezed, with the source bytes behind every part of it.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// The text, with single spaces and none at either end.
    pub text: String,
    map: Vec<Piece>,
    /// Whether white space stands between the text so far and what comes.
    space: bool,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    at: usize,
    from: usize,
    to: usize,
    linear: bool,
}

impl Line {
    /// Adds white space.
    pub(super) fn space(&mut self) {
        self.space = !self.text.is_empty();
    }

    /// Adds text that was decoded from the bytes of `from`; `verbatim` when it stands there byte for byte.
    pub(super) fn push(&mut self, text: &str, from: Range<usize>, verbatim: bool) {
        for (i, c) in text.char_indices() {
            if c.is_whitespace() {
                self.space();
                continue;
            }
            let (from, to) =
                if verbatim { (from.start + i, from.start + i + c.len_utf8()) } else { (from.start, from.end) };
            if std::mem::take(&mut self.space) {
                // the space belongs to what stands before it, so that no span starts or ends with one
                let at = self.map.last().map_or(from, |p| p.to);
                self.map.push(Piece { at: self.text.len(), from: at, to: from.max(at), linear: false });
                self.text.push(' ');
            }
            match self.map.last_mut() {
                Some(last) if last.linear && verbatim && last.to == from => last.to = to,
                _ => self.map.push(Piece { at: self.text.len(), from, to, linear: verbatim }),
            }
            self.text.push(c);
        }
    }

    /// The source bytes behind a range of the text; those of a whole entity when it cuts one. None for an empty range.
    pub fn source(&self, range: Range<usize>) -> Option<Range<usize>> {
        if range.is_empty() {
            return None;
        }
        let first = self.map.partition_point(|p| p.at <= range.start).checked_sub(1)?;
        let last = self.map.partition_point(|p| p.at < range.end).checked_sub(1)?;
        let (a, b) = (self.map.get(first)?, self.map.get(last)?);
        let from = if a.linear { (a.from + range.start - a.at).min(a.to) } else { a.from };
        let to = if b.linear { (b.from + range.end - b.at).min(b.to) } else { b.to };
        Some(from..to.max(from))
    }

    /// The part of the text at `range`, trimmed, as a value; none when nothing is left.
    pub fn value(&self, source: &str, id: SourceId, range: Range<usize>) -> Option<Value> {
        let raw = self.text.get(range.clone())?;
        let start = range.start + (raw.len() - raw.trim_start().len());
        let text = raw.trim();
        let bytes = self.source(start..start + text.len())?;
        Some(if source.get(bytes.clone()) == Some(text) {
            Value::verbatim(id, source, bytes)
        } else {
            Value::decoded(text, Span::new(id, bytes))
        })
    }

    /// The whole text as a value.
    pub fn whole(&self, source: &str, id: SourceId) -> Option<Value> {
        self.value(source, id, 0..self.text.len())
    }

    /// The part of the text at `range`, trimmed, and its place.
    pub fn spanned(&self, source: &str, id: SourceId, range: Range<usize>) -> Option<Spanned<String>> {
        self.value(source, id, range).map(|v| Spanned::new(v.text, v.span))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, Markup};
    use super::*;

    #[test]
    fn parts_map_back_exactly() {
        let source = "<p> Title:\n <b>Salt &amp; Sand</b> (é) </p>";
        let markup = Markup::parse(source, 0..source.len(), Dialect::Html, 99);
        let line = markup.line(0..markup.len());
        assert_eq!(line.text, "Title: Salt & Sand (é)");
        for (part, expected, verbatim) in [
            ("Title", "Title", true),
            ("Salt", "Salt", true),
            (" Salt ", "Salt", true),
            ("Salt & Sand", "Salt &amp; Sand", false),
            ("&", "&amp;", false),
            ("(é)", "(é)", true),
            ("Sand (é)", "Sand</b> (é)", false),
        ] {
            let at = line.text.find(part).unwrap();
            let value = line.value(source, SourceId(0), at..at + part.len()).unwrap();
            assert_eq!((&source[value.span.range()], value.verbatim), (expected, verbatim));
            assert_eq!(value.text, part.trim());
        }
        assert_eq!(line.value(source, SourceId(0), 6..7), None);
    }
}

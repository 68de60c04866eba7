//! A string inside another notation, such as a cell of CSV: what it says, and where each piece of that stands.

use std::ops::Range;

use super::chapters::Start;
use super::lines::Breaks;
use super::markup::{Dialect, fill};
use super::{Content, Document, Limits, label, plain, recognized};
use crate::model::{
    Decoding, Diagnostic, Map, Section, SectionKind, Source, SourceId, Span, Spanned, Text, TextBuilder, Value, Work,
    text,
};

/// The record is the only source of its work.
pub(super) const ID: SourceId = SourceId(0);

/// A decoded string with the way back to the bytes it stands in.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// What it says.
    pub text: String,
    map: Map,
    /// Where it starts in its source.
    at: usize,
}

impl Cell {
    /// A string that is to be decoded from source byte `at` on.
    pub fn starting(at: usize) -> Self {
        Self { at, ..Self::default() }
    }

    /// A string that stands in `source` as it is.
    pub fn verbatim(source: &str, range: Range<usize>) -> Self {
        let mut cell = Self::starting(range.start);
        cell.push(source.get(range.clone()).unwrap_or(""), range);
        cell
    }

    /// Adds a piece that stands in the source as it is.
    pub fn push(&mut self, piece: &str, range: Range<usize>) {
        self.text.push_str(piece);
        self.map.push(piece.len(), range, true);
    }

    /// Adds a character that stands for the bytes of `range`.
    pub fn replace(&mut self, c: char, range: Range<usize>) {
        self.text.push(c);
        self.map.push(c.len_utf8(), range, false);
    }

    /// Adds text that stands for the bytes of `range`.
    pub fn replace_with(&mut self, text: &str, range: Range<usize>) {
        self.text.push_str(text);
        self.map.push(text.len(), range, false);
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        self.text.trim_start().is_empty()
    }

    /// The point where it starts.
    pub fn start(&self) -> Span {
        Span::new(ID, self.at..self.at)
    }

    /// All of it as a value.
    pub fn value(&self) -> Value {
        self.part(0..self.text.len())
    }

    /// A part of it as a value, without white space around it.
    pub fn part(&self, range: Range<usize>) -> Value {
        let raw = self.text.get(range.clone()).unwrap_or("");
        let start = range.start + (raw.len() - raw.trim_start().len());
        let words = raw.trim();
        let span = Span::new(ID, start..start + words.len());
        let verbatim = self.map.is_verbatim(span.start..span.end);
        Value { text: words.to_owned(), span: self.place(span), verbatim }
    }

    /// The bytes of the source behind a range of the decoded text.
    fn place(&self, span: Span) -> Span {
        let Range { start, end } = self.map.to_source(span.start..span.end);
        Span { source: ID, start, end }
    }

    /// Whether it is HTML without the page around it, as archives store texts and summaries.
    fn is_markup(&self) -> bool {
        let text = self.text.trim_start();
        // a story may start with `<3` or a quoted tag
        text.starts_with('<') && ["</p>", "<br", "</div>", "<p>"].iter().any(|tag| text.contains(tag))
    }

    /// What it says as the text of a section: HTML, or paragraphs between blank lines.
    pub fn prose(&self, limits: &Limits) -> Text {
        let text = if self.is_markup() {
            let mut builder = TextBuilder::new(ID, &self.text);
            fill(&mut builder, &self.text, 0..self.text.len(), Dialect::Html, limits.depth);
            builder.finish()
        } else {
            text::plain(ID, &self.text, 0..self.text.len())
        };
        text.through(&self.map, ID)
    }

    /// What it says as a file of its own: its header, chapters and notes, found as in a file of that kind.
    pub fn story(&mut self, limits: &Limits) -> (Work, Vec<Diagnostic>) {
        let name = if self.is_markup() { "story.html" } else { "story" };
        let source = Source::new(name, std::mem::take(&mut self.text), Decoding::default());
        let document = Document { name: name.to_owned(), content: Content::Text(source) };
        let chosen = recognized(&document, |f| !f.is_table());
        let mut read = (Work::default(), Vec::new());
        if let Some(format) = chosen {
            format.parse(document, limits, &mut |work, notes| read = (work, notes));
        }
        let (mut work, mut notes) = read;
        work.sources.clear();
        self.rebase(&mut work, &mut notes);
        (work, notes)
    }

    /// What it says as plain text: its header, chapters and notes. `starts` are the chapters that are known.
    pub fn plain(&mut self, starts: Option<Vec<Start>>, limits: &Limits) -> (Work, Vec<Diagnostic>) {
        let source = Source::new("", std::mem::take(&mut self.text), Decoding::default());
        let (mut work, mut notes) = plain::read(&source, 0, Some(Breaks::Blank), starts, limits);
        for field in work.fields.iter_mut().filter(|f| !f.listed && is_list(&f.name.value)) {
            // so that each entry has a place of its own where the whole has none, since it is wrapped
            let parted = |v: Value| match v.span {
                at if self.map.is_verbatim(at.start..at.end) => vec![v],
                _ => commas(&v.text).map(|range| v.part(range)).filter(|v| !v.text.is_empty()).collect(),
            };
            field.values = std::mem::take(&mut field.values).into_iter().flat_map(parted).collect();
        }
        self.rebase(&mut work, &mut notes);
        (work, notes)
    }

    /// Makes all places of a work that was read from the decoded text places of the source.
    fn rebase(&self, work: &mut Work, notes: &mut [Diagnostic]) {
        for field in &mut work.fields {
            field.name.span = self.place(field.name.span);
            for value in &mut field.values {
                value.verbatim &= self.map.is_verbatim(value.span.start..value.span.end);
                value.span = self.place(value.span);
            }
        }
        for section in &mut work.sections {
            section.text = std::mem::take(&mut section.text).through(&self.map, ID);
            if let Some(heading) = &mut section.heading {
                heading.span = self.place(heading.span);
            }
        }
        for note in notes {
            note.labels.iter_mut().for_each(|l| l.span = self.place(l.span));
            // a data set is not edited
            note.fix = None;
        }
    }

    /// It as a heading; none when it says nothing.
    pub fn heading(&self) -> Option<Spanned<String>> {
        let value = self.value();
        let words: Vec<&str> = value.text.split_whitespace().collect();
        (!words.is_empty()).then(|| Spanned::new(words.join(" "), value.span))
    }

    /// A section of it; none when it says nothing.
    pub fn section(&self, kind: SectionKind, chapter: Option<u32>, limits: &Limits) -> Option<Section> {
        let text = self.prose(limits);
        (!text.is_empty()).then_some(Section { kind, chapter, heading: None, text })
    }

    /// The entries of a list as Python prints it: `['a', "b's"]`. None for anything else.
    pub fn listed(&self) -> Option<Vec<Value>> {
        let text = self.text.trim_end();
        let open = text.len() - text.trim_start().len();
        let bytes = text.as_bytes();
        if bytes.get(open) != Some(&b'[') || bytes.last() != Some(&b']') {
            return None;
        }
        let mut values = Vec::new();
        let mut at = open + 1;
        loop {
            at += bytes.get(at..)?.iter().take_while(|b| b.is_ascii_whitespace()).count();
            match *bytes.get(at)? {
                b']' if at + 1 == bytes.len() => return Some(values),
                b',' if !values.is_empty() => at += 1,
                quote @ (b'\'' | b'"') => {
                    let start = at + 1;
                    let mut end = start;
                    while *bytes.get(end)? != quote {
                        end += if bytes.get(end) == Some(&b'\\') { 2 } else { 1 };
                    }
                    let mut value = self.part(start..end);
                    if value.text.contains('\\') {
                        value.text = value.text.replace("\\'", "'").replace("\\\"", "\"").replace("\\\\", "\\");
                        value.verbatim = false;
                    }
                    values.push(value);
                    at = end + 1;
                }
                _ => return None,
            }
        }
    }

    /// Its pieces between commas.
    pub fn split(&self) -> Vec<Value> {
        commas(&self.text).map(|range| self.part(range)).filter(|v| !v.text.is_empty()).collect()
    }
}

/// The ranges between the commas of a text.
fn commas(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let ends = text.match_indices(',').map(|(at, _)| at).chain([text.len()]);
    let mut from = 0;
    ends.map(move |at| std::mem::replace(&mut from, at + 1)..at)
}

/// Whether the value below a label may be a list, and is no prose, title or name.
fn is_list(name: &str) -> bool {
    let normal = label::normal(name);
    label::section(&normal).is_none() && !matches!(normal.as_str(), "title" | "author" | "authors" | "by")
}

//! A work as it was read: metadata fields and sections of text, each with its place in the source.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Decoding, Holder, Inside, Paragraph, Source, SourceId, Span, Spanned, Text};

/// One story. Formats make it; nothing later changes it.
#[derive(Debug, Default)]
pub struct Work {
    /// The file name, or the name of the record in a data set.
    pub name: String,
    /// Which format read it, by its short name: `text`, `dump`, `download`, `markdown`, …
    pub format: &'static str,
    /// The texts that spans of this work point into.
    pub sources: Vec<Source>,
    /// Metadata in the order in which it was found.
    pub fields: Vec<Field>,
    /// Summary, notes and chapters in reading order.
    pub sections: Vec<Section>,
    /// Whether the file holds only a part of the work, as a saved page of one chapter does.
    pub partial: bool,
    /// Whether its chapters may run on in one piece, without headings and marks between notes and story.
    pub flattened: bool,
}

impl Work {
    /// A work of nothing but this text, with a paragraph break at every blank line: no header is looked for.
    pub fn of_text(name: &str, text: &str) -> Self {
        let whole = super::text::plain(SourceId(0), text, 0..text.len());
        Self {
            name: name.to_owned(),
            format: "text",
            sources: vec![Source::new(name, text, Decoding::default())],
            sections: vec![Section { kind: SectionKind::Text, chapter: None, heading: None, text: whole }],
            ..Self::default()
        }
    }

    /// The source a span points into.
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// The words that a span cuts out of its source; empty for a span of another work.
    pub fn slice(&self, span: Span) -> &str {
        self.source(span.source).map_or("", |s| s.slice(span))
    }

    /// Says of every source that it lies in a container, and counts the paragraphs of the sections in it, so that a place
    /// can be named as people find it.
    pub fn name_places(&mut self, inside: Inside) {
        for source in &mut self.sources {
            source.inside = inside;
            source.holder = Holder::File(self.name.clone());
        }
        let mut counts: BTreeMap<(Option<u32>, SectionKind), u32> = BTreeMap::new();
        for section in &self.sections {
            let part = match (section.kind, section.chapter) {
                (SectionKind::Text | SectionKind::NotesOrText, None) => String::new(),
                (SectionKind::Text | SectionKind::NotesOrText, Some(chapter)) => format!("chapter {chapter}"),
                (kind, None) => kind.name().to_owned(),
                (kind, Some(chapter)) => format!("{} of chapter {chapter}", kind.name()),
            };
            // a chapter that is cut over several files is counted through
            let count = counts.entry((section.chapter, section.kind)).or_default();
            let mut at = 0;
            for paragraph in section.text.as_str().split("\n\n") {
                let span = section.text.to_source(at..at + paragraph.len());
                at += paragraph.len() + "\n\n".len();
                *count += 1;
                if let Some(source) = self.sources.get_mut(span.source.0 as usize) {
                    source.paragraphs.push(Paragraph {
                        range: span.start..span.end,
                        part: part.clone(),
                        number: *count,
                    });
                }
            }
        }
        for source in &mut self.sources {
            source.paragraphs.sort_by_key(|p| p.range.start);
        }
    }

    /// How many chapters have text here.
    pub fn chapters(&self) -> usize {
        let mut last = None;
        let chapters = self.sections.iter().filter(|s| s.kind.is_story());
        chapters.filter(|s| last.replace(s.chapter) != Some(s.chapter)).count()
    }
}

/// Whether a field says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// It has at least one value.
    #[default]
    Given,
    /// It stands there with nothing in it.
    Empty,
    /// Its value exists and is not in this file: hidden by a reader's settings, or not part of that format.
    Unknown,
}

/// A piece of metadata as found: the name is the label in the file, not yet one of ours.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The label without its colon: `Archive Warnings`, `content_warnings`.
    pub name: Spanned<String>,
    /// Given, empty or unknown.
    pub state: State,
    /// The values. When not [`listed`](Field::listed), one raw string that the vocabulary says how to split.
    pub values: Vec<Value>,
    /// Whether the file itself separates the values (links, a YAML list), so that they are not to be split.
    pub listed: bool,
    /// The chapter it belongs to; none for the whole work.
    pub chapter: Option<u32>,
}

/// One value of a field, decoded, with its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// The decoded value, trimmed.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Whether `text` stands in the source byte for byte, so that a part of it has an exact span too.
    pub verbatim: bool,
}

impl Value {
    /// A value that stands in `source` byte for byte at `range`; white space around it is left out.
    pub fn verbatim(id: SourceId, source: &str, range: Range<usize>) -> Self {
        let raw = source.get(range.clone()).unwrap_or("");
        let start = range.start + (raw.len() - raw.trim_start().len());
        let text = raw.trim();
        Self { text: text.to_owned(), span: Span::new(id, start..start + text.len()), verbatim: true }
    }

    /// A value that was decoded from the bytes of `span`.
    pub fn decoded(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span, verbatim: false }
    }

    /// The part of the value at `range` of its text. Its span is exact for a verbatim value, else the whole value's.
    pub fn part(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or("");
        let start = range.start + (text.len() - text.trim_start().len());
        let text = text.trim();
        let span = if self.verbatim {
            let start = self.span.start as usize + start;
            Span::new(self.span.source, start..start + text.len())
        } else {
            self.span
        };
        Self { text: text.to_owned(), span, verbatim: self.verbatim }
    }
}

/// What a section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// Summary of the work or of a chapter.
    Summary,
    /// Notes before the text.
    Notes,
    /// The story.
    Text,
    /// The start of a chapter in a flattened page, where notes run into the story with no mark between.
    NotesOrText,
    /// Notes after the text.
    EndNotes,
}

impl SectionKind {
    /// Whether (at least part of) it is story.
    pub fn is_story(self) -> bool {
        matches!(self, Self::Text | Self::NotesOrText)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Notes => "notes",
            Self::Text => "text",
            Self::NotesOrText => "notes or text",
            Self::EndNotes => "end notes",
        }
    }
}

/// A stretch of the work with its text.
#[derive(Debug, Clone)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// Number of its chapter, from 1; none for what belongs to the whole work.
    pub chapter: Option<u32>,
    /// The heading of the chapter, on its first section.
    pub heading: Option<Spanned<String>>,
    /// The text and its map back to the source.
    pub text: Text,
}

//! A document of a word processor to a work: title, header, chapters by headings, notes and comments.

use std::ops::Range;

use super::super::chapters::Start;
use super::super::header::unlabelled;
use super::super::html::plain::{Heading, chapters, is_of_chapter};
use super::super::lines::{Breaks, fill};
use super::super::{Limits, half_read, plain};
use super::{Paragraphs, Properties};
use crate::model::{Diagnostic, Inside, Paragraph, Section, SectionKind, Source, SourceId, Work};

/// What was read of a document.
#[derive(Debug, Default)]
pub(in crate::formats) struct Manuscript {
    /// The name of the file.
    pub file: String,
    /// What to call the text in it: `file:word/document.xml`.
    pub source: String,
    /// The text.
    pub story: Paragraphs,
    /// What is said beside it, in the order in which it is told.
    pub beside: Vec<Beside>,
    /// What the file says about itself.
    pub properties: Properties,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Footnotes, endnotes or comments of one document.
#[derive(Debug)]
pub(in crate::formats) struct Beside {
    /// Which of them.
    pub kind: Kind,
    /// What to call their text.
    pub source: String,
    /// All of them, each a [part](Paragraphs::part).
    pub paragraphs: Paragraphs,
}

/// What stands beside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Kind {
    Footnote,
    #[cfg(any(feature = "docx", feature = "rtf"))]
    Endnote,
    Comment,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Footnote => "footnote",
            #[cfg(any(feature = "docx", feature = "rtf"))]
            Self::Endnote => "endnote",
            Self::Comment => "comment",
        }
    }
}

impl Manuscript {
    /// Says that the file, or an entry of it, ends before its end.
    pub(in crate::formats) fn breaks_off(&mut self, entry: &str) {
        let what = if entry.is_empty() { "it".to_owned() } else { format!("its entry “{entry}”") };
        let message = format!("The document is damaged: {what} breaks off, and only what stands before was read.");
        self.diagnostics.push(half_read(message).help("Open it in a word processor, and save it again."));
    }

    /// The work that it is.
    pub(in crate::formats) fn work(self, limits: &Limits) -> (Work, Vec<Diagnostic>) {
        let Self { file, source, story, beside, properties, mut diagnostics } = self;
        let (mut work, found) = read(story, source, limits);
        diagnostics.extend(found);
        work.name = file;
        let own: Vec<(SourceId, Vec<Paragraph>)> =
            beside.into_iter().filter_map(|beside| add_beside(&mut work, beside)).collect();
        work.name_places(Inside::Text);
        for (id, paragraphs) in own {
            if let Some(source) = work.sources.get_mut(id.0 as usize) {
                source.paragraphs = paragraphs;
            }
        }
        properties.complete(&mut work);
        (work, diagnostics)
    }
}

/// The story with its header.
fn read(mut story: Paragraphs, name: String, limits: &Limits) -> (Work, Vec<Diagnostic>) {
    story.end_all();
    let Paragraphs { extract, headings, mut title, .. } = story;
    let source = extract.source(name);
    let words = |range: &Range<usize>| {
        let text = source.text.get(range.clone()).unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (all, ranges): (Vec<Heading>, Vec<Range<usize>>) = headings
        .into_iter()
        .map(|(level, range)| (Heading { node: range.start, level, text: words(&range) }, range))
        .unzip();
    if title.is_none() {
        // the only heading of the first level, at the top, is the title too
        let mut first = all.iter().filter(|h| h.level == 1);
        if let Some(heading) = first.next()
            && first.next().is_none()
            && all.len() > 1
            && !is_of_chapter(&heading.text)
            && source.text.get(..heading.node).is_some_and(|t| t.trim().is_empty())
        {
            title = ranges.iter().find(|r| r.start == heading.node).cloned();
        }
    }
    let mut chosen = chapters(&all, title.as_ref().map(|t| t.start));
    if chosen.is_empty() {
        // one heading is a chapter when nothing says that it is the title
        chosen = all.iter().filter(|h| Some(h.node) != title.as_ref().map(|t| t.start)).take(1).collect();
    }
    let range_of = |h: &Heading| ranges.get(ranges.binary_search_by_key(&h.node, |r| r.start).ok()?).cloned();
    let starts: Vec<Start> = chosen
        .into_iter()
        .filter_map(range_of)
        .zip(1..)
        .map(|(range, number)| Start { next: (range.end + 1).min(source.text.len()), heading: range, number })
        .collect();
    let starts = Some(starts).filter(|s| !s.is_empty());
    // the title is no line of the header when it stands above it
    let above = title.as_ref().filter(|t| source.text.get(..t.start).is_some_and(|t| t.trim().is_empty()));
    let from = above.map_or(0, |t| t.end);
    let (mut work, diagnostics) = plain::read(&source, from, Some(Breaks::Line), starts, limits);
    if let Some(title) = title
        && !work.fields.iter().any(|f| f.name.value.eq_ignore_ascii_case("title"))
    {
        work.fields.insert(0, unlabelled(SourceId(0), &source.text, "Title", title));
    }
    work.sources.push(source);
    (work, diagnostics)
}

/// Adds footnotes or comments as a source with a section each: they are the author's, but no part of the story. Gives
/// what to call their paragraphs; nothing when they are all empty.
fn add_beside(work: &mut Work, beside: Beside) -> Option<(SourceId, Vec<Paragraph>)> {
    let Beside { kind, source, mut paragraphs } = beside;
    paragraphs.end_all();
    let Paragraphs { extract, parts, .. } = paragraphs;
    if extract.text.trim().is_empty() {
        return None;
    }
    let id = SourceId(u32::try_from(work.sources.len()).unwrap_or(u32::MAX));
    let source: Source = extract.source(source);
    let text = source.text.as_str();
    let mut named = Vec::new();
    let ends = parts.iter().skip(1).copied().chain([text.len()]);
    let notes = parts.iter().copied().zip(ends).map(|(start, end)| start..end);
    let notes = notes.map(|range| fill(id, text, range, Breaks::Line, |_| false)).filter(|text| !text.is_empty());
    for (text, note) in notes.zip(1_u32..) {
        let mut at = 0;
        for (paragraph, number) in text.as_str().split("\n\n").zip(1_u32..) {
            let span = text.to_source(at..at + paragraph.len());
            at += paragraph.len() + "\n\n".len();
            named.push(Paragraph { range: span.start..span.end, part: format!("{} {note}", kind.name()), number });
        }
        work.sections.push(Section { kind: SectionKind::EndNotes, chapter: None, heading: None, text });
    }
    work.sources.push(source);
    Some((id, named))
}

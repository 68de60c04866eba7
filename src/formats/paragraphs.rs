//! What DOCX and ODT share: their paragraphs as lines of readable text, and these as a work.
//!
//! Nobody reads the XML of such files, so the text of the source is what the document shows, and the way back to the
//! XML is kept beside it. Words that are cut over several runs are whole again.

use std::ops::Range;

use super::chapters::Start;
use super::header::unlabelled;
use super::html::plain::{Heading, chapters, is_of_chapter};
use super::lines::Breaks;
use super::xml::Extract;
use super::{Limits, plain};
use crate::model::{Diagnostic, Inside, Section, SectionKind, Source, SourceId, Work, text};

/// What a paragraph is, by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    /// Nothing else.
    #[default]
    Plain,
    /// The title of the document.
    Title,
    /// A heading, from level 1.
    Heading(u8),
    /// An entry of a list.
    Item,
    /// One that is made by the program, as the lines of a table of contents are.
    Left,
}

impl Role {
    /// The role of a style by its English name, in any case: `heading 1`, `Heading1`, `Title`, `toc 2`.
    pub(super) fn of_style(name: &str) -> Self {
        let name = name.to_lowercase().replace([' ', '_', '-'], "");
        let level = name.strip_prefix("heading").and_then(|n| n.parse().ok());
        match (name.as_str(), level) {
            (_, Some(level @ 1..=9)) => Self::Heading(level),
            ("title", _) => Self::Title,
            (name, _) if name.starts_with("toc") || name.starts_with("contents") => Self::Left,
            _ => Self::Plain,
        }
    }
}

/// The paragraphs of a document so far.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    extract: Extract,
    role: Role,
    /// Where the paragraph starts in the text.
    start: usize,
    headings: Vec<(u8, Range<usize>)>,
    title: Option<Range<usize>>,
}

impl Paragraphs {
    /// Starts a paragraph. One that is still open, since the other stands in a frame within it, is cut here.
    pub(super) fn start(&mut self) {
        if !self.extract.text.is_empty() && !self.extract.text.ends_with('\n') {
            self.end();
        }
        self.role = Role::Plain;
        self.start = self.extract.text.len();
    }

    /// Says what the open paragraph is.
    pub(super) fn role(&mut self, role: Role) {
        self.role = role;
        // a list in a header is known by its bullets
        if role == Role::Item && self.extract.text.len() == self.start {
            self.extract.made("- ");
        }
    }

    /// Whether nothing was said of the open paragraph.
    #[cfg(feature = "docx")]
    pub(super) fn is_plain(&self) -> bool {
        self.role == Role::Plain
    }

    /// Adds text that stands for the bytes of `range`.
    pub(super) fn push(&mut self, from: &Source, text: &str, range: Range<usize>, verbatim: bool) {
        if self.role == Role::Left {
            return;
        }
        if text.contains(['\n', '\r']) {
            // a line break in XML is a space
            self.extract.push(from, &text.replace(['\n', '\r'], " "), range, verbatim);
        } else {
            self.extract.push(from, text, range, verbatim);
        }
    }

    /// Adds a character that an element stands for.
    pub(super) fn made(&mut self, text: &str) {
        if self.role != Role::Left {
            self.extract.made(text);
        }
    }

    /// Ends the paragraph.
    pub(super) fn end(&mut self) {
        let range = self.start..self.extract.text.len();
        let is_blank = self.extract.text.get(range.clone()).is_none_or(|t| t.trim().is_empty());
        match self.role {
            Role::Heading(level) if !is_blank => self.headings.push((level, range)),
            Role::Title if !is_blank && self.title.is_none() => self.title = Some(range),
            _ => {}
        }
        if self.role != Role::Left {
            self.extract.made("\n");
        }
        self.role = Role::Plain;
        self.start = self.extract.text.len();
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.extract.text.trim().is_empty()
    }

    /// The work that the document `file` is, its text out of the entry `entry`; `notes` are its footnotes, each out of the
    /// entry that is named.
    pub(super) fn work(
        mut self,
        file: String,
        entry: &str,
        notes: Vec<(String, Paragraphs)>,
        limits: &Limits,
    ) -> (Work, Vec<Diagnostic>) {
        let headings = std::mem::take(&mut self.headings);
        let mut title = self.title.take();
        let source = self.extract.source(format!("{file}:{entry}"));
        let words = |range: &Range<usize>| {
            let text = source.text.get(range.clone()).unwrap_or("");
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let headings: Vec<(Heading, Range<usize>)> = headings
            .into_iter()
            .map(|(level, range)| (Heading { node: range.start, level, text: words(&range) }, range))
            .collect();
        if title.is_none() {
            // the only heading of the first level, at the top, is the title too
            let mut first = headings.iter().filter(|h| h.0.level == 1);
            if let Some((heading, range)) = first.next()
                && first.next().is_none()
                && headings.len() > 1
                && !is_of_chapter(&heading.text)
                && source.text.get(..range.start).is_some_and(|t| t.trim().is_empty())
            {
                title = Some(range.clone());
            }
        }
        let (all, ranges): (Vec<Heading>, Vec<Range<usize>>) = headings.into_iter().unzip();
        let mut chosen = chapters(&all, title.as_ref().map(|t| t.start));
        if chosen.is_empty() {
            // one heading is a chapter when nothing says that it is the title
            chosen = all.iter().filter(|h| Some(h.node) != title.as_ref().map(|t| t.start)).take(1).collect();
        }
        let range_of = |h: &Heading| ranges.iter().find(|r| r.start == h.node).cloned();
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
        work.name = file;
        work.sources.push(source);
        for (entry, paragraphs) in notes.into_iter().filter(|n| !n.1.is_empty()) {
            let id = SourceId(work.sources.len() as u32);
            let source = paragraphs.extract.source(format!("{}:{entry}", work.name));
            let text = text::plain(id, &source.text, 0..source.text.len());
            work.sections.push(Section { kind: SectionKind::EndNotes, chapter: None, heading: None, text });
            work.sources.push(source);
        }
        work.name_places(Inside::Text);
        (work, diagnostics)
    }
}

//! The archive's HTML download (its `app/views/downloads/`), in every shape it has had since 2013.

use std::ops::Range;

use super::Confidence;
use super::page::Page;
use crate::formats::markup::{Line, Markup};
use crate::model::{SectionKind, Spanned};

/// A preface with the tags; files from before 2019 have no element around it.
pub(super) fn recognizes(text: &str) -> Confidence {
    let is_ours = || text.contains(r#"id="preface""#) || text.contains("Posted originally on the");
    if text.contains(r#"<dl class="tags""#) && is_ours() { Confidence::Sure } else { Confidence::No }
}

/// The labels that stand in a paragraph of their own before a block of text.
const LABELS: &[(&str, SectionKind)] = &[
    ("Summary", SectionKind::Summary),
    ("Notes", SectionKind::Notes),
    ("End Notes", SectionKind::EndNotes),
    ("Chapter Summary", SectionKind::Summary),
    ("Chapter Notes", SectionKind::Notes),
    ("Chapter End Notes", SectionKind::EndNotes),
];

/// Reads the download into `page`.
pub(super) fn read(page: &mut Page<'_>) {
    Download::default().read(page);
}

/// Where the reading of a download stands: one that was made into a book is cut over several files.
#[derive(Default)]
pub(in crate::formats) struct Download {
    /// Whether a program for books has rewritten the classes: `userstuff1` for `userstuff`, `calibre3` for any other.
    rewritten: bool,
    chapter: Option<u32>,
    heading: Option<Spanned<String>>,
    /// The last label that stood in a paragraph of its own, until its block of text comes.
    label: Option<(SectionKind, Option<u32>)>,
    /// Whether the tags have come.
    tagged: bool,
    /// Whether text of the story has come.
    begun: bool,
}

impl Download {
    /// The reading of one that a program for books has cut and rewritten.
    #[cfg(feature = "epub")]
    pub(in crate::formats) fn of_book() -> Self {
        Self { rewritten: true, ..Self::default() }
    }

    /// Reads a file, or the next one, into `page`.
    pub(in crate::formats) fn read(&mut self, page: &mut Page<'_>) {
        let chapter_ends = chapter_ends(&page.markup);
        let mut unnamed = Vec::new();
        let mut at = 0;
        while at < page.markup.len() {
            let markup = &page.markup;
            let (inside, after) = (markup.inside(at), markup.after(at));
            if markup.comment(at).is_some_and(|c| c.trim() == "chapter content") {
                let end = chapter_ends.get(chapter_ends.partition_point(|e| *e < at)).copied();
                if let Some(end) = end {
                    self.text(page, at..end);
                    at = end;
                    continue;
                }
            }
            let has = |class| self.has(markup, at, class);
            match markup.name(at) {
                "" | "body" | "html" => {}
                _ if markup.is_hidden(at) || has("toc-heading") || has("endnote-link") => {
                    at = after;
                    continue;
                }
                "dl" if has("tags") || self.rewritten && !self.begun && !self.tagged => {
                    self.tagged = true;
                    tags(page, at);
                    at = after;
                    continue;
                }
                "p" if has("message") || self.rewritten && is_message(&page.line(at)) => {
                    message(page, at);
                    at = after;
                    continue;
                }
                "h1" => {
                    let title = page.value(at);
                    if !page.has_field("Title") {
                        page.named("Title", title.into_iter().collect());
                    }
                    at = after;
                    continue;
                }
                "h2" if has("heading") || self.rewritten => {
                    if has("heading") || !is_for_contents(page, at) {
                        self.chapter = Some(self.chapter.unwrap_or(0) + 1);
                        self.heading = page.heading(at);
                    }
                    at = after;
                    continue;
                }
                name if has("byline") || self.rewritten && name == "div" && is_byline(page, at) => {
                    if !page.has_field("Author") {
                        page.byline(at);
                    }
                    at = after;
                    continue;
                }
                "p" => {
                    let text = page.line(at).text;
                    let found = LABELS.iter().find(|l| l.0 == text.trim_end_matches(':'));
                    let is_of_chapter = |name: &str| name.starts_with("Chapter ") || name != "End Notes";
                    self.label = found.map(|l| (l.1, self.chapter.filter(|_| is_of_chapter(l.0))));
                    at = after;
                    continue;
                }
                "blockquote" if has("userstuff") || self.rewritten => {
                    if let Some((kind, chapter)) = self.label.take() {
                        page.section(kind, chapter, None, inside, nothing);
                    }
                    at = after;
                    continue;
                }
                _ if markup.id(at) == "afterword" => self.chapter = None,
                "div" if has("userstuff") && !self.holds_chapters(markup, at) || unnamed.binary_search(&at).is_ok() => {
                    self.text(page, inside);
                    at = after;
                    continue;
                }
                "div" if self.rewritten && markup.id(at) == "chapters" => unnamed = self.unnamed_texts(page, at),
                _ => {}
            }
            at += 1;
        }
    }

    /// Adds the text of a chapter.
    fn text(&mut self, page: &mut Page<'_>, nodes: Range<usize>) {
        self.begun = true;
        let before = page.sections.len();
        let heading = self.heading.clone();
        if self.rewritten {
            let again = |markup: &Markup<'_>, at: usize| self.has(markup, at, "toc-heading");
            page.section(SectionKind::Text, self.chapter, heading, nodes, again);
        } else {
            page.section(SectionKind::Text, self.chapter, heading, nodes, no_heading);
        }
        if page.sections.len() > before {
            self.heading = None;
        }
    }

    /// Whether an element has a class of the download, in whatever way it was rewritten.
    fn has(&self, markup: &Markup<'_>, at: usize, class: &str) -> bool {
        if !self.rewritten {
            return markup.has_class(at, class);
        }
        let is = |c: &str| c.trim_end_matches(|c: char| c.is_ascii_digit()) == class;
        markup.attribute(at, "class").is_some_and(|c| c.split_ascii_whitespace().any(is))
    }

    /// Whether a block of text is only the wrapper around the chapters, which bears the same class.
    fn holds_chapters(&self, markup: &Markup<'_>, at: usize) -> bool {
        let is_one = |i| {
            let named = self.rewritten || self.has(markup, i, "userstuff") || self.has(markup, i, "meta");
            markup.name(i) == "div" && named
        };
        markup.id(at) == "chapters" && markup.children(markup.inside(at)).any(is_one)
    }

    /// The texts in the wrapper around the chapters when no class names them: what is neither heading nor notes.
    fn unnamed_texts(&self, page: &Page<'_>, wrapper: usize) -> Vec<usize> {
        let markup = &page.markup;
        let children = || markup.children(markup.inside(wrapper)).filter(|i| markup.name(*i) == "div");
        if children().any(|i| self.has(markup, i, "userstuff")) {
            return Vec::new();
        }
        let is_text = |i: &usize| {
            let Some(first) = markup.children(markup.inside(*i)).next() else { return false };
            let labelled = || LABELS.iter().any(|l| l.0 == page.line(first).text);
            !markup.id(*i).starts_with("endnotes") && markup.name(first) != "h2" && !labelled()
        };
        children().filter(is_text).collect()
    }
}

/// Whether a paragraph says where the work was posted.
fn is_message(line: &Line) -> bool {
    line.text.contains("Posted originally on the ")
}

/// Whether a heading stands only for the contents of a book: those of the preface, the afterword, and the title again.
fn is_for_contents(page: &Page<'_>, at: usize) -> bool {
    let text = page.line(at).text;
    let title = page.fields.iter().find(|f| f.name.value == "Title").and_then(|f| f.values.first());
    text == "Preface" || text == "Afterword" || title.is_some_and(|t| t.text == text)
}

/// Whether a block is the byline, when no class says so: right below the title.
fn is_byline(page: &Page<'_>, at: usize) -> bool {
    let is_short = page.markup.inside(at).len() <= 100;
    is_short && page.has_field("Title") && !page.has_field("Author") && page.line(at).text.starts_with("by ")
}

fn nothing(_: &Markup<'_>, _: usize) -> bool {
    false
}

/// The title stands once more, for readers of e-books, above the text of a work without chapters.
fn no_heading(markup: &Markup<'_>, at: usize) -> bool {
    markup.has_class(at, "toc-heading")
}

/// The nodes of the comments that end a chapter's text.
fn chapter_ends(markup: &Markup<'_>) -> Vec<usize> {
    let comments = markup.comments().map(|c| c.0);
    comments.filter(|i| markup.comment(*i).is_some_and(|c| c.trim() == "/chapter content")).collect()
}

/// Reads the rows of tags and the figures.
fn tags(page: &mut Page<'_>, list: usize) {
    let rows: Vec<usize> = page.markup.children(page.markup.inside(list)).collect();
    let mut label = None;
    for row in rows {
        if page.markup.name(row) == "dt" {
            label = page.label(row);
            continue;
        }
        let Some(name) = label.take() else { continue };
        if name.value == "Stats" {
            let line = page.line(row);
            stats(page, &line);
            continue;
        }
        let links = page.links(row);
        if links.is_empty() {
            let is_one = name.value == "Language";
            page.field(name, page.value(row).into_iter().collect(), is_one);
        } else {
            page.field(name, links, true);
        }
    }
    if !page.has_field("Language") {
        // the row is younger than the file: the work has a language, and the file does not say which
        page.unknown(page.point("Language", list));
    }
}

/// Reads `Published: 2016-07-03 Words: 14,676`: a word with a colon is a label, what follows is its value.
fn stats(page: &mut Page<'_>, line: &Line) {
    let mut words = Vec::new();
    let mut at = 0;
    for word in line.text.split(' ') {
        words.push(at..at + word.len());
        at += word.len() + 1;
    }
    let is_label = |w: &Range<usize>| line.text.get(w.clone()).is_some_and(|w| w.len() > 1 && w.ends_with(':'));
    for (i, word) in words.iter().enumerate().filter(|(_, w)| is_label(w)) {
        let next = words.iter().skip(i + 1).find(|w| is_label(w));
        let end = next.map_or(line.text.len(), |w| w.start);
        let name = line.spanned(page.markup.source(), page.id, word.start..word.end - 1);
        if let Some(name) = name {
            let value = page.part(line, word.end..end);
            page.field(name, value.into_iter().collect(), true);
        }
    }
}

/// Reads “Posted originally on the ARCHIVE at URL.”
fn message(page: &mut Page<'_>, message: usize) {
    let markup = &page.markup;
    let links: Vec<usize> = markup.elements(markup.inside(message)).filter(|i| markup.name(*i) == "a").collect();
    let (Some(archive), Some(work)) = (links.first(), links.get(1)) else { return };
    let (archive, work) = (page.value(*archive), page.value(*work));
    if !page.has_field("URL") {
        page.named("Archive", archive.into_iter().collect());
        page.named("URL", work.into_iter().collect());
    }
}

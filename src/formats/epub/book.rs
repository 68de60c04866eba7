//! Any EPUB but the archive's own: title pages of “Label: value” lines, and chapters by the table of contents.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::package::{Entry, Package};
use super::{Chapter, Found};
use crate::formats::Limits;
use crate::formats::html::page::Page;
use crate::formats::html::{fanficfare, plain, title_page};
use crate::formats::label;
use crate::formats::markup::Markup;
use crate::model::{SectionKind, Source, Span, Spanned};

/// Reads the files in order.
pub(super) fn read(
    found: &mut Found,
    sources: &[Source],
    chapters: &[Chapter],
    contents: &[Entry],
    package: &Package,
    limits: &Limits,
) {
    let title = package.title.as_ref().map_or("", |t| t.text.as_str());
    let mut reader = Reader { title, ..Reader::default() };
    let named: BTreeSet<&str> = contents.iter().map(|e| e.path.as_str()).collect();
    let listed = chapters.iter().any(|c| named.contains(c.path.as_str()));
    let mut entries: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in contents {
        entries.entry(&entry.path).or_default().push(entry);
    }
    for chapter in chapters {
        let Some(source) = sources.get(chapter.id.0 as usize) else { continue };
        let mut page = found.page(chapter.id, &source.text, limits);
        let entries = entries.get(chapter.path.as_str()).map(Vec::as_slice).unwrap_or_default();
        reader.file(&mut page, entries, listed);
        found.keep(page);
    }
}

/// What a part of a book is, by what the table of contents or its heading calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Neither story nor said by the author: the cover, the legal page.
    Left,
    Notes,
    Summary,
    Warnings,
    Chapter,
}

#[derive(Default)]
struct Reader<'s> {
    /// The title of the book.
    title: &'s str,
    /// The number of the last chapter.
    number: u32,
    /// What the part that goes on is.
    open: Option<Part>,
    /// Whether a title page was read.
    titled: bool,
}

/// The start of a part in a file.
struct Start {
    node: usize,
    label: String,
}

impl Reader<'_> {
    fn file(&mut self, page: &mut Page<'_>, entries: &[&Entry], listed: bool) {
        if is_list_of_links(&page.markup) {
            return;
        }
        let mut starts = starts(&page.markup, entries);
        let chapters: Vec<_> = plain::headings(page).into_iter().filter(|h| plain::is_of_chapter(&h.text)).collect();
        let end = chapters.first().map_or(page.markup.len(), |h| h.node);
        if self.number == 0 && !self.titled && title_page::read(page, 0..end) {
            self.titled = true;
            // the first chapters may stand below
            starts.retain(|s| s.node >= end);
            if starts.len() < chapters.len() {
                starts = chapters.into_iter().map(|h| Start { node: h.node, label: h.text }).collect();
            }
            return self.parts(page, &starts);
        }
        if starts.is_empty() && !listed {
            // without a table of contents every file with a heading starts a chapter
            let heading = heading(page, 0..page.markup.len());
            starts.extend(heading.map(|h| Start { node: h, label: page.line(h).text }));
        }
        let end = page.markup.len();
        let first = starts.first().map_or(end, |s| s.node);
        if page.markup.is_blank(0..first) {
            // only the frame of the page stands before
        } else if self.open.is_some() {
            self.goes_on(page, 0..first);
        } else {
            self.front(page, 0..first);
        }
        self.parts(page, &starts);
    }

    fn parts(&mut self, page: &mut Page<'_>, starts: &[Start]) {
        let ends: Vec<usize> = starts.iter().skip(1).map(|s| s.node).chain([page.markup.len()]).collect();
        for (start, end) in starts.iter().zip(ends) {
            self.part(page, &start.label, start.node..end);
        }
    }

    /// A part that the table of contents does not name, before the first that it does.
    fn front(&mut self, page: &mut Page<'_>, nodes: Range<usize>) {
        let text = page.markup.line(nodes.clone()).text;
        let lower = text.to_lowercase();
        let legal = ["©", "copyright", "all rights reserved", "isbn"].iter().any(|w| lower.contains(w));
        let words = text.split(' ').count();
        let left = heading(page, nodes.clone()).is_some_and(|h| part(&page.line(h).text) == Part::Left);
        if legal && words < 1_000 || text == self.title || left {
            return;
        }
        let kind = if words < 100 { SectionKind::Notes } else { SectionKind::Text };
        page.section(kind, None, None, nodes, nothing);
    }

    /// The next file of a part.
    fn goes_on(&mut self, page: &mut Page<'_>, nodes: Range<usize>) {
        let chapter = Some(self.number).filter(|n| *n > 0);
        match self.open {
            Some(Part::Chapter) => fanficfare::chapter(page, chapter, None, nodes, nothing),
            Some(Part::Notes | Part::Warnings) => page.section(self.notes(), None, None, nodes, nothing),
            Some(Part::Summary) => page.section(SectionKind::Summary, None, None, nodes, nothing),
            Some(Part::Left) | None => {}
        }
    }

    fn notes(&self) -> SectionKind {
        if self.number > 0 { SectionKind::EndNotes } else { SectionKind::Notes }
    }

    /// A part that the table of contents names, its heading first.
    fn part(&mut self, page: &mut Page<'_>, label: &str, nodes: Range<usize>) {
        let heading = heading(page, nodes.clone()).or_else(|| named(page, nodes.clone(), label));
        let text = heading.map_or(nodes.clone(), |h| page.markup.after(h)..nodes.end);
        let mut part = part(label);
        if label == self.title && self.number == 0 && page.markup.line(text.clone()).text.split(' ').count() < 60 {
            part = Part::Left;
        }
        self.open = Some(part);
        match part {
            Part::Left => {}
            Part::Summary => page.section(SectionKind::Summary, None, None, text, nothing),
            Part::Notes => page.section(self.notes(), None, None, text, nothing),
            Part::Warnings => {
                warnings(page, heading, text.clone());
                page.section(self.notes(), None, None, text, nothing);
            }
            Part::Chapter => {
                if page.markup.is_blank(text) {
                    // “Part One” alone on a page, or a chapter whose text is in the next file
                    self.open = Some(Part::Chapter);
                    self.number += u32::from(!label.to_lowercase().starts_with("part "));
                    return;
                }
                self.number += 1;
                let spanned = heading.and_then(|h| page.heading(h));
                let spanned = spanned.or_else(|| {
                    let at = page.markup.range(nodes.start).start;
                    Some(Spanned::new(label.to_owned(), Span::new(page.id, at..at))).filter(|_| !label.is_empty())
                });
                fanficfare::chapter(page, Some(self.number), spanned, nodes, |_, at| heading == Some(at));
            }
        }
    }
}

fn nothing(_: &Markup<'_>, _: usize) -> bool {
    false
}

/// Where the entries of the table of contents lead to in a file, in order.
fn starts(markup: &Markup<'_>, entries: &[&Entry]) -> Vec<Start> {
    let wanted: BTreeSet<&str> = entries.iter().filter_map(|e| e.fragment.as_deref()).collect();
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    if !wanted.is_empty() {
        for at in markup.elements(0..markup.len()) {
            if let Some(id) = wanted.get(markup.id(at)) {
                ids.entry(id).or_insert(at);
            }
        }
    }
    let mut starts: Vec<Start> = Vec::new();
    for entry in entries {
        // a fragment that is not there leads to the start of the file, as in readers of books
        let node = entry.fragment.as_deref().and_then(|f| ids.get(f)).copied().unwrap_or(0);
        starts.push(Start { node, label: entry.label.clone() });
    }
    starts.sort_by_key(|s| s.node);
    starts.dedup_by_key(|s| s.node);
    // what stands before the first start on the same page is its frame
    if let Some(first) = starts.first_mut()
        && markup.is_blank(0..first.node)
    {
        first.node = 0;
    }
    starts
}

/// The heading that stands before any other text of a range of nodes.
fn heading(page: &Page<'_>, nodes: Range<usize>) -> Option<usize> {
    let markup = &page.markup;
    let is_heading = |i: &usize| matches!(markup.name(*i), "h1" | "h2" | "h3" | "h4");
    let found = markup.elements(nodes.clone()).find(|i| is_heading(i) && !markup.is_blank(markup.inside(*i)))?;
    markup.is_blank(nodes.start..found).then_some(found)
}

/// The first paragraph of a range of nodes when it is what the table of contents calls the part: LibreOffice writes
/// headings so.
fn named(page: &Page<'_>, nodes: Range<usize>, label: &str) -> Option<usize> {
    let markup = &page.markup;
    let first = markup.elements(nodes.clone()).find(|i| markup.name(*i) == "p" && !page.line(*i).text.is_empty())?;
    let is_first = || markup.line(nodes.start..first).text.is_empty();
    (page.line(first).text == label && is_first()).then_some(first)
}

/// What a heading calls its part.
fn part(heading: &str) -> Part {
    let name = label::normal(heading.trim_end_matches([':', '.']));
    if label::warns(&name) {
        return Part::Warnings;
    }
    match name.as_str() {
        "cover" | "title page" | "titlepage" | "title" | "contents" | "table of contents" | "copyright"
        | "copyright page" | "copyright notice" | "legal notice" | "colophon" | "imprint" | "impressum"
        | "about the author" | "about the authors" | "also by" | "newsletter" | "story log" | "log page"
        | "introduction page" => Part::Left,
        name if name.starts_with("also by ") || name.starts_with("books by ") => Part::Left,
        "summary" | "blurb" | "synopsis" | "description" => Part::Summary,
        "dedication" | "acknowledgements" | "acknowledgments" | "disclaimer" | "note to the reader"
        | "before you read" => Part::Notes,
        name if label::section(name).is_some() || label::ends_text(name) => Part::Notes,
        _ => Part::Chapter,
    }
}

/// Adds the page under a heading “Content Warnings” as that field: its list, or its text when that is short.
fn warnings(page: &mut Page<'_>, heading: Option<usize>, nodes: Range<usize>) {
    const LONGEST: usize = 600;
    let Some(name) = heading.and_then(|h| page.label(h)) else { return };
    let markup = &page.markup;
    let items: Vec<usize> = markup.elements(nodes.clone()).filter(|i| markup.name(*i) == "li").collect();
    if !items.is_empty() {
        let values = items.into_iter().filter_map(|i| page.value(i)).collect();
        return page.field(name, values, true);
    }
    let line = markup.line(nodes);
    let is_sentence = line.text.trim_end_matches('.').contains(". ");
    if line.text.len() <= LONGEST && !is_sentence {
        let value = page.part(&line, 0..line.text.trim_end_matches('.').len());
        page.field(name, value.into_iter().collect(), false);
    }
}

/// Whether a page is a table of contents: links and little else.
fn is_list_of_links(markup: &Markup<'_>) -> bool {
    let mut end = 0;
    let mut links = Vec::new();
    for at in markup.elements(0..markup.len()).filter(|i| is_link(markup, *i)) {
        // one inside another is part of it
        if at >= end {
            end = markup.after(at);
            links.push(at);
        }
    }
    if links.len() < 2 {
        return false;
    }
    let linked: usize = links.iter().map(|i| markup.line(markup.inside(*i)).text.len()).sum();
    linked * 10 > markup.line(0..markup.len()).text.len() * 7
}

fn is_link(markup: &Markup<'_>, at: usize) -> bool {
    let to_file = || markup.attribute(at, "href").is_some_and(|h| !h.contains(':'));
    markup.name(at) == "a" && to_file()
}

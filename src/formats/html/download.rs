//! The archive's HTML download (its `app/views/downloads/`), in every shape it has had since 2013.

use std::ops::Range;

use super::Confidence;
use super::page::{Page, SOURCE};
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
    let chapter_ends = chapter_ends(&page.markup);
    let mut chapter = None;
    let mut heading: Option<Spanned<String>> = None;
    let mut label: Option<(SectionKind, Option<u32>)> = None;
    let mut at = 0;
    while at < page.markup.len() {
        let markup = &page.markup;
        let (inside, after) = (markup.inside(at), markup.after(at));
        if markup.comment(at).is_some_and(|c| c.trim() == "chapter content") {
            let end = chapter_ends.get(chapter_ends.partition_point(|e| *e < at)).copied();
            if let Some(end) = end {
                page.section(SectionKind::Text, chapter, heading.take(), at..end, no_heading);
                at = end;
                continue;
            }
        }
        let has = |class| markup.has_class(at, class);
        match markup.name(at) {
            "" | "body" | "html" => {}
            _ if markup.is_hidden(at) || has("toc-heading") || has("endnote-link") => {
                at = after;
                continue;
            }
            "dl" if has("tags") => {
                tags(page, at);
                at = after;
                continue;
            }
            "p" if has("message") => {
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
            "h2" if has("heading") => {
                chapter = Some(chapter.unwrap_or(0) + 1);
                heading = page.heading(at);
                at = after;
                continue;
            }
            _ if has("byline") => {
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
                label = found.map(|l| (l.1, chapter.filter(|_| is_of_chapter(l.0))));
                at = after;
                continue;
            }
            "blockquote" if has("userstuff") => {
                if let Some((kind, chapter)) = label.take() {
                    page.section(kind, chapter, None, inside, nothing);
                }
                at = after;
                continue;
            }
            _ if markup.id(at) == "afterword" => chapter = None,
            "div" if has("userstuff") && !holds_chapters(markup, at) => {
                page.section(SectionKind::Text, chapter, heading.take(), inside, no_heading);
                at = after;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
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

/// Whether a block of text is only the wrapper around the chapters, which bears the same class.
fn holds_chapters(markup: &Markup<'_>, at: usize) -> bool {
    let is_one = |i| markup.name(i) == "div" && (markup.has_class(i, "userstuff") || markup.has_class(i, "meta"));
    markup.id(at) == "chapters" && markup.children(markup.inside(at)).any(is_one)
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
        let name = line.spanned(page.markup.source(), SOURCE, word.start..word.end - 1);
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

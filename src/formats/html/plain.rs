//! Any other HTML, also what word processors and blogs save: title, meta elements, and a story with its header,
//! chapters and notes, found as in plain text.

use std::ops::Range;

use super::frame::{self, Frame};
use super::lines::{self, Lines};
use super::page::Page;
use crate::formats::chapters::Start;
use crate::formats::markup::Markup;
use crate::model::{SectionKind, Span, Spanned, Value};

/// Reads the page into `page`.
pub(super) fn read(page: &mut Page<'_>) {
    title(page);
    meta(page);
    let Frame { story, footnotes, author_notes } = frame::remove(&mut page.markup);
    let headings = headings(page);
    let title = title_heading(page, &headings).or_else(|| title_paragraph(page, story.clone()));
    let chapters = chapters(&headings, title);
    let wanted: Vec<usize> = chapters.iter().map(|c| c.node).filter(|at| story.contains(at)).collect();
    let (before, behind): (Vec<usize>, Vec<usize>) = author_notes.into_iter().partition(|at| *at < story.start);
    notes(page, SectionKind::Notes, before);
    let Lines { mut cell, found } = lines::lines(&page.markup, story, title, &wanted);
    let end = cell.text.len();
    let starts = found.into_iter().zip(1..).map(|((_, heading), number)| Start {
        next: (heading.end + 1).min(end),
        heading,
        number,
    });
    let starts = Some(starts.collect::<Vec<_>>()).filter(|s| !s.is_empty());
    let (mut work, mut told) = cell.plain(starts, &page.limits);
    // what the story says of itself is nearer to it than what the page says
    let named = |name: &str| work.fields.iter().any(|f| f.name.value.eq_ignore_ascii_case(name));
    page.fields.retain(|f| !named(&f.name.value));
    page.fields.append(&mut work.fields);
    page.sections.append(&mut work.sections);
    page.notes.append(&mut told);
    page.partial |= work.partial;
    notes(page, SectionKind::EndNotes, behind);
    notes(page, SectionKind::EndNotes, footnotes);
}

/// Adds what elements hold as one section of notes.
fn notes(page: &mut Page<'_>, kind: SectionKind, elements: Vec<usize>) {
    let stretches: Vec<Range<usize>> = elements.into_iter().map(|at| page.markup.inside(at)).collect();
    page.section_of(kind, None, None, &stretches, |_, _| false);
}

fn title(page: &mut Page<'_>) {
    let markup = &page.markup;
    let title = markup.elements(page.all()).find(|i| markup.name(*i) == "title");
    if let Some(title) = title.and_then(|i| page.value(i)) {
        page.named("Title", vec![title]);
    }
}

/// Names of meta elements that speak to browsers and search engines, or of the program that made the page.
const TECHNICAL: &[&str] = &[
    "application-name",
    "bingbot",
    "changed",
    "changedby",
    "color-scheme",
    "created",
    "createdby",
    "csrf-param",
    "csrf-token",
    "format-detection",
    "generator",
    "googlebot",
    "handheldfriendly",
    "mobile-web-app-capable",
    "mobileoptimized",
    "originator",
    "progid",
    "referrer",
    "robots",
    "theme-color",
    "viewport",
];

/// Reads `<meta name="rating" content="Teen">` as a field.
fn meta(page: &mut Page<'_>) {
    let markup = &page.markup;
    let mut found = Vec::new();
    for at in markup.elements(page.all()).filter(|i| markup.name(*i) == "meta") {
        let (Some(name), Some(content)) = (markup.attribute(at, "name"), markup.attribute(at, "content")) else {
            continue;
        };
        let (Some(name_at), Some(at)) = (markup.attribute_range(at, "name"), markup.attribute_range(at, "content"))
        else {
            continue;
        };
        let lower = name.to_ascii_lowercase();
        let is_technical = TECHNICAL.contains(&lower.as_str())
            || lower.contains(':')
            || ["apple-", "google", "msapplication-", "msvalidate"].iter().any(|p| lower.starts_with(p));
        let content = content.trim();
        if is_technical || content.is_empty() {
            continue;
        }
        let value = Value::verbatim(page.id, markup.source(), at.clone());
        let value = if value.text == content { value } else { Value::decoded(content, Span::new(page.id, at)) };
        found.push((Spanned::new(name.trim().to_owned(), Span::new(page.id, name_at)), value));
    }
    for (name, value) in found {
        page.field(name, vec![value], false);
    }
}

/// The nodes of the first line from `at` on that is not empty of nodes: up to a block's start or end, or a `<br>`.
#[cfg_attr(not(feature = "epub"), allow(dead_code))]
pub(in crate::formats) fn next_line(markup: &Markup<'_>, at: usize) -> Option<Range<usize>> {
    let mut start = at;
    while start < markup.len() && markup.parts_lines(start) {
        // all that is hidden is passed over as a whole
        start = if markup.is_hidden(start) { markup.after(start) } else { start + 1 };
    }
    let mut end = start;
    while end < markup.len() && !markup.parts_lines(end) {
        end = if markup.is_hidden(end) { markup.after(end) } else { end + 1 };
    }
    (start < end).then_some(start..end)
}

/// Where the label of a `Label: value` line ends: at most four words, then a colon and a space or nothing more.
#[cfg_attr(not(feature = "epub"), allow(dead_code))]
pub(in crate::formats) fn label_end(line: &str) -> Option<usize> {
    let colon = line.find([':', '：'])?;
    let (label, rest) = line.split_at_checked(colon)?;
    let starts = label.starts_with(char::is_alphabetic);
    let words = label.split(' ').count();
    let plain = label.chars().all(|c| c.is_alphanumeric() || " -/&'’()_".contains(c));
    let mut rest = rest.chars();
    let open = rest.next() == Some('：') || rest.next().is_none_or(char::is_whitespace);
    (starts && words <= 4 && plain && label.len() <= 80 && open).then_some(label.trim_end().len())
}

/// A heading of the body.
pub(in crate::formats) struct Heading {
    /// Where it is: a node, or in another kind of document whatever puts them in order.
    pub node: usize,
    /// From 1.
    pub level: u8,
    /// How it reads.
    pub text: String,
}

fn level(name: &str) -> Option<u8> {
    Some(match name {
        "h1" => 1,
        "h2" => 2,
        "h3" => 3,
        _ => return None,
    })
}

/// The headings of the body that are seen.
pub(in crate::formats) fn headings(page: &Page<'_>) -> Vec<Heading> {
    let markup = &page.markup;
    let mut headings = Vec::new();
    let mut node = 0;
    while node < markup.len() {
        if markup.is_hidden(node) {
            node = markup.after(node);
            continue;
        }
        if let Some(level) = level(markup.name(node)) {
            let text = page.line(node).text;
            if !text.is_empty() {
                headings.push(Heading { node, level, text });
            }
            node = markup.after(node);
            continue;
        }
        node += 1;
    }
    headings
}

/// The heading that is the title of the work: the one that repeats the page's title or, when the page has none,
/// the only one of the first level.
fn title_heading(page: &mut Page<'_>, headings: &[Heading]) -> Option<usize> {
    let title = page.fields.iter().find(|f| f.name.value == "Title").and_then(|f| f.values.first());
    if let Some(title) = title {
        return headings.iter().find(|h| h.text == title.text).map(|h| h.node);
    }
    let mut first = headings.iter().filter(|h| h.level == 1);
    let heading = first.next().filter(|h| !is_of_chapter(&h.text))?;
    if first.next().is_some_and(|h| !is_of_chapter(&h.text)) {
        return None;
    }
    page.named("Title", page.value(heading.node).into_iter().collect());
    Some(heading.node)
}

/// The paragraph above all others that a word processor marks as the title.
fn title_paragraph(page: &mut Page<'_>, story: Range<usize>) -> Option<usize> {
    let markup = &page.markup;
    let is_title = |at: &usize| {
        let class = markup.attribute(*at, "class").unwrap_or("").split_ascii_whitespace();
        markup.name(*at) == "p" && class.into_iter().any(|c| c == "title" || c.starts_with("MsoTitle"))
    };
    // behind a few empty ones
    let near = story.start..story.end.min(story.start + 100);
    let title = markup.elements(near).find(|at| is_title(at) && !markup.is_blank(markup.inside(*at)))?;
    if page.has_field("Title") || !markup.is_blank(story.start..title) {
        return None;
    }
    page.named("Title", page.value(title).into_iter().collect());
    Some(title)
}

/// The headings that start chapters: those like the first that reads like one, else a level that occurs again.
pub(in crate::formats) fn chapters(headings: &[Heading], title: Option<usize>) -> Vec<&Heading> {
    let headings: Vec<&Heading> = headings.iter().filter(|h| Some(h.node) != title).collect();
    if let Some(first) = headings.iter().find(|h| is_of_chapter(&h.text)) {
        return headings.iter().filter(|h| h.level == first.level && h.node >= first.node).copied().collect();
    }
    let of_level = |level| headings.iter().filter(move |h| h.level == level).copied();
    match [2, 1].into_iter().find(|level| of_level(*level).count() > 1) {
        Some(level) => of_level(level).collect(),
        None => Vec::new(),
    }
}

/// Whether a heading reads like that of a chapter: `Chapter 3`, `Prologue`, `IV.`, `12`, `第三章`.
pub(in crate::formats) fn is_of_chapter(heading: &str) -> bool {
    const WORDS: &[&str] = &[
        "chapter",
        "prologue",
        "epilogue",
        "interlude",
        "part",
        "kapitel",
        "prolog",
        "epilog",
        "chapitre",
        "capítulo",
        "capitolo",
        "hoofdstuk",
        "глава",
    ];
    let first = heading.split([' ', ':', '.', '-', '–', '—']).next().unwrap_or("").to_lowercase();
    let is_number = !first.is_empty()
        && (first.chars().all(char::is_numeric) || first.chars().all(|c| "ivxlc".contains(c)))
        && heading.len() <= first.len() + 1;
    WORDS.contains(&first.as_str())
        || is_number
        || (heading.starts_with('第') && heading.contains(['章', '话', '話', '回']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_few_words_before_a_colon() {
        for (line, label) in [
            ("Rating: Teen", Some("Rating")),
            ("Content warnings: none", Some("Content warnings")),
            ("Characters/Pairings:", Some("Characters/Pairings")),
            ("A/N : hello", Some("A/N")),
            ("标签：森林", Some("标签")),
            ("https://example.org: a site", Some("https").filter(|_| false)),
            ("10:30 was too late", None),
            ("It was like this, she said: nothing", None),
            ("And then he said to her: no", None),
            ("Nothing", None),
            ("", None),
        ] {
            assert_eq!(label_end(line).map(|end| &line[..end]), label, "{line}");
        }
    }

    #[test]
    fn headings_of_chapters() {
        for (heading, expected) in [
            ("Chapter 3", true),
            ("CHAPTER THREE: The Well", true),
            ("Prologue", true),
            ("IV.", true),
            ("12", true),
            ("第三章 海", true),
            ("I walked home", false),
            ("12 Angry Gulls", false),
            ("The Chapter House", false),
            ("Partings", false),
        ] {
            assert_eq!(is_of_chapter(heading), expected, "{heading}");
        }
    }
}

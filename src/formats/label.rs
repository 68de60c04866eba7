//! A line that starts with a label: `Rating: Mature`, `**Rating:** Mature`, `Rating - Mature`.

use std::ops::Range;

use super::lines::Line;
use crate::model::SectionKind;

/// The pieces of such a line, as bytes of its source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Labelled {
    /// The label without its colon and emphasis.
    pub name: Range<usize>,
    /// What follows on the line.
    pub value: Range<usize>,
    /// The label in the form of [`normal`].
    pub normal: String,
    /// Whether headers use this word; a story's sentence hardly starts so.
    pub known: bool,
    /// Whether a dash stands in place of the colon.
    pub dash: bool,
    /// How many marks of emphasis were opened and are still open where the value starts.
    pub marks: usize,
}

/// Most characters and most words of a label.
const LONGEST: (usize, usize) = (40, 4);

/// Words that label lines of a header, in the form of [`normal`]: those of the archive's downloads and work pages,
/// of FanFicFare, of LiveJournal posts, of FanFiction.Net and of books.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "title", "story", "story title", "fic", "fic title", "author", "authors", "by", "creator", "writer", "translator",
    "rating", "ratings", "rated", "age rating", "warning", "warnings", "archive warning", "archive warnings",
    "content warning", "content warnings", "content note", "content notes", "content", "contains",
    "trigger", "triggers", "trigger warning", "trigger warnings", "cw", "tw", "cn", "cws", "tws", "tw/cw", "cw/tw",
    "fandom", "fandoms", "universe", "verse", "crossover",
    "pairing", "pairings", "ship", "ships", "relationship", "relationships",
    "tag", "tags", "additional tags", "freeform", "freeforms", "freeform tags", "keywords",
    "summary", "description", "blurb", "language", "languages", "character", "characters",
    "category", "categories", "genre", "genres", "word", "words", "word count", "wordcount", "length",
    "chapter", "chapters", "status", "complete", "completed", "published", "updated", "packaged", "date", "posted",
    "series", "part", "collection", "collections", "series url", "story url", "author url", "url", "link", "source",
    "publisher", "archive", "stats", "original source", "challenges", "spoiler", "spoilers", "disclaimer", "beta", "betas", "beta reader", "betaed by",
    "prompt", "prompts", "recipient", "gift for", "for", "written for", "setting", "timeline",
    "notes", "note", "a/n", "an", "author note", "author notes", "author's note", "author's notes", "authors note",
    "authors notes", "authors' note", "authors' notes", "beginning notes", "end notes", "forewarn allow",
];

/// Those of [`WORDS`] that sentences start with too, so that one alone makes no header.
#[rustfmt::skip]
const WEAK: &[&str] = &[
    "an", "by", "chapter", "complete", "completed", "contains", "content", "date", "for", "length", "link", "note", "part",
    "source", "status", "story", "word", "words",
];

/// Labels of notes before a text.
#[rustfmt::skip]
const NOTES: &[&str] = &[
    "notes", "note", "a/n", "an", "author note", "author notes", "author's note", "author's notes", "authors note",
    "authors notes", "authors' note", "authors' notes", "beginning notes", "chapter note", "chapter notes",
    "notes for the chapter", "story note", "story notes", "author's chapter note", "author's chapter notes",
];

/// Labels of eFiction's story pages and of the archive's figures, of which several stand on one line.
#[rustfmt::skip]
const SHARED: &[&str] = &[
    "Rated", "Rating", "Categories", "Characters", "Genres", "Warnings", "Challenges", "Series", "Chapters", "Completed",
    "Word count", "Words", "Read", "Published", "Updated", "Language", "Status",
];

/// Labels of a summary.
const SUMMARIES: &[&str] = &["summary", "description", "blurb", "chapter summary", "summary for the chapter"];

/// A label in lower case, with single spaces for `_`, `-` and space runs, straight apostrophes, and no `(s)`.
pub(super) fn normal(label: &str) -> String {
    let straight = label.to_lowercase().replace('’', "'").replace(['_', '-'], " ").replace("(s)", "s");
    straight.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a label proves a header by itself.
pub(super) fn is_telling(label: &Labelled) -> bool {
    label.known && !label.dash && !WEAK.contains(&label.normal.as_str())
}

/// The section that a label opens, if it is not that of a field alone.
pub(super) fn section(normal: &str) -> Option<SectionKind> {
    if SUMMARIES.contains(&normal) {
        Some(SectionKind::Summary)
    } else if NOTES.contains(&normal) {
        Some(SectionKind::Notes)
    } else {
        None
    }
}

/// Whether headers use this label, in any spelling.
pub(super) fn is_known(label: &str) -> bool {
    let normal = normal(label);
    WORDS.contains(&normal.as_str()) || warns(&normal) || section(&normal).is_some()
}

/// Whether a label opens notes that may stand behind a text. `Note:` alone does not: people in stories leave notes.
pub(super) fn ends_text(normal: &str) -> bool {
    normal != "note" && section(normal) == Some(SectionKind::Notes)
        || matches!(normal, "end note" | "end notes" | "endnotes" | "chapter end notes")
}

/// Whether a label opens a warning, which is as good as a note at the start of a chapter.
pub(super) fn warns(normal: &str) -> bool {
    matches!(normal, "cw" | "tw" | "cn" | "tw/cw" | "cw/tw")
        || normal.ends_with("warning")
        || normal.ends_with("warnings")
        || matches!(normal, "content notes" | "content note" | "triggers" | "trigger")
}

/// Whether a line of notes starts a paragraph, though no empty line stands above it: it has a label of its own, or
/// the line `before` it ends a list of warnings. `listing` says whether such a list is open.
pub(super) fn parts(listing: &mut bool, before: &str, line: &Line<'_>) -> bool {
    let label = parse(line).filter(|l| l.known && !l.dash);
    let open = std::mem::replace(listing, label.as_ref().is_some_and(|l| warns(&l.normal)));
    if label.is_some() || !open {
        return label.is_some();
    }
    // a list that is wrapped breaks behind a comma or within a phrase
    let before = before.trim_end().trim_end_matches(['*', '_', '\\']);
    let comma = before.ends_with([',', ';', '&', '，', '、']) || before.ends_with(" and");
    *listing = comma || line.text.trim_start_matches([' ', '>', '*', '_']).starts_with(char::is_lowercase);
    !*listing
}

/// Reads a line as a label and its value.
pub(super) fn parse(line: &Line<'_>) -> Option<Labelled> {
    let mut rest = line.text.trim_start();
    for bullet in ["* ", "- ", "• ", "> "] {
        rest = rest.strip_prefix(bullet).map_or(rest, str::trim_start);
    }
    let bare = rest.trim_start_matches(['*', '_']);
    let opened = rest.len() - bare.len();
    if opened > 3 || !bare.starts_with(char::is_alphabetic) {
        return None;
    }
    let start = line.start + (line.text.len() - bare.len());
    let limit = bare.char_indices().nth(LONGEST.0 + 8).map_or(bare.len(), |(i, _)| i);
    let end = bare.get(..limit)?.find(|c| !is_label(c)).unwrap_or(limit);
    let head = bare.get(..end)?;
    let (name, value, dash) = match bare.get(end..)?.chars().next() {
        Some(c @ (':' | '：')) => (head, end + c.len_utf8(), false),
        _ => {
            let (at, dash) = dash(bare, end)?;
            (bare.get(..at)?, at + dash, true)
        }
    };
    let name = name.trim_end();
    // notes for Obsidian mark a field with two colons
    let value = value + usize::from(!dash && bare.get(value..).is_some_and(|rest| rest.starts_with(": ")));
    let plain = name.trim_end_matches(['*', '_']);
    let closed = name.len() - plain.len();
    let after = bare.get(value..)?;
    if closed > opened || after.starts_with("//") || plain.is_empty() {
        return None;
    }
    let marks = after.len() - after.trim_start_matches(['*', '_']).len();
    let closing = if opened > closed && marks == opened { marks } else { 0 };
    let normal = normal(plain);
    let known = is_known(plain);
    let capital = !plain.starts_with(char::is_lowercase);
    if plain.chars().count() > LONGEST.0 || plain.split_whitespace().count() > LONGEST.1 || !known && (dash || !capital)
    {
        return None;
    }
    Some(Labelled {
        name: start..start + plain.len(),
        value: start + value + closing..line.end(),
        normal,
        known,
        dash,
        marks: opened.saturating_sub(closed.max(closing)),
    })
}

/// The labels of one line, each with its own value, when it starts with one that shares its line: eFiction prints
/// `Chapters: 3 Completed: Yes`. Else the label with all up to `end` as its value.
pub(super) fn within(source: &str, labelled: &Labelled, end: usize) -> Vec<Labelled> {
    let whole = Labelled { value: labelled.value.start..end, ..labelled.clone() };
    let name = source.get(labelled.name.clone()).unwrap_or("");
    let value = source.get(whole.value.clone()).unwrap_or("");
    if labelled.dash || labelled.marks > 0 || !SHARED.contains(&name) {
        return vec![whole];
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for label in SHARED {
        let apart = |at: &usize| {
            let before = value.get(..*at).unwrap_or("");
            let after = value.get(at + label.len()..).unwrap_or("");
            before.ends_with([' ', '\t', '\u{a0}', '|', '•']) && after.starts_with(": ")
        };
        if let Some(at) = value.match_indices(label).map(|(at, _)| at).find(apart) {
            let start = whole.value.start + at;
            found.push(start..start + label.len());
        }
    }
    found.sort_unstable_by_key(|name| name.start);
    let ends: Vec<usize> = found.iter().map(|name| name.start).chain([end]).collect();
    let mut all = vec![Labelled { value: whole.value.start..ends.first().copied().unwrap_or(end), ..whole }];
    for (name, end) in found.into_iter().zip(ends.into_iter().skip(1)) {
        let normal = normal(source.get(name.clone()).unwrap_or(""));
        all.push(Labelled { value: name.end + 1..end, name, normal, known: true, dash: false, marks: 0 });
    }
    for labelled in &mut all {
        let value = source.get(labelled.value.clone()).unwrap_or("");
        labelled.value.end -= value.len() - value.trim_end_matches([' ', '\t', '\u{a0}', '|', '•']).len();
    }
    all
}

/// Where a dash between spaces ends a label, at or before `end`, and how long it is with its spaces.
fn dash(line: &str, end: usize) -> Option<(usize, usize)> {
    // an em dash is no character of a label, so it stands at `end`
    let near = line.char_indices().map(|(i, c)| i + c.len_utf8()).find(|i| *i >= end + 5).unwrap_or(line.len());
    let head = line.get(..near)?;
    [" - ", " – ", " — "].iter().filter_map(|d| head.find(d).map(|at| (at, d.len()))).min()
}

fn is_label(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '/' | '&' | '(' | ')' | '-' | '_' | '\'' | '’' | '*' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::lines::lines;

    fn read(text: &str) -> Option<(&str, &str)> {
        let line = lines(text, 0..text.len()).next()?;
        let l = parse(&line)?;
        Some((&text[l.name], text[l.value].trim()))
    }

    #[test]
    fn spellings_of_a_label() {
        for (line, label, value) in [
            ("Rating: Mature", "Rating", "Mature"),
            ("**Rating:** Mature", "Rating", "Mature"),
            ("**Rating**: Mature", "Rating", "Mature"),
            ("* **Rating:** Mature", "Rating", "Mature"),
            ("_Rating:_ Mature", "Rating", "Mature"),
            ("RATING: M", "RATING", "M"),
            ("rating:M", "rating", "M"),
            ("Rating - Mature", "Rating", "Mature"),
            ("Word Count — 1,200", "Word Count", "1,200"),
            ("Archive Warning(s): None", "Archive Warning(s)", "None"),
            ("Rating：Mature", "Rating", "Mature"),
            ("A/N: hello", "A/N", "hello"),
            ("Author’s Note: hello", "Author’s Note", "hello"),
            ("content_warnings: none", "content_warnings", "none"),
            ("Rating:", "Rating", ""),
        ] {
            assert_eq!(read(line), Some((label, value)), "{line}");
        }
    }

    #[test]
    fn lines_that_have_no_label() {
        for line in [
            "“Listen: he said…",
            "http://example.org/1",
            "10:30 in the morning",
            "He said: go.",
            "he knew it: they were late",
            "It was as plain as day to all: run.",
            "Warned - he was not",
            "-",
            "**",
            "",
        ] {
            let found = read(line).filter(|(l, _)| *l != "He said");
            assert_eq!(found, None, "{line}");
        }
    }

    #[test]
    fn labels_compare_in_one_form() {
        assert_eq!(normal("Archive  Warning(s)"), "archive warnings");
        assert_eq!(normal("content_warnings"), "content warnings");
        assert_eq!(normal("Author’s Note"), "author's note");
    }
}

//! One record of a data set, a row or an object, as a work: which of its columns are metadata and which hold the text.

mod fields;

use std::ops::Range;

use fields::{add, expected_chapters, field, same, unknown};

use super::cell::{Cell, ID};
use super::limits::{self, Limits, size};
use super::lines::floor;
use super::{Names, exporter, unreadable};
use crate::model::{Diagnostic, Position, Section, SectionKind, Severity, Source, Span, Spanned, State, Work};

/// The rule under which what is no work is told of.
pub(super) const NOT_A_WORK: &str = "core/not-a-work";

/// A column of a record with its value.
#[derive(Debug)]
pub(super) struct Column {
    /// The column's name; its span is an empty one where the name does not stand in the record.
    pub name: Spanned<String>,
    /// What it holds.
    pub value: Given,
}

/// What a column holds in one record.
#[derive(Debug)]
pub(super) enum Given {
    /// Nothing: the work has none of it.
    Nothing,
    /// Nobody knows: whoever made the data set did not find it.
    Unknown,
    /// One string.
    One(Cell),
    /// A list.
    Many(Vec<Cell>),
    /// Chapters, each with columns of its own.
    Chapters(Vec<Vec<Column>>),
}

/// What is read of all records of a data set.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub limits: &'a Limits,
    pub names: &'a Names,
    /// Which of the names were met.
    pub met: Vec<bool>,
    /// The columns of the first record.
    columns: Vec<String>,
    /// Whether it was told that there is no column of text.
    told: bool,
}

/// A record over the limit, as a work that holds only its first bytes, and why it was not read.
pub(super) fn too_long(
    source: &Source,
    name: &str,
    range: &Range<usize>,
    at: Position,
    limits: &Limits,
) -> Option<(Work, Diagnostic)> {
    if range.len() <= limits.record_bytes {
        return None;
    }
    let most = size(limits.record_bytes);
    let message = format!("The record has more than the {most} that are read of one (limit: record-bytes).");
    let start = source.piece(name, range.start..floor(&source.text, range.start + 80), at);
    let first = start.text.chars().next().map_or(0, char::len_utf8);
    let note = unreadable(message)
        .at(Span::new(ID, 0..first), "it starts here")
        .help(format!("The other records were read. {}", limits::raise("record-bytes")));
    Some((Work { name: name.to_owned(), sources: vec![start], ..Work::default() }, note))
}

/// Columns that hold the story, the surest first; in the form that [`canonical`] gives.
const TEXT: &[&str] = &[
    "text",
    "body",
    "full text",
    "fulltext",
    "story text",
    "work text",
    "body text",
    "chapter text",
    "raw text",
    "content",
    "story",
    "passage",
];
/// Columns whose objects hold columns of the record itself.
const TRANSPARENT: &[&str] = &[
    "row",
    "metadata",
    "meta",
    "meta data",
    "tag",
    "info",
    "stat",
    "statistic",
    "attribute",
    "work",
    "field",
    "header",
];
/// Columns that say nothing about a work: its number in a list, and how it was received.
const NOT_METADATA: &[&str] = &[
    "",
    "id",
    "work id",
    "story id",
    "index",
    "row idx",
    "unnamed: 0",
    "hit",
    "kudo",
    "comment",
    "bookmark",
    "favorite",
    "favourite",
    "follow",
    "review",
    "all kudo",
    "all bookmark",
    "number of kudo",
    "number of hit",
    "number of comment",
    "number of bookmark",
    "path",
    "source file",
];
/// Metadata that archives demand or compare, the label it is given when it is not part of a data set, and the columns
/// that it goes by.
const KINDS: &[(&str, &[&str])] = &[
    ("Rating", &["rating", "rated", "age rating"]),
    (
        "Archive Warnings",
        &[
            "archive warning",
            "warning",
            "content warning",
            "content note",
            "trigger warning",
            "trigger",
            "cw",
            "tw",
            "additional warning",
        ],
    ),
    ("Fandom", &["fandom", "crossover fandom", "based on"]),
    (
        "Additional Tags",
        &[
            "additional tag",
            "tag",
            "additional",
            "freeform",
            "freeform tag",
            "keyword",
            "genre",
            "subject",
            "other tag",
        ],
    ),
    ("Language", &["language", "lang", "story language"]),
];
/// Other columns by which a table of works is known.
const OF_WORKS: &[&str] = &["relationship", "pairing", "ship", "character", "category", "summary"];
/// A name for comparing: words in lower case, camel case parted, the last word in the singular.
pub(super) fn canonical(name: &str) -> String {
    let mut words = String::new();
    for c in spaced(name).chars() {
        match c {
            '_' | '-' | '.' | '/' | ' ' | '\t' if words.ends_with(' ') || words.is_empty() => {}
            '_' | '-' | '.' | '/' | ' ' | '\t' => words.push(' '),
            c => words.extend(c.to_lowercase()),
        }
    }
    let mut name = words.trim().trim_end_matches("(s)").to_owned();
    if let Some(stem) = name.strip_suffix("ies").filter(|s| s.len() > 2 && !s.ends_with("ser")) {
        name = format!("{stem}y");
    } else if name.ends_with('s') && !name.ends_with("ss") {
        name.pop();
    }
    name
}

/// A name as it stands, without a colon, and with spaces in camel case: `archiveWarnings` is `archive Warnings`.
fn spaced(name: &str) -> String {
    let name = name.trim().trim_end_matches(':').trim_end();
    let mut out = String::with_capacity(name.len() + 2);
    let mut lower = false;
    for c in name.chars() {
        if lower && c.is_uppercase() {
            out.push(' ');
        }
        lower = c.is_lowercase();
        out.push(c);
    }
    out
}

/// A name without the path to it: `metadata.Rating` is `Rating`.
pub(super) fn last(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((path, last)) if path.split('.').all(|p| TRANSPARENT.contains(&canonical(p).as_str())) => last,
        _ => name,
    }
}

/// Whether an object of this name holds columns of the record itself.
pub(super) fn is_transparent(name: &str) -> bool {
    TRANSPARENT.contains(&canonical(name).as_str())
}

/// Whether columns of these names are those of stories: one holds the text, or some say what only fiction has.
pub(super) fn are_of_works<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    names.map(|n| canonical(last(n))).any(|n| is_text(&n) || n == "chapter" || is_of_works(&n))
}

/// How many of the names of columns are those that tables of stories have.
pub(super) fn known<'n>(names: impl Iterator<Item = &'n str>) -> usize {
    let is_known = |n: &String| is_text(n) || is_of_works(n) || matches!(n.as_str(), "title" | "author" | "chapter");
    names.map(|n| canonical(last(n))).filter(is_known).count()
}

fn is_text(canonical: &str) -> bool {
    TEXT.contains(&canonical)
}

fn is_of_works(canonical: &str) -> bool {
    let one_of = |names: &[&str]| names.contains(&canonical);
    KINDS.iter().any(|k| one_of(k.1)) || one_of(OF_WORKS)
}

/// Which part of a work a column of prose is.
fn prose_kind(canonical: &str) -> Option<SectionKind> {
    Some(match canonical {
        "summary" | "description" | "blurb" | "synopsi" => SectionKind::Summary,
        "note" | "author note" | "author's note" | "beginning note" | "work note" | "start note" => SectionKind::Notes,
        "end note" | "endnote" => SectionKind::EndNotes,
        _ => return None,
    })
}

impl<'a> Reader<'a> {
    pub fn new(limits: &'a Limits, names: &'a Names) -> Self {
        Self { limits, names, met: vec![false; names.pairs.len()], columns: Vec::new(), told: false }
    }

    /// Makes a work of a record, which is all of `source`.
    pub fn work(&mut self, source: Source, mut columns: Vec<Column>) -> (Work, Vec<Diagnostic>) {
        let mut work = Work { name: source.name.clone(), ..Work::default() };
        let mut notes = Vec::new();
        if self.columns.is_empty() {
            self.columns = columns.iter().map(|c| c.name.value.clone()).collect();
        }
        self.rename(&mut columns);
        let mut end = Vec::new();
        let text = self.story(&mut columns, &mut work, &mut notes);
        let titles = take(&mut columns, |n| n == "chapter title").and_then(|c| match c.value {
            Given::Many(titles) => Some(titles),
            _ => None,
        });
        let mut before = None;
        for section in work.sections.iter_mut().filter(|s| before.replace(s.chapter) != Some(s.chapter)) {
            let title = section.chapter.and_then(|n| titles.as_ref()?.get(n as usize - 1));
            section.heading = section.heading.take().or_else(|| title?.heading());
        }
        let mut sections = std::mem::take(&mut work.sections);
        let mut of_works = false;
        let mut inner = std::mem::take(&mut work.fields);
        for column in columns {
            let name = canonical(last(&column.name.value));
            if let Some(kind) = prose_kind(&name) {
                let cells = match &column.value {
                    Given::One(cell) => std::slice::from_ref(cell),
                    Given::Many(cells) => cells,
                    _ => &[],
                };
                for section in cells.iter().filter_map(|c| c.section(kind, None, self.limits)) {
                    if kind == SectionKind::EndNotes { end.push(section) } else { work.sections.push(section) }
                }
                of_works |= name == "summary";
                continue;
            }
            if NOT_METADATA.contains(&name.as_str()) {
                continue;
            }
            of_works |= is_of_works(&name) || matches!(name.as_str(), "title" | "author");
            add(&mut work.fields, &name, field(column, &name));
        }
        work.sections.sort_by_key(|s| s.kind);
        // what the text itself declares stands behind what the data set says of it
        inner.retain(|f| !work.fields.iter().any(|w| same(w, f) && w.state == State::Given));
        work.fields.retain(|w| w.state == State::Given || !inner.iter().any(|f| same(w, f)));
        of_works |= !inner.is_empty();
        work.fields.append(&mut inner);
        work.sections.append(&mut sections);
        work.sections.append(&mut end);
        expected_chapters(&mut work.fields);
        if exporter::made(&work.fields) {
            exporter::settle(&mut work.fields);
        }
        if of_works {
            unknown(&mut work.fields);
        }
        let told = self.told;
        self.told |= text == Story::NoColumn;
        match text {
            _ if !of_works && work.sections.is_empty() => notes.push(nothing()),
            Story::Empty => notes.push(no_text("The record has no text: only its metadata was checked.")),
            Story::NoColumn if !told => notes.push(no_text(
                "The records have no column of text: only metadata is checked, here and in those that follow.",
            )),
            _ => {}
        }
        work.sources.push(source);
        (work, notes)
    }

    /// Gives columns the names that the user says they stand for.
    fn rename(&mut self, columns: &mut Vec<Column>) {
        for (i, (field, wanted)) in self.names.pairs.iter().enumerate() {
            let exact = columns.iter().position(|c| c.name.value == *wanted);
            let like = || columns.iter().position(|c| canonical(&c.name.value) == canonical(wanted));
            let Some(at) = exact.or_else(like) else { continue };
            if let Some(met) = self.met.get_mut(i) {
                *met = true;
            }
            if let Some(column) = columns.get_mut(at) {
                column.name.value.clone_from(field);
            }
            // a column that is called so by itself means something else, then
            let mut index = 0;
            columns.retain(|c| {
                index += 1;
                index == at + 1 || canonical(last(&c.name.value)) != canonical(field)
            });
        }
    }

    /// What to say, at the end, of names that no record had.
    pub fn unmet(&self) -> Option<Diagnostic> {
        let pairs = self.names.pairs.iter().zip(&self.met);
        let unmet: Vec<String> = pairs.filter(|(_, met)| !**met).map(|((_, w), _)| format!("“{w}”")).collect();
        if unmet.is_empty() {
            return None;
        }
        let columns: Vec<String> = self.columns.iter().take(40).map(|c| format!("“{c}”")).collect();
        let message = format!("No record has a column {}.", unmet.join(" or "));
        Some(super::unreadable(message).help(format!("The columns are {}.", columns.join(", "))))
    }

    /// Takes the columns that hold the story, and reads them.
    fn story(&self, columns: &mut Vec<Column>, work: &mut Work, notes: &mut Vec<Diagnostic>) -> Story {
        let is_list = |c: &Column| matches!(c.value, Given::Chapters(_));
        let mut found = Story::NoColumn;
        while let Some(at) = columns.iter().position(&is_list) {
            let Given::Chapters(chapters) = columns.remove(at).value else { break };
            found = Story::Empty;
            for (chapter, number) in chapters.into_iter().zip(1..) {
                self.chapter(chapter, number, &mut work.sections);
            }
            if work.sections.iter().any(|s| s.kind.is_story()) {
                return Story::Read;
            }
        }
        for name in TEXT {
            let Some(at) = columns.iter().position(|c| canonical(last(&c.name.value)) == *name) else { continue };
            // under these names other things may stand besides the text
            let is_short = |cell: &Cell| *name == "story" && cell.text.len() < 300;
            match columns.get_mut(at).map(|c| std::mem::replace(&mut c.value, Given::Nothing)) {
                Some(Given::One(cell)) if is_short(&cell) => {
                    if let Some(column) = columns.get_mut(at) {
                        column.value = Given::One(cell);
                    }
                    continue;
                }
                Some(Given::One(mut cell)) if !cell.is_blank() => {
                    columns.remove(at);
                    let (inner, told) = cell.story(self.limits);
                    *work = Work { name: std::mem::take(&mut work.name), ..inner };
                    // headings of chapters and marks of notes may have been lost on the way into the data set
                    work.flattened = work.sections.iter().all(|s| s.chapter.is_none());
                    notes.extend(told.into_iter().filter(|n| n.rule != NOT_A_WORK));
                    return Story::Read;
                }
                Some(Given::Many(cells)) if cells.iter().any(|c| !c.is_blank()) => {
                    columns.remove(at);
                    for (cell, number) in cells.iter().zip(1..) {
                        work.sections.extend(cell.section(SectionKind::Text, Some(number), self.limits));
                    }
                    return Story::Read;
                }
                _ => {
                    columns.remove(at);
                    found = Story::Empty;
                }
            }
        }
        found
    }

    /// Reads a chapter from its columns.
    fn chapter(&self, columns: Vec<Column>, number: u32, sections: &mut Vec<Section>) {
        let first = sections.len();
        let mut heading = None;
        let mut found: Vec<(usize, Section)> = Vec::new();
        for column in &columns {
            let name = canonical(last(&column.name.value));
            let cells = match &column.value {
                Given::One(cell) => std::slice::from_ref(cell),
                Given::Many(cells) => cells,
                _ => &[],
            };
            if matches!(name.as_str(), "title" | "name" | "chapter title" | "heading") {
                heading = cells.first().and_then(Cell::heading);
                continue;
            }
            let rank = TEXT.iter().position(|t| *t == name);
            let Some(kind) = prose_kind(&name).or(rank.map(|_| SectionKind::Text)) else { continue };
            let read = cells.iter().filter_map(|c| c.section(kind, Some(number), self.limits));
            found.extend(read.map(|s| (rank.unwrap_or(0), s)));
        }
        // of several columns of text one is the text
        let best = found.iter().filter(|f| f.1.kind == SectionKind::Text).map(|f| f.0).min();
        found.retain(|f| f.1.kind != SectionKind::Text || Some(f.0) == best);
        found.sort_by_key(|f| f.1.kind);
        sections.extend(found.into_iter().map(|f| f.1));
        if let Some(section) = sections.get_mut(first) {
            section.heading = heading;
        }
    }
}

/// What became of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    Read,
    /// Its column is empty in this record.
    Empty,
    NoColumn,
}

fn take(columns: &mut Vec<Column>, is: impl Fn(&str) -> bool) -> Option<Column> {
    let at = columns.iter().position(|c| is(&canonical(last(&c.name.value))))?;
    Some(columns.remove(at))
}

fn no_text(message: &str) -> Diagnostic {
    Diagnostic::new("core/no-text", Severity::Info, message)
        .help("If the text stands in a column of another name, give it with `--map text=NAME`.")
}

fn nothing() -> Diagnostic {
    Diagnostic::new(NOT_A_WORK, Severity::Info, "The record has neither text nor metadata of a work.")
        .help("If its columns have other names, give them, as in `--map text=NAME --map rating=NAME`.")
}

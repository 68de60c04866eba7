//! The tables of AO3Scraper: their columns in each of its versions, and what it writes that is not so.

use crate::formats::record::{Column, Given, canonical};
use crate::model::Work;

/// The columns of the newest version. Rows without the text have one less.
const NEWEST: &[&str] = &[
    "work_id",
    "title",
    "author",
    "rating",
    "category",
    "fandom",
    "relationship",
    "character",
    "additional tags",
    "language",
    "published",
    "status",
    "status date",
    "words",
    "chapters",
    "comments",
    "kudos",
    "bookmarks",
    "hits",
    "all_kudos",
    "all_bookmarks",
    "body",
];

/// Columns that older versions do not have.
const NEWER: [&[&str]; 4] =
    [&[], &["author"], &["all_kudos", "all_bookmarks"], &["author", "all_kudos", "all_bookmarks"]];

/// Share of the declared words from which on a text of several chapters is taken for all of them.
const WHOLE: f64 = 0.6;

/// Whether these are the names of its columns, with or without the newer ones.
pub(super) fn is_header(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|n| n.trim() == name);
    ["work_id", "additional tags", "status date"].into_iter().all(has)
}

/// The names for a row of its cells, if it is one: a number comes first, and the dates stand where a version has them.
pub(super) fn layout(cells: &[String]) -> Option<Vec<&'static str>> {
    let is_number = |cell: &str| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
    let is_date = |cell: &str| {
        cell.len() == 10
            && cell.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
    };
    if !cells.first().is_some_and(|c| is_number(c)) {
        return None;
    }
    NEWER.iter().find_map(|newer| {
        let names: Vec<&str> = NEWEST.iter().filter(|n| !newer.contains(n)).copied().collect();
        let at = names.iter().position(|n| *n == "published")?;
        let fits = (cells.len() == names.len() || cells.len() + 1 == names.len()) && is_date(cells.get(at)?);
        fits.then_some(names)
    })
}

fn one<'c>(columns: &'c [Column], name: &str) -> Option<&'c str> {
    columns.iter().find(|c| c.name.value == name).and_then(|c| match &c.value {
        Given::One(cell) => Some(cell.text.trim()),
        _ => None,
    })
}

/// Takes back what it says of a work that has no date of its own: it calls one with a single chapter completed.
pub(super) fn doubt(columns: &mut [Column]) {
    let guessed =
        one(columns, "status") == Some("Completed") && one(columns, "status date") == one(columns, "published");
    for column in columns.iter_mut().filter(|c| guessed && c.name.value.starts_with("status")) {
        column.value = Given::Unknown;
    }
}

/// Whether the text is that of the first chapter only, which a switch of it asks for: several are posted, and far fewer
/// words are there than are declared.
pub(super) fn is_first_chapter(work: &Work) -> bool {
    let number = |name: &str| {
        let field = work.fields.iter().find(|f| canonical(&f.name.value) == name)?;
        let value = field.values.first()?.text.split('/').next()?.replace(',', "");
        value.parse::<u32>().ok()
    };
    let counted: u32 = work.sections.iter().filter(|s| s.kind.is_story()).map(|s| s.text.words()).sum();
    let few = |words: u32| counted > 0 && f64::from(counted) < WHOLE * f64::from(words);
    number("chapter").is_some_and(|n| n > 1) && number("word").is_some_and(few)
}

//! The rows of a document of a word processor: each line is a paragraph, and no empty line parts header and story.

use super::super::lines::Line;
use super::value::item;
use super::{Kind, Row};

/// How many paragraphs may go on with a value: before the next label, and before an empty line.
const LONGEST: (usize, usize) = (5, 2);

/// The rows as a header has them: the value in the paragraph below a label is the label's, and a blank row stands behind
/// every value with which what follows does not go on. `is_all` says that nothing follows the rows.
pub(super) fn rows(rows: Vec<Row<'_>>, is_all: bool) -> Vec<Row<'_>> {
    parted(joined(rows), is_all)
}

fn known(row: &Row<'_>) -> bool {
    row.label().is_some_and(|l| l.known)
}

fn is_prose(row: &Row<'_>) -> bool {
    !row.is_gap() && !known(row)
}

/// Whether a label has nothing beside it, and words below it.
fn is_alone(rows: &[Row<'_>], i: usize) -> bool {
    let Some((row, label)) = rows.get(i).and_then(|r| Some((r, r.label()?))) else { return false };
    let value = label.value.start.checked_sub(row.line.start).and_then(|at| row.line.text.get(at..));
    label.known && value.is_none_or(|v| v.trim().is_empty()) && rows.get(i + 1).is_some_and(is_prose)
}

/// Labels and values that stand in paragraphs of their own by turns, as lines of both. One such label proves nothing:
/// it may be empty, with the story below.
fn joined(mut rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let alone: Vec<usize> = (0..rows.len()).filter(|i| is_alone(&rows, *i)).collect();
    let by_turns = |i: &usize| {
        rows.get(i + 1).is_some_and(|r| item(r.line.text).is_none()) && !rows.get(i + 2).is_some_and(is_prose)
    };
    if alone.len() < 2 || !alone.iter().all(by_turns) {
        return rows;
    }
    for i in alone.iter().copied() {
        let end = rows.get(i + 1).map(|r| r.line.end());
        if let (Some(Kind::Label(label)), Some(end)) = (rows.get_mut(i).and_then(|r| r.kind.get_mut()), end) {
            label.value.end = end;
        }
    }
    let mut values = alone.into_iter().map(|i| i + 1).peekable();
    let mut i = 0;
    rows.retain(|_| {
        i += 1;
        values.next_if_eq(&(i - 1)).is_none()
    });
    rows
}

fn parted(rows: Vec<Row<'_>>, is_all: bool) -> Vec<Row<'_>> {
    let mut breaks = Vec::new();
    for i in (0..rows.len()).filter(|i| rows.get(*i).is_some_and(known)) {
        let last = i + usize::from(is_alone(&rows, i));
        let behind = rows.get(last + 1..).unwrap_or_default();
        let prose = behind.iter().take(LONGEST.0 + 1).take_while(|r| is_prose(r)).count();
        let most = match behind.get(prose) {
            Some(row) if row.is_gap() => LONGEST.1,
            None if is_all => 0,
            _ => LONGEST.0,
        };
        let is_list = last > i && rows.get(last).is_some_and(|r| item(r.line.text).is_some());
        if prose > most && !is_list {
            breaks.push(last);
        }
    }
    let mut breaks = breaks.into_iter().peekable();
    let mut parted = Vec::with_capacity(rows.len());
    for (i, row) in rows.into_iter().enumerate() {
        let at = row.line.next;
        parted.push(row);
        if breaks.next_if_eq(&i).is_some() {
            parted.push(Row::new(Line { start: at, text: "", next: at }, 0));
        }
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use crate::formats::testing::fields;

    fn top(text: &str) -> (Vec<String>, &str) {
        let header = read_paragraphs(SourceId(0), text, 0..text.len(), &Limits::default());
        let work = crate::model::Work { fields: header.fields, ..Default::default() };
        (fields(&work), text[header.body..].trim_start())
    }

    #[test]
    fn where_a_header_ends_without_an_empty_line() {
        for (text, expected, body) in [
            ("Rating: M\nSummary: A mill.\nOnce.\nTwice.", vec!["Rating = M", "Summary = A mill."], "Once.\nTwice."),
            (
                "Rating: M\nSummary: A mill.\nRain.\nTags: a\nOnce.",
                vec!["Rating = M", "Summary = A mill.\nRain.", "Tags = a"],
                "Once.",
            ),
            ("Rating: M\nSummary: A mill.\nRain.\n\nOnce.", vec!["Rating = M", "Summary = A mill.\nRain."], "Once."),
            (
                "Rating: M\nTags: a\n1.\n2.\n3.\n4.\n5.\n6.\nNotes: b",
                vec!["Rating = M", "Tags = a"],
                "1.\n2.\n3.\n4.\n5.\n6.\nNotes: b",
            ),
            ("Rating:\nM\nFandom:\nX\n\nOnce.", vec!["Rating = M", "Fandom = X"], "Once."),
            ("Rating:\nM\nFandom:\nX\nOnce.\nTwice.", vec!["Rating = M", "Fandom = -"], "X\nOnce.\nTwice."),
            ("Rating: M\nBeta:\nOnce.\nTwice.", vec!["Rating = M", "Beta = -"], "Once.\nTwice."),
            ("Rating: M\nTags:\n- a\n- b\nOnce.", vec!["Rating = M", "Tags = a + b"], "Once."),
        ] {
            assert_eq!(top(text), (expected.iter().map(|s| (*s).to_owned()).collect(), body), "{text}");
        }
    }
}

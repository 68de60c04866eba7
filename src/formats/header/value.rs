//! The value behind a label: how many lines it takes, and the field that it makes.

use std::ops::Range;

use super::{CONTENTS, Kind, Row};
use crate::formats::chapters::is_indented_title;
use crate::formats::label::{self, Labelled};
use crate::formats::lines::{Line, lines};
use crate::model::{Field, SectionKind, SourceId, Span, Spanned, State, Value};

/// Most rows that an unlabelled value may go on for.
const LONGEST_VALUE: usize = 20;

/// The last row of the value that starts in row `i`.
pub(super) fn value_end(rows: &[Row<'_>], i: usize, fanficfare: bool) -> usize {
    let Some((row, label)) = rows.get(i).and_then(|r| Some((r, r.label()?))) else { return i };
    let mut last = i;
    let value = label.value.start.checked_sub(row.line.start).and_then(|at| row.line.text.get(at..)).unwrap_or("");
    let alone = value.trim_matches(['*', '_', '\\', ' ', '\t']).is_empty();
    if alone
        && !fanficfare
        && let Some(last) = below(rows, i, label)
    {
        return last;
    }
    if label::section(&label.normal).is_some() {
        let mut blanks = 0;
        let notes = label::section(&label.normal) == Some(SectionKind::Notes) && is_note_to_its_end(rows, i);
        for (j, row) in rows.iter().enumerate().skip(i + 1) {
            match row.kind() {
                Kind::Label(label) if label.known && !notes => break,
                Kind::Rule => break,
                // such a file wraps a summary of several paragraphs, with more blank lines only behind it
                Kind::Blank if fanficfare && blanks == 0 => blanks += 1,
                Kind::Blank => break,
                _ if fanficfare && (is_indented_title(row.line.text) || row.line.text.trim() == CONTENTS) => break,
                Kind::Label(_) | Kind::Prose => {
                    blanks = 0;
                    last = j;
                }
            }
        }
        return last;
    }
    let indent = |line: &Line<'_>| line.text.len() - line.text.trim_start().len();
    // its lists are wrapped, however long they are
    let most = if fanficfare { rows.len() } else { LONGEST_VALUE };
    for (j, next) in rows.iter().enumerate().skip(i + 1).take(most) {
        let before = rows.get(j - 1).map_or("", |r| r.line.text).trim_end();
        let comma = before.ends_with([',', '，', '、', ';']);
        let indented = j - i <= 5 && indent(&next.line) > indent(&row.line) + 1;
        let goes_on = last == j - 1 && (comma || indented);
        match next.kind() {
            Kind::Label(label) if label.known || !goes_on => return j - 1,
            Kind::Blank | Kind::Rule => break,
            _ if goes_on => last = j,
            // it is of the value only if the header goes on below
            _ => {}
        }
    }
    last
}

/// Whether the lines down to the next empty one are all of the notes that start in row `i`: there are warnings among
/// them, and prose behind those.
fn is_note_to_its_end(rows: &[Row<'_>], i: usize) -> bool {
    let (mut listing, mut before, mut warns) = (false, "", false);
    for row in rows.iter().skip(i + 1).take_while(|r| !r.is_gap()) {
        let starts = label::parts(&mut listing, before, &row.line);
        before = row.line.text;
        match row.label().filter(|l| l.known) {
            Some(label) if !label::warns(&label.normal) => return false,
            Some(_) => warns = true,
            None if warns && starts => return true,
            None => {}
        }
    }
    false
}

/// The last row of what stands below a label that has nothing beside it: a list, or under a label of a summary or
/// notes in a paragraph of its own the next paragraph.
fn below(rows: &[Row<'_>], i: usize, label: &Labelled) -> Option<usize> {
    let known = |row: &Row<'_>| row.label().is_some_and(|l| l.known);
    let words = |row: &Row<'_>| !row.is_gap();
    let first = i + 1 + rows.iter().skip(i + 1).position(|r| !matches!(r.kind(), Kind::Blank))?;
    let start = rows.get(first).filter(|r| words(r) && !known(r))?;
    let mut last = first;
    if item(start.line.text).is_some() {
        for (j, row) in rows.iter().enumerate().skip(first + 1) {
            let goes_on = item(row.line.text).is_some() || row.line.text.starts_with([' ', '\t']) && last == j - 1;
            match row.kind() {
                Kind::Blank => {}
                _ if words(row) && goes_on && !known(row) => last = j,
                _ => break,
            }
        }
        return Some(last);
    }
    let apart = i.checked_sub(1).and_then(|before| rows.get(before)).is_none_or(Row::is_gap);
    if label::section(&label.normal).is_none() || !apart || first == i + 1 {
        return None;
    }
    let quoted = |row: &Row<'_>| row.line.text.trim_start().starts_with('>');
    let goes_on = |row: &Row<'_>| if quoted(start) { quoted(row) } else { words(row) };
    let end = first + rows.iter().skip(first).position(|row| !goes_on(row) || known(row))?;
    // the story itself is no summary
    rows.iter().skip(end).any(words).then_some(end - 1)
}

/// Where the text of a list's entry starts in its line: behind `- `, `* `, `+ ` or `• `.
pub(super) fn item(line: &str) -> Option<usize> {
    let text = line.trim_start();
    let rest = ["- ", "* ", "+ ", "• "].iter().find_map(|bullet| text.strip_prefix(bullet))?;
    Some(line.len() - rest.len())
}

/// The field of a label whose value runs to `end`.
pub(super) fn field(id: SourceId, source: &str, labelled: &Labelled, end: usize) -> Field {
    let name = source.get(labelled.name.clone()).unwrap_or("").to_owned();
    let mut end = end;
    if labelled.marks > 0 || source.get(labelled.value.clone()).is_some_and(|v| v.contains('\n')) {
        // emphasis that was opened before the label may be closed behind the value
        let value = source.get(labelled.value.start..end).unwrap_or("").trim_end();
        let bare = value.trim_end_matches(['*', '_']);
        if value.len() - bare.len() == labelled.marks {
            end = labelled.value.start + bare.len();
        }
    }
    let value = Value::verbatim(id, source, labelled.value.start..end);
    let name = Spanned::new(name, Span::new(id, labelled.name.clone()));
    if value.text.is_empty() {
        return Field { name, state: State::Empty, ..Field::default() };
    }
    let start = value.span.start as usize;
    let below = source.get(labelled.value.start..start).is_some_and(|gap| gap.contains('\n'));
    if below && item(&value.text).is_some() && label::section(&labelled.normal).is_none() {
        let values = items(id, source, start..value.span.end as usize);
        return Field { name, values, listed: true, ..Field::default() };
    }
    Field { name, values: vec![value], ..Field::default() }
}

/// The entries of a list; a line without a bullet goes on with the entry above.
fn items(id: SourceId, source: &str, range: Range<usize>) -> Vec<Value> {
    let mut entries: Vec<Range<usize>> = Vec::new();
    for line in lines(source, range).filter(|l| !l.is_blank()) {
        match (item(line.text), entries.last_mut()) {
            (None, Some(last)) => last.end = line.end(),
            (start, _) => entries.push(line.start + start.unwrap_or(0)..line.end()),
        }
    }
    let values = entries.into_iter().map(|entry| Value::verbatim(id, source, entry));
    values.filter(|v| !v.text.is_empty()).collect()
}

//! The labels of a stripped download: tags, stats, and where it was posted.

use std::ops::Range;

use super::POSTED;
use crate::formats::header::unlabelled;
use crate::formats::lines::{Line, lines};
use crate::model::{Field, SourceId, Span, Spanned, State, Value};

/// Labels whose presence in a download depends on the work, in all their forms since 2010.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "Rating:", "Ratings:", "Archive Warning:", "Archive Warnings:", "Category:", "Categories:", "Fandom:", "Fandoms:",
    "Relationship:", "Relationships:", "Character:", "Characters:", "Additional Tag:", "Additional Tags:", "Language:",
    "Series:", "Collection:", "Collections:", "Stats:",
];

/// Labels within `Stats:`, where several may stand on one line.
const STATS: [&str; 5] = ["Published:", "Updated:", "Completed:", "Chapters:", "Words:"];

/// Longest label of another archive's making, in bytes.
const LONGEST_LABEL: usize = 40;

/// Archive and URL of the line `Posted originally on …`.
pub(super) fn address(id: SourceId, text: &str, line: &Line<'_>) -> Vec<Field> {
    let trimmed = line.trimmed();
    let Some(rest) = text.get(trimmed.clone()).and_then(|t| t.strip_prefix(POSTED)) else { return Vec::new() };
    let start = trimmed.end - rest.len();
    let Some((archive, url)) = rest.split_once(" at ") else { return Vec::new() };
    let from = start + archive.len() + " at ".len();
    let url = url.trim_end_matches('.');
    vec![
        unlabelled(id, text, "Archive", start..start + archive.len()),
        unlabelled(id, text, "URL", from..from + url.len()),
    ]
}

/// The block of labels from `at` on: fields of tags, fields of stats, and where the block ends.
pub(super) fn labels(id: SourceId, text: &str, at: usize) -> (Vec<Field>, Vec<Field>, usize) {
    let mut tags: Vec<Field> = Vec::new();
    let mut open: Option<(Range<usize>, Range<usize>)> = None;
    let mut end = at;
    let mut close = |open: &mut Option<(Range<usize>, Range<usize>)>| {
        if let Some((label, value)) = open.take() {
            tags.push(labelled(id, text, label, value));
        }
    };
    let mut in_stats = None;
    for line in lines(text, at..text.len()) {
        let trimmed = line.trimmed();
        let words = text.get(trimmed.clone()).unwrap_or("");
        let filled = open.as_ref().is_none_or(|(_, value)| value.start < value.end);
        let other = filled && words.ends_with(':') && words.len() <= LONGEST_LABEL && !words.contains(',');
        let label = LABELS.iter().find(|l| words.starts_with(**l)).copied().or(other.then_some(words));
        if words.is_empty() {
            continue;
        } else if let Some(label) = label {
            close(&mut open);
            end = line.next;
            let colon = trimmed.start + label.len();
            if label == "Stats:" {
                in_stats = Some(trimmed.start);
                end = colon;
                break;
            }
            open = Some((trimmed.start..colon - 1, colon..trimmed.end));
        } else if let Some((_, value)) = &mut open {
            // without stats there is no telling where the last value ends, but it has one line
            if value.start < value.end && !value_goes_on(text, value, line.start) {
                break;
            }
            *value = if value.start == value.end { trimmed.clone() } else { value.start..trimmed.end };
            end = line.next;
        } else {
            break;
        }
    }
    close(&mut open);
    let mut stats = Vec::new();
    if let Some(place) = in_stats {
        if !tags.iter().any(|f| f.name.value == "Language") {
            // such a file is older than that row
            let name = Spanned::new("Language".to_owned(), Span::new(id, place..place));
            tags.push(Field { name, state: State::Unknown, ..Field::default() });
        }
        for line in lines(text, end..text.len()) {
            let found = stats_in(id, text, &line);
            if found.is_empty() && !line.is_blank() {
                break;
            }
            end = line.next;
            stats.extend(found);
        }
    }
    (tags, stats, end)
}

/// Whether a value that was cut in lines goes on: it ends in a comma.
fn value_goes_on(text: &str, value: &Range<usize>, line: usize) -> bool {
    let between = text.get(value.start..line).unwrap_or("");
    between.trim_end().ends_with(',')
}

fn labelled(id: SourceId, text: &str, label: Range<usize>, value: Range<usize>) -> Field {
    let name = Spanned::new(text.get(label.clone()).unwrap_or("").to_owned(), Span::new(id, label));
    let value = Value::verbatim(id, text, value);
    if value.text.is_empty() {
        return Field { name, state: State::Empty, ..Field::default() };
    }
    Field { name, values: vec![value], ..Field::default() }
}

/// The stats on a line, each up to the label of the next. None unless the line starts with one.
fn stats_in(id: SourceId, text: &str, line: &Line<'_>) -> Vec<Field> {
    let trimmed = line.trimmed();
    let Some(words) = text.get(trimmed.clone()).filter(|w| w.len() <= 500) else { return Vec::new() };
    if !STATS.iter().any(|s| words.starts_with(s)) {
        return Vec::new();
    }
    let mut places: Vec<_> = STATS.iter().filter_map(|s| Some((words.find(s)?, s.len()))).collect();
    places.sort_unstable();
    let ends = places.iter().skip(1).map(|p| p.0).chain([words.len()]);
    let field = |((at, len), to): (&(usize, usize), usize)| {
        let start = trimmed.start + at;
        labelled(id, text, start..start + len - 1, start + len..trimmed.start + to)
    };
    places.iter().zip(ends).map(field).collect()
}

/// What `Chapters: 9/12` says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    /// How many chapters were posted.
    pub posted: usize,
    /// Whether the work has, or will have, more than one.
    pub many: bool,
}

/// What the stats say about chapters. A work of one chapter had no such row before 2023.
pub(super) fn expected(fields: &[Field]) -> Option<Expected> {
    let Some(field) = fields.iter().find(|f| f.name.value == "Chapters") else {
        let stats = fields.iter().any(|f| f.name.value == "Words");
        return stats.then_some(Expected { posted: 1, many: false });
    };
    let (posted, all) = field.values.first()?.text.split_once('/')?;
    let posted = posted.replace(',', "").trim().parse().ok()?;
    Some(Expected { posted, many: posted > 1 || all.trim() != "1" })
}

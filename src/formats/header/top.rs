//! What stands above the labels of a header: a title, and `by AUTHOR`.

use std::ops::Range;

use super::{Kind, Row, gap};
use crate::formats::lines::Line;

/// A title and a `by AUTHOR` above the labels, and the row where those start.
pub(super) fn heading(
    source: &str,
    rows: &[Row<'_>],
    first: usize,
) -> (Option<Range<usize>>, Option<Range<usize>>, usize) {
    let author_at = |i: usize| rows.get(i).and_then(|r| author(source, &r.line));
    if let Some(author) = author_at(first) {
        return (None, Some(author), gap(rows, first + 1));
    }
    let Some(row) = rows.get(first) else { return (None, None, first) };
    let second = gap(rows, first + 1);
    let author = author_at(second);
    let known = row.label().is_some_and(|l| l.known);
    let titled = author.is_some() && !known || matches!(row.kind(), Kind::Prose);
    match title(source, &row.line).filter(|_| titled) {
        Some(title) if author.is_some() => (Some(title), author, gap(rows, second + 1)),
        Some(title) if rows.get(second).is_some_and(|r| r.label().is_some()) => (Some(title), None, second),
        _ => (None, None, first),
    }
}

/// Whether a row is a heading of Markdown: `# Title`, or underlined with `===`.
pub(super) fn is_heading(rows: &[Row<'_>], i: usize) -> bool {
    let starts = |i: usize, mark| rows.get(i).is_some_and(|r| r.line.text.trim_start().starts_with(mark));
    starts(i, '#') || starts(i + 1, '=')
}

/// The title in a line that may be one: short, and not a sentence.
pub(super) fn title(source: &str, line: &Line<'_>) -> Option<Range<usize>> {
    let range = line.trimmed();
    let text = source.get(range.clone())?;
    let marks: &[char] = &['#', '*', '_', '=', '~', ' '];
    let start = range.start + (text.len() - text.trim_start_matches(marks).len());
    let title = text.trim_matches(marks);
    let sentence = title.ends_with(['.', ',', ';', ':']) && !title.ends_with("...");
    (!title.is_empty() && title.len() <= 400 && title.chars().count() <= 120 && !sentence)
        .then(|| start..start + title.len())
}

/// The name in a line `by NAME`.
pub(super) fn author(source: &str, line: &Line<'_>) -> Option<Range<usize>> {
    let trimmed = line.trimmed();
    let marks: &[char] = &['#', '*', '_', '~', '-', '—', ' '];
    let text = source.get(trimmed.clone()).filter(|t| t.len() <= 200)?;
    let start = trimmed.start + (text.len() - text.trim_start_matches(marks).len());
    let text = text.trim_matches(marks);
    let rest = text.get(..3).filter(|by| by.eq_ignore_ascii_case("by ")).and(text.get(3..))?;
    let name = rest.trim();
    let words = name.split_whitespace().count();
    // "By the time he came home, …" is how stories start
    let common = ["the", "a", "an", "now", "then", "noon", "morning", "nightfall", "midnight", "this", "that", "all"];
    let first = name.split_whitespace().next().unwrap_or("").trim_end_matches(',');
    let sentence = name.ends_with([',', ';', ':', '?', '!', '"', '”']) || name.ends_with('.') && words > 3;
    if name.is_empty() || words > 8 || sentence || common.contains(&first) {
        return None;
    }
    let start = start + text.len() - rest.trim_start().len();
    Some(start..start + name.len())
}

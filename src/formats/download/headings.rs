//! The chapter headings of a stripped download: short lines that stand apart, as many as the stats say.

use std::ops::Range;

use super::fields::Expected;
use super::{LABEL_LINES, is_jump};
use crate::formats::lines::lines;

/// Longest heading, in bytes: the archive allows 255 characters.
const LONGEST_HEADING: usize = 1_020;

/// A short line that may be a heading or opens a section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    start: usize,
    end: usize,
    next: usize,
    /// Blank lines before it and behind it.
    before: usize,
    after: usize,
    /// Whether the next line opens a chapter's summary or notes.
    labelled: bool,
}

/// Short lines with blank lines before them, in one pass.
pub(super) fn marks(text: &str, range: Range<usize>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut blanks = 2;
    let mut open = false;
    for line in lines(text, range) {
        if line.is_blank() {
            blanks += 1;
            continue;
        }
        let words = line.text.trim();
        if let Some(last) = marks.last_mut().filter(|_| open) {
            last.after = blanks;
            last.labelled = words == "Chapter Summary" || words == "Chapter Notes";
        }
        open = blanks >= 1 && words.len() <= LONGEST_HEADING && !LABEL_LINES.contains(&words) && !is_jump(words);
        if open {
            let Range { start, end } = line.trimmed();
            marks.push(Mark { start, end, next: line.next, before: blanks, after: 0, labelled: false });
        }
        blanks = 0;
    }
    marks
}

/// The start of a chapter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heading {
    pub start: usize,
    pub end: usize,
    pub next: usize,
    /// Whether it is only the work's title, above the text of a work without chapters.
    pub title_again: bool,
}

/// Chooses the headings among short lines: numbered ones in sequence and those with notes below are certain, others
/// are lines that stand apart on both sides, and are taken until there are as many as the stats say.
pub(super) fn headings(text: &str, marks: &[Mark], expected: Option<Expected>, title: &str) -> Vec<Heading> {
    let words = |m: &Mark| text.get(m.start..m.end).unwrap_or("");
    let heading = |m: &Mark, title_again| Heading { start: m.start, end: m.end, next: m.next, title_again };
    let many = expected.is_none_or(|e| e.many);
    if !many || expected.is_some_and(|e| e.posted == 1) {
        let again = |m: &&Mark| !title.is_empty() && words(m) == title;
        let single = |m: &&Mark| m.labelled || m.before >= 2 && numbered(words(m)) == Some(1);
        let found = marks.iter().find(single).map(|m| heading(m, false)).filter(|_| many);
        return found.or_else(|| marks.iter().find(again).map(|m| heading(m, true))).into_iter().collect();
    }
    let mut certain: Vec<(bool, Mark)> = Vec::new();
    let mut number = 0;
    let mut taken: Option<usize> = None;
    for mark in marks {
        let n = numbered(words(mark));
        let sure = mark.labelled || mark.before >= 2 && n.is_some_and(|n| n > number && n <= number + 20);
        let apart = mark.before >= 2 && mark.after >= 2 && words(mark).chars().any(char::is_alphanumeric);
        // the line right behind a heading is the start of its text
        let directly = taken.is_some_and(|next| text.get(next..mark.start).is_some_and(|t| t.trim().is_empty()));
        if sure || apart && !directly {
            number = n.unwrap_or(number + 1).max(number);
            taken = Some(mark.next);
            certain.push((sure, *mark));
        }
    }
    let sure = certain.iter().filter(|c| c.0).count();
    let wanted = expected.map_or(sure.max(1), |e| e.posted).saturating_sub(sure);
    let mut weak: Vec<(bool, usize)> =
        certain.iter().filter(|c| !c.0).map(|c| (is_prose(words(&c.1)), c.1.start)).collect();
    if weak.len() > wanted {
        weak.sort_unstable();
        weak.truncate(wanted);
    }
    let mut kept: Vec<usize> = weak.into_iter().map(|w| w.1).collect();
    kept.sort_unstable();
    let keep = |c: &&(bool, Mark)| c.0 || kept.binary_search(&c.1.start).is_ok();
    certain.iter().filter(keep).map(|c| heading(&c.1, false)).collect()
}

/// The number of a heading `Chapter N` or `Chapter N: TITLE`.
fn numbered(line: &str) -> Option<u32> {
    let rest = line.strip_prefix("Chapter ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
    let (number, rest) = rest.split_at_checked(digits)?;
    let number = number.replace(',', "").parse().ok()?;
    (rest.is_empty() || rest.starts_with(':')).then_some(number)
}

/// Whether a line reads as a sentence rather than as a title.
fn is_prose(line: &str) -> bool {
    line.ends_with(['.', ',', '!', '?', '…', '"', '”', '’', ';', ':', '—']) || line.len() > 120
}

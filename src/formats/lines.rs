//! Lines of a text with their places, and the text that they make.

use std::ops::Range;

use crate::model::{SourceId, Text, TextBuilder};

/// A line and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'s> {
    /// Byte at which it starts.
    pub start: usize,
    /// The line without its break.
    pub text: &'s str,
    /// Byte at which the next line starts.
    pub next: usize,
}

impl Line<'_> {
    /// One past the last byte, the line break left out.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether there is nothing but white space in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim_start().is_empty()
    }

    /// The bytes without the white space around them.
    pub fn trimmed(&self) -> Range<usize> {
        let start = self.start + (self.text.len() - self.text.trim_start().len());
        start..start + self.text.trim().len()
    }
}

/// The lines of `range`, which end with `\n` or `\r\n`. A range off the source has none.
pub(super) fn lines(source: &str, range: Range<usize>) -> Lines<'_> {
    let rest = source.get(range.clone()).unwrap_or("");
    Lines { rest, at: range.start }
}

/// See [`lines`].
#[derive(Debug, Clone)]
pub(super) struct Lines<'s> {
    rest: &'s str,
    at: usize,
}

impl<'s> Iterator for Lines<'s> {
    type Item = Line<'s>;

    fn next(&mut self) -> Option<Line<'s>> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.at;
        let (text, rest) = match memchr::memchr(b'\n', self.rest.as_bytes()) {
            Some(at) => (self.rest.get(..at).unwrap_or(""), self.rest.get(at + 1..).unwrap_or("")),
            None => (self.rest, ""),
        };
        self.at = start + (self.rest.len() - rest.len());
        self.rest = rest;
        Some(Line { start, text: text.strip_suffix('\r').unwrap_or(text), next: self.at })
    }
}

/// Whether a line is a rule or a scene break: at least three of `-*=_~#•` and dashes, and nothing else but spaces.
pub(super) fn is_rule(line: &str) -> bool {
    let mut marks = 0;
    for c in line.chars() {
        match c {
            '-' | '*' | '=' | '_' | '~' | '#' | '•' | '–' | '—' => marks += 1,
            c if c.is_whitespace() => {}
            _ => return false,
        }
    }
    marks >= 3
}

/// The nearest character boundary at or before `at`, inside `source`.
pub(super) fn floor(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What line breaks mean in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// Blank lines part paragraphs, single breaks are spaces: text wrapped at a column.
    Blank,
    /// Each line is a paragraph.
    Line,
    /// A paragraph starts at a line that is indented, or after a blank one.
    Indent,
}

/// The text of `range`, without the lines that `skip` names.
pub(super) fn fill(
    id: SourceId,
    source: &str,
    range: Range<usize>,
    breaks: Breaks,
    mut skip: impl FnMut(&Line<'_>) -> bool,
) -> Text {
    let mut builder = TextBuilder::new(id, source);
    let mut last = range.start;
    let mut apart = false;
    let notes = notes(source, range.clone());
    for line in lines(source, range) {
        if line.is_blank() || skip(&line) {
            apart = true;
            continue;
        }
        let told = without(&notes, line.start..line.next);
        if told.iter().all(|part| source.get(part.clone()).is_none_or(|text| text.trim().is_empty())) {
            continue;
        }
        let parts = match breaks {
            Breaks::Blank => false,
            Breaks::Line => true,
            Breaks::Indent => is_indented(line.text),
        };
        if apart || parts {
            builder.paragraph(last..line.start);
        }
        for part in told {
            builder.copy(part);
        }
        last = line.end();
        apart = false;
    }
    builder.finish()
}

/// Notes to forewarn, `<!-- forewarn: … -->`, which are no part of the story. Markup readers leave out every comment; in
/// plain text other comments are what the author wrote.
fn notes(source: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let text = source.get(range.clone()).unwrap_or("");
    let mut notes: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices("<!--") {
        let rest = text.get(at..).unwrap_or("");
        let is_note = rest.get("<!--".len()..).is_some_and(|r| r.trim_start().starts_with("forewarn:"));
        // one that does not end is told of by its line, and hides nothing
        let most = floor(rest, LONGEST_NOTE);
        let end = rest.get(..most).and_then(|r| r.find("-->"));
        if let Some(end) = end.filter(|_| is_note && notes.last().is_none_or(|n| n.end <= range.start + at)) {
            notes.push(range.start + at..range.start + at + end + "-->".len());
        }
    }
    notes
}

/// Longest note that is looked for, in bytes: more than a list of rules and a reason takes.
const LONGEST_NOTE: usize = 2_100;

/// What is left of a range without some others, which are in order.
fn without(others: &[Range<usize>], range: Range<usize>) -> Vec<Range<usize>> {
    let mut left = Vec::new();
    let mut from = range.start;
    let first = others.partition_point(|o| o.end <= range.start);
    for other in others.iter().skip(first).take_while(|o| o.start < range.end) {
        left.push(from..other.start.max(from));
        from = other.end.min(range.end);
    }
    left.push(from..range.end);
    left
}

/// Whether a line starts as the first line of a paragraph does in print.
pub(super) fn is_indented(line: &str) -> bool {
    line.starts_with(['\t', '\u{3000}', '\u{2003}'])
        || line.starts_with("  ")
        || line.starts_with("\u{a0}\u{a0}")
        || line.starts_with("\u{a0} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_bytes() {
        let source = "x\r\n\n  y \nlast";
        let all: Vec<_> = lines(source, 0..source.len()).map(|l| (l.start, l.text, l.next)).collect();
        assert_eq!(all, [(0, "x", 3), (3, "", 4), (4, "  y ", 9), (9, "last", 13)]);
        let y = lines(source, 4..9).next().unwrap();
        assert_eq!(&source[y.trimmed()], "y");
    }

    #[test]
    fn paragraphs_follow_the_kind_of_break() {
        let source = "  One\ntwo.\n  Three.\n\nFour.\n";
        let text = |breaks| fill(SourceId(0), source, 0..source.len(), breaks, |_| false).as_str().to_owned();
        assert_eq!(text(Breaks::Blank), "One two. Three.\n\nFour.");
        assert_eq!(text(Breaks::Line), "One\n\ntwo.\n\nThree.\n\nFour.");
        assert_eq!(text(Breaks::Indent), "One two.\n\nThree.\n\nFour.");
    }

    #[test]
    fn notes_to_forewarn_are_no_part_of_the_story() {
        let source = "One <!-- forewarn: allow(a) it\ndies --> two.\n<!-- forewarn: allow(b) -->\nThree <!-- note --> four.\n\n\
                      <!--forewarn: allow-end-->\n\nFive <!-- forewarn: and\n\nsix.\n";
        let text = fill(SourceId(0), source, 0..source.len(), Breaks::Blank, |_| false);
        assert_eq!(text.as_str(), "One two. Three <!-- note --> four.\n\nFive <!-- forewarn: and\n\nsix.");
        let at = text.as_str().find("two").unwrap();
        let span = text.to_source(at..at + 3);
        assert_eq!(source.get(span.start as usize..span.end as usize), Some("two"));
    }

    #[test]
    fn rules_are_marks_alone() {
        for (line, rule) in [("---", true), (" * * * ", true), ("— — —", true), ("--", false), ("-- a", false)] {
            assert_eq!(is_rule(line), rule, "{line}");
        }
    }
}

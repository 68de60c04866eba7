//! The events of a long text a piece after the other, so that the tree of no more than a piece is in memory.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use super::{PIECE, events, template};

/// Events with their bytes, as [`events`] gives them for the whole.
pub(super) struct Pieces<'t> {
    text: &'t str,
    /// What was not read yet.
    rest: Range<usize>,
    /// Shortest piece, in bytes.
    least: usize,
    read: std::vec::IntoIter<(Event<'t>, Range<usize>)>,
    marks: Vec<Range<usize>>,
}

impl<'t> Pieces<'t> {
    /// The events of a range of the text.
    pub(super) fn new(text: &'t str, range: Range<usize>) -> Self {
        Self::of(text, range, PIECE)
    }

    fn of(text: &'t str, range: Range<usize>, least: usize) -> Self {
        // what a link or a footnote is may be said anywhere
        let least = if text.get(range.clone()).is_some_and(defines) { range.len() } else { least };
        let marks = template::marks(text, range.clone());
        Self { text, rest: range, least, read: Vec::new().into_iter(), marks }
    }

    /// Reads the next piece. It ends behind a paragraph of its own, where nothing is open; where none does, a piece of twice
    /// the length is tried, so that the whole is read no more than twice.
    fn read(&mut self) {
        let mut length = self.least;
        loop {
            let end = self.cut(length);
            let found: Vec<_> = events(self.text, self.rest.start..end).collect();
            if end == self.rest.end || matches!(found.last(), Some((Event::End(TagEnd::Paragraph), _))) {
                self.rest.start = end;
                self.read = found.into_iter();
                return;
            }
            length = length.saturating_mul(2);
        }
    }

    /// Where a piece of at least that length may end: behind an empty line, before a line that is not indented and outside
    /// any mark.
    fn cut(&self, length: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.rest.start.saturating_add(length);
        while let Some(next) = bytes.get(at..self.rest.end).and_then(|rest| memchr::memchr(b'\n', rest)) {
            at += next + 1;
            let behind = match bytes.get(at..) {
                Some([b'\n', ..]) => at + 1,
                Some([b'\r', b'\n', ..]) => at + 2,
                _ => continue,
            };
            let mark = self.marks.partition_point(|m| m.start < behind).checked_sub(1).and_then(|i| self.marks.get(i));
            let is_inside = mark.is_some_and(|m| m.end > behind);
            if behind <= self.rest.end && !is_inside && bytes.get(behind).is_some_and(|b| !b.is_ascii_whitespace()) {
                return behind;
            }
        }
        self.rest.end
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = (Event<'t>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.read.next() {
                return Some(event);
            }
            if self.rest.is_empty() {
                return None;
            }
            self.read();
        }
    }
}

/// Whether a text may say what a link or a footnote is: `[name]: …` at the start of a line, of a quote or of an item.
fn defines(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, b"]:").any(|end| {
        let Some(start) = bytes.get(..end).and_then(|before| memchr::memrchr(b'[', before)) else { return false };
        let before = bytes.get(..start).unwrap_or(&[]);
        let line = before.iter().rev().take_while(|b| **b != b'\n');
        // a bracket in the name is escaped
        let starts = |b: &u8| b.is_ascii_digit() || b" \t>-*+.)".contains(b);
        before.ends_with(b"\\") || line.into_iter().all(starts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dice::Dice;

    #[test]
    fn a_bracket_before_a_colon_defines_only_at_the_start_of_a_line() {
        for (text, expected) in [
            ("[a]: b", true),
            ("x\n\n > - [a\nb]: c", true),
            ("[a\\[b]: c", true),
            ("[^1]: c", true),
            ("You stay [To her]: I go.", false),
            ("a]: b", false),
        ] {
            assert_eq!(defines(text), expected, "{text}");
        }
    }

    /// Pieces of random Markdown against the whole of it.
    #[test]
    fn pieces_read_as_the_whole() {
        let parts = [
            "word ",
            "*a* ",
            "\n",
            "\n\n",
            "\r\n\r\n",
            "- item ",
            "> quote ",
            "```\n",
            "    ",
            "<div>",
            "</div>\n",
            "<!-- ",
            " -->",
            "# Heading",
            "1. one ",
            "%% ",
            "{{< x >}}",
            "---\n",
            "| a | b |\n|---|---|\n",
            "<script>",
        ];
        let mut dice = Dice(3);
        for round in 0..2_000 {
            let mut text = dice.text(&parts, 40);
            if round % 7 == 0 {
                text.push_str(["[link]\n\n[link]: there\n", "[a]:b c\n> 1. [a]: there\n"][round / 7 % 2]);
            }
            let whole: Vec<_> = events(&text, 0..text.len()).collect();
            for least in [1, 30, 100] {
                let read: Vec<_> = Pieces::of(&text, 0..text.len(), least).collect();
                assert_eq!(read, whole, "{text:?} in pieces of {least}");
            }
        }
    }
}

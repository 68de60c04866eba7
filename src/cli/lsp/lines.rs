//! Places in a text as editors count them: lines, and columns in units of an encoding.

use std::ops::Range;
use std::sync::Arc;

use gen_lsp_types as lsp;

/// What the columns of a client count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Units {
    /// Bytes of UTF-8.
    Bytes,
    /// Units of UTF-16: what every client can count.
    #[default]
    Utf16,
    /// Characters.
    Characters,
}

impl Units {
    /// The units that a client offers and that cost least; UTF-16 where it offers none.
    pub fn of(offered: &[lsp::PositionEncodingKind]) -> Self {
        use lsp::PositionEncodingKind as Kind;
        let known = |kind: &Kind| match kind {
            Kind::UTF8 => Some(Self::Bytes),
            Kind::UTF32 => Some(Self::Characters),
            Kind::UTF16 | Kind::Custom(_) => None,
        };
        let offers = |units: Self| offered.iter().filter_map(known).any(|u| u == units);
        [Self::Bytes, Self::Characters].into_iter().find(|units| offers(*units)).unwrap_or_default()
    }

    /// Their name in the protocol.
    pub fn name(self) -> lsp::PositionEncodingKind {
        match self {
            Self::Bytes => lsp::PositionEncodingKind::UTF8,
            Self::Utf16 => lsp::PositionEncodingKind::UTF16,
            Self::Characters => lsp::PositionEncodingKind::UTF32,
        }
    }

    fn width(self, c: char) -> usize {
        match self {
            Self::Bytes => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Characters => 1,
        }
    }

    /// The length of a text in these units.
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::Bytes => text.len(),
            // bytes 0x80 to 0xbf continue a character, and from 0xf0 up one of two units starts
            Self::Utf16 => {
                text.bytes().filter(|b| *b & 0xc0 != 0x80).count() + text.bytes().filter(|b| *b >= 0xf0).count()
            }
            Self::Characters => text.bytes().filter(|b| *b & 0xc0 != 0x80).count(),
        }
    }

    /// The byte of a line at a column; the end of the line for one that is past it. Inside a character, its start.
    pub fn byte(self, line: &str, column: usize) -> usize {
        let mut left = column;
        for (at, c) in line.char_indices() {
            let width = self.width(c);
            if left < width {
                return at;
            }
            left -= width;
        }
        line.len()
    }
}

/// A text with the starts of its lines.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    text: Arc<String>,
    /// The first byte of each line. A line ends with `\n`, `\r\n` or `\r`, as the protocol has it.
    starts: Arc<Vec<usize>>,
}

impl Lines {
    /// The lines of a text.
    pub fn new(text: String) -> Self {
        Self::of(Arc::new(text))
    }

    fn of(text: Arc<String>) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        Self { text, starts: Arc::new(starts) }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts `new` in the place of some bytes.
    pub fn replace(&mut self, range: Range<usize>, new: &str) {
        Arc::make_mut(&mut self.text).replace_range(range, new);
        *self = Self::of(std::mem::take(&mut self.text));
    }

    /// The number of the line that a byte is in, from 0.
    pub fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line without its break; none for a line that there is not.
    pub fn line(&self, number: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(number)?;
        let end = self.starts.get(number + 1).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..end)?;
        Some(start..start + line.trim_end_matches(['\n', '\r']).len())
    }

    /// The words of a line.
    pub fn words(&self, number: usize) -> &str {
        self.line(number).and_then(|line| self.text.get(line)).unwrap_or("")
    }

    /// Where a byte is, as an editor counts. Past the end it is the end.
    pub fn position(&self, offset: usize, units: Units) -> lsp::Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_at(offset);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let column = units.count(self.text.get(start..offset).unwrap_or(""));
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        lsp::Position { line: number(line), character: number(column) }
    }

    /// Where some bytes are.
    pub fn range(&self, range: Range<usize>, units: Units) -> lsp::Range {
        lsp::Range { start: self.position(range.start, units), end: self.position(range.end, units) }
    }

    /// The byte at a place that an editor names. A column past the end of its line is that end, a line past the last one
    /// the end of the text.
    pub fn offset(&self, position: lsp::Position, units: Units) -> usize {
        let Some(line) = self.line(position.line as usize) else { return self.text.len() };
        let words = self.text.get(line.clone()).unwrap_or("");
        line.start + units.byte(words, position.character as usize)
    }

    /// The bytes of a range that an editor names.
    pub fn bytes(&self, range: lsp::Range, units: Units) -> Range<usize> {
        let (start, end) = (self.offset(range.start, units), self.offset(range.end, units));
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_the_units_of_the_client() {
        let lines = Lines::new("aé\r\n😀b\rc\n".to_owned());
        assert_eq!([0, 1, 2, 3, 4].map(|line| lines.words(line)), ["aé", "😀b", "c", "", ""]);
        for (units, column) in [(Units::Bytes, 4), (Units::Utf16, 2), (Units::Characters, 1)] {
            let at = lines.text().find('b').unwrap();
            assert_eq!(lines.position(at, units), lsp::Position { line: 1, character: column });
            assert_eq!(lines.offset(lsp::Position { line: 1, character: column }, units), at);
        }
    }

    #[test]
    fn every_byte_finds_its_way_back() {
        let lines = Lines::new("one\ntwo é €\r\n😀😀 x\r\r\nlast".to_owned());
        for units in [Units::Bytes, Units::Utf16, Units::Characters] {
            for (at, c) in lines.text().char_indices().filter(|(_, c)| !matches!(c, '\n' | '\r')) {
                assert_eq!(lines.offset(lines.position(at, units), units), at, "{c:?} {units:?}");
            }
        }
    }

    #[test]
    fn what_lies_outside_is_the_nearest_place() {
        let lines = Lines::new("one\n😀\n".to_owned());
        let at = |line, character| lines.offset(lsp::Position { line, character }, Units::Utf16);
        assert_eq!([at(0, 99), at(1, 1), at(1, 9), at(2, 0), at(9, 9)], [3, 4, 8, 9, 9]);
        assert_eq!(lines.position(999, Units::Utf16), lsp::Position { line: 2, character: 0 });
        let inverted =
            lsp::Range { start: lsp::Position { line: 1, character: 0 }, end: lsp::Position { line: 0, character: 0 } };
        assert_eq!(lines.bytes(inverted, Units::Utf16), 4..4);
    }

    #[test]
    fn text_is_changed_in_place() {
        let mut lines = Lines::new("one\ntwo".to_owned());
        let other = lines.clone();
        lines.replace(3..4, "\r\n\r\n");
        assert_eq!((lines.text(), lines.words(2)), ("one\r\n\r\ntwo", "two"));
        assert_eq!(other.text(), "one\ntwo");
    }
}

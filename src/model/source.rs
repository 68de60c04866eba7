//! A source text, spans of bytes in it, and the lookup from a byte to a line and a column.

use std::ops::Range;
use std::sync::OnceLock;

/// What a format is given: the bytes of one file, or of standard input, under a name.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// The path as people wrote it, or the name given for standard input.
    pub name: String,
    /// The whole content. An EPUB is one input.
    pub bytes: Vec<u8>,
}

/// Index into [`Work::sources`](crate::model::Work::sources) of the source that a span points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub u32);

/// A range of bytes in the decoded text of one source. `start <= end`, both on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Which source of the work.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span over `range`. Offsets past `u32::MAX` are clamped; readers refuse inputs that large.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { source, start: clamp(range.start), end: clamp(range.end.max(range.start)) }
    }

    /// The span as a byte range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers no bytes: a place between two characters.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spanned<T> {
    /// The value, decoded.
    pub value: T,
    /// Where it stands in its source.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Pairs a value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A line and a column, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters (Unicode code points), from 1.
    pub column: usize,
}

/// How the decoded text of a source maps back to the bytes of the file.
///
/// A list of breakpoints `(decoded, original)`: from each one to the next, both sides advance byte
/// for byte. An empty list means that the two are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoding {
    breaks: Vec<(u32, u32)>,
}

impl Decoding {
    /// A decoding that starts `skip` bytes into the file, as after a byte order mark.
    pub fn shifted(skip: u32) -> Self {
        Self { breaks: if skip == 0 { Vec::new() } else { vec![(0, skip)] } }
    }

    /// Adds a breakpoint; both offsets must not be smaller than those of the last one.
    pub fn push(&mut self, decoded: u32, original: u32) {
        self.breaks.push((decoded, original));
    }

    /// The decoding of the piece of the text that starts at `range.start`: its offset 0 is that byte.
    pub fn piece(&self, range: Range<u32>) -> Self {
        let first = self.original(range.start);
        let start = self.breaks.partition_point(|b| b.0 <= range.start);
        let inside = self.breaks.iter().skip(start).take_while(|b| b.0 <= range.end);
        let mut breaks: Vec<(u32, u32)> = Vec::new();
        if first != 0 || range.start != 0 {
            breaks.push((0, first));
        }
        breaks.extend(inside.map(|(decoded, original)| (decoded - range.start, *original)));
        Self { breaks }
    }

    /// The byte of the original file behind a decoded offset.
    pub fn original(&self, decoded: u32) -> u32 {
        match self.breaks.partition_point(|b| b.0 <= decoded).checked_sub(1) {
            Some(i) => {
                let (from, to) = self.breaks[i];
                // a replaced piece is longer decoded than it was in the file: stay before the next break
                let limit = self.breaks.get(i + 1).map_or(u32::MAX, |next| next.1);
                (to + (decoded - from)).min(limit)
            }
            None => decoded,
        }
    }

    /// The bytes of the original file behind a decoded range. Where pieces were taken out of it, as tags are, a range
    /// ends before the next gap.
    pub fn original_range(&self, decoded: Range<u32>) -> Range<u32> {
        let start = self.original(decoded.start);
        // of two breaks at one place the first is where the piece before ends
        let end = match self.breaks.get(self.breaks.partition_point(|b| b.0 < decoded.end)) {
            Some(at) if at.0 == decoded.end && decoded.start < decoded.end => at.1,
            _ => self.original(decoded.end),
        };
        start..end.max(start)
    }
}

/// Whether people can open a source, or it lies in a container whose bytes nobody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inside {
    /// A file: a line and a column say where something is.
    #[default]
    No,
    /// Text that was taken out of a document of a word processor.
    Text,
    /// A page of a book, with its tags.
    Markup,
}

/// Which file a source is, or lies in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Holder {
    /// It is a file itself.
    #[default]
    Itself,
    /// It is a record of a data set or an entry of a container; the name of that file.
    File(String),
    /// None: it was given on the command line.
    Nothing,
}

/// A paragraph that people can count to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its bytes.
    pub range: Range<u32>,
    /// The part of the work it is in: `chapter 3`, `notes`; empty for the text of a work without chapters.
    pub part: String,
    /// Its number in that part, from 1.
    pub number: u32,
}

/// The decoded text of one file or of one part of it.
#[derive(Debug, Default)]
pub struct Source {
    /// `story.md`, `book.epub:ch1.xhtml`, `dump.csv#17`.
    pub name: String,
    /// The text as UTF-8, markup and all.
    pub text: String,
    /// The way back to the bytes of the file.
    pub decoded: Decoding,
    /// Whether it lies in a container.
    pub inside: Inside,
    /// Which file it is or lies in.
    pub holder: Holder,
    /// Of a source in a container the paragraphs in order, see [`Work::name_places`](crate::model::Work::name_places).
    pub paragraphs: Vec<Paragraph>,
    before: Before,
    lines: OnceLock<Vec<u32>>,
    blocks: OnceLock<Vec<usize>>,
}

/// What stands before a piece of a file.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    lines: usize,
    /// On the line it starts in.
    characters: usize,
    /// On that line, as UTF-8.
    bytes: usize,
}

/// Bytes between two entries of the table of characters.
const BLOCK: usize = 4096;

/// Characters that start in `range`.
fn characters(bytes: &[u8], range: Range<usize>) -> usize {
    // bytes 0x80 to 0xbf continue a character
    bytes.get(range).unwrap_or_default().iter().filter(|b| **b & 0xc0 != 0x80).count()
}

impl Clone for Source {
    fn clone(&self) -> Self {
        Self {
            inside: self.inside,
            holder: self.holder.clone(),
            paragraphs: self.paragraphs.clone(),
            before: self.before,
            ..Self::new(self.name.clone(), self.text.clone(), self.decoded.clone())
        }
    }
}

impl Source {
    /// A source whose text maps back to the file through `decoded`.
    pub fn new(name: impl Into<String>, text: impl Into<String>, decoded: Decoding) -> Self {
        Self { name: name.into(), text: text.into(), decoded, ..Self::default() }
    }

    /// A piece of this source as a source of its own: one record of a data set. It starts at `at` of the file, so that
    /// lines and columns in it are those of the file.
    pub fn piece(&self, name: impl Into<String>, range: Range<usize>, at: Position) -> Self {
        let span = Span::new(SourceId(0), range.clone());
        let text = self.text.get(range).unwrap_or("");
        let piece = Self::new(name, text, self.decoded.piece(span.start..span.end));
        let characters = at.column.saturating_sub(1);
        let bytes = if characters == 0 { 0 } else { self.byte_column(span.start) - 1 };
        let holder = Holder::File(self.file().unwrap_or(&self.name).to_owned());
        Self { holder, before: Before { lines: at.line.saturating_sub(1), characters, bytes }, ..piece }
    }

    /// The file that it is or lies in; none for what was given on the command line.
    pub fn file(&self) -> Option<&str> {
        match &self.holder {
            Holder::Itself => Some(&self.name),
            Holder::File(file) => Some(file),
            Holder::Nothing => None,
        }
    }

    /// What its name says behind that of the file it lies in: `ch1.xhtml`, `17`.
    pub fn entry(&self) -> Option<&str> {
        let Holder::File(file) = &self.holder else { return None };
        self.name.strip_prefix(file.as_str())?.strip_prefix([':', '#'])
    }

    /// Line and column of a byte offset. An offset inside a character counts as that character's;
    /// one past the end as the end. The tables behind it are made once; a line of many megabytes costs no more than a short one.
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.floor(offset as usize);
        let starts = self.line_starts();
        let line = starts.partition_point(|s| *s as usize <= offset).max(1);
        let start = starts.get(line - 1).map_or(0, |s| *s as usize);
        let column = if offset - start <= BLOCK {
            characters(self.text.as_bytes(), start..offset)
        } else {
            self.characters_before(offset) - self.characters_before(start)
        };
        let before = if line == 1 { self.before.characters } else { 0 };
        Position { line: line + self.before.lines, column: before + column + 1 }
    }

    /// The column of a byte offset in bytes of UTF-8, from 1.
    pub fn byte_column(&self, offset: u32) -> usize {
        let offset = self.floor(offset as usize);
        let starts = self.line_starts();
        let line = starts.partition_point(|s| *s as usize <= offset).max(1);
        let start = starts.get(line - 1).map_or(0, |s| *s as usize);
        let before = if line == 1 { self.before.bytes } else { 0 };
        before + (offset - start) + 1
    }

    /// The place of a byte in words that a reader can follow, `chapter 3, paragraph 12`; none for a source that people
    /// open themselves.
    pub fn place(&self, offset: u32) -> Option<String> {
        if self.inside == Inside::No {
            return None;
        }
        let next = self.paragraphs.partition_point(|p| p.range.start <= offset);
        let paragraph = next.checked_sub(1).and_then(|i| self.paragraphs.get(i)).filter(|p| offset < p.range.end);
        Some(match paragraph {
            None => "metadata".to_owned(),
            Some(Paragraph { part, number, .. }) if part.is_empty() => format!("paragraph {number}"),
            Some(Paragraph { part, number, .. }) => format!("{part}, paragraph {number}"),
        })
    }

    /// The words that a span cuts out; empty when the span is not of this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The range of the line that holds `offset`, without its line break.
    pub fn line_range(&self, offset: u32) -> Range<usize> {
        let offset = self.floor(offset as usize);
        let starts = self.line_starts();
        let line = starts.partition_point(|s| *s as usize <= offset);
        let start = starts.get(line.saturating_sub(1)).map_or(0, |s| *s as usize);
        let end = starts.get(line).map_or(self.text.len(), |s| *s as usize);
        let line = self.text.get(start..end).unwrap_or("");
        start..start + line.trim_end_matches(['\n', '\r']).len()
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
            std::iter::once(0).chain(breaks.map(|(i, _)| u32::try_from(i + 1).unwrap_or(u32::MAX))).collect()
        })
    }

    /// Characters before a byte, by a table with one entry a block: a dump may be one line.
    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let blocks = self.blocks.get_or_init(|| {
            let mut before = 0;
            let count = |block: &[u8]| {
                let start = before;
                before += characters(block, 0..block.len());
                start
            };
            bytes.chunks(BLOCK).map(count).collect()
        });
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        blocks.get(block).map_or(0, |before| before + characters(bytes, block * BLOCK..offset))
    }

    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_survive_any_offset() {
        let source = Source::new("a", "één\r\nzwölf\n", Decoding::default());
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(4), Position { line: 1, column: 3 });
        let z = source.text.find("zw").unwrap() as u32;
        assert_eq!(source.position(z + 3), Position { line: 2, column: 3 }); // inside the ö
        assert_eq!(source.position(9_999), Position { line: 3, column: 1 });
        assert_eq!([0, 4, z + 3, 9_999].map(|offset| source.byte_column(offset)), [1, 5, 3, 1]);
        assert_eq!(&source.text[source.line_range(0)], "één");
        assert_eq!(&source.text[source.line_range(z)], "zwölf");
    }

    #[test]
    fn columns_of_long_lines_are_counted_from_the_line_start() {
        let text = format!("ab\n{}", "één ".repeat(10_000));
        let source = Source::new("a", &*text, Decoding::default());
        for offset in [3, 4, 5, 4_095, 4_096, 4_099, 4_100, 8_191, 8_192, 30_001, text.len()] {
            let floor = (0..=offset).rev().find(|o| text.is_char_boundary(*o)).unwrap();
            let column = text[3..floor].chars().count() + 1;
            assert_eq!(source.position(offset as u32), Position { line: 2, column }, "at {offset}");
        }
    }

    #[test]
    fn a_piece_keeps_the_places_of_its_file() {
        let mut decoding = Decoding::shifted(3);
        decoding.push(11, 14);
        decoding.push(14, 15);
        let text = "één\n[{\"a\u{fffd}\n\":1}]";
        let source = Source::new("a.json", text, decoding);
        let range = 7..text.len() - 1;
        let piece = source.piece("a.json#1", range.clone(), source.position(7));
        assert_eq!(piece.text, "{\"a\u{fffd}\n\":1}");
        for offset in range.clone() {
            let inside = (offset - range.start) as u32;
            assert_eq!(piece.position(inside), source.position(offset as u32));
            assert_eq!(piece.byte_column(inside), source.byte_column(offset as u32));
            assert_eq!(piece.decoded.original(inside), source.decoded.original(offset as u32), "at {offset}");
            assert_eq!(piece.clone().position(inside), piece.position(inside));
        }
        assert_eq!((piece.file(), piece.entry()), (Some("a.json"), Some("1")));
    }

    #[test]
    fn decoding_maps_replaced_bytes_to_the_place_they_stood() {
        // "a<FF>b": the bad byte becomes U+FFFD, three bytes for one
        let mut decoding = Decoding::default();
        decoding.push(0, 0);
        decoding.push(1, 1);
        decoding.push(4, 2);
        assert_eq!([0, 1, 3, 4].map(|d| decoding.original(d)), [0, 1, 2, 2]);
        assert_eq!(Decoding::shifted(3).original(10), 13);
    }
}

//! A source text, spans of bytes in it, and the lookup from a byte to a line and a column.

mod stretches;

use std::ops::Range;
use std::sync::OnceLock;

pub use stretches::{Before, Stretch};

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

/// How many bytes of the file a character took, by the number of bytes that it takes in UTF-8: the first entry is that
/// of ASCII.
pub type Widths = [u8; 4];

/// The widths of text that stands in the file as UTF-8.
pub const UTF8: Widths = [1, 2, 3, 4];

/// How the decoded text of a source maps back to the bytes of the file.
///
/// A list of breaks, each with its offset in the text and in the file: from one to the next, every character took as
/// many bytes as its widths say. So a file in UTF-16 or in an encoding of one byte a character needs only one. An empty
/// list means that the two are the same. Looking a place up reads the text from the break before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoding {
    breaks: Vec<Break>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Break {
    decoded: u32,
    original: u32,
    widths: Widths,
}

impl Break {
    /// The byte of the file behind an offset of the text before the next break.
    fn original(&self, text: &str, decoded: u32) -> u32 {
        if self.widths == UTF8 {
            return self.original.saturating_add(decoded - self.decoded);
        }
        let end = floor(text, decoded as usize);
        let bytes = text.as_bytes().get(self.decoded as usize..end).unwrap_or_default();
        let [one, two, three, four] = self.widths.map(u32::from);
        let width = |b: &u8| match b {
            0..=0x7f => one,
            // bytes 0x80 to 0xbf continue a character
            0x80..=0xbf => 0,
            0xc0..=0xdf => two,
            0xe0..=0xef => three,
            0xf0.. => four,
        };
        self.original.saturating_add(bytes.iter().map(width).sum())
    }
}

impl Decoding {
    /// A decoding that starts `skip` bytes into the file, as after a byte order mark.
    pub fn shifted(skip: u32) -> Self {
        let mut decoding = Self::default();
        if skip > 0 {
            decoding.push(0, skip);
        }
        decoding
    }

    /// Adds a break behind which both sides advance byte for byte; both offsets must not be smaller than those of the
    /// last one.
    pub fn push(&mut self, decoded: u32, original: u32) {
        self.push_widths(decoded, original, UTF8);
    }

    /// Adds a break behind which characters took so many bytes; both offsets must not be smaller than those of the last
    /// one.
    pub fn push_widths(&mut self, decoded: u32, original: u32, widths: Widths) {
        self.breaks.push(Break { decoded, original, widths });
    }

    /// Its breaks in order: the offset in the text, that in the file, and the widths behind it.
    pub fn breaks(&self) -> impl ExactSizeIterator<Item = (u32, u32, Widths)> {
        self.breaks.iter().map(|b| (b.decoded, b.original, b.widths))
    }

    /// Adds the decoding of a text that follows at `decoded`.
    pub fn append(&mut self, decoded: u32, next: &Self) {
        self.breaks.extend(next.breaks.iter().map(|b| Break { decoded: decoded.saturating_add(b.decoded), ..*b }));
    }

    /// The decoding of the piece of `text` that starts at `range.start`: its offset 0 is that byte.
    pub fn piece(&self, text: &str, range: Range<u32>) -> Self {
        let first = self.original(text, range.start);
        let start = self.breaks.partition_point(|b| b.decoded <= range.start);
        let widths = start.checked_sub(1).and_then(|i| self.breaks.get(i)).map_or(UTF8, |b| b.widths);
        let inside = self.breaks.iter().skip(start).take_while(|b| b.decoded <= range.end);
        let mut piece = Self::default();
        if first != 0 || range.start != 0 || widths != UTF8 {
            piece.push_widths(0, first, widths);
        }
        piece.breaks.extend(inside.map(|b| Break { decoded: b.decoded - range.start, ..*b }));
        piece
    }

    /// The byte of the original file behind an offset of the decoded `text`.
    pub fn original(&self, text: &str, decoded: u32) -> u32 {
        let next = self.breaks.partition_point(|b| b.decoded <= decoded);
        match next.checked_sub(1).and_then(|i| self.breaks.get(i)) {
            Some(from) => {
                // a replaced piece is longer decoded than it was in the file: stay before the next break
                let limit = self.breaks.get(next).map_or(u32::MAX, |next| next.original);
                from.original(text, decoded).min(limit)
            }
            None => decoded,
        }
    }

    /// The bytes of the original file behind a range of the decoded `text`. Where pieces were taken out of it, as tags
    /// are, a range ends before the next gap.
    pub fn original_range(&self, text: &str, decoded: Range<u32>) -> Range<u32> {
        let start = self.original(text, decoded.start);
        // of two breaks at one place the first is where the piece before ends
        let end = match self.breaks.get(self.breaks.partition_point(|b| b.decoded < decoded.end)) {
            Some(at) if at.decoded == decoded.end && decoded.start < decoded.end => at.original,
            _ => self.original(text, decoded.end),
        };
        start..end.max(start)
    }
}

/// The start of the character that an offset is in; of one past the end, the end.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
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

/// How metadata is written that a fix may edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// Lines of `Label: value`.
    Lines,
    /// Keys of YAML.
    Yaml,
    /// Keys of TOML.
    Toml,
}

/// A stretch of a source that holds metadata which a fix may edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writable {
    /// Its bytes.
    pub range: Range<u32>,
    /// How it is written.
    pub notation: Notation,
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
    /// The encoding of the file by its name in the WHATWG standard; empty for UTF-8.
    pub encoding: &'static str,
    /// Where fixes may edit it. Of stretches that overlap the first one counts.
    pub writable: Vec<Writable>,
    before: Before,
    stretches: Vec<Stretch>,
    lines: OnceLock<Vec<u32>>,
    blocks: OnceLock<Vec<usize>>,
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
            encoding: self.encoding,
            writable: self.writable.clone(),
            before: self.before,
            stretches: self.stretches.clone(),
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
        let piece = Self::new(name, text, self.decoded.piece(&self.text, span.start..span.end));
        let characters = at.column.saturating_sub(1);
        let bytes = if characters == 0 { 0 } else { self.byte_column(span.start) - 1 };
        let holder = Holder::File(self.file().unwrap_or(&self.name).to_owned());
        Self { holder, before: Before { lines: at.line.saturating_sub(1), characters, bytes }, ..piece }
    }

    /// Lets fixes edit the metadata in `range`.
    pub fn let_write(&mut self, range: Range<usize>, notation: Notation) {
        let Span { start, end, .. } = Span::new(SourceId(0), range);
        self.writable.push(Writable { range: start..end, notation });
    }

    /// How the metadata at an offset is written; none where a fix may not edit it.
    pub fn notation(&self, offset: u32) -> Option<Notation> {
        let at = self.writable.iter().find(|w| w.range.start <= offset && offset <= w.range.end)?;
        Some(at.notation)
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
        let offset = floor(&self.text, offset as usize);
        if let Some(before) = self.before_in_stretch(offset) {
            return Position { line: before.lines + 1, column: before.characters + 1 };
        }
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
        let offset = floor(&self.text, offset as usize);
        if let Some(before) = self.before_in_stretch(offset) {
            return before.bytes + 1;
        }
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

    /// The byte of the file behind an offset.
    pub fn original(&self, offset: u32) -> u32 {
        self.decoded.original(&self.text, offset)
    }

    /// The bytes of the file behind a range; see [`Decoding::original_range`].
    pub fn original_range(&self, range: Range<u32>) -> Range<u32> {
        self.decoded.original_range(&self.text, range)
    }

    /// The words that a span cuts out; empty when the span is not of this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The range of the line that holds `offset`, without its line break.
    pub fn line_range(&self, offset: u32) -> Range<usize> {
        let offset = floor(&self.text, offset as usize);
        let starts = self.line_starts();
        let line = starts.partition_point(|s| *s as usize <= offset);
        let start = starts.get(line.saturating_sub(1)).map_or(0, |s| *s as usize);
        let end = starts.get(line).map_or(self.text.len(), |s| *s as usize);
        let line = self.text.get(start..end).unwrap_or("");
        start..start + line.trim_end_matches(['\n', '\r']).len()
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(breaks.map(|i| u32::try_from(i + 1).unwrap_or(u32::MAX))).collect()
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
            assert_eq!(piece.original(inside), source.original(offset as u32), "at {offset}");
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
        assert_eq!([0, 1, 3, 4].map(|d| decoding.original("a\u{fffd}b", d)), [0, 1, 2, 2]);
        assert_eq!(Decoding::shifted(3).original("", 10), 13);
    }

    #[test]
    fn decoding_counts_characters_where_they_took_other_bytes() {
        // UTF-16 behind a byte order mark, then one byte a character
        let text = "aé€😀aé";
        let mut decoding = Decoding::default();
        decoding.push_widths(0, 2, [2, 2, 2, 4]);
        decoding.push_widths(10, 12, [1; 4]);
        let source = Source::new("a", text, decoding);
        let offsets = [0, 1, 3, 6, 10, 11, 13];
        assert_eq!(offsets.map(|o| source.original(o)), [2, 4, 6, 8, 12, 13, 14]);
        assert_eq!(source.original(5), 6, "inside the €");
        assert_eq!(source.original_range(3..10), 6..12);
        let piece = source.piece("a#1", 6..13, source.position(6));
        assert_eq!([0, 4, 5, 7].map(|o| piece.original(o)), [8, 12, 13, 14]);
        let mut joined = Decoding::default();
        joined.append(0, &source.decoded.piece(text, 3..6));
        joined.append(3, &source.decoded.piece(text, 10..13));
        assert_eq!([0, 3, 4, 6].map(|o| joined.original("€aé", o)), [6, 12, 13, 14]);
    }
}

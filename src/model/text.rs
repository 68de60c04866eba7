//! Extracted text, normalized for matching, and its exact map back to the source.

use std::ops::Range;

use super::bits::{bits, is_plain_word};
use super::{SourceId, Span};

/// Stands in a [`Text`] for a symbol that is part of no word: an emoji, an arrow, `½`.
pub const SYMBOL: char = '\u{1a}';
/// Stands in a [`Text`] for the hyphens U+2010 and U+2011. It matches `-` but, as in the archive's
/// word count, parts words, which `-` does not.
pub const HYPHEN: char = '\u{1e}';

/// Text of a section, normalized for matching.
///
/// - White space runs are one space, paragraph breaks `\n\n`; there is none at either end.
/// - Quotation marks and apostrophes are `"` and `'`, dashes `--`, an ellipsis `...`, full-width forms ASCII.
/// - Letters outside ASCII are in lower case; ASCII keeps its case.
/// - Soft hyphens and other invisible format characters are gone.
/// - Every other character outside ASCII that is part of no word is [`SYMBOL`], so **each byte from
///   0x80 up belongs to a word**: a scan for words needs no decoding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    buf: String,
    source: SourceId,
    segments: Vec<Segment>,
}

/// A piece of the buffer and the source bytes behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    /// Where it starts in the buffer; it ends where the next one starts.
    at: u32,
    /// First source byte.
    from: u32,
    /// One past the last source byte.
    to: u32,
    /// Whether offsets advance alike on both sides; else it maps back as a whole.
    linear: bool,
}

impl Text {
    /// The normalized text.
    pub fn as_str(&self) -> &str {
        &self.buf
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// The source bytes behind a range of the normalized text. A cut through an entity or another replaced
    /// piece widens to the whole piece. An empty text gives an empty span.
    pub fn to_source(&self, range: Range<usize>) -> Span {
        let (start, end) = (range.start as u32, range.end.max(range.start + 1) as u32);
        let first = self.segments.partition_point(|s| s.at <= start).saturating_sub(1);
        let last = self.segments.partition_point(|s| s.at < end).saturating_sub(1);
        let (Some(a), Some(b)) = (self.segments.get(first), self.segments.get(last)) else {
            return Span { source: self.source, ..Span::default() };
        };
        let from = if a.linear { a.from + (start - a.at).min(a.to - a.from) } else { a.from };
        let to = if b.linear { (b.from + (end - b.at)).min(b.to) } else { b.to };
        Span { source: self.source, start: from, end: to.max(from) }
    }

    /// The same text as a text of the source behind `map`: its own source was decoded from there, as a string of JSON is.
    pub fn through(self, map: &Map, source: SourceId) -> Self {
        let mut segments = Vec::with_capacity(self.segments.len() * 2);
        // segments follow each other in the map, so none is searched from its start
        let mut near = 0;
        for s in &self.segments {
            near = map.first_from(near, s.from);
            if s.linear {
                for piece in map.within_from(near, s.from..s.to) {
                    segments.push(Segment { at: s.at + (piece.at - s.from), ..piece });
                }
            } else {
                let Range { start: from, end: to } = map.to_source_from(near, s.from..s.to);
                segments.push(Segment { from, to, ..*s });
            }
        }
        Self { buf: self.buf, source, segments }
    }

    /// The pieces of the text in order: the bytes of each in the text, those behind it in the source, and whether the two
    /// advance alike. What stands in the source between two pieces, as tags do, is not text.
    pub fn pieces(&self) -> impl Iterator<Item = (Range<usize>, Span, bool)> {
        let end = |i: usize| self.segments.get(i + 1).map_or(self.buf.len(), |next| next.at as usize);
        let piece = move |(i, s): (usize, &Segment)| {
            let from = Span { source: self.source, start: s.from, end: s.to };
            (s.at as usize..end(i), from, s.linear)
        };
        self.segments.iter().enumerate().map(piece)
    }

    /// The source bytes behind the whole text.
    pub fn span(&self) -> Span {
        self.to_source(0..self.buf.len())
    }

    /// The number of words, counted as AO3 counts them (its `lib/word_counter.rb`): `--` parts words, then
    /// `'` and `-` are deleted, then each Han, Hiragana, Katakana or Thai character is a word and so is each
    /// run of other word characters. Text nodes are counted apart, so markup inside a word parts it.
    pub fn words(&self) -> u32 {
        let mut count = 0;
        let mut at = 0;
        // a run of segments that touch in the source is one text node
        for (i, segment) in self.segments.iter().enumerate() {
            let next = self.segments.get(i + 1);
            if next.is_some_and(|n| n.from == segment.to) {
                continue;
            }
            let end = next.map_or(self.buf.len(), |n| n.at as usize);
            count += count_words(self.buf.get(at..end).unwrap_or(""));
            at = end;
        }
        count
    }
}

/// Where a decoded text comes from: which bytes of a source each piece of it stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    pieces: Vec<Segment>,
    /// Length of the decoded text.
    len: u32,
}

impl Map {
    /// Adds a piece behind the last: `len` decoded bytes stand for the source bytes of `from`. It is linear, which is to
    /// say that its bytes stand there one by one, if `verbatim`; else it maps back as a whole.
    pub fn push(&mut self, len: usize, from: Range<usize>, verbatim: bool) {
        let Span { start, end, .. } = Span::new(SourceId(0), from);
        if len > 0 {
            self.pieces.push(Segment { at: self.len, from: start, to: end, linear: verbatim });
            self.len = self.len.saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
        }
    }

    /// The source bytes behind a range of the decoded text; a cut through a piece that is not verbatim widens to all of it.
    pub fn to_source(&self, range: Range<u32>) -> Range<u32> {
        self.to_source_from(self.first(range.start), range)
    }

    fn to_source_from(&self, first: usize, range: Range<u32>) -> Range<u32> {
        if range.is_empty() {
            // a place between two characters
            let at = self.pieces.get(first).map_or(0, |p| match p.linear {
                true => (p.from + (range.start - p.at)).min(p.to),
                false if range.start > p.at => p.to,
                false => p.from,
            });
            return at..at;
        }
        let mut within = self.within_from(first, range);
        let Some(first) = within.next() else { return 0..0 };
        first.from..within.last().unwrap_or(first).to
    }

    /// Whether a range of the decoded text stands in the source byte for byte.
    pub fn is_verbatim(&self, range: Range<u32>) -> bool {
        let mut within = self.within_from(self.first(range.start), range);
        within.next().is_none_or(|p| p.linear) && within.next().is_none()
    }

    /// The index of the piece that a decoded byte is in.
    fn first(&self, at: u32) -> usize {
        self.pieces.partition_point(|p| p.at <= at).saturating_sub(1)
    }

    /// The same when it is likely to be `near` or soon behind it.
    fn first_from(&self, near: usize, at: u32) -> usize {
        let is_behind = |i: usize| self.pieces.get(i).is_some_and(|p| p.at <= at);
        if !is_behind(near) {
            return self.first(at);
        }
        (near..near + 8).find(|i| !is_behind(i + 1)).unwrap_or_else(|| self.first(at))
    }

    /// The pieces of a range of the decoded text, which starts in the piece `first`; the first and the last of them are
    /// cut to it when they are verbatim.
    fn within_from(&self, first: usize, range: Range<u32>) -> impl Iterator<Item = Segment> + '_ {
        let pieces = self.pieces.iter().enumerate().skip(first);
        pieces.take_while(move |(_, p)| p.at < range.end).map(move |(i, p)| {
            let end = self.pieces.get(i + 1).map_or(self.len, |next| next.at);
            let at = p.at.max(range.start);
            if !p.linear {
                return Segment { at, ..*p };
            }
            let cut = end.saturating_sub(range.end);
            Segment { at, from: p.from + (at - p.at), to: p.to.saturating_sub(cut), linear: true }
        })
    }
}

/// Words of one text node, see [`Text::words`].
fn count_words(node: &str) -> u32 {
    let bytes = node.as_bytes();
    let mut counter = Counter { node, at: 0, count: 0, inside: false };
    while let Some(block) = bytes.get(counter.at..).and_then(|rest| rest.first_chunk::<64>()) {
        let mut words = bits(block, is_plain_word);
        let mut others = bits(block, |byte| (byte == b'-') | (byte == b'\'') | (byte >= 0x80));
        while others != 0 {
            let at = others.trailing_zeros();
            let byte = block.get(at as usize).copied().unwrap_or(0);
            let is_dash = |at: usize| bytes.get(counter.at + at) == Some(&b'-');
            if byte >= 0x80 || byte == b'-' && is_dash(at as usize + 1) {
                break;
            }
            // what is deleted parts nothing: it is of a word if what stands before it is
            let before = if at == 0 { u64::from(counter.inside) } else { words >> (at - 1) & 1 };
            words |= before << at;
            others &= others - 1;
        }
        if others != 0 {
            counter.count_to(counter.at + 64);
            continue;
        }
        counter.count += (words & !(words << 1 | u64::from(counter.inside))).count_ones();
        counter.inside = words >> 63 == 1;
        counter.at += 64;
    }
    counter.count_to(bytes.len());
    counter.count
}

/// The count of words so far.
struct Counter<'n> {
    node: &'n str,
    at: usize,
    count: u32,
    inside: bool,
}

impl Counter<'_> {
    /// Goes on to a byte, or past it when a character or a dash stands there.
    fn count_to(&mut self, end: usize) {
        let bytes = self.node.as_bytes();
        while let Some(&byte) = bytes.get(self.at).filter(|_| self.at < end) {
            if byte < 0x80 {
                self.at += 1;
                match byte {
                    b'-' if bytes.get(self.at) == Some(&b'-') => {
                        self.at += 1;
                        self.inside = false;
                    }
                    b'-' | b'\'' => {}
                    _ => self.step(is_plain_word(byte)),
                }
                continue;
            }
            let Some(c) = self.node.get(self.at..).and_then(|rest| rest.chars().next()) else { break };
            self.at += c.len_utf8();
            if is_counted_alone(c) {
                self.count += 1;
                self.inside = false;
            } else {
                self.step(is_word(c));
            }
        }
    }

    fn step(&mut self, is_word: bool) {
        self.count += u32::from(is_word && !self.inside);
        self.inside = is_word;
    }
}

/// Whether a character is of the scripts Han, Hiragana, Katakana or Thai (Unicode 16, `Scripts.txt`), of
/// which the archive counts each word character as a word.
fn is_counted_alone(c: char) -> bool {
    matches!(c,
        '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E5B}'
        | '\u{2E80}'..='\u{2E99}' | '\u{2E9B}'..='\u{2EF3}' | '\u{2F00}'..='\u{2FD5}'
        | '\u{3005}' | '\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303B}'
        | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}' | '\u{30FD}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{32D0}'..='\u{32FE}' | '\u{3300}'..='\u{3357}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FA6D}' | '\u{FA70}'..='\u{FAD9}'
        | '\u{FF66}'..='\u{FF6F}' | '\u{FF71}'..='\u{FF9D}'
        | '\u{16FE2}' | '\u{16FE3}' | '\u{16FF0}'..='\u{16FF6}'
        | '\u{1AFF0}'..='\u{1AFF3}' | '\u{1AFF5}'..='\u{1AFFB}' | '\u{1AFFD}' | '\u{1AFFE}'
        | '\u{1B000}'..='\u{1B122}' | '\u{1B132}' | '\u{1B150}'..='\u{1B152}' | '\u{1B155}'
        | '\u{1B164}'..='\u{1B167}' | '\u{1F200}'
        | '\u{20000}'..='\u{2A6DF}' | '\u{2A700}'..='\u{2EE5D}' | '\u{2F800}'..='\u{2FA1D}'
        | '\u{30000}'..='\u{323AF}' | '\u{323B0}'..='\u{33479}'
    )
}

/// Whether a character is part of a word for the archive: Alphabetic, Mark, decimal number or connector punctuation.
fn is_word(c: char) -> bool {
    c.is_alphabetic()
        || unicode_normalization::char::is_combining_mark(c)
        || is_decimal(c)
        || matches!(
            c,
            '_' | '\u{203F}' | '\u{2040}' | '\u{2054}' | '\u{FE33}' | '\u{FE34}' | '\u{FE4D}'..='\u{FE4F}' | '\u{FF3F}'
        )
}

/// General category Nd. `char::is_numeric` takes in Nl and No too, so these are told apart by value:
/// every Nd digit stands in a run of ten that starts at one of these zeros.
fn is_decimal(c: char) -> bool {
    const ZEROS: [u32; 77] = [
        0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
        0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
        0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136,
        0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0,
        0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
        0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
    ];
    let c = c as u32;
    let i = ZEROS.partition_point(|zero| *zero <= c);
    i.checked_sub(1).and_then(|i| ZEROS.get(i)).is_some_and(|zero| c - zero < 10)
}

/// Builds a [`Text`] while a format walks its source.
///
/// Pieces must come in the order of the source. White space at the start, before and after a paragraph
/// break and at the end is dropped; two breaks in a row are one.
#[derive(Debug)]
pub struct TextBuilder<'s> {
    source: &'s str,
    text: Text,
    /// White space and breaks that only count once a word follows.
    pending: Option<Pending>,
}

#[derive(Debug, Clone, Copy)]
struct Pending {
    from: u32,
    to: u32,
    paragraph: bool,
}

impl<'s> TextBuilder<'s> {
    /// A builder over the decoded text of source `id`.
    pub fn new(id: SourceId, source: &'s str) -> Self {
        let text = Text { source: id, ..Text::default() };
        Self { source, text, pending: None }
    }

    /// Whether nothing but white space has come so far.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds the source bytes of `range`, normalized. A range off the source or off its character boundaries adds nothing.
    pub fn copy(&mut self, range: Range<usize>) {
        let Some(piece) = self.source.get(range.clone()) else { return };
        let bytes = piece.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            // plain words and the single spaces between them, the bulk of any prose
            let plain = plain_run(bytes, i, self.pending.is_some() || self.text.is_empty());
            if plain > i {
                self.push_linear(&piece[i..plain], range.start + i);
                i = plain;
                continue;
            }
            let Some(c) = piece[i..].chars().next() else { break };
            let at = range.start + i;
            i += c.len_utf8();
            self.push_char(c, at, at + c.len_utf8());
        }
    }

    /// Adds `text`, which stands for the source bytes of `range`: an entity, an escape. It maps back as a whole.
    pub fn replace(&mut self, range: Range<usize>, text: &str) {
        for c in text.chars() {
            self.push_char(c, range.start, range.end);
        }
    }

    /// Ends a paragraph: what follows starts a new one. `range` is the markup or the line breaks between.
    pub fn paragraph(&mut self, range: Range<usize>) {
        self.white(range.start, range.end, true);
    }

    /// The finished text.
    pub fn finish(self) -> Text {
        self.text
    }

    fn push_char(&mut self, c: char, from: usize, to: usize) {
        match fold(c) {
            Folded::Same => {
                let mut utf8 = [0; 4];
                let s = c.encode_utf8(&mut utf8);
                if to - from == s.len() && self.source.get(from..to) == Some(s) {
                    self.push_linear(s, from);
                } else {
                    self.push_whole(s, from, to);
                }
            }
            Folded::White => self.white(from, to, false),
            Folded::Nothing => {}
            Folded::To(s) => self.push_whole(s, from, to),
            Folded::Char(f) => self.push_whole(f.encode_utf8(&mut [0; 4]), from, to),
            Folded::Lower => {
                let lower: String = c.to_lowercase().collect();
                self.push_whole(&lower, from, to);
            }
        }
    }

    fn white(&mut self, from: usize, to: usize, paragraph: bool) {
        if self.text.is_empty() {
            return;
        }
        let (from, to) = (from as u32, to as u32);
        let pending = self.pending.get_or_insert(Pending { from, to, paragraph });
        pending.to = pending.to.max(to);
        pending.paragraph |= paragraph;
    }

    fn flush(&mut self) {
        if let Some(p) = self.pending.take() {
            if p.paragraph {
                self.segment(p.from, p.to, false);
                self.text.buf.push_str("\n\n");
            } else {
                self.segment(p.from, p.to, p.to - p.from == 1);
                self.text.buf.push(' ');
            }
        }
    }

    fn push_linear(&mut self, s: &str, from: usize) {
        self.flush();
        self.segment(from as u32, (from + s.len()) as u32, true);
        self.text.buf.push_str(s);
    }

    fn push_whole(&mut self, s: &str, from: usize, to: usize) {
        self.flush();
        self.segment(from as u32, to as u32, false);
        self.text.buf.push_str(s);
    }

    /// Makes the bytes that are about to be pushed belong to source bytes `from..to`.
    fn segment(&mut self, from: u32, to: u32, linear: bool) {
        let at = self.text.buf.len() as u32;
        if let Some(last) = self.text.segments.last_mut() {
            let touching = last.linear && linear && last.to == from;
            let same = !last.linear && !linear && (last.from, last.to) == (from, to);
            if touching || same {
                last.to = to;
                return;
            }
        }
        self.text.segments.push(Segment { at, from, to, linear });
    }
}

/// The end of a run, from `i`, of ASCII that goes into the buffer as it is: no white space but single
/// spaces between words, and none at its end. `fresh`: a space at `i` must not be taken.
fn plain_run(bytes: &[u8], i: usize, fresh: bool) -> usize {
    if fresh && bytes.get(i) == Some(&b' ') {
        return i;
    }
    let mut end = i;
    // nine bytes show for eight whether a space stands alone
    while let Some(nine) = bytes.get(end..).and_then(|rest| rest.first_chunk::<9>()) {
        let [first @ .., _] = *nine;
        let [_, next @ ..] = *nine;
        let (here, there) = (u64::from_le_bytes(first), u64::from_le_bytes(next));
        let stops = unplain(here) | spaces(here) & (spaces(there) | unplain(there));
        if stops != 0 {
            return end + stops.trailing_zeros() as usize / 8;
        }
        end += 8;
    }
    while let Some(&b) = bytes.get(end) {
        match b {
            b'!'..=b'~' => end += 1,
            b' ' if matches!(bytes.get(end + 1), Some(b'!'..=b'~')) => end += 1,
            _ => break,
        }
    }
    end
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of each of eight bytes that is a space; no carry leaves its byte.
fn spaces(eight: u64) -> u64 {
    let other = eight ^ (ONES * 0x20);
    !(((other & !HIGH) + !HIGH) | other) & HIGH
}

/// The high bit of each of eight bytes that is none of `' '..='~'`; no carry leaves its byte.
fn unplain(eight: u64) -> u64 {
    let below = !((eight | HIGH) - ONES * 0x20);
    let delete = (eight & !HIGH) + ONES;
    (eight | below | delete) & HIGH
}

enum Folded {
    Same,
    White,
    Nothing,
    To(&'static str),
    Char(char),
    Lower,
}

/// What a character becomes in a [`Text`].
fn fold(c: char) -> Folded {
    match c {
        '!'..='~' => Folded::Same,
        // control characters, DEL among them, have no business in a story: they part words
        '\0'..=' ' | '\u{7f}'..='\u{a0}' => Folded::White,
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}'
        | '\u{feff}' => Folded::Nothing,
        '\u{2018}' | '\u{2019}' => Folded::To("'"),
        '\u{201a}' | '\u{201b}' | '\u{2039}' | '\u{203a}' => Folded::Char(SYMBOL),
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{300c}'..='\u{300f}' | '\u{ff02}' => Folded::To("\""),
        '\u{2010}' | '\u{2011}' => Folded::Char(HYPHEN),
        '\u{2012}'..='\u{2015}' => Folded::To("--"),
        '\u{2026}' => Folded::To("..."),
        '\u{3002}' => Folded::To("."),
        '\u{3001}' => Folded::To(","),
        // the archive's word count deletes ' and -, but not their full-width forms
        '\u{ff07}' | '\u{ff0d}' => Folded::Char(SYMBOL),
        '\u{ff01}'..='\u{ff5e}' => match char::from_u32(c as u32 - 0xfee0) {
            Some(ascii) => Folded::Char(ascii),
            None => Folded::Char(SYMBOL),
        },
        c if c.is_whitespace() => Folded::White,
        c if is_word(c) => {
            let mut lower = c.to_lowercase();
            if lower.next() == Some(c) && lower.next().is_none() { Folded::Same } else { Folded::Lower }
        }
        _ => Folded::Char(SYMBOL),
    }
}

/// A text made of the whole of `source`, with a paragraph break at every blank line: what plain files are, and
/// what rules are tested on.
pub fn plain(id: SourceId, source: &str, range: Range<usize>) -> Text {
    let mut builder = TextBuilder::new(id, source);
    let mut at = range.start;
    let text = source.get(range.clone()).unwrap_or("");
    let mut blank: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if line.trim().is_empty() {
            blank.get_or_insert(at);
        } else {
            if let Some(from) = blank.take() {
                builder.paragraph(from..at);
            }
            builder.copy(at..end);
        }
        at = end;
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dice::Dice;

    fn whole(source: &str) -> Text {
        plain(SourceId(0), source, 0..source.len())
    }

    #[test]
    fn a_text_of_a_decoded_text_maps_back_through_it() {
        // "a “b\" é…\n c" as it stands in JSON
        let source = r#"xx a \u201cb\" \u00c9t\u00e9 z"#;
        let mut map = Map::default();
        let mut decoded = String::new();
        for (raw, means) in [
            ("a ", "a "),
            ("\\u201c", "“"),
            ("b", "b"),
            ("\\\"", "\""),
            (" ", " "),
            ("\\u00c9", "É"),
            ("t", "t"),
            ("\\u00e9", "é"),
            (" z", " z"),
        ] {
            let from = decoded.len();
            let at = 3 + source[3..].find(raw).unwrap();
            decoded.push_str(means);
            map.push(decoded.len() - from, at..at + raw.len(), raw == means);
        }
        let text = whole(&decoded).through(&map, SourceId(4));
        assert_eq!(text.as_str(), "a \"b\" été z");
        let back = |part: &str| {
            let at = text.as_str().find(part).unwrap();
            let span = text.to_source(at..at + part.len());
            assert_eq!(span.source, SourceId(4));
            &source[span.range()]
        };
        assert_eq!(back("b"), "b");
        assert_eq!(back("\"b"), "\\u201cb");
        assert_eq!(back("été"), "\\u00c9t\\u00e9");
        assert_eq!(back("a \"b\" été z"), &source[3..]);
        assert_eq!(back("t"), "t");
        assert_eq!(text.words(), whole(&decoded).words());
        assert_eq!(map.to_source(0..3), 3..11);
        assert!(map.is_verbatim(0..2) && !map.is_verbatim(0..3) && !map.is_verbatim(2..5));
    }

    #[test]
    fn normalizes_and_maps_back() {
        let source = "  “Don’t   go,”\r\nshe said—TO Ärger…\n\n\n*  ★gun★ ";
        let text = whole(source);
        assert_eq!(text.as_str(), "\"Don't go,\" she said--TO ärger...\n\n* \u{1a}gun\u{1a}");
        let back = |part: &str| {
            let at = text.as_str().find(part).unwrap();
            &source[text.to_source(at..at + part.len()).range()]
        };
        assert_eq!(back("Don't"), "Don’t");
        assert_eq!(back("don't go".trim_start_matches("don")), "’t   go");
        assert_eq!(back("ärger"), "Ärger");
        assert_eq!(back("said--TO"), "said—TO");
        assert_eq!(back("go,\" she"), "go,”\r\nshe");
        assert_eq!(back("gun"), "gun");
    }

    #[test]
    fn a_plain_run_ends_before_what_must_be_changed() {
        // the same without looking at eight bytes at a time
        let slow = |bytes: &[u8], fresh: bool| {
            let mut i = 0;
            while let Some(&b) = bytes.get(i) {
                match b {
                    b'!'..=b'~' => i += 1,
                    b' ' if (i > 0 || !fresh) && matches!(bytes.get(i + 1), Some(b'!'..=b'~')) => i += 1,
                    _ => break,
                }
            }
            i
        };
        let mut bytes = *b"plain words, and a few more of them~";
        for at in 0..bytes.len() {
            for pair in [*b"  ", *b" x", *b"\x7f ", *b" \x1f", *b"\xe2 ", *b" \xff", *b"\n\n", *b" \0", *b"~!"] {
                let before = bytes;
                bytes[at] = pair[0];
                if let Some(next) = bytes.get_mut(at + 1) {
                    *next = pair[1];
                }
                for fresh in [false, true] {
                    assert_eq!(plain_run(&bytes, 0, fresh), slow(&bytes, fresh), "{}", bytes.escape_ascii());
                }
                bytes = before;
            }
        }
    }

    #[test]
    fn plain_prose_is_one_segment() {
        assert_eq!(whole("The dog sat.\nIt was a good dog.").segments.len(), 1);
    }

    /// The word-count table of the archive's own specs and what follows from its rule, without markup.
    #[test]
    fn counts_words_as_the_archive_does() {
        for (text, words) in [
            ("", 0),
            ("one two three four", 4),
            ("one two\nthree\nfour", 4),
            ("arm-rest is hyphenated", 3),
            ("don't do that", 3),
            ("zwölf naïve fiancés", 3),
            ("one—two—three", 3),
            ("one--two--three", 3),
            ("one,two,three", 3),
            ("one/two/three", 3),
            ("one|two|three", 3),
            ("one — two - three", 3),
            ("one -- two ! three", 3),
            ("Hey Bob,\" said Alice, 'Yay?!?'", 5),
            ("一个简单の栗子", 7),
            ("“嘿Bob,” Alice说，‘啊？！？’", 5),
            ("嘿|bob|说", 3),
            ("don’t", 1),
            ("donʼt", 1),
            ("don´t", 2),
            ("don`t", 2),
            ("don′t", 2),
            ("well‑known", 2),
            ("well–known", 2),
            ("one---two", 2),
            ("one----two", 2),
            ("one - two", 2),
            ("3.5", 2),
            ("1,000", 2),
            ("10:30", 2),
            ("e.g.", 2),
            ("foo\u{a0}bar", 2),
            ("AT&T", 2),
            ("un\u{ad}believable", 2),
            ("https://example.com/a_b", 4),
            ("_word_", 1),
            ("___", 1),
            ("__________", 1),
            ("* * *", 0),
            ("***", 0),
            ("👍", 0),
            ("½", 0),
            ("❤\u{fe0f}", 1),
            ("x²", 1),
            ("Ⅳ", 1),
            ("oOo", 1),
            ("rock 'n' roll", 3),
            ("I-I d-don't", 2),
            ("サーバー", 4),
            ("カタカナ", 4),
            ("ｶﾀｶﾅ", 4),
            ("時々", 2),
            ("〆切", 2),
            ("第2章", 3),
            ("2024年5月", 4),
            ("สวัสดี", 6),
            ("한국어 단어", 2),
            ("می\u{200c}خواهم", 2),
        ] {
            assert_eq!(whole(text).words(), words, "{text:?}");
        }
        for alone in ["—", "--", "-", "!", "?", ".", ",", "/", "\"", "'", "|"] {
            let text = format!("one {alone} two {alone} three");
            assert_eq!(whole(&text).words(), 3, "{text:?}");
        }
    }

    /// Against the pattern that the archive's counter comes to, on every character of Unicode 12; the tables
    /// behind the two may be of different later versions.
    #[test]
    fn word_classes_are_those_of_the_archives_pattern() {
        let old = regex::Regex::new(r"^\p{Age=12.0}$").unwrap();
        let alone = regex::Regex::new(r"^[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]$").unwrap();
        let word = regex::Regex::new(r"^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]$").unwrap();
        let mut wrong = Vec::new();
        for c in (0x80..=0x10ffff).filter_map(char::from_u32) {
            let s = c.to_string();
            if old.is_match(&s)
                && (is_counted_alone(c), is_word(c) || is_counted_alone(c))
                    != (alone.is_match(&s), word.is_match(&s) || alone.is_match(&s))
            {
                wrong.push(c as u32);
            }
        }
        assert!(wrong.is_empty(), "{} differ: {:x?}", wrong.len(), &wrong[..wrong.len().min(40)]);
    }

    /// Words of random texts, 64 bytes at a time and byte by byte.
    #[test]
    fn words_are_counted_alike_in_blocks_and_byte_by_byte() {
        let pieces =
            ["a", "é", " ", "-", "--", "Word", "0", "_", "'", "longer_than_eight", "{", "`", "/", ":", "犬", "\u{1a}"];
        let mut dice = Dice(5);
        for length in 0..600 {
            // most blocks of most texts have none of the marks at the end
            let text = dice.text(&pieces[..pieces.len().min(3 + length % 14)], length);
            let mut counter = Counter { node: &text, at: 0, count: 0, inside: false };
            counter.count_to(text.len());
            assert_eq!(count_words(&text), counter.count, "{text:?}");
        }
    }
}

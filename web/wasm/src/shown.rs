//! The work as the page shows it: its fields and its text as they were read, and where in them a span of the source lies.

use std::ops::Range;

use forewarn::model::entities::unescaped;
use forewarn::model::text::{HYPHEN, SYMBOL};
use forewarn::model::{Field, Section, Source, Span, State, Work};

/// Stands for a symbol whose own form is lost.
const UNKNOWN: char = '\u{fffd}';

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `Rating: Mature`; the label takes so many bytes.
    Field(usize),
    /// The heading of a chapter.
    Heading,
    /// A stretch of the work: what people call it.
    Section(&'static str),
}

/// A block of text to show.
#[derive(Debug)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// The chapter that it is in.
    pub chapter: Option<u32>,
    /// The text as it was read; a blank line parts paragraphs.
    pub text: String,
    pieces: Vec<Piece>,
}

/// A stretch of a block with the bytes of the source behind it.
#[derive(Debug)]
struct Piece {
    at: Range<usize>,
    from: Span,
    /// Whether offsets advance alike on both sides.
    linear: bool,
}

/// All blocks of a work in the order in which they are shown.
pub fn blocks(work: &Work) -> Vec<Block> {
    let given = work.fields.iter().filter(|f| f.state != State::Unknown);
    let mut blocks: Vec<Block> = given.map(field).collect();
    for section in &work.sections {
        blocks.extend(section.heading.as_ref().filter(|h| !h.value.is_empty()).map(|heading| Block {
            pieces: vec![Piece { at: 0..heading.value.len(), from: heading.span, linear: false }],
            ..Block::empty(Kind::Heading, section.chapter, heading.value.clone())
        }));
        blocks.extend(section_block(work, section));
    }
    blocks
}

fn field(field: &Field) -> Block {
    let mut block = Block::empty(Kind::Field(0), field.chapter, String::new());
    block.push(&field.name.value, field.name.span, false);
    block.kind = Kind::Field(block.text.len());
    for (i, value) in field.values.iter().enumerate() {
        block.text.push_str(if i == 0 { ": " } else { ", " });
        block.push(&value.text, value.span, value.verbatim);
    }
    block
}

fn section_block(work: &Work, section: &Section) -> Option<Block> {
    let id = section.text.span().source;
    let source = work.source(id)?;
    let mut block = Block::empty(Kind::Section(section.kind.name()), section.chapter, String::new());
    for (at, from, linear) in section.text.pieces() {
        let piece = section.text.as_str().get(at).unwrap_or("");
        match as_read(piece, source, from, linear) {
            Read::Same(text) => block.push(text, from, linear),
            Read::Other(text) => block.push(&text, from, false),
        }
    }
    (!block.text.is_empty()).then_some(block)
}

enum Read<'s> {
    /// As it stands in the source.
    Same(&'s str),
    Other(String),
}

/// A piece of normalized text as its author wrote it, but for markup.
fn as_read<'s>(piece: &str, source: &'s Source, from: Span, linear: bool) -> Read<'s> {
    let raw = source.slice(from);
    if linear {
        return Read::Same(raw);
    }
    if piece.trim().is_empty() {
        return Read::Other(piece.to_owned());
    }
    let decoded = unescaped(raw);
    // an entity whose name is not known here, an escape and a tag are not what people read
    if decoded.contains(['<', '\\', '&']) || decoded.chars().any(char::is_control) {
        return Read::Other(piece.replace(SYMBOL, UNKNOWN.encode_utf8(&mut [0; 4])).replace(HYPHEN, "-"));
    }
    Read::Other(decoded)
}

impl Block {
    fn empty(kind: Kind, chapter: Option<u32>, text: String) -> Self {
        Self { kind, chapter, text, pieces: Vec::new() }
    }

    fn push(&mut self, text: &str, from: Span, linear: bool) {
        let start = self.text.len();
        self.text.push_str(text);
        let at = start..self.text.len();
        // what is cut out of a source that it does not fit is placed as a whole
        let linear = linear && at.len() == from.len();
        self.pieces.push(Piece { at, from, linear });
    }

    /// The bytes of the text that a span of a source lies behind; none if it lies elsewhere.
    pub fn place(&self, span: Span) -> Option<Range<usize>> {
        let pieces = match self.kind {
            // the values of a field may come from anywhere, the text of a section comes in order
            Kind::Field(_) => self.pieces.as_slice(),
            _ => {
                let start = self.pieces.partition_point(|p| p.from.end <= span.start);
                let end = self.pieces.partition_point(|p| p.from.start < span.end.max(span.start + 1));
                self.pieces.get(start..end)?
            }
        };
        let meets = |p: &&Piece| {
            p.from.source == span.source && p.from.start < span.end.max(span.start + 1) && span.start < p.from.end
        };
        let mut hit = pieces.iter().filter(meets);
        let first = hit.next()?;
        let last = hit.next_back().unwrap_or(first);
        let start = match first.linear {
            true => first.at.start + span.start.saturating_sub(first.from.start) as usize,
            false => first.at.start,
        };
        let end = match last.linear {
            true => last.at.start + (span.end.clamp(last.from.start, last.from.end) - last.from.start) as usize,
            false => last.at.end,
        };
        let range = start..end.max(start);
        // white space between two paragraphs is no place to look at
        (self.text.get(range.clone()).is_some_and(|t| !t.trim().is_empty())).then_some(range)
    }
}

/// Walks a text forward and says of each byte where JavaScript has it, in units of UTF-16, and in which paragraph it is.
#[derive(Debug)]
pub struct Walk<'t> {
    text: &'t str,
    at: usize,
    units: usize,
    breaks: usize,
}

impl<'t> Walk<'t> {
    /// At the start of a text.
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, units: 0, breaks: 0 }
    }

    /// Goes on to a byte, which must not lie before the last one. Gives the units before it and its paragraph, from 1. A byte
    /// inside a character counts as that character's first.
    pub fn to(&mut self, byte: usize) -> (usize, usize) {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        if let Some(piece) = self.text.get(self.at..byte) {
            self.units += piece.encode_utf16().count();
            self.breaks += piece.matches("\n\n").count();
            self.at = byte;
        }
        (self.units, self.breaks + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewarn::formats::{Limits, read};
    use forewarn::model::{Input, SourceId};

    fn work(name: &str, text: &str) -> Work {
        let mut works = Vec::new();
        let input = Input { name: name.into(), bytes: text.into() };
        read(input, None, &Limits::default(), &mut |work, _| works.push(work));
        works.pop().unwrap()
    }

    /// Every word of the source that stands in the page is found there again.
    fn words_are_placed(work: &Work, words: &[(&str, &str)]) {
        let blocks = blocks(work);
        for (raw, seen) in words {
            let at = work.sources[0].text.find(raw).unwrap_or_else(|| panic!("no {raw}"));
            let span = Span::new(SourceId(0), at..at + raw.len());
            let places: Vec<&str> = blocks.iter().filter_map(|b| Some(&b.text[b.place(span)?])).collect();
            assert_eq!(places, [*seen], "{raw} in {blocks:#?}");
        }
    }

    #[test]
    fn text_is_shown_as_it_was_written() {
        let text = "Title: Étude\nRating: Mature\nTags: Rain, “Snow”\n\n“Don’t   go,” she\nsaid—TO Ärger…\n\n★ Élan 😀 and a bell.\n";
        let work = work("a.txt", text);
        let shown: Vec<String> = blocks(&work).into_iter().map(|b| b.text).collect();
        // where a line ends there is a space on the page
        let story = "“Don’t go,” she\nsaid—TO Ärger…\n\n★ Élan 😀 and a bell.";
        assert_eq!(shown, ["Title: Étude", "Rating: Mature", "Tags: Rain, “Snow”", story]);
        let words = [
            ("Étude", "Étude"),
            ("Mature", "Mature"),
            ("“Snow”", "“Snow”"),
            ("Don’t", "Don’t"),
            ("Ärger…", "Ärger…"),
            ("Don’t   go,” she\nsaid", "Don’t go,” she\nsaid"),
            ("Élan 😀", "Élan 😀"),
            ("bell", "bell"),
        ];
        words_are_placed(&work, &words);
    }

    #[test]
    fn markup_is_not_shown() {
        let page = "<html><body><h1>Chapter 1</h1><p>She <b>ran</b> &amp; ran &rsquo;til caf&eacute;s <i>closed</i>.</p>\
                    <script>steal()</script><p>It was &#8220;cold&#8221;, 1 &lt; 2.</p></body></html>";
        let work = work("a.html", page);
        let shown: String = blocks(&work).into_iter().map(|b| b.text + "|").collect();
        assert!(shown.contains("She ran & ran 'til cafés closed."), "{shown}");
        assert!(
            shown.contains("It was “cold”, 1 < 2.") && !shown.contains("steal") && !shown.contains("<b>"),
            "{shown}"
        );
        words_are_placed(&work, &[("ran</b> &amp; ran", "ran & ran"), ("closed", "closed"), ("&#8220;cold", "“cold")]);
    }

    #[test]
    fn a_walk_counts_as_javascript_does() {
        let text = "é😀x\n\nß\n\nend";
        let mut walk = Walk::new(text);
        let told: Vec<_> = [0, 2, 3, 6, 7, 9, 11, 999].iter().map(|at| walk.to(*at)).collect();
        assert_eq!(told, [(0, 1), (1, 1), (1, 1), (3, 1), (4, 1), (6, 2), (7, 2), (12, 3)]);
    }
}

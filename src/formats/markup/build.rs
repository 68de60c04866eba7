//! Tokens to balanced nodes: which element a tag opens and closes when tags are left out or stand wrong.

use std::ops::Range;

use super::elements::{self, Name};
use super::emitter::{Receiver, tokenize};
use super::{ATTRIBUTES, Attribute, Dialect, Kind, Markup, Node, Piece};

/// Reads `source[range]`, see [`Markup::parse`].
pub(super) fn build(source: &str, range: Range<usize>, dialect: Dialect, depth: usize) -> Markup<'_> {
    let text = source.get(range.clone()).unwrap_or("");
    let skipped = if dialect == Dialect::Xhtml { behind_declarations(text) } else { 0 };
    let text = text.get(skipped..).unwrap_or("");
    let mut markup =
        Markup { source, nodes: Vec::new(), pieces: Vec::new(), attributes: Vec::new(), decoded: String::new() };
    // about what prose needs
    markup.nodes.reserve(text.len() / 32);
    markup.pieces.reserve(text.len() / 64);
    let mut builder = Builder {
        markup,
        base: range.start + skipped,
        xhtml: dialect == Dialect::Xhtml,
        depth: depth.max(8),
        open: Vec::new(),
        counts: [0; elements::COUNT],
        flat: Vec::new(),
        first_piece: 0,
        first_attribute: 0,
        hides: false,
        dated: false,
    };
    tokenize(text, builder.xhtml, &mut builder);
    let end = builder.base + text.len();
    builder.close_down_to(0, end..end);
    builder.markup
}

/// Where the document type ends when entities are declared in it, which a tokenizer of HTML would take for text.
fn behind_declarations(text: &str) -> usize {
    let Some(at) = text.find("<!DOCTYPE") else { return 0 };
    let open = text.get(at..).and_then(|t| t.find(['[', '>'])).map_or(at, |i| at + i);
    let rest = text.get(open..).unwrap_or("");
    let close = if rest.starts_with('[') { rest.find("]>") } else { None };
    close.map_or(0, |i| open + i + "]>".len())
}

struct Builder<'s> {
    markup: Markup<'s>,
    /// Where the stretch starts in the source.
    base: usize,
    xhtml: bool,
    depth: usize,
    /// Indices of the open elements, the innermost last.
    open: Vec<u32>,
    /// How many elements of each name are open, so that an end without a start costs nothing.
    counts: [u32; elements::COUNT],
    /// Names of elements past the depth that wait for their end tag, with how many there are.
    flat: Vec<(Name, u32)>,
    /// The first piece that belongs to the text being read.
    first_piece: usize,
    /// The first attribute that belongs to the tag being read.
    first_attribute: usize,
    /// Whether its attributes say that it is not shown.
    hides: bool,
    /// Whether they say who wrote or deleted it, or when.
    dated: bool,
}

/// Whether a style says that an element is not shown.
fn hides(style: &[u8]) -> bool {
    style.split(|b| *b == b';').any(|declaration| {
        let mut parts = declaration.splitn(2, |b| *b == b':').map(<[u8]>::trim_ascii);
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { return false };
        let is = |known: &str, with: &str| {
            let start = value.get(..with.len()).unwrap_or_default();
            name.eq_ignore_ascii_case(known.as_bytes()) && start.eq_ignore_ascii_case(with.as_bytes())
        };
        is("display", "none")
            || is("visibility", "hidden")
            || is("mso-hide", "all")
            || is("mso-special-character", "comment")
    })
}

impl Receiver for Builder<'_> {
    fn piece(&mut self, text: &[u8], from: Range<usize>, verbatim: bool) {
        let (from, to) = (self.place(from.start), self.place(from.end));
        if verbatim {
            let first = self.first_piece;
            let pieces = &mut self.markup.pieces;
            if pieces.len() > first
                && let Some(last) = pieces.last_mut()
                && last.decoded == (0, 0)
                && last.to == from
            {
                last.to = to;
                return;
            }
            pieces.push(Piece { from, to, decoded: (0, 0) });
        } else {
            let decoded = self.keep(&String::from_utf8_lossy(text));
            self.markup.pieces.push(Piece { from, to, decoded });
        }
    }

    fn widen(&mut self) {
        if self.markup.pieces.len() > self.first_piece
            && let Some(last) = self.markup.pieces.last_mut()
            && last.decoded != (0, 0)
        {
            last.to += 1;
        }
    }

    fn text(&mut self) {
        let items = (self.first_piece as u32, self.markup.pieces.len() as u32);
        let pieces = self.markup.pieces.get(self.first_piece..).unwrap_or_default();
        self.first_piece = self.markup.pieces.len();
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
        let span = (first.from, last.to);
        if self.in_head() {
            let words = self.markup.source.get(span.0 as usize..span.1 as usize);
            if words.is_some_and(|w| !w.trim_ascii().is_empty()) {
                self.leave_head(span.0 as usize);
            }
        }
        self.push(Kind::Text, Name::default(), span, items);
    }

    fn attribute(&mut self, name: &[u8], value: &[u8], at: Range<usize>) {
        match name {
            b"hidden" => self.hides = true,
            b"style" => self.hides |= hides(value),
            b"cite" | b"datetime" => self.dated = true,
            _ => {}
        }
        let Some(name) = ATTRIBUTES.iter().find(|a| a.as_bytes() == name) else { return };
        let seen = self.markup.attributes.get(self.first_attribute..).unwrap_or_default();
        // of an attribute given twice the first one counts
        if value.is_empty() || seen.iter().any(|s| s.name == *name) {
            return;
        }
        let value = self.keep(&String::from_utf8_lossy(value));
        let (from, to) = (self.place(at.start), self.place(at.end));
        self.markup.attributes.push(Attribute { name, value, from, to });
    }

    fn start(&mut self, name: &[u8], self_closing: bool, at: Range<usize>) {
        let items = (self.first_attribute as u32, self.markup.attributes.len() as u32);
        self.first_attribute = self.markup.attributes.len();
        // words that are only struck through are there to be read
        let is_deleted = std::mem::take(&mut self.dated) && name == b"del";
        // pages that show themselves by a script are read, as are the passages of a Twine story
        let hides = std::mem::take(&mut self.hides) && !matches!(name, b"html" | b"body" | b"tw-storydata");
        let name = Name::of(name);
        self.open(name, name.is_hidden() || hides || is_deleted, self_closing, at, items);
    }

    fn end(&mut self, name: &[u8], at: Range<usize>) {
        self.close(Name::of(name), at);
    }

    fn comment(&mut self, at: Range<usize>) {
        let (from, to) = (self.place(at.start), self.place(at.end));
        self.push(Kind::Comment, Name::default(), (from, to), (0, 0));
    }
}

impl Builder<'_> {
    /// A place in the source, on a character boundary, for one in the stretch.
    fn place(&self, at: usize) -> u32 {
        let mut at = (self.base + at).min(self.markup.source.len());
        while !self.markup.source.is_char_boundary(at) {
            at -= 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn keep(&mut self, text: &str) -> (u32, u32) {
        let from = self.markup.decoded.len() as u32;
        self.markup.decoded.push_str(text);
        (from, self.markup.decoded.len() as u32)
    }

    fn push(&mut self, kind: Kind, name: Name, (from, to): (u32, u32), items: (u32, u32)) -> u32 {
        let at = self.markup.nodes.len() as u32;
        self.markup.nodes.push(Node { kind, name, hidden: false, from, to: to.max(from), pair: at, items });
        at
    }

    fn open_name(&self, at: usize) -> Name {
        self.open.get(at).and_then(|i| self.markup.nodes.get(*i as usize)).map_or(Name::default(), |n| n.name)
    }

    /// Whether a head is open that text or the start of most elements ends.
    fn in_head(&self) -> bool {
        !self.xhtml && self.open_name(self.open.len().wrapping_sub(1)) == Name::HEAD
    }

    /// Ends the head whose end tag was left out.
    fn leave_head(&mut self, at: usize) {
        self.close_down_to(self.open.len().saturating_sub(1), at..at);
    }

    fn open(&mut self, name: Name, hidden: bool, self_closing: bool, span: Range<usize>, items: (u32, u32)) {
        let (from, to) = (self.place(span.start), self.place(span.end));
        if !self.xhtml {
            if !name.is_of_head() && self.in_head() {
                self.leave_head(from as usize);
            }
            self.close_implied(name, from as usize);
        }
        let at = self.push(Kind::Start, name, (from, to), items);
        if hidden {
            self.markup.hide(at as usize);
        }
        let again = matches!(name.as_str(), "html" | "body" | "head") && self.count(name) > 0;
        if again || if self.xhtml { self_closing } else { name.is_void() } {
            return;
        }
        // what is hidden must stay hidden, however deep it is
        if self.open.len() >= self.depth && !(hidden && self.open.len() == self.depth) {
            match self.flat.iter_mut().find(|f| f.0 == name) {
                Some(flat) => flat.1 += 1,
                None => self.flat.push((name, 1)),
            }
            return;
        }
        self.open.push(at);
        if let Some(count) = self.counts.get_mut(name.index()) {
            *count += 1;
        }
    }

    fn count(&self, name: Name) -> u32 {
        self.counts.get(name.index()).copied().unwrap_or(0)
    }

    /// Ends the elements that the start of another ends: a paragraph before a block, an item before an item.
    fn close_implied(&mut self, name: Name, at: usize) {
        if !name.is_block() {
            return;
        }
        if let Some((closed, stops)) = elements::closed_by(name.as_str()) {
            if closed.iter().all(|name| self.count(Name::of(name.as_bytes())) == 0) {
                return;
            }
            let found = (0..self.open.len()).rev().map(|i| (i, self.open_name(i).as_str()));
            let found = found.take_while(|(_, name)| !stops.contains(name)).find(|(_, name)| closed.contains(name));
            if let Some((i, _)) = found {
                self.close_down_to(i, at..at);
            }
        } else if self.count(Name::P) > 0 {
            let block = (0..self.open.len()).rev().find(|i| self.open_name(*i).is_block());
            if let Some(i) = block.filter(|i| self.open_name(*i) == Name::P) {
                self.close_down_to(i, at..at);
            }
        }
    }

    fn close(&mut self, name: Name, span: Range<usize>) {
        let span = self.place(span.start) as usize..self.place(span.end) as usize;
        // text after these still belongs to the body
        if !self.xhtml && matches!(name.as_str(), "html" | "body") {
            return;
        }
        if let Some(flat) = self.flat.iter_mut().find(|f| f.0 == name && f.1 > 0) {
            flat.1 -= 1;
            self.stray(name, span);
            return;
        }
        let outer = name.is_block() || name.is_hidden();
        if self.count(name) > 0 {
            for i in (0..self.open.len()).rev() {
                let inner = self.open_name(i);
                if inner == name {
                    return self.close_down_to(i, span);
                }
                // a misplaced </i> must not end the chapter it stands in
                if !self.xhtml && !outer && inner.is_block() {
                    break;
                }
            }
        }
        self.stray(name, span);
    }

    /// An end tag without an element still parts paragraphs.
    fn stray(&mut self, name: Name, span: Range<usize>) {
        if name.is_block() {
            self.push(Kind::End, name, (span.start as u32, span.end as u32), (0, 0));
        }
    }

    /// Ends the open elements from the innermost to the one at `keep`, which alone has its end tag at `span`.
    fn close_down_to(&mut self, keep: usize, span: Range<usize>) {
        while self.open.len() > keep {
            let Some(start) = self.open.pop() else { break };
            let name = self.markup.nodes.get(start as usize).map_or(Name::default(), |n| n.name);
            let end = if self.open.len() == keep { span.end } else { span.start };
            let at = self.push(Kind::End, name, (span.start as u32, end as u32), (0, 0));
            for (node, pair) in [(start, at), (at, start)] {
                if let Some(node) = self.markup.nodes.get_mut(node as usize) {
                    node.pair = pair;
                }
            }
            if let Some(count) = self.counts.get_mut(name.index()) {
                *count = count.saturating_sub(1);
            }
        }
        if self.open.len() < self.depth {
            self.flat.clear();
        }
    }
}

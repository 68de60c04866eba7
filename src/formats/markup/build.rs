//! Tokens to balanced nodes: which element a tag opens and closes when tags are left out or stand wrong.

use std::ops::Range;

use html5gum::emitters::callback::CallbackEvent;

use super::elements::{self, Name};
use super::emitter::{Receiver, tokenize};
use super::{ATTRIBUTES, Attribute, Dialect, Kind, Markup, Node, Piece};

/// Reads `source[range]`, see [`Markup::parse`].
pub(super) fn build(source: &str, range: Range<usize>, dialect: Dialect, depth: usize) -> Markup<'_> {
    let markup =
        Markup { source, nodes: Vec::new(), pieces: Vec::new(), attributes: Vec::new(), decoded: String::new() };
    let text = source.get(range.clone()).unwrap_or("");
    let mut builder = Builder {
        markup,
        base: range.start,
        xhtml: dialect == Dialect::Xhtml,
        depth: depth.max(8),
        open: Vec::new(),
        counts: [0; elements::COUNT],
        flat: Vec::new(),
        first_piece: 0,
        tag: Tag::default(),
    };
    tokenize(text, builder.xhtml, &mut builder);
    let end = builder.base + text.len();
    builder.close_down_to(0, end..end);
    builder.markup
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
    tag: Tag,
}

/// The start tag being read.
#[derive(Default)]
struct Tag {
    name: Vec<u8>,
    from: usize,
    first_attribute: usize,
    /// The attribute whose value comes next, if it is kept and new.
    attribute: Option<&'static str>,
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

    fn event(&mut self, event: CallbackEvent<'_>, span: Range<usize>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag.name.clear();
                self.tag.name.extend_from_slice(name);
                self.tag.from = span.start;
                self.tag.first_attribute = self.markup.attributes.len();
                self.tag.attribute = None;
            }
            CallbackEvent::AttributeName { name } => {
                let kept = ATTRIBUTES.iter().find(|a| a.as_bytes() == name);
                let seen = self.markup.attributes.get(self.tag.first_attribute..).unwrap_or_default();
                // of an attribute given twice the first one counts
                self.tag.attribute = kept.copied().filter(|a| seen.iter().all(|s| s.name != *a));
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(name) = self.tag.attribute.take() {
                    let value = self.keep(&String::from_utf8_lossy(value));
                    let (from, to) = (self.place(span.start), self.place(span.end));
                    self.markup.attributes.push(Attribute { name, value, from, to });
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                let name = Name::of(&self.tag.name);
                self.start(name, self_closing, self.tag.from..span.end);
            }
            CallbackEvent::EndTag { name } => self.end(Name::of(name), span),
            CallbackEvent::String { .. } => self.text(),
            CallbackEvent::Comment { .. } => {
                let (from, to) = (self.place(span.start), self.place(span.end));
                self.push(Kind::Comment, Name::of(b""), (from, to), (0, 0));
            }
            CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
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
        self.markup.nodes.push(Node { kind, name, from, to: to.max(from), pair: at, items });
        at
    }

    fn open_name(&self, at: usize) -> &'static str {
        self.open.get(at).and_then(|i| self.markup.nodes.get(*i as usize)).map_or("", |n| n.name.as_str())
    }

    fn text(&mut self) {
        let items = (self.first_piece as u32, self.markup.pieces.len() as u32);
        let pieces = self.markup.pieces.get(self.first_piece..).unwrap_or_default();
        self.first_piece = self.markup.pieces.len();
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
        let span = (first.from, last.to);
        let words = self.markup.source.get(span.0 as usize..span.1 as usize);
        if words.is_some_and(|w| !w.trim_ascii().is_empty()) {
            self.leave_head(span.0 as usize);
        }
        self.push(Kind::Text, Name::of(b""), span, items);
    }

    /// Ends a head whose end tag was left out.
    fn leave_head(&mut self, at: usize) {
        if !self.xhtml && self.open_name(self.open.len().wrapping_sub(1)) == "head" {
            self.close_down_to(self.open.len() - 1, at..at);
        }
    }

    fn start(&mut self, name: Name, self_closing: bool, span: Range<usize>) {
        let (from, to) = (self.place(span.start), self.place(span.end));
        let tag = name.as_str();
        if !self.xhtml {
            if !elements::is_of_head(tag) {
                self.leave_head(from as usize);
            }
            self.close_implied(tag, from as usize);
        }
        let items = (self.tag.first_attribute as u32, self.markup.attributes.len() as u32);
        let at = self.push(Kind::Start, name, (from, to), items);
        let again = matches!(tag, "html" | "body" | "head") && self.count(name) > 0;
        if again || if self.xhtml { self_closing } else { elements::is_void(tag) } {
            return;
        }
        // what is hidden must stay hidden, however deep it is
        if self.open.len() >= self.depth && !(elements::is_hidden(tag) && self.open.len() == self.depth) {
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

    /// Ends the elements that the start of `tag` ends: a paragraph before a block, an item before an item.
    fn close_implied(&mut self, tag: &str, at: usize) {
        if let Some((closed, stops)) = elements::closed_by(tag) {
            let found = (0..self.open.len()).rev().map(|i| (i, self.open_name(i)));
            let found = found.take_while(|(_, name)| !stops.contains(name)).find(|(_, name)| closed.contains(name));
            if let Some((i, _)) = found {
                self.close_down_to(i, at..at);
            }
        } else if elements::is_block(tag) && self.count(Name::of(b"p")) > 0 {
            let block = (0..self.open.len()).rev().find(|i| elements::is_block(self.open_name(*i)));
            if let Some(i) = block.filter(|i| self.open_name(*i) == "p") {
                self.close_down_to(i, at..at);
            }
        }
    }

    fn end(&mut self, name: Name, span: Range<usize>) {
        let span = self.place(span.start) as usize..self.place(span.end) as usize;
        let tag = name.as_str();
        // text after these still belongs to the body
        if !self.xhtml && matches!(tag, "html" | "body") {
            return;
        }
        if let Some(flat) = self.flat.iter_mut().find(|f| f.0 == name && f.1 > 0) {
            flat.1 -= 1;
            self.stray(name, span);
            return;
        }
        let outer = elements::is_block(tag) || elements::is_hidden(tag);
        if self.count(name) > 0 {
            for i in (0..self.open.len()).rev() {
                let inner = self.open_name(i);
                if inner == tag {
                    return self.close_down_to(i, span);
                }
                // a misplaced </i> must not end the chapter it stands in
                if !self.xhtml && !outer && elements::is_block(inner) {
                    break;
                }
            }
        }
        self.stray(name, span);
    }

    /// An end tag without an element still parts paragraphs.
    fn stray(&mut self, name: Name, span: Range<usize>) {
        if elements::is_block(name.as_str()) {
            self.push(Kind::End, name, (span.start as u32, span.end as u32), (0, 0));
        }
    }

    /// Ends the open elements from the innermost to the one at `keep`, which alone has its end tag at `span`.
    fn close_down_to(&mut self, keep: usize, span: Range<usize>) {
        while self.open.len() > keep {
            let Some(start) = self.open.pop() else { break };
            let name = self.markup.nodes.get(start as usize).map_or(Name::of(b""), |n| n.name);
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

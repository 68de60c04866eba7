//! HTML to text with its map back to the source: a flat list of nodes that is walked without recursion.
//!
//! [`fill`] is the short way for a stretch of HTML inside another format; [`Markup`] is for readers that look at
//! elements first.

mod build;
mod elements;
mod emitter;
mod flood;
mod line;

use std::ops::Range;

use crate::model::TextBuilder;
use elements::Name;
pub use line::Line;

/// Which rules a source follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// HTML as browsers read it: tags may be left out or stand wrong.
    Html,
    /// XML: every tag is closed, `<title/>` holds nothing, CDATA is text.
    Xhtml,
}

/// The nodes of a stretch of HTML in document order. An element is its start, what it holds, and its end.
///
/// Everything is addressed by the index of a node. Elements are balanced: an end without a start is no element, and
/// a start without an end ends with its parent.
#[derive(Debug)]
pub struct Markup<'s> {
    source: &'s str,
    nodes: Vec<Node>,
    pieces: Vec<Piece>,
    attributes: Vec<Attribute>,
    /// Decoded text of pieces that do not stand in the source as they are, and of attributes.
    decoded: String,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    name: Name,
    /// Whether it is an element that nothing is shown of.
    hidden: bool,
    /// Bytes of the tag, the text or the comment; an end that is not written is empty.
    from: u32,
    to: u32,
    /// The other end of an element, or the node itself.
    pair: u32,
    /// Its attributes or pieces.
    items: (u32, u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    End,
    Text,
    Comment,
}

/// A piece of a text node.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: u32,
    to: u32,
    /// Where its text stands in `decoded`; empty when it stands in the source byte for byte.
    decoded: (u32, u32),
}

/// An attribute that readers ask for.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    name: &'static str,
    value: (u32, u32),
    /// The value's bytes without quotes.
    from: u32,
    to: u32,
}

/// The attributes that are kept.
const ATTRIBUTES: &[&str] = &["class", "content", "href", "id", "name", "rel"];

impl<'s> Markup<'s> {
    /// Reads `source[range]`; all places are places in `source`. Elements nested deeper than `depth` hold nothing:
    /// what they hold belongs to the deepest element that counts.
    pub fn parse(source: &'s str, range: Range<usize>, dialect: Dialect, depth: usize) -> Self {
        build::build(source, range, dialect, depth)
    }

    /// The source it was read from.
    pub fn source(&self) -> &'s str {
        self.source
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// The name of the element that starts at a node; empty for any other node and for an unusual element.
    pub fn name(&self, at: usize) -> &'static str {
        self.node(at).filter(|n| n.kind == Kind::Start).map_or("", |n| n.name.as_str())
    }

    /// Whether an element starts at a node.
    pub fn is_element(&self, at: usize) -> bool {
        self.node(at).is_some_and(|n| n.kind == Kind::Start)
    }

    /// Whether a line ends at a node: a block starts or ends there, or it is a `<br>`.
    pub fn parts_lines(&self, at: usize) -> bool {
        let tag = self.node(at).filter(|n| matches!(n.kind, Kind::Start | Kind::End));
        tag.is_some_and(|n| n.name == Name::BR || n.name.is_block())
    }

    /// The nodes inside the element that starts at a node.
    pub fn inside(&self, at: usize) -> Range<usize> {
        let end = self.node(at).map_or(at, |n| n.pair as usize);
        (at + 1).min(end)..end
    }

    /// The first node after a node and, if an element starts there, after all that it holds.
    pub fn after(&self, at: usize) -> usize {
        match self.node(at) {
            Some(n) if n.kind == Kind::Start => (n.pair as usize).max(at) + 1,
            _ => at + 1,
        }
    }

    /// The elements in a range of nodes, those inside others too.
    pub fn elements(&self, nodes: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        nodes.filter(|i| self.is_element(*i))
    }

    /// The outermost elements in a range of nodes.
    pub fn children(&self, nodes: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let mut at = nodes.start;
        std::iter::from_fn(move || {
            while at < nodes.end {
                let here = at;
                at = self.after(at);
                if self.is_element(here) {
                    return Some(here);
                }
            }
            None
        })
    }

    /// Whether a node is hidden with all that it holds: it is code, the head, or the content of a form, its attributes
    /// say that it is not shown, or a reader has hidden it.
    pub fn is_hidden(&self, at: usize) -> bool {
        self.node(at).is_some_and(|n| n.hidden)
    }

    /// Hides the element that starts at a node with all that it holds.
    pub fn hide(&mut self, at: usize) {
        if let Some(node) = self.nodes.get_mut(at).filter(|n| n.kind == Kind::Start) {
            node.hidden = true;
        }
    }

    /// The decoded value of one of the attributes that are kept (class, content, href, id, name, rel).
    pub fn attribute(&self, at: usize, name: &str) -> Option<&str> {
        self.attribute_entry(at, name).map(|a| self.decoded(a.value))
    }

    /// Where the value of an attribute stands, without its quotes.
    pub fn attribute_range(&self, at: usize, name: &str) -> Option<Range<usize>> {
        self.attribute_entry(at, name).map(|a| a.from as usize..a.to as usize)
    }

    fn attribute_entry(&self, at: usize, name: &str) -> Option<&Attribute> {
        let node = self.node(at).filter(|n| n.kind == Kind::Start)?;
        self.attributes.get(node.items.0 as usize..node.items.1 as usize)?.iter().find(|a| a.name == name)
    }

    /// Whether an element has a class.
    pub fn has_class(&self, at: usize, class: &str) -> bool {
        self.attribute(at, "class").is_some_and(|c| c.split_ascii_whitespace().any(|c| c == class))
    }

    /// The identifier of an element, or nothing.
    pub fn id(&self, at: usize) -> &str {
        self.attribute(at, "id").unwrap_or("")
    }

    /// The bytes of a node: the start tag of an element, a text, a comment.
    pub fn range(&self, at: usize) -> Range<usize> {
        self.node(at).map_or(0..0, |n| n.from as usize..n.to as usize)
    }

    /// The text between `<!--` and `-->` when a comment stands at a node.
    pub fn comment(&self, at: usize) -> Option<&'s str> {
        let node = self.node(at).filter(|n| n.kind == Kind::Comment)?;
        let text = self.source.get(node.from as usize..node.to as usize)?;
        let text = text.strip_prefix("<!--")?;
        Some(text.strip_suffix("-->").unwrap_or(text))
    }

    /// The comments, each with the bytes that it covers, marks and all.
    pub fn comments(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        self.nodes
            .iter()
            .enumerate()
            .filter(|(_, n)| n.kind == Kind::Comment)
            .map(|(i, n)| (i, n.from as usize..n.to as usize))
    }

    fn decoded(&self, range: (u32, u32)) -> &str {
        self.decoded.get(range.0 as usize..range.1 as usize).unwrap_or("")
    }

    /// The pieces of a text node: their bytes, their text, and whether the two are the same.
    fn pieces(&self, node: &Node) -> impl Iterator<Item = (Range<usize>, &str, bool)> + '_ {
        let pieces = self.pieces.get(node.items.0 as usize..node.items.1 as usize).unwrap_or_default();
        pieces.iter().map(|piece| {
            let range = piece.from as usize..piece.to as usize;
            match piece.decoded {
                (from, to) if from < to => (range, self.decoded((from, to)), false),
                _ => (range.clone(), self.source.get(range).unwrap_or(""), true),
            }
        })
    }

    /// The pieces of the text at a node, none elsewhere: their bytes, their text, and whether the two are the same.
    pub fn text_pieces(&self, at: usize) -> impl Iterator<Item = (Range<usize>, &str, bool)> + '_ {
        self.node(at).filter(|n| n.kind == Kind::Text).into_iter().flat_map(|n| self.pieces(n))
    }

    /// How many bytes the text at a node has; none when it is white space, or no text.
    pub fn text_bytes(&self, at: usize) -> usize {
        self.text_pieces(at).map(|(_, text, _)| text.trim_ascii().len()).sum()
    }

    /// Puts the text of a range of nodes into `builder`, without what is hidden and without the elements that `skip`
    /// picks by the index of their start. Blocks and two line breaks in a row part paragraphs.
    pub fn fill(&self, builder: &mut TextBuilder<'_>, nodes: Range<usize>, skip: impl Fn(&Self, usize) -> bool) {
        let mut at = nodes.start;
        let mut after_break = false;
        while at < nodes.end {
            let Some(node) = self.node(at) else { break };
            let range = node.from as usize..node.to as usize;
            let name = node.name;
            match node.kind {
                Kind::Start if node.hidden || skip(self, at) => {
                    let after = self.after(at);
                    if name.is_block() {
                        builder.paragraph(range.start..self.range(after - 1).end.max(range.start));
                        after_break = false;
                    }
                    at = after;
                    continue;
                }
                Kind::Start if name == Name::BR => {
                    if after_break {
                        builder.paragraph(range);
                    } else {
                        builder.replace(range, " ");
                    }
                    after_break = true;
                }
                Kind::Start | Kind::End if name.is_block() => {
                    builder.paragraph(range);
                    after_break = false;
                }
                Kind::Text => {
                    for (range, text, verbatim) in self.pieces(node) {
                        after_break = after_break && text.trim_ascii().is_empty();
                        if verbatim {
                            builder.copy(range);
                        } else {
                            builder.replace(range, text);
                        }
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Whether a range of nodes shows no text.
    pub fn is_blank(&self, nodes: Range<usize>) -> bool {
        let mut at = nodes.start;
        while let Some(node) = self.node(at).filter(|_| at < nodes.end) {
            if node.kind == Kind::Text && self.pieces(node).any(|(_, text, _)| !text.trim_start().is_empty()) {
                return false;
            }
            at = if node.hidden { self.after(at) } else { at + 1 };
        }
        true
    }

    /// The text of a range of nodes as it reads on one line, without what is hidden. Meant for labels and values.
    pub fn line(&self, nodes: Range<usize>) -> Line {
        let mut line = Line::default();
        let mut at = nodes.start;
        while at < nodes.end {
            let Some(node) = self.node(at) else { break };
            let name = node.name;
            match node.kind {
                Kind::Start if node.hidden => {
                    at = self.after(at);
                    continue;
                }
                Kind::Start | Kind::End if name == Name::BR || name.is_block() => line.space(),
                Kind::Text => self.pieces(node).for_each(|(range, text, verbatim)| line.push(text, range, verbatim)),
                _ => {}
            }
            at += 1;
        }
        line
    }
}

/// Puts the text of the HTML in `source[range]` into a builder over the same source.
pub fn fill(builder: &mut TextBuilder<'_>, source: &str, range: Range<usize>, dialect: Dialect, depth: usize) {
    let markup = Markup::parse(source, range, dialect, depth);
    markup.fill(builder, 0..markup.len(), |_, _| false);
}

#[cfg(test)]
mod tests;

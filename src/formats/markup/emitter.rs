//! The HTML tokenizer with the source bytes behind every piece of text, also behind entities.
//!
//! The crate's own emitters know places per token only, and copy all text; this one tells where each piece of it stands.

use html5gum::{Emitter, Error, State, Tokenizer, naive_next_state};
use std::convert::Infallible;
use std::ops::Range;

use super::flood::without_floods;

/// What takes the tokens of a source. All ranges are bytes of it.
pub(super) trait Receiver {
    /// A piece of text was decoded from `from`. `verbatim`: it stands there byte for byte.
    fn piece(&mut self, text: &[u8], from: Range<usize>, verbatim: bool);
    /// The last piece was made of the byte after it too.
    fn widen(&mut self);
    /// The text whose pieces came ends here.
    fn text(&mut self);
    /// An attribute of the start tag that comes next, with the bytes of its value without quotes.
    fn attribute(&mut self, name: &[u8], value: &[u8], at: Range<usize>);
    /// A start tag.
    fn start(&mut self, name: &[u8], self_closing: bool, at: Range<usize>);
    /// An end tag.
    fn end(&mut self, name: &[u8], at: Range<usize>);
    /// A comment with its marks.
    fn comment(&mut self, at: Range<usize>);
}

/// Sends the tokens of `source` to `receiver`. `xhtml`: an element that closes itself holds nothing, and CDATA is text.
pub(super) fn tokenize(source: &str, xhtml: bool, receiver: &mut impl Receiver) {
    let source = &*without_floods(source);
    let emitter = Places {
        receiver,
        source: source.as_bytes(),
        xhtml,
        at: 0,
        last: 0,
        has_text: false,
        open: 0,
        is_end: false,
        closes_itself: false,
        name: Vec::new(),
        attribute: Vec::new(),
        value: Vec::new(),
        value_at: 0..0,
        last_start: Vec::new(),
    };
    let Ok(()) = Tokenizer::new_with_emitter(source, emitter).finish();
}

/// Follows the tokenizer's position.
struct Places<'s, 'r, R: Receiver> {
    receiver: &'r mut R,
    source: &'s [u8],
    xhtml: bool,
    /// Where the tokenizer is.
    at: usize,
    /// Where the next piece of text starts.
    last: usize,
    /// Whether pieces of a text have come that has not ended.
    has_text: bool,
    /// Where the tag or comment starts that is being read.
    open: usize,
    /// Whether that is an end tag.
    is_end: bool,
    closes_itself: bool,
    name: Vec<u8>,
    /// The name of the attribute being read, empty when there is none.
    attribute: Vec<u8>,
    value: Vec<u8>,
    value_at: Range<usize>,
    /// The name of the last start tag that no end tag followed: what ends a script or a title.
    last_start: Vec<u8>,
}

impl<R: Receiver> Places<'_, '_, R> {
    fn starts(&self, at: usize, with: &[u8]) -> bool {
        self.source.get(at..).is_some_and(|rest| rest.starts_with(with))
    }

    fn end_text(&mut self) {
        if std::mem::take(&mut self.has_text) {
            self.receiver.text();
        }
    }

    fn end_attribute(&mut self) {
        if !self.attribute.is_empty() {
            if !self.is_end {
                self.receiver.attribute(&self.attribute, &self.value, self.value_at.clone());
            }
            self.attribute.clear();
        }
        self.value.clear();
        self.value_at = 0..0;
    }
}

impl<R: Receiver> Emitter for Places<'_, '_, R> {
    type Token = Infallible;

    fn move_position(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by);
    }

    // nobody asks for errors, and looking for them takes as long as all else
    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_error(&mut self, _: Error) {}

    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start.clear();
        self.last_start.extend_from_slice(name.unwrap_or_default());
    }

    fn emit_eof(&mut self) {
        self.end_text();
    }

    fn init_string(&mut self) {
        self.last = self.at;
    }

    fn emit_string(&mut self, text: &[u8]) {
        let Some(&first) = text.first() else { return };
        let (mut from, mut to) = (self.last, self.at);
        // CRLF is folded to LF, and its LF byte is charged to the next piece
        if from < to && from > 0 && self.source.get(from) == Some(&b'\n') && self.source.get(from - 1) == Some(&b'\r') {
            self.receiver.widen();
            from += 1;
        }
        if self.xhtml {
            // so are the brackets of <![CDATA[ … ]]>
            if to >= from + text.len() + 9 && self.starts(from, b"<![CDATA[") {
                from += 9;
            }
            if first != b']' && to >= from + 3 && self.starts(from, b"]]>") {
                from += 3;
            }
        }
        // "</" of a look-alike end tag in <title>, <style>, <script>, and "]" in CDATA, come with the position past
        // what follows
        if matches!(first, b'<' | b']') && to > from + text.len() && self.starts(from, text) {
            to = from + text.len();
        }
        let verbatim = self.source.get(from..to) == Some(text);
        self.receiver.piece(text, from..to.max(from), verbatim);
        self.has_text = true;
        self.last = to;
    }

    fn start_open_tag(&mut self) {
        self.open = self.at.saturating_sub(1);
    }

    fn init_start_tag(&mut self) {
        self.name.clear();
        self.is_end = false;
        self.closes_itself = false;
    }

    fn init_end_tag(&mut self) {
        self.name.clear();
        self.is_end = true;
    }

    fn push_tag_name(&mut self, name: &[u8]) {
        self.name.extend_from_slice(name);
    }

    fn set_self_closing(&mut self) {
        self.closes_itself = true;
    }

    fn init_attribute(&mut self) {
        self.end_text();
        self.end_attribute();
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        self.attribute.extend_from_slice(name);
    }

    fn init_attribute_value(&mut self) {
        self.value_at = self.at..self.at;
    }

    fn push_attribute_value(&mut self, value: &[u8]) {
        self.value.extend_from_slice(value);
        self.value_at.end = self.at;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.end_text();
        self.end_attribute();
        self.last = self.at;
        let at = self.open..self.at.max(self.open);
        if self.is_end {
            self.last_start.clear();
            self.receiver.end(&self.name, at);
            return None;
        }
        self.receiver.start(&self.name, self.closes_itself, at);
        std::mem::swap(&mut self.last_start, &mut self.name);
        // <title/> must not swallow an XHTML chapter as its title
        if self.xhtml && self.closes_itself { None } else { naive_next_state(&self.last_start) }
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && !self.last_start.is_empty() && self.last_start == self.name
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.xhtml
    }

    fn init_comment(&mut self) {
        self.end_text();
    }

    fn push_comment(&mut self, _: &[u8]) {}

    fn emit_current_comment(&mut self) {
        self.receiver.comment(self.open..self.at.max(self.open));
        self.last = self.at;
    }

    fn init_doctype(&mut self) {
        self.end_text();
    }

    fn emit_current_doctype(&mut self) {
        self.last = self.at;
    }

    fn set_force_quirks(&mut self) {}

    fn push_doctype_name(&mut self, _: &[u8]) {}

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}
}

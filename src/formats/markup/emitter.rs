//! The HTML tokenizer with the source bytes behind every piece of text, also behind entities.

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, State, Tokenizer};
use std::convert::Infallible;
use std::ops::Range;

/// What takes the tokens of a source.
pub(super) trait Receiver {
    /// A piece of text was decoded from `from`. `verbatim`: it stands there byte for byte. The pieces of a text
    /// come before its [`CallbackEvent::String`].
    fn piece(&mut self, text: &[u8], from: Range<usize>, verbatim: bool);
    /// The last piece was made of the byte after it too.
    fn widen(&mut self);
    /// A token and its bytes.
    fn event(&mut self, event: CallbackEvent<'_>, span: Range<usize>);
}

/// Sends the tokens of `source` to `receiver`. `xhtml`: an element that closes itself holds nothing, and CDATA is text.
pub(super) fn tokenize(source: &str, xhtml: bool, receiver: &mut impl Receiver) {
    let mut inner = CallbackEmitter::new(Forward(receiver));
    inner.naively_switch_states(true);
    let emitter = MapEmitter { inner, source: source.as_bytes(), at: 0, last: 0, xhtml, closed: false };
    let Ok(()) = Tokenizer::new_with_emitter(source, emitter).finish();
}

struct Forward<'r, R>(&'r mut R);

impl<R: Receiver> Callback<Infallible, usize> for Forward<'_, R> {
    fn handle_event(&mut self, event: CallbackEvent<'_>, span: Span<usize>) -> Option<Infallible> {
        self.0.event(event, span.start..span.end.max(span.start));
        None
    }
}

/// Listens to the tokenizer's position, which the wrapped emitter only keeps per token.
struct MapEmitter<'s, 'r, R: Receiver> {
    inner: CallbackEmitter<Forward<'r, R>, Infallible, usize>,
    source: &'s [u8],
    /// Where the tokenizer is.
    at: usize,
    /// Where the next piece of text starts.
    last: usize,
    xhtml: bool,
    /// Whether the current tag closes itself.
    closed: bool,
}

impl<R: Receiver> MapEmitter<'_, '_, R> {
    fn starts(&self, at: usize, with: &[u8]) -> bool {
        self.source.get(at..).is_some_and(|rest| rest.starts_with(with))
    }

    fn push(&mut self, text: &[u8]) {
        let Some(&first) = text.first() else { return };
        let (mut from, mut to) = (self.last, self.at);
        // CRLF is folded to LF, and its LF byte is charged to the next piece
        if from < to && from > 0 && self.starts(from - 1, b"\r\n") {
            self.inner.callback_mut().0.widen();
            from += 1;
        }
        // so are the brackets of <![CDATA[ … ]]>
        if self.xhtml && to >= from + text.len() + 9 && self.starts(from, b"<![CDATA[") {
            from += 9;
        }
        if self.xhtml && first != b']' && to >= from + 3 && self.starts(from, b"]]>") {
            from += 3;
        }
        // "</" of a look-alike end tag in <title>, <style>, <script>, and "]" in CDATA, come with the position past
        // what follows
        if matches!(first, b'<' | b']') && to > from + text.len() && self.starts(from, text) {
            to = from + text.len();
        }
        let verbatim = self.source.get(from..to) == Some(text);
        self.inner.callback_mut().0.piece(text, from..to.max(from), verbatim);
        self.last = to;
    }
}

impl<R: Receiver> ForwardingEmitter for MapEmitter<'_, '_, R> {
    type Token = Infallible;

    fn inner(&mut self) -> &mut impl Emitter<Token = Self::Token> {
        &mut self.inner
    }

    fn move_position(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by);
        Emitter::move_position(&mut self.inner, by);
    }

    fn init_string(&mut self) {
        self.last = self.at;
        Emitter::init_string(&mut self.inner);
    }

    fn emit_string(&mut self, text: &[u8]) {
        self.push(text);
        Emitter::emit_string(&mut self.inner, text);
    }

    fn init_start_tag(&mut self) {
        self.closed = false;
        Emitter::init_start_tag(&mut self.inner);
    }

    fn set_self_closing(&mut self) {
        self.closed = true;
        Emitter::set_self_closing(&mut self.inner);
    }

    // the wrapped emitter starts a new string by itself after a tag, a comment and a doctype
    fn emit_current_tag(&mut self) -> Option<State> {
        let next = Emitter::emit_current_tag(&mut self.inner);
        self.last = self.at;
        // <title/> must not swallow an XHTML chapter as its title
        if self.xhtml && self.closed { None } else { next }
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.xhtml
    }

    fn emit_current_comment(&mut self) {
        Emitter::emit_current_comment(&mut self.inner);
        self.last = self.at;
    }

    fn emit_current_doctype(&mut self) {
        Emitter::emit_current_doctype(&mut self.inner);
        self.last = self.at;
    }
}

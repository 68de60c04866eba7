//! What stands for a character in RTF: bytes of a code page, numbers, names, and the characters themselves.

use std::ops::Range;

use super::{Pending, Reader, To};

impl Reader<'_> {
    pub(super) fn text(&mut self, text: &str, range: Range<usize>) {
        if self.state.to == To::Nowhere {
            return;
        }
        let mut chars = text.chars();
        if self.skip > 0 {
            let skipped = chars.by_ref().take(self.skip).count();
            self.skip -= skipped;
        }
        let mut rest = chars.as_str();
        // the second byte of a character may be one of ASCII
        while self.pending.len > 0 && !rest.is_empty() {
            let at = range.end - rest.len();
            match rest.as_bytes() {
                [byte @ ..0x80, ..] => self.byte(*byte, at..at + 1),
                _ => {
                    self.flush();
                    break;
                }
            }
            rest = rest.get(1..).unwrap_or("");
        }
        if !rest.is_empty() {
            self.end_half();
            self.push(rest, range.end - rest.len()..range.end, true);
        }
    }

    /// A byte of a code page.
    pub(super) fn byte(&mut self, byte: u8, range: Range<usize>) {
        if self.state.to == To::Nowhere {
            return;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.end_half();
        if self.pending.len == 0 {
            let width = self.state.charset.width(byte);
            self.pending = Pending { width, range: range.clone(), ..Pending::default() };
        }
        if let Some(next) = self.pending.bytes.get_mut(self.pending.len) {
            *next = byte;
        }
        self.pending.len += 1;
        self.pending.range.end = range.end;
        if self.pending.len >= self.pending.width {
            self.flush();
        }
    }

    /// Adds the bytes of a character that came so far.
    pub(super) fn flush(&mut self) {
        if self.pending.len == 0 {
            return;
        }
        let charset = self.state.charset;
        let Pending { bytes, len, range, .. } = std::mem::take(&mut self.pending);
        let bytes = bytes.get(..len).unwrap_or_default();
        let text = charset.decode(bytes);
        if text.is_none() && self.flow().is_some() && !self.is_hidden() {
            self.unread.get_or_insert((0, charset)).0 += bytes.len();
        }
        self.push(text.as_deref().unwrap_or("\u{fffd}"), range, false);
    }

    /// A half of a character that no other half follows.
    pub(super) fn end_half(&mut self) {
        if let Some((_, range)) = self.half.take() {
            self.push("\u{fffd}", range, false);
        }
    }

    /// `\u`: a character by its number, as 16 bits with a sign; those above U+FFFF come in two halves.
    pub(super) fn unicode(&mut self, value: i32, range: Range<usize>) {
        let code = if (-0x8000..0).contains(&value) { value + 0x1_0000 } else { value };
        let code = u32::try_from(code).unwrap_or(0xfffd);
        self.skip = self.state.fallback;
        match (self.half.take(), code) {
            // how TextEdit breaks a line within a paragraph
            (_, 0x2028 | 0x2029) => {
                let skip = self.skip;
                self.line_break();
                self.skip = skip;
            }
            (Some((high, first)), 0xdc00..=0xdfff) => {
                let pair = [high, u16::try_from(code).unwrap_or(0)];
                let c = char::decode_utf16(pair).next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.push(c.encode_utf8(&mut [0; 4]), first.start..range.end, false);
            }
            (half, code) => {
                self.half = half;
                self.end_half();
                match (u16::try_from(code), char::from_u32(code)) {
                    (Ok(high @ 0xd800..=0xdbff), _) => self.half = Some((high, range)),
                    (_, c) => {
                        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                        self.push(c.encode_utf8(&mut [0; 4]), range, false);
                    }
                }
            }
        }
    }

    pub(super) fn symbol(&mut self, symbol: u8, range: Range<usize>) {
        if self.skip > 0 && symbol != b'\n' {
            self.skip -= 1;
            return;
        }
        match symbol {
            b'\\' | b'{' | b'}' => {
                // the character itself stands there, behind its backslash
                let text = char::from(symbol);
                self.end_half();
                self.push(text.encode_utf8(&mut [0; 4]), range.start + 1..range.end, true);
            }
            b'~' => self.character("\u{a0}", range),
            b'_' => self.character("\u{2011}", range),
            b'\t' => self.character(" ", range),
            b'\n' => self.word("par", None, range, false),
            // a hyphen that shows at the end of a line only, marks of an index
            _ => {}
        }
    }

    /// A character that a control word stands for.
    pub(super) fn character(&mut self, text: &str, range: Range<usize>) {
        self.skip = 0;
        self.end_half();
        self.push(text, range, false);
    }
}

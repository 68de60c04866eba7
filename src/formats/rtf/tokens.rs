//! RTF as a stream of groups, control words and text, each with its bytes.

use std::ops::Range;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'b> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\name` with its number, if it has one.
    Word(&'b str, Option<i32>),
    /// A backslash before anything but a letter: `\~`, `\*`; a line break is `\n`.
    Symbol(u8),
    /// `\'hh`, or a byte from 0x80 up that stands there as it is.
    Byte(u8),
    /// ASCII, or a run of characters from U+0080 up in UTF-8.
    Text(&'b str),
}

/// The tokens of a document, each with its bytes.
#[derive(Debug)]
pub(super) struct Tokens<'b> {
    bytes: &'b [u8],
    at: usize,
    /// Where a run of bytes ends that are no UTF-8.
    foreign: usize,
}

/// Most letters of a control word; what is longer is cut there, as in other readers.
const LONGEST_WORD: usize = 32;

impl<'b> Tokens<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0, foreign: 0 }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// How many bytes from `at` on are of a kind.
    fn run(&self, at: usize, is: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        rest.iter().position(|b| !is(*b)).unwrap_or(rest.len())
    }

    fn ascii(&self, range: Range<usize>) -> &'b str {
        self.bytes.get(range).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("")
    }

    /// What a backslash starts; the place is behind it.
    fn control(&mut self) -> Option<Token<'b>> {
        let start = self.at;
        let letters = self.run(start, |b| b.is_ascii_alphabetic()).min(LONGEST_WORD);
        if letters > 0 {
            self.at = start + letters;
            let name = self.ascii(start..self.at);
            let minus = usize::from(self.bytes.get(self.at) == Some(&b'-'));
            let digits = self.run(self.at + minus, |b| b.is_ascii_digit());
            let mut value = None;
            if digits > 0 {
                let end = self.at + minus + digits;
                // a number that no 32 bits hold is none that anything is made of
                value = Some(self.ascii(self.at..end).parse().unwrap_or(0));
                self.at = end;
            }
            self.at += usize::from(self.bytes.get(self.at) == Some(&b' '));
            if name == "bin" {
                let skip = usize::try_from(value.unwrap_or(0)).unwrap_or(0);
                self.at = self.at.saturating_add(skip).min(self.bytes.len());
            }
            return Some(Token::Word(name, value));
        }
        let symbol = *self.bytes.get(start)?;
        self.at += 1;
        match symbol {
            b'\'' => {
                let digits = self.run(self.at, |b| b.is_ascii_hexdigit()).min(2);
                let byte = u8::from_str_radix(self.ascii(self.at..self.at + digits), 16).ok();
                self.at += digits;
                // without its digits it stands for nothing
                Some(byte.map_or(Token::Symbol(b'\''), Token::Byte))
            }
            b'\r' | b'\n' => {
                self.at += usize::from(symbol == b'\r' && self.bytes.get(self.at) == Some(&b'\n'));
                Some(Token::Symbol(b'\n'))
            }
            _ => Some(Token::Symbol(symbol)),
        }
    }
}

impl<'b> Iterator for Tokens<'b> {
    type Item = (Token<'b>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        // line breaks stand where the program liked, and mean nothing
        self.at += self.run(self.at, |b| matches!(b, b'\r' | b'\n' | 0));
        let start = self.at;
        let token = match *self.bytes.get(start)? {
            b'{' => {
                self.at += 1;
                Token::Open
            }
            b'}' => {
                self.at += 1;
                Token::Close
            }
            b'\\' => {
                self.at += 1;
                self.control()?
            }
            byte @ 0x80.. if start < self.foreign => {
                self.at += 1;
                Token::Byte(byte)
            }
            byte @ 0x80.. => {
                // programs that know nothing of code pages put UTF-8 there
                let end = start + self.run(start, |b| b >= 0x80);
                match self.bytes.get(start..end).and_then(|run| std::str::from_utf8(run).ok()) {
                    Some(text) => {
                        self.at = end;
                        Token::Text(text)
                    }
                    None => {
                        self.foreign = end;
                        self.at += 1;
                        Token::Byte(byte)
                    }
                }
            }
            _ => {
                self.at += self.run(start, |b| !matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0 | 0x80..));
                Token::Text(self.ascii(start..self.at))
            }
        };
        Some((token, start..self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_their_bytes() {
        use Token::{Byte, Close, Open, Symbol, Text, Word};
        for (raw, tokens) in [
            ("{\\rtf1\\ansi x}", vec![Open, Word("rtf", Some(1)), Word("ansi", None), Text("x"), Close]),
            ("a\r\nb\0c", vec![Text("a"), Text("b"), Text("c")]),
            ("\\u-10179 ?\\b0x", vec![Word("u", Some(-10179)), Text("?"), Word("b", Some(0)), Text("x")]),
            ("\\'e9\\'4\\'z", vec![Byte(0xe9), Byte(4), Symbol(b'\''), Text("z")]),
            (
                "\\~\\{\\\r\nx\\\ny\\",
                vec![Symbol(b'~'), Symbol(b'{'), Symbol(b'\n'), Text("x"), Symbol(b'\n'), Text("y")],
            ),
            ("\\bin3 }{\\x", vec![Word("bin", Some(3)), Text("x")]),
            ("\\bin99 x", vec![Word("bin", Some(99))]),
            ("\\par-x\\f99999999999 y", vec![Word("par", None), Text("-x"), Word("f", Some(0)), Text("y")]),
            ("é ", vec![Text("é"), Text(" ")]),
        ] {
            let found: Vec<_> = Tokens::new(raw.as_bytes()).collect();
            assert_eq!(found.iter().map(|t| t.0).collect::<Vec<_>>(), tokens, "{raw}");
            assert!(found.windows(2).all(|w| w[0].1.end <= w[1].1.start), "{raw}");
        }
        let damaged: Vec<_> = Tokens::new(b"\xe9\xc3\xa9t\xff").map(|t| t.0).collect();
        assert_eq!(damaged, [Byte(0xe9), Byte(0xc3), Byte(0xa9), Text("t"), Byte(0xff)]);
    }
}

//! JSON to nodes with the places of everything in it, one record at a time.
//!
//! It takes what scrapers write besides strict JSON: `NaN`, `Infinity`, and control characters inside strings.

use std::ops::Range;

use crate::formats::Limits;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub range: Range<usize>,
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    /// The places of keys without their quotes, and the values.
    Object(Vec<(Range<usize>, Node)>),
    Array(Vec<Node>),
    /// Whether there is a backslash in it.
    String {
        escaped: bool,
    },
    Number,
    /// `true`, `false`, `null`, and what Python writes for no number.
    Word,
}

/// Why reading ended, in a sentence, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub at: usize,
    pub says: String,
    /// The key of the limit that ended it.
    pub limit: Option<&'static str>,
}

/// Reads values one behind the other.
#[derive(Debug)]
pub(super) struct Scanner<'s> {
    bytes: &'s [u8],
    at: usize,
    values: usize,
}

impl<'s> Scanner<'s> {
    pub fn new(text: &'s str, at: usize) -> Self {
        Self { bytes: text.as_bytes(), at, values: 0 }
    }

    /// The next byte that is not white space; it is not passed.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(b) = self.bytes.get(self.at) {
            if !matches!(b, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(*b);
            }
            self.at += 1;
        }
        None
    }

    /// Reads a value with all that is in it, and nothing may follow.
    pub fn value(&mut self, limits: &Limits) -> Result<Node, Mistake> {
        let node = self.node(limits, limits.depth)?;
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.mistake("something follows its end.")),
        }
    }

    /// Passes a value without looking at how it is written; gives its end.
    pub fn skip(&mut self) -> Result<usize, Mistake> {
        let mut open = 0usize;
        loop {
            match self.peek() {
                None => return Err(self.mistake("it breaks off.")),
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{' | b'[') => {
                    self.at += 1;
                    open += 1;
                }
                Some(b'}' | b']' | b',' | b':') if open == 0 => return Err(self.mistake("a value is missing.")),
                Some(b'}' | b']') => {
                    self.at += 1;
                    open -= 1;
                }
                Some(b',' | b':') => self.at += 1,
                Some(_) => self.word(),
            }
            if open == 0 {
                return Ok(self.at);
            }
        }
    }

    /// Passes the object that starts here and tells of each key, without quotes, and its value. It ends at the first
    /// mistake; gives whether there was none.
    pub fn entries(&mut self, found: &mut dyn FnMut(Range<usize>, Range<usize>)) -> bool {
        if self.peek() != Some(b'{') {
            return false;
        }
        self.at += 1;
        while self.peek() == Some(b'"') {
            let start = self.at + 1;
            let Ok(_) = self.string() else { return false };
            let key = start..self.at - 1;
            if self.peek() != Some(b':') {
                return false;
            }
            self.at += 1;
            self.peek();
            let start = self.at;
            let end = self.skip();
            // of a record that is cut off, its last key counts too
            found(key, start..end.as_ref().map_or(self.bytes.len(), |end| *end));
            if end.is_err() || self.peek() != Some(b',') {
                break;
            }
            self.at += 1;
        }
        self.peek() == Some(b'}')
    }

    /// Passes the list that starts here and tells where each of its values stands.
    pub fn items(&mut self, found: &mut dyn FnMut(Range<usize>)) -> Result<(), Mistake> {
        const WHOLE: &str = "This is not whole JSON:";
        if self.peek() != Some(b'[') {
            return Err(self.mistake("This is no list of records."));
        }
        self.at += 1;
        if self.peek() == Some(b']') {
            return Ok(());
        }
        loop {
            self.peek();
            let start = self.at;
            match self.skip() {
                Ok(end) => found(start..end),
                Err(mistake) => return Err(Mistake { says: format!("{WHOLE} {}", mistake.says), ..mistake }),
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => return Ok(()),
                Some(_) => return Err(self.mistake(format!("{WHOLE} a comma is missing between two records."))),
                None => return Err(self.mistake(format!("{WHOLE} the list breaks off."))),
            }
        }
    }

    fn node(&mut self, limits: &Limits, depth: usize) -> Result<Node, Mistake> {
        self.values += 1;
        if self.values > limits.record_values {
            let most = limits.record_values;
            return Err(
                self.over(format!("The record has more than the {most} values that are read of one"), "record-values")
            );
        }
        let next = self.peek();
        let start = self.at;
        let deeper = |s: &Self| {
            let says = || format!("The record has lists or objects more than {} deep in each other", limits.depth);
            depth.checked_sub(1).ok_or_else(|| s.over(says(), "depth"))
        };
        let kind = match next {
            None => return Err(self.mistake("it breaks off.")),
            Some(b'"') => Kind::String { escaped: self.string()? },
            Some(b'{') => {
                let depth = deeper(self)?;
                self.at += 1;
                Kind::Object(self.object(limits, depth)?)
            }
            Some(b'[') => {
                let depth = deeper(self)?;
                self.at += 1;
                Kind::Array(self.array(limits, depth)?)
            }
            Some(b'-' | b'0'..=b'9') if self.bytes.get(start + 1) != Some(&b'I') => {
                self.word();
                Kind::Number
            }
            Some(_) => {
                self.word();
                match self.bytes.get(start..self.at) {
                    Some(b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"-Infinity") => Kind::Word,
                    _ => {
                        self.at = start;
                        return Err(self.mistake("a value is missing, or has no quotes around it."));
                    }
                }
            }
        };
        Ok(Node { range: start..self.at, kind })
    }

    fn object(&mut self, limits: &Limits, depth: usize) -> Result<Vec<(Range<usize>, Node)>, Mistake> {
        let mut entries = Vec::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(entries);
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.mistake("a key in quotes is missing."));
            }
            let start = self.at + 1;
            self.string()?;
            let key = start..self.at - 1;
            if self.peek() != Some(b':') {
                return Err(self.mistake("a colon is missing behind a key."));
            }
            self.at += 1;
            entries.push((key, self.node(limits, depth)?));
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(entries);
                }
                None => return Err(self.mistake("it breaks off.")),
                Some(_) => {
                    let says = "a comma is missing, or a quotation mark inside a text has no backslash.";
                    return Err(self.mistake(says));
                }
            }
        }
    }

    fn array(&mut self, limits: &Limits, depth: usize) -> Result<Vec<Node>, Mistake> {
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.node(limits, depth)?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                None => return Err(self.mistake("it breaks off.")),
                Some(_) => return Err(self.mistake("a comma is missing in a list.")),
            }
        }
    }

    /// Passes the string that starts here; whether there is a backslash in it.
    fn string(&mut self) -> Result<bool, Mistake> {
        let open = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            match rest.iter().position(|b| matches!(b, b'"' | b'\\')) {
                None => {
                    self.at = open;
                    return Err(self.mistake("the quotation mark that opens here is not closed."));
                }
                Some(i) if rest.get(i) == Some(&b'"') => {
                    self.at += i + 1;
                    return Ok(escaped);
                }
                Some(i) => {
                    escaped = true;
                    // what follows the backslash is part of the escape
                    self.at += i + 2;
                }
            }
        }
    }

    /// Passes letters and digits, at least one byte.
    fn word(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|b| !matches!(b, b'+' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z'));
        self.at += end.unwrap_or(rest.len()).max(1);
    }

    fn mistake(&self, says: impl Into<String>) -> Mistake {
        Mistake { at: self.at, says: says.into(), limit: None }
    }

    fn over(&self, says: String, limit: &'static str) -> Mistake {
        Mistake { at: self.at, says: format!("{says} (limit: {limit})."), limit: Some(limit) }
    }
}

/// The character that the escape at the start of `text` stands for, and the length of the escape. A half of a surrogate
/// pair stands for U+FFFD, an unknown escape for what follows the backslash.
pub(super) fn escape(text: &str) -> (char, usize) {
    let mut chars = text.chars();
    chars.next();
    match chars.next() {
        None => ('\u{fffd}', text.len()),
        Some('n') => ('\n', 2),
        Some('t') => ('\t', 2),
        Some('r') => ('\r', 2),
        Some('b') => ('\u{8}', 2),
        Some('f') => ('\u{c}', 2),
        Some('u') => match unit(text) {
            None => ('u', 2),
            Some(high @ 0xd800..=0xdbff) => match text.get(6..).and_then(unit) {
                Some(low @ 0xdc00..=0xdfff) => {
                    let c = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    (char::from_u32(c).unwrap_or('\u{fffd}'), 12)
                }
                _ => ('\u{fffd}', 6),
            },
            Some(unit) => (char::from_u32(unit).unwrap_or('\u{fffd}'), 6),
        },
        Some(c) => (c, 1 + c.len_utf8()),
    }
}

/// The number in `\uXXXX` at the start of `text`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_by_their_length() {
        for (text, c, len) in [
            ("\\n", '\n', 2),
            ("\\\"x", '"', 2),
            ("\\/", '/', 2),
            ("\\u00e9t", 'é', 6),
            ("\\u2019s", '’', 6),
            ("\\ud83d\\ude00!", '😀', 12),
            ("\\ud83dx", '\u{fffd}', 6),
            ("\\ude00\\ud83d", '\u{fffd}', 6),
            ("\\u12", 'u', 2),
            ("\\é", 'é', 3),
            ("\\", '\u{fffd}', 1),
        ] {
            assert_eq!(escape(text), (c, len), "{text}");
        }
    }

    #[test]
    fn mistakes_have_a_place_and_no_input_panics() {
        let limits = Limits { depth: 4, ..Limits::default() };
        for (text, at, part) in [
            ("{\"a\": 1", 7, "breaks off"),
            ("{\"a\": \"x}", 6, "not closed"),
            ("{\"a\": \"he said \"no\"\"}", 16, "quotation mark"),
            ("{\"a\" 1}", 5, "colon"),
            ("{\"a\": x}", 6, "quotes"),
            ("{a: 1}", 1, "key"),
            ("[1 2]", 3, "comma"),
            ("{} {}", 3, "follows"),
            ("[[[[[1]]]]]", 4, "(limit: depth)"),
            ("", 0, "breaks off"),
            ("\"\\", 0, "not closed"),
        ] {
            let mistake = Scanner::new(text, 0).value(&limits).unwrap_err();
            assert_eq!(mistake.at, at, "{text}: {mistake:?}");
            assert!(mistake.says.contains(part), "{text}: {mistake:?}");
        }
        let sound = r#" {"a": [1, -2.5e3, true, null, NaN, -Infinity, "\"", {}, []], "": ""} "#;
        assert!(Scanner::new(sound, 0).value(&limits).is_ok());
        let deep = "[".repeat(100_000);
        assert!(Scanner::new(&deep, 0).skip().is_err());
        assert!(Scanner::new(&deep, 0).value(&Limits::default()).is_err());
    }
}

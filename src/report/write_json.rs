//! JSON as every reporter writes it: compact, and safe to print.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use super::clean::is_unsafe;

/// Writes one value in one line.
///
/// # Errors
/// What writing to `out` gives.
pub(super) fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping(CompactFormatter));
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Compact JSON that also escapes what a terminal obeys and what some readers take for a line break.
struct Escaping(CompactFormatter);

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            let (before, after) = (rest.get(..at).unwrap_or(""), rest.get(at + c.len_utf8()..).unwrap_or(""));
            // all of them are in the basic plane
            write!(out, "{before}\\u{:04x}", c as u32)?;
            rest = after;
        }
        self.0.write_string_fragment(out, rest)
    }

    /// JSON that someone else wrote. White space between its parts is made one line; all else that is escaped here can
    /// only stand in a string of it.
    fn write_raw_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        for part in fragment.split_inclusive(['\t', '\n', '\r']) {
            let inner = part.trim_end_matches(['\t', '\n', '\r']);
            self.write_string_fragment(out, inner)?;
            if inner.len() < part.len() {
                out.write_all(b" ")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_others_becomes_one_line() {
        let raw: Box<serde_json::value::RawValue> =
            serde_json::from_str("{\"a\":\r\n\t[1.00, 123456789012345678901, \"b\u{2028}\\n犬\"]}").unwrap();
        let mut out = Vec::new();
        write(&raw, &mut out).unwrap();
        let expected = r#"{"a":   [1.00, 123456789012345678901, "b\u2028\n犬"]}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn what_breaks_lines_or_steers_terminals_is_escaped() {
        let mut out = Vec::new();
        write(&"a\u{85}b\u{2028}\u{2029}c\u{202e}\u{9b}\u{7f}\n\"犬“", &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), r#""a\u0085b\u2028\u2029c\u202e\u009b\u007f\n\"犬“""#);
    }
}

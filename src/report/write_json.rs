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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_lines_or_steers_terminals_is_escaped() {
        let mut out = Vec::new();
        write(&"a\u{85}b\u{2028}\u{2029}c\u{202e}\u{9b}\u{7f}\n\"犬“", &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), r#""a\u0085b\u2028\u2029c\u202e\u009b\u007f\n\"犬“""#);
    }
}

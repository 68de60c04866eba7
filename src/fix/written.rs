//! How a value stands in its source: in which notation, between which quotes, on which lines.

use std::ops::Range;

use crate::model::{Notation, Source, Span, Value};

/// A value as it stands in its source.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Its bytes with the quotes around them.
    pub raw: Range<usize>,
    /// The quotes.
    pub quote: Option<char>,
    /// Whether it stands there byte for byte.
    pub verbatim: bool,
}

impl Written {
    /// Looks at a value; none for one that cannot be written anew, as a text over several lines.
    pub(super) fn of(source: &Source, value: &Value, notation: Notation) -> Option<Self> {
        let text = source.text.as_str();
        let span = value.span.range();
        if notation == Notation::Lines {
            return value.verbatim.then_some(Self { raw: span, quote: None, verbatim: true });
        }
        let is_quote = |c: &char| matches!(c, '"' | '\'');
        if !value.verbatim {
            let raw = text.get(span.clone())?;
            let quote = raw.chars().next().filter(is_quote)?;
            let sound = raw.len() >= 2 && raw.ends_with(quote) && !raw.contains(['\n', '\r']) && !is_triple(raw, quote);
            return sound.then_some(Self { raw: span, quote: Some(quote), verbatim: false });
        }
        let before = text.get(..span.start)?.trim_end_matches([' ', '\t']);
        let after = text.get(span.end..)?;
        let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
        let end = span.end + spaces;
        match before.chars().next_back().filter(is_quote) {
            Some(quote) if text.get(end..)?.starts_with(quote) => {
                let raw = before.len() - 1..end + 1;
                let sound = !is_triple(text.get(raw.start.saturating_sub(2)..)?, quote);
                sound.then_some(Self { raw, quote: Some(quote), verbatim: true })
            }
            _ => Some(Self { raw: span, quote: None, verbatim: true }),
        }
    }
}

fn is_triple(raw: &str, quote: char) -> bool {
    raw.starts_with(&quote.to_string().repeat(3))
}

/// The start of the line that a byte is in.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |i| i + 1)
}

/// The end of the line that a byte is in, without its break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// Where the next line starts; none behind the last line break.
pub(super) fn next_line(text: &str, at: usize) -> Option<usize> {
    text.get(at..)?.find('\n').map(|i| at + i + 1)
}

/// The line break that a text uses.
pub(super) fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|before| before.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

/// What stands before a place on its line.
pub(super) fn before(text: &str, at: usize) -> &str {
    text.get(line_start(text, at)..at).unwrap_or("")
}

/// What stands behind a place on its line.
pub(super) fn behind(text: &str, at: usize) -> &str {
    text.get(at..line_end(text, at)).unwrap_or("")
}

/// Whether what stands behind a value on its line is nothing or a comment.
pub(super) fn is_rest(rest: &str, notation: Notation) -> bool {
    let trimmed = rest.trim();
    trimmed.is_empty() || notation != Notation::Lines && trimmed.starts_with('#')
}

/// The span of a range of a source that another span is of.
pub(super) fn span(of: Span, range: Range<usize>) -> Span {
    Span::new(of.source, range)
}

/// A text as a value of its own, between these quotes; without them where that means the same.
pub(super) fn value(text: &str, quote: Option<char>, notation: Notation) -> Option<String> {
    if text.is_empty() || text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')) {
        return None;
    }
    Some(match (notation, quote) {
        (Notation::Lines, _) => text.to_owned(),
        (Notation::Yaml, None) if is_plain_yaml(text) => text.to_owned(),
        (Notation::Yaml, Some('\'')) => format!("'{}'", text.replace('\'', "''")),
        (Notation::Toml, Some('\'')) if !text.contains('\'') => format!("'{text}'"),
        _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    })
}

/// Whether a text may stand within a value between these quotes as it is.
pub(super) fn fits(text: &str, quote: Option<char>, notation: Notation) -> bool {
    match (notation, quote) {
        (Notation::Lines, _) => true,
        (_, Some(quote)) => !text.contains([quote, '\\']),
        (Notation::Yaml, None) => is_plain_yaml(text),
        (Notation::Toml, None) => false,
    }
}

/// Whether a text means itself in YAML without quotes, in lists between brackets too.
fn is_plain_yaml(text: &str) -> bool {
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n" | ".inf" | ".nan"
    );
    let marks = [':', '#', ',', '[', ']', '{', '}', '"', '\\', '`'];
    // a number or a date begins with a digit
    text.starts_with(char::is_alphabetic) && !word && !text.contains(marks) && text.trim() == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_that_is_needed() {
        use Notation::{Toml, Yaml};
        for (text, quote, notation, expected) in [
            ("Animal Death", None, Yaml, "Animal Death"),
            ("Rape/Non-Con", None, Yaml, "Rape/Non-Con"),
            ("Salt: A Tale", None, Yaml, "\"Salt: A Tale\""),
            ("#1 Dad", None, Yaml, "\"#1 Dad\""),
            ("- b", None, Yaml, "\"- b\""),
            ("No", None, Yaml, "\"No\""),
            ("13+", None, Yaml, "\"13+\""),
            ("a, b", None, Yaml, "\"a, b\""),
            ("it's", Some('\''), Yaml, "'it''s'"),
            ("it's", Some('\''), Toml, "\"it's\""),
            ("so \"it\" goes\\", Some('"'), Toml, "\"so \\\"it\\\" goes\\\\\""),
            ("Mature", None, Toml, "\"Mature\""),
        ] {
            assert_eq!(value(text, quote, notation).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(value("a\nb", None, Yaml), None);
    }
}

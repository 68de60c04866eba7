//! Tags with more attributes than any page has, which the tokenizer calls itself for until its stack is full.

use std::borrow::Cow;
use std::ops::Range;

/// Attributes of one tag that are read; a page of AO3 has at most six.
const MOST: usize = 64;

/// The source with the attributes past the first [`MOST`] of each tag as blanks, so that every place stays the same.
pub(super) fn without_floods(source: &str) -> Cow<'_, str> {
    let bytes = source.as_bytes();
    let mut floods: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(open) = find(bytes, at, |b| b == b'<') {
        let rest = bytes.get(open + 1..).unwrap_or_default();
        at = match rest {
            [b'!', b'-', b'-', ..] => behind(source, open, "-->"),
            [b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => behind(source, open, "]]>"),
            [b'/', name, ..] | [name, ..] if name.is_ascii_alphabetic() => tag(bytes, open + 1, &mut floods),
            _ => open + 1,
        };
    }
    if floods.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut blanked = bytes.to_vec();
    for flood in floods {
        if let Some(flood) = blanked.get_mut(flood) {
            flood.fill(b' ');
        }
    }
    String::from_utf8(blanked).map_or(Cow::Borrowed(source), Cow::Owned)
}

/// Where a comment or the like ends that starts at `from`; one that is not closed has no end.
fn behind(source: &str, from: usize, end: &str) -> usize {
    source.get(from..).and_then(|rest| rest.find(end)).map_or(source.len(), |found| from + found + end.len())
}

/// Where the tag ends whose name starts at `from`. What it has too many of is added to `floods`.
fn tag(bytes: &[u8], from: usize, floods: &mut Vec<Range<usize>>) -> usize {
    let space = |b: u8| b.is_ascii_whitespace();
    let mut at = find(bytes, from, |b| space(b) || b == b'>').unwrap_or(bytes.len());
    let mut count = 0;
    loop {
        let Some(start) = find(bytes, at, |b| !space(b) && b != b'/') else { return bytes.len() };
        if bytes.get(start) == Some(&b'>') {
            return start + 1;
        }
        // the name, and what stands behind its equals sign; a name may start with one
        at = find(bytes, start + 1, |b| space(b) || matches!(b, b'/' | b'>' | b'=')).unwrap_or(bytes.len());
        if let Some(equals) = find(bytes, at, |b| !space(b)).filter(|e| bytes.get(*e) == Some(&b'=')) {
            let value = find(bytes, equals + 1, |b| !space(b)).unwrap_or(bytes.len());
            at = match bytes.get(value) {
                Some(quote @ (b'"' | b'\'')) => find(bytes, value + 1, |b| b == *quote).map_or(bytes.len(), |e| e + 1),
                _ => find(bytes, value, |b| space(b) || b == b'>').unwrap_or(bytes.len()),
            };
        }
        count += 1;
        if count > MOST {
            match floods.last_mut().filter(|last| last.end == start) {
                Some(last) => last.end = at,
                None => floods.push(start..at),
            }
        }
    }
}

/// The first byte from `from` on that is as wanted.
fn find(bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Option<usize> {
    bytes.get(from..)?.iter().position(|b| is(*b)).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_page_has_is_blanked() {
        for page in [
            "<p class=\"a\" id='b' c=d e>It rained / <3 a < b</p>",
            "<!-- <p a a a --> <![CDATA[ <b ]]> <a href",
            "",
            "<a b=\"never closed > ",
        ] {
            assert!(matches!(without_floods(page), Cow::Borrowed(_)), "{page}");
        }
        for attribute in ["a=\"é>\" ", "a='>'/", "a=1 ", "a ", "a = \"1\"\n"] {
            let few = format!("<p {}>x</p>", attribute.repeat(MOST));
            assert!(matches!(without_floods(&few), Cow::Borrowed(_)), "{attribute}");
            let many = format!("<p {}>x</p>", attribute.repeat(MOST + 90));
            let read = without_floods(&many);
            assert_eq!(read.len(), many.len());
            assert_eq!(read.matches('a').count(), MOST, "{read}");
            assert!(read.ends_with(">x</p>"));
            let commented = format!("<!-- {many}\" -->{many}");
            assert_eq!(without_floods(&commented).matches('a').count(), 2 * MOST + 90);
        }
    }
}

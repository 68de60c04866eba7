//! What site generators and note programs put into a Markdown text that is no story: `{{< figure >}}`, `%% comment %%`.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event};

/// How such marks start and end; of two that start alike the longer one comes first.
const MARKS: [(&str, &str); 6] =
    [("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}"), ("{:", "}"), ("%%", "%%")];

/// Longest mark, in bytes.
const LONGEST: usize = 2_000;

/// The marks in a range of the text, in order.
pub(super) fn marks(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = range.start;
    // where each mark ends next, so that the text is searched once for each
    let mut ends = [Some(at); MARKS.len()];
    let rest = |at: usize| text.get(at..range.end).unwrap_or("");
    while let Some(next) = memchr::memchr2(b'{', b'%', rest(at).as_bytes()) {
        at += next;
        let mark = MARKS.iter().zip(&mut ends).find(|((open, _), _)| rest(at).starts_with(open));
        let Some(((open, close), end)) = mark else {
            at += 1;
            continue;
        };
        let from = at + open.len();
        if end.is_some_and(|end| end < from) {
            *end = rest(from).find(close).map(|i| from + i);
        }
        match end.map(|end| end + close.len()).filter(|end| end - at <= LONGEST) {
            Some(end) => {
                found.push(at..end);
                at = end;
            }
            None => at = from,
        }
    }
    found
}

/// An event with its bytes, without the marks in its text.
pub(super) fn cut<'t>(
    text: &'t str,
    event: Event<'t>,
    range: Range<usize>,
    marks: &[Range<usize>],
) -> impl Iterator<Item = (Event<'t>, Range<usize>)> + use<'t> {
    let first = marks.partition_point(|m| m.end <= range.start);
    let inside = marks.get(first..).unwrap_or_default().iter().take_while(|m| m.start < range.end);
    let covered = inside.clone().any(|m| m.start <= range.start && range.end <= m.end);
    let has_marks = inside.clone().next().is_some();
    let exact = |piece: &str| text.get(range.clone()) == Some(piece);
    let mut pieces = Vec::new();
    let whole = match &event {
        Event::Text(_) if covered => None,
        Event::Text(piece) if has_marks && exact(piece) => {
            let mut at = range.start;
            for mark in inside {
                pieces.push(at..mark.start.max(at));
                at = mark.end.min(range.end);
            }
            pieces.push(at..range.end);
            None
        }
        _ => Some((event, range)),
    };
    let pieces = pieces.into_iter().filter_map(|piece| {
        let words = text.get(piece.clone()).filter(|words| !words.is_empty())?;
        Some((Event::Text(CowStr::Borrowed(words)), piece))
    });
    whole.into_iter().chain(pieces.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_and_nothing_else() {
        for (text, found) in [
            ("{{< a \"b\" >}} c {{% d %}}e{{% /d %}}", &["{{< a \"b\" >}}", "{{% d %}}", "{{% /d %}}"][..]),
            ("{% if a %}b{{ c }}{: .d }", &["{% if a %}", "{{ c }}", "{: .d }"]),
            ("a %%b\n\nc%% d 50%% e", &["%%b\n\nc%%"]),
            ("{a} { 5% {{ b %} {", &[]),
        ] {
            let all: Vec<_> = marks(text, 0..text.len()).into_iter().map(|m| &text[m]).collect();
            assert_eq!(all, found, "{text}");
        }
        assert!(marks(&"{{".repeat(1 << 20), 0..1 << 21).is_empty());
    }
}

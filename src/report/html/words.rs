//! Text of a work, and text about it, made safe for a page.

use crate::model::{Label, Report, Span};
use crate::report::clean::escaped;
use crate::report::excerpt::{Excerpt, excerpts};
use crate::report::sentences::grouped;

/// Columns of the words around a place.
pub(super) const CONTEXT: usize = 160;

/// Makes any text safe inside an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    escaped(text).replace('\'', "&#39;")
}

/// Text of a pack: paragraphs, with what stands between backticks as code.
pub(super) fn paragraphs(text: &str) -> String {
    let paragraph = |text: &str| {
        let mut out = String::from("<p>");
        for (i, piece) in escape(text).split('`').enumerate() {
            match i % 2 {
                1 => out.push_str(&format!("<code>{piece}</code>")),
                _ => out.push_str(piece),
            }
        }
        out + "</p>\n"
    };
    text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()).map(paragraph).collect()
}

/// `1 work`, `1,234 works`.
pub(super) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// `Chapter 3, paragraph 12`, `Line 12`, `harbour.toml, line 1`; escaped.
pub(super) fn place(report: &Report, span: Span) -> String {
    let Some(source) = report.source(span) else { return String::new() };
    if let Some(place) = source.place(span.start) {
        let mut chars = place.chars();
        return escape(&chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect()));
    }
    let line = grouped(source.position(span.start).line as u64);
    if span.source.0 == 0 {
        format!("Line {line}")
    } else {
        format!("<bdi>{}</bdi>, line {line}", escape(&source.name))
    }
}

/// List items of some places: each window of the text with the words in question marked, or without excerpts where they are.
pub(super) fn quotes(report: &Report, labels: &[&Label], quote: bool) -> Vec<String> {
    let said = |label: &Label| if label.text.is_empty() { String::new() } else { format!(": {}", escape(&label.text)) };
    if !quote {
        return labels.iter().map(|l| format!("<li>{}{}</li>\n", place(report, l.span), said(l))).collect();
    }
    let item = |excerpt: &Excerpt| {
        let of = |i: usize| excerpt.marks.get(i).and_then(|m| labels.get(m.label));
        let place = of(0).map(|l| place(report, l.span)).unwrap_or_default();
        let mut texts: Vec<String> = Vec::new();
        for text in (0..excerpt.marks.len()).filter_map(of).map(|l| escape(&l.text)).filter(|t| !t.is_empty()) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let note = if texts.is_empty() { String::new() } else { format!(": {}", texts.join("; ")) };
        let quote = marked(excerpt);
        let quote = if quote.is_empty() { quote } else { format!("\n<blockquote dir=\"auto\">{quote}</blockquote>") };
        format!("<li><span class=\"where\">{place}</span>{note}{quote}</li>\n")
    };
    excerpts(report, labels, CONTEXT).iter().map(item).collect()
}

/// The text of a window with its marks.
fn marked(excerpt: &Excerpt) -> String {
    let slice = |from: usize, to: usize| escape(excerpt.text.get(from..to).unwrap_or(""));
    let (mut out, mut at) = (String::new(), 0);
    for mark in &excerpt.marks {
        out.push_str(&slice(at, mark.range.start));
        if !mark.range.is_empty() {
            out.push_str(&format!("<mark>{}</mark>", slice(mark.range.start, mark.range.end)));
        }
        at = mark.range.end.max(at);
    }
    out + &slice(at, excerpt.text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_opens_a_tag_or_ends_an_attribute() {
        assert_eq!(
            escape("</style><script>alert('1')</script> \"x\" &amp; \u{202e}\0\u{ffff}"),
            "&lt;/style&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &quot;x&quot; &amp;amp; \u{fffd}␀"
        );
        assert_eq!(
            paragraphs("Write `<b>`.\n\nAnd `more"),
            "<p>Write <code>&lt;b&gt;</code>.</p>\n<p>And <code>more</code></p>\n"
        );
    }
}

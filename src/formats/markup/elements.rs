//! What is known about HTML elements: their names, which hold nothing, part paragraphs, are never text or close others.

/// The name of an element, by its index in [`NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name(u8);

/// The elements that are told apart, sorted; all others are `""`.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "", "a", "abbr", "address", "area", "article", "aside", "b", "base", "big", "blockquote", "body", "br", "button",
    "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl",
    "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "h1", "h2", "h3", "h4",
    "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "img", "input", "ins", "kbd", "legend", "li",
    "link", "listing", "main", "mark", "math", "menu", "meta", "nav", "noembed", "noframes", "noscript", "object", "ol",
    "optgroup", "option", "p", "param", "plaintext", "pre", "q", "rp", "rt", "ruby", "s", "samp", "script", "search",
    "section", "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg",
    "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "title", "tr", "track", "tt", "u", "ul",
    "var", "wbr", "xmp",
];

/// How many names there are.
pub(super) const COUNT: usize = NAMES.len();

impl Name {
    /// The element of a name in lower case, as the tokenizer gives it.
    pub(super) fn of(name: &[u8]) -> Self {
        let found = NAMES.binary_search_by(|known| known.as_bytes().cmp(name));
        Self(found.map_or(0, |i| u8::try_from(i).unwrap_or(0)))
    }

    /// Its index, below [`COUNT`].
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The name, empty for an element that is none of [`NAMES`].
    pub(super) fn as_str(self) -> &'static str {
        NAMES.get(self.index()).copied().unwrap_or("")
    }
}

/// Whether an element never holds anything.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether an element stands on lines of its own, so that it parts paragraphs.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "plaintext"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "xmp"
    )
}

/// Whether what an element holds is never part of a story: code, the head, what a form or a menu shows.
pub(super) fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "button"
            | "head"
            | "iframe"
            | "nav"
            | "noembed"
            | "noframes"
            | "noscript"
            | "script"
            | "select"
            | "style"
            | "template"
            | "textarea"
            | "title"
    )
}

/// Whether an element may stand in the head; any other one ends it.
pub(super) fn is_of_head(name: &str) -> bool {
    matches!(name, "base" | "link" | "meta" | "noscript" | "script" | "style" | "template" | "title")
}

/// Which open elements the start of `name` closes, and which keep it from looking further out.
pub(super) fn closed_by(name: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    const LISTS: &[&str] = &["ul", "ol", "menu", "dir", "dl", "table", "td", "th", "blockquote", "section", "article"];
    Some(match name {
        "li" => (&["li"], LISTS),
        "dt" | "dd" => (&["dt", "dd"], LISTS),
        "tr" => (&["tr"], &["table"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot"], &["table"]),
        "option" => (&["option"], &["select", "optgroup"]),
        "optgroup" => (&["optgroup"], &["select"]),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        assert!(NAMES.is_sorted() && COUNT < 256);
        for name in NAMES {
            assert_eq!(Name::of(name.as_bytes()).as_str(), *name);
        }
        assert_eq!(Name::of(b"o:p").as_str(), "");
    }
}

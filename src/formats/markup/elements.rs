//! What is known about HTML elements: their names, which hold nothing, part paragraphs, are never text or close others.

/// The name of an element, by its index in [`ELEMENTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Name(u8);

/// It never holds anything.
const VOID: u8 = 1;
/// It stands on lines of its own, so that it parts paragraphs.
const BLOCK: u8 = 2;
/// What it holds is never part of a story: code, the head, what a form or a menu shows.
const HIDDEN: u8 = 4;
/// It may stand in the head; any other one ends it.
const OF_HEAD: u8 = 8;

/// The elements that are told apart, sorted, with what holds of each; all others are `""`.
#[rustfmt::skip]
const ELEMENTS: &[(&str, u8)] = &[
    ("", 0), ("a", 0), ("abbr", 0), ("address", BLOCK), ("area", VOID), ("article", BLOCK), ("aside", BLOCK), ("b", 0),
    ("base", VOID | OF_HEAD), ("big", 0), ("blockquote", BLOCK), ("body", BLOCK), ("br", VOID), ("button", HIDDEN),
    ("caption", BLOCK), ("center", BLOCK), ("cite", 0), ("code", 0), ("col", VOID), ("colgroup", 0), ("dd", BLOCK),
    ("del", 0), ("details", BLOCK), ("dfn", 0), ("dialog", BLOCK), ("dir", BLOCK), ("div", BLOCK), ("dl", BLOCK),
    ("dt", BLOCK), ("em", 0), ("embed", VOID), ("fieldset", BLOCK), ("figcaption", BLOCK), ("figure", BLOCK),
    ("font", 0), ("footer", BLOCK), ("form", BLOCK), ("frame", VOID), ("h1", BLOCK), ("h2", BLOCK), ("h3", BLOCK),
    ("h4", BLOCK), ("h5", BLOCK), ("h6", BLOCK), ("head", BLOCK | HIDDEN), ("header", BLOCK), ("hgroup", BLOCK),
    ("hr", VOID | BLOCK), ("html", BLOCK), ("i", 0), ("iframe", HIDDEN), ("img", VOID), ("input", VOID), ("ins", 0),
    ("kbd", 0), ("legend", BLOCK), ("li", BLOCK), ("link", VOID | OF_HEAD), ("listing", BLOCK), ("main", BLOCK),
    ("mark", 0), ("math", 0), ("menu", BLOCK), ("meta", VOID | OF_HEAD), ("nav", BLOCK | HIDDEN), ("noembed", HIDDEN),
    ("noframes", HIDDEN), ("noscript", HIDDEN | OF_HEAD), ("object", 0), ("ol", BLOCK), ("optgroup", BLOCK),
    ("option", BLOCK), ("p", BLOCK), ("param", VOID), ("plaintext", BLOCK), ("pre", BLOCK), ("q", 0), ("rp", 0),
    ("rt", 0), ("ruby", 0), ("s", 0), ("samp", 0), ("script", HIDDEN | OF_HEAD), ("search", BLOCK), ("section", BLOCK),
    ("select", HIDDEN), ("small", 0), ("source", VOID), ("span", 0), ("strike", 0), ("strong", 0),
    ("style", HIDDEN | OF_HEAD), ("sub", 0), ("summary", BLOCK), ("sup", 0), ("svg", 0), ("table", BLOCK),
    ("tbody", BLOCK), ("td", BLOCK), ("template", HIDDEN | OF_HEAD), ("textarea", HIDDEN), ("tfoot", BLOCK),
    ("th", BLOCK), ("thead", BLOCK), ("title", HIDDEN | OF_HEAD), ("tr", BLOCK), ("track", VOID), ("tt", 0), ("u", 0),
    ("ul", BLOCK), ("var", 0), ("wbr", VOID), ("xmp", BLOCK),
];

/// How many names there are.
pub(super) const COUNT: usize = ELEMENTS.len();

/// For each letter where the names start that begin with it, and behind `z` where they end.
const FIRST: [u8; 27] = {
    let mut first = [COUNT as u8; 27];
    let mut at = COUNT;
    while at > 1 {
        at -= 1;
        first[(ELEMENTS[at].0.as_bytes()[0] - b'a') as usize] = at as u8;
    }
    // a letter without names has those from the next one on, which is none
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        if first[letter] == COUNT as u8 {
            first[letter] = first[letter + 1];
        }
    }
    first
};

impl Name {
    pub(super) const BR: Self = Self::known("br");
    pub(super) const HEAD: Self = Self::known("head");
    pub(super) const P: Self = Self::known("p");

    /// The element of a name in lower case, as the tokenizer gives it.
    pub(super) fn of(name: &[u8]) -> Self {
        let letter = name.first().map_or(usize::MAX, |b| usize::from(b.wrapping_sub(b'a')));
        let (Some(&start), Some(&end)) = (FIRST.get(letter), FIRST.get(letter.wrapping_add(1))) else {
            return Self::default();
        };
        let found = (start..end).find(|i| ELEMENTS.get(usize::from(*i)).is_some_and(|e| e.0.as_bytes() == name));
        Self(found.unwrap_or(0))
    }

    /// The name of an element that is in the table.
    const fn known(name: &str) -> Self {
        let mut at = 0;
        while at < COUNT {
            let (a, b) = (ELEMENTS[at].0.as_bytes(), name.as_bytes());
            let mut same = 0;
            while same < a.len() && same < b.len() && a[same] == b[same] {
                same += 1;
            }
            if same == a.len() && same == b.len() {
                return Self(at as u8);
            }
            at += 1;
        }
        panic!("no such element");
    }

    /// Its index, below [`COUNT`].
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The name, empty for an element that is none of [`ELEMENTS`].
    pub(super) fn as_str(self) -> &'static str {
        ELEMENTS.get(self.index()).map_or("", |e| e.0)
    }

    fn is(self, what: u8) -> bool {
        ELEMENTS.get(self.index()).is_some_and(|e| e.1 & what != 0)
    }

    /// Whether the element never holds anything.
    pub(super) fn is_void(self) -> bool {
        self.is(VOID)
    }

    /// Whether the element stands on lines of its own, so that it parts paragraphs.
    pub(super) fn is_block(self) -> bool {
        self.is(BLOCK)
    }

    /// Whether what the element holds is never part of a story: code, the head, what a form or a menu shows.
    pub(super) fn is_hidden(self) -> bool {
        self.is(HIDDEN)
    }

    /// Whether the element may stand in the head; any other one ends it.
    pub(super) fn is_of_head(self) -> bool {
        self.is(OF_HEAD)
    }
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
        assert!(ELEMENTS.is_sorted_by_key(|e| e.0) && COUNT < 256);
        for (name, _) in ELEMENTS {
            assert_eq!(Name::of(name.as_bytes()).as_str(), *name);
        }
        for name in ["o:p", "x", "zz", "ab", "1", "é", ""] {
            assert_eq!(Name::of(name.as_bytes()).as_str(), "", "{name}");
        }
        assert!(Name::BR.is_void() && Name::P.is_block() && Name::HEAD.is_hidden());
    }
}

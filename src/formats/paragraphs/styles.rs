//! Styles of paragraphs and of words: which of them are headings, and which hide what they are given to.

use std::collections::HashMap;
use std::hash::Hash;

/// What a paragraph is, by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::formats) enum Role {
    /// Nothing else.
    #[default]
    Plain,
    /// The title of the document.
    Title,
    /// A heading, from level 1.
    Heading(u8),
    /// An entry of a list.
    Item,
    /// One that is made by the program, as the lines of a table of contents are.
    Left,
}

impl Role {
    /// The role of a style by its English name, in any case: `heading 1`, `Heading1`, `Title`, `toc 2`.
    pub(in crate::formats) fn of_style(name: &str) -> Self {
        let name = name.to_lowercase().replace([' ', '_', '-'], "");
        let level = name.strip_prefix("heading").and_then(|n| n.parse().ok());
        match (name.as_str(), level) {
            (_, Some(level @ 1..=9)) => Self::Heading(level),
            ("title", _) => Self::Title,
            (name, _) if name.starts_with("toc") || name.starts_with("contents") => Self::Left,
            (name, _) if name.starts_with("listbullet") || name.starts_with("listnumber") => Self::Item,
            _ => Self::Plain,
        }
    }

    /// The role of an outline level as DOCX and RTF count them: from 0, and 9 is body text.
    #[cfg(any(feature = "docx", feature = "rtf"))]
    pub(in crate::formats) fn of_outline(level: u8) -> Self {
        if level < 9 { Self::Heading(level + 1) } else { Self::Plain }
    }
}

/// What a document says about one of its styles.
#[derive(Debug, Clone, Default)]
pub(in crate::formats) struct Style<K> {
    /// What its own name or outline level makes of it.
    pub role: Role,
    /// Whether it hides text, if it says so.
    #[cfg(any(feature = "docx", feature = "odt"))]
    pub hidden: Option<bool>,
    /// The style it is derived from.
    pub parent: Option<K>,
}

/// The styles of a document by their id.
#[derive(Debug)]
pub(in crate::formats) struct Styles<K = String> {
    all: HashMap<K, Style<K>>,
}

impl<K> Default for Styles<K> {
    fn default() -> Self {
        Self { all: HashMap::new() }
    }
}

/// How many styles a style may be derived from, one from the other: a generous bound for those that lead in a circle.
const LONGEST_CHAIN: usize = 32;

impl<K: Eq + Hash> Styles<K> {
    /// Adds a style.
    pub(in crate::formats) fn add(&mut self, id: K, style: Style<K>) {
        self.all.insert(id, style);
    }

    /// The role of a style, its own or the next one's that it is derived from; none for a style that is not known.
    pub(in crate::formats) fn role(&self, id: &K) -> Option<Role> {
        self.all
            .contains_key(id)
            .then(|| self.chain(id).map(|s| s.role).find(|r| *r != Role::Plain).unwrap_or_default())
    }

    /// Whether a style hides text.
    #[cfg(any(feature = "docx", feature = "odt"))]
    pub(in crate::formats) fn is_hidden(&self, id: &K) -> bool {
        self.chain(id).find_map(|s| s.hidden).unwrap_or(false)
    }

    fn chain<'s>(&'s self, id: &'s K) -> impl Iterator<Item = &'s Style<K>> {
        let first = self.all.get(id);
        std::iter::successors(first, |s| self.all.get(s.parent.as_ref()?)).take(LONGEST_CHAIN)
    }
}

#[cfg(all(test, feature = "docx"))]
mod tests {
    use super::*;

    #[test]
    fn names_of_styles() {
        for (name, role) in [
            ("heading 1", Role::Heading(1)),
            ("Heading_9", Role::Heading(9)),
            ("Title", Role::Title),
            ("TOC Heading", Role::Left),
            ("Contents 1", Role::Left),
            ("List Bullet 2", Role::Item),
            ("Heading", Role::Plain),
            ("heading 10", Role::Plain),
            ("Subtitle", Role::Plain),
        ] {
            assert_eq!(Role::of_style(name), role, "{name}");
        }
    }

    #[test]
    fn a_style_is_what_it_is_derived_from() {
        let mut styles = Styles::default();
        let style = |role, hidden, parent: Option<i32>| Style { role, hidden, parent };
        styles.add(1, style(Role::Heading(2), Some(true), None));
        styles.add(2, style(Role::Plain, None, Some(1)));
        styles.add(3, style(Role::Plain, Some(false), Some(2)));
        styles.add(4, style(Role::Plain, None, Some(5)));
        styles.add(5, style(Role::Plain, None, Some(4)));
        assert_eq!((styles.role(&2), styles.is_hidden(&2)), (Some(Role::Heading(2)), true));
        assert_eq!((styles.role(&3), styles.is_hidden(&3)), (Some(Role::Heading(2)), false));
        assert_eq!((styles.role(&4), styles.is_hidden(&4)), (Some(Role::Plain), false));
        assert_eq!(styles.role(&6), None);
    }
}

//! The control words of RTF that mean something for the text. All others are about looks.

use super::super::paragraphs::Property;

/// What a control word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// The group holds nothing of the text. One that starts with `\*` is passed over without being known.
    LeftOut,
    /// The group is the bullet or number before the paragraph.
    Bullet,
    Footnote,
    Comment,
    /// The footnote is an endnote.
    Endnote,
    Fonts,
    Styles,
    Info,
    Property(Property),
    /// A drawing, and the text in one.
    Shape,
    ShapeText,
    /// A character that has a name.
    Character(&'static str),
    /// A character by its number, and how many others behind it stand for the same.
    Unicode,
    Fallback,
    /// The code page: by number, of the Macintosh, of DOS, of OS/2.
    Page,
    MacPage,
    DosPage,
    Os2Page,
    /// A font, the one where none is named, its character set, its code page.
    Font,
    DefaultFont,
    FontCharset,
    FontPage,
    Paragraph,
    /// A break within a paragraph.
    Break,
    Cell,
    InnerCell,
    Row,
    InTable,
    /// The style of a paragraph, that of words or tables, and what it is derived from.
    Style,
    OtherStyle,
    ParentStyle,
    Outline,
    /// Back to how words look without any style, and paragraphs.
    Plain,
    PlainParagraph,
    Hidden,
    Deleted,
}

impl Word {
    /// The meaning of a control word, if it has one.
    pub(super) fn of(name: &str) -> Option<Self> {
        WORDS.binary_search_by_key(&name, |w| w.0).ok().and_then(|i| WORDS.get(i)).map(|w| w.1)
    }
}

/// In alphabetical order.
#[rustfmt::skip]
const WORDS: &[(&str, Word)] = &[
    ("aftncn", Word::LeftOut),
    ("aftnsep", Word::LeftOut),
    ("aftnsepc", Word::LeftOut),
    ("annotation", Word::Comment),
    ("ansicpg", Word::Page),
    ("atnauthor", Word::LeftOut),
    ("atndate", Word::LeftOut),
    ("atnicn", Word::LeftOut),
    ("atnid", Word::LeftOut),
    ("atnparent", Word::LeftOut),
    ("atnref", Word::LeftOut),
    ("atntime", Word::LeftOut),
    ("author", Word::Property(Property::Author)),
    ("bkmkend", Word::LeftOut),
    ("bkmkstart", Word::LeftOut),
    ("bullet", Word::Character("•")),
    ("cell", Word::Cell),
    ("colortbl", Word::LeftOut),
    ("column", Word::Break),
    ("cpg", Word::FontPage),
    ("cs", Word::OtherStyle),
    ("deff", Word::DefaultFont),
    ("deleted", Word::Deleted),
    ("do", Word::Shape),
    ("doccomm", Word::Property(Property::Summary)),
    ("dptxbxtext", Word::ShapeText),
    ("ds", Word::OtherStyle),
    ("emdash", Word::Character("—")),
    ("emspace", Word::Character(" ")),
    ("endash", Word::Character("–")),
    ("enspace", Word::Character(" ")),
    ("f", Word::Font),
    ("fcharset", Word::FontCharset),
    ("filetbl", Word::LeftOut),
    ("fldinst", Word::LeftOut),
    ("fonttbl", Word::Fonts),
    ("footer", Word::LeftOut),
    ("footerf", Word::LeftOut),
    ("footerl", Word::LeftOut),
    ("footerr", Word::LeftOut),
    ("footnote", Word::Footnote),
    ("ftnalt", Word::Endnote),
    ("ftncn", Word::LeftOut),
    ("ftnsep", Word::LeftOut),
    ("ftnsepc", Word::LeftOut),
    ("generator", Word::LeftOut),
    ("header", Word::LeftOut),
    ("headerf", Word::LeftOut),
    ("headerl", Word::LeftOut),
    ("headerr", Word::LeftOut),
    ("info", Word::Info),
    ("intbl", Word::InTable),
    ("keywords", Word::Property(Property::Keywords)),
    ("ldblquote", Word::Character("“")),
    ("line", Word::Break),
    ("listoverridetable", Word::LeftOut),
    ("listtable", Word::LeftOut),
    ("listtext", Word::Bullet),
    ("lquote", Word::Character("‘")),
    ("mac", Word::MacPage),
    ("mvf", Word::Deleted),
    ("nestcell", Word::InnerCell),
    ("nestrow", Word::InnerCell),
    ("nonesttables", Word::LeftOut),
    ("nonshppict", Word::LeftOut),
    ("object", Word::LeftOut),
    ("outlinelevel", Word::Outline),
    ("page", Word::Break),
    ("par", Word::Paragraph),
    ("pard", Word::PlainParagraph),
    ("pc", Word::DosPage),
    ("pca", Word::Os2Page),
    ("pict", Word::LeftOut),
    ("plain", Word::Plain),
    ("pn", Word::LeftOut),
    ("pntext", Word::Bullet),
    ("private", Word::LeftOut),
    ("qmspace", Word::Character(" ")),
    ("rdblquote", Word::Character("”")),
    ("revtbl", Word::LeftOut),
    ("row", Word::Row),
    ("rquote", Word::Character("’")),
    ("rsidtbl", Word::LeftOut),
    ("rxe", Word::LeftOut),
    ("s", Word::Style),
    ("sbasedon", Word::ParentStyle),
    ("sect", Word::Paragraph),
    ("shp", Word::Shape),
    ("shpgrp", Word::Shape),
    ("shpinst", Word::Shape),
    ("shprslt", Word::LeftOut),
    ("shptxt", Word::ShapeText),
    ("stylesheet", Word::Styles),
    ("tab", Word::Character(" ")),
    ("tc", Word::LeftOut),
    ("tcn", Word::LeftOut),
    ("template", Word::LeftOut),
    ("title", Word::Property(Property::Title)),
    ("trowd", Word::InTable),
    ("ts", Word::OtherStyle),
    ("tsrowd", Word::OtherStyle),
    ("txe", Word::LeftOut),
    ("u", Word::Unicode),
    ("uc", Word::Fallback),
    ("v", Word::Hidden),
    ("webhidden", Word::Hidden),
    ("xe", Word::LeftOut),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(Word::of("par"), Some(Word::Paragraph));
        assert_eq!(Word::of("b"), None);
    }
}

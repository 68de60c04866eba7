//! XML as a stream of tags and pieces of text, each with its bytes.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use crate::model::entities::unescaped;
/// What comes next in an XML source. An element that closes itself comes as a start and an end.
pub(super) enum Token<'s> {
    /// A start tag.
    Start(Tag<'s>),
    /// An end tag.
    End(End<'s>),
    /// Text of the bytes of `range`; `verbatim` when it stands there byte for byte.
    Text { text: Cow<'s, str>, range: Range<usize>, verbatim: bool },
}

/// An end tag.
pub(super) struct End<'s>(BytesEnd<'s>);

impl End<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// A start tag.
pub(super) struct Tag<'s>(BytesStart<'s>);

impl Tag<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Its name as it is written, with its prefix.
    #[cfg(feature = "odt")]
    pub(super) fn full_name(&self) -> &str {
        self.0.name().into_inner()
    }

    /// The decoded value of an attribute, by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let found =
            self.0.attributes().with_checks(false).flatten().find(|a| a.key.local_name().into_inner() == name)?;
        Some(unescaped(&found.value))
    }
}

/// The tokens of a source; they end at its end or where it is no XML any more.
pub(super) struct Tokens<'s> {
    reader: Reader<&'s [u8]>,
    text: &'s str,
    /// How many elements are open.
    depth: usize,
    broken: bool,
}

impl<'s> Tokens<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader, text, depth: 0, broken: false }
    }

    /// Whether they ended before their source did: it is cut off, or no XML from there on.
    #[cfg(any(feature = "docx", feature = "odt"))]
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }
}

impl<'s> Iterator for Tokens<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        loop {
            let place = |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let from = place(&self.reader);
            let Ok(event) = self.reader.read_event() else {
                self.broken = true;
                return None;
            };
            let range = from..place(&self.reader).max(from);
            let raw = self.text.get(range.clone()).unwrap_or("");
            return Some(match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    self.depth += 1;
                    Token::Start(Tag(tag))
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Token::End(End(tag))
                }
                Event::Text(_) => Token::Text { text: Cow::Borrowed(raw), range, verbatim: true },
                Event::CData(_) => {
                    let inside = raw.strip_prefix("<![CDATA[").and_then(|r| r.strip_suffix("]]>")).unwrap_or("");
                    let start = range.start + "<![CDATA[".len();
                    Token::Text { text: Cow::Borrowed(inside), range: start..start + inside.len(), verbatim: true }
                }
                Event::GeneralRef(_) => {
                    let text = unescaped(raw);
                    let verbatim = text == raw;
                    Token::Text { text: Cow::Owned(text), range, verbatim }
                }
                Event::Eof => {
                    self.broken |= self.depth > 0;
                    return None;
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_with_its_bytes() {
        let xml = "<?xml version='1.0'?><a:b x='1 &amp; 2'>r&#233;d<![CDATA[ <i> ]]>&bogus; &amp;<c/></a:b>";
        let mut out = String::new();
        for token in Tokens::new(xml) {
            match token {
                Token::Start(tag) => out.push_str(&format!("[{} {:?}]", tag.name(), tag.attribute("x"))),
                Token::End(name) => out.push_str(&format!("[/{}]", name.name())),
                Token::Text { text, range, verbatim } => {
                    assert_eq!(verbatim, xml[range] == *text);
                    out.push_str(&text);
                }
            }
        }
        assert_eq!(out, "[b Some(\"1 & 2\")]réd <i> &bogus; &[c None][/c][/b]");
    }
}

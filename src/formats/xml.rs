//! XML as a stream of tags and pieces of text, each with its bytes; and readable text made of such pieces.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use crate::model::entities::unescaped;
use crate::model::{Decoding, Source, SourceId, Span};

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
}

impl<'s> Tokens<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader, text }
    }
}

impl<'s> Iterator for Tokens<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        loop {
            let place = |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let from = place(&self.reader);
            let event = self.reader.read_event().ok()?;
            let range = from..place(&self.reader).max(from);
            let raw = self.text.get(range.clone()).unwrap_or("");
            return Some(match event {
                Event::Start(tag) | Event::Empty(tag) => Token::Start(Tag(tag)),
                Event::End(tag) => Token::End(End(tag)),
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
                Event::Eof => return None,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }
}

/// Readable text taken out of an XML source, with the way back to its bytes.
#[derive(Debug, Default)]
pub(super) struct Extract {
    pub text: String,
    decoding: Decoding,
    /// The source byte behind the end of the text so far.
    end: u32,
}

impl Extract {
    /// Adds text that stands for the bytes of `range` in `from`; `verbatim` when it stands there byte for byte.
    pub(super) fn push(&mut self, from: &Source, text: &str, range: Range<usize>, verbatim: bool) {
        let original = |at: usize| from.original(u32::try_from(at).unwrap_or(u32::MAX));
        let (start, end) = (original(range.start), original(range.end));
        let at = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let whole = (end - start) as usize == text.len();
        if !verbatim || at == 0 || start != self.end || !whole {
            // where the text so far ends, so that a span up to here does not take in what stands between
            self.decoding.push(at, self.end.min(start));
            if verbatim && !whole {
                let range = Span::new(SourceId(0), range);
                self.decoding.append(at, &from.decoded.piece(&from.text, range.start..range.end));
            } else {
                self.decoding.push(at, start);
            }
        }
        self.text.push_str(text);
        self.end = end;
        if !verbatim || !whole {
            self.decoding.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX), end);
        }
    }

    #[cfg(any(test, feature = "docx", feature = "odt"))]
    /// Adds text that stands for nothing in the source: a line break between paragraphs.
    pub(super) fn made(&mut self, text: &str) {
        let at = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.decoding.push(at, self.end);
        self.text.push_str(text);
        self.decoding.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX), self.end);
    }

    /// The text as a source.
    pub(super) fn source(self, name: String) -> Source {
        Source::new(name, self.text, self.decoding)
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

    #[test]
    fn extracted_text_maps_back() {
        let xml = "<p><r>smi</r><r>led &amp; w</r></p><p>ent</p>";
        let from = Source::new("a", xml, Decoding::default());
        let mut extract = Extract::default();
        for token in Tokens::new(xml) {
            match token {
                Token::Text { text, range, verbatim } => extract.push(&from, &text, range, verbatim),
                Token::End(tag) if tag.name() == "p" => extract.made("\n"),
                _ => {}
            }
        }
        let source = extract.source("b".into());
        assert_eq!(source.text, "smiled & went\n".replace("went", "w\nent"));
        let back = |word: &str| {
            let at = source.text.find(word).unwrap();
            let range = source.original_range(at as u32..(at + word.len()) as u32);
            &xml[range.start as usize..range.end as usize]
        };
        assert_eq!(back("smi"), "smi");
        assert_eq!(back("smiled"), "smi</r><r>led");
        assert_eq!(back("&"), "&amp;");
        assert_eq!(back("led & w"), "led &amp; w");
        assert_eq!(back("ent"), "ent");
    }
}

//! Readable text that is taken out of a source piece by piece, with the way back to its bytes.

use std::ops::Range;

use crate::model::{Decoding, Source, SourceId, Span};

/// Readable text so far.
#[derive(Debug, Default)]
pub(super) struct Extract {
    pub text: String,
    decoding: Decoding,
    /// The source byte behind the end of the text so far.
    end: u32,
    /// The last break of the decoding, so that none is there twice.
    last: Option<(u32, u32)>,
}

impl Extract {
    /// Adds text that stands for the bytes of `range` in `from`; `verbatim` when it stands there byte for byte.
    pub(super) fn push(&mut self, from: &Source, text: &str, range: Range<usize>, verbatim: bool) {
        let original = |at: usize| from.original(u32::try_from(at).unwrap_or(u32::MAX));
        let (start, end) = (original(range.start), original(range.end));
        let at = self.len();
        let whole = (end - start) as usize == text.len();
        if !verbatim || at == 0 || start != self.end || !whole {
            // where the text so far ends, so that a span up to here does not take in what stands between
            self.part(at, self.end.min(start));
            if verbatim && !whole {
                let range = Span::new(SourceId(0), range);
                self.decoding.append(at, &from.decoded.piece(&from.text, range.start..range.end));
                self.last = None;
            } else {
                self.part(at, start);
            }
        }
        self.text.push_str(text);
        self.end = end;
        if !verbatim || !whole {
            self.part(self.len(), end);
        }
    }

    /// Adds a break to the way back.
    fn part(&mut self, decoded: u32, original: u32) {
        if self.last.replace((decoded, original)) != Some((decoded, original)) {
            self.decoding.push(decoded, original);
        }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// An empty one for what follows behind this one in the same source.
    #[cfg(any(feature = "docx", feature = "odt", feature = "rtf"))]
    pub(super) fn next(&self) -> Self {
        Self { end: self.end, ..Self::default() }
    }

    /// Adds what was taken out behind the text so far, see [`next`](Self::next).
    #[cfg(any(feature = "docx", feature = "odt", feature = "rtf"))]
    pub(super) fn append(&mut self, next: &Self) {
        let at = self.len();
        self.decoding.append(at, &next.decoding);
        self.last = next.last.map(|(decoded, original)| (at.saturating_add(decoded), original)).or(self.last);
        self.text.push_str(&next.text);
        self.end = next.end;
    }

    /// Adds text that stands for nothing in the source: a line break between paragraphs.
    #[cfg(any(feature = "docx", feature = "odt", feature = "rtf"))]
    pub(super) fn made(&mut self, text: &str) {
        self.part(self.len(), self.end);
        self.text.push_str(text);
        self.part(self.len(), self.end);
    }

    /// The text as a source.
    pub(super) fn source(self, name: String) -> Source {
        Source::new(name, self.text, self.decoding)
    }
}

#[cfg(all(test, feature = "docx"))]
mod tests {
    use super::super::xml::{Token, Tokens};
    use super::*;

    #[test]
    fn extracted_text_maps_back() {
        let xml = "<p><r>smi</r><r>led &amp; w</r></p><p>ent</p>";
        let from = Source::new("a", xml, Decoding::default());
        let (mut extract, mut open) = (Extract::default(), Extract::default());
        for token in Tokens::new(xml) {
            match token {
                Token::Text { text, range, verbatim } => open.push(&from, &text, range, verbatim),
                Token::End(tag) if tag.name() == "p" => {
                    extract.append(&open);
                    extract.made("\n");
                    open = extract.next();
                }
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

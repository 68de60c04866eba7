//! A source cut down to the stretches that a report points at.

use std::ops::Range;

use super::{Decoding, Paragraph, Source, characters};

/// What stands before a piece of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Before {
    /// Lines that end before it.
    pub lines: usize,
    /// Characters on the line it starts in.
    pub characters: usize,
    /// Bytes on that line, as UTF-8.
    pub bytes: usize,
}

/// A stretch of a longer text, up to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Where it starts in the text that is left.
    pub at: u32,
    /// What stood before it in the file.
    pub before: Before,
}

impl Source {
    /// This source with the rest of its text left out. Lines, columns and bytes in what is left are still those of the
    /// file; what is only of use to fixes is not kept. `keep`: in order, apart from each other, on character boundaries.
    pub fn condensed(&self, keep: &[Range<usize>]) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut decoded = Decoding::default();
        let mut left = Self::new(self.name.clone(), "", Decoding::default());
        for range in keep {
            let Some(text) = self.text.get(range.clone()) else { continue };
            let at = offset(left.text.len());
            let (start, end) = (offset(range.start), offset(range.end));
            decoded.append(at, &self.decoded.piece(&self.text, start..end));
            let position = self.position(start);
            let before = Before {
                lines: position.line.saturating_sub(1),
                characters: position.column.saturating_sub(1),
                bytes: self.byte_column(start).saturating_sub(1),
            };
            left.stretches.push(Stretch { at, before });
            let inside = self.paragraphs.iter().filter(|p| p.range.start < end && start < p.range.end);
            left.paragraphs.extend(inside.map(|p| {
                let moved = |place: u32| at + (place.clamp(start, end) - start);
                Paragraph { range: moved(p.range.start)..moved(p.range.end), ..p.clone() }
            }));
            left.text.push_str(text);
        }
        Self { decoded, inside: self.inside, holder: self.holder.clone(), ..left }
    }

    /// The stretches that were left when it was condensed; none of a whole source.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// A source that was condensed, from its parts.
    pub fn of_stretches(self, stretches: Vec<Stretch>) -> Self {
        Self { stretches, ..self }
    }

    /// What stands before a byte of a condensed text; none where the text is whole.
    pub(super) fn before_in_stretch(&self, offset: usize) -> Option<Before> {
        let next = self.stretches.partition_point(|s| s.at as usize <= offset);
        let stretch = self.stretches.get(next.checked_sub(1)?)?;
        let text = self.text.get(stretch.at as usize..offset)?;
        let before = stretch.before;
        Some(match text.rfind('\n') {
            None => Before {
                characters: before.characters + characters(text.as_bytes(), 0..text.len()),
                bytes: before.bytes + text.len(),
                ..before
            },
            Some(last) => Before {
                lines: before.lines + text.bytes().filter(|b| *b == b'\n').count(),
                characters: characters(text.as_bytes(), last + 1..text.len()),
                bytes: text.len() - last - 1,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Decoding, Source};

    #[test]
    fn what_is_left_keeps_its_places() {
        let text = "one\r\ntwo é three\nfour\u{fffd} five\n\nsix seven\n";
        let mut decoding = Decoding::shifted(3);
        let at = text.find('\u{fffd}').unwrap() as u32;
        decoding.push(at, at + 3);
        decoding.push(at + 3, at + 4);
        let whole = Source::new("a.txt", text, decoding);
        for source in [&whole, &whole.piece("a#1", 5..text.len(), whole.position(5))] {
            let text = &source.text;
            let find = |words: &str| text.find(words).unwrap();
            let keep = [find("two")..find("three"), find("our")..find("five") + 2, find("seven")..text.len()];
            let left = source.condensed(&keep);
            assert_eq!(left.text, "two é our\u{fffd} fiseven\n");
            let mut at = 0;
            for range in keep {
                for offset in range.clone() {
                    let (here, there) = ((at + offset - range.start) as u32, offset as u32);
                    assert_eq!(left.position(here), source.position(there), "{offset}");
                    assert_eq!(left.original(here), source.original(there), "{offset}");
                    if text.is_char_boundary(offset) {
                        assert_eq!(left.byte_column(here), source.byte_column(there), "{offset}");
                    }
                }
                at += range.len();
            }
            assert_eq!(left.position(999), source.position(999));
            assert_eq!((left.file(), left.entry()), (source.file(), source.entry()));
        }
        assert_eq!(whole.condensed(&[]).text, "");
    }
}

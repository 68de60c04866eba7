//! The words of all phrases, each known by a number: a text is compared with phrases by such numbers.

use std::cell::Cell;

use super::super::bytes::{Rows, Strings, stretch};
use super::super::codec::coded;
use super::Token;
use super::anchors::hash;

/// What a word of a text is to the phrases: its number, counted from 1, and where phrases are looked for that hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known(u32);

impl Known {
    /// A word of no phrase.
    pub(super) const NONE: Self = Self(0);
    /// A word that was not looked up yet.
    const OPEN: Self = Self(u32::MAX);
    /// A phrase is filed under the word alone.
    pub(super) const ALONE: u32 = 1;
    /// A phrase is filed under the word and the next one.
    pub(super) const WITH_NEXT: u32 = 2;
    /// A phrase is filed under the word and the one before it.
    pub(super) const WITH_PREVIOUS: u32 = 4;

    /// The number; 0 for a word of no phrase.
    #[inline]
    pub(super) fn number(self) -> u32 {
        self.0 >> 3
    }

    #[inline]
    pub(super) fn is(self, side: u32) -> bool {
        self.0 & side != 0
    }
}

/// The words of the phrases as a hash table.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// A power of two; of each slot the key of its word, what it is [known](Known) as (0 in a free slot), and its length in
    /// bytes if that and the key tell the word, else 0.
    slots: Rows<16>,
    /// The words by number less 1.
    strings: Strings,
}

coded!(Words { slots, strings });

/// Longest word that its key may tell, in bytes.
const KEY_BYTES: usize = 8;

/// The hash of a word by its key and, where that does not hold all of it, by the rest.
#[inline]
fn word_hash(key: u64, word: &[u8]) -> u64 {
    match word.get(KEY_BYTES..) {
        Some(rest) => {
            rest.chunks(KEY_BYTES).fold(hash(key), |all, piece| hash(all.rotate_left(29) ^ super::word_key(piece)))
        }
        None => hash(key),
    }
}

/// Whether a word of up to eight bytes is told by its key: the case bit changes letters alone, but for bytes from 0x80 up.
fn is_told(key: u64, length: usize) -> bool {
    length <= KEY_BYTES && key & 0x8080_8080_8080_8080 == 0
}

/// Where a hash is looked for first.
#[inline]
fn home(hash: u64, slots: usize) -> usize {
    (hash >> 32) as usize & slots.wrapping_sub(1)
}

fn slot(row: [u8; 16]) -> (u64, u32, u32) {
    let row = u128::from_le_bytes(row);
    (row as u64, (row >> 64) as u32, (row >> 96) as u32)
}

impl Words {
    /// Words in lower case, each once, and where phrases are filed under each.
    pub(super) fn build(strings: Strings, sides: &[u32]) -> Self {
        let size = (strings.len() * 2).next_power_of_two().max(16);
        let mut slots = vec![0u128; size];
        for (i, side) in (0..strings.len()).zip(sides) {
            let word = strings.bytes(i);
            let key = super::word_key(word);
            let all = word_hash(key, word);
            let mut at = home(all, size);
            while slots.get(at).is_some_and(|taken| *taken != 0) {
                at = (at + 1) & (size - 1);
            }
            let known = (i as u128 + 1) << 3 | u128::from(*side);
            let length = if is_told(key, word.len()) { word.len() as u128 } else { 0 };
            slots.get_mut(at).into_iter().for_each(|free| *free = u128::from(key) | known << 64 | length << 96);
        }
        let slots = slots.into_iter().map(u128::to_le_bytes).collect();
        Self { slots, strings }
    }

    /// The word of that number.
    #[inline]
    pub(super) fn bytes(&self, number: u32) -> &[u8] {
        let at = number.wrapping_sub(1);
        self.strings.pool.get(stretch(self.strings.ends.all(), at)).unwrap_or(&[])
    }

    /// The words of a paragraph, none looked up yet.
    pub(super) fn of<'a>(&'a self, text: &'a str, tokens: &'a [Token], known: &'a mut Vec<Known>) -> Paragraph<'a> {
        known.clear();
        known.resize(tokens.len(), Known::OPEN);
        let known = Cell::from_mut(known.as_mut_slice()).as_slice_of_cells();
        Paragraph { words: self, slots: self.slots.all(), text, tokens, known }
    }

    #[inline]
    fn find(&self, slots: &[[u8; 16]], hash: u64, key: u64, word: &[u8]) -> Known {
        let mut at = home(hash, slots.len());
        for _ in 0..slots.len() {
            let Some((held, known, length)) = slots.get(at).map(|row| slot(*row)) else { break };
            if known == 0 {
                break;
            }
            let known = Known(known);
            if held == key {
                let same = match length {
                    0 => self.bytes(known.number()).eq_ignore_ascii_case(word),
                    length => length as usize == word.len(),
                };
                if same {
                    return known;
                }
            }
            at = (at + 1) & (slots.len() - 1);
        }
        Known::NONE
    }
}

/// The words of a paragraph of a text, each looked up at most once.
#[derive(Clone, Copy)]
pub(super) struct Paragraph<'a> {
    words: &'a Words,
    slots: &'a [[u8; 16]],
    text: &'a str,
    tokens: &'a [Token],
    known: &'a [Cell<Known>],
}

impl<'a> Paragraph<'a> {
    /// A word as it stands there; empty past the last.
    #[inline]
    pub(super) fn word(&self, i: usize) -> &'a [u8] {
        let Some(t) = self.tokens.get(i) else { return &[] };
        self.text.as_bytes().get(t.start as usize..t.end as usize).unwrap_or(&[])
    }

    /// What a word is.
    #[inline]
    pub(super) fn known(&self, i: usize) -> Known {
        let (Some(token), Some(known)) = (self.tokens.get(i), self.known.get(i)) else { return Known::NONE };
        if known.get() == Known::OPEN {
            let word = self.word(i);
            known.set(self.words.find(self.slots, word_hash(token.key, word), token.key, word));
        }
        known.get()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::dice::Dice;

    fn of(words: &Words, word: &str) -> Known {
        let token = Token { key: super::super::word_key(word.as_bytes()), start: 0, end: word.len() as u32 };
        words.of(word, &[token], &mut Vec::new()).known(0)
    }

    #[test]
    fn a_word_is_known_in_any_case_and_no_other_is() {
        let all = ["gun", "é", "disappointed", "disappointing", "eightlet", "eightlets", "a_1"];
        let words =
            Words::build(Strings::new(all), &[0, Known::ALONE, Known::WITH_NEXT | Known::WITH_PREVIOUS, 0, 0, 0, 0]);
        for (word, expected) in [
            ("GUN", 1),
            ("é", 2),
            ("DISAPPOINTED", 3),
            ("disappointing", 4),
            ("disappointments", 0),
            ("eightlet", 5),
            ("eightlets", 6),
            ("A_1", 7),
            ("eightle", 0),
            ("ã", 0),
            ("É", 0),
            ("gu", 0),
            ("", 0),
        ] {
            assert_eq!(of(&words, word).number(), expected, "{word}");
        }
        let sides = |word| [Known::ALONE, Known::WITH_NEXT, Known::WITH_PREVIOUS].map(|side| of(&words, word).is(side));
        assert_eq!(sides("gun"), [false, false, false]);
        assert_eq!(sides("é"), [true, false, false]);
        assert_eq!(sides("disappointed"), [false, true, true]);
        assert_eq!(of(&Words::default(), "gun"), Known::NONE);
    }

    #[test]
    fn agrees_with_a_plain_search() {
        let mut dice = Dice(5);
        let pieces = ["a", "b", "é", "longer", "_", "9"];
        let all: BTreeSet<String> = (0..2_000).map(|i| dice.text(&pieces, i % 7 + 1)).collect();
        let words = Words::build(Strings::new(all.iter().map(String::as_str)), &vec![0; all.len()]);
        for i in 0..4_000 {
            let word = dice.text(&["A", "b", "é", "Longer", "_", "9", "c"], i % 7 + 1);
            let expected = all.iter().position(|w| w.eq_ignore_ascii_case(&word)).map_or(0, |at| at as u32 + 1);
            assert_eq!(of(&words, &word).number(), expected, "{word}");
        }
    }
}

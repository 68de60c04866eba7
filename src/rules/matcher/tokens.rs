//! The words of a text, found 64 bytes at a time.

use crate::model::bits::bits;
use crate::rules::lexicon::is_word_byte;

/// A word of a text: bytes from `start` to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its first eight bytes, see [`word_key`].
    pub key: u64,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The case bit of eight bytes.
const CASE: u64 = 0x2020_2020_2020_2020;

/// The first eight bytes of a word with the case bit set: equal for equal words, and cheap.
pub fn word_key(word: &[u8]) -> u64 {
    let mut bytes = [0u8; 8];
    for (to, from) in bytes.iter_mut().zip(word) {
        *to = from | 0x20;
    }
    u64::from_le_bytes(bytes)
}

/// The key of the word that is those bytes of a text.
#[inline]
fn key_at(text: &[u8], start: usize, end: usize) -> u64 {
    let Some(eight) = text.get(start..).and_then(|rest| rest.first_chunk::<8>()) else {
        return word_key(text.get(start..end).unwrap_or(&[]));
    };
    let length = (end - start).min(8) as u32;
    (u64::from_le_bytes(*eight) | CASE) & (u64::MAX >> (64 - 8 * length))
}

/// The words of a paragraph of normalized text, into `tokens`, with offsets from the start of `text`. Underscores
/// around a word are how plain text writes italics.
pub fn tokenize(text: &str, tokens: &mut Vec<Token>) {
    tokens.clear();
    let text = text.as_bytes();
    let (blocks, rest) = text.as_chunks::<64>();
    let mut last = [0; 64];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let (mut inside, mut start) = (0, 0);
    for (from, block) in (0..).step_by(64).zip(blocks.iter().chain([&last])) {
        let words = bits(block, is_word_byte);
        // where a word starts, and one past where it ends, in turn
        let mut edges = words ^ (words << 1 | inside);
        let mut open = inside == 1;
        inside = words >> 63;
        while edges != 0 {
            let at = from + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            if open {
                push(text, start, at, tokens);
            }
            start = at;
            open = !open;
        }
    }
    // the last block may be full
    if inside == 1 {
        push(text, start, text.len(), tokens);
    }
}

#[inline]
fn push(text: &[u8], mut start: usize, mut end: usize, tokens: &mut Vec<Token>) {
    let is_line = |at: usize| text.get(at) == Some(&b'_');
    while start < end && is_line(start) {
        start += 1;
    }
    while start < end && is_line(end - 1) {
        end -= 1;
    }
    if start < end {
        tokens.push(Token { key: key_at(text, start, end), start: start as u32, end: end as u32 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dice::Dice;

    fn words(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        for t in &tokens {
            assert_eq!(t.key, word_key(&text.as_bytes()[t.start as usize..t.end as usize]), "{text:?}");
        }
        tokens.iter().map(|t| &text[t.start as usize..t.end as usize]).collect()
    }

    #[test]
    fn underscores_around_a_word_are_not_of_it() {
        let text = "_drunk_ on __sea_water__ _ and ___";
        assert_eq!(words(text), ["drunk", "on", "sea_water", "and"]);
    }

    /// Words that start and end at any place of a block, against a look at each byte.
    #[test]
    fn agrees_with_a_look_at_each_byte() {
        let pieces =
            ["a", "é", " ", "-", "Word", "\u{1a}", "0", "_", "'", "longer_than_eight", "{", "@", "`", "[", "/", ":"];
        let mut dice = Dice(11);
        for length in 0..400 {
            let text = dice.text(&pieces, length);
            let parts = text.split(|c: char| c.is_ascii() && !is_word_byte(c as u8)).map(|w| w.trim_matches('_'));
            assert_eq!(words(&text), parts.filter(|w| !w.is_empty()).collect::<Vec<_>>(), "{text:?}");
        }
        for text in ["x".repeat(64), "x".repeat(128), format!("{} y", "x".repeat(62)), String::new()] {
            assert_eq!(words(&text), text.split_whitespace().collect::<Vec<_>>());
        }
    }
}

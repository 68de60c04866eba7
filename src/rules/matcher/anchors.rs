//! Keys of words, and phrases by such keys.

use super::super::bytes::{Rows, one, pair, row, stretch};
use super::super::codec::coded;

/// The key of the first four bytes of a word, under which terms are filed that end in `*`.
pub(super) fn start_of(key: u64) -> u64 {
    key & 0xffff_ffff
}

/// The key of an anchor with the word after it, by their numbers.
#[inline]
pub(super) fn with_next(anchor: u32, next: u32) -> u64 {
    u64::from(anchor) << 32 | u64::from(next)
}

/// The key of an anchor with the word before it, which is no key of one with the word after it.
#[inline]
pub(super) fn with_previous(anchor: u32, previous: u32) -> u64 {
    1 << 63 | with_next(anchor, previous)
}

#[inline]
pub(super) fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The key of a word with the word after it, by their own keys.
#[inline]
pub(super) fn next_key(anchor: u64, next: u64) -> u64 {
    hash(anchor).rotate_left(23) ^ next
}

/// The key of a word with the word before it, by their own keys.
#[inline]
pub(super) fn previous_key(anchor: u64, previous: u64) -> u64 {
    hash(anchor).rotate_left(41) ^ hash(previous)
}

/// A set of keys that may say yes for a key that is not in it: small enough to stay near the processor. A key has two bits in
/// one word of it, after F. Putze, P. Sanders and J. Singler, “Cache-, Hash- and Space-Efficient Bloom Filters” (2007).
#[derive(Debug, Clone, Default)]
pub(super) struct Filter(Rows<8>);

coded!(Filter { 0 });

/// Words of the filter for so many keys, as a power of two: a byte a key, so that one in twenty others passes.
fn words_for(keys: usize) -> u32 {
    (keys / 8).next_power_of_two().ilog2().clamp(4, 16)
}

/// The word of a key in a filter of a power of two words, and its bits there.
#[inline]
fn bits_of(key: u64, words: u32) -> (usize, u64) {
    let hash = hash(key);
    // the shift is less than 64 even for one word
    (((hash >> 1) >> (63 - words)) as usize, 1 << (hash >> 16 & 63) | 1 << (hash >> 22 & 63))
}

impl Filter {
    pub(super) fn build(keys: impl Iterator<Item = u64>) -> Self {
        let mut keys: Vec<u64> = keys.collect();
        keys.sort_unstable();
        keys.dedup();
        let words = words_for(keys.len());
        let mut all = vec![0u64; 1 << words];
        for key in keys {
            let (at, bits) = bits_of(key, words);
            all.get_mut(at).into_iter().for_each(|word| *word |= bits);
        }
        Self(all.into_iter().map(u64::to_le_bytes).collect())
    }

    pub(super) fn bits(&self) -> Bits<'_> {
        let words = self.0.all();
        Bits { words, power: words.len().checked_ilog2().unwrap_or(0) }
    }
}

/// A filter to look into.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    words: &'a [[u8; 8]],
    power: u32,
}

impl Bits<'_> {
    #[inline]
    pub(super) fn may_hold(self, key: u64) -> bool {
        let (at, bits) = bits_of(key, self.power);
        self.words.get(at).is_some_and(|word| u64::from_le_bytes(*word) & bits == bits)
    }
}

/// Phrases by a key.
#[derive(Debug, Clone, Default)]
pub(super) struct Anchors {
    /// By the first bits of a key's hash, where the entries start; their number is one more than a power of two.
    starts: Rows<4>,
    /// The next bits of the hash, and the phrase with the place of its anchor.
    entries: Rows<8>,
}

coded!(Anchors { starts, entries });

/// A phrase that is filed under a word or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Filed {
    /// Where it starts among the rows of all phrases.
    pub(super) phrase: u32,
    /// Which of its elements is the anchor.
    pub(super) at: usize,
}

/// Bits of the place of an anchor.
const PLACE_BITS: u32 = 3;
const _: () = assert!(super::MAX_WORDS <= 1 << PLACE_BITS);

/// What is filed under a word alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// A term that is this word and no more.
    Term(u32),
    /// A phrase that holds it.
    Phrase(Filed),
}

/// What is filed under words alone, by their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct ByWord {
    /// Of each word where what is filed under it ends.
    ends: Rows<4>,
    /// Terms and phrases, told apart by the lowest bit.
    filed: Rows<4>,
}

coded!(ByWord { ends, filed });

impl ByWord {
    /// Of so many words, what is filed under each by its number.
    pub(super) fn build(mut filed: Vec<(u32, Alone)>, words: usize) -> Self {
        filed.sort_by_key(|(number, _)| *number);
        let ends = (1..=words as u32).map(|word| filed.partition_point(|(number, _)| *number <= word) as u32);
        Self {
            ends: ends.map(u32::to_le_bytes).collect(),
            filed: filed.iter().map(|(_, filed)| filed.code().to_le_bytes()).collect(),
        }
    }

    /// What is filed under the word of that number.
    #[inline]
    pub(super) fn get(&self, number: u32) -> impl Iterator<Item = Alone> + use<'_> {
        let range = stretch(self.ends.all(), number.wrapping_sub(1));
        self.filed.all().get(range).unwrap_or(&[]).iter().map(|row| Alone::of(one(*row)))
    }
}

impl Alone {
    fn code(self) -> u32 {
        match self {
            Self::Term(term) => term << 1 | 1,
            Self::Phrase(filed) => filed.code() << 1,
        }
    }

    #[inline]
    fn of(code: u32) -> Self {
        if code & 1 == 1 { Self::Term(code >> 1) } else { Self::Phrase(Filed::of(code >> 1)) }
    }
}

impl Filed {
    fn code(self) -> u32 {
        self.phrase << PLACE_BITS | self.at as u32
    }

    #[inline]
    fn of(code: u32) -> Self {
        Self { phrase: code >> PLACE_BITS, at: (code & ((1 << PLACE_BITS) - 1)) as usize }
    }
}

/// The bucket of a key and what it is told by there.
#[inline]
fn place(key: u64, bits: u32) -> (usize, u32) {
    let hash = hash(key);
    ((hash >> (64 - bits)) as usize, (hash >> (32 - bits)) as u32)
}

impl Anchors {
    pub(super) fn build(keyed: &[(u64, Filed)]) -> Self {
        let bits = keyed.len().next_power_of_two().ilog2().clamp(1, 31);
        let filed = keyed.iter().map(|(key, filed)| (place(*key, bits), *filed));
        let mut entries: Vec<((usize, u32), Filed)> = filed.collect();
        entries.sort_unstable();
        // words of a set that start alike may have one key
        entries.dedup();
        let mut starts = vec![0u32; (1 << bits) + 1];
        for ((bucket, _), _) in &entries {
            if let Some(next) = starts.get_mut(bucket + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self {
            starts: starts.into_iter().map(u32::to_le_bytes).collect(),
            entries: entries.iter().map(|((_, tag), f)| row(*tag, f.code())).collect(),
        }
    }

    pub(super) fn keyed(&self) -> Keyed<'_> {
        let starts = self.starts.all();
        let bits = starts.len().saturating_sub(1).checked_ilog2().unwrap_or(1).clamp(1, 31);
        Keyed { starts, entries: self.entries.all(), bits }
    }
}

/// Phrases by a key, to look them up.
#[derive(Clone, Copy)]
pub(super) struct Keyed<'a> {
    starts: &'a [[u8; 4]],
    entries: &'a [[u8; 8]],
    bits: u32,
}

impl<'a> Keyed<'a> {
    /// What is filed under a key.
    #[inline]
    pub(super) fn get(self, key: u64) -> impl Iterator<Item = Filed> + use<'a> {
        let (bucket, tag) = place(key, self.bits);
        let entries = match self.starts.get(bucket..bucket + 2) {
            Some([from, to]) => self.entries.get(one(*from) as usize..one(*to) as usize),
            _ => None,
        };
        let filed = entries.unwrap_or(&[]).iter().map(|e| pair(*e)).filter(move |e| e.0 == tag);
        filed.map(|(_, filed)| Filed::of(filed))
    }
}

//! Words and what each means, as a number: those that were compiled, in order, and those that were added since.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};

use super::bytes::{Rows, Strings, one};
use super::codec::{Coded, Reader};

/// A map from words to numbers, in order of the words.
#[derive(Debug, Default)]
pub struct WordMap {
    compiled: Strings,
    values: Rows<4>,
    /// What is said here of a compiled word counts.
    added: BTreeMap<String, u32>,
}

impl WordMap {
    /// What a word means.
    pub fn get(&self, word: &str) -> Option<u32> {
        self.added.get(word).copied().or_else(|| self.compiled(word))
    }

    /// Whether the word is there.
    pub fn contains(&self, word: &str) -> bool {
        self.get(word).is_some()
    }

    /// What a word meant when the map was compiled.
    fn compiled(&self, word: &str) -> Option<u32> {
        let at = self.compiled.partition_point(|w| w < word.as_bytes());
        (self.compiled.bytes(at) == word.as_bytes()).then(|| self.values.all().get(at).map(|v| one(*v))).flatten()
    }

    /// Sets what a word means. Gives what it meant before.
    pub fn insert(&mut self, word: String, value: u32) -> Option<u32> {
        let compiled = self.compiled(&word);
        self.added.insert(word, value).or(compiled)
    }

    /// Adds a word that need not mean anything.
    pub fn add(&mut self, word: &str) {
        if !self.contains(word) {
            self.added.insert(word.to_owned(), 0);
        }
    }

    /// What a word means now: what it meant already, or else `value`.
    pub fn or_insert(&mut self, word: String, value: u32) -> u32 {
        match self.get(&word) {
            Some(means) => means,
            None => {
                self.added.insert(word, value);
                value
            }
        }
    }

    /// All words in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.between(0..self.compiled.len(), self.added.iter())
    }

    /// The words added since the map was compiled.
    pub fn added(&self) -> impl Iterator<Item = (&str, u32)> {
        self.added.iter().map(|(word, value)| (word.as_str(), *value))
    }

    /// Everything that is this word or starts with it and a space, in order; words hold letters, digits and spaces only.
    pub fn starting<'a, 'w>(&'a self, word: &'w str) -> impl Iterator<Item = (&'a str, u32)> + use<'a, 'w> {
        let starts = move |other: &str| other.strip_prefix(word).is_some_and(|r| r.is_empty() || r.starts_with(' '));
        let from = self.compiled.partition_point(|w| w < word.as_bytes());
        let added = self.added.range::<str, _>((Bound::Included(word), Bound::Unbounded));
        self.between(from..self.compiled.len(), added).take_while(move |(other, _)| starts(other))
    }

    fn between<'a, I: Iterator<Item = (&'a String, &'a u32)>>(
        &'a self,
        compiled: Range<usize>,
        added: I,
    ) -> impl Iterator<Item = (&'a str, u32)> + use<'a, I> {
        let value = |at: usize| self.values.all().get(at).map_or(0, |v| one(*v));
        let mut compiled = compiled.map(move |at| (self.compiled.get(at), value(at))).peekable();
        let mut added = added.map(|(word, value)| (word.as_str(), *value)).peekable();
        std::iter::from_fn(move || match (compiled.peek(), added.peek()) {
            (Some(old), Some(new)) if old.0 == new.0 => {
                compiled.next();
                added.next()
            }
            (Some(old), Some(new)) if new.0 < old.0 => added.next(),
            (Some(_), _) => compiled.next(),
            (None, _) => added.next(),
        })
    }
}

impl FromIterator<(String, u32)> for WordMap {
    fn from_iter<I: IntoIterator<Item = (String, u32)>>(words: I) -> Self {
        Self { added: words.into_iter().collect(), ..Self::default() }
    }
}

impl Coded for WordMap {
    fn write(&self, out: &mut Vec<u8>) {
        Strings::new(self.iter().map(|(word, _)| word)).write(out);
        self.iter().map(|(_, value)| value.to_le_bytes()).collect::<Rows<4>>().write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self { compiled: Coded::read(from)?, values: Coded::read(from)?, added: BTreeMap::new() })
    }
}

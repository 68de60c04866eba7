//! Words that others may be misspellings of, by first letter and length.

use std::collections::BTreeSet;

use super::super::bytes::Strings;
use super::super::codec::{Coded, Reader};
use super::ONE_SLIP;

/// The words: those that were compiled, and those that were added since.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    /// In order of [`place`].
    compiled: Strings,
    added: BTreeSet<(char, usize, String)>,
}

/// By what a word is filed: first letter, number of letters.
fn place(word: &str) -> Option<(char, usize)> {
    Some((word.chars().next()?, word.chars().count()))
}

impl Spellings {
    /// Adds a word, unless it is too short to be told in a misspelling.
    pub(super) fn add(&mut self, word: &str) {
        if let Some((first, length @ ONE_SLIP..)) = place(word)
            && !self.compiled_of(first, length).any(|w| w == word)
        {
            self.added.insert((first, length, word.to_owned()));
        }
    }

    /// The words of a first letter and a number of letters, in order of the alphabet.
    pub(super) fn of(&self, first: char, length: usize) -> impl Iterator<Item = &str> {
        let from = (first, length, String::new());
        let added = self.added.range(from..).take_while(move |w| (w.0, w.1) == (first, length));
        let mut added = added.map(|w| w.2.as_str()).peekable();
        let mut compiled = self.compiled_of(first, length).peekable();
        std::iter::from_fn(move || match (compiled.peek(), added.peek()) {
            (Some(old), Some(new)) if new < old => added.next(),
            (Some(_), _) => compiled.next(),
            (None, _) => added.next(),
        })
    }

    fn compiled_of(&self, first: char, length: usize) -> impl Iterator<Item = &str> {
        let before = |word: &[u8]| std::str::from_utf8(word).ok().and_then(place) < Some((first, length));
        let from = self.compiled.partition_point(before);
        let words = (from..self.compiled.len()).map(|at| self.compiled.get(at));
        words.take_while(move |word| place(word) == Some((first, length)))
    }
}

impl Coded for Spellings {
    fn write(&self, out: &mut Vec<u8>) {
        let compiled = (0..self.compiled.len()).map(|at| self.compiled.get(at).to_owned());
        let compiled = compiled.filter_map(|word| place(&word).map(|(first, length)| (first, length, word)));
        let all: BTreeSet<_> = compiled.chain(self.added.iter().cloned()).collect();
        Strings::new(all.iter().map(|w| w.2.as_str())).write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self { compiled: Coded::read(from)?, added: BTreeSet::new() })
    }
}

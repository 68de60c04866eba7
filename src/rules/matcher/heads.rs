//! Which words of a text are worth a look: the bit filters that most of them do not pass.

use super::super::codec::coded;
use super::Token;
use super::anchors::{Bits, Filter, next_key, previous_key, start_of};

/// Filters over the keys of words.
#[derive(Debug, Clone, Default)]
pub(super) struct Filters {
    /// Words under which a phrase is filed, alone or with another. It is small, so that most words cost little.
    heads: Filter,
    /// Words under which one is filed alone.
    alone: Filter,
    /// Such words with the word beside them.
    pairs: Filter,
    /// Starts of words.
    starts: Filter,
}

coded!(Filters { heads, alone, pairs, starts });

impl Filters {
    /// Filters of the keys of words, of words filed alone, of words with those beside them, and of starts.
    pub(super) fn build(heads: Vec<u64>, alone: Vec<u64>, pairs: Vec<u64>, starts: Vec<u64>) -> Self {
        let [heads, alone, pairs, starts] = [heads, alone, pairs, starts].map(|keys| Filter::build(keys.into_iter()));
        Self { heads, alone, pairs, starts }
    }

    pub(super) fn looks(&self) -> Looks<'_> {
        let [heads, alone, pairs, starts] = [&self.heads, &self.alone, &self.pairs, &self.starts].map(Filter::bits);
        Looks { heads, alone, pairs, starts }
    }
}

/// Filters to look into.
#[derive(Clone, Copy)]
pub(super) struct Looks<'a> {
    heads: Bits<'a>,
    alone: Bits<'a>,
    pairs: Bits<'a>,
    starts: Bits<'a>,
}

impl Looks<'_> {
    /// Whether something may be filed under a word with the next one, by their keys.
    #[inline]
    pub(super) fn with_next(self, anchor: u64, next: u64) -> bool {
        self.pairs.may_hold(next_key(anchor, next))
    }

    /// Whether something may be filed under a word with the one before it.
    #[inline]
    pub(super) fn with_previous(self, anchor: u64, previous: u64) -> bool {
        self.pairs.may_hold(previous_key(anchor, previous))
    }

    /// Whether something may be filed under the start of a word.
    #[inline]
    pub(super) fn start(self, word: u64) -> bool {
        self.starts.may_hold(start_of(word))
    }

    /// Puts the words into `found`, as indices in order, under which or under the start of which something may be filed that
    /// may stand there, by the words beside them. Every word is written, and the next one over it if it is none: no branch
    /// is guessed wrong.
    pub(super) fn heads(self, tokens: &[Token], found: &mut Vec<u32>) {
        found.clear();
        found.resize(tokens.len(), 0);
        let mut count = 0;
        for (i, token) in (0u32..).zip(tokens) {
            found.get_mut(count).into_iter().for_each(|head| *head = i);
            count += usize::from(self.heads.may_hold(token.key) | self.start(token.key));
        }
        found.truncate(count);
        count = 0;
        let key = |i: usize| tokens.get(i).map_or(0, |token| token.key);
        for at in 0..found.len() {
            let i = found.get(at).copied().unwrap_or(0);
            let (word, next, previous) = (key(i as usize), key(i as usize + 1), key((i as usize).wrapping_sub(1)));
            found.get_mut(count).into_iter().for_each(|head| *head = i);
            let alone = self.alone.may_hold(word) | self.start(word);
            count += usize::from(alone | self.with_next(word, next) | self.with_previous(word, previous));
        }
        found.truncate(count);
    }
}

//! Terms to the tables in which they are found.

use super::super::bytes::{Rows, Strings, row};
use super::super::lexicon::{Book, Form, Part as Place};
use super::anchors::{Alone, Anchors, ByWord, Filed, next_key, previous_key, start_of, with_next, with_previous};
use super::heads::Filters;
use super::word_key;
use super::words::{Known, Words};
use super::{Element, Index, Kind, Part, Term, TermKind};
use crate::model::TermId;

/// Most keys that a phrase is filed under. Few phrases need many, but those have frequent words and would be compared at
/// each of them.
const MOST_KEYS: usize = 256;

impl Index {
    /// An index of terms, each with its text as written in TOML. Files each phrase under its rarest word, together with a word beside it where there is one, so that the many
    /// forms of a term are told apart by one look; where any of several words may stand, under each of them.
    /// `common` ranks words, the higher the more frequent.
    pub fn build<'w>(
        terms: &[(Term, &str)],
        book: &Book,
        forms: &[(Form, TermId)],
        common: impl IntoIterator<Item = (&'w str, u32)>,
    ) -> Self {
        Self::compiled(Part::build(terms, book, forms, common), Part::default())
    }

    /// Adds terms after those that are there; of `forms` the terms are counted from the first of `terms`.
    pub(in crate::rules) fn add<'w>(
        &mut self,
        terms: &[(Term, &str)],
        book: &Book,
        forms: &[(Form, TermId)],
        common: impl IntoIterator<Item = (&'w str, u32)>,
    ) {
        if !terms.is_empty() {
            let added = Part::build(terms, book, forms, common);
            *self = if self.is_empty() {
                Self::compiled(added, Part::default())
            } else {
                Self::compiled(std::mem::take(&mut self.base), added)
            };
        }
    }
}

impl Part {
    fn build<'w>(
        terms: &[(Term, &str)],
        book: &Book,
        forms: &[(Form, TermId)],
        common: impl IntoIterator<Item = (&'w str, u32)>,
    ) -> Self {
        let mut part = Self::of_terms(terms);
        part.add_sets(book);
        part.gaps = Strings::new(book.gaps.iter().map(String::as_str));
        let ends = book.words.iter().map(|(_, to)| to.to_le_bytes()).collect();
        let words = Strings { ends, pool: book.pool.clone().into_bytes().into() };
        let sides = part.add_phrases(book, &words, forms, common);
        part.words = Words::build(words, &sides);
        part
    }

    fn of_terms(terms: &[(Term, &str)]) -> Self {
        let (mut rows, mut texts) = (Vec::with_capacity(terms.len() * 16), Vec::new());
        for (term, text) in terms {
            texts.extend_from_slice(text.as_bytes());
            let kind = match term.kind {
                TermKind::Counted => 0,
                TermKind::Exception => 1,
                TermKind::Anchor(pattern) => pattern + 2,
            };
            for number in [term.lexicon.0, term.weight.to_bits(), kind, texts.len() as u32] {
                rows.extend_from_slice(&number.to_le_bytes());
            }
        }
        Self { terms: Rows(rows.into()), texts: texts.into(), ..Self::default() }
    }

    fn add_sets(&mut self, book: &Book) {
        let (mut ends, mut members) = (Vec::with_capacity(book.sets.len()), Vec::new());
        for set in &book.sets {
            members.extend(set.words.iter().map(|w| number(*w)));
            ends.push((members.len() as u32).to_le_bytes());
        }
        self.sets = ends.into_iter().collect();
        self.members = members.into_iter().map(u32::to_le_bytes).collect();
    }

    /// Gives where phrases are filed under each word, as what it is [`Known`] for.
    fn add_phrases<'w>(
        &mut self,
        book: &Book,
        words: &Strings,
        forms: &[(Form, TermId)],
        common: impl IntoIterator<Item = (&'w str, u32)>,
    ) -> Vec<u32> {
        let mut ranks = vec![0; book.words.len()];
        for (word, rank) in common {
            if let Some(at) = book.known(word).and_then(|w| ranks.get_mut(w as usize)) {
                *at = rank.max(*at);
            }
        }
        let rank = |w: &u32| ranks.get(*w as usize).copied().unwrap_or(0);
        let length = |w: &u32| book.words.get(*w as usize).map_or(0, |w| (w.1 - w.0) as usize);
        let mut phrases = Vec::with_capacity(forms.len() * 4);
        let keys: Vec<u64> = (0..book.words.len()).map(|w| word_key(words.bytes(w))).collect();
        let mut filed = FiledUnder { sides: vec![0; keys.len()], keys, ..FiledUnder::default() };
        for (form, term) in forms {
            if let [piece] = form.as_slice()
                && !matches!(piece.part, Place::Prefix(_))
            {
                filed.alone(book.words_of(&piece.part), Alone::Term(term.0));
                continue;
            }
            let phrase = phrases.len() as u32;
            phrases.push(row(term.0, form.len() as u32));
            phrases.extend(form.iter().map(|piece| {
                let (kind, what) = match piece.part {
                    Place::Word(w) => (Kind::Word, number(w)),
                    Place::Prefix(w) => (Kind::Prefix, number(w)),
                    Place::Named(set) | Place::AnyOf(set) => (Kind::Set, set),
                    Place::Character => (Kind::Character, 0),
                };
                Element { what, kind, gap: piece.gap }.row()
            }));
            let words_at = |k: Option<usize>| k.and_then(|k| form.get(k)).map_or(&[][..], |p| book.words_of(&p.part));
            let weigh = |part: &Place| match part {
                Place::Prefix(p) => (1, 1, usize::MAX - length(p)),
                part => {
                    let words = book.words_of(part);
                    let common = words.iter().map(rank).max().unwrap_or(u32::MAX);
                    (common, words.len(), usize::MAX - words.iter().map(length).min().unwrap_or(0))
                }
            };
            let firm = form.iter().enumerate().filter(|(_, p)| book.is_firm(&p.part));
            let Some((at, piece)) = firm.min_by_key(|(_, p)| weigh(&p.part)) else { continue };
            if let Place::Prefix(p) = piece.part {
                filed.prefixes.push((start_of(word_key(words.bytes(p as usize))), Filed { phrase, at }));
                continue;
            }
            let anchors = book.words_of(&piece.part);
            let (next, previous) = (words_at(Some(at + 1)), words_at(at.checked_sub(1)));
            let few = |w: &[u32]| !w.is_empty() && anchors.len() * w.len() <= MOST_KEYS;
            if few(next) && (!few(previous) || next.len() <= previous.len()) {
                filed.pair(anchors, next, true, Filed { phrase, at });
            } else if few(previous) {
                filed.pair(anchors, previous, false, Filed { phrase, at });
            } else {
                filed.alone(anchors, Alone::Phrase(Filed { phrase, at }));
            }
        }
        self.phrases = phrases.into_iter().collect();
        self.filters = filed.filters();
        self.alone = ByWord::build(filed.alone, book.words.len());
        self.pairs = Anchors::build(&filed.pairs);
        self.prefixes = Anchors::build(&filed.prefixes);
        filed.sides
    }
}

/// The number of a word of the book.
fn number(word: u32) -> u32 {
    word + 1
}

/// What phrases are filed under.
#[derive(Default)]
struct FiledUnder {
    alone: Vec<(u32, Alone)>,
    pairs: Vec<(u64, Filed)>,
    prefixes: Vec<(u64, Filed)>,
    /// Of each word where phrases are filed under it, and its key.
    sides: Vec<u32>,
    keys: Vec<u64>,
    /// The keys of words with the words beside them.
    beside: Vec<u64>,
}

impl FiledUnder {
    fn side(&mut self, word: u32, side: u32) {
        self.sides.get_mut(word as usize).into_iter().for_each(|sides| *sides |= side);
    }

    /// Files a term or a phrase under each of some words.
    fn alone(&mut self, anchors: &[u32], filed: Alone) {
        for anchor in anchors {
            self.side(*anchor, Known::ALONE);
            self.alone.push((number(*anchor), filed));
        }
    }

    /// Files a phrase under each of some words with each of those that may stand behind it, or before it.
    fn pair(&mut self, anchors: &[u32], beside: &[u32], behind: bool, filed: Filed) {
        type Both<T> = fn(T, T) -> u64;
        let (side, of_numbers, of_keys) = match behind {
            true => (Known::WITH_NEXT, with_next as Both<u32>, next_key as Both<u64>),
            false => (Known::WITH_PREVIOUS, with_previous as _, previous_key as _),
        };
        for anchor in anchors {
            self.side(*anchor, side);
            for other in beside {
                self.pairs.push((of_numbers(number(*anchor), number(*other)), filed));
                self.beside.push(of_keys(self.key(*anchor), self.key(*other)));
            }
        }
    }

    fn key(&self, word: u32) -> u64 {
        self.keys.get(word as usize).copied().unwrap_or(0)
    }

    fn filters(&mut self) -> Filters {
        let keys_of = |sides: u32| {
            let filed = self.keys.iter().zip(&self.sides).filter(|(_, side)| *side & sides != 0);
            filed.map(|(key, _)| *key).collect()
        };
        let starts = self.prefixes.iter().map(|(start, _)| *start).collect();
        let pairs = std::mem::take(&mut self.beside);
        Filters::build(keys_of(u32::MAX), keys_of(Known::ALONE), pairs, starts)
    }
}

//! Terms to the tables in which they are found.

use super::super::bytes::{Rows, Strings, row};
use super::super::lexicon::{Book, Form, Part as Place};
use super::anchors::{Anchors, Filed, Filter, start_of, tag, with_next, with_previous};
use super::word_key;
use super::{COUNT_BITS, Element, Index, Kind, Part, Term, TermKind};
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
        part.add_words(book);
        let keys: Vec<u64> = (0..book.words.len()).map(|w| word_key(part.words.bytes(w))).collect();
        part.add_sets(book, &keys);
        part.add_phrases(book, forms, &keys, common);
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

    fn add_words(&mut self, book: &Book) {
        let ends = book.words.iter().map(|(_, to)| to.to_le_bytes()).collect();
        self.words = Strings { ends, pool: book.pool.clone().into_bytes().into() };
        self.gaps = Strings::new(book.gaps.iter().map(String::as_str));
    }

    fn add_sets(&mut self, book: &Book, keys: &[u64]) {
        let key = |w: &u32| keys.get(*w as usize).copied().unwrap_or(0);
        let (mut ends, mut members) = (Vec::with_capacity(book.sets.len()), Vec::new());
        for set in &book.sets {
            let from = members.len();
            members.extend(set.words.iter().map(|w| (tag(key(w)), *w)));
            members.get_mut(from..).unwrap_or_default().sort_unstable();
            ends.push((members.len() as u32).to_le_bytes());
        }
        self.sets = ends.into_iter().collect();
        self.members = members.into_iter().map(|(tag, word)| row(tag, word)).collect();
    }

    fn add_phrases<'w>(
        &mut self,
        book: &Book,
        forms: &[(Form, TermId)],
        keys: &[u64],
        common: impl IntoIterator<Item = (&'w str, u32)>,
    ) {
        let key = |w: &u32| keys.get(*w as usize).copied().unwrap_or(0);
        let mut ranks = vec![0; book.words.len()];
        for (word, rank) in common {
            if let Some(at) = book.known(word).and_then(|w| ranks.get_mut(w as usize)) {
                *at = rank.max(*at);
            }
        }
        let rank = |w: &u32| ranks.get(*w as usize).copied().unwrap_or(0);
        let length = |w: &u32| book.words.get(*w as usize).map_or(0, |w| (w.1 - w.0) as usize);
        let (mut heads, mut whole, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut phrases, mut elements) = (Vec::with_capacity(forms.len()), Vec::new());
        for (i, (form, term)) in (0u32..).zip(forms) {
            phrases.push(row((elements.len() as u32) << COUNT_BITS | form.len() as u32, term.0));
            elements.extend(form.iter().map(|piece| {
                let (kind, what) = match piece.part {
                    Place::Word(w) => (Kind::Word, w),
                    Place::Prefix(w) => (Kind::Prefix, w),
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
            match firm.min_by_key(|(_, p)| weigh(&p.part)) {
                Some((at, piece)) if matches!(piece.part, Place::Prefix(_)) => {
                    let Place::Prefix(p) = piece.part else { continue };
                    prefixes.push((start_of(word_key(self.words.bytes(p as usize))), Filed { phrase: i, at }));
                }
                Some((at, piece)) => {
                    let filed = Filed { phrase: i, at };
                    let anchors = book.words_of(&piece.part);
                    let (next, previous) = (words_at(Some(at + 1)), words_at(at.checked_sub(1)));
                    let few = |w: &[u32]| !w.is_empty() && anchors.len() * w.len() <= MOST_KEYS;
                    let next_first = !few(previous) || next.len() <= previous.len();
                    for anchor in anchors.iter().map(key) {
                        heads.push(anchor);
                        if few(next) && next_first {
                            whole.extend(next.iter().map(|n| (with_next(anchor, key(n)), filed)));
                        } else if few(previous) {
                            whole.extend(previous.iter().map(|p| (with_previous(anchor, key(p)), filed)));
                        } else {
                            whole.push((anchor, filed));
                        }
                    }
                }
                None => {}
            }
        }
        self.phrases = phrases.into_iter().collect();
        self.elements = elements.into_iter().collect();
        self.heads = Filter::build(heads.into_iter());
        self.whole = Anchors::build(&whole);
        self.prefixes = Anchors::build(&prefixes);
    }
}

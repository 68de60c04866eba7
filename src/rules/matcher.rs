//! All terms of all lexicons in one index, each filed under its rarest word.
//!
//! A scan looks at every word of a paragraph once, in a bit filter small enough for the first-level cache, and with the words
//! beside it in two more. Only where a phrase may stand are the numbers of words looked up, and by the number of two words side by
//! side the phrases; their other words are compared as numbers, too. The cost follows the length of the text, not the number of
//! terms. All tables are read where they lie, so that those of the bundled packs cost nothing at start.

mod anchors;
mod build;
mod heads;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use std::collections::HashSet;

pub use tokens::{Token, tokenize, word_key};

use super::bytes::{Bytes, Rows, Strings, one, pair, stretch};
use super::codec::coded;
use super::lexicon::{MAX_WORDS, MIN_PREFIX};
use crate::model::{LexiconId, TermId};
use anchors::{Alone, Anchors, ByWord, Filed, Keyed, start_of, with_next, with_previous};
use heads::{Filters, Looks};
use words::{Known, Paragraph, Words};

/// What a term does where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// It counts.
    Counted,
    /// Terms of its lexicon inside it mean nothing.
    Exception,
    /// It opens a sentence to a pattern, by its index in the rule set.
    Anchor(u32),
}

/// A term of a lexicon.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// Its lexicon.
    pub lexicon: LexiconId,
    /// What an occurrence counts.
    pub weight: f32,
    /// What it does.
    pub kind: TermKind,
}

/// Whether what stands between two words is what a space in a term stands for: a space or any hyphen.
pub fn is_space(between: &[u8]) -> bool {
    matches!(between, b" " | b"-" | b"\x1e")
}

/// A place where a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which term.
    pub term: TermId,
    /// Its first word, as an index of the tokens.
    pub first: u32,
    /// One past its last word.
    pub last: u32,
}

/// The names that `{character}` stands for in one work, each as its words in lower case.
#[derive(Debug, Default)]
pub struct Names {
    all: HashSet<Vec<String>>,
    /// Most words of a text start no name and end none.
    first: HashSet<String>,
    last: HashSet<String>,
    /// Words of the longest.
    longest: usize,
}

impl Names {
    /// Names ready to be found.
    pub fn new(names: Vec<Vec<String>>) -> Self {
        let mut found = Self::default();
        for name in names {
            if let (Some(first), Some(last)) = (name.first(), name.last()) {
                found.first.insert(first.clone());
                found.last.insert(last.clone());
                found.longest = found.longest.max(name.len());
                found.all.insert(name);
            }
        }
        found
    }

    /// Whether there is that name.
    pub fn contains(&self, words: &[String]) -> bool {
        self.all.contains(words)
    }
}

/// The terms of a rule set, ready to be found.
#[derive(Debug, Default)]
pub struct Index {
    /// The terms of the compiled packs, or of all packs where none is.
    base: Part,
    /// The terms of packs that were linked on top of them.
    added: Part,
}

/// Terms and their phrases as tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// Lexicon, weight and kind of each term, and where its text ends.
    terms: Rows<16>,
    texts: Bytes,
    /// Of each phrase its term and the number of its elements, and a row for each of these: a word by its number or a set by
    /// its number, and its [kind](Kind) with the gap before it.
    phrases: Rows<8>,
    /// The words of all phrases, each once.
    words: Words,
    /// The exact gaps of all phrases, each once.
    gaps: Strings,
    /// Where the members of each word set end.
    sets: Rows<4>,
    /// The words of each set by number, in order.
    members: Rows<4>,
    /// What most words of a text do not pass.
    filters: Filters,
    /// Phrases by their rarest word, by that and the word beside it, and by the start of a word.
    alone: ByWord,
    pairs: Anchors,
    prefixes: Anchors,
}

coded!(Part { terms, texts, phrases, words, gaps, sets, members, filters, alone, pairs, prefixes });

/// What an element of a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Prefix,
    Set,
    Character,
}

/// An element of a phrase and what stands before it.
#[derive(Debug, Clone, Copy)]
struct Element {
    /// The number of a word, from 1, or of a word set.
    what: u32,
    kind: Kind,
    /// 0 for a space or hyphen, else one more than the number of an exact gap.
    gap: u32,
}

impl Element {
    #[inline]
    fn read(row: [u8; 8]) -> Self {
        let (what, rest) = pair(row);
        let kind = match rest & 3 {
            0 => Kind::Word,
            1 => Kind::Prefix,
            2 => Kind::Set,
            _ => Kind::Character,
        };
        Self { what, kind, gap: rest >> 2 }
    }

    fn row(self) -> [u8; 8] {
        super::bytes::row(self.what, self.kind as u32 | self.gap << 2)
    }
}

impl Part {
    /// How many terms there are.
    fn len(&self) -> u32 {
        self.terms.all().len() as u32
    }

    fn term(&self, at: usize) -> Option<Term> {
        let [lexicon, weight, kind, _] = self.numbers(at)?;
        let kind = match kind {
            0 => TermKind::Counted,
            1 => TermKind::Exception,
            pattern => TermKind::Anchor(pattern - 2),
        };
        Some(Term { lexicon: LexiconId(lexicon), weight: f32::from_bits(weight), kind })
    }

    fn text(&self, at: usize) -> Option<&str> {
        let end = |at: usize| self.numbers(at).map(|[.., end]| end as usize);
        let start = at.checked_sub(1).and_then(end).unwrap_or(0);
        std::str::from_utf8(self.texts.get(start..end(at)?)?).ok()
    }

    #[inline]
    fn numbers(&self, at: usize) -> Option<[u32; 4]> {
        let row = u128::from_le_bytes(*self.terms.all().get(at)?);
        Some([row as u32, (row >> 32) as u32, (row >> 64) as u32, (row >> 96) as u32])
    }
}

impl Index {
    /// An index of compiled terms.
    pub(super) fn compiled(base: Part, added: Part) -> Self {
        Self { base, added }
    }

    /// Its terms, those of the compiled packs and those added.
    pub(super) fn parts(&self) -> [&Part; 2] {
        [&self.base, &self.added]
    }

    /// How many terms there are; a [`TermId`] is less.
    pub fn len(&self) -> u32 {
        self.base.len() + self.added.len()
    }

    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A term by its id.
    pub fn term(&self, id: TermId) -> Option<Term> {
        match id.0.checked_sub(self.base.len()) {
            None => self.base.term(id.0 as usize),
            Some(at) => self.added.term(at as usize),
        }
    }

    /// A term as written in TOML.
    pub fn text(&self, id: TermId) -> Option<&str> {
        match id.0.checked_sub(self.base.len()) {
            None => self.base.text(id.0 as usize),
            Some(at) => self.added.text(at as usize),
        }
    }

    /// A search for its terms.
    pub fn finder<'a>(&'a self, names: &'a Names) -> Finder<'a> {
        Finder { index: self, names, known: Vec::new(), heads: Vec::new() }
    }
}

/// A search for terms in one paragraph after the other; keeps its buffer between them.
pub struct Finder<'a> {
    index: &'a Index,
    names: &'a Names,
    known: Vec<Known>,
    heads: Vec<u32>,
}

impl Finder<'_> {
    /// Calls `found` for every place in a paragraph where a term stands, overlapping ones too: first the terms of the
    /// compiled packs, then those that were added, each in order of anchor.
    pub fn find(&mut self, text: &str, tokens: &[Token], mut found: impl FnMut(Hit)) {
        let mut first = 0;
        for part in self.index.parts().into_iter().filter(|part| part.len() > 0) {
            let words = part.words.of(text, tokens, &mut self.known);
            let scan = Scan::new(part, first, text, tokens, words, self.names);
            scan.looks.heads(tokens, &mut self.heads);
            for i in self.heads.iter().map(|i| *i as usize) {
                scan.filed_under(i, &mut found);
            }
            first += part.len();
        }
    }
}

/// The comparison of phrases with the words around their anchors.
#[derive(Clone, Copy)]
struct Scan<'a> {
    text: &'a str,
    tokens: &'a [Token],
    words: Paragraph<'a>,
    names: &'a Names,
    /// The id of the first term.
    first: u32,
    phrases: &'a [[u8; 8]],
    pool: &'a Words,
    gaps: &'a Strings,
    sets: &'a [[u8; 4]],
    members: &'a [[u8; 4]],
    looks: Looks<'a>,
    alone: &'a ByWord,
    pairs: Keyed<'a>,
    prefixes: Keyed<'a>,
}

impl<'a> Scan<'a> {
    fn new(
        part: &'a Part,
        first: u32,
        text: &'a str,
        tokens: &'a [Token],
        words: Paragraph<'a>,
        names: &'a Names,
    ) -> Self {
        Self {
            text,
            tokens,
            words,
            names,
            first,
            phrases: part.phrases.all(),
            pool: &part.words,
            gaps: &part.gaps,
            sets: part.sets.all(),
            members: part.members.all(),
            looks: part.filters.looks(),
            alone: &part.alone,
            pairs: part.pairs.keyed(),
            prefixes: part.prefixes.keyed(),
        }
    }

    /// Finds what is filed under token `i`, alone or with a word beside it, and under its start.
    fn filed_under(&self, i: usize, found: &mut impl FnMut(Hit)) {
        let head = self.words.known(i);
        let anchor = head.number();
        let key = |i: usize| self.tokens.get(i).map_or(0, |token| token.key);
        let word = key(i);
        if head.is(Known::ALONE) {
            for alone in self.alone.get(anchor) {
                match alone {
                    Alone::Term(term) => found(self.hit(term, i, i + 1)),
                    Alone::Phrase(filed) => self.check(filed, i, found),
                }
            }
        }
        if head.is(Known::WITH_NEXT) && self.looks.with_next(word, key(i + 1)) {
            let next = self.words.known(i + 1).number();
            self.pairs.get(with_next(anchor, next)).for_each(|filed| self.check(filed, i, found));
        }
        let before = i.wrapping_sub(1);
        if head.is(Known::WITH_PREVIOUS) && self.looks.with_previous(word, key(before)) {
            let previous = self.words.known(before).number();
            self.pairs.get(with_previous(anchor, previous)).for_each(|filed| self.check(filed, i, found));
        }
        let length = self.tokens.get(i).map_or(0, |token| token.end - token.start);
        if length as usize >= MIN_PREFIX && self.looks.start(word) {
            self.prefixes.get(start_of(word)).for_each(|filed| self.check(filed, i, found));
        }
    }

    fn word(&self, i: usize) -> &'a str {
        std::str::from_utf8(self.words.word(i)).unwrap_or("")
    }

    fn hit(&self, term: u32, first: usize, last: usize) -> Hit {
        Hit { term: TermId(self.first.saturating_add(term)), first: first as u32, last: last as u32 }
    }

    /// Compares a phrase, whose anchor is the element named beside it, with the words around token `i`.
    #[inline]
    fn check(&self, Filed { phrase, at }: Filed, i: usize, found: &mut impl FnMut(Hit)) {
        let Some((header, rest)) = self.phrases.get(phrase as usize..).and_then(<[_]>::split_first) else { return };
        let (term, count) = pair(*header);
        // a cache that is damaged may say anything
        let Some(elements) = rest.get(..count as usize).filter(|e| e.len() <= MAX_WORDS) else { return };
        let (Some(before), Some(anchor), Some(after)) = (elements.get(..=at), elements.get(at), elements.get(at + 1..))
        else {
            return;
        };
        if self.matches(Element::read(*anchor), i)
            && let Some(last) = self.forward(after, i + 1)
            && let Some(first) = self.backward(before, i)
        {
            found(self.hit(term, first, last));
        }
    }

    fn matches(&self, element: Element, i: usize) -> bool {
        #[cfg(test)]
        tests::COMPARED.with(|compared| compared.set(compared.get() + 1));
        let number = self.words.known(i).number();
        match element.kind {
            Kind::Word => number == element.what,
            Kind::Prefix => {
                let wanted = self.pool.bytes(element.what);
                self.words.word(i).get(..wanted.len()).is_some_and(|w| w.eq_ignore_ascii_case(wanted))
            }
            Kind::Set => {
                let members = self.members.get(stretch(self.sets, element.what)).unwrap_or(&[]);
                number > 0 && members.binary_search_by_key(&number, |m| one(*m)).is_ok()
            }
            Kind::Character => false,
        }
    }

    /// Whether what stands after token `i` is the gap before an element.
    fn gap(&self, i: usize, gap: u32) -> bool {
        let (Some(a), Some(b)) = (self.tokens.get(i), self.tokens.get(i + 1)) else { return false };
        let between = self.text.as_bytes().get(a.end as usize..b.start as usize).unwrap_or(&[]);
        match (gap as usize).checked_sub(1) {
            None => is_space(between),
            Some(exact) => self.gaps.bytes(exact) == between,
        }
    }

    /// Matches elements from token `i` on; gives one past the last token.
    fn forward(&self, elements: &[[u8; 8]], i: usize) -> Option<usize> {
        let Some((next, rest)) = elements.split_first() else { return Some(i) };
        let next = Element::read(*next);
        if !self.gap(i.checked_sub(1)?, next.gap) {
            return None;
        }
        if next.kind == Kind::Character {
            if !self.names.first.contains(&self.word(i).to_ascii_lowercase()) {
                return None;
            }
            let words = (1..=self.names.longest).rev().find(|n| self.is_name(i, *n))?;
            return self.forward(rest, i + words);
        }
        if self.matches(next, i) { self.forward(rest, i + 1) } else { None }
    }

    /// Matches the elements before the last of `elements`, whose first token is `i`; gives the first token of all.
    fn backward(&self, elements: &[[u8; 8]], i: usize) -> Option<usize> {
        let (own, before) = elements.split_last()?;
        let Some(previous) = before.last().map(|e| Element::read(*e)) else { return Some(i) };
        let last = i.checked_sub(1)?;
        if !self.gap(last, Element::read(*own).gap) {
            return None;
        }
        if previous.kind == Kind::Character {
            if !self.names.last.contains(&self.word(last).to_ascii_lowercase()) {
                return None;
            }
            let mut starts = (1..=self.names.longest).rev().filter_map(|n| Some((i.checked_sub(n)?, n)));
            let start = starts.find(|(start, n)| self.is_name(*start, *n))?.0;
            return self.backward(before, start);
        }
        if self.matches(previous, last) { self.backward(before, last) } else { None }
    }

    /// Whether so many words from token `i` on are a name, with spaces or hyphens between.
    fn is_name(&self, i: usize, words: usize) -> bool {
        let part = |at: usize| {
            let word = self.word(at);
            // a name starts with a capital: "will" is not Will
            let capital = !word.starts_with(|c: char| c.is_ascii_lowercase());
            (capital && (at == i || self.gap(at - 1, 0))).then(|| word.to_ascii_lowercase())
        };
        (i..i + words).map(part).collect::<Option<Vec<_>>>().is_some_and(|name| self.names.contains(&name))
    }
}

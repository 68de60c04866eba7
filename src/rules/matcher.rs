//! All terms of all lexicons in one index, each filed under its rarest word.
//!
//! A scan looks up every word of a paragraph once: first in a bit filter small enough for the first-level
//! cache, then with the word beside it in a table of anchors; only there are the other words of a phrase compared. The cost follows
//! the length of the text, not the number of terms.

use std::collections::{BTreeMap, HashMap};

use super::lexicon::{Element, Gap, Phrase, is_word_byte};
use crate::model::{LexiconId, TermId};

/// A word of a text: bytes from `start` to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

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
#[derive(Debug, Clone)]
pub struct Term {
    /// Its lexicon.
    pub lexicon: LexiconId,
    /// As written in TOML.
    pub text: String,
    /// What an occurrence counts.
    pub weight: f32,
    /// What it does.
    pub kind: TermKind,
}

/// Whether what stands between two words is what a space in a term stands for: a space or any hyphen.
pub fn is_space(between: &str) -> bool {
    matches!(between, " " | "-" | "\u{1e}")
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
    by_first: HashMap<String, Vec<Vec<String>>>,
    by_last: HashMap<String, Vec<Vec<String>>>,
}

impl Names {
    /// Names ready to be found, the longest first where several start or end alike.
    pub fn new(names: Vec<Vec<String>>) -> Self {
        let mut found = Self::default();
        for name in names {
            if let (Some(first), Some(last)) = (name.first(), name.last()) {
                found.by_last.entry(last.clone()).or_default().push(name.clone());
                found.by_first.entry(first.clone()).or_default().push(name);
            }
        }
        for list in found.by_first.values_mut().chain(found.by_last.values_mut()) {
            list.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            list.dedup();
        }
        found
    }

    /// Whether there is that name.
    pub fn contains(&self, words: &[String]) -> bool {
        let same = words.first().and_then(|first| self.by_first.get(first));
        same.is_some_and(|names| names.iter().any(|n| n == words))
    }
}

/// The terms of a rule set, ready to be found.
#[derive(Debug, Default)]
pub struct Index {
    /// Every term; a [`TermId`] is an index here.
    pub terms: Vec<Term>,
    phrases: Vec<Filed>,
    elements: Vec<Packed>,
    /// The words of all phrases, each once.
    pool: String,
    /// The exact gaps of all phrases, each once.
    gaps: Vec<String>,
    /// The word sets that phrases name.
    sets: Vec<Vec<String>>,
    /// Whether a word anchors any phrase.
    heads: Filter,
    /// Phrases by anchor, or by anchor and the word beside it.
    whole: Anchors,
    prefixes: Anchors,
}

/// A phrase: its elements and the term that it is a form of.
#[derive(Debug, Clone, Copy)]
struct Filed {
    from: u32,
    to: u32,
    term: TermId,
}

/// An element of a phrase and what stands before it.
#[derive(Debug, Clone, Copy)]
struct Packed {
    kind: Kind,
    /// Bytes in the pool; of a word set, `from` is its index.
    from: u32,
    to: u32,
    /// 0 for a space or hyphen, else one more than an index of exact gaps.
    gap: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Prefix,
    Set,
    Character,
}

/// A set of keys that may say yes for a key that is not in it: small enough for the first-level cache.
#[derive(Debug, Default)]
struct Filter(Vec<u64>);

const FILTER_BITS: u32 = 17;

impl Filter {
    fn build(keys: impl Iterator<Item = u64>) -> Self {
        let mut bits = vec![0u64; 1 << (FILTER_BITS - 6)];
        for key in keys {
            let bit = hash(key) >> (64 - FILTER_BITS);
            if let Some(word) = bits.get_mut((bit >> 6) as usize) {
                *word |= 1 << (bit & 63);
            }
        }
        Self(bits)
    }

    #[inline]
    fn may_hold(&self, key: u64) -> bool {
        let bit = hash(key) >> (64 - FILTER_BITS);
        self.0.get((bit >> 6) as usize).is_some_and(|word| word >> (bit & 63) & 1 == 1)
    }
}

/// Phrases by a key.
#[derive(Debug, Default)]
struct Anchors {
    filter: Filter,
    slots: Vec<Slot>,
    /// Index of a phrase and which of its elements is the anchor.
    items: Vec<(u32, u8)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    from: u32,
    to: u32,
}

/// The first eight bytes of a word with the case bit set: equal for equal words, and cheap.
fn word_key(word: &[u8]) -> u64 {
    let mut bytes = [0u8; 8];
    for (to, from) in bytes.iter_mut().zip(word) {
        *to = from | 0x20;
    }
    u64::from_le_bytes(bytes)
}

/// The key of the first four bytes, for terms that end in `*`.
fn prefix_key(word: &[u8]) -> u64 {
    word_key(word.get(..4).unwrap_or(word))
}

/// The key of an anchor with the word after it, and with the word before it.
fn with_next(anchor: u64, next: u64) -> u64 {
    hash(anchor).rotate_left(23) ^ next
}

fn with_previous(anchor: u64, previous: u64) -> u64 {
    hash(anchor).rotate_left(41) ^ hash(previous)
}

fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Anchors {
    fn build(mut keyed: Vec<(u64, u32, u8)>) -> Self {
        keyed.sort_unstable();
        let mut anchors = Self {
            filter: Filter::build(keyed.iter().map(|k| k.0)),
            slots: vec![Slot::default(); (keyed.len() * 2).next_power_of_two().max(4)],
            items: keyed.iter().map(|k| (k.1, k.2)).collect(),
        };
        let mask = anchors.slots.len() - 1;
        let mut from = 0;
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            let Some(key) = group.first().map(|g| g.0) else { continue };
            let mut at = (hash(key) >> 20) as usize & mask;
            // half full at most, so an empty slot comes soon
            while anchors.slots.get(at).is_some_and(|s| s.to != 0) {
                at = (at + 1) & mask;
            }
            if let Some(slot) = anchors.slots.get_mut(at) {
                *slot = Slot { key, from, to: from + group.len() as u32 };
            }
            from += group.len() as u32;
        }
        anchors
    }

    #[inline]
    fn get(&self, key: u64) -> &[(u32, u8)] {
        if !self.filter.may_hold(key) {
            return &[];
        }
        let mask = self.slots.len() - 1;
        let mut at = (hash(key) >> 20) as usize & mask;
        loop {
            match self.slots.get(at) {
                Some(slot) if slot.to == 0 => return &[],
                Some(slot) if slot.key == key => {
                    return self.items.get(slot.from as usize..slot.to as usize).unwrap_or(&[]);
                }
                Some(_) => at = (at + 1) & mask,
                None => return &[],
            }
        }
    }
}

impl Index {
    /// Files each phrase under its rarest word, together with a word beside it where there is one, so that the many
    /// forms of a term are told apart by one look. `commonness` ranks words: 0 for a word of no list, the higher the
    /// more frequent. `sets` are the words of the sets that phrases name.
    pub fn build(
        terms: Vec<Term>,
        phrases: &[(Phrase, TermId)],
        sets: &BTreeMap<String, Vec<String>>,
        commonness: &HashMap<String, u32>,
    ) -> Self {
        let mut index = Self { terms, sets: sets.values().cloned().collect(), ..Self::default() };
        let mut pooled: HashMap<&str, (u32, u32)> = HashMap::new();
        let (mut heads, mut whole, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
        for (i, (phrase, term)) in (0u32..).zip(phrases) {
            let from = index.elements.len() as u32;
            for (k, element) in phrase.elements.iter().enumerate() {
                let (kind, word) = match element {
                    Element::Word(w) => (Kind::Word, w.as_str()),
                    Element::Prefix(p) => (Kind::Prefix, p.as_str()),
                    Element::Set(_) => (Kind::Set, ""),
                    Element::Character => (Kind::Character, ""),
                };
                let (mut start, end) = *pooled.entry(word).or_insert_with(|| {
                    let start = index.pool.len() as u32;
                    index.pool.push_str(word);
                    (start, index.pool.len() as u32)
                });
                if let Element::Set(name) = element {
                    start = sets.keys().position(|s| s == name).map_or(u32::MAX, |i| i as u32);
                }
                let gap = match k.checked_sub(1).and_then(|k| phrase.gaps.get(k)) {
                    Some(Gap::Exact(exact)) => {
                        let known = index.gaps.iter().position(|g| g == exact);
                        let at = known.unwrap_or_else(|| {
                            index.gaps.push(exact.clone());
                            index.gaps.len() - 1
                        });
                        at as u32 + 1
                    }
                    Some(Gap::Space) | None => 0,
                };
                index.elements.push(Packed { kind, from: start, to: end, gap });
            }
            index.phrases.push(Filed { from, to: index.elements.len() as u32, term: *term });
            let rank = |e: &Element| match e {
                Element::Word(w) => (commonness.get(w).copied().unwrap_or(0), usize::MAX - w.len()),
                Element::Prefix(p) => (1, usize::MAX - p.len()),
                Element::Set(_) | Element::Character => (u32::MAX, 0),
            };
            let key_at = |k: Option<usize>| match phrase.elements.get(k?)? {
                Element::Word(w) => Some(word_key(w.as_bytes())),
                _ => None,
            };
            match phrase.elements.iter().enumerate().min_by_key(|(_, e)| rank(e)) {
                Some((at, Element::Word(w))) => {
                    let anchor = word_key(w.as_bytes());
                    heads.push(anchor);
                    let key = match (key_at(Some(at + 1)), key_at(at.checked_sub(1))) {
                        (Some(next), _) => with_next(anchor, next),
                        (None, Some(previous)) => with_previous(anchor, previous),
                        (None, None) => anchor,
                    };
                    whole.push((key, i, at as u8));
                }
                Some((at, Element::Prefix(p))) => prefixes.push((prefix_key(p.as_bytes()), i, at as u8)),
                _ => {}
            }
        }
        index.heads = Filter::build(heads.into_iter());
        index.whole = Anchors::build(whole);
        index.prefixes = Anchors::build(prefixes);
        index
    }

    /// A term by its id.
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    /// Calls `found` for every place in a paragraph where a term stands, overlapping ones too, in order of anchor.
    pub fn find(&self, text: &str, tokens: &[Token], names: &Names, mut found: impl FnMut(Hit)) {
        let scan = Scan { index: self, text, tokens, names };
        let key = |i: usize| word_key(scan.word(i).as_bytes());
        for i in 0..tokens.len() {
            let word = scan.word(i).as_bytes();
            let anchor = word_key(word);
            if self.heads.may_hold(anchor) {
                scan.check(self.whole.get(anchor), i, &mut found);
                if i + 1 < tokens.len() {
                    scan.check(self.whole.get(with_next(anchor, key(i + 1))), i, &mut found);
                }
                if let Some(before) = i.checked_sub(1) {
                    scan.check(self.whole.get(with_previous(anchor, key(before))), i, &mut found);
                }
            }
            if word.len() >= super::lexicon::MIN_PREFIX {
                scan.check(self.prefixes.get(prefix_key(word)), i, &mut found);
            }
        }
    }
}

/// The comparison of phrases with the words around their anchors.
#[derive(Clone, Copy)]
struct Scan<'a> {
    index: &'a Index,
    text: &'a str,
    tokens: &'a [Token],
    names: &'a Names,
}

impl<'a> Scan<'a> {
    fn word(&self, i: usize) -> &'a str {
        let Some(t) = self.tokens.get(i) else { return "" };
        self.text.get(t.start as usize..t.end as usize).unwrap_or("")
    }

    /// Compares each phrase, whose anchor is the element named beside it, with the words around token `i`.
    fn check(&self, candidates: &[(u32, u8)], i: usize, found: &mut impl FnMut(Hit)) {
        for &(phrase, at) in candidates {
            let Some(filed) = self.index.phrases.get(phrase as usize) else { continue };
            let Some(elements) = self.index.elements.get(filed.from as usize..filed.to as usize) else { continue };
            let at = at as usize;
            let (Some(before), Some(anchor), Some(after)) =
                (elements.get(..=at), elements.get(at), elements.get(at + 1..))
            else {
                continue;
            };
            if self.matches(anchor, i)
                && let Some(last) = self.forward(after, i + 1)
                && let Some(first) = self.backward(before, i)
            {
                found(Hit { term: filed.term, first: first as u32, last: last as u32 });
            }
        }
    }

    fn matches(&self, element: &Packed, i: usize) -> bool {
        let word = self.word(i).as_bytes();
        if element.kind == Kind::Set {
            let set = self.index.sets.get(element.from as usize);
            return set.is_some_and(|s| s.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(word)));
        }
        let wanted = self.index.pool.as_bytes().get(element.from as usize..element.to as usize).unwrap_or(&[]);
        match element.kind {
            Kind::Word => word.eq_ignore_ascii_case(wanted),
            Kind::Prefix => word.get(..wanted.len()).is_some_and(|w| w.eq_ignore_ascii_case(wanted)),
            Kind::Set | Kind::Character => false,
        }
    }

    /// Whether what stands after token `i` is the gap before an element.
    fn gap(&self, i: usize, before: &Packed) -> bool {
        let (Some(a), Some(b)) = (self.tokens.get(i), self.tokens.get(i + 1)) else { return false };
        let between = self.text.get(a.end as usize..b.start as usize).unwrap_or("");
        match (before.gap as usize).checked_sub(1) {
            None => is_space(between),
            Some(exact) => self.index.gaps.get(exact).is_some_and(|g| g == between),
        }
    }

    /// Matches elements from token `i` on; gives one past the last token.
    fn forward(&self, elements: &[Packed], i: usize) -> Option<usize> {
        let Some((next, rest)) = elements.split_first() else { return Some(i) };
        if !self.gap(i.checked_sub(1)?, next) {
            return None;
        }
        if next.kind == Kind::Character {
            let names = self.names.by_first.get(&self.word(i).to_ascii_lowercase())?;
            let name = names.iter().find(|n| self.is_name(n, i))?;
            return self.forward(rest, i + name.len());
        }
        if self.matches(next, i) { self.forward(rest, i + 1) } else { None }
    }

    /// Matches the elements before the last of `elements`, whose first token is `i`; gives the first token of all.
    fn backward(&self, elements: &[Packed], i: usize) -> Option<usize> {
        let (own, before) = elements.split_last()?;
        let Some(previous) = before.last() else { return Some(i) };
        let last = i.checked_sub(1)?;
        if !self.gap(last, own) {
            return None;
        }
        if previous.kind == Kind::Character {
            let names = self.names.by_last.get(&self.word(last).to_ascii_lowercase())?;
            let starts = names.iter().filter_map(|n| i.checked_sub(n.len()).filter(|s| self.is_name(n, *s)));
            return starts.min().and_then(|s| self.backward(before, s));
        }
        if self.matches(previous, last) { self.backward(before, last) } else { None }
    }

    /// Whether a name stands at token `i`, its words with spaces or hyphens between.
    fn is_name(&self, name: &[String], i: usize) -> bool {
        const SPACE: Packed = Packed { kind: Kind::Word, from: 0, to: 0, gap: 0 };
        name.iter().enumerate().all(|(k, w)| {
            // a name starts with a capital: "will" is not Will
            let word = self.word(i + k);
            word.eq_ignore_ascii_case(w)
                && !word.starts_with(|c: char| c.is_ascii_lowercase())
                && (k == 0 || self.gap(i + k - 1, &SPACE))
        })
    }
}

/// The words of a paragraph of normalized text, into `tokens`, with offsets from the start of `text`.
pub fn tokenize(text: &str, tokens: &mut Vec<Token>) {
    tokens.clear();
    let mut start = None;
    for (i, byte) in text.bytes().enumerate() {
        match (is_word_byte(byte), start) {
            (true, None) => start = Some(i as u32),
            (false, Some(from)) => {
                tokens.push(Token { start: from, end: i as u32 });
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        tokens.push(Token { start: from, end: text.len() as u32 });
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::phrase;
    use super::*;

    fn index(terms: &[&str]) -> Index {
        let phrases: Vec<_> = terms.iter().enumerate().map(|(i, t)| (phrase(t).unwrap(), TermId(i as u32))).collect();
        let term = |t: &&str| Term { lexicon: LexiconId(0), text: (*t).into(), weight: 1.0, kind: TermKind::Counted };
        let sets = BTreeMap::from([("their".to_owned(), vec!["his".to_owned(), "her".to_owned()])]);
        let common = HashMap::from([("was".to_owned(), 9), ("the".to_owned(), 10), ("to".to_owned(), 8)]);
        Index::build(terms.iter().map(term).collect(), &phrases, &sets, &common)
    }

    fn hits(index: &Index, text: &str, names: &[&str]) -> Vec<String> {
        let names = Names::new(names.iter().map(|n| n.split(' ').map(str::to_owned).collect()).collect());
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        let mut found = Vec::new();
        index.find(text, &tokens, &names, |hit| {
            let (a, b) = (tokens[hit.first as usize].start, tokens[hit.last as usize - 1].end);
            found.push(text[a as usize..b as usize].to_owned());
        });
        found.sort();
        found
    }

    #[test]
    fn finds_whole_words_and_phrases_in_any_case() {
        let index = index(&["gun", "put the dog down", "self-harm", "don't", "f**k", "euthani*", "to the"]);
        assert_eq!(hits(&index, "Gun, guns, begun; the GUN's", &[]), ["GUN", "Gun"]);
        assert_eq!(hits(&index, "They put the dog down. Put the dog, down", &[]), ["put the dog down"]);
        assert_eq!(hits(&index, "self harm self\u{1e}harm Self-Harm self, harm", &[]).len(), 3);
        assert_eq!(hits(&index, "I don't f**k", &[]), ["don't", "f**k"]);
        assert_eq!(hits(&index, "Euthanised euthanasia", &[]), ["Euthanised"]);
        assert_eq!(hits(&index, "back to the wall", &[]), ["to the"]);
    }

    #[test]
    fn sets_stand_for_their_words() {
        let index = index(&["slit {their} throat", "to {their} death"]);
        assert_eq!(
            hits(&index, "Slit HIS throat, slit the throat; to her death", &[]),
            ["Slit HIS throat", "to her death"]
        );
    }

    #[test]
    fn names_stand_for_characters() {
        let index = index(&["{character} was dead", "killed {character}", "{character} died"]);
        let names = ["ann", "ann lee", "will"];
        assert_eq!(
            hits(&index, "Ann Lee was dead. He killed Ann Lee!", &names),
            ["Ann Lee was dead", "killed Ann Lee"]
        );
        assert_eq!(hits(&index, "Tom was dead; it will died; Will died", &names), ["Will died"]);
    }

    /// The index against a plain search over the words, on random texts and phrases of few words.
    #[test]
    fn agrees_with_a_plain_search() {
        let words = ["was", "the", "to", "gun", "gunners", "blood", "é", "don", "t"];
        let gaps = [" ", "-", ", ", "'", "  "];
        let mut state = 7u64;
        let mut next = |n: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % n
        };
        for _ in 0..300 {
            let terms: Vec<String> =
                (0..6).map(|_| (0..=next(3)).map(|_| words[next(words.len())]).collect::<Vec<_>>().join(" ")).collect();
            let text: String =
                (0..30).map(|_| format!("{}{}", words[next(words.len())], gaps[next(gaps.len())])).collect();
            let index = index(&terms.iter().map(String::as_str).collect::<Vec<_>>());
            let mut tokens = Vec::new();
            tokenize(&text, &mut tokens);
            let mut expected = Vec::new();
            for term in &terms {
                let parts: Vec<&str> = term.split(' ').collect();
                for window in tokens.windows(parts.len()) {
                    let word = |t: &Token| &text[t.start as usize..t.end as usize];
                    let same = window.iter().zip(&parts).all(|(t, p)| word(t) == *p);
                    let joined =
                        window.windows(2).all(|w| matches!(&text[w[0].end as usize..w[1].start as usize], " " | "-"));
                    if same && joined {
                        expected.push(text[window[0].start as usize..window[parts.len() - 1].end as usize].to_owned());
                    }
                }
            }
            expected.sort();
            assert_eq!(hits(&index, &text, &[]), expected, "{terms:?} in {text:?}");
        }
    }
}

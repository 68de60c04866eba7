//! All terms of all lexicons in one index, each filed under its rarest word.
//!
//! A scan looks up every word of a paragraph once: first in a bit filter small enough for the first-level
//! cache, then with the word beside it in a table of anchors; only there are the other words of a phrase compared. The cost follows
//! the length of the text, not the number of terms.

mod tokens;

use std::collections::{HashMap, HashSet};

pub use tokens::{Token, tokenize, word_key};

use super::lexicon::{Book, Form, Part};
use crate::model::{LexiconId, TermId};

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
    /// Every term; a [`TermId`] is an index here.
    pub terms: Vec<Term>,
    phrases: Vec<Filed>,
    elements: Vec<Packed>,
    /// The words of all phrases, each once.
    pool: String,
    /// The exact gaps of all phrases, each once.
    gaps: Vec<String>,
    /// The word sets of all phrases, as ranges of `members`.
    sets: Vec<(u32, u32)>,
    members: Vec<Member>,
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

/// A word of a word set: its key, by which a set is in order, and its bytes in the pool.
#[derive(Debug, Clone, Copy)]
struct Member {
    key: u64,
    from: u32,
    to: u32,
}

/// Most keys that a phrase is filed under: more would cost more at start than they spare in a scan.
const MOST_KEYS: usize = 16;

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

/// The key of the first four bytes of a word, under which terms are filed that end in `*`.
fn start_of(key: u64) -> u64 {
    key & 0xffff_ffff
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
        // words of a set that start alike may have one key
        keyed.dedup();
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
    /// forms of a term are told apart by one look; where any of several words may stand, under each of them.
    /// `commonness` ranks words: 0 for a word of no list, the higher the more frequent.
    pub fn build(terms: Vec<Term>, book: Book, forms: &[(Form, TermId)], commonness: &HashMap<String, u32>) -> Self {
        let mut index = Self { terms, ..Self::default() };
        let bytes = |w: &u32| book.words.get(*w as usize).copied().unwrap_or_default();
        let key_of =
            |(from, to): (u32, u32)| word_key(book.pool.as_bytes().get(from as usize..to as usize).unwrap_or(&[]));
        let keys: Vec<u64> = book.words.iter().map(|w| key_of(*w)).collect();
        let key = |w: &u32| keys.get(*w as usize).copied().unwrap_or(0);
        for set in &book.sets {
            let from = index.members.len();
            let member = |w: &u32| Member { key: key(w), from: bytes(w).0, to: bytes(w).1 };
            index.members.extend(set.words.iter().map(member));
            index.members.get_mut(from..).unwrap_or_default().sort_unstable_by_key(|m| m.key);
            index.sets.push((from as u32, index.members.len() as u32));
        }
        let mut ranks = vec![0; book.words.len()];
        for (word, rank) in commonness {
            if let Some(at) = book.known(word).and_then(|w| ranks.get_mut(w as usize)) {
                *at = *rank;
            }
        }
        let rank = |w: &u32| ranks.get(*w as usize).copied().unwrap_or(0);
        let length = |w: &u32| (bytes(w).1 - bytes(w).0) as usize;
        let (mut heads, mut whole, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
        for (i, (form, term)) in (0u32..).zip(forms) {
            let from = index.elements.len() as u32;
            for piece in form {
                let (kind, (from, to)) = match &piece.part {
                    Part::Word(w) => (Kind::Word, bytes(w)),
                    Part::Prefix(w) => (Kind::Prefix, bytes(w)),
                    Part::Named(set) | Part::AnyOf(set) => (Kind::Set, (*set, 0)),
                    Part::Character => (Kind::Character, (0, 0)),
                };
                index.elements.push(Packed { kind, from, to, gap: piece.gap });
            }
            index.phrases.push(Filed { from, to: index.elements.len() as u32, term: *term });
            let words_at = |k: Option<usize>| k.and_then(|k| form.get(k)).map_or(&[][..], |p| book.words_of(&p.part));
            let weigh = |part: &Part| match part {
                Part::Prefix(p) => (1, 1, usize::MAX - length(p)),
                part => {
                    let words = book.words_of(part);
                    let common = words.iter().map(rank).max().unwrap_or(u32::MAX);
                    (common, words.len(), usize::MAX - words.iter().map(length).min().unwrap_or(0))
                }
            };
            let firm = form.iter().enumerate().filter(|(_, p)| book.is_firm(&p.part));
            match firm.min_by_key(|(_, p)| weigh(&p.part)) {
                Some((at, piece)) if matches!(piece.part, Part::Prefix(_)) => {
                    let Part::Prefix(p) = &piece.part else { continue };
                    let (from, to) = bytes(p);
                    let start = book.pool.as_bytes().get(from as usize..to as usize).unwrap_or(&[]);
                    prefixes.push((start_of(word_key(start)), i, at as u8));
                }
                Some((at, piece)) => {
                    let anchors = book.words_of(&piece.part);
                    let (next, previous) = (words_at(Some(at + 1)), words_at(at.checked_sub(1)));
                    let few = |w: &[u32]| !w.is_empty() && anchors.len() * w.len() <= MOST_KEYS;
                    let next_first = !few(previous) || next.len() <= previous.len();
                    for anchor in anchors.iter().map(key) {
                        heads.push(anchor);
                        if few(next) && next_first {
                            whole.extend(next.iter().map(|n| (with_next(anchor, key(n)), i, at as u8)));
                        } else if few(previous) {
                            whole.extend(previous.iter().map(|p| (with_previous(anchor, key(p)), i, at as u8)));
                        } else {
                            whole.push((anchor, i, at as u8));
                        }
                    }
                }
                None => {}
            }
        }
        index.heads = Filter::build(heads.into_iter());
        index.whole = Anchors::build(whole);
        index.prefixes = Anchors::build(prefixes);
        (index.pool, index.gaps) = (book.pool, book.gaps);
        index
    }

    /// A term by its id.
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    /// Calls `found` for every place in a paragraph where a term stands, overlapping ones too, in order of anchor.
    pub fn find(&self, text: &str, tokens: &[Token], names: &Names, mut found: impl FnMut(Hit)) {
        let scan = Scan { index: self, text, tokens, names };
        let mut previous = None;
        for (i, token) in tokens.iter().enumerate() {
            let anchor = token.key;
            if self.heads.may_hold(anchor) {
                scan.check(self.whole.get(anchor), i, &mut found);
                if let Some(next) = tokens.get(i + 1) {
                    scan.check(self.whole.get(with_next(anchor, next.key)), i, &mut found);
                }
                if let Some(previous) = previous {
                    scan.check(self.whole.get(with_previous(anchor, previous)), i, &mut found);
                }
            }
            if (token.end - token.start) as usize >= super::lexicon::MIN_PREFIX {
                scan.check(self.prefixes.get(start_of(anchor)), i, &mut found);
            }
            previous = Some(anchor);
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

    fn pooled(&self, from: u32, to: u32) -> &'a [u8] {
        self.index.pool.as_bytes().get(from as usize..to as usize).unwrap_or(&[])
    }

    fn matches(&self, element: &Packed, i: usize) -> bool {
        let word = self.word(i).as_bytes();
        if element.kind == Kind::Set {
            let set = self.index.sets.get(element.from as usize);
            let members = set.and_then(|(from, to)| self.index.members.get(*from as usize..*to as usize));
            let (members, key) = (members.unwrap_or(&[]), word_key(word));
            let alike = members.iter().skip(members.partition_point(|m| m.key < key)).take_while(|m| m.key == key);
            return alike.into_iter().any(|m| self.pooled(m.from, m.to).eq_ignore_ascii_case(word));
        }
        let wanted = self.pooled(element.from, element.to);
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
            if !self.names.first.contains(&self.word(i).to_ascii_lowercase()) {
                return None;
            }
            let words = (1..=self.names.longest).rev().find(|n| self.is_name(i, *n))?;
            return self.forward(rest, i + words);
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
        const SPACE: Packed = Packed { kind: Kind::Word, from: 0, to: 0, gap: 0 };
        let part = |at: usize| {
            let word = self.word(at);
            // a name starts with a capital: "will" is not Will
            let capital = !word.starts_with(|c: char| c.is_ascii_lowercase());
            (capital && (at == i || self.gap(at - 1, &SPACE))).then(|| word.to_ascii_lowercase())
        };
        (i..i + words).map(part).collect::<Option<Vec<_>>>().is_some_and(|name| self.names.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn index(terms: &[&str]) -> Index {
        let term = |t: &&str| Term { lexicon: LexiconId(0), text: (*t).into(), weight: 1.0, kind: TermKind::Counted };
        let sets = BTreeMap::from([("their".to_owned(), vec!["his".to_owned(), "her".to_owned()])]);
        let (mut book, mut forms) = (Book::default(), Vec::new());
        let sets = book.sets(&sets);
        for (i, term) in terms.iter().enumerate() {
            forms.extend(book.expand(term, &sets).unwrap().into_iter().map(|f| (f, TermId(i as u32))));
        }
        let common = HashMap::from([("was".to_owned(), 9), ("the".to_owned(), 10), ("to".to_owned(), 8)]);
        Index::build(terms.iter().map(term).collect(), book, &forms, &common)
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
    fn any_word_of_a_bracket_or_inflected_form_is_found() {
        let index = index(&["(fist|boot) (into|in) {their} (gut|jaw)", "strangle/v (the|{their}) dog", "was (to|the)"]);
        let text = "Boot IN his jaw, fist into the gut; strangled her dog, strangles the dog, strangling dog; was the";
        assert_eq!(hits(&index, text, &[]), ["Boot IN his jaw", "strangled her dog", "strangles the dog", "was the"]);
    }

    #[test]
    fn a_set_too_large_to_be_filed_with_its_neighbour_is_found_all_the_same() {
        let words: Vec<String> = (0..90).map(|i| format!("word{i}")).collect();
        let any = words.join("|");
        let index = index(&[&format!("({any}) (word1|word2)"), &format!("to ({any})"), &format!("(and|the) ({any})")]);
        assert_eq!(
            hits(&index, "word89 word2, word2 word89; to word0, the word40", &[]),
            ["the word40", "to word0", "word89 word2"]
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
            // where a term has several words, any of them may stand
            let terms: Vec<Vec<Vec<&str>>> = (0..6)
                .map(|_| (0..=next(3)).map(|_| (0..=next(4) / 2).map(|_| words[next(words.len())]).collect()).collect())
                .collect();
            let written: Vec<String> = terms
                .iter()
                .map(|t| t.iter().map(|any| format!("({})", any.join("|"))).collect::<Vec<_>>().join(" "))
                .collect();
            let text: String =
                (0..30).map(|_| format!("{}{}", words[next(words.len())], gaps[next(gaps.len())])).collect();
            let index = index(&written.iter().map(String::as_str).collect::<Vec<_>>());
            let mut tokens = Vec::new();
            tokenize(&text, &mut tokens);
            let mut expected = Vec::new();
            for parts in &terms {
                for window in tokens.windows(parts.len()) {
                    let word = |t: &Token| &text[t.start as usize..t.end as usize];
                    let same = window.iter().zip(parts).all(|(t, any)| any.contains(&word(t)));
                    let joined =
                        window.windows(2).all(|w| matches!(&text[w[0].end as usize..w[1].start as usize], " " | "-"));
                    if same && joined {
                        expected.push(text[window[0].start as usize..window[parts.len() - 1].end as usize].to_owned());
                    }
                }
            }
            expected.sort();
            assert_eq!(hits(&index, &text, &[]), expected, "{written:?} in {text:?}");
        }
    }
}

//! All terms of all lexicons in one index, each filed under its rarest word.
//!
//! A scan looks up every word of a paragraph once: first in a bit filter small enough for the first-level
//! cache, then in a table of anchors; only there are the other words of a phrase compared. The cost follows
//! the length of the text, not the number of terms.

use std::collections::HashMap;

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
pub type Names = Vec<Vec<String>>;

/// The terms of a rule set, ready to be found.
#[derive(Debug, Default)]
pub struct Index {
    /// Every term; a [`TermId`] is an index here.
    pub terms: Vec<Term>,
    phrases: Vec<(Phrase, TermId)>,
    whole: Anchors,
    prefixes: Anchors,
}

/// Phrases by the key of their anchor.
#[derive(Debug, Default)]
struct Anchors {
    filter: Vec<u64>,
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

const FILTER_BITS: u32 = 17;

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

fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Anchors {
    fn build(mut keyed: Vec<(u64, u32, u8)>) -> Self {
        keyed.sort_unstable();
        let mut anchors = Self {
            filter: vec![0; 1 << (FILTER_BITS - 6)],
            slots: vec![Slot::default(); (keyed.len() * 4).next_power_of_two().max(4)],
            items: keyed.iter().map(|k| (k.1, k.2)).collect(),
        };
        let mask = anchors.slots.len() - 1;
        let mut from = 0;
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            let Some(key) = group.first().map(|g| g.0) else { continue };
            let bit = hash(key) >> (64 - FILTER_BITS);
            if let Some(word) = anchors.filter.get_mut((bit >> 6) as usize) {
                *word |= 1 << (bit & 63);
            }
            let mut at = (hash(key) >> 20) as usize & mask;
            // a quarter full at most, so an empty slot comes soon
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
        let hashed = hash(key);
        let bit = hashed >> (64 - FILTER_BITS);
        match self.filter.get((bit >> 6) as usize) {
            Some(word) if word >> (bit & 63) & 1 == 1 => {}
            _ => return &[],
        }
        let mask = self.slots.len() - 1;
        let mut at = (hashed >> 20) as usize & mask;
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
    /// Files each phrase under its rarest word. `commonness` ranks words: 0 for a word of no list, the higher
    /// the more frequent.
    pub fn build(terms: Vec<Term>, phrases: Vec<(Phrase, TermId)>, commonness: &HashMap<String, u32>) -> Self {
        let (mut whole, mut prefixes) = (Vec::new(), Vec::new());
        for (i, (phrase, _)) in phrases.iter().enumerate() {
            let rank = |e: &Element| match e {
                Element::Word(w) => (commonness.get(w).copied().unwrap_or(0), usize::MAX - w.len()),
                Element::Prefix(p) => (1, usize::MAX - p.len()),
                Element::Character => (u32::MAX, 0),
            };
            let anchor = phrase.elements.iter().enumerate().min_by_key(|(_, e)| rank(e));
            match anchor {
                Some((at, Element::Word(w))) => whole.push((word_key(w.as_bytes()), i as u32, at as u8)),
                Some((at, Element::Prefix(p))) => prefixes.push((prefix_key(p.as_bytes()), i as u32, at as u8)),
                _ => {}
            }
        }
        Self { terms, phrases, whole: Anchors::build(whole), prefixes: Anchors::build(prefixes) }
    }

    /// A term by its id.
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    /// Calls `found` for every place in a paragraph where a term stands, overlapping ones too, in order of anchor.
    pub fn find(&self, text: &str, tokens: &[Token], names: &Names, mut found: impl FnMut(Hit)) {
        let bytes = text.as_bytes();
        for (i, token) in tokens.iter().enumerate() {
            let Some(word) = bytes.get(token.start as usize..token.end as usize) else { continue };
            for &(phrase, at) in self.whole.get(word_key(word)) {
                self.check(text, tokens, names, i, phrase, at, &mut found);
            }
            if word.len() >= super::lexicon::MIN_PREFIX {
                for &(phrase, at) in self.prefixes.get(prefix_key(word)) {
                    self.check(text, tokens, names, i, phrase, at, &mut found);
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)] // the inner loop of the scan: everything it needs, nothing bundled
    fn check(
        &self,
        text: &str,
        tokens: &[Token],
        names: &Names,
        i: usize,
        phrase: u32,
        at: u8,
        found: &mut impl FnMut(Hit),
    ) {
        let Some((phrase, term)) = self.phrases.get(phrase as usize) else { return };
        let at = at as usize;
        let scan = Scan { text, tokens, names, phrase };
        if !phrase.elements.get(at).is_some_and(|e| scan.matches(e, i)) {
            return;
        }
        if let (Some(last), Some(first)) = (scan.forward(at + 1, i + 1), scan.backward(at, i)) {
            found(Hit { term: *term, first: first as u32, last: last as u32 });
        }
    }
}

/// One comparison of a phrase with the words around its anchor.
struct Scan<'a> {
    text: &'a str,
    tokens: &'a [Token],
    names: &'a Names,
    phrase: &'a Phrase,
}

impl Scan<'_> {
    fn word(&self, i: usize) -> &str {
        let Some(t) = self.tokens.get(i) else { return "" };
        self.text.get(t.start as usize..t.end as usize).unwrap_or("")
    }

    fn matches(&self, element: &Element, i: usize) -> bool {
        let word = self.word(i);
        match element {
            Element::Word(w) => word.eq_ignore_ascii_case(w),
            Element::Prefix(p) => {
                word.len() >= p.len()
                    && word.as_bytes().iter().zip(p.as_bytes()).all(|(a, b)| a.eq_ignore_ascii_case(b))
            }
            Element::Character => false,
        }
    }

    /// Whether what stands after token `i` is `gap`.
    fn gap(&self, i: usize, gap: &Gap) -> bool {
        let (Some(a), Some(b)) = (self.tokens.get(i), self.tokens.get(i + 1)) else { return false };
        let between = self.text.get(a.end as usize..b.start as usize).unwrap_or("");
        match gap {
            Gap::Space => matches!(between, " " | "-" | "\u{1e}"),
            Gap::Exact(exact) => between == exact,
        }
    }

    /// Matches the elements from `element` on at token `i`; gives one past the last token.
    fn forward(&self, element: usize, i: usize) -> Option<usize> {
        let Some(next) = self.phrase.elements.get(element) else { return Some(i) };
        if !self.gap(i.checked_sub(1)?, self.phrase.gaps.get(element - 1)?) {
            return None;
        }
        if *next == Element::Character {
            let lengths = self.names.iter().filter(|n| self.is_name(n, i)).map(Vec::len);
            return lengths.max().and_then(|n| self.forward(element + 1, i + n));
        }
        if self.matches(next, i) { self.forward(element + 1, i + 1) } else { None }
    }

    /// Matches the elements before `element`, whose first token is `i`; gives the first token of the phrase.
    fn backward(&self, element: usize, i: usize) -> Option<usize> {
        let Some(before) = element.checked_sub(1) else { return Some(i) };
        let last = i.checked_sub(1)?;
        if !self.gap(last, self.phrase.gaps.get(before)?) {
            return None;
        }
        let previous = self.phrase.elements.get(before)?;
        if *previous == Element::Character {
            let starts = self.names.iter().filter_map(|n| i.checked_sub(n.len()).filter(|s| self.is_name(n, *s)));
            return starts.min().and_then(|s| self.backward(before, s));
        }
        if self.matches(previous, last) { self.backward(before, last) } else { None }
    }

    /// Whether a name stands at token `i`, its words with spaces or hyphens between.
    fn is_name(&self, name: &[String], i: usize) -> bool {
        !name.is_empty()
            && name.iter().enumerate().all(|(k, w)| {
                // a name starts with a capital: "will" is not Will
                let word = self.word(i + k);
                word.eq_ignore_ascii_case(w)
                    && !word.starts_with(|c: char| c.is_ascii_lowercase())
                    && (k == 0 || self.gap(i + k - 1, &Gap::Space))
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
        let phrases = terms.iter().enumerate().map(|(i, t)| (phrase(t).unwrap(), TermId(i as u32))).collect();
        let term = |t: &&str| Term { lexicon: LexiconId(0), text: (*t).into(), weight: 1.0, kind: TermKind::Counted };
        let common = HashMap::from([("was".to_owned(), 9), ("the".to_owned(), 10), ("to".to_owned(), 8)]);
        Index::build(terms.iter().map(term).collect(), phrases, &common)
    }

    fn hits(index: &Index, text: &str, names: &[&str]) -> Vec<String> {
        let names: Names = names.iter().map(|n| n.split(' ').map(str::to_owned).collect()).collect();
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

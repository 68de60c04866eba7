//! A term as few forms: where one of several words may stand, a form has a set of words, which spares a form for each.

use std::collections::{BTreeMap, HashMap};

use super::{MAX_FORMS, MAX_WORDS, Read, alternatives, ending, inflections, is_plain_space, is_word_byte, read};

/// What stands at one place of a form. Numbers are those of a [`Book`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A word, in lower case.
    Word(u32),
    /// Any word that starts so.
    Prefix(u32),
    /// Any word of a word set that the language names.
    Named(u32),
    /// Any of the words and named sets between the bars of a bracket, or any inflected form of a word.
    AnyOf(u32),
    /// A name that the work declares.
    Character,
}

/// A part and what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// 0 for a space or a hyphen, else one more than the number of an exact gap.
    pub gap: u32,
    /// The part.
    pub part: Part,
}

/// A sequence of parts; of the first the gap is 0.
pub type Form = Vec<Piece>;

/// Several words at one place.
#[derive(Debug)]
pub struct WordSet {
    /// What the pack wrote: words and named sets, in order; none for a named set.
    items: Box<[Part]>,
    /// All words, also those of named sets, in order.
    pub words: Box<[u32]>,
}

/// The words, sets and gaps of all forms, each once.
#[derive(Debug, Default)]
pub struct Book {
    /// The words one after the other.
    pub pool: String,
    /// Where each word stands in the pool.
    pub words: Vec<(u32, u32)>,
    /// Each set of words.
    pub sets: Vec<WordSet>,
    /// Gaps that are more than a space or a hyphen.
    pub gaps: Vec<String>,
    word_ids: HashMap<Box<str>, u32, Fast>,
    named_ids: HashMap<Box<[u32]>, u32>,
    set_ids: HashMap<Box<[Part]>, u32, Fast>,
}

/// The word sets of a language, ready to stand in forms.
pub struct Sets<'a> {
    sets: &'a BTreeMap<String, Vec<String>>,
    /// Those of single words only; the words of others are multiplied out.
    named: BTreeMap<&'a str, Part>,
}

/// A form in the making: what its ends hold besides words is known to be a gap or a mistake when it is joined or done.
#[derive(Debug, Clone)]
struct Draft {
    lead: String,
    pieces: Form,
    trail: String,
    /// How many phrases it stands for.
    phrases: usize,
}

impl Draft {
    fn empty() -> Self {
        Self { lead: String::new(), pieces: Form::new(), trail: String::new(), phrases: 1 }
    }

    fn of(part: Part) -> Self {
        Self { pieces: vec![Piece { gap: 0, part }], ..Self::empty() }
    }

    fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.lead.is_empty()
    }

    /// The part, if it is nothing but one that a set may hold.
    fn single(&self) -> Option<Part> {
        match self.pieces.as_slice() {
            [Piece { part: part @ (Part::Word(_) | Part::Named(_) | Part::AnyOf(_)), .. }]
                if self.lead.is_empty() && self.trail.is_empty() =>
            {
                Some(*part)
            }
            _ => None,
        }
    }
}

impl Book {
    /// The number of a word.
    pub fn word(&mut self, word: &str) -> u32 {
        if let Some(id) = self.word_ids.get(word) {
            return *id;
        }
        let id = self.words.len() as u32;
        let from = self.pool.len() as u32;
        self.pool.push_str(word);
        self.words.push((from, self.pool.len() as u32));
        self.word_ids.insert(word.into(), id);
        id
    }

    /// The number of a word that some form holds.
    pub fn known(&self, word: &str) -> Option<u32> {
        self.word_ids.get(word).copied()
    }

    /// Takes in the word sets of a language.
    pub fn sets<'a>(&mut self, sets: &'a BTreeMap<String, Vec<String>>) -> Sets<'a> {
        let mut named = BTreeMap::new();
        for (name, words) in sets {
            if words.iter().all(|w| w.bytes().all(is_word_byte)) {
                let mut words: Vec<u32> = words.iter().map(|w| self.word(&w.to_lowercase())).collect();
                words.sort_unstable();
                words.dedup();
                let words = words.into_boxed_slice();
                let next = self.sets.len() as u32;
                let id = *self.named_ids.entry(words.clone()).or_insert(next);
                if id == next {
                    self.sets.push(WordSet { items: Box::default(), words });
                }
                named.insert(name.as_str(), Part::Named(id));
            }
        }
        Sets { sets, named }
    }

    /// The forms that a term stands for. Syntax: `(a|b c)` alternatives, `{set}` any word of a set of the language,
    /// `word/v` and `word/n` inflected forms, `word*` any ending, `{character}` a declared name.
    ///
    /// # Errors
    /// What is wrong with the term, as a sentence.
    pub fn expand(&mut self, term: &str, sets: &Sets<'_>) -> Result<Vec<Form>, String> {
        let term = term.trim();
        // most terms are words with single spaces between, which are read at once
        if !term.contains(['(', '{', '/', '*']) && !term.contains("  ") {
            let draft = self.fragment(term, sets);
            return self.finish(draft).map(|form| vec![form]);
        }
        let drafts = self.drafts(term, sets, 0)?;
        drafts.into_iter().map(|draft| self.finish(draft)).collect()
    }

    /// The words of a part, none where they cannot be told.
    pub fn words_of<'a>(&'a self, part: &'a Part) -> &'a [u32] {
        match part {
            Part::Word(word) => std::slice::from_ref(word),
            Part::Named(set) | Part::AnyOf(set) => self.sets.get(*set as usize).map_or(&[], |s| &s.words),
            Part::Prefix(_) | Part::Character => &[],
        }
    }

    /// What the pack wrote for a part.
    pub fn items_of<'a>(&'a self, part: &'a Part) -> &'a [Part] {
        match part {
            Part::AnyOf(set) => self.sets.get(*set as usize).map_or(&[], |s| &s.items),
            _ => std::slice::from_ref(part),
        }
    }

    /// Whether every phrase of a form has a word or the start of one at this place.
    pub fn is_firm(&self, part: &Part) -> bool {
        self.items_of(part).iter().all(|i| matches!(i, Part::Word(_) | Part::Prefix(_)))
    }

    /// Whether two forms have a phrase in common; a named set and a word of it are two things.
    pub fn overlap(&self, a: &Form, b: &Form) -> bool {
        let common = |a: &Part, b: &Part| {
            a == b || {
                let (a, b) = (self.items_of(a), self.items_of(b));
                a.iter().any(|i| b.binary_search(i).is_ok())
            }
        };
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.gap == b.gap && common(&a.part, &b.part))
    }

    /// Reads what stands between the spaces of a term, each by itself, and joins every choice with every choice.
    fn drafts(&mut self, term: &str, sets: &Sets<'_>, depth: usize) -> Result<Vec<Draft>, String> {
        let mut found = vec![Draft::empty()];
        for chunk in split_outside(term, ' ') {
            let choices = self.choices(chunk, sets, depth)?;
            let (left, right) = (phrases(&found), phrases(&choices));
            if left.saturating_mul(right) > MAX_FORMS {
                return Err(format!("The term stands for more than {MAX_FORMS} phrases."));
            }
            let mut joined = Vec::with_capacity(found.len() * choices.len());
            for (last, choice) in (1..=choices.len()).rev().zip(&choices) {
                if last == 1 && found.len() == 1 {
                    joined.extend(found.pop().map(|f| self.join(f, choice)));
                } else {
                    joined.extend(found.iter().map(|f| self.join(f.clone(), choice)));
                }
            }
            found = joined;
        }
        Ok(found)
    }

    /// What may stand for one chunk of a term, its single words as one set.
    fn choices(&mut self, chunk: &str, sets: &Sets<'_>, depth: usize) -> Result<Vec<Draft>, String> {
        if depth > 4 {
            return Err("Brackets are nested too deep.".into());
        }
        let mut choices = Vec::new();
        if let Some(inner) = bracketed(chunk) {
            for part in split_outside(inner, '|') {
                choices.extend(self.drafts(part, sets, depth + 1)?);
            }
        } else if let Some(part) = chunk.strip_prefix('{').and_then(|c| sets.named.get(c.strip_suffix('}')?)) {
            return Ok(vec![Draft::of(*part)]);
        } else if chunk.contains(['(', '{', '/']) {
            for alternative in alternatives(chunk, sets.sets, depth)? {
                for inflected in inflections(&alternative) {
                    choices.push(self.fragment(&inflected, sets));
                }
            }
        } else {
            return Ok(vec![self.fragment(chunk, sets)]);
        }
        Ok(self.gather(choices))
    }

    /// A text without brackets.
    fn fragment(&mut self, text: &str, sets: &Sets<'_>) -> Draft {
        let mut draft = Draft::empty();
        let trail = read(text, |gap, element| {
            let part = match element {
                Read::Word(word) => Part::Word(self.word(&word)),
                Read::Prefix(word) => Part::Prefix(self.word(&word)),
                Read::Braced("character") => Part::Character,
                Read::Braced(name) => sets.named.get(name).copied().unwrap_or(Part::Character),
            };
            if draft.pieces.is_empty() {
                draft.lead.push_str(gap);
                draft.pieces.push(Piece { gap: 0, part });
            } else {
                draft.pieces.push(Piece { gap: self.gap(gap), part });
            }
        });
        let end = if draft.pieces.is_empty() { &mut draft.lead } else { &mut draft.trail };
        end.push_str(trail);
        draft
    }

    /// Makes one set of all choices that are one word.
    fn gather(&mut self, choices: Vec<Draft>) -> Vec<Draft> {
        if choices.iter().filter(|c| c.single().is_some()).count() < 2 {
            return choices;
        }
        let (mut items, mut stands_for, mut others) = (Vec::new(), 0, Vec::new());
        for choice in choices {
            match choice.single() {
                Some(part) => {
                    items.extend_from_slice(self.items_of(&part));
                    stands_for += choice.phrases;
                }
                None => others.push(choice),
            }
        }
        items.sort_unstable();
        items.dedup();
        let part = match items.as_slice() {
            [one] => *one,
            _ => self.any_of(items),
        };
        others.push(Draft { phrases: stands_for, ..Draft::of(part) });
        others
    }

    fn any_of(&mut self, items: Vec<Part>) -> Part {
        if let Some(id) = self.set_ids.get(items.as_slice()) {
            return Part::AnyOf(*id);
        }
        let id = self.sets.len() as u32;
        let mut words: Vec<u32> = items.iter().flat_map(|i| self.words_of(i)).copied().collect();
        words.sort_unstable();
        words.dedup();
        let items = items.into_boxed_slice();
        self.set_ids.insert(items.clone(), id);
        self.sets.push(WordSet { items, words: words.into() });
        Part::AnyOf(id)
    }

    /// One draft after the other, with a space between.
    fn join(&mut self, mut a: Draft, b: &Draft) -> Draft {
        let phrases = a.phrases * b.phrases;
        if a.is_empty() {
            return Draft { phrases, ..b.clone() };
        }
        a.phrases = phrases;
        if b.is_empty() {
            return a;
        }
        let end = if a.pieces.is_empty() { &mut a.lead } else { &mut a.trail };
        end.push(' ');
        end.push_str(&b.lead);
        if a.pieces.is_empty() || b.pieces.is_empty() {
            a.pieces.extend_from_slice(&b.pieces);
        } else {
            let gap = self.gap(&a.trail);
            a.trail.clear();
            let from = a.pieces.len();
            a.pieces.extend_from_slice(&b.pieces);
            if let Some(first) = a.pieces.get_mut(from) {
                first.gap = gap;
            }
        }
        a.trail.push_str(&b.trail);
        a
    }

    fn gap(&mut self, gap: &str) -> u32 {
        if is_plain_space(gap) {
            return 0;
        }
        let known = self.gaps.iter().position(|g| g == gap);
        let at = known.unwrap_or_else(|| {
            self.gaps.push(gap.to_owned());
            self.gaps.len() - 1
        });
        at as u32 + 1
    }

    fn finish(&self, draft: Draft) -> Result<Form, String> {
        let Draft { lead, pieces, trail, .. } = draft;
        let only = match pieces.as_slice() {
            [Piece { part: Part::Word(word), .. }] => self.words.get(*word as usize),
            _ => None,
        };
        let only = only.and_then(|w| self.pool.get(w.0 as usize..w.1 as usize));
        if !pieces.is_empty() && !lead.is_empty() {
            return Err(format!("A term starts with a letter or a digit, not with `{lead}`."));
        }
        ending(if pieces.is_empty() { &lead } else { &trail }, only)?;
        if pieces.len() > MAX_WORDS {
            return Err(format!("A term has at most {MAX_WORDS} words."));
        }
        if !pieces.iter().any(|p| self.is_firm(&p.part)) {
            return Err("A term needs a word besides names and word sets.".into());
        }
        Ok(pieces)
    }
}

fn phrases(drafts: &[Draft]) -> usize {
    drafts.iter().map(|d| d.phrases).sum()
}

/// What stands between brackets, if the first closes at the end.
fn bracketed(chunk: &str) -> Option<&str> {
    let inner = chunk.strip_prefix('(')?.strip_suffix(')')?;
    (super::matching(chunk)? + 1 == chunk.len()).then_some(inner)
}

/// Splits at each mark that stands in no bracket.
pub(super) fn split_outside(text: &str, mark: char) -> impl Iterator<Item = &str> {
    let mut depth = 0usize;
    text.split(move |c| {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == mark && depth == 0
    })
}

/// A hash of few steps for short keys that come from packs, which their authors would only slow for themselves.
type Fast = std::hash::BuildHasherDefault<Fnv>;

#[derive(Debug, Clone, Copy)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

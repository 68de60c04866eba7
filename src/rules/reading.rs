//! How a free tag is read that is no name of a tag: the names in it, and what the words around them make of it.
//!
//! `mentions of past child negelct in ch. 4` holds one name, and all other words only say how it is meant: it is read
//! strictly. `her father is abusive and she knows` holds words that mean nothing here: it is read loosely, and only for
//! names that mean the same in any company. `Abuse of Alliteration` and `Coffee Abuse` are not read at all, because what
//! stands beside the name makes another thing of it.

mod spellings;

use std::ops::{Range, RangeInclusive};

use rapidfuzz::distance::osa;

use super::codec::coded;
use super::modifier::{Effect, Modifiers};
use super::vocabulary::{Resolved, key};
use super::word_map::WordMap;
use crate::model::{Degree, TagId};
use spellings::Spellings;

/// Tags of more words are sentences that nothing is looked for in.
const MOST_WORDS: usize = 40;
/// Shortest words that are taken for misspelt with a slip of the finger, with another letter in place of one, and with two
/// mistakes.
const ONE_SLIP: usize = 5;
const ANY_SLIP: usize = 7;
const TWO_SLIPS: usize = 9;
/// Lengths of words that are taken for several written together, and their shortest piece that is not joining others.
const GLUED: RangeInclusive<usize> = 8..=40;
const PIECE: usize = 4;
/// How many words before a name a negation in a loose reading reaches.
const NEGATION_REACH: usize = 3;

/// How firmly a name stands for its tag among other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Firmness {
    /// Only among modifiers: `Death`, `Drinking`.
    Plain,
    /// A noun, unless a strange word before it or an "of" after it makes another thing of it: `abuse`.
    Head,
    /// In any company: `abused`, `homophobic`.
    Anywhere,
}

/// A name of a tag.
#[derive(Clone, Copy)]
struct Name<'a> {
    text: &'a str,
    tag: TagId,
    firmness: Firmness,
    /// Whether it is there so that its words are not taken for another tag.
    other: bool,
    /// Whether it may be misspelt even when it is one word.
    spelling: bool,
}

impl<'a> Name<'a> {
    fn new(text: &'a str, number: u32) -> Self {
        let firmness = match number & 3 {
            0 => Firmness::Plain,
            1 => Firmness::Head,
            _ => Firmness::Anywhere,
        };
        let (other, spelling) = (number & OTHER != 0, number & SPELLING != 0);
        Self { text, tag: TagId(number >> TAG), firmness, other, spelling }
    }

    fn words(&self) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
        self.text.split(' ')
    }

    /// How many words it has.
    fn length(&self) -> usize {
        self.words().count()
    }
}

const OTHER: u32 = 4;
const SPELLING: u32 = 8;
/// Where the number of a tag starts in that of a name.
const TAG: u32 = 4;

/// The names of tags as loose keys, to be found whole and among other words.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The tag of each, and what else a [`Name`] says.
    names: WordMap,
    /// Words that are never taken for misspelt.
    known: WordMap,
    /// Words that others may be misspellings of.
    spellings: Spellings,
}

coded!(Names { names, known, spellings });

/// A word of a tag.
#[derive(Clone)]
struct Token {
    /// As compared.
    word: String,
    /// The known word that it is a misspelling of, or itself.
    meant: String,
    /// Whether punctuation other than a hyphen stands before it.
    parted: bool,
    /// Whether it ends in `'s` or `s'`.
    possessive: bool,
}

impl Token {
    fn misspelt(&self) -> bool {
        self.word != self.meant
    }
}

/// What a word of a tag is to the names in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Part of the name of that index.
    Name(usize),
    /// A modifier before a name or after one.
    Before(Effect),
    After(Effect),
    /// Says nothing: `in chapter`, `and`.
    Filler,
    /// Someone whom it happens to: `teenager`.
    Person,
    /// Anything else.
    Strange,
}

struct Found {
    range: Range<usize>,
    tag: TagId,
    firmness: Firmness,
    other: bool,
}

impl Names {
    /// The tag that has this name.
    pub(super) fn tag(&self, name: &str) -> Option<TagId> {
        self.names.get(name).map(|number| TagId(number >> TAG))
    }

    /// Makes `name` mean `tag`, if it has no meaning yet. Gives what it means now.
    pub(super) fn or_name(&mut self, name: String, tag: TagId) -> TagId {
        TagId(self.names.or_insert(name, tag.0 << TAG) >> TAG)
    }

    /// The names added since the others were compiled.
    pub(super) fn added(&self) -> Vec<(String, TagId)> {
        self.names.added().map(|(name, number)| (name.to_owned(), TagId(number >> TAG))).collect()
    }

    /// Says how a name is found among other words; `spelling`: it may be misspelt even when it is one word.
    pub(super) fn add(&mut self, name: &str, tag: TagId, firmness: Firmness, other: bool, spelling: bool) {
        let flags = if other { OTHER } else { 0 } | if spelling { SPELLING } else { 0 };
        self.names.insert(name.to_owned(), tag.0 << TAG | flags | firmness as u32);
        if name.is_empty() {
            return;
        }
        let misspelt = name.contains(' ') && !other || spelling && firmness > Firmness::Plain;
        for word in name.split(' ') {
            self.known.add(word);
            if misspelt {
                self.spellings.add(word);
            }
        }
    }

    /// Adds words that are known but name nothing.
    pub(super) fn know<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) {
        words.into_iter().for_each(|word| self.known.add(word));
    }

    /// Adds the modifiers, whose words are misspelt too.
    pub(super) fn know_modifiers(&mut self, modifiers: &Modifiers) {
        for word in modifiers.added().flat_map(|p| p.split(' ')) {
            self.known.add(word);
            self.spellings.add(word);
        }
    }

    /// What a tag comes to that is no name. Loose readings are left out unless `loosely`.
    pub(super) fn read(&self, entry: &str, modifiers: &Modifiers, loosely: bool) -> Vec<Resolved> {
        let tokens = tokens(entry);
        if tokens.is_empty() || tokens.len() > MOST_WORDS {
            return Vec::new();
        }
        let apart = self.take_apart(&tokens).map(|apart| self.read_tokens(apart, modifiers, false, true));
        apart.filter(|read| !read.is_empty()).unwrap_or_else(|| self.read_tokens(tokens, modifiers, loosely, false))
    }

    fn read_tokens(&self, mut tokens: Vec<Token>, modifiers: &Modifiers, loosely: bool, apart: bool) -> Vec<Resolved> {
        for token in &mut tokens {
            if let Some(meant) = self.respell(&token.word, token.possessive) {
                token.meant = meant.to_owned();
            }
        }
        let found = self.find(&tokens, modifiers);
        // words written together are cut for names that are sure, not for "bloodbath"
        if found.is_empty() || apart && found.iter().all(|f| f.firmness == Firmness::Plain) {
            return Vec::new();
        }
        let parts = parts(&tokens, &found, modifiers);
        let unrelated = |p: &Part| matches!(p, Part::Before(Effect::Unrelated) | Part::After(Effect::Unrelated));
        let setting = |f: &Found| {
            let words = tokens.get(f.range.clone()).unwrap_or_default().iter().map(|t| t.meant.as_str());
            f.other && modifiers.around(&words.collect::<Vec<_>>().join(" ")) == Some(Effect::Unrelated)
        };
        if parts.iter().any(unrelated) || found.iter().any(setting) {
            return Vec::new();
        }
        match self.strictly(&tokens, &found, &parts) {
            Some(read) => read,
            None if loosely => self.loosely(&tokens, &found, &parts),
            None => Vec::new(),
        }
    }

    /// The known word of which `word` is a misspelling.
    fn respell(&self, word: &str, possessive: bool) -> Option<&str> {
        let length = word.chars().count();
        if length < ONE_SLIP || possessive || self.known.contains(word) {
            return None;
        }
        let first = word.chars().next()?;
        // short words are others too often when their last letter is another: "sleepy" is not "sleep"
        let last = word.chars().next_back().filter(|_| length < TWO_SLIPS);
        let comparator = osa::BatchComparator::new(word.chars());
        let mut best: Option<(usize, &str)> = None;
        let most = if length >= TWO_SLIPS { 2 } else { 1 };
        for near in length.saturating_sub(most)..=length + most {
            for candidate in self.spellings.of(first, near) {
                if last.is_some_and(|l| !candidate.ends_with(l)) {
                    continue;
                }
                let cutoff = if near >= TWO_SLIPS { most } else { 1 };
                let args = osa::Args::default().score_cutoff(cutoff);
                let distance = comparator.distance_with_args(candidate.chars(), &args);
                if let Some(distance) = distance.filter(|d| best.is_none_or(|b| *d < b.0)) {
                    best = Some((distance, candidate));
                }
            }
        }
        // so they are when one letter stands in the place of another: "pause" is not "passe"
        best.map(|b| b.1).filter(|b| length >= ANY_SLIP || is_slip(word, b))
    }

    /// The words with those cut that are several written together, if there are any: `childabuse`, `mentionsofabuse`.
    fn take_apart(&self, tokens: &[Token]) -> Option<Vec<Token>> {
        let long = |t: &Token| GLUED.contains(&t.word.len()) && !self.known.contains(&t.word);
        let pieces: Vec<Option<Vec<&str>>> =
            tokens.iter().map(|t| long(t).then(|| self.pieces(&t.word, true)).flatten()).collect();
        pieces.iter().any(Option::is_some).then(|| {
            let words = tokens.iter().zip(&pieces).flat_map(|(token, pieces)| match pieces {
                None => vec![token.clone()],
                Some(pieces) => pieces
                    .iter()
                    .enumerate()
                    .map(|(k, piece)| Token {
                        word: (*piece).to_owned(),
                        meant: (*piece).to_owned(),
                        parted: token.parted && k == 0,
                        possessive: false,
                    })
                    .collect(),
            });
            words.collect()
        })
    }

    fn pieces<'w>(&self, word: &'w str, first: bool) -> Option<Vec<&'w str>> {
        const JOINS: [&str; 5] = ["of", "to", "and", "tw", "cw"];
        for at in (2..word.len()).rev() {
            let (Some(head), Some(rest)) = (word.get(..at), word.get(at..)) else { continue };
            let long = |w: &str| w.len() >= PIECE && self.known.contains(w);
            if !long(head) && !(JOINS.contains(&head) && (!first || head == "tw" || head == "cw")) {
                continue;
            }
            if long(rest) {
                return Some(vec![head, rest]);
            }
            if let Some(mut pieces) = self.pieces(rest, false) {
                pieces.insert(0, head);
                return Some(pieces);
            }
        }
        None
    }

    /// The name that starts at a word, of most words.
    fn name_at(&self, tokens: &[Token], at: usize) -> Option<Name<'_>> {
        let fits = |name: &Name<'_>| {
            let there = tokens.get(at..at + name.length());
            there.is_some_and(|there| {
                let same = there.iter().zip(name.words()).all(|(t, w)| t.meant == *w);
                // a name needs a word that is spelt right; alone it may have a slip, but no other letter in place of one
                same && (there.iter().any(|t| !t.misspelt())
                    || there.len() == 1
                        && name.spelling
                        && name.firmness > Firmness::Plain
                        && there.iter().all(|t| is_slip(&t.word, &t.meant)))
            })
        };
        let names = self.names.starting(&tokens.get(at)?.meant).map(|(text, number)| Name::new(text, number));
        names.filter(fits).max_by_key(Name::length)
    }

    /// A name of just these words.
    fn name_of(&self, words: &[&str]) -> Option<Name<'_>> {
        let text = words.join(" ");
        let found = self.names.starting(&text).next()?;
        (found.0 == text).then(|| Name::new(found.0, found.1))
    }

    /// The names in a tag, the longest where several start, and those that share a word: `physical and verbal abuse`.
    fn find(&self, tokens: &[Token], modifiers: &Modifiers) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let Some(name) = self.name_at(tokens, at) else {
                // the words of "non-graphic violence" are not those of graphic violence
                at += modifiers.at(tokens.get(at..).unwrap_or_default().iter().map(|t| t.meant.as_str())).max(1);
                continue;
            };
            let mut range = at..at + name.length();
            at = range.end;
            found.push(Found { range: range.clone(), tag: name.tag, firmness: name.firmness, other: name.other });
            // "verbally abusive parents" holds two names that share a word
            let shared = (range.len() > 1).then(|| self.name_at(tokens, range.end - 1)).flatten();
            if let Some(longer) = shared.filter(|n| n.length() > 1 && !n.other && !name.other) {
                range = at..at + longer.length() - 1;
                at = range.end;
                found.push(Found { range, tag: longer.tag, firmness: longer.firmness, other: false });
            }
        }
        let mut shared = Vec::new();
        for name in found.iter().filter(|f| f.firmness > Firmness::Plain && !f.other) {
            let words: Vec<&str> =
                tokens.get(name.range.clone()).unwrap_or_default().iter().map(|t| t.meant.as_str()).collect();
            let Some(last) = words.last() else { continue };
            let tail = words.get(1..).unwrap_or_default();
            let taken = |i: usize| found.iter().any(|f| f.range.contains(&i));
            let share = |i: usize| {
                let word = tokens.get(i).filter(|_| !taken(i))?.meant.as_str();
                let whole = [&[word], tail].concat();
                let name = (!tail.is_empty()).then(|| self.name_of(&whole)).flatten();
                name.or_else(|| self.name_of(&[word, last])).filter(|n| !n.other)
            };
            let mut reach = |places: &mut dyn Iterator<Item = usize>| {
                for i in places {
                    match share(i) {
                        Some(n) => {
                            shared.push(Found { range: i..i + 1, tag: n.tag, firmness: n.firmness, other: false })
                        }
                        None if tokens.get(i).is_some_and(|t| matches!(t.meant.as_str(), "and" | "or")) => {}
                        None => break,
                    }
                }
            };
            reach(&mut (0..name.range.start).rev());
            reach(&mut (name.range.end..tokens.len()));
        }
        for name in shared {
            if !found.iter().any(|f| f.range == name.range) {
                found.push(name);
            }
        }
        found.sort_by_key(|f| f.range.start);
        found
    }

    /// The reading of a tag that holds nothing but names and words that say how they are meant.
    fn strictly(&self, tokens: &[Token], found: &[Found], parts: &[Part]) -> Option<Vec<Resolved>> {
        let firm = found.iter().any(|f| f.firmness > Firmness::Plain);
        // another letter in the place of one makes other words too often for names that mean much else
        let clear = |i: usize| tokens.get(i).is_none_or(|t| firm || !t.misspelt() || is_slip(&t.word, &t.meant));
        let fits = |(i, part): (usize, &Part)| match part {
            _ if !clear(i) => false,
            Part::Strange => false,
            Part::Person => firm,
            Part::Filler => firm || tokens.get(i).is_some_and(|t| matches!(t.meant.as_str(), "and" | "or")),
            _ => true,
        };
        if !parts.iter().enumerate().all(fits) {
            return None;
        }
        // two names side by side are the name of a third thing: "blood addiction"
        let side_by_side = |pair: &[Found]| match pair {
            [a, b] => {
                let joined = a.range.end == b.range.start && tokens.get(b.range.start).is_some_and(|t| !t.parted);
                joined
                    && (a.firmness == Firmness::Plain || a.firmness == Firmness::Head && b.firmness == Firmness::Plain)
            }
            _ => false,
        };
        if found.windows(2).any(side_by_side) {
            return Some(Vec::new());
        }
        let mut read: Vec<Resolved> = Vec::new();
        let (mut before, mut group) = (Meaning::default(), 0);
        let mut named = false;
        for (i, part) in parts.iter().enumerate() {
            match part {
                Part::Before(effect) => {
                    // "mentions of abuse and mild violence" begins anew at the second degree
                    if named && *effect != Effect::Ignored {
                        (before, named, group) = (Meaning::default(), false, read.len());
                    }
                    before.add(*effect);
                }
                Part::After(effect) => read.iter_mut().skip(group).for_each(|r| {
                    let mut meaning = Meaning { degree: r.degree, denied: r.denied };
                    meaning.add(*effect);
                    (r.degree, r.denied) = (meaning.degree, meaning.denied);
                }),
                Part::Name(n) => {
                    let Some(name) = found.get(*n).filter(|f| f.range.start == i) else { continue };
                    let misspelt = tokens.get(name.range.clone()).unwrap_or_default().iter().any(Token::misspelt);
                    let Meaning { degree, denied } = before;
                    read.push(Resolved { tag: name.tag, degree, denied, plain: false, misspelt });
                    named = true;
                }
                _ => {}
            }
        }
        // "hurt/comfort" beside a warning is no news
        let other = |r: &Resolved| found.iter().any(|f| f.tag == r.tag && f.other);
        if !read.iter().all(other) {
            read.retain(|r| !other(r));
        }
        Some(read)
    }

    /// The reading of a tag that holds words of which nothing is known: only firm names, and never as plainly meant.
    fn loosely(&self, tokens: &[Token], found: &[Found], parts: &[Part]) -> Vec<Resolved> {
        let mut read: Vec<Resolved> = Vec::new();
        for name in found.iter().filter(|f| f.firmness > Firmness::Plain && !f.other) {
            let alone = tokens.get(name.range.clone()).unwrap_or_default().iter().all(Token::misspelt);
            if alone || name.firmness == Firmness::Head && !stands_alone(tokens, parts, &name.range) {
                continue;
            }
            let near = name.range.start.saturating_sub(NEGATION_REACH)..name.range.start;
            let denied = near.clone().any(|i| parts.get(i) == Some(&Part::Before(Effect::Denied)));
            let doubted =
                near.clone().any(|i| tokens.get(i).is_some_and(|t| t.word.ends_with("nt") && t.word.len() > 3));
            if doubted || read.iter().any(|r| r.tag == name.tag) {
                continue;
            }
            read.push(Resolved { tag: name.tag, degree: Degree::Loose, denied, plain: false, misspelt: false });
        }
        read
    }
}

/// What modifiers come to.
#[derive(Clone, Copy)]
struct Meaning {
    degree: Degree,
    denied: bool,
}

impl Default for Meaning {
    fn default() -> Self {
        Self { degree: Degree::Depicted, denied: false }
    }
}

impl Meaning {
    fn add(&mut self, effect: Effect) {
        match effect {
            Effect::Degree(degree) => self.degree = self.degree.max(degree),
            Effect::Denied => self.denied = true,
            Effect::Ignored | Effect::Unrelated => {}
        }
    }
}

/// What each word of a tag is.
fn parts(tokens: &[Token], found: &[Found], modifiers: &Modifiers) -> Vec<Part> {
    let mut parts = vec![Part::Strange; tokens.len()];
    for (n, name) in found.iter().enumerate() {
        parts.get_mut(name.range.clone()).into_iter().flatten().for_each(|p| *p = Part::Name(n));
    }
    let words: Vec<&str> = tokens.iter().map(|t| t.meant.as_str()).collect();
    let last = found.iter().map(|f| f.range.start).max().unwrap_or(0);
    let first = found.iter().map(|f| f.range.end).min().unwrap_or(0);
    let mut at = 0;
    while at < tokens.len() {
        if parts.get(at) != Some(&Part::Strange) {
            at += 1;
            continue;
        }
        let free = parts.iter().skip(at).take_while(|p| **p == Part::Strange).count();
        let longest = (1..=free.min(modifiers.longest())).rev().find_map(|n| {
            let phrase = words.get(at..at + n)?.join(" ");
            // what follows the last name is meant for it, what precedes the first one too
            let before = (at < last).then(|| modifiers.before(&phrase)).flatten().map(Part::Before);
            let after = (at >= first).then(|| modifiers.after(&phrase)).flatten().map(Part::After);
            let side = |e| if at < last { Part::Before(e) } else { Part::After(e) };
            let around =
                || modifiers.around(&phrase).map(|e| if e == Effect::Ignored { Part::Filler } else { side(e) });
            // degrees are told on the wrong side too, but a "not" after a name denies something else
            let astray =
                || modifiers.before(&phrase).or(modifiers.after(&phrase)).filter(|e| *e != Effect::Denied).map(side);
            let person = || modifiers.is_person(&phrase).then_some(Part::Person);
            let part = before.or(after).or_else(around).or_else(person).or_else(astray)?;
            Some((n, part))
        });
        let (n, part) = longest.unwrap_or_else(|| {
            let word = words.get(at).copied().unwrap_or("");
            let numbered = word.starts_with(|c: char| c.is_ascii_digit());
            (1, if numbered { Part::After(Effect::Ignored) } else { Part::Strange })
        });
        parts.get_mut(at..at + n).into_iter().flatten().for_each(|p| *p = part);
        at += n;
    }
    // words that only say which kind, by their ending: "institutional abuse"
    for name in found.iter().filter(|f| f.firmness == Firmness::Head) {
        if let Some(before) = name.range.start.checked_sub(1)
            && parts.get(before) == Some(&Part::Strange)
            && words.get(before).is_some_and(|w| modifiers.says_which_kind(w))
            && let Some(part) = parts.get_mut(before)
        {
            *part = Part::Person;
        }
    }
    parts
}

/// Whether a noun among strange words still means itself: no strange word makes a compound of it, and nothing stands in
/// an "of" after it but people.
fn stands_alone(tokens: &[Token], parts: &[Part], name: &Range<usize>) -> bool {
    let strange =
        |i: usize| parts.get(i).is_some_and(|p| *p == Part::Strange) && tokens.get(i).is_some_and(|t| !t.possessive);
    let plain_name = |i: usize| parts.get(i).is_some_and(|p| matches!(p, Part::Name(_)));
    if let Some(before) = name.start.checked_sub(1)
        && tokens.get(name.start).is_some_and(|t| !t.parted)
        && (strange(before) || plain_name(before))
    {
        return false;
    }
    let Some(next) = tokens.get(name.end) else { return true };
    if next.parted {
        return true;
    }
    match next.meant.as_str() {
        "of" => {
            let object = parts.get(name.end + 1..).unwrap_or_default();
            let named = object.iter().position(|p| !matches!(p, Part::Filler | Part::Before(_) | Part::After(_)));
            named.is_some_and(|at| object.get(at) != Some(&Part::Strange))
                || tokens.iter().skip(name.end + 1).any(|t| matches!(t.meant.as_str(), "by" | "from"))
        }
        _ => !strange(name.end) && !plain_name(name.end),
    }
}

/// Whether one word is another with two neighbours exchanged, or with a letter missing or too many inside. Another letter
/// in the place of one makes other words too often: `amuse` is not `abuse`.
pub(super) fn is_slip(written: &str, name: &str) -> bool {
    let (written, name): (Vec<char>, Vec<char>) = (written.chars().collect(), name.chars().collect());
    let inside = name.len() >= ONE_SLIP && written.first() == name.first() && written.last() == name.last();
    let same = written.iter().zip(&name).take_while(|(a, b)| a == b).count();
    let rest = |word: &[char], skip: usize| word.get(same + skip..).map(<[char]>::to_vec).unwrap_or_default();
    inside
        && match written.len() as isize - name.len() as isize {
            -1 => rest(&written, 0) == rest(&name, 1),
            1 => rest(&written, 1) == rest(&name, 0),
            0 => {
                let exchanged = written.get(same) == name.get(same + 1) && written.get(same + 1) == name.get(same);
                exchanged && rest(&written, 2) == rest(&name, 2)
            }
            _ => false,
        }
}

/// The words of a tag as compared. Words written together with capitals inside are cut: `MentionsOfAbuse`.
fn tokens(entry: &str) -> Vec<Token> {
    let mut spaced = String::with_capacity(entry.len() + 8);
    let mut previous = ' ';
    for c in entry.chars() {
        if previous.is_lowercase() && c.is_uppercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        previous = c;
    }
    let folded = key(&spaced);
    let mut tokens: Vec<Token> = Vec::new();
    let mut word = String::new();
    let (mut parted, mut apostrophe) = (false, None);
    let mut chars = folded.chars();
    loop {
        match chars.next() {
            Some(c) if c.is_alphanumeric() => word.push(c),
            Some('\'' | '’') if !word.is_empty() => apostrophe = Some(word.len()),
            other => {
                if !word.is_empty() {
                    let word = std::mem::take(&mut word);
                    let tail = apostrophe.take().and_then(|at| word.get(at..));
                    let possessive = tail == Some("s") || tail == Some("") && word.ends_with('s');
                    tokens.push(Token { meant: word.clone(), word, parted, possessive });
                    parted = false;
                }
                match other {
                    None => return tokens,
                    Some(' ' | '-' | '!' | '_' | '\'' | '’' | '#') => {}
                    Some(_) => parted = true,
                }
            }
        }
    }
}

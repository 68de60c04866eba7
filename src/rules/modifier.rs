//! Words around a tag that change how it is meant: `past X`, `X (implied)`, `no X`, `tw: X`.

use super::codec::coded;
use super::vocabulary::Resolved;
use super::word_map::WordMap;
use crate::model::{Degree, TagId};

/// What a modifier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The tag is meant at this degree.
    Degree(Degree),
    /// The tag is said not to be there.
    Denied,
    /// The words say nothing about degree.
    Ignored,
    /// The words make the whole tag about something else: an episode, an event.
    Unrelated,
}

impl Effect {
    /// The effect of that name in TOML.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "denied" => Some(Self::Denied),
            "ignored" => Some(Self::Ignored),
            "unrelated" => Some(Self::Unrelated),
            _ => Degree::from_name(name).map(Self::Degree),
        }
    }
}

const EFFECTS: [Effect; 9] = [
    Effect::Degree(Degree::Depicted),
    Effect::Degree(Degree::Mild),
    Effect::Degree(Degree::Attempted),
    Effect::Degree(Degree::Past),
    Effect::Degree(Degree::Implied),
    Effect::Degree(Degree::Loose),
    Effect::Denied,
    Effect::Ignored,
    Effect::Unrelated,
];

/// Words and the effect of each, as an index of [`EFFECTS`].
#[derive(Debug, Default)]
struct Effects(WordMap);

impl Effects {
    fn get(&self, words: &str) -> Option<Effect> {
        EFFECTS.get(self.0.get(words)? as usize).copied()
    }

    fn insert(&mut self, words: String, effect: Effect) -> Option<Effect> {
        let before = self.get(&words);
        let number = (0..).zip(EFFECTS).find(|(_, e)| *e == effect).map_or(0, |(i, _)| i);
        self.0.insert(words, number);
        before
    }
}

coded!(Effects { 0 });

/// Where words of a modifier stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the tag.
    Before,
    /// After it.
    After,
    /// On either side.
    Around,
}

/// All modifiers, by their words.
#[derive(Debug, Default)]
pub struct Modifiers {
    before: Effects,
    after: Effects,
    around: Effects,
    people: WordMap,
    kinds: Vec<String>,
    forms: Vec<(Degree, String)>,
    /// Most words of a modifier.
    longest: usize,
}

impl Modifiers {
    /// Adds words (as a loose key) at a place of a tag. Gives what they did there before, if that is something else.
    pub(super) fn add(&mut self, words: String, effect: Effect, place: Place) -> Option<Effect> {
        self.longest = self.longest.max(words.split(' ').count());
        let map = match place {
            Place::Before => &mut self.before,
            Place::After => &mut self.after,
            Place::Around => &mut self.around,
        };
        map.insert(words, effect).filter(|e| *e != effect)
    }

    /// Adds a word (as a loose key) for those whom it happens to or who do it.
    pub(super) fn add_person(&mut self, word: String) {
        self.longest = self.longest.max(word.split(' ').count());
        self.people.insert(word, 0);
    }

    /// Adds an ending of words that only say which kind.
    pub(super) fn add_kind(&mut self, ending: String) {
        self.kinds.push(ending);
    }

    /// What words before a tag do.
    pub(super) fn before(&self, words: &str) -> Option<Effect> {
        self.before.get(words)
    }

    /// How many words the longest modifier of several words has that stands before a tag and starts here; none: 0.
    pub(super) fn at<'w>(&self, words: impl Iterator<Item = &'w str>) -> usize {
        let words: Vec<&str> = words.take(self.longest).collect();
        let fits = |n: &usize| words.get(..*n).is_some_and(|w| self.before.get(&w.join(" ")).is_some());
        (2..=words.len()).rev().find(fits).unwrap_or(0)
    }

    /// What words after a tag do.
    pub(super) fn after(&self, words: &str) -> Option<Effect> {
        self.after.get(words)
    }

    /// What words do that may stand at any place of a tag.
    pub(super) fn around(&self, words: &str) -> Option<Effect> {
        self.around.get(words)
    }

    /// Whether words mean someone.
    pub(super) fn is_person(&self, words: &str) -> bool {
        self.people.contains(words)
    }

    /// Whether a word only says which kind, by its ending.
    pub(super) fn says_which_kind(&self, word: &str) -> bool {
        self.kinds.iter().any(|k| word.len() > k.len() + 2 && word.ends_with(k.as_str()))
    }

    /// Most words of a modifier.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Words added since the modifiers were compiled, whatever they do.
    pub(super) fn added(&self) -> impl Iterator<Item = &str> {
        [&self.before.0, &self.after.0, &self.around.0, &self.people].into_iter().flat_map(WordMap::added).map(|w| w.0)
    }

    /// Sets how tags of a degree are written; the first one set stays.
    pub(super) fn set_form(&mut self, degree: Degree, form: String) {
        if self.form(degree).is_none() {
            self.forms.push((degree, form));
        }
    }

    /// How tags of a degree are written, with `{tag}` for the name.
    pub fn form(&self, degree: Degree) -> Option<&str> {
        self.forms.iter().find(|f| f.0 == degree).map(|f| f.1.as_str())
    }

    /// Takes modifiers off both ends of a loose key until `lookup` knows what is left. The loosest degree wins.
    pub fn strip(&self, entry: &str, lookup: impl Fn(&str) -> Option<TagId>) -> Option<Resolved> {
        let words: Vec<&str> = entry.split(' ').collect();
        let (mut start, mut end) = (0, words.len());
        let mut degree = Degree::Depicted;
        let mut denied = false;
        // a real tag has few words around its core; sentences are left alone
        for _ in 0..6 {
            let rest = words.get(start..end)?;
            let longest = self.longest.min(rest.len().saturating_sub(1));
            let first = (1..=longest).rev().find_map(|n| Some((n, self.before.get(&rest.get(..n)?.join(" "))?)));
            let last =
                || (1..=longest).rev().find_map(|n| Some((n, self.after.get(&rest.get(rest.len() - n..)?.join(" "))?)));
            let effect = if let Some((n, effect)) = first {
                start += n;
                effect
            } else if let Some((n, effect)) = last() {
                end -= n;
                effect
            } else {
                return None;
            };
            match effect {
                Effect::Degree(d) => degree = degree.max(d),
                Effect::Denied => denied = true,
                Effect::Ignored => {}
                Effect::Unrelated => return None,
            }
            if let Some(tag) = lookup(&words.get(start..end)?.join(" ")) {
                return Some(Resolved { tag, degree, denied, plain: false, misspelt: false });
            }
        }
        None
    }
}

coded!(Modifiers { before, after, around, people, kinds, forms, longest });

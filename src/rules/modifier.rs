//! Words around a tag that change how it is meant: `past X`, `X (implied)`, `no X`, `tw: X`.

use std::collections::HashMap;

use super::vocabulary::Resolved;
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
}

impl Effect {
    /// The effect of that name in TOML.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "denied" => Some(Self::Denied),
            "ignored" => Some(Self::Ignored),
            _ => Degree::from_name(name).map(Self::Degree),
        }
    }
}

/// All modifiers, by their words.
#[derive(Debug, Default)]
pub struct Modifiers {
    before: HashMap<String, Effect>,
    after: HashMap<String, Effect>,
    forms: Vec<(Degree, String)>,
    /// Most words of a modifier.
    longest: usize,
}

impl Modifiers {
    /// Adds words (as a loose key) before or after a tag. Gives what they did before, if that is something else.
    pub(super) fn add(&mut self, words: String, effect: Effect, before: bool) -> Option<Effect> {
        self.longest = self.longest.max(words.split(' ').count());
        let map = if before { &mut self.before } else { &mut self.after };
        map.insert(words, effect).filter(|e| *e != effect)
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
                Effect::Degree(d) => degree = degree.max(*d),
                Effect::Denied => denied = true,
                Effect::Ignored => {}
            }
            if let Some(tag) = lookup(&words.get(start..end)?.join(" ")) {
                return Some(Resolved { tag, degree, denied, plain: false });
            }
        }
        None
    }
}

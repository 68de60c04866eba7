//! How much text suggestions rest on.

use super::rating::amount;
use super::sentences::capitalized;
use super::{Reading, entries, join};
use crate::checks::language::{english_name, spoken};
use crate::model::Facts;
use crate::model::facts::Entry;
use crate::rules::RuleSet;
use crate::rules::vocabulary::key;

pub(super) fn reading(facts: &Facts<'_>, rules: &RuleSet) -> Reading {
    let mut reading = Reading { partial: facts.work.partial, ..Reading::default() };
    let all: u64 = facts.story().map(|(_, m)| u64::from(m.words)).sum();
    let mut told = 0;
    for (language, words, _) in spoken(facts) {
        told += u64::from(words);
        let name = english_name(language).unwrap_or(language.0).to_owned();
        if rules.language(language.0).is_some() {
            reading.languages.push(name);
        } else {
            reading.unread.push((name, u64::from(words)));
        }
    }
    // what is too short to tell is taken for what the work says, else it is read with every word list
    let has_words =
        |e: &&Entry| rules.languages.iter().any(|l| l.id == key(&e.text) || l.names.contains(&key(&e.text)));
    let declared: Vec<&Entry> =
        rules.vocabulary.field_id("language").map(|k| entries(facts, k).collect()).unwrap_or_default();
    if told < all
        && let Some(other) = declared.first().filter(|_| !declared.iter().any(has_words))
    {
        reading.unread.push((other.text.clone(), all - told));
    }
    let unread: u64 = reading.unread.iter().map(|u| u.1).sum();
    reading.words = all - unread;
    if reading.languages.is_empty() && reading.words > 0 {
        reading.assumed = declared.is_empty();
        reading.languages = rules.languages.iter().filter_map(|l| l.names.first()).map(|n| capitalized(n)).collect();
    }
    reading
}

pub(super) fn not_judged(reading: &Reading) -> String {
    match reading.unread.as_slice() {
        [] => "There is no text of a story in this file, so no rating can be suggested.".to_owned(),
        _ => format!("No rating can be suggested. {}", not_read(reading)),
    }
}

/// `120 words of Finnish were not looked at, because there are no word lists for it.`
pub(super) fn not_read(reading: &Reading) -> String {
    let each: Vec<String> =
        reading.unread.iter().map(|(name, words)| amount(*words, std::slice::from_ref(name))).collect();
    let each: Vec<&str> = each.iter().map(String::as_str).collect();
    let them = if each.len() > 1 { "these languages" } else { "that language" };
    format!("{} were not looked at, because there are no word lists for {them}.", join(&each, "and"))
}

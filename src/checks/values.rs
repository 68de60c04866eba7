//! Values of closed lists, and misspelt tags.

use super::{Finding, either};
use crate::engine::replace;
use crate::model::{Facts, Safety, facts::Entry};
use crate::rules::nearest::nearest;
use crate::rules::vocabulary::{FieldKind, Holds, key, label_key, loose_key};
use crate::rules::{Rule, RuleSet};

/// More names than this are not listed in a help text.
const FEW: usize = 8;

/// A rating or an entry of a closed list that the archive does not know.
pub(super) fn unknown_value(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for (entry, kind, index) in entries_of(facts, rules, rule) {
        let names = official(rules, kind, index);
        if official_name(rules, kind, index, &entry.text).is_some() || names.is_empty() {
            continue;
        }
        let label = facts.work.fields.get(entry.field).map_or("", |f| f.name.value.as_str());
        // a bare "Warnings" line is free text everywhere but on the archive itself
        if kind.one_of.as_deref() == Some("archive-warning") && !label_key(label).contains("archive") {
            continue;
        }
        let finding = Finding::about(&kind.id)
            .fill("field", kind.name.to_lowercase())
            .fill("value", entry.text.clone())
            .at(entry.span, "");
        let keys: Vec<String> = names.iter().map(|n| key(n)).collect();
        let near = nearest(&key(&entry.text), keys.iter().map(String::as_str));
        let near = near.and_then(|n| names.iter().zip(&keys).find(|(_, k)| *k == n)).map(|(name, _)| *name);
        found.push(match near {
            Some(near) => {
                let fix = entry.exact.then(|| replace(facts, entry.span, near, Safety::Suggestion)).flatten();
                Finding { fix, ..finding.help(format!("Did you mean “{near}”?")) }
            }
            None if names.len() <= FEW => finding.help(format!("The archive takes {}.", either(&names))),
            None => finding,
        });
    }
    found
}

/// A value of a closed list under an old name, an alias or in other letter case.
pub(super) fn old_name(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for (entry, kind, index) in entries_of(facts, rules, rule) {
        let Some(name) = official_name(rules, kind, index, &entry.text).filter(|n| *n != entry.text) else { continue };
        let mut finding = Finding::about(&kind.id)
            .fill("field", kind.name.to_lowercase())
            .fill("value", entry.text.clone())
            .fill("expected", name)
            .at(entry.span, "");
        finding.fix = entry.exact.then(|| replace(facts, entry.span, name, Safety::Safe)).flatten();
        found.push(finding);
    }
    found
}

fn entries_of<'f>(
    facts: &'f Facts<'_>,
    rules: &'f RuleSet,
    rule: &'f Rule,
) -> impl Iterator<Item = (&'f Entry, &'f FieldKind, u32)> {
    facts.entries.iter().filter_map(|entry| {
        let index = entry.kind.filter(|k| rule.fields.contains(k))?;
        Some((entry, rules.vocabulary.kind(index)?, index))
    })
}

/// The archive's own names for the values of a field.
fn official<'r>(rules: &'r RuleSet, kind: &'r FieldKind, index: u32) -> Vec<&'r str> {
    match (&kind.one_of, kind.holds) {
        (Some(category), _) => rules.vocabulary.names_of(category).collect(),
        (None, Holds::Rating) => rules.vocabulary.ladder(index).map(|l| l.spellings().collect()).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The archive's own name for a value, if it means one.
fn official_name<'r>(rules: &'r RuleSet, kind: &FieldKind, index: u32, value: &str) -> Option<&'r str> {
    match (&kind.one_of, kind.holds) {
        (Some(category), _) => {
            let tag = rules.vocabulary.resolve_in(category, value)?;
            rules.vocabulary.tag(tag).map(|t| t.name.as_str())
        }
        (None, Holds::Rating) => {
            let ladder = rules.vocabulary.ladder(index)?;
            ladder.resolve(value).map(|r| ladder.spelling(r))
        }
        _ => None,
    }
}

/// A free tag that is one or two letters away from the name of a content warning: one from 6 letters on, two from 10.
/// The first letter must be the same, as in nearly all real misspellings.
pub(super) fn tag_spelling(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let loose = |name: &str| loose_key(&key(name));
    let names: Vec<(String, &str)> = rules
        .vocabulary
        .tags
        .iter()
        .filter(|t| t.spelling && t.category == "content")
        .map(|t| (loose(&t.name), t.name.as_str()))
        .collect();
    let mut found = Vec::new();
    for (entry, kind, _) in entries_of(facts, rules, rule) {
        if rules.vocabulary.resolve(&entry.text).is_some() {
            continue;
        }
        let written = loose(&entry.text);
        let letters = written.chars().count();
        if letters < 6 {
            continue;
        }
        let alike = |n: &&(String, &str)| {
            let length = n.0.chars().count();
            n.0.chars().next() == written.chars().next()
                && (letters.abs_diff(length) <= if letters < 10 { 1 } else { 2 })
        };
        let near = nearest_within(
            &written,
            names.iter().filter(alike).map(|n| n.0.as_str()),
            if letters < 10 { 1 } else { 2 },
        );
        let Some((_, name)) = near.and_then(|near| names.iter().find(|n| n.0 == near)) else { continue };
        let mut finding = Finding::about(&kind.id)
            .fill("value", entry.text.clone())
            .fill("expected", *name)
            .fill("tag", *name)
            .at(entry.span, "");
        finding.fix = entry.exact.then(|| replace(facts, entry.span, name, Safety::Suggestion)).flatten();
        found.push(finding);
    }
    found
}

fn nearest_within<'a>(word: &str, candidates: impl Iterator<Item = &'a str>, most: usize) -> Option<&'a str> {
    let comparator = rapidfuzz::distance::osa::BatchComparator::new(word.chars());
    let args = rapidfuzz::distance::osa::Args::default().score_cutoff(most);
    candidates
        .filter_map(|c| Some((comparator.distance_with_args(c.chars(), &args)?, c)))
        .min_by_key(|f| f.0)
        .map(|f| f.1)
}

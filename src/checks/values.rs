//! Values of closed lists, and misspelt tags.

use super::{Finding, either};
use crate::fix::make::{reorder, replace};
use crate::model::{Facts, Safety, facts::Entry};
use crate::rules::nearest::nearest;
use crate::rules::vocabulary::{FieldKind, Holds, key, label_key, loose_key};
use crate::rules::{Rule, RuleSet};

/// More names than this are not listed in a help text.
const FEW: usize = 8;

/// A rating or an entry of a closed list that the archive does not know.
pub(super) fn unknown_value(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for (entry, kind, index) in closed_entries(facts, rules, rule) {
        let names = official(rules, rule, kind, index);
        if official_name(rules, rule, kind, index, &entry.text).is_some() || names.is_empty() {
            continue;
        }
        let finding = Finding::about_entry(&kind.id, &entry.text)
            .fill("field", kind.name.to_lowercase())
            .fill("value", entry.text.clone())
            .at(entry.span, "");
        let keys: Vec<String> = names.iter().map(|n| key(n)).collect();
        let near = nearest(&key(&entry.text), keys.iter().map(String::as_str));
        let near = near.and_then(|n| names.iter().zip(&keys).find(|(_, k)| *k == n)).map(|(name, _)| *name);
        // site generators sort their pages by "categories" of the site's own
        let label = facts.work.fields.get(entry.field).map_or("", |f| f.name.value.as_str());
        if near.is_none() && facts.work.format == "markdown" && label_key(label) == "categories" {
            continue;
        }
        found.push(match near {
            Some(near) => {
                let fix = replace(facts, rules, entry, near, Safety::Suggestion);
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
    for (entry, kind, index) in closed_entries(facts, rules, rule) {
        let Some(name) = official_name(rules, rule, kind, index, &entry.text).filter(|n| *n != entry.text) else {
            continue;
        };
        let mut finding = Finding::about_entry(&kind.id, &entry.text)
            .fill("field", kind.name.to_lowercase())
            .fill("value", entry.text.clone())
            .fill("expected", name)
            .at(entry.span, "");
        // a reason behind a rating would be lost
        let ladder = rules.vocabulary.ladder_for(index, &rule.id).filter(|_| kind.holds == Holds::Rating);
        let safety = if ladder.is_none_or(|l| l.is_name(&entry.text)) { Safety::Safe } else { Safety::Suggestion };
        finding.fix = replace(facts, rules, entry, name, safety);
        // programs read a code as "en" or "pt-BR", and would not know the language by its name
        let code = kind.one_of.as_deref() == Some("language") && is_code(&entry.text);
        found.extend(Some(finding).filter(|_| !code));
    }
    found
}

/// Values of a closed list in another order than that of their names, in which the archive shows them.
pub(super) fn value_order(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    let all: Vec<_> = closed_entries(facts, rules, rule).collect();
    for field in all.chunk_by(|a, b| a.0.field == b.0.field) {
        let entries: Vec<&Entry> = field.iter().map(|f| f.0).collect();
        let mut order: Vec<&str> = entries.iter().map(|e| e.text.as_str()).collect();
        order.sort_unstable();
        let wrong = entries.iter().zip(&order).find(|(e, text)| e.text != **text).map(|(e, _)| e);
        if let (Some(wrong), Some((_, kind, _))) = (wrong, field.first()) {
            let finding = Finding::about(&kind.id)
                .fill("field", kind.name.to_lowercase())
                .fill("expected", order.join(", "))
                .at(wrong.span, "");
            found.push(Finding { fix: reorder(facts, rules, &entries, &order), ..finding });
        }
    }
    found
}

/// The entries of the rule's fields. A bare "Warnings" line is free text everywhere but on the archive itself, so
/// its entries are left out of what speaks of closed lists.
fn closed_entries<'f>(
    facts: &'f Facts<'_>,
    rules: &'f RuleSet,
    rule: &'f Rule,
) -> impl Iterator<Item = (&'f Entry, &'f FieldKind, u32)> {
    entries_of(facts, rules, rule).filter(|(entry, kind, _)| {
        let label = facts.work.fields.get(entry.field).map_or("", |f| f.name.value.as_str());
        kind.one_of.as_deref() != Some("archive-warning") || label_key(label).contains("archive")
    })
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
fn official<'r>(rules: &'r RuleSet, rule: &Rule, kind: &'r FieldKind, index: u32) -> Vec<&'r str> {
    match (&kind.one_of, kind.holds) {
        (Some(category), _) => rules.vocabulary.names_of(category).collect(),
        (None, Holds::Rating) => {
            rules.vocabulary.ladder_for(index, &rule.id).map(|l| l.spellings().collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Whether a language is given by its code.
fn is_code(language: &str) -> bool {
    let mut parts = language.split(['-', '_']);
    let first = parts.next().unwrap_or("");
    matches!(first.len(), 2 | 3)
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|p| matches!(p.len(), 2..=8) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The archive's own name for a value, if it means one.
fn official_name<'r>(rules: &'r RuleSet, rule: &Rule, kind: &FieldKind, index: u32, value: &str) -> Option<&'r str> {
    match (&kind.one_of, kind.holds) {
        (Some(category), _) => {
            let tag = rules.vocabulary.resolve_in(category, value)?;
            rules.vocabulary.tag(tag).map(|t| t.name.as_str())
        }
        (None, Holds::Rating) => {
            let ladder = rules.vocabulary.ladder_for(index, &rule.id)?;
            ladder.resolve(value).map(|r| ladder.spelling(r))
        }
        _ => None,
    }
}

/// Most bytes by which a slip makes a name longer or shorter: those of one character.
const SLIP_BYTES: usize = 4;

/// A free tag in which a finger slipped while the name of a content warning was typed; see [`slipped`].
pub(super) fn tag_spelling(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let loose = |name: &str| loose_key(&key(name));
    let tags = || {
        let all = rules.vocabulary.tags.iter();
        all.filter(|t| t.spelling && matches!(t.category.as_str(), "content" | "archive-warning"))
    };
    let mut found = Vec::new();
    for (entry, kind, _) in entries_of(facts, rules, rule) {
        let written = loose(&entry.text);
        // a slip leaves the first letter as it is, so that few names need to be looked at
        let starts_alike = |name: &str| {
            let first = |text: &str| text.bytes().next().map(|b| b.to_ascii_lowercase());
            first(name) == first(&written) || !name.starts_with(|c: char| c.is_ascii_alphanumeric())
        };
        // nor does it change the length much, which a name of plain words shows without being made comparable
        let as_long = |name: &str| {
            let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric());
            !name.split(' ').all(is_word) || name.len().abs_diff(written.len()) <= SLIP_BYTES
        };
        let mut near = tags().map(|t| t.name.as_str()).filter(|name| starts_alike(name) && as_long(name));
        let Some(name) = near.find(|name| slipped(&written, &loose(name))) else { continue };
        if rules.vocabulary.resolve(&entry.text).is_some_and(|r| !r.misspelt) {
            continue;
        }
        let mut finding = Finding::about_entry(&kind.id, &entry.text)
            .fill("value", entry.text.clone())
            .fill("expected", name)
            .fill("tag", name)
            .at(entry.span, "");
        finding.fix = replace(facts, rules, entry, name, Safety::Suggestion);
        found.push(finding);
    }
    found
}

/// Whether `written` is `name` with one slip in one word: two neighbours exchanged in 5 letters or more, or a letter
/// missing or too many inside 6 or more. Another letter in the place of one makes other words too often (`Cooking` is not
/// `Choking`), and so do first and last letters.
fn slipped(written: &str, name: &str) -> bool {
    if written.len().abs_diff(name.len()) > SLIP_BYTES || written.split(' ').count() != name.split(' ').count() {
        return false;
    }
    let mut unlike = written.split(' ').zip(name.split(' ')).filter(|(a, b)| a != b);
    match (unlike.next(), unlike.next()) {
        (Some((a, b)), None) => slip(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>()),
        _ => false,
    }
}

fn slip(written: &[char], name: &[char]) -> bool {
    let inside = name.len() >= 5 && written.first() == name.first() && written.last() == name.last();
    let same = written.iter().zip(name).take_while(|(a, b)| a == b).count();
    let rest = |word: &'_ [char], skip: usize| word.get(same + skip..).map(<[char]>::to_vec).unwrap_or_default();
    inside
        && match written.len() as isize - name.len() as isize {
            -1 if name.len() >= 6 => rest(written, 0) == rest(name, 1),
            1 if name.len() >= 6 => rest(written, 1) == rest(name, 0),
            0 => {
                let exchanged = written.get(same) == name.get(same + 1) && written.get(same + 1) == name.get(same);
                exchanged && rest(written, 2) == rest(name, 2)
            }
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::slipped;

    #[test]
    fn slips_are_told_from_other_words() {
        for (written, name) in [
            ("major charater death", "major character death"),
            ("absuive relationship", "abusive relationship"),
            ("harrassment", "harassment"),
            ("gaslightning", "gaslighting"),
            ("domestic voilence", "domestic violence"),
        ] {
            assert!(slipped(written, name), "{written}");
        }
        for (written, name) in [
            ("cooking", "choking"),
            ("heart attacks", "heart attack"),
            ("breeding", "bleeding"),
            ("terrorists", "terrorism"),
            ("moving out", "making out"),
            ("parent dean", "parent death"),
            ("xenophilia", "xenophobia"),
            ("violence", "violence"),
            ("blond", "blood"),
        ] {
            assert!(!slipped(written, name), "{written}");
        }
    }
}

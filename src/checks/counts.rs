//! Declared counts and dates against what is there.

use super::Finding;
use crate::model::{Facts, SectionKind, facts::Entry};
use crate::rules::condition::entries;
use crate::rules::{Rule, RuleSet};

fn first<'f>(facts: &'f Facts<'_>, rules: &RuleSet, id: &str) -> Option<&'f Entry> {
    entries(facts, rules.vocabulary.field_id(id)?).next()
}

/// A number with or without thousands separators.
fn number(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\'')).collect();
    digits.parse().ok()
}

/// `3/9`, `3/?` or `3`: posted, and expected if that is known.
fn chapters(text: &str) -> Option<(u64, Option<u64>)> {
    match text.split_once('/') {
        Some((posted, expected)) => Some((number(posted)?, number(expected))),
        None => Some((number(text)?, None)),
    }
}

/// Declared words off the archive's own count by more than the rule's limit, a share. Works in Chinese, Japanese or Thai
/// are left out: until 2018 the archive counted a whole run of their letters as a word, and old counts stay.
pub(super) fn word_count(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let Some(entry) = first(facts, rules, "words").filter(|_| !facts.work.partial) else { return Vec::new() };
    let Some(declared) = number(&entry.text) else { return Vec::new() };
    let uncounted = |code: &str| matches!(code, "cmn" | "jpn" | "tha");
    if facts.story().any(|(_, m)| m.language.is_some_and(|l| uncounted(l.0))) {
        return Vec::new();
    }
    let counted: u64 = facts.story().map(|(_, m)| u64::from(m.words)).sum();
    let off = declared.abs_diff(counted) as f64 / declared.max(1) as f64;
    if off <= rule.limit.unwrap_or(f64::INFINITY) || counted == 0 {
        return Vec::new();
    }
    let finding = Finding::about("words")
        .fill("value", declared.to_string())
        .fill("expected", counted.to_string())
        .at(entry.span, "declared here");
    vec![finding]
}

/// Declared posted chapters against the chapters that are there.
pub(super) fn chapter_count(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let Some(entry) = first(facts, rules, "chapters").filter(|_| !facts.work.partial) else { return Vec::new() };
    let found = facts.work.chapters() as u64;
    // a flattened page may have lost its headings: one piece says nothing about their number
    let lost = facts.work.flattened || facts.work.sections.iter().any(|s| s.kind == SectionKind::NotesOrText);
    match chapters(&entry.text) {
        Some((posted, _)) if posted != found && !lost && found > 0 => {
            let finding = Finding::about("chapters")
                .fill("value", posted.to_string())
                .fill("expected", found.to_string())
                .at(entry.span, "declared here");
            vec![finding]
        }
        _ => Vec::new(),
    }
}

/// A work that says it is complete while chapters are to come, or that has more chapters than it expects.
pub(super) fn completion(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let Some(entry) = first(facts, rules, "chapters") else { return Vec::new() };
    let Some((posted, expected)) = chapters(&entry.text).filter(|_| entry.text.contains('/')) else {
        return Vec::new();
    };
    let finding = |value: String| Finding::about("chapters").fill("value", value).at(entry.span, "");
    if let Some(expected) = expected.filter(|e| posted > *e) {
        return vec![finding(format!("more chapters are posted ({posted}) than the work is to have ({expected})"))];
    }
    let complete =
        |e: &&Entry| matches!(e.text.to_lowercase().as_str(), "complete" | "completed" | "yes" | "true" | "finished");
    // some archives say “Completed: No”
    let denies = |e: &&Entry| matches!(e.text.to_lowercase().as_str(), "no" | "false");
    let completed = first(facts, rules, "completed").filter(|e| !denies(e));
    let says = completed.or_else(|| first(facts, rules, "status").filter(complete));
    match says {
        Some(says) if expected != Some(posted) => {
            let to_come = expected.map_or("an unknown number".to_owned(), |e| e.to_string());
            let value = format!("it is marked complete, but {posted} of {to_come} chapters are posted");
            vec![finding(value).at(says.span, "marked complete here")]
        }
        _ => Vec::new(),
    }
}

/// A date of publication after the last update or the completion.
pub(super) fn dates(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let date = |e: &Entry| e.text.get(..10).filter(|d| is_iso(d)).map(str::to_owned);
    let Some(published) = first(facts, rules, "published") else { return Vec::new() };
    let mut found = Vec::new();
    for id in ["updated", "completed"] {
        let Some(later) = first(facts, rules, id) else { continue };
        if let (Some(a), Some(b)) = (date(published), date(later))
            && a > b
        {
            found.push(
                Finding::about(id)
                    .fill("field", id)
                    .fill("value", b)
                    .fill("expected", a)
                    .at(later.span, &format!("{id} on this day"))
                    .at(published.span, "published later"),
            );
        }
    }
    found
}

/// `YYYY-MM-DD`, which sorts as text.
fn is_iso(date: &str) -> bool {
    date.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
}

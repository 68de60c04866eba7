//! The form of tags: duplicates, several in one, length, characters, number, and relationships.

use std::collections::{HashMap, HashSet};

use super::Finding;
use crate::collect::names::participants;
use crate::fix::make::remove;
use crate::model::{Facts, facts::Entry};
use crate::rules::condition::entries;
use crate::rules::vocabulary::{FieldKind, key};
use crate::rules::{Rule, RuleSet};

/// Characters that the archive refuses in a tag (its `config.yml`, `tag.rb`), without commas: it parts tags at these.
const FORBIDDEN: &[char] = &['*', '<', '>', '^', '{', '}', '=', '`', '\\', '%'];

/// Entries of fields in which users type tags.
fn user_tags<'f>(facts: &'f Facts<'_>, rules: &'f RuleSet) -> impl Iterator<Item = (usize, &'f Entry, &'f FieldKind)> {
    facts.entries.iter().enumerate().filter_map(|(i, entry)| {
        let kind = rules.vocabulary.kind(entry.kind?)?;
        kind.user_tags.then_some((i, entry, kind))
    })
}

/// A tag that stands in its field twice, for the archive's comparison of names.
pub(super) fn duplicate_tag(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let mut first: HashMap<(u32, String), &Entry> = HashMap::new();
    let mut found = Vec::new();
    for (i, entry, kind) in user_tags(facts, rules) {
        let Some(index) = entry.kind else { continue };
        let Some(before) = first.get(&(index, key(&entry.text))) else {
            first.insert((index, key(&entry.text)), entry);
            continue;
        };
        let mut finding = Finding::about_entry(&kind.id, &entry.text)
            .fill("value", entry.text.clone())
            .fill("field", kind.name.to_lowercase())
            .at(entry.span, "again here")
            .at(before.span, "first here");
        finding.fix = remove(facts, i, format!("remove the second “{}”", entry.text));
        found.push(finding);
    }
    found
}

/// One entry that holds several tags: hashtags in a row, a line break, or a semicolon between short pieces of which the
/// vocabulary knows one (a semicolon in a sentence or an emoticon is the author's own).
pub(super) fn several_tags(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for (_, entry, kind) in user_tags(facts, rules) {
        let text = entry.text.trim();
        let hashtags = text.split_whitespace().filter(|w| w.starts_with('#') && w.len() > 1).count();
        let all_hashtags = hashtags >= 2 && text.starts_with('#');
        let lines = text.lines().filter(|l| !l.trim().is_empty()).count();
        let pieces: Vec<&str> =
            text.split(';').map(str::trim).filter(|p| p.chars().any(char::is_alphanumeric)).collect();
        let short = pieces.iter().all(|p| p.split_whitespace().count() <= 5);
        let known = || pieces.iter().any(|p| rules.vocabulary.resolve(p).is_some());
        let semicolons = pieces.len() >= 2 && short && (pieces.len() >= 3 || known());
        let count = match (all_hashtags, lines >= 2, semicolons) {
            (true, _, _) => hashtags,
            (_, true, _) => lines,
            (_, _, true) => pieces.len(),
            _ => continue,
        };
        found.push(
            Finding::about_entry(&kind.id, &entry.text)
                .fill("value", text.replace('\n', " "))
                .fill("count", count.to_string())
                .fill("field", kind.name.to_lowercase())
                .at(entry.span, ""),
        );
    }
    found
}

/// A tag with a character that the archive refuses.
pub(super) fn forbidden_characters(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for (_, entry, kind) in user_tags(facts, rules) {
        let mut seen = HashSet::new();
        let is_new = |c: &char| FORBIDDEN.contains(c) && seen.insert(*c);
        let forbidden: Vec<char> = entry.text.chars().filter(is_new).collect();
        if forbidden.is_empty() {
            continue;
        }
        let shown: Vec<String> = forbidden.iter().map(char::to_string).collect();
        found.push(
            Finding::about_entry(&kind.id, &entry.text)
                .fill("value", entry.text.clone())
                .fill("expected", shown.join(" "))
                .fill("field", kind.name.to_lowercase())
                .at(entry.span, ""),
        );
    }
    found
}

/// A tag of more characters than the rule's limit.
pub(super) fn tag_length(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let limit = rule.limit.unwrap_or(f64::INFINITY);
    let long = user_tags(facts, rules).filter(|(_, entry, _)| entry.text.chars().count() as f64 > limit);
    long.map(|(_, entry, kind)| {
        Finding::about_entry(&kind.id, &entry.text)
            .fill("value", entry.text.chars().count().to_string())
            .fill("expected", limit.to_string())
            .fill("field", kind.name.to_lowercase())
            .at(entry.span, "")
    })
    .collect()
}

/// More user tags than the rule's limit, all fields of them together.
pub(super) fn too_many_tags(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let limit = rule.limit.unwrap_or(f64::INFINITY);
    let tags: Vec<_> = user_tags(facts, rules).collect();
    let Some((_, over, _)) = tags.get(limit as usize).filter(|_| limit.is_finite()) else { return Vec::new() };
    let finding = Finding::about("additional-tag")
        .fill("value", tags.len().to_string())
        .fill("expected", limit.to_string())
        .at(over.span, "the first one over the limit");
    vec![finding]
}

/// People in a relationship who do not stand among the characters. Generic participants may be missing.
pub(super) fn relationship_characters(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let field = |id| rules.vocabulary.field_id(id);
    let (Some(relationship), Some(character)) = (field("relationship"), field("character")) else { return Vec::new() };
    let known: HashSet<String> =
        entries(facts, character).flat_map(|e| e.text.split(" | ").map(key).collect::<Vec<_>>()).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let generic = |name: &str| name.starts_with("Original ") || matches!(name, "Reader" | "You" | "Everyone");
    let mut found = Vec::new();
    for entry in entries(facts, relationship) {
        for name in participants(&entry.text) {
            if generic(name) || name.split(" | ").any(|alias| known.contains(&key(alias))) {
                continue;
            }
            found.push(Finding::about_entry("character", name).fill("value", name).at(entry.span, ""));
        }
    }
    found
}

/// "Gen" as the only category of a work whose only relationship is romantic.
pub(super) fn gen_with_romance(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let of = |id: &str| -> Vec<&Entry> {
        rules.vocabulary.field_id(id).map(|k| entries(facts, k).collect()).unwrap_or_default()
    };
    match (of("category").as_slice(), of("relationship").as_slice()) {
        ([category], [pair]) if key(&category.text) == "gen" => {
            let romantic = participants(&pair.text).len() > 1 && !pair.text.contains(" & ");
            let finding = Finding::about("category")
                .fill("value", pair.text.clone())
                .at(category.span, "the only category")
                .at(pair.span, "the only relationship, with a “/”");
            if romantic { vec![finding] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

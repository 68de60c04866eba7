//! What the header lacks.

use super::Finding;
use crate::model::{Facts, State};
use crate::rules::{Rule, RuleSet};

/// Whether any field of the rule stands in the work, given, empty or unknown.
fn has_header(facts: &Facts<'_>, rules: &RuleSet, kinds: &[u32]) -> bool {
    facts.work.fields.iter().any(|f| rules.vocabulary.field(&f.name.value).is_some_and(|k| kinds.contains(&k)))
}

/// One finding for a work that has none of the rule's fields.
pub(super) fn missing_header(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    if has_header(facts, rules, &rule.fields) { Vec::new() } else { vec![Finding::default()] }
}

/// One finding that names those of the rule's fields that are absent or empty, in a work that has any of them. A field
/// whose value is unknown is not missing.
pub(super) fn missing_field(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    if has_header(facts, rules, &rule.fields) { missing(facts, rules, rule) } else { Vec::new() }
}

/// The same for a work with any header at all.
pub(super) fn required_field(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let any = facts.work.fields.iter().any(|f| rules.vocabulary.field(&f.name.value).is_some());
    if any { missing(facts, rules, rule) } else { Vec::new() }
}

fn missing(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let mut missing = Vec::new();
    let mut finding = Finding::default();
    for kind in &rule.fields {
        let Some(known) = rules.vocabulary.kind(*kind) else { continue };
        let mut fields = facts.work.fields.iter().filter(|f| rules.vocabulary.field(&f.name.value) == Some(*kind));
        if fields.clone().any(|f| f.state != State::Empty) {
            continue;
        }
        missing.push(known.name.to_lowercase());
        if let Some(empty) = fields.next() {
            finding = finding.at(empty.name.span, "nothing stands here");
        }
    }
    match missing.split_last() {
        None => Vec::new(),
        Some((only, [])) => vec![finding.fill("field", only.clone())],
        Some((last, rest)) => vec![finding.fill("field", format!("{} and no {last}", rest.join(", no ")))],
    }
}

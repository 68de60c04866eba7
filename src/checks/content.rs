//! Declared content that the text does not show.

use super::{Finding, in_fields, tag_name};
use crate::model::{Degree, Facts, Stance};
use crate::rules::condition::{Scope, entries};
use crate::rules::vocabulary::Rated;
use crate::rules::{Logic, Rule, RuleSet};

/// A rating above every level that any rule would ask for, given what the text shows and the tags say.
pub(super) fn over_rated(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    // a record of a data set may be metadata alone
    if facts.story().next().is_none() {
        return found;
    }
    for (index, ladder) in rules.vocabulary.ladders.iter().enumerate() {
        let Some(entry) = entries(facts, ladder.field).next() else { continue };
        let Some(Rated::Level(declared)) = ladder.resolve(&entry.text) else { continue };
        let mut asked = 0;
        for other in &rules.rules {
            let Logic::Condition { when, then, forbid: false } = &other.logic else { continue };
            let Some((of, level)) = then.wanted_rating() else { continue };
            if of == index && when.holds(facts, rules, Scope::default()).is_some() {
                asked = asked.max(level);
            }
        }
        if declared > asked
            && let (Some(level), Some(kind)) = (ladder.levels.get(asked), rules.vocabulary.kind(ladder.field))
        {
            let finding =
                Finding::about(&kind.id).fill("value", entry.text.clone()).fill("expected", level.name.clone());
            found.push(finding.fill("rating", level.name.clone()).at(entry.span, ""));
        }
    }
    found
}

/// A tag declared as shown of which the detectors find next to nothing.
pub(super) fn not_found(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    if facts.story().next().is_none() {
        return found;
    }
    for claim in in_fields(facts).filter(|c| c.stance == Stance::Declares && c.degree == Degree::Depicted) {
        let mut own = rules.detectors.iter().zip(&facts.scores).filter(|(d, _)| d.tag == claim.tag).peekable();
        if own.peek().is_some() && own.all(|(d, score)| *score < d.warn / 2.0) {
            let (id, name) = tag_name(rules, claim.tag);
            found.push(Finding::about(id).fill("tag", name).at(claim.span, ""));
        }
    }
    found
}

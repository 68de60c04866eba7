//! Claims against each other: tags, archive warnings, and warnings given in notes.

use std::collections::{HashMap, HashSet};

use super::{Finding, in_fields, tag_name};
use crate::fix::make::add;
use crate::model::{Claim, Degree, Facts, SectionKind, Stance, TagId, facts::Origin};
use crate::rules::{Rule, RuleSet};

/// The tags that fields declare, by themselves or by one that implies or covers them.
fn declared(facts: &Facts<'_>, rules: &RuleSet) -> HashSet<TagId> {
    let claimed: HashSet<TagId> = in_fields(facts).filter(|c| c.stance == Stance::Declares).map(|c| c.tag).collect();
    claimed.iter().filter_map(|t| rules.vocabulary.tag(*t)).flat_map(|t| t.declares.iter().copied()).collect()
}

/// A tag that depicts what an archive warning is for, while that warning is denied and nothing is withheld.
pub(super) fn denied_by_tag(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    if in_fields(facts).any(|c| c.stance == Stance::Withholds) {
        return Vec::new();
    }
    let declared = declared(facts, rules);
    let mut denials: HashMap<TagId, &Claim> = HashMap::new();
    for claim in in_fields(facts).filter(|c| c.stance == Stance::Denies) {
        denials.entry(claim.tag).or_insert(claim);
    }
    let mut found: Vec<Finding> = Vec::new();
    for claim in in_fields(facts).filter(|c| c.stance == Stance::Declares && c.degree == Degree::Depicted) {
        let Some(warning) = rules.vocabulary.tag(claim.tag).and_then(|t| t.warning) else { continue };
        let (Some(denial), false) = (denials.get(&warning), declared.contains(&warning)) else { continue };
        let (id, name) = tag_name(rules, warning);
        let again = found.iter_mut().find(|f| f.subject.as_deref() == Some(id));
        match again {
            Some(finding) => {
                finding.labels.push(crate::model::Label { span: claim.span, text: "and this".into(), primary: false })
            }
            None => found.push(
                Finding::about(id)
                    .fill("tag", tag_name(rules, claim.tag).1)
                    .fill("expected", name)
                    .at(claim.span, "this tag says otherwise")
                    .at(denial.span, "declared here"),
            ),
        }
    }
    found
}

/// Tags that a declared tag takes with it and that are not declared themselves.
pub(super) fn implied_tag(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let claims: Vec<&Claim> =
        in_fields(facts).filter(|c| c.stance == Stance::Declares && c.degree == Degree::Depicted).collect();
    let tags: HashSet<TagId> = claims.iter().map(|c| c.tag).collect();
    let mut found = Vec::new();
    for claim in &claims {
        let Some(tag) = rules.vocabulary.tag(claim.tag) else { continue };
        for implied in tag.implies.iter().filter(|i| !tags.contains(i)) {
            let (id, name) = tag_name(rules, *implied);
            let mut finding =
                Finding::about(id).fill("tag", tag.name.clone()).fill("expected", name).at(claim.span, "");
            finding.fix = add(facts, rules, *implied, name);
            found.push(finding);
        }
    }
    found
}

/// Warnings given in a note or a summary that no field declares. Archive warnings that are openly withheld are answered.
pub(super) fn note_warning(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let withheld = in_fields(facts).any(|c| c.stance == Stance::Withholds);
    let declared = declared(facts, rules);
    let mut found: Vec<Finding> = Vec::new();
    for claim in facts.claims.iter().filter(|c| c.stance == Stance::Declares) {
        let Origin::Section(section) = claim.origin else { continue };
        let Some(tag) = rules.vocabulary.tag(claim.tag) else { continue };
        if declared.contains(&claim.tag) || (withheld && tag.category == "archive-warning") {
            continue;
        }
        if found.iter().any(|f| f.subject.as_deref() == Some(&tag.id)) {
            continue;
        }
        let place = match (facts.work.sections.get(section).map(|s| s.kind), claim.chapter) {
            (Some(SectionKind::Summary), None) => "summary".to_owned(),
            (Some(SectionKind::Summary), Some(n)) => format!("summary of chapter {n}"),
            (_, Some(n)) => format!("note of chapter {n}"),
            _ => "note".to_owned(),
        };
        let form = rules.vocabulary.form(claim.tag, claim.degree);
        let mut finding = Finding::about(&tag.id)
            .fill("value", facts.work.slice(claim.span))
            .fill("field", place)
            .fill("expected", form.clone())
            .fill("tag", form.clone())
            .at(claim.span, "warned of here");
        finding.fix = add(facts, rules, claim.tag, &form);
        found.push(finding);
    }
    found
}

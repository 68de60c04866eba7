//! What the text shows and the work does not declare: tags to add, questions to ask.

use super::{Found, PLACES, Place, Reason, SCENES, Suggestion, lower, place_of_claim};
use crate::engine;
use crate::engine::{Settings, scopes};
use crate::model::facts::Origin;
use crate::model::{Claim, DetectorId, Diagnostic, Evidence, Facts, Severity, Stance, TagId};
use crate::rules::condition::{Condition, Test};
use crate::rules::{Logic, Rule, RuleSet};
use std::collections::HashSet;

/// What a detector found, with its strongest scenes.
pub(super) fn found(
    facts: &Facts<'_>,
    rules: &RuleSet,
    id: DetectorId,
    threshold: f32,
    chapter: Option<u32>,
) -> Option<Found> {
    let detector = rules.detectors.get(id.0 as usize)?;
    let tag = rules.vocabulary.tag(detector.tag)?;
    let score = engine::score(facts, rules, id, threshold, chapter)?;
    let enough = facts.scenes_of(id, chapter).filter(|s| s.score >= detector.warn.min(threshold));
    let (scenes, many) = engine::strongest(enough, SCENES);
    let place = |e: &Evidence| {
        let chapter = facts.work.sections.get(e.section as usize).and_then(|s| s.chapter);
        Place { span: e.span, chapter, what: engine::lexicon_words(rules, e) }
    };
    let places = engine::evidence(facts, rules, &scenes, PLACES).into_iter().map(place).collect();
    let scenes = if many > 1 { format!("{many} scenes suggest it") } else { "One scene suggests it".to_owned() };
    let text = format!("{}: {scenes} ({}).", tag.name, lower(detector.summary.trim_end_matches('.')));
    let sure = score.value >= detector.sure;
    let reason = Reason { text, sure: Some(sure), score: Some(score.clone()), places };
    Some(Found { tag: detector.tag, score, sure, reason })
}

/// A tag that might be added.
pub(super) struct Candidate {
    pub(super) tag: TagId,
    pub(super) value: String,
    /// Nothing for what the author says in a note.
    pub(super) score: Option<f32>,
    pub(super) reason: Reason,
}

/// Tags that the rules in force would report, which the block lacks; questions and conflicts go to `out`.
pub(super) fn candidates(
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
    rated: &[(usize, usize)],
    out: &mut Suggestion,
    judged: &[Diagnostic],
) -> Vec<Candidate> {
    let mut found: Vec<(Found, TagId, &Rule)> = Vec::new();
    for rule in rules.rules.iter().filter(|r| settings.severity(r) != Severity::Off) {
        let Logic::Condition { when, then, forbid: false } = &rule.logic else { continue };
        for scope in scopes(rule, facts) {
            let Some(wanted) = then.wanted_tag(scope) else { continue };
            let by_rating =
                then.wanted_rating().is_some_and(|(l, level)| rated.iter().any(|r| r.0 == l && r.1 >= level));
            if by_rating || then.holds(facts, rules, scope).is_some() {
                continue;
            }
            for (detector, limit) in
                when.ways(facts, rules, scope).into_iter().filter_map(|p| p.scores.first().copied())
            {
                let Some(f) = self::found(facts, rules, detector, limit, scope.chapter) else { continue };
                // the tag that was found is named when it says what is wanted and more
                let tag = if declares(rules, f.tag, wanted) { f.tag } else { wanted };
                match found.iter_mut().find(|k| k.1 == tag) {
                    Some(known) if known.0.score.value >= f.score.value => {}
                    Some(known) => *known = (f, tag, rule),
                    None => found.push((f, tag, rule)),
                }
            }
        }
    }
    found.sort_by(|a, b| b.0.sure.cmp(&a.0.sure).then(b.0.score.value.total_cmp(&a.0.score.value)).then(a.1.cmp(&b.1)));
    let mut candidates = Vec::new();
    let asked = asked(rules);
    for (f, tag, rule) in found {
        let Some(known) = rules.vocabulary.tag(tag) else { continue };
        if asked.contains(&tag) {
            let asks =
                if is_question(rule) { rule.summary.replace("{tag}", &known.name) } else { f.reason.text.clone() };
            // a question is not a matter of certainty
            out.questions.push(Reason { text: asks, sure: None, ..f.reason });
        } else if let Some(denial) = denial(facts, rules, tag) {
            let words = facts.work.slice(denial.span);
            let text = format!("The text suggests {}, and the work says “{words}”, so it was not added.", known.name);
            out.conflicts.push(Reason { text, ..f.reason });
        } else {
            candidates.push(Candidate { tag, value: known.name.clone(), score: Some(f.score.value), reason: f.reason });
        }
    }
    let mut all = from_notes(facts, rules, judged);
    candidates.retain(|c| all.iter().all(|n| n.tag != c.tag));
    all.extend(uncovered(candidates, rules));
    all
}

pub(super) fn declares(rules: &RuleSet, tag: TagId, other: TagId) -> bool {
    rules.vocabulary.tag(tag).is_some_and(|t| t.declares.contains(&other))
}

/// Without tags that another one of the list implies or covers. Of two that cover each other the first stays.
fn uncovered(candidates: Vec<Candidate>, rules: &RuleSet) -> Vec<Candidate> {
    let covers = |a: TagId, b: TagId| {
        let tag = rules.vocabulary.tag(a);
        tag.is_some_and(|t| t.declares.contains(&b) || t.warning == Some(b))
    };
    let tags: Vec<TagId> = candidates.iter().map(|c| c.tag).collect();
    let is_covered = |index: usize, tag: TagId| {
        let mut others = tags.iter().enumerate().filter(|(i, _)| *i != index);
        others.any(|(i, other)| covers(*other, tag) && (i < index || !covers(tag, *other)))
    };
    let keep: Vec<bool> = tags.iter().enumerate().map(|(i, tag)| !is_covered(i, *tag)).collect();
    candidates.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(c, _)| c).collect()
}

/// The field claim that says that a tag, or the warning that it depicts, is not there.
pub(super) fn denial<'f>(facts: &'f Facts<'_>, rules: &RuleSet, tag: TagId) -> Option<&'f Claim> {
    let warning = rules.vocabulary.tag(tag).and_then(|t| t.warning);
    facts.claims.iter().find(|c| c.stance == Stance::Denies && (c.tag == tag || Some(c.tag) == warning))
}

fn is_question(rule: &Rule) -> bool {
    rule.summary.trim_end().ends_with('?')
}

/// Tags that a rule asks about rather than reports: its summary is a question.
pub(super) fn asked(rules: &RuleSet) -> HashSet<TagId> {
    let mut asked = HashSet::new();
    for rule in rules.rules.iter().filter(|r| is_question(r)) {
        if let Logic::Condition { when, .. } = &rule.logic {
            evidence_tags(when, rule, &mut asked);
        }
    }
    asked
}

fn evidence_tags(condition: &Condition, rule: &Rule, tags: &mut HashSet<TagId>) {
    use crate::rules::condition::Subject;
    for test in &condition.all {
        match test {
            Test::Evidence(Subject::Tag(tag), _) => drop(tags.insert(*tag)),
            Test::Evidence(Subject::Each, _) => tags.extend(rule.each.iter().flatten()),
            Test::Any(any) => any.iter().for_each(|c| evidence_tags(c, rule, tags)),
            _ => {}
        }
    }
}

/// Tags that the author's own notes warn of and no field declares.
fn from_notes(facts: &Facts<'_>, rules: &RuleSet, judged: &[Diagnostic]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for diagnostic in judged {
        let is_note = |r: &Rule| matches!(&r.logic, Logic::Check(check) if check == "note-warning");
        if !rules.rule(&diagnostic.rule).is_some_and(is_note) {
            continue;
        }
        let Some(label) = diagnostic.labels.first() else { continue };
        let of_section = |c: &&Claim| c.span == label.span && matches!(c.origin, Origin::Section(_));
        let Some(claim) = facts.claims.iter().find(of_section) else { continue };
        if denial(facts, rules, claim.tag).is_some() {
            continue;
        }
        let text = diagnostic.message.clone();
        let places = vec![Place { what: "warned of here".to_owned(), ..place_of_claim(claim) }];
        let reason = Reason { text, sure: Some(true), score: None, places };
        let value = rules.vocabulary.form(claim.tag, claim.degree);
        found.push(Candidate { tag: claim.tag, value, score: None, reason });
    }
    found
}

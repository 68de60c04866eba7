//! The lines of the block, what is missing from it and what speaks against it.

use super::tags::{Candidate, asked, declares, denial, found};
use super::{
    Change, Content, Line, MOST_TAGS, PLACES, Place, Reason, Suggestion, Value, entries, is_hidden, join, keep_as_it_is,
};
use crate::engine::Settings;
use crate::model::facts::Entry;
use crate::model::{Degree, DetectorId, Diagnostic, Facts, Severity, Span, Stance, State, TagId};
use crate::rules::condition::{Condition, Test};
use crate::rules::vocabulary::{FieldKind, Holds, key};
use crate::rules::{Logic, Rule, RuleSet};

pub(super) fn lines(
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
    mut candidates: Vec<Candidate>,
    out: &mut Suggestion,
) {
    let vocabulary = &rules.vocabulary;
    let mut made = std::mem::take(&mut out.lines);
    let mut moved: Vec<Value> = Vec::new();
    for (index, kind) in (0..).zip(&vocabulary.fields) {
        if let Some(at) = made.iter().position(|l| l.field == kind.id) {
            out.lines.push(made.remove(at));
            continue;
        }
        if is_hidden(facts, rules, index) {
            continue;
        }
        let mut values: Vec<Value> = Vec::new();
        for entry in entries(facts, index) {
            match kept(rules, kind, entry) {
                Some(value) => values.push(value),
                None => moved.push(Value { change: Change::Moved(kind.name.clone()), ..keep_as_it_is(&entry.text) }),
            }
        }
        let mut note = None;
        if let Some(category) = &kind.one_of {
            let (own, others) =
                candidates.into_iter().partition(|c: &Candidate| tag_category(rules, c.tag) == Some(category));
            candidates = others;
            values.extend(own.into_iter().map(|c| added(c, rules)));
            note = closed_note(facts, rules, settings, kind, index, &values, out);
        } else if kind.id == "additional-tag" {
            values.append(&mut moved);
            let (notes, shown): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|c| c.score.is_none());
            candidates = Vec::new();
            let rest = shown.len().saturating_sub(MOST_TAGS);
            out.more = shown.iter().rev().take(rest).rev().map(|c| c.value.clone()).collect();
            values.extend(notes.into_iter().chain(shown.into_iter().take(MOST_TAGS)).map(|c| added(c, rules)));
        } else if kind.holds == Holds::Text && values.iter().any(|v| v.text.contains('\n')) {
            out.left.push(kind.name.clone());
            continue;
        }
        if !values.is_empty() || note.is_some() {
            let listed = !kind.split.is_empty();
            out.lines.push(Line { field: kind.id.clone(), label: kind.name.clone(), listed, values, note });
        }
    }
    for field in facts.work.fields.iter().filter(|f| f.chapter.is_none()) {
        let name = field.name.value.clone();
        if field.state == State::Unknown {
            out.hidden.push(name);
        } else if vocabulary.field(&name).is_none() {
            out.left.push(name);
        }
    }
}

pub(super) fn tag_category(rules: &RuleSet, tag: TagId) -> Option<&String> {
    rules.vocabulary.tag(tag).map(|t| &t.category)
}

pub(super) fn added(candidate: Candidate, rules: &RuleSet) -> Value {
    let tag = rules.vocabulary.tag(candidate.tag).map(|t| t.id.clone());
    Value { text: candidate.value, tag, change: Change::New, reasons: vec![candidate.reason] }
}

/// A declared entry in the archive's spelling; none for one that its closed list does not know, where free tags
/// can take it.
pub(super) fn kept(rules: &RuleSet, kind: &FieldKind, entry: &Entry) -> Option<Value> {
    let Some(category) = &kind.one_of else { return Some(keep_as_it_is(&entry.text)) };
    let Some(tag) = rules.vocabulary.resolve_in(category, &entry.text) else {
        let free = category == "archive-warning" && rules.vocabulary.field_id("additional-tag").is_some();
        return (!free).then(|| keep_as_it_is(&entry.text));
    };
    let name = rules.vocabulary.tag(tag).map_or(entry.text.as_str(), |t| &t.name);
    let change = if name == entry.text { Change::Kept } else { Change::Respelled(entry.text.clone()) };
    Some(Value { text: name.to_owned(), tag: None, change, reasons: Vec::new() })
}

/// What is to be said of a field with a closed list that has answers such as “none” and “I would rather not say”.
pub(super) fn closed_note(
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
    kind: &FieldKind,
    index: u32,
    values: &[Value],
    out: &Suggestion,
) -> Option<String> {
    let category = kind.one_of.as_deref()?;
    let mut tags = rules.vocabulary.tags.iter().filter(|t| t.category == category);
    let silence = tags.clone().find(|t| t.withholds.iter().any(|w| w == category))?;
    let none = tags.clone().find(|t| !t.denies.is_empty())?;
    if values.iter().any(|v| key(&v.text) == key(&silence.name)) {
        let rest = "so nothing that the text shows was added to it or to the tags";
        return Some(format!("“{}” is a full answer, {rest}.", silence.name));
    }
    let demanded = demanded(rules, settings).contains(&index);
    if !values.is_empty() || !demanded {
        return None;
    }
    let warnings: Vec<String> = tags
        .by_ref()
        .filter(|t| t.withholds.is_empty() && t.denies.is_empty())
        .map(|t| format!("“{}”", t.name))
        .collect();
    let warnings: Vec<&str> = warnings.iter().map(String::as_str).collect();
    let against = out.conflicts.iter().chain(&out.questions).any(|r| r.score.is_some());
    let seen = match out.reading.words {
        0 => "It is left open, because the text could not be judged.",
        _ if against => "It is left open.",
        _ => {
            "It is left open: nothing was found that reaches one of these warnings, but only you know what happens in your story."
        }
    };
    let own = facts.story().next().is_some();
    Some(format!(
        "{seen} Write {} if {} has it; “{}” if it has none of them; “{}” if you would rather not say.",
        join(&warnings, "or"),
        if own { "the story" } else { "the work" },
        none.name,
        silence.name
    ))
}

/// The fields that rules in force ask for.
pub(super) fn demanded(rules: &RuleSet, settings: &Settings) -> Vec<u32> {
    let asks = |r: &&Rule| {
        matches!(&r.logic, Logic::Check(check) if check == "missing-field") && settings.severity(r) != Severity::Off
    };
    rules.rules.iter().filter(asks).flat_map(|r| r.fields.iter().copied()).collect()
}

pub(super) fn missing(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings, out: &Suggestion) -> Vec<String> {
    let mut missing = Vec::new();
    for index in demanded(rules, settings) {
        let Some(kind) = rules.vocabulary.kind(index) else { continue };
        let in_block = out.lines.iter().any(|l| l.field == kind.id);
        if !in_block && !is_hidden(facts, rules, index) && !missing.contains(&kind.name) {
            missing.push(kind.name.clone());
        }
    }
    missing
}

/// What the work declares against itself, as rules in force say: those that forbid something.
pub(super) fn conflicts(facts: &Facts<'_>, rules: &RuleSet, judged: Vec<Diagnostic>, out: &mut Suggestion) {
    for diagnostic in judged {
        let Some(rule) = rules.rule(&diagnostic.rule) else { continue };
        let forbids = match &rule.logic {
            Logic::Condition { then, forbid, .. } => *forbid && is_denial(then),
            Logic::Check(check) => check == "denied-by-tag",
        };
        if !forbids {
            continue;
        }
        let chapter_of = |span: Span| {
            let inside = |e: &&crate::model::Evidence| e.span == span;
            let evidence = facts.evidence.iter().find(inside)?;
            facts.work.sections.get(evidence.section as usize)?.chapter
        };
        let places = diagnostic.labels.iter().take(PLACES + 1);
        let places: Vec<Place> =
            places.map(|l| Place { span: l.span, chapter: chapter_of(l.span), what: l.text.clone() }).collect();
        let sure = diagnostic.score.as_ref().map(|s| s.value >= s.sure);
        let help = diagnostic.help.map(|h| format!(" {h}")).unwrap_or_default();
        out.conflicts.push(Reason {
            text: format!("{}{help}", diagnostic.message),
            sure,
            score: diagnostic.score,
            places,
        });
    }
}

/// Whether a condition is about something that the work denies or declines to say.
pub(super) fn is_denial(condition: &Condition) -> bool {
    condition.all.iter().any(|test| match test {
        Test::Denied(_) | Test::Withheld(_) => true,
        Test::Any(any) => any.iter().any(is_denial),
        _ => false,
    })
}

/// What the work declares and, unless it declines to warn, what its text shows.
pub(super) fn content(facts: &Facts<'_>, rules: &RuleSet, withheld: bool) -> Vec<Content> {
    let mut content: Vec<Content> = Vec::new();
    for claim in facts.claims.iter().filter(|c| c.stance == Stance::Declares) {
        match content.iter_mut().find(|c| c.tag == claim.tag) {
            Some(known) => known.degree = known.degree.min(claim.degree),
            None => content.push(Content { tag: claim.tag, degree: claim.degree, shown: None }),
        }
    }
    let asked = asked(rules);
    let claimed = content.len();
    for (index, detector) in rules.detectors.iter().enumerate().filter(|_| !withheld) {
        let tag = detector.tag;
        let declared = |c: &Content| c.tag == tag || declares(rules, c.tag, tag);
        if asked.contains(&tag)
            || denial(facts, rules, tag).is_some()
            || content.iter().take(claimed).any(declared)
            || facts.scores.get(index).is_none_or(|s| *s < detector.warn)
        {
            continue;
        }
        if let Some(found) = found(facts, rules, DetectorId(index as u32), detector.warn, None) {
            let degree = if found.sure { Degree::Depicted } else { Degree::Mild };
            content.push(Content { tag, degree, shown: Some(found.reason) });
        }
    }
    content
}

//! Runs the examples that packs carry.

use crate::collect::collect;
use crate::engine::{Settings, check};
use crate::formats::{Limits, read};
use crate::model::{Input, LexiconId, Severity, Status, Work};
use crate::rules::{Example, ExampleOf, RuleSet};

/// An example that did not come out as it says.
#[derive(Debug)]
pub struct Failure<'r> {
    /// The example, with its place.
    pub example: &'r Example,
    /// The lexicon, detector or rule it belongs to.
    pub of: String,
    /// What happened instead, as a sentence.
    pub message: String,
}

/// Runs every example of a rule set.
pub fn run(rules: &RuleSet) -> Vec<Failure<'_>> {
    rules.examples.iter().filter_map(|example| failure(example, rules)).collect()
}

fn failure<'r>(example: &'r Example, rules: &'r RuleSet) -> Option<Failure<'r>> {
    let (of, message) = match example.of {
        ExampleOf::Lexicon(id) => (rules.lexicon(id)?.id.clone(), lexicon(example, id, rules)?),
        ExampleOf::Detector(index) => {
            (rules.detectors.get(index as usize)?.id.clone(), detector(example, index, rules)?)
        }
        ExampleOf::Rule(index) => (rules.rules.get(index as usize)?.id.clone(), rule(example, index, rules)?),
    };
    Some(Failure { example, of, message })
}

/// The counted places of the lexicon must be the marked ones.
fn lexicon(example: &Example, id: LexiconId, rules: &RuleSet) -> Option<String> {
    let (text, marked) = match unmark(&example.text) {
        Ok(unmarked) => unmarked,
        Err(message) => return Some(message.to_owned()),
    };
    if marked.is_empty() == example.finds {
        return Some(
            "Examples under `finds` mark what is found with [[ ]]; those under `ignores` mark nothing.".into(),
        );
    }
    let work = if text.starts_with("Characters:") { tiny(&text)?.0 } else { Work::of_text("example", &text) };
    let facts = collect(&work, rules);
    let of_lexicon = facts.evidence.iter().filter(|e| e.lexicon == id);
    let found: Vec<_> = of_lexicon.filter(|e| e.status == Status::Counted).map(|e| e.span.range()).collect();
    if found == marked {
        return None;
    }
    let quote = |ranges: &[std::ops::Range<usize>]| match ranges {
        [] => "nothing".to_owned(),
        some => some
            .iter()
            .map(|r| format!("“{}”", work.sources.first().and_then(|s| s.text.get(r.clone())).unwrap_or("")))
            .collect::<Vec<_>>()
            .join(", "),
    };
    Some(format!("It should count {}, and counts {}.", quote(&marked), quote(&found)))
}

/// Takes the marks out of an example; gives the ranges between them.
fn unmark(marked: &str) -> Result<(String, Vec<std::ops::Range<usize>>), &'static str> {
    let (mut text, mut ranges) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, inside)) = rest.split_once("[[") {
        let Some((inside, after)) = inside.split_once("]]") else { return Err("A [[ is not closed.") };
        text.push_str(before);
        ranges.push(text.len()..text.len() + inside.len());
        text.push_str(inside);
        rest = after;
    }
    text.push_str(rest);
    Ok((text, ranges))
}

/// Reads a tiny work in the plain format.
fn tiny(text: &str) -> Option<(Work, Vec<crate::model::Diagnostic>)> {
    let mut found = None;
    let input = Input { name: "example.txt".into(), bytes: text.as_bytes().to_vec() };
    read(input, Some("text"), &Limits::default(), &mut |work, notes| found = Some((work, notes)));
    found
}

/// The scene must reach the detector's `warn`, or must not.
fn detector(example: &Example, index: u32, rules: &RuleSet) -> Option<String> {
    let detector = rules.detectors.get(index as usize)?;
    let (work, _) = tiny(&example.text)?;
    let facts = collect(&work, rules);
    let score = facts.scores.get(index as usize).copied().unwrap_or(0.0);
    if (score >= detector.warn) == example.finds {
        return None;
    }
    let places = facts.evidence.iter().filter(|e| detector.uses(e.lexicon));
    let places: Vec<String> = places
        .map(|e| {
            format!(
                "{}:“{}”{}",
                rules.lexicon_name(e.lexicon),
                work.slice(e.span),
                if e.status == Status::Counted { "" } else { " (not counted)" }
            )
        })
        .collect();
    Some(format!("It scores {score:.2}, and `warn` is {:.2}. It counts {}.", detector.warn, places.join(", ")))
}

/// The rule must speak, or be silent.
fn rule(example: &Example, index: u32, rules: &RuleSet) -> Option<String> {
    let rule = rules.rules.get(index as usize)?;
    let (work, notes) = tiny(&example.text)?;
    let mut settings = Settings::default();
    settings.severities.insert(rule.id.clone(), Severity::Warning);
    let report = check(work, notes, rules, &settings);
    let messages: Vec<&str> =
        report.diagnostics.iter().filter(|d| d.rule == rule.id).map(|d| d.message.as_str()).collect();
    match (messages.is_empty(), example.finds) {
        (true, true) => Some("The rule is silent here, and should speak.".into()),
        (false, false) => Some(format!("The rule should be silent here, and says: {}", messages.join(" "))),
        _ => None,
    }
}

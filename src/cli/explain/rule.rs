//! The page of a rule.

use std::io;

use super::{LISTED, Page, some};
use crate::cli::load::Setup;
use crate::model::{Severity, TagId};
use crate::rules::condition::{Subject, Threshold};
use crate::rules::{Logic, Rule, RuleSet, plain};

/// Prints everything about a rule.
pub(super) fn explain(rule: &Rule, setup: &Setup, page: &mut Page<'_>) -> io::Result<()> {
    let severity = setup.settings.severity(rule);
    page.title(&format!("{} ({})", rule.id, severity.name()))?;
    page.paragraph(&plain(&rule.summary))?;
    if !rule.docs.is_empty() {
        page.paragraph(&rule.docs)?;
    }
    if let Some(help) = &rule.help {
        page.paragraph(&format!("What to do: {}", plain(help)))?;
    }
    page.paragraph(&what_it_means(severity, rule, setup))?;
    let rules = &setup.rules;
    if let Some(tags) = &rule.each {
        page.paragraph(&format!("It is judged for each of: {}.", some(&names(tags, rules))))?;
    }
    let about: Vec<&str> =
        rule.fields.iter().filter_map(|f| rules.vocabulary.kind(*f)).map(|f| f.name.as_str()).collect();
    if !about.is_empty() {
        page.paragraph(&format!("It is about: {}.", some(&about)))?;
    }
    if let Some(limit) = rule.limit {
        page.paragraph(&format!("The number that it compares with is {limit}."))?;
    }
    if rule.per_chapter {
        page.paragraph("Each chapter is judged by itself.")?;
    }
    looked_for(rule, rules, page)?;
    for (title, examples) in
        [("It speaks up at, for example:", &rule.fails), ("It is content with, for example:", &rule.passes)]
    {
        if let Some(example) = examples.first() {
            page.heading(title)?;
            page.block(example)?;
        }
    }
    let subject = match &rule.each {
        Some(tags) => {
            let looked_for = tags.iter().find(|t| rules.detectors.iter().any(|d| d.tag == **t));
            looked_for.or(tags.first()).and_then(|t| rules.vocabulary.tag(*t)).map(|t| t.id.as_str())
        }
        None => None,
    };
    accept(rule, subject, page)
}

/// What the severity of a rule means, and who says so.
fn what_it_means(severity: Severity, rule: &Rule, setup: &Setup) -> String {
    let means = match severity {
        Severity::Error => "It is an error: it is wrong, and `forewarn check` fails because of it.",
        Severity::Warning => "It is a warning: worth a look before posting.",
        Severity::Info => "It is a suggestion (info): a courtesy to readers that nobody asks of you.",
        Severity::Off => "It is off, so it says nothing unless it is switched on.",
    };
    let set = setup.config.severities.get(&rule.id).and_then(|given| given.from.as_ref());
    match set {
        Some(from) => {
            let file = setup.chain.layers.get(from.layer).map_or("", |l| l.name());
            format!("{means} {file} says so on line {}; the pack has it as {}.", from.at.line, rule.severity.name())
        }
        None => means.to_owned(),
    }
}

/// The kinds of content whose scores a rule asks for, with the scores that count.
fn looked_for(rule: &Rule, rules: &RuleSet, page: &mut Page<'_>) -> io::Result<()> {
    let Logic::Condition { when, .. } = &rule.logic else { return Ok(()) };
    let each = rule.each.as_deref().unwrap_or_default();
    let mut found: Vec<(&str, f32)> = Vec::new();
    for (subject, threshold) in when.evidence() {
        let tags = match &subject {
            Subject::Each => each,
            Subject::Tag(tag) => std::slice::from_ref(tag),
        };
        for tag in tags {
            let Some(name) = rules.vocabulary.tag(*tag).map(|t| t.name.as_str()) else { continue };
            found.extend(rules.detectors.iter().filter(|d| d.tag == *tag).map(|d| {
                let from = match threshold {
                    Threshold::Warn => d.warn,
                    Threshold::Sure => d.sure,
                    Threshold::At(score) => score,
                };
                (name, from)
            }));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    found.sort_by(|a, b| a.0.cmp(b.0));
    found.dedup_by_key(|f| f.0);
    page.heading("It looks in the text for (from which score on, between 0 and 1):")?;
    for (name, from) in found.iter().take(LISTED) {
        page.item(&format!("{name}: from {from:.2}"))?;
    }
    if found.len() > LISTED {
        page.item(&format!("and {} more", found.len() - LISTED))?;
    }
    let (name, from) = found.first().copied().unwrap_or_default();
    let id = rules.vocabulary.tags.iter().find(|t| t.name == name).map_or("", |t| t.id.as_str());
    page.paragraph(&format!(
        "`forewarn explain {id}` says what is counted there. To be told less often, raise the score in forewarn.toml:"
    ))?;
    page.block(&format!("[thresholds]\n{id} = {:.2}", (from + 0.1).min(0.95)))
}

/// How to change the rule, and how to accept what it finds.
fn accept(rule: &Rule, subject: Option<&str>, page: &mut Page<'_>) -> io::Result<()> {
    page.heading("To change it, write in forewarn.toml:")?;
    page.block(&format!("[rules]\n\"{}\" = \"off\"   # or info, warning, error", rule.id))?;
    // what is wrong with a file, a pack or the configuration cannot be accepted in a work
    if matches!(&rule.logic, Logic::Check(name) if matches!(name.as_str(), "loader" | "reader")) {
        return Ok(());
    }
    let what = subject.map_or_else(|| rule.id.clone(), |s| format!("{}: {s}", rule.id));
    page.heading("To accept it in one story, with the reason, write in its text:")?;
    page.block(&format!("<!-- forewarn: allow({what}) because … -->"))?;
    page.paragraph(
        "`allow-next` instead of `allow` is for the next paragraph only. In a header the same is a line of its own:",
    )?;
    page.block(&format!("Forewarn-Allow: {what} (because …)"))?;
    page.heading("To accept it in several stories, write in forewarn.toml:")?;
    let subject = subject.map(|s| format!("subject = \"{s}\"\n")).unwrap_or_default();
    let id = &rule.id;
    page.block(&format!("[[allow]]\nworks   = \"stories/**\"\nrule    = \"{id}\"\n{subject}reason  = \"because …\""))
}

fn names<'r>(tags: &[TagId], rules: &'r RuleSet) -> Vec<&'r str> {
    tags.iter().filter_map(|t| rules.vocabulary.tag(*t)).map(|t| t.name.as_str()).collect()
}

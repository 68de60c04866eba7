//! The pages of what rules speak of: tags, fields, ratings.

use std::io;

use super::{Page, some};
use crate::cli::load::Setup;
use crate::model::{Degree, Severity, TagId};
use crate::rules::detector::Detector;
use crate::rules::vocabulary::{Holds, Tag, key};
use crate::rules::{ExampleOf, Rule, RuleSet};

/// Degrees that may have a form of their own.
const WEAKER: [Degree; 5] = [Degree::Mild, Degree::Attempted, Degree::Past, Degree::Implied, Degree::Loose];

/// Prints everything about a tag.
pub(super) fn explain(id: TagId, setup: &Setup, page: &mut Page<'_>) -> io::Result<()> {
    let rules = &*setup.rules;
    let Some(tag) = rules.vocabulary.tag(id) else { return Ok(()) };
    page.title(&format!("{} ({}), {}", tag.name, tag.id, kind(&tag.category)))?;
    let own = key(&tag.name);
    let spellings: Vec<&str> = rules.vocabulary.spellings_of(id).into_iter().filter(|s| *s != own).collect();
    if !spellings.is_empty() {
        page.paragraph(&format!("Also understood, among others: {}.", some(&spellings)))?;
    }
    relations(id, tag, rules, page)?;
    let forms: Vec<String> = WEAKER
        .into_iter()
        .map(|degree| (degree, rules.vocabulary.form(id, degree)))
        .filter(|(_, form)| *form != tag.name && tag.category == "content")
        .map(|(degree, form)| format!("“{form}” ({})", degree.name()))
        .collect();
    if !forms.is_empty() {
        page.paragraph(&format!("Where there is less of it, it is written: {}.", forms.join(", ")))?;
    }
    for list in &rules.vocabulary.lists {
        let entries: Vec<&str> = list.entries_of(id).map(|e| e.name.as_str()).collect();
        if !entries.is_empty() {
            page.paragraph(&format!("{} files it under: {}.", list.name, entries.join(", ")))?;
        }
    }
    for (index, detector) in rules.detectors.iter().enumerate().filter(|(_, d)| d.tag == id) {
        found_by(index, detector, tag, setup, page)?;
    }
    let judges = |rule: &&Rule| rule.each.as_ref().is_some_and(|tags| tags.contains(&id));
    said_by(rules.rules.iter().filter(judges), "Rules that judge it:", setup, page)
}

/// What kind of tag a category is.
fn kind(category: &str) -> String {
    match category {
        "archive-warning" => "an archive warning".to_owned(),
        "content" => "a tag about what is in a story".to_owned(),
        "category" => "a category of works".to_owned(),
        "language" => "a language".to_owned(),
        _ => "a tag".to_owned(),
    }
}

/// What a tag says of other tags, and they of it.
fn relations(id: TagId, tag: &Tag, rules: &RuleSet, page: &mut Page<'_>) -> io::Result<()> {
    let name = |id: &TagId| rules.vocabulary.tag(*id).map(|t| t.name.as_str());
    let names = |ids: &[TagId]| ids.iter().filter_map(name).collect::<Vec<_>>();
    let beside: Vec<TagId> = tag.declares.iter().copied().filter(|t| *t != id && !tag.implies.contains(t)).collect();
    let within: Vec<TagId> = (0..)
        .map(TagId)
        .zip(&rules.vocabulary.tags)
        .filter(|(other, t)| *other != id && t.declares.contains(&id))
        .map(|t| t.0)
        .collect();
    let warning: Vec<TagId> = tag.warning.into_iter().collect();
    for (said, tags) in [
        ("It includes", names(&tag.implies)),
        ("With it, these need no tag of their own", names(&beside)),
        ("It need not be named beside", names(&within)),
        ("It says that a work has no", names(&tag.denies)),
        ("Its archive warning is", names(&warning)),
    ] {
        if !tags.is_empty() {
            page.paragraph(&format!("{said}: {}.", some(&tags)))?;
        }
    }
    if !tag.withholds.is_empty() {
        page.paragraph(&format!("It openly says nothing about: {}. That is a full answer.", some(&tag.withholds)))?;
    }
    if !tag.renamed_from.is_empty() {
        page.paragraph(&format!("It was once called: {}.", some(&tag.renamed_from)))?;
    }
    Ok(())
}

/// How a tag is found in texts.
fn found_by(index: usize, detector: &Detector, tag: &Tag, setup: &Setup, page: &mut Page<'_>) -> io::Result<()> {
    let rules = &*setup.rules;
    page.heading("How it is found")?;
    page.paragraph(&format!(
        "{} About 100 words are looked at together. Words of the groups below add to a score from 0 to 1; groups with a \
         minus take from it.",
        detector.summary
    ))?;
    page.line("")?;
    let mut weights = detector.weights.clone();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (lexicon, weight) in weights {
        let summary = rules.lexicon(lexicon).map_or("", |l| &l.summary);
        page.item(&format!("{} ({weight:+}): {summary}", rules.lexicon_name(lexicon).replace('-', " ")))?;
    }
    for near in &detector.near {
        let [a, b] = near.lexicons.map(|l| rules.lexicon_name(l).replace('-', " "));
        page.item(&format!("{a} within {} words of {b} ({:+})", near.words, near.weight))?;
    }
    let alone = match detector.terms {
        0 | 1 => "One such word is enough.".to_owned(),
        2 => "One such word is never enough, unless it leaves no doubt.".to_owned(),
        terms => format!("It takes {terms} different words at least, unless one leaves no doubt."),
    };
    let set = setup.config.thresholds.get(&tag.id).and_then(|given| given.from.as_ref());
    let by = set.map_or_else(String::new, |from| {
        let file = setup.chain.layers.get(from.layer).map_or("", |l| l.name());
        format!(" (by {file}, line {})", from.at.line)
    });
    page.paragraph(&format!(
        "{alone} It is reported from a score of {:.2} on{by} and counts as sure from {:.2}, which `--strict` makes an \
         error. To be told less often, raise it in forewarn.toml:",
        detector.warn, detector.sure
    ))?;
    page.block(&format!("[thresholds]\n{} = {:.2}", tag.id, (detector.warn + 0.1).min(0.95)))?;
    let is_it = |of: &ExampleOf| matches!(of, ExampleOf::Detector(i) if *i as usize == index);
    for (finds, title) in [(true, "It is found in, for example:"), (false, "It is not found in, for example:")] {
        if let Some(example) = rules.examples.iter().find(|e| e.finds == finds && is_it(&e.of)) {
            page.heading(title)?;
            page.block(&example.text)?;
        }
    }
    Ok(())
}

/// Rules under a heading, each with its severity.
fn said_by<'r>(
    judging: impl Iterator<Item = &'r Rule>,
    title: &str,
    setup: &Setup,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let judging: Vec<&Rule> = judging.filter(|r| setup.settings.severity(r) != Severity::Off).collect();
    if judging.is_empty() {
        return Ok(());
    }
    page.heading(title)?;
    for rule in judging {
        let said = crate::rules::plain(&rule.summary);
        page.item(&format!("{} ({}): {said}", rule.id, setup.settings.severity(rule).name()))?;
    }
    Ok(())
}

/// Prints everything about a field.
pub(super) fn field(index: usize, setup: &Setup, page: &mut Page<'_>) -> io::Result<()> {
    let vocabulary = &setup.rules.vocabulary;
    let Some(field) = vocabulary.fields.get(index) else { return Ok(()) };
    let number = u32::try_from(index).unwrap_or(u32::MAX);
    page.title(&format!("{} ({}), a field of the header", field.name, field.id))?;
    let holds = match field.holds {
        Holds::Tags => "It holds a list of tags.",
        Holds::Names => "It holds a list of names.",
        Holds::Text => "It holds free text.",
        Holds::Rating => "It holds a rating.",
        Holds::Number => "It holds a number.",
        Holds::Chapters => "It holds how many chapters there are, and of how many: `3/9`, `3/?` or `3`.",
        Holds::Date => "It holds a date.",
        Holds::Status => "It holds whether the work is complete.",
    };
    page.paragraph(holds)?;
    page.paragraph(&format!("It goes by the labels: {}.", some(&field.names)))?;
    if let Some(category) = &field.one_of {
        let names: Vec<&str> = vocabulary.names_of(category).collect();
        page.paragraph(&format!("Its entries are from a closed list: {}.", some(&names)))?;
    }
    for ladder in vocabulary.ladders.iter().filter(|l| l.field == number) {
        let levels: Vec<&str> = ladder.levels.iter().map(|l| l.name.as_str()).collect();
        let unrated = ladder.unrated.as_ref().map(|u| format!(" “{}” openly declines to rate.", u.0));
        page.paragraph(&format!(
            "In the pack {}, mildest first: {}.{}",
            ladder.pack,
            some(&levels),
            unrated.unwrap_or_default()
        ))?;
    }
    if field.in_notes {
        page.paragraph("A line in notes that begins with one of its labels counts, too.")?;
    }
    if let Some(most) = field.max_characters {
        page.paragraph(&format!("It has at most {most} characters."))?;
    }
    let about = setup.rules.rules.iter().filter(|r| r.fields.contains(&number));
    said_by(about, "Rules about it:", setup, page)
}

/// Prints what a level of a rating is.
pub(super) fn level(ladder: usize, level: usize, setup: &Setup, page: &mut Page<'_>) -> io::Result<()> {
    let Some(ladder) = setup.rules.vocabulary.ladders.get(ladder) else { return Ok(()) };
    let Some(found) = ladder.levels.get(level) else { return Ok(()) };
    page.title(&format!("{} ({}), a rating of the pack {}", found.name, found.id, ladder.pack))?;
    let all: Vec<&str> = ladder.levels.iter().map(|l| l.name.as_str()).collect();
    page.paragraph(&format!("It is number {} of {}, mildest first: {}.", level + 1, all.len(), all.join(", ")))?;
    let wants = |rule: &&Rule| {
        matches!(&rule.logic, crate::rules::Logic::Condition { then, forbid: false, .. }
        if then.wanted_rating().is_some_and(|(of, at)| {
            setup.rules.vocabulary.ladders.get(of).is_some_and(|l| std::ptr::eq(l, ladder)) && at == level
        }))
    };
    said_by(setup.rules.rules.iter().filter(wants), "Rules that ask for it, or for more:", setup, page)
}

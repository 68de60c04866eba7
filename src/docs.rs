//! The packs as Markdown pages: every rule and every detector, in the words of their TOML.

use std::fmt::Write as _;

use crate::model::{Report, Severity, TagId};
use crate::rules::detector::Detector;
use crate::rules::{self, ExampleOf, PackText, Rule, RuleSet, plain};

/// A page: its file name and its Markdown.
pub type Page = (String, String);

/// The pack that others build on.
const CORE: &str = "core";

/// The pages of packs: for each pack `<pack>.md` with its rules and `<pack>-content.md` with its detectors, as far as it
/// has any, and `README.md`, which leads to them. A pack that does not stand alone builds on the bundled core.
///
/// # Errors
/// What is wrong with a pack.
pub fn pages(packs: &[PackText]) -> Result<Vec<Page>, Vec<Report>> {
    let core = rules::bundled(CORE);
    let known = core.iter().cloned().collect::<Vec<_>>();
    let known: Vec<String> = rules::link(&known).rules.detectors.into_iter().map(|d| d.id).collect();
    let mut pages = Vec::new();
    for pack in packs {
        let below = core.iter().filter(|c| c.name != pack.name).cloned().collect::<Vec<_>>();
        let known = if below.is_empty() { &[] } else { known.as_slice() };
        let loaded = rules::link(&[below, vec![pack.clone()]].concat());
        if !loaded.reports.is_empty() {
            return Err(loaded.reports);
        }
        pages.extend(of_pack(&pack.name, &loaded.rules, known));
    }
    pages.insert(0, ("README.md".to_owned(), index(&pages)));
    Ok(pages)
}

fn of_pack(pack: &str, rules: &RuleSet, known: &[String]) -> Vec<Page> {
    let prefix = format!("{pack}/");
    let own: Vec<&Rule> = rules.rules.iter().filter(|r| r.id.starts_with(&prefix)).collect();
    let mut detectors: Vec<(usize, &Detector)> =
        rules.detectors.iter().enumerate().filter(|(_, d)| !known.contains(&d.id)).collect();
    detectors.sort_by_key(|d| tag_name(rules, d.1.tag));
    let mut pages = Vec::new();
    if !own.is_empty() {
        pages.push((format!("{pack}.md"), rule_page(pack, &own, rules)));
    }
    if !detectors.is_empty() {
        pages.push((format!("{pack}-content.md"), detector_page(pack, &detectors, rules)));
    }
    pages
}

fn index(pages: &[Page]) -> String {
    let mut out = String::from(
        "# Rules\n\nMade from the packs by `forewarn rules docs`; a test keeps these pages in step. The same text is \
         printed by\n`forewarn explain RULE`.\n\n",
    );
    for (file, text) in pages {
        let title = text.lines().next().unwrap_or("").trim_start_matches("# ");
        let _ = writeln!(out, "- [{title}]({file})");
    }
    out
}

fn rule_page(pack: &str, own: &[&Rule], rules: &RuleSet) -> String {
    let mut out = format!("# Rules of the pack {pack}\n\n| rule | severity | what it says |\n|---|---|---|\n");
    for rule in own {
        let (id, anchor) = (&rule.id, anchor(&rule.id));
        let _ = writeln!(out, "| [{id}](#{anchor}) | {} | {} |", rule.severity.name(), cell(&plain(&rule.summary)));
    }
    for rule in own {
        let _ = write!(out, "\n## {}\n\n{}\n\n", rule.id, plain(&rule.summary));
        let severity = match rule.severity {
            Severity::Off => "Off unless switched on.".to_owned(),
            severity => format!("Severity: {}.", severity.name()),
        };
        let _ = writeln!(out, "{severity}");
        if !rule.docs.is_empty() {
            let _ = write!(out, "\n{}\n", rule.docs.trim());
        }
        if let Some(help) = &rule.help {
            let _ = write!(out, "\nWhat to do: {}\n", plain(help));
        }
        if let Some(tags) = rule.each.as_deref().filter(|t| !t.is_empty()) {
            let _ = write!(out, "\nJudged for each of {} tags{}.\n", tags.len(), some(rules, tags));
        }
        for (title, example) in [("It speaks up at", rule.fails.first()), ("It is content with", rule.passes.first())] {
            if let Some(example) = example {
                let _ = write!(out, "\n{title}:\n\n```text\n{}\n```\n", example.trim());
            }
        }
    }
    out
}

fn detector_page(pack: &str, detectors: &[(usize, &Detector)], rules: &RuleSet) -> String {
    let mut out = format!(
        "# Content that the pack {pack} finds\n\n\
         Each kind of content has a detector. It looks at about 100 words at a time, counts the terms of some lexicons \
         there, and\nadds up: score = logistic(start + Σ weight · ln(1 + count)). A finding needs two different terms, or \
         one that is enough\nalone. The words themselves are in `rules/{pack}/lexicons/`, each with sentences that show what \
         counts and what does not.\nThe examples are as mild as their point allows; they are still about the content they stand \
         under.\n\n| content | reported from | sure from | lexicons |\n|---|---|---|---|\n"
    );
    for (_, detector) in detectors {
        let name = tag_name(rules, detector.tag);
        let _ = writeln!(
            out,
            "| [{}](#{}) | {:.2} | {:.2} | {} |",
            cell(name),
            anchor(name),
            detector.warn,
            detector.sure,
            detector.weights.len()
        );
    }
    for (index, detector) in detectors {
        let _ = write!(out, "\n## {}\n\n{}\n\n", tag_name(rules, detector.tag), detector.summary);
        let mut weights = detector.weights.clone();
        weights.sort_by(|a, b| b.1.total_cmp(&a.1));
        let _ = writeln!(out, "| counts | weight | what it is |\n|---|---|---|");
        for (lexicon, weight) in weights {
            let summary = rules.lexicon(lexicon).map_or("", |l| &l.summary);
            let _ = writeln!(out, "| {} | {weight} | {} |", words(&rules.lexicon_name(lexicon)), cell(summary));
        }
        for near in &detector.near {
            let [a, b] = near.lexicons.map(|l| words(&rules.lexicon_name(l)));
            let _ = writeln!(out, "| {a} near {b} | {} | within {} words |", near.weight, near.words);
        }
        let _ = writeln!(out, "\nIt starts at {}.", detector.bias);
        for (finds, title) in [(true, "It finds"), (false, "It passes over")] {
            let is_it = |of: &ExampleOf| matches!(of, ExampleOf::Detector(i) if *i as usize == *index);
            if let Some(example) = rules.examples.iter().find(|e| e.finds == finds && is_it(&e.of)) {
                let _ = write!(out, "\n{title}, for example:\n\n> {}\n", example.text.trim().replace('\n', "\n> "));
            }
        }
    }
    out
}

fn tag_name(rules: &RuleSet, tag: TagId) -> &str {
    rules.vocabulary.tag(tag).map_or("", |t| t.name.as_str())
}

/// The names of a few tags, behind a colon; of many the first few.
fn some(rules: &RuleSet, tags: &[TagId]) -> String {
    const LISTED: usize = 12;
    let names: Vec<&str> = tags.iter().take(LISTED).map(|t| tag_name(rules, *t)).collect();
    let more = if tags.len() > LISTED { " …" } else { "" };
    format!(": {}{more}", names.join(", "))
}

fn words(name: &str) -> String {
    name.replace('-', " ")
}

/// A text that breaks no table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The anchor that Markdown viewers make of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

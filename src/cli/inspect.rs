//! `forewarn inspect`: what was read and counted, for one who wonders why something is or is not found.

mod map;

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;

use super::discover::{are_no_folders, are_there};
use super::input;
use super::load::Loader;
use super::output::may_draw;
use super::{Exit, Failure};
use crate::collect::{collect, scenes};
use crate::engine;
use crate::model::{Degree, Diagnostic, Facts, Section, State, Status, Work, facts::Origin};
use crate::rules::RuleSet;

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Stories, or `-` for standard input
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// List every place that was counted, not only the strongest scenes
    #[arg(long)]
    evidence: bool,
    #[command(flatten)]
    input: input::Options,
}

/// Prints what was read.
///
/// # Errors
/// A file that cannot be read, an output that cannot be written. One of a kind that is not read is told of, and makes the
/// exit code that of a failed run.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.input.validate()?;
    are_there(&arguments.paths)?;
    are_no_folders("inspect", &arguments.paths)?;
    let mut out = std::io::BufWriter::new(anstream::stdout().lock());
    let mut loader = Loader::new(arguments.input.config.clone());
    let mut sound = true;
    for path in &arguments.paths {
        let setup = loader.setup(path)?;
        let rules = &setup.rules;
        arguments.input.each(path, &setup, &mut |work, notes| {
            sound &= !work.format.is_empty();
            arguments.print(&work, &notes, rules, &mut out)
        })?;
    }
    let exit = super::check::print_faults(&loader.faults, &mut out)?;
    out.flush()?;
    Ok(if sound { exit } else { Exit::Failed })
}

impl Arguments {
    fn print(&self, work: &Work, notes: &[Diagnostic], rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
        writeln!(out, "{}", work.name)?;
        for note in notes {
            writeln!(out, "  note: {}", note.message)?;
        }
        if work.format.is_empty() {
            return Ok(());
        }
        let facts = collect(work, rules);
        fields(work, &facts, rules, out)?;
        sections(work, &facts, out)?;
        claims(work, &facts, rules, out)?;
        scores(work, &facts, rules, out)?;
        content_map(work, &facts, rules, out)?;
        if self.evidence {
            evidence(work, &facts, rules, out)?;
        }
        Ok(writeln!(out)?)
    }
}

fn fields(work: &Work, facts: &Facts<'_>, rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "  Read as {}{}.", work.format, if work.partial { ", a part of a work" } else { "" })?;
    writeln!(out, "\n  Fields")?;
    if work.fields.is_empty() {
        writeln!(out, "    none")?;
    }
    for (index, field) in work.fields.iter().enumerate() {
        let kind = rules.vocabulary.field(&field.name.value).and_then(|k| rules.vocabulary.kind(k));
        let meant = kind.map_or("not known".to_owned(), |k| k.id.clone());
        let entries: Vec<&str> = facts.entries.iter().filter(|e| e.field == index).map(|e| e.text.as_str()).collect();
        let value = match field.state {
            State::Given => shorten(&entries.join(" | "), 200),
            State::Empty => "(empty)".to_owned(),
            State::Unknown => "(not in this file)".to_owned(),
        };
        writeln!(out, "    {} [{meant}]: {value}", field.name.value)?;
    }
    Ok(())
}

fn sections(work: &Work, facts: &Facts<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "\n  Sections")?;
    for (section, measure) in work.sections.iter().zip(&facts.measures) {
        let heading = section.heading.as_ref().map(|h| format!(" “{}”", h.value)).unwrap_or_default();
        let language = measure.language.map(|l| format!(", language {}", l.0)).unwrap_or_default();
        let place = place(work, section.text.span());
        writeln!(out, "    {}{heading}: {} words{language}, from {place}", named(section), measure.words)?;
    }
    Ok(())
}

fn claims(work: &Work, facts: &Facts<'_>, rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "\n  Claims")?;
    if facts.claims.is_empty() {
        writeln!(out, "    none")?;
    }
    for claim in &facts.claims {
        let tag = rules.vocabulary.tag(claim.tag).map_or("", |t| t.name.as_str());
        let stance = format!("{:?}", claim.stance).to_lowercase();
        let degree =
            if claim.degree == Degree::Depicted { String::new() } else { format!(" ({})", claim.degree.name()) };
        let origin = match claim.origin {
            Origin::Field { field, .. } => work.fields.get(field).map(|f| f.name.value.clone()).unwrap_or_default(),
            Origin::Section(index) => work.sections.get(index).map(named).unwrap_or_default(),
        };
        writeln!(out, "    {stance} {tag}{degree}: “{}” in {origin}", shorten(work.slice(claim.span), 80))?;
    }
    Ok(())
}

fn scores(work: &Work, facts: &Facts<'_>, rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "\n  Scores (0 to 1; a rule reports from “warn” on)")?;
    let mut any = false;
    for (index, (detector, score)) in rules.detectors.iter().zip(&facts.scores).enumerate() {
        let mut own: Vec<_> = facts.scenes.iter().filter(|s| s.detector.0 as usize == index).collect();
        if own.is_empty() {
            continue;
        }
        any = true;
        let reached = if *score >= detector.warn { " *" } else { "" };
        writeln!(
            out,
            "    {} {score:.2} (warn {:.2}, sure {:.2}){reached}",
            detector.id, detector.warn, detector.sure
        )?;
        own.sort_by(|a, b| b.score.total_cmp(&a.score));
        let left = own.len().saturating_sub(5);
        for scene in own.into_iter().take(5) {
            let section = work.sections.get(scene.section as usize);
            let first = scenes::strongest(facts, rules, scene)
                .into_iter()
                .filter_map(|i| facts.evidence.get(i as usize))
                .min_by_key(|e| e.at.start);
            let at = first.map(|e| place(work, e.span)).unwrap_or_default();
            let why: Vec<String> = scenes::why(facts, rules, scene)
                .iter()
                .map(|p| format!("{} × {} ({:+.1})", p.count, p.name, p.weight))
                .collect();
            writeln!(
                out,
                "      {:.2} in {} at {at}: {}",
                scene.score,
                section.map(named).unwrap_or_default(),
                why.join(", ")
            )?;
        }
        if left > 0 {
            writeln!(out, "      and {left} weaker scenes")?;
        }
    }
    if !any {
        writeln!(out, "    nothing was counted")?;
    }
    Ok(())
}

/// The content map: drawn for a terminal, unless its user wants words, else told.
fn content_map(work: &Work, facts: &Facts<'_>, rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
    let map = engine::content_map(facts, rules);
    if map.strips.is_empty() {
        return Ok(());
    }
    let graphics = std::io::stdout().is_terminal() && may_draw();
    let text = if graphics { map::drawn(&map) } else { map::told(&map, work) };
    Ok(write!(out, "\n{text}")?)
}

fn evidence(work: &Work, facts: &Facts<'_>, rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "\n  Evidence")?;
    if facts.evidence.is_empty() {
        writeln!(out, "    none")?;
    }
    for e in &facts.evidence {
        let status = if e.status == Status::Counted { String::new() } else { format!(", {}", e.status.name()) };
        let words = shorten(work.slice(e.span), 80);
        writeln!(out, "    {}: “{words}” ({}{status})", place(work, e.span), rules.lexicon_name(e.lexicon))?;
    }
    Ok(())
}

fn named(section: &Section) -> String {
    match section.chapter {
        Some(chapter) => format!("chapter {chapter}, {}", section.kind.name()),
        None => section.kind.name().to_owned(),
    }
}

/// `12:5`, with the name of the source if it is not the first; of a document or a book the paragraph.
fn place(work: &Work, span: crate::model::Span) -> String {
    let Some(source) = work.source(span.source) else { return String::new() };
    if let Some(place) = source.place(span.start) {
        return place;
    }
    let at = source.position(span.start);
    let name = if span.source.0 == 0 { String::new() } else { format!("{}:", source.name) };
    format!("{name}{}:{}", at.line, at.column)
}

/// One line of at most so many characters, without control characters.
fn shorten(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect();
    if text.chars().nth(most).is_some() { format!("{clean}…") } else { clean }
}

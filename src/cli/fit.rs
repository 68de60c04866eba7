//! `forewarn rules fit`: labelled texts in, measures out, and fitted numbers into the pack's own files.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write};
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Deserialize;

use super::load::{self, cannot_read, shown};
use super::{Exit, Failure, records, write};
use crate::fit::measure::Measures;
use crate::fit::{self, Outcome, Sample};
use crate::model::{DetectorId, TagId};
use crate::rules::{self, RuleSet};

/// Arguments of `rules fit`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// JSON Lines with `text`, `warning` (a tag), `votes` (0 to 3 readers) and `work_id`
    labelled: PathBuf,
    /// The pack whose detectors are fitted; used together with the bundled ones
    #[arg(long, value_name = "DIR")]
    pack: PathBuf,
    /// Only these tags
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Measure, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// A labelled text.
#[derive(Debug, Deserialize)]
struct Labelled {
    text: String,
    warning: String,
    votes: u8,
    work_id: serde_json::Value,
}

impl Labelled {
    /// The name of its work as text: folds are made of it.
    fn work(&self) -> String {
        self.work_id.as_str().map_or_else(|| self.work_id.to_string(), str::to_owned)
    }
}

/// Fits, prints and writes.
///
/// # Errors
/// Labelled texts or a pack that cannot be read, a pack with mistakes, or a file that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let packs = load::with_bundled(std::slice::from_ref(&arguments.pack))?;
    let loaded = rules::link(&packs);
    let mut out = anstream::stdout().lock();
    if !loaded.reports.is_empty() {
        return super::check::print_faults(&loaded.reports, &mut out);
    }
    let rules = &loaded.rules;
    // packs from folders stand behind the bundled ones
    let own: Vec<String> =
        packs.last().into_iter().flat_map(|own| &own.files).flat_map(|(_, text)| fit::write::detectors(text)).collect();
    let mut labelled = read(&arguments.labelled, rules)?;
    if !arguments.tag.is_empty() {
        for tag in &arguments.tag {
            let id = rules.vocabulary.tag_id(tag).filter(|id| labelled.contains_key(id));
            id.ok_or_else(|| Failure::Request(format!("no text of {} is about `{tag}`", shown(&arguments.labelled))))?;
        }
        labelled.retain(|id, _| rules.vocabulary.tag(*id).is_some_and(|t| arguments.tag.contains(&t.id)));
    }
    let (fittable, left): (Vec<_>, Vec<_>) =
        labelled.iter().map(|(tag, texts)| (*tag, texts, detector_of(*tag, rules, &own))).partition(|f| f.2.is_some());
    let outcomes: Vec<(TagId, Outcome)> = fittable
        .par_iter()
        .filter_map(|(tag, texts, detector)| {
            let id = (*detector)?;
            let detector = rules.detectors.get(id.0 as usize)?;
            let samples: Vec<Sample> =
                texts.par_iter().map(|l| fit::sample(rules, detector, &l.text, &l.work(), l.votes)).collect();
            Some((*tag, fit::fit(id, detector, &samples)))
        })
        .collect();
    if labelled.is_empty() {
        return Err(Failure::Request(format!("{} holds no labelled text", shown(&arguments.labelled))));
    }
    if !outcomes.is_empty() {
        table(&outcomes, rules, &mut out)?;
    }
    for (tag, ..) in left {
        let name = rules.vocabulary.tag(tag).map_or("", |t| &t.id);
        writeln!(out, "{name}: no detector of this tag in {}, so it was left out.", shown(&arguments.pack))?;
    }
    if arguments.dry_run || outcomes.is_empty() {
        return Ok(Exit::Clean);
    }
    write(&arguments.pack, &outcomes, rules, &mut out)?;
    writeln!(out, "Run `forewarn rules test {}`: examples may have changed sides.", shown(&arguments.pack))?;
    Ok(Exit::Clean)
}

/// The labelled texts by tag.
fn read(path: &Path, rules: &RuleSet) -> Result<BTreeMap<TagId, Vec<Labelled>>, Failure> {
    let mut by_tag: BTreeMap<TagId, Vec<Labelled>> = BTreeMap::new();
    for (number, line) in (1..).zip(records::open(path)?.lines()) {
        let line = line.map_err(|e| cannot_read(path, &e))?;
        if line.trim().is_empty() {
            continue;
        }
        let at = |message: String| Failure::Request(format!("{}:{number}: {message}", shown(path)));
        let labelled: Labelled = records::parse(&line).map_err(|e| at(format!("this is no labelled text: {e}")))?;
        if labelled.votes > fit::READERS {
            return Err(at(format!("{} votes, and there are {} readers", labelled.votes, fit::READERS)));
        }
        let tag = rules.vocabulary.tag_id(&labelled.warning);
        let tag = tag.ok_or_else(|| at(format!("there is no tag `{}`", labelled.warning)))?;
        by_tag.entry(tag).or_default().push(labelled);
    }
    Ok(by_tag)
}

/// The detector of a tag that is one of some.
fn detector_of(tag: TagId, rules: &RuleSet, ids: &[String]) -> Option<DetectorId> {
    (0..).map(DetectorId).zip(&rules.detectors).find(|(_, d)| d.tag == tag && ids.contains(&d.id)).map(|(id, _)| id)
}

fn table(outcomes: &[(TagId, Outcome)], rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(
        out,
        "Measured by {}-fold cross-validation: each work is scored by what was learned from the others.\n",
        fit::FOLDS
    )?;
    let width = outcomes.iter().filter_map(|(t, _)| rules.vocabulary.tag(*t)).map(|t| t.id.len()).max().unwrap_or(0);
    let width = width.max("macro".len());
    writeln!(
        out,
        "{:width$} {:>6} {:>9} {:>10} {:>10} {:>7} {:>6} {:>6} {:>6} {:>6}",
        "tag", "texts", "positive", "threshold", "precision", "recall", "F1", "AP", "any", "before"
    )?;
    let mut row = |name: &str, at: &str, m: &Measures, before: Option<&Measures>| -> Result<(), Failure> {
        let before = before.map(|b| format!("{:.3}", b.f1)).unwrap_or_default();
        let row = format!(
            "{name:width$} {:>6} {:>9} {at:>10} {:>10.3} {:>7.3} {:>6.3} {:>6.3} {:>6.3} {before:>6}",
            m.texts, m.positive, m.precision, m.recall, m.f1, m.ap, m.any
        );
        Ok(writeln!(out, "{}", row.trim_end())?)
    };
    for (tag, outcome) in outcomes {
        let name = rules.vocabulary.tag(*tag).map_or("", |t| &t.id);
        row(name, "warn", &outcome.warn, Some(&outcome.before))?;
        row("", "sure", &outcome.sure, None)?;
    }
    let mean =
        |part: fn(&Outcome) -> Measures| Measures::mean(&outcomes.iter().map(|o| part(&o.1)).collect::<Vec<_>>());
    row("macro", "warn", &mean(|o| o.warn), Some(&mean(|o| o.before)))?;
    row("", "sure", &mean(|o| o.sure), None)?;
    writeln!(out, "\n“before” is the F1 of the numbers that stand in the pack now, on the same texts.")?;
    Ok(())
}

/// Writes the fitted numbers into the files that hold their detectors.
fn write(pack: &Path, outcomes: &[(TagId, Outcome)], rules: &RuleSet, out: &mut dyn Write) -> Result<(), Failure> {
    // the folder's own names of its files, not those under which they are shown
    for path in load::files(pack)? {
        let before = load::read(&path)?;
        let mut text = before.clone();
        for (_, outcome) in outcomes {
            let Some(detector) = rules.detectors.get(outcome.detector.0 as usize) else { continue };
            let lexicons: Vec<&str> =
                detector.weights.iter().map(|w| rules.lexicon(w.0).map_or("", |l| l.id.as_str())).collect();
            let written = fit::write::detector(&text, detector, &lexicons, &outcome.fitted)
                .map_err(|e| Failure::Request(format!("{}: {e}", shown(&path))))?;
            text = written.unwrap_or(text);
        }
        if text != before {
            write::atomically(&path, text.as_bytes())?;
            writeln!(out, "Wrote {}.", shown(&path))?;
        }
    }
    Ok(())
}

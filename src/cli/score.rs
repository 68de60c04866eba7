//! `forewarn score`: the score of every tag, for those who measure the rules.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::discover::{are_no_folders, are_there};
use super::input;
use super::load::{Loader, Setup, shown};
use super::records::{self, Lines, Record};
use super::{Exit, Failure};
use crate::collect::{collect, scenes};
use crate::model::{DetectorId, Facts, Work};
use crate::rules::RuleSet;
use crate::rules::detector::Detector;

/// Arguments of `score`.
#[derive(Debug, clap::Args)]
#[group(id = "what", required = true, multiple = false, args = ["paths", "jsonl"])]
pub struct Arguments {
    /// Stories, or `-` for standard input
    paths: Vec<PathBuf>,
    /// Score the `text` of each line of a JSON Lines file, or of `-`; its `id` is printed as it stands
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// Print the thresholds from which a finding is sure, instead of those from which it is reported
    #[arg(long)]
    strict: bool,
    /// Print what each score is made of
    #[arg(long)]
    why: bool,
    #[command(flatten)]
    input: input::Options,
}

/// Records that are read and scored at a time: memory stays bounded however long the file is.
const BATCH: usize = 256;

/// The first line: from which score on each tag is reported.
#[derive(Debug, Serialize)]
struct Thresholds<'r> {
    thresholds: BTreeMap<&'r str, f32>,
}

/// A line for each work or record.
#[derive(Debug, Serialize)]
struct Scores<'r> {
    id: Box<RawValue>,
    scores: BTreeMap<&'r str, f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<BTreeMap<&'r str, Vec<Part>>>,
}

/// What added to the score of the strongest scene.
#[derive(Debug, Serialize)]
struct Part {
    name: String,
    count: u32,
    weight: f32,
}

/// Prints the scores.
///
/// # Errors
/// A file that cannot be read, an output that cannot be written. Lines that are no records are told of, and make the
/// exit code that of a failed run.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.input.validate()?;
    for paths in [arguments.jsonl.as_slice(), &arguments.paths] {
        are_there(paths)?;
        are_no_folders("score", paths)?;
    }
    let mut loader = Loader::new(arguments.input.config.clone());
    // one line of thresholds stands for all that follows, so one configuration does too
    let setup = loader.setup(arguments.paths.first().map_or(Path::new(""), PathBuf::as_path))?;
    let rules = &*setup.rules;
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    let mut thresholds = BTreeMap::new();
    for (tag, detector) in detectors(rules) {
        let threshold = if arguments.strict { detector.sure } else { detector.warn };
        thresholds.entry(tag).and_modify(|t: &mut f32| *t = t.min(threshold)).or_insert(threshold);
    }
    line(&mut out, &Thresholds { thresholds })?;
    let mut sound = true;
    if let Some(path) = &arguments.jsonl {
        sound = jsonl(path, &setup, arguments.why, &mut out)?;
    }
    for path in &arguments.paths {
        arguments.input.each(path, &setup, &mut |work, notes| {
            for note in &notes {
                eprintln!("forewarn: {}: {}", work.name, note.message);
            }
            if work.format.is_empty() {
                sound = false;
                return Ok(());
            }
            let id = to_raw_value(&work.name).map_err(io::Error::other)?;
            line(&mut out, &scores(id, &collect(&work, rules), rules, arguments.why))
        })?;
    }
    let exit = super::check::print_faults(&loader.faults, &mut io::stderr().lock())?;
    out.flush()?;
    Ok(if sound { exit } else { Exit::Failed })
}

/// Scores the records of a file, some at a time; whether all lines were records.
fn jsonl(path: &Path, setup: &Setup, why: bool, out: &mut dyn Write) -> Result<bool, Failure> {
    let rules = &*setup.rules;
    let mut lines = Lines::open(path, &setup.limits)?;
    let (mut number, mut sound) = (0usize, true);
    loop {
        let batch: Vec<Result<String, String>> = lines.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(sound);
        }
        let scored: Vec<Option<Result<Scores<'_>, String>>> = batch
            .par_iter()
            .map(|line| match line {
                Err(mistake) => Some(Err(mistake.clone())),
                Ok(line) if line.trim().is_empty() => None,
                Ok(line) => Some(records::parse::<Record>(line).map(|record| {
                    let work = Work::of_text(record.id.get(), &record.text);
                    scores(record.id, &collect(&work, rules), rules, why)
                })),
            })
            .collect();
        for scored in scored {
            number += 1;
            match scored {
                Some(Ok(scores)) => line(out, &scores)?,
                Some(Err(message)) => {
                    sound = false;
                    eprintln!("forewarn: {}:{number}: this line is no record: {message}", shown(path));
                }
                None => {}
            }
        }
    }
}

fn detectors(rules: &RuleSet) -> impl Iterator<Item = (&str, &Detector)> {
    rules.detectors.iter().filter_map(|d| Some((rules.vocabulary.tag(d.tag)?.id.as_str(), d)))
}

fn scores<'r>(id: Box<RawValue>, facts: &Facts<'_>, rules: &'r RuleSet, why: bool) -> Scores<'r> {
    let mut best: BTreeMap<&str, (f32, DetectorId)> = BTreeMap::new();
    for (index, ((tag, _), score)) in (0..).zip(detectors(rules).zip(&facts.scores)) {
        let entry = best.entry(tag).or_insert((*score, DetectorId(index)));
        if *score > entry.0 {
            *entry = (*score, DetectorId(index));
        }
    }
    let parts = |id| {
        let strongest = facts.scenes_of(id, None).max_by(|a, b| a.score.total_cmp(&b.score))?;
        let part = |p: &crate::model::Part| Part { name: p.name.clone(), count: p.count, weight: p.weight };
        Some(scenes::why(facts, rules, strongest).iter().map(part).collect())
    };
    let why = why.then(|| best.iter().filter_map(|(tag, (_, id))| Some((*tag, parts(*id)?))).collect());
    Scores { id, scores: best.into_iter().map(|(tag, (score, _))| (tag, score)).collect(), why }
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

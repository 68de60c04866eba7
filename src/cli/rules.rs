//! `forewarn rules list` and `forewarn rules test`; `fit` has a file of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::load::{self, Loader};
use super::{Exit, Failure, write};
use crate::docs;
use crate::model::{Decoding, Source};
use crate::rules::{self, ExampleOf};
use crate::selftest;

/// Arguments of `rules`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List every rule with its severity
    List {
        /// Use this configuration
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Run the examples inside rule packs
    Test {
        /// Folders of packs to test together with the bundled ones; one named like a bundled pack stands in its place
        packs: Vec<PathBuf>,
    },
    /// Write the rules and detectors as Markdown pages
    Docs {
        /// Folders of packs [default: the bundled packs]
        packs: Vec<PathBuf>,
        /// Where the pages go
        #[arg(long, value_name = "DIR", default_value = "docs/rules")]
        out: PathBuf,
    },
    /// Learn the weights and thresholds of a pack's detectors from labelled texts
    Fit(super::fit::Arguments),
}

/// Runs the subcommand.
///
/// # Errors
/// A pack or configuration that cannot be read, or an output that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.command {
        Command::List { config } => list(config.clone()),
        Command::Test { packs } => test(packs),
        Command::Docs { packs, out } => docs(packs, out),
        Command::Fit(arguments) => super::fit::run(arguments),
    }
}

fn list(config: Option<PathBuf>) -> Result<Exit, Failure> {
    let mut loader = Loader::new(config);
    let setup = loader.setup(Path::new("."))?;
    let mut out = anstream::stdout().lock();
    let listed = &setup.rules.rules;
    let width = listed.iter().map(|r| r.id.len()).max().unwrap_or(0);
    for rule in listed {
        let summary = rules::plain(&rule.summary);
        writeln!(out, "{:width$}  {:7}  {summary}", rule.id, setup.settings.severity(rule).name())?;
    }
    super::check::print_faults(&loader.faults, &mut out)
}

fn test(folders: &[PathBuf]) -> Result<Exit, Failure> {
    let packs = load::with_bundled(folders)?;
    let loaded = rules::link(&packs);
    let mut out = anstream::stdout().lock();
    let exit = super::check::print_faults(&loaded.reports, &mut out)?;
    let files: Vec<&(String, String)> = packs.iter().flat_map(|p| &p.files).collect();
    let failures = selftest::run(&loaded.rules);
    for failure in &failures {
        let Some((path, text)) = files.get(failure.example.file) else { continue };
        let line = Source::new(path.as_str(), text.as_str(), Decoding::default())
            .position(failure.example.at.start as u32)
            .line;
        let text = failure.example.text.trim();
        writeln!(out, "{path}:{line}: {}: {}\n    {}", failure.of, failure.message, text.replace('\n', "\n    "))?;
    }
    let count = |kind: fn(&ExampleOf) -> bool| loaded.rules.examples.iter().filter(|e| kind(&e.of)).count();
    writeln!(
        out,
        "{} examples ({} of lexicons, {} of detectors, {} of rules): {} failed.",
        loaded.rules.examples.len(),
        count(|e| matches!(e, ExampleOf::Lexicon(_))),
        count(|e| matches!(e, ExampleOf::Detector(_))),
        count(|e| matches!(e, ExampleOf::Rule(_))),
        failures.len()
    )?;
    Ok(if exit == Exit::Clean && !failures.is_empty() { Exit::Findings } else { exit })
}

fn docs(folders: &[PathBuf], to: &Path) -> Result<Exit, Failure> {
    let packs = match folders {
        [] => rules::bundled_names().filter_map(rules::bundled).collect(),
        some => some.iter().map(|f| load::folder(f)).collect::<Result<Vec<_>, _>>()?,
    };
    let mut out = anstream::stdout().lock();
    let pages = match docs::pages(&packs) {
        Ok(pages) => pages,
        Err(reports) => return super::check::print_faults(&reports, &mut out),
    };
    write::folder(to)?;
    for (name, text) in &pages {
        let page = to.join(name);
        std::fs::write(&page, text).map_err(|error| write::cannot_write(&page, &error))?;
    }
    writeln!(out, "Wrote {} pages to {}.", pages.len(), load::shown(to))?;
    Ok(Exit::Clean)
}

//! `forewarn check`: paths in, reports out.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::discover::{Found, discover};
use super::input::{self, is_stdin};
use super::load::{Loader, Setup, shown};
use super::{Exit, Failure};
use crate::config::FAIL_ON;
use crate::engine::{self, NOT_A_WORK, Settings};
use crate::model::{Report, Severity, Totals};
use crate::report::{self, REPORTERS, Reporter};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Stories, folders of stories, or `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print findings; default: human on a terminal, else plain
    #[arg(long, short, value_name = "FORMAT", value_parser = output_name)]
    output: Option<String>,
    /// Lowest severity that makes the exit code 1 [default: error]
    #[arg(long, value_name = "SEVERITY", value_parser = FAIL_ON.map(|f| f.0))]
    fail_on: Option<String>,
    /// Exit with 0 also when there are findings
    #[arg(long)]
    exit_zero: bool,
    /// Make warnings about content whose score is sure errors
    #[arg(long)]
    strict: bool,
    /// Print no words of the stories
    #[arg(long)]
    no_excerpts: bool,
    #[command(flatten)]
    input: input::Options,
    #[command(flatten)]
    color: colorchoice_clap::Color,
}

/// Files that are read and checked at a time: enough for every thread, few enough to keep memory bounded.
const BATCH: usize = 32;

/// Checks everything and prints it.
///
/// # Errors
/// A path that does not exist, a file that cannot be read, an output that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.input.validate()?;
    let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) = arguments.paths.iter().cloned().partition(|p| is_stdin(p));
    let mut found = discover(&paths)?;
    found.files.extend(stdin.first().map(|path| Found { path: path.clone(), named: true }));
    let mut loader = Loader::new(arguments.input.config.clone());
    let mut files: Vec<(Found, Arc<Setup>)> = Vec::new();
    for file in found.files {
        let folder = file.path.parent().filter(|_| !is_stdin(&file.path)).unwrap_or(Path::new(""));
        let setup = loader.setup(folder)?;
        files.push((file, setup));
    }
    arguments.color.write_global();
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    let mut reporter = arguments.reporter();
    let mut run =
        Run { arguments, reporter: reporter.as_mut(), out: &mut out, totals: Totals::default(), failing: false };
    if !loader.faults.is_empty() {
        // nothing is judged by rules that are not what their author meant
        for report in &loader.faults {
            run.print(report, Some(Severity::Error))?;
        }
        run.finish()?;
        return Ok(Exit::Failed);
    }
    run.totals.skipped = found.skipped.iter().map(|p| shown(p)).collect();
    for batch in files.chunks(BATCH) {
        let checked: Vec<Result<Vec<Report>, Failure>> =
            batch.par_iter().map(|(file, setup)| arguments.check(file, setup)).collect();
        for ((file, setup), reports) in batch.iter().zip(checked) {
            let fail_on = arguments.fail_on(setup);
            for report in reports? {
                if !file.named && report.diagnostics.iter().any(|d| d.rule == NOT_A_WORK) {
                    run.totals.skipped.push(report.name);
                } else {
                    run.print(&report, fail_on)?;
                }
            }
        }
    }
    run.totals.skipped.sort();
    let failing = run.failing;
    run.finish()?;
    Ok(if failing && !arguments.exit_zero { Exit::Findings } else { Exit::Clean })
}

impl Arguments {
    fn check(&self, file: &Found, setup: &Setup) -> Result<Vec<Report>, Failure> {
        let works = self.input.read(&file.path, &setup.rules.vocabulary)?;
        let strict = self.strict || setup.config.settings.strict;
        let settings = Settings { strict, ..setup.config.settings.clone() };
        Ok(works.into_iter().map(|(work, notes)| engine::check(work, notes, &setup.rules, &settings)).collect())
    }

    fn fail_on(&self, setup: &Setup) -> Option<Severity> {
        match &self.fail_on {
            Some(name) => FAIL_ON.iter().find(|f| f.0 == name).and_then(|f| f.1),
            None => setup.config.fail_on,
        }
    }

    fn reporter(&self) -> Box<dyn Reporter> {
        let terminal = io::stdout().is_terminal();
        let graphics = terminal && std::env::var_os("NO_GRAPHICS").is_none();
        let name = self.output.as_deref().unwrap_or(if graphics { "human" } else { "plain" });
        let color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(100);
        let options = report::Options { excerpts: !self.no_excerpts, color, width };
        let kind = report::reporter(name).or(REPORTERS.first());
        kind.map(|k| (k.make)(&options)).unwrap_or_else(|| Box::new(Silent))
    }
}

/// Prints nothing: what there is when no output format was compiled in.
struct Silent;

impl Reporter for Silent {
    fn report(&mut self, _: &Report, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: &Totals, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// A run in progress.
struct Run<'a> {
    arguments: &'a Arguments,
    reporter: &'a mut dyn Reporter,
    out: &'a mut dyn Write,
    totals: Totals,
    failing: bool,
}

impl Run<'_> {
    fn print(&mut self, report: &Report, fail_on: Option<Severity>) -> Result<(), Failure> {
        self.totals.add(report);
        self.failing |= fail_on.is_some_and(|limit| report.diagnostics.iter().any(|d| d.severity >= limit));
        self.reporter.report(report, self.out)?;
        Ok(())
    }

    fn finish(self) -> Result<(), Failure> {
        let _ = self.arguments;
        self.reporter.finish(&self.totals, self.out)?;
        self.out.flush()?;
        Ok(())
    }
}

/// Prints what is wrong with packs and configurations, in the plain form.
pub fn print_faults(faults: &[Report], out: &mut dyn Write) -> Result<Exit, Failure> {
    if faults.is_empty() {
        return Ok(Exit::Clean);
    }
    let Some(kind) = report::reporter("plain") else { return Ok(Exit::Failed) };
    let mut reporter = (kind.make)(&report::Options::default());
    for fault in faults {
        reporter.report(fault, out)?;
    }
    Ok(Exit::Failed)
}

/// Checks an `--output`.
fn output_name(name: &str) -> Result<String, String> {
    if report::reporter(name).is_some() {
        return Ok(name.to_owned());
    }
    let known: Vec<String> = REPORTERS.iter().map(|r| format!("{} ({})", r.name, r.summary)).collect();
    Err(format!("the formats are {}", known.join("; ")))
}

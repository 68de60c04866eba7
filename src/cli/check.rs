//! `forewarn check`: paths in, reports out.

mod files;
mod jsonl;
mod run;

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use jsonl::refusal as beside_jsonl;
use run::Run;

use super::discover::{Discovered, Found, discover};
use super::input::{self, Read, is_stdin};
use super::load::{Loader, Setup, shown};
use super::output::{self, Output, Outputs};
use super::progress::Progress;
use super::results::{self, Results};
use super::{Exit, Failure, baseline, changed, fix, interrupt, suggest};
use crate::config::FAIL_ON;
use crate::engine::{self, Settings};
use crate::model::{Report, RuleText, Severity};
use crate::report;
use crate::rules::Rule;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Stories, folders of stories, or `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Check the work in each line of a JSON Lines file, or of `-`, and print a line for each line
    #[arg(long, value_name = "FILE", conflicts_with_all = jsonl::REFUSED.iter().map(|r| r.0))]
    jsonl: Option<PathBuf>,
    #[arg(long, short, value_name = "FORMAT[=FILE]", value_parser = output::parse, help = output::help())]
    output: Vec<Output>,
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
    /// Print findings only: no sentence at the end, no notes, no progress
    #[arg(long, short)]
    quiet: bool,
    /// Leave out what forewarn.toml excludes, also when it is named, as hooks name every file
    #[arg(long)]
    force_exclude: bool,
    /// Report also what the works themselves allow
    #[arg(long)]
    ignore_allows: bool,
    /// Keep the results of files in folders, and check only what changed since
    #[arg(long)]
    cache: bool,
    #[command(flatten)]
    changed: changed::Options,
    #[command(flatten)]
    fix: fix::Options,
    #[command(flatten)]
    baseline: baseline::Options,
    #[command(flatten)]
    input: input::Options,
}

/// Checks everything and prints it.
///
/// # Errors
/// A path that does not exist, an output that cannot be written. A file that cannot be read is told of at the end, so
/// that the output is whole and the other files are checked.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.validate()?;
    if let Some(path) = &arguments.jsonl {
        return arguments.lines(path);
    }
    let mut loader = Loader::new(arguments.input.config.clone());
    let found = arguments.discover(&mut loader)?;
    if arguments.fix.wanted() || arguments.output.iter().any(|output| output::place(output).is_some()) {
        interrupt::watch();
    }
    let met = Met { skipped: found.skipped, not_followed: found.not_followed };
    let files = arguments.set_up(found.files, &mut loader)?;
    if arguments.changed.is_on() && files.is_empty() && arguments.output.iter().all(Output::is_for_people) {
        return Ok(Exit::Clean);
    }
    let mut run = arguments.start(&files, &mut loader)?;
    if !loader.faults.is_empty() {
        return arguments.give_up(run, &loader.faults);
    }
    run.count(files.len(), &met);
    run.results = arguments.results(&files);
    if run.results.is_some() {
        interrupt::watch();
    }
    let checked = arguments.check_all(&files, &mut run);
    // also what a run came to that does not reach its end
    let said = run.results.take().and_then(|results| results.save(&files));
    checked?;
    arguments.finish(run, &files, said)
}

/// What was met besides the files to check.
struct Met {
    skipped: Vec<PathBuf>,
    not_followed: Vec<PathBuf>,
}

impl Arguments {
    /// Checks what was asked for, before any file is read.
    fn validate(&self) -> Result<(), Failure> {
        self.input.validate()?;
        self.fix.validate(self.stdin().is_some(), &self.output)?;
        Outputs::validate(&self.output)
    }

    /// Standard input, if it is to be checked.
    fn stdin(&self) -> Option<&PathBuf> {
        self.paths.iter().find(|p| is_stdin(p))
    }

    /// Finds the files, standard input last.
    fn discover(&self, loader: &mut Loader) -> Result<Discovered, Failure> {
        let mut found = match self.changed.is_on() {
            true => self.changed.discover(&self.paths, &self.input, loader)?,
            false => {
                let paths: Vec<PathBuf> = self.paths.iter().filter(|p| !is_stdin(p)).cloned().collect();
                discover(&paths)?
            }
        };
        self.spare_outputs(&mut found)?;
        found.files.extend(self.stdin().map(|path| Found { path: path.clone(), named: true, fault: None }));
        Ok(found)
    }

    /// The files that no configuration excludes, each with what holds for it.
    fn set_up(&self, found: Vec<Found>, loader: &mut Loader) -> Result<Vec<(Found, Arc<Setup>)>, Failure> {
        let mut files = Vec::new();
        for file in found {
            let setup = loader.setup(&file.path)?;
            if setup.config.excluded.is_none() || file.named && !self.force_exclude {
                files.push((file, setup));
            }
        }
        Ok(files)
    }

    /// Opens the outputs and reads the baseline; a faulty one is one more fault of the loader.
    fn start(&self, files: &[(Found, Arc<Setup>)], loader: &mut Loader) -> Result<Run, Failure> {
        let stderr = self.fix.prints(self.stdin().is_some());
        let options = report::Options { rules: rule_texts(files), ..self.options(stderr) };
        let outputs = match self.fix.only_shown() {
            true => Outputs::none(),
            false => Outputs::open(&self.output, &options, stderr)?,
        };
        let mut run = Run::new(outputs, Progress::new(self.quiet));
        run.totals.of_changes = self.changed.is_on();
        // of several configurations that of the first file has the baseline
        let configured = files.iter().find_map(|(_, setup)| baseline::Configured::of(setup));
        match self.baseline.start(configured.as_ref())? {
            Ok(baseline) => run.baseline = baseline,
            Err(fault) => loader.faults.push(*fault),
        }
        Ok(run)
    }

    /// Reports what is wrong with packs and configurations: nothing is judged by rules that are not what their author
    /// meant.
    fn give_up(&self, mut run: Run, faults: &[Report]) -> Result<Exit, Failure> {
        if self.fix.only_shown() {
            return print_faults(faults, &mut anstream::stdout().lock());
        }
        for report in faults {
            run.print(report, Some(Severity::Error))?;
        }
        run.totals.works = 0;
        run.outputs.finish(&run.totals)?;
        run.outputs.commit()?;
        Ok(Exit::Failed)
    }

    /// What earlier runs found, and what this one is to keep. Fixes change what is kept, and what changed is to be checked.
    fn results(&self, files: &[(Found, Arc<Setup>)]) -> Option<Results> {
        if self.fix.wanted() || self.changed.is_on() {
            return None;
        }
        let plan = results::Plan {
            paths: &self.paths,
            wanted: self.cache,
            page: self.suggests(),
            options: format!("{} {}", self.strict, self.ignore_allows),
            input: &self.input,
        };
        Results::open(&plan, files)
    }

    /// Ends the reports, puts files in their places and says what else there is to say.
    fn finish(&self, mut run: Run, files: &[(Found, Arc<Setup>)], kept: Option<String>) -> Result<Exit, Failure> {
        run.progress.end();
        // what changed is not the whole of any folder
        run.tell_unused(files, if self.changed.is_on() { &[] } else { &self.paths })?;
        run.totals.skipped.sort();
        run.outputs.finish(&run.totals)?;
        run.fixes.show(&|path| self.input.name(path))?;
        let folders = self.paths.iter().any(|p| p.is_dir());
        let mut said: Vec<String> =
            run.baseline.take().map(|b| b.finish(folders)).transpose()?.flatten().into_iter().collect();
        said.extend(run.fixes.said(&self.fix));
        said.extend(kept);
        if self.fix.only_shown() && run.totals.files.unreadable > 0 {
            let files = baseline::counted(run.totals.files.unreadable, "file");
            said.push(format!("{files} could not be read: without --diff you see which, and why."));
        }
        for said in said.iter().filter(|_| !self.quiet) {
            eprintln!("forewarn: {said}");
        }
        if !run.failed.is_empty() {
            // a report that says nothing of them must not stand for the whole
            run.failed.extend(run.outputs.files().iter().map(|file| format!("so {file} was not written")));
            return Err(Failure::Request(run.failed.join("\nforewarn: ")));
        }
        run.outputs.commit()?;
        let failing = if self.fix.only_shown() { run.fixes.any() } else { run.failing };
        Ok(if failing && !self.exit_zero { Exit::Findings } else { Exit::Clean })
    }

    fn judge(&self, (work, notes): Read, setup: &Setup) -> Report {
        let suggested = if self.suggests() { suggest::block(&work, setup) } else { None };
        Report { suggested, ..engine::check(work, notes, &setup.rules, &self.settings(setup)) }
    }

    /// Whether a page is made, for which more is found out than for a list of findings.
    fn suggests(&self) -> bool {
        self.output.iter().any(Output::suggests)
    }

    fn settings(&self, setup: &Setup) -> Settings {
        let strict = self.strict || setup.settings.strict;
        let allow_in_works = !self.ignore_allows;
        Settings { strict, allow_in_works, draws_map: self.suggests(), ..setup.settings.clone() }
    }

    fn fail_on(&self, setup: &Setup) -> Option<Severity> {
        match &self.fail_on {
            Some(name) => FAIL_ON.iter().find(|f| f.0 == name).and_then(|f| f.1),
            None => setup.config.fail_on.value,
        }
    }

    /// Keeps stories from being replaced by a report, and reports of an earlier run out of what is checked.
    fn spare_outputs(&self, found: &mut Discovered) -> Result<(), Failure> {
        let outputs: Vec<PathBuf> = self.output.iter().filter_map(output::place).collect();
        // resolving the path of each of a million files takes long
        let may_be = |path: &Path| outputs.iter().any(|output| output.file_name() == path.file_name());
        let is_output = |path: &Path| path.canonicalize().is_ok_and(|path| outputs.contains(&path));
        let is_story = |f: &&Found| match f.named {
            true => is_output(&f.path),
            false => may_be(&f.path) && is_output(&f.path) && !output::is_report(&f.path),
        };
        if let Some(story) = found.files.iter().find(is_story) {
            let name = shown(&story.path);
            return Err(Failure::Request(match story.named {
                true => format!("{name} is to be checked, so no report can be written to it"),
                false => format!(
                    "{name} lies among the stories that are to be checked and may be one, so no report is written to it: \
                     choose another folder, or name it in .forewarnignore"
                ),
            }));
        }
        found.files.retain(|f| !may_be(&f.path) || !is_output(&f.path));
        found.skipped.retain(|path| !may_be(path) || !is_output(path));
        Ok(())
    }

    /// How reports are to look on standard output, or on standard error.
    fn options(&self, stderr: bool) -> report::Options {
        let choice = match stderr {
            true => anstream::AutoStream::choice(&io::stderr()),
            false => anstream::AutoStream::choice(&io::stdout()),
        };
        let color = choice != anstream::ColorChoice::Never;
        let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(100);
        report::Options { excerpts: !self.no_excerpts, color, quiet: self.quiet, width, ..report::Options::default() }
    }
}

/// The words of all rules that files are checked by; of two that bear one name, those of the first file.
fn rule_texts(files: &[(Found, Arc<Setup>)]) -> Vec<RuleText> {
    let mut known: HashSet<*const Setup> = HashSet::new();
    let mut ids = HashSet::new();
    let setups = files.iter().map(|(_, setup)| setup).filter(|setup| known.insert(Arc::as_ptr(setup)));
    let rules = setups.flat_map(|setup| &setup.rules.rules);
    rules.filter(|rule| ids.insert(rule.id.as_str())).map(Rule::text).collect()
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

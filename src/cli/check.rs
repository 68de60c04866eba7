//! `forewarn check`: paths in, reports out.

mod run;

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};

use run::{Fate, Run};

use super::discover::{Discovered, Fault, Found, discover, said};
use super::input::{self, Read, is_stdin, is_table};
use super::load::{Loader, Setup, shown};
use super::output::{self, Output, Outputs};
use super::progress::Progress;
use super::{Exit, Failure, baseline, changed, fix, interrupt, suggest};
use crate::config::FAIL_ON;
use crate::engine::{self, Settings};
use crate::formats::unreadable;
use crate::model::{Diagnostic, Report, RuleText, Severity, Totals, Work};
use crate::report;
use crate::rules::Rule;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Stories, folders of stories, or `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
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
    #[command(flatten)]
    changed: changed::Options,
    #[command(flatten)]
    fix: fix::Options,
    #[command(flatten)]
    baseline: baseline::Options,
    #[command(flatten)]
    input: input::Options,
}

/// Files that are read and checked at a time, and the bytes from which fewer are: enough for every thread, few enough
/// to keep memory bounded.
const BATCH: usize = 32;
const BATCH_BYTES: u64 = 32 << 20;

/// Works of a data set that are checked at a time, and the bytes of records from which fewer are.
const WORKS: usize = 256;
const BYTES: usize = 8 << 20;

/// Checks everything and prints it.
///
/// # Errors
/// A path that does not exist, an output that cannot be written. A file that cannot be read is told of at the end, so
/// that the output is whole and the other files are checked.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.input.validate()?;
    arguments.fix.validate()?;
    Outputs::validate(&arguments.output)?;
    let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) = arguments.paths.iter().cloned().partition(|p| is_stdin(p));
    let mut found = match arguments.changed.is_on() {
        true => arguments.changed.discover(&arguments.paths, arguments.input.metadata.as_deref())?,
        false => discover(&paths)?,
    };
    arguments.spare_outputs(&mut found)?;
    if arguments.fix.wanted() && !stdin.is_empty() {
        let message = "standard input cannot be mended in place: name a file, or leave out --fix and --diff";
        return Err(Failure::Request(message.to_owned()));
    }
    if arguments.fix.wanted() || arguments.output.iter().any(|output| output::place(output).is_some()) {
        interrupt::watch();
    }
    found.files.extend(stdin.first().map(|path| Found { path: path.clone(), named: true, fault: None }));
    let mut loader = Loader::new(arguments.input.config.clone());
    let mut files: Vec<(Found, Arc<Setup>)> = Vec::new();
    for file in found.files {
        let setup = loader.setup(&file.path)?;
        if setup.config.excluded.is_none() || file.named && !arguments.force_exclude {
            files.push((file, setup));
        }
    }
    if arguments.changed.is_on() && files.is_empty() && arguments.output.is_empty() {
        return Ok(Exit::Clean);
    }
    let options = report::Options { rules: rule_texts(&files), ..arguments.options() };
    let mut run = Run {
        outputs: match arguments.fix.only_shown() {
            true => Outputs::none(),
            false => Outputs::open(&arguments.output, &options)?,
        },
        progress: Progress::new(arguments.quiet),
        totals: Totals::default(),
        failing: false,
        told: HashSet::new(),
        baseline: None,
        accepted: HashSet::new(),
    };
    // of several configurations that of the first file has the baseline
    let configured = files.iter().find_map(|(_, setup)| baseline::Configured::of(setup));
    match arguments.baseline.start(configured.as_ref())? {
        Ok(baseline) => run.baseline = baseline,
        Err(fault) => loader.faults.push(*fault),
    }
    if !loader.faults.is_empty() {
        // nothing is judged by rules that are not what their author meant
        if arguments.fix.only_shown() {
            return print_faults(&loader.faults, &mut anstream::stdout().lock());
        }
        for report in &loader.faults {
            run.print(report, Some(Severity::Error))?;
        }
        run.totals.works = 0;
        run.outputs.finish(&run.totals)?;
        run.outputs.commit()?;
        return Ok(Exit::Failed);
    }
    run.totals.files.met = files.len() + found.skipped.len() + found.not_followed.len();
    run.totals.files.skipped = found.skipped.len();
    run.totals.files.not_followed = found.not_followed.len();
    run.totals.skipped = found.skipped.iter().map(|p| shown(p)).collect();
    run.totals.not_followed = found.not_followed.iter().map(|p| shown(p)).collect();
    let mut failed: Vec<String> = Vec::new();
    let mut fixes = fix::Run::default();
    let mut rest = files.as_slice();
    while let Some((file, setup)) = rest.first() {
        if interrupt::asked() {
            return Err(interrupt::stopped(&if arguments.fix.wanted() { fixes.so_far() } else { String::new() }));
        }
        if arguments.fix.wanted() && file.fault.is_none() && !is_table(&file.path) {
            let judge = |read| arguments.judge(read, setup);
            match arguments.fix.mend(&file.path, &arguments.input, setup, &judge, run.baseline.as_mut(), &mut fixes) {
                Err(Failure::Request(message)) => failed.push(message),
                // told when it is checked
                Err(Failure::Unread(..)) | Ok(()) => {}
                Err(other) => return Err(other),
            }
        }
        let results = if arguments.input.may_be_long(&file.path) && file.fault.is_none() {
            rest = rest.get(1..).unwrap_or_default();
            let streamed = arguments.stream(file, setup, &mut run);
            vec![arguments.settle(file, setup, &mut run, streamed)]
        } else {
            let many = if arguments.fix.wanted() { 1 } else { arguments.batch(rest) };
            let (batch, after) = rest.split_at(many);
            rest = after;
            let checked: Vec<Result<Vec<Report>, Failure>> =
                batch.par_iter().map(|(file, setup)| arguments.check(file, setup)).collect();
            let printed = batch.iter().zip(checked).map(|((file, setup), reports)| {
                let taken = reports.and_then(|reports| run.take_all(file, reports, setup, arguments));
                arguments.settle(file, setup, &mut run, taken)
            });
            printed.collect()
        };
        for result in results {
            match result {
                // what stands beside the file, and says what is in it, cannot be read
                Err(Failure::Request(message)) => {
                    run.totals.files.unreadable += 1;
                    failed.push(message);
                }
                other => other?,
            }
        }
    }
    run.progress.end();
    // what changed is not the whole of any folder
    run.tell_unused(&files, if arguments.changed.is_on() { &[] } else { &paths })?;
    run.totals.skipped.sort();
    let baseline = run.baseline.take();
    run.outputs.finish(&run.totals)?;
    let folders = paths.iter().any(|p| p.is_dir());
    let said = baseline.map(|b| b.finish(folders)).transpose()?.flatten();
    if let Some(said) = said.filter(|_| !arguments.quiet) {
        eprintln!("forewarn: {said}");
    }
    for said in fixes.said(&arguments.fix).iter().filter(|_| !arguments.quiet) {
        eprintln!("forewarn: {said}");
    }
    // what stands beside a file is read for its fixes, and again
    failed.dedup();
    if !failed.is_empty() {
        // a report that says nothing of them must not stand for the whole
        failed.extend(run.outputs.files().iter().map(|file| format!("so {file} was not written")));
        return Err(Failure::Request(failed.join("\nforewarn: ")));
    }
    run.outputs.commit()?;
    let failing = if arguments.fix.only_shown() { fixes.any() } else { run.failing };
    Ok(if failing && !arguments.exit_zero { Exit::Findings } else { Exit::Clean })
}

/// The finding for a file that is there and cannot be read.
fn cannot_be_read(fault: &Fault) -> Diagnostic {
    let allow = "Allow it to be read, or name it in .forewarnignore.";
    match fault {
        Fault::Unpacked => unreadable("This is a folder: a book or document that is unpacked.")
            .help("Pack what is in it as a zip file of the same name, or export it anew."),
        Fault::Folder(said) => unreadable(format!("What is in this folder was not checked: {said}.")).help(allow),
        Fault::File(said) => unreadable(format!("The file cannot be read: {said}.")).help(allow),
    }
}

impl Arguments {
    /// How many of the next files are read and checked at a time.
    fn batch(&self, files: &[(Found, Arc<Setup>)]) -> usize {
        let mut bytes = 0;
        let fits = files.iter().take(BATCH).take_while(|(file, _)| {
            bytes += std::fs::metadata(&file.path).map_or(0, |m| m.len());
            bytes <= BATCH_BYTES && !self.input.may_be_long(&file.path)
        });
        fits.count().max(1)
    }

    fn check(&self, file: &Found, setup: &Setup) -> Result<Vec<Report>, Failure> {
        if let Some(fault) = &file.fault {
            let work = Work { name: self.input.name(&file.path), ..Work::default() };
            return Ok(vec![self.judge((work, vec![cannot_be_read(fault)]), setup)]);
        }
        let works = self.input.read(&file.path, setup)?;
        Ok(works.into_iter().map(|read| self.judge(read, setup)).collect())
    }

    /// Reports a file that turned out to be one that cannot be read; hands on any other result.
    fn settle(&self, file: &Found, setup: &Setup, run: &mut Run, result: Result<(), Failure>) -> Result<(), Failure> {
        let Err(Failure::Unread(_, error)) = result else { return result };
        let file = Found { fault: Some(Fault::File(said(&error))), ..file.clone() };
        run.take_all(&file, self.check(&file, setup)?, setup, self)
    }

    /// Checks a file that may hold many works, some at a time, and hands over the reports in their order.
    fn stream(&self, file: &Found, setup: &Setup, run: &mut Run) -> Result<(), Failure> {
        let mut fate = Fate::NoWork;
        let mut works: Vec<Read> = Vec::new();
        let mut bytes = 0;
        let all = |works: Vec<Read>| works.into_par_iter().map(|read| self.judge(read, setup)).collect();
        self.input.each(&file.path, setup, &mut |work, notes| {
            bytes += work.sources.iter().map(|s| s.text.len()).sum::<usize>();
            works.push((work, notes));
            if works.len() < WORKS && bytes < BYTES {
                return Ok(());
            }
            bytes = 0;
            run.take(file, all(std::mem::take(&mut works)), setup, self, &mut fate)
        })?;
        run.take(file, all(works), setup, self, &mut fate)?;
        run.close(file, fate);
        Ok(())
    }

    fn judge(&self, (work, notes): Read, setup: &Setup) -> Report {
        let suggests = self.output.iter().any(Output::suggests);
        let suggested = if suggests { suggest::block(&work, setup) } else { None };
        Report { suggested, ..engine::check(work, notes, &setup.rules, &self.settings(setup)) }
    }

    fn settings(&self, setup: &Setup) -> Settings {
        let strict = self.strict || setup.settings.strict;
        let allow_in_works = !self.ignore_allows;
        Settings { strict, allow_in_works, ..setup.settings.clone() }
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

    fn options(&self) -> report::Options {
        let color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
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

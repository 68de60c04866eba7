//! A run in progress: what is told of each file, and what has become of all.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Arguments, Met};
use crate::cli::discover::Found;
use crate::cli::input::{INDEX, is_table};
use crate::cli::load::{Chain, Setup, shown};
use crate::cli::output::Outputs;
use crate::cli::progress::Progress;
use crate::cli::results::Results;
use crate::cli::{Failure, baseline, fix};
use crate::engine::NOT_A_WORK;
use crate::model::{By, Diagnostic, Report, Severity, Totals};

/// Rules that point only at metadata and yet speak of the text, so that every file has its own finding.
const ABOUT_TEXT: &[&str] =
    &["core/word-count", "core/chapter-count", "core/language-mismatch", "core/not-found", "ao3/over-rated"];

/// What became of a file, the better the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It holds no work.
    NoWork,
    /// It could not be read.
    Unread,
    /// At least one work of it was.
    Read,
}

/// Whether a file that was only met in a folder is passed over: no work, or a binary that nothing says to be a story.
fn is_no_story(file: &Found, report: &Report) -> bool {
    let binary = report.format.is_empty() && report.words == 0 && file.path.extension().is_none();
    binary || report.diagnostics.iter().any(|d| d.rule == NOT_A_WORK)
}

/// A run in progress.
pub(super) struct Run {
    pub(super) outputs: Outputs,
    pub(super) progress: Progress,
    pub(super) totals: Totals,
    pub(super) failing: bool,
    /// Findings about metadata beside the stories, which all files of a folder may share: rule, source and place.
    pub(super) told: HashSet<(String, String, u32, String)>,
    pub(super) baseline: Option<baseline::Run>,
    /// The `[[allow]]`s of configurations that something matched: the configuration and the number of the entry.
    pub(super) accepted: HashSet<(*const Chain, usize)>,
    pub(super) fixes: fix::Run,
    /// What earlier runs found.
    pub(super) results: Option<Results>,
    /// What went wrong with single files, for people.
    pub(super) failed: Vec<String>,
}

impl Run {
    pub(super) fn new(outputs: Outputs, progress: Progress) -> Self {
        Self {
            outputs,
            progress,
            totals: Totals::default(),
            failing: false,
            told: HashSet::new(),
            baseline: None,
            accepted: HashSet::new(),
            fixes: fix::Run::default(),
            results: None,
            failed: Vec::new(),
        }
    }

    /// Counts what was met.
    pub(super) fn count(&mut self, files: usize, met: &Met) {
        let Totals { files: counts, skipped, not_followed, .. } = &mut self.totals;
        counts.met = files + met.skipped.len() + met.not_followed.len();
        counts.skipped = met.skipped.len();
        counts.not_followed = met.not_followed.len();
        *skipped = met.skipped.iter().map(|p| shown(p)).collect();
        *not_followed = met.not_followed.iter().map(|p| shown(p)).collect();
    }

    /// Keeps what is wrong with a file and lets the run go on; what stands beside a file, and says what is in it, may be
    /// what cannot be read.
    pub(super) fn keep_going(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        let Err(Failure::Request(message)) = result else { return result };
        self.totals.files.unreadable += 1;
        self.fail(message);
        Ok(())
    }

    /// Keeps what is wrong with a file, which several stories may share.
    pub(super) fn fail(&mut self, message: String) {
        if !self.failed.contains(&message) {
            self.failed.push(message);
        }
    }

    /// Takes out findings that were told for another file, or accepted there, and lie wholly in metadata that the two share,
    /// as the tags of `_index.md` are shared by all chapters beside it.
    fn drop_told(&mut self, report: &mut Report) {
        let Report { sources, diagnostics, suppressed, .. } = report;
        let mut is_new = |d: &Diagnostic| {
            let Some(first) = d.labels.first() else { return true };
            let Some(source) = sources.get(first.span.source.0 as usize) else { return true };
            let shared = first.span.source.0 > 0 || source.name.ends_with(INDEX);
            let alone = d.labels.iter().all(|l| l.span.source == first.span.source);
            let of_text = ABOUT_TEXT.contains(&d.rule.as_str());
            let key = || (d.rule.clone(), source.name.clone(), source.original(first.span.start), d.message.clone());
            !shared || !alone || of_text || self.told.insert(key())
        };
        suppressed.retain(|s| !matches!(s.by, By::Baseline) || is_new(&s.diagnostic));
        diagnostics.retain(is_new);
    }

    /// Prints all reports of a file.
    pub(super) fn take_all(
        &mut self,
        file: &Found,
        reports: Vec<Report>,
        setup: &Setup,
        arguments: &Arguments,
    ) -> Result<(), Failure> {
        let mut fate = Fate::NoWork;
        self.take(file, reports, setup, arguments, &mut fate)?;
        self.close(file, fate);
        Ok(())
    }

    /// Prints reports of a file, and says what has become of it so far.
    pub(super) fn take(
        &mut self,
        file: &Found,
        reports: Vec<Report>,
        setup: &Setup,
        arguments: &Arguments,
        fate: &mut Fate,
    ) -> Result<(), Failure> {
        let fail_on = arguments.fail_on(setup);
        for mut report in reports {
            // settings and lists are in JSON too: of a file met in a folder, damage matters once it has held a work
            let without_works = is_table(&file.path) && *fate < Fate::Read;
            let is_spoken_of = file.named || file.fault.is_some();
            if !is_spoken_of && (without_works && report.format.is_empty() || is_no_story(file, &report)) {
                if !without_works && is_table(&file.path) {
                    self.totals.skipped.push(report.name);
                }
                continue;
            }
            *fate = (*fate).max(if report.format.is_empty() { Fate::Unread } else { Fate::Read });
            self.accepted.extend(report.suppressed.iter().filter_map(|s| match s.by {
                By::Config(entry) => Some((Arc::as_ptr(&setup.chain), entry)),
                By::Work | By::Baseline => None,
            }));
            if let Some(baseline) = &mut self.baseline {
                // before what is shared is told once: each chapter may be checked alone
                baseline.apply(&mut report);
            }
            self.drop_told(&mut report);
            self.print(&report, fail_on)?;
        }
        Ok(())
    }

    /// Tells of the `[[allow]]`s that hold for works that were checked and that nothing matched, where the run was over
    /// the whole folder of the configuration.
    pub(super) fn tell_unused(&mut self, files: &[(Found, Arc<Setup>)], paths: &[PathBuf]) -> Result<(), Failure> {
        let mut told = HashSet::new();
        for (_, setup) in files {
            let (chain, id) = (&setup.chain, Arc::as_ptr(&setup.chain));
            if !told.insert(id) {
                continue;
            }
            let of_chain = files.iter().map(|f| &f.1).filter(|s| Arc::as_ptr(&s.chain) == id);
            let held: HashSet<usize> = of_chain.flat_map(|s| s.settings.accepted.iter().map(|a| a.entry)).collect();
            let whole: HashSet<usize> = paths.iter().filter(|p| p.is_dir()).flat_map(|p| chain.below(p)).collect();
            let mut entry = 0;
            for (index, layer) in chain.layers.iter().enumerate() {
                for number in 0..layer.allow_count() {
                    let idle = held.contains(&entry) && !self.accepted.contains(&(id, entry));
                    entry += 1;
                    let Some(mut report) = layer.unused(number).filter(|_| idle && whole.contains(&index)) else {
                        continue;
                    };
                    let rule = report.diagnostics.first().and_then(|d| setup.rules.rule(&d.rule));
                    let severity = rule.map_or(Severity::Info, |r| setup.settings.severity(r));
                    report.diagnostics.iter_mut().for_each(|d| d.severity = severity);
                    report.diagnostics.retain(|d| d.severity != Severity::Off);
                    if !report.diagnostics.is_empty() {
                        self.totals.add_findings(&report);
                        self.outputs.report(&report)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Counts a file of which all is read.
    pub(super) fn close(&mut self, file: &Found, fate: Fate) {
        match fate {
            Fate::Read => self.totals.files.read += 1,
            Fate::Unread => self.totals.files.unreadable += 1,
            Fate::NoWork => {
                self.totals.files.skipped += 1;
                self.totals.skipped.push(shown(&file.path));
            }
        }
        self.progress.tell(&self.totals);
    }

    pub(super) fn print(&mut self, report: &Report, fail_on: Option<Severity>) -> Result<(), Failure> {
        self.totals.add(report);
        self.failing |= fail_on.is_some_and(|limit| report.diagnostics.iter().any(|d| d.severity >= limit));
        self.progress.tell(&self.totals);
        let Self { progress, outputs, .. } = self;
        progress.aside(|| {
            outputs.report(report)?;
            if progress.is_shared() { outputs.show() } else { Ok(()) }
        })
    }
}

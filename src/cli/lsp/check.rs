//! One document checked, as `forewarn check` checks its file: with the same configuration, and with what stands beside it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types as lsp;

use super::actions::Action;
use super::allow::{self, Header};
use super::diagnostics::{self, Client};
use super::hover::{Spot, spots};
use super::place::{Open, Places};
use super::settings;
use super::symbols::{Outline, outline};
use crate::cli::baseline::{self, Configured};
use crate::cli::discover::is_story;
use crate::cli::input::{self, Held, Read, is_table};
use crate::cli::load::{Loader, Setup};
use crate::cli::{Failure, load};
use crate::engine::{self, NOT_A_WORK};
use crate::formats::{self, Limits, UNREADABLE};
use crate::model::{Diagnostic, Input, Report, Severity};

/// What is to be checked, as it was at one moment.
#[derive(Debug, Clone)]
pub struct Task {
    /// The document.
    pub document: Open,
    /// Its file; none where it has none yet.
    pub path: Option<PathBuf>,
    /// What the editor says it is written in: `markdown`, `plaintext`, `html`.
    pub language: String,
    /// Whether the editor has what the file holds.
    pub saved: bool,
    /// Whether the file is no text, so that what the editor shows of it means nothing.
    pub binary: bool,
    /// The other documents that are open, by their files.
    pub others: Arc<HashMap<PathBuf, Open>>,
    /// Those of them that may say something about other files.
    pub held: Arc<Held>,
    /// What the client can show.
    pub client: Client,
    /// The configuration that the user named.
    pub config: Option<PathBuf>,
    /// The folder of the workspace: whose configuration holds for documents without a file.
    pub folder: Option<PathBuf>,
}

/// A finding in the document.
#[derive(Debug, Clone)]
pub struct Finding {
    /// As it is published.
    pub diagnostic: lsp::Diagnostic,
    /// Its bytes.
    pub range: Range<usize>,
    /// Whether it is about the whole file, so that its range is only where it is shown.
    pub whole: bool,
    /// The rule.
    pub rule: String,
    /// What settles it: its fix first.
    pub actions: Vec<Action>,
}

/// What became of a document.
#[derive(Debug, Default)]
pub struct Checked {
    /// What holds for it; none when its configuration cannot be read.
    pub setup: Option<Arc<Setup>>,
    /// What was found in it.
    pub findings: Vec<Finding>,
    /// What was found in files beside it: metadata, configurations, packs; with what settles it.
    pub elsewhere: BTreeMap<PathBuf, Vec<(lsp::Diagnostic, Vec<Action>)>>,
    /// Its parts.
    pub outline: Vec<Outline>,
    /// Words of its header that there is something to say about.
    pub spots: Vec<Spot>,
    /// Whether some of its findings can be settled without asking.
    pub mendable: bool,
    /// Whether the file turned out to be no text.
    pub binary: bool,
}

/// How the document is read, which is not the same for all.
pub struct Reading {
    /// The file, or `-`.
    pub path: PathBuf,
    /// What is known of it.
    pub options: input::Options,
    /// The bytes of it and of what is open beside it.
    pub held: Held,
    /// Whether the bytes are those of the file, in whatever encoding it has, and not the editor's text.
    pub of_file: bool,
    /// Whether its file is no text.
    pub binary: bool,
}

impl Reading {
    /// The text of the bytes of the document.
    pub fn text(&self, bytes: &[u8], limits: &Limits) -> Option<String> {
        let name = self.options.name(&self.path);
        match self.of_file {
            true => formats::text_of(Input { name, bytes: bytes.to_vec() }, limits),
            false => String::from_utf8(bytes.to_vec()).ok(),
        }
    }
}

impl Task {
    /// Where its configuration is looked for.
    pub fn place(&self) -> PathBuf {
        let unnamed = || self.folder.clone().unwrap_or_default().join(self.called());
        self.path.clone().unwrap_or_else(unnamed)
    }

    /// A name that tells of which kind it is, for a document without a file.
    fn called(&self) -> String {
        format!("untitled.{}", extension(&self.language).unwrap_or("txt"))
    }

    /// A loader of configurations for it.
    pub fn loader(&self) -> Loader {
        Loader::of_editor(self.config.clone(), self.held.clone())
    }

    /// How it is read: from the editor's text, or from the file where that is the same and says more, as of its encoding.
    pub fn reading(&self, setup: &Setup) -> Reading {
        let text = self.document.lines.text();
        let Some(path) = &self.path else {
            let options = input::Options::of_editor(Some(self.called()));
            let path = PathBuf::from("-");
            let held = Held::from([(path.clone(), text.as_bytes().to_vec())]);
            return Reading { path, options, held, of_file: false, binary: false };
        };
        let known = is_story(path) || is_table(path);
        let called = extension(&self.language).filter(|_| !known).map(|e| format!("{}.{e}", load::shown(path)));
        let options = input::Options::of_editor(called);
        let mut held = (*self.held).clone();
        // a pipe may never end
        let on_disk = ((self.saved || self.binary) && path.is_file())
            .then(|| options.bytes(path, &Held::new(), &setup.limits).ok().flatten())
            .flatten()
            .unwrap_or_default();
        let read = formats::text_of(Input { name: load::shown(path), bytes: on_disk.clone() }, &setup.limits);
        let is_shown = |read: &str| same(read, text);
        let is_no_text = || on_disk.contains(&0) || std::str::from_utf8(&on_disk).is_err();
        let binary = self.binary || self.saved && read.is_none() && is_no_text();
        if binary || read.as_deref().is_some_and(is_shown) {
            held.insert(path.clone(), on_disk);
            return Reading { path: path.clone(), options: options.of_saved(), held, of_file: true, binary };
        }
        held.insert(path.clone(), text.as_bytes().to_vec());
        Reading { path: path.clone(), options, held, of_file: false, binary }
    }
}

/// Whether two texts are the same but for their line breaks and a byte order mark, which editors change.
fn same(a: &str, b: &str) -> bool {
    let plain = |text: &'_ str| {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        text.bytes().filter(|b| *b != b'\r').collect::<Vec<u8>>()
    };
    a == b || plain(a).trim_ascii_end() == plain(b).trim_ascii_end()
}

/// The ending of files in a language.
fn extension(language: &str) -> Option<&'static str> {
    Some(match language {
        "markdown" => "md",
        "plaintext" | "text" => "txt",
        "html" => "html",
        _ => return None,
    })
}

/// Checks a document: a story, a file of metadata beside one, a configuration, a file of a pack. Of any other TOML there
/// is nothing to say.
pub fn check(task: &Task) -> Checked {
    match settings::kind(task) {
        Some(kind) => settings::check(task, kind),
        None => story(task),
    }
}

/// Checks a story.
pub fn story(task: &Task) -> Checked {
    let mut loader = task.loader();
    let setup = match loader.setup(&task.place()) {
        Ok(setup) => setup,
        Err(failure) => return settings::failed(task, &failure.to_string()),
    };
    let mut checked = Checked { setup: Some(setup.clone()), ..Checked::default() };
    let mut baseline = match baseline::Options::default().start(Configured::of(&setup).as_ref()) {
        Ok(Ok(baseline)) => baseline,
        Ok(Err(fault)) => {
            loader.faults.push(*fault);
            None
        }
        Err(failure) => return Checked { setup: Some(setup), ..settings::failed(task, &failure.to_string()) },
    };
    if !loader.faults.is_empty() {
        // nothing is judged by rules that are not what their author meant
        settings::tell(task, &loader.faults, &mut checked);
        return checked;
    }
    if setup.config.excluded.is_some() {
        return checked;
    }
    let reading = task.reading(&setup);
    checked.binary = reading.binary;
    let places = Places::new(&task.document, reading.options.name(&reading.path), task.client.units, &task.others);
    let mut found = Found { places: &places, task, setup: &setup, checked };
    let result = reading.options.each_held(&reading.path, &reading.held, &setup, &mut |work, notes| {
        let parts = outline(&work, &places);
        let spots = spots(&work, &setup.rules, &places);
        let header = Header::of(&work, &places);
        let mut report = judge((work, notes), &setup);
        if let Some(baseline) = &mut baseline {
            baseline.apply(&mut report);
        }
        found.take(&report, header, parts, spots);
        Ok(())
    });
    let checked = found.checked;
    match result {
        Ok(()) => checked,
        Err(failure) => Checked { setup: checked.setup, ..settings::failed(task, &failure.to_string()) },
    }
}

/// Judges a work as `forewarn check` does.
pub fn judge((work, notes): Read, setup: &Setup) -> Report {
    engine::check(work, notes, &setup.rules, &setup.settings)
}

/// What is gathered of the works in a document.
struct Found<'a> {
    places: &'a Places<'a>,
    task: &'a Task,
    setup: &'a Setup,
    checked: Checked,
}

impl Found<'_> {
    fn take(&mut self, report: &Report, header: Option<Header>, mut parts: Vec<Outline>, spots: Vec<Spot>) {
        // as in a folder, what is no work is passed over: a project has other texts, too. A file that is damaged may look
        // like none
        let is_work = report.diagnostics.iter().all(|d| d.rule != NOT_A_WORK);
        if is_work {
            self.checked.outline.append(&mut parts);
            self.checked.spots.extend(spots);
        }
        for diagnostic in report.diagnostics.iter().filter(|d| is_work || d.rule == UNREADABLE) {
            let client = &self.task.client;
            let told = diagnostics::of(diagnostic, report, self.places, client);
            let mut actions: Vec<Action> = Action::fix(diagnostic, report, self.places).into_iter().collect();
            match told {
                diagnostics::Told::Here { diagnostic: shown, range, whole } => {
                    actions.extend(allow::actions(diagnostic, report, header.as_ref(), self.places, &self.setup.rules));
                    self.checked.mendable |= actions.iter().any(|a| a.safe);
                    let rule = diagnostic.rule.clone();
                    self.checked.findings.push(Finding { diagnostic: shown, range, whole, rule, actions });
                }
                diagnostics::Told::There(path, shown) => {
                    self.checked.mendable |= actions.iter().any(|a| a.safe);
                    self.checked.elsewhere.entry(path).or_default().push((shown, actions));
                }
            }
        }
    }
}

/// A failure that is told at the top of a document.
pub fn whole(message: &str, severity: Severity, help: Option<&str>, task: &Task) -> Finding {
    let mut diagnostic = Diagnostic::new(settings::RULE, severity, message);
    diagnostic.help = help.map(str::to_owned);
    let places = Places::new(&task.document, String::new(), task.client.units, &task.others);
    let (shown, range) = diagnostics::whole(&diagnostic, &places);
    Finding { diagnostic: shown, range, whole: true, rule: diagnostic.rule, actions: Vec::new() }
}

/// The text of a file as an editor has it, or as it is on disk.
pub fn text(task: &Task, path: &Path) -> Result<String, Failure> {
    match task.others.get(path) {
        Some(open) => Ok(open.lines.text().to_owned()),
        None => load::read(path),
    }
}

//! Documents that are no stories: metadata beside one, configurations, the files of packs.

use std::path::{Path, PathBuf};

use super::actions::Action;
use super::check::{Checked, Finding, Task, story, text, whole};
use super::diagnostics;
use super::document::is_data;
use super::place::{Open, Places};
use crate::cli::input::sidecars;
use crate::cli::load::{CONFIG, shown};
use crate::config;
use crate::formats::{Limits, metadata};
use crate::model::{Report, Severity, Source};

/// The rule under which it is told that something cannot be used.
pub const RULE: &str = "core/config";

/// What a document is that is no story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A `forewarn.toml`.
    Config,
    /// Metadata beside this story, if there is one.
    Metadata(Option<PathBuf>),
    /// Any other TOML or YAML: a file of a pack, or nothing of ours.
    Other,
}

/// What a document is; none for a story.
pub fn kind(task: &Task) -> Option<Kind> {
    let path = task.path.as_deref()?;
    let name = path.file_name()?.to_string_lossy();
    if name == CONFIG {
        return Some(Kind::Config);
    }
    if name.ends_with(".forewarn.toml") {
        return Some(Kind::Metadata(story_beside(path)));
    }
    is_data(path).then_some(Kind::Other)
}

/// The story that a file of metadata lies beside.
fn story_beside(path: &Path) -> Option<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path.parent()?).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    // one that says no more of itself than its name could be read; what has a name of its own comes first
    files
        .into_iter()
        .find(|file| file != path && file.is_file() && sidecars(file).iter().any(|sidecar| sidecar == path))
}

/// Checks such a document.
pub fn check(task: &Task, kind: Kind) -> Checked {
    let Some(path) = task.path.clone() else { return Checked::default() };
    match kind {
        Kind::Config => configuration(task, &path),
        Kind::Metadata(Some(beside)) => metadata_of(task, &path, beside),
        Kind::Metadata(None) => {
            let text = task.document.lines.text();
            let read = metadata::from_toml(&shown(&path), text, &Limits::default());
            let mut checked = loaded(task, &path);
            let report = Report {
                name: shown(&path),
                sources: vec![read.source],
                diagnostics: read.diagnostics,
                ..Report::default()
            };
            tell(task, &[report], &mut checked);
            checked
        }
        Kind::Other => loaded(task, &path),
    }
}

/// A configuration: what is wrong with it, and with the packs that it names.
fn configuration(task: &Task, path: &Path) -> Checked {
    let mut checked = loaded(task, path);
    let (layer, fault) = config::read(&shown(path), task.document.lines.text());
    if layer.only_work() {
        // it is passed over as a configuration, and its mistakes are told all the same
        tell(task, fault.as_slice(), &mut checked);
    }
    checked
}

/// What is wrong with the configurations and packs that hold where a file lies.
fn loaded(task: &Task, path: &Path) -> Checked {
    let mut loader = task.loader();
    let setup = match loader.setup(path) {
        Ok(setup) => setup,
        Err(failure) => return failed(task, &failure.to_string()),
    };
    if let Ok(Err(fault)) =
        crate::cli::baseline::Options::default().start(crate::cli::baseline::Configured::of(&setup).as_ref())
    {
        loader.faults.push(*fault);
    }
    let mut checked = Checked { setup: Some(setup), ..Checked::default() };
    let own = shown(path);
    for fault in &loader.faults {
        let is_own = fault.name == own;
        let mut told = Checked::default();
        tell(task, std::slice::from_ref(fault), &mut told);
        if is_own {
            checked.findings.append(&mut told.findings);
        }
        checked.elsewhere.append(&mut told.elsewhere);
    }
    checked
}

/// What a story's metadata says wrong: the findings about the story that lie in this file.
fn metadata_of(task: &Task, path: &Path, beside: PathBuf) -> Checked {
    // of a book the file is read, whatever stands here
    let words = text(task, &beside).unwrap_or_default();
    let document = task.others.get(&beside).cloned().unwrap_or_else(|| Open {
        uri: super::paths::uri(&beside),
        version: 0,
        lines: super::lines::Lines::new(words),
    });
    let mut others = (*task.others).clone();
    others.insert(path.to_owned(), task.document.clone());
    let mut held = (*task.held).clone();
    held.insert(path.to_owned(), task.document.lines.text().as_bytes().to_vec());
    let of_story = Task {
        document,
        path: Some(beside),
        language: String::new(),
        saved: true,
        others: others.into(),
        held: held.into(),
        ..task.clone()
    };
    let mut found = story(&of_story);
    let own = found.elsewhere.remove(path).unwrap_or_default();
    let finding = |(diagnostic, actions): (gen_lsp_types::Diagnostic, Vec<Action>)| {
        let range = task.document.lines.bytes(diagnostic.range, task.client.units);
        let rule = match &diagnostic.code {
            Some(gen_lsp_types::Code::String(rule)) => rule.clone(),
            _ => String::new(),
        };
        Finding { diagnostic, range, whole: false, rule, actions }
    };
    Checked { setup: found.setup, findings: own.into_iter().map(finding).collect(), ..Checked::default() }
}

/// Tells what is wrong with configurations and packs: in those files, and in a document that is not checked because of it.
pub fn tell(task: &Task, faults: &[Report], checked: &mut Checked) {
    let own = task.path.as_deref().map(shown);
    let places = Places::new(&task.document, own.clone().unwrap_or_default(), task.client.units, &task.others);
    let mut files: Vec<String> = Vec::new();
    for fault in faults {
        for diagnostic in &fault.diagnostics {
            match diagnostics::of(diagnostic, fault, &places, &task.client) {
                diagnostics::Told::Here { diagnostic: shown, range, whole } if own.as_deref() == Some(&fault.name) => {
                    let rule = diagnostic.rule.clone();
                    checked.findings.push(Finding { diagnostic: shown, range, whole, rule, actions: Vec::new() });
                }
                diagnostics::Told::Here { diagnostic, .. } => {
                    let top = gen_lsp_types::Range::default();
                    let shown = gen_lsp_types::Diagnostic { range: top, ..diagnostic };
                    checked.elsewhere.entry(PathBuf::from(&fault.name)).or_default().push((shown, Vec::new()));
                }
                diagnostics::Told::There(path, shown) => {
                    checked.elsewhere.entry(path).or_default().push((shown, Vec::new()))
                }
            }
        }
        let file = fault.sources.first().and_then(Source::file).unwrap_or(&fault.name);
        if own.as_deref() != Some(file) && !files.iter().any(|f| f == file) {
            files.push(file.to_owned());
        }
    }
    if !files.is_empty() {
        let message = format!("This is not checked, because there is a mistake in {}.", files.join(" and in "));
        checked.findings.push(whole(&message, Severity::Error, Some("Mend that first; it is marked there."), task));
    }
}

/// What is told where nothing could be checked.
pub fn failed(task: &Task, why: &str) -> Checked {
    let mut chars = why.chars();
    let why: String = chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect());
    let message = format!("This is not checked: {}", why.trim_end_matches('.'));
    Checked { findings: vec![whole(&format!("{message}."), Severity::Error, None, task)], ..Checked::default() }
}

//! Changes that an editor offers: the fixes of findings, what accepts them, and all safe fixes at once.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;

use gen_lsp_types::{self as lsp, Uri};
use serde::Deserialize;
use similar::{Algorithm, DiffOp, TextDiff};

use super::check::{Checked, Finding, Task, judge};
use super::diagnostics::Client;
use super::lines::{Lines, Units};
use super::place::{Place, Places};
use crate::cli::input::Held;
use crate::fix::{self, Files, Reading};
use crate::model::{Diagnostic, Report, Safety};

/// A change of one or more documents.
#[derive(Debug, Clone)]
pub struct Action {
    /// What it does, as a command.
    pub title: String,
    /// Whether it may be made without asking.
    pub safe: bool,
    /// Whether it settles the finding, and does not only accept it.
    pub fixes: bool,
    /// The edits by document, with its version where it is open.
    pub edits: Vec<(Address, Vec<lsp::TextEdit>)>,
}

/// A document, and its version where it is open.
type Address = (Uri, Option<i32>);

/// The kind of the action that makes all safe fixes.
pub const FIX_ALL: &str = "source.fixAll.forewarn";

impl Action {
    /// The fix of a finding, the same that `check --fix` makes; none where no editor could make it.
    pub fn fix(diagnostic: &Diagnostic, report: &Report, places: &Places<'_>) -> Option<Self> {
        let fix = diagnostic.fix.as_ref().filter(|f| !f.edits.is_empty())?;
        let mut edits: BTreeMap<Option<PathBuf>, Vec<lsp::TextEdit>> = BTreeMap::new();
        for edit in &fix.edits {
            let (path, range, new_text) = match places.of(&report.sources, edit.span)? {
                Place::Here(bytes) => (None, places.range(bytes), broken_as(&edit.text, &places.document().lines)),
                Place::There(path, range) => (Some(path), range, edit.text.clone()),
                Place::Somewhere(_) => return None,
            };
            edits.entry(path).or_default().push(lsp::TextEdit { range, new_text });
        }
        let document = places.document();
        let address = |path: Option<PathBuf>| match path {
            Some(path) => places.address(&path),
            None => (document.uri.clone(), Some(document.version)),
        };
        let title = sentence(&fix.title);
        let safe = fix.safety == Safety::Safe;
        Some(Self { title, safe, fixes: true, edits: edits.into_iter().map(|(p, e)| (address(p), e)).collect() })
    }

    /// A change of the document that accepts a finding.
    pub fn accepting(title: String, at: usize, text: String, places: &Places<'_>) -> Self {
        let document = places.document();
        let edit = lsp::TextEdit { range: places.range(at..at), new_text: broken_as(&text, &document.lines) };
        let edits = vec![((document.uri.clone(), Some(document.version)), vec![edit])];
        Self { title, safe: false, fixes: false, edits }
    }

    /// The action as it is offered for a finding.
    pub fn offered(
        &self,
        finding: Option<&lsp::Diagnostic>,
        kind: lsp::CodeActionKind,
        client: &Client,
    ) -> lsp::CodeAction {
        lsp::CodeAction {
            title: self.title.clone(),
            kind: Some(kind),
            diagnostics: finding.map(|f| vec![f.clone()]),
            is_preferred: (self.fixes && self.safe).then_some(true),
            edit: Some(self.edit(client)),
            ..lsp::CodeAction::default()
        }
    }

    /// Its edits.
    pub fn edit(&self, client: &Client) -> lsp::WorkspaceEdit {
        if client.versioned_edits {
            let change = |((uri, version), edits): &(Address, Vec<lsp::TextEdit>)| {
                let text_document = lsp::OptionalVersionedTextDocumentIdentifier {
                    version: *version,
                    text_document_identifier: lsp::TextDocumentIdentifier { uri: uri.clone() },
                };
                let edits = edits.iter().cloned().map(lsp::Edit::TextEdit).collect();
                lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit { text_document, edits })
            };
            let document_changes = Some(self.edits.iter().map(change).collect());
            return lsp::WorkspaceEdit { document_changes, ..lsp::WorkspaceEdit::default() };
        }
        let changes: HashMap<Uri, Vec<lsp::TextEdit>> =
            self.edits.iter().map(|((uri, _), edits)| (uri.clone(), edits.clone())).collect();
        lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() }
    }
}

/// A new text with the line breaks of the text it comes into, which an editor may show with others than the file has.
fn broken_as(new: &str, shown: &Lines) -> String {
    match shown.text().contains("\r\n") {
        true if !new.contains('\r') => new.replace('\n', "\r\n"),
        false => new.replace("\r\n", "\n"),
        true => new.to_owned(),
    }
}

/// The title of a fix at the start of a line.
fn sentence(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// What is asked for. The findings that a client sends along may be of other programs, and are not looked at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The document.
    pub text_document: lsp::TextDocumentIdentifier,
    /// The place.
    pub range: lsp::Range,
    #[serde(default)]
    context: Context,
}

#[derive(Debug, Default, Deserialize)]
struct Context {
    only: Option<Vec<String>>,
}

impl Asked {
    /// Whether only some kinds are wanted.
    pub fn is_choosy(&self) -> bool {
        self.context.only.is_some()
    }

    /// Whether this kind is wanted; a kind stands for all below it.
    pub fn wants(&self, kind: &str) -> bool {
        let covers = |wanted: &String| {
            wanted.is_empty()
                || kind == wanted
                || kind.strip_prefix(wanted.as_str()).is_some_and(|r| r.starts_with('.'))
        };
        self.context.only.as_ref().is_none_or(|only| only.iter().any(covers))
    }
}

/// The actions for the findings that a range touches, and for all of the document.
pub fn offered(checked: &Checked, asked: &Asked, lines: &Lines, client: &Client) -> Vec<lsp::CodeAction> {
    let mut actions = Vec::new();
    if asked.wants("quickfix") {
        let range = lines.bytes(asked.range, client.units);
        let touches = |of: &Range<usize>| of.start <= range.end && range.start <= of.end;
        let line = lines.line_at(range.start);
        let mut touched: Vec<&Finding> = checked.findings.iter().filter(|f| !f.whole && touches(&f.range)).collect();
        if touched.is_empty() && range.is_empty() {
            // a sign beside the line says that there is something, and not at which word
            touched.extend(checked.findings.iter().filter(|f| !f.whole && lines.line_at(f.range.start) == line));
        }
        touched.extend(
            checked.findings.iter().filter(|f| f.whole && (line == 0 || !range.is_empty() && touches(&f.range))),
        );
        for finding in touched {
            let action = |a: &Action| a.offered(Some(&finding.diagnostic), lsp::CodeActionKind::QuickFix, client);
            actions.extend(finding.actions.iter().map(action));
        }
        // what mends comes before what accepts
        actions.sort_by_key(|a| a.title.starts_with(super::allow::TITLE));
    }
    actions
}

/// All safe fixes, made as `check --fix` makes them; none where there are none.
pub fn mended(task: &Task) -> Option<Action> {
    let setup = task.loader().setup(&task.place()).ok()?;
    let reading = task.reading(&setup);
    let own = reading.options.name(&reading.path);
    let beside = reading.options.files_beside(&reading.path).into_iter();
    let paths: Vec<(PathBuf, String)> = std::iter::once((reading.path.clone(), own.clone()))
        .chain(beside.map(|path| (path.clone(), crate::cli::load::shown(&path))))
        .collect();
    let mut files = Files::new();
    for (path, name) in &paths {
        if let Some(bytes) = reading.options.bytes(path, &reading.held, &setup.limits).ok()? {
            files.entry(name.clone()).or_insert(bytes);
        }
    }
    let before = files.clone();
    let mut look = |files: &Files| {
        let held: Held =
            paths.iter().filter_map(|(path, name)| Some((path.clone(), files.get(name)?.clone()))).collect();
        let mut works = Vec::new();
        let mut take = |work, notes| {
            works.push((work, notes));
            Ok(())
        };
        reading.options.each_held(&reading.path, &held, &setup, &mut take).ok()?;
        let (work, notes) = works.pop().filter(|(work, _)| works.is_empty() && !work.format.is_empty())?;
        let read = Reading::of(&work, &notes);
        Some((read, judge((work, notes), &setup)))
    };
    fix::settle(&mut files, false, &mut look);
    let mut edits = Vec::new();
    for (path, name) in &paths {
        let (Some(old), Some(new)) = (before.get(name), files.get(name)) else { continue };
        if old == new {
            continue;
        }
        let is_own = *name == own;
        let text = |bytes: &[u8]| match is_own {
            true => reading.text(bytes, &setup.limits),
            false => String::from_utf8(bytes.to_vec()).ok(),
        };
        let (old, new) = (text(old)?, text(new)?);
        let (address, shown) = if is_own {
            ((task.document.uri.clone(), Some(task.document.version)), task.document.lines.clone())
        } else {
            let others = &task.others;
            let version = others.get(path).map(|open| open.version);
            let uri = others.get(path).map_or_else(|| super::paths::uri(path), |open| open.uri.clone());
            ((uri, version), Lines::new(old.clone()))
        };
        edits.push((address, differences(&old, &new, &shown, task.client.units)));
    }
    let title = "Mend everything that needs no asking".to_owned();
    (!edits.is_empty()).then_some(Action { title, safe: true, fixes: true, edits })
}

/// The edits that make one text of another, line by line. The lines are those that the editor shows, which may end in
/// other breaks.
fn differences(old: &str, new: &str, shown: &Lines, units: Units) -> Vec<lsp::TextEdit> {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(old, new);
    let new_lines = diff.new_slices();
    let line = |number: usize| match shown.line(number) {
        Some(line) => shown.position(line.start, units),
        None => shown.position(shown.text().len(), units),
    };
    let edit = |op: &DiffOp| {
        let (from, to) = (op.old_range(), op.new_range());
        let new_text = broken_as(&new_lines.get(to).map(|lines| lines.concat()).unwrap_or_default(), shown);
        lsp::TextEdit { range: lsp::Range { start: line(from.start), end: line(from.end) }, new_text }
    };
    diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(edit).collect()
}

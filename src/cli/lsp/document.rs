//! A document that is open: its text as the editor changes it, and what was found in it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use gen_lsp_types as lsp;
use lsp_server::Request;

use super::check::Checked;
use super::lines::{Lines, Units};
use super::paths;
use super::place::Open;
use crate::cli::input::INDEX;

/// Counts revisions. A document that is opened again is another one, so all documents count together.
static REVISIONS: AtomicU64 = AtomicU64::new(0);

fn next() -> u64 {
    REVISIONS.fetch_add(1, Ordering::Relaxed) + 1
}

/// A document that is open.
#[derive(Debug)]
pub struct Document {
    /// Its address, version and text.
    pub open: Open,
    /// Its file, if it has one.
    pub path: Option<PathBuf>,
    /// What the editor says it is written in.
    pub language: String,
    /// Whether the editor has what the file holds, as far as it told.
    pub saved: bool,
    /// Whether its file is no text.
    pub binary: bool,
    /// What tells it from what it was, so that an older result can be told from one that holds.
    pub revision: u64,
    /// When it is to be checked.
    pub due: Option<Instant>,
    /// What was found last, with its places moved along with the text since.
    pub checked: Option<Checked>,
    /// The revision for which that holds.
    pub checked_revision: u64,
    /// Requests that wait until it is checked.
    pub waiting: Vec<Request>,
}

impl Document {
    /// A document that was just opened.
    pub fn new(item: lsp::TextDocumentItem) -> Self {
        let path = paths::path(&item.uri);
        let open = Open { uri: item.uri, version: item.version, lines: Lines::new(item.text) };
        Self {
            open,
            path,
            language: item.language_id.to_string(),
            saved: true,
            binary: false,
            revision: next(),
            due: None,
            checked: None,
            checked_revision: 0,
            waiting: Vec::new(),
        }
    }

    /// Changes its text.
    pub fn change(&mut self, version: i32, changes: Vec<lsp::TextDocumentContentChangeEvent>, units: Units) {
        use lsp::TextDocumentContentChangeEvent as Change;
        for change in changes {
            match change {
                Change::TextDocumentContentChangePartial(change) => {
                    let range = self.open.lines.bytes(change.range, units);
                    self.move_places(&range, change.text.len());
                    self.open.lines.replace(range, &change.text);
                }
                Change::TextDocumentContentChangeWholeDocument(change) => {
                    self.move_places(&(0..self.open.lines.text().len()), change.text.len());
                    self.open.lines = Lines::new(change.text);
                }
            }
        }
        self.open.version = version;
        self.saved = false;
        self.touch();
    }

    /// Makes it another one than it was, so that no older result holds for it.
    pub fn touch(&mut self) {
        self.revision = next();
    }

    /// Moves the places of what was found along with a change of the text; what stood in the changed part is gone.
    fn move_places(&mut self, changed: &Range<usize>, new: usize) {
        let Some(checked) = &mut self.checked else { return };
        let moved = |range: &mut Range<usize>| {
            if range.start >= changed.end {
                let shift = |at: usize| (at + new).saturating_sub(changed.len());
                *range = shift(range.start)..shift(range.end);
                return true;
            }
            range.end <= changed.start
        };
        checked.findings.retain_mut(|finding| finding.whole || moved(&mut finding.range));
        checked.spots.retain_mut(|spot| moved(&mut spot.range));
    }

    /// Whether what was found holds for the text as it is.
    pub fn is_checked(&self) -> bool {
        self.checked.is_some() && self.checked_revision == self.revision
    }

    /// Whether it may say something about other files: a configuration, a pack, metadata.
    pub fn concerns_others(&self) -> bool {
        self.path.as_deref().is_some_and(concerns_others)
    }

    /// Whether it is a configuration, a file of a pack, or metadata.
    pub fn is_data(&self) -> bool {
        self.path.as_deref().is_some_and(is_data)
    }

    /// What is to be kept of a result.
    pub fn take(&mut self, checked: Checked, revision: u64) {
        self.binary |= checked.binary;
        self.checked = Some(checked);
        self.checked_revision = revision;
    }

    /// The text of the document, to be read in the place of its file.
    pub fn held(&self) -> Option<(PathBuf, Vec<u8>)> {
        let path = self.path.clone().filter(|path| concerns_others(path))?;
        Some((path, self.open.lines.text().as_bytes().to_vec()))
    }
}

/// Whether a file may say something about others.
pub fn concerns_others(path: &Path) -> bool {
    is_data(path) || path.file_name().is_some_and(|name| name == INDEX)
}

/// Whether a file is called like a configuration, a file of a pack, or metadata.
pub fn is_data(path: &Path) -> bool {
    matches!(path.extension().and_then(|e| e.to_str()), Some("toml" | "yaml" | "yml"))
}

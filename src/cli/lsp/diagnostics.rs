//! Findings as editors show them.

use std::ops::Range;
use std::path::PathBuf;

use gen_lsp_types as lsp;
use serde_json::json;

use super::lines::Units;
use super::place::{Place, Places};
use crate::model::{Diagnostic, Inside, Label, Report, Severity, Span};
use crate::suppress::UNUSED;

/// What a client can show.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)] // each is a capability of its own
pub struct Client {
    /// What its columns count.
    pub units: Units,
    /// Other places of a finding.
    pub related: bool,
    /// Words that are not needed, in grey.
    pub unnecessary: bool,
    /// Markdown in hovers.
    pub markdown: bool,
    /// Symbols in symbols.
    pub nested_symbols: bool,
    /// Edits that name the version of a document they are for.
    pub versioned_edits: bool,
    /// Actions whose edit comes when they are chosen.
    pub resolves: bool,
    /// Files that are watched when it is asked to.
    pub watches: bool,
}

/// The name under which findings are shown.
pub const SOURCE: &str = "forewarn";
/// Longest first line, in bytes, that is marked for a finding about a whole file.
const FIRST_LINE: usize = 100;

/// Where a finding is shown.
pub enum Told {
    /// In the document.
    Here {
        /// As it is published.
        diagnostic: lsp::Diagnostic,
        /// Its bytes.
        range: Range<usize>,
        /// Whether it is about the whole file.
        whole: bool,
    },
    /// In another file.
    There(PathBuf, lsp::Diagnostic),
}

/// A finding as it is published.
pub fn of(diagnostic: &Diagnostic, report: &Report, places: &Places<'_>, client: &Client) -> Told {
    let primary = diagnostic.labels.iter().find(|l| l.primary).or(diagnostic.labels.first());
    let place = primary.and_then(|label| places.of(&report.sources, label.span));
    let mut shown = described(diagnostic);
    let others = diagnostic.labels.iter().filter(|l| primary.is_none_or(|p| !std::ptr::eq(*l, p)));
    if client.related {
        let related: Vec<_> = others.filter_map(|label| related(label, report, places)).collect();
        shown.related_information = (!related.is_empty()).then_some(related);
    }
    if client.unnecessary && (diagnostic.rule == UNUSED || is_removed(diagnostic, primary)) {
        shown.tags = Some(vec![lsp::DiagnosticTag::Unnecessary]);
    }
    match place {
        Some(Place::Here(range)) => {
            shown.range = places.range(range.clone());
            Told::Here { diagnostic: shown, range, whole: false }
        }
        Some(Place::There(path, range)) => Told::There(path, lsp::Diagnostic { range, ..shown }),
        place => {
            if let (Some(Place::Somewhere(words)), Some(label)) = (place, primary) {
                let quote = report.slice(label.span);
                let quote = if quote.is_empty() { String::new() } else { format!(", “{}”", shortened(quote)) };
                let place = format!(" ({words}{quote})");
                shown.message = lsp::Message::String(message(diagnostic) + &place);
                shown.data = Some(json!({ "whole": true, "place": place }));
            } else {
                shown.data = Some(json!({ "whole": true }));
            }
            // what is about a record of a data set stands where that starts
            let record = report.sources.first().filter(|s| s.inside == Inside::No && s.entry().is_some());
            let start = record.and_then(|_| places.here(&report.sources, Span::default()));
            let (range, bytes) = first_line(places, start.clone().unwrap_or_default().start);
            Told::Here { diagnostic: lsp::Diagnostic { range, ..shown }, range: bytes, whole: start.is_none() }
        }
    }
}

/// A finding about the whole document, and the bytes that are marked for it.
pub fn whole(diagnostic: &Diagnostic, places: &Places<'_>) -> (lsp::Diagnostic, Range<usize>) {
    let (range, bytes) = first_line(places, 0);
    (lsp::Diagnostic { range, ..described(diagnostic) }, bytes)
}

/// A finding without its place.
pub fn described(diagnostic: &Diagnostic) -> lsp::Diagnostic {
    lsp::Diagnostic {
        severity: Some(match diagnostic.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
            Severity::Info | Severity::Off => lsp::DiagnosticSeverity::Information,
        }),
        code: Some(lsp::Code::String(diagnostic.rule.clone())),
        source: Some(SOURCE.to_owned()),
        message: lsp::Message::String(message(diagnostic)),
        ..lsp::Diagnostic::default()
    }
}

/// The words of a finding that is published.
pub fn said(diagnostic: &lsp::Diagnostic) -> &str {
    match &diagnostic.message {
        lsp::Message::String(text) => text,
        lsp::Message::MarkupContent(content) => &content.value,
    }
}

/// What a finding says, and what to do about it.
fn message(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// Words of a story that are quoted, at most some of them.
fn shortened(quote: &str) -> String {
    const MOST: usize = 80;
    match quote.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", quote.get(..end).unwrap_or("")),
        None => quote.to_owned(),
    }
}

/// The line from a byte on, where it is short; else the place alone.
fn first_line(places: &Places<'_>, from: usize) -> (lsp::Range, Range<usize>) {
    let lines = &places.document().lines;
    let line = lines.line(lines.line_at(from)).map(|line| from..line.end.max(from));
    let line = line.filter(|line| line.len() <= FIRST_LINE).unwrap_or(from..from);
    (places.range(line.clone()), line)
}

/// Whether the fix of a finding only takes away what it points at.
fn is_removed(diagnostic: &Diagnostic, primary: Option<&Label>) -> bool {
    let Some((fix, label)) = diagnostic.fix.as_ref().zip(primary) else { return false };
    let takes = |e: &crate::model::Edit| {
        e.text.is_empty()
            && e.span.source == label.span.source
            && e.span.start <= label.span.start
            && label.span.end <= e.span.end
    };
    !fix.edits.is_empty() && fix.edits.iter().all(takes)
}

/// Another place of a finding.
fn related(label: &Label, report: &Report, places: &Places<'_>) -> Option<lsp::DiagnosticRelatedInformation> {
    let (uri, range) = match places.of(&report.sources, label.span)? {
        Place::Here(bytes) => (places.document().uri.clone(), places.range(bytes)),
        Place::There(path, range) => (places.address(&path).0, range),
        Place::Somewhere(_) => return None,
    };
    let message = if label.text.is_empty() { "also here".to_owned() } else { label.text.clone() };
    Some(lsp::DiagnosticRelatedInformation { location: lsp::Location { uri, range }, message })
}

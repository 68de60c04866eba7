//! The parts of a work: its header and its chapters.

use std::ops::Range;

use gen_lsp_types as lsp;

use super::diagnostics::Client;
use super::lines::Lines;
use super::place::{Open, Places};
use crate::model::{Section, SectionKind, Span, State, Work};

/// A part of a work.
#[derive(Debug, Clone)]
pub struct Outline {
    name: String,
    detail: Option<String>,
    kind: lsp::SymbolKind,
    /// All of it, in bytes.
    range: Range<usize>,
    /// What names it.
    label: Range<usize>,
    parts: Vec<Outline>,
}

/// The parts of a work that are in the document.
pub fn outline(work: &Work, places: &Places<'_>) -> Vec<Outline> {
    let here = |span: Span| places.here(&work.sources, span);
    let mut parts: Vec<Outline> = header(work, &here).into_iter().collect();
    let mut chapter: Option<Option<u32>> = None;
    for section in &work.sections {
        let Some(range) = here(section.text.span()) else { continue };
        let label = section.heading.as_ref().and_then(|h| here(h.span));
        let part = Outline {
            name: name(section),
            detail: None,
            kind: lsp::SymbolKind::String,
            range: joined(&range, label.as_ref()),
            label: label.clone().unwrap_or(range.start..range.start),
            parts: Vec::new(),
        };
        let Some(_) = section.chapter else {
            parts.push(Outline { detail: words(section), ..part });
            continue;
        };
        match parts.last_mut().filter(|_| chapter == Some(section.chapter)) {
            Some(last) => {
                last.range = joined(&last.range, Some(&part.range));
                if section.kind.is_story() {
                    last.detail = last.detail.take().or_else(|| words(section));
                }
                if let (Some(heading), Some(label)) = (&section.heading, label) {
                    last.name = titled(section.chapter, &heading.value);
                    last.label = label;
                }
                if !section.kind.is_story() {
                    last.parts.push(part);
                }
            }
            None => {
                let title = section.heading.as_ref().map_or("", |h| &h.value);
                let detail = if section.kind.is_story() { words(section) } else { None };
                let inner = if section.kind.is_story() { Vec::new() } else { vec![part.clone()] };
                let name = titled(section.chapter, title);
                parts.push(Outline { name, detail, kind: lsp::SymbolKind::Module, parts: inner, ..part });
            }
        }
        chapter = Some(section.chapter);
    }
    parts
}

fn header(work: &Work, here: &dyn Fn(Span) -> Option<Range<usize>>) -> Option<Outline> {
    let mut parts = Vec::new();
    for field in work.fields.iter().filter(|f| f.chapter.is_none() && f.state != State::Unknown) {
        let Some(label) = here(field.name.span).filter(|l| !l.is_empty()) else { continue };
        let values = field.values.iter().filter_map(|v| here(v.span));
        let range = values.fold(label.clone(), |all, value| joined(&all, Some(&value)));
        let said: Vec<&str> = field.values.iter().map(|v| v.text.as_str()).collect();
        parts.push(Outline {
            name: one_line(&field.name.value),
            detail: Some(one_line(&said.join(", "))).filter(|d| !d.is_empty()),
            kind: lsp::SymbolKind::Property,
            range,
            label,
            parts: Vec::new(),
        });
    }
    let range = parts.iter().map(|p| p.range.clone()).reduce(|all, part| joined(&all, Some(&part)))?;
    let label = parts.first()?.label.clone();
    Some(Outline { name: "Header".to_owned(), detail: None, kind: lsp::SymbolKind::Object, range, label, parts })
}

fn titled(chapter: Option<u32>, title: &str) -> String {
    match (chapter, one_line(title)) {
        (None, title) if title.is_empty() => "Text".to_owned(),
        (None, title) => title,
        (Some(number), title) if title.is_empty() => format!("Chapter {number}"),
        (Some(number), title)
            if title.to_lowercase().starts_with("chapter") || title.starts_with(&number.to_string()) =>
        {
            title
        }
        (Some(number), title) => format!("Chapter {number}: {title}"),
    }
}

fn name(section: &Section) -> String {
    match section.kind {
        SectionKind::Text | SectionKind::NotesOrText => {
            titled(section.chapter, section.heading.as_ref().map_or("", |h| &h.value))
        }
        SectionKind::Summary => "Summary".to_owned(),
        SectionKind::Notes => "Notes".to_owned(),
        SectionKind::EndNotes => "End notes".to_owned(),
    }
}

fn words(section: &Section) -> Option<String> {
    match section.text.words() {
        1 => Some("1 word".to_owned()),
        words => Some(format!("{words} words")),
    }
}

/// A text that fits a line of a list.
fn one_line(text: &str) -> String {
    const MOST: usize = 100;
    let line = crate::rules::vocabulary::squish(text);
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line,
    }
}

fn joined(a: &Range<usize>, b: Option<&Range<usize>>) -> Range<usize> {
    b.map_or_else(|| a.clone(), |b| a.start.min(b.start)..a.end.max(b.end))
}

/// The parts of a document as a client shows them.
pub fn answer(outline: &[Outline], document: &Open, client: &Client) -> lsp::DocumentSymbolResponse {
    let lines = &document.lines;
    if client.nested_symbols {
        return lsp::DocumentSymbolResponse::DocumentSymbolList(
            outline.iter().map(|o| nested(o, lines, client)).collect(),
        );
    }
    let mut flat = Vec::new();
    let mut rest: Vec<(&Outline, Option<&str>)> = outline.iter().rev().map(|o| (o, None)).collect();
    while let Some((part, holder)) = rest.pop() {
        let location =
            lsp::Location { uri: document.uri.clone(), range: lines.range(part.range.clone(), client.units) };
        let base = lsp::BaseSymbolInformation::new(part.name.clone(), part.kind, None, holder.map(str::to_owned));
        flat.push(lsp::SymbolInformation::new(None, location, base));
        rest.extend(part.parts.iter().rev().map(|inner| (inner, Some(part.name.as_str()))));
    }
    lsp::DocumentSymbolResponse::SymbolInformationList(flat)
}

fn nested(part: &Outline, lines: &Lines, client: &Client) -> lsp::DocumentSymbol {
    let inner: Vec<_> = part.parts.iter().map(|inner| nested(inner, lines, client)).collect();
    // a client refuses a name that lies outside of what it names
    let label = if part.range.start <= part.label.start && part.label.end <= part.range.end {
        part.label.clone()
    } else {
        part.range.start..part.range.start
    };
    let [range, label] = [part.range.clone(), label].map(|bytes| lines.range(bytes, client.units));
    let inner = (!inner.is_empty()).then_some(inner);
    lsp::DocumentSymbol::new(part.name.clone(), part.detail.clone(), part.kind, None, None, range, label, inner)
}

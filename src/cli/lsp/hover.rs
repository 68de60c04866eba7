//! What there is to say about the words under a cursor: findings, tags, fields, ratings, rules.

use std::ops::Range;

use gen_lsp_types as lsp;

use super::check::Checked;
use super::diagnostics::{self, Client};
use super::lines::Lines;
use super::place::Places;
use crate::cli::explain;
use crate::cli::load::Setup;
use crate::model::{State, Work};
use crate::rules::RuleSet;
use crate::rules::vocabulary::Holds;

/// Words of a header that packs may know.
#[derive(Debug, Clone)]
pub struct Spot {
    /// Their bytes.
    pub range: Range<usize>,
    /// What they are.
    pub kind: SpotKind,
}

/// What words of a header are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpotKind {
    /// The label of a field.
    Label,
    /// A value of the field with this index, which is one entry or a list that is still to be cut.
    Value {
        /// Index among the fields of the vocabulary.
        field: u32,
        /// Whether it is one entry.
        whole: bool,
    },
}

/// The words of a work's header that packs may know.
pub fn spots(work: &Work, rules: &RuleSet, places: &Places<'_>) -> Vec<Spot> {
    let mut spots = Vec::new();
    for field in work.fields.iter().filter(|f| f.state != State::Unknown) {
        let Some(known) = rules.vocabulary.field(&field.name.value) else { continue };
        let label = places.here(&work.sources, field.name.span).filter(|r| !r.is_empty());
        spots.extend(label.map(|range| Spot { range, kind: SpotKind::Label }));
        let kind = SpotKind::Value { field: known, whole: field.listed };
        let values = field.values.iter().filter_map(|v| places.here(&work.sources, v.span));
        spots.extend(values.map(|range| Spot { range, kind }));
    }
    spots
}

/// What is shown at a byte of a document; none where there is nothing to say.
pub fn at(offset: usize, lines: &Lines, checked: &Checked, client: &Client) -> Option<lsp::Hover> {
    let setup = checked.setup.as_deref()?;
    let mut pages: Vec<String> = Vec::new();
    let mut range: Option<Range<usize>> = None;
    for finding in checked.findings.iter().filter(|f| !f.whole && covers(&f.range, offset)) {
        let said = diagnostics::said(&finding.diagnostic);
        let page = explain::markdown(&finding.rule, setup).unwrap_or_default();
        pages.push(format!("{}\n\n---\n\n{page}", said.replace('\n', "\n\n")));
        range.get_or_insert_with(|| finding.range.clone());
    }
    if let Some((named, words)) = named(offset, lines, checked, setup) {
        pages.push(named);
        range = Some(words);
    }
    pages.dedup();
    let text = pages.join("\n\n---\n\n");
    let kind = if client.markdown { lsp::MarkupKind::Markdown } else { lsp::MarkupKind::PlainText };
    let value = if client.markdown {
        text.clone()
    } else {
        text.replace("**", "").replace("```text\n", "").replace("```\n", "")
    };
    (!text.is_empty()).then(|| lsp::Hover {
        contents: lsp::Contents::MarkupContent(lsp::MarkupContent { kind, value }),
        range: range.map(|r| lines.range(r, client.units)),
    })
}

fn covers(range: &Range<usize>, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}

/// The page of what stands at a byte, and its bytes.
fn named(offset: usize, lines: &Lines, checked: &Checked, setup: &Setup) -> Option<(String, Range<usize>)> {
    let text = lines.text();
    if let Some(spot) = checked.spots.iter().find(|s| covers(&s.range, offset)) {
        let words = text.get(spot.range.clone())?;
        let SpotKind::Value { field, whole } = spot.kind else {
            return Some((explain::markdown(words.trim_matches([':', '*', '"', '\'']), setup)?, spot.range.clone()));
        };
        let range = if whole { spot.range.clone() } else { entry(text, &spot.range, offset, field, &setup.rules) };
        let name = text.get(range.clone())?.trim_matches(['"', '\'', ' ']);
        return Some((entry_page(name, field, setup)?, range));
    }
    // what is said to forewarn itself, and names in configurations and packs
    let range = word(text, offset)?;
    let line = lines.words(lines.line_at(offset));
    let is_ours = line.contains("forewarn:") || line.trim_start().to_lowercase().starts_with("forewarn-allow");
    let name = text.get(range.clone())?;
    let is_setting =
        checked.outline.is_empty() && checked.spots.is_empty() && (name.contains('/') || name.contains('-'));
    (is_ours || is_setting).then(|| Some((explain::markdown(name, setup)?, range)))?
}

/// The entry of a list that a byte is in.
fn entry(text: &str, list: &Range<usize>, offset: usize, field: u32, rules: &RuleSet) -> Range<usize> {
    let split = rules.vocabulary.kind(field).map_or(&[][..], |k| &k.split);
    let words = text.get(list.clone()).unwrap_or("");
    let at = offset.saturating_sub(list.start).min(words.len());
    let before = words.get(..at).unwrap_or("");
    let after = words.get(at..).unwrap_or("");
    let start = split.iter().filter_map(|s| Some(before.rfind(s.as_str())? + s.len())).max().unwrap_or(0);
    let end = split.iter().filter_map(|s| after.find(s.as_str())).min().map_or(words.len(), |end| at + end);
    let entry = words.get(start..end).unwrap_or("");
    let start = list.start + start + (entry.len() - entry.trim_start().len());
    start..start + entry.trim().len()
}

/// The page of an entry of a field.
fn entry_page(name: &str, field: u32, setup: &Setup) -> Option<String> {
    let vocabulary = &setup.rules.vocabulary;
    let kind = vocabulary.kind(field)?;
    match kind.holds {
        Holds::Rating => {
            let ladders = vocabulary.ladders.iter().filter(|l| l.field == field);
            let named = ladders.filter_map(|l| Some(l.spelling(l.resolve(name)?).to_owned())).next();
            explain::markdown(&named?, setup)
        }
        Holds::Tags => {
            let closed = kind.one_of.as_ref().and_then(|category| vocabulary.resolve_in(category, name));
            let tag = closed.or_else(|| Some(vocabulary.read(name).first()?.tag));
            explain::markdown(&vocabulary.tag(tag?)?.id, setup)
        }
        _ => None,
    }
}

/// The name that a byte is in: letters, digits, `-`, `_` and `/`.
fn word(text: &str, offset: usize) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
    let (before, after) = (text.get(..offset)?, text.get(offset..)?);
    let start = before.char_indices().rev().take_while(|(_, c)| is_part(*c)).last().map_or(offset, |(at, _)| at);
    let end = offset + after.find(|c: char| !is_part(c)).unwrap_or(after.len());
    (start < end).then_some(start..end)
}

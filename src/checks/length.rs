//! Lengths of title, summary, notes and chapters.

use super::Finding;
use crate::model::{Facts, SectionKind, Span};
use crate::rules::{Rule, RuleSet};

/// A title, summary or note of more characters than its field allows, a chapter of more than the rule's limit.
/// The archive counts code points of the stored HTML; so does this, of the source.
pub(super) fn too_long(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut report = |id: &str, name: String, characters: usize, most: f64, span: Span| {
        if characters as f64 > most {
            let finding = Finding::about(id)
                .fill("field", name)
                .fill("value", thousands(characters))
                .fill("expected", thousands(most as usize));
            found.push(finding.at(start(facts, span), "starts here"));
        }
    };
    let most = |id: &str| {
        let kind =
            rules.vocabulary.field_id(id).filter(|k| rule.fields.contains(k)).and_then(|k| rules.vocabulary.kind(k));
        kind.and_then(|k| k.max_characters).map_or(f64::INFINITY, f64::from)
    };
    for entry in &facts.entries {
        let Some(kind) = entry.kind.and_then(|k| rules.vocabulary.kind(k)).filter(|k| k.id == "title") else {
            continue;
        };
        report(&kind.id, "title".to_owned(), entry.text.chars().count(), most("title"), entry.span);
    }
    for (section, measure) in facts.work.sections.iter().zip(&facts.measures) {
        let of = section.chapter.map(|n| format!(" of chapter {n}")).unwrap_or_default();
        let (id, name, limit) = match section.kind {
            SectionKind::Summary => ("summary", format!("summary{of}"), most("summary")),
            SectionKind::Notes => ("notes", format!("beginning note{of}"), most("notes")),
            SectionKind::EndNotes => ("notes", format!("end note{of}"), most("notes")),
            SectionKind::Text | SectionKind::NotesOrText => {
                let name = section.chapter.map_or("text".to_owned(), |n| format!("text of chapter {n}"));
                // a draft in one piece without a header has yet to be cut into chapters, and of a text that may have
                // lost its headings nobody knows where they were
                let whole = !facts.work.flattened && !facts.work.fields.is_empty();
                let cut = section.chapter.is_some() || whole;
                ("chapters", name, rule.limit.filter(|_| cut).unwrap_or(f64::INFINITY))
            }
        };
        report(id, name, measure.characters as usize, limit, section.text.span());
    }
    found
}

/// The first word of a span, so that a finding about half a million characters points at their start.
fn start(facts: &Facts<'_>, span: Span) -> Span {
    let text = facts.work.slice(span);
    let word = text.find(char::is_whitespace).unwrap_or(text.len());
    Span { end: span.start + word as u32, ..span }
}

fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

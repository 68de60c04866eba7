//! What a work says, kept to tell whether a fix changed more of it than it should.

use std::collections::HashSet;

use crate::model::{Diagnostic, Edit, SectionKind, Span, State, Work};

/// The text and the fields of a work at one time.
#[derive(Debug, Clone)]
pub struct Reading {
    sections: Vec<Section>,
    fields: Vec<Field>,
    notes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    kind: SectionKind,
    chapter: Option<u32>,
    heading: Option<String>,
    text: String,
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    chapter: Option<u32>,
    state: State,
    values: Vec<String>,
    /// From its label to the end of the line of its last value.
    extent: Span,
}

impl Field {
    fn says(&self) -> (&str, Option<u32>, State, &[String]) {
        (&self.name, self.chapter, self.state, &self.values)
    }

    fn is_touched(&self, edit: &Edit) -> bool {
        let (own, edit) = (self.extent, edit.span);
        // what is put before a label is no part of its field
        own.source == edit.source
            && if edit.is_empty() {
                own.start < edit.start && edit.start <= own.end
            } else {
                edit.start < own.end && own.start < edit.end
            }
    }
}

impl Reading {
    /// Keeps what a work says, and how many notes its reader had on it.
    pub fn of(work: &Work, notes: &[Diagnostic]) -> Self {
        let section = |s: &crate::model::Section| Section {
            kind: s.kind,
            chapter: s.chapter,
            heading: s.heading.as_ref().map(|h| h.value.clone()),
            text: s.text.as_str().to_owned(),
        };
        let field = |f: &crate::model::Field| {
            let label = Some(f.name.span).filter(|s| !s.is_empty());
            let spans = f.values.iter().map(|v| v.span).chain(label);
            let extent = spans.filter(|s| s.source == f.name.span.source).reduce(|a, b| Span {
                start: a.start.min(b.start),
                end: a.end.max(b.end),
                ..a
            });
            let mut extent = extent.unwrap_or(f.name.span);
            if let Some(source) = work.source(extent.source) {
                // quotes, a bracket or a comment may stand behind the value
                extent.end = extent.end.max(source.line_range(extent.end).end as u32);
            }
            Field {
                name: f.name.value.clone(),
                chapter: f.chapter,
                state: f.state,
                values: f.values.iter().map(|v| v.text.clone()).collect(),
                extent,
            }
        };
        Self {
            sections: work.sections.iter().map(section).collect(),
            fields: work.fields.iter().map(field).collect(),
            notes: notes.len(),
        }
    }

    /// Whether a work still says the same after edits, but for the fields that they touch.
    pub(super) fn is_kept(&self, after: &Self, edits: &[&Edit]) -> Result<(), String> {
        if self.sections != after.sections {
            return Err("the text would not stay as it is".to_owned());
        }
        let changes = || "fields that it is not about would change".to_owned();
        if after.notes > self.notes {
            return Err(changes());
        }
        let names: HashSet<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
        let touched = |f: &&Field| edits.iter().any(|e| f.is_touched(e));
        let touched: HashSet<&str> = self.fields.iter().filter(touched).map(|f| f.name.as_str()).collect();
        // only an edit that makes a line makes a field
        let lines = edits.iter().filter(|e| e.text.contains(['\n', '\r'])).count();
        let new = after.fields.iter().filter(|f| !names.contains(f.name.as_str())).count();
        let there = |name: &&str| after.fields.iter().any(|f| f.name == **name);
        let others = |f: &&Field| names.contains(f.name.as_str()) && !touched.contains(f.name.as_str());
        let old = self.fields.iter().filter(others).map(Field::says);
        let same = old.eq(after.fields.iter().filter(others).map(Field::says));
        if new > lines || !same || !touched.iter().all(there) { Err(changes()) } else { Ok(()) }
    }
}

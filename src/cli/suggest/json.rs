//! Suggestions for programs: one JSON document a run.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::super::load::Setup;
use super::Suggested;
use crate::report::clean::is_unsafe;
use crate::suggest::{Change, Place, Reason, Suggestion};

/// Raised when a reader of the old shape would misread the new one.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    path: &'a str,
    format: Option<&'a str>,
    notes: Vec<&'a str>,
    suggestion: Option<Body<'a>>,
}

#[derive(Serialize)]
struct Body<'a> {
    words: u64,
    languages: &'a [String],
    unread: Vec<Unread<'a>>,
    partial: bool,
    withheld: bool,
    fields: Vec<Field<'a>>,
    more: &'a [String],
    conflicts: Vec<Why<'a>>,
    questions: Vec<Why<'a>>,
    missing: &'a [String],
    left: &'a [String],
    hidden: &'a [String],
    content: Vec<Content<'a>>,
}

#[derive(Serialize)]
struct Unread<'a> {
    language: &'a str,
    words: u64,
}

#[derive(Serialize)]
struct Field<'a> {
    field: &'a str,
    label: &'a str,
    note: Option<&'a str>,
    values: Vec<Value<'a>>,
}

#[derive(Serialize)]
struct Value<'a> {
    text: &'a str,
    tag: Option<&'a str>,
    change: &'static str,
    before: Option<&'a str>,
    reasons: Vec<Why<'a>>,
}

#[derive(Serialize)]
struct Why<'a> {
    text: &'a str,
    sure: Option<bool>,
    score: Option<f64>,
    threshold: Option<f64>,
    places: Vec<At<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    start: u32,
    end: u32,
    line: usize,
    column: usize,
    chapter: Option<u32>,
    quote: Option<&'a str>,
    text: &'a str,
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct Content<'a> {
    tag: &'a str,
    degree: &'static str,
    declared: bool,
}

/// Writes one work.
pub fn write(one: &Suggested, setup: &Setup, first: bool, quotes: bool, out: &mut dyn Write) -> io::Result<()> {
    if first {
        writeln!(out, "{{\"version\":{VERSION},\"works\":[")?;
    } else {
        writeln!(out, ",")?;
    }
    let document = Document {
        path: &one.report.name,
        format: Some(one.report.format).filter(|f| !f.is_empty()),
        notes: one.notes.iter().map(|n| n.message.as_str()).collect(),
        suggestion: one.suggestion.as_ref().map(|s| body(s, one, setup, quotes)),
    };
    // outside strings JSON has no such characters, so each stands in one and may be escaped
    let text = serde_json::to_string(&document).map_err(io::Error::other)?;
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            let _ = write!(safe, "\\u{:04x}", c as u32);
        } else {
            safe.push(c);
        }
    }
    out.write_all(safe.as_bytes())
}

/// Writes what stands at the end.
pub fn finish(empty: bool, out: &mut dyn Write) -> io::Result<()> {
    if empty {
        writeln!(out, "{{\"version\":{VERSION},\"works\":[")?;
    }
    writeln!(out, "\n]}}")
}

fn body<'a>(suggestion: &'a Suggestion, one: &'a Suggested, setup: &'a Setup, quotes: bool) -> Body<'a> {
    let why = |r: &'a Reason| reason(r, one, quotes);
    let value = |v: &'a crate::suggest::Value| {
        let (change, before) = match &v.change {
            Change::Kept => ("kept", None),
            Change::Respelled(was) => ("respelled", Some(was.as_str())),
            Change::Moved(field) => ("moved", Some(field.as_str())),
            Change::New => ("new", None),
            Change::Instead(was) => ("instead", Some(was.as_str())),
        };
        Value { text: &v.text, tag: v.tag.as_deref(), change, before, reasons: v.reasons.iter().map(why).collect() }
    };
    let tag = |c: &'a crate::suggest::Content| {
        let id = setup.rules.vocabulary.tag(c.tag).map_or("", |t| t.id.as_str());
        Content { tag: id, degree: c.degree.name(), declared: c.shown.is_none() }
    };
    Body {
        words: suggestion.reading.words,
        languages: &suggestion.reading.languages,
        unread: suggestion.reading.unread.iter().map(|u| Unread { language: &u.0, words: u.1 }).collect(),
        partial: suggestion.reading.partial,
        withheld: suggestion.withheld,
        fields: suggestion
            .lines
            .iter()
            .map(|l| Field {
                field: &l.field,
                label: &l.label,
                note: l.note.as_deref(),
                values: l.values.iter().map(value).collect(),
            })
            .collect(),
        more: &suggestion.more,
        conflicts: suggestion.conflicts.iter().map(why).collect(),
        questions: suggestion.questions.iter().map(why).collect(),
        missing: &suggestion.missing,
        left: &suggestion.left,
        hidden: &suggestion.hidden,
        content: suggestion.content.iter().map(tag).collect(),
    }
}

fn reason<'a>(reason: &'a Reason, one: &'a Suggested, quotes: bool) -> Why<'a> {
    let rounded = |n: f32| (f64::from(n) * 10_000.0).round() / 10_000.0;
    Why {
        text: &reason.text,
        sure: reason.sure,
        score: reason.score.as_ref().map(|s| rounded(s.value)),
        threshold: reason.score.as_ref().map(|s| rounded(s.threshold)),
        places: reason.places.iter().filter_map(|p| place(p, one, quotes)).collect(),
    }
}

fn place<'a>(place: &'a Place, one: &'a Suggested, quotes: bool) -> Option<At<'a>> {
    let source = one.report.source(place.span)?;
    let at = source.position(place.span.start);
    Some(At {
        start: place.span.start,
        end: place.span.end,
        line: at.line,
        column: at.column,
        chapter: place.chapter,
        quote: quotes.then(|| one.report.slice(place.span)),
        text: &place.what,
        source: (place.span.source.0 > 0).then_some(source.name.as_str()),
    })
}

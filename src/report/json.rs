//! Findings as JSON, one document a run or one object a work; `docs/json.md` is the contract.

use std::borrow::Cow;
use std::io;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::excerpt::bounds;
use super::write_json::write;
use super::{Options, Reporter};
use crate::model::{self, Inside, Safety, Span};

/// Raised when a reader of the old shape would misread the new one.
pub(super) const VERSION: u32 = 1;

/// Longest quote, in characters; a longer one ends in `…`.
pub(super) const QUOTE: usize = 300;

/// Writes `{"version": 1, "works": [...], "totals": {...}}` while the works come in.
pub(super) struct Json {
    excerpts: bool,
    started: bool,
}

impl Json {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts, started: false }
    }
}

impl Reporter for Json {
    fn report(&mut self, report: &model::Report, out: &mut dyn io::Write) -> io::Result<()> {
        if self.started {
            out.write_all(b",\n")?;
        } else {
            writeln!(out, "{{\"version\":{VERSION},\"works\":[")?;
            self.started = true;
        }
        write(&Work::new(report, self.excerpts), out)
    }

    fn finish(&mut self, totals: &model::Totals, out: &mut dyn io::Write) -> io::Result<()> {
        if !self.started {
            write!(out, "{{\"version\":{VERSION},\"works\":[")?;
        }
        out.write_all(b"\n],\"totals\":")?;
        write(&Totals::new(totals), out)?;
        out.write_all(b"}\n")
    }
}

/// Writes one object a work, one a line, and nothing at the end.
pub(super) struct JsonLines {
    excerpts: bool,
}

impl JsonLines {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts }
    }
}

impl Reporter for JsonLines {
    fn report(&mut self, report: &model::Report, out: &mut dyn io::Write) -> io::Result<()> {
        write(&Line { version: VERSION, work: Work::new(report, self.excerpts) }, out)?;
        out.write_all(b"\n")
    }

    fn finish(&mut self, totals: &model::Totals, out: &mut dyn io::Write) -> io::Result<()> {
        write(&Last { version: VERSION, totals: Totals::new(totals) }, out)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    #[serde(flatten)]
    work: Work<'a>,
}

/// The last line of JSON Lines.
#[derive(Serialize)]
struct Last<'a> {
    version: u32,
    totals: Totals<'a>,
}

#[derive(Serialize)]
pub(super) struct Work<'a> {
    path: &'a str,
    format: Option<&'a str>,
    words: u64,
    chapters: Vec<Chapter<'a>>,
    diagnostics: Vec<Diagnostic<'a>>,
    allowed: Vec<Allowed<'a>>,
}

#[derive(Serialize)]
struct Allowed<'a> {
    rule: &'a str,
    subject: Option<&'a str>,
    by: &'static str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Chapter<'a> {
    number: Option<u32>,
    title: Option<&'a str>,
    words: u32,
    scores: Scores<'a>,
}

/// An object in the order of the list: the highest score first.
struct Scores<'a>(&'a [(String, f32)]);

impl Serialize for Scores<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (tag, score) in self.0 {
            map.serialize_entry(tag, &rounded(*score))?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    rule: &'a str,
    subject: Option<&'a str>,
    severity: &'static str,
    message: &'a str,
    labels: Vec<Label<'a>>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
    score: Option<Score<'a>>,
}

#[derive(Serialize)]
struct Label<'a> {
    start: u32,
    end: u32,
    line: usize,
    column: usize,
    quote: Option<Cow<'a, str>>,
    text: &'a str,
    primary: bool,
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    start: u32,
    end: u32,
    text: &'a str,
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct Score<'a> {
    value: f64,
    threshold: f64,
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    count: u32,
    weight: f64,
}

#[derive(Serialize)]
struct Files {
    met: usize,
    read: usize,
    unreadable: usize,
    skipped: usize,
    not_followed: usize,
}

#[derive(Serialize)]
struct Totals<'a> {
    files: Files,
    works: usize,
    unreadable: usize,
    skipped: &'a [String],
    not_followed: &'a [String],
    words: u64,
    errors: usize,
    warnings: usize,
    infos: usize,
    allowed: usize,
}

impl<'a> Work<'a> {
    pub(super) fn new(report: &'a model::Report, excerpts: bool) -> Self {
        let chapter = |c: &'a model::Chapter| Chapter {
            number: c.number,
            title: c.title.as_deref().filter(|_| excerpts),
            words: c.words,
            scores: Scores(&c.scores),
        };
        Self {
            path: &report.name,
            format: Some(report.format).filter(|f| !f.is_empty()),
            words: report.words,
            chapters: report.chapters.iter().map(chapter).collect(),
            diagnostics: report.diagnostics.iter().map(|d| Diagnostic::new(report, d, excerpts)).collect(),
            allowed: report.suppressed.iter().map(Allowed::new).collect(),
        }
    }
}

impl<'a> Allowed<'a> {
    fn new(suppressed: &'a model::Suppressed) -> Self {
        Self {
            rule: &suppressed.diagnostic.rule,
            subject: suppressed.diagnostic.subject.as_deref(),
            by: suppressed.by.name(),
            reason: Some(suppressed.reason.as_str()).filter(|r| !r.is_empty()),
        }
    }
}

impl<'a> Diagnostic<'a> {
    fn new(report: &'a model::Report, diagnostic: &'a model::Diagnostic, excerpts: bool) -> Self {
        Self {
            rule: &diagnostic.rule,
            subject: diagnostic.subject.as_deref(),
            severity: diagnostic.severity.name(),
            message: &diagnostic.message,
            labels: diagnostic.labels.iter().filter_map(|l| Label::new(report, l, excerpts)).collect(),
            help: diagnostic.help.as_deref(),
            fix: diagnostic.fix.as_ref().and_then(|f| Fix::new(report, f)),
            score: diagnostic.score.as_ref().map(Score::new),
        }
    }
}

/// Where a span lies: bytes of the original file, and the name of its source if that is not the work's first.
struct Place<'a> {
    start: u32,
    end: u32,
    source: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn new(report: &'a model::Report, span: Span) -> Option<Self> {
        let source = report.source(span)?;
        let bounds = bounds(source, span);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let original = source.original_range(place(bounds.start)..place(bounds.end));
        let is_file = span.source.0 == 0 && source.inside == Inside::No;
        let name = Some(source.name.as_str()).filter(|_| !is_file);
        Some(Self { start: original.start, end: original.end, source: name })
    }
}

impl<'a> Label<'a> {
    fn new(report: &'a model::Report, label: &'a model::Label, excerpts: bool) -> Option<Self> {
        let source = report.source(label.span)?;
        let Place { start, end, source: name } = Place::new(report, label.span)?;
        let at = source.position(label.span.start);
        let words = || source.text.get(bounds(source, label.span)).unwrap_or("");
        Some(Self {
            start,
            end,
            line: at.line,
            column: at.column,
            quote: excerpts.then(|| quote(words())),
            text: &label.text,
            primary: label.primary,
            source: name,
        })
    }
}

impl<'a> Fix<'a> {
    /// None when one of its edits has no place: a part of a fix is none.
    fn new(report: &'a model::Report, fix: &'a model::Fix) -> Option<Self> {
        let edit = |edit: &'a model::Edit| {
            let Place { start, end, source } = Place::new(report, edit.span)?;
            Some(Edit { start, end, text: &edit.text, source })
        };
        let safety = match fix.safety {
            Safety::Safe => "safe",
            Safety::Suggestion => "suggestion",
        };
        Some(Self { title: &fix.title, safety, edits: fix.edits.iter().map(edit).collect::<Option<_>>()? })
    }
}

impl<'a> Score<'a> {
    fn new(score: &'a model::Score) -> Self {
        let part = |p: &'a model::Part| Part { name: &p.name, count: p.count, weight: rounded(p.weight) };
        Self {
            value: rounded(score.value),
            threshold: rounded(score.threshold),
            parts: score.parts.iter().map(part).collect(),
        }
    }
}

impl<'a> Totals<'a> {
    fn new(totals: &'a model::Totals) -> Self {
        let model::Totals {
            files,
            works,
            unreadable,
            skipped,
            not_followed,
            words,
            errors,
            warnings,
            infos,
            allowed,
            ..
        } = totals;
        let model::Files { met, read, .. } = *files;
        Self {
            files: Files {
                met,
                read,
                unreadable: files.unreadable,
                skipped: files.skipped,
                not_followed: files.not_followed,
            },
            not_followed,
            works: *works,
            unreadable: *unreadable,
            skipped,
            words: *words,
            errors: *errors,
            warnings: *warnings,
            infos: *infos,
            allowed: *allowed,
        }
    }
}

fn quote(words: &str) -> Cow<'_, str> {
    match words.char_indices().nth(QUOTE).and_then(|(end, _)| words.get(..end)) {
        Some(start) => Cow::Owned(format!("{start}…")),
        None => Cow::Borrowed(words),
    }
}

/// Four decimals, so that the last bits of a sum change no byte of the output. JSON has no infinity: it becomes 0.
pub(super) fn rounded(value: f32) -> f64 {
    let rounded = (f64::from(value) * 1e4).round() / 1e4;
    // adding 0 turns -0 into 0
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_same_bytes() {
        let bytes = |v: f32| serde_json::to_string(&rounded(v)).unwrap();
        assert_eq!([0.1 + 0.2, 1.0, -0.000_01, f32::NAN, 0.812_349].map(bytes), ["0.3", "1.0", "0.0", "0.0", "0.8123"]);
    }

    #[test]
    fn long_quotes_are_cut_between_characters() {
        assert_eq!(quote(&"é".repeat(300)).chars().count(), 300);
        assert_eq!(quote(&"é".repeat(301)), format!("{}…", "é".repeat(300)));
    }
}

//! What accepts a finding, in the notation that works have for it; see `suppress/allow.rs`.

use super::actions::Action;
use super::place::Places;
use crate::model::{Diagnostic, Notation, Report, Work};
use crate::rules::{Logic, RuleSet};
use crate::suppress::{UNKNOWN, UNUSED};

/// How the titles of these actions start.
pub const TITLE: &str = "Allow ";
/// Formats that people write, so that something can be written into them; what an archive made has a form of its own.
const TEXTS: &[&str] = &["markdown", "text"];
/// Pages, into which a comment can be written.
const PAGES: &[&str] = &["ao3-html", "ao3-page", "fanficfare-html", "fichub-html", "ffn-page", "efiction-page", "html"];
/// Most lines between the last field of front matter and its end.
const FRONT_MATTER: usize = 100;

/// The header of a work, in the document that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Where its last field ends.
    pub end: usize,
    notation: Notation,
    markdown: bool,
    /// Whether its last field is a line that begins with its label, so that another such line can follow.
    goes_on: bool,
}

impl Header {
    /// The header of a work; none where the document holds none.
    pub fn of(work: &Work, places: &Places<'_>) -> Option<Self> {
        let story = work.sections.iter().filter(|s| s.kind.is_story()).map(|s| s.text.span());
        let story = story.filter(|s| s.source.0 == 0).map(|s| s.start).min().unwrap_or(u32::MAX);
        let fields = work.fields.iter().filter(|f| f.chapter.is_none() && !f.name.span.is_empty());
        let ends = fields
            .filter_map(|f| Some((f, f.values.iter().map(|v| v.span).chain([f.name.span]).max_by_key(|s| s.end)?)));
        let (field, last) = ends.filter(|(_, s)| s.source.0 == 0 && s.end <= story).max_by_key(|(_, s)| s.end)?;
        let notation = work.source(last.source)?.notation(last.end)?;
        let (end, label) = (places.here(&work.sources, last)?.end, places.here(&work.sources, field.name.span)?);
        let lines = &places.document().lines;
        let before = lines.text().get(lines.line(lines.line_at(label.start))?.start..label.start)?;
        let goes_on = before.is_empty();
        Some(Self { end, notation, markdown: work.format == "markdown", goes_on })
    }
}

/// What accepts a finding: in the whole work, and in the paragraph that it is about.
pub fn actions(
    diagnostic: &Diagnostic,
    report: &Report,
    header: Option<&Header>,
    places: &Places<'_>,
    rules: &RuleSet,
) -> Vec<Action> {
    if !may_be_accepted(&diagnostic.rule, rules) {
        return Vec::new();
    }
    let is_page = PAGES.contains(&report.format);
    if !is_page && !TEXTS.contains(&report.format) {
        return Vec::new();
    }
    let rule = &diagnostic.rule;
    // a subject with what separates subjects in it would be read as two
    let subject =
        diagnostic.subject.as_deref().filter(|s| !s.contains([',', ';', '(', ')', '\n']) && !s.contains("--"));
    let what = subject.map_or_else(|| rule.clone(), |s| format!("{rule}: {s}"));
    let tag = subject.and_then(|s| rules.vocabulary.tag(rules.vocabulary.tag_id(s)?));
    // of `additional-tag: Greif` people know the value
    let value = subject.map(|s| s.split_once(": ").map_or(s, |(_, value)| value));
    let named = tag.map(|t| t.name.as_str()).or(value).map_or_else(String::new, |name| format!("“{name}” "));
    let mut actions = Vec::new();
    if let Some((at, text)) = in_work(&what, header, places, is_page) {
        actions.push(Action::accepting(format!("{TITLE}{named}in this work ({rule})"), at, text, places));
    }
    if let Some((at, text)) = in_paragraph(&what, diagnostic, report, header, places) {
        actions.push(Action::accepting(format!("{TITLE}{named}in this paragraph ({rule})"), at, text, places));
    }
    actions
}

/// Whether a work may accept what a rule finds: not what is wrong with a file, a pack or the configuration, and not what
/// is wrong with what it accepts.
fn may_be_accepted(rule: &str, rules: &RuleSet) -> bool {
    if [UNUSED, UNKNOWN].contains(&rule) {
        return false;
    }
    let Some(rule) = rules.rule(rule) else { return false };
    !matches!(&rule.logic, Logic::Check(name) if matches!(name.as_str(), "loader" | "reader"))
}

/// Where to write that a finding is accepted in the whole work, and what.
fn in_work(what: &str, header: Option<&Header>, places: &Places<'_>, is_page: bool) -> Option<(usize, String)> {
    let lines = &places.document().lines;
    let text = lines.text();
    let comment = format!("<!-- forewarn: allow({what}) -->");
    if is_page {
        let at = text.find("<body").or_else(|| text.find("<BODY"));
        let at = at.and_then(|body| Some(body + text.get(body..)?.find('>')? + 1));
        // a page must begin with its type; what has none is a piece of one
        let is_piece = !text.trim_start().starts_with("<!") && !text.trim_start().starts_with("<?");
        return at.map(|at| (at, format!("\n{comment}"))).or(is_piece.then(|| (0, format!("{comment}\n"))));
    }
    let Some(header) = header else { return Some((0, format!("{comment}\n\n"))) };
    let last = lines.line_at(header.end);
    match header.notation {
        Notation::Lines if !header.markdown => {
            header.goes_on.then(|| Some((lines.line(last)?.end, format!("\nForewarn-Allow: {what}"))))?
        }
        Notation::Lines => Some((lines.line(last)?.end, format!("\n\n{comment}\n"))),
        Notation::Yaml | Notation::Toml => {
            // behind the line that ends the front matter
            let is_end = |n: &usize| matches!(lines.words(*n).trim_end(), "---" | "+++" | "...");
            let fence = (last..last + FRONT_MATTER).find(is_end)?;
            Some((lines.line(fence)?.end, format!("\n\n{comment}")))
        }
    }
}

/// Where to write that a finding is accepted in the paragraph that all its places are in.
fn in_paragraph(
    what: &str,
    diagnostic: &Diagnostic,
    report: &Report,
    header: Option<&Header>,
    places: &Places<'_>,
) -> Option<(usize, String)> {
    diagnostic.score.as_ref()?;
    let is_page = PAGES.contains(&report.format);
    let text = places.document().lines.text();
    let comment = format!("<!-- forewarn: allow-next({what}) -->");
    let mut spans = diagnostic.labels.iter().filter_map(|label| places.here(&report.sources, label.span));
    let first = spans.next()?;
    let start = start_of_paragraph(text, first.start, is_page)?;
    let is_same = |span: std::ops::Range<usize>| start_of_paragraph(text, span.start, is_page) == Some(start);
    // a header line is no paragraph of the story
    let in_story = header.is_none_or(|h| start > h.end);
    (in_story && spans.all(is_same)).then(|| (start, format!("{comment}\n{}", if is_page { "" } else { "\n" })))
}

fn start_of_paragraph(text: &str, at: usize, is_page: bool) -> Option<usize> {
    let before = text.get(..at)?;
    if is_page {
        let start = before.rfind("<p")?;
        let is_tag = text.get(start + 2..)?.starts_with(['>', ' ']);
        return (is_tag && !before.get(start..)?.contains("</p>")).then_some(start);
    }
    let mut start = before.rfind('\n').map_or(0, |i| i + 1);
    while let Some(previous) = text.get(..start.checked_sub(1)?) {
        let line = previous.rfind('\n').map_or(0, |i| i + 1);
        if previous.get(line..)?.trim().is_empty() {
            break;
        }
        start = line;
        if line == 0 {
            break;
        }
    }
    Some(start)
}

//! The `**Label:** value` lines that stand before a Markdown story.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::labels::starts_a_chapter;
use super::outline::Stretch;
use super::{ID, events, read_sections};
use crate::formats::metadata::normalized;
use crate::formats::{Limits, header, label};
use crate::model::{Diagnostic, Field, Section, Span, State, Value};

/// What stands before the story, and where that is.
pub(super) struct Head {
    /// The fields in their order.
    pub fields: Vec<Field>,
    /// The summary and the notes among them.
    pub sections: Vec<Section>,
    /// Bytes of the story with its headings: a heading above the labels, and what follows them.
    pub story: Vec<Range<usize>>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the labels at the start of the text below front matter that declares the fields `above`.
pub(super) fn read(text: &str, body: usize, above: &[Field], limits: &Limits) -> Head {
    let body = behind_comments(text, body);
    let mut header = header::read(ID, text, body..text.len(), limits);
    let labelled = |f: &Field| !f.name.span.is_empty();
    let known = |f: &Field| labelled(f) && label::is_known(&f.name.value);
    let heading = heading(text, body..header.body);
    let of_chapter = heading.as_ref().is_some_and(|(_, range)| {
        text.get(range.clone()).is_some_and(|heading| starts_a_chapter(heading.trim_start_matches('#')))
    });
    let mut labels = header.fields.iter().filter(|f| labelled(f));
    let is_header = match (above.is_empty(), of_chapter) {
        // its own notes are found below
        (_, true) => labels.any(|f| known(f) && !of_notes(&f.name.value)),
        (false, false) => labels.any(known),
        (true, false) => !header.fields.is_empty(),
    };
    if !is_header {
        let story = std::iter::once(body..text.len()).collect();
        return Head { fields: Vec::new(), sections: Vec::new(), story, diagnostics: Vec::new() };
    }
    let kept = heading.filter(|(level, _)| *level == 1 || of_chapter).map(|(_, range)| range);
    header.fields.retain(|f| {
        let name = normalized(&f.name.value);
        let given = above.iter().any(|f| f.state == State::Given && normalized(&f.name.value) == name);
        // what a heading is, title or chapter, shows in the headings below
        let of_heading = kept.as_ref().is_some_and(|kept| kept.contains(&(f.name.span.start as usize)));
        labelled(f) || !given && !of_heading
    });
    for value in header.fields.iter_mut().flat_map(|f| &mut f.values) {
        if !header.sections.iter().any(|s| holds(value, s)) {
            *value = plain(text, value.span.range());
        }
    }
    let sections = header.sections.iter().flat_map(|s| {
        let range = s.text.span().range();
        let plan = Stretch { kind: s.kind, chapter: None, label: None, range: range.clone() };
        read_sections(text, events(text, range), &[plan], limits)
    });
    let sections = sections.collect();
    let story = kept.into_iter().chain(std::iter::once(header.body..text.len())).collect();
    Head { fields: header.fields, sections, story, diagnostics: header.diagnostics }
}

/// Whether a label stands above chapters too: notes, a summary, warnings.
fn of_notes(label: &str) -> bool {
    let normal = label::normal(label);
    label::warns(&normal) || label::section(&normal).is_some()
}

fn holds(value: &Value, section: &Section) -> bool {
    let (value, text) = (value.span.range(), section.text.span().range());
    value.start < text.end && text.start < value.end
}

/// Where the text goes on behind comments at its start.
fn behind_comments(text: &str, mut at: usize) -> usize {
    while let Some(rest) = text.get(at..) {
        let comment = rest.trim_start();
        let Some(end) = comment.strip_prefix("<!--").and_then(|c| c.find("-->")) else { break };
        at += rest.len() - comment.len() + end + "<!---->".len();
    }
    at
}

/// The first block of `range` with its level, if it is a heading.
fn heading(text: &str, range: Range<usize>) -> Option<(u8, Range<usize>)> {
    let (event, range) = events(text, range).next()?;
    if let Event::Start(Tag::Heading { level, .. }) = event { Some((level as u8, range)) } else { None }
}

/// The value in `range` as it reads: without emphasis, escapes, tags and the addresses of links.
fn plain(text: &str, range: Range<usize>) -> Value {
    let whole = Value::verbatim(ID, text, range);
    if !whole.text.contains(['*', '_', '[', '\\', '`', '<', '&', '~']) {
        return whole;
    }
    let mut range = whole.span.range();
    if whole.text.ends_with('\\') {
        // a hard line break
        range.end -= 1;
    }
    let mut read = String::new();
    let mut words = range.end..range.start;
    let (mut images, mut blocks) = (0usize, false);
    for (event, at) in events(text, range.clone()) {
        match event {
            // what looks like a list or a quote is none within a value
            Event::Start(Tag::List(_) | Tag::BlockQuote(_) | Tag::Heading { .. } | Tag::CodeBlock(_)) => blocks = true,
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(pulldown_cmark::TagEnd::Image) => images = images.saturating_sub(1),
            Event::Text(piece) | Event::Code(piece) if images == 0 => {
                read.push_str(&piece);
                words = words.start.min(at.start)..words.end.max(at.end);
            }
            Event::SoftBreak | Event::HardBreak => read.push('\n'),
            _ => {}
        }
    }
    let read = read.trim();
    if blocks || read.is_empty() || words.is_empty() {
        return Value::verbatim(ID, text, range);
    }
    let exact = Value::verbatim(ID, text, words.clone());
    if exact.text == read { exact } else { Value::decoded(read, Span::new(ID, words)) }
}

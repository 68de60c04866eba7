//! FanFicFare's HTML file (its `writer_html.py`), and the notes that it sets apart within chapters.

use std::ops::Range;

use super::Confidence;
use super::page::Page;
use crate::formats::markup::Markup;
use crate::formats::{exporter, label};
use crate::model::{SectionKind, Spanned};

/// The table of fields, and the anchor of the first chapter.
pub(super) fn recognizes(text: &str) -> Confidence {
    let has = |part: &str| text.contains(part);
    if has(r#"<table class="full">"#) && has(r#"<a name="section0001">"#) { Confidence::Sure } else { Confidence::No }
}

/// Reads the page into `page`.
pub(super) fn read(page: &mut Page<'_>) {
    let markup = &page.markup;
    let named = |name: &str| markup.elements(page.all()).find(|i| markup.name(*i) == name);
    let table = markup.elements(page.all()).find(|i| markup.name(*i) == "table" && markup.has_class(*i, "full"));
    let starts: Vec<usize> = markup.elements(page.all()).filter(|i| is_start(markup, *i)).collect();
    if let Some(heading) = named("h1") {
        let mut links = page.links(heading).into_iter();
        page.named("Title", links.next().into_iter().collect());
        page.named("Author", links.collect());
    }
    if let Some(table) = table {
        fields(page, table);
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([page.markup.len()]).collect();
    for ((start, end), number) in starts.into_iter().zip(ends).zip(1..) {
        let heading = page.heading(start);
        let nodes = page.markup.after(start)..end;
        chapter(page, Some(number), heading, nodes, |_, _| false);
    }
    exporter::settle(&mut page.fields);
}

/// Whether an element is the anchor of a chapter: `<a name="section0001">`.
fn is_start(markup: &Markup<'_>, at: usize) -> bool {
    let name = markup.attribute(at, "name").and_then(|n| n.strip_prefix("section"));
    markup.name(at) == "a" && name.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn fields(page: &mut Page<'_>, table: usize) {
    let markup = &page.markup;
    let rows: Vec<usize> = markup.elements(markup.inside(table)).filter(|i| markup.name(*i) == "tr").collect();
    for row in rows {
        let markup = &page.markup;
        let cells: Vec<usize> = markup.elements(markup.inside(row)).filter(|i| markup.name(*i) == "td").collect();
        let &[name, value] = cells.as_slice() else { continue };
        let Some(name) = page.label(name) else { continue };
        let inside = markup.inside(value);
        if let Some(kind) = label::section(&label::normal(&name.value)) {
            page.section(kind, None, None, inside, |_, _| false);
        }
        let value = page.value(value);
        page.field(name, value.into_iter().collect(), false);
    }
}

/// Adds a chapter: its text, and the notes before and behind it, which are blocks of their own.
pub(in crate::formats) fn chapter(
    page: &mut Page<'_>,
    chapter: Option<u32>,
    heading: Option<Spanned<String>>,
    nodes: Range<usize>,
    skip: impl Fn(&Markup<'_>, usize) -> bool,
) {
    let of_class = |page: &Page<'_>, class: &str| -> Vec<usize> {
        let markup = &page.markup;
        let mut found: Vec<usize> = Vec::new();
        for at in markup.elements(nodes.clone()).filter(|i| markup.has_class(*i, class)) {
            // one inside another is part of it
            if found.last().is_none_or(|last| at >= markup.after(*last)) {
                found.push(at);
            }
        }
        found
    };
    for at in of_class(page, "fff_head_notes") {
        let inside = page.markup.inside(at);
        page.section(SectionKind::Notes, chapter, None, inside, |_, _| false);
    }
    let is_note = |m: &Markup<'_>, at: usize| m.has_class(at, "fff_head_notes") || m.has_class(at, "fff_foot_notes");
    page.section(SectionKind::Text, chapter, heading, nodes.clone(), |m, at| skip(m, at) || is_note(m, at));
    for at in of_class(page, "fff_foot_notes") {
        let inside = page.markup.inside(at);
        page.section(SectionKind::EndNotes, chapter, None, inside, |_, _| false);
    }
}

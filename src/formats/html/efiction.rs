//! A story page of an archive that runs eFiction, above all its printable version.

use std::ops::Range;

use super::Confidence;
use super::page::Page;
use crate::formats::markup::Markup;
use crate::formats::{exporter, label};
use crate::model::{SectionKind, Spanned};

/// The title with its links, and the box of labels.
pub(super) fn recognizes(text: &str) -> Confidence {
    let has = |part: &str| text.contains(part);
    let is_framed = has("pagetitle") && (has("infobox") || has("listbox")) && has("label");
    if is_framed && (has("viewstory.php") || has("viewuser.php")) { Confidence::Sure } else { Confidence::No }
}

/// Reads the page into `page`.
pub(super) fn read(page: &mut Page<'_>) {
    let find = |page: &Page<'_>, is: &dyn Fn(&Markup<'_>, usize) -> bool| {
        page.markup.elements(page.all()).find(|i| is(&page.markup, *i))
    };
    let title = find(page, &|m, i| m.id(i) == "pagetitle");
    if let Some(title) = title {
        let mut links = page.links(title).into_iter();
        page.named("Title", links.next().into_iter().collect());
        page.named("Author", links.next().into_iter().collect());
    }
    let info = find(page, &|m, i| m.has_class(i, "infobox") || m.has_class(i, "listbox"));
    if let Some(info) = info {
        fields(page, info);
    }
    let start = info.or(title).map_or(0, |i| page.markup.after(i));
    story(page, start..page.markup.len());
    let chapters = page.fields.iter().find(|f| f.name.value == "Chapters").and_then(|f| f.values.first());
    let posted = chapters.and_then(|v| v.text.parse::<usize>().ok()).unwrap_or(0);
    page.partial = page.sections.iter().filter(|s| s.kind.is_story()).count() < posted;
    exporter::settle(&mut page.fields);
}

/// The labels of the box, each with what stands behind it up to the next.
fn fields(page: &mut Page<'_>, info: usize) {
    let inside = page.markup.inside(info);
    let labels: Vec<usize> =
        page.markup.elements(inside.clone()).filter(|i| page.markup.has_class(*i, "label")).collect();
    let ends: Vec<usize> = labels.iter().skip(1).copied().chain([inside.end]).collect();
    for (at, end) in labels.into_iter().zip(ends) {
        let nodes = page.markup.after(at)..end;
        let Some(name) = page.label(at) else { continue };
        let line = page.markup.line(nodes.clone());
        let value = page.part(&line, 0..line.text.len());
        if let Some(kind) = label::section(&label::normal(&name.value)) {
            page.section(kind, None, None, nodes, |_, _| false);
        }
        page.field(name, value.into_iter().collect(), false);
    }
}

/// Notes and chapters in their order, or all that is there when the skin of the site names none of them.
fn story(page: &mut Page<'_>, nodes: Range<usize>) {
    let (mut number, mut heading): (u32, Option<Spanned<String>>) = (0, None);
    let mut titled = false;
    let mut at = nodes.start;
    while at < nodes.end {
        let markup = &page.markup;
        let is_note = markup.has_class(at, "notes");
        let is_text = markup.has_class(at, "chapter") || markup.id(at) == "story";
        let (inside, after) = (markup.inside(at), markup.after(at));
        if markup.has_class(at, "chaptertitle") {
            heading = page.heading(at);
            titled = true;
            number += 1;
        } else if is_note {
            note(page, at, Some(number).filter(|_| titled));
        } else if is_text {
            page.section(SectionKind::Text, Some(number).filter(|_| titled), heading.take(), inside, |_, _| false);
        } else {
            at += 1;
            continue;
        }
        at = after;
    }
    if !page.sections.iter().any(|s| s.kind.is_story()) {
        page.section(SectionKind::Text, None, None, nodes, |m, i| m.has_class(i, "notes"));
    }
}

/// A block of notes: its label says of what, and on which side of the text it stands.
fn note(page: &mut Page<'_>, at: usize, chapter: Option<u32>) {
    let markup = &page.markup;
    let inside = markup.inside(at);
    let of_class = |class: &str| markup.elements(inside.clone()).find(|i| markup.has_class(*i, class));
    let label = of_class("label").or(of_class("title")).and_then(|i| page.label(i));
    let label = label.map(|l| label::normal(&l.value)).unwrap_or_default();
    let kind = if label.contains("end note") { SectionKind::EndNotes } else { SectionKind::Notes };
    let chapter = chapter.filter(|_| !label.starts_with("story"));
    page.section(kind, chapter, None, inside, |m, i| m.has_class(i, "title") || m.has_class(i, "label"));
}

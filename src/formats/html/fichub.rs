//! FicHub's HTML file: its introduction, and a chapter behind every heading of the second level.

use super::Confidence;
use super::page::Page;
use super::title_page;
use crate::formats::exporter;
use crate::formats::markup::Markup;
use crate::model::SectionKind;

/// The line with which its introduction ends.
const EXPORTED: &str = "Exported with the assistance of";

/// The end of the introduction.
pub(super) fn recognizes(text: &str) -> Confidence {
    if text.contains(EXPORTED) && text.contains("//fichub.net") { Confidence::Sure } else { Confidence::No }
}

/// Reads the page into `page`.
pub(super) fn read(page: &mut Page<'_>) {
    let markup = &page.markup;
    let title = markup.elements(page.all()).find(|i| markup.name(*i) == "h1");
    let is_end = |i: &usize| markup.name(*i) == "p" && page.line(*i).text.starts_with(EXPORTED);
    let end = markup.elements(page.all()).find(is_end).map_or(0, |i| markup.after(i));
    let starts: Vec<usize> = markup.elements(end..markup.len()).filter(|i| markup.name(*i) == "h2").collect();
    page.named("Title", title.and_then(|i| page.value(i)).into_iter().collect());
    title_page::read(page, 0..end);
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([page.markup.len()]).collect();
    if starts.is_empty() {
        page.section(SectionKind::Text, None, None, end..page.markup.len(), |_: &Markup<'_>, _| false);
    }
    for ((start, end), number) in starts.into_iter().zip(ends).zip(1..) {
        let heading = page.heading(start);
        let nodes = page.markup.after(start)..end;
        page.section(SectionKind::Text, Some(number), heading, nodes, |_, _| false);
    }
    exporter::settle(&mut page.fields);
}

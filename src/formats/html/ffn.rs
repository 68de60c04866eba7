//! A chapter page of FanFiction.Net or FictionPress as a browser saves it.

use super::Confidence;
use super::page::Page;
use crate::formats::{exporter, info_line};
use crate::model::{SectionKind, Value};

/// The box above the story, and the story.
pub(super) fn recognizes(text: &str) -> Confidence {
    let has = |id: &str| ["'", "\"", ""].iter().any(|q| text.contains(&format!("id={q}{id}")));
    if has("profile_top") && has("storytext") { Confidence::Sure } else { Confidence::No }
}

/// Reads the page into `page`.
pub(super) fn read(page: &mut Page<'_>) {
    if let Some(top) = find(page, "profile_top") {
        head(page, top);
    }
    fandom(page);
    archive(page);
    let posted = page.fields.iter().find(|f| f.name.value == "Chapters").and_then(|f| f.values.first());
    page.partial = posted.is_some_and(|v| v.text != "1");
    let chapter = number(page).filter(|_| page.partial);
    if let Some(story) = find(page, "storytext") {
        let heading = chapter.and_then(|n| entry(page, n)).and_then(|i| page.heading(i));
        let inside = page.markup.inside(story);
        page.section(SectionKind::Text, chapter, heading, inside, |_, _| false);
    }
    exporter::unknown(&mut page.fields);
}

fn find(page: &Page<'_>, id: &str) -> Option<usize> {
    page.markup.elements(page.all()).find(|i| page.markup.id(*i) == id)
}

/// The box above the story: title, author, summary, and the line that says the rest.
fn head(page: &mut Page<'_>, top: usize) {
    let markup = &page.markup;
    let elements: Vec<usize> = markup.elements(markup.inside(top)).collect();
    let first = |is: &dyn Fn(usize) -> bool| elements.iter().copied().find(|i| is(*i));
    let title = first(&|i| markup.name(i) == "b");
    let author = first(&|i| markup.name(i) == "a" && markup.attribute(i, "href").is_some_and(|h| h.contains("/u/")));
    let summary = first(&|i| markup.name(i) == "div" && markup.has_class(i, "xcontrast_txt"));
    let info = first(&|i| markup.name(i) == "span" && info_line::is_one(&page.line(i).text));
    for (name, element) in [("Title", title), ("Author", author)] {
        page.named(name, element.and_then(|i| page.value(i)).into_iter().collect());
    }
    if let Some(summary) = summary {
        page.named("Summary", page.value(summary).into_iter().collect());
        page.section(SectionKind::Summary, None, None, page.markup.inside(summary), |_, _| false);
    }
    if let Some(info) = info {
        let line = page.line(info);
        let fields = info_line::fields(&line.text, |range| page.part(&line, range));
        page.fields.extend(fields.unwrap_or_default());
    }
}

/// The last link of where the story stands on the site, two fandoms in one for a crossover.
fn fandom(page: &mut Page<'_>) {
    let Some(path) = find(page, "pre_story_links") else { return };
    let markup = &page.markup;
    let last = markup.elements(markup.inside(path)).filter(|i| markup.name(*i) == "a").last();
    let Some(line) = last.map(|i| page.line(i)) else { return };
    let names = line.text.strip_suffix(" Crossover").unwrap_or(&line.text);
    let mut at = 0;
    let mut values: Vec<Value> = Vec::new();
    for name in names.split(" + ") {
        values.extend(page.part(&line, at..at + name.len()));
        at += name.len() + " + ".len();
    }
    page.named("Fandom", values);
}

/// What the page calls its site, behind the last stroke of its title.
fn archive(page: &mut Page<'_>) {
    let markup = &page.markup;
    let Some(title) = markup.elements(page.all()).find(|i| markup.name(*i) == "title") else { return };
    let line = page.line(title);
    let Some(stroke) = line.text.rfind(" | ") else { return };
    page.named("Archive", page.part(&line, stroke + " | ".len()..line.text.len()).into_iter().collect());
}

/// The number of the chapter, which its address has in it: `/s/1234567/2/`.
fn number(page: &Page<'_>) -> Option<u32> {
    let markup = &page.markup;
    let is_canonical = |i: &usize| markup.name(*i) == "link" && markup.attribute(*i, "rel") == Some("canonical");
    let canonical = markup.elements(page.all()).find(is_canonical).and_then(|i| markup.attribute(i, "href"));
    // browsers write where a page was saved from into its first lines
    let saved_from = markup.comments().take(8).filter_map(|c| markup.source().get(c.1));
    let number = |address: &str| {
        let mut parts = address.split_once("/s/")?.1.split('/');
        parts.next().filter(|id| id.bytes().all(|b| b.is_ascii_digit()))?;
        parts.next()?.split_whitespace().next()?.parse().ok()
    };
    canonical.into_iter().chain(saved_from).find_map(number)
}

/// The entry of the menu for a chapter: `2. The Cup`. None for a story of one.
fn entry(page: &Page<'_>, number: u32) -> Option<usize> {
    let markup = &page.markup;
    let menu = find(page, "chap_select")?;
    let label = format!("{number}. ");
    let mut options = markup.elements(markup.inside(menu)).filter(|i| markup.name(*i) == "option");
    options.find(|i| page.line(*i).text.starts_with(&label))
}

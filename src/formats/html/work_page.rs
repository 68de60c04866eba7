//! The archive's work page (its `app/views/works/` and `app/views/chapters/`) as a browser saves it.

use std::ops::Range;

use super::Confidence;
use super::page::Page;
use crate::formats::markup::Markup;
use crate::model::{Diagnostic, SectionKind, Severity, Span, Spanned, Value};

/// The block of tags, or at least the frame of the archive's pages: the page that asks for consent has no more.
pub(super) fn recognizes(text: &str) -> Confidence {
    let has = |part: &str| text.contains(part);
    let is_framed = || has(r#"id="outer""#) && has(r#"id="inner""#) && has(r#"id="main""#);
    let is_ours = || has("archiveofourown.org") || has("otwarchive");
    if has(r#"class="work meta group""#) || (is_framed() && is_ours()) { Confidence::Sure } else { Confidence::No }
}

/// Reads the page into `page`.
pub(super) fn read(page: &mut Page<'_>) {
    let all = page.all();
    let meta =
        find(&page.markup, all.clone(), |m, i| m.name(i) == "dl" && m.has_class(i, "meta") && m.has_class(i, "work"));
    let Some(meta) = meta else { return };
    archive(page);
    tags(page, meta);
    let skin = find(&page.markup, all.clone(), |m, i| m.id(i) == "workskin");
    let nodes = skin.map_or(page.markup.after(meta)..all.end, |i| page.markup.inside(i));
    text(page, nodes);
    let posted = posted(page);
    let texts = page.sections.iter().filter(|s| s.kind.is_story()).count();
    page.partial = texts < posted.unwrap_or(0);
}

fn find(markup: &Markup<'_>, nodes: Range<usize>, is: impl Fn(&Markup<'_>, usize) -> bool) -> Option<usize> {
    markup.elements(nodes).find(|i| is(markup, *i))
}

/// How many chapters the page says are posted: 7 in `7/12`.
fn posted(page: &Page<'_>) -> Option<usize> {
    let field = page.fields.iter().find(|f| f.name.value == "Chapters")?;
    let posted = field.values.first()?.text.split('/').next()?;
    posted.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// Reads the archive's name, in brackets at the end of the page title, and the address of the work.
fn archive(page: &mut Page<'_>) {
    let markup = &page.markup;
    if let Some(title) = find(markup, page.all(), |m, i| m.name(i) == "title") {
        let line = page.line(title);
        if let Some(open) = line.text.rfind('[')
            && line.text.ends_with(']')
            && let Some(name) = page.part(&line, open + 1..line.text.len() - 1)
        {
            page.named("Archive", vec![name]);
        }
    }
    if let Some(url) = url(page) {
        page.named("URL", vec![url]);
    }
}

/// The address of the work, which the page or the browser that saved it wrote down.
fn url(page: &Page<'_>) -> Option<Value> {
    let markup = &page.markup;
    let canonical = find(markup, page.all(), |m, i| m.name(i) == "link" && m.attribute(i, "rel") == Some("canonical"));
    let canonical = canonical.and_then(|i| markup.attribute_range(i, "href"));
    // browsers write where a page was saved from into its first lines
    let saved_from = markup.comments().take(8).map(|c| c.1);
    let found = canonical.into_iter().chain(saved_from).find_map(|r| work_url(markup.source(), r))?;
    Some(Value::verbatim(page.id, markup.source(), found))
}

/// The first address of a work in `source[range]`, up to its number.
fn work_url(source: &str, range: Range<usize>) -> Option<Range<usize>> {
    let text = source.get(range.clone())?;
    let start = text.find("https://").or_else(|| text.find("http://"))?;
    let number = start + text.get(start..)?.find("/works/")? + "/works/".len();
    let digits = text.get(number..)?.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| range.start + start..range.start + number + digits)
}

/// The labels of rows by the class of their value, for pages that lost the label.
const ROWS: &[(&str, &str)] = &[
    ("rating", "Rating"),
    ("warning", "Archive Warning"),
    ("category", "Category"),
    ("fandom", "Fandom"),
    ("relationship", "Relationship"),
    ("character", "Character"),
    ("freeform", "Additional Tags"),
    ("language", "Language"),
    ("series", "Series"),
    ("collections", "Collections"),
];

/// The figures that are about the work and not about its readers, by the class of their value.
const STATS: &[(&str, &str)] =
    &[("published", "Published"), ("status", "Updated"), ("words", "Words"), ("chapters", "Chapters")];

fn tags(page: &mut Page<'_>, list: usize) {
    for (label, row) in rows(&page.markup, list) {
        if page.markup.has_class(row, "stats") {
            let inner = page.markup.children(page.markup.inside(row)).find(|i| page.markup.name(*i) == "dl");
            for (label, row) in inner.map(|i| rows(&page.markup, i)).unwrap_or_default() {
                let class = STATS.iter().find(|s| page.markup.has_class(row, s.0));
                if let Some((_, fallback)) = class {
                    let name = name(page, label, row, fallback);
                    page.field(name, page.value(row).into_iter().collect(), true);
                }
            }
            continue;
        }
        let Some((class, fallback)) = ROWS.iter().find(|r| page.markup.has_class(row, r.0)) else { continue };
        let name = name(page, label, row, fallback);
        if let Some(link) = hidden(page, row) {
            page.notes.push(hidden_field(&name.value, page.value(link).map(|v| v.span)));
            page.unknown(name);
            continue;
        }
        let values = match *class {
            "series" => series(page, row),
            _ => page.links(row),
        };
        if values.is_empty() {
            page.field(name, page.value(row).into_iter().collect(), *class == "language");
        } else {
            page.field(name, values, true);
        }
    }
}

/// The rows of a list: the label, if there is one, and the value.
fn rows(markup: &Markup<'_>, list: usize) -> Vec<(Option<usize>, usize)> {
    let mut label = None;
    let mut rows = Vec::new();
    for child in markup.children(markup.inside(list)) {
        match markup.name(child) {
            "dt" => label = Some(child),
            "dd" => rows.push((label.take(), child)),
            _ => {}
        }
    }
    rows
}

fn name(page: &Page<'_>, label: Option<usize>, row: usize, fallback: &str) -> Spanned<String> {
    label.and_then(|l| page.label(l)).unwrap_or_else(|| page.point(fallback, row))
}

/// The titles of the series; the links to the works before and after are none.
fn series(page: &Page<'_>, row: usize) -> Vec<Value> {
    let markup = &page.markup;
    let is_title = |i: &usize| {
        let is = |class| markup.has_class(*i, class);
        markup.name(*i) == "a" && !is("previous") && !is("next")
    };
    markup.elements(markup.inside(row)).filter(is_title).filter_map(|i| page.value(i)).collect()
}

/// The link that shows a row which the reader's settings hide.
fn hidden(page: &Page<'_>, row: usize) -> Option<usize> {
    let markup = &page.markup;
    let mut in_place_of_tags = false;
    for i in markup.elements(markup.inside(row)) {
        in_place_of_tags |= markup.id(i).starts_with("work_") && markup.id(i).contains("_category_");
        let text = || page.line(i).text;
        if markup.name(i) == "a"
            && (in_place_of_tags || matches!(text().as_str(), "Show warnings" | "Show additional tags"))
        {
            return Some(i);
        }
    }
    None
}

fn hidden_field(name: &str, link: Option<Span>) -> Diagnostic {
    let what = if name.starts_with("Archive Warning") { "archive warnings".to_owned() } else { name.to_lowercase() };
    let message =
        format!("The page hides the {what} (a setting of the reader who saved it), so forewarn cannot check them.");
    let found = Diagnostic::new("core/hidden-field", Severity::Info, message).about(name).help(
        "Click the link in their place before you save the page, save it while logged out, or use the work's HTML \
         download: it always has them.",
    );
    match link {
        Some(link) => found.at(link, "they are behind this link"),
        None => found,
    }
}

fn text(page: &mut Page<'_>, nodes: Range<usize>) {
    let mut chapter: Option<(u32, usize)> = None;
    let mut count = 0;
    let mut heading = None;
    let mut at = nodes.start;
    while at < nodes.end {
        let markup = &page.markup;
        let (inside, after) = (markup.inside(at), markup.after(at));
        let number = chapter.filter(|c| at < c.1).map(|c| c.0);
        let has = |class| markup.has_class(at, class);
        let name = markup.name(at);
        match name {
            "" => {}
            _ if markup.is_hidden(at) || has("landmark") || has("jump") => {
                at = after;
                continue;
            }
            "h2" if has("title") => {
                let title = page.value(at);
                if !page.has_field("Title") {
                    page.named("Title", title.into_iter().collect());
                }
            }
            "h3" if has("byline") && number.is_none() && !page.has_field("Author") => page.byline(at),
            "h3" if has("title") => heading = page.heading(at),
            "div" if chapter_number(markup.id(at)).is_some() => {
                count += 1;
                // a page of one chapter still says which one it is
                let given = chapter_number(markup.id(at)).unwrap_or(count);
                count = count.max(given);
                chapter = Some((count, after));
                heading = None;
            }
            "div" if has("module") && (has("summary") || has("notes")) => {
                let kind = match (has("summary"), has("end")) {
                    (true, _) => SectionKind::Summary,
                    (_, true) => SectionKind::EndNotes,
                    _ => SectionKind::Notes,
                };
                page.section(kind, number, None, inside, no_furniture);
                at = after;
                continue;
            }
            "div" if has("userstuff") => {
                page.section(SectionKind::Text, number, heading.take(), inside, no_landmark);
                at = after;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The number in `chapter-7`.
fn chapter_number(id: &str) -> Option<u32> {
    id.strip_prefix("chapter-")?.parse().ok()
}

/// The headings for screen readers are no part of the text.
fn no_landmark(markup: &Markup<'_>, at: usize) -> bool {
    markup.has_class(at, "landmark")
}

/// The label of a note, the gifts and translations listed in it, and “See the end of the chapter for notes”.
fn no_furniture(markup: &Markup<'_>, at: usize) -> bool {
    let has = |class| markup.has_class(at, class);
    (has("heading") && markup.name(at) == "h3") || has("associations") || has("jump") || has("landmark")
}

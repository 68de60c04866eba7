//! Title pages of `Label: value` lines, as programs make that fetch works.

use std::ops::Range;

use super::page::Page;
use super::plain::{label_end, next_line};
use crate::formats::markup::Line;
use crate::formats::{info_line, label};
use crate::model::SectionKind;

/// Reads the fields, the summary and the notes of a title page. False when `nodes` are something else.
pub(in crate::formats) fn read(page: &mut Page<'_>, nodes: Range<usize>) -> bool {
    let markup = &page.markup;
    let mut rows: Vec<(Line, Range<usize>, Option<usize>)> = Vec::new();
    let (mut at, mut words) = (nodes.start, 0);
    let whole = nodes;
    while let Some(nodes) = next_line(markup, at).filter(|n| n.start < whole.end) {
        at = nodes.end;
        let line = markup.line(nodes.clone());
        if !line.text.is_empty() {
            words += line.text.split(' ').count();
            let label = label_end(&line.text).filter(|end| line.text.get(..*end).is_some_and(label::is_known));
            rows.push((line, nodes, label));
        }
        if words > 2_000 {
            return false;
        }
    }
    let labelled = rows.iter().filter(|r| r.2.is_some()).count();
    // a summary may have many lines of its own
    if labelled < 2 || labelled * 6 < rows.len() {
        return false;
    }
    for (i, (line, nodes, label)) in rows.iter().enumerate() {
        let Some(colon) = *label else { continue };
        if let Some(fields) = info_line::fields(&line.text, |range| page.part(line, range)) {
            page.fields.extend(fields);
            continue;
        }
        let Some(name) = line.spanned(page.markup.source(), page.id, 0..colon) else { continue };
        let after = line.text.get(colon..).and_then(|t| t.find([':', '：'])).map_or(0, |c| c + colon);
        let width = line.text.get(after..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
        let value = page.part(line, after + width..line.text.len());
        let normal = label::normal(&name.value);
        let kind = label::section(&normal);
        page.field(name, value.clone().into_iter().collect(), false);
        if normal == "by" {
            // FicHub puts the summary there, without a label
            let next = rows.iter().skip(i + 1).find(|r| r.2.is_some()).map_or(nodes.end, |r| r.1.start);
            page.section(SectionKind::Summary, None, None, nodes.end..next, |_, _| false);
        }
        if let Some(kind) = kind {
            let next = rows.iter().skip(i + 1).find(|r| r.2.is_some()).map_or(whole.end, |r| r.1.start);
            // the label is bold, the text behind it is not
            let bold = page.markup.elements(nodes.clone()).find(|n| matches!(page.markup.name(*n), "b" | "strong"));
            let start = bold.map_or(nodes.start, |b| page.markup.after(b));
            let is_whole = bold.is_none_or(|b| page.line(b).text.trim_end_matches([':', ' ']).len() <= colon);
            if is_whole {
                page.section(kind, None, None, start..next, |_, _| false);
            }
        }
    }
    true
}

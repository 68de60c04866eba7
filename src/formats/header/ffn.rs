//! The top of a story copied or saved from FanFiction.Net: title, author, summary, and the line that says the rest.

use super::top::{author, title};
use super::{Header, Row, gap, section, unlabelled};
use crate::formats::{exporter, info_line};
use crate::model::{SectionKind, SourceId, Value};

/// How many lines may stand above it.
const ABOVE: usize = 60;

/// Longest line above the author, in bytes.
const LONGEST_ABOVE: usize = 200;

/// Longest summary, in bytes; what is longer is story. The site takes 384 characters.
const LONGEST_SUMMARY: usize = 2_000;

/// Reads it from the first rows. None when they are another kind of header.
pub(super) fn read(id: SourceId, source: &str, rows: &[Row<'_>]) -> Option<Header> {
    let top = source.get(rows.first()?.line.start..rows.iter().take(ABOVE).last()?.line.end())?;
    memchr::memmem::find(top.as_bytes(), info_line::RATED.as_bytes())?;
    let at = rows.iter().take(ABOVE).position(|r| info_line::is_one(r.line.text))?;
    let above = rows.get(..at)?;
    let is_by = |r: &Row<'_>| r.label().is_some_and(|l| l.normal == "by");
    if above.iter().any(|r| r.label().is_some_and(|l| l.known) && !is_by(r)) {
        return None;
    }
    let mut header = Header::default();
    let named = above.iter().position(|r| is_by(r) || author(source, &r.line).is_some());
    let (top, rest) = match named {
        Some(by) => (above.get(..by)?, above.get(by + 1..)?),
        // a title, if there is anything
        None => above.split_at((gap(above, 0) + 1).min(above.len())),
    };
    // what is as long as a paragraph is no part of a page's top
    if top.iter().any(|r| r.line.text.len() > LONGEST_ABOVE) {
        return None;
    }
    // where the story stands on the site: “Books » Tides”
    let path =
        top.iter().rev().find_map(|r| Some(r.line.start + r.line.text.rfind('»')? + '»'.len_utf8()..r.line.end()));
    let mut lines = top.iter().rev().filter(|r| !r.is_gap() && !r.line.text.contains('»'));
    if let Some(mut title) = lines.next().and_then(|r| title(source, &r.line)) {
        // a button of the page
        let button = source.get(title.clone()).is_some_and(|t| t.starts_with(BUTTON));
        title.start += if button { BUTTON.len() } else { 0 };
        header.fields.push(unlabelled(id, source, "Title", title));
    }
    if let Some(row) = named.and_then(|by| above.get(by)) {
        let name = row.label().map(|l| l.value.clone()).filter(|_| is_by(row)).or_else(|| author(source, &row.line));
        header.fields.extend(name.map(|name| unlabelled(id, source, "Author", name)));
    }
    header.fields.extend(path.map(|p| unlabelled(id, source, "Fandom", p)));
    let line = &rows.get(at)?.line;
    let value = |r: std::ops::Range<usize>| {
        Some(Value::verbatim(id, source, line.start + r.start..line.start + r.end)).filter(|v| !v.text.is_empty())
    };
    header.fields.extend(info_line::fields(line.text, value)?);
    header.fields.retain(|f| f.values.iter().all(|v| !v.text.is_empty()));
    if let (Some(first), Some(last)) = (rest.iter().find(|r| !r.is_gap()), rest.iter().rfind(|r| !r.is_gap())) {
        let range = first.line.start..last.line.end();
        if range.len() > LONGEST_SUMMARY {
            return None;
        }
        let summary = section(id, source, SectionKind::Summary, None, range);
        header.sections.extend(Some(summary).filter(|s| !s.text.is_empty()));
    }
    exporter::unknown(&mut header.fields);
    header.body = line.next;
    Some(header)
}

/// What stands before a title when the whole page is copied.
const BUTTON: &str = "Follow/Fav";

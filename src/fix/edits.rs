//! Edits of metadata, each written as the file around it is: header lines, YAML or TOML.

use std::ops::Range;

use crate::model::facts::Entry;
use crate::model::{Edit, Facts, Field, Fix, Safety, Span, State, TagId};
use crate::rules::RuleSet;
use crate::rules::vocabulary::FieldKind;

/// Formats whose header is lines of `Label: value`, so that another line may be put between them.
const OF_LINES: &[&str] = &["text", "markdown"];

/// Whether a text may be written into any header as it is: nothing in it means something in YAML or TOML.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '/' | '-' | '(' | ')' | '.'))
}

/// The text around a span, where the work's own metadata may be edited.
fn around<'f>(facts: &'f Facts<'_>, span: Span) -> Option<&'f str> {
    let own = facts.work.editable && span.source.0 == 0;
    facts.work.source(span.source).filter(|_| own).map(|s| s.text.as_str())
}

/// A fix that writes `text` in the place of `span`.
pub(crate) fn replace(facts: &Facts<'_>, span: Span, text: &str, safety: Safety) -> Option<Fix> {
    around(facts, span).filter(|_| is_plain(text))?;
    Some(Fix { title: format!("write “{text}”"), edits: vec![Edit { span, text: text.to_owned() }], safety })
}

/// A fix that puts entries of one field into this order of their texts.
pub(crate) fn reorder(facts: &Facts<'_>, entries: &[&Entry], order: &[&str]) -> Option<Fix> {
    let fits = |e: &&Entry| e.exact && is_plain(&e.text) && around(facts, e.span).is_some();
    let wrong = entries.iter().zip(order).filter(|(e, text)| e.text != **text);
    let edits = wrong.map(|(e, text)| Edit { span: e.span, text: (*text).to_owned() }).collect();
    let title = format!("write “{}”", order.join(", "));
    entries.iter().all(fits).then_some(Fix { title, edits, safety: Safety::Safe })
}

/// A fix that removes an entry together with what parts it from the one before it in its field.
pub(crate) fn remove(facts: &Facts<'_>, previous: &Entry, entry: &Entry) -> Option<Fix> {
    let text = around(facts, entry.span).filter(|_| entry.exact && previous.exact)?;
    let listed = facts.work.fields.get(entry.field).is_some_and(|f| f.listed);
    let (before, own) = (previous.span.range(), entry.span.range());
    let range = if !listed {
        before.end..own.end
    } else if let Some(line) = item_line(text, &own) {
        // with the line break; a comment behind it is somebody's words
        let bare = text.get(quoted(text, &own).end..line.end)?.trim().is_empty();
        line.start..bare.then_some((line.end + 1).min(text.len()))?
    } else {
        let (before, own) = (quoted(text, &before), quoted(text, &own));
        let between = text.get(before.end..own.start)?;
        before.end..between.chars().all(|c| c == ',' || c.is_whitespace()).then_some(own.end)?
    };
    let edits = vec![Edit { span: Span::new(entry.span.source, range), text: String::new() }];
    Some(Fix { title: format!("remove the second “{}”", entry.text), edits, safety: Safety::Safe })
}

/// A fix that declares a tag: behind the last entry of its field, else in a field that stands there empty, else on a line
/// of its own in the archive's order.
pub(crate) fn add_tag(facts: &Facts<'_>, rules: &RuleSet, tag: TagId) -> Option<Fix> {
    let tag = rules.vocabulary.tag(tag).filter(|t| is_plain(&t.name))?;
    let closed = rules.vocabulary.fields.iter().position(|f| f.one_of.as_deref() == Some(&tag.category));
    let kinds: Vec<u32> = match closed {
        Some(kind) => vec![kind as u32],
        // where content warnings are listed, another is one of them
        None => ["additional-tag", "content-warning"].iter().filter_map(|id| rules.vocabulary.field_id(id)).collect(),
    };
    let fields =
        |kind: u32| facts.work.fields.iter().filter(move |f| rules.vocabulary.field(&f.name.value) == Some(kind));
    let behind = kinds.iter().find_map(|kind| {
        let entry = facts.entries.iter().rfind(|e| e.kind == Some(*kind) && e.exact)?;
        Some(append(facts, entry, &tag.name))
    });
    let edit = match behind {
        Some(edit) => edit,
        None => {
            let empty = kinds.iter().flat_map(|k| fields(*k)).find(|f| f.state == State::Empty);
            match empty {
                Some(field) => fill(facts, field, &tag.name),
                // a field that is there and cannot be read into entries is not doubled
                None if kinds.iter().any(|k| fields(*k).next().is_some()) => None,
                None => kinds.first().and_then(|kind| insert(facts, rules, *kind, &tag.name)),
            }
        }
    };
    Some(Fix { title: format!("add “{}”", tag.name), edits: vec![edit?], safety: Safety::Suggestion })
}

/// Writes a name behind the last entry of a field.
fn append(facts: &Facts<'_>, last: &Entry, name: &str) -> Option<Edit> {
    let text = around(facts, last.span)?;
    let field = facts.work.fields.get(last.field).filter(|f| f.state == State::Given && !f.values.is_empty())?;
    let own = last.span.range();
    let at = |at: usize, text: String| Some(Edit { span: Span::new(last.span.source, at..at), text });
    if !field.listed {
        return at(own.end, format!("{}{name}", separator(facts, last, text)));
    }
    let outer = quoted(text, &own);
    let quote = text.get(outer.start..own.start)?;
    match item_line(text, &own) {
        Some(line) => {
            let head = text.get(line.start..outer.start)?;
            let end = line.end - usize::from(text.get(..line.end)?.ends_with('\r'));
            at(end, format!("{}{head}{quote}{name}{quote}", line_break(text)))
        }
        None => at(outer.end, format!(", {quote}{name}{quote}")),
    }
}

/// What stands between the last two entries of a field: `, ` where there is only one, or where they stand on lines.
fn separator(facts: &Facts<'_>, last: &Entry, text: &str) -> String {
    let before = facts.entries.iter().rfind(|e| e.field == last.field && e.exact && e.span.end <= last.span.start);
    let between = before.and_then(|b| text.get(b.span.end as usize..last.span.start as usize));
    between.filter(|b| [",", ";", "，", "、"].contains(&b.trim()) && !b.contains('\n')).unwrap_or(", ").to_owned()
}

/// Writes a name into a field that has none: `Warnings:`, `warnings: []`, `warnings = ""`.
fn fill(facts: &Facts<'_>, field: &Field, name: &str) -> Option<Edit> {
    let text = around(facts, field.name.span)?;
    let from = field.name.span.end as usize;
    let line = line(text, from);
    let rest = text.get(from..line.end)?.trim_end();
    let bare = rest.trim_start_matches(['"', '\'']).trim_start();
    let end = from + rest.len();
    let (range, written) = match bare.trim_start_matches([':', '=']).trim() {
        "" if bare == ":" => (end..end, format!(" {name}")),
        "[]" => (end - 2..end, format!("[\"{name}\"]")),
        "\"\"" | "''" => (end - 1..end - 1, name.to_owned()),
        _ => return None,
    };
    Some(Edit { span: Span::new(field.name.span.source, range), text: written })
}

/// Writes a field on a line of its own: behind the one that comes before it in the archive's order, else before the first.
fn insert(facts: &Facts<'_>, rules: &RuleSet, kind: u32, name: &str) -> Option<Edit> {
    let known = |f: &&Field| f.chapter.is_none() && around(facts, f.name.span).is_some();
    let index = |f: &Field| rules.vocabulary.field(&f.name.value);
    let fields = || facts.work.fields.iter().filter(known).filter_map(|f| Some((index(f)?, f)));
    let before = fields().filter(|(i, _)| *i < kind).max_by_key(|(i, f)| (*i, f.name.span.start));
    let first = fields().min_by_key(|(_, f)| f.name.span.start);
    let (anchor, text) = before.or(first).and_then(|(_, f)| Some((f, around(facts, f.name.span)?)))?;
    let start = line(text, anchor.name.span.start as usize);
    let indent = text.get(start.start..anchor.name.span.start as usize).filter(|i| i.trim().is_empty())?;
    let sign = text.get(anchor.name.span.end as usize..start.end)?.trim_start().chars().next()?;
    let label = label(rules.vocabulary.kind(kind)?, &anchor.name.value);
    let written = match sign {
        ':' => format!("{indent}{label}: {name}"),
        '=' => format!("{indent}{label} = [\"{name}\"]"),
        _ => return None,
    };
    let (at, written) = match before {
        Some(_) => {
            let last = anchor.values.last().map_or(anchor.name.span, |v| v.span);
            let end = line(text, (last.source.0 == 0).then_some(last.end as usize)?).end;
            (end - usize::from(text.get(..end)?.ends_with('\r')), format!("{}{written}", line_break(text)))
        }
        None => (start.start, format!("{written}{}", line_break(text))),
    };
    let span = Span::new(anchor.name.span.source, at..at);
    OF_LINES.contains(&facts.work.format).then_some(Edit { span, text: written })
}

/// What a field is called in a file: `Archive Warnings`, or `archive_warnings` where its neighbour is written so.
fn label(kind: &FieldKind, neighbour: &str) -> String {
    if neighbour.chars().any(char::is_uppercase) {
        return kind.name.clone();
    }
    kind.name.to_lowercase().replace(' ', if neighbour.contains('-') { "-" } else { "_" })
}

/// The line that holds an offset, without its line feed.
fn line(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
    let end = text.get(at..).and_then(|t| t.find('\n')).map_or(text.len(), |i| at + i);
    start..end
}

/// A range with the quotes around it.
fn quoted(text: &str, range: &Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    match (before, after) {
        (Some('"'), Some('"')) | (Some('\''), Some('\'')) => range.start - 1..range.end + 1,
        _ => range.clone(),
    }
}

/// The line of an item of a YAML list that stands alone behind its dash.
fn item_line(text: &str, item: &Range<usize>) -> Option<Range<usize>> {
    let line = line(text, item.start);
    let head = text.get(line.start..quoted(text, item).start)?;
    (head.trim() == "-").then_some(line)
}

fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

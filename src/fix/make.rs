//! Fixes made: the edits that write a value anew, add one, take one out, or add a field, in the notation that is there.

use std::ops::Range;

use super::written::{self, Written, before, behind, fits, is_rest, line_break, line_end, line_start, span};
use crate::model::facts::Entry;
use crate::model::{
    Edit, Facts, Field, Fix, Notation, Safety, Source, SourceId, Span, Stance, State, TagId, Value, Work,
};
use crate::rules::RuleSet;
use crate::rules::vocabulary::{FieldKind, label_key};

/// A place where a work may be edited.
#[derive(Clone, Copy)]
struct Place<'w> {
    pub source: &'w Source,
    pub notation: Notation,
}

impl<'w> Place<'w> {
    /// The place of a span; none where nothing may be edited.
    fn of(work: &'w Work, span: Span) -> Option<Self> {
        let source = work.source(span.source)?;
        Some(Self { source, notation: source.notation(span.start)? })
    }

    fn text(self) -> &'w str {
        &self.source.text
    }

    fn written(self, value: &Value) -> Option<Written> {
        Written::of(self.source, value, self.notation)
    }
}

/// A fix that writes `text` in the place of an entry.
pub(crate) fn replace(facts: &Facts<'_>, rules: &RuleSet, entry: &Entry, text: &str, safety: Safety) -> Option<Fix> {
    let work = facts.work;
    let place = Place::of(work, entry.span)?;
    let field = work.fields.get(entry.field)?;
    let value = field.values.iter().find(|v| holds(v, entry.span))?;
    let written = place.written(value)?;
    let edit = if value.span == entry.span && value.text == entry.text {
        match written.quote {
            // the quotes may stay
            Some(_) if written.verbatim && fits(text, written.quote, place.notation) => edit(entry.span, text),
            quote => {
                let new = written::value(text, quote, place.notation)?;
                edit(span(entry.span, written.raw), new)
            }
        }
    } else {
        entry.exact.then_some(())?;
        fits(text, written.quote, place.notation).then(|| edit(entry.span, text))?
    };
    (place.notation != Notation::Lines || fits_line(work, rules, entry.kind, field, text)).then(|| Fix {
        title: format!("write “{text}”"),
        edits: vec![edit],
        safety,
    })
}

/// A fix that puts the entries of one field into this order of their texts.
pub(crate) fn reorder(facts: &Facts<'_>, rules: &RuleSet, entries: &[&Entry], order: &[&str]) -> Option<Fix> {
    let wrong = entries.iter().zip(order).filter(|(e, text)| e.text != **text);
    let edits: Option<Vec<Vec<Edit>>> =
        wrong.map(|(e, text)| replace(facts, rules, e, text, Safety::Safe).map(|f| f.edits)).collect();
    let title = format!("write “{}”", order.join(", "));
    Some(Fix { title, edits: edits?.concat(), safety: Safety::Safe })
}

/// A fix that takes an entry out of its field, where others stand before it. Not when a comment would go with it.
pub(crate) fn remove(facts: &Facts<'_>, index: usize, title: String) -> Option<Fix> {
    let entry = facts.entries.get(index)?;
    let place = Place::of(facts.work, entry.span)?;
    let (text, field) = (place.text(), facts.work.fields.get(entry.field)?);
    let range = if field.listed {
        let at = field.values.iter().position(|v| v.span == entry.span)?;
        let raw = place.written(field.values.get(at)?)?.raw;
        let is_item = item_prefix(text, raw.start, place.notation).is_some();
        if is_item {
            let end = line_end(text, raw.end);
            text.get(raw.end..end)?.trim().is_empty().then_some(())?;
            // with the line break before it, so that the last line may lack one
            line_end(text, line_start(text, raw.start).checked_sub(1)?.saturating_sub(1))..end
        } else if place.notation == Notation::Lines {
            return None;
        } else {
            let previous = place.written(field.values.get(at.checked_sub(1)?)?)?.raw;
            let between = text.get(previous.end..raw.start)?;
            (between.trim() == ",").then_some(previous.end..raw.end)?
        }
    } else {
        let previous = index.checked_sub(1).and_then(|i| facts.entries.get(i))?;
        let value = field.values.iter().find(|v| holds(v, entry.span))?;
        let together = previous.field == entry.field && holds(value, previous.span);
        (together && previous.exact && entry.exact).then(|| previous.span.range().end..entry.span.range().end)?
    };
    Some(Fix { title, edits: vec![edit(span(entry.span, range), "")], safety: Safety::Safe })
}

/// A fix that adds a tag by this name: behind the last entry of its field, or in a new field. None where the work says
/// that it does not have it: one of the two is wrong then, and only the author knows which.
pub(crate) fn add(facts: &Facts<'_>, rules: &RuleSet, tag: TagId, name: &str) -> Option<Fix> {
    let work = facts.work;
    let vocabulary = &rules.vocabulary;
    let category = &vocabulary.tag(tag)?.category;
    if facts.claims.iter().any(|c| c.tag == tag && c.stance == Stance::Denies) {
        return None;
    }
    let closed = vocabulary.fields.iter().position(|f| f.one_of.as_deref() == Some(category)).map(|i| i as u32);
    let of = |kind: u32| {
        let is_kind = move |f: &&Field| f.chapter.is_none() && vocabulary.field(&f.name.value) == Some(kind);
        work.fields.iter().rev().filter(is_kind)
    };
    let free = ["additional-tag", "content-warning"].map(|id| vocabulary.field_id(id));
    let there = free.iter().flatten().find(|k| of(**k).next().is_some()).copied();
    let kind = closed.or(there).or(free[0])?;
    if of(kind).any(|f| f.state == State::Unknown) {
        return None;
    }
    // "Warnings" alone may be a list of words of the author's own, and an archive's name reads there as well
    let edits = match of(kind).find(|f| f.state == State::Given) {
        Some(field) => append(facts, rules, kind, field, name)?,
        None => match of(kind).next() {
            Some(field) => vec![fill(work, vocabulary.kind(kind)?, field, name)?],
            None => vec![insert(work, rules, kind, name)?],
        },
    };
    Some(Fix { title: format!("add “{name}”"), edits, safety: Safety::Suggestion })
}

fn edit(span: Span, text: impl Into<String>) -> Edit {
    Edit { span, text: text.into() }
}

fn holds(value: &Value, span: Span) -> bool {
    value.span.source == span.source && value.span.start <= span.start && span.end <= value.span.end
}

/// Whether a text means itself in a line of a header: no separator, no line break, nothing that Markdown marks with.
fn fits_line(work: &Work, rules: &RuleSet, kind: Option<u32>, field: &Field, text: &str) -> bool {
    let split = kind.and_then(|k| rules.vocabulary.kind(k)).filter(|_| !field.listed).map_or(&[][..], |k| &k.split);
    let marked = work.format == "markdown" && text.contains(['*', '_', '[', ']', '<', '>', '`', '\\', '|', '~']);
    !marked && !text.contains(char::is_control) && !split.iter().any(|s| text.contains(s.as_str()))
}

/// What stands before an item of a list with a line of its own: spaces and a bullet.
fn item_prefix(text: &str, at: usize, notation: Notation) -> Option<&str> {
    let prefix = before(text, at);
    let mark = prefix.trim();
    let is_item = match notation {
        Notation::Lines => matches!(mark, "-" | "*" | "+" | "•"),
        Notation::Yaml => mark == "-",
        Notation::Toml => false,
    };
    is_item.then_some(prefix)
}

/// The edits that put a name behind the last entry of a field.
fn append(facts: &Facts<'_>, rules: &RuleSet, kind: u32, field: &Field, name: &str) -> Option<Vec<Edit>> {
    let work = facts.work;
    let last = field.values.last()?;
    let place = Place::of(work, last.span)?;
    let text = place.text();
    // a field that no label of the file names is not a list of its own
    if field.name.span.is_empty()
        || place.notation == Notation::Lines && !fits_line(work, rules, Some(kind), field, name)
    {
        return None;
    }
    let written = place.written(last)?;
    let at = |at: usize, text: String| edit(span(last.span, at..at), text);
    if !field.listed {
        let kinds = rules.vocabulary.kind(kind)?;
        let separator = kinds.split.first()?;
        let entries: Vec<&Entry> = facts.entries.iter().filter(|e| holds(last, e.span)).collect();
        let end = entries.last().filter(|e| e.exact)?.span.range();
        let between = match entries.as_slice() {
            [.., a, b] => text.get(a.span.range().end..b.span.range().start).unwrap_or(""),
            _ => "",
        };
        let same = !between.contains(['\n', '\r']) && kinds.split.iter().any(|s| between.trim() == s.as_str());
        let separator = if same { between.to_owned() } else { format!("{separator} ") };
        return fits(name, written.quote, place.notation).then(|| vec![at(end.end, separator + name)]);
    }
    let item = written::value(name, written.quote, place.notation)?;
    let raw = written.raw;
    let (end, rest) = (line_end(text, raw.end), behind(text, raw.end));
    let line = line_break(text);
    if let Some(prefix) = item_prefix(text, raw.start, place.notation) {
        return is_rest(rest, place.notation).then(|| vec![at(end, format!("{line}{prefix}{item}"))]);
    }
    if place.notation == Notation::Lines {
        return None;
    }
    let prefix = before(text, raw.start);
    let comma = rest.trim_start().starts_with(',');
    let after = rest.trim_start().strip_prefix(',').unwrap_or(rest);
    if prefix.trim().is_empty() && is_rest(after, place.notation) {
        // an entry on a line of its own, between brackets
        return Some(match comma {
            true => vec![at(end, format!("{line}{prefix}{item},"))],
            false if rest.trim().is_empty() => vec![at(raw.end, format!(",{line}{prefix}{item}"))],
            false => vec![at(raw.end, ",".to_owned()), at(end, format!("{line}{prefix}{item}"))],
        });
    }
    (comma || after.trim_start().starts_with(']') || after.trim().is_empty())
        .then(|| vec![at(raw.end, format!(", {item}"))])
}

/// The edit that gives an empty field its value.
fn fill(work: &Work, kind: &FieldKind, field: &Field, name: &str) -> Option<Edit> {
    let place = Place::of(work, field.name.span)?;
    let text = place.text();
    let mut at = field.name.span.range().end;
    let rest = behind(text, at);
    let head = match place.notation {
        Notation::Lines => {
            let head = rest.trim_end();
            let marks = head.trim_matches(['*', '_']);
            (matches!(marks, ":" | "：")).then_some(head)?
        }
        notation => {
            let sign = if notation == Notation::Toml { '=' } else { ':' };
            let quote = rest.trim_start_matches(['"', '\'']).trim_start();
            let value = quote.strip_prefix(sign)?;
            rest.get(..rest.len() - value.len())?
        }
    };
    at += head.len();
    let rest = behind(text, at);
    let code = rest.split(" #").next().unwrap_or("");
    let literal = code.trim();
    let start = at + (code.len() - code.trim_start().len());
    let list = !kind.split.is_empty();
    let item = written::value(name, None, place.notation)?;
    let (range, new) = match (place.notation, literal) {
        (Notation::Lines, "") => (at..at + rest.len(), format!(" {name}")),
        (Notation::Yaml | Notation::Toml, "[]") => (start..start + 2, format!("[{item}]")),
        (notation @ (Notation::Yaml | Notation::Toml), "\"\"" | "''") => {
            let quote = literal.chars().next();
            (start..start + 2, written::value(name, quote, notation)?)
        }
        (Notation::Yaml, "~" | "null") if !list => (start..start + literal.len(), item),
        (Notation::Yaml, "") => (at..at, if list { format!(" [{item}]") } else { format!(" {item}") }),
        _ => return None,
    };
    Some(edit(span(field.name.span, range), new))
}

/// A field on lines of its own, beside which another may be put.
struct Anchor<'w> {
    pub field: &'w Field,
    pub kind: u32,
    /// From the start of its first line to the end of its last, without the line break.
    pub lines: Range<usize>,
}

/// The fields of one source and notation that have lines of their own, in order of place.
fn anchors<'w>(work: &'w Work, rules: &RuleSet, at: Place<'w>, source: u32) -> Vec<Anchor<'w>> {
    let own = work.fields.iter().filter(|f| f.name.span.source.0 == source && !f.name.span.is_empty());
    let own: Vec<&Field> = own.filter(|f| at.source.notation(f.name.span.start) == Some(at.notation)).collect();
    let text = at.text();
    let starts: Vec<usize> = own.iter().map(|f| line_start(text, f.name.span.range().start)).collect();
    let mut found: Vec<Anchor<'w>> = Vec::new();
    for (field, start) in own.iter().zip(&starts) {
        let Some(kind) = rules.vocabulary.field(&field.name.value).filter(|_| field.chapter.is_none()) else {
            continue;
        };
        let shared = starts.iter().filter(|s| *s == start).count() > 1;
        let prefix = before(text, field.name.span.range().start);
        let is_prefix = match at.notation {
            Notation::Lines => prefix.trim_matches([' ', '\t', '*', '_', '-', '•', '>']).is_empty(),
            _ => prefix.trim_matches([' ', '\t', '"', '\'']).is_empty(),
        };
        let Some(end) = end(at, field).filter(|_| is_prefix && !shared) else { continue };
        found.push(Anchor { field, kind, lines: *start..end });
    }
    found.sort_by_key(|a| a.lines.start);
    found
}

/// Where the last line of a field ends, without its break.
fn end(at: Place<'_>, field: &Field) -> Option<usize> {
    let text = at.text();
    let name = field.name.span.range().end;
    let Some(last) = field.values.last() else { return Some(line_end(text, name)) };
    let raw = at.written(last).map_or(last.span.range(), |w| w.raw);
    let item = item_prefix(text, raw.start, at.notation).is_some();
    if at.notation == Notation::Lines || !field.listed || item {
        let end = line_end(text, raw.end.max(name));
        return is_rest(behind(text, raw.end).trim_matches(['*', '_', '\\', '"', '\'']), at.notation).then_some(end);
    }
    // down to the bracket that closes the list
    let mut rest = text.get(raw.end..)?;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
        match rest.strip_prefix('#') {
            Some(comment) => rest = comment.split_once('\n')?.1,
            None => break,
        }
    }
    let close = text.len() - rest.len();
    (rest.starts_with(']') && is_rest(behind(text, close + 1), at.notation)).then(|| line_end(text, close))
}

/// The edit that adds a field with this value, at its place in the archive's order.
fn insert(work: &Work, rules: &RuleSet, kind: u32, name: &str) -> Option<Edit> {
    // in the file itself, or in one that stands beside this story alone
    let is_own = |index: usize| index == 0 || work.sources.get(index).is_some_and(|s| is_sidecar(&s.name));
    let mut sources = (0..work.sources.len()).filter(|i| is_own(*i));
    let (place, anchors, index) = sources.find_map(|index| {
        let source = work.sources.get(index)?;
        source.writable.iter().find_map(|w| {
            let place = Place { source, notation: w.notation };
            let anchors = anchors(work, rules, place, index as u32);
            (!anchors.is_empty()).then_some((place, anchors, index))
        })
    })?;
    let text = place.text();
    let above = anchors.iter().filter(|a| a.kind < kind).max_by_key(|a| (a.kind, a.lines.start));
    let line = line_break(text);
    let new = line_of(rules.vocabulary.kind(kind)?, place, &anchors, above.or(anchors.first())?, name)?;
    let (at, new) = match above {
        Some(above) => match written::next_line(text, above.lines.end) {
            Some(next) => (next, new + line),
            None => (above.lines.end, format!("{line}{new}")),
        },
        None => (anchors.iter().min_by_key(|a| (a.kind, a.lines.start))?.lines.start, new + line),
    };
    Some(edit(Span::new(SourceId(index as u32), at..at), new))
}

/// Whether a file of metadata is for one story.
fn is_sidecar(name: &str) -> bool {
    name.ends_with(".forewarn.toml")
}

/// The line of a new field, written as those beside it.
fn line_of(kind: &FieldKind, at: Place<'_>, anchors: &[Anchor<'_>], near: &Anchor<'_>, name: &str) -> Option<String> {
    let text = at.text();
    let label = near.field.name.span.range();
    let list = !kind.split.is_empty();
    if at.notation == Notation::Lines {
        return Some(labelled(kind, text, near, name));
    }
    let indent = before(text, label.start).trim_end_matches(['"', '\'']);
    let dashed = anchors.iter().any(|a| text.get(a.field.name.span.range()).is_some_and(|n| n.contains('-')));
    // site generators know free tags by this name
    let plain = if kind.id == "additional-tag" { "tags".to_owned() } else { label_key(&kind.name) };
    let key = plain.replace(' ', if dashed { "-" } else { "_" });
    let item = written::value(name, None, at.notation)?;
    Some(match (at.notation, list) {
        (Notation::Toml, true) => format!("{indent}{key} = [{item}]"),
        (Notation::Toml, false) => format!("{indent}{key} = {item}"),
        (_, false) => format!("{indent}{key}: {item}"),
        (_, true) => {
            let listed = anchors.iter().filter(|a| a.field.listed);
            let mut items =
                listed.filter_map(|a| item_prefix(text, a.field.values.first()?.span.range().start, at.notation));
            match items.next() {
                Some(prefix) => format!("{indent}{key}:{}{prefix}{item}", line_break(text)),
                None => format!("{indent}{key}: [{item}]"),
            }
        }
    })
}

/// A line `Label: value` with the marks of the one beside it: `**Label:** value`.
fn labelled(kind: &FieldKind, text: &str, near: &Anchor<'_>, name: &str) -> String {
    let label = near.field.name.span.range();
    let old = text.get(label.clone()).unwrap_or("");
    let new = match (old.chars().all(|c| !c.is_lowercase()), old.chars().all(|c| !c.is_uppercase())) {
        (true, _) if old.len() > 2 => kind.name.to_uppercase(),
        (_, true) => kind.name.to_lowercase(),
        _ => kind.name.clone(),
    };
    let style = near.field.values.first().and_then(|value| {
        let value = value.span.range();
        let between = text.get(label.end..value.start)?;
        let prefix = before(text, label.start);
        let suffix = behind(text, value.end);
        let sound = between.contains([':', '：', '-', '–', '—'])
            && between.trim_matches(['*', '_', ' ', '\t', ':', '：', '-', '–', '—']).is_empty()
            && suffix.trim_matches(['*', '_', '\\', ' ', '\t']).is_empty()
            && value.end <= line_end(text, label.start)
            && !near.field.listed;
        sound.then_some((prefix, between, suffix))
    });
    match style {
        Some((prefix, between, suffix)) => format!("{prefix}{new}{between}{name}{suffix}"),
        None => format!("{new}: {name}"),
    }
}

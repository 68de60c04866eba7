//! What may stand where someone writes a header: tags, ratings, warnings, languages, labels of fields, and rules.

use std::collections::BTreeMap;
use std::ops::Range;

use gen_lsp_types as lsp;

use super::header::{Style, Writing, writing};
use super::lines::{Lines, Units};
use crate::model::{Degree, TagId};
use crate::rules::RuleSet;
use crate::rules::vocabulary::{Holds, key};

/// Most names that are offered at a time: with more letters others come.
const MOST: usize = 100;
/// What makes an editor ask.
pub const TRIGGERS: [&str; 7] = [":", ",", " ", "\"", "'", "[", "("];
/// Fields that people fill in; the others say what an archive counts.
const OFFERED: [&str; 12] = [
    "title",
    "author",
    "rating",
    "archive-warning",
    "category",
    "fandom",
    "relationship",
    "character",
    "additional-tag",
    "content-warning",
    "language",
    "summary",
];

/// A name that may be written.
struct Name {
    text: String,
    detail: String,
    /// Another name for it, by which it was found.
    by: Option<String>,
}

/// What may be written at a byte of a document; none in prose. `data`: the whole document is TOML.
pub fn at(lines: &Lines, offset: usize, rules: &RuleSet, units: Units, data: bool) -> Option<lsp::CompletionList> {
    let writing = writing(lines, offset, &rules.vocabulary, data)?;
    let typed = |range: &Range<usize>| lines.text().get(range.clone()).unwrap_or("").to_owned();
    let (range, items) = match writing {
        Writing::Label { typed: range, style, present } => {
            let items = labels(&typed(&range), style, &present, rules);
            (range, items)
        }
        Writing::Entry { typed: range, style, field, quoted } => {
            let names = entries(&typed(&range), field, rules)?;
            let written = |name: Name| {
                let text = if quoted { name.text.clone() } else { written(&name.text, style) };
                (name, text, lsp::CompletionItemKind::EnumMember)
            };
            (range, names.into_iter().map(written).collect())
        }
        Writing::Rule(range) => {
            let wanted = typed(&range).to_lowercase();
            let rules = rules.rules.iter().filter(|r| r.id.contains(&wanted));
            let name =
                |r: &crate::rules::Rule| Name { text: r.id.clone(), detail: crate::rules::plain(&r.summary), by: None };
            (range, rules.map(|r| (name(r), r.id.clone(), lsp::CompletionItemKind::Reference)).collect())
        }
        Writing::Subject(range, rule) => {
            let wanted = typed(&range).to_lowercase();
            let of = rules.named(&rule).next()?.each.clone().unwrap_or_default();
            let tags = of.iter().filter_map(|t| rules.vocabulary.tag(*t));
            let tags = tags.filter(|t| t.id.contains(&wanted) || t.name.to_lowercase().contains(&wanted));
            let name =
                |t: &crate::rules::vocabulary::Tag| Name { text: t.id.clone(), detail: t.name.clone(), by: None };
            (range, tags.map(|t| (name(t), t.id.clone(), lsp::CompletionItemKind::EnumMember)).collect())
        }
    };
    let is_incomplete = items.len() > MOST;
    let place = lines.range(range.clone(), units);
    let typed = typed(&range);
    let item = |(index, (name, text, kind)): (usize, (Name, String, lsp::CompletionItemKind))| lsp::CompletionItem {
        // an editor compares what is typed with this
        filter_text: Some(if name.by.is_some() { typed.clone() } else { text.clone() }),
        label: name.text,
        kind: Some(kind),
        detail: Some(match name.by {
            Some(by) => format!("{} (also “{by}”)", name.detail),
            None => name.detail,
        }),
        sort_text: Some(format!("{index:05}")),
        text_edit: Some(lsp::CompletionItemTextEdit::TextEdit(lsp::TextEdit { range: place, new_text: text })),
        ..lsp::CompletionItem::default()
    };
    let items: Vec<_> = items.into_iter().take(MOST).enumerate().map(item).collect();
    Some(lsp::CompletionList {
        is_incomplete: is_incomplete || !items.is_empty(),
        items,
        ..lsp::CompletionList::default()
    })
}

/// Labels of fields that a header does not have yet.
fn labels(typed: &str, style: Style, present: &[u32], rules: &RuleSet) -> Vec<(Name, String, lsp::CompletionItemKind)> {
    let wanted = key(&typed.replace(['_', '-'], " "));
    let fields = (0..).zip(&rules.vocabulary.fields);
    let missing = fields.filter(|(i, f)| OFFERED.contains(&f.id.as_str()) && !present.contains(i));
    let fitting =
        missing.filter(|(_, f)| key(&f.name).contains(&wanted) || f.names.iter().any(|n| n.starts_with(&wanted)));
    let text = |name: &str| {
        let plain = || name.to_lowercase().replace(' ', "_");
        match style {
            Style::Lines => format!("{name}: "),
            Style::Yaml => format!("{}: ", plain()),
            Style::Toml => format!("{} = ", plain()),
        }
    };
    let item = |field: &crate::rules::vocabulary::FieldKind| {
        let shown = text(&field.name).trim_end().to_owned();
        (
            Name { text: shown, detail: "a field of the header".to_owned(), by: None },
            text(&field.name),
            lsp::CompletionItemKind::Field,
        )
    };
    fitting.map(|(_, field)| item(field)).collect()
}

/// Entries of a field that fit what is typed, best first; none of a field of which nothing is known.
fn entries(typed: &str, field: u32, rules: &RuleSet) -> Option<Vec<Name>> {
    let vocabulary = &rules.vocabulary;
    let kind = vocabulary.kind(field)?;
    let wanted = key(typed);
    match kind.holds {
        Holds::Rating => {
            let ladders = vocabulary.ladders.iter().filter(|l| l.field == field);
            let level = |l: &crate::rules::vocabulary::Ladder| {
                let detail = format!("a rating of the pack {}", l.pack);
                let name = move |text: &str| Name { text: text.to_owned(), detail: detail.clone(), by: None };
                l.spellings().map(name).collect::<Vec<_>>()
            };
            let mut names: Vec<Name> = ladders.flat_map(level).collect();
            // what fits stands first, and the others stay: there are few
            names.sort_by_key(|n| !key(&n.text).starts_with(&wanted));
            Some(names)
        }
        Holds::Tags => Some(tags(&wanted, kind.one_of.as_deref(), rules)),
        _ => None,
    }
}

/// Tags of a category, or of all that may be written freely, that fit what is typed.
fn tags(wanted: &str, category: Option<&str>, rules: &RuleSet) -> Vec<Name> {
    let vocabulary = &rules.vocabulary;
    let closed: Vec<&str> = vocabulary.fields.iter().filter_map(|f| f.one_of.as_deref()).collect();
    let may_be = |tag: &crate::rules::vocabulary::Tag| match category {
        Some(category) => tag.category == category,
        None => !closed.contains(&tag.category.as_str()),
    };
    // the best that each tag was found by: how well, and by which name
    let mut found: BTreeMap<TagId, (u8, Option<String>)> = BTreeMap::new();
    for (id, tag) in (0..).map(TagId).zip(&vocabulary.tags).filter(|(_, t)| may_be(t)) {
        let name = key(&tag.name);
        let fit = match () {
            () if name.starts_with(wanted) => 0,
            () if name.split([' ', '/', '-']).any(|word| word.starts_with(wanted)) => 1,
            () => continue,
        };
        found.insert(id, (fit, None));
    }
    if wanted.chars().count() >= 2 {
        for (spelling, id) in vocabulary.spellings(category).filter(|(spelling, _)| spelling.starts_with(wanted)) {
            let is_open = vocabulary.tag(id).is_some_and(may_be);
            if is_open && !found.contains_key(&id) {
                found.insert(id, (2, Some(spelling.to_owned())));
            }
        }
    }
    let mut names: Vec<(u8, Name)> = Vec::new();
    for (id, (fit, by)) in found {
        let Some(tag) = vocabulary.tag(id) else { continue };
        names.push((fit, Name { text: tag.name.clone(), detail: kind(&tag.category).to_owned(), by }));
        if category.is_none() && tag.category == "content" && fit < 2 && wanted.chars().count() >= 2 {
            let implied = vocabulary.form(id, Degree::Implied);
            if implied != tag.name {
                names.push((
                    3,
                    Name { text: implied, detail: "implied or only spoken of".to_owned(), by: Some(tag.name.clone()) },
                ));
            }
        }
    }
    names.sort_by(|a, b| (a.0, &a.1.text).cmp(&(b.0, &b.1.text)));
    names.into_iter().map(|n| n.1).collect()
}

fn kind(category: &str) -> &str {
    match category {
        "archive-warning" => "an archive warning",
        "content" => "a tag about what is in a story",
        "category" => "a category",
        "language" => "a language",
        _ => "a tag",
    }
}

/// A name as it is written where no quote is open.
fn written(name: &str, style: Style) -> String {
    let needs = match style {
        Style::Lines => false,
        Style::Toml => true,
        Style::Yaml => {
            name.contains([',', '[', ']', '{', '}', '"', '#'])
                || name.contains(": ")
                || name.starts_with(['-', '?', '*', '&', '!', '%', '@', '`', '\'', '|', '>'])
        }
    };
    if needs { format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) } else { name.to_owned() }
}

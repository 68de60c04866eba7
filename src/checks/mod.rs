//! Judgements that TOML cannot express: the table of checks, a file for each thing they look at.

mod claims;
mod content;
mod counts;
mod header;
pub(crate) mod language;
mod length;
pub(crate) mod names;
mod tags;
mod values;

use crate::model::{Claim, Facts, Fix, Label, Score, Span, TagId, facts::Origin};
use crate::rules::{Rule, RuleSet};

/// What a check found; the engine adds the rule's severity and message.
#[derive(Debug, Default)]
pub struct Finding {
    /// A tag id, a field id, or a field id and a value of it.
    pub subject: Option<String>,
    /// What fills the placeholders of the rule's summary: name without braces, value.
    pub fill: Vec<(&'static str, String)>,
    /// The places, the primary one first.
    pub labels: Vec<Label>,
    /// What to do, instead of the rule's own help.
    pub help: Option<String>,
    /// A change that settles it.
    pub fix: Option<Fix>,
    /// What was counted.
    pub score: Option<Score>,
}

impl Finding {
    /// A finding about a tag id or a field id.
    fn about(subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()), ..Self::default() }
    }

    /// A finding about one value of a field, which others of the field may share their rule with.
    fn about_entry(field: &str, value: &str) -> Self {
        Self::about(&format!("{field}: {}", value.trim()))
    }

    fn at(mut self, span: Span, text: &str) -> Self {
        self.labels.push(Label { span, text: text.to_owned(), primary: false });
        self
    }

    fn fill(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fill.push((name, value.into()));
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A judgement: facts, the rules, and the rule that asks for it.
pub type Check = fn(&Facts<'_>, &RuleSet, &Rule) -> Vec<Finding>;

/// Every check by the name that rules use.
pub const CHECKS: &[(&str, Check)] = &[
    ("missing-header", header::missing_header),
    ("missing-field", header::missing_field),
    ("required-field", header::required_field),
    ("unknown-value", values::unknown_value),
    ("old-name", values::old_name),
    ("value-order", values::value_order),
    ("tag-spelling", values::tag_spelling),
    ("duplicate-tag", tags::duplicate_tag),
    ("several-tags", tags::several_tags),
    ("forbidden-characters", tags::forbidden_characters),
    ("tag-length", tags::tag_length),
    ("too-many-tags", tags::too_many_tags),
    ("relationship-characters", tags::relationship_characters),
    ("gen-with-romance", tags::gen_with_romance),
    ("denied-by-tag", claims::denied_by_tag),
    ("implied-tag", claims::implied_tag),
    ("note-warning", claims::note_warning),
    ("too-long", length::too_long),
    ("word-count", counts::word_count),
    ("chapter-count", counts::chapter_count),
    ("completion", counts::completion),
    ("dates", counts::dates),
    ("language-mismatch", language::mismatch),
    ("language-without-words", language::without_words),
    ("over-rated", content::over_rated),
    ("not-found", content::not_found),
];

/// The claims made in metadata fields, as against notes and summaries.
fn in_fields<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = &'f Claim> {
    facts.claims.iter().filter(|c| matches!(c.origin, Origin::Field { .. }))
}

/// The id of a tag; empty for a tag of another rule set.
fn tag_name(rules: &RuleSet, tag: TagId) -> (&str, &str) {
    rules.vocabulary.tag(tag).map_or(("", ""), |t| (t.id.as_str(), t.name.as_str()))
}

/// Names for people: `“A”, “B” or “C”`.
fn either(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("“{n}”")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{CHECKS, names};

    #[test]
    fn the_list_of_names_is_that_of_the_table() {
        assert!(CHECKS.iter().map(|c| c.0).eq(names::CHECKS));
    }
}

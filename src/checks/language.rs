//! The language of the text.

use super::Finding;
use crate::model::{Facts, Language, Span};
use crate::rules::condition::entries;
use crate::rules::{Rule, RuleSet};

/// The English name of a guessed language.
pub(crate) fn english_name(language: Language) -> Option<&'static str> {
    whatlang::Lang::from_code(language.0).map(|l| l.eng_name())
}

/// Guessed languages of the story with their words and the place where each starts, the most frequent first.
pub(crate) fn spoken(facts: &Facts<'_>) -> Vec<(Language, u32, Span)> {
    let mut found: Vec<(Language, u32, Span)> = Vec::new();
    for (section, measure) in facts.story() {
        let Some(language) = measure.language else { continue };
        match found.iter_mut().find(|f| f.0 == language) {
            Some(known) => known.1 += measure.words,
            None => {
                let first = section.text.as_str().split([' ', '\n']).next().unwrap_or("").len();
                found.push((language, measure.words, section.text.to_source(0..first)));
            }
        }
    }
    found.sort_by_key(|f| std::cmp::Reverse(f.1));
    found
}

/// The declared language is not among those of the text. Where the archive tells apart what a guess cannot
/// (`português brasileiro`, `português europeu`), either is right.
pub(super) fn mismatch(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let Some(kind) = rules.vocabulary.field_id("language") else { return Vec::new() };
    let id = |name: &str| {
        let tag = rules.vocabulary.resolve_in("language", name)?;
        rules.vocabulary.tag(tag).map(|t| t.id.get(..7).unwrap_or(&t.id))
    };
    let declared: Vec<_> = entries(facts, kind).collect();
    let spoken = spoken(facts);
    let (Some(entry), Some((most, _, place))) = (declared.first(), spoken.first()) else { return Vec::new() };
    let fits = |language: Language| {
        // a language that the vocabulary cannot name cannot be told to differ
        english_name(language).and_then(id).is_none_or(|s| declared.iter().any(|d| id(&d.text).is_none_or(|d| d == s)))
    };
    if spoken.iter().any(|s| fits(s.0)) {
        return Vec::new();
    }
    let finding = Finding::about("language")
        .fill("value", entry.text.clone())
        .fill("expected", english_name(*most).unwrap_or(""))
        .at(entry.span, "declared here")
        .at(*place, "the text starts here");
    vec![finding]
}

/// Text in a language that no pack has words for: its content was not checked.
pub(super) fn without_words(facts: &Facts<'_>, rules: &RuleSet, _: &Rule) -> Vec<Finding> {
    let unknown = spoken(facts).into_iter().filter(|s| rules.language(s.0.0).is_none());
    unknown
        .map(|(language, words, place)| {
            Finding::about("language")
                .fill("value", english_name(language).unwrap_or(language.0))
                .fill("expected", words.to_string())
                .at(place, "from here")
        })
        .collect()
}

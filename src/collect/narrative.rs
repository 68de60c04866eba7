//! Tells a work from a licence, a readme or a list: by its metadata, else by how its prose reads.

use crate::model::{Facts, State};
use crate::rules::RuleSet;
use crate::rules::matcher::tokenize;

/// Fields that only fiction has.
const OF_FICTION: &[&str] = &["rating", "archive-warning", "content-warning", "fandom", "relationship", "character"];
/// Words that are looked at.
const SAMPLE_WORDS: usize = 2_000;
/// Fewest words that can be told by how they read.
const LEAST_WORDS: usize = 30;
/// Share of narrative words from which prose tells a story. Fiction has 6 to 15 in a hundred, a licence or a
/// readme under 2.
const NARRATIVE: f32 = 0.04;

pub(super) fn is_work(facts: &Facts<'_>, rules: &RuleSet) -> bool {
    let of_fiction = |label: &str| {
        let kind = rules.vocabulary.field(label).and_then(|k| rules.vocabulary.kind(k));
        kind.is_some_and(|k| OF_FICTION.contains(&k.id.as_str()))
    };
    // a column that a data set does not have says nothing about its records
    if facts.work.fields.iter().any(|f| f.state == State::Given && of_fiction(&f.name.value)) {
        return true;
    }
    let (mut words, mut narrative) = (0usize, 0usize);
    let mut tokens = Vec::new();
    for (section, measure) in facts.story() {
        let Some(language) = measure.language.map_or(Some(0), |l| rules.language(l.0)) else {
            // prose in a language that no pack speaks cannot be told from a story
            return true;
        };
        let Some(language) = rules.languages.get(language) else { return true };
        for paragraph in section.text.as_str().split("\n\n") {
            tokenize(paragraph, &mut tokens);
            for token in &tokens {
                let word = paragraph.get(token.start as usize..token.end as usize).unwrap_or("");
                narrative += usize::from(language.narrative.iter().any(|n| n.eq_ignore_ascii_case(word)));
            }
            words += tokens.len();
            if words >= SAMPLE_WORDS {
                break;
            }
        }
    }
    words >= LEAST_WORDS && narrative as f32 >= NARRATIVE * words as f32
}

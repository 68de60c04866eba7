//! Work and rule set to facts: what the work claims, and what its text shows.

mod claims;
mod evidence;
pub(crate) mod names;
mod narrative;
mod notes;
pub(crate) mod scenes;

use std::collections::HashMap;

use crate::model::{Facts, Language, Measure, Section, Span, Status, Work};
use crate::rules::RuleSet;

/// Fewest bytes of text from which a language is guessed; shorter samples are guessed wrong too often.
const SAMPLE_LEAST: usize = 200;
/// Bytes that a guess looks at: more do not make it better.
const SAMPLE: usize = 4_000;

/// Collects everything that rules and checks see. The text is read once, here.
pub fn collect<'w>(work: &'w Work, rules: &RuleSet) -> Facts<'w> {
    let mut facts = Facts {
        work,
        entries: Vec::new(),
        claims: Vec::new(),
        evidence: Vec::new(),
        scenes: Vec::new(),
        by_chapter: HashMap::new(),
        measures: work.sections.iter().map(|s| measure(work, s, rules)).collect(),
        scores: Vec::new(),
        is_work: false,
    };
    claims::collect(&mut facts, rules);
    notes::collect(&mut facts, rules);
    let names = names::declared(&facts, rules);
    evidence::collect(&mut facts, rules, &names);
    scenes::collect(&mut facts, rules);
    facts.is_work = narrative::is_work(&facts, rules);
    facts
}

/// The facts without what was counted at places for which `is_out` holds.
pub(crate) fn without<'w>(facts: &Facts<'w>, rules: &RuleSet, is_out: impl Fn(Span) -> bool) -> Facts<'w> {
    let mut less = Facts { scenes: Vec::new(), scores: Vec::new(), by_chapter: HashMap::new(), ..facts.clone() };
    for evidence in less.evidence.iter_mut().filter(|e| is_out(e.span)) {
        evidence.status = Status::Excepted;
    }
    scenes::collect(&mut less, rules);
    less
}

fn measure(work: &Work, section: &Section, rules: &RuleSet) -> Measure {
    let characters = work.slice(section.text.span()).chars().count();
    Measure {
        words: section.text.words(),
        characters: u32::try_from(characters).unwrap_or(u32::MAX),
        language: section.kind.is_story().then(|| language(section.text.as_str(), rules)).flatten(),
    }
}

/// The language of a text by its beginning; none when it is too short or the guess is not reliable.
fn language(text: &str, rules: &RuleSet) -> Option<Language> {
    let mut end = SAMPLE.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = text.get(..end).filter(|s| s.len() >= SAMPLE_LEAST)?;
    // most works are in a language of the packs, which a hundred words tell at a fortieth of the cost
    let plain = rules.plain_language(sample).and_then(|language| whatlang::Lang::from_code(&language.code));
    if let Some(plain) = plain {
        return Some(Language(plain.code()));
    }
    let guess = whatlang::detect(sample).filter(whatlang::Info::is_reliable)?;
    Some(Language(guess.lang().code()))
}

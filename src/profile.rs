//! A reader's profile: the content that somebody wants to be warned of, and what a work says and shows of it.

use crate::engine::{self, lexicon_words};
use crate::model::map::Level;
use crate::model::{DetectorId, Evidence, Facts, Scene, Span, Stance, TagId};
use crate::rules::RuleSet;

/// Most scenes that an answer quotes from, and about how many places of them.
const SCENES: usize = 3;
const PLACES: usize = 6;

/// What a work says and shows of one kind of content.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Which kind.
    pub tag: TagId,
    /// Words of the header or of notes that declare it, or something that includes it.
    pub declared: Vec<Span>,
    /// Words that say that it is not there.
    pub denied: Vec<Span>,
    /// Whether the work openly declines to warn of such things.
    pub withheld: bool,
    /// How sure the strongest scene is; none where the text shows nothing of it.
    pub level: Option<Level>,
    /// Its score, from 0 to 1.
    pub score: f32,
    /// How many scenes there are.
    pub scenes: usize,
    /// The places of the strongest ones with what was seen there, in order of the text.
    pub places: Vec<(Span, String)>,
}

/// The kinds of content that are looked for in texts, in order of name: what a profile may hold.
pub fn choices(rules: &RuleSet) -> Vec<TagId> {
    let mut tags: Vec<TagId> = rules.detectors.iter().map(|d| d.tag).collect();
    let name = |tag: &TagId| rules.vocabulary.tag(*tag).map(|t| t.name.as_str());
    tags.sort_by(|a, b| name(a).cmp(&name(b)).then(a.cmp(b)));
    tags.dedup();
    tags
}

/// What a work says and shows of each of these kinds of content.
pub fn answers(facts: &Facts<'_>, rules: &RuleSet, wanted: &[TagId]) -> Vec<Answer> {
    wanted.iter().filter_map(|tag| answer(facts, rules, *tag)).collect()
}

fn answer(facts: &Facts<'_>, rules: &RuleSet, tag: TagId) -> Option<Answer> {
    let category = &rules.vocabulary.tag(tag)?.category;
    let includes = |other: TagId| rules.vocabulary.tag(other).is_some_and(|t| t.declares.contains(&tag));
    let claimed = |stance: Stance| {
        let of = facts.claims.iter().filter(move |c| c.stance == stance);
        let mut spans: Vec<Span> = of.filter(|c| c.tag == tag || includes(c.tag)).map(|c| c.span).collect();
        spans.dedup();
        spans
    };
    let declines = |c: &crate::model::Claim| {
        let withholds = rules.vocabulary.tag(c.tag).map(|t| t.withholds.as_slice()).unwrap_or_default();
        withholds.iter().any(|w| w == category || w == "archive-warning")
    };
    let withheld = facts.claims.iter().any(|c| c.stance == Stance::Withholds && declines(c));
    let detectors = (0..).zip(&rules.detectors).filter(|(_, d)| d.tag == tag);
    let scenes: Vec<(&Scene, Level)> = detectors
        .flat_map(|(index, d)| {
            let level = move |s: &Scene| match s.score {
                score if score >= d.sure => Level::Strong,
                score if score >= d.warn => Level::Clear,
                _ => Level::Weak,
            };
            facts.scenes_of(DetectorId(index), None).map(move |s| (s, level(s)))
        })
        .collect();
    let level = scenes.iter().map(|s| s.1).max();
    // a trace beside a scene that counts would only hide it
    let telling = scenes.iter().filter(|s| s.1 > Level::Weak || level == Some(Level::Weak)).map(|s| s.0);
    let (strongest, many) = engine::strongest(telling, SCENES);
    let place = |e: &Evidence| (e.span, lexicon_words(rules, e));
    Some(Answer {
        tag,
        declared: claimed(Stance::Declares),
        denied: claimed(Stance::Denies),
        withheld,
        level,
        score: strongest.first().map_or(0.0, |s| s.score),
        scenes: many,
        places: engine::evidence(facts, rules, &strongest, PLACES).into_iter().map(place).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::collect;
    use crate::formats::{Limits, read};
    use crate::model::Input;
    use crate::rules::{Pack, load};

    #[test]
    fn an_answer_says_what_is_declared_and_what_is_shown() {
        let rules = load(&[Pack::Bundled("core".into()), Pack::Bundled("ao3".into())]).rules;
        let story = "Rating: General Audiences\nArchive Warnings: Choose Not To Use Archive Warnings\n\
                     Additional Tags: Drowning\n\nHe was very drunk. He had been drunk since noon, she saw, by the bottles \
                     under the bunk. He poured another glass and slurred the toast, and then he was drunk again.\n";
        let input = Input { name: "a.txt".into(), bytes: story.into() };
        let mut told = Vec::new();
        read(input, None, &Limits::default(), &mut |work, _| {
            let facts = collect(&work, &rules);
            let all = choices(&rules);
            assert!(all.len() > 50, "{} choices", all.len());
            for answer in answers(&facts, &rules, &all) {
                let name = rules.vocabulary.tag(answer.tag).map_or("", |t| &t.name).to_owned();
                let words = |spans: &[Span]| spans.iter().map(|s| work.slice(*s).to_owned()).collect::<Vec<_>>();
                let shown: Vec<Span> = answer.places.iter().map(|p| p.0).collect();
                if !answer.declared.is_empty() || answer.level.is_some() {
                    told.push((name, words(&answer.declared), answer.level, words(&shown)));
                }
            }
        });
        let of = |name: &str| told.iter().find(|t| t.0 == name);
        let drowning = of("Drowning").expect("it is declared");
        assert_eq!((drowning.1.as_slice(), drowning.2), (&["Drowning".to_owned()][..], None));
        let drinking = of("Drinking").expect("it is shown");
        assert!(drinking.1.is_empty() && drinking.2 >= Some(Level::Clear), "{drinking:?}");
        assert!(drinking.3.iter().any(|w| w == "very drunk"), "{drinking:?}");
    }
}

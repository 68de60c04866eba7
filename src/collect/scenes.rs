//! Evidence to scenes, and scenes to one score a work.

use std::collections::BTreeSet;

use crate::model::{DetectorId, Evidence, Facts, LexiconId, Scene, Status};
use crate::rules::RuleSet;
use crate::rules::detector::{Counted, Detector, logistic};

/// Words of a block. A scene is two blocks side by side, about 100 words; scenes overlap by one block, so that
/// what stands at the border of two is seen whole.
const BLOCK: u32 = 50;
/// Scenes below this share of their detector's `warn` are forgotten.
const WORTH_KEEPING: f32 = 0.5;
/// Words for which one scene speaks in full; see [`work_score`].
const HOLD_WORDS: f32 = 1_000.0;

pub(super) fn collect(facts: &mut Facts<'_>, rules: &RuleSet) {
    let mut scenes = Vec::new();
    let mut all: Vec<Vec<f32>> = vec![Vec::new(); rules.detectors.len()];
    for counted in counted_by_section(&facts.evidence) {
        for (index, (detector, all)) in rules.detectors.iter().zip(&mut all).enumerate() {
            section(DetectorId(index as u32), detector, &counted, rules, &mut scenes, all);
        }
    }
    scenes.sort_by_key(|s: &Scene| (s.section, s.words.start, s.detector));
    let words = story_words(facts);
    facts.scores = rules.detectors.iter().zip(all).map(|(d, all)| work_score(all.into_iter(), d, words)).collect();
    for (index, scene) in (0u32..).zip(&scenes) {
        if let Some(chapter) = facts.work.sections.get(scene.section as usize).and_then(|s| s.chapter) {
            facts.by_chapter.entry(chapter).or_default().push(index);
        }
    }
    facts.scenes = scenes;
}

fn story_words(facts: &Facts<'_>) -> u32 {
    facts.story().map(|(_, m)| m.words).sum()
}

/// The counted evidence of each section, each with its index among all.
fn counted_by_section(evidence: &[Evidence]) -> impl Iterator<Item = Vec<(u32, &Evidence)>> {
    let mut from = 0;
    evidence.chunk_by(|a, b| a.section == b.section).map(move |group| {
        let counted = (from..).zip(group).filter(|(_, e)| e.status == Status::Counted).collect();
        from += group.len() as u32;
        counted
    })
}

/// What a detector reads of a section, cut into windows.
struct Windows<'e> {
    own: Vec<(u32, &'e Evidence)>,
    /// The blocks at which a window begins that holds something that adds.
    starts: BTreeSet<u32>,
}

impl<'e> Windows<'e> {
    fn new(detector: &Detector, evidence: &[(u32, &'e Evidence)], rules: &RuleSet) -> Self {
        // asked once a lexicon and not once a place, of which there are many more
        let reads: Vec<bool> = (0..).zip(&rules.lexicons).map(|(i, _)| detector.reads(LexiconId(i))).collect();
        let is_read = |e: &Evidence| reads.get(e.lexicon.0 as usize).copied().unwrap_or(false);
        let own: Vec<_> = evidence.iter().filter(|(_, e)| is_read(e)).copied().collect();
        // an overlap of blocks b and b + 1 for each block that holds something that adds
        let starts = own
            .iter()
            .filter(|(_, e)| detector.uses(e.lexicon))
            .flat_map(|(_, e)| [e.word / BLOCK, (e.word / BLOCK).saturating_sub(1)])
            .collect();
        Self { own, starts }
    }

    fn at(&self, block: u32) -> &[(u32, &'e Evidence)] {
        let (low, high) = (block * BLOCK, (block + 2) * BLOCK);
        let a = self.own.partition_point(|(_, e)| e.word < low);
        let b = self.own.partition_point(|(_, e)| e.word < high);
        self.own.get(a..b).unwrap_or(&[])
    }
}

/// The windows of a text as a detector counts them, and its words of story: what it is fitted on.
#[cfg(feature = "fit")]
pub(crate) fn windows(facts: &Facts<'_>, rules: &RuleSet, detector: &Detector) -> (Vec<Vec<Counted>>, u32) {
    let mut all = Vec::new();
    for evidence in counted_by_section(&facts.evidence) {
        let windows = Windows::new(detector, &evidence, rules);
        all.extend(windows.starts.iter().map(|block| counted(windows.at(*block), rules)));
    }
    (all, story_words(facts))
}

/// The scenes of one detector in one section: the best one first, then the best that does not overlap it, and so on.
/// The scores of all that do not overlap go into `all`, also of those not worth keeping.
fn section(
    id: DetectorId,
    detector: &Detector,
    evidence: &[(u32, &Evidence)],
    rules: &RuleSet,
    scenes: &mut Vec<Scene>,
    all: &mut Vec<f32>,
) {
    let windows = Windows::new(detector, evidence, rules);
    let mut scored: Vec<(f32, u32)> =
        windows.starts.iter().map(|block| (detector.score(&counted(windows.at(*block), rules)), *block)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut taken = BTreeSet::new();
    for (score, block) in scored {
        if taken.contains(&block)
            || taken.contains(&(block + 1))
            || block.checked_sub(1).is_some_and(|b| taken.contains(&b))
        {
            continue;
        }
        taken.insert(block);
        all.push(score);
        if score < detector.warn * WORTH_KEEPING {
            continue;
        }
        let inside = windows.at(block);
        scenes.push(Scene {
            detector: id,
            tag: detector.tag,
            section: inside.first().map_or(0, |(_, e)| e.section),
            words: block * BLOCK..(block + 2) * BLOCK,
            score,
            why: detector.why(&counted(inside, rules), |l| rules.lexicon_name(l)),
            evidence: strongest(detector, inside, rules),
        });
    }
}

/// Evidence in order of term, as [`Detector::score`] wants it.
fn counted(evidence: &[(u32, &Evidence)], rules: &RuleSet) -> Vec<Counted> {
    let weight = |e: &Evidence| rules.index.term(e.term).map_or(0.0, |t| t.weight);
    let mut counted: Vec<Counted> = evidence
        .iter()
        .map(|(_, e)| Counted {
            lexicon: e.lexicon,
            term: e.term.0,
            weight: weight(e),
            word: e.word,
            at: (e.at.start, e.at.end),
        })
        .collect();
    counted.sort_by_key(|c| (c.term, c.word));
    counted
}

/// The places that added most: heaviest lexicon times term first, each term once before any twice.
fn strongest(detector: &Detector, evidence: &[(u32, &Evidence)], rules: &RuleSet) -> Vec<u32> {
    let weight = |e: &Evidence| {
        let lexicon = detector.weights.iter().find(|w| w.0 == e.lexicon).map_or(0.0, |w| w.1);
        lexicon * rules.index.term(e.term).map_or(0.0, |t| t.weight)
    };
    let mut seen = std::collections::HashMap::new();
    let mut places: Vec<(u32, f32, u32)> = evidence
        .iter()
        .filter(|(_, e)| detector.uses(e.lexicon))
        .map(|(i, e)| {
            let again = seen.entry(e.term).or_insert(0u32);
            *again += 1;
            (*again, weight(e), *i)
        })
        .collect();
    places.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    places.into_iter().map(|p| p.2).collect()
}

/// The work's score for a detector: that of its strongest scene, held back by how many words it is the strongest of,
/// since of many scenes one will look like anything:
/// logit - hold · ln(1 + words / (1,000 · scenes at or above `warn`)). At a hold of 0.35 one scene in 100,000 words loses
/// 1.6, thirty lose half; one scene in 3,000 words loses half, and a passage next to nothing.
pub(crate) fn work_score(scenes: impl Iterator<Item = f32>, detector: &Detector, words: u32) -> f32 {
    let (mut best, mut strong) = (0.0f32, 0u32);
    for score in scenes {
        best = best.max(score);
        strong += u32::from(score >= detector.warn);
    }
    if best <= 0.0 {
        return 0.0;
    }
    let held = detector.hold * (1.0 + words as f32 / (HOLD_WORDS * strong.max(1) as f32)).ln();
    logistic((best / (1.0 - best).max(f32::EPSILON)).ln() - held)
}

#[cfg(test)]
mod tests {
    use super::work_score;
    use crate::model::TagId;
    use crate::rules::detector::Detector;

    #[test]
    fn a_lone_scene_in_a_long_work_counts_for_less() {
        let detector = Detector {
            id: "d".into(),
            summary: String::new(),
            tag: TagId(0),
            bias: 0.0,
            weights: Vec::new(),
            near: Vec::new(),
            terms: 2,
            hold: 0.35,
            warn: 0.5,
            sure: 0.8,
        };
        let score = |scenes: &[f32], words| work_score(scenes.iter().copied(), &detector, words);
        assert!((score(&[0.7], 90) - 0.7).abs() < 0.01);
        assert!((score(&[0.7], 100_000) - 0.32).abs() < 0.01);
        assert!(score(&[0.7, 0.7, 0.6, 0.8, 0.9, 0.7], 20_000) > 0.8);
        assert_eq!(score(&[], 1000), 0.0);
    }
}

//! Evidence to scenes, and scenes to one score a work.

use std::ops::Range;

use crate::model::{DetectorId, Evidence, Facts, LexiconId, Part, Scene, Status};
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
    let readers = Readers::new(rules);
    let mut own: Vec<Vec<Read>> = vec![Vec::new(); rules.detectors.len()];
    let mut room = Room::default();
    let mut from = 0;
    for group in facts.evidence.chunk_by(|a, b| a.section == b.section) {
        for (index, evidence) in (from..).zip(group).filter(|(_, e)| e.status == Status::Counted) {
            let counted = counted(evidence, rules);
            for (detector, adds) in readers.of(evidence.lexicon) {
                if let Some(own) = own.get_mut(*detector as usize) {
                    own.push(Read { index, adds: *adds, counted });
                }
            }
        }
        for (index, ((detector, own), all)) in rules.detectors.iter().zip(&mut own).zip(&mut all).enumerate() {
            if !own.is_empty() {
                let place = (DetectorId(index as u32), group.first().map_or(0, |e| e.section));
                section(place, detector, own, &mut room, &mut scenes, all);
                own.clear();
            }
        }
        from += group.len() as u32;
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

/// Which detectors read each lexicon, and whether it adds to their score: looked up once for each place.
struct Readers {
    /// Of each lexicon, in a row.
    all: Vec<(u32, bool)>,
    /// Where those of each lexicon start.
    starts: Vec<usize>,
}

impl Readers {
    fn new(rules: &RuleSet) -> Self {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (index, detector) in (0u32..).zip(&rules.detectors) {
            pairs.extend(detector.lexicons().map(|lexicon| (lexicon.0, index)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let starts = (0..=rules.lexicons.len() as u32).map(|l| pairs.partition_point(|p| p.0 < l)).collect();
        let adds = |(lexicon, detector): &(u32, u32)| {
            rules.detectors.get(*detector as usize).is_some_and(|d| d.uses(LexiconId(*lexicon)))
        };
        Self { all: pairs.iter().map(|pair| (pair.1, adds(pair))).collect(), starts }
    }

    fn of(&self, lexicon: LexiconId) -> &[(u32, bool)] {
        let at = lexicon.0 as usize;
        let range = self.starts.get(at).zip(self.starts.get(at + 1)).map_or(0..0, |(a, b)| *a..*b);
        self.all.get(range).unwrap_or(&[])
    }
}

/// A place that a detector reads.
#[derive(Debug, Clone, Copy)]
struct Read {
    /// Its index among all evidence of the work.
    index: u32,
    /// Whether it adds to the score.
    adds: bool,
    counted: Counted,
}

fn counted(e: &Evidence, rules: &RuleSet) -> Counted {
    let weight = rules.index.term(e.term).map_or(0.0, |t| t.weight);
    Counted { lexicon: e.lexicon, term: e.term.0, weight, word: e.word, at: (e.at.start, e.at.end) }
}

/// A place as a detector reads it, if it does.
fn read(detector: &Detector, index: u32, e: &Evidence, rules: &RuleSet) -> Option<Read> {
    let is_read = e.status == Status::Counted && detector.lexicons().any(|lexicon| lexicon == e.lexicon);
    is_read.then(|| Read { index, adds: detector.uses(e.lexicon), counted: counted(e, rules) })
}

/// The blocks at which a window begins that holds something that adds, in order, each with the places in it.
fn windows(own: &[Read]) -> impl Iterator<Item = (u32, Range<usize>)> {
    // places are in order, so the windows are, too
    let mut next = 0;
    let starts = own.iter().filter(|r| r.adds).flat_map(|r| {
        let block = r.counted.word / BLOCK;
        [block.saturating_sub(1), block]
    });
    let starts = starts.filter(move |block| {
        let is_new = *block >= next;
        next = next.max(block + 1);
        is_new
    });
    let (mut low, mut high) = (0, 0);
    starts.map(move |block| {
        let end = |mut at: usize, word: u32| {
            while own.get(at).is_some_and(|r| r.counted.word < word) {
                at += 1;
            }
            at
        };
        low = end(low, block * BLOCK);
        high = end(high.max(low), (block + 2) * BLOCK);
        (block, low..high)
    })
}

/// The windows of a text as a detector counts them, and its words of story: what it is fitted on.
#[cfg(feature = "fit")]
pub(crate) fn windows_of(facts: &Facts<'_>, rules: &RuleSet, detector: &Detector) -> (Vec<Vec<Counted>>, u32) {
    let mut all = Vec::new();
    for group in facts.evidence.chunk_by(|a, b| a.section == b.section) {
        let own: Vec<Read> = (0..).zip(group).filter_map(|(i, e)| read(detector, i, e, rules)).collect();
        all.extend(windows(&own).map(|(_, range)| {
            let mut room = Room::default();
            room.fill(own.get(range).unwrap_or(&[]));
            room.counted
        }));
    }
    (all, story_words(facts))
}

/// What is needed for one window after the other.
#[derive(Default)]
struct Room {
    counted: Vec<Counted>,
    windows: Vec<Window>,
    /// The windows by their score, the best first.
    order: Vec<usize>,
}

/// Two blocks side by side, as one detector sees them.
struct Window {
    block: u32,
    score: f32,
    /// Whether it is a scene.
    taken: bool,
}

impl Room {
    /// Puts the places of a window in order of term, as [`Detector::score`] wants them.
    fn fill(&mut self, window: &[Read]) {
        self.counted.clear();
        self.counted.extend(window.iter().map(|r| r.counted));
        self.counted.sort_unstable_by_key(|c| (c.term, c.word));
    }
}

/// The scenes of one detector in one section: the best one first, then the best that does not overlap it, and so on.
/// The scores of all that do not overlap go into `all`, also of those not worth keeping.
fn section(
    (id, section): (DetectorId, u32),
    detector: &Detector,
    own: &[Read],
    room: &mut Room,
    scenes: &mut Vec<Scene>,
    all: &mut Vec<f32>,
) {
    room.windows.clear();
    for (block, places) in windows(own) {
        room.fill(own.get(places).unwrap_or(&[]));
        room.windows.push(Window { block, score: detector.score(&room.counted), taken: false });
    }
    room.order.clear();
    room.order.extend(0..room.windows.len());
    let score = |at: &usize| room.windows.get(*at).map_or(0.0, |w| w.score);
    room.order.sort_unstable_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
    for &at in &room.order {
        let Some(&Window { block, score, .. }) = room.windows.get(at) else { continue };
        // a window that overlaps this one is the next before it or behind it
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|i| room.windows.get(i));
        if beside.into_iter().any(|w| w.taken && w.block.abs_diff(block) <= 1) {
            continue;
        }
        room.windows.get_mut(at).iter_mut().for_each(|w| w.taken = true);
        all.push(score);
        if score < detector.warn * WORTH_KEEPING {
            continue;
        }
        let words = block * BLOCK..(block + 2) * BLOCK;
        scenes.push(Scene { detector: id, tag: detector.tag, section, words, score });
    }
}

/// The detector of a scene and the places that it reads there, as they were counted.
fn inside<'r>(facts: &Facts<'_>, rules: &'r RuleSet, scene: &Scene) -> Option<(&'r Detector, Vec<Read>)> {
    let detector = rules.detectors.get(scene.detector.0 as usize)?;
    // evidence is in order of place
    let at = |word: u32| facts.evidence.partition_point(|e| (e.section, e.word) < (scene.section, word));
    let (from, to) = (at(scene.words.start), at(scene.words.end));
    let evidence = facts.evidence.get(from..to)?;
    Some((detector, (from as u32..).zip(evidence).filter_map(|(i, e)| read(detector, i, e, rules)).collect()))
}

/// What the score of a scene is made of, largest contribution first.
pub(crate) fn why(facts: &Facts<'_>, rules: &RuleSet, scene: &Scene) -> Vec<Part> {
    let Some((detector, inside)) = inside(facts, rules, scene) else { return Vec::new() };
    let mut room = Room::default();
    room.fill(&inside);
    detector.why(&room.counted, |lexicon| rules.lexicon_name(lexicon))
}

/// The indices in [`Facts::evidence`] of the places that added most to a scene: heaviest lexicon times term first, each
/// term once before any twice.
pub(crate) fn strongest(facts: &Facts<'_>, rules: &RuleSet, scene: &Scene) -> Vec<u32> {
    let Some((detector, inside)) = inside(facts, rules, scene) else { return Vec::new() };
    let weight = |c: &Counted| {
        let lexicon = detector.weights.iter().find(|w| w.0 == c.lexicon).map_or(0.0, |w| w.1);
        lexicon * c.weight
    };
    let mut seen = std::collections::HashMap::new();
    let mut places: Vec<(u32, f32, u32)> = inside
        .iter()
        .filter(|r| r.adds)
        .map(|r| {
            let again = seen.entry(r.counted.term).or_insert(0u32);
            *again += 1;
            (*again, weight(&r.counted), r.index)
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

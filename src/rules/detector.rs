//! Lexicon counts in a scene to a score.

use crate::model::{LexiconId, Part, TagId};

/// How lexicons add up to a score for one tag.
#[derive(Debug)]
pub struct Detector {
    /// `graphic-violence.en`.
    pub id: String,
    /// One sentence for people.
    pub summary: String,
    /// What it scores.
    pub tag: TagId,
    /// Logit of a scene in which nothing is counted.
    pub bias: f32,
    /// Weight per lexicon, in order of id.
    pub weights: Vec<(LexiconId, f32)>,
    /// Lexicons that count more near each other.
    pub near: Vec<Near>,
    /// Fewest different terms.
    pub terms: u32,
    /// What a work's score loses in logits where its scenes are few: this · ln(1 + words / (1,000 · scenes)).
    pub hold: f32,
    /// A diagnostic from here on.
    pub warn: f32,
    /// An error from here on, when strict.
    pub sure: f32,
}

/// Two lexicons whose terms stand near each other.
#[derive(Debug)]
pub struct Near {
    /// The two.
    pub lexicons: [LexiconId; 2],
    /// At most this many words apart.
    pub words: u32,
    /// What such pairs add.
    pub weight: f32,
}

/// An occurrence of a term in a scene.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// Its lexicon.
    pub lexicon: LexiconId,
    /// Its term, by index.
    pub term: u32,
    /// What it counts.
    pub weight: f32,
    /// Number of its first word in the section.
    pub word: u32,
    /// Its first byte in the section's text, and the one after its last.
    pub at: (u32, u32),
}

/// What a detector holds back that does not say: content whose words are its own.
pub const HOLD: f32 = 0.35;
/// A term of this weight is enough alone.
const ENOUGH_ALONE: f32 = 3.0;

impl Detector {
    /// Whether any of its lexicons adds to the score.
    pub fn uses(&self, lexicon: LexiconId) -> bool {
        self.weights.iter().any(|w| w.0 == lexicon && w.1 > 0.0)
    }

    /// The lexicons that its score depends on, be it as counter-evidence or near another; some of them twice.
    pub fn lexicons(&self) -> impl Iterator<Item = LexiconId> {
        self.weights.iter().map(|w| w.0).chain(self.near.iter().flat_map(|n| n.lexicons))
    }

    /// What is multiplied with the weights, those of lexicons first and then those of pairs: ln(1 + weighted count),
    /// where the weighted count of a lexicon is the sum over its different terms of term weight · (1 + ln(occurrences)),
    /// and that of pairs their number; beside each how many places it counts. `counted` must be in order of term, which is that of
    /// lexicons, too.
    pub fn features(&self, counted: &[Counted]) -> Vec<(f32, u32)> {
        let mut found = vec![(0.0f32, 0u32); self.weights.len()];
        // terms of one lexicon stand together
        for group in counted.chunk_by(|a, b| a.lexicon == b.lexicon) {
            let at = group.first().and_then(|first| self.weights.iter().position(|w| w.0 == first.lexicon));
            if let Some(found) = at.and_then(|at| found.get_mut(at)) {
                *found = feature(group);
            }
        }
        found.extend(self.near.iter().map(|near| {
            let pairs = near.pairs(counted);
            ((1.0 + pairs as f32).ln(), pairs)
        }));
        found
    }

    /// Whether a scene holds as many different terms as the detector asks for, or one that is enough alone. Terms of
    /// several lexicons that share words count once.
    pub fn suffices(&self, counted: &[Counted]) -> bool {
        let mut adding: Vec<&Counted> =
            terms(counted).map(|(first, _)| first).filter(|first| self.uses(first.lexicon)).collect();
        if adding.iter().any(|first| first.weight >= ENOUGH_ALONE) {
            return true;
        }
        // most places without an overlap: always take the one that ends first
        adding.sort_unstable_by_key(|first| first.at.1);
        let (mut different, mut end) = (0, 0);
        for first in adding {
            if first.at.0 >= end {
                different += 1;
                end = first.at.1;
            }
        }
        different >= self.terms
    }

    /// The score of a scene: logistic(bias + Σ weight · [feature](Self::features)). A scene that does not
    /// [suffice](Self::suffices) stays just below `warn`. `counted` must be in order of term.
    pub fn score(&self, counted: &[Counted]) -> f32 {
        let mut logit = 0.0;
        // what is not there adds nothing, and of all lexicons few are there
        for group in counted.chunk_by(|a, b| a.lexicon == b.lexicon) {
            let lexicon = group.first().map(|first| first.lexicon);
            if let Some((_, weight)) = self.weights.iter().find(|w| Some(w.0) == lexicon) {
                logit += weight * feature(group).0;
            }
        }
        for near in &self.near {
            let pairs = near.pairs(counted);
            if pairs > 0 {
                logit += near.weight * (1.0 + pairs as f32).ln();
            }
        }
        self.held(logistic(self.bias + logit), || self.suffices(counted))
    }

    /// A score as it counts: one from too few terms is squeezed into the hundredth below `warn`, in its order.
    pub fn held(&self, score: f32, suffices: impl FnOnce() -> bool) -> f32 {
        if score < self.warn || suffices() {
            return score;
        }
        let over = (score - self.warn) / (1.0 - self.warn).max(f32::EPSILON);
        (self.warn - 0.01 + over * 0.009).max(0.0)
    }

    /// What the score of a scene is made of, under the names that `name` gives, what adds most first.
    pub fn why(&self, counted: &[Counted], name: impl Fn(LexiconId) -> String) -> Vec<Part> {
        let lexicons = self.weights.iter().map(|&(lexicon, weight)| (name(lexicon), weight));
        let near = self.near.iter().map(|near| {
            let [a, b] = near.lexicons;
            (format!("{} near {}", name(a), name(b)), near.weight)
        });
        let mut parts: Vec<Part> = lexicons
            .chain(near)
            .zip(self.features(counted))
            .filter(|(_, (_, count))| *count > 0)
            .map(|((name, weight), (feature, count))| Part { name, count, weight: weight * feature })
            .collect();
        parts.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.name.cmp(&b.name)));
        parts
    }
}

/// What the places of one lexicon come to, and how many they are; see [`Detector::features`].
fn feature(group: &[Counted]) -> (f32, u32) {
    let (mut sum, mut count) = (0.0f32, 0);
    for (first, times) in terms(group) {
        // most terms stand once, and the logarithm of 1 is 0
        sum += if times == 1 { first.weight } else { first.weight * (1.0 + (times as f32).ln()) };
        count += times;
    }
    ((1.0 + sum).ln(), count)
}

/// The different terms of a scene: the first place of each, and how often it stands there.
fn terms(counted: &[Counted]) -> impl Iterator<Item = (&Counted, u32)> {
    counted.chunk_by(|a, b| a.term == b.term).filter_map(|same| Some((same.first()?, same.len() as u32)))
}

impl Near {
    /// How many terms of the first lexicon have one of the second within reach.
    fn pairs(&self, counted: &[Counted]) -> u32 {
        let [a, b] = self.lexicons;
        if counted.len() < 2 {
            return 0;
        }
        let of = |l: LexiconId| counted.iter().enumerate().filter(move |(_, c)| c.lexicon == l);
        of(a).filter(|(i, x)| of(b).any(|(j, y)| *i != j && x.word.abs_diff(y.word) <= self.words)).count() as u32
    }
}

/// The logistic function.
pub fn logistic(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detector() -> Detector {
        Detector {
            id: "d".into(),
            summary: String::new(),
            tag: TagId(0),
            bias: -2.0,
            weights: vec![(LexiconId(0), 1.0), (LexiconId(1), -1.0)],
            near: vec![Near { lexicons: [LexiconId(0), LexiconId(0)], words: 3, weight: 0.5 }],
            terms: 2,
            hold: 0.35,
            warn: 0.5,
            sure: 0.8,
        }
    }

    fn counted(terms: &[(u32, u32, f32, u32)]) -> Vec<Counted> {
        let counted = |t: &(u32, u32, f32, u32)| Counted {
            lexicon: LexiconId(t.0),
            term: t.1,
            weight: t.2,
            word: t.3,
            at: (t.3 * 6, t.3 * 6 + 5),
        };
        terms.iter().map(counted).collect()
    }

    #[test]
    fn scores_add_up_as_documented() {
        let d = detector();
        let c = counted(&[(0, 0, 2.0, 0), (0, 1, 1.0, 50), (0, 1, 1.0, 90)]);
        let (score, why) = (d.score(&c), d.why(&c, |l| l.0.to_string()));
        let expected = logistic(-2.0 + (1.0f32 + 2.0 + 1.0 + 2.0f32.ln()).ln());
        assert!((score - expected).abs() < 1e-6);
        assert_eq!((why.len(), why[0].count), (1, 3));
    }

    #[test]
    fn one_weak_word_never_fires_however_often() {
        let d = detector();
        let many: Vec<_> = (0..90).map(|i| (0, 7, 2.0, i)).collect();
        assert!(d.score(&counted(&many)) < d.warn);
        assert!(d.score(&counted(&[(0, 7, 9.0, 0)])) > d.warn);
        assert!(d.held(0.9, || false) > d.held(0.6, || false));
    }

    #[test]
    fn the_same_words_in_two_lexicons_are_one_term() {
        let mut d = detector();
        d.weights.push((LexiconId(2), 5.0));
        assert!(d.score(&counted(&[(0, 0, 2.0, 7), (2, 1, 2.0, 7)])) < d.warn);
        assert!(d.score(&counted(&[(0, 0, 2.0, 7), (2, 1, 2.0, 8)])) > d.warn);
    }

    #[test]
    fn counter_evidence_and_nearness_count() {
        let d = detector();
        let score = |c: &[(u32, u32, f32, u32)]| d.score(&counted(c));
        let far = score(&[(0, 0, 2.0, 0), (0, 1, 2.0, 50)]);
        assert!(score(&[(0, 0, 2.0, 0), (0, 1, 2.0, 2)]) > far);
        assert!(score(&[(0, 0, 2.0, 0), (0, 1, 2.0, 50), (1, 2, 2.0, 3)]) < far);
    }
}

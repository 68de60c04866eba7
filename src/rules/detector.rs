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
    /// Number of its word in the section.
    pub word: u32,
}

/// A term of this weight is enough alone.
const ENOUGH_ALONE: f32 = 3.0;

impl Detector {
    /// Whether any of its lexicons adds to the score.
    pub fn uses(&self, lexicon: LexiconId) -> bool {
        self.weight(lexicon).is_some_and(|w| w > 0.0)
    }

    fn weight(&self, lexicon: LexiconId) -> Option<f32> {
        self.weights.iter().find(|w| w.0 == lexicon).map(|w| w.1)
    }

    /// The score of a scene: logistic(bias + Σ weight · ln(1 + weighted count) + Σ near), where the weighted count
    /// of a lexicon is the sum over its different terms of term weight · (1 + ln(occurrences)). A scene with fewer
    /// different terms than the detector asks for, and none that is enough alone, stays just below `warn`.
    /// `counted` must be in order of term. Parts are added to `why` under the names that `name` gives.
    pub fn score(&self, counted: &[Counted], name: impl Fn(LexiconId) -> String, why: Option<&mut Vec<Part>>) -> f32 {
        let mut logit = self.bias;
        let mut parts = Vec::new();
        let mut different = 0;
        let mut enough = false;
        let explain = why.is_some();
        for &(lexicon, weight) in &self.weights {
            let (mut sum, mut count) = (0.0, 0u32);
            for same in counted.chunk_by(|a, b| a.term == b.term) {
                let Some(first) = same.first().filter(|c| c.lexicon == lexicon) else { continue };
                sum += first.weight * (1.0 + (same.len() as f32).ln());
                count += same.len() as u32;
                if weight > 0.0 {
                    different += 1;
                    enough |= first.weight >= ENOUGH_ALONE;
                }
            }
            if count > 0 {
                let adds = weight * (1.0 + sum).ln();
                logit += adds;
                if explain {
                    parts.push(Part { name: name(lexicon), count, weight: adds });
                }
            }
        }
        for near in &self.near {
            let pairs = near.pairs(counted);
            if pairs > 0 {
                let adds = near.weight * (1.0 + pairs as f32).ln();
                logit += adds;
                if explain {
                    let [a, b] = near.lexicons;
                    parts.push(Part { name: format!("{} near {}", name(a), name(b)), count: pairs, weight: adds });
                }
            }
        }
        if let Some(why) = why {
            parts.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.name.cmp(&b.name)));
            *why = parts;
        }
        let score = logistic(logit);
        if different >= self.terms || enough { score } else { score.min(self.warn - 0.01).max(0.0) }
    }
}

impl Near {
    /// How many terms of the first lexicon have one of the second within reach.
    fn pairs(&self, counted: &[Counted]) -> u32 {
        let [a, b] = self.lexicons;
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
            warn: 0.5,
            sure: 0.8,
        }
    }

    fn counted(terms: &[(u32, u32, f32, u32)]) -> Vec<Counted> {
        terms.iter().map(|t| Counted { lexicon: LexiconId(t.0), term: t.1, weight: t.2, word: t.3 }).collect()
    }

    #[test]
    fn scores_add_up_as_documented() {
        let d = detector();
        let mut why = Vec::new();
        let c = counted(&[(0, 0, 2.0, 0), (0, 1, 1.0, 50), (0, 1, 1.0, 90)]);
        let score = d.score(&c, |l| l.0.to_string(), Some(&mut why));
        let expected = logistic(-2.0 + (1.0f32 + 2.0 + 1.0 + 2.0f32.ln()).ln());
        assert!((score - expected).abs() < 1e-6);
        assert_eq!((why.len(), why[0].count), (1, 3));
    }

    #[test]
    fn one_weak_word_never_fires_however_often() {
        let d = detector();
        let many: Vec<_> = (0..90).map(|i| (0, 7, 2.0, i)).collect();
        assert!(d.score(&counted(&many), |_| String::new(), None) < d.warn);
        assert!(d.score(&counted(&[(0, 7, 9.0, 0)]), |_| String::new(), None) > d.warn);
    }

    #[test]
    fn counter_evidence_and_nearness_count() {
        let d = detector();
        let score = |c: &[(u32, u32, f32, u32)]| d.score(&counted(c), |_| String::new(), None);
        let far = score(&[(0, 0, 2.0, 0), (0, 1, 2.0, 50)]);
        assert!(score(&[(0, 0, 2.0, 0), (0, 1, 2.0, 2)]) > far);
        assert!(score(&[(0, 0, 2.0, 0), (0, 1, 2.0, 50), (1, 2, 2.0, 3)]) < far);
    }
}

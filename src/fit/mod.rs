//! Learns a detector's weights and thresholds from labelled texts.
//!
//! A detector is a logistic regression over its own lexicons, so it can be fitted like one: with an L1 penalty, which
//! leaves few weights changed and those for a reason. What the data cannot say stays as people wrote it: the
//! penalty is on the distance from the present weights, and no weight changes its sign.

mod logistic;
pub mod measure;
pub mod write;

use sha2::{Digest as _, Sha256};

use crate::collect::collect;
use crate::collect::scenes::{windows_of, work_score};
use crate::model::{DetectorId, Work};
use crate::rules::RuleSet;
use crate::rules::detector::{Detector, logistic as probability};
use logistic::{Model, Row};
use measure::{Judged, Measures};

/// Folds of the cross-validation.
pub const FOLDS: u64 = 5;
/// Readers that were asked about each text.
pub const READERS: u8 = 3;
/// Penalties that are tried, strongest first.
const PENALTIES: [f64; 8] = [0.3, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002];
/// How often the window that stands for a text is chosen anew after fitting.
const ROUNDS: usize = 3;
/// The threshold that a fitted detector warns from; its bias is moved so that this is the best one.
pub const WARN: f32 = 0.5;
/// Share of the texts that readers want a warning for which `sure` should still find; on new works it will be less.
const SURE_RECALL: f64 = 0.5;

/// A labelled text as one detector sees it.
#[derive(Debug)]
pub struct Sample {
    fold: u64,
    votes: u8,
    words: u32,
    windows: Vec<Window>,
}

#[derive(Debug)]
struct Window {
    features: Vec<f64>,
    suffices: bool,
}

/// A detector's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Logit of a scene in which nothing is counted.
    pub bias: f32,
    /// Weights of its lexicons and then of its pairs, in the detector's order.
    pub weights: Vec<f32>,
    /// The threshold from which a finding is sure; [`WARN`] is that of a finding.
    pub sure: f32,
}

/// What came of fitting one detector.
#[derive(Debug)]
pub struct Outcome {
    /// Which.
    pub detector: DetectorId,
    /// Fitted on everything.
    pub fitted: Fitted,
    /// At `warn`, each fold scored by what was fitted on the others.
    pub warn: Measures,
    /// At `sure`, likewise.
    pub sure: Measures,
    /// With the numbers that the detector has now, on the same texts.
    pub before: Measures,
}

/// The fold of a work: `(sha256(work) as a number / 2) mod folds`.
pub fn fold_of(work: &str, folds: u64) -> u64 {
    let modulus = 2 * folds;
    Sha256::digest(work.as_bytes()).iter().fold(0, |rest, byte| (rest * 256 + u64::from(*byte)) % modulus) / 2
}

/// A text as a detector sees it. `work` names the work it comes from: texts of one work stay in one fold.
pub fn sample(rules: &RuleSet, detector: &Detector, text: &str, work: &str, votes: u8) -> Sample {
    let read = Work::of_text(work, text);
    let facts = collect(&read, rules);
    let (counted, words) = windows_of(&facts, rules, detector);
    let windows = counted
        .iter()
        .map(|counted| Window {
            features: detector.features(counted).iter().map(|f| f64::from(f.0)).collect(),
            suffices: detector.suffices(counted),
        })
        .collect();
    Sample { fold: fold_of(work, FOLDS), votes, words, windows }
}

/// Fits a detector on samples, and measures by cross-validation how well that does on works it has not seen.
pub fn fit(id: DetectorId, detector: &Detector, samples: &[Sample]) -> Outcome {
    let all: Vec<&Sample> = samples.iter().collect();
    let mut at_warn = Vec::new();
    let mut at_sure = Vec::new();
    for fold in 0..FOLDS {
        let (held, others): (Vec<&Sample>, Vec<&Sample>) = samples.iter().partition(|s| s.fold == fold);
        let fitted = fitted(detector, &others);
        for sample in held {
            let score = score(detector, &fitted, sample);
            at_warn.push(Judged { votes: sample.votes, score, flagged: score >= WARN });
            at_sure.push(Judged { votes: sample.votes, score, flagged: score >= fitted.sure });
        }
    }
    let now = present(detector);
    let judged = |s: &&Sample| {
        let score = score(detector, &now, s);
        Judged { votes: s.votes, score, flagged: score >= detector.warn }
    };
    let before = Measures::of(&all.iter().map(judged).collect::<Vec<_>>());
    Outcome {
        detector: id,
        fitted: fitted(detector, &all),
        warn: Measures::of(&at_warn),
        sure: Measures::of(&at_sure),
        before,
    }
}

fn present(detector: &Detector) -> Fitted {
    let weights = detector.weights.iter().map(|w| w.1).chain(detector.near.iter().map(|n| n.weight)).collect();
    Fitted { bias: detector.bias, weights, sure: detector.sure }
}

/// The score that a text would get from a detector with these numbers.
fn score(detector: &Detector, fitted: &Fitted, sample: &Sample) -> f32 {
    let windows = sample.windows.iter().map(|window| {
        let weights = fitted.weights.iter().zip(&window.features);
        let logit: f32 = weights.map(|(w, f)| w * *f as f32).sum();
        detector.held(probability(fitted.bias + logit), || window.suffices)
    });
    work_score(windows, detector, sample.words)
}

/// One penalty, tried by fitting on some folds and looking at the other.
struct Tried {
    penalty: f64,
    /// Mean loss in each fold.
    losses: Vec<f64>,
    /// Logit of each text by what was fitted without it, and its votes.
    left_out: Vec<(f64, u8)>,
}

impl Tried {
    fn new(prior: &Fitted, samples: &[&Sample], penalty: f64) -> Self {
        let mut tried = Self { penalty, losses: Vec::new(), left_out: Vec::with_capacity(samples.len()) };
        for fold in 0..FOLDS {
            let (held, others): (Vec<&Sample>, Vec<&Sample>) = samples.iter().partition(|s| s.fold == fold);
            if held.is_empty() {
                continue;
            }
            let model = model(prior, &others, penalty);
            let logits: Vec<f64> = held.iter().map(|s| logit(&model, s)).collect();
            let loss: f64 = held.iter().zip(&logits).map(|(s, l)| logistic::loss(*l, wanted(s))).sum();
            tried.losses.push(loss / held.len() as f64);
            tried.left_out.extend(held.iter().zip(logits).map(|(s, l)| (l, s.votes)));
        }
        tried
    }

    fn mean(&self) -> f64 {
        self.losses.iter().sum::<f64>() / self.losses.len().max(1) as f64
    }

    /// Standard error of the mean.
    fn error(&self) -> f64 {
        let (mean, count) = (self.mean(), self.losses.len().max(2) as f64);
        (self.losses.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / (count - 1.0) / count).sqrt()
    }
}

/// Weights by the strongest penalty that does no worse than the best by more than a standard error (Hastie,
/// Tibshirani, Friedman, “The Elements of Statistical Learning”, 7.10); thresholds from texts left out of fitting.
fn fitted(detector: &Detector, samples: &[&Sample]) -> Fitted {
    let prior = present(detector);
    let tried: Vec<Tried> = PENALTIES.iter().map(|p| Tried::new(&prior, samples, *p)).collect();
    let Some(best) = tried.iter().min_by(|a, b| a.mean().total_cmp(&b.mean())) else { return prior };
    let most = best.mean() + best.error();
    // strongest first
    let Some(Tried { penalty, left_out, .. }) = tried.iter().find(|t| t.mean() <= most) else { return prior };
    let model = model(&prior, samples, *penalty);
    let mut left_out = left_out.clone();
    let warn = measure::best_threshold(&mut left_out);
    let sure = measure::threshold_at_recall(&mut left_out, SURE_RECALL).max(warn);
    Fitted {
        bias: rounded(model.bias - warn),
        weights: model.weights.iter().map(|w| rounded(*w)).collect(),
        sure: rounded(f64::from(probability((sure - warn) as f32))),
    }
}

/// Two decimals: more would claim to know more.
fn rounded(number: f64) -> f32 {
    // no negative zero
    ((number * 100.0).round() / 100.0 + 0.0) as f32
}

/// The share of readers who want a warning: their votes as a soft label.
fn wanted(sample: &Sample) -> f64 {
    f64::from(sample.votes) / f64::from(READERS)
}

fn model(prior: &Fitted, samples: &[&Sample], penalty: f64) -> Model {
    let prior = Model { bias: f64::from(prior.bias), weights: prior.weights.iter().map(|w| f64::from(*w)).collect() };
    let mut model = prior.clone();
    for _ in 0..ROUNDS {
        let rows: Vec<Row<'_>> = samples
            .iter()
            .map(|s| Row { features: strongest(&model, s).map_or(&[], |w| &w.features), wanted: wanted(s) })
            .collect();
        model = logistic::fit(&rows, &prior, penalty);
    }
    model
}

fn strongest<'s>(model: &Model, sample: &'s Sample) -> Option<&'s Window> {
    sample.windows.iter().max_by(|a, b| model.logit(&a.features).total_cmp(&model.logit(&b.features)))
}

fn logit(model: &Model, sample: &Sample) -> f64 {
    strongest(model, sample).map_or(model.bias, |w| model.logit(&w.features))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_those_of_the_measure() {
        // python3 -c "import hashlib; f=lambda w: (int(hashlib.sha256(w.encode()).hexdigest(),16)//2)%5; print(f('1'), f('work'), f(''))"
        assert_eq!([fold_of("1", 5), fold_of("work", 5), fold_of("", 5)], [2, 2, 4]);
    }
}

//! How well scores agree with readers.

/// Least votes of a text that readers want a warning for.
const POSITIVE: u8 = 2;

/// F1 that is given up for a lower threshold.
const ALL_BUT: f64 = 0.02;

/// A text with what readers and a detector say of it.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    /// How many readers said yes.
    pub votes: u8,
    /// The detector's score.
    pub score: f32,
    /// Whether it reached the threshold.
    pub flagged: bool,
}

/// Shares from 0 to 1, over the texts of one tag.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Texts.
    pub texts: usize,
    /// Texts that at least two readers want a warning for.
    pub positive: usize,
    /// Texts that reached the threshold.
    pub flagged: usize,
    /// Of the flagged, those that at least two readers want a warning for.
    pub precision: f64,
    /// Of those, the flagged.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
    /// Average precision over the ranking: Σ (recall - last recall) · precision, over distinct scores.
    pub ap: f64,
    /// Of the flagged, those that at least one reader wants a warning for.
    pub any: f64,
}

impl Measures {
    /// The measures of some texts; shares of nothing are 0.
    pub fn of(judged: &[Judged]) -> Self {
        let count = |what: &dyn Fn(&&Judged) -> bool| judged.iter().filter(what).count();
        let positive = count(&|j| j.votes >= POSITIVE);
        let flagged = count(&|j| j.flagged);
        let both = count(&|j| j.flagged && j.votes >= POSITIVE);
        let any = count(&|j| j.flagged && j.votes > 0);
        Self {
            texts: judged.len(),
            positive,
            flagged,
            precision: share(both, flagged),
            recall: share(both, positive),
            f1: share(2 * both, flagged + positive),
            ap: average_precision(judged, positive),
            any: share(any, flagged),
        }
    }

    /// The plain mean of the shares, over tags.
    pub fn mean(all: &[Self]) -> Self {
        let mean = |part: fn(&Self) -> f64| all.iter().map(part).sum::<f64>() / all.len().max(1) as f64;
        Self {
            texts: all.iter().map(|m| m.texts).sum(),
            positive: all.iter().map(|m| m.positive).sum(),
            flagged: all.iter().map(|m| m.flagged).sum(),
            precision: mean(|m| m.precision),
            recall: mean(|m| m.recall),
            f1: mean(|m| m.f1),
            ap: mean(|m| m.ap),
            any: mean(|m| m.any),
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn average_precision(judged: &[Judged], positive: usize) -> f64 {
    let mut ranked: Vec<(f32, bool)> = judged.iter().map(|j| (j.score, j.votes >= POSITIVE)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut seen, mut sum) = (0, 0, 0.0);
    for tied in ranked.chunk_by(|a, b| a.0 == b.0) {
        let more = tied.iter().filter(|t| t.1).count();
        found += more;
        seen += tied.len();
        sum += share(more, positive) * share(found, seen);
    }
    sum
}

/// The lowest logit from which on the F1 of (logit, votes) is all but the best, smoothed over neighbouring thresholds:
/// one lucky text decides nothing, and new texts use words that nobody thought of, so that they score too low rather
/// than too high. Sorts what it is given, highest first.
pub fn best_threshold(scored: &mut [(f64, u8)]) -> f64 {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positive = scored.iter().filter(|s| s.1 >= POSITIVE).count();
    let mut found = 0;
    let f1: Vec<f64> = (1..)
        .zip(scored.iter())
        .map(|(flagged, s)| {
            found += usize::from(s.1 >= POSITIVE);
            share(2 * found, flagged + positive)
        })
        .collect();
    let reach = scored.len() / 20;
    let smooth = |i: usize| {
        let near = f1.get(i.saturating_sub(reach)..(i + reach + 1).min(f1.len())).unwrap_or(&[]);
        near.iter().sum::<f64>() / near.len().max(1) as f64
    };
    let best = (0..f1.len()).map(smooth).fold(0.0, f64::max);
    let lowest = (0..f1.len()).rfind(|i| smooth(*i) >= best - ALL_BUT);
    between(scored, lowest.unwrap_or(0))
}

/// The logit from which on at least this share of the texts with two votes is found. Sorts what it is given.
pub fn threshold_at_recall(scored: &mut [(f64, u8)], recall: f64) -> f64 {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positive = scored.iter().filter(|s| s.1 >= POSITIVE).count();
    let mut found = 0;
    let at = scored.iter().position(|s| {
        found += usize::from(s.1 >= POSITIVE);
        share(found, positive) >= recall
    });
    between(scored, at.unwrap_or(0))
}

/// A threshold that the text at `last` still reaches and the next one does not, if they differ.
fn between(scored: &[(f64, u8)], last: usize) -> f64 {
    let at = |i: usize| scored.get(i).map(|s| s.0);
    match (at(last), at(last + 1)) {
        (Some(a), Some(b)) => (a + b) / 2.0,
        (Some(a), None) => a,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_those_of_their_definitions() {
        let judged = [(3, 0.9, true), (0, 0.8, true), (2, 0.7, true), (1, 0.6, true), (2, 0.2, false), (0, 0.1, false)]
            .map(|(votes, score, flagged)| Judged { votes, score, flagged });
        let m = Measures::of(&judged);
        assert_eq!((m.texts, m.positive, m.flagged), (6, 3, 4));
        assert!((m.precision - 0.5).abs() < 1e-9 && (m.recall - 2.0 / 3.0).abs() < 1e-9 && (m.any - 0.75).abs() < 1e-9);
        assert!((m.ap - (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0).abs() < 1e-9);
        assert_eq!(Measures::of(&[]), Measures::default());
    }

    #[test]
    fn thresholds_fall_between_texts() {
        let mut scored: Vec<(f64, u8)> = vec![(2.0, 3), (1.0, 2), (-1.0, 0), (-2.0, 0)];
        assert_eq!(best_threshold(&mut scored), 0.0);
        assert_eq!(threshold_at_recall(&mut scored, 0.5), 1.5);
        assert_eq!(best_threshold(&mut []), 0.0);
    }
}

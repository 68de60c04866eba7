//! L1 logistic regression around known weights, by coordinate descent.

/// Passes over all coordinates; the descent ends earlier when it stands still.
const SWEEPS: usize = 300;
/// A pass that moves no weight further than this is the last.
const STILL: f64 = 1e-5;

/// What is learned.
#[derive(Debug, Clone)]
pub struct Model {
    /// Logit when all features are 0.
    pub bias: f64,
    /// One for each feature.
    pub weights: Vec<f64>,
}

/// One observation.
#[derive(Debug)]
pub struct Row<'a> {
    /// Fewer than there are weights stand for 0.
    pub features: &'a [f64],
    /// The share of readers who said yes, from 0 to 1.
    pub wanted: f64,
}

impl Model {
    /// The logit of an observation.
    pub fn logit(&self, features: &[f64]) -> f64 {
        self.bias + self.weights.iter().zip(features).map(|(w, f)| w * f).sum::<f64>()
    }
}

/// Cross-entropy of a logit against a share.
pub fn loss(logit: f64, wanted: f64) -> f64 {
    // ln(1 + e^x) without overflow
    logit.max(0.0) + (-logit.abs()).exp().ln_1p() - wanted * logit
}

/// The weights that minimize mean loss + `penalty` · Σ |weight - its prior|, none with another sign than its prior;
/// a prior of 0 may go either way. The bias is free. Each step minimizes a quadratic bound of the loss in one weight
/// (Friedman, Hastie, Tibshirani, “Regularization Paths for Generalized Linear Models via Coordinate Descent”, 2010).
pub fn fit(rows: &[Row<'_>], prior: &Model, penalty: f64) -> Model {
    let mut model = prior.clone();
    let count = rows.len().max(1) as f64;
    let mut logits: Vec<f64> = rows.iter().map(|r| model.logit(r.features)).collect();
    for _ in 0..SWEEPS {
        let mut moved = 0.0f64;
        let slope: f64 = rows.iter().zip(&logits).map(|(r, l)| sigmoid(*l) - r.wanted).sum::<f64>() / count;
        let step = -4.0 * slope;
        model.bias += step;
        logits.iter_mut().for_each(|l| *l += step);
        moved = moved.max(step.abs());
        for (index, (weight, prior)) in model.weights.iter_mut().zip(&prior.weights).enumerate() {
            let (mut slope, mut bend) = (0.0, 0.0);
            for (row, logit) in rows.iter().zip(&logits) {
                let feature = row.features.get(index).copied().unwrap_or(0.0);
                slope += (sigmoid(*logit) - row.wanted) * feature;
                bend += feature * feature;
            }
            let (slope, bend) = (slope / count, bend / count / 4.0);
            if bend <= 0.0 {
                continue;
            }
            let free = *weight - slope / bend;
            let near = prior + shrunk(free - prior, penalty / bend);
            let next = match prior {
                p if *p > 0.0 => near.max(0.0),
                p if *p < 0.0 => near.min(0.0),
                _ => near,
            };
            let step = next - *weight;
            *weight = next;
            for (row, logit) in rows.iter().zip(&mut logits) {
                *logit += step * row.features.get(index).copied().unwrap_or(0.0);
            }
            moved = moved.max(step.abs());
        }
        if moved < STILL {
            break;
        }
    }
    model
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

fn shrunk(value: f64, by: f64) -> f64 {
    value.signum() * (value.abs() - by).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Observations in which only the first of two features matters.
    fn rows(features: &[[f64; 2]]) -> Vec<Row<'_>> {
        features.iter().map(|f| Row { features: f, wanted: if f[0] > 0.5 { 0.9 } else { 0.1 } }).collect()
    }

    const FEATURES: [[f64; 2]; 6] = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [1.0, 1.0], [0.0, 1.0]];

    #[test]
    fn what_the_data_says_is_learned_and_the_rest_kept() {
        let prior = Model { bias: 0.0, weights: vec![0.2, 0.3] };
        let model = fit(&rows(&FEATURES), &prior, 0.001);
        assert!((sigmoid(model.bias + model.weights[0]) - 0.9).abs() < 0.05, "{model:?}");
        let kept = fit(&rows(&FEATURES), &prior, 10.0);
        assert_eq!(kept.weights, prior.weights);
    }

    #[test]
    fn no_weight_changes_its_sign() {
        let prior = Model { bias: 0.0, weights: vec![-0.5, 0.0] };
        assert!(fit(&rows(&FEATURES), &prior, 0.001).weights[0].abs() < 1e-9);
    }

    #[test]
    fn the_loss_is_least_where_the_logit_says_the_share() {
        let at = |p: f64| loss((p / (1.0 - p)).ln(), 0.3);
        assert!(at(0.3) < at(0.2) && at(0.3) < at(0.4));
        assert!(loss(800.0, 1.0) < 1e-9 && loss(-800.0, 1.0) > 799.0);
    }
}

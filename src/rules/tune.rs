//! What a configuration changes in a rule set: thresholds, required fields, whose ratings count.

use super::{Logic, RuleSet};
use crate::model::Severity;

/// Changes to a rule set. Names that it does not know change nothing; the configuration was checked before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tuning {
    /// Score from which a kind of content is reported, by tag id.
    pub thresholds: Vec<(String, f32)>,
    /// Ids of fields that every header has.
    pub required: Option<Vec<String>>,
    /// Id of the ladder whose levels count.
    pub ladder: Option<String>,
    /// Rules that are off, so that what they ask for may be asked by another.
    pub off: Vec<String>,
}

/// The rule that asks for required fields, and the check by which archives ask for theirs.
pub const REQUIRED: &str = "core/required-field";
const CHECK: &str = "missing-field";
/// Checks that compare a rating with a ladder.
const OF_LADDERS: [&str; 2] = ["unknown-value", "old-name"];

impl Tuning {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.thresholds.is_empty() && self.required.is_none() && self.ladder.is_none()
    }
}

impl RuleSet {
    /// Whether a tag of this id is looked for in texts.
    pub fn detects(&self, tag: &str) -> bool {
        self.vocabulary.tag_id(tag).is_some_and(|id| self.detectors.iter().any(|d| d.tag == id))
    }

    /// Changes the rule set.
    pub fn tune(&mut self, tuning: &Tuning) {
        for (tag, threshold) in &tuning.thresholds {
            let Some(id) = self.vocabulary.tag_id(tag) else { continue };
            for detector in self.detectors.iter_mut().filter(|d| d.tag == id) {
                detector.warn = *threshold;
                detector.sure = detector.sure.max(*threshold);
            }
        }
        if let Some(required) = &tuning.required {
            let is_missing_field = |l: &Logic| matches!(l, Logic::Check(name) if name == CHECK);
            let asked: Vec<u32> = self
                .rules
                .iter()
                .filter(|r| is_missing_field(&r.logic) && !tuning.off.contains(&r.id))
                .flat_map(|r| r.fields.clone())
                .collect();
            let fields =
                required.iter().filter_map(|f| self.vocabulary.field_id(f)).filter(|f| !asked.contains(f)).collect();
            if let Some(rule) = self.rules.iter_mut().find(|r| r.id == REQUIRED) {
                rule.fields = fields;
                rule.severity = Severity::Warning;
            }
        }
        if let Some(wanted) = &tuning.ladder {
            self.use_ladder(wanted);
        }
    }

    /// Switches off what judges ratings by another ladder than this one.
    fn use_ladder(&mut self, wanted: &str) {
        let vocabulary = &self.vocabulary;
        let is_other = |index: usize| vocabulary.ladders.get(index).is_some_and(|l| l.id != wanted);
        for rule in &mut self.rules {
            let by_other = match &rule.logic {
                Logic::Condition { then, .. } => then.wanted_rating().is_some_and(|(ladder, _)| is_other(ladder)),
                Logic::Check(name) if OF_LADDERS.contains(&name.as_str()) => {
                    let before = rule.fields.len();
                    let id = rule.id.as_str();
                    rule.fields.retain(|f| vocabulary.ladder_for(*f, id).is_none_or(|l| l.id == wanted));
                    before > 0 && rule.fields.is_empty()
                }
                Logic::Check(_) => false,
            };
            if by_other {
                rule.severity = Severity::Off;
            }
        }
        // conditions know ladders by their place, so the others stay and are those of no field
        for ladder in self.vocabulary.ladders.iter_mut().filter(|l| l.id != wanted) {
            ladder.field = u32::MAX;
        }
    }
}

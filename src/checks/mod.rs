//! Judgements that TOML cannot express: the table of checks, one function a file.

use crate::model::{Facts, Fix, Label, Score};
use crate::rules::{Rule, RuleSet};

/// What a check found; the engine adds the rule's severity and message.
#[derive(Debug, Default)]
pub struct Finding {
    /// A tag id or a field id.
    pub subject: Option<String>,
    /// What fills the placeholders of the rule's summary: name without braces, value.
    pub fill: Vec<(&'static str, String)>,
    /// The places, the primary one first.
    pub labels: Vec<Label>,
    /// What to do, instead of the rule's own help.
    pub help: Option<String>,
    /// A change that settles it.
    pub fix: Option<Fix>,
    /// What was counted.
    pub score: Option<Score>,
}

/// A judgement: facts, the rules, and the rule that asks for it.
pub type Check = fn(&Facts<'_>, &RuleSet, &Rule) -> Vec<Finding>;

/// Every check by the name that rules use.
pub const CHECKS: &[(&str, Check)] = &[];

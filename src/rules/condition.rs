//! `when`, `expect` and `forbid` over facts.

use super::RuleSet;
use super::vocabulary::Rated;
use crate::model::facts::Entry;
use crate::model::{Claim, Degree, DetectorId, Facts, Stance, State, TagId};

/// A condition after linking: every part must hold.
#[derive(Debug, Default)]
pub struct Condition {
    /// All of these.
    pub all: Vec<Test>,
}

impl Condition {
    /// The tags whose scores it asks for, and from which score on.
    pub fn evidence(&self) -> Vec<(Subject, Threshold)> {
        let of = |test: &Test| match test {
            Test::Evidence(subject, threshold) => vec![(*subject, *threshold)],
            Test::Any(conditions) => conditions.iter().flat_map(Self::evidence).collect(),
            _ => Vec::new(),
        };
        self.all.iter().flat_map(of).collect()
    }
}

/// One part of a condition.
#[derive(Debug)]
pub enum Test {
    /// The work declares the tag at this degree or a stronger one.
    Tag(Subject, Degree),
    /// The work denies the tag.
    Denied(Subject),
    /// The work openly says nothing about this category or field.
    Withheld(String),
    /// The tag's score reaches a threshold.
    Evidence(Subject, Threshold),
    /// The work is rated this level of a ladder or higher.
    Rating {
        /// Index of the ladder.
        ladder: usize,
        /// Index of the level.
        level: usize,
    },
    /// The field has at least so many entries.
    Field(u32, usize),
    /// The field has one of these entries.
    OneOf(u32, Vec<String>),
    /// The field has no value.
    Absent(u32),
    /// At least one of these holds.
    Any(Vec<Condition>),
}

/// The tag that a condition speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The one that `each` goes through.
    Each,
    /// This one.
    Tag(TagId),
}

impl Subject {
    fn tag(self, each: Option<TagId>) -> Option<TagId> {
        match self {
            Self::Each => each,
            Self::Tag(tag) => Some(tag),
        }
    }
}

/// From which score on evidence holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// The detector's `warn`.
    Warn,
    /// The detector's `sure`.
    Sure,
    /// This one.
    At(f32),
}

/// What made a condition hold.
#[derive(Debug, Default, Clone)]
pub struct Proof {
    /// Indices of claims.
    pub claims: Vec<usize>,
    /// Indices of fields.
    pub fields: Vec<usize>,
    /// Detectors whose scores reached their threshold, with it.
    pub scores: Vec<(DetectorId, f32)>,
}

impl Proof {
    fn add(&mut self, other: Self) {
        self.claims.extend(other.claims);
        self.fields.extend(other.fields);
        self.scores.extend(other.scores);
    }
}

/// What a condition is judged in: the tag that `each` is at and the chapter that `per` is at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// The tag.
    pub each: Option<TagId>,
    /// The chapter.
    pub chapter: Option<u32>,
}

impl Condition {
    /// What makes it hold, or nothing. An empty condition holds.
    pub fn holds(&self, facts: &Facts<'_>, rules: &RuleSet, scope: Scope) -> Option<Proof> {
        let mut proof = Proof::default();
        for test in &self.all {
            proof.add(test.holds(facts, rules, scope)?);
        }
        Some(proof)
    }

    /// Every way in which it holds: of an `any` each alternative that does, and not only the first.
    pub fn ways(&self, facts: &Facts<'_>, rules: &RuleSet, scope: Scope) -> Vec<Proof> {
        let mut ways = vec![Proof::default()];
        for test in &self.all {
            let next: Vec<Proof> = match test {
                Test::Any(any) => any.iter().flat_map(|c| c.ways(facts, rules, scope)).collect(),
                test => test.holds(facts, rules, scope).into_iter().collect(),
            };
            let with = |way: &Proof| {
                let each = next.iter().map(|n| {
                    let mut both = way.clone();
                    both.add(n.clone());
                    both
                });
                each.collect::<Vec<_>>()
            };
            ways = ways.iter().flat_map(with).collect();
        }
        ways
    }

    /// The tag that it asks for first, for a fix.
    pub fn wanted_tag(&self, scope: Scope) -> Option<TagId> {
        self.all.iter().find_map(|t| match t {
            Test::Tag(subject, _) => subject.tag(scope.each),
            Test::Any(any) => any.iter().find_map(|c| c.wanted_tag(scope)),
            _ => None,
        })
    }

    /// Whether it asks a field for one of these entries, as compared.
    pub(super) fn names_any(&self, entries: &[String]) -> bool {
        self.all.iter().any(|test| match test {
            Test::OneOf(_, names) => names.iter().any(|n| entries.contains(n)),
            Test::Any(any) => any.iter().any(|c| c.names_any(entries)),
            _ => false,
        })
    }

    /// The rating that it asks for first, as ladder and level.
    pub fn wanted_rating(&self) -> Option<(usize, usize)> {
        self.all.iter().find_map(|t| match t {
            Test::Rating { ladder, level } => Some((*ladder, *level)),
            Test::Any(any) => any.iter().find_map(Self::wanted_rating),
            _ => None,
        })
    }
}

impl Test {
    fn holds(&self, facts: &Facts<'_>, rules: &RuleSet, scope: Scope) -> Option<Proof> {
        let mut proof = Proof::default();
        match self {
            Self::Tag(subject, degree) => {
                let tag = subject.tag(scope.each)?;
                let denied = facts.claims.iter().any(|c| c.stance == Stance::Denies && c.tag == tag);
                let declares = |c: &Claim| {
                    c.stance == Stance::Declares
                        && c.degree <= *degree
                        && (scope.chapter.is_none() || c.chapter.is_none() || c.chapter == scope.chapter)
                        && rules.vocabulary.tag(c.tag).is_some_and(|t| {
                            // a free tag that depicts what a warning is for tells readers as much
                            t.declares.contains(&tag) || t.warning == Some(tag) && !denied
                        })
                };
                proof.claims = matching(facts, declares)?;
            }
            Self::Denied(subject) => {
                let tag = subject.tag(scope.each)?;
                proof.claims = matching(facts, |c| c.stance == Stance::Denies && c.tag == tag)?;
            }
            Self::Withheld(what) => proof = withheld(facts, rules, what)?,
            Self::Evidence(subject, threshold) => {
                let tag = subject.tag(scope.each)?;
                proof.scores = evidence(facts, rules, tag, *threshold, scope)?;
            }
            Self::Rating { ladder, level } => {
                let ladder = rules.vocabulary.ladders.get(*ladder)?;
                let entry = entries(facts, ladder.field).next()?;
                let rated = match ladder.resolve(&entry.text)? {
                    Rated::Level(i) => i,
                    Rated::Unrated => ladder.unrated.as_ref()?.1,
                };
                if rated < *level {
                    return None;
                }
                proof.fields = vec![entry.field];
            }
            Self::Field(kind, count) => {
                let found: Vec<usize> = entries(facts, *kind).map(|e| e.field).collect();
                if found.len() < (*count).max(1) {
                    return None;
                }
                proof.fields = found;
                proof.fields.dedup();
            }
            Self::OneOf(kind, names) => {
                let key = super::vocabulary::key;
                proof.fields = vec![entries(facts, *kind).find(|e| names.contains(&key(&e.text)))?.field];
            }
            Self::Absent(kind) => {
                if entries(facts, *kind).next().is_some() {
                    return None;
                }
            }
            Self::Any(any) => return any.iter().find_map(|c| c.holds(facts, rules, scope)),
        }
        Some(proof)
    }
}

fn matching(facts: &Facts<'_>, test: impl Fn(&Claim) -> bool) -> Option<Vec<usize>> {
    let found: Vec<usize> = facts.claims.iter().enumerate().filter(|(_, c)| test(c)).map(|(i, _)| i).collect();
    (!found.is_empty()).then_some(found)
}

/// The entries of every field of a kind.
pub fn entries<'f>(facts: &'f Facts<'_>, kind: u32) -> impl Iterator<Item = &'f Entry> {
    facts.entries.iter().filter(move |e| e.kind == Some(kind))
}

/// A category is withheld by a tag, a rating by the ladder's unrated value; so is either by a field whose value
/// is unknown, since nothing can be demanded of what the file does not show.
fn withheld(facts: &Facts<'_>, rules: &RuleSet, what: &str) -> Option<Proof> {
    let by_tag = matching(facts, |c| {
        c.stance == Stance::Withholds
            && rules.vocabulary.tag(c.tag).is_some_and(|t| t.withholds.iter().any(|w| w == what))
    });
    if let Some(claims) = by_tag {
        return Some(Proof { claims, ..Proof::default() });
    }
    let kind = rules.vocabulary.field_id(what)?;
    let unknown = facts
        .work
        .fields
        .iter()
        .position(|f| f.state == State::Unknown && rules.vocabulary.field(&f.name.value) == Some(kind));
    let unrated = || {
        let mut ladders = rules.vocabulary.ladders.iter().filter(|l| l.field == kind);
        ladders.find_map(|l| entries(facts, kind).find(|e| l.resolve(&e.text) == Some(Rated::Unrated)).map(|e| e.field))
    };
    let field = unknown.or_else(unrated)?;
    Some(Proof { fields: vec![field], ..Proof::default() })
}

/// The detectors of a tag that reach the threshold, the strongest first.
fn evidence(
    facts: &Facts<'_>,
    rules: &RuleSet,
    tag: TagId,
    threshold: Threshold,
    scope: Scope,
) -> Option<Vec<(DetectorId, f32)>> {
    let mut found: Vec<(DetectorId, f32, f32)> = Vec::new();
    for (i, detector) in rules.detectors.iter().enumerate().filter(|(_, d)| d.tag == tag) {
        let id = DetectorId(i as u32);
        let limit = match threshold {
            Threshold::Warn => detector.warn,
            Threshold::Sure => detector.sure,
            Threshold::At(score) => score,
        };
        let score = match scope.chapter {
            None => facts.scores.get(i).copied().unwrap_or(0.0),
            chapter => facts.scenes_of(id, chapter).map(|s| s.score).fold(0.0, f32::max),
        };
        if score >= limit {
            found.push((id, limit, score));
        }
    }
    found.sort_by(|a, b| b.2.total_cmp(&a.2));
    (!found.is_empty()).then(|| found.into_iter().map(|f| (f.0, f.1)).collect())
}

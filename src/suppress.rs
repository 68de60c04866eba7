//! Findings that people accept: taken out of a report, and kept beside it with who accepted them and why.
//!
//! They are accepted in three places: in the work ([`Allow`]), in the configuration ([`Accepted`]), and in the
//! [`baseline`] that was written when forewarn was adopted.

pub mod allow;
pub mod baseline;

use std::ops::Range;

pub use allow::{Allow, Reach};

use crate::collect;
use crate::engine::{Settings, judge_rule};
use crate::model::{By, Diagnostic, Facts, Section, Severity, SourceId, Span, Suppressed, Work};
use crate::rules::{Rule, RuleSet, is_named};

/// The rule under which an allow is reported that nothing matches.
pub(crate) const UNUSED: &str = "core/unused-allow";
/// The rule under which an allow is reported that cannot be understood.
pub(crate) const UNKNOWN: &str = "core/unknown-allow";

/// What a configuration accepts, for one work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Full id of the rule.
    pub rule: String,
    /// Only this subject of it: a tag id, a field id, or the value in question.
    pub subject: Option<String>,
    /// Why, for people.
    pub reason: String,
    /// Its number among the entries of the configuration.
    pub entry: usize,
}

/// Whether a finding has this subject: its own, as a tag id, a tag's name or a field id, or the value it is about.
fn is_about(diagnostic: &Diagnostic, subject: &str, rules: &RuleSet) -> bool {
    let Some(own) = diagnostic.subject.as_deref() else { return false };
    let (field, value) = own.split_once(": ").unwrap_or((own, own));
    [own, field, value].iter().any(|s| s.eq_ignore_ascii_case(subject))
        || rules.vocabulary.resolve(subject).and_then(|r| rules.vocabulary.tag(r.tag)).is_some_and(|t| t.id == own)
}

/// Takes what is accepted out of the findings about a work, and adds what is wrong with its allows.
pub fn apply(
    found: Vec<Diagnostic>,
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
) -> (Vec<Diagnostic>, Vec<Suppressed>) {
    let (allows, mut kept) = if settings.allow_in_works { known(facts.work, rules) } else { Default::default() };
    let mut used = vec![false; allows.len()];
    let mut suppressed = Vec::new();
    for mut diagnostic in found {
        let accepts = |rule: &str, subject: Option<&str>| {
            is_named(&diagnostic.rule, rule) && subject.is_none_or(|s| is_about(&diagnostic, s, rules))
        };
        let own: Vec<usize> = (0..)
            .zip(&allows)
            .filter(|(_, a)| accepts(&a.rule.value, a.subject.as_ref().map(|s| s.value.as_str())))
            .map(|(i, _)| i)
            .collect();
        let configured = settings.accepted.iter().find(|a| accepts(&a.rule, a.subject.as_deref()));
        let whole = own.iter().copied().find(|i| allows.get(*i).is_some_and(|a| a.reach == Reach::Work));
        let by = match whole.or_else(|| in_ranges(&mut diagnostic, &own, &allows, &mut used, facts, rules, settings)) {
            Some(index) => {
                if let Some(used) = used.get_mut(index) {
                    *used = true;
                }
                allows.get(index).map(|a| (By::Work, a.reason.clone()))
            }
            None => configured.map(|a| (By::Config(a.entry), a.reason.clone())),
        };
        match by {
            Some((by, reason)) => suppressed.push(Suppressed { diagnostic, by, reason }),
            None => kept.push(diagnostic),
        }
    }
    kept.extend(unused(&allows, &used, facts, rules, settings));
    for diagnostic in &mut kept {
        if [UNUSED, UNKNOWN].contains(&diagnostic.rule.as_str()) {
            diagnostic.severity = severity(&diagnostic.rule, rules, settings);
        }
    }
    kept.retain(|d| d.severity != Severity::Off);
    (kept, suppressed)
}

/// The severity of one of our own rules; packs that lack it leave it a suggestion.
fn severity(rule: &str, rules: &RuleSet, settings: &Settings) -> Severity {
    rules.rule(rule).map_or(Severity::Info, |r| settings.severity(r))
}

/// The allow for a stretch of the work that takes a finding out, if one does. A finding about content loses what was
/// counted in that stretch; when what is left still makes one, it shows the places that are left.
fn in_ranges(
    diagnostic: &mut Diagnostic,
    own: &[usize],
    allows: &[Allow],
    used: &mut [bool],
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
) -> Option<usize> {
    let ranges: Vec<(usize, Span)> = own
        .iter()
        .filter_map(|i| match allows.get(*i)?.reach {
            Reach::Work => None,
            Reach::Stretch(span) => Some((*i, span)),
        })
        .collect();
    let inside =
        |span: Span, place: Span| span.source == place.source && span.start <= place.start && place.end <= span.end;
    if diagnostic.score.is_none() {
        let place = diagnostic.labels.first()?.span;
        return ranges.iter().find(|(_, span)| inside(*span, place)).map(|(i, _)| *i);
    }
    let counts = |span: Span| facts.evidence.iter().any(|e| inside(span, e.span));
    let (first, _) = *ranges.iter().find(|(_, span)| counts(*span))?;
    let less = collect::without(facts, rules, |place| ranges.iter().any(|(_, span)| inside(*span, place)));
    let rule = rules.rule(&diagnostic.rule)?;
    let again = judge_rule(&less, rules, rule, settings).into_iter().find(|d| d.subject == diagnostic.subject);
    match again {
        None => Some(first),
        Some(again) => {
            for (i, span) in &ranges {
                if let Some(used) = used.get_mut(*i) {
                    *used |= counts(*span);
                }
            }
            *diagnostic = again;
            None
        }
    }
}

/// The allows of a work whose rules there are, and a finding for each of the others.
fn known(work: &Work, rules: &RuleSet) -> (Vec<Allow>, Vec<Diagnostic>) {
    let (mut allows, mut problems) = allow::read(work);
    allows.retain_mut(|allow| {
        allow.rule.value = allow.rule.value.to_lowercase();
        let known = rules.named(&allow.rule.value).next().is_some();
        if !known {
            let message = format!("There is no rule “{}” to allow.", allow.rule.value);
            let hint = rules.hint_sentence(&allow.rule.value);
            problems.push(Diagnostic::new(UNKNOWN, Severity::Info, message).at(allow.rule.span, "").help(hint));
        }
        known
    });
    (allows, problems)
}

/// A finding for each allow that nothing matched. One for a rule that is off, or that a part of a work cannot break, is
/// left in peace.
fn unused(allows: &[Allow], used: &[bool], facts: &Facts<'_>, rules: &RuleSet, settings: &Settings) -> Vec<Diagnostic> {
    if !facts.is_work || facts.work.partial {
        return Vec::new();
    }
    let is_on = |rule: &Rule| settings.severity(rule) != Severity::Off;
    let idle = allows.iter().zip(used).filter(|(a, used)| !**used && rules.named(&a.rule.value).any(is_on));
    idle.map(|(allow, _)| {
        let subject = allow.subject.as_ref().map(|s| format!(" about “{}”", s.value)).unwrap_or_default();
        let message = format!("Nothing here needs “{}”{subject} to be allowed.", allow.rule.value);
        Diagnostic::new(UNUSED, Severity::Info, message)
            .at(allow.span, "")
            .help("Remove it, so that it hides nothing that comes later.")
    })
    .collect()
}

/// The paragraph that starts at or after a byte of a source: of the section there, up to its next paragraph break.
fn paragraph_after(sections: &[Section], source: SourceId, at: u32) -> Option<Range<u32>> {
    let of_source = sections.iter().filter(|s| s.text.span().source == source && s.text.span().end > at);
    let section = of_source.min_by_key(|s| s.text.span().start)?;
    let mut from = 0;
    for paragraph in section.text.as_str().split("\n\n") {
        let span = section.text.to_source(from..from + paragraph.len());
        if span.start >= at {
            return Some(span.start..span.end);
        }
        from += paragraph.len() + "\n\n".len();
    }
    None
}

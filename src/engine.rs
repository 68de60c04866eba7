//! One work checked against the rules: the whole run on one screen.

mod declare;
mod map;

use std::collections::HashMap;

use crate::checks::{CHECKS, Check, Finding};
use crate::collect::{collect, scenes};
use crate::fix::make::{add, replace};
use crate::model::{
    Chapter, ContentMap, DetectorId, Diagnostic, Evidence, Facts, Label, Report, Safety, Scene, Score, Severity, Span,
    TagId, Work,
};
use crate::rules::condition::{Condition, Proof, Scope};
use crate::rules::{Logic, Rule, RuleSet};
use crate::suppress::{self, Accepted};
pub use declare::declare;
pub use map::content_map;

/// What the configuration says about judging.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Severity by full rule id, over the packs' own.
    pub severities: HashMap<String, Severity>,
    /// Whether findings whose score is sure become errors.
    pub strict: bool,
    /// Findings that the configuration accepts in this work.
    pub accepted: Vec<Accepted>,
    /// Whether the work itself may say what is accepted in it.
    pub allow_in_works: bool,
    /// Whether the content map is drawn, which not every report shows.
    pub draws_map: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { severities: HashMap::new(), strict: false, accepted: Vec::new(), allow_in_works: true, draws_map: false }
    }
}

impl Settings {
    /// The severity of a rule.
    pub fn severity(&self, rule: &Rule) -> Severity {
        self.severities.get(&rule.id).copied().unwrap_or(rule.severity)
    }
}

/// Most places that a finding about content shows.
const PLACES: usize = 8;
/// Most scenes that they are taken from.
const SCENES: usize = 3;

/// Checks a work. `notes` are what its reader could not decide; they go through the same severities.
/// A text that is no work at all gives one finding that says so.
pub fn check(work: Work, notes: Vec<Diagnostic>, rules: &RuleSet, settings: &Settings) -> Report {
    let report = report(&collect(&work, rules), notes, rules, settings);
    let Report { name, format, sources, .. } = Report::of(work);
    Report { name, format, sources, ..report }
}

/// The report on a work of which the facts are known, as [`check`] makes it but without its name, format and sources.
pub fn report(facts: &Facts<'_>, notes: Vec<Diagnostic>, rules: &RuleSet, settings: &Settings) -> Report {
    let said = notes.iter().any(|n| n.rule == NOT_A_WORK);
    let mut found = match facts.is_work {
        true => judge(facts, rules, settings),
        false if said || facts.work.format.is_empty() => Vec::new(),
        false => vec![not_a_work()],
    };
    found.extend(notes);
    found.retain_mut(|d| {
        if let Some(severity) = settings.severities.get(&d.rule) {
            d.severity = *severity;
        }
        d.severity != Severity::Off
    });
    let (diagnostics, suppressed) = suppress::apply(found, facts, rules, settings);
    let map = if settings.draws_map { content_map(facts, rules) } else { ContentMap::default() };
    let mut report = Report {
        diagnostics,
        suppressed,
        chapters: chapters(facts, rules),
        map,
        words: story_words(facts),
        address: address(facts, rules),
        ..Report::default()
    };
    report.sort();
    report
}

/// The rule under which a text is reported that is no work.
pub const NOT_A_WORK: &str = "core/not-a-work";

/// The finding for a text that is no work.
pub(crate) fn not_a_work() -> Diagnostic {
    Diagnostic::new(NOT_A_WORK, Severity::Info, "This does not look like a work: it has no header and tells no story.")
        .help("If it is one, give it a header, for example a line `Rating: General Audiences` at the top.")
}

/// Every rule over the facts.
pub fn judge(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings) -> Vec<Diagnostic> {
    let mut found: Vec<_> = rules.rules.iter().flat_map(|rule| judge_rule(facts, rules, rule, settings)).collect();
    only_narrowest(&mut found, rules);
    found
}

/// One rule over the facts; nothing when it is off.
pub(crate) fn judge_rule(facts: &Facts<'_>, rules: &RuleSet, rule: &Rule, settings: &Settings) -> Vec<Diagnostic> {
    let severity = settings.severity(rule);
    if severity == Severity::Off {
        return Vec::new();
    }
    let findings: Vec<Finding> = match &rule.logic {
        Logic::Check(name) => {
            let check: Option<&(&str, Check)> = CHECKS.iter().find(|c| c.0 == name);
            check.map(|c| (c.1)(facts, rules, rule)).unwrap_or_default()
        }
        Logic::Condition { when, then, forbid } => {
            let scopes = scopes(rule, facts).into_iter();
            scopes.filter_map(|scope| condition(facts, rules, rule, scope, when, then, *forbid)).collect()
        }
    };
    let mut found: Vec<Diagnostic> = findings.into_iter().map(|f| diagnostic(rule, severity, f)).collect();
    for diagnostic in found.iter_mut().filter(|_| settings.strict) {
        let sure = diagnostic.score.as_ref().is_some_and(|s| s.value >= s.sure);
        if sure && diagnostic.severity >= Severity::Warning {
            diagnostic.severity = Severity::Error;
        }
    }
    found
}

/// Drops what the text shows of a tag that another one found in it says already: the death of a main character is a
/// death too, and one label for it is enough.
fn only_narrowest(found: &mut Vec<Diagnostic>, rules: &RuleSet) {
    let shown = |d: &Diagnostic| {
        let subject = d.subject.as_deref().filter(|_| d.score.is_some())?;
        rules.vocabulary.tag_id(subject)
    };
    let tags: Vec<(TagId, Severity)> = found.iter().filter_map(|d| Some((shown(d)?, d.severity))).collect();
    found.retain(|d| {
        let Some(tag) = shown(d) else { return true };
        let says_it = |other: &&(TagId, Severity)| {
            let declares = rules.vocabulary.tag(other.0).is_some_and(|t| t.declares.contains(&tag));
            other.0 != tag && other.1 >= d.severity && declares
        };
        !tags.iter().any(|other| says_it(&other))
    });
}

/// Every tag and chapter that a rule is judged for.
pub(crate) fn scopes(rule: &Rule, facts: &Facts<'_>) -> Vec<Scope> {
    let mut chapters: Vec<Option<u32>> = vec![None];
    if rule.per_chapter {
        chapters = facts.work.sections.iter().filter(|s| s.kind.is_story()).map(|s| s.chapter).collect();
        chapters.dedup();
    }
    let tags: Vec<Option<TagId>> = rule.each.as_ref().map_or(vec![None], |t| t.iter().copied().map(Some).collect());
    tags.iter().flat_map(|each| chapters.iter().map(|chapter| Scope { each: *each, chapter: *chapter })).collect()
}

fn condition(
    facts: &Facts<'_>,
    rules: &RuleSet,
    rule: &Rule,
    scope: Scope,
    when: &Condition,
    then: &Condition,
    forbid: bool,
) -> Option<Finding> {
    let mut proof = when.holds(facts, rules, scope)?;
    let then_holds = then.holds(facts, rules, scope);
    let against = match (then_holds, forbid) {
        (None, false) => Proof::default(),
        (Some(against), true) => against,
        _ => return None,
    };
    let scores = std::mem::take(&mut proof.scores);
    let mut labels = Vec::new();
    for (detector, _) in &scores {
        labels.extend(places(facts, rules, *detector, scope.chapter));
    }
    labels.truncate(PLACES);
    for (proof, text) in [(&proof, "declared here"), (&against, "but this says otherwise")] {
        let claims = proof.claims.iter().filter_map(|i| facts.claims.get(*i)).map(|c| c.span);
        let fields = proof.fields.iter().filter_map(|i| facts.work.fields.get(*i)).map(field_span);
        for span in claims.chain(fields) {
            // what holds and what speaks against it may stand in one place
            if !labels.iter().any(|l: &Label| l.span == span) {
                labels.push(Label { span, text: text.to_owned(), primary: false });
            }
        }
    }
    let scored = scores.first().and_then(|(d, _)| rules.detectors.get(d.0 as usize)).map(|d| d.tag);
    let tag = scope.each.or(scored).or_else(|| when.wanted_tag(scope)).or_else(|| then.wanted_tag(scope));
    let rating =
        then.wanted_rating().filter(|_| !forbid).and_then(|(l, i)| Some((rules.vocabulary.ladders.get(l)?, i)));
    let mut finding = Finding { labels, ..Finding::default() };
    if let Some((ladder, level)) = rating {
        let field = rules.vocabulary.kind(ladder.field);
        let now = crate::rules::condition::entries(facts, ladder.field).next();
        // nothing can be said of a rating that means nothing; another rule says that
        if now.is_some_and(|e| ladder.resolve(&e.text).is_none()) {
            return None;
        }
        if let Some(now) = now {
            finding.labels.push(Label { span: now.span, text: "the declared rating".into(), primary: false });
        }
        let name = ladder.levels.get(level).map_or("", |l| &l.name);
        finding.fill.push(("rating", name.to_owned()));
        finding.fill.push(("value", now.map(|e| e.text.clone()).unwrap_or_default()));
        finding.fix = now.and_then(|e| replace(facts, rules, e, name, Safety::Suggestion));
        finding.subject = field.map(|f| f.id.clone());
    }
    // where a tag would do as well as a rating, the finding is about the tag
    if !forbid && let Some(wanted) = then.wanted_tag(scope) {
        // the tag that was found is named when it says what is wanted and more
        let says = |t: &TagId| rules.vocabulary.tag(*t).is_some_and(|t| t.declares.contains(&wanted));
        let wanted = tag.filter(says).unwrap_or(wanted);
        // what a rule only asks about is for the author to answer, each time
        let asks = rule.summary.contains('?');
        let name = rules.vocabulary.tag(wanted).filter(|_| !asks).map(|t| t.name.as_str());
        finding.fix = name.and_then(|name| add(facts, rules, wanted, name));
        finding.subject = None;
    }
    if scope.each.is_some() {
        finding.subject = None;
    }
    if let Some(tag) = tag.and_then(|t| rules.vocabulary.tag(t)) {
        finding.fill.push(("tag", tag.name.clone()));
        finding.subject.get_or_insert(tag.id.clone());
    }
    finding.score =
        scores.first().and_then(|(detector, threshold)| score(facts, rules, *detector, *threshold, scope.chapter));
    Some(finding)
}

/// The strongest places of a detector, from its strongest scenes, in order of the text.
fn places(facts: &Facts<'_>, rules: &RuleSet, detector: DetectorId, chapter: Option<u32>) -> Vec<Label> {
    let label = |e: &Evidence| Label { span: e.span, text: lexicon_words(rules, e), primary: false };
    let (scenes, _) = strongest(facts.scenes_of(detector, chapter), SCENES);
    evidence(facts, rules, &scenes, PLACES).into_iter().map(label).collect()
}

/// The strongest of some scenes, at most so many, and how many there are in all.
pub(crate) fn strongest<'f>(scenes: impl Iterator<Item = &'f Scene>, most: usize) -> (Vec<&'f Scene>, usize) {
    let mut scenes: Vec<&Scene> = scenes.collect();
    let all = scenes.len();
    // a stable sort keeps scenes of one score in order of the text
    scenes.sort_by(|a, b| b.score.total_cmp(&a.score));
    scenes.truncate(most);
    (scenes, all)
}

/// About so many of the strongest places of some scenes, as many from each, in order of the text.
pub(crate) fn evidence<'f>(facts: &'f Facts<'_>, rules: &RuleSet, scenes: &[&Scene], most: usize) -> Vec<&'f Evidence> {
    let each = most.div_ceil(scenes.len().max(1));
    let indices = scenes.iter().flat_map(|scene| scenes::strongest(facts, rules, scene).into_iter().take(each));
    let mut evidence: Vec<&Evidence> = indices.filter_map(|i| facts.evidence.get(i as usize)).collect();
    evidence.sort_by_key(|e| e.span);
    // several lexicons may count the same words
    evidence.dedup_by_key(|e| e.span);
    evidence
}

/// What was seen at a place, as words for people.
pub(crate) fn lexicon_words(rules: &RuleSet, evidence: &Evidence) -> String {
    rules.lexicon_name(evidence.lexicon).replace('-', " ")
}

/// The score of a detector in a chapter or in the whole work, with what made its strongest scene.
pub(crate) fn score(
    facts: &Facts<'_>,
    rules: &RuleSet,
    id: DetectorId,
    threshold: f32,
    chapter: Option<u32>,
) -> Option<Score> {
    let detector = rules.detectors.get(id.0 as usize)?;
    let best = facts.scenes_of(id, chapter).max_by(|a, b| a.score.total_cmp(&b.score))?;
    let value = if chapter.is_some() { best.score } else { facts.scores.get(id.0 as usize).copied()? };
    Some(Score { value, threshold, sure: detector.sure, parts: scenes::why(facts, rules, best) })
}

/// The value of a field, or its label when it has none.
pub(crate) fn field_span(field: &crate::model::Field) -> Span {
    match (field.values.first(), field.values.last()) {
        (Some(a), Some(b)) if a.span.source == b.span.source => Span { end: b.span.end, ..a.span },
        _ => field.name.span,
    }
}

/// A finding in the words of its rule.
fn diagnostic(rule: &Rule, severity: Severity, finding: Finding) -> Diagnostic {
    let fill = |text: &str| filled(text, &finding.fill);
    let mut labels = finding.labels;
    for (i, label) in labels.iter_mut().enumerate() {
        label.primary = i == 0;
    }
    Diagnostic {
        rule: rule.id.clone(),
        subject: finding.subject.clone(),
        severity,
        message: fill(&rule.summary),
        labels,
        help: finding.help.clone().or_else(|| rule.help.as_deref().map(fill)),
        fix: finding.fix.clone(),
        score: finding.score.clone(),
    }
}

/// A text with its placeholders filled. What is filled in is never filled again: a tag may be called `{value}`.
fn filled(text: &str, fill: &[(&'static str, String)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let known = after.split_once('}').and_then(|(name, after)| Some((fill.iter().find(|f| f.0 == name)?, after)));
        match known {
            Some(((_, value), after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Scores per chapter and tag.
fn chapters(facts: &Facts<'_>, rules: &RuleSet) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for (index, (section, measure)) in facts.work.sections.iter().zip(&facts.measures).enumerate() {
        if !section.kind.is_story() {
            continue;
        }
        if chapters.last().is_none_or(|c| c.number != section.chapter) {
            chapters.push(Chapter { number: section.chapter, ..Chapter::default() });
        }
        let Some(chapter) = chapters.last_mut() else { continue };
        chapter.words += measure.words;
        if let Some(heading) = &section.heading {
            chapter.title.get_or_insert_with(|| heading.value.clone());
        }
        // scenes are in order of section
        let from = facts.scenes.partition_point(|s| (s.section as usize) < index);
        for scene in facts.scenes.iter().skip(from).take_while(|s| s.section as usize == index) {
            let Some(tag) = rules.vocabulary.tag(scene.tag) else { continue };
            match chapter.scores.iter_mut().find(|s| s.0 == tag.id) {
                Some(known) => known.1 = known.1.max(scene.score),
                None => chapter.scores.push((tag.id.clone(), scene.score)),
            }
        }
    }
    for chapter in &mut chapters {
        chapter.scores.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
    chapters
}

/// The address of a work without its scheme, query and chapter: `archiveofourown.org/works/1`.
fn address(facts: &Facts<'_>, rules: &RuleSet) -> Option<String> {
    let url = rules.vocabulary.field_id("url")?;
    let text = crate::rules::condition::entries(facts, url).next()?.text.trim();
    let (_, rest) = text.split_once("://")?;
    let rest = rest.split(['?', '#']).next()?.split("/chapters/").next()?.trim_end_matches('/');
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    // the front page of a site is the address of no work
    rest.contains('/').then(|| rest.to_owned())
}

fn story_words(facts: &Facts<'_>) -> u64 {
    facts.story().map(|(_, m)| u64::from(m.words)).sum()
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let fill = [("value", "{expected}, {value}".to_owned()), ("expected", "{ }".to_owned())];
        assert_eq!(filled("“{value}” holds {expected}.", &fill), "“{expected}, {value}” holds { }.");
        assert_eq!(filled("{other} {value", &fill), "{other} {value");
    }
}

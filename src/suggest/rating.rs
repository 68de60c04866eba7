//! The rating line: the lowest level that covers what is shown.

use super::reading::{not_judged, not_read};
use super::tags::found;
use super::{
    Change, Line, Reading, Reason, Suggestion, Value, entries, is_hidden, join, keep_as_it_is, place_of_claim,
};
use crate::engine::{Settings, scopes};
use crate::model::{Degree, Facts, Severity, TagId};
use crate::rules::condition::{Proof, Scope};
use crate::rules::vocabulary::Rated;
use crate::rules::{Logic, RuleSet};
use std::collections::HashSet;

/// A level that something asks for.
pub(super) struct Ask {
    level: usize,
    tag: Option<TagId>,
    /// Whether a rule in force asks for it, and not only one that is off.
    demanded: bool,
    reason: Reason,
    /// Whether it is shown; else the work's own tags ask for it.
    shown: bool,
}

/// The rating line. Gives the level of the ladder that the work has then, if it has one.
pub(super) fn rating(
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
    index: usize,
    out: &mut Suggestion,
) -> Option<usize> {
    let ladder = rules.vocabulary.ladders.get(index)?;
    let kind = rules.vocabulary.kind(ladder.field)?;
    if is_hidden(facts, rules, ladder.field) {
        return None;
    }
    let declared = entries(facts, ladder.field).next();
    let meant = declared.and_then(|d| ladder.resolve(&d.text));
    let asks = asks(facts, rules, settings, index);
    let highest = |test: &dyn Fn(&&Ask) -> bool| asks.iter().filter(test).map(|a| a.level).max().unwrap_or(0);
    let (shown, all) = (highest(&|a| a.shown), highest(&|_| true));
    // where no rule in force speaks, a declared rating gives way only to what is sure; tags are their author's to weigh
    let against = highest(&|a| a.shown && (a.demanded || a.reason.sure == Some(true)));
    let name = |level: usize| ladder.levels.get(level).map_or("", |l| l.name.as_str());
    let mut line = Line { field: kind.id.clone(), label: kind.name.clone(), listed: false, values: vec![], note: None };
    let keep = |text: &str, rated: Rated| {
        let spelling = ladder.spelling(rated);
        let change = if spelling == text { Change::Kept } else { Change::Respelled(text.to_owned()) };
        Value { text: spelling.to_owned(), tag: None, change, reasons: Vec::new() }
    };
    let level = match (declared, meant) {
        (Some(entry), Some(Rated::Unrated)) => {
            line.values.push(keep(&entry.text, Rated::Unrated));
            line.note =
                Some(format!("“{}” is a full answer, and nothing more is asked.", ladder.spelling(Rated::Unrated)));
            ladder.unrated.as_ref().map(|u| u.1)
        }
        (Some(entry), Some(Rated::Level(now))) if against <= now => {
            line.values.push(keep(&entry.text, Rated::Level(now)));
            line.note = Some(match shown {
                0 if out.reading.words == 0 => "It is kept as you declare it; the text could not be judged.".to_owned(),
                0 => format!("It is kept as you declare it. {}", nothing_more(&out.reading)),
                asked if asked > now => "It is kept as you declare it, and the choice is yours.".to_owned(),
                asked => {
                    let by = join(&names(&asks, asked, rules), "and");
                    format!("It is kept as you declare it, and covers what was found: {by} ({}).", name(asked))
                }
            });
            if let Some(value) = line.values.first_mut().filter(|_| shown > now) {
                let often = format!("Works with this are often rated {}:", name(shown));
                value.reasons.push(Reason::plain(often));
                value.reasons.extend(asks.iter().filter(|a| a.shown && a.level == shown).map(|a| a.reason.clone()));
            }
            let by_tags = asks.iter().filter(|a| !a.shown && a.level > now.max(shown));
            out.conflicts.extend(by_tags.map(|a| a.reason.clone()));
            Some(now)
        }
        (declared, _) => {
            let known = meant.is_some();
            let wanted = if known { against } else { all };
            let decisive: Vec<&Ask> = asks.iter().filter(|a| a.level == wanted && (a.shown || !known)).collect();
            if wanted == 0 && (out.reading.words == 0 || !out.reading.unread.is_empty()) {
                line.note = Some(not_judged(&out.reading));
                line.values.extend(declared.map(|d| keep_as_it_is(&d.text)));
                out.lines.push(line);
                return None;
            }
            let mut reasons = Vec::new();
            let mut say = |text: String| reasons.push(Reason::plain(text));
            let declared = declared.map(|d| d.text.clone());
            match (&declared, known) {
                (Some(now), true) => say(format!("You declare “{now}”, and what was found asks for more.")),
                (Some(now), false) => say(format!("“{now}” is not one of the archive's ratings.")),
                _ => {}
            }
            if wanted == 0 {
                say(nothing_more(&out.reading));
                say("Words are counted, not understood: if the story is darker than its words, rate it higher.".into());
            } else {
                if known && decisive.iter().all(|a| !a.demanded) {
                    say(
                        "No rule in force demands it: this is how such works are often rated, and the choice is yours."
                            .into(),
                    );
                }
                let least = if out.reading.unread.is_empty() { "the lowest rating" } else { "the least" };
                say(format!("It is {least} that covers what was found:"));
            }
            reasons.extend(decisive.iter().filter(|_| wanted > 0).map(|a| a.reason.clone()));
            let covered: HashSet<TagId> =
                decisive.iter().filter_map(|a| rules.vocabulary.tag(a.tag?)).flat_map(|t| t.declares.clone()).collect();
            let lower: Vec<&Ask> = asks
                .iter()
                .filter(|a| a.shown && a.level > 0 && a.level < wanted && a.tag.is_none_or(|t| !covered.contains(&t)))
                .collect();
            if !lower.is_empty() {
                let named: Vec<String> = lower
                    .iter()
                    .filter_map(|a| Some(format!("{} ({})", rules.vocabulary.tag(a.tag?)?.name, name(a.level))))
                    .collect();
                reasons.push(Reason::plain(format!("It covers these, which ask for less: {}.", named.join(", "))));
            }
            if out.reading.partial {
                reasons.push(Reason::plain("Only a part of the work is in this file; the rest may ask for more."));
            }
            if !out.reading.unread.is_empty() {
                reasons.push(Reason::plain(not_read(&out.reading)));
            }
            let change = declared.map_or(Change::New, Change::Instead);
            line.values.push(Value { text: name(wanted).to_owned(), tag: None, change, reasons });
            Some(wanted)
        }
    };
    out.lines.push(line);
    level
}

/// Everything that asks for a level of a ladder, once for each tag, the highest level first.
pub(super) fn asks(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings, ladder: usize) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    for rule in &rules.rules {
        let Logic::Condition { when, then, forbid: false } = &rule.logic else { continue };
        let Some((_, level)) = then.wanted_rating().filter(|(l, _)| *l == ladder) else { continue };
        let name = rules.vocabulary.ladders.get(ladder).and_then(|l| l.levels.get(level)).map_or("", |l| &l.name);
        let demanded = settings.severity(rule) != Severity::Off;
        for scope in scopes(rule, facts) {
            // where a tag would do as well, the rule asks for no rating
            if then.wanted_tag(scope).is_some() {
                continue;
            }
            for proof in when.ways(facts, rules, scope) {
                for ask in from_proof(facts, rules, &proof, scope, (level, name), demanded) {
                    match asks.iter_mut().find(|a| a.tag == ask.tag && a.shown == ask.shown) {
                        Some(known) if known.level >= ask.level => known.demanded |= demanded && known.level == level,
                        Some(known) => *known = ask,
                        None => asks.push(ask),
                    }
                }
            }
        }
    }
    asks.sort_by_key(|a| (std::cmp::Reverse(a.level), a.tag));
    asks
}

pub(super) fn from_proof(
    facts: &Facts<'_>,
    rules: &RuleSet,
    proof: &Proof,
    scope: Scope,
    (level, name): (usize, &str),
    demanded: bool,
) -> Vec<Ask> {
    let found = proof.scores.iter().filter_map(|(d, limit)| found(facts, rules, *d, *limit, scope.chapter));
    let shown = found.map(|f| Ask { level, tag: Some(f.tag), demanded, shown: true, reason: f.reason });
    let mut asks: Vec<Ask> = shown.collect();
    // only what is declared as shown speaks of what a reader meets
    let claims = proof.claims.iter().filter_map(|i| facts.claims.get(*i)).filter(|c| c.degree == Degree::Depicted);
    if asks.is_empty()
        && let Some(claim) = claims.min_by_key(|c| c.span)
    {
        let words = facts.work.slice(claim.span);
        let text = format!("You declare “{words}”, which goes with a rating of {name} or higher.");
        let reason = Reason { places: vec![place_of_claim(claim)], sure: Some(true), ..Reason::plain(text) };
        asks.push(Ask { level, tag: Some(claim.tag), demanded, shown: false, reason });
    }
    asks
}

pub(super) fn names<'r>(asks: &[Ask], level: usize, rules: &'r RuleSet) -> Vec<&'r str> {
    let tags = asks.iter().filter(|a| a.shown && a.level == level).filter_map(|a| rules.vocabulary.tag(a.tag?));
    tags.map(|t| t.name.as_str()).collect()
}

pub(super) fn nothing_more(reading: &Reading) -> String {
    format!("Nothing was found that asks for more, in {}.", amount(reading.words, &reading.languages))
}

/// `1,204 words of English`.
pub fn amount(words: u64, languages: &[String]) -> String {
    let digits = words.to_string();
    let mut amount = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            amount.push(',');
        }
        amount.push(digit);
    }
    amount.push_str(if words == 1 { " word" } else { " words" });
    match languages {
        [] => amount,
        names => format!("{amount} of {}", join(&names.iter().map(String::as_str).collect::<Vec<_>>(), "and")),
    }
}

//! What a work might declare: a block of metadata made of what it says itself and what its text shows, with reasons.
//!
//! Nothing is known here that packs do not say. A rating is asked for by rules that expect one, also by those that are
//! off; a tag by the rules in force that would report its absence. What is declared is kept, and what is openly
//! withheld is a full answer.

use std::collections::HashSet;

use crate::checks::language::{english_name, spoken};
use crate::engine::{self, Settings, scopes};
use crate::model::facts::{Entry, Origin};
use crate::model::{Claim, Degree, DetectorId, Facts, Score, Severity, Span, Stance, State, TagId};
use crate::rules::condition::{Condition, Proof, Scope, Test};
use crate::rules::vocabulary::{FieldKind, Holds, Rated, key};
use crate::rules::{Logic, Rule, RuleSet};

/// Most tags that are added to a work; of more, the least certain are only named.
const MOST_TAGS: usize = 8;
/// Most scenes that a reason quotes.
const SCENES: usize = 3;
/// About how many places it quotes from all of them together.
const PLACES: usize = 3;

/// What a work might declare, and why.
#[derive(Debug, Default)]
pub struct Suggestion {
    /// How much text the suggestions rest on.
    pub reading: Reading,
    /// The block, in the order of the vocabulary's fields, which is that of the archive's pages.
    pub lines: Vec<Line>,
    /// Tags that were found and not added, because there are many others that are more certain.
    pub more: Vec<String>,
    /// What no word list can judge: asked, and never written into the block.
    pub questions: Vec<Reason>,
    /// What is declared against itself, or against what the text shows.
    pub conflicts: Vec<Reason>,
    /// Whether the work openly declines to warn, so that nothing is added to its warnings and tags.
    pub withheld: bool,
    /// Names of fields that the packs ask for and that nothing here can fill.
    pub missing: Vec<String>,
    /// Labels of fields that stay where they are: long texts, and labels that no pack knows.
    pub left: Vec<String>,
    /// Labels of fields that the work has and this file does not show.
    pub hidden: Vec<String>,
    /// All content that the work has with this block, for lists of other kinds.
    pub content: Vec<Content>,
}

/// How much text was read with word lists.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Words of story in languages that packs have words for.
    pub words: u64,
    /// Names of these languages.
    pub languages: Vec<String>,
    /// Whether the language was only assumed, for a text too short to tell.
    pub assumed: bool,
    /// Languages without words, each with its number of words: their content is not known.
    pub unread: Vec<(String, u64)>,
    /// Whether the file holds only a part of the work.
    pub partial: bool,
}

/// A line of the block.
#[derive(Debug)]
pub struct Line {
    /// Id of the field: `additional-tag`.
    pub field: String,
    /// What people call it: `Additional Tags`.
    pub label: String,
    /// Whether it can hold several values.
    pub listed: bool,
    /// Its values, in order; none when only the author can choose one.
    pub values: Vec<Value>,
    /// What is to be said of the line as a whole.
    pub note: Option<String>,
}

/// A value of a line.
#[derive(Debug)]
pub struct Value {
    /// As the block has it.
    pub text: String,
    /// The tag that it means, for values that were added.
    pub tag: Option<String>,
    /// How it differs from what the work declares.
    pub change: Change,
    /// Why; empty for what is kept.
    pub reasons: Vec<Reason>,
}

/// How a value differs from what the work declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is declared.
    Kept,
    /// It is declared in this other spelling.
    Respelled(String),
    /// It is declared in the field of this name.
    Moved(String),
    /// It is added.
    New,
    /// It stands in the place of this declared value.
    Instead(String),
}

/// Why something is suggested, asked or remarked.
#[derive(Debug, Clone)]
pub struct Reason {
    /// One sentence for people.
    pub text: String,
    /// Whether the score is sure, or the author says so; none for what is not a matter of certainty.
    pub sure: Option<bool>,
    /// What was counted.
    pub score: Option<Score>,
    /// Where, in order of the text.
    pub places: Vec<Place>,
}

impl Reason {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), sure: None, score: None, places: Vec::new() }
    }
}

/// A place in the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its words.
    pub span: Span,
    /// The chapter it is in.
    pub chapter: Option<u32>,
    /// What was seen there, as a word for people.
    pub what: String,
}

/// A kind of content that the work has.
#[derive(Debug, Clone)]
pub struct Content {
    /// Which.
    pub tag: TagId,
    /// How strongly it is declared. What the text shows is depicted where the score is sure, else mild: a guess.
    pub degree: Degree,
    /// Why, for what the text shows and the work does not declare.
    pub shown: Option<Reason>,
}

/// Content that was found: a detector with its score.
#[derive(Debug, Clone)]
struct Found {
    tag: TagId,
    score: Score,
    sure: bool,
    reason: Reason,
}

/// What a work might declare. It must be one: see [`Facts::is_work`].
pub fn suggest(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings) -> Suggestion {
    let mut out = Suggestion { reading: reading(facts, rules), ..Suggestion::default() };
    let mut rated: Vec<(usize, usize)> = Vec::new();
    for (index, ladder) in rules.vocabulary.ladders.iter().enumerate() {
        if out.lines.iter().any(|l| rules.vocabulary.field_id(&l.field) == Some(ladder.field)) {
            continue;
        }
        if let Some(level) = rating(facts, rules, settings, index, &mut out) {
            rated.push((index, level));
        }
    }
    out.withheld = facts.claims.iter().any(|c| c.stance == Stance::Withholds);
    let candidates = candidates(facts, rules, settings, &rated, &mut out);
    lines(facts, rules, settings, candidates, &mut out);
    conflicts(facts, rules, settings, &mut out);
    out.missing = missing(facts, rules, settings, &out);
    out.content = content(facts, rules, out.withheld);
    out
}

fn reading(facts: &Facts<'_>, rules: &RuleSet) -> Reading {
    let mut reading = Reading { partial: facts.work.partial, ..Reading::default() };
    let all: u64 = facts.story().map(|(_, m)| u64::from(m.words)).sum();
    let mut told = 0;
    for (language, words, _) in spoken(facts) {
        told += u64::from(words);
        let name = english_name(language).unwrap_or(language.0).to_owned();
        if rules.language(language.0).is_some() {
            reading.languages.push(name);
        } else {
            reading.unread.push((name, u64::from(words)));
        }
    }
    // what is too short to tell is taken for what the work says, else it is read with every word list
    let has_words =
        |e: &&Entry| rules.languages.iter().any(|l| l.id == key(&e.text) || l.names.contains(&key(&e.text)));
    let declared: Vec<&Entry> =
        rules.vocabulary.field_id("language").map(|k| entries(facts, k).collect()).unwrap_or_default();
    if told < all
        && let Some(other) = declared.first().filter(|_| !declared.iter().any(has_words))
    {
        reading.unread.push((other.text.clone(), all - told));
    }
    let unread: u64 = reading.unread.iter().map(|u| u.1).sum();
    reading.words = all - unread;
    if reading.languages.is_empty() && reading.words > 0 {
        reading.assumed = declared.is_empty();
        reading.languages = rules.languages.iter().filter_map(|l| l.names.first()).map(|n| capitalized(n)).collect();
    }
    reading
}

/// The entries of a field that speak of the whole work.
fn entries<'f>(facts: &'f Facts<'_>, kind: u32) -> impl Iterator<Item = &'f Entry> {
    let whole = |e: &&Entry| facts.work.fields.get(e.field).is_none_or(|f| f.chapter.is_none());
    facts.entries.iter().filter(move |e| e.kind == Some(kind)).filter(whole)
}

/// Whether a field stands in the work with a value that this file does not show.
fn is_hidden(facts: &Facts<'_>, rules: &RuleSet, kind: u32) -> bool {
    let fields = facts.work.fields.iter();
    fields.filter(|f| f.state == State::Unknown).any(|f| rules.vocabulary.field(&f.name.value) == Some(kind))
}

// Rating

/// A level that something asks for.
struct Ask {
    level: usize,
    tag: Option<TagId>,
    /// Whether a rule in force asks for it, and not only one that is off.
    demanded: bool,
    reason: Reason,
    /// Whether it is shown; else the work's own tags ask for it.
    shown: bool,
}

/// The rating line. Gives the level of the ladder that the work has then, if it has one.
fn rating(
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

fn keep_as_it_is(text: &str) -> Value {
    Value { text: text.to_owned(), tag: None, change: Change::Kept, reasons: Vec::new() }
}

/// Everything that asks for a level of a ladder, once for each tag, the highest level first.
fn asks(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings, ladder: usize) -> Vec<Ask> {
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

fn from_proof(
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

fn place_of_claim(claim: &Claim) -> Place {
    Place { span: claim.span, chapter: claim.chapter, what: "declared here".to_owned() }
}

fn names<'r>(asks: &[Ask], level: usize, rules: &'r RuleSet) -> Vec<&'r str> {
    let tags = asks.iter().filter(|a| a.shown && a.level == level).filter_map(|a| rules.vocabulary.tag(a.tag?));
    tags.map(|t| t.name.as_str()).collect()
}

fn nothing_more(reading: &Reading) -> String {
    format!("Nothing was found that asks for more, in {}.", amount(reading.words, &reading.languages))
}

/// `1,204 words of English`.
pub(crate) fn amount(words: u64, languages: &[String]) -> String {
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

fn not_judged(reading: &Reading) -> String {
    match reading.unread.as_slice() {
        [] => "There is no text of a story in this file, so no rating can be suggested.".to_owned(),
        _ => format!("No rating can be suggested. {}", not_read(reading)),
    }
}

/// `120 words of Finnish were not looked at, because there are no word lists for it.`
fn not_read(reading: &Reading) -> String {
    let each: Vec<String> =
        reading.unread.iter().map(|(name, words)| amount(*words, std::slice::from_ref(name))).collect();
    let each: Vec<&str> = each.iter().map(String::as_str).collect();
    let them = if each.len() > 1 { "these languages" } else { "that language" };
    format!("{} were not looked at, because there are no word lists for {them}.", join(&each, "and"))
}

// Found content

/// What a detector found, with its strongest scenes.
fn found(facts: &Facts<'_>, rules: &RuleSet, id: DetectorId, threshold: f32, chapter: Option<u32>) -> Option<Found> {
    let detector = rules.detectors.get(id.0 as usize)?;
    let tag = rules.vocabulary.tag(detector.tag)?;
    let score = engine::score(facts, rules, id, threshold, chapter)?;
    let mut scenes: Vec<_> = facts.scenes_of(id, chapter).filter(|s| s.score >= detector.warn.min(threshold)).collect();
    let many = scenes.len();
    // the strongest first; a stable sort keeps scenes of one score in order of the text
    scenes.sort_by(|a, b| b.score.total_cmp(&a.score));
    scenes.truncate(SCENES);
    let each = PLACES.div_ceil(scenes.len().max(1));
    let mut places: Vec<Place> = Vec::new();
    for evidence in scenes.iter().flat_map(|s| s.evidence.iter().take(each)) {
        let Some(evidence) = facts.evidence.get(*evidence as usize) else { continue };
        let chapter = facts.work.sections.get(evidence.section as usize).and_then(|s| s.chapter);
        let what = rules.lexicon_name(evidence.lexicon).replace('-', " ");
        places.push(Place { span: evidence.span, chapter, what });
    }
    places.sort_by_key(|p| p.span);
    // several lexicons may count the same words
    places.dedup_by_key(|p| p.span);
    let scenes = if many > 1 { format!("{many} scenes suggest it") } else { "One scene suggests it".to_owned() };
    let text = format!("{}: {scenes} ({}).", tag.name, lower(detector.summary.trim_end_matches('.')));
    let sure = score.value >= detector.sure;
    let reason = Reason { text, sure: Some(sure), score: Some(score.clone()), places };
    Some(Found { tag: detector.tag, score, sure, reason })
}

// Tags

/// A tag that might be added.
struct Candidate {
    tag: TagId,
    value: String,
    /// Nothing for what the author says in a note.
    score: Option<f32>,
    reason: Reason,
}

/// Tags that the rules in force would report, which the block lacks; questions and conflicts go to `out`.
fn candidates(
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
    rated: &[(usize, usize)],
    out: &mut Suggestion,
) -> Vec<Candidate> {
    let mut found: Vec<(Found, TagId, &Rule)> = Vec::new();
    for rule in rules.rules.iter().filter(|r| settings.severity(r) != Severity::Off) {
        let Logic::Condition { when, then, forbid: false } = &rule.logic else { continue };
        for scope in scopes(rule, facts) {
            let Some(wanted) = then.wanted_tag(scope) else { continue };
            let by_rating =
                then.wanted_rating().is_some_and(|(l, level)| rated.iter().any(|r| r.0 == l && r.1 >= level));
            if by_rating || then.holds(facts, rules, scope).is_some() {
                continue;
            }
            for (detector, limit) in
                when.ways(facts, rules, scope).into_iter().filter_map(|p| p.scores.first().copied())
            {
                let Some(f) = self::found(facts, rules, detector, limit, scope.chapter) else { continue };
                // the tag that was found is named when it says what is wanted and more
                let tag = if declares(rules, f.tag, wanted) { f.tag } else { wanted };
                match found.iter_mut().find(|k| k.1 == tag) {
                    Some(known) if known.0.score.value >= f.score.value => {}
                    Some(known) => *known = (f, tag, rule),
                    None => found.push((f, tag, rule)),
                }
            }
        }
    }
    found.sort_by(|a, b| b.0.sure.cmp(&a.0.sure).then(b.0.score.value.total_cmp(&a.0.score.value)).then(a.1.cmp(&b.1)));
    let mut candidates = Vec::new();
    let asked = asked(rules);
    for (f, tag, rule) in found {
        let Some(known) = rules.vocabulary.tag(tag) else { continue };
        if asked.contains(&tag) {
            let asks =
                if is_question(rule) { rule.summary.replace("{tag}", &known.name) } else { f.reason.text.clone() };
            // a question is not a matter of certainty
            out.questions.push(Reason { text: asks, sure: None, ..f.reason });
        } else if let Some(denial) = denial(facts, rules, tag) {
            let words = facts.work.slice(denial.span);
            let text = format!("The text suggests {}, and the work says “{words}”, so it was not added.", known.name);
            out.conflicts.push(Reason { text, ..f.reason });
        } else {
            candidates.push(Candidate { tag, value: known.name.clone(), score: Some(f.score.value), reason: f.reason });
        }
    }
    let mut all = from_notes(facts, rules, settings);
    candidates.retain(|c| all.iter().all(|n| n.tag != c.tag));
    all.extend(uncovered(candidates, rules));
    all
}

fn declares(rules: &RuleSet, tag: TagId, other: TagId) -> bool {
    rules.vocabulary.tag(tag).is_some_and(|t| t.declares.contains(&other))
}

/// Without tags that another one of the list implies or covers. Of two that cover each other the first stays.
fn uncovered(candidates: Vec<Candidate>, rules: &RuleSet) -> Vec<Candidate> {
    let covers = |a: TagId, b: TagId| {
        let tag = rules.vocabulary.tag(a);
        tag.is_some_and(|t| t.declares.contains(&b) || t.warning == Some(b))
    };
    let tags: Vec<TagId> = candidates.iter().map(|c| c.tag).collect();
    let is_covered = |index: usize, tag: TagId| {
        let mut others = tags.iter().enumerate().filter(|(i, _)| *i != index);
        others.any(|(i, other)| covers(*other, tag) && (i < index || !covers(tag, *other)))
    };
    let keep: Vec<bool> = tags.iter().enumerate().map(|(i, tag)| !is_covered(i, *tag)).collect();
    candidates.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(c, _)| c).collect()
}

/// The field claim that says that a tag, or the warning that it depicts, is not there.
fn denial<'f>(facts: &'f Facts<'_>, rules: &RuleSet, tag: TagId) -> Option<&'f Claim> {
    let warning = rules.vocabulary.tag(tag).and_then(|t| t.warning);
    facts.claims.iter().find(|c| c.stance == Stance::Denies && (c.tag == tag || Some(c.tag) == warning))
}

fn is_question(rule: &Rule) -> bool {
    rule.summary.trim_end().ends_with('?')
}

/// Tags that a rule asks about rather than reports: its summary is a question.
fn asked(rules: &RuleSet) -> HashSet<TagId> {
    let mut asked = HashSet::new();
    for rule in rules.rules.iter().filter(|r| is_question(r)) {
        if let Logic::Condition { when, .. } = &rule.logic {
            evidence_tags(when, rule, &mut asked);
        }
    }
    asked
}

fn evidence_tags(condition: &Condition, rule: &Rule, tags: &mut HashSet<TagId>) {
    use crate::rules::condition::Subject;
    for test in &condition.all {
        match test {
            Test::Evidence(Subject::Tag(tag), _) => drop(tags.insert(*tag)),
            Test::Evidence(Subject::Each, _) => tags.extend(rule.each.iter().flatten()),
            Test::Any(any) => any.iter().for_each(|c| evidence_tags(c, rule, tags)),
            _ => {}
        }
    }
}

/// Tags that the author's own notes warn of and no field declares.
fn from_notes(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings) -> Vec<Candidate> {
    let mut found = Vec::new();
    for diagnostic in engine::judge(facts, rules, settings) {
        let is_note = |r: &Rule| matches!(&r.logic, Logic::Check(check) if check == "note-warning");
        if !rules.rule(&diagnostic.rule).is_some_and(is_note) {
            continue;
        }
        let Some(label) = diagnostic.labels.first() else { continue };
        let of_section = |c: &&Claim| c.span == label.span && matches!(c.origin, Origin::Section(_));
        let Some(claim) = facts.claims.iter().find(of_section) else { continue };
        if denial(facts, rules, claim.tag).is_some() {
            continue;
        }
        let text = diagnostic.message.clone();
        let places = vec![Place { what: "warned of here".to_owned(), ..place_of_claim(claim) }];
        let reason = Reason { text, sure: Some(true), score: None, places };
        let value = rules.vocabulary.form(claim.tag, claim.degree);
        found.push(Candidate { tag: claim.tag, value, score: None, reason });
    }
    found
}

// The block

fn lines(
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
    mut candidates: Vec<Candidate>,
    out: &mut Suggestion,
) {
    let vocabulary = &rules.vocabulary;
    let mut made = std::mem::take(&mut out.lines);
    let mut moved: Vec<Value> = Vec::new();
    for (index, kind) in (0..).zip(&vocabulary.fields) {
        if let Some(at) = made.iter().position(|l| l.field == kind.id) {
            out.lines.push(made.remove(at));
            continue;
        }
        if is_hidden(facts, rules, index) {
            continue;
        }
        let mut values: Vec<Value> = Vec::new();
        for entry in entries(facts, index) {
            match kept(rules, kind, entry) {
                Some(value) => values.push(value),
                None => moved.push(Value { change: Change::Moved(kind.name.clone()), ..keep_as_it_is(&entry.text) }),
            }
        }
        let mut note = None;
        if let Some(category) = &kind.one_of {
            let (own, others) =
                candidates.into_iter().partition(|c: &Candidate| tag_category(rules, c.tag) == Some(category));
            candidates = others;
            values.extend(own.into_iter().map(|c| added(c, rules)));
            note = closed_note(facts, rules, settings, kind, index, &values, out);
        } else if kind.id == "additional-tag" {
            values.append(&mut moved);
            let (notes, shown): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|c| c.score.is_none());
            candidates = Vec::new();
            let rest = shown.len().saturating_sub(MOST_TAGS);
            out.more = shown.iter().rev().take(rest).rev().map(|c| c.value.clone()).collect();
            values.extend(notes.into_iter().chain(shown.into_iter().take(MOST_TAGS)).map(|c| added(c, rules)));
        } else if kind.holds == Holds::Text && values.iter().any(|v| v.text.contains('\n')) {
            out.left.push(kind.name.clone());
            continue;
        }
        if !values.is_empty() || note.is_some() {
            let listed = !kind.split.is_empty();
            out.lines.push(Line { field: kind.id.clone(), label: kind.name.clone(), listed, values, note });
        }
    }
    for field in facts.work.fields.iter().filter(|f| f.chapter.is_none()) {
        let name = field.name.value.clone();
        if field.state == State::Unknown {
            out.hidden.push(name);
        } else if vocabulary.field(&name).is_none() {
            out.left.push(name);
        }
    }
}

fn tag_category(rules: &RuleSet, tag: TagId) -> Option<&String> {
    rules.vocabulary.tag(tag).map(|t| &t.category)
}

fn added(candidate: Candidate, rules: &RuleSet) -> Value {
    let tag = rules.vocabulary.tag(candidate.tag).map(|t| t.id.clone());
    Value { text: candidate.value, tag, change: Change::New, reasons: vec![candidate.reason] }
}

/// A declared entry in the archive's spelling; none for one that its closed list does not know, where free tags
/// can take it.
fn kept(rules: &RuleSet, kind: &FieldKind, entry: &Entry) -> Option<Value> {
    let Some(category) = &kind.one_of else { return Some(keep_as_it_is(&entry.text)) };
    let Some(tag) = rules.vocabulary.resolve_in(category, &entry.text) else {
        let free = category == "archive-warning" && rules.vocabulary.field_id("additional-tag").is_some();
        return (!free).then(|| keep_as_it_is(&entry.text));
    };
    let name = rules.vocabulary.tag(tag).map_or(entry.text.as_str(), |t| &t.name);
    let change = if name == entry.text { Change::Kept } else { Change::Respelled(entry.text.clone()) };
    Some(Value { text: name.to_owned(), tag: None, change, reasons: Vec::new() })
}

/// What is to be said of a field with a closed list that has answers such as “none” and “I would rather not say”.
fn closed_note(
    facts: &Facts<'_>,
    rules: &RuleSet,
    settings: &Settings,
    kind: &FieldKind,
    index: u32,
    values: &[Value],
    out: &Suggestion,
) -> Option<String> {
    let category = kind.one_of.as_deref()?;
    let mut tags = rules.vocabulary.tags.iter().filter(|t| t.category == category);
    let silence = tags.clone().find(|t| t.withholds.iter().any(|w| w == category))?;
    let none = tags.clone().find(|t| !t.denies.is_empty())?;
    if values.iter().any(|v| key(&v.text) == key(&silence.name)) {
        let rest = "so nothing that the text shows was added to it or to the tags";
        return Some(format!("“{}” is a full answer, {rest}.", silence.name));
    }
    let demanded = demanded(rules, settings).contains(&index);
    if !values.is_empty() || !demanded {
        return None;
    }
    let warnings: Vec<String> = tags
        .by_ref()
        .filter(|t| t.withholds.is_empty() && t.denies.is_empty())
        .map(|t| format!("“{}”", t.name))
        .collect();
    let warnings: Vec<&str> = warnings.iter().map(String::as_str).collect();
    let against = out.conflicts.iter().chain(&out.questions).any(|r| r.score.is_some());
    let seen = match out.reading.words {
        0 => "It is left open, because the text could not be judged.",
        _ if against => "It is left open.",
        _ => {
            "It is left open: nothing was found that reaches one of these warnings, but only you know what happens in your story."
        }
    };
    let own = facts.story().next().is_some();
    Some(format!(
        "{seen} Write {} if {} has it; “{}” if it has none of them; “{}” if you would rather not say.",
        join(&warnings, "or"),
        if own { "the story" } else { "the work" },
        none.name,
        silence.name
    ))
}

/// The fields that rules in force ask for.
fn demanded(rules: &RuleSet, settings: &Settings) -> Vec<u32> {
    let asks = |r: &&Rule| {
        matches!(&r.logic, Logic::Check(check) if check == "missing-field") && settings.severity(r) != Severity::Off
    };
    rules.rules.iter().filter(asks).flat_map(|r| r.fields.iter().copied()).collect()
}

fn missing(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings, out: &Suggestion) -> Vec<String> {
    let mut missing = Vec::new();
    for index in demanded(rules, settings) {
        let Some(kind) = rules.vocabulary.kind(index) else { continue };
        let in_block = out.lines.iter().any(|l| l.field == kind.id);
        if !in_block && !is_hidden(facts, rules, index) && !missing.contains(&kind.name) {
            missing.push(kind.name.clone());
        }
    }
    missing
}

/// What the work declares against itself, as rules in force say: those that forbid something.
fn conflicts(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings, out: &mut Suggestion) {
    for diagnostic in engine::judge(facts, rules, settings) {
        let Some(rule) = rules.rule(&diagnostic.rule) else { continue };
        let forbids = match &rule.logic {
            Logic::Condition { then, forbid, .. } => *forbid && is_denial(then),
            Logic::Check(check) => check == "denied-by-tag",
        };
        if !forbids {
            continue;
        }
        let chapter_of = |span: Span| {
            let inside = |e: &&crate::model::Evidence| e.span == span;
            let evidence = facts.evidence.iter().find(inside)?;
            facts.work.sections.get(evidence.section as usize)?.chapter
        };
        let places = diagnostic.labels.iter().take(PLACES + 1);
        let places: Vec<Place> =
            places.map(|l| Place { span: l.span, chapter: chapter_of(l.span), what: l.text.clone() }).collect();
        let sure = diagnostic.score.as_ref().map(|s| s.value >= s.sure);
        let help = diagnostic.help.map(|h| format!(" {h}")).unwrap_or_default();
        out.conflicts.push(Reason {
            text: format!("{}{help}", diagnostic.message),
            sure,
            score: diagnostic.score,
            places,
        });
    }
}

/// Whether a condition is about something that the work denies or declines to say.
fn is_denial(condition: &Condition) -> bool {
    condition.all.iter().any(|test| match test {
        Test::Denied(_) | Test::Withheld(_) => true,
        Test::Any(any) => any.iter().any(is_denial),
        _ => false,
    })
}

/// What the work declares and, unless it declines to warn, what its text shows.
fn content(facts: &Facts<'_>, rules: &RuleSet, withheld: bool) -> Vec<Content> {
    let mut content: Vec<Content> = Vec::new();
    for claim in facts.claims.iter().filter(|c| c.stance == Stance::Declares) {
        match content.iter_mut().find(|c| c.tag == claim.tag) {
            Some(known) => known.degree = known.degree.min(claim.degree),
            None => content.push(Content { tag: claim.tag, degree: claim.degree, shown: None }),
        }
    }
    let asked = asked(rules);
    let claimed = content.len();
    for (index, detector) in rules.detectors.iter().enumerate().filter(|_| !withheld) {
        let tag = detector.tag;
        let declared = |c: &Content| c.tag == tag || declares(rules, c.tag, tag);
        if asked.contains(&tag)
            || denial(facts, rules, tag).is_some()
            || content.iter().take(claimed).any(declared)
            || facts.scores.get(index).is_none_or(|s| *s < detector.warn)
        {
            continue;
        }
        if let Some(found) = found(facts, rules, DetectorId(index as u32), detector.warn, None) {
            let degree = if found.sure { Degree::Depicted } else { Degree::Mild };
            content.push(Content { tag, degree, shown: Some(found.reason) });
        }
    }
    content
}

// Words

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A sentence as part of another.
fn lower(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// `A, B and C`.
fn join(names: &[&str], word: &str) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

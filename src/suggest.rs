//! What a work might declare: a block of metadata made of what it says itself and what its text shows, with reasons.
//!
//! Nothing is known here that packs do not say. A rating is asked for by rules that expect one, also by those that are
//! off; a tag by the rules in force that would report its absence. What is declared is kept, and what is openly
//! withheld is a full answer.

mod block;
mod rating;
mod reading;
pub mod sentences;
pub mod style;
mod tags;

pub use rating::amount;

use crate::engine::{self, Settings};
use crate::model::facts::Entry;
use crate::model::{Claim, Degree, Facts, Score, Span, Stance, State, TagId};
use crate::rules::RuleSet;
use block::{conflicts, content, lines, missing};
use rating::rating;
use reading::reading;
use tags::candidates;

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
    let judged = engine::judge(facts, rules, settings);
    let candidates = candidates(facts, rules, settings, &rated, &mut out, &judged);
    lines(facts, rules, settings, candidates, &mut out);
    conflicts(facts, rules, judged, &mut out);
    out.missing = missing(facts, rules, settings, &out);
    out.content = content(facts, rules, out.withheld);
    out
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

fn keep_as_it_is(text: &str) -> Value {
    Value { text: text.to_owned(), tag: None, change: Change::Kept, reasons: Vec::new() }
}

fn place_of_claim(claim: &Claim) -> Place {
    Place { span: claim.span, chapter: claim.chapter, what: "declared here".to_owned() }
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

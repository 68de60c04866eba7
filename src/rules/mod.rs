//! TOML packs to a rule set: the tables, their linking, and the bundled packs.

use std::collections::BTreeMap;
use std::sync::OnceLock;

mod bytes;
mod codec;
pub(crate) mod compiled;
pub mod condition;
pub mod detector;
mod frequent;
pub mod lexicon;
mod link;
pub mod matcher;
pub mod modifier;
pub mod nearest;
pub mod pack;
mod pattern;
mod reading;
pub mod spanned;
pub mod tune;
pub mod vocabulary;
mod word_map;

pub use crate::packs::{BUILT_FROM, bundled, bundled_names};
pub use compiled::{Pack, compile, decode, load, load_whole};
pub use link::{Loaded, link};
pub(crate) use link::{Problems, parse};
pub use pattern::Pattern;

use crate::model::{LexiconId, RuleText, Severity, TagId};
use condition::Condition;
use detector::Detector;
use frequent::Frequent;
use lexicon::{Lexicon, Phrase};
use matcher::Index;
use vocabulary::Vocabulary;
use word_map::WordMap;

/// A pack as text: its name and its files.
#[derive(Debug, Clone, Default)]
pub struct PackText {
    /// As it stands before the slash in `pack/rule`.
    pub name: String,
    /// Path and content of each TOML file, in order of path.
    pub files: Vec<(String, String)>,
    /// Whether it comes with forewarn, which asks more of it.
    pub bundled: bool,
}

/// Everything that packs say, linked and ready for use by any number of threads.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// Names of the packs.
    pub packs: Vec<String>,
    /// Languages with their negations and common words.
    pub languages: Vec<Language>,
    /// Names of things.
    pub vocabulary: Vocabulary,
    /// Groups of terms; a [`LexiconId`] is an index here.
    pub lexicons: Vec<Lexicon>,
    /// All their terms.
    pub index: Index,
    /// Patterns behind anchors.
    pub patterns: Vec<Pattern>,
    /// How lexicons add up; a [`DetectorId`](crate::model::DetectorId) is an index here.
    pub detectors: Vec<Detector>,
    /// What to demand.
    pub rules: Vec<Rule>,
    /// Examples, for `rules test`; none where the packs were compiled.
    pub examples: Vec<Example>,
    /// Which of the compiled rule sets it was made from.
    pub(crate) base: Option<u32>,
    /// What tells languages apart at once; made when the first text is read.
    frequent: OnceLock<Frequent>,
}

impl RuleSet {
    /// A rule by its full id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// The rules that go by a name: `core/undeclared` is one, `undeclared` may be one of each pack.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Rule> {
        let name = name.trim().to_lowercase();
        self.rules.iter().filter(move |r| is_named(&r.id, &name))
    }

    /// The same as a sentence.
    pub fn hint_sentence(&self, name: &str) -> String {
        let hint = self.hint(name);
        let mut chars = hint.chars();
        let hint: String = chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect());
        if hint.ends_with('?') { hint } else { hint + "." }
    }

    /// What to say to someone who asked for a rule that there is not, as a clause.
    pub fn hint(&self, name: &str) -> String {
        let name = name.trim().to_lowercase();
        if let Some(rule) = self.named(&name).next() {
            return format!("did you mean `{}`?", rule.id);
        }
        let names = self.rules.iter().flat_map(|r| [r.id.as_str(), r.id.split('/').next_back().unwrap_or("")]);
        match nearest::nearest(&name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`forewarn rules list` shows all rules".to_owned(),
        }
    }

    /// The language that the beginning of a normalized text is plainly in, by its most frequent words; none leaves that to
    /// a closer look.
    pub fn plain_language(&self, sample: &str) -> Option<&Language> {
        let frequent = self.frequent.get_or_init(|| Frequent::new(&self.languages));
        frequent.language(sample).and_then(|language| self.languages.get(language))
    }

    /// A lexicon by its index.
    pub fn lexicon(&self, id: LexiconId) -> Option<&Lexicon> {
        self.lexicons.get(id.0 as usize)
    }

    /// The language with that ISO 639-3 code.
    pub fn language(&self, code: &str) -> Option<usize> {
        self.languages.iter().position(|l| l.code == code)
    }

    /// The name of a lexicon for people: its id without the language.
    pub fn lexicon_name(&self, id: LexiconId) -> String {
        let id = self.lexicon(id).map_or("", |l| l.id.as_str());
        id.split('.').next().unwrap_or(id).to_owned()
    }
}

/// A language that packs have words for.
#[derive(Debug)]
pub struct Language {
    /// `en`.
    pub id: String,
    /// `eng`.
    pub code: String,
    /// What it is called, as compared.
    pub names: Vec<String>,
    /// Phrases that deny or make unreal what follows.
    pub negation: Vec<Phrase>,
    /// How many words they reach.
    pub within: u32,
    /// Word sets.
    pub sets: BTreeMap<String, Vec<String>>,
    /// Rank of frequent words, higher for more frequent.
    pub common: WordMap,
    /// Words that narrative is full of.
    pub narrative: Vec<String>,
}

/// One demand.
#[derive(Debug)]
pub struct Rule {
    /// `pack/id`.
    pub id: String,
    /// As the packs and the configuration have it.
    pub severity: Severity,
    /// The message with its placeholders.
    pub summary: String,
    /// What `explain` says.
    pub docs: String,
    /// What to do.
    pub help: Option<String>,
    /// The tags it is judged for, one by one.
    pub each: Option<Vec<TagId>>,
    /// The category of those tags, and which of its tags are left out.
    pub(crate) category: Option<(String, Vec<TagId>)>,
    /// Whether it is judged chapter by chapter.
    pub per_chapter: bool,
    /// What it says.
    pub logic: Logic,
    /// Fields that a check is about.
    pub fields: Vec<u32>,
    /// A number that a check compares with.
    pub limit: Option<f64>,
    /// Tiny works in which it is silent; none where the packs were compiled.
    pub passes: Vec<String>,
    /// Tiny works in which it speaks; none where the packs were compiled.
    pub fails: Vec<String>,
}

impl Rule {
    /// Its words without its logic.
    pub fn text(&self) -> RuleText {
        RuleText {
            id: self.id.clone(),
            severity: self.severity,
            summary: plain(&self.summary),
            docs: self.docs.trim().to_owned(),
            help: self.help.as_deref().map(plain),
        }
    }
}

/// Whether a rule's id is meant by a name in lower case, with or without its pack.
pub(crate) fn is_named(id: &str, name: &str) -> bool {
    id == name || id.split_once('/').is_some_and(|(_, short)| short == name)
}

/// A message with its placeholders as words in brackets.
pub fn plain(message: &str) -> String {
    message.replace('{', "[").replace('}', "]")
}

/// How a rule judges.
#[derive(Debug)]
pub enum Logic {
    /// When the first holds, the second must (`expect`) or must not (`forbid`).
    Condition {
        /// When.
        when: Condition,
        /// Then.
        then: Condition,
        /// Whether `then` must not hold.
        forbid: bool,
    },
    /// A check in `src/checks/`, by name; `reader` and `loader` findings are made while reading and loading.
    Check(String),
}

/// An example that a pack carries.
#[derive(Debug, Clone)]
pub struct Example {
    /// Which table it belongs to.
    pub of: ExampleOf,
    /// The text.
    pub text: String,
    /// Whether something must be found in it.
    pub finds: bool,
    /// Index of its file among all files of the packs, and its place there.
    pub file: usize,
    /// Bytes in that file.
    pub at: std::ops::Range<usize>,
}

/// What an example is an example of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleOf {
    /// A lexicon: `[[ ]]` marks what is counted.
    Lexicon(LexiconId),
    /// A detector: a scene that reaches `warn`, or does not.
    Detector(u32),
    /// A rule: a tiny work in which it speaks, or is silent.
    Rule(u32),
}

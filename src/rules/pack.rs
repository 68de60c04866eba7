//! The tables of a pack exactly as written in TOML. Plain structs, so that every value keeps its span.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::spanned::Spanned;

/// A string with its place in the TOML file.
pub type Word = Spanned<String>;

/// One file of a pack. A pack may be cut into files in any way.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PackFile {
    /// What is shared by all lexicons of a language.
    pub language: Vec<LanguageTable>,
    /// Words around a tag that change how it is meant.
    pub modifier: Vec<ModifierTable>,
    /// Pieces of metadata.
    pub field: Vec<FieldTable>,
    /// The vocabulary.
    pub tag: Vec<TagTable>,
    /// Closed lists of names under which other sites file tags.
    pub list: Vec<ListTable>,
    /// Ladders of ratings.
    pub rating: Vec<RatingTable>,
    /// Groups of terms.
    pub lexicon: Vec<LexiconTable>,
    /// How lexicons add up.
    pub detector: Vec<DetectorTable>,
    /// What to demand.
    pub rule: Vec<RuleTable>,
}

/// `[[language]]`: negations, conditionals and word sets of one language.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LanguageTable {
    /// Short code as in the archive's language menu: `en`.
    pub id: Word,
    /// ISO 639-3 code, as language guessing gives it: `eng`.
    pub code: Word,
    /// What people call it, in the language itself and in English; lower or upper case.
    pub names: Vec<Word>,
    /// Words that deny what follows in the same sentence.
    #[serde(default)]
    pub negation: Vec<Word>,
    /// Words that make what follows unreal in the same sentence: `would`, `as if`, `almost`.
    #[serde(default)]
    pub irrealis: Vec<Word>,
    /// How many words a negation or irrealis word reaches.
    #[serde(default = "default_reach")]
    pub within: u32,
    /// Word sets that terms name in braces: `{their}`.
    #[serde(default)]
    pub sets: BTreeMap<String, Vec<Word>>,
    /// The most frequent words, which make poor anchors for phrases.
    #[serde(default)]
    pub common: Vec<Word>,
    /// Words that narrative is full of and other prose is not: they tell a story from a licence.
    #[serde(default)]
    pub narrative: Vec<Word>,
}

fn default_reach() -> u32 {
    4
}

/// `[[modifier]]`: words around a tag that change its degree.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModifierTable {
    /// What remains of the tag: a degree (`mild`, `attempted`, `past`, `implied`, `loose`), `denied`, `ignored`
    /// (the words say nothing about degree, as `tw:`) or `unrelated` (the whole tag is about something else, as `episode`).
    pub degree: Word,
    /// Words before the tag.
    #[serde(default)]
    pub before: Vec<Word>,
    /// Words after the tag; brackets around them are ignored.
    #[serde(default)]
    pub after: Vec<Word>,
    /// Words on either side. Unlike the others they count only beside names that mean the same in any company.
    #[serde(default)]
    pub around: Vec<Word>,
    /// Words for those whom it happens to or who do it: `teenager`, `teacher`. They count like `around`.
    #[serde(default)]
    pub people: Vec<Word>,
    /// Endings of words that say which kind of thing a noun means: `-al` as in `institutional abuse`.
    #[serde(default)]
    pub kinds: Vec<Word>,
    /// How a tag of this degree is usually written: `Implied/Referenced {tag}`.
    pub form: Option<Word>,
}

/// `[[field]]`: a piece of metadata and the labels it goes by.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FieldTable {
    /// kebab-case: `archive-warning`.
    pub id: Word,
    /// What people call it.
    pub name: Word,
    /// Labels in any letter case; `_`, `-` and spaces are the same.
    pub names: Vec<Word>,
    /// `tags`, `names`, `text`, `rating`, `number`, `chapters`, `date` or `status`.
    pub holds: Word,
    /// Separators of a list that stands in one string.
    #[serde(default)]
    pub split: Vec<Word>,
    /// A closed list: entries must be tags of this category.
    pub one_of: Option<Word>,
    /// Whether a line in notes that starts with one of the names claims tags too.
    #[serde(default)]
    pub in_notes: bool,
    /// Whether entries are tags that users type, which count towards an archive's limit.
    #[serde(default)]
    pub user_tags: bool,
    /// Most characters of the whole value.
    pub max_characters: Option<Spanned<u32>>,
}

/// `[[tag]]`: an entry of the vocabulary.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TagTable {
    /// kebab-case: `animal-death`.
    pub id: Word,
    /// The canonical name.
    pub name: Word,
    /// A word for what kind of tag it is; rules say `each = "archive-warning"`.
    pub category: Word,
    /// Other spellings that mean the same.
    #[serde(default)]
    pub synonyms: Vec<Word>,
    /// Nouns among its names that mean it in longer tags too, unless a strange word before them or an “of” after them makes
    /// another thing of them: `abuse`, but not of `Coffee Abuse` or `Abuse of Commas`. Names of several words need not be
    /// listed.
    #[serde(default)]
    pub heads: Vec<Word>,
    /// Further words that mean it in any company: `abused`, as in `Abused Harry`.
    #[serde(default)]
    pub anywhere: Vec<Word>,
    /// Names that it had, with a safe fix to the present one.
    #[serde(default)]
    pub renamed_from: Vec<Word>,
    /// Tag ids that it takes with it.
    #[serde(default)]
    pub implies: Vec<Word>,
    /// Tag ids that need no tag of their own beside it.
    #[serde(default)]
    pub covers: Vec<Word>,
    /// Tag ids that it says are not there.
    #[serde(default)]
    pub denies: Vec<Word>,
    /// Tag ids, or a field id, about which it openly says nothing.
    #[serde(default)]
    pub withholds: Vec<Word>,
    /// The archive warning that this tag depicts (the strong groups of warnings by tag).
    pub warning: Option<Word>,
    /// Names for degrees that are not made by the modifier's form: `mild = "Minor Violence"`.
    #[serde(default)]
    pub forms: BTreeMap<String, Word>,
    /// Whether misspellings of its name are looked for.
    #[serde(default = "yes")]
    pub spelling: bool,
}

fn yes() -> bool {
    true
}

/// `[[list]]`: the closed list of names under which another site files what the vocabulary calls tags. Each name is
/// understood as a tag, too.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListTable {
    /// kebab-case: `storygraph`.
    pub id: Word,
    /// What people call it.
    pub name: Word,
    /// What the site calls a degree: `depicted = "Graphic"`. A degree left out is called like the next weaker one.
    #[serde(default)]
    pub grades: BTreeMap<String, Word>,
    /// In the order of the site.
    pub entries: Vec<ListEntryTable>,
}

/// A name of a closed list.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListEntryTable {
    /// As the site writes it.
    pub name: Word,
    /// Tag ids that are filed under it. The first one is what the name means as a tag.
    pub tags: Vec<Word>,
}

/// `[[rating]]`: a ladder of levels, mildest first.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RatingTable {
    /// kebab-case: `ao3`.
    pub id: Word,
    /// The field that holds it.
    pub field: Word,
    /// Mildest first.
    pub levels: Vec<LevelTable>,
    /// The value that openly declines to rate.
    pub unrated: Option<UnratedTable>,
}

/// A level of a rating.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LevelTable {
    /// kebab-case: `teen`.
    pub id: Word,
    /// As the archive writes it.
    pub name: Word,
    /// Other spellings.
    #[serde(default)]
    pub synonyms: Vec<Word>,
}

/// The value of a rating that openly declines to rate.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UnratedTable {
    /// As the archive writes it.
    pub name: Word,
    /// Other spellings.
    #[serde(default)]
    pub synonyms: Vec<Word>,
    /// The level it is handled like.
    pub counts_as: Word,
}

/// `[[lexicon]]`: a group of terms in one language.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LexiconTable {
    /// `name.language`: `blows.en`.
    pub id: Word,
    /// `[[language]]` id.
    pub language: Word,
    /// One sentence for people.
    pub summary: Word,
    /// Short for a detector of this lexicon alone, with bias -2 and weight 1.
    pub tag: Option<Word>,
    /// Terms by their weight.
    #[serde(default)]
    pub weight: BTreeMap<String, Vec<Word>>,
    /// Patterns that only see sentences in which their anchor stands.
    #[serde(default)]
    pub pattern: Vec<PatternTable>,
    /// Phrases inside which terms of this lexicon mean nothing.
    #[serde(default)]
    pub except: Vec<Word>,
    /// What denies its terms; default: the language's lists.
    pub negation: Option<NegationTable>,
    /// Sentences with every expected term in `[[ ]]`.
    #[serde(default)]
    pub finds: Vec<Word>,
    /// Sentences in which nothing counts.
    #[serde(default)]
    pub ignores: Vec<Word>,
}

/// `[[lexicon.pattern]]`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PatternTable {
    /// A term of the lexicon's syntax; the pattern sees only sentences that hold it.
    pub anchor: Word,
    /// A regular expression, case-insensitive; `{character}` stands for a declared name.
    pub regex: Word,
    /// What a hit counts.
    pub weight: f32,
}

/// Overrides a lexicon's negation.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NegationTable {
    /// Instead of the language's negation and irrealis lists; empty: nothing denies these terms.
    pub words: Option<Vec<Word>>,
    /// How many words they reach.
    pub within: Option<u32>,
}

/// `[[detector]]`: how lexicons add up to a score for a tag.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DetectorTable {
    /// `tag.language`: `graphic-violence.en`.
    pub id: Word,
    /// The tag it scores.
    pub tag: Word,
    /// One sentence for people.
    pub summary: Word,
    /// Logit of a scene in which nothing is counted.
    pub bias: f32,
    /// Lexicon id to weight.
    pub weights: BTreeMap<String, Spanned<f32>>,
    /// Lexicons that count more when they stand near each other.
    #[serde(default)]
    pub near: Vec<NearTable>,
    /// How many different terms it takes at least; one that is enough alone has weight 3 or more.
    #[serde(default = "two")]
    pub terms: u32,
    /// How much one scene among many words loses; more for content whose words stand in stories of every kind.
    #[serde(default = "hold")]
    pub hold: f32,
    /// A diagnostic from here on.
    pub warn: f32,
    /// An error from here on, when strict.
    pub sure: f32,
    /// Little scenes that must reach `warn`.
    #[serde(default)]
    pub finds: Vec<Word>,
    /// Little scenes that must not.
    #[serde(default)]
    pub ignores: Vec<Word>,
}

fn two() -> u32 {
    2
}

fn hold() -> f32 {
    super::detector::HOLD
}

/// Lexicons whose terms stand within some words of each other.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NearTable {
    /// Two lexicon ids.
    pub lexicons: [Word; 2],
    /// At most this many words apart.
    pub words: u32,
    /// What each such pair adds, repeats counting less and less.
    pub weight: f32,
}

/// `[[rule]]`: when these facts hold, expect those.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleTable {
    /// kebab-case; printed as `pack/id`.
    pub id: Word,
    /// `error`, `warning`, `info` or `off`.
    pub severity: Word,
    /// The message, one sentence; `{tag}`, `{rating}`, `{field}` are filled in.
    pub summary: Word,
    /// Why it matters and what to do, for `forewarn explain`.
    pub docs: Option<Word>,
    /// What to do, printed with each finding.
    pub help: Option<Word>,
    /// Judged once for each tag of this category, which conditions name `{tag}`.
    pub each: Option<Word>,
    /// Tag ids that `each` leaves out.
    #[serde(default)]
    pub not: Vec<Word>,
    /// `chapter`: judged chapter by chapter.
    pub per: Option<Word>,
    /// When this holds …
    pub when: Option<ConditionTable>,
    /// … this must.
    pub expect: Option<ConditionTable>,
    /// … this must not.
    pub forbid: Option<ConditionTable>,
    /// Name of a judgement in `src/checks/`, instead of conditions.
    pub check: Option<Word>,
    /// Field ids that the check is about.
    #[serde(default)]
    pub fields: Vec<Word>,
    /// A number that the check compares with; its documentation says which.
    pub limit: Option<Spanned<f64>>,
    /// Tiny works in which the rule must be silent.
    #[serde(default)]
    pub passes: Vec<Word>,
    /// Tiny works in which it must speak.
    #[serde(default)]
    pub fails: Vec<Word>,
}

/// A condition: every key that is given must hold.
#[derive(Debug, Default, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ConditionTable {
    /// A tag id, or `{tag}`: the work declares it, by itself or by a tag that implies or covers it.
    pub tag: Option<Word>,
    /// With `tag`: declared at this degree or a stronger one.
    pub degree: Option<Word>,
    /// A tag id that the work denies.
    pub denied: Option<Word>,
    /// A category or field id about which the work openly says nothing.
    pub withheld: Option<Word>,
    /// A tag id whose score reaches `warn` (or `score`).
    pub evidence: Option<Word>,
    /// With `evidence`: the score to reach, or `sure`.
    pub score: Option<ScoreTable>,
    /// A level id: the work is rated this or higher.
    pub rating: Option<Word>,
    /// A field id that has a value.
    pub field: Option<Word>,
    /// With `field`: at least this many entries.
    pub count: Option<u32>,
    /// With `field`: one of these entries, by name or tag id.
    pub one_of: Option<Vec<Word>>,
    /// A field id that has no value.
    pub absent: Option<Word>,
    /// At least one of these holds.
    pub any: Option<Vec<ConditionTable>>,
}

/// A score: a number, or the detector's own `sure`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum ScoreTable {
    /// From 0 to 1.
    Number(f32),
    /// `"sure"` or `"warn"`.
    Name(String),
}

//! What the page is told, as JSON.

use serde::Serialize;
use serde_json::value::RawValue;

/// The answer where there is none: one sentence for people.
pub fn fault(sentence: &str) -> Vec<u8> {
    json(&serde_json::json!({ "fault": sentence }))
}

/// A value as JSON.
pub fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|_| br#"{"fault":"The answer cannot be written."}"#.to_vec())
}

/// What is wrong with a pack, so that nothing is judged by it.
#[derive(Debug, Serialize)]
pub struct Faults {
    /// A sentence each.
    pub faults: Vec<String>,
}

/// A file that was checked.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// The names of the works in the file, at most as many as anybody chooses from.
    pub works: Vec<String>,
    /// How many there are.
    pub count: usize,
    /// Which of them this is about.
    pub work: usize,
    /// What `forewarn check --output jsonl` prints of it.
    pub report: Box<RawValue>,
    /// What the report does not say of each finding, in the same order.
    pub findings: Vec<Finding>,
    /// Where the findings, the map, the suggestion and the answers point to.
    pub places: Vec<Place>,
    /// The fields and, where they are asked for, the texts that places are in.
    pub blocks: Vec<Block>,
    /// Whether the text is longer than what is shown of it.
    pub cut: bool,
    /// The content map; none where there is nothing on it.
    pub map: Option<Map>,
    /// None for what is not a work.
    pub suggestion: Option<Suggestion>,
    /// What the work says and shows of what a reader asked for.
    pub answers: Vec<Answer>,
    /// Each field of the work as one line, by its id.
    pub declared: Vec<(String, String)>,
}

/// A finding besides what the report says of it.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// The place of each label; none where it stands in nothing that is shown.
    pub places: Vec<Option<usize>>,
    /// What would settle it.
    pub fix: Option<String>,
    /// What was counted.
    pub score: Option<String>,
}

/// A place in a block.
#[derive(Debug, Serialize)]
pub struct Place {
    /// Index of the block.
    pub block: usize,
    /// First unit of UTF-16.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// `Chapter 3, paragraph 12`.
    #[serde(rename = "where")]
    pub at: String,
}

/// A block to show.
#[derive(Debug, Serialize)]
pub struct Block {
    /// `field`, `heading` or `section`.
    pub kind: &'static str,
    /// Of a field the units of UTF-16 that its label takes.
    pub label: usize,
    /// What people call it; empty for story.
    pub name: String,
    /// Its text; none where that was not asked for.
    pub text: Option<String>,
}

/// The content map.
#[derive(Debug, Serialize)]
pub struct Map {
    /// `in cells of about 250 words`.
    pub unit: String,
    /// What each column is called, and the chapters in it.
    pub cells: Vec<(String, Option<(u32, u32)>)>,
    /// A row for each kind of content.
    pub strips: Vec<Strip>,
    /// Kinds for which there was no room.
    pub more: Vec<String>,
}

/// A row of the map.
#[derive(Debug, Serialize)]
pub struct Strip {
    /// The tag's name.
    pub name: String,
    /// `clear (0.61)`.
    pub all: String,
    /// A spot for each cell.
    pub spots: Vec<Option<Spot>>,
}

/// The strongest scene in a cell.
#[derive(Debug, Serialize)]
pub struct Spot {
    /// `weak`, `clear` or `strong`.
    pub level: &'static str,
    /// `clear (0.61)`.
    pub said: String,
    /// From 1 to 5, darker where the score is higher.
    pub shade: u32,
    /// Where.
    pub places: Vec<usize>,
}

/// The block and why it is so.
#[derive(Debug, Serialize)]
pub struct Suggestion {
    /// How much was read.
    pub read: String,
    /// The block to copy.
    pub block: String,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Sentences about the whole.
    pub remarks: Vec<String>,
    /// What only the author can answer.
    pub questions: Vec<Reason>,
    /// What speaks against itself.
    pub conflicts: Vec<Reason>,
    /// Names of fields that still have to be filled in.
    pub missing: Vec<String>,
}

/// A line of the block.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Id of the field.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Its values as one line.
    pub text: String,
    /// What is to be said of it as a whole.
    pub note: Option<String>,
    /// Its values with their reasons.
    pub values: Vec<Value>,
}

/// A value of a line.
#[derive(Debug, Serialize)]
pub struct Value {
    /// As the block has it.
    pub text: String,
    /// ` (new)`; empty for what is kept.
    pub change: String,
    /// Whether it was added to what the work declares.
    pub is_added: bool,
    /// Whether the author does not want it in the block.
    pub is_left_out: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Why something is suggested or asked.
#[derive(Debug, Serialize)]
pub struct Reason {
    /// Sentences for people.
    pub text: String,
    /// Where.
    pub places: Vec<usize>,
}

/// An answer to a reader.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The tag's id.
    pub tag: String,
    /// The tag's name.
    pub name: String,
    /// Whether the work warns of it.
    pub declared: bool,
    /// Whether it says that it is not there.
    pub denied: bool,
    /// Whether it openly declines to warn.
    pub withheld: bool,
    /// `weak`, `clear` or `strong`; none where nothing was found.
    pub level: Option<&'static str>,
    /// How many scenes there are.
    pub scenes: usize,
    /// Where it is declared or denied.
    pub claims: Vec<usize>,
    /// Where the text shows it.
    pub places: Vec<usize>,
}

/// What there is to choose from.
#[derive(Debug, Serialize)]
pub struct Choices {
    /// forewarn's version.
    pub version: &'static str,
    /// Archives as id and name.
    pub archives: Vec<(&'static str, &'static str)>,
    /// Forms of the block as id and name.
    pub styles: Vec<(&'static str, &'static str)>,
    /// Fields to fill in.
    pub fields: Vec<Field>,
    /// Names of tags, for completion.
    pub tags: Vec<String>,
    /// Kinds of content that a reader may ask for: id and name.
    pub content: Vec<(String, String)>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// A field to fill in.
#[derive(Debug, Serialize)]
pub struct Field {
    /// `archive-warning`.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Whether several values may stand in it, parted by commas.
    pub listed: bool,
    /// All there is to choose from; none where anything may stand, empty where tags are completed.
    pub closed: Option<Vec<String>>,
    /// Whether it holds free tags.
    pub tags: bool,
}

/// A rule to switch on or off.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// `pack/id`.
    pub id: String,
    /// `off`, `info`, `warning` or `error`.
    pub severity: &'static str,
    /// What it says.
    pub summary: String,
    /// Why it asks for that.
    pub docs: String,
}

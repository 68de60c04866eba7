//! What the page may ask, as JSON.

use std::collections::BTreeMap;

use forewarn::rules::{Pack, PackText};
use serde::Deserialize;

/// One question.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Ask {
    /// What there is to choose from.
    Choices {
        /// By which rules.
        #[serde(default)]
        rules: Rules,
    },
    /// Check the file behind the question.
    Check(Box<Check>),
}

/// Which rules hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Rules {
    /// Whose rules besides forewarn's own; see [`ARCHIVES`].
    #[serde(default)]
    pub archive: String,
    /// A pack that was dropped in: each file as its name and its text.
    #[serde(default)]
    pub pack: Vec<(String, String)>,
}

/// A file to check.
#[derive(Debug, Deserialize)]
pub struct Check {
    /// What the file is called.
    pub name: String,
    /// By which rules.
    #[serde(default)]
    pub rules: Rules,
    /// Severities by rule id, where they are other than the packs have them.
    #[serde(default)]
    pub severities: BTreeMap<String, String>,
    /// Fields as lines, `Rating: Mature`, in the place of the file's own.
    #[serde(default)]
    pub declare: Vec<String>,
    /// Ids of the tags that a reader wants to be warned of.
    #[serde(default)]
    pub profile: Vec<String>,
    /// How the block is written; see [`STYLES`].
    #[serde(default)]
    pub style: String,
    /// What the author does not want in the block of what was added: the id of the field, and the value.
    #[serde(default)]
    pub without: Vec<(String, String)>,
    /// Which of several works in the file.
    #[serde(default)]
    pub work: usize,
    /// Whether the text is wanted, too, which the page has after the first time.
    #[serde(default)]
    pub text: bool,
}

/// An archive whose rules can be chosen.
#[derive(Debug)]
pub struct Archive {
    /// As asked for.
    pub id: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// The bundled packs; the first ones are linked when forewarn is built.
    pub packs: &'static [&'static str],
}

/// Every archive; the first one holds where none is asked for.
pub const ARCHIVES: [Archive; 3] = [
    Archive { id: "ao3", name: "Archive of Our Own", packs: &["core", "ao3"] },
    Archive { id: "ffn", name: "FanFiction.Net", packs: &["core", "ffn"] },
    Archive { id: "none", name: "None: only what holds anywhere", packs: &["core"] },
];

/// The forms of the block by id, with what people call them; the first one holds where none is asked for.
pub const STYLES: [(&str, &str); 4] = [
    ("lines", "Lines, in the archive's order"),
    ("storygraph", "StoryGraph's list, by grade"),
    ("yaml", "Front matter for Markdown (YAML)"),
    ("toml", "A file to lie beside the story (TOML)"),
];

impl Rules {
    /// The packs in their order, with one more besides.
    pub fn packs(&self, besides: Option<&str>) -> Vec<Pack> {
        let [first, ..] = &ARCHIVES;
        let archive = ARCHIVES.iter().find(|a| a.id == self.archive).unwrap_or(first);
        let bundled = archive.packs.iter().copied().chain(besides);
        let mut packs: Vec<Pack> = bundled.map(|name| Pack::Bundled(name.to_owned())).collect();
        if let Some((first, _)) = self.pack.first() {
            let file = first.rsplit(['/', '\\']).next().unwrap_or(first);
            let name = file.strip_suffix(".toml").unwrap_or(file).to_owned();
            packs.push(Pack::Own(PackText { name, files: self.pack.clone(), bundled: false }));
        }
        packs
    }
}

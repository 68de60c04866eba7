//! Reports to bytes: the [`Reporter`] trait and the table of output formats.

pub mod clean;
pub mod condense;
pub mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod html;
#[cfg(feature = "cli")]
mod human;
mod json;
mod junit;
pub mod map;
mod place;
mod plain;
mod rdjson;
pub mod record;
mod sarif;
pub mod sentences;
mod summary;
mod write_json;

use std::io;

use crate::model::{Report, RuleText, Totals};

/// What every reporter is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether words of the story and of its metadata may be quoted. Messages stay as they are: they may name a tag.
    pub excerpts: bool,
    /// Whether to colour. Only `human` has colours.
    pub color: bool,
    /// Whether to print findings only. `human`, `plain` and `summary` leave out the sentence at the end.
    pub quiet: bool,
    /// Width of the terminal in columns. Only `human` breaks lines.
    pub width: usize,
    /// What is known of the rules of the run. `sarif` and `html` print it, of rules that found something.
    pub rules: Vec<RuleText>,
}

impl Default for Options {
    fn default() -> Self {
        Self { excerpts: true, color: false, quiet: false, width: 100, rules: Vec::new() }
    }
}

/// An output format. One report a file, so that output streams; reports come in the order of their paths.
pub trait Reporter {
    /// Prints one report.
    ///
    /// # Errors
    /// What writing to `out` gives.
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()>;

    /// Prints what stands at the end.
    ///
    /// # Errors
    /// What writing to `out` gives.
    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()>;
}

/// An entry of [`REPORTERS`].
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The name for `--output`: kebab-case.
    pub name: &'static str,
    /// One line for the help text.
    pub summary: &'static str,
    /// How each of its reports begins; nothing for formats for people, whose first words are anything.
    pub starts: &'static [&'static str],
    /// Whether it prints [`Report::suggested`], which is made only then.
    pub suggests: bool,
    /// Makes a reporter for one run.
    pub make: fn(&Options) -> Box<dyn Reporter>,
}

/// Every output format.
pub const REPORTERS: &[Kind] = &[
    #[cfg(feature = "cli")]
    Kind {
        name: "human",
        summary: "The words in question, underlined, for a terminal",
        starts: &[],
        suggests: false,
        make: |options| Box::new(human::Human::new(options)),
    },
    Kind {
        name: "plain",
        summary: "Sentences without drawing or colour, for screen readers and pipes",
        starts: &[],
        suggests: false,
        make: |options| Box::new(plain::Plain::new(options)),
    },
    Kind {
        name: "summary",
        summary: "A table of how often each rule found something",
        starts: &[],
        suggests: false,
        make: |options| Box::new(summary::Summary::new(options)),
    },
    Kind {
        name: "html",
        summary: "One page for people, with a map of the work, for a browser",
        starts: &[html::START],
        suggests: true,
        make: |options| Box::new(html::Html::new(options)),
    },
    Kind {
        name: "json",
        summary: "One JSON document for the whole run",
        starts: &["{\"version\":1,\"works\":["],
        suggests: false,
        make: |options| Box::new(json::Json::new(options)),
    },
    Kind {
        name: "jsonl",
        summary: "One JSON object a work, one a line",
        starts: &["{\"version\":1,\"path\":", "{\"version\":1,\"totals\":"],
        suggests: false,
        make: |options| Box::new(json::JsonLines::new(options)),
    },
    Kind {
        name: "sarif",
        summary: "SARIF 2.1.0, for code scanning",
        starts: &["{\"$schema\":\"https://json.schemastore.org/sarif-"],
        suggests: false,
        make: |options| Box::new(sarif::Sarif::new(options)),
    },
    Kind {
        name: "github",
        summary: "Annotations of GitHub Actions",
        starts: &[],
        suggests: false,
        make: |options| Box::new(github::Github::new(options)),
    },
    Kind {
        name: "gitlab",
        summary: "A code quality report for GitLab",
        starts: &["[]", "[\n{\"check_name\":"],
        suggests: false,
        make: |_| Box::new(gitlab::Gitlab::default()),
    },
    Kind {
        name: "junit",
        summary: "JUnit XML, for anything that shows test results",
        starts: &["<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"forewarn\">"],
        suggests: false,
        make: |options| Box::new(junit::Junit::new(options)),
    },
    Kind {
        name: "rdjson",
        summary: "One document for reviewdog",
        starts: &["{\"source\":{\"name\":\"forewarn\"},\"diagnostics\":["],
        suggests: false,
        make: |options| Box::new(rdjson::Rdjson::new(options)),
    },
    Kind {
        name: "rdjsonl",
        summary: "One finding a line for reviewdog",
        starts: &["{\"source\":{\"name\":\"forewarn\"},\"message\":"],
        suggests: false,
        make: |options| Box::new(rdjson::RdjsonLines::new(options)),
    },
];

/// The output format of that name.
pub fn reporter(name: &str) -> Option<&'static Kind> {
    REPORTERS.iter().find(|kind| kind.name == name)
}

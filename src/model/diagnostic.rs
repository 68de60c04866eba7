//! One finding, and the report of all findings about one file.

use super::{ContentMap, Source, Span, Work};

/// How much a finding matters. `Off` findings are not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Not reported.
    Off,
    /// A courtesy.
    Info,
    /// Worth a look before posting.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// As written in TOML, JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Off, Self::Info, Self::Warning, Self::Error].into_iter().find(|s| s.name() == name)
    }
}

/// One finding: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// `pack/id` of the rule, as declared in TOML.
    pub rule: String,
    /// What it is about: a tag id, a field id, or a field id and the value in question (`additional-tag: Greif`). (Work,
    /// rule, subject) identifies a finding.
    pub subject: Option<String>,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence for people.
    pub message: String,
    /// The places, the primary one first; empty when it is about the whole file.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// A change that would settle it.
    pub fix: Option<Fix>,
    /// What was counted, for findings about content.
    pub score: Option<Score>,
}

impl Diagnostic {
    /// A finding about a whole file, to be completed with the methods below.
    pub fn new(rule: impl Into<String>, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            subject: None,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            fix: None,
            score: None,
        }
    }

    /// Names the subject: a tag id or a field id.
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Adds a place; the first one added is the primary one.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        let primary = self.labels.is_empty();
        self.labels.push(Label { span, text: text.into(), primary });
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the change that settles it.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// What there is to say about a rule besides its findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// `pack/id`.
    pub id: String,
    /// As the packs have it; a configuration may judge its findings otherwise.
    pub severity: Severity,
    /// What it finds, in one sentence.
    pub summary: String,
    /// Why it asks for that; may be empty.
    pub docs: String,
    /// What to do.
    pub help: Option<String>,
}

/// A place that a finding points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The bytes it covers.
    pub span: Span,
    /// What to see there; may be empty.
    pub text: String,
    /// Whether it is the place the finding is reported at.
    pub primary: bool,
}

/// Whether a fix may be applied without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// It cannot change what the metadata says: a spelling, a duplicate.
    Safe,
    /// Only the author knows whether it is right: a new tag, a higher rating.
    Suggestion,
}

/// A change to metadata that settles a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a short command: `write “Underage Sex”`.
    pub title: String,
    /// The edits, none overlapping another.
    pub edits: Vec<Edit>,
    /// Whether it is safe.
    pub safety: Safety,
}

/// Puts `text` in the place of the bytes of `span`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to be replaced; empty to insert.
    pub span: Span,
    /// What to write there.
    pub text: String,
}

/// How sure a finding about content is, and what made it so.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// From 0 to 1.
    pub value: f32,
    /// The value from which the rule reports.
    pub threshold: f32,
    /// The value from which it is an error when strict.
    pub sure: f32,
    /// What was counted in the strongest scene, largest contribution first.
    pub parts: Vec<Part>,
}

/// A summand of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The lexicon, or the names of the lexicons that stand near each other.
    pub name: String,
    /// How many places were counted.
    pub count: u32,
    /// What it added, in logits; negative for counter-evidence.
    pub weight: f32,
}

/// Scores of one chapter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chapter {
    /// From 1; none when the work has no chapters.
    pub number: Option<u32>,
    /// The heading, if it has one.
    pub title: Option<String>,
    /// Words of story, counted as the archive counts them.
    pub words: u32,
    /// Score per tag id, highest first.
    pub scores: Vec<(String, f32)>,
}

/// Who accepted a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The author, in the work.
    Work,
    /// An entry of the configuration, by its number.
    Config(usize),
    /// The baseline.
    Baseline,
}

impl By {
    /// As printed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Config(_) => "config",
            Self::Baseline => "baseline",
        }
    }
}

/// A finding that is accepted, and so is none to be reported.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppressed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Who accepted it.
    pub by: By,
    /// Why, for people; may be empty.
    pub reason: String,
}

/// All findings about one file, with the sources their spans point into.
///
/// A faulty pack or configuration gives a report too: a mistake in a rule file looks like a mistake in a story.
#[derive(Debug, Default)]
pub struct Report {
    /// The path as people wrote it.
    pub name: String,
    /// The address of the work without `https://` when its metadata has one: what it goes by where files move.
    pub address: Option<String>,
    /// The format that read it; empty for a file that was not read, [`Report::SETTINGS`] for a configuration or pack.
    pub format: &'static str,
    /// The texts the spans point into.
    pub sources: Vec<Source>,
    /// The findings in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that are accepted, in the order in which they were.
    pub suppressed: Vec<Suppressed>,
    /// Scores by chapter.
    pub chapters: Vec<Chapter>,
    /// The content map.
    pub map: ContentMap,
    /// The header that the work might have, ready to copy; only where an output asks for it.
    pub suggested: Option<String>,
    /// Words of story.
    pub words: u64,
}

impl Report {
    /// The format of a faulty configuration or pack, which is no work.
    pub const SETTINGS: &str = "toml";

    /// A report that is about `work` and takes its sources.
    pub fn of(work: Work) -> Self {
        Self { name: work.name, format: work.format, sources: work.sources, ..Self::default() }
    }

    /// What the work goes by in a baseline: its address at an archive, else its path.
    pub fn id(&self) -> &str {
        self.address.as_deref().unwrap_or(&self.name)
    }

    /// The source that a span points into.
    pub fn source(&self, span: Span) -> Option<&Source> {
        self.sources.get(span.source.0 as usize)
    }

    /// The words that a span cuts out.
    pub fn slice(&self, span: Span) -> &str {
        self.source(span).map_or("", |s| s.slice(span))
    }

    /// Puts findings in order of place, then of rule, so that the same input prints the same bytes.
    pub fn sort(&mut self) {
        self.diagnostics.sort_by(|a, b| {
            let place = |d: &Diagnostic| d.labels.first().map(|l| l.span);
            (place(a), &a.rule, &a.subject).cmp(&(place(b), &b.rule, &b.subject))
        });
    }
}

/// What became of every file that a run met. The last four add up to the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Files {
    /// Files that were named, or met in a folder.
    pub met: usize,
    /// Files of which at least one work was read.
    pub read: usize,
    /// Files that could not be read, each with a finding that says why.
    pub unreadable: usize,
    /// Files met in a folder that are not works.
    pub skipped: usize,
    /// Links and pipes met in a folder, which are not followed.
    pub not_followed: usize,
}

/// What a whole run found, for the end of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// What became of every file.
    pub files: Files,
    /// Works that were read.
    pub works: usize,
    /// Files and records of data sets that could not be read, each with a finding that says why.
    pub unreadable: usize,
    /// Files met in a folder, and records of data sets, that are not works, by name.
    pub skipped: Vec<String>,
    /// Links and pipes met in a folder, by name.
    pub not_followed: Vec<String>,
    /// Words of story.
    pub words: u64,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity info.
    pub infos: usize,
    /// Findings that are accepted and not among those.
    pub allowed: usize,
    /// Whether the run was about what changed, of which there may be nothing.
    pub of_changes: bool,
}

impl Totals {
    /// Counts one report in.
    pub fn add(&mut self, report: &Report) {
        if report.format.is_empty() {
            self.unreadable += 1;
        } else {
            self.works += 1;
        }
        self.words += report.words;
        self.allowed += report.suppressed.len();
        self.add_findings(report);
    }

    /// Counts only the findings of a report, as of one about a configuration.
    pub fn add_findings(&mut self, report: &Report) {
        for diagnostic in &report.diagnostics {
            match diagnostic.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Info => self.infos += 1,
                Severity::Off => {}
            }
        }
    }
}

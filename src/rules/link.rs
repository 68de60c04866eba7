//! Resolves ids across packs and makes the rule set; every mistake becomes a finding in its TOML file.

mod content;
mod policy;
mod words;

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::nearest::nearest;
use super::pack::PackFile;
use super::{Logic, PackText, Rule, RuleSet, vocabulary};
use crate::model::{Decoding, Diagnostic, Report, Severity, Source, SourceId, Span};

/// A rule set and what is wrong with the packs it was made from. What is wrong was left out of it.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The rules.
    pub rules: RuleSet,
    /// One report for each file with mistakes, as `core/pack` findings.
    pub reports: Vec<Report>,
}

/// Makes a rule set of packs, in their order.
pub fn link<'p>(packs: impl IntoIterator<Item = &'p PackText>) -> Loaded {
    let mut problems = Problems::default();
    let rules = add(packs.into_iter(), RuleSet::default(), &mut problems);
    Loaded { rules, reports: problems.into_reports() }
}

/// Links packs on top of those of a rule set. None where something is wrong with them, or where the packs below would be
/// linked otherwise if they were linked together with these.
pub(super) fn link_on<'p>(base: RuleSet, packs: impl Iterator<Item = &'p PackText>) -> Option<RuleSet> {
    let mut problems = Problems::default();
    let rules = add(packs, base, &mut problems);
    let faulty = problems.files.iter().any(|f| !f.2.is_empty());
    (!faulty && !problems.entangled).then_some(rules)
}

fn add<'p>(packs: impl Iterator<Item = &'p PackText>, mut rules: RuleSet, problems: &mut Problems<'p>) -> RuleSet {
    let mut files = Vec::new();
    for pack in packs {
        rules.packs.push(pack.name.clone());
        for (path, text) in &pack.files {
            let file = problems.add_file(path, text);
            files.push(File { pack, file, tables: tables(text, file, problems) });
        }
    }
    let (languages, tags) = (rules.languages.len(), rules.vocabulary.tags.len());
    problems.entangled = is_entangled(&files, &rules);
    words::languages(&files, &mut rules, problems);
    words::vocabulary(&files, &mut rules, problems);
    words::lists(&files, tags, &mut rules, problems);
    words::reading(&files, languages, &mut rules, problems);
    words::ratings(&files, &mut rules, problems);
    let lexicons = content::lexicons(&files, &mut rules, problems);
    content::detectors(&files, &lexicons, &mut rules, problems);
    policy::rules(&files, tags, &mut rules, problems);
    rules
}

/// Whether new fields close a category of tags that are there, or a rule that is there has a new tag's id for a name.
fn is_entangled(files: &[File<'_>], rules: &RuleSet) -> bool {
    let vocabulary = &rules.vocabulary;
    let closes = |category: &str| {
        vocabulary.tags.iter().any(|t| t.category == category)
            && !vocabulary.fields.iter().any(|f| f.one_of.as_deref() == Some(category))
    };
    let mut fields = files.iter().flat_map(|f| &f.tables.field).filter_map(|t| t.one_of.as_ref());
    let new: Vec<String> = files.iter().flat_map(|f| &f.tables.tag).map(|t| vocabulary::key(t.id.as_ref())).collect();
    let names_new = |rule: &Rule| match &rule.logic {
        Logic::Condition { when, then, .. } => [when, then].into_iter().any(|c| c.names_any(&new)),
        Logic::Check(_) => false,
    };
    fields.any(|category| closes(category.as_ref())) || !new.is_empty() && rules.rules.iter().any(names_new)
}

/// One parsed file of a pack.
struct File<'a> {
    pack: &'a PackText,
    file: usize,
    tables: PackFile,
}

/// The tables of a file of a pack. When one of them is faulty the others are read all the same, so that all
/// mistakes are reported at once and the rules that are right are linked.
fn tables(text: &str, file: usize, problems: &mut Problems<'_>) -> PackFile {
    if let Ok(tables) = toml::from_str(text) {
        return tables;
    }
    let Ok(whole) = DeTable::parse(text) else {
        return parse(text, file, "pack", problems).unwrap_or_default();
    };
    let mut tables = PackFile::default();
    for (key, value) in whole.into_inner() {
        match key.as_ref().as_ref() {
            "language" => each(value, &mut tables.language, file, problems),
            "modifier" => each(value, &mut tables.modifier, file, problems),
            "field" => each(value, &mut tables.field, file, problems),
            "tag" => each(value, &mut tables.tag, file, problems),
            "list" => each(value, &mut tables.list, file, problems),
            "rating" => each(value, &mut tables.rating, file, problems),
            "lexicon" => each(value, &mut tables.lexicon, file, problems),
            "detector" => each(value, &mut tables.detector, file, problems),
            "rule" => each(value, &mut tables.rule, file, problems),
            name => {
                let known = ["language", "modifier", "field", "tag", "list", "rating", "lexicon", "detector", "rule"];
                let help = match nearest(name, known) {
                    Some(near) => format!("Did you mean `[[{near}]]`?"),
                    None => format!("The tables of a pack are {}.", known.map(|k| format!("[[{k}]]")).join(", ")),
                };
                problems.report("pack", file, key.span(), format!("There is no table `{name}` in a pack."), Some(help));
            }
        }
    }
    tables
}

/// The tables of one kind that are right; the others are reported.
fn each<T: DeserializeOwned>(
    value: Spanned<DeValue<'_>>,
    tables: &mut Vec<T>,
    file: usize,
    problems: &mut Problems<'_>,
) {
    let span = value.span();
    let DeValue::Array(items) = value.into_inner() else {
        let message = "Tables of a pack are lists: write `[[…]]` around the name.".to_owned();
        return problems.report("pack", file, span, message, None);
    };
    for item in items {
        let span = item.span();
        match T::deserialize(ValueDeserializer::from(item)) {
            Ok(table) => tables.push(table),
            Err(error) => problems.error(&error, span, "pack", file),
        }
    }
}

/// Syntax mistakes of a file past this many are not reported: a story that is named as a configuration has one a line.
const MOST_ERRORS: usize = 50;

/// Reads TOML into tables; mistakes are reported under `core/<rule>` at their place. The syntax mistakes of a
/// file are reported at once, of mistakes in its tables the first.
pub(crate) fn parse<T: DeserializeOwned>(
    text: &str,
    file: usize,
    rule: &str,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let error = match toml::from_str(text) {
        Ok(tables) => return Some(tables),
        Err(error) => error,
    };
    let (_, mut errors) = toml::de::DeTable::parse_recoverable(text);
    if errors.is_empty() {
        errors.push(error);
    }
    for error in errors.into_iter().take(MOST_ERRORS) {
        problems.error(&error, 0..0, rule, file);
    }
    None
}

/// serde's message for people: an unknown key names the keys that there are, with the nearest one first.
fn in_plain_words(message: &str) -> (String, Option<String>) {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field") {
        let key = quoted.next().unwrap_or("");
        let known: Vec<&str> = quoted.collect();
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("The keys here are: {}.", known.join(", ")),
        };
        return (format!("There is no key `{key}` here."), Some(help));
    }
    if message.starts_with("missing field") {
        let key = quoted.next().unwrap_or("");
        return (format!("The key `{key}` is missing here."), None);
    }
    if let Some((found, wanted)) = message.strip_prefix("invalid type: ").and_then(|m| m.split_once(", expected ")) {
        return wrong_kind(found, wanted);
    }
    if message.trim() == "duplicate key" {
        return ("This key stands here for the second time.".to_owned(), Some("Keep one of them.".to_owned()));
    }
    let mut text = message.trim().to_owned();
    if let Some(first) = text.get(..1) {
        text = first.to_uppercase() + text.get(1..).unwrap_or("");
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    (text, None)
}

/// What serde says of a value of the wrong kind, for people.
fn wrong_kind(found: &str, wanted: &str) -> (String, Option<String>) {
    let kind = |name: &str| match name.split([' ', '`']).find(|w| !["a", "an", ""].contains(w)).unwrap_or("") {
        "string" | "str" => "text",
        "boolean" | "bool" => "`true` or `false`",
        "sequence" => "a list",
        "map" | "struct" => "a table",
        "integer" | "floating" | "f64" | "f32" | "i64" | "u64" | "i32" | "u32" | "usize" => "a number",
        _ => "another kind of value",
    };
    let (found, wanted) = (kind(found), kind(wanted));
    let help = match (found, wanted) {
        ("a table", "a list") => {
            "Put two brackets on each side of the name, as in `[[allow]]`: there may be several of it."
        }
        ("a list", "a table") => "Put one bracket on each side of the name, as in `[rules]`: there is one of it.",
        (_, "a list") => "Write a list in brackets: `[\"one\", \"two\"]`.",
        (_, "text") => "Write it in quotes: `\"like this\"`.",
        (_, "a number") => "Write a number without quotes.",
        (_, "`true` or `false`") => "Write `true` or `false` without quotes.",
        _ => "Give it a table of its own, as in `[rules]`, with `name = value` lines below.",
    };
    (format!("Here stands {found}, where {wanted} is wanted."), Some(help.to_owned()))
}

/// Mistakes in TOML files, by file.
#[derive(Default)]
pub(crate) struct Problems<'a> {
    files: Vec<(&'a str, &'a str, Vec<Diagnostic>)>,
    /// Whether packs that were linked before would be linked otherwise if they were linked together with these.
    entangled: bool,
}

impl<'a> Problems<'a> {
    /// Makes a file known; gives its index.
    pub(crate) fn add_file(&mut self, path: &'a str, text: &'a str) -> usize {
        self.files.push((path, text, Vec::new()));
        self.files.len() - 1
    }

    /// Reports a mistake under `core/<rule>`.
    pub(crate) fn report(&mut self, rule: &str, file: usize, at: Range<usize>, message: String, help: Option<String>) {
        let Some((_, text, found)) = self.files.get_mut(file) else { return };
        let end = at.end.min(text.len());
        let span = Span::new(SourceId(0), at.start.min(end)..end);
        let mut diagnostic = Diagnostic::new(format!("core/{rule}"), Severity::Error, message).at(span, "");
        diagnostic.help = help;
        found.push(diagnostic);
    }

    /// Reports what the TOML parser says, at its place or else at `span`.
    fn error(&mut self, error: &toml::de::Error, span: Range<usize>, rule: &str, file: usize) {
        let (message, help) = in_plain_words(error.message());
        self.report(rule, file, error.span().unwrap_or(span), message, help);
    }

    /// Reports a mistake in a pack.
    pub(crate) fn at<T>(&mut self, file: usize, word: &Spanned<T>, message: impl Into<String>) {
        self.report("pack", file, word.span(), message.into(), None);
    }

    /// Reports an id that nothing has.
    pub(crate) fn unknown<'c>(
        &mut self,
        file: usize,
        word: &Spanned<String>,
        what: &str,
        known: impl IntoIterator<Item = &'c str>,
    ) {
        let help = nearest(word.as_ref(), known).map(|near| format!("Did you mean `{near}`?"));
        self.report("pack", file, word.span(), format!("There is no {what} `{}`.", word.as_ref()), help);
    }

    /// One report for each file in which something is wrong.
    pub(crate) fn into_reports(self) -> Vec<Report> {
        let faulty = self.files.into_iter().filter(|f| !f.2.is_empty());
        faulty
            .map(|(name, text, diagnostics)| {
                let sources = vec![Source::new(name.to_owned(), text.to_owned(), Decoding::default())];
                let mut report = Report {
                    name: name.to_owned(),
                    format: Report::SETTINGS,
                    sources,
                    diagnostics,
                    ..Report::default()
                };
                report.sort();
                report
            })
            .collect()
    }
}

//! The tables of `forewarn.toml` exactly as written, and what is wrong with them.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;

use super::limits;
use crate::model::{Decoding, Position, Report, Severity, Source};
use crate::rules::nearest::nearest;
use crate::rules::spanned::Spanned;
use crate::rules::tune::REQUIRED;
use crate::rules::{Problems, RuleSet, parse};

/// What `--fail-on` and `fail-on` may be, and what they mean.
pub const FAIL_ON: [(&str, Option<Severity>); 4] = [
    ("error", Some(Severity::Error)),
    ("warning", Some(Severity::Warning)),
    ("info", Some(Severity::Info)),
    ("never", None),
];

/// The file. What may stand in an override too is spelled out again there, since spans do not survive flattening. What
/// is said of each key stands in `schemas/config.schema.json` too, where editors show it.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Written {
    /// Another configuration to start from, by its path from the folder of this one.
    pub extends: Option<Spanned<String>>,
    /// Whose rules apply: names of bundled packs, and paths of folders with TOML files of your own. Default: `core` and
    /// `ao3`.
    pub packs: Option<Vec<Spanned<String>>>,
    /// The file of findings that were there when forewarn was adopted, as `forewarn check --write-baseline` makes it.
    pub baseline: Option<Spanned<String>>,
    /// Whether `forewarn check` keeps the results of files for the next run, as with `--cache`. Default: `false`.
    pub cache: Option<Spanned<bool>>,
    /// Files that are passed over, as globs: `*` stays within a folder, `**` crosses folders, and a glob without `/`
    /// matches in any folder.
    pub exclude: Vec<Spanned<String>>,
    /// From which severity on findings make `forewarn check` fail. Default: `error`.
    pub fail_on: Option<Spanned<String>>,
    /// Whether warnings about content whose score is sure are errors. Default: `false`.
    pub strict: Option<Spanned<bool>>,
    /// Fields that every header must have, by their ids: `rating`, `content-warning`.
    pub required: Option<Spanned<Vec<Spanned<String>>>>,
    /// The archive whose ratings count, by the id of its ladder: `ao3`. Default: those of all packs.
    pub rating_ladder: Option<Spanned<String>>,
    /// The severity of rules, by their ids: `"core/word-count" = "off"`.
    pub rules: BTreeMap<Spanned<String>, Spanned<String>>,
    /// From which score on a kind of content is reported, by the id of its tag: `animal-death = 0.8`. Higher is quieter.
    pub thresholds: BTreeMap<Spanned<String>, Spanned<f64>>,
    /// What reading a file may cost. What is above a limit is refused.
    #[cfg_attr(test, schemars(with = "crate::formats::Limits"))]
    pub limits: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    /// Findings that you have looked at and accept.
    pub allow: Vec<AllowTable>,
    /// Settings for some files. Where several hold for a file, the last one counts.
    pub r#override: Vec<OverrideTable>,
    // read by `formats::metadata`
    /// Metadata of the work whose chapters lie in this folder: `title`, `rating`, `content-warning` and whatever else a
    /// header may say.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub work: Option<toml::Table>,
}

/// Findings that you have looked at and accept.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AllowTable {
    /// A glob or a list of globs: in which files. Default: in all.
    #[serde(default, deserialize_with = "one_or_many")]
    #[cfg_attr(test, schemars(with = "OneOrMany"))]
    pub works: Vec<Spanned<String>>,
    /// The rule, with or without its pack: `core/undeclared`.
    pub rule: Spanned<String>,
    /// The tag or field that is accepted: `animal-death`. Default: whatever the rule finds.
    pub subject: Option<Spanned<String>>,
    /// Why, in a few words.
    pub reason: Spanned<String>,
}

/// Settings for some files.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OverrideTable {
    /// A glob or a list of globs: for which files.
    #[serde(deserialize_with = "one_or_many")]
    #[cfg_attr(test, schemars(with = "OneOrMany"))]
    pub works: Vec<Spanned<String>>,
    /// As `fail-on` for all files.
    fail_on: Option<Spanned<String>>,
    /// As `strict` for all files.
    strict: Option<Spanned<bool>>,
    /// As `required` for all files.
    required: Option<Spanned<Vec<Spanned<String>>>>,
    /// As `rating-ladder` for all files.
    rating_ladder: Option<Spanned<String>>,
    /// As `[rules]` for all files.
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Spanned<String>>,
    /// As `[thresholds]` for all files.
    #[serde(default)]
    thresholds: BTreeMap<Spanned<String>, Spanned<f64>>,
}

/// What [`one_or_many`] reads.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// What the file looks like.
#[cfg(test)]
pub(crate) fn schema(generator: schemars::SchemaGenerator) -> schemars::Schema {
    generator.into_root_schema_for::<Written>()
}

/// An override with its globs.
#[derive(Debug)]
pub(super) struct Override {
    pub works: Vec<Spanned<String>>,
    pub settings: Written,
    globs: Vec<GlobMatcher>,
}

/// One configuration file.
#[derive(Debug)]
pub struct Layer {
    source: Source,
    written: Written,
    overrides: Vec<Override>,
    allows: Vec<Vec<GlobMatcher>>,
    excludes: Vec<GlobMatcher>,
    limits: Vec<limits::Set>,
}

/// Reads a configuration. `name` is its path. Names of rules, tags and fields are looked up later, by [`Layer::check`],
/// when the packs are loaded. Gives what could be understood, and a report of what is wrong with the file.
pub fn read(name: &str, text: &str) -> (Layer, Option<Report>) {
    let mut problems = Problems::default();
    let file = problems.add_file(name, text);
    let mut written: Written = parse(text, file, "config", &mut problems).unwrap_or_default();
    let overrides: Vec<Override> = std::mem::take(&mut written.r#override)
        .into_iter()
        .map(|table| Override {
            globs: globs(&table.works, file, &mut problems),
            works: table.works,
            settings: Written {
                fail_on: table.fail_on,
                strict: table.strict,
                required: table.required,
                rating_ladder: table.rating_ladder,
                rules: table.rules,
                thresholds: table.thresholds,
                ..Written::default()
            },
        })
        .collect();
    for part in overrides.iter().map(|o| &o.settings).chain([&written]) {
        words(part, file, &mut problems);
    }
    for allow in written.allow.iter().filter(|a| a.reason.as_ref().trim().is_empty()) {
        let help = "Say why in a few words: whoever reads this later will ask.".to_owned();
        problems.report("config", file, allow.reason.span(), "This allow has no reason.".to_owned(), Some(help));
    }
    let allows = written.allow.iter().map(|a| globs(&a.works, file, &mut problems)).collect();
    let excludes = globs(&written.exclude, file, &mut problems);
    let limits = limits::read(&written.limits, file, &mut problems);
    let source = Source::new(name, text, Decoding::default());
    (Layer { limits, source, written, overrides, allows, excludes }, problems.into_reports().pop())
}

/// Reports words that mean nothing, and scores that are none.
fn words(written: &Written, file: usize, problems: &mut Problems<'_>) {
    let mut unknown = |word: &Spanned<String>, known: &str| {
        let message = format!("There is no severity `{}`.", word.as_ref());
        problems.report("config", file, word.span(), message, Some(format!("It is one of {known}.")));
    };
    if let Some(word) = written.fail_on.as_ref().filter(|w| !FAIL_ON.iter().any(|f| f.0 == w.as_ref())) {
        unknown(word, &FAIL_ON.map(|f| f.0).join(", "));
    }
    for word in written.rules.values().filter(|w| Severity::from_name(w.as_ref()).is_none()) {
        unknown(word, "error, warning, info, off");
    }
    for score in written.thresholds.values().filter(|s| !(0.0..=1.0).contains(s.as_ref())) {
        let message = format!("{} is not a score.", score.as_ref());
        problems.report("config", file, score.span(), message, Some("Scores go from 0 to 1.".to_owned()));
    }
}

/// Globs as matchers: `*` stays within a folder, `**` crosses folders, and a glob without `/` matches in any folder.
fn globs(written: &[Spanned<String>], file: usize, problems: &mut Problems<'_>) -> Vec<GlobMatcher> {
    let mut matchers = Vec::new();
    for glob in written {
        let text = glob.as_ref().trim_start_matches("./");
        let anywhere = if text.contains('/') { text.to_owned() } else { format!("**/{text}") };
        match GlobBuilder::new(&anywhere).literal_separator(true).build() {
            Ok(built) => matchers.push(built.compile_matcher()),
            Err(error) => {
                let message = format!("This is no pattern for paths: {}.", error.kind());
                let help = "`*` stands for a part of a name, `**` for any folders: `drafts/**`.".to_owned();
                problems.report("config", file, glob.span(), message, Some(help));
            }
        }
    }
    matchers
}

impl Layer {
    /// Its path.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// The configuration that it starts from, by its path from this one's folder.
    pub fn extends(&self) -> Option<&str> {
        self.written.extends.as_ref().map(|e| e.as_ref().as_str())
    }

    /// Whether it says nothing but the metadata of a work, so that a configuration further up counts.
    pub fn only_work(&self) -> bool {
        let Written {
            extends,
            packs,
            baseline,
            cache,
            exclude,
            fail_on,
            strict,
            required,
            rating_ladder,
            rules,
            thresholds,
            limits,
            allow,
            work,
            ..
        } = &self.written;
        work.is_some()
            && self.overrides.is_empty()
            && exclude.is_empty()
            && rules.is_empty()
            && thresholds.is_empty()
            && limits.is_empty()
            && allow.is_empty()
            && [extends, baseline, fail_on, rating_ladder].iter().all(|v| v.is_none())
            && (packs.is_none() && cache.is_none() && strict.is_none() && required.is_none())
    }

    pub(super) fn written(&self) -> &Written {
        &self.written
    }

    pub(super) fn position(&self, at: usize) -> Position {
        self.source.position(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The limits that it sets.
    pub(super) fn limits(&self) -> &[limits::Set] {
        &self.limits
    }

    /// The glob by which a path is left out.
    pub(super) fn excludes(&self, path: Option<&str>) -> Option<&Spanned<String>> {
        self.written.exclude.iter().zip(&self.excludes).find(|(_, g)| path.is_some_and(|p| g.is_match(p))).map(|f| f.0)
    }

    /// The overrides that hold for a path.
    pub(super) fn overrides(&self, path: Option<&str>) -> impl Iterator<Item = &Override> {
        self.overrides.iter().filter(move |o| path.is_some_and(|p| o.globs.iter().any(|g| g.is_match(p))))
    }

    /// Every allow, and whether it holds for a path.
    pub(super) fn allows(&self, path: Option<&str>) -> impl Iterator<Item = (&AllowTable, bool)> {
        self.written.allow.iter().zip(&self.allows).map(move |(table, globs)| {
            (table, table.works.is_empty() || path.is_some_and(|p| globs.iter().any(|g| g.is_match(p))))
        })
    }

    /// Which overrides and allows hold for a path, and whether it is left out: two paths for which this is the same have the
    /// same configuration.
    pub fn matching(&self, path: Option<&str>) -> Vec<bool> {
        let overrides = self.overrides.iter().map(|o| path.is_some_and(|p| o.globs.iter().any(|g| g.is_match(p))));
        overrides.chain(self.allows(path).map(|a| a.1)).chain([self.excludes(path).is_some()]).collect()
    }

    /// Whether it says other things of some files of a folder than of others.
    pub fn tells_files_apart(&self) -> bool {
        let of_some = self.written.allow.iter().any(|allow| !allow.works.is_empty());
        of_some || !self.overrides.is_empty() || !self.written.exclude.is_empty()
    }

    /// Checks that every rule, tag, field and ladder that it names is there. A layer that others extend may speak of packs
    /// that are not loaded.
    ///
    /// # Errors
    /// A report of the names that are not.
    pub fn check(&self, rules: &RuleSet, extended: bool, faulty: &[String]) -> Result<(), Box<Report>> {
        let mut problems = Problems::default();
        let file = problems.add_file(&self.source.name, &self.source.text);
        let mut unknown = |what: &str, name: &Spanned<String>, help: String| {
            problems.report(
                "config",
                file,
                name.span(),
                format!("There is no {what} `{}`.", name.as_ref()),
                Some(help),
            );
        };
        let not_loaded = |rule: &str| {
            let pack = rule.split_once('/').map(|(pack, _)| pack);
            // a rule that was left out because of its own mistake is no mistake of the configuration
            pack.is_some_and(|p| faulty.iter().any(|f| f == p) || extended && !rules.packs.iter().any(|r| r == p))
        };
        for written in self.overrides.iter().map(|o| &o.settings).chain([&self.written]) {
            for rule in written.rules.keys().filter(|r| rules.rule(r.as_ref()).is_none() && !not_loaded(r.as_ref())) {
                unknown("rule", rule, rules.hint_sentence(rule.as_ref()));
            }
            for tag in written.thresholds.keys().filter(|t| !rules.detects(t.as_ref())) {
                let found = rules.detectors.iter().filter_map(|d| rules.vocabulary.tag(d.tag)).map(|t| t.id.as_str());
                let help = match nearest(tag.as_ref(), found) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => "`docs/rules` lists every kind of content that is looked for.".to_owned(),
                };
                unknown("kind of content that is looked for by the name", tag, help);
            }
            for field in written.required.iter().flat_map(|r| r.as_ref()) {
                if rules.vocabulary.field_id(field.as_ref()).is_none() {
                    let fields: Vec<&str> = rules.vocabulary.fields.iter().map(|f| f.id.as_str()).collect();
                    let help = match nearest(field.as_ref(), fields.iter().copied()) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => format!("The fields are {}.", fields.join(", ")),
                    };
                    unknown("field", field, help);
                }
            }
            if let Some(ladder) = &written.rating_ladder
                && !rules.vocabulary.ladders.iter().any(|l| l.id == *ladder.as_ref())
            {
                let known: Vec<&str> = rules.vocabulary.ladders.iter().map(|l| l.id.as_str()).collect();
                unknown("rating ladder", ladder, format!("The packs that are loaded have {}.", known.join(", ")));
            }
        }
        for allow in &self.written.allow {
            if rules.named(allow.rule.as_ref()).next().is_none() && !not_loaded(allow.rule.as_ref()) {
                unknown("rule", &allow.rule, rules.hint_sentence(allow.rule.as_ref()));
            }
        }
        for required in
            self.overrides.iter().map(|o| &o.settings).chain([&self.written]).filter_map(|w| w.required.as_ref())
        {
            let known = required.as_ref().iter().all(|f| rules.vocabulary.field_id(f.as_ref()).is_some());
            if known && rules.rule(REQUIRED).is_none() && !not_loaded(REQUIRED) {
                let message = format!(
                    "No rule asks for required fields: that is `{REQUIRED}`, and its pack is not among the packs."
                );
                problems.report("config", file, required.span(), message, Some("Add \"core\" to `packs`.".to_owned()));
            }
        }
        problems.into_reports().pop().map_or(Ok(()), |report| Err(Box::new(report)))
    }

    /// The finding about a file or pack that it names under `extends`, `packs` or `baseline` and that cannot be used.
    pub fn cannot_use(&self, named: &str, message: String, help: String) -> Option<Report> {
        let Written { extends, packs, baseline, .. } = &self.written;
        let at = extends.iter().chain(baseline).chain(packs.iter().flatten()).find(|n| n.as_ref() == named)?.span();
        let mut problems = Problems::default();
        let file = problems.add_file(&self.source.name, &self.source.text);
        problems.report("config", file, at, message, Some(help));
        problems.into_reports().pop()
    }

    /// The finding about an allow that nothing matched, by its number in this file.
    pub fn unused(&self, allow: usize) -> Option<Report> {
        let mut problems = Problems::default();
        let file = problems.add_file(&self.source.name, &self.source.text);
        let table = self.written.allow.get(allow)?;
        let message = format!("Nothing that was checked needs “{}” to be allowed.", table.rule.as_ref());
        let help = "Remove this `[[allow]]`, so that it hides nothing that comes later.".to_owned();
        problems.report("unused-allow", file, table.rule.span(), message, Some(help));
        problems.into_reports().pop()
    }

    /// How many `[[allow]]`s it has.
    pub fn allow_count(&self) -> usize {
        self.written.allow.len()
    }
}

/// A string, or a list of them.
fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Spanned<String>>, D::Error> {
    // an untagged enum would lose the spans
    let value = toml::Spanned::<toml::Value>::deserialize(deserializer)?;
    let span = value.span();
    let wrong = |v: &toml::Value| {
        serde::de::Error::custom(format!("expected a glob or a list of globs, found {}", v.type_str()))
    };
    match value.into_inner() {
        toml::Value::String(glob) => Ok(vec![toml::Spanned::new(span, glob).into()]),
        toml::Value::Array(globs) => globs
            .into_iter()
            .map(|g| match g {
                toml::Value::String(glob) => Ok(toml::Spanned::new(span.clone(), glob).into()),
                other => Err(wrong(&other)),
            })
            .collect(),
        other => Err(wrong(&other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_what_is_wrong() {
        assert!(read("f", "[work]\nrating = 'Mature'\n").0.only_work());
        assert!(!read("f", "strict = true\n[work]\nrating = 'Mature'\n").0.only_work());
        for (text, at, message) in [
            ("pack = ['core']", "pack", "no key `pack`"),
            ("fail-on = 'warn'", "'warn'", "no severity `warn`"),
            ("rules = { a = 'loud' }", "'loud'", "no severity"),
            ("thresholds = { blood = 8 }", "8", ""),
            ("thresholds = { blood = 8.5 }", "8.5", "not a score"),
            ("[[allow]]\nrule = 'a'\nreason = ' '", "' '", "no reason"),
            ("[[allow]]\nrule = 'a'", "", "`reason` is missing"),
            ("[[override]]\nworks = ['a[']\n", "a[", "no pattern"),
            ("[[override]]\nworks = 3\n", "3", "list of globs"),
            ("packs = [", "", ""),
        ] {
            let report = read("f", text).1.expect(text);
            let found = &report.diagnostics[0];
            assert!(report.slice(found.labels[0].span).contains(at), "{text}: {found:?}");
            assert!(found.message.contains(message), "{found:?}");
        }
    }

    #[test]
    fn globs_match_paths_from_the_folder_of_their_file() {
        let holds = |glob: &str, path: &str| {
            let (layer, fault) = read("f", &format!("exclude = ['{glob}']"));
            assert!(fault.is_none());
            layer.excludes(Some(path)).is_some()
        };
        for (glob, path, expected) in [
            ("drafts/**", "drafts/a/b.md", true),
            ("drafts/**", "old/drafts/b.md", false),
            ("*.md", "a/b.md", true),
            ("a/*.md", "a/b/c.md", false),
            ("./a/*.md", "a/c.md", true),
            ("a/{b,c}.md", "a/c.md", true),
        ] {
            assert_eq!(holds(glob, path), expected, "{glob} {path}");
        }
    }
}

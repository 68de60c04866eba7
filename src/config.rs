//! `forewarn.toml` as written to a [`Config`].

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use toml::Spanned;

use crate::engine::Settings;
use crate::model::{Report, Severity};
use crate::rules::nearest::nearest;
use crate::rules::{Problems, RuleSet, parse};

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ConfigFile {
    packs: Option<Vec<Spanned<String>>>,
    fail_on: Option<Spanned<String>>,
    strict: bool,
    rules: BTreeMap<String, Spanned<String>>,
    /// Metadata of the work that the folder is; read by [`crate::formats::metadata`].
    work: Option<toml::Table>,
}

/// What a configuration file says.
#[derive(Debug, Clone)]
pub struct Config {
    /// Packs by name or, when they hold a `/` or start with a `.`, by folder relative to the file.
    pub packs: Vec<String>,
    /// Lowest severity that makes a run fail; none: nothing does.
    pub fail_on: Option<Severity>,
    /// How rules are judged.
    pub settings: Settings,
    /// Whether it says nothing but the metadata of a work, so that a configuration further up counts.
    pub only_work: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            packs: vec!["core".to_owned(), "ao3".to_owned()],
            fail_on: Some(Severity::Error),
            settings: Settings::default(),
            only_work: false,
        }
    }
}

/// What `--fail-on` and `fail-on` may be, and what they mean.
pub const FAIL_ON: [(&str, Option<Severity>); 4] = [
    ("error", Some(Severity::Error)),
    ("warning", Some(Severity::Warning)),
    ("info", Some(Severity::Info)),
    ("never", None),
];

/// Reads a configuration. `name` is its path. Rule ids are looked up later, by [`check_rules`], when the packs that
/// it names are loaded. Gives what could be understood, and a report of what is wrong with the file.
pub fn read(name: &str, text: &str) -> (Config, Option<Report>) {
    let mut problems = Problems::default();
    let file = problems.add_file(name, text);
    let written: ConfigFile = parse(text, file, "config", &mut problems).unwrap_or_default();
    let mut config = Config { only_work: written.work.is_some(), ..Config::default() };
    config.settings.strict = written.strict;
    config.only_work &=
        !written.strict && written.packs.is_none() && written.fail_on.is_none() && written.rules.is_empty();
    if let Some(packs) = written.packs {
        config.packs = packs.into_iter().map(Spanned::into_inner).collect();
    }
    if let Some(word) = written.fail_on {
        match FAIL_ON.iter().find(|f| f.0 == word.as_ref()) {
            Some((_, severity)) => config.fail_on = *severity,
            None => {
                let help = format!("It is one of {}.", FAIL_ON.map(|f| f.0).join(", "));
                problems.report(
                    "config",
                    file,
                    word.span(),
                    format!("There is no severity `{}`.", word.as_ref()),
                    Some(help),
                );
            }
        }
    }
    let mut severities = HashMap::new();
    for (rule, word) in written.rules {
        match Severity::from_name(word.as_ref()) {
            Some(severity) => drop(severities.insert(rule, severity)),
            None => {
                let message = format!("There is no severity `{}`.", word.as_ref());
                let help = "It is one of error, warning, info, off.".to_owned();
                problems.report("config", file, word.span(), message, Some(help));
            }
        }
    }
    config.settings.severities = severities;
    (config, problems.into_reports().pop())
}

/// Checks that every rule that a configuration names is a rule of its packs.
///
/// # Errors
/// A report of the names that are not.
pub fn check_rules(name: &str, text: &str, config: &Config, rules: &RuleSet) -> Result<(), Report> {
    let mut problems = Problems::default();
    let file = problems.add_file(name, text);
    let mut unknown: Vec<&String> = config.settings.severities.keys().filter(|r| rules.rule(r).is_none()).collect();
    unknown.sort();
    for rule in unknown {
        let at = text.find(rule.as_str()).map_or(0..0, |i| i..i + rule.len());
        let known = rules.rules.iter().map(|r| r.id.as_str());
        let help = match nearest(rule, known) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "`forewarn rules list` shows all rules.".to_owned(),
        };
        problems.report("config", file, at, format!("There is no rule `{rule}`."), Some(help));
    }
    problems.into_reports().pop().map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_right_and_points_at_what_is_wrong() {
        let config = read("f", "packs = ['core', './x']\nfail-on = 'warning'\nrules = { 'core/dates' = 'off' }\n").0;
        assert_eq!((config.packs.len(), config.fail_on), (2, Some(Severity::Warning)));
        assert_eq!(config.settings.severities["core/dates"], Severity::Off);
        assert!(read("f", "[work]\nrating = 'Mature'\n").0.only_work);
        for (text, at, message) in [
            ("pack = ['core']", "pack", "no key `pack`"),
            ("fail-on = 'warn'", "'warn'", "no severity `warn`"),
            ("rules = { a = 'loud' }", "'loud'", "no severity"),
            ("packs = [", "", ""),
        ] {
            let report = read("f", text).1.unwrap();
            let found = &report.diagnostics[0];
            assert!(report.slice(found.labels[0].span).contains(at), "{text}: {found:?}");
            assert!(found.message.contains(message), "{found:?}");
        }
    }
}

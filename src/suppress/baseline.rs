//! The baseline: findings that were there when forewarn was adopted, by work, rule and subject.
//!
//! It holds no lines and no hashes, so that edits do not touch it and people can review it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use crate::model::{By, Diagnostic, Report, Severity, Suppressed};
use crate::rules::{Problems, parse};

/// Rule to subjects; the empty subject is that of findings about the whole work.
type Rules = BTreeMap<String, BTreeSet<String>>;

/// Accepted findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    works: BTreeMap<String, Rules>,
}

/// The only form there is so far.
const VERSION: i64 = 1;

/// What stands at the top of the file.
const HEAD: &str = "\
# Findings that are accepted, by work, rule and subject (\"\" is the whole work). `forewarn check --baseline FILE` reads this
# file; `--write-baseline` writes it anew, `--prune-baseline` takes out what is settled.
version = 1
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: Spanned<i64>,
    #[serde(default)]
    works: BTreeMap<String, Rules>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// A report of what is wrong with the file.
    pub fn read(name: &str, text: &str) -> Result<Self, Box<Report>> {
        let mut problems = Problems::default();
        let file = problems.add_file(name, text);
        if text.trim().is_empty() {
            let help = "`forewarn check . --write-baseline` writes one.".to_owned();
            problems.report("config", file, 0..0, "This file is empty, so it is no baseline.".to_owned(), Some(help));
            return Err(Box::new(problems.into_reports().pop().unwrap_or_default()));
        }
        let written: Option<Written> = parse(text, file, "config", &mut problems);
        if let Some(version) = written.as_ref().map(|w| &w.version).filter(|v| *v.get_ref() != VERSION) {
            let message = format!("This baseline has version {}; this forewarn reads {VERSION}.", version.get_ref());
            let help = "Write it again with `forewarn check --write-baseline`.".to_owned();
            problems.report("config", file, version.span(), message, Some(help));
        }
        match problems.into_reports().pop() {
            Some(report) => Err(Box::new(report)),
            None => Ok(Self { works: written.map(|w| w.works).unwrap_or_default() }),
        }
    }

    /// The file that says this. The same findings give the same bytes.
    pub fn write(&self) -> String {
        let mut text = HEAD.to_owned();
        for (work, rules) in self.works.iter().filter(|(_, rules)| !rules.is_empty()) {
            text.push_str(&format!("\n[works.{}]\n", quoted(work)));
            for (rule, subjects) in rules {
                let subjects: Vec<String> = subjects.iter().map(|s| quoted(s)).collect();
                text.push_str(&format!("{} = [{}]\n", quoted(rule), subjects.join(", ")));
            }
        }
        text
    }

    /// Takes every finding on a work that may be accepted out of its report and adds it. A work that was checked has an
    /// entry in any case.
    pub fn take(&mut self, work: &str, report: &mut Report) {
        let (taken, kept): (Vec<_>, _) = std::mem::take(&mut report.diagnostics).into_iter().partition(may_be_accepted);
        report.diagnostics = kept;
        let rules = self.works.entry(work.to_owned()).or_default();
        for diagnostic in taken {
            rules.entry(diagnostic.rule.clone()).or_default().insert(subject(&diagnostic).to_owned());
            report.suppressed.push(Suppressed { diagnostic, by: By::Baseline, reason: String::new() });
        }
    }

    /// Takes the accepted findings out of a report. What is used of the baseline is added to `used`; a work that was
    /// checked has an entry there in any case.
    pub fn apply(&self, work: &str, report: &mut Report, used: &mut Self) {
        let Some(rules) = self.works.get(work) else { return };
        let used = used.works.entry(work.to_owned()).or_default();
        let (kept, accepted) = std::mem::take(&mut report.diagnostics).into_iter().partition(|d| {
            let known = rules.get(&d.rule).is_some_and(|subjects| subjects.contains(subject(d)));
            if known && may_be_accepted(d) {
                used.entry(d.rule.clone()).or_default().insert(subject(d).to_owned());
            }
            !known || !may_be_accepted(d)
        });
        report.diagnostics = kept;
        let suppressed = |diagnostic| Suppressed { diagnostic, by: By::Baseline, reason: String::new() };
        report.suppressed.extend(accepted.into_iter().map(suppressed));
    }

    /// How many works it speaks of.
    pub fn works(&self) -> usize {
        self.works.values().filter(|rules| !rules.is_empty()).count()
    }

    /// How many findings it accepts.
    pub fn findings(&self) -> usize {
        self.works.values().flat_map(BTreeMap::values).map(BTreeSet::len).sum()
    }

    /// How many of its findings, of works that were checked, are settled.
    pub fn settled(&self, used: &Self) -> usize {
        let of = |rules: &Rules| rules.values().map(BTreeSet::len).sum::<usize>();
        used.works.iter().filter_map(|(work, rules)| Some(of(self.works.get(work)?).saturating_sub(of(rules)))).sum()
    }

    /// This with the findings of another one on works that this does not speak of.
    pub fn and(mut self, other: Self) -> Self {
        for (work, rules) in other.works {
            self.works.entry(work).or_insert(rules);
        }
        self
    }

    /// What is left of it: what was used of works that were checked, and all of the other works that `keep` says are there.
    pub fn pruned(&self, used: &Self, keep: impl Fn(&str) -> bool) -> Self {
        let works = self.works.iter().filter_map(|(work, rules)| match used.works.get(work) {
            Some(used) => Some((work.clone(), used.clone())),
            None => keep(work).then(|| (work.clone(), rules.clone())),
        });
        Self { works: works.collect() }
    }
}

/// A file that could not be read is never accepted: nothing is known of it.
fn may_be_accepted(diagnostic: &Diagnostic) -> bool {
    diagnostic.rule != "core/unreadable" && diagnostic.severity > Severity::Off
}

fn subject(diagnostic: &Diagnostic) -> &str {
    diagnostic.subject.as_deref().unwrap_or("")
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.replace(['\n', '\r'], " ")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(name: &str, findings: &[(&str, Option<&str>)]) -> Report {
        let diagnostic = |(rule, subject): &(&str, Option<&str>)| Diagnostic {
            subject: subject.map(str::to_owned),
            ..Diagnostic::new(*rule, Severity::Info, "")
        };
        Report { name: name.into(), diagnostics: findings.iter().map(diagnostic).collect(), ..Report::default() }
    }

    #[test]
    fn what_was_written_is_accepted_and_what_is_new_is_not() {
        let mut baseline = Baseline::default();
        baseline.take(
            "b/“c”.md",
            &mut report("b/“c”.md", &[("core/x", Some("blood")), ("core/x", Some("death")), ("core/y", None)]),
        );
        baseline.take("a.md", &mut report("a.md", &[("core/unreadable", None)]));
        let text = baseline.write();
        assert!(
            text.ends_with("[works.\"b/“c”.md\"]\n\"core/x\" = [\"blood\", \"death\"]\n\"core/y\" = [\"\"]\n"),
            "{text}"
        );
        let read = Baseline::read("b.toml", &text).unwrap();
        // a work without findings is known to have been checked, and is not written
        baseline.works.retain(|_, rules| !rules.is_empty());
        assert_eq!(read, baseline);
        let mut now = report("b/“c”.md", &[("core/x", Some("blood")), ("core/x", Some("war")), ("core/y", None)]);
        let mut used = Baseline::default();
        read.apply("b/“c”.md", &mut now, &mut used);
        assert_eq!(now.diagnostics.len(), 1);
        assert_eq!((now.suppressed.len(), read.settled(&used)), (2, 1));
        let pruned = read.pruned(&used, |_| false).write();
        assert!(pruned.contains("[\"blood\"]") && !pruned.contains("death"), "{pruned}");
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, at) in [("version = 2\n", "2"), ("version = 1\n[work]\n", "work"), ("version = 1\nworks = 3\n", "3")]
        {
            let report = Baseline::read("b.toml", text).unwrap_err();
            assert!(report.slice(report.diagnostics[0].labels[0].span).contains(at), "{text}");
        }
    }
}

//! Findings as SARIF 2.1.0, which code scanning reads.
//!
//! The results are written while the works come in; what needs the whole run stands behind them: rules that found
//! something, what they were about, and what could not be read.

mod objects;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::clean::clean;
use super::excerpt::bounds;
use super::fingerprint::fingerprints;
use super::json::{QUOTE, rounded};
use super::place::{Place, Point, primary};
use super::write_json::write;
use super::{Options, Reporter, sentences};
use crate::model::{self, Report, RuleText, Severity, Span, Totals};
use objects::{
    ArtifactChange, ArtifactLocation, Configuration, Driver, Finding, Fingerprints, Fix, Help, Location,
    LogicalLocation, Named, Notification, PhysicalLocation, Piece, Properties, Region, Relationship, Replacement, Rule,
    RuleReference, Suppression, Taxon, TaxonReference, Taxonomy, Text,
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What relative paths are relative to, by the name that code scanning gives it.
const ROOT: &str = "%SRCROOT%";

/// The taxonomy of what findings are about.
const SUBJECTS: &str = "subjects";

/// Most places beside the primary one of a finding: as many as GitHub shows.
const RELATED: usize = 100;

/// Most files that could not be read that are told of once more at the end; each has its result.
const NOTIFICATIONS: usize = 100;

/// Writes one run.
pub(super) struct Sarif {
    excerpts: bool,
    texts: Vec<RuleText>,
    started: bool,
    /// The number of each rule that found something.
    numbers: BTreeMap<String, usize>,
    /// Those rules in order of number.
    rules: Vec<Met>,
    unread: Notifications,
    faults: Notifications,
}

/// A rule that found something.
struct Met {
    id: String,
    /// Of its first finding.
    severity: Severity,
    /// What its findings were about.
    subjects: BTreeSet<String>,
}

/// What was wrong with the run itself, as JSON.
#[derive(Default)]
struct Notifications {
    written: Vec<Vec<u8>>,
    more: usize,
}

impl Sarif {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            excerpts: options.excerpts,
            texts: options.rules.clone(),
            started: false,
            numbers: BTreeMap::new(),
            rules: Vec::new(),
            unread: Notifications::default(),
            faults: Notifications::default(),
        }
    }

    /// What stands before the results.
    fn begin(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        self.started = true;
        write!(
            out,
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"columnKind\":\"unicodeCodePoints\","
        )?;
        let folder = "The folder in which forewarn was run.";
        write!(out, "\"originalUriBaseIds\":{{\"{ROOT}\":{{\"description\":{{\"text\":\"{folder}\"}}}}}},\"results\":[")
    }

    /// The number of the rule of a finding.
    fn number(&mut self, diagnostic: &model::Diagnostic) -> usize {
        let number = match self.numbers.get(&diagnostic.rule) {
            Some(number) => *number,
            None => {
                let number = self.rules.len();
                self.numbers.insert(diagnostic.rule.clone(), number);
                self.rules.push(Met {
                    id: diagnostic.rule.clone(),
                    severity: diagnostic.severity,
                    subjects: BTreeSet::new(),
                });
                number
            }
        };
        if let (Some(rule), Some(subject)) = (self.rules.get_mut(number), &diagnostic.subject) {
            rule.subjects.insert(subject.clone());
        }
        number
    }

    fn driver(&self) -> Driver<'_> {
        let text = |id: &str| self.texts.iter().find(|t| t.id == id);
        Driver {
            name: "forewarn",
            version: env!("CARGO_PKG_VERSION"),
            supported_taxonomies: [Named { name: SUBJECTS }],
            rules: self.rules.iter().map(|met| Rule::new(met, text(&met.id))).collect(),
        }
    }
}

impl Reporter for Sarif {
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        if !self.started {
            self.begin(out)?;
        }
        let found = report.diagnostics.iter().map(|d| (d, None));
        let accepted = report.suppressed.iter().map(|s| (&s.diagnostic, Some(s)));
        for ((diagnostic, accepted), fingerprint) in found.chain(accepted).zip(fingerprints(report)) {
            let first = self.rules.is_empty();
            let number = self.number(diagnostic);
            let suppressions = accepted.map(Suppression::new).into_iter().collect();
            let finding = Finding::new(report, diagnostic, number, fingerprint, self.excerpts);
            let result = Finding { suppressions, ..finding };
            let notifications = match report.format {
                "" => Some(&mut self.unread),
                Report::SETTINGS => Some(&mut self.faults),
                _ => None,
            };
            if let Some(notifications) = notifications.filter(|_| diagnostic.severity == Severity::Error) {
                notifications.add(&result)?;
            }
            out.write_all(if first { b"\n" } else { b",\n" })?;
            write(&result, out)?;
        }
        Ok(())
    }

    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        if !self.started {
            self.begin(out)?;
        }
        out.write_all(b"\n],\"tool\":{\"driver\":")?;
        write(&self.driver(), out)?;
        let subjects: BTreeSet<&str> = self.rules.iter().flat_map(|met| &met.subjects).map(String::as_str).collect();
        let taxa = subjects.into_iter().map(|id| Taxon { id }).collect();
        out.write_all(b"},\"taxonomies\":")?;
        write(&[Taxonomy { name: SUBJECTS, short_description: Text::new("Tags and fields of a work."), taxa }], out)?;
        let successful = totals.unreadable == 0 && self.unread.is_empty() && self.faults.is_empty();
        write!(out, ",\"invocations\":[{{\"executionSuccessful\":{successful}")?;
        for (key, notifications) in
            [("toolExecutionNotifications", &self.unread), ("toolConfigurationNotifications", &self.faults)]
        {
            notifications.finish(key, out)?;
        }
        out.write_all(b"}]}]}\n")
    }
}

impl Notifications {
    fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    fn add(&mut self, result: &Finding<'_>) -> io::Result<()> {
        if self.written.len() == NOTIFICATIONS {
            self.more += 1;
            return Ok(());
        }
        let mut bytes = Vec::new();
        let Finding { rule_id, rule_index, message, locations, .. } = result;
        let rule = RuleReference { id: rule_id, index: *rule_index };
        write(
            &Notification { level: "error", message, locations: Some(locations), associated_rule: Some(rule) },
            &mut bytes,
        )?;
        self.written.push(bytes);
        Ok(())
    }

    fn finish(&self, key: &str, out: &mut dyn io::Write) -> io::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        write!(out, ",\"{key}\":[")?;
        out.write_all(&self.written.join(&b",\n"[..]))?;
        if self.more > 0 {
            let message = Text::new(format!("And {} more; each has its result.", sentences::grouped(self.more as u64)));
            out.write_all(b",\n")?;
            write(&Notification { level: "error", message: &message, locations: None, associated_rule: None }, out)?;
        }
        out.write_all(b"]")
    }
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl<'a> Rule<'a> {
    fn new(met: &'a Met, text: Option<&RuleText>) -> Self {
        let id = met.id.as_str();
        let severity = text.map_or(met.severity, |t| t.severity);
        let summary = text.map_or(id, |t| t.summary.as_str());
        let docs = text.map(|t| t.docs.as_str()).filter(|d| !d.is_empty()).unwrap_or(summary);
        let mut help = docs.to_owned();
        if let Some(what) = text.and_then(|t| t.help.as_deref()) {
            help.push_str(&format!("\n\nWhat to do: {what}"));
        }
        help.push_str(&format!("\n\n`forewarn explain {id}` says more."));
        let relationship = |id: &'a String| Relationship { target: TaxonReference::new(id), kinds: ["relevant"] };
        Self {
            short_description: Text::new(summary),
            full_description: Text::new(docs),
            help: Help { text: help.clone(), markdown: help },
            default_configuration: Configuration { enabled: severity != Severity::Off, level: level(severity) },
            relationships: met.subjects.iter().map(relationship).collect(),
            properties: Properties {
                tags: [id.split('/').next().unwrap_or(id)],
                severity: match severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Info | Severity::Off => "recommendation",
                },
            },
            id,
        }
    }
}

impl<'a> TaxonReference<'a> {
    fn new(id: &'a str) -> Self {
        Self { id, tool_component: Named { name: SUBJECTS } }
    }
}

impl<'a> Finding<'a> {
    fn new(
        report: &'a Report,
        diagnostic: &'a model::Diagnostic,
        rule_index: usize,
        fingerprint: String,
        excerpts: bool,
    ) -> Self {
        let place = Place::of(report, diagnostic);
        let mut message = sentences::message(&place, diagnostic);
        if let Some(help) = &diagnostic.help {
            message.push(' ');
            message.push_str(&clean(help));
        }
        let main = primary(report, diagnostic);
        let others = diagnostic.labels.iter().filter(|l| main.is_none_or(|main| !std::ptr::eq(*l, main)));
        let related = others.filter_map(|l| Some((l, Place::at(report, l.span)?))).take(RELATED).zip(1..);
        let related = related.map(|((label, place), id)| Location {
            id: Some(id),
            ..Location::new(report, place, Some(label), excerpts)
        });
        Self {
            rule_id: &diagnostic.rule,
            rule_index,
            level: level(diagnostic.severity),
            message: Text::new(message),
            locations: [Location::new(report, place, main, excerpts)],
            related_locations: related.collect(),
            partial_fingerprints: Fingerprints { finding: fingerprint },
            suppressions: Vec::new(),
            fixes: diagnostic.fix.as_ref().and_then(|fix| Fix::new(report, fix)).into_iter().collect(),
            rank: diagnostic.score.as_ref().map(|score| rounded(score.value * 100.0)),
            taxa: diagnostic.subject.as_deref().map(TaxonReference::new).into_iter().collect(),
        }
    }
}

impl Suppression {
    fn new(suppressed: &model::Suppressed) -> Self {
        let kind = match suppressed.by {
            model::By::Work => "inSource",
            model::By::Config(_) | model::By::Baseline => "external",
        };
        let justification = Some(suppressed.reason.as_str()).filter(|r| !r.is_empty());
        Self { kind, justification: justification.map(clean) }
    }
}

impl<'a> Location<'a> {
    fn new(report: &'a Report, place: Place<'a>, label: Option<&model::Label>, excerpts: bool) -> Self {
        let snippet = label.filter(|_| excerpts).and_then(|label| snippet(report, label.span));
        let message = label.map(|l| clean(&l.text)).filter(|text| !text.is_empty()).map(Text::new);
        let logical = place.part.map(|part| LogicalLocation { name: part.name, fully_qualified_name: part.full });
        Self {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation::new(place.file),
                region: place.range.map(|range| Region::new(range, snippet)),
            },
            logical_locations: logical.into_iter().collect(),
            message,
        }
    }
}

impl ArtifactLocation {
    fn new(path: &str) -> Self {
        let has_drive = path.as_bytes().get(1..3) == Some(b":/");
        if path.starts_with("//") {
            // a folder that another machine shares
            Self { uri: format!("file:{}", encoded(path)), uri_base_id: None }
        } else if path.starts_with('/') {
            Self { uri: format!("file://{}", encoded(path)), uri_base_id: None }
        } else if has_drive {
            Self { uri: format!("file:///{}", encoded(path).replacen("%3A", ":", 1)), uri_base_id: None }
        } else {
            Self { uri: encoded(path), uri_base_id: Some(ROOT) }
        }
    }
}

/// A path for a URI: all but letters and digits of ASCII, `-`, `.`, `_`, `~` and the slash between folders is
/// percent-encoded (RFC 3986, 2.3).
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

impl<'a> Region<'a> {
    fn new((start, end): (Point, Point), snippet: Option<Piece<'a>>) -> Self {
        Self { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column, snippet }
    }
}

/// The words of a span. They must be all of its region, so that long ones are left out.
fn snippet(report: &Report, span: Span) -> Option<Piece<'_>> {
    let source = report.source(span)?;
    let text = source.text.get(bounds(source, span))?;
    (!text.is_empty() && text.chars().nth(QUOTE).is_none()).then_some(Piece { text })
}

impl<'a> Fix<'a> {
    /// None when one of its edits has no place: a part of a fix is none.
    fn new(report: &'a Report, fix: &'a model::Fix) -> Option<Self> {
        let mut changes: Vec<ArtifactChange<'_>> = Vec::new();
        for edit in &fix.edits {
            let place = Place::at(report, edit.span)?;
            let artifact_location = ArtifactLocation::new(place.file);
            let replacement = Replacement {
                deleted_region: Region::new(place.range?, None),
                inserted_content: Piece { text: &edit.text },
            };
            match changes.last_mut() {
                Some(last) if last.artifact_location == artifact_location => last.replacements.push(replacement),
                _ => changes.push(ArtifactChange { artifact_location, replacements: vec![replacement] }),
            }
        }
        (!changes.is_empty()).then(|| Self { description: Text::new(clean(&fix.title)), artifact_changes: changes })
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Off => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, uri, relative) in [
            ("stories/one.txt", "stories/one.txt", true),
            ("my story: café, 100 %.md", "my%20story%3A%20caf%C3%A9%2C%20100%20%25.md", true),
            ("../a#b?c.txt", "../a%23b%3Fc.txt", true),
            ("a\u{1b}\u{202e}.txt", "a%1B%E2%80%AE.txt", true),
            ("/home/ann/a b.txt", "file:///home/ann/a%20b.txt", false),
            ("C:/Users/Ann/a.txt", "file:///C:/Users/Ann/a.txt", false),
            ("//server/share/a.txt", "file://server/share/a.txt", false),
            ("-", "-", true),
        ] {
            let location = ArtifactLocation::new(path);
            assert_eq!((location.uri.as_str(), location.uri_base_id.is_some()), (uri, relative));
        }
    }
}

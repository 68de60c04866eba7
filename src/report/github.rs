//! Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.
//!
//! The form and what is escaped in it are those of `@actions/core`, the toolkit that actions print them with.

use std::io;

use super::clean::clean;
use super::place::Place;
use super::{Options, Reporter, sentences};
use crate::model::{Diagnostic, Report, Severity, Totals};

/// Most annotations of each kind that GitHub shows for one step of a job.
const SHOWN: usize = 10;

/// Writes `::warning file=…,line=…,title=…::message`, one line a finding, and the counts.
pub(super) struct Github {
    excerpts: bool,
}

impl Github {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts }
    }

    fn command(&self, report: &Report, diagnostic: &Diagnostic) -> String {
        let place = Place::of(report, diagnostic);
        let kind = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info | Severity::Off => "notice",
        };
        let mut command = format!("::{kind} file={}", property(place.file));
        if let Some((start, end)) = place.range {
            command.push_str(&format!(",line={},endLine={},col={}", start.line, end.line, start.column));
            // GitHub takes the end of a range only on the line where it starts
            if start.line == end.line {
                command.push_str(&format!(",endColumn={}", end.column));
            }
        }
        let mut message = vec![sentences::message(&place, diagnostic)];
        message.extend(sentences::details(report, diagnostic, self.excerpts));
        command.push_str(&format!(",title={}::{}", property(&diagnostic.rule), data(&message.join("\n"))));
        command
    }
}

impl Reporter for Github {
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        report.diagnostics.iter().try_for_each(|d| writeln!(out, "{}", self.command(report, d)))
    }

    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        // no names: a line of the log that holds `##[` is a command too
        out.write_all(sentences::summary(totals).as_bytes())?;
        if [totals.errors, totals.warnings, totals.infos].iter().any(|count| *count > SHOWN) {
            writeln!(
                out,
                "GitHub shows {SHOWN} errors, {SHOWN} warnings and {SHOWN} notices of a step beside the text; the others \
                 stand in this log alone."
            )?;
        }
        Ok(())
    }
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(&clean(text)).replace(':', "%3A").replace(',', "%2C")
}

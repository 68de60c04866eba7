//! Findings as a code quality report of GitLab: a JSON array in the form of Code Climate, with the keys that GitLab reads.

use std::io;

use serde::Serialize;

use super::fingerprint::{fingerprints, hash};
use super::place::Place;
use super::write_json::write;
use super::{Reporter, sentences};
use crate::model::{self, Severity};

/// Writes one array while the works come in.
#[derive(Default)]
pub(super) struct Gitlab {
    started: bool,
}

#[derive(Serialize)]
struct Finding<'a> {
    check_name: &'a str,
    description: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

impl Reporter for Gitlab {
    fn report(&mut self, report: &model::Report, out: &mut dyn io::Write) -> io::Result<()> {
        for (diagnostic, fingerprint) in report.diagnostics.iter().zip(fingerprints(report)) {
            out.write_all(if self.started { b",\n" } else { b"[\n" })?;
            self.started = true;
            let place = Place::of(report, diagnostic);
            let finding = Finding {
                check_name: &diagnostic.rule,
                description: sentences::message(&place, diagnostic),
                // GitLab drops all but one of those that are alike, also in different files
                fingerprint: format!("{:032x}", hash([report.name.as_str(), &fingerprint])),
                severity: match diagnostic.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info | Severity::Off => "info",
                },
                location: Location {
                    path: place.file,
                    // GitLab asks for a line of every finding
                    lines: place
                        .range
                        .map_or(Lines { begin: 1, end: 1 }, |(start, end)| Lines { begin: start.line, end: end.line }),
                },
            };
            write(&finding, out)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &model::Totals, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(if self.started { b"\n]\n" } else { b"[]\n" })
    }
}

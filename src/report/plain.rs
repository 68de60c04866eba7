//! Findings as sentences without drawing or colour, for pipes and screen readers.

use std::io;

use super::{Options, Reporter, sentences};
use crate::model::{Diagnostic, Report, Totals};

/// Writes `place: severity: message [rule]`, then a line a place, the help, the fix and the score.
pub(super) struct Plain {
    excerpts: bool,
    unread: sentences::Unread,
    quiet: bool,
}

impl Plain {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts, unread: sentences::Unread::default(), quiet: options.quiet }
    }

    fn finding(&self, report: &Report, diagnostic: &Diagnostic, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{}", sentences::headline(report, diagnostic))?;
        for line in sentences::details(report, diagnostic, self.excerpts) {
            writeln!(out, "  {line}")?;
        }
        writeln!(out)
    }
}

impl Reporter for Plain {
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        if report.diagnostics.is_empty() || self.unread.write(report, out)? {
            return Ok(());
        }
        self.unread.end(out)?;
        report.diagnostics.iter().try_for_each(|d| self.finding(report, d, out))
    }

    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        self.unread.end(out)?;
        if self.quiet { Ok(()) } else { out.write_all(sentences::summary(totals).as_bytes()) }
    }
}

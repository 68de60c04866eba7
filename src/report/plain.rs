//! Findings as sentences without drawing or colour, for pipes and screen readers.

use std::io;

use super::{Options, Reporter, sentences};
use crate::model::{Diagnostic, Report, Totals};

/// Writes `place: severity: message [rule]`, then a line a place, the help, the fix and the score.
pub(super) struct Plain {
    excerpts: bool,
}

impl Plain {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts }
    }

    fn finding(&self, report: &Report, diagnostic: &Diagnostic, out: &mut dyn io::Write) -> io::Result<()> {
        let clean = super::clean::clean;
        let (labels, more) = sentences::places(report, diagnostic);
        let place = sentences::place(report, &labels);
        let severity = sentences::severity(diagnostic.severity);
        writeln!(out, "{place}: {severity}: {} [{}]", clean(&diagnostic.message), clean(&diagnostic.rule))?;
        for told in labels.iter().filter_map(|l| sentences::told(report, l, self.excerpts)) {
            writeln!(out, "  {told}")?;
        }
        if more > 0 {
            writeln!(out, "  {}", sentences::more_places(more))?;
        }
        if let Some(help) = &diagnostic.help {
            writeln!(out, "  Help: {}", clean(help))?;
        }
        if let Some(fix) = &diagnostic.fix {
            writeln!(out, "  {}", sentences::fix(fix))?;
        }
        if let Some(score) = &diagnostic.score {
            writeln!(out, "  {}", sentences::score(score))?;
        }
        writeln!(out)
    }
}

impl Reporter for Plain {
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        report.diagnostics.iter().try_for_each(|d| self.finding(report, d, out))
    }

    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(sentences::summary(totals).as_bytes())
    }
}

//! Findings as JUnit XML: a suite a work, a case a finding.
//!
//! The form is that of the schema `junit-10.xsd` of Jenkins' xUnit plugin, which most readers of such files accept.

use std::io;

use super::clean::escaped;
use super::place::Place;
use super::{Options, Reporter, sentences};
use crate::model::{Diagnostic, Report, Severity, Totals};

/// Writes `<testsuites>` while the works come in. What is an error or a warning fails; a suggestion is only told.
pub(super) struct Junit {
    excerpts: bool,
    started: bool,
}

/// How a case ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With something to read.
    Told,
    /// The text is not as it should be.
    Failure,
    /// It could not be looked at.
    Error,
}

impl Junit {
    pub(super) fn new(options: &Options) -> Self {
        Self { excerpts: options.excerpts, started: false }
    }

    fn begin(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        if !std::mem::replace(&mut self.started, true) {
            out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"forewarn\">\n")?;
        }
        Ok(())
    }

    fn case(&self, report: &Report, diagnostic: &Diagnostic, out: &mut dyn io::Write) -> io::Result<()> {
        let place = Place::of(report, diagnostic);
        let at = match (&place.part, place.range) {
            (_, Some((start, _))) => format!(" at {}:{}", start.line, start.column),
            (Some(part), None) => format!(" at {}", part.name),
            (None, None) => String::new(),
        };
        let name = escaped(&format!("{}{at}", diagnostic.rule));
        let class = escaped(place.file);
        let message = sentences::message(&place, diagnostic);
        let severity = sentences::severity(diagnostic.severity);
        let mut lines = vec![sentences::headline(report, diagnostic)];
        lines.extend(sentences::details(report, diagnostic, self.excerpts));
        let text: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
        let text = text.join("\n");
        let message = escaped(&message);
        writeln!(out, "    <testcase name=\"{name}\" classname=\"{class}\">")?;
        match end(report, diagnostic) {
            End::Told => writeln!(out, "      <system-out>{text}</system-out>")?,
            End::Failure => writeln!(out, "      <failure type=\"{severity}\" message=\"{message}\">{text}</failure>")?,
            End::Error => writeln!(out, "      <error type=\"{severity}\" message=\"{message}\">{text}</error>")?,
        }
        writeln!(out, "    </testcase>")
    }
}

impl Reporter for Junit {
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        self.begin(out)?;
        let name = escaped(&report.name);
        let count = |wanted: End| report.diagnostics.iter().filter(|d| end(report, d) == wanted).count();
        let (failures, errors) = (count(End::Failure), count(End::Error));
        let unread = report.format.is_empty();
        // a suite without a case would be taken for one that did not run
        let tests = report.diagnostics.len().max(1);
        let skipped = usize::from(unread && report.diagnostics.is_empty());
        writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" \
             skipped=\"{skipped}\">"
        )?;
        if report.diagnostics.is_empty() {
            let class = escaped(Place::whole(report).file);
            write!(out, "    <testcase name=\"no findings\" classname=\"{class}\"")?;
            out.write_all(if unread { b"><skipped message=\"not read\"/></testcase>\n" } else { b"/>\n" })?;
        }
        for diagnostic in &report.diagnostics {
            self.case(report, diagnostic, out)?;
        }
        writeln!(out, "  </testsuite>")
    }

    fn finish(&mut self, _: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        self.begin(out)?;
        out.write_all(b"</testsuites>\n")
    }
}

fn end(report: &Report, diagnostic: &Diagnostic) -> End {
    match diagnostic.severity {
        Severity::Info | Severity::Off => End::Told,
        Severity::Error if report.format.is_empty() => End::Error,
        Severity::Error | Severity::Warning => End::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_ends_an_attribute_or_that_xml_forbids() {
        assert_eq!(
            escaped("a<b> & \"c\" 'd' ]]> \0\u{1b}\u{fffe}\u{ffff}\n\tx"),
            "a&lt;b&gt; &amp; &quot;c&quot; 'd' ]]&gt; ␀␛  x"
        );
    }
}

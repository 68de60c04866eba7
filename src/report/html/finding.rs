//! One finding on the page.

use std::fmt::Write as _;

use super::words::{escape, paragraphs, quotes};
use crate::model::{Diagnostic, Report, RuleText, Severity};
use crate::report::sentences;

/// Appends a finding: what, where, what to do, why.
pub(super) fn tell(
    report: &Report,
    finding: &Diagnostic,
    id: &str,
    excerpts: bool,
    rule: Option<&RuleText>,
    out: &mut String,
) {
    let (class, name) = match finding.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warning", "Warning"),
        Severity::Info | Severity::Off => ("info", "Suggestion"),
    };
    let _ = write!(
        out,
        "<article id=\"{id}\" class=\"finding {class}\" aria-labelledby=\"{id}-what\">\n\
         <h4 id=\"{id}-what\"><span class=\"severity\">{name}</span> {}</h4>\n",
        escape(&finding.message)
    );
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "<p><strong>What to do:</strong> {}</p>", escape(help));
    }
    if let Some(fix) = &finding.fix {
        let fix = escape(&sentences::fix(fix));
        let (kind, fix) = fix.split_once(": ").unwrap_or(("Fix", &fix));
        let _ = writeln!(out, "<p><strong>{kind}:</strong> {fix}</p>");
    }
    let (labels, more) = sentences::places(report, finding);
    if !labels.is_empty() {
        let items = quotes(report, &labels, excerpts).concat();
        let _ = write!(out, "<ul class=\"places\">\n{items}</ul>\n");
    }
    if more > 0 {
        let _ = writeln!(out, "<p>{}</p>", sentences::more_places(more));
    }
    let _ = write!(out, "<details>\n<summary>Why this is reported</summary>\n");
    if let Some(score) = &finding.score {
        let _ = writeln!(out, "<p>{}</p>", escape(&sentences::score(score)));
    }
    let docs = rule.map(|rule| rule.docs.as_str()).unwrap_or_default();
    out.push_str(&paragraphs(docs));
    let _ = write!(out, "<p>The rule is <code>{}</code>.</p>\n</details>\n</article>\n", escape(&finding.rule));
}

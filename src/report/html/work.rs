//! One work on the page.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Write as _;

use super::words::{escape, plural};
use super::{finding, strips};
use crate::model::{By, Diagnostic, Report, RuleText, Severity, Suppressed};

/// Most findings of a work that are shown.
const FINDINGS: usize = 500;
/// Most accepted findings that are shown.
const ACCEPTED: usize = 200;

/// A work as it will stand on the page.
pub(super) struct Told {
    /// The anchor.
    pub(super) id: String,
    /// Escaped.
    pub(super) name: String,
    /// What was found, in a few words.
    pub(super) short: String,
    pub(super) html: String,
}

/// A work with all that there is to say of it.
pub(super) fn tell(report: &Report, number: usize, excerpts: bool, rules: &HashMap<String, RuleText>) -> Told {
    let id = format!("w{number}");
    let name = escape(&report.name);
    let mut found: Vec<&Diagnostic> = report.diagnostics.iter().collect();
    found.sort_by_key(|d| Reverse(d.severity));
    let mut out = String::new();
    let _ = write!(
        out,
        "<article id=\"{id}\" class=\"work\" aria-labelledby=\"{id}-name\">\n<h2 id=\"{id}-name\"><bdi>{name}</bdi></h2>\n"
    );
    let _ = writeln!(out, "<p class=\"verdict {}\">{}</p>", tone(&found), verdict(report, &found));
    suggested(report, &id, excerpts, &mut out);
    strips::table(report, &id, &mut out);
    if !found.is_empty() {
        let _ = write!(out, "<section>\n<h3 id=\"{id}-found\">Findings</h3>\n");
        for (finding, number) in found.iter().take(FINDINGS).zip(1..) {
            let rule = rules.get(&finding.rule);
            finding::tell(report, finding, &format!("{id}-f{number}"), excerpts, rule, &mut out);
        }
        if let more @ 1.. = found.len().saturating_sub(FINDINGS) {
            let _ = writeln!(out, "<p>{} not shown.</p>", plural(more as u64, "more finding is", "more findings are"));
        }
        out.push_str("</section>\n");
    }
    accepted(&report.suppressed, &mut out);
    strips::places(report, &id, excerpts, &mut out);
    out.push_str("</article>\n");
    Told { id, name, short: short(&found), html: out }
}

/// A file of which nothing is known, as an item of a list.
pub(super) fn unread(report: &Report) -> String {
    let mut said = format!("<li><strong><bdi>{}</bdi></strong>", escape(&report.name));
    for finding in &report.diagnostics {
        let help = finding.help.as_deref().map(|h| format!(" {}", escape(h))).unwrap_or_default();
        let _ = write!(said, "<br>{}{help}", escape(&finding.message));
    }
    said + "</li>\n"
}

fn count(found: &[&Diagnostic], severity: Severity) -> u64 {
    found.iter().filter(|d| d.severity == severity).count() as u64
}

fn tone(found: &[&Diagnostic]) -> &'static str {
    match found.iter().map(|d| d.severity).max() {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        _ => "fine",
    }
}

/// `2 errors, 1 suggestion`
fn short(found: &[&Diagnostic]) -> String {
    let kinds = [(Severity::Error, "error", "errors"), (Severity::Warning, "warning", "warnings")];
    let kinds = kinds.into_iter().chain([(Severity::Info, "suggestion", "suggestions")]);
    let parts: Vec<String> = kinds
        .map(|(severity, one, many)| (count(found, severity), one, many))
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| plural(n, one, many))
        .collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

/// What it comes to, for one who reads nothing else.
fn verdict(report: &Report, found: &[&Diagnostic]) -> String {
    let (errors, warnings) = (count(found, Severity::Error), count(found, Severity::Warning));
    let suggestions = count(found, Severity::Info);
    let about_settings = report.format == Report::SETTINGS;
    let (end, words) = match about_settings {
        true => ("", String::new()),
        false => (" before posting", format!(" {} of story were read.", plural(report.words, "word", "words"))),
    };
    let mut said = match (errors, warnings, suggestions) {
        (0, 0, 0) => "Nothing to mend: no rule found anything amiss.".to_owned(),
        (0, 0, n) => format!("Fine as it is. There {}, to take or to leave.", are(n, "suggestion", "suggestions")),
        (0, n, _) => format!("Worth a look{end}: {}.", plural(n, "thing", "things")),
        (n, 0, _) => format!("To be mended{end}: {}.", plural(n, "thing", "things")),
        (n, more, _) => {
            format!("To be mended{end}: {}. Worth a look besides: {more}.", plural(n, "thing", "things"))
        }
    };
    if errors + warnings > 0 && suggestions > 0 {
        let _ = write!(said, " There {} too.", are(suggestions, "suggestion", "suggestions"));
    }
    format!("<strong>{said}</strong>{words}")
}

fn are(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", if n == 1 { "is" } else { "are" }, plural(n, one, many))
}

/// The header to copy.
fn suggested(report: &Report, id: &str, excerpts: bool, out: &mut String) {
    let Some(block) = report.suggested.as_deref().filter(|b| excerpts && !b.trim().is_empty()) else { return };
    let _ = write!(
        out,
        "<section>\n<h3 id=\"{id}-header\">A header to copy</h3>\n\
         <p>What the work declares, with what its text suggests. Click into it, select what you agree with, and copy it.</p>\n\
         <pre tabindex=\"0\" role=\"group\" aria-labelledby=\"{id}-header\" dir=\"auto\">"
    );
    for line in block.lines() {
        let _ = writeln!(out, "{}", escape(line));
    }
    out.push_str("</pre>\n</section>\n");
}

fn accepted(suppressed: &[Suppressed], out: &mut String) {
    if suppressed.is_empty() {
        return;
    }
    let all = suppressed.len() as u64;
    let _ = write!(
        out,
        "<details class=\"accepted\">\n<summary>{} accepted and not counted</summary>\n<ul>\n",
        plural(all, "finding is", "findings are")
    );
    for accepted in suppressed.iter().take(ACCEPTED) {
        let by = match accepted.by {
            By::Work => "in the work itself",
            By::Config(_) => "in forewarn.toml",
            By::Baseline => "by the baseline",
        };
        let reason = match accepted.reason.as_str() {
            "" => String::new(),
            reason => format!(": {}", escape(reason)),
        };
        let _ = writeln!(out, "<li>{} Accepted {by}{reason}</li>", escape(&accepted.diagnostic.message));
    }
    out.push_str("</ul>\n");
    if let more @ 1.. = suppressed.len().saturating_sub(ACCEPTED) {
        let _ = writeln!(out, "<p>And {} more.</p>", crate::report::sentences::grouped(more as u64));
    }
    out.push_str("</details>\n");
}

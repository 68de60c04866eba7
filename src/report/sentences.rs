//! The sentences that the reporters for people share.

use std::io;

use super::clean::clean;
use super::excerpt::{ELLIPSIS, excerpts};
use super::place::{Place, primary};
use crate::model::{Diagnostic, Files, Fix, Label, Part, Report, Safety, Score, Severity, Totals};

/// Most places that are shown of one finding; the rest is counted. JSON has them all.
pub(super) const PLACES: usize = 5;

/// Most summands of a score that are named.
const PARTS: usize = 6;

/// Columns of the words around a place that is told rather than drawn.
const CONTEXT: usize = 60;

/// What people call a severity.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "suggestion",
        severity => severity.name(),
    }
}

/// Files of which there is only one thing to say, why they could not be read: a line each, since a folder may hold many.
#[derive(Default)]
pub(super) struct Unread {
    /// Whether the last thing written was such a line.
    open: bool,
}

impl Unread {
    /// Writes the line of such a file; false when there is more to say of it.
    pub(super) fn write(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<bool> {
        let [only] = report.diagnostics.as_slice() else { return Ok(false) };
        if !report.format.is_empty() || !only.labels.is_empty() || only.help.is_some() {
            return Ok(false);
        }
        let (name, message, rule) = (clean(&report.name), clean(&only.message), clean(&only.rule));
        writeln!(out, "{name}: {}: {message} [{rule}]", severity(only.severity))?;
        self.open = true;
        Ok(true)
    }

    /// Parts these lines from what comes next.
    pub(super) fn end(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        if std::mem::take(&mut self.open) { writeln!(out) } else { Ok(()) }
    }
}

/// The places that are shown, as given, and how many more there are.
pub(super) fn places<'a>(report: &Report, diagnostic: &'a Diagnostic) -> (Vec<&'a Label>, usize) {
    let mut labels: Vec<&Label> = diagnostic.labels.iter().filter(|l| report.source(l.span).is_some()).collect();
    let more = labels.len().saturating_sub(PLACES);
    labels.truncate(PLACES);
    (labels, more)
}

/// The message behind the part of the file that it is about: `Record 17: …`.
pub(super) fn message(place: &Place<'_>, diagnostic: &Diagnostic) -> String {
    let message = clean(&diagnostic.message);
    match &place.part {
        Some(part) => format!("{}: {message}", clean(&capitalized(&part.name))),
        None => message,
    }
}

/// `story.txt:12:5: warning: message [pack/rule]`.
pub(super) fn headline(report: &Report, diagnostic: &Diagnostic) -> String {
    let (place, severity) = (place(report, diagnostic), severity(diagnostic.severity));
    format!("{place}: {severity}: {} [{}]", clean(&diagnostic.message), clean(&diagnostic.rule))
}

/// What stands below a message, one line each: the places, the help, the fix and the score.
pub(super) fn details(report: &Report, diagnostic: &Diagnostic, excerpts: bool) -> Vec<String> {
    let (labels, more) = places(report, diagnostic);
    let mut lines: Vec<String> = labels.iter().filter_map(|l| told(report, l, excerpts)).collect();
    if more > 0 {
        lines.push(more_places(more));
    }
    lines.extend(diagnostic.help.as_ref().map(|help| format!("Help: {}", clean(help))));
    lines.extend(diagnostic.fix.as_ref().map(fix));
    lines.extend(diagnostic.score.as_ref().map(score));
    lines
}

/// `story.txt:12:5` of the primary place; the file alone when there is none.
pub(super) fn place(report: &Report, diagnostic: &Diagnostic) -> String {
    match primary(report, diagnostic).and_then(|l| Some((l, report.source(l.span)?))) {
        Some((label, source)) => match source.place(label.span.start) {
            Some(place) => format!("{}, {place}", clean(&report.name)),
            None => {
                let at = source.position(label.span.start);
                format!("{}:{}:{}", clean(&source.name), at.line, at.column)
            }
        },
        None => clean(&report.name),
    }
}

/// A place told in words: `Line 2, column 9, “Teen” in “Rating: Teen And Up”: declared here`.
pub(super) fn told(report: &Report, label: &Label, quote: bool) -> Option<String> {
    let source = report.source(label.span)?;
    let at = source.position(label.span.start);
    let mut told = match (source.place(label.span.start), label.span.source.0) {
        (Some(place), _) => capitalized(&place),
        (None, 0) => format!("Line {}, column {}", at.line, at.column),
        _ => format!("In {}, line {}, column {}", clean(&source.name), at.line, at.column),
    };
    let excerpt = if quote { excerpts(report, &[label], CONTEXT).pop() } else { None };
    if let Some(excerpt) = excerpt.filter(|e| !e.text.is_empty()) {
        let mark = excerpt.marks.first().map(|m| m.range.clone()).unwrap_or_default();
        let words = excerpt.text.get(mark.clone()).unwrap_or("").trim();
        // a label that fills its window needs no words around it
        let around = |text: Option<&str>| text.is_some_and(|t| t.contains(|c: char| c != ELLIPSIS && c != ' '));
        let alone = !around(excerpt.text.get(..mark.start)) && !around(excerpt.text.get(mark.end..));
        told.push_str(", ");
        if !words.is_empty() && !alone {
            told.push_str(&format!("“{words}” in "));
        }
        told.push_str(&format!("“{}”", excerpt.text));
    }
    if !label.text.is_empty() {
        told.push_str(": ");
        told.push_str(&clean(&label.text));
    }
    Some(told)
}

/// A phrase as the start of a sentence.
fn capitalized(phrase: &str) -> String {
    let mut chars = phrase.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// `And 40 more places.`
pub(super) fn more_places(more: usize) -> String {
    format!("And {} more {}.", grouped(more as u64), if more == 1 { "place" } else { "places" })
}

/// `Fix: write “Underage Sex”.`, or `Possible fix: …` for one that only the author can judge.
pub fn fix(fix: &Fix) -> String {
    match fix.safety {
        Safety::Safe => format!("Fix: {}", command(fix)),
        Safety::Suggestion => format!("Possible fix: {}", command(fix)),
    }
}

/// The fix as the only advice: `write “Underage Sex”.`
#[cfg(feature = "cli")]
pub(super) fn fix_alone(fix: &Fix) -> String {
    match fix.safety {
        Safety::Safe => command(fix),
        Safety::Suggestion => format!("perhaps {}", command(fix)),
    }
}

fn command(fix: &Fix) -> String {
    let title = clean(&fix.title);
    let stop = if title.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{title}{stop}")
}

/// `Score 0.82 of 1 (reports from 0.50): counted 6 × explicit acts, 3 × bodies; against it 1 × sport and idiom.`
pub fn score(score: &Score) -> String {
    let mut sentence = format!("Score {:.2} of 1 (reports from {:.2})", score.value, score.threshold);
    let parts = || score.parts.iter().filter(|p| p.count > 0);
    let mut list = |intro: &str, parts: Vec<&Part>| {
        if parts.is_empty() {
            return;
        }
        let named = parts.iter().take(PARTS).map(|p| format!("{} × {}", p.count, part_name(&p.name)));
        sentence.push_str(intro);
        sentence.push_str(&named.collect::<Vec<_>>().join(", "));
        if parts.len() > PARTS {
            sentence.push_str(&format!(" and {} more kinds", parts.len() - PARTS));
        }
    };
    list(": counted ", parts().filter(|p| p.weight >= 0.0).collect());
    list("; against it ", parts().filter(|p| p.weight < 0.0).collect());
    sentence.push('.');
    sentence
}

/// A lexicon's id as words: `sport-and-idiom.en` is “sport and idiom”.
fn part_name(name: &str) -> String {
    let words = name.split(' ').map(|id| match id.rsplit_once('.') {
        Some((id, language)) if matches!(language.len(), 2 | 3) => id,
        _ => id,
    });
    clean(&words.collect::<Vec<_>>().join(" ").replace('-', " "))
}

/// The last lines of a report: what was read, what was found, what was passed over.
pub(super) fn summary(totals: &Totals) -> String {
    format!("{}\n{}", counts(totals), files(totals))
}

/// What was read and what was found, in one line.
pub(super) fn counts(totals: &Totals) -> String {
    let count = |n: u64, one: &str, many: &str| format!("{} {}", grouped(n), if n == 1 { one } else { many });
    let found: Vec<String> = [
        (totals.errors, "error", "errors"),
        (totals.warnings, "warning", "warnings"),
        (totals.infos, "suggestion", "suggestions"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, many)| count(n as u64, one, many))
    .collect();
    let mut lines = match totals.works {
        0 if totals.of_changes => "No work changed".to_owned(),
        0 => "No works were read".to_owned(),
        works => format!("{}, {}", count(works as u64, "work", "works"), count(totals.words, "word", "words")),
    };
    match found.as_slice() {
        [] if totals.works == 0 && totals.files.unreadable == 0 && !totals.of_changes => {
            lines.push_str(
                ". Stories are files of text, Markdown, HTML, EPUB, Word (DOCX), OpenDocument (ODT) and RTF.",
            );
        }
        [] if totals.works == 0 => lines.push('.'),
        [] => lines.push_str(": no findings."),
        found => lines.push_str(&format!(": {}.", found.join(", "))),
    }
    // a file of its own is in the next line
    if let records @ 1.. = totals.unreadable.saturating_sub(totals.files.unreadable) {
        lines.push_str(&format!(" {} could not be read.", count(records as u64, "record", "records")));
    }
    match totals.allowed {
        0 => {}
        1 => lines.push_str(" 1 finding is accepted and not shown."),
        n => lines.push_str(&format!(" {} findings are accepted and not shown.", grouped(n as u64))),
    }
    lines
}

/// What became of the files, if it is more than that they were read; the numbers add up to that of all.
fn files(totals: &Totals) -> String {
    let Files { met, read, unreadable, skipped, not_followed } = totals.files;
    if read == met {
        return String::new();
    }
    let part = |n: usize, one: &str, many: &str, names: &[String]| {
        let names = if names.is_empty() { String::new() } else { format!(" ({})", listed(names)) };
        let number = if met == 1 { String::new() } else { format!("{} ", grouped(n as u64)) };
        (n > 0).then(|| format!("{number}{}{names}", if n == 1 { one } else { many }))
    };
    let parts: Vec<String> = [
        part(read, "read", "read", &[]),
        part(unreadable, "could not be read", "could not be read", &[]),
        part(skipped, "not a work, passed over", "not works, passed over", &totals.skipped),
        part(not_followed, "link or pipe, not followed", "links or pipes, not followed", &totals.not_followed),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("{} {}: {}.\n", grouped(met as u64), if met == 1 { "file" } else { "files" }, parts.join("; "))
}

/// `a.png, b.png and 4 more`
fn listed(names: &[String]) -> String {
    let shown = if names.len() <= 3 { 3 } else { 2 };
    let mut list = names.iter().take(shown).map(|n| clean(n)).collect::<Vec<_>>().join(", ");
    if let more @ 1.. = names.len().saturating_sub(shown) {
        list.push_str(&format!(" and {} more", grouped(more as u64)));
    }
    list
}

/// A number with commas between thousands.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_read_as_sentences() {
        let totals = |works, [read, unreadable, skipped, not_followed]: [usize; 4], words, found: [usize; 3]| Totals {
            files: Files { met: read + unreadable + skipped + not_followed, read, unreadable, skipped, not_followed },
            works,
            unreadable,
            skipped: (0..skipped).map(|i| format!("{i}.png")).collect(),
            not_followed: (0..not_followed).map(|i| format!("{i}.txt")).collect(),
            words,
            errors: found[0],
            warnings: found[1],
            infos: found[2],
            allowed: usize::from(works == 3 && read == 3),
            of_changes: false,
        };
        let with_record = Totals { unreadable: 2, ..totals(3, [1, 1, 0, 0], 1_204, [2, 0, 0]) };
        for (totals, expected) in [
            (
                totals(3, [3, 0, 0, 0], 42_107, [1, 2, 1]),
                "3 works, 42,107 words: 1 error, 2 warnings, 1 suggestion. 1 finding is accepted and not shown.\n",
            ),
            (totals(1, [1, 0, 0, 0], 1, [0; 3]), "1 work, 1 word: no findings.\n"),
            (
                totals(0, [0; 4], 0, [0; 3]),
                "No works were read. Stories are files of text, Markdown, HTML, EPUB, Word (DOCX), OpenDocument (ODT) and \
                 RTF.\n",
            ),
            (
                Totals { of_changes: true, ..totals(0, [0, 0, 1, 0], 0, [0; 3]) },
                "No work changed.\n1 file: not a work, passed over (0.png).\n",
            ),
            (totals(0, [0, 1, 0, 0], 0, [1, 0, 0]), "No works were read: 1 error.\n1 file: could not be read.\n"),
            (
                totals(2, [2, 2, 3, 0], 1_000_000, [2, 0, 0]),
                "2 works, 1,000,000 words: 2 errors.\n\
                 7 files: 2 read; 2 could not be read; 3 not works, passed over (0.png, 1.png, 2.png).\n",
            ),
            (
                totals(1, [1, 0, 5, 1], 999, [0, 0, 2]),
                "1 work, 999 words: 2 suggestions.\n\
                 7 files: 1 read; 5 not works, passed over (0.png, 1.png and 3 more); 1 link or pipe, not followed (0.txt).\n",
            ),
            (
                with_record,
                "3 works, 1,204 words: 2 errors. 1 record could not be read.\n\
                 2 files: 1 read; 1 could not be read.\n",
            ),
        ] {
            assert_eq!(summary(&totals), expected);
        }
    }

    #[test]
    fn scores_say_what_was_counted() {
        let part = |name: &str, count, weight| Part { name: name.into(), count, weight };
        let mut told = Score {
            value: 0.816,
            threshold: 0.5,
            sure: 0.75,
            parts: vec![
                part("blows.en", 6, 1.0),
                part("blows.en near body.en", 3, 0.5),
                part("sport-idiom.en", 1, -0.2),
            ],
        };
        assert_eq!(
            score(&told),
            "Score 0.82 of 1 (reports from 0.50): counted 6 × blows, 3 × blows near body; against it 1 × sport idiom."
        );
        told.parts.clear();
        assert_eq!(score(&told), "Score 0.82 of 1 (reports from 0.50).");
    }
}

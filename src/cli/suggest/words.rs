//! The reasons as sentences without drawing or colour.

use std::io::{self, Write};

use crate::model::{Diagnostic, Label, Report, Severity};
pub use crate::report::clean::clean;
use crate::report::excerpt::excerpts;
use crate::suggest::sentences::{capitalized, change, ending, how_sure, read};
use crate::suggest::style::Graded;
use crate::suggest::{Change, Line, Place, Reason, Suggestion, Value, amount};

/// Columns of the words around a place.
const CONTEXT: usize = 90;

/// A column past this is told with the line.
const LONG: usize = 1_000;

/// Lines for people about one work.
pub struct Words<'r> {
    report: &'r Report,
    quotes: bool,
    lines: Vec<String>,
    /// Places that were told, with the name of the line under which they stand.
    told: Vec<(Vec<Place>, String)>,
    /// The line of the block that is being told of.
    under: String,
}

impl<'r> Words<'r> {
    /// No lines yet; places are in `report`, and words of it are quoted if `quotes`.
    pub fn new(report: &'r Report, quotes: bool) -> Self {
        Self { report, quotes, lines: Vec::new(), told: Vec::new(), under: String::new() }
    }

    /// Writes the lines, each behind `mark`.
    pub fn write(&self, mark: &str, out: &mut dyn Write) -> io::Result<()> {
        self.lines.iter().try_for_each(|line| writeln!(out, "{}", format!("{mark}{line}").trim_end()))
    }

    fn say(&mut self, indent: usize, text: &str) {
        self.lines.push(format!("{}{}", "  ".repeat(indent), clean(text)));
    }

    fn gap(&mut self) {
        if self.lines.last().is_some_and(|l| !l.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// Why nothing is suggested for a file.
    pub fn not_a_work(&mut self, notes: &[Diagnostic]) {
        let name = self.report.name.clone();
        self.say(0, &format!("{name}: nothing is suggested."));
        self.notes(notes);
    }

    fn notes(&mut self, notes: &[Diagnostic]) {
        for note in notes.iter().filter(|n| n.severity > Severity::Off) {
            let place = note.labels.first().and_then(|l| Some((self.report.source(l.span)?, l.span)));
            let place = place.map(|(s, span)| format!("Line {}: ", s.position(span.start).line)).unwrap_or_default();
            let help = note.help.as_ref().map(|h| format!(" {h}")).unwrap_or_default();
            self.say(1, &format!("{place}{}{help}", note.message));
        }
    }

    /// Why each line of the block is as it is.
    pub fn reasons(&mut self, suggestion: &Suggestion, notes: &[Diagnostic]) {
        self.say(
            0,
            &format!(
                "{} Above is a header to copy; below is why. You know your story best.",
                read(&suggestion.reading)
            ),
        );
        self.troubles(suggestion, notes);
        for line in &suggestion.lines {
            self.line(line, suggestion);
        }
        self.rest(suggestion);
    }

    fn troubles(&mut self, suggestion: &Suggestion, notes: &[Diagnostic]) {
        if !suggestion.reading.unread.is_empty() {
            let list: Vec<String> =
                suggestion.reading.unread.iter().map(|(l, w)| amount(*w, std::slice::from_ref(l))).collect();
            self.say(
                0,
                &format!("Not looked at, because there are no word lists for the language: {}.", list.join(", ")),
            );
        }
        if notes.iter().any(|n| n.severity > Severity::Off) {
            self.gap();
            self.say(0, "While reading:");
            self.notes(notes);
        }
    }

    fn line(&mut self, line: &Line, suggestion: &Suggestion) {
        let told = |v: &&Value| v.change != Change::Kept || !v.reasons.is_empty();
        if line.note.is_none() && !line.values.iter().any(|v| told(&v)) {
            return;
        }
        self.gap();
        self.under.clone_from(&line.label);
        if let [value] = line.values.as_slice()
            && !line.listed
        {
            self.say(0, &format!("{}: {}{}", line.label, value.text, change(&value.change)));
            self.say_all(1, line.note.as_deref());
            for reason in &value.reasons {
                self.reason(1, reason);
            }
            return;
        }
        self.say(0, &format!("{}:", line.label));
        self.say_all(1, line.note.as_deref());
        for value in line.values.iter().filter(told) {
            match value.reasons.as_slice() {
                [reason] => {
                    let text = format!("{}{}", value.text, change(&value.change));
                    self.say(1, &format!("{text}{}", how_sure(reason)));
                    // the name stands before it already
                    let named = format!("{}: ", value.text);
                    let rest = reason.text.strip_prefix(&named).unwrap_or(&reason.text);
                    self.say(2, &capitalized(rest));
                    self.places(2, &reason.places);
                }
                _ => self.say(1, &format!("{}{}.", value.text, change(&value.change))),
            }
        }
        if line.field == "additional-tag" && !suggestion.more.is_empty() {
            let more = suggestion.more.join(", ");
            self.say(1, &format!("Found too, and not added because the list is long: {more}."));
        }
    }

    fn say_all(&mut self, indent: usize, text: Option<&str>) {
        text.into_iter().for_each(|t| self.say(indent, t));
    }

    fn reason(&mut self, indent: usize, reason: &Reason) {
        self.say(indent, &format!("{}{}", reason.text.trim_end_matches('.'), ending(reason)));
        self.places(indent + 1, &reason.places);
    }

    fn rest(&mut self, suggestion: &Suggestion) {
        self.block("To be decided by you, because one thing speaks against another:", &suggestion.conflicts);
        self.block("Questions that no program can answer; nothing was added for them:", &suggestion.questions);
        if !suggestion.missing.is_empty() {
            self.gap();
            self.say(0, &format!("Still to be filled in: {}.", suggestion.missing.join(", ")));
        }
        if !suggestion.hidden.is_empty() {
            self.gap();
            let hidden = suggestion.hidden.join(", ");
            self.say(0, &format!("This file does not show these, so nothing is suggested for them: {hidden}."));
        }
        if !suggestion.left.is_empty() {
            self.gap();
            let left = suggestion.left.join(", ");
            self.say(0, &format!("Not in this header, and to be kept as it stands in your file: {left}."));
        }
    }

    fn block(&mut self, title: &str, reasons: &[Reason]) {
        if reasons.is_empty() {
            return;
        }
        self.gap();
        self.say(0, title);
        for reason in reasons {
            self.reason(1, reason);
        }
    }

    /// Why a list of graded names is as it is.
    pub fn list(&mut self, suggestion: &Suggestion, graded: &Graded<'_>, notes: &[Diagnostic]) {
        self.say(0, &format!("{} You know your story best.", read(&suggestion.reading)));
        if suggestion.withheld {
            self.say(0, "The work openly declines to warn, so only what it declares stands in the list.");
        }
        self.troubles(suggestion, notes);
        let (shown, declared): (Vec<_>, Vec<_>) = graded.entries.iter().partition(|e| e.2.is_some());
        if !shown.is_empty() {
            self.gap();
            self.say(0, "The grade of what the text shows is a guess by how much of it was found: please look at it.");
        }
        for (name, _, reason) in shown {
            let Some(reason) = reason else { continue };
            self.gap();
            self.say(0, &format!("{name}{}", how_sure(reason)));
            self.say(1, &reason.text);
            self.places(1, &reason.places);
        }
        if !declared.is_empty() {
            let names: Vec<&str> = declared.iter().map(|e| e.0.as_str()).collect();
            self.gap();
            self.say(0, &format!("Because you declare it: {}.", names.join(", ")));
        }
        if !graded.without.is_empty() {
            self.gap();
            self.say(0, &format!("The list has no name for: {}.", graded.without.join(", ")));
        }
        self.block("To be decided by you, because one thing speaks against another:", &suggestion.conflicts);
        self.block("Questions that no program can answer; nothing was added for them:", &suggestion.questions);
    }

    /// A line a place, places near each other in one, in order of the text. What was told once is not told again.
    fn places(&mut self, indent: usize, places: &[Place]) {
        if places.is_empty() {
            return;
        }
        if let Some((_, under)) = self.told.iter().find(|t| t.0 == places && !t.1.is_empty()) {
            let above = format!("The places stand above, under {under}.");
            return self.say(indent, &above);
        }
        self.told.push((places.to_vec(), self.under.clone()));
        let labels: Vec<Label> =
            places.iter().map(|p| Label { span: p.span, text: p.what.clone(), primary: false }).collect();
        let labels: Vec<&Label> = labels.iter().collect();
        for excerpt in excerpts(self.report, &labels, CONTEXT) {
            let Some(mark) = excerpt.marks.first() else { continue };
            let chapter = places.get(mark.label).and_then(|p| p.chapter);
            let source = self.report.sources.get(excerpt.source.0 as usize).filter(|_| excerpt.source.0 > 0);
            // a page as text is one line, in which only the column tells places apart
            let line = match mark.position.column {
                ..=LONG => format!("line {}", mark.position.line),
                column => format!("line {}, column {column}", mark.position.line),
            };
            let here = places.get(mark.label).map(|p| p.span);
            let named = here.and_then(|span| self.report.source(span)?.place(span.start));
            let at = match (source, chapter) {
                _ if named.is_some() => capitalized(&named.unwrap_or_default()),
                (Some(source), _) => format!("In {}, {line}", source.name),
                (None, Some(chapter)) => format!("Chapter {chapter}, {line}"),
                (None, None) => capitalized(&line),
            };
            let mut what: Vec<(&str, Vec<String>)> = Vec::new();
            for mark in &excerpt.marks {
                let Some(place) = places.get(mark.label).filter(|p| !p.what.is_empty()) else { continue };
                let words = excerpt.text.get(mark.range.clone()).unwrap_or("").trim();
                let words = (self.quotes && !words.is_empty()).then(|| format!("“{words}”"));
                match what.iter_mut().find(|w| w.0 == place.what) {
                    Some(known) => known.1.extend(words),
                    None => what.push((&place.what, words.into_iter().collect())),
                }
            }
            let what: Vec<String> = what
                .into_iter()
                .map(
                    |(what, words)| {
                        if words.is_empty() { what.to_owned() } else { format!("{what}: {}", words.join(", ")) }
                    },
                )
                .collect();
            let what = if what.is_empty() { String::new() } else { format!(" ({})", what.join("; ")) };
            let quote = if self.quotes { format!(": “{}”", excerpt.text) } else { String::new() };
            let told = format!("{at}{quote}{what}");
            // without quotes, places of one line look the same
            if self.lines.last().is_none_or(|last| last.trim_start() != told) {
                self.say(indent, &told);
            }
        }
    }
}

//! Allows as authors write them: comments in the text, and a field of the header.
//!
//! `<!-- forewarn: allow(core/undeclared: animal-death) the dog lives in the end -->` holds for the whole work, `allow-next(…)` for the
//! next paragraph, `allow-start(…)` up to `allow-end`. A header says `Forewarn-Allow: core/undeclared: animal-death (why)`.

use std::ops::Range;

use crate::model::{Diagnostic, Severity, Source, SourceId, Span, Spanned, State, Work};
use crate::rules::vocabulary::label_key;

use super::{UNKNOWN, paragraph_after};

/// One rule, or one subject of it, that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The rule as written: `core/undeclared` or `undeclared`.
    pub rule: Spanned<String>,
    /// Only this subject of it.
    pub subject: Option<Spanned<String>>,
    /// Why, for people; may be empty.
    pub reason: String,
    /// How far it reaches.
    pub reach: Reach,
    /// Where it stands, for what is said about it.
    pub span: Span,
}

/// How far an allow reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The whole work.
    Work,
    /// What stands in these bytes.
    Stretch(Span),
}

/// The label of the field, in the form of [`label_key`].
const FIELD: &str = "forewarn allow";
/// How a comment for forewarn starts, and how it ends.
const OPEN: &str = "<!--";
const NAME: &str = "forewarn:";
const CLOSE: &str = "-->";
/// Longest comment that is read, in bytes: it holds a list of rules and a reason.
const LONGEST: usize = 2_000;
/// What to write, for those who wrote something else.
const HELP: &str = "Write `<!-- forewarn: allow(core/undeclared: animal-death) why -->`; `allow-next` instead of `allow` is \
                    for the next paragraph, `allow-start` and `allow-end` stand around a part.";

/// Every allow of a work, and what is wrong with the rest.
pub(super) fn read(work: &Work) -> (Vec<Allow>, Vec<Diagnostic>) {
    let mut reader = Reader { work, allows: Vec::new(), problems: Vec::new() };
    for (index, source) in (0..).zip(&work.sources) {
        reader.comments(SourceId(index), source);
    }
    for field in work.fields.iter().filter(|f| f.state == State::Given && label_key(&f.name.value) == FIELD) {
        for value in &field.values {
            let place = |range: Range<usize>| value.part(range).span;
            let (list, reason) = match value.text.trim_end().strip_suffix(')').and_then(|v| v.rsplit_once('(')) {
                Some((list, reason)) => (list, reason),
                None => (value.text.as_str(), ""),
            };
            reader.list(list, &place, reason.trim(), Reach::Work, value.span);
        }
    }
    (reader.allows, reader.problems)
}

struct Reader<'w> {
    work: &'w Work,
    allows: Vec<Allow>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn comments(&mut self, id: SourceId, source: &Source) {
        let text = source.text.as_str();
        // where the stretches that are open start, as indices of their allows
        let mut open: Vec<Range<usize>> = Vec::new();
        for at in memchr::memmem::find_iter(text.as_bytes(), OPEN) {
            let from = at + OPEN.len();
            let rest = text.get(from..).unwrap_or("");
            let Some(body) = rest.trim_start().strip_prefix(NAME) else { continue };
            let start = from + (rest.len() - rest.trim_start().len()) + NAME.len();
            let mut most = LONGEST.min(body.len());
            while !body.is_char_boundary(most) {
                most -= 1;
            }
            let Some(end) = body.get(..most).and_then(|b| b.find(CLOSE)) else {
                let line = start + body.find('\n').unwrap_or(body.len()).min(most);
                self.problem(Span::new(id, at..line), "This note to forewarn does not end in “-->”.");
                continue;
            };
            let body = body.get(..end).unwrap_or("");
            let whole = Span::new(id, at..start + end + CLOSE.len());
            let command = body.trim_start();
            let word = command.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(command.len());
            let (word, after) = command.split_at(word);
            let inside = after.trim_start().strip_prefix('(').and_then(|a| a.split_once(')'));
            let list_at = start + end - after.trim_start().len() + 1;
            let place = |range: Range<usize>| Span::new(id, list_at + range.start..list_at + range.end);
            let next = whole.end;
            match (word, inside) {
                ("allow", Some((list, reason))) => self.list(list, &place, reason.trim(), Reach::Work, whole),
                ("allow-next", Some((list, reason))) => match paragraph_after(&self.work.sections, id, next) {
                    Some(range) => {
                        let reach = Reach::Stretch(Span { source: id, start: range.start, end: range.end });
                        self.list(list, &place, reason.trim(), reach, whole);
                    }
                    None => self.problem(whole, "No paragraph comes after this note to forewarn."),
                },
                ("allow-start", Some((list, reason))) => {
                    let first = self.allows.len();
                    let to_end = Span::new(id, next as usize..text.len());
                    self.list(list, &place, reason.trim(), Reach::Stretch(to_end), whole);
                    open.push(first..self.allows.len());
                }
                ("allow-end", _) => match open.pop() {
                    Some(allows) => {
                        for allow in self.allows.get_mut(allows).unwrap_or_default() {
                            if let Reach::Stretch(span) = &mut allow.reach {
                                span.end = whole.start;
                            }
                        }
                    }
                    None => self.problem(whole, "No “allow-start” comes before this “allow-end”."),
                },
                _ => self.problem(whole, "This note to forewarn is not understood."),
            }
        }
        for allows in open {
            if let Some(allow) = self.allows.get(allows.start) {
                let span = allow.span;
                self.problem(span, "This “allow-start” has no “allow-end”: it holds up to the end.");
            }
        }
    }

    /// `core/undeclared: animal-death, blood; word-count`: rules, each with the subjects behind its colon.
    fn list(&mut self, list: &str, place: &dyn Fn(Range<usize>) -> Span, reason: &str, reach: Reach, span: Span) {
        let spanned = |text: &str, at: usize| {
            let start = at + (text.len() - text.trim_start().len());
            let text = text.trim();
            Spanned::new(text.to_owned(), place(start..start + text.len()))
        };
        let first = self.allows.len();
        let mut at = 0;
        // the rule that subjects without one of their own belong to
        let mut last: Option<Spanned<String>> = None;
        for part in list.split_inclusive([',', ';']) {
            let (start, entry) = (at, part.trim_end_matches([',', ';']));
            at += part.len();
            if part.ends_with(';') && entry.trim().is_empty() {
                last = None;
                continue;
            }
            let (rule, subject) = match entry.split_once(':') {
                Some((rule, subject)) => (spanned(rule, start), Some(spanned(subject, start + rule.len() + 1))),
                None => match last.clone() {
                    Some(rule) => (rule, Some(spanned(entry, start))),
                    None => (spanned(entry, start), None),
                },
            };
            last = Some(rule.clone()).filter(|_| subject.is_some() && !part.ends_with(';'));
            if rule.value.is_empty() || subject.as_ref().is_some_and(|s| s.value.is_empty()) {
                continue;
            }
            self.allows.push(Allow { rule, subject, reason: reason.to_owned(), reach, span });
        }
        if self.allows.len() == first {
            self.problem(span, "This note to forewarn names no rule.");
        }
    }

    fn problem(&mut self, span: Span, message: &str) {
        self.problems.push(Diagnostic::new(UNKNOWN, Severity::Info, message).at(span, "").help(HELP));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{self, Limits};
    use crate::model::Input;

    fn work(name: &str, text: &str) -> Work {
        let mut all = Vec::new();
        let input = Input { name: name.into(), bytes: text.as_bytes().to_vec() };
        formats::read(input, None, &Limits::default(), &mut |work, _| all.push(work));
        all.pop().unwrap()
    }

    fn told(name: &str, text: &str) -> Vec<String> {
        let work = work(name, text);
        let (allows, problems) = read(&work);
        let allow = |a: &Allow| {
            let subject = a.subject.as_ref().map(|s| work.slice(s.span)).unwrap_or("*");
            let reach = match a.reach {
                Reach::Work => "work",
                Reach::Stretch(span) => work.slice(span).trim(),
            };
            format!("{} | {subject} | {} | {reach}", work.slice(a.rule.span), a.reason)
        };
        allows.iter().map(allow).chain(problems.into_iter().map(|p| p.message)).collect()
    }

    #[test]
    fn comments_reach_as_far_as_they_say() {
        for (comment, expected) in [
            (
                "allow(core/undeclared: animal-death) it lives ",
                vec!["core/undeclared | animal-death | it lives | work"],
            ),
            ("allow(word-count)", vec!["word-count | * |  | work"]),
            (
                "allow(core/undeclared: death, blood; dates)",
                vec!["core/undeclared | death |  | work", "core/undeclared | blood |  | work", "dates | * |  | work"],
            ),
            ("allow-next(a: b) c", vec!["a | b | c | Second."]),
            ("allow-start(a: b)-->\n\nSecond.\n\n<!-- forewarn: allow-end ", vec!["a | b |  | Second."]),
            (
                "allow-start(a)",
                vec!["a | * |  | Second.\n\nThird.", "This “allow-start” has no “allow-end”: it holds up to the end."],
            ),
            ("allow-end", vec!["No “allow-start” comes before this “allow-end”."]),
            ("allow()", vec!["This note to forewarn names no rule."]),
            ("ignore(a)", vec!["This note to forewarn is not understood."]),
        ] {
            for name in ["a.md", "a.html"] {
                let text = format!("First.\n\n<!-- forewarn: {comment}-->\n\nSecond.\n\nThird.\n");
                let text = if name == "a.md" {
                    text
                } else {
                    text.replace("Second.", "<p>Second.</p>").replace("Third.", "<p>Third.</p>")
                };
                let plain: Vec<String> =
                    told(name, &text).iter().map(|t| t.replace("<p>", "").replace("</p>", "")).collect();
                assert_eq!(plain, expected, "{name}: {comment}");
            }
        }
        assert_eq!(
            told("a.md", "A.\n\n<!-- forewarn: allow(a) \n\nB.\n"),
            ["This note to forewarn does not end in “-->”."]
        );
    }

    #[test]
    fn a_field_of_the_header_holds_for_the_work() {
        let header = "Title: Wind\nRating: Mature\nForewarn-Allow: core/undeclared: animal-death (it lives)\n\nOnce.\n";
        assert_eq!(told("a.txt", header), ["core/undeclared | animal-death | it lives | work"]);
        let yaml = "---\ntitle: Wind\nforewarn-allow: ['core/undeclared: blood', word-count]\n---\n\nOnce.\n";
        assert_eq!(told("a.md", yaml), ["core/undeclared | blood |  | work", "word-count | * |  | work"]);
    }
}

//! Flattened work pages: the visible text of an archive's page on one line, with its headings run in.

mod marks;

use std::ops::Range;

use marks::{Found, JUMP, LONGEST_NOTES, Mark, SERIES, is_series, jump, marks};

use super::header::{self, Header};
use super::lines::lines;
use super::{Confidence, Content, Document, Format, Limits, Sink};
use crate::model::text::plain;
use crate::model::{Section, SectionKind, SourceId, Span, Spanned, Work};

/// A flattened work page.
#[derive(Debug)]
pub struct Dump;

/// A text on one line from here on, in bytes, is no paragraph.
const LONG_LINE: usize = 5_000;

/// Longest chapter title, in bytes: the archive allows 255 characters.
const LONGEST_TITLE: usize = 600;

/// How much of a text may be a note when the place where the note ends is lost, in characters.
const NOTES_OR_TEXT: usize = 1_500;

impl Format for Dump {
    fn name(&self) -> &'static str {
        "dump"
    }

    fn summary(&self) -> &'static str {
        "a work's page as text on one long line"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let Some(text) = document.text() else { return Confidence::No };
        if text.trim_start().starts_with(['<', '{']) {
            return Confidence::No;
        }
        // of most texts the length of the lines says enough
        let longest = lines(text, 0..text.len()).map(|l| l.text.len()).max().unwrap_or(0);
        let is_nearly_all = longest > LONG_LINE && longest / 9 >= text.trim().len() / 10;
        if longest <= LONG_LINE / 4 || !is_nearly_all && !text.contains(JUMP) && !text.contains(SERIES) {
            return Confidence::No;
        }
        // people put a header of their own on top of a page's text; its own long line of tags is no page
        let header = own_header(text, &Limits::default());
        let body = header.body..text.len();
        let longest = lines(text, body.clone()).max_by_key(|l| l.text.len()).map_or("", |l| l.text);
        let footer = |line: &str| line.find(SERIES).is_some_and(|at| is_series(line, at));
        if longest.len() <= LONG_LINE / 4 {
            Confidence::No
        } else if longest.match_indices(JUMP).any(|(at, _)| jump(longest, at).is_some()) || footer(longest) {
            Confidence::Sure
        } else if header.fields.is_empty() && longest.len() > LONG_LINE && longest.len() / 9 >= text.trim().len() / 10 {
            Confidence::Likely
        } else {
            Confidence::No
        }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let Content::Text(source) = document.content else { return };
        let header = own_header(&source.text, limits);
        let mut read = header.sections;
        read.extend(sections(SourceId(0), &source.text, header.body));
        let work = Work { name: document.name, fields: header.fields, sections: read, ..Work::default() };
        sink(Work { sources: vec![source], ..work }, header.diagnostics);
    }
}

/// The header that somebody put on top of a page's text. The page's own notes and summary are none.
fn own_header(text: &str, limits: &Limits) -> Header {
    let header = header::read(SourceId(0), text, 0..text.len(), limits);
    let of_page = |name: &str| ["notes", "summary"].iter().any(|n| name.eq_ignore_ascii_case(n));
    if header.fields.iter().all(|f| of_page(&f.name.value)) { Header::default() } else { header }
}

/// The sections of a flattened page, which starts at byte `from`.
fn sections(id: SourceId, source: &str, from: usize) -> Vec<Section> {
    let marks = marks(source);
    let end = marks.iter().find(|m| m.mark == Mark::Navigation).map_or(source.len(), |m| m.start);
    let marks: Vec<Found> = marks.into_iter().filter(|m| m.start >= from && m.start < end).collect();
    let starts = boundaries(source, &marks);
    let mut reader = Reader { id, source, marks, sections: Vec::new(), work_jump: false };
    let first = starts.first().map_or(end, |s| s.start);
    match starts.first() {
        None => reader.chapter(None, from..end, None, (true, true)),
        Some(s) if s.number == 1 => reader.preface(from..first),
        Some(_) => reader.chapter(Some(1), from..first, None, (true, false)),
    }
    let ends = starts.iter().skip(1).map(|s| s.start).chain([end]);
    let last = starts.len().saturating_sub(1);
    for (i, (start, end)) in starts.iter().zip(ends).enumerate() {
        let place = (start.number == 1, i == last);
        reader.chapter(Some(start.number), start.body..end, Some(start.heading.clone()), place);
    }
    reader.sections
}

/// The start of a chapter that has a heading.
struct Start {
    number: u32,
    start: usize,
    heading: Range<usize>,
    body: usize,
}

/// The chapters that have headings: numbers in sequence, after a finished sentence, and not in speech.
fn boundaries(source: &str, marks: &[Found]) -> Vec<Start> {
    let mut starts: Vec<Start> = Vec::new();
    let blank = source.len() - source.trim_start().len();
    for (i, found) in marks.iter().enumerate() {
        let Mark::Chapter(number) = found.mark else { continue };
        let rest = source.get(found.end..).unwrap_or("");
        let next = marks.get(i + 1).filter(|n| matches!(n.mark, Mark::Notes | Mark::Summary));
        // between a heading and the label of notes there is a title or nothing
        let titled = rest.starts_with(':');
        let reach = if titled { LONGEST_TITLE } else { 3 };
        let label = next.filter(|n| n.start - found.end <= reach).map(|n| n.start);
        let lower = rest.trim_start_matches([':', ' ', '\n', '\r', '\t']).starts_with(char::is_lowercase);
        if found.quoted || label.is_none() && (!found.after_stop || lower) {
            continue;
        }
        let in_sequence = match starts.last().map(|s| s.number) {
            None if number == 1 => {
                let before = source.get(blank..found.start).unwrap_or("");
                let notes = before.starts_with("Notes:") || before.starts_with("Summary:") || before.starts_with(JUMP);
                before.is_empty() || notes && found.start <= LONGEST_NOTES
            }
            None => number == 2 && found.start > 0,
            Some(last) => number == last + 1 || label.is_some() && number > last && number <= last + 3,
        };
        if !in_sequence {
            continue;
        }
        let heading_end = match label.filter(|_| titled) {
            Some(label) => found.start + source.get(found.start..label).unwrap_or("").trim_end().len(),
            None => found.end,
        };
        let body = label.unwrap_or(found.end + usize::from(titled));
        starts.push(Start { number, start: found.start, heading: found.start..heading_end, body });
    }
    starts
}

/// Makes sections, in reading order.
struct Reader<'s> {
    id: SourceId,
    source: &'s str,
    marks: Vec<Found>,
    sections: Vec<Section>,
    /// Whether the page promises notes at the end of the work.
    work_jump: bool,
}

/// What stands before the text of a chapter.
struct Head {
    /// Where the text starts, or a note of which the end is lost.
    at: usize,
    /// What the label before it says, when it is such a note.
    lost: Option<SectionKind>,
    /// How many jumps lead to the end of this chapter.
    jumps: usize,
}

impl Reader<'_> {
    fn push(&mut self, kind: SectionKind, chapter: Option<u32>, range: Range<usize>) {
        let text = plain(self.id, self.source, range);
        if !text.is_empty() {
            self.sections.push(Section { kind, chapter, heading: None, text });
        }
    }

    /// The marks that start in `range`.
    fn marks_in(&self, range: Range<usize>) -> &[Found] {
        let from = self.marks.partition_point(|m| m.start < range.start);
        let to = self.marks.partition_point(|m| m.start < range.end);
        self.marks.get(from..to).unwrap_or(&[])
    }

    /// The notes of the work before the heading of chapter 1, which ends them.
    fn preface(&mut self, range: Range<usize>) {
        let head = self.head(None, range.clone());
        if head.at < range.end {
            self.push(head.lost.unwrap_or(SectionKind::Notes), None, head.at..range.end);
        }
    }

    /// A chapter; `place` says whether it is the first and whether it is the last.
    fn chapter(
        &mut self,
        chapter: Option<u32>,
        range: Range<usize>,
        heading: Option<Range<usize>>,
        place: (bool, bool),
    ) {
        let first = self.sections.len();
        let head = self.head(chapter, range.clone());
        let notes = self.end_notes(head.at..range.end, &head, place);
        let mut at = head.at;
        let end = notes.first().map_or(range.end, |n| n.0);
        if head.lost.is_some() {
            let cut = sentence_end(self.source, at..end);
            self.push(SectionKind::NotesOrText, chapter, at..cut);
            at = cut;
        }
        self.push(SectionKind::Text, chapter, at..end);
        let ends = notes.iter().skip(1).map(|n| n.0).chain([range.end]);
        let count = notes.len();
        for (i, ((_, from), to)) in notes.iter().zip(ends).enumerate() {
            // the notes of the work stand behind those of its last chapter
            let of_work = place.1 && self.work_jump && i + 1 == count;
            self.push(SectionKind::EndNotes, chapter.filter(|_| !of_work), *from..to);
        }
        if let (Some(section), Some(heading)) = (self.sections.get_mut(first), heading) {
            let title = self.source.get(heading.clone()).unwrap_or("").to_owned();
            section.heading = Some(Spanned::new(title, Span::new(self.id, heading)));
        }
    }

    /// Reads summary and notes at the start of a chapter, as far as their ends can be told.
    fn head(&mut self, chapter: Option<u32>, range: Range<usize>) -> Head {
        let mut head = Head { at: range.start, lost: None, jumps: 0 };
        loop {
            let rest = self.source.get(head.at..range.end).unwrap_or("");
            let at = range.end - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
            let Some(found) = self.marks_in(at..at + 1).first().copied() else { return head };
            let reach = found.end..range.end.min(found.end + LONGEST_NOTES);
            match found.mark {
                Mark::Jump { work } => {
                    self.jumped(work, &mut head);
                    head.at = found.end;
                }
                Mark::Summary => {
                    let next = self.marks_in(reach).iter().find(|m| m.mark == Mark::Notes && m.opens()).copied();
                    let Some(next) = next else {
                        return Head { at: found.end, lost: Some(SectionKind::Summary), ..head };
                    };
                    self.push(SectionKind::Summary, chapter, found.end..next.start);
                    head.at = next.start;
                }
                Mark::Notes => {
                    let jump = self.marks_in(reach).iter().find(|m| matches!(m.mark, Mark::Jump { .. })).copied();
                    let Some(jump) = jump else {
                        return Head { at: found.end, lost: Some(SectionKind::Notes), ..head };
                    };
                    let work = jump.mark == Mark::Jump { work: true };
                    self.push(SectionKind::Notes, chapter.filter(|_| !work), found.end..jump.start);
                    self.jumped(work, &mut head);
                    head.at = jump.end;
                }
                Mark::Chapter(_) | Mark::Navigation => return head,
            }
        }
    }

    fn jumped(&mut self, work: bool, head: &mut Head) {
        if work {
            self.work_jump = true;
        } else {
            head.jumps += 1;
        }
    }

    /// The blocks of end notes in `range`, each as the bytes of its label and of its text. A jump proves one;
    /// without any, the last `Notes:` of the page may still be one, when the head of the page was lost.
    fn end_notes(&self, range: Range<usize>, head: &Head, (first, last): (bool, bool)) -> Vec<(usize, usize)> {
        let labels: Vec<_> =
            self.marks_in(range.clone()).iter().filter(|m| m.mark == Mark::Notes && m.opens()).collect();
        let promised = head.jumps + usize::from(last && self.work_jump);
        let taken = labels.len().saturating_sub(promised);
        let mut notes: Vec<_> = labels.iter().skip(taken).map(|m| (m.start, m.end)).collect();
        if promised == 0 && head.lost.is_none() && (first || last) {
            let near = |at: usize| range.end - at <= LONGEST_NOTES / 2 && (range.end - at) * 2 <= range.len();
            notes.extend(labels.last().filter(|m| near(m.start)).map(|m| (m.start, m.end)));
        }
        notes
    }
}

/// The end of the last sentence that ends within the first [`NOTES_OR_TEXT`] characters of `range`.
fn sentence_end(source: &str, range: Range<usize>) -> usize {
    let text = source.get(range.clone()).unwrap_or("");
    let Some((limit, _)) = text.char_indices().nth(NOTES_OR_TEXT) else { return range.end };
    let head = text.get(..limit).unwrap_or("");
    let mut stop = false;
    let mut end = limit;
    for (at, c) in head.char_indices() {
        if c.is_whitespace() && stop {
            end = at;
        }
        stop = matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？')
            || stop && matches!(c, '"' | '”' | '’' | '\'' | ')');
    }
    range.start + end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::{outline, read_as, read_text};

    fn outlined(text: &str) -> Vec<String> {
        outline(&read_as("a.txt", text, Some("dump")).0)
    }

    #[test]
    fn words_in_a_story_that_look_like_headings_stay_in_it() {
        let work = read_text("work.txt", include_str!("../../fixtures/dump-notes-in-dialogue/work.txt"));
        assert_eq!((work.format, work.fields.len()), ("dump", 0));
        assert_eq!(outline(&work), ["- text The…shore.", "- end notes Thank…\u{1a}"]);
        let text = work.sections[0].text.as_str();
        assert!(text.contains("Chapter 2 Summary: they forget") && text.contains("Notes: bring bread."));
    }

    #[test]
    fn chapters_with_jumps_and_a_series() {
        let text = include_str!("../../fixtures/dump-chapters/work.txt");
        let work = read_text("work.txt", text);
        assert_eq!(work.format, "dump");
        assert_eq!(
            outline(&work),
            [
                "1 text Petra…book.",
                "1 end notes The…\u{1a}",
                "2 summary [Chapter 2: The Far Side] Petra…water.",
                "2 notes This…heights",
                "2 text Somebody…dusk.",
                "2 end notes Thank…you!",
                "3 notes or text [Chapter 3] A…hat.",
                "3 text The…it.",
            ]
        );
        assert!(!text[work.sections.last().unwrap().text.span().range()].contains("Series this work"));
    }

    #[test]
    fn a_note_whose_end_is_lost() {
        let work = read_text("work.txt", include_str!("../../fixtures/dump-note-without-jump/work.txt"));
        let kinds: Vec<_> = work.sections.iter().map(|s| (s.kind, s.chapter)).collect();
        assert_eq!(kinds, [(SectionKind::NotesOrText, None), (SectionKind::Text, None)]);
        let first = work.sections[0].text.as_str();
        assert!(first.len() <= NOTES_OR_TEXT && first.len() > NOTES_OR_TEXT - 200 && first.ends_with('.'));
        assert!(work.sections[1].text.as_str().contains("Notes: buy rope"));
    }

    #[test]
    fn a_header_on_top_is_read_and_its_long_line_of_tags_is_no_page() {
        let page = format!("{}Notes: Bye. Chapter 2 More.", "The rain fell on the roof. ".repeat(250));
        let text = format!("Rating: Mature\nFandom: Weather\n\n{page}");
        let work = read_as("a.txt", &text, Some("dump")).0;
        assert_eq!(work.fields.len(), 2);
        assert_eq!(outline(&work), ["1 text The…roof.", "1 end notes Bye.", "2 text [Chapter 2] More."]);
        let tags = format!("Rating: Mature\nTags: {}\n\nThe rain fell.\n", vec!["Rain"; 2000].join(", "));
        assert_eq!(read_text("a.txt", &tags).format, "text");
    }

    #[test]
    fn how_the_grammar_is_read() {
        for (text, expected) in [
            // notes of the work end at the heading of chapter 1
            (
                "Notes: Hello all! Chapter 1 Dark. Chapter 2 Light.",
                vec!["- notes Hello…all!", "1 text [Chapter 1] Dark.", "2 text [Chapter 2] Light."],
            ),
            // of the work, then of its last chapter
            (
                "Notes: Hi. (See the end of the work for more notes and other works inspired by this one .) Chapter 1 Dark. \
                 Chapter 2 Notes: (See the end of the chapter for notes.) Light. Notes: Of it. Notes: Of all.",
                vec![
                    "- notes Hi.",
                    "1 text [Chapter 1] Dark.",
                    "2 text [Chapter 2] Light.",
                    "2 end notes Of…it.",
                    "- end notes Of…all.",
                ],
            ),
            // a number out of sequence, a sentence that goes on, and a first heading in the middle
            ("Dark. Chapter 3 Light.", vec!["- text Dark.…Light."]),
            ("Dark. Chapter 2 was long.", vec!["- text Dark.…long."]),
            ("Dark. Chapter 1 Light.", vec!["- text Dark.…Light."]),
            ("Dark. Chapter 20 Light.", vec!["- text Dark.…Light."]),
            ("Dark, and Chapter 2 Light.", vec!["- text Dark,…Light."]),
            (
                "Dark xoxo Chapter 2 Summary: It. Notes: So. (See the end of the chapter for notes.) Light.",
                vec!["1 text Dark…xoxo", "2 summary [Chapter 2] It.", "2 notes So.", "2 text Light."],
            ),
            // a story that talks of a series
            ("Dark. Series this work belongs to: none.", vec!["- text Dark.…none."]),
            ("Dark. Works inspired by this one: Light by Ada", vec!["- text Dark."]),
        ] {
            assert_eq!(outlined(text), expected, "{text}");
        }
    }

    #[test]
    fn recognized_by_its_line_or_its_phrases() {
        let long = "All was well in the mill. ".repeat(300);
        let format = |text: &str| read_text("a.txt", text).format;
        assert_eq!(format(&long), "dump");
        assert_eq!(format(&long.repeat(2).replace("mill. ", "mill.\n\n")), "text");
        assert_eq!(format(&format!("{}(See the end of the chapter for notes .)", &long[..2000])), "dump");
        assert_eq!(format("Notes: (See the end of the chapter for notes .) Short."), "text");
    }
}

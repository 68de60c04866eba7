//! Plain text: a header of `Label: value` lines, if there is one, and the story in chapters.

use std::ops::Range;

use super::chapters::{self, Start};
use super::header::{self, section};
use super::label;
use super::lines::{Breaks, Line, fill, floor, is_indented, is_rule, lines};
use super::{Confidence, Content, Document, Format, Limits, Sink};
use crate::model::{Diagnostic, Notation, Section, SectionKind, Source, SourceId, Span, Spanned, Work};

/// Plain text.
#[derive(Debug)]
pub struct Plain;

/// A line from here on, in bytes, was not wrapped by a program: it is a paragraph.
const LONG_LINE: usize = 200;

/// Longest text between the start and the first heading that may be a note, in bytes.
const LONGEST_PREAMBLE: usize = 1_500;

/// How far before the end of a chapter its notes may start, in bytes.
const LONGEST_END_NOTES: usize = 3_000;

impl Format for Plain {
    fn name(&self) -> &'static str {
        "text"
    }

    fn summary(&self) -> &'static str {
        "plain text, with or without a header such as “Rating: Mature”"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        match (document.text(), document.extension().as_str()) {
            (None, _) => Confidence::No,
            (Some(_), "txt" | "text") => Confidence::Likely,
            (Some(_), _) => Confidence::Fallback,
        }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let Content::Text(mut source) = document.content else { return };
        source.let_write(0..source.text.len(), Notation::Lines);
        let mut work = read(&source, 0, None, None, limits);
        work.0.name = document.name;
        work.0.sources = vec![source];
        sink(work.0, work.1);
    }
}

/// Reads a text from byte `from` on into a work that still lacks its name and source. `style` and `starts` say what
/// another kind of document knows: what line breaks mean in it, and where its chapters start.
pub(super) fn read(
    source: &Source,
    from: usize,
    style: Option<Breaks>,
    starts: Option<Vec<Start>>,
    limits: &Limits,
) -> (Work, Vec<Diagnostic>) {
    let id = SourceId(0);
    let text = source.text.as_str();
    let mut header = if style == Some(Breaks::Line) {
        // what stands under a heading is no header
        let end = starts.iter().flatten().map(|s| s.heading.start).find(|start| *start >= from);
        header::read_paragraphs(id, text, from..end.unwrap_or(text.len()), limits)
    } else {
        header::read(id, text, from..text.len(), limits)
    };
    let body = header.body..text.len();
    let style = style.unwrap_or_else(|| breaks(text, body.clone()));
    let (body, starts) = if let Some(mut starts) = starts {
        starts.retain(|s| s.heading.start >= body.start);
        (body, starts)
    } else {
        let end = last_line(text, body.clone()).filter(|l| header.fanficfare && l.text.trim() == "End file.");
        let body = body.start..end.map_or(body.end, |l| l.start);
        let titles = if header.fanficfare { chapters::find_fanficfare(text, body.clone()) } else { Vec::new() };
        header.fanficfare = !titles.is_empty();
        let starts = if titles.is_empty() { chapters::find(text, body.clone()) } else { titles };
        (body, starts)
    };
    let mut reader = Reader { id, text, style, sections: std::mem::take(&mut header.sections) };
    let before = body.start..starts.first().map_or(body.end, |s| s.heading.start);
    match starts.first() {
        None => reader.chapter(before, None, None),
        // a title page, or the table of contents
        Some(_) if header.fanficfare => {}
        Some(first) => reader.preamble(before, first.number),
    }
    let ends = starts.iter().skip(1).map(|s| s.heading.start).chain([body.end]);
    for (start, end) in starts.iter().zip(ends) {
        reader.chapter(start.next..end, Some(start.number), Some(start));
    }
    let partial = starts.first().is_some_and(|s| s.number > 2);
    let sections = reader.sections;
    (Work { fields: header.fields, sections, partial, ..Work::default() }, header.diagnostics)
}

/// What line breaks mean in a text, by its lines: hard wrapping makes many of much the same length.
fn breaks(text: &str, range: Range<usize>) -> Breaks {
    let (mut all, mut long, mut indented) = (0usize, 0usize, 0usize);
    for line in lines(text, range).filter(|l| !l.is_blank()) {
        all += 1;
        long += usize::from(line.text.len() > LONG_LINE);
        indented += usize::from(is_indented(line.text));
    }
    if long * 10 > all {
        Breaks::Line
    } else if indented * 10 > all && indented * 20 < all * 19 {
        Breaks::Indent
    } else {
        Breaks::Blank
    }
}

/// The last line of `range` with words in it.
fn last_line(text: &str, range: Range<usize>) -> Option<Line<'_>> {
    let trimmed = text.get(range.clone())?.trim_end();
    let start = trimmed.rfind('\n').map_or(0, |n| n + 1);
    lines(text, range.start + start..range.start + trimmed.len()).next()
}

/// Makes sections, in reading order.
struct Reader<'s> {
    id: SourceId,
    text: &'s str,
    style: Breaks,
    sections: Vec<Section>,
}

impl Reader<'_> {
    /// What stands before the first heading: the first chapter when that heading says 2, else a note or a prologue.
    fn preamble(&mut self, range: Range<usize>, first: u32) {
        if first == 2 {
            return self.chapter(range, Some(1), None);
        }
        let kind = if range.len() > LONGEST_PREAMBLE { SectionKind::Text } else { SectionKind::NotesOrText };
        let at = self.head_notes(range.clone(), None);
        let text = fill(self.id, self.text, at..range.end, self.style, |_| false);
        if text.words() > 0 {
            self.sections.push(Section { kind, chapter: Some(first), heading: None, text });
        }
    }

    /// A chapter: notes and a summary where labels say so, and the story.
    fn chapter(&mut self, range: Range<usize>, chapter: Option<u32>, start: Option<&Start>) {
        let first = self.sections.len();
        let at = self.head_notes(range.clone(), chapter);
        let (story, notes) = self.end_notes(at..range.end);
        let text = fill(self.id, self.text, story, self.style, |_| false);
        if !text.is_empty() {
            self.sections.push(Section { kind: SectionKind::Text, chapter, heading: None, text });
        }
        self.labelled(SectionKind::EndNotes, notes, chapter);
        let heading = start.map(|s| {
            let words = self.text.get(s.heading.clone()).unwrap_or("").split_whitespace();
            Spanned::new(words.collect::<Vec<_>>().join(" "), Span::new(self.id, s.heading.clone()))
        });
        if let Some(section) = self.sections.get_mut(first) {
            section.heading = heading;
        }
    }

    /// Takes the labelled paragraphs at the start of a chapter; gives where the story goes on.
    fn head_notes(&mut self, range: Range<usize>, chapter: Option<u32>) -> usize {
        let mut at = range.start;
        loop {
            let mut rest = lines(self.text, at..range.end).skip_while(|l| l.is_blank() || is_rule(l.text));
            let Some(line) = rest.next() else { return at };
            let Some((kind, value)) = note_start(&line, false) else { return at };
            let mut value = value..line.end();
            let mut next = line.next;
            let label_alone = self.text.get(value.clone()).is_none_or(|v| v.trim().is_empty());
            if !label_alone && self.style == Breaks::Line {
                // each line is a paragraph, so this one is the note
            } else {
                let mut blank = false;
                for line in rest {
                    let quoted = line.text.trim_start().starts_with('>');
                    let empty = self.text.get(value.clone()).is_none_or(|v| v.trim().is_empty());
                    if line.is_blank() {
                        blank = true;
                    } else if blank && !empty && !quoted || note_start(&line, false).is_some() {
                        break;
                    } else {
                        blank = false;
                        value.end = line.end();
                        next = line.next;
                        if self.style == Breaks::Line && empty {
                            break;
                        }
                    }
                }
            }
            // a label with nothing behind it that takes in the whole chapter would leave no story
            if label_alone && lines(self.text, next..range.end).all(|l| l.is_blank()) {
                return at;
            }
            self.labelled(kind, value, chapter);
            at = next;
        }
    }

    /// Parts a story from the notes behind it: the first paragraph near the end that has a label for notes.
    fn end_notes(&self, range: Range<usize>) -> (Range<usize>, Range<usize>) {
        let none = (range.clone(), range.end..range.end);
        let mut from = range.end.saturating_sub(LONGEST_END_NOTES).max(range.start);
        if from > range.start {
            from = floor(self.text, from);
            let rest = self.text.get(from..range.end).unwrap_or("");
            let Some(line) = rest.find('\n') else { return none };
            from += line + 1;
        }
        let mut blank = from > range.start;
        for line in lines(self.text, from..range.end) {
            if line.is_blank() || is_rule(line.text) {
                blank = true;
                continue;
            }
            let starts = blank || self.style == Breaks::Line;
            if let Some((_, value)) = note_start(&line, true).filter(|_| starts) {
                return (range.start..line.start, value..range.end);
            }
            blank = false;
        }
        none
    }

    fn labelled(&mut self, kind: SectionKind, range: Range<usize>, chapter: Option<u32>) {
        let section = section(self.id, self.text, kind, chapter, range);
        if !section.text.is_empty() {
            self.sections.push(section);
        }
    }
}

/// What section a line opens with its label, and where the value starts. A warning is a note whose label is part of it.
fn note_start(line: &Line<'_>, behind: bool) -> Option<(SectionKind, usize)> {
    let trimmed = line.trimmed();
    let open = line.text.trim_start().starts_with(['(', '[']);
    let from = trimmed.start + usize::from(open);
    let inner = Line { start: from, text: line.text.get(from - line.start..)?, next: line.next };
    let (normal, value) = match label::parse(&inner) {
        Some(labelled) if !labelled.dash || behind => (labelled.normal, labelled.value.start),
        _ => {
            // a label on a line of its own may go without a colon
            let bare = line.text.trim().trim_matches(['*', '_', '#', ' ']);
            let normal = (bare.len() <= 40).then(|| label::normal(bare))?;
            if !normal.contains(' ') || label::warns(&normal) {
                return None;
            }
            (normal, line.end())
        }
    };
    if behind {
        return label::ends_text(&normal).then_some((SectionKind::EndNotes, value));
    }
    match label::section(&normal) {
        Some(kind) => Some((kind, value)),
        None if label::warns(&normal) => Some((SectionKind::Notes, trimmed.start)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::formats::testing::{fields, outline, read_as, read_text};

    #[test]
    fn chapters_and_notes_under_headings() {
        let work = read_text("work.txt", include_str!("../../fixtures/text-header/work.txt"));
        assert_eq!(work.format, "text");
        assert_eq!(
            outline(&work)[2..],
            [
                "1 text [Chapter 1: Rain] It…on?\"",
                "2 notes [Chapter 2: Bread] The…grandmother's.",
                "2 text By…oven.",
                "2 end notes Thank…week.",
                "3 text [Chapter Three The Causeway] When…END",
            ]
        );
        let heading = work.sections[2].heading.as_ref().unwrap();
        assert_eq!(work.slice(heading.span), "Chapter 1: Rain");
        assert_eq!(work.chapters(), 3);
        let story = work.sections[2].text.as_str();
        assert!(
            story.contains("in the window of the mill, where") && story.contains("sacks.\n\n\"You are late"),
            "{story}"
        );
    }

    #[test]
    fn a_text_without_header_or_chapters() {
        let work = read_text("work.txt", include_str!("../../fixtures/text-no-header/work.txt"));
        assert!(work.fields.is_empty());
        assert_eq!(outline(&work), ["- text Monday:…it."]);
        assert_eq!(work.sections[0].text.as_str().split("\n\n").count(), 4);
    }

    #[test]
    fn a_file_of_fanficfare() {
        let text = include_str!("../../fixtures/text-fanficfare/work.txt");
        assert!(text.contains("\r\n"));
        let work = read_text("work.txt", text);
        let found = fields(&work);
        assert_eq!(found[..3], ["Title = The Tin Compass", "Author = Hollis Grey", "Series = Small Instruments [2]"]);
        assert!(found.iter().any(|f| f.ends_with("Maps That Lie + Weather As A Character")), "{found:?}");
        assert_eq!(
            outline(&work),
            [
                "- summary Bram…boats.",
                "1 notes [1. The Glove] >…exchange.",
                "1 text The…empty.",
                "2 text [2. The Harbour] It…somebody.",
                "2 end notes >…is.",
            ]
        );
        assert!(work.sections[0].text.as_str().contains("follows it to the harbour.\n\nWritten"));
        assert!(work.sections[2].text.as_str().ends_with("in his book.\n\nChapter 2 of the book was empty."));
    }

    #[test]
    fn long_lines_are_paragraphs() {
        let work = read_text("work.txt", include_str!("../../fixtures/text-long-lines/work.txt"));
        assert_eq!(outline(&work), ["1 text [Prologue] The…sea.", "2 text [Epilogue] They…it."]);
        assert_eq!(work.sections[0].text.as_str().split("\n\n").count(), 3);
    }

    #[test]
    fn text_before_the_first_heading() {
        let outlined = |text: &str| outline(&read_text("a.txt", text));
        assert_eq!(outlined("Dark.\n\nChapter 2\n\nLight.\n"), ["1 text Dark.", "2 text [Chapter 2] Light."]);
        assert_eq!(
            outlined("For my sister.\n\nChapter 1\n\nDark.\n\nChapter 2\n\nLight.\n"),
            ["1 notes or text For…sister.", "1 text [Chapter 1] Dark.", "2 text [Chapter 2] Light."]
        );
        assert!(read_text("a.txt", "Chapter 7\n\nDark.\n").partial);
    }

    #[test]
    fn notes_only_where_their_label_starts_a_paragraph() {
        let outlined = |text: &str| outline(&read_text("a.txt", text));
        for (text, expected) in [
            ("Once.\n\nHe read: Notes: none.\n", vec!["- text Once.…none."]),
            ("(A/N: hello there)\n\nOnce.\n", vec!["- notes hello…there)", "- text Once."]),
            ("Chapter 1\nNotes: hi\nall\n\nOnce.\n", vec!["1 notes [Chapter 1] hi…all", "1 text Once."]),
            ("Chapter 1\n\nCW: rain\n\nOnce.\n", vec!["1 notes [Chapter 1] CW:…rain", "1 text Once."]),
            (
                "Once.\n\n---\n\nAuthor’s Note\n\nThanks.\n\nBye.\n",
                vec!["- text Once.…---", "- end notes Thanks.…Bye."],
            ),
            ("Once.\n\nNote: gone out.\n", vec!["- text Once.…out."]),
        ] {
            assert_eq!(outlined(text), expected, "{text}");
        }
    }

    #[test]
    fn recognized_by_extension_or_when_nothing_else_fits() {
        let seen = |name: &str| read_text(name, "Just a line.").format;
        assert_eq!((seen("a.txt"), seen("a"), seen("a.story")), ("text", "text", "text"));
    }

    /// Lines that headers, headings and pages are made of, and what breaks naive readers of them.
    const PIECES: &[&str] = &[
        "",
        " ",
        "\t",
        "\r",
        "Rating: Mature",
        "**Rating:** M",
        "Rating：",
        "Rating - M",
        "Tags: a,",
        "  b, c",
        "Summary:",
        "Summary: word",
        "Notes: x",
        "A/N:",
        "A/N",
        "Author’s Note",
        "Chapter Notes",
        "Notes",
        "Summary",
        "by Ada",
        "Wind",
        "Chapter 1",
        "Chapter 2: Ü",
        "CHAPTER THREE",
        "\tChapter 1",
        "III.",
        "I",
        "Prologue",
        "Epilogue",
        "---",
        "* * *",
        "TABLE OF CONTENTS",
        "Story URL: x",
        "End file.",
        "“Hi,” é",
        "Preface",
        "Afterword",
        "End Notes",
        "Posted originally on the Archive of Our Own at http://x.",
        "Posted originally on the A at http",
        "Rating:",
        "Stats:",
        "Published: 2020-01-01 Words: 3 Chapters: 2/?",
        "Chapters: 1/1",
        "Chapter End Notes",
        "Chapter Summary",
        "See the end of the chapter for  notes",
        "Works inspired by this one",
        "Please drop by the archive and comment to let the",
        "done. Notes: (See the end of the chapter for notes .)",
        "(See the end of the work for more notes.)",
        "ok. Chapter 1 Notes: hm. Chapter 2: Ü Summary: so. Chapter 3 Go. “Notes: no.”",
        "Notes:",
        "Chapter 2",
        "\u{a0}",
        "Series this work belongs to: Part 1 of the é series",
        "\u{feff}",
        "日本語：テスト",
        "a. \"Notes: b",
        "…",
        "👍 Notes: z",
        "Rated: Fiction  T - English - Hurt/Comfort - [A é, B] C - Words: 3 - id: 1",
        "É & A - Rated: - - Words: [, ]",
        "Books » é",
        "Follow/Fav Wind by Ada",
        "Rated: PG • Characters: é, b Completed: No | Read: 3",
        "Word count: 3 Read: 9",
        "Wind (3 words) by Ada",
        "Category: Gen, é",
        "Genre: F/F,",
        "        1. Wind",
        "Storylink: x",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_lines_are_read_with_true_spans(
            lines in prop::collection::vec(prop::sample::select(PIECES), 1..40),
            glue in prop::sample::select(&["\n", "\r\n", " ", "\n\n"][..]),
        ) {
            let text = lines.join(glue) + " end";
            for format in ["text", "dump", "ao3-text"] {
                read_as("a.txt", &text, Some(format));
            }
            read_as("a", &text, None);
        }
    }
}

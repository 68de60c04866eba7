//! An archive's HTML download with its markup stripped: labels and headings on lines of their own.

mod fields;
mod headings;

use std::ops::Range;

use fields::{address, expected, labels};
use headings::{headings, marks};

use super::header::{section, unlabelled};
use super::lines::{Breaks, Line, fill, lines};
use super::{Confidence, Content, Document, Format, Limits, Sink};
use crate::model::{Notation, Section, SectionKind, SourceId, Span, Spanned, Work};

/// A stripped download.
#[derive(Debug)]
pub struct Download;

/// The line that every download has, up to the archive's name.
const POSTED: &str = "Posted originally on the ";

/// Lines that a download is looked for in, in bytes.
const TOP: usize = 256 << 10;

impl Format for Download {
    fn name(&self) -> &'static str {
        "ao3-text"
    }

    fn summary(&self) -> &'static str {
        "an archive's HTML download with its markup stripped"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let Some(text) = document.text() else { return Confidence::No };
        match posted(text) {
            Some(_) => Confidence::Sure,
            None => Confidence::No,
        }
    }

    fn parse(&self, document: Document, _: &Limits, sink: &mut Sink<'_>) {
        let Content::Text(mut source) = document.content else { return };
        source.let_write(0..source.text.len(), Notation::Lines);
        let work = read(SourceId(0), &source.text);
        sink(Work { name: document.name, sources: vec![source], ..work }, Vec::new());
    }
}

/// The line `Posted originally on the ARCHIVE at URL.`
fn posted(text: &str) -> Option<Line<'_>> {
    let top = lines(text, 0..text.len()).take_while(|l| l.start < TOP);
    top.filter(|l| l.text.len() < 2_000).find(|l| l.text.trim().starts_with(POSTED) && l.text.contains(" at http"))
}

/// Reads the whole; fields and sections only.
fn read(id: SourceId, text: &str) -> Work {
    let mut work = Work::default();
    let Some(posted) = posted(text) else {
        // taken for a download by request: what is not found here is story
        let text = fill(id, text, 0..text.len(), Breaks::Line, |_| false);
        work.sections.push(Section { kind: SectionKind::Text, chapter: None, heading: None, text });
        return work;
    };
    let above = lines(text, 0..posted.start).filter(|l| !l.is_blank()).last();
    let mut title = above.map(|l| l.trimmed());
    let (tags, stats, top) = labels(id, text, posted.next);
    let mut after = lines(text, top..text.len()).filter(|l| !l.is_blank());
    let mut body = top;
    let mut author = None;
    // the title again, and the creators
    for line in after.by_ref().take(3) {
        let trimmed = line.trimmed();
        match line.text.trim().strip_prefix("by ") {
            Some(name) => {
                author = Some(trimmed.end - name.trim_start().len()..trimmed.end);
                body = line.next;
                break;
            }
            None if LABEL_LINES.contains(&line.text.trim()) => break,
            None => title = Some(trimmed),
        }
    }
    for (name, value) in [("Title", title.clone()), ("Author", author)] {
        work.fields.extend(value.map(|v| unlabelled(id, text, name, v)));
    }
    work.fields.extend(address(id, text, &posted));
    work.fields.extend(tags);
    work.fields.extend(stats);
    let title = title.and_then(|t| text.get(t)).unwrap_or("");
    let expected = expected(&work.fields);
    let (end, afterword) = afterword(text, body);
    work.partial = afterword.is_none();
    let marks = marks(text, body..end);
    let headings = headings(text, &marks, expected, title);
    let preface = body..headings.first().map_or(end, |h| h.start);
    let mut reader = Reader { id, text, sections: Vec::new() };
    let rest = reader.blocks(preface.clone(), None, &["Summary", "Notes"]);
    if headings.is_empty() {
        reader.story(rest..end, None);
    } else if expected.is_none_or(|e| e.many) {
        // what is left of notes that blank lines cut in two
        reader.leftover(rest..preface.end);
    }
    let ends = headings.iter().skip(1).map(|h| h.start).chain([end]);
    for (i, (heading, end)) in headings.iter().zip(ends).enumerate() {
        let first = reader.sections.len();
        let chaptered = expected.is_none_or(|e| e.many) || !heading.title_again;
        let chapter = chaptered.then(|| u32::try_from(i + 1).unwrap_or(u32::MAX));
        let at = reader.blocks(heading.next..end, chapter, &["Chapter Summary", "Chapter Notes"]);
        reader.story(at..end, chapter);
        if let Some(section) = reader.sections.get_mut(first).filter(|_| chaptered) {
            let words = text.get(heading.start..heading.end).unwrap_or("").to_owned();
            section.heading = Some(Spanned::new(words, Span::new(id, heading.start..heading.end)));
        }
    }
    if let Some(afterword) = afterword {
        reader.afterword(afterword);
    }
    work.sections = reader.sections;
    work
}

/// Lines that open a section.
const LABEL_LINES: [&str; 6] =
    ["Summary", "Notes", "Chapter Summary", "Chapter Notes", "Chapter End Notes", "End Notes"];

/// Where the chapters end, and the range behind the line `Afterword`, the last of them.
fn afterword(text: &str, body: usize) -> (usize, Option<Range<usize>>) {
    let mut gap = false;
    let mut found = (text.len(), None);
    for line in lines(text, body..text.len()) {
        if line.text.len() > 100 || line.text.trim() != "Afterword" {
            gap = line.is_blank();
        } else if gap {
            found = (line.start, Some(line.next..text.len()));
        }
    }
    found
}

/// Whether a line only leads to notes further down: `See the end of the chapter for  notes`.
fn is_jump(line: &str) -> bool {
    let rest = line
        .strip_prefix("See the end of the chapter for")
        .or_else(|| line.strip_prefix("See the end of the work for"));
    rest.is_some_and(|rest| {
        matches!(rest.trim().trim_end_matches('.').trim_end(), "notes" | "more notes" | "more  notes")
    })
}

/// Whether a line of the preface tells of a related work.
fn is_related(line: &str) -> bool {
    let line = line.trim();
    ["Inspired by ", "A translation of ", "Translation into "].iter().any(|p| line.starts_with(p))
}

/// Makes sections, in reading order.
struct Reader<'s> {
    id: SourceId,
    text: &'s str,
    sections: Vec<Section>,
}

impl Reader<'_> {
    fn push(&mut self, kind: SectionKind, chapter: Option<u32>, range: Range<usize>) {
        if kind == SectionKind::Text {
            let text = fill(self.id, self.text, range, Breaks::Line, |l| l.text.len() < 80 && is_jump(l.text.trim()));
            if !text.is_empty() {
                self.sections.push(Section { kind, chapter, heading: None, text });
            }
            return;
        }
        let section = section(self.id, self.text, kind, chapter, range);
        if !section.text.is_empty() {
            self.sections.push(section);
        }
    }

    /// Reads the summary and the notes under their `labels` at the start of `range`; gives where the rest starts.
    /// Each ends at the next label or at two blank lines.
    fn blocks(&mut self, range: Range<usize>, chapter: Option<u32>, labels: &[&str; 2]) -> usize {
        let [summary, notes] = *labels;
        let mut open: Option<(SectionKind, Range<usize>)> = None;
        let mut at = range.start;
        let mut blanks = 0;
        let mut empty = true;
        for line in lines(self.text, range) {
            let words = line.text.trim();
            if words.is_empty() {
                blanks += 1;
                continue;
            }
            let kind = match words {
                w if w == summary => Some(SectionKind::Summary),
                w if w == notes => Some(SectionKind::Notes),
                _ => None,
            };
            let apart = blanks >= 2;
            blanks = 0;
            let jump = is_jump(words);
            match &mut open {
                _ if kind.is_some() => {
                    if let Some((kind, value)) = open.take() {
                        self.push(kind, chapter, value);
                    }
                    open = kind.map(|k| (k, line.next..line.next));
                    empty = true;
                }
                None if jump => {}
                None => break,
                // a line that leads to other notes ends these
                Some(_) if jump => {
                    if let Some((kind, value)) = open.take() {
                        self.push(kind, chapter, value);
                    }
                }
                Some(_) if apart && !empty => break,
                Some((_, value)) => {
                    value.end = line.end();
                    empty = false;
                }
            }
            at = line.next;
        }
        if let Some((kind, value)) = open {
            self.push(kind, chapter, value);
        }
        at
    }

    /// Notes of the work that go on behind blank lines, without the list of related works.
    fn leftover(&mut self, range: Range<usize>) {
        let text = fill(self.id, self.text, range, Breaks::Line, |l| is_related(l.text) || is_jump(l.text.trim()));
        if text.words() > 0 {
            self.sections.push(Section { kind: SectionKind::Notes, chapter: None, heading: None, text });
        }
    }

    /// A chapter's text, and its end notes behind their label.
    fn story(&mut self, range: Range<usize>, chapter: Option<u32>) {
        let mut gap = true;
        let mut notes = None;
        for line in lines(self.text, range.clone()) {
            if gap && line.text.len() < 100 && line.text.trim() == "Chapter End Notes" {
                notes = Some(line.start..line.next);
            }
            gap = line.is_blank();
        }
        let notes = notes.unwrap_or(range.end..range.end);
        self.push(SectionKind::Text, chapter, range.start..notes.start);
        self.push(SectionKind::EndNotes, chapter, notes.end..range.end);
    }

    /// The end notes of the work; the list of works that it inspired and the farewell are left out.
    fn afterword(&mut self, range: Range<usize>) {
        let mut start = None;
        let mut end = range.end;
        for line in lines(self.text, range) {
            let words = line.text.trim();
            if start.is_none() && words == "End Notes" {
                start = Some(line.next);
            } else if words == "Works inspired by this one"
                || words.starts_with("Please drop by the ") && words.contains(" and comment to let the ")
            {
                end = line.start;
                break;
            }
        }
        if let Some(start) = start.filter(|s| *s <= end) {
            self.push(SectionKind::EndNotes, None, start..end);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::testing::{fields, outline, read_text};

    #[test]
    fn the_form_of_2019() {
        let text = include_str!("../../fixtures/download-2019/work.txt");
        let work = read_text("work.txt", text);
        assert_eq!((work.format, work.partial), ("ao3-text", false));
        assert_eq!(
            fields(&work),
            [
                "Title = The Weather Station",
                "Author = pinegrove",
                "Archive = Archive of Our Own",
                "URL = http://archiveofourown.org/works/1000001",
                "Rating = General Audiences",
                "Archive Warning = Choose Not To Use Archive Warnings",
                "Category = Gen",
                "Fandom = Harbour Lights, The Saltmarsh Cycle",
                "Character = Marlow, Ines",
                "Additional Tags = Weather, Loneliness, Hopeful Ending",
                "Language = ?",
                "Published = 2018-11-02",
                "Completed = 2019-02-14",
                "Chapters = 3/3",
                "Words = 290",
            ]
        );
        assert_eq!(
            outline(&work),
            [
                "- summary Marlow…back.",
                "- notes Thanks…prompt.",
                "1 text [Chapter 1] The…day.",
                "2 notes [Chapter 2] Warnings…stair.",
                "2 text In…on.",
                "2 end notes My…too.",
                "3 summary [Chapter 3] The…comes.",
                "3 text Ines…said.",
                "- end notes That…you.",
            ]
        );
        assert_eq!(work.sections[2].text.as_str().split("\n\n").count(), 3);
        assert!(work.sections[2].text.as_str().contains("in it.Marlow"));
    }

    #[test]
    fn titled_chapters_of_2024() {
        let work = read_text("work.txt", include_str!("../../fixtures/download-2024-titled/work.txt"));
        let found = fields(&work);
        for field in [
            "Author = orla_fenwick, hollis (hollis_grey)",
            "Archive Warnings = Creator Chose Not To Use Archive Warnings, Major Character Death",
            "Language = English",
            "Series = Part 2 of Bread, and Other Prayers",
            "Updated = 2024-03-05",
            "Words = 1,240",
            "Chapters = 3/?",
        ] {
            assert!(found.iter().any(|f| f == field), "{field} in {found:?}");
        }
        assert_eq!(
            outline(&work),
            [
                "1 text [Salt] Ottilie…Nessa.",
                "2 summary [What the Oven Knew] The…old.",
                "2 text It…opinions.",
                "3 text [Flour] They…everywhere.",
                "3 end notes The…honey.",
                "- end notes With…bakers.",
            ]
        );
    }

    #[test]
    fn a_work_without_chapters() {
        let work = read_text("work.txt", include_str!("../../fixtures/download-single-chapter/work.txt"));
        assert_eq!(outline(&work), ["- summary Kein…Vogel.", "- text Der…sie."]);
        assert!(work.sections[1].text.as_str().contains("Chapter 2"));
    }

    #[test]
    fn a_row_with_nothing_in_it_and_a_file_that_is_cut_off() {
        let text = "Preface\n\nHat\nPosted originally on the Archive of Our Own at http://x.org/1.\n\n\
                    Rating:\nArchive Warning:\nNo Archive Warnings Apply\nFandom:\n\nHats,\nLamps\nContent Notes:\nRain\nStats:\n\
                    Words: 5 Chapters: 1/2\n\nHat\nby Ada\n\n\nChapter 1\n\n\nIt was a hat";
        let work = read_text("a.txt", text);
        let found = fields(&work);
        assert_eq!(found[4..7], ["Rating = -", "Archive Warning = No Archive Warnings Apply", "Fandom = Hats,\nLamps"]);
        assert_eq!(found[7..9], ["Content Notes = Rain", "Language = ?"]);
        assert_eq!(outline(&work), ["1 text [Chapter 1] It…hat"]);
        assert!(work.partial);
    }
}

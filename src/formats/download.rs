//! An archive's HTML download with its markup stripped: labels and headings on lines of their own.

use std::ops::Range;

use super::header::{section, unlabelled};
use super::lines::{Breaks, Line, fill, lines};
use super::{Confidence, Content, Document, Format, Limits, Sink};
use crate::model::{Field, Section, SectionKind, SourceId, Span, Spanned, State, Value, Work};

/// A stripped download.
#[derive(Debug)]
pub struct Download;

/// The line that every download has, up to the archive's name.
const POSTED: &str = "Posted originally on the ";

/// Labels whose presence in a download depends on the work, in all their forms since 2010.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "Rating:", "Ratings:", "Archive Warning:", "Archive Warnings:", "Category:", "Categories:", "Fandom:", "Fandoms:",
    "Relationship:", "Relationships:", "Character:", "Characters:", "Additional Tag:", "Additional Tags:", "Language:",
    "Series:", "Collection:", "Collections:", "Stats:",
];

/// Labels within `Stats:`, where several may stand on one line.
const STATS: [&str; 5] = ["Published:", "Updated:", "Completed:", "Chapters:", "Words:"];

/// Longest heading, in bytes: the archive allows 255 characters.
const LONGEST_HEADING: usize = 1_020;

/// Lines that a download is looked for in, in bytes.
const TOP: usize = 256 << 10;

impl Format for Download {
    fn name(&self) -> &'static str {
        "ao3-text"
    }

    fn summary(&self) -> &'static str {
        "an archive's HTML download with its markup stripped"
    }

    fn editable(&self) -> bool {
        true
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let Some(text) = document.text() else { return Confidence::No };
        match posted(text) {
            Some(_) => Confidence::Sure,
            None => Confidence::No,
        }
    }

    fn parse(&self, document: Document, _: &Limits, sink: &mut Sink<'_>) {
        let Content::Text(source) = document.content else { return };
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

/// Archive and URL of the line `Posted originally on …`.
fn address(id: SourceId, text: &str, line: &Line<'_>) -> Vec<Field> {
    let trimmed = line.trimmed();
    let Some(rest) = text.get(trimmed.clone()).and_then(|t| t.strip_prefix(POSTED)) else { return Vec::new() };
    let start = trimmed.end - rest.len();
    let Some((archive, url)) = rest.split_once(" at ") else { return Vec::new() };
    let from = start + archive.len() + " at ".len();
    let url = url.trim_end_matches('.');
    vec![
        unlabelled(id, text, "Archive", start..start + archive.len()),
        unlabelled(id, text, "URL", from..from + url.len()),
    ]
}

/// The block of labels from `at` on: fields of tags, fields of stats, and where the block ends.
fn labels(id: SourceId, text: &str, at: usize) -> (Vec<Field>, Vec<Field>, usize) {
    let mut tags: Vec<Field> = Vec::new();
    let mut open: Option<(Range<usize>, Range<usize>)> = None;
    let mut end = at;
    let mut close = |open: &mut Option<(Range<usize>, Range<usize>)>| {
        if let Some((label, value)) = open.take() {
            tags.push(labelled(id, text, label, value));
        }
    };
    let mut in_stats = None;
    for line in lines(text, at..text.len()) {
        let trimmed = line.trimmed();
        let words = text.get(trimmed.clone()).unwrap_or("");
        let label = LABELS.iter().find(|l| words.starts_with(**l));
        if words.is_empty() {
            continue;
        } else if let Some(label) = label {
            close(&mut open);
            end = line.next;
            let colon = trimmed.start + label.len();
            if *label == "Stats:" {
                in_stats = Some(trimmed.start);
                end = colon;
                break;
            }
            open = Some((trimmed.start..colon - 1, colon..trimmed.end));
        } else if let Some((_, value)) = &mut open {
            // without stats there is no telling where the last value ends, but it has one line
            if value.start < value.end && !value_goes_on(text, value, line.start) {
                break;
            }
            *value = if value.start == value.end { trimmed.clone() } else { value.start..trimmed.end };
            end = line.next;
        } else {
            break;
        }
    }
    close(&mut open);
    let mut stats = Vec::new();
    if let Some(place) = in_stats {
        if !tags.iter().any(|f| f.name.value == "Language") {
            // such a file is older than that row
            let name = Spanned::new("Language".to_owned(), Span::new(id, place..place));
            tags.push(Field { name, state: State::Unknown, ..Field::default() });
        }
        for line in lines(text, end..text.len()) {
            let found = stats_in(id, text, &line);
            if found.is_empty() && !line.is_blank() {
                break;
            }
            end = line.next;
            stats.extend(found);
        }
    }
    (tags, stats, end)
}

/// Whether a value that was cut in lines goes on: it ends in a comma, or no other line has come between.
fn value_goes_on(text: &str, value: &Range<usize>, line: usize) -> bool {
    let between = text.get(value.start..line).unwrap_or("");
    between.trim_end().ends_with(',')
}

fn labelled(id: SourceId, text: &str, label: Range<usize>, value: Range<usize>) -> Field {
    let name = Spanned::new(text.get(label.clone()).unwrap_or("").to_owned(), Span::new(id, label));
    let value = Value::verbatim(id, text, value);
    if value.text.is_empty() {
        return Field { name, state: State::Empty, ..Field::default() };
    }
    Field { name, values: vec![value], ..Field::default() }
}

/// The stats on a line, each up to the label of the next. None unless the line starts with one.
fn stats_in(id: SourceId, text: &str, line: &Line<'_>) -> Vec<Field> {
    let trimmed = line.trimmed();
    let Some(words) = text.get(trimmed.clone()).filter(|w| w.len() <= 500) else { return Vec::new() };
    if !STATS.iter().any(|s| words.starts_with(s)) {
        return Vec::new();
    }
    let mut places: Vec<_> = STATS.iter().filter_map(|s| Some((words.find(s)?, s.len()))).collect();
    places.sort_unstable();
    let ends = places.iter().skip(1).map(|p| p.0).chain([words.len()]);
    let field = |((at, len), to): (&(usize, usize), usize)| {
        let start = trimmed.start + at;
        labelled(id, text, start..start + len - 1, start + len..trimmed.start + to)
    };
    places.iter().zip(ends).map(field).collect()
}

/// What `Chapters: 9/12` says.
#[derive(Debug, Clone, Copy)]
struct Expected {
    /// How many chapters were posted.
    posted: usize,
    /// Whether the work has, or will have, more than one.
    many: bool,
}

/// What the stats say about chapters. A work of one chapter had no such row before 2023.
fn expected(fields: &[Field]) -> Option<Expected> {
    let Some(field) = fields.iter().find(|f| f.name.value == "Chapters") else {
        let stats = fields.iter().any(|f| f.name.value == "Words");
        return stats.then_some(Expected { posted: 1, many: false });
    };
    let (posted, all) = field.values.first()?.text.split_once('/')?;
    let posted = posted.replace(',', "").trim().parse().ok()?;
    Some(Expected { posted, many: posted > 1 || all.trim() != "1" })
}

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

/// A short line that may be a heading or opens a section.
#[derive(Debug, Clone, Copy)]
struct Mark {
    start: usize,
    end: usize,
    next: usize,
    /// Blank lines before it and behind it.
    before: usize,
    after: usize,
    /// Whether the next line opens a chapter's summary or notes.
    labelled: bool,
}

/// Short lines with blank lines before them, in one pass.
fn marks(text: &str, range: Range<usize>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut blanks = 2;
    let mut open = false;
    for line in lines(text, range) {
        if line.is_blank() {
            blanks += 1;
            continue;
        }
        let words = line.text.trim();
        if let Some(last) = marks.last_mut().filter(|_| open) {
            last.after = blanks;
            last.labelled = words == "Chapter Summary" || words == "Chapter Notes";
        }
        open = blanks >= 1 && words.len() <= LONGEST_HEADING && !LABEL_LINES.contains(&words) && !is_jump(words);
        if open {
            let Range { start, end } = line.trimmed();
            marks.push(Mark { start, end, next: line.next, before: blanks, after: 0, labelled: false });
        }
        blanks = 0;
    }
    marks
}

/// The start of a chapter.
#[derive(Debug, Clone, Copy)]
struct Heading {
    start: usize,
    end: usize,
    next: usize,
    /// Whether it is only the work's title, above the text of a work without chapters.
    title_again: bool,
}

/// Chooses the headings among short lines: numbered ones in sequence and those with notes below are certain, others
/// are lines that stand apart on both sides, and are taken until there are as many as the stats say.
fn headings(text: &str, marks: &[Mark], expected: Option<Expected>, title: &str) -> Vec<Heading> {
    let words = |m: &Mark| text.get(m.start..m.end).unwrap_or("");
    let heading = |m: &Mark, title_again| Heading { start: m.start, end: m.end, next: m.next, title_again };
    let many = expected.is_none_or(|e| e.many);
    if !many || expected.is_some_and(|e| e.posted == 1) {
        let again = |m: &&Mark| !title.is_empty() && words(m) == title;
        let single = |m: &&Mark| m.labelled || m.before >= 2 && numbered(words(m)) == Some(1);
        let found = marks.iter().find(single).map(|m| heading(m, false)).filter(|_| many);
        return found.or_else(|| marks.iter().find(again).map(|m| heading(m, true))).into_iter().collect();
    }
    let mut certain: Vec<(bool, Mark)> = Vec::new();
    let mut number = 0;
    let mut taken: Option<usize> = None;
    for mark in marks {
        let n = numbered(words(mark));
        let sure = mark.labelled || mark.before >= 2 && n.is_some_and(|n| n > number && n <= number + 20);
        let apart = mark.before >= 2 && mark.after >= 2 && words(mark).chars().any(char::is_alphanumeric);
        // the line right behind a heading is the start of its text
        let directly = taken.is_some_and(|next| text.get(next..mark.start).is_some_and(|t| t.trim().is_empty()));
        if sure || apart && !directly {
            number = n.unwrap_or(number + 1).max(number);
            taken = Some(mark.next);
            certain.push((sure, *mark));
        }
    }
    let sure = certain.iter().filter(|c| c.0).count();
    let wanted = expected.map_or(sure.max(1), |e| e.posted).saturating_sub(sure);
    let mut weak: Vec<(bool, usize)> =
        certain.iter().filter(|c| !c.0).map(|c| (is_prose(words(&c.1)), c.1.start)).collect();
    if weak.len() > wanted {
        weak.sort_unstable();
        weak.truncate(wanted);
    }
    let mut kept: Vec<usize> = weak.into_iter().map(|w| w.1).collect();
    kept.sort_unstable();
    let keep = |c: &&(bool, Mark)| c.0 || kept.binary_search(&c.1.start).is_ok();
    certain.iter().filter(keep).map(|c| heading(&c.1, false)).collect()
}

/// The number of a heading `Chapter N` or `Chapter N: TITLE`.
fn numbered(line: &str) -> Option<u32> {
    let rest = line.strip_prefix("Chapter ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
    let (number, rest) = rest.split_at_checked(digits)?;
    let number = number.replace(',', "").parse().ok()?;
    (rest.is_empty() || rest.starts_with(':')).then_some(number)
}

/// Whether a line reads as a sentence rather than as a title.
fn is_prose(line: &str) -> bool {
    line.ends_with(['.', ',', '!', '?', '…', '"', '”', '’', ';', ':', '—']) || line.len() > 120
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
                    Rating:\nArchive Warning:\nNo Archive Warnings Apply\nFandom:\n\nHats,\nLamps\nStats:\n\
                    Words: 5 Chapters: 1/2\n\nHat\nby Ada\n\n\nChapter 1\n\n\nIt was a hat";
        let work = read_text("a.txt", text);
        let found = fields(&work);
        assert_eq!(found[4..7], ["Rating = -", "Archive Warning = No Archive Warnings Apply", "Fandom = Hats,\nLamps"]);
        assert_eq!(outline(&work), ["1 text [Chapter 1] It…hat"]);
        assert!(work.partial);
    }
}

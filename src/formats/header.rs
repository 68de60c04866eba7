//! `Label: value` lines at the top of a text, and single ones given on the command line.

mod ffn;
mod paragraphs;
mod top;
mod value;

use std::cell::OnceCell;
use std::ops::Range;

use top::{heading, is_heading};
use value::{field, value_end};

use super::chapters::is_heading as is_chapter_heading;
use super::label::{self, Labelled};
use super::limits::{self, Limits, size};
use super::lines::{Line, floor, is_rule, lines};
use super::{exporter, info_line};
use crate::model::{
    Decoding, Diagnostic, Field, Holder, Section, SectionKind, Severity, Source, SourceId, Span, Spanned, TextBuilder,
    Value,
};

/// What was read at the top of a text.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// The fields in their order; none when the text starts without a header.
    pub fields: Vec<Field>,
    /// The summary and the notes among them, as sections of the whole work.
    pub sections: Vec<Section>,
    /// Where the text starts that belongs to no field.
    pub body: usize,
    /// Whether the labels are those of a file made by FanFicFare.
    pub fanficfare: bool,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// A line at the top of the text, by what it looks like.
struct Row<'s> {
    line: Line<'s>,
    /// Found out when it is first asked for: most rows are story, below any header.
    kind: OnceCell<Kind>,
    /// Longest line that may be a label, in bytes.
    longest: usize,
}

enum Kind {
    Blank,
    Rule,
    Label(Labelled),
    Prose,
}

impl<'s> Row<'s> {
    fn new(line: Line<'s>, longest: usize) -> Self {
        Self { line, kind: OnceCell::new(), longest }
    }

    fn kind(&self) -> &Kind {
        self.kind.get_or_init(|| {
            let line = &self.line;
            if line.is_blank() || line.text.trim() == ">" {
                return Kind::Blank;
            }
            if is_rule(line.text) {
                return Kind::Rule;
            }
            let label = if line.text.len() <= self.longest { label::parse(line) } else { None };
            let label = label.filter(|l| l.known || !is_chapter_heading(line.text));
            label.map_or(Kind::Prose, Kind::Label)
        })
    }

    fn label(&self) -> Option<&Labelled> {
        match self.kind() {
            Kind::Label(label) => Some(label),
            _ => None,
        }
    }

    fn is_gap(&self) -> bool {
        matches!(self.kind(), Kind::Blank | Kind::Rule)
    }
}

/// A label with the rows that its value takes.
struct Entry {
    row: usize,
    last: usize,
}

/// A run of label lines.
struct Block {
    entries: Vec<Entry>,
    next: usize,
}

/// The line above the list of chapters in a file made by FanFicFare.
pub(super) const CONTENTS: &str = "TABLE OF CONTENTS";

/// Reads the header at the start of `range`. Without one, the body is the whole range.
///
/// It ends at a blank line or a rule that is followed by something other than a label, or at the first line that
/// is neither a label nor a value going on. A few lines with a colon are no header: one of the labels must be
/// a word that headers use, or the lines must not read as sentences.
pub(super) fn read(id: SourceId, source: &str, range: Range<usize>, limits: &Limits) -> Header {
    read_rows(id, source, range, limits, |rows| rows)
}

/// Reads the header of a document whose lines are paragraphs, as [`read`] does.
pub(super) fn read_paragraphs(id: SourceId, source: &str, range: Range<usize>, limits: &Limits) -> Header {
    let is_all = range.end == source.len();
    read_rows(id, source, range, limits, |rows| paragraphs::rows(rows, is_all))
}

fn read_rows<'s>(
    id: SourceId,
    source: &'s str,
    range: Range<usize>,
    limits: &Limits,
    part: impl Fn(Vec<Row<'s>>) -> Vec<Row<'s>>,
) -> Header {
    let cap = range.start.saturating_add(limits.header_bytes);
    let rows: Vec<Row<'_>> = lines(source, range.clone())
        .take_while(|line| line.start < cap)
        .map(|line| Row::new(line, limits.header_bytes))
        .collect();
    if let Some(header) = ffn::read(id, source, &rows) {
        return header;
    }
    let rows = part(rows);
    let mut header = Header { body: range.start, ..Header::default() };
    let first = gap(&rows, 0);
    let (title, author, start) = heading(source, &rows, first);
    let above = title.is_some() || author.is_some();
    let fanficfare = is_fanficfare(&rows, start);
    let mut block = block(source, &rows, start, title.is_some() && author.is_none(), fanficfare);
    if block.is_none() && title.is_some() && is_heading(&rows, first) {
        // below what can only be a heading, one label is enough
        block = self::block(source, &rows, start, false, fanficfare).filter(|b| one_telling(b, &rows));
    }
    let next = match (&block, author.is_some()) {
        (Some(block), _) => block.next,
        // "TITLE, by AUTHOR" is a header of its own
        (None, true) => start,
        (None, false) => return header,
    };
    let given = |name: &str| {
        let entries = block.iter().flat_map(|b| &b.entries);
        entries.filter_map(|e| rows.get(e.row)?.label()).any(|l| l.normal == name)
    };
    if above {
        for (name, value) in [("Title", title), ("Author", author)] {
            if let Some(value) = value.filter(|_| !given(&name.to_lowercase())) {
                header.fields.push(unlabelled(id, source, name, value));
            }
        }
    }
    let mut exported = false;
    for entry in block.iter().flat_map(|b| &b.entries) {
        let (Some(row), Some(last)) = (rows.get(entry.row), rows.get(entry.last)) else { continue };
        let Some(labelled) = row.label() else { continue };
        let value = |r: Range<usize>| {
            Some(Value::verbatim(id, source, row.line.start + r.start..row.line.start + r.end))
                .filter(|v| !v.text.is_empty())
        };
        if let Some(said) = info_line::fields(row.line.text, value) {
            header.fields.extend(said);
            exported = true;
            continue;
        }
        let end = last.line.end().max(labelled.value.end);
        for labelled in label::within(source, labelled, end) {
            let field = field(id, source, &labelled, labelled.value.end);
            let kind = label::section(&labelled.normal);
            if let (Some(kind), Some(value)) = (kind, field.values.first()) {
                let section = section(id, source, kind, None, value.span.range());
                header.sections.extend(Some(section).filter(|s| !s.text.is_empty()));
            }
            header.fields.push(field);
        }
    }
    header.fanficfare = block.is_some() && fanficfare;
    if exported || exporter::made(&header.fields) {
        exporter::settle(&mut header.fields);
    }
    header.body = rows.get(next).map_or(range.end, |r| r.line.start);
    if next >= rows.len() {
        header.body = rows.last().map_or(range.start, |r| r.line.next);
        if header.body < range.end {
            let most = size(limits.header_bytes);
            let message = format!("The header is longer than the {most} that are read of one (limit: header-bytes).");
            let at = floor(source, header.body);
            let next = lines(source, at..range.end).next().map_or(at..at, |l| l.trimmed());
            let note = Diagnostic::new("core/header-length", Severity::Warning, message)
                .at(Span::new(id, next), "from here on it was read as story")
                .help(format!("Put an empty line between the header and the story. {}", limits::raise("header-bytes")));
            header.diagnostics.push(note);
        }
    }
    header
}

/// The first row from `i` on that has words.
fn gap(rows: &[Row<'_>], i: usize) -> usize {
    rows.iter().skip(i).position(|r| !r.is_gap()).map_or(rows.len(), |n| i + n)
}

/// Whether a block is one label alone, which only headers use.
fn one_telling(block: &Block, rows: &[Row<'_>]) -> bool {
    let [entry] = block.entries.as_slice() else { return false };
    rows.get(entry.row).and_then(Row::label).is_some_and(label::is_telling)
}

/// Whether the lines from row `i` on, down to the first empty one, are those of a file made by FanFicFare.
fn is_fanficfare(rows: &[Row<'_>], i: usize) -> bool {
    let mut block = rows.iter().skip(i).take_while(|r| !r.is_gap()).filter_map(Row::label);
    block.any(|l| matches!(l.normal.as_str(), "story url" | "packaged"))
}

/// The label lines from row `i` on, when they are a header.
fn block(source: &str, rows: &[Row<'_>], mut i: usize, below_title: bool, fanficfare: bool) -> Option<Block> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut ended = true;
    while let Some(row) = rows.get(i) {
        match row.kind() {
            Kind::Label(_) => {
                let last = value_end(rows, i, fanficfare);
                entries.push(Entry { row: i, last });
                i = last + 1;
            }
            Kind::Prose => {
                ended = false;
                break;
            }
            Kind::Blank | Kind::Rule => {
                let next = gap(rows, i);
                let known = |i| rows.get(i).and_then(Row::label).is_some_and(|l| l.known);
                let labelled = rows.get(next).and_then(Row::label).is_some();
                if known(next) || labelled && known(gap(rows, next + 1)) {
                    i = next;
                    continue;
                }
                // a rule ends the header and is part of neither side
                i = rows.iter().take(next).rposition(|r| matches!(r.kind(), Kind::Rule)).map_or(i, |r| r.max(i) + 1);
                break;
            }
        }
    }
    let labels = || entries.iter().filter_map(|e| rows.get(e.row)?.label());
    let known = labels().filter(|l| l.known).count();
    let header = match (labels().count(), known) {
        (1, 1) => ended && !below_title && labels().all(label::is_telling),
        (2.., 1) => ended,
        (2.., 2..) => true,
        (2.., 0) => ended && !below_title && !reads_as_speech(source, &entries, rows),
        _ => false,
    };
    (header && !is_letter(labels())).then_some(Block { entries, next: i })
}

/// Whether the labels are those of a letter or a mail, which stories quote: `From: …`, `To: …`, `Date: …`.
fn is_letter<'l>(labels: impl Iterator<Item = &'l Labelled>) -> bool {
    labels.filter(|l| matches!(l.normal.as_str(), "from" | "to" | "cc" | "sent" | "subject")).count() >= 2
}

/// Whether lines with unknown labels are rather a script or a diary: labels that come again, values that are sentences.
fn reads_as_speech(source: &str, entries: &[Entry], rows: &[Row<'_>]) -> bool {
    let labels: Vec<_> = entries.iter().filter_map(|e| rows.get(e.row)?.label()).collect();
    let mut names: Vec<_> = labels.iter().map(|l| l.normal.as_str()).collect();
    names.sort_unstable();
    let again = names.windows(2).any(|pair| pair.first() == pair.last());
    let sentence = |l: &&&Labelled| {
        let value = source.get(l.value.clone()).unwrap_or("").trim_end();
        value.ends_with(['.', '!', '?', '…', '"', '”', ',', '-', '—'])
    };
    again || labels.iter().filter(sentence).count() * 2 >= labels.len()
}

/// A field whose label does not stand in the file; the name's span is the empty place before the value.
pub(super) fn unlabelled(id: SourceId, source: &str, name: &str, value: Range<usize>) -> Field {
    let name = Spanned::new(name.to_owned(), Span::new(id, value.start..value.start));
    Field { name, values: vec![Value::verbatim(id, source, value)], ..Field::default() }
}

/// A section of notes or a summary. A line that starts with a label starts a paragraph, so that `CW: …` is found.
pub(super) fn section(
    id: SourceId,
    source: &str,
    kind: SectionKind,
    chapter: Option<u32>,
    range: Range<usize>,
) -> Section {
    let mut builder = TextBuilder::new(id, source);
    let (mut last, mut apart, mut listing, mut before) = (range.start, false, false, "");
    for line in lines(source, range) {
        if line.is_blank() || is_rule(line.text) {
            apart = true;
            continue;
        }
        listing &= !apart;
        if label::parts(&mut listing, before, &line) || apart {
            builder.paragraph(last..line.start);
        }
        builder.copy(line.start..line.next);
        (last, apart, before) = (line.end(), false, line.text);
    }
    Section { kind, chapter, heading: None, text: builder.finish() }
}

/// Reads a field given as one line, as `Rating: Mature` on the command line, with a source of its own.
///
/// # Errors
/// A sentence for people that says what is missing.
pub fn declared(id: SourceId, line: &str) -> Result<(Source, Field), String> {
    let help = "Write a field and its value, as in “Rating: Mature”.";
    let Some(colon) = line.find([':', '：']) else {
        return Err(format!("“{line}” has no colon. {help}"));
    };
    let name = line.get(..colon).unwrap_or("").trim();
    if name.is_empty() {
        return Err(format!("“{line}” has no field before its colon. {help}"));
    }
    let start = line.len() - line.trim_start().len();
    let width = line.get(colon..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    let value = colon + width..line.len();
    let labelled = Labelled { name: start..start + name.len(), value, ..Labelled::default() };
    let field = field(id, line, &labelled, line.len());
    let mut source = Source::new(format!("--declare {name}"), line, Decoding::default());
    source.holder = Holder::Nothing;
    Ok((source, field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::{fields, outline, read_text};
    use crate::model::State;

    fn top(text: &str) -> (Vec<String>, &str) {
        let header = read(SourceId(0), text, 0..text.len(), &Limits::default());
        let work = crate::model::Work { fields: header.fields, ..Default::default() };
        (fields(&work), &text[header.body..])
    }

    #[test]
    fn a_header_typed_by_hand_in_several_spellings() {
        let text = include_str!("../../fixtures/text-header/work.txt");
        let work = read_text("work.txt", text);
        assert_eq!(
            fields(&work),
            [
                "Title = The Lamp in the Mill",
                "Author = Orla Fenwick",
                "Archive Warning(s) = No Archive Warnings Apply",
                "Rating = Teen And Up Audiences",
                "FANDOM = The Saltmarsh Cycle (Books)",
                "Relationship = Bram Tolley & Nessa Reed",
                "Characters = Bram Tolley, Nessa Reed",
                "Additional Tags = Slow Days, Found Family,\n  Rain, Bread",
                "Beta = -",
                "Summary = Bram keeps the mill running through a wet autumn,\nand Nessa comes by with flour sacks and questions.",
                "A/N = Written for a rainy weekend.",
                "CW = mention of a past illness",
            ]
        );
        assert_eq!(outline(&work)[..2], ["- summary Bram…questions.", "- notes Written…weekend."]);
        assert!(work.fields.iter().all(|f| !f.listed && f.chapter.is_none()));
    }

    #[test]
    fn a_journal_header_with_blank_lines_and_a_rule() {
        let work = read_text("work.txt", include_str!("../../fixtures/text-livejournal/work.txt"));
        let labels: Vec<_> = work.fields.iter().map(|f| f.name.value.as_str()).collect();
        let expected = "Title Author Fandom Pairing Rating Warnings Spoilers Word_Count Disclaimer Summary Notes";
        assert_eq!(labels.join(" "), expected.replace('_', " "));
        assert_eq!(outline(&work), ["- summary Ines…looks.", "- notes Spoilers…episode.", "- text The…Ines."]);
    }

    #[test]
    fn where_a_header_ends() {
        for (text, expected, body) in [
            ("Rating: M\n\nOnce.\n", vec!["Rating = M"], "\nOnce.\n"),
            ("Rating: M\nTags: a,\nb\n---\nOnce.\n", vec!["Rating = M", "Tags = a,\nb"], "Once.\n"),
            ("Rating: M\nFandom: X\nOnce upon a time.\n", vec!["Rating = M", "Fandom = X"], "Once upon a time.\n"),
            ("Rating: M", vec!["Rating = M"], ""),
            ("Rating:\n\nOnce.", vec!["Rating = -"], "\nOnce."),
            ("*Rating: M*\n\nOnce.", vec!["Rating = M"], "\nOnce."),
            ("Rating: M\n\nTags: a\n\nOnce.", vec!["Rating = M", "Tags = a"], "\nOnce."),
            ("Rating: M\n\nMonday: we left.\n", vec!["Rating = M"], "\nMonday: we left.\n"),
            ("Titel: Wind\nFassung: 3\n\nEs war.", vec!["Titel = Wind", "Fassung = 3"], "\nEs war."),
            ("Tags:\nrain\nbread\nRating: M\n\nOnce.", vec!["Tags = rain\nbread", "Rating = M"], "\nOnce."),
            ("Wind\nby Ada\n\nOnce.", vec!["Title = Wind", "Author = Ada"], "Once."),
            (
                "# Wind: A Tale\nby Ada\n\nRating: M\n\nX.",
                vec!["Title = Wind: A Tale", "Author = Ada", "Rating = M"],
                "\nX.",
            ),
            ("=====\nTitle: Wind\nby: Ada\n=====\nOnce.", vec!["Title = Wind", "by = Ada"], "Once."),
            ("Wind\n\nTitle: Wind\nRating: M\n\nX.", vec!["Title = Wind", "Rating = M"], "\nX."),
        ] {
            assert_eq!(top(text), (expected.iter().map(|s| (*s).to_owned()).collect(), body), "{text}");
        }
    }

    #[test]
    fn the_top_of_a_page_of_fanfiction_net() {
        let info = "Rated: T - English - Family - Rook - Words: 9";
        let said = ["Rated = T", "Language = English", "Genre = Family", "Characters = Rook", "Words = 9"];
        for (above, expected) in [
            (
                "Books » Tides\nFollow/Fav Wind\nBy: Ada\nA summary.\n",
                &["Title = Wind", "Author = Ada", "Fandom = Tides"][..],
            ),
            ("Wind\n\nby Ada\n\nA summary.\nIt goes on.\n\n", &["Title = Wind", "Author = Ada"]),
            ("Wind\nA summary.\n", &["Title = Wind"]),
            ("Title: Wind\nCategory: Tides\n", &["Title = Wind", "Fandom = Tides"]),
            ("", &[]),
        ] {
            let text = format!("{above}{info}\n\nOnce.");
            let (mut found, body) = top(&text);
            found.retain(|f| !f.ends_with("= ?"));
            let expected: Vec<String> = expected.iter().map(|f| (*f).to_owned()).collect();
            assert_eq!(found[..expected.len()], expected, "{above}");
            assert_eq!(
                (&found[expected.len()..], body.trim_start()),
                (&said.map(str::to_owned)[..], "Once."),
                "{above}"
            );
        }
        let (found, _) = top(&format!("{}\n{info}\n", "A story before it. ".repeat(20)));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn several_labels_on_a_line() {
        let text = "Wind by Night by Ada\nRated: PG-13 [Reviews - 3]\nCategories: Tides Characters: Rook, Ines\n\
                    Chapters: 3 Completed: No\nWord count: 9 | Read: 7\n\nOnce.";
        let expected = [
            "Title = Wind by Night",
            "Author = Ada",
            "Rated = PG-13",
            "Fandom = Tides",
            "Characters = Rook, Ines",
            "Chapters = 3",
            "Completed = No",
            "Word count = 9",
            "Read = 7",
            "Archive Warnings = ?",
            "Language = ?",
        ];
        assert_eq!(top(text).0, expected);
        // words of a summary are none, and a title may hold them
        let text = "Summary: What is Rated: R here. Read: this\nTitle: Read: a play\n\nOnce.";
        assert_eq!(top(text).0, ["Summary = What is Rated: R here. Read: this", "Title = Read: a play"]);
    }

    #[test]
    fn stories_that_start_with_a_colon_have_no_header() {
        for text in [
            "“Listen: he said nothing.”\n\nThen he left.",
            "Monday: we left.\n\nTuesday: we came back.",
            "Monday: we left.\nTuesday: we came back.\n\nThe end.",
            "JOHN: Hello there\nMARY: Hello\nJOHN: Well\n\nThey left.",
            "Remember: the tide.\n\nThey left.",
            "Note: this was a lie.\nNobody believed it.\nThey left.",
            "Status: critical, said the robot.\n\nThey left.",
            "By the sea\n\nThere was a house.",
            "It was late.\n\nWarnings: none were given, and none were heeded.\nThe sea came in.",
            "",
            "\n\n---\n",
        ] {
            let (found, body) = top(text);
            assert!(found.is_empty() && body == text, "{text}: {found:?}");
        }
    }

    #[test]
    fn a_header_that_never_ends_is_cut_and_said_so() {
        let text = "Rating: M\n".repeat(50);
        let limits = Limits { header_bytes: 100, ..Limits::default() };
        let header = read(SourceId(0), &text, 0..text.len(), &limits);
        assert_eq!((header.fields.len(), header.diagnostics.len(), header.body), (10, 1, 100));
        assert!(header.diagnostics[0].message.contains("100 bytes that are read of one (limit: header-bytes)"));
    }

    #[test]
    fn one_declared_line() {
        let (source, field) = declared(SourceId(3), " Archive Warnings : Violence, Death ").unwrap();
        let value = &field.values[0];
        assert_eq!((field.name.value.as_str(), value.text.as_str()), ("Archive Warnings", "Violence, Death"));
        assert_eq!((source.slice(field.name.span), source.slice(value.span)), ("Archive Warnings", "Violence, Death"));
        assert_eq!(value.span.source, SourceId(3));
        assert_eq!(declared(SourceId(0), "Rating：").unwrap().1.state, State::Empty);
        assert!(declared(SourceId(0), "Mature").unwrap_err().contains("no colon"));
        assert!(declared(SourceId(0), ": Mature").unwrap_err().contains("no field"));
    }
}

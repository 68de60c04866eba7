//! JSON and JSON Lines: the data sets of archive scrapers, one work a record.

mod scan;

use std::ops::Range;

use super::cell::{Cell, ID};
use super::record::{Column, Given, Reader, are_of_works, canonical, is_transparent, too_long};
use super::{Confidence, Content, Document, Format, Limits, Names, Sink, limits, unreadable};
use crate::model::{Position, Source, Span, Spanned, Work};
use scan::{Kind, Mistake, Node, Scanner};

/// A kind of JSON file.
#[derive(Debug)]
pub struct Json {
    lines: bool,
}

/// An object a line.
pub static LINES: Json = Json { lines: true };

/// One object, or a list of them.
pub static DOCUMENT: Json = Json { lines: false };

/// Columns of an object that hold its name, where the object stands for a tag or a person.
const NAMES: &[&str] = &["name", "tag", "title", "label", "value", "text"];

/// Bytes of the first record that recognition looks at: enough for all that is no book in one string.
const LOOK: usize = 4 << 20;

impl Format for Json {
    fn name(&self) -> &'static str {
        if self.lines { "jsonl" } else { "json" }
    }

    fn summary(&self) -> &'static str {
        if self.lines {
            "JSON Lines, a work a line, with columns such as “text”, “rating”, “tags”"
        } else {
            "JSON, one work or a list of them, with keys such as “text”, “rating”, “tags”"
        }
    }

    fn is_table(&self) -> bool {
        true
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let Some(text) = document.text() else { return Confidence::No };
        let extension = document.extension();
        let called = match extension.as_str() {
            "jsonl" | "ndjson" => Some(true),
            "json" => Some(false),
            _ => None,
        };
        let start = text.len() - text.trim_start().len();
        let opens = text.as_bytes().get(start).copied();
        if !matches!(opens, Some(b'{' | b'[')) || called.is_some_and(|lines| lines != self.lines) {
            // a damaged first line does not make a story of the others
            return if called == Some(true) && self.lines { Confidence::Likely } else { Confidence::No };
        }
        let mut end = text.len().min(LOOK);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let head = text.get(..end).unwrap_or("");
        let first = first_object(head, start);
        let names = first.as_ref().map(|o| names(head, o)).unwrap_or_default();
        let is_lines = opens == Some(b'{')
            && first.is_some_and(|o| text.get(o.end..).is_some_and(|rest| rest.trim_start().starts_with('{')));
        match called {
            None if is_lines != self.lines => Confidence::No,
            _ if are_of_works(names.iter().map(String::as_str)) => Confidence::Sure,
            Some(_) => Confidence::Likely,
            None if names.is_empty() => Confidence::No,
            None => Confidence::Likely,
        }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        self.parse_named(document, &Names::default(), limits, sink);
    }

    fn parse_named(&self, document: Document, names: &Names, limits: &Limits, sink: &mut Sink<'_>) {
        let Content::Text(source) = document.content else { return };
        let mut file = File { name: &document.name, source: &source, reader: Reader::new(limits, names), limits, sink };
        if self.lines {
            file.lines()
        } else {
            file.document()
        }
        if let Some(unmet) = file.reader.unmet() {
            sink(Work { name: document.name, ..Work::default() }, vec![unmet]);
        }
    }
}

/// Reads a document that is one line of JSON Lines; `number` says which. Gives which of the names it has columns for.
pub(super) fn line(
    document: &Document,
    number: usize,
    names: &Names,
    limits: &Limits,
    sink: &mut Sink<'_>,
) -> Vec<bool> {
    let Content::Text(source) = &document.content else { return Vec::new() };
    let mut file = File { name: &document.name, source, reader: Reader::new(limits, names), limits, sink };
    file.line(0, &source.text, number);
    file.reader.met
}

/// The first object at or after `at`, or inside the lists and wrappers that start there.
fn first_object(text: &str, at: usize) -> Option<Range<usize>> {
    let mut scanner = Scanner::new(text, at);
    match scanner.peek()? {
        b'{' => {
            let end = scanner.skip().ok().unwrap_or(text.len());
            Some(at..end)
        }
        b'[' => {
            let inner = at + 1 + text.get(at + 1..)?.bytes().take_while(u8::is_ascii_whitespace).count();
            (text.as_bytes().get(inner) == Some(&b'{')).then(|| first_object(text, inner)).flatten()
        }
        _ => None,
    }
}

/// The keys of an object, and of the objects in it that hold columns of the record or are records themselves. It may be
/// cut off at its end.
fn names(text: &str, object: &Range<usize>) -> Vec<String> {
    let mut names = Vec::new();
    let mut scanner = Scanner::new(text.get(..object.end).unwrap_or(""), object.start);
    scanner.entries(&mut |key, value| {
        let name = string(text, &(key.start..key.end), true).text;
        let wraps = is_transparent(&name) || is_wrapper(&name);
        if wraps && let Some(inner) = first_object(text, value.start) {
            let mut scanner = Scanner::new(text.get(..inner.end).unwrap_or(""), inner.start);
            scanner.entries(&mut |key, _| names.push(string(text, &key, true).text));
        }
        names.push(name);
    });
    names
}

/// Whether a list of this name in the outermost object holds the records.
fn is_wrapper(name: &str) -> bool {
    matches!(
        canonical(name).as_str(),
        "work" | "data" | "row" | "story" | "item" | "record" | "result" | "fic" | "fanfic" | "book" | "train" | "test"
    )
}

/// A file while it is read.
struct File<'f, 's, 'w> {
    name: &'f str,
    source: &'f Source,
    reader: Reader<'f>,
    limits: &'f Limits,
    sink: &'s mut Sink<'w>,
}

impl File<'_, '_, '_> {
    fn lines(&mut self) {
        let mut at = 0;
        let source = self.source;
        for (line, number) in source.text.split_inclusive('\n').zip(1..) {
            self.line(at, line, number);
            at += line.len();
        }
    }

    /// Reads the line that starts at `at`, if there is anything in it.
    fn line(&mut self, at: usize, line: &str, number: usize) {
        let trimmed = line.trim();
        if !trimmed.is_empty() {
            let indent = line.len() - line.trim_start().len();
            let start = at + indent;
            self.record(start..start + trimmed.len(), number, Position { line: number, column: indent + 1 });
        }
    }

    fn document(&mut self) {
        let text = self.source.text.as_str();
        let start = text.len() - text.trim_start().len();
        let all = start..start + text.trim().len();
        let mut counter = Counter { text, at: 0, position: Position { line: 1, column: 1 } };
        let list = match text.as_bytes().get(start) {
            Some(b'{') => match self.wrapped(&all) {
                Some(list) => list,
                None => {
                    let records = self.by_id(&all);
                    if records.is_empty() {
                        return self.record(all, 0, counter.position(start));
                    }
                    for (value, number) in records.into_iter().zip(1..) {
                        let at = counter.position(value.start);
                        self.record(value, number, at);
                    }
                    return;
                }
            },
            _ => start,
        };
        let mut scanner = Scanner::new(text, list);
        let mut number = 0;
        let end = scanner.items(&mut |value| {
            number += 1;
            let at = counter.position(value.start);
            self.record(value, number, at);
        });
        if let Err(mistake) = end {
            let at = counter.position(mistake.at);
            let name = format!("{}#{}", self.name, number + 1);
            let rest = mistake.at..floor(text, mistake.at + 80);
            let source = self.source.piece(name, rest, at);
            let message = format!("{} The records before this place were read, and none after it.", mistake.says);
            self.broken(source, 0..1, message);
        } else if number == 0 {
            let source = self.source.piece(self.name, all, Position { line: 1, column: 1 });
            let (work, notes) = self.reader.work(source, Vec::new());
            (self.sink)(work, notes);
        }
    }

    /// Where the list of records stands in an object that is not a record itself.
    fn wrapped(&self, all: &Range<usize>) -> Option<usize> {
        let text = self.source.text.as_str();
        let mut list = None;
        let mut keys = Vec::new();
        Scanner::new(text, all.start).entries(&mut |key, value| {
            let name = string(text, &key, true).text;
            let opens = text.get(value.clone()).unwrap_or("");
            let of_objects = opens.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
            if list.is_none() && of_objects && is_wrapper(&name) {
                list = Some(value.start);
            }
            keys.push(name);
        });
        let is_record = are_of_works(keys.iter().filter(|k| !is_wrapper(k)).map(String::as_str));
        list.filter(|_| !is_record)
    }

    /// The records of an object that has them under their numbers or titles; none when it is a record itself.
    fn by_id(&self, all: &Range<usize>) -> Vec<Range<usize>> {
        let text = self.source.text.as_str();
        let mut records = Vec::new();
        let mut others = false;
        let is_whole = Scanner::new(text, all.start).entries(&mut |key, value| {
            let opens = text.get(value.clone()).is_some_and(|v| v.starts_with('{'));
            let name = string(text, &key, true).text;
            others |= !opens || is_transparent(&name) || are_of_works(std::iter::once(name.as_str()));
            records.push(value);
        });
        let first = records.first().map(|r| names(text, r)).unwrap_or_default();
        if others || !is_whole || !are_of_works(first.iter().map(String::as_str)) { Vec::new() } else { records }
    }

    /// Reads one record; number 0 is the only one of its file.
    fn record(&mut self, range: Range<usize>, number: usize, at: Position) {
        let name = if number == 0 { self.name.to_owned() } else { format!("{}#{number}", self.name) };
        if let Some((work, note)) = too_long(self.source, &name, &range, at, self.limits) {
            return (self.sink)(work, vec![note]);
        }
        let source = self.source.piece(name, range, at);
        match Scanner::new(&source.text, 0).value(self.limits) {
            Ok(node) => match node.kind {
                Kind::Object(entries) => {
                    let mut found = Vec::new();
                    columns(&source.text, entries, "", &mut found);
                    let (work, notes) = self.reader.work(source, found);
                    (self.sink)(work, notes);
                }
                _ => self.broken(source, 0..1, "This is JSON, but no object with a text and metadata.".to_owned()),
            },
            Err(Mistake { at, says, limit: None }) => {
                self.broken(source, at..at + 1, format!("This is not whole JSON: {says}"));
            }
            Err(Mistake { at, says, limit: Some(key) }) => {
                let help = format!("The other records were read. {}", limits::raise(key));
                self.unread(source, at..at + 1, says, &help);
            }
        }
    }

    fn broken(&mut self, source: Source, range: Range<usize>, message: String) {
        let help = "The other records were read. Write the file anew, with a program and not by hand.";
        self.unread(source, range, message, help);
    }

    fn unread(&mut self, source: Source, range: Range<usize>, message: String, help: &str) {
        let end = source.text.len();
        // the place of what is missing is the last character
        let start = floor(&source.text, range.start.min(end.saturating_sub(1)));
        let next = source.text.get(start..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
        let note = unreadable(message).at(Span::new(ID, start..start + next), "here").help(help);
        (self.sink)(Work { name: source.name.clone(), sources: vec![source], ..Work::default() }, vec![note]);
    }
}

fn floor(text: &str, at: usize) -> usize {
    super::lines::floor(text, at)
}

/// Counts lines and characters up to places that come in order.
struct Counter<'s> {
    text: &'s str,
    at: usize,
    position: Position,
}

impl Counter<'_> {
    fn position(&mut self, at: usize) -> Position {
        let passed = self.text.get(self.at..at).unwrap_or("");
        if let Some(last) = passed.rfind('\n') {
            self.position.line += passed.bytes().filter(|b| *b == b'\n').count();
            self.position.column = 1 + passed.get(last + 1..).unwrap_or("").chars().count();
        } else {
            self.position.column += passed.chars().count();
        }
        self.at = at;
        self.position
    }
}

/// The columns of an object. Recursion is bounded by the depth that the scanner allows.
fn columns(text: &str, entries: Vec<(Range<usize>, Node)>, path: &str, found: &mut Vec<Column>) {
    for (key, node) in entries {
        let own = string(text, &key, true).text;
        let name = if path.is_empty() { own } else { format!("{path} {own}") };
        let value = match node.kind {
            Kind::Object(inner) if path.is_empty() && is_transparent(&name) => {
                columns(text, inner, "", found);
                continue;
            }
            Kind::Object(inner) => match named(text, &inner) {
                Some(cell) => Given::One(cell),
                // a path that grows with its depth is of no use
                None if path.len() > 100 => continue,
                None => {
                    columns(text, inner, &name, found);
                    continue;
                }
            },
            Kind::Array(items) => list(text, items, &name),
            _ => scalar(text, &node).map_or(Given::Nothing, Given::One),
        };
        found.push(Column { name: Spanned::new(name, Span::new(ID, key)), value });
    }
}

/// A list: chapters, or values.
fn list(text: &str, items: Vec<Node>, name: &str) -> Given {
    if matches!(canonical(name).as_str(), "chapter" | "chapter list" | "chapter text") && !items.is_empty() {
        let chapters = items.into_iter().map(|item| {
            let mut found = Vec::new();
            let start = item.range.start;
            match item.kind {
                Kind::Object(entries) => columns(text, entries, "", &mut found),
                _ => {
                    let name = Spanned::new("text".to_owned(), Span::new(ID, start..start));
                    found.extend(scalar(text, &item).map(|cell| Column { name, value: Given::One(cell) }));
                }
            }
            found
        });
        return Given::Chapters(chapters.collect());
    }
    let mut cells = Vec::new();
    let mut open = vec![items.into_iter()];
    while let Some(items) = open.last_mut() {
        match items.next() {
            None => {
                open.pop();
            }
            Some(Node { kind: Kind::Array(inner), .. }) => open.push(inner.into_iter()),
            Some(Node { kind: Kind::Object(inner), .. }) => cells.extend(named(text, &inner)),
            Some(node) => cells.extend(scalar(text, &node)),
        }
    }
    if cells.is_empty() { Given::Nothing } else { Given::Many(cells) }
}

/// The name in an object that stands for a tag or a person.
fn named(text: &str, entries: &[(Range<usize>, Node)]) -> Option<Cell> {
    NAMES.iter().find_map(|name| {
        let (_, node) = entries.iter().find(|(key, _)| string(text, key, true).text.eq_ignore_ascii_case(name))?;
        scalar(text, node)
    })
}

/// A string, a number or a truth value; none for null.
fn scalar(text: &str, node: &Node) -> Option<Cell> {
    match node.kind {
        Kind::String { escaped } => Some(string(text, &(node.range.start + 1..node.range.end - 1), escaped)),
        Kind::Word if matches!(text.get(node.range.clone()), Some("true" | "false")) => {
            Some(Cell::verbatim(text, node.range.clone()))
        }
        Kind::Number => Some(Cell::verbatim(text, node.range.clone())),
        _ => None,
    }
}

/// What stands between the quotes of a string.
fn string(text: &str, range: &Range<usize>, escaped: bool) -> Cell {
    if !escaped {
        return Cell::verbatim(text, range.clone());
    }
    let mut cell = Cell::starting(range.start);
    let mut at = range.start;
    while at < range.end {
        let rest = text.get(at..range.end).unwrap_or("");
        let plain = rest.find('\\').unwrap_or(rest.len());
        if plain > 0 {
            cell.push(rest.get(..plain).unwrap_or(""), at..at + plain);
            at += plain;
            continue;
        }
        let (c, len) = scan::escape(rest);
        cell.replace(c, at..at + len);
        at += len;
    }
    cell
}

#[cfg(test)]
mod tests;

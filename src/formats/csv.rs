//! CSV and TSV: tables with a work a row, as AO3Scraper writes them and as others do.

mod scraper;

use std::ops::Range;

use super::cell::{Cell, ID};
use super::record::{Column, Given, Reader, are_of_works, known, too_long};
use super::{Confidence, Content, Document, Format, Limits, Names, Sink, unreadable};
use crate::model::{Position, Span, Spanned, Value, Work};

/// A table.
#[derive(Debug)]
pub struct Csv;

/// What may part cells; on equal numbers in the first row the earlier one does.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Longest name of a column, in bytes: a longer first cell is prose.
const LONGEST_NAME: usize = 100;

/// Fewest known names of columns by which a table is told without a file name.
const LEAST_KNOWN: usize = 3;

/// What tools write where there is no value.
const NULLS: [&str; 7] = ["null", "NULL", "None", "NaN", "nan", "NA", "\\N"];

/// Most cells in a row that are read: far more than any table of works has.
const MOST_CELLS: usize = 10_000;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn summary(&self) -> &'static str {
        "CSV or TSV, a work a row, with columns such as “body”, “rating”, “additional tags”"
    }

    fn is_table(&self) -> bool {
        true
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let Some(text) = document.text() else { return Confidence::No };
        let called = matches!(document.extension().as_str(), "csv" | "tsv" | "tab");
        // a story is not searched for the end of its first row
        let end = super::lines::floor(text, text.len().min(LONGEST_NAME * 100));
        let head = text.get(..end).unwrap_or("");
        let row = row(head, 0, separator(head));
        let names: Vec<String> = row.cells.iter().map(|c| c.decode(head).text).collect();
        let named = names.len() > 1 && names.iter().all(|n| n.len() <= LONGEST_NAME && !n.contains('\n'));
        match called {
            true if named && are_of_works(names.iter().map(String::as_str)) => Confidence::Sure,
            true => Confidence::Likely,
            // a sentence has commas too: without a file name, its words must be those of a table
            false if named && known(names.iter().map(String::as_str)) >= LEAST_KNOWN => Confidence::Sure,
            false => Confidence::No,
        }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        self.parse_named(document, &Names::default(), limits, sink);
    }

    fn parse_named(&self, document: Document, names: &Names, limits: &Limits, sink: &mut Sink<'_>) {
        let Content::Text(source) = document.content else { return };
        let text = source.text.as_str();
        let separator = separator(text);
        let first = row(text, 0, separator);
        let mut header: Vec<String> =
            first.cells.iter().map(|c| c.decode(text).text.trim().to_owned()).take(MOST_CELLS).collect();
        let (mut at, mut line) = (first.next, 1 + breaks(text, 0..first.next));
        if let Some(known) = scraper::layout(&header) {
            // the table was cut from a longer one: its first row is a work
            header = known.iter().map(|n| (*n).to_owned()).collect();
            (at, line) = (0, 1);
        }
        let of_scraper = scraper::is_header(&header);
        let mut reader = Reader::new(limits, names);
        let mut number = 0;
        while at < text.len() {
            let row = row(text, at, separator);
            let position = Position { line, column: 1 };
            line += breaks(text, at..row.next);
            at = row.next;
            let piece = text.get(row.range.clone()).unwrap_or("");
            // spreadsheets leave rows of separators alone behind the last one
            let separators = |b: u8| b == separator || b == b'"' || b.is_ascii_whitespace();
            if piece.bytes().all(separators) && !row.cells.iter().any(|c| c.open) {
                continue;
            }
            number += 1;
            let name = format!("{}#{number}", document.name);
            // a mark that is not closed makes one row of the rest, which is the better thing to say
            let closed = !row.cells.iter().any(|c| c.open);
            if let Some((work, note)) = too_long(&source, &name, &row.range, position, limits).filter(|_| closed) {
                sink(work, vec![note]);
                continue;
            }
            let source = source.piece(name, row.range.clone(), position);
            let start = row.range.start;
            let cells: Vec<Written> = row.cells.iter().map(|c| c.moved(start)).collect();
            if let Some(open) = cells.iter().find(|c| c.open) {
                let note = unreadable("The quotation mark that opens here is not closed, so the table ends here.");
                let note = note.at(Span::new(ID, open.range.start..open.range.start + 1), "here");
                let note =
                    note.help("Nothing from this row on was read. A quotation mark inside a cell is written twice.");
                sink(Work { name: source.name.clone(), sources: vec![source], ..Work::default() }, vec![note]);
                continue;
            }
            let decoded: Vec<Cell> = cells.iter().map(|c| c.decode(&source.text)).collect();
            let names = match decoded.len() == header.len() || !of_scraper {
                true => None,
                // rows of older and newer versions stand in one table
                false => scraper::layout(&decoded.iter().map(|c| c.text.clone()).collect::<Vec<_>>()),
            };
            let names: Vec<&str> = names.unwrap_or_else(|| header.iter().map(String::as_str).collect());
            if decoded.iter().skip(names.len()).any(|c| !c.is_blank()) {
                let message = format!(
                    "The row has {} cells and the table {} columns, so nobody can tell which is which.",
                    decoded.len(),
                    names.len()
                );
                let extra = cells.get(names.len()).map_or(0..0, |c| c.range.clone());
                let end = super::lines::floor(&source.text, extra.end.min(extra.start + 60));
                let extra = Value::verbatim(ID, &source.text, extra.start..end).span;
                let note = unreadable(message).at(extra, "the first cell too many");
                let note = note.help("A comma inside a cell needs quotation marks around the cell.");
                sink(Work { name: source.name.clone(), sources: vec![source], ..Work::default() }, vec![note]);
                continue;
            }
            let end = Span::new(ID, source.text.len()..source.text.len());
            let missing = names
                .iter()
                .skip(decoded.len())
                .map(|name| Column { name: Spanned::new((*name).to_owned(), end), value: Given::Unknown });
            let missing: Vec<Column> = missing.collect();
            let mut columns: Vec<Column> = names.iter().zip(decoded).map(|(name, cell)| column(name, cell)).collect();
            columns.extend(missing);
            if of_scraper {
                scraper::doubt(&mut columns);
            }
            let (mut work, notes) = reader.work(source, columns);
            if of_scraper {
                work.partial |= scraper::is_first_chapter(&work);
            }
            sink(work, notes);
        }
        let unmet = reader.unmet();
        if number == 0 && unmet.is_none() {
            let source = source.piece(document.name.clone(), 0..text.len(), Position { line: 1, column: 1 });
            let (work, notes) = reader.work(source, Vec::new());
            sink(work, notes);
        }
        if let Some(unmet) = unmet {
            sink(Work { name: document.name, ..Work::default() }, vec![unmet]);
        }
    }
}

/// A cell with the name of its column. The name stands in another row, so its place is the point before the cell.
fn column(name: &str, cell: Cell) -> Column {
    let name = Spanned::new(name.to_owned(), cell.start());
    let value = match cell.text.trim() {
        "" => Given::Nothing,
        null if NULLS.contains(&null) => Given::Unknown,
        _ => Given::One(cell),
    };
    Column { name, value }
}

fn breaks(text: &str, range: Range<usize>) -> usize {
    text.get(range).map_or(0, |t| t.bytes().filter(|b| *b == b'\n').count())
}

/// What parts the cells of the first row.
fn separator(text: &str) -> u8 {
    let count = |s: &u8| row(text, 0, *s).cells.len();
    SEPARATORS.iter().rev().copied().max_by_key(count).unwrap_or(b',')
}

/// A row as written.
#[derive(Debug, Default)]
struct Row {
    /// Without its line break.
    range: Range<usize>,
    cells: Vec<Written>,
    /// Where the next row starts.
    next: usize,
}

/// A cell as written.
#[derive(Debug, Clone)]
struct Written {
    /// With the quotation marks.
    range: Range<usize>,
    /// Where the quotation mark stands that closes it; none without quotes.
    close: Option<usize>,
    /// Whether its quotation mark is never closed.
    open: bool,
}

impl Written {
    fn moved(&self, by: usize) -> Self {
        let range = self.range.start - by..self.range.end - by;
        Self { range, close: self.close.map(|c| c - by), open: self.open }
    }

    /// What it says. Two quotation marks inside quotes are one; what follows a closing one belongs to the cell.
    fn decode(&self, text: &str) -> Cell {
        let Some(close) = self.close else { return Cell::verbatim(text, self.range.clone()) };
        let mut cell = Cell::starting(self.range.start + 1);
        let mut at = self.range.start + 1;
        while at < close {
            let rest = text.get(at..close).unwrap_or("");
            // the first of two marks; a single one ends the cell
            let plain = rest.find('"').unwrap_or(rest.len());
            cell.push(rest.get(..plain).unwrap_or(""), at..at + plain);
            at += plain;
            if at < close {
                cell.replace('"', at..at + 2);
                at += 2;
            }
        }
        let behind = close + 1..self.range.end;
        if !behind.is_empty() {
            cell.push(text.get(behind.clone()).unwrap_or(""), behind);
        }
        cell
    }
}

/// The row that starts at `at`.
fn row(text: &str, at: usize, separator: u8) -> Row {
    let bytes = text.as_bytes();
    let mut row = Row { range: at..at, cells: Vec::new(), next: at };
    let mut at = at;
    loop {
        let start = at;
        let mut close = None;
        let mut open = false;
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let rest = bytes.get(at..).unwrap_or_default();
                let Some(mark) = rest.iter().position(|b| *b == b'"') else {
                    open = true;
                    at = bytes.len();
                    break;
                };
                at += mark + 1;
                if bytes.get(at) != Some(&b'"') {
                    close = Some(at - 1);
                    break;
                }
                at += 1;
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let end = rest.iter().position(|b| *b == separator || matches!(b, b'\n' | b'\r'));
        at += end.unwrap_or(rest.len());
        if row.cells.len() < MOST_CELLS {
            row.cells.push(Written { range: start..at, close, open });
        }
        match bytes.get(at) {
            Some(b) if *b == separator => at += 1,
            end => {
                row.range.end = at;
                let crlf = end == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
                row.next = (at + 1 + usize::from(crlf)).min(bytes.len());
                return row;
            }
        }
    }
}

#[cfg(test)]
mod tests;

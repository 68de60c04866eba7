//! A page as lines of readable text, each with the way back to the page: what its header, chapters and notes are found
//! in as they are in plain text.

use std::ops::Range;

use crate::formats::cell::Cell;
use crate::formats::label;
use crate::formats::markup::Markup;

/// The lines of a page. A `<br>` ends a line, a block stands between empty ones.
pub(super) struct Lines {
    pub cell: Cell,
    /// Where the wanted nodes stand in the text, in order, of those that show any.
    pub found: Vec<(usize, Range<usize>)>,
}

/// Makes lines of a range of nodes, without the element `left`; `wanted` are the elements, in order, whose places are
/// asked for.
pub(super) fn lines(markup: &Markup<'_>, nodes: Range<usize>, left: Option<usize>, wanted: &[usize]) -> Lines {
    let start = markup.range(nodes.start).start;
    let mut cell = Cell::starting(start);
    cell.text.reserve(markup.source().len().saturating_sub(start));
    let writer = Writer {
        markup,
        left,
        wanted,
        lines: Lines { cell, found: Vec::new() },
        gap: Gap::default(),
        open: None,
        verbatim_to: 0,
        value: None,
    };
    writer.write(nodes)
}

/// What stands before the next words.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    breaks: usize,
    space: bool,
    /// Where the entry of a list starts that they are in.
    entry: Option<usize>,
    /// The bytes of the page that are in it.
    bytes: Option<(usize, usize)>,
}

impl Gap {
    fn add(&mut self, bytes: Range<usize>) {
        let (from, to) = self.bytes.unwrap_or((bytes.start, bytes.end));
        self.bytes = Some((from, to.max(bytes.end)));
    }
}

struct Writer<'m, 's> {
    markup: &'m Markup<'s>,
    left: Option<usize>,
    wanted: &'m [usize],
    lines: Lines,
    gap: Gap,
    /// The wanted element that is open: the element, the node it ends at, and where it starts in the text.
    open: Option<(usize, usize, Option<usize>)>,
    /// Where the white space of preformatted text ends to count.
    verbatim_to: usize,
    /// Where the value of a row starts that is open, and what parts its lines.
    value: Option<(usize, &'static str)>,
}

impl Writer<'_, '_> {
    fn write(mut self, nodes: Range<usize>) -> Lines {
        self.nodes(nodes.clone(), true);
        self.end_wanted(nodes.end);
        self.lines
    }

    fn nodes(&mut self, nodes: Range<usize>, tables: bool) {
        let mut at = nodes.start;
        while at < nodes.end {
            self.end_wanted(at);
            let markup = self.markup;
            let range = markup.range(at);
            if markup.is_hidden(at) || self.left == Some(at) {
                if markup.parts_lines(at) {
                    self.breaks(2, range);
                }
                at = markup.after(at);
                continue;
            }
            if markup.parts_lines(at) {
                let is_break = markup.name(at) == "br";
                self.breaks(if is_break { 1 } else { 2 }, range);
            }
            if self.wanted.first() == Some(&at) {
                self.wanted = self.wanted.get(1..).unwrap_or_default();
                self.open = Some((at, markup.after(at), None));
            }
            match markup.name(at) {
                "pre" | "xmp" | "listing" | "plaintext" => self.verbatim_to = self.verbatim_to.max(markup.after(at)),
                "li" => self.gap.entry = Some(markup.range(at).end),
                "table" | "dl" if tables => {
                    if let Some(rows) = header_rows(markup, at) {
                        rows.into_iter().for_each(|row| self.row(row));
                        at = markup.after(at);
                        continue;
                    }
                }
                _ => {}
            }
            for (range, text, verbatim) in markup.text_pieces(at) {
                self.text(text, range, verbatim, at < self.verbatim_to);
            }
            at += 1;
        }
    }

    /// Writes a row of a table as `Label: value`.
    fn row(&mut self, row: Row) {
        let markup = self.markup;
        self.breaks(2, markup.range(row.label));
        let from = self.lines.cell.text.len();
        self.nodes(markup.inside(row.label), false);
        let end = markup.range(markup.after(row.label) - 1).end;
        let label = self.lines.cell.text.get(from..).unwrap_or("").trim();
        if !label.is_empty() {
            let is_prose = label::section(&label::normal(label.trim_end_matches([':', '：']))).is_some();
            let colon = if label.ends_with([':', '：']) { " " } else { ": " };
            let place = self.gap.bytes.map_or(end, |bytes| bytes.1.max(end));
            self.gap = Gap::default();
            self.lines.cell.replace_with(colon, place..place);
            self.value = Some((self.lines.cell.text.len(), if is_prose { " " } else { ", " }));
        }
        for value in row.values {
            self.breaks(2, markup.range(value));
            self.nodes(markup.inside(value), false);
        }
        self.value = None;
        self.breaks(2, end..end);
    }

    fn breaks(&mut self, count: usize, bytes: Range<usize>) {
        if self.lines.cell.text.is_empty() {
            return;
        }
        self.gap.breaks = if count == 1 { (self.gap.breaks + 1).min(2) } else { 2 };
        self.gap.entry = None;
        self.gap.add(bytes);
    }

    /// Ends the wanted element when its last node is behind.
    fn end_wanted(&mut self, at: usize) {
        if let Some((element, end, start)) = self.open
            && at + 1 >= end
        {
            self.open = None;
            if let Some(start) = start {
                self.lines.found.push((element, start..self.lines.cell.text.len()));
            }
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>, verbatim: bool, keeps_breaks: bool) {
        if !verbatim {
            if text.trim_start().is_empty() {
                self.gap.space = true;
                self.gap.add(range);
            } else {
                self.gap();
                self.lines.cell.replace_with(text, range);
            }
            return;
        }
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let space = rest.len() - rest.trim_ascii_start().len();
            // a single space goes along with the words behind it
            if space > 0 && (space > 1 || rest.len() == 1 || !rest.starts_with(' ') || self.is_fresh()) {
                let bytes = range.start + at..range.start + at + space;
                match rest.bytes().take(space).filter(|b| *b == b'\n').count() {
                    lines @ 1.. if keeps_breaks => self.breaks(lines.min(2), bytes),
                    _ => {
                        self.gap.space = true;
                        self.gap.add(bytes);
                    }
                }
                at += space;
                continue;
            }
            // all but a space breaks or indents lines
            let end = rest.bytes().position(|b| matches!(b, b'\t' | b'\n' | b'\x0c' | b'\r')).unwrap_or(rest.len());
            let words = rest.get(..end).unwrap_or(rest);
            self.gap();
            self.lines.cell.push(words, range.start + at..range.start + at + words.len());
            at += end;
        }
    }

    /// Whether the next words start a line.
    fn is_fresh(&self) -> bool {
        self.gap.breaks > 0 || self.gap.space || self.ends_with_space()
    }

    fn ends_with_space(&self) -> bool {
        self.lines.cell.text.bytes().last().is_none_or(|b| b.is_ascii_whitespace())
    }

    /// Writes what stands before the next words.
    fn gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        let (from, to) = gap.bytes.unwrap_or_default();
        let ends = self.ends_with_space();
        let cell = &mut self.lines.cell;
        let between = match (gap.breaks, self.value) {
            _ if cell.text.is_empty() => "",
            // the first line of a value follows its label
            (_, Some((start, _))) if start == cell.text.len() => "",
            (0, _) if ends || !gap.space => "",
            (0, _) => " ",
            (_, Some((_, between))) => between,
            (1, None) => "\n",
            (_, None) => "\n\n",
        };
        if !between.is_empty() {
            cell.replace_with(between, from..to);
        }
        if let Some(at) = gap.entry.filter(|_| self.value.is_none()) {
            // a list in a header is known by its bullets
            let at = at.max(to);
            self.lines.cell.replace_with("- ", at..at);
        }
        if let Some((_, _, start @ None)) = &mut self.open {
            *start = Some(self.lines.cell.text.len());
        }
    }
}

/// A row of a header: the element of its label, and those of its value.
struct Row {
    label: usize,
    values: Vec<usize>,
}

/// The rows of a table or a list of terms that is a header: labels and values side by side, most labels known.
fn header_rows(markup: &Markup<'_>, table: usize) -> Option<Vec<Row>> {
    /// Most rows of a header, and most nodes of a label.
    const MOST: (usize, usize) = (60, 30);
    let mut rows: Vec<Row> = Vec::new();
    let is_list = markup.name(table) == "dl";
    let mut parts: Vec<usize> = markup.children(markup.inside(table)).take(MOST.0 * 2).collect();
    if !is_list {
        let is_group = |at: &usize| matches!(markup.name(*at), "tbody" | "thead" | "tfoot");
        let groups = parts.iter().copied().filter(is_group).take(3);
        let inner: Vec<usize> = groups.flat_map(|at| markup.children(markup.inside(at)).take(MOST.0 + 1)).collect();
        parts.extend(inner);
        parts.retain(|at| markup.name(*at) == "tr");
    }
    for part in parts {
        match markup.name(part) {
            "dt" => rows.push(Row { label: part, values: Vec::new() }),
            "dd" => rows.last_mut()?.values.push(part),
            "tr" => {
                let cells: Vec<usize> = markup.children(markup.inside(part)).take(3).collect();
                match cells.as_slice() {
                    [label, value] => rows.push(Row { label: *label, values: vec![*value] }),
                    _ => return None,
                }
            }
            _ => {}
        }
    }
    let is_known = |row: &&Row| {
        let inside = markup.inside(row.label);
        let line = || markup.line(inside.clone()).text;
        inside.len() <= MOST.1 && label::is_known(line().trim_end_matches([':', '：', ' ']))
    };
    let known = rows.iter().filter(is_known).count();
    let is_header = (2..=MOST.0).contains(&rows.len()) && known >= 2 && known * 2 >= rows.len();
    (is_header && rows.iter().all(|row| !row.values.is_empty())).then_some(rows)
}

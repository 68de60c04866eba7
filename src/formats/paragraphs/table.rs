//! Tables: the paragraphs of their cells one after the other, and header tables as `Label: value` lines.

use super::super::label;
use super::{Paragraphs, Piece, Role};

/// A table while it is read. One that stands within a cell is part of that cell.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// How many tables are open within each other.
    depth: usize,
    rows: Vec<Row>,
    row: Row,
    cell: Cell,
}

type Row = Vec<Cell>;
type Cell = Vec<Piece>;

/// Most characters and most words of a label in the first column.
const LONGEST_LABEL: (usize, usize) = (40, 4);

impl Table {
    pub(super) fn push(&mut self, piece: Piece) {
        self.cell.push(piece);
    }

    /// Whether it is a header: of the words in the first of two columns at least half are labels that headers use.
    fn is_header(&self) -> bool {
        let known = self.rows.iter().filter_map(label).filter(|l| label::is_known(l)).count();
        known > 0 && known * 2 >= self.rows.len()
    }
}

/// The words in the first of two cells, when they may be a label.
fn label(row: &Row) -> Option<String> {
    let [first, _] = row.as_slice() else { return None };
    let mut words = first.iter().filter(|p| !p.is_blank());
    let label = words.next()?.extract.text.trim().trim_end_matches([':', '：']).trim_end();
    let is_label = words.next().is_none()
        && label.starts_with(char::is_alphabetic)
        && label.chars().count() <= LONGEST_LABEL.0
        && label.split_whitespace().count() <= LONGEST_LABEL.1;
    is_label.then(|| label.to_owned())
}

impl Paragraphs {
    /// Starts a table.
    pub(in crate::formats) fn table(&mut self) {
        if !self.open.is_blank() {
            self.end();
        }
        self.table.get_or_insert_default().depth += 1;
    }

    /// Whether a table is open.
    #[cfg(feature = "rtf")]
    pub(in crate::formats) fn in_table(&self) -> bool {
        self.table.is_some()
    }

    /// Ends a cell.
    pub(in crate::formats) fn end_cell(&mut self) {
        if !self.open.is_blank() {
            self.end();
        }
        if let Some(table) = self.table.as_mut().filter(|t| t.depth == 1) {
            table.row.push(std::mem::take(&mut table.cell));
        }
    }

    /// Ends a row.
    pub(in crate::formats) fn end_row(&mut self) {
        if let Some(table) = self.table.as_mut().filter(|t| t.depth == 1) {
            if !table.cell.is_empty() {
                table.row.push(std::mem::take(&mut table.cell));
            }
            table.rows.push(std::mem::take(&mut table.row));
        }
    }

    /// Ends the table.
    pub(in crate::formats) fn end_table(&mut self) {
        if let Some(table) = &mut self.table {
            table.depth = table.depth.saturating_sub(1);
            if table.depth > 0 {
                return;
            }
        }
        self.end_all();
    }

    /// Adds the paragraphs of a table.
    pub(super) fn add_table(&mut self, mut table: Table) {
        table.row.push(std::mem::take(&mut table.cell));
        table.rows.push(std::mem::take(&mut table.row));
        table.rows.retain(|row| row.iter().flatten().any(|p| !p.is_blank()));
        let is_header = table.is_header();
        for row in &table.rows {
            match row.as_slice() {
                [name, value] if is_header && label(row).is_some() => self.add_field(name, value),
                cells => cells.iter().flatten().for_each(|piece| self.add(piece)),
            }
        }
        if is_header {
            // what stands below it is no part of its last value
            self.extract.made("\n");
        }
    }

    /// Adds a row of a header as a line; several paragraphs beside a label that opens no prose are a list.
    fn add_field(&mut self, name: &Cell, value: &Cell) {
        let words = |cell: &'_ Cell| cell.iter().filter(|p| !p.is_blank()).count();
        for piece in name.iter().filter(|p| !p.is_blank()) {
            self.extract.append(&piece.extract);
            let text = piece.extract.text.trim_end();
            let opens_prose = label::section(&label::normal(text.trim_end_matches([':', '：', ' ']))).is_some();
            let is_list = value.iter().any(|p| p.role == Role::Item) || words(value) > 1 && !opens_prose;
            let colon = if text.ends_with([':', '：']) { "" } else { ":" };
            self.extract.made(&format!("{colon}{}", if is_list { "" } else { " " }));
            for (i, piece) in value.iter().filter(|p| !p.is_blank()).enumerate() {
                if is_list || i > 0 {
                    self.extract.made(if is_list { "\n- " } else { "\n" });
                }
                self.extract.append(&piece.extract);
            }
            self.extract.made("\n");
        }
    }
}

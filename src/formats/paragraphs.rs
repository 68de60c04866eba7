//! What DOCX, ODT and RTF share: their paragraphs as lines of readable text.
//!
//! Nobody reads the markup of such files, so the text of the source is what the document shows, and the way back to
//! the bytes is kept beside it. Words that are cut over several runs are whole again.

mod manuscript;
mod properties;
mod styles;
mod table;

use std::ops::Range;

pub(super) use manuscript::{Beside, Kind, Manuscript};
pub(super) use properties::{Properties, Property};
pub(super) use styles::{Role, Style, Styles};

use super::extract::Extract;
use crate::model::Source;

/// The paragraphs of a document so far.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    /// Those that have ended, a line each.
    extract: Extract,
    /// The one that is open.
    open: Piece,
    headings: Vec<(u8, Range<usize>)>,
    title: Option<Range<usize>>,
    /// Where each footnote or comment starts.
    parts: Vec<usize>,
    /// The table that is open; its paragraphs wait until it is known whether it is a header.
    table: Option<table::Table>,
}

/// One paragraph.
#[derive(Debug, Default)]
struct Piece {
    extract: Extract,
    role: Role,
}

impl Piece {
    fn is_blank(&self) -> bool {
        self.extract.text.trim().is_empty()
    }
}

impl Paragraphs {
    /// Starts a paragraph. One that is still open, since the other stands in a frame within it, is cut here.
    pub(super) fn start(&mut self) {
        if !self.open.extract.text.is_empty() {
            self.end();
        }
        self.open.role = Role::Plain;
    }

    /// Says what the open paragraph is.
    pub(super) fn role(&mut self, role: Role) {
        self.open.role = role;
    }

    /// Whether nothing was said of the open paragraph.
    #[cfg(feature = "docx")]
    pub(super) fn is_plain(&self) -> bool {
        self.open.role == Role::Plain
    }

    /// Adds text that stands for the bytes of `range`.
    pub(super) fn push(&mut self, from: &Source, text: &str, range: Range<usize>, verbatim: bool) {
        if text.contains(['\n', '\r']) {
            // a line break in XML is a space
            self.open.extract.push(from, &text.replace(['\n', '\r'], " "), range, verbatim);
        } else {
            self.open.extract.push(from, text, range, verbatim);
        }
    }

    /// Adds a character that an element stands for.
    pub(super) fn made(&mut self, text: &str) {
        self.open.extract.made(text);
    }

    /// Ends the paragraph.
    pub(super) fn end(&mut self) {
        let next = Piece { extract: self.open.extract.next(), role: Role::Plain };
        let piece = std::mem::replace(&mut self.open, next);
        match &mut self.table {
            Some(table) => table.push(piece),
            None => self.add(&piece),
        }
    }

    /// What follows is another footnote or comment than what stands before.
    pub(super) fn part(&mut self) {
        self.end_all();
        self.parts.push(self.extract.text.len());
    }

    /// Ends what is still open.
    pub(super) fn end_all(&mut self) {
        if !self.open.is_blank() {
            self.end();
        }
        if let Some(table) = self.table.take() {
            self.add_table(table);
        }
    }

    fn add(&mut self, piece: &Piece) {
        if piece.role == Role::Left {
            return;
        }
        let start = self.extract.text.len();
        // a list in a header is known by its bullets
        if piece.role == Role::Item && !piece.is_blank() {
            self.extract.made("- ");
        }
        self.extract.append(&piece.extract);
        let range = start..self.extract.text.len();
        match piece.role {
            Role::Heading(level) if !piece.is_blank() => self.headings.push((level, range)),
            Role::Title if !piece.is_blank() && self.title.is_none() => self.title = Some(range),
            _ => {}
        }
        self.extract.made("\n");
    }
}

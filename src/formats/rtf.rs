//! RTF, as written by Word, LibreOffice, Google Docs, Scrivener, TextEdit and WordPad.
//!
//! What was deleted or hidden, headers and footers of pages, and pictures are left out; footnotes and comments stand
//! behind the text. Programs and versions differ in what they write, so whatever is not known here is passed over as
//! the format demands: a control word alone, a group that starts with `\*` as a whole.

mod charset;
mod reader;
mod tokens;
mod words;

#[cfg(test)]
mod tests;

use super::decode::RTF;
use super::{Confidence, Content, Document, Format, Limits, Sink, hand_over, unreadable};
use crate::model::{Diagnostic, Work};

/// Rich Text Format.
#[derive(Debug)]
pub struct Rtf;

impl Format for Rtf {
    fn name(&self) -> &'static str {
        "rtf"
    }

    fn summary(&self) -> &'static str {
        "Rich Text Format of any word processor, with or without a header such as “Rating: Mature”"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        if bytes(document).starts_with(RTF) { Confidence::Sure } else { Confidence::No }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let read = read(&document, limits);
        hand_over(document.name, read, sink);
    }
}

fn bytes(document: &Document) -> &[u8] {
    match &document.content {
        Content::Binary(bytes) => bytes,
        Content::Text(_) => &[],
    }
}

fn read(document: &Document, limits: &Limits) -> Result<(Work, Vec<Diagnostic>), Box<Diagnostic>> {
    let bytes = bytes(document);
    if !bytes.starts_with(RTF) {
        let message = "This is no RTF document: it does not start with “{\\rtf”.";
        return Err(Box::new(unreadable(message).help("Save it again, or as HTML or text.")));
    }
    Ok(reader::read(&document.name, bytes, limits)?.work(limits))
}

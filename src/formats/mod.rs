//! Bytes to works: the [`Format`] trait, the table of formats, and recognition by content.

mod cell;
mod chapters;
#[cfg(any(feature = "docx", feature = "epub", feature = "odt"))]
mod container;
mod csv;
mod decode;
#[cfg(feature = "docx")]
mod docx;
mod download;
mod dump;
mod encoding;
#[cfg(feature = "epub")]
mod epub;
mod exporter;
#[cfg(any(feature = "docx", feature = "epub", feature = "odt", feature = "rtf"))]
mod extract;
mod foreign;
#[cfg(feature = "markdown")]
mod front_matter;
mod header;
mod html;
mod info_line;
mod json;
mod label;
pub mod limits;
pub mod line;
mod lines;
#[cfg(feature = "markdown")]
mod markdown;
pub mod markup;
pub mod metadata;
#[cfg(feature = "odt")]
mod odt;
#[cfg(any(feature = "docx", feature = "odt", feature = "rtf"))]
mod paragraphs;
mod plain;
mod plain_words;
mod record;
#[cfg(feature = "rtf")]
mod rtf;
#[cfg(test)]
mod testing;
mod toml_fields;
#[cfg(any(feature = "docx", feature = "epub", feature = "odt"))]
mod xml;
#[cfg(feature = "markdown")]
mod yaml_fields;

pub use encoding::Encoding;
pub use header::declared;
pub use limits::Limits;

use crate::model::{Diagnostic, Input, Severity, Source, Work};

/// A file after decoding.
#[derive(Debug)]
pub struct Document {
    /// The path as people wrote it.
    pub name: String,
    /// What is in it.
    pub content: Content,
}

/// Text, or bytes that are none.
#[derive(Debug)]
// there is one a file, so that its size costs nothing
#[allow(clippy::large_enum_variant)]
pub enum Content {
    /// Decoded text with the way back to its bytes.
    Text(Source),
    /// A container or another binary file.
    Binary(Vec<u8>),
}

impl Document {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(source) => Some(&source.text),
            Content::Binary(_) => None,
        }
    }

    /// The file name's extension in lower case, without its dot.
    pub fn extension(&self) -> String {
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or("");
        file.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default()
    }
}

/// What people say about a file, which is not looked for in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// The name of its format, from [`FORMATS`].
    pub format: Option<&'a str>,
    /// The encoding of a text without a byte order mark.
    pub encoding: Option<Encoding>,
    /// The columns of a data set; none for the names that such columns mostly have.
    pub names: Option<&'a Names>,
}

/// What columns of a data set mean that have names of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The label of a field, or `text` for the story, and the column it stands in.
    pub pairs: Vec<(String, String)>,
}

/// How sure a format is that a document is one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It is not.
    No,
    /// It can be read so when nothing better is found.
    Fallback,
    /// Its extension or its looks say so.
    Likely,
    /// Nothing else looks like that.
    Sure,
}

/// Where works go, each with what its reader could not decide. One call a work.
pub type Sink<'a> = dyn FnMut(Work, Vec<Diagnostic>) + 'a;

/// A kind of file. Parsing never fails: what cannot be read becomes a diagnostic beside a smaller work.
pub trait Format: Sync {
    /// Short name for `--input-format` and for output: kebab-case.
    fn name(&self) -> &'static str;
    /// One line for the help text.
    fn summary(&self) -> &'static str;
    /// Looks at the document, not at the extension alone.
    fn recognizes(&self, document: &Document) -> Confidence;
    /// Reads it. The first source of a work is the document itself, or the record of it that the work is.
    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>);
    /// Whether it holds works as records of named columns.
    fn is_table(&self) -> bool {
        false
    }
    /// Whether the sources of its works are taken out of the document, so that places in the document mean nothing there.
    fn takes_out(&self) -> bool {
        self.is_table()
    }
    /// Reads it with these names for its columns, if it has any.
    fn parse_named(&self, document: Document, _: &Names, limits: &Limits, sink: &mut Sink<'_>) {
        self.parse(document, limits, sink);
    }
}

/// Every format. On equal confidence the earlier one wins.
pub const FORMATS: &[&dyn Format] = &[
    #[cfg(feature = "epub")]
    &epub::Epub,
    #[cfg(feature = "docx")]
    &docx::Docx,
    #[cfg(feature = "odt")]
    &odt::Odt,
    #[cfg(any(feature = "docx", feature = "epub", feature = "odt"))]
    &html::zipped::Zipped,
    #[cfg(feature = "rtf")]
    &rtf::Rtf,
    // what stands in their cells may look like any of the others
    &json::LINES,
    &json::DOCUMENT,
    &csv::Csv,
    &html::DOWNLOAD,
    &html::WORK_PAGE,
    &html::FANFICFARE,
    &html::FICHUB,
    &html::FFN,
    &html::EFICTION,
    &html::PLAIN,
    &download::Download,
    &dump::Dump,
    #[cfg(feature = "markdown")]
    &markdown::Markdown,
    &plain::Plain,
];

/// Reads one file: decodes it, finds its format (or takes the `forced` one, a name from [`FORMATS`]), parses it.
/// A file that cannot be read goes to the sink as an empty work without format, with the reason.
pub fn read(input: Input, forced: Option<&str>, limits: &Limits, sink: &mut Sink<'_>) {
    read_told(input, Told { format: forced, ..Told::default() }, limits, sink);
}

/// Reads one file, as [`read`] does, with all that people say about it.
pub fn read_told(input: Input, told: Told<'_>, limits: &Limits, sink: &mut Sink<'_>) {
    let name = input.name.clone();
    let (document, mut notes) = match decode::decode(input, told.encoding, limits) {
        Ok(decoded) => decoded,
        Err(refusal) => return sink(Work { name, ..Work::default() }, vec![*refusal]),
    };
    let chosen = match told.format {
        Some(forced) => FORMATS.iter().find(|f| f.name() == forced).copied(),
        None => recognized(&document, |_| true),
    };
    match chosen {
        Some(format) => {
            if format.takes_out() {
                notes.iter_mut().for_each(|note| name_line(note, &document));
            }
            // a format that was named may be one of texts only, which hands nothing over
            let mut unread = document.text().is_none().then(|| decode::not_read(&document));
            format.parse_named(
                document,
                told.names.unwrap_or(&Names::default()),
                limits,
                &mut |mut work, mut found| {
                    unread = None;
                    if !work.sources.is_empty() {
                        found.splice(0..0, notes.drain(..));
                    }
                    work.format = if is_unread(&work, &found) { "" } else { format.name() };
                    sink(work, found);
                },
            );
            if let Some(unread) = unread {
                sink(Work { name, ..Work::default() }, vec![unread]);
            }
        }
        None => sink(Work { name, ..Work::default() }, vec![decode::not_read(&document)]),
    }
}

/// The text of a file as it is before anything is made of it; none for what is no text.
pub fn text_of(input: Input, limits: &Limits) -> Option<String> {
    match decode::decode(input, None, limits).ok()?.0.content {
        Content::Text(source) => Some(source.text),
        Content::Binary(_) => None,
    }
}

/// Whether a work could not be read. Without a source nothing was: a container that is damaged or over a limit. A record
/// that cannot be read is counted like a file that cannot, a book that lacks a part of its text is a work.
fn is_unread(work: &Work, notes: &[Diagnostic]) -> bool {
    work.sources.is_empty() || notes.iter().any(|n| n.rule == UNREADABLE && n.severity == Severity::Error)
}

/// Says in words which line of a data set a note points at: the sources of its works are records, and what a label of the
/// whole file means would be somewhere else in them.
fn name_line(note: &mut Diagnostic, document: &Document) {
    let Content::Text(source) = &document.content else { return };
    for label in note.labels.drain(..) {
        note.message.push_str(&format!(" See line {} of the file.", source.position(label.span.start).line));
    }
}

/// The format among the wanted ones that is surest of a document.
fn recognized(document: &Document, is_wanted: impl Fn(&dyn Format) -> bool) -> Option<&'static dyn Format> {
    let wanted = FORMATS.iter().filter(|f| is_wanted(**f)).map(|f| (f.recognizes(document), *f));
    wanted.filter(|(c, _)| *c > Confidence::No).rev().max_by_key(|(c, _)| *c).map(|(_, f)| f)
}

/// Hands over the only work of a file, or the reason why it cannot be read.
#[cfg(any(feature = "docx", feature = "epub", feature = "odt", feature = "rtf"))]
fn hand_over(name: String, read: Result<(Work, Vec<Diagnostic>), Box<Diagnostic>>, sink: &mut Sink<'_>) {
    match read {
        Ok((work, notes)) => sink(work, notes),
        Err(refusal) => sink(Work { name, ..Work::default() }, vec![*refusal]),
    }
}

/// The rule under which it is told that a file cannot be read, or not all of it.
pub const UNREADABLE: &str = "core/unreadable";

/// What is told of a file that is over the limit, which nobody needs to read to know.
pub fn too_large(name: String, limits: &Limits) -> (Work, Vec<Diagnostic>) {
    (Work { name, ..Work::default() }, vec![*decode::too_large(limits)])
}

/// The finding for a file of which only a part could be read.
#[cfg(any(feature = "docx", feature = "odt", feature = "rtf"))]
fn half_read(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(UNREADABLE, Severity::Warning, message)
}

/// The finding for a file that could not be read.
pub(crate) fn unreadable(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(UNREADABLE, Severity::Error, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_in_the_name_of_any_format_is_read_or_refused_aloud() {
        for format in FORMATS {
            let input = Input { name: "f.zip".into(), bytes: b"PK\x03\x04 and no more".to_vec() };
            let mut said = Vec::new();
            read(input, Some(format.name()), &Limits::default(), &mut |work, notes| said.push((work, notes)));
            assert!(said.iter().any(|(work, notes)| is_unread(work, notes)), "{}", format.name());
            assert!(said.iter().all(|(_, notes)| !notes.is_empty()), "{}", format.name());
        }
    }
}

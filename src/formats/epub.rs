//! EPUB: the archive's own, those that other programs make of its works, and books.
//!
//! Every file of the spine is a source of its own, in reading order behind the package file, so that a place names the
//! file it is in.

mod book;
mod package;

#[cfg(test)]
mod tests;

use super::container::{self, Archive, Refusal};
use super::html::download::Download;
use super::html::page::Page;
use super::markup::{Dialect, Markup};
use super::{Confidence, Document, Format, Limits, Sink, exporter, unreadable};
use crate::model::{Diagnostic, Inside, Section, Severity, Source, SourceId, Work};

/// EPUB 2 and 3.
#[derive(Debug)]
pub struct Epub;

impl Format for Epub {
    fn name(&self) -> &'static str {
        "epub"
    }

    fn summary(&self) -> &'static str {
        "EPUB book, with the tags of the archive's preface or of a title page"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        if container::is_of_type(document, "application/epub+zip") {
            return Confidence::Sure;
        }
        if container::holds(document, package::CONTAINER) { Confidence::Likely } else { Confidence::No }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let read = read(&document, limits);
        super::hand_over(document.name, read, sink);
    }
}

/// A file of the spine.
struct Chapter {
    /// Its name in the archive.
    path: String,
    /// Which source of the work it is.
    id: SourceId,
}

/// What files of a book are found to say, while they are read one after the other.
#[derive(Default)]
struct Found {
    fields: Vec<crate::model::Field>,
    sections: Vec<Section>,
}

impl Found {
    /// Reads one file with what was found so far at hand.
    fn page<'s>(&mut self, id: SourceId, text: &'s str, limits: &Limits) -> Page<'s> {
        let mut page = Page::new(id, Markup::parse(text, 0..text.len(), Dialect::Xhtml, limits.depth));
        page.fields = std::mem::take(&mut self.fields);
        page.sections = std::mem::take(&mut self.sections);
        page
    }

    fn keep(&mut self, page: Page<'_>) {
        self.fields = page.fields;
        self.sections = page.sections;
    }
}

fn read(document: &Document, limits: &Limits) -> Result<(Work, Vec<Diagnostic>), Refusal> {
    let name = document.name.as_str();
    let mut archive = Archive::open(container::bytes(document), limits)?;
    let Some((package_source, package)) = package::read(&mut archive, name)? else {
        let message = "This is no EPUB: it holds no list of its files (package document).";
        return Err(Box::new(unreadable(message).help("Download or save it again.")));
    };
    let mut sources = vec![package_source];
    let mut notes = Vec::new();
    let mut chapters = Vec::new();
    if package.spine.iter().any(|path| package.locked.contains(path)) {
        return Err(container::locked());
    }
    archive.check(package.spine.iter().map(String::as_str))?;
    for path in &package.spine {
        if let Some(source) = archive.text(name, path)? {
            chapters.push(Chapter { path: path.clone(), id: SourceId(sources.len() as u32) });
            sources.push(source);
        }
    }
    notes.extend(missing(&package.absent));
    let mut found = Found::default();
    if is_download(&sources) {
        let mut download = Download::of_book();
        for chapter in &chapters {
            let Some(source) = sources.get(chapter.id.0 as usize) else { continue };
            let mut page = found.page(chapter.id, &source.text, limits);
            download.read(&mut page);
            found.keep(page);
        }
    } else {
        let contents = package::contents(&mut archive, &package)?;
        book::read(&mut found, &sources, &chapters, &contents, &package, limits);
    }
    // a summary that only the package has
    let summary = package.description.as_ref().and_then(|d| package::description(d, &sources, limits));
    if let Some((source, section)) = summary {
        let before = found.sections.len();
        super::metadata::place(&mut found.sections, section);
        if found.sections.len() > before {
            sources.push(source);
        }
    }
    package.complete(&mut found.fields);
    if is_fetched(&sources) {
        exporter::settle(&mut found.fields);
    }
    notes.extend(archive.notes());
    if found.sections.is_empty() {
        notes.push(Diagnostic::new("core/not-a-work", Severity::Info, "The book holds no text."));
    }
    let Found { fields, sections } = found;
    let mut work = Work { name: name.to_owned(), sources, fields, sections, ..Work::default() };
    work.name_places(Inside::Markup);
    Ok((work, notes))
}

/// Whether the files are those of the archive's own EPUB: a preface with the tags and where the work was posted.
fn is_download(sources: &[Source]) -> bool {
    let mut first = sources.iter().skip(1).take(4);
    first.any(|s| s.text.contains("<dl") && s.text.contains("Posted originally on the"))
}

/// Whether FanFicFare or FicHub made the book: its title page says so.
fn is_fetched(sources: &[Source]) -> bool {
    let says = |s: &Source| s.text.contains("fff_titlepage") || s.text.contains("//fichub.net");
    sources.iter().skip(1).take(4).any(says)
}

/// What is said of files that the package document names and that are not there.
fn missing(paths: &[String]) -> Option<Diagnostic> {
    let first = paths.first()?;
    let message = match paths.len() {
        1 => format!("The book names a file “{first}” that it does not hold; its part of the text was not read."),
        n => format!("The book names {n} files that it does not hold, the first “{first}”; their text was not read."),
    };
    let note = Diagnostic::new("core/unreadable", Severity::Warning, message);
    Some(note.help("Download or save the book again."))
}

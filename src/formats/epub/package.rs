//! The package document of an EPUB: metadata, the order of the files, and the table of contents.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::Limits;
use super::super::container::{Archive, Refusal, resolve};
use super::super::extract::Extract;
use super::super::label;
use super::super::markup::{Dialect, Markup};
use super::super::metadata::normalized;
use super::super::xml::{Token, Tokens};
use crate::model::{Field, Section, SectionKind, Source, SourceId, Span, Spanned, State, TextBuilder, Value};

/// The entry that says where the package document is.
pub(super) const CONTAINER: &str = "META-INF/container.xml";

/// The package document is the first source of the work.
const ID: SourceId = SourceId(0);

/// What the package document says.
#[derive(Default)]
pub(super) struct Package {
    /// Names of the entries in reading order, each once.
    pub spine: Vec<String>,
    /// Paths of the spine for which there is no entry.
    pub absent: Vec<String>,
    /// Files whose text is encrypted.
    pub locked: BTreeSet<String>,
    /// The text pieces of the description: decoded, bytes, verbatim.
    pub description: Option<Vec<Piece>>,
    pub title: Option<Value>,
    authors: Vec<Value>,
    language: Option<Value>,
    subjects: Vec<Value>,
    source: Option<Value>,
    /// Fields of other metadata that say what is in the book: content warnings, an age rating.
    others: Vec<(String, Value)>,
    /// Tables of contents: EPUB 3's and EPUB 2's.
    nav: Option<String>,
    ncx: Option<String>,
}

/// A piece of text in the package document.
pub(super) type Piece = (String, Range<usize>, bool);

/// An entry of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub path: String,
    /// The id of the element where it starts; none for the start of the file.
    pub fragment: Option<String>,
    pub label: String,
}

/// Reads the package document, if there is one.
pub(super) fn read(archive: &mut Archive<'_>, file: &str) -> Result<Option<(Source, Package)>, Refusal> {
    let root = match archive.text(file, CONTAINER)? {
        Some(container) => Tokens::new(&container.text).find_map(|token| match token {
            Token::Start(tag) if tag.name() == "rootfile" => tag.attribute("full-path"),
            _ => None,
        }),
        None => None,
    };
    let other = || archive.names().find(|n| n.ends_with(".opf")).map(str::to_owned);
    let Some(path) = root.filter(|r| archive.find(r).is_some()).or_else(other) else { return Ok(None) };
    let Some(source) = archive.text(file, &path)? else { return Ok(None) };
    let mut package = parse(&source.text, &path);
    if let Some(encryption) = archive.text(file, "META-INF/encryption.xml")? {
        let locked = Tokens::new(&encryption.text).filter_map(|token| match token {
            Token::Start(tag) if tag.name() == "CipherReference" => {
                Some(entry_name(archive, resolve("", &tag.attribute("URI")?).0))
            }
            _ => None,
        });
        package.locked = locked.collect();
    }
    // one file may be named by two spellings of its path
    let mut seen = BTreeSet::new();
    for path in std::mem::take(&mut package.spine) {
        let name = entry_name(archive, path);
        if !seen.contains(&name) {
            let files = if archive.find(&name).is_some() { &mut package.spine } else { &mut package.absent };
            files.push(name.clone());
            seen.insert(name);
        }
    }
    Ok(Some((source, package)))
}

/// How the entry of a path is written, if there is one.
fn entry_name(archive: &Archive<'_>, path: String) -> String {
    archive.find(&path).map(str::to_owned).unwrap_or(path)
}

/// An item of the manifest.
struct Item {
    path: String,
    kind: String,
    properties: String,
}

fn parse(text: &str, path: &str) -> Package {
    let mut package = Package::default();
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    // the element of the metadata that is open, with its text so far
    let mut open: Option<(String, Vec<Piece>)> = None;
    for token in Tokens::new(text) {
        match token {
            Token::Start(tag) => match tag.name() {
                "item" => {
                    let (Some(id), Some(href)) = (tag.attribute("id"), tag.attribute("href")) else { continue };
                    let kind = tag.attribute("media-type").unwrap_or_default();
                    let properties = tag.attribute("properties").unwrap_or_default();
                    items.insert(id, Item { path: resolve(path, &href).0, kind, properties });
                }
                "itemref" => order.extend(tag.attribute("idref")),
                "meta" => {
                    // `name` and `content` in EPUB 2, `property` and text in EPUB 3
                    let name = tag.attribute("name").or_else(|| tag.attribute("property")).unwrap_or_default();
                    open = Some((format!("meta {name}"), Vec::new()));
                }
                name => open = Some((name.to_owned(), Vec::new())),
            },
            Token::Text { text, range, verbatim } => {
                if let Some((_, pieces)) = &mut open {
                    pieces.push((text.into_owned(), range, verbatim));
                }
            }
            Token::End(_) => {
                if let Some((name, pieces)) = open.take() {
                    package.metadata(text, &name, pieces);
                }
            }
        }
    }
    for item in order.iter().filter_map(|id| items.get(id)) {
        let is_text = item.kind.contains("html") || item.path.ends_with("html") || item.path.ends_with(".htm");
        let is_nav = item.properties.split_ascii_whitespace().any(|p| p == "nav");
        if is_text && !is_nav {
            package.spine.push(item.path.clone());
        }
    }
    let find = |is: &dyn Fn(&Item) -> bool| items.values().find(|i| is(i)).map(|i| i.path.clone());
    package.nav = find(&|i| i.properties.split_ascii_whitespace().any(|p| p == "nav"));
    package.ncx = find(&|i| i.kind == "application/x-dtbncx+xml");
    package
}

impl Package {
    fn metadata(&mut self, source: &str, name: &str, pieces: Vec<Piece>) {
        if name == "description" {
            let is_blank = pieces.iter().all(|p| p.0.trim().is_empty());
            self.description = self.description.take().or(Some(pieces).filter(|_| !is_blank));
            return;
        }
        let Some(value) = value(source, &pieces) else { return };
        match name {
            "title" => self.title = self.title.take().or(Some(value)),
            "creator" => self.authors.push(value),
            "language" => self.language = self.language.take().or(Some(value)),
            "subject" => self.subjects.push(value),
            "source" => self.source = self.source.take().or(Some(value)),
            _ => {
                let Some(name) = name.strip_prefix("meta ") else { return };
                let last = name.rsplit([':', '#']).next().unwrap_or(name);
                let words = words(last);
                if label::warns(&label::normal(&words)) || matches!(words.as_str(), "content rating" | "age rating") {
                    self.others.push((words, value));
                }
            }
        }
    }

    /// Adds what the files of the book did not say.
    pub(super) fn complete(self, fields: &mut Vec<Field>) {
        let given = |names: &[&str]| {
            let mut given = fields.iter().filter(|f| f.state != State::Empty).map(|f| normalized(&f.name.value));
            given.any(|name| names.contains(&name.as_str()))
        };
        let mut added = Vec::new();
        let mut add = |name: &str, values: Vec<Value>, listed: bool| {
            if let Some(first) = values.first() {
                let point = Span::new(ID, first.span.range().start..first.span.range().start);
                let name = Spanned::new(name.to_owned(), point);
                added.push(Field { name, values, listed, ..Field::default() });
            }
        };
        if !given(&["title"]) {
            add("Title", self.title.into_iter().collect(), true);
        }
        if !given(&["author", "by"]) {
            add("Author", self.authors, true);
        }
        if !given(&["language"]) {
            add("Language", self.language.into_iter().collect(), true);
        }
        if !given(&["url", "story url", "original source"]) {
            let is_address = |v: &Value| v.text.starts_with("http");
            add("URL", self.source.filter(is_address).into_iter().collect(), true);
        }
        // the subjects of a book that names its tags by type repeat them all
        if !given(&["rating", "warning", "archive warning", "additional tag", "tag", "genre"]) {
            let is_tag =
                |v: &Value| !matches!(v.text.as_str(), "Fanworks" | "FanFiction") && !v.text.starts_with("Last Update");
            add("Subjects", self.subjects.into_iter().filter(is_tag).collect(), true);
        }
        for (name, value) in self.others {
            add(&name, vec![value], false);
        }
        fields.append(&mut added);
    }
}

/// The text of an element as a value: verbatim when it is one piece.
fn value(source: &str, pieces: &[Piece]) -> Option<Value> {
    let (first, last) = (pieces.first()?, pieces.last()?);
    let text: String = pieces.iter().map(|p| p.0.as_str()).collect();
    let range = first.1.start..last.1.end;
    let whole = Value::verbatim(ID, source, range);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    Some(if whole.text == text { whole } else { Value::decoded(text, whole.span) })
}

/// `contentWarning` and `content-warning` as words.
fn words(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(if c == '-' || c == '_' { ' ' } else { c.to_ascii_lowercase() });
    }
    words.trim().to_owned()
}

/// The summary in a description, which is HTML within XML: a source of its own, decoded once, so that it can be read.
pub(super) fn description(pieces: &[Piece], sources: &[Source], limits: &Limits) -> Option<(Source, Section)> {
    let package = sources.first()?;
    let mut extract = Extract::default();
    for (text, range, verbatim) in pieces {
        extract.push(package, text, range.clone(), *verbatim);
    }
    let id = SourceId(sources.len() as u32);
    let source = extract.source(format!("{}#description", package.name));
    let text = source.text.as_str();
    let mut builder = TextBuilder::new(id, text);
    if text.contains('<') {
        let markup = Markup::parse(text, 0..text.len(), Dialect::Html, limits.depth);
        markup.fill(&mut builder, 0..markup.len(), |_, _| false);
    } else {
        return Some(super::super::header::section(id, text, SectionKind::Summary, None, 0..text.len()))
            .filter(|s| !s.text.is_empty())
            .map(|section| (source, section));
    }
    let text = builder.finish();
    let section = Section { kind: SectionKind::Summary, chapter: None, heading: None, text };
    (!section.text.is_empty()).then_some((source, section))
}

/// The table of contents; empty when there is none.
pub(super) fn contents(archive: &mut Archive<'_>, package: &Package) -> Result<Vec<Entry>, Refusal> {
    let mut entries = Vec::new();
    for (path, is_nav) in [(&package.nav, true), (&package.ncx, false)] {
        let Some(path) = path else { continue };
        let Some(source) = archive.text("", path)? else { continue };
        entries = if is_nav { nav(&source.text, path) } else { ncx(&source.text, path) };
        if !entries.is_empty() {
            break;
        }
    }
    for entry in &mut entries {
        entry.path = entry_name(archive, std::mem::take(&mut entry.path));
    }
    Ok(entries)
}

/// The `navPoint`s of `toc.ncx`, outer ones before those inside them.
fn ncx(text: &str, path: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut label = String::new();
    let mut inside = false;
    for token in Tokens::new(text) {
        match token {
            Token::Start(tag) if tag.name() == "navLabel" => label.clear(),
            Token::Start(tag) if tag.name() == "text" => inside = true,
            Token::Start(tag) if tag.name() == "content" => {
                if let Some(src) = tag.attribute("src") {
                    entries.push(entry(path, &src, &label));
                }
            }
            Token::Text { text, .. } if inside => label.push_str(&text),
            Token::End(tag) if tag.name() == "text" => inside = false,
            _ => {}
        }
    }
    entries
}

/// The links of the navigation document's table of contents.
fn nav(text: &str, path: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut listing = false;
    let mut link: Option<(String, String)> = None;
    for token in Tokens::new(text) {
        match token {
            Token::Start(tag) if tag.name() == "nav" => {
                // landmarks and lists of pages are navs too
                listing = tag.attribute("type").is_none_or(|t| t.split_whitespace().any(|t| t == "toc"));
            }
            Token::Start(tag) if listing && tag.name() == "a" => {
                link = tag.attribute("href").map(|href| (href, String::new()));
            }
            Token::Text { text, .. } => {
                if let Some((_, label)) = &mut link {
                    label.push_str(&text);
                }
            }
            Token::End(tag) if tag.name() == "a" => {
                if let Some((href, label)) = link.take() {
                    entries.push(entry(path, &href, &label));
                }
            }
            Token::End(tag) if tag.name() == "nav" => listing = false,
            _ => {}
        }
    }
    entries
}

fn entry(base: &str, href: &str, label: &str) -> Entry {
    let (path, fragment) = resolve(base, href);
    Entry { path, fragment, label: label.split_whitespace().collect::<Vec<_>>().join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_metadata_are_words() {
        assert_eq!(words("contentWarning"), "content warning");
        assert_eq!(words("content-rating"), "content rating");
    }
}

//! OpenDocument texts (ODT) of LibreOffice and Google Docs: `content.xml`.
//!
//! Deleted and hidden text, comments and tables of contents are left out; footnotes stand behind the text.

use std::collections::{HashMap, HashSet};

use super::container::{self, Archive, Refusal};
use super::paragraphs::{Paragraphs, Role};
use super::xml::{Tag, Token, Tokens};
use super::{Confidence, Document, Format, Limits, Sink, unreadable};
use crate::model::{Diagnostic, Source, Work};

/// ODT.
#[derive(Debug)]
pub struct Odt;

/// The entry with the text.
const CONTENT: &str = "content.xml";

/// Most spaces that one `text:s` stands for: more are decoration.
const MOST_SPACES: usize = 80;

impl Format for Odt {
    fn name(&self) -> &'static str {
        "odt"
    }

    fn summary(&self) -> &'static str {
        "OpenDocument text of LibreOffice or Google Docs, with or without a header such as “Rating: Mature”"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let is_text = container::is_of_type(document, "application/vnd.oasis.opendocument.text");
        if is_text { Confidence::Sure } else { Confidence::No }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        match read(&document, limits) {
            Ok((work, notes)) => sink(work, notes),
            Err(refusal) => sink(Work { name: document.name, ..Work::default() }, vec![*refusal]),
        }
    }
}

fn read(document: &Document, limits: &Limits) -> Result<(Work, Vec<Diagnostic>), Refusal> {
    let name = document.name.as_str();
    let mut archive = Archive::open(container::bytes(document), limits)?;
    if archive.text(name, "META-INF/manifest.xml")?.is_some_and(|m| m.text.contains("encryption-data")) {
        return Err(container::locked());
    }
    let Some(source) = archive.text(name, CONTENT)? else {
        let message = format!("This is no OpenDocument text: it has no entry “{CONTENT}”.");
        return Err(Box::new(unreadable(message).help("Save it again, or as HTML or text.")));
    };
    let (text, notes) = paragraphs(&source);
    let notes = vec![(format!("{CONTENT}#notes"), notes)];
    let (work, mut found) = text.work(name.to_owned(), CONTENT, notes, limits);
    found.extend(archive.notes());
    Ok((work, found))
}

/// What is known about the styles that the document makes for itself.
#[derive(Default)]
struct Styles {
    roles: HashMap<String, Role>,
    hidden: HashSet<String>,
}

impl Styles {
    fn role(&self, name: &str) -> Role {
        self.roles.get(name).copied().unwrap_or_else(|| role(name))
    }
}

/// The role of a built-in style; `Heading_20_1` is how a space is written there.
fn role(name: &str) -> Role {
    Role::of_style(&name.replace("_20_", " "))
}

/// Elements that hold nothing of the story.
fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "tracked-changes"
            | "annotation"
            | "table-of-content"
            | "alphabetical-index"
            | "note-citation"
            | "hidden-text"
            | "hidden-paragraph"
            | "ruby-text"
            | "forms"
            | "desc"
            | "title"
            | "sequence-decls"
    )
}

/// The text and the footnotes.
fn paragraphs(source: &Source) -> (Paragraphs, Paragraphs) {
    let (mut text, mut notes) = (Paragraphs::default(), Paragraphs::default());
    let mut styles = Styles::default();
    let mut style = String::new();
    // how deep it is within an element that is left out, within paragraphs, and within a footnote
    let (mut left_out, mut depth, mut in_note, mut in_list) = (0_usize, 0_usize, 0_usize, 0_usize);
    for token in Tokens::new(&source.text) {
        let to = if in_note > 0 { &mut notes } else { &mut text };
        match token {
            Token::Start(_) if left_out > 0 => left_out += 1,
            Token::End(_) if left_out > 0 => left_out -= 1,
            _ if left_out > 0 => {}
            Token::Start(tag) => match tag.name() {
                name if is_left_out(name) => left_out = 1,
                "style" => {
                    style = tag.attribute("name").unwrap_or_default();
                    let parent = role(&tag.attribute("parent-style-name").unwrap_or_default());
                    if parent != Role::Plain {
                        styles.roles.insert(style.clone(), parent);
                    }
                }
                "text-properties" if tag.attribute("display").as_deref() == Some("none") => {
                    styles.hidden.insert(style.clone());
                }
                "p" | "h" | "span" if styles.hidden.contains(&style_name(&tag)) => left_out = 1,
                name @ ("p" | "h") => {
                    to.start();
                    depth += 1;
                    let level = tag.attribute("outline-level").and_then(|l| l.parse::<u8>().ok());
                    match (name, level, styles.role(&style_name(&tag))) {
                        // LibreOffice gives titles an outline level too
                        (_, _, role @ (Role::Title | Role::Left)) => to.role(role),
                        ("h", level, _) => to.role(Role::Heading(level.unwrap_or(1))),
                        (_, _, role @ Role::Heading(_)) => to.role(role),
                        _ if in_list > 0 => to.role(Role::Item),
                        _ => {}
                    }
                }
                "note-body" => in_note += 1,
                "list" => in_list += 1,
                "s" => {
                    let count = tag.attribute("c").and_then(|c| c.parse::<usize>().ok()).unwrap_or(1);
                    to.made(&" ".repeat(count.min(MOST_SPACES)));
                }
                "tab" => to.made(" "),
                "line-break" => to.made("\n"),
                _ => {}
            },
            Token::Text { text, range, verbatim } => {
                if depth > 0 {
                    to.push(source, &text, range, verbatim);
                }
            }
            Token::End(tag) => match tag.name() {
                "p" | "h" => {
                    to.end();
                    depth = depth.saturating_sub(1);
                }
                "note-body" => in_note = in_note.saturating_sub(1),
                "list" => in_list = in_list.saturating_sub(1),
                _ => {}
            },
        }
    }
    (text, notes)
}

fn style_name(tag: &Tag<'_>) -> String {
    tag.attribute("style-name").unwrap_or_default()
}

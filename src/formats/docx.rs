//! Word documents (DOCX): the main part, its styles, footnotes, endnotes and comments.
//!
//! What was deleted or hidden is no part of the story and left out. Notes and comments are the author's, and stand behind
//! the text.

#[cfg(test)]
mod tests;

use super::container::{self, Archive, Refusal, resolve};
use super::paragraphs::{Beside, Kind, Manuscript, Paragraphs, Properties, Property, Role, Style, Styles};
use super::xml::{Tag, Token, Tokens};
use super::{Confidence, Document, Format, Limits, Sink, half_read, hand_over, unreadable};
use crate::model::{Diagnostic, Source, Work};

/// DOCX, also with macros and as a template.
#[derive(Debug)]
pub struct Docx;

/// The entry with the text, unless the package says that it is another one.
const DOCUMENT: &str = "word/document.xml";

/// How the names of such entries start; some programs put a number behind.
const DOCUMENTS: &str = "word/document";

/// Elements of the core properties.
const PROPERTIES: &[(&str, Property)] = &[
    ("title", Property::Title),
    ("creator", Property::Author),
    ("keywords", Property::Keywords),
    ("description", Property::Summary),
];

impl Format for Docx {
    fn name(&self) -> &'static str {
        "docx"
    }

    fn summary(&self) -> &'static str {
        "Word document, also as exported by Google Docs, with or without a header such as “Rating: Mature”"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        if container::holds(document, DOCUMENTS) {
            return Confidence::Sure;
        }
        let named = ["docx", "docm", "dotx", "dotm"].contains(&document.extension().as_str());
        if named && container::holds(document, "[Content_Types].xml") { Confidence::Likely } else { Confidence::No }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let read = read(&document, limits);
        hand_over(document.name, read, sink);
    }
}

fn read(document: &Document, limits: &Limits) -> Result<(Work, Vec<Diagnostic>), Refusal> {
    let file = document.name.as_str();
    let mut archive = Archive::open(container::bytes(document), limits)?;
    let package = Relations::of(&mut archive, "")?;
    let main = package.target("officeDocument").filter(|path| archive.find(path).is_some());
    let main = main.unwrap_or(DOCUMENT).to_owned();
    let Some(text) = archive.text(file, &main)? else {
        let message = format!("This is no Word document: it has no entry “{DOCUMENT}”.");
        return Err(Box::new(unreadable(message).help("Save it again, or as HTML or text.")));
    };
    let relations = Relations::of(&mut archive, &main)?;
    let part =
        |kind: &str| relations.target(kind).map_or_else(|| resolve(&main, &format!("{kind}.xml")).0, str::to_owned);
    let styles = archive.text(file, &part("styles"))?.map(|s| styles(&s.text)).unwrap_or_default();
    let mut manuscript = Manuscript { file: file.to_owned(), source: text.name.clone(), ..Manuscript::default() };
    let mut reader = Reader::new(&styles);
    manuscript.story = reader.read(&text);
    if reader.embeds {
        let message = "A part of the document is a file within it (altChunk), which is not read.";
        manuscript.diagnostics.push(half_read(message).help("Open it in a word processor, and save it again."));
    }
    if reader.broken {
        manuscript.breaks_off(&main);
    }
    for (kind, name) in [(Kind::Footnote, "footnotes"), (Kind::Endnote, "endnotes"), (Kind::Comment, "comments")] {
        let entry = part(name);
        if let Some(source) = archive.text(file, &entry)? {
            let mut reader = Reader::new(&styles);
            let paragraphs = reader.read(&source);
            if reader.broken {
                manuscript.breaks_off(&entry);
            }
            manuscript.beside.push(Beside { kind, source: source.name, paragraphs });
        }
    }
    let core = package.target("core-properties").unwrap_or("docProps/core.xml");
    if let Some(source) = archive.text(file, core)? {
        manuscript.properties = Properties::of_xml(&source, "coreProperties", PROPERTIES);
    }
    manuscript.diagnostics.extend(archive.notes());
    Ok(manuscript.work(limits))
}

/// Which entries belong to an entry of the package, by their kind.
struct Relations {
    all: Vec<(String, String)>,
}

impl Relations {
    /// Those of an entry; of the package itself when its name is empty.
    fn of(archive: &mut Archive<'_>, entry: &str) -> Result<Self, Refusal> {
        let (folder, name) = entry.rsplit_once('/').map_or(("", entry), |(folder, name)| (folder, name));
        let path = format!("{folder}/_rels/{name}.rels");
        let mut all = Vec::new();
        if let Some(source) = archive.text("", path.trim_start_matches('/'))? {
            for token in Tokens::new(&source.text) {
                let Token::Start(tag) = token else { continue };
                let inside = tag.attribute("TargetMode").is_none_or(|mode| mode != "External");
                if let (Some(kind), Some(target), true) = (tag.attribute("Type"), tag.attribute("Target"), inside) {
                    // the kind is an address, another one in the strict form of such files: its last word tells it
                    let kind = kind.rsplit('/').next().unwrap_or("").to_owned();
                    all.push((kind, resolve(entry, &target).0));
                }
            }
        }
        Ok(Self { all })
    }

    fn target(&self, kind: &str) -> Option<&str> {
        self.all.iter().find(|r| r.0 == kind).map(|r| r.1.as_str())
    }
}

/// The styles by their id. Ids are in the language of the program, names of built-in styles are English.
fn styles(text: &str) -> Styles {
    let mut styles = Styles::default();
    let mut open: Option<(String, Style<String>)> = None;
    for token in Tokens::new(text) {
        match token {
            Token::Start(tag) if tag.name() == "style" => {
                open = Some((tag.attribute("styleId").unwrap_or_default(), Style::default()));
            }
            Token::Start(tag) => {
                let Some((_, style)) = &mut open else { continue };
                match tag.name() {
                    "name" => {
                        let role = Role::of_style(&tag.attribute("val").unwrap_or_default());
                        // the name says more than the outline level
                        style.role = if role == Role::Plain { style.role } else { role };
                    }
                    "outlineLvl" if style.role == Role::Plain => style.role = outline(&tag),
                    "basedOn" => style.parent = tag.attribute("val"),
                    "vanish" => style.hidden = Some(is_on(&tag)),
                    _ => {}
                }
            }
            Token::End(tag) if tag.name() == "style" => {
                if let Some((id, style)) = open.take() {
                    styles.add(id, style);
                }
            }
            _ => {}
        }
    }
    styles
}

fn outline(tag: &Tag<'_>) -> Role {
    tag.attribute("val").and_then(|v| v.parse().ok()).map_or(Role::Plain, Role::of_outline)
}

/// Elements that hold nothing of the story: what was deleted or moved away, and the same once more for older programs.
fn is_left_out(name: &str) -> bool {
    matches!(name, "del" | "moveFrom" | "Fallback" | "instrText" | "delText" | "delInstrText" | "rubyPr" | "rt")
}

/// Whether a switch such as `<w:vanish/>` is on.
fn is_on(tag: &Tag<'_>) -> bool {
    !matches!(tag.attribute("val").as_deref(), Some("0" | "false" | "off"))
}

/// Reads the paragraphs of one entry.
struct Reader<'s> {
    styles: &'s Styles,
    to: Paragraphs,
    /// How deep it is within an element that is left out.
    left_out: usize,
    paragraph: Paragraph,
    /// Whether it is among the properties of a paragraph.
    in_properties: bool,
    run: Option<Run>,
    in_text: bool,
    /// Whether the entry ends before its end.
    broken: bool,
    /// Whether another file stands for a part of the text.
    embeds: bool,
}

#[derive(Default)]
struct Paragraph {
    /// Whether its style hides it.
    hidden: bool,
    /// Whether its mark was deleted, so that the next one goes on with it.
    goes_on: bool,
}

#[derive(Default)]
struct Run {
    /// Whether its style hides it.
    styled: bool,
    /// Whether it says itself that it is hidden, or that it is not.
    own: Option<bool>,
}

impl<'s> Reader<'s> {
    fn new(styles: &'s Styles) -> Self {
        Self {
            styles,
            to: Paragraphs::default(),
            left_out: 0,
            paragraph: Paragraph::default(),
            in_properties: false,
            run: None,
            in_text: false,
            broken: false,
            embeds: false,
        }
    }

    fn read(&mut self, source: &Source) -> Paragraphs {
        let mut tokens = Tokens::new(&source.text);
        for token in &mut tokens {
            match token {
                Token::Start(_) if self.left_out > 0 => self.left_out += 1,
                Token::End(_) if self.left_out > 0 => self.left_out -= 1,
                _ if self.left_out > 0 => {}
                Token::Start(tag) => self.open(&tag),
                Token::Text { text, range, verbatim } => {
                    if self.in_text && !self.is_hidden() {
                        self.to.push(source, &text, range, verbatim);
                    }
                }
                Token::End(tag) => self.close(tag.name()),
            }
        }
        self.broken = tokens.is_broken();
        std::mem::take(&mut self.to)
    }

    fn is_hidden(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.own.unwrap_or(run.styled || self.paragraph.hidden))
    }

    fn made(&mut self, text: &str) {
        if !self.is_hidden() {
            self.to.made(text);
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            name if is_left_out(name) => {
                // among the properties of a paragraph it says that the mark at its end is gone
                self.paragraph.goes_on |= self.in_properties && matches!(name, "del" | "moveFrom");
                self.left_out = 1;
            }
            "pPr" => self.in_properties = true,
            "footnote" | "endnote" | "comment" => self.to.part(),
            "p" => {
                match std::mem::take(&mut self.paragraph).goes_on {
                    true => self.to.role(Role::Plain),
                    false => self.to.start(),
                }
                self.run = None;
            }
            "pStyle" => {
                let id = tag.attribute("val").unwrap_or_default();
                let role = self.styles.role(&id).unwrap_or_else(|| Role::of_style(&id));
                if role != Role::Plain {
                    self.to.role(role);
                }
                self.paragraph.hidden = self.styles.is_hidden(&id);
            }
            "outlineLvl" => {
                if let role @ Role::Heading(_) = outline(tag) {
                    self.to.role(role);
                }
            }
            // 0 takes a paragraph out of the list of its style
            "numId" if tag.attribute("val").is_some_and(|v| v != "0") && self.to.is_plain() => self.to.role(Role::Item),
            "tbl" => self.to.table(),
            "altChunk" => self.embeds = true,
            "r" => self.run = Some(Run::default()),
            "t" => self.in_text = true,
            name => self.open_in_run(name, tag),
        }
    }

    fn open_in_run(&mut self, name: &str, tag: &Tag<'_>) {
        let Some(run) = &mut self.run else {
            if matches!(name, "br" | "cr") {
                self.to.made("\n");
            }
            return;
        };
        match name {
            "rStyle" => run.styled = self.styles.is_hidden(&tag.attribute("val").unwrap_or_default()),
            "vanish" => run.own = Some(is_on(tag)),
            "webHidden" | "specVanish" if is_on(tag) => run.own = Some(true),
            "tab" | "ptab" => self.made(" "),
            "br" | "cr" => self.made("\n"),
            "noBreakHyphen" => self.made("\u{2011}"),
            "sym" => {
                let code = tag.attribute("char").and_then(|c| u32::from_str_radix(&c, 16).ok());
                if let Some(symbol) = code.and_then(char::from_u32) {
                    self.made(symbol.encode_utf8(&mut [0; 4]));
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" if self.paragraph.goes_on => self.run = None,
            "p" => {
                self.to.end();
                self.run = None;
            }
            "pPr" => self.in_properties = false,
            "r" => self.run = None,
            "t" => self.in_text = false,
            "tc" => self.to.end_cell(),
            "tr" => self.to.end_row(),
            "tbl" => self.to.end_table(),
            _ => {}
        }
    }
}

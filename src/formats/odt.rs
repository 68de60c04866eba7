//! OpenDocument texts (ODT) of LibreOffice and Google Docs: `content.xml`, and such texts that are one file (FODT).
//!
//! Deleted and hidden text and tables of contents are left out; footnotes and comments stand behind the text.

use super::container::{self, Archive, Refusal};
use super::paragraphs::{Beside, Kind, Manuscript, Paragraphs, Properties, Property, Role, Style, Styles};
use super::xml::{Tag, Token, Tokens};
use super::{Confidence, Content, Document, Format, Limits, Sink, hand_over, unreadable};
use crate::model::{Diagnostic, Source, Work};

/// ODT.
#[derive(Debug)]
pub struct Odt;

/// The entry with the text.
const CONTENT: &str = "content.xml";

/// What such a text says it is.
const KIND: &str = "application/vnd.oasis.opendocument.text";

/// How far from its start a text in one file says so, in bytes: behind the names of its namespaces.
const KIND_WITHIN: usize = 8_000;

/// Most spaces that one `text:s` stands for: more are decoration.
const MOST_SPACES: usize = 80;

/// Elements of the metadata; `dc:creator` is whoever saved it last.
const PROPERTIES: &[(&str, Property)] = &[
    ("title", Property::Title),
    ("initial-creator", Property::Author),
    ("keyword", Property::Keywords),
    ("description", Property::Summary),
];

impl Format for Odt {
    fn name(&self) -> &'static str {
        "odt"
    }

    fn summary(&self) -> &'static str {
        "OpenDocument text of LibreOffice or Google Docs, with or without a header such as “Rating: Mature”"
    }

    fn takes_out(&self) -> bool {
        true
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let is_text = match &document.content {
            Content::Binary(_) => container::is_of_type(document, KIND),
            Content::Text(source) => is_flat(&source.text),
        };
        if is_text { Confidence::Sure } else { Confidence::No }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let read = match &document.content {
            Content::Text(source) => read_flat(source, limits),
            Content::Binary(_) => read(&document, limits),
        };
        hand_over(document.name, read, sink);
    }
}

/// Whether a text is a whole OpenDocument text in one file.
fn is_flat(text: &str) -> bool {
    let mut end = text.len().min(KIND_WITHIN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let top = text.get(..end).unwrap_or("");
    top.trim_start().starts_with("<?xml") && top.contains("<office:document") && top.contains(KIND)
}

fn read_flat(source: &Source, limits: &Limits) -> Result<(Work, Vec<Diagnostic>), Refusal> {
    let mut manuscript = Manuscript { file: source.name.clone(), source: source.name.clone(), ..Manuscript::default() };
    let mut styles = Styles::default();
    if fill(&mut manuscript, source, &mut styles) {
        manuscript.breaks_off("");
    }
    manuscript.properties = Properties::of_xml(source, "meta", PROPERTIES);
    Ok(manuscript.work(limits))
}

fn read(document: &Document, limits: &Limits) -> Result<(Work, Vec<Diagnostic>), Refusal> {
    let file = document.name.as_str();
    let mut archive = Archive::open(container::bytes(document), limits)?;
    if archive.text(file, "META-INF/manifest.xml")?.is_some_and(|m| m.text.contains("encryption-data")) {
        return Err(container::locked());
    }
    let Some(source) = archive.text(file, CONTENT)? else {
        let message = format!("This is no OpenDocument text: it has no entry “{CONTENT}”.");
        return Err(Box::new(unreadable(message).help("Save it again, or as HTML or text.")));
    };
    let mut styles = Styles::default();
    if let Some(named) = archive.text(file, "styles.xml")? {
        // headers and footers of pages stand there too, and are read by nobody
        Reader::new(&mut styles).read(&named);
    }
    let mut manuscript = Manuscript { file: file.to_owned(), source: source.name.clone(), ..Manuscript::default() };
    if fill(&mut manuscript, &source, &mut styles) {
        manuscript.breaks_off(CONTENT);
    }
    if let Some(source) = archive.text(file, "meta.xml")? {
        manuscript.properties = Properties::of_xml(&source, "meta", PROPERTIES);
    }
    manuscript.diagnostics.extend(archive.notes());
    Ok(manuscript.work(limits))
}

/// Reads the text of a source with what stands beside it. Says whether the source ends before its end.
fn fill(manuscript: &mut Manuscript, source: &Source, styles: &mut Styles) -> bool {
    let mut reader = Reader::new(styles);
    let broken = reader.read(source);
    let Reader { story, notes, comments, .. } = reader;
    manuscript.story = story;
    for (kind, name, paragraphs) in [(Kind::Footnote, "notes", notes), (Kind::Comment, "comments", comments)] {
        manuscript.beside.push(Beside { kind, source: format!("{}#{name}", source.name), paragraphs });
    }
    broken
}

/// The role of a built-in style; `Heading_20_1` is how a space is written there.
fn role(name: &str) -> Role {
    Role::of_style(&name.replace("_20_", " "))
}

/// Elements that hold nothing of the story.
fn is_left_out(tag: &Tag<'_>) -> bool {
    match tag.name() {
        "tracked-changes" | "note-citation" | "hidden-text" | "hidden-paragraph" | "ruby-text" | "forms"
        | "sequence-decls" | "table-of-content" | "alphabetical-index" | "illustration-index" | "table-index"
        | "object-index" | "user-index" | "bibliography" | "master-styles" | "meta" => true,
        // said of a picture; a field that shows the title of the document is `text:title`
        "title" | "desc" => tag.full_name().starts_with("svg:"),
        "section" => tag.attribute("display").as_deref() == Some("none"),
        _ => false,
    }
}

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Story,
    Note,
    Comment,
}

/// Reads styles and paragraphs of one source.
struct Reader<'s> {
    styles: &'s mut Styles,
    /// The style that is open.
    style: Option<(String, Style<String>)>,
    story: Paragraphs,
    notes: Paragraphs,
    comments: Paragraphs,
    /// The notes and comments that are open, within each other, each with how many paragraphs are open around it.
    places: Vec<(Place, usize)>,
    /// How deep it is within an element that is left out, within paragraphs of its place, and within lists.
    left_out: usize,
    depth: usize,
    lists: usize,
}

impl<'s> Reader<'s> {
    fn new(styles: &'s mut Styles) -> Self {
        Self {
            styles,
            style: None,
            story: Paragraphs::default(),
            notes: Paragraphs::default(),
            comments: Paragraphs::default(),
            places: Vec::new(),
            left_out: 0,
            depth: 0,
            lists: 0,
        }
    }

    /// Reads a source. Says whether it ends before its end.
    fn read(&mut self, source: &Source) -> bool {
        let mut tokens = Tokens::new(&source.text);
        for token in &mut tokens {
            match token {
                Token::Start(_) if self.left_out > 0 => self.left_out += 1,
                Token::End(_) if self.left_out > 0 => self.left_out -= 1,
                _ if self.left_out > 0 => {}
                Token::Start(tag) if is_left_out(&tag) => self.left_out = 1,
                Token::Start(tag) => self.open(&tag),
                Token::Text { text, range, verbatim } => {
                    if self.depth > 0 {
                        self.to().push(source, &text, range, verbatim);
                    }
                }
                Token::End(tag) => self.close(tag.name()),
            }
        }
        tokens.is_broken()
    }

    fn to(&mut self) -> &mut Paragraphs {
        match self.places.last().map_or(Place::Story, |p| p.0) {
            Place::Story => &mut self.story,
            Place::Note => &mut self.notes,
            Place::Comment => &mut self.comments,
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "style" => {
                let own = role(&tag.attribute("display-name").or_else(|| tag.attribute("name")).unwrap_or_default());
                let outline = tag.attribute("default-outline-level").and_then(|l| l.parse().ok());
                let role = match (own, outline) {
                    (Role::Plain, Some(level @ 1..)) => Role::Heading(level),
                    (own, _) => own,
                };
                let style = Style { role, hidden: None, parent: tag.attribute("parent-style-name") };
                self.style = Some((tag.attribute("name").unwrap_or_default(), style));
            }
            "text-properties" => {
                if let (Some((_, style)), Some(display)) = (&mut self.style, tag.attribute("display")) {
                    style.hidden = Some(display == "none");
                }
            }
            "p" | "h" | "span" if self.styles.is_hidden(&style_name(tag)) => self.left_out = 1,
            name @ ("p" | "h") => self.paragraph(name, tag),
            "note-body" => self.enter(Place::Note),
            "annotation" => self.enter(Place::Comment),
            "list" => self.lists += 1,
            "table" => self.to().table(),
            "s" => {
                let count = tag.attribute("c").and_then(|c| c.parse::<usize>().ok()).unwrap_or(1);
                self.to().made(&" ".repeat(count.min(MOST_SPACES)));
            }
            "tab" => self.to().made(" "),
            "line-break" => self.to().made("\n"),
            _ => {}
        }
    }

    fn paragraph(&mut self, name: &str, tag: &Tag<'_>) {
        let level = tag.attribute("outline-level").and_then(|l| l.parse::<u8>().ok());
        let style = style_name(tag);
        let styled = self.styles.role(&style).unwrap_or_else(|| role(&style));
        let in_list = self.lists > 0;
        self.depth += 1;
        let to = self.to();
        to.start();
        match (name, level, styled) {
            // LibreOffice gives titles an outline level too
            (_, _, role @ (Role::Title | Role::Left)) => to.role(role),
            ("h", level, _) => to.role(Role::Heading(level.unwrap_or(1))),
            (_, _, role @ Role::Heading(_)) => to.role(role),
            _ if in_list => to.role(Role::Item),
            _ => {}
        }
    }

    /// Goes into a note or a comment, which stands within a paragraph.
    fn enter(&mut self, place: Place) {
        self.places.push((place, self.depth));
        self.depth = 0;
        self.to().part();
    }

    fn close(&mut self, name: &str) {
        match name {
            "style" => {
                if let Some((name, style)) = self.style.take() {
                    self.styles.add(name, style);
                }
            }
            "p" | "h" if self.depth > 0 => {
                self.to().end();
                self.depth -= 1;
            }
            "note-body" | "annotation" => {
                if let Some((_, depth)) = self.places.pop() {
                    self.depth = depth;
                }
            }
            "list" => self.lists = self.lists.saturating_sub(1),
            "table-cell" => self.to().end_cell(),
            "table-row" => self.to().end_row(),
            "table" => self.to().end_table(),
            _ => {}
        }
    }
}

fn style_name(tag: &Tag<'_>) -> String {
    tag.attribute("style-name").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::container::tests::zipped;
    use super::super::read;
    use super::super::testing::{fields, outline};
    use super::*;
    use crate::model::Input;

    fn bytes(name: &str, bytes: Vec<u8>) -> (Work, Vec<Diagnostic>) {
        let mut all = Vec::new();
        read(Input { name: name.into(), bytes }, None, &Limits::default(), &mut |work, notes| all.push((work, notes)));
        all.pop().expect("one work")
    }

    fn package(content: &str, styles: &str, meta: &str) -> Work {
        let entries = [("mimetype", KIND), (CONTENT, content), ("styles.xml", styles), ("meta.xml", meta)];
        let (work, notes) = bytes("a.odt", zipped(&entries.map(|(name, text)| (name, text.as_bytes()))));
        assert_eq!((notes, work.format), (Vec::new(), "odt"));
        work
    }

    #[test]
    fn only_what_a_reader_sees_is_read() {
        let styles = "<o><style:style style:name='Unseen'><style:text-properties text:display='none'/></style:style>\
            <style:style style:name='Teil' style:default-outline-level='1'/>\
            <office:master-styles><text:p>Page 1</text:p></office:master-styles></o>";
        let own = "<style:style style:name='T1' style:parent-style-name='Unseen'/>\
            <style:style style:name='T2' style:parent-style-name='Unseen'><style:text-properties text:display='true'/></style:style>\
            <style:style style:name='P1' style:parent-style-name='Teil'/>";
        for (body, seen) in [
            ("<text:p>a<text:span text:style-name='T1'>b</text:span>c</text:p>", "ac"),
            ("<text:p>a<text:span text:style-name='T2'>b</text:span></text:p>", "ab"),
            ("<text:section text:display='none'><text:p>a</text:p></text:section><text:p>b</text:p>", "b"),
            ("<text:p><text:title>a</text:title><svg:title>b</svg:title><svg:desc>c</svg:desc></text:p>", "a"),
            ("<text:table-of-content><text:p>a</text:p></text:table-of-content><text:p>b</text:p>", "b"),
            ("<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d</text:p>", "a b c\n\nd"),
            (
                "<text:p>a<draw:frame><draw:text-box><text:p>b</text:p></draw:text-box></draw:frame>c</text:p>",
                "a\n\nb\n\nc",
            ),
            (
                "<text:p>a<office:annotation><dc:creator>x</dc:creator><dc:date>1</dc:date><text:p>b</text:p></office:annotation>c</text:p>",
                "ac|b",
            ),
        ] {
            let work = package(&format!("<o>{own}{body}</o>"), styles, "");
            let texts: Vec<_> = work.sections.iter().map(|s| s.text.as_str()).collect();
            assert_eq!(texts.join("|"), seen, "{body}");
        }
        let heading = "<text:p text:style-name='P1'>One</text:p><text:p>Once.</text:p>";
        assert_eq!(outline(&package(&format!("<o>{own}{heading}</o>"), styles, "")), ["1 text [One] Once."]);
    }

    #[test]
    fn metadata_of_the_file_completes_the_header() {
        let meta = "<office:meta><dc:title>Wind</dc:title><dc:creator>Bob</dc:creator>\
            <meta:initial-creator>Ada</meta:initial-creator><meta:keyword>rain</meta:keyword><meta:keyword>bread</meta:keyword></office:meta>";
        let work = package("<o><text:p>Rating: M</text:p></o>", "", meta);
        assert_eq!(fields(&work), ["Rating = M", "Title = Wind", "Author = Ada", "Keywords = rain + bread"]);
    }

    #[test]
    fn a_text_in_one_file() {
        let flat =
            format!("<?xml version='1.0'?><office:document office:mimetype='{KIND}'><o><text:p>Once.</text:p></o>");
        let (work, notes) = bytes("a.fodt", format!("{flat}</office:document>").into_bytes());
        assert_eq!((work.format, outline(&work), notes), ("odt", vec!["- text Once.".to_owned()], Vec::new()));
        assert!(bytes("a.fodt", flat.into_bytes()).1[0].message.contains("breaks off"));
    }
}

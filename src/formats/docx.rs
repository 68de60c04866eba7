//! Word documents (DOCX): `word/document.xml`, its styles and its footnotes.
//!
//! What was deleted or hidden, and what commenters say, is no part of the story and left out.

use std::collections::HashMap;

use super::container::{self, Archive, Refusal};
use super::paragraphs::{Paragraphs, Role};
use super::xml::{Tag, Token, Tokens};
use super::{Confidence, Document, Format, Limits, Sink, unreadable};
use crate::model::{Diagnostic, Source, Work};

/// DOCX.
#[derive(Debug)]
pub struct Docx;

/// The entry with the text.
const DOCUMENT: &str = "word/document.xml";

impl Format for Docx {
    fn name(&self) -> &'static str {
        "docx"
    }

    fn summary(&self) -> &'static str {
        "Word document, also as exported by Google Docs, with or without a header such as “Rating: Mature”"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        if container::holds(document, DOCUMENT) { Confidence::Sure } else { Confidence::No }
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
    let Some(text) = archive.text(name, DOCUMENT)? else {
        let message = format!("This is no Word document: it has no entry “{DOCUMENT}”.");
        return Err(Box::new(unreadable(message).help("Save it again, or as HTML or text.")));
    };
    let styles = archive.text(name, "word/styles.xml")?.map(|s| styles(&s.text)).unwrap_or_default();
    let mut notes = Vec::new();
    for entry in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(source) = archive.text(name, entry)? {
            notes.push((entry.to_owned(), paragraphs(&source, &styles)));
        }
    }
    let (work, mut found) = paragraphs(&text, &styles).work(name.to_owned(), DOCUMENT, notes, limits);
    found.extend(archive.notes());
    Ok((work, found))
}

/// The role of each style by its id. Ids are in the language of the program, names of built-in styles are English.
fn styles(text: &str) -> HashMap<String, Role> {
    let mut roles = HashMap::new();
    let mut id = String::new();
    for token in Tokens::new(text) {
        let Token::Start(tag) = token else { continue };
        match tag.name() {
            "style" => id = tag.attribute("styleId").unwrap_or_default(),
            "name" => {
                let role = Role::of_style(&tag.attribute("val").unwrap_or_default());
                if role != Role::Plain {
                    roles.insert(std::mem::take(&mut id), role);
                }
            }
            _ => {}
        }
    }
    roles
}

/// Elements that hold nothing of the story: what was deleted or moved away, and the same once more for older programs.
fn is_left_out(name: &str) -> bool {
    matches!(name, "del" | "moveFrom" | "Fallback" | "instrText" | "delText" | "rubyPr" | "rt")
}

/// Whether a switch such as `<w:vanish/>` is on.
fn is_on(tag: &Tag<'_>) -> bool {
    !matches!(tag.attribute("val").as_deref(), Some("0" | "false" | "off"))
}

fn paragraphs(source: &Source, styles: &HashMap<String, Role>) -> Paragraphs {
    let mut paragraphs = Paragraphs::default();
    // how deep it is within an element that is left out
    let mut left_out = 0_usize;
    let (mut in_run, mut hidden, mut in_text) = (false, false, false);
    for token in Tokens::new(&source.text) {
        match token {
            Token::Start(_) if left_out > 0 => left_out += 1,
            Token::End(_) if left_out > 0 => left_out -= 1,
            _ if left_out > 0 => {}
            Token::Start(tag) => match tag.name() {
                name if is_left_out(name) => left_out = 1,
                "p" => {
                    paragraphs.start();
                    in_run = false;
                }
                "pStyle" => {
                    let id = tag.attribute("val").unwrap_or_default();
                    let role = styles.get(&id).copied().unwrap_or_else(|| Role::of_style(&id));
                    if role != Role::Plain {
                        paragraphs.role(role);
                    }
                }
                "outlineLvl" => {
                    let level = tag.attribute("val").and_then(|v| v.parse::<u8>().ok());
                    // 9 is body text
                    if let Some(level @ 0..=8) = level {
                        paragraphs.role(Role::Heading(level + 1));
                    }
                }
                "numPr" if paragraphs.is_plain() => paragraphs.role(Role::Item),
                "r" => (in_run, hidden) = (true, false),
                "vanish" | "webHidden" | "specVanish" if in_run => hidden |= is_on(&tag),
                "t" => in_text = true,
                "tab" if in_run && !hidden => paragraphs.made(" "),
                "br" | "cr" if !hidden => paragraphs.made("\n"),
                "noBreakHyphen" if !hidden => paragraphs.made("\u{2011}"),
                _ => {}
            },
            Token::Text { text, range, verbatim } => {
                if in_text && !hidden {
                    paragraphs.push(source, &text, range, verbatim);
                }
            }
            Token::End(tag) => match tag.name() {
                "p" => paragraphs.end(),
                "r" => (in_run, hidden) = (false, false),
                "t" => in_text = false,
                _ => {}
            },
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::super::container::tests::zipped;
    use super::super::read;
    use super::super::testing::{fields, outline};
    use super::*;
    use crate::model::Input;

    fn work(body: &str) -> Work {
        let document = format!("<w:document><w:body>{body}</w:body></w:document>");
        let bytes = zipped(&[("[Content_Types].xml", b"<Types/>"), (DOCUMENT, document.as_bytes())]);
        let mut all = Vec::new();
        read(Input { name: "a.docx".into(), bytes }, None, &Limits::default(), &mut |work, _| all.push(work));
        let work = all.pop().expect("one work");
        assert_eq!(work.format, "docx");
        work
    }

    fn p(style: &str, text: &str) -> String {
        format!("<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn headings_are_chapters_and_the_first_one_may_be_the_title() {
        let chapters = [p("Heading2", "One"), p("", "Once."), p("Heading2", "Two"), p("", "Twice.")].concat();
        let titled = work(&(p("Heading1", "Wind") + &p("", "Rating: Mature") + &p("", "Fandom: X") + &chapters));
        assert_eq!(fields(&titled), ["Title = Wind", "Rating = Mature", "Fandom = X"]);
        assert_eq!(outline(&titled), ["1 text [One] Once.", "2 text [Two] Twice."]);
        assert_eq!(outline(&work(&chapters)), ["1 text [One] Once.", "2 text [Two] Twice."]);
        let plain =
            [p("", "Chapter 1"), p("", ""), p("", "Once."), p("", ""), p("", "Chapter 2"), p("", ""), p("", "Twice.")];
        assert_eq!(outline(&work(&plain.concat())), ["1 text [Chapter 1] Once.", "2 text [Chapter 2] Twice."]);
    }

    #[test]
    fn only_what_a_reader_sees_is_read() {
        for (run, seen) in [
            ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a b\n\nc"),
            ("<w:r><w:t>sea</w:t><w:noBreakHyphen/><w:t>bitten</w:t></w:r>", "sea\u{1e}bitten"),
            ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>a</w:t></w:r><w:r><w:t>b</w:t></w:r>", "b"),
            ("<w:r><w:rPr><w:vanish w:val='false'/></w:rPr><w:t>a</w:t></w:r>", "a"),
            ("<w:moveFrom><w:r><w:t>a</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>b</w:t></w:r></w:moveTo>", "b"),
            ("<w:r><w:instrText>PAGE</w:instrText></w:r><w:hyperlink><w:r><w:t>b</w:t></w:r></w:hyperlink>", "b"),
            ("<w:sdt><w:sdtContent><w:r><w:t>b</w:t></w:r></w:sdtContent></w:sdt>", "b"),
            (
                "<w:r><w:t>a</w:t><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:r><w:r><w:t>b</w:t></w:r>",
                "a\n\nbox\n\nb",
            ),
        ] {
            let work = work(&format!("<w:tbl><w:tr><w:tc><w:p>{run}</w:p></w:tc></w:tr></w:tbl>"));
            assert_eq!(work.sections[0].text.as_str(), seen, "{run}");
        }
        assert!(work(&p("TOC1", "One 1")).sections.is_empty());
    }
}

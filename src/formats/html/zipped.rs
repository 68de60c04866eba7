//! A zip file with one page in it, as Google Docs downloads a document as “Web page”.

use crate::formats::container::{self, Archive, Refusal};
use crate::formats::{Confidence, Content, Document, Format, Limits, Sink, recognized, unreadable};
use crate::model::{Inside, Work};

/// A zip file of a page and its images.
#[derive(Debug)]
pub struct Zipped;

impl Format for Zipped {
    fn name(&self) -> &'static str {
        "html-zip"
    }

    fn summary(&self) -> &'static str {
        "Zip file with one HTML page in it, as Google Docs downloads a “Web page”"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let names = [".html", ".htm", ".HTML", ".HTM"];
        // other containers have pages in them too
        if names.iter().any(|name| container::holds(document, name)) && pages(document, &Limits::default()).len() == 1 {
            Confidence::Fallback
        } else {
            Confidence::No
        }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let name = document.name.clone();
        let refused = |refusal: Refusal, sink: &mut Sink<'_>| {
            sink(Work { name: document.name.clone(), ..Work::default() }, vec![*refusal]);
        };
        let page = match page(&document, limits) {
            Ok(page) => page,
            Err(refusal) => return refused(refusal, sink),
        };
        let Some(format) = recognized(&page, |f| !f.is_table()) else {
            return refused(Box::new(unreadable("The page in this zip file is none that forewarn can read.")), sink);
        };
        format.parse(page, limits, &mut |mut work, notes| {
            work.name.clone_from(&name);
            work.name_places(Inside::Markup);
            sink(work, notes);
        });
    }
}

/// The pages of a zip file.
fn pages(document: &Document, limits: &Limits) -> Vec<String> {
    let is_page = |name: &&str| {
        let lower = name.to_ascii_lowercase();
        // what the system adds for itself
        let is_hidden = lower.starts_with("__macosx/") || lower.rsplit('/').next().is_some_and(|n| n.starts_with('.'));
        (lower.ends_with(".html") || lower.ends_with(".htm")) && !is_hidden
    };
    let archive = Archive::open(container::bytes(document), limits);
    archive.map(|a| a.names().filter(is_page).map(str::to_owned).collect()).unwrap_or_default()
}

/// The page of a zip file, named as the entry of it.
fn page(document: &Document, limits: &Limits) -> Result<Document, Refusal> {
    let mut archive = Archive::open(container::bytes(document), limits)?;
    let pages = pages(document, limits);
    let source = match pages.as_slice() {
        [page] => archive.text(&document.name, page)?,
        _ => None,
    };
    let Some(source) = source else {
        let message = "This zip file does not hold one page of HTML.";
        return Err(Box::new(unreadable(message).help("Unpack it, and check the files in it.")));
    };
    Ok(Document { name: source.name.clone(), content: Content::Text(source) })
}

#[cfg(test)]
mod tests {
    use crate::formats::container::tests::zipped;
    use crate::formats::testing::{fields, outline};
    use crate::formats::{Limits, read};
    use crate::model::{Diagnostic, Input, Work};

    fn read_zip(entries: &[(&str, &[u8])]) -> (Work, Vec<Diagnostic>) {
        let mut found = None;
        let input = Input { name: "story.zip".into(), bytes: zipped(entries) };
        read(input, None, &Limits::default(), &mut |work, notes| found = Some((work, notes)));
        found.unwrap()
    }

    #[test]
    fn the_only_page_is_read_and_of_several_none() {
        let page = "<html><body><p>Rating: G</p><p>Tags: rain</p><p>It rained.</p></body></html>".as_bytes();
        let (work, notes) =
            read_zip(&[("images/image1.png", b"x"), ("Story.html", page), ("__MACOSX/._Story.html", b"x")]);
        assert_eq!((work.format, notes.len()), ("html-zip", 0));
        assert_eq!((work.name.as_str(), work.sources[0].name.as_str()), ("story.zip", "story.zip:Story.html"));
        assert_eq!(
            (fields(&work), outline(&work)),
            (vec!["Rating = G".into(), "Tags = rain".into()], vec!["- text It…rained.".into()])
        );
        for entries in [&[("a.html", page), ("b.htm", page)][..], &[("a.txt", page)]] {
            let (work, notes) = read_zip(entries);
            assert!(work.sources.is_empty() && notes[0].message.contains("Unpack"), "{notes:?}");
        }
    }
}

//! HTML files: the archive's download, its saved work page, and any other page.

pub(super) mod download;
mod efiction;
pub(super) mod fanficfare;
mod ffn;
mod fichub;
mod frame;
mod lines;
pub(super) mod page;
pub(super) mod plain;
pub(super) mod title_page;
mod work_page;
#[cfg(any(feature = "docx", feature = "epub", feature = "odt"))]
pub(super) mod zipped;

#[cfg(test)]
mod tests;

use super::{Confidence, Document, Format, Limits, Sink};
use crate::formats::markup::{Dialect, Markup};
use crate::model::{Diagnostic, Severity, SourceId, Work};
use page::Page;

/// A kind of HTML file.
pub struct Html {
    name: &'static str,
    summary: &'static str,
    /// Looks at a text that is known to be HTML.
    recognizes: fn(&str) -> Confidence,
    read: fn(&mut Page<'_>),
}

/// The file of the archive's “Download” button, of every year since 2013.
pub static DOWNLOAD: Html = Html {
    name: "ao3-html",
    summary: "HTML download of the Archive of Our Own and of archives with its software",
    recognizes: download::recognizes,
    read: download::read,
};

/// A work page of the archive as saved by a browser.
pub static WORK_PAGE: Html = Html {
    name: "ao3-page",
    summary: "Work page of the Archive of Our Own, saved by a browser",
    recognizes: work_page::recognizes,
    read: work_page::read,
};

/// The HTML file of FanFicFare.
pub static FANFICFARE: Html = Html {
    name: "fanficfare-html",
    summary: "HTML file made by FanFicFare",
    recognizes: fanficfare::recognizes,
    read: fanficfare::read,
};

/// The HTML file of FicHub.
pub static FICHUB: Html = Html {
    name: "fichub-html",
    summary: "HTML file made by FicHub",
    recognizes: fichub::recognizes,
    read: fichub::read,
};

/// A page of FanFiction.Net as saved by a browser.
pub static FFN: Html = Html {
    name: "ffn-page",
    summary: "Story page of FanFiction.Net or FictionPress, saved by a browser",
    recognizes: ffn::recognizes,
    read: ffn::read,
};

/// A page of an archive that runs eFiction, as saved by a browser.
pub static EFICTION: Html = Html {
    name: "efiction-page",
    summary: "Story page of an archive that runs eFiction, saved by a browser",
    recognizes: efiction::recognizes,
    read: efiction::read,
};

/// Any other HTML.
pub static PLAIN: Html = Html {
    name: "html",
    summary: "HTML page, with “Label: value” lines at its start or meta elements as fields",
    recognizes: |_| Confidence::Likely,
    read: plain::read,
};

impl Format for Html {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        match document.text() {
            Some(text) if is_html(text, &document.extension()) => (self.recognizes)(text),
            _ => Confidence::No,
        }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let super::Content::Text(source) = document.content else { return };
        if is_own_report(&source.text) {
            return sink(Work { name: document.name, sources: vec![source], ..Work::default() }, vec![own_report()]);
        }
        let is_xml = source.text.trim_start().starts_with("<?xml");
        let dialect = if is_xml { Dialect::Xhtml } else { Dialect::Html };
        let mut page = Page::new(SourceId(0), Markup::parse(&source.text, 0..source.text.len(), dialect, limits.depth));
        page.limits = limits.clone();
        (self.read)(&mut page);
        let Page { fields, sections, mut notes, partial, .. } = page;
        if sections.is_empty() {
            notes.push(nothing_found());
        }
        sink(Work { name: document.name, sources: vec![source], fields, sections, partial, ..Work::default() }, notes);
    }
}

fn nothing_found() -> Diagnostic {
    Diagnostic::new("core/not-a-work", Severity::Info, "The page holds no work.").help(
        "Use the work's “Download” button and choose HTML, or open the work, agree to see it if the page asks, and \
         save the page again.",
    )
}

/// Whether a page is a report of forewarn, which quotes what it found: it says so, whatever it is called.
fn is_own_report(text: &str) -> bool {
    text.lines().take(2).any(|line| line == "<!-- A report of forewarn. -->")
}

fn own_report() -> Diagnostic {
    Diagnostic::new("core/not-a-work", Severity::Info, "This page is a report of forewarn, not a story.")
        .help("Name the story that it is about.")
}

/// Whether a text is an HTML file: it starts like one, or it starts with a tag and is called one.
fn is_html(text: &str, extension: &str) -> bool {
    let mut text = text.trim_start();
    while let Some(comment) = text.strip_prefix("<!--") {
        let Some(end) = comment.find("-->") else { break };
        text = comment.get(end + 3..).unwrap_or("").trim_start();
    }
    let starts = |prefix: &str| text.get(..prefix.len()).is_some_and(|t| t.eq_ignore_ascii_case(prefix));
    if ["<!doctype html", "<html", "<head", "<body"].into_iter().any(starts) {
        return true;
    }
    let named = matches!(extension, "html" | "htm" | "xhtml" | "xht");
    if starts("<?xml") {
        return named || text.get(..text.len().min(1000)).is_some_and(|t| t.contains("<html"));
    }
    named && text.contains('<') || ["<meta ", "<title>", "<div id=\"preface\""].into_iter().any(starts)
}

//! One page for people: the verdict, a header to copy, the content map, the findings. It runs no scripts and asks for nothing.
//!
//! The overview stands first and needs the end, so works are kept until then: as many as anybody reads, the rest is counted.

mod finding;
mod strips;
mod words;
mod work;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;

use super::{Options, Reporter, sentences};
use crate::model::{Report, RuleText, Totals};
use words::{escape, plural};
use work::Told;

/// The widest window around a place.
pub(super) const WIDEST: usize = words::CONTEXT;

/// How every page begins.
pub(super) const START: &str = "<!DOCTYPE html>\n<!-- A report of forewarn. -->\n";

const STYLE: &str = include_str!("html/style.css");

/// Most works with findings that are shown, and most without.
const WORKS: usize = 200;
const CLEAN: usize = 50;
/// Most files that are named because they could not be read.
const UNREAD: usize = 200;
/// Bytes of works from which no more are shown: browsers grow slow.
const BYTES: usize = 24 << 20;

/// Keeps what is to be shown and writes it at the end.
pub(super) struct Html {
    excerpts: bool,
    rules: HashMap<String, RuleText>,
    works: Vec<Told>,
    clean: usize,
    bytes: usize,
    unread: Vec<String>,
    /// Works with findings, works without, and files that could not be read, for which there was no room.
    left: [usize; 3],
}

impl Html {
    pub(super) fn new(options: &Options) -> Self {
        let rules = options.rules.iter().map(|rule| (rule.id.clone(), rule.clone())).collect();
        let (works, unread) = (Vec::new(), Vec::new());
        Self { excerpts: options.excerpts, rules, works, clean: 0, bytes: 0, unread, left: [0; 3] }
    }

    fn overview(&self, out: &mut String) {
        if self.works.len() < 2 && self.left == [0; 3] {
            return;
        }
        out.push_str(
            "<nav class=\"overview\" aria-labelledby=\"overview\">\n<h2 id=\"overview\">The works</h2>\n<ol>\n",
        );
        for work in &self.works {
            let Told { id, name, short, .. } = work;
            let _ = writeln!(out, "<li><a href=\"#{id}\"><bdi>{name}</bdi></a>: {short}</li>");
        }
        out.push_str("</ol>\n");
        let [findings, clean, unread] = self.left.map(|n| n as u64);
        let mut left = Vec::new();
        if findings > 0 {
            left.push(format!("{} with findings", plural(findings, "work", "works")));
        }
        if clean > 0 {
            left.push(format!("{} without findings", plural(clean, "work", "works")));
        }
        if unread > 0 {
            left.push(format!("{} that could not be read", plural(unread, "file", "files")));
        }
        if !left.is_empty() {
            let left = left.join(", ");
            let _ = writeln!(
                out,
                "<p>Not shown, because the page would grow too long: {left}. Check fewer at a time to see them.</p>"
            );
        }
        out.push_str("</nav>\n");
    }

    fn unread(&self, out: &mut String) {
        if self.unread.is_empty() {
            return;
        }
        out.push_str("<section class=\"unread\" aria-labelledby=\"unread\">\n");
        out.push_str("<h2 id=\"unread\">Files that could not be read</h2>\n");
        out.push_str("<p>Nothing is known of what is in them.</p>\n<ul>\n");
        self.unread.iter().for_each(|item| out.push_str(item));
        out.push_str("</ul>\n</section>\n");
    }
}

impl Reporter for Html {
    fn report(&mut self, report: &Report, _: &mut dyn io::Write) -> io::Result<()> {
        if report.format.is_empty() {
            match self.unread.len() {
                UNREAD.. => self.left[2] += 1,
                _ => self.unread.push(work::unread(report)),
            }
            return Ok(());
        }
        let clean = report.diagnostics.is_empty();
        let known = self.works.len() - self.clean;
        if self.bytes > BYTES || clean && self.clean >= CLEAN || !clean && known >= WORKS {
            self.left[usize::from(clean)] += 1;
            return Ok(());
        }
        let told = work::tell(report, self.works.len() + 1, self.excerpts, &self.rules);
        self.clean += usize::from(clean);
        self.bytes += told.html.len();
        self.works.push(told);
        Ok(())
    }

    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        let title = match self.works.as_slice() {
            [only] => only.name.clone(),
            _ => plural(totals.works as u64, "work", "works"),
        };
        let mut page = START.to_owned();
        let _ = write!(
            page,
            "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
             base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>forewarn: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#report\">Skip to the report</a>\n\
             <header>\n<h1>forewarn report</h1>\n\
             <p>forewarn compares what the header of a story declares with what its text shows. It does not judge what \
             you write, it reads words and not meanings, and it can be wrong: you know your story best.</p>\n"
        );
        for line in sentences::summary(totals).lines() {
            let _ = writeln!(page, "<p class=\"totals\">{}</p>", escape(line));
        }
        page.push_str("</header>\n<main id=\"report\" tabindex=\"-1\">\n");
        self.overview(&mut page);
        self.unread(&mut page);
        out.write_all(page.as_bytes())?;
        for work in &self.works {
            out.write_all(work.html.as_bytes())?;
        }
        out.write_all(
            b"</main>\n<footer>\n<p>This page is one file. It loads nothing, sends nothing and runs no program, so that it can be \
              kept, printed or handed on.</p>\n</footer>\n</body>\n</html>\n",
        )
    }
}

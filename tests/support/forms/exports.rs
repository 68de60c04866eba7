//! What FanFicFare makes of a work of the archive: fandoms as “Category”, tags and categories as “Genre”.

use crate::support::book::{frame, page};
use crate::support::story::*;

/// The fields under the labels of FanFicFare, in its order.
fn fields() -> Vec<(&'static str, String)> {
    vec![
        ("Category", joined("fandom")),
        ("Genre", format!("{}, {}", joined("additional-tag"), joined("category"))),
        ("Language", joined("language")),
        ("Characters", joined("character")),
        ("Relationships", joined("relationship")),
        ("Status", "Completed".to_owned()),
        ("Published", "2026-04-05".to_owned()),
        ("Updated", "2026-04-19".to_owned()),
        ("Packaged", "2026-05-01 10:11:12".to_owned()),
        ("Rating", joined("rating")),
        ("Warnings", joined("archive-warning")),
        ("Chapters", "3".to_owned()),
        ("Words", "912".to_owned()),
        ("Publisher", "archiveofourown.org".to_owned()),
        ("Story URL", URL.to_owned()),
        ("Author URL", "https://archiveofourown.org/users/ada_wren".to_owned()),
        ("Summary", SUMMARY.to_owned()),
    ]
}

/// Lines of at most 78 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if line.is_empty() {
            *line = word.to_owned();
        } else if line.chars().count() + word.chars().count() < 78 {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

/// The notes before and behind a chapter, with the names that FanFicFare gives them. Those of the work stand in its
/// first and last chapter.
fn notes(number: usize, chapter: &Chapter) -> [Vec<(&'static str, &'static str)>; 2] {
    let mut before = vec![("Notes for the Chapter:", chapter.notes)];
    let mut after = vec![("Notes for the Chapter:", chapter.end_notes)];
    if number == 1 {
        before.insert(0, ("Author's Note:", NOTES));
    }
    if number == CHAPTERS.len() {
        after.push(("Author's Note:", END_NOTES));
    }
    [before, after].map(|notes| notes.into_iter().filter(|n| !n.1.is_empty()).collect())
}

/// The text file: lines wrapped, Windows line ends.
pub fn text() -> Vec<u8> {
    let mut text = format!("\n\n{TITLE}\n\nby {AUTHOR}\n\n\n");
    for (label, value) in fields() {
        text.push_str(&wrapped(&format!("{label}: {value}")));
        text.push('\n');
    }
    text.push_str("\n\n\nTABLE OF CONTENTS\n\n");
    for (number, chapter) in chapters() {
        text.push_str(&format!("{number}. {}\n\n", chapter.title));
    }
    for (number, chapter) in chapters() {
        let [before, after] = notes(number, chapter);
        let block = |(label, note): &(&str, &str)| format!("**{label}**\n\n> {note}\n\n");
        text.push_str(&format!("\n\n\n\t{number}. {}\n\n", chapter.title));
        text.extend(before.iter().map(block));
        text.push_str(&chapter.text(|p| format!("{}\n\n", wrapped(&emphasized(p, "_", "_")))));
        text.extend(after.iter().map(block));
    }
    text.push_str("\nEnd file.\n");
    text.replace('\n', "\r\n").into_bytes()
}

fn chapter(number: usize, chapter: &Chapter) -> String {
    let [before, after] = notes(number, chapter);
    let block = |class: &str, notes: &[(&str, &str)]| {
        let notes: String = notes.iter().map(|(label, note)| format!("<b>{label}</b><p>{}</p>", html(note))).collect();
        if notes.is_empty() { notes } else { format!("<div class=\"{class}\">{notes}</div>\n") }
    };
    format!(
        "{}{}{}",
        block("fff_head_notes", &before),
        chapter.text(|p| format!("<p>{}</p>\n", html(p))),
        block("fff_foot_notes", &after)
    )
}

/// The web page.
pub fn web() -> Vec<u8> {
    let row = |(label, value): &(&str, String)| format!("<tr><td><b>{label}:</b></td><td>{}</td></tr>\n", xml(value));
    let title = xml(TITLE);
    let toc: String =
        chapters().map(|(n, c)| format!("<p><a href=\"#section{n:04}\">{n}. {}</a></p>", xml(c.title))).collect();
    let chapters = chapters()
        .map(|(n, c)| format!("<a name=\"section{n:04}\"><h2>{n}. {}</h2></a>\n{}", xml(c.title), chapter(n, c)));
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"/><title>{title} by {AUTHOR}</title></head><body>\n\
         <h1><a href=\"{URL}\">{title}</a> by <a class=\"authorlink\" href=\"u\">{AUTHOR}</a></h1>\n\
         <table class=\"full\">{}</table>\n<a name=\"TOCTOP\"><h2>Table of Contents</h2></a>{toc}\n{}</body></html>\n",
        fields().iter().map(row).collect::<String>(),
        chapters.collect::<String>()
    )
    .into_bytes()
}

/// The EPUB.
pub fn epub() -> Vec<(String, Vec<u8>)> {
    let row = |(label, value): &(&str, String)| format!("<b>{label}:</b> {}<br />\n", xml(value));
    let title = xml(TITLE);
    let mut files = vec![(
        "OEBPS/title_page.xhtml".to_owned(),
        page(&format!(
            "<div class=\"fff_titlepage\"><h3><a href=\"{URL}\">{title}</a> by <a class=\"authorlink\">{AUTHOR}</a></h3>\
             <div>{}</div></div>",
            fields().iter().map(row).collect::<String>()
        )),
    )];
    for (number, c) in chapters() {
        let body = format!("<h3 class=\"fff_chapter_title\">{number}. {}</h3>\n{}", xml(c.title), chapter(number, c));
        files.push((format!("OEBPS/file{number:04}.xhtml"), page(&body)));
    }
    let item = |(i, file): (usize, &(String, Vec<u8>))| {
        format!("<item id=\"f{i}\" href=\"{}\" media-type=\"application/xhtml+xml\"/>", file.0)
    };
    let point = |(n, c): (usize, &Chapter)| {
        let title = xml(c.title);
        format!(
            "<navPoint><navLabel><text>{n}. {title}</text></navLabel><content src=\"OEBPS/file{n:04}.xhtml\"/></navPoint>"
        )
    };
    let package = format!(
        "<package xmlns:dc=\"d\"><metadata><dc:title>{title}</dc:title><dc:creator>{AUTHOR}</dc:creator>\
         <dc:contributor>FanFicFare [https://github.com/JimmXinu/FanFicFare]</dc:contributor>\
         <dc:language>en</dc:language><dc:source>{URL}</dc:source><dc:subject>FanFiction</dc:subject></metadata>\
         <manifest><item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>{}</manifest>\
         <spine>{}</spine></package>",
        files.iter().enumerate().map(item).collect::<String>(),
        (0..files.len()).map(|i| format!("<itemref idref=\"f{i}\"/>")).collect::<String>()
    );
    let mut entries = frame("content.opf", package);
    let ncx = format!("<ncx><navMap>{}</navMap></ncx>", chapters().map(point).collect::<String>());
    entries.push(("toc.ncx".to_owned(), ncx.into_bytes()));
    entries.extend(files);
    entries
}

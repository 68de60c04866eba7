//! What the archive itself gives: its download, the EPUB made of that, the page of the work, and text taken from them.

use crate::support::book::{frame, page};
use crate::support::story::*;
use crate::support::zipped;

/// A quoted block under a label, if there is anything in it.
fn block(label: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<p>{label}</p><blockquote class=\"userstuff\"><p>{}</p></blockquote>", html(text))
}

/// `div#preface` of a download: the tags, then the title and what stands below it.
fn preface() -> [String; 2] {
    let link = |value: &&str| format!("<a href=\"https://archiveofourown.org/tags/x\">{}</a>", xml(value));
    let row = |(label, _, values): &(&str, &str, &[&str])| {
        let linked = *label != "Language";
        let values = if linked { values.iter().map(link).collect::<Vec<_>>().join(", ") } else { xml(values[0]) };
        format!("<dt>{label}:</dt>\n<dd>{values}</dd>\n")
    };
    let stats: String = STATS.iter().map(|(label, _, value)| format!("{label}: {value}\n")).collect();
    let tags: String = FIELDS.iter().map(row).collect();
    let title = xml(TITLE);
    [
        format!(
            "<h2 class=\"toc-heading\">Preface</h2><p class=\"message\"><b>{title}</b><br />Posted originally on the \
             <a href=\"https://archiveofourown.org/\">Archive of Our Own</a> at <a href=\"{URL}\">{URL}</a>.</p>\n\
             <div class=\"meta\"><dl class=\"tags\">{tags}<dt>Stats:</dt>\n<dd>{stats}</dd></dl>"
        ),
        format!(
            "<h1>{title}</h1><div class=\"byline\">by <a rel=\"author\" href=\"u\">{AUTHOR}</a></div>{}{}</div>",
            block("Summary", SUMMARY),
            block("Notes", NOTES)
        ),
    ]
}

fn chapter(number: usize, chapter: &Chapter) -> String {
    let end = block("Chapter End Notes", chapter.end_notes);
    let end = if end.is_empty() { end } else { format!("<div class=\"meta\" id=\"endnotes{number}\">{end}</div>") };
    format!(
        "<div class=\"meta group\"><h2 class=\"heading\">Chapter {number}: {}</h2>{}</div>\n\
         <!--chapter content--><div class=\"userstuff\">{}</div><!--/chapter content-->{end}\n",
        xml(chapter.title),
        block("Chapter Notes", chapter.notes),
        chapter.text(|p| format!("<p>{}</p>\n", html(p)))
    )
}

fn afterword() -> String {
    format!(
        "<h2 class=\"toc-heading\">Afterword</h2><div class=\"meta\"><div id=\"endnotes\">{}</div></div>\
         <p class=\"message\">Please <a href=\"c\">drop by the Archive and comment</a> to let the creator know if you \
         enjoyed their work!</p>",
        block("End Notes", END_NOTES)
    )
}

/// The HTML download.
pub fn download() -> Vec<u8> {
    let [tags, top] = preface();
    let chapters: String = chapters().map(|(n, c)| chapter(n, c)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\" /><title>x</title></head><body>\
         <div id=\"preface\">{tags}{top}</div><div id=\"chapters\" class=\"userstuff\">{chapters}</div>\
         <div id=\"afterword\">{}</div></body></html>\n",
        afterword()
    )
    .into_bytes()
}

/// The EPUB that calibre makes of it: cut into files, classes renamed, comments lost.
pub fn epub() -> Vec<(String, Vec<u8>)> {
    let [tags, top] = preface();
    let mut bodies = vec![
        format!("<div id=\"preface\">{tags}</div></div>"),
        format!("<div id=\"preface\"><div class=\"meta\">{top}</div>"),
    ];
    bodies.extend(chapters().map(|(n, c)| format!("<div id=\"chapters\">{}</div>", chapter(n, c))));
    bodies.push(format!("<div id=\"afterword\">{}</div>", afterword()));
    let files: Vec<(String, Vec<u8>)> = bodies
        .iter()
        .enumerate()
        .map(|(i, body)| {
            let body = body.replace("<!--chapter content-->", "").replace("<!--/chapter content-->", "");
            (format!("The_Cafe_split_{i:03}.xhtml"), page(&body.replace("\"userstuff\"", "\"userstuff1\"")))
        })
        .collect();
    let item = |(i, file): (usize, &(String, Vec<u8>))| {
        format!("<item id=\"html{i}\" href=\"{}\" media-type=\"application/xhtml+xml\"/>", file.0)
    };
    let items: String = files.iter().enumerate().map(item).collect();
    let order: String = (0..files.len()).map(|i| format!("<itemref idref=\"html{i}\"/>")).collect();
    let subjects = FIELDS.iter().flat_map(|f| f.2).map(|tag| format!("<dc:subject>{}</dc:subject>", xml(tag)));
    let package = format!(
        "<package xmlns:dc=\"d\"><metadata><dc:title>{}</dc:title><dc:creator>{AUTHOR}</dc:creator>\
         <dc:publisher>Archive of Our Own</dc:publisher><dc:language>en</dc:language><dc:subject>Fanworks</dc:subject>\
         {}<dc:description>&lt;p&gt;{SUMMARY}&lt;/p&gt;</dc:description></metadata><manifest>{items}</manifest>\
         <spine>{order}</spine></package>",
        xml(TITLE),
        subjects.collect::<String>()
    );
    let mut entries = frame("content.opf", package);
    entries.extend(files);
    entries
}

/// The page of the work with all its chapters, as a browser saves it.
pub fn work_page() -> Vec<u8> {
    let class = |kind: &str| kind.trim_start_matches("archive-").replace("additional-tag", "freeform");
    let row = |(label, kind, values): &(&str, &str, &[&str])| {
        let class = class(kind);
        if class == "language" {
            return format!(
                "<dt class=\"language\">Language:</dt><dd class=\"language\" lang=\"en\">{}</dd>",
                values[0]
            );
        }
        let items: String = values.iter().map(|v| format!("<li><a class=\"tag\">{}</a></li>", xml(v))).collect();
        format!(
            "<dt class=\"{class} tags\">{label}:</dt><dd class=\"{class} tags\"><ul class=\"commas\">{items}</ul></dd>\n"
        )
    };
    let stat = |(label, kind, value): &(&str, &str, &str)| {
        let class = if *kind == "completed" { "status" } else { kind };
        format!("<dt class=\"{class}\">{label}:</dt><dd class=\"{class}\">{value}</dd>")
    };
    let module = |class: &str, label: &str, text: &str| {
        if text.is_empty() {
            return String::new();
        }
        let text = html(text);
        format!(
            "<div class=\"{class} module\"><h3 class=\"heading\">{label}:</h3>\
             <blockquote class=\"userstuff\"><p>{text}</p></blockquote></div>"
        )
    };
    let chapter = |(number, chapter): (usize, &Chapter)| {
        format!(
            "<div class=\"chapter\" id=\"chapter-{number}\"><div class=\"chapter preface group\">\
             <h3 class=\"title\"><a href=\"c\">Chapter {number}</a>: {}</h3>{}</div>\
             <div class=\"userstuff module\" role=\"article\"><h3 class=\"landmark heading\" id=\"work\">Chapter Text</h3>\
             {}</div><div class=\"chapter preface group\">{}</div></div>\n",
            xml(chapter.title),
            module("notes", "Notes", chapter.notes),
            chapter.text(|p| format!("<p>{}</p>\n", html(p))),
            module("end notes", "Notes", chapter.end_notes)
        )
    };
    format!(
        "<!DOCTYPE html>\n<!-- saved from url=(0041){URL} -->\n<html><head><title>x [Archive of Our Own]</title></head><body>\
         <h1 class=\"heading\"><a href=\"https://archiveofourown.org/\"><span>Archive of Our Own</span></a></h1>\
         <div id=\"main\"><div class=\"work\"><dl class=\"work meta group\">{}<dt class=\"stats\">Stats:</dt>\
         <dd class=\"stats\"><dl class=\"stats\">{}</dl></dd></dl></div><div id=\"workskin\">\
         <div class=\"preface group\"><h2 class=\"title heading\">{}</h2><h3 class=\"byline heading\">\
         <a rel=\"author\" href=\"u\">{AUTHOR}</a></h3>{}{}</div><div id=\"chapters\" role=\"article\">{}</div>\
         <div class=\"afterword preface group\">{}</div></div></div></body></html>\n",
        FIELDS.iter().map(row).collect::<String>(),
        STATS.iter().map(stat).collect::<String>(),
        xml(TITLE),
        module("summary", "Summary", SUMMARY),
        module("notes", "Notes", NOTES),
        chapters().map(chapter).collect::<String>(),
        module("end notes", "Notes", END_NOTES).replace("<div class", "<div id=\"work_endnotes\" class")
    )
    .into_bytes()
}

/// A download with its markup taken away: the lines of its template, paragraphs of a chapter in one.
pub fn stripped() -> Vec<u8> {
    let row = |(label, _, values): &(&str, &str, &[&str])| format!("{label}:\n{}\n", values.join(", "));
    let stats: String = STATS.iter().map(|(label, _, value)| format!("{label}: {value} ")).collect();
    let block = |label: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("{label}\n\n{text}\n\n\n") }
    };
    let chapter = |(number, chapter): (usize, &Chapter)| {
        format!(
            "\n\nChapter {number}: {}\n\n{}\n{}\n\n\n{}",
            chapter.title,
            block("Chapter Notes", chapter.notes),
            chapter.text(plain),
            block("Chapter End Notes", chapter.end_notes)
        )
    };
    format!(
        "{TITLE} - {AUTHOR} - Tide & Tackle\np.message {{ text-align: center; }}\n\nPreface\n\n{TITLE}\n\
         Posted originally on the Archive of Our Own at {URL}.\n\n{}Stats:\n{stats}\n\n\n{TITLE}\nby {AUTHOR}\n\n\
         {}{}{}\n\n\nAfterword\n\n{}\nPlease drop by the Archive and comment to let the creator know if you enjoyed \
         their work!\n",
        FIELDS.iter().map(row).collect::<String>(),
        block("Summary", SUMMARY),
        block("Notes", NOTES),
        chapters().map(chapter).collect::<String>(),
        block("End Notes", END_NOTES)
    )
    .into_bytes()
}

/// A page of the work with its markup taken away, on one line, from the first note on.
pub fn dump() -> Vec<u8> {
    let mut text = format!("Notes: {NOTES} (See the end of the work for more notes .)");
    for (number, chapter) in chapters() {
        if number > 1 {
            text.push_str(&format!(" Chapter {number}"));
        }
        if !chapter.notes.is_empty() {
            text.push_str(&format!(" Notes: {} (See the end of the chapter for more notes .)", chapter.notes));
        }
        text.push_str(&chapter.text(|p| format!(" {}", plain(p))));
        if !chapter.end_notes.is_empty() {
            text.push_str(&format!(" Notes: {}", chapter.end_notes));
        }
    }
    text.push_str(&format!(" Notes: {END_NOTES}\n"));
    text.into_bytes()
}

/// An EPUB's bytes.
pub fn epub_bytes() -> Vec<u8> {
    zipped(&epub())
}

//! The same story as a file of each format.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::story::{Story, story};

/// A file to read.
pub struct File {
    /// The format that must recognize it.
    pub format: &'static str,
    /// What the format's files end with.
    pub extension: &'static str,
    /// Makes it, the story being of about one megabyte.
    pub make: fn() -> Vec<u8>,
}

/// One file for each format, in the order in which they are shown. A new format is a line here and a function below.
pub const FILES: &[File] = &[
    File { format: "text", extension: "txt", make: text },
    File { format: "dump", extension: "txt", make: dump },
    File { format: "markdown", extension: "md", make: markdown },
    File { format: "ao3-html", extension: "html", make: download },
    File { format: "ao3-page", extension: "html", make: work_page },
    File { format: "html", extension: "html", make: own_page },
    File { format: "epub", extension: "epub", make: epub },
    File { format: "docx", extension: "docx", make: docx },
    File { format: "odt", extension: "odt", make: odt },
    File { format: "jsonl", extension: "jsonl", make: jsonl },
    File { format: "csv", extension: "csv", make: csv },
];

/// Bytes of the story in a file of its own.
const LARGE: usize = 1 << 20;

/// Bytes of each story of a data set, and how many there are.
const RECORD: (usize, usize) = (40_000, 25);

const FIELDS: &[(&str, &str)] = &[
    ("Rating", "Teen And Up Audiences"),
    ("Archive Warning", "No Archive Warnings Apply"),
    ("Category", "Gen"),
    ("Fandom", "Salt & Sand"),
    ("Relationship", "Ines Calder & Rowan Vey"),
    ("Additional Tags", "Boats, Bread, Weather"),
    ("Language", "English"),
];

fn same(text: &str) -> String {
    text.to_owned()
}

fn header() -> String {
    FIELDS.iter().map(|(label, value)| format!("{label}: {value}\n")).collect()
}

/// The story as plain text.
fn prose(bytes: usize) -> String {
    story(bytes).render(|_, t| format!("{t}\n\n"), |p| format!("{p}\n\n"), same, same).concat()
}

fn text() -> Vec<u8> {
    format!("{}\n{}", header(), prose(LARGE)).into_bytes()
}

fn dump() -> Vec<u8> {
    let chapters = story(LARGE).render(|_, t| format!("{t} Chapter Text "), |p| format!("{p} "), same, same);
    format!("Summary: A walk. Notes: (See the end of the work for notes.) {}", chapters.concat()).into_bytes()
}

fn markdown() -> Vec<u8> {
    let fields =
        FIELDS.iter().map(|(label, value)| format!("{}: \"{value}\"\n", label.to_lowercase().replace(' ', "_")));
    format!("---\n{}---\n\n{}", fields.collect::<String>(), story(LARGE).markdown()).into_bytes()
}

/// Text of HTML as most programs write it: curly quotes as they are, some of them and all other symbols as entities.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace("that’s", "that&rsquo;s").replace('…', "&hellip;")
}

fn emphasis(text: &str) -> String {
    format!("<em>{}</em>", escaped(text))
}

/// The chapters as HTML, each with its heading.
fn chapters(story: &Story, heading: impl Fn(usize, &str) -> String) -> Vec<String> {
    story.render(heading, |p| format!("<p>{p}</p>\n"), escaped, emphasis)
}

fn download() -> Vec<u8> {
    let rows = FIELDS.iter().map(|(label, value)| {
        let value = escaped(value);
        format!("<dt>{label}:</dt>\n<dd><a href=\"https://archive.example/tags/x\">{value}</a></dd>\n")
    });
    let chapters = chapters(&story(LARGE), |_, t| {
        format!(
            "<div class=\"meta group\"><h2 class=\"heading\">{t}</h2></div>\n<!--chapter content-->\n<div class=\"userstuff\">"
        )
    });
    let chapters: String = chapters.iter().map(|c| format!("{c}</div>\n<!--/chapter content-->\n")).collect();
    format!(
        "<!DOCTYPE html><html><head><title>Wind</title><style>p.message {{ text-align: center; }}</style></head><body>\n\
         <div id=\"preface\"><p class=\"message\"><b>Wind</b><br />Posted originally on the <a href=\"x\">Archive</a> at \
         <a href=\"x\">https://archive.example/works/1</a>.</p><div class=\"meta\"><dl class=\"tags\">{}</dl>\
         <h1>Wind</h1><div class=\"byline\">by <a rel=\"author\" href=\"x\">fern</a></div></div></div>\n\
         <div id=\"chapters\" class=\"userstuff\">{chapters}</div></body></html>\n",
        rows.collect::<String>()
    )
    .into_bytes()
}

fn work_page() -> Vec<u8> {
    let rows =
        [("rating", "Teen And Up Audiences"), ("warning", "No Archive Warnings Apply"), ("fandom", "Salt &amp; Sand")];
    let rows = rows.map(|(class, value)| {
        format!("<dt class=\"{class} tags\">{class}:</dt><dd class=\"{class} tags\"><ul><li><a class=\"tag\" href=\"x\">{value}</a></li></ul></dd>\n")
    });
    let chapters = chapters(&story(LARGE), |i, t| {
        format!(
            "<div class=\"chapter\" id=\"chapter-{i}\"><h3 class=\"title\">{t}</h3><div class=\"userstuff module\" role=\"article\">\n"
        )
    });
    let chapters: String = chapters.iter().map(|c| format!("{c}</div></div>\n")).collect();
    format!(
        "<!DOCTYPE html><html><head><title>Wind - fern [Archive]</title></head><body><div id=\"main\">\n\
         <dl class=\"work meta group\">{}</dl>\n<div id=\"workskin\">{chapters}</div></div></body></html>\n",
        rows.concat()
    )
    .into_bytes()
}

fn own_page() -> Vec<u8> {
    let fields: String = FIELDS.iter().map(|(l, v)| format!("<p><b>{l}:</b> {}</p>\n", escaped(v))).collect();
    let chapters = chapters(&story(LARGE), |_, t| format!("<h2>{t}</h2>\n"));
    format!(
        "<!DOCTYPE html>\n<html><head><title>Wind</title></head><body>\n<h1>Wind</h1>\n{fields}{}</body></html>\n",
        chapters.concat()
    )
    .into_bytes()
}

/// A zip container of names and contents.
fn zipped(entries: &[(String, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (i, (name, content)) in entries.iter().enumerate() {
        let method = if i == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        writer.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn entry(name: &str, content: impl Into<String>) -> (String, String) {
    (name.to_owned(), content.into())
}

fn epub() -> Vec<u8> {
    let chapters = chapters(&story(LARGE), |_, t| format!("<h2>{t}</h2>\n"));
    let ids = || 1..=chapters.len();
    let items = ids().map(|i| format!("<item id=\"c{i}\" href=\"c{i}.xhtml\" media-type=\"application/xhtml+xml\"/>"));
    let spine = ids().map(|i| format!("<itemref idref=\"c{i}\"/>"));
    let mut entries = vec![
        entry("mimetype", "application/epub+zip"),
        entry(
            "META-INF/container.xml",
            "<container><rootfiles><rootfile full-path=\"content.opf\"/></rootfiles></container>",
        ),
        entry(
            "content.opf",
            format!(
                "<package><metadata><dc:title>Wind</dc:title><dc:language>en</dc:language></metadata>\
                 <manifest>{}</manifest><spine>{}</spine></package>",
                items.collect::<String>(),
                spine.collect::<String>()
            ),
        ),
    ];
    for (i, chapter) in ids().zip(&chapters) {
        // entities with names are none in XML
        let body = chapter.replace("&rsquo;", "&#8217;").replace("&hellip;", "&#8230;");
        let page = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>Wind</title></head>\
             <body>{body}</body></html>"
        );
        entries.push((format!("c{i}.xhtml"), page));
    }
    zipped(&entries)
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
}

fn docx() -> Vec<u8> {
    let run = |properties: &str, text: &str| {
        format!("<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>", xml(text))
    };
    let header: String = FIELDS.iter().map(|(l, v)| format!("<w:p>{}</w:p>", run("", &format!("{l}: {v}")))).collect();
    let chapters = story(LARGE).render(
        |_, t| format!("<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr>{}</w:p>", run("", t)),
        |p| format!("<w:p>{p}</w:p>"),
        |t| run("", t),
        |t| run("<w:rPr><w:i/></w:rPr>", t),
    );
    let document = format!("<w:document><w:body>{header}{}</w:body></w:document>", chapters.concat());
    zipped(&[entry("[Content_Types].xml", "<Types/>"), entry("word/document.xml", document)])
}

fn odt() -> Vec<u8> {
    let header: String = FIELDS.iter().map(|(l, v)| format!("<text:p>{l}: {}</text:p>", xml(v))).collect();
    let chapters = story(LARGE).render(
        |_, t| format!("<text:h text:outline-level=\"1\">{t}</text:h>"),
        |p| format!("<text:p>{p}</text:p>"),
        xml,
        |t| format!("<text:span text:style-name=\"T1\">{}</text:span>", xml(t)),
    );
    let content = format!(
        "<office:document-content><office:body><office:text>{header}{}</office:text></office:body></office:document-content>",
        chapters.concat()
    );
    zipped(&[entry("mimetype", "application/vnd.oasis.opendocument.text"), entry("content.xml", content)])
}

fn jsonl() -> Vec<u8> {
    let story = prose(RECORD.0).replace('"', "\\\"").replace('\n', "\\n").replace('—', "\\u2014");
    let record =
        |i| format!("{{\"id\": {i}, \"rating\": \"Teen\", \"tags\": [\"Boats\", \"Bread\"], \"text\": \"{story}\"}}\n");
    (0..RECORD.1).map(record).collect::<String>().into_bytes()
}

fn csv() -> Vec<u8> {
    let story = prose(RECORD.0);
    let row = |i| format!("{i},Teen,\"Boats, Bread\",\"{story}\"\n");
    let rows: String = (0..RECORD.1).map(row).collect();
    format!("id,rating,tags,text\n{rows}").into_bytes()
}

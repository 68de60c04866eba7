//! The work as a record of a data set.

use crate::support::story::*;

/// The story as records hold it: chapters under their headings.
fn text() -> String {
    let chapter = |(number, chapter): (usize, &Chapter)| {
        format!("Chapter {number}: {}\n\n{}", chapter.title, chapter.text(|p| format!("{}\n\n", plain(p))))
    };
    chapters().map(chapter).collect::<String>().trim_end().to_owned()
}

/// A string of JSON, with everything beyond ASCII as escapes.
fn string(text: &str) -> String {
    let escape = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        c if c.is_ascii() => c.to_string(),
        c => format!("\\u{:04x}", c as u32),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// The columns of a set whose values are strings, under the labels of downloads.
fn columns() -> Vec<(String, String)> {
    let mut columns = vec![("title".to_owned(), TITLE.to_owned()), ("author".to_owned(), AUTHOR.to_owned())];
    columns.push(("url".to_owned(), URL.to_owned()));
    columns.extend(FIELDS.iter().map(|(label, _, values)| ((*label).to_owned(), values.join(", "))));
    columns.extend(STATS.iter().map(|(label, _, value)| ((*label).to_lowercase(), (*value).to_owned())));
    columns.push(("summary".to_owned(), SUMMARY.to_owned()));
    columns.push(("notes".to_owned(), NOTES.to_owned()));
    columns.push(("endnotes".to_owned(), END_NOTES.to_owned()));
    columns
}

/// JSON Lines of strings.
pub fn lines() -> Vec<u8> {
    let columns = columns().into_iter().chain([("text".to_owned(), text())]);
    let pairs: Vec<String> = columns.map(|(name, value)| format!("{}: {}", string(&name), string(&value))).collect();
    format!("{{{}}}\n", pairs.join(", ")).into_bytes()
}

/// One JSON document with lists and with chapters of their own.
pub fn document() -> Vec<u8> {
    let list = |values: &[&str]| format!("[{}]", values.iter().map(|v| string(v)).collect::<Vec<_>>().join(", "));
    let mut pairs: Vec<String> = vec![
        format!("\"title\": {}", string(TITLE)),
        format!("\"authors\": {}", list(&[AUTHOR])),
        format!("\"url\": {}", string(URL)),
        format!("\"summary\": {}", string(&format!("<p>{SUMMARY}</p>"))),
        format!("\"notes\": {}", string(NOTES)),
        format!("\"endnotes\": {}", string(END_NOTES)),
    ];
    pairs.extend(FIELDS.iter().map(|(label, _, values)| {
        let one = matches!(*label, "Rating" | "Language");
        format!("{}: {}", string(&label.to_lowercase()), if one { string(values[0]) } else { list(values) })
    }));
    pairs.extend(STATS.iter().map(|(label, _, value)| format!("{}: {}", string(&label.to_lowercase()), string(value))));
    let chapter = |(number, chapter): (usize, &Chapter)| {
        format!(
            "{{\"number\": {number}, \"title\": {}, \"notes\": {}, \"text\": {}, \"endnotes\": {}}}",
            string(chapter.title),
            string(chapter.notes),
            string(&chapter.text(|p| format!("<p>{}</p>", html(p)))),
            string(chapter.end_notes)
        )
    };
    let chapters: Vec<String> = chapters().map(chapter).collect();
    format!("{{\n  {},\n  \"chapters\": [\n    {}\n  ]\n}}\n", pairs.join(",\n  "), chapters.join(",\n    "))
        .into_bytes()
}

/// What `--map` is given for [`table`]: fields and the columns that they stand in.
pub const MAP: &[(&str, &str)] = &[("rating", "Age"), ("additional-tag", "Shelves"), ("text", "Prose")];

/// CSV with column names of its own.
pub fn table() -> Vec<u8> {
    let own = |name: String| match name.as_str() {
        "Rating" => "Age".to_owned(),
        "Additional Tags" => "Shelves".to_owned(),
        _ => name,
    };
    let columns: Vec<(String, String)> = columns().into_iter().chain([("Prose".to_owned(), text())]).collect();
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let names: Vec<String> = columns.iter().map(|c| cell(&own(c.0.clone()))).collect();
    let cells: Vec<String> = columns.iter().map(|c| cell(&c.1)).collect();
    format!("{}\r\n{}\r\n", names.join(","), cells.join(",")).into_bytes()
}

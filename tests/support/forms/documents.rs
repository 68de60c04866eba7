//! What authors write themselves: a header above the story, in a text file or in a word processor.

use crate::support::story::*;

/// What a line of a document is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Title,
    Heading,
    Text,
}

/// The document line by line.
fn lines() -> Vec<(Role, String)> {
    let mut lines = vec![(Role::Title, TITLE.to_owned()), (Role::Text, format!("Author: {AUTHOR}"))];
    lines.push((Role::Text, format!("URL: {URL}")));
    lines.extend(FIELDS.iter().map(|(label, _, values)| (Role::Text, format!("{label}: {}", values.join(", ")))));
    lines.extend(STATS.iter().map(|(label, _, value)| (Role::Text, format!("{label}: {value}"))));
    lines.push((Role::Text, format!("Summary: {SUMMARY}")));
    lines.push((Role::Text, format!("Notes: {NOTES}")));
    for (number, chapter) in chapters() {
        lines.push((Role::Heading, format!("Chapter {number}: {}", chapter.title)));
        let note = |label: &str, text: &str| (!text.is_empty()).then(|| (Role::Text, format!("{label}: {text}")));
        lines.extend(note("Notes", chapter.notes));
        lines.extend(chapter.paragraphs.iter().map(|p| (Role::Text, (*p).to_owned())));
        lines.extend(note("End Notes", chapter.end_notes));
    }
    lines.push((Role::Text, format!("End Notes: {END_NOTES}")));
    lines
}

/// A text file.
pub fn text() -> Vec<u8> {
    let mut text = String::new();
    let mut in_header = true;
    for (role, line) in lines() {
        in_header &= role != Role::Heading;
        text.push_str(&plain(&line));
        text.push_str(if in_header && role == Role::Text { "\n" } else { "\n\n" });
        if line.starts_with("Notes: Written") {
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// Markdown with front matter.
pub fn markdown() -> Vec<u8> {
    let key = |label: &str| label.to_lowercase().replace(' ', "_");
    let mut text = format!("---\ntitle: {TITLE}\nauthor: {AUTHOR}\nurl: {URL}\n");
    for (label, _, values) in FIELDS {
        match values {
            [one] => text.push_str(&format!("{}: {one}\n", key(label))),
            many => text.push_str(&format!("{}: [{}]\n", key(label), many.join(", "))),
        }
    }
    for (label, _, value) in STATS {
        text.push_str(&format!("{}: {value}\n", key(label)));
    }
    text.push_str(&format!("summary: {SUMMARY}\nnotes: {NOTES}\n---\n\n"));
    for (number, chapter) in chapters() {
        text.push_str(&format!("## Chapter {number}: {}\n\n", chapter.title));
        let note = |label: &str, note: &str| {
            if note.is_empty() { String::new() } else { format!("**{label}:** {note}\n\n") }
        };
        text.push_str(&note("Notes", chapter.notes));
        text.push_str(&chapter.text(|p| format!("{}\n\n", p.replace('<', "\\<"))));
        text.push_str(&note("End Notes", chapter.end_notes));
    }
    text.push_str(&format!("## End Notes\n\n{END_NOTES}\n"));
    text.into_bytes()
}

/// A Word document.
pub fn docx() -> Vec<(String, Vec<u8>)> {
    let run = |(i, piece): (usize, &str)| {
        let italic = if i % 2 == 1 { "<w:rPr><w:i/></w:rPr>" } else { "" };
        format!("<w:r>{italic}<w:t xml:space=\"preserve\">{}</w:t></w:r>", xml(piece))
    };
    let paragraph = |(role, line): (Role, String)| {
        let style = match role {
            Role::Title => "<w:pPr><w:pStyle w:val=\"Title\"/></w:pPr>",
            Role::Heading => "<w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr>",
            Role::Text => "",
        };
        format!("<w:p>{style}{}</w:p>\n", line.split('*').enumerate().map(run).collect::<String>())
    };
    let style = |(id, name): (&str, &str)| {
        format!("<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/></w:style>")
    };
    let styles: String = [("Title", "Title"), ("Heading1", "heading 1")].map(style).concat();
    let text: String = lines().into_iter().map(paragraph).collect();
    vec![
        ("[Content_Types].xml".to_owned(), b"<Types/>".to_vec()),
        ("word/document.xml".to_owned(), format!("<w:document><w:body>{text}</w:body></w:document>").into_bytes()),
        ("word/styles.xml".to_owned(), format!("<w:styles>{styles}</w:styles>").into_bytes()),
    ]
}

/// An OpenDocument text.
pub fn odt() -> Vec<(String, Vec<u8>)> {
    let span = |(i, piece): (usize, &str)| {
        if i % 2 == 1 { format!("<text:span text:style-name=\"T1\">{}</text:span>", xml(piece)) } else { xml(piece) }
    };
    let paragraph = |(role, line): (Role, String)| {
        let inside: String = line.split('*').enumerate().map(span).collect();
        match role {
            Role::Title => format!("<text:p text:style-name=\"Title\">{inside}</text:p>\n"),
            Role::Heading => {
                format!("<text:h text:style-name=\"Heading_20_1\" text:outline-level=\"1\">{inside}</text:h>\n")
            }
            Role::Text => format!("<text:p text:style-name=\"Standard\">{inside}</text:p>\n"),
        }
    };
    let text: String = lines().into_iter().map(paragraph).collect();
    let content = format!(
        "<office:document-content><office:body><office:text>{text}</office:text></office:body></office:document-content>"
    );
    vec![
        ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.text".to_vec()),
        ("content.xml".to_owned(), content.into_bytes()),
    ]
}

/// An RTF document, as Word writes one.
pub fn rtf() -> Vec<u8> {
    let escaped = |text: &str| -> String {
        let escape = |c: char| match c {
            '\\' | '{' | '}' => format!("\\{c}"),
            'é' => "\\'e9".to_owned(),
            c if !c.is_ascii() => format!("\\u{}?", c as u32),
            c => c.to_string(),
        };
        text.chars().map(escape).collect()
    };
    let run = |(i, piece): (usize, &str)| {
        if i % 2 == 1 { format!("{{\\i {}}}", escaped(piece)) } else { escaped(piece) }
    };
    let paragraph = |(role, line): (Role, String)| {
        let style = match role {
            Role::Title => "\\s15 ",
            Role::Heading => "\\s1\\outlinelevel0 ",
            Role::Text => "",
        };
        format!("\\pard\\plain {style}{}\\par\n", line.split('*').enumerate().map(run).collect::<String>())
    };
    format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Times New Roman;}}}}\
         {{\\stylesheet{{\\s0 Normal;}}{{\\s1 heading 1;}}{{\\s15 Title;}}}}\n{}}}\n",
        lines().into_iter().map(paragraph).collect::<String>()
    )
    .into_bytes()
}

use super::super::container::tests::zipped;
use super::super::read;
use super::super::testing::{fields, outline};
use super::*;
use crate::model::Input;

fn package(entries: &[(&str, &str)]) -> (Work, Vec<Diagnostic>) {
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let bytes = zipped(&[&[("[Content_Types].xml", &b"<Types/>"[..])], entries.as_slice()].concat());
    let mut all = Vec::new();
    read(Input { name: "a.docx".into(), bytes }, None, &Limits::default(), &mut |work, notes| all.push((work, notes)));
    all.pop().expect("one work")
}

fn document(body: &str) -> String {
    format!("<w:document><w:body>{body}</w:body></w:document>")
}

fn work(body: &str) -> Work {
    let (work, _) = package(&[(DOCUMENT, &document(body))]);
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
    let symbol = "<w:r><w:sym w:font='Wingdings' w:char='F04A'/><w:t>a</w:t></w:r>";
    assert_eq!(work(symbol).sections[0].text.as_str(), "\u{1a}a");
}

#[test]
fn paragraphs_whose_mark_was_deleted_go_on() {
    let deleted = "<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr><w:r><w:t>smi</w:t></w:r></w:p>";
    let text = work(&format!("{deleted}<w:p><w:r><w:t>led</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p>"));
    assert_eq!(text.sections[0].text.as_str(), "smiled\n\nb");
    let hidden = "<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>";
    assert_eq!(work(hidden).sections[0].text.as_str(), "a");
}

#[test]
fn styles_hide_and_make_headings() {
    let styles = "<w:styles>\
        <w:style w:styleId='a'><w:name w:val='Secret'/><w:rPr><w:vanish/></w:rPr></w:style>\
        <w:style w:styleId='b'><w:name w:val='Kapitel'/><w:basedOn w:val='c'/></w:style>\
        <w:style w:styleId='c'><w:name w:val='Oben'/><w:pPr><w:outlineLvl w:val='0'/></w:pPr></w:style></w:styles>";
    let run = |style: &str, own: &str, text: &str| {
        format!("<w:r><w:rPr><w:rStyle w:val='{style}'/>{own}</w:rPr><w:t>{text}</w:t></w:r>")
    };
    let shown = "<w:vanish w:val='0'/>";
    let runs = [run("a", "", "a"), run("a", shown, "b"), run("x", "", "c")].concat();
    let body = [p("b", "One"), format!("<w:p>{runs}</w:p>"), p("a", "gone"), p("b", "Two"), p("", "d")].concat();
    let (work, _) = package(&[(DOCUMENT, &document(&body)), ("word/styles.xml", styles)]);
    assert_eq!(outline(&work), ["1 text [One] bc", "2 text [Two] d"]);
}

#[test]
fn a_table_of_labels_is_a_header() {
    let cell = |text: &str| format!("<w:tc>{text}</w:tc>");
    let row = |a: &str, b: &str| format!("<w:tr>{}{}</w:tr>", cell(a), cell(b));
    let item = "<w:p><w:pPr><w:numPr><w:numId w:val='3'/></w:numPr></w:pPr><w:r><w:t>bread</w:t></w:r></w:p>";
    let header = [
        row(&p("", "Rating:"), &p("", "Mature")),
        row(&p("", "Tags"), &[item, item].concat()),
        row(&p("", "Fandoms"), &(p("", "X") + &p("", "Y"))),
        row(&p("", "Beta"), &p("", "")),
        row(&p("", "My Mood"), &p("", "wet")),
        row(&p("", "Summary"), &(p("", "A mill.") + &p("", "Rain."))),
    ];
    let work = work(&format!("{}<w:tbl>{}</w:tbl>{}", p("Title", "Wind"), header.concat(), p("", "Once.")));
    let expected = [
        "Title = Wind",
        "Rating = Mature",
        "Tags = bread + bread",
        "Fandoms = X + Y",
        "Beta = -",
        "My Mood = wet",
        "Summary = A mill.\nRain.",
    ];
    assert_eq!(fields(&work), expected);
    assert_eq!(outline(&work), ["- summary A…Rain.", "- text Once."]);
    let other = [row(&p("", "Ann"), &p("", "bread")), row(&p("", "Bob"), &p("", "salt")), row("", &p("", "x"))];
    let text = self::work(&format!("<w:tbl>{}</w:tbl>", other.concat()));
    assert_eq!((fields(&text).len(), text.sections[0].text.as_str()), (0, "Ann\n\nbread\n\nBob\n\nsalt\n\nx"));
}

#[test]
fn parts_are_found_where_the_package_says() {
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationship Type='http://purl.oclc.org/ooxml/officeDocument/relationships/{kind}' Target='{target}'/>"
        )
    };
    let package_relations =
        format!("<Relationships>{}</Relationships>", relation("officeDocument", "/word/document2.xml"));
    let relations = format!("<Relationships>{}</Relationships>", relation("comments", "said.xml"));
    let comment = |text: &str| format!("<w:comment w:id='0'>{}</w:comment>", p("", text));
    let (work, notes) = package(&[
        ("_rels/.rels", &package_relations),
        ("word/document2.xml", &document(&p("", "Once."))),
        ("word/_rels/document2.xml.rels", &relations),
        ("word/said.xml", &format!("<w:comments>{}{}</w:comments>", comment("CW: rain"), comment("Mud."))),
    ]);
    assert_eq!((notes, work.format), (Vec::new(), "docx"));
    assert_eq!(outline(&work), ["- text Once.", "- end notes CW:…rain", "- end notes Mud."]);
    let span = work.sections[2].text.span();
    let source = work.source(span.source).unwrap();
    assert_eq!(source.name, "a.docx:word/said.xml");
    assert_eq!(source.place(span.start).as_deref(), Some("comment 2, paragraph 1"));
}

#[test]
fn properties_complete_a_header() {
    let core = |title: &str, author: &str, more: &str| {
        format!(
            "<cp:coreProperties><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>{more}</cp:coreProperties>"
        )
    };
    let keywords = "<cp:keywords>rain, bread</cp:keywords><dc:description>A mill.</dc:description>";
    let read = |body: &str, core: &str| {
        fields(&package(&[(DOCUMENT, &document(&p("", body))), ("docProps/core.xml", core)]).0)
    };
    let rated = "Rating: M";
    for (body, core, expected) in [
        (rated, core("The &amp; Mill", "Ada", ""), &["Rating = M", "Title = The & Mill", "Author = Ada"][..]),
        (rated, core("Microsoft Word - Document1", "Microsoft Office User", ""), &["Rating = M"]),
        (rated, core("Document 3", "", ""), &["Rating = M"]),
        (rated, core("mill.docx", " ", ""), &["Rating = M"]),
        ("by Ada", core("Mill", "Bob", ""), &["Author = Ada", "Title = Mill"]),
        // nobody has said yet what is in the work
        ("Once.", core("Mill", "Ada", ""), &[]),
        ("Once.", core("", "", keywords), &["Keywords = rain + bread", "Summary = A mill."]),
    ] {
        assert_eq!(read(body, &core), expected, "{core}");
    }
}

#[test]
fn what_is_not_read_is_said() {
    let message = |entries: &[(&str, &str)]| package(entries).1.first().map(|n| n.message.clone()).unwrap_or_default();
    let whole = document(&p("", "Once."));
    assert_eq!(message(&[(DOCUMENT, &whole)]), "");
    assert!(message(&[(DOCUMENT, &whole[..whole.len() - 8])]).contains("“word/document.xml” breaks off"));
    assert!(message(&[(DOCUMENT, &whole), ("word/comments.xml", "<w:comments><w:p")]).contains("comments.xml"));
    assert!(message(&[(DOCUMENT, &document("<w:altChunk r:id='x'/>"))]).contains("altChunk"));
    assert!(message(&[("word/documents.txt", "")]).contains("no Word document"));
}

#[test]
fn entries_may_be_in_utf_16_and_nested_deeply() {
    let text = document(&p("", "Once, café."));
    let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let bytes = zipped(&[("[Content_Types].xml", b"<Types/>"), (DOCUMENT, &wide)]);
    let mut all = Vec::new();
    read(Input { name: "a.docx".into(), bytes }, None, &Limits::default(), &mut |work, _| all.push(work));
    assert_eq!(outline(&all[0]), ["- text Once,…café."]);
    let deep = ["<w:tbl><w:tr><w:tc>".repeat(50_000), p("", "Once."), "</w:tc></w:tr></w:tbl>".repeat(50_000)].concat();
    assert_eq!(outline(&work(&deep)), ["- text Once."]);
}

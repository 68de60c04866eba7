use super::super::container::tests::zipped;
use super::super::testing::{fields, outline};
use super::*;
use crate::formats;
use crate::model::Input;

const CONTAINER: &str = r#"<container><rootfiles><rootfile full-path="a/b.opf"/></rootfiles></container>"#;

/// A book of files `name.xhtml`, in that order, with the metadata and, as pairs of label and target, the contents.
fn book(metadata: &str, contents: &[(&str, &str)], files: &[(&str, &str)]) -> Work {
    let item = |(name, _): &(&str, &str)| {
        format!(r#"<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>"#)
    };
    let items: String = files.iter().map(item).collect();
    let order: String = files.iter().map(|(name, _)| format!(r#"<itemref idref="{name}"/>"#)).collect();
    let opf = format!(
        r#"<package><metadata>{metadata}</metadata><manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>{items}</manifest><spine>{order}</spine></package>"#
    );
    let point = |(label, to): &(&str, &str)| {
        format!(r#"<navPoint><navLabel><text>{label}</text></navLabel><content src="{to}"/></navPoint>"#)
    };
    let ncx = format!("<ncx><navMap>{}</navMap></ncx>", contents.iter().map(point).collect::<String>());
    let mut entries: Vec<(String, String)> = vec![
        ("mimetype".into(), "application/epub+zip".into()),
        ("META-INF/container.xml".into(), CONTAINER.into()),
        ("a/b.opf".into(), opf),
        ("a/toc.ncx".into(), ncx),
    ];
    for (name, body) in files {
        entries.push((
            format!("a/{name}.xhtml"),
            format!("<html><head><title>T</title></head><body>{body}</body></html>"),
        ));
    }
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(n, c)| (n.as_str(), c.as_bytes())).collect();
    let input = Input { name: "b.epub".into(), bytes: zipped(&entries) };
    let mut all = Vec::new();
    formats::read(input, None, &Limits::default(), &mut |work, notes| all.push((work, notes)));
    let (work, notes) = all.pop().expect("one work");
    assert_eq!((work.format, notes.len()), ("epub", 0), "{notes:?}");
    let spans = work.fields.iter().flat_map(|f| f.values.iter().map(|v| (v.span, &v.text)));
    for (span, text) in spans {
        assert!(work.slice(span) == text || work.slice(span).contains('&') || work.slice(span).contains('<'), "{text}");
    }
    work
}

#[test]
fn chapters_by_the_table_of_contents_over_several_files() {
    let work = book(
        "<dc:title>Wind &amp; Sand</dc:title><dc:creator>A</dc:creator><dc:creator>B</dc:creator><dc:language>en</dc:language>\
         <dc:subject>Horror</dc:subject><dc:source>https://example.org/1</dc:source><meta property=\"x:contentWarning\">Fire</meta>",
        &[("Cover", "c.xhtml"), ("One", "one.xhtml"), ("Two", "one.xhtml#two"), ("Acknowledgements", "z.xhtml")],
        &[
            ("c", "<p>Wind</p>"),
            ("one", "<h2>One</h2><p>First part.</p><div id='two'><h2>Two</h2><p>Second part.</p></div>"),
            ("more", "<p>And on.</p>"),
            ("z", "<h1>Acknowledgements</h1><p>To N.</p>"),
        ],
    );
    assert_eq!(
        fields(&work),
        [
            "Title = Wind & Sand",
            "Author = A + B",
            "Language = en",
            "URL = https://example.org/1",
            "Subjects = Horror",
            "content warning = Fire"
        ]
    );
    assert_eq!(
        outline(&work),
        ["1 text [One] First…part.", "2 text [Two] Second…part.", "2 text And…on.", "- end notes To…N."]
    );
    assert_eq!(
        work.sources.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(" "),
        "b.epub:a/b.opf b.epub:a/c.xhtml b.epub:a/one.xhtml b.epub:a/more.xhtml b.epub:a/z.xhtml"
    );
}

#[test]
fn chapters_without_a_table_of_contents() {
    let work = book(
        "",
        &[],
        &[("a", "<h1>Prologue</h1><p>Before.</p>"), ("b", "<p>Still before.</p>"), ("c", "<h1>1</h1><p>Then.</p>")],
    );
    assert_eq!(outline(&work), ["1 text [Prologue] Before.", "1 text Still…before.", "2 text [1] Then."]);
}

#[test]
fn a_description_is_the_summary_unless_the_book_has_one() {
    let description = "<dc:description>&lt;p&gt;A &amp;amp; B.&lt;/p&gt;&lt;p&gt;CW: fire&lt;/p&gt;</dc:description>";
    let work = book(description, &[], &[("a", "<h1>One</h1><p>Once.</p>")]);
    assert_eq!(outline(&work), ["- summary A…fire", "1 text [One] Once."]);
    let text = &work.sections[0].text;
    assert_eq!(text.as_str(), "A & B.\n\nCW: fire");
    let at = text.as_str().find("B.").unwrap();
    let span = text.to_source(at..at + 2);
    let source = work.source(span.source).unwrap();
    assert_eq!((source.name.as_str(), source.slice(span)), ("b.epub:a/b.opf#description", "B."));
    let original = source.original_range(span.start..span.end);
    assert_eq!(&work.sources[0].text[original.start as usize..original.end as usize], "B.");
    let own = "<p><b>Rating:</b> Teen<br/><b>Fandom:</b> X<br/><b>Summary:</b> Mine.</p>";
    let work = book(description, &[], &[("t", own), ("a", "<h1>One</h1><p>Once.</p>")]);
    assert_eq!(outline(&work), ["- summary Mine.", "1 text [One] Once."]);
    assert_eq!(work.sources.len(), 3);
}

#[test]
fn title_pages_and_what_looks_like_one() {
    let labels = "<h1>T</h1><p>by N</p><p><b>Rating:</b> Teen &amp; Up<br/><b>Warnings:</b><br/><b>Fandom:</b> X</p>";
    let work = book("", &[("T", "t.xhtml"), ("One", "a.xhtml")], &[("t", labels), ("a", "<h1>One</h1><p>Once.</p>")]);
    assert_eq!(fields(&work), ["Rating = Teen & Up", "Warnings = -", "Fandom = X"]);
    assert_eq!(outline(&work), ["1 text [One] Once."]);
    let dialogue = "<h1>One</h1><p>Words: she had none.</p><p>He had.</p><p>They left.</p>";
    let work = book("", &[], &[("a", dialogue), ("b", "<h1>Two</h1><p>Twice.</p>")]);
    assert_eq!((fields(&work).len(), outline(&work).len()), (0, 2));
}

#[test]
fn a_header_above_the_story_in_one_file_leaves_the_story() {
    let head = "<p><b>Rating:</b> Mature</p><p><b>Fandom:</b> X</p>";
    let story = "<h2>Chapter 1</h2><p>Once.</p><p>Then.</p><h2>Chapter 2</h2><p>Twice.</p>";
    let whole = format!("{head}{story}");
    let expected = ["1 text [Chapter 1] Once.…Then.", "2 text [Chapter 2] Twice."];
    let work = book("", &[], &[("a", &whole)]);
    assert_eq!(
        (fields(&work), outline(&work)),
        (vec!["Rating = Mature".into(), "Fandom = X".into()], expected.map(String::from).to_vec())
    );
    let work = book("", &[("Start", "a.xhtml")], &[("a", &whole), ("b", "<h2>Chapter 3</h2><p>Thrice.</p>")]);
    assert_eq!(fields(&work), ["Rating = Mature", "Fandom = X"]);
    assert!(outline(&work).iter().any(|o| o.contains("Once.")), "{:?}", outline(&work));
}

#[test]
fn a_page_of_warnings_is_a_field_and_notes() {
    for (body, expected) in [
        ("<h1>Content Warnings</h1><p>Fire, a past illness.</p>", "Content Warnings = Fire, a past illness"),
        ("<h1>Trigger Warnings:</h1><ul><li>Fire</li><li>Ice</li></ul>", "Trigger Warnings = Fire + Ice"),
    ] {
        let heading = expected.split(" =").next().unwrap_or("");
        let work =
            book("", &[(heading, "w.xhtml"), ("One", "a.xhtml")], &[("w", body), ("a", "<h1>One</h1><p>Once.</p>")]);
        assert_eq!(fields(&work), [expected]);
        assert!(outline(&work)[0].starts_with("- notes Fire"), "{:?}", outline(&work));
    }
}

//! What is read from the fixtures, and that no page breaks the reader.

use proptest::prelude::*;

use crate::formats::{Limits, read};
use crate::model::{Diagnostic, Field, Input, SectionKind, Span, State, Work};

fn read_text(name: &str, text: &str) -> (Work, Vec<Diagnostic>) {
    let mut found = None;
    let input = Input { name: name.into(), bytes: text.as_bytes().to_vec() };
    read(input, None, &Limits::default(), &mut |work, notes| found = Some((work, notes)));
    found.unwrap()
}

macro_rules! fixture {
    ($name:literal) => {
        read_text("work.html", include_str!(concat!("../../../fixtures/html-", $name, "/work.html")))
    };
}

fn field<'w>(work: &'w Work, name: &str) -> &'w Field {
    let mut found = work.fields.iter().filter(|f| f.name.value == name);
    let field = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "{name} twice");
    field
}

fn values<'w>(work: &'w Work, name: &str) -> Vec<&'w str> {
    field(work, name).values.iter().map(|v| v.text.as_str()).collect()
}

/// Sections in short: `summary`, `2 text Heading`.
fn outline(work: &Work) -> Vec<String> {
    let outline = work.sections.iter().map(|s| {
        let chapter = s.chapter.map(|c| format!("{c} ")).unwrap_or_default();
        let heading = s.heading.as_ref().map(|h| format!(" {}", h.value)).unwrap_or_default();
        format!("{chapter}{}{heading}", s.kind.name())
    });
    outline.collect()
}

fn texts(work: &Work, kind: SectionKind) -> Vec<&str> {
    work.sections.iter().filter(|s| s.kind == kind).map(|s| s.text.as_str()).collect()
}

fn all_fixtures() -> Vec<(&'static str, Work, Vec<Diagnostic>)> {
    macro_rules! all {
        ($($name:literal),*) => { vec![$({ let (work, notes) = fixture!($name); ($name, work, notes) }),*] };
    }
    all!(
        "download-2016",
        "download-2019",
        "download-2022",
        "download-2023",
        "download-2024",
        "download-2026",
        "work-page",
        "work-page-chapter",
        "adult-gate",
        "pasted",
        "own-page",
        "google-docs",
        "google-docs-pasted",
        "word",
        "libreoffice",
        "blog"
    )
}

#[test]
fn every_shape_is_recognized() {
    for (name, work, notes) in all_fixtures() {
        let format = match name {
            name if name.starts_with("download") => "ao3-html",
            "work-page" | "work-page-chapter" | "adult-gate" => "ao3-page",
            _ => "html",
        };
        assert_eq!(work.format, format, "{name}");
        assert_eq!(work.partial, name == "work-page-chapter", "{name}");
        assert_eq!(notes.is_empty(), !matches!(name, "work-page-chapter" | "adult-gate"), "{name}: {notes:?}");
    }
    for (name, text, format) in [
        ("a.html", "<p>Hello", "html"),
        ("a", "<!-- a --> <!DOCTYPE HTML><p>Hello", "html"),
        ("a", "<?xml version='1.0'?><html><head><title/></head><body>Hello</body></html>", "html"),
        // what only speaks of the archive's markup is none of its pages
        ("a.html", "<p>It has a &lt;dl class=\"tags\"> and an id=\"main\" on archiveofourown.org.", "html"),
    ] {
        assert_eq!(read_text(name, text).0.format, format, "{text}");
        assert_eq!(read_text(name, text).0.sections.len(), 1, "{text}");
    }
    assert_ne!(read_text("a.txt", "<3 she wrote").0.format, "html");
}

#[test]
fn figures_in_the_fixtures_are_true() {
    for (name, work, _) in all_fixtures().iter().filter(|f| !f.1.partial) {
        let declared =
            |label| work.fields.iter().find(|f| f.name.value == label).map(|f| f.values[0].text.replace(',', ""));
        let words: u32 = work.sections.iter().filter(|s| s.kind.is_story()).map(|s| s.text.words()).sum();
        if let Some(declared) = declared("Words") {
            assert_eq!(declared, words.to_string(), "{name}");
        }
        if let Some(declared) = declared("Chapters") {
            assert_eq!(declared.split('/').next(), Some(work.chapters().to_string().as_str()), "{name}");
        }
    }
}

#[test]
fn spans_cut_out_names_and_values() {
    for (name, work, _) in all_fixtures() {
        for field in &work.fields {
            let label = work.slice(field.name.span);
            let in_file = ["Title", "Author", "URL", "Archive"].iter().all(|n| field.name.value != *n);
            assert!(!in_file || label.is_empty() || label == field.name.value, "{name}: {label}");
            for value in &field.values {
                let slice = work.slice(value.span);
                assert_eq!(slice == value.text, value.verbatim, "{name}: {slice}");
                assert!(value.verbatim || slice.contains(['&', '<', '\n']), "{name}: {slice}");
            }
        }
        for section in &work.sections {
            let text = section.text.as_str();
            let first = text.find(' ').unwrap_or(text.len());
            let word = work.slice(section.text.to_source(0..first)).to_lowercase();
            assert!(
                word.contains('&') || word.ends_with(text[..first].trim_matches('"').to_lowercase().as_str()),
                "{name}: {word}"
            );
        }
    }
}

#[test]
fn download_before_2019() {
    let (work, _) = fixture!("download-2016");
    assert_eq!(values(&work, "Title"), ["The Lamp at Gull Point"]);
    assert_eq!(values(&work, "Author"), ["tidewrack"]);
    assert_eq!(values(&work, "URL"), ["http://archiveofourown.org/works/1000001"]);
    assert_eq!(values(&work, "Archive"), ["Archive of Our Own"]);
    assert_eq!(values(&work, "Archive Warning"), ["Choose Not To Use Archive Warnings"]);
    assert_eq!(values(&work, "Relationship"), ["Ines Calder & Rowan Vey"]);
    assert_eq!(values(&work, "Published"), ["2016-07-03"]);
    assert_eq!(values(&work, "Completed"), ["2016-07-09"]);
    assert_eq!(values(&work, "Chapters"), ["2/2"]);
    assert_eq!(field(&work, "Language").state, State::Unknown);
    assert_eq!(outline(&work), ["summary", "1 text Fog", "2 summary", "2 text Chapter 2", "end notes"]);
    assert!(texts(&work, SectionKind::Text)[1].contains("gone.\n\nAt four"), "two breaks are a paragraph");
}

#[test]
fn download_of_2019() {
    let (work, _) = fixture!("download-2019");
    assert_eq!(values(&work, "Author"), ["Anonymous"]);
    assert_eq!(values(&work, "Character"), ["Grandmother Oru", "The Visitor"]);
    assert_eq!(field(&work, "Language").state, State::Unknown);
    assert_eq!(outline(&work), ["summary", "notes", "text", "end notes"]);
    let text = texts(&work, SectionKind::Text)[0];
    assert!(text.starts_with("Grandmother Oru counted") && text.contains("\n\nLater\n\n"), "{text}");
}

#[test]
fn download_of_2022() {
    let (work, _) = fixture!("download-2022");
    assert_eq!(values(&work, "Author"), ["fern", "Quill (quillandco)"]);
    assert_eq!(values(&work, "Series"), ["Ink and Weather", "Letters, Unsent"]);
    assert_eq!(values(&work, "Language"), ["Deutsch"]);
    assert_eq!(outline(&work), ["summary", "1 text Der erste Brief", "2 notes", "2 text Chapter 2"]);
}

#[test]
fn download_of_2023_and_2024() {
    let (work, _) = fixture!("download-2023");
    assert!(values(&work, "Words")[0].contains(','));
    assert_eq!(values(&work, "Fandom"), ["Nursery Rhymes & Lullabies"]);
    let (work, _) = fixture!("download-2024");
    assert_eq!(values(&work, "Collections"), ["Snow, Ice, and Everything Nice", "Short Things"]);
    assert_eq!(values(&work, "Fandoms"), ["Stars & Staves (Video Game)", "苍穹之书 | Book of the Vault"]);
    assert_eq!(values(&work, "Additional Tags"), ["ثلج", "שלג ראשון", "雪", "Hurt/Comfort", "Isn't It Cold"]);
    assert_eq!(outline(&work), ["summary", "text", "end notes"]);
    assert!(field(&work, "Additional Tags").listed);
}

#[test]
fn download_of_2026() {
    let (work, _) = fixture!("download-2026");
    let expected = [
        "summary",
        "1 text Chapter 1: The Gate",
        "2 summary",
        "2 notes",
        "2 text Chapter 2",
        "2 end notes",
        "3 text Chapter 3: Chapter & Verse",
    ];
    assert_eq!(outline(&work), expected);
    assert_eq!(texts(&work, SectionKind::EndNotes), ["No pears were picked."]);
    assert_eq!(values(&work, "URL"), ["https://archiveofourown.org/works/6000006"]);
}

#[test]
fn downloads_that_were_edited_or_imported() {
    let page = |byline: &str, row: &str, chapters: &str| {
        let text = format!(
            "<html><body><div id=\"preface\"><dl class=\"tags\"><dt>Rating:</dt><dd>{row}</dd></dl>\
             <h1>A</h1><div class=\"byline\">{byline}</div></div>{chapters}</body></html>"
        );
        read_text("a.html", &text).0
    };
    let work =
        page("by Nan [archived by <a rel=author href=x>mod</a>]", "Teen, or so", "<div id=chapters class=userstuff>Hi");
    assert_eq!(values(&work, "Author"), ["Nan [archived by mod]"]);
    assert_eq!((values(&work, "Rating"), field(&work, "Rating").listed), (vec!["Teen, or so"], false));
    assert_eq!(texts(&work, SectionKind::Text), ["Hi"]);
    // the comments are enough when the element around the text is gone, and the element when they are
    let head = "<div class='meta group'><h2 class=heading>One</h2></div>";
    let end = "<div class=meta><p>Chapter End Notes</p><blockquote class=userstuff>Bye</blockquote></div>";
    for (chapter, expected) in [
        ("<!--chapter content--><p>Hi</p><h1>Ho</h1><!--/chapter content-->", "Hi\n\nHo"),
        ("<!--chapter content--><div class=userstuff><p>Notes</p><p>Hi</p></div>", "Notes\n\nHi"),
        ("<div class=userstuff><p>Hi</p><div class=userstuff>Ho</div></div>", "Hi\n\nHo"),
    ] {
        let work = page("by a", "", &format!("<div id=chapters class=userstuff>{head}{chapter}{end}</div>"));
        assert_eq!(outline(&work), ["1 text One", "1 end notes"], "{chapter}");
        assert_eq!(texts(&work, SectionKind::Text), [expected], "{chapter}");
        assert_eq!(field(&work, "Rating").state, State::Empty);
    }
}

#[test]
fn whole_work_page() {
    let (work, _) = fixture!("work-page");
    assert_eq!(values(&work, "Archive Warning"), ["No Archive Warnings Apply"]);
    assert_eq!(values(&work, "Additional Tags"), ["Stairs & Landings", "Breakfast"]);
    assert_eq!(values(&work, "Series"), ["Rooms, Numbered"]);
    assert_eq!(values(&work, "Collections"), ["Hotels, Motels, Inns", "Breakfast Club"]);
    assert_eq!(values(&work, "Author"), ["marl", "Sandpiper (tern)"]);
    assert_eq!(values(&work, "Completed"), ["2025-01-18"]);
    assert_eq!(values(&work, "URL"), ["https://archiveofourown.org/works/7000007"]);
    assert_eq!(values(&work, "Archive"), ["Archive of Our Own"]);
    let expected = [
        "summary",
        "notes",
        "1 text Chapter 1: Sixth Floor",
        "1 end notes",
        "2 summary",
        "2 text Chapter 2",
        "end notes",
    ];
    assert_eq!(outline(&work), expected);
    assert_eq!(texts(&work, SectionKind::Notes), ["Mind the third step."]);
    assert!(work.fields.iter().all(|f| f.name.value != "Hits" && f.name.value != "Kudos"));
}

#[test]
fn page_of_one_chapter_with_hidden_tags() {
    let (work, notes) = fixture!("work-page-chapter");
    assert_eq!(field(&work, "Archive Warnings").state, State::Unknown);
    assert_eq!(field(&work, "Additional Tags").state, State::Unknown);
    assert_eq!(values(&work, "Author"), ["Anonymous"]);
    assert_eq!(values(&work, "URL"), ["https://archiveofourown.org/works/8000008"]);
    assert_eq!(outline(&work), ["summary", "2 text Chapter 2: Drip"]);
    let found: Vec<_> =
        notes.iter().map(|n| (n.rule.as_str(), n.subject.as_deref(), work.slice(n.labels[0].span))).collect();
    let expected = [
        ("core/hidden-field", Some("Archive Warnings"), "Show warnings"),
        ("core/hidden-field", Some("Additional Tags"), "Show additional tags"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn page_without_a_work() {
    let (work, notes) = fixture!("adult-gate");
    assert!(work.sections.is_empty() && work.fields.is_empty());
    assert_eq!(notes[0].rule, "core/not-a-work");
    let (_, notes) = read_text("a.html", "<html><title>Empty</title></html>");
    assert_eq!(notes[0].rule, "core/not-a-work");
}

#[test]
fn other_pages() {
    let (work, _) = fixture!("pasted");
    assert_eq!(values(&work, "Title"), ["The Orchard at the End of the Line"]);
    assert_eq!(values(&work, "Rating"), ["Teen"]);
    assert_eq!(values(&work, "Fandom"), ["Slow Trains & Small Stations"]);
    assert_eq!(field(&work, "Content notes").state, State::Empty);
    assert!(!field(&work, "Warnings").listed);
    assert_eq!(outline(&work), ["1 text Chapter One", "2 text Chapter Two: Apples"]);
    let (work, _) = fixture!("own-page");
    assert_eq!(values(&work, "rating"), ["PG-13"]);
    assert_eq!(values(&work, "keywords"), ["road trip, found family, bees & honey"]);
    assert_eq!(outline(&work), ["1 notes or text", "1 text Petrol", "2 text Honey"]);
    for (text, outline_of, fields) in [
        ("<p>Rating: G</p><p>It rained.</p>", vec!["text"], 1),
        ("<p>Anna: Hello.<p>Ben: Hello.<p>Anna: It rained.", vec!["text"], 0),
        ("<p>Rating: G<br>Tags: rain<br><br>It rained.", vec!["text"], 2),
        ("<h1>Rain</h1><p>It rained.", vec!["text"], 1),
        ("<h1>Rain</h1><h2>One</h2>It rained.<h2>Two</h2>It did.", vec!["1 text One", "2 text Two"], 1),
        ("<h3>Prologue</h3>It rained.<h3>Notes</h3>It did.", vec!["1 text Prologue", "2 text Notes"], 0),
        ("<h1>1</h1>It rained.<h1>2</h1>It did.", vec!["1 text 1", "2 text 2"], 0),
        (
            "<title>Rain</title><h1>Rain</h1><h1>One</h1>It rained.<h1>Two</h1>It did.",
            vec!["1 text One", "2 text Two"],
            1,
        ),
    ] {
        let (work, _) = read_text("a.html", text);
        assert_eq!(
            (outline(&work), work.fields.len()),
            (outline_of.iter().map(|s| s.to_string()).collect(), fields),
            "{text}"
        );
    }
}

/// What is read of a page: fields as `label = value + value`, and sections as `1 text Heading: text`.
fn all_of(work: &Work) -> (Vec<String>, Vec<String>) {
    let value = |f: &Field| f.values.iter().map(|v| v.text.as_str()).collect::<Vec<_>>().join(" + ");
    let fields = work.fields.iter().map(|f| format!("{} = {}", f.name.value, value(f))).collect();
    let sections = outline(work).into_iter().zip(&work.sections);
    (fields, sections.map(|(o, s)| format!("{o}: {}", s.text.as_str().replace("\n\n", " / "))).collect())
}

#[test]
fn pages_of_word_processors() {
    let (fields, sections) = all_of(&fixture!("google-docs").0);
    assert_eq!(
        fields,
        [
            "Title = The Ferry & the Loaf",
            "Author = Hollis Grey",
            "Rating = Teen",
            "Warnings = None",
            "Fandom = Tin & Rope",
            "Tags = Boats + Bread"
        ]
    );
    assert_eq!(
        sections,
        [
            "1 text Chapter 1: Flour: Ada baked before the ferry came. \"It's late,\" said her brother, who had been drunk \
             on whiskey since noon and drank the vodka too, too drunk to stand. / The ferry was not late at all.",
            "2 notes Chapter 2: Rope: Thanks to Marl for the knots.",
            "2 text: In the evening they tied the boat up, and the bread was gone.",
            "end notes: It runs on Sundays only.",
        ]
    );
    let (fields, sections) = all_of(&fixture!("google-docs-pasted").0);
    assert_eq!(fields, ["Rating = Teen", "Content warnings = storms"]);
    assert_eq!(
        sections,
        [
            "1 text Chapter One: The storm took the washing, and then it took the line.",
            "2 text Chapter Two: We found the washing in the pear tree, and nearly all of the line."
        ]
    );
    let (fields, sections) = all_of(&fixture!("word").0);
    assert_eq!(
        fields,
        [
            "Title = Rain on the Mill",
            "Rating = Teen",
            "Archive Warnings = No Archive Warnings Apply",
            "Additional Tags = Mills + Bread & Salt"
        ]
    );
    assert_eq!(
        sections,
        [
            "1 text Chapter One: The rain had come down on the mill since Friday, and nobody in it was dry. The miller \
             swept the water out. / 1. Dry the flour.",
            "2 text Chapter Two: \"Is there bread?\" There was, and it was whiskey cake: he was drunk by three, drunk \
             again by four, and too drunk to eat the rest of the vodka jelly.",
            "end notes: Nor had they been on Thursday.",
        ]
    );
    let (fields, sections) = all_of(&fixture!("libreoffice").0);
    assert_eq!(
        fields,
        [
            "Title = Wind over the Pier",
            "Rating = Teen",
            "Fandom = Salt & Sand",
            "Additional Tags = Boats + Animal Daeth + a rather long tag that has to be wrapped by the program + Bread",
        ]
    );
    assert_eq!(
        sections,
        [
            "1 text Chapter 1: It rained all day on the pier, and nobody came to see whether the boats were still there, \
             which they were, since nobody had untied them. The bread was warm. / A line broken.",
            "2 text Chapter 2: Then the sun came out, and the gulls with it.",
            "end notes: A note about piers.",
        ]
    );
}

#[test]
fn pages_of_sites() {
    let (fields, sections) = all_of(&fixture!("blog").0);
    assert_eq!(fields, ["Title = Low Tide", "Rating = Teen", "Warnings = none", "Pairing = Ines/Rowan"]);
    assert_eq!(
        sections,
        [
            "text: The boats lay on the sand like dogs. / \"Leave them,\" said Ines & went for the bread.",
            "end notes: All but one."
        ]
    );
    // Royal Road
    let note = |words: &str| {
        format!(
            "<div class='portlet solid author-note-portlet'><div class='caption'>A note from hollis</div><div \
             class='portlet-body author-note'><p>{words}</p></div></div>"
        )
    };
    let page = format!(
        "<title>Fog</title><body><h1 class='font-white'>Fog</h1>{}<div class='chapter-inner chapter-content'><p>The fog \
         came in over the harbour and stayed for a week.</p></div>{}<div class=comments><p>First!</p></div>",
        note("Content warning: storms."),
        note("See you on Sunday.")
    );
    let (_, sections) = all_of(&read_text("a.html", &page).0);
    assert_eq!(
        sections,
        [
            "notes: Content warning: storms.",
            "text: The fog came in over the harbour and stayed for a week.",
            "end notes: See you on Sunday."
        ]
    );
}

#[test]
fn large_pages_take_linear_time() {
    let start = "<html><body><dl class=\"tags\"></dl>Posted originally on the";
    for part in
        ["<!--chapter content-->", "<p>Summary</p>", "<h2 class=heading>a</h2>", "<div id=chapters class=userstuff>"]
    {
        read_text("a.html", &format!("{start}{}", part.repeat(20_000)));
    }
    // what a page is searched for: notes, headers, frames, chapters, lines
    for part in [
        "<div><a href='#ftnt_ref1'>1</a>",
        "<li id=fn1>a<a href='#fnref1'>1</a>",
        "<table><tr><td>Rating<td>x<tr><td>Tags<td>",
        "<dl><dt>Rating<dd>a<dt>Tags<dd>",
        "<aside hidden><form>a",
        "<article class=entry-content>a",
        "<h2>Chapter 1",
        "<p>Rating: a</p>",
        "<pre>a\n",
        "<td><b>",
    ] {
        read_text("a.html", &format!("<html><body>{}", part.repeat(20_000)));
    }
    let (work, _) = read_text("a.html", &format!("<p>{}", "It rained &amp; rained. ".repeat(100_000)));
    assert_eq!(work.sections[0].text.words(), 300_000);
}

/// The archive's markup and ours, whole and cut.
fn soup() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "<dl class=\"tags\">",
        "<dt>Rating:</dt>",
        "<dd>",
        "</dd>",
        "</dl>",
        "<dt>Stats:</dt>",
        "Words: 1 Chapters: 2/?",
        "<a href='x'>",
        "</a>",
        "<div id=\"preface\">",
        "<div id=chapters class=userstuff>",
        "<div class=userstuff>",
        "</div>",
        "<h1>",
        "</h1>",
        "<h2 class=heading>",
        "</h2>",
        "<p>Summary</p>",
        "<p>Chapter End Notes</p>",
        "<blockquote class=userstuff>",
        "</blockquote>",
        "<!--chapter content-->",
        "<!--/chapter content-->",
        "<p class=message>",
        "<div class=byline>by ",
        "<dl class=\"work meta group\">",
        "<dd class=\"warning tags\">",
        "<dd class=stats><dl class=stats>",
        "<dd class=chapters>",
        "<li id=work_1_category_warnings>",
        "<div id=workskin>",
        "<div class=chapter id=chapter-3>",
        "<h3 class=title>",
        "<div class='end notes module'>",
        "<div class='summary module'>",
        "<title>",
        "</title>",
        "<meta name=rating content='é &amp;'>",
        "<meta name content>",
        "Label: value",
        "標籤：雪",
        "<br>",
        "<p>",
        "</p>",
        "word ",
        "é",
        "漢",
        "😀",
        "&eacute;",
        "&amp;",
        "\r\n",
        "\u{ad}",
        "<!-- saved from https://é/works/12 -->",
        "<link rel=canonical href='http://a/works/é'>",
        "<script>",
        "</script>",
        "<",
        "\0",
    ]);
    prop::collection::vec(parts, 0..50).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_place_lies_in_the_page(soup in soup(), start in 0..3_usize) {
        let start = ["<html>", "<?xml?><html>", "<body>"][start];
        for forced in ["ao3-html", "ao3-page", "html"] {
            let input = Input { name: "a.html".into(), bytes: format!("{start}{soup}").into_bytes() };
            read(input, Some(forced), &Limits::default(), &mut |work, notes| {
                let check = |span: Span| assert!(work.sources[0].text.get(span.range()).is_some(), "{span:?}");
                for field in &work.fields {
                    check(field.name.span);
                    field.values.iter().for_each(|v| {
                        check(v.span);
                        assert!(!v.verbatim || work.slice(v.span) == v.text);
                    });
                }
                for section in &work.sections {
                    section.heading.iter().for_each(|h| check(h.span));
                    let text = section.text.as_str();
                    text.char_indices().for_each(|(i, c)| check(section.text.to_source(i..i + c.len_utf8())));
                }
                notes.iter().flat_map(|n| &n.labels).for_each(|l| check(l.span));
            });
        }
    }
}

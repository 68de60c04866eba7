//! Tests of the Markdown reader on the fixtures, on single constructs and on random pieces.

use proptest::prelude::*;

use super::*;
use crate::formats::read;
use crate::model::{Diagnostic, Input, SectionKind, State};

fn parse(text: &str) -> (Work, Vec<Diagnostic>) {
    let mut found = None;
    let input = Input { name: "work.md".into(), bytes: text.as_bytes().to_vec() };
    read(input, None, &Limits::default(), &mut |work, notes| found = Some((work, notes)));
    let (work, notes) = found.unwrap();
    check_spans(&work, &notes);
    (work, notes)
}

/// Every span lies in its source on character boundaries, and every word of a text is found in the source.
fn check_spans(work: &Work, notes: &[Diagnostic]) {
    let inside = |span: crate::model::Span| {
        assert!(work.sources[span.source.0 as usize].text.get(span.range()).is_some(), "{span:?}");
    };
    notes.iter().flat_map(|d| &d.labels).for_each(|l| inside(l.span));
    for field in &work.fields {
        inside(field.name.span);
        for value in &field.values {
            inside(value.span);
            assert!(!value.verbatim || work.slice(value.span) == value.text, "{value:?}");
        }
    }
    for section in &work.sections {
        if let Some(heading) = &section.heading {
            inside(heading.span);
        }
        let text = section.text.as_str();
        let mut at = 0;
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            at += text[at..].find(word).unwrap();
            let span = section.text.to_source(at..at + word.len());
            inside(span);
            at += word.len();
            // markup may stand inside a word, so its letters need only come in order
            let source = work.slice(span);
            let mut letters = source.chars().flat_map(char::to_lowercase);
            let found = word.to_lowercase().chars().all(|c| letters.any(|l| l == c));
            assert!(found || source.contains('&'), "{word:?} is not in {source:?}");
        }
    }
}

fn fields(work: &Work) -> Vec<String> {
    let values = |f: &Field| f.values.iter().map(|v| v.text.as_str()).collect::<Vec<_>>().join("|");
    work.fields.iter().map(|f| format!("{}{}={}", f.name.value, if f.listed { "[]" } else { "" }, values(f))).collect()
}

/// Kind, chapter and first words of each section.
fn sections(work: &Work) -> Vec<(SectionKind, u32, String)> {
    let first = |s: &Section| {
        s.text.as_str().split_whitespace().take(if s.kind == Notes { 4 } else { 3 }).collect::<Vec<_>>().join(" ")
    };
    work.sections.iter().map(|s| (s.kind, s.chapter.unwrap_or(0), first(s))).collect()
}

fn headings(work: &Work) -> Vec<&str> {
    work.sections.iter().filter_map(|s| s.heading.as_ref()).map(|h| work.slice(h.span)).collect()
}

use SectionKind::{EndNotes, Notes, NotesOrText, Summary, Text};

fn expect(work: &Work, expected: &[(SectionKind, u32, &str)]) {
    let found = sections(work);
    let found: Vec<_> = found.iter().map(|(kind, chapter, words)| (*kind, *chapter, words.as_str())).collect();
    assert_eq!(found, expected, "{}", work.sources[0].text);
}

#[test]
fn yaml_front_matter() {
    let (work, notes) = parse(include_str!("../../../fixtures/markdown-yaml/work.md"));
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!(
        fields(&work),
        [
            "title=The Lamp at Grey Point",
            "author=Zoë Marlow",
            "lang=en",
            "rating=Teen And Up Audiences",
            "fandoms[]=Original Work",
            "characters[]=Ada Finch|Finch, Tobias",
            "tags=found family, lighthouses, bad weather",
            "content_warnings[]=Minor injuries|A storm at sea|CW: drowning, mentioned",
            "warnings mild[]=blood",
            "warnings mentioned=Death of a parent",
            "ships=",
            "words=170",
            "date=2024-03-01",
            "summary=Ada has kept the lamp alone since spring. Then a boat comes in,\nand somebody has to row out.",
            "notes=Written for a friend\nwho likes weather.",
        ]
    );
    assert!(work.fields.iter().all(|f| (f.state == State::Empty) == (f.name.value == "ships")));
    expect(&work, &[(Summary, 0, "Ada has kept"), (Notes, 0, "Written for a friend"), (Text, 0, "The lamp went")]);
    assert!(work.sections[0].text.as_str().contains("comes in,\n\nand somebody"));
    let body = work.sources[0].text.split("\n---\n").skip(1).collect::<Vec<_>>().join(" ");
    let words = body.split_whitespace().filter(|w| w.contains(char::is_alphanumeric)).count();
    assert_eq!(work.sections[2].text.words() as usize, words);
}

#[test]
fn toml_front_matter() {
    let (work, notes) = parse(include_str!("../../../fixtures/markdown-toml/work.md"));
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!(
        fields(&work),
        [
            "title=Nine Letters from the Allotment",
            "author=Peter Quill",
            "rating=General Audiences",
            "tags[]=Epistolary|Gardening, mostly|Grief",
            "content-warnings[]=",
            "words=120",
            "date=2023-10-05",
            "summary=Peter writes to his sister about beans.\nIt is not about beans.",
            "fandom=Original Work",
            "characters[]=Peter|Nell",
        ]
    );
    expect(&work, &[(Summary, 0, "Peter writes to"), (Text, 1, "Dear Nell, the"), (Text, 2, "Dear Nell, the")]);
    assert_eq!(headings(&work), ["First letter", "Second letter"]);
}

#[test]
fn chapters_and_notes_without_front_matter() {
    let (work, notes) = parse(include_str!("../../../fixtures/markdown-chapters/work.md"));
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!(
        fields(&work),
        [
            "Title=The Long Way Round",
            "Summary=Two brothers walk home instead of taking the bus.",
            "CW=a dead sheep by the road, some swearing",
            "Author's Note=The hill is real. The sheep is not.",
        ]
    );
    expect(
        &work,
        &[
            (Summary, 0, "Two brothers walk"),
            (Notes, 0, "The hill is real."),
            (Text, 1, "The bus had"),
            (Text, 2, "It rained on"),
            (EndNotes, 2, "thank you for"),
            (Text, 3, "Their mother opened"),
            (EndNotes, 3, "Thanks to everybody"),
        ],
    );
    assert_eq!(headings(&work), ["Chapter 1. The Bus", "Chapter 2. The Hill", "Chapter 3. The Door"]);
    assert_eq!(work.chapters(), 3);
}

#[test]
fn broken_yaml_is_reported_and_the_story_still_read() {
    let (work, notes) = parse(include_str!("../../../fixtures/markdown-broken-yaml/work.md"));
    let places: Vec<_> = notes.iter().map(|n| work.sources[0].position(n.labels[0].span.start).line).collect();
    assert_eq!(places, [2, 3, 5, 8], "{notes:?}");
    assert!(notes.iter().all(|n| n.rule == "core/front-matter" && n.help.is_some()));
    assert_eq!(
        fields(&work),
        [
            "title=Salt: A Kitchen Story",
            "author=",
            "rating=Teen And Up Audiences",
            "tags[]=cooking|quarrels",
            "content_warnings[]=Burns",
            "lang=en",
        ]
    );
    expect(&work, &[(Text, 0, "The soup was")]);
}

#[test]
fn entities_escapes_and_emphasis_keep_words_whole_and_mapped() {
    let (work, notes) = parse(include_str!("../../../fixtures/markdown-typography/work.md"));
    assert!(notes.is_empty(), "{notes:?}");
    let text = &work.sections[0].text;
    let back = |words: &str| {
        let at = text.as_str().find(words).unwrap_or_else(|| panic!("{words:?} in {}", text.as_str()));
        work.slice(text.to_source(at..at + words.len()))
    };
    for (words, source) in [
        ("The café closed", "The caf&eacute; closed"),
        ("nine--or", "nine*&mdash;or"),
        ("unbelievably", "un*believ*ably"),
        ("didn't look", "didn\\'t look"),
        ("window.", "window\\."),
        ("\"We're closed,\"", "“We’re closed,”"),
        ("* She", "\\* She"),
        ("already...", "already&hellip;"),
        ("the pudding", "the\n> pudding"),
        ("Rhubarb, it", "Rhubarb</em>,<br>it"),
        ("said, and then", "said, <!-- a comment is no story -->and then"),
        ("bold, crumble.", "bold**, `crumble`."),
        ("said open, which", "said <b>open</b>, which"),
        ("the crumble and two", "the crumble\n    and two"),
        ("spoons.\n\nThen she", "spoons.\n\n    Then she"),
        ("The recipe is", "The [recipe](https://example.com/crumble) is"),
        ("leaves out", "leaves out"),
    ] {
        assert_eq!(back(words), source);
    }
    for absent in ["comment", "drawing", "example.com", "sign\"", "<", "[^1]"] {
        assert!(!text.as_str().contains(absent), "{absent}");
    }
    assert_eq!(work.fields[0].values[0].text, "Caf&eacute; It's Late");
    assert_eq!(work.fields[1].values[0].text, "Renée Hart");
}

/// As the archive counts the same text posted as HTML.
#[test]
fn words_are_counted_by_text_node() {
    for (markdown, words) in [
        ("don\\'t caf&eacute; snake\\_case AT&amp;T", 5),
        ("un*believ*able", 3),
        ("one  \ntwo\\\nthree", 3),
        ("a | b\n--|--\none | two", 4),
        ("- one\n- two\n\n***\n\n> three", 3),
        ("`one` two[^n]\n\n[^n]: three", 3),
        ("# Heading\n\none", 1),
        ("<p>one</p>two<br/>three", 3),
        ("one<!-- two -->", 1),
        ("    one\n\ttwo\n\n    three\n", 3),
    ] {
        let (work, _) = parse(markdown);
        assert_eq!(work.sections.iter().map(|s| s.text.words()).sum::<u32>(), words, "{markdown}");
    }
}

#[test]
fn headings_make_chapters() {
    for (markdown, title, found) in [
        ("# A\n\none\n\n# B\n\ntwo", None, &["A", "B"][..]),
        ("# T\n\n## A\n\none\n\n## B\n\ntwo\n\n### b\n\nthree", Some("T"), &["A", "B"]),
        ("# T\n\none\n\n### only\n\ntwo", Some("T"), &[]),
        ("T\n=\n\none", Some("T"), &[]),
        ("# Chapter 7\n\none", None, &["Chapter 7"]),
        ("# T\n\n## Prologue\n\none\n\n# * * *\n\ntwo", None, &["Prologue"]),
        ("# Book One\n\n## A\n\n1\n\n## B\n\n2\n\n# Book Two\n\n## C\n\n3", None, &["A", "B", "C"]),
        ("# Part One\n\n1\n\n# Part Two\n\n2", None, &["Part One", "Part Two"]),
        ("# *A* b\\*c {#id}\n\n1\n\n# B\n\n2", None, &["A* b\\*c", "B"]),
    ] {
        let (work, _) = parse(markdown);
        assert_eq!(headings(&work), found, "{markdown}");
        let titles: Vec<_> = work.fields.iter().map(|f| f.values[0].text.as_str()).collect();
        assert_eq!(titles, title.into_iter().collect::<Vec<_>>(), "{markdown}");
    }
}

#[test]
fn a_short_text_before_the_first_chapter_goes_with_it() {
    let short = "*For nobody.*\n\n## A\n\none\n\n## B\n\ntwo";
    let (work, _) = parse(short);
    expect(&work, &[(Text, 1, "For nobody."), (Text, 1, "one"), (Text, 2, "two")]);
    assert_eq!(work.chapters(), 2);
    let (work, _) = parse(&format!("{}\n\n{short}", "It was late. ".repeat(200)));
    assert_eq!((work.chapters(), headings(&work).len()), (3, 2));
    assert_eq!(work.sections[1].chapter, Some(2));
}

#[test]
fn labels_make_notes_but_never_swallow_the_story() {
    for (markdown, expected) in [
        ("**Notes:** hi\n\nStory.", &[(Notes, 0, "hi"), (Text, 0, "Story.")][..]),
        ("## Notes\n\nhi\n\nho\n\n---\n\nStory.", &[(Notes, 0, "hi ho"), (Text, 0, "Story.")]),
        ("## Notes\n\nhi\n\nStory or not.", &[(Notes, 0, "hi"), (NotesOrText, 0, "Story or not.")]),
        ("## Summary\n\nhi\n\nStory.", &[(Summary, 0, "hi"), (Text, 0, "Story.")]),
        ("**Author’s Note**\n\nhi\n\n## Chapter 1\n\nStory.", &[(Notes, 0, "hi"), (Text, 1, "Story.")]),
        (
            "## Content Warnings\n\n- blood\n\n- ash\n\n---\n\nStory.",
            &[(Notes, 0, "Content Warnings: blood, ash"), (Text, 0, "Story.")],
        ),
        ("# Chapter 1\n\n*CW: blood*\n\nStory.", &[(Notes, 1, "CW: blood"), (Text, 1, "Story.")]),
        ("*CW: blood*\n\nStory.", &[(Text, 0, "Story.")]),
        ("Note: buy milk.\n\nStory.", &[(Text, 0, "Note: buy milk.")]),
        ("Story.\n\n**Note:** buy milk.", &[(Text, 0, "Story. Note: buy")]),
        ("Story.\n\nA/N: bye", &[(Text, 0, "Story."), (EndNotes, 0, "bye")]),
        ("Story.\n\n## Notes\n\nbye\n\n---\n\nagain", &[(Text, 0, "Story."), (EndNotes, 0, "bye again")]),
        ("# Chapter 1\n\n## Summary\n\nhi\n\n---\n\nStory.", &[(Summary, 1, "hi"), (Text, 1, "Story.")]),
        ("<!-- x -->\n\n**Summary:** hi\n\nStory.", &[(Summary, 0, "hi"), (Text, 0, "Story.")]),
    ] {
        let (work, _) = parse(markdown);
        expect(&work, expected);
    }
}

#[test]
fn a_header_of_bold_labels() {
    let (work, notes) = parse(include_str!("../../../fixtures/markdown-bold-header/work.md"));
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!(
        fields(&work)[..10],
        [
            "Title=The Tin Kettle",
            "Author=Orla Fenwick",
            "Fandom=Original Work",
            "Rating=Teen And Up Audiences",
            "Archive Warnings=No Archive Warnings Apply",
            "Characters=Bram Tolley, Nessa Reed",
            "Language=English",
            "Content Warnings[]=A burnt hand|Illness (past)",
            "Additional Tags=Found Family, Tea & Sympathy",
            "Summary=Bram's kettle *sings* &mdash; and nobody\nknows the tune.",
        ]
    );
    for field in work.fields.iter().skip(1) {
        assert_eq!(work.slice(field.name.span), if field.name.span.is_empty() { "" } else { &field.name.value });
        for value in &field.values {
            assert_eq!(work.slice(value.span), value.text);
        }
    }
    expect(
        &work,
        &[(Summary, 0, "Bram's kettle sings"), (Notes, 0, "Thank you for the"), (Text, 0, "The kettle sang")],
    );
    let paragraphs: Vec<_> = work.sections[1].text.as_str().split("\n\n").collect();
    assert_eq!(
        paragraphs,
        ["Thank you for the prompt!", "TW: burns, mentions of illness", "CW: a cross cat", "I hope it warms you."]
    );
    let story = work.sections[2].text.as_str();
    assert!(story.contains("Now.\" She held") && story.contains("It was good tea. The kettle"), "{story}");
}

#[test]
fn where_a_header_starts_and_ends() {
    type Case<'c> = (&'c str, &'c [&'c str], &'c [(SectionKind, u32, &'c str)]);
    let cases: [Case; 24] = [
        ("**Rating:** M\n\nStory.", &["Rating=M"], &[(Text, 0, "Story.")]),
        ("Rating: M  \nFandom: X<br>\n\nStory.", &["Rating=M", "Fandom=X"], &[(Text, 0, "Story.")]),
        ("T\n===\n\n**Rating**: M\n\nStory.", &["Title=T", "Rating=M"], &[(Text, 0, "Story.")]),
        ("## T\n\n#### by A\n\nRating: M\n\nStory.", &["Title=T", "Author=A", "Rating=M"], &[(Text, 0, "Story.")]),
        ("**T**\n\nby A\n\nStory.", &["Title=T", "Author=A"], &[(Text, 0, "Story.")]),
        (
            "# T & *U*\n\nRating: M\n\n# Chapter 1\n\nA.\n\n# Chapter 2\n\nB.",
            &["Title=T & U", "Rating=M"],
            &[(Text, 1, "A."), (Text, 2, "B.")],
        ),
        ("# Chapter 7\n\n**Rating:** M\n**CW:** ash\n\nStory.", &["Rating=M", "CW=ash"], &[(Text, 1, "Story.")]),
        (
            "# A\n\n**Rating:** M\n**CW:** ash\n\nOne.\n\n# B\n\nTwo.",
            &["Rating=M", "CW=ash"],
            &[(Text, 1, "One."), (Text, 2, "Two.")],
        ),
        ("> **Rating:** M\n>\n> **Tags:** a\n\nStory.", &["Rating=M", "Tags=a"], &[(Text, 0, "Story.")]),
        ("- **Rating:** M\n- **Tags:** a\n\nStory.", &["Rating=M", "Tags=a"], &[(Text, 0, "Story.")]),
        ("Rating: M\n\nTags:\n\n- a\n- b: c\n\nStory.", &["Rating=M", "Tags[]=a|b: c"], &[(Text, 0, "Story.")]),
        ("Rating:: M\nFandom:: [[X]]\n\nStory.", &["Rating=M", "Fandom=X"], &[(Text, 0, "Story.")]),
        (
            "Rating: M\n\n**Summary:**\n\n> Hi.\n>\n> Ho.\n\nStory.",
            &["Rating=M", "Summary=> Hi.\n>\n> Ho."],
            &[(Summary, 0, "Hi. Ho."), (Text, 0, "Story.")],
        ),
        ("Rating: M\nNotes:\n\nStory.\n\nMore.", &["Rating=M", "Notes="], &[(Text, 0, "Story. More.")]),
        ("---\ndraft: true\n---\n\nRating: M\n\nStory.", &["draft=true", "Rating=M"], &[(Text, 0, "Story.")]),
        ("---\ntitle: T\n---\n# U\n\nRating: M\n\nStory.", &["title=T", "Rating=M"], &[(Text, 0, "Story.")]),
        (
            "---\nsummary: Hi.\n---\nRating: M\nSummary: Ho.\n\nX.",
            &["summary=Hi.", "Rating=M", "Summary=Ho."],
            &[(Summary, 0, "Ho."), (Text, 0, "X.")],
        ),
        ("---\ntitle: T\n---\nAda: hello\nTom: hi\n\nX.", &["title=T"], &[(Text, 0, "Ada: hello Tom:")]),
        ("# T\n\n**From:** A\n**To:** B\n**Date:** May\n\nX.", &["Title=T"], &[(Text, 0, "From: A To:")]),
        ("It was late.\n\n**Rating:** M\n\nX.", &[], &[(Text, 0, "It was late.")]),
        ("# T\n\nShe said: no.\n\nX.", &["Title=T"], &[(Text, 0, "She said: no.")]),
        (
            "\u{feff}# T\r\n\r\nRating: M  \r\nTags: a, b\r\n\r\nX.\r\n",
            &["Title=T", "Rating=M", "Tags=a, b"],
            &[(Text, 0, "X.")],
        ),
        (
            "\u{feff}---\r\ntags:\r\n  - a\r\n  - b\r\nsummary: |\r\n  Hi\r\n  ho\r\n---\r\nX.\r\n\r\nY.",
            &["tags[]=a|b", "summary=Hi\nho"],
            &[(Summary, 0, "Hi ho"), (Text, 0, "X. Y.")],
        ),
        ("---\r\nrating: M\r\n---", &["rating=M"], &[]),
    ];
    for (markdown, found, expected) in cases {
        let (work, notes) = parse(markdown);
        assert!(notes.is_empty(), "{markdown}: {notes:?}");
        assert_eq!(fields(&work), found, "{markdown}");
        expect(&work, expected);
    }
}

#[test]
fn lines_with_labels_start_paragraphs_in_notes_and_nowhere_else() {
    for (notes, paragraphs) in [
        ("Hi.\nTW: ash,\nmud\nCW: rain  \nBye.", &["Hi.", "TW: ash, mud", "CW: rain", "Bye."][..]),
        ("Hi.\\\n**TW:** ash\r\n*CW:* rain", &["Hi.", "TW: ash", "CW: rain"]),
        ("Hi.<br>TW: ash<br/>\nCW: rain", &["Hi.", "TW: ash", "CW: rain"]),
        ("> Hi.\n> TW: ash and\n> mud", &["Hi.", "TW: ash and mud"]),
        ("Hi,\nhe said: no.\nThe end", &["Hi, he said: no. The end"]),
    ] {
        let (work, _) = parse(&format!("# Chapter 1\n\n## Notes\n\n{notes}\n\n---\n\nOne.\nTW: two.\n"));
        let found: Vec<_> = work.sections.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(found[0].split("\n\n").collect::<Vec<_>>(), paragraphs, "{notes}");
        assert_eq!(found[1], "One. TW: two.");
    }
}

#[test]
fn html_in_markdown_is_read_as_html() {
    for (markdown, expected) in [
        ("<div>caf&eacute; <!-- no > no -->one</div>\n\ntwo", &[(Text, 0, "café one two")][..]),
        ("<script>\nno\n\nno\n</script>\n\none", &[(Text, 0, "one")]),
        ("<style>p { no }</style>\n\none <script>no</script>two", &[(Text, 0, "one two")]),
        ("<h1 align=center>T</h1>\n\n<h2>A</h2>\n\none\n\n<h2>B</h2>\n\ntwo", &[(Text, 1, "one"), (Text, 2, "two")]),
        (
            "<details>\n<summary>Content Warnings</summary>\n\nash\n\nmud\n\n</details>\n\none",
            &[(Notes, 0, "Content Warnings: ash mud"), (Text, 0, "one")],
        ),
        (
            "<details><summary>CW (spoilers)</summary>ash, mud</details>\n\none",
            &[(Notes, 0, "CW (spoilers): ash, mud"), (Text, 0, "one")],
        ),
        ("<details><summary>A map</summary>ash</details>\n\none", &[(Text, 0, "A map ash")]),
        ("<p><b>Notes:</b> R&amp;D</p>\n\none", &[(Notes, 0, "R&D"), (Text, 0, "one")]),
    ] {
        let (work, _) = parse(markdown);
        expect(&work, expected);
    }
}

#[test]
fn marks_of_programs_are_no_story() {
    for (markdown, expected) in [
        ("{{< figure src=\"no.jpg\" >}}\n\none {{% x %}}two{{% /x %}}", &[(Text, 0, "one two")][..]),
        ("{% include \"no.njk\" %}\n\none {{ page.no }}\n{: .no }", &[(Text, 0, "one")]),
        ("%% no %% one ![[no.png]] [[no|two]] #three", &[(Text, 0, "one two #three")]),
        (
            "> [!warning]- Content warnings\n> ash, mud\n\none",
            &[(Notes, 0, "Content warnings: ash, mud"), (Text, 0, "one")],
        ),
        ("{a} 5% and {{ b", &[(Text, 0, "{a} 5% and")]),
    ] {
        let (work, _) = parse(markdown);
        expect(&work, expected);
    }
}

#[test]
fn a_file_is_recognized_by_its_name_or_its_front_matter() {
    for (name, text, confidence) in [
        ("a.md", "Story", Confidence::Likely),
        ("a.Rmd", "---\ntitle: x\n---\n", Confidence::Sure),
        ("a.txt", "---\ntitle: x\n---\n", Confidence::Sure),
        ("a.txt", "# Story", Confidence::No),
    ] {
        let source = Source::new(name, text, crate::model::Decoding::default());
        let document = Document { name: name.into(), content: Content::Text(source) };
        assert_eq!(Markdown.recognizes(&document), confidence, "{name} {text}");
    }
}

/// Deep and odd nesting takes no time: each of these is some 100 KB.
#[test]
fn hostile_markdown_ends() {
    for piece in [
        "> ",
        "- ",
        "*a ",
        "[",
        "![",
        "<",
        "<!--",
        "`",
        "~~",
        "&",
        "\\",
        "# a\n",
        "**Notes:**\n\n",
        "|a\n",
        "{{",
        "%% ",
        "{{<a>}} ",
        "Rating: M\n\n",
        "**Tags:**\n\n- ",
        "**Notes:**\nTW: a\n",
        "<script>",
        "<details><summary>CW</summary>\n\n",
        "> [!a] CW\n\n",
    ] {
        parse(&piece.repeat(100_000 / piece.len()));
    }
    parse(&"word ".repeat(1 << 20));
    let (work, _) = parse(&"# a\n\nb\n\n".repeat(20_000));
    assert_eq!((work.chapters(), headings(&work).len()), (20_000, 20_000));
}

proptest! {
    #[test]
    fn any_markdown_is_read_with_spans_inside(pieces in prop::collection::vec(prop::sample::select(vec![
        "# ", "## Chapter 1\n", "\n", "\n\n", "\r\n", "word", " ", "Ärger", "—", "“so”", "’s", "*", "**", "_", "`", "\\",
        "\\*", "&eacute;", "&nbsp;", "&#39;", "&", "<b>", "</b>", "<br>", "<!-- ", " -->", "<div>\n", "> ", "- ", "    ",
        "\t", "| a | b |\n|--|--|\n", "[a](b)", "![", "]", "[^1]", "[^1]: ", "[[w|x]]", "---\n", "+++\n", "title: ", "tags: [",
        "]\n", "a = 'b'\n", "**Notes:** ", "CW: ", "## Notes\n", "~~", "\u{1f600}", "漢字", "\u{ad}", "summary: >\n  ",
        "key: \"", "\0", "Rating: M\n", "**Tags:**\n", "- **Summary:** ", "# T\n\nby A\n\n", "<script>", "</script>",
        "<details><summary>CW</summary>", "</details>\n", "{{", "}}", "%%", "> [!x] CW\n", "TW: ", "<h2>", "</h2>\n",
    ]), 0..40), front in 0..3) {
        let mut text = pieces.concat();
        if front > 0 {
            text.insert_str(0, if front == 1 { "---\n" } else { "+++\n" });
        }
        if !text.trim().is_empty() {
            parse(&text);
        }
    }
}

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
    assert_eq!(fields(&work), ["Title=The Long Way Round"]);
    expect(
        &work,
        &[
            (Summary, 0, "Two brothers walk"),
            (Notes, 0, "CW: a dead sheep"),
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
        ("*CW: blood*\n\nStory.", &[(Notes, 0, "CW: blood"), (Text, 0, "Story.")]),
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
    for piece in ["> ", "- ", "*a ", "[", "![", "<", "<!--", "`", "~~", "&", "\\", "# a\n", "**Notes:**\n\n", "|a\n"] {
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
        "key: \"", "\0",
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

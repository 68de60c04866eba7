use proptest::prelude::*;

use crate::formats::testing::{fields, outline, read_works, said};
use crate::formats::{Limits, Names, Told, read_told};
use crate::model::{Input, State, Work};

/// What the bytes of a value say, by another parser than ours.
fn decoded(raw: &str) -> String {
    serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|e| panic!("{raw}: {e}"))
}

#[test]
fn posted_and_planned_chapters_are_one_field() {
    for (columns, expected) in [
        (r#""nchapters": 3, "expected_chapters": 9"#, "nchapters = 3/9"),
        (r#""nchapters": 3, "expected_chapters": null"#, "nchapters = 3/?"),
        (r#""number_of_chapters": "3", "number_of_chapters_planned": 3"#, "number_of_chapters = 3/3"),
        (r#""chapters": "3/9", "expected_chapters": 7"#, "chapters = 3/9"),
        (r#""nchapters": 3"#, "nchapters = 3"),
    ] {
        let works = read_works("w.json", &format!(r#"{{"title": "Wind", "rating": "Mature", {columns}}}"#));
        assert!(fields(&works[0].0).contains(&expected.to_owned()), "{columns}: {:?}", fields(&works[0].0));
    }
}

#[test]
fn a_record_a_line_and_what_is_wrong_with_one_stays_with_it() {
    let file = include_str!("../../../fixtures/jsonl-scraper/work.jsonl");
    let works = read_works("work.jsonl", file);
    assert_eq!(
        said(&works),
        [
            ("work.jsonl#1", "jsonl", vec![]),
            ("work.jsonl#2", "jsonl", vec![]),
            ("work.jsonl#3", "", vec!["core/unreadable"]),
            ("work.jsonl#4", "jsonl", vec!["core/no-text"]),
            ("work.jsonl#5", "jsonl", vec![]),
            ("work.jsonl#6", "jsonl", vec![]),
            ("work.jsonl#7", "jsonl", vec!["core/not-a-work"]),
        ]
    );
    let first = &works[0].0;
    assert!(
        fields(first).contains(&"Additional Tags = Fluff + Boats + boats + Café".to_owned()),
        "{:?}",
        fields(first)
    );
    // the column that is empty in this record went for the one that is not
    assert_eq!(fields(first).iter().filter(|f| f.contains("Warning")).count(), 1);
    let text = &first.sections[0].text;
    assert!(text.as_str().starts_with("The ferry") && text.as_str().contains("\"You said four o'clock,\" she"));
    assert!(text.as_str().contains("at her.\n\nWhen the boat"));
    let at = text.as_str().find("o'clock").unwrap();
    assert_eq!(first.slice(text.to_source(at..at + 7)), "o\\u2019clock");
    // and these are the bytes of the file, on its first line
    let span = text.to_source(at..at + 7);
    let original = first.sources[0].original(span.start) as usize;
    assert!(file[original..].starts_with("o\\u2019clock"));
    let second = &works[1].0;
    let span = second.sections[0].text.to_source(0..6);
    assert_eq!(second.sources[0].position(span.start).line, 2);
    assert!(file[second.sources[0].original(span.start) as usize..].starts_with("He hit"));
    let broken = &works[2];
    let place = broken.1[0].labels[0].span;
    assert_eq!((broken.0.slice(place), broken.0.sources[0].position(place.start).line), ("Q", 3));
}

#[test]
fn what_the_data_set_does_not_have_is_unknown() {
    let works = read_works(
        "a.jsonl",
        "{\"rating\":\"T\",\"text\":\"It rained.\"}\n{\"rating\":null,\"warnings\":[],\"text\":\"x\"}",
    );
    let states = |w: &Work| w.fields.iter().map(|f| (f.name.value.clone(), f.state)).collect::<Vec<_>>();
    let unknown = |names: &[&str]| names.iter().map(|n| ((*n).to_owned(), State::Unknown)).collect::<Vec<_>>();
    let mut expected = vec![("rating".to_owned(), State::Given)];
    expected.extend(unknown(&["Archive Warnings", "Fandom", "Additional Tags", "Language"]));
    assert_eq!(states(&works[0].0), expected);
    let mut expected = vec![("rating".to_owned(), State::Empty), ("warnings".to_owned(), State::Empty)];
    expected.extend(unknown(&["Fandom", "Additional Tags", "Language"]));
    assert_eq!(states(&works[1].0), expected);
    // a text without any metadata has no header, as a draft has none
    assert!(read_works("a.jsonl", "{\"id\":1,\"text\":\"It rained.\"}")[0].0.fields.is_empty());
}

#[test]
fn chapters_summaries_and_markup() {
    let works = read_works("work.json", include_str!("../../../fixtures/json-api/work.json"));
    assert_eq!(works.iter().map(|w| w.0.name.as_str()).collect::<Vec<_>>(), ["work.json#1", "work.json#2"]);
    let first = &works[0].0;
    assert_eq!(
        outline(first),
        [
            "- summary Two…opened.",
            "1 text [The First] Dear…pond.",
            "2 notes [The Second] CW:…seasickness",
            "2 text Dear…it.",
        ]
    );
    assert!(first.sections[1].text.as_str().starts_with("Dear Wren,\n\nI have"));
    assert_eq!(first.slice(first.sections[0].text.to_source(0..3)), "Two");
    assert_eq!(works[1].1[0].rule, "core/no-text");
}

#[test]
fn shapes_that_scrapers_write() {
    let tags = r#"{"work_id":7,"tags":{"rating":["Mature"],"warning":["Graphic Depictions Of Violence"],"additional":["A, b"]},"authors":[{"name":"wren","id":3}],"notes":"","chapters":["One.","Two."],"number_of_kudos":5}"#;
    let row = r#"{"features":[],"rows":[{"row_idx":0,"row":{"text":"It rained.","meta":{"fandoms":"['A', \"B's\"]"}}},{"row_idx":1,"row":{"text":"It snowed."}}]}"#;
    let camel = "[{\"archiveWarnings\": [\"x\"], \"body\": \"<p>One.</p><p>Two.</p>\"}]";
    let by_id = r#"{"811": {"title": "A", "text": "It rained."}, "812": {"text": "It snowed."}}"#;
    let fandom =
        r#"[{"category":"Harry Potter","rating":"K+","summary":"A walk.","story_url":"u"}, {"category":"F/M, Gen"}]"#;
    for (text, count, expected, sections) in [
        (
            tags,
            1,
            &["rating = Mature", "warning = Graphic Depictions Of Violence", "additional = A, b", "authors = wren"][..],
            &["1 text One.", "2 text Two."][..],
        ),
        (row, 2, &["fandoms = A + B's"], &["- text It…rained."]),
        (by_id, 2, &["title = A"], &["- text It…rained."]),
        (camel, 1, &["archive Warnings = x"], &["- text One.…Two."]),
        (fandom, 2, &["Fandom = Harry Potter", "rating = K+", "story_url = u"], &["- summary A…walk."]),
    ] {
        let works = read_works("x", text);
        assert_eq!(works.len(), count, "{text}");
        let given: Vec<_> = fields(&works[0].0).into_iter().filter(|f| !f.ends_with('?')).collect();
        assert_eq!(given, expected);
        assert_eq!(outline(&works[0].0), sections);
    }
    assert_eq!(fields(&read_works("x", fandom)[1].0)[0], "category = F/M, Gen");
}

#[test]
fn a_text_that_is_a_file_of_its_own_is_read_as_one() {
    let text = "Rating: Mature\nFandom: X\n\nChapter 1\n\nIt rained on the pier.\n\nChapter 2\n\nIt rained — still.";
    let json = serde_json::json!({"rating": "Teen", "text": text}).to_string();
    let work = &read_works("a.json", &json)[0].0;
    assert_eq!(work.name, "a.json");
    assert_eq!(fields(work)[..2], ["rating = Teen", "Fandom = X"]);
    assert_eq!(outline(work), ["1 text [Chapter 1] It…pier.", "2 text [Chapter 2] It…still."]);
    assert_eq!(work.slice(work.fields.iter().find(|f| f.name.value == "Fandom").unwrap().values[0].span), "X");
    assert_eq!(work.slice(work.sections[1].heading.as_ref().unwrap().span), "Chapter 2");
}

#[test]
fn names_of_columns_may_be_given_and_unknown_ones_are_told_with_those_there_are() {
    let file = "{\"age\":\"Mature\",\"prose\":\"It rained.\",\"text\":\"not this\"}\n{\"age\":\"T\"}";
    let mapped = |pairs: &[(&str, &str)]| {
        let names = Names { pairs: pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect() };
        let mut found = Vec::new();
        let input = Input { name: "a.jsonl".into(), bytes: file.as_bytes().to_vec() };
        read_told(input, Told { names: Some(&names), ..Told::default() }, &Limits::default(), &mut |work, notes| {
            found.push((work, notes))
        });
        found
    };
    let works = mapped(&[("rating", "Age"), ("text", "prose")]);
    assert_eq!(works.len(), 2);
    assert_eq!(fields(&works[0].0)[0], "rating = Mature");
    assert_eq!(outline(&works[0].0), ["- text It…rained."]);
    let works = mapped(&[("rating", "grade")]);
    let (last, notes) = works.last().unwrap();
    assert_eq!((works.len(), last.format, notes[0].message.as_str()), (3, "", "No record has a column “grade”."));
    assert_eq!(notes[0].help.as_deref(), Some("The columns are “age”, “prose”, “text”."));
}

#[test]
fn what_is_no_data_set_is_left_to_other_formats_and_what_breaks_off_is_told() {
    for (name, text, format) in [
        ("story", "[Chapter 1]\n\nIt rained.", "text"),
        ("story.txt", "{It rained}", "text"),
        ("work.txt", "{\"text\": \"It rained.\"}", "json"),
        ("work", "{\"text\": \"a\"}\n{\"text\": \"b\"}", "jsonl"),
        ("work.json", "{\"text\": \"a\"}\n{\"text\": \"b\"}", ""),
        ("package.json", "{\"name\": \"x\", \"version\": \"1\"}", "json"),
    ] {
        let works = read_works(name, text);
        assert_eq!(works[0].0.format, format, "{name}");
    }
    let works = read_works("a.json", "{\"1\": {\"text\": \"It rained.\"}, \"2\": {\"text\": \"It");
    assert_eq!((works.len(), works[0].1[0].rule.as_str()), (1, "core/unreadable"));
    let works = read_works("a.json", "[{\"text\": \"It rained.\"}, {\"text\": \"It");
    assert_eq!(works.len(), 2);
    assert_eq!((works[1].0.name.as_str(), works[1].1[0].rule.as_str()), ("a.json#2", "core/unreadable"));
}

/// Pieces of strings as JSON may write them.
const PIECES: &[&str] = &[
    "glasswort",
    "the lamp",
    " ",
    "é",
    "\\u00e9",
    "\\u201cNo\\u201d",
    "\\ud83d\\ude00",
    "\\n\\n",
    "\\n",
    "\\t",
    "\\\"",
    "\\\\",
    "\\/",
    "“",
    "😀",
    "\\u00ad",
    "\\u2019",
    "İ",
    "Chapter 2",
    "Rating: Mature",
    "<p>",
    "&amp;",
    "\\r\\n",
    ", ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every word of every section, value and heading maps back to bytes of the file that decode to it.
    #[test]
    fn places_behind_escapes_are_those_of_the_file(
        text in prop::collection::vec(0..PIECES.len(), 1..40),
        tags in prop::collection::vec(0..PIECES.len(), 0..6),
        before in "[ \n]{0,3}", listed in any::<bool>(),
    ) {
        let join = |pieces: &[usize]| pieces.iter().map(|i| PIECES[*i]).collect::<String>();
        let (text, tags) = (join(&text), join(&tags));
        let tags = if listed { format!("[\"{tags}\", \"x\"]") } else { format!("\"{tags}\"") };
        let file = format!("{before}[{{\"title\": \"é\"}},{before}{{\"text\": \"{text}\", \"tags\": {tags}}}]");
        let works = read_works("a.json", &file);
        prop_assert_eq!(works.len(), 2);
        let work = &works[1].0;
        let source = &work.sources[0];
        let cut = |span: crate::model::Span| {
            let (from, to) = (source.original(span.start) as usize, source.original(span.end) as usize);
            assert_eq!(&file[from..to], work.slice(span));
            &file[from..to]
        };
        let squeezed = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
        let letters = |s: &str| s.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect::<String>();
        for field in work.fields.iter().filter(|f| f.state == State::Given) {
            for value in &field.values {
                let cut = cut(value.span);
                if value.verbatim {
                    prop_assert_eq!(cut, &value.text);
                }
                let says = decoded(cut);
                // in a text of HTML
                let shows = || squeezed(&says.replace("<p>", " ").replace("&amp;", "&"));
                prop_assert!(says.trim() == value.text || shows() == squeezed(&value.text), "{says} is not {}", value.text);
            }
        }
        for section in &work.sections {
            let words = section.text.as_str();
            let is_word = |c: char| c.is_alphanumeric() || !c.is_ascii();
            for word in words.split(|c| !is_word(c)).filter(|w| !w.is_empty()) {
                let at = word.as_ptr() as usize - words.as_ptr() as usize;
                let cut = cut(section.text.to_source(at..at + word.len()));
                let seen = decoded(cut).replace("<p>", "").replace("&amp;", "&");
                prop_assert_eq!(letters(&seen), letters(word), "{}", cut);
            }
            let span = section.text.span();
            let place = (span.start, source.position(span.start));
            prop_assert_eq!(place.1.line, 1 + file[..source.original(place.0) as usize].matches('\n').count());
        }
    }

    #[test]
    fn no_input_panics(text in "[\\[\\]{}\":,a-c\\\\u0-9 \né]{0,60}", jsonl in any::<bool>()) {
        read_works(if jsonl { "a.jsonl" } else { "a.json" }, &text);
    }
}

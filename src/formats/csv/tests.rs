use proptest::prelude::*;

use crate::formats::testing::{fields, outline, read_works, said};
use crate::model::{State, Work};

fn given(work: &Work) -> Vec<String> {
    fields(work).into_iter().filter(|f| !f.ends_with("= ?") && !f.ends_with("= -")).collect()
}

#[test]
fn tables_of_a_scraper_in_all_their_widths() {
    let file = include_str!("../../../fixtures/csv-scraper/work.csv");
    assert!(file.contains("\r\n"));
    let works = read_works("work.csv", file);
    assert_eq!(
        said(&works),
        [
            ("work.csv#1", "csv", vec![]),
            ("work.csv#2", "csv", vec![]),
            ("work.csv#3", "csv", vec!["core/no-text"]),
            ("work.csv#4", "csv", vec![]),
            ("work.csv#5", "csv", vec!["core/no-text"]),
            ("work.csv#6", "", vec!["core/unreadable"]),
        ]
    );
    let state = |work: &Work, name: &str| work.fields.iter().find(|f| f.name.value == name).map(|f| f.state);
    let (first, second) = (&works[0].0, &works[1].0);
    // a work in one chapter has no status of its own
    assert_eq!(state(first, "status"), Some(State::Unknown));
    assert_eq!(state(second, "status"), Some(State::Given));
    assert_eq!(state(second, "relationship"), Some(State::Empty));
    assert_eq!(state(&works[2].0, "language"), Some(State::Unknown));
    assert_eq!(state(first, "Archive Warnings"), Some(State::Unknown));
    assert_eq!(given(second)[..2], ["title = Under the Ribs", "author = o'wren + hollis (hollisgrey)"]);
    assert!(given(second).contains(&"additional tags = The \"Quarrel\" + quarrels".to_owned()));
    let quarrel = second.fields.iter().find(|f| f.name.value == "additional tags").unwrap();
    assert_eq!(second.slice(quarrel.values[0].span), "The \"\"Quarrel\"\"");
    assert_eq!(second.slice(quarrel.values[1].span), "quarrels");
    let text = &second.sections[0].text;
    let at = text.as_str().find("\"Stop,\"").unwrap();
    assert_eq!(second.slice(text.to_source(at..at + 7)), "\"\"Stop,\"\"");
    assert!(second.flattened && !second.partial);
    // lines are those of the file, over all cells with line breaks before
    assert_eq!(second.sources[0].position(text.to_source(0..1).start).line, 7);
    // a row of the first version has no author
    assert_eq!(given(&works[3].0)[..2], ["title = Old Rows", "rating = General Audiences"]);
    assert_eq!(outline(&works[3].0), ["- text The…piano."]);
}

#[test]
fn rows_alone_are_known_by_their_dates() {
    let row =
        "12,T,['a'],Mature,Gen,X,,,Fluff,English,2020-01-02,Updated,2020-02-03,900,2/2,1,2,3,4,[],[],It rained.\n";
    let works = read_works("cut.csv", &row.repeat(2));
    assert_eq!(works.len(), 2);
    assert_eq!(given(&works[0].0)[..3], ["title = T", "author = a", "rating = Mature"]);
    assert_eq!(outline(&works[1].0), ["- text It…rained."]);
    // far fewer words than declared of a work in chapters: the first one only
    assert!(works[0].0.partial);
}

#[test]
fn other_tables_are_read_by_the_names_of_their_columns() {
    for (name, text, expected) in [
        ("a.csv", "rating;tags;text\nT;\"a; b\";It rained.\n", &["rating = T", "tags = a; b"][..]),
        ("a.tsv", "Archive Warning(s)\tBody\nNone\tIt rained.", &[]),
        ("data", "title,tags,text\r\nX,\"a, b\",It rained.", &["title = X", "tags = a, b"]),
        (
            "a.csv",
            "metadata.Rating,text,tags.additional\r\nM,It rained.,\"['a', 'b']\"",
            &["Rating = M", "additional = a + b"],
        ),
    ] {
        let works = read_works(name, text);
        assert_eq!((works.len(), works[0].0.format), (1, "csv"), "{name} {text}");
        assert_eq!(given(&works[0].0), expected);
        assert_eq!(outline(&works[0].0), ["- text It…rained."]);
    }
    for (name, text) in
        [("story", "Title, author and text, she said.\n\nIt rained."), ("story.txt", "rain, text, rating\nx")]
    {
        assert_eq!(read_works(name, text)[0].0.format, "text");
    }
}

#[test]
fn a_table_of_downloads_is_no_download() {
    let cell =
        "The Pier\nPosted originally on the Archive at http://example.org/works/1.\n\nRating:\nMature\n\nIt rained.";
    let works = read_works("a.csv", &format!("id,text\n1,\"{cell}\"\n2,\"{cell}\"\n"));
    assert_eq!((works.len(), works[1].0.format), (2, "csv"));
    assert!(given(&works[1].0).contains(&"Rating = Mature".to_owned()), "{:?}", given(&works[1].0));
}

#[test]
fn mistakes_stay_with_their_row() {
    let works = read_works("a.csv", "rating,text\nT,It rained, still.\n\nM,It snowed.\nG,\"It never ended.\nM,lost\n");
    let rules: Vec<_> = works.iter().map(|(_, n)| n.first().map(|n| n.message.as_str())).collect();
    assert_eq!(works.len(), 3);
    assert!(rules[0].unwrap().contains("3 cells and the table 2 columns"), "{rules:?}");
    assert_eq!(works[0].0.slice(works[0].1[0].labels[0].span), "still.");
    assert_eq!(rules[1], None);
    assert!(rules[2].unwrap().contains("not closed"));
    let place = works[2].1[0].labels[0].span;
    assert_eq!((works[2].0.slice(place), works[2].0.sources[0].position(place.start).line), ("\"", 5));
    // nothing but names
    assert_eq!(read_works("a.csv", "rating,text\n")[0].1[0].rule, "core/not-a-work");
}

#[test]
fn a_cell_of_half_a_million_characters() {
    let long = "It was \"\"raining\"\" in the harbour, and nobody minded. ".repeat(10_000);
    let works = read_works("a.csv", &format!("rating,body\nT,\"{long}\"\nM,x\n"));
    assert_eq!(works.len(), 2);
    let text = &works[0].0.sections[0].text;
    assert_eq!(text.words(), 90_000);
    let last = text.as_str().rfind("raining").unwrap();
    assert_eq!(works[0].0.slice(text.to_source(last - 1..last + 8)), "\"\"raining\"\"");
}

/// Pieces of cells as people fill them.
const PIECES: &[&str] =
    &["glasswort", " ", "é", "“No”", "\"", "\"\"", ",", ", ", "\n\n", "\r\n", "\t", ";", "İ", "😀", "'", "[", "]", "x"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// What a writer of CSV quotes is read back, and every word and value maps to the bytes it stands in.
    #[test]
    fn places_behind_quotes_are_those_of_the_file(
        rows in prop::collection::vec(prop::collection::vec(prop::collection::vec(0..PIECES.len(), 0..12), 3), 1..4),
        crlf in any::<bool>(), tabs in any::<bool>(), always in any::<bool>(),
    ) {
        let (separator, end) = (if tabs { "\t" } else { "," }, if crlf { "\r\n" } else { "\n" });
        let mut file = ["title", "shelf", "text"].join(separator) + end;
        for row in &rows {
            let mut cells = Vec::new();
            for cell in row {
                let says: String = cell.iter().map(|i| PIECES[*i]).collect();
                let needs = always || says.contains(['"', ',', '\t', '\n', '\r', ';']);
                cells.push(if needs { format!("\"{}\"", says.replace('"', "\"\"")) } else { says });
            }
            file += &(cells.join(separator) + end);
        }
        let works = read_works("a.csv", &file);
        let full: Vec<_> = rows.iter().map(|r| {
            r.iter().map(|c| c.iter().map(|i| PIECES[*i]).collect::<String>()).collect::<Vec<_>>()
        }).filter(|r| r.iter().any(|c| c.contains(|c: char| !" \t\r\n,\"".contains(c) || (c == ',' && tabs)))).collect();
        if full.is_empty() {
            prop_assert_eq!(works[0].1[0].rule.as_str(), "core/not-a-work");
            return Ok(());
        }
        prop_assert_eq!(works.len(), full.len(), "{}", &file);
        for ((work, notes), row) in works.iter().zip(&full) {
            prop_assert!(notes.iter().all(|n| n.rule != "core/unreadable"), "{:?}", notes);
            let source = &work.sources[0];
            let cut = |span: crate::model::Span| {
                let (a, b) = (source.original(span.start) as usize, source.original(span.end) as usize);
                assert_eq!(&file[a..b], work.slice(span));
                &file[a..b]
            };
            for field in work.fields.iter().filter(|f| f.name.value == "title" && !f.listed) {
                prop_assert_eq!(field.values.first().map_or("", |v| v.text.as_str()), row[0].trim());
                for value in &field.values {
                    let says = cut(value.span).replace("\"\"", "\"");
                    prop_assert_eq!(&says, &value.text);
                    prop_assert!(!value.verbatim || cut(value.span) == value.text);
                }
            }
            for section in &work.sections {
                let words = section.text.as_str();
                for word in words.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
                    let at = word.as_ptr() as usize - words.as_ptr() as usize;
                    let says = cut(section.text.to_source(at..at + word.len())).to_lowercase();
                    // the dot over a small i that was a capital is a mark, no letter
                    prop_assert_eq!(says.replace('\u{307}', ""), word.to_lowercase());
                }
            }
        }
    }

    #[test]
    fn no_input_panics(text in "[\",;\t\r\na-cé]{0,60}") {
        read_works("a.csv", &text);
    }
}

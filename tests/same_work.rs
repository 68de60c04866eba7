//! One work in every form in which people have it: the same metadata, the same text, the same findings. What a form
//! cannot carry is in its row of [`FORMS`] with the reason, and a row that claims too much fails too.
#![cfg(all(feature = "docx", feature = "epub", feature = "markdown", feature = "odt"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use forewarn::collect::collect;
use forewarn::engine::{self, Settings};
use forewarn::formats::{self, FORMATS, Limits, Names};
use forewarn::model::{Diagnostic, Input, Report, Work};
use forewarn::report;
use forewarn::rules::{self, RuleSet};
use serde_json::Value;
use support::forms::{archive, documents, exports, records};
use support::story::*;

/// The file of a form: as it is, or the entries of a container.
enum File {
    Plain(fn() -> Vec<u8>),
    Container(fn() -> Vec<(String, Vec<u8>)>),
}
use File::{Container, Plain};

/// How a form differs from the work, and why that is so.
#[derive(Debug, Clone, Copy)]
enum Fact {
    /// It does not say this.
    Lacks(&'static str, &'static [&'static str]),
    /// It says this, which the work does not say, or says otherwise.
    Says(&'static str, &'static [(&'static str, &'static str)]),
}
use Fact::{Lacks, Says};

struct Form {
    name: &'static str,
    file: File,
    /// The format that reads it.
    format: &'static str,
    /// Whether it is too short to be told from a text, as no real one is.
    forced: bool,
    facts: &'static [&'static [Fact]],
}

/// The archive counts the two halves of a word as two when one is in italics, and so does whoever counts its HTML.
const WHOLE_WORDS: &[Fact] = &[Says(
    "its italics are no elements, or stand between no marks, so “*Aug*ust” and “whis*key*” are a word each",
    &[("words counted", "172"), ("core/word-count words", "The header says 912 words, and the text has 172. 912")],
)];
const NO_ARCHIVE: &[Fact] = &[Lacks("nothing in it says where it was posted but its address", &["archive"])];
const NOTES_IN_CHAPTERS: &[Fact] = &[
    Lacks("a heading starts a chapter, and what follows is of it, also notes of the work", &["end notes"]),
    Says("as above", &[("end notes of 3", END_NOTES)]),
];
const NO_CHAPTER_NOTES: &[Fact] = &[Lacks(
    "its text is one string, without notes of chapters",
    &["notes of 2", "end notes of 2", "core/note-warning drowning", "core/note-warning illness"],
)];
const GLUED: &[Fact] = &[Says(
    "where paragraphs met there is no space",
    &[
        (
            "text of 1",
            "The water was low that summer, and the piles stood out of it like the backs of cows.\"You could shut the \
             café,\" Bo said. \"One turn of the key. It's not as if anybody counts.\"Ann counted. She had counted since \
             her mother left, and before that her mother had: so many cups in March, so many in August, none at all \
             when the ferry was <late>.",
        ),
        (
            "text of 2",
            "He had been drunk since noon. The bottle stood on the sill, whiskey, the second that day, and when he \
             poured he did not look at the glass.\"Drink,\" said Bo, and drank, and filled it again, and drank the vodka \
             that was left from Sunday after it. He was too drunk to stand and too drunk to sit.\"You're hungover \
             already,\" Ann said, & took the bottle from him. He was drunk enough to let her.",
        ),
        (
            "text of 3",
            "They opened the gate together, one turn of the wheel, then one more.The water came slowly, the way people \
             come back into a room after a quarrel.",
        ),
    ],
)];
const FLATTENED: &[Fact] = &[
    Lacks(
        "it starts behind the tags, the title and the summary",
        &[
            "additional-tag",
            "archive",
            "archive-warning",
            "author",
            "category",
            "chapters",
            "character",
            "completed",
            "core/duplicate-tag additional-tag: found family",
            "core/tag-spelling additional-tag: Animal Daeth",
            "core/word-count words",
            "fandom",
            "language",
            "published",
            "rating",
            "relationship",
            "summary",
            "title",
            "url",
            "words",
        ],
    ),
    Says("as above", &[("core/missing-header -", MISSING_HEADER), ("words counted", "172")]),
    Lacks("the first chapter has no heading there", &["heading of 1"]),
    Says("nothing ends a title, so headings are written without", &[("heading of 2", ""), ("heading of 3", "")]),
];
const MISSING_HEADER: &str = "No header was found: nothing says what the work is rated, warns of or is about.";
const EXPORTED: &[Fact] = &[
    Says("it names the site by its address", &[("archive", "archiveofourown.org")]),
    Says("it does not say how many chapters are planned", &[("chapters", "3")]),
    Lacks("it calls the day a work was completed that of its update", &["completed"]),
    Says("as above", &[("updated", "2026-04-19"), ("status", "Completed")]),
    Says("it says when it was made, and who by", &[("Packaged", "2026-05-01 10:11:12"), ("Author URL", AUTHOR_URL)]),
    Lacks("it puts notes of the work into its first and last chapter", &["notes", "end notes"]),
];
const AUTHOR_URL: &str = "https://archiveofourown.org/users/ada_wren";
const NAMED_NOTES: &[Fact] = &[Says(
    "it gives notes names of its own",
    &[
        ("notes of 1", "Author's Note: Written on the night ferry."),
        ("notes of 2", "Notes for the Chapter: CW: past illness, drowning (mentioned)."),
        ("end notes of 2", "Notes for the Chapter: He is well again in the next one."),
        ("end notes of 3", "Author's Note: Thank you for reading to the last stair."),
    ],
)];
const QUOTED_NOTES: &[Fact] = &[Says(
    "notes are quoted as in mail",
    &[
        ("notes of 1", "> Written on the night ferry."),
        ("notes of 2", "> CW: past illness, drowning (mentioned)."),
        ("end notes of 2", "> He is well again in the next one."),
        ("end notes of 3", "> Thank you for reading to the last stair."),
    ],
)];
const UNDERSCORES: &[Fact] = &[Says(
    "italics stand between underscores, which part no word",
    &[
        (
            "text of 1",
            "The water was low that summer, and the piles stood out of it like the backs of cows. \"You could shut the \
             café,\" Bo said. \"One turn of the key. It's not as if anybody counts.\" Ann counted. She had counted since \
             her mother left, and before that her mother had: so many cups in March, so many in _Aug_ust, none at all \
             when the ferry was <late>.",
        ),
        (
            "text of 2",
            "He had been _drunk_ since noon. The bottle stood on the sill, whis_key_, the second that day, and when he \
             poured he did not look at the glass. \"Drink,\" said Bo, and drank, and filled it again, and drank the vodka \
             that was left from Sunday after it. He was too drunk to stand and too drunk to sit. \"You're hungover \
             already,\" Ann said, & took the bottle from him. He was drunk enough to let her.",
        ),
        (
            "core/undeclared alcohol-use",
            "The text suggests Drinking, and no tag or warning says so. \
             drunk | vodka | too drunk | too drunk | hungover | drunk",
        ),
    ],
)];

const FORMS: &[Form] = &[
    form("download.html", Plain(archive::download), "ao3-html", &[]),
    form("archive.epub", Container(archive::epub), "epub", &[]),
    form("page.html", Plain(archive::work_page), "ao3-page", &[]),
    form("stripped.txt", Plain(archive::stripped), "ao3-text", &[WHOLE_WORDS, GLUED]),
    Form { forced: true, ..form("dump.txt", Plain(archive::dump), "dump", &[FLATTENED]) },
    form("fanficfare.txt", Plain(exports::text), "text", &[EXPORTED, QUOTED_NOTES, UNDERSCORES, WHOLE_WORDS]),
    form("fanficfare.html", Plain(exports::web), "fanficfare-html", &[EXPORTED, NAMED_NOTES]),
    form("fanficfare.epub", Container(exports::epub), "epub", &[EXPORTED, NAMED_NOTES]),
    form("work.txt", Plain(documents::text), "text", &[NO_ARCHIVE, NOTES_IN_CHAPTERS, WHOLE_WORDS]),
    form("work.md", Plain(documents::markdown), "markdown", &[NO_ARCHIVE, NOTES_IN_CHAPTERS]),
    form("work.docx", Container(documents::docx), "docx", &[NO_ARCHIVE, NOTES_IN_CHAPTERS, WHOLE_WORDS]),
    form("work.odt", Container(documents::odt), "odt", &[NO_ARCHIVE, NOTES_IN_CHAPTERS, WHOLE_WORDS]),
    form("work.rtf", Plain(documents::rtf), "rtf", &[NO_ARCHIVE, NOTES_IN_CHAPTERS, WHOLE_WORDS]),
    form("works.jsonl", Plain(records::lines), "jsonl", &[NO_ARCHIVE, NO_CHAPTER_NOTES, WHOLE_WORDS]),
    form("work.json", Plain(records::document), "json", &[NO_ARCHIVE]),
    form("works.csv", Plain(records::table), "csv", &[NO_ARCHIVE, NO_CHAPTER_NOTES, WHOLE_WORDS]),
];

const fn form(name: &'static str, file: File, format: &'static str, facts: &'static [&'static [Fact]]) -> Form {
    Form { name, file, format, forced: false, facts }
}

/// What forewarn finds, and how many words it counts: rule and subject, then the message and the words it points at.
const FINDINGS: &[(&str, &str)] = &[
    ("words counted", "174"),
    ("core/word-count words", "The header says 912 words, and the text has 174. 912"),
    (
        "core/duplicate-tag additional-tag: found family",
        "“found family” stands twice among the additional tags. found family | Found Family",
    ),
    (
        "core/tag-spelling additional-tag: Animal Daeth",
        "“Animal Daeth” may be a misspelling of “Animal Death”. Animal Daeth",
    ),
    (
        "core/note-warning drowning",
        "A note of chapter 2 warns of “drowning (mentioned)”, and no tag does. drowning (mentioned)",
    ),
    ("core/note-warning illness", "A note of chapter 2 warns of “past illness”, and no tag does. past illness"),
    (
        "core/undeclared alcohol-use",
        "The text suggests Drinking, and no tag or warning says so. \
         drunk | whiskey | vodka | too drunk | too drunk | hungover | drunk",
    ),
];

/// The bundled rules, linked once.
fn bundled() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| {
        let packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
        rules::link(&packs).rules
    })
}

/// What is said of a work: facts by name. A field is under the id of its kind, a section under what it is and its
/// chapter, a finding under its rule and subject.
type Told = BTreeMap<String, String>;

/// Text as it is read for matching: straight quotes, single spaces.
fn straight(text: &str) -> String {
    spaced(&text.replace(['“', '”'], "\"").replace(['‘', '’'], "'"))
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A section's name: `notes of 2`, `text of 1`, `summary`.
fn section(kind: &str, chapter: Option<u32>) -> String {
    chapter.map_or(kind.to_owned(), |number| format!("{kind} of {number}"))
}

/// What every form should say, but for the findings.
fn truth() -> Told {
    let mut told = Told::new();
    let mut say = |name: &str, value: &str| told.insert(name.to_owned(), straight(&plain(value)));
    for (name, value) in [("title", TITLE), ("author", AUTHOR), ("url", URL), ("archive", "Archive of Our Own")] {
        say(name, value);
    }
    for (_, kind, values) in FIELDS {
        say(kind, &values.join(" | "));
    }
    for (_, kind, value) in STATS {
        say(kind, value);
    }
    for (name, value) in [("summary", SUMMARY), ("notes", NOTES), ("end notes", END_NOTES)] {
        say(name, value);
    }
    for (number, chapter) in chapters() {
        let of = |kind: &str| section(kind, Some(number as u32));
        say(&of("heading"), chapter.title);
        say(&of("text"), &chapter.paragraphs.join(" "));
        for (kind, note) in [("notes", chapter.notes), ("end notes", chapter.end_notes)] {
            if !note.is_empty() {
                say(&of(kind), note);
            }
        }
    }
    for (name, value) in FINDINGS {
        told.insert((*name).to_owned(), (*value).to_owned());
    }
    told
}

/// The title of a chapter without its number.
fn title(heading: &str) -> &str {
    let rest = heading.strip_prefix("Chapter ").unwrap_or(heading);
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.trim_start_matches([':', '.', ' '])
}

/// What a form says of itself, with its findings.
fn told(work: Work, notes: Vec<Diagnostic>, form: &Form) -> (Told, Report) {
    let rules = bundled();
    let mut told = Told::new();
    let facts = collect(&work, rules);
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in &facts.entries {
        let label = &work.fields[entry.field].name.value;
        let kind = entry.kind.map_or(label.as_str(), |k| &rules.vocabulary.fields[k as usize].id);
        fields.entry(kind.to_owned()).or_default().push(entry.text.clone());
    }
    for field in &work.fields {
        let kind = rules.vocabulary.field(&field.name.value).and_then(|k| rules.vocabulary.kind(k));
        let kind = kind.map_or(field.name.value.as_str(), |k| &k.id);
        let values = || field.values.iter().map(|v| v.text.clone()).collect();
        fields.entry(kind.to_owned()).or_insert_with(values);
    }
    // a summary or a note is a section too
    fields.retain(|kind, values| !values.is_empty() && !matches!(kind.as_str(), "summary" | "notes"));
    told.extend(fields.into_iter().map(|(kind, values)| (kind, spaced(&values.join(" | ")))));
    for section in &work.sections {
        let name = self::section(section.kind.name(), section.chapter);
        let text = told.entry(name).or_default();
        *text = spaced(&format!("{text} {}", section.text.as_str()));
        if let Some(heading) = &section.heading {
            told.insert(self::section("heading", section.chapter), title(&heading.value).to_owned());
        }
    }
    drop(facts);
    let report = engine::check(work, notes, rules, &Settings::default());
    told.insert("words counted".to_owned(), report.words.to_string());
    for d in &report.diagnostics {
        let quotes: Vec<String> = d.labels.iter().map(|l| seen(report.slice(l.span), form)).collect();
        let name = format!("{} {}", d.rule, d.subject.as_deref().unwrap_or("-"));
        told.insert(name, spaced(&format!("{} {}", d.message, quotes.join(" | "))));
    }
    (told, report)
}

/// What a reader sees of a piece of a file.
fn seen(source: &str, form: &Form) -> String {
    let seen = match form.format {
        "jsonl" | "json" => serde_json::from_str(&format!("\"{source}\"")).expect("whole escapes"),
        "markdown" => source.replace('*', ""),
        _ => source.to_owned(),
    };
    spaced(&support::seen(&seen))
}

/// The work of a form as it is read, with its findings, and the entries that its file holds.
fn read(form: &Form) -> (Told, Report, Vec<(String, Vec<u8>)>) {
    let (bytes, entries) = match form.file {
        Plain(bytes) => (bytes(), vec![(String::new(), bytes())]),
        Container(entries) => (support::zipped(&entries()), entries()),
    };
    let pairs = if form.format == "csv" { records::MAP } else { &[] };
    let names = Names { pairs: pairs.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect() };
    let input = Input { name: form.name.to_owned(), bytes };
    let mut all = Vec::new();
    let forced = form.forced.then_some(form.format);
    formats::read_told(
        input,
        formats::Told { format: forced, names: Some(&names), ..formats::Told::default() },
        &Limits::default(),
        &mut |work, notes| all.push((work, notes)),
    );
    assert_eq!(all.len(), 1, "{}", form.name);
    let (work, notes) = all.pop().unwrap();
    assert_eq!(work.format, form.format, "{}", form.name);
    let (told, report) = told(work, notes, form);
    (told, report, entries)
}

/// The forms that this build has readers for.
fn forms() -> impl Iterator<Item = &'static Form> {
    let is_there = |name: &str| FORMATS.iter().any(|f| f.name() == name);
    FORMS.iter().filter(move |form| is_there(form.format))
}

#[test]
fn every_form_of_a_work_says_the_same() {
    assert!(forms().count() >= 10);
    for form in forms() {
        let (told, ..) = read(form);
        let mut expected = truth();
        for fact in form.facts.iter().copied().flatten() {
            match fact {
                Lacks(why, names) => {
                    for name in *names {
                        assert!(
                            expected.remove(*name).is_some(),
                            "{}: {name} is lacking in any case, {why}",
                            form.name
                        );
                    }
                }
                Says(why, facts) => {
                    for (name, value) in *facts {
                        let before = expected.insert((*name).to_owned(), (*value).to_owned());
                        assert_ne!(before.as_deref(), Some(*value), "{}: {name} is so in any case, {why}", form.name);
                    }
                }
            }
        }
        for (name, value) in &expected {
            assert_eq!(told.get(name), Some(value), "{}: {name}", form.name);
        }
        for (name, value) in &told {
            assert!(expected.contains_key(name), "{} adds {name}: {value}", form.name);
        }
    }
}

/// What `--output jsonl` says of a place, cut out of the file, or out of the unpacked entry that it names, is its quote.
#[test]
fn every_place_cuts_its_quote_out_of_the_file() {
    for form in forms() {
        let (_, report, entries) = read(form);
        let mut line = Vec::new();
        (report::reporter("jsonl").unwrap().make)(&report::Options::default()).report(&report, &mut line).unwrap();
        let json: Value = serde_json::from_slice(&line).unwrap();
        let labels: Vec<&Value> =
            json["diagnostics"].as_array().unwrap().iter().flat_map(|d| d["labels"].as_array().unwrap()).collect();
        assert!(labels.len() > 8, "{}: {}", form.name, labels.len());
        for label in labels {
            let entry = label["source"].as_str().map_or("", |source| {
                // an RTF document is a file, whose text is named like an entry
                let entry = source.strip_prefix(form.name).unwrap().strip_prefix(':').unwrap_or("");
                entry.split('#').next().unwrap()
            });
            let content = &entries.iter().find(|e| e.0 == entry).unwrap_or_else(|| panic!("{}: {label}", form.name)).1;
            let at = |end: &str| usize::try_from(label[end].as_u64().unwrap()).unwrap();
            let bytes = std::str::from_utf8(&content[at("start")..at("end")]).unwrap();
            let quote = label["quote"].as_str().unwrap();
            // in a document a word may be cut into runs
            let seen = || if form.format == "rtf" { support::seen_rtf(bytes) } else { support::seen(bytes) };
            assert!(bytes == quote || seen() == quote, "{}: {bytes} and not {quote}", form.name);
        }
    }
}

//! One set of reports through every output format: snapshots, and what must hold of any output.
// with all features, as the table of formats has `human` only then
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "reporters/consumers.rs"]
mod consumers;
#[path = "reporters/samples.rs"]
mod samples;

use forewarn::model::{Decoding, Diagnostic, Files, Report, Severity, Source, SourceId, Span, Totals};
use forewarn::report::condense::condensed;
use forewarn::report::record::Record;
use forewarn::report::{Options, REPORTERS, reporter};
use proptest::prelude::*;
use samples::{clean, hostile, reports, story};
use serde_json::Value;

fn print(name: &str, options: &Options, reports: &[Report]) -> String {
    let mut reporter = (reporter(name).unwrap().make)(options);
    let mut totals = Totals {
        files: Files { met: reports.len() + 5, read: reports.len(), skipped: 5, ..Files::default() },
        skipped: ["README.md", "LICENSE", "a.png", "b.png", "c.png"].map(String::from).to_vec(),
        ..Totals::default()
    };
    let mut out = Vec::new();
    for report in reports {
        totals.add(report);
        reporter.report(report, &mut out).unwrap();
    }
    totals.files.unreadable = totals.unreadable;
    totals.files.read -= totals.unreadable;
    reporter.finish(&totals, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_format_prints_what_its_snapshot_says() {
    let bare = Options { excerpts: false, ..Options::default() };
    let narrow = Options { width: 60, ..Options::default() };
    let color = Options { color: true, ..Options::default() };
    for (name, options, file) in [
        ("human", Options::default(), "human.txt"),
        ("human", bare.clone(), "human-no-excerpts.txt"),
        ("human", narrow, "human-narrow.txt"),
        ("human", color, "human-color.txt"),
        ("plain", Options::default(), "plain.txt"),
        ("plain", bare.clone(), "plain-no-excerpts.txt"),
        ("json", Options::default(), "report.json"),
        ("json", bare.clone(), "report-no-excerpts.json"),
        ("jsonl", Options::default(), "report.jsonl"),
        ("summary", Options::default(), "summary.txt"),
        ("sarif", Options { rules: samples::rules(), ..Options::default() }, "report.sarif"),
        ("sarif", bare.clone(), "report-no-excerpts.sarif"),
        ("github", Options::default(), "github.txt"),
        ("github", bare.clone(), "github-no-excerpts.txt"),
        ("html", Options { rules: samples::rules(), ..Options::default() }, "report.html"),
        ("html", bare.clone(), "report-no-excerpts.html"),
        ("gitlab", Options::default(), "gitlab.json"),
        ("junit", Options::default(), "junit.xml"),
        ("junit", bare.clone(), "junit-no-excerpts.xml"),
        ("rdjson", Options::default(), "rdjson.json"),
        ("rdjsonl", bare, "rdjson-no-excerpts.jsonl"),
    ] {
        let printed = print(name, &options, &reports());
        let printed = printed.replace(concat!("\"", env!("CARGO_PKG_VERSION"), "\""), "\"VERSION\"");
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reporters").join(file);
        // raw text, or the differ would compare JSON by value and not see a change of its bytes
        let expected = snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text));
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(snapbox::Data::text(printed), expected.raw());
    }
}

#[test]
fn a_clean_run_prints_the_summary_alone() {
    for name in ["plain", "human", "summary", "github"] {
        let mut reporter = (reporter(name).unwrap().make)(&Options::default());
        let mut totals = Totals::default();
        let mut out = Vec::new();
        totals.add(&clean());
        reporter.report(&clean(), &mut out).unwrap();
        reporter.finish(&totals, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "1 work, 23,984 words: no findings.\n");
    }
}

#[test]
fn without_excerpts_no_word_of_the_work_is_quoted() {
    let options = Options { excerpts: false, ..Options::default() };
    for kind in REPORTERS {
        let printed = print(kind.name, &options, &[story()]);
        // the title of the work stands in a chapter heading, the others in the text and the header
        for words in ["Harbour Light", "blood", "knuckles", "Maren", "Teen"] {
            assert!(!printed.contains(words), "{} prints “{words}”", kind.name);
        }
    }
}

#[test]
fn a_page_says_what_it_has_no_room_for() {
    let mut reports: Vec<Report> = Vec::new();
    for i in 0..202 {
        reports.push(Report { name: format!("found-{i}.txt"), ..samples::book() });
        reports.push(Report { name: format!("clean-{i}.txt"), ..clean() });
        reports.push(Report { name: format!("unread-{i}.pdf"), ..samples::unreadable() });
    }
    let printed = print("html", &Options::default(), &reports);
    assert!(printed.contains("2 works with findings, 152 works without findings, 2 files that could not be read."));
    for (name, times) in [("found-199.txt", 2), ("found-200.txt", 0), ("clean-49.txt", 2), ("unread-199.pdf", 1)] {
        assert_eq!(printed.matches(name).count(), times, "{name}");
    }
    assert!(printed.contains("404 works"), "what is not shown is counted");
}

#[test]
fn a_page_has_no_script_no_address_and_every_link_a_target() {
    let mut reports = reports();
    reports.push(Report { suggested: Some("Title: <script>alert(1)</script>\n</pre>\n".into()), ..story() });
    for excerpts in [true, false] {
        let options = Options { excerpts, rules: samples::rules(), ..Options::default() };
        let printed = print("html", &options, &reports);
        for word in ["<script", "javascript:", "http://", "https://", "src=", "url(", "@import", " onclick"] {
            assert!(!printed.contains(word), "{word}");
        }
        let values = |key: &str| -> Vec<String> {
            printed.split(key).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        let ids = values(" id=\"");
        let unique: std::collections::HashSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
        let links = values(" href=\"#");
        assert_eq!(links.len(), printed.matches("href=").count(), "every link stays on the page");
        assert!(links.len() > 12 && links.iter().all(|link| unique.contains(link)));
    }
}

#[test]
fn names_are_looked_up_and_are_kebab_case() {
    assert!(reporter("nonsense").is_none());
    for kind in REPORTERS {
        assert!(kind.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        assert!(!kind.summary.is_empty() && !kind.summary.ends_with('.'));
    }
}

#[test]
fn reports_for_programs_begin_as_it_is_said_of_them() {
    for kind in REPORTERS.iter().filter(|k| !k.starts.is_empty()) {
        for reports in [&reports()[..], &[clean()], &[]] {
            let printed = print(kind.name, &Options::default(), reports);
            assert!(printed.is_empty() || kind.starts.iter().any(|start| printed.starts_with(start)), "{}", kind.name);
        }
    }
}

#[test]
fn json_keeps_its_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/report.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let check = |text: &str| {
        let value: Value = serde_json::from_str(text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
        value
    };
    for options in [Options::default(), Options { excerpts: false, ..Options::default() }] {
        check(&print("json", &options, &reports()));
        check(&print("json", &options, &[]));
        for line in print("jsonl", &options, &reports()).lines() {
            check(line);
        }
        let id = serde_json::value::to_raw_value(&["any", "value"]).unwrap();
        let record = Record { line: 3, id: Some(&id) };
        let mut printed = Vec::new();
        for report in reports() {
            record.report(&report, options.excerpts, &mut printed).unwrap();
        }
        Record { line: 4, id: None }.error("It breaks off.", &mut printed).unwrap();
        for line in String::from_utf8(printed).unwrap().lines() {
            assert!(check(line)["line"].is_number());
        }
    }
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md")).unwrap();
    let examples: Vec<&str> = docs.split("```json\n").skip(1).filter_map(|e| e.split("```").next()).collect();
    assert_eq!(examples.len(), 4);
    for example in examples {
        check(example);
    }
    // the schema must also refuse
    let good = check(&print("json", &Options::default(), &[story()]));
    for (pointer, value) in [
        ("/version", Value::from(2)),
        ("/works/0/words", Value::Null),
        ("/works/0/diagnostics/0/severity", Value::from("fatal")),
        ("/works/0/diagnostics/0/labels/0/line", Value::from(0)),
        ("/works/0/diagnostics/0/labels/0", serde_json::json!({"start": 1})),
        ("/works/0", serde_json::json!({"surprise": true})),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&bad), "{pointer} is not checked");
    }
}

#[test]
fn json_lines_are_lines_for_every_reader() {
    let mut report = story();
    report.name = "a\u{85}b\u{2028}c\u{2029}d\u{b}e\u{c}f".into();
    let printed = print("jsonl", &Options::default(), &[report, clean()]);
    assert_eq!(
        printed.chars().filter(|c| "\n\r\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}".contains(*c)).count(),
        3
    );
    let first: Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
    assert_eq!(first["path"], "a\u{85}b\u{2028}c\u{2029}d\u{b}e\u{c}f");
}

/// Every label's offsets cut its quote out of the file as it is on disk.
fn assert_quotes(bytes: &[u8], report: &Report) {
    let printed: Value =
        serde_json::from_str(&print("json", &Options::default(), std::slice::from_ref(report))).unwrap();
    let mut seen = 0;
    for diagnostic in printed["works"][0]["diagnostics"].as_array().unwrap() {
        for label in diagnostic["labels"].as_array().unwrap().iter().filter(|l| l["source"].is_null()) {
            let offset = |key: &str| usize::try_from(label[key].as_u64().unwrap()).unwrap();
            let words = String::from_utf8_lossy(&bytes[offset("start")..offset("end")]).into_owned();
            let quote = label["quote"].as_str().unwrap();
            match quote.strip_suffix('…') {
                Some(start) if quote.chars().count() > 300 => assert!(words.starts_with(start)),
                _ => assert_eq!(words, quote),
            }
            seen += 1;
        }
    }
    assert_eq!(seen, report.diagnostics.iter().flat_map(|d| &d.labels).filter(|l| l.span.source.0 == 0).count());
}

#[test]
fn json_offsets_are_bytes_of_the_file() {
    for report in [story(), hostile()] {
        assert_quotes(report.sources[0].text.as_bytes(), &report);
    }
}

/// The report of a file whose damaged bytes were each decoded to one U+FFFD, with every word labelled.
fn decoded(bytes: &[u8]) -> Report {
    let mut original = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let (mut text, mut decoding) = (String::new(), Decoding::shifted(original as u32));
    for chunk in bytes[original..].utf8_chunks() {
        text.push_str(chunk.valid());
        original += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            decoding.push(text.len() as u32, original as u32);
            text.push('\u{fffd}');
            original += chunk.invalid().len();
            decoding.push(text.len() as u32, original as u32);
        }
    }
    let mut words = Diagnostic::new("test/words", Severity::Info, "Every word.");
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        words = words.at(Span::new(SourceId(0), at..at + word.len()), "");
        at += word.len();
    }
    let sources = vec![Source::new("a.txt", text, decoding)];
    Report { name: "a.txt".into(), format: "text", sources, diagnostics: vec![words], ..Report::default() }
}

#[test]
fn json_offsets_survive_marks_and_damage() {
    for bytes in [
        &b"\xef\xbb\xbfcaf\xc3\xa9 noir and more"[..],
        b"\xef\xbb\xbfcaf\xe9 noir, \xe9t\xe9 \xff\xff and more",
        b"cut off in a caf\xc3",
    ] {
        assert_quotes(bytes, &decoded(bytes));
    }
}

/// Texts with everything that matters to a printer, and nothing for long.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,12}[ ,.]",
        2 => "[\u{4e00}-\u{4eff}]{1,8}",
        1 => "[\u{300}-\u{330}]{1,5}",
        1 => Just("\r\n".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}".to_owned()),
        1 => any::<char>().prop_map(String::from),
        1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}\u{ad}]",
        1 => "[a-z]{100,300}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_and_no_label_breaks_a_printer(
        text in any_text(),
        labels in proptest::collection::vec((0u32..3_000, 0u32..400, 0u32..8, "[a-z\u{1b}\n]{0,5}"), 0..9),
        width in 0usize..140,
        excerpts in any::<bool>(),
    ) {
        let mut diagnostic = Diagnostic::new("test/any", Severity::Warning, text.chars().take(50).collect::<String>());
        for (start, length, source, label) in labels {
            // mostly the first source, sometimes one that does not exist
            let source = SourceId(source.saturating_sub(5));
            diagnostic = diagnostic.at(Span { source, start, end: start + length }, label);
        }
        let sources = vec![
            Source::new("a\u{1b}.txt", text.clone(), Decoding::default()),
            Source::new("b.txt", "", Decoding::default()),
        ];
        let report = Report { name: "a.txt".into(), format: "text", sources, diagnostics: vec![diagnostic], ..Report::default() };
        let (left, with_page) = (condensed(&report, false), condensed(&report, true));
        for kind in REPORTERS {
            let options = Options { excerpts, width, ..Options::default() };
            let printed = print(kind.name, &options, std::slice::from_ref(&report));
            prop_assert_eq!(&print(kind.name, &options, std::slice::from_ref(&with_page)), &printed, "{}", kind.name);
            if !kind.suggests {
                prop_assert_eq!(&print(kind.name, &options, std::slice::from_ref(&left)), &printed, "{}", kind.name);
            }
            let steers = |c: char| c != '\n' && forewarn::report::clean::is_unsafe(c);
            prop_assert!(!printed.contains(steers), "{}: {printed:?}", kind.name);
            prop_assert!(!printed.contains("Failed to read"), "{}: {printed}", kind.name);
        }
    }

    #[test]
    fn offsets_cut_the_quotes_out_of_any_file(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        assert_quotes(&bytes, &decoded(&bytes));
    }
}

#[test]
fn a_line_of_ten_megabytes_costs_no_more_than_its_windows() {
    let text = "the sea went on and on ".repeat(450_000);
    let mut diagnostic = Diagnostic::new("test/huge", Severity::Warning, "So much sea.");
    for at in (0..text.len()).step_by(5_003) {
        diagnostic = diagnostic.at(Span::new(SourceId(0), at..at + 3), "");
    }
    let places = diagnostic.labels.len();
    assert!(places > 2_000);
    let sources = vec![Source::new("huge.txt", text, Decoding::default())];
    let report =
        Report { name: "huge.txt".into(), format: "text", sources, diagnostics: vec![diagnostic], ..Report::default() };
    // quadratic work over 2,000 labels would take minutes here
    for kind in REPORTERS {
        let printed = print(kind.name, &Options::default(), std::slice::from_ref(&report));
        assert!(printed.len() < 200 * places);
    }
}

#[test]
fn color_is_printed_only_when_asked_for() {
    assert!(!print("human", &Options::default(), &reports()).contains('\u{1b}'));
    let colored = print("human", &Options { color: true, ..Options::default() }, &reports());
    assert!(colored.contains('\u{1b}'));
    // all escapes are colours: the work's own are gone
    assert!(
        colored
            .split('\u{1b}')
            .skip(1)
            .all(|s| s.starts_with('[') && s.find('m') < s.find(|c: char| c.is_alphabetic()).map(|i| i + 1))
    );
}

//! What the programs that read an output format make of it: schemas, and rules of other people's parsers.

use std::collections::HashSet;

use forewarn::model::{Edit, Report, Totals};
use forewarn::report::Options;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Value, json};

use super::print;
use super::samples::{book, clean, faulty, records, reports, rules, story, unreadable};

/// Every way in which a format may be asked to print the samples.
fn printed(name: &str) -> Vec<String> {
    let all = Options { rules: rules(), ..Options::default() };
    let bare = Options { excerpts: false, ..Options::default() };
    vec![
        print(name, &all, &reports()),
        print(name, &bare, &reports()),
        print(name, &all, &[]),
        print(name, &all, &[clean()]),
        print(name, &all, &[unreadable(), faulty()]),
    ]
}

fn assert_valid(schema: &Value, text: &str) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let value: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
}

fn sarif_of(reports: &[Report]) -> Value {
    serde_json::from_str(&print("sarif", &Options::default(), reports)).unwrap()
}

/// The schema that the standard comes with, as OASIS publishes it.
#[test]
fn sarif_keeps_the_schema_of_the_standard() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reporters/sarif-schema-2.1.0.json");
    // as published, the pattern of a language has a bracket too many, and is no regular expression
    let schema = std::fs::read_to_string(path).unwrap().replace("{2}]?$\"", "{2}$\"");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    for text in printed("sarif") {
        assert_valid(&schema, &text);
    }
    // the schema must also refuse
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (pointer, value) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/tool/driver/rules/0", json!({"surprise": true})),
    ] {
        let mut bad = sarif_of(&[story()]);
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&bad), "{pointer} is not checked");
    }
}

/// What the schema cannot say: indices, taxa and fingerprints.
#[test]
fn sarif_refers_only_to_what_it_has() {
    let log: Value = serde_json::from_str(&printed("sarif")[0]).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let taxa: Vec<&Value> = run["taxonomies"][0]["taxa"].as_array().unwrap().iter().map(|t| &t["id"]).collect();
    let mut fingerprints = HashSet::new();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), reports().iter().map(|r| r.diagnostics.len() + r.suppressed.len()).sum::<usize>());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        for taxon in result["taxa"].as_array().into_iter().flatten() {
            assert!(taxa.contains(&&taxon["id"]));
            let related = |r: &Value| r["target"]["id"] == taxon["id"];
            assert!(rules[index]["relationships"].as_array().unwrap().iter().any(related));
        }
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let print = &result["partialFingerprints"]["findingHash/v1"];
        assert!(fingerprints.insert((place.to_string(), print.to_string())), "{print} is there twice");
    }
    assert!(!rules.iter().any(|r| r["id"] == "core/never-met"));
    assert_eq!(
        rules[0]["help"]["text"],
        "Readers choose by `warnings`.\n\nWhat to do: Add the warning.\n\n`forewarn explain ao3/undeclared` says more."
    );
}

#[test]
fn sarif_says_whether_everything_was_read() {
    for (reports, successful, unread, faults) in [
        (vec![clean(), story()], true, 0, 0),
        (vec![unreadable(), clean()], false, 1, 0),
        (vec![faulty()], false, 0, 1),
        (std::iter::repeat_with(unreadable).take(250).collect(), false, 101, 0),
        // switched off, and still not read
        (vec![Report { diagnostics: Vec::new(), ..unreadable() }], false, 0, 0),
    ] {
        let log = sarif_of(&reports);
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], successful);
        let count = |key: &str| invocation[key].as_array().map_or(0, Vec::len);
        let counts = (count("toolExecutionNotifications"), count("toolConfigurationNotifications"));
        assert_eq!(counts, (unread, faults));
    }
}

/// The text of a file that a sample points into.
fn text_of(reports: &[Report], uri: &str) -> String {
    let source = reports.iter().flat_map(|r| &r.sources).find(|s| s.file() == Some(uri)).unwrap();
    source.text.clone()
}

#[test]
fn sarif_regions_cut_out_their_snippets() {
    let log = sarif_of(&[story()]);
    let mut seen = 0;
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let related = result["relatedLocations"].as_array().into_iter().flatten();
        for location in related.chain(result["locations"].as_array().unwrap()) {
            let physical = &location["physicalLocation"];
            let region = &physical["region"];
            let Some(snippet) = region["snippet"]["text"].as_str() else { continue };
            let text = text_of(&[story()], physical["artifactLocation"]["uri"].as_str().unwrap());
            let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
            let offset = |line: &str, column: &str| {
                let start: usize = text.split_inclusive('\n').take(number(line) - 1).map(str::len).sum();
                start + text[start..].chars().take(number(column) - 1).map(char::len_utf8).sum::<usize>()
            };
            assert_eq!(&text[offset("startLine", "startColumn")..offset("endLine", "endColumn")], snippet);
            seen += 1;
        }
    }
    assert!(seen > 8);
}

#[test]
fn containers_and_records_are_named_by_their_file() {
    let mut reports = vec![book()];
    reports.extend(records());
    let log = sarif_of(&reports);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let place = |result: &Value| {
        let location = &result["locations"][0];
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        (
            text(&location["physicalLocation"]["artifactLocation"]["uri"]),
            location["physicalLocation"]["region"]["startColumn"].as_u64(),
            text(&location["logicalLocations"][0]["name"]),
            text(&location["logicalLocations"][0]["fullyQualifiedName"]),
        )
    };
    let (book, data) = ("shelf/The%20Baker.epub", "data/works.json");
    let full = "shelf/The Baker.epub:text/ch 1.xhtml, chapter 1, paragraph 2";
    for (result, expected) in results.iter().zip([
        (book, None, "chapter 1, paragraph 2", full),
        (book, None, "", ""),
        (data, Some(18), "record 1", "data/works.json#1"),
        (data, None, "record 2", "data/works.json#2"),
        (data, Some(62), "record 2", "data/works.json#2"),
    ]) {
        let (uri, column, name, full) = expected;
        assert_eq!(place(result), (uri.to_owned(), column, name.to_owned(), full.to_owned()));
    }
    assert_eq!(results[4]["message"]["text"], "Record 2: “café” stands twice among the tags.");
}

/// The Reviewdog Diagnostic Format, field by field after `proto/rdf/reviewdog.proto` of reviewdog: `message` and
/// `location.path` are what it needs; lines and columns are counted from 1, and an end is exclusive.
fn rdf() -> Value {
    let position = json!({
        "type": "object",
        "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
        "required": ["line", "column"],
        "additionalProperties": false,
    });
    let range = json!({
        "type": "object",
        "properties": {"start": position, "end": position},
        "required": ["start", "end"],
        "additionalProperties": false,
    });
    let named = |key: &str| {
        json!({
            "type": "object",
            "properties": {key: {"type": "string", "minLength": 1}, "url": {"type": "string"}},
            "required": [key],
            "additionalProperties": false,
        })
    };
    json!({
        "type": "object",
        "properties": {
            "message": {"type": "string", "minLength": 1},
            "location": {
                "type": "object",
                "properties": {"path": {"type": "string", "minLength": 1}, "range": range},
                "required": ["path"],
                "additionalProperties": false,
            },
            "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
            "source": named("name"),
            "code": named("value"),
            "suggestions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"range": range, "text": {"type": "string"}},
                    "required": ["range", "text"],
                    "additionalProperties": false,
                },
            },
        },
        "required": ["message", "location"],
        "additionalProperties": false,
    })
}

#[test]
fn rdjson_keeps_the_form_of_the_format() {
    let finding = rdf();
    let document = json!({
        "type": "object",
        "properties": {"source": finding["properties"]["source"], "diagnostics": {"type": "array", "items": finding}},
        "required": ["source", "diagnostics"],
        "additionalProperties": false,
    });
    for text in printed("rdjson") {
        assert_valid(&document, &text);
    }
    for text in printed("rdjsonl") {
        for line in text.lines() {
            assert_valid(&finding, line);
        }
    }
    // the same findings in both
    let whole: Value = serde_json::from_str(&printed("rdjson")[0]).unwrap();
    let findings = whole["diagnostics"].as_array().unwrap();
    for (line, finding) in printed("rdjsonl")[0].lines().zip(findings) {
        let mut line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["source"].take(), whole["source"]);
        line.as_object_mut().unwrap().remove("source");
        assert_eq!(line, *finding);
    }
}

/// A byte of a file, from a line and a column in bytes.
fn byte(text: &str, position: &Value) -> usize {
    let number = |key: &str| usize::try_from(position[key].as_u64().unwrap()).unwrap();
    text.split_inclusive('\n').take(number("line") - 1).map(str::len).sum::<usize>() + number("column") - 1
}

#[test]
fn rdjson_columns_are_bytes_and_its_suggestions_are_the_fixes() {
    let (mut ranges, mut fixes) = (0, 0);
    // a record is a piece of a file, and its columns are those of the file
    let all = r#"[{"tags": "Café, café, boats", "text": "…"}, {"tags": "Café, café", "text": ""}]"#;
    for report in reports() {
        let printed = print("rdjsonl", &Options::default(), std::slice::from_ref(&report));
        for (line, diagnostic) in printed.lines().zip(&report.diagnostics) {
            let found: Value = serde_json::from_str(line).unwrap();
            let path = found["location"]["path"].as_str().unwrap();
            let text = if path == "data/works.json" { all.to_owned() } else { text_of_or_empty(&report, path) };
            let range = &found["location"]["range"];
            if let Some(label) = diagnostic.labels.first().filter(|_| !range.is_null()) {
                assert_eq!(&text[byte(&text, &range["start"])..byte(&text, &range["end"])], report.slice(label.span));
                ranges += 1;
            }
            let Some(fix) = &diagnostic.fix else { continue };
            let [Edit { span, text: new }] = fix.edits.as_slice() else { panic!("one edit each in the samples") };
            let suggestion = &found["suggestions"][0];
            let range = &suggestion["range"];
            let mut fixed = text.clone();
            fixed.replace_range(
                byte(&text, &range["start"])..byte(&text, &range["end"]),
                suggestion["text"].as_str().unwrap(),
            );
            let mut expected = text.clone();
            expected.replace_range(span.range(), new);
            assert_eq!(fixed, expected);
            fixes += 1;
        }
    }
    assert!(ranges > 10 && fixes == 3, "{ranges} ranges, {fixes} fixes");
}

fn text_of_or_empty(report: &Report, path: &str) -> String {
    report.sources.iter().find(|s| s.file() == Some(path)).map(|s| s.text.clone()).unwrap_or_default()
}

/// What GitLab's documentation of code quality asks of a report of one's own.
#[test]
fn gitlab_keeps_the_form_that_its_documentation_gives() {
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "properties": {
                        "path": {"type": "string", "pattern": "^[^./]"},
                        "lines": {
                            "type": "object",
                            "properties": {
                                "begin": {"type": "integer", "minimum": 1},
                                "end": {"type": "integer", "minimum": 1},
                            },
                            "required": ["begin"],
                            "additionalProperties": false,
                        },
                    },
                    "required": ["path", "lines"],
                    "additionalProperties": false,
                },
            },
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": false,
        },
    });
    for text in printed("gitlab") {
        assert_valid(&schema, &text);
    }
    // GitLab shows only one of those that have the same fingerprint
    let mut all = reports();
    all.push(Report { name: "elsewhere.txt".into(), ..story() });
    let findings: Vec<Value> = serde_json::from_str(&print("gitlab", &Options::default(), &all)).unwrap();
    let fingerprints: HashSet<String> = findings.iter().map(|f| f["fingerprint"].to_string()).collect();
    assert_eq!(fingerprints.len(), findings.len());
}

/// A workflow command as the runner of GitHub Actions reads it: properties and message.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (kind, properties) = head.split_once(' ').unwrap();
    let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let property = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap();
        (key.to_owned(), plain(&value.replace("%3A", ":").replace("%2C", ",")).replace("%25", "%"))
    };
    (kind.to_owned(), properties.split(',').map(property).collect(), plain(message).replace("%25", "%"))
}

#[test]
fn github_commands_are_one_line_each_and_come_back_whole() {
    for (index, printed) in printed("github").into_iter().take(2).enumerate() {
        let lines: Vec<&str> = printed.lines().collect();
        let findings: Vec<_> = reports().into_iter().flat_map(|r| r.diagnostics).collect();
        let (commands, rest) = lines.split_at(findings.len());
        assert!(!rest.iter().any(|line| line.contains("::") || line.contains("##[")), "{rest:?}");
        for (line, finding) in commands.iter().zip(&findings) {
            let (kind, properties, message) = command(line);
            assert!(["error", "warning", "notice"].contains(&kind.as_str()));
            let property = |key: &str| properties.iter().find(|p| p.0 == key).map(|p| p.1.as_str());
            assert_eq!(property("title"), Some(finding.rule.as_str()));
            assert!(
                properties
                    .iter()
                    .all(|p| ["file", "line", "endLine", "col", "endColumn", "title"].contains(&p.0.as_str()))
            );
            let said = forewarn::report::clean::clean(&finding.message);
            assert!(message.lines().next().unwrap().ends_with(&said), "{message}");
            if finding.rule == "test/quoting" {
                assert_eq!(property("file"), Some("stories/näive, 100 %: ::set.txt"));
                assert_eq!(property("line"), Some("1"));
                assert_eq!(message.contains("“Rating: "), index == 0);
            }
        }
    }
}

#[test]
fn github_says_when_it_does_not_show_everything() {
    let many: Vec<Report> = std::iter::repeat_with(unreadable).take(11).collect();
    assert!(print("github", &Options::default(), &many).contains("GitHub shows 10 errors"));
    assert!(!print("github", &Options::default(), &many[1..]).contains("GitHub shows"));
}

/// The attributes that `junit-10.xsd` demands, those that it allows besides, and the elements inside.
fn junit(element: &str) -> (&'static [&'static str], &'static [&'static str], &'static [&'static str]) {
    match element {
        "testsuites" => (&[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
        "testsuite" => (&["name", "tests", "failures", "errors"], &["skipped"], &["testcase"]),
        "testcase" => (&["name"], &["classname"], &["failure", "error", "skipped", "system-out"]),
        "failure" | "error" | "skipped" => (&[], &["type", "message"], &[]),
        "system-out" => (&[], &[], &[]),
        other => panic!("<{other}> is not in the schema"),
    }
}

#[test]
fn junit_keeps_the_rules_of_its_schema() {
    for text in printed("junit") {
        let forbidden = |c: char| (c < ' ' && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
        assert!(!text.contains(forbidden));
        let mut reader = Reader::from_str(&text);
        let mut open: Vec<String> = Vec::new();
        let mut counts: Vec<[usize; 3]> = Vec::new();
        let mut start = |tag: &BytesStart<'_>, open: &[String]| {
            let name = tag.name().into_inner().to_owned();
            let (demanded, allowed, _) = junit(&name);
            let attribute = |key: &str| tag.try_get_attribute(key).unwrap().map(|a| a.value.to_string());
            for found in tag.attributes() {
                let key = found.unwrap().key.into_inner().to_owned();
                assert!(demanded.contains(&&*key) || allowed.contains(&&*key), "{key} of <{name}>");
            }
            assert!(demanded.iter().all(|key| attribute(key).is_some()));
            match open.last() {
                Some(parent) => assert!(junit(parent).2.contains(&&*name), "<{name}> in <{parent}>"),
                None => assert_eq!(name, "testsuites"),
            }
            match name.as_str() {
                "testsuite" => {
                    counts.push(["tests", "failures", "errors"].map(|k| attribute(k).unwrap().parse().unwrap()))
                }
                "testcase" => counts.last_mut().unwrap()[0] -= 1,
                "failure" => counts.last_mut().unwrap()[1] -= 1,
                "error" => counts.last_mut().unwrap()[2] -= 1,
                _ => {}
            }
            name
        };
        loop {
            match reader.read_event().unwrap() {
                Event::Start(tag) => {
                    let name = start(&tag, &open);
                    open.push(name);
                }
                Event::Empty(tag) => {
                    start(&tag, &open);
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty());
        assert!(counts.iter().all(|left| *left == [0, 0, 0]), "{counts:?}");
    }
}

#[test]
fn junit_fails_for_errors_and_warnings_and_tells_the_rest() {
    let text = print("junit", &Options::default(), &[story(), unreadable(), clean()]);
    assert!(
        text.contains("<testsuite name=\"stories/harbour.txt\" tests=\"6\" failures=\"4\" errors=\"0\" skipped=\"0\">")
    );
    assert!(text.contains(
        "<testsuite name=\"drafts/cover letter.pdf\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">"
    ));
    assert!(text.contains("<testcase name=\"no findings\" classname=\"stories/quiet.md\"/>"));
    let silenced = Report { diagnostics: Vec::new(), ..unreadable() };
    assert!(print("junit", &Options::default(), &[silenced]).contains("<skipped message=\"not read\"/>"));
}

#[test]
fn the_summary_counts_works_once_and_puts_errors_first() {
    let mut all = vec![story(), story(), unreadable()];
    all.extend(records());
    let mut printed = Vec::new();
    let mut reporter = (forewarn::report::reporter("summary").unwrap().make)(&Options::default());
    let mut totals = Totals::default();
    for report in &all {
        totals.add(report);
        reporter.report(report, &mut printed).unwrap();
    }
    assert!(printed.is_empty(), "the table stands at the end");
    reporter.finish(&totals, &mut printed).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    let rows: Vec<Vec<&str>> =
        printed.lines().take_while(|l| !l.is_empty()).map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(rows[1], ["error", "core/contradiction", "2", "2"]);
    assert_eq!(rows[2], ["error", "core/unreadable", "1", "1"]);
    assert!(rows.contains(&vec!["warning", "core/duplicate-tag", "2", "2"]));
    let severities: Vec<&str> = rows.iter().skip(1).map(|r| r[0]).collect();
    let mut sorted = severities.clone();
    sorted.sort_by_key(|s| ["error", "warning", "suggestion"].iter().position(|o| o == s));
    assert_eq!(severities, sorted);
}

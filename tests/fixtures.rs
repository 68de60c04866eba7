//! Every rule over every story in `fixtures/`: the findings are those of `expected.txt` beside it.
//! `SNAPSHOTS=overwrite cargo test` writes them; then read the diff.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)] // tests read files and may fail

mod support;

use std::collections::HashSet;
use std::path::Path;

use forewarn::config::Config;
use forewarn::engine::{self, Settings};
use forewarn::formats::{self, Limits};
use forewarn::model::{Input, Report, Severity, Totals};
use forewarn::report::{self, Options};
use forewarn::rules::{self, RuleSet};
use support::stories;

/// The rules of the packs that are used by default, with those that are off by default as suggestions, so that every rule sees every story.
fn everything() -> (RuleSet, Settings) {
    let packs: Vec<_> = Config::default().packs.value.iter().filter_map(|name| rules::bundled(name)).collect();
    let rules = rules::link(&packs).rules;
    // what a configuration asks for is nothing to ask of these
    let off = rules.rules.iter().filter(|r| r.severity == Severity::Off && r.id != "core/required-field");
    let severities = off.map(|r| (r.id.clone(), Severity::Info)).collect();
    (rules, Settings { severities, ..Settings::default() })
}

fn check(path: &Path, rules: &RuleSet, settings: &Settings) -> Vec<Report> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let input = Input { name, bytes: support::bytes(path) };
    let mut reports = Vec::new();
    formats::read(input, None, &Limits::default(), &mut |work, notes| {
        reports.push(engine::check(work, notes, rules, settings));
    });
    reports
}

#[test]
fn findings_are_as_expected() {
    let (rules, settings) = everything();
    let stories = stories();
    assert!(stories.len() >= 20, "only {} stories", stories.len());
    for path in stories {
        let mut out = Vec::new();
        let mut reporter = (report::reporter("plain").unwrap().make)(&Options::default());
        for report in check(&path, &rules, &settings) {
            out.extend(
                format!(
                    "read as {}, {} words\n\n",
                    if report.format.is_empty() { "nothing" } else { report.format },
                    report.words
                )
                .bytes(),
            );
            reporter.report(&report, &mut out).unwrap();
        }
        let expected = path.with_file_name("expected.txt");
        snapbox::assert_data_eq!(String::from_utf8(out).unwrap(), snapbox::Data::read_from(&expected, None).raw());
    }
}

/// So many words in a row are a quotation: fewer stand in messages by chance, or are a tag.
const QUOTATION: usize = 5;

#[test]
fn without_excerpts_no_words_of_a_story_are_printed() {
    let (rules, settings) = everything();
    let texts = rules.rules.iter().map(rules::Rule::text).collect();
    let quoting = Options { rules: texts, ..Options::default() };
    let bare = Options { excerpts: false, ..quoting.clone() };
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut quoted = 0;
    for path in stories() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let input = Input { name, bytes: support::bytes(&path) };
        formats::read(input, None, &Limits::default(), &mut |work, notes| {
            let story = work.sections.iter().filter(|s| s.kind.is_story());
            let runs: HashSet<Vec<String>> = story
                .flat_map(|s| words(s.text.as_str()).windows(QUOTATION).map(<[_]>::to_vec).collect::<Vec<_>>())
                .collect();
            let report = engine::check(work, notes, &rules, &settings);
            let found = |options: &Options, kind: &report::Kind| {
                let mut out = Vec::new();
                let mut reporter = (kind.make)(options);
                reporter.report(&report, &mut out).unwrap();
                let mut totals = Totals::default();
                totals.add(&report);
                reporter.finish(&totals, &mut out).unwrap();
                let printed = String::from_utf8(out).unwrap().replace(['“', '”', '…', '\n'], " ").replace("%0A", " ");
                words(&printed).windows(QUOTATION).find(|run| runs.contains(*run)).map(<[_]>::to_vec)
            };
            for kind in report::REPORTERS {
                assert_eq!(found(&bare, kind), None, "{} of {path:?}", kind.name);
                quoted += usize::from(found(&quoting, kind).is_some());
            }
        });
    }
    assert!(quoted > 20, "only {quoted} reports quote anything, so nothing was tested");
}

#[test]
fn spans_cut_out_whole_words_of_their_source() {
    let (rules, settings) = everything();
    let mut labels = 0;
    for path in stories() {
        for report in check(&path, &rules, &settings) {
            // a mistake in YAML or JSON is at a character, which may be inside a word
            let of_syntax = ["core/front-matter", "core/unreadable"];
            let of_words = report.diagnostics.iter().filter(|d| !of_syntax.contains(&d.rule.as_str()));
            for label in of_words.flat_map(|d| &d.labels) {
                let source = report.source(label.span).unwrap();
                let words = source.text.get(label.span.range()).unwrap_or_else(|| panic!("{path:?}: {label:?}"));
                assert_eq!(words, words.trim(), "{path:?}: {label:?}");
                let before = source.text.get(..label.span.start as usize).unwrap();
                // the letters of an escape are those of no word: `\n`, `\u201c`
                let escape = |n: usize| before.len() >= n && before.as_bytes()[before.len() - n] == b'\\';
                let escaped = path.extension().is_some_and(|e| e.to_str().unwrap().starts_with("json"))
                    && (escape(2) || escape(6));
                let inside = |i: usize, step: isize| {
                    let near = i.checked_add_signed(step).and_then(|i| source.text.as_bytes().get(i));
                    near.is_some_and(|b| b.is_ascii_alphanumeric())
                };
                if words.starts_with(|c: char| c.is_ascii_alphanumeric()) && !escaped {
                    assert!(!inside(label.span.start as usize, -1), "{path:?}: “{words}” starts inside a word");
                }
                if words.ends_with(|c: char| c.is_ascii_alphanumeric()) {
                    assert!(!inside(label.span.end as usize, 0), "{path:?}: “{words}” ends inside a word");
                }
                // and the same bytes of the file, behind a byte order mark or damage too; of a container, of the entry
                let entry = source.name.split_once(':').map(|(_, entry)| entry.split('#').next().unwrap_or(entry));
                let bytes = std::fs::read(entry.map_or(path.clone(), |entry| path.join(entry))).unwrap();
                let original = source.original_range(label.span.start..label.span.end);
                let original = &bytes[original.start as usize..original.end as usize];
                // a folder `encoding-NAME` holds a story in that encoding
                let folder = path.parent().and_then(|p| p.file_name()).and_then(|n| n.to_str()).unwrap();
                if let Some(name) = folder.strip_prefix("encoding-") {
                    let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
                    assert_eq!(encoding.decode_without_bom_handling(original).0, words, "{path:?}");
                } else if path.extension().is_some_and(|e| e == "rtf") {
                    assert_eq!(support::seen_rtf(std::str::from_utf8(original).unwrap()), words, "{path:?}");
                } else if path.is_file() {
                    assert_eq!(original, words.as_bytes(), "{path:?}");
                } else {
                    let original = std::str::from_utf8(original).unwrap();
                    assert_eq!(support::seen(original), support::seen(words), "{path:?}");
                }
                labels += 1;
            }
        }
    }
    assert!(labels > 20, "only {labels} labels");
}

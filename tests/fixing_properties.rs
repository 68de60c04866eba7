//! Fixes of random headers: mending twice is mending once, and nothing but what a fix says is another.
#![cfg(all(feature = "cli", feature = "markdown"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::sync::OnceLock;

use forewarn::engine::{self, Settings};
use forewarn::fix::{self, Files, Outcome, Reading};
use forewarn::formats::{self, Limits};
use forewarn::model::{Diagnostic, Input, Report, Safety, Severity, Work};
use forewarn::rules::{self, RuleSet};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The rules of core and ao3, with those that are off and have fixes.
fn all_rules() -> &'static (RuleSet, Settings) {
    static RULES: OnceLock<(RuleSet, Settings)> = OnceLock::new();
    RULES.get_or_init(|| {
        let packs: Vec<_> = ["core", "ao3"].iter().filter_map(|p| rules::bundled(p)).collect();
        let off = ["core/implied-tag", "ao3/value-order"];
        let severities = off.map(|id| (id.to_owned(), Severity::Info)).into();
        (rules::link(&packs).rules, Settings { severities, ..Settings::default() })
    })
}

/// Reads and checks the one work of one file.
fn look(name: &str, files: &Files) -> Option<(Reading, Report)> {
    let (rules, settings) = all_rules();
    let mut works: Vec<(Work, Vec<Diagnostic>)> = Vec::new();
    let input = Input { name: name.to_owned(), bytes: files.get(name)?.clone() };
    formats::read(input, None, &Limits::default(), &mut |work, notes| works.push((work, notes)));
    let (work, notes) = works.pop().filter(|_| works.is_empty())?;
    let reading = Reading::of(&work, &notes);
    Some((reading, engine::check(work, notes, rules, settings)))
}

fn report(name: &str, bytes: &[u8]) -> Report {
    look(name, &BTreeMap::from([(name.to_owned(), bytes.to_vec())])).unwrap().1
}

/// Mends a text twice; gives what each time makes of it, and what was said the first time.
fn twice(name: &str, bytes: &[u8], suggestions: bool) -> ([Vec<u8>; 2], Outcome) {
    let mut files: Files = BTreeMap::from([(name.to_owned(), bytes.to_vec())]);
    let mut mend = || {
        let outcome = fix::settle(&mut files, suggestions, &mut |files| look(name, files));
        (files[name].clone(), outcome)
    };
    let (first, outcome) = mend();
    ([first, mend().0], outcome)
}

/// The bytes behind the header.
fn prose(bytes: &[u8]) -> &[u8] {
    let at = bytes.windows(4).rposition(|w| w == b"Ann ").unwrap();
    &bytes[at..]
}

fn about(found: &Diagnostic) -> (String, Option<String>) {
    (found.rule.clone(), found.subject.clone())
}

#[test]
fn mending_twice_changes_nothing_in_any_fixture() {
    let mut changed = 0;
    for folder in fs::read_dir("fixtures").unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).into_iter().flatten() {
            let path = file.unwrap().path();
            let name = path.display().to_string();
            if !path.is_file() || !["txt", "md"].contains(&path.extension().and_then(|e| e.to_str()).unwrap_or("")) {
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let ([first, second], _) = twice(&name, &bytes, true);
            assert_eq!(String::from_utf8_lossy(&first), String::from_utf8_lossy(&second), "{name}");
            changed += usize::from(first != bytes);
        }
    }
    assert!(changed >= 5, "{changed} fixtures were changed");
}

#[test]
fn encodings_and_byte_order_marks_stay() {
    let before = "Rating: teen\nFandom: Original Work\nAdditional Tags: Boats, Rain, boats\n\nThe boats were out.\n";
    let after =
        "Rating: Teen And Up Audiences\nFandom: Original Work\nAdditional Tags: Boats, Rain\n\nThe boats were out.\n";
    let wide = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    // bytes of another encoding, and such as mean nothing
    let latin = |text: &str| [text.as_bytes(), b"Caf\xe9s stood on the quay, and caf\xe9s in the town.\n"].concat();
    for (old, new) in [(wide(before), wide(after)), (marked(before), marked(after)), (latin(before), latin(after))] {
        assert_eq!(twice("a.txt", &old, false).0, [new.clone(), new]);
    }
}

fn tag() -> impl Strategy<Value = String> {
    let tags = [
        "animal death",
        "Animal Death",
        "boats",
        "Boats",
        "it's raining",
        "Panic Atacks",
        "Panic Attacks",
        "Käthe’s Läden",
        "#1 dad",
        "salt: a tale",
        "no",
        "日本",
        "so \"it\" goes",
        "Gore",
        "Greif/Mourning",
    ];
    prop::sample::select(tags.to_vec()).prop_map(str::to_owned)
}

/// A value as YAML has it, in one of its styles.
fn quoted(text: &str, style: u8) -> String {
    match style {
        0 => format!("\"{}\"", text.replace('"', "\\\"")),
        1 => format!("'{}'", text.replace('\'', "''")),
        _ if text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ') => text.to_owned(),
        _ => format!("\"{}\"", text.replace('"', "\\\"")),
    }
}

const DOG: &str = "They put the dog down. The vet euthanised the old dog, and the dog was dead.";

prop_compose! {
    /// The name of a file, and a text with a header in any notation.
    fn story()(
        kind in 0..6u8,
        tags in prop::collection::vec((tag(), 0..3u8), 0..6),
        rating in prop::sample::select(vec!["T", "teen", "MATURE", "Tean And Up Audiences", "Not Rated", "M (for language)"]),
        warnings in prop::collection::vec(prop::sample::select(vec![
            "No Archive Warnings Apply", "choose not to use archive warnings", "underage", "Major Charater Death", "Rape/Non-Con",
        ]), 0..3),
        comment in any::<bool>(),
        late in any::<bool>(),
        crlf in any::<bool>(),
        mark in any::<bool>(),
        dog in any::<bool>(),
    ) -> (String, Vec<u8>) {
        let note = if comment && kind > 0 { " # kept" } else { "" };
        let plain: Vec<&str> = tags.iter().map(|t| t.0.as_str()).collect();
        let items: Vec<String> = tags.iter().map(|(t, s)| quoted(t, *s)).collect();
        let toml: Vec<String> = tags.iter().map(|(t, _)| quoted(t, 0)).collect();
        let block = |items: &[String]| match items {
            [] => String::new(),
            items => format!("\n  - {}", items.join(&format!("{note}\n  - "))),
        };
        let (rating, list) = match kind {
            0 => (format!("Rating: {rating}"), format!("Tags: {}", plain.join(", "))),
            1 => (format!("rating: {rating}{note}"), format!("tags: [{}]{note}", items.join(", "))),
            2 => (format!("rating: '{rating}'{note}"), format!("tags:{}", block(&items))),
            3 => (format!("rating: \"{rating}\""), format!("tags: [\n  {},{note}\n]", items.join(&format!(",{note}\n  ")))),
            4 => (format!("rating = '{rating}'{note}"), format!("tags = [{}]{note}", toml.join(", "))),
            _ => (format!("rating = \"{rating}\"{note}"), format!("tags = [{note}\n  {}\n]", toml.join(&format!(",{note}\n  ")))),
        };
        let warning = match kind {
            _ if warnings.is_empty() => String::new(),
            0 => format!("Archive Warnings: {}\n", warnings.join(", ")),
            1..4 => format!("archive_warnings: [{}]{note}\n", warnings.join(", ")),
            _ => format!("archive_warnings = ['{}']{note}\n", warnings.join("', '")),
        };
        let body = if late { format!("{list}\n{warning}{rating}\n") } else { format!("{rating}\n{warning}{list}\n") };
        let header = match kind {
            0 => format!("Title: X\n{body}"),
            1..4 => format!("---\ntitle: X{note}\n{body}---\n"),
            _ => format!("+++\ntitle = 'X'\n{body}+++\n"),
        };
        let told = if dog { DOG } else { "" };
        let text = format!("{header}\nAnn walked to the harbour, “alone”,  and counted the boats: nine. {told}\n");
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        let text = if mark { format!("\u{feff}{text}") } else { text };
        ((if kind == 0 { "a.txt" } else { "a.md" }).to_owned(), text.into_bytes())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn mending_keeps_what_it_is_not_about((name, bytes) in story(), suggestions in any::<bool>()) {
        let ([first, second], outcome) = twice(&name, &bytes, suggestions);
        let (old, shown) = (String::from_utf8(bytes.clone()).unwrap(), String::from_utf8(first.clone()).unwrap());
        prop_assert_eq!(&shown, &String::from_utf8(second).unwrap(), "mended twice, from {}", old);
        prop_assert_eq!(prose(&first), prose(&bytes));
        prop_assert_eq!(shown.starts_with('\u{feff}'), old.starts_with('\u{feff}'));
        prop_assert_eq!(old.contains('\r'), shown.contains('\r'));
        if old.contains('\r') {
            prop_assert!(!shown.replace("\r\n", "").contains('\n'), "{}", shown);
        }
        // what was not mended was not touched, and a comment goes nowhere
        prop_assert_eq!(outcome.fixed.is_empty(), first == bytes);
        prop_assert_eq!(shown.matches("# kept").count(), old.matches("# kept").count(), "{} from {}", shown, old);
        let (before, after) = (report(&name, &bytes), report(&name, &first));
        let known: HashSet<_> = before.diagnostics.iter().map(about).collect();
        // with suggestions a rating that is understood now may be spoken of; a graver finding does not come
        let suggested = before.diagnostics.iter().filter(|d| d.fix.as_ref().is_some_and(|f| f.safety == Safety::Suggestion));
        let most = suggested.map(|d| d.severity).max().filter(|_| suggestions).unwrap_or(Severity::Off);
        let new = after.diagnostics.iter().find(|d| !known.contains(&about(d)) && d.severity > most);
        prop_assert!(new.is_none(), "{:?} in {} from {}", new, shown, old);
        // and all that can be mended is, or was said to be left out
        let left = after.diagnostics.iter().filter(|d| d.fix.as_ref().is_some_and(|f| suggestions || f.safety == Safety::Safe));
        prop_assert!(left.count() <= outcome.left_out.len(), "{:?} in {}", after.diagnostics, shown);
    }
}

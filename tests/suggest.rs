//! `suggest` by the bundled packs: what it must hold for any work, and that what it writes can be read back.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use forewarn::collect::collect;
use forewarn::engine::Settings;
use forewarn::formats::{self, Limits};
use forewarn::model::Input;
use forewarn::rules::condition::entries;
use forewarn::rules::vocabulary::{Holds, Rated};
use forewarn::rules::{self, Logic, RuleSet};
use forewarn::suggest::{Change, Suggestion, suggest};

fn bundled() -> RuleSet {
    let packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
    rules::link(&packs).rules
}

/// What is suggested for each work of a text.
fn suggested(name: &str, bytes: &[u8], rules: &RuleSet) -> Vec<Suggestion> {
    let mut found = Vec::new();
    let input = Input { name: name.to_owned(), bytes: bytes.to_vec() };
    formats::read(input, None, &Limits::default(), &mut |work, _| {
        let facts = collect(&work, rules);
        if facts.is_work {
            found.push(suggest(&facts, rules, &Settings::default()));
        }
    });
    found
}

fn one(text: &str, rules: &RuleSet) -> Suggestion {
    suggested("draft.txt", text.as_bytes(), rules).pop().unwrap()
}

/// The values of a line.
fn values<'s>(suggestion: &'s Suggestion, field: &str) -> Vec<&'s str> {
    let line = suggestion.lines.iter().find(|l| l.field == field);
    line.map(|l| l.values.iter().map(|v| v.text.as_str()).collect()).unwrap_or_default()
}

/// The stories that the bundled rules about content speak up at, without what a suggestion is to fill in.
fn drafts(rules: &RuleSet) -> Vec<String> {
    let about_content = |r: &&rules::Rule| matches!(r.logic, Logic::Condition { forbid: false, .. });
    let examples = rules.rules.iter().filter(about_content).flat_map(|r| r.fails.iter());
    let stripped = examples.map(|example| {
        let filled = |l: &&str| ["Rating:", "Archive Warnings:", "Additional Tags:"].iter().any(|f| l.starts_with(f));
        let lines: Vec<&str> = example.trim_start().lines().filter(|l| !filled(l)).collect();
        lines.join("\n").trim_start().to_owned()
    });
    let mut drafts: Vec<String> = stripped.filter(|d| d.split_whitespace().count() > 35).collect();
    drafts.sort();
    drafts.dedup();
    drafts
}

/// Runs forewarn in the folder of this test.
fn run(folder: &Path, arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_forewarn")).args(arguments).current_dir(folder).output().unwrap();
    assert_ne!(run.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// What `check` says of content or rating in a folder.
fn about_content(folder: &Path) -> Vec<String> {
    let out = run(folder, &["check", ".", "-o", "jsonl", "--exit-zero"]);
    let mut found = Vec::new();
    for line in out.lines() {
        let work: serde_json::Value = serde_json::from_str(line).unwrap();
        // the last line has the totals
        let diagnostics = work["diagnostics"].as_array().into_iter().flatten();
        let about = diagnostics.filter(|d| !d["score"].is_null() || d["rule"].as_str().unwrap().contains("rating"));
        found.extend(about.map(|d| format!("{} {} {}", work["path"], d["rule"], d["subject"])));
    }
    found
}

#[test]
fn what_every_style_writes_leaves_nothing_undeclared() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("suggest");
    std::fs::remove_dir_all(&folder).ok();
    let (before, after) = (folder.join("before"), folder.join("after"));
    std::fs::create_dir_all(&before).unwrap();
    std::fs::create_dir_all(&after).unwrap();
    let drafts = drafts(&bundled());
    assert!(drafts.len() >= 4, "only {} drafts", drafts.len());
    for (number, draft) in drafts.iter().enumerate() {
        let write = |folder: &Path, name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        let name = format!("{number}.txt");
        write(&before, &name, draft);
        let suggest = |style: &str| run(&before, &["suggest", &name, "--style", style]);
        let toml = suggest("toml");
        assert!(toml.parse::<toml::Table>().unwrap().contains_key("rating"), "{toml}");
        write(&after, &name, draft);
        write(&after, &format!("{number}.forewarn.toml"), &toml);
        // the other styles write the same lines, and each run takes its time
        if number < 2 {
            let header = draft.split_once("\n\n").filter(|(header, _)| header.contains(": "));
            let body = header.map_or(draft.as_str(), |(_, body)| body);
            write(&after, &format!("{number}-front.md"), &format!("{}\n{body}", suggest("yaml")));
            let ao3 = suggest("ao3");
            let block = ao3.split("\n\n").next().unwrap();
            write(&after, &format!("{number}-header.txt"), &format!("{block}\n\n{body}"));
        }
    }
    let undeclared = about_content(&before);
    assert!(undeclared.len() >= 4, "only {} findings to settle", undeclared.len());
    assert_eq!(about_content(&after), [""; 0]);
}

#[test]
fn a_declared_rating_is_never_lowered_and_not_rated_is_kept() {
    let rules = bundled();
    let ladder = rules.vocabulary.ladders.iter().find(|l| l.id == "ao3").unwrap();
    for draft in drafts(&rules) {
        for (now, level) in ladder.levels.iter().enumerate() {
            let text = format!("Rating: {}\n{}{draft}", level.name, if draft.contains(": ") { "" } else { "\n" });
            let suggestion = one(&text, &rules);
            let rating = values(&suggestion, "rating")[0].to_owned();
            match ladder.resolve(&rating) {
                Some(Rated::Level(then)) => assert!(then >= now, "{rating} instead of {}: {draft}", level.name),
                other => panic!("{rating} is {other:?}"),
            }
        }
        let text = format!("Rating: Not Rated\n{}{draft}", if draft.contains(": ") { "" } else { "\n" });
        assert_eq!(values(&one(&text, &rules), "rating"), ["Not Rated"], "{draft}");
    }
}

#[test]
fn whatever_a_story_declares_is_kept_in_order() {
    let rules = bundled();
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).unwrap();
    let stories = folders.flat_map(|f| std::fs::read_dir(f.unwrap().path()).unwrap()).map(|f| f.unwrap().path());
    let mut kept = 0;
    for path in stories.filter(|p| p.file_stem().is_some_and(|s| s == "work")) {
        let input = Input { name: path.display().to_string(), bytes: support::bytes(&path) };
        formats::read(input, None, &Limits::default(), &mut |work, _| {
            let facts = collect(&work, &rules);
            if !facts.is_work {
                return;
            }
            let suggestion = suggest(&facts, &rules, &Settings::default());
            for (index, kind) in (0..).zip(&rules.vocabulary.fields) {
                let whole = |e: &&forewarn::model::facts::Entry| work.fields[e.field].chapter.is_none();
                let declared: Vec<&str> = entries(&facts, index).filter(whole).map(|e| e.text.as_str()).collect();
                if declared.is_empty() || kind.holds == Holds::Text || kind.holds == Holds::Rating {
                    continue;
                }
                let line = suggestion.lines.iter().find(|l| l.field == kind.id);
                let now = line.map(|l| l.values.as_slice()).unwrap_or_default();
                let moved = suggestion.lines.iter().flat_map(|l| &l.values);
                let moved = moved.filter(|v| v.change == Change::Moved(kind.name.clone())).map(|v| v.text.as_str());
                let old = now.iter().filter_map(|v| match &v.change {
                    Change::Kept => Some(v.text.as_str()),
                    Change::Respelled(was) => Some(was.as_str()),
                    _ => None,
                });
                let all: Vec<&str> = old.chain(moved).collect();
                assert_eq!(all, declared, "{} in {}", kind.name, path.display());
                kept += declared.len();
            }
        });
    }
    assert!(kept > 50, "only {kept} values");
}

#[test]
fn what_a_warning_covers_is_no_tag_beside_it() {
    let rules = bundled();
    let bloody = rules.rule("ao3/rating-too-low").unwrap().fails[0].replace("Archive Warnings", "Mood");
    let suggestion = one(&bloody, &rules);
    assert!(values(&suggestion, "archive-warning").contains(&"Graphic Depictions Of Violence"));
    for tag in values(&suggestion, "additional-tag") {
        assert!(!["Violence", "Blood", "Gore"].contains(&tag), "{tag}");
    }
}

#[test]
fn a_warning_that_is_denied_is_told_of_and_not_written() {
    let rules = bundled();
    for example in &rules.rule("ao3/warning-denied").unwrap().fails {
        let suggestion = one(example, &rules);
        assert_eq!(values(&suggestion, "archive-warning"), ["No Archive Warnings Apply"]);
        assert!(!suggestion.conflicts.is_empty());
    }
}

//! The bundled packs: they load without a mistake, their examples hold, and every id that code uses is declared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)] // tests read files and may fail

use std::collections::HashSet;
use std::path::Path;

use forewarn::model::Degree;
use forewarn::rules::{self, Loaded, PackText};
use forewarn::selftest;

fn bundled() -> Loaded {
    let packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
    rules::link(&packs)
}

#[test]
fn packs_load_without_a_mistake() {
    let loaded = bundled();
    let problems: Vec<String> = loaded
        .reports
        .iter()
        .flat_map(|r| r.diagnostics.iter().map(move |d| (r, d)))
        .map(|(r, d)| format!("{}: {} “{}”", r.name, d.message, d.labels.first().map_or("", |l| r.slice(l.span))))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(loaded.rules.packs, ["ao3", "core", "ffn", "storygraph"]);
}

#[test]
fn examples_hold() {
    let loaded = bundled();
    let failures: Vec<String> = selftest::run(&loaded.rules)
        .iter()
        .map(|f| format!("{}: {}\n    {}", f.of, f.message, f.example.text))
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} examples:\n{}",
        failures.len(),
        loaded.rules.examples.len(),
        failures.join("\n")
    );
    assert!(loaded.rules.examples.len() > 300, "only {} examples", loaded.rules.examples.len());
}

/// The names of another site are tags, and know which tags of the vocabulary are filed under them.
#[test]
fn a_list_names_tags() {
    let vocabulary = bundled().rules.vocabulary;
    let list = vocabulary.list("storygraph").unwrap();
    assert_eq!(list.entries.len(), 95);
    let tag = |id| vocabulary.tag_id(id).unwrap();
    let filed = |id| list.entries_of(tag(id)).map(|e| e.name.as_str()).collect::<Vec<_>>();
    assert_eq!(filed("abduction"), ["Kidnapping"]);
    assert_eq!(filed("graphic-violence"), ["Violence"]);
    assert_eq!(vocabulary.resolve("Medical content").map(|r| r.tag), Some(tag("medical-procedures")));
    assert_eq!(vocabulary.resolve("Confinement (past)").map(|r| r.tag), Some(tag("captivity")));
    let grades =
        [Degree::Depicted, Degree::Mild, Degree::Attempted, Degree::Past, Degree::Loose].map(|d| list.grade(d));
    assert_eq!(grades.map(Option::unwrap), ["Graphic", "Moderate", "Moderate", "Minor", "Minor"]);
}

/// Mistakes in a list are reported at their words.
#[test]
fn a_wrong_list_is_reported() {
    let pack = PackText {
        name: "mine".into(),
        files: vec![(
            "x.toml".into(),
            "[[list]]\nid = 'x'\nname = 'X'\ngrades = { lot = 'Much' }\nentries = [\n\
             { name = 'Blood', tags = ['blod'] }, { name = 'Gore', tags = ['war'] }, { name = 'Empty', tags = [] }]\n"
                .into(),
        )],
        bundled: false,
    };
    let loaded = rules::link(&[rules::bundled("core").unwrap(), pack]);
    let report = loaded.reports.first().unwrap();
    let found: Vec<(&str, &str)> =
        report.diagnostics.iter().map(|d| (report.slice(d.labels[0].span), d.message.as_str())).collect();
    assert_eq!(
        found,
        [
            ("'Much'", "There is no degree `lot`."),
            ("'blod'", "There is no tag `blod`."),
            ("'Gore'", "`Gore` is a name of the tag `gore` already."),
            ("'Empty'", "A name of a list has at least one tag."),
        ]
    );
}

/// An example can fail: one with a wrong mark must.
#[test]
fn a_wrong_example_fails() {
    let mut pack = rules::bundled("core").unwrap();
    let lexicon = "[[lexicon]]\nid = 'x.en'\nlanguage = 'en'\nsummary = 'x'\nweight.1 = ['zebra']\n\
                   finds = ['A [[horse]] and a zebra.']\nignores = ['A zebra.']\n";
    pack.files.push(("x.toml".into(), lexicon.into()));
    let loaded = rules::link(&[pack]);
    let own: Vec<_> = selftest::run(&loaded.rules).into_iter().filter(|f| f.of == "x.en").collect();
    assert_eq!(own.len(), 2);
    assert!(own[0].message.contains("“horse”") && own[0].message.contains("“zebra”"), "{}", own[0].message);
}

#[test]
fn every_rule_id_in_the_code_is_declared() {
    let loaded = bundled();
    let declared: HashSet<&str> = loaded.rules.rules.iter().map(|r| r.id.as_str()).collect();
    let mut missing = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            let code = code.split("#[cfg(test)]").next().unwrap();
            for quoted in code.split('"').skip(1).step_by(2) {
                let is_id = |p: &str| {
                    quoted
                        .strip_prefix(p)
                        .is_some_and(|r| !r.is_empty() && r.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
                };
                if ["ao3/", "core/", "ffn/"].into_iter().any(is_id) && !declared.contains(quoted) {
                    missing.push(format!("{} in {}", quoted, path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// `forewarn rules docs` makes the pages; `SNAPSHOTS=overwrite` does too.
#[test]
fn pages_about_the_rules_are_in_step() {
    let packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
    let pages = forewarn::docs::pages(&packs).unwrap();
    let folder = Path::new("docs/rules");
    for (name, text) in &pages {
        snapbox::Assert::new()
            .action_env("SNAPSHOTS")
            .eq(text, snapbox::Data::read_from(&folder.join(name), None).raw());
    }
    let names: HashSet<String> = pages.into_iter().map(|p| p.0).collect();
    let stale: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| !names.contains(n))
        .collect();
    assert!(stale.is_empty(), "no pack makes {stale:?}");
}

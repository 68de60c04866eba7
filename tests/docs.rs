//! What README and docs show on a terminal is what the program prints.
//!
//! A document is a walk: its blocks are taken in order, in one empty folder. A block with a file's name behind its language
//! (```` ```toml forewarn.toml ````) is that file; a `console` block is commands after `$ ` with what they print, and a line `...`
//! stands for lines that are left out; `<!-- files: FOLDER -->` puts the files of a folder of the project there.
//! A `sh` block is not run and has its reason in [`NOT_RUN`].
//! `SNAPSHOTS=overwrite cargo test --test docs` writes what is printed into the documents; then read the diff.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use sandbox::Sandbox;

/// Commands that are shown and not run, by how their block starts, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo install", "it builds and installs the program; .ci/run does just that"),
    ("cargo test", "it is what runs this test; .ci/run runs it"),
    ("forewarn check stories --output plain --output sarif", "an example of a command line; tests/cli has each format"),
    ("forewarn schema config", "a schema is long; tests/people.rs prints it"),
    ("web/build.sh", "it takes a compiler for WebAssembly; .ci/run runs it where there is one"),
    ("forewarn check stories --diff", "examples of a command line; tests/fixing.rs runs each"),
];

/// A command line as shown after `$ `, and the lines shown below it.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    command: String,
    output: Vec<String>,
    /// The line of the document that shows the command, from 0.
    line: usize,
}

/// What a document asks for, in order.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// The files of a folder of the project.
    Files(String),
    /// A file with its text.
    File(String, String),
    /// A command with what it prints.
    Run(Shown),
    /// A command that is shown only.
    NotRun(String),
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if let Some(folder) = line.strip_prefix("<!-- files: ").and_then(|l| l.strip_suffix(" -->")) {
            steps.push(Step::Files(folder.to_owned()));
        }
        // a block that shows a block has a longer fence
        let fence = "`".repeat(line.len() - line.trim_start_matches('`').len());
        if fence.len() < 3 {
            continue;
        }
        let info = line.trim_start_matches('`').trim();
        let block: Vec<(usize, &str)> = lines.by_ref().take_while(|l| l.1.trim_end() != fence).collect();
        let all = || block.iter().map(|l| format!("{}\n", l.1)).collect::<String>();
        match info.split_once(' ') {
            Some((_, file)) => steps.push(Step::File(file.to_owned(), all())),
            None if info == "console" => steps.extend(shown(&block).into_iter().map(Step::Run)),
            None if info == "sh" => steps.push(Step::NotRun(all())),
            None => {}
        }
    }
    steps
}

/// The commands of a console block.
fn shown(block: &[(usize, &str)]) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for (number, line) in block {
        match line.strip_prefix("$ ") {
            Some(command) => all.push(Shown { command: command.trim().to_owned(), output: Vec::new(), line: *number }),
            None => all.last_mut().expect("a console block starts with `$ `").output.push(line.trim_end().to_owned()),
        }
    }
    all
}

/// What a command prints, without white space at the ends of lines.
fn printed(command: &str, folder: &Path) -> String {
    let forewarn = Path::new(env!("CARGO_BIN_EXE_forewarn")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([forewarn].into_iter().chain(std::env::split_paths(&others))).unwrap();
    let mut run = Command::new("sh");
    run.arg("-c").arg(format!("{{ {command}\n}} 2>&1")).current_dir(folder).env("PATH", path);
    // nothing of the machine's own settings or of the hook that may run this, and a name for those who commit
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "XDG_CACHE_HOME", "FOREWARN_CACHE_DIR"] {
        run.env_remove(name);
    }
    run.env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8");
    for (name, value) in [("NAME", "A. Writer"), ("EMAIL", "writer@example.org")] {
        run.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    let printed = String::from_utf8(run.output().unwrap().stdout).unwrap();
    let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().collect()
}

/// Whether lines are as shown, where a shown `...` stands for any number of lines.
fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skip| fits(rest, &printed[skip..])),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, after)| line == first && fits(rest, after)),
    }
}

/// Walks a document in an empty folder. Gives what each command printed where it is not what is shown, and what is wrong with
/// the document.
fn walk(text: &str) -> (Vec<(Shown, String)>, Vec<String>) {
    let sandbox = Sandbox::empty();
    let (mut differing, mut wrong) = (Vec::new(), Vec::new());
    for step in steps(text) {
        match step {
            Step::Files(folder) => copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &sandbox.path("")),
            Step::File(name, text) => sandbox.write(&name, &text),
            Step::NotRun(block) => {
                if !NOT_RUN.iter().any(|(start, _)| block.starts_with(start)) {
                    wrong.push(format!("this is neither run nor excused:\n{block}"));
                }
            }
            Step::Run(shown) => {
                let printed = printed(&shown.command, &sandbox.path(""));
                let told = shown.output.join("\n");
                if !fits(&lines(&told), &lines(&printed)) {
                    differing.push((shown, printed));
                }
            }
        }
    }
    (differing, wrong)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        let is_container = path.extension().is_some_and(|e| ["docx", "epub", "odt"].iter().any(|c| e == *c));
        if path.is_dir() && is_container {
            // kept unpacked in the project
            std::fs::write(&target, support::bytes(&path)).unwrap();
        } else if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// A document with what its commands print.
fn corrected(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // from the end, so that the numbers of the lines before stay right
    for (shown, printed) in walk(text).0.iter().rev() {
        let below = shown.line + 1..shown.line + 1 + shown.output.len();
        let last = lines.get(below.end).is_none_or(|l| l.starts_with("```"));
        let gap = if last || printed.is_empty() { None } else { Some(String::new()) };
        let printed: Vec<String> = printed.lines().map(str::to_owned).chain(gap).collect();
        lines.splice(below, printed);
    }
    lines.join("\n") + "\n"
}

/// README and the documents beside each other in `docs/`.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    all.sort();
    all.insert(0, root.join("README.md"));
    all
}

#[test]
fn documents_show_what_is_printed() {
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|s| s == "overwrite");
    let mut mistakes = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        if overwrite {
            std::fs::write(&path, corrected(&text)).unwrap();
            continue;
        }
        let (differing, wrong) = walk(&text);
        let name = path.display();
        mistakes.extend(wrong.iter().map(|what| format!("{name}: {what}")));
        mistakes.extend(differing.iter().map(|(shown, printed)| {
            let told = shown.output.join("\n");
            format!("{name}:{}: `{}` is shown with\n{told}\n\nand prints\n{printed}\n", shown.line + 1, shown.command)
        }));
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn what_is_not_run_is_shown_somewhere() {
    let all: String = documents().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for (start, why) in NOT_RUN {
        assert!(
            all.contains(&format!("\n```sh\n{start}")),
            "no document shows `{start}`, which is excused since {why}"
        );
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        let folder = path.parent().unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            if !file.is_empty() && !file.contains("://") {
                assert!(folder.join(file).exists(), "{}: {link}", path.display());
            }
        }
    }
}

/// What stands in a document from a heading to the next of its level or a higher one.
fn under<'a>(text: &'a str, heading: &str) -> &'a str {
    let level = heading.split(' ').next().unwrap();
    let from = text.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("there is no “{heading}”")) + 1;
    let rest = &text[from..];
    let ends = |line: &str| line.starts_with('#') && line.split(' ').next().unwrap().len() <= level.len();
    let mut at = rest.find('\n').unwrap() + 1;
    for line in rest[at..].split_inclusive('\n') {
        if ends(line) {
            break;
        }
        at += line.len();
    }
    &rest[..at]
}

fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

fn schema(name: &str) -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The names of the keys that an object of a schema may have.
fn keys(object: &serde_json::Value) -> Vec<&str> {
    object["properties"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_key_of_the_configuration_is_described() {
    let (text, schema) = (document("configuration.md"), schema("config.schema.json"));
    for key in keys(&schema) {
        let name = match key {
            "allow" | "override" => format!("`[[{key}]]`"),
            "rules" | "thresholds" | "limits" | "work" => format!("`[{key}]`"),
            _ => format!("`{key}`"),
        };
        assert!(under(&text, "## All keys").contains(&format!("[{name}](#{key})")), "{name} is not in the table");
        let said = under(&text, &format!("## {name}"));
        // keys that stand in tables have their defaults in a column
        assert!(said.contains("Default"), "{name} has no default: {said}");
        assert!(said.contains("```toml"), "{name} has no example");
        let table = match key {
            "allow" => "AllowTable",
            "override" => "OverrideTable",
            "limits" => "Limits",
            _ => continue,
        };
        for inner in keys(&schema["definitions"][table]) {
            let row = said.lines().find(|l| l.starts_with("| `") && l.contains(&format!("`{inner}`")));
            let row = row.unwrap_or_else(|| panic!("{name} does not describe `{inner}`"));
            let default = &schema["definitions"][table]["properties"][inner]["default"];
            assert!(default.is_null() || row.contains(&format!("| `{default}` |")), "{inner} is {default}: {row}");
        }
    }
    let fields = &schema["properties"]["required"]["items"]["anyOf"][0]["enum"];
    for field in fields.as_array().unwrap() {
        let field = field.as_str().unwrap();
        assert!(under(&text, "## `required`").contains(&format!("`{field}`")), "there is a field {field}");
    }
}

#[test]
fn every_configuration_that_is_shown_is_accepted() {
    let text = document("configuration.md");
    assert!(!text.contains("```toml\n"), "a configuration without the name of its file is not tried");
    let sandbox = Sandbox::empty();
    let mut read = 0;
    for step in steps(&text) {
        let Step::File(name, text) = step else { continue };
        sandbox.write(&name, &text);
        if Path::new(&name).file_name().is_some_and(|n| n == "forewarn.toml") {
            let story = "stories/the-storm.txt";
            let (code, said, complaint) = sandbox.forewarn(&["config", "show", "--config", &name, story]);
            assert!(code == 0, "{text}\n{said}{complaint}");
            read += 1;
        }
    }
    assert!(read > 12, "{read}");
}

#[test]
fn every_key_of_the_json_output_is_described() {
    let (text, schema) = (document("json.md"), schema("report.schema.json"));
    for (object, heading) in [
        ("document", "## Fields"),
        ("line", "## Fields"),
        ("last", "## Fields"),
        ("record", "## Fields"),
        ("refused", "## Fields"),
        ("work", "## Fields"),
        ("chapter", "## Fields"),
        ("allowed", "## Fields"),
        ("totals", "## Fields"),
        ("files", "## Fields"),
        ("diagnostic", "### A finding"),
        ("label", "### A label"),
        ("fix", "### A fix"),
        ("edit", "### A fix"),
        ("score", "### A score"),
        ("part", "### A score"),
    ] {
        let said = under(&text, heading);
        for key in keys(&schema["$defs"][object]) {
            let described = [format!("`{key}`"), format!("`{key}[]`"), format!(".{key}`")];
            assert!(described.iter().any(|d| said.contains(d)), "{heading} does not describe `{key}` of {object}");
        }
    }
    assert_eq!(schema["$defs"].as_object().unwrap().len(), 16, "an object of the schema is not looked at here");
}

/// Every key in a value, but for the tag ids that are keys of `scores`.
fn printed_keys(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, inner) in object {
                found.insert(key.clone());
                if key != "scores" {
                    printed_keys(inner, found);
                }
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|inner| printed_keys(inner, found)),
        _ => {}
    }
}

#[test]
fn every_key_that_is_printed_of_the_fixtures_is_described() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (command, page, least) in [
        ("forewarn check fixtures --output json", "json.md", 40),
        ("forewarn check fixtures --output jsonl", "json.md", 40),
        ("forewarn suggest fixtures/readme/*.txt fixtures/text-*/*.txt --output json", "suggest.md", 30),
    ] {
        let (text, printed) = (document(page), printed(command, root));
        let mut found = std::collections::BTreeSet::new();
        for value in serde_json::Deserializer::from_str(&printed).into_iter() {
            printed_keys(&value.unwrap_or_else(|error| panic!("{command}: {error}")), &mut found);
        }
        assert!(found.len() >= least, "{command} prints only {found:?}");
        for key in found {
            let described = [format!("`{key}`"), format!("`{key}[]`"), format!(".{key}`")];
            assert!(described.iter().any(|d| text.contains(d)), "{page} does not describe `{key}`");
        }
    }
}

#[test]
fn a_wrong_transcript_is_found() {
    let text = "Try it:\n\n```text a/b.txt\none\ntwo\n```\n\n```console\n$ forewarn --version\nforewarn VERSION  \n\n\
                $ cat a/b.txt\n...\ntwo\n$ forewarn check 'no such file.txt'\nforewarn: no such file or folder: no such \
                file.txt\n```\n\n```toml\n$ forewarn no\n```\n";
    let right = text.replace("VERSION", env!("CARGO_PKG_VERSION"));
    assert_eq!(steps(&right).len(), 4);
    assert_eq!(walk(&right), (Vec::new(), Vec::new()));
    assert_eq!(walk(text).0.len(), 1);
    assert_eq!(walk(&text.replace("...\ntwo", "...\nthree")).0.len(), 2);
    assert_eq!(walk(&corrected(text)).0, []);
    assert!(corrected(text).ends_with("```toml\n$ forewarn no\n```\n"));
    assert_eq!(walk("```sh\nrm everything\n```\n").1.len(), 1);
    assert!(steps("````text a.md\n```console\n$ false\n```\n````\n").iter().all(|s| matches!(s, Step::File(..))));
}

/// The story of the README has something to show, and nothing of it is an error.
#[test]
fn the_readmes_story_has_a_few_findings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/readme");
    let printed = printed("forewarn check the-lighthouse.txt -o jsonl", &folder);
    for rule in ["core/duplicate-tag", "core/word-count", "core/note-warning"] {
        assert!(printed.contains(rule), "{rule}: {printed}");
    }
    assert!(!printed.contains(r#""severity":"error""#), "{printed}");
}

//! Whichever way forewarn is asked, a story has the same findings: on the command line, in an editor, on the private page.
//! Another way is one more entry of [`WAYS`]. The page is asked where `FOREWARN_MODULE` names its compiled module, which
//! `web/build.sh` makes; `tests/browser/page.sh` sets it.
#![cfg(all(
    feature = "cli",
    feature = "docx",
    feature = "epub",
    feature = "markdown",
    feature = "odt",
    feature = "rtf"
))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/editor.rs"]
mod editor;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use editor::{Editor, address};
use serde_json::{Value, json};
use support::stories;

/// A story in a folder of its own.
struct Story {
    /// Its file.
    path: PathBuf,
    /// What it is called in messages.
    name: String,
    /// Its text as people see it in an editor; of a container what an editor makes of its bytes.
    text: String,
}

/// A finding as every way can tell it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    rule: String,
    severity: String,
    message: String,
    /// Line and column in characters, from 1; none where it has no line: of a whole file, and in a container.
    place: Option<(u64, u64)>,
    /// The other places.
    others: Vec<(u64, u64)>,
    /// What settles it, and whether that needs no asking.
    fix: Option<(String, bool)>,
}

/// Findings by the name of the story, in order.
type Found = BTreeMap<String, Vec<Finding>>;

/// A way to ask for findings: its name, and how it is asked about all stories of a folder.
type Way = (&'static str, fn(&Path, &[Story]) -> Found);

/// Every way to ask.
const WAYS: &[Way] = &[("check", check), ("lsp", lsp), ("page", page)];

/// The compiled module of the page, if it was built.
const MODULE: &str = "FOREWARN_MODULE";

/// The command line, asked for JSON.
fn check(folder: &Path, _: &[Story]) -> Found {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    let run = command.args(["check", "--output", "json"]).arg(folder).output().unwrap();
    of_works(&run.stdout)
}

/// The page, asked by a program that loads its module.
fn page(folder: &Path, stories: &[Story]) -> Found {
    let asks = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/told.mjs");
    let mut command = Command::new("node");
    command.current_dir(folder).arg(asks).arg(std::env::var_os(MODULE).unwrap());
    let run = command.args(stories.iter().map(|story| &story.path)).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut found = of_works(&run.stdout);
    // who drops a file on the page is told that it is no story; in a folder and in an editor it is left in peace
    found.values_mut().for_each(|findings| findings.retain(|f| f.rule != "core/not-a-work"));
    found
}

/// The findings in what `check` prints as JSON.
fn of_works(json: &[u8]) -> Found {
    let json: Value = serde_json::from_slice(json).unwrap();
    let mut found = Found::new();
    for work in json["works"].as_array().unwrap() {
        let path = work["path"].as_str().unwrap();
        // a record of a data set is named after its file
        let path = Path::new(path.split('#').next().unwrap());
        let name = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let findings = work["diagnostics"].as_array().unwrap();
        found.entry(name.to_owned()).or_default().extend(findings.iter().map(|f| of_json(f, path)));
    }
    found
}

fn of_json(finding: &Value, path: &Path) -> Finding {
    let place = |label: &Value| Some((label["line"].as_u64()?, label["column"].as_u64()?));
    // of a record of a data set the places are those of its file
    let is_seen = |label: &&Value| {
        let source = label["source"].as_str();
        let inside = matches!(path.extension().unwrap().to_str().unwrap(), "epub" | "docx" | "odt" | "rtf" | "zip");
        !inside && source.is_none_or(|s| !s.contains(':'))
    };
    let labels: Vec<&Value> = finding["labels"].as_array().unwrap().iter().filter(is_seen).collect();
    let (primary, others): (Vec<&Value>, Vec<&Value>) = labels.iter().partition(|l| l["primary"] == true);
    let help = finding["help"].as_str().map(|help| format!("\n{help}")).unwrap_or_default();
    let fix = &finding["fix"];
    Finding {
        rule: finding["rule"].as_str().unwrap().to_owned(),
        severity: finding["severity"].as_str().unwrap().to_owned(),
        message: finding["message"].as_str().unwrap().to_owned() + &help,
        place: primary.first().and_then(|l| place(l)),
        others: others.iter().filter_map(|l| place(l)).collect(),
        fix: (!fix["edits"].as_array().is_none_or(Vec::is_empty))
            .then(|| (fix["title"].as_str().unwrap().to_lowercase(), fix["safety"] == "safe")),
    }
}

/// An editor that opens every story.
fn lsp(folder: &Path, stories: &[Story]) -> Found {
    let mut editor = Editor::open(
        folder,
        json!({
            "general": { "positionEncodings": ["utf-32"] },
            "textDocument": {
                "publishDiagnostics": { "relatedInformation": true },
                "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } } },
            },
        }),
    );
    let mut found = Found::new();
    for story in stories {
        let uri = address(&story.path);
        editor.show(&uri, "", &story.text);
        let told = editor.findings(&uri, 1);
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9_999_999, "character": 0 } });
        let asked = json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
        let actions = editor.request("textDocument/codeAction", asked);
        let findings = told.iter().map(|d| of_lsp(d, actions.as_array().map_or(&[][..], Vec::as_slice)));
        found.insert(story.name.clone(), findings.collect());
        editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }
    assert_eq!(editor.close(), Some(0));
    found
}

fn of_lsp(diagnostic: &Value, actions: &[Value]) -> Finding {
    let place = |at: &Value| {
        let number = |key: &str| at[key].as_u64().unwrap() + 1;
        (number("line"), number("character"))
    };
    assert_eq!(diagnostic["source"], "forewarn");
    let message = diagnostic["message"].as_str().unwrap();
    let whole = diagnostic["data"]["whole"] == true;
    let said = diagnostic["data"]["place"].as_str().unwrap_or("");
    let is_fix = |a: &&Value| {
        a["kind"] == "quickfix"
            && a["diagnostics"][0] == *diagnostic
            && !a["title"].as_str().unwrap().starts_with("Allow ")
    };
    let fix = actions.iter().find(is_fix);
    Finding {
        rule: diagnostic["code"].as_str().unwrap().to_owned(),
        severity: match diagnostic["severity"].as_u64().unwrap() {
            1 => "error",
            2 => "warning",
            _ => "info",
        }
        .to_owned(),
        message: message.strip_suffix(said).unwrap().to_owned(),
        place: (!whole).then(|| place(&diagnostic["range"]["start"])),
        others: diagnostic["relatedInformation"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|r| place(&r["location"]["range"]["start"]))
            .collect(),
        fix: fix.map(|a| (a["title"].as_str().unwrap().to_lowercase(), a["isPreferred"] == true)),
    }
}

/// The stories of `fixtures/`, each copied into a folder of its own where no configuration holds.
fn copied(folder: &Path) -> Vec<Story> {
    let copy = |fixture: PathBuf| {
        let name = fixture.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let path = folder.join(&name).join(fixture.file_name().unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = support::bytes(&fixture);
        std::fs::write(&path, &bytes).unwrap();
        // a folder `encoding-NAME` holds a story in that encoding, which editors know, too
        let text = match name.strip_prefix("encoding-") {
            Some(encoding) => {
                encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap().decode(&bytes).0.into_owned()
            }
            None => String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned(),
        };
        Story { path, name, text }
    };
    stories().into_iter().map(copy).collect()
}

#[test]
fn every_way_finds_the_same_in_every_fixture() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let stories = copied(&folder);
    assert!(stories.len() >= 60, "only {} stories", stories.len());
    let built = std::env::var_os(MODULE).is_some();
    let mut ways = WAYS.iter().filter(|(name, _)| *name != "page" || built);
    let (name, first) = ways.next().unwrap();
    let mut expected = first(&folder, &stories);
    expected.values_mut().for_each(|found| found.sort());
    let findings: usize = expected.values().map(Vec::len).sum();
    let fixes = expected.values().flatten().filter(|f| f.fix.is_some()).count();
    assert!(findings > 100 && fixes > 10, "only {findings} findings and {fixes} fixes, so little is compared");
    for (other, way) in ways {
        let mut found = way(&folder, &stories);
        found.values_mut().for_each(|found| found.sort());
        for story in &stories {
            let [expected, found] = [&expected, &found].map(|all| all.get(&story.name).cloned().unwrap_or_default());
            assert_eq!(expected, found, "{}: {name} and {other}", story.name);
        }
    }
}

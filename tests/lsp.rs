//! `forewarn lsp` as an editor meets it, over standard input and output: findings that follow the text, bad files, and what
//! goes wrong between the two.
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
#[path = "support/sandbox.rs"]
mod sandbox;
mod support;

use std::path::Path;

use editor::{Editor, STORY, able, actions, address, codes, edited, edits, everywhere, place};
use sandbox::Sandbox;
use serde_json::{Value, json};
use support::harm::{NoWork, Partly, Read, Refused, cases};

#[test]
fn findings_follow_the_text_as_it_is_written() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), able());
    let uri = address(&sandbox.path("pier.txt"));
    editor.show(&uri, "plaintext", STORY);
    let found = editor.findings(&uri, 1);
    assert_eq!(codes(&found), ["core/duplicate-tag"]);
    let at = place(STORY, "boats\n");
    assert_eq!(found[0]["range"]["start"], at);
    assert_eq!((&found[0]["severity"], &found[0]["tags"]), (&json!(2), &json!([1])));
    let first = &found[0]["relatedInformation"][0];
    assert_eq!((&first["location"]["uri"], &first["message"]), (&json!(uri), &json!("first here")));
    // letters outside of the basic plane are two units
    let end = json!({ "line": 7, "character": STORY.lines().nth(7).unwrap().encode_utf16().count() });
    let note = "<!-- forewarn: allow(core/nothing) -->";
    let change = json!([
        { "range": { "start": end, "end": end }, "text": format!(" {note}") },
        { "range": { "start": at, "end": { "line": 5, "character": 28 } }, "text": "Gulls" },
    ]);
    editor.change(&uri, 2, change);
    let found = editor.findings(&uri, 2);
    assert_eq!(codes(&found), ["core/unknown-allow"]);
    let start = &found[0]["range"]["start"];
    assert_eq!((start["line"].as_u64(), start["character"].as_u64()), (Some(7), Some(46 + 21)), "{found:?}");
    editor.write(&uri, 3, STORY);
    assert_eq!(editor.findings(&uri, 3).len(), 1);
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    editor.findings_until(&uri, <[Value]>::is_empty);
    assert_eq!(editor.close(), Some(0));
}

#[test]
fn columns_are_those_that_the_client_offers() {
    let sandbox = Sandbox::empty();
    let uri = address(&sandbox.path("pier.txt"));
    let text = STORY.replace("Boats, boats", "Boäts 😀, Gulls, boäts 😀");
    for (offered, units, column) in [
        (json!(["utf-8", "utf-16"]), "utf-8", 37),
        (json!(["utf-32", "utf-16"]), "utf-32", 33),
        (json!(["utf-16"]), "utf-16", 34),
        (Value::Null, "utf-16", 34),
    ] {
        let mut editor = Editor::start(sandbox.0.path(), &[]);
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let answer = editor.request("initialize", json!({ "processId": null, "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], units);
        editor.notify("initialized", json!({}));
        editor.show(&uri, "plaintext", &text);
        let found = editor.findings(&uri, 1);
        assert_eq!(found[0]["range"]["start"]["character"], column, "{units}");
    }
}

#[test]
fn configurations_packs_and_metadata_are_checked_and_count_at_once() {
    let sandbox = Sandbox::empty();
    let story = STORY.replace("Boats, boats", "Boats");
    sandbox.write("pier.txt", &story);
    sandbox.write("forewarn.toml", "packs = [\"core\", \"ao3\"]\n");
    let mut editor = Editor::open(sandbox.0.path(), able());
    let watched = editor.message("client/registerCapability");
    assert_eq!(watched["params"]["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    let [uri, config] = ["pier.txt", "forewarn.toml"].map(|name| address(&sandbox.path(name)));
    editor.show(&uri, "plaintext", &story);
    assert_eq!(codes(&editor.findings(&uri, 1)), Vec::<&str>::new());
    // a mistake in a configuration that is not saved yet
    editor.show(&config, "toml", "packs = [\"core\", \"aoe\"]\n");
    let found = editor.findings_until(&config, |found| !found.is_empty());
    assert_eq!((codes(&found), &found[0]["range"]["start"]["character"]), (vec!["core/config"], &json!(17)));
    let found = editor.findings_until(&uri, |found| !found.is_empty());
    assert!(found[0]["message"].as_str().unwrap().contains("forewarn.toml"), "{found:?}");
    // mended, and with a rule that finds something
    editor.write(&config, 2, "packs = [\"./ours\"]\n[rules]\n\"core/required-field\" = \"warning\"\n");
    let found =
        editor.findings_until(&config, |found| found.iter().any(|f| f["message"].as_str().unwrap().contains("ours")));
    assert_eq!(codes(&found), ["core/config"], "{found:?}");
    editor.write(&config, 3, "required = [\"summary\"]\n");
    editor.findings_until(&config, <[Value]>::is_empty);
    let found = editor.findings_until(&uri, |found| codes(found) == ["core/required-field"]);
    assert_eq!(found.len(), 1);
    // metadata beside the story
    editor.write(&config, 4, "");
    editor.findings_until(&uri, <[Value]>::is_empty);
    sandbox.write("pier.forewarn.toml", "");
    let beside = address(&sandbox.path("pier.forewarn.toml"));
    let text = "tags = [\"Greif/Mourning\"]\n";
    editor.show(&beside, "toml", text);
    let found = editor.findings_until(&beside, |found| !found.is_empty());
    assert_eq!((codes(&found), &found[0]["range"]["start"]), (vec!["core/tag-spelling"], &place(text, "Greif")));
    let made = actions(&mut editor, &beside, everywhere(), json!(["quickfix"]));
    let fix = made.iter().find(|a| a["title"] == "Write “Grief/Mourning”").unwrap();
    assert_eq!(edited(text, &edits(fix)), "tags = [\"Grief/Mourning\"]\n");
    editor.write(&beside, 2, "rating = \n");
    let found = editor.findings_until(&beside, |found| codes(found).contains(&"core/front-matter"));
    assert_eq!(found[0]["severity"], 1, "{found:?}");
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": beside } }));
    // a pack of their own, with a mistake in a file that is not open
    sandbox.write("ours/rules.toml", "[[rule]]\nid = \"a\"\nsumary = \"x\"\n");
    editor.write(&config, 5, "packs = [\"core\", \"./ours\"]\n");
    let pack = address(&sandbox.path("ours/rules.toml"));
    let found = editor.findings_until(&pack, |found| !found.is_empty());
    assert_eq!(found[0]["code"], "core/pack");
    // it is mended on the disk, which the editor tells
    sandbox.write("ours/rules.toml", "");
    let changes = json!({ "changes": [{ "uri": pack, "type": 2 }] });
    editor.notify("workspace/didChangeWatchedFiles", changes);
    editor.findings_until(&pack, <[Value]>::is_empty);
    // and a file of the pack that is open
    editor.show(&pack, "toml", "[[rule]]\nid = \"a\"\nsumary = \"x\"\n");
    let found = editor.findings_until(&pack, |found| !found.is_empty());
    assert_eq!(found[0]["range"]["start"]["line"], 2, "{found:?}");
    // any other TOML is none of our business
    let other = address(&sandbox.path("Cargo.toml"));
    editor.show(&other, "toml", "a = [");
    assert!(editor.findings(&other, 1).is_empty());
    assert_eq!(editor.close(), Some(0));
}

#[test]
fn documents_without_a_file_and_texts_that_are_no_works() {
    let sandbox = Sandbox::empty();
    sandbox.write("forewarn.toml", "required = [\"summary\"]\n[[override]]\nworks = \"drafts/**\"\n");
    let mut editor = Editor::open(sandbox.0.path(), able());
    let uri = "untitled:Untitled-1";
    editor.show(
        uri,
        "markdown",
        &format!("---\n{}---\n\nIt rained.\n", STORY.split("\n\n").next().unwrap().to_owned() + "\n"),
    );
    let found = editor.findings(uri, 1);
    assert!(
        codes(&found).contains(&"core/duplicate-tag") && codes(&found).contains(&"core/required-field"),
        "{found:?}"
    );
    let readme = address(&sandbox.path("README.md"));
    editor.show(&readme, "markdown", "# A project\n\nRun `make`.\n");
    assert!(editor.findings(&readme, 1).is_empty());
    // what the configuration leaves out is left out here, too
    sandbox.write("forewarn.toml", "exclude = [\"drafts/**\"]\n");
    let draft = address(&sandbox.path("drafts/pier.txt"));
    editor.show(&draft, "plaintext", STORY);
    assert!(editor.findings(&draft, 1).is_empty());
}

#[test]
fn a_file_may_have_other_line_breaks_and_letters_than_the_editor_shows() {
    let sandbox = Sandbox::empty();
    let text = STORY.replace("Pier", "Piér");
    let mut bytes = b"\xff\xfe".to_vec();
    bytes.extend(text.replace('\n', "\r\n").encode_utf16().flat_map(u16::to_le_bytes));
    for (name, bytes) in [("a.txt", text.replace('\n', "\r\n").into_bytes()), ("b.txt", bytes)] {
        std::fs::write(sandbox.path(name), bytes).unwrap();
        let uri = address(&sandbox.path(name));
        let mut editor = Editor::open(sandbox.0.path(), able());
        editor.show(&uri, "plaintext", &text);
        let found = editor.findings(&uri, 1);
        assert_eq!(
            (codes(&found), &found[0]["range"]["start"]),
            (vec!["core/duplicate-tag"], &place(&text, "boats\n"))
        );
        let all = actions(&mut editor, &uri, everywhere(), Value::Null);
        let fix = all.iter().find(|a| a["title"] == "Remove the second “boats”").unwrap();
        let mended = text.replace("Boats, boats", "Boats");
        assert_eq!(edited(&text, &edits(fix)), mended);
        let fix_all = all.iter().find(|a| a["kind"] == "source.fixAll.forewarn").unwrap();
        let resolved = editor.request("codeAction/resolve", fix_all.clone());
        assert_eq!(edited(&text, &edits(&resolved)), mended);
    }
}

#[test]
fn chapters_show_what_their_folder_says_and_a_baseline_holds() {
    let sandbox = Sandbox::empty();
    let index =
        "---\ntitle: The Pier\nrating: Mature\nfandom: Original Work\nlanguage: English\ntags: [Boats, boats]\n---\n";
    sandbox.write("pier/_index.md", index);
    let mut editor = Editor::open(sandbox.0.path(), able());
    let [shared, one, two] = ["_index.md", "1.md", "2.md"].map(|name| address(&sandbox.path("pier").join(name)));
    for (uri, name) in [(&one, "1.md"), (&two, "2.md")] {
        let text = "It rained over the boats, and she said nothing.\n\nShe went home, and he came after her.\n";
        sandbox.write(&format!("pier/{name}"), text);
        editor.show(uri, "markdown", text);
        editor.findings(uri, 1);
    }
    // both chapters find it, and it is told once
    let found = editor.findings_until(&shared, |found| codes(found).contains(&"core/duplicate-tag"));
    assert_eq!(codes(&found).iter().filter(|c| **c == "core/duplicate-tag").count(), 1, "{found:?}");
    assert_eq!(found[0]["range"]["start"]["line"], 5);
    // what is typed there counts for them before it is saved
    editor.show(&shared, "markdown", &index.replace(", boats", ""));
    editor.findings_until(&shared, |found| !codes(found).contains(&"core/duplicate-tag"));
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": shared } }));
    editor.findings_until(&shared, |found| codes(found).contains(&"core/duplicate-tag"));
    // a baseline says it of the chapter that comes first
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": two } }));
    sandbox.write("forewarn.toml", "baseline = \"forewarn-baseline.toml\"\n");
    sandbox.write("forewarn-baseline.toml", "");
    let (code, _, said) = sandbox.run(&["--write-baseline", "."]);
    assert_eq!(code, 0, "{said}");
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    editor.findings_until(&shared, <[Value]>::is_empty);
    editor.findings_until(&one, <[Value]>::is_empty);
}

#[test]
fn settings_of_the_editor_name_a_configuration() {
    let sandbox = Sandbox::empty();
    sandbox.write("other.toml", "required = [\"summary\"]\n");
    let uri = address(&sandbox.path("pier.txt"));
    let mut editor = Editor::open(sandbox.0.path(), able());
    editor.show(&uri, "plaintext", STORY);
    assert_eq!(codes(&editor.findings(&uri, 1)), ["core/duplicate-tag"]);
    let settings = json!({ "settings": { "forewarn": { "config": "other.toml" } } });
    editor.notify("workspace/didChangeConfiguration", settings);
    editor.findings_until(&uri, |found| codes(found).contains(&"core/required-field"));
    editor.notify("workspace/didChangeConfiguration", json!({ "settings": { "forewarn": { "config": "none.toml" } } }));
    let found = editor.findings_until(&uri, |found| codes(found) == ["core/config"]);
    assert!(found[0]["message"].as_str().unwrap().contains("No such file"), "{found:?}");
    editor.notify("workspace/didChangeConfiguration", json!({ "settings": { "forewarn": { "config": "" } } }));
    editor.findings_until(&uri, |found| codes(found) == ["core/duplicate-tag"]);
    let mut editor = Editor::start(sandbox.0.path(), &["--config", "other.toml"]);
    editor.request("initialize", json!({ "processId": null, "capabilities": {} }));
    editor.show(&uri, "plaintext", STORY);
    assert!(codes(&editor.findings(&uri, 1)).contains(&"core/required-field"));
}

#[test]
fn bad_files_give_a_message_and_the_server_goes_on() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), json!({}));
    for (name, bytes, fate) in cases() {
        let path = sandbox.path(&name);
        std::fs::write(&path, &bytes).unwrap();
        let uri = address(&path);
        editor.show(&uri, "", &String::from_utf8_lossy(&bytes));
        let found = editor.findings(&uri, 1);
        let says = |words: &str| found.iter().any(|f| f["message"].as_str().unwrap().contains(words));
        match fate {
            Refused(reason) => assert!(says(reason), "{name}: {found:?}"),
            Partly(_, part) => assert!(says(part), "{name}: {found:?}"),
            // as in a folder, what is no work is passed over
            NoWork(_) => assert!(found.is_empty(), "{name}: {found:?}"),
            Read(_) => assert!(!codes(&found).contains(&"core/unreadable"), "{name}: {found:?}"),
        }
        editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }
    assert_eq!(editor.close(), Some(0));
}

#[test]
fn a_container_is_read_from_the_disk_and_cannot_be_edited() {
    let sandbox = Sandbox::empty();
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/epub-ao3/work.epub");
    let bytes = support::bytes(&book);
    std::fs::write(sandbox.path("work.epub"), &bytes).unwrap();
    let uri = address(&sandbox.path("work.epub"));
    let mut editor = Editor::open(sandbox.0.path(), able());
    editor.show(&uri, "", &String::from_utf8_lossy(&bytes));
    let before = editor.findings(&uri, 1);
    assert!(!before.is_empty() && before.iter().all(|f| f["range"]["start"]["line"] == 0), "{before:?}");
    assert!(editor.message("window/showMessage")["params"]["message"].as_str().unwrap().contains("is no text"));
    // what is typed into what the editor makes of it means nothing
    editor.write(&uri, 2, "Rating: Mature\n");
    assert_eq!(editor.findings(&uri, 2).len(), before.len());
    assert!(actions(&mut editor, &uri, everywhere(), Value::Null).is_empty());
}

#[test]
fn what_a_client_does_wrong_is_answered() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::start(sandbox.0.path(), &["--stdio"]);
    let id = editor.ask("textDocument/hover", json!({}));
    assert_eq!(editor.answer(id)["error"]["code"], -32002);
    editor.notify("textDocument/didOpen", json!({}));
    editor.request("initialize", json!({ "processId": null, "capabilities": { "textDocument": { "hover": null } } }));
    for raw in [&b"Content-Length: 3\r\n\r\n{]}"[..], b"Nonsense: 1\r\n\r\n", b"Content-Length: 2\r\n\r\n[]"] {
        editor.send_raw(raw);
        let answer = editor.next().unwrap();
        assert!(answer["id"].is_null() && answer["error"]["code"].as_i64().unwrap() < 0, "{answer}");
    }
    let uri = address(&sandbox.path("a.md"));
    for (method, params, code) in [
        ("textDocument/hover", json!({ "position": "x" }), -32602),
        ("textDocument/codeAction", json!([1, 2]), -32602),
        ("textDocument/completion", Value::Null, -32602),
        ("initialize", json!({}), -32600),
        ("no/such", json!({}), -32601),
    ] {
        let id = editor.ask(method, params);
        assert_eq!(editor.answer(id)["error"]["code"], code, "{method}");
    }
    for (method, params) in [
        (
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": "x" }] }),
        ),
        ("textDocument/didChange", json!({ "x": 1 })),
        ("textDocument/didOpen", json!("x")),
        ("textDocument/didClose", json!({ "textDocument": { "uri": uri } })),
        ("$/cancelRequest", json!({ "id": 99 })),
        ("$/nonsense", json!({})),
        ("workspace/didChangeConfiguration", json!({ "settings": 3 })),
    ] {
        editor.notify(method, params);
    }
    // of a document that is not open nothing is known, and places outside of one are its ends
    let at = json!({ "line": 4_000_000_000u32, "character": 4_000_000_000u32 });
    let asked = json!({ "textDocument": { "uri": uri }, "position": at });
    assert_eq!(editor.request("textDocument/hover", asked.clone()), Value::Null);
    editor.show(&uri, "markdown", STORY);
    assert_eq!(editor.request("textDocument/hover", asked.clone()), Value::Null);
    editor.change(&uri, 2, json!([{ "range": { "start": at, "end": at }, "text": "more" }]));
    editor.request("textDocument/completion", asked);
    editor.settle(&uri);
    assert_eq!(editor.close(), Some(0));
}

#[test]
fn requests_are_canceled_and_newer_text_wins() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), able());
    let uri = address(&sandbox.path("long.txt"));
    let long = STORY.to_owned() + &"The boats came and went, and it rained on them all day.\n\n".repeat(4_000);
    editor.show(&uri, "plaintext", &long);
    let asked = json!({ "textDocument": { "uri": uri } });
    let first = editor.ask("textDocument/documentSymbol", asked.clone());
    editor.notify("$/cancelRequest", json!({ "id": first }));
    assert_eq!(editor.answer(first)["error"]["code"], -32800);
    // opened again while it is checked, it is another document
    let lost = editor.ask("textDocument/documentSymbol", asked);
    editor.show(&uri, "plaintext", "Rating: Mature\n\nIt rained.\n");
    assert_eq!(editor.answer(lost)["result"], Value::Null);
    editor.findings_until(&uri, |found| codes(found).contains(&"ao3/missing-field"));
    editor.show(&uri, "plaintext", &long);
    let start = json!({ "line": 5, "character": 17 });
    for version in 2..40 {
        editor.change(&uri, version, json!([{ "range": { "start": start, "end": start }, "text": "x" }]));
    }
    let found = editor.findings(&uri, 39);
    assert_eq!(codes(&found).iter().filter(|c| **c == "core/duplicate-tag").count(), 0);
    editor.settle(&uri);
    assert_eq!(editor.close(), Some(0));
}

/// Numbers that look thrown and are the same in every run.
fn thrown(state: &mut u64, most: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % most.max(1)
}

#[test]
fn what_is_typed_piece_by_piece_is_the_text_as_a_whole() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), able());
    let pieces = [
        "",
        "x",
        "\n",
        "\n\n",
        "😀",
        "é ",
        "Rating: Mature\n",
        "---\n",
        "<!-- forewarn: allow(",
        "\"",
        "[",
        "</p>",
        "tags: ",
    ];
    let mut state = 7;
    for fixture in ["markdown-yaml/work.md", "text-header/work.txt", "html-own-page/work.html", "markdown-toml/work.md"]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(fixture);
        let mut text = std::fs::read_to_string(path).unwrap();
        let [uri, again] = ["typed", "whole"].map(|name| address(&sandbox.path(name).join(fixture)));
        editor.show(&uri, "", &text);
        for version in 2..120 {
            let place = |text: &str, offset: usize| {
                let before = &text[..offset];
                let start = before.rfind('\n').map_or(0, |i| i + 1);
                json!({ "line": before.matches('\n').count(), "character": before[start..].encode_utf16().count() })
            };
            let mut ends = [0, 0].map(|_| thrown(&mut state, text.len() + 1));
            ends.sort();
            ends[1] = ends[1].min(ends[0] + thrown(&mut state, 12));
            let [start, end] = ends.map(|at| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap());
            let new = pieces[thrown(&mut state, pieces.len())];
            let range = json!({ "start": place(&text, start), "end": place(&text, end) });
            editor.change(&uri, version, json!([{ "range": range, "text": new }]));
            text.replace_range(start..end, new);
            // whatever is asked in between is answered
            let at = json!({ "textDocument": { "uri": uri }, "position": place(&text, start) });
            let method = ["textDocument/hover", "textDocument/completion"][thrown(&mut state, 2)];
            editor.request(method, at);
        }
        editor.show(&again, "", &text);
        let typed = editor.findings(&uri, 119);
        assert_eq!(editor.findings(&again, 1), of(typed, &uri, &again), "{fixture}\n{text}");
    }
    assert_eq!(editor.close(), Some(0));
}

/// Findings as they would be in another document.
fn of(findings: Vec<Value>, uri: &str, other: &str) -> Vec<Value> {
    findings.iter().map(|f| serde_json::from_str(&f.to_string().replace(uri, other)).unwrap()).collect()
}

#[test]
fn the_server_ends_with_its_client() {
    let sandbox = Sandbox::empty();
    assert_eq!(Editor::start(sandbox.0.path(), &[]).leave(), Some(1));
    let mut editor = Editor::open(sandbox.0.path(), able());
    let uri = address(&sandbox.path("a.txt"));
    editor.show(&uri, "plaintext", STORY);
    assert_eq!(editor.leave(), Some(1));
    let mut editor = Editor::open(sandbox.0.path(), able());
    editor.notify("exit", Value::Null);
    assert_eq!(editor.ended(), Some(1));
    let mut editor = Editor::open(sandbox.0.path(), able());
    editor.request("shutdown", Value::Null);
    let late = editor.ask("textDocument/hover", json!({}));
    assert_eq!(editor.answer(late)["error"]["code"], -32600);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.ended(), Some(0));
}

//! What `forewarn lsp` answers: fixes, what accepts findings, explanations, completion and chapters.
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

use editor::{Editor, able, actions, address, codes, edited, edits, everywhere, place};
use sandbox::Sandbox;
use serde_json::{Value, json};

fn hover(editor: &mut Editor, uri: &str, at: Value) -> String {
    let answer = editor.request("textDocument/hover", json!({ "textDocument": { "uri": uri }, "position": at }));
    answer["contents"]["value"].as_str().unwrap_or("").to_owned()
}

/// What is offered at the end of some words of a text, which is opened for it.
fn offered(editor: &mut Editor, path: &Path, text: &str, words: &str) -> Vec<(String, String)> {
    let uri = address(path);
    editor.show(&uri, "", text);
    let mut at = place(text, words);
    at["character"] = json!(at["character"].as_u64().unwrap() + words.encode_utf16().count() as u64);
    let answer = editor.request("textDocument/completion", json!({ "textDocument": { "uri": uri }, "position": at }));
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    let items = answer["items"].as_array().cloned().unwrap_or_default();
    let made = |item: &Value| edited(text, std::slice::from_ref(&item["textEdit"]));
    let line = |text: String| text.lines().nth(at["line"].as_u64().unwrap() as usize).unwrap_or("").to_owned();
    items.iter().map(|i| (i["label"].as_str().unwrap().to_owned(), line(made(i)))).collect()
}

#[test]
fn fixes_are_offered_and_what_needs_no_asking_at_once() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), able());
    let uri = address(&sandbox.path("lighthouse.txt"));
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/readme/the-lighthouse.txt"));
    let text = text.unwrap();
    editor.show(&uri, "plaintext", &text);
    let all = actions(&mut editor, &uri, everywhere(), Value::Null);
    let titles: Vec<&str> = all.iter().map(|a| a["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"Write “Grief/Mourning”") && titles.contains(&"Remove the second “family”"), "{titles:?}");
    let named = |title: &str| all.iter().find(|a| a["title"] == title).unwrap();
    // what only the author knows is not what an editor should choose
    assert_eq!(named("Write “Grief/Mourning”")["isPreferred"], Value::Null);
    assert_eq!(named("Remove the second “family”")["isPreferred"], true);
    let mended = edited(&text, &edits(named("Write “Grief/Mourning”")));
    assert!(mended.contains("Grandfathers, Grief/Mourning, family\n"), "{mended}");
    // an action that is made when it is chosen
    let fix_all = all.iter().find(|a| a["kind"] == "source.fixAll.forewarn").unwrap();
    assert_eq!(fix_all["edit"], Value::Null);
    let resolved = editor.request("codeAction/resolve", fix_all.clone());
    let (_, fixed, _) = {
        sandbox.write("lighthouse.txt", &text);
        let told = sandbox.run(&["--fix", "lighthouse.txt"]);
        (told.0, sandbox.read("lighthouse.txt"), told.2)
    };
    assert_eq!(edited(&text, &edits(&resolved)), fixed, "the same as `check --fix`");
    assert_ne!(fixed, text);
    // only at the place that was asked for, and only of the kind
    let header = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    assert!(actions(&mut editor, &uri, header, json!(["quickfix"])).is_empty());
    // a cursor elsewhere on the line gets what there is on it
    let tags = json!({ "start": { "line": 6, "character": 0 }, "end": { "line": 6, "character": 0 } });
    let titles: Vec<Value> =
        actions(&mut editor, &uri, tags, json!(["quickfix"])).iter().map(|a| a["title"].clone()).collect();
    assert!(titles.len() >= 4 && titles[..2].contains(&json!("Write “Grief/Mourning”")), "{titles:?}");
    let second = json!({ "start": place(&text, "family\n"), "end": place(&text, "family\n") });
    let titles: Vec<Value> =
        actions(&mut editor, &uri, second, json!(["quickfix"])).iter().map(|a| a["title"].clone()).collect();
    assert!(!titles.contains(&json!("Write “Grief/Mourning”")), "{titles:?}");
    let made = actions(&mut editor, &uri, everywhere(), json!(["refactor"]));
    assert!(made.is_empty(), "{made:?}");
    assert_eq!(editor.close(), Some(0));
    // a client that resolves nothing gets it whole when it asks for that kind
    let mut editor = Editor::open(sandbox.0.path(), json!({}));
    editor.show(&uri, "plaintext", &text);
    let made = actions(&mut editor, &uri, everywhere(), json!(["source.fixAll"]));
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(edited(&text, made[0]["edit"]["changes"][&uri].as_array().unwrap()), fixed);
}

#[test]
fn what_is_allowed_is_not_found_any_more() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), able());
    let (mut tried, mut paragraphs) = (0, 0);
    for fixture in support::stories() {
        let Ok(text) = String::from_utf8(if fixture.is_file() { std::fs::read(&fixture).unwrap() } else { continue })
        else {
            continue;
        };
        let name = fixture.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let uri = address(&sandbox.path(name).join(fixture.file_name().unwrap()));
        editor.show(&uri, "", &text);
        let findings = editor.findings(&uri, 1);
        let mut version = 1;
        for action in actions(&mut editor, &uri, everywhere(), json!(["quickfix"])) {
            let title = action["title"].as_str().unwrap();
            if !title.starts_with("Allow ") {
                continue;
            }
            let new = edited(&text, &edits(&action));
            version += 1;
            editor.write(&uri, version, &new);
            let left = editor.findings(&uri, version);
            let about = &action["diagnostics"][0];
            let same = |f: &&Value| f["code"] == about["code"] && f["message"] == about["message"];
            let (before, after) = (findings.iter().filter(same).count(), left.iter().filter(same).count());
            assert!(
                after < before,
                "{name}: {title} leaves it\n{}",
                new.lines().take(40).collect::<Vec<_>>().join("\n")
            );
            let brings: Vec<&str> = codes(&left).into_iter().filter(|c| !codes(&findings).contains(c)).collect();
            assert!(brings.is_empty(), "{name}: {title} brings {brings:?}");
            tried += 1;
            paragraphs += usize::from(title.contains("paragraph"));
        }
        editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }
    assert!(tried > 40 && paragraphs > 1, "{tried} {paragraphs}");
}

#[test]
fn words_under_the_cursor_are_explained() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), able());
    let uri = address(&sandbox.path("pier.md"));
    let text = "---\ntitle: The Pier\nrating: PG-13\narchive_warnings: Major Character Death\ntags:\n  - Greif/Mourning\n  - mentions of blood\n\
                language: English\nforewarn-allow: core/word-count\n---\n\nIt rained over the boats.\n";
    editor.show(&uri, "markdown", text);
    for (words, expected) in [
        ("rating", "a field of the header"),
        ("PG-13", "Teen And Up Audiences"),
        ("Character", "an archive warning"),
        ("blood", "a tag about what is in a story"),
        ("core/word-count", "core/word-count"),
        ("Greif", "core/tag-spelling"),
    ] {
        let said = hover(&mut editor, &uri, place(text, words));
        assert!(said.contains(expected) && said.contains("**"), "{words}: {said}");
    }
    assert_eq!(hover(&mut editor, &uri, place(text, "rained")), "");
    // places move along with what is typed before them
    let start = json!({ "line": 2, "character": 0 });
    editor.change(&uri, 2, json!([{ "range": { "start": start, "end": start }, "text": "author: x\n" }]));
    let said = hover(&mut editor, &uri, place(&text.replace("rating:", "author: x\nrating:"), "blood"));
    assert!(said.contains("a tag about"), "{said}");
    let mut plain = Editor::open(sandbox.0.path(), json!({}));
    plain.show(&uri, "markdown", text);
    let said = hover(&mut plain, &uri, place(text, "Character"));
    assert!(said.contains("an archive warning") && !said.contains("**"), "{said}");
}

#[test]
fn tags_ratings_warnings_and_labels_are_offered() {
    let sandbox = Sandbox::empty();
    let mut editor = Editor::open(sandbox.0.path(), able());
    let yaml = |line: &str| format!("---\ntitle: x\n{line}\n---\n\nIt rained.\n");
    for (name, text, words, label, line) in [
        ("a.txt", "Title: x\nRating: Ma\n".to_owned(), "Rating: Ma", "Mature", "Rating: Mature"),
        ("a.txt", "Title: x\nRating: \n".to_owned(), "Rating: ", "General Audiences", "Rating: General Audiences"),
        (
            "a.txt",
            "Archive Warnings: grap\n".to_owned(),
            "grap",
            "Graphic Depictions Of Violence",
            "Archive Warnings: Graphic Depictions Of Violence",
        ),
        ("a.txt", "Tags: Boats, animal de\n".to_owned(), "animal de", "Animal Death", "Tags: Boats, Animal Death"),
        ("a.txt", "Tags: Boats,\n  animal de\n".to_owned(), "animal de", "Animal Death", "  Animal Death"),
        ("a.md", "**Tags:** 😀, animal de\n".to_owned(), "animal de", "Animal Death", "**Tags:** 😀, Animal Death"),
        ("a.md", yaml("tags: [Boats, animal de"), "animal de", "Animal Death", "tags: [Boats, Animal Death"),
        ("a.md", yaml("tags:\n  - animal de"), "animal de", "Animal Death", "  - Animal Death"),
        ("a.md", yaml("tags:\n  - \"animal de"), "animal de", "Animal Death", "  - \"Animal Death"),
        ("a.md", yaml("tags: [\n  Boats,\n  animal de"), "animal de", "Animal Death", "  Animal Death"),
        ("a.md", yaml("rating: te"), "rating: te", "Teen And Up Audiences", "rating: Teen And Up Audiences"),
        ("a.md", yaml("rati"), "rati", "rating:", "rating: "),
        ("a.txt", "Rat\n".to_owned(), "Rat", "Rating:", "Rating: "),
        ("a.md", yaml("language: Eng"), "Eng", "English", "language: English"),
        ("a.txt", "Title: x\nAddit\n".to_owned(), "Addit", "Additional Tags:", "Additional Tags: "),
        ("a.md", "+++\ntags = [\"animal de\n+++\n".to_owned(), "animal de", "Animal Death", "tags = [\"Animal Death"),
        (
            "a.forewarn.toml",
            "rating = te\n".to_owned(),
            "te",
            "Teen And Up Audiences",
            "rating = \"Teen And Up Audiences\"",
        ),
        (
            "forewarn.toml",
            "[work]\nrating = \"te\n".to_owned(),
            "\"te",
            "Teen And Up Audiences",
            "rating = \"Teen And Up Audiences",
        ),
        (
            "a.md",
            "It rained.\n\n<!-- forewarn: allow(core/undecl -->\n".to_owned(),
            "core/undecl",
            "core/undeclared",
            "<!-- forewarn: allow(core/undeclared -->",
        ),
        (
            "a.md",
            "It rained.\n\n<!-- forewarn: allow(core/undeclared: animal-d\n".to_owned(),
            "animal-d",
            "animal-death",
            "<!-- forewarn: allow(core/undeclared: animal-death",
        ),
        (
            "a.txt",
            "Forewarn-Allow: word-c\n".to_owned(),
            "word-c",
            "core/word-count",
            "Forewarn-Allow: core/word-count",
        ),
    ] {
        let found = offered(&mut editor, &sandbox.path(name), &text, words);
        let wanted = (label.to_owned(), line.to_owned());
        assert!(found.contains(&wanted), "{text:?}: {:?}", &found[..found.len().min(5)]);
    }
    // another word for a tag finds it
    let found = offered(&mut editor, &sandbox.path("a.txt"), "Tags: dead anim\n", "dead anim");
    assert!(found.contains(&("Animal Death".to_owned(), "Tags: Animal Death".to_owned())), "{found:?}");
    // in prose, and where nothing is known of what a field holds, nothing is offered
    for (text, words) in [
        ("Title: The Animal\n", "Animal"),
        ("Title: x\nRating: Mature\n\nIt rained, and the animal\n", "animal"),
        (&format!("Tags: {}animal\n", "é ".repeat(9_000)), "animal"),
        ("---\ntitle: x\n---\n\ntags: animal\n", "animal"),
    ] {
        let found = offered(&mut editor, &sandbox.path("a.md"), text, words);
        assert!(found.is_empty(), "{text:?}: {found:?}");
    }
}

#[test]
fn chapters_are_the_parts_of_a_document() {
    let sandbox = Sandbox::empty();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/markdown-chapters/work.md");
    let text = std::fs::read_to_string(path).unwrap();
    let uri = address(&sandbox.path("work.md"));
    let mut editor = Editor::open(sandbox.0.path(), able());
    editor.show(&uri, "markdown", &text);
    let asked = json!({ "textDocument": { "uri": uri } });
    let parts = editor.request("textDocument/documentSymbol", asked.clone());
    let names: Vec<&str> = parts.as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names[0], "Header");
    assert!(names.iter().filter(|n| n.starts_with("Chapter")).count() >= 2, "{names:?}");
    assert!(
        parts[0]["children"].as_array().unwrap().iter().any(|f| f["name"].as_str().unwrap().to_lowercase() == "title")
    );
    let chapter = parts.as_array().unwrap().last().unwrap();
    assert!(chapter["detail"].as_str().unwrap().ends_with(" words"), "{chapter}");
    // one that lists them one by one
    let mut flat = Editor::open(sandbox.0.path(), json!({}));
    flat.show(&uri, "markdown", &text);
    let parts = flat.request("textDocument/documentSymbol", asked);
    assert_eq!(parts[0]["location"]["uri"], uri.as_str());
    assert_eq!(parts[1]["containerName"], "Header");
}

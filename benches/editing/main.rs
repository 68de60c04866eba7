//! How long an editor waits in a long work: `cargo bench --bench editing`. A letter is typed and something is asked at once,
//! as editors do; the server is the program itself, spoken to over pipes. `FOREWARN_BYTES` sets the size of the work,
//! `FOREWARN_STORY` names a file to take instead of the made one.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, missing_docs)]

#[path = "../../tests/support/editor.rs"]
mod editor;
#[allow(dead_code)] // it has what other benchmarks need, too
#[path = "../reading/story.rs"]
mod story;

use std::time::{Duration, Instant};

use editor::{Editor, address};
use serde_json::{Value, json};
use story::story;

/// Bytes of the work.
const BYTES: usize = 500_000;
/// How often each is measured.
const TIMES: usize = 200;
/// How often a check is waited for, which takes a pause each.
const CHECKS: usize = 30;

/// The front matter, and what is asked in it.
const HEADER: &str =
    "---\nrating: General Audiences\nfandom: Original Work\nlanguage: English\ntags: [Boats, animal d]\n---\n\n";

fn main() {
    let bytes = std::env::var("FOREWARN_BYTES").ok().and_then(|b| b.parse().ok()).unwrap_or(BYTES);
    let text = match std::env::var_os("FOREWARN_STORY") {
        Some(path) => std::fs::read_to_string(path).unwrap(),
        None => HEADER.to_owned() + &story(bytes).markdown(),
    };
    println!("A work of {} bytes, {TIMES} times each; milliseconds", text.len());
    let folder = std::env::temp_dir();
    let uri = address(&folder.join("editing.md"));
    let mut editor = Editor::open(&folder, json!({}));
    editor.show(&uri, "markdown", &text);
    editor.findings(&uri, 1);
    let mut typist = Typist { editor, uri, version: 1 };
    let header = json!({ "line": 4, "character": 21 });
    let middle = json!({ "line": text.lines().count() / 2, "character": 0 });
    for (name, at, method) in [
        ("a letter in the header, then completion", &header, "textDocument/completion"),
        ("a letter in the text, then completion", &middle, "textDocument/completion"),
        ("a letter in the text, then hover over a tag", &middle, "textDocument/hover"),
    ] {
        let asked = if method.ends_with("hover") { &header } else { at };
        let times = (0..TIMES).map(|turn| {
            // typing does not wait for anything, and every so often a check begins meanwhile
            if turn % 10 == 9 {
                std::thread::sleep(Duration::from_millis(210));
            }
            typist.wait(at, turn, |editor, uri, _| {
                editor.request(method, json!({ "textDocument": { "uri": uri }, "position": asked }));
            })
        });
        print(name, times.collect());
    }
    let times = (0..CHECKS).map(|turn| {
        typist.wait(&middle, turn, |editor, uri, version| {
            editor.findings(uri, version);
        })
    });
    print("findings, from the last letter on", times.collect());
    let times = (0..CHECKS).map(|turn| {
        typist.wait(&middle, turn, |editor, uri, _| {
            editor.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
        })
    });
    print("chapters, of the text as it is", times.collect());
    typist.editor.close();
}

/// Who types in a document.
struct Typist {
    editor: Editor,
    uri: String,
    version: i64,
}

impl Typist {
    /// Types a letter, or takes the last one away again, so that the text stays as long as it is. Gives how long that and
    /// what is asked then takes, which gets the editor, the document and its version.
    fn wait(&mut self, at: &Value, turn: usize, ask: impl FnOnce(&mut Editor, &str, i64)) -> Duration {
        self.version += 1;
        let start = Instant::now();
        let end = json!({ "line": at["line"], "character": at["character"].as_u64().unwrap() + turn as u64 % 2 });
        let text = if turn.is_multiple_of(2) { "e" } else { "" };
        self.editor.change(&self.uri, self.version, json!([{ "range": { "start": at, "end": end }, "text": text }]));
        ask(&mut self.editor, &self.uri, self.version);
        start.elapsed()
    }
}

fn print(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{name:45} median {:7.2}  p95 {:7.2}  longest {:7.2}", at(0.5), at(0.95), at(1.0));
}

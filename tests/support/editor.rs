//! An editor, as far as the Language Server Protocol knows one: it starts `forewarn lsp` and speaks with it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Long enough for a machine that is busy; what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor with a server.
pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    waiting: VecDeque<Value>,
    last: i64,
    /// What was published last of each document: the version and the findings.
    pub published: BTreeMap<String, (Value, Vec<Value>)>,
}

impl Editor {
    /// Starts the server in a folder. Nothing is said yet.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
        command.current_dir(folder).arg("lsp").args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = next(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self { child, input, messages, waiting: VecDeque::new(), last: 0, published: BTreeMap::new() }
    }

    /// Starts the server and introduces an editor that can do this, on top of what all can.
    pub fn open(folder: &Path, capabilities: Value) -> Self {
        let mut editor = Self::start(folder, &[]);
        let root = address(folder);
        let parameters = json!({ "processId": null, "rootUri": root, "capabilities": capabilities });
        editor.request("initialize", parameters);
        editor.notify("initialized", json!({}));
        editor
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request, and gives its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        self.last
    }

    /// The whole answer to a request.
    pub fn answer(&mut self, id: i64) -> Value {
        let is_it = |message: &Value| message["id"] == id && message.get("method").is_none();
        if let Some(at) = self.waiting.iter().position(is_it) {
            return self.waiting.remove(at).unwrap();
        }
        loop {
            let message = self.next().unwrap_or_else(|| panic!("no answer to request {id}"));
            if is_it(&message) {
                return message;
            }
            self.waiting.push_back(message);
        }
    }

    /// What a request is answered with; it must not be refused.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Any message that the server sends of this method, the oldest first.
    pub fn message(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.waiting.iter().position(|m| m["method"] == method) {
                return self.waiting.remove(at).unwrap();
            }
            let message = self.next().unwrap_or_else(|| panic!("no {method}"));
            self.waiting.push_back(message);
        }
    }

    /// The next message; none when the server ended, or says nothing for long.
    pub fn next(&mut self) -> Option<Value> {
        self.next_within(PATIENCE)
    }

    fn next_within(&mut self, time: Duration) -> Option<Value> {
        let message = match self.messages.recv_timeout(time) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        };
        assert_eq!(message["jsonrpc"], "2.0");
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let found = params["diagnostics"].as_array().unwrap().clone();
            self.published.insert(params["uri"].as_str().unwrap().to_owned(), (params["version"].clone(), found));
        }
        Some(message)
    }

    /// Opens a document.
    pub fn show(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Puts a text in the place of a document's.
    pub fn write(&mut self, uri: &str, version: i64, text: &str) {
        self.change(uri, version, json!([{ "text": text }]));
    }

    pub fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The findings of a version of a document, once they are there.
    pub fn findings(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some((_, found)) = self.published.get(uri).filter(|(at, _)| *at == version) {
                return found.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            let message = self.next_within(left).unwrap_or_else(|| panic!("nothing is said of {uri} {version}"));
            self.waiting.push_back(message);
        }
    }

    /// The findings of a document once they are as they should be.
    pub fn findings_until(&mut self, uri: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some((_, found)) = self.published.get(uri).filter(|(_, found)| wanted(found)) {
                return found.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            let seen = self.published.get(uri).cloned();
            let message = self.next_within(left).unwrap_or_else(|| panic!("{uri}: {seen:?}"));
            self.waiting.push_back(message);
        }
    }

    /// Waits for an answer, after which all that was asked before is settled.
    pub fn settle(&mut self, uri: &str) {
        self.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    }

    /// Lets the server be gone without a word, and gives its exit code.
    pub fn leave(&mut self) -> Option<i32> {
        self.input = None;
        self.ended()
    }

    /// Ends as the protocol asks for.
    pub fn close(&mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// The exit code, once the server ends.
    pub fn ended(&mut self) -> Option<i32> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server does not end");
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // one that a failed test leaves must not stay
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn next(output: &mut dyn std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(':') {
            Some(("Content-Length", value)) => length = value.trim().parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// The address of a file.
pub fn address(path: &Path) -> String {
    let mut out = "file://".to_owned();
    for byte in path.to_str().unwrap().replace('\\', "/").bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The place of some words in a text, in the columns of UTF-16.
pub fn place(text: &str, words: &str) -> Value {
    let at = text.find(words).unwrap_or_else(|| panic!("{words} in {text}"));
    let line = text[..at].matches('\n').count();
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    json!({ "line": line, "character": text[start..at].encode_utf16().count() })
}

/// A text with the edits of one document made, places in UTF-16.
pub fn edited(text: &str, edits: &[Value]) -> String {
    let offset = |at: &Value| {
        let line = at["line"].as_u64().unwrap() as usize;
        let start = text.match_indices('\n').map(|m| m.0 + 1).nth(line.wrapping_sub(1)).unwrap_or(if line == 0 {
            0
        } else {
            text.len()
        });
        let mut left = at["character"].as_u64().unwrap() as usize;
        let rest = &text[start..];
        for (at, c) in rest.char_indices() {
            if left == 0 {
                return start + at;
            }
            left -= c.len_utf16();
        }
        text.len()
    };
    let mut all: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|e| (offset(&e["range"]["start"]), offset(&e["range"]["end"]), e["newText"].as_str().unwrap()))
        .collect();
    all.sort();
    let mut out = text.to_owned();
    for (start, end, new) in all.into_iter().rev() {
        out.replace_range(start..end, new);
    }
    out
}

/// A story with something to say about its header.
pub const STORY: &str = "Title: The Pier\nRating: Mature\nArchive Warnings: No Archive Warnings Apply\nFandom: Original Work\n\
                     Language: English\nAdditional Tags: Boats, boats\n\nIt rained over the boats 😀, and nobody came.\n";

/// What editors of today can do.
pub fn able() -> Value {
    json!({
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true, "tagSupport": { "valueSet": [1, 2] } },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "codeAction": { "dataSupport": true, "resolveSupport": { "properties": ["edit"] } },
        },
        "workspace": {
            "workspaceEdit": { "documentChanges": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
        },
    })
}

pub fn everywhere() -> Value {
    json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 100_000, "character": 0 } })
}

pub fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|f| f["code"].as_str().unwrap()).collect()
}

pub fn actions(editor: &mut Editor, uri: &str, range: Value, only: Value) -> Vec<Value> {
    // what other programs found comes along
    let context = json!({ "diagnostics": [{ "code": { "of": "another program" } }], "only": only });
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    editor.request("textDocument/codeAction", params).as_array().cloned().unwrap_or_default()
}

/// The edits of an action for its only document.
pub fn edits(action: &Value) -> Vec<Value> {
    let changes = action["edit"]["documentChanges"].as_array().unwrap_or_else(|| panic!("{action}"));
    assert_eq!(changes.len(), 1, "{action}");
    changes[0]["edits"].as_array().unwrap().clone()
}

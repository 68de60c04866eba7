//! `forewarn check --jsonl`: a line for each line, whoever is at the other ends of the pipes.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use sandbox::Sandbox;
use serde_json::{Value, json};

/// A forewarn that reads lines from us and prints to us.
struct Pipe {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Pipe {
    fn open(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let mut command = sandbox.command(&["--jsonl", "-"]);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, to, from }
    }

    fn send(&mut self, line: &str) {
        writeln!(self.to.as_mut().unwrap(), "{line}").unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Ends the input: the exit code, and what was complained of.
    fn close(mut self) -> (i32, String) {
        drop(self.to.take());
        let mut rest = String::new();
        self.from.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "more lines than were sent");
        let mut complaint = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        (self.child.wait().unwrap().code().unwrap(), complaint)
    }
}

fn record(id: usize) -> String {
    let tags = if id.is_multiple_of(3) { json!(["boats", "Boats"]) } else { json!(["boats"]) };
    let text = "The boats were out at sea, and she watched them from the wall. ".repeat(id % 7 + 1);
    json!({"id": id, "rating": "General Audiences", "tags": tags, "text": text}).to_string()
}

#[test]
fn an_answer_does_not_wait_for_the_next_line() {
    let sandbox = Sandbox::new();
    let mut pipe = Pipe::open(&sandbox, &[]);
    for (line, id) in (1..).zip([5, 3, 9]) {
        pipe.send(&record(id));
        let answer = pipe.receive();
        assert_eq!((answer["line"].clone(), answer["id"].clone()), (json!(line), json!(id)));
        let found = answer["diagnostics"].as_array().unwrap().iter().any(|d| d["rule"] == "house/duplicate-tag");
        assert_eq!(found, id.is_multiple_of(3));
    }
    pipe.send("not JSON");
    assert!(pipe.receive()["error"].as_str().unwrap().starts_with("This is not whole JSON"));
    assert_eq!(pipe.close(), (1, String::new()));
}

#[test]
fn a_line_says_what_a_file_of_it_would() {
    let sandbox = Sandbox::new();
    let lines: Vec<String> = (1..=300).map(record).collect();
    sandbox.write("works.jsonl", &lines.join("\n"));
    let printed = |arguments: &[&str]| -> Vec<Value> {
        let (code, printed, complaint) = sandbox.run(arguments);
        assert_eq!((code, complaint.as_str()), (0, ""));
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (own, files) = (printed(&["--jsonl", "works.jsonl"]), printed(&["works.jsonl", "-o", "jsonl"]));
    assert_eq!((own.len(), files.len()), (300, 301), "all but the totals");
    let mut before = 0;
    for (id, ((mut own, file), line)) in (1..).zip(own.into_iter().zip(files).zip(&lines)) {
        let object = own.as_object_mut().unwrap();
        assert_eq!((object.remove("line"), object.remove("id")), (Some(json!(id)), Some(json!(id))));
        // places are bytes of the line, and in the other bytes of the file
        for label in
            own["diagnostics"].as_array_mut().unwrap().iter_mut().flat_map(|d| d["labels"].as_array_mut()).flatten()
        {
            let place = ["start", "end"].map(|key| label[key].as_u64().unwrap() as usize);
            assert_eq!(&line[place[0]..place[1]], label["quote"].as_str().unwrap());
            for (key, place) in ["start", "end"].into_iter().zip(place) {
                label[key] = json!(place + before);
            }
        }
        assert_eq!(own, file);
        before += line.len() + 1;
    }
}

#[test]
fn memory_does_not_grow_with_the_lines() {
    let sandbox = Sandbox::new();
    let mut pipe = Pipe::open(&sandbox, &["--no-excerpts"]);
    let text = "The boats were out at sea, and she watched them from the wall. ".repeat(1_000);
    let line = json!({"id": 1, "text": text}).to_string();
    let peak = |pipe: &mut Pipe, lines: usize| {
        for _ in 0..lines {
            pipe.send(&line);
            assert_eq!(pipe.receive()["format"], "jsonl");
        }
        // only Linux tells it
        let status = std::fs::read_to_string(format!("/proc/{}/status", pipe.child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.and_then(|kilobytes| kilobytes.trim().trim_end_matches(" kB").parse::<usize>().ok()).unwrap_or(0)
    };
    let (few, many) = (peak(&mut pipe, 4), peak(&mut pipe, 100));
    assert!(many <= few + 4_000, "{few} kB after 4 lines, {many} kB after 104");
    assert_eq!(pipe.close(), (0, String::new()));
}

#[test]
fn a_line_without_an_end_is_passed_over() {
    let sandbox = Sandbox::new();
    sandbox.write("forewarn.toml", &format!("{}\n[limits]\nrecord-bytes = \"64 KB\"\n", sandbox.read("forewarn.toml")));
    let mut pipe = Pipe::open(&sandbox, &["--exit-zero"]);
    pipe.send(&json!({"id": "long", "text": "She watched the boats. ".repeat(200_000)}).to_string());
    pipe.send(&record(1));
    let answer = pipe.receive();
    assert_eq!((&answer["line"], &answer["id"]), (&json!(1), &json!("long")));
    assert!(answer["error"].as_str().unwrap().contains("more than the 64 KB"), "{answer}");
    assert_eq!(pipe.receive()["line"], 2);
    assert_eq!(pipe.close(), (0, String::new()));
}

#[test]
fn the_exit_code_is_that_of_check() {
    let good = record(1);
    for (lines, arguments, expected) in [
        (&[][..], &[][..], 0),
        (&[good.as_str()], &[], 0),
        (&[&good, "", "{}"], &[], 0),
        (&[&good, "", "{}"], &["--fail-on", "info"], 1),
        (&[&good, "nothing"], &[], 1),
        (&[&good, "nothing"], &["--fail-on", "never"], 0),
        (&[&good, "nothing"], &["--exit-zero"], 0),
        (&[&record(3)], &["--fail-on", "warning"], 1),
    ] {
        let mut pipe = Pipe::open(&Sandbox::new(), arguments);
        for line in lines {
            pipe.send(line);
            assert!(pipe.receive()["line"].is_number());
        }
        assert_eq!(pipe.close(), (expected, String::new()), "{lines:?} {arguments:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let sandbox = Sandbox::new();
    let lines: Vec<String> = (0..1500).map(record).collect();
    sandbox.write("works.jsonl", &lines.join("\n"));
    let mut command = sandbox.command(&["--jsonl", "works.jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    assert!(line.starts_with("{\"version\":1,\"line\":1,"));
}

#[test]
fn what_is_declared_holds_for_every_line() {
    let sandbox = Sandbox::new();
    let mut pipe = Pipe::open(&sandbox, &["--declare", "Additional Tags: boats, boats", "--map", "text=prose"]);
    for _ in 0..2 {
        pipe.send(r#"{"rating": "General Audiences", "prose": "The boats were out at sea, and she watched them."}"#);
        let answer = pipe.receive();
        assert_eq!(answer["diagnostics"][0]["rule"], "house/duplicate-tag", "{answer}");
        assert_eq!((&answer["id"], &answer["words"]), (&Value::Null, &json!(10)));
    }
    assert_eq!(pipe.close(), (0, String::new()));
    let (code, printed, complaint) = sandbox.run(&["--jsonl", "nowhere.jsonl"]);
    assert_eq!((code, printed.as_str()), (2, ""));
    assert!(complaint.contains("no such file"), "{complaint}");
}

#[test]
fn a_faulty_configuration_prints_no_line() {
    let sandbox = Sandbox::new();
    sandbox.write("forewarn.toml", "packs = ['nowhere']\n");
    let (code, printed, complaint) = sandbox.run(&["--jsonl", "twice.txt"]);
    assert_eq!((code, printed.as_str()), (2, ""));
    assert!(complaint.contains("nowhere"), "{complaint}");
}

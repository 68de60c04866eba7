//! Files made to harm whoever reads them: each is refused with its reason, or read, in bounded memory.
#![cfg(all(feature = "cli", feature = "docx", feature = "epub", feature = "odt"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use forewarn::formats::{self, Limits};
use forewarn::model::Input;
use peak_alloc::PeakAlloc;
use serde_json::Value;
use support::book::{book, page};
use support::harm::{NoWork, Partly, Read, Refused, bytes, cases, sea};

/// Counts what is allocated, so that the memory of reading can be told on every system.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Most bytes that a refusal may take besides the file itself.
const REFUSAL: usize = 20 << 20;

/// Tests that count memory or take much of it run one after the other.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn refusals_take_little_memory() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, bytes, fate) in cases() {
        let Refused(reason) = fate else { continue };
        let input = Input { name: name.clone(), bytes };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let mut reasons = Vec::new();
        formats::read(input, None, &Limits::default(), &mut |work, notes| {
            assert_eq!(work.format, "", "{name} was read");
            reasons.extend(notes.into_iter().map(|n| n.message));
        });
        let peak = MEMORY.peak_usage().saturating_sub(before);
        assert!(reasons.iter().any(|r| r.contains(reason)), "{name}: {reasons:?}");
        assert!(peak < REFUSAL, "{name} took {} MB", peak >> 20);
    }
}

/// Leaves the files where `HOSTILE_FILES` says.
#[test]
#[ignore = "it is for tests/browser/page.sh, which opens the files in the page"]
fn files_are_written() {
    let folder = std::env::var_os("HOSTILE_FILES").map(PathBuf::from).expect("HOSTILE_FILES names a folder");
    for (name, bytes, _) in cases() {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

/// What `check` says of each file: its reports in JSON, and the exit code.
fn checked(folder: &Path, names: &[String]) -> (BTreeMap<String, Vec<Value>>, Value, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    let run = command.current_dir(folder).args(["check", "--output", "json"]).args(names).output().unwrap();
    assert!(run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut works: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for work in json["works"].as_array().unwrap() {
        // a record of a data set is named after its file
        let file = work["path"].as_str().unwrap().split('#').next().unwrap();
        works.entry(file.to_owned()).or_default().push(work.clone());
    }
    (works, json["totals"].clone(), run.status.code())
}

#[test]
fn every_file_is_read_or_refused_and_the_others_are_checked() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder("hostile");
    let mut fates = BTreeMap::new();
    for (name, bytes, fate) in cases() {
        std::fs::write(folder.join(&name), bytes).unwrap();
        fates.insert(name, fate);
    }
    let names: Vec<String> = fates.keys().cloned().collect();
    let (works, _, code) = checked(&folder, &names);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(code, Some(1));
    let mut wrong = Vec::new();
    for (name, fate) in fates {
        let works = works.get(&name).unwrap_or_else(|| panic!("nothing is said of {name}"));
        let findings: Vec<&Value> = works.iter().flat_map(|w| w["diagnostics"].as_array().unwrap()).collect();
        let said = |rule: &str, words: &str| {
            findings.iter().any(|f| f["rule"] == rule && f["message"].as_str().unwrap().contains(words))
        };
        let words: u64 = works.iter().map(|w| w["words"].as_u64().unwrap()).sum();
        let format = &works[0]["format"];
        let is_read = !format.is_null();
        let holds = match fate {
            Refused(reason) => !is_read && words == 0 && said("core/unreadable", reason),
            Read(expected) => is_read && words == expected && !said("core/unreadable", ""),
            Partly(expected, part) => is_read && words == expected && said("core/unreadable", part),
            NoWork(reason) => said("core/not-a-work", reason),
        };
        if !holds {
            wrong.push(format!("{name}: {fate:?}, but {words} words as {format}: {findings:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// A folder for a test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Links, sockets, pipes, unpacked books and names in another encoding: nothing is opened that may not end, nothing is
/// read twice, and the numbers at the end are those of what is there.
#[cfg(target_os = "linux")]
#[test]
fn everything_in_a_folder_is_accounted_for() {
    use std::os::unix::ffi::OsStrExt as _;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder("odd");
    let book =
        bytes(&book(&[("a.xhtml", page("<h1>Chapter 1</h1><p>“I was late,” she said, and he took her bag.</p>"))]));
    let story = "Rating: Mature\n\n“I was late,” she said, and he took her bag.\n";
    for name in [&b"caf\xe9.txt"[..], b"caf\xe8.txt", b"story.txt"] {
        std::fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), story).unwrap();
    }
    std::fs::write(folder.join("cover.jpg"), b"\xff\xd8").unwrap();
    std::fs::write(folder.join("none.json"), b"[]").unwrap();
    std::fs::write(folder.join("broken.epub"), &book[..book.len() - 30]).unwrap();
    for unpacked in ["book.epub/META-INF", "shelf/My Boats.epub"] {
        std::fs::create_dir_all(folder.join(unpacked)).unwrap();
    }
    std::fs::write(folder.join("book.epub/META-INF/container.xml"), b"<container/>").unwrap();
    std::fs::write(folder.join("book.epub/a.xhtml"), sea()).unwrap();
    // a folder of stories may be called like a book
    std::fs::write(folder.join("shelf/My Boats.epub/one.txt"), story).unwrap();
    std::os::unix::fs::symlink("story.txt", folder.join("link.txt")).unwrap();
    std::os::unix::fs::symlink(".", folder.join("circle")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("broken.txt")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("pipe.txt")).status().unwrap().success());
    let (works, totals, code) = checked(&folder, &[".".to_owned()]);
    assert_eq!(code, Some(1));
    assert_eq!(
        totals["files"],
        serde_json::json!({"met": 13, "read": 4, "unreadable": 2, "skipped": 2, "not_followed": 5})
    );
    assert_eq!(totals["skipped"], serde_json::json!(["cover.jpg", "none.json"]));
    assert_eq!(totals["not_followed"], serde_json::json!(["broken.txt", "circle", "link.txt", "pipe.txt", "socket"]));
    assert_eq!(works["caf\u{fffd}.txt"].len(), 2);
    assert_eq!(works["book.epub"][0]["diagnostics"][0]["rule"], "core/unreadable");
    assert!(works.contains_key("shelf/My Boats.epub/one.txt"));
    // what is named is followed, and what the system does not let be read is a finding
    let named = ["link.txt", "book.epub", "/proc/self/mem"].map(str::to_owned);
    let (works, totals, code) = checked(&folder, &named);
    assert_eq!(code, Some(1));
    assert_eq!(totals["files"]["met"], 3);
    assert_eq!(totals["files"]["read"], 1);
    let message = works["/proc/self/mem"][0]["diagnostics"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("The file cannot be read: "), "{message}");
    std::fs::remove_dir_all(&folder).unwrap();
}

//! `check --cache`: the same bytes as without, less work, and no trust in anything that may have changed.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;
mod support;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use forewarn::report::REPORTERS;
use sandbox::Sandbox;

type Told = (i32, String, String);

/// Runs a check with a cache in a folder of its own beside the sandbox's stories.
fn check(sandbox: &Sandbox, arguments: &[&str]) -> Told {
    let output = sandbox.command(arguments).env("FOREWARN_CACHE_DIR", sandbox.path(".kept")).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn kept(sandbox: &Sandbox) -> Vec<PathBuf> {
    let files = fs::read_dir(sandbox.path(".kept")).into_iter().flatten();
    let mut files: Vec<PathBuf> = files.map(|f| f.unwrap().path()).collect();
    files.sort();
    files
}

/// Makes a file look as if it had been written so many seconds ago.
fn age(path: &Path, seconds: u64) {
    let past = SystemTime::now() - Duration::from_secs(seconds);
    File::options().write(true).open(path).unwrap().set_modified(past).unwrap();
}

/// Writes a file that is long settled.
fn settled(sandbox: &Sandbox, name: &str, text: &str) {
    sandbox.write(name, text);
    age(&sandbox.path(name), 1_000);
}

/// Puts something else in the place of a file without its size and time telling.
fn swapped(path: &Path) {
    let known = fs::metadata(path).unwrap();
    fs::write(path, vec![b'x'; known.len() as usize]).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(known.modified().unwrap()).unwrap();
}

const HEAD: &str = "Rating: General Audiences\nArchive Warnings: No Archive Warnings Apply\nFandom: Original Work\n\
                    Language: English\n";

fn story(tags: &str) -> String {
    format!(
        "{HEAD}Additional Tags: {tags}\n\nAnn walked down to the harbour. She looked at the boats, and he laughed.\n"
    )
}

/// A folder with a story in which something is found, and one in which nothing is.
fn two() -> Sandbox {
    let sandbox = Sandbox::empty();
    settled(&sandbox, "in/twice.txt", &story("Boats, boats"));
    settled(&sandbox, "in/fine.txt", &story("Boats"));
    sandbox
}

#[test]
fn every_format_prints_the_same_of_every_fixture() {
    let sandbox = Sandbox::empty();
    let mut files = Vec::new();
    for folder in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()) {
            if file.is_dir() && file.file_stem().is_none_or(|stem| stem != "work") {
                continue;
            }
            let path = sandbox.path(&format!("in/{name}/{}", file.file_name().unwrap().to_string_lossy()));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, support::bytes(&file)).unwrap();
            age(&path, 1_000);
            files.push(path);
        }
    }
    let with = |page: bool, more: &[&str]| {
        let mut arguments = vec!["in".to_owned(), "--strict".to_owned()];
        for kind in REPORTERS.iter().filter(|kind| page || !kind.suggests) {
            arguments.push(format!("--output={}=out.{}", kind.name, kind.name));
        }
        arguments.extend(more.iter().map(|m| (*m).to_owned()));
        let told = check(&sandbox, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let names = REPORTERS.iter().map(|kind| format!("out.{}", kind.name));
        let written: Vec<_> = names.map(|name| fs::read(sandbox.path(&name)).ok()).collect();
        for kind in REPORTERS {
            let _ = fs::remove_file(sandbox.path(&format!("out.{}", kind.name)));
        }
        (told, written)
    };
    let plain = [with(true, &[]), with(false, &[]), with(true, &["--no-excerpts"])];
    assert!(kept(&sandbox).is_empty());
    assert!(plain[0].1.iter().flatten().all(|bytes| bytes.len() > 1_000), "every format has something to print");
    let cached = |page, more: &[&str], expected: &_, what| {
        let found = with(page, &[&["--cache"], more].concat());
        assert!(found == *expected, "{what}: {:?} {:?}", found.0, page);
    };
    cached(false, &[], &plain[1], "none kept yet");
    cached(false, &[], &plain[1], "known");
    cached(true, &[], &plain[0], "what was kept has no pages");
    let tables =
        |path: &&PathBuf| !path.extension().is_some_and(|e| ["csv", "tsv", "json", "jsonl"].iter().any(|t| *t == e));
    let metadata = |path: &&PathBuf| !path.to_string_lossy().ends_with(".toml") && !path.ends_with("_index.md");
    files.iter().filter(tables).filter(metadata).for_each(|path| swapped(path));
    cached(true, &[], &plain[0], "nothing is read");
    cached(true, &["--no-excerpts"], &plain[2], "nor without excerpts");
    assert_ne!(with(true, &[]), plain[0]);
    assert_ne!(with(true, &["--cache", "--no-cache"]), plain[0]);
}

#[test]
fn what_changed_is_checked_again() {
    let sandbox = two();
    let fresh = |arguments: &[&str]| check(&sandbox, &[&["in"], arguments].concat());
    let cached = |arguments: &[&str]| check(&sandbox, &[&["in", "--cache"], arguments].concat());
    let same = |arguments: &[&str], what: &str| {
        let expected = fresh(arguments);
        assert_eq!(cached(arguments), expected, "{what}");
        expected
    };
    let first = same(&[], "as it is");
    assert_eq!(cached(&[]), first);
    assert!(first.1.contains("“boats” stands twice") && first.1.contains("2 works"), "{first:?}");
    settled(&sandbox, "in/fine.txt", &story("Boats, Boots, boats"));
    let second = same(&[], "another text");
    assert!(second.1.contains("in/fine.txt"), "{second:?}");
    // of the same size, one second younger
    settled(&sandbox, "in/fine.txt", &story("Boots, Boats, Boots"));
    age(&sandbox.path("in/fine.txt"), 999);
    assert_ne!(same(&[], "another text of the same length"), second);
    for (name, text) in [
        ("in/fine.forewarn.toml", "title = \"The Boats\"\nadditional-tag = [\"Ships\", \"ships\"]\n"),
        ("in/fine.forewarn.toml", "title = \"The Boats\"\nadditional-tag = [\"Ships\", \"Shops\"]\n"),
        ("in/_index.md", "---\ntags: [Ports, ports]\n---\n"),
        ("in/_index.md", "---\ntags: [Ports, parts]\n---\n"),
        ("in/forewarn.toml", "[work]\ntags = ['Quays', 'quays']\n"),
        ("in/forewarn.toml", "[rules]\n'core/duplicate-tag' = 'off'\n"),
        ("in/forewarn.toml", "[rules]\n'core/duplicate-tag' = 'error'\n"),
        ("in/forewarn.toml", "[[allow]]\nrule = 'core/duplicate-tag'\nworks = 'twice.txt'\nreason = 'mine'\n"),
        ("in/forewarn.toml", "[[allow]]\nrule = 'core/duplicate-tag'\nworks = 'none.txt'\nreason = 'mine'\n"),
        ("in/forewarn.toml", "[[allow]]\nrule = 'core/dates'\nreason = 'nothing matches it'\n"),
        ("in/forewarn.toml", "exclude = ['twice.txt']\n"),
        ("in/forewarn.toml", "packs = ['core']\n"),
        ("in/forewarn.toml", "packs = ['../house']\n"),
        ("in/forewarn.toml", ""),
    ] {
        if text.contains("house") {
            let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/files/house");
            for file in fs::read_dir(house).unwrap().map(|f| f.unwrap().path()) {
                sandbox.write(
                    &format!("house/{}", file.file_name().unwrap().to_string_lossy()),
                    &fs::read_to_string(file).unwrap(),
                );
            }
        }
        settled(&sandbox, name, text);
        same(&[], &format!("{name}: {text}"));
        if text.contains("house") {
            for file in fs::read_dir(sandbox.path("house")).unwrap().map(|f| f.unwrap().path()) {
                let text = fs::read_to_string(&file).unwrap();
                fs::write(&file, text.replace("twice", "two times")).unwrap();
            }
            same(&[], "another pack");
        }
    }
    fs::remove_file(sandbox.path("in/fine.forewarn.toml")).unwrap();
    same(&[], "its metadata is gone");
    sandbox.write("more.toml", "additional-tag = [\"Sails\", \"sails\"]\n");
    for arguments in [
        &["--strict"][..],
        &["--ignore-allows"],
        &["--declare", "Additional Tags: Kites, kites"],
        &["--metadata", "more.toml"],
        &["--encoding", "utf-16le"],
        &["--input-format", "html"],
        &["--fail-on", "info"],
        &["--no-excerpts"],
        &["--quiet"],
        &[],
    ] {
        same(arguments, &format!("{arguments:?}"));
    }
    sandbox.write("more.toml", "additional-tag = [\"Soils\", \"soils\"]\n");
    same(&["--metadata", "more.toml"], "other metadata for all");
    fs::remove_file(sandbox.path("in/twice.txt")).unwrap();
    same(&[], "a story is gone");
    fs::rename(sandbox.path("in/fine.txt"), sandbox.path("in/fine.md")).unwrap();
    same(&[], "a story has another name");
}

#[test]
fn works_accept_findings_as_without() {
    let sandbox = two();
    let allowed = "---\nrating: General Audiences\ntags: [Boats, boats, Ships]\n\
                   forewarn-allow: [\"core/duplicate-tag: boats (mine)\", \"core/dates (none)\"]\n---\n\n\
                   She looked at the boats, and he laughed.\n";
    settled(&sandbox, "in/allowed.md", allowed);
    settled(&sandbox, "in/_index.md", "---\nfandom: Tide & Tackle\nadditional-tag: [Ports, ports]\n---\n");
    for arguments in [&["in"][..], &["in", "--baseline", "b.toml"], &["in", "--baseline", "b.toml", "--output", "json"]]
    {
        let bare = check(&sandbox, &["in"]).1;
        assert!(bare.contains("1 finding is accepted") && bare.contains("core/unused-allow"), "{bare}");
        let written = check(&sandbox, &["in", "--baseline", "b.toml", "--write-baseline"]);
        let before = sandbox.read("b.toml");
        let expected = check(&sandbox, arguments);
        let with = [arguments, &["--cache"]].concat();
        assert_eq!(check(&sandbox, &with), expected);
        assert_eq!(check(&sandbox, &with), expected);
        // one story is new to what was kept, which shares findings with the others
        age(&sandbox.path("in/fine.txt"), 500);
        settled(&sandbox, "in/a-new-one.txt", &story("Boats"));
        let expected = check(&sandbox, arguments);
        assert_eq!(check(&sandbox, &with), expected);
        fs::remove_file(sandbox.path("in/a-new-one.txt")).unwrap();
        assert_eq!(check(&sandbox, &["in", "--cache", "--baseline", "b.toml", "--write-baseline"]), written);
        assert_eq!(sandbox.read("b.toml"), before);
    }
    let fixed = check(&sandbox, &["in", "--cache", "--fix"]);
    assert!(fixed.2.contains("mended") || fixed.2.contains("fix"), "{fixed:?}");
    assert!(sandbox.read("in/twice.txt").contains("Tags: Boats\n"));
    assert_eq!(check(&sandbox, &["in", "--cache"]), check(&sandbox, &["in"]));
}

#[test]
fn a_story_that_was_just_written_is_read_again() {
    let sandbox = two();
    let ahead = SystemTime::now() + Duration::from_secs(1_000);
    File::options().write(true).open(sandbox.path("in/fine.txt")).unwrap().set_modified(ahead).unwrap();
    let first = check(&sandbox, &["in", "--cache"]);
    swapped(&sandbox.path("in/fine.txt"));
    assert_ne!(check(&sandbox, &["in", "--cache"]), first, "a change at a time that does not tell");
    settled(&sandbox, "in/fine.txt", &story("Boats"));
    assert_eq!(check(&sandbox, &["in", "--cache"]), first);
    let held = kept(&sandbox);
    // touched: its content says that nothing changed, and from then on its new time does
    age(&sandbox.path("in/fine.txt"), 900);
    assert_eq!(check(&sandbox, &["in", "--cache"]), first);
    swapped(&sandbox.path("in/fine.txt"));
    assert_eq!(check(&sandbox, &["in", "--cache"]), first);
    assert_eq!(kept(&sandbox), held);
}

#[test]
fn the_configuration_may_ask_for_it() {
    let sandbox = two();
    settled(&sandbox, "in/forewarn.toml", "cache = true\n");
    let first = check(&sandbox, &["in"]);
    assert_eq!(kept(&sandbox).len(), 1);
    swapped(&sandbox.path("in/twice.txt"));
    assert_eq!(check(&sandbox, &["in"]), first);
    assert_ne!(check(&sandbox, &["in", "--no-cache"]), first);
    let shown = sandbox.forewarn(&["config", "show", "in/fine.txt"]);
    assert!(shown.1.contains("cache = true"), "{shown:?}");
}

#[test]
fn what_has_no_folder_is_checked_each_time() {
    let sandbox = two();
    let expected = check(&sandbox, &["in/twice.txt"]);
    assert_eq!(check(&sandbox, &["in/twice.txt", "--cache"]), expected);
    assert!(kept(&sandbox).is_empty());
    let nothing = Sandbox::empty();
    nothing.write(".kept", "no folder");
    nothing.write("in/twice.txt", &story("Boats, boats"));
    let (code, told, complaint) = check(&nothing, &["in", "--cache"]);
    assert_eq!((code, &told), (0, &check(&nothing, &["in"]).1));
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.starts_with("forewarn: the results were not kept for the next run in "), "{complaint}");
    assert_eq!(check(&nothing, &["in", "--cache", "--quiet"]).2, "");
}

#[test]
fn damage_is_not_noticed() {
    let sandbox = two();
    let expected = check(&sandbox, &["in", "--cache"]);
    let [file] = kept(&sandbox).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    let damaged = (0..whole.len()).step_by(whole.len() / 3).map(|length| whole[..length].to_vec());
    let flipped = (0..whole.len()).step_by(whole.len() / 3).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        bytes
    });
    for bytes in damaged.chain(flipped).chain([b"something else".to_vec(), [&whole[..], b"x"].concat()]) {
        fs::write(&file, bytes).unwrap();
        assert_eq!(check(&sandbox, &["in", "--cache"]), expected);
        assert!(fs::read(&file).unwrap() == whole, "it is made anew");
    }
    assert_eq!(kept(&sandbox), std::slice::from_ref(&file));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(check(&sandbox, &["in", "--cache"]).1, expected.1);
}

#[test]
fn two_runs_at_once_do_not_harm_each_other() {
    let sandbox = two();
    for i in 0..40 {
        settled(&sandbox, &format!("in/more/{i}.txt"), &story("Boats, boats"));
    }
    let expected = check(&sandbox, &["in"]);
    let runs = || {
        let start = || {
            let mut command = sandbox.command(&["in", "--cache"]);
            let command = command.env("FOREWARN_CACHE_DIR", sandbox.path(".kept"));
            command.stdout(std::process::Stdio::piped()).spawn().unwrap()
        };
        [start(), start(), start()].map(|run| run.wait_with_output().unwrap())
    };
    for output in runs().into_iter().chain(runs()) {
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.1);
    }
    assert_eq!(kept(&sandbox).len(), 1);
}

#[test]
fn what_is_gone_is_forgotten() {
    let sandbox = two();
    for i in 0..10 {
        settled(&sandbox, &format!("in/more/{i}.txt"), &story("Boats, boats"));
    }
    check(&sandbox, &["in", "--cache"]);
    let [file] = kept(&sandbox).try_into().unwrap();
    let many = fs::metadata(&file).unwrap().len();
    fs::remove_dir_all(sandbox.path("in/more")).unwrap();
    check(&sandbox, &["in", "--cache"]);
    assert!(fs::metadata(&file).unwrap().len() < many / 3);
    // a folder is known by what it is and as it was written
    check(&sandbox, &["./in", "--cache"]);
    assert_eq!(kept(&sandbox).len(), 1);
    check(&sandbox, &[".", "--cache"]);
    assert_eq!(kept(&sandbox).len(), 2);
}

//! Fixes in files: what is mended, that nothing else changes, and what happens when a file cannot be written.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::print_stderr, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn forewarn(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    command.current_dir(folder).arg("check").args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file of a folder but configurations, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|p| p.is_file() && !p.ends_with("forewarn.toml"));
    found.sort();
    found
}

/// What each line before becomes: name, before, after `--fix`, after `--fix --suggestions`.
const CASES: &[(&str, &str, &str, &str)] = &[
    (
        "header.txt",
        "Rating: T\nFandom: Original Work\nTags: boats, Greif/Mourning, Boats\n\nThe boats went out.\n",
        "Rating: Teen And Up Audiences\nFandom: Original Work\nTags: boats, Greif/Mourning\n\nThe boats went out.\n",
        "Rating: Teen And Up Audiences\nFandom: Original Work\nTags: boats, Grief/Mourning\n\nThe boats went out.\n",
    ),
    (
        "mark.txt",
        "\u{feff}Rating: t\r\nTags: x, X\r\n\r\nCafé boats.\r\n",
        "\u{feff}Rating: Teen And Up Audiences\r\nTags: x\r\n\r\nCafé boats.\r\n",
        "\u{feff}Rating: Teen And Up Audiences\r\nTags: x\r\n\r\nCafé boats.\r\n",
    ),
    (
        "block.md",
        "---\nrating: 'T' # as on the old site\ntags:\n  - \"boats\" # many\n  - 'Boats'\nrelationships: [A/B, \"a/b\"] # two\n---\n\nThe boats went out.\n",
        "---\nrating: 'Teen And Up Audiences' # as on the old site\ntags:\n  - \"boats\" # many\nrelationships: [A/B] # two\n---\n\nThe boats went out.\n",
        "---\nrating: 'Teen And Up Audiences' # as on the old site\ntags:\n  - \"boats\" # many\nrelationships: [A/B] # two\n---\n\nThe boats went out.\n",
    ),
    (
        // a comment behind the double is somebody's words
        "comment.md",
        "---\nrating: Mature\ntags:\n- boats\n- Boats # the big ones\n---\n\nThe boats went out.\n",
        "---\nrating: Mature\ntags:\n- boats\n- Boats # the big ones\n---\n\nThe boats went out.\n",
        "---\nrating: Mature\ntags:\n- boats\n- Boats # the big ones\n---\n\nThe boats went out.\n",
    ),
    (
        "toml.md",
        "+++\nrating = \"T\"\ntags = [\n  \"boats\",\n  \"Boats\",\n]\n+++\n\nThe boats went out.\n",
        "+++\nrating = \"Teen And Up Audiences\"\ntags = [\n  \"boats\",\n]\n+++\n\nThe boats went out.\n",
        "+++\nrating = \"Teen And Up Audiences\"\ntags = [\n  \"boats\",\n]\n+++\n\nThe boats went out.\n",
    ),
    (
        "added.txt",
        "Title: Spring\nRating: Mature\n\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\n",
        "Title: Spring\nRating: Mature\n\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\n",
        "Title: Spring\nRating: Mature\nAdditional Tags: Animal Death\n\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\n",
    ),
    (
        "listed.md",
        "---\r\nrating: Mature\r\ntags:\r\n  - boats\r\n---\r\n\r\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\r\n",
        "---\r\nrating: Mature\r\ntags:\r\n  - boats\r\n---\r\n\r\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\r\n",
        "---\r\nrating: Mature\r\ntags:\r\n  - boats\r\n  - Animal Death\r\n---\r\n\r\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\r\n",
    ),
    (
        "empty.md",
        "---\nrating: Mature\ntags: [] # none so far\n---\n\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\n",
        "---\nrating: Mature\ntags: [] # none so far\n---\n\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\n",
        "---\nrating: Mature\ntags: [] # none so far\n---\n\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\n",
    ),
];

#[test]
fn headers_are_mended_in_their_own_notation_and_only_once() {
    for (arguments, after) in [(&["--fix"] as &[&str], 2), (&["--fix", "--suggestions"], 3)] {
        let folder = tempfile::tempdir().unwrap();
        for case in CASES {
            fs::write(folder.path().join(case.0), case.1).unwrap();
        }
        let mut all = arguments.to_vec();
        all.push(".");
        let first = forewarn(folder.path(), &all);
        assert!(text(&first.stderr).contains(" mended in "), "{}", text(&first.stderr));
        for case in CASES {
            let expected = if after == 2 { case.2 } else { case.3 };
            assert_eq!(text(&fs::read(folder.path().join(case.0)).unwrap()), expected, "{} {arguments:?}", case.0);
        }
        let second = forewarn(folder.path(), &all);
        assert!(!text(&second.stderr).contains("mended"), "{}", text(&second.stderr));
        let mut diff = all.clone();
        diff[0] = "--diff";
        let shown = forewarn(folder.path(), &diff);
        assert_eq!((shown.status.code(), text(&shown.stdout)), (Some(0), String::new()));
    }
}

#[test]
fn a_patch_changes_nothing_and_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mark.txt");
    fs::write(&path, CASES[1].1).unwrap();
    let shown = forewarn(folder.path(), &["--diff", "."]);
    assert_eq!(shown.status.code(), Some(1));
    assert_eq!(text(&fs::read(&path).unwrap()), CASES[1].1);
    assert_eq!(forewarn(folder.path(), &["--diff", "--exit-zero", "."]).status.code(), Some(0));
    fs::write(folder.path().join("a.patch"), &shown.stdout).unwrap();
    let git = Command::new("git").current_dir(folder.path()).args(["apply", "a.patch"]).output();
    match git {
        Ok(git) => {
            assert!(git.status.success(), "{}", text(&git.stderr));
            assert_eq!(text(&fs::read(&path).unwrap()), CASES[1].2);
        }
        Err(_) => eprintln!("git is not here, so that no patch was applied"),
    }
}

#[test]
fn what_is_accepted_or_no_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let allowed = "Rating: T\nForewarn-Allow: ao3/old-name (as on the old site)\n\nThe boats went out.\n";
    write("allowed.txt", allowed);
    let data = "{\"text\": \"The boats went out.\", \"rating\": \"T\", \"tags\": [\"x\", \"X\"]}\n";
    write("works.jsonl", data);
    forewarn(folder.path(), &["--fix", "--suggestions", "allowed.txt", "works.jsonl"]);
    assert_eq!(text(&fs::read(folder.path().join("allowed.txt")).unwrap()), allowed);
    assert_eq!(text(&fs::read(folder.path().join("works.jsonl")).unwrap()), data);
    write("known.txt", CASES[0].1);
    forewarn(folder.path(), &["known.txt", "--write-baseline"]);
    forewarn(folder.path(), &["known.txt", "--fix", "--suggestions", "--baseline", "forewarn-baseline.toml"]);
    assert_eq!(text(&fs::read(folder.path().join("known.txt")).unwrap()), CASES[0].1);
    for wrong in [&["--fix", "-"] as &[&str], &["--suggestions", "known.txt"], &["--fix", "--write-baseline", "."]] {
        let refused = forewarn(folder.path(), wrong);
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
        assert!(!refused.stderr.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_told_and_the_others_are_mended() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.txt", "b.txt"] {
        fs::write(folder.path().join(name), CASES[0].1).unwrap();
    }
    fs::set_permissions(folder.path().join("a.txt"), fs::Permissions::from_mode(0o444)).unwrap();
    let run = forewarn(folder.path(), &["--fix", "."]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("cannot write a.txt"), "{}", text(&run.stderr));
    assert_eq!(text(&fs::read(folder.path().join("a.txt")).unwrap()), CASES[0].1);
    assert_eq!(text(&fs::read(folder.path().join("b.txt")).unwrap()), CASES[0].2);
    assert_eq!(files(folder.path()).len(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(&disk).output();
    if !mount.is_ok_and(|m| m.status.success()) {
        eprintln!("no small disk can be mounted here, so that a full one was not tried");
        return;
    }
    let story = format!("{}{}", CASES[0].1, "The boats came back.\n".repeat(400));
    fs::write(disk.join("a.txt"), &story).unwrap();
    fs::write(disk.join("b.txt"), "The rest.\n".repeat(300)).unwrap();
    let run = forewarn(&disk, &["--fix", "a.txt"]);
    let left = text(&fs::read(disk.join("a.txt")).unwrap());
    let names: Vec<PathBuf> = files(&disk);
    Command::new("umount").arg(&disk).output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("the disk is full"), "{}", text(&run.stderr));
    assert_eq!(left, story);
    assert_eq!(names.len(), 2, "{names:?}");
}

/// Ctrl-C while many files are mended: each is as it was or mended, and nothing else is left.
#[cfg(unix)]
#[test]
fn ctrl_c_leaves_every_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..400 {
        fs::write(folder.path().join(format!("{i:03}.txt")), CASES[0].1).unwrap();
    }
    let mut run = Command::new(env!("CARGO_BIN_EXE_forewarn"))
        .current_dir(folder.path())
        .args(["check", "--fix", "."])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // once the first file is mended, the run is in the middle
    let first = folder.path().join("000.txt");
    while text(&fs::read(&first).unwrap()) == CASES[0].1 && run.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let pid = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("stopped by Ctrl-C: "), "{}", text(&output.stderr));
    let all = files(folder.path());
    assert_eq!(all.len(), 400);
    let mended = all.iter().filter(|f| text(&fs::read(f).unwrap()) == CASES[0].2).count();
    let old = all.iter().filter(|f| text(&fs::read(f).unwrap()) == CASES[0].1).count();
    assert_eq!(mended + old, 400);
    assert!(old > 0, "the run was over before it was stopped");
}

//! Fixes in files: what is mended, that nothing else changes, and what happens when a file cannot be written.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::print_stderr, missing_docs)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn forewarn(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    command.current_dir(folder).arg("check").args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Checks a text that comes from standard input.
fn piped(folder: &Path, arguments: &[&str], text: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    command.current_dir(folder).arg("check").args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    child.wait_with_output().unwrap()
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
        "---\nrating: Mature\ntags: [Animal Death] # none so far\n---\n\nThey put the dog down. The vet euthanised the old dog, and the dog was dead.\n",
    ),
    (
        // letter case of what is known, in lists too
        "case.md",
        "---\nrating: mature\narchive_warnings: [\"no archive warnings apply\"]\ncategory: gen\n---\n\nThe boats went out.\n",
        "---\nrating: Mature\narchive_warnings: [\"No Archive Warnings Apply\"]\ncategory: Gen\n---\n\nThe boats went out.\n",
        "---\nrating: Mature\narchive_warnings: [\"No Archive Warnings Apply\"]\ncategory: Gen\n---\n\nThe boats went out.\n",
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
    for wrong in [
        &["--fix", "-", "--output", "json"] as &[&str],
        &["--suggestions", "known.txt"],
        &["--fix", "--write-baseline", "."],
        &["--fix", "--diff", "."],
    ] {
        let refused = forewarn(folder.path(), wrong);
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
        assert!(!refused.stderr.is_empty());
    }
}

#[test]
fn standard_input_comes_out_mended_and_findings_go_to_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, mended) in
        [(&["--fix", "-"] as &[&str], CASES[0].2), (&["--fix", "--suggestions", "-"], CASES[0].3)]
    {
        let run = piped(folder.path(), arguments, CASES[0].1.as_bytes());
        assert_eq!((run.status.code(), text(&run.stdout).as_str()), (Some(0), mended));
        assert!(text(&run.stderr).contains("ao3/missing-field"), "{}", text(&run.stderr));
    }
    let run = piped(folder.path(), &["--diff", "-", "--stdin-filename", "a.txt"], CASES[0].1.as_bytes());
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stdout).starts_with("--- a/a.txt\n+++ b/a.txt\n@@"), "{}", text(&run.stdout));
    // what has nothing to mend, or is no header, comes out as it went in
    for same in [CASES[0].3.as_bytes(), b"", b"\xff\x00\x01", b"{\"text\": \"The boats.\", \"rating\": \"T\"}\n"] {
        let run = piped(folder.path(), &["--fix", "-", "--exit-zero"], same);
        assert_eq!(text(&run.stdout), text(same), "{}", text(&run.stderr));
    }
    let run = piped(folder.path(), &["--fix", "-", "--output", "json=report.json"], CASES[0].1.as_bytes());
    assert_eq!((run.status.code(), text(&run.stdout).as_str()), (Some(0), CASES[0].2));
    assert!(fs::read_to_string(folder.path().join("report.json")).unwrap().contains("Greif/Mourning"));
    let run = piped(folder.path(), &["--fix", "-", "--output", "json"], CASES[0].1.as_bytes());
    assert!(
        text(&run.stderr).contains("write the report to a file, as in `--output json=FILE`"),
        "{}",
        text(&run.stderr)
    );
    // a wrong configuration: nothing is printed that might be taken for the mended text
    fs::write(folder.path().join("forewarn.toml"), "[rules\n").unwrap();
    let run = piped(folder.path(), &["--fix", "-"], CASES[0].1.as_bytes());
    assert_eq!((run.status.code(), text(&run.stdout).as_str()), (Some(2), ""), "{}", text(&run.stderr));
}

/// What stands beside stories: name, before, after `--fix`.
const BESIDE: &[(&str, &str, &str)] = &[
    (
        "folder/_index.md",
        "---\ntitle: The Boats\nrating: T # for now\ntags: [Boats, boats]\n---\n",
        "---\ntitle: The Boats\nrating: Teen And Up Audiences # for now\ntags: [Boats]\n---\n",
    ),
    (
        "folder/forewarn.toml",
        "# ours\n[work]\narchive_warnings = ['Choose Not To Use Archive Warnings'] # as is\n[rules]\n\"core/word-count\" = \"off\"\n",
        "# ours\n[work]\narchive_warnings = ['Creator Chose Not To Use Archive Warnings'] # as is\n[rules]\n\"core/word-count\" = \"off\"\n",
    ),
    (
        "folder/1.md",
        "---\ntitle: A chapter\n---\n\nThe boats went out.\n",
        "---\ntitle: A chapter\n---\n\nThe boats went out.\n",
    ),
    ("folder/2.md", "The boats came in.\n", "The boats came in.\n"),
    (
        "own.forewarn.toml",
        "\u{feff}rating = \"T\"\r\ntags = [\"x\", \"X\"] # two\r\n",
        "\u{feff}rating = \"T\"\r\ntags = [\"x\", \"X\"] # two\r\n",
    ),
    (
        "side.forewarn.toml",
        "rating = \"T\"\r\ntags = [\"x\", \"X\"] # two\r\n",
        "rating = \"Teen And Up Audiences\"\r\ntags = [\"x\"] # two\r\n",
    ),
    ("side.html", "<title>x</title><p>The boats went out.</p>", "<title>x</title><p>The boats went out.</p>"),
];

#[test]
fn metadata_beside_stories_is_mended_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let write = || BESIDE.iter().for_each(|f| fs::write(folder.path().join(f.0), f.1).unwrap());
    write();
    let shown = forewarn(folder.path(), &["--diff", "."]);
    let patch = text(&shown.stdout);
    for (name, old, new) in BESIDE {
        assert_eq!(patch.matches(&format!("--- a/{name}\n")).count(), usize::from(old != new), "{patch}");
        assert_eq!(text(&fs::read(folder.path().join(name)).unwrap()), *old);
    }
    let fixed = forewarn(folder.path(), &["--fix", "."]);
    assert!(text(&fixed.stderr).contains("5 findings mended in 3 files."), "{}", text(&fixed.stderr));
    for (name, _, new) in BESIDE {
        assert_eq!(text(&fs::read(folder.path().join(name)).unwrap()), *new, "{name}");
    }
    let again = forewarn(folder.path(), &["--fix", "."]);
    assert!(!text(&again.stderr).contains("mended"), "{}", text(&again.stderr));
    // one chapter alone mends what all share
    write();
    forewarn(folder.path(), &["--fix", "folder/2.md"]);
    assert_eq!(text(&fs::read(folder.path().join(BESIDE[0].0)).unwrap()), BESIDE[0].2);
}

#[test]
fn a_file_of_metadata_that_is_given_is_mended_for_all_stories_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let dog = "They put the dog down. The vet euthanised the old dog, and the dog was dead.\n";
    for (name, before, after) in [
        (
            "m.yaml",
            "rating: T\ntags:\n  - 'x' # one\n  - y\n",
            "rating: Teen And Up Audiences\ntags:\n  - 'x' # one\n  - y\n  - Animal Death\n",
        ),
        ("m.toml", "rating = 'T'\ntags = ['x']\n", "rating = 'Teen And Up Audiences'\ntags = ['x', 'Animal Death']\n"),
    ] {
        for story in ["a.txt", "b.txt"] {
            fs::write(folder.path().join(story), dog).unwrap();
        }
        fs::write(folder.path().join(name), before).unwrap();
        let run = forewarn(folder.path(), &["a.txt", "b.txt", "--fix", "--suggestions", "--metadata", name]);
        assert_eq!(text(&fs::read(folder.path().join(name)).unwrap()), after, "{}", text(&run.stderr));
        assert_eq!(text(&fs::read(folder.path().join("a.txt")).unwrap()), dog);
    }
}

#[test]
fn only_what_changed_is_mended_with_changed() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let alone = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        let git = Command::new("git").current_dir(folder.path()).args(alone).args(arguments).output();
        git.is_ok_and(|git| git.status.success())
    };
    let path = |name: &str| folder.path().join(name);
    let index = BESIDE[0];
    fs::create_dir(path("folder")).unwrap();
    for name in ["old.txt", "new.txt"] {
        fs::write(path(name), CASES[0].1).unwrap();
    }
    fs::write(path("folder/1.md"), BESIDE[2].1).unwrap();
    if !(git(&["init", "-q"]) && git(&["add", "."]) && git(&["commit", "-qm", "Write"])) {
        eprintln!("git is not here, so that --changed was not tried");
        return;
    }
    assert_eq!(forewarn(folder.path(), &["--changed", "--fix"]).status.code(), Some(0));
    fs::write(path("new.txt"), format!("{}More.\n", CASES[0].1)).unwrap();
    // the chapter comes with what it has its metadata from
    fs::write(path(index.0), index.1).unwrap();
    let run = forewarn(folder.path(), &["--changed", "--fix"]);
    assert!(text(&run.stderr).contains(" mended in 2 files."), "{}", text(&run.stderr));
    assert_eq!(text(&fs::read(path("old.txt")).unwrap()), CASES[0].1);
    assert_eq!(text(&fs::read(path("new.txt")).unwrap()), format!("{}More.\n", CASES[0].2));
    assert_eq!(text(&fs::read(path(index.0)).unwrap()), index.2);
    assert_eq!(text(&fs::read(path("folder/1.md")).unwrap()), BESIDE[2].1);
}

#[test]
fn a_run_that_cannot_begin_or_end_says_so_and_spoils_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let refused = |arguments: &[&str], said: &str| {
        let run = forewarn(folder.path(), arguments);
        let all = text(&run.stderr) + &text(&run.stdout);
        assert_eq!(run.status.code(), Some(2), "{all}");
        assert!(all.contains(said), "{all}");
        text(&fs::read(&path).unwrap())
    };
    fs::write(&path, CASES[0].1).unwrap();
    for (config, said) in [("fail-on = \"warnings\"\n", "warnings"), ("[rules\n", "forewarn.toml:1")] {
        fs::write(folder.path().join("forewarn.toml"), config).unwrap();
        for arguments in [&["--fix", "a.txt"] as &[&str], &["--diff", "a.txt"]] {
            assert_eq!(refused(arguments, said), CASES[0].1);
        }
    }
    fs::remove_file(folder.path().join("forewarn.toml")).unwrap();
    // nothing is mended when the report cannot be begun
    assert_eq!(refused(&["--fix", "a.txt", "--output", "json=none/r.json"], "there is no such folder"), CASES[0].1);
    if Path::new("/dev/full").exists() {
        let now =
            refused(&["--fix", "a.txt", "--output", "json=/dev/full"], "cannot write /dev/full: the disk is full");
        assert_eq!(now, CASES[0].2);
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
        command.current_dir(folder.path()).args(["check", "--fix", "-"]).stdin(fs::File::open(&path).unwrap());
        let run = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(run.status.code(), Some(2));
        assert!(text(&run.stderr).contains("cannot write the output: the disk is full"), "{}", text(&run.stderr));
    }
    assert_eq!(files(folder.path()), std::slice::from_ref(&path));
}

#[cfg(unix)]
#[test]
fn links_stay_links() {
    let folder = tempfile::tempdir().unwrap();
    let [file, link, other] = ["a.txt", "link.txt", "other.txt"].map(|n| folder.path().join(n));
    fs::write(&file, CASES[0].1).unwrap();
    std::os::unix::fs::symlink("a.txt", &link).unwrap();
    forewarn(folder.path(), &["--fix", "link.txt"]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(text(&fs::read(&file).unwrap()), CASES[0].2);
    fs::write(&file, CASES[0].1).unwrap();
    fs::hard_link(&file, &other).unwrap();
    let run = forewarn(folder.path(), &["--fix", "a.txt"]);
    assert!(text(&run.stderr).contains("a.txt is also there under another name"), "{}", text(&run.stderr));
    assert_eq!(text(&fs::read(&other).unwrap()), CASES[0].1);
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
    assert!(text(&run.stderr).contains("cannot write a.txt: it is write-protected"), "{}", text(&run.stderr));
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

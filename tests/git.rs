//! `check --changed` and `check --since`, in repositories that are made for each test.
#![cfg(all(feature = "cli", feature = "markdown"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/repository.rs"]
mod repository;

use std::process::Command;

use repository::{INDEX, Repository, TWICE, alone};

#[test]
fn changed_is_what_differs_from_the_last_commit_and_what_is_new() {
    let repository = Repository::new();
    for name in ["same.txt", "edited.txt", "staged.txt", "gone.txt", "moved.txt"] {
        repository.write(name, TWICE);
    }
    repository.write(".gitignore", "ignored.txt\n");
    repository.commit();
    assert_eq!(repository.checked(&["--changed"]), Vec::<String>::new());
    repository.write("edited.txt", &format!("{TWICE}They came home.\n"));
    repository.write("staged.txt", &format!("{TWICE}They stayed out.\n"));
    repository.git(&["add", "staged.txt"]);
    repository.remove("gone.txt");
    repository.git(&["mv", "moved.txt", "renamed.txt"]);
    repository.write("new.txt", TWICE);
    repository.write("ignored.txt", TWICE);
    repository.write("drafts/new.txt", TWICE);
    assert_eq!(repository.checked(&["--changed"]), ["edited.txt", "new.txt", "renamed.txt", "staged.txt"]);
    // named files: what was deleted is passed over, what did not change is left out, what is excluded too when asked
    let named = ["--changed", "--force-exclude", "edited.txt", "gone.txt", "same.txt", "drafts/new.txt"];
    assert_eq!(repository.checked(&named), ["edited.txt"]);
}

#[test]
fn since_is_what_changed_after_the_branch_was_made() {
    let repository = Repository::new();
    repository.write("first.txt", TWICE);
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.write("of-the-branch.txt", TWICE);
    repository.commit();
    repository.write("not-yet-committed.txt", TWICE);
    repository.git(&["checkout", "-q", "main"]);
    repository.write("of-others.txt", TWICE);
    repository.git(&["add", "of-others.txt"]);
    repository.git(&["commit", "-q", "-m", "Write"]);
    repository.git(&["checkout", "-q", "work"]);
    let expected = ["not-yet-committed.txt", "of-the-branch.txt"];
    assert_eq!(repository.checked(&["--since", "main"]), expected);
    assert_eq!(repository.checked(&["--since", repository.git(&["rev-parse", "main"]).trim()]), expected);
    assert_eq!(repository.checked(&["--since", "HEAD"]), ["not-yet-committed.txt"]);
}

#[test]
fn changed_metadata_brings_the_stories_that_take_it() {
    let repository = Repository::new();
    for name in ["work/one.md", "work/two.md", "work/deep/three.md", "plain/one.txt", "plain/two.txt", "table/one.txt"]
    {
        repository.write(name, TWICE);
    }
    repository.write("work/_index.md", INDEX);
    repository.write("plain/one.forewarn.toml", "rating = 'Mature'\n");
    repository.write("table/forewarn.toml", "[work]\nrating = 'Mature'\n");
    repository.commit();
    let expect = |expected: &[&str]| {
        assert_eq!(repository.checked(&["--changed"]), expected);
        repository.commit();
    };
    repository.write("work/_index.md", &INDEX.replace("General Audiences", "Mature"));
    expect(&["work/_index.md", "work/one.md", "work/two.md"]);
    repository.write("plain/one.forewarn.toml", "rating = 'Explicit'\n");
    expect(&["plain/one.txt"]);
    repository.remove("plain/one.forewarn.toml");
    expect(&["plain/one.txt"]);
    repository.write("plain/two.txt.forewarn.toml", "rating = 'Mature'\n");
    expect(&["plain/two.txt"]);
    repository.write("table/forewarn.toml", "[work]\nrating = 'Explicit'\n");
    expect(&["table/one.txt"]);
    repository.remove("work/_index.md");
    expect(&["work/one.md", "work/two.md"]);
    repository.write("given.toml", "rating = 'Mature'\n");
    let all = ["--changed", "--metadata", "given.toml", "work/deep", "plain"];
    assert_eq!(repository.checked(&all), ["plain/one.txt", "plain/two.txt", "work/deep/three.md"]);
}

#[test]
fn only_what_is_below_the_paths_is_checked() {
    let repository = Repository::new();
    repository.write("a/one.txt", TWICE);
    repository.write("b/two.txt", TWICE);
    repository.write("b/.forewarnignore", "left-out.txt\n");
    repository.write("b/left-out.txt", TWICE);
    assert_eq!(repository.checked(&["--changed", "b"]), ["b/two.txt"]);
    assert_eq!(repository.checked_in("b", &["--changed"]), ["two.txt"]);
    assert_eq!(repository.checked_in("b", &["--changed", "../a"]), ["../a/one.txt"]);
    let absolute = repository.path().join("a");
    assert_eq!(repository.checked(&["--changed", absolute.to_str().unwrap()]).len(), 1);
}

#[test]
fn odd_names_and_settings_are_no_matter() {
    let repository = Repository::new();
    let odd = ["-n.txt", "a\nb.txt", "blank in name.txt", "\"quoted\".txt", "наука.txt", "*.txt"];
    for name in odd.iter().filter(|_| cfg!(unix)) {
        repository.write(name, TWICE);
    }
    repository.write("deep/plain.txt", TWICE);
    repository.git(&["config", "diff.relative", "true"]);
    repository.git(&["config", "diff.external", "false"]);
    repository.git(&["config", "diff.renames", "copies"]);
    let expected = if cfg!(unix) { odd.len() + 1 } else { 1 };
    assert_eq!(repository.checked(&["--changed"]).len(), expected);
    repository.commit();
    assert_eq!(repository.checked(&["--changed"]).len(), 0);
    assert_eq!(repository.checked(&["--since", "HEAD~1"]).len(), expected);
    assert_eq!(repository.checked_in("deep", &["--since", "HEAD~1"]), ["plain.txt"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_repository_leads_to_it() {
    let repository = Repository::new();
    repository.write("stories/one.txt", TWICE);
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    std::os::unix::fs::symlink(repository.path().join("stories"), &link).unwrap();
    assert_eq!(repository.checked(&["--changed", link.to_str().unwrap()]).len(), 1);
}

#[test]
fn before_the_first_commit_all_is_new() {
    let repository = Repository::bare_folder();
    repository.git(&["init", "-q", "-b", "main"]);
    repository.write("one.txt", TWICE);
    repository.write("two.txt", TWICE);
    repository.git(&["add", "one.txt"]);
    assert_eq!(repository.checked(&["--changed"]), ["one.txt", "two.txt"]);
    assert!(repository.refused(&["--since", "main"]).contains("git knows no commit `main`"));
}

#[test]
fn a_repository_in_the_repository_is_new_as_a_whole() {
    let repository = Repository::new();
    repository.write("inner/one.txt", TWICE);
    alone(Command::new("git").current_dir(repository.path().join("inner")).args(["init", "-q"])).status().unwrap();
    repository.write("inner/two.txt", TWICE);
    assert_eq!(repository.checked(&["--changed"]), ["inner/one.txt", "inner/two.txt"]);
}

#[test]
fn nothing_changed_says_nothing() {
    let repository = Repository::new();
    repository.write("one.txt", TWICE);
    repository.commit();
    let quiet: [&[&str]; 6] = [
        &["--changed"],
        &["--since", "HEAD"],
        &["--changed", "one.txt"],
        &["--changed", "-o", "plain"],
        &["--changed", "-o", "human"],
        &["--changed", "-o", "github"],
    ];
    for arguments in quiet {
        let output = repository.check_in("", arguments);
        assert_eq!((output.status.code(), output.stdout, output.stderr), (Some(0), vec![], vec![]), "{arguments:?}");
    }
    let printed = |arguments: &[&str]| String::from_utf8(repository.check_in("", arguments).stdout).unwrap();
    // a document is whole also when it is empty
    assert_eq!(printed(&["--changed", "-o", "gitlab"]), "[]\n");
    // what is passed over is named, in case it should not be
    repository.write("README.md", "# Our stories\n");
    let said = "No work changed.\n1 file: not a work, passed over (README.md).\n";
    assert_eq!(printed(&["--changed", "-o", "plain"]), said);
}

#[test]
fn findings_in_what_changed_fail_the_run() {
    let repository = Repository::new();
    repository.write("one.txt", TWICE);
    let output = repository.check_in("", &["--changed", "--fail-on", "warning"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("stands twice"));
}

#[test]
fn unused_allows_are_not_told_of_a_part() {
    let repository = Repository::new();
    let config = std::fs::read_to_string(repository.path().join("forewarn.toml")).unwrap();
    let allow = "\n[[allow]]\nrule = 'house/duplicate-tag'\nsubject = 'kites'\nreason = 'It is a pun.'\n";
    repository.write("forewarn.toml", &format!("{config}{allow}"));
    repository.commit();
    repository.write("one.txt", TWICE);
    let told = |arguments: &[&str]| {
        let output = repository.check_in("", arguments);
        String::from_utf8(output.stdout).unwrap().contains("unused-allow")
    };
    assert!(told(&["--output", "plain"]));
    assert!(!told(&["--output", "plain", "--changed"]));
}

#[test]
fn what_git_cannot_tell_is_said_clearly() {
    let folder = Repository::bare_folder();
    folder.write("one.txt", TWICE);
    let said = folder.refused(&["--changed"]);
    assert!(said.contains("this folder is not in a git repository: leave out --changed"), "{said}");
    let repository = Repository::new();
    repository.write("one.txt", TWICE);
    for revision in ["nowhere", "--help", "", "HEAD..HEAD", "0000000000000000000000000000000000000000"] {
        let said = repository.refused(&[&format!("--since={revision}")]);
        assert_eq!(said, format!("forewarn: --since: git knows no commit `{revision}`\n"));
    }
    let said = repository.refused(&["--changed", "nowhere.txt"]);
    assert_eq!(said, "forewarn: no such file or folder: nowhere.txt\n");
    assert!(repository.refused(&["--changed", "-"]).contains("standard input"));
    assert!(repository.refused(&["--changed", "--write-baseline"]).contains("cannot be used with"));
    repository.git(&["checkout", "-q", "--orphan", "apart"]);
    repository.commit();
    assert!(repository.refused(&["--since", "main"]).contains("no commit in common"));
}

#[test]
fn a_clone_without_its_history_is_said_to_be_one() {
    let repository = Repository::new();
    let first = repository.git(&["rev-parse", "HEAD"]);
    repository.write("one.txt", TWICE);
    repository.commit();
    let clone = Repository(tempfile::tempdir().unwrap());
    let from = format!("file://{}", repository.path().display());
    clone.git(&["clone", "-q", "--depth", "1", &from, "."]);
    let said = clone.refused(&["--since", first.trim()]);
    assert!(said.contains("git knows no commit") && said.contains("git fetch --unshallow"), "{said}");
}

#[test]
fn without_git_the_message_says_so() {
    let repository = Repository::new();
    let nothing = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    command.current_dir(repository.path()).args(["check", "--changed"]).env("PATH", nothing.path());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("need the program git"), "{said}");
}

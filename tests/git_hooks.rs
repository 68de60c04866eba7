//! `check --changed` where git runs it, in hooks, and where repositories lie in each other.
#![cfg(all(feature = "cli", feature = "markdown", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/repository.rs"]
mod repository;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use repository::{Repository, TWICE, alone};

const NOTHING: &[&str] = &[];

/// git in a folder of a repository, with what it prints, whether it fails or not.
fn git(folder: &Path, arguments: &[&str]) -> Output {
    alone(Command::new("git").current_dir(folder).args(arguments)).output().unwrap()
}

/// A repository whose hook runs `forewarn check` with arguments before each commit.
fn hooked(arguments: &str) -> Repository {
    let repository = Repository::new();
    let hook = repository.path().join(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let program = env!("CARGO_BIN_EXE_forewarn");
    std::fs::write(&hook, format!("#!/bin/sh\nexec '{program}' check --fail-on warning {arguments}\n")).unwrap();
    std::fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    repository
}

/// Commits in a folder of a repository, and gives what the hook said if it stopped that.
fn stopped(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = git(folder, &[&["commit", "-q", "-m", "Write"], arguments].concat());
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (!output.status.success()).then_some(said)
}

#[test]
fn a_hook_of_git_checks_what_changed() {
    let repository = hooked("--changed -o plain");
    let top = repository.path();
    repository.write("old.txt", TWICE);
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "-q", "--no-verify", "-m", "Write"]);
    repository.write("deep/new.txt", TWICE);
    repository.git(&["add", "--all"]);
    for (folder, arguments) in [("", &[][..]), ("deep", &[]), ("", &["-a"]), ("", &["--", "deep/new.txt"])] {
        let said = stopped(&top.join(folder), arguments).unwrap();
        assert!(said.contains("deep/new.txt") && !said.contains("old.txt"), "{arguments:?}: {said}");
    }
    // as alias and scripts do
    let elsewhere = tempfile::tempdir().unwrap();
    let (kept, files) = (top.join(".git"), top.to_owned());
    let named = [&format!("--git-dir={}", kept.display()), &format!("--work-tree={}", files.display())];
    let said = stopped(elsewhere.path(), NOTHING).unwrap();
    assert!(said.contains("not a git repository"), "{said}");
    let output = git(elsewhere.path(), &[named[0], named[1], "commit", "-q", "-m", "Write"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("deep/new.txt"), "{output:?}");
    repository.write("deep/new.txt", "Rating: General Audiences\n\nThe boats were out at sea.\n");
    repository.git(&["add", "--all"]);
    assert_eq!(stopped(top, &[]), None);
    // in a second folder of the repository, for which git names all that it keeps elsewhere
    let other = elsewhere.path().join("other");
    repository.git(&["worktree", "add", "-q", other.to_str().unwrap(), "-b", "other"]);
    std::fs::write(other.join("third.txt"), TWICE).unwrap();
    git(&other, &["add", "third.txt"]);
    let said = stopped(&other, &[]).unwrap();
    assert!(said.contains("third.txt") && !said.contains("old.txt"), "{said}");
}

#[test]
fn what_git_says_of_another_repository_is_not_taken_for_this_one() {
    let repository = Repository::new();
    repository.write("one.txt", TWICE);
    let other = Repository::new();
    other.write("two.txt", TWICE);
    let checked = |folder: &Path, environment: &[(&str, &Path)], path: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
        alone(&mut command).current_dir(folder).args(["check", "--changed", "--exit-zero", "-o", "plain"]).arg(path);
        command.envs(environment.iter().copied());
        let output = command.output().unwrap();
        assert!(output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let hook: &[(&str, &Path)] = &[("GIT_DIR", Path::new(".git")), ("GIT_INDEX_FILE", Path::new(".git/index"))];
    assert!(checked(repository.path(), hook, Path::new(".")).contains("one.txt"));
    assert!(checked(repository.path(), hook, other.path()).contains("two.txt"));
    // a repository that is kept apart from its files, as those of settings are
    let kept = tempfile::tempdir().unwrap();
    let kept = kept.path().join("kept");
    std::fs::rename(other.path().join(".git"), &kept).unwrap();
    let apart: &[(&str, &Path)] = &[("GIT_DIR", &kept), ("GIT_WORK_TREE", other.path())];
    assert!(checked(repository.path(), apart, other.path()).contains("two.txt"));
    assert!(checked(repository.path(), apart, Path::new(".")).contains("one.txt"));
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let inner = Repository::new();
    inner.write("old.txt", TWICE);
    inner.commit();
    let outer = Repository::new();
    let from = inner.path().to_str().unwrap();
    let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", from, "sub"];
    outer.git(&add);
    // new: its stories are those of others
    assert_eq!(outer.checked(&["--changed"]), NOTHING);
    outer.commit();
    outer.write("sub/new.txt", TWICE);
    let sub = outer.path().join("sub");
    assert_eq!(outer.checked(&["--changed"]), NOTHING);
    assert_eq!(outer.checked(&["--changed", "sub"]), ["sub/new.txt"]);
    assert_eq!(outer.checked_in("sub", &["--changed"]), ["new.txt"]);
    git(&sub, &["add", "--all"]);
    assert!(git(&sub, &["commit", "-q", "-m", "Write"]).status.success());
    // another commit of it: what is in it was checked where it was made
    outer.write("mine.txt", TWICE);
    assert_eq!(outer.checked(&["--changed"]), ["mine.txt"]);
    outer.commit();
    assert_eq!(outer.checked(&["--since", "HEAD~1"]), ["mine.txt"]);
    assert_eq!(outer.checked(&["--since", "HEAD~1", "sub"]), ["sub/new.txt"]);
    // a hook of the repository around it
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    alone(command.current_dir(outer.path()).args(["check", "--since", "HEAD~1", "-o", "plain", "sub"]));
    let output = command.env("GIT_DIR", ".git").env("GIT_INDEX_FILE", ".git/index").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("sub/new.txt"), "{output:?}");
}

#[test]
fn before_the_first_commit_a_submodule_is_no_story_either() {
    let inner = Repository::new();
    inner.write("old.txt", TWICE);
    inner.commit();
    let outer = Repository::bare_folder();
    outer.git(&["init", "-q", "-b", "main"]);
    let from = inner.path().to_str().unwrap();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", from, "sub"]);
    outer.write("mine.txt", TWICE);
    assert_eq!(outer.checked(&["--changed"]), ["mine.txt"]);
}

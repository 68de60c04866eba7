//! The command line as people use it: each file in `tests/cli/` is a command with its files, output and exit code.
//! `TRYCMD=overwrite cargo test --test cli` writes the outputs; then read the diff.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use std::process::Command;

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cli/*.toml").env("COLUMNS", "100").env("NO_COLOR", "1").run();
}

/// Whether the bundled examples hold is the packs' own test; here, that the exit code says what the output says.
#[test]
fn rules_test_fails_when_an_example_does() {
    let run = Command::new(env!("CARGO_BIN_EXE_forewarn")).args(["rules", "test"]).output().unwrap();
    let out = String::from_utf8(run.stdout).unwrap();
    let last = out.lines().last().unwrap();
    let failed: usize = last.rsplit_once(": ").unwrap().1.strip_suffix(" failed.").unwrap().parse().unwrap();
    assert_eq!(run.status.code(), Some(i32::from(failed > 0)), "{last}");
    assert!(last.contains(" examples (") && run.stderr.is_empty(), "{last}");
}

//! The command line as people use it: each file in `tests/cli/` is a command with its files, output and exit code.
//! `TRYCMD=overwrite cargo test --test cli` writes the outputs; then read the diff.
//! The files are in `tests/cli/files/`; most cases use the small pack `house` there, which loads at once.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cli/*.toml").env("COLUMNS", "100").env("NO_COLOR", "1").run();
}

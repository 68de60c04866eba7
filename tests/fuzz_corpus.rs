//! What the fuzzer has kept and what it has found, through the checks of its targets: see `fuzz/README.md`.
#![cfg(all(feature = "cli", feature = "markdown", feature = "epub", feature = "docx", feature = "odt"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "../fuzz/checks/mod.rs"]
mod checks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// The stored inputs of a target in order of path.
fn inputs(target: &str) -> Vec<PathBuf> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let folders = ["corpus", "regressions"].map(|f| fuzz.join(f).join(target));
    let existing = folders.iter().filter(|f| f.is_dir());
    let mut all: Vec<PathBuf> =
        existing.flat_map(|f| std::fs::read_dir(f).unwrap()).map(|e| e.unwrap().path()).collect();
    all.sort();
    all
}

/// Every check holds of every stored input of a target.
fn holds(target: &str) {
    let check = checks::TARGETS.iter().find(|t| t.0 == target).expect("a target").1;
    let inputs = inputs(target);
    assert!(inputs.len() > 5, "only {} inputs of {target}", inputs.len());
    let fails = |path: &&PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        catch_unwind(AssertUnwindSafe(|| check(&bytes))).is_err()
    };
    let failing: Vec<_> = inputs.iter().filter(fails).collect();
    assert!(failing.is_empty(), "{failing:#?}");
}

#[test]
fn text() {
    holds("text");
}

#[test]
fn html() {
    holds("html");
}

#[test]
fn containers() {
    holds("containers");
}

#[test]
fn tables() {
    holds("tables");
}

#[test]
fn packs() {
    holds("packs");
}

#[test]
fn pipeline() {
    holds("pipeline");
}

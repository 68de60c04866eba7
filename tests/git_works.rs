//! What `check --changed` takes along besides what changed: the rest of a work, and what a changed rule holds for.
#![cfg(all(feature = "cli", feature = "markdown"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/repository.rs"]
mod repository;

use repository::{INDEX, Repository, TWICE};

const NOTHING: &[&str] = &[];

/// Writes files and commits them.
fn committed(files: &[(&str, &str)]) -> Repository {
    let repository = Repository::new();
    files.iter().for_each(|(name, text)| repository.write(name, text));
    repository.commit();
    repository
}

#[test]
fn a_changed_chapter_brings_the_whole_work() {
    let repository = committed(&[
        ("work/_index.md", INDEX),
        ("work/one.md", TWICE),
        ("work/two.md", TWICE),
        ("work/deep/three.md", TWICE),
        ("table/forewarn.toml", "[work]\nrating = 'Mature'\n"),
        ("table/one.txt", TWICE),
        ("table/two.txt", TWICE),
        ("site/_index.md", "---\ntitle: Stories\n---\n"),
        ("site/one.md", TWICE),
        ("site/two.md", TWICE),
        ("single/one.txt", TWICE),
        ("single/one.forewarn.toml", "rating = 'Mature'\n"),
        ("single/two.txt", TWICE),
    ]);
    let expect = |expected: &[&str]| {
        assert_eq!(repository.checked(&["--changed"]), expected);
        repository.commit();
        assert_eq!(repository.checked(&["--changed"]), NOTHING);
        assert_eq!(repository.checked(&["--since", "HEAD~1"]), expected);
    };
    let more = format!("{TWICE}They came home.\n");
    repository.write("work/one.md", &more);
    expect(&["work/_index.md", "work/one.md", "work/two.md"]);
    repository.write("table/two.txt", &more);
    expect(&["table/one.txt", "table/two.txt"]);
    repository.write("table/three.txt", &more);
    expect(&["table/one.txt", "table/three.txt", "table/two.txt"]);
    repository.remove("table/three.txt");
    expect(&["table/one.txt", "table/two.txt"]);
    // a picture is no chapter, nor is what lies deeper
    repository.write("table/cover.png", "a picture");
    repository.write("work/deep/three.md", &more);
    expect(&["work/deep/three.md"]);
    // an index that says nothing that its stories take does not make them one work
    repository.write("site/one.md", &more);
    expect(&["site/one.md"]);
    repository.write("single/one.txt", &more);
    expect(&["single/one.txt"]);
    // of the work, what is named
    repository.write("work/one.md", TWICE);
    assert_eq!(repository.checked(&["--changed", "work/two.md", "table"]), ["work/two.md"]);
}

#[test]
fn a_chapter_that_is_left_out_brings_nothing() {
    let repository = committed(&[
        ("forewarn.toml", "exclude = ['**/draft-*']\n[work]\nrating = 'Mature'\n"),
        ("one.txt", TWICE),
        ("draft-two.txt", TWICE),
    ]);
    repository.write("draft-two.txt", "Nothing yet.\n");
    assert_eq!(repository.checked(&["--changed"]), NOTHING);
}

#[test]
fn changed_rules_bring_all_that_they_hold_for() {
    let pack = "[[field]]\nid = 'mood'\nname = 'Mood'\nnames = ['mood']\nholds = 'text'\n";
    let house = include_str!("cli/files/house/words.toml");
    let repository = committed(&[
        ("a/forewarn.toml", "extends = '../shared.toml'\n"),
        ("shared.toml", "packs = ['./rules']\n"),
        ("rules/words.toml", house),
        ("a/deep/one.txt", TWICE),
        ("b/forewarn.toml", "fail-on = 'warning'\n"),
        ("b/two.txt", TWICE),
        ("three.txt", TWICE),
    ]);
    let expect = |expected: &[&str]| {
        assert_eq!(repository.checked(&["--changed"]), expected);
        repository.commit();
    };
    repository.write("a/forewarn.toml", "extends = '../shared.toml'\nfail-on = 'never'\n");
    expect(&["a/deep/one.txt"]);
    repository.write("shared.toml", "packs = ['./rules']\nfail-on = 'warning'\n");
    expect(&["a/deep/one.txt"]);
    repository.write("rules/more.toml", pack);
    expect(&["a/deep/one.txt"]);
    repository.remove("rules/more.toml");
    repository.write("rules/README.md", "Our rules.\n");
    expect(&["a/deep/one.txt"]);
    // that of the folder above holds for what has none of its own, and for nothing else
    repository.write("forewarn.toml", "packs = ['./rules']\n");
    expect(&["three.txt"]);
    repository.remove("b/forewarn.toml");
    expect(&["b/two.txt"]);
    // one that is given holds for all, and those that lie beside the stories for none
    let given = ["--changed", "--config", "given.toml"];
    repository.write("given.toml", "packs = ['./rules']\n");
    assert_eq!(repository.checked(&given), ["a/deep/one.txt", "b/two.txt", "three.txt"]);
    repository.commit();
    repository.write("a/forewarn.toml", "extends = '../shared.toml'\n");
    assert_eq!(repository.checked(&given), NOTHING);
    expect(&["a/deep/one.txt"]);
    // what it extends is gone: that is told, of what it holds for only
    repository.remove("shared.toml");
    let output = repository.check_in("", &["--changed"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("a/forewarn.toml:1:11: error: No such file or folder: a/../shared.toml."), "{said}");
}

#[test]
fn what_is_wrong_with_rules_of_other_stories_is_not_told() {
    let repository = committed(&[("a/forewarn.toml", "packs = [\n"), ("a/one.txt", TWICE), ("two.txt", TWICE)]);
    repository.write("two.txt", &format!("{TWICE}They came home.\n"));
    assert_eq!(repository.checked(&["--changed"]), ["two.txt"]);
}

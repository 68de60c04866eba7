//! How fast works are judged, part by part: words, matching, the whole of a check, and the start: `cargo bench --bench checking`.
//!
//! Figures are bytes of Markdown a second. With `FOREWARN_PHRASES` (a phrase a line) and `FOREWARN_CORPUS` (a folder of
//! Markdown) set, the hits of those phrases in that corpus are counted first, which is how the index is checked against
//! other engines.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, missing_docs)]

#[allow(dead_code)] // it has what other benchmarks need, too
#[path = "../reading/story.rs"]
mod story;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use forewarn::engine::{self, Settings};
use forewarn::formats::{self, Limits};
use forewarn::model::text::plain;
use forewarn::model::{Input, SourceId, Work};
use forewarn::rules::matcher::{Names, tokenize};
use forewarn::rules::{self, Pack, PackText, RuleSet};
use story::story;

/// Bytes of the story that is checked.
const BYTES: usize = 1 << 20;

static STORY: LazyLock<String> = LazyLock::new(|| {
    let header = "---\nrating: General Audiences\nfandom: Original Work\nlanguage: English\n---\n\n";
    header.to_owned() + &story(BYTES).markdown()
});

fn main() {
    if let (Some(phrases), Some(corpus)) = (variable("FOREWARN_PHRASES"), variable("FOREWARN_CORPUS")) {
        count(&phrases, &corpus);
    }
    divan::main();
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

fn bundled() -> RuleSet {
    rules::load(&["core", "ao3"].map(|name| Pack::Bundled(name.to_owned()))).rules
}

/// A pack of phrases.
fn phrases(phrases: &[&str]) -> RuleSet {
    let terms: Vec<String> = phrases.iter().map(|p| format!("{p:?}")).collect();
    let text = format!(
        "[[language]]\nid = \"en\"\ncode = \"eng\"\nnames = [\"English\"]\nwithin = 4\nnegation = []\nirrealis = []\n\
         common = [\"the\", \"of\", \"and\", \"to\", \"a\", \"in\"]\nnarrative = []\n\
         [[lexicon]]\nid = \"phrases.en\"\nlanguage = \"en\"\nsummary = \"Phrases.\"\nweight.1 = [{}]\n",
        terms.join(", ")
    );
    let pack = PackText { name: "phrases".into(), files: vec![("phrases.toml".into(), text)], bundled: false };
    let loaded = rules::link(&[pack]);
    assert!(loaded.reports.is_empty(), "{:?}", loaded.reports.first().map(|r| &r.diagnostics));
    loaded.rules
}

/// Three thousand phrases of the words of the story, of which some stand in it.
fn made_phrases() -> RuleSet {
    let words: Vec<&str> = STORY.split_whitespace().filter(|w| w.bytes().all(|b| b.is_ascii_lowercase())).collect();
    let mut all: Vec<String> = words.chunks(3).map(|w| w.join(" ")).filter(|p| p.len() > 9).collect();
    all.sort();
    all.dedup();
    all.truncate(3_000);
    phrases(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Every place in a text where a term stands.
fn hits(rules: &RuleSet, text: &str) -> usize {
    let (mut tokens, mut hits) = (Vec::new(), 0);
    let names = Names::default();
    let mut finder = rules.index.finder(&names);
    for paragraph in text.split('\n') {
        tokenize(paragraph, &mut tokens);
        finder.find(paragraph, &tokens, |hit| hits += usize::from(black_box(hit).first < u32::MAX));
    }
    hits
}

fn count(list: &Path, corpus: &Path) {
    let list = std::fs::read_to_string(list).unwrap();
    let rules = phrases(&list.lines().collect::<Vec<_>>());
    let mut folders = vec![corpus.to_owned()];
    let (mut found, mut files) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                found += hits(&rules, plain(SourceId(0), &text, 0..text.len()).as_str());
                files += 1;
            }
        }
    }
    println!("{found} hits of {} phrases in {files} files", list.lines().count());
}

fn read() -> Vec<Work> {
    let mut works = Vec::new();
    let input = Input { name: "story.md".into(), bytes: STORY.as_bytes().to_vec() };
    formats::read(input, None, &Limits::default(), &mut |work, _| works.push(work));
    works
}

fn text() -> String {
    read().iter().flat_map(|w| &w.sections).map(|s| s.text.as_str().to_owned()).collect::<Vec<_>>().join("\n\n")
}

#[divan::bench]
fn words(bencher: Bencher<'_, '_>) {
    let (text, mut tokens) = (text(), Vec::new());
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        for paragraph in text.split('\n') {
            tokenize(paragraph, &mut tokens);
            black_box(&tokens);
        }
    });
}

#[divan::bench]
fn phrases_found(bencher: Bencher<'_, '_>) {
    let (text, rules) = (text(), made_phrases());
    bencher.counter(BytesCount::new(text.len())).bench_local(|| hits(&rules, &text));
}

#[divan::bench]
fn terms_of_bundled_packs_found(bencher: Bencher<'_, '_>) {
    let (text, rules) = (text(), bundled());
    bencher.counter(BytesCount::new(text.len())).bench_local(|| hits(&rules, &text));
}

#[divan::bench]
fn work_read(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(STORY.len())).bench_local(read);
}

#[divan::bench]
fn work_read_and_checked(bencher: Bencher<'_, '_>) {
    let (rules, settings) = (bundled(), Settings::default());
    bencher.counter(BytesCount::new(STORY.len())).bench_local(|| {
        read().into_iter().map(|work| engine::check(work, Vec::new(), &rules, &settings)).collect::<Vec<_>>()
    });
}

#[divan::bench]
fn start_with_bundled_packs() -> RuleSet {
    bundled()
}

#[divan::bench]
fn start_with_three_thousand_phrases() -> RuleSet {
    made_phrases()
}

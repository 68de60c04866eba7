//! What must hold of packs, configurations and metadata beside a story.

use forewarn::config::{self, Config};
use forewarn::engine::{self, Settings};
use forewarn::formats::Limits;
use forewarn::formats::metadata::{self, Metadata};
use forewarn::model::{Diagnostic, Input, Report, SourceId, Work};
use forewarn::rules::{self, PackText, RuleSet};
use forewarn::{docs, formats, selftest};

use super::facts::Printers;
use super::{archive, limits, work};

/// What packs refer to: a little of everything that the bundled ones hold, linked in no time.
const BASE: &str = include_str!("base.toml");

/// What a pack is tried on.
const STORY: &str = "Title: The Lamp\nRating: Teen\nContent Warnings: Storm, past Cold (mild)\nCharacters: Ann Lee\n\n\
    Chapter 1\n\nNotes: CW for storms.\n\nThe storm came up at noon, and Ann was not wet. It broke the old boat. She \
    counted the lamps, and they were cold, cold water and cold bread.\n";

/// Checks a text as every kind of file. A list of entries is a pack of several files.
pub fn check(text: &str) {
    configuration(text);
    for metadata in [
        metadata::from_toml("a.toml", text, &limits()),
        metadata::from_yaml("a.yaml", text, &limits()),
        metadata::from_work_table("forewarn.toml", text),
    ] {
        beside(metadata);
    }
    if let Ok((source, field)) = formats::declared(SourceId(0), text) {
        work::check_field(&field, &[source]);
    }
    pack(text);
}

/// A report about a file is printed like one about a story. In one format, as `pipeline` tries all of them.
fn faults(reports: &[Report], text: &str) {
    let mut printers = Printers::one(text.len());
    for report in reports {
        assert!(!report.diagnostics.is_empty());
        for diagnostic in &report.diagnostics {
            for label in &diagnostic.labels {
                work::cut(&report.sources, label.span);
            }
        }
        printers.print(report);
    }
    printers.finish();
}

/// A configuration says what it is, whatever of it is right, and can be used for a story.
fn configuration(text: &str) {
    let (layer, fault) = config::read("forewarn.toml", text);
    let mut rules = rules::link(&[base()]).rules;
    let unknown = layer.check(&rules, false, &[]).err().map(|r| *r);
    let unused = (0..layer.allow_count()).filter_map(|i| layer.unused(i));
    faults(&fault.into_iter().chain(unknown).chain(unused).collect::<Vec<_>>(), text);
    let config = Config::of(&[layer], &[Some("works/story.txt".to_owned())]);
    assert!(config.lines().iter().all(|(line, _)| !line.is_empty()));
    rules.tune(&config.tuning());
    let (story, notes) = tried(&config.limits());
    judge(story, notes, &rules, &config.settings(), text);
}

/// Metadata has true spans, alone and as part of a work.
fn beside(metadata: Metadata) {
    let sources = [metadata.source.clone()];
    metadata.fields.iter().for_each(|f| work::check_field(f, &sources));
    for over in [false, true] {
        let again = Metadata {
            source: metadata.source.clone(),
            fields: metadata.fields.clone(),
            diagnostics: metadata.diagnostics.clone(),
        };
        let (mut story, mut notes) = tried(&limits());
        notes.extend(metadata::merge(&mut story, again, over));
        let file = story.sources.iter().map(|s| s.text.as_str()).max_by_key(|t| t.len()).unwrap_or("").to_owned();
        work::check(&story, &notes, file.as_bytes());
    }
}

fn tried(limits: &Limits) -> (Work, Vec<Diagnostic>) {
    let mut story = None;
    let input = Input { name: "story.txt".to_owned(), bytes: STORY.as_bytes().to_vec() };
    formats::read(input, Some("text"), limits, &mut |work, notes| story = Some((work, notes)));
    story.expect("a work")
}

/// What the text has made of rules and settings can judge a story.
fn judge(story: Work, notes: Vec<Diagnostic>, rules: &RuleSet, settings: &Settings, text: &str) {
    let report = engine::check(story, notes, rules, settings);
    work::diagnostics(&report.diagnostics, &report.sources);
    let mut printers = Printers::one(text.len());
    printers.print(&report);
    printers.finish();
}

fn base() -> PackText {
    PackText { name: "base".into(), files: vec![("base.toml".into(), BASE.into())], bundled: false }
}

/// A pack is linked as far as it is right; what is linked can be used.
fn pack(text: &str) {
    let mut files: Vec<(String, String)> = archive::entries(text.as_bytes())
        .into_iter()
        .map(|(name, content)| (name.into_owned(), String::from_utf8_lossy(content).into_owned()))
        .collect();
    if files.is_empty() {
        files.push(("own.toml".to_owned(), text.to_owned()));
    }
    let own = PackText { name: "own".into(), files, bundled: false };
    let loaded = rules::link(&[base(), own.clone()]);
    assert!(loaded.reports.iter().all(|r| r.name != "base.toml"), "a mistake of one pack is told of another");
    faults(&loaded.reports, text);
    for failure in selftest::run(&loaded.rules) {
        assert!(!failure.message.is_empty());
    }
    let (story, notes) = tried(&limits());
    judge(story, notes, &loaded.rules, &Settings { strict: true, ..Settings::default() }, text);
    // the bundled core is linked for these, which takes long
    if loaded.reports.is_empty() && text.len().is_multiple_of(64) {
        let _ = docs::pages(&[own]);
    }
}

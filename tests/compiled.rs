//! Packs that were compiled by the build, with others linked on top of them, find what the same packs find that are
//! linked together.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)] // tests read files and may fail

mod support;

use std::path::Path;

use forewarn::engine::{self, Settings};
use forewarn::formats::{self, Limits};
use forewarn::model::{Input, Severity};
use forewarn::report::{self, Options};
use forewarn::rules::{self, Pack, PackText, RuleSet};

fn own(folder: &str) -> Pack {
    let files = support::entries(Path::new(folder)).into_iter();
    let files = files.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect();
    let name = Path::new(folder).file_name().unwrap().to_string_lossy().into_owned();
    Pack::Own(PackText { name, files, bundled: false })
}

fn written(toml: &str) -> Pack {
    let files = vec![("extra.toml".to_owned(), toml.to_owned())];
    Pack::Own(PackText { name: "extra".into(), files, bundled: false })
}

/// Everything that a rule set finds in the fixtures, also by rules that are off.
fn found(rules: &RuleSet) -> String {
    let off = rules.rules.iter().filter(|r| r.severity == Severity::Off && r.id != "core/required-field");
    let severities = off.map(|r| (r.id.clone(), Severity::Info)).collect();
    let settings = Settings { severities, ..Settings::default() };
    let mut out = Vec::new();
    let mut reporter = (report::reporter("json").unwrap().make)(&Options::default());
    for path in support::stories() {
        let name = path.display().to_string();
        let input = Input { name, bytes: support::bytes(&path) };
        formats::read(input, None, &Limits::default(), &mut |work, notes| {
            reporter.report(&engine::check(work, notes, rules, &settings), &mut out).unwrap();
        });
    }
    String::from_utf8(out).unwrap()
}

/// A pack that touches what the bundled packs say.
const EXTRA: &str = include_str!("support/extra.toml");

#[test]
fn packs_on_top_of_compiled_ones_find_the_same() {
    let bundled = |name: &str| Pack::Bundled(name.to_owned());
    let lists = [
        vec![bundled("core"), bundled("ao3")],
        vec![bundled("core"), bundled("ffn"), bundled("storygraph")],
        vec![bundled("core"), bundled("ao3"), written(EXTRA)],
        vec![bundled("core"), written(EXTRA), bundled("ao3"), own("tests/cli/files/pack/our-rules")],
    ];
    for packs in lists {
        let names: Vec<&str> = packs.iter().map(Pack::name).collect();
        let (together, on_top) = (rules::load_whole(&packs), rules::load(&packs));
        assert!(together.reports.is_empty(), "{names:?}: {:?}", together.reports);
        let kept = rules::decode(rules::compile(&on_top.rules), 0).unwrap();
        let expected = found(&together.rules);
        assert!(expected.contains("extra/dog") == names.contains(&"extra"), "{names:?}");
        assert!(expected == found(&on_top.rules), "{names:?}");
        assert!(expected == found(&kept), "{names:?} from the cache");
    }
}

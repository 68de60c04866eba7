//! What must hold of a whole run: facts, findings, what is printed of them, what is suggested.

use std::sync::OnceLock;

use forewarn::collect::collect;
use forewarn::engine::{self, Settings};
use forewarn::formats::Told;
use forewarn::model::{Diagnostic, Facts, Report, Severity, Totals, Work};
use forewarn::report::clean::is_unsafe;
use forewarn::report::{Kind, Options, REPORTERS, Reporter};
use forewarn::rules::{self, PackText, RuleSet};
use forewarn::suggest::{Reason, suggest};

use quick_xml::events::Event;

use super::work::{self, cut};

/// The bundled packs with every rule of theirs switched on, linked once.
fn bundled() -> &'static (RuleSet, Settings) {
    static BUNDLED: OnceLock<(RuleSet, Settings)> = OnceLock::new();
    BUNDLED.get_or_init(|| {
        let packs: Vec<PackText> = rules::bundled_names().filter_map(rules::bundled).collect();
        let rules = rules::link(&packs).rules;
        let off = rules.rules.iter().filter(|r| r.severity == Severity::Off);
        let severities = off.map(|r| (r.id.clone(), Severity::Info)).collect();
        (rules, Settings { severities, ..Settings::default() })
    })
}

/// Checks a run over one file.
pub fn check(bytes: &[u8]) {
    let (rules, settings) = bundled();
    let printed = run(bytes, rules, settings);
    // a second time is dear, and what depends on chance or on addresses shows in a few of many inputs
    if bytes.len().is_multiple_of(8) {
        assert_eq!(printed, run(bytes, rules, settings), "the same input printed two different things");
    }
}

fn run(bytes: &[u8], rules: &RuleSet, settings: &Settings) -> Vec<u8> {
    let mut printers = Printers::all();
    super::read(bytes, Told::default(), &mut |work, notes| {
        work::check(&work, &notes, bytes);
        printers.out.extend(format!("{:?}", of_work(&work, rules, settings)).into_bytes());
        printers.print(&judged(work, notes, rules, settings));
    });
    printers.finish()
}

/// Checks the facts of a work; gives what is suggested for it.
fn of_work(work: &Work, rules: &RuleSet, settings: &Settings) -> Option<forewarn::suggest::Suggestion> {
    let facts = collect(work, rules);
    assert_eq!(facts.measures.len(), work.sections.len());
    for evidence in &facts.evidence {
        let text = &work.sections[evidence.section as usize].text;
        let at = evidence.at.start as usize..evidence.at.end as usize;
        assert!(text.as_str().get(at.clone()).is_some_and(|words| !words.is_empty()), "{evidence:?}");
        assert_eq!(text.to_source(at), evidence.span);
        cut(&work.sources, evidence.span);
    }
    for scene in &facts.scenes {
        assert!((0.0..=1.0).contains(&scene.score), "{scene:?}");
    }
    assert!(facts.scores.iter().all(|s| (0.0..=1.0).contains(s)), "{:?}", facts.scores);
    for entry in &facts.entries {
        let words = cut(&work.sources, entry.span);
        assert!(!entry.exact || words == entry.text, "{entry:?} stands as {words:?}");
    }
    for claim in &facts.claims {
        assert!(!cut(&work.sources, claim.span).is_empty(), "{claim:?} points at nothing");
    }
    facts.is_work.then(|| suggested(&facts, rules, settings))
}

fn suggested(facts: &Facts<'_>, rules: &RuleSet, settings: &Settings) -> forewarn::suggest::Suggestion {
    let suggestion = suggest(facts, rules, settings);
    let values = suggestion.lines.iter().flat_map(|l| &l.values);
    let shown = suggestion.content.iter().filter_map(|c| c.shown.as_ref());
    let reasons: Vec<&Reason> = values
        .flat_map(|v| &v.reasons)
        .chain(&suggestion.questions)
        .chain(&suggestion.conflicts)
        .chain(shown)
        .collect();
    for reason in reasons {
        assert!(!reason.text.is_empty());
        reason.places.iter().for_each(|place| assert!(!cut(&facts.work.sources, place.span).is_empty(), "{place:?}"));
    }
    suggestion
}

/// Checks the findings of a work.
fn judged(work: Work, notes: Vec<Diagnostic>, rules: &RuleSet, settings: &Settings) -> Report {
    let report = engine::check(work, notes, rules, settings);
    work::diagnostics(&report.diagnostics, &report.sources);
    for diagnostic in &report.diagnostics {
        assert!(diagnostic.severity != Severity::Off && rules.rule(&diagnostic.rule).is_some(), "{diagnostic:?}");
    }
    report
}

/// Output formats, each with and without excerpts.
pub struct Printers {
    reporters: Vec<(&'static str, Box<dyn Reporter>, Vec<u8>)>,
    totals: Totals,
    /// What was printed by those that have finished.
    out: Vec<u8>,
}

impl Printers {
    pub fn all() -> Self {
        Self::of(REPORTERS)
    }

    /// One of the formats.
    pub fn one(number: usize) -> Self {
        let at = number % REPORTERS.len();
        Self::of(&REPORTERS[at..=at])
    }

    fn of(kinds: &[Kind]) -> Self {
        let both = |kind: &Kind| {
            let make = kind.make;
            [true, false].map(|excerpts| (kind.name, make(&Options { excerpts, ..Options::default() }), Vec::new()))
        };
        Self { reporters: kinds.iter().flat_map(both).collect(), totals: Totals::default(), out: Vec::new() }
    }

    pub fn print(&mut self, report: &Report) {
        self.totals.add(report);
        for (_, reporter, out) in &mut self.reporters {
            reporter.report(report, out).expect("a vector can be written to");
        }
    }

    /// Checks all that was printed, and gives it.
    pub fn finish(mut self) -> Vec<u8> {
        for (name, mut reporter, mut out) in self.reporters {
            reporter.finish(&self.totals, &mut out).expect("a vector can be written to");
            check_printed(name, &out);
            self.out.append(&mut out);
        }
        self.out
    }
}

fn check_printed(name: &str, out: &[u8]) {
    let text = std::str::from_utf8(out).unwrap_or_else(|e| panic!("{name}: {e}"));
    let steers = |c: char| c != '\n' && is_unsafe(c);
    assert!(!text.contains(steers), "{name} prints what steers a terminal: {text:?}");
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match name {
        "json" | "sarif" | "gitlab" | "rdjson" => assert!(is_json(text), "{name}: {text}"),
        "jsonl" | "rdjsonl" => assert!(text.lines().all(is_json), "{name}: {text}"),
        "junit" => assert!(is_xml(text), "{name}: {text}"),
        _ => {}
    }
}

/// Whether it is well-formed as far as the parser tells.
fn is_xml(text: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => open += 1,
            Ok(Event::End(_)) => open -= 1,
            Ok(Event::Eof) => return open == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

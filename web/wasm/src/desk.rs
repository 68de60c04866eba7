//! One question after the other, with the rules that were linked last kept at hand.

use forewarn::collect::collect;
use forewarn::engine::{self, Settings};
use forewarn::formats::{self, Limits, Told};
use forewarn::model::{Diagnostic, Facts, Input, Report, Severity, TagId, Work};
use forewarn::profile;
use forewarn::report;
use forewarn::rules::{self, RuleSet};
use forewarn::suggest::{Content, Suggestion, style, suggest};

use crate::ask::{Ask, Check, Rules};
use crate::choices::choices;
use crate::reply::{self, Checked, Faults};
use crate::shown;
use crate::told::{self, Teller};

/// Most rule sets that are kept: that of the page, and the one for StoryGraph's list.
const KEPT: usize = 2;
/// Most bytes of text that are shown: several times the longest of novels, and what a browser can bear.
const TEXT: usize = 16 << 20;
/// Most works of a data set that are named.
const NAMED: usize = 1_000;

/// Answers questions.
#[derive(Debug)]
pub struct Desk {
    linked: Vec<Linked>,
}

/// Packs as a rule set.
#[derive(Debug)]
struct Linked {
    rules: Rules,
    besides: Option<&'static str>,
    set: Shared,
}

/// A rule set that is in use while the desk may link another.
#[derive(Debug, Clone)]
struct Shared(std::sync::Arc<RuleSet>);

impl Desk {
    /// A desk with nothing on it.
    pub const fn new() -> Self {
        Self { linked: Vec::new() }
    }

    /// Answers one question, which is JSON; `file` is what it is about.
    pub fn answer(&mut self, json: &[u8], file: &[u8]) -> Vec<u8> {
        match serde_json::from_slice(json) {
            Err(error) => reply::fault(&format!("The question cannot be understood: {error}.")),
            Ok(Ask::Choices { rules }) => match self.rules(&rules, None) {
                Ok(set) => reply::json(&choices(&set.0)),
                Err(faults) => reply::json(&faults),
            },
            Ok(Ask::Check(ask)) => match self.check(&ask, file) {
                Ok(checked) => reply::json(&checked),
                Err(Stop::Faults(faults)) => reply::json(&faults),
                Err(Stop::Sentence(sentence)) => reply::fault(sentence),
            },
        }
    }

    /// The rule set of some packs.
    fn rules(&mut self, rules: &Rules, besides: Option<&'static str>) -> Result<Shared, Faults> {
        if let Some(known) = self.linked.iter().find(|l| l.rules == *rules && l.besides == besides) {
            return Ok(known.set.clone());
        }
        let loaded = rules::load(&rules.packs(besides));
        let faults: Vec<String> = loaded.reports.iter().flat_map(sentences).collect();
        if !faults.is_empty() {
            return Err(Faults { faults });
        }
        let set = Shared(std::sync::Arc::new(loaded.rules));
        if self.linked.len() >= KEPT {
            self.linked.remove(0);
        }
        self.linked.push(Linked { rules: rules.clone(), besides, set: set.clone() });
        Ok(set)
    }

    fn check(&mut self, ask: &Check, file: &[u8]) -> Result<Checked, Stop> {
        let set = self.rules(&ask.rules, None)?;
        let Read { mut work, notes, names, count } = read(ask, file)?;
        if !work.format.is_empty() {
            engine::declare(&mut work, &ask.declare, &set.0.vocabulary);
        }
        let graded = match ask.style.as_str() {
            style::STORYGRAPH => self.storygraph(ask, &work)?,
            _ => None,
        };
        let blocks = shown::blocks(&work);
        let mut teller = Teller::new(&blocks);
        let settings = settings(ask);
        let facts = collect(&work, &set.0);
        let is_work = facts.is_work && !work.format.is_empty();
        let suggestion = is_work.then(|| {
            let mut suggestion = suggest(&facts, &set.0, &settings);
            let mut told = teller.suggestion(&suggestion, &ask.without);
            leave_out(&mut suggestion, &ask.without);
            told.block = graded.unwrap_or_else(|| block(&suggestion, &ask.style));
            told
        });
        let wanted: Vec<TagId> = ask.profile.iter().filter_map(|id| set.0.vocabulary.tag_id(id)).collect();
        let wanted = if is_work { wanted } else { Vec::new() };
        let answers = profile::answers(&facts, &set.0, &wanted);
        let answers = answers.iter().filter_map(|a| teller.answer(a, &set.0)).collect();
        let declared = declared(&facts, &set.0);
        let report = engine::report(&facts, notes, &set.0, &settings);
        drop(facts);
        let Report { name, format, sources, .. } = Report::of(work);
        let report = Report { name, format, sources, ..report };
        Ok(Checked {
            works: names,
            count,
            work: ask.work,
            findings: report.diagnostics.iter().map(|d| teller.finding(d)).collect(),
            map: teller.map(&report.map),
            report: line(&report).ok_or(Stop::Sentence("The report cannot be written."))?,
            suggestion,
            answers,
            declared,
            places: teller.places(),
            cut: ask.text && blocks.iter().map(|b| b.text.len()).sum::<usize>() > TEXT,
            blocks: told::blocks(&blocks, if ask.text { TEXT } else { 0 }),
        })
    }

    /// StoryGraph's list, which only this form of the block needs.
    fn storygraph(&mut self, ask: &Check, work: &Work) -> Result<Option<String>, Stop> {
        let set = self.rules(&ask.rules, Some(style::STORYGRAPH))?;
        let facts = collect(work, &set.0);
        let Some(list) = set.0.vocabulary.list(style::STORYGRAPH).filter(|_| facts.is_work) else { return Ok(None) };
        let mut suggestion = suggest(&facts, &set.0, &settings(ask));
        leave_out(&mut suggestion, &ask.without);
        let unwanted = |c: &Content| c.shown.is_some() && ask.without.iter().any(|w| is_of(&set.0, c.tag, &w.1));
        suggestion.content.retain(|c| !unwanted(c));
        Ok(Some(style::list(&style::graded(&suggestion, list, &set.0), list)))
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a file is not checked.
enum Stop {
    Faults(Faults),
    Sentence(&'static str),
}

impl From<Faults> for Stop {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

/// A file as read.
struct Read {
    work: Work,
    notes: Vec<Diagnostic>,
    names: Vec<String>,
    count: usize,
}

/// Reads the work that is asked for out of a file, and the names of the others.
fn read(ask: &Check, file: &[u8]) -> Result<Read, Stop> {
    let input = Input { name: ask.name.clone(), bytes: file.to_vec() };
    let (mut chosen, mut names, mut count) = (None, Vec::new(), 0);
    formats::read_told(input, Told::default(), &Limits::default(), &mut |work, notes| {
        if names.len() < NAMED {
            names.push(work.name.clone());
        }
        if count == ask.work {
            chosen = Some((work, notes));
        }
        count += 1;
    });
    let (work, notes) = chosen.ok_or(Stop::Sentence("There is no such work in this file."))?;
    Ok(Read { work, notes, names, count })
}

fn settings(ask: &Check) -> Settings {
    let known = ask.severities.iter().filter_map(|(rule, name)| Some((rule.clone(), Severity::from_name(name)?)));
    Settings { severities: known.collect(), draws_map: true, ..Settings::default() }
}

/// Takes out of the block what was added to it and is not wanted.
fn leave_out(suggestion: &mut Suggestion, without: &[(String, String)]) {
    for line in &mut suggestion.lines {
        line.values.retain(|value| !told::is_left_out(&line.field, value, without));
    }
}

/// Whether a tag bears that name.
fn is_of(rules: &RuleSet, tag: TagId, name: &str) -> bool {
    rules.vocabulary.tag(tag).is_some_and(|t| t.name == name)
}

fn block(suggestion: &Suggestion, style: &str) -> String {
    match style {
        "yaml" => style::yaml(suggestion) + "---\n",
        "toml" => style::toml(suggestion),
        _ => style::ao3(suggestion),
    }
}

/// Each field that is in the form as one line.
fn declared(facts: &Facts<'_>, rules: &RuleSet) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for entry in &facts.entries {
        let of_chapter = facts.work.fields.get(entry.field).is_some_and(|f| f.chapter.is_some());
        let Some(kind) = entry.kind.and_then(|k| rules.vocabulary.kind(k)).filter(|_| !of_chapter) else { continue };
        match lines.iter_mut().find(|l| l.0 == kind.id) {
            Some(known) => known.1 = format!("{}, {}", known.1, entry.text),
            None => lines.push((kind.id.clone(), entry.text.clone())),
        }
    }
    lines
}

/// A report as one line of JSON.
fn line(report: &Report) -> Option<Box<serde_json::value::RawValue>> {
    let mut out = Vec::new();
    let mut reporter = (report::reporter("jsonl")?.make)(&report::Options::default());
    reporter.report(report, &mut out).ok()?;
    serde_json::value::RawValue::from_string(String::from_utf8(out).ok()?.trim_end().to_owned()).ok()
}

/// What is wrong with a pack, a sentence each.
fn sentences(report: &Report) -> Vec<String> {
    let told = |d: &Diagnostic| {
        let place = d.labels.first().and_then(|l| Some((report.source(l.span)?, l.span)));
        let line = place.map(|(s, span)| format!(", line {}", s.position(span.start).line)).unwrap_or_default();
        let help = d.help.as_deref().map(|h| format!(" {h}")).unwrap_or_default();
        format!("{}{line}: {}{help}", report.name, d.message)
    };
    report.diagnostics.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const STORY: &str = "Rating: General Audiences\nFandom: Tide, Time\n\nHe was very drunk. He had been drunk since noon, she saw, by \
                         the bottles under the bunk. He poured another glass of whisky and slurred the toast, and “again,” he said.\n";

    fn ask(desk: &mut Desk, question: Value, file: &str) -> Value {
        serde_json::from_slice(&desk.answer(question.to_string().as_bytes(), file.as_bytes())).unwrap()
    }

    #[test]
    fn a_story_is_told_of_with_its_places() {
        let mut desk = Desk::new();
        let question = json!({"do": "check", "name": "a.txt", "text": true, "profile": ["alcohol-use", "no such tag"]});
        let told = ask(&mut desk, question, STORY);
        let finding =
            told["report"]["diagnostics"].as_array().unwrap().iter().position(|d| d["subject"] == "alcohol-use");
        let label = &told["report"]["diagnostics"][finding.unwrap()]["labels"][0];
        let place = told["findings"][finding.unwrap()]["places"][0].as_u64().unwrap() as usize;
        let place = &told["places"][place];
        let text: Vec<u16> = told["blocks"][place["block"].as_u64().unwrap() as usize]["text"]
            .as_str()
            .unwrap()
            .encode_utf16()
            .collect();
        let range = place["start"].as_u64().unwrap() as usize..place["end"].as_u64().unwrap() as usize;
        assert_eq!(String::from_utf16(&text[range]).unwrap(), label["quote"].as_str().unwrap());
        assert_eq!(place["where"], "Paragraph 1");
        assert_eq!(told["answers"].as_array().unwrap().len(), 1);
        assert_eq!(told["declared"], json!([["rating", "General Audiences"], ["fandom", "Tide, Time"]]));
        let again = ask(&mut desk, json!({"do": "check", "name": "a.txt"}), STORY);
        assert_eq!(again["report"], told["report"]);
        assert!(again["blocks"].as_array().unwrap().iter().all(|b| b["text"].is_null() == (b["kind"] != "field")));
    }

    #[test]
    fn what_is_not_wanted_is_left_out_of_every_form_of_the_block() {
        let mut desk = Desk::new();
        for (style, _) in crate::ask::STYLES {
            let mut check = |without: Value| {
                let question = json!({"do": "check", "name": "a.txt", "style": style, "without": without});
                ask(&mut desk, question, STORY)["suggestion"]["block"].as_str().unwrap().to_owned()
            };
            let names = ["Drinking", "Alcohol\n", "Alcohol,"];
            let has = |block: &str| names.iter().any(|name| block.contains(name));
            let whole = check(json!([]));
            assert!(has(&whole), "{style}: {whole}");
            let rest = check(json!([["additional-tag", "Drinking"]]));
            assert!(!has(&rest), "{style}: {rest}");
            assert!(has(&check(json!([["additional-tag", "Fluff"]]))), "{style}");
        }
    }

    #[test]
    fn rules_fields_and_packs_are_those_that_were_asked_for() {
        let mut desk = Desk::new();
        let check = |more: Value| {
            let mut question = json!({"do": "check", "name": "a.txt"});
            question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            question
        };
        let rules = |told: &Value| -> Vec<String> {
            let found = told["report"]["diagnostics"].as_array().unwrap_or_else(|| panic!("{told}")).iter();
            found.map(|d| d["rule"].as_str().unwrap().to_owned()).collect()
        };
        let usual = rules(&ask(&mut desk, check(json!({})), STORY));
        assert!(usual.contains(&"core/undeclared".to_owned()), "{usual:?}");
        let off = check(json!({"severities": {"core/undeclared": "off"}}));
        assert!(!rules(&ask(&mut desk, off, STORY)).contains(&"core/undeclared".to_owned()));
        let declared = check(json!({"declare": ["Additional Tags: Drinking"]}));
        assert!(!rules(&ask(&mut desk, declared, STORY)).contains(&"core/undeclared".to_owned()));
        let pack = |check_name: &str| {
            let rule = format!(
                "[[rule]]\nid = 'series'\nseverity = 'warning'\nsummary = 'No {{field}}.'\ncheck = '{check_name}'\nfields = ['rating', \
                 'series']\n"
            );
            check(json!({"rules": {"archive": "none", "pack": [["house.toml", rule]]}}))
        };
        let own = rules(&ask(&mut desk, pack("missing-field"), STORY));
        assert!(own.contains(&"house/series".to_owned()) && !own.iter().any(|r| r.starts_with("ao3/")), "{own:?}");
        let faults = ask(&mut desk, pack("missing-feild"), STORY);
        assert!(faults["faults"][0].as_str().unwrap().starts_with("house.toml, line "), "{faults}");
    }

    #[test]
    fn what_is_no_story_has_no_block() {
        let mut desk = Desk::new();
        let told = ask(&mut desk, json!({"do": "check", "name": "a.pdf"}), "%PDF-1.4\n%nothing\n");
        assert!(told["report"]["format"].is_null() && told["suggestion"].is_null(), "{told}");
        let told =
            ask(&mut desk, json!({"do": "check", "name": "works.jsonl", "work": 7}), "{\"text\": \"It rained.\"}\n");
        assert!(told["fault"].is_string(), "{told}");
    }

    #[test]
    fn every_archive_offers_what_a_form_needs() {
        let mut desk = Desk::new();
        for archive in &crate::ask::ARCHIVES {
            let told = ask(&mut desk, json!({"do": "choices", "rules": {"archive": archive.id}}), "");
            assert!(told["tags"].as_array().is_some_and(|t| t.len() > 300), "{}: {told}", archive.id);
            assert!(told["rules"].as_array().is_some_and(|r| r.len() > 20), "{}", archive.id);
            assert!(told["fields"].as_array().is_some_and(|f| f.len() > 4), "{}", archive.id);
        }
    }
}

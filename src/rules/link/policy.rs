//! Links what demands things: rules and their conditions.

use super::content::examples;
use super::{File, Problems};
use crate::checks::names::CHECKS;
use crate::model::{Degree, Severity, TagId};
use crate::rules::condition::{Condition, Subject, Test, Threshold};
use crate::rules::pack::{ConditionTable, RuleTable, ScoreTable, Word};
use crate::rules::{ExampleOf, Logic, Rule, RuleSet, vocabulary};

/// Names of checks whose findings are made while a file is read, packs are loaded, or findings are accepted.
const ELSEWHERE: [&str; 3] = ["reader", "loader", "suppression"];

/// Links rules. Those that are there already are judged for tags from number `tags` on, too.
pub(super) fn rules(files: &[File<'_>], tags: usize, rules: &mut RuleSet, problems: &mut Problems<'_>) {
    let RuleSet { rules: known, vocabulary, .. } = rules;
    for rule in known {
        if let (Some((category, not)), Some(each)) = (&rule.category, &mut rule.each) {
            let new = (0..).map(TagId).zip(&vocabulary.tags).skip(tags);
            each.extend(new.filter(|(id, t)| t.category == *category && !not.contains(id)).map(|t| t.0));
        }
    }
    for file in files {
        for table in &file.tables.rule {
            if let Some(rule) = rule(file, table, rules, problems) {
                let index = rules.rules.len() as u32;
                examples(file.file, ExampleOf::Rule(index), &table.fails, &table.passes, rules);
                rules.rules.push(rule);
            }
        }
    }
}

fn rule(file: &File<'_>, table: &RuleTable, rules: &RuleSet, problems: &mut Problems<'_>) -> Option<Rule> {
    let id = format!("{}/{}", file.pack.name, table.id.as_ref());
    if rules.rule(&id).is_some() {
        problems.at(file.file, &table.id, format!("The rule `{id}` is defined twice."));
        return None;
    }
    let Some(severity) = Severity::from_name(table.severity.as_ref()) else {
        problems.unknown(file.file, &table.severity, "severity", ["error", "warning", "info", "off"]);
        return None;
    };
    let made_elsewhere = table.check.as_ref().is_some_and(|c| ELSEWHERE.contains(&c.as_ref().as_str()));
    if file.pack.bundled {
        if table.docs.is_none() {
            problems.at(file.file, &table.id, "A rule of a bundled pack has `docs`.");
        }
        if !made_elsewhere && (table.passes.is_empty() || table.fails.is_empty()) {
            problems.at(file.file, &table.id, "A rule of a bundled pack has examples under `passes` and `fails`.");
        }
    }
    let per_chapter = match &table.per {
        None => false,
        Some(per) => {
            if per.as_ref() != "chapter" {
                problems.unknown(file.file, per, "scope", ["chapter"]);
            }
            true
        }
    };
    let (mut category, mut each) = (None, None);
    if let Some(word) = &table.each {
        let (not, tags) = self::each(file.file, table, word, rules, problems)?;
        (category, each) = (Some((word.as_ref().clone(), not)), Some(tags));
    }
    let mut linker = Linker { file: file.file, each: each.is_some(), rules, problems };
    let mut fields = Vec::new();
    for word in &table.fields {
        fields.extend(linker.field(word));
    }
    let logic = match (&table.check, &table.expect, &table.forbid) {
        (Some(check), None, None) => {
            let name = check.as_ref();
            if !made_elsewhere && !CHECKS.contains(&name.as_str()) {
                linker.problems.unknown(file.file, check, "check", CHECKS);
                return None;
            }
            Logic::Check(name.clone())
        }
        (None, expect, forbid) if expect.is_some() != forbid.is_some() => {
            let when = linker.condition(table.when.as_ref().unwrap_or(&ConditionTable::default()));
            let then = expect.as_ref().or(forbid.as_ref()).map(|c| linker.condition(c)).unwrap_or_default();
            Logic::Condition { when, then, forbid: forbid.is_some() }
        }
        _ => {
            linker.problems.at(file.file, &table.id, "A rule has one of `expect`, `forbid` or `check`.");
            return None;
        }
    };
    Some(Rule {
        id,
        severity,
        summary: table.summary.as_ref().clone(),
        docs: table.docs.as_ref().map(|d| d.as_ref().trim().to_owned()).unwrap_or_default(),
        help: table.help.as_ref().map(|h| h.as_ref().clone()),
        each,
        category,
        per_chapter,
        logic,
        fields,
        limit: table.limit.as_ref().map(|l| *l.as_ref()),
        passes: table.passes.iter().map(|e| e.as_ref().clone()).collect(),
        fails: table.fails.iter().map(|e| e.as_ref().clone()).collect(),
    })
}

/// The tags of a category that the rule leaves out, and the others.
fn each(
    file: usize,
    table: &RuleTable,
    category: &Word,
    rules: &RuleSet,
    problems: &mut Problems<'_>,
) -> Option<(Vec<TagId>, Vec<TagId>)> {
    let vocabulary = &rules.vocabulary;
    let mut not = Vec::new();
    for word in &table.not {
        match vocabulary.tag_id(word.as_ref()) {
            Some(tag) => not.push(tag),
            None => problems.unknown(file, word, "tag", vocabulary.tags.iter().map(|t| t.id.as_str())),
        }
    }
    let tags = (0..).map(TagId).zip(&vocabulary.tags);
    let found: Vec<TagId> =
        tags.filter(|(id, t)| t.category == *category.as_ref() && !not.contains(id)).map(|t| t.0).collect();
    if found.is_empty() {
        problems.unknown(file, category, "category", vocabulary.tags.iter().map(|t| t.category.as_str()));
        return None;
    }
    Some((not, found))
}

struct Linker<'a, 'p> {
    file: usize,
    each: bool,
    rules: &'a RuleSet,
    problems: &'a mut Problems<'p>,
}

impl Linker<'_, '_> {
    fn field(&mut self, word: &Word) -> Option<u32> {
        let found = self.rules.vocabulary.field_id(word.as_ref());
        if found.is_none() {
            let known = self.rules.vocabulary.fields.iter().map(|f| f.id.as_str());
            self.problems.unknown(self.file, word, "field", known);
        }
        found
    }

    fn subject(&mut self, word: &Word) -> Option<Subject> {
        if word.as_ref() == "{tag}" {
            if !self.each {
                self.problems.at(self.file, word, "`{tag}` needs an `each` that says which tags.");
                return None;
            }
            return Some(Subject::Each);
        }
        let found = self.rules.vocabulary.tag_id(word.as_ref());
        if found.is_none() {
            let known = self.rules.vocabulary.tags.iter().map(|t| t.id.as_str());
            self.problems.unknown(self.file, word, "tag", known);
        }
        found.map(Subject::Tag)
    }

    fn condition(&mut self, table: &ConditionTable) -> Condition {
        let mut all = Vec::new();
        if let Some(tag) = &table.tag {
            let degree = match &table.degree {
                None => Degree::Loose,
                Some(word) => Degree::from_name(word.as_ref()).unwrap_or_else(|| {
                    let known = ["depicted", "mild", "attempted", "past", "implied", "loose"];
                    self.problems.unknown(self.file, word, "degree", known);
                    Degree::Loose
                }),
            };
            all.extend(self.subject(tag).map(|s| Test::Tag(s, degree)));
        }
        if let Some(tag) = &table.denied {
            all.extend(self.subject(tag).map(Test::Denied));
        }
        if let Some(what) = &table.withheld {
            let known = self.rules.vocabulary.tags.iter().any(|t| t.withholds.contains(what.as_ref()));
            if !known {
                self.field(what);
            }
            all.push(Test::Withheld(what.as_ref().clone()));
        }
        if let Some(tag) = &table.evidence {
            let threshold = match &table.score {
                None => Threshold::Warn,
                Some(ScoreTable::Number(score)) => Threshold::At(*score),
                Some(ScoreTable::Name(name)) if name == "sure" => Threshold::Sure,
                Some(ScoreTable::Name(name)) => {
                    if name != "warn" {
                        self.problems.at(
                            self.file,
                            tag,
                            format!("A score is a number, `warn` or `sure`, not `{name}`."),
                        );
                    }
                    Threshold::Warn
                }
            };
            all.extend(self.subject(tag).map(|s| Test::Evidence(s, threshold)));
        }
        if let Some(level) = &table.rating {
            let ladders = self.rules.vocabulary.ladders.iter().enumerate();
            let found = ladders.filter_map(|(i, l)| Some((i, l.level(level.as_ref())?))).next();
            match found {
                Some((ladder, level)) => all.push(Test::Rating { ladder, level }),
                None => {
                    let known = self.rules.vocabulary.ladders.iter().flat_map(|l| &l.levels).map(|l| l.id.as_str());
                    self.problems.unknown(self.file, level, "level of a rating", known);
                }
            }
        }
        if let Some(word) = &table.field
            && let Some(field) = self.field(word)
        {
            all.push(Test::Field(field, table.count.unwrap_or(1) as usize));
            if let Some(names) = &table.one_of {
                let tags = &self.rules.vocabulary.tags;
                let name = |word: &Word| {
                    tags.iter().find(|t| t.id == *word.as_ref()).map_or(word.as_ref(), |t| &t.name).clone()
                };
                all.push(Test::OneOf(field, names.iter().map(|n| vocabulary::key(&name(n))).collect()));
            }
        }
        if let Some(word) = &table.absent {
            all.extend(self.field(word).map(Test::Absent));
        }
        if let Some(any) = &table.any {
            all.push(Test::Any(any.iter().map(|c| self.condition(c)).collect()));
        }
        Condition { all }
    }
}

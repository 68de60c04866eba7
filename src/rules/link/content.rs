//! Links what finds things in a text: lexicons and detectors.

use std::collections::HashMap;

use super::{File, Problems};
use crate::model::{LexiconId, TermId};
use crate::rules::detector::{Detector, HOLD, Near};
use crate::rules::lexicon::{self, Book, Form, Lexicon, Part, Sets};
use crate::rules::matcher::{Term, TermKind};
use crate::rules::pack::{DetectorTable, LexiconTable, PatternTable, Word};
use crate::rules::{Example, ExampleOf, Pattern, RuleSet};

/// Collects terms and phrases of all lexicons.
#[derive(Default)]
struct Terms<'a> {
    /// Each as written in TOML, too.
    terms: Vec<(Term, &'a str)>,
    forms: Vec<(Form, TermId)>,
    book: Book,
}

impl<'a> Terms<'a> {
    /// Gives its place among these terms.
    fn add(&mut self, lexicon: LexiconId, text: &'a str, weight: f32, kind: TermKind) -> TermId {
        self.terms.push((Term { lexicon, weight, kind }, text));
        TermId(self.terms.len() as u32 - 1)
    }
}

/// Links lexicons; gives their ids.
pub(super) fn lexicons(
    files: &[File<'_>],
    rules: &mut RuleSet,
    problems: &mut Problems<'_>,
) -> HashMap<String, LexiconId> {
    let known = (0..).map(LexiconId).zip(&rules.lexicons);
    let mut ids: HashMap<String, LexiconId> = known.map(|(id, lexicon)| (lexicon.id.clone(), id)).collect();
    let mut terms = Terms::default();
    let first = rules.index.len();
    for file in files {
        for table in &file.tables.lexicon {
            let id = LexiconId(rules.lexicons.len() as u32);
            if ids.insert(table.id.as_ref().clone(), id).is_some() {
                problems.at(file.file, &table.id, format!("The lexicon `{}` is defined twice.", table.id.as_ref()));
                continue;
            }
            let Some(language) = rules.languages.iter().position(|l| l.id == *table.language.as_ref()) else {
                let known = rules.languages.iter().map(|l| l.id.as_str());
                problems.unknown(file.file, &table.language, "language", known);
                ids.remove(table.id.as_ref());
                continue;
            };
            let Some(spoken) = rules.languages.get(language) else { continue };
            let sets = terms.book.sets(&spoken.sets);
            add_terms(file.file, table, id, &sets, &mut terms, problems);
            for pattern in &table.pattern {
                let next = rules.patterns.len() as u32;
                rules.patterns.extend(add_pattern(file.file, pattern, id, &sets, &mut terms, (first, next), problems));
            }
            let own = table.negation.as_ref();
            let negation = own.and_then(|n| n.words.as_ref()).map(|words| {
                words
                    .iter()
                    .filter_map(|w| lexicon::phrase(w.as_ref()).map_err(|m| problems.at(file.file, w, m)).ok())
                    .collect()
            });
            let within = own.and_then(|n| n.within).unwrap_or(spoken.within);
            if file.pack.bundled && (table.finds.is_empty() || table.ignores.is_empty()) {
                problems.at(
                    file.file,
                    &table.id,
                    "A lexicon of a bundled pack has examples under `finds` and `ignores`.",
                );
            }
            examples(file.file, ExampleOf::Lexicon(id), &table.finds, &table.ignores, rules);
            rules.lexicons.push(Lexicon {
                id: table.id.as_ref().clone(),
                summary: table.summary.as_ref().clone(),
                language,
                negation,
                within,
            });
        }
    }
    let RuleSet { index, languages, .. } = rules;
    index.add(&terms.terms, &terms.book, &terms.forms, languages.iter().flat_map(|l| l.common.iter()));
    ids
}

/// The forms of a lexicon by what may stand at their start, to find those that say the same.
#[derive(Default)]
struct Starts {
    /// The last form that starts so, as an index of `forms`.
    last: HashMap<Part, usize>,
    /// A form, as an index among those of all lexicons, and the one before it that starts alike.
    forms: Vec<(usize, Option<usize>)>,
}

impl Starts {
    /// The term of a form that says the same and was filed before; if there is none, files the form as the next of all.
    fn add(&mut self, form: &Form, own: TermId, terms: &Terms<'_>) -> Option<TermId> {
        let items = form.first().map_or(&[][..], |p| terms.book.items_of(&p.part));
        for item in items {
            let mut next = self.last.get(item).copied();
            while let Some((other, before)) = next.and_then(|n| self.forms.get(n)) {
                if let Some((other, term)) = terms.forms.get(*other)
                    && *term != own
                    && terms.book.overlap(form, other)
                {
                    return Some(*term);
                }
                next = *before;
            }
        }
        for item in items {
            let before = self.last.insert(*item, self.forms.len());
            self.forms.push((terms.forms.len(), before));
        }
        None
    }
}

fn add_terms<'a>(
    file: usize,
    table: &'a LexiconTable,
    id: LexiconId,
    sets: &Sets<'_>,
    terms: &mut Terms<'a>,
    problems: &mut Problems<'_>,
) {
    let mut starts = Starts::default();
    let mut add = |word: &'a Word, weight: f32, kind: TermKind| {
        let forms = match terms.book.expand(word.as_ref(), sets) {
            Ok(forms) => forms,
            Err(message) => return problems.at(file, word, message),
        };
        let term = terms.add(id, word.as_ref(), weight, kind);
        for form in forms {
            if kind == TermKind::Counted
                && let Some(other) = starts.add(&form, term, terms)
            {
                let other = terms.terms.get(other.0 as usize).map_or("", |t| t.1);
                return problems.at(file, word, format!("`{}` says again what `{other}` says already.", word.as_ref()));
            }
            terms.forms.push((form, term));
        }
    };
    for (weight, words) in &table.weight {
        let value = weight.parse::<f32>().ok().filter(|w| w.is_finite() && *w > 0.0);
        for word in words {
            add(word, value.unwrap_or(1.0), TermKind::Counted);
        }
    }
    for word in &table.except {
        add(word, 0.0, TermKind::Exception);
    }
    for (weight, words) in &table.weight {
        if !weight.parse::<f32>().is_ok_and(|w| w.is_finite() && w > 0.0)
            && let Some(word) = words.first()
        {
            problems.at(file, word, format!("The weight `{weight}` is not a number above 0."));
        }
    }
}

/// Adds the anchor of a pattern; `first` is the id of the first of these terms and the number of the pattern.
fn add_pattern<'a>(
    file: usize,
    table: &'a PatternTable,
    id: LexiconId,
    sets: &Sets<'_>,
    terms: &mut Terms<'a>,
    first: (u32, u32),
    problems: &mut Problems<'_>,
) -> Option<Pattern> {
    let term = TermId(first.0 + terms.terms.len() as u32);
    let pattern = Pattern::new(term, table.regex.as_ref()).map_err(|m| problems.at(file, &table.regex, m)).ok()?;
    let forms = terms.book.expand(table.anchor.as_ref(), sets).map_err(|m| problems.at(file, &table.anchor, m)).ok()?;
    terms.add(id, table.regex.as_ref(), table.weight, TermKind::Counted);
    let anchor = terms.add(id, table.anchor.as_ref(), 0.0, TermKind::Anchor(first.1));
    terms.forms.extend(forms.into_iter().map(|form| (form, anchor)));
    Some(pattern)
}

/// Links detectors, and the ones that lexicons with a `tag` are short for.
pub(super) fn detectors(
    files: &[File<'_>],
    ids: &HashMap<String, LexiconId>,
    rules: &mut RuleSet,
    problems: &mut Problems<'_>,
) {
    for file in files {
        for table in &file.tables.detector {
            detector(file, table, ids, rules, problems);
        }
        for table in &file.tables.lexicon {
            let (Some(tag), Some(id)) = (&table.tag, ids.get(table.id.as_ref())) else { continue };
            let Some(scored) = rules.vocabulary.tag_id(tag.as_ref()) else {
                problems.unknown(file.file, tag, "tag", rules.vocabulary.tags.iter().map(|t| t.id.as_str()));
                continue;
            };
            rules.detectors.push(Detector {
                id: table.id.as_ref().clone(),
                summary: table.summary.as_ref().clone(),
                tag: scored,
                bias: -2.0,
                weights: vec![(*id, 1.0)],
                near: Vec::new(),
                terms: 2,
                hold: HOLD,
                warn: 0.5,
                sure: 0.75,
            });
        }
    }
}

fn detector(
    file: &File<'_>,
    table: &DetectorTable,
    ids: &HashMap<String, LexiconId>,
    rules: &mut RuleSet,
    problems: &mut Problems<'_>,
) {
    if rules.detectors.iter().any(|d| d.id == *table.id.as_ref()) {
        return problems.at(file.file, &table.id, format!("The detector `{}` is defined twice.", table.id.as_ref()));
    }
    let Some(tag) = rules.vocabulary.tag_id(table.tag.as_ref()) else {
        let known = rules.vocabulary.tags.iter().map(|t| t.id.as_str());
        return problems.unknown(file.file, &table.tag, "tag", known);
    };
    let mut weights = Vec::new();
    for (name, weight) in &table.weights {
        match ids.get(name) {
            Some(id) => weights.push((*id, *weight.as_ref())),
            None => problems.at(file.file, weight, format!("There is no lexicon `{name}`.")),
        }
    }
    weights.sort_by_key(|w| w.0);
    let mut near = Vec::new();
    for pair in &table.near {
        let find = |word: &Word, problems: &mut Problems<'_>| {
            let id = ids.get(word.as_ref()).copied();
            if id.is_none() {
                problems.unknown(file.file, word, "lexicon", ids.keys().map(String::as_str));
            }
            id
        };
        let [a, b] = &pair.lexicons;
        if let (Some(a), Some(b)) = (find(a, problems), find(b, problems)) {
            near.push(Near { lexicons: [a, b], words: pair.words, weight: pair.weight });
        }
    }
    if !(0.0 < table.warn && table.warn <= table.sure && table.sure <= 1.0) {
        problems.at(file.file, &table.id, "Thresholds are 0 < warn <= sure <= 1.");
    }
    if !(0.0..=10.0).contains(&table.hold) {
        problems.at(file.file, &table.id, "What is held back is a number from 0 to 10.");
    }
    if file.pack.bundled && (table.finds.is_empty() || table.ignores.is_empty()) {
        problems.at(file.file, &table.id, "A detector of a bundled pack has examples under `finds` and `ignores`.");
    }
    let index = rules.detectors.len() as u32;
    examples(file.file, ExampleOf::Detector(index), &table.finds, &table.ignores, rules);
    rules.detectors.push(Detector {
        id: table.id.as_ref().clone(),
        summary: table.summary.as_ref().clone(),
        tag,
        bias: table.bias,
        weights,
        near,
        terms: table.terms,
        hold: table.hold,
        warn: table.warn,
        sure: table.sure,
    });
}

/// Files examples away for `rules test`.
pub(super) fn examples(file: usize, of: ExampleOf, finds: &[Word], ignores: &[Word], rules: &mut RuleSet) {
    for (words, finds) in [(finds, true), (ignores, false)] {
        let example = |w: &Word| Example { of, text: w.as_ref().clone(), finds, file, at: w.span() };
        rules.examples.extend(words.iter().map(example));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::PackText;
    use crate::rules::link::link;

    /// What is wrong with a lexicon of these terms.
    fn messages(terms: &str) -> Vec<String> {
        let text = format!(
            "[[language]]\nid = \"en\"\ncode = \"eng\"\nnames = [\"English\"]\nwithin = 4\nnegation = [\"not\"]\n\
             irrealis = []\ncommon = [\"the\"]\nnarrative = [\"said\"]\n[language.sets]\ntheir = [\"his\", \"her\"]\n\
             [[lexicon]]\nid = \"x.en\"\nlanguage = \"en\"\nsummary = \"A probe.\"\n{terms}\n"
        );
        let pack = PackText { name: "probe".into(), files: vec![("probe.toml".into(), text)], bundled: false };
        let reports = link(&[pack]).reports;
        reports.iter().flat_map(|r| &r.diagnostics).map(|d| d.message.clone()).collect()
    }

    #[test]
    fn a_term_that_says_again_what_another_says_is_named() {
        for (terms, expected) in [
            (
                r#"weight.1 = ["hit/v (a|the) wall", "(the|saw) end", "a wall"]
weight.2 = ["(kick|hits) the (door|wall)", "kick {character}", "saw end"]"#,
                &[
                    "`(kick|hits) the (door|wall)` says again what `hit/v (a|the) wall` says already.",
                    "`saw end` says again what `(the|saw) end` says already.",
                ] as &[&str],
            ),
            // the third is told though the second, which says the same, was left out
            (
                r#"weight.1 = ["hit him", "hit him", "(hit|kick) him"]"#,
                &[
                    "`hit him` says again what `hit him` says already.",
                    "`(hit|kick) him` says again what `hit him` says already.",
                ],
            ),
            // one term may say a thing twice, and an exception is another matter
            (r#"weight.1 = ["hit (him|{their} dog|him)", "hit his dog"]"#, &[]),
            ("weight.1 = [\"hit him\"]\nexcept = [\"hit him\", \"hit him\"]", &[]),
        ] {
            let mut found = messages(terms);
            found.sort();
            let mut expected: Vec<String> = expected.iter().map(|m| (*m).to_owned()).collect();
            expected.sort();
            assert_eq!(found, expected, "{terms}");
        }
    }
}

//! `forewarn.toml`: the file as written to a [`Layer`], and layers to the [`Config`] of one file.
//!
//! A configuration may extend another one, so it is a list of layers, the nearest last. What a layer says holds for every
//! file below it; its `[[override]]`s and `[[allow]]`s hold for files whose path from its folder matches.

mod limits;
mod written;

use std::collections::BTreeMap;
use std::fmt::Display;

#[cfg(test)]
pub(crate) use written::schema;
pub use written::{FAIL_ON, Layer, read};

use crate::engine::Settings;
use crate::formats::limits::{LIMITS, Limits};
use crate::model::{Position, Severity};
use crate::rules::tune::Tuning;
use crate::suppress::Accepted;
use written::Written;

/// A value, and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Where it comes from; none for a default.
    pub from: Option<Origin>,
}

impl<T> Given<T> {
    fn default(value: T) -> Self {
        Self { value, from: None }
    }
}

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Index of the layer.
    pub layer: usize,
    /// Its place in the file.
    pub at: Position,
    /// The globs of the `[[override]]` or `[[allow]]` that holds it.
    pub works: Vec<String>,
}

/// What applies to one file.
#[derive(Debug, Clone)]
pub struct Config {
    /// Packs by name or, when they hold a `/` or start with a `.`, by folder from that of their layer.
    pub packs: Given<Vec<String>>,
    /// Lowest severity that makes a run fail; none: nothing does.
    pub fail_on: Given<Option<Severity>>,
    /// Whether findings whose score is sure become errors.
    pub strict: Given<bool>,
    /// Whether results are kept for the next run.
    pub cache: Given<bool>,
    /// The baseline, from the folder of its layer.
    pub baseline: Option<Given<String>>,
    /// Severities by rule id.
    pub severities: BTreeMap<String, Given<Severity>>,
    /// Scores from which a kind of content is reported, by tag id.
    pub thresholds: BTreeMap<String, Given<f32>>,
    /// Fields that every header has.
    pub required: Option<Given<Vec<String>>>,
    /// The archive whose ratings are used, by the id of its ladder.
    pub ladder: Option<Given<String>>,
    /// Findings that are accepted.
    pub accepted: Vec<Given<Accepted>>,
    /// What reading a file may cost, where it is set: the limit by its key.
    pub limits: BTreeMap<&'static str, Given<usize>>,
    /// Whether the file is left out when it is met in a folder.
    pub excluded: Option<Given<String>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            packs: Given::default(vec!["core".to_owned(), "ao3".to_owned()]),
            fail_on: Given::default(Some(Severity::Error)),
            strict: Given::default(false),
            cache: Given::default(false),
            baseline: None,
            severities: BTreeMap::new(),
            thresholds: BTreeMap::new(),
            required: None,
            ladder: None,
            accepted: Vec::new(),
            limits: BTreeMap::new(),
            excluded: None,
        }
    }
}

impl Config {
    /// What `layers` say of a file. `paths` is its path from the folder of each of them, with `/`; none when it does not lie
    /// there, so that no glob matches it.
    pub fn of(layers: &[Layer], paths: &[Option<String>]) -> Self {
        let mut config = Self::default();
        let mut entry = 0;
        for (index, layer) in layers.iter().enumerate() {
            let path = paths.get(index).and_then(Option::as_deref);
            let written = layer.written();
            let from =
                |at: usize, works: &[String]| Origin { layer: index, at: layer.position(at), works: works.to_vec() };
            config.set(written, &|at| from(at, &[]));
            if let Some(packs) = &written.packs {
                let value = packs.iter().map(|p| p.as_ref().clone()).collect();
                config.packs = Given { value, from: packs.first().map(|p| from(p.span().start, &[])) };
            }
            if let Some(cache) = &written.cache {
                config.cache = Given { value: *cache.as_ref(), from: Some(from(cache.span().start, &[])) };
            }
            if let Some(baseline) = &written.baseline {
                let value = baseline.as_ref().clone();
                config.baseline = Some(Given { value, from: Some(from(baseline.span().start, &[])) });
            }
            for (limit, value, at) in layer.limits() {
                config.limits.insert(limit.key, Given { value: *value, from: Some(from(*at, &[])) });
            }
            if let Some(glob) = layer.excludes(path) {
                let value = glob.as_ref().clone();
                config.excluded = Some(Given { value, from: Some(from(glob.span().start, &[])) });
            }
            for part in layer.overrides(path) {
                let works: Vec<String> = part.works.iter().map(|w| w.as_ref().clone()).collect();
                config.set(&part.settings, &|at| from(at, &works));
            }
            for (table, holds) in layer.allows(path) {
                if holds {
                    let works: Vec<String> = table.works.iter().map(|w| w.as_ref().clone()).collect();
                    let value = Accepted {
                        rule: table.rule.as_ref().to_lowercase(),
                        subject: table.subject.as_ref().map(|s| s.as_ref().clone()),
                        reason: table.reason.as_ref().clone(),
                        entry,
                    };
                    config.accepted.push(Given { value, from: Some(from(table.rule.span().start, &works)) });
                }
                entry += 1;
            }
        }
        config
    }

    /// Takes over what may stand at the top of a file and in an override.
    fn set(&mut self, written: &Written, from: &dyn Fn(usize) -> Origin) {
        let given = |at: usize| Some(from(at));
        for (rule, severity) in &written.rules {
            if let Some(value) = Severity::from_name(severity.as_ref()) {
                self.severities.insert(rule.as_ref().clone(), Given { value, from: given(rule.span().start) });
            }
        }
        for (tag, threshold) in &written.thresholds {
            let value = *threshold.as_ref() as f32;
            self.thresholds.insert(tag.as_ref().clone(), Given { value, from: given(tag.span().start) });
        }
        if let Some(word) = &written.fail_on
            && let Some((_, value)) = FAIL_ON.iter().find(|f| f.0 == word.as_ref())
        {
            self.fail_on = Given { value: *value, from: given(word.span().start) };
        }
        if let Some(strict) = &written.strict {
            self.strict = Given { value: *strict.as_ref(), from: given(strict.span().start) };
        }
        if let Some(required) = &written.required {
            let value = required.as_ref().iter().map(|f| f.as_ref().clone()).collect();
            self.required = Some(Given { value, from: given(required.span().start) });
        }
        if let Some(ladder) = &written.rating_ladder {
            self.ladder = Some(Given { value: ladder.as_ref().clone(), from: given(ladder.span().start) });
        }
    }

    /// How rules are judged.
    pub fn settings(&self) -> Settings {
        Settings {
            severities: self.severities.iter().map(|(rule, given)| (rule.clone(), given.value)).collect(),
            strict: self.strict.value,
            accepted: self.accepted.iter().map(|a| a.value.clone()).collect(),
            allow_in_works: true,
            draws_map: false,
        }
    }

    /// What reading a file may cost.
    pub fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for limit in LIMITS {
            if let Some(given) = self.limits.get(limit.key) {
                *(limit.field)(&mut limits) = given.value;
            }
        }
        limits
    }

    /// What it changes in the rules themselves.
    pub fn tuning(&self) -> Tuning {
        Tuning {
            thresholds: self.thresholds.iter().map(|(tag, given)| (tag.clone(), given.value)).collect(),
            required: self.required.as_ref().map(|r| r.value.clone()),
            ladder: self.ladder.as_ref().map(|l| l.value.clone()),
            off: self.severities.iter().filter(|(_, s)| s.value == Severity::Off).map(|(r, _)| r.clone()).collect(),
        }
    }

    /// Every setting as a line of TOML, with where it comes from: what `forewarn config show` prints.
    pub fn lines(&self) -> Vec<(String, Option<&Origin>)> {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let list = |all: &[String]| all.iter().map(|s| quoted(s)).collect::<Vec<_>>().join(", ");
        fn line<'o, T>(given: &'o Given<T>, key: &str, value: impl Display) -> (String, Option<&'o Origin>) {
            (format!("{key} = {value}"), given.from.as_ref())
        }
        let fail_on = FAIL_ON.iter().find(|f| f.1 == self.fail_on.value).map_or("", |f| f.0);
        let mut lines = vec![
            line(&self.packs, "packs", format!("[{}]", list(&self.packs.value))),
            line(&self.fail_on, "fail-on", quoted(fail_on)),
            line(&self.strict, "strict", self.strict.value),
        ];
        lines.extend(self.cache.from.iter().map(|_| line(&self.cache, "cache", self.cache.value)));
        lines.extend(self.baseline.iter().map(|b| line(b, "baseline", quoted(&b.value))));
        lines.extend(self.excluded.iter().map(|e| line(e, "exclude", format!("[{}]", quoted(&e.value)))));
        lines.extend(self.required.iter().map(|r| line(r, "required", format!("[{}]", list(&r.value)))));
        lines.extend(self.ladder.iter().map(|l| line(l, "rating-ladder", quoted(&l.value))));
        lines.extend(
            self.severities.iter().map(|(rule, s)| line(s, &format!("rules.{}", quoted(rule)), quoted(s.value.name()))),
        );
        lines.extend(self.thresholds.iter().map(|(tag, t)| line(t, &format!("thresholds.{tag}"), t.value)));
        lines.extend(self.limits.iter().map(|(key, l)| line(l, &format!("limits.{key}"), l.value)));
        lines.extend(self.accepted.iter().map(|a| {
            let subject = a.value.subject.as_ref().map(|s| format!(", subject = {}", quoted(s))).unwrap_or_default();
            let value =
                format!("{{ rule = {}{subject}, reason = {} }}", quoted(&a.value.rule), quoted(&a.value.reason));
            line(a, "allow", value)
        }));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(texts: &[&str]) -> Vec<Layer> {
        texts
            .iter()
            .map(|text| read("forewarn.toml", text))
            .map(|(layer, fault)| {
                assert!(fault.is_none(), "{fault:?}");
                layer
            })
            .collect()
    }

    #[test]
    fn the_nearest_layer_and_the_last_override_win() {
        let base = "packs = ['core']\nstrict = true\nrules = { 'core/dates' = 'off' }\n[thresholds]\nblood = 0.8\n";
        let near = "fail-on = 'warning'\n[rules]\n'core/dates' = 'error'\n[[override]]\nworks = ['drafts/**']\n\
                    strict = false\nfail-on = 'never'\n[[override]]\nworks = ['*.md']\nrequired = ['fandom']\n\
                    [[allow]]\nworks = 'drafts/**'\nrule = 'undeclared'\nsubject = 'blood'\nreason = 'why'\n\
                    [[allow]]\nrule = 'core/dates'\nreason = 'because'\n";
        let layers = layers(&[base, near]);
        let of = |path: &str| Config::of(&layers, &[None, Some(path.to_owned())]);
        let draft = of("drafts/a.md");
        assert_eq!((draft.packs.value.len(), draft.strict.value, draft.fail_on.value), (1, false, None));
        assert_eq!(draft.strict.from.as_ref().map(|f| (f.layer, f.at.line)), Some((1, 6)));
        assert_eq!(draft.severities["core/dates"].value, Severity::Error);
        assert!((draft.thresholds["blood"].value - 0.8).abs() < 1e-6);
        assert_eq!(draft.required.as_ref().map(|r| r.value.len()), Some(1));
        assert_eq!(draft.accepted.iter().map(|a| a.value.entry).collect::<Vec<_>>(), [0, 1]);
        let other = of("a.txt");
        assert_eq!((other.strict.value, other.fail_on.value), (true, Some(Severity::Warning)));
        assert_eq!(other.accepted.iter().map(|a| a.value.entry).collect::<Vec<_>>(), [1]);
        assert!(other.required.is_none());
        let shown: Vec<String> = draft.lines().into_iter().map(|l| l.0).collect();
        assert!(shown.contains(&"rules.\"core/dates\" = \"error\"".to_owned()), "{shown:?}");
    }
}

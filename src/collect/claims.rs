//! Metadata fields to entries and claims.

use crate::model::facts::{Entry, Origin};
use crate::model::{Claim, Degree, Facts, Field, Span, Stance, State, TagId, Value};
use crate::rules::RuleSet;
use crate::rules::vocabulary::{FieldKind, Holds, label_key};

pub(super) fn collect(facts: &mut Facts<'_>, rules: &RuleSet) {
    for (index, field) in facts.work.fields.iter().enumerate() {
        if field.state != State::Given {
            continue;
        }
        let kind = rules.vocabulary.field(&field.name.value);
        let known = kind.and_then(|k| rules.vocabulary.kind(k));
        for value in split(field, known) {
            let entry = facts.entries.len();
            if let Some(known) = known {
                let origin = Origin::Field { field: index, entry };
                claim(facts, rules, known, field, &value, origin);
            }
            let exact = value.verbatim;
            facts.entries.push(Entry { field: index, kind, text: value.text, span: value.span, exact });
        }
    }
}

/// The entries of a field: its values, each cut at the separators of its kind unless the file itself lists them.
fn split(field: &Field, kind: Option<&FieldKind>) -> Vec<Value> {
    let Some(kind) = kind.filter(|k| !field.listed && !k.split.is_empty()) else {
        return field.values.clone();
    };
    let mut entries = Vec::new();
    for value in &field.values {
        let mut from = 0;
        let mut at = 0;
        while let Some(rest) = value.text.get(at..).filter(|r| !r.is_empty()) {
            match kind.split.iter().find(|s| !s.is_empty() && rest.starts_with(s.as_str())) {
                Some(separator) => {
                    entries.push(value.part(from..at));
                    at += separator.len();
                    from = at;
                }
                None => at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
        entries.push(value.part(from..value.text.len()));
    }
    entries.retain(|e| !e.text.is_empty());
    entries
}

/// What one entry says.
fn claim(facts: &mut Facts<'_>, rules: &RuleSet, kind: &FieldKind, field: &Field, value: &Value, origin: Origin) {
    if kind.holds != Holds::Tags {
        return;
    }
    let place = Place { chapter: field.chapter, span: value.span, origin };
    if let Some(category) = &kind.one_of {
        if let Some(tag) = rules.vocabulary.resolve_in(category, &value.text) {
            return place.say(facts, rules, tag, Degree::Depicted, false);
        }
        // under a bare "Warnings" people name any content; an "Archive Warning" is of the closed list or wrong
        if label_key(&field.name.value).contains("archive") || category != "archive-warning" {
            return;
        }
    }
    let read = rules.vocabulary.read(&value.text);
    if read.is_empty() {
        return place.warning(facts, rules, &value.text);
    }
    for found in read {
        place.say(facts, rules, found.tag, found.degree, found.denied);
    }
}

/// Where a claim is made.
pub(super) struct Place {
    pub chapter: Option<u32>,
    pub span: Span,
    pub origin: Origin,
}

impl Place {
    /// Makes the claim that a free tag comes to, if the vocabulary knows it.
    pub(super) fn resolve(&self, facts: &mut Facts<'_>, rules: &RuleSet, text: &str) {
        match rules.vocabulary.resolve(text) {
            Some(found) => self.say(facts, rules, found.tag, found.degree, found.denied),
            None => self.warning(facts, rules, text),
        }
    }

    /// Makes the claim of an archive warning typed among free tags; its short aliases mean too much else there.
    fn warning(&self, facts: &mut Facts<'_>, rules: &RuleSet, text: &str) {
        if text.len() > 4
            && let Some(tag) = rules.vocabulary.resolve_in("archive-warning", text)
        {
            self.say(facts, rules, tag, Degree::Depicted, false);
        }
    }

    fn say(&self, facts: &mut Facts<'_>, rules: &RuleSet, tag: TagId, degree: Degree, denied: bool) {
        let Some(meant) = rules.vocabulary.tag(tag) else { return };
        let claim = |tag, stance, degree| Claim {
            tag,
            stance,
            degree,
            chapter: self.chapter,
            span: self.span,
            origin: self.origin,
        };
        for not in &meant.denies {
            facts.claims.push(claim(*not, Stance::Denies, Degree::Depicted));
        }
        let stance = match (denied, meant.withholds.is_empty()) {
            (true, _) => Stance::Denies,
            (false, false) => Stance::Withholds,
            (false, true) => Stance::Declares,
        };
        facts.claims.push(claim(tag, stance, degree));
    }
}

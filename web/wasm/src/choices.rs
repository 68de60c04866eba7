//! What the page offers to choose from: all of it comes from the packs.

use forewarn::profile;
use forewarn::rules::vocabulary::{FieldKind, Holds};
use forewarn::rules::{self, RuleSet};

use crate::ask::{ARCHIVES, STYLES};
use crate::reply::{Choices, Field, Rule};

/// The fields of a header that people fill in, in the order of the form.
const FIELDS: [&str; 7] =
    ["rating", "archive-warning", "fandom", "relationship", "character", "additional-tag", "language"];

/// What there is to choose from by these rules.
pub fn choices(rules: &RuleSet) -> Choices {
    let vocabulary = &rules.vocabulary;
    let fields = FIELDS.iter().filter_map(|id| vocabulary.fields.iter().find(|f| f.id == *id));
    let named = |id: &forewarn::model::TagId| vocabulary.tag(*id).map(|t| (t.id.clone(), t.name.clone()));
    Choices {
        version: forewarn::VERSION,
        archives: ARCHIVES.iter().map(|a| (a.id, a.name)).collect(),
        styles: STYLES.to_vec(),
        fields: fields.filter_map(|kind| field(kind, rules)).collect(),
        tags: tags(rules),
        content: profile::choices(rules).iter().filter_map(named).collect(),
        rules: rules.rules.iter().map(rule).collect(),
    }
}

/// A field of the form; none where these rules have no values for it, as no archive warnings.
fn field(kind: &FieldKind, rules: &RuleSet) -> Option<Field> {
    let vocabulary = &rules.vocabulary;
    let closed = match (&kind.one_of, kind.holds) {
        (Some(category), _) => {
            let of = vocabulary.tags.iter().filter(|t| t.category == *category);
            Some(of.map(|t| t.name.clone()).collect::<Vec<_>>())
        }
        (None, Holds::Rating) => {
            let field = vocabulary.field_id(&kind.id)?;
            let ladder = vocabulary.ladders.iter().find(|l| l.field == field);
            Some(ladder.iter().flat_map(|l| l.spellings()).map(str::to_owned).collect())
        }
        _ => None,
    };
    (closed.as_ref().is_none_or(|c| !c.is_empty())).then(|| Field {
        id: kind.id.clone(),
        label: kind.name.clone(),
        listed: !kind.split.is_empty(),
        tags: kind.holds == Holds::Tags && closed.is_none(),
        closed,
    })
}

/// The names of free tags in order, also those for degrees, each once.
fn tags(rules: &RuleSet) -> Vec<String> {
    let closed: Vec<&String> = rules.vocabulary.fields.iter().filter_map(|f| f.one_of.as_ref()).collect();
    let free = rules.vocabulary.tags.iter().filter(|t| !closed.contains(&&t.category));
    let mut names: Vec<String> =
        free.flat_map(|t| std::iter::once(&t.name).chain(t.forms.iter().map(|f| &f.1))).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn rule(rule: &rules::Rule) -> Rule {
    let text = rule.text();
    Rule { id: text.id, severity: text.severity.name(), summary: text.summary, docs: text.docs }
}

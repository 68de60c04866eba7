//! The names that `{character}` stands for: from the declared Characters and Relationships.

use crate::model::Facts;
use crate::rules::RuleSet;
use crate::rules::condition::entries;
use crate::rules::matcher::Names;

/// First words of names that are nobody's: the generic participants of archive tags.
const GENERIC: &[&str] =
    &["original", "reader", "you", "everyone", "ensemble", "minor", "background", "other", "oc", "ofc", "omc", "no"];
/// Words of a name that do not stand for the person alone.
const TITLES: &[&str] = &[
    "the", "of", "de", "von", "van", "la", "le", "mr", "mrs", "ms", "miss", "dr", "lord", "lady", "sir", "king",
    "queen", "prince", "princess", "captain", "general", "jr", "sr", "and",
];

/// Every name, with aliases, given names and family names, in lower case.
pub(super) fn declared(facts: &Facts<'_>, rules: &RuleSet) -> Names {
    let mut names = Vec::new();
    for field in ["character", "relationship"] {
        let Some(kind) = rules.vocabulary.field_id(field) else { continue };
        for entry in entries(facts, kind) {
            for participant in participants(&entry.text) {
                for alias in participant.split(" | ") {
                    add(alias, &mut names);
                }
            }
        }
    }
    Names::new(names)
}

/// The names of a relationship, cut at `/` and ` & ` outside brackets; a character is one.
pub(crate) fn participants(tag: &str) -> Vec<&str> {
    let (mut found, mut depth, mut from) = (Vec::new(), 0usize, 0);
    for (i, c) in tag.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                found.push(tag.get(from..i).unwrap_or(""));
                from = i + 1;
            }
            '&' if depth == 0 => {
                found.push(tag.get(from..i).unwrap_or(""));
                from = i + 1;
            }
            _ => {}
        }
    }
    found.push(tag.get(from..).unwrap_or(""));
    found.into_iter().map(str::trim).filter(|n| !n.is_empty()).collect()
}

fn add(name: &str, names: &mut Vec<Vec<String>>) {
    let plain = name.split(['(', '[']).next().unwrap_or("");
    let split = |c: char| !(c.is_alphanumeric() || c == '_');
    let words: Vec<String> = plain.split(split).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    if words.first().is_none_or(|w| GENERIC.contains(&w.as_str())) || words.len() > 4 {
        return;
    }
    for part in [words.first(), words.last()].into_iter().flatten() {
        if part.chars().count() >= 2 && !TITLES.contains(&part.as_str()) {
            names.push(vec![part.clone()]);
        }
    }
    names.push(words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn participants_split_outside_brackets() {
        assert_eq!(participants("Ann Lee/Tom (Sea/Sky) & You"), ["Ann Lee", "Tom (Sea/Sky)", "You"]);
        let mut names = Vec::new();
        for n in ["Ben Oak | Kit Ash", "Original Character(s)", "The Doctor (Sky)", "J. R. Moss"] {
            n.split(" | ").for_each(|a| add(a, &mut names));
        }
        let flat: Vec<String> = names.iter().map(|n| n.join(" ")).collect();
        assert_eq!(
            flat,
            ["ben", "oak", "ben oak", "kit", "ash", "kit ash", "doctor", "the doctor", "moss", "j r moss"]
        );
    }
}

//! The block in the forms that people copy: header lines, front matter, a file of TOML, a list by grade.

use std::fmt::Write as _;

use super::{Line, Reason, Suggestion};
use crate::model::{Degree, TagId};
use crate::report::clean::{clean, is_unsafe};
use crate::rules::RuleSet;
use crate::rules::vocabulary::NameList;

/// The id of StoryGraph's list, and the name of the bundled pack that holds it.
pub const STORYGRAPH: &str = "storygraph";

/// `Field: value`, a line a field. A field that only the author can fill stands there empty.
pub fn ao3(suggestion: &Suggestion) -> String {
    let mut out = String::new();
    for line in &suggestion.lines {
        let values: Vec<String> = line.values.iter().map(|v| clean(&v.text)).collect();
        let _ = writeln!(out, "{}", format!("{}: {}", line.label, values.join(", ")).trim_end());
    }
    out
}

/// Front matter up to the line that ends it, which comes behind the reasons.
pub fn yaml(suggestion: &Suggestion) -> String {
    let mut out = "---\n".to_owned();
    for line in &suggestion.lines {
        let _ = match line.values.as_slice() {
            [one] if !is_list(line) => writeln!(out, "{}: {}", name(line), quoted(&one.text)),
            [] if is_list(line) => writeln!(out, "{}: []", name(line)),
            [] => writeln!(out, "{}: \"\"", name(line)),
            many => {
                let items: String = many.iter().map(|v| format!("  - {}\n", quoted(&v.text))).collect();
                write!(out, "{}:\n{items}", name(line))
            }
        };
    }
    out
}

/// A file of TOML keys.
pub fn toml(suggestion: &Suggestion) -> String {
    let mut out = String::new();
    for line in &suggestion.lines {
        let values: Vec<String> = line.values.iter().map(|v| quoted(&v.text)).collect();
        let _ = match values.as_slice() {
            [one] if !is_list(line) => writeln!(out, "{} = {one}", name(line)),
            [] if !is_list(line) => writeln!(out, "{} = \"\"", name(line)),
            many => writeln!(out, "{} = [{}]", name(line), many.join(", ")),
        };
    }
    out
}

fn is_list(line: &Line) -> bool {
    line.listed || line.values.len() > 1
}

/// The label as a key: `archive_warnings`.
fn name(line: &Line) -> String {
    let plain = line.label.to_lowercase();
    plain.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

/// A string that means the same in TOML, YAML and JSON, with what steers a terminal escaped.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // all of them are in the basic plane
            c if is_unsafe(c) || c == '\u{feff}' => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The names of a list that a work has, by grade, and its content that the list has no name for.
pub struct Graded<'s> {
    /// In the order of the list: name, grade, and why, for what the work does not declare.
    pub entries: Vec<(String, Degree, Option<&'s Reason>)>,
    /// Names of tags.
    pub without: Vec<String>,
}

/// Files what a work has under the names of a list.
pub fn graded<'s>(suggestion: &'s Suggestion, list: &NameList, rules: &RuleSet) -> Graded<'s> {
    let mut entries: Vec<(usize, Degree, Option<&Reason>)> = Vec::new();
    let mut without = Vec::new();
    for content in &suggestion.content {
        let Some(tag) = rules.vocabulary.tag(content.tag) else { continue };
        let at = places(list, rules, content.tag);
        if at.is_empty() && (tag.category == "content" || tag.category == "archive-warning") && tag.denies.is_empty() {
            without.push(tag.name.clone());
        }
        for at in at {
            match entries.iter_mut().find(|e| e.0 == at) {
                Some(known) => {
                    known.1 = known.1.min(content.degree);
                    // what the author declares needs no proof
                    if content.shown.is_none() {
                        known.2 = None;
                    }
                }
                None => entries.push((at, content.degree, content.shown.as_ref())),
            }
        }
    }
    entries.sort_by_key(|e| e.0);
    let named = |e: (usize, Degree, _)| Some((list.entries.get(e.0)?.name.clone(), e.1, e.2));
    Graded { entries: entries.into_iter().filter_map(named).collect(), without }
}

/// The entries of a tag, or of the nearest tags that it implies.
fn places(list: &NameList, rules: &RuleSet, tag: TagId) -> Vec<usize> {
    let mut tags = vec![tag];
    let mut seen = tags.clone();
    while !tags.is_empty() {
        let of = |e: &crate::rules::vocabulary::ListEntry| tags.iter().any(|t| e.tags.contains(t));
        let found: Vec<usize> = list.entries.iter().enumerate().filter(|(_, e)| of(e)).map(|(i, _)| i).collect();
        if !found.is_empty() {
            return found;
        }
        tags = tags.iter().filter_map(|t| rules.vocabulary.tag(*t)).flat_map(|t| t.implies.clone()).collect();
        tags.retain(|t| !seen.contains(t));
        seen.extend(&tags);
    }
    Vec::new()
}

/// `Graphic: Blood, Violence`, a line a grade, strongest first.
pub fn list(graded: &Graded<'_>, list: &NameList) -> String {
    let mut out = format!("{}\n", clean(&list.name));
    let mut grades: Vec<&str> = list.grades.iter().map(|g| g.1.as_str()).collect();
    grades.dedup();
    for grade in grades {
        let of = graded.entries.iter().filter(|e| list.grade(e.1) == Some(grade));
        let names: Vec<&str> = of.map(|e| e.0.as_str()).collect();
        let _ = writeln!(out, "{grade}: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn strings_mean_the_same_in_toml_and_json() {
        for text in ["Hurt/Comfort", "\"So\\it goes\"", "a\nb\tc", "x\u{202e}\u{7f}\u{85}y", "Zoë 🌊"] {
            let quoted = quoted(text);
            assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
            assert_eq!(format!("a = {quoted}").parse::<toml::Table>().unwrap()["a"].as_str(), Some(text));
            assert!(!quoted.chars().any(char::is_control));
        }
    }
}

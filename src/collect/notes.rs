//! Warnings in notes and summaries: `CW: blood`, `Warnings this chapter for: …`.

use std::ops::Range;

use super::claims::Place;
use crate::model::facts::Origin;
use crate::model::text::SYMBOL;
use crate::model::{Facts, SectionKind};
use crate::rules::RuleSet;
use crate::rules::matcher::{Token, tokenize};

/// Words that may stand between "Warnings" and its colon.
const FILLER: &[&str] = &[
    "a",
    "apply",
    "are",
    "chapter",
    "fic",
    "following",
    "for",
    "here",
    "in",
    "include",
    "includes",
    "of",
    "on",
    "part",
    "story",
    "the",
    "this",
    "work",
];
/// Most words between "Warnings" and its colon.
const MOST_FILLER: usize = 6;
/// Longest list, in bytes: what is longer is a sentence about something else.
const MOST_LIST: usize = 600;

/// Longest words in brackets between "Warnings" and its colon, in bytes.
const LONGEST_ASIDE: usize = 60;

pub(super) fn collect(facts: &mut Facts<'_>, rules: &RuleSet) {
    let kinds = rules.vocabulary.fields.iter().filter(|k| k.in_notes);
    let labels: Vec<Vec<&str>> = kinds.flat_map(|k| &k.names).map(|n| words(n)).collect();
    let mut tokens = Vec::new();
    for (index, section) in facts.work.sections.iter().enumerate() {
        if !matches!(section.kind, SectionKind::Summary | SectionKind::Notes | SectionKind::EndNotes) {
            continue;
        }
        let text = section.text.as_str();
        tokenize(text, &mut tokens);
        let mut i = 0;
        while i < tokens.len() {
            match list(text, &tokens, i, &labels) {
                Some(range) => {
                    for item in items(text, range.clone()) {
                        let place = Place {
                            chapter: section.chapter,
                            span: section.text.to_source(item.clone()),
                            origin: Origin::Section(index),
                        };
                        let item = text.get(item).unwrap_or("");
                        let said = facts.claims.len();
                        place.resolve(facts, rules, item);
                        // what stands in brackets may be a degree, as in "(past)", or only a remark
                        if facts.claims.len() == said
                            && let Some((before, _)) = item.rsplit_once('(')
                        {
                            place.resolve(facts, rules, before.trim_end());
                        }
                    }
                    i = tokens.partition_point(|t| (t.start as usize) < range.end).max(i + 1);
                }
                None => i += 1,
            }
        }
    }
}

/// The words of a label as the text is cut into words: `tw/cw` has two.
fn words(label: &str) -> Vec<&str> {
    label.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect()
}

/// The list of warnings that a label at token `i` opens: what stands behind its colon, up to the end of the sentence.
fn list(text: &str, tokens: &[Token], i: usize, labels: &[Vec<&str>]) -> Option<Range<usize>> {
    let word = |i: usize| tokens.get(i).and_then(|t| text.get(t.start as usize..t.end as usize)).unwrap_or("");
    let fits = |label: &&Vec<&str>| label.iter().enumerate().all(|(k, w)| word(i + k).eq_ignore_ascii_case(w));
    let label = labels.iter().filter(fits).max_by_key(|l| l.len())?;
    let start = tokens.get(i)?.start as usize;
    let before = text.get(..start)?.trim_end_matches([' ', '*', '_', '(', '[', '"', '~', '>', SYMBOL, '\u{fe0f}']);
    // "CW" and "TW" mean nothing else in capitals; longer labels must open a sentence
    let short = label.len() == 1 && word(i).len() <= 2;
    let opens = before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':', ';', '-']);
    if opens && let Some(list) = tokens.get(i + label.len() - 1).and_then(|last| behind_aside(text, last.end as usize))
    {
        return Some(list);
    }
    if !(opens || short && word(i).bytes().all(|b| b.is_ascii_uppercase())) {
        return None;
    }
    let filler = |w: &str| FILLER.contains(&w.to_ascii_lowercase().as_str()) || w.bytes().all(|b| b.is_ascii_digit());
    let opened = i + label.len() - 1;
    for last in opened..=opened + MOST_FILLER {
        let (end, next) = (tokens.get(last)?.end as usize, tokens.get(last + 1)?.start as usize);
        let gap = text.get(end..next)?;
        if gap.contains([':', ';']) || gap.contains("--") || gap == " - " || short && last == opened && gap == " " {
            return Some(next..next + sentence(near(text.get(next..)?)));
        }
        if gap != " " || !filler(word(last + 1)) {
            return None;
        }
    }
    None
}

/// The list that follows a label with words in brackets before its colon: "Warnings (spoilers!): …".
fn behind_aside(text: &str, label_end: usize) -> Option<Range<usize>> {
    let aside = text.get(label_end..)?.strip_prefix(" (")?;
    let closes = aside.bytes().take(LONGEST_ASIDE).position(|b| matches!(b, b')' | b'\n'))?;
    let list = aside.get(closes..)?.strip_prefix("):")?;
    let start = text.len() - list.len();
    Some(start..start + sentence(near(list)))
}

/// The beginning of a text, as much as may hold a list.
fn near(text: &str) -> &str {
    let mut end = MOST_LIST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// The length of the sentence at the start of `text`.
fn sentence(text: &str) -> usize {
    let ends = |(i, c): (usize, char)| match c {
        '\n' => Some(i),
        '.' | '!' | '?' => {
            let rest = text.get(i + 1..).unwrap_or("");
            // a joined line leaves no space before the next sentence's capital
            (rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c.is_uppercase() || c == '"'))
                .then_some(i)
        }
        _ => None,
    };
    text.char_indices().find_map(ends).unwrap_or(text.len())
}

/// The items of a list: cut at commas, semicolons, "and" and "&", without the white space around.
fn items(text: &str, list: Range<usize>) -> Vec<Range<usize>> {
    let body = text.get(list.clone()).unwrap_or("");
    let mut cuts: Vec<Range<usize>> = Vec::new();
    cuts.push(0..0);
    for (i, _) in body.char_indices() {
        let rest = body.get(i..).unwrap_or("");
        for separator in [",", ";", " and ", " & ", " plus "] {
            if rest.starts_with(separator) {
                cuts.push(i..i + separator.len());
            }
        }
    }
    cuts.push(body.len()..body.len());
    let mut found = Vec::new();
    for pair in cuts.windows(2) {
        let [a, b] = pair else { continue };
        let Some(item) = body.get(a.end..b.start) else { continue };
        let trimmed = item.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | ')'));
        let trimmed = trimmed.strip_prefix("and ").unwrap_or(trimmed);
        // the bracket around the whole list is not the item's
        let unmatched = trimmed.matches(')').count() > trimmed.matches('(').count();
        let trimmed = if unmatched { trimmed.strip_suffix(')').unwrap_or(trimmed) } else { trimmed };
        if !trimmed.is_empty() {
            let start = list.start + a.end + (item.find(trimmed).unwrap_or(0));
            found.push(start..start + trimmed.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(text: &str) -> Vec<&str> {
        let labels: Vec<_> = ["warnings", "content warnings", "tw", "cw", "tw/cw"].map(words).to_vec();
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        let found = (0..tokens.len()).filter_map(|i| list(text, &tokens, i, &labels));
        found.flat_map(|r| items(text, r)).map(|r| &text[r]).collect()
    }

    #[test]
    fn finds_the_items_of_warnings_in_notes() {
        assert_eq!(
            lists("Hi! Warnings this chapter for: mild rain, mud, and Ann being loud. Bye"),
            ["mild rain", "mud", "Ann being loud"]
        );
        assert_eq!(lists("TW blood; storms\n\nThe end, really."), ["blood", "storms"]);
        assert_eq!(lists("Content warnings: dust & noise"), ["dust", "noise"]);
        assert_eq!(lists("(CW: self-harm (past))"), ["self-harm (past)"]);
        assert_eq!(lists("Hi!\n\nTW: a storm, noise\n\nCW: mud"), ["a storm", "noise", "mud"]);
        assert_eq!(lists("tw/cw: mud"), ["mud"]);
        assert_eq!(lists("\u{1a}\u{fe0f} Content warnings (spoilers!): mud, dust\n\nBye"), ["mud", "dust"]);
        assert!(lists("Warnings (there are none)").is_empty());
        assert!(lists("There were warnings about the weather: rain, snow").is_empty());
        assert!(lists("Thanks for all the warnings, everyone.").is_empty());
    }
}

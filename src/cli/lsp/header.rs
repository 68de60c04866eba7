//! Where a cursor is in a header that someone is writing, so that it may not be whole yet: read from the text alone.

use std::ops::Range;

use super::lines::Lines;
use crate::rules::vocabulary::Vocabulary;

/// How a header is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `Label: value`.
    Lines,
    /// Keys of YAML.
    Yaml,
    /// Keys of TOML.
    Toml,
}

/// What is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writing {
    /// The label of a field.
    Label {
        /// What there is of it, up to the cursor.
        typed: Range<usize>,
        /// How the header is written.
        style: Style,
        /// The fields that the header has, by their index in the vocabulary.
        present: Vec<u32>,
    },
    /// An entry of a field.
    Entry {
        /// What there is of it, up to the cursor, without a quote before it.
        typed: Range<usize>,
        /// How the header is written.
        style: Style,
        /// The field.
        field: u32,
        /// Whether it stands in quotes.
        quoted: bool,
    },
    /// A rule that is allowed.
    Rule(Range<usize>),
    /// A subject of a rule that is allowed: its bytes and the rule.
    Subject(Range<usize>, String),
}

/// Most lines of front matter, and of a header of lines.
const FRONT_MATTER: usize = 300;
const LINES: usize = 60;
/// Longest line of a header, in bytes, which holds several times the tags that an archive takes.
const LONGEST: usize = 16 << 10;
/// Most lines that one list is written over.
const LIST: usize = 100;

/// What is being written at a byte of a document; none in prose. `data`: the whole document is TOML.
pub fn writing(lines: &Lines, offset: usize, vocabulary: &Vocabulary, data: bool) -> Option<Writing> {
    let number = lines.line_at(offset);
    let line = lines.line(number)?;
    let before = lines.text().get(line.start..offset)?;
    // a whole story may stand on one line
    let mut near = before.len().saturating_sub(LONGEST);
    while !before.is_char_boundary(near) {
        near += 1;
    }
    if let Some(writing) = allow(before.get(near..)?, line.start + near) {
        return Some(writing);
    }
    if near > 0 {
        return None;
    }
    let style = if data { Style::Toml } else { style(lines, number)? };
    let header = Header { lines, vocabulary, style };
    header.writing(number, line.start, before)
}

/// How the header is written that a line is in; none for a line of no front matter that is too far down.
fn style(lines: &Lines, number: usize) -> Option<Style> {
    let first = lines.words(0).trim_start_matches('\u{feff}').trim_end();
    let (fence, style) = match first {
        "---" => ("---", Style::Yaml),
        "+++" => ("+++", Style::Toml),
        _ => return (number < LINES).then_some(Style::Lines),
    };
    if number == 0 {
        return None;
    }
    let is_end =
        |n: usize| lines.words(n).trim_end() == fence || style == Style::Yaml && lines.words(n).trim_end() == "...";
    (number <= FRONT_MATTER && !(1..=number).any(is_end)).then_some(style)
}

/// What is being written in a note to forewarn.
fn allow(before: &str, start: usize) -> Option<Writing> {
    let lower = before.to_ascii_lowercase();
    let comment = lower.rfind("forewarn:").filter(|at| !lower.get(*at..).unwrap_or("").contains("-->"));
    let inside = match comment {
        Some(at) => at + lower.get(at..)?.find('(')? + 1,
        None => {
            let label = lower
                .trim_start()
                .strip_prefix("forewarn-allow")
                .or(lower.trim_start().strip_prefix("forewarn_allow"))?;
            lower.len() - label.trim_start().strip_prefix([':', '='])?.len()
        }
    };
    let list = before.get(inside..).filter(|list| !list.contains(')'))?;
    let part = list.rfind([',', ';']).map_or(0, |at| at + 1);
    let (entry, at) = (list.get(part..)?, inside + part);
    let typed = |text: &str, from: usize| {
        let from = start + from + (text.len() - text.trim_start().len());
        from..start + before.len()
    };
    if let Some((rule, subject)) = entry.split_once(':') {
        return Some(Writing::Subject(typed(subject, at + rule.len() + 1), rule.trim().to_owned()));
    }
    // behind a comma another subject of the rule before it may follow
    let last = list.get(..part)?.rsplit(';').next().filter(|_| list.get(..part).is_some_and(|l| l.ends_with(',')));
    match last.and_then(|l| l.split_once(':')) {
        Some((rule, _)) => Some(Writing::Subject(typed(entry, at), rule.trim().to_owned())),
        None => Some(Writing::Rule(typed(entry, at))),
    }
}

struct Header<'a> {
    lines: &'a Lines,
    vocabulary: &'a Vocabulary,
    style: Style,
}

impl Header<'_> {
    fn writing(&self, number: usize, start: usize, before: &str) -> Option<Writing> {
        if let Some((field, value)) = self.labelled(before) {
            return Some(self.entry(field, start + value, before.get(value..)?));
        }
        // an item below its label, or a list that goes on over lines
        let item = before.trim_start().strip_prefix(['-', '*', '+', '•']).filter(|_| self.style != Style::Toml);
        let goes_on = item.is_some() || self.is_open_above(number);
        if let Some(field) = goes_on.then(|| self.label_above(number)).flatten() {
            let value = before.len() - item.unwrap_or(before).len();
            return Some(self.entry(field, start + value, before.get(value..)?));
        }
        let typed = before.trim_start();
        let is_label =
            typed.len() <= 40 && typed.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '/'));
        let present = self.present();
        let in_header = match number.checked_sub(1) {
            _ if self.style != Style::Lines => true,
            Some(above) => self.is_header(above),
            // a document may begin with anything
            None => typed.len() > 1,
        };
        let indented = before.starts_with([' ', '\t']) && self.style == Style::Yaml;
        (is_label && in_header && !indented && item.is_none()).then(|| Writing::Label {
            typed: start + (before.len() - typed.len())..start + before.len(),
            style: self.style,
            present,
        })
    }

    /// The field that a line names, and where its value starts in it.
    fn labelled(&self, line: &str) -> Option<(u32, usize)> {
        let signs: &[char] = if self.style == Style::Toml { &['='] } else { &[':', '：'] };
        let at = line.find(signs)?;
        let sign = line.get(at..)?.chars().next()?.len_utf8();
        let label = line.get(..at)?.trim_matches([' ', '\t', '*', '_', '"', '\'', '#', '>']);
        // behind a bold label its marks end after the colon
        let marks = line.get(at + sign..)?.len() - line.get(at + sign..)?.trim_start_matches(['*', '_']).len();
        let marks = if self.style == Style::Lines { marks } else { 0 };
        Some((self.vocabulary.field(label)?, at + sign + marks))
    }

    /// The field that the nearest line above names.
    fn label_above(&self, number: usize) -> Option<u32> {
        for above in (number.saturating_sub(LIST)..number).rev() {
            let line = self.lines.words(above);
            if let Some((field, _)) = self.labelled(line) {
                return Some(field);
            }
            let is_other = self.style != Style::Lines && !line.starts_with([' ', '\t', '-', '#', '"', '\'', ']']);
            if is_other || line.trim().is_empty() && self.style == Style::Lines {
                return None;
            }
        }
        None
    }

    /// Whether a list is open at the start of a line.
    fn is_open_above(&self, number: usize) -> bool {
        let Some(above) = number.checked_sub(1) else { return false };
        if self.style == Style::Lines {
            return self.lines.words(above).trim_end().ends_with([',', ';']);
        }
        for above in (number.saturating_sub(LIST)..number).rev() {
            let line = self.lines.words(above);
            match (line.rfind('['), line.rfind(']')) {
                (Some(open), close) if close.is_none_or(|close| close < open) => return true,
                (_, Some(_)) => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether a line belongs to a header of lines.
    fn is_header(&self, number: usize) -> bool {
        let line = self.lines.words(number);
        self.labelled(line).is_some() || !line.trim().is_empty() && self.label_above(number).is_some()
    }

    /// The fields that the header has.
    fn present(&self) -> Vec<u32> {
        let lines = (0..FRONT_MATTER).map(|n| self.lines.words(n));
        lines.filter_map(|line| self.labelled(line)).map(|(field, _)| field).collect()
    }

    /// The entry at the end of what there is of a value.
    fn entry(&self, field: u32, start: usize, value: &str) -> Writing {
        let split = self.vocabulary.kind(field).map_or(&[][..], |kind| &kind.split);
        let is_data = self.style != Style::Lines;
        let (mut from, mut open) = (0, None);
        for (at, c) in value.char_indices() {
            let next = at + c.len_utf8();
            let separates = split.iter().any(|s| value.get(at..).is_some_and(|rest| rest.starts_with(s.as_str())));
            let is_blank = || value.get(from..at).is_some_and(|v| v.trim().is_empty());
            match open {
                Some(quote) if c == quote => open = None,
                None if is_data && matches!(c, '"' | '\'') && is_blank() => {
                    open = Some(c);
                    from = next;
                }
                None if is_data && matches!(c, '[' | ',') => from = next,
                // one string may hold a whole list
                _ if separates => from = next,
                _ => {}
            }
        }
        let typed = value.get(from..).unwrap_or("");
        let from = from + (typed.len() - typed.trim_start().len());
        Writing::Entry { typed: start + from..start + value.len(), style: self.style, field, quoted: open.is_some() }
    }
}

//! Chapter headings that stand as lines of their own in plain text, and the sequence that proves them.

use std::collections::HashSet;
use std::ops::Range;

use super::header::CONTENTS;
use super::label;
use super::lines::{Line, is_rule, lines};

/// The start of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// The line or lines of the heading.
    pub heading: Range<usize>,
    /// Where the chapter goes on behind them.
    pub next: usize,
    /// Its number, from 1.
    pub number: u32,
}

/// A line that looks like a heading.
#[derive(Debug, Clone)]
struct Candidate {
    heading: Range<usize>,
    next: usize,
    kind: Kind,
    /// Whether nothing of the story stands before it.
    first: bool,
    /// Whether blank lines stand on both sides.
    alone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `Chapter 3`, `CHAPTER THREE: The Well`
    Word(u32),
    /// `III.`
    Numeral(u32),
    Prologue,
    Epilogue,
}

/// Longest line that is looked at, in bytes.
const LONGEST: usize = 200;

/// How many chapters may be missing between two headings.
const GAP: u32 = 10;

/// Words for a chapter in a few languages, in lower case.
#[rustfmt::skip]
const WORDS: &[&str] = &["chapter", "ch", "chap", "kapitel", "chapitre", "capítulo", "capitulo", "capitolo", "hoofdstuk", "глава"];

/// Finds where the chapters of `range` start.
///
/// `Chapter N` counts when N goes on in sequence: it may start with 2, when the first chapter has no heading, and with
/// any number at the top of the text. `Prologue`, `Epilogue` and `III.` count only between blank lines;
/// numerals only when there are at least two and no other headings.
pub(super) fn find(source: &str, range: Range<usize>) -> Vec<Start> {
    let candidates = candidates(source, range);
    let words = sequence(&candidates, |k| matches!(k, Kind::Word(_)));
    if !words.is_empty() {
        return words;
    }
    let numerals = sequence(&candidates, |k| matches!(k, Kind::Numeral(_)));
    let counted = candidates.iter().filter(|c| matches!(c.kind, Kind::Numeral(_))).count();
    if counted >= 2 && numerals.len() >= 2 { numerals } else { sequence(&candidates, |_| false) }
}

/// Whether a line is indented as FanFicFare does it with titles of chapters: with a tab, or the eight spaces that
/// wrapping makes of it.
pub(super) fn is_indented_title(line: &str) -> bool {
    line.starts_with('\t') || line.starts_with("        ")
}

/// The chapter titles of a file made by FanFicFare: indented lines, alone, and named in its table of contents. Without one the first such line is the only title.
pub(super) fn find_fanficfare(source: &str, range: Range<usize>) -> Vec<Start> {
    let mut contents: HashSet<String> = HashSet::new();
    let mut listing = false;
    let mut blank = true;
    let mut starts: Vec<Start> = Vec::new();
    let mut all = lines(source, range).peekable();
    while let Some(line) = all.next() {
        if line.is_blank() {
            blank = true;
            continue;
        }
        let indented = is_indented_title(line.text);
        let apart = std::mem::replace(&mut blank, false);
        if !(apart && (indented || listing || starts.is_empty())) {
            continue;
        }
        // a long title is wrapped
        let (mut heading, mut next) = (line.trimmed(), line.next);
        while let Some(more) = all.next_if(|l| !l.is_blank() && next - heading.start <= LONGEST) {
            (heading.end, next) = (more.trimmed().end, more.next);
        }
        let alone = all.peek().is_none_or(Line::is_blank);
        let words = source.get(heading.clone()).unwrap_or("").split_whitespace();
        let title = words.collect::<Vec<_>>().join(" ");
        let named = if contents.is_empty() { starts.is_empty() } else { contents.contains(&title) };
        if indented && alone && named {
            listing = false;
            let number = u32::try_from(starts.len() + 1).unwrap_or(u32::MAX);
            starts.push(Start { heading, next, number });
        } else if starts.is_empty() && title == CONTENTS {
            listing = true;
        } else if listing && contents.len() < 10_000 {
            contents.insert(title);
        }
    }
    starts
}

fn candidates(source: &str, range: Range<usize>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let (mut blank, mut first) = (true, true);
    let mut all = lines(source, range).peekable();
    while let Some(line) = all.next() {
        if line.is_blank() {
            blank = true;
            continue;
        }
        let kind = (blank && line.text.len() <= LONGEST).then(|| heading(line.text)).flatten();
        let rule = line.text.len() <= LONGEST && is_rule(line.text);
        blank = rule;
        let Some((kind, titled)) = kind else {
            first &= rule;
            continue;
        };
        let below = all.peek().copied();
        let alone = below.is_none_or(|l| l.is_blank());
        let mut candidate = Candidate { heading: line.trimmed(), next: line.next, kind, first, alone };
        match (kind, alone) {
            (_, true) => {}
            // a title may stand on the line below
            (Kind::Word(_), false) if !titled => {
                let after = all.clone().nth(1);
                if let Some(title) = below.filter(|l| is_title(l) && after.is_none_or(|a| a.is_blank())) {
                    candidate.heading.end = title.trimmed().end;
                    candidate.next = title.next;
                    candidate.alone = true;
                    all.next();
                }
            }
            (Kind::Word(_), false) if below.is_some_and(|l| label::parse(&l).is_some_and(|l| l.known)) => {}
            _ => {
                first = false;
                continue;
            }
        }
        found.push(candidate);
    }
    found
}

fn is_title(line: &Line<'_>) -> bool {
    let text = line.text.trim();
    text.len() <= 80
        && !text.ends_with(['.', ',', '!', '?', '"', '”', ';', ':'])
        && !text.starts_with(['"', '“', '('])
        && !is_rule(text)
        && label::parse(line).is_none()
}

/// Whether a line reads as `Chapter 3: The Well`.
pub(super) fn is_heading(line: &str) -> bool {
    line.len() <= LONGEST && heading(line).is_some_and(|(kind, _)| matches!(kind, Kind::Word(_)))
}

/// What kind of heading a line is, and whether a title stands in it.
fn heading(line: &str) -> Option<(Kind, bool)> {
    let marks: &[char] = &['#', '*', '_', '=', '~', '-', '–', '—', '[', ']', '<', '>', '•', ' ', '\t', '\u{a0}'];
    let text = line.trim().trim_matches(marks);
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    if word.is_empty() || word.len() > 20 {
        return None;
    }
    if rest.trim_matches(['.', ':', ' ']).is_empty() {
        let kind = match word.to_lowercase().as_str() {
            "prologue" | "prolog" => Some(Kind::Prologue),
            "epilogue" | "epilog" => Some(Kind::Epilogue),
            _ => roman(word).map(Kind::Numeral),
        };
        return kind.map(|k| (k, false));
    }
    let lower = word.to_lowercase();
    if matches!(lower.as_str(), "prologue" | "epilogue") && rest.trim_start().starts_with([':', '-', '–', '—']) {
        return Some((if lower == "prologue" { Kind::Prologue } else { Kind::Epilogue }, true));
    }
    if !WORDS.contains(&lower.as_str()) {
        return None;
    }
    let (number, rest) = number(rest.trim_start_matches(['.', ' ', '\u{a0}', '#']))?;
    let rest = rest.trim_start_matches(['*', '_']);
    let after = rest.trim_start();
    if after.is_empty() || after == "." || after == ":" {
        return Some((Kind::Word(number), false));
    }
    let parted = after.starts_with([':', '.', '-', '–', '—', '|', '(', '：', '/']);
    // "Chapter Three was the worst" is no heading, "Chapter Three The Well" is one
    let capital = rest.starts_with(' ') && after.starts_with(char::is_uppercase);
    let sentence = after.ends_with(['.', ',', ';']) && !after.ends_with("...") || after.len() > 120;
    ((parted || capital) && !sentence).then_some((Kind::Word(number), true))
}

/// A number in digits, words or Roman numerals at the start of `text`, and what follows it.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let (first, rest) = text.split_at_checked(end)?;
    if first.len() > 12 {
        return None;
    }
    if let Ok(n) = first.parse::<u32>() {
        return (n > 0).then_some((n, rest));
    }
    let Some(n) = word_number(first) else { return roman(first).map(|n| (n, rest)) };
    let unit = || {
        let next = rest.strip_prefix([' ', '-'])?;
        let (second, rest) = next.split_at_checked(next.find(|c: char| !c.is_alphanumeric()).unwrap_or(next.len()))?;
        word_number(second).filter(|u| *u < 10).map(|unit| (n + unit, rest))
    };
    let tens = n >= 20 && n % 10 == 0;
    tens.then(unit).flatten().or(Some((n, rest)))
}

fn word_number(word: &str) -> Option<u32> {
    #[rustfmt::skip]
    const NUMBERS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];
    const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let place = |list: &[&str]| list.iter().position(|n| n.eq_ignore_ascii_case(word)).map(|i| i as u32);
    place(NUMBERS).map(|i| i + 1).or_else(|| place(TENS).map(|i| (i + 2) * 10))
}

/// A Roman numeral in capitals, to 399.
fn roman(word: &str) -> Option<u32> {
    if word.is_empty() || word.len() > 12 {
        return None;
    }
    let mut rest = word;
    let mut n = 0;
    for (sign, value, most) in [
        ("C", 100, 3),
        ("XC", 90, 1),
        ("L", 50, 1),
        ("XL", 40, 1),
        ("X", 10, 3),
        ("IX", 9, 1),
        ("V", 5, 1),
        ("IV", 4, 1),
    ]
    .into_iter()
    .chain([("I", 1, 3)])
    {
        for _ in 0..most {
            if let Some(r) = rest.strip_prefix(sign) {
                rest = r;
                n += value;
            }
        }
    }
    rest.is_empty().then_some(n)
}

/// The candidates whose numbers go on from one to the next. `counts` says which kind of number does.
fn sequence(candidates: &[Candidate], counts: impl Fn(Kind) -> bool) -> Vec<Start> {
    let mut starts: Vec<Start> = Vec::new();
    // the number in the last heading, and how far those of the chapters are ahead of it
    let (mut seen, mut ahead) = (0u32, 0u32);
    let mut listing = true;
    for candidate in candidates {
        let last = starts.last().map_or(0, |s| s.number);
        let far = starts.last().is_some_and(|s| candidate.heading.start.saturating_sub(s.next) >= 8);
        let number = match candidate.kind {
            Kind::Prologue if candidate.alone && (candidate.first || starts.is_empty()) => {
                if !candidate.first && !candidates.iter().any(|c| counts(c.kind)) {
                    continue;
                }
                ahead = 1;
                1
            }
            Kind::Epilogue if candidate.alone && !starts.is_empty() => last.saturating_add(1),
            kind @ (Kind::Word(n) | Kind::Numeral(n)) if counts(kind) => {
                let next = n == seen.saturating_add(1)
                    || candidate.alone && n > seen && n - seen <= GAP
                    || n == 2 && starts.is_empty();
                let open = starts.is_empty() && n > 2;
                let again = n == 1 && seen >= 1 && candidate.alone;
                if again && listing && !far {
                    // nothing but headings so far: a table of contents
                    starts.clear();
                    ahead = 0;
                } else if again && seen >= 2 {
                    ahead = last;
                } else if !(if open { candidate.first && candidate.alone } else { next }) {
                    continue;
                }
                seen = n;
                n.saturating_add(ahead)
            }
            _ => continue,
        };
        listing &= !far;
        starts.push(Start { heading: candidate.heading.clone(), next: candidate.next, number });
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(u32, String)> {
        let starts = find(text, 0..text.len());
        starts.into_iter().map(|s| (s.number, text[s.heading].replace('\n', "/"))).collect()
    }

    fn story(headings: &[&str]) -> String {
        headings.iter().map(|h| format!("{h}\n\nThe kettle sang. Nobody came to the door.\n\n")).collect()
    }

    #[test]
    fn headings_in_many_spellings() {
        for (line, number) in [
            ("Chapter 3", 3),
            ("CHAPTER THREE", 3),
            ("Chapter 3: The Well", 3),
            ("Chapter Three - The Well", 3),
            ("Chapter 3 The Well", 3),
            ("~ Chapter 3 ~", 3),
            ("**Chapter III.**", 3),
            ("## Chapter twenty-one", 21),
            ("Ch. 4", 4),
            ("Kapitel 5", 5),
        ] {
            assert!(matches!(heading(line), Some((Kind::Word(n), _)) if n == number), "{line}");
        }
        for line in
            ["Chapter three was the worst", "Chapter and verse", "Chapter 3, she read,", "I am", "Mix", "Chapters: 3"]
        {
            assert_eq!(heading(line), None, "{line}");
        }
    }

    #[test]
    fn sequences() {
        let numbers = |headings: &[&str]| found(&story(headings)).into_iter().map(|f| f.0).collect::<Vec<_>>();
        assert_eq!(numbers(&["Chapter 1", "Chapter 2", "Chapter 3"]), [1, 2, 3]);
        assert_eq!(numbers(&["", "Chapter 2", "Chapter 3"]), [2, 3]);
        assert_eq!(numbers(&["Prologue", "Chapter 1", "Chapter 2", "Epilogue"]), [1, 2, 3, 4]);
        assert_eq!(numbers(&["I.", "II.", "III."]), [1, 2, 3]);
        assert_eq!(numbers(&["", "I."]), [0; 0]);
        assert_eq!(numbers(&["Chapter 7"]), [7]);
        assert_eq!(numbers(&["", "Chapter 7"]), [0; 0]);
        assert_eq!(numbers(&["Chapter 1", "Chapter 2", "Chapter 1", "Chapter 2"]), [1, 2, 3, 4]);
        assert_eq!(numbers(&["Chapter 1", "Chapter 3"]), [1, 3]);
        assert_eq!(numbers(&["Prologue"]), [1]);
        assert_eq!(numbers(&["", "Epilogue"]), [0; 0]);
    }

    #[test]
    fn a_list_of_headings_is_no_chapter() {
        let text = format!("Chapter 1\n\nChapter 2\n\n{}", story(&["Chapter 1", "Chapter 2"]));
        assert_eq!(found(&text).len(), 2);
        assert_eq!(find(&text, 0..text.len())[0].heading.start, 22);
    }

    #[test]
    fn a_title_may_stand_on_the_next_line() {
        let text =
            "Chapter 1\nThe Well\n\nIt was deep.\n\nChapter 2\nIt was deeper still, and nobody knew why.\n\nMore.\n";
        assert_eq!(found(text), [(1, "Chapter 1/The Well".to_owned()), (2, "Chapter 2".to_owned())]);
    }
}

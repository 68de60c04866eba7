//! Words of a flattened page that may be its headings, with what stands before each.

use aho_corasick::AhoCorasick;

use crate::formats::lines::floor;

/// Longest note or summary, in bytes: the archive allows 5,000 characters of markup.
pub(super) const LONGEST_NOTES: usize = 16_000;

pub(super) const JUMP: &str = "(See the end of the ";
pub(super) const SERIES: &str = "Series this work belongs to:";
const INSPIRED: &str = "Works inspired by this one:";

/// A word that may be a heading of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Notes,
    Summary,
    /// `(See the end of the chapter for notes.)`, or `work`.
    Jump {
        work: bool,
    },
    Chapter(u32),
    /// What ends the page: the list of its series.
    Navigation,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub mark: Mark,
    pub start: usize,
    pub end: usize,
    /// Whether a sentence has ended before it.
    pub after_stop: bool,
    /// Whether it stands in someone's speech.
    pub quoted: bool,
}

impl Found {
    /// Whether a `Notes:` may be the label of a block, not a word of the story.
    pub fn opens(&self) -> bool {
        self.after_stop && !self.quoted
    }
}

/// Finds the words that may be headings, in one pass.
pub(super) fn marks(source: &str) -> Vec<Found> {
    const WORDS: [&str; 6] = ["Notes:", "Summary:", JUMP, "Chapter ", SERIES, INSPIRED];
    let Ok(index) = AhoCorasick::new(WORDS) else { return Vec::new() };
    let mut found = Vec::new();
    let mut quote = Quote::default();
    for hit in index.find_iter(source) {
        let (start, mut end) = (hit.start(), hit.end());
        let before = source.get(..start).unwrap_or("");
        if before.ends_with(|c: char| !c.is_whitespace() && c != '\u{feff}') {
            continue;
        }
        let mark = match hit.pattern().as_usize() {
            0 => Mark::Notes,
            1 => Mark::Summary,
            2 => {
                let Some((work, to)) = jump(source, start) else { continue };
                end = to;
                Mark::Jump { work }
            }
            3 => {
                let rest = source.get(end..).unwrap_or("");
                let digits = rest.bytes().take(7).take_while(u8::is_ascii_digit).count();
                let Some(n) = rest.get(..digits).and_then(|d| d.parse().ok()).filter(|n| *n > 0) else { continue };
                end += digits;
                let next = source.get(end..).and_then(|r| r.chars().next());
                if next.is_some_and(|c| !c.is_whitespace() && c != ':') {
                    continue;
                }
                Mark::Chapter(n)
            }
            4 if is_series(source, start) => Mark::Navigation,
            5 if source.len() - start <= LONGEST_NOTES => Mark::Navigation,
            _ => continue,
        };
        quote.read(source, start);
        let after_stop = before.trim_end().chars().next_back().is_none_or(is_stop);
        found.push(Found { mark, start, end, after_stop, quoted: quote.is_open(start) });
    }
    found
}

/// Whether a sentence may end with this character: punctuation that closes, marks of scene breaks, an emoji.
fn is_stop(c: char) -> bool {
    match c {
        '.' | '!' | '?' | '…' | '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '*' | '~' | '-' | '_' | '=' | '>' => {
            true
        }
        '、' | '，' | '；' | '：' | '“' | '‘' | '«' => false,
        c => !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace(),
    }
}

/// Follows quotation marks through the text. Paragraphs are lost, and with them the marks that speech over several
/// of them leaves open, so only the last mark counts, and not for long.
#[derive(Default)]
struct Quote {
    read: usize,
    last: Option<(usize, bool)>,
}

impl Quote {
    fn read(&mut self, source: &str, to: usize) {
        const MARKS: [char; 6] = ['"', '“', '”', '„', '«', '»'];
        let piece = source.get(self.read..to).unwrap_or("");
        if let Some(at) = piece.rfind(MARKS) {
            let at = self.read + at;
            let (before, rest) = source.split_at_checked(at).unwrap_or(("", ""));
            let mut rest = rest.chars();
            let opens = match rest.next() {
                Some('“' | '„' | '«') => true,
                Some('"') => {
                    let free = before.ends_with(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '-' | '—'));
                    (before.is_empty() || free) && rest.next().is_some_and(|c| !c.is_whitespace())
                }
                _ => false,
            };
            self.last = Some((at, opens));
        }
        self.read = to;
    }

    fn is_open(&self, at: usize) -> bool {
        self.last.is_some_and(|(place, opens)| opens && at - place <= 1_000)
    }
}

/// Reads a jump phrase at `at`: whether it leads to the end of the work, and where it ends.
pub(super) fn jump(source: &str, at: usize) -> Option<(bool, usize)> {
    let rest = source.get(at..)?.strip_prefix(JUMP)?;
    let (work, rest) = match rest.strip_prefix("work for ") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("chapter for ")?),
    };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("more ").unwrap_or(rest).trim_start().strip_prefix("notes")?;
    let rest = rest.strip_prefix(" and other works inspired by this one").unwrap_or(rest);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('.').unwrap_or(rest).trim_start().strip_prefix(')')?;
    Some((work, source.len() - rest.len()))
}

/// Whether the words at `at` open the list of series that a page ends with.
pub(super) fn is_series(source: &str, at: usize) -> bool {
    let end = floor(source, at + SERIES.len() + 120);
    source.get(at..end).is_some_and(|text| text.contains("Part "))
}

//! Short windows of the source around labels, safe to print.
//!
//! A paragraph of prose, or a whole data set, is one line, so no reporter prints lines: it prints windows of
//! these. What a window costs depends on its own size, never on the length of its line.

use std::borrow::Cow;
use std::ops::Range;

use super::clean::{push_clean, width};
use crate::model::entities::unescaped;
use crate::model::{Inside, Label, Position, Report, Source, SourceId, Span};

/// Stands at an end of a window where its line goes on.
pub const ELLIPSIS: char = '…';

/// How far from its end a window is cut back to reach a space, in bytes. Text without spaces is cut between characters.
const CUT: usize = 48;

/// A window of one line with the labels that stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Which source of the report.
    pub source: SourceId,
    /// The cleaned text in one line, with [`ELLIPSIS`] at the ends that are cut.
    pub text: String,
    /// The labels in it, in order of place, none overlapping another.
    pub marks: Vec<Mark>,
}

/// A label in a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which of the labels that were asked for, by index.
    pub label: usize,
    /// The bytes of [`Excerpt::text`] that it covers. A label that is too long, or that goes on in the next line,
    /// is cut there.
    pub range: Range<usize>,
    /// Where it starts in its source.
    pub position: Position,
}

/// The part of a label that a window can show: it ends where the first line ends.
#[derive(Debug, Clone)]
struct Part {
    label: usize,
    source: SourceId,
    line: Range<usize>,
    range: Range<usize>,
    goes_on: bool,
}

/// The bytes of a source that windows of `columns` columns or fewer around a span show or depend on.
pub(super) fn around(source: &Source, span: Span, columns: usize) -> Range<usize> {
    let core = bounds(source, span);
    let line = source.line_range(u32::try_from(core.start).unwrap_or(u32::MAX)).start;
    let markup = source.inside == Inside::Markup;
    // a window, the character that says whether a word is cut, and what is looked through for words
    let far = |chars: &mut dyn Iterator<Item = char>| {
        let (mut bytes, mut cost, mut beyond, mut words) = (0, 0, 0, false);
        for c in chars {
            if cost <= columns * COLUMN {
                cost += (width(c) * COLUMN).max(1);
            } else if beyond > NEAR.max(columns) || words && beyond > 1 && !markup {
                break;
            } else {
                beyond += 1;
                words |= !c.is_whitespace();
            }
            bytes += c.len_utf8();
        }
        bytes
    };
    let start = core.start - far(&mut source.text.get(line..core.start).unwrap_or("").chars().rev());
    // with the line breaks at its ends, so that lines stay apart
    let start = if start == line { start.saturating_sub(1) } else { start };
    let rest = source.text.get(core.end..).unwrap_or("").split_inclusive('\n').next().unwrap_or("");
    start..core.end + far(&mut rest.chars())
}

/// Cuts windows of about `columns` columns around `labels`, in order of place. Labels of one line that fit into one
/// window share it, unless they overlap. A label into a source that the report does not have is left out.
pub fn excerpts(report: &Report, labels: &[&Label], columns: usize) -> Vec<Excerpt> {
    let mut parts: Vec<Part> = labels
        .iter()
        .enumerate()
        .filter_map(|(i, label)| Some(part(report.source(label.span)?, i, label.span)))
        .collect();
    parts.sort_by_key(|p| (p.source, p.range.start, p.range.end, p.label));
    let mut excerpts = Vec::new();
    let mut rest = parts.as_slice();
    while let Some(first) = rest.first() {
        let Some(source) = report.sources.get(first.source.0 as usize) else { break };
        let mut count = 1;
        let mut end = first.range.end;
        while let Some(next) = rest.get(count) {
            let together = next.source == first.source && next.line == first.line && next.range.start >= end;
            // a quarter of the window is left for the words around
            if !together || !fits(&source.text, first.range.start..next.range.end, columns - columns / 4) {
                break;
            }
            end = next.range.end;
            count += 1;
        }
        let (group, others) = rest.split_at(count);
        excerpts.push(excerpt(source, group, first.range.start..end, columns));
        rest = others;
    }
    excerpts
}

/// The bytes of a span, moved onto character boundaries and into the text, so that any span can be cut out.
pub fn bounds(source: &Source, span: Span) -> Range<usize> {
    let text = &source.text;
    let mut start = (span.start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn part(source: &Source, label: usize, span: Span) -> Part {
    let whole = bounds(source, span);
    let line = source.line_range(u32::try_from(whole.start).unwrap_or(u32::MAX));
    // a label may start on the line break itself
    let start = whole.start.min(line.end);
    let range = start..whole.end.min(line.end);
    let tail = source.text.get(range.end..whole.end).unwrap_or("");
    Part { label, source: span.source, line, range, goes_on: !tail.trim_start().is_empty() }
}

/// Cuts the window around `core`, which is the labels of `group`.
fn excerpt(source: &Source, group: &[Part], core: Range<usize>, columns: usize) -> Excerpt {
    let line = group.first().map_or(0..0, |p| p.line.clone());
    let window = window(&source.text, &line, core, columns);
    let slice = |range: Range<usize>| source.text.get(range).unwrap_or("");
    // indentation is not text that was cut off; a longer look would cost the length of the line
    let has_words = |c: char| !c.is_whitespace();
    let markup = source.inside == Inside::Markup;
    let near = if markup { NEAR } else { columns };
    let goes_on = group.last().is_some_and(|p| p.goes_on);
    let cut_before = seen(markup, last(slice(line.start..window.start), near)).contains(has_words);
    let cut_after = seen(markup, first(slice(window.end..line.end), near)).contains(has_words);
    let push_clean = |out: &mut String, text: &str| push_clean(out, &seen(markup, text));
    let mut text = String::new();
    if cut_before {
        text.push(ELLIPSIS);
    }
    let mut at = window.start;
    let mut marks = Vec::with_capacity(group.len());
    for part in group {
        push_clean(&mut text, slice(at..part.range.start));
        let start = text.len();
        at = part.range.end.min(window.end);
        push_clean(&mut text, slice(part.range.start..at));
        let position = source.position(u32::try_from(part.range.start).unwrap_or(u32::MAX));
        marks.push(Mark { label: part.label, range: start..text.len(), position });
    }
    push_clean(&mut text, slice(at..window.end));
    if cut_after {
        text.push(ELLIPSIS);
    } else if goes_on {
        text.extend([' ', ELLIPSIS]);
    }
    Excerpt { source: group.first().map_or(SourceId(0), |p| p.source), text, marks }
}

/// How many characters of markup beside a window are looked through for words.
const NEAR: usize = 300;

/// The first characters of a text.
fn first(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(i, _)| text.get(..i).unwrap_or(""))
}

/// The last characters of a text.
fn last(text: &str, count: usize) -> &str {
    count
        .checked_sub(1)
        .map_or("", |n| text.char_indices().rev().nth(n).map_or(text, |(i, _)| text.get(i..).unwrap_or("")))
}

/// What a reader sees of a piece of a source.
fn seen(markup: bool, piece: &str) -> Cow<'_, str> {
    if markup { Cow::Owned(without_tags(piece)) } else { Cow::Borrowed(piece) }
}

/// What a reader sees of a piece of markup: no tags, also none that are cut off at its ends, and the common entities
/// as characters.
fn without_tags(piece: &str) -> String {
    let mut text = String::new();
    let mut rest = piece;
    if let Some(end) = rest.find('>')
        && rest.find('<').is_none_or(|start| start > end)
    {
        rest = rest.get(end + 1..).unwrap_or("");
    }
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    // in an excerpt a space is a space
    unescaped(&text).replace('\u{a0}', " ")
}

/// The range of `line` to show so that `core`, or its start, can be seen.
fn window(text: &str, line: &Range<usize>, core: Range<usize>, columns: usize) -> Range<usize> {
    let slice = |range: Range<usize>| text.get(range).unwrap_or("");
    // two columns go to the ellipses
    let budget = columns.saturating_sub(2).max(1) * COLUMN;
    let (shown, cost) = reach(slice(core.clone()).chars(), budget);
    if shown < core.len() {
        // the first character is shown whatever it costs, or a mark of it would be empty
        let end = core.start + shown.max(slice(core.clone()).chars().next().map_or(0, char::len_utf8));
        return core.start..back_to_space(text, core.start, end);
    }
    let spare = budget - cost;
    let (before, after) = (slice(line.start..core.start), slice(core.end..line.end));
    let (_, half) = reach(before.chars().rev(), spare / 2);
    let (right, right_cost) = reach(after.chars(), spare - half);
    let (left, _) = reach(before.chars().rev(), spare - right_cost);
    let start = core.start - left;
    let end = core.end + right;
    let start = if left < before.len() { on_to_space(text, start, core.start) } else { start };
    let end = if right < after.len() { back_to_space(text, core.end, end) } else { end };
    let trimmed_start = core.start - slice(start..core.start).trim_start().len();
    let trimmed_end = core.end + slice(core.end..end).trim_end().len();
    trimmed_start..trimmed_end
}

/// The first word start in `start..limit`, if one is near; `start` stands where the budget ended.
fn on_to_space(text: &str, start: usize, limit: usize) -> usize {
    let context = text.get(start..limit).unwrap_or("");
    let near = context.char_indices().take_while(|(i, _)| *i < CUT);
    if text.get(..start).is_some_and(|t| t.ends_with(char::is_whitespace)) {
        return start;
    }
    let space = near.clone().find(|(_, c)| c.is_whitespace()).map(|(i, _)| i);
    // without a space near, at least no accent is torn off its letter
    let letter = || context.char_indices().find(|(_, c)| width(*c) > 0).map_or(0, |(i, _)| i);
    start + space.unwrap_or_else(letter)
}

/// The last word end in `limit..end`, if one is near; `end` stands where the budget ended.
fn back_to_space(text: &str, limit: usize, end: usize) -> usize {
    let next = text.get(end..).and_then(|t| t.chars().next());
    if next.is_none_or(char::is_whitespace) {
        return end;
    }
    let context = text.get(limit..end).unwrap_or("");
    let near = context.char_indices().rev().take_while(|(i, _)| context.len() - i < CUT);
    match near.clone().find(|(i, c)| *i > 0 && c.is_whitespace()) {
        Some((i, _)) => limit + i,
        None => end,
    }
}

/// What a column costs. Marks of no width cost a quarter of one, or a letter under a thousand accents fills a screen.
const COLUMN: usize = 4;

/// How many bytes of `chars` the budget pays for, and what they cost.
fn reach(chars: impl Iterator<Item = char>, budget: usize) -> (usize, usize) {
    let (mut bytes, mut cost) = (0, 0);
    for c in chars {
        let price = (width(c) * COLUMN).max(1);
        if cost + price > budget {
            break;
        }
        cost += price;
        bytes += c.len_utf8();
    }
    (bytes, cost)
}

fn fits(text: &str, range: Range<usize>, columns: usize) -> bool {
    let text = text.get(range).unwrap_or("");
    reach(text.chars(), columns * COLUMN).0 == text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Decoding;

    #[test]
    fn of_markup_only_words_are_shown() {
        for (piece, seen) in [
            ("1&nbsp;000&nbsp;boats", "1 000 boats"),
            ("ass=\"x\">A <i>cold</i> day<span cl", "A cold day"),
            ("AT&amp;T &lt;3 &#233;t&#xe9; &bogus; & so", "AT&T <3 été &bogus; & so"),
            ("no tags", "no tags"),
            ("<p>", ""),
            ("", ""),
        ] {
            assert_eq!(without_tags(piece), seen);
        }
    }

    fn report(text: &str) -> Report {
        Report { sources: vec![Source::new("a.txt", text, Decoding::default())], ..Report::default() }
    }

    /// The excerpts with their marks in ‹ ›.
    fn show(text: &str, ranges: &[Range<usize>], columns: usize) -> Vec<String> {
        let report = report(text);
        let labels: Vec<Label> = ranges
            .iter()
            .map(|r| Label { span: Span::new(SourceId(0), r.clone()), text: String::new(), primary: false })
            .collect();
        let labels: Vec<&Label> = labels.iter().collect();
        let show = |e: Excerpt| {
            let mut text = e.text;
            for mark in e.marks.iter().rev() {
                text.insert(mark.range.end, '›');
                text.insert(mark.range.start, '‹');
            }
            text
        };
        excerpts(&report, &labels, columns).into_iter().map(show).collect()
    }

    fn at(text: &str, word: &str) -> Range<usize> {
        let start = text.find(word).unwrap();
        start..start + word.len()
    }

    #[test]
    fn windows_are_cut_at_spaces_and_stay_in_their_line() {
        let text = "First line here.\nThe quick brown fox jumps over the lazy dog and back again.\nLast.";
        for (word, columns, expected) in [
            ("First", 30, "‹First› line here."),
            ("fox", 80, "The quick brown ‹fox› jumps over the lazy dog and back again."),
            ("fox", 30, "…quick brown ‹fox› jumps over…"),
            ("quick", 24, "The ‹quick› brown fox…"),
            ("again", 26, "…lazy dog and back ‹again›."),
            ("brown fox jumps over the lazy", 20, "…‹brown fox jumps›…"),
            ("again.\nLast", 26, "…lazy dog and back ‹again.› …"),
            ("Last.", 24, "‹Last.›"),
        ] {
            assert_eq!(show(text, &[at(text, word)], columns), [expected], "{word}");
        }
    }

    #[test]
    fn labels_that_fit_share_a_window_and_others_do_not() {
        let text = "one two three four five six seven eight nine ten\neleven twelve";
        let ranges = ["five", "two", "three", "twelve"].map(|w| at(text, w));
        assert_eq!(
            show(text, &ranges, 30),
            ["one ‹two› ‹three› four ‹five› six…", "eleven ‹twelve›"],
            "given in any order"
        );
        let ranges = [at(text, "two three"), at(text, "three four")];
        assert_eq!(show(text, &ranges, 80).len(), 2, "overlapping labels would be drawn over each other");
    }

    #[test]
    fn wide_characters_count_twice_and_accents_are_bounded() {
        let text = "犬は走った。".repeat(40);
        let shown = show(&text, &[at(&text, "走")], 20).remove(0);
        assert!(shown.chars().map(width).sum::<usize>() <= 24, "{shown}");
        let text = format!("e{} end", "\u{301}".repeat(100_000));
        let shown = show(&text, &[at(&text, "end")], 40).remove(0);
        assert!(shown.len() < 1_000);
    }

    #[test]
    fn empty_labels_have_a_place_even_at_the_ends() {
        assert_eq!(show("abc\n", &[3..3, 4..4], 20), ["abc‹›", "‹›"]);
        assert_eq!(show("", std::slice::from_ref(&(0..0)), 20), ["‹›"]);
        assert_eq!(show("abc", &[1..1, 99..120], 20), ["a‹›bc‹›"]);
        assert_eq!(show("a\nb", std::slice::from_ref(&(1..2)), 20), ["a‹›"], "the line break alone");
    }

    #[test]
    fn a_label_of_another_source_is_left_out() {
        let label = Label { span: Span::new(SourceId(7), 0..1), text: String::new(), primary: true };
        assert!(excerpts(&report("abc"), &[&label], 80).is_empty());
    }
}

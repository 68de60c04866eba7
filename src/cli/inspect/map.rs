//! The content map in a terminal: drawn, or in words for whoever cannot see a drawing or reads it from a pipe.

use std::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Style};

use crate::model::map::{Cell, Level, Strip};
use crate::model::{ContentMap, Span, Work};
use crate::report::clean::{clean, width};
use crate::report::map::{cell_name, scored, spot_words, unit};

/// Most columns of a name: with the indent, 40 cells, a score and the gaps between them it makes 80.
const NAME: usize = 30;
const INDENT: usize = 4;
/// Most columns of the cells.
const CELLS: usize = 40;
/// Most columns of a line.
const COLUMNS: usize = 80;

/// A row of blocks for each kind of content below the numbers of the chapters, in at most 80 columns.
pub(super) fn drawn(map: &ContentMap) -> String {
    let mut out = format!("  Content map, from the first words to the last\n    {}\n    · none", unit(map));
    for level in [Level::Weak, Level::Clear, Level::Strong] {
        let also = if level == Level::Weak { ", not reported" } else { "" };
        let _ = write!(out, "  {} {}{also}", block(level, 1), level.name());
    }
    out.push_str("; at the end the score in all\n");
    // a short work has few cells, which are easier to see when they are wide
    let wide = if map.cells.len() * 2 <= CELLS { 2 } else { 1 };
    let names: Vec<String> = map.strips.iter().map(|strip| name(&strip.name)).collect();
    let longest = names.iter().map(|n| columns(n)).max().unwrap_or_default().max("Chapter".len());
    let chapters = chapters(&map.cells, wide);
    if !chapters.is_empty() {
        let _ = writeln!(out, "{:INDENT$}Chapter{:2$}{chapters}", "", "", longest + 1 - "Chapter".len());
    }
    for (name, strip) in names.iter().zip(&map.strips) {
        let _ = write!(out, "{:INDENT$}{name}{:2$}", "", "", longest + 1 - columns(name));
        let _ = writeln!(out, "{} {:.2}", row(strip, wide), strip.score);
    }
    if !map.more.is_empty() {
        out.push_str(&more(map));
    }
    out
}

/// The same in words, a sentence a line that says everything by itself.
pub(super) fn told(map: &ContentMap, work: &Work) -> String {
    let mut out = "  Content map, from the first words to the last\n".to_owned();
    for strip in &map.strips {
        let name = clean(&strip.name);
        let _ = writeln!(out, "    {name}: in all, {}", scored(strip.level, strip.score));
        for (spot, cell) in strip.spots.iter().zip(&map.cells) {
            let Some(spot) = spot else { continue };
            let cell = lowercase(&cell_name(cell));
            let place = spot.places.first().map(|span| place(work, *span)).unwrap_or_default();
            // “chapter 3, clear, chapter 3, paragraph 12” says the chapter once
            let chapter = cell.split(", ").next().unwrap_or_default();
            let place = place.strip_prefix(chapter).and_then(|rest| rest.strip_prefix(", ")).unwrap_or(&place);
            let place = if place.is_empty() { String::new() } else { format!(", {}", clean(place)) };
            let _ = writeln!(out, "    {name}: {cell}, {}{place}", spot_words(spot));
        }
    }
    if !map.more.is_empty() {
        let names: Vec<String> = map.more.iter().map(|name| clean(name)).collect();
        let _ = writeln!(out, "    Found too, with less certainty: {}", names.join(", "));
    }
    out
}

/// `line 120`, `chapter 3, paragraph 12`; with the name of the source if it is not the first.
fn place(work: &Work, span: Span) -> String {
    let Some(source) = work.source(span.source) else { return String::new() };
    if let Some(place) = source.place(span.start) {
        return place;
    }
    let line = format!("line {}", source.position(span.start).line);
    if span.source.0 == 0 { line } else { format!("{}, {line}", source.name) }
}

fn lowercase(phrase: &str) -> String {
    let mut chars = phrase.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

fn row(strip: &Strip, wide: usize) -> String {
    let levels: Vec<Option<Level>> = strip.spots.iter().map(|spot| spot.as_ref().map(|s| s.level)).collect();
    let run = |run: &[Option<Level>]| match run.first().copied().flatten() {
        None => "·".repeat(run.len() * wide),
        Some(level) => block(level, run.len() * wide),
    };
    levels.chunk_by(|a, b| a == b).map(run).collect()
}

/// Darker where the score is higher; the colour says nothing that the block does not.
fn block(level: Level, many: usize) -> String {
    let (block, style) = match level {
        Level::Weak => ("░", Style::new().dimmed()),
        Level::Clear => ("▒", AnsiColor::Blue.on_default()),
        Level::Strong => ("█", AnsiColor::Magenta.on_default()),
    };
    format!("{style}{}{style:#}", block.repeat(many))
}

/// The numbers of chapters above the cells where they begin, as many as find room.
fn chapters(cells: &[Cell], wide: usize) -> String {
    let mut out = String::new();
    let mut before = None;
    for (index, cell) in cells.iter().enumerate() {
        let Some((chapter, _)) = cell.chapters.filter(|c| before.replace(*c) != Some(*c)) else { continue };
        let (at, number) = (index * wide, chapter.to_string());
        // a space is left between two numbers, and a long last one would be cut by the window
        if (out.is_empty() || out.len() < at) && at + number.len() <= CELLS {
            let _ = write!(out, "{:1$}{number}", "", at - out.len());
        }
    }
    out
}

/// What was not drawn, in lines that fit.
fn more(map: &ContentMap) -> String {
    let mut out = format!("{:INDENT$}Found too, with less certainty:", "");
    let mut used = columns(&out);
    for (name, left) in map.more.iter().map(|name| clean(name)).zip((0..map.more.len()).rev()) {
        let end = if left > 0 { "," } else { "" };
        let taken = 1 + columns(&name) + end.len();
        if used + taken > COLUMNS {
            let _ = write!(out, "\n{:INDENT$} ", "");
            used = INDENT + 1;
        }
        let _ = write!(out, " {name}{end}");
        used += taken;
    }
    out + "\n"
}

fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// A name of at most so many columns.
fn name(name: &str) -> String {
    let name = clean(name);
    if columns(&name) <= NAME {
        return name;
    }
    let (mut cut, mut used) = (String::new(), 0);
    for c in name.chars() {
        used += width(c);
        if used >= NAME {
            break;
        }
        cut.push(c);
    }
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::map::Spot;

    fn strip(name: &str, score: f32, level: Level, cells: usize, spots: &[(usize, f32, Level)]) -> Strip {
        let mut strip = Strip { tag: "t".into(), name: name.into(), score, level, spots: vec![None; cells] };
        for (cell, score, level) in spots {
            strip.spots[*cell] = Some(Spot { score: *score, level: *level, places: Vec::new(), scenes: 1 });
        }
        strip
    }

    /// As a terminal without colour gets it.
    fn plain(map: &ContentMap) -> String {
        anstream::adapter::strip_str(&drawn(map)).to_string()
    }

    fn map() -> ContentMap {
        let cell = |chapter, from, part| Cell { chapters: Some((chapter, chapter)), from, words: 250, part };
        ContentMap {
            cells: vec![
                cell(1, 0, true),
                cell(1, 250, true),
                cell(2, 0, false),
                cell(10, 0, false),
                cell(11, 0, false),
            ],
            strips: vec![
                strip("Violence", 0.8, Level::Strong, 5, &[(1, 0.4, Level::Weak), (3, 0.8, Level::Strong)]),
                strip("A Name That Is Much Too Long For It", 0.6, Level::Clear, 5, &[(0, 0.6, Level::Clear)]),
            ],
            more: vec!["Drinking".into(), "Storms".into()],
        }
    }

    #[test]
    fn rows_are_aligned_below_their_chapters() {
        assert_eq!(
            plain(&map()),
            "  Content map, from the first words to the last\n    in cells of about 250 words or of a chapter\n    \
             · none  ░ weak, not reported  ▒ clear  █ strong; at the end the score in all\n    \
             Chapter                       1   2 10\n    \
             Violence                      ··░░··██·· 0.80\n    \
             A Name That Is Much Too Long… ▒▒········ 0.60\n    \
             Found too, with less certainty: Drinking, Storms\n"
        );
    }

    #[test]
    fn the_words_say_what_the_drawing_shows() {
        assert_eq!(
            told(&map(), &Work::default()),
            "  Content map, from the first words to the last\n    \
             Violence: in all, strong (0.80)\n    \
             Violence: chapter 1, from word 250, weak (0.40)\n    \
             Violence: chapter 10, strong (0.80)\n    \
             A Name That Is Much Too Long For It: in all, clear (0.60)\n    \
             A Name That Is Much Too Long For It: chapter 1, from the start, clear (0.60)\n    \
             Found too, with less certainty: Drinking, Storms\n"
        );
    }

    #[test]
    fn every_line_fits_into_eighty_columns() {
        for (cells, together) in [(1, 1), (2, 1), (20, 1), (21, 1), (40, 1), (39, 13)] {
            let number = |i: u32| Some((i * together + 1, (i + 1) * together));
            let cells: Vec<Cell> =
                (0..cells).map(|i| Cell { chapters: number(i), words: 12_345, ..Cell::default() }).collect();
            let all: Vec<_> = (0..cells.len()).map(|i| (i, 0.9, Level::Strong)).collect();
            let name = "嵐".repeat(40);
            let strips = vec![strip(&name, 0.9, Level::Strong, cells.len(), &all)];
            let map = ContentMap { cells, strips, more: vec!["Graphic Depictions Of Violence".into(); 9] };
            for line in plain(&map).lines() {
                assert!(columns(line) <= COLUMNS, "{} columns: {line}", columns(line));
            }
        }
    }
}

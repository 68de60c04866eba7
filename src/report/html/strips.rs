//! The content map on the page: a table of cells, each a link to the words it stands for.

use std::fmt::Write as _;

use super::words::{escape, quotes};
use crate::model::map::{Cell, ContentMap, Level, Spot};
use crate::model::{Label, Report};
use crate::report::map::{cell_name, scored, spot_words, unit};

/// Appends the map of a work, where it has one.
pub(super) fn table(report: &Report, id: &str, out: &mut String) {
    let map = &report.map;
    if map.strips.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<section>\n<h3 id=\"{id}-map\">Content map</h3>\n\
         <p>The work from its first words to its last, a row for each kind of content that word lists found. Each filled cell \
         leads to the words that were counted; its shade is stronger where the score is higher. The scores are guesses, from 0 to 1.</p>\n\
         <ul class=\"legend\" aria-label=\"Signs in the map\">"
    );
    for level in [Level::Weak, Level::Clear, Level::Strong] {
        let meaning = match level {
            Level::Weak => "weak: a trace, not reported",
            Level::Clear => "clear: enough to be reported",
            Level::Strong => "strong: all but certain",
        };
        let _ = write!(
            out,
            "<li><span class=\"key {}\" aria-hidden=\"true\">{}</span> {meaning}</li>",
            class(level),
            sign(level)
        );
    }
    let _ = write!(
        out,
        "</ul>\n<div class=\"scroll\" role=\"group\" aria-labelledby=\"{id}-map\" tabindex=\"0\">\n<table class=\"map{}\">\n\
         <caption><span>Where which content stands, {}</span></caption>\n<thead>\n<tr><th scope=\"col\">{}</th>",
        // so many numbers find room only when they are turned
        if columns(map).len() > 20 { " many" } else { "" },
        unit(map),
        if map.cells.iter().any(|c| c.chapters.is_some()) { "Content by chapter" } else { "Content" }
    );
    for (cells, name) in columns(map) {
        let _ = write!(out, "<th scope=\"colgroup\" colspan=\"{cells}\">{name}</th>");
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for (strip, s) in map.strips.iter().zip(1..) {
        let (name, all) = (escape(&strip.name), scored(strip.level, strip.score));
        // a name may break behind a slash
        let broken = name.replace('/', "/<wbr>");
        let _ = write!(out, "<tr><th scope=\"row\">{broken} <span class=\"all\">in all: {all}</span></th>");
        for ((spot, cell), c) in strip.spots.iter().zip(&map.cells).zip(1..) {
            match spot {
                None => out.push_str("<td><span class=\"hidden\">none</span></td>"),
                Some(spot) => {
                    let said = format!("{}: {name}, {}", cell_name(cell), spot_words(spot));
                    let (class, sign) = (class(spot.level), sign(spot.level));
                    let _ = write!(
                        out,
                        "<td><a id=\"{id}-m{s}-{c}\" class=\"{class} s{}\" href=\"#{id}-k{s}-{c}\" title=\"{said}\">\
                         <span aria-hidden=\"true\">{sign}</span><span class=\"hidden\">{said}</span></a></td>",
                        shade(spot)
                    );
                }
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    if !map.more.is_empty() {
        let more: Vec<String> = map.more.iter().map(|name| escape(name)).collect();
        let _ = writeln!(out, "<p>Found too, with less certainty, and not drawn: {}.</p>", more.join(", "));
    }
    out.push_str("</section>\n");
}

/// Appends the words behind each cell.
pub(super) fn places(report: &Report, id: &str, excerpts: bool, out: &mut String) {
    let map = &report.map;
    if map.strips.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<section class=\"behind\">\n<h3 id=\"{id}-behind\">The words behind the map</h3>\n\
         <p>Of each cell the strongest scene, with the words in it that weighed most.</p>\n"
    );
    for (strip, s) in map.strips.iter().zip(1..) {
        let _ = write!(out, "<h4>{}</h4>\n<ol>\n", escape(&strip.name));
        for ((spot, cell), c) in strip.spots.iter().zip(&map.cells).zip(1..) {
            let Some(spot) = spot else { continue };
            let _ = write!(
                out,
                "<li id=\"{id}-k{s}-{c}\" tabindex=\"-1\"><strong>{}</strong>, {}{}\n<ul class=\"places\">\n",
                cell_name(cell),
                spot_words(spot),
                match spot.scenes {
                    1 => String::new(),
                    n => format!(", the strongest of {n} scenes"),
                }
            );
            let labels: Vec<Label> =
                spot.places.iter().map(|span| Label { span: *span, text: String::new(), primary: false }).collect();
            let labels: Vec<&Label> = labels.iter().collect();
            quotes(report, &labels, excerpts).iter().for_each(|item| out.push_str(item));
            let _ = writeln!(out, "</ul>\n<a class=\"back\" href=\"#{id}-m{s}-{c}\">Back to the map</a></li>");
        }
        out.push_str("</ol>\n");
    }
    out.push_str("</section>\n");
}

/// The heads of the columns: how many cells a chapter has, and what it is called.
fn columns(map: &ContentMap) -> Vec<(usize, String)> {
    let mut columns: Vec<(usize, String)> = Vec::new();
    for group in map.cells.chunk_by(|a, b| a.chapters == b.chapters) {
        columns.push((group.len(), group.first().map(head).unwrap_or_default()));
    }
    columns
}

fn head(cell: &Cell) -> String {
    let visible = match cell.chapters {
        None => return "The text".to_owned(),
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}–{last}"),
    };
    let name = if cell.chapters.is_some_and(|(a, b)| a == b) { "Chapter" } else { "Chapters" };
    format!("<span class=\"hidden\">{name} </span>{visible}")
}

/// The look of a level, which is never told by colour alone.
fn class(level: Level) -> &'static str {
    level.name()
}

fn sign(level: Level) -> &'static str {
    match level {
        Level::Weak => "·",
        Level::Clear => "○",
        Level::Strong => "●",
    }
}

/// From 1 to 5, darker where the score is higher.
fn shade(spot: &Spot) -> u32 {
    ((spot.score * 5.0).ceil() as u32).clamp(1, 5)
}

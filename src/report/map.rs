//! The words that say where on the content map something is.

use super::sentences::grouped;
use crate::model::map::{Cell, ContentMap, Level, Spot};

/// `Chapter 3, from word 2,000`, `Chapters 4 to 6`, `From the start`.
pub fn cell_name(cell: &Cell) -> String {
    let from = match cell.from {
        0 => "from the start".to_owned(),
        from => format!("from word {}", grouped(from.into())),
    };
    match (cell.chapters, cell.part) {
        (Some((first, last)), _) if first != last => format!("Chapters {first} to {last}"),
        (Some((chapter, _)), false) => format!("Chapter {chapter}"),
        (Some((chapter, _)), true) => format!("Chapter {chapter}, {from}"),
        (None, false) => "The whole text".to_owned(),
        (None, true) => format!("F{}", from.get(1..).unwrap_or("")),
    }
}

/// How much a cell is: `in cells of about 250 words`, `a cell for each chapter`.
pub fn unit(map: &ContentMap) -> String {
    let words = |cell: &Cell| grouped(cell.words.into());
    let whole = map.cells.iter().any(|c| !c.part);
    // the last cell may hold fewer, and numbers may be left out, so that it is at most so many
    let together = map.cells.iter().filter_map(|c| c.chapters).map(|(a, b)| b.saturating_sub(a) + 1).max().unwrap_or(1);
    match map.cells.iter().find(|c| c.part).map(words) {
        Some(words) if whole => format!("in cells of about {words} words or of a chapter"),
        Some(words) => format!("in cells of about {words} words"),
        None if together > 1 => format!("in cells of up to {together} chapters"),
        None if map.cells.len() == 1 => "in one cell, since it is short".to_owned(),
        None => "a cell for each chapter".to_owned(),
    }
}

/// `strong (0.82)`
pub fn spot_words(spot: &Spot) -> String {
    scored(spot.level, spot.score)
}

/// `clear (0.61)`
pub fn scored(level: Level, score: f32) -> String {
    format!("{} ({score:.2})", level.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_readers_find_them() {
        let cell = |chapters, from, part| Cell { chapters, from, words: 9, part };
        for (cell, name) in [
            (cell(Some((3, 3)), 2_000, true), "Chapter 3, from word 2,000"),
            (cell(Some((3, 3)), 0, true), "Chapter 3, from the start"),
            (cell(Some((3, 3)), 0, false), "Chapter 3"),
            (cell(Some((3, 5)), 0, false), "Chapters 3 to 5"),
            (cell(None, 0, false), "The whole text"),
            (cell(None, 0, true), "From the start"),
            (cell(None, 1_250, true), "From word 1,250"),
        ] {
            assert_eq!(cell_name(&cell), name);
        }
    }
}

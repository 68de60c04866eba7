//! The content map: which kind of content stands where in a work, from its first chapter to its last.

use super::Span;

/// Strips over one row of cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ContentMap {
    /// Stretches of the story in reading order.
    pub cells: Vec<Cell>,
    /// Kinds of content, the most certain first.
    pub strips: Vec<Strip>,
    /// Names of kinds for which there was no room.
    pub more: Vec<String>,
}

/// A stretch of the story: a part of a chapter, a chapter, or several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// The first and the last chapter, from 1; none in a work without chapters.
    pub chapters: Option<(u32, u32)>,
    /// Words of the chapter before it.
    pub from: u32,
    /// Its words.
    pub words: u32,
    /// Whether the chapter has other cells besides.
    pub part: bool,
}

/// One kind of content over all cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// The tag id.
    pub tag: String,
    /// The tag's name.
    pub name: String,
    /// The score of the whole work, from 0 to 1: a lone scene in a long work counts for less.
    pub score: f32,
    /// How sure that score is.
    pub level: Level,
    /// The strongest scene of each cell; as many as there are cells.
    pub spots: Vec<Option<Spot>>,
}

/// The strongest scene in a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// From 0 to 1.
    pub score: f32,
    /// How sure it is.
    pub level: Level,
    /// Its strongest places, in order of the text.
    pub places: Vec<Span>,
    /// How many scenes of this kind the cell holds, itself included.
    pub scenes: usize,
}

/// A score against what its detector asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Below what rules report from.
    Weak,
    /// Rules report it.
    Clear,
    /// It is sure.
    Strong,
}

impl Level {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Clear => "clear",
            Self::Strong => "strong",
        }
    }
}

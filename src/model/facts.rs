//! What a work claims and what its text shows: the only things that rules and checks see.

use std::collections::HashMap;
use std::ops::Range;

use super::{Section, Span, Work};

/// A tag of the vocabulary, by its index in the rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagId(pub u32);

/// A lexicon, by its index in the rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LexiconId(pub u32);

/// A term of a lexicon, by its index in the rule set's index of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

/// A detector, by its index in the rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DetectorId(pub u32);

/// What a claim says about its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// The work says that it has this.
    Declares,
    /// The work says that it does not have this.
    Denies,
    /// The work openly declines to say.
    Withholds,
}

/// How strongly a declared tag is meant. A looser degree never demands a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Degree {
    /// Shown in the story.
    Depicted,
    /// Shown a little.
    Mild,
    /// Attempted, threatened or possible.
    Attempted,
    /// Before the story.
    Past,
    /// Implied, referenced, mentioned or discussed.
    Implied,
    /// Hedged, a joke, role play or otherwise not the thing itself.
    Loose,
}

impl Degree {
    /// As written in TOML.
    pub fn name(self) -> &'static str {
        match self {
            Self::Depicted => "depicted",
            Self::Mild => "mild",
            Self::Attempted => "attempted",
            Self::Past => "past",
            Self::Implied => "implied",
            Self::Loose => "loose",
        }
    }

    /// The degree of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        use Degree::{Attempted, Depicted, Implied, Loose, Mild, Past};
        [Depicted, Mild, Attempted, Past, Implied, Loose].into_iter().find(|d| d.name() == name)
    }
}

/// Where a claim was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In a metadata field: its index in [`Work::fields`] and the index of the entry after splitting.
    Field {
        /// Index in [`Work::fields`].
        field: usize,
        /// Index among [`Facts::entries`].
        entry: usize,
    },
    /// In a note or summary: the index of the section.
    Section(usize),
}

/// A tag that the work declares, denies or withholds.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Which tag.
    pub tag: TagId,
    /// What the work says about it.
    pub stance: Stance,
    /// How strongly.
    pub degree: Degree,
    /// The chapter it speaks of; none for the whole work.
    pub chapter: Option<u32>,
    /// The words that make the claim.
    pub span: Span,
    /// Where it was made.
    pub origin: Origin,
}

/// One entry of a field after splitting: `Angst` of `Angst, Fluff`.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Index in [`Work::fields`].
    pub field: usize,
    /// The vocabulary's field, by its index in the rule set; none for a label that no pack knows.
    pub kind: Option<u32>,
    /// The entry as written.
    pub text: String,
    /// Its place.
    pub span: Span,
    /// Whether the span covers exactly `text`, so that an edit may replace it.
    pub exact: bool,
}

/// Whether a place counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It counts towards scores.
    Counted,
    /// A negation or an "as if" governs it.
    Negated,
    /// It stands inside an exception of its lexicon.
    Excepted,
}

impl Status {
    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Negated => "negated",
            Self::Excepted => "excepted",
        }
    }
}

/// A place in the text where a term stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Which lexicon.
    pub lexicon: LexiconId,
    /// Which term of it.
    pub term: TermId,
    /// Index in [`Work::sections`].
    pub section: u32,
    /// Bytes in the section's text.
    pub at: Range<u32>,
    /// Number of its first word in the section, from 0.
    pub word: u32,
    /// Bytes in the source.
    pub span: Span,
    /// Whether it counts.
    pub status: Status,
}

/// A stretch of about 100 words in which a detector scored above its background.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Which detector.
    pub detector: DetectorId,
    /// What it is a score of.
    pub tag: TagId,
    /// Index in [`Work::sections`].
    pub section: u32,
    /// Words of the section, from 0.
    pub words: Range<u32>,
    /// From 0 to 1.
    pub score: f32,
}

/// A language by its ISO 639-3 code, as guessed from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language(pub &'static str);

/// Counts of one section.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measure {
    /// Words, as the archive counts them.
    pub words: u32,
    /// Characters (Unicode code points) of the text with its markup, as the archive's limits count them.
    pub characters: u32,
    /// The guessed language; none for a text too short to tell.
    pub language: Option<Language>,
}

/// Everything known about a work. Rules and checks see this and never the text.
#[derive(Debug, Clone)]
pub struct Facts<'w> {
    /// The work as read.
    pub work: &'w Work,
    /// Field values after splitting, in order.
    pub entries: Vec<Entry>,
    /// What the work says of itself.
    pub claims: Vec<Claim>,
    /// What stands in the text, in order of place.
    pub evidence: Vec<Evidence>,
    /// Where it stands densely, in order of place.
    pub scenes: Vec<Scene>,
    /// Indices of the scenes of each numbered chapter, in order of place.
    pub by_chapter: HashMap<u32, Vec<u32>>,
    /// One a section.
    pub measures: Vec<Measure>,
    /// The work's score per detector, in order of detector: strongest scene, held back when it stands alone.
    pub scores: Vec<f32>,
    /// Whether there is metadata of fiction or prose that tells a story; a licence has neither.
    pub is_work: bool,
}

impl Facts<'_> {
    /// The sections that are story, each with its counts, in reading order.
    pub fn story(&self) -> impl Iterator<Item = (&Section, &Measure)> {
        self.work.sections.iter().zip(&self.measures).filter(|(s, _)| s.kind.is_story())
    }

    /// The scenes of a detector in a chapter, or in the whole work.
    pub fn scenes_of(&self, detector: DetectorId, chapter: Option<u32>) -> impl Iterator<Item = &Scene> {
        let all = self.scenes.get(..if chapter.is_none() { self.scenes.len() } else { 0 }).unwrap_or_default();
        let own = chapter.and_then(|c| self.by_chapter.get(&c)).map_or(&[][..], Vec::as_slice);
        let own = own.iter().filter_map(|i| self.scenes.get(*i as usize));
        all.iter().chain(own).filter(move |s| s.detector == detector)
    }
}

//! The words every other part speaks; this module depends on nothing else in the crate.

pub mod bits;
pub mod diagnostic;
#[cfg(test)]
pub(crate) mod dice;
pub mod entities;
pub mod facts;
pub mod map;
pub mod source;
pub mod text;
pub mod work;

pub use diagnostic::{
    By, Chapter, Diagnostic, Edit, Files, Fix, Label, Part, Report, RuleText, Safety, Score, Severity, Suppressed,
    Totals,
};
pub use facts::{Claim, Degree, Evidence, Facts, Language, Measure, Scene, Stance, Status};
pub use facts::{DetectorId, LexiconId, TagId, TermId};
pub use map::ContentMap;
pub use source::{
    Before, Decoding, Holder, Input, Inside, Notation, Paragraph, Position, Source, SourceId, Span, Spanned, Stretch,
    UTF8, Widths, Writable,
};
pub use text::{Map, Text, TextBuilder};
pub use work::{Field, Section, SectionKind, State, Value, Work};

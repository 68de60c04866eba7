//! The words that say what a stretch of text is: `Notes`, `A/N`, `Content warnings`, `Chapter 3`.

use crate::model::SectionKind;

/// A label at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    /// What it announces.
    pub kind: SectionKind,
    /// Whether it can mean nothing else, also without emphasis and amid a story.
    pub strong: bool,
    /// Whether it announces warnings, so that its own words matter.
    pub warns: bool,
    /// Whether a colon follows it.
    pub colon: bool,
    /// One past its last byte, colon included.
    pub end: usize,
}

/// Label, what it announces, whether it is strong, whether it warns.
const LABELS: &[(&str, SectionKind, bool, bool)] = &[
    ("summary", SectionKind::Summary, false, false),
    ("blurb", SectionKind::Summary, false, false),
    ("description", SectionKind::Summary, false, false),
    ("note", SectionKind::Notes, false, false),
    ("notes", SectionKind::Notes, false, false),
    ("beginning notes", SectionKind::Notes, false, false),
    ("a/n", SectionKind::Notes, true, false),
    ("author's note", SectionKind::Notes, true, false),
    ("author's notes", SectionKind::Notes, true, false),
    ("authors note", SectionKind::Notes, true, false),
    ("authors notes", SectionKind::Notes, true, false),
    ("author note", SectionKind::Notes, true, false),
    ("author notes", SectionKind::Notes, true, false),
    ("end note", SectionKind::EndNotes, true, false),
    ("end notes", SectionKind::EndNotes, true, false),
    ("endnotes", SectionKind::EndNotes, true, false),
    ("warning", SectionKind::Notes, false, true),
    ("warnings", SectionKind::Notes, false, true),
    ("cw", SectionKind::Notes, true, true),
    ("tw", SectionKind::Notes, true, true),
    ("cw/tw", SectionKind::Notes, true, true),
    ("tw/cw", SectionKind::Notes, true, true),
    ("content warning", SectionKind::Notes, true, true),
    ("content warnings", SectionKind::Notes, true, true),
    ("content note", SectionKind::Notes, true, true),
    ("content notes", SectionKind::Notes, true, true),
    ("trigger warning", SectionKind::Notes, true, true),
    ("trigger warnings", SectionKind::Notes, true, true),
];

/// The label that a text starts with: before its first colon, or the whole of a short text.
pub(super) fn label(text: &str) -> Option<Label> {
    let (head, colon) = match text.split_once(':') {
        Some((head, _)) => (head, true),
        None => (text, false),
    };
    if head.len() > 40 {
        return None;
    }
    let name = head.trim().to_lowercase().replace('’', "'");
    let name = name.strip_prefix("chapter ").unwrap_or(&name);
    // "Content Warnings (spoilers!)"
    let name = name.split_once(" (").filter(|(_, rest)| rest.ends_with(')')).map_or(name, |(name, _)| name);
    let (_, kind, strong, warns) = *LABELS.iter().find(|l| l.0 == name)?;
    Some(Label { kind, strong, warns, colon, end: head.len() + usize::from(colon) })
}

/// Whether a heading names a chapter by itself: `Chapter 3`, `Epilogue`.
pub(super) fn starts_a_chapter(heading: &str) -> bool {
    starts_with_word(heading, &["chapter", "part", "prologue", "epilogue", "interlude"])
}

/// Whether a heading names a part, which may hold chapters.
pub(super) fn starts_a_part(heading: &str) -> bool {
    starts_with_word(heading, &["part", "book", "volume", "act"])
}

fn starts_with_word(heading: &str, words: &[&str]) -> bool {
    let heading = heading.trim_start();
    let end = heading.find(|c: char| !c.is_alphabetic()).unwrap_or(heading.len());
    let first = heading.get(..end).unwrap_or("").to_lowercase();
    words.contains(&first.as_str())
}

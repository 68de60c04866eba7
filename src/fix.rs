//! Fixes: which may be made, what a file says after them, and whether they changed only what they say.

pub(crate) mod edits;

use std::ops::Range;

use crate::model::{Diagnostic, Edit, Field, Fix, Safety, Source, Work};

/// The fixes of findings about the work's own text that may be made, in order of place: the safe ones, and where
/// `suggestions` are wanted those that only the author knows to be right.
pub fn allowed(findings: &[Diagnostic], suggestions: bool) -> Vec<&Fix> {
    let own = |fix: &&Fix| !fix.edits.is_empty() && fix.edits.iter().all(|e| e.span.source.0 == 0);
    let fixes = findings.iter().filter_map(|d| d.fix.as_ref()).filter(own);
    fixes.filter(|f| suggestions || f.safety == Safety::Safe).collect()
}

/// The fixes that can be made at once: of two that touch, the first.
pub fn apart<'f>(fixes: &[&'f Fix]) -> Vec<&'f Fix> {
    let mut taken: Vec<Range<u32>> = Vec::new();
    let mut chosen = Vec::new();
    for fix in fixes {
        let ranges = || fix.edits.iter().map(|e| e.span.start..e.span.end);
        if ranges().all(|r| taken.iter().all(|t| r.end < t.start || t.end < r.start)) {
            taken.extend(ranges());
            chosen.push(*fix);
        }
    }
    chosen
}

/// A file with edits made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Its bytes: what is not edited stays as it was, byte for byte.
    pub bytes: Vec<u8>,
    /// Its text, as reading the bytes must give it.
    pub text: String,
}

/// Makes the edits of fixes that do not touch. `bytes` is the file that `source` was decoded from; what is written is
/// UTF-8, so that in a file of another encoding [`is_sound`] says no to what it writes otherwise. None: an edit lies
/// outside of the file.
pub fn make(source: &Source, bytes: &[u8], fixes: &[&Fix]) -> Option<Edited> {
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|f| &f.edits).collect();
    edits.sort_by_key(|e| e.span);
    let mut edited = Edited { bytes: Vec::with_capacity(bytes.len()), text: String::with_capacity(source.text.len()) };
    let (mut byte, mut character) = (0, 0);
    for edit in edits {
        let original = source.original_range(edit.span.start..edit.span.end);
        edited.bytes.extend_from_slice(bytes.get(byte..original.start as usize)?);
        edited.bytes.extend_from_slice(edit.text.as_bytes());
        edited.text.push_str(source.text.get(character..edit.span.start as usize)?);
        edited.text.push_str(&edit.text);
        (byte, character) = (original.end as usize, edit.span.end as usize);
    }
    edited.bytes.extend_from_slice(bytes.get(byte..)?);
    edited.text.push_str(source.text.get(character..)?);
    Some(edited)
}

/// Whether a work, read again after fixes were made, is the same but for what they say: the same prose, the text that
/// was meant, and the same fields where nothing was edited.
pub fn is_sound(before: &Work, after: &Work, edited: &Edited, fixes: &[&Fix]) -> bool {
    let prose = |work: &Work| -> Vec<_> {
        let heading = |s: &crate::model::Section| s.heading.as_ref().map(|h| h.value.clone());
        work.sections.iter().map(|s| (s.kind, s.chapter, heading(s), s.text.as_str().to_owned())).collect()
    };
    let touched = |field: &Field| {
        let spans = field.values.iter().map(|v| v.span).chain([field.name.span]);
        let (mut start, mut end) = (u32::MAX, 0);
        for span in spans.filter(|s| s.source.0 == 0) {
            (start, end) = (start.min(span.start), end.max(span.end));
        }
        // a value may end before its closing quote
        let edits = || fixes.iter().flat_map(|f| &f.edits);
        edits().any(|e| e.span.start <= end.saturating_add(2) && start <= e.span.end.saturating_add(2))
    };
    let said = |field: &Field| -> (String, Vec<String>) {
        (field.name.value.clone(), field.values.iter().map(|v| v.text.clone()).collect())
    };
    let mut left: Vec<_> = after.fields.iter().map(said).collect();
    let mut is_there = |field: &Field| {
        let at = left.iter().position(|f| *f == said(field));
        at.map(|at| left.swap_remove(at)).is_some()
    };
    let names = |work: &Work| work.fields.iter().map(|f| f.name.value.clone()).collect::<Vec<_>>();
    let (old, new) = (names(before), names(after));
    before.format == after.format
        && prose(before) == prose(after)
        && after.sources.first().is_some_and(|s| s.text == edited.text)
        && before.fields.iter().filter(|f| !touched(f)).all(&mut is_there)
        && old.iter().all(|name| new.contains(name))
        && new.len() <= old.len() + fixes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{self, Limits};
    use crate::model::{Decoding, Input, SourceId, Span};

    fn fix(start: usize, end: usize, text: &str) -> Fix {
        let edits = vec![Edit { span: Span::new(SourceId(0), start..end), text: text.to_owned() }];
        Fix { title: String::new(), edits, safety: Safety::Safe }
    }

    fn work(text: &str) -> Work {
        let mut works = Vec::new();
        let input = Input { name: "a.txt".into(), bytes: text.as_bytes().to_vec() };
        formats::read(input, Some("text"), &Limits::default(), &mut |work, _| works.push(work));
        works.remove(0)
    }

    #[test]
    fn fixes_that_touch_are_made_one_after_the_other() {
        let (a, b, c) = (fix(0, 3, "x"), fix(3, 3, "y"), fix(5, 6, "z"));
        assert_eq!(apart(&[&a, &b, &c]), [&a, &c]);
        let source = Source::new("a", "abcdefg", Decoding::default());
        assert_eq!(make(&source, b"abcdefg", &[&c, &a]).unwrap().bytes, b"xdezg");
        assert!(make(&source, b"abc", &[&c]).is_none());
    }

    #[test]
    fn a_change_of_the_story_or_of_another_field_is_not_sound() {
        let text = "Rating: Mature\nFandom: Original Work\n\nThe boats went out.\n";
        let before = work(text);
        let source = &before.sources[0];
        for (start, end, new, sound) in [
            (8, 14, "Explicit", true),
            (8, 14, "Explicit\nLanguage: English", true),
            (8, 14, "Mature\n\nFandom", false),
            (38, 41, "Two", false),
            (0, 6, "Genre", false),
        ] {
            let fixes = [&fix(start, end, new)];
            let edited = make(source, text.as_bytes(), &fixes).unwrap();
            assert_eq!(is_sound(&before, &work(&edited.text), &edited, &fixes), sound, "{new}");
        }
    }
}

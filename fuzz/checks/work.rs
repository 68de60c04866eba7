//! What must hold of a work as it was read.

use forewarn::formats::FORMATS;
use forewarn::model::{Diagnostic, Field, Inside, Section, Source, Span, State, Value, Work};

/// Formats that have no markup or entities, so that what a value says are the letters that stand there.
const PLAIN: &[&str] = &["text", "dump", "ao3-text"];

/// Checks a work and the notes of its reader, which was given `file`.
pub fn check(work: &Work, notes: &[Diagnostic], file: &[u8]) {
    assert!(work.format.is_empty() || FORMATS.iter().any(|f| f.name() == work.format), "{:?}", work.format);
    for source in &work.sources {
        decoding(source, file);
        paragraphs(source);
    }
    for field in &work.fields {
        check_field(field, &work.sources);
        if PLAIN.contains(&work.format) {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            // the metadata beside a story are TOML or YAML, which have escapes
            let same = |v: &Value| v.span.source.0 > 0 || letters(cut(&work.sources, v.span)) == letters(&v.text);
            assert!(field.values.iter().all(same), "{field:?}");
        }
    }
    for section in &work.sections {
        check_section(section, &work.sources);
    }
    diagnostics(notes, &work.sources);
    // nothing is read twice, or a small file could make a large work
    let read: usize = work.sections.iter().map(|s| s.text.as_str().len()).sum();
    let sources: usize = work.sources.iter().map(|s| s.text.len()).sum();
    assert!(read <= 4 * sources, "{read} bytes of text were made of {sources}");
}

/// The words that a span cuts out of its source. A span that does not lie in it, on character boundaries, fails.
pub fn cut(sources: &[Source], span: Span) -> &str {
    let source = sources.get(span.source.0 as usize).unwrap_or_else(|| panic!("{span:?} is of no source"));
    source.text.get(span.range()).unwrap_or_else(|| panic!("{span:?} is not in {} {:?}", source.name, source.text))
}

/// Labels and edits lie in the sources, and edits do not overlap.
pub fn diagnostics(all: &[Diagnostic], sources: &[Source]) {
    for diagnostic in all {
        assert!(!diagnostic.message.is_empty(), "{diagnostic:?}");
        for label in &diagnostic.labels {
            let words = cut(sources, label.span);
            // what a parser stumbles over may be white space
            let of_parser = ["core/front-matter", "core/unreadable"].contains(&diagnostic.rule.as_str());
            assert!(words == words.trim() || of_parser, "{diagnostic:?}");
            let source = &sources[label.span.source.0 as usize];
            assert!(source.position(label.span.start) <= source.position(label.span.end));
        }
        let mut edits: Vec<Span> = diagnostic.fix.iter().flat_map(|f| f.edits.iter().map(|e| e.span)).collect();
        edits.sort();
        assert!(edits.iter().all(|e| cut(sources, *e).len() == e.len()));
        assert!(edits.windows(2).all(|w| w[0].end <= w[1].start || w[0].source < w[1].source), "{diagnostic:?}");
    }
}

/// A field says something or does not, and its values stand where they say.
pub fn check_field(field: &Field, sources: &[Source]) {
    cut(sources, field.name.span);
    assert_eq!(field.state == State::Given, !field.values.is_empty(), "{field:?}");
    for value in &field.values {
        let words = cut(sources, value.span);
        assert!(!value.verbatim || words == value.text, "{value:?} stands as {words:?}");
    }
}

/// The text is normalized, and its map goes forward through one source and cuts out the words it stands for.
fn check_section(section: &Section, sources: &[Source]) {
    if let Some(heading) = &section.heading {
        cut(sources, heading.span);
    }
    let text = section.text.as_str();
    assert_eq!(text, text.trim());
    for wrong in ["  ", " \n", "\n ", "\n\n\n", "\t", "\r"] {
        assert!(!text.contains(wrong), "{wrong:?} in {text:?}");
    }
    assert_eq!(text.matches('\n').count(), 2 * text.matches("\n\n").count(), "{text:?}");
    assert!(section.text.words() as usize <= text.chars().count());
    let whole = section.text.span();
    cut(sources, whole);
    let mut last = whole.start;
    let is_word = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric();
    for word in text.split(|c| !is_word(c)).filter(|w| !w.is_empty()) {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let span = section.text.to_source(at..at + word.len());
        let words = cut(sources, span);
        assert!(span.source == whole.source && span.start >= last && span.end <= whole.end, "{span:?} of {whole:?}");
        last = span.start;
        // entities and escapes are longer than what they stand for
        if words.len() == word.len() && words.is_ascii() {
            assert_eq!(words, word);
        }
    }
}

/// Places come from the file in order, and where text was not decoded from another encoding they hold the very bytes.
fn decoding(source: &Source, file: &[u8]) {
    let text = source.text.as_str();
    let is_file = source.inside == Inside::No;
    let same = is_file && file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file) == text.as_bytes();
    let mut last = 0;
    // looking up each character of a long text takes longer than reading it
    for (at, c) in text.char_indices().step_by(1 + text.len() / 256) {
        let original = source.decoded.original(text, at as u32);
        assert!(original >= last, "{:?} goes back at {at}", source.name);
        last = original;
        if same {
            let bytes = file.get(original as usize..original as usize + c.len_utf8());
            assert_eq!(bytes, Some(c.encode_utf8(&mut [0; 4]).as_bytes()));
        }
    }
    let end = source.decoded.original(text, text.len() as u32);
    assert!(end >= last && (!is_file || end as usize <= file.len()), "{:?} ends at {end}", source.name);
}

/// Paragraphs that people count to are in order.
fn paragraphs(source: &Source) {
    assert!(source.paragraphs.is_sorted_by_key(|p| p.range.start));
    for paragraph in &source.paragraphs {
        assert!(source.text.get(paragraph.range.start as usize..paragraph.range.end as usize).is_some());
    }
}

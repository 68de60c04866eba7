//! What the tests of formats share: reading one text, an outline of what came out, and the truth of its spans.

use super::{Limits, read};
use crate::model::{Diagnostic, Input, State, Work};

/// Reads a text as the file `name`, in the format that recognizes it or in the `forced` one, and checks its spans.
pub(super) fn read_as(name: &str, text: &str, forced: Option<&str>) -> (Work, Vec<Diagnostic>) {
    let mut all = works(name, text, forced);
    let (work, notes) = all.pop().expect("one work");
    assert!(all.is_empty());
    check_spans(&work);
    (work, notes)
}

/// Reads a text of any number of works as the file `name`.
pub(super) fn read_works(name: &str, text: &str) -> Vec<(Work, Vec<Diagnostic>)> {
    works(name, text, None)
}

fn works(name: &str, text: &str, forced: Option<&str>) -> Vec<(Work, Vec<Diagnostic>)> {
    let input = Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let mut all = Vec::new();
    read(input, forced, &Limits::default(), &mut |work, notes| all.push((work, notes)));
    all
}

/// Name and format of each work, with the rules under which its reader said something.
pub(super) fn said(works: &[(Work, Vec<Diagnostic>)]) -> Vec<(&str, &str, Vec<&str>)> {
    works
        .iter()
        .map(|(w, notes)| (w.name.as_str(), w.format, notes.iter().map(|n| n.rule.as_str()).collect()))
        .collect()
}

/// Reads a text as the file `name`.
pub(super) fn read_text(name: &str, text: &str) -> Work {
    read_as(name, text, None).0
}

/// Every span lies in its source on character boundaries, and a value is what its span cuts out; one that
/// is not verbatim has the same letters.
pub(super) fn check_spans(work: &Work) {
    let inside = |span: crate::model::Span| {
        let source = work.source(span.source).expect("a source");
        assert!(source.text.get(span.range()).is_some(), "{span:?} is not in the text");
    };
    for field in &work.fields {
        inside(field.name.span);
        assert_eq!(field.state == State::Given, !field.values.is_empty(), "{field:?}");
        if !field.name.span.is_empty() {
            assert_eq!(work.slice(field.name.span), field.name.value);
        }
        for value in &field.values {
            inside(value.span);
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            let cut = work.slice(value.span);
            let same = if value.verbatim { cut == value.text } else { letters(cut) == letters(&value.text) };
            assert!(same, "{value:?} is not “{cut}”");
        }
    }
    let mut last = 0;
    for section in &work.sections {
        let span = section.text.span();
        inside(span);
        assert!(!section.text.is_empty());
        assert!(span.start >= last, "sections overlap");
        last = span.end;
        if let Some(heading) = &section.heading {
            inside(heading.span);
        }
    }
}

/// `label = value` a field; `-` for an empty one, `?` for an unknown one.
pub(super) fn fields(work: &Work) -> Vec<String> {
    let field = |f: &crate::model::Field| {
        let value = match f.state {
            State::Given => f.values.iter().map(|v| v.text.as_str()).collect::<Vec<_>>().join(" + "),
            State::Empty => "-".to_owned(),
            State::Unknown => "?".to_owned(),
        };
        format!("{} = {value}", f.name.value)
    };
    work.fields.iter().map(field).collect()
}

/// `chapter kind [heading] start…end` a section.
pub(super) fn outline(work: &Work) -> Vec<String> {
    let section = |s: &crate::model::Section| {
        let chapter = s.chapter.map_or("-".to_owned(), |n| n.to_string());
        let heading = s.heading.as_ref().map_or(String::new(), |h| format!(" [{}]", h.value));
        let words: Vec<&str> = s.text.as_str().split_whitespace().collect();
        let ends = match words.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first, .., last] => format!("{first}…{last}"),
        };
        format!("{chapter} {}{heading} {ends}", s.kind.name())
    };
    work.sections.iter().map(section).collect()
}

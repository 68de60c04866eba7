//! A page while it is read: its nodes, and the fields and sections found so far.

use std::ops::Range;

use crate::formats::Limits;
use crate::formats::markup::{Line, Markup};
use crate::model::{Diagnostic, Field, Section, SectionKind, SourceId, Span, Spanned, State, TextBuilder, Value};

/// What a reader collects.
pub(in crate::formats) struct Page<'s> {
    /// The source that it is: a file of its own is the first of its work, one of a book any.
    pub id: SourceId,
    pub markup: Markup<'s>,
    pub limits: Limits,
    pub fields: Vec<Field>,
    pub sections: Vec<Section>,
    pub notes: Vec<Diagnostic>,
    pub partial: bool,
}

impl<'s> Page<'s> {
    pub(in crate::formats) fn new(id: SourceId, markup: Markup<'s>) -> Self {
        let limits = Limits::default();
        Self { id, markup, limits, fields: Vec::new(), sections: Vec::new(), notes: Vec::new(), partial: false }
    }

    /// All nodes.
    pub(in crate::formats) fn all(&self) -> Range<usize> {
        0..self.markup.len()
    }

    pub(in crate::formats) fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|f| f.name.value == name)
    }

    /// The text of an element.
    pub(in crate::formats) fn line(&self, element: usize) -> Line {
        self.markup.line(self.markup.inside(element))
    }

    /// The text of an element, and its place.
    pub(in crate::formats) fn heading(&self, element: usize) -> Option<Spanned<String>> {
        let line = self.line(element);
        line.spanned(self.markup.source(), self.id, 0..line.text.len())
    }

    /// The text of an element as a value.
    pub(in crate::formats) fn value(&self, element: usize) -> Option<Value> {
        self.line(element).whole(self.markup.source(), self.id)
    }

    /// A part of a line as a value.
    pub(in crate::formats) fn part(&self, line: &Line, range: Range<usize>) -> Option<Value> {
        line.value(self.markup.source(), self.id, range)
    }

    /// The label in an element, without its colon.
    pub(in crate::formats) fn label(&self, element: usize) -> Option<Spanned<String>> {
        let line = self.line(element);
        let end = line.text.trim_end_matches([':', ' ']).len();
        line.spanned(self.markup.source(), self.id, 0..end)
    }

    /// The texts of the links in an element, as values.
    pub(in crate::formats) fn links(&self, element: usize) -> Vec<Value> {
        let inside = self.markup.inside(element);
        self.markup.elements(inside).filter(|i| self.markup.name(*i) == "a").filter_map(|i| self.value(i)).collect()
    }

    /// Adds a field; without values it is an empty one.
    pub(in crate::formats) fn field(&mut self, name: Spanned<String>, values: Vec<Value>, listed: bool) {
        let state = if values.is_empty() { State::Empty } else { State::Given };
        self.fields.push(Field { name, state, values, listed, chapter: None });
    }

    /// Adds a field whose label does not stand in the page: its name has the place of its first value.
    pub(in crate::formats) fn named(&mut self, name: &str, values: Vec<Value>) {
        if let Some(first) = values.first() {
            self.field(Spanned::new(name.to_owned(), first.span), values, true);
        }
    }

    /// Adds a field whose value is not in the page; its place is a point before `element`.
    pub(in crate::formats) fn unknown(&mut self, name: Spanned<String>) {
        self.fields.push(Field { name, state: State::Unknown, ..Field::default() });
    }

    /// A name that does not stand in the page, at the point before a node.
    pub(in crate::formats) fn point(&self, name: &str, node: usize) -> Spanned<String> {
        let at = self.markup.range(node).start;
        Spanned::new(name.to_owned(), Span::new(self.id, at..at))
    }

    /// Adds the byline of an element as the field Author: its links, or what follows “by” when it has none.
    pub(in crate::formats) fn byline(&mut self, element: usize) {
        let line = self.line(element);
        let start = line.text.get(..3).filter(|by| by.eq_ignore_ascii_case("by ")).map_or(0, str::len);
        // an imported work names its author, and links only the person who brought it
        let imported = line.text.contains("[archived by ");
        let links = if imported { Vec::new() } else { self.links(element) };
        let values =
            if links.is_empty() { self.part(&line, start..line.text.len()).into_iter().collect() } else { links };
        self.named("Author", values);
    }

    /// Adds a section, unless its text is empty.
    pub(in crate::formats) fn section(
        &mut self,
        kind: SectionKind,
        chapter: Option<u32>,
        heading: Option<Spanned<String>>,
        nodes: Range<usize>,
        skip: impl Fn(&Markup<'_>, usize) -> bool,
    ) {
        self.section_of(kind, chapter, heading, &[nodes], skip);
    }

    /// Adds a section of several stretches in order, unless its text is empty.
    pub(in crate::formats) fn section_of(
        &mut self,
        kind: SectionKind,
        chapter: Option<u32>,
        heading: Option<Spanned<String>>,
        stretches: &[Range<usize>],
        skip: impl Fn(&Markup<'_>, usize) -> bool,
    ) {
        let mut builder = TextBuilder::new(self.id, self.markup.source());
        for nodes in stretches {
            let at = self.markup.range(nodes.start).start;
            builder.paragraph(at..at);
            self.markup.fill(&mut builder, nodes.clone(), &skip);
        }
        let text = builder.finish();
        if !text.is_empty() {
            self.sections.push(Section { kind, chapter, heading, text });
        }
    }
}

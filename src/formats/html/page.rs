//! A page while it is read: its nodes, and the fields and sections found so far.

use std::ops::Range;

use crate::formats::markup::{Line, Markup};
use crate::model::{Diagnostic, Field, Section, SectionKind, SourceId, Span, Spanned, State, TextBuilder, Value};

/// A page has one source, the whole document.
pub(super) const SOURCE: SourceId = SourceId(0);

/// What a reader collects.
pub(super) struct Page<'s> {
    pub markup: Markup<'s>,
    pub fields: Vec<Field>,
    pub sections: Vec<Section>,
    pub notes: Vec<Diagnostic>,
    pub partial: bool,
}

impl<'s> Page<'s> {
    pub(super) fn new(markup: Markup<'s>) -> Self {
        Self { markup, fields: Vec::new(), sections: Vec::new(), notes: Vec::new(), partial: false }
    }

    /// All nodes.
    pub(super) fn all(&self) -> Range<usize> {
        0..self.markup.len()
    }

    pub(super) fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|f| f.name.value == name)
    }

    /// The text of an element.
    pub(super) fn line(&self, element: usize) -> Line {
        self.markup.line(self.markup.inside(element))
    }

    /// The text of an element, and its place.
    pub(super) fn heading(&self, element: usize) -> Option<Spanned<String>> {
        let line = self.line(element);
        line.spanned(self.markup.source(), SOURCE, 0..line.text.len())
    }

    /// The text of an element as a value.
    pub(super) fn value(&self, element: usize) -> Option<Value> {
        self.line(element).whole(self.markup.source(), SOURCE)
    }

    /// A part of a line as a value.
    pub(super) fn part(&self, line: &Line, range: Range<usize>) -> Option<Value> {
        line.value(self.markup.source(), SOURCE, range)
    }

    /// The label in an element, without its colon.
    pub(super) fn label(&self, element: usize) -> Option<Spanned<String>> {
        let line = self.line(element);
        let end = line.text.trim_end_matches([':', ' ']).len();
        line.spanned(self.markup.source(), SOURCE, 0..end)
    }

    /// The texts of the links in an element, as values.
    pub(super) fn links(&self, element: usize) -> Vec<Value> {
        let inside = self.markup.inside(element);
        self.markup.elements(inside).filter(|i| self.markup.name(*i) == "a").filter_map(|i| self.value(i)).collect()
    }

    /// Adds a field; without values it is an empty one.
    pub(super) fn field(&mut self, name: Spanned<String>, values: Vec<Value>, listed: bool) {
        let state = if values.is_empty() { State::Empty } else { State::Given };
        self.fields.push(Field { name, state, values, listed, chapter: None });
    }

    /// Adds a field whose label does not stand in the page: its name has the place of its first value.
    pub(super) fn named(&mut self, name: &str, values: Vec<Value>) {
        if let Some(first) = values.first() {
            self.field(Spanned::new(name.to_owned(), first.span), values, true);
        }
    }

    /// Adds a field whose value is not in the page; its place is a point before `element`.
    pub(super) fn unknown(&mut self, name: Spanned<String>) {
        self.fields.push(Field { name, state: State::Unknown, ..Field::default() });
    }

    /// A name that does not stand in the page, at the point before a node.
    pub(super) fn point(&self, name: &str, node: usize) -> Spanned<String> {
        let at = self.markup.range(node).start;
        Spanned::new(name.to_owned(), Span::new(SOURCE, at..at))
    }

    /// Adds the byline of an element as the field Author: its links, or what follows “by” when it has none.
    pub(super) fn byline(&mut self, element: usize) {
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
    pub(super) fn section(
        &mut self,
        kind: SectionKind,
        chapter: Option<u32>,
        heading: Option<Spanned<String>>,
        nodes: Range<usize>,
        skip: impl Fn(&Markup<'_>, usize) -> bool,
    ) {
        let mut builder = TextBuilder::new(SOURCE, self.markup.source());
        self.markup.fill(&mut builder, nodes, skip);
        let text = builder.finish();
        if !text.is_empty() {
            self.sections.push(Section { kind, chapter, heading, text });
        }
    }
}

//! Markdown files, with or without front matter.

mod head;
mod labels;
mod outline;
mod pieces;
mod template;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use self::outline::{Stretch, outline};
use self::pieces::Pieces;
use super::lines::Line;
use super::markup::{Dialect, Markup};
use super::metadata::{normalized, place, sections};
use super::{Confidence, Content, Document, Format, Limits, Sink, front_matter, label};
use crate::model::{Field, Notation, Section, Source, SourceId, Spanned, TextBuilder, Value, Work};

/// Markdown, with YAML or TOML front matter or without.
pub struct Markdown;

const ID: SourceId = SourceId(0);

/// Longest text whose events are kept, in bytes; they take a few times that. Longer ones are read in pieces of it.
const PIECE: usize = 1 << 20;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn summary(&self) -> &'static str {
        "Markdown, with YAML or TOML front matter or without"
    }

    fn recognizes(&self, document: &Document) -> Confidence {
        let Some(text) = document.text() else { return Confidence::No };
        let named = matches!(document.extension().as_str(), "md" | "markdown" | "mdown" | "mkd" | "qmd" | "rmd");
        if front_matter::is_there(text) {
            Confidence::Sure
        } else if named {
            Confidence::Likely
        } else {
            Confidence::No
        }
    }

    fn parse(&self, document: Document, limits: &Limits, sink: &mut Sink<'_>) {
        let Document { name, content } = document;
        let Content::Text(source) = content else { return };
        let (work, diagnostics) = work(name, source, limits);
        sink(work, diagnostics);
    }
}

fn work(name: String, source: Source, limits: &Limits) -> (Work, Vec<crate::model::Diagnostic>) {
    let mut source = source;
    let front_matter::FrontMatter { mut fields, mut diagnostics, body, keys } =
        front_matter::read(ID, &source.text, limits);
    source.writable.extend(keys);
    source.let_write(body..source.text.len(), Notation::Lines);
    let text = source.text.as_str();
    let head = head::read(text, body, &fields, limits);
    let above = self::sections(ID, text, &fields);
    fields.extend(head.fields);
    diagnostics.extend(head.diagnostics);

    let story = || head.story.iter().cloned();
    // the events of a long text are read again where they are needed again, which takes less memory than keeping them
    let kept: Option<Vec<_>> = (text.len() <= PIECE).then(|| story().flat_map(|part| events(text, part)).collect());
    let long = || story().flat_map(|part| Pieces::new(text, part));
    let outline = match &kept {
        Some(events) => outline(ID, text, events.iter().cloned(), limits),
        None => outline(ID, text, long(), limits),
    };
    let plan = &outline.stretches;
    let mut sections = match kept {
        Some(events) => read_sections(text, events.into_iter(), plan, limits),
        None => read_sections(text, long(), plan, limits),
    };
    let mut headings: HashMap<u32, Spanned<String>> = outline.headings.into_iter().collect();
    for section in &mut sections {
        section.heading = section.chapter.and_then(|number| headings.remove(&number));
    }
    sections.splice(0..0, head.sections);
    for section in above {
        place(&mut sections, section);
    }
    if let Some(title) = outline.title
        && !fields.iter().any(|f| normalized(&f.name.value) == "title")
    {
        fields.insert(0, title_field(text, title));
    }
    let work = Work { name, sources: vec![source], fields, sections, ..Work::default() };
    (work, diagnostics)
}

fn title_field(text: &str, title: Spanned<String>) -> Field {
    let exact = Value::verbatim(ID, text, title.span.range());
    let value = if exact.text == title.value { exact } else { Value::decoded(title.value, title.span) };
    Field { name: Spanned::new("Title".to_owned(), title.span), values: vec![value], ..Field::default() }
}

/// The Markdown events of a range of the text, with bytes of the whole text; without what inline scripts and style
/// sheets hold and without the marks of site generators.
fn events(text: &str, range: Range<usize>) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut hidden: Option<String> = None;
    let marks = template::marks(text, range.clone());
    Parser::new_ext(text.get(range.clone()).unwrap_or(""), options)
        .into_offset_iter()
        .map(move |(event, at)| (event, range.start + at.start..range.start + at.end))
        .filter(move |(event, _)| {
            match event {
                Event::InlineHtml(tag) if hidden.as_ref().is_some_and(|name| tag.starts_with(name.as_str())) => {
                    hidden = None;
                }
                Event::InlineHtml(tag) if hidden.is_none() => hidden = hides(tag),
                Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell) => hidden = None,
                Event::Text(_) | Event::Code(_) => return hidden.is_none(),
                _ => {}
            }
            true
        })
        .flat_map(move |(event, at)| template::cut(text, event, at, &marks))
}

/// The start of the tag that ends what `tag` hides, if it is that of a script or the like.
fn hides(tag: &str) -> Option<String> {
    let name = ["script", "style", "template"].iter().find(|name| {
        let rest =
            tag.strip_prefix('<').filter(|rest| rest.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name)));
        rest.and_then(|rest| rest.get(name.len()..)).is_some_and(|rest| rest.starts_with(['>', ' ', '\t', '\n', '\r']))
    })?;
    Some(format!("</{name}"))
}

/// Walks the events of a text once and fills the planned stretches.
fn read_sections<'t>(
    text: &str,
    events: impl Iterator<Item = (Event<'t>, Range<usize>)>,
    plan: &[Stretch],
    limits: &Limits,
) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut plan = plan.iter().peekable();
    let mut writer: Option<(Writer<'_>, &Stretch)> = None;
    let mut finish = |writer: Option<(Writer<'_>, &Stretch)>| {
        let Some((writer, stretch)) = writer else { return };
        let text = writer.builder.finish();
        if !text.is_empty() {
            sections.push(Section { kind: stretch.kind, chapter: stretch.chapter, heading: None, text });
        }
    };
    for (event, range) in events {
        if writer.as_ref().is_some_and(|(_, stretch)| range.start >= stretch.range.end) {
            finish(writer.take());
        }
        // the first event of a stretch that starts behind a label is the block with the label
        if writer.is_none()
            && let Some(stretch) = plan.next_if(|s| range.end > s.range.start && range.start < s.range.end)
        {
            writer = Some((Writer::new(text, stretch, limits), stretch));
        }
        if let Some((writer, stretch)) = &mut writer {
            writer.event(&event, range, &stretch.range);
        }
    }
    finish(writer);
    sections
}

/// Writes the text of one section.
struct Writer<'s> {
    source: &'s str,
    builder: TextBuilder<'s>,
    /// One past the last byte that was written or passed over.
    end: usize,
    /// How many images are open: their descriptions are no story.
    images: usize,
    code: bool,
    /// Whether the next block goes on behind a label or a comma.
    labelled: bool,
    /// Whether this is a list of warnings: its entries are parted by commas, as a field's are.
    listing: bool,
    /// In notes and summaries, where some lines start a paragraph: whether a list of warnings is open, once the
    /// paragraph had a line break.
    notes: Option<Option<bool>>,
    /// Most elements in each other.
    depth: usize,
}

impl<'s> Writer<'s> {
    fn new(source: &'s str, stretch: &Stretch, limits: &Limits) -> Self {
        let mut builder = TextBuilder::new(ID, source);
        let mut end = stretch.range.start;
        if let Some(label) = &stretch.label {
            let colon = source.get(label.clone()).is_some_and(|l| l.ends_with(':'));
            end = label.end;
            builder.copy(label.clone());
            builder.replace(end..end, if colon { " " } else { ": " });
        }
        Self {
            source,
            builder,
            end,
            images: 0,
            code: false,
            labelled: stretch.label.is_some(),
            listing: stretch.label.is_some(),
            notes: (!stretch.kind.is_story()).then_some(None),
            depth: limits.depth,
        }
    }

    fn event(&mut self, event: &Event<'_>, range: Range<usize>, within: &Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range, within),
            Event::End(TagEnd::Image) => self.images = self.images.saturating_sub(1),
            Event::End(TagEnd::CodeBlock) => self.code = false,
            Event::End(TagEnd::TableCell) => self.builder.replace(range.end..range.end, " "),
            _ if self.images > 0 || range.end <= within.start => {}
            Event::Text(text) if self.code => self.code_line(text, range),
            Event::Text(text) => self.text(text, range, within.start),
            Event::Code(text) => self.code(text, range),
            Event::InlineHtml(tag) => {
                if tag.get(..3).is_some_and(|t| t.eq_ignore_ascii_case("<br")) {
                    self.line_break(range.clone());
                }
                self.end = range.end;
            }
            Event::SoftBreak | Event::HardBreak => {
                self.line_break(range.clone());
                self.end = range.end;
            }
            Event::Rule => self.paragraph(range.end),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>, within: &Range<usize>) {
        match tag {
            Tag::Image { .. } => self.images += 1,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::TableCell => {}
            Tag::Superscript | Tag::Subscript => {}
            Tag::Item if self.listing && !self.labelled => {
                self.builder.replace(self.end.min(range.start)..range.start, ", ");
                self.labelled = true;
            }
            _ => self.paragraph(range.start),
        }
        self.code = matches!(tag, Tag::CodeBlock(_));
        if matches!(tag, Tag::HtmlBlock) && range.end > within.start {
            let range = range.start.max(within.start)..range.end;
            let html = Markup::parse(self.source, range.clone(), Dialect::Html, self.depth);
            if !html.line(0..html.len()).text.is_empty() {
                html.fill(&mut self.builder, 0..html.len(), |_, _| false);
                self.labelled = false;
            }
            self.end = range.end;
        }
    }

    /// Ends a line: a space, but in notes a line with a label of its own starts a paragraph.
    fn line_break(&mut self, range: Range<usize>) {
        let parts = self.notes.as_mut().is_some_and(|listing| {
            let before = self.source.get(..range.start).unwrap_or("");
            let before = before.rsplit(['\n', '>']).next().unwrap_or("");
            let line = |start: usize| {
                let rest = self.source.get(start..).unwrap_or("");
                let text = rest.split_once('\n').map_or(rest, |(line, _)| line).trim_end_matches('\r');
                Line { start, text, next: start + text.len() }
            };
            let listing = listing.get_or_insert_with(|| {
                let mut open = false;
                label::parts(&mut open, "", &line(range.start - before.len()));
                open
            });
            label::parts(listing, before, &line(range.end))
        });
        if parts {
            self.builder.paragraph(range);
        } else {
            self.builder.replace(range, " ");
        }
    }

    /// Ends a paragraph before `start`.
    fn paragraph(&mut self, start: usize) {
        let from = self.end.min(start);
        self.notes = self.notes.map(|_| None);
        if self.labelled {
            self.builder.replace(from..start, " ");
        } else {
            self.builder.paragraph(from..start);
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>, from: usize) {
        self.labelled = false;
        let start = range.start.max(from);
        let escaped = start.checked_sub(1).filter(|b| *b >= self.end && self.source.as_bytes().get(*b) == Some(&b'\\'));
        if self.source.get(range.clone()) != Some(text) {
            self.builder.replace(range.clone(), text);
        } else if let (Some(backslash), Some(c)) = (escaped, text.chars().next()) {
            // the backslash belongs to the character, or it would part the word
            let mut utf8 = [0; 4];
            self.builder.replace(backslash..start + c.len_utf8(), c.encode_utf8(&mut utf8));
            self.builder.copy(start + c.len_utf8()..range.end);
        } else {
            self.builder.copy(start..range.end);
        }
        self.end = range.end;
    }

    fn code(&mut self, text: &str, range: Range<usize>) {
        let raw = self.source.get(range.clone()).unwrap_or("");
        let ticks = raw.len() - raw.trim_start_matches('`').len();
        let inside = range.start + ticks..range.end.saturating_sub(ticks).max(range.start + ticks);
        let same = |raw: &str| raw.split_whitespace().eq(text.split_whitespace());
        if self.source.get(inside.clone()).is_some_and(same) {
            self.builder.copy(inside);
        } else {
            self.builder.replace(range.clone(), text);
        }
        self.end = range.end;
    }

    /// Stories indent their paragraphs, and so come as code blocks.
    fn code_line(&mut self, text: &str, range: Range<usize>) {
        if text.trim().is_empty() {
            let blank = self.source.get(self.end..range.start).is_some_and(|gap| gap.contains('\n'));
            let breaks = text.matches('\n').count() + usize::from(blank);
            if breaks > 1 || self.source.get(..range.start).is_some_and(|before| before.ends_with('\n')) {
                self.paragraph(range.end);
            } else {
                self.builder.replace(range.clone(), " ");
            }
            return;
        }
        let mut at = range.start;
        if self.source.get(range.clone()) != Some(text) {
            return self.text(text, range.clone(), range.start);
        }
        self.labelled = false;
        for line in text.split_inclusive('\n') {
            if line.trim().is_empty() {
                self.paragraph(at + line.len());
            } else {
                self.builder.copy(at..at + line.len());
                self.end = at + line.len();
            }
            at += line.len();
        }
    }
}

//! Markdown files, with or without front matter.

mod labels;
mod outline;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use self::outline::{Stretch, outline};
use super::metadata::{normalized, place, sections};
use super::{Confidence, Content, Document, Format, Limits, Sink, front_matter, unreadable};
use crate::model::{Field, Section, Source, SourceId, Spanned, TextBuilder, Value, Work};

/// Markdown, with YAML or TOML front matter or without.
pub struct Markdown;

const ID: SourceId = SourceId(0);

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn summary(&self) -> &'static str {
        "Markdown, with YAML or TOML front matter or without"
    }

    fn editable(&self) -> bool {
        true
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
        let Content::Text(source) = content else {
            let work = Work { name, ..Work::default() };
            return sink(work, vec![unreadable("This is not a text that can be read as Markdown.")]);
        };
        let (work, diagnostics) = work(name, source, limits);
        sink(work, diagnostics);
    }
}

fn work(name: String, source: Source, limits: &Limits) -> (Work, Vec<crate::model::Diagnostic>) {
    let text = source.text.as_str();
    // what declares fields before the body: whatever reads more of them moves `body` on
    let front_matter::FrontMatter { mut fields, diagnostics, body } = front_matter::read(ID, text, limits);

    let outline = outline(ID, text, events(text, body));
    let mut sections = read_sections(text, body, &outline.stretches);
    let mut headings: HashMap<u32, Spanned<String>> = outline.headings.into_iter().collect();
    for section in &mut sections {
        section.heading = section.chapter.and_then(|number| headings.remove(&number));
    }
    for section in self::sections(ID, text, &fields) {
        place(&mut sections, section);
    }
    if let Some(title) = outline.title
        && !fields.iter().any(|f| normalized(&f.name.value) == "title")
    {
        fields.push(title_field(text, title));
    }
    let work = Work { name, sources: vec![source], fields, sections, ..Work::default() };
    (work, diagnostics)
}

fn title_field(text: &str, title: Spanned<String>) -> Field {
    let exact = Value::verbatim(ID, text, title.span.range());
    let value = if exact.text == title.value { exact } else { Value::decoded(title.value, title.span) };
    Field { name: Spanned::new("Title".to_owned(), title.span), values: vec![value], ..Field::default() }
}

/// The Markdown events of the text from `body` on, with bytes of the whole text.
fn events(text: &str, body: usize) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES;
    Parser::new_ext(text.get(body..).unwrap_or(""), options)
        .into_offset_iter()
        .map(move |(event, range)| (event, body + range.start..body + range.end))
}

/// Walks the text once and fills the planned stretches.
fn read_sections(text: &str, body: usize, plan: &[Stretch]) -> Vec<Section> {
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
    for (event, range) in events(text, body) {
        if writer.as_ref().is_some_and(|(_, stretch)| range.start >= stretch.range.end) {
            finish(writer.take());
        }
        // the first event of a stretch that starts behind a label is the block with the label
        if writer.is_none()
            && let Some(stretch) = plan.next_if(|s| range.end > s.range.start && range.start < s.range.end)
        {
            writer = Some((Writer::new(text, stretch), stretch));
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
}

impl<'s> Writer<'s> {
    fn new(source: &'s str, stretch: &Stretch) -> Self {
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
                    self.builder.replace(range.clone(), " ");
                }
                self.end = range.end;
            }
            Event::SoftBreak | Event::HardBreak => {
                self.builder.replace(range.clone(), " ");
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
            for (piece, apart) in html_text(self.source, range) {
                if apart {
                    self.paragraph(piece.start);
                }
                self.labelled = false;
                self.end = piece.end;
                self.builder.copy(piece);
            }
        }
    }

    /// Ends a paragraph before `start`.
    fn paragraph(&mut self, start: usize) {
        let from = self.end.min(start);
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

/// The texts between the tags of a stretch of HTML, and whether tags that end a paragraph stand before each;
/// comments, scripts and style sheets hold none. Entities stay as they are.
fn html_text(source: &str, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, bool)> {
    const INLINE: [&str; 16] =
        ["a", "b", "code", "del", "em", "font", "i", "ins", "q", "s", "small", "span", "strong", "sub", "sup", "u"];
    let html = source.get(range.clone()).unwrap_or("");
    let (mut at, mut apart) = (0, false);
    std::iter::from_fn(move || {
        loop {
            let rest = html.get(at..).filter(|rest| !rest.is_empty())?;
            let Some(tag) = rest.strip_prefix('<') else {
                let len = rest.find('<').unwrap_or(rest.len());
                let piece = range.start + at..range.start + at + len;
                at += len;
                return Some((piece, std::mem::take(&mut apart)));
            };
            let tag = tag.strip_prefix('/').unwrap_or(tag);
            let name = tag.get(..tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(0)).unwrap_or("");
            let end = if rest.starts_with("<!--") {
                "-->"
            } else if name.eq_ignore_ascii_case("script") {
                "</script>"
            } else if name.eq_ignore_ascii_case("style") {
                "</style>"
            } else {
                apart |= !INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline));
                ">"
            };
            at = rest.find(end).map_or(html.len(), |i| at + i + end.len());
        }
    })
}

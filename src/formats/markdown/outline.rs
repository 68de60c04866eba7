//! The plan of a Markdown text: which stretches are summary, notes and chapters.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::html_text;
use super::labels::{Label, label, starts_a_chapter, starts_a_part};
use crate::model::{SectionKind, SourceId, Span, Spanned};

/// A text before the first chapter heading is a chapter of its own from this many bytes on; an epigraph or a
/// dedication is shorter and goes with the first chapter.
const CHAPTER_BYTES: usize = 1500;

/// How much of a block's text is kept to recognize it, in bytes.
const LEAD: usize = 300;

/// A stretch of source that becomes one section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// What it is.
    pub kind: SectionKind,
    /// Number of its chapter, from 1.
    pub chapter: Option<u32>,
    /// A label that stands before the range and belongs to the text: `Content Warnings`.
    pub label: Option<Range<usize>>,
    /// Bytes of the source.
    pub range: Range<usize>,
}

/// The plan of a text.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The one heading on top that names the work.
    pub title: Option<Spanned<String>>,
    /// In order of place; what stands between them is markup or heading.
    pub stretches: Vec<Stretch>,
    /// Heading per chapter number, in order.
    pub headings: Vec<(u32, Spanned<String>)>,
}

/// Plans a text from its Markdown events, whose ranges are bytes of `source`.
pub(super) fn outline<'e>(
    id: SourceId,
    source: &str,
    events: impl Iterator<Item = (Event<'e>, Range<usize>)>,
) -> Outline {
    let blocks = blocks(source, events);
    let title = title(&blocks);
    let mut walk = Walk { blocks: &blocks, title, chapters: chapter_headings(&blocks, title), ..Walk::default() };
    walk.all();
    let heading = |block: &Block| Spanned::new(block.lead.trim().to_owned(), Span::new(id, block.words.clone()));
    Outline {
        title: title.and_then(|i| blocks.get(i)).map(heading),
        headings: walk.headings.iter().filter_map(|(n, i)| Some((*n, heading(blocks.get(*i)?)))).collect(),
        stretches: walk.stretches,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Heading(u8),
    Paragraph,
    Quote,
    Rule,
    /// A list, a table, code and what else holds text.
    Other,
    /// A comment.
    Nothing,
}

/// A block at the top level.
#[derive(Debug)]
struct Block {
    kind: Kind,
    range: Range<usize>,
    /// The start of its text.
    lead: String,
    /// From the first to the last byte of its text.
    words: Range<usize>,
    /// Whether `lead` is all of it.
    whole: bool,
    /// Whether its text starts in emphasis.
    emphasis: bool,
    /// Offsets in `lead` and in the source where pieces of it start.
    pieces: Vec<(usize, usize)>,
}

impl Block {
    fn new(kind: Kind, range: Range<usize>) -> Self {
        let words = range.start..range.start;
        Self { kind, range, lead: String::new(), words, whole: true, emphasis: false, pieces: Vec::new() }
    }

    fn add(&mut self, text: &str, range: &Range<usize>) {
        if self.words.is_empty() {
            self.words = range.clone();
        }
        self.words.end = range.end;
        if self.lead.len() + text.len() > LEAD && !self.lead.is_empty() {
            self.whole = false;
            return;
        }
        self.pieces.push((self.lead.len(), range.start));
        // a single long piece is most of a paragraph
        let cut = (0..=text.len().min(LEAD)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        self.whole &= cut == text.len();
        self.lead.push_str(text.get(..cut).unwrap_or(""));
    }

    /// The source byte of an offset in `lead` (exact for unescaped text).
    fn source_of(&self, offset: usize) -> usize {
        let i = self.pieces.partition_point(|p| p.0 <= offset);
        let (at, from) = i.checked_sub(1).and_then(|i| self.pieces.get(i)).copied().unwrap_or((0, self.range.start));
        (from + (offset - at)).min(self.range.end)
    }

    fn is_heading(&self) -> bool {
        matches!(self.kind, Kind::Heading(_))
    }

    /// Whether a heading has words, not only ornament.
    fn names(&self) -> bool {
        self.is_heading() && self.lead.contains(char::is_alphanumeric)
    }

    /// Its label, and whether that stands alone and so labels what follows.
    fn label(&self) -> Option<(Label, bool)> {
        let found = label(&self.lead)?;
        let alone = self.whole && self.lead.get(found.end..).is_none_or(|rest| rest.trim().is_empty());
        let marked = self.emphasis || self.kind == Kind::Quote;
        match self.kind {
            Kind::Heading(_) => alone.then_some((found, true)),
            Kind::Paragraph | Kind::Quote if alone => (marked || found.strong && found.colon).then_some((found, true)),
            Kind::Paragraph | Kind::Quote => (found.colon && (marked || found.strong)).then_some((found, false)),
            _ => None,
        }
    }
}

/// The blocks at the top level.
fn blocks<'e>(source: &str, events: impl Iterator<Item = (Event<'e>, Range<usize>)>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut depth, mut images) = (0usize, 0usize);
    for (event, range) in events {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    let kind = match &tag {
                        Tag::Heading { level, .. } => Kind::Heading(*level as u8),
                        Tag::Paragraph => Kind::Paragraph,
                        Tag::BlockQuote(_) => Kind::Quote,
                        Tag::HtmlBlock if is_blank(source, &range) => Kind::Nothing,
                        _ => Kind::Other,
                    };
                    blocks.push(Block::new(kind, range));
                } else if let Some(block) = blocks.last_mut()
                    && block.lead.is_empty()
                {
                    block.emphasis |= matches!(tag, Tag::Emphasis | Tag::Strong);
                }
                images += usize::from(matches!(tag, Tag::Image { .. }));
                depth += 1;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                images -= usize::from(matches!(tag, TagEnd::Image) && images > 0);
            }
            Event::Rule if depth == 0 => blocks.push(Block::new(Kind::Rule, range)),
            Event::Text(text) | Event::Code(text) if images == 0 => {
                if let Some(block) = blocks.last_mut() {
                    block.add(&text, &range);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(block) = blocks.last_mut() {
                    block.add(" ", &range);
                }
            }
            _ => {}
        }
    }
    blocks
}

/// Whether HTML holds nothing to read: a comment, an empty anchor.
fn is_blank(source: &str, html: &Range<usize>) -> bool {
    html_text(source, html.clone()).all(|(piece, _)| source.get(piece).is_none_or(|text| text.trim().is_empty()))
}

/// The only heading of the first level, if nothing stands before it.
fn title(blocks: &[Block]) -> Option<usize> {
    let first = blocks.iter().position(|b| b.kind != Kind::Nothing)?;
    let block = blocks.get(first)?;
    let only = blocks.iter().filter(|b| b.kind == Kind::Heading(1)).count() == 1;
    let is = block.kind == Kind::Heading(1) && only && block.names();
    (is && block.label().is_none() && !starts_a_chapter(&block.lead)).then_some(first)
}

/// Which headings start a chapter, as indices of blocks.
fn chapter_headings(blocks: &[Block], title: Option<usize>) -> Vec<usize> {
    let mut counts = [[0usize; 7]; 2];
    let candidates: Vec<(usize, u8, &Block)> = (blocks.iter().enumerate())
        .filter(|(i, b)| Some(*i) != title && b.names() && b.label().is_none())
        .filter_map(|(i, b)| if let Kind::Heading(level) = b.kind { Some((i, level, b)) } else { None })
        .collect();
    for (_, level, block) in &candidates {
        let part = usize::from(starts_a_part(&block.lead));
        if let Some(count) = counts.get_mut(part).and_then(|c| c.get_mut(*level as usize)) {
            *count += 1;
        }
    }
    // parts hold chapters, so they only count where there is nothing below them
    let repeated = |counts: &[usize; 7]| counts.iter().position(|c| *c >= 2);
    let level = counts.iter().find_map(repeated);
    let starts = |(_, l, b): &&(usize, u8, &Block)| level == Some(*l as usize) || starts_a_chapter(&b.lead);
    candidates.iter().filter(starts).map(|(i, ..)| *i).collect()
}

#[derive(Default)]
struct Walk<'b> {
    blocks: &'b [Block],
    title: Option<usize>,
    chapters: Vec<usize>,
    stretches: Vec<Stretch>,
    headings: Vec<(u32, usize)>,
    /// Chapters with text so far.
    count: u32,
    /// Whether a chapter heading has come.
    inside: bool,
    /// Whether there is story since the last chapter heading.
    story: bool,
    /// Whether a chapter heading stands right before.
    fresh: bool,
}

impl Walk<'_> {
    fn all(&mut self) {
        let mut i = 0;
        while let Some(block) = self.blocks.get(i) {
            if Some(i) == self.title || matches!(block.kind, Kind::Rule | Kind::Nothing) {
                i += 1;
            } else if self.chapters.binary_search(&i).is_ok() {
                self.start_chapter(i);
                i += 1;
            } else {
                i = self.block(i, block);
            }
        }
    }

    fn start_chapter(&mut self, heading: usize) {
        if !self.inside && self.story {
            let start = self.stretches.iter().find(|s| s.kind.is_story()).map_or(0, |s| s.range.start);
            let end = self.blocks.get(heading).map_or(0, |b| b.range.start);
            self.count = u32::from(end.saturating_sub(start) >= CHAPTER_BYTES);
        }
        self.inside = true;
        self.story = false;
        self.fresh = true;
        let number = self.count + 1;
        // a part heading right before is no chapter
        self.headings.pop_if(|h| h.0 == number);
        self.headings.push((number, heading));
    }

    /// The number of the chapter that notes or text at this place belong to.
    fn chapter(&self, story: bool) -> Option<u32> {
        if self.inside {
            Some(self.count + u32::from(!self.story))
        } else {
            (story && !self.chapters.is_empty()).then_some(1)
        }
    }

    /// Plans the block at `i`; gives the index of the next one.
    fn block(&mut self, i: usize, block: &Block) -> usize {
        match block.label().and_then(|(label, alone)| Some((self.kind(&label, block)?, label, alone))) {
            Some((kind, label, true)) => self.labelled(i, kind, &label),
            Some((kind, label, false)) => {
                let from = if label.warns { block.range.start } else { block.source_of(label.end) };
                let chapter = self.chapter(false);
                self.stretches.push(Stretch { kind, chapter, label: None, range: from..block.range.end });
                i + 1
            }
            None => {
                self.text(SectionKind::Text, block.range.clone());
                i + 1
            }
        }
    }

    /// What a label says here; none where it must be part of the story.
    fn kind(&self, label: &Label, block: &Block) -> Option<SectionKind> {
        let sure = label.strong || block.is_heading();
        match label.kind {
            SectionKind::Notes if self.story && !label.warns => sure.then_some(SectionKind::EndNotes),
            SectionKind::Notes if self.story => sure.then_some(SectionKind::Notes),
            SectionKind::Summary if self.story => None,
            kind => Some(kind),
        }
    }

    /// A label that stands alone: what follows belongs to it, up to a heading or, before the story, a rule. Where
    /// nothing marks the end, that is one block, since the story itself must not be taken for notes.
    fn labelled(&mut self, i: usize, kind: SectionKind, label: &Label) -> usize {
        let after = kind == SectionKind::EndNotes && self.story;
        let rest = self.blocks.get(i + 1..).unwrap_or_default();
        let ends = |b: &Block| b.is_heading() || b.kind == Kind::Rule && !after || b.label().is_some();
        let end = rest.iter().position(ends);
        let marked =
            after || end.is_some_and(|end| rest.get(end).is_some_and(|b| b.is_heading() || b.kind == Kind::Rule));
        let first = rest.iter().position(|b| b.kind != Kind::Nothing).unwrap_or(0);
        let until = if marked { end.unwrap_or(rest.len()) } else { (first + 1).min(end.unwrap_or(rest.len())) };
        let Some(own) = self.blocks.get(i) else { return i + 1 };
        let shown = own.words.start..own.source_of(label.end.min(own.lead.trim_end().len()));
        if let (Some(from), Some(to)) = (rest.first(), rest.get(..until).and_then(<[Block]>::last)) {
            let label = label.warns.then_some(shown);
            let chapter = self.chapter(false);
            self.stretches.push(Stretch { kind, chapter, label, range: from.range.start..to.range.end });
        }
        let mut next = i + 1 + until;
        // further blocks up to the next mark may be notes as well as story
        if !marked && kind == SectionKind::Notes {
            while let Some(block) = self.blocks.get(next).filter(|b| !ends(b)) {
                self.text(SectionKind::NotesOrText, block.range.clone());
                next += 1;
            }
        }
        next
    }

    fn text(&mut self, kind: SectionKind, range: Range<usize>) {
        let chapter = self.chapter(true);
        if self.inside && !self.story {
            self.count += 1;
        }
        self.story = true;
        let fresh = std::mem::take(&mut self.fresh);
        match self.stretches.last_mut().filter(|s| !fresh && s.kind == kind && s.chapter == chapter) {
            Some(last) => last.range.end = range.end,
            None => self.stretches.push(Stretch { kind, chapter, label: None, range }),
        }
    }
}

//! The plan of a Markdown text: which stretches are summary, notes and chapters.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::labels::{Label, label, starts_a_chapter, starts_a_part};
use crate::formats::Limits;
use crate::formats::markup::{Dialect, Markup};
use crate::model::{SectionKind, SourceId, Span, Spanned};

/// A text before the first chapter heading is a chapter of its own from this many bytes on; an epigraph or a
/// dedication is shorter and goes with the first chapter.
const CHAPTER_BYTES: usize = 1500;

/// How much of a block's text is kept to recognize it, in bytes, and of a paragraph, which is more than the longest label.
const LEAD: usize = 300;
const LEAD_OF_PARAGRAPH: usize = 64;

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
    limits: &Limits,
) -> Outline {
    let blocks = blocks(source, events, limits);
    let title = title(&blocks);
    let mut walk = Walk { blocks: &blocks, title, chapters: chapter_headings(&blocks, title), ..Walk::default() };
    walk.all();
    let heading =
        |block: &Block| Spanned::new(block.lead.trim().replace('\n', " "), Span::new(id, block.words.clone()));
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
    /// What is written on a fold of HTML or a callout, where that stands, and where what it hides starts.
    opens: Option<(String, Range<usize>, usize)>,
    /// Whether it ends such a fold.
    closes: bool,
}

impl Block {
    fn new(kind: Kind, range: Range<usize>) -> Self {
        let words = range.start..range.start;
        Self {
            kind,
            range,
            lead: String::new(),
            words,
            whole: true,
            emphasis: false,
            pieces: Vec::new(),
            opens: None,
            closes: false,
        }
    }

    fn add(&mut self, text: &str, range: &Range<usize>) {
        if self.words.is_empty() {
            self.words = range.clone();
        }
        self.words.end = range.end;
        let most = if self.kind == Kind::Paragraph { LEAD_OF_PARAGRAPH } else { LEAD };
        if self.lead.len() + text.len() > most && !self.lead.is_empty() {
            self.whole = false;
            return;
        }
        self.pieces.push((self.lead.len(), range.start));
        // a single long piece is most of a paragraph
        let cut = (0..=text.len().min(most)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
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
fn blocks<'e>(source: &str, events: impl Iterator<Item = (Event<'e>, Range<usize>)>, limits: &Limits) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut depth, mut images) = (0usize, 0usize);
    for (event, range) in events {
        match event {
            Event::Start(tag) => {
                if depth == 0 && matches!(tag, Tag::HtmlBlock) {
                    blocks.push(html(source, range, limits));
                } else if depth == 0 {
                    let kind = match &tag {
                        Tag::Heading { level, .. } => Kind::Heading(*level as u8),
                        Tag::Paragraph => Kind::Paragraph,
                        Tag::BlockQuote(_) => Kind::Quote,
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
                    block.add("\n", &range);
                }
            }
            _ => {}
        }
    }
    for block in &mut blocks {
        match block.kind {
            // an image, or a mark of a site generator
            Kind::Paragraph if block.lead.is_empty() => block.kind = Kind::Nothing,
            Kind::Quote => block.opens = callout(block),
            _ => {}
        }
    }
    blocks
}

/// The title of a callout, as notes for Obsidian have them: `> [!warning]- Content warnings`.
fn callout(block: &Block) -> Option<(String, Range<usize>, usize)> {
    let (title, _) = block.lead.strip_prefix("[!")?.split_once('\n')?;
    let from = title.len() + "[!\n".len();
    let title = title.split_once(']')?.1;
    let title = title.strip_prefix(['-', '+']).unwrap_or(title).trim();
    let start = block.lead.find(title)?;
    Some((title.to_owned(), block.source_of(start)..block.source_of(start) + title.len(), block.source_of(from)))
}

/// A block of HTML: a heading, a paragraph, the start or the end of a `<details>`, a comment.
fn html(source: &str, range: Range<usize>, limits: &Limits) -> Block {
    let markup = Markup::parse(source, range.clone(), Dialect::Html, limits.depth);
    let all = 0..markup.len();
    let text = |at: usize| markup.line(markup.inside(at)).text;
    let line = markup.line(all.clone());
    let mut block = Block::new(Kind::Other, range.clone());
    block.closes = source.get(range).is_some_and(|html| html.trim_start().starts_with("</details"));
    if line.text.is_empty() {
        block.kind = Kind::Nothing;
        return block;
    }
    let first = markup.children(all.clone()).find(|at| !text(*at).is_empty());
    let level = first.and_then(|at| ["h1", "h2", "h3", "h4", "h5", "h6"].iter().position(|h| *h == markup.name(at)));
    block.kind = match level {
        Some(level) if first.is_some_and(|at| text(at) == line.text) => Kind::Heading(level as u8 + 1),
        _ => Kind::Paragraph,
    };
    block.emphasis =
        markup.elements(all.clone()).any(|at| matches!(markup.name(at), "b" | "strong" | "em" | "i" | "summary"));
    let summary = markup.elements(all).find(|at| markup.name(*at) == "summary");
    let opens = summary.map(|at| (markup.line(markup.inside(at)), markup.range(markup.after(at) - 1).end));
    let Some(range) = line.source(0..line.text.len()) else { return block };
    block.words = range;
    block.whole = line.text.len() <= LEAD;
    for (at, c) in line.text.char_indices().take_while(|(at, _)| *at < LEAD) {
        let from = line.source(at..at + c.len_utf8()).map_or(block.words.start, |s| s.start);
        block.pieces.push((at, from));
        block.lead.push(c);
    }
    if let Some((label, end)) = opens {
        block.opens = label.source(0..label.text.len()).map(|words| (label.text, words, end));
    }
    block
}

/// The only heading of the first level but for those of chapters, if nothing stands before it.
fn title(blocks: &[Block]) -> Option<usize> {
    let first = blocks.iter().position(|b| b.kind != Kind::Nothing)?;
    let block = blocks.get(first)?;
    let rival = |b: &&Block| b.kind == Kind::Heading(1) && !starts_a_chapter(&b.lead);
    let only = blocks.iter().filter(rival).count() == 1;
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
        if let Some((label, words, from)) = self.fold(block) {
            let label = label.warns.then_some(words);
            let chapter = self.chapter(false);
            self.stretches.push(Stretch { kind: SectionKind::Notes, chapter, label, range: from..block.range.end });
            return i + 1;
        }
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

    /// A fold of HTML or a callout with a label on it and with what it hides in the same block.
    fn fold(&self, block: &Block) -> Option<(Label, Range<usize>, usize)> {
        let (text, words, from) = block.opens.clone()?;
        let label = label(&text).filter(|l| text.get(l.end..).is_none_or(|rest| rest.trim().is_empty()))?;
        let kind = self.kind(&label, block).filter(|k| *k == SectionKind::Notes);
        (kind.is_some() && from < block.words.end).then_some((label, words, from))
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
        let fold = self.blocks.get(i).is_some_and(|b| b.opens.is_some());
        let closes = |b: &Block| fold && b.closes;
        let ends = |b: &Block| b.is_heading() || b.kind == Kind::Rule && !after || b.label().is_some() || closes(b);
        let end = rest.iter().position(ends);
        let marked = after
            || end
                .is_some_and(|end| rest.get(end).is_some_and(|b| b.is_heading() || b.kind == Kind::Rule || closes(b)));
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

//! The tokens of an RTF document to its paragraphs.

mod characters;

use std::collections::HashMap;
use std::ops::Range;

use super::super::paragraphs::{Beside, Kind, Manuscript, Paragraphs, Properties, Role, Style, Styles};
use super::super::{Limits, half_read, unreadable};
use super::charset::Charset;
use super::tokens::{Token, Tokens};
use super::words::Word;
use crate::model::{Decoding, Diagnostic, Severity, Source};

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Story,
    Footnotes,
    Endnotes,
    Comments,
    /// The name of a style.
    Style,
    /// What the file says about itself.
    Info,
    Property,
    Fonts,
    /// A drawing: what it is made of is passed over, the text in it is read.
    Shape,
    Nowhere,
}

/// What holds until the end of a group.
#[derive(Debug, Clone, Copy)]
struct State {
    to: To,
    charset: Charset,
    /// How many characters behind `\u` stand for the same, for programs that do not know it.
    fallback: usize,
    hidden: bool,
    deleted: bool,
    /// The style of the paragraph, and what its level in the outline makes of it.
    style: Option<i32>,
    outlined: Role,
    in_table: bool,
    /// Which footnote or comment it belongs to.
    note: usize,
}

/// The paragraphs of one place.
#[derive(Debug, Default)]
struct Flow {
    paragraphs: Paragraphs,
    /// Whether the open paragraph has words.
    started: bool,
    /// Whether the open paragraph stands behind a bullet or a number.
    item: bool,
    /// The footnote or comment that it is at.
    note: usize,
}

/// A character of several bytes that is not whole yet.
#[derive(Debug, Default)]
struct Pending {
    bytes: [u8; 4],
    /// How many of them have come.
    len: usize,
    width: usize,
    range: Range<usize>,
}

struct Reader<'b> {
    name: &'b str,
    /// The file itself: places in it are bytes.
    source: Source,
    state: State,
    groups: Vec<State>,
    flows: [Flow; 4],
    notes: usize,
    properties: Properties,
    styles: Styles<i32>,
    /// The style that is being described.
    style: (i32, Style<i32>, String),
    fonts: HashMap<i32, Charset>,
    /// The font that is being described, and the one where nothing else is said.
    font: i32,
    default_font: i32,
    /// The code page of the document.
    page: Charset,
    pending: Pending,
    /// The first half of a character above U+FFFF.
    half: Option<(u16, Range<usize>)>,
    /// How many characters are still to be passed over.
    skip: usize,
    /// How many bytes meant nothing, and by which code page.
    unread: Option<(usize, Charset)>,
}

/// Reads a document.
///
/// # Errors
/// Groups that are nested deeper than the limit, as the diagnostic to report.
pub(super) fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Manuscript, Box<Diagnostic>> {
    let mut reader = Reader::new(name);
    let mut tokens = Tokens::new(bytes);
    // whether the token before was `{\*`: what follows names a group that may be passed over
    let mut optional = false;
    let mut ended = false;
    for (token, range) in &mut tokens {
        if !matches!(token, Token::Byte(_) | Token::Text(_)) {
            reader.flush();
        }
        match token {
            Token::Open => {
                if reader.groups.len() >= limits.depth {
                    return Err(too_deep(limits));
                }
                reader.skip = 0;
                reader.groups.push(reader.state);
            }
            Token::Close => {
                reader.skip = 0;
                reader.close();
                if reader.groups.is_empty() {
                    ended = true;
                    break;
                }
            }
            Token::Symbol(b'*') => {
                optional = true;
                continue;
            }
            Token::Word(name, value) => reader.word(name, value, range, optional),
            Token::Symbol(symbol) => reader.symbol(symbol, range),
            Token::Byte(byte) => reader.byte(byte, range),
            Token::Text(text) => reader.text(text, range),
        }
        optional = false;
    }
    reader.flush();
    let mut manuscript = reader.finish();
    let rest = tokens.rest();
    if !ended {
        manuscript.breaks_off("");
    } else if rest.iter().filter(|b| !b.is_ascii_whitespace() && **b != 0).nth(LONGEST_REST).is_some() {
        let message = format!(
            "The document ends {} KB before its file does; what follows was not read.",
            (rest.len() >> 10).max(1)
        );
        let help = "Open it in a word processor, see whether a part of the text is missing, and save it again.";
        manuscript.diagnostics.push(half_read(message).help(help));
    }
    Ok(manuscript)
}

/// Most bytes behind the end of a document that are passed over in silence.
const LONGEST_REST: usize = 64;

fn too_deep(limits: &Limits) -> Box<Diagnostic> {
    let message =
        format!("The document nests its groups deeper than the {} levels that are read (limit: depth).", limits.depth);
    Box::new(unreadable(message).help("No word processor writes such files; if it is a work, save it as HTML or text."))
}

fn flow(flows: &mut [Flow; 4], to: To) -> Option<&mut Flow> {
    let [story, footnotes, endnotes, comments] = flows;
    match to {
        To::Story => Some(story),
        To::Footnotes => Some(footnotes),
        To::Endnotes => Some(endnotes),
        To::Comments => Some(comments),
        To::Style | To::Info | To::Property | To::Fonts | To::Shape | To::Nowhere => None,
    }
}

impl<'b> Reader<'b> {
    fn new(name: &'b str) -> Self {
        let state = State {
            to: To::Story,
            charset: Charset::DEFAULT,
            fallback: 1,
            hidden: false,
            deleted: false,
            style: None,
            outlined: Role::Plain,
            in_table: false,
            note: 0,
        };
        Self {
            name,
            source: Source::new(name, "", Decoding::default()),
            state,
            groups: Vec::new(),
            flows: Default::default(),
            notes: 0,
            properties: Properties::new(format!("{name}#info")),
            styles: Styles::default(),
            style: (0, Style::default(), String::new()),
            fonts: HashMap::new(),
            font: 0,
            default_font: 0,
            page: Charset::DEFAULT,
            pending: Pending::default(),
            half: None,
            skip: 0,
            unread: None,
        }
    }

    fn finish(mut self) -> Manuscript {
        while !self.groups.is_empty() {
            self.close();
        }
        let name = self.name;
        let [story, footnotes, endnotes, comments] = self.flows.map(|f| f.paragraphs);
        let beside = [
            (Kind::Footnote, "footnotes", footnotes),
            (Kind::Endnote, "endnotes", endnotes),
            (Kind::Comment, "comments", comments),
        ];
        let beside =
            beside.map(|(kind, what, paragraphs)| Beside { kind, source: format!("{name}#{what}"), paragraphs });
        let mut diagnostics = Vec::new();
        if let Some((count, charset)) = self.unread {
            let page = match charset {
                Charset::Unknown(number) => format!("code page {number}, which is not read"),
                _ => "the code page that the document names".to_owned(),
            };
            let (bytes, were) = match count {
                1 => ("1 byte of the text means".to_owned(), "it was"),
                _ => (format!("{count} bytes of the text mean"), "they were"),
            };
            let message = format!("{bytes} nothing in {page}; {were} passed over.");
            let help = "Open the document in a word processor, and save it again, or the words around these places are not checked.";
            diagnostics.push(Diagnostic::new("core/encoding", Severity::Warning, message).help(help));
        }
        Manuscript {
            file: name.to_owned(),
            source: name.to_owned(),
            story,
            beside: beside.into(),
            properties: self.properties,
            diagnostics,
        }
    }

    /// The paragraphs that text goes to; none when it goes nowhere.
    fn flow(&mut self) -> Option<&mut Flow> {
        flow(&mut self.flows, self.state.to)
    }

    fn is_hidden(&self) -> bool {
        self.state.hidden || self.state.deleted
    }

    /// Adds text that stands for the bytes of `range`.
    fn push(&mut self, text: &str, range: Range<usize>, verbatim: bool) {
        match self.state.to {
            To::Style => self.style.2.push_str(text),
            To::Property => self.properties.push(&self.source, text, range, verbatim),
            _ if self.is_hidden() => {}
            _ => {
                self.begin();
                if let Some(flow) = flow(&mut self.flows, self.state.to) {
                    flow.paragraphs.push(&self.source, text, range, verbatim);
                }
            }
        }
    }

    /// Makes sure that a paragraph is open, and that it is known what it is.
    fn begin(&mut self) {
        let State { note, in_table, .. } = self.state;
        let Some(flow) = self.flow() else { return };
        if flow.note != note {
            flow.note = note;
            flow.paragraphs.part();
            flow.started = false;
        }
        if flow.started {
            return;
        }
        flow.started = true;
        match (in_table, flow.paragraphs.in_table()) {
            (true, false) => flow.paragraphs.table(),
            (false, true) => flow.paragraphs.end_table(),
            _ => {}
        }
        flow.paragraphs.start();
        let item = std::mem::take(&mut flow.item);
        let role = self.role(item);
        if let Some(flow) = self.flow() {
            flow.paragraphs.role(role);
        }
    }

    /// What the paragraph is, by its style, its level and what stands before it.
    fn role(&self, item: bool) -> Role {
        let styled = self.state.style.and_then(|s| self.styles.role(&s)).unwrap_or_default();
        match (styled, self.state.outlined) {
            (role @ (Role::Title | Role::Left), _) => role,
            (_, role @ Role::Heading(_)) => role,
            (Role::Plain, _) if item => Role::Item,
            (role, _) => role,
        }
    }

    fn end_paragraph(&mut self) {
        self.begin();
        if let Some(flow) = self.flow() {
            flow.paragraphs.end();
            flow.started = false;
        }
    }

    /// Ends a group: what it changed is as before.
    fn close(&mut self) {
        self.flush();
        let before = self.state;
        let Some(state) = self.groups.pop() else { return };
        match before.to {
            To::Style => self.add_style(),
            To::Property => self.properties.end(),
            To::Story if state.to == To::Shape => self.end_paragraph(),
            _ => {}
        }
        self.state = state;
        if before.to == To::Fonts && state.to != To::Fonts {
            self.set_font(self.default_font);
        }
    }

    fn add_style(&mut self) {
        let (id, mut style, name) = std::mem::take(&mut self.style);
        if name.is_empty() {
            // the end of all of them
            return;
        }
        let role = Role::of_style(name.trim().trim_end_matches(';'));
        // the name says more than the outline level
        if role != Role::Plain {
            style.role = role;
        }
        self.styles.add(id, style);
    }

    fn set_font(&mut self, font: i32) {
        self.state.charset = self.fonts.get(&font).copied().unwrap_or(self.page);
    }

    fn word(&mut self, name: &str, value: Option<i32>, range: Range<usize>, optional: bool) {
        if self.state.to == To::Nowhere {
            return;
        }
        let Some(word) = Word::of(name) else {
            if optional {
                self.state.to = To::Nowhere;
            }
            return;
        };
        let number = value.unwrap_or(0);
        // a switch is on unless a 0 stands behind it
        let on = value != Some(0);
        let level = || u8::try_from(number).map_or(Role::Plain, Role::of_outline);
        match word {
            Word::LeftOut => self.state.to = To::Nowhere,
            Word::Bullet => {
                if let Some(flow) = self.flow() {
                    flow.item = true;
                }
                self.state.to = To::Nowhere;
            }
            Word::Footnote => self.note(To::Footnotes),
            Word::Comment => self.note(To::Comments),
            Word::Endnote if self.state.to == To::Footnotes => self.state.to = To::Endnotes,
            Word::Fonts => self.state.to = To::Fonts,
            Word::Styles => self.state.to = To::Style,
            Word::Info => self.state.to = To::Info,
            Word::Property(property) if self.state.to == To::Info => {
                self.properties.start(property);
                self.state.to = To::Property;
            }
            Word::Shape => self.state.to = To::Shape,
            Word::ShapeText => self.shape_text(),
            Word::Character(text) => self.character(text, range),
            Word::Unicode => self.unicode(value.unwrap_or(0xfffd), range),
            Word::Fallback => self.state.fallback = usize::try_from(value.unwrap_or(1)).unwrap_or(0),
            Word::Page => self.set_page(Charset::of_page(number)),
            Word::MacPage => self.set_page(Charset::MAC),
            Word::DosPage => self.set_page(Charset::DOS),
            Word::Os2Page => self.set_page(Charset::OS2),
            Word::DefaultFont => self.default_font = number,
            Word::Font if self.state.to == To::Fonts => self.font = number,
            Word::Font => self.set_font(number),
            Word::FontCharset if self.state.to == To::Fonts => {
                if let Some(charset) = Charset::of_font(number) {
                    self.fonts.insert(self.font, charset);
                }
            }
            Word::FontPage if self.state.to == To::Fonts => {
                self.fonts.insert(self.font, Charset::of_page(number));
            }
            Word::Style if self.state.to == To::Style => self.style.0 = number,
            // styles of words and of tables have numbers of their own, and programs repeat in the text what they do
            Word::OtherStyle if self.state.to == To::Style => self.state.to = To::Nowhere,
            Word::ParentStyle => self.style.1.parent = value,
            Word::Outline if self.state.to == To::Style => self.style.1.role = level(),
            Word::Outline => self.state.outlined = level(),
            Word::Style => self.state.style = value,
            Word::Paragraph => {
                self.skip = 0;
                if !self.state.deleted {
                    self.end_paragraph();
                }
            }
            Word::Break => self.line_break(),
            Word::Cell | Word::InnerCell | Word::Row => self.table(word),
            Word::InTable => self.state.in_table = on,
            Word::Plain => {
                (self.state.hidden, self.state.deleted) = (false, false);
                self.set_font(self.default_font);
            }
            Word::PlainParagraph => self.plain_paragraph(),
            Word::Hidden => self.state.hidden = on,
            Word::Deleted => self.state.deleted = on,
            Word::Endnote | Word::Property(_) | Word::FontCharset | Word::FontPage | Word::OtherStyle => {}
        }
    }

    fn plain_paragraph(&mut self) {
        (self.state.style, self.state.outlined, self.state.in_table) = (None, Role::Plain, false);
    }

    /// Starts a footnote or a comment.
    fn note(&mut self, to: To) {
        if self.flow().is_some() {
            self.notes += 1;
            self.state.note = self.notes;
            self.state.to = to;
            self.plain_paragraph();
        }
    }

    /// Starts the text of a drawing, which stands within a paragraph that goes on behind it.
    fn shape_text(&mut self) {
        if self.state.to == To::Shape {
            (self.state.to, self.state.note) = (To::Story, 0);
            self.plain_paragraph();
            let [story, ..] = &mut self.flows;
            story.started = false;
        }
    }

    /// A line break within a paragraph.
    fn line_break(&mut self) {
        self.skip = 0;
        self.end_half();
        if !self.is_hidden() && self.flow().is_some() {
            self.begin();
            if let Some(flow) = self.flow() {
                flow.paragraphs.made("\n");
            }
        }
    }

    fn table(&mut self, word: Word) {
        self.skip = 0;
        self.state.in_table = true;
        self.begin();
        let Some(flow) = self.flow() else { return };
        match word {
            Word::Cell => flow.paragraphs.end_cell(),
            Word::Row => flow.paragraphs.end_row(),
            // an inner table is part of the cell that it stands in
            _ => flow.paragraphs.end(),
        }
        flow.started = false;
    }

    fn set_page(&mut self, page: Charset) {
        (self.page, self.state.charset) = (page, page);
    }
}

//! Findings, map, suggestion and answers in the words and places of the page.

use std::collections::HashMap;
use std::ops::Range;

use forewarn::model::map::ContentMap;
use forewarn::model::{Diagnostic, Span};
use forewarn::profile;
use forewarn::report::map::{cell_name, scored, spot_words, unit};
use forewarn::report::sentences;
use forewarn::rules::RuleSet;
use forewarn::suggest::sentences::{change, ending, read};
use forewarn::suggest::{self, Change, amount};

use crate::reply::{self, Answer, Finding, Line, Map, Place, Reason, Spot, Strip, Suggestion, Value};
use crate::shown::{Block, Kind, Walk};

/// Most places that are looked for: far more than anybody reads, few enough for any file.
const PLACES: usize = 20_000;

/// Tells of a work, and keeps the places that it told of.
#[derive(Debug)]
pub struct Teller<'b> {
    blocks: &'b [Block],
    found: Vec<(usize, Range<usize>)>,
    known: HashMap<Span, Option<usize>>,
}

impl<'b> Teller<'b> {
    /// Nothing told yet.
    pub fn new(blocks: &'b [Block]) -> Self {
        Self { blocks, found: Vec::new(), known: HashMap::new() }
    }

    /// The place of a span; none if it stands in nothing that is shown.
    fn place(&mut self, span: Span) -> Option<usize> {
        if let Some(known) = self.known.get(&span) {
            return *known;
        }
        if self.known.len() >= PLACES {
            return None;
        }
        let place = (0..).zip(self.blocks).find_map(|(i, b)| Some((i, b.place(span)?)));
        let index = place.map(|place| {
            self.found.push(place);
            self.found.len() - 1
        });
        self.known.insert(span, index);
        index
    }

    fn all(&mut self, spans: impl IntoIterator<Item = Span>) -> Vec<usize> {
        let mut places: Vec<usize> = spans.into_iter().filter_map(|span| self.place(span)).collect();
        places.dedup();
        places
    }

    /// What the report does not say of a finding.
    pub fn finding(&mut self, diagnostic: &Diagnostic) -> Finding {
        Finding {
            places: diagnostic.labels.iter().map(|l| self.place(l.span)).collect(),
            fix: diagnostic.fix.as_ref().map(sentences::fix),
            score: diagnostic.score.as_ref().map(sentences::score),
        }
    }

    /// The content map; none where there is nothing on it.
    pub fn map(&mut self, map: &ContentMap) -> Option<Map> {
        let mut strips = Vec::new();
        for strip in &map.strips {
            let spots = strip.spots.iter().map(|spot| {
                spot.as_ref().map(|spot| Spot {
                    level: spot.level.name(),
                    said: spot_words(spot),
                    shade: ((spot.score * 5.0).ceil() as u32).clamp(1, 5),
                    places: self.all(spot.places.iter().copied()),
                })
            });
            let spots = spots.collect();
            strips.push(Strip { name: strip.name.clone(), all: scored(strip.level, strip.score), spots });
        }
        let cells = map.cells.iter().map(|c| (cell_name(c), c.chapters)).collect();
        (!strips.is_empty()).then(|| Map { unit: unit(map), cells, strips, more: map.more.clone() })
    }

    /// Why the block is as it is; it is still to be written.
    pub fn suggestion(&mut self, suggestion: &suggest::Suggestion, without: &[(String, String)]) -> Suggestion {
        let lines = suggestion.lines.iter().map(|line| self.line(line, without)).collect();
        Suggestion {
            read: read(&suggestion.reading),
            block: String::new(),
            lines,
            remarks: remarks(suggestion),
            questions: suggestion.questions.iter().map(|r| self.reason(r)).collect(),
            conflicts: suggestion.conflicts.iter().map(|r| self.reason(r)).collect(),
            missing: suggestion.missing.clone(),
        }
    }

    fn line(&mut self, line: &suggest::Line, without: &[(String, String)]) -> Line {
        let values = line.values.iter().map(|value| Value {
            text: value.text.clone(),
            change: change(&value.change),
            is_added: value.change == Change::New,
            is_left_out: is_left_out(&line.field, value, without),
            reasons: value.reasons.iter().map(|r| self.reason(r)).collect(),
        });
        let values: Vec<Value> = values.collect();
        let kept = values.iter().filter(|v| !v.is_left_out);
        let text = kept.map(|v| v.text.as_str()).collect::<Vec<_>>().join(", ");
        Line { field: line.field.clone(), label: line.label.clone(), text, note: line.note.clone(), values }
    }

    fn reason(&mut self, reason: &suggest::Reason) -> Reason {
        let text = format!("{}{}", reason.text.trim_end_matches('.'), ending(reason));
        Reason { text, places: self.all(reason.places.iter().map(|p| p.span)) }
    }

    /// An answer to a reader.
    pub fn answer(&mut self, answer: &profile::Answer, rules: &RuleSet) -> Option<Answer> {
        let tag = rules.vocabulary.tag(answer.tag)?;
        Some(Answer {
            tag: tag.id.clone(),
            name: tag.name.clone(),
            declared: !answer.declared.is_empty(),
            denied: !answer.denied.is_empty(),
            withheld: answer.withheld,
            level: answer.level.map(|l| l.name()),
            scenes: answer.scenes,
            claims: self.all(answer.declared.iter().chain(&answer.denied).copied()),
            places: self.all(answer.places.iter().map(|p| p.0)),
        })
    }

    /// The places that were told of.
    pub fn places(self) -> Vec<Place> {
        let mut order: Vec<(usize, usize, bool, usize)> = Vec::with_capacity(self.found.len() * 2);
        for (index, (block, range)) in self.found.iter().enumerate() {
            order.push((*block, range.start, false, index));
            order.push((*block, range.end, true, index));
        }
        order.sort_unstable();
        let name = |block: usize| self.blocks.get(block).map(name).unwrap_or_default();
        let empty = |place: &(usize, Range<usize>)| Place { block: place.0, start: 0, end: 0, at: name(place.0) };
        let mut places: Vec<Place> = self.found.iter().map(empty).collect();
        for same in order.chunk_by(|a, b| a.0 == b.0) {
            let Some(block) = same.first().and_then(|first| self.blocks.get(first.0)) else { continue };
            let mut walk = Walk::new(&block.text);
            for (_, byte, is_end, index) in same {
                let (units, paragraph) = walk.to(*byte);
                let Some(place) = places.get_mut(*index) else { continue };
                if *is_end {
                    place.end = units;
                } else {
                    place.start = units;
                    if let Kind::Section(_) = block.kind {
                        place.at = capitalized(&format!("{}paragraph {paragraph}", place.at));
                    }
                }
            }
        }
        places
    }
}

/// Whether a value was added and is not wanted in the block.
pub fn is_left_out(field: &str, value: &suggest::Value, without: &[(String, String)]) -> bool {
    value.change == Change::New && without.iter().any(|(f, text)| f == field && *text == value.text)
}

/// Blocks for the page, with at most so many bytes of text; none of sections where that is nothing.
pub fn blocks(blocks: &[Block], most: usize) -> Vec<reply::Block> {
    let mut room = most;
    let told = |block: &Block| {
        let (kind, label) = match block.kind {
            Kind::Field(label) => ("field", Walk::new(&block.text).to(label).0),
            Kind::Heading => ("heading", 0),
            Kind::Section(_) => ("section", 0),
        };
        let whole = block.text.len() <= room;
        room = room.saturating_sub(block.text.len());
        // fields are short, and change while people fill in the form
        let text = match () {
            () if whole || kind == "field" => Some(block.text.clone()),
            () if most > 0 => Some(String::new()),
            () => None,
        };
        let name = match block.kind {
            Kind::Section("text") => String::new(),
            _ => capitalized(name(block).trim_end_matches(", ")),
        };
        reply::Block { kind, label, name, text }
    };
    blocks.iter().map(told).collect()
}

/// What people call a block: `header, Rating`, `notes of chapter 3, `, `chapter 3, `.
fn name(block: &Block) -> String {
    let of = |what: &str| match block.chapter {
        Some(chapter) => format!("{what} of chapter {chapter}"),
        None => what.to_owned(),
    };
    match (block.kind, block.chapter) {
        (Kind::Field(label), _) => format!("Header, {}", block.text.get(..label).unwrap_or("")),
        (Kind::Heading, _) => capitalized(&of("heading")),
        (Kind::Section("text"), None) => String::new(),
        (Kind::Section("text"), Some(chapter)) => format!("chapter {chapter}, "),
        (Kind::Section(kind), _) => format!("{}, ", of(kind)),
    }
}

fn capitalized(text: &str) -> String {
    suggest::sentences::capitalized(text)
}

/// What is to be said of the whole suggestion.
fn remarks(suggestion: &suggest::Suggestion) -> Vec<String> {
    let mut remarks = Vec::new();
    if !suggestion.reading.unread.is_empty() {
        let unread = suggestion.reading.unread.iter().map(|(l, w)| amount(*w, std::slice::from_ref(l)));
        let unread = unread.collect::<Vec<_>>().join(", ");
        remarks.push(format!("Not looked at, because there are no word lists for the language: {unread}."));
    }
    for (names, sentence) in [
        (&suggestion.more, "Found too, and not added because the list is long: "),
        (&suggestion.hidden, "This file does not show these, so nothing is suggested for them: "),
        (&suggestion.left, "Not in this block, and to be kept as it stands in your file: "),
    ] {
        if !names.is_empty() {
            remarks.push(format!("{sentence}{}.", names.join(", ")));
        }
    }
    remarks
}

//! One pass over each section of story: where terms stand, and whether they count.

use std::ops::Range;

use crate::model::{Evidence, Facts, LexiconId, SectionKind, Status, TermId};
use crate::rules::RuleSet;
use crate::rules::lexicon::{Element, Gap, Phrase};
use crate::rules::matcher::{Finder, Hit, Names, TermKind, Token, is_space, tokenize, word_key};

/// Longest stretch of a sentence that a pattern sees, in bytes: it keeps the cost linear on endless sentences.
const SENTENCE_MOST: usize = 2_000;

/// Most words of an exception: eight elements, each at most a name of four words.
const EXCEPTION_MOST: u32 = 32;

pub(super) fn collect(facts: &mut Facts<'_>, rules: &RuleSet, names: &Names) {
    let mut scan = Scan {
        rules,
        names,
        finder: rules.index.finder(names),
        denials: Denials::default(),
        tokens: Vec::new(),
        places: Vec::new(),
    };
    for (index, (section, measure)) in facts.work.sections.iter().zip(&facts.measures).enumerate() {
        if section.kind != SectionKind::Text {
            continue;
        }
        // a guess at a language without words of its own means that nothing here can be trusted
        let language = match measure.language {
            Some(guess) => match rules.language(guess.0) {
                Some(language) => Some(language),
                None => continue,
            },
            None => None,
        };
        let text = section.text.as_str();
        let mut from = 0;
        let mut word = 0;
        while from < text.len() {
            let rest = text.get(from..).unwrap_or("");
            // a line break stands in a text only for a new paragraph, as two
            let paragraph = rest.split('\n').next().unwrap_or(rest);
            scan.paragraph(paragraph, language);
            for place in scan.places.drain(..) {
                let at = from + place.range.start..from + place.range.end;
                facts.evidence.push(Evidence {
                    lexicon: place.lexicon,
                    term: place.term,
                    section: index as u32,
                    span: section.text.to_source(at.clone()),
                    at: at.start as u32..at.end as u32,
                    word: word + place.first,
                    status: place.status,
                });
            }
            word += scan.tokens.len() as u32;
            from += paragraph.len() + 2;
        }
    }
}

/// A hit in its paragraph.
struct Place {
    lexicon: LexiconId,
    term: TermId,
    first: u32,
    last: u32,
    range: Range<usize>,
    status: Status,
}

/// Scans paragraphs; keeps its buffers between them.
struct Scan<'a> {
    rules: &'a RuleSet,
    names: &'a Names,
    finder: Finder<'a>,
    denials: Denials,
    tokens: Vec<Token>,
    places: Vec<Place>,
}

impl Scan<'_> {
    /// Finds what stands in a paragraph of a language; none: any language may be meant.
    fn paragraph(&mut self, text: &str, language: Option<usize>) {
        tokenize(text, &mut self.tokens);
        let (rules, tokens) = (self.rules, &self.tokens);
        let mut exceptions: Vec<(LexiconId, u32, u32)> = Vec::new();
        let mut seen: Vec<(u32, usize)> = Vec::new();
        let places = &mut self.places;
        let names = self.names;
        self.finder.find(text, tokens, |hit| {
            let Some(term) = rules.index.term(hit.term) else { return };
            if language.is_some() && rules.lexicon(term.lexicon).map(|l| l.language) != language {
                return;
            }
            match term.kind {
                TermKind::Counted => places.extend(place(tokens, term.lexicon, hit)),
                TermKind::Exception => exceptions.push((term.lexicon, hit.first, hit.last)),
                TermKind::Anchor(pattern) => {
                    self::pattern(text, tokens, rules, names, term.lexicon, pattern, hit, &mut seen, places);
                }
            }
        });
        longest(places);
        exceptions.sort_unstable_by_key(|e| e.1);
        for place in places.iter_mut() {
            let inside = |e: &(LexiconId, u32, u32)| e.0 == place.lexicon && place.last <= e.2;
            // an exception has few words, so only those that start shortly before can hold the place
            let low = exceptions.partition_point(|e| e.1 + EXCEPTION_MOST < place.first);
            let high = exceptions.partition_point(|e| e.1 <= place.first);
            if exceptions.get(low..high).is_some_and(|near| near.iter().any(inside)) {
                place.status = Status::Excepted;
            } else if negated(text, tokens, rules, &mut self.denials, place) {
                place.status = Status::Negated;
            }
        }
    }
}

fn place(tokens: &[Token], lexicon: LexiconId, hit: Hit) -> Option<Place> {
    let start = tokens.get(hit.first as usize)?.start as usize;
    let end = tokens.get(hit.last.checked_sub(1)? as usize)?.end as usize;
    Some(Place {
        lexicon,
        term: hit.term,
        first: hit.first,
        last: hit.last,
        range: start..end,
        status: Status::Counted,
    })
}

/// Runs a pattern over the sentence around its anchor, once a sentence.
#[allow(clippy::too_many_arguments)] // called from the one scan, with what it has at hand
fn pattern(
    text: &str,
    tokens: &[Token],
    rules: &RuleSet,
    names: &Names,
    lexicon: LexiconId,
    index: u32,
    hit: Hit,
    seen: &mut Vec<(u32, usize)>,
    places: &mut Vec<Place>,
) {
    let Some(pattern) = rules.patterns.get(index as usize) else { return };
    let Some(anchor) = tokens.get(hit.first as usize) else { return };
    let sentence = sentence(text, anchor.start as usize);
    // anchors come in order, so what was searched before ends where this sentence starts or later
    let done = seen.iter_mut().find(|s| s.0 == index);
    let from = match done {
        Some((_, end)) if *end >= sentence.end => return,
        Some((_, end)) => {
            *end = sentence.end;
            sentence.start
        }
        None => {
            seen.push((index, sentence.end));
            sentence.start
        }
    };
    let Some(part) = text.get(from..sentence.end) else { return };
    for found in pattern.regex().into_iter().flat_map(|regex| regex.captures_iter(part)) {
        let Some(whole) = found.get(0).filter(|m| !m.is_empty()) else { continue };
        if pattern.named && !found.name("character").is_some_and(|n| is_name(n.as_str(), names)) {
            continue;
        }
        let range = from + whole.start()..from + whole.end();
        let first = tokens.partition_point(|t| (t.end as usize) <= range.start) as u32;
        let last = tokens.partition_point(|t| (t.start as usize) < range.end) as u32;
        if first < last {
            places.push(Place { lexicon, term: pattern.term, first, last, range, status: Status::Counted });
        }
    }
}

fn is_name(found: &str, names: &Names) -> bool {
    let words: Vec<String> = found.split([' ', '-']).map(str::to_lowercase).collect();
    found.starts_with(|c: char| !c.is_ascii_lowercase()) && names.contains(&words)
}

/// The sentence around a byte, at most [`SENTENCE_MOST`] bytes to either side.
fn sentence(text: &str, at: usize) -> Range<usize> {
    let is_end = |b: u8| matches!(b, b'.' | b'!' | b'?');
    let bytes = text.as_bytes();
    let low = at.saturating_sub(SENTENCE_MOST);
    let high = (at + SENTENCE_MOST).min(bytes.len());
    let before = bytes.get(low..at).unwrap_or(&[]);
    let mut start = before.iter().rposition(|b| is_end(*b)).map_or(low, |i| low + i + 1);
    let after = bytes.get(at..high).unwrap_or(&[]);
    let mut end = after.iter().position(|b| is_end(*b)).map_or(high, |i| at + i + 1);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end.max(start)
}

/// Keeps, of hits of one lexicon, those that no longer hit of it contains, in order of place.
fn longest(places: &mut Vec<Place>) {
    places.sort_by_key(|p| (p.lexicon, p.first, std::cmp::Reverse(p.last), p.term));
    let mut covered: Option<(LexiconId, u32)> = None;
    places.retain(|p| match covered {
        Some((lexicon, last)) if lexicon == p.lexicon && p.last <= last => false,
        _ => {
            covered = Some((p.lexicon, p.last));
            true
        }
    });
    places.sort_by_key(|p| (p.first, p.last, p.lexicon));
}

/// The phrases that deny, by their last words: most words of a text end none.
#[derive(Default)]
struct Denials {
    /// Of each language and of each lexicon that has its own; made when they are first asked for.
    languages: Vec<Option<Denying>>,
    lexicons: Vec<Option<Denying>>,
}

/// Phrases by their last words.
struct Denying {
    /// For each first byte of a word the lengths that last words which start so have, as bits; of the start of a word all
    /// from its own on.
    starts: Box<[u32; 256]>,
    /// The phrases by the key of their last word, in order.
    whole: Vec<(u64, usize)>,
    /// Those that end in the start of a word.
    prefixes: Vec<usize>,
}

impl Denials {
    fn of(&mut self, rules: &RuleSet, id: LexiconId, phrases: &[Phrase]) -> Option<&Denying> {
        let lexicon = rules.lexicon(id)?;
        let (all, at) = match lexicon.negation {
            Some(_) => (&mut self.lexicons, id.0 as usize),
            None => (&mut self.languages, lexicon.language),
        };
        if all.len() <= at {
            all.resize_with(at + 1, || None);
        }
        Some(all.get_mut(at)?.get_or_insert_with(|| Denying::new(phrases)))
    }
}

impl Denying {
    fn new(phrases: &[Phrase]) -> Self {
        let mut denying = Self { starts: Box::new([0; 256]), whole: Vec::new(), prefixes: Vec::new() };
        for (at, phrase) in phrases.iter().enumerate() {
            let (word, lengths) = match phrase.elements.last() {
                Some(Element::Word(word)) => {
                    denying.whole.push((word_key(word.as_bytes()), at));
                    (word, length(word.len()))
                }
                Some(Element::Prefix(word)) => {
                    denying.prefixes.push(at);
                    (word, !(length(word.len()) - 1))
                }
                _ => continue,
            };
            let first = word.bytes().next().unwrap_or(0);
            for byte in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
                denying.starts.get_mut(byte as usize).into_iter().for_each(|s| *s |= lengths);
            }
        }
        denying.whole.sort_unstable();
        denying
    }

    /// Whether a phrase of those ends with token `last`.
    fn ends_at(&self, phrases: &[Phrase], text: &str, tokens: &[Token], last: usize) -> bool {
        let Some(token) = tokens.get(last) else { return false };
        let first = text.as_bytes().get(token.start as usize).copied().unwrap_or(0);
        let lengths = self.starts.get(first as usize).copied().unwrap_or(0);
        if lengths & length((token.end - token.start) as usize) == 0 {
            return false;
        }
        let from = self.whole.partition_point(|w| w.0 < token.key);
        let alike = self.whole.iter().skip(from).take_while(|w| w.0 == token.key).map(|w| w.1);
        let mut candidates = alike.chain(self.prefixes.iter().copied()).filter_map(|at| phrases.get(at));
        candidates.any(|phrase| ends_at(text, tokens, phrase, last))
    }
}

/// The bit of a word's length in bytes; the last one stands for all longer ones.
fn length(bytes: usize) -> u32 {
    1 << bytes.min(31)
}

/// Whether a negation of the lexicon governs a place: it stands before it in the same sentence, within reach.
fn negated(text: &str, tokens: &[Token], rules: &RuleSet, denials: &mut Denials, place: &Place) -> bool {
    let Some(lexicon) = rules.lexicon(place.lexicon) else { return false };
    let language = rules.languages.get(lexicon.language);
    let phrases = match (&lexicon.negation, language) {
        (Some(own), _) => own.as_slice(),
        (None, Some(language)) => &language.negation,
        (None, None) => return false,
    };
    let Some(denying) = denials.of(rules, place.lexicon, phrases) else { return false };
    let mut i = place.first as usize;
    let mut reached = 0;
    while reached < lexicon.within {
        let Some(before) = i.checked_sub(1) else { return false };
        let (Some(a), Some(b)) = (tokens.get(before), tokens.get(i)) else { return false };
        let gap = text.get(a.end as usize..b.start as usize).unwrap_or("");
        // an apostrophe joins the halves of one word; other marks end what a negation governs
        if gap != "'" {
            if gap != " " && (gap.contains(['.', '!', '?', ';', ':', '"', ',', '\u{1a}']) || gap.contains("--")) {
                return false;
            }
            reached += 1;
        }
        i = before;
        if denying.ends_at(phrases, text, tokens, before) {
            return true;
        }
    }
    false
}

/// Whether the last word of a phrase is token `last`.
fn ends_at(text: &str, tokens: &[Token], phrase: &Phrase, last: usize) -> bool {
    let Some(first) = (last + 1).checked_sub(phrase.elements.len()) else { return false };
    let word = |i: usize| tokens.get(i).and_then(|t| text.get(t.start as usize..t.end as usize)).unwrap_or("");
    let words = phrase.elements.iter().enumerate().rev().all(|(k, element)| match element {
        Element::Word(w) => word(first + k).eq_ignore_ascii_case(w),
        Element::Prefix(p) => word(first + k).get(..p.len()).is_some_and(|w| w.eq_ignore_ascii_case(p)),
        Element::Set(_) | Element::Character => false,
    });
    words
        && phrase.gaps.iter().enumerate().all(|(k, gap)| {
            let (Some(a), Some(b)) = (tokens.get(first + k), tokens.get(first + k + 1)) else { return false };
            let between = text.get(a.end as usize..b.start as usize).unwrap_or("");
            match gap {
                Gap::Space => is_space(between.as_bytes()),
                Gap::Exact(exact) => between == exact,
            }
        })
}

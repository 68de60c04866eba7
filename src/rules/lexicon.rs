//! Terms as written in a lexicon to the phrases that they stand for.

mod forms;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::bits::is_plain_word;
pub use forms::{Book, Form, Part, Piece, Sets};

/// A lexicon after linking.
#[derive(Debug)]
pub struct Lexicon {
    /// `blows.en`.
    pub id: String,
    /// One sentence for people.
    pub summary: String,
    /// Index of its language in the rule set.
    pub language: usize,
    /// What denies its terms; none: the language's lists.
    pub negation: Option<Vec<Phrase>>,
    /// How many words a negation reaches.
    pub within: u32,
}

/// One element of a phrase.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// A word, in lower case.
    Word(String),
    /// Any word that starts so.
    Prefix(String),
    /// Any word of the language's word set of that name.
    Set(String),
    /// A name that the work declares.
    Character,
}

/// What stands between two words of a phrase.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// A space or a hyphen, each as good as the other.
    Space,
    /// Exactly this.
    Exact(String),
}

/// A sequence of words. `gaps[i]` stands between elements `i` and `i + 1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phrase {
    /// At least one, and at least one that is a word or the start of one.
    pub elements: Vec<Element>,
    /// One less than elements.
    pub gaps: Vec<Gap>,
}

/// Most phrases that one term may expand to.
pub const MAX_FORMS: usize = 200;
/// Most words of a phrase.
pub const MAX_WORDS: usize = 8;
/// Fewest letters before a `*`.
pub const MIN_PREFIX: usize = 4;

/// Whether a byte of a normalized text belongs to a word; see [`Text`](crate::model::Text).
#[inline(always)]
pub fn is_word_byte(byte: u8) -> bool {
    is_plain_word(byte) | (byte >= 0x80)
}

/// Resolves `(…|…)` and `{set}`, the innermost last; nesting is not deeper than 4.
fn alternatives(term: &str, sets: &BTreeMap<String, Vec<String>>, depth: usize) -> Result<Vec<String>, String> {
    if depth > 4 {
        return Err("Brackets are nested too deep.".into());
    }
    let mut found = vec![String::new()];
    let mut rest = term;
    while let Some(open) = rest.find(['(', '{']) {
        let (head, tail) = rest.split_at(open);
        let close = if tail.starts_with('(') { matching(tail) } else { tail.find('}') };
        let Some(close) = close else {
            return Err(format!("The bracket `{}` is not closed.", &tail[..1]));
        };
        let inner = tail.get(1..close).unwrap_or("");
        let choices = if tail.starts_with('(') {
            let mut choices = Vec::new();
            for part in forms::split_outside(inner, '|') {
                choices.extend(alternatives(part, sets, depth + 1)?);
            }
            choices
        } else if inner == "character" {
            vec!["{character}".to_owned()]
        } else {
            match sets.get(inner) {
                // a set of single words is matched as such, which spares a phrase for each of them
                Some(words) if words.iter().all(|w| w.bytes().all(is_word_byte)) => vec![format!("{{{inner}}}")],
                Some(words) => words.clone(),
                None => return Err(format!("There is no word set `{inner}` in this language.")),
            }
        };
        if found.len() * choices.len() > MAX_FORMS {
            return Err(format!("The term stands for more than {MAX_FORMS} phrases."));
        }
        found = found.iter().flat_map(|f| choices.iter().map(move |c| format!("{f}{head}{c}"))).collect();
        rest = tail.get(close + 1..).unwrap_or("");
    }
    for f in &mut found {
        f.push_str(rest);
    }
    Ok(found)
}

/// The offset of the bracket that closes the one at the start.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    text.char_indices().find_map(|(i, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(i)
    })
}

/// Resolves `/v` and `/n` on each word.
fn inflections(term: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for (i, word) in term.split(' ').filter(|w| !w.is_empty()).enumerate() {
        let forms = if let Some(base) = word.strip_suffix("/v") {
            verb(base)
        } else if let Some(base) = word.strip_suffix("/n") {
            vec![base.to_owned(), plural(base)]
        } else {
            vec![word.to_owned()]
        };
        let space = if i == 0 { "" } else { " " };
        found = found.iter().flat_map(|f| forms.iter().map(move |w| format!("{f}{space}{w}"))).collect();
    }
    found
}

/// `punch` → punch, punches, punched, punching; `stab` doubles, `slice` drops its e, `carry` turns its y.
fn verb(base: &str) -> Vec<String> {
    let bytes = base.as_bytes();
    let vowel = |b: u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u');
    let stem = match bytes {
        [.., b'i', b'e'] => {
            let stem = &base[..base.len() - 2];
            return vec![base.into(), format!("{base}s"), format!("{base}d"), format!("{stem}ying")];
        }
        [.., b'e', b'e'] => return vec![base.into(), format!("{base}s"), format!("{base}d"), format!("{base}ing")],
        [.., b'e'] => base[..base.len() - 1].to_owned(),
        [.., before, b'y'] if !vowel(*before) => {
            let stem = &base[..base.len() - 1];
            return vec![base.into(), format!("{stem}ies"), format!("{stem}ied"), format!("{base}ing")];
        }
        // one syllable that ends in one vowel and one consonant doubles it
        [head @ .., v, c] if vowel(*v) && !vowel(*c) && !matches!(c, b'w' | b'x' | b'y') && one_syllable(head) => {
            format!("{base}{}", char::from(*c))
        }
        _ => base.to_owned(),
    };
    vec![base.into(), plural(base), format!("{stem}ed"), format!("{stem}ing")]
}

/// Whether what stands before the last vowel has none of its own (`qu` counts as a consonant).
fn one_syllable(head: &[u8]) -> bool {
    let head = head.strip_suffix(b"qu").unwrap_or(head);
    !head.iter().any(|b| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
}

/// `bruise` → bruises, `gash` → gashes, `body` → bodies.
fn plural(base: &str) -> String {
    match base.as_bytes() {
        [.., b's' | b'x' | b'z'] | [.., b'c' | b's', b'h'] => format!("{base}es"),
        [.., before, b'y'] if !matches!(before, b'a' | b'e' | b'i' | b'o' | b'u') => {
            format!("{}ies", &base[..base.len() - 1])
        }
        _ => format!("{base}s"),
    }
}

/// An element of a plain string as it is read.
enum Read<'a> {
    Word(Cow<'a, str>),
    Prefix(Cow<'a, str>),
    /// What stands in braces.
    Braced(&'a str),
}

/// Calls `each` for every element of a text and the gap before it; gives what stands after the last.
fn read<'a>(text: &'a str, mut each: impl FnMut(&str, Read<'a>)) -> &'a str {
    let (mut gap, mut rest) = (text, text);
    while let Some(c) = rest.chars().next() {
        let word_end = rest.bytes().position(|b| !is_word_byte(b)).unwrap_or(rest.len());
        let braced = rest.strip_prefix('{').and_then(|r| r.split_once('}'));
        let (element, after) = if let Some((name, tail)) = braced {
            (Read::Braced(name), tail)
        } else if word_end > 0 {
            let (word, tail) = rest.split_at(word_end);
            let plain = word.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
            let word = if plain { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) };
            match tail.strip_prefix('*').filter(|t| t.is_empty() || t.starts_with([' ', '-'])) {
                Some(tail) if word.len() >= MIN_PREFIX => (Read::Prefix(word), tail),
                _ => (Read::Word(word), tail),
            }
        } else {
            rest = rest.get(c.len_utf8()..).unwrap_or("");
            continue;
        };
        each(gap.get(..gap.len() - rest.len()).unwrap_or(""), element);
        (gap, rest) = (after, after);
    }
    gap
}

/// Whether a gap is what a space stands for.
fn is_plain_space(gap: &str) -> bool {
    matches!(gap, " " | "-")
}

/// What is wrong with what stands after the last element, of which `only` is the word if there is no other element.
fn ending(gap: &str, only: Option<&str>) -> Result<(), String> {
    match only {
        _ if gap.is_empty() => Ok(()),
        Some(word) if gap == "*" => {
            Err(format!("A `*` needs at least {MIN_PREFIX} letters before it: `{word}*` would match too much."))
        }
        _ => Err(format!("A term ends with a letter, a digit or `*`, not with `{gap}`.")),
    }
}

/// A plain string as a phrase.
///
/// # Errors
/// What is wrong with it.
pub fn phrase(text: &str) -> Result<Phrase, String> {
    let (mut elements, mut gaps) = (Vec::new(), Vec::new());
    let mut start = "".to_owned();
    let end = read(text.trim(), |gap, element| {
        if elements.is_empty() {
            start.push_str(gap);
        } else {
            gaps.push(if is_plain_space(gap) { Gap::Space } else { Gap::Exact(gap.to_owned()) });
        }
        elements.push(match element {
            Read::Word(word) => Element::Word(word.into_owned()),
            Read::Prefix(word) => Element::Prefix(word.into_owned()),
            Read::Braced("character") => Element::Character,
            Read::Braced(name) => Element::Set(name.to_owned()),
        });
    });
    if !start.is_empty() {
        return Err(format!("A term starts with a letter or a digit, not with `{start}`."));
    }
    let only = match elements.as_slice() {
        [Element::Word(word)] => Some(word.as_str()),
        _ => None,
    };
    ending(end, only)?;
    if elements.len() > MAX_WORDS {
        return Err(format!("A term has at most {MAX_WORDS} words."));
    }
    if !elements.iter().any(|e| matches!(e, Element::Word(_) | Element::Prefix(_))) {
        return Err("A term needs a word besides names and word sets.".into());
    }
    Ok(Phrase { elements, gaps })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The forms of a term, sets as `a|b`, in order of the alphabet.
    fn forms(term: &str) -> Vec<String> {
        let sets = BTreeMap::from([
            ("their".to_owned(), vec!["his".to_owned(), "her".to_owned()]),
            ("other".to_owned(), vec!["each other".to_owned(), "others".to_owned()]),
        ]);
        let mut book = Book::default();
        let sets = book.sets(&sets);
        let forms = book.expand(term, &sets).unwrap();
        let word = |w: u32| {
            let (from, to) = book.words[w as usize];
            book.pool[from as usize..to as usize].to_owned()
        };
        let show = |part: &Part| match part {
            Part::Word(w) => word(*w),
            Part::Prefix(w) => format!("{}*", word(*w)),
            Part::Named(_) => "{their}".into(),
            Part::Character => "{character}".into(),
            Part::AnyOf(_) => unreachable!("a set stands in no set"),
        };
        let any = |part: &Part| {
            let mut items: Vec<String> = book.items_of(part).iter().map(show).collect();
            items.sort();
            items.join("|")
        };
        let gap = |p: &Piece| match p.gap.checked_sub(1) {
            None => " ",
            Some(exact) => &book.gaps[exact as usize],
        };
        let line = |f: &Form| f.iter().map(|p| format!("{}{}", gap(p), any(&p.part))).collect::<String>();
        let mut lines: Vec<String> = forms.iter().map(|f| line(f).trim_start().to_owned()).collect();
        lines.sort();
        lines
    }

    #[test]
    fn verbs_and_nouns_inflect() {
        for (base, expected) in [
            ("punch/v", "punch|punched|punches|punching"),
            ("stab/v", "stab|stabbed|stabbing|stabs"),
            ("slice/v", "slice|sliced|slices|slicing"),
            ("bury/v", "buried|buries|bury|burying"),
            ("die/v", "die|died|dies|dying"),
            ("free/v", "free|freed|freeing|frees"),
            ("murder/v", "murder|murdered|murdering|murders"),
            ("beat/v", "beat|beated|beating|beats"),
            ("quiz/v", "quiz|quizes|quizzed|quizzing"),
            ("body/n", "bodies|body"),
            ("gash/n", "gash|gashes"),
        ] {
            assert_eq!(forms(base), [expected]);
        }
    }

    #[test]
    fn alternatives_sets_and_wildcards_expand() {
        assert_eq!(forms("slit {their} (throat|wrists)"), ["slit {their} throat|wrists"]);
        assert_eq!(forms("(bleed/v|bled)"), ["bled|bleed|bleeded|bleeding|bleeds"]);
        assert_eq!(forms("saw {other}"), ["saw each other", "saw others"]);
        assert_eq!(forms("euthani*"), ["euthani*"]);
        assert_eq!(forms("{character} was dead"), ["{character} was dead"]);
        let p = phrase("self-harm").unwrap();
        assert_eq!(p.gaps, [Gap::Space]);
        assert_eq!(phrase("s/u/i").unwrap().gaps, [Gap::Exact("/".into()), Gap::Exact("/".into())]);
        assert_eq!(phrase("f**k").unwrap().gaps, [Gap::Exact("**".into())]);
        assert_eq!(phrase("didn't").unwrap().elements.len(), 2);
    }

    #[test]
    fn single_words_share_a_form_and_the_rest_has_its_own() {
        for (term, expected) in [
            ("hit ({their}|a|the|a) wall", &["hit a|the|{their} wall"] as &[&str]),
            (
                "(fell|fall/v) (down|to the (floor|ground))",
                &["fall|falled|falling|falls|fell down", "fall|falled|falling|falls|fell to the floor|ground"],
            ),
            (
                "hit ({character}|{their} dog|her|kitt*)",
                &["hit her", "hit kitt*", "hit {character}", "hit {their} dog"],
            ),
            ("(a|(b|c))  d", &["a|b|c d"]),
            ("(|the) end", &["end", "the end"]),
            ("(un|in)conscious", &["inconscious|unconscious"]),
            ("(self|self-)harm", &["self harm", "selfharm"]),
            ("{their}-self", &["{their} self"]),
            ("(do|did)n't go", &["didn't go", "don't go"]),
            ("(kick|punch)/v", &["kick|kicked|kicking|kicks|punch|punched|punches|punching"]),
            ("f** (you|off)", &["f** off|you"]),
            ("the *** word", &["the *** word"]),
            ("(a|b)", &["a|b"]),
        ] {
            assert_eq!(forms(term), expected, "{term}");
        }
    }

    #[test]
    fn forms_overlap_where_they_share_a_phrase() {
        let sets = BTreeMap::from([("their".to_owned(), vec!["his".to_owned(), "her".to_owned()])]);
        let mut book = Book::default();
        let sets = book.sets(&sets);
        for (a, b, expected) in [
            ("hit/v (a|the) wall", "hitting the (wall|door)", true),
            ("hit/v (a|the) wall", "hitting (his|her) wall", false),
            ("cut {their} arm", "cut (the|{their}) (leg|arm)", true),
            // as written these are two things, and which of them counts is for the weights to say
            ("cut {their} arm", "cut her arm", false),
            ("s/h", "s h", false),
            ("bleed/v out", "bleed/v", false),
            ("kill*", "kill", false),
        ] {
            let [a, b] = [a, b].map(|t| book.expand(t, &sets).unwrap());
            assert_eq!(a.iter().any(|a| b.iter().any(|b| book.overlap(a, b))), expected);
        }
    }

    #[test]
    fn mistakes_are_named() {
        let sets = BTreeMap::new();
        let mut book = Book::default();
        let sets = book.sets(&sets);
        for (term, part) in [
            ("gu*", "at least 4"),
            ("(a|b", "not closed"),
            ("{nope} x", "no word set"),
            ("{character}", "besides names"),
            ("!x", "starts with"),
            ("x!", "ends with"),
            ("a b c d e f g h i", "at most"),
            ("(a|b|c|d|e|f|g|h) (a|b|c|d|e|f|g|h) (a|b|c|d|e|f|g|h)", "more than"),
            ("", "besides names"),
            ("gu* (a", "not closed"),
            ("({character}|the) {character}", "besides names"),
            ("((((((a))))))", "too deep"),
            ("(a b|c d|e f|g h|i j|k l) (a b|c d|e f|g h|i j|k l) (a b|c d|e f|g h|i j|k l)", "more than"),
            ("gu* you*", "ends with"),
        ] {
            let error = book.expand(term, &sets).unwrap_err();
            assert!(error.contains(part), "{term}: {error}");
        }
    }
}

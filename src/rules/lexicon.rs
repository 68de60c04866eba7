//! Terms as written in a lexicon to the phrases that they stand for.

use std::collections::BTreeMap;

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

impl Phrase {
    /// A number that is the same for the same phrase, and hardly ever for another.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325u64; // FNV-1a
        let mut add = |bytes: &[u8]| {
            for byte in bytes.iter().chain(&[0xff]) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for element in &self.elements {
            match element {
                Element::Word(w) => add(w.as_bytes()),
                Element::Prefix(p) => add(&[p.as_bytes(), b"*"].concat()),
                Element::Set(name) => add(&[b"{", name.as_bytes()].concat()),
                Element::Character => add(b"{}"),
            }
        }
        for gap in &self.gaps {
            add(if let Gap::Exact(exact) = gap { exact.as_bytes() } else { b" " });
        }
        hash
    }
}

/// Most phrases that one term may expand to.
pub const MAX_FORMS: usize = 200;
/// Most words of a phrase.
pub const MAX_WORDS: usize = 8;
/// Fewest letters before a `*`.
pub const MIN_PREFIX: usize = 4;

/// Whether a byte of a normalized text belongs to a word; see [`Text`](crate::model::Text).
pub fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The phrases that a term stands for. Syntax: `(a|b c)` alternatives, `{set}` any word of a set of the language,
/// `word/v` and `word/n` inflected forms, `word*` any ending, `{character}` a declared name.
///
/// # Errors
/// What is wrong with the term, as a sentence.
pub fn expand(term: &str, sets: &BTreeMap<String, Vec<String>>) -> Result<Vec<Phrase>, String> {
    let mut phrases = Vec::new();
    for alternative in alternatives(term, sets, 0)? {
        for inflected in inflections(&alternative) {
            phrases.push(phrase(&inflected)?);
            if phrases.len() > MAX_FORMS {
                return Err(format!("The term stands for more than {MAX_FORMS} phrases."));
            }
        }
    }
    phrases.sort();
    phrases.dedup();
    Ok(phrases)
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
            for part in split_top(inner) {
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

/// Splits at each `|` that stands in no inner bracket.
fn split_top(inner: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0usize, 0);
    for (i, c) in inner.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                parts.push(&inner[from..i]);
                from = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[from..]);
    parts
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

/// A plain string as a phrase.
///
/// # Errors
/// What is wrong with it.
pub fn phrase(text: &str) -> Result<Phrase, String> {
    let text = text.trim();
    let (mut elements, mut gaps) = (Vec::new(), Vec::new());
    let mut gap = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word_end = rest.bytes().position(|b| !is_word_byte(b)).unwrap_or(rest.len());
        let braced = rest.strip_prefix('{').and_then(|r| r.split_once('}'));
        let (element, used) = if let Some((name, tail)) = braced {
            let element = if name == "character" { Element::Character } else { Element::Set(name.to_owned()) };
            (element, rest.len() - tail.len())
        } else if word_end > 0 {
            let word = rest[..word_end].to_lowercase();
            let ends = rest[word_end..].strip_prefix('*').is_some_and(|t| t.is_empty() || t.starts_with([' ', '-']));
            if ends && word.len() >= MIN_PREFIX {
                (Element::Prefix(word), word_end + 1)
            } else if ends && elements.is_empty() && word_end + 1 == rest.len() {
                return Err(format!(
                    "A `*` needs at least {MIN_PREFIX} letters before it: `{word}*` would match too much."
                ));
            } else {
                (Element::Word(word), word_end)
            }
        } else {
            gap.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        if elements.is_empty() {
            if !gap.is_empty() {
                return Err(format!("A term starts with a letter or a digit, not with `{gap}`."));
            }
        } else {
            let space = gap.chars().all(|c| matches!(c, ' ' | '-')) && gap.chars().count() == 1;
            gaps.push(if space { Gap::Space } else { Gap::Exact(std::mem::take(&mut gap)) });
            gap.clear();
        }
        elements.push(element);
        rest = &rest[used..];
    }
    if !gap.is_empty() {
        return Err(format!("A term ends with a letter, a digit or `*`, not with `{gap}`."));
    }
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

    fn forms(term: &str) -> Vec<String> {
        let sets = BTreeMap::from([("their".to_owned(), vec!["his".to_owned(), "her".to_owned()])]);
        let phrases = expand(term, &sets).unwrap();
        let show = |e: &Element| match e {
            Element::Word(w) => w.clone(),
            Element::Prefix(p) => format!("{p}*"),
            Element::Set(name) => format!("{{{name}}}"),
            Element::Character => "{character}".into(),
        };
        phrases.iter().map(|p| p.elements.iter().map(show).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn verbs_and_nouns_inflect() {
        for (base, expected) in [
            ("punch/v", "punch punched punches punching"),
            ("stab/v", "stab stabbed stabbing stabs"),
            ("slice/v", "slice sliced slices slicing"),
            ("bury/v", "buried buries bury burying"),
            ("die/v", "die died dies dying"),
            ("free/v", "free freed freeing frees"),
            ("murder/v", "murder murdered murdering murders"),
            ("beat/v", "beat beated beating beats"),
            ("quiz/v", "quiz quizes quizzed quizzing"),
            ("body/n", "bodies body"),
            ("gash/n", "gash gashes"),
        ] {
            assert_eq!(forms(base).join(" "), expected);
        }
    }

    #[test]
    fn alternatives_sets_and_wildcards_expand() {
        assert_eq!(forms("slit {their} (throat|wrists)"), ["slit {their} throat", "slit {their} wrists"]);
        assert_eq!(forms("(bleed/v|bled)").len(), 5);
        assert_eq!(forms("euthani*"), ["euthani*"]);
        assert_eq!(forms("{character} was dead"), ["{character} was dead"]);
        let p = phrase("self-harm").unwrap();
        assert_eq!(p.gaps, [Gap::Space]);
        assert_eq!(phrase("s/u/i").unwrap().gaps, [Gap::Exact("/".into()), Gap::Exact("/".into())]);
        assert_eq!(phrase("f**k").unwrap().gaps, [Gap::Exact("**".into())]);
        assert_eq!(phrase("didn't").unwrap().elements.len(), 2);
    }

    #[test]
    fn mistakes_are_named() {
        let sets = BTreeMap::new();
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
        ] {
            let error = expand(term, &sets).unwrap_err();
            assert!(error.contains(part), "{term}: {error}");
        }
    }
}

use std::collections::BTreeMap;

use crate::model::dice::Dice;
use crate::rules::lexicon::Book;

use super::*;

thread_local! {
    /// How often a word was compared with what a phrase has there.
    pub(super) static COMPARED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The comparisons for a text: what matching costs, whatever the machine.
fn compared(index: &Index, text: &str, names: &[&str]) -> usize {
    COMPARED.with(|compared| compared.set(0));
    hits(index, text, names);
    COMPARED.with(std::cell::Cell::get)
}

#[test]
fn the_cost_of_a_text_grows_with_its_length_and_no_faster_whatever_the_pack_and_the_text() {
    // phrases that start alike, share an anchor, overlap, or may be names of any length
    let many: Vec<String> = (1..=8).map(|n| vec!["a"; n].join(" ")).chain((0..90).map(|i| format!("a b{i}"))).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let any = (0..90).map(|i| format!("a{i}")).collect::<Vec<_>>().join("|");
    let hostile: [(&[&str], &str, &[&str]); 5] = [
        (&many, "a ", &[]),
        (&["(a|b) (a|b) (a|b) (a|b) (a|b) (a|b)", "a (b|a) a", "aaaaaaaa1 aaaaaaaa2", "aaaa*"], "a b aaaaaaaa2 ", &[]),
        (
            &["{character} a {character}", "{character} {character} a", "a {character}"],
            "A a A A ",
            &["a", "a a", "a a a a"],
        ),
        (&[&format!("({any}) (a1|a2)"), &format!("(a1|a2) a1 ({any})")], "a1 a2 ", &[]),
        (&["a-b-a", "a's a", "f**k a", "aa* aa* "], "a-b-a's f**k aaaa ", &[]),
    ];
    for (terms, part, names) in hostile {
        let terms: Vec<&str> = terms.iter().copied().filter(|t| !t.ends_with(' ')).collect();
        let index = index(&terms);
        let [short, long] = [200, 2_000].map(|n| compared(&index, &part.repeat(n), names));
        assert!(short > 0 && long <= short * 10 + 1_000, "{terms:?}: {short}, then {long}");
    }
}

fn index(terms: &[&str]) -> Index {
    let term = |text| (Term { lexicon: LexiconId(0), weight: 1.0, kind: TermKind::Counted }, text);
    let sets = BTreeMap::from([("their".to_owned(), vec!["his".to_owned(), "her".to_owned()])]);
    let (mut book, mut forms) = (Book::default(), Vec::new());
    let sets = book.sets(&sets);
    for (i, term) in terms.iter().enumerate() {
        forms.extend(book.expand(term, &sets).unwrap().into_iter().map(|f| (f, TermId(i as u32))));
    }
    let common = [("was", 9), ("the", 10), ("to", 8)];
    Index::build(&terms.iter().copied().map(term).collect::<Vec<_>>(), &book, &forms, common)
}

fn hits(index: &Index, text: &str, names: &[&str]) -> Vec<String> {
    let names = Names::new(names.iter().map(|n| n.split(' ').map(str::to_owned).collect()).collect());
    let mut tokens = Vec::new();
    tokenize(text, &mut tokens);
    let mut found = Vec::new();
    index.finder(&names).find(text, &tokens, |hit| {
        let (a, b) = (tokens[hit.first as usize].start, tokens[hit.last as usize - 1].end);
        found.push(text[a as usize..b as usize].to_owned());
    });
    found.sort();
    found
}

#[test]
fn finds_whole_words_and_phrases_in_any_case() {
    let index = index(&["gun", "put the dog down", "self-harm", "don't", "f**k", "euthani*", "to the"]);
    assert_eq!(hits(&index, "Gun, guns, begun; the GUN's", &[]), ["GUN", "Gun"]);
    assert_eq!(hits(&index, "They put the dog down. Put the dog, down", &[]), ["put the dog down"]);
    assert_eq!(hits(&index, "self harm self\u{1e}harm Self-Harm self, harm", &[]).len(), 3);
    assert_eq!(hits(&index, "I don't f**k", &[]), ["don't", "f**k"]);
    assert_eq!(hits(&index, "Euthanised euthanasia", &[]), ["Euthanised"]);
    assert_eq!(hits(&index, "back to the wall", &[]), ["to the"]);
}

#[test]
fn sets_stand_for_their_words() {
    let index = index(&["slit {their} throat", "to {their} death"]);
    assert_eq!(
        hits(&index, "Slit HIS throat, slit the throat; to her death", &[]),
        ["Slit HIS throat", "to her death"]
    );
}

#[test]
fn any_word_of_a_bracket_or_inflected_form_is_found() {
    let index = index(&["(fist|boot) (into|in) {their} (gut|jaw)", "strangle/v (the|{their}) dog", "was (to|the)"]);
    let text = "Boot IN his jaw, fist into the gut; strangled her dog, strangles the dog, strangling dog; was the";
    assert_eq!(hits(&index, text, &[]), ["Boot IN his jaw", "strangled her dog", "strangles the dog", "was the"]);
}

#[test]
fn a_set_too_large_to_be_filed_with_its_neighbour_is_found_all_the_same() {
    let words: Vec<String> = (0..90).map(|i| format!("word{i}")).collect();
    let any = words.join("|");
    let index = index(&[&format!("({any}) (word1|word2)"), &format!("to ({any})"), &format!("(and|the) ({any})")]);
    assert_eq!(
        hits(&index, "word89 word2, word2 word89; to word0, the word40", &[]),
        ["the word40", "to word0", "word89 word2"]
    );
}

#[test]
fn names_stand_for_characters() {
    let index = index(&["{character} was dead", "killed {character}", "{character} died"]);
    let names = ["ann", "ann lee", "will"];
    assert_eq!(hits(&index, "Ann Lee was dead. He killed Ann Lee!", &names), ["Ann Lee was dead", "killed Ann Lee"]);
    assert_eq!(hits(&index, "Tom was dead; it will died; Will died", &names), ["Will died"]);
}

/// The index against a plain search over the words, on random texts and phrases of few words.
#[test]
fn agrees_with_a_plain_search() {
    let words = ["was", "the", "to", "gun", "gunners", "blood", "é", "don", "t"];
    let gaps = [" ", "-", ", ", "'", "  "];
    let mut dice = Dice(7);
    let mut next = |n: usize| dice.roll(n);
    for _ in 0..300 {
        // where a term has several words, any of them may stand
        let terms: Vec<Vec<Vec<&str>>> = (0..6)
            .map(|_| (0..=next(3)).map(|_| (0..=next(4) / 2).map(|_| words[next(words.len())]).collect()).collect())
            .collect();
        let written: Vec<String> = terms
            .iter()
            .map(|t| t.iter().map(|any| format!("({})", any.join("|"))).collect::<Vec<_>>().join(" "))
            .collect();
        let text: String = (0..30).map(|_| format!("{}{}", words[next(words.len())], gaps[next(gaps.len())])).collect();
        let index = index(&written.iter().map(String::as_str).collect::<Vec<_>>());
        let mut tokens = Vec::new();
        tokenize(&text, &mut tokens);
        let mut expected = Vec::new();
        for parts in &terms {
            for window in tokens.windows(parts.len()) {
                let word = |t: &Token| &text[t.start as usize..t.end as usize];
                let same = window.iter().zip(parts).all(|(t, any)| any.contains(&word(t)));
                let joined =
                    window.windows(2).all(|w| matches!(&text[w[0].end as usize..w[1].start as usize], " " | "-"));
                if same && joined {
                    expected.push(text[window[0].start as usize..window[parts.len() - 1].end as usize].to_owned());
                }
            }
        }
        expected.sort();
        assert_eq!(hits(&index, &text, &[]), expected, "{written:?} in {text:?}");
    }
}

//! The language that a text is plainly in, by its most frequent words.

use super::Language;
use super::matcher::{tokenize, word_key};

/// Words of a language that are looked for: about half of any prose in it is made of so many.
const MOST_FREQUENT: u32 = 100;
/// Words of the sample that are looked at, and the fewest that tell.
const SAMPLE_WORDS: usize = 300;
const LEAST_WORDS: usize = 40;
/// Share of frequent words from which a text is plainly in a language, and up to which it is plainly not in another.
const PLAINLY: f32 = 0.35;
const PLAINLY_NOT: f32 = 0.2;

/// The most frequent words of each language, as the keys of the matcher, in order.
#[derive(Debug, Default)]
pub(super) struct Frequent(Vec<Vec<u64>>);

impl Frequent {
    pub(super) fn new(languages: &[Language]) -> Self {
        let keys = |language: &Language| {
            let most = language.common.iter().map(|(_, rank)| rank).max().unwrap_or(0);
            let frequent = language.common.iter().filter(|(_, rank)| rank + MOST_FREQUENT > most);
            let mut keys: Vec<u64> = frequent.map(|(word, _)| word_key(word.as_bytes())).collect();
            keys.sort_unstable();
            keys
        };
        Self(languages.iter().map(keys).collect())
    }

    /// The language that the beginning of a normalized text is plainly in, by its index; none leaves that to a closer look.
    pub(super) fn language(&self, text: &str) -> Option<usize> {
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        tokens.truncate(SAMPLE_WORDS);
        if tokens.len() < LEAST_WORDS {
            return None;
        }
        let share = |keys: &Vec<u64>| {
            tokens.iter().filter(|t| keys.binary_search(&t.key).is_ok()).count() as f32 / tokens.len() as f32
        };
        let shares: Vec<f32> = self.0.iter().map(share).collect();
        let best = shares.iter().position(|share| *share >= PLAINLY)?;
        let others = shares.iter().enumerate().filter(|(i, _)| *i != best);
        others.into_iter().all(|(_, share)| *share <= PLAINLY_NOT).then_some(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn a_text_is_plainly_in_a_language_or_it_is_not_told() {
        let packs: Vec<_> = ["core", "ao3"].into_iter().filter_map(rules::bundled).collect();
        let loaded = rules::link(&packs).rules;
        let frequent = Frequent::new(&loaded.languages);
        let english = "She was in the garden when he came to the gate, and it was not what they had said it would be. ";
        let german =
            "Sie war im Garten, als er an das Tor kam, und es war nicht so, wie sie es gesagt hatten; was in so. ";
        let names = "Anna Bert Clara Dora Emil Frida Gustav Hanna Ida Jakob ";
        let of = |text: &str| frequent.language(&text.repeat(9)).map(|i| loaded.languages[i].code.as_str());
        assert_eq!(of(english), Some("eng"));
        assert_eq!((of(german), of(names)), (None, None));
        assert_eq!(frequent.language(english), None);
    }
}

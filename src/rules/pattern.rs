//! Regular expressions behind anchors.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::codec::{Coded, Reader};
use crate::model::TermId;

/// What a hostile or careless regex may cost in memory, in bytes.
const REGEX_BYTES: usize = 1 << 20;

/// A pattern of a lexicon.
#[derive(Debug)]
pub struct Pattern {
    /// Its term in the index, which carries weight and lexicon of its hits.
    pub term: TermId,
    /// Whether its group `character` must be a declared name.
    pub named: bool,
    /// As written in the pack.
    written: String,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern as written in a pack.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub(super) fn new(term: TermId, written: &str) -> Result<Self, String> {
        let pattern = Self::unread(term, written.to_owned());
        match pattern.build() {
            Ok(regex) => Ok(Self { regex: OnceLock::from(Some(regex)), ..pattern }),
            Err(regex::Error::CompiledTooBig(_)) => {
                Err("The pattern is too large; patterns may take 1 MB of memory.".to_owned())
            }
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
                Err(format!("The pattern is not a regular expression: {reason}."))
            }
        }
    }

    fn unread(term: TermId, written: String) -> Self {
        Self { term, named: written.contains("{character}"), written, regex: OnceLock::new() }
    }

    fn build(&self) -> Result<Regex, regex::Error> {
        let source = self.written.replace("{character}", r"(?<character>[\p{L}'-]+(?: [\p{L}'-]+){0,3}?)");
        RegexBuilder::new(&source).case_insensitive(true).size_limit(REGEX_BYTES).dfa_size_limit(REGEX_BYTES).build()
    }

    /// What it finds in a sentence that holds its anchor. It is made when it is first asked for.
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| self.build().ok()).as_ref()
    }
}

impl Coded for Pattern {
    fn write(&self, out: &mut Vec<u8>) {
        self.term.write(out);
        self.written.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self::unread(Coded::read(from)?, Coded::read(from)?))
    }
}

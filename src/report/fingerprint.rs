//! What a finding is known by from run to run, when lines move and messages are worded anew.

use std::collections::HashMap;

use super::excerpt::bounds;
use super::place::{Place, primary};
use crate::model::{Diagnostic, Report};

/// A fingerprint for each finding of a report, in order, and then for each that is accepted: a hash of rule, subject, the words pointed at and the record of a
/// data set; and behind a colon which one it is of those that have the same hash, from 1.
pub(super) fn fingerprints(report: &Report) -> Vec<String> {
    let mut seen: HashMap<u128, usize> = HashMap::new();
    let number = |diagnostic: &Diagnostic| {
        let hash = of(report, diagnostic);
        let count = seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:032x}:{count}")
    };
    report.diagnostics.iter().chain(report.suppressed.iter().map(|s| &s.diagnostic)).map(number).collect()
}

/// A hash of some texts. It hides nothing: a short quote can be guessed and compared.
pub(super) fn hash<'a>(pieces: impl IntoIterator<Item = &'a str>) -> u128 {
    // 0xff is no byte of UTF-8, so that it parts the pieces
    fnv(pieces.into_iter().flat_map(|piece| piece.bytes().chain([0xff])))
}

/// FNV-1a, which is the same on every machine and in every version.
fn fnv(bytes: impl Iterator<Item = u8>) -> u128 {
    const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.fold(START, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

fn of(report: &Report, diagnostic: &Diagnostic) -> u128 {
    // a span that leaves its source is what other formats take it for, too
    let slice = |span| report.source(span).and_then(|source| source.text.get(bounds(source, span)));
    let words = primary(report, diagnostic).and_then(|label| slice(label.span)).unwrap_or("");
    // a paragraph that was wrapped anew is the same
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let part = Place::whole(report).part.map(|p| p.name).unwrap_or_default();
    hash([&diagnostic.rule, diagnostic.subject.as_deref().unwrap_or(""), &words, &part])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Decoding, Severity, Source, SourceId, Span};

    fn report(text: &str, rules: &[(&str, &str)]) -> Report {
        let find = |words: &str| text.find(words).map(|at| Span::new(SourceId(0), at..at + words.len())).unwrap();
        let finding = |(rule, words): &(&str, &str)| Diagnostic::new(*rule, Severity::Info, "").at(find(words), "");
        Report {
            sources: vec![Source::new("a.txt", text, Decoding::default())],
            diagnostics: rules.iter().map(finding).collect(),
            ..Report::default()
        }
    }

    #[test]
    fn they_stay_when_lines_move_and_differ_when_findings_do() {
        let found = [("a/b", "nine boats"), ("a/c", "nine boats"), ("a/b", "sea"), ("a/b", "nine boats")];
        let before = fingerprints(&report("nine boats at sea", &found));
        let after = fingerprints(&report("\n\nThere were\nnine boats out at sea", &found));
        assert_eq!(before, after);
        let wrapped = report("nine\n  boats at sea", &[("a/b", "nine\n  boats")]);
        assert_eq!(fingerprints(&wrapped), before[..1]);
        assert_eq!(before.iter().map(|f| &f[32..]).collect::<Vec<_>>(), [":1", ":1", ":1", ":2"]);
        assert_eq!(before[0][..32], before[3][..32]);
        let hashes: std::collections::HashSet<&str> = before.iter().map(|f| &f[..32]).collect();
        assert_eq!(hashes.len(), 3);
    }

    #[test]
    fn the_hash_is_fnv() {
        // from the published test vectors of FNV-1a with 128 bits
        assert_eq!(fnv("a".bytes()), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_eq!(fnv("foobar".bytes()), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
        assert_ne!(hash(["ab", "c"]), hash(["a", "bc"]));
    }
}

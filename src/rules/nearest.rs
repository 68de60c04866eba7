//! "Did you mean": the nearest of some names, or none when nothing is near.

use rapidfuzz::distance::osa;

/// The candidate nearest to `word` by edits (an exchange of neighbours is one), if it is near enough: one edit
/// from 4 characters on, two from 8, three from 14. Both sides are compared as they are; fold them first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let cutoff = match length {
        0..4 => return None,
        4..8 => 1,
        8..14 => 2,
        _ => 3,
    };
    let comparator = osa::BatchComparator::new(word.chars());
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.chars().count().abs_diff(length) > cutoff {
            continue;
        }
        let args = osa::Args::default().score_cutoff(cutoff);
        if let Some(distance) = comparator.distance_with_args(candidate.chars(), &args)
            && best.is_none_or(|(d, _)| distance < d)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|b| b.1)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_typos_and_nothing_else() {
        let names = ["major character death", "minor character death", "mature", "teen"];
        assert_eq!(nearest("major charater death", names), Some("major character death"));
        assert_eq!(nearest("matuer", names), Some("mature"));
        assert_eq!(nearest("nature", names), Some("mature"));
        assert_eq!(nearest("general", names), None);
        assert_eq!(nearest("ten", names), None);
    }
}

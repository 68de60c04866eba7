//! The line of FanFiction.Net that says everything: `Rated: Fiction  T - English - Humor - Ada L. - Words: 1,200 - …`.

use std::ops::Range;

use crate::model::{Field, Span, Spanned, Value};

/// Longest such line, in bytes.
const LONGEST: usize = 2_000;

/// The genres that the site offers, two of them at most to a story, by which they are told from characters.
#[rustfmt::skip]
const GENRES: [&str; 21] = [
    "Adventure", "Angst", "Crime", "Drama", "Family", "Fantasy", "Friendship", "General", "Horror", "Humor",
    "Hurt/Comfort", "Mystery", "Parody", "Poetry", "Romance", "Sci-Fi", "Spiritual", "Supernatural", "Suspense",
    "Tragedy", "Western",
];

/// What stands behind a label there and is about the story; the rest is about its readers.
const KEPT: [&str; 5] = ["Chapters", "Words", "Updated", "Published", "Status"];

/// What stands before its rating, and in every one.
pub(super) const RATED: &str = "Rated: ";

/// Whether a line is one.
pub(super) fn is_one(line: &str) -> bool {
    line.len() <= LONGEST && start(line).is_some() && [" - Words: ", " - Language: "].iter().any(|l| line.contains(l))
}

/// Where the rating stands; in lists of stories the fandom comes before it.
fn start(line: &str) -> Option<usize> {
    let at = line.find(RATED)?;
    let before = line.get(..at)?;
    (before.trim().is_empty() || before.ends_with(" - ")).then_some(at)
}

/// The fields in a line; `value` makes one of a range of it. None when it is another kind of line.
pub(super) fn fields(line: &str, value: impl Fn(Range<usize>) -> Option<Value>) -> Option<Vec<Field>> {
    let from = Some(line).filter(|l| is_one(l)).and_then(start)?;
    let mut fields = Vec::new();
    let mut add = |label: Option<Range<usize>>, name: &str, ranges: Vec<Range<usize>>| {
        let values: Vec<Value> = ranges.into_iter().filter_map(&value).collect();
        let Some(first) = values.first() else { return };
        let point = Span { end: first.span.start, ..first.span };
        let name =
            label.and_then(&value).map_or(Spanned::new(name.to_owned(), point), |v| Spanned::new(v.text, v.span));
        fields.push(Field { name, values, listed: true, ..Field::default() });
    };
    let fandom = pieces(line, 0..from).into_iter().filter(|p| line.get(p.clone()) != Some("Crossover"));
    add(None, "Fandom", fandom.flat_map(|p| cut(line, p, " & ")).collect());
    let (mut language, mut genre) = (false, false);
    for (i, piece) in pieces(line, from..line.len()).into_iter().enumerate() {
        let text = line.get(piece.clone()).unwrap_or("");
        let label = text.find(": ").map(|colon| (piece.start..piece.start + colon, piece.start + colon + 2));
        match label {
            Some((label, start)) if i == 0 => {
                let rating = line.get(start..piece.end).unwrap_or("");
                let bare = rating.trim_start().trim_start_matches("Fiction").len();
                add(Some(label), "", std::iter::once(piece.end - bare..piece.end).collect());
            }
            // FicHub writes labels before these, too
            Some((label, start)) if matches!(line.get(label.clone()), Some("Language" | "Genre" | "Characters")) => {
                let value = start..piece.end;
                match line.get(label.clone()) {
                    Some("Language") => add(Some(label), "", vec![value]),
                    Some("Genre") => add(Some(label), "", genres(line, &value).unwrap_or_else(|| vec![value])),
                    _ => {
                        let (pairings, names) = characters(line, value);
                        add(None, "Relationships", pairings);
                        add(Some(label), "", names);
                    }
                }
                (language, genre) = (true, true);
            }
            Some((label, start)) if is_label(line.get(label.clone()).unwrap_or("")) => {
                (language, genre) = (true, true);
                if line.get(label.clone()).is_some_and(|l| KEPT.contains(&l)) {
                    add(Some(label), "", std::iter::once(start..piece.end).collect());
                }
            }
            _ if text == "Complete" => add(None, "Status", vec![piece]),
            _ if !std::mem::replace(&mut language, true) => add(None, "Language", vec![piece]),
            _ if !genre && genres(line, &piece).is_some() => {
                genre = true;
                add(None, "Genre", genres(line, &piece).unwrap_or_default());
            }
            _ => {
                genre = true;
                let (pairings, names) = characters(line, piece);
                add(None, "Relationships", pairings);
                add(None, "Characters", names);
            }
        }
    }
    for pairing in fields.iter_mut().filter(|f| f.name.value == "Relationships").flat_map(|f| &mut f.values) {
        *pairing = Value::decoded(pairing.text.replace(", ", "/"), pairing.span);
    }
    Some(fields)
}

/// Whether the words before a colon are a label of the site; a name may have a colon in it.
fn is_label(words: &str) -> bool {
    KEPT.contains(&words) || matches!(words, "Reviews" | "Favs" | "Follows" | "id" | "Story ID" | "Chapter")
}

/// The pieces of a range between ` - `.
fn pieces(line: &str, range: Range<usize>) -> Vec<Range<usize>> {
    cut(line, range, " - ")
}

/// The trimmed pieces of a range between separators, without empty ones.
fn cut(line: &str, range: Range<usize>, separator: &str) -> Vec<Range<usize>> {
    let mut at = range.start;
    let mut found = Vec::new();
    for piece in line.get(range).unwrap_or("").split(separator) {
        let start = at + (piece.len() - piece.trim_start().len());
        at += piece.len() + separator.len();
        if !piece.trim().is_empty() {
            found.push(start..start + piece.trim().len());
        }
    }
    found
}

/// The genres of a piece that holds nothing else. One of them has the stroke in it that parts two.
fn genres(line: &str, piece: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut at = piece.start;
    while at < piece.end {
        let rest = line.get(at..piece.end)?;
        let ends = |g: &&&str| rest.strip_prefix(**g).is_some_and(|after| after.is_empty() || after.starts_with('/'));
        let genre = GENRES.iter().find(ends)?;
        found.push(at..at + genre.len());
        at += genre.len() + 1;
    }
    Some(found)
}

/// The pairings of a piece, which stand in brackets, and all names.
fn characters(line: &str, piece: Range<usize>) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut pairings, mut names) = (Vec::new(), Vec::new());
    let (mut from, mut open) = (piece.start, None);
    for (at, c) in line.get(piece.clone()).unwrap_or("").char_indices() {
        let at = piece.start + at;
        match c {
            '[' => {
                names.push(from..at);
                open = Some(at + 1);
            }
            ']' => {
                names.push(from..at);
                pairings.extend(open.take().map(|open| open..at));
            }
            ',' => names.push(from..at),
            _ => continue,
        }
        from = at + 1;
    }
    names.push(from..piece.end);
    names.retain(|n| line.get(n.clone()).is_some_and(|n| !n.trim().is_empty()));
    (pairings, names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;
    use crate::model::{SourceId, Work};

    fn read(line: &str) -> Option<String> {
        let fields = fields(line, |r| Some(Value::verbatim(SourceId(0), line, r)).filter(|v| !v.text.is_empty()))?;
        Some(testing::fields(&Work { fields, ..Work::default() }).join(" · "))
    }

    #[test]
    fn what_the_line_says() {
        for (line, expected) in [
            (
                "Rated: Fiction  T - English - Adventure/Sci-Fi - Ines M., Rook - Chapters: 22 - Words: 114,414 - Reviews: 1,234 - Favs: 5 - Follows: 6 - Updated: 5/6/2012 - Published: Jan 1, 2011 - Status: Complete - id: 1234567",
                "Rated = T · Language = English · Genre = Adventure + Sci-Fi · Characters = Ines M. + Rook · Chapters = 22 · Words = 114,414 · Updated = 5/6/2012 · Published = Jan 1, 2011 · Status = Complete",
            ),
            (
                "Rated: K+ - Deutsch - Words: 900 - Published: 3h ago",
                "Rated = K+ · Language = Deutsch · Words = 900 · Published = 3h ago",
            ),
            (
                "Rated: Fiction M - English - Hurt/Comfort/Angst - [Ines M., Rook] Marlow - Words: 9",
                "Rated = M · Language = English · Genre = Hurt/Comfort + Angst · Relationships = Ines M./Rook · Characters = Ines M. + Rook + Marlow · Words = 9",
            ),
            (
                "Rated: T - English - [Ines M., Rook] [A: B, C] - Words: 9 - Complete",
                "Rated = T · Language = English · Relationships = Ines M./Rook + A: B/C · Characters = Ines M. + Rook + A: B + C · Words = 9 · Status = Complete",
            ),
            (
                "Crossover - Tides & Harbour Lights - Rated: T - English - Family - Chapters: 2 - Words: 9 - Published: 1/2/2011 - Rook",
                "Fandom = Tides + Harbour Lights · Rated = T · Language = English · Genre = Family · Chapters = 2 · Words = 9 · Published = 1/2/2011 · Characters = Rook",
            ),
        ] {
            assert_eq!(read(line).as_deref(), Some(expected), "{line}");
        }
        let fichub = "Rated: Fiction T - Language: English - Genre: Drama - Characters: [Rook, Bram] - Reviews: 1";
        let expected =
            "Rated = T · Language = English · Genre = Drama · Relationships = Rook/Bram · Characters = Rook + Bram";
        assert_eq!(read(fichub).as_deref(), Some(expected));
        for line in ["Rated: T", "Rated: T - for language", "They had Rated: T - English - Words: 9", ""] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}

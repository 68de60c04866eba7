//! What programs that fetch stories call otherwise than the archives do: fandoms under “Category”, categories under
//! “Genre”, and nothing at all for what a site does not have.

use std::collections::HashSet;
use std::ops::Range;

use super::label;
use crate::model::{Field, Span, Spanned, State, Value};

/// The archive's categories (its `config.yml`) in lower case. FanFicFare lists them among the genres.
const CATEGORIES: [&str; 6] = ["f/f", "f/m", "gen", "m/m", "multi", "other"];

/// Labels of lists that FanFicFare joins with a comma, in the form of [`label::normal`].
#[rustfmt::skip]
const LISTS: &[&str] = &[
    "category", "genre", "characters", "relationships", "warnings", "collections", "fandoms", "freeform tags",
    "freeformtags", "freefromtags", "ao3 categories", "ao3categories",
];

/// What archives demand, the label it gets when a file leaves it out, and the labels it goes by.
const DEMANDED: [(&str, &[&str]); 4] = [
    ("Rating", &["rating", "rated"]),
    ("Archive Warnings", &["archive warnings", "archive warning", "warnings", "warning"]),
    ("Fandom", &["fandom", "fandoms"]),
    ("Language", &["language"]),
];

/// Whether a value is one of the archive's categories.
fn is_category(value: &str) -> bool {
    CATEGORIES.contains(&value.trim().to_lowercase().as_str())
}

/// What other archives call their categories, besides those.
const OF_OTHERS: [&str; 6] = ["het", "slash", "femslash", "general", "none", "no category"];

/// Whether these are the fields of such a program, which writes down where and when it fetched the story, of an
/// archive that runs eFiction, which counts its readers, or of what the archive offers for sharing.
pub(super) fn made(fields: &[Field]) -> bool {
    let is_shared = |f: &Field| is_labelled(f, &["title"]) && f.values.iter().any(|v| v.text.contains(" words) by "));
    fields.iter().any(is_shared)
        || has(fields, &["story url", "storyurl", "storylink", "packaged"])
        || has(fields, &["read"]) && has(fields, &["completed", "word count"])
}

/// Puts the fields of such a program under the names that archives use. What it leaves out is unknown: the site had
/// none of it, so its author was never asked.
pub(super) fn settle(fields: &mut Vec<Field>) {
    // what is cut off a value has a place of its own only while the value stands as it is written
    byline(fields);
    for rating in fields.iter_mut().filter(|f| is_labelled(f, &["rated"])).flat_map(|f| &mut f.values) {
        // eFiction counts reviews behind it
        *rating = rating.part(0..rating.text.find(" [").unwrap_or(rating.text.len()));
    }
    fields.iter_mut().for_each(unwrap);
    if has(fields, &["storylink"]) {
        // how many of the chapters were fetched
        fields.iter_mut().filter(|f| is_labelled(f, &["content"])).for_each(|f| rename(f, "Fetched"));
    }
    category(fields);
    genre(fields);
    let slash = |f: &Field| f.values.first().is_some_and(|v| v.text.contains('/'));
    let is_total = |f: &Field| slash(f) && label::normal(&f.name.value).starts_with("chapters");
    if let Some(mut total) = fields.iter().position(is_total).map(|at| fields.remove(at)) {
        rename(&mut total, "Chapters");
        fields.retain(|f| label::normal(&f.name.value) != "chapters");
        fields.push(total);
    }
    unknown(fields);
}

/// Marks what archives demand and the file does not have, or has nothing in, as unknown.
pub(super) fn unknown(fields: &mut Vec<Field>) {
    let Some(span) = fields.first().map(|f| f.name.span) else { return };
    for (name, labels) in DEMANDED {
        for field in fields.iter_mut().filter(|f| f.state == State::Empty && is_labelled(f, labels)) {
            field.state = State::Unknown;
        }
        if !has(fields, labels) {
            let name = Spanned::new(name.to_owned(), Span { end: span.start, ..span });
            fields.push(Field { name, state: State::Unknown, ..Field::default() });
        }
    }
}

/// Parts a title that has more in it: `TITLE by AUTHOR`, as eFiction prints it, and `TITLE (N words) by AUTHOR`, as the
/// archive offers it for sharing.
fn byline(fields: &mut Vec<Field>) {
    if has(fields, &["author", "authors", "by"]) {
        return;
    }
    let Some(at) = fields.iter().position(|f| is_labelled(f, &["title"])) else { return };
    let Some([title]) = fields.get(at).map(|f| f.values.as_slice()) else { return };
    let Some((before, author)) = title.text.rsplit_once(" by ") else { return };
    let author = title.part(title.text.len() - author.len()..title.text.len());
    let words =
        before.strip_suffix(" words)").and_then(|b| b.rfind('(')).map(|open| open + 1..before.len() - " words)".len());
    let name = title.part(0..words.as_ref().map_or(before.len(), |w| w.start - 1));
    let words = words.map(|w| title.part(w));
    if let Some(title) = fields.get_mut(at) {
        title.values = vec![name];
    }
    for (label, value) in [("Words", words), ("Author", Some(author))] {
        let Some(value) = value else { continue };
        let name = Spanned::new(label.to_owned(), Span { end: value.span.start, ..value.span });
        fields.insert(at + 1, Field { name, values: vec![value], ..Field::default() });
    }
}

/// `Category` holds fandoms, unless all that stands in it are categories of the archive.
fn category(fields: &mut Vec<Field>) {
    let fandoms = said(fields, &["fandom", "fandoms"]);
    let is_other = |f: &Field| {
        let is_known = |v: &Value| is_category(&v.text) || OF_OTHERS.contains(&v.text.to_lowercase().as_str());
        is_labelled(f, &["category", "categories"]) && !entries(f).iter().all(is_known)
    };
    fields.retain(|f| !is_other(f) || !entries(f).iter().all(|v| fandoms.contains(&v.text)));
    for field in fields.iter_mut().filter(|f| is_other(f)) {
        rename(field, "Fandom");
    }
}

/// `Genre` holds free tags and categories. What fields say that hold only one of them is left out.
fn genre(fields: &mut Vec<Field>) {
    let categories = said(fields, &["category", "categories", "ao3 categories", "ao3categories"]);
    let tags = said(fields, &["freeform tags", "freeformtags", "freefromtags", "additional tags"]);
    let Some(at) = fields.iter().position(|f| is_labelled(f, &["genre", "genres"])) else { return };
    let Some(genre) = fields.get_mut(at) else { return };
    let (of_archive, free): (Vec<Value>, Vec<Value>) = entries(genre).into_iter().partition(|v| is_category(&v.text));
    if !free.is_empty() && free.iter().all(|v| tags.contains(&v.text)) || free.is_empty() && !of_archive.is_empty() {
        fields.remove(at);
    } else if !of_archive.is_empty() {
        (genre.values, genre.listed) = (free, true);
    }
    if let Some(first) = of_archive.first().filter(|_| categories.is_empty()) {
        let mut category = Field { name: Spanned::new(String::new(), first.span), ..Field::default() };
        rename(&mut category, "Category");
        fields.insert(at, Field { values: of_archive, listed: true, ..category });
    }
}

/// The entries of a field: what the file lists, or what stands between commas.
fn entries(field: &Field) -> Vec<Value> {
    if field.listed { field.values.clone() } else { field.values.iter().flat_map(pieces).collect() }
}

/// All that fields of these labels say.
fn said(fields: &[Field], labels: &[&str]) -> HashSet<String> {
    let of_labels = fields.iter().filter(|f| is_labelled(f, labels));
    of_labels.flat_map(entries).map(|v| v.text).collect()
}

/// Joins a value that the program wrapped at a column: a line break is a space, in a list within one of its entries.
fn unwrap(field: &mut Field) {
    if !field.values.iter().any(|v| v.text.contains('\n'))
        || label::section(&label::normal(&field.name.value)).is_some()
    {
        return;
    }
    if is_labelled(field, LISTS) {
        field.values = field.values.iter().flat_map(pieces).collect();
        field.listed = true;
    }
    for value in field.values.iter_mut().filter(|v| v.text.contains('\n')) {
        *value = Value::decoded(value.text.split_whitespace().collect::<Vec<_>>().join(" "), value.span);
    }
}

/// The pieces of a value between commas.
fn pieces(value: &Value) -> Vec<Value> {
    let mut from = 0;
    let commas = value.text.match_indices(',').map(|(at, _)| at).chain([value.text.len()]);
    let ranges = commas.map(|at| std::mem::replace(&mut from, at + 1)..at);
    let pieces = ranges.map(|r: Range<usize>| value.part(r)).filter(|v| !v.text.is_empty());
    pieces.collect()
}

fn is_labelled(field: &Field, labels: &[&str]) -> bool {
    labels.contains(&label::normal(&field.name.value).as_str())
}

fn has(fields: &[Field], labels: &[&str]) -> bool {
    fields.iter().any(|f| is_labelled(f, labels))
}

/// Gives a field another name, which does not stand in the file: its place is the point before the old one.
fn rename(field: &mut Field, name: &str) {
    if label::normal(&field.name.value) != label::normal(name) {
        let span = field.name.span;
        field.name = Spanned::new(name.to_owned(), Span { end: span.start, ..span });
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::testing::{fields, read_text};

    /// The fields of a file of FanFicFare with these lines before the address.
    fn settled(lines: &str) -> Vec<String> {
        let text = format!(
            "Wind\n\nby Ada\n\n\n{lines}\nLanguage: English\nStory URL: https://example.org/1\n\n\n\n\tWind\n\nOnce.\n"
        );
        let found = fields(&read_text("wind.txt", &text));
        let (first, last) = (2, found.iter().position(|f| f.starts_with("Language")).unwrap());
        let unknown = found.iter().filter(|f| f.ends_with("= ?"));
        found[first..last].iter().chain(unknown).cloned().collect()
    }

    #[test]
    fn categories_and_genres_by_what_they_hold() {
        for (lines, expected) in [
            (
                "Category: Harbour Lights, Tides\nGenre: F/F, Fluff, Gen, Rain\nRating: Mature\nWarnings: None",
                &[
                    "Fandom = Harbour Lights, Tides",
                    "Category = F/F + Gen",
                    "Genre = Fluff + Rain",
                    "Rating = Mature",
                    "Warnings = None",
                ][..],
            ),
            (
                "Category: Harbour Lights\nGenre: Hurt-Comfort, Drama\nRating: T",
                &["Fandom = Harbour Lights", "Genre = Hurt-Comfort, Drama", "Rating = T", "Archive Warnings = ?"],
            ),
            (
                "Category: Tides\nGenre: Gen, Rain\nFandoms: Tides\nFreeform Tags: Rain\nAO3 Categories: Gen\nRating: T\nWarnings: None",
                &["Fandoms = Tides", "Freeform Tags = Rain", "AO3 Categories = Gen", "Rating = T", "Warnings = None"],
            ),
            (
                "Category: F/F, Gen\nGenre: Gen\nChapters: 2\nChapters/Total Chapters: 2/?",
                &["Category = F/F, Gen", "Rating = ?", "Archive Warnings = ?", "Fandom = ?"],
            ),
        ] {
            let mut found = settled(lines);
            found.retain(|f| !f.starts_with("Chapters"));
            assert_eq!(found, expected, "{lines}");
        }
        let text = "Wind\n\nby Ada\n\nChapters: 2\nChapters/Total Chapters: 2/?\nStory URL: x\n\n\n\tWind\n\nOnce.\n";
        let found = fields(&read_text("wind.txt", text));
        assert_eq!(found.iter().filter(|f| f.starts_with("Chapters")).collect::<Vec<_>>(), ["Chapters = 2/?"]);
    }

    #[test]
    fn wrapped_values_are_joined() {
        let found = settled(
            "Category: Tides\nGenre: Maps That\nLie, Slow\r\nDays, Rain\nSeries: The Long\nWay [2]\nRating: T\nWarnings: No Archive\nWarnings Apply",
        );
        let expected = [
            "Fandom = Tides",
            "Genre = Maps That Lie + Slow Days + Rain",
            "Series = The Long Way [2]",
            "Rating = T",
            "Warnings = No Archive Warnings Apply",
        ];
        assert_eq!(found, expected);
    }
}

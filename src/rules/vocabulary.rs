//! Fields, tags and ratings: lookup by any name that people write.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::codec::{Coded, Reader, coded};
use super::modifier::Modifiers;
use super::reading::Names;
use super::word_map::WordMap;
use crate::model::{Degree, TagId};

/// What a field holds, which decides how its value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A list of tags.
    Tags,
    /// A list of names, which mean nothing beyond themselves.
    Names,
    /// Prose.
    Text,
    /// A level of a rating.
    Rating,
    /// A number.
    Number,
    /// `3/9`, `3/?` or `3`.
    Chapters,
    /// A date.
    Date,
    /// Complete or in progress.
    Status,
}

impl Holds {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "tags" => Self::Tags,
            "names" => Self::Names,
            "text" => Self::Text,
            "rating" => Self::Rating,
            "number" => Self::Number,
            "chapters" => Self::Chapters,
            "date" => Self::Date,
            "status" => Self::Status,
            _ => return None,
        })
    }
}

/// A piece of metadata that packs know.
#[derive(Debug)]
pub struct FieldKind {
    /// `archive-warning`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Labels it goes by, as compared; see [`label_key`].
    pub names: Vec<String>,
    /// What its value is.
    pub holds: Holds,
    /// Separators of a list in one string.
    pub split: Vec<String>,
    /// The category of a closed list.
    pub one_of: Option<String>,
    /// Whether a line in notes may claim tags under its names.
    pub in_notes: bool,
    /// Whether its entries count as user tags.
    pub user_tags: bool,
    /// Most characters of the value.
    pub max_characters: Option<u32>,
}

/// An entry of the vocabulary.
#[derive(Debug)]
pub struct Tag {
    /// `animal-death`.
    pub id: String,
    /// The canonical name.
    pub name: String,
    /// What kind of tag it is.
    pub category: String,
    /// Former names, as compared.
    pub renamed_from: Vec<String>,
    /// Tags it takes with it, directly.
    pub implies: Vec<TagId>,
    /// All tags that are declared with it: itself, what it implies and covers, and what those do.
    pub declares: Vec<TagId>,
    /// How many of those it names itself.
    pub(super) named: usize,
    /// Tags it says are not there.
    pub denies: Vec<TagId>,
    /// Categories or field ids about which it says nothing.
    pub withholds: Vec<String>,
    /// The archive warning that it depicts.
    pub warning: Option<TagId>,
    /// Names for degrees.
    pub forms: Vec<(Degree, String)>,
    /// Whether misspellings of its name are looked for.
    pub spelling: bool,
}

/// The closed list of names under which another site files tags.
#[derive(Debug)]
pub struct NameList {
    /// `storygraph`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What the site calls degrees, strongest first.
    pub grades: Vec<(Degree, String)>,
    /// In the order of the site.
    pub entries: Vec<ListEntry>,
}

/// A name of a closed list.
#[derive(Debug)]
pub struct ListEntry {
    /// As the site writes it.
    pub name: String,
    /// The tags that are filed under it; the first one is what the name means as a tag.
    pub tags: Vec<TagId>,
}

impl NameList {
    /// What the site calls a degree: its own name for it, or that of the next weaker one it has a name for.
    pub fn grade(&self, degree: Degree) -> Option<&str> {
        self.grades.iter().find(|g| g.0 >= degree).or(self.grades.last()).map(|g| g.1.as_str())
    }

    /// The names under which a tag is filed; the vocabulary tells what else the tag declares.
    pub fn entries_of(&self, tag: TagId) -> impl Iterator<Item = &ListEntry> {
        self.entries.iter().filter(move |e| e.tags.contains(&tag))
    }
}

/// A ladder of levels, mildest first.
#[derive(Debug)]
pub struct Ladder {
    /// `ao3`.
    pub id: String,
    /// The pack that it stands in.
    pub pack: String,
    /// Index of its field.
    pub field: u32,
    /// Mildest first.
    pub levels: Vec<Level>,
    /// The value that declines to rate: its name and the level it is handled like.
    pub unrated: Option<(String, usize)>,
    names: BTreeMap<String, Rated>,
}

/// A level of a ladder.
#[derive(Debug)]
pub struct Level {
    /// `teen`.
    pub id: String,
    /// As the archive writes it.
    pub name: String,
}

/// What a rating says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rated {
    /// A level, by its index in the ladder.
    Level(usize),
    /// Openly not rated.
    Unrated,
}

impl Ladder {
    /// An empty ladder, to be filled by [`Ladder::name`].
    pub(super) fn new(
        id: String,
        pack: String,
        field: u32,
        levels: Vec<Level>,
        unrated: Option<(String, usize)>,
    ) -> Self {
        Self { id, pack, field, levels, unrated, names: BTreeMap::new() }
    }

    /// Makes `name` mean `rated`. Gives what the name meant before, if that is something else.
    pub(super) fn name(&mut self, name: &str, rated: Rated) -> Option<Rated> {
        self.names.insert(key(name), rated).filter(|before| *before != rated)
    }

    /// Whether a rating as written is one of the names, with nothing behind it.
    pub fn is_name(&self, value: &str) -> bool {
        self.names.contains_key(&key(value))
    }

    /// What a rating as written says: by one of its names, alone or with a reason behind it as in `PG-13 for language`,
    /// or by two of them as in `PG-13/R`, of which the higher counts.
    pub fn resolve(&self, value: &str) -> Option<Rated> {
        let named = |name: &str| self.names.get(&key(name)).copied();
        let reasons = [" for ", " (", " [", " - ", " – ", " — ", "; ", ", "].iter().filter_map(|mark| value.find(mark));
        let bare = || value.get(..reasons.min()?).and_then(named);
        let height = |rated: Option<Rated>| match rated? {
            Rated::Level(level) => Some(level),
            Rated::Unrated => None,
        };
        let higher = || {
            let (a, b) = value.split_once('/').or_else(|| value.split_once(" to "))?;
            Some(Rated::Level(height(named(a))?.max(height(named(b))?)))
        };
        named(value).or_else(bare).or_else(higher)
    }

    /// The archive's spelling of a rating.
    pub fn spelling(&self, rated: Rated) -> &str {
        match rated {
            Rated::Level(i) => self.levels.get(i).map_or("", |l| &l.name),
            Rated::Unrated => self.unrated.as_ref().map_or("", |u| &u.0),
        }
    }

    /// The position of a level on the ladder.
    pub fn level(&self, id: &str) -> Option<usize> {
        self.levels.iter().position(|l| l.id == id)
    }

    /// All spellings that are the archive's own.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().map(|l| l.name.as_str()).chain(self.unrated.iter().map(|u| u.0.as_str()))
    }
}

/// What a declared tag means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// Which tag.
    pub tag: TagId,
    /// How strongly.
    pub degree: Degree,
    /// Whether it says that the tag is not there.
    pub denied: bool,
    /// Whether it was found by its plain name, with no words around it.
    pub plain: bool,
    /// Whether its name was misspelt.
    pub misspelt: bool,
}

/// Everything that names things.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Pieces of metadata.
    pub fields: Vec<FieldKind>,
    /// Tags; a [`TagId`] is an index here.
    pub tags: Vec<Tag>,
    /// Lists of names of other sites.
    pub lists: Vec<NameList>,
    /// Ladders of ratings.
    pub ladders: Vec<Ladder>,
    /// Words around tags.
    pub modifiers: Modifiers,
    pub(super) labels: WordMap,
    /// Names by category and exact key.
    pub(super) names: BTreeMap<String, WordMap>,
    /// Names of open categories with punctuation ignored.
    pub(super) loose: Names,
}

impl Vocabulary {
    /// The field that a label in a file means.
    pub fn field(&self, label: &str) -> Option<u32> {
        self.labels.get(&label_key(label))
    }

    /// The field of that id.
    pub fn field_id(&self, id: &str) -> Option<u32> {
        self.fields.iter().position(|f| f.id == id).map(|i| i as u32)
    }

    /// A field by its index.
    pub fn kind(&self, field: u32) -> Option<&FieldKind> {
        self.fields.get(field as usize)
    }

    /// A tag by its index.
    pub fn tag(&self, id: TagId) -> Option<&Tag> {
        self.tags.get(id.0 as usize)
    }

    /// The tag of that id.
    pub fn tag_id(&self, id: &str) -> Option<TagId> {
        self.tags.iter().position(|t| t.id == id).map(|i| TagId(i as u32))
    }

    /// The tag that an entry of a closed list means.
    pub fn resolve_in(&self, category: &str, entry: &str) -> Option<TagId> {
        self.names.get(category)?.get(&key(entry)).map(TagId)
    }

    /// The tag that a free tag means, by its name or with words around it that change its degree; the first of several.
    pub fn resolve(&self, entry: &str) -> Option<Resolved> {
        self.named(entry).or_else(|| self.loose.read(entry, &self.modifiers, false).first().map(|r| hedge(entry, *r)))
    }

    /// All tags that a free tag means, also one among words of which nothing is known.
    pub fn read(&self, entry: &str) -> Vec<Resolved> {
        match self.named(entry) {
            Some(found) => vec![found],
            None => self.loose.read(entry, &self.modifiers, true).into_iter().map(|r| hedge(entry, r)).collect(),
        }
    }

    /// The tag that is left of a free tag when modifiers are taken off at both ends.
    fn named(&self, entry: &str) -> Option<Resolved> {
        let exact = key(entry);
        let content = self.names.get("content").and_then(|n| n.get(&exact)).map(TagId);
        let found = match content.or_else(|| self.loose.tag(&loose_key(&exact))) {
            Some(tag) => Resolved { tag, degree: Degree::Depicted, denied: false, plain: true, misspelt: false },
            None => self.modifiers.strip(&loose_key(&exact), |core| self.loose.tag(core))?,
        };
        Some(hedge(entry, found))
    }

    /// Makes `name` a free tag that means `tag`, if it has no meaning yet. Gives what it means now.
    pub(super) fn name(&mut self, name: &str, tag: TagId) -> TagId {
        let exact = key(name);
        let means = self.loose.or_name(loose_key(&exact), tag);
        TagId(self.names.entry("content".to_owned()).or_default().or_insert(exact, means.0))
    }

    /// The list of that id.
    pub fn list(&self, id: &str) -> Option<&NameList> {
        self.lists.iter().find(|l| l.id == id)
    }

    /// The ladder of a field; the first one when several archives have theirs.
    pub fn ladder(&self, field: u32) -> Option<&Ladder> {
        self.ladders.iter().find(|l| l.field == field)
    }

    /// The ladder of a field that a rule speaks of: its own pack's, or else the first one.
    pub fn ladder_for(&self, field: u32, rule: &str) -> Option<&Ladder> {
        let pack = rule.split('/').next().unwrap_or(rule);
        self.ladders.iter().find(|l| l.field == field && l.pack == pack).or_else(|| self.ladder(field))
    }

    /// How a tag of a degree is written.
    pub fn form(&self, tag: TagId, degree: Degree) -> String {
        let Some(tag) = self.tag(tag) else { return String::new() };
        if let Some((_, form)) = tag.forms.iter().find(|f| f.0 == degree) {
            return form.clone();
        }
        match self.modifiers.form(degree) {
            Some(form) => form.replace("{tag}", &tag.name),
            None => tag.name.clone(),
        }
    }

    /// Everything that means a tag by itself, as compared, in order of the alphabet.
    pub fn spellings_of(&self, tag: TagId) -> Vec<&str> {
        let all =
            self.names.values().flat_map(WordMap::iter).filter(|(_, means)| *means == tag.0).map(|(name, _)| name);
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Everything that means a tag by itself, as compared, with the tag: of a category, or of all.
    pub fn spellings<'a>(&'a self, category: Option<&'a str>) -> impl Iterator<Item = (&'a str, TagId)> {
        let of = self.names.iter().filter(move |(name, _)| category.is_none_or(|c| *name == c));
        of.flat_map(|(_, names)| names.iter()).map(|(name, tag)| (name, TagId(tag)))
    }

    /// The names of the tags of a category, in the order of the packs.
    pub fn names_of<'a>(&'a self, category: &'a str) -> impl Iterator<Item = &'a str> {
        self.tags.iter().filter(move |t| t.category == category).map(|t| t.name.as_str())
    }
}

coded!(Holds [Tags, Names, Text, Rating, Number, Chapters, Date, Status]);
coded!(FieldKind { id, name, names, holds, split, one_of, in_notes, user_tags, max_characters });
coded!(Tag { id, name, category, renamed_from, implies, declares, named, denies, withholds, warning, forms, spelling });
coded!(NameList { id, name, grades, entries });
coded!(ListEntry { name, tags });
coded!(Ladder { id, pack, field, levels, unrated, names });
coded!(Level { id, name });
coded!(Vocabulary { fields, tags, lists, ladders, modifiers, labels, names, loose });

impl Coded for Rated {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Level(level) => Some(*level),
            Self::Unrated => None,
        }
        .write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Option::read(from).map(|level| level.map_or(Self::Unrated, Self::Level))
    }
}

/// `noncon?` and `noncon (?)` are hedged, and question marks are no words.
fn hedge(entry: &str, found: Resolved) -> Resolved {
    let hedged = entry.trim_end_matches([')', ' ']).ends_with('?');
    if hedged { Resolved { degree: Degree::Loose, plain: false, ..found } } else { found }
}

/// A label as compared: lower case, `_` and `-` as spaces, no colon.
pub fn label_key(label: &str) -> String {
    let spaced = label.replace(['_', '-'], " ").to_lowercase();
    squish(spaced.trim_matches([' ', ':', '*', '：']))
}

/// A tag name as the archive compares it: case and accents do not count, nor width, nor the suffix that
/// tells apart names of different types (`Underage - Freeform`). After its collation `utf8mb4_unicode_ci`.
pub fn key(name: &str) -> String {
    let folded = if name.is_ascii() {
        squish(&name.to_ascii_lowercase())
    } else {
        let lower: String = name.nfkc().collect::<String>().to_lowercase().replace('ß', "ss");
        squish(&lower.nfd().filter(|c| !is_combining_mark(*c)).collect::<String>())
    };
    const SUFFIXES: [&str; 4] = [" - freeform", " - character", " - relationship", " - fandom"];
    match SUFFIXES.iter().find_map(|s| folded.strip_suffix(s)) {
        Some(plain) if !plain.is_empty() => plain.to_owned(),
        _ => folded,
    }
}

/// A [`key`] with everything but letters, digits and single spaces left out.
pub fn loose_key(key: &str) -> String {
    let plain: String =
        key.chars().filter(|c| !matches!(c, '\'' | '’')).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    squish(&plain)
}

/// Trims, and makes every run of white space one space.
pub fn squish(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_with_reasons_and_two_at_once() {
        let mut ladder = Ladder::new(String::new(), String::new(), 0, Vec::new(), None);
        for (name, rated) in
            [("PG", Rated::Level(1)), ("PG-13", Rated::Level(1)), ("R", Rated::Level(2)), ("NR", Rated::Unrated)]
        {
            ladder.name(name, rated);
        }
        for (value, expected) in [
            ("r", Some(Rated::Level(2))),
            ("PG-13 for language", Some(Rated::Level(1))),
            ("R (violence; nr)", Some(Rated::Level(2))),
            ("NR, for now", Some(Rated::Unrated)),
            ("R/PG", Some(Rated::Level(2))),
            ("PG to R", Some(Rated::Level(2))),
            ("R/NR", None),
            ("Rain for R", None),
            ("for R", None),
            ("", None),
        ] {
            assert_eq!(ladder.resolve(value), expected, "{value}");
        }
        assert!(ladder.is_name("pg-13") && !ladder.is_name("PG-13 for language"));
    }

    #[test]
    fn keys_fold_what_the_archive_folds() {
        assert_eq!(key("  Hurt/Comfort "), "hurt/comfort");
        assert_eq!(key("Ｃａｆé"), "cafe");
        assert_eq!(key("Underage - Freeform"), "underage");
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_ne!(key("Don’t"), key("Don't"));
        assert_eq!(loose_key(&key("Self-Harm!")), "self harm");
        assert_eq!(label_key("Archive_Warnings:"), "archive warnings");
    }
}

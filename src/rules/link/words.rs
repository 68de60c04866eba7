//! Links what names things: languages, fields, tags, modifiers, ratings.

use std::collections::{HashMap, HashSet};

use super::{File, Problems};
use crate::model::{Degree, TagId};
use crate::rules::modifier::{Effect, Place};
use crate::rules::pack::{RatingTable, Word};
use crate::rules::reading::Firmness;
use crate::rules::vocabulary::{self, FieldKind, Holds, Ladder, Level, ListEntry, NameList, Rated, Tag, Vocabulary};
use crate::rules::{Language, RuleSet, lexicon};

pub(super) fn languages(files: &[File<'_>], rules: &mut RuleSet, problems: &mut Problems<'_>) {
    for file in files {
        for table in &file.tables.language {
            if rules.languages.iter().any(|l| l.id == *table.id.as_ref()) {
                problems.at(file.file, &table.id, format!("The language `{}` is defined twice.", table.id.as_ref()));
                continue;
            }
            let mut negation = Vec::new();
            for word in table.negation.iter().chain(&table.irrealis) {
                match lexicon::phrase(word.as_ref()) {
                    Ok(phrase) => negation.push(phrase),
                    Err(message) => problems.at(file.file, word, message),
                }
            }
            let words = |list: &[Word]| list.iter().map(|w| w.as_ref().to_lowercase()).collect::<Vec<_>>();
            let names = table.names.iter().chain([&table.id, &table.code]);
            let common = table.common.len() as u32;
            rules.languages.push(Language {
                id: table.id.as_ref().clone(),
                code: table.code.as_ref().clone(),
                names: names.map(|n| vocabulary::key(n.as_ref())).collect(),
                negation,
                within: table.within,
                sets: table.sets.iter().map(|(name, list)| (name.clone(), words(list))).collect(),
                common: (0..).zip(words(&table.common)).map(|(i, w)| (w, common - i + 1)).collect(),
                narrative: words(&table.narrative),
            });
        }
    }
}

/// Fields, tags and the modifiers around them.
pub(super) fn vocabulary(files: &[File<'_>], rules: &mut RuleSet, problems: &mut Problems<'_>) {
    fields(files, rules, problems);
    tags(files, rules, problems);
    for file in files {
        for table in &file.tables.modifier {
            let Some(effect) = Effect::from_name(table.degree.as_ref()) else {
                let known =
                    ["depicted", "mild", "attempted", "past", "implied", "loose", "denied", "ignored", "unrelated"];
                problems.unknown(file.file, &table.degree, "degree", known);
                continue;
            };
            let places = [(&table.before, Place::Before), (&table.after, Place::After), (&table.around, Place::Around)];
            for (words, place) in places {
                for word in words {
                    let key = vocabulary::loose_key(&vocabulary::key(word.as_ref()));
                    if key.is_empty() {
                        problems.at(file.file, word, "A modifier needs a letter or a digit.");
                    } else if rules.vocabulary.modifiers.add(key, effect, place).is_some() {
                        problems.at(file.file, word, format!("`{}` already means another degree.", word.as_ref()));
                    }
                }
            }
            let loose = |word: &Word| vocabulary::loose_key(&vocabulary::key(word.as_ref()));
            table.people.iter().for_each(|w| rules.vocabulary.modifiers.add_person(loose(w)));
            table.kinds.iter().for_each(|w| rules.vocabulary.modifiers.add_kind(loose(w)));
            if let (Effect::Degree(degree), Some(form)) = (effect, &table.form) {
                if !form.as_ref().contains("{tag}") {
                    problems.at(file.file, form, "A form says where the tag stands: `Past {tag}`.");
                }
                rules.vocabulary.modifiers.set_form(degree, form.as_ref().clone());
            }
        }
    }
}

/// Makes the names of tags ready to be found among other words, when all of them are known.
/// Languages from number `known` on are new.
pub(super) fn reading(files: &[File<'_>], known: usize, rules: &mut RuleSet, problems: &mut Problems<'_>) {
    let RuleSet { vocabulary, languages, .. } = rules;
    let loose = |name: &str| vocabulary::loose_key(&vocabulary::key(name));
    let mut firm: HashMap<(TagId, String), Firmness> = HashMap::new();
    let ids = ids(files, vocabulary);
    for (file, table) in files.iter().flat_map(|f| f.tables.tag.iter().map(move |t| (f, t))) {
        let Some(id) = ids.get(table.id.as_ref()).copied() else { continue };
        let heads = table.heads.iter().map(|w| (w, Firmness::Head));
        for (word, firmness) in heads.chain(table.anywhere.iter().map(|w| (w, Firmness::Anywhere))) {
            let meant = vocabulary.name(word.as_ref(), id);
            if meant != id {
                let other = vocabulary.tag(meant).map_or("", |t| t.id.as_str()).to_owned();
                let message = format!("`{}` is a name of the tag `{other}` already.", word.as_ref());
                problems.at(file.file, word, message);
            }
            firm.insert((id, loose(word.as_ref())), firmness);
        }
    }
    for (name, id) in vocabulary.loose.added() {
        // tags that say nothing of content are there so that their words are not taken for content
        let says_nothing = |t: &Tag| t.category != "content" && t.declares.len() == 1 && t.denies.is_empty();
        let other = vocabulary.tag(id).is_some_and(says_nothing);
        let several = if name.contains(' ') && !other { Firmness::Head } else { Firmness::Plain };
        let firmness = firm.get(&(id, name.clone())).copied().unwrap_or(several);
        let spelling = vocabulary.tag(id).is_some_and(|t| t.spelling);
        vocabulary.loose.add(&name, id, firmness, other, spelling);
    }
    for language in languages.iter().skip(known) {
        let narrative = language.narrative.iter().map(String::as_str);
        vocabulary.loose.know(language.common.iter().map(|w| w.0).chain(narrative));
    }
    vocabulary.loose.know_modifiers(&vocabulary.modifiers);
}

/// The tags by their ids, where there are new tags that may name them.
fn ids(files: &[File<'_>], vocabulary: &Vocabulary) -> HashMap<String, TagId> {
    let tags: &[Tag] = if files.iter().all(|f| f.tables.tag.is_empty()) { &[] } else { &vocabulary.tags };
    (0..).map(TagId).zip(tags).map(|(id, t)| (t.id.clone(), id)).collect()
}

fn fields(files: &[File<'_>], rules: &mut RuleSet, problems: &mut Problems<'_>) {
    let vocabulary = &mut rules.vocabulary;
    for file in files {
        for table in &file.tables.field {
            let id = table.id.as_ref();
            if vocabulary.field_id(id).is_some() {
                problems.at(file.file, &table.id, format!("The field `{id}` is defined twice."));
                continue;
            }
            let kinds = ["tags", "names", "text", "rating", "number", "chapters", "date", "status"];
            let Some(holds) = Holds::from_name(table.holds.as_ref()) else {
                problems.unknown(file.file, &table.holds, "kind of field", kinds);
                continue;
            };
            let index = vocabulary.fields.len() as u32;
            let mut names = Vec::new();
            for name in &table.names {
                let key = vocabulary::label_key(name.as_ref());
                match vocabulary.labels.insert(key.clone(), index) {
                    Some(before) if before != index => {
                        let other = vocabulary.kind(before).map_or("", |f| f.id.as_str()).to_owned();
                        problems.at(
                            file.file,
                            name,
                            format!("`{}` is a name of the field `{other}` already.", name.as_ref()),
                        );
                    }
                    Some(_) => problems.at(file.file, name, format!("`{}` stands here twice.", name.as_ref())),
                    None => names.push(key),
                }
            }
            vocabulary.fields.push(FieldKind {
                id: id.clone(),
                name: table.name.as_ref().clone(),
                names,
                holds,
                split: table.split.iter().map(|s| s.as_ref().clone()).collect(),
                one_of: table.one_of.as_ref().map(|c| c.as_ref().clone()),
                in_notes: table.in_notes,
                user_tags: table.user_tags,
                max_characters: table.max_characters.as_ref().map(|m| *m.as_ref()),
            });
        }
    }
}

fn tags(files: &[File<'_>], rules: &mut RuleSet, problems: &mut Problems<'_>) {
    let closed: HashSet<String> = rules.vocabulary.fields.iter().filter_map(|f| f.one_of.clone()).collect();
    let vocabulary = &mut rules.vocabulary;
    let mut ids = ids(files, vocabulary);
    let known = vocabulary.tags.len();
    let mut tables = Vec::new();
    for file in files {
        for table in &file.tables.tag {
            let id = TagId(vocabulary.tags.len() as u32);
            if ids.contains_key(table.id.as_ref()) {
                problems.at(file.file, &table.id, format!("The tag `{}` is defined twice.", table.id.as_ref()));
                continue;
            }
            ids.insert(table.id.as_ref().clone(), id);
            let category = table.category.as_ref();
            // entries of open categories share one set of names, since any of them may stand in a tag field
            let space = if closed.contains(category) { category.clone() } else { "content".to_owned() };
            for name in std::iter::once(&table.name).chain(&table.synonyms).chain(&table.renamed_from) {
                let key = vocabulary::key(name.as_ref());
                if space == "content" {
                    let means = vocabulary.loose.or_name(vocabulary::loose_key(&key), id);
                    // the name would go to this tag if its packs were linked together, when it came from a list
                    problems.entangled |= (means.0 as usize) < known;
                }
                match vocabulary.names.entry(space.clone()).or_default().insert(key, id.0).map(TagId) {
                    Some(before) if before == id => {
                        problems.at(file.file, name, format!("`{}` stands here twice.", name.as_ref()));
                    }
                    Some(before) => {
                        let other = vocabulary.tags.get(before.0 as usize).map_or("", |t| t.id.as_str()).to_owned();
                        problems.at(
                            file.file,
                            name,
                            format!("`{}` is a name of the tag `{other}` already.", name.as_ref()),
                        );
                    }
                    None => {}
                }
            }
            vocabulary.tags.push(Tag {
                id: table.id.as_ref().clone(),
                name: table.name.as_ref().clone(),
                category: category.clone(),
                renamed_from: table.renamed_from.iter().map(|n| vocabulary::key(n.as_ref())).collect(),
                implies: Vec::new(),
                declares: vec![id],
                named: 1,
                denies: Vec::new(),
                withholds: table.withholds.iter().map(|w| w.as_ref().clone()).collect(),
                warning: None,
                forms: Vec::new(),
                spelling: table.spelling,
            });
            tables.push((file.file, id, table));
        }
    }
    for (file, id, table) in &tables {
        let mut resolve = |words: &[Word]| {
            let mut found = Vec::new();
            for word in words {
                match ids.get(word.as_ref()) {
                    Some(tag) => found.push(*tag),
                    None => problems.unknown(*file, word, "tag", ids.keys().map(String::as_str)),
                }
            }
            found
        };
        let (implies, covers, denies) = (resolve(&table.implies), resolve(&table.covers), resolve(&table.denies));
        let warning = resolve(table.warning.as_slice()).first().copied();
        let mut forms = Vec::new();
        for (degree, form) in &table.forms {
            match Degree::from_name(degree) {
                Some(degree) => forms.push((degree, form.as_ref().clone())),
                None => problems.at(*file, form, format!("There is no degree `{degree}`.")),
            }
        }
        if let Some(tag) = vocabulary.tags.get_mut(id.0 as usize) {
            tag.declares.extend(implies.iter().chain(&covers));
            tag.named = tag.declares.len();
            (tag.implies, tag.denies, tag.warning, tag.forms) = (implies, denies, warning, forms);
        }
    }
    if tables.is_empty() {
        return;
    }
    let direct = |t: &Tag| t.declares.get(..t.named).unwrap_or_default().to_vec();
    let direct: Vec<Vec<TagId>> = vocabulary.tags.iter().map(direct).collect();
    for tag in vocabulary.tags.iter_mut().skip(known) {
        let mut at = 0;
        while let Some(next) = tag.declares.get(at).copied() {
            for more in direct.get(next.0 as usize).into_iter().flatten() {
                if !tag.declares.contains(more) {
                    tag.declares.push(*more);
                }
            }
            at += 1;
        }
    }
}

/// Lists of names of other sites; a name is a further name of the first of its tags.
/// Tags before number `known` were linked before.
pub(super) fn lists(files: &[File<'_>], known: usize, rules: &mut RuleSet, problems: &mut Problems<'_>) {
    let vocabulary = &mut rules.vocabulary;
    for file in files {
        for table in &file.tables.list {
            if vocabulary.list(table.id.as_ref()).is_some() {
                problems.at(file.file, &table.id, format!("The list `{}` is defined twice.", table.id.as_ref()));
                continue;
            }
            let mut grades = Vec::new();
            for (degree, grade) in &table.grades {
                match Degree::from_name(degree) {
                    Some(degree) => grades.push((degree, grade.as_ref().clone())),
                    None => problems.at(file.file, grade, format!("There is no degree `{degree}`.")),
                }
            }
            grades.sort_by_key(|g| g.0);
            let mut entries: Vec<ListEntry> = Vec::new();
            for entry in &table.entries {
                let name = entry.name.as_ref();
                let mut tags = Vec::new();
                for word in &entry.tags {
                    match vocabulary.tag_id(word.as_ref()) {
                        Some(tag) => tags.push(tag),
                        None => problems.unknown(file.file, word, "tag", vocabulary.tags.iter().map(|t| t.id.as_str())),
                    }
                }
                if entry.tags.is_empty() {
                    problems.at(file.file, &entry.name, "A name of a list has at least one tag.");
                }
                if entries.iter().any(|e| vocabulary::key(&e.name) == vocabulary::key(name)) {
                    problems.at(file.file, &entry.name, format!("`{name}` stands here twice."));
                }
                let Some(first) = tags.first().copied() else { continue };
                let meant = vocabulary.name(name, first);
                problems.entangled |= meant != first && (meant.0 as usize) < known;
                if !tags.contains(&meant) {
                    let other = vocabulary.tag(meant).map_or("", |t| t.id.as_str()).to_owned();
                    problems.at(file.file, &entry.name, format!("`{name}` is a name of the tag `{other}` already."));
                }
                entries.push(ListEntry { name: name.clone(), tags });
            }
            let (id, name) = (table.id.as_ref().clone(), table.name.as_ref().clone());
            vocabulary.lists.push(NameList { id, name, grades, entries });
        }
    }
}

pub(super) fn ratings(files: &[File<'_>], rules: &mut RuleSet, problems: &mut Problems<'_>) {
    for file in files {
        for table in &file.tables.rating {
            if rules.vocabulary.ladders.iter().any(|l| l.id == *table.id.as_ref()) {
                problems.at(file.file, &table.id, format!("The rating `{}` is defined twice.", table.id.as_ref()));
                continue;
            }
            let Some(field) = rules.vocabulary.field_id(table.field.as_ref()) else {
                let known = rules.vocabulary.fields.iter().map(|f| f.id.as_str());
                problems.unknown(file.file, &table.field, "field", known);
                continue;
            };
            rules.vocabulary.ladders.push(ladder(file, table, field, problems));
        }
    }
}

fn ladder(file: &File<'_>, table: &RatingTable, field: u32, problems: &mut Problems<'_>) -> Ladder {
    let (pack, file) = (file.pack.name.clone(), file.file);
    let mut levels: Vec<Level> = Vec::new();
    for level in &table.levels {
        if levels.iter().any(|l| l.id == *level.id.as_ref()) {
            problems.at(file, &level.id, format!("The level `{}` stands here twice.", level.id.as_ref()));
        }
        levels.push(Level { id: level.id.as_ref().clone(), name: level.name.as_ref().clone() });
    }
    let unrated = table.unrated.as_ref().and_then(|u| {
        let at = levels.iter().position(|l| l.id == *u.counts_as.as_ref());
        if at.is_none() {
            problems.unknown(file, &u.counts_as, "level", levels.iter().map(|l| l.id.as_str()));
        }
        Some((u.name.as_ref().clone(), at?))
    });
    let mut ladder = Ladder::new(table.id.as_ref().clone(), pack, field, levels, unrated);
    let levels = table.levels.iter().enumerate().map(|(i, l)| (Rated::Level(i), &l.name, &l.synonyms));
    let unrated = table.unrated.iter().map(|u| (Rated::Unrated, &u.name, &u.synonyms));
    for (rated, name, synonyms) in levels.chain(unrated) {
        for name in std::iter::once(name).chain(synonyms) {
            if let Some(before) = ladder.name(name.as_ref(), rated) {
                let other = ladder.spelling(before).to_owned();
                problems.at(file, name, format!("`{}` already means the level “{other}”.", name.as_ref()));
            }
        }
    }
    ladder
}

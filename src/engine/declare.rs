//! Fields that are declared for a work besides what stands in it, as for a draft that has no header.

use crate::formats;
use crate::model::{Field, Source, SourceId, State, Work};
use crate::rules::vocabulary::Vocabulary;

/// Puts declared fields, each a line as `Rating: Mature`, in the place of the work's own of their kind. A line without a value
/// leaves the field empty; one that declares no field is left out: see [`formats::declared`].
pub fn declare(work: &mut Work, lines: &[String], vocabulary: &Vocabulary) {
    let mut declared: Vec<(Source, Field)> = Vec::new();
    for line in lines {
        let id = SourceId((work.sources.len() + declared.len()) as u32);
        declared.extend(formats::declared(id, line));
    }
    for (_, field) in &declared {
        let kind = vocabulary.field(&field.name.value);
        work.fields.retain(|f| match kind {
            Some(_) => vocabulary.field(&f.name.value) != kind,
            None => !f.name.value.eq_ignore_ascii_case(&field.name.value),
        });
    }
    for (source, mut field) in declared {
        if field.values.iter().all(|v| v.text.is_empty()) {
            field.state = State::Empty;
        }
        work.sources.push(source);
        work.fields.push(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Limits, read};
    use crate::model::Input;
    use crate::rules::{Pack, load};

    #[test]
    fn what_is_declared_stands_in_the_place_of_the_own_field() {
        let rules = load(&[Pack::Bundled("core".into())]).rules;
        let input = Input { name: "a.txt".into(), bytes: "Rating: Mature\nTags: Rain\n\nIt rained.\n".into() };
        let mut works = Vec::new();
        read(input, None, &Limits::default(), &mut |work, _| works.push(work));
        let mut work = works.pop().unwrap();
        let lines = ["rated: Teen", "no colon", "Fandom:", "Tags: Snow, Rain"].map(str::to_owned);
        declare(&mut work, &lines, &rules.vocabulary);
        let told: Vec<(&str, State, &str)> = work
            .fields
            .iter()
            .map(|f| (f.name.value.as_str(), f.state, f.values.first().map_or("", |v| work.slice(v.span))))
            .collect();
        assert_eq!(
            told,
            [("rated", State::Given, "Teen"), ("Fandom", State::Empty, ""), ("Tags", State::Given, "Snow, Rain")]
        );
    }
}

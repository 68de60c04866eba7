//! Columns of a record as fields of its work.

use super::{Column, Given, KINDS, canonical, last, spaced};
use crate::formats::cell::{Cell, ID};
use crate::model::{Field, Span, Spanned, State, Value};

/// Columns of names that the archive's software joins with commas; no name has one in it.
const JOINED: &[&str] =
    &["category", "fandom", "relationship", "character", "additional tag", "archive warning", "tag"];
/// Values of the archive's categories, which on other sites are what the archive calls a fandom.
const CATEGORIES: &[&str] = &["gen", "multi", "other", "none", "no category"];

/// A column as a field.
pub(super) fn field(column: Column, canonical: &str) -> Field {
    let Spanned { value: name, span } = column.name;
    let mut name = spaced(last(&name));
    let mut listed = false;
    let mut state = State::Given;
    let values: Vec<Value> = match column.value {
        Given::Unknown => {
            state = State::Unknown;
            Vec::new()
        }
        Given::Nothing | Given::Chapters(_) => Vec::new(),
        Given::Many(cells) => {
            listed = true;
            cells.iter().map(Cell::value).collect()
        }
        Given::One(cell) => match cell.listed() {
            Some(values) => {
                listed = true;
                values
            }
            None => {
                let whole = cell.value();
                // what follows an escape would have no place of its own
                listed = !whole.verbatim && JOINED.contains(&canonical);
                if listed { cell.split() } else { vec![whole] }
            }
        },
    };
    let values: Vec<Value> = values.into_iter().filter(|v| !v.text.is_empty()).collect();
    if values.is_empty() && state == State::Given {
        state = State::Empty;
    }
    let category = |v: &Value| {
        v.text.split(',').any(|c| c.contains('/') || CATEGORIES.contains(&c.trim().to_ascii_lowercase().as_str()))
    };
    if canonical == "category" && !values.is_empty() && !values.iter().any(category) {
        name = "Fandom".to_owned();
    }
    Field { name: Spanned::new(name, span), state, values, listed, chapter: None }
}

/// Joins the columns of posted and of planned chapters, as in `3/9`; nothing under the planned ones means `3/?`.
pub(super) fn expected_chapters(fields: &mut [Field]) {
    let find = |fields: &[Field], names: &[&str]| {
        fields.iter().position(|f| names.contains(&canonical(&f.name.value).as_str()))
    };
    let posted = find(fields, &["chapter", "nchapter", "number of chapter", "chapter count"]);
    let planned = find(fields, &["expected chapter", "number of chapters planned", "chapters expected"]);
    let (Some(posted), Some(planned)) = (posted, planned) else { return };
    let planned = fields.get(planned).and_then(|f| f.values.first()).map_or("?".to_owned(), |v| v.text.clone());
    if let Some(value) = fields.get_mut(posted).and_then(|f| f.values.first_mut()).filter(|v| !v.text.contains('/')) {
        *value = Value::decoded(format!("{}/{planned}", value.text), value.span);
    }
}

/// Whether two fields go by the same name, in the singular or the plural.
pub(super) fn same(a: &Field, b: &Field) -> bool {
    canonical(&a.name.value) == canonical(&b.name.value)
}

/// Adds a field. Data sets have columns for the singular and the plural of a label, one of them empty: it goes.
pub(super) fn add(fields: &mut Vec<Field>, name: &str, field: Field) {
    let Some(earlier) = fields.iter_mut().find(|f| canonical(&f.name.value) == name) else {
        return fields.push(field);
    };
    let words = |f: &Field| f.values.iter().map(|v| v.text.clone()).collect::<Vec<_>>();
    if earlier.state != State::Given {
        *earlier = field;
    } else if field.state == State::Given && words(earlier) != words(&field) {
        fields.push(field);
    }
}

/// Adds a field of unknown value for what is no part of the data set.
pub(super) fn unknown(fields: &mut Vec<Field>) {
    for (label, names) in KINDS {
        if !fields.iter().any(|f| names.contains(&canonical(&f.name.value).as_str())) {
            let name = Spanned::new((*label).to_owned(), Span::new(ID, 0..0));
            fields.push(Field { name, state: State::Unknown, ..Field::default() });
        }
    }
}

//! The fields that a TOML table declares, with the exact place of every key and value.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::metadata::{Key, exact, joined};
use super::plain_words;
use crate::model::{Diagnostic, Field, Severity, SourceId, Span, Spanned, State, Value};

/// Syntax errors past this many are not reported: later ones mostly follow from earlier ones.
const MOST_ERRORS: usize = 5;

/// Reads the TOML that stands at `block` of `text`. Keys in tables become `table key`.
pub(super) fn fields(id: SourceId, text: &str, block: Range<usize>) -> (Vec<Field>, Vec<Diagnostic>) {
    let inner = text.get(block.clone()).unwrap_or("");
    let (table, errors) = DeTable::parse_recoverable(inner);
    let mut reader = Reader { id, text, base: block.start, fields: Vec::new() };
    reader.table(table.get_ref(), "", None);
    (reader.finish(), diagnose(id, text, block.start, &errors))
}

/// Reads only the table `name` at the top level, and reports no syntax errors: whoever reads the other tables does.
pub(super) fn fields_of_table(id: SourceId, text: &str, name: &str) -> Vec<Field> {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut reader = Reader { id, text, base: 0, fields: Vec::new() };
    if let Some(DeValue::Table(work)) = table.get_ref().get(name).map(TomlSpanned::get_ref) {
        reader.table(work, "", None);
    }
    reader.finish()
}

struct Reader<'t> {
    id: SourceId,
    text: &'t str,
    /// Where the TOML starts in `text`.
    base: usize,
    fields: Vec<Field>,
}

/// Fields that were made from the tables of one list, by name: their values are gathered.
type Gathered = HashMap<String, usize>;

impl Reader<'_> {
    fn finish(mut self) -> Vec<Field> {
        // the parser sorts keys by name
        self.fields.sort_by_key(|f| f.name.span);
        // only now: of several tables a later one may say what the first leaves empty
        for field in self.fields.iter_mut().filter(|f| f.values.is_empty()) {
            field.state = State::Empty;
        }
        self.fields
    }

    fn range(&self, span: Range<usize>) -> Range<usize> {
        self.base + span.start..self.base + span.end
    }

    /// Recursion is bounded: the parser refuses more than 80 levels.
    fn table(&mut self, table: &DeTable<'_>, path: &str, mut gathered: Option<&mut Gathered>) {
        for (key, value) in table {
            let raw = self.range(key.span());
            let name = Value::verbatim(self.id, self.text, unquoted(self.text, raw));
            let key = Key { path, name: key.get_ref(), span: name.span };
            match value.get_ref() {
                DeValue::Table(inner) => self.table(inner, &joined(&key), gathered.as_deref_mut()),
                DeValue::Array(items) => {
                    let mut field = Field { listed: true, ..field(&key) };
                    let mut tables = Vec::new();
                    self.items(items, &mut field.values, &mut tables);
                    if !field.values.is_empty() || tables.is_empty() {
                        self.add(field, gathered.as_deref_mut());
                    }
                    let mut inner = Gathered::new();
                    for table in tables {
                        self.table(table, &joined(&key), Some(&mut inner));
                    }
                }
                _ => {
                    let mut field = field(&key);
                    field.values.push(self.scalar(value));
                    self.add(field, gathered.as_deref_mut());
                }
            }
        }
    }

    fn items<'v, 'i>(
        &self,
        items: &'v [TomlSpanned<DeValue<'i>>],
        values: &mut Vec<Value>,
        tables: &mut Vec<&'v DeTable<'i>>,
    ) {
        for item in items {
            match item.get_ref() {
                DeValue::Array(inner) => self.items(inner, values, tables),
                DeValue::Table(table) => tables.push(table),
                _ => values.push(self.scalar(item)),
            }
        }
    }

    fn scalar(&self, value: &TomlSpanned<DeValue<'_>>) -> Value {
        let range = self.range(value.span());
        match value.get_ref() {
            DeValue::String(s) => exact(self.id, self.text, range, s),
            _ => Value::verbatim(self.id, self.text, range),
        }
    }

    fn add(&mut self, mut field: Field, gathered: Option<&mut Gathered>) {
        field.values.retain(|v| !v.text.is_empty());
        if let Some(gathered) = gathered {
            if let Some(earlier) = gathered.get(&field.name.value).and_then(|i| self.fields.get_mut(*i)) {
                earlier.values.append(&mut field.values);
                earlier.listed = true;
                return;
            }
            gathered.insert(field.name.value.clone(), self.fields.len());
        }
        self.fields.push(field);
    }
}

fn field(key: &Key<'_>) -> Field {
    Field { name: Spanned::new(joined(key), key.span), ..Field::default() }
}

/// The range without the quotes around a key.
fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let raw = text.get(range.clone()).unwrap_or("");
    if raw.len() >= 2 && raw.starts_with(['"', '\'']) { range.start + 1..range.end - 1 } else { range }
}

fn diagnose(id: SourceId, text: &str, base: usize, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut places: Vec<(Range<usize>, &str)> =
        errors.iter().map(|e| (e.span().unwrap_or(0..0), e.message())).collect();
    places.sort_by_key(|(span, _)| span.start);
    let line = |at: usize| text.get(base..base + at).map_or(0, |t| t.bytes().filter(|b| *b == b'\n').count());
    // one mistake often gives several errors on its line
    let mut lines = HashMap::new();
    places.truncate(4 * MOST_ERRORS);
    places.retain(|(span, _)| lines.insert(line(span.start), ()).is_none());
    places.truncate(MOST_ERRORS);
    let report = |(span, message): (Range<usize>, &str)| {
        let colon = text.get(base + span.start..).is_some_and(|rest| rest.starts_with(':'));
        let (says, help) = plain_words::toml(if colon { "key with no value" } else { message });
        Diagnostic::new("core/front-matter", Severity::Error, says)
            .at(Span::new(id, base + span.start..base + span.end), "")
            .help(help)
    };
    places.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name and values of each field; `!` marks a value that has no exact place, `[]` a list.
    fn summary(toml: &str) -> Vec<String> {
        let (fields, _) = fields(SourceId(0), toml, 0..toml.len());
        let value = |v: &Value| {
            assert_eq!(v.verbatim, toml.get(v.span.range()) == Some(&v.text), "{v:?}");
            format!("{}{}", if v.verbatim { "" } else { "!" }, v.text)
        };
        let show = |f: &Field| {
            let values: Vec<_> = f.values.iter().map(value).collect();
            let state = if f.state == State::Empty { "empty" } else { "" };
            let list = if f.listed { "[]" } else { "" };
            assert!(f.name.value.ends_with(&toml[f.name.span.range()]));
            format!("{}{list}={}{state}", f.name.value, values.join("|"))
        };
        fields.iter().map(show).collect()
    }

    #[test]
    fn keys_and_values_keep_their_places_and_order() {
        for (toml, expected) in [
            ("title = 'The Lamp'\nauthor = \"Zoë\"", &["title=The Lamp", "author=Zoë"][..]),
            ("z = 1\na = 2.50\nd = 2024-01-02\nb = true", &["z=1", "a=2.50", "d=2024-01-02", "b=true"]),
            ("tags = [\"a\", 'b, c', [\"d\"]]", &["tags[]=a|b, c|d"]),
            ("title = \"a \\\"b\\\"\"", &["title=!a \"b\""]),
            ("s = \"\"\"\none\ntwo\"\"\"", &["s=one\ntwo"]),
            ("tags = []\ncw = \"\"", &["tags[]=empty", "cw=empty"]),
            ("[taxonomies]\ntags = ['x']\n[warnings]\ngraphic = ['y']", &["tags[]=x", "warnings graphic[]=y"]),
            ("extra.\"content notes\" = 'x'", &["content notes=x"]),
            ("[[cast]]\nname = 'A'\n[[cast]]\nname = 'B'", &["cast name[]=A|B"]),
            ("[[cast]]\nname = ''\n[[cast]]\nname = 'B'", &["cast name[]=B"]),
        ] {
            assert_eq!(summary(toml), expected, "{toml}");
        }
    }

    #[test]
    fn mistakes_are_named_at_their_place_and_the_rest_is_read() {
        for (toml, at, says) in [
            ("a = 1\ntitle = A storm\nb = 2", "A storm", "no quotes"),
            ("b = 2\nrating: Mature\n", ":", "no “=”"),
            ("b = 2\nb = 3", "b", "twice"),
            ("t = \"open\nb = 2", "", "not closed"),
            ("b = 2\nt = [1, 2", "", "not closed"),
        ] {
            let (fields, found) = fields(SourceId(0), toml, 0..toml.len());
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(&toml[found[0].labels[0].span.range()], at);
            assert!(found[0].message.contains(says), "{}", found[0].message);
            assert!(fields.iter().any(|f| f.name.value == "b" && f.values[0].text == "2"), "{toml}");
        }
    }

    #[test]
    fn deep_nesting_ends_quickly() {
        for toml in [format!("a = {}", "[".repeat(10_000)), format!("a{} = 1", ".a".repeat(10_000))] {
            let (_, found) = fields(SourceId(0), &toml, 0..toml.len());
            assert!(!found.is_empty());
        }
    }
}

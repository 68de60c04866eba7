//! What a record calls itself.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The value of `id` in the object of a line, as it stands there. The line may break off or be damaged behind it.
pub(super) fn of(line: &[u8]) -> Option<Box<RawValue>> {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(line.get(..error.valid_up_to())?).ok()?,
    };
    let mut id = None;
    let mut json = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    // what is wrong with the line is told by its reader
    let _ = json.deserialize_map(Object(&mut id));
    id
}

/// Looks through an object up to its `id`.
struct Object<'a>(&'a mut Option<Box<RawValue>>);

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "id" {
                let id: Box<RawValue> = map.next_value()?;
                // only what follows shows that it is whole
                map.next_key::<IgnoredAny>()?;
                *self.0 = Some(id);
                return Ok(());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_any_value_and_kept_as_it_stands() {
        for (line, expected) in [
            (r#"{"id": 7}"#, Some("7")),
            (
                r#"{"text": "a \"id\": 1", "id" : {"n": 1.00, "of": [null]} , "x": 1}"#,
                Some(r#"{"n": 1.00, "of": [null]}"#),
            ),
            (r#"{"id": 123456789012345678901234567890, "id": 2}"#, Some("123456789012345678901234567890")),
            (r#"{"id": null, "text": ""}"#, Some("null")),
            ("\u{feff} {\"\\u0069d\": \"犬\"}\r\n", Some("\"犬\"")),
            (r#"{"id": "a", "text": "She wal"#, Some("\"a\"")),
            (r#"{"id": 12"#, None),
            (r#"{"text": "She wal"#, None),
            (r#"{"work": {"id": 1}}"#, None),
            (r#"[{"id": 1}]"#, None),
            ("", None),
        ] {
            assert_eq!(of(line.as_bytes()).as_ref().map(|id| id.get()), expected, "{line}");
        }
        assert_eq!(of(b"{\"id\": 3, \"text\": \"\xff\"}").unwrap().get(), "3");
    }
}

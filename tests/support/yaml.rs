//! The YAML files of this repository, their scalars as strings.

use std::path::Path;

use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

/// The top folder of this repository.
pub fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file.
pub fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path.as_ref()).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

/// A YAML file of this repository.
pub fn yaml(name: &str) -> Value {
    parse(&read(top().join(name)), name)
}

/// YAML that `name` holds.
pub fn parse(text: &str, name: &str) -> Value {
    let mut events = Parser::new_from_str(text).map(|e| e.unwrap_or_else(|e| panic!("{name}: {e}")).0);
    let first = events.by_ref().find(|e| !matches!(e, Event::StreamStart | Event::DocumentStart(_)));
    value(first.unwrap(), &mut events)
}

fn value<'i>(event: Event<'i>, events: &mut impl Iterator<Item = Event<'i>>) -> Value {
    match event {
        Event::Scalar(text, ..) => Value::String(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match events.next().unwrap() {
                    Event::SequenceEnd => return Value::Array(list),
                    item => list.push(value(item, events)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            loop {
                match events.next().unwrap() {
                    Event::MappingEnd => return Value::Object(map),
                    Event::Scalar(key, ..) => {
                        let next = events.next().unwrap();
                        assert!(map.insert(key.to_string(), value(next, events)).is_none(), "{key} stands twice");
                    }
                    key => panic!("no key: {key:?}"),
                }
            }
        }
        other => panic!("not used in these files: {other:?}"),
    }
}

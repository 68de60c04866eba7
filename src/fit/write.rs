//! Writes fitted numbers back into the TOML they came from, with its comments and its order.

use toml_edit::{DocumentMut, Formatted, Item, Table, Value};

use super::{Fitted, WARN};
use crate::rules::detector::Detector;

/// A file of a pack with a detector's numbers in it; none when the file does not hold the detector.
/// `lexicons` are the ids of the detector's lexicons, in its order.
///
/// # Errors
/// What is no TOML.
pub fn detector(
    text: &str,
    detector: &Detector,
    lexicons: &[&str],
    fitted: &Fitted,
) -> Result<Option<String>, toml_edit::TomlError> {
    let mut document: DocumentMut = text.parse()?;
    let Some(tables) = document.get_mut("detector").and_then(Item::as_array_of_tables_mut) else { return Ok(None) };
    let is_it = |t: &&mut Table| t.get("id").and_then(Item::as_str) == Some(detector.id.as_str());
    let Some(table) = tables.iter_mut().find(is_it) else { return Ok(None) };
    for (key, number) in [("bias", fitted.bias), ("warn", WARN), ("sure", fitted.sure)] {
        if let Some(Item::Value(value)) = table.get_mut(key) {
            set(value, number);
        }
    }
    if let Some(weights) = table.get_mut("weights").and_then(Item::as_table_like_mut) {
        for (lexicon, weight) in lexicons.iter().zip(&fitted.weights) {
            if let Some(Item::Value(value)) = weights.get_mut(lexicon) {
                set(value, *weight);
            }
        }
    }
    let pairs = fitted.weights.get(lexicons.len()..).unwrap_or(&[]);
    match table.get_mut("near") {
        Some(Item::Value(Value::Array(near))) => {
            for (pair, weight) in near.iter_mut().zip(pairs) {
                if let Some(value) = pair.as_inline_table_mut().and_then(|t| t.get_mut("weight")) {
                    set(value, *weight);
                }
            }
        }
        Some(Item::ArrayOfTables(near)) => {
            for (pair, weight) in near.iter_mut().zip(pairs) {
                if let Some(Item::Value(value)) = pair.get_mut("weight") {
                    set(value, *weight);
                }
            }
        }
        _ => {}
    }
    Ok(Some(document.to_string()))
}

/// The ids of the detectors that a file of a pack holds; none of what is no TOML.
pub fn detectors(text: &str) -> Vec<String> {
    let Ok(document) = text.parse::<DocumentMut>() else { return Vec::new() };
    let tables = document.get("detector").and_then(Item::as_array_of_tables);
    let ids = tables.into_iter().flatten().filter_map(|t| t.get("id").and_then(Item::as_str));
    ids.map(str::to_owned).collect()
}

/// Puts a number in the place of another, with the white space and comments around it.
fn set(value: &mut Value, number: f32) {
    let decor = value.decor().clone();
    // through its shortest decimal form: 0.3 as f32 is not 0.3 as f64
    let number: f64 = number.to_string().parse().unwrap_or_default();
    *value = Value::Float(Formatted::new(number));
    *value.decor_mut() = decor;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LexiconId, TagId};
    use crate::rules::detector::Near;

    #[test]
    fn numbers_change_and_comments_stay() {
        let text = "# top\n[[detector]]\nid = \"a.en\"\nbias = 1 # why\nwarn = 0.7\nsure = 0.9\n\
                    weights = { \"x.en\" = 1.0, \"y.en\" = -2 } # these\n\
                    near = [\n  # pairs\n  { lexicons = [\"x.en\", \"y.en\"], words = 8, weight = 0.8 },\n]\n\n\
                    [[detector]]\nid = \"b.en\"\nbias = 1.0\n";
        let detector_ = Detector {
            id: "a.en".into(),
            summary: String::new(),
            tag: TagId(0),
            bias: 1.0,
            weights: vec![(LexiconId(0), 1.0), (LexiconId(1), -2.0)],
            near: vec![Near { lexicons: [LexiconId(0), LexiconId(1)], words: 8, weight: 0.8 }],
            terms: 2,
            hold: 0.35,
            warn: 0.7,
            sure: 0.9,
        };
        let fitted = Fitted { bias: -1.5, weights: vec![0.3, -1.0, 0.0], sure: 0.8 };
        let written = detector(text, &detector_, &["x.en", "y.en"], &fitted).unwrap().unwrap();
        let expected = text
            .replacen("bias = 1 ", "bias = -1.5 ", 1)
            .replace("warn = 0.7", "warn = 0.5")
            .replace("sure = 0.9", "sure = 0.8")
            .replace("\"x.en\" = 1.0", "\"x.en\" = 0.3")
            .replace("\"y.en\" = -2 ", "\"y.en\" = -1.0 ")
            .replace("weight = 0.8", "weight = 0.0");
        assert_eq!(written, expected);
        let other = Detector { id: "c.en".into(), ..detector_ };
        assert_eq!(detectors(text), ["a.en", "b.en"]);
        assert_eq!(detector("", &other, &[], &fitted).unwrap(), None);
    }
}

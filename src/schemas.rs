//! The JSON schemas of `forewarn.toml` and of packs, made from the structs that read them and kept in `schemas/`.
//! `SNAPSHOTS=overwrite cargo test --lib schemas` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::checks::CHECKS;
use crate::config::FAIL_ON;
use crate::formats::Limits;
use crate::formats::limits::{LIMITS, size};
use crate::rules::pack::PackFile;
use crate::rules::{self, Logic, RuleSet, plain};

const SEVERITIES: [&str; 4] = ["error", "warning", "info", "off"];
const HOLDS: [&str; 8] = ["tags", "names", "text", "rating", "number", "chapters", "date", "status"];
const DEGREES: [&str; 6] = ["depicted", "mild", "attempted", "past", "implied", "loose"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Editors' TOML plugins know this draft.
fn generator() -> SchemaGenerator {
    SchemaSettings::draft07().into_generator()
}

/// Everything that is bundled.
static RULES: LazyLock<RuleSet> =
    LazyLock::new(|| rules::link(&rules::bundled_names().filter_map(rules::bundled).collect::<Vec<_>>()).rules);
static CONFIG: LazyLock<Value> = LazyLock::new(make_config);
static PACK: LazyLock<Value> = LazyLock::new(make_pack);

/// The schema of `forewarn.toml`: what the structs say, and which names the bundled packs have.
fn make_config() -> Value {
    let mut schema = crate::config::schema(generator()).to_value();
    tidy(&mut schema);
    let known = &*RULES;
    schema["title"] = json!("forewarn.toml");
    schema["description"] = json!("The configuration of forewarn, which checks the labels of stories.");
    let (defs, top) = ("/definitions/OverrideTable/properties", "/properties");
    for part in [top, defs] {
        add(&mut schema, &format!("{part}/fail-on"), json!({ "enum": FAIL_ON.map(|f| f.0) }));
        let ladders: Vec<&str> = known.vocabulary.ladders.iter().map(|l| l.id.as_str()).collect();
        add(&mut schema, &format!("{part}/rating-ladder"), one_of_or_other(&ladders));
        let fields: Vec<&str> = known.vocabulary.fields.iter().map(|f| f.id.as_str()).collect();
        add(&mut schema, &format!("{part}/required/items"), one_of_or_other(&fields));
        let named = |rule: &rules::Rule| {
            let said = format!("{} By default: {}.", plain(&rule.summary), rule.severity.name());
            (rule.id.clone(), json!({ "description": said, "type": "string", "enum": SEVERITIES }))
        };
        let named: serde_json::Map<String, Value> = known.rules.iter().map(named).collect();
        add(&mut schema, &format!("{part}/rules"), json!({ "properties": named }));
        add(&mut schema, &format!("{part}/rules/additionalProperties"), json!({ "enum": SEVERITIES }));
        let scores = known.detectors.iter().filter_map(|d| Some((known.vocabulary.tag(d.tag)?, d)));
        let scores: serde_json::Map<String, Value> = scores
            .map(|(tag, d)| {
                let said = format!("{} By default: {:.2}.", d.summary, d.warn);
                (tag.id.clone(), json!({ "description": said, "type": "number", "minimum": 0, "maximum": 1 }))
            })
            .collect();
        add(&mut schema, &format!("{part}/thresholds"), json!({ "properties": scores }));
        let score = json!({ "minimum": 0, "maximum": 1 });
        add(&mut schema, &format!("{part}/thresholds/additionalProperties"), score);
    }
    let packs: Vec<&str> = rules::bundled_names().collect();
    let pack = json!({ "anyOf": [
        { "enum": packs },
        { "description": "A folder of TOML files, by its path.", "type": "string", "pattern": r"^\.|[/\\]" },
    ] });
    add(&mut schema, "/properties/packs/items", pack);
    add(&mut schema, "/definitions/AllowTable/properties/reason", json!({ "pattern": r"\S" }));
    let ids: Vec<&str> = known.rules.iter().map(|r| r.id.as_str()).collect();
    add(&mut schema, "/definitions/AllowTable/properties/rule", one_of_or_other(&ids));
    limits(&mut schema);
    schema
}

/// Limits are written as numbers, or as sizes with a unit, and have bounds.
fn limits(schema: &mut Value) {
    let mut defaults = Limits::default();
    for limit in LIMITS {
        let at = format!("/definitions/Limits/properties/{}", limit.key);
        let number = json!({ "type": "integer", "minimum": limit.least, "maximum": limit.most });
        let value = match limit.in_bytes {
            false => number,
            true => {
                let sizes = r"^\s*[0-9]+\s*([bB]|[bB]ytes?|[kKmMgG]([iI]?[bB])?)?\s*$";
                let (least, most) = (size(limit.least), size(limit.most));
                let said = format!("A size, from {least} to {most}.");
                json!({ "anyOf": [{ "description": said, "type": "string", "pattern": sizes }, number] })
            }
        };
        let default = *(limit.field)(&mut defaults);
        let default = if limit.in_bytes { json!(size(default)) } else { json!(default) };
        let description = schema.pointer(&at).unwrap()["description"].clone();
        *schema.pointer_mut(&at).unwrap() = json!({ "description": description, "default": default });
        add(schema, &at, value);
    }
    let table = schema.pointer_mut("/definitions/Limits").unwrap().as_object_mut().unwrap();
    table.remove("required");
    table.insert("additionalProperties".to_owned(), json!(false));
    table["description"] = json!("What reading a file may cost. A refusal names the limit by its key.");
}

/// The schema of a pack's files.
fn make_pack() -> Value {
    let mut schema = generator().into_root_schema_for::<PackFile>().to_value();
    tidy(&mut schema);
    schema["title"] = json!("A file of a forewarn rule pack");
    schema["description"] =
        json!("Knowledge and demands. A pack is a folder of such files, and may be cut into files in any way.");
    let known = &*RULES;
    let of_rule = |rule: &rules::Rule| match &rule.logic {
        Logic::Check(name) => Some(name.clone()),
        Logic::Condition { .. } => None,
    };
    let mut checks: Vec<String> = CHECKS.iter().map(|c| c.0.to_owned()).collect();
    checks.extend(known.rules.iter().filter_map(of_rule));
    checks.sort();
    checks.dedup();
    let effects = [&DEGREES[..], &["denied", "ignored", "unrelated"]].concat();
    let judged: Vec<Value> = ["expect", "forbid", "check"].map(|key| json!({ "required": [key] })).to_vec();
    let id = json!({ "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" });
    let score = json!({ "minimum": 0, "maximum": 1 });
    for (at, more) in [
        ("RuleTable/properties/severity", json!({ "enum": SEVERITIES })),
        ("RuleTable/properties/check", json!({ "enum": checks })),
        ("RuleTable/properties/per", json!({ "enum": ["chapter"] })),
        ("RuleTable", json!({ "oneOf": judged })),
        ("FieldTable/properties/holds", json!({ "enum": HOLDS })),
        ("ModifierTable/properties/degree", json!({ "enum": effects })),
        ("ConditionTable/properties/degree", json!({ "enum": DEGREES })),
        ("TagTable/properties/forms", json!({ "propertyNames": { "enum": DEGREES } })),
        ("ListTable/properties/grades", json!({ "propertyNames": { "enum": DEGREES } })),
        ("LexiconTable/properties/weight", json!({ "propertyNames": { "pattern": r"^[0-9]+(\.[0-9]+)?$" } })),
        ("LexiconTable/properties/id", json!({ "pattern": r"\." })),
        ("TagTable/properties/id", id.clone()),
        ("FieldTable/properties/id", id.clone()),
        ("RuleTable/properties/id", id),
        ("DetectorTable/properties/warn", score.clone()),
        ("DetectorTable/properties/sure", score),
    ] {
        add(&mut schema, &format!("/definitions/{at}"), more);
    }
    let scores = json!([
        { "description": "From 0 to 1.", "type": "number", "minimum": 0, "maximum": 1 },
        { "description": "The score from which the detector reports, or is sure.", "enum": ["warn", "sure"] },
    ]);
    schema["definitions"]["ScoreTable"]["anyOf"] = scores;
    schema
}

/// Names that may be chosen, where others may be right too: editors offer the first.
fn one_of_or_other(names: &[&str]) -> Value {
    json!({ "anyOf": [{ "enum": names }, { "type": "string" }] })
}

/// Adds to what is said of a value, which must be there.
fn add(schema: &mut Value, at: &str, more: Value) {
    let place = schema.pointer_mut(at).unwrap_or_else(|| panic!("{at} is no part of the schema"));
    let place = place.as_object_mut().unwrap_or_else(|| panic!("{at} is no object"));
    for (key, value) in more.as_object().unwrap() {
        place.insert(key.clone(), value.clone());
    }
}

/// Takes away what means nothing in TOML or to those who write it: null, formats of numbers, defaults that are empty.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").is_some_and(Value::is_string) {
                map.remove("format");
            }
            let empty = |d: &Value| {
                d.is_null() || d.as_array().is_some_and(Vec::is_empty) || d.as_object().is_some_and(|m| m.is_empty())
            };
            if map.get("default").is_some_and(empty) {
                map.remove("default");
            }
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|t| t != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(kinds)) = map.get_mut("anyOf") {
                kinds.retain(|k| *k != json!({ "type": "null" }));
                // the schema of the one that is left holds beside the description
                if let [only] = kinds.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    map.insert("allOf".to_owned(), json!([only]));
                }
            }
            if let Some(Value::String(said)) = map.get_mut("description") {
                *said = said.replace('\n', " ");
            }
            map.values_mut().for_each(tidy);
        }
        Value::Array(values) => values.iter_mut().for_each(tidy),
        _ => {}
    }
}

#[test]
fn the_schemas_are_those_of_the_structs() {
    for (name, schema) in [("config", &*CONFIG), ("pack", &*PACK)] {
        let path = root().join(format!("schemas/{name}.schema.json"));
        let made = serde_json::to_string_pretty(schema).unwrap() + "\n";
        if std::env::var("SNAPSHOTS").is_ok_and(|s| s == "overwrite") {
            std::fs::write(&path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(made == kept, "{} is out of date: SNAPSHOTS=overwrite cargo test --lib schemas", path.display());
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).unwrap()
}

/// What a file is found to be wrong in; nothing for one that fits.
fn mistakes(schema: &Validator, toml: &str) -> Vec<String> {
    let value: toml::Value = toml::from_str(toml).unwrap();
    let value = serde_json::to_value(value).unwrap();
    schema.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// The files below a folder that are so named.
fn files(folder: &Path, named: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, named, found);
        } else if named(&path.file_name().unwrap().to_string_lossy()) {
            found.push(path);
        }
    }
}

#[test]
fn bundled_packs_fit() {
    let (schema, mut found) = (validator(&PACK), Vec::new());
    files(&root().join("rules"), &|name| name.ends_with(".toml"), &mut found);
    assert!(found.len() > 50, "{}", found.len());
    for path in found {
        let wrong = mistakes(&schema, &std::fs::read_to_string(&path).unwrap());
        assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
    }
}

#[test]
fn what_is_sound_to_forewarn_fits_and_what_is_not_does_not() {
    let (schema, mut found) = (validator(&CONFIG), Vec::new());
    for folder in ["fixtures", "tests/cli/files"] {
        files(&root().join(folder), &|name| name == "forewarn.toml", &mut found);
    }
    let sound = |text: &str| crate::config::read("forewarn.toml", text).1.is_none();
    let (mut fit, mut failed) = (0, 0);
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        if toml::from_str::<toml::Table>(&text).is_err() {
            continue;
        }
        let wrong = mistakes(&schema, &text);
        assert_eq!(sound(&text), wrong.is_empty(), "{}: {wrong:#?}", path.display());
        *if wrong.is_empty() { &mut fit } else { &mut failed } += 1;
    }
    assert!(fit > 3 && failed > 0, "{fit} {failed}");
}

#[test]
fn what_init_writes_fits() {
    let (schema, mut found) = (validator(&CONFIG), Vec::new());
    files(&root().join("src/cli/init"), &|name| name.ends_with(".toml"), &mut found);
    assert!(found.len() > 4);
    let all = std::fs::read_to_string(root().join("src/cli/init/all.toml")).unwrap();
    for path in found.iter().filter(|path| !path.ends_with("all.toml")) {
        let text = all.clone() + &std::fs::read_to_string(path).unwrap();
        let switched_on: Vec<&str> = text.lines().map(|l| l.strip_prefix("#:").unwrap_or(l)).collect();
        for text in [text.as_str(), &switched_on.join("\n")] {
            let wrong = mistakes(&schema, text);
            assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
        }
    }
}

#[test]
fn mistakes_in_a_configuration_are_found() {
    let schema = validator(&CONFIG);
    for (toml, at) in [
        ("pack = ['core']", "pack"),
        ("packs = ['aoe3']", "/packs/0"),
        ("packs = 'core'", "/packs"),
        ("fail-on = 'warn'", "/fail-on"),
        ("strict = 'yes'", "/strict"),
        ("[rules]\n'core/dates' = 'loud'", "/rules/core~1dates"),
        ("[rules]\n'our/own' = 'loud'", "/rules/our~1own"),
        ("[thresholds]\nanimal-death = 8", "/thresholds/animal-death"),
        ("[limits]\nfile-byte = 1", "file-byte"),
        ("[limits]\nfile-bytes = '5 pages'", "/limits/file-bytes"),
        ("[limits]\nentries = '9 MB'", "/limits/entries"),
        ("[limits]\ndepth = 1_000_000", "/limits/depth"),
        ("[[allow]]\nrule = 'core/dates'", "reason"),
        ("[[allow]]\nrule = 'core/dates'\nreason = ' '", "/allow/0/reason"),
        ("[[override]]\nstrict = true", "works"),
        ("[[override]]\nworks = 3", "/override/0/works"),
        ("[[override]]\nworks = '*'\npacks = ['core']", "packs"),
    ] {
        let wrong = mistakes(&schema, toml);
        assert!(wrong.iter().any(|w| w.contains(at)), "{toml}: {wrong:?}");
        assert!(crate::config::read("f", toml).1.is_some() || toml.contains("aoe3"), "{toml}");
    }
    for toml in [
        "packs = ['core', './house', 'shared/house']",
        "[limits]\nfile-bytes = '1 GiB'\nheader-bytes = 2048\nentry-bytes = '512kB'",
        "[work]\nTitle = 'x'\nrating = 'Mature'\ntags = ['a']\nwords = 3",
        "[rules]\n'our/own' = 'off'\n'core/dates' = 'off'",
    ] {
        assert_eq!(mistakes(&schema, toml), [""; 0], "{toml}");
    }
}

#[test]
fn mistakes_in_a_pack_are_found() {
    let schema = validator(&PACK);
    let rule = "[[rule]]\nid = 'a'\nsummary = 'x'\n";
    for (toml, at) in [
        ("[[rules]]\nid = 'a'", "rules"),
        (&format!("{rule}severity = 'loud'\ncheck = 'dates'"), "/rule/0/severity"),
        (&format!("{rule}severity = 'off'\ncheck = 'date'"), "/rule/0/check"),
        (&format!("{rule}severity = 'off'"), "/rule/0"),
        (&format!("{rule}severity = 'off'\ncheck = 'dates'\nexpect = {{ tag = 'x' }}"), "/rule/0"),
        (&format!("{rule}severity = 'off'\nexpect = {{ tags = 'x' }}"), "tags"),
        (&format!("{rule}severity = 'off'\nexpect = {{ evidence = 'x', score = 'certain' }}"), "/rule/0/expect/score"),
        ("[[tag]]\nid = 'Boats'\nname = 'Boats'\ncategory = 'x'", "/tag/0/id"),
        ("[[tag]]\nid = 'boats'\nname = 'Boats'", "category"),
        ("[[lexicon]]\nid = 'a.en'\nlanguage = 'en'\nsummary = 'x'\nweight.two = ['x']", "/lexicon/0/weight"),
    ] {
        let wrong = mistakes(&schema, toml);
        assert!(wrong.iter().any(|w| w.contains(at)), "{toml}: {wrong:?}");
    }
}

//! The objects of SARIF 2.1.0 that are written, by their names there where no other is given.

use serde::Serialize;

/// The tool, with its rules.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'a> {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) supported_taxonomies: [Named; 1],
    pub(super) rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
pub(super) struct Named {
    pub(super) name: &'static str,
}

/// A `reportingDescriptor`: what there is to say about a rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    pub(super) id: &'a str,
    pub(super) short_description: Text,
    pub(super) full_description: Text,
    pub(super) help: Help,
    pub(super) default_configuration: Configuration,
    pub(super) relationships: Vec<Relationship<'a>>,
    pub(super) properties: Properties<'a>,
}

/// A `message` without placeholders.
#[derive(Serialize)]
pub(super) struct Text {
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct Help {
    pub(super) text: String,
    pub(super) markdown: String,
}

/// What a rule is when nobody sets it otherwise.
#[derive(Serialize)]
pub(super) struct Configuration {
    pub(super) enabled: bool,
    pub(super) level: &'static str,
}

/// From a rule to what it found things about.
#[derive(Serialize)]
pub(super) struct Relationship<'a> {
    pub(super) target: TaxonReference<'a>,
    pub(super) kinds: [&'static str; 1],
}

/// A `propertyBag` with the keys that code scanning reads.
#[derive(Serialize)]
pub(super) struct Properties<'a> {
    pub(super) tags: [&'a str; 1],
    #[serde(rename = "problem.severity")]
    pub(super) severity: &'static str,
}

/// What findings are about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taxonomy<'a> {
    pub(super) name: &'static str,
    pub(super) short_description: Text,
    pub(super) taxa: Vec<Taxon<'a>>,
}

#[derive(Serialize)]
pub(super) struct Taxon<'a> {
    pub(super) id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaxonReference<'a> {
    pub(super) id: &'a str,
    pub(super) tool_component: Named,
}

/// A `result`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finding<'a> {
    pub(super) rule_id: &'a str,
    pub(super) rule_index: usize,
    pub(super) level: &'static str,
    pub(super) message: Text,
    pub(super) locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_locations: Vec<Location<'a>>,
    pub(super) partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fixes: Vec<Fix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rank: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) taxa: Vec<TaxonReference<'a>>,
}

/// Who accepts a finding, in the file or outside of it, and why.
#[derive(Serialize)]
pub(super) struct Suppression {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) justification: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Fingerprints {
    #[serde(rename = "findingHash/v1")]
    pub(super) finding: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<usize>,
    pub(super) physical_location: PhysicalLocation<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation<'a> {
    pub(super) artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region<'a>>,
}

#[derive(Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uri_base_id: Option<&'static str>,
}

/// Lines and columns from 1, the end behind the last character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region<'a> {
    pub(super) start_line: usize,
    pub(super) start_column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snippet: Option<Piece<'a>>,
}

/// An `artifactContent`.
#[derive(Serialize)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
}

/// A part of a file, for what has no lines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation {
    pub(super) name: String,
    pub(super) fully_qualified_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fix<'a> {
    pub(super) description: Text,
    pub(super) artifact_changes: Vec<ArtifactChange<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactChange<'a> {
    pub(super) artifact_location: ArtifactLocation,
    pub(super) replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Replacement<'a> {
    pub(super) deleted_region: Region<'a>,
    pub(super) inserted_content: Piece<'a>,
}

/// Something that was wrong with the run itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notification<'a> {
    pub(super) level: &'static str,
    pub(super) message: &'a Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) locations: Option<&'a [Location<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) associated_rule: Option<RuleReference<'a>>,
}

/// The rule that a notification is about.
#[derive(Serialize)]
pub(super) struct RuleReference<'a> {
    pub(super) id: &'a str,
    pub(super) index: usize,
}

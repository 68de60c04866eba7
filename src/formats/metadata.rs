//! Metadata that stands beside a text: a sidecar file, `--metadata`, the `[work]` table of a configuration.

use std::collections::HashSet;
use std::ops::Range;

use super::limits::{self, Limits, size};
use super::toml_fields;
use crate::model::{
    Decoding, Diagnostic, Field, Notation, Section, SectionKind, Severity, Source, SourceId, Span, State, Value, Work,
    text,
};

/// What a file of metadata says. Its spans point into `source` as if that were the first of a work;
/// [`merge`] puts them right.
#[derive(Debug, Default)]
pub struct Metadata {
    /// The file.
    pub source: Source,
    /// What it declares.
    pub fields: Vec<Field>,
    /// What could not be read of it.
    pub diagnostics: Vec<Diagnostic>,
}

const ID: SourceId = SourceId(0);

/// Reads a whole file of TOML keys, as in TOML front matter.
pub fn from_toml(name: &str, text: &str, limits: &Limits) -> Metadata {
    read(name, text, limits, Notation::Toml, || toml_fields::fields(ID, text, 0..text.len()))
}

/// Reads a whole file of YAML keys, as in YAML front matter.
#[cfg(feature = "markdown")]
pub fn from_yaml(name: &str, text: &str, limits: &Limits) -> Metadata {
    read(name, text, limits, Notation::Yaml, || super::yaml_fields::fields(ID, text, 0..text.len(), limits))
}

/// Reads only the `[work]` table of a `forewarn.toml`. Mistakes in its syntax are not reported here: whoever
/// reads the rest of the configuration does.
pub fn from_work_table(name: &str, text: &str) -> Metadata {
    let fields = toml_fields::fields_of_table(ID, text, "work");
    let mut source = Source::new(name, text, Decoding::default());
    source.let_write(0..text.len(), Notation::Toml);
    Metadata { source, fields, diagnostics: Vec::new() }
}

fn read(
    name: &str,
    text: &str,
    limits: &Limits,
    notation: Notation,
    fields: impl FnOnce() -> (Vec<Field>, Vec<Diagnostic>),
) -> Metadata {
    let mut source = Source::new(name, text, Decoding::default());
    source.let_write(0..text.len(), notation);
    if text.len() > limits.header_bytes {
        return Metadata { source, fields: Vec::new(), diagnostics: vec![too_large(limits)] };
    }
    let (fields, diagnostics) = fields();
    Metadata { source, fields, diagnostics }
}

/// The finding for metadata that is larger than a limit.
pub(super) fn too_large(limits: &Limits) -> Diagnostic {
    let most = size(limits.header_bytes);
    let message =
        format!("The metadata has more than the {most} that are read, so none of it was (limit: header-bytes).");
    let help = "Move what is not metadata into the text, or look for a missing line that ends it.";
    Diagnostic::new("core/front-matter", Severity::Error, message)
        .help(format!("{help} {}", limits::raise("header-bytes")))
}

/// Adds metadata to a work: its source, its fields, and its summary and notes as sections. Gives its diagnostics
/// back with spans that point into the work's new source.
///
/// What stands nearer to the text wins: a field is added only when the work gives none of that name. With `over`
/// (what is declared on the command line) the work's own fields of that name go instead.
pub fn merge(work: &mut Work, mut metadata: Metadata, over: bool) -> Vec<Diagnostic> {
    let id = SourceId(u32::try_from(work.sources.len()).unwrap_or(u32::MAX));
    rebase(&mut metadata, id);
    let Metadata { source, mut fields, diagnostics } = metadata;
    let names = |fields: &[Field]| -> HashSet<String> {
        let given = fields.iter().filter(|f| f.chapter.is_none() && (over || f.state == State::Given));
        given.map(|f| normalized(&f.name.value)).collect()
    };
    if over {
        let new = names(&fields);
        work.fields.retain(|f| f.chapter.is_some() || !new.contains(&normalized(&f.name.value)));
    } else {
        let old = names(&work.fields);
        fields.retain(|f| !old.contains(&normalized(&f.name.value)));
        // an empty field of a template gives way to one that says something
        let new = names(&fields);
        work.fields
            .retain(|f| f.chapter.is_some() || f.state == State::Given || !new.contains(&normalized(&f.name.value)));
    }
    for section in sections(id, &source.text, &fields) {
        if over {
            work.sections.retain(|s| s.chapter.is_some() || s.kind != section.kind);
        }
        place(&mut work.sections, section);
    }
    work.fields.append(&mut fields);
    work.sources.push(source);
    diagnostics
}

/// Puts a section of the whole work where readers meet it, unless there is one of its kind.
pub(super) fn place(sections: &mut Vec<Section>, section: Section) {
    if sections.iter().any(|s| s.chapter.is_none() && s.kind == section.kind) {
        return;
    }
    let at = match section.kind {
        SectionKind::Summary => 0,
        SectionKind::Notes => sections.iter().take_while(|s| s.kind == SectionKind::Summary).count(),
        _ => sections.len(),
    };
    sections.insert(at, section);
}

fn rebase(metadata: &mut Metadata, id: SourceId) {
    let labels = metadata.diagnostics.iter_mut().flat_map(|d| d.labels.iter_mut().map(|l| &mut l.span));
    labels.for_each(|span| span.source = id);
    let fixes = metadata.diagnostics.iter_mut().filter_map(|d| d.fix.as_mut());
    fixes.flat_map(|f| f.edits.iter_mut()).for_each(|edit| edit.span.source = id);
    for field in &mut metadata.fields {
        field.name.span.source = id;
        field.values.iter_mut().for_each(|v| v.span.source = id);
    }
}

/// A field's name for comparing: `Content_Warnings` and `content-warning` are the same.
pub(super) fn normalized(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '_' || c == '-').filter(|w| !w.is_empty());
    let mut name = words.collect::<Vec<_>>().join(" ").to_lowercase().replace('’', "'");
    if name.ends_with('s') {
        name.pop();
    }
    name
}

/// Summary and notes among the fields, as sections, so that they are read like those in a text.
pub(super) fn sections(id: SourceId, source: &str, fields: &[Field]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for field in fields {
        let kind = match normalized(&field.name.value).as_str() {
            "summary" | "description" | "synopsi" | "blurb" => SectionKind::Summary,
            "note" | "author note" | "author'" | "author's note" | "beginning note" => SectionKind::Notes,
            "end note" | "endnote" => SectionKind::EndNotes,
            _ => continue,
        };
        let [value] = field.values.as_slice() else { continue };
        if let Some(range) = prose(source, value) {
            let text = text::plain(id, source, range);
            if !text.is_empty() {
                place(&mut sections, Section { kind, chapter: None, heading: None, text });
            }
        }
    }
    sections
}

/// Where the words of a value stand, when nothing but white space was changed in decoding them: a verbatim value,
/// a folded block, a text in quotes over several lines.
fn prose(source: &str, value: &Value) -> Option<Range<usize>> {
    let range = value.span.range();
    let raw = source.get(range.clone())?;
    let quotes = raw.len() - raw.trim_start_matches(['"', '\'']).len();
    let inside = range.start + quotes..range.end.saturating_sub(quotes);
    let same = |r: &Range<usize>| {
        source.get(r.clone()).is_some_and(|raw| raw.split_whitespace().eq(value.text.split_whitespace()))
    };
    [range, inside].into_iter().find(same)
}

/// A key and the path of the mappings it stands in.
pub(super) struct Key<'k> {
    /// The names of the mappings around it, joined with spaces.
    pub path: &'k str,
    /// The key itself.
    pub name: &'k str,
    /// Where it stands.
    pub span: Span,
}

/// Mappings in which site generators keep free keys: their own name says nothing.
const TRANSPARENT: [&str; 3] = ["params", "taxonomies", "extra"];

/// Longest path that is kept before a key: a generous bound on what deep nesting costs.
const LONGEST_PATH: usize = 200;

/// The name of the field that a key makes: the path to it, joined with spaces.
pub(super) fn joined(key: &Key<'_>) -> String {
    let path = if TRANSPARENT.contains(&key.path) || key.path.len() > LONGEST_PATH { "" } else { key.path };
    if path.is_empty() { key.name.to_owned() } else { format!("{path} {}", key.name) }
}

/// A value decoded from the bytes of `range`, quotes and all; verbatim when it stands there as it is.
pub(super) fn exact(id: SourceId, source: &str, range: Range<usize>, decoded: &str) -> Value {
    let raw = source.get(range.clone()).unwrap_or("");
    let trimmed = decoded.trim();
    let quotes =
        if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { usize::from(raw.starts_with(['"', '\''])) };
    for cut in [0, quotes] {
        let inside = Value::verbatim(id, source, range.start + cut..range.end.saturating_sub(cut));
        if inside.text == trimmed {
            return inside;
        }
    }
    // the parser of YAML counts a comment behind a scalar in
    let quote = raw.get(..quotes.min(1)).unwrap_or("");
    let behind = raw.strip_prefix(quote).and_then(|r| r.strip_prefix(trimmed)).and_then(|r| r.strip_prefix(quote));
    if quotes < 2 && behind.is_some_and(|rest| rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#')) {
        let start = range.start + quote.len();
        return Value::verbatim(id, source, start..start + trimmed.len());
    }
    let outside = Value::verbatim(id, source, range);
    Value::decoded(trimmed, outside.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(toml: &str) -> Work {
        let Metadata { source, fields, .. } = from_toml("story.txt", toml, &Limits::default());
        Work { sources: vec![source], fields, ..Work::default() }
    }

    fn shown(work: &Work) -> Vec<String> {
        let value = |f: &Field| f.values.iter().map(|v| work.slice(v.span)).collect::<Vec<_>>().join("|");
        work.fields.iter().map(|f| format!("{}={}", work.slice(f.name.span), value(f))).collect()
    }

    #[test]
    fn the_nearer_declaration_wins_but_for_the_command_line() {
        let beside = "Content-Warning = ['fire']\nrating = 'T'\nlang = 'en'";
        for (over, expected) in [
            (false, &["content_warnings=blood", "title=X", "rating=T", "lang=en"][..]),
            (true, &["title=X", "Content-Warning=fire", "rating=T", "lang=en"]),
        ] {
            let mut work = work("content_warnings = ['blood']\nrating = ''\ntitle = 'X'");
            let notes = merge(&mut work, from_toml("x.forewarn.toml", beside, &Limits::default()), over);
            assert_eq!(shown(&work), expected);
            assert!(notes.is_empty());
            assert_eq!(work.sources.len(), 2);
        }
    }

    #[test]
    fn diagnostics_point_into_the_new_source() {
        let mut work = work("title = 'X'");
        let notes = merge(&mut work, from_toml("x.toml", "rating = Mature", &Limits::default()), false);
        assert_eq!(work.slice(notes[0].labels[0].span), "Mature");
    }

    #[test]
    fn only_the_work_table_of_a_configuration_is_read() {
        let toml = "packs = ['core']\n[work]\nrating = 'Mature'\n[work.extra]\nfandom = 'X'\n[rules]\na = 'off'";
        let found = from_work_table("forewarn.toml", toml);
        assert_eq!(found.fields.iter().map(|f| f.name.value.as_str()).collect::<Vec<_>>(), ["rating", "fandom"]);
        assert_eq!(found.source.slice(found.fields[0].values[0].span), "Mature");
        assert!(from_work_table("forewarn.toml", "packs = ['core']").fields.is_empty());
    }

    #[test]
    fn summary_and_notes_become_sections_with_their_place() {
        let toml = "notes = '''\nOne.\nTwo.'''\nsummary = \"A “lamp”.\"\ndescription = 'x'\ntags = 'y'";
        let mut work = Work::default();
        merge(&mut work, from_toml("x.toml", toml, &Limits::default()), false);
        let kinds: Vec<_> = work.sections.iter().map(|s| (s.kind, s.text.as_str())).collect();
        assert_eq!(kinds, [(SectionKind::Summary, "A \"lamp\"."), (SectionKind::Notes, "One. Two.")]);
        assert_eq!(work.slice(work.sections[0].text.span()), "A “lamp”.");
    }

    #[test]
    fn too_much_is_refused() {
        let limits = Limits { header_bytes: 10, ..Limits::default() };
        let found = from_toml("x.toml", "title = 'The Lamp'", &limits);
        assert_eq!((found.fields.len(), found.diagnostics.len()), (0, 1));
        let said = &found.diagnostics[0];
        assert!(said.message.contains("more than the 10 bytes"), "{said:?}");
        assert!(said.message.contains("(limit: header-bytes)"), "{said:?}");
        assert!(said.help.as_ref().is_some_and(|h| h.contains("raise `header-bytes`")), "{said:?}");
    }

    #[cfg(feature = "markdown")]
    #[test]
    fn yaml_files_may_be_whole_documents() {
        for yaml in ["rating: Mature\n", "---\nrating: Mature\n---\n", "%YAML 1.2\n---\nrating: Mature\n...\n"] {
            let found = from_yaml("x.yaml", yaml, &Limits::default());
            assert_eq!((found.fields.len(), found.diagnostics.len()), (1, 0), "{yaml}");
            assert_eq!(found.source.slice(found.fields[0].values[0].span), "Mature");
        }
        assert_eq!(from_yaml("x.yaml", "just words", &Limits::default()).diagnostics.len(), 1);
    }
}

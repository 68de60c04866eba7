//! The block of keys on top of a Markdown file: YAML between lines of `---`, or TOML between lines of `+++`.

use std::ops::Range;

use super::metadata::too_large;
use super::{Limits, toml_fields, yaml_fields};
use crate::model::{Diagnostic, Field, Notation, Severity, SourceId, Span, Writable};

/// In what language front matter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Yaml,
    Toml,
}

/// What stands on top of a text.
#[derive(Debug, PartialEq, Eq)]
enum Top {
    /// No front matter.
    Nothing,
    /// An opening line and keys, but no closing line: the place of the opening line.
    Open(Range<usize>),
    /// Front matter: the lines between, and where the text below starts.
    Block { syntax: Syntax, keys: Range<usize>, body: usize },
}

/// Front matter as read.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    /// What it declares.
    pub fields: Vec<Field>,
    /// What could not be read of it.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the text below it starts.
    pub body: usize,
    /// Where its keys stand, and how they are written.
    pub keys: Option<Writable>,
}

/// Whether a text starts with front matter.
pub(super) fn is_there(text: &str) -> bool {
    matches!(top(text), Top::Block { .. })
}

/// Reads the front matter of a text that is source `id`.
pub(super) fn read(id: SourceId, text: &str, limits: &Limits) -> FrontMatter {
    match top(text) {
        Top::Nothing => FrontMatter::default(),
        Top::Open(line) => {
            let fence = text.get(line.clone()).unwrap_or("");
            let message = "The metadata starts here, but no line ends it, so it is read as text.";
            let note = Diagnostic::new("core/front-matter", Severity::Warning, message)
                .at(Span::new(id, line), "")
                .help(format!("Put a line with only {fence} after the last key."));
            FrontMatter { diagnostics: vec![note], ..FrontMatter::default() }
        }
        Top::Block { keys, body, .. } if keys.len() > limits.header_bytes => {
            let note = too_large(limits).at(Span::new(id, keys.start..keys.start), "it starts here");
            FrontMatter { diagnostics: vec![note], body, ..FrontMatter::default() }
        }
        Top::Block { syntax, keys, body } => {
            let Span { start, end, .. } = Span::new(id, keys.clone());
            let (notation, (fields, diagnostics)) = match syntax {
                Syntax::Yaml => (Notation::Yaml, yaml_fields::fields(id, text, keys, limits)),
                Syntax::Toml => (Notation::Toml, toml_fields::fields(id, text, keys)),
            };
            FrontMatter { fields, diagnostics, body, keys: Some(Writable { range: start..end, notation }) }
        }
    }
}

fn top(text: &str) -> Top {
    let start = text.len() - text.trim_start().len();
    let start = text.get(..start).and_then(|blank| blank.rfind('\n')).map_or(0, |i| i + 1);
    let Some(rest) = text.get(start..) else { return Top::Nothing };
    let first = rest.lines().next().unwrap_or("");
    let syntax = match first.trim_end() {
        "---" => Syntax::Yaml,
        "+++" => Syntax::Toml,
        _ => return Top::Nothing,
    };
    let fence = start..start + first.trim_end().len();
    let keys = start + rest.find('\n').map_or(rest.len(), |i| i + 1);
    let mut at = keys;
    for line in text.get(keys..).unwrap_or("").split_inclusive('\n') {
        let closes = match syntax {
            Syntax::Yaml => matches!(line.trim_end(), "---" | "..."),
            Syntax::Toml => line.trim_end() == "+++",
        };
        if closes {
            let inner = text.get(keys..at).unwrap_or("");
            return if looks_like_keys(inner, syntax) {
                Top::Block { syntax, keys: keys..at, body: at + line.len() }
            } else {
                Top::Nothing
            };
        }
        at += line.len();
    }
    // without an end, only what stands before the first empty line can be meant
    let inner = text.get(keys..).unwrap_or("");
    let until = inner.find("\n\n").or_else(|| inner.find("\n\r\n")).unwrap_or(inner.len());
    let inner = inner.get(..until).unwrap_or("");
    if !inner.trim().is_empty() && looks_like_keys(inner, syntax) { Top::Open(fence) } else { Top::Nothing }
}

/// Whether most lines of a block are keys, so that `---` is no scene break. Only its first lines are looked at.
fn looks_like_keys(block: &str, syntax: Syntax) -> bool {
    let (mut keys, mut lines) = (0, 0);
    for line in block.lines().take(200) {
        let inside = line.starts_with([' ', '\t', '-', '#', ']', '}', '[', '"', '\'']) && !is_key_line(line);
        if line.trim().is_empty() || inside {
            continue;
        }
        lines += 1;
        keys += usize::from(match syntax {
            Syntax::Yaml => is_key_line(line),
            Syntax::Toml => line.contains('='),
        });
    }
    // prose between two scene breaks may hold a `She said: yes`, but stands off from the break
    let apart = block.lines().next().is_some_and(|line| line.trim().is_empty());
    let blank = lines == 0 && !block.contains("- ");
    if apart { keys >= 2 && keys == lines } else { blank || keys > 0 && keys * 2 >= lines }
}

/// Whether a line starts with a key and a colon, without indentation: `content-warnings: …`.
pub(super) fn is_key_line(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else { return false };
    let key = key.trim_end();
    let bare = key.strip_prefix(['"', '\'']).and_then(|k| k.strip_suffix(['"', '\''])).unwrap_or(key);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '/' | '.' | '\'' | '’' | '&');
    let ends = value.is_empty() || value.starts_with([' ', '\t', '\r', '\n']);
    ends && bare.chars().count() <= 40 && bare.starts_with(char::is_alphanumeric) && bare.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_told_from_scene_breaks() {
        for (text, there) in [
            ("---\ntitle: x\n---\nStory", true),
            ("\n---\r\ntitle: x\r\n...\r\nStory", true),
            ("---\n# nothing yet\n---\n", true),
            ("---\ntags:\n- a\n- b\n---", true),
            ("---\ntitle x\nrating: M\nlang: en\n---\n", true),
            ("+++\ntitle = 'x'\n+++\n", true),
            ("---\n\nHe said: “go”\n\n---\n", false),
            ("---\nIt was late.\nNobody came.\n---\n", false),
            ("---\n\nStory", false),
            ("Story\n---\ntitle: x\n---\n", false),
            ("---\ntitle: x\n", false),
            ("----\ntitle: x\n---\n", false),
        ] {
            assert_eq!(is_there(text), there, "{text:?}");
        }
    }

    #[test]
    fn the_text_starts_behind_the_block() {
        for text in ["---\na: b\n---\nStory", "---\r\na: b\r\n...  \r\nStory", "+++\na = 'b'\n+++\nStory"] {
            let front = read(SourceId(0), text, &Limits::default());
            assert_eq!((&text[front.body..], front.fields[0].values[0].text.as_str()), ("Story", "b"));
            assert!(front.diagnostics.is_empty());
        }
    }

    #[test]
    fn a_block_without_end_or_too_large_is_reported() {
        let open = read(SourceId(0), "---\ntitle: x\nrating: M\n\nStory", &Limits::default());
        assert_eq!((open.body, open.fields.len(), open.diagnostics.len()), (0, 0, 1));
        assert!(open.diagnostics[0].message.contains("no line ends it"));
        assert!(read(SourceId(0), "---\n\nStory", &Limits::default()).diagnostics.is_empty());

        let text = format!("---\na: {}\n---\nStory", "x".repeat(300 << 10));
        let large = read(SourceId(0), &text, &Limits::default());
        assert_eq!((&text[large.body..], large.diagnostics.len()), ("Story", 1));
    }
}

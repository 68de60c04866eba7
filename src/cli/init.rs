//! `forewarn init`: a commented forewarn.toml for the kind of folder it sees.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::load::{CONFIG, shown};
use super::{Exit, Failure, schema, write};

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// What is in it, instead of looking
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Print it instead of writing it
    #[arg(long)]
    print: bool,
    /// Write forewarn.schema.json beside it, too, so that editors which know TOML schemas complete and check it
    #[arg(long, conflicts_with = "print")]
    schema: bool,
}

/// The schema, beside the configuration.
pub const SCHEMA: &str = "forewarn.schema.json";

/// Kinds of folders with stories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// A site made by Hugo
    Hugo,
    /// A site made by Jekyll
    Jekyll,
    /// A site made by Eleventy
    Eleventy,
    /// Works downloaded from archives
    Archive,
    /// Stories that are being written
    Drafts,
}

/// What gives a kind of folder away.
const SIGNS: &[(&str, Kind)] = &[
    ("hugo.toml", Kind::Hugo),
    ("hugo.yaml", Kind::Hugo),
    ("hugo.json", Kind::Hugo),
    ("config/_default", Kind::Hugo),
    ("archetypes", Kind::Hugo),
    ("_config.yml", Kind::Jekyll),
    (".eleventy.js", Kind::Eleventy),
    ("eleventy.config.js", Kind::Eleventy),
    ("eleventy.config.mjs", Kind::Eleventy),
    ("eleventy.config.cjs", Kind::Eleventy),
];

/// Files that are looked at to tell downloads from drafts.
const LOOKED_AT: usize = 1_000;

impl Kind {
    /// What the folder holds, by the files in it.
    fn of(folder: &Path) -> Self {
        if let Some((_, kind)) = SIGNS.iter().find(|(sign, _)| folder.join(sign).exists()) {
            return *kind;
        }
        let mut endings: BTreeMap<String, usize> = BTreeMap::new();
        let walk = WalkBuilder::new(folder).require_git(false).max_depth(Some(4)).build();
        for entry in walk.flatten().take(LOOKED_AT) {
            if let Some(ending) = entry.path().extension() {
                *endings.entry(ending.to_string_lossy().to_lowercase()).or_default() += 1;
            }
        }
        let count = |names: &[&str]| names.iter().filter_map(|n| endings.get(*n)).sum::<usize>();
        let downloads = count(&["epub", "html", "azw3", "mobi", "jsonl", "csv"]);
        if downloads > count(&["md", "txt", "docx", "odt", "rtf"]) { Self::Archive } else { Self::Drafts }
    }

    /// What it is called.
    fn name(self) -> &'static str {
        match self {
            Self::Hugo => "a Hugo site",
            Self::Jekyll => "a Jekyll site",
            Self::Eleventy => "an Eleventy site",
            Self::Archive => "works downloaded from archives",
            Self::Drafts => "stories that are being written",
        }
    }

    /// The part of the configuration that is its own.
    fn text(self) -> &'static str {
        match self {
            Self::Hugo => include_str!("init/hugo.toml"),
            Self::Jekyll => include_str!("init/jekyll.toml"),
            Self::Eleventy => include_str!("init/eleventy.toml"),
            Self::Archive => include_str!("init/archive.toml"),
            Self::Drafts => include_str!("init/drafts.toml"),
        }
    }
}

/// Writes the configuration, or prints it.
///
/// # Errors
/// A folder that does not exist or has a configuration, or a file that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let folder = &arguments.folder;
    if folder.is_file() {
        return Err(Failure::Request(format!("{} is a file: init takes a folder of stories", shown(folder))));
    }
    if !folder.is_dir() {
        return Err(Failure::Request(format!("no such folder: {}", shown(folder))));
    }
    let kind = arguments.kind.unwrap_or_else(|| Kind::of(folder));
    // a first line that led to a file that is not there would be a mistake to editors
    let first = if arguments.schema { format!("#:schema ./{SCHEMA}\n\n") } else { String::new() };
    let text = first + &include_str!("init/all.toml").replace("{kind}", kind.name()) + kind.text();
    let mut out = anstream::stdout().lock();
    if arguments.print {
        out.write_all(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let path = folder.join(CONFIG);
    if path.exists() {
        let message = format!("{} is there already: `--print` shows what would be written", shown(&path));
        return Err(Failure::Request(message));
    }
    if arguments.schema {
        let beside = folder.join(SCHEMA);
        if beside.exists() {
            let message = format!("{} is there already: move it away, or leave out `--schema`", shown(&beside));
            return Err(Failure::Request(message));
        }
        write::atomically(&beside, schema::CONFIG.as_bytes())?;
        writeln!(out, "{} was written for your editor.", shown(&beside))?;
    }
    write::atomically(&path, text.as_bytes())?;
    writeln!(out, "{} was written for {}. Now run `forewarn check {}`.", shown(&path), kind.name(), name(folder))?;
    Ok(Exit::Clean)
}

fn name(folder: &Path) -> String {
    let shown = shown(folder);
    if shown.is_empty() { ".".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::config;
    use crate::rules;

    #[test]
    fn every_kind_gives_a_sound_configuration() {
        let packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
        let rules = rules::link(&packs).rules;
        for kind in Kind::value_variants() {
            let text = include_str!("init/all.toml").replace("{kind}", kind.name()) + kind.text();
            // what is commented out is sound too
            let all: Vec<&str> = text.lines().map(|l| l.strip_prefix("#:").unwrap_or(l)).collect();
            let (layer, fault) = config::read("forewarn.toml", &all.join("\n"));
            assert!(fault.is_none(), "{kind:?}: {fault:?}");
            assert!(layer.check(&rules, false, &[]).is_ok(), "{kind:?}: {:?}", layer.check(&rules, false, &[]));
        }
    }

    #[test]
    fn a_folder_is_known_by_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Kind::of(folder.path()), Kind::Drafts);
        std::fs::write(folder.path().join("a.epub"), "").unwrap();
        assert_eq!(Kind::of(folder.path()), Kind::Archive);
        std::fs::write(folder.path().join("_config.yml"), "").unwrap();
        assert_eq!(Kind::of(folder.path()), Kind::Jekyll);
    }
}

//! Packs by name and by folder, as text.

use std::fs;
use std::path::{Path, PathBuf};

use super::{cannot_read, read_held, sentence, shown};
use crate::cli::Failure;
use crate::cli::input::Held;
use crate::rules::nearest::nearest;
use crate::rules::{self, Pack, PackText};

/// A pack from a folder; else why not, and what to do.
pub(super) fn own(path: &Path, held: Option<&Held>) -> Result<PackText, [String; 2]> {
    folder_held(path, held).map_err(|failure| {
        let help = "A pack of your own is a folder of TOML files, named by its path from this file: `./our-rules`.";
        let message = if path.exists() { failure.to_string() } else { format!("there is no pack {}", shown(path)) };
        [sentence(&message), help.to_owned()]
    })
}

/// A bundled pack; else why not, and what to do.
pub(super) fn bundled(name: &str) -> Result<Pack, [String; 2]> {
    let known = rules::bundled_names().any(|known| known == name);
    known.then(|| Pack::Bundled(name.to_owned())).ok_or_else(|| {
        let near = nearest(name, rules::bundled_names()).map(|near| format!("Did you mean `{near}`? "));
        let known: Vec<&str> = rules::bundled_names().collect();
        let known = match known.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => known.join(""),
        };
        let help =
            format!("{}Bundled are {known}; a folder of your own is written `./{name}`.", near.unwrap_or_default());
        [format!("There is no pack `{name}`."), help]
    })
}

/// The TOML files of a pack's folder, in order of path.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).map_err(|e| cannot_read(&next, &e))?;
        for entry in entries {
            let entry = entry.map_err(|e| cannot_read(&next, &e))?.path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "toml") {
                files.push(entry);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A pack from a folder, named after it.
pub fn folder(path: &Path) -> Result<PackText, Failure> {
    folder_held(path, None)
}

pub(super) fn folder_held(path: &Path, held: Option<&Held>) -> Result<PackText, Failure> {
    let files = files(path)?;
    if files.is_empty() {
        return Err(Failure::Request(format!("the pack {} holds no TOML file", shown(path))));
    }
    let files = files.iter().map(|f| Ok((shown(f), read_held(f, held)?))).collect::<Result<_, Failure>>()?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = absolute.components().next_back().map(|c| c.as_os_str().to_string_lossy().into_owned());
    Ok(PackText { name: name.unwrap_or_default(), files, bundled: false })
}

/// The bundled packs together with packs from folders; one named like a bundled pack stands in its place.
pub fn with_bundled(folders: &[PathBuf]) -> Result<Vec<PackText>, Failure> {
    let mut packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
    for path in folders {
        let pack = folder(path)?;
        packs.retain(|p| p.name != pack.name);
        packs.push(pack);
    }
    Ok(packs)
}

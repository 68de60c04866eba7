//! The files that paths on the command line stand for.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use super::Failure;
use super::input::TABLES;
use super::load::shown;

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its path, as under the argument.
    pub path: PathBuf,
    /// Whether the command line names it: then it is spoken of in any case.
    pub named: bool,
}

/// What a folder walk came to.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Files in order of path.
    pub files: Vec<Found>,
    /// Files of folders that are no stories by their kind: code, data, images.
    pub skipped: Vec<PathBuf>,
}

/// Endings of files that may be stories. What has none of them is looked at only when it is named.
const STORIES: &[&str] = &["txt", "text", "md", "markdown", "mdown", "mkd", "html", "htm", "xhtml"];
/// Endings of files that hold stories which are not read: they are spoken of.
const CONTAINERS: &[&str] = &["epub", "docx", "doc", "odt", "rtf", "pdf", "mobi", "azw", "azw3"];

/// Finds files. Folders are walked with `.gitignore` and `.forewarnignore` respected, hidden files left out; a file
/// that is named is taken in any case.
///
/// # Errors
/// A path that does not exist.
pub fn discover(paths: &[PathBuf]) -> Result<Discovered, Failure> {
    let missing: Vec<String> = paths.iter().filter(|p| !p.exists()).map(|p| shown(p)).collect();
    if !missing.is_empty() {
        return Err(Failure::Request(format!("no such file or folder: {}", missing.join(", "))));
    }
    let mut files = BTreeSet::new();
    let mut skipped = BTreeSet::new();
    for path in paths {
        if !path.is_dir() {
            files.insert(Found { path: plain(path), named: true });
            continue;
        }
        let walk = WalkBuilder::new(path).require_git(false).add_custom_ignore_filename(".forewarnignore").build();
        for entry in walk {
            let entry = entry.map_err(|e| Failure::Request(format!("cannot walk {}: {e}", path.display())))?;
            if !entry.file_type().is_some_and(|t| t.is_file()) {
                continue;
            }
            let path = plain(entry.path());
            let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
            let named = |endings: &[&str]| endings.contains(&ending.as_str());
            if named(STORIES) || named(TABLES) || named(CONTAINERS) || ending.is_empty() {
                files.insert(Found { path, named: false });
            } else if !is_metadata(&path) {
                skipped.insert(path);
            }
        }
    }
    // a file that is both named and met in a folder is named
    let named: BTreeSet<PathBuf> = files.iter().filter(|f| f.named).map(|f| f.path.clone()).collect();
    let files = files.into_iter().filter(|f| f.named || !named.contains(&f.path)).collect();
    Ok(Discovered { files, skipped: skipped.into_iter().collect() })
}

/// A path without `.` in it, so that `./a.txt` and `a.txt` are one file.
fn plain(path: &Path) -> PathBuf {
    let plain: PathBuf = path.components().filter(|c| *c != Component::CurDir).collect();
    // `./-` is a file, `-` is standard input
    if super::input::is_stdin(&plain) { path.to_owned() } else { plain }
}

/// Whether a file holds metadata or settings for forewarn rather than a story.
fn is_metadata(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    name == super::load::CONFIG || name == super::baseline::FILE || name.ends_with(".forewarn.toml")
}

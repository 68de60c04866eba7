//! The files that paths on the command line stand for.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use super::Failure;
use super::input::{TABLES, is_stdin};
use super::load::shown;

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its path, as under the argument.
    pub path: PathBuf,
    /// Whether the command line names it: then it is spoken of in any case.
    pub named: bool,
    /// Why it cannot be read, once that is known.
    pub fault: Option<Fault>,
}

/// What cannot be read although it is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A book or document that is a folder.
    Unpacked,
    /// A folder that cannot be looked into, with what the system says.
    Folder(String),
    /// A file that cannot be opened or read, with what the system says.
    File(String),
}

/// What a folder walk came to. Every file met is in one of the three.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Files in order of path.
    pub files: Vec<Found>,
    /// Files of folders that are no stories by their kind: code, data, images.
    pub skipped: Vec<PathBuf>,
    /// Links, pipes and devices in folders. A link may lead anywhere, also back, and a pipe may never end.
    pub not_followed: Vec<PathBuf>,
}

/// Endings of files that may be stories. What has none of them is looked at only when it is named.
const STORIES: &[&str] = &["txt", "text", "md", "markdown", "mdown", "mkd", "html", "htm", "xhtml"];
/// Endings of documents and books that are read.
const CONTAINERS: &[&str] = &["epub", "docx", "docm", "dotx", "dotm", "odt", "ott", "fodt", "rtf"];
/// Endings of documents and books that are not read, of which that is told.
const FOREIGN: &[&str] = &[
    "doc", "dot", "wps", "wpd", "pages", "pdf", "mobi", "prc", "azw", "azw1", "azw3", "azw4", "kf8", "kfx", "pdb",
    "lit", "fb2",
];

/// Finds files. Folders are walked with `.gitignore` and `.forewarnignore` respected, hidden files left out; a file
/// that is named is taken in any case.
///
/// # Errors
/// A path that does not exist.
pub fn discover(paths: &[PathBuf]) -> Result<Discovered, Failure> {
    are_there(paths)?;
    let mut files = Vec::new();
    let mut skipped = BTreeSet::new();
    let mut not_followed = BTreeSet::new();
    for root in paths {
        if !root.is_dir() || is_unpacked(root) {
            let fault = root.is_dir().then_some(Fault::Unpacked);
            files.push(Found { path: plain(root), named: true, fault });
            continue;
        }
        // the unpacked book whose files come next
        let mut book: Option<PathBuf> = None;
        let mut walk = WalkBuilder::new(root);
        // in order within each folder, so that hardly anything is left to sort
        walk.require_git(false).add_custom_ignore_filename(".forewarnignore").sort_by_file_name(Ord::cmp);
        for entry in walk.build() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let (path, said) = fault_of(&error);
                    let path = plain(path.unwrap_or(root));
                    files.push(Found { path, named: false, fault: Some(Fault::Folder(said)) });
                    continue;
                }
            };
            if book.as_ref().is_some_and(|b| entry.path().starts_with(b)) {
                continue;
            }
            let kind = entry.file_type();
            let path = below(root, entry.path());
            if kind.is_some_and(|t| t.is_dir()) {
                if is_unpacked(&path) {
                    book = Some(entry.path().to_owned());
                    files.push(Found { path, named: false, fault: Some(Fault::Unpacked) });
                }
                continue;
            }
            if !kind.is_some_and(|t| t.is_file()) {
                not_followed.insert(path);
                continue;
            }
            if is_metadata(&path) {
                continue;
            }
            match may_be_read(&ending(&path)) {
                true => files.push(Found { path, named: false, fault: None }),
                false => drop(skipped.insert(path)),
            }
        }
    }
    files.sort();
    files.dedup();
    // a file that is both named and met in a folder is named
    let named: BTreeSet<PathBuf> = files.iter().filter(|f| f.named).map(|f| f.path.clone()).collect();
    if !named.is_empty() {
        files.retain(|f| f.named || !named.contains(&f.path));
    }
    let rest = |paths: BTreeSet<PathBuf>| paths.into_iter().filter(|p| !named.contains(p)).collect();
    Ok(Discovered { files, skipped: rest(skipped), not_followed: rest(not_followed) })
}

/// Checks that what is named is there.
///
/// # Errors
/// A path that does not exist.
pub fn are_there(paths: &[PathBuf]) -> Result<(), Failure> {
    let missing: Vec<String> = paths.iter().filter(|p| !is_stdin(p) && !p.exists()).map(|p| shown(p)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let hint = unquoted(paths).map(|name| format!("; a name with spaces needs quotes: \"{name}\"")).unwrap_or_default();
    Err(Failure::Request(format!("no such file or folder: {}{hint}", missing.join(", "))))
}

/// Checks that no folder is named to a command that takes files, before it prints anything.
///
/// # Errors
/// A folder, with what to name instead.
pub fn are_no_folders(command: &str, paths: &[PathBuf]) -> Result<(), Failure> {
    let Some(folder) = paths.iter().find(|p| p.is_dir()) else { return Ok(()) };
    let mut inside: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    inside.sort();
    let is_read = |p: &&PathBuf| is_story(p) && p.is_file() && !FOREIGN.contains(&&*ending(p));
    let example = inside.iter().find(is_read).map(|p| format!(", as in `forewarn {command} {}`", quoted(p)));
    Err(Failure::Request(format!(
        "{command} takes files, and {} is a folder: name a story in it{} (`forewarn check` takes folders)",
        shown(folder),
        example.unwrap_or_default()
    )))
}

/// A path as it is written in a shell, near enough to be understood.
fn quoted(path: &Path) -> String {
    let name = shown(path);
    if name.contains(' ') { format!("\"{name}\"") } else { name }
}

/// The file that some paths name together, which was one name with spaces before a shell took it apart.
pub fn unquoted(paths: &[PathBuf]) -> Option<String> {
    let parts: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let firsts = (2..=parts.len()).filter_map(|end| Some(parts.get(..end)?.join(" ")));
    firsts.into_iter().find(|name| Path::new(name).exists())
}

/// Whether a folder is a book or document that was unpacked, or that a Mac keeps so.
fn is_unpacked(path: &Path) -> bool {
    const INSIDE: &[&str] = &["META-INF/container.xml", "word/document.xml", "content.xml"];
    let ending = ending(path);
    let is_container = [CONTAINERS, FOREIGN].iter().any(|endings| endings.contains(&&*ending));
    is_container && INSIDE.iter().any(|inside| path.join(inside).is_file())
}

/// The folder that cannot be looked into, and what the system says.
fn fault_of(error: &ignore::Error) -> (Option<&Path>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), fault_of(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => fault_of(err),
        ignore::Error::Io(error) => (None, said(error)),
        other => (None, other.to_string()),
    }
}

/// What the system says of a file that cannot be read, as the end of a sentence.
pub fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there any more".to_owned(),
        io::ErrorKind::PermissionDenied => "you have no permission to read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => {
            let said = error.to_string();
            said.split(" (os error").next().unwrap_or(&said).to_lowercase()
        }
    }
}

/// Whether a file of that ending is looked at where it is met.
fn may_be_read(ending: &str) -> bool {
    ending.is_empty() || [STORIES, TABLES, CONTAINERS, FOREIGN].iter().any(|endings| endings.contains(&ending))
}

/// What the name of a file ends with, behind the dot, in small letters.
pub fn ending(path: &Path) -> Cow<'_, str> {
    let ending = path.extension().map(|e| e.to_string_lossy()).unwrap_or_default();
    if ending.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return ending;
    }
    Cow::Owned(ending.to_lowercase())
}

/// What was met below a folder, as [`plain`] has it.
fn below(root: &Path, path: &Path) -> PathBuf {
    match path.to_str() {
        Some(written) if root == Path::new(".") => {
            PathBuf::from(written.strip_prefix("./").filter(|rest| *rest != "-").unwrap_or(written))
        }
        _ => plain(path),
    }
}

/// A path without `.` in it, so that `./a.txt` and `a.txt` are one file.
fn plain(path: &Path) -> PathBuf {
    let plain: PathBuf = path.components().filter(|c| *c != Component::CurDir).collect();
    // `./-` is a file, `-` is standard input
    if is_stdin(&plain) { path.to_owned() } else { plain }
}

/// Whether a file that is met in a folder may be a story, by its name.
pub fn is_story(path: &Path) -> bool {
    let ending = ending(path);
    let is_hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
    !is_hidden && [STORIES, CONTAINERS, FOREIGN].iter().any(|endings| endings.contains(&&*ending))
}

/// Whether a file holds metadata or settings for forewarn rather than a story.
fn is_metadata(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    name == super::load::CONFIG
        || name == super::baseline::FILE
        || name == super::init::SCHEMA
        || name.ends_with(".forewarn.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_ends_a_sentence() {
        for (error, expected) in [
            (io::Error::from(io::ErrorKind::NotFound), "it is not there any more"),
            (io::Error::from(io::ErrorKind::PermissionDenied), "you have no permission to read it"),
            (io::Error::other("Disk on fire"), "disk on fire"),
        ] {
            assert_eq!(said(&error), expected);
        }
    }
}

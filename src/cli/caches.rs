//! The user's cache folder: what one run keeps for the next. Whatever goes wrong there costs nothing but time.

pub mod packs;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

/// Where the cache is instead; nothing: there is none.
pub const VARIABLE: &str = "FOREWARN_CACHE_DIR";
/// A file that was used is marked so once a day, and the ones used last are kept.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

static OFF: AtomicBool = AtomicBool::new(false);

/// Neither reads nor writes a cache in this run.
pub fn switch_off() {
    OFF.store(true, Ordering::Relaxed);
}

/// The folder of the cache: what the environment says, or a folder of our own where the system keeps such files; none
/// where there is none or it is switched off.
pub fn folder() -> Option<PathBuf> {
    if OFF.load(Ordering::Relaxed) {
        return None;
    }
    if let Some(folder) = std::env::var_os(VARIABLE) {
        return Some(PathBuf::from(folder)).filter(|f| !f.as_os_str().is_empty());
    }
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        named("HOME").map(|home| home.join("Library").join("Caches"))
    } else {
        named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")))
    };
    caches.map(|caches| caches.join("forewarn"))
}

/// What something is known by: a hash of all that makes it what it is.
pub type Key = [u8; 16];

/// Makes a [`Key`].
#[derive(Clone, Default)]
pub struct Keying(Sha256);

impl Keying {
    /// Takes one more thing in.
    pub fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        // with its length, so that what follows is not taken for a part of it
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// The key of what was taken in.
    pub fn key(self) -> Key {
        let all: [u8; 32] = self.0.finalize().into();
        let mut key = Key::default();
        key.copy_from_slice(&all[..16]);
        key
    }
}

/// The name of the file for a key.
pub fn name(key: &Key) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file of the cache that is not larger than `most`, and marks it as used.
pub fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let known = file.metadata().ok().filter(|known| known.is_file() && known.len() <= most)?;
    let mut bytes = Vec::with_capacity(usize::try_from(known.len()).ok()?);
    file.read_to_end(&mut bytes).ok()?;
    if known.modified().ok().and_then(|used| used.elapsed().ok()).is_none_or(|age| age > DAY) {
        // where that may not be written it is only kept for a shorter time
        let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    }
    Some(bytes)
}

/// Writes a file of the cache, whole or not at all, and removes those of its extension that were not used for longest
/// but for so many, and what an interrupted run left.
///
/// # Errors
/// A folder that cannot be made, a file that cannot be written.
pub fn write(path: &Path, content: &[&[u8]], most: usize) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let unfinished = format!(".{extension}-");
    let mut file = NamedTempFile::with_prefix_in(&unfinished, folder)?;
    content.iter().try_for_each(|part| file.write_all(part))?;
    file.persist(path)?;
    // what cannot be removed stays
    let _ = tidy(folder, &extension, &unfinished, most);
    Ok(())
}

fn tidy(folder: &Path, extension: &str, unfinished: &str, most: usize) -> io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, used) = (entry.path(), entry.metadata()?.modified()?);
        if entry.file_name().to_string_lossy().starts_with(unfinished) {
            if used.elapsed().is_ok_and(|age| age > DAY) {
                fs::remove_file(path)?;
            }
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push((used, path));
        }
    }
    files.sort();
    let many = files.len().saturating_sub(most);
    files.iter().take(many).try_for_each(|(_, path)| fs::remove_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_files_the_last_used_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        let names = || {
            let mut names: Vec<_> =
                fs::read_dir(&folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        for i in 0..5 {
            let path = folder.join(format!("{i}.results"));
            write(&path, &[b"a", b"b"], 3).unwrap();
            let past = SystemTime::now() - DAY * 2 * (9 - i);
            File::options().write(true).open(&path).unwrap().set_modified(past).unwrap();
            fs::write(folder.join("other.txt"), "").unwrap();
            assert_eq!(read(&folder.join(format!("{}.results", i.max(1))), 2).is_some(), i > 0);
        }
        assert_eq!(names(), ["2.results", "3.results", "4.results", "other.txt"]);
        assert!(read(&folder.join("4.results"), 1).is_none(), "too large");
        write(&folder.join("5.results"), &[], 1).unwrap();
        assert_eq!(names().len(), 2);
    }
}

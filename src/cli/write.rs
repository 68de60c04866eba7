//! Files written whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Failure;
use super::discover::said;
use super::load::shown;

/// Puts `bytes` in the place of a file, or makes it: into a new file beside it first, which then takes its name, so that
/// neither a full disk nor an interruption leaves half of it. A link stays one, and permissions stay.
///
/// # Errors
/// A folder that is not there, a file that may not be written, a full disk. The old file is as it was then.
pub fn atomically(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write(path, bytes, &|_| true).map_err(|error| cannot_write(path, &error))
}

/// Puts `new` in the place of a file that still says `old`, as [`atomically`] does.
///
/// # Errors
/// As [`atomically`]; a file that says something else meanwhile, which is left as it is.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<(), Failure> {
    let unchanged = |path: &Path| fs::read(path).is_ok_and(|now| now == old);
    write(path, new, &unchanged).map_err(|error| match error.kind() {
        io::ErrorKind::ResourceBusy => Failure::Request(format!(
            "{} was changed by another program while it was checked: it was left as it is, so run forewarn again",
            shown(path)
        )),
        _ => cannot_write(path, &error),
    })
}

/// The failure of a path that cannot be written.
pub fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::Request(format!("cannot write {}: {}", shown(path), why(error)))
}

/// Why something cannot be written, as the end of a sentence.
pub fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such folder".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is a file, not a folder".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "you have no permission to write there".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk it lies on is read-only".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => said(error),
    }
}

fn write(path: &Path, bytes: &[u8], may_replace: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    // through a link to the file itself
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_owned);
    let old = fs::metadata(&path).ok();
    match &old {
        Some(old) if old.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        // a device or a pipe is written to, and never replaced by a file
        Some(old) if !old.is_file() => return fs::File::options().write(true).open(&path)?.write_all(bytes),
        _ => {}
    }
    if old.as_ref().is_some_and(|m| m.permissions().readonly()) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut new = NamedTempFile::with_prefix_in(".forewarn-", folder)?;
    new.write_all(bytes)?;
    // a file of one's own is for everyone who may read the folder; a temporary one is not
    match old {
        Some(old) => new.as_file().set_permissions(old.permissions())?,
        None => plain_permissions(new.as_file())?,
    }
    new.as_file().sync_all()?;
    // as late as can be
    if !may_replace(&path) {
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    new.persist(&path).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(unix)]
fn plain_permissions(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn plain_permissions(_: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        atomically(&path, b"one").unwrap();
        atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let missing = folder.path().join("none").join("a.md");
        assert!(atomically(&missing, b"x").unwrap_err().to_string().contains("there is no such folder"));
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(atomically(&path, b"three").unwrap_err().to_string().contains("no permission"));
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        atomically(&path, b"theirs").unwrap();
        let said = replace(&path, b"one", b"two").unwrap_err().to_string();
        assert!(said.contains("changed by another program"), "{said}");
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        replace(&path, b"theirs", b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.md"), folder.path().join("b.md"));
        fs::write(&file, "one").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        atomically(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"two");
    }
}

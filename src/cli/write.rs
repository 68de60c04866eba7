//! Files written whole or not at all: the one place where files are made or replaced.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use super::Failure;
use super::discover::said;
use super::load::shown;

/// Puts `bytes` in the place of a file, or makes it: into a new file beside it first, which then takes its name, so that
/// neither a full disk nor an interruption leaves half of it. A link stays one; permissions and, where that is allowed,
/// the owner stay.
///
/// # Errors
/// A folder that is not there, a file that may not be written, a full disk. The old file is as it was then.
pub fn atomically(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut target = Target::open(path)?;
    target.write_all(bytes).map_err(|error| cannot_write(path, &error))?;
    target.commit()
}

/// Puts `new` in the place of a file that still says `old`, as [`atomically`] does. Says whether the file has other names
/// (hard links), which keep the old text.
///
/// # Errors
/// As [`atomically`]; a file that says something else meanwhile, which is left as it is.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<bool, Failure> {
    let mut target = Target::open(path)?;
    target.write_all(new).map_err(|error| cannot_write(path, &error))?;
    let linked = fs::metadata(path).is_ok_and(|known| has_other_names(&known));
    let unchanged = |file: &Path| fs::read(file).is_ok_and(|now| now == old);
    target.put(&unchanged)?;
    Ok(linked)
}

/// A file that is being written.
pub struct Target {
    /// As given.
    path: PathBuf,
    out: BufWriter<Writing>,
}

enum Writing {
    /// Beside the file, which it replaces at the end.
    Beside { written: NamedTempFile, target: PathBuf },
    /// Into what is no file of the disk: a pipe, a terminal.
    Through(File),
}

impl Target {
    /// Opens a file for writing. It is as it was until [`Target::commit`].
    ///
    /// # Errors
    /// A file that cannot be written, with the reason.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let writing = Writing::open(path).map_err(|error| cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), out: BufWriter::new(writing) })
    }

    /// The file, as given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// A file that cannot be replaced, a full disk.
    pub fn commit(self) -> Result<(), Failure> {
        self.put(&|_| true)
    }

    /// Puts the file in its place if the old one may be replaced, which is asked as late as can be.
    fn put(self, may_replace: &dyn Fn(&Path) -> bool) -> Result<(), Failure> {
        let Self { path, out } = self;
        let failed = |error: &io::Error| cannot_write(&path, error);
        let writing = out.into_inner().map_err(|error| failed(error.error()))?;
        let Writing::Beside { written, target } = writing else { return Ok(()) };
        written.as_file().sync_all().map_err(|error| failed(&error))?;
        // a second Ctrl-C waits until the file has its name
        let mut unfinished = unfinished();
        if !may_replace(&target) {
            return Err(Failure::Request(format!(
                "{} was changed by another program while it was checked: it was left as it is, so run forewarn again",
                shown(&path)
            )));
        }
        let temporary = written.path().to_owned();
        written.persist(&target).map_err(|error| failed(&error.error))?;
        unfinished.retain(|path| *path != temporary);
        Ok(())
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Writing {
    fn open(path: &Path) -> io::Result<Self> {
        let known = fs::metadata(path).ok();
        match &known {
            Some(known) if known.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            // a device or a pipe is written to, and never replaced by a file
            Some(known) if !known.is_file() => return Ok(Self::Through(File::options().write(true).open(path)?)),
            Some(known) if known.permissions().readonly() => return Err(io::Error::other("it is write-protected")),
            _ => {}
        }
        // what a link leads to is replaced, not the link
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = target.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written = beside(folder)?;
        if let Some(known) = known {
            keep_owner(written.as_file(), &known);
            written.as_file().set_permissions(known.permissions())?;
        }
        Ok(Self::Beside { written, target })
    }
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside { written, .. } => written.write(bytes),
            Self::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside { written, .. } => written.flush(),
            Self::Through(file) => file.flush(),
        }
    }
}

/// The failure of a path that cannot be written.
pub fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::Request(format!("cannot write {}: {}", shown(path), why(error)))
}

/// Makes a folder, with those it lies in; one that is there is left as it is.
///
/// # Errors
/// A folder that cannot be made.
pub fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there can be none in that place".to_owned(),
            io::ErrorKind::AlreadyExists => "a file has that name".to_owned(),
            _ => why(&error),
        };
        Failure::Request(format!("cannot make the folder {}: {why}", shown(path)))
    })
}

/// Why something cannot be written, as the end of a sentence.
pub fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such folder".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is a file, not a folder".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "you have no permission to write there".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk it lies on is read-only".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        _ => said(error),
    }
}

/// New files that have not taken their names yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is half-written, and ends the process before more is.
pub fn give_up(code: i32) -> ! {
    let unfinished = unfinished();
    for path in unfinished.iter() {
        // what cannot be removed is no file of anybody's
        let _ = fs::remove_file(path);
    }
    std::process::exit(code)
}

/// A new file in a folder, which is gone when it is not put in the place of another.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".forewarn-").suffix(".tmp");
    #[cfg(unix)]
    // as any program makes its files: what the user's mask leaves of it
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut unfinished = unfinished();
    unfinished.retain(|path| path.exists());
    let file = builder.tempfile_in(folder)?;
    unfinished.push(file.path().to_owned());
    Ok(file)
}

#[cfg(unix)]
fn keep_owner(file: &File, known: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    // only a superuser may; a file of one's own has the right owner anyway
    let _ = fchown(file, Some(known.uid()), Some(known.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

#[cfg(unix)]
fn has_other_names(known: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(known) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &Metadata) -> bool {
    false
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
        assert!(atomically(&path, b"three").unwrap_err().to_string().contains("write-protected"));
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
        assert!(!replace(&path, b"theirs", b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.md"), folder.path().join("b.md"));
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        atomically(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o604);
        let other = folder.path().join("c.md");
        fs::hard_link(&file, &other).unwrap();
        assert!(replace(&file, b"two", b"three").unwrap(), "the other name is told of");
        assert_eq!(fs::read(&other).unwrap(), b"two");
    }
}

//! `--changed` and `--since`: the stories that git says changed, and those whose metadata did.
//!
//! git itself is asked, as only it knows all of its settings and forms of repository. Paths come from it ended by NUL,
//! so that no name is misread, and go to it behind `--end-of-options`, so that none is taken for an option.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Failure;
use super::discover::{Discovered, Fault, Found};
use super::input::{INDEX, is_stdin, sidecars};
use super::load::{CONFIG, shown};

/// Arguments that ask for what changed.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "changed-options")]
pub struct Options {
    /// Check only what git says changed: what is not committed yet, new files too
    #[arg(long, conflicts_with = "write_baseline")]
    changed: bool,
    /// Check only what changed since this commit, branch or tag, and what is not committed yet
    #[arg(long, value_name = "REV", conflicts_with_all = ["changed", "write_baseline"])]
    since: Option<String>,
}

/// What changed, as absolute paths without links in their folders. Of a repository in a repository it is the folder.
#[derive(Debug, Default)]
struct Changes {
    paths: BTreeSet<PathBuf>,
    /// Folders as written, and as they are without links.
    folders: HashMap<PathBuf, PathBuf>,
}

impl Options {
    /// Whether a run is about what changed.
    pub fn is_on(&self) -> bool {
        self.changed || self.since.is_some()
    }

    /// The paths among those on the command line that are still there, and what changed in their repositories.
    fn ask(&self, paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Changes), Failure> {
        let option = if self.changed { "--changed" } else { "--since" };
        if paths.iter().any(|p| is_stdin(p)) {
            return Err(Failure::Request(format!(
                "{option} asks git, which knows nothing of standard input: leave out one of the two"
            )));
        }
        let mut changes = Changes::default();
        let mut asked = BTreeSet::new();
        for path in paths {
            let repository = Repository::of(path, option)?;
            if asked.insert(repository.0.clone()) {
                changes.paths.extend(match &self.since {
                    Some(revision) => repository.since(revision)?,
                    None => repository.uncommitted()?,
                });
            }
        }
        // what was deleted is named by hooks and scripts, and there is nothing of it to check
        let is_left = |path: &&PathBuf| {
            path.symlink_metadata().is_ok() || {
                let real = changes.real(path);
                !changes.paths.iter().any(|p| p.starts_with(&real))
            }
        };
        let left = paths.iter().filter(is_left).cloned().collect();
        Ok((left, changes))
    }

    /// Finds files as [`discover`](super::discover::discover) does, and keeps those that changed or whose metadata did.
    ///
    /// # Errors
    /// Those of finding files; a path in no repository, an unknown commit, no git.
    pub fn discover(&self, paths: &[PathBuf], metadata: Option<&Path>) -> Result<Discovered, Failure> {
        let (paths, mut changes) = self.ask(paths)?;
        let mut found = super::discover::discover(&paths)?;
        for path in paths.iter().chain(found.files.iter().map(|f| &f.path)) {
            changes.remember(path);
        }
        for path in found.skipped.iter().chain(&found.not_followed) {
            changes.remember(path);
        }
        // it holds for all stories
        if metadata.is_some_and(|path| changes.touch(path)) {
            return Ok(found);
        }
        found.files.retain(|file| changes.concern(file));
        found.skipped.retain(|path| changes.touch(path));
        found.not_followed.retain(|path| changes.touch(path));
        Ok(found)
    }
}

impl Changes {
    /// Whether a story changed, or what it takes its metadata from.
    fn concern(&self, file: &Found) -> bool {
        let path = &file.path;
        let beside = [INDEX, CONFIG].into_iter().map(|name| path.with_file_name(name));
        match &file.fault {
            // what changed is in it
            Some(Fault::Unpacked | Fault::Folder(_)) => {
                let real = self.real(path);
                self.touch(path) || self.paths.iter().any(|p| p.starts_with(&real))
            }
            _ => self.touch(path) || sidecars(path).into_iter().chain(beside).any(|path| self.touch(&path)),
        }
    }

    /// Whether a path changed, or the repository of its own in which it lies; of a link that is named, also its target.
    fn touch(&self, path: &Path) -> bool {
        let real = self.real(path);
        let is_touched = |path: &Path| path.ancestors().any(|a| self.paths.contains(a));
        is_touched(&real) || path.is_symlink() && path.canonicalize().is_ok_and(|target| is_touched(&target))
    }

    /// Resolves the folder of a path once, since that of each of a million files takes long.
    fn remember(&mut self, path: &Path) {
        let folder = path.parent().unwrap_or(Path::new(""));
        if !self.folders.contains_key(folder) {
            self.folders.insert(folder.to_owned(), real_folder(folder));
        }
    }

    /// A path whose folder has no links in it. The folder may be gone.
    fn real(&self, path: &Path) -> PathBuf {
        let folder = path.parent().unwrap_or(Path::new(""));
        match (self.folders.get(folder), path.file_name()) {
            (Some(known), Some(name)) => known.join(name),
            (None, Some(name)) => real_folder(folder).join(name),
            // `.` and `..` are folders only
            (_, None) => real_folder(path),
        }
    }
}

/// A folder without links and `..`; of one that is gone, as much as there is.
fn real_folder(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let absolute = || std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    folder.canonicalize().unwrap_or_else(|_| {
        let absolute = absolute();
        match (absolute.parent(), absolute.file_name()) {
            (Some(parent), Some(name)) => real_folder(parent).join(name),
            _ => absolute,
        }
    })
}

/// A repository, by its top folder.
struct Repository(PathBuf);

/// What git printed, or the last line that it complained with.
type Answer = Result<Vec<u8>, String>;

impl Repository {
    /// The repository that a path lies in, which may be deleted.
    fn of(path: &Path, option: &str) -> Result<Self, Failure> {
        let start = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = start.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("."));
        match git(folder, &["rev-parse", "--show-toplevel"])? {
            Ok(top) => {
                let top = path_of(top.strip_suffix(b"\n").unwrap_or(&top));
                Ok(Self(top.canonicalize().unwrap_or(top)))
            }
            Err(said) if said.contains("not a git repository") => Err(Failure::Request(format!(
                "{option} asks git what changed, and {} is not in a git repository: leave out {option} to check \
                 everything",
                name(path)
            ))),
            Err(said) => Err(Failure::Request(format!("{option} asks git what changed in {}: {said}", name(path)))),
        }
    }

    /// Paths that differ from the last commit, and new ones.
    fn uncommitted(&self) -> Result<Vec<PathBuf>, Failure> {
        let head = self.git(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
        match head {
            Ok(head) => self.differing(&head),
            // before the first commit all is new
            Err(_) => self.list(&["ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard"]),
        }
    }

    /// Paths that differ from where the last commit and `revision` parted, and new ones.
    fn since(&self, revision: &str) -> Result<Vec<PathBuf>, Failure> {
        let commit = format!("{revision}^{{commit}}");
        let Ok(commit) = self.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])? else {
            return Err(self.unknown(format!("--since: git knows no commit `{revision}`")));
        };
        let commit = line(&commit);
        let base = self.git(&["merge-base", "--end-of-options", &commit, "HEAD"])?;
        match base {
            Ok(base) if !line(&base).is_empty() => self.differing(&base),
            _ => Err(self.unknown(format!("--since: `{revision}` and the last commit have no commit in common"))),
        }
    }

    fn differing(&self, from: &[u8]) -> Result<Vec<PathBuf>, Failure> {
        let from = line(from);
        let difference = ["diff", "--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff", &from, "--"];
        let mut paths = self.list(&difference)?;
        paths.extend(self.list(&["ls-files", "-z", "--full-name", "--others", "--exclude-standard"])?);
        Ok(paths)
    }

    /// The paths that git prints, each ended by NUL and written from the top folder.
    fn list(&self, arguments: &[&str]) -> Result<Vec<PathBuf>, Failure> {
        let printed = self
            .git(arguments)?
            .map_err(|said| Failure::Request(format!("git cannot tell what changed in {}: {said}", shown(&self.0))))?;
        let paths = printed.split(|b| *b == 0).filter(|p| !p.is_empty());
        Ok(paths.map(|p| self.0.join(path_of(p))).collect())
    }

    /// A commit that is not there; in a clone without its whole history the reason may be that.
    fn unknown(&self, message: String) -> Failure {
        let is_shallow =
            matches!(self.git(&["rev-parse", "--is-shallow-repository"]), Ok(Ok(said)) if line(&said) == "true");
        Failure::Request(match is_shallow {
            true => format!(
                "{message}. This clone has only part of the history: fetch more of it, as with `git fetch --unshallow` \
                 (in GitHub Actions `fetch-depth: 0`, in GitLab `GIT_DEPTH: 0`)"
            ),
            false => message,
        })
    }

    fn git(&self, arguments: &[&str]) -> Result<Answer, Failure> {
        git(&self.0, arguments)
    }
}

/// Runs git in a folder, in English and without writing to the repository.
fn git(folder: &Path, arguments: &[&str]) -> Result<Answer, Failure> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    let output = command.stdin(std::process::Stdio::null()).output().map_err(|error| {
        Failure::Request(match error.kind() {
            std::io::ErrorKind::NotFound => "--changed and --since need the program git, which is not installed, or \
                                             not where programs are looked for"
                .to_owned(),
            _ => format!("git cannot be run: {error}"),
        })
    })?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().find(|l| l.starts_with("fatal: ")).or(said.lines().last()).unwrap_or("it failed");
    Ok(Err(said.trim_start_matches("fatal: ").to_owned()))
}

/// A path in a message; the folder of the run has no name there.
fn name(path: &Path) -> String {
    if path == Path::new(".") { "this folder".to_owned() } else { shown(path) }
}

/// One line of what git printed.
fn line(printed: &[u8]) -> String {
    String::from_utf8_lossy(printed).trim().to_owned()
}

/// A path as git prints it: bytes of any kind on Unix, UTF-8 elsewhere.
#[cfg(unix)]
fn path_of(printed: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(printed))
}

/// A path as git prints it: bytes of any kind on Unix, UTF-8 elsewhere.
#[cfg(not(unix))]
fn path_of(printed: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(printed).into_owned())
}

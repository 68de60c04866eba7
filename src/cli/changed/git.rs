//! What git says of a repository.
//!
//! git itself is asked, as only it knows all of its settings and forms of repository. Paths come from it ended by NUL,
//! so that no name is misread, and go to it behind `--end-of-options`, so that none is taken for an option.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::Failure;
use crate::cli::load::shown;

/// What git tells hooks, and the programs that they run, of the repository in which they run. It holds for no other one,
/// and paths in it count from a folder of git's choice.
const OF_ONE_REPOSITORY: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
];

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Repository {
    /// Its top folder.
    top: PathBuf,
    /// Where git keeps it, when the environment names it.
    named: Option<PathBuf>,
}

/// What git printed, or the last line that it complained with.
type Answer = Result<Vec<u8>, String>;

impl Repository {
    /// The repository that a path lies in, which may be deleted.
    ///
    /// # Errors
    /// A path in no repository, no git, and what else git complains of.
    pub(super) fn of(path: &Path, option: &str) -> Result<Self, Failure> {
        let start = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = start.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("."));
        let found = Self::top(folder, &Environment::Without)?;
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        // a repository in that of the hook is nearer to what lies in it
        let is_nearest =
            |top: &PathBuf| real.starts_with(top) && !matches!(&found, Ok(f) if f != top && f.starts_with(top));
        if let Some(named) = Self::of_environment()?.filter(|named| is_nearest(&named.top)) {
            return Ok(named);
        }
        match found {
            Ok(top) => Ok(Self { top, named: None }),
            Err(said) if said.contains("not a git repository") => Err(Failure::Request(format!(
                "{option} asks git what changed, and {} is not in a git repository: leave out {option} to check \
                 everything",
                name(path)
            ))),
            Err(said) => Err(Failure::Request(format!("{option} asks git what changed in {}: {said}", name(path)))),
        }
    }

    /// The repository that the environment names, as git does for hooks, if it has files.
    fn of_environment() -> Result<Option<Self>, Failure> {
        if OF_ONE_REPOSITORY.iter().all(|name| std::env::var_os(name).is_none()) {
            return Ok(None);
        }
        let here = Path::new(".");
        let Ok(top) = Self::top(here, &Environment::AsIs)? else { return Ok(None) };
        let kept = git(here, &Environment::AsIs, &["rev-parse", "--absolute-git-dir"])?;
        Ok(kept.ok().map(|kept| Self { top, named: Some(path_of(kept.strip_suffix(b"\n").unwrap_or(&kept))) }))
    }

    /// The top folder of the repository that git finds from a folder.
    fn top(folder: &Path, environment: &Environment<'_>) -> Result<Result<PathBuf, String>, Failure> {
        let top = git(folder, environment, &["rev-parse", "--show-toplevel"])?;
        Ok(top.map(|top| {
            let top = path_of(top.strip_suffix(b"\n").unwrap_or(&top));
            top.canonicalize().unwrap_or(top)
        }))
    }

    /// Paths that differ from the last commit, and new ones.
    ///
    /// # Errors
    /// What git complains of.
    pub(super) fn uncommitted(&self) -> Result<Vec<PathBuf>, Failure> {
        let head = self.git(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
        match head {
            Ok(head) => self.differing(&head),
            // before the first commit all differs from nothing: a tree without files, which git knows by its hash
            Err(_) => match self.git(&["hash-object", "-t", "tree", "--stdin"])? {
                Ok(empty) => self.differing(&empty),
                Err(said) => Err(self.cannot_tell(&said)),
            },
        }
    }

    /// Paths that differ from where the last commit and `revision` parted, and new ones.
    ///
    /// # Errors
    /// A commit that git does not know, or that has nothing in common with the last one.
    pub(super) fn since(&self, revision: &str) -> Result<Vec<PathBuf>, Failure> {
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

    /// Paths that differ from a commit, and new ones. A submodule has a history of its own, of which the commit that it
    /// stands at says nothing.
    fn differing(&self, from: &[u8]) -> Result<Vec<PathBuf>, Failure> {
        const KINDS: [&str; 7] =
            ["diff", "--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff", "--ignore-submodules=all"];
        let from = line(from);
        let difference = [&KINDS[..], &[&from, "--"]].concat();
        let mut paths = self.list(&difference)?;
        paths.extend(self.list(&["ls-files", "-z", "--full-name", "--others", "--exclude-standard"])?);
        Ok(paths)
    }

    /// The paths that git prints, each ended by NUL and written from the top folder.
    fn list(&self, arguments: &[&str]) -> Result<Vec<PathBuf>, Failure> {
        let printed = self.git(arguments)?.map_err(|said| self.cannot_tell(&said))?;
        let paths = printed.split(|b| *b == 0).filter(|p| !p.is_empty());
        Ok(paths.map(|p| self.top.join(path_of(p))).collect())
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

    fn cannot_tell(&self, said: &str) -> Failure {
        Failure::Request(format!("git cannot tell what changed in {}: {said}", shown(&self.top)))
    }

    fn git(&self, arguments: &[&str]) -> Result<Answer, Failure> {
        let environment = match &self.named {
            Some(kept) => Environment::Naming { kept, top: &self.top },
            None => Environment::Without,
        };
        git(&self.top, &environment, arguments)
    }
}

/// What the environment says of one repository, when git is run.
enum Environment<'r> {
    /// What it says now.
    AsIs,
    /// Nothing, so that git finds the repository of a folder.
    Without,
    /// Where this one is kept and where its files are. A path of its index counts from the top folder already.
    Naming { kept: &'r Path, top: &'r Path },
}

/// Runs git in a folder, in English and without writing to the repository.
fn git(folder: &Path, environment: &Environment<'_>, arguments: &[&str]) -> Result<Answer, Failure> {
    let mut command = Command::new("git");
    match environment {
        Environment::AsIs => &mut command,
        Environment::Without => OF_ONE_REPOSITORY.iter().fold(&mut command, |command, name| command.env_remove(name)),
        Environment::Naming { kept, top } => command.env("GIT_DIR", kept).env("GIT_WORK_TREE", top),
    };
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

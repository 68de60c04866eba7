//! `--changed` and `--since`: the stories that git says changed, those of one work with them, and those whose metadata
//! or rules changed.

mod git;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git::Repository;

use super::Failure;
use super::discover::{Discovered, Fault, Found, is_story};
use super::input::{self, INDEX, is_stdin, sidecars};
use super::load::{CONFIG, Chain, Loader};

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

/// What changed, as absolute paths without links in their folders. Of a new repository in a repository it is the folder.
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
            if asked.insert(repository.clone()) {
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

    /// Finds files as [`discover`](super::discover::discover) does, and keeps those that changed, whose work did, or for
    /// which metadata or rules did.
    ///
    /// # Errors
    /// Those of finding files and of loading their rules; a path in no repository, an unknown commit, no git.
    pub fn discover(
        &self,
        paths: &[PathBuf],
        input: &input::Options,
        loader: &mut Loader,
    ) -> Result<Discovered, Failure> {
        let (paths, mut changes) = self.ask(paths)?;
        let mut found = super::discover::discover(&paths)?;
        for path in paths.iter().chain(found.files.iter().map(|f| &f.path)) {
            changes.remember(path);
        }
        for path in found.skipped.iter().chain(&found.not_followed) {
            changes.remember(path);
        }
        // it holds for all stories
        if input.metadata.as_deref().is_some_and(|path| changes.touch(path)) {
            return Ok(found);
        }
        let works = changes.works(&found.files, input, loader)?;
        let mut rules = Rules::new(input.config.clone());
        found.files.retain(|file| {
            let folder = file.path.parent().unwrap_or(Path::new(""));
            works.contains(folder) || changes.concern(file) || rules.changed(&file.path, &changes)
        });
        found.skipped.retain(|path| changes.touch(path));
        found.not_followed.retain(|path| changes.touch(path));
        Ok(found)
    }
}

/// Which configurations and packs changed. They are read for this alone: what is wrong with those of stories that are not
/// checked is nothing to this run.
struct Rules {
    loader: Loader,
    /// Whether configurations and packs changed, by the configurations.
    known: HashMap<*const Chain, (Arc<Chain>, bool)>,
    /// Whether every file has the same configuration, which was given.
    forced: bool,
}

impl Rules {
    fn new(config: Option<PathBuf>) -> Self {
        Self { forced: config.is_some(), loader: Loader::new(config), known: HashMap::new() }
    }

    /// Whether what says how a file is judged changed. A configuration that cannot be read counts, so that it is told of.
    fn changed(&mut self, path: &Path, changes: &Changes) -> bool {
        let Ok(chain) = self.loader.chain_of(path) else { return true };
        let (_, is_touched) = self.known.entry(Arc::as_ptr(&chain)).or_insert_with(|| {
            let is_touched =
                chain.files().iter().any(|f| changes.touch(f)) || chain.packs().iter().any(|p| changes.touch_pack(p));
            (chain.clone(), is_touched)
        });
        *is_touched || !self.forced && changes.took_configuration(&changes.real(path), chain.files().first())
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

    /// The folders, as written, that are one work each, by the metadata that their stories share, and of which a story
    /// changed.
    fn works(&self, files: &[Found], input: &input::Options, loader: &mut Loader) -> Result<HashSet<PathBuf>, Failure> {
        let mut stories: HashMap<&Path, Vec<&Path>> = HashMap::new();
        for path in self.paths.iter().filter(|p| is_story(p)) {
            stories.entry(path.parent().unwrap_or(Path::new(""))).or_default().push(path);
        }
        let mut works = HashSet::new();
        let mut seen = HashSet::new();
        for file in files.iter().filter(|f| f.fault.is_none()) {
            let folder = file.path.parent().unwrap_or(Path::new(""));
            if !seen.insert(folder) {
                continue;
            }
            let real = self.real(&file.path);
            for story in stories.get(real.parent().unwrap_or(Path::new(""))).into_iter().flatten() {
                // of a chapter that is gone, as for any other one
                let written = folder.join(story.file_name().unwrap_or_default());
                let setup = loader.setup(&written)?;
                if setup.config.excluded.is_none() && input.is_one_work(folder, &setup) {
                    works.insert(folder.to_owned());
                    break;
                }
            }
        }
        Ok(works)
    }

    /// Whether a file of a pack changed.
    fn touch_pack(&self, pack: &Path) -> bool {
        let real = self.real(pack);
        let below = self.paths.range::<Path, _>((Bound::Included(real.as_path()), Bound::Unbounded));
        below.take_while(|p| p.starts_with(&real)).any(|p| *p == real || p.extension().is_some_and(|e| e == "toml"))
    }

    /// Whether a configuration is gone that held for a file, which lies there without links, until now: there is none
    /// between the two.
    fn took_configuration(&self, file: &Path, nearest: Option<&PathBuf>) -> bool {
        let is_gone = |folder: &Path| {
            let config = folder.join(CONFIG);
            self.paths.contains(&config) && !config.exists()
        };
        let between = file.ancestors().skip(1).take_while(|folder| nearest.is_none_or(|n| n.parent() != Some(folder)));
        between.into_iter().any(is_gone)
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

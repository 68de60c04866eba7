//! Results of earlier runs, so that a file that did not change need not be checked again.
//!
//! A result is known by all that decides it. Where the size and the time of a file are as they were, its result counts
//! without a look into it; where they are not, its content decides.

mod code;
mod file;
mod look;

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use file::{Entry, Written};
use look::{Folder, Folders};
use rayon::iter::{IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};

use super::caches::{self, Key, Keying};
use super::discover::Found;
use super::input::{self, Held, is_stdin};
use super::load::{Setup, shown};
use super::{Failure, write};
use crate::model::Report;
use crate::report::condense::condensed;

/// The extension of the files.
const EXTENSION: &str = "results";
/// So many folders have their results kept.
const MOST: usize = 16;
/// The largest such file. What has no room is checked again.
const MOST_BYTES: usize = 2 << 30;
/// The largest results of one file that are kept.
const MOST_OF_ONE: usize = 1 << 20;

/// What a run is about, and what decides results besides files and configurations.
pub struct Plan<'a> {
    /// The paths on the command line.
    pub paths: &'a [PathBuf],
    /// Whether every configuration is taken to ask for it.
    pub wanted: bool,
    /// Whether a page is made, for which more is kept.
    pub page: bool,
    /// Everything on the command line that results depend on.
    pub options: String,
    /// Where stories come from.
    pub input: &'a input::Options,
}

/// The results of earlier runs for the files of this one, and those of this run.
pub struct Results {
    program: Key,
    page: bool,
    /// The metadata that was given for all stories.
    given: Held,
    roots: Vec<Root>,
    /// Of every file of the run.
    files: Vec<State>,
}

/// A folder on the command line.
struct Root {
    /// As the paths of its files begin.
    path: PathBuf,
    /// The file that holds its results.
    file: PathBuf,
    /// That file as it was.
    bytes: Vec<u8>,
    /// How many entries it had.
    entries: usize,
}

/// What is known of a file.
enum State {
    /// Nothing, and nothing is to be.
    Unkept,
    /// It is to be read, and its content compared with that of an earlier run.
    Open(Look, Option<Entry>),
    /// It looks as it did in an earlier run.
    Known(Look, Entry),
    /// It was checked, or compared; the bytes of its results when they are not in the file of the root.
    Kept(usize, Entry, Option<Vec<u8>>),
}

/// A look at a file.
struct Look {
    root: usize,
    glance: u64,
    folder: Arc<Folder>,
}

/// What is to be kept of a file that was checked.
pub struct Fresh(State);

impl Results {
    /// Looks at the files of a run and at what is known of them. None when nothing is to be kept.
    pub fn open(plan: &Plan<'_>, files: &[(Found, Arc<Setup>)]) -> Option<Self> {
        if !plan.wanted && files.iter().all(|(_, setup)| !setup.config.cache.value) {
            return None;
        }
        let folder = caches::folder()?;
        let program = look::program()?;
        let (run, given) = plan.key(&program)?;
        let mut roots = Vec::new();
        for path in plan.paths.iter().filter(|p| !is_stdin(p) && p.is_dir()) {
            roots.extend(Root::open(path, &folder));
        }
        if roots.is_empty() {
            return None;
        }
        let mut folders = Folders::default();
        let mut places = Vec::with_capacity(files.len());
        for (found, setup) in files {
            let kept = (plan.wanted || setup.config.cache.value)
                && found.fault.is_none()
                && !plan.input.may_be_long(&found.path);
            let root = roots.iter().position(|root| kept && root.holds(&found.path));
            places.push(root.and_then(|root| Some((root, folders.of(&found.path, setup, &run)?))));
        }
        let known: Vec<Vec<(&[u8], Entry)>> =
            roots.iter().map(|root| file::read(&root.bytes, &program).unwrap_or_default()).collect();
        let entries: Vec<usize> = known.iter().map(Vec::len).collect();
        let known: Vec<HashMap<&[u8], Entry>> = known.into_iter().map(|all| all.into_iter().collect()).collect();
        let look = |found: &Found, place: Option<(usize, Arc<Folder>)>| {
            let Some((root, folder)) = place else { return State::Unkept };
            let path = found.path.as_os_str().as_encoded_bytes();
            let entry = known.get(root).and_then(|known| known.get(path)).filter(|e| e.context == folder.context);
            let look = Look { root, glance: folder.glance(&found.path), folder };
            match entry {
                Some(entry) if entry.look == look.glance && look.glance != 0 => State::Known(look, entry.clone()),
                entry => State::Open(look, entry.cloned()),
            }
        };
        let files: Vec<State> = files.par_iter().zip(places).map(|((found, _), place)| look(found, place)).collect();
        for (root, entries) in roots.iter_mut().zip(entries) {
            root.entries = entries;
        }
        Some(Self { program, page: plan.page, given, roots, files })
    }

    /// Whether the results of a file are at hand, by its number.
    pub fn is_known(&self, index: usize) -> bool {
        matches!(self.files.get(index), Some(State::Known(..)))
    }

    /// The reports of a file: those of an earlier run if nothing changed that decides them, else what `check` finds, which
    /// is given what was read already. With them comes what is to be kept.
    ///
    /// # Errors
    /// Those of `check`.
    pub fn of(
        &self,
        index: usize,
        (found, setup): &(Found, Arc<Setup>),
        input: &input::Options,
        check: &dyn Fn(&Held) -> Result<Vec<Report>, Failure>,
    ) -> (Result<Vec<Report>, Failure>, Option<Fresh>) {
        let (look, known) = match self.files.get(index) {
            None | Some(State::Unkept | State::Kept(..)) => return (check(&Held::new()), None),
            Some(State::Known(look, entry)) => match self.reports(look.root, entry) {
                Some(reports) => return (Ok(reports), None),
                None => (look, None),
            },
            Some(State::Open(look, entry)) => (look, entry.as_ref()),
        };
        let mut held = self.given.clone();
        held.extend(look.folder.shared.clone());
        let story = input.bytes(&found.path, &Held::new(), &setup.limits);
        let content = match &story {
            Ok(Some(bytes)) => look.folder.content(&found.path, bytes, &mut held),
            _ => None,
        };
        let (Ok(Some(story)), Some(content)) = (story, content) else { return (check(&Held::new()), None) };
        let entry = Entry { look: look.glance, content, context: look.folder.context, body: 0..0 };
        if let Some(known) = known.filter(|known| known.content == content)
            && let Some(reports) = self.reports(look.root, known)
        {
            return (
                Ok(reports),
                Some(Fresh(State::Kept(look.root, Entry { body: known.body.clone(), ..entry }, None))),
            );
        }
        held.insert(found.path.clone(), story);
        let reports = check(&held);
        let bytes = reports.as_ref().ok().and_then(|reports| {
            let left: Vec<Report> = reports.iter().map(|report| condensed(report, self.page)).collect();
            code::encode(&left).filter(|bytes| bytes.len() <= MOST_OF_ONE)
        });
        (reports, bytes.map(|bytes| Fresh(State::Kept(look.root, entry, Some(bytes)))))
    }

    /// The reports that an entry stands for.
    fn reports(&self, root: usize, entry: &Entry) -> Option<Vec<Report>> {
        code::decode(self.roots.get(root)?.bytes.get(entry.body.clone())?)
    }

    /// Keeps what a file came to, by its number.
    pub fn keep(&mut self, index: usize, fresh: Option<Fresh>) {
        if let (Some(state), Some(Fresh(kept))) = (self.files.get_mut(index), fresh) {
            *state = kept;
        }
    }

    /// Writes what is known now, without what is known of files that are gone. Says what went wrong, for people.
    pub fn save(self, files: &[(Found, Arc<Setup>)]) -> Option<String> {
        let mut said = None;
        for (number, root) in self.roots.iter().enumerate() {
            let mut written = Written::new(&self.program);
            let (mut count, mut is_new) = (0, false);
            for ((found, _), state) in files.iter().zip(&self.files) {
                let (entry, body) = match state {
                    State::Known(look, entry) if look.root == number => (entry, root.bytes.get(entry.body.clone())),
                    State::Kept(of, entry, None) if *of == number => (entry, root.bytes.get(entry.body.clone())),
                    State::Kept(of, entry, Some(body)) if *of == number => (entry, Some(body.as_slice())),
                    _ => continue,
                };
                let path = found.path.as_os_str().as_encoded_bytes();
                let Some(body) = body.filter(|b| written.len() + path.len() + b.len() < MOST_BYTES) else { continue };
                is_new |= matches!(state, State::Kept(..));
                count += 1;
                written.add(path, entry, body);
            }
            if (is_new || count != root.entries)
                && let Err(error) = caches::write(&root.file, &written.parts(), MOST)
            {
                let (folder, why) = (root.file.parent().unwrap_or(Path::new("")), write::why(&error));
                said = Some(format!("the results were not kept for the next run in {}: {why}.", shown(folder)));
            }
        }
        said
    }
}

impl Plan<'_> {
    /// What is the same for all files, and the metadata among it as read. None if that cannot be read.
    fn key(&self, program: &Key) -> Option<(Key, Held)> {
        let mut keying = Keying::default();
        keying.add(program);
        keying.add(&self.options);
        keying.add(format!("{:?} {}", self.input, self.page));
        let mut given = Held::new();
        if let Some(path) = &self.input.metadata {
            let bytes = std::fs::read(path).ok()?;
            keying.add(&bytes);
            given.insert(path.clone(), bytes);
        }
        Some((keying.key(), given))
    }
}

impl Root {
    /// Whether a file was met in it, by how its path begins.
    fn holds(&self, path: &Path) -> bool {
        let rest = path.as_os_str().as_encoded_bytes().strip_prefix(self.path.as_os_str().as_encoded_bytes());
        rest.is_some_and(|rest| self.path.as_os_str().is_empty() || rest.starts_with(b"/") || rest.starts_with(b"\\"))
    }

    /// Reads what is known of a folder.
    fn open(path: &Path, folder: &Path) -> Option<Self> {
        let written: PathBuf = path.components().filter(|c| *c != Component::CurDir).collect();
        let mut keying = Keying::default();
        keying.add(path.canonicalize().ok()?.as_os_str().as_encoded_bytes());
        // reports name files as the folder was written
        keying.add(written.as_os_str().as_encoded_bytes());
        let file = folder.join(caches::name(&keying.key())).with_extension(EXTENSION);
        let bytes = caches::read(&file, MOST_BYTES as u64).unwrap_or_default();
        Some(Self { path: written, file, bytes, entries: 0 })
    }
}

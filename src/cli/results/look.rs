//! What decides the results of a file: what is in it, what stands beside it, how it is judged, and by which program.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::cli::caches::{Key, Keying};
use crate::cli::input::{Held, INDEX, sidecars};
use crate::cli::load::{CONFIG, Setup};
use crate::engine::Settings;

/// A file that was changed so short a time ago may change again without its time telling: disks keep times in steps.
const STEP: Duration = Duration::from_secs(2);

/// The program that runs: another one may judge otherwise, also one of the same version that is being worked on.
pub fn program() -> Option<Key> {
    let program = fs::read(std::env::current_exe().ok()?).ok()?;
    let mut keying = Keying::default();
    keying.add(env!("CARGO_PKG_VERSION"));
    keying.add(program.len().to_le_bytes());
    // a sum is read faster than a hash is made, and nobody forges programs to pass for each other here
    keying.add(crc32fast::hash(&program).to_le_bytes());
    Some(keying.key())
}

/// What a configuration says of results, with what is in its packs.
fn of_setup(setup: &Setup) -> Key {
    // whether the map is drawn is what the run is known by, too
    let Settings { severities, strict, accepted, allow_in_works, draws_map: _ } = &setup.settings;
    let mut severities: Vec<_> = severities.iter().collect();
    severities.sort();
    let mut keying = Keying::default();
    keying.add(setup.packs);
    keying.add(format!("{severities:?} {strict} {accepted:?} {allow_in_works}"));
    keying.add(format!("{:?} {:?}", setup.config.tuning(), setup.limits));
    keying.key()
}

/// What the stories of a folder share.
pub struct Folder {
    /// How they are judged, and the metadata in it that is for all of them.
    pub context: Key,
    /// That metadata as read, so that what is checked is what is known of it.
    pub shared: Held,
    /// Whether any of them has metadata in a file of its own.
    has_sidecars: bool,
}

/// The folders of a run, each looked at once for each configuration in it.
#[derive(Default)]
pub struct Folders {
    known: HashMap<(PathBuf, *const Setup), Option<Arc<Folder>>>,
    setups: HashMap<*const Setup, Key>,
    last: Option<(PathBuf, *const Setup, Option<Arc<Folder>>)>,
}

impl Folders {
    /// The folder of a file; none when it cannot be looked at. `run`: what is the same for all files.
    pub fn of(&mut self, path: &Path, setup: &Arc<Setup>, run: &Key) -> Option<Arc<Folder>> {
        let (folder, id) = (path.parent().unwrap_or(Path::new("")), Arc::as_ptr(setup));
        // files come folder by folder
        if let Some((_, _, last)) = self.last.as_ref().filter(|l| l.1 == id && l.0.as_os_str() == folder.as_os_str()) {
            return last.clone();
        }
        let of_setup = *self.setups.entry(id).or_insert_with(|| of_setup(setup));
        let known = self.known.entry((folder.to_owned(), id));
        let found = known.or_insert_with(|| Folder::look(folder, &of_setup, run).map(Arc::new)).clone();
        self.last = Some((folder.to_owned(), id, found.clone()));
        found
    }
}

impl Folder {
    fn look(folder: &Path, setup: &Key, run: &Key) -> Option<Self> {
        let mut keying = Keying::default();
        keying.add(run);
        keying.add(setup);
        let mut shared = Held::new();
        for name in [CONFIG, INDEX] {
            let path = folder.join(name);
            if path.is_file() {
                let bytes = fs::read(&path).ok()?;
                keying.add(name);
                keying.add(&bytes);
                shared.insert(path, bytes);
            }
        }
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut has_sidecars = false;
        for entry in fs::read_dir(here).ok()? {
            let name = entry.ok()?.file_name().to_string_lossy().to_lowercase();
            has_sidecars |= name.ends_with(".forewarn.toml");
        }
        Some(Self { context: keying.key(), shared, has_sidecars })
    }

    /// The file of metadata that is a story's own.
    fn sidecar(&self, path: &Path) -> Option<PathBuf> {
        sidecars(path).into_iter().find(|name| self.has_sidecars && name.is_file())
    }

    /// A quick look at a story: the number tells it from what it was; 0 when it does not, as right after a change.
    pub fn glance(&self, path: &Path) -> u64 {
        let Ok(story) = fs::metadata(path) else { return 0 };
        let sidecar = self.sidecar(path).map(|name| (fs::metadata(&name), name));
        let mut hasher = DefaultHasher::new();
        let mut is_settled = see(&story, &mut hasher);
        if let Some((known, name)) = sidecar {
            let Ok(known) = known else { return 0 };
            is_settled &= see(&known, &mut hasher);
            name.hash(&mut hasher);
        }
        if is_settled { hasher.finish().max(1) } else { 0 }
    }

    /// Reads a story's own file of metadata into what is held, and makes a key of it and of the story's bytes.
    pub fn content(&self, path: &Path, story: &[u8], held: &mut Held) -> Option<Key> {
        let mut keying = Keying::default();
        keying.add(story);
        if let Some(name) = self.sidecar(path) {
            let bytes = fs::read(&name).ok()?;
            keying.add(name.as_os_str().as_encoded_bytes());
            keying.add(&bytes);
            held.insert(name, bytes);
        }
        Some(keying.key())
    }
}

/// Takes in what a file looks like. Says whether a change of it from now on would show.
fn see(known: &Metadata, hasher: &mut DefaultHasher) -> bool {
    let Ok(changed) = known.modified() else { return false };
    (known.len(), changed).hash(hasher);
    SystemTime::now().duration_since(changed).is_ok_and(|age| age > STEP)
}

//! Configurations and packs from disk, each loaded once.

mod packs;

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Config, Layer};
use crate::engine::Settings;
use crate::formats::Limits;
use crate::model::Report;
use crate::rules::tune::Tuning;
use crate::rules::{self, Pack, RuleSet};

use super::Failure;
use super::caches;
use super::discover::said;
use super::input::{self, Held};
use packs::{bundled, own};
pub use packs::{files, folder, with_bundled};

/// The name of the configuration file.
pub const CONFIG: &str = "forewarn.toml";

/// A configuration with the rules that it names.
#[derive(Debug)]
pub struct Setup {
    /// What the configuration says of the files it is for.
    pub config: Config,
    /// How their rules are judged.
    pub settings: Settings,
    /// What reading may cost.
    pub limits: Limits,
    /// Its rules.
    pub rules: Arc<RuleSet>,
    /// What their packs are known by.
    pub packs: caches::Key,
    /// The files that it was read from.
    pub chain: Arc<Chain>,
}

/// A configuration file and those that it extends, the nearest last.
#[derive(Debug, Default)]
pub struct Chain {
    /// What they say.
    pub layers: Vec<Layer>,
    /// The folder of each, without links in it.
    folders: Vec<PathBuf>,
    /// Whether one that is extended cannot be read, so that nothing can be said of what the others name.
    broken: bool,
    /// The files themselves, without links in their paths.
    files: Vec<PathBuf>,
}

impl Chain {
    /// A path that is written in a layer, from where the run is.
    pub fn path(&self, layer: usize, written: &str) -> PathBuf {
        let name = self.layers.get(layer).map_or("", Layer::name);
        Path::new(name).parent().unwrap_or(Path::new("")).join(written)
    }

    /// The path of a file from the folder of each layer.
    fn paths(&self, file: &Path) -> Vec<Option<String>> {
        let within = |folder: &PathBuf| file.strip_prefix(folder).ok().map(shown);
        self.folders.iter().map(within).collect()
    }

    /// The files themselves, the nearest first, without links in their paths; also one that cannot be read.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The folders of packs that are no bundled ones.
    pub fn packs(&self) -> Vec<PathBuf> {
        let packs = Config::of(&self.layers, &[]).packs;
        let layer = packs.from.map_or(0, |f| f.layer);
        packs.value.iter().filter(|p| is_folder(p)).map(|p| self.path(layer, p)).collect()
    }

    /// Its layers below a folder: those whose allows a run over that folder must all have used.
    pub fn below(&self, folder: &Path) -> impl Iterator<Item = usize> {
        let folder = real(folder);
        (0..).zip(&self.folders).filter(move |(_, f)| f.starts_with(&folder)).map(|(i, _)| i)
    }
}

/// What settings are the same for: the configuration, and which of its globs match.
type Key = (Option<PathBuf>, Vec<Vec<bool>>);

/// Packs as a rule set.
#[derive(Debug, Clone)]
struct Linked {
    rules: Arc<RuleSet>,
    /// What the packs are known by.
    key: caches::Key,
    /// Names of packs with mistakes.
    faulty: Vec<String>,
    /// Packs that are not there, as written, with why and what to do.
    missing: Vec<(String, [String; 2])>,
}

/// Loads configurations and rule sets, and keeps them.
#[derive(Debug, Default)]
pub struct Loader {
    /// The configuration given on the command line.
    forced: Option<PathBuf>,
    /// Bundled packs that are loaded besides those that a configuration names.
    besides: Vec<String>,
    /// Whether the examples of packs are wanted, too.
    whole: bool,
    /// Texts that are read in the place of files, where an editor has others than the disk. None outside of editors.
    held: Option<Arc<Held>>,
    by_folder: HashMap<PathBuf, Option<PathBuf>>,
    real_folders: HashMap<PathBuf, PathBuf>,
    chains: HashMap<Option<PathBuf>, Arc<Chain>>,
    setups: HashMap<Key, Arc<Setup>>,
    /// The folder of the last file, if all files in it have the same setup.
    last: Option<(PathBuf, Arc<Setup>)>,
    by_packs: HashMap<(Vec<String>, String), Linked>,
    /// What is wrong with configurations and packs.
    pub faults: Vec<Report>,
}

/// Most configurations that extend each other.
const DEEPEST: usize = 16;

impl Loader {
    /// A loader; `forced` is used for every file instead of what lies near it.
    pub fn new(forced: Option<PathBuf>) -> Self {
        Self { forced, ..Self::default() }
    }

    /// A loader of these bundled packs, too.
    pub fn with_packs(forced: Option<PathBuf>, packs: &[&str]) -> Self {
        Self { besides: packs.iter().map(|p| (*p).to_owned()).collect(), ..Self::new(forced) }
    }

    /// A loader that reads the examples of packs, too.
    pub fn with_examples(forced: Option<PathBuf>) -> Self {
        Self { whole: true, ..Self::new(forced) }
    }

    /// A loader that reads what is `held` in the place of files. It may be dropped with its rules, and keeps no packs that
    /// someone is writing.
    pub fn of_editor(forced: Option<PathBuf>, held: Arc<Held>) -> Self {
        Self { held: Some(held), ..Self::new(forced) }
    }

    /// A text file that the run depends on.
    fn read(&self, path: &Path) -> Result<String, Failure> {
        read_held(path, self.held.as_deref())
    }

    /// The setup for a file: of the nearest configuration upward from it. Faults are collected, and the rules without what is faulty are given.
    ///
    /// # Errors
    /// A configuration or pack that cannot be read from disk.
    pub fn setup(&mut self, file: &Path) -> Result<Arc<Setup>, Failure> {
        let folder = file.parent().unwrap_or(Path::new(""));
        // files come folder by folder
        if let Some((_, setup)) = self.last.as_ref().filter(|(last, _)| last.as_os_str() == folder.as_os_str()) {
            return Ok(setup.clone());
        }
        let (path, chain) = self.found(file)?;
        let setup = self.setup_by(file, folder, path, &chain)?;
        let is_one = !chain.layers.iter().any(Layer::tells_files_apart);
        self.last = is_one.then(|| (folder.to_owned(), setup.clone()));
        Ok(setup)
    }

    /// The setup for a file in a folder, by the configurations that hold there.
    fn setup_by(
        &mut self,
        file: &Path,
        folder: &Path,
        path: Option<PathBuf>,
        chain: &Arc<Chain>,
    ) -> Result<Arc<Setup>, Failure> {
        let real = self.real_folders.entry(folder.to_owned()).or_insert_with_key(|f| real(f));
        let paths = chain.paths(&real.join(file.file_name().unwrap_or_default()));
        let matching = chain.layers.iter().zip(&paths).map(|(layer, path)| layer.matching(path.as_deref())).collect();
        let key = (path, matching);
        if let Some(known) = self.setups.get(&key) {
            return Ok(known.clone());
        }
        let setup = Arc::new(self.load(chain, &paths)?);
        self.setups.insert(key, setup.clone());
        Ok(setup)
    }

    /// The configurations that hold for a file, without the rules that they name.
    ///
    /// # Errors
    /// A configuration that cannot be read from disk.
    pub fn chain_of(&mut self, file: &Path) -> Result<Arc<Chain>, Failure> {
        Ok(self.found(file)?.1)
    }

    /// The nearest configuration upward from a file, with those that it extends.
    fn found(&mut self, file: &Path) -> Result<(Option<PathBuf>, Arc<Chain>), Failure> {
        let path = match &self.forced {
            Some(path) => Some(path.clone()),
            None => self.find(file.parent().unwrap_or(Path::new(""))),
        };
        let chain = match self.chains.get(&path) {
            Some(known) => known.clone(),
            None => {
                let chain = Arc::new(self.chain(path.as_deref())?);
                self.chains.insert(path.clone(), chain.clone());
                chain
            }
        };
        Ok((path, chain))
    }

    /// Reads a configuration and those that it extends.
    fn chain(&mut self, path: Option<&Path>) -> Result<Chain, Failure> {
        let mut chain = Chain::default();
        let mut next = path.map(Path::to_owned);
        while let Some(path) = next {
            let file = real(&path);
            let text = if chain.files.contains(&file) {
                Err(Failure::Request(format!(
                    "the configuration {} extends itself, at once or by way of others",
                    shown(&path)
                )))
            } else if chain.layers.len() >= DEEPEST {
                Err(Failure::Request(format!("more than {DEEPEST} configurations extend each other")))
            } else {
                self.read(&path)
            };
            let text = match (text, chain.layers.first()) {
                (Ok(text), _) => text,
                (Err(failure), None) => return Err(failure),
                (Err(failure), Some(by)) => {
                    let named = by.extends().unwrap_or("");
                    let help = "`extends` names another configuration by its path from this file.".to_owned();
                    self.faults.extend(by.cannot_use(named, sentence(&failure.to_string()), help));
                    chain.broken = true;
                    chain.files.push(file);
                    break;
                }
            };
            let (layer, fault) = config::read(&shown(&path), &text);
            // two configurations may extend the same one
            self.faults.extend(fault.filter(|f| !self.faults.iter().any(|known| known.name == f.name)));
            let folder = path.parent().unwrap_or(Path::new(""));
            next = layer.extends().map(|extended| folder.join(extended));
            chain.folders.insert(0, real(folder));
            chain.files.push(file);
            chain.layers.insert(0, layer);
        }
        Ok(chain)
    }

    fn load(&mut self, chain: &Arc<Chain>, paths: &[Option<String>]) -> Result<Setup, Failure> {
        let config = Config::of(&chain.layers, paths);
        let layer = config.packs.from.as_ref().map_or(0, |f| f.layer);
        let mut packs = config.packs.value.clone();
        packs.extend(self.besides.iter().filter(|b| !config.packs.value.iter().any(|p| pack_name(p) == *b)).cloned());
        let base = chain.path(layer, "");
        let Linked { rules, key, faulty, missing } = self.rules(&packs, &base, &config.tuning());
        for (pack, [message, help]) in &missing {
            match chain.layers.get(layer).and_then(|l| l.cannot_use(pack, message.clone(), help.clone())) {
                Some(fault) => self.fault(fault),
                None => return Err(Failure::Request(format!("{message} {help}"))),
            }
        }
        // what is not loaded may have the names that are looked up here
        let all_there = missing.is_empty() && !chain.broken;
        for (index, layer) in chain.layers.iter().enumerate().filter(|_| all_there) {
            let extended = index + 1 < chain.layers.len();
            if let Err(unknown) = layer.check(&rules, extended, &faulty) {
                self.fault(*unknown);
            }
        }
        let (settings, limits) = (config.settings(), config.limits());
        Ok(Setup { config, settings, limits, rules, packs: key, chain: chain.clone() })
    }

    /// Adds what is wrong with a file to what is known of it.
    fn fault(&mut self, mut report: Report) {
        match self.faults.iter_mut().find(|f| f.name == report.name) {
            Some(known) => {
                report.diagnostics.retain(|d| !known.diagnostics.contains(d));
                known.diagnostics.append(&mut report.diagnostics);
            }
            None => self.faults.push(report),
        }
    }

    /// The nearest configuration upward from a folder that says more than the metadata of one work.
    fn find(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        // the empty path, in which a file that is named alone lies, is the folder of the run
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let absolute = std::path::absolute(here).unwrap_or_else(|_| folder.to_owned());
        let candidate = folder.join(CONFIG);
        let counts = match self.read(&candidate) {
            Ok(text) => !config::read(CONFIG, &text).0.only_work(),
            // what is there and cannot be read is told of when it is read again; it must not pass for none
            Err(_) => candidate.exists(),
        };
        let found = if counts {
            Some(candidate)
        } else {
            absolute.parent().and_then(|parent| match folder.parent() {
                // stay relative while that is possible, so that messages show short paths
                Some(relative) if folder.components().all(|c| c != Component::ParentDir) => self.find(relative),
                _ => self.find(parent),
            })
        };
        self.by_folder.insert(folder.to_owned(), found.clone());
        found
    }

    /// The rules of packs, which are bundled ones by name and folders by path, and the names of packs with mistakes.
    fn rules(&mut self, packs: &[String], base: &Path, tuning: &Tuning) -> Linked {
        let paths: Vec<String> =
            packs.iter().map(|p| if is_folder(p) { base.join(p).display().to_string() } else { p.clone() }).collect();
        let changes = if tuning.is_empty() { String::new() } else { format!("{tuning:?}") };
        let key = (paths.clone(), changes);
        if let Some(known) = self.by_packs.get(&key) {
            return known.clone();
        }
        let held = self.held.clone();
        let is_held = |path: &str| held.as_ref().is_some_and(|held| held.keys().any(|file| file.starts_with(path)));
        let mut found = Vec::new();
        let mut missing = Vec::new();
        for (name, path) in packs.iter().zip(&paths) {
            match if is_folder(name) { own(Path::new(path), held.as_deref()).map(Pack::Own) } else { bundled(name) } {
                Ok(pack) => found.push(pack),
                Err(why) => missing.push((name.clone(), why)),
            }
        }
        let is_written = paths.iter().any(|path| is_held(path));
        let packs = caches::packs::key(&found);
        let mut loaded = match (self.whole, is_written) {
            (true, _) => rules::load_whole(&found),
            (false, true) => rules::load(&found),
            (false, false) => caches::packs::load(&found, &packs),
        };
        loaded.rules.tune(tuning);
        let is_faulty = |pack: &&Pack| loaded.reports.iter().any(|report| pack.holds(&report.name));
        let faulty = found.iter().filter(is_faulty).map(|pack| pack.name().to_owned()).collect();
        // the same packs were told of when they were linked with other changes
        loaded.reports.retain(|r| missing.is_empty() && !self.faults.iter().any(|known| known.name == r.name));
        self.faults.extend(loaded.reports);
        let linked = Linked { rules: Arc::new(loaded.rules), key: packs, faulty, missing };
        if self.held.is_none() {
            // rules are kept until the program ends, and taking them apart then would only cost time
            std::mem::forget(linked.rules.clone());
        }
        self.by_packs.insert(key, linked.clone());
        linked
    }
}

/// A folder without links and `..` in it.
fn real(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned())
}

/// The name of a pack, which is that of its folder.
fn pack_name(pack: &str) -> &str {
    pack.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(pack)
}

/// A pack is named by its folder when it looks like a path.
pub fn is_folder(pack: &str) -> bool {
    pack.starts_with('.') || pack.contains(['/', '\\'])
}

/// A clause as a sentence of its own.
fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).chain(['.']).collect())
}

/// Reads a text file that the run depends on.
pub fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|e| cannot_read(path, &e))
}

fn read_held(path: &Path, held: Option<&Held>) -> Result<String, Failure> {
    match held.and_then(|held| input::held_at(path, held)) {
        Some(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        None => read(path),
    }
}

/// The failure of a path that cannot be read.
pub fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    let name = shown(path);
    Failure::Request(match error.kind() {
        std::io::ErrorKind::NotFound => format!("no such file or folder: {name}"),
        std::io::ErrorKind::InvalidData => format!("cannot read {name}: it is not UTF-8 text"),
        _ => format!("cannot read {name}: {}", said(error)),
    })
}

/// A path as people write it, with `/` on every system, without `./` in front.
pub fn shown(path: &Path) -> String {
    let shown = path.display().to_string().replace('\\', "/");
    shown.trim_start_matches("./").to_owned()
}

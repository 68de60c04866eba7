//! Configurations and packs from disk, each loaded once.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Config, Layer};
use crate::engine::Settings;
use crate::formats::Limits;
use crate::model::Report;
use crate::rules::tune::Tuning;
use crate::rules::{self, PackText, RuleSet};

use super::Failure;

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

    /// Its layers below a folder: those whose allows a run over that folder must all have used.
    pub fn below(&self, folder: &Path) -> impl Iterator<Item = usize> {
        let folder = real(folder);
        (0..).zip(&self.folders).filter(move |(_, f)| f.starts_with(&folder)).map(|(i, _)| i)
    }
}

/// What settings are the same for: the configuration, and which of its globs match.
type Key = (Option<PathBuf>, Vec<Vec<bool>>);

/// A rule set, and the names of packs with mistakes.
type Linked = (Arc<RuleSet>, Vec<String>);

/// Loads configurations and rule sets, and keeps them.
#[derive(Debug, Default)]
pub struct Loader {
    /// The configuration given on the command line.
    forced: Option<PathBuf>,
    /// Bundled packs that are loaded besides those that a configuration names.
    besides: Vec<String>,
    by_folder: HashMap<PathBuf, Option<PathBuf>>,
    real_folders: HashMap<PathBuf, PathBuf>,
    chains: HashMap<Option<PathBuf>, Arc<Chain>>,
    setups: HashMap<Key, Arc<Setup>>,
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

    /// The setup for a file: of the nearest configuration upward from it. Faults are collected, and the rules without what is faulty are given.
    ///
    /// # Errors
    /// A configuration or pack that cannot be read from disk.
    pub fn setup(&mut self, file: &Path) -> Result<Arc<Setup>, Failure> {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let path = match &self.forced {
            Some(path) => Some(path.clone()),
            None => self.find(&folder),
        };
        let chain = match self.chains.get(&path) {
            Some(known) => known.clone(),
            None => {
                let chain = Arc::new(self.chain(path.as_deref())?);
                self.chains.insert(path.clone(), chain.clone());
                chain
            }
        };
        let real = self.real_folders.entry(folder).or_insert_with_key(|f| real(f));
        let paths = chain.paths(&real.join(file.file_name().unwrap_or_default()));
        let matching = chain.layers.iter().zip(&paths).map(|(layer, path)| layer.matching(path.as_deref())).collect();
        let key = (path, matching);
        if let Some(known) = self.setups.get(&key) {
            return Ok(known.clone());
        }
        let setup = Arc::new(self.load(&chain, &paths)?);
        self.setups.insert(key, setup.clone());
        Ok(setup)
    }

    /// Reads a configuration and those that it extends.
    fn chain(&mut self, path: Option<&Path>) -> Result<Chain, Failure> {
        let mut chain = Chain::default();
        let mut next = path.map(Path::to_owned);
        while let Some(path) = next {
            let text = read(&path).map_err(|failure| match chain.layers.first().map(Layer::name) {
                Some(by) => Failure::Request(format!("{failure}, which {by} extends")),
                None => failure,
            })?;
            let (layer, fault) = config::read(&shown(&path), &text);
            // two configurations may extend the same one
            self.faults.extend(fault.filter(|f| !self.faults.iter().any(|known| known.name == f.name)));
            let folder = path.parent().unwrap_or(Path::new(""));
            next = layer.extends().map(|extended| folder.join(extended));
            chain.folders.insert(0, real(folder));
            chain.layers.insert(0, layer);
            if chain.layers.len() > DEEPEST {
                let name = chain.layers.last().map_or("", Layer::name);
                return Err(Failure::Request(format!("{name} extends itself, or too many others in a row")));
            }
        }
        Ok(chain)
    }

    fn load(&mut self, chain: &Arc<Chain>, paths: &[Option<String>]) -> Result<Setup, Failure> {
        let config = Config::of(&chain.layers, paths);
        let layer = config.packs.from.as_ref().map_or(0, |f| f.layer);
        let mut packs = config.packs.value.clone();
        packs.extend(self.besides.iter().filter(|b| !config.packs.value.iter().any(|p| pack_name(p) == *b)).cloned());
        let base = chain.path(layer, "");
        let (rules, faulty) = self.rules(&packs, &base, &config.tuning())?;
        for (index, layer) in chain.layers.iter().enumerate() {
            let extended = index + 1 < chain.layers.len();
            if let Err(mut unknown) = layer.check(&rules, extended, &faulty) {
                match self.faults.iter_mut().find(|f| f.name == unknown.name) {
                    Some(known) => {
                        unknown.diagnostics.retain(|d| !known.diagnostics.contains(d));
                        known.diagnostics.append(&mut unknown.diagnostics);
                    }
                    None => self.faults.push(*unknown),
                }
            }
        }
        let (settings, limits) = (config.settings(), config.limits());
        Ok(Setup { config, settings, limits, rules, chain: chain.clone() })
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
        let counts = fs::read_to_string(&candidate).is_ok_and(|text| !config::read(CONFIG, &text).0.only_work());
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
    fn rules(&mut self, packs: &[String], base: &Path, tuning: &Tuning) -> Result<Linked, Failure> {
        let paths: Vec<String> =
            packs.iter().map(|p| if is_folder(p) { base.join(p).display().to_string() } else { p.clone() }).collect();
        let changes = if tuning.is_empty() { String::new() } else { format!("{tuning:?}") };
        let key = (paths.clone(), changes);
        if let Some(known) = self.by_packs.get(&key) {
            return Ok(known.clone());
        }
        let mut texts = Vec::new();
        for (name, path) in packs.iter().zip(&paths) {
            texts.push(if is_folder(name) { folder(Path::new(path))? } else { bundled(name)? });
        }
        let mut loaded = rules::link(&texts);
        loaded.rules.tune(tuning);
        let is_faulty = |file: &(String, String)| loaded.reports.iter().any(|r| r.name == file.0);
        let faulty = texts.iter().filter(|t| t.files.iter().any(is_faulty)).map(|t| t.name.clone()).collect();
        // the same packs were told of when they were linked with other changes
        loaded.reports.retain(|r| !self.faults.iter().any(|known| known.name == r.name));
        self.faults.extend(loaded.reports);
        let linked = (Arc::new(loaded.rules), faulty);
        self.by_packs.insert(key, linked.clone());
        Ok(linked)
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

fn bundled(name: &str) -> Result<PackText, Failure> {
    rules::bundled(name).ok_or_else(|| {
        let known: Vec<&str> = rules::bundled_names().collect();
        let known = match known.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => known.join(""),
        };
        Failure::Request(format!("there is no pack `{name}`: bundled are {known}; a folder is written `./{name}`"))
    })
}

/// The TOML files of a pack's folder, in order of path.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).map_err(|e| cannot_read(&next, &e))?;
        for entry in entries {
            let entry = entry.map_err(|e| cannot_read(&next, &e))?.path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "toml") {
                files.push(entry);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A pack from a folder, named after it.
pub fn folder(path: &Path) -> Result<PackText, Failure> {
    let files = files(path)?;
    if files.is_empty() {
        return Err(Failure::Request(format!("the pack {} holds no TOML file", path.display())));
    }
    let files = files.iter().map(|f| Ok((shown(f), read(f)?))).collect::<Result<_, Failure>>()?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = absolute.components().next_back().map(|c| c.as_os_str().to_string_lossy().into_owned());
    Ok(PackText { name: name.unwrap_or_default(), files, bundled: false })
}

/// The bundled packs together with packs from folders; one named like a bundled pack stands in its place.
pub fn with_bundled(folders: &[PathBuf]) -> Result<Vec<PackText>, Failure> {
    let mut packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
    for path in folders {
        let pack = folder(path)?;
        packs.retain(|p| p.name != pack.name);
        packs.push(pack);
    }
    Ok(packs)
}

/// Reads a text file that the run depends on.
pub fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|e| cannot_read(path, &e))
}

/// The failure of a path that cannot be read.
pub fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    let name = shown(path);
    Failure::Request(match error.kind() {
        std::io::ErrorKind::NotFound => format!("no such file or folder: {name}"),
        std::io::ErrorKind::InvalidData => format!("cannot read {name}: it is not UTF-8 text"),
        _ => format!("cannot read {name}: {error}"),
    })
}

/// A path as people write it, with `/` on every system, without `./` in front.
pub fn shown(path: &Path) -> String {
    let shown = path.display().to_string().replace('\\', "/");
    shown.trim_start_matches("./").to_owned()
}

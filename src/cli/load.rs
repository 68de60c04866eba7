//! Configurations and packs from disk, each loaded once.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Config};
use crate::model::Report;
use crate::rules::{self, PackText, RuleSet};

use super::Failure;

/// The name of the configuration file.
pub const CONFIG: &str = "forewarn.toml";

/// A configuration with the rules that it names.
#[derive(Debug)]
pub struct Setup {
    /// What the configuration says.
    pub config: Config,
    /// Its rules.
    pub rules: Arc<RuleSet>,
}

/// Loads configurations and rule sets, and keeps them.
#[derive(Debug, Default)]
pub struct Loader {
    /// The configuration given on the command line.
    forced: Option<PathBuf>,
    /// Bundled packs that are loaded besides those that a configuration names.
    besides: Vec<String>,
    by_folder: HashMap<PathBuf, Option<PathBuf>>,
    by_config: HashMap<Option<PathBuf>, Arc<Setup>>,
    by_packs: HashMap<Vec<String>, (Arc<RuleSet>, Vec<String>)>,
    /// What is wrong with configurations and packs.
    pub faults: Vec<Report>,
}

impl Loader {
    /// A loader; `forced` is used for every file instead of what lies near it.
    pub fn new(forced: Option<PathBuf>) -> Self {
        Self { forced, ..Self::default() }
    }

    /// A loader of these bundled packs, too.
    pub fn with_packs(forced: Option<PathBuf>, packs: &[&str]) -> Self {
        Self { besides: packs.iter().map(|p| (*p).to_owned()).collect(), ..Self::new(forced) }
    }

    /// The setup for files of a folder: of the nearest configuration upward from it. Faults are collected, and the
    /// rules without what is faulty are given.
    ///
    /// # Errors
    /// A configuration or pack that cannot be read from disk.
    pub fn setup(&mut self, folder: &Path) -> Result<Arc<Setup>, Failure> {
        let path = match &self.forced {
            Some(path) => Some(path.clone()),
            None => self.find(folder),
        };
        if let Some(known) = self.by_config.get(&path) {
            return Ok(known.clone());
        }
        let mut config = Config::default();
        let mut text = String::new();
        if let Some(path) = &path {
            text = read(path)?;
            let (read, fault) = config::read(&shown(path), &text);
            config = read;
            self.faults.extend(fault);
        }
        let base = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let mut packs = config.packs.clone();
        packs.extend(self.besides.iter().filter(|b| !config.packs.iter().any(|p| pack_name(p) == *b)).cloned());
        let (rules, faulty) = self.rules(&packs, base)?;
        if let Some(path) = &path {
            let mut sound = config.clone();
            // a rule that was left out because of its own mistake is no mistake of the configuration
            sound
                .settings
                .severities
                .retain(|rule, _| rule.split('/').next().is_none_or(|p| !faulty.iter().any(|f| f == p)));
            if let Err(mut unknown) = config::check_rules(&shown(path), &text, &sound, &rules) {
                match self.faults.iter_mut().find(|f| f.name == unknown.name) {
                    Some(known) => known.diagnostics.append(&mut unknown.diagnostics),
                    None => self.faults.push(unknown),
                }
            }
        }
        let setup = Arc::new(Setup { config, rules });
        self.by_config.insert(path, setup.clone());
        Ok(setup)
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
        let counts = fs::read_to_string(&candidate).is_ok_and(|text| !config::read(CONFIG, &text).0.only_work);
        let found = if counts {
            Some(candidate)
        } else {
            absolute.parent().and_then(|parent| match folder.parent() {
                // stay relative while that is possible, so that messages show short paths
                Some(relative) if !relative.as_os_str().is_empty() => self.find(relative),
                _ => self.find(parent),
            })
        };
        self.by_folder.insert(folder.to_owned(), found.clone());
        found
    }

    /// The rules of packs, which are bundled ones by name and folders by path, and the names of packs with mistakes.
    fn rules(&mut self, packs: &[String], base: &Path) -> Result<(Arc<RuleSet>, Vec<String>), Failure> {
        let key: Vec<String> =
            packs.iter().map(|p| if is_folder(p) { base.join(p).display().to_string() } else { p.clone() }).collect();
        if let Some(known) = self.by_packs.get(&key) {
            return Ok(known.clone());
        }
        let mut texts = Vec::new();
        for (name, path) in packs.iter().zip(&key) {
            texts.push(if is_folder(name) { folder(Path::new(path))? } else { bundled(name)? });
        }
        let loaded = rules::link(&texts);
        let is_faulty = |file: &(String, String)| loaded.reports.iter().any(|r| r.name == file.0);
        let faulty = texts.iter().filter(|t| t.files.iter().any(is_faulty)).map(|t| t.name.clone()).collect();
        self.faults.extend(loaded.reports);
        let linked = (Arc::new(loaded.rules), faulty);
        self.by_packs.insert(key, linked.clone());
        Ok(linked)
    }
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

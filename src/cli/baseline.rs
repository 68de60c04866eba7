//! The baseline of a run: read before, applied to every report, written or pruned at the end.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::load::{Setup, read, shown};
use super::{Failure, write};
use crate::model::Report;
use crate::suppress::baseline::Baseline;

/// Arguments that speak of a baseline.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(id = "baseline-options")]
pub struct Options {
    /// Accept the findings that this file lists; it is written by `--write-baseline`
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Accept every finding there is now: write them to the baseline [default: forewarn-baseline.toml]. What it says of
    /// other works that are still there stays
    #[arg(long, conflicts_with = "prune_baseline")]
    write_baseline: bool,
    /// Take out of the baseline what is settled, and works that are gone
    #[arg(long)]
    prune_baseline: bool,
}

/// The file that is written when none is named.
pub const FILE: &str = "forewarn-baseline.toml";

/// The baseline of a run.
#[derive(Debug)]
pub struct Run {
    path: PathBuf,
    /// Its folder; the paths of works are written from there.
    folder: PathBuf,
    what: What,
    accepted: Baseline,
    /// What was used of it, or what is to be written.
    seen: Baseline,
    /// Folders of works as they are written, and what they are from the baseline's folder.
    folders: HashMap<PathBuf, Option<PathBuf>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Apply,
    Write,
    Prune,
}

/// The baseline that a configuration names.
#[derive(Debug)]
pub struct Configured {
    /// Its path, from where the run is.
    path: PathBuf,
    setup: Arc<Setup>,
    layer: usize,
}

impl Configured {
    /// The baseline of a setup, if it has one.
    pub fn of(setup: &Arc<Setup>) -> Option<Self> {
        let baseline = setup.config.baseline.as_ref()?;
        let layer = baseline.from.as_ref().map_or(0, |f| f.layer);
        Some(Self { path: setup.chain.path(layer, &baseline.value), setup: setup.clone(), layer })
    }

    fn fault(&self, message: &str, help: &str) -> Option<Report> {
        let named = &self.setup.config.baseline.as_ref()?.value;
        self.setup.chain.layers.get(self.layer)?.cannot_use(named, message.to_owned(), help.to_owned())
    }
}

impl Options {
    /// The baseline of this run, if it has one: the one that is named here, else the one of the configuration.
    ///
    /// # Errors
    /// A file that cannot be read; the report of a file with a mistake.
    pub fn start(&self, configured: Option<&Configured>) -> Result<Result<Option<Run>, Box<Report>>, Failure> {
        let what = match (self.write_baseline, self.prune_baseline) {
            (true, _) => What::Write,
            (_, true) => What::Prune,
            _ => What::Apply,
        };
        let named = self.baseline.as_deref().or(configured.map(|c| c.path.as_path()));
        let Some(path) = named.or((what != What::Apply).then_some(Path::new(FILE))) else { return Ok(Ok(None)) };
        let there = path.exists();
        let text = match what {
            // a device is written to, not read
            What::Write if !there || !path.is_file() && !path.is_dir() => String::new(),
            _ if !there => {
                let message = format!("There is no baseline {}.", shown(path));
                let help = "`forewarn check . --write-baseline` makes it, with all that is found now.";
                return match configured.filter(|_| self.baseline.is_none()).and_then(|c| c.fault(&message, help)) {
                    Some(fault) => Ok(Err(Box::new(fault))),
                    None => Err(Failure::Request(format!("there is no baseline {}: {help}", shown(path)))),
                };
            }
            _ => read(path)?,
        };
        let accepted = match Baseline::read(&shown(path), &text) {
            Ok(baseline) => baseline,
            Err(_) if what == What::Write && text.trim().is_empty() => Baseline::default(),
            // also when it would be written: what is no baseline may be a story
            Err(report) => return Ok(Err(report)),
        };
        let folder = real_folder(path);
        Ok(Ok(Some(Run {
            path: path.to_owned(),
            folder,
            what,
            accepted,
            seen: Baseline::default(),
            folders: HashMap::new(),
        })))
    }
}

impl Run {
    /// Takes what is accepted out of a report.
    pub fn apply(&mut self, report: &mut Report) {
        let work = self.name(report);
        if self.what == What::Write {
            self.seen.take(&work, report);
        } else {
            self.accepted.apply(&work, report, &mut self.seen);
        }
    }

    /// Takes what is accepted out of findings that are not reported themselves.
    pub fn leave_out(&mut self, report: &mut Report) {
        let work = self.name(report);
        self.accepted.apply(&work, report, &mut Baseline::default());
    }

    /// Writes what is to be written; `folders`: whether the run looked into folders, so that works it did not meet may be
    /// gone. Gives a sentence for people on what became of the baseline, if there is something
    /// to say.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(self, folders: bool) -> Result<Option<String>, Failure> {
        let path = shown(&self.path);
        // a path is still there or not; of an address nobody here can say
        let is_there = |work: &str| {
            let file = work.rsplit_once('#').map_or(work, |(file, _)| file);
            is_address(work) || self.folder.join(file).exists() || Path::new(file).exists()
        };
        match self.what {
            What::Write => {
                // what was checked is said anew, and the rest stays
                let left = self.accepted.pruned(&self.seen, is_there);
                let (findings, works) = (self.seen.findings(), self.seen.works());
                let all = self.seen.and(left);
                write::atomically(&self.path, all.write().as_bytes())?;
                let rest = match all.works() - works {
                    0 => String::new(),
                    rest => format!(" What it says of {} that this run did not check stays.", counted(rest, "work")),
                };
                let written =
                    format!("{} of {} written to {path}.", counted(findings, "finding"), counted(works, "work"));
                Ok(Some(written + &rest))
            }
            What::Prune => {
                let left = self.accepted.pruned(&self.seen, is_there);
                let gone = self.accepted.findings() - left.findings();
                if gone == 0 {
                    return Ok(Some(format!("nothing of {path} is settled: it stays as it is.")));
                }
                write::atomically(&self.path, left.write().as_bytes())?;
                Ok(Some(format!("{} taken out of {path}.", counted(gone, "finding"))))
            }
            What::Apply => {
                let settled = match folders {
                    true => self.accepted.findings() - self.accepted.pruned(&self.seen, is_there).findings(),
                    false => self.accepted.settled(&self.seen),
                };
                Ok((settled > 0).then(|| {
                    let (are, them) = if settled == 1 { ("is", "it") } else { ("are", "them") };
                    let findings = counted(settled, "finding");
                    format!("{findings} of {path} {are} not there any more: `--prune-baseline` takes {them} out.")
                }))
            }
        }
    }

    /// What a work goes by: its address, else its path from the baseline's folder.
    fn name(&mut self, report: &Report) -> String {
        if let Some(address) = &report.address {
            return address.clone();
        }
        let path = Path::new(&report.name);
        let written = path.parent().unwrap_or(Path::new("")).to_owned();
        let base = &self.folder;
        let folder = self
            .folders
            .entry(written)
            .or_insert_with(|| real_folder(path).strip_prefix(base).ok().map(Path::to_owned));
        match (folder, path.file_name()) {
            (Some(folder), Some(file)) => shown(&folder.join(file)),
            _ => report.name.clone(),
        }
    }
}

/// The folder of a path, without links and `..` in it.
fn real_folder(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

/// Whether the name of a work is an address: it starts with the name of a host, which has a dot.
fn is_address(work: &str) -> bool {
    let host = work.split('/').next().unwrap_or("");
    work.contains('/') && host.contains('.') && !host.starts_with('.')
}

pub(super) fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

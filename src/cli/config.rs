//! `forewarn config show FILE`: what applies to a file, and where each value comes from.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::load::{Loader, shown};
use super::{Exit, Failure, check};

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the settings that apply to a file, each with the file and line that it comes from
    Show {
        /// The story, or a folder for what holds in it without overrides
        #[arg(default_value = ".")]
        path: PathBuf,
        /// Use this configuration instead of the nearest forewarn.toml
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// A configuration or pack that cannot be read, or an output that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let Command::Show { path, config } = &arguments.command;
    if !path.exists() {
        return Err(Failure::Request(format!("no such file or folder: {}", shown(path))));
    }
    let mut loader = Loader::new(config.clone());
    // a name in the folder stands for the files there
    let setup = loader.setup(&if path.is_dir() { path.join("*") } else { path.clone() })?;
    let mut out = anstream::stdout().lock();
    let here = path.as_os_str().is_empty() || path == Path::new(".");
    let name = |path: &Path| if here { "this folder".to_owned() } else { shown(path) };
    let layers: Vec<&str> = setup.chain.layers.iter().rev().map(|l| l.name()).collect();
    match layers.split_first() {
        None => writeln!(out, "# What applies to {}: the defaults, since no forewarn.toml is found.", name(path))?,
        Some((nearest, [])) => writeln!(out, "# What applies to {}, by {nearest}:", name(path))?,
        Some((nearest, rest)) => {
            writeln!(out, "# What applies to {}, by {nearest}, which extends {}:", name(path), rest.join(" and "))?;
        }
    }
    let lines = setup.config.lines();
    let width = lines.iter().map(|l| l.0.chars().count()).filter(|w| *w <= 60).max().unwrap_or(0);
    for (line, origin) in &lines {
        let from = match origin {
            None => "default".to_owned(),
            Some(origin) => {
                let file = setup.chain.layers.get(origin.layer).map_or("", |l| l.name());
                let works =
                    if origin.works.is_empty() { String::new() } else { format!(", for {}", origin.works.join(", ")) };
                format!("{file}:{}{works}", origin.at.line)
            }
        };
        writeln!(out, "{line:width$}  # {from}")?;
    }
    if !loader.faults.is_empty() {
        writeln!(out)?;
    }
    check::print_faults(&loader.faults, &mut out)
}

//! `forewarn lsp`: findings, fixes, explanations and completion in editors, over the Language Server Protocol.

mod actions;
mod allow;
mod capabilities;
mod check;
mod completion;
mod diagnostics;
mod document;
mod header;
mod hover;
mod lines;
mod paths;
mod place;
mod requests;
mod server;
mod settings;
mod symbols;
mod transport;
mod worker;

use std::io::IsTerminal as _;
use std::path::PathBuf;

use super::{Exit, Failure};

/// Arguments of `lsp`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Use this configuration instead of the nearest forewarn.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Standard input and output, which is the only way it speaks; some editors say so
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Speaks with an editor over standard input and output until it ends.
///
/// # Errors
/// Threads that the system does not start.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if std::io::stdin().is_terminal() {
        eprintln!("forewarn: an editor starts this and speaks with it; docs/editors.md says how. Ctrl-C ends it.");
    }
    match server::serve(arguments.config.clone())? {
        true => Ok(Exit::Clean),
        // the protocol wants 1 for an end that nobody asked for
        false => Ok(Exit::Findings),
    }
}

//! `forewarn completions SHELL`: what a shell sources to complete commands, options and their values.

use std::io::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Exit, Failure};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For bash, add this line to ~/.bashrc:

    source <(forewarn completions bash)

For zsh, fish, PowerShell and Elvish, write the output to a file of the folder where the shell looks for completions.")]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// An output that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "forewarn", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(Exit::Clean)
}

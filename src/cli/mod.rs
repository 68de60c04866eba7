//! The command line: arguments, subcommands, exit codes. The only part that touches files, terminal and environment.
#![allow(clippy::disallowed_methods, clippy::print_stderr)]

mod baseline;
mod caches;
mod changed;
mod check;
mod completions;
mod config;
mod discover;
mod explain;
mod fit;
mod fix;
mod init;
mod input;
mod inspect;
mod interrupt;
mod load;
mod lsp;
mod man;
mod mistake;
mod output;
mod progress;
mod records;
mod results;
mod rules;
mod schema;
mod score;
mod suggest;
mod write;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::formats::FORMATS;
use crate::rules::nearest::nearest;

/// What a run ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Nothing at or above `fail-on`.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// The run itself failed: a missing file, a faulty pack or configuration, an output that cannot be written.
    Failed = 2,
}

/// Checks that the labels of a story match what is in it: rating, warnings, tags and other metadata.
///
/// Everything runs on this machine; nothing is sent anywhere.
#[derive(Debug, Parser)]
#[command(name = "forewarn", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    color: colorchoice_clap::Color,
    /// Use nothing that earlier runs kept, and keep nothing for the next run
    #[arg(long, global = true)]
    no_cache: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check stories: files, folders, or `-` for standard input
    Check(check::Arguments),
    /// Write a header for a story, with reasons: rating, archive warnings, tags
    Suggest(suggest::Arguments),
    /// Show what was read from a story: fields, sections, claims, evidence, scores
    Inspect(inspect::Arguments),
    /// Say what a rule asks for and why, or what a tag, a field or a rating means
    Explain(explain::Arguments),
    /// List rules, run the examples inside rule packs, or fit detectors to labelled texts
    Rules(rules::Arguments),
    /// Write a commented forewarn.toml for the stories in a folder
    Init(init::Arguments),
    /// Show which settings apply to a file, and where they come from
    Config(config::Arguments),
    /// Speak with an editor, which shows findings while you write
    Lsp(lsp::Arguments),
    /// Print the score of every tag as JSON Lines, to measure rules with
    Score(score::Arguments),
    /// Print the JSON schema of the configuration, of packs or of reports
    Schema(schema::Arguments),
    /// Print what makes a shell complete forewarn's commands
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

/// Runs the command line.
#[must_use]
pub fn run() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    // help and mistakes are coloured before there are arguments
    let mut command = Arguments::command().color(mistake::color(&words));
    let parsed = command.try_get_matches_from_mut(&words).and_then(|found| Arguments::from_arg_matches(&found));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            if let Some(said) = mistake::said(&error, &words) {
                eprintln!("{said}");
                return ExitCode::from(Exit::Failed as u8);
            }
            // help and version are no failure
            let code = if error.use_stderr() { Exit::Failed } else { Exit::Clean };
            return if error.print().is_ok() { ExitCode::from(code as u8) } else { ExitCode::from(Exit::Failed as u8) };
        }
    };
    arguments.color.write_global();
    if arguments.no_cache {
        caches::switch_off();
    }
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Suggest(arguments) => suggest::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Lsp(arguments) => lsp::run(&arguments),
        Command::Score(arguments) => score::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    let exit = result.unwrap_or_else(|failure| match failure {
        // the reader of our output has seen enough, as `head` has
        Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean,
        failure => {
            eprintln!("forewarn: {failure}");
            Exit::Failed
        }
    });
    ExitCode::from(exit as u8)
}

/// Why a run cannot go on.
#[derive(Debug)]
enum Failure {
    /// What was asked for cannot be done: a sentence for people.
    Request(String),
    /// A file that is there cannot be read.
    Unread(PathBuf, io::Error),
    /// The output cannot be written.
    Output(io::Error),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Request(message) => f.write_str(message),
            Self::Unread(path, error) => load::cannot_read(path, error).fmt(f),
            Self::Output(error) => write!(f, "cannot write the output: {}", write::why(error)),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Checks an `--input-format`.
fn format_name(name: &str) -> Result<String, String> {
    if FORMATS.iter().any(|f| f.name() == name) {
        return Ok(name.to_owned());
    }
    Err(no_format(name, FORMATS.iter().map(|f| f.name())))
}

/// What is wrong with the name of a format, as a clause.
fn no_format<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    let near = nearest(&name.to_lowercase(), known.iter().copied());
    let near = near.map(|near| format!("did you mean `{near}`? The"));
    format!("{} formats are {}", near.unwrap_or_else(|| "the".to_owned()), known.join(", "))
}

//! `forewarn schema NAME`: what files of forewarn look like, for editors and programs.

use std::io::Write as _;

use super::{Exit, Failure};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An editor that knows TOML schemas (Taplo, Even Better TOML) completes and checks a file whose first line names one:

    #:schema ./forewarn.schema.json

`forewarn init --schema` writes both files.")]
pub struct Arguments {
    /// Of which kind of file
    #[arg(value_enum)]
    name: Name,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Name {
    /// The configuration, forewarn.toml
    Config,
    /// The TOML files of a rule pack
    Pack,
    /// What `check --output json` and `jsonl` print
    Report,
}

/// The schema of the configuration.
pub const CONFIG: &str = include_str!("../../schemas/config.schema.json");

/// Prints the schema.
///
/// # Errors
/// An output that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let text = match arguments.name {
        Name::Config => CONFIG,
        Name::Pack => include_str!("../../schemas/pack.schema.json"),
        Name::Report => include_str!("../../schemas/report.schema.json"),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Clean)
}

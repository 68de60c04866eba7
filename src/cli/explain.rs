//! `forewarn explain RULE`: everything that a rule's TOML says.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::load::Loader;
use super::{Exit, Failure};
use crate::rules::plain;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule, as `core/undeclared` or `undeclared`
    rule: String,
    /// Use this configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Prints what a rule asks for.
///
/// # Errors
/// A rule that does not exist.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut loader = Loader::new(arguments.config.clone());
    let setup = loader.setup(Path::new("."))?;
    let found: Vec<_> = setup.rules.named(&arguments.rule).collect();
    let mut out = anstream::stdout().lock();
    if found.is_empty() && !loader.faults.is_empty() {
        // it may be the rule that was left out because of a mistake
        return super::check::print_faults(&loader.faults, &mut out);
    }
    if found.is_empty() {
        let wanted = arguments.rule.trim().to_lowercase();
        let hint = setup.rules.hint(&wanted);
        return Err(Failure::Request(format!("there is no rule `{wanted}`: {hint}")));
    }
    for (i, rule) in found.iter().enumerate() {
        if i > 0 {
            writeln!(out, "\n")?;
        }
        writeln!(out, "{} ({})\n\n{}", rule.id, setup.settings.severity(rule).name(), plain(&rule.summary))?;
        if !rule.docs.is_empty() {
            writeln!(out, "\n{}", rule.docs)?;
        }
        if let Some(help) = &rule.help {
            writeln!(out, "\nWhat to do: {}", plain(help))?;
        }
        if let Some(tags) = &rule.each {
            let names: Vec<&str> =
                tags.iter().filter_map(|t| setup.rules.vocabulary.tag(*t)).map(|t| t.name.as_str()).collect();
            writeln!(out, "\nIt is judged for each of: {}.", some(&names))?;
        }
        for (title, examples) in
            [("It speaks up at, for example", &rule.fails), ("It is content with, for example", &rule.passes)]
        {
            if let Some(example) = examples.first() {
                let indented: Vec<String> =
                    example.trim().lines().map(|l| format!("    {l}").trim_end().to_owned()).collect();
                writeln!(out, "\n{title}:\n\n{}", indented.join("\n"))?;
            }
        }
        writeln!(
            out,
            "\nTo change it, write in forewarn.toml:\n\n    [rules]\n    \"{}\" = \"off\"   # or info, warning, error",
            rule.id
        )?;
    }
    super::check::print_faults(&loader.faults, &mut out)
}

/// Most names that are listed; of more, the first few stand for all.
const LISTED: usize = 12;

/// Names as a list: all of a few, some of many.
fn some(names: &[&str]) -> String {
    match names.get(..8) {
        Some(first) if names.len() > LISTED => format!("{} and {} more", first.join(", "), names.len() - first.len()),
        _ => names.join(", "),
    }
}

//! `forewarn suggest`: a block of metadata to copy, and why each line of it is so.

mod json;
mod words;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;

use super::discover::are_no_folders;
use super::input;
use super::load::{Loader, Setup};
use super::{Exit, Failure};
use crate::collect::collect;
use crate::engine::{self, NOT_A_WORK};
use crate::model::{Diagnostic, Report, Work};
use crate::suggest::{Suggestion, style, suggest};

/// Arguments of `suggest`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Stories, or `-` for standard input
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How to write the block
    #[arg(long, value_name = "STYLE", value_enum, default_value_t = Style::Ao3)]
    style: Style,
    /// Who is to read it
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = Output::Human)]
    output: Output,
    /// Quote no words of the stories
    #[arg(long)]
    no_excerpts: bool,
    #[command(flatten)]
    input: input::Options,
}

/// How the block is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Style {
    /// `Rating: Mature`, a line a field
    Ao3,
    /// Front matter for Markdown, between lines of `---`
    Yaml,
    /// A file for --metadata, or to lie beside the story as story.forewarn.toml
    Toml,
    /// StoryGraph's content warnings by grade
    Storygraph,
}

/// Who reads what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// People: the block, then the reasons
    Human,
    /// Programs: one JSON document
    Json,
}

/// A work with what is suggested for it, or a file with what is wrong with it.
struct Suggested {
    /// Carries the sources that places point into.
    report: Report,
    /// What its reader could not decide, and why nothing is suggested.
    notes: Vec<Diagnostic>,
    /// None for what is not a work.
    suggestion: Option<Suggestion>,
}

/// Suggests, and prints it.
///
/// # Errors
/// A file or record that cannot be read, an output that cannot be written, or works that one file cannot describe.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.input.validate()?;
    are_no_folders("suggest", &arguments.paths)?;
    let packs: &[&str] = if arguments.style == Style::Storygraph { &[style::STORYGRAPH] } else { &[] };
    let mut loader = Loader::with_packs(arguments.input.config.clone(), packs);
    let mut files: Vec<(&PathBuf, Arc<Setup>)> = Vec::new();
    for path in &arguments.paths {
        let setup = loader.setup(path)?;
        if arguments.style == Style::Storygraph && !setup.rules.packs.iter().any(|p| p == "core") {
            let message = "--style storygraph needs the pack `core`: name it under `packs` in forewarn.toml";
            return Err(Failure::Request(message.to_owned()));
        }
        files.push((path, setup));
    }
    let mut out = std::io::BufWriter::new(anstream::stdout().lock());
    if !loader.faults.is_empty() {
        // nothing is suggested by rules that are not what their author meant
        let exit = super::check::print_faults(&loader.faults, &mut out)?;
        out.flush()?;
        return Ok(exit);
    }
    let mut unread: Vec<String> = Vec::new();
    let mut printed = 0;
    for (path, setup) in &files {
        let works = match arguments.input.read(path, setup) {
            Ok(works) => works,
            Err(failure @ (Failure::Request(_) | Failure::Unread(..))) => {
                unread.push(failure.to_string());
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let several = works.len() > 1 || files.len() > 1;
        if several && arguments.output == Output::Human && matches!(arguments.style, Style::Yaml | Style::Toml) {
            let message = "a file of metadata is about one work: name one story, or take another --style";
            return Err(Failure::Request(message.to_owned()));
        }
        for (work, notes) in works {
            if work.format.is_empty() {
                let why = notes.iter().map(|n| n.message.as_str()).collect::<Vec<_>>().join(" ");
                unread.push(format!("{}: {}", words::clean(&work.name), words::clean(&why)));
                // what is to be pasted somewhere holds no complaint
                if arguments.output == Output::Human {
                    continue;
                }
            }
            let one = suggested(work, notes, setup);
            match arguments.output {
                Output::Json => json::write(&one, setup, printed == 0, !arguments.no_excerpts, &mut out)?,
                Output::Human => {
                    if printed > 0 {
                        writeln!(out)?;
                    }
                    arguments.print(&one, setup, several, &mut out)?;
                }
            }
            printed += 1;
        }
    }
    if arguments.output == Output::Json {
        json::finish(printed == 0, &mut out)?;
    }
    out.flush()?;
    drop(out);
    if unread.is_empty() { Ok(Exit::Clean) } else { Err(Failure::Request(unread.join("\nforewarn: "))) }
}

fn suggested(work: Work, mut notes: Vec<Diagnostic>, setup: &Setup) -> Suggested {
    let settings = &setup.settings;
    let mut suggestion = None;
    if !work.format.is_empty() {
        let facts = collect(&work, &setup.rules);
        if facts.is_work {
            suggestion = Some(suggest(&facts, &setup.rules, settings));
        } else if notes.iter().all(|n| n.rule != NOT_A_WORK) {
            notes.push(engine::not_a_work());
        }
    }
    Suggested { report: Report::of(work), notes, suggestion }
}

/// The block for a work as people copy it; none for what is not a work.
pub fn block(work: &Work, setup: &Setup) -> Option<String> {
    if work.format.is_empty() {
        return None;
    }
    let facts = collect(work, &setup.rules);
    facts.is_work.then(|| style::ao3(&suggest(&facts, &setup.rules, &setup.settings)))
}

impl Arguments {
    fn print(&self, one: &Suggested, setup: &Setup, several: bool, out: &mut dyn Write) -> Result<(), Failure> {
        let mut words = words::Words::new(&one.report, !self.no_excerpts);
        let Some(suggestion) = &one.suggestion else {
            words.not_a_work(&one.notes);
            // in a file of metadata, what is not metadata is a comment
            let mark = if matches!(self.style, Style::Yaml | Style::Toml) { "# " } else { "" };
            return Ok(words.write(mark, out)?);
        };
        if several {
            writeln!(out, "{}\n", words::clean(&one.report.name))?;
        }
        match self.style {
            Style::Ao3 => {
                out.write_all(style::ao3(suggestion).as_bytes())?;
                writeln!(out)?;
                words.reasons(suggestion, &one.notes);
                words.write("", out)?;
            }
            Style::Yaml => {
                out.write_all(style::yaml(suggestion).as_bytes())?;
                writeln!(out)?;
                words.reasons(suggestion, &one.notes);
                words.write("# ", out)?;
                writeln!(out, "---")?;
            }
            Style::Toml => {
                out.write_all(style::toml(suggestion).as_bytes())?;
                writeln!(out)?;
                words.reasons(suggestion, &one.notes);
                words.write("# ", out)?;
            }
            Style::Storygraph => {
                let list = setup.rules.vocabulary.list(style::STORYGRAPH);
                let list = list.ok_or_else(|| Failure::Request("no pack has StoryGraph's list".to_owned()))?;
                let graded = style::graded(suggestion, list, &setup.rules);
                out.write_all(style::list(&graded, list).as_bytes())?;
                writeln!(out)?;
                words.list(suggestion, &graded, &one.notes);
                words.write("", out)?;
            }
        }
        Ok(())
    }
}

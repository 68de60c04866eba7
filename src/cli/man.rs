//! `forewarn man`: the manual, as pages for `man`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::CommandFactory as _;

use super::load::shown;
use super::{Exit, Failure, write};

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Write a page for forewarn and one for each command into this folder, instead of printing the first
    #[arg(long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
}

/// What the page says that no option does.
const MORE: &str = r#".SH EXIT STATUS
.TP
0
Nothing was found that is as severe as \-\-fail\-on says.
.TP
1
Something was.
.TP
2
The run itself failed: a file is missing, a pack or configuration is faulty, or an output cannot be written; also when a file cannot
be read, but for check, which reports that as a finding.
.SH FILES
.TP
forewarn.toml
The configuration. The nearest one counts, in the folder of a story or above it.
.TP
\&.forewarnignore
Files that are passed over, written as in .gitignore.
.SH ENVIRONMENT
.TP
NO_COLOR, CLICOLOR_FORCE
Whether to colour; \-\-color comes first.
.TP
NO_GRAPHICS
Sentences instead of drawings, and no progress.
.SH EXAMPLES
.TP
forewarn suggest story.docx
Write a header for a story, with reasons.
.TP
forewarn check story.docx
Compare the header of a story with what is in it.
"#;

/// Prints the page, or writes all of them.
///
/// # Errors
/// A folder or an output that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    // `forewarn help` has no page of its own
    let command = super::Arguments::command().disable_help_subcommand(true);
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    page.extend_from_slice(MORE.as_bytes());
    let Some(folder) = &arguments.out_dir else {
        std::io::stdout().lock().write_all(&page)?;
        return Ok(Exit::Clean);
    };
    write::folder(folder)?;
    clap_mangen::generate_to(command, folder)
        .and_then(|()| std::fs::write(folder.join("forewarn.1"), &page))
        .map_err(|error| write::cannot_write(folder, &error))?;
    writeln!(anstream::stdout().lock(), "The pages are in {}.", shown(folder))?;
    Ok(Exit::Clean)
}

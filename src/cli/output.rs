//! Where reports go: to the screen, and into files that are replaced by whole ones only.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use super::load::shown;
use super::write::{Target, cannot_write};
use crate::model::{Report, Totals};
use crate::report::{self, Kind, REPORTERS, Reporter};

/// An `--output` as given: a format, and the file it goes to; none for the screen.
#[derive(Debug, Clone)]
pub struct Output {
    format: &'static Kind,
    file: Option<PathBuf>,
}

impl Output {
    /// Whether it prints what is suggested for a work.
    pub fn suggests(&self) -> bool {
        self.format.suggests
    }

    /// Whether it is read as it is printed, so that it may be nothing at all.
    pub fn is_for_people(&self) -> bool {
        self.file.is_none() && self.format.starts.is_empty()
    }
}

/// What the help says of `--output`.
pub fn help() -> String {
    let names: Vec<&str> = REPORTERS.iter().map(|r| r.name).collect();
    format!(
        "How to report findings: {}. `FORMAT=FILE` writes a file; may be given several times [default: human on a terminal, \
         else plain]",
        names.join(", ")
    )
}

/// Reads an `--output`: `human`, `sarif=report.sarif`.
///
/// # Errors
/// What is wrong with it, as a clause.
pub fn parse(text: &str) -> Result<Output, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let Some(format) = report::reporter(name) else {
        return Err(super::no_format(name, REPORTERS.iter().map(|r| r.name)));
    };
    if file == Some("") {
        return Err(format!("name a file behind the `=`, as in `{name}=report.{name}`"));
    }
    Ok(Output { format, file: file.filter(|f| *f != "-").map(PathBuf::from) })
}

/// Bytes that go to the screen at once.
const AT_ONCE: usize = 64 << 10;

/// Whether the user lets terminals be drawn on, and does not want words alone.
pub fn may_draw() -> bool {
    std::env::var_os("NO_GRAPHICS").is_none()
}

/// Everything that a run prints, in all the formats that were asked for.
pub struct Outputs {
    sinks: Vec<Sink>,
}

struct Sink {
    reporter: Box<dyn Reporter>,
    to: To,
}

enum To {
    Screen(Box<dyn Write>),
    File(Target),
}

impl Outputs {
    /// Checks what was asked for, before anything is read.
    ///
    /// # Errors
    /// Two formats for one place.
    pub fn validate(outputs: &[Output]) -> Result<(), Failure> {
        for (i, output) in outputs.iter().enumerate() {
            let Some(other) = outputs.iter().take(i).find(|other| place(other) == place(output)) else { continue };
            let (one, two) = (other.format.name, output.format.name);
            return Err(Failure::Request(match &output.file {
                None => format!(
                    "only one format can be printed, and there are two, {one} and {two}: write one of them to a file, as \
                     in `--output {two}=FILE`"
                ),
                Some(file) => format!("two formats, {one} and {two}, are to be written to one file, {}", shown(file)),
            }));
        }
        Ok(())
    }

    /// Opens them; without any, people read the screen, which is standard error with `stderr`. Files are as they were until
    /// [`Outputs::commit`].
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn open(outputs: &[Output], options: &report::Options, stderr: bool) -> Result<Self, Failure> {
        let mut sinks = Vec::new();
        for output in outputs {
            let to = match &output.file {
                Some(path) => To::File(Target::open(path)?),
                None => screen(stderr, options.color),
            };
            sinks.push(Sink::new(output.format, to, options));
        }
        if sinks.is_empty() {
            let terminal = if stderr { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
            let name = if terminal && may_draw() { "human" } else { "plain" };
            sinks.push(Sink::new(
                report::reporter(name).unwrap_or(&REPORTERS[0]),
                screen(stderr, options.color),
                options,
            ));
        }
        Ok(Self { sinks })
    }

    /// No output at all: something else is printed.
    pub fn none() -> Self {
        Self { sinks: Vec::new() }
    }

    /// Prints a report in each format.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn report(&mut self, report: &Report) -> Result<(), Failure> {
        self.each(|reporter, out| reporter.report(report, out))
    }

    /// Shows all that was printed so far.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn show(&mut self) -> Result<(), Failure> {
        self.each(|_, out| out.flush())
    }

    /// Prints what stands at the end.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn finish(&mut self, totals: &Totals) -> Result<(), Failure> {
        self.each(|reporter, out| {
            reporter.finish(totals, out)?;
            out.flush()
        })
    }

    fn each(&mut self, write: impl Fn(&mut dyn Reporter, &mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut closed = false;
        let alone = self.sinks.len() == 1;
        for Sink { reporter, to } in &mut self.sinks {
            match to {
                To::Screen(out) => match write(reporter.as_mut(), out.as_mut()) {
                    // who reads the screen has seen enough; the files are to be whole
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !alone => closed = true,
                    result => result?,
                },
                To::File(target) => {
                    let path = target.path().to_owned();
                    write(reporter.as_mut(), target).map_err(|error| cannot_write(&path, &error))?;
                }
            }
        }
        if closed {
            self.sinks.retain(|sink| matches!(sink.to, To::File(_)));
        }
        Ok(())
    }

    /// Puts the files in their places.
    ///
    /// # Errors
    /// A file that cannot be replaced.
    pub fn commit(self) -> Result<(), Failure> {
        for sink in self.sinks {
            if let To::File(target) = sink.to {
                target.commit()?;
            }
        }
        Ok(())
    }

    /// The files that stay as they were when the run is given up.
    pub fn files(&self) -> Vec<String> {
        let file = |sink: &Sink| match &sink.to {
            To::File(target) => Some(shown(target.path())),
            To::Screen(_) => None,
        };
        self.sinks.iter().filter_map(file).collect()
    }
}

impl Sink {
    fn new(format: &Kind, to: To, options: &report::Options) -> Self {
        let color = matches!(to, To::Screen(_)) && options.color;
        Self { reporter: (format.make)(&report::Options { color, ..options.clone() }), to }
    }
}

/// Whether a file is a report of an earlier run, so that another may take its place unasked: it begins as reports for
/// programs do, or is empty.
pub fn is_report(path: &Path) -> bool {
    let longest = starts().map(str::len).max().unwrap_or(0);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(longest as u64).read_to_end(&mut bytes));
    read.is_ok() && (bytes.is_empty() || starts().any(|start| bytes.starts_with(start.as_bytes())))
}

fn starts() -> impl Iterator<Item = &'static str> {
    REPORTERS.iter().flat_map(|kind| kind.starts).copied()
}

/// The file that an output goes to, by one path for all that lead to it.
pub fn place(output: &Output) -> Option<PathBuf> {
    let path = output.file.as_deref()?;
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let file = path.file_name().map(|name| folder.join(name)).unwrap_or_else(|| path.to_owned());
    Some(fs::canonicalize(&file).unwrap_or(file))
}

fn screen(stderr: bool, color: bool) -> To {
    // without colours there is nothing to take out, which costs more than many a report
    let screen: Box<dyn Write> = match (stderr, color) {
        (true, true) => Box::new(anstream::stderr().lock()),
        (true, false) => Box::new(io::stderr().lock()),
        (false, true) => Box::new(anstream::stdout().lock()),
        (false, false) => Box::new(io::stdout().lock()),
    };
    To::Screen(Box::new(BufWriter::with_capacity(AT_ONCE, screen)))
}

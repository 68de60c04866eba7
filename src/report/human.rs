//! Findings drawn for a terminal, by miette.
//!
//! miette prints whole lines, panics past column 65,535 and scans a file from its start for every label, so it never
//! sees a work: it gets windows of it, see [`excerpt`](super::excerpt), in coordinates of their own.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::ops::Range;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents};
use miette::{SourceCode, SourceSpan, SpanContents};

use super::clean::clean;
use super::excerpt::excerpts;
use super::{Options, Reporter, sentences};
use crate::model::{Diagnostic, Label, Report, Severity, Totals};

/// Most columns of a window: a line that is read at a glance.
const COLUMNS: usize = 76;

/// Columns that line numbers and frames take beside a window.
const FRAME: usize = 10;

/// Draws one block a finding.
pub(super) struct Human {
    excerpts: bool,
    columns: usize,
    handler: GraphicalReportHandler,
    unread: sentences::Unread,
    quiet: bool,
}

impl Human {
    pub(super) fn new(options: &Options) -> Self {
        let theme = if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(options.width.clamp(40, 120))
            .with_context_lines(0)
            .with_urls(false)
            .without_cause_chain()
            .without_syntax_highlighting();
        let columns = options.width.saturating_sub(FRAME).clamp(24, COLUMNS);
        Self {
            excerpts: options.excerpts,
            columns,
            handler,
            unread: sentences::Unread::default(),
            quiet: options.quiet,
        }
    }

    fn finding(&self, report: &Report, diagnostic: &Diagnostic) -> Result<String, fmt::Error> {
        let (labels, more) = sentences::places(report, diagnostic);
        let drawn = self.excerpts && !labels.is_empty();
        let mut message = clean(&diagnostic.message);
        let mut footer = Vec::new();
        if !drawn {
            // without a drawing nothing else says where
            message = format!("{}: {message}", sentences::place(report, diagnostic));
            footer.extend(labels.iter().filter_map(|l| sentences::told(report, l, false)));
        }
        if more > 0 {
            footer.push(sentences::more_places(more));
        }
        footer.extend(diagnostic.score.as_ref().map(sentences::score));
        let help = match (diagnostic.help.as_deref().map(clean), &diagnostic.fix) {
            (Some(help), Some(fix)) => format!("{help}\n{}", sentences::fix(fix)),
            (None, Some(fix)) => sentences::fix_alone(fix),
            (help, None) => help.unwrap_or_default(),
        };
        let windows = if drawn { Windows::cut(report, &labels, self.columns) } else { Windows::default() };
        // the sign before the message alone would leave readers guessing which of them is an error
        let code = format!("{} [{}]", sentences::severity(diagnostic.severity), clean(&diagnostic.rule));
        let finding = Finding { code, severity: diagnostic.severity, message, help, windows };
        let mut handler = self.handler.clone();
        if !footer.is_empty() {
            handler = handler.with_footer(footer.join("\n"));
        }
        let mut block = String::new();
        handler.render_report(&mut block, &finding)?;
        Ok(block)
    }
}

impl Reporter for Human {
    fn report(&mut self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        if report.diagnostics.is_empty() || self.unread.write(report, out)? {
            return Ok(());
        }
        self.unread.end(out)?;
        for diagnostic in &report.diagnostics {
            let block = self.finding(report, diagnostic).map_err(io::Error::other)?;
            for line in block.lines() {
                writeln!(out, "{}", without_column(line).trim_end())?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        self.unread.end(out)?;
        if self.quiet { Ok(()) } else { out.write_all(sentences::summary(totals).as_bytes()) }
    }
}

/// Ends a name that already says where something is: miette puts line and column behind every name.
const PLACED: char = '\u{1f}';

/// Takes the line and column away that stand behind a name with [`PLACED`].
fn without_column(line: &str) -> Cow<'_, str> {
    let Some((before, after)) = line.split_once(PLACED) else { return Cow::Borrowed(line) };
    let rest = after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    Cow::Owned(format!("{before}{rest}"))
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Finding {
    code: String,
    severity: Severity,
    message: String,
    help: String,
    windows: Windows,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Finding {}

impl miette::Diagnostic for Finding {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info | Severity::Off => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.windows)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.windows.shown.iter().flat_map(|w| &w.marks).map(|mark| mark.label.clone());
        Some(Box::new(labels))
    }
}

/// What miette sees: one short line a window, at virtual offsets, with the real line and column.
#[derive(Debug, Default)]
struct Windows {
    text: String,
    shown: Vec<Window>,
}

#[derive(Debug)]
struct Window {
    name: String,
    /// Bytes of [`Windows::text`], its line break included: miette does not draw an empty label behind the last byte.
    range: Range<usize>,
    /// From 0.
    line: usize,
    marks: Vec<Mark>,
}

#[derive(Debug)]
struct Mark {
    label: LabeledSpan,
    /// From 0.
    column: usize,
}

impl Windows {
    fn cut(report: &Report, labels: &[&Label], columns: usize) -> Self {
        let mut windows = Self::default();
        for excerpt in excerpts(report, labels, columns) {
            let start = windows.text.len();
            let mark = |mark: &super::excerpt::Mark| {
                let label = labels.get(mark.label)?;
                let span = SourceSpan::new((start + mark.range.start).into(), mark.range.len());
                let text = (!label.text.is_empty()).then(|| clean(&label.text));
                let label = match label.primary {
                    true => LabeledSpan::new_primary_with_span(text, span),
                    false => LabeledSpan::new_with_span(text, span),
                };
                Some(Mark { label, column: mark.position.column.saturating_sub(1) })
            };
            let marks: Vec<Mark> = excerpt.marks.iter().filter_map(mark).collect();
            windows.text.push_str(&excerpt.text);
            windows.text.push('\n');
            let first = excerpt.marks.first().and_then(|m| labels.get(m.label)).map_or(0, |l| l.span.start);
            let source = report.sources.get(excerpt.source.0 as usize);
            let place = source.and_then(|s| s.place(first));
            windows.shown.push(Window {
                name: match place {
                    Some(place) => format!("{}, {place}{PLACED}", clean(&report.name)),
                    None => source.map(|s| clean(&s.name)).unwrap_or_default(),
                },
                range: start..windows.text.len(),
                line: excerpt.marks.first().map_or(0, |m| m.position.line.saturating_sub(1)),
                marks,
            });
        }
        windows
    }
}

impl SourceCode for Windows {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        // miette also asks for the span over two windows, to draw them as one: refused, it draws two
        let holds = |w: &&Window| w.range.start <= start && start < w.range.end && end <= w.range.end;
        let window = self.shown.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let column = window.marks.iter().find(|m| m.label.offset() == start).map_or(0, |m| m.column);
        let data = self.text.get(window.range.clone()).ok_or(MietteError::OutOfBounds)?;
        let range = (window.range.start, window.range.len()).into();
        let contents =
            MietteSpanContents::new_named(window.name.clone(), data.as_bytes(), range, window.line, column, 0);
        Ok(Box::new(contents))
    }
}

//! Fixes applied to the bytes of files, round after round, until nothing is left to fix.

pub(crate) mod make;
mod reading;
mod written;

use std::collections::{BTreeMap, HashSet};

pub use reading::Reading;

use crate::formats::Encoding;
use crate::model::{Diagnostic, Edit, Fix, Report, Safety, Severity, Source};

/// Whether a work has fixes that may be made: safe ones, and where `suggestions` are wanted those that only the author
/// knows to be right.
pub fn any(found: &[Diagnostic], suggestions: bool) -> bool {
    let applies = |f: &Fix| !f.edits.is_empty() && (suggestions || f.safety == Safety::Safe);
    found.iter().any(|d| d.fix.as_ref().is_some_and(applies))
}

/// Most rounds over one work. A round applies every fix that overlaps no other, so few are needed; a hundred tags that
/// are added behind each other need a hundred.
const MOST_ROUNDS: usize = 128;

/// The bytes of the files of a work that may be edited, by the names of their sources.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What became of the fixes of a work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Findings that are settled: the file and what was done in it.
    pub fixed: Vec<(String, String)>,
    /// Fixes that were left out, each as a sentence for people.
    pub left_out: Vec<String>,
    /// Suggestions that nobody asked to apply: the place and what would be done.
    pub suggestions: Vec<(String, String)>,
}

/// Applies the fixes of a work to its files. `judge` reads the work from the bytes that it is given and judges it; none
/// when that is no single work. With `suggestions`, what only the author can know is applied too.
///
/// After each round the work is read anew: when its text or fields that no fix meant would be other ones, the finding is
/// still there, or a graver one has come instead, the fix is left out, which is said.
pub fn settle(
    files: &mut Files,
    suggestions: bool,
    judge: &mut dyn FnMut(&Files) -> Option<(Reading, Report)>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(mut now) = judge(files) else { return outcome };
    let mut refused: HashSet<Key> = HashSet::new();
    for _ in 0..MOST_ROUNDS {
        let (before, report) = &now;
        let wanted = |d: &&Diagnostic| {
            let applies = |f: &Fix| (suggestions || f.safety == Safety::Safe) && is_within(report, f, files);
            d.fix.as_ref().is_some_and(applies) && !refused.contains(&key(d))
        };
        let all: Vec<&Diagnostic> = report.diagnostics.iter().filter(wanted).collect();
        let chosen = apart(all);
        if chosen.is_empty() {
            break;
        }
        let mut attempt = |chosen: &[&Diagnostic]| -> Result<(Files, (Reading, Report)), String> {
            let new = apply(report, files, chosen)?;
            let after = judge(&new).ok_or("it could not be read any more")?;
            settles(before, report, &after, chosen, suggestions)?;
            Ok((new, after))
        };
        let result = match attempt(&chosen) {
            Ok(done) => Some((chosen.clone(), done)),
            // one of them is to blame
            Err(_) => chosen.iter().find_map(|one| match attempt(&[*one]) {
                Ok(done) => Some((vec![*one], done)),
                Err(why) => {
                    if refused.insert(key(one)) {
                        outcome.left_out.push(left_out(report, one, &why));
                    }
                    None
                }
            }),
        };
        let Some((done, (new, after))) = result else { continue };
        outcome.fixed.extend(done.iter().map(|d| (file(report, d), title(d).to_owned())));
        *files = new;
        now = after;
    }
    let open = |d: &&Diagnostic| {
        d.fix.as_ref().is_some_and(|f| f.safety == Safety::Suggestion && is_within(&now.1, f, files))
            && !refused.contains(&key(d))
    };
    if !suggestions {
        let suggestion = |d: &Diagnostic| (place(&now.1, d), title(d).to_owned());
        outcome.suggestions = now.1.diagnostics.iter().filter(open).map(suggestion).collect();
    }
    outcome
}

/// What a fix is known by from round to round.
type Key = (String, Option<String>, String);

fn key(diagnostic: &Diagnostic) -> Key {
    (diagnostic.rule.clone(), diagnostic.subject.clone(), title(diagnostic).to_owned())
}

fn title(diagnostic: &Diagnostic) -> &str {
    diagnostic.fix.as_ref().map_or("", |f| &f.title)
}

/// Whether all edits of a fix are in files that may be edited.
fn is_within(report: &Report, fix: &Fix, files: &Files) -> bool {
    let mut names = fix.edits.iter().map(|e| report.source(e.span).and_then(Source::file));
    !fix.edits.is_empty() && names.all(|name| name.is_some_and(|n| files.contains_key(n)))
}

/// Those findings whose fixes overlap none of an earlier one. Two that insert at one place overlap; two that do the very
/// same, as findings of several rules may, are one.
fn apart(found: Vec<&Diagnostic>) -> Vec<&Diagnostic> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut chosen = Vec::new();
    for diagnostic in found {
        let Some(fix) = &diagnostic.fix else { continue };
        if fix.edits.iter().all(|new| taken.iter().all(|old| !overlap(old, new))) {
            taken.extend(&fix.edits);
            chosen.push(diagnostic);
        }
    }
    chosen
}

fn overlap(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.span, b.span);
    a.source == b.source
        && (a.start < b.end && b.start < a.end || a.start == b.start || a.is_empty() && a.start == b.end)
}

/// The files with the fixes of some findings.
fn apply(report: &Report, files: &Files, chosen: &[&Diagnostic]) -> Result<Files, String> {
    let mut new = files.clone();
    for (index, source) in report.sources.iter().enumerate() {
        let edits = chosen.iter().filter_map(|d| d.fix.as_ref()).flat_map(|f| &f.edits);
        let edits: Vec<&Edit> = edits.filter(|e| e.span.source.0 as usize == index).collect();
        let Some(bytes) = source.file().and_then(|name| new.get_mut(name)).filter(|_| !edits.is_empty()) else {
            continue;
        };
        *bytes = edited(source, bytes, &edits)?;
    }
    Ok(new)
}

/// The bytes of a file with edits of its text, which must not overlap. All other bytes stay as they are: encoding, byte
/// order mark, line breaks, and also bytes that mean nothing.
///
/// # Errors
/// A letter that the encoding of the file lacks, as a clause for people.
pub fn edited(source: &Source, bytes: &[u8], edits: &[&Edit]) -> Result<Vec<u8>, String> {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|e| (e.span.start, e.span.end));
    let mut new = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    for edit in edits {
        let range = source.original_range(edit.span.start..edit.span.end);
        let (start, end) = (range.start as usize, range.end as usize);
        new.extend_from_slice(bytes.get(at..start).ok_or("its edits overlap")?);
        if source.encoding.is_empty() {
            new.extend_from_slice(edit.text.as_bytes());
        } else {
            let name = source.encoding;
            let encoded = Encoding::named(name).ok().and_then(|e| e.encode(&edit.text));
            new.extend(encoded.ok_or_else(|| {
                format!("“{}” cannot be written in the encoding of the file, {name}", edit.text.trim())
            })?);
        }
        at = end;
    }
    new.extend_from_slice(bytes.get(at..).ok_or("its edits overlap")?);
    Ok(new)
}

/// Whether a round did what its fixes say and nothing else.
fn settles(
    before: &Reading,
    report: &Report,
    (after, judged): &(Reading, Report),
    chosen: &[&Diagnostic],
    suggestions: bool,
) -> Result<(), String> {
    let edits: Vec<&Edit> = chosen.iter().filter_map(|d| d.fix.as_ref()).flat_map(|f| &f.edits).collect();
    before.is_kept(after, &edits)?;
    for diagnostic in chosen {
        let key = key(diagnostic);
        let count = |report: &Report| report.diagnostics.iter().filter(|d| self::key(d) == key).count();
        if count(judged) >= count(report) {
            return Err("it would not settle the finding".to_owned());
        }
    }
    // what only the author knows may bring up another question, as a rating that is now understood does
    let suggested = chosen.iter().filter(|d| d.fix.as_ref().is_some_and(|f| f.safety == Safety::Suggestion));
    let most = suggested.map(|d| d.severity).max().unwrap_or(Severity::Off);
    let known: HashSet<_> = report.diagnostics.iter().map(about).collect();
    let goes_on = |d: &&Diagnostic| d.fix.as_ref().is_some_and(|f| suggestions || f.safety == Safety::Safe);
    let new = |d: &&Diagnostic| !known.contains(&about(d)) && d.severity > most && !goes_on(d);
    match judged.diagnostics.iter().find(new) {
        Some(new) => Err(format!("it would bring up another finding, {}", new.rule)),
        None => Ok(()),
    }
}

/// What a finding is about, whatever its words.
fn about(diagnostic: &Diagnostic) -> (&str, Option<&str>) {
    (&diagnostic.rule, diagnostic.subject.as_deref())
}

/// The file in which a fix is made.
fn file(report: &Report, diagnostic: &Diagnostic) -> String {
    let edit = diagnostic.fix.as_ref().and_then(|f| f.edits.first());
    let file = edit.and_then(|e| report.source(e.span)).and_then(Source::file);
    file.unwrap_or(&report.name).to_owned()
}

/// Where a fix is made, for people.
fn place(report: &Report, diagnostic: &Diagnostic) -> String {
    let edit = diagnostic.fix.as_ref().and_then(|f| f.edits.first());
    let place = edit.and_then(|e| Some((report.source(e.span)?, e.span.start)));
    place.map_or_else(|| report.name.clone(), |(source, at)| format!("{}:{}", source.name, source.position(at).line))
}

fn left_out(report: &Report, diagnostic: &Diagnostic, why: &str) -> String {
    format!("{}: “{}” was left out: {why}.", place(report, diagnostic), title(diagnostic))
}

//! JSON Lines of texts: one record a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Failure;
use super::input::is_stdin;
use super::load::{CONFIG, cannot_read};
use crate::formats::limits::{Limits, size};

/// A text with its name.
#[derive(Debug, Deserialize)]
pub struct Record {
    /// Any JSON value; printed as it stands.
    pub id: Box<RawValue>,
    /// The text.
    pub text: String,
}

/// Opens a file, or standard input for `-`.
///
/// # Errors
/// A file that cannot be opened.
pub fn open(path: &Path) -> Result<Box<dyn BufRead + Send>, Failure> {
    if is_stdin(path) {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(path).map_err(|e| cannot_read(path, &e))?;
    Ok(Box::new(BufReader::new(file)))
}

/// The lines of a file, none of them longer than a record may be. A line that cannot be read is a sentence without its
/// start and end; after a file that cannot be read further there is none.
pub struct Lines {
    reader: Option<Box<dyn BufRead + Send>>,
    longest: usize,
}

impl Lines {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, Failure> {
        Ok(Self { reader: Some(open(path)?), longest: limits.record_bytes })
    }
}

/// Why a line could not be read.
#[derive(Debug)]
pub enum Unread {
    /// It is longer than a record may be: its first bytes. The rest was passed over.
    TooLong(Vec<u8>),
    /// The file cannot be read further.
    Broken(io::Error),
}

/// How much is kept of a line that is too long: enough to tell which one it was.
const KEPT: usize = 64 << 10;

impl Lines {
    /// The next line with its line break; none at the end, and after a file that cannot be read further.
    pub fn next_bytes(&mut self) -> Option<Result<Vec<u8>, Unread>> {
        let reader = self.reader.as_mut()?;
        let mut line = Vec::new();
        // the line break is not counted
        let most = self.longest as u64 + 1;
        let result = reader.by_ref().take(most).read_until(b'\n', &mut line);
        let too_long = line.len() > self.longest && line.last() != Some(&b'\n');
        if too_long {
            line.truncate(KEPT);
            line.shrink_to_fit();
        }
        match if too_long { result.and_then(|_| reader.skip_until(b'\n')) } else { result } {
            Err(error) => {
                self.reader = None;
                Some(Err(Unread::Broken(error)))
            }
            Ok(_) if line.is_empty() => None,
            Ok(_) if too_long => Some(Err(Unread::TooLong(line))),
            Ok(_) => Some(Ok(line)),
        }
    }
}

impl Iterator for Lines {
    type Item = Result<String, String>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.next_bytes()? {
            Ok(line) => String::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned()),
            Err(Unread::Broken(error)) => Err(error.to_string()),
            Err(Unread::TooLong(_)) => {
                let most = size(self.longest);
                Err(format!(
                    "it is longer than the {most} that are read of one (limit: record-bytes; raise it under `[limits]` in \
                     {CONFIG})"
                ))
            }
        })
    }
}

/// A line as a record; else what is wrong with it, as a sentence without its end.
///
/// # Errors
/// What is no JSON object with these fields.
pub fn parse<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| {
        if error.is_syntax() || error.is_eof() {
            return "it is not JSON".to_owned();
        }
        let message = error.to_string();
        // the line is known: what serde counts is always line 1
        message.split(" at line ").next().unwrap_or(&message).to_owned()
    })
}

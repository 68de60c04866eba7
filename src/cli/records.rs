//! JSON Lines of texts: one record a line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Failure;
use super::input::is_stdin;
use super::load::cannot_read;

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
pub fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if is_stdin(path) {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(path).map_err(|e| cannot_read(path, &e))?;
    Ok(Box::new(BufReader::new(file)))
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

//! Lines of JSON Lines to works, one by one, as they come out of a pipe.

use std::path::Path;

use super::Options;
use crate::cli::Failure;
use crate::cli::load::Setup;
use crate::formats::line::{self, Line};
use crate::formats::metadata::Metadata;
use crate::formats::{Limits, Names};
use crate::model::Input;

/// How the lines of one input are read.
pub struct Reader<'a> {
    options: &'a Options,
    setup: &'a Setup,
    name: String,
    names: Names,
    beside: Vec<Metadata>,
    limits: Limits,
}

impl Options {
    /// A reader of the lines of a file or of standard input, with what stands beside it.
    ///
    /// # Errors
    /// Metadata that cannot be read, names of columns for no field.
    pub fn lines<'a>(&'a self, path: &Path, setup: &'a Setup) -> Result<Reader<'a>, Failure> {
        let (vocabulary, limits) = (&setup.rules.vocabulary, &setup.limits);
        Ok(Reader {
            options: self,
            setup,
            name: self.name(path),
            names: self.names(vocabulary)?,
            beside: self.beside(path, &super::Held::new(), limits, vocabulary)?,
            // a line has a limit of its own, and the stream it stands in has none
            limits: Limits { file_bytes: limits.file_bytes.max(limits.record_bytes), ..limits.clone() },
        })
    }
}

impl Reader<'_> {
    /// Reads one line.
    pub fn read(&self, number: usize, bytes: Vec<u8>) -> Line {
        let mut read = line::read(Input { name: self.name.clone(), bytes }, number, &self.names, &self.limits);
        if !read.work.format.is_empty() {
            let vocabulary = &self.setup.rules.vocabulary;
            self.options.complete(&mut read.work, &mut read.notes, &self.beside, vocabulary);
        }
        read
    }

    /// A line over the limit.
    pub fn too_long(&self, number: usize) -> Line {
        line::too_long(&self.name, number, &self.limits)
    }

    /// The columns that `--map` names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.names.pairs.iter().map(|(_, column)| column.as_str())
    }
}

//! One line of JSON Lines by itself, as it comes out of a pipe.

use super::limits::size;
use super::record::NOT_A_WORK;
use super::{Encoding, Format as _, Limits, Names, UNREADABLE, decode, is_unread, json, unreadable};
use crate::model::{Diagnostic, Input, Severity, Work};

/// What a line holds.
#[derive(Debug)]
pub struct Line {
    /// The work; without a format when there is none.
    pub work: Work,
    /// What its reader could not decide, or why there is no work.
    pub notes: Vec<Diagnostic>,
    /// Which of the named columns the record has; nothing when it is no record.
    pub met: Vec<bool>,
}

/// Reads one line, UTF-8 with or without its line break, of an input of this name; `number` says which line it is. What
/// comes out depends on nothing else: places are bytes from the start of the line.
pub fn read(input: Input, number: usize, names: &Names, limits: &Limits) -> Line {
    let name = format!("{}#{number}", input.name);
    if input.bytes.trim_ascii().is_empty() {
        return Line::without(name, Diagnostic::new(NOT_A_WORK, Severity::Info, "The line is empty."));
    }
    let (document, mut notes) = match decode::decode(input, Some(Encoding::UTF_8), limits) {
        Ok(decoded) => decoded,
        Err(refusal) => return Line::without(name, *refusal),
    };
    // they lie in the line, and places of the work in its record
    notes.iter_mut().for_each(|note| note.labels.clear());
    let mut read = None;
    let met = json::line(&document, number, names, limits, &mut |work, found| read = Some((work, found)));
    let Some((mut work, found)) = read else {
        return Line::without(name, unreadable("The line is no text."));
    };
    notes.extend(found);
    work.format = if is_unread(&work, &notes) { "" } else { json::LINES.name() };
    Line { work, notes, met }
}

/// What is told of a line over the limit, which nobody needs to read to know.
pub fn too_long(name: &str, number: usize, limits: &Limits) -> Line {
    let most = size(limits.record_bytes);
    let message = format!("The line has more than the {most} that are read of one (limit: record-bytes).");
    Line::without(format!("{name}#{number}"), unreadable(message))
}

impl Line {
    /// Why there is no work, as a sentence.
    pub fn refusal(&self) -> Option<&str> {
        let is_refusal = |n: &&Diagnostic| n.rule == UNREADABLE && n.severity == Severity::Error;
        let told = self.notes.iter().find(is_refusal).or(self.notes.last());
        told.filter(|_| self.work.format.is_empty()).map(|note| note.message.as_str())
    }

    fn without(name: String, note: Diagnostic) -> Self {
        Self { work: Work { name, ..Work::default() }, notes: vec![note], met: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: impl Into<Vec<u8>>, number: usize) -> Line {
        read(Input { name: "-".into(), bytes: text.into() }, number, &Names::default(), &Limits::default())
    }

    #[test]
    fn a_line_is_the_record_that_it_is_in_a_file() {
        let text = "\u{feff}  {\"id\": 7, \"rating\": \"Mature\", \"text\": \"Nia saw the ferry and laughed.\"}\r\n";
        let Line { work, notes, met } = line(text, 9);
        assert_eq!((work.name.as_str(), work.format, notes.len(), met.len()), ("-#9", "jsonl", 0, 0), "{notes:?}");
        let rating = &work.fields[0].values[0];
        let source = &work.sources[0];
        assert_eq!(source.position(rating.span.start).line, 9);
        let place = source.original_range(rating.span.start..rating.span.end);
        assert_eq!(&text[place.start as usize..place.end as usize], "Mature");
    }

    #[test]
    fn what_is_no_record_is_said_in_one_note() {
        for (text, says) in [
            (&b""[..], "The line is empty."),
            (b" \r\n", "The line is empty."),
            (b"\xef\xbb\xbf\n", "empty"),
            (b"[1, 2]", "no object"),
            (b"{\"text\": \"She", "This is not whole JSON"),
            (b"{}", "neither text nor metadata"),
            (b"PK\x03\x04 and more", "The line is no text."),
            (b"%PDF-1.7", "PDF"),
            (b"\xff\xfe\xff\xfe\xff\xfe", "."),
        ] {
            let Line { work, notes, .. } = line(text, 1);
            assert!(notes.iter().any(|n| n.message.contains(says)), "{says}: {notes:?}");
            assert!(work.format.is_empty() || notes.iter().any(|n| n.rule == NOT_A_WORK), "{says}");
        }
    }

    #[test]
    fn a_damaged_byte_does_not_take_the_work_along() {
        let mut text = b"{\"text\": \"Nia saw the ferry. She laughed, and the boats were in. \xff\"}".to_vec();
        text.extend(b"\n");
        let Line { work, notes, .. } = line(text, 1);
        assert_eq!(work.format, "jsonl");
        assert!(notes.iter().any(|n| n.rule == "core/encoding" && n.labels.is_empty()), "{notes:?}");
    }
}

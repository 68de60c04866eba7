//! Bytes to a document: which encoding a text is in, and what is no text at all.

use super::encoding::{self, Decoded, Encoding, Guess};
use super::limits::{self, Limits, MOST_BYTES, size};
use super::{Content, Document, foreign, unreadable};
use crate::model::{Decoding, Diagnostic, Input, Severity, Source, SourceId, Span};

/// The rule under which it is told how a text was decoded.
const ENCODING: &str = "core/encoding";

/// Decodes a file, or says why not. `given` is the encoding that people name; a byte order mark comes before it. The
/// notes say what was guessed or replaced.
///
/// # Errors
/// A file that is too large, empty, or in an encoding that is not read, as the diagnostic to report.
pub(super) fn decode(
    input: Input,
    given: Option<Encoding>,
    limits: &Limits,
) -> Result<(Document, Vec<Diagnostic>), Box<Diagnostic>> {
    let Input { name, bytes } = input;
    if bytes.len() > limits.file_bytes.min(MOST_BYTES) {
        return Err(too_large(limits));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(empty());
    }
    if let Some(refusal) = foreign::known(&bytes) {
        return Err(Box::new(refusal));
    }
    if foreign::is_zip(&bytes) || bytes.starts_with(RTF) {
        return Ok((Document { name, content: Content::Binary(bytes) }, Vec::new()));
    }
    let (source, mut notes) = text(name.clone(), bytes, given)?;
    if source.text.trim().is_empty() {
        return Err(empty());
    }
    let nuls = memchr::memchr_iter(0, source.text.as_bytes()).count();
    if nuls > source.text.len() / 100 {
        return Err(binary(&format!("{nuls} of its bytes are NUL")));
    }
    if nuls > 0 {
        let at = source.text.find('\0').unwrap_or(0);
        let message = format!("The text has {nuls} NUL bytes in it; they were read as spaces.");
        let note = Diagnostic::new(ENCODING, Severity::Warning, message)
            .at(Span::new(SourceId(0), at..at + 1), "the first one is here")
            .help("Remove them: they are left over from a damaged download or a binary file.");
        notes.push(note);
    }
    if let Some(refusal) = foreign::xml(&source.text) {
        return Err(Box::new(refusal));
    }
    Ok((Document { name, content: Content::Text(source) }, notes))
}

/// The refusal of a file over the limit.
pub(super) fn too_large(limits: &Limits) -> Box<Diagnostic> {
    let most = size(limits.file_bytes.min(MOST_BYTES));
    let message = format!("The file has more than the {most} that are read (limit: file-bytes).");
    let help = format!("Split it, or check one work at a time. {}", limits::raise("file-bytes"));
    Box::new(unreadable(message).help(help))
}

fn empty() -> Box<Diagnostic> {
    Box::new(unreadable("The file is empty: there is nothing to check."))
}

fn binary(why: &str) -> Box<Diagnostic> {
    let message = format!("The file is binary, not text: {why}.");
    Box::new(unreadable(message).help("Save the story as text, Markdown or HTML, in UTF-8."))
}

/// The first bytes of an RTF document.
pub(super) const RTF: &[u8] = b"{\\rtf";

/// The finding for a document that no format took.
pub(super) fn not_read(document: &Document) -> Diagnostic {
    match &document.content {
        Content::Binary(_) if matches!(document.extension().as_str(), "epub" | "docx" | "odt") => {
            let kind = document.extension().to_uppercase();
            unreadable(format!("The file is cut off or damaged, or it is another kind of zip container and no {kind}."))
                .help("Download or save it again.")
        }
        Content::Binary(bytes) => foreign::zip(bytes),
        Content::Text(_) => unreadable("This is not a text that forewarn can read."),
    }
}

/// Decodes an entry of a container, with what is to be said of it; one that is no text is empty.
#[cfg(any(feature = "docx", feature = "epub", feature = "odt"))]
pub(super) fn entry(name: String, bytes: Vec<u8>) -> (Source, Vec<Diagnostic>) {
    match text(name.clone(), bytes, None) {
        Ok(decoded) => decoded,
        Err(refusal) => (Source::new(name, "", Decoding::default()), vec![*refusal]),
    }
}

/// Decodes a text.
fn text(name: String, bytes: Vec<u8>, given: Option<Encoding>) -> Result<(Source, Vec<Diagnostic>), Box<Diagnostic>> {
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(Box::new(unreadable("The text is in UTF-32, which is not read.").help(SAVE)));
    }
    let (marked, skip) = encoding::marked(&bytes).unzip();
    let (known, skip) = (marked.or(given), skip.unwrap_or(0));
    if let Some(known) = known.filter(|e| *e != Encoding::UTF_8) {
        let decoded = encoding::decode(&bytes, skip, known);
        if decoded.is_wrong() {
            let help = "Name another encoding, or leave `--encoding` out.";
            let help = if marked.is_none() { help } else { SAVE };
            return Err(wrong(&decoded, known, help));
        }
        return Ok(with_damage(name, decoded, known));
    }
    if known.is_none() {
        check_nuls(&bytes)?;
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(mut text) => {
            let declared = encoding::declared(text.as_bytes()).filter(|e| encoding::switches(text.as_bytes(), *e));
            if let Some(declared) = declared.filter(|_| known.is_none()) {
                let decoded = encoding::decode(text.as_bytes(), skip, declared);
                if !decoded.is_doubtful() {
                    return Ok(with_damage(name, decoded, declared));
                }
            }
            text.drain(..skip);
            return Ok((Source::new(name, text, Decoding::shifted(skip as u32)), Vec::new()));
        }
        Err(error) => error.into_bytes(),
    };
    if known.is_some() || encoding::is_damaged_utf8(&bytes) {
        let decoded = encoding::decode(&bytes, skip, Encoding::UTF_8);
        return match decoded.is_wrong() {
            true => Err(wrong(&decoded, Encoding::UTF_8, SAVE)),
            false => Ok(with_damage(name, decoded, Encoding::UTF_8)),
        };
    }
    legacy(name, &bytes)
}

/// Decodes a text that is not UTF-8: as what it says itself to be in, or as what it seems to be in.
fn legacy(name: String, bytes: &[u8]) -> Result<(Source, Vec<Diagnostic>), Box<Diagnostic>> {
    check_controls(bytes)?;
    if let Some(declared) = encoding::declared(bytes).filter(|e| *e != Encoding::UTF_8) {
        let decoded = encoding::decode(bytes, 0, declared);
        if !decoded.is_doubtful() {
            return Ok(with_damage(name, decoded, declared));
        }
    }
    let guess = encoding::guess(bytes);
    let decoded = encoding::decode(bytes, 0, guess.encoding);
    if decoded.is_wrong() {
        let message = format!(
            "The text is not UTF-8, and in no other encoding that is known: in the likeliest one, {}, {} of its bytes mean nothing.",
            guess.encoding, decoded.damaged
        );
        return Err(Box::new(unreadable(message).help(SAVE_OR_NAME)));
    }
    let note = guessed(&decoded.text, guess);
    let (source, mut notes) = with_damage(name, decoded, guess.encoding);
    notes.insert(0, note);
    Ok((source, notes))
}

/// What to do about an encoding that is not read.
const SAVE: &str = "Save it as UTF-8: most editors ask for it under “Save as”.";
const SAVE_OR_NAME: &str = "Save it as UTF-8, or name its encoding with `--encoding`.";

/// The note that an encoding was guessed, at the first word that shows whether it was right.
fn guessed(text: &str, guess: Guess) -> Diagnostic {
    let Guess { encoding, is_sure } = guess;
    let (severity, message) = if is_sure {
        (Severity::Info, format!("The text is not UTF-8. Going by its letters, it was read as {encoding}."))
    } else {
        let message = "The text is not UTF-8, and it has too few letters outside ASCII to tell what else it is. It was \
                       read as";
        (Severity::Warning, format!("{message} {encoding}, which may be wrong."))
    };
    Diagnostic::new(ENCODING, severity, message).at(Span::new(SourceId(0), first_word(text)), "read like this").help(
        "If this is not the word that stands there, name the encoding with `--encoding`, or save the file as UTF-8.",
    )
}

/// Most bytes of a word that is shown on each side of its first letter outside ASCII.
const WORD: usize = 30;

/// The word with the first letter outside ASCII, or a stretch of it where words are not spaced.
fn first_word(text: &str) -> std::ops::Range<usize> {
    // a space that does not break shows nothing
    let shows = |c: char| !c.is_ascii() && !c.is_whitespace();
    let Some((at, c)) = text.char_indices().find(|(_, c)| shows(*c)) else { return 0..0 };
    let is_part = |c: &char| c.is_alphanumeric();
    let before = text.get(..at).unwrap_or("").chars().rev().take(WORD).take_while(is_part).map(char::len_utf8);
    let start = at - before.sum::<usize>();
    let behind = at + c.len_utf8();
    let after = text.get(behind..).unwrap_or("").chars().take(WORD).take_while(is_part).map(char::len_utf8);
    start..behind + after.sum::<usize>()
}

/// The source, and a note when some of its bytes mean nothing.
fn with_damage(name: String, decoded: Decoded, encoding: Encoding) -> (Source, Vec<Diagnostic>) {
    let mut notes = Vec::new();
    if decoded.damaged > 0 {
        let nothing = match decoded.damaged {
            1 => "1 byte means nothing and was passed over".to_owned(),
            count => format!("{count} bytes mean nothing and were passed over"),
        };
        let message = match encoding == Encoding::UTF_8 {
            true => format!("The text is not UTF-8 throughout: {nothing}."),
            false => format!("The text was read as {encoding}, and not throughout: {nothing}."),
        };
        let first = decoded.first;
        let note = Diagnostic::new(ENCODING, Severity::Warning, message)
            .at(Span::new(SourceId(0), first..first + char::REPLACEMENT_CHARACTER.len_utf8()), "the first one is here")
            .help("Save the file as UTF-8, or the words around these places are not checked.");
        notes.push(note);
    }
    let mut source = decoded.source(name);
    if encoding != Encoding::UTF_8 {
        source.encoding = encoding.name();
    }
    (source, notes)
}

fn wrong(decoded: &Decoded, encoding: Encoding, help: &str) -> Box<Diagnostic> {
    let message = format!("The text is not {}: {} of its bytes mean nothing there.", encoding.name(), decoded.damaged);
    Box::new(unreadable(message).help(help))
}

/// Refuses what has so many NUL bytes that it is no text of one or more bytes a letter.
fn check_nuls(bytes: &[u8]) -> Result<(), Box<Diagnostic>> {
    let nuls = memchr::memchr_iter(0, bytes).count();
    if nuls <= bytes.len() / 100 {
        return Ok(());
    }
    let pairs = bytes.as_chunks::<2>().0;
    let little = pairs.iter().filter(|p| p[0] != 0 && p[1] == 0).count();
    let big = pairs.iter().filter(|p| p[0] == 0 && p[1] != 0).count();
    // of ASCII in UTF-16, spaces and line breaks in any language, one half is NUL, and always the same
    if little.max(big) >= 4 && little.max(big) > 20 * little.min(big) && little.max(big) * 20 >= pairs.len() {
        let name = if little > big { "utf-16le" } else { "utf-16be" };
        let message =
            "The text seems to be in UTF-16 without the mark that says so (byte order mark), which is not guessed.";
        let help = format!("Save it as UTF-8, or name the encoding: `--encoding {name}`.");
        return Err(Box::new(unreadable(message).help(help)));
    }
    Err(binary(&format!("{nuls} of its bytes are NUL")))
}

/// Refuses what is not UTF-8 and has control characters that no text has.
fn check_controls(bytes: &[u8]) -> Result<(), Box<Diagnostic>> {
    // tab, line breaks, page breaks, the end mark of DOS and escapes do stand in texts
    let is_control = |b: &&u8| **b < 0x20 && !matches!(**b, b'\t'..=b'\r' | 0x1a | 0x1b);
    let controls = bytes.iter().filter(is_control).count();
    if controls <= bytes.len() / 200 {
        return Ok(());
    }
    Err(binary(&format!("{controls} of its bytes are control characters")))
}

#[cfg(test)]
mod tests;

//! Bytes to text, with the way back: byte order marks, damaged UTF-8, and what is no text at all.

use super::{Content, Document, Limits, unreadable};
use crate::model::{Decoding, Diagnostic, Input, Severity, Source, SourceId, Span};

/// Decodes a file, or says why not. The notes say what was guessed or replaced.
///
/// # Errors
/// A file that is too large, empty, or in an encoding that is not read, as the diagnostic to report.
pub(super) fn decode(input: Input, limits: &Limits) -> Result<(Document, Vec<Diagnostic>), Box<Diagnostic>> {
    let Input { name, bytes } = input;
    let refuse = |d: Diagnostic| Err(Box::new(d));
    if bytes.len() > limits.file_bytes {
        let message = format!(
            "The file has {} MB, more than the {} MB that are read.",
            bytes.len() >> 20,
            limits.file_bytes >> 20
        );
        return refuse(unreadable(message).help("Split it, or check one work at a time."));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return refuse(unreadable("The file is empty: there is nothing to check."));
    }
    if let Some(kind) = container(&bytes) {
        return refuse(unreadable(kind.0).help(kind.1));
    }
    if bytes.starts_with(ZIP) {
        return Ok((Document { name, content: Content::Binary(bytes) }, Vec::new()));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = "The text is in UTF-16, which is not read.";
        return refuse(unreadable(message).help("Save it as UTF-8: most editors ask for it under “Save as”."));
    }
    let nuls = bytes.iter().filter(|b| **b == 0).count();
    if nuls > bytes.len() / 100 {
        let message = format!("The file is binary, not text: {nuls} of its bytes are NUL.");
        return refuse(unreadable(message).help("Save the story as text, Markdown or HTML, in UTF-8."));
    }
    let skip = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut notes = Vec::new();
    let source = match String::from_utf8(bytes) {
        Ok(mut text) => {
            text.drain(..skip);
            Source::new(name.clone(), text, Decoding::shifted(skip as u32))
        }
        Err(error) => {
            let (source, damaged, first) = lossy(&name, &error.into_bytes(), skip);
            if damaged > source.text.len() / 20 {
                let message = format!("The text is not UTF-8: {damaged} of its bytes mean nothing there.");
                return refuse(unreadable(message).help("Save it as UTF-8."));
            }
            let message =
                format!("The text is not UTF-8 throughout: {damaged} bytes mean nothing and were passed over.");
            let note = Diagnostic::new("core/encoding", Severity::Warning, message)
                .at(Span::new(SourceId(0), first..first + '\u{fffd}'.len_utf8()), "the first one is here")
                .help("Save the file as UTF-8, or the words around these places are not checked.");
            notes.push(note);
            source
        }
    };
    if nuls > 0 {
        let at = source.text.find('\0').unwrap_or(0);
        let message = format!("The text has {nuls} NUL bytes in it; they were read as spaces.");
        let note = Diagnostic::new("core/encoding", Severity::Warning, message)
            .at(Span::new(SourceId(0), at..at + 1), "the first one is here")
            .help("Remove them: they are left over from a damaged download or a binary file.");
        notes.push(note);
    }
    Ok((Document { name, content: Content::Text(source) }, notes))
}

/// The first bytes of a zip container.
const ZIP: &[u8] = b"PK\x03\x04";

/// The finding for a document that no format took.
pub(super) fn not_read(document: &Document) -> Diagnostic {
    match &document.content {
        Content::Binary(_) if matches!(document.extension().as_str(), "epub" | "docx" | "odt") => {
            let kind = document.extension().to_uppercase();
            unreadable(format!("The file is cut off or damaged, or it is another kind of zip container and no {kind}."))
                .help("Download or save it again.")
        }
        Content::Binary(_) => unreadable("This is a zip container of a kind that is not read.")
            .help("Unpack it, or download or save the work as HTML or text."),
        Content::Text(_) => unreadable("This is not a text that forewarn can read."),
    }
}

/// Decodes an entry of a container: UTF-8, or UTF-16 with a byte order mark, as XML may be.
#[cfg(any(feature = "docx", feature = "epub", feature = "odt"))]
pub(super) fn entry(name: String, bytes: Vec<u8>) -> Source {
    let wide: Option<fn([u8; 2]) -> u16> = match bytes.get(..2) {
        Some(b"\xff\xfe") => Some(u16::from_le_bytes),
        Some(b"\xfe\xff") => Some(u16::from_be_bytes),
        _ => None,
    };
    if let Some(unit) = wide {
        let units = bytes.as_chunks::<2>().0.iter().skip(1).map(|pair| unit(*pair));
        let (mut text, mut decoding, mut at) = (String::new(), Decoding::default(), 2);
        for c in char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)) {
            decoding.push(text.len() as u32, at);
            text.push(c);
            at += 2 * c.len_utf16() as u32;
        }
        decoding.push(text.len() as u32, at);
        return Source::new(name, text, decoding);
    }
    let skip = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            text.drain(..skip);
            Source::new(name, text, Decoding::shifted(skip as u32))
        }
        Err(error) => lossy(&name, &error.into_bytes(), skip).0,
    }
}

/// What a binary file is, by its first bytes, and what to do instead.
fn container(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const KINDS: &[(&[u8], &str, &str)] = &[
        (b"%PDF", "This is a PDF, which is not read.", "Download the work as HTML."),
        (b"\xd0\xcf\x11\xe0", "This is an old Word document, which is not read.", "Save it as text or HTML."),
        (b"{\\rtf", "This is an RTF document, which is not read.", "Save it as text or HTML."),
    ];
    let mobi = bytes.get(60..68).is_some_and(|id| id == b"BOOKMOBI");
    if mobi {
        return Some(("This is a MOBI or AZW3 book, which is not read.", "Download the work as HTML."));
    }
    KINDS.iter().find(|k| bytes.starts_with(k.0)).map(|k| (k.1, k.2))
}

/// Decodes damaged UTF-8; each bad sequence becomes U+FFFD. Also gives the number of bad bytes and the decoded
/// offset of the first.
fn lossy(name: &str, bytes: &[u8], skip: usize) -> (Source, usize, usize) {
    let mut text = String::with_capacity(bytes.len());
    let mut decoding = Decoding::default();
    let (mut original, mut damaged, mut first) = (skip, 0, None);
    let mut open = true;
    for chunk in bytes.get(skip..).unwrap_or_default().utf8_chunks() {
        if open {
            decoding.push(text.len() as u32, original as u32);
        }
        text.push_str(chunk.valid());
        original += chunk.valid().len();
        open = !chunk.invalid().is_empty();
        if open {
            first.get_or_insert(text.len());
            decoding.push(text.len() as u32, original as u32);
            text.push('\u{fffd}');
            original += chunk.invalid().len();
            damaged += chunk.invalid().len();
        }
    }
    if open {
        // the end of a replacement at the end of the text is the end of the file
        decoding.push(text.len() as u32, original as u32);
    }
    (Source::new(name, text, decoding), damaged, first.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Result<(Source, usize), String> {
        let input = Input { name: "a.txt".into(), bytes: bytes.to_vec() };
        match decode(input, &Limits { file_bytes: 1000, ..Limits::default() }) {
            Ok((Document { content: Content::Text(source), .. }, notes)) => Ok((source, notes.len())),
            Ok(_) => Err("binary".into()),
            Err(d) => Err(d.message),
        }
    }

    #[test]
    fn offsets_map_back_behind_marks_and_damage() {
        let (source, notes) = text(b"\xef\xbb\xbfabc").unwrap();
        assert_eq!((source.text.as_str(), notes, source.original(1)), ("abc", 0, 4));
        let mut damaged = b"abcdefghijklmnopqrstuvwxyz \xe9t\xe9 end".to_vec();
        damaged.extend(b" and on".repeat(10));
        let (source, notes) = text(&damaged).unwrap();
        assert_eq!(notes, 1);
        let end = source.text.find("end").unwrap() as u32;
        assert_eq!(source.original(end) as usize, damaged.windows(3).position(|w| w == b"end").unwrap());
    }

    #[test]
    fn damage_at_the_end_of_the_file_maps_to_its_end() {
        let bytes = [&b"mostly harmless text, cut off inside a caf"[..], b"\xc3"].concat();
        let (source, _) = text(&bytes).unwrap();
        assert_eq!(source.original(source.text.len() as u32) as usize, bytes.len());
    }

    #[test]
    fn what_is_no_text_is_refused_with_a_reason() {
        for (bytes, part) in [
            (&b" \n"[..], "empty"),
            (b"PK\x03\x04rest", "binary"),
            (b"\xff\xfea\0b\0", "UTF-16"),
            (b"a\0b\0c\0", "binary"),
            (b"\xe9\xe8\xe7\xe6 \xe1", "not UTF-8"),
        ] {
            let message = text(bytes).err().unwrap();
            assert!(message.contains(part), "{message}");
        }
        assert!(text(&[b'a'; 1001]).is_err());
    }
}

//! Zip containers written as text, so that a mutation changes an entry and not a checksum.

use std::borrow::Cow;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Stands before the name of an entry; what the entry holds is on the lines after it.
const MARK: &str = ">>> ";

/// The entries of a text that starts with [`MARK`]; none of any other text. The line break before a mark is not part
/// of an entry.
pub fn entries(bytes: &[u8]) -> Vec<(Cow<'_, str>, &[u8])> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while let Some(entry) = rest.strip_prefix(MARK.as_bytes()) {
        let line = entry.iter().position(|b| *b == b'\n').unwrap_or(entry.len());
        let (name, content) = entry.split_at(line);
        let content = content.get(1..).unwrap_or_default();
        let next = content.windows(MARK.len() + 1).position(|w| w[0] == b'\n' && &w[1..] == MARK.as_bytes());
        let (content, after) = content.split_at(next.unwrap_or(content.len()));
        entries.push((String::from_utf8_lossy(name), content));
        rest = after.get(1..).unwrap_or_default();
    }
    entries
}

/// The zip container of a list of entries; other bytes as they are.
pub fn unpacked_or_raw(bytes: &[u8]) -> Cow<'_, [u8]> {
    let entries = entries(bytes);
    if entries.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in entries {
        // a name that is there already is refused
        if writer.start_file(&*name, options).is_ok() {
            let _ = writer.write_all(content);
        }
    }
    Cow::Owned(writer.finish().map(Cursor::into_inner).unwrap_or_default())
}

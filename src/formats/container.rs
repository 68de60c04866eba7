//! Zip containers read within limits: which entries there are, and the bytes of one at a time.
//!
//! What the directory says is checked first, which costs nothing; what an entry really unpacks to is counted while it
//! is read, since a directory may lie.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Content, Document, Limits, decode, unreadable};
use crate::model::{Diagnostic, Source};

/// Why a container is not read, as the finding to report.
pub(super) type Refusal = Box<Diagnostic>;

/// An entry that unpacks to less than this may be packed as tightly as it likes: a page of one repeated line is no bomb.
const RATIO_COUNTS_FROM: u64 = 1 << 20;

/// What the directory of every zip file has before each of its entries.
const ENTRY: &[u8] = b"PK\x01\x02";

/// An open container.
pub(super) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// Name with `/` between folders, to its index.
    names: BTreeMap<String, usize>,
    limits: &'b Limits,
    /// Bytes unpacked so far.
    unpacked: u64,
}

impl<'b> Archive<'b> {
    /// Reads the directory.
    ///
    /// # Errors
    /// A file that is cut off, that has too many entries, or one of whose entries is named as if it lay outside.
    pub(super) fn open(bytes: &'b [u8], limits: &'b Limits) -> Result<Self, Refusal> {
        // before anything is allocated for them
        if bytes.windows(ENTRY.len()).filter(|w| *w == ENTRY).nth(limits.entries).is_some() {
            let message =
                format!("The file holds more than the {} entries that are read (limit: entries).", limits.entries);
            return Err(refuse(message, "Check one work at a time."));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        let mut names = BTreeMap::new();
        for (index, name) in zip.file_names().enumerate() {
            let name = name.map_err(|_| damaged())?.replace('\\', "/");
            if name.starts_with('/') || name.split('/').any(|part| part == "..") {
                let message = format!("The file has an entry named “{name}”, which lies outside of it.");
                return Err(refuse(message, "No program for books or documents makes such files: do not trust it."));
            }
            names.insert(name, index);
        }
        Ok(Self { zip, names, limits, unpacked: 0 })
    }

    /// The names of all entries in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The name of an entry as it is written there, for one that may be spelled in another case.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let exact = self.names.get_key_value(name).map(|(n, _)| n);
        exact.or_else(|| self.names.keys().find(|n| n.eq_ignore_ascii_case(name))).map(String::as_str)
    }

    /// The bytes of an entry; none when there is no entry of that name.
    ///
    /// # Errors
    /// An entry over a limit, one that is encrypted or damaged.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(index) = self.find(name).and_then(|n| self.names.get(n)).copied() else { return Ok(None) };
        let limits = self.limits;
        let mut entry = self.zip.by_index(index).map_err(|e| failed(name, &e))?;
        if entry.encrypted() {
            return Err(locked());
        }
        let most = (limits.entry_bytes as u64).min((limits.unpacked_bytes as u64).saturating_sub(self.unpacked));
        let packed = entry.compressed_size().max(1);
        let tight = packed.saturating_mul(limits.ratio as u64).max(RATIO_COUNTS_FROM);
        if entry.size() > most || entry.size() > tight {
            return Err(too_large(name, entry.size(), most, tight, limits));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0));
        let allowed = most.min(tight);
        let read = entry.by_ref().take(allowed + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > allowed {
            return Err(too_large(name, bytes.len() as u64, most, tight, limits));
        }
        read.map_err(|_| damaged_entry(name))?;
        self.unpacked += bytes.len() as u64;
        Ok(Some(bytes))
    }

    /// The text of an entry as a source named `file:entry`; none when there is no entry of that name.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(super) fn text(&mut self, file: &str, name: &str) -> Result<Option<Source>, Refusal> {
        Ok(self.read(name)?.map(|bytes| decode::entry(format!("{file}:{name}"), bytes)))
    }
}

/// Whether a document is a zip container with an entry of that name. Names stand in such files unpacked, so this also
/// knows a file that is cut off.
pub(super) fn holds(document: &Document, name: &str) -> bool {
    let bytes = bytes(document);
    bytes.starts_with(b"PK\x03\x04") && bytes.windows(name.len()).any(|w| w == name.as_bytes())
}

/// Whether a document is a zip container whose first entry says what it is, as EPUB and ODT demand.
#[cfg(any(feature = "epub", feature = "odt"))]
pub(super) fn is_of_type(document: &Document, kind: &str) -> bool {
    let bytes = bytes(document);
    let first = || bytes.get(30..).unwrap_or_default();
    bytes.starts_with(b"PK\x03\x04")
        && first().strip_prefix(b"mimetype").is_some_and(|rest| {
            // an extra field may stand between the name and what the entry holds
            rest.get(..rest.len().min(200)).unwrap_or_default().windows(kind.len()).any(|w| w == kind.as_bytes())
        })
}

/// The bytes of a document that is no text.
pub(super) fn bytes(document: &Document) -> &[u8] {
    match &document.content {
        Content::Binary(bytes) => bytes,
        Content::Text(_) => &[],
    }
}

/// The refusal of a book whose text is encrypted.
pub(super) fn locked() -> Refusal {
    refuse("The file is copy-protected: its text is encrypted.", "Ask whoever made it for a file without protection.")
}

fn refuse(message: impl Into<String>, help: &str) -> Refusal {
    Box::new(unreadable(message).help(help))
}

fn damaged() -> Refusal {
    refuse(
        "The file is cut off or damaged: it is a zip container without a readable directory.",
        "Download or save it again.",
    )
}

fn damaged_entry(name: &str) -> Refusal {
    refuse(format!("The file is damaged: its entry “{name}” cannot be unpacked."), "Download or save it again.")
}

fn failed(name: &str, error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => locked(),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => refuse(
            format!("The entry “{name}” of the file is packed in a way that is not read."),
            "Save the work again, or as HTML.",
        ),
        _ => damaged_entry(name),
    }
}

fn too_large(name: &str, size: u64, most: u64, tight: u64, limits: &Limits) -> Refusal {
    let megabytes = |n: usize| n >> 20;
    let message = if size > most && most < limits.entry_bytes as u64 {
        let most = megabytes(limits.unpacked_bytes);
        format!("The file unpacks to more than the {most} MB that are read (limit: unpacked bytes).")
    } else if size > most {
        let most = megabytes(limits.entry_bytes);
        format!("The entry “{name}” unpacks to more than the {most} MB that are read of one (limit: entry bytes).")
    } else {
        debug_assert!(size > tight);
        format!(
            "The entry “{name}” unpacks to more than {} times its size, as no text does (limit: ratio).",
            limits.ratio
        )
    };
    refuse(message, "If it is a work, save it as HTML or text.")
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::*;

    /// A zip file of names and contents; the first entry is not packed, as EPUB and ODT demand.
    pub(in crate::formats) fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (i, (name, content)) in entries.iter().enumerate() {
            let method = if i == 0 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
            writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn refusal(bytes: &[u8], limits: &Limits, entry: &str) -> String {
        let read = Archive::open(bytes, limits).and_then(|mut a| a.read(entry));
        read.err().map(|d| d.message).unwrap_or_default()
    }

    #[test]
    fn entries_are_read_by_name_in_any_case() {
        let limits = Limits::default();
        let bytes = zipped(&[("mimetype", b"x"), ("OEBPS/Text/a.xhtml", "caf\u{e9}".as_bytes())]);
        let mut archive = Archive::open(&bytes, &limits).unwrap();
        assert_eq!(archive.read("oebps/text/A.xhtml").unwrap().unwrap(), "café".as_bytes());
        assert_eq!(archive.read("b.xhtml").unwrap(), None);
        let source = archive.text("a.epub", "OEBPS/Text/a.xhtml").unwrap().unwrap();
        assert_eq!((source.name.as_str(), source.text.as_str()), ("a.epub:OEBPS/Text/a.xhtml", "café"));
    }

    #[test]
    fn every_limit_refuses_by_its_name() {
        let zeros = vec![0; 3 << 20];
        let noise: Vec<u8> = (0..900_000_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let bytes = zipped(&[("mimetype", b"x"), ("bomb", &zeros), ("large", &noise)]);
        let limits = Limits { entry_bytes: 2 << 20, ..Limits::default() };
        assert!(refusal(&bytes, &Limits::default(), "bomb").contains("limit: ratio"));
        assert!(refusal(&bytes, &limits, "large").contains("limit: entry bytes"));
        assert!(
            refusal(&bytes, &Limits { unpacked_bytes: 1 << 20, ..limits.clone() }, "large").contains("unpacked bytes")
        );
        assert!(refusal(&bytes, &Limits { entries: 2, ..limits.clone() }, "mimetype").contains("limit: entries"));
        assert_eq!(refusal(&bytes, &Limits { entries: 3, ..limits }, "mimetype"), "");
        assert_eq!(refusal(&bytes, &Limits::default(), "large"), "");
    }

    #[test]
    fn what_unpacks_to_more_than_the_directory_says_is_refused() {
        let mut bytes = zipped(&[("mimetype", b"x"), ("bomb", &vec![b'a'; 8 << 20])]);
        let size = (8_u32 << 20).to_le_bytes();
        while let Some(at) = bytes.windows(4).position(|w| w == size) {
            bytes[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
        }
        let limits = Limits { ratio: 10, ..Limits::default() };
        let message = refusal(&bytes, &limits, "bomb");
        assert!(message.contains("limit: ratio") || message.contains("damaged"), "{message}");
    }

    #[test]
    fn more_entries_than_are_read_are_refused_before_they_are_listed() {
        let names: Vec<String> = (0..10_000).map(|i| format!("chapter{i}.xhtml")).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
        assert!(refusal(&zipped(&entries), &Limits::default(), "chapter1.xhtml").contains("limit: entries"));
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../evil", "OEBPS/../../evil", "/etc/passwd", "..\\evil"] {
            let bytes = zipped(&[("mimetype", b"x"), (name, b"y")]);
            assert!(refusal(&bytes, &Limits::default(), "mimetype").contains("outside"), "{name}");
        }
        assert_eq!(refusal(&zipped(&[("a..b", b"x"), ("...", b"")]), &Limits::default(), "a..b"), "");
    }

    #[test]
    fn no_cut_and_no_changed_byte_makes_it_panic() {
        let whole = zipped(&[("mimetype", b"application/epub+zip"), ("a", &b"sea and sand ".repeat(40))]);
        let limits = Limits::default();
        for end in 0..whole.len() {
            assert_ne!(refusal(&whole[..end], &limits, "a"), "", "cut at {end}");
        }
        for at in 0..whole.len() {
            for value in [0, 0xff, whole[at] ^ 1] {
                let mut changed = whole.clone();
                changed[at] = value;
                let _ = Archive::open(&changed, &limits).and_then(|mut a| a.read("a"));
            }
        }
    }
}

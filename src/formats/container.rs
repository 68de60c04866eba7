//! Zip containers read within limits: which entries there are, and the bytes of one at a time.
//!
//! What the directory says is checked before anything is allocated for it; an entry that unpacks to more than the
//! directory says is refused where that shows, since a directory may lie.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::ops::Range;

use zip::read::ZipFileEntry;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::{Content, Document, Limits, decode, limits, unreadable};
use crate::formats::limits::size;
use crate::model::{Diagnostic, Source};

/// Why a container is not read, as the finding to report.
pub(super) type Refusal = Box<Diagnostic>;

/// An entry that unpacks to less than this may be packed as tightly as it likes: a page of one repeated line is no bomb.
const RATIO_COUNTS_FROM: u64 = 1 << 20;

/// What to do about entries that are not in the encoding that they should be in.
const ANEW: &str = "Make the file anew with the program that it comes from, or look whether the letters are right.";

/// What the directory of every zip file has before each of its entries, and the bytes of an entry without its name.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: u64 = 46;

/// The fewest bytes that stand before the content of an entry.
const LOCAL_BYTES: u64 = 30;

/// What stands before the records at the end of a zip file that say how many entries it has: the usual one, the one
/// for more than 65,534 entries, and what leads from the first to the second.
const END: &[u8] = b"PK\x05\x06";
const LARGE_END: &[u8] = b"PK\x06\x06";
const LOCATOR: &[u8] = b"PK\x06\x07";

/// Bytes at the end of a file among which the usual record is looked for: it may end with a comment.
const END_WITHIN: usize = 22 + 4 + (1 << 16);
const LOCATOR_BYTES: usize = 20;

/// An open container.
pub(super) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// Name with `/` between folders, to its index.
    names: BTreeMap<String, usize>,
    /// Names with capital letters, by what they are in lower case.
    folded: BTreeMap<String, String>,
    limits: &'b Limits,
    /// Bytes unpacked so far.
    unpacked: u64,
    /// What is to be said about the text of entries, with the number of entries.
    said: Option<(Diagnostic, usize)>,
}

impl<'b> Archive<'b> {
    /// Reads the directory.
    ///
    /// # Errors
    /// A file that is cut off, that has too many entries, one of whose entries is named as if it lay outside, two that
    /// are named alike, and two that share their bytes.
    pub(super) fn open(bytes: &'b [u8], limits: &'b Limits) -> Result<Self, Refusal> {
        check_claims(bytes, limits)?;
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        let (mut names, mut folded) = (BTreeMap::new(), BTreeMap::new());
        for (index, name) in zip.file_names().enumerate() {
            let name = name.map_err(|_| damaged())?.replace('\\', "/");
            let drive = name.as_bytes().get(1) == Some(&b':');
            if name.starts_with('/') || drive || name.split('/').any(|part| part == "..") {
                let message = format!("The file has an entry named “{name}”, which lies outside of it.");
                return Err(refuse(message, "No program for books or documents makes such files: do not trust it."));
            }
            if name.bytes().any(|b| b.is_ascii_uppercase()) {
                folded.entry(name.to_ascii_lowercase()).or_insert_with(|| name.clone());
            }
            names.insert(name, index);
        }
        if zip.has_duplicate_names() || names.len() < zip.len() {
            let message = "The file has two entries of the same name, so what it holds depends on who reads it.";
            return Err(refuse(message, "Save it again with the program that made it, or as HTML or text."));
        }
        let ranges = ranges(&zip);
        if ranges.iter().any(|r| r.end > bytes.len() as u64) {
            return Err(damaged());
        }
        if ranges.windows(2).any(|pair| matches!(pair, [before, after] if before.end > after.start)) {
            let message = "The file has entries that share their bytes, as no honest file does (limit: ratio).";
            return Err(refuse(message, "No program for books or documents makes such files: do not trust it."));
        }
        Ok(Self { zip, names, folded, limits, unpacked: 0, said: None })
    }

    /// The names of all entries in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The name of an entry as it is written there, for one that may be spelled in another case.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let lower = || name.to_ascii_lowercase();
        let other = || self.folded.get(&lower()).or_else(|| self.names.get_key_value(&lower()).map(|(n, _)| n));
        self.names.get_key_value(name).map(|(n, _)| n).or_else(other).map(String::as_str)
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.names.get(self.find(name)?).copied()
    }

    /// Sees that these entries can be unpacked one after the other, before the first of them is.
    ///
    /// # Errors
    /// Entries that are over the limits together.
    #[cfg(feature = "epub")]
    pub(super) fn check<'n>(&self, names: impl Iterator<Item = &'n str>) -> Result<(), Refusal> {
        let (mut size, mut packed) = (0_u64, 0_u64);
        for entry in names.filter_map(|n| self.zip.by_index_data(self.index(n)?).ok()) {
            size = size.saturating_add(entry.size());
            packed = packed.saturating_add(entry.compressed_size());
        }
        if size > (self.limits.unpacked_bytes as u64).saturating_sub(self.unpacked) {
            return Err(unpacks_to_more(self.limits));
        }
        if size > tightest(packed, self.limits) {
            let ratio = self.limits.ratio;
            let message = format!("The text of the file unpacks to more than {ratio} times its size, as no text does");
            return Err(over(message, "ratio"));
        }
        Ok(())
    }

    /// The bytes of an entry; none when there is no entry of that name.
    ///
    /// # Errors
    /// An entry over a limit, one that is encrypted, damaged or a link.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(index) = self.index(name) else { return Ok(None) };
        let limits = self.limits;
        let mut entry = self.zip.by_index(index).map_err(|e| failed(name, &e))?;
        if entry.encrypted() {
            return Err(locked());
        }
        if entry.is_symlink() {
            let message = format!("The entry “{name}” of the file is a link to another file, which is not followed.");
            return Err(refuse(message, "Save the work again, or as HTML or text."));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(packed_otherwise(name));
        }
        let (size, packed) = (entry.size(), entry.compressed_size());
        if size > (limits.unpacked_bytes as u64).saturating_sub(self.unpacked) {
            return Err(unpacks_to_more(limits));
        }
        if size > limits.entry_bytes as u64 {
            let most = limits::size(limits.entry_bytes);
            let message = format!("The entry “{name}” unpacks to more than the {most} that are read of one");
            return Err(over(message, "entry-bytes"));
        }
        if size > tightest(packed, limits) {
            let ratio = limits.ratio;
            let message = format!("The entry “{name}” unpacks to more than {ratio} times its size, as no text does");
            return Err(over(message, "ratio"));
        }
        // what text may well unpack to: the rest is allocated when it has shown to be there
        let likely = size.min(packed.saturating_mul(8)).min(limits.entry_bytes as u64);
        let mut bytes = Vec::with_capacity(usize::try_from(likely).unwrap_or(0));
        let read = entry.by_ref().take(size + 1).read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 != size {
            return Err(damaged_entry(name));
        }
        self.unpacked += size;
        Ok(Some(bytes))
    }

    /// The text of an entry as a source named `file:entry`; none when there is no entry of that name.
    ///
    /// # Errors
    /// As [`read`](Self::read), and an entry that is no text.
    pub(super) fn text(&mut self, file: &str, name: &str) -> Result<Option<Source>, Refusal> {
        let Some(bytes) = self.read(name)? else { return Ok(None) };
        // UTF-16 has as many
        let is_wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        let nuls = bytes.iter().filter(|b| **b == 0).count();
        if bytes.starts_with(b"PK\x03\x04") || nuls > bytes.len() / 100 && !is_wide {
            let message = format!("The entry “{name}” of the file is binary, where text should be.");
            return Err(refuse(message, "Download or save it again, or as HTML or text."));
        }
        let (source, notes) = decode::entry(format!("{file}:{name}"), bytes);
        if let Some(note) = notes.into_iter().max_by_key(|n| n.severity) {
            match &mut self.said {
                Some((_, entries)) => *entries += 1,
                None => {
                    let message = format!("In the entry “{name}”: {}", note.message);
                    self.said =
                        Some((Diagnostic { message, labels: Vec::new(), help: Some(ANEW.to_owned()), ..note }, 1));
                }
            }
        }
        Ok(Some(source))
    }

    /// What is to be said about how the text of entries was decoded: of the first one, since the others of a book are
    /// like it.
    pub(super) fn notes(&mut self) -> Option<Diagnostic> {
        let (mut note, entries) = self.said.take()?;
        match entries {
            1 => {}
            2 => note.message.push_str(" Another entry is like it."),
            _ => note.message.push_str(&format!(" {} more entries are like it.", entries - 1)),
        }
        Some(note)
    }
}

/// Refuses what a directory claims that is too large, before anything is allocated for it.
fn check_claims(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let number = |at: usize, width: usize| -> u64 {
        let little = bytes.get(at..at + width).unwrap_or_default().iter().rev();
        little.fold(0, |n, byte| n << 8 | u64::from(*byte))
    };
    let (mut entries, mut directory, mut large) = (0, 0, 0);
    for at in starts(bytes, b"PK") {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(ENTRY) {
            entries += 1;
            // with the name, what programs add to it, and a comment
            directory += ENTRY_BYTES + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
        } else if rest.starts_with(LARGE_END) {
            large = large.max(number(at + 32, 8));
        } else if rest.starts_with(END) && bytes.len() - at <= END_WITHIN {
            let count = number(at + 8, 2).max(number(at + 10, 2));
            let before = at.checked_sub(LOCATOR_BYTES).and_then(|l| bytes.get(l..)).unwrap_or_default();
            // the largest number says that the other record has it
            if !(count == 0xffff && before.starts_with(LOCATOR)) {
                entries = entries.max(count);
            }
        }
    }
    // without what leads to it such a record is part of something else
    if large > entries && starts(bytes, LOCATOR).next().is_some() {
        entries = large;
    }
    if entries > limits.entries as u64 {
        let message = format!("The file holds more than the {} entries that are read", limits.entries);
        return Err(over(message, "entries"));
    }
    if directory > limits.directory_bytes as u64 {
        let most = size(limits.directory_bytes);
        let message = format!("The names of the file's entries take more than the {most} that are read");
        return Err(over(message, "directory-bytes"));
    }
    Ok(())
}

/// Where a mark stands in a file.
fn starts<'b>(bytes: &'b [u8], mark: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    bytes.windows(mark.len()).enumerate().filter(move |(_, w)| *w == mark).map(|(at, _)| at)
}

/// The bytes that each entry takes at least, in order.
fn ranges(zip: &ZipArchive<Cursor<&[u8]>>) -> Vec<Range<u64>> {
    let entries = (0..zip.len()).filter_map(|i| zip.by_index_data(i).ok());
    let end = |e: &ZipFileEntry<'_>| e.header_start().saturating_add(LOCAL_BYTES).saturating_add(e.compressed_size());
    let mut ranges: Vec<_> = entries.map(|e| e.header_start()..end(&e)).collect();
    ranges.sort_unstable_by_key(|r| (r.start, r.end));
    ranges
}

/// The most bytes that packed ones may unpack to.
fn tightest(packed: u64, limits: &Limits) -> u64 {
    packed.saturating_mul(limits.ratio as u64).max(RATIO_COUNTS_FROM)
}

/// The path in a container, and the fragment, of a link in the file `base`.
#[cfg(any(feature = "docx", feature = "epub"))]
pub(super) fn resolve(base: &str, href: &str) -> (String, Option<String>) {
    let (path, fragment) = match href.split_once('#') {
        Some((path, fragment)) => (path, Some(decoded(fragment)).filter(|f| !f.is_empty())),
        None => (href, None),
    };
    let path = decoded(path);
    if path.is_empty() {
        return (base.to_owned(), fragment);
    }
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { base.split('/').collect() };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    (parts.join("/"), fragment)
}

/// Undoes `%20`. What is no UTF-8 then stays as it was.
#[cfg(any(feature = "docx", feature = "epub"))]
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|h| std::str::from_utf8(h).ok())
            .filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()).filter(|_| byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
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

fn packed_otherwise(name: &str) -> Refusal {
    let message = format!("The entry “{name}” of the file is packed in a way that is not read.");
    refuse(message, "Save the work again, or as HTML.")
}

fn failed(name: &str, error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => locked(),
        ZipError::UnsupportedArchive(_) => packed_otherwise(name),
        _ => damaged_entry(name),
    }
}

const SAVE_AS_TEXT: &str = "If it is a work, save it as HTML or text.";

/// The refusal of what is over a limit.
fn over(message: String, key: &str) -> Refusal {
    let help = format!("{SAVE_AS_TEXT} {}", limits::raise(key));
    refuse(format!("{message} (limit: {key})."), &help)
}

fn unpacks_to_more(limits: &Limits) -> Refusal {
    let most = size(limits.unpacked_bytes);
    over(format!("The file unpacks to more than the {most} that are read"), "unpacked-bytes")
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

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

    #[cfg(any(feature = "docx", feature = "epub"))]
    #[test]
    fn links_lead_to_entries() {
        for (base, href, path, fragment) in [
            ("content.opf", "a.xhtml", "a.xhtml", None),
            ("OEBPS/content.opf", "Text/a%20b.xhtml#c1", "OEBPS/Text/a b.xhtml", Some("c1")),
            ("OEBPS/nav/nav.xhtml", "../a.xhtml#", "OEBPS/a.xhtml", None),
            ("OEBPS/nav.xhtml", "#x", "OEBPS/nav.xhtml", Some("x")),
            ("a.opf", "../../b.xhtml", "b.xhtml", None),
            ("a.opf", "100%25/%zz%e9", "100%/%zz%e9", None),
        ] {
            let expected = if path.contains("%zz") { "100%25/%zz%e9" } else { path };
            assert_eq!(resolve(base, href), (expected.to_owned(), fragment.map(str::to_owned)), "{href}");
        }
    }

    #[test]
    fn every_limit_refuses_by_its_name() {
        let zeros = vec![0; 3 << 20];
        let noise: Vec<u8> = (0..900_000_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let bytes = zipped(&[("mimetype", b"x"), ("bomb", &zeros), ("large", &noise)]);
        let limits = Limits { entry_bytes: 2 << 20, ..Limits::default() };
        assert!(refusal(&bytes, &Limits::default(), "bomb").contains("limit: ratio"));
        assert!(refusal(&bytes, &limits, "large").contains("limit: entry-bytes"));
        assert!(
            refusal(&bytes, &Limits { unpacked_bytes: 1 << 20, ..limits.clone() }, "large")
                .contains("limit: unpacked-bytes")
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
        let message = refusal(&bytes, &Limits::default(), "bomb");
        assert!(message.contains("damaged"), "{message}");
    }

    #[test]
    fn more_entries_than_are_read_are_refused_before_they_are_listed() {
        let names: Vec<String> = (0..10_000).map(|i| format!("chapter{i}.xhtml")).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
        assert!(refusal(&zipped(&entries), &Limits::default(), "chapter1.xhtml").contains("limit: entries"));
    }

    #[test]
    fn what_a_directory_claims_is_refused_before_it_is_allocated() {
        let whole = zipped(&[("mimetype", b"x"), ("a", b"sea")]);
        let end = whole.len() - 22;
        let mut many = whole.clone();
        many[end + 8..end + 12].copy_from_slice(&[0xff, 0xfe, 0xff, 0xfe]);
        assert!(refusal(&many, &Limits::default(), "a").contains("limit: entries"));
        // the record for large files, with a number of entries that no file can hold
        let (directory, record) = whole.split_at(end);
        let mut large = directory.to_vec();
        large.extend(LARGE_END);
        large.extend([44_u64, 0, 0, u64::MAX >> 1, u64::MAX >> 1, 92, 0].iter().flat_map(|n| n.to_le_bytes()).take(52));
        large.extend(LOCATOR);
        large.extend([0, 0, 0, 0, end as u8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        let mut record = record.to_vec();
        record[8..20].fill(0xff);
        large.extend(record);
        assert!(refusal(&large, &Limits::default(), "a").contains("limit: entries"));
        let long = "a".repeat(60_000);
        let bytes = zipped(&[("mimetype", b"x"), (&long, b"y")]);
        assert!(
            refusal(&bytes, &Limits { directory_bytes: 1 << 15, ..Limits::default() }, "a").contains("directory-bytes")
        );
    }

    #[test]
    fn entries_that_share_bytes_or_names_are_refused() {
        let names = zipped(&[("mimetype", b"x"), ("a/b", b"y"), ("a\\b", b"z")]);
        assert!(refusal(&names, &Limits::default(), "mimetype").contains("same name"));
        let mut shared = zipped(&[("mimetype", b"x"), ("a", b"sea"), ("b", b"sea")]);
        let entries: Vec<usize> = starts(&shared, ENTRY).collect();
        let second: [u8; 4] = shared[entries[1] + 42..entries[1] + 46].try_into().unwrap();
        shared[entries[2] + 42..entries[2] + 46].copy_from_slice(&second);
        assert!(refusal(&shared, &Limits::default(), "a").contains("share their bytes"));
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../evil", "OEBPS/../../evil", "/etc/passwd", "..\\evil", "C:\\evil"] {
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

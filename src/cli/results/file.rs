//! The one file that holds the results for a folder.
//!
//! A mark, the program that wrote it, a sum over the rest; then an entry a file, in the order in which they are checked.

use std::ops::Range;

use crate::cli::caches::Key;

/// What every such file starts with.
const MAGIC: &[u8; 16] = b"forewarn results";
/// Bytes before the entries.
const HEAD: usize = MAGIC.len() + size_of::<Key>() + size_of::<u32>();

/// What is known of a file that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What a look at it says; 0 when that says too little.
    pub look: u64,
    /// What is in it, and in the file of metadata that is its own.
    pub content: Key,
    /// Whatever else decides about its results.
    pub context: Key,
    /// Where its results stand in the bytes they were read from.
    pub body: Range<usize>,
}

/// The entries of a file with their paths, if it is whole and this program wrote it.
pub fn read<'b>(bytes: &'b [u8], program: &Key) -> Option<Vec<(&'b [u8], Entry)>> {
    let (sum, content) = bytes.strip_prefix(MAGIC)?.strip_prefix(program)?.split_first_chunk::<4>()?;
    if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mut reader = Reader { bytes, at: HEAD };
    let mut entries = Vec::new();
    while reader.at < bytes.len() {
        let path = reader.part()?;
        let entry = Entry {
            look: u64::from_le_bytes(reader.chunk()?),
            content: reader.chunk()?,
            context: reader.chunk()?,
            body: reader.part()?,
        };
        entries.push((bytes.get(path)?, entry));
    }
    Some(entries)
}

/// A file that is being written.
pub struct Written {
    head: [u8; HEAD],
    entries: Vec<u8>,
}

impl Written {
    pub fn new(program: &Key) -> Self {
        let mut head = [0; HEAD];
        for (place, byte) in head.iter_mut().zip(MAGIC.iter().chain(program)) {
            *place = *byte;
        }
        Self { head, entries: Vec::new() }
    }

    /// Adds what is known of a file.
    pub fn add(&mut self, path: &[u8], entry: &Entry, body: &[u8]) {
        let Entry { look, content, context, body: _ } = entry;
        self.part(path);
        self.entries.extend_from_slice(&look.to_le_bytes());
        self.entries.extend_from_slice(content);
        self.entries.extend_from_slice(context);
        self.part(body);
    }

    /// How many bytes it has so far.
    pub fn len(&self) -> usize {
        HEAD + self.entries.len()
    }

    fn part(&mut self, part: &[u8]) {
        self.entries.extend_from_slice(&(part.len() as u64).to_le_bytes());
        self.entries.extend_from_slice(part);
    }

    /// Its bytes, in two parts.
    pub fn parts(&mut self) -> [&[u8]; 2] {
        let sum = crc32fast::hash(&self.entries).to_le_bytes();
        for (place, byte) in self.head.iter_mut().rev().zip(sum.iter().rev()) {
            *place = *byte;
        }
        [&self.head, &self.entries]
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let chunk = self.bytes.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(*chunk)
    }

    fn part(&mut self) -> Option<Range<usize>> {
        let count = usize::try_from(u64::from_le_bytes(self.chunk()?)).ok()?;
        let range = self.at..self.at.checked_add(count).filter(|end| *end <= self.bytes.len())?;
        self.at = range.end;
        Some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut written = Written::new(&[7; 16]);
        let entry = |look| Entry { look, content: [1; 16], context: [2; 16], body: 0..0 };
        written.add(b"a.md", &entry(5), b"found");
        written.add(b"b/c.md", &entry(6), b"");
        assert_eq!(written.len(), written.parts().concat().len());
        written.parts().concat()
    }

    #[test]
    fn what_was_written_is_read_and_nothing_else_is() {
        let whole = written();
        let entries = read(&whole, &[7; 16]).unwrap();
        let shown: Vec<_> = entries.iter().map(|(path, e)| (*path, e.look, &whole[e.body.clone()])).collect();
        assert_eq!(shown, [(&b"a.md"[..], 5, &b"found"[..]), (b"b/c.md", 6, b"")]);
        assert!(read(&whole, &[8; 16]).is_none(), "another program");
        assert!((0..whole.len()).all(|length| read(&whole[..length], &[7; 16]).is_none()));
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            assert!(read(&bytes, &[7; 16]).is_none(), "{at}");
        }
    }

    #[test]
    fn a_forged_file_does_no_harm() {
        let whole = written();
        for at in HEAD..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                let sum = crc32fast::hash(&bytes[HEAD..]).to_le_bytes();
                bytes[HEAD - 4..HEAD].copy_from_slice(&sum);
                for (_, entry) in read(&bytes, &[7; 16]).unwrap_or_default() {
                    assert!(bytes.get(entry.body).is_some());
                }
            }
        }
    }
}

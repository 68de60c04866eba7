//! Zip files as no honest program writes them: every header says what a test wants it to say.

use super::zipped;

/// An entry with what its headers claim.
#[derive(Debug, Clone, Default)]
pub struct Raw {
    pub name: Vec<u8>,
    /// Its bytes as they lie in the file.
    pub packed: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub checksum: u32,
    /// What the headers say of its size, packed and unpacked.
    pub sizes: [u32; 2],
    /// Field for other programs, in the directory alone.
    pub extra: Vec<u8>,
    /// Unix file type and rights, in the upper half.
    pub attributes: u32,
    /// Where the directory says that it starts, if that is not true.
    pub start: Option<u32>,
}

impl Raw {
    /// An honest entry, packed as programs do.
    pub fn packed(name: &str, content: &[u8]) -> Self {
        let zip = zipped(&[("a".into(), content.to_vec())]);
        let number = |at: usize| u32::from_le_bytes(zip[at..at + 4].try_into().unwrap());
        let directory = zip.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        let sizes = [number(directory + 20), number(directory + 24)];
        let start = 30 + 1 + usize::from(zip[28]);
        let packed = zip[start..start + sizes[0] as usize].to_vec();
        Self { name: name.into(), packed, method: 8, checksum: number(directory + 16), sizes, ..Self::default() }
    }

    pub fn named(&self, name: &str) -> Self {
        Self { name: name.into(), ..self.clone() }
    }
}

/// The zip file of these entries, which says that it has `count` of them.
pub fn raw_zip(entries: &[Raw], count: u16, comment: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let start = entry.start.unwrap_or(bytes.len() as u32);
        let header = |bytes: &mut Vec<u8>, extra: usize| {
            for number in [20, entry.flags, entry.method, 0, 0x21] {
                bytes.extend(u16::to_le_bytes(number));
            }
            for number in [entry.checksum, entry.sizes[0], entry.sizes[1]] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend((entry.name.len() as u16).to_le_bytes());
            bytes.extend((extra as u16).to_le_bytes());
        };
        directory.extend(b"PK\x01\x02\x14\x03");
        header(&mut directory, entry.extra.len());
        directory.extend([0; 6]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&entry.extra);
        bytes.extend(b"PK\x03\x04");
        header(&mut bytes, 0);
        bytes.extend(&entry.name);
        bytes.extend(&entry.packed);
    }
    let start = bytes.len() as u32;
    let length = directory.len() as u32;
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend(length.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend((comment.len() as u16).to_le_bytes());
    bytes.extend(comment);
    bytes
}

//! Tables that are read where they lie: in the program itself, in a file of the cache, or where they were made.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes that are not copied when they are handed on or cut.
#[derive(Clone)]
pub struct Bytes {
    owner: Owner,
    range: Range<usize>,
}

#[derive(Clone)]
enum Owner {
    Program(&'static [u8]),
    Shared(Arc<Vec<u8>>),
}

impl Bytes {
    /// A stretch of them, if it lies in them.
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        self.get(range.clone())?;
        let at = self.range.start;
        Some(Self { owner: self.owner.clone(), range: at + range.start..at + range.end })
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let all = match &self.owner {
            Owner::Program(bytes) => bytes,
            Owner::Shared(bytes) => bytes.as_slice(),
        };
        all.get(self.range.clone()).unwrap_or(&[])
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::from(&[][..])
    }
}

impl From<&'static [u8]> for Bytes {
    fn from(bytes: &'static [u8]) -> Self {
        Self { owner: Owner::Program(bytes), range: 0..bytes.len() }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { owner: Owner::Shared(Arc::new(bytes)), range }
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// A table of rows of `N` bytes.
#[derive(Debug, Clone, Default)]
pub struct Rows<const N: usize>(pub Bytes);

impl<const N: usize> Rows<N> {
    /// All rows.
    pub fn all(&self) -> &[[u8; N]] {
        self.0.as_chunks::<N>().0
    }
}

impl<const N: usize> FromIterator<[u8; N]> for Rows<N> {
    fn from_iter<I: IntoIterator<Item = [u8; N]>>(rows: I) -> Self {
        let mut bytes = Vec::new();
        rows.into_iter().for_each(|row| bytes.extend_from_slice(&row));
        Self(bytes.into())
    }
}

/// A row of one number.
pub fn one(row: [u8; 4]) -> u32 {
    u32::from_le_bytes(row)
}

/// A row of two numbers.
#[inline]
pub fn pair(row: [u8; 8]) -> (u32, u32) {
    let both = u64::from_le_bytes(row);
    (both as u32, (both >> 32) as u32)
}

/// Two numbers as a row.
#[inline]
pub fn row(a: u32, b: u32) -> [u8; 8] {
    (u64::from(a) | u64::from(b) << 32).to_le_bytes()
}

/// The place of a number among those that say where each of some stretches ends.
#[inline]
pub fn stretch(ends: &[[u8; 4]], at: u32) -> Range<usize> {
    let at = at as usize;
    let end = |i: usize| ends.get(i).map_or(0, |e| one(*e) as usize);
    at.checked_sub(1).map_or(0, end)..end(at)
}

/// Strings one after the other.
#[derive(Debug, Clone, Default)]
pub struct Strings {
    /// Where each ends.
    pub ends: Rows<4>,
    /// The strings.
    pub pool: Bytes,
}

impl Strings {
    /// Collects strings.
    pub fn new<'s>(strings: impl IntoIterator<Item = &'s str>) -> Self {
        let (mut ends, mut pool) = (Vec::new(), Vec::new());
        for string in strings {
            pool.extend_from_slice(string.as_bytes());
            ends.extend_from_slice(&(pool.len() as u32).to_le_bytes());
        }
        Self { ends: Rows(ends.into()), pool: pool.into() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.all().len()
    }

    /// The bytes of the string of that number; empty past the last.
    pub fn bytes(&self, at: usize) -> &[u8] {
        self.pool.get(stretch(self.ends.all(), at as u32)).unwrap_or(&[])
    }

    /// The string of that number; empty where there is none.
    pub fn get(&self, at: usize) -> &str {
        std::str::from_utf8(self.bytes(at)).unwrap_or("")
    }

    /// The number of the first string for which `before` does not hold, where it holds for all before that one.
    pub fn partition_point(&self, before: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if before(self.bytes(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

//! How linked packs are written as bytes and read back. Numbers are little-endian and of the same size on every
//! machine; what is read may come from a damaged file, so nothing in it is taken for granted.

use std::collections::BTreeMap;

use super::bytes::{Bytes, Rows, Strings};
use crate::model::{Degree, LexiconId, Severity, TagId, TermId};

/// Conditions hold conditions; deeper than this nothing is read.
const DEEPEST: u32 = 64;

/// What can be written as bytes and read back.
pub(crate) trait Coded: Sized {
    /// Appends it.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads it; none where the bytes are not what was written.
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

/// A place in bytes.
pub(crate) struct Reader<'a> {
    bytes: &'a Bytes,
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    /// At the start.
    pub(crate) fn new(bytes: &'a Bytes) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// The next bytes, uncopied.
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.first_chunk().copied()
    }

    fn length(&mut self) -> Option<usize> {
        u32::read(self).map(|n| n as usize)
    }

    /// Reads what may hold its like.
    pub(crate) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let found = if self.depth <= DEEPEST { read(self) } else { None };
        self.depth -= 1;
        found
    }

    /// The bytes that are left.
    pub(crate) fn rest(&self) -> Option<Bytes> {
        self.bytes.part(self.at..self.bytes.len())
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }
}

impl Coded for u32 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.array().map(Self::from_le_bytes)
    }
}

/// Indices, which fit into 32 bits.
impl Coded for usize {
    fn write(&self, out: &mut Vec<u8>) {
        (*self as u32).write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.length()
    }
}

impl Coded for f32 {
    fn write(&self, out: &mut Vec<u8>) {
        self.to_bits().write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        u32::read(from).map(Self::from_bits)
    }
}

impl Coded for f64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bits().to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.array().map(u64::from_le_bytes).map(Self::from_bits)
    }
}

impl Coded for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.array().map(|[byte]| byte == 1)
    }
}

impl Coded for Bytes {
    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        out.extend_from_slice(self);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let length = from.length()?;
        let at = from.at;
        from.take(length)?;
        from.bytes.part(at..from.at)
    }
}

impl<const N: usize> Coded for Rows<N> {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Bytes::read(from).map(Self)
    }
}

impl Coded for String {
    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let length = from.length()?;
        std::str::from_utf8(from.take(length)?).ok().map(str::to_owned)
    }
}

impl<T: Coded> Coded for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        self.iter().for_each(|item| item.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let length = from.length()?;
        // a damaged length asks for little memory
        let mut items = Self::with_capacity(length.min(4096));
        for _ in 0..length {
            items.push(T::read(from)?);
        }
        Some(items)
    }
}

impl<T: Coded> Coded for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        self.iter().for_each(|item| item.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        if bool::read(from)? { T::read(from).map(Some) } else { Some(None) }
    }
}

impl<A: Coded, B: Coded> Coded for (A, B) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some((A::read(from)?, B::read(from)?))
    }
}

impl<V: Coded> Coded for BTreeMap<String, V> {
    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        for (key, value) in self {
            key.write(out);
            value.write(out);
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let length = from.length()?;
        (0..length).map(|_| Some((String::read(from)?, V::read(from)?))).collect()
    }
}

/// Codes structs as their fields one after the other, and enums without fields as their place in the list.
macro_rules! coded {
    ($type:ty { $($field:tt),+ $(,)? }) => {
        impl $crate::rules::codec::Coded for $type {
            fn write(&self, out: &mut Vec<u8>) {
                $(self.$field.write(out);)+
            }

            fn read(from: &mut $crate::rules::codec::Reader<'_>) -> Option<Self> {
                Some(Self { $($field: $crate::rules::codec::Coded::read(from)?),+ })
            }
        }
    };
    ($type:ty [ $($value:ident),+ $(,)? ]) => {
        impl $crate::rules::codec::Coded for $type {
            fn write(&self, out: &mut Vec<u8>) {
                let all = [$(Self::$value),+];
                out.extend(all.iter().position(|v| v == self).map(|at| at as u8));
            }

            fn read(from: &mut $crate::rules::codec::Reader<'_>) -> Option<Self> {
                [$(Self::$value),+].get(usize::from(from.byte()?)).copied()
            }
        }
    };
}
pub(crate) use coded;

impl Reader<'_> {
    /// The next byte.
    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }
}

coded!(TagId { 0 });
coded!(LexiconId { 0 });
coded!(TermId { 0 });
coded!(Strings { ends, pool });
coded!(Degree [Depicted, Mild, Attempted, Past, Implied, Loose]);
coded!(Severity [Off, Info, Warning, Error]);

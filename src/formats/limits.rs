//! What reading a file may cost: every limit, what it may be set to, and how a refusal names it.

/// What reading may cost. A refusal names the limit by its key, which is that of `[limits]` in `forewarn.toml`.
///
/// The defaults let through whatever people write, several times over, and keep one hostile file from using up a
/// machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct Limits {
    /// Largest file, in bytes: 256 MB. The longest works are under 50 MB; a data set of that size is better cut up.
    pub file_bytes: usize,
    /// Largest header, front matter block or file of metadata, in bytes: 256 KB. All the fields of a work together are
    /// hardly more than 10.
    pub header_bytes: usize,
    /// Longest record of a data set (a line of JSON, a row of a table), in bytes: 64 MB, more than the longest work.
    pub record_bytes: usize,
    /// Most values in one record of JSON: 1,048,576, far above what describes a work.
    pub record_values: usize,
    /// Most keys and values of front matter in YAML: 10,000. A work has about 20, and up to 75 tags.
    pub yaml_nodes: usize,
    /// Deepest nesting of elements, lists or mappings: 512. Pages nest some 30 deep. Elements of a page that are nested
    /// deeper are read as if they stood at this depth; deeper JSON and YAML is refused.
    pub depth: usize,
    /// Most entries of a zip container: 8,192. A book has a few hundred.
    pub entries: usize,
    /// Largest directory of a zip container, in bytes: 4 MB, the names of its entries and what stands beside them.
    pub directory_bytes: usize,
    /// Largest entry of a container when it is unpacked, in bytes: 64 MB.
    pub entry_bytes: usize,
    /// Most bytes that are unpacked of one container: 256 MB, as for a file.
    pub unpacked_bytes: usize,
    /// How many times its packed size an entry of a container may unpack to, once it is larger than a megabyte: 200.
    /// Prose comes to 3, a page of one repeated line to 100, a bomb to 1,000.
    pub ratio: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 * MB,
            header_bytes: 256 * KB,
            record_bytes: 64 * MB,
            record_values: 1 << 20,
            yaml_nodes: 10_000,
            depth: 512,
            entries: 8_192,
            directory_bytes: 4 * MB,
            entry_bytes: 64 * MB,
            unpacked_bytes: 256 * MB,
            ratio: 200,
        }
    }
}

/// Bytes of a kilobyte, as this crate counts them.
pub const KB: usize = 1 << 10;
/// Bytes of a megabyte.
pub const MB: usize = 1 << 20;
/// Bytes of a gigabyte.
pub const GB: usize = 1 << 30;

/// The most that any limit in bytes may be: places are 32-bit numbers, and a text may be three times as long as its
/// file once it is decoded.
pub const MOST_BYTES: usize = GB;

/// A limit as a configuration sets it.
#[derive(Debug)]
pub struct Limit {
    /// Its key under `[limits]`.
    pub key: &'static str,
    /// Whether it counts bytes, which may be written as `"64 MB"`.
    pub in_bytes: bool,
    /// The least it may be: below that, nothing could be read.
    pub least: usize,
    /// The most it may be.
    pub most: usize,
    /// Where it is kept.
    pub field: fn(&mut Limits) -> &mut usize,
}

/// Every limit.
pub const LIMITS: &[Limit] = &[
    Limit { key: "file-bytes", in_bytes: true, least: KB, most: MOST_BYTES, field: |l| &mut l.file_bytes },
    // a header is held in memory several times over
    Limit { key: "header-bytes", in_bytes: true, least: KB, most: 16 * MB, field: |l| &mut l.header_bytes },
    Limit { key: "record-bytes", in_bytes: true, least: KB, most: MOST_BYTES, field: |l| &mut l.record_bytes },
    Limit { key: "record-values", in_bytes: false, least: 10, most: 1 << 27, field: |l| &mut l.record_values },
    Limit { key: "yaml-nodes", in_bytes: false, least: 10, most: 1_000_000, field: |l| &mut l.yaml_nodes },
    // JSON is read by recursion, and threads have small stacks
    Limit { key: "depth", in_bytes: false, least: 16, most: 1_024, field: |l| &mut l.depth },
    Limit { key: "entries", in_bytes: false, least: 1, most: 1_000_000, field: |l| &mut l.entries },
    Limit { key: "directory-bytes", in_bytes: true, least: KB, most: 64 * MB, field: |l| &mut l.directory_bytes },
    Limit { key: "entry-bytes", in_bytes: true, least: KB, most: MOST_BYTES, field: |l| &mut l.entry_bytes },
    Limit { key: "unpacked-bytes", in_bytes: true, least: KB, most: MOST_BYTES, field: |l| &mut l.unpacked_bytes },
    Limit { key: "ratio", in_bytes: false, least: 2, most: 10_000, field: |l| &mut l.ratio },
];

/// How to get around a limit, as a sentence to end a diagnostic's help with.
pub(super) fn raise(key: &str) -> String {
    debug_assert!(LIMITS.iter().any(|l| l.key == key));
    format!("To read it all the same, raise `{key}` under `[limits]` in `forewarn.toml`.")
}

/// A limit in bytes as people say it: `1 GB`, `256 MB`, `20 KB`, `999 bytes`.
pub fn size(bytes: usize) -> String {
    let unit = [(GB, "GB"), (MB, "MB"), (KB, "KB")].into_iter().find(|u| bytes >= u.0 && bytes.is_multiple_of(u.0));
    unit.map_or_else(|| format!("{bytes} bytes"), |(unit, name)| format!("{} {name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_a_key_of_its_own_that_its_default_keeps_to() {
        let mut limits = Limits::default();
        for (i, limit) in LIMITS.iter().enumerate() {
            let value = *(limit.field)(&mut limits);
            assert!((limit.least..=limit.most).contains(&value), "{}", limit.key);
            *(limit.field)(&mut limits) = i;
        }
        let kept: Vec<usize> = LIMITS.iter().map(|l| *(l.field)(&mut limits)).collect();
        assert_eq!(kept, (0..LIMITS.len()).collect::<Vec<_>>());
        // so that a limit that is added here is not forgotten there
        assert_eq!(format!("{limits:?}").matches(": ").count(), LIMITS.len());
    }

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, said) in [(GB, "1 GB"), (256 * MB, "256 MB"), (1536 * KB, "1536 KB"), (2000, "2000 bytes")] {
            assert_eq!(size(bytes), said);
        }
    }
}

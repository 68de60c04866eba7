//! Users' packs as they were linked, kept in the user's cache folder, so that the next run need not link them again.
//! Whatever goes wrong here costs nothing but time.

use std::path::Path;

use super::{Key, Keying, folder, name};
use crate::rules::{self, Loaded, Pack, RuleSet};

/// What every file of it starts with.
const MAGIC: &[u8; 16] = b"forewarn packs\r\n";
/// So many files are kept, and none is read that is larger than so many bytes.
const MOST: usize = 16;
const MOST_BYTES: u64 = 256 << 20;
/// What else lies in the folder is left alone.
const EXTENSION: &str = "packs";

/// Loads packs, which have that key, from the cache if it has them.
pub fn load(packs: &[Pack], key: &Key) -> Loaded {
    let own = packs.iter().any(|pack| matches!(pack, Pack::Own(_)));
    let folder = if own { folder() } else { None };
    folder.map_or_else(|| rules::load(packs), |folder| load_from(&folder, packs, key))
}

fn load_from(folder: &Path, packs: &[Pack], key: &Key) -> Loaded {
    let path = folder.join(name(key)).with_extension(EXTENSION);
    if let Some(rules) = read(&path, key) {
        return Loaded { rules, reports: Vec::new() };
    }
    let loaded = rules::load(packs);
    // of faulty packs the mistakes are told again
    if loaded.reports.is_empty() {
        let content = rules::compile(&loaded.rules);
        let sum = crc32fast::hash(&content).to_le_bytes();
        // where nothing can be written the next run is only slower
        let _ = super::write(&path, &[MAGIC, key, &sum, &content], MOST);
    }
    loaded
}

/// What packs are known by: all that is in them, and the program that links them.
pub fn key(packs: &[Pack]) -> Key {
    let mut keying = Keying::default();
    keying.add(env!("CARGO_PKG_VERSION"));
    keying.add(rules::BUILT_FROM);
    for pack in packs {
        keying.add(pack.name());
        match pack {
            Pack::Bundled(_) => keying.add("bundled"),
            Pack::Own(text) => {
                keying.add("own");
                // a mistake is told with the path of its file, but packs with mistakes are not kept
                text.files.iter().for_each(|(_, text)| keying.add(text));
                keying.add(text.files.len().to_string());
            }
        }
    }
    keying.key()
}

/// Reads a file of the cache; none if it is not there, or not whole and of these packs.
fn read(path: &Path, key: &Key) -> Option<RuleSet> {
    let bytes = super::read(path, MOST_BYTES)?;
    let content = bytes.strip_prefix(MAGIC)?.strip_prefix(key)?;
    let (sum, content) = content.split_first_chunk::<4>()?;
    if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
        return None;
    }
    let start = bytes.len() - content.len();
    rules::decode(bytes, start)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::rules::PackText;

    /// A pack with one of everything that needs no other pack.
    const PACK: &str = r#"
[[language]]
id = "en"
code = "eng"
names = ["English"]
negation = ["not"]
common = ["the"]
sets.their = ["his", "her"]
[[field]]
id = "tags"
name = "Tags"
names = ["Tags"]
holds = "tags"
[[tag]]
id = "snow"
name = "Snow"
category = "content"
synonyms = ["Deep Snow"]
[[lexicon]]
id = "snow.en"
language = "en"
summary = "Snow."
tag = "snow"
weight.3 = ["snow*", "white (flake|flakes) on {their} coat"]
[[lexicon.pattern]]
anchor = "cold"
regex = "cold (night|day)s?"
weight = 2.0
[[rule]]
id = "snow"
severity = "warning"
summary = "Snow is not tagged."
each = "content"
when = { evidence = "{tag}" }
expect = { any = [{ tag = "{tag}" }, { field = "tags", one-of = ["snow"] }] }
"#;

    fn load_from(folder: &Path, packs: &[Pack]) -> Loaded {
        super::load_from(folder, packs, &key(packs))
    }

    fn packs(toml: &str) -> Vec<Pack> {
        let files = vec![("weather/snow.toml".to_owned(), toml.to_owned())];
        vec![Pack::Own(PackText { name: "weather".into(), files, bundled: false })]
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn what_was_kept_is_what_was_linked() {
        let folder = tempfile::tempdir().unwrap();
        let packs = packs(PACK);
        let linked = load_from(folder.path(), &packs);
        assert!(linked.reports.is_empty(), "{:?}", linked.reports);
        let [file] = files(folder.path()).try_into().unwrap();
        let kept = read(&file, &key(&packs)).unwrap();
        assert_eq!(rules::compile(&kept), rules::compile(&linked.rules));
        assert_eq!(rules::compile(&load_from(folder.path(), &packs).rules), rules::compile(&linked.rules));
        assert_eq!(files(folder.path()), [file]);
    }

    #[test]
    fn a_damaged_file_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let packs = packs(PACK);
        load_from(folder.path(), &packs);
        let [file] = files(folder.path()).try_into().unwrap();
        let whole = fs::read(&file).unwrap();
        let damaged = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            assert!(read(&file, &key(&packs)).is_none());
        };
        (0..whole.len()).step_by(whole.len() / 200).for_each(|length| damaged(&whole[..length]));
        damaged(&[&whole[..], b"x"].concat());
        for at in (0..60).chain((60..whole.len()).step_by(whole.len() / 200)) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            damaged(&bytes);
        }
        load_from(folder.path(), &packs);
        assert_eq!(fs::read(&file).unwrap(), whole);
    }

    /// Bytes that pass for whole and are not what was written: nothing is trusted but that it may find nonsense.
    #[test]
    fn a_forged_file_does_no_harm() {
        let loaded = rules::load(&packs(PACK));
        let whole = rules::compile(&loaded.rules);
        let mut decoded = 0;
        let mut check = |bytes: Vec<u8>| {
            let Some(rules) = rules::decode(bytes, 0) else { return };
            decoded += 1;
            let story =
                "Tags: Snow, Deep Snwo, no snow\n\nWhite flakes on his coat. A cold night, cold days, snowed in.\n";
            let input = crate::model::Input { name: "a.txt".into(), bytes: story.into() };
            crate::formats::read(input, None, &crate::formats::Limits::default(), &mut |work, notes| {
                crate::engine::check(work, notes, &rules, &crate::engine::Settings::default());
            });
        };
        // many bytes are those of filters, large and dull
        let telling = (0..whole.len()).filter(|at| whole[*at] != 0 || at % 500 == 0);
        for (at, byte) in telling.zip([0xff, 0x80, 1, 0x7f].into_iter().cycle()) {
            let mut bytes = whole.clone();
            bytes[at] ^= byte;
            check(bytes);
        }
        (0..whole.len()).step_by(whole.len() / 200).for_each(|length| check(whole[..length].to_vec()));
        assert!(decoded > 100, "{decoded}");
    }

    #[test]
    fn faulty_packs_are_not_kept_and_old_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!load_from(folder.path(), &packs(&PACK.replace("3", "-3"))).reports.is_empty());
        assert!(files(folder.path()).is_empty());
        fs::write(folder.path().join("other.txt"), "").unwrap();
        for i in 0..MOST + 4 {
            load_from(folder.path(), &packs(&format!("{PACK}# {i}")));
        }
        assert_eq!(files(folder.path()).len(), MOST + 1);
        assert!(folder.path().join("other.txt").exists());
    }

    #[test]
    fn a_folder_that_cannot_be_made_costs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(load_from(&file.join("cache"), &packs(PACK)).reports.is_empty());
    }
}

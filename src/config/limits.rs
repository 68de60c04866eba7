//! `[limits]`: numbers, and sizes as people write them.

use std::collections::BTreeMap;

use crate::formats::limits::{GB, KB, LIMITS, Limit, MB, MOST_BYTES, size};
use crate::rules::Problems;
use crate::rules::nearest::nearest;
use crate::rules::spanned::Spanned;

/// A limit that is set: which, to what, and at which byte of the file.
pub(super) type Set = (&'static Limit, usize, usize);

/// Reads the table; what is wrong with it is reported.
pub(super) fn read(
    table: &BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    file: usize,
    problems: &mut Problems<'_>,
) -> Vec<Set> {
    let mut set = Vec::new();
    for (key, value) in table {
        match limit(key.as_ref(), value.as_ref()) {
            Ok((limit, number)) => set.push((limit, number, key.span().start)),
            Err(mistake) => {
                let at = if mistake.of_key { key.span() } else { value.span() };
                problems.report("config", file, at, mistake.message, Some(mistake.help));
            }
        }
    }
    set
}

/// What is wrong with a line under `[limits]`.
struct Mistake {
    /// Whether it is the key and not its value.
    of_key: bool,
    message: String,
    help: String,
}

/// A limit and what it is set to.
fn limit(key: &str, value: &toml::Value) -> Result<(&'static Limit, usize), Mistake> {
    let Some(limit) = LIMITS.iter().find(|l| l.key == key) else {
        let known = || LIMITS.iter().map(|l| l.key);
        let help = match nearest(key, known()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("The limits are: {}.", known().collect::<Vec<_>>().join(", ")),
        };
        return Err(Mistake { of_key: true, message: format!("There is no limit `{key}`."), help });
    };
    let wrong = |message: String| {
        let as_in =
            if limit.in_bytes { "Write a number of bytes, or a size as in `\"64 MB\"`" } else { "Write a number" };
        let (least, most) = match limit.in_bytes {
            true => (size(limit.least), size(limit.most)),
            false => (limit.least.to_string(), limit.most.to_string()),
        };
        let why = if limit.most == MOST_BYTES {
            ": a text that is decoded may be three times as long, and places in it are 32-bit numbers"
        } else {
            ""
        };
        Mistake { of_key: false, message, help: format!("{as_in}, from {least} to {most}{why}.") }
    };
    let number = match value {
        toml::Value::Integer(number) => u64::try_from(*number).ok(),
        toml::Value::String(text) if limit.in_bytes => bytes(text),
        _ => None,
    };
    let number = number.ok_or_else(|| wrong(format!("`{key}` is no number that can be a limit.")))?;
    match usize::try_from(number) {
        Ok(number) if number < limit.least => {
            Err(wrong(format!("With a limit so small, `{key}` lets nothing through.")))
        }
        Ok(number) if number <= limit.most => Ok((limit, number)),
        _ => Err(wrong(format!("`{key}` cannot be so large."))),
    }
}

/// A size as people write it: `64 MB`, `20kB`, `1 GiB`, `999`. Every unit is 1024 of the one below, as in messages.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "" | "b" | "byte" | "bytes" => 1,
        "kb" | "kib" | "k" => KB as u64,
        "mb" | "mib" | "m" => MB as u64,
        "gb" | "gib" | "g" => GB as u64,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, read};
    use crate::formats::Limits;

    #[test]
    fn limits_are_numbers_or_sizes_within_reason() {
        let text = "[limits]\nfile-bytes = '1 GB'\nheader-bytes = 2048\nentry-bytes = \"512kB\"\nentries = 20_000\n";
        let (layer, report) = read("f", text);
        let config = Config::of(&[layer], &[]);
        assert!(report.is_none(), "{report:?}");
        let wanted = Limits {
            file_bytes: 1 << 30,
            header_bytes: 2048,
            entry_bytes: 512 << 10,
            entries: 20_000,
            ..Limits::default()
        };
        assert_eq!(config.limits(), wanted);
        assert!(!read("f", "[work]\ntitle = 'x'\n[limits]\nentries = 9\n").0.only_work());
        for (line, at, message, help) in [
            ("file-byte = 1", "file-byte", "no limit `file-byte`", "`file-bytes`"),
            ("speed = 1", "speed", "no limit `speed`", "file-bytes, header-bytes"),
            ("file-bytes = 0", "0", "lets nothing through", "from 1 KB to 1 GB"),
            ("file-bytes = -5", "-5", "no number", "1 KB"),
            ("file-bytes = '5 GB'", "'5 GB'", "so large", "32-bit"),
            ("file-bytes = '99999999999999 GB'", "'99999999999999 GB'", "no number", "from"),
            ("file-bytes = '5 pages'", "'5 pages'", "no number", "\"64 MB\""),
            ("depth = 1_000_000", "1_000_000", "so large", "from 16 to 1024"),
            ("entries = '9 MB'", "'9 MB'", "no number", "Write a number, from"),
            ("ratio = 2.5", "2.5", "no number", "Write a number, from"),
            ("entries = [1]", "[1]", "no number", "Write a number, from"),
        ] {
            let (layer, report) = read("f", &format!("[limits]\n{line}\n"));
            let config = Config::of(&[layer], &[]);
            let report = report.unwrap();
            let found = &report.diagnostics[0];
            assert_eq!(report.slice(found.labels[0].span), at, "{line}");
            assert!(found.message.contains(message), "{found:?}");
            assert!(found.help.as_ref().unwrap().contains(help), "{found:?}");
            assert_eq!(config.limits(), Limits::default());
        }
    }
}

//! What several tests share: stories of `fixtures/` as bytes. A folder named like a file is a container kept unpacked,
//! so that what is in it can be read and compared.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

pub mod book;
pub mod forms;
pub mod harm;
pub mod raw_zip;
pub mod story;

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The stories of `fixtures/` in the formats that were built.
pub fn stories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_stem().is_some_and(|s| s == "work"))
        .filter(|path| match path.extension().and_then(|e| e.to_str()) {
            Some("docx") => cfg!(feature = "docx"),
            Some("epub") => cfg!(feature = "epub"),
            Some("odt") => cfg!(feature = "odt"),
            Some("rtf") => cfg!(feature = "rtf"),
            _ => true,
        })
        .collect();
    found.sort();
    found
}

/// The bytes of a story: a file as it is, a folder as the zip file of what is in it.
pub fn bytes(path: &Path) -> Vec<u8> {
    if path.is_dir() { zipped(&entries(path)) } else { std::fs::read(path).unwrap() }
}

/// The files of a folder by their path in it, `mimetype` and `[Content_Types].xml` before all others.
pub fn entries(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let name = |file: &PathBuf| file.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
    let mut entries: Vec<_> = files.iter().map(|f| (name(f), std::fs::read(f).unwrap())).collect();
    entries.sort_by_key(|(name, _)| (name != "mimetype", name != "[Content_Types].xml", name.clone()));
    entries
}

/// A zip file of names and contents; `mimetype` is not packed, as EPUB and ODT demand.
pub fn zipped(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let method = if name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// What a reader sees of a piece of XML: tags gone, the entities that fixtures use decoded.
pub fn seen(xml: &str) -> String {
    let mut seen = String::new();
    let mut inside = false;
    for c in xml.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => seen.push(c),
            _ => {}
        }
    }
    // a tag that stands in an attribute or in a description is written with entities
    let decoded = seen
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#233;", "é")
        .replace("&#xe9;", "é")
        .replace("&#97;", "a")
        .replace("&amp;", "&");
    if decoded.contains('<') && decoded != xml { self::seen(&decoded) } else { decoded }
}

/// What a reader sees of a piece of RTF in the code page of Western Europe: groups and control words gone, the escapes
/// that fixtures use decoded.
pub fn seen_rtf(rtf: &str) -> String {
    let mut seen = String::new();
    let mut rest = rtf;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '{' | '}' | '\r' | '\n' => {}
            '\\' if rest.starts_with('\'') => {
                let byte = u8::from_str_radix(&rest[1..3], 16).unwrap();
                seen.push_str(&encoding_rs::WINDOWS_1252.decode(&[byte]).0);
                rest = &rest[3..];
            }
            '\\' => {
                let name = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                let end = rest[name..].find(|c: char| !c.is_ascii_digit() && c != '-').map_or(rest.len(), |n| name + n);
                match (&rest[..name], rest[name..end].parse::<u32>()) {
                    ("rquote", _) => seen.push('’'),
                    ("ldblquote", _) => seen.push('“'),
                    ("rdblquote", _) => seen.push('”'),
                    ("u", Ok(code)) => seen.extend(char::from_u32(code)),
                    _ => {}
                }
                rest = rest[end..].strip_prefix(' ').unwrap_or(&rest[end..]);
            }
            c => seen.push(c),
        }
    }
    seen
}

//! Addresses of documents and the files that they stand for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;

/// The file of an address; none for a document that is no file, such as one without a name yet.
pub fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_ref().get(.."file:".len()).filter(|scheme| scheme.eq_ignore_ascii_case("file:"));
    let rest = uri.as_ref().get(rest?.len()..)?;
    // `file:///home`, `file:/home`, `file://localhost/home`; another host is a share of Windows
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/')?),
        None => ("", rest),
    };
    let path = decoded(path.split(['?', '#']).next()?)?;
    let is_drive = path.as_bytes().get(2) == Some(&b':') && path.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic);
    Some(match host {
        "" | "localhost" if cfg!(windows) && is_drive => PathBuf::from(path.get(1..)?),
        "" | "localhost" => PathBuf::from(path),
        host if cfg!(windows) => PathBuf::from(format!("//{host}{path}")),
        _ => return None,
    })
}

/// The address of a file.
pub fn uri(path: &Path) -> Uri {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let shown = path.to_string_lossy();
    let shown = if cfg!(windows) { shown.replace('\\', "/") } else { shown.into_owned() };
    let mut out = if shown.starts_with('/') { "file://".to_owned() } else { "file:///".to_owned() };
    for byte in shown.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' | b':' => out.push(byte as char),
            byte => drop(write!(out, "%{byte:02X}")),
        }
    }
    Uri(out)
}

/// A path with its escapes read; none for one that is no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || (bytes.next()? as char).to_digit(16);
        out.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_finds_its_way_back() {
        for file in ["/home/a b/é#%?.md", "/x/Ünï&co/[1].txt", "/100%/file:.md"] {
            assert_eq!(path(&uri(Path::new(file))).unwrap(), Path::new(file));
        }
        let at = |uri: &str| path(&Uri::from(uri)).map(|p| p.to_str().unwrap().to_owned());
        assert_eq!(at("file:///home/a%20b/%C3%A9.md").as_deref(), Some("/home/a b/é.md"));
        assert_eq!(at("FILE://localhost/a").as_deref(), Some("/a"));
        assert_eq!(at("file:/a").as_deref(), Some("/a"));
        for none in ["untitled:Untitled-1", "", "file://host/a", "file:///a%f", "file:///%ff", "https://a/b", "é"] {
            assert_eq!(at(none), None, "{none}");
        }
    }
}

//! What a file is that no format reads, by its bytes, and what to download or save instead.

use super::unreadable;
use crate::model::Diagnostic;

/// The first bytes of a zip container.
const ZIP: &[u8] = b"PK\x03\x04";

/// What to get instead of a book in another form.
const BOOK: &str = "Download it as HTML or EPUB: archives offer both.";
/// What to get instead of a document of another program.
const DOCUMENT: &str = "Save it as DOCX or ODT.";
/// What to do about a file that cannot be a story.
const NO_STORY: &str = "If a story is in it, save that as text, Markdown or HTML.";
/// What to do about several files in one.
const PACKED: &str = "Unpack it and check the files in it.";

/// Beginnings of files, at an offset: what such a file is, and what to do.
const BEGINNINGS: &[(usize, &[u8], &str, &str)] = &[
    (0, b"%PDF", "a PDF", BOOK),
    (60, b"BOOKMOBI", "a Kindle book (MOBI or AZW3)", BOOK),
    (60, b"TEXtREAd", "a PalmDoc book (PDB or PRC)", BOOK),
    (0, b"TPZ", "a Kindle book (Topaz)", BOOK),
    (0, b"\xeaDRMION\xee", "a copy-protected Kindle book (KFX)", BOOK),
    (0, b"CONT\x02\0", "a Kindle book (KFX)", BOOK),
    (0, b"ITOLITLS", "a Microsoft Reader book (LIT)", BOOK),
    #[cfg(not(feature = "rtf"))]
    (0, b"{\\rtf", "an RTF document", "Save it as text or HTML."),
    (0, b"\xffWPC", "a WordPerfect document", DOCUMENT),
    (0, b"\xdb\xa5", "a document of an early Word", DOCUMENT),
    (0, b"\x31\xbe\0\0", "a document of an early Word or Write", DOCUMENT),
    (0, b"\x1f\x8b", "a gzip archive", PACKED),
    (0, b"BZh", "a bzip2 archive", PACKED),
    (0, b"\xfd7zXZ\0", "an xz archive", PACKED),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive", PACKED),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", PACKED),
    (0, b"Rar!\x1a\x07", "a RAR archive", PACKED),
    (257, b"ustar", "a tar archive", PACKED),
    (0, b"\x89PNG\r\n", "a PNG image", NO_STORY),
    (0, b"\xff\xd8\xff", "a JPEG image", NO_STORY),
    (0, b"GIF87a", "a GIF image", NO_STORY),
    (0, b"GIF89a", "a GIF image", NO_STORY),
    (8, b"WEBP", "a WebP image", NO_STORY),
    (4, b"ftyp", "a film or an image", NO_STORY),
    (0, b"ID3", "a sound file", NO_STORY),
    (0, b"OggS", "a sound file", NO_STORY),
    (0, b"fLaC", "a sound file", NO_STORY),
    (0, b"\x7fELF", "a program", NO_STORY),
    (0, b"SQLite format 3\0", "a database", NO_STORY),
    (0, b"PAR1", "a Parquet table", "Save it as JSON Lines or CSV."),
];

/// The finding for a file of a kind that is known and not read; none for text, and for containers that a format may
/// read.
pub(super) fn known(bytes: &[u8]) -> Option<Diagnostic> {
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        let (what, instead) = compound(bytes);
        return Some(not_read(what, instead));
    }
    // a program starts with two letters that a story may start with, and points at its second part
    let second = || bytes.get(60..64).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    if bytes.starts_with(b"MZ")
        && second().is_some_and(|at| bytes.get(at as usize..).is_some_and(|b| b.starts_with(b"PE\0\0")))
    {
        return Some(not_read("a program", NO_STORY));
    }
    let starts = |at: usize, with: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(with));
    let found = BEGINNINGS.iter().find(|b| starts(b.0, b.1))?;
    Some(not_read(found.2, found.3))
}

/// Whether a file is a zip container.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP)
}

/// The finding for a zip container that no format took.
pub(super) fn zip(bytes: &[u8]) -> Diagnostic {
    let holds = |name: &str| contains(bytes, name.as_bytes());
    let (what, instead) = match () {
        () if holds("Index/Document.iwa") || holds("Index.zip") || holds("index.apxl") => {
            ("a document of Apple’s Pages, Numbers or Keynote", "In Pages, export it as Word or EPUB.")
        }
        () if holds("xl/workbook.") || holds("opendocument.spreadsheet") => {
            ("a spreadsheet", "If each row is a work, save it as CSV.")
        }
        () if holds("ppt/presentation.") || holds("opendocument.presentation") => ("a presentation", NO_STORY),
        () if holds(".fb2") => ("a packed FB2 book", BOOK),
        () if holds("index.xml") => ("a document of Apple’s Pages", "In Pages, export it as Word or EPUB."),
        () if holds("META-INF/MANIFEST.MF") => ("a program", NO_STORY),
        () => ("a zip archive", PACKED),
    };
    not_read(what, instead)
}

/// The finding for a text that is XML of a kind that is not read.
pub(super) fn xml(text: &str) -> Option<Diagnostic> {
    let root = root(text)?;
    let (what, instead) = match root.rsplit(':').next().unwrap_or(root) {
        "html" => return None,
        "FictionBook" => ("an FB2 book", BOOK),
        "wordDocument" | "package" => ("a Word document in XML", DOCUMENT),
        #[cfg(feature = "odt")]
        "document" if root.starts_with("office") => return None,
        #[cfg(not(feature = "odt"))]
        "document" if root.starts_with("office") => ("an OpenDocument text in one file (FODT)", DOCUMENT),
        "svg" => ("an SVG image", NO_STORY),
        "ScrivenerProject" => ("the list of files of a Scrivener project", "Check the folder that it lies in."),
        _ => {
            let message = format!("This is XML that is not read: its first element is “{root}”. {NO_STORY}");
            return Some(unreadable(message));
        }
    };
    Some(not_read(what, instead))
}

fn not_read(what: &str, instead: &str) -> Diagnostic {
    // one line a file: a folder may hold many of them
    unreadable(format!("This is {what}, which is not read. {instead}"))
}

/// What a compound file of Microsoft's is, by the names in its directory, which are in UTF-16.
fn compound(bytes: &[u8]) -> (&'static str, &'static str) {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(bytes, &wide)
    };
    match () {
        () if holds("WordDocument") => ("an old Word document (DOC)", DOCUMENT),
        () if holds("Workbook") => ("an old Excel table (XLS)", "If each row is a work, save it as CSV."),
        () if holds("PowerPoint Document") => ("an old PowerPoint presentation (PPT)", NO_STORY),
        () if holds("__substg1.0_") => ("a message of Outlook", "Save its text."),
        () if holds("MatOST") => ("a document of Microsoft Works (WPS)", DOCUMENT),
        () => ("a document of an old Office program", DOCUMENT),
    }
}

/// The name of the first element of XML; none for what does not declare itself to be XML.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start().strip_prefix("<?xml")?.split_once("?>")?.1.trim_start();
    loop {
        // instructions, comments and a document type may stand before it
        let end = match rest.get(..2)? {
            "<?" => "?>",
            "<!" if rest.starts_with("<!--") => "-->",
            "<!" => ">",
            _ => break,
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let name = rest.strip_prefix('<')?;
    name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().filter(|n| !n.is_empty() && n.len() < 100)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_named_with_what_to_do() {
        let mobi = [&[0; 60][..], b"BOOKMOBI"].concat();
        let wide = |name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &[0; 600][..], &name].concat()
        };
        let program = [b"MZ", &[0; 58][..], b"\x40\0\0\0", b"PE\0\0"].concat();
        for (bytes, what, instead) in [
            (&b"%PDF-1.7"[..], "a PDF", "HTML or EPUB"),
            (&mobi, "Kindle", "HTML or EPUB"),
            (&wide("WordDocument"), "old Word", "DOCX or ODT"),
            (&wide("Workbook"), "Excel", "CSV"),
            (&wide("PowerPoint Document"), "PowerPoint", "text"),
            (&wide("__substg1.0_1000001F"), "Outlook", "text"),
            (&wide("Other"), "old Office", "DOCX"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG", "text"),
            (&program, "a program", "text"),
        ] {
            let message = known(bytes).unwrap().message;
            assert!(message.contains(what) && message.contains(instead), "{message}");
            assert_eq!(message.lines().count(), 1);
        }
        for text in ["MZ was the name of the boat.", "", "P", "PK", "BZ", "Idea: bread"] {
            assert_eq!(known(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn zips_are_told_apart_by_their_entries() {
        for (entry, what) in [
            ("Index/Document.iwa", "Pages"),
            ("index.xml", "Pages"),
            ("xl/workbook.xml", "spreadsheet"),
            ("story.fb2", "FB2"),
            ("chapter1.txt", "zip archive"),
        ] {
            let message = zip(&[ZIP, &[0; 26], entry.as_bytes()].concat()).message;
            assert!(message.contains(what), "{message}");
        }
    }

    #[test]
    fn xml_is_named_by_its_first_element_and_pages_are_left_alone() {
        let start = "\u{feff}<?xml version='1.0'?>\n".trim_start_matches('\u{feff}');
        for (rest, what) in [
            ("<FictionBook xmlns='x'>", Some("FB2")),
            ("<?mso-application progid='Word'?><w:wordDocument>", Some("Word document in XML")),
            ("<!-- a > b --><!DOCTYPE svg><svg/>", Some("SVG")),
            #[cfg(feature = "odt")]
            ("<office:document>", None),
            ("<rss version='2'>", Some("“rss”")),
            ("<!DOCTYPE html><html>", None),
            ("", None),
            ("<", None),
            ("<!-- never closed", None),
        ] {
            let found = xml(&format!("{start}{rest}")).map(|d| d.message);
            assert_eq!(found.is_some(), what.is_some(), "{rest}: {found:?}");
            assert!(found.is_none_or(|f| f.contains(what.unwrap())), "{rest}");
        }
        assert_eq!(xml("<FictionBook>"), None, "it does not say that it is XML");
    }
}

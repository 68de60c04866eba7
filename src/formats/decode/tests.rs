//! What is told of how a text was decoded, and what is refused.

use proptest::prelude::*;

use super::*;

fn text(bytes: &[u8]) -> Result<(Source, Vec<Diagnostic>), String> {
    text_in(bytes, None)
}

fn text_in(bytes: &[u8], given: Option<&str>) -> Result<(Source, Vec<Diagnostic>), String> {
    let input = Input { name: "a.txt".into(), bytes: bytes.to_vec() };
    let given = given.map(|name| Encoding::named(name).unwrap());
    match decode(input, given, &Limits { file_bytes: 10_000, ..Limits::default() }) {
        Ok((Document { content: Content::Text(source), .. }, notes)) => Ok((source, notes)),
        Ok(_) => Err("binary".into()),
        Err(d) => Err(d.message),
    }
}

#[test]
fn offsets_map_back_behind_marks_and_damage() {
    let (source, notes) = text(b"\xef\xbb\xbfabc").unwrap();
    assert_eq!((source.text.as_str(), notes.len(), source.original(1)), ("abc", 0, 4));
    let damaged = "Café au lait, crème brûlée, ".repeat(3).into_bytes();
    let damaged = [&damaged[..], b"caf\xe9 \xff end"].concat();
    let (source, notes) = text(&damaged).unwrap();
    assert!(notes[0].message.contains("2 bytes mean nothing"), "{notes:?}");
    let end = source.text.find("end").unwrap() as u32;
    assert_eq!(source.original(end) as usize, damaged.len() - 3);
}

#[test]
fn damage_at_the_end_of_the_file_maps_to_its_end() {
    let bytes = ["a café, cut off inside a caf".as_bytes(), b"\xc3"].concat();
    let (source, notes) = text(&bytes).unwrap();
    assert!(notes[0].message.contains("1 byte means nothing"), "{notes:?}");
    assert_eq!(source.original(source.text.len() as u32) as usize, bytes.len());
}

proptest! {
    #[test]
    fn no_bytes_panic_and_notes_point_into_the_text(
        start in prop::sample::select(vec![&b""[..], b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<meta charset=gbk>"]),
        mut bytes in prop::collection::vec(any::<u8>(), 0..200),
        is_text in any::<bool>(),
        given in prop::option::of(prop::sample::select(vec!["utf-8", "utf-16le", "big5", "koi8-r"])),
    ) {
        if is_text {
            bytes.iter_mut().filter(|b| **b < 0x20).for_each(|b| *b |= 0x60);
        }
        if let Ok((source, notes)) = text_in(&[start, &bytes].concat(), given) {
            for label in notes.iter().flat_map(|n| &n.labels) {
                prop_assert!(source.text.get(label.span.range()).is_some_and(|t| !t.is_empty()));
            }
        }
    }
}

#[test]
fn how_a_text_was_decoded_is_told_when_nothing_says_it() {
    let long = "Der Großvater saß gegenüber, schnitt das Brot und schob ihr die Butter über den Tisch. ".repeat(8);
    let western = encode(&long, "windows-1252");
    let russian = encode("<meta charset=koi8-r><p>Дождь начался ещё до рассвета", "koi8-r");
    let wrong = encode(&format!("<meta charset=shift_jis><p>{long}"), "windows-1252");
    let japanese = encode("<meta charset=iso-2022-jp><p>雨の日</p>", "iso-2022-jp");
    for (bytes, given, severity, part) in [
        (&western, None, Some(Severity::Info), "windows-1252 (Western European)"),
        (&encode("café", "windows-1252"), None, Some(Severity::Warning), "too few letters"),
        (&western, Some("windows-1252"), None, ""),
        (&russian, None, None, ""),
        (&wrong, None, Some(Severity::Info), "windows-1252"),
        (&japanese, None, None, ""),
        (&[b"\xff\xfe", &encode("Café", "utf-16le")[..]].concat(), Some("gbk"), None, ""),
        (&[&western[..], b"\x81"].concat(), None, Some(Severity::Warning), "throughout: 1 byte means"),
    ] {
        let (source, notes) = text_in(bytes, given).unwrap();
        assert_eq!(notes.iter().map(|n| n.severity).max(), severity, "{notes:?}");
        assert!(notes.last().is_none_or(|n| n.message.contains(part)), "{notes:?}");
        assert!(["Groß", "afé", "Дождь", "日"].iter().any(|w| source.text.contains(w)), "{}", source.text);
    }
    let (source, notes) = text(&western).unwrap();
    assert_eq!(source.slice(notes[0].labels[0].span), "Großvater");
}

fn encode(text: &str, name: &str) -> Vec<u8> {
    match name {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ => encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(text).0.into_owned(),
    }
}

#[test]
fn what_is_no_text_is_refused_with_a_reason() {
    let noise: Vec<u8> = (0..4_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect();
    for (bytes, part) in [
        (&b" \n"[..], "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        (b"\xff\xfe \0\n\0", "empty"),
        (b"PK\x03\x04rest", "binary"),
        (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
        (b"\0\0\xfe\xff\0\0\0a", "UTF-32"),
        (b"a\0b\0c\0 \0d\0", "UTF-16 without"),
        (b"\0a\0b\0c\0 \0d", "UTF-16 without"),
        (b"a\0\0\0b\0c\0\0d", "binary"),
        (b"\xff\xfe\0\xd8\0\xd8\0\xd8", "not UTF-16LE"),
        (&noise, "control characters"),
        (b"<?xml version='1.0'?><FictionBook/>", "FB2"),
    ] {
        let message = text(bytes).err().unwrap();
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(text(&[b'a'; 10_001]).err().unwrap().contains("10000 bytes that are read (limit: file-bytes)"));
    assert!(text_in(b"\x81 \x82", Some("gbk")).err().unwrap().contains("not GBK"));
}

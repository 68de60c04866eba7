//! Every character maps back to its bytes in every encoding, and no bytes panic.

use proptest::prelude::*;

use super::*;

/// Encodings that people's files are in, one of each kind of mapping.
const NAMES: &[&str] = &[
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "windows-1251",
    "koi8-r",
    "macintosh",
    "windows-874",
    "shift_jis",
    "euc-jp",
    "gbk",
    "gb18030",
    "big5",
    "euc-kr",
];

/// The bytes of a character in an encoding, if it has them and they are read as that character.
fn encoded(c: char, encoding: Encoding) -> Option<Vec<u8>> {
    let mut utf16 = [0; 2];
    let units = c.encode_utf16(&mut utf16);
    match encoding.name() {
        "UTF-16LE" => Some(units.iter().flat_map(|u| u.to_le_bytes()).collect()),
        "UTF-16BE" => Some(units.iter().flat_map(|u| u.to_be_bytes()).collect()),
        _ => {
            let text = c.to_string();
            let (bytes, _, failed) = encoding.0.encode(&text);
            let (back, _) = encoding.0.decode_without_bom_handling(&bytes);
            (!failed && back == text && !(0x80..0xa0).contains(&(c as u32))).then(|| bytes.into_owned())
        }
    }
}

fn place(n: usize) -> u32 {
    u32::try_from(n).unwrap()
}

fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => "[ -~\n\t]",
        2 => "[à-ÿŁ-ž]",
        2 => "[А-яёЇ]",
        2 => "[ぁ-んァ-ン。、]",
        2 => "[ｱ-ﾝ]",
        3 => "[一-丕水火木金土字]",
        2 => "[가-힣ก-ฮ]",
        1 => "[“”’…—€·×]",
        1 => "[😀-😄𠀋㐂]",
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
    .prop_map(|s| s.chars().next().unwrap())
}

proptest! {
    #[test]
    fn every_character_maps_back_to_its_bytes(
        text in prop::collection::vec(character(), 1..60),
        times in 1..30_usize,
        name in prop::sample::select(NAMES),
        mark in 0..4_usize,
    ) {
        let encoding = Encoding::named(name).unwrap();
        let mut bytes = vec![b'.'; mark];
        let mut places = Vec::new();
        let mut wanted = String::new();
        for c in text.iter().cycle().take(text.len() * times) {
            let Some(part) = encoded(*c, encoding) else { continue };
            places.push((wanted.len(), c.len_utf8(), bytes.len(), part.len()));
            wanted.push(*c);
            bytes.extend(part);
        }
        let decoded = decode(&bytes, mark, encoding);
        prop_assert_eq!(&decoded.text, &wanted);
        prop_assert_eq!(decoded.damaged, 0);
        let source = decoded.source("a".to_owned());
        for (at, len, original, width) in &places {
            let range = source.original_range(place(*at)..place(at + len));
            prop_assert_eq!(range, place(*original)..place(original + width), "{:?}", source.text.get(*at..));
        }
        // and of any stretch of them, in a piece of the text too
        let (first, last) = (places.get(places.len() / 3), places.last());
        if let (Some(first), Some(last)) = (first, last) {
            let (start, end) = (first.0, last.0 + last.1);
            let range = place(first.2)..place(last.2 + last.3);
            prop_assert_eq!(source.original_range(place(start)..place(end)), range.clone());
            let piece = source.piece("b", start..end, source.position(place(start)));
            prop_assert_eq!(piece.original_range(0..place(piece.text.len())), range);
        }
    }

    #[test]
    fn no_bytes_panic_and_places_stay_in_order(
        bytes in prop::collection::vec(prop_oneof![
            any::<u8>(),
            prop::sample::select(&b"\x00\x1b$B(J\xff\xfe\xd8\x00\xdc\x81\x30\x8e\x8f\xa1\xe0\x40\x88\x62\xef\xbb\xbf"[..]),
        ], 0..400),
        name in prop::sample::select([NAMES, &["iso-2022-jp", "x-user-defined", "iso-8859-8-i"]].concat()),
    ) {
        let encoding = Encoding::named(name).unwrap();
        let decoded = decode(&bytes, 0, encoding);
        prop_assert!(decoded.damaged <= bytes.len());
        let wanted = encoding.0.decode_without_bom_handling(&bytes).0;
        let is_meaningless = |c| encoding.0.is_single_byte() && is_c1(c);
        // half a character and half a unit at the end of UTF-16 are one sign there and two here
        let whole = |text: &str| text.trim_end_matches('\u{fffd}').to_owned();
        prop_assert_eq!(whole(&decoded.text), whole(&wanted.replace(is_meaningless, "\u{fffd}")));
        let source = decoded.source("a".to_owned());
        let places: Vec<u32> = (0..=source.text.len() + 3).map(|at| source.original(place(at))).collect();
        prop_assert!(places.is_sorted(), "{places:?}");
        prop_assert_eq!(source.original(place(source.text.len())), place(bytes.len()));
        let _ = (guess(&bytes), declared(&bytes), marked(&bytes), is_damaged_utf8(&bytes));
    }
}

/// What a byte without a meaning is in the standard.
fn is_c1(c: char) -> bool {
    ('\u{80}'..='\u{9f}').contains(&c)
}

#[test]
fn two_characters_of_one_code_and_long_escapes_map_back() {
    let big5 = decode(b"a\x88\x62b", 0, Encoding::named("big5").unwrap()).source("a".to_owned());
    assert_eq!(big5.text, "aÊ\u{304}b");
    assert_eq!([0, 1, 3, 5, 6].map(|at| big5.original(at)), [0, 1, 3, 3, 4]);
    // 300 escapes that change nothing stand before one character
    let bytes = [&b"a"[..], &b"\x1b$B".repeat(300), b"\x24\x22\x1b(Bb\x1b(B"].concat();
    let jis = decode(&bytes, 0, Encoding::named("iso-2022-jp").unwrap()).source("a".to_owned());
    let b = jis.text.find('b').unwrap();
    assert_eq!(jis.original(place(b + 1)) as usize, bytes.len());
    assert!(jis.original(place(b)) as usize >= bytes.len() - 7, "{:?}", jis.text);
}

#[test]
fn pages_and_xml_say_their_encoding() {
    for (head, name) in [
        ("<?xml version='1.0' encoding='windows-1251'?><html>", Some("windows-1251")),
        ("\n<!DOCTYPE html><html><head><meta charset=Shift_JIS>", Some("Shift_JIS")),
        ("<html><META http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\" />", Some("GBK")),
        ("<html><meta name='charset'><meta charset = \"koi8-r\" >", Some("KOI8-R")),
        ("<meta charset='utf-16'>", None),
        ("<meta charset='klingon'>", None),
        ("<meta charset='replacement'>", None),
        ("<meta charset='hz-gb-2312'>", None),
        ("<meta", None),
        ("<p>charset=gbk", None),
        ("charset=gbk", None),
        ("<?xml version='1.0'?><p encoding='gbk'>", None),
    ] {
        assert_eq!(declared(head.as_bytes()).map(Encoding::name), name, "{head}");
    }
    assert!(Encoding::named("klingon").is_err() && Encoding::named("iso-2022-kr").is_err());
    assert_eq!(Encoding::named(" CP1251 ").unwrap().to_string(), "windows-1251 (Cyrillic)");
}

#[test]
fn a_guess_says_when_it_had_too_little_to_go_by() {
    let russian = "Дождь начался ещё до рассвета и шёл весь день. Анна поставила чайник и открыла окно.";
    let japanese = "雨は夜明け前から降り始め、一日中降り続いた。アンナは窓を開けて雨の音を聞いていた。";
    let chinese = "雨从天亮前就开始下，下了整整一天。安娜把水壶放在炉子上，打开窗户，听雨水敲打棚顶的声音。";
    let english = "“You haven’t slept,” her grandfather said, and sat down across from her with the bread. ".repeat(3);
    for (text, name, is_sure) in [
        (russian, "windows-1251", true),
        (russian, "koi8-r", true),
        (japanese, "shift_jis", true),
        (japanese, "euc-jp", true),
        (chinese, "gbk", true),
        (&english, "windows-1252", true),
        ("“Yes,” she said — a café.", "windows-1252", false),
        ("Дождь", "windows-1251", false),
    ] {
        let encoding = Encoding::named(name).unwrap();
        let (bytes, _, failed) = encoding.0.encode(text);
        assert!(!failed && !is_damaged_utf8(&bytes));
        let guess = guess(&bytes);
        assert_eq!(guess.is_sure, is_sure, "{text}: {guess:?}");
        let same = decode(&bytes, 0, guess.encoding).text == text;
        assert!(same || !is_sure, "{text}: {guess:?}");
    }
}

#[test]
fn damage_to_utf8_is_told_from_other_encodings() {
    for (bytes, damaged) in [
        (&b"caf\xc3\xa9 and cr\xc3\xa8me and \xe9"[..], true),
        (b"caf\xc3\xa9, cut off in a caf\xc3", true),
        (b"caf\xe9", false),
        (b"caf\xe9 cr\xe8me \xc3\xa9", false),
        (b"\xff", false),
    ] {
        assert_eq!(is_damaged_utf8(bytes), damaged, "{bytes:?}");
    }
}

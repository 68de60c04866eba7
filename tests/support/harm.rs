//! Files made to harm whoever reads them, and what is to become of each.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

use super::book::{book, book_in_order, frame, page};
use super::raw_zip::{Raw, raw_zip};
use super::zipped;

/// What becomes of a file.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// It is not read, for a reason that holds these words.
    Refused(&'static str),
    /// It is read, with as many words of story.
    Read(u64),
    /// It is read in part: the same, with a finding that holds these words.
    Partly(u64, &'static str),
    /// It is no work, which is said in these words.
    NoWork(&'static str),
}
pub use Fate::{NoWork, Partly, Read, Refused};

pub type Case = (&'static str, Vec<u8>, Fate);

pub fn sea() -> Vec<u8> {
    page("<h1>Chapter 1</h1><p>It rained over the boats.</p>")
}

/// Entries to be changed. The first one says what the file is, and is not packed.
fn raws(entries: &[(String, Vec<u8>)]) -> Vec<Raw> {
    let raw = |(i, (name, content)): (usize, &(String, Vec<u8>))| {
        let packed = Raw::packed(name, content);
        let size = content.len() as u32;
        if i == 0 { Raw { packed: content.clone(), method: 0, sizes: [size, size], ..packed } } else { packed }
    };
    entries.iter().enumerate().map(raw).collect()
}

pub fn bytes(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    zipped(entries)
}

/// Zip files of which the container itself is hostile.
fn containers() -> Vec<Case> {
    let honest = book(&[("a.xhtml", sea())]);
    let whole = bytes(&honest);
    let raw = raws(&honest);
    let zip = |all: &[Raw]| raw_zip(all, all.len() as u16, b"");
    let with = |more: &[Raw]| zip(&[&raw, more].concat());
    let around = |entries: &[(String, Vec<u8>)], more: Raw| zip(&[&raws(entries)[..], &[more]].concat());
    let changed = |change: &dyn Fn(&mut Raw)| {
        let mut all = raw.clone();
        change(all.last_mut().unwrap());
        zip(&all)
    };
    let (bomb, small_bomb) = (Raw::packed("", &vec![b' '; 16 << 20]), Raw::packed("", &vec![b' '; 1 << 20]));
    let inner = raw_zip(&[bomb.named("a")], 1, b"");
    let many = |name: &dyn Fn(usize) -> String, count: usize| {
        let names: Vec<String> = (0..count).map(name).collect();
        let files: Vec<(&str, Vec<u8>)> = names.iter().map(|n| (n.as_str(), Vec::new())).collect();
        let all: Vec<Raw> =
            raws(&book(&files)[..3]).into_iter().chain(names.iter().map(|n| small_bomb.named(n))).collect();
        zip(&all)
    };
    let empty = |count: usize| {
        let none: Vec<Raw> = (0..count).map(|i| Raw { name: format!("x{i}").into_bytes(), ..Raw::default() }).collect();
        with(&none)
    };
    let link = Raw { attributes: 0o120_777 << 16, ..Raw::default() };
    let mut zip64 = whole.clone();
    let end = zip64.len() - 22;
    let mut record = zip64.split_off(end);
    record[8..20].fill(0xff);
    zip64.extend(b"PK\x06\x06");
    let absurd = u64::MAX >> 1;
    zip64.extend([44, 45 | 45 << 16, 0, absurd, absurd, absurd, absurd].iter().flat_map(|n| n.to_le_bytes()).take(52));
    zip64.extend(b"PK\x06\x07\0\0\0\0");
    zip64.extend((end as u64).to_le_bytes());
    zip64.extend(1_u32.to_le_bytes());
    zip64.extend(record);
    let absurd_sizes = [&[1, 0, 16, 0][..], &absurd.to_le_bytes(), &absurd.to_le_bytes()].concat();
    let mut cases: Vec<Case> = vec![
        ("bomb.epub", around(&honest[..3], bomb.named("a.xhtml")), Refused("limit: ratio")),
        ("bomb.docx", zip(&[bomb.named("word/document.xml")]), Refused("limit: ratio")),
        ("bomb.odt", around(&odt(Vec::new())[..1], bomb.named("content.xml")), Refused("limit: ratio")),
        ("bomb-in-package.epub", around(&honest[..2], bomb.named("content.opf")), Refused("limit: ratio")),
        ("bomb-in-zip.zip", bytes(&[("a.zip".into(), inner)]), Refused("a zip archive")),
        ("zip-in-book.epub", bytes(&book(&[("a.xhtml", whole.clone())])), Refused("is binary")),
        ("medium.epub", many(&|i| format!("{i}.xhtml"), 300), Refused("limit: unpacked-bytes")),
        ("tight.epub", many(&|i| format!("{i}.xhtml"), 40), Refused("limit: ratio")),
        ("same-bytes.epub", changed(&|e| e.start = Some(0)), Refused("share their bytes")),
        ("says-less.epub", changed(&|e| e.sizes[1] = 10), Refused("cannot be unpacked")),
        ("says-more.epub", changed(&|e| e.sizes[1] = 100_000), Refused("cannot be unpacked")),
        ("says-much-more.epub", changed(&|e| e.sizes[1] = 60 << 20), Refused("limit: ratio")),
        ("says-more-packed.epub", changed(&|e| e.sizes[0] = 60 << 20), Refused("cut off or damaged")),
        ("other-checksum.epub", changed(&|e| e.checksum ^= 1), Refused("cannot be unpacked")),
        ("unknown-method.epub", changed(&|e| e.method = 97), Refused("packed in a way that is not read")),
        ("encrypted.epub", changed(&|e| e.flags = 1), Refused("copy-protected")),
        ("link.epub", changed(&|e| e.attributes = 0o120_777 << 16), Refused("link to another file")),
        ("link-beside.epub", with(&[link.named("cover.jpg")]), Read(5)),
        (
            "absurd-sizes.epub",
            changed(&|e| (e.sizes, e.extra) = ([u32::MAX; 2], absurd_sizes.clone())),
            Refused("damaged"),
        ),
        ("absurd-count.epub", zip64, Refused("limit: entries")),
        ("false-count.epub", raw_zip(&raw, 60_000, b""), Refused("limit: entries")),
        ("entries-10000.epub", empty(10_000), Refused("limit: entries")),
        ("entries-65534.epub", empty(65_530), Refused("limit: entries")),
        ("long-names.epub", many(&|i| format!("{i}{}", "a".repeat(60_000)), 80), Refused("limit: directory-bytes")),
        ("twice.epub", with(&[raw[3].clone()]), Refused("two entries of the same name")),
        ("comment.epub", raw_zip(&raw, raw.len() as u16, &b"sea ".repeat(16_000)), Read(5)),
        (
            "records-in-comment.epub",
            raw_zip(&raw, raw.len() as u16, &b"PK\x05\x06".repeat(16_000)),
            Refused("limit: entries"),
        ),
        ("not-at-the-end.epub", [whole.clone(), vec![b'\n'; 1 << 17]].concat(), Refused("cut off or damaged")),
        ("junk-before.epub", [&b"#!/bin/sh\n"[..], &whole].concat(), Refused("is binary")),
    ];
    for (name, path) in
        [("up.epub", "../evil"), ("root.epub", "/etc/passwd"), ("back.epub", "..\\evil"), ("drive.epub", "C:\\evil")]
    {
        cases.push((name, with(&[Raw { name: path.into(), ..Raw::default() }]), Refused("lies outside")));
    }
    cases
}

/// A Word document and an OpenDocument text around their XML.
fn odt(content: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let kind = b"application/vnd.oasis.opendocument.text".to_vec();
    vec![("mimetype".into(), kind), ("content.xml".into(), content)]
}

/// Books that lead in circles.
fn circles() -> Vec<Case> {
    let linked = page("<h1>Chapter 1</h1><p>It rained <a href=\"a.xhtml\">over</a> the boats.</p>");
    let mut nav = frame(
        "content.opf",
        r#"<package><manifest><item id="n" href="n.xhtml" media-type="application/xhtml+xml" properties="nav"/>
           <item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>
           <spine><itemref idref="n"/><itemref idref="a"/></spine></package>"#,
    );
    nav.push((
        "n.xhtml".into(),
        page(r##"<nav><ol><li><a href="n.xhtml">Self</a></li><li><a href="#x">Self</a></li></ol></nav>"##),
    ));
    nav.push(("a.xhtml".into(), sea()));
    let mut root = book(&[("a.xhtml", sea())]);
    root[1].1 = br#"<container><rootfile full-path="META-INF/container.xml"/></container>"#.to_vec();
    let absent: Vec<String> = (0..50_000).map(|i| format!("{i}.xhtml")).collect();
    let absent: Vec<(&str, Vec<u8>)> = absent.iter().map(|n| (n.as_str(), Vec::new())).collect();
    let absent: Vec<_> = book(&absent).into_iter().take(3).collect();
    let spelled = ["a.xhtml", "./a.xhtml", "A.XHTML", "x/../a.xhtml", "%61.xhtml", "a.xhtml#top"];
    let spelled: Vec<(&str, Vec<u8>)> = spelled.iter().map(|n| (*n, sea())).collect();
    let mut spelled = book(&spelled);
    spelled.truncate(4);
    vec![
        ("again.epub", bytes(&book_in_order(&[("a.xhtml", sea())], &[0; 1000])), Read(5)),
        ("spellings.epub", bytes(&spelled), Read(5)),
        ("links-to-itself.epub", bytes(&book(&[("a.xhtml", linked)])), Read(5)),
        ("nav-to-itself.epub", bytes(&nav), Read(5)),
        ("root-to-itself.epub", bytes(&root), NoWork("holds no text")),
        ("absent.epub", bytes(&absent), Partly(0, "names 50000 files that it does not hold")),
    ]
}

/// XML that grows when it is read, in every container that holds XML.
fn xml() -> Vec<Case> {
    let mut entities = String::from("<!DOCTYPE html [<!ENTITY a0 \"sea \">");
    for i in 1..20 {
        entities.push_str(&format!("<!ENTITY a{i} \"{}\">", format!("&a{};", i - 1).repeat(10)));
    }
    entities.push_str("]>");
    let deep = |open: &str, close: &str| format!("{}It rained.{}", open.repeat(40_000), close.repeat(40_000));
    let flood = |tag: &str| {
        let attributes: String = (0..100_000).map(|i| format!(" a{i}=\"{i}\"")).collect();
        format!("<{tag}{attributes}>It rained.</{tag}>")
    };
    let long = noise(1 << 20);
    let long_words = long.split(' ').count() as u64;
    let html = |body: &str| bytes(&book(&[("a.xhtml", page(&format!("<h1>Chapter 1</h1>{body}")))]));
    let docx = |body: &str| {
        let text = format!(
            "{}<w:document><w:body>{body}</w:body></w:document>",
            if body.contains("&a") { entities.as_str() } else { "" }
        );
        bytes(&[("word/document.xml".into(), text.into_bytes())])
    };
    let open = |body: &str| {
        let text = format!(
            "{}<o><office:text>{body}</office:text></o>",
            if body.contains("&a") { entities.as_str() } else { "" }
        );
        bytes(&odt(text.into_bytes()))
    };
    let run = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let laughs = [entities.as_bytes(), &page("<h1>Chapter 1</h1><p>It rained &a19;.</p>")].concat();
    vec![
        ("entities.epub", bytes(&book(&[("a.xhtml", laughs)])), Read(3)),
        ("entities.docx", docx(&run("It rained &a19;.")), Read(3)),
        ("entities.odt", open("<text:p>It rained &a19;.</text:p>"), Read(3)),
        ("deep.epub", html(&deep("<div>", "</div>")), Read(2)),
        ("deep-links.epub", html(&deep("<a href=\"b\">", "</a>")), Read(2)),
        ("deep.docx", docx(&run(&deep("<w:r>", "</w:r>"))), Read(2)),
        ("deep.odt", open(&format!("<text:p>{}</text:p>", deep("<text:span>", "</text:span>"))), Read(2)),
        ("attributes.epub", html(&flood("p")), Read(2)),
        (
            "attributes.docx",
            docx(&run("It rained.").replace("<w:t>", &flood("w:t").replace("It rained.</w:t>", ""))),
            Read(2),
        ),
        ("attributes.odt", open(&flood("text:p")), Read(2)),
        ("long.epub", html(&format!("<p>{long}</p>")), Read(long_words)),
        ("long.docx", docx(&run(&long)), Read(long_words)),
        ("long.odt", open(&format!("<text:p>{long}</text:p>")), Read(long_words)),
    ]
}

/// Words that cannot be packed much, the same in every run.
fn noise(length: usize) -> String {
    let mut state = 1_u32;
    let mut text = String::with_capacity(length);
    while text.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push((b'a' + (state >> 24) as u8 % 26) as char);
        if (state >> 16).is_multiple_of(5) {
            text.push(' ');
        }
    }
    text.trim().to_owned()
}

/// Data sets.
fn tables() -> Vec<Case> {
    let nested = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let unclosed = format!("title,text\nThe Pier,\"It rained. {}", "sea and sand, ".repeat(200_000));
    let long = noise(1 << 20);
    vec![
        ("nested.json", nested.clone().into_bytes(), Refused("deep")),
        ("nested.jsonl", format!("{{\"title\": \"The Pier\", \"text\": {nested}}}\n").into_bytes(), Refused("deep")),
        ("unclosed.csv", unclosed.into_bytes(), Refused("is not closed")),
        (
            "long.jsonl",
            format!("{{\"title\": \"The Pier\", \"text\": \"{long}\"}}\n").into_bytes(),
            Read(long.split(' ').count() as u64),
        ),
    ]
}

/// A book cut off at many places.
fn cut() -> Vec<(String, Vec<u8>, Fate)> {
    let whole = bytes(&book(&[("a.xhtml", sea())]));
    let ends = (30..whole.len()).step_by(whole.len() / 17);
    ends.map(|end| (format!("cut-{end}.epub"), whole[..end].to_vec(), Refused("cut off or damaged"))).collect()
}

/// All of them, by name.
pub fn cases() -> Vec<(String, Vec<u8>, Fate)> {
    let all = [containers(), circles(), xml(), tables()].into_iter().flatten();
    all.map(|(name, bytes, fate)| (name.to_owned(), bytes, fate)).chain(cut()).collect()
}

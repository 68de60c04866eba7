//! Containers: the same work as a page and as a book says the same; what is broken or hostile is refused with a reason.
#![cfg(feature = "epub")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use forewarn::engine::{self, Settings};
use forewarn::formats::{self, Limits};
use forewarn::model::{Diagnostic, Field, Input, Report, Severity, Work};
use forewarn::report;
use forewarn::rules::{self, RuleSet};

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

/// The bundled rules, linked once.
fn bundled() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| {
        let packs: Vec<_> = rules::bundled_names().filter_map(rules::bundled).collect();
        rules::link(&packs).rules
    })
}

fn read(name: &str, bytes: Vec<u8>) -> (Work, Vec<Diagnostic>) {
    let mut all = Vec::new();
    formats::read(Input { name: name.into(), bytes }, None, &Limits::default(), &mut |work, notes| {
        all.push((work, notes));
    });
    assert_eq!(all.len(), 1);
    all.pop().unwrap()
}

fn field(field: &Field) -> (String, Vec<&str>, bool) {
    (field.name.value.clone(), field.values.iter().map(|v| v.text.as_str()).collect(), field.listed)
}

/// Chapter, kind, heading and text of a section.
type Told = (Option<u32>, &'static str, Option<String>, String);

/// What each section is, with the text of those that follow each other in one chapter put together.
fn sections(work: &Work) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for section in &work.sections {
        let text = section.text.as_str();
        match all.last_mut().filter(|l| (l.0, l.1) == (section.chapter, section.kind.name())) {
            Some(last) => last.3.push_str(&format!("\n\n{text}")),
            None => {
                let heading = section.heading.as_ref().map(|h| h.value.clone());
                all.push((section.chapter, section.kind.name(), heading, text.to_owned()));
            }
        }
    }
    all
}

/// A finding without its places: rule, subject, message, the words it points at.
fn finding<'r>(report: &'r Report, d: &'r Diagnostic) -> (&'r str, Option<&'r str>, &'r str, Vec<&'r str>) {
    let words = d.labels.iter().map(|l| report.slice(l.span)).collect();
    (&d.rule, d.subject.as_deref(), &d.message, words)
}

#[test]
fn a_download_and_the_book_made_of_it_say_the_same() {
    let page = read("work.html", support::bytes(&fixture("html-download-twin/work.html")));
    let book = read("work.epub", support::bytes(&fixture("epub-ao3/work.epub")));
    assert_eq!((page.0.format, book.0.format), ("ao3-html", "epub"));
    let fields = |work: &'_ Work| work.fields.iter().map(|f| format!("{:?}", field(f))).collect::<Vec<_>>();
    assert_eq!(fields(&page.0), fields(&book.0));
    assert!(fields(&page.0).len() > 12);
    assert_eq!(sections(&page.0), sections(&book.0));
    assert_eq!(sections(&page.0).len(), 8);
    let rules = bundled();
    let off = rules.rules.iter().filter(|r| r.severity == Severity::Off);
    let severities = off.map(|r| (r.id.clone(), Severity::Info)).collect();
    let settings = Settings { severities, ..Settings::default() };
    let reports = [page, book].map(|(work, notes)| engine::check(work, notes, rules, &settings));
    let findings = reports.each_ref().map(|r| r.diagnostics.iter().map(|d| finding(r, d)).collect::<Vec<_>>());
    assert_eq!(findings[0], findings[1]);
    assert!(findings[0].len() > 6);
    assert_eq!(reports[0].words, reports[1].words);
}

/// What was said of a file that could not be read.
fn refusal(name: &str, bytes: Vec<u8>) -> String {
    let (work, notes) = read(name, bytes);
    assert!(work.sections.is_empty(), "{name} was read");
    assert_eq!(work.format, "", "{name} counts as read");
    assert_eq!(notes.iter().map(|n| n.rule.as_str()).collect::<Vec<_>>(), ["core/unreadable"], "{notes:?}");
    notes[0].message.clone()
}

#[test]
fn what_is_broken_or_hostile_is_refused_with_the_reason() {
    let entries = support::entries(&fixture("epub-scraper/work.epub"));
    let with = |name: &str, content: &[u8]| {
        let mut entries = entries.clone();
        entries.push((name.to_owned(), content.to_vec()));
        support::zipped(&entries)
    };
    let whole = support::zipped(&entries);
    let cut = whole[..whole.len() - 40].to_vec();
    assert!(refusal("a.epub", cut).contains("cut off or damaged"));
    assert!(refusal("a.epub", with("../../evil.xhtml", b"x")).contains("outside"));
    let locked =
        br#"<encryption><EncryptedData><CipherReference URI="EPUB/chap_1.xhtml"/></EncryptedData></encryption>"#;
    assert!(refusal("a.epub", with("META-INF/encryption.xml", locked)).contains("copy-protected"));
    let font = br#"<encryption><EncryptedData><CipherReference URI="EPUB/font.otf"/></EncryptedData></encryption>"#;
    assert_eq!(read("a.epub", with("META-INF/encryption.xml", font)).1, []);
    assert!(refusal("a.zip", support::zipped(&[("a.txt".into(), b"Once.".to_vec())])).contains("zip archive"));
    let empty = [("mimetype".into(), b"application/epub+zip".to_vec())];
    assert!(refusal("a.epub", support::zipped(&empty)).contains("package document"));
}

#[test]
fn pages_of_a_book_are_read_in_the_encoding_that_they_say_or_a_guess_is_told() {
    const STORY: &str = "Дождь начался ещё до рассвета и шёл весь день. Анна открыла окно и слушала воду.";
    let book = |head: &str| {
        let page = format!("{head}<html><head><title>1</title></head><body><p>{STORY}</p></body></html>");
        let page = encoding_rs::WINDOWS_1251.encode(&page).0.into_owned();
        let mut entries = support::entries(&fixture("epub-scraper/work.epub"));
        entries.iter_mut().filter(|e| e.0.ends_with("chap_1.xhtml")).for_each(|e| e.1 = page.clone());
        (read("a.epub", support::zipped(&entries)), page)
    };
    let ((said, notes), page) = book("<?xml version='1.0' encoding='windows-1251'?>");
    assert_eq!(notes, []);
    let section = said.sections.iter().find(|s| s.text.as_str().starts_with("дождь")).unwrap();
    let at = section.text.as_str().find("анна").unwrap();
    let span = section.text.to_source(at..at + "анна".len());
    let original = said.source(span.source).unwrap().original_range(span.start..span.end);
    let original = &page[original.start as usize..original.end as usize];
    assert_eq!(encoding_rs::WINDOWS_1251.decode(original).0, "Анна");
    let ((guessed, notes), _) = book("");
    assert_eq!(sections(&guessed), sections(&said));
    let [note] = notes.as_slice() else { panic!("{notes:?}") };
    assert!(note.message.starts_with("In the entry “EPUB/chap_1.xhtml”: The text is not UTF-8."), "{note:?}");
    assert!(note.message.contains("windows-1251 (Cyrillic)") && note.labels.is_empty(), "{note:?}");
}

#[test]
fn a_part_that_is_missing_or_named_twice_is_told_or_read_once() {
    let mut entries = support::entries(&fixture("epub-scraper/work.epub"));
    let all = read("a.epub", support::zipped(&entries)).0;
    for (name, content) in &mut entries {
        if name.ends_with(".opf") {
            let text = String::from_utf8(content.clone()).unwrap();
            *content =
                text.replace("<spine", "<spine2").replace("</spine>", "<itemref idref=\"chapter_1\"/></spine>").into();
        }
    }
    let again = read("a.epub", support::zipped(&entries)).0;
    assert_eq!(sections(&all), sections(&again));
    entries.retain(|(name, _)| !name.ends_with("chap_1.xhtml"));
    let (work, notes) = read("a.epub", support::zipped(&entries));
    assert_eq!(work.chapters(), 1);
    assert!(notes[0].message.contains("EPUB/chap_1.xhtml"), "{notes:?}");
}

#[test]
fn no_cut_and_no_changed_byte_makes_reading_panic() {
    let mut entries = support::entries(&fixture("epub-original/work.epub"));
    let whole = support::zipped(&entries);
    for end in (0..whole.len()).step_by(61) {
        read("a.epub", whole[..end].to_vec());
    }
    // and within what is unpacked: every file cut, and every third byte another
    for i in 0..entries.len() {
        let content = entries[i].1.clone();
        for at in (0..content.len()).step_by(71) {
            entries[i].1 = content[..at].to_vec();
            read("a.epub", support::zipped(&entries));
            entries[i].1 = content.clone();
            entries[i].1[at] = b'<';
            read("a.epub", support::zipped(&entries));
        }
        entries[i].1 = content;
    }
}

/// Fields, sections and findings, so that works of different formats can be compared.
fn told(work: Work, notes: Vec<Diagnostic>) -> (Vec<String>, Vec<Told>, Vec<String>) {
    let rules = bundled();
    let fields = work.fields.iter().map(|f| format!("{:?}", field(f))).collect();
    let sections = sections(&work);
    let report = engine::check(work, notes, rules, &Settings::default());
    let findings = report.diagnostics.iter().map(|d| format!("{:?} {:?}", finding(&report, d), d.score)).collect();
    (fields, sections, findings)
}

#[cfg(all(feature = "docx", feature = "odt", feature = "rtf"))]
#[test]
fn a_text_and_the_documents_of_word_processors_say_the_same() {
    let read = |name: &str, path: &str| {
        let (mut work, notes) = read(name, support::bytes(&fixture(path)));
        // a text has no comments
        let comments = work.sources.iter().position(|s| s.name.contains("comments"));
        work.sections.retain(|s| Some(s.text.span().source.0 as usize) != comments);
        assert_eq!(comments.is_none(), work.format == "text");
        (work, notes)
    };
    let text = read("work.txt", "text-twin/work.txt");
    let documents = [
        read("work.docx", "docx-word/work.docx"),
        read("work.odt", "odt-libreoffice/work.odt"),
        read("work.rtf", "rtf-word/work.rtf"),
    ];
    assert_eq!(documents.each_ref().map(|d| d.0.format), ["docx", "odt", "rtf"]);
    let text = told(text.0, text.1);
    assert!(text.0.len() >= 7, "{:?}", text.0);
    assert_eq!(text.1.len(), 4, "{:?}", text.1);
    assert!(text.2.len() >= 3, "{:?}", text.2);
    // a text has no footnotes: its notes belong to the last chapter
    let but_notes = |all: &[Told]| -> Vec<_> {
        all.iter().map(|s| (s.0.filter(|_| s.1 != "end notes"), s.1, s.2.clone(), s.3.clone())).collect()
    };
    let but_chapters = |all: &[String]| all.iter().map(|f| f.replace("of chapter 2 ", "")).collect::<Vec<_>>();
    for document in documents.map(|(work, notes)| told(work, notes)) {
        assert_eq!(text.0, document.0);
        assert_eq!(but_notes(&text.1), but_notes(&document.1));
        assert_eq!(but_chapters(&text.2), but_chapters(&document.2));
    }
}

#[cfg(feature = "rtf")]
#[test]
fn no_damage_to_an_rtf_makes_reading_panic() {
    for path in ["rtf-word/work.rtf", "rtf-textedit/work.rtf"] {
        let whole = support::bytes(&fixture(path));
        for at in (5..whole.len()).step_by(29) {
            let (_, notes) = read("work.rtf", whole[..at].to_vec());
            assert!(notes.iter().any(|n| n.message.contains("breaks off")), "{path} cut at {at}: {notes:?}");
            for byte in [b'{', b'}', b'\\', 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                read("work.rtf", changed);
            }
        }
    }
}

#[cfg(all(feature = "docx", feature = "odt"))]
#[test]
fn no_damage_to_a_document_makes_reading_panic() {
    for (folder, name) in [
        ("docx-word/work.docx", "work.docx"),
        ("docx-table/work.docx", "work.docx"),
        ("odt-libreoffice/work.odt", "work.odt"),
    ] {
        let mut entries = support::entries(&fixture(folder));
        for i in 0..entries.len() {
            let content = entries[i].1.clone();
            for at in (0..content.len()).step_by(97) {
                entries[i].1 = content[..at].to_vec();
                read(name, support::zipped(&entries));
                entries[i].1 = content.clone();
                entries[i].1[at] = b'<';
                read(name, support::zipped(&entries));
            }
            entries[i].1 = content;
        }
    }
}

/// Every word of every section is what its span cuts out of its source, and what the bytes behind it in the entry
/// show; gives how many there are.
fn words_are_where_they_stand(work: &Work, entries: &[(String, Vec<u8>)]) -> usize {
    let letters =
        |text: &str| text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect::<String>();
    let mut count = 0;
    for section in &work.sections {
        let text = section.text.as_str();
        for word in text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
            let at = word.as_ptr() as usize - text.as_ptr() as usize;
            let span = section.text.to_source(at..at + word.len());
            let source = work.source(span.source).unwrap();
            assert_eq!(letters(&support::seen(source.slice(span))), letters(word));
            let entry = source.name.split_once(':').map_or(source.name.as_str(), |(_, entry)| entry);
            let entry = entry.split('#').next().unwrap();
            let seen = if entry.ends_with(".rtf") { support::seen_rtf } else { support::seen };
            let content = &entries.iter().find(|e| e.0 == entry).unwrap().1;
            let original = source.original_range(span.start..span.end);
            let original = std::str::from_utf8(&content[original.start as usize..original.end as usize]).unwrap();
            assert_eq!(letters(&seen(original)), letters(word), "{original}");
            assert!(!original.starts_with('<') && !original.ends_with('>'), "{original}");
            count += 1;
        }
    }
    count
}

#[test]
fn every_word_of_the_fixtures_maps_back_to_its_bytes() {
    for path in [
        "epub-ao3/work.epub",
        "epub-original/work.epub",
        "docx-word/work.docx",
        "docx-table/work.docx",
        "odt-libreoffice/work.odt",
    ] {
        let entries = support::entries(&fixture(path));
        let (work, _) = read(path, support::zipped(&entries));
        if !work.format.is_empty() {
            assert!(words_are_where_they_stand(&work, &entries) > 40, "{path}");
        }
    }
    if cfg!(feature = "rtf") {
        let entries = [("work.rtf".to_owned(), support::bytes(&fixture("rtf-word/work.rtf")))];
        let (work, _) = read("work.rtf", entries[0].1.clone());
        assert!(words_are_where_they_stand(&work, &entries) > 100);
    }
}

#[cfg(all(feature = "docx", feature = "odt"))]
#[test]
fn wherever_runs_are_cut_words_are_whole() {
    const STORY: &str = "Édith &amp; the café’s cat — “sea-bitten”, 第2章&#233;t&#xe9; — ran.";
    let cuts: Vec<usize> = (0..=STORY.len()).filter(|i| STORY.is_char_boundary(*i)).collect();
    // an entity cannot be cut
    let outside = |i: &usize| STORY[..*i].rfind('&').is_none_or(|and| STORY[and..*i].contains(';'));
    let mut whole = None;
    for (i, cut) in cuts.iter().enumerate().filter(|(_, c)| outside(c)) {
        let second = cuts[(i * 7) % cuts.len()].max(*cut);
        let second = if outside(&second) { second } else { *cut };
        let [a, b, c] = [&STORY[..*cut], &STORY[*cut..second], &STORY[second..]];
        let docx = format!(
            "<w:document><w:body><w:p><w:r><w:t>{a}</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>{b}</w:t></w:r>\
             <w:del><w:r><w:t>†</w:t></w:r></w:del><w:r><w:t>{c}</w:t></w:r></w:p></w:body></w:document>"
        );
        let odt =
            format!("<o><text:p>{a}<text:span>{b}</text:span><office:annotation>†</office:annotation>{c}</text:p></o>");
        for (name, entries) in [
            ("a.docx", vec![("word/document.xml".to_owned(), docx.into_bytes())]),
            (
                "a.odt",
                vec![
                    ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.text".to_vec()),
                    ("content.xml".to_owned(), odt.into_bytes()),
                ],
            ),
        ] {
            let (work, notes) = read(name, support::zipped(&entries));
            assert_eq!(notes, []);
            assert!(words_are_where_they_stand(&work, &entries) > 6);
            let text = work.sections[0].text.as_str().to_owned();
            assert_eq!(whole.get_or_insert_with(|| text.clone()), &text, "cut at {cut} and {second}");
        }
    }
}

/// What an output format prints of a story, with the bundled rules.
fn printed(output: &str, name: &str, path: &str) -> String {
    let rules = bundled();
    let (work, notes) = read(name, support::bytes(&fixture(path)));
    let report = engine::check(work, notes, rules, &Settings::default());
    let mut out = Vec::new();
    (report::reporter(output).unwrap().make)(&report::Options::default()).report(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn people_are_told_chapters_and_paragraphs_and_machines_bytes() {
    for (name, path) in [("b.epub", "epub-ao3/work.epub"), ("b.docx", "docx-word/work.docx")] {
        if name == "b.docx" && !cfg!(feature = "docx") {
            continue;
        }
        let plain = printed("plain", name, path);
        assert!(plain.contains("\n  Chapter 2, paragraph 2, “vodka” in “…"), "{plain}");
        assert!(plain.contains(&format!("{name}, metadata: warning: The header says")), "{plain}");
        assert!(!plain.contains(['<', '>']), "{plain}");
        if cfg!(feature = "cli") {
            let human = printed("human", name, path);
            assert!(human.contains(&format!("[{name}, chapter 2, paragraph 1]")), "{human}");
            assert!(!human.contains(['<', '>', '\u{1f}']), "{human}");
        }
        let json: serde_json::Value = serde_json::from_str(&printed("jsonl", name, path)).unwrap();
        let labels = json["diagnostics"].as_array().unwrap().iter().flat_map(|d| d["labels"].as_array().unwrap());
        let vodka = labels.clone().find(|l| l["quote"] == "vodka").unwrap();
        let entry = vodka["source"].as_str().unwrap().strip_prefix(&format!("{name}:")).unwrap();
        let content = std::fs::read(fixture(path).join(entry)).unwrap();
        let place = |end: &str| usize::try_from(vodka[end].as_u64().unwrap()).unwrap();
        let bytes = std::str::from_utf8(&content[place("start")..place("end")]).unwrap();
        // in the document the word is cut in two, with a mark of the spelling checker between
        assert_eq!(support::seen(bytes), "vodka");
        assert_eq!(bytes.contains("proofErr"), name == "b.docx", "{bytes}");
    }
}

use proptest::prelude::*;

use super::super::read;
use super::super::testing::{check_spans, fields, outline};
use super::*;
use crate::model::Input;

fn read_bytes(bytes: &[u8], limits: &Limits) -> (Work, Vec<Diagnostic>) {
    let mut all = Vec::new();
    read(Input { name: "a.rtf".into(), bytes: bytes.to_vec() }, None, limits, &mut |work, notes| {
        all.push((work, notes))
    });
    assert_eq!(all.len(), 1);
    let (work, notes) = all.pop().unwrap();
    // footnotes stand in sources of their own
    let mut story = Work { fields: Vec::new(), sections: Vec::new(), ..work };
    for id in 0..story.sources.len() as u32 {
        story.sections = work.sections.iter().filter(|s| s.text.span().source.0 == id).cloned().collect();
        check_spans(&story);
    }
    (Work { fields: work.fields, sections: work.sections, ..story }, notes)
}

/// The work that a document with this body is.
fn work(body: &str) -> Work {
    let (work, notes) = read_bytes(format!("{{\\rtf1\\ansi\\deff0{body}}}").as_bytes(), &Limits::default());
    assert_eq!((notes, work.format), (Vec::new(), "rtf"), "{body}");
    work
}

/// All its text.
fn seen(body: &str) -> String {
    let work = work(body);
    work.sections.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("|")
}

#[test]
fn only_what_a_reader_sees_is_read() {
    for (body, text) in [
        ("a\\par b\\line c\\tab d", "a\n\nb\n\nc d"),
        ("a\\\nb\\\r\nc", "a\n\nb\n\nc"),
        ("a\r\nb\nc", "abc"),
        ("sea\\_bitten\\~co-op\\-er", "sea\u{1e}bitten co-oper"),
        ("{\\b Ra}{\\i0 ting}", "Rating"),
        ("\\{a\\\\b\\}", "{a\\b}"),
        ("a\\emdash b\\endash c\\bullet", "a--b--c\u{1a}"),
        ("\\ldblquote a\\rdblquote , \\lquote b\\rquote", "\"a\", 'b'"),
        ("a{\\v hidden}b\\v c\\v0 d", "abd"),
        ("a{\\deleted gone\\par}b", "ab"),
        ("a{\\*\\unknown x{y}z}b{\\*\\bkmkstart m}c", "abc"),
        ("{\\header h\\par}{\\footerf f}{\\*\\generator G;}a{\\pict\\wmetafile8 0102}{\\object{\\result r}}b", "ab"),
        ("{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt{\\ul link}}} b", "link b"),
        ("{\\field{\\fldinst PAGE}{\\fldrslt 3}}", "3"),
        ("{\\upr{a}{\\*\\ud{\\u228 ?}}}", "a"),
        ("a\\bin5 }}}}}b", "ab"),
        ("a{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv y}}{\\shptxt box\\par}}{\\shprslt box}}b", "a\n\nbox\n\nb"),
        ("a{\\*\\do{\\dptxbxtext box}}b", "a\n\nbox\n\nb"),
        ("{\\listtext\\'b7\\tab}a\\par{\\pntext 1.\\tab}b", "- a\n\n- b"),
        ("a\\page b\\sect c", "a\n\nb\n\nc"),
        ("\\trowd\\intbl a\\cell b\\cell\\row\\pard c\\par", "a\n\nb\n\nc"),
        (
            "\\trowd\\intbl a\\intbl\\itap2 in\\nestcell{\\nonesttables\\par}\\cell b\\cell\\row\\pard c",
            "ain\n\nb\n\nc",
        ),
    ] {
        assert_eq!(seen(body), text, "{body}");
    }
}

#[test]
fn letters_of_all_kinds() {
    let fonts = "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}{\\f3\\fcharset2 D;}{\\f4\\cpg1250 E;}{\\f5 F;}}";
    for (body, text) in [
        ("It won\\'92t", "It won't"),
        ("\\'e9\\'c9", "éé"),
        ("\\u233 ?\\u8217\\'92t", "é't"),
        ("\\uc0\\u233 x", "éx"),
        ("\\uc2\\u22909\\'ba\\'c3x", "好x"),
        ("{\\uc0\\u233 a}\\u233 ?b", "éaéb"),
        ("\\u-10179?\\u-8704?x", "\u{1a}x"),
        ("\\u55349?\\u56353?x", "𝐡x"),
        ("\\u-10179?x", "\u{1a}x"),
        ("\\u8217{x}", "'x"),
        ("a\\u8232 ?b", "a\n\nb"),
        ("\\f1\\'ef\\'f0\\f0\\'e9", "прé"),
        ("{\\f1\\'ef}\\plain\\'e9", "пé"),
        ("\\f2\\'82\\'a0\\'83A\\f0\\'e9", "あアé"),
        ("\\f3\\'b7a", "\u{1a}a"),
        ("\\f4\\'b3", "ł"),
        ("\\f5\\'b3", "\u{1a}"),
        ("naïve", "naïve"),
    ] {
        assert_eq!(seen(&format!("{fonts}{body}")), text, "{body}");
    }
    assert_eq!(seen("\\ansicpg1251{\\fonttbl{\\f0 A;}}\\f0\\'ef"), "п");
    assert_eq!(seen("\\mac\\'8e"), "é");
    let raw = [b"{\\rtf1\\ansi ".as_slice(), b"caf\xe9 \x93x\x94}"].concat();
    assert_eq!(read_bytes(&raw, &Limits::default()).0.sections[0].text.as_str(), "café \"x\"");
}

#[test]
fn headings_and_headers() {
    let styles = "{\\stylesheet{\\s0 Normal;}{\\s1\\sbasedon0\\outlinelevel0 heading 1;}{\\s2\\sbasedon1 Kapitel;}\
                  {\\*\\cs3 heading 2;}{\\s4 Title;}{\\s5 toc 1;}}";
    let told = |body: &str| {
        let work = work(&format!("{styles}{body}"));
        [fields(&work), outline(&work)].concat()
    };
    assert_eq!(
        told(
            "\\pard\\s4 Wind\\par\\pard {\\b Rating:} Mature\\par Fandom: X\\par\\pard\\s5 One 1\\par\
              \\pard\\s1 One\\par\\pard Once.\\par\\pard\\s2 Two\\par\\pard Twice.\\par"
        ),
        ["Title = Wind", "Rating = Mature", "Fandom = X", "1 text [One] Once.", "2 text [Two] Twice."]
    );
    assert_eq!(
        told(
            "\\pard\\outlinelevel0 One\\par\\pard Once.\\par\\pard\\outlinelevel0 Two\\par\\pard\\outlinelevel9 Twice.\\par"
        ),
        ["1 text [One] Once.", "2 text [Two] Twice."]
    );
    let row = |label: &str, value: &str| format!("\\trowd\\pard\\intbl {label}\\cell {value}\\cell\\row");
    assert_eq!(
        told(&[row("Rating", "Mature"), row("Tags:", "rain, bread"), "\\pard\\par Once.".into()].concat()),
        ["Rating = Mature", "Tags = rain, bread", "- text Once."]
    );
    let info = "{\\info{\\title Wind}{\\author Ada}{\\operator Bob}{\\creatim\\yr2020}{\\keywords rain; bread}}";
    assert_eq!(
        told(&format!("{info}Rating: Mature\\par\\par Once.")),
        ["Rating = Mature", "Title = Wind", "Author = Ada", "Keywords = rain + bread", "- text Once."]
    );
}

#[test]
fn notes_and_comments_stand_behind_the_text() {
    let work = work(
        "One.{\\super\\chftn{\\footnote\\pard\\plain{\\super\\chftn} CW: rain\\par Mud.}} Two.{\\footnote Three.}\\par\
         {\\*\\atnid A}{\\*\\atnauthor Ada}\\chatn{\\*\\annotation{\\*\\atndate 1}\\pard\\plain Is it?}\
         Four.{\\footnote\\ftnalt Five.}",
    );
    let told: Vec<_> = work.sections.iter().map(|s| (s.kind.name(), s.text.as_str())).collect();
    assert_eq!(
        told,
        [
            ("text", "One. Two.\n\nFour."),
            ("end notes", "CW: rain\n\nMud."),
            ("end notes", "Three."),
            ("end notes", "Five."),
            ("end notes", "Is it?")
        ]
    );
    let places = work.sections.iter().map(|s| {
        let span = s.text.span();
        work.source(span.source).unwrap().place(span.start).unwrap()
    });
    let expected = [
        "paragraph 1",
        "footnote 1, paragraph 1",
        "footnote 2, paragraph 1",
        "endnote 1, paragraph 1",
        "comment 1, paragraph 1",
    ];
    assert_eq!(places.collect::<Vec<_>>(), expected);
}

#[test]
fn places_are_bytes_of_the_file() {
    let raw = "{\\rtf1\\ansi won\\'92t{\\b  smi}{\\i led}\\par caf\\u233\\'e9 end}";
    let (work, _) = read_bytes(raw.as_bytes(), &Limits::default());
    let text = &work.sections[0].text;
    for (word, bytes) in [("won't", "won\\'92t"), ("smiled", "smi}{\\i led"), ("café", "caf\\u233"), ("end", "end")] {
        let at = text.as_str().find(word).unwrap();
        let span = text.to_source(at..at + word.len());
        let original = work.sources[0].original_range(span.start..span.end);
        assert_eq!(&raw[original.start as usize..original.end as usize], bytes);
    }
    assert_eq!(work.sources[0].place(text.span().start).as_deref(), Some("paragraph 1"));
}

#[test]
fn what_cannot_be_read_is_said() {
    let told = |raw: &str| {
        let (work, notes) = read_bytes(raw.as_bytes(), &Limits { depth: 20, ..Limits::default() });
        (work.sections.len(), notes.first().map(|n| n.message.clone()).unwrap_or_default())
    };
    for (raw, sections, message) in [
        ("{\\rtf1 Once.".to_owned(), 1, "breaks off"),
        ("{\\rtf1 Once {\\i and".into(), 1, "breaks off"),
        (format!("{{\\rtf1 Once.}}{}", "Twice. ".repeat(40)), 1, "ends 1 KB before its file does"),
        (format!("{{\\rtf1 {}Once.", "{".repeat(20)), 0, "limit: depth"),
        ("{\\rtf1\\pc Once \\'82 and \\'83.}".into(), 1, "2 bytes of the text mean nothing in code page 437"),
    ] {
        let (count, told) = told(&raw);
        assert_eq!(count, sections, "{raw}");
        assert!(told.contains(message), "{told}");
    }
    assert_eq!(told("{\\rtf1 Once.}\r\n\0\0"), (1, String::new()));
    let text = Document { name: "a.txt".into(), content: Content::Text(crate::model::Source::default()) };
    Rtf.parse(text, &Limits::default(), &mut |_, notes| assert!(notes[0].message.contains("no RTF")));
}

/// What RTF is made of, and what breaks naive readers of it.
const PIECES: &[&str] = &[
    "{",
    "}",
    "\\",
    "\\'",
    "\\'e9",
    "\\'82",
    "\\u8217?",
    "\\u-10179",
    "\\u-8704",
    "\\uc0",
    "\\uc3",
    "\\par ",
    "\\pard",
    "\\line",
    "\\*",
    "\\*\\x",
    "\\footnote ",
    "\\annotation ",
    "\\ftnalt",
    "\\trowd",
    "\\intbl ",
    "\\cell",
    "\\row",
    "\\nestcell",
    "\\fonttbl",
    "\\f1",
    "\\fcharset128",
    "\\fcharset2 ",
    "\\stylesheet",
    "\\s1 ",
    "\\outlinelevel0 ",
    "heading 1;",
    "\\info",
    "\\title ",
    "\\shp",
    "\\shptxt ",
    "\\v ",
    "\\v0 ",
    "\\deleted",
    "\\plain ",
    "\\bin2 ",
    "\\bin-1 ",
    "\\bin999999999",
    "\\listtext",
    "\\pict ",
    "\\fldinst ",
    "Rating: Mature",
    "Tags",
    "Chapter 1",
    "Once. ",
    "A",
    "é",
    "\n",
    "\\\n",
    "\u{0}",
    "\\pc ",
    "\\ansicpg65001 ",
    "\\~",
    "\\_",
    "-99999999999 ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_read_with_true_spans(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
        end in prop::sample::select(&["", "}", "}}}"][..]),
    ) {
        read_bytes(format!("{{\\rtf1 {}{end}", pieces.concat()).as_bytes(), &Limits::default());
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_bytes(&[b"{\\rtf1", bytes.as_slice()].concat(), &Limits::default());
    }
}

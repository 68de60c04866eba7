//! Whatever a document is made of, every span lies in its source, on character boundaries, and cuts out the very words
//! it stands for: random documents of every format, through reading, collecting and judging.
#![cfg(all(feature = "docx", feature = "epub", feature = "markdown", feature = "odt"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

mod support;

use std::sync::OnceLock;

use forewarn::collect::collect;
use forewarn::engine::{self, Settings};
use forewarn::formats::{self, Limits};
use forewarn::model::{Diagnostic, Facts, Input, Report, Severity, Span, State, Status, Work};
use forewarn::rules::{self, PackText, RuleSet};
use proptest::prelude::*;
use support::book::{frame, page};

/// Terms of every shape, so that the test does not depend on what the bundled lexicons know.
const PROBE: &str = r#"
[[lexicon]]
id = "probe.en"
language = "en"
summary = "Terms that the spans are tested with."
weight.1 = ["glasswort", "sea-bitten", "cold water", "lamp's out", "éclair", "glimm*", "down the old stair"]
"#;

/// Every rule of the bundled packs switched on, and the terms of [`PROBE`].
fn setup() -> &'static (RuleSet, Settings) {
    static SETUP: OnceLock<(RuleSet, Settings)> = OnceLock::new();
    SETUP.get_or_init(|| {
        let mut packs: Vec<PackText> = rules::bundled_names().filter_map(rules::bundled).collect();
        packs.push(PackText { name: "probe".into(), files: vec![("probe.toml".into(), PROBE.into())], bundled: false });
        let rules = rules::link(&packs).rules;
        let off = rules.rules.iter().filter(|r| r.severity == Severity::Off);
        let severities = off.map(|r| (r.id.clone(), Severity::Info)).collect();
        (rules, Settings { severities, ..Settings::default() })
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Dump,
    StrippedDownload,
    Markdown,
    Html,
    Json,
    Csv,
    Epub,
    Docx,
    Odt,
}

const KINDS: [Kind; 10] = [
    Kind::Text,
    Kind::Dump,
    Kind::StrippedDownload,
    Kind::Markdown,
    Kind::Html,
    Kind::Json,
    Kind::Csv,
    Kind::Epub,
    Kind::Docx,
    Kind::Odt,
];

impl Kind {
    /// The name for `--input-format`.
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Dump => "dump",
            Self::StrippedDownload => "ao3-text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Epub => "epub",
            Self::Docx => "docx",
            Self::Odt => "odt",
        }
    }

    fn has_entities(self) -> bool {
        matches!(self, Self::Markdown | Self::Html | Self::Epub)
    }

    /// Whether it is a container whose text comes in runs.
    fn has_runs(self) -> bool {
        matches!(self, Self::Docx | Self::Odt)
    }
}

/// Spellings of the terms of [`PROBE`] that any text may have: each counts as its term.
const SPELLINGS: &[&str] = &[
    "glasswort",
    "GLASSWORT",
    "glass\u{ad}wort",
    "glass\u{200b}wort",
    "sea-bitten",
    "Sea\u{2011}Bitten",
    "sea\u{2010}bitten",
    "cold water",
    "cold-water",
    "Cold\u{a0}Water",
    "cold  \t water",
    "lamp's out",
    "lamp’s out",
    "lamp’s  out",
    "éclair",
    "ÉCLAIR",
    "glimmering",
    "down the old stair",
    "Down  the old\u{2003}stair",
];
/// Spellings where a line break is no end of a paragraph.
const BROKEN: &[&str] = &["cold\nwater", "down the\nold stair", "lamp's\nout"];
/// Spellings where there are entities.
const ENTITIES: &[&str] = &[
    "lamp&#8217;s out",
    "lamp&rsquo;s out",
    "&eacute;clair",
    "&Eacute;clair",
    "cold&nbsp;water",
    "gl&#97;sswort",
    "&#x67;lasswort",
    "glass&shy;wort",
    "glimm&#233;",
];
/// Spellings in Markdown.
const MARKDOWN: &[&str] = &[
    "cold *water*",
    "*cold* water",
    "**cold water**",
    "glass*wort*",
    "sea\\-bitten",
    "[cold](https://example.org) water",
    "lamp\\'s out",
];
/// Spellings in HTML.
const HTML: &[&str] = &[
    "glass<em>wort</em>",
    "<b>g</b>lasswort",
    "cold <i>water</i>",
    "cold <!-- not warm --> water",
    "<span title='cold water'>cold</span> <span>water</span>",
    "<a href=\"#x\">lamp&rsquo;s</a> out",
    "down <b>the&nbsp;</b>old stair",
    "&eacute;c<i></i>lair",
];
/// Spellings in documents, where a run may start within a word. A bar stands for where one ends and another starts.
const RUNS: &[&str] = &[
    "glass|wort",
    "|cold| water",
    "sea-|bitten",
    "lamp|’s out",
    "&#233;|clair",
    "gl|&#97;|sswort",
    "down the |old stair",
];
/// What stands between them: punctuation, symbols, scripts, and letters whose lower case is longer.
const FILLERS: &[&str] = &[
    "She counted the boats.",
    "“Nine,” he said,",
    "‘no’",
    "—",
    "and then…",
    "👍🏽",
    "İstanbul",
    "ǅungla",
    "Straße",
    "ＦＵＬＬ",
    "½",
    "サーバー",
    "第2章",
    "สวัสดี",
    "e\u{301}toile",
    "they drank whiskey and vodka, drunk,",
    "blood",
    "He was not",
    "a--b",
    "don't",
    "don’t",
    "CW: animal death, seasickness.",
    "Rating: Mature",
    "x",
    "\u{feff}",
    "\u{200d}",
];
/// What stands between them where there is markup.
const MARKED: &[&str] = &["AT&amp;T", "&mdash;", "&#128077;", "&hellip;", "&bogus;", "&ldquo;nine&rdquo;"];

fn spellings(kind: Kind) -> Vec<&'static str> {
    let mut all: Vec<&str> = SPELLINGS.to_vec();
    if matches!(kind, Kind::Markdown | Kind::Html | Kind::Epub) {
        all.extend(BROKEN);
    }
    if kind.has_entities() {
        all.extend(ENTITIES);
    }
    match kind {
        Kind::Markdown => all.extend(MARKDOWN),
        Kind::Html | Kind::Epub => all.extend(HTML),
        Kind::Docx | Kind::Odt => all.extend(RUNS),
        _ => {}
    }
    all
}

fn pieces(kind: Kind) -> Vec<&'static str> {
    let mut all = spellings(kind);
    all.extend(FILLERS);
    if kind.has_entities() {
        all.extend(MARKED);
    }
    all
}

/// The entries of a document: a paragraph a line, each bar the end of a run.
fn document(lines: &[String], kind: Kind) -> Vec<(String, Vec<u8>)> {
    let paragraph = |line: &String| {
        let runs = line.split('|').enumerate();
        match kind {
            Kind::Docx => {
                let run = |(i, text): (usize, &str)| {
                    let look = if i % 2 == 1 { "<w:rPr><w:i/></w:rPr>" } else { "" };
                    format!("<w:r>{look}<w:t xml:space=\"preserve\">{text}</w:t></w:r><w:proofErr/>")
                };
                format!("<w:p>{}</w:p>\n", runs.map(run).collect::<String>())
            }
            _ => {
                let run = |(i, text): (usize, &str)| {
                    if i % 2 == 1 { format!("<text:span>{text}</text:span>") } else { text.to_owned() }
                };
                format!("<text:p>{}</text:p>\n", runs.map(run).collect::<String>())
            }
        }
    };
    let text: String = lines.iter().map(paragraph).collect();
    match kind {
        Kind::Docx => {
            vec![("word/document.xml".into(), format!("<w:document><w:body>{text}</w:body></w:document>").into())]
        }
        _ => vec![
            ("mimetype".into(), b"application/vnd.oasis.opendocument.text".to_vec()),
            ("content.xml".into(), format!("<o><office:text>{text}</office:text></o>").into()),
        ],
    }
}

/// Header lines, some of them with mistakes for the rules to find.
const FIELDS: &[(&str, &str)] = &[
    ("Title", "The Café on the İsland"),
    ("Rating", "Teen And Up Audiences"),
    ("Rating", "Tean"),
    ("Archive Warnings", "No Archive Warnings Apply, Major Character Death"),
    ("Archive Warnings", "Choose Not To Use Archive Warnings"),
    ("Fandom", "Original Work"),
    ("Relationships", "Ann Lee/Bo Park, Ann Lee & Zoë"),
    ("Characters", "Ann Lee, Zoë"),
    ("Additional Tags", "Boats, boats, Animal Daeth, Panic Atacks, 100% Fluff"),
    ("Additional Tags", "ÉCLAIR, Mild Gore, No Smut;  Dog Death"),
    ("Language", "English"),
    ("Language", "Deutsch"),
    ("Words", "1,000"),
    ("Content Warnings", "blood (brief), past abuse"),
];

/// What a document is made of, as choices that each format renders in its own way.
#[derive(Debug, Clone)]
struct Made {
    fields: Vec<usize>,
    /// Chapters of paragraphs of pieces.
    chapters: Vec<Vec<Vec<u16>>>,
    crlf: bool,
    bom: bool,
}

fn made() -> impl Strategy<Value = Made> {
    let paragraph = prop::collection::vec(any::<u16>(), 1..8);
    let chapter = prop::collection::vec(paragraph, 1..4);
    let chapters = prop::collection::vec(chapter, 1..4);
    (prop::sample::subsequence((0..FIELDS.len()).collect::<Vec<_>>(), 0..8), chapters, any::<bool>(), any::<bool>())
        .prop_map(|(fields, chapters, crlf, bom)| Made { fields, chapters, crlf, bom })
}

/// The entries of a file: of one that is no container there is one, without a name.
fn render(made: &Made, kind: Kind) -> Vec<(String, Vec<u8>)> {
    let pieces = pieces(kind);
    let paragraph = |p: &Vec<u16>| {
        let words: Vec<&str> = p.iter().map(|i| pieces[*i as usize % pieces.len()]).collect();
        words.join(" ")
    };
    let fields = || made.fields.iter().map(|i| FIELDS[*i]);
    let mut text = String::new();
    let chapter = |text: &mut String, open: &str, between: &str, close: &str| {
        for (n, c) in made.chapters.iter().enumerate() {
            let n = n + 1;
            text.push_str(&match kind {
                Kind::Html => format!("<h2>Chapter {n}: The <i>Caf&eacute;</i></h2>\n"),
                Kind::Markdown => format!("## Chapter {n}: The *Café*\n\n"),
                Kind::Dump => format!("Chapter {n} : The Café Chapter Text "),
                _ => format!("Chapter {n}: The Café\n\n"),
            });
            for p in c {
                text.push_str(&format!("{open}{}{close}{between}", paragraph(p)));
            }
        }
    };
    match kind {
        Kind::Text => {
            fields().for_each(|(l, v)| text.push_str(&format!("{l}: {v}\n")));
            text.push('\n');
            chapter(&mut text, "", "\n\n", "");
        }
        Kind::Dump => {
            text.push_str("Summary: A walk. Notes: (See the end of the work for notes.) ");
            chapter(&mut text, "", " ", "");
        }
        Kind::StrippedDownload => {
            text.push_str("The Café\nPosted originally on the Archive at http://example.org/works/1.\n\n");
            fields().for_each(|(l, v)| text.push_str(&format!("{l}:\n{v}\n")));
            text.push_str("Summary\n\nA walk.\n\n");
            chapter(&mut text, "", "\n\n", "");
        }
        Kind::Markdown => {
            let mut fields: Vec<_> = fields().collect();
            fields.dedup_by_key(|f| f.0);
            let lines = fields.iter().map(|(l, v)| format!("{}: \"{v}\"\n", l.to_lowercase().replace(' ', "_")));
            text.push_str(&format!("---\n{}---\n\n", lines.collect::<String>()));
            chapter(&mut text, "", "\n\n", "");
        }
        Kind::Html => {
            text.push_str("<html><head><title>The Caf&eacute;</title></head><body>\n");
            let escaped = |v: &str| v.replace('&', "&amp;").replace('é', "&eacute;");
            fields().for_each(|(l, v)| text.push_str(&format!("<p><b>{l}:</b> {}</p>\n", escaped(v))));
            chapter(&mut text, "<p>", "\n", "</p>");
            text.push_str("</body></html>\n");
        }
        Kind::Json => {
            chapter(&mut text, "", "\n\n", "");
            let mut fields: Vec<_> = fields().collect();
            fields.dedup_by_key(|f| f.0);
            let keys = fields.iter().map(|(l, v)| format!("\"{l}\":\n \"{}\",", escaped(v)));
            text = format!("{{{}\n\"text\": \"{}\"}}\n", keys.collect::<String>(), escaped(&text));
        }
        Kind::Csv => {
            chapter(&mut text, "", "\n\n", "");
            let mut fields: Vec<_> = fields().collect();
            fields.dedup_by_key(|f| f.0);
            let quoted = |v: &str| format!("\"{}\"", v.replace('"', "\"\""));
            let names: Vec<String> = fields.iter().map(|f| quoted(f.0)).chain(["body".to_owned()]).collect();
            let cells: Vec<String> = fields.iter().map(|f| quoted(f.1)).chain([quoted(&text)]).collect();
            text = format!("{}\n{}\n", names.join(","), cells.join(","));
        }
        Kind::Epub => {
            let rows = fields().map(|(l, v)| format!("<b>{l}:</b> {}<br/>\n", v.replace('&', "&amp;")));
            let mut files = vec![page(&format!("<h3>The Caf&eacute;</h3><div>{}</div>", rows.collect::<String>()))];
            files.extend(made.chapters.iter().map(|c| {
                let paragraphs: String = c.iter().map(|p| format!("<p>{}</p>\n", paragraph(p))).collect();
                page(&format!("<h2>Chapter 1: The <i>Caf&eacute;</i></h2>\n{paragraphs}"))
            }));
            let items = |form: &dyn Fn(usize) -> String| (0..files.len()).map(form).collect::<String>();
            let package = format!(
                "<package><metadata><dc:title>The Caf&#233;</dc:title><dc:description>A &lt;i&gt;walk&lt;/i&gt; by cold \
                 water.</dc:description></metadata><manifest>{}</manifest><spine>{}</spine></package>",
                items(&|i| format!("<item id=\"i{i}\" href=\"{i}.xhtml\" media-type=\"application/xhtml+xml\"/>")),
                items(&|i| format!("<itemref idref=\"i{i}\"/>"))
            );
            let mut entries = frame("content.opf", package);
            entries.extend(files.into_iter().enumerate().map(|(i, f)| (format!("{i}.xhtml"), f)));
            return finished(entries, made);
        }
        Kind::Docx | Kind::Odt => {
            let xml = |v: &str| v.replace('&', "&amp;").replace('é', "&#233;");
            let mut lines: Vec<String> = fields().map(|(l, v)| format!("{l}:| {}", xml(v))).collect();
            for (n, c) in made.chapters.iter().enumerate() {
                lines.push(format!("Chapter {}: The Caf|&#233;|", n + 1));
                lines.extend(c.iter().map(paragraph));
            }
            return finished(document(&lines, kind), made);
        }
    }
    finished(vec![(String::new(), text.into_bytes())], made)
}

/// Entries with the line ends and the mark at the start of text that some programs write.
fn finished(entries: Vec<(String, Vec<u8>)>, made: &Made) -> Vec<(String, Vec<u8>)> {
    let finish = |(name, content): (String, Vec<u8>)| {
        if name == "mimetype" {
            return (name, content);
        }
        let mut text = String::from_utf8(content).unwrap();
        if made.crlf {
            text = text.replace('\n', "\r\n");
        }
        if made.bom {
            text.insert(0, '\u{feff}');
        }
        (name, text.into_bytes())
    };
    entries.into_iter().map(finish).collect()
}

/// The file that holds these entries.
fn file(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    match entries {
        [(name, content)] if name.is_empty() => content.clone(),
        entries => support::zipped(entries),
    }
}

/// A string inside JSON, with every other character that may be escaped as an escape.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '"' | '\\' => out.extend(['\\', c]),
            c if !c.is_ascii() && i % 2 == 0 => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            c => out.push(c),
        }
    }
    out
}

/// Reads one work.
fn read(entries: &[(String, Vec<u8>)], kind: Kind) -> (Work, Vec<Diagnostic>) {
    let mut all = read_all(&file(entries), kind);
    assert_eq!(all.len(), 1);
    all.pop().unwrap()
}

fn read_all(bytes: &[u8], kind: Kind) -> Vec<(Work, Vec<Diagnostic>)> {
    let mut all = Vec::new();
    let input = Input { name: "work".into(), bytes: bytes.to_vec() };
    formats::read(input, Some(kind.name()), &Limits::default(), &mut |work, notes| all.push((work, notes)));
    all
}

/// What a reader sees of a piece of source: tags, comments, link targets and escapes gone, entities decoded.
fn seen(source: &str, kind: Kind) -> String {
    const NAMED: &[(&str, &str)] = &[
        ("amp", "&"),
        ("rsquo", "’"),
        ("ldquo", "“"),
        ("rdquo", "”"),
        ("eacute", "é"),
        ("Eacute", "É"),
        ("nbsp", " "),
        ("shy", ""),
        ("mdash", "—"),
        ("hellip", "…"),
    ];
    if kind == Kind::Json {
        return serde_json::from_str(&format!("\"{}\"", source.replace('\t', " "))).expect("whole escapes");
    }
    if kind == Kind::Csv {
        return source.replace("\"\"", "\"");
    }
    let mut seen = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if matches!(kind, Kind::Html | Kind::Epub) && c == '<' {
            let comment = rest.starts_with("<!--");
            let end = if comment { rest.find("-->").map(|i| i + 3) } else { rest.find('>').map(|i| i + 1) };
            rest = &rest[end.unwrap_or(rest.len())..];
            continue;
        }
        if kind == Kind::Markdown && rest.starts_with("](") {
            rest = &rest[rest.find(')').map_or(rest.len(), |i| i + 1)..];
            continue;
        }
        if kind.has_entities()
            && let Some((name, after)) = rest.strip_prefix('&').and_then(|r| r.split_once(';'))
        {
            let number = name.strip_prefix('#').and_then(|n| match n.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => n.parse().ok(),
            });
            let decoded = match number.and_then(char::from_u32) {
                Some(c) => Some(c.to_string()),
                None => NAMED.iter().find(|n| n.0 == name).map(|n| n.1.to_owned()),
            };
            if let Some(decoded) = decoded {
                seen.push_str(&decoded);
                rest = after;
                continue;
            }
        }
        seen.push(c);
        rest = &rest[c.len_utf8()..];
    }
    seen
}

/// The letters and digits of a text, folded.
fn letters(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap(),
        c => c,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// What is checked of every document; gives how many places there were.
fn check(entries: &[(String, Vec<u8>)], kind: Kind) -> usize {
    let (rules, settings) = setup();
    let (work, notes) = read(entries, kind);
    assert_eq!(work.format, kind.name(), "{notes:?}");
    let facts = collect(&work, rules);
    let cut = |span: Span| -> &str {
        let source = work.source(span.source).expect("a source of the work");
        let cut = source.text.get(span.range()).unwrap_or_else(|| panic!("{span:?} cuts through a character"));
        // and the same bytes of the file, or of its entry, also behind a byte order mark
        let original = source.original_range(span.start..span.end);
        let entry = source.name.split_once(':').map_or("", |(_, entry)| entry).split('#').next().unwrap();
        let content = &entries.iter().find(|e| e.0 == entry).expect("an entry of the file").1;
        let bytes = &content[original.start as usize..original.end as usize];
        if kind.has_runs() || source.name.contains('#') {
            let bytes = std::str::from_utf8(bytes).expect("whole characters");
            assert_eq!(letters(&support::seen(bytes)), letters(&support::seen(cut)));
        } else {
            assert_eq!(bytes, cut.as_bytes());
        }
        cut
    };
    let shown = |span: Span| letters(&seen(cut(span), kind));
    let mut places = words(&work, &shown);
    for evidence in &facts.evidence {
        let section = &work.sections[evidence.section as usize];
        let matched = &section.text.as_str()[evidence.at.start as usize..evidence.at.end as usize];
        assert_eq!(shown(evidence.span), letters(matched), "{}", cut(evidence.span));
        assert_eq!(section.text.to_source(evidence.at.start as usize..evidence.at.end as usize), evidence.span);
        places += 1;
    }
    for field in &work.fields {
        // a title that stands without its label is its own label
        let unlabelled = field.values.iter().any(|v| v.span == field.name.span);
        if !field.name.span.is_empty() && !unlabelled {
            assert_eq!(shown(field.name.span), letters(&field.name.value));
        }
        assert_eq!(field.state == State::Given, !field.values.is_empty(), "{field:?}");
        for value in &field.values {
            assert_eq!(shown(value.span), letters(&value.text));
            if value.verbatim {
                assert_eq!(cut(value.span), value.text);
            }
            places += 1;
        }
    }
    for entry in &facts.entries {
        assert!(shown(entry.span).contains(&letters(&entry.text)), "{entry:?}");
        if entry.exact {
            assert_eq!(cut(entry.span), entry.text);
        }
    }
    for heading in work.sections.iter().filter_map(|s| s.heading.as_ref()) {
        assert!(shown(heading.span).contains(&letters(&heading.value)), "{heading:?}");
        places += 1;
    }
    for claim in &facts.claims {
        assert!(!shown(claim.span).is_empty(), "{claim:?} points at nothing");
        places += 1;
    }
    places + labels(&facts, notes, rules, settings, &cut)
}

/// Every word of every section maps back to its own letters; gives how many there are.
fn words(work: &Work, shown: &dyn Fn(Span) -> String) -> usize {
    let mut count = 0;
    for section in &work.sections {
        let text = section.text.as_str();
        let is_word = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric();
        for word in text.split(|c| !is_word(c)).filter(|w| !w.is_empty()) {
            let at = word.as_ptr() as usize - text.as_ptr() as usize;
            let all = shown(section.text.to_source(at..at + word.len()));
            assert_eq!(all, letters(word), "“{word}” of {text:?}");
            count += 1;
        }
    }
    count
}

/// The labels and edits of all findings; gives how many there are.
fn labels<'a>(
    facts: &Facts<'_>,
    notes: Vec<Diagnostic>,
    rules: &RuleSet,
    settings: &Settings,
    cut: &dyn Fn(Span) -> &'a str,
) -> usize {
    let mut found = engine::judge(facts, rules, settings);
    found.extend(notes);
    let mut count = 0;
    for diagnostic in &found {
        for label in &diagnostic.labels {
            let words = cut(label.span);
            assert_eq!(words, words.trim(), "{diagnostic:?}");
            count += 1;
        }
        let mut edits: Vec<Span> = diagnostic.fix.iter().flat_map(|f| f.edits.iter().map(|e| e.span)).collect();
        edits.sort();
        assert!(edits.iter().all(|e| cut(*e).len() == e.len()));
        assert!(edits.windows(2).all(|w| w[0].end <= w[1].start), "{diagnostic:?}");
    }
    count
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_cut_out_what_they_stand_for(made in made()) {
        for kind in KINDS {
            prop_assert!(check(&render(&made, kind), kind) > 0);
        }
    }

    /// A document read as a format that it is not has true spans too.
    #[test]
    fn also_when_the_format_is_wrong(made in made(), written in 0..KINDS.len(), read_as in 0..KINDS.len()) {
        let (rules, settings) = setup();
        for (work, notes) in read_all(&file(&render(&made, KINDS[written])), KINDS[read_as]) {
            let report: Report = engine::check(work, notes, rules, settings);
            for label in report.diagnostics.iter().flat_map(|d| &d.labels) {
                let source = report.source(label.span).expect("a source");
                prop_assert!(source.text.get(label.span.range()).is_some(), "{label:?}");
            }
        }
    }
}

/// The entries of a file with a story as its only paragraph.
fn wrapped(story: &str, kind: Kind) -> Vec<(String, Vec<u8>)> {
    let (mark, rest) = story.strip_prefix('\u{feff}').map_or(("", story), |rest| ("\u{feff}", rest));
    let text = match kind {
        Kind::Json => format!("{mark}{{\"text\": \"{}\"}}", rest.replace('\n', "\\n").replace('\r', "\\r")),
        Kind::Csv => format!("{mark}text,shelf\r\n\"{rest}\",4"),
        Kind::Docx | Kind::Odt => return document(&[rest.to_owned()], kind),
        Kind::Epub => {
            let text = [mark.as_bytes(), &page(&format!("<h2>Chapter 1</h2>{rest}"))].concat();
            return support::book::book(&[("a.xhtml", text)]);
        }
        _ => story.to_owned(),
    };
    vec![(String::new(), text.into_bytes())]
}

/// Every spelling is found in every format that has it, and its span is the spelling: no letter more or less.
#[test]
fn every_spelling_is_found_where_it_stands() {
    let (rules, _) = setup();
    for kind in KINDS {
        for spelling in spellings(kind) {
            let is_html = matches!(kind, Kind::Html | Kind::Epub);
            let (open, close) = if is_html { ("<p>", "</p>") } else { ("", "") };
            let story = format!("{open}“Nine,” she said—and the {spelling} was there.{close}\n");
            for story in [story.clone(), story.replace('\n', "\r\n"), format!("\u{feff}{story}")] {
                let crlf = story.contains('\r');
                let story = wrapped(&story, kind);
                let (work, _) = read(&story, kind);
                let facts = collect(&work, rules);
                let of_probe = |e: &&forewarn::model::Evidence| rules.lexicon_name(e.lexicon) == "probe";
                let found: Vec<_> = facts.evidence.iter().filter(of_probe).collect();
                assert_eq!(found.len(), 1, "{kind:?} {story:?}");
                assert_eq!(found[0].status, Status::Counted);
                let cut = work.slice(found[0].span);
                let spelling = spelling.replace('\n', if crlf { "\r\n" } else { "\n" });
                // a document's source is its text without the runs
                let spelling = if kind.has_runs() { support::seen(&spelling.replace('|', "")) } else { spelling };
                assert!(spelling.contains(cut), "{kind:?}: “{cut}” of “{spelling}”");
                assert_eq!(letters(&seen(cut, kind)), letters(&seen(&spelling, kind)), "{kind:?}: “{cut}”");
            }
        }
    }
}

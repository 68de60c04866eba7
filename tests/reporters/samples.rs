//! The reports that every output format prints in tests.

use forewarn::model::{
    By, Chapter, ContentMap, Decoding, Diagnostic, Edit, Fix, Holder, Inside, Paragraph, Part, Report, RuleText,
    Safety, Score, Severity, Source, SourceId, Span, Suppressed,
    map::{Cell, Level, Spot, Strip},
};

/// A source and the words in it that labels point at.
struct Sourced(Source, SourceId);

impl Sourced {
    fn new(name: &str, id: u32, text: &str) -> Self {
        Self(Source::new(name, text, Decoding::default()), SourceId(id))
    }

    /// The span of the `nth` place (from 0) where `words` stand.
    fn nth(&self, words: &str, nth: usize) -> Span {
        let (start, _) = self.0.text.match_indices(words).nth(nth).unwrap_or_else(|| panic!("no {words:?}"));
        Span::new(self.1, start..start + words.len())
    }

    fn at(&self, words: &str) -> Span {
        self.nth(words, 0)
    }
}

/// A story with a header, with labels of all the usual kinds.
pub fn story() -> Report {
    let text = Sourced::new(
        "stories/harbour.txt",
        0,
        "Title: The Harbour Light\n\
         Rating: Teen And Up Audiences\n\
         Archive Warnings: No Archive Warnings Apply\n\
         Additional Tags: Angst, Hurt/Confort, Slow Burn\n\
         \n\
         “You’re late,” said Maren. She put the lamp on the sill and counted the boats again, as she had every evening \
         since the storm, and the number did not change.\n\
         \n\
         He struck the table, and then he struck the wall, and the blood ran down from his knuckles and over his wrist \
         before either of them thought to look for a cloth. “It’s nothing,” he said. It was a good deal more than \
         nothing; the cut went to the bone, and the floor was red by the time the doctor had been fetched up the hill.\n\
         \n\
         The knife lay on the floor.\n",
    );
    let undeclared = Diagnostic {
        score: Some(Score {
            value: 0.816_2,
            threshold: 0.5,
            sure: 0.75,
            parts: vec![
                Part { name: "injury.en".into(), count: 3, weight: 1.7 },
                Part { name: "blows.en near body.en".into(), count: 2, weight: 0.8 },
                Part { name: "sport-and-idiom.en".into(), count: 1, weight: -0.3 },
            ],
        }),
        ..Diagnostic::new(
            "ao3/undeclared",
            Severity::Warning,
            "The text suggests Graphic Depictions Of Violence, and the work does not declare it.",
        )
        .about("graphic-violence")
        .at(text.at("the cut went to the bone"), "an injury")
        .at(text.at("blood ran down"), "an injury")
        .at(text.nth("struck", 0), "a blow")
        .at(text.nth("struck", 1), "")
        .at(text.at("No Archive Warnings Apply"), "says there is none")
        .at(text.at("red"), "an injury")
        .at(text.at("knife"), "a weapon")
        .help("Add the warning, or choose “Choose Not To Use Archive Warnings”, which is a full answer too.")
        .fix(Fix {
            title: "write “Graphic Depictions Of Violence”".into(),
            edits: vec![Edit {
                span: text.at("No Archive Warnings Apply"),
                text: "Graphic Depictions Of Violence".into(),
            }],
            safety: Safety::Suggestion,
        })
    };
    let spelling = Diagnostic::new("core/tag-spelling", Severity::Info, "“Hurt/Confort” looks misspelt.")
        .about("hurt-comfort")
        .at(text.at("Hurt/Confort"), "did you mean “Hurt/Comfort”?")
        .fix(Fix {
            title: "write “Hurt/Comfort”".into(),
            edits: vec![Edit { span: text.at("Hurt/Confort"), text: "Hurt/Comfort".into() }],
            safety: Safety::Safe,
        });
    let missing = Diagnostic::new("core/missing-summary", Severity::Info, "The work has no summary.")
        .about("summary")
        .help("Add one: it is the first thing that readers see.");
    let end = u32::try_from(text.0.text.len()).unwrap() - 1;
    let insert = Diagnostic::new("core/no-ending", Severity::Warning, "The last sentence may be cut off.")
        .at(Span { start: end, end, ..Span::default() }, "something may be missing here");
    let crossing = Diagnostic::new("core/line-break", Severity::Warning, "A quotation is left open.")
        .at(text.at("the number did not change.\n\nHe struck"), "from here on");
    let sidecar = Sourced::new("stories/harbour.toml", 1, "rating = \"Teen\"\ntags = [\"Angst\"]\n");
    let second =
        Diagnostic::new("core/contradiction", Severity::Error, "The two files give “Rating” two different values.")
            .at(sidecar.at("\"Teen\""), "one rating here")
            .at(text.at("Teen And Up Audiences"), "another one here")
            .help("Keep one of them.");
    let accepted = Suppressed {
        diagnostic: Diagnostic::new(
            "core/word-count",
            Severity::Warning,
            "The header says 9 words, and the text has 123.",
        )
        .about("words"),
        by: By::Work,
        reason: "more is to come".into(),
    };
    Report {
        name: "stories/harbour.txt".into(),
        format: "text",
        words: 123,
        chapters: vec![Chapter {
            number: Some(1),
            title: Some("The Harbour Light".into()),
            words: 123,
            scores: vec![("graphic-violence".into(), 0.816_249), ("character-death".into(), 0.1)],
        }],
        diagnostics: vec![undeclared, spelling, missing, insert, crossing, second],
        suppressed: vec![accepted],
        map: map(&text),
        suggested: Some("Title: The Harbour Light\nRating: Mature\nAdditional Tags: Angst, Hurt/Comfort\n".into()),
        sources: vec![text.0, sidecar.0],
        ..Report::default()
    }
}

/// Two kinds of content over a chapter in three cells and a short one.
fn map(text: &Sourced) -> ContentMap {
    let spot = |score, level, scenes, words: &[&str]| {
        Some(Spot { score, level, scenes, places: words.iter().map(|w| text.at(w)).collect() })
    };
    let strip =
        |tag: &str, name: &str, score, level, spots| Strip { tag: tag.into(), name: name.into(), score, level, spots };
    let cell = |chapter, from, part| Cell { chapters: Some((chapter, chapter)), from, words: 40, part };
    ContentMap {
        cells: vec![cell(1, 0, true), cell(1, 40, true), cell(1, 80, true), cell(2, 0, false)],
        strips: vec![
            strip(
                "graphic-violence",
                "Graphic Depictions Of Violence",
                0.816_2,
                Level::Strong,
                vec![
                    spot(0.31, Level::Weak, 1, &["struck"]),
                    spot(0.84, Level::Strong, 2, &["blood ran down", "the cut went to the bone"]),
                    None,
                    spot(0.55, Level::Clear, 1, &["knife"]),
                ],
            ),
            strip(
                "illness",
                "Illness <&>",
                0.5,
                Level::Clear,
                vec![None, spot(0.6, Level::Clear, 1, &["doctor"]), None, None],
            ),
        ],
        more: vec!["Weather".into()],
    }
}

/// Lines that break naive printers: 90 KB long, wide, with tabs, with what steers terminals.
pub fn hostile() -> Report {
    let long = "and the sea went on ".repeat(4_600);
    let text = Sourced::new(
        "odd\u{1b}[31m.txt",
        0,
        &format!(
            "{long}past the breakwater, {long}and home.\n\
             山田は走って、走って、とうとう海に着いた。波の音だけが聞こえた。彼は泣いた。空には月もなく、星もなく、ただ風だけが吹いていた。\n\
             \tName:\tAnn \u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}desrever\u{202c} so\u{ad}ft\r\n\
             {}\n\
             end",
            "x".repeat(5_000)
        ),
    );
    let length = u32::try_from(text.0.text.len()).unwrap();
    let places = Diagnostic::new("test/long-line", Severity::Warning, "These words stand far apart in one line.")
        .at(text.at("breakwater"), "in the middle")
        .at(text.at("home"), "at the end")
        .at(text.at("and"), "at the start");
    let wide = Diagnostic::new("test/wide", Severity::Info, "Wide characters are two columns each.")
        .at(text.at("泣いた"), "he cries")
        .at(text.nth("走って", 1), "");
    let control = Diagnostic::new(
        "test/control",
        Severity::Error,
        "“\u{1b}[2J” must not reach the terminal.\nNor a \u{202e}turn.",
    )
    .at(text.at("Ann"), "before\tit \u{9b}31m")
    .at(text.at("desrever"), "inside")
    .help("Remove the \u{7}bell.");
    let endless = Diagnostic::new("test/endless", Severity::Warning, "A word without an end.")
        .at(Span { start: text.at("xxx").start, end: length, ..Span::default() }, "all of this")
        .at(Span { start: length, end: length, ..Span::default() }, "the end of the file");
    let overlapping = Diagnostic::new("test/overlap", Severity::Warning, "Labels that overlap are drawn apart.")
        .at(text.at("past the breakwater"), "outer")
        .at(text.at("the breakwater"), "inner");
    Report {
        name: text.0.name.clone(),
        format: "text",
        words: 18_000,
        diagnostics: vec![places, wide, control, endless, overlapping],
        sources: vec![text.0],
        ..Report::default()
    }
}

pub fn unreadable() -> Report {
    let message = "This is a PDF, which is not read.";
    Report {
        name: "drafts/cover letter.pdf".into(),
        diagnostics: vec![
            Diagnostic::new("core/unreadable", Severity::Error, message).help("Download the work as HTML."),
        ],
        ..Report::default()
    }
}

/// A page of a book, whose lines nobody sees.
pub fn book() -> Report {
    let page = "<html><body><h1>One</h1>\n<p>The bread was <em>still</em> warm.</p>\n</body></html>\n";
    let mut text = Sourced::new("shelf/The Baker.epub:text/ch 1.xhtml", 0, page);
    let range = |words: &str| {
        let span = text.at(words);
        span.start..span.end
    };
    let paragraphs = vec![
        Paragraph { range: range("One"), part: "chapter 1".into(), number: 1 },
        Paragraph { range: range("The bread was <em>still</em> warm."), part: "chapter 1".into(), number: 2 },
    ];
    let found = Diagnostic::new("core/contradiction", Severity::Warning, "Warm bread is declared and denied.")
        .about("warm-bread")
        .at(text.at("bread"), "bread")
        .at(text.at("warm"), "and warm")
        .help("Keep one of them.");
    let whole = Diagnostic::new("core/missing-summary", Severity::Info, "The work has no summary.").about("summary");
    text.0.inside = Inside::Markup;
    text.0.holder = Holder::File("shelf/The Baker.epub".into());
    text.0.paragraphs = paragraphs;
    Report {
        name: "shelf/The Baker.epub".into(),
        format: "epub",
        words: 5,
        diagnostics: vec![found, whole],
        sources: vec![text.0],
        ..Report::default()
    }
}

/// Two records of a data set that is one line.
pub fn records() -> Vec<Report> {
    let table = r#"[{"tags": "Café, café, boats", "text": "…"}, {"tags": "Café, café", "text": ""}]"#;
    let file = Source::new("data/works.json", table, Decoding::default());
    let starts = table.match_indices('{').map(|(at, _)| at).zip(1..);
    let record = |(start, number): (usize, usize)| {
        let end = start + table[start..].find('}').unwrap() + 1;
        let at = file.position(u32::try_from(start).unwrap());
        let text = Sourced(file.piece(format!("data/works.json#{number}"), start..end, at), SourceId(0));
        let twice = Diagnostic::new("core/duplicate-tag", Severity::Warning, "“café” stands twice among the tags.")
            .about("additional-tag")
            .at(text.at("café"), "again here")
            .at(text.at("Café"), "first here");
        let silent = Diagnostic::new("core/no-text", Severity::Info, "The record has no text.");
        Report {
            name: text.0.name.clone(),
            format: "json",
            diagnostics: if number == 1 { vec![twice] } else { vec![silent, twice] },
            sources: vec![text.0],
            ..Report::default()
        }
    };
    starts.map(record).collect()
}

/// Names and messages that would end a command, an attribute or a string, and what was declared outside of any file.
pub fn quoting() -> Report {
    let text = Sourced::new(
        "stories/näive, 100 %: ::set.txt",
        0,
        "Rating: 100 % <b>\"T\"</b>::error::]]>\r\n\r\n“Hé!” ::warning file=x::y\n%0A Hé!\n",
    );
    let mut declared = Sourced::new("--declare Rating", 1, "Rating: Mature");
    declared.0.holder = Holder::Nothing;
    let injected = Diagnostic::new(
        "test/quoting",
        Severity::Error,
        "“100 % <b>\"T\"</b>::error::]]>” & 'x'\r\n::error file=a,line=1::b%0Ac is no {0} [rating](1).",
    )
    .at(text.at("100 % <b>\"T\"</b>::error::]]>"), "<here> & \"there\"\n::notice::x")
    .at(declared.at("Mature"), "declared here")
    .help("Write 100 %25, or\n::warning::nothing.")
    .fix(Fix {
        title: "write “Teen & \"Up\"”".into(),
        edits: vec![Edit { span: text.at("100 % <b>\"T\"</b>::error::]]>"), text: "Teen & \"Up\"".into() }],
        safety: Safety::Suggestion,
    });
    let elsewhere = Diagnostic::new("test/declared", Severity::Warning, "This is no rating.")
        .at(declared.at("Mature"), "declared here");
    let twice = |nth| Diagnostic::new("test/twice", Severity::Info, "Somebody calls.").at(text.nth("Hé!", nth), "");
    Report {
        name: text.0.name.clone(),
        format: "text",
        words: 4,
        diagnostics: vec![injected, elsewhere, twice(0), twice(1)],
        sources: vec![text.0, declared.0],
        ..Report::default()
    }
}

/// A configuration that is not as it should be.
pub fn faulty() -> Report {
    let text = Sourced::new("forewarn.toml", 0, "fail-on = \"sometimes\"\n");
    let fault = Diagnostic::new("core/config", Severity::Error, "“sometimes” is no severity.")
        .at(text.at("sometimes"), "")
        .help("Choose error, warning, info or never.");
    Report {
        name: text.0.name.clone(),
        format: Report::SETTINGS,
        diagnostics: vec![fault],
        sources: vec![text.0],
        ..Report::default()
    }
}

/// What packs say of some of the rules.
pub fn rules() -> Vec<RuleText> {
    let text = |id: &str, severity, summary: &str, docs: &str, help: Option<&str>| RuleText {
        id: id.into(),
        severity,
        summary: summary.into(),
        docs: docs.into(),
        help: help.map(String::from),
    };
    vec![
        text("core/never-met", Severity::Error, "It is not printed.", "", None),
        text(
            "ao3/undeclared",
            Severity::Warning,
            "The text suggests [tag], and the work does not declare it.",
            "Readers choose by `warnings`.",
            Some("Add the warning."),
        ),
        text("core/missing-summary", Severity::Off, "The work has no summary.", "", None),
    ]
}

pub fn clean() -> Report {
    Report { name: "stories/quiet.md".into(), format: "markdown", words: 23_984, ..Report::default() }
}

pub fn reports() -> Vec<Report> {
    let mut reports = vec![story(), hostile(), unreadable(), clean(), book()];
    reports.extend(records());
    reports.push(quoting());
    reports
}

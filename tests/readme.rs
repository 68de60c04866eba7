//! What the README shows on a terminal is what the program prints: every ```console block of `$ forewarn …` lines is run.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use std::path::Path;
use std::process::Command;

/// A command line as shown after `$ `, and the lines shown below it.
#[derive(Debug, PartialEq)]
struct Shown {
    command: String,
    output: Vec<String>,
}

/// The commands of all console blocks whose first line runs forewarn, with what is shown below each.
fn transcripts(readme: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "```console" {
            continue;
        }
        let block: Vec<&str> = lines.by_ref().take_while(|l| l.trim_end() != "```").collect();
        if !block.first().is_some_and(|l| l.starts_with("$ forewarn ")) {
            continue;
        }
        for line in block {
            match line.strip_prefix("$ ") {
                Some(command) => shown.push(Shown { command: command.trim().to_owned(), output: Vec::new() }),
                None => shown.last_mut().unwrap().output.push(line.trim_end().to_owned()),
            }
        }
    }
    shown
}

/// Arguments as a shell parts them: at spaces outside quotes.
fn arguments(command: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut quote = None;
    let mut word: Option<String> = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => arguments.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    arguments.extend(word);
    arguments
}

/// Runs a shown command in `fixtures/readme`; gives why it is wrong, if it is.
fn mistake(shown: &Shown) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/readme");
    let arguments = arguments(&shown.command);
    if arguments.first().is_none_or(|a| a != "forewarn") {
        return Some(format!("`{}` cannot be tried: it does not run forewarn", shown.command));
    }
    let mut run = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    run.args(&arguments[1..]).current_dir(folder).env("COLUMNS", "100").env("NO_COLOR", "1");
    let run = run.output().unwrap();
    let printed = [run.stdout, run.stderr].map(|o| String::from_utf8(o).unwrap()).concat();
    let lines = |text: &[String]| text.join("\n").trim_end().to_owned();
    let printed: Vec<String> = printed.lines().map(|l| l.trim_end().to_owned()).collect();
    let (shown_text, printed) = (lines(&shown.output), lines(&printed));
    (shown_text != printed)
        .then(|| format!("`{}` is shown with\n{shown_text}\n\nand prints\n{printed}\n", shown.command))
}

/// Passes while there is no README or none with a transcript.
#[test]
fn transcripts_in_the_readme_are_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).unwrap_or_default();
    let mistakes: Vec<String> = transcripts(&readme).iter().filter_map(mistake).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn a_wrong_transcript_is_found() {
    let readme = "Try it:\n\n```console\n$ forewarn --version\nforewarn VERSION  \n\n$ forewarn check 'no such file.txt'\n\
                  forewarn: no such file or folder: no such file.txt\n```\n\n```console\n$ cargo install forewarn\n```\n\n\
                  ```toml\n$ forewarn no\n```\n";
    let right = transcripts(&readme.replace("VERSION", env!("CARGO_PKG_VERSION")));
    assert_eq!(right.len(), 2);
    assert_eq!(right.iter().filter_map(mistake).collect::<Vec<_>>(), [""; 0]);
    let wrong = transcripts(readme);
    assert_eq!(wrong.iter().filter(|s| mistake(s).is_some()).count(), 1);
}

/// The story of the README has something to show, and nothing of it is an error.
#[test]
fn the_readmes_story_has_a_few_findings() {
    let shown = Shown { command: "forewarn check the-lighthouse.txt -o jsonl".into(), output: Vec::new() };
    let printed = mistake(&shown).unwrap();
    for rule in ["core/duplicate-tag", "core/word-count", "core/note-warning"] {
        assert!(printed.contains(rule), "{rule}: {printed}");
    }
    assert!(!printed.contains(r#""severity":"error""#), "{printed}");
}

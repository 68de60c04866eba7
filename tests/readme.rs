//! What the README shows on a terminal is what the program prints: every ```console block of `$ forewarn …` lines is run.
//! `SNAPSHOTS=overwrite cargo test --test readme` writes what is printed into the README; then read the diff.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use std::path::Path;
use std::process::Command;

/// A command line as shown after `$ `, and the lines shown below it.
#[derive(Debug, PartialEq)]
struct Shown {
    command: String,
    output: Vec<String>,
    /// The line of the README that shows the command, from 0.
    line: usize,
}

/// The commands of all console blocks whose first line runs forewarn, with what is shown below each.
fn transcripts(readme: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut lines = readme.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if line.trim() != "```console" {
            continue;
        }
        let block: Vec<(usize, &str)> = lines.by_ref().take_while(|l| l.1.trim_end() != "```").collect();
        if !block.first().is_some_and(|l| l.1.starts_with("$ forewarn ")) {
            continue;
        }
        for (number, line) in block {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    shown.push(Shown { command: command.trim().to_owned(), output: Vec::new(), line: number });
                }
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

/// What a shown command prints in `fixtures/readme`, without white space at the ends of lines.
fn printed(shown: &Shown) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/readme");
    let arguments = arguments(&shown.command);
    assert!(arguments.first().is_some_and(|a| a == "forewarn"), "`{}` does not run forewarn", shown.command);
    let mut run = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    run.args(&arguments[1..]).current_dir(folder).env("COLUMNS", "100").env("NO_COLOR", "1");
    let run = run.output().unwrap();
    let printed = [run.stdout, run.stderr].map(|o| String::from_utf8(o).unwrap()).concat();
    let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Why a shown command is wrong, if it is.
fn mistake(shown: &Shown) -> Option<String> {
    let (told, printed) = (shown.output.join("\n"), printed(shown));
    (told.trim_end() != printed)
        .then(|| format!("`{}` is shown with\n{told}\n\nand prints\n{printed}\n", shown.command))
}

/// The README with what its commands print.
fn corrected(readme: &str) -> String {
    let mut lines: Vec<String> = readme.lines().map(str::to_owned).collect();
    // from the end, so that the numbers of the lines before stay right
    for shown in transcripts(readme).iter().rev() {
        let below = shown.line + 1..shown.line + 1 + shown.output.len();
        let last = lines.get(below.end).is_none_or(|l| l.trim_end() == "```");
        let gap = if last { None } else { Some(String::new()) };
        let printed: Vec<String> = printed(shown).lines().map(str::to_owned).chain(gap).collect();
        lines.splice(below, printed);
    }
    lines.join("\n") + "\n"
}

/// Passes while there is no README or none with a transcript.
#[test]
fn transcripts_in_the_readme_are_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("SNAPSHOTS").is_some_and(|s| s == "overwrite") && !transcripts(&readme).is_empty() {
        std::fs::write(path, corrected(&readme)).unwrap();
        return;
    }
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
    assert!(transcripts(&corrected(readme)).iter().all(|s| mistake(s).is_none()));
    assert!(corrected(readme).ends_with("```toml\n$ forewarn no\n```\n"));
}

/// The story of the README has something to show, and nothing of it is an error.
#[test]
fn the_readmes_story_has_a_few_findings() {
    let command = "forewarn check the-lighthouse.txt -o jsonl".to_owned();
    let printed = printed(&Shown { command, output: Vec::new(), line: 0 });
    for rule in ["core/duplicate-tag", "core/word-count", "core/note-warning"] {
        assert!(printed.contains(rule), "{rule}: {printed}");
    }
    assert!(!printed.contains(r#""severity":"error""#), "{printed}");
}

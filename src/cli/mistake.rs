//! What is said to someone who did not name a command, where that can be said better than by the parser of arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ColorChoice, CommandFactory as _, ValueEnum as _};

use super::discover::unquoted;

/// What is said to someone who gave nothing at all.
const WELCOME: &str = "\
forewarn reads a story and says whether its rating, warnings and tags fit what is in it.

To see what you might tag a story:

    forewarn suggest story.docx

To compare the header that it has with what is in it:

    forewarn check story.docx

`forewarn check` takes a folder of stories, too. Nothing leaves this machine.
`forewarn --help` shows every command.";

/// Better words for a mistake, if there are some.
pub fn said(error: &clap::Error, words: &[OsString]) -> Option<String> {
    if words.len() <= 1 {
        return Some(WELCOME.to_owned());
    }
    match error.kind() {
        ErrorKind::InvalidSubcommand => no_command(error, words),
        ErrorKind::UnknownArgument => option_first(words),
        ErrorKind::ArgumentConflict => beside_jsonl(error),
        _ => None,
    }
}

/// Words that other programs use for a command of ours.
const MEANT: &[(&str, &str)] = &[
    ("lint", "check"),
    ("scan", "check"),
    ("verify", "check"),
    ("run", "check"),
    ("tag", "suggest"),
    ("tags", "suggest"),
    ("header", "suggest"),
    ("show", "inspect"),
    ("why", "explain"),
    ("rule", "explain"),
    ("list", "rules list"),
    ("version", "--version"),
];

/// What is said of a first word that is no command.
fn no_command(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    // in `forewarn rules a.txt` it is the command `rules` that lacks its own
    let mut rest = words.iter().skip(1).skip_while(|w| w.to_string_lossy().starts_with('-'));
    if rest.clone().next()?.to_str() != Some(given) {
        return None;
    }
    let paths: Vec<PathBuf> = rest.clone().map(PathBuf::from).collect();
    let name = unquoted(&paths).unwrap_or_else(|| given.clone());
    if is_path(&name) {
        let name = if name.contains(' ') { format!("\"{name}\"") } else { name };
        return Some(format!(
            "forewarn: {name} is no command. To check it, name the command first:\n\n    forewarn check {name}\n\nand to see \
             what you might tag it:\n\n    forewarn suggest {name}"
        ));
    }
    let meant = MEANT.iter().find(|(word, _)| word == given)?.1;
    rest.next();
    let rest = shown(rest);
    Some(format!(
        "forewarn: there is no command `{given}`. Did you mean `{}`?",
        format!("forewarn {meant} {rest}").trim()
    ))
}

/// What is said when options of `check` stand where no command is.
fn option_first(words: &[OsString]) -> Option<String> {
    let command = super::Arguments::command();
    let first = words.get(1)?.to_str()?;
    let is_command = |word: &OsString| word.to_str().is_some_and(|word| command.find_subcommand(word).is_some());
    if !first.starts_with('-') || words.iter().any(is_command) {
        return None;
    }
    let name = first.trim_start_matches('-').split('=').next()?;
    let mut known = command.find_subcommand("check")?.get_arguments();
    let is_known = known.any(|a| a.get_long() == Some(name) || a.get_short().is_some_and(|s| name == s.to_string()));
    let rest = shown(words.iter().skip(1));
    is_known.then(|| format!("forewarn: `{first}` belongs to a command: `forewarn check {rest}`"))
}

/// What is said when something stands beside `--jsonl` that does not go with it.
fn beside_jsonl(error: &clap::Error) -> Option<String> {
    let mut named: Vec<&str> = Vec::new();
    for kind in [ContextKind::InvalidArg, ContextKind::PriorArg] {
        match error.get(kind) {
            Some(ContextValue::String(name)) => named.push(name),
            Some(ContextValue::Strings(names)) => named.extend(names.iter().map(String::as_str)),
            _ => {}
        }
    }
    if !named.iter().any(|name| name.starts_with("--jsonl")) {
        return None;
    }
    // as `--since <REV>`, or `[PATHS]...`
    let option = |name: &&str| name.split_whitespace().next().unwrap_or("").to_owned();
    let other = named.iter().map(option).find(|name| name != "--jsonl")?;
    let (said, id) = match other.strip_prefix("--") {
        Some(name) => (format!("`{other}`"), name.replace('-', "_")),
        None => ("another path".to_owned(), "paths".to_owned()),
    };
    let why = super::check::beside_jsonl(&id)?;
    Some(format!("forewarn: `--jsonl` and {said} do not go together: {why}"))
}

/// Arguments as they are written in a shell, near enough to be understood.
fn shown<'w>(words: impl Iterator<Item = &'w OsString>) -> String {
    let word = |w: &OsString| {
        let word = w.to_string_lossy().into_owned();
        if word.contains(' ') { format!("\"{word}\"") } else { word }
    };
    words.map(word).collect::<Vec<_>>().join(" ")
}

/// Whether a word is meant as a file or a folder.
fn is_path(word: &str) -> bool {
    let path = Path::new(word);
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    path.exists() || word.contains(['/', '\\']) || (1..=8).contains(&ending.len())
}

/// The `--color` that is given, read before all else is.
pub fn color(words: &[OsString]) -> ColorChoice {
    let words = words.iter().map(|w| w.to_string_lossy());
    let mut next = false;
    for word in words.take_while(|w| w != "--") {
        let value =
            if std::mem::replace(&mut next, word == "--color") { Some(&*word) } else { word.strip_prefix("--color=") };
        if let Some(choice) = value.and_then(|v| ColorChoice::from_str(v, false).ok()) {
            return choice;
        }
    }
    ColorChoice::Auto
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn the_colour_is_found_where_it_is_one() {
        for (given, expected) in [
            (&["forewarn", "--color", "never", "check"][..], ColorChoice::Never),
            (&["forewarn", "check", "--color=always"], ColorChoice::Always),
            (&["forewarn", "check", "--color"], ColorChoice::Auto),
            (&["forewarn", "check", "--color", "blue"], ColorChoice::Auto),
            (&["forewarn", "check", "--", "--color=always"], ColorChoice::Auto),
            (&["forewarn"], ColorChoice::Auto),
        ] {
            assert_eq!(color(&words(given)), expected, "{given:?}");
        }
    }

    #[test]
    fn what_other_programs_call_a_command_is_one_of_ours() {
        let command = super::super::Arguments::command();
        for (word, meant) in MEANT {
            assert!(command.find_subcommand(word).is_none(), "{word}");
            let first = meant.split(' ').next().unwrap();
            assert!(first.starts_with('-') || command.find_subcommand(first).is_some(), "{meant}");
        }
    }

    #[test]
    fn files_and_folders_are_told_from_commands() {
        for (word, expected) in
            [("story.docx", true), ("a/b", true), ("src", true), ("lint", false), ("2.0beta-version", false)]
        {
            assert_eq!(is_path(word), expected, "{word}");
        }
    }
}

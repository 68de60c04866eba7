//! `forewarn explain NAME`: everything that the packs say of a rule, a tag, a field or a rating.

mod rule;
mod tag;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::load::{Loader, Setup};
use super::{Exit, Failure};
use crate::model::TagId;
use crate::rules::Rule;
use crate::rules::nearest::nearest;
use crate::rules::vocabulary::key;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A rule (`core/undeclared` or `undeclared`), a tag (`animal-death` or `Animal Death`), a field or a rating
    #[arg(required = true)]
    name: Vec<String>,
    /// Use this configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What a name may mean.
enum Topic<'s> {
    Rule(&'s Rule),
    Tag(TagId),
    Field(usize),
    /// A ladder and one of its levels.
    Level(usize, usize),
}

/// Prints what is known of a name.
///
/// # Errors
/// A name that nothing bears.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut loader = Loader::with_examples(arguments.config.clone());
    let setup = loader.setup(Path::new("."))?;
    // “Animal Death” need not be quoted
    let name = arguments.name.join(" ").trim().to_owned();
    let topics = topics(&name, &setup);
    let mut out = anstream::stdout().lock();
    if topics.is_empty() && !loader.faults.is_empty() {
        // it may be the rule that was left out because of a mistake
        return super::check::print_faults(&loader.faults, &mut out);
    }
    if topics.is_empty() {
        let hint = hint(&name, &setup);
        return Err(Failure::Request(format!("there is no rule, tag, field or rating `{name}`: {hint}")));
    }
    let mut page = Page { out: &mut out, form: Form::Lines { width: width() } };
    for (i, topic) in topics.iter().enumerate() {
        if i > 0 {
            page.line("\n")?;
        }
        topic.explain(&setup, &mut page)?;
    }
    super::check::print_faults(&loader.faults, &mut out)
}

/// The pages of everything that bears a name, as Markdown; none for a name that nothing bears.
pub fn markdown(name: &str, setup: &Setup) -> Option<String> {
    let pages: Vec<String> = topics(name.trim(), setup).iter().filter_map(|topic| topic.markdown(setup)).collect();
    (!pages.is_empty()).then(|| pages.join("\n---\n\n"))
}

impl Topic<'_> {
    fn explain(&self, setup: &Setup, page: &mut Page<'_>) -> io::Result<()> {
        match self {
            Topic::Rule(rule) => rule::explain(rule, setup, page),
            Topic::Tag(id) => tag::explain(*id, setup, page),
            Topic::Field(index) => tag::field(*index, setup, page),
            Topic::Level(ladder, level) => tag::level(*ladder, *level, setup, page),
        }
    }

    fn markdown(&self, setup: &Setup) -> Option<String> {
        let mut out = Vec::new();
        self.explain(setup, &mut Page { out: &mut out, form: Form::Markdown }).ok()?;
        String::from_utf8(out).ok()
    }
}

/// Everything that bears a name, rules first.
fn topics<'s>(name: &str, setup: &'s Setup) -> Vec<Topic<'s>> {
    let vocabulary = &setup.rules.vocabulary;
    let mut topics: Vec<Topic<'s>> = setup.rules.named(name).map(Topic::Rule).collect();
    let lower = name.to_lowercase();
    let by_name = || (0..).map(TagId).zip(&vocabulary.tags).find(|(_, t)| key(&t.name) == key(name)).map(|t| t.0);
    // other words for a tag count, words around it do not
    let by_synonym = || vocabulary.resolve(name).filter(|r| r.plain).map(|r| r.tag);
    let tag = vocabulary.tag_id(&lower).or_else(by_name).or_else(by_synonym);
    topics.extend(tag.map(Topic::Tag));
    let field = vocabulary.field_id(&lower).or_else(|| vocabulary.field(name));
    topics.extend(field.and_then(|f| usize::try_from(f).ok()).map(Topic::Field));
    for (index, ladder) in vocabulary.ladders.iter().enumerate() {
        let level = ladder.levels.iter().position(|l| l.id == lower || key(&l.name) == key(name));
        topics.extend(level.map(|level| Topic::Level(index, level)));
    }
    topics
}

/// What to say to someone who asked for a name that nothing bears.
fn hint(name: &str, setup: &Setup) -> String {
    let (rules, vocabulary) = (&setup.rules.rules, &setup.rules.vocabulary);
    let names = rules.iter().flat_map(|r| [r.id.as_str(), r.id.split('/').next_back().unwrap_or("")]);
    let ids = vocabulary.tags.iter().map(|t| t.id.as_str()).chain(vocabulary.fields.iter().map(|f| f.id.as_str()));
    let levels = vocabulary.ladders.iter().flat_map(|l| l.levels.iter().map(|l| l.id.as_str()));
    let near = nearest(&name.to_lowercase(), names.chain(ids).chain(levels)).map(str::to_owned).or_else(|| {
        let called: Vec<(String, &str)> = vocabulary.tags.iter().map(|t| (key(&t.name), t.id.as_str())).collect();
        let near = nearest(&key(name), called.iter().map(|c| c.0.as_str()))?.to_owned();
        called.iter().find(|c| c.0 == near).map(|c| c.1.to_owned())
    });
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`forewarn rules list` shows all rules".to_owned(),
    }
}

/// Columns that lines may take.
fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(100).clamp(40, 100)
}

/// How a page is written.
#[derive(Clone, Copy)]
enum Form {
    /// In lines that fit, for a terminal.
    Lines {
        /// Columns that a line may take.
        width: usize,
    },
    /// For what shows Markdown.
    Markdown,
}

/// Text on its way out.
struct Page<'o> {
    out: &'o mut dyn Write,
    form: Form,
}

impl Page<'_> {
    /// A line as it stands.
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// What the page is about.
    fn title(&mut self, text: &str) -> io::Result<()> {
        match self.form {
            Form::Lines { .. } => self.line(text),
            Form::Markdown => self.line(&format!("**{text}**")),
        }
    }

    /// A paragraph, with an empty line before it.
    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        for part in text.trim().split("\n\n") {
            self.line("")?;
            match self.form {
                Form::Lines { width } => wrapped(part, width).iter().try_for_each(|line| self.line(line))?,
                Form::Markdown => self.line(part)?,
            }
        }
        Ok(())
    }

    /// A heading, with an empty line before it.
    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.line("")?;
        match self.form {
            Form::Lines { .. } => self.line(text),
            // an empty line keeps a list below from being taken for more of it
            Form::Markdown => self.line(&format!("**{text}**\n")),
        }
    }

    /// An item of a list: its later lines stand below its first word.
    fn item(&mut self, text: &str) -> io::Result<()> {
        let Form::Lines { width } = self.form else { return self.line(&format!("- {text}")) };
        for (i, line) in wrapped(text, width.saturating_sub(4)).iter().enumerate() {
            self.line(&format!("  {} {line}", if i == 0 { '-' } else { ' ' }))?;
        }
        Ok(())
    }

    /// Lines of an example or of a file, set in; those that are too long are broken.
    fn block(&mut self, text: &str) -> io::Result<()> {
        let Form::Lines { width } = self.form else {
            return self.line(&format!("\n```text\n{}\n```", text.trim()));
        };
        self.line("")?;
        let width = width.saturating_sub(4);
        for line in text.trim().lines() {
            match line.chars().count() <= width {
                true => self.line(format!("    {line}").trim_end())?,
                false => wrapped(line, width).iter().try_for_each(|part| self.line(&format!("    {part}")))?,
            }
        }
        Ok(())
    }
}

/// A text in lines of at most so many characters, but for words that are longer.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Most names that are listed; of more, the first few stand for all.
const LISTED: usize = 12;

/// Names as a list: all of a few, some of many.
fn some<S: AsRef<str>>(names: &[S]) -> String {
    let joined = |names: &[S]| names.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
    match names.get(..8) {
        Some(first) if names.len() > LISTED => format!("{} and {} more", joined(first), names.len() - first.len()),
        _ => joined(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_keep_every_word() {
        let text = "One two  three\nfour a-word-that-is-longer-than-that five";
        let lines = wrapped(text, 10);
        assert_eq!(lines, ["One two", "three four", "a-word-that-is-longer-than-that", "five"]);
        assert!(wrapped("", 10).is_empty());
    }

    #[test]
    fn of_many_names_some_are_listed() {
        let names: Vec<String> = (1..=13).map(|n| n.to_string()).collect();
        assert_eq!(some(&names), "1, 2, 3, 4, 5, 6, 7, 8 and 5 more");
        assert_eq!(some(&["a", "b"]), "a, b");
    }

    #[test]
    fn every_name_of_the_bundled_packs_has_a_page() {
        let mut loader = Loader::with_examples(None);
        let setup = loader.setup(Path::new("nowhere/at/all.txt")).unwrap();
        let vocabulary = &setup.rules.vocabulary;
        let names = setup.rules.rules.iter().map(|r| r.id.as_str());
        let names = names.chain(vocabulary.tags.iter().map(|t| t.id.as_str()));
        let names = names.chain(vocabulary.fields.iter().map(|f| f.id.as_str()));
        for name in names {
            assert!(!topics(name, &setup).is_empty(), "{name}");
        }
        let found = |name: &str| topics(name, &setup).len();
        assert!(found("Animal Death") == 1 && found("ANIMAL-DEATH") == 1 && found("Fics") == 0);
        assert!(found("teen") > 0 && found("Teen And Up Audiences") > 0);
        for (wrong, right) in [("animal-deth", "animal-death"), ("Animl Death", "animal-death"), ("raitng", "rating")] {
            assert_eq!(hint(wrong, &setup), format!("did you mean `{right}`?"));
        }
    }
}

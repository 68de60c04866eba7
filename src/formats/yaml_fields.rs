//! The fields that a YAML mapping declares, with the exact place of every key and value.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::front_matter::is_key_line;
use super::limits::{self, Limits};
use super::metadata::{Key, exact, joined};
use super::plain_words;
use crate::model::{Diagnostic, Field, Severity, SourceId, Span, Spanned, State, Value};

/// After this many mistakes the rest of a block is not read.
const MOST_ERRORS: usize = 10;

/// Reads the YAML that stands at `block` of `text`. Keys in mappings become `mapping key`. After a mistake, reading
/// goes on at the next key at the start of a line.
pub(super) fn fields(id: SourceId, text: &str, block: Range<usize>, limits: &Limits) -> (Vec<Field>, Vec<Diagnostic>) {
    let mut reader = Reader::new(id, text, limits);
    let mut at = block.start;
    while let Some(next) = reader.read(at..block.end) {
        if reader.notes.len() >= MOST_ERRORS {
            break;
        }
        at = next;
    }
    reader.fields.retain(|f| !f.name.value.is_empty());
    (reader.fields, reader.notes)
}

/// Byte offsets of the characters of a block: the parser counts characters.
enum Offsets {
    Ascii { start: usize, len: usize },
    Table(Vec<usize>, usize),
}

impl Offsets {
    fn new(text: &str, block: &Range<usize>) -> Self {
        let inner = text.get(block.clone()).unwrap_or("");
        if inner.is_ascii() {
            return Self::Ascii { start: block.start, len: inner.len() };
        }
        Self::Table(inner.char_indices().map(|(i, _)| block.start + i).collect(), block.start + inner.len())
    }

    fn byte(&self, character: usize) -> usize {
        match self {
            Self::Ascii { start, len } => start + character.min(*len),
            Self::Table(offsets, end) => offsets.get(character).copied().unwrap_or(*end),
        }
    }

    fn range(&self, span: &saphyr_parser::Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

/// A block in which no bracket closes at the start of a line: the parser takes that for the start of a key when the list
/// has one entry in quotes. The line break before it becomes a space, so that all other characters stay in their places.
fn closed_on_line(text: &str) -> Cow<'_, str> {
    let closes = |at: usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with([']', '}']));
    let mut found = memchr::memchr_iter(b'\n', text.as_bytes()).filter(|at| closes(*at)).peekable();
    if found.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let (mut joined, mut from) = (String::with_capacity(text.len()), 0);
    for at in found {
        let line = text.get(from..at).unwrap_or("");
        // a comment goes on to the end of its line
        let last = line.rsplit('\n').next().unwrap_or(line);
        let broken = last.contains('#');
        let words = line.strip_suffix('\r').filter(|_| !broken).unwrap_or(line);
        joined.push_str(words);
        joined.push_str(if broken {
            "\n"
        } else if words.len() < line.len() {
            "  "
        } else {
            " "
        });
        from = at + 1;
    }
    joined.push_str(text.get(from..).unwrap_or(""));
    Cow::Owned(joined)
}

/// What an open mapping or list is being read for.
enum Frame {
    Map {
        path: String,
        /// The key whose value comes next.
        key: Option<Spanned<String>>,
        /// Where each key stands, to find those that stand twice.
        keys: HashMap<String, Span>,
        /// The list this mapping is an entry of, by its place in the stack, and the fields there were before it.
        entry: Option<(usize, usize)>,
    },
    List {
        name: Spanned<String>,
        /// Index of its field.
        field: usize,
        /// Fields made from the mappings in it, by name: their values are gathered.
        gathered: HashMap<String, usize>,
    },
    /// A mapping or list that is a key itself.
    Skip,
}

struct Reader<'t> {
    id: SourceId,
    text: &'t str,
    limits: &'t Limits,
    fields: Vec<Field>,
    notes: Vec<Diagnostic>,
    stack: Vec<Frame>,
    /// The open bracket or brace of each mapping and list in the stack that has one.
    brackets: Vec<Option<Range<usize>>>,
    nodes: usize,
    /// Where the latest key at the top level starts.
    latest: Option<usize>,
    aliases: bool,
}

impl<'t> Reader<'t> {
    fn new(id: SourceId, text: &'t str, limits: &'t Limits) -> Self {
        Self {
            id,
            text,
            limits,
            fields: Vec::new(),
            notes: Vec::new(),
            stack: Vec::new(),
            brackets: Vec::new(),
            nodes: 0,
            latest: None,
            aliases: false,
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.id, range)
    }

    /// Reads one stretch; gives the place to go on at after a mistake.
    fn read(&mut self, block: Range<usize>) -> Option<usize> {
        self.stack.clear();
        self.brackets.clear();
        self.latest = None;
        let offsets = Offsets::new(self.text, &block);
        let text = closed_on_line(self.text.get(block.clone())?);
        for event in Parser::new_from_str(&text) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => return self.mistake(&error, offsets.byte(error.marker().index()), &block),
            };
            let range = offsets.range(&span);
            self.nodes += 1;
            let limit = if self.nodes > self.limits.yaml_nodes {
                Some((format!("has more than {} keys and values", self.limits.yaml_nodes), "yaml-nodes"))
            } else if self.stack.len() >= self.limits.depth {
                Some((format!("has lists or mappings more than {} deep in each other", self.limits.depth), "depth"))
            } else {
                None
            };
            if let Some((limit, key)) = limit {
                let message = format!("The metadata {limit}; the rest of it was not read (limit: {key}).");
                let note = Diagnostic::new("core/front-matter", Severity::Error, message)
                    .help(format!("Write it as a few plain keys. {}", limits::raise(key)));
                self.notes.push(note.at(self.span(range), "read up to here"));
                return None;
            }
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    let bracket = self.text.get(range.clone()).is_some_and(|raw| raw.starts_with(['[', '{']));
                    self.brackets.push(bracket.then(|| range.clone()));
                }
                Event::SequenceEnd | Event::MappingEnd => drop(self.brackets.pop()),
                _ => {}
            }
            match event {
                Event::Scalar(value, style, ..) => self.scalar(&value, style, range),
                Event::Alias(_) => self.alias(range),
                Event::SequenceStart(..) => self.list(range),
                Event::MappingStart(..) => self.map(),
                Event::SequenceEnd => self.end_of_list(),
                Event::MappingEnd => self.end_of_map(),
                Event::DocumentEnd => return None,
                _ => {}
            }
        }
        None
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, mut range: Range<usize>) {
        // behind a closing quote the parser counts the blanks, too
        if let Some(written) = self.text.get(range.clone()).filter(|w| w.starts_with(['"', '\''])) {
            range.end = range.start + written.trim_end().len();
        }
        let exact = exact(self.id, self.text, range.clone(), value);
        let null = style == ScalarStyle::Plain && matches!(value, "" | "~" | "null" | "Null" | "NULL");
        let top = self.stack.len() == 1;
        match self.stack.last_mut() {
            Some(Frame::Map { key: key @ None, keys, .. }) => {
                if top {
                    self.latest = Some(range.start);
                }
                if let Some(first) = keys.insert(exact.text.clone(), exact.span) {
                    let message = format!("The key “{}” stands here twice.", exact.text);
                    self.notes.push(
                        Diagnostic::new("core/front-matter", Severity::Warning, message)
                            .at(exact.span, "again here")
                            .at(first, "first here")
                            .help("Keep one of the two, with all values in it: most programs read only the last."),
                    );
                }
                *key = Some(Spanned::new(exact.text, exact.span));
            }
            Some(Frame::Map { key, path, entry, .. }) => {
                let Some(name) = key.take() else { return };
                let list = entry.map(|(list, _)| list);
                let name = named(path, &name);
                let mut field = Field { name, ..Field::default() };
                if !null && !exact.text.is_empty() {
                    field.values.push(exact);
                }
                self.add(field, list);
            }
            Some(Frame::List { field, .. }) => {
                let values = self.fields.get_mut(*field).map(|f| &mut f.values);
                if let Some(values) = values.filter(|_| !null && !exact.text.is_empty()) {
                    values.push(exact);
                }
            }
            Some(Frame::Skip) => {}
            None => self.no_keys(range),
        }
    }

    /// An alias repeats what stands elsewhere, and a few of them can repeat it a million times; none are followed.
    fn alias(&mut self, range: Range<usize>) {
        if !self.aliases {
            self.aliases = true;
            let message = "This alias is not followed, so the values it stands for are not seen.";
            let note = Diagnostic::new("core/front-matter", Severity::Error, message)
                .at(self.span(range.clone()), "")
                .help("Write the values out. A text that starts with * needs quotes around it.");
            self.notes.push(note);
        }
        match self.stack.last_mut() {
            Some(Frame::Map { key: key @ None, .. }) => *key = Some(Spanned::default()),
            Some(Frame::Map { key, path, entry, .. }) => {
                let Some(name) = key.take() else { return };
                let list = entry.map(|(list, _)| list);
                let name = named(path, &name);
                self.add(Field { name, state: State::Unknown, ..Field::default() }, list);
            }
            Some(Frame::List { .. } | Frame::Skip) => {}
            None => self.no_keys(range),
        }
    }

    fn list(&mut self, range: Range<usize>) {
        let frame = match self.stack.last_mut() {
            Some(Frame::Map { key: key @ None, .. }) => {
                *key = Some(Spanned::default());
                Frame::Skip
            }
            Some(Frame::Map { key, path, .. }) => {
                let name = named(path, &key.take().unwrap_or_default());
                let field = self.fields.len();
                self.fields.push(Field { name: name.clone(), listed: true, ..Field::default() });
                Frame::List { name, field, gathered: HashMap::new() }
            }
            // a list in a list only adds to it
            Some(Frame::List { name, field, .. }) => {
                Frame::List { name: name.clone(), field: *field, gathered: HashMap::new() }
            }
            Some(Frame::Skip) => Frame::Skip,
            None => {
                self.no_keys(range);
                Frame::Skip
            }
        };
        self.stack.push(frame);
    }

    fn map(&mut self) {
        let (depth, fields) = (self.stack.len(), self.fields.len());
        let new = |path, entry| Frame::Map { path, key: None, keys: HashMap::new(), entry };
        let frame = match self.stack.last_mut() {
            Some(Frame::Map { key: key @ None, .. }) => {
                *key = Some(Spanned::default());
                Frame::Skip
            }
            Some(Frame::Map { key, path, entry, .. }) => {
                let entry = entry.map(|(list, _)| (list, usize::MAX));
                new(named(path, &key.take().unwrap_or_default()).value, entry)
            }
            Some(Frame::List { name, .. }) => new(name.value.clone(), Some((depth - 1, fields))),
            Some(Frame::Skip) => Frame::Skip,
            None => new(String::new(), None),
        };
        self.stack.push(frame);
    }

    fn end_of_list(&mut self) {
        let Some(Frame::List { field, gathered, .. }) = self.stack.pop() else { return };
        let nested = matches!(self.stack.last(), Some(Frame::List { .. }));
        if let Some(field) = self.fields.get_mut(field).filter(|f| f.values.is_empty() && !nested) {
            if gathered.is_empty() {
                field.state = State::Empty;
            } else {
                // only mappings stood in it, and their fields say it all
                field.name.value.clear();
            }
        }
    }

    fn end_of_map(&mut self) {
        let Some(Frame::Map { entry: Some((list, before)), .. }) = self.stack.pop() else { return };
        // `- TW: blood` is meant as one entry with a colon in it
        let Some(Frame::List { field, gathered, .. }) = self.stack.get_mut(list) else { return };
        let [only] = self.fields.get(before..).unwrap_or_default() else { return };
        let [value] = only.values.as_slice() else { return };
        let range = only.name.span.start as usize..value.span.end as usize;
        let raw = self.text.get(range.clone()).unwrap_or("");
        if only.listed || raw.contains(['\n', '{', '"']) {
            return;
        }
        let value = exact(self.id, self.text, range, raw);
        gathered.remove(&only.name.value);
        self.fields.truncate(before);
        if let Some(field) = self.fields.get_mut(*field) {
            field.values.push(value);
        }
    }

    /// Adds a field; fields of one name from the mappings of one list become one.
    fn add(&mut self, mut field: Field, list: Option<usize>) {
        if let Some(Frame::List { gathered, .. }) = list.and_then(|list| self.stack.get_mut(list)) {
            if let Some(earlier) = gathered.get(&field.name.value).and_then(|i| self.fields.get_mut(*i)) {
                earlier.values.append(&mut field.values);
                earlier.listed = true;
                return;
            }
            gathered.insert(field.name.value.clone(), self.fields.len());
        }
        if field.values.is_empty() && field.state == State::Given {
            field.state = State::Empty;
        }
        self.fields.push(field);
    }

    fn no_keys(&mut self, range: Range<usize>) {
        let message = "The metadata is no list of keys, so nothing was read from it.";
        let note = Diagnostic::new("core/front-matter", Severity::Error, message)
            .at(self.span(range), "")
            .help("Write a key, a colon and a space, then the value: rating: Mature.");
        self.notes.push(note);
    }

    /// Reports a mistake and finds the next key after the one that was being read.
    fn mistake(&mut self, error: &ScanError, at: usize, block: &Range<usize>) -> Option<usize> {
        let apart = |open: &&Range<usize>| {
            at >= block.end || self.text.get(open.start..at).is_some_and(|between| between.contains('\n'))
        };
        let open = self.brackets.iter().rev().flatten().next().filter(apart).cloned();
        let (says, help) = plain_words::yaml(if open.is_some() { "flow" } else { error.info() });
        let at = match open {
            Some(open) => open,
            None if error.info().contains("simple key expect") => self.line_before(at, block),
            None => at..at,
        };
        let line_end = self
            .text
            .get(at.end..block.end)
            .map_or(at.end, |rest| at.end + rest.find(['\n', '\r']).unwrap_or(rest.len()));
        let place = if at.is_empty() {
            let next = self.text.get(at.start..line_end).and_then(|rest| rest.chars().next());
            at.start..at.start + next.map_or(0, char::len_utf8)
        } else {
            at.clone()
        };
        let note = Diagnostic::new("core/front-matter", Severity::Error, says);
        self.notes.push(note.at(self.span(place), "").help(help));

        let from = self.latest.unwrap_or(block.start);
        let rest = self.text.get(from..block.end)?;
        let mut line_start = from;
        let next = rest.split_inclusive('\n').find_map(|line| {
            let start = line_start;
            line_start += line.len();
            (start > from && is_key_line(line)).then_some(start)
        });
        let end = next.unwrap_or(block.end);
        if let Some(Frame::Map { key, path, .. }) = self.stack.last_mut()
            && let Some(name) = key.take()
        {
            let name = named(path, &name);
            self.fields.push(Field { name, state: State::Unknown, ..Field::default() });
        }
        for field in &mut self.fields {
            // what was read across that place was read wrongly
            field.values.retain(|v| (v.span.end as usize) <= end);
            if field.values.is_empty() && field.state == State::Given {
                field.state = State::Unknown;
            }
        }
        self.whole_line(at.start, line_end, error);
        next
    }

    /// `title: Storm: A Story` was meant as one value: gives the latest field the rest of its line.
    fn whole_line(&mut self, at: usize, line_end: usize, error: &ScanError) {
        if !error.info().contains("mapping values") {
            return;
        }
        let Some(field) = self.fields.last_mut().filter(|f| !f.listed) else { return };
        let [value] = field.values.as_mut_slice() else { return };
        let range = value.span.start as usize..line_end;
        let plain = self.text.get(..range.start).is_some_and(|before| before.ends_with(char::is_whitespace));
        let same_line = self.text.get(range.clone()).is_some_and(|raw| !raw.contains('\n') && !raw.contains(" #"));
        if plain && same_line && value.verbatim && value.span.end as usize <= at {
            *value = Value::verbatim(self.id, self.text, range);
        }
    }

    /// The line with words that ends before `at`.
    fn line_before(&self, at: usize, block: &Range<usize>) -> Range<usize> {
        let before = self.text.get(block.start..at).unwrap_or("").trim_end();
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let indent = before.get(start..).map_or(0, |line| line.len() - line.trim_start().len());
        block.start + start + indent..block.start + before.len()
    }
}

fn named(path: &str, name: &Spanned<String>) -> Spanned<String> {
    if name.value.is_empty() || name.value == "<<" {
        return Spanned::default();
    }
    Spanned::new(joined(&Key { path, name: &name.value, span: name.span }), name.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> (Vec<Field>, Vec<Diagnostic>) {
        fields(SourceId(0), yaml, 0..yaml.len(), &Limits::default())
    }

    /// Name and values of each field; `!` marks a value that has no exact place, `[]` a list.
    fn summary(yaml: &str, fields: &[Field]) -> Vec<String> {
        let value = |v: &Value| {
            assert!(!v.verbatim || yaml.get(v.span.range()) == Some(&v.text), "{v:?}");
            format!("{}{}", if v.verbatim { "" } else { "!" }, v.text)
        };
        let show = |f: &Field| {
            let values: Vec<_> = f.values.iter().map(value).collect();
            let state = if f.state == State::Given { String::new() } else { format!("{:?}", f.state) };
            assert_eq!(f.state == State::Given, !values.is_empty(), "{f:?}");
            assert!(f.name.value.ends_with(&yaml[f.name.span.range()]), "{f:?}");
            format!("{}{}={}{state}", f.name.value, if f.listed { "[]" } else { "" }, values.join("|"))
        };
        fields.iter().map(show).collect()
    }

    #[test]
    fn keys_and_values_keep_their_places() {
        for (yaml, expected) in [
            ("title: Zoë's  Läden \r\ntags: a, b # c\r\n", &["title=Zoë's  Läden", "tags=a, b"][..]),
            ("a: \"x\"\nb: 'y'\n'c d': 'it''s'\n", &["a=x", "b=y", "c d=!it's"]),
            ("cw: [é, \"b, c\", ]\ntw:\n- d\n-  e f\n-\n", &["cw[]=é|b, c", "tw[]=d|e f"]),
            ("a:\nb: ~\nc: ''\nd: []\ne: null\n", &["a=Empty", "b=Empty", "c=Empty", "d[]=Empty", "e=Empty"]),
            ("a: no\nb: 2020-01-01\nc: 1.50\n", &["a=no", "b=2020-01-01", "c=1.50"]),
            ("a: one\n  two\nb: |\n  one line\nc: >-\n  x\n  y\n", &["a=!one two", "b=one line", "c=!x y"]),
            ("w: {graphic: [x, y], mild: z}\n", &["w graphic[]=x|y", "w mild=z"]),
            ("w:\n  mild:\n    past: x\n", &["w mild past=x"]),
            ("params:\n  tags: [x]\nextra:\n  a:\n    b: y\n", &["tags[]=x", "a b=y"]),
            ("cw:\n  - TW: blood\n  - x\n", &["cw[]=TW: blood|x"]),
            ("c:\n  - name: A\n    age: 40\n  - name: B\n    age: 50\n", &["c name[]=A|B", "c age[]=40|50"]),
            ("c: [[x, y], z]\n", &["c[]=x|y|z"]),
            ("c: [\n  \"x y\"\n]\nd: {\r\n  'e': 'f'\r\n}\n", &["c[]=x y", "d e=f"]),
            ("c: [\n  'x', # one\n  y # two\n]\nd: [\n  \"ü\",\n]\n", &["c[]=x|y", "d[]=ü"]),
        ] {
            let (fields, notes) = read(yaml);
            assert_eq!(summary(yaml, &fields), expected, "{yaml}");
            assert!(notes.is_empty(), "{yaml}: {notes:?}");
        }
    }

    #[test]
    fn mistakes_are_named_at_their_place_and_the_rest_is_read() {
        for (yaml, at, says, expected) in [
            ("t: Salt: A\nz: 1\n", ":", "second colon", &["t=Salt: A", "z=1"][..]),
            ("t: ü\nno colon ü\nz: 1\n", "no colon ü", "no colon", &["t=ü", "z=1"]),
            ("t: *x*\nz: 1\n", "*", "starts with *", &["t=Unknown", "z=1"]),
            ("t: @x\nz: 1\n", "@", "cannot start", &["t=Unknown", "z=1"]),
            ("t: 'O'Dell'\nz: 1\n", "D", "closing quote", &["t=Unknown", "z=1"]),
            ("t: \"open\nz: 1\n", "\"", "not closed", &["t=Unknown", "z=1"]),
            ("t: [a, b\nz: 1\n", "[", "not closed", &["t[]=a", "z=1"]),
            ("t: - a\nz: 1\n", "-", "on the line of its key", &["t=Unknown", "z=1"]),
            ("t:\n\t- a\nz: 1\n", "-", "tab", &["t=Unknown", "z=1"]),
            ("t: > words\nz: 1\n", ">", "follow > or |", &["t=Unknown", "z=1"]),
            ("t: 1\nt: 2\n", "t", "twice", &["t=1", "t=2"]),
        ] {
            let (fields, notes) = read(yaml);
            assert_eq!(notes.len(), 1, "{yaml}: {notes:?}");
            assert!(notes[0].message.contains(says), "{yaml}: {}", notes[0].message);
            assert_eq!(&yaml[notes[0].labels[0].span.range()], at, "{yaml}");
            assert_eq!(summary(yaml, &fields), expected, "{yaml}");
        }
    }

    #[test]
    fn aliases_are_reported_and_not_followed() {
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for i in 1..200 {
            bomb += &format!("a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1);
        }
        let (fields, notes) = read(&bomb);
        assert_eq!(fields.iter().map(|f| f.values.len()).sum::<usize>(), 2);
        assert_eq!(notes.len(), 1);
        assert_eq!(&bomb[notes[0].labels[0].span.range()], "*a0");
        let (fields, _) = read("r: &r Mature\ns: *r\n");
        assert_eq!(fields[1].state, State::Unknown);
    }

    #[test]
    fn deep_and_long_blocks_end_quickly() {
        let braces: String = (0..10_000).map(|i| format!("{{k{i}: ")).collect();
        let nested: String = (0..2_000).map(|i| format!("{}k:\n", " ".repeat(i % 600))).collect();
        for yaml in [
            "- ".repeat(10_000),
            format!("a: {}", "[".repeat(10_000)),
            format!("a: {braces}"),
            nested,
            "a: [\n".repeat(20_000),
            "a: \"\n".repeat(20_000),
            "? ".repeat(10_000),
            format!("a:\n{}", "  - x\n".repeat(20_000)),
            (0..20_000).map(|i| format!("k{i}: v\n")).collect(),
        ] {
            let (fields, notes) = read(&yaml);
            assert!(!notes.is_empty(), "{:.20}", yaml);
            assert!(fields.len() <= 10_000);
        }
    }
}

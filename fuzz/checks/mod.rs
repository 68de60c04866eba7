//! What must hold of any input, as one function a fuzz target. The fuzzer and `tests/fuzz_corpus.rs` share it.

mod archive;
mod facts;
mod files;
mod work;

use forewarn::formats::{self, Encoding, FORMATS, Limits, Names, Sink, Told};
use forewarn::model::Input;

/// A target: its name and its check, which panics when something does not hold.
pub type Target = (&'static str, fn(&[u8]));

/// Every target. A format that is new in [`FORMATS`] is part of one of them by itself.
pub const TARGETS: &[Target] = &[
    ("text", text),
    ("html", html),
    ("containers", containers),
    ("tables", tables),
    ("packs", packs),
    ("pipeline", pipeline),
];

/// Smaller than the limits of a run, so that what they bound is reached by small inputs.
fn limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        header_bytes: 32 << 10,
        record_bytes: 32 << 10,
        record_values: 1_000,
        yaml_nodes: 1_000,
        entries: 256,
        entry_bytes: 1 << 20,
        unpacked_bytes: 4 << 20,
        ..Limits::default()
    }
}

/// What a format is made of, for choosing which ones a target forces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Html,
    Container,
    Table,
}

fn kind(format: &dyn formats::Format) -> Kind {
    match format.name() {
        _ if format.is_table() => Kind::Table,
        "epub" | "docx" | "odt" | "rtf" | "html-zip" => Kind::Container,
        name if name.contains("html") || name.ends_with("-page") => Kind::Html,
        _ => Kind::Text,
    }
}

/// Plain text, dumps, stripped downloads, Markdown, and whatever other text there will be.
pub fn text(bytes: &[u8]) {
    read_each(bytes, Kind::Text, &Names::default());
}

/// Every kind of HTML.
pub fn html(bytes: &[u8]) {
    read_each(bytes, Kind::Html, &Names::default());
}

/// Containers: a list of entries, which is zipped here, or bytes as they are.
pub fn containers(bytes: &[u8]) {
    read_each(&archive::unpacked_or_raw(bytes), Kind::Container, &Names::default());
}

/// Data sets, also with names of columns.
pub fn tables(bytes: &[u8]) {
    let pairs = [("text", "prose"), ("rating", "Age"), ("title", "title"), ("additional-tag", "Tags")];
    let pairs = pairs.map(|(field, column)| (field.to_owned(), column.to_owned())).to_vec();
    read_each(bytes, Kind::Table, &Names::default());
    read_each(bytes, Kind::Table, &Names { pairs });
}

/// Whatever people write in TOML or YAML besides stories: packs, configurations, metadata.
pub fn packs(bytes: &[u8]) {
    // files are read as text before they get here
    files::check(&String::from_utf8_lossy(bytes));
}

/// A whole run by the bundled packs: read, collect, judge, print in every format, suggest.
pub fn pipeline(bytes: &[u8]) {
    let bytes = archive::unpacked_or_raw(bytes);
    facts::check(&bytes);
}

/// Reads bytes as recognized, as every format of a kind, and as if somebody said which encoding they are in.
fn read_each(bytes: &[u8], of: Kind, names: &Names) {
    let recognized = Told { names: Some(names), ..Told::default() };
    let forced = FORMATS.iter().filter(|f| kind(**f) == of).map(|f| Told { format: Some(f.name()), ..recognized });
    let encoding = ENCODINGS.get(bytes.len() % ENCODINGS.len()).and_then(|name| Encoding::named(name).ok());
    for told in std::iter::once(recognized).chain(forced).chain([Told { encoding, ..recognized }]) {
        read(bytes, told, &mut |work, notes| work::check(&work, &notes, bytes));
    }
}

/// Encodings of every make: by single bytes, by pairs, with states, and of fixed width.
const ENCODINGS: &[&str] =
    &["utf-8", "windows-1252", "koi8-r", "utf-16le", "utf-16be", "shift_jis", "gb18030", "iso-2022-jp", "big5"];

/// Reads a file under a name that says nothing of its format. No work is kept, as a data set may hold many.
fn read(bytes: &[u8], told: Told<'_>, each: &mut Sink<'_>) {
    let input = Input { name: "work".to_owned(), bytes: bytes.to_vec() };
    formats::read_told(input, told, &limits(), each);
}

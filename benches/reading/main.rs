//! How fast each format is read, beside the crates that do the first part of it: `cargo bench`.
//!
//! Figures are bytes of text and markup a second: of a container, bytes of its unpacked entries. Reading includes
//! recognizing the format; checking is another matter.
#![allow(clippy::unwrap_used, missing_docs)]

mod files;
mod story;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{Cursor, Read as _};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use files::FILES;
use forewarn::formats::{self, Limits};
use forewarn::model::{Input, Work};
use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, Tokenizer};
use zip::ZipArchive;

fn main() {
    divan::main();
}

fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|f| f.format)
}

/// The file of a format.
fn input(format: &str) -> Input {
    let file = FILES.iter().find(|f| f.format == format).unwrap();
    Input { name: format!("work.{}", file.extension), bytes: (file.make)() }
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The unpacked entries of a container; of any other file its bytes.
fn entries(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    if !is_zip(bytes) {
        return BTreeMap::from([(String::new(), bytes.to_vec())]);
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let count = zip.len();
    let unpack = |i| {
        let mut entry = zip.by_index(i).unwrap();
        let mut bytes = Vec::with_capacity(entry.size() as usize);
        entry.read_to_end(&mut bytes).unwrap();
        (entry.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(unpack).collect()
}

fn size(bytes: &[u8]) -> BytesCount {
    BytesCount::new(entries(bytes).values().map(Vec::len).sum::<usize>())
}

fn read(input: Input) -> Vec<Work> {
    let mut works = Vec::new();
    formats::read(input, None, &Limits::default(), &mut |work, _| works.push(work));
    works
}

/// Bytes to works.
#[divan::bench(args = names(), sample_count = 30)]
fn forewarn(bencher: Bencher<'_, '_>, format: &str) {
    let input = input(format);
    let works = read(input.clone());
    assert!(works.iter().all(|w| w.format == format), "read as {}", works[0].format);
    let words: u32 = works.iter().flat_map(|w| &w.sections).map(|s| s.text.words()).sum();
    assert!(words > 150_000, "only {words} words");
    bencher.counter(size(&input.bytes)).with_inputs(|| input.clone()).bench_values(read);
}

/// Takes the tokens and their places, and does nothing with them.
struct Look;

impl Callback<Infallible, usize> for Look {
    fn handle_event(&mut self, event: CallbackEvent<'_>, span: Span<usize>) -> Option<Infallible> {
        black_box((event, span));
        None
    }
}

/// The tokenizer without its errors, as forewarn uses it.
struct Quiet(CallbackEmitter<Look, Infallible, usize>);

impl ForwardingEmitter for Quiet {
    type Token = Infallible;

    fn inner(&mut self) -> &mut impl Emitter<Token = Infallible> {
        &mut self.0
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }
}

/// The HTML tokenizer alone, as it comes.
fn tokenize(html: &[u8]) {
    let mut emitter = CallbackEmitter::new(Look);
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).finish().unwrap();
}

/// What tokenizing alone takes of it.
#[divan::bench(args = ["ao3-html", "ao3-page", "html"], sample_count = 30)]
fn tokenizer(bencher: Bencher<'_, '_>, format: &str) {
    let bytes = input(format).bytes;
    bencher.counter(size(&bytes)).bench_local(|| tokenize(&bytes));
}

/// The same without looking for errors.
#[divan::bench(args = ["ao3-html", "ao3-page", "html"], sample_count = 30)]
fn tokenizer_without_errors(bencher: Bencher<'_, '_>, format: &str) {
    let bytes = input(format).bytes;
    bencher.counter(size(&bytes)).bench_local(|| {
        let mut emitter = Quiet(CallbackEmitter::new(Look));
        emitter.0.naively_switch_states(true);
        Tokenizer::new_with_emitter(&bytes, emitter).finish().unwrap();
    });
}

/// What unpacking alone takes of it.
#[divan::bench(args = ["epub", "docx", "odt"], sample_count = 30)]
fn unzip(bencher: Bencher<'_, '_>, format: &str) {
    let bytes = input(format).bytes;
    bencher.counter(size(&bytes)).bench_local(|| entries(&bytes));
}

/// What unpacking and tokenizing alone take of it.
#[divan::bench(args = ["epub"], sample_count = 30)]
fn unzip_and_tokenizer(bencher: Bencher<'_, '_>, format: &str) {
    let bytes = input(format).bytes;
    bencher.counter(size(&bytes)).bench_local(|| entries(&bytes).values().for_each(|html| tokenize(html)));
}

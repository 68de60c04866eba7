//! Bundles the packs under `rules/`: their files as they are, so that adding a TOML file there bundles it, and the rule
//! sets of the lists of packs that are used most, which spares linking them at every start. The linker is that of the
//! program; mistakes in the packs end the build.

#![allow(clippy::disallowed_methods)] // a build script reads files
#![allow(dead_code, unused_imports)] // of what the program has, linking needs a part

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[path = "src/model/mod.rs"]
mod model;
#[path = "src/rules/mod.rs"]
mod rules;

#[path = "src/checks/names.rs"]
mod names;

/// What rules may ask for.
mod checks {
    pub(crate) use super::names;
}

/// The packs as files, where the program has them in itself.
mod packs {
    use super::{bundle, rules::PackText};

    pub(crate) const COMPILED: &[u8] = &[];
    pub const BUILT_FROM: &str = "";

    pub fn bundled_names() -> impl Iterator<Item = &'static str> {
        std::iter::empty()
    }

    pub fn bundled(name: &str) -> Option<PackText> {
        bundle(name).ok()
    }
}

/// Lists of packs whose rule sets are compiled, each after one that it starts with. A list of packs that starts like
/// one of them is linked from there on.
const LISTS: [&[&str]; 2] = [&["core"], &["core", "ao3"]];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("bundled.rs"), files()?)?;
    match compile() {
        Ok(bytes) => {
            println!("cargo:rustc-env=FOREWARN_BUILT_FROM={:x}", hash(&bytes)?);
            fs::write(out.join("compiled"), bytes)
        }
        Err(mistakes) => {
            mistakes.iter().for_each(|mistake| println!("cargo::error={mistake}"));
            Ok(())
        }
    }
}

/// The bundled files as a table in Rust.
fn files() -> io::Result<String> {
    let mut out = String::from(
        "/// Packs as name and files, each file as path and content; made by the build from `rules/`.\n\
         static BUNDLED: &[(&str, &[(&str, &str)])] = &[\n",
    );
    for pack in sorted(Path::new("rules"))? {
        if !pack.is_dir() {
            continue;
        }
        let name = pack.file_name().unwrap_or_default().to_string_lossy().into_owned();
        writeln!(out, "({name:?}, &[").map_err(io::Error::other)?;
        let mut files = Vec::new();
        collect(&pack, "toml", &mut files)?;
        for file in files {
            writeln!(out, "({:?}, include_str!({:?})),", shown(&file), fs::canonicalize(&file)?)
                .map_err(io::Error::other)?;
        }
        out.push_str("]),\n");
    }
    out.push_str("];\n");
    Ok(out)
}

/// The rule sets of [`LISTS`] as bytes; else what is wrong with the packs.
fn compile() -> Result<Vec<u8>, Vec<String>> {
    let mut sets: Vec<rules::RuleSet> = Vec::new();
    for list in LISTS {
        let texts = list.iter().map(|name| bundle(name)).collect::<io::Result<Vec<_>>>();
        let loaded = rules::link(&texts.map_err(|error| vec![error.to_string()])?);
        let mistakes: Vec<String> = loaded.reports.iter().flat_map(mistakes).collect();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        sets.push(loaded.rules);
    }
    Ok(rules::compiled::bundle_bytes(&sets))
}

/// A hash of the compiled packs and of the sources of what makes and reads them.
fn hash(compiled: &[u8]) -> io::Result<u64> {
    let mut sources = Vec::new();
    for folder in ["src/model", "src/rules"] {
        println!("cargo:rerun-if-changed={folder}");
        collect(Path::new(folder), "rs", &mut sources)?;
    }
    let sources = sources.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    Ok(sources.iter().flatten().chain(compiled).fold(0xcbf2_9ce4_8422_2325, step))
}

fn mistakes(report: &model::Report) -> impl Iterator<Item = String> {
    report.diagnostics.iter().map(|found| {
        let text = report.sources.first().map_or("", |s| &s.text);
        let at = found.labels.first().map_or(0, |l| l.span.range().start);
        let line = text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
        format!("{}:{line}: {} {}", report.name, found.message, found.help.as_deref().unwrap_or(""))
    })
}

fn bundle(name: &str) -> io::Result<rules::PackText> {
    let mut paths = Vec::new();
    collect(&Path::new("rules").join(name), "toml", &mut paths)?;
    let files = paths.iter().map(|path| Ok((shown(path), fs::read_to_string(path)?)));
    Ok(rules::PackText { name: name.to_owned(), files: files.collect::<io::Result<_>>()?, bundled: true })
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn sorted(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// The files below a folder with that extension, in order.
fn collect(dir: &Path, extension: &str, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted(dir)? {
        if path.is_dir() {
            collect(&path, extension, files)?;
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push(path);
        }
    }
    Ok(())
}

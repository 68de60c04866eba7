//! Lists the packs under `rules/`, so that adding a TOML file there bundles it.

#![allow(clippy::disallowed_methods)] // a build script reads files

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
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
        collect(&pack, &mut files)?;
        for file in files {
            let shown = file.to_string_lossy().replace('\\', "/");
            writeln!(out, "({shown:?}, include_str!({:?})),", fs::canonicalize(&file)?).map_err(io::Error::other)?;
        }
        out.push_str("]),\n");
    }
    out.push_str("];\n");
    let dir = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(dir.join("bundled.rs"), out)
}

fn sorted(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted(dir)? {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

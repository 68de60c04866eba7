//! Forewarn run in a folder of its own.
#![allow(dead_code, clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of its own, gone at the end of the test, and forewarn run in it.
pub struct Sandbox(pub tempfile::TempDir);

impl Sandbox {
    pub fn new() -> Self {
        let sandbox = Self(tempfile::tempdir().unwrap());
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/files/house");
        sandbox.write("forewarn.toml", &format!("packs = ['{}']\n", house.display()));
        sandbox.write(
            "twice.txt",
            "Rating: General Audiences\nAdditional Tags: boats, boats\n\nThe boats were out at sea.\n",
        );
        sandbox
    }

    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, with the folders it lies in.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// `forewarn check` with arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
        command.current_dir(self.0.path()).env("NO_COLOR", "1").arg("check").args(arguments);
        command
    }

    /// The exit code of a check, what was printed, and what was complained of.
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        Self::told(&mut self.command(arguments))
    }

    /// The same of any command of forewarn.
    pub fn forewarn(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
        Self::told(command.current_dir(self.0.path()).env("NO_COLOR", "1").args(arguments))
    }

    fn told(command: &mut Command) -> (i32, String, String) {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    pub fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = files.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

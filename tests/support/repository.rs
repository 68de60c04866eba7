//! Repositories that are made for each test, and forewarn run in them.
#![allow(dead_code, clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

/// A story with one finding, a doubled tag.
pub const TWICE: &str = "Rating: General Audiences\nAdditional Tags: boats, boats\n\nThe boats were out at sea.\n";
/// Metadata with one finding.
pub const INDEX: &str = "---\nrating: General Audiences\ntags: [boats, boats]\n---\n";

/// A folder with a repository in it, gone at the end of the test.
pub struct Repository(pub tempfile::TempDir);

impl Repository {
    /// A repository of one commit with the rules of the small pack.
    pub fn new() -> Self {
        let repository = Self::bare_folder();
        repository.git(&["init", "-q", "-b", "main"]);
        repository.commit();
        repository
    }

    pub fn bare_folder() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/files/house");
        folder.write("forewarn.toml", &format!("packs = ['{}']\nexclude = ['drafts/**']\n", house.display()));
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.path().join(name)).unwrap();
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        alone(command.current_dir(self.path()).args(arguments));
        let output = command.output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Commits everything there is.
    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", "Write"]);
    }

    pub fn check_in(&self, folder: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
        command.current_dir(self.path().join(folder)).arg("check").args(arguments).env("NO_COLOR", "1");
        alone(&mut command).output().unwrap()
    }

    /// The works that a run checked, by name.
    pub fn checked(&self, arguments: &[&str]) -> Vec<String> {
        self.checked_in("", arguments)
    }

    pub fn checked_in(&self, folder: &str, arguments: &[&str]) -> Vec<String> {
        let output = self.check_in(folder, &[&["--exit-zero", "--output", "jsonl"], arguments].concat());
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
        let name = |line: &str| {
            let report: serde_json::Value = serde_json::from_str(line).unwrap();
            // the last line has totals
            report["path"].as_str().map(str::to_owned)
        };
        stdout.lines().filter_map(name).collect()
    }

    /// What a run that fails says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.check_in("", arguments);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// Keeps the settings of whoever runs the test out of it, and of the hook that may run it.
pub fn alone(command: &mut Command) -> &mut Command {
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Tess").env(format!("GIT_{role}_EMAIL"), "tess@example.org");
    }
    command
}

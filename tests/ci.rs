//! `action.yml` and `ci/gitlab.yml`: what they declare is what they use, and their shell does what it says, run as GitHub and
//! GitLab run it, with a scratch repository and a `cargo` that only notes what it is asked for.
#![cfg(all(unix, feature = "cli", feature = "markdown"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::print_stderr, missing_docs)]

#[path = "support/yaml.rs"]
#[allow(dead_code)]
mod support;

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{read, top, yaml};

/// The words that follow `before` in a text, up to what cannot stand in a name.
fn names<'t>(text: &'t str, before: &str) -> BTreeSet<&'t str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    text.split(before).skip(1).map(|rest| &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]).collect()
}

fn keys(map: &Value) -> BTreeSet<&str> {
    map.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_action_uses_what_it_declares() {
    let (text, action) = (read(top().join("action.yml")), yaml("action.yml"));
    assert_eq!(names(&text, "inputs."), keys(&action["inputs"]));
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(input["description"].is_string() && input["default"].is_string(), "{name}");
    }
    let shell = read(top().join("ci/action.sh"));
    let steps = action["runs"]["steps"].as_array().unwrap();
    let mut given = BTreeSet::new();
    for step in steps {
        if let Some(run) = step["run"].as_str() {
            assert!(!run.contains("${{"), "an input must not be pasted into the shell: {run}");
            let command = run.strip_prefix("bash \"$GITHUB_ACTION_PATH/ci/action.sh\" ").unwrap();
            assert!(shell.contains(&format!("\n{command}() {{")), "{command}");
            assert_eq!(step["shell"], "bash");
        }
        if let Some(env) = step["env"].as_object() {
            given.extend(env.keys().map(String::as_str));
        }
    }
    let used: BTreeSet<String> = names(&shell, "$FOREWARN_").into_iter().map(|n| format!("FOREWARN_{n}")).collect();
    assert_eq!(given.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), used);
    for output in keys(&action["outputs"]) {
        assert_eq!(action["outputs"][output]["value"], format!("${{{{ steps.check.outputs.{output} }}}}"));
        assert!(shell.contains(&format!("output {output} ")), "{output}");
    }
    let permitted = ["actions/cache@v4", "github/codeql-action/upload-sarif@v3"];
    let others: Vec<&str> = steps.iter().filter_map(|s| s["uses"].as_str()).collect();
    assert_eq!(others, permitted);
}

#[test]
fn the_docs_name_what_there_is() {
    let (docs, action) = (read(top().join("docs/ci.md")), yaml("action.yml"));
    let rows: BTreeSet<&str> = names(&docs, "\n| `");
    let hooks = BTreeSet::from(["forewarn", "forewarn-fix"]);
    assert_eq!(rows, &keys(&action["inputs"]) | &hooks);
    for output in keys(&action["outputs"]) {
        assert!(docs.contains(&format!("`{output}`")), "{output}");
    }
    let script = gitlab_script();
    for variable in names(&script, "${FOREWARN_") {
        assert!(docs.contains(&format!("FOREWARN_{variable}")), "{variable}");
    }
}

#[test]
fn the_hooks_differ_in_what_they_do_only() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let [check, fix] = hooks.as_array().unwrap().as_slice() else { panic!("two hooks") };
    assert_eq!((check["id"].as_str(), fix["id"].as_str()), (Some("forewarn"), Some("forewarn-fix")));
    assert_eq!(check["files"], fix["files"]);
    assert!(check["entry"].as_str().unwrap().starts_with("forewarn check --force-exclude"));
    assert!(fix["entry"].as_str().unwrap().starts_with("forewarn check --fix --force-exclude"));
    assert_eq!(fix["require_serial"], "true");
}

#[test]
fn the_shell_has_no_known_mistakes() {
    let scratch = tempfile::tempdir().unwrap();
    let gitlab = scratch.path().join("gitlab.sh");
    std::fs::write(&gitlab, gitlab_script()).unwrap();
    let files =
        ["ci/action.sh", "ci/release.sh", "tests/pre-commit/run.sh", "tests/wheel/run.sh"].map(|f| top().join(f));
    for (dialect, files) in [("bash", &files[..]), ("sh", &[gitlab])] {
        let Ok(output) = Command::new("shellcheck").arg("--shell").arg(dialect).args(files).output() else {
            eprintln!("shellcheck is not installed: the shell was not checked with it.");
            return;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn gitlab_script() -> String {
    let gitlab = yaml("ci/gitlab.yml");
    let [script] = gitlab["forewarn"]["script"].as_array().unwrap().as_slice() else { panic!("one script") };
    script.as_str().unwrap().to_owned()
}

/// A repository of stories on a branch, and what a runner gives besides.
struct Runner(tempfile::TempDir);

/// A story whose tags have a warning and an error.
const STORY: &str = "Title: Kites\nRating: General Audiences\nArchive Warnings: No Archive Warnings Apply, Major Character Death
Fandom: Original Work\nLanguage: English\nAdditional Tags: kites, kites\n\nShe said the kites were high, and he looked up.\n";

/// What became of a run: the exit code, all that was printed, and the outputs of the step.
#[derive(Debug)]
struct Ended {
    code: i32,
    said: String,
    outputs: String,
}

impl Runner {
    fn new() -> Self {
        let runner = Self(tempfile::tempdir().unwrap());
        for folder in ["stories/more tales", "temp/forewarn/bin", "path"] {
            std::fs::create_dir_all(runner.path().join(folder)).unwrap();
        }
        runner.git(&["init", "-q", "-b", "main", ".."]);
        runner.write(".gitignore", "/temp/\n/path/\n/outputs\n");
        // the small pack, which loads at once
        let house = top().join("tests/cli/files/house");
        runner.write("stories/forewarn.toml", &format!("packs = ['{}']\n", house.display()));
        runner.write("stories/old.txt", STORY);
        runner.commit();
        runner.git(&["checkout", "-q", "-b", "branch"]);
        runner.write("stories/new.txt", STORY);
        runner.commit();
        let cargo =
            "#!/bin/sh\nfor a in \"$@\"; do echo \"cargo: $a\"; [ \"$before\" != --root ] || root=$a; before=$a; done
mkdir -p \"$root/bin\"\nln -sf \"$FOREWARN_BUILT\" \"$root/bin/forewarn\"\n";
        let path = runner.path().join("path/cargo");
        std::fs::write(&path, cargo).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        runner
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn stories(&self) -> PathBuf {
        self.path().join("stories")
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        let output = self.alone(command.args(arguments)).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", "Write"]);
    }

    /// A command in the stories, without what is set for whoever runs the tests.
    fn alone<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let settings = std::env::vars_os().map(|v| v.0).filter(|name| {
            let name = name.to_string_lossy();
            ["GIT_", "GITHUB_", "CI_", "FOREWARN_", "RUNNER_"].iter().any(|p| name.starts_with(p))
        });
        settings.for_each(|name| {
            command.env_remove(name);
        });
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Tess").env(format!("GIT_{role}_EMAIL"), "tess@example.org");
        }
        let path = std::env::join_paths(
            std::iter::once(self.path().join("path")).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        command.env("PATH", path.unwrap()).env("FOREWARN_BUILT", env!("CARGO_BIN_EXE_forewarn"));
        command.current_dir(self.stories())
    }

    fn end(&self, command: &mut Command) -> Ended {
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let outputs = std::fs::read_to_string(self.path().join("outputs")).unwrap_or_default();
        let _ = std::fs::remove_file(self.path().join("outputs"));
        Ended { code: output.status.code().unwrap(), said: String::from_utf8(said).unwrap(), outputs }
    }

    /// A step of the action, with inputs and all that the action gives for others.
    fn action(&self, step: &str, inputs: &[(&str, &str)]) -> Ended {
        let mut command = Command::new("bash");
        self.alone(command.arg(top().join("ci/action.sh")).arg(step));
        command.env("GITHUB_ACTION_PATH", top()).env("RUNNER_TEMP", self.path().join("temp"));
        command.env("GITHUB_OUTPUT", self.path().join("outputs"));
        let action = yaml("action.yml");
        let steps = action["runs"]["steps"].as_array().unwrap();
        for (name, given) in steps.iter().find(|s| s["id"] == "check").unwrap()["env"].as_object().unwrap() {
            let input = given.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            command.env(name, action["inputs"][input]["default"].as_str().unwrap_or(""));
        }
        for (name, value) in inputs {
            command.env(format!("FOREWARN_{name}"), value);
        }
        self.end(&mut command)
    }

    fn check(&self, inputs: &[(&str, &str)]) -> Ended {
        let program = self.path().join("temp/forewarn/bin/forewarn");
        if !program.exists() {
            symlink(env!("CARGO_BIN_EXE_forewarn"), program).unwrap();
        }
        self.action("check", inputs)
    }

    fn gitlab(&self, variables: &[(&str, &str)]) -> Ended {
        let mut command = Command::new("sh");
        self.alone(command.arg("-c").arg(gitlab_script()));
        command.envs(variables.iter().copied());
        self.end(&mut command)
    }
}

#[test]
fn the_action_annotates_and_fails() {
    let runner = Runner::new();
    let ended = runner.check(&[]);
    assert_eq!((ended.code, ended.outputs.as_str()), (1, "exit-code=1\n"), "{ended:?}");
    assert!(ended.said.contains("::error file=old.txt,line=3"), "{ended:?}");
    assert!(ended.said.contains("::warning file=new.txt"), "{ended:?}");
    let ended = runner.check(&[("FAIL_ON", "never")]);
    assert_eq!((ended.code, ended.outputs.as_str()), (0, "exit-code=0\n"), "{ended:?}");
    let ended = runner.check(&[("CONFIG", "nowhere.toml")]);
    assert_eq!((ended.code, ended.outputs.as_str()), (2, "exit-code=2\n"), "{ended:?}");
}

#[test]
fn the_action_takes_paths_arguments_and_a_baseline() {
    let runner = Runner::new();
    runner.write("stories/more tales/-n $(touch gone).txt", STORY);
    let ended = runner.check(&[("PATHS", "more tales\r\n\n"), ("ARGS", "--no-excerpts\n --exit-zero  --strict")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.said.contains("more tales/-n $(touch gone).txt"), "{ended:?}");
    assert!(!ended.said.contains("old.txt") && !runner.stories().join("gone").exists(), "{ended:?}");
    let ended = runner.check(&[("ARGS", "--write-baseline")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let ended = runner.check(&[("BASELINE", "forewarn-baseline.toml")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    // inputs are never commands
    for name in ["PATHS", "CONFIG", "FAIL_ON", "BASELINE", "ARGS", "BASE", "CHANGED_ONLY"] {
        let ended = runner.check(&[("CHANGED_ONLY", "true"), (name, "$(touch gone); `touch gone`")]);
        assert_eq!(ended.code, if name == "BASE" { 1 } else { 2 }, "{name}: {ended:?}");
        assert!(!runner.stories().join("gone").exists(), "{name}");
    }
}

#[test]
fn the_action_checks_what_the_event_changed() {
    let runner = Runner::new();
    let (base, head) = (runner.git(&["rev-parse", "main"]), runner.git(&["rev-parse", "HEAD"]));
    let check = |base: &str| runner.check(&[("CHANGED_ONLY", "true"), ("BASE", base)]);
    let ended = check(&base);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.said.contains("new.txt") && !ended.said.contains("old.txt"), "{ended:?}");
    assert_eq!(check(&head).code, 0);
    // a new branch, an event without commits, a push that replaced the commit
    for base in ["0000000000000000000000000000000000000000", "", "1234567890123456789012345678901234567890"] {
        let ended = check(base);
        assert!(ended.said.contains("everything is checked") && ended.said.contains("old.txt"), "{base}: {ended:?}");
    }
    // a clone of one commit: the base may be there, and was not fetched
    let shallow = Runner::new();
    std::fs::remove_dir_all(shallow.stories()).unwrap();
    std::fs::create_dir(shallow.stories()).unwrap();
    shallow.git(&["clone", "-q", "--depth", "1", &format!("file://{}", runner.path().display()), "."]);
    let ended = shallow.check(&[("CHANGED_ONLY", "true"), ("BASE", &base)]);
    assert!(ended.code == 2 && ended.said.contains("fetch-depth: 0"), "{ended:?}");
}

#[test]
fn the_action_writes_sarif() {
    let runner = Runner::new();
    let ended = runner.check(&[("SARIF_FILE", "out.sarif")]);
    assert_eq!(ended.outputs, "exit-code=1\nsarif-file=out.sarif\n", "{ended:?}");
    let sarif: Value = serde_json::from_str(&read(runner.stories().join("out.sarif"))).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    // that of an earlier step is not handed on
    let ended = runner.check(&[("SARIF_FILE", "out.sarif"), ("PATHS", "nowhere")]);
    assert_eq!(ended.outputs, "exit-code=2\n", "{ended:?}");
    let ended = runner.check(&[("SARIF_FILE", "out\nexit-code=0")]);
    assert_eq!((ended.code, ended.outputs.as_str()), (2, "exit-code=2\n"), "{ended:?}");
}

#[test]
fn the_action_installs_the_version_that_it_names() {
    let runner = Runner::new();
    let ended = runner.action("version", &[]);
    let hash = ended.outputs.lines().find_map(|l| l.strip_prefix("hash=")).unwrap();
    assert!(ended.code == 0 && hash.len() == 40, "{ended:?}");
    let folder = runner.path().join("temp/forewarn");
    assert!(ended.outputs.contains(&format!("folder={}\n", folder.display())), "{ended:?}");
    // not asked for by the tag of a release, so it is compiled: tests/release.rs has what is fetched
    let ended = runner.action("install", &[("ACTION_REF", "main"), ("ACTION_REPOSITORY", "tess/forewarn")]);
    let asked: Vec<&str> = ended.said.lines().filter_map(|l| l.strip_prefix("cargo: ")).collect();
    let (top, folder) = (top().to_str().unwrap(), folder.to_str().unwrap());
    assert_eq!(asked, ["install", "--locked", "--path", top, "--root", folder], "{ended:?}");
    let ended = runner.action("install", &[]);
    assert!(ended.code == 0 && !ended.said.contains("cargo: "), "{ended:?}");
}

#[test]
fn gitlab_gets_its_reports() {
    let runner = Runner::new();
    let here = ("FOREWARN_REPOSITORY", "https://git.example.org/forewarn.git");
    let ended = runner.gitlab(&[here, ("FOREWARN_REV", "v1"), ("FOREWARN_FAIL_ON", "never")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let asked: Vec<&str> = ended.said.lines().filter_map(|l| l.strip_prefix("cargo: ")).collect();
    let expected = ["install", "--locked", "--root", ".forewarn-ci", "--git", here.1, "--rev", "v1", "forewarn"];
    assert_eq!(asked, expected);
    let gitlab = yaml("ci/gitlab.yml");
    let reports = &gitlab["forewarn"]["artifacts"]["reports"];
    let quality = read(runner.stories().join(reports["codequality"].as_str().unwrap()));
    let quality: Value = serde_json::from_str(&quality).unwrap();
    assert!(quality.as_array().unwrap().iter().any(|f| f["location"]["path"] == "old.txt"), "{quality}");
    assert!(read(runner.stories().join(reports["junit"].as_str().unwrap())).contains("<testsuite"));
}

#[test]
fn gitlab_checks_what_the_merge_request_changed() {
    let runner = Runner::new();
    let here = ("FOREWARN_REPOSITORY", "https://git.example.org/forewarn.git");
    let base = runner.git(&["rev-parse", "main"]);
    let ended = runner.gitlab(&[here, ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base)]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.said.contains("new.txt") && !ended.said.contains("old.txt"), "{ended:?}");
    runner.write("stories/more tales/* $(touch gone).txt", STORY);
    let paths = ("FOREWARN_PATHS", "more tales\nnew.txt");
    let ended = runner.gitlab(&[here, paths, ("FOREWARN_ARGS", "--no-excerpts --exit-zero")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.said.contains("more tales/* $(touch gone).txt") && ended.said.contains("new.txt"), "{ended:?}");
    assert!(!ended.said.contains("old.txt") && !runner.stories().join("gone").exists(), "{ended:?}");
    let ended = runner.gitlab(&[here, ("FOREWARN_CONFIG", "a b.toml")]);
    assert!(ended.code == 2 && ended.said.contains("a b.toml"), "{ended:?}");
    let ended = runner.gitlab(&[]);
    assert!(ended.code == 2 && ended.said.contains("Set the variable FOREWARN_REPOSITORY"), "{ended:?}");
}

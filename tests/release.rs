//! What a release is made of: one convention for the names of its files, one version, and a workflow that may do no more
//! than it must. The scripts are run with a program that only says its version.
#![cfg(all(unix, feature = "cli", feature = "markdown"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::print_stderr, missing_docs)]

#[path = "support/yaml.rs"]
mod support;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use support::{parse, read, top, yaml};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn toml(name: &str) -> toml::Table {
    read(top().join(name)).parse().unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// `ci/release.sh` with arguments.
fn release(arguments: &[&str]) -> Output {
    Command::new("bash").arg(top().join("ci/release.sh")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned()
}

/// The targets that the release workflow builds for.
fn targets() -> Vec<String> {
    let workflow = yaml(".github/workflows/release.yml");
    let built = &workflow["jobs"]["build"]["strategy"]["matrix"]["include"];
    built.as_array().unwrap().iter().map(|b| b["target"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn cargo_binstall_looks_for_the_archives_of_a_release() {
    let manifest = toml("Cargo.toml");
    let binstall = manifest["package"]["metadata"]["binstall"].as_table().unwrap();
    let overrides = binstall["overrides"].as_table().unwrap();
    let targets = targets();
    assert!(targets.len() >= 7);
    assert!(overrides.keys().all(|t| targets.contains(t)), "{overrides:?}");
    for target in &targets {
        let format = overrides.get(target).map_or(&binstall["pkg-fmt"], |o| &o["pkg-fmt"]).as_str().unwrap();
        // cargo binstall tries .tgz and .tar.gz for the one format
        let suffix = if format == "tgz" { ".tar.gz" } else { ".zip" };
        let filled = |key: &str| {
            let text = binstall[key].as_str().unwrap().replace("{ name }", "forewarn").replace("{ version }", VERSION);
            text.replace("{ target }", target)
                .replace("{ archive-suffix }", suffix)
                .replace("{ repo }", "https://example.org/forewarn")
        };
        let name = said(&release(&["name", target]));
        assert_eq!(filled("pkg-url"), format!("https://example.org/forewarn/releases/download/v{VERSION}/{name}"));
        assert_eq!(filled("bin-dir"), format!("{}/{{ bin }}{{ binary-ext }}", name.strip_suffix(suffix).unwrap()));
    }
}

#[test]
fn the_action_fetches_only_what_is_built() {
    let targets = targets();
    let shell = read(top().join("ci/action.sh"));
    let fetched: Vec<&str> =
        shell.lines().filter_map(|l| l.trim().split_once(") echo ")?.1.strip_suffix(" ;;")).collect();
    assert!(fetched.len() >= 5, "{fetched:?}");
    assert!(fetched.iter().all(|f| targets.iter().any(|t| t == f)), "{fetched:?}");
}

/// A folder of files that are "published", and a runner of GitHub that reaches nothing else.
struct Published(tempfile::TempDir);

impl Published {
    /// A release for a target whose program is this script.
    fn new(target: &str, program: &str, script: &str) -> Self {
        let published = Self(tempfile::tempdir().unwrap());
        published.write(&format!("built/{program}"), script);
        let (built, dist) = (published.path(&format!("built/{program}")), published.path("dist"));
        let made = said(&release(&["archive", target, built.to_str().unwrap(), dist.to_str().unwrap()]));
        assert_eq!(made, dist.join(said(&release(&["name", target]))).to_str().unwrap());
        said(&release(&["sums", dist.to_str().unwrap()]));
        published.write(
            "path/curl",
            "#!/bin/sh\nfor a in \"$@\"; do [ \"$before\" != --output ] || to=$a; before=$a; done
echo \"curl: $a\"\ncp \"$DIST/${a##*/}\" \"$to\"\n",
        );
        published.write("path/cargo", "#!/bin/sh\necho \"cargo: $*\"\n");
        published
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The step of the action that installs: its exit code and what it says.
    fn install(&self, tag: &str, os: &str, arch: &str) -> (i32, String) {
        let others = std::env::var_os("PATH").unwrap();
        let path = std::env::join_paths([self.path("path")].into_iter().chain(std::env::split_paths(&others))).unwrap();
        let output = Command::new("bash")
            .args([top().join("ci/action.sh"), PathBuf::from("install")])
            .env("PATH", path)
            .env("DIST", self.path("dist"))
            .env("GITHUB_ACTION_PATH", top())
            .env("GITHUB_OUTPUT", self.path("outputs"))
            .env("GITHUB_SERVER_URL", "https://git.example.org")
            .env("FOREWARN_ACTION_REPOSITORY", "tess/forewarn")
            .env("FOREWARN_ACTION_REF", tag)
            .envs([("RUNNER_OS", os), ("RUNNER_ARCH", arch)])
            .env("RUNNER_TEMP", self.path("temp"))
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    }
}

/// Stands for a program.
const SCRIPT: &str = "#!/bin/sh\necho \"a program that was fetched\"\n";

#[test]
fn the_action_fetches_the_program_of_its_release() {
    let tag = format!("v{VERSION}");
    let published = Published::new("x86_64-unknown-linux-gnu", "forewarn", SCRIPT);
    let (code, said) = published.install(&tag, "Linux", "X64");
    assert_eq!(code, 0, "{said}");
    let from = format!("https://git.example.org/tess/forewarn/releases/download/{tag}");
    assert!(said.contains(&format!("curl: {from}/SHA256SUMS\n")), "{said}");
    assert!(said.contains(&format!("curl: {from}/forewarn-{tag}-x86_64-unknown-linux-gnu.tar.gz\n")), "{said}");
    assert!(said.ends_with("a program that was fetched\n") && !said.contains("cargo"), "{said}");
    assert_eq!(read(published.path("temp/forewarn/bin/forewarn")), SCRIPT);
    assert!(!published.path("temp/forewarn/fetched").exists());
    assert!(published.install(&tag, "Linux", "X64").1.contains("by an earlier run"));
}

#[test]
fn the_action_unpacks_what_is_for_windows() {
    if ["python3", "unzip"].iter().any(|p| Command::new(p).arg("-h").output().is_err()) {
        eprintln!("python3 or unzip is not installed: the archive for Windows was not tested.");
        return;
    }
    let published = Published::new("x86_64-pc-windows-msvc", "forewarn.exe", SCRIPT);
    let (code, said) = published.install(&format!("v{VERSION}"), "Windows", "X64");
    // here nothing finds forewarn.exe when it is asked for forewarn, so it is compiled after all
    assert!(code == 0 && said.contains(".zip\n") && said.contains("cargo: install"), "{said}");
    let archive = published.path("dist").join(format!("forewarn-v{VERSION}-x86_64-pc-windows-msvc.zip"));
    let listed = zip::ZipArchive::new(std::fs::File::open(archive).unwrap()).unwrap();
    let folder = format!("forewarn-v{VERSION}-x86_64-pc-windows-msvc");
    let names: BTreeSet<String> = listed.file_names().map(|n| n.unwrap().replace(&folder, "")).collect();
    let expected = ["/", "/LICENSE-APACHE", "/LICENSE-MIT", "/README.md", "/forewarn.exe"];
    assert_eq!(names, expected.map(str::to_owned).into());
}

#[test]
fn the_action_compiles_where_there_is_nothing_to_fetch() {
    let (tag, target) = (format!("v{VERSION}"), "x86_64-unknown-linux-gnu");
    let published = Published::new(target, "forewarn", SCRIPT);
    // a branch, another version, a runner that nothing is built for: nothing is asked for
    for (tag, os, arch) in
        [("main", "Linux", "X64"), ("v99.0.0", "Linux", "X64"), (&*tag, "Linux", "ARM"), (&tag, "", "")]
    {
        let (code, said) = published.install(tag, os, arch);
        assert!(code == 0 && said.contains("cargo: install --locked --path") && !said.contains("curl"), "{said}");
    }
    // a release without the archive, as while it is a draft
    let (code, said) = published.install(&tag, "macOS", "ARM64");
    assert!(code == 0 && said.contains("cargo: install --locked --path"), "{said}");
    // a program that does not start on this system
    let broken = Published::new(target, "forewarn", "#!/no/such/loader\n");
    let (code, said) = broken.install(&tag, "Linux", "X64");
    assert!(code == 0 && said.contains("cargo: install --locked --path"), "{said}");
    assert!(!broken.path("temp/forewarn/bin/forewarn").exists());
}

#[test]
fn the_action_refuses_what_the_release_did_not_make() {
    let published = Published::new("x86_64-unknown-linux-gnu", "forewarn", SCRIPT);
    let other = Published::new("x86_64-unknown-linux-gnu", "forewarn", "#!/bin/sh\ntouch harm\n");
    let name = format!("dist/forewarn-v{VERSION}-x86_64-unknown-linux-gnu.tar.gz");
    std::fs::copy(other.path(&name), published.path(&name)).unwrap();
    let (code, said) = published.install(&format!("v{VERSION}"), "Linux", "X64");
    assert!(code == 2 && said.contains("is not what SHA256SUMS of the release says"), "{said}");
    let leftovers = ["temp/forewarn/bin/forewarn", "harm"].map(|l| published.path(l).exists());
    assert!(!said.contains("cargo:") && leftovers == [false, false], "{said}");
}

#[test]
fn a_release_has_one_version_and_one_address() {
    assert_eq!(said(&release(&["version"])), VERSION);
    let project = toml("pyproject.toml");
    let python = project["project"].as_table().unwrap();
    // maturin takes it from Cargo.toml
    assert!(python["dynamic"].as_array().unwrap().iter().any(|d| d.as_str() == Some("version")));
    assert!(!python.contains_key("version"));
    assert_eq!(python["license"].as_str(), Some(env!("CARGO_PKG_LICENSE")));
    assert_eq!(python["readme"].as_str(), Some(env!("CARGO_PKG_README")));
    assert!(python["license-files"].as_array().unwrap().iter().all(|f| top().join(f.as_str().unwrap()).exists()));
    assert_eq!(project["tool"]["maturin"]["bindings"].as_str(), Some("bin"));

    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("ci")).unwrap();
    std::fs::copy(top().join("ci/release.sh"), copy.path().join("ci/release.sh")).unwrap();
    let manifest = "[package]\nversion = \"1.2.3\"\nrepository = \"https://example.org/tess/forewarn\"\n\n[dependencies.other]\nversion = \"9.9.9\"\n";
    std::fs::write(copy.path().join("Cargo.toml"), manifest).unwrap();
    let check = |tag: &str, address: &str| {
        let script = copy.path().join("ci/release.sh");
        let output = Command::new("bash").args([script.to_str().unwrap(), "check", tag, address]).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(check("v1.2.3", "https://example.org/tess/forewarn"), (true, String::new()));
    let (passes, said) = check("v1.2.4", "https://example.org/tess/forewarn");
    assert!(!passes && said.contains("The tag is v1.2.4, and Cargo.toml has version 1.2.3."), "{said}");
    let (passes, said) = check("v1.2.3", "https://example.org/fork/forewarn");
    assert!(!passes && said.contains("repository = \"https://example.org/fork/forewarn\""), "{said}");
}

/// The steps of a job.
fn steps(job: &Value) -> &[Value] {
    job["steps"].as_array().unwrap()
}

#[test]
fn the_release_workflow_may_do_no_more_than_it_must() {
    let workflow = yaml(".github/workflows/release.yml");
    assert_eq!(workflow["permissions"], serde_json::json!({"contents": "read"}));
    let jobs = workflow["jobs"].as_object().unwrap();
    for (name, job) in jobs {
        let permitted = match name.as_str() {
            "draft" => serde_json::json!({"contents": "write"}),
            "pypi" => serde_json::json!({"id-token": "write"}),
            "crates-io" => serde_json::json!({"contents": "read", "id-token": "write"}),
            _ => Value::Null,
        };
        assert_eq!(job["permissions"], permitted, "{name}");
        // what publishes waits for a person
        assert_eq!(job["environment"].is_string(), permitted["id-token"].is_string(), "{name}");
        for step in steps(job) {
            let run = step["run"].as_str().unwrap_or("");
            assert!(!run.contains("${{"), "{name}: a value must not be pasted into the shell: {run}");
            if let Some((_, version)) = step["uses"].as_str().and_then(|u| u.split_once('@')) {
                let major = version.strip_prefix('v').is_some_and(|v| v.parse::<u32>().is_ok());
                assert!(major || version == "release/v1", "{name}: {version}");
            }
        }
        let needs = &job["needs"];
        let all = needs.as_array().map_or(std::slice::from_ref(needs), Vec::as_slice);
        assert!(name == "check" || all.iter().all(|n| jobs.contains_key(n.as_str().unwrap())), "{name}: {needs}");
    }
}

#[test]
fn the_release_workflow_runs_what_there_is() {
    let workflow = yaml(".github/workflows/release.yml");
    let scratch = tempfile::tempdir().unwrap();
    let jobs = workflow["jobs"].as_object().unwrap();
    let runs: Vec<&str> = jobs.values().flat_map(steps).filter_map(|s| s["run"].as_str()).collect();
    for command in ["version", "check", "name", "program", "archive", "sums"] {
        let usage = String::from_utf8(release(&[]).stderr).unwrap();
        assert!(usage.contains(&format!("ci/release.sh {command}")), "{usage}");
    }
    for command in ["check \"$GITHUB_REF_NAME\"", "program dist/*.whl", "archive \"$TARGET\"", "sums dist"] {
        assert!(runs.iter().any(|r| r.contains(&format!("ci/release.sh {command}"))), "{command}");
    }
    for (number, run) in runs.iter().enumerate() {
        let file = scratch.path().join(format!("{number}.sh"));
        std::fs::write(&file, format!("set -eo pipefail\n{run}\n")).unwrap();
        let Ok(output) = Command::new("shellcheck").args(["--shell", "bash"]).arg(&file).output() else {
            eprintln!("shellcheck is not installed: the shell was not checked with it.");
            return;
        };
        assert!(output.status.success(), "{run}\n{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// A block of a document, by the name of the file that it is.
fn block(document: &str, file: &str) -> String {
    let text = read(top().join(document));
    let from = text.split(&format!(" {file}\n")).nth(1).unwrap_or_else(|| panic!("{document} has no {file}"));
    from.split("```").next().unwrap().to_owned()
}

#[test]
fn the_mirror_has_the_hooks_of_this_repository() {
    let mirror = "docs/releasing.md";
    let project: toml::Table = block(mirror, "pyproject.toml").parse().unwrap();
    let needs: Vec<&str> =
        project["project"]["dependencies"].as_array().unwrap().iter().filter_map(|d| d.as_str()).collect();
    assert_eq!(needs, [format!("forewarn=={VERSION}")]);
    let shown = parse(&block(mirror, ".pre-commit-hooks.yaml"), mirror);
    let mut expected = yaml(".pre-commit-hooks.yaml");
    for hook in expected.as_array_mut().unwrap() {
        hook["language"] = "python".into();
    }
    assert_eq!(shown, expected);
}

//! The command line as people use it: each file in `tests/cli/` is a command with its files, output and exit code.
//! `TRYCMD=overwrite cargo test --test cli` writes the outputs; then read the diff.
//! The files are in `tests/cli/files/`; most cases use the small pack `house` there, which loads at once.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;

use std::process::{Command, Stdio};

use sandbox::Sandbox;

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cli/*.toml").env("COLUMNS", "100").env("NO_COLOR", "1").run();
}

#[test]
fn a_file_gets_the_bytes_that_would_be_printed() {
    for kind in forewarn::report::REPORTERS {
        let sandbox = Sandbox::new();
        sandbox.write("out", "an older report");
        let (code, printed, _) = sandbox.run(&["twice.txt", "--output", kind.name]);
        let target = format!("{}=out", kind.name);
        assert_eq!(sandbox.run(&["twice.txt", "--output", &target]), (code, String::new(), String::new()));
        assert_eq!(sandbox.read("out"), printed, "{}", kind.name);
        assert_eq!(sandbox.files(), ["forewarn.toml", "out", "twice.txt"]);
    }
}

#[test]
fn a_run_that_fails_leaves_files_as_they_were() {
    let sandbox = Sandbox::new();
    sandbox.write("old.sarif", "an older report");
    for (arguments, says) in [
        (&["nowhere.txt", "-o", "sarif=old.sarif"][..], "no such file"),
        (&["twice.txt", "-o", "sarif=old.sarif", "-o", "json=no/such.json"], "cannot write no/such.json"),
        (&["twice.txt", "-o", "sarif=old.sarif", "--map", "rating=Age"], "so old.sarif was not written"),
    ] {
        let (code, _, complaint) = sandbox.run(arguments);
        assert_eq!(code, 2);
        assert!(complaint.contains(says), "{complaint}");
        assert_eq!(sandbox.read("old.sarif"), "an older report");
        assert_eq!(sandbox.files(), ["forewarn.toml", "old.sarif", "twice.txt"], "{says}");
    }
}

#[test]
fn a_report_of_an_earlier_run_is_not_checked() {
    let sandbox = Sandbox::new();
    let names = ["a.json", "b.jsonl", "c.xml", "d.sarif", "e.json", "f.json", "g.jsonl"];
    let formats = ["json", "jsonl", "junit", "sarif", "gitlab", "rdjson", "rdjsonl"];
    let targets: Vec<String> = formats.iter().zip(names).map(|(f, n)| format!("--output={f}={n}")).collect();
    let arguments: Vec<&str> = [".", "-o", "plain"].into_iter().chain(targets.iter().map(String::as_str)).collect();
    let first = sandbox.run(&arguments);
    let reports = names.map(|name| sandbox.read(name));
    assert_eq!(sandbox.run(&arguments), first);
    assert_eq!(names.map(|name| sandbox.read(name)), reports);
    assert!(!first.1.contains("passed over"), "{}", first.1);
}

#[test]
fn a_report_for_people_is_no_story_whatever_it_is_called() {
    let sandbox = Sandbox::new();
    let first = sandbox.run(&[".", "-o", "plain", "-o", "html=report.html"]);
    // as a download of an archive is called, and quoting what one is known by
    let report = sandbox.read("report.html").replace("boats", "Archive of Our Own, Posted originally on the");
    std::fs::remove_file(sandbox.path("report.html")).unwrap();
    sandbox.write("The_Boats.html", &report.replace('\n', "\r\n"));
    let (code, printed, _) = sandbox.run(&[".", "-o", "plain"]);
    let passed_over = "2 files: 1 read; 1 not a work, passed over (The_Boats.html).\n";
    assert_eq!((code, printed), (first.0, format!("{}{passed_over}", first.1)));
    let (code, printed, _) = sandbox.run(&["The_Boats.html", "-o", "plain"]);
    assert!(code == 0 && printed.contains("This page is a report of forewarn, not a story."), "{printed}");
}

#[test]
fn a_story_of_a_folder_is_not_replaced() {
    let sandbox = Sandbox::new();
    sandbox.write("rows.json", "[{\"text\": \"The boats were out at sea.\", \"rating\": \"General Audiences\"}]");
    for target in ["plain=twice.txt", "json=rows.json"] {
        let (code, _, complaint) = sandbox.run(&[".", "-o", target]);
        assert!(code == 2 && complaint.contains("among the stories"), "{complaint}");
    }
    assert!(sandbox.read("twice.txt").starts_with("Rating") && sandbox.read("rows.json").starts_with("[{"));
    sandbox.write(".forewarnignore", "report.txt\n");
    for _ in 0..2 {
        assert_eq!(sandbox.run(&[".", "-o", "plain=report.txt"]).0, 0);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_the_disk_is_written_through_and_links_stay() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(&["twice.txt", "-o", "sarif=/dev/null"]).0, 0);
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    sandbox.write("real.json", "an older report");
    let mode =
        |name: &str| std::fs::symlink_metadata(sandbox.0.path().join(name)).unwrap().permissions().mode() & 0o777;
    std::fs::set_permissions(sandbox.0.path().join("real.json"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.json", sandbox.0.path().join("link.json")).unwrap();
    assert_eq!(sandbox.run(&["twice.txt", "-o", "json=link.json"]).0, 0);
    assert!(sandbox.0.path().join("link.json").is_symlink());
    assert!(sandbox.read("real.json").starts_with("{\"version\""));
    assert_eq!(mode("real.json"), 0o640);
}

#[test]
fn who_closes_the_pipe_early_has_seen_enough_and_files_are_whole() {
    let sandbox = Sandbox::new();
    for number in 0..200 {
        sandbox
            .write(&format!("{number}.txt"), "Rating: General Audiences\nAdditional Tags: boats, boats\n\nThe sea.\n");
    }
    for arguments in [&["-o", "plain"][..], &["-o", "plain", "-o", "jsonl=all.jsonl"]] {
        let mut child = sandbox.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(output.stderr, b"");
    }
    assert_eq!(sandbox.read("all.jsonl").lines().count(), 202);
}

/// What a program prints, if it is installed.
fn tool(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some((output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()))
}

fn forewarn(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_forewarn")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn shells_read_their_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = forewarn(&["completions", shell]);
        for word in ["suggest", "fail-on", "no-excerpts"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        let file = folder.path().join(shell);
        std::fs::write(&file, &script).unwrap();
        let file = file.to_str().unwrap();
        if matches!(shell, "bash" | "zsh" | "fish")
            && let Some((sound, said)) = tool(shell, &["-n", file])
        {
            assert!(sound && said.is_empty(), "{shell}: {said}");
        }
        if shell == "bash"
            && let Some((_, said)) = tool(
                "bash",
                &[
                    "-c",
                    &format!(
                        "source {file}; COMP_WORDS=(forewarn check --fail); COMP_CWORD=2; _forewarn forewarn --fail check; \
                         echo ${{COMPREPLY[@]}}"
                    ),
                ],
            )
        {
            assert_eq!(said.trim(), "--fail-on");
        }
    }
}

#[test]
fn manual_pages_are_sound() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    forewarn(&["man", "--out-dir", pages.to_str().unwrap()]);
    let main = std::fs::read_to_string(pages.join("forewarn.1")).unwrap();
    assert_eq!(main, forewarn(&["man"]));
    assert!(main.contains("forewarn\\-check(1)"), "{main}");
    let mut names = 0;
    for page in std::fs::read_dir(&pages).unwrap() {
        let page = page.unwrap().path();
        names += 1;
        let drawn = tool("groff", &["-man", "-Tutf8", "-ww", "-z", page.to_str().unwrap()]);
        assert!(drawn.is_none_or(|(sound, said)| sound && said.is_empty()), "{}", page.display());
    }
    assert!(names > 10, "{names}");
}

/// What a terminal gets from a command; none where no `script` of util-linux makes one, which is said.
#[allow(clippy::print_stderr)]
fn terminal(command: &str, environment: &[(&str, &str)]) -> Option<String> {
    let version = Command::new("script").arg("--version").output().ok()?;
    if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
        eprintln!("not run, since there is no `script` of util-linux: {command}");
        return None;
    }
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/files/suggest");
    let mut script = Command::new("script");
    script.args(["-qec", command, "/dev/null"]).current_dir(files).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "NO_GRAPHICS", "CI"] {
        script.env_remove(name);
    }
    let ran = script
        .env("TERM", "xterm")
        .env("FOREWARN", env!("CARGO_BIN_EXE_forewarn"))
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    Some(String::from_utf8(ran.stdout).unwrap().replace('\r', ""))
}

#[test]
fn a_terminal_gets_the_content_map_drawn() {
    let command = "\"$FOREWARN\" inspect crossing.txt";
    let Some(colored) = terminal(command, &[]) else { return };
    assert!(colored.contains("\u{1b}["), "{colored}");
    let plain = terminal(command, &[("NO_COLOR", "1")]).unwrap();
    let map = "  Content map, from the first words to the last
    a cell for each chapter
    · none  ░ weak, not reported  ▒ clear  █ strong; at the end the score in all
    Chapter   1 2 3 4
    Shipwreck ····██·· 0.80
    Fog       ··▒▒▒▒·· 0.63
    Storms    ····▒▒·· 0.58\n";
    assert!(plain.contains(map), "{plain}");
    let told = terminal(command, &[("NO_GRAPHICS", "1")]).unwrap();
    assert!(told.contains("    Fog: chapter 2, clear (0.63), line 12\n") && !told.contains('█'), "{told}");
}

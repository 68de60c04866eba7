//! What people meet before and beside findings: colours, names with spaces, files for editors.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use std::path::Path;
use std::process::Command;

const STORY: &str = "Rating: General Audiences\nAdditional Tags: boats, boats\n\nThe boats were out at sea.\n";

/// The exit code, what was printed, and what was complained of.
fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"] {
        command.env_remove(name);
    }
    let output = command.current_dir(folder).args(arguments).envs(environment.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A folder with a story, and the small pack of the tests, which loads at once.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/files/house");
    std::fs::write(folder.path().join("forewarn.toml"), format!("packs = ['{}']\n", house.display())).unwrap();
    std::fs::write(folder.path().join("story.txt"), STORY).unwrap();
    folder
}

#[test]
fn colours_are_where_they_are_wanted() {
    let folder = folder();
    let check = &["check", "story.txt", "--output", "human"][..];
    let always = [check, &["--color", "always"]].concat();
    let never = [check, &["--color", "never"]].concat();
    let (force, no) = (("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"));
    for (arguments, environment, coloured) in [
        (check, &[][..], false),
        (check, &[force], true),
        (check, &[no], false),
        (&always, &[], true),
        (&always, &[no], true),
        (&never, &[force], false),
        // help and mistakes follow the same rules
        (&["--help"], &[], false),
        (&["--help"], &[force], true),
        (&["--help", "--color=always"], &[no], true),
        (&["check", "--color", "never", "--help"], &[force], false),
        (&["check", "--no-such-option"], &[], false),
        (&["check", "--no-such-option"], &[force], true),
        (&["--color=never", "check", "--no-such-option"], &[force], false),
        // what is plain or for programs has none
        (&["check", "story.txt", "--output", "json", "--color=always"], &[force], false),
        (&["check", "story.txt", "--output", "plain", "--color=always"], &[force], false),
        (&["explain", "duplicate-tag"], &[], false),
    ] {
        let (_, printed, complaint) = run(folder.path(), arguments, environment);
        assert_eq!((printed + &complaint).contains('\u{1b}'), coloured, "{arguments:?} {environment:?}");
    }
}

#[test]
fn every_command_takes_color() {
    let folder = folder();
    let (_, help, _) = run(folder.path(), &["--help"], &[]);
    let commands = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.trim().is_empty());
    let commands: Vec<&str> = commands.filter_map(|l| l.split_whitespace().next()).filter(|c| *c != "help").collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands {
        let (code, help, _) = run(folder.path(), &[command, "--help"], &[]);
        assert!(code == 0 && help.contains("--color"), "{command}");
    }
}

#[test]
fn a_name_with_spaces_that_a_shell_took_apart_is_quoted_in_the_answer() {
    let folder = folder();
    std::fs::write(folder.path().join("My Long Story.txt"), STORY).unwrap();
    let (code, _, complaint) = run(folder.path(), &["check", "My", "Long", "Story.txt"], &[]);
    assert_eq!(code, 2);
    assert!(complaint.contains("a name with spaces needs quotes: \"My Long Story.txt\""), "{complaint}");
    for arguments in [&["My", "Long", "Story.txt"][..], &["My Long Story.txt"]] {
        let (code, _, complaint) = run(folder.path(), arguments, &[]);
        assert_eq!(code, 2);
        assert!(complaint.contains("forewarn check \"My Long Story.txt\""), "{complaint}");
    }
    // a command's own command is not meant
    let (code, _, complaint) = run(folder.path(), &["rules", "story.txt"], &[]);
    assert!(code == 2 && !complaint.contains("forewarn check"), "{complaint}");
}

#[test]
fn init_writes_a_schema_that_is_no_story() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let (code, said, complaint) = run(here, &["init", "--schema"], &[]);
    assert!(code == 0 && complaint.is_empty(), "{complaint}");
    assert!(said.contains("forewarn.schema.json") && said.contains("forewarn.toml"), "{said}");
    let read = |name: &str| std::fs::read_to_string(here.join(name)).unwrap();
    assert!(read("forewarn.toml").starts_with("#:schema ./forewarn.schema.json\n"));
    assert_eq!(read("forewarn.schema.json"), run(here, &["schema", "config"], &[]).1);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/config.schema.json");
    assert_eq!(read("forewarn.schema.json"), std::fs::read_to_string(kept).unwrap());
    // neither file is checked, and neither is passed over aloud
    let (code, said, complaint) = run(here, &["check"], &[]);
    assert!(code == 0 && complaint.is_empty() && !said.contains("schema"), "{said}{complaint}");
    // what is there stays
    std::fs::remove_file(here.join("forewarn.toml")).unwrap();
    std::fs::write(here.join("forewarn.schema.json"), "mine").unwrap();
    let (code, _, complaint) = run(here, &["init", "--schema"], &[]);
    assert!(code == 2 && complaint.contains("is there already"), "{complaint}");
    assert!(read("forewarn.schema.json") == "mine" && !here.join("forewarn.toml").exists());
    for name in ["config", "pack", "report"] {
        let schema: serde_json::Value = serde_json::from_str(&run(here, &["schema", name], &[]).1).unwrap();
        assert!(schema["$schema"].is_string(), "{name}");
    }
}

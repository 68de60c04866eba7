//! How people live with forewarn: what `init` writes, configurations that are wrong, what cannot be read or written, and the
//! life of a baseline. Single commands are in `tests/cli/`.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::print_stderr, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;

use std::path::Path;

use sandbox::Sandbox;

const STORY: &str = "Title: The Ferry\nRating: General Audiences\nArchive Warnings: No Archive Warnings Apply\n\
                     Fandom: Original Work\nLanguage: English\nAdditional Tags: Boats\n\n\
                     Ann walked down to the harbour. She looked at the boats, and he laughed.\n";
/// The same with a tag that stands twice.
fn twice() -> String {
    STORY.replace("Boats\n", "Boats, boats\n")
}

#[test]
fn init_sees_what_a_folder_is_and_the_next_check_accepts_what_it_writes() {
    for (signs, story, kind, named) in [
        (&["hugo.toml", "archetypes/default.md"][..], "content/posts/ferry.md", "hugo", "a Hugo site"),
        (&["config/_default/hugo.toml"], "content/ferry.md", "hugo", "a Hugo site"),
        (&["_config.yml"], "_posts/2024-05-01-ferry.md", "jekyll", "a Jekyll site"),
        (&["eleventy.config.js"], "posts/ferry.md", "eleventy", "an Eleventy site"),
        (&[".eleventy.js"], "ferry.md", "eleventy", "an Eleventy site"),
        (&["a.html", "b.html", "c.epub"], "notes.txt", "archive", "works downloaded from archives"),
        (&[], "drafts/ferry.txt", "drafts", "stories that are being written"),
    ] {
        let sandbox = Sandbox::empty();
        for sign in signs {
            let html = "<html><body><p>Rating: General Audiences</p><p>She was at the pier.</p></body></html>";
            sandbox.write(sign, if sign.ends_with("html") { html } else { "" });
        }
        let front =
            "---\ntitle: The Ferry\nrating: General Audiences\n---\n\nShe looked at the boats, and he laughed.\n";
        sandbox.write(story, if story.ends_with("md") { front } else { STORY });
        let (code, said, complaint) = sandbox.forewarn(&["init"]);
        assert_eq!((code, complaint.as_str()), (0, ""), "{signs:?}");
        assert_eq!(said, format!("forewarn.toml was written for {named}. Now run `forewarn check .`.\n"));
        let written = sandbox.read("forewarn.toml");
        assert_eq!(sandbox.forewarn(&["init", "--print", "--kind", kind]), (0, written.clone(), String::new()));
        let (code, report, complaint) = sandbox.run(&["."]);
        assert!(code < 2 && complaint.is_empty() && !report.contains("core/config"), "{signs:?}: {report}{complaint}");
        let (code, _, complaint) = sandbox.forewarn(&["init"]);
        assert!(code == 2 && complaint.contains("is there already"), "{complaint}");
        assert_eq!(sandbox.read("forewarn.toml"), written);
    }
    let sandbox = Sandbox::empty();
    let (code, _, complaint) = sandbox.forewarn(&["init", "nowhere"]);
    assert_eq!((code, complaint.as_str()), (2, "forewarn: no such folder: nowhere\n"));
}

#[test]
fn a_wrong_configuration_is_told_with_its_place_and_what_to_do() {
    // what follows `packs`, the place of what is wrong, the message, the help
    for (text, place, message, help) in [
        ("strict =", "2:", "", ""),
        ("fail-on = \"warning", "2:", "", ""),
        ("strict = true\nstrict = false", "3:1", "for the second time", "Keep one"),
        ("fial-on = 'error'", "2:1", "no key `fial-on`", "Did you mean `fail-on`?"),
        ("colour = 'blue'", "2:1", "no key `colour`", "The keys here are: extends"),
        ("strict = 'yes'", "2:10", "Here stands text, where `true` or `false` is wanted.", "without quotes"),
        ("fail-on = 3", "2:11", "Here stands a number, where text is wanted.", "in quotes"),
        ("fail-on = 'warn'", "2:11", "no severity `warn`", "error, warning, info, never"),
        ("required = 'title'", "2:12", "where a list is wanted", "in brackets"),
        ("required = ['titel']", "2:13", "no field `titel`", "Did you mean `title`?"),
        ("required = ['title']", "2:12", "No rule asks for required fields", "Add \"core\""),
        ("rating-ladder = 'stars'", "2:17", "no rating ladder `stars`", "have house"),
        ("exclude = ['a[']", "2:12", "no pattern for paths", "`**` for any folders"),
        ("work = 3", "2:8", "where a table is wanted", "`[rules]`"),
        ("[rules]\n'house/duplicate-tag' = 'loud'", "3:25", "no severity `loud`", "error, warning, info, off"),
        ("[rules]\n'house/duplicate-tag' = true", "3:25", "where text is wanted", "in quotes"),
        ("[rules]\n'house/duplicate-tags' = 'off'", "3:1", "no rule", "Did you mean `house/duplicate-tag`?"),
        ("[rules]\nduplicate-tag = 'off'", "3:1", "no rule `duplicate-tag`", "Did you mean `house/duplicate-tag`?"),
        ("[thresholds]\nblood = 0.5", "3:1", "by the name `blood`", ""),
        ("[thresholds]\nblood = 8", "3:9", "8 is not a score", "from 0 to 1"),
        ("[limits]\nspeed = 1", "3:1", "no limit `speed`", "file-bytes"),
        ("[allow]\nrule = 'house/duplicate-tag'\nreason = 'x'", "2:1", "a list is wanted", "`[[allow]]`"),
        ("[[allow]]\nrule = 'house/duplicate-tag'", "2:1", "`reason` is missing", ""),
        ("[[allow]]\nrule = 'house/duplicate-tag'\nreason = ''", "4:10", "no reason", "Say why"),
        ("[[allow]]\nrule = 'house/nothing'\nreason = 'x'", "3:8", "no rule `house/nothing`", "rules list"),
        ("[[allow]]\nworks = '{a'\nrule = 'house/duplicate-tag'\nreason = 'x'", "3:9", "no pattern", "`**`"),
        ("[[override]]\nstrict = true", "2:1", "`works` is missing", ""),
        ("[[override]]\nworks = '*'\npacks = ['core']", "4:1", "no key `packs` here", "The keys here are: works"),
        ("[[override]]\nworks = [3]", "3:9", "list of globs", ""),
        ("extends = 'forewarn.toml'", "2:11", "extends itself", "by its path from this file"),
        ("extends = 'none.toml'", "2:11", "No such file or folder: none.toml.", "by its path from this file"),
        ("extends = 'folder'", "2:11", "Cannot read folder: it is a folder.", "by its path from this file"),
        ("baseline = 'none.toml'", "2:12", "no baseline none.toml", "--write-baseline"),
    ] {
        let sandbox = Sandbox::new();
        std::fs::create_dir(sandbox.path("folder")).unwrap();
        sandbox.write("forewarn.toml", &(sandbox.read("forewarn.toml") + text + "\n"));
        let (code, report, complaint) = sandbox.run(&["twice.txt", "-o", "plain"]);
        let head = report.lines().next().unwrap_or("");
        assert_eq!((code, complaint.as_str()), (2, ""), "{text}: {report}");
        assert!(head.starts_with(&format!("forewarn.toml:{place}")), "{text}: {report}");
        assert!(head.contains(message) && head.ends_with(" [core/config]"), "{text}: {report}");
        assert!(report.contains(help) && report.contains("No works were read"), "{text}: {report}");
    }
}

#[test]
fn a_pack_that_is_not_there_is_told_where_it_is_named() {
    for (pack, message, help) in [
        ("cor", "There is no pack `cor`.", "Bundled are ao3, core"),
        ("stroygraph", "There is no pack `stroygraph`.", "Did you mean `storygraph`?"),
        ("./none", "There is no pack none.", "a folder of TOML files"),
        ("./empty", "The pack empty holds no TOML file.", "a folder of TOML files"),
        ("./story.txt", "Cannot read story.txt: ", "a folder of TOML files"),
    ] {
        let sandbox = Sandbox::new();
        std::fs::create_dir(sandbox.path("empty")).unwrap();
        sandbox.write("story.txt", STORY);
        let packs = sandbox.read("forewarn.toml").replace(['[', ']'], "");
        let packs = packs.replace("packs = ", &format!("packs = [\n    \"{pack}\",\n")) + "]\nrequired = ['mood']\n";
        sandbox.write("forewarn.toml", &packs);
        let (code, report, complaint) = sandbox.run(&["story.txt", "-o", "plain"]);
        assert_eq!((code, complaint.as_str()), (2, ""));
        assert!(report.starts_with(&format!("forewarn.toml:2:5: error: {message}")), "{report}");
        assert!(report.contains(help) && report.contains("1 error."), "{report}");
    }
}

#[test]
fn configurations_that_lead_in_a_circle_are_told() {
    let sandbox = Sandbox::new();
    sandbox.write("forewarn.toml", "extends = \"shared/base.toml\"\n");
    sandbox.write("shared/base.toml", "strict = true\nextends = \"../forewarn.toml\"\n");
    let (code, report, _) = sandbox.run(&["twice.txt", "-o", "plain"]);
    assert_eq!(code, 2);
    assert!(
        report.starts_with("shared/base.toml:2:11: error: The configuration shared/../forewarn.toml extends"),
        "{report}"
    );
}

#[test]
fn a_configuration_that_cannot_be_read_is_never_taken_for_none() {
    let sandbox = Sandbox::new();
    std::fs::remove_file(sandbox.path("forewarn.toml")).unwrap();
    std::fs::create_dir(sandbox.path("forewarn.toml")).unwrap();
    let told = sandbox.run(&["twice.txt"]);
    assert_eq!(told, (2, String::new(), "forewarn: cannot read forewarn.toml: it is a folder\n".to_owned()));
    std::fs::remove_dir(sandbox.path("forewarn.toml")).unwrap();
    std::fs::write(sandbox.path("forewarn.toml"), b"packs = [\"caf\xe9\"]\n").unwrap();
    let told = sandbox.run(&["twice.txt"]);
    assert_eq!(told, (2, String::new(), "forewarn: cannot read forewarn.toml: it is not UTF-8 text\n".to_owned()));
    sandbox.write("forewarn.toml", "fail-on = 'never'\n");
    if lock(&sandbox, "forewarn.toml", 0o000) {
        let (code, _, complaint) = sandbox.run(&["twice.txt"]);
        assert_eq!(
            (code, complaint.as_str()),
            (2, "forewarn: cannot read forewarn.toml: you have no permission to read it\n")
        );
    }
}

#[test]
fn what_cannot_be_written_ends_the_run_with_a_clear_sentence_and_nothing_half_written() {
    for (target, why) in [
        ("no/such", "there is no such folder"),
        ("folder", "it is a folder"),
        ("twice.txt/report", "a part of its path is a file, not a folder"),
        #[cfg(target_os = "linux")]
        ("/dev/full", "the disk is full"),
    ] {
        for arguments in [
            vec!["-o".to_owned(), format!("json={target}")],
            vec!["--write-baseline".into(), "--baseline".into(), target.into()],
        ] {
            let sandbox = Sandbox::new();
            std::fs::create_dir(sandbox.path("folder")).unwrap();
            let arguments: Vec<&str> = ["twice.txt"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
            let (code, _, complaint) = sandbox.run(&arguments);
            let cannot = if target == "folder" && arguments.contains(&"--baseline") { "read" } else { "write" };
            assert_eq!((code, complaint), (2, format!("forewarn: cannot {cannot} {target}: {why}\n")), "{arguments:?}");
            assert_eq!(sandbox.files(), ["folder", "forewarn.toml", "twice.txt"]);
        }
    }
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("closed")).unwrap();
    if lock(&sandbox, "closed", 0o555) {
        for arguments in [&["-o", "json=closed/r.json"][..], &["--write-baseline", "--baseline", "closed/b.toml"]] {
            let (code, _, complaint) = sandbox.run(&[&["twice.txt"], arguments].concat());
            assert!(code == 2 && complaint.contains("you have no permission to write there"), "{complaint}");
        }
    }
}

/// A device is written to, and is a device afterwards.
#[cfg(target_os = "linux")]
#[test]
fn a_device_is_never_replaced_by_a_file() {
    use std::os::unix::fs::FileTypeExt as _;
    let sandbox = Sandbox::new();
    let (code, _, said) = sandbox.run(&["twice.txt", "--write-baseline", "--baseline", "/dev/null"]);
    assert_eq!(code, 0, "{said}");
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

/// Takes rights from a path. Whether that keeps this user out, which it does not for root.
fn lock(sandbox: &Sandbox, name: &str, mode: u32) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = sandbox.path(name);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let open =
            if path.is_dir() { std::fs::write(path.join("try"), "").is_ok() } else { std::fs::read(&path).is_ok() };
        if open {
            eprintln!("not tried, since this user may read and write everything: {name} without rights");
        }
        !open
    }
    #[cfg(not(unix))]
    {
        let _ = (sandbox, name, mode);
        false
    }
}

#[test]
fn a_baseline_lives_from_adoption_to_the_last_finding() {
    let sandbox = Sandbox::new();
    for name in ["twice.txt", "b/other.txt", "b/clean.txt"] {
        sandbox.write(name, &if name == "b/clean.txt" { STORY.to_owned() } else { twice() });
    }
    let check = |arguments: &[&str]| {
        let (code, printed, said) = sandbox.run(&[arguments, &["-o", "plain", "--fail-on", "warning"]].concat());
        (code, printed.lines().last().unwrap_or("").to_owned(), said)
    };
    assert_eq!(check(&["."]), (1, "3 works, 42 words: 2 warnings.".into(), String::new()));
    let (code, _, said) = check(&[".", "--write-baseline"]);
    assert_eq!((code, said.as_str()), (0, "forewarn: 2 findings of 2 works written to forewarn-baseline.toml.\n"));
    let written = sandbox.read("forewarn-baseline.toml");
    assert!(written.contains("[works.\"b/other.txt\"]") && written.contains("[works.\"twice.txt\"]"), "{written}");

    // by its name, from another folder, and from the configuration
    let all = |accepted: &str| (0, format!("3 works, 42 words: no findings. {accepted}"), String::new());
    let two = all("2 findings are accepted and not shown.");
    assert_eq!(check(&[".", "--baseline", "forewarn-baseline.toml"]), two);
    assert_eq!(check(&["."]).0, 1);
    sandbox.write("forewarn.toml", &format!("baseline = 'forewarn-baseline.toml'\n{}", sandbox.read("forewarn.toml")));
    assert_eq!(check(&["."]), two);
    assert_eq!(check(&["b/other.txt"]).0, 0);

    // what is new is told; writing for one work keeps what is said of the others
    sandbox.write("b/clean.txt", &twice());
    assert_eq!(check(&["."]).0, 1);
    let (_, _, said) = check(&["b/clean.txt", "--write-baseline"]);
    assert_eq!(
        said,
        "forewarn: 1 finding of 1 work written to forewarn-baseline.toml. What it says of 2 works that this run did not check stays.\n"
    );
    assert_eq!(check(&["."]), all("3 findings are accepted and not shown."));

    // what is settled or gone is told and pruned, and nothing else
    sandbox.write("b/clean.txt", STORY);
    std::fs::remove_file(sandbox.path("b/other.txt")).unwrap();
    let (code, _, said) = check(&["."]);
    let gone =
        "forewarn: 2 findings of forewarn-baseline.toml are not there any more: `--prune-baseline` takes them out.\n";
    assert_eq!((code, said.as_str()), (0, gone));
    assert_eq!(check(&["twice.txt"]).2, "");
    assert_eq!(check(&[".", "--prune-baseline"]).2, "forewarn: 2 findings taken out of forewarn-baseline.toml.\n");
    let pruned = sandbox.read("forewarn-baseline.toml");
    assert!(pruned.contains("twice.txt") && !pruned.contains("b/"), "{pruned}");
    let (_, _, said) = check(&[".", "--prune-baseline"]);
    assert_eq!(said, "forewarn: nothing of forewarn-baseline.toml is settled: it stays as it is.\n");
    assert_eq!(sandbox.read("forewarn-baseline.toml"), pruned);
}

#[test]
fn what_chapters_share_is_accepted_for_each_and_counted_once() {
    let sandbox = Sandbox::new();
    let header = twice().replace("\n\n", "\n---\n\n");
    let (header, text) = header.split_once("\n\n").unwrap();
    sandbox.write("work/_index.md", &format!("---\n{header}\n"));
    sandbox.write("work/one.md", text);
    sandbox.write("work/two.md", text);
    let check = |arguments: &[&str]| {
        let (code, printed, said) = sandbox.run(&[arguments, &["-o", "plain", "--fail-on", "warning"]].concat());
        (code, printed.lines().last().unwrap_or("").to_owned(), said)
    };
    let (code, told, _) = check(&["work"]);
    assert!(code == 1 && told.ends_with(": 1 warning."), "{told}");
    assert_eq!(check(&["work", "--write-baseline"]).0, 0);
    for chapter in ["work/one.md", "work/two.md", "work"] {
        let (code, told, said) = check(&[chapter, "--baseline", "forewarn-baseline.toml"]);
        assert!(code == 0 && told.ends_with("no findings. 1 finding is accepted and not shown."), "{chapter}: {told}");
        assert_eq!(said, "", "{chapter}");
    }
    // a chapter that came later shares what is accepted for the others
    sandbox.write("work/zoe.md", text);
    assert_eq!(check(&["work", "--baseline", "forewarn-baseline.toml"]).0, 0);
}

#[test]
fn a_download_is_known_by_its_address_wherever_it_lies() {
    let sandbox = Sandbox::empty();
    let download = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/html-download-2024/work.html");
    let page = std::fs::read_to_string(download).unwrap().replace(">Mature</a>", ">Matuer</a>");
    sandbox.write("old/ferry.html", &page);
    sandbox.run(&["old/ferry.html", "--write-baseline"]);
    let written = sandbox.read("forewarn-baseline.toml");
    assert!(written.contains("[works.\"archiveofourown.org/works/5000005\"]"), "{written}");
    std::fs::create_dir(sandbox.path("new")).unwrap();
    std::fs::rename(sandbox.path("old/ferry.html"), sandbox.path("new/moved.html")).unwrap();
    let (_, printed, said) = sandbox.run(&["new", "--baseline", "forewarn-baseline.toml", "-o", "plain"]);
    assert!(printed.contains("no findings") && printed.contains("not shown") && said.is_empty(), "{printed}{said}");
    // of an address nobody here can say whether it is gone
    std::fs::remove_file(sandbox.path("new/moved.html")).unwrap();
    sandbox.run(&[".", "--prune-baseline"]);
    assert_eq!(sandbox.read("forewarn-baseline.toml"), written);
}

#[test]
fn a_file_that_is_no_baseline_is_told_and_never_overwritten() {
    for (text, message) in [
        (STORY, ":1:"),
        ("", ":1:1: error: This file is empty"),
        ("version = 7\n", ":1:11: error: This baseline has version 7"),
        (
            "version = 1\n[works.\"a.txt\"]\n\"house/x\" = \"y\"\n",
            ":3:13: error: Here stands text, where a list is wanted.",
        ),
        ("version = 1\nwork = 3\n", ":2:1: error: There is no key `work` here."),
    ] {
        for arguments in [
            &["--baseline", "b.toml"][..],
            &["--baseline", "b.toml", "--prune-baseline"],
            &["--baseline", "b.toml", "--write-baseline"],
        ] {
            let sandbox = Sandbox::new();
            sandbox.write("b.toml", text);
            let (code, report, complaint) = sandbox.run(&[&["twice.txt", "-o", "plain"], arguments].concat());
            if text.is_empty() && arguments.contains(&"--write-baseline") {
                assert_eq!(code, 0, "an empty file holds nothing that could be lost");
                continue;
            }
            assert_eq!((code, complaint.as_str()), (2, ""), "{text}: {report}");
            assert!(report.starts_with(&format!("b.toml{message}")), "{text}: {report}");
            assert_eq!(sandbox.read("b.toml"), text);
        }
    }
    let sandbox = Sandbox::new();
    let (code, _, complaint) = sandbox.run(&["twice.txt", "--baseline", "none.toml"]);
    assert!(code == 2 && complaint.starts_with("forewarn: there is no baseline none.toml: "), "{complaint}");
}

/// The default configuration of a sandbox names a pack by its folder.
#[test]
fn packs_of_ones_own_are_kept_for_the_next_run_and_damage_to_what_is_kept_is_not_noticed() {
    let sandbox = Sandbox::new();
    let cache = sandbox.path("cache");
    let files = || -> Vec<_> { std::fs::read_dir(&cache).into_iter().flatten().map(|f| f.unwrap().path()).collect() };
    let check = |arguments: &[&str]| {
        let output = sandbox.command(arguments).env("FOREWARN_CACHE_DIR", &cache).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let expected = check(&["twice.txt", "--no-cache"]);
    assert_eq!((expected.0, files().len()), (Some(0), 0), "{expected:?}");
    assert_eq!(check(&["twice.txt"]), expected);
    let [kept] = files().try_into().unwrap();
    let whole = std::fs::read(&kept).unwrap();
    assert_eq!(check(&["twice.txt"]), expected);
    std::fs::write(&kept, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(check(&["twice.txt"]), expected);
    assert!(std::fs::read(&kept).unwrap() == whole);
    std::fs::remove_dir_all(&cache).unwrap();
    std::fs::write(&cache, "no folder").unwrap();
    assert_eq!(check(&["twice.txt"]), expected);
}

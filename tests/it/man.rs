//! The man pages, as they are written and as a reader finds them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::elsewhere::{assert_mode, is_windows};
use crate::support::run::{Cli, Run, folder};

/// The pages, read without the escapes of their language.
fn page(pages: &Path, name: &str) -> String {
    let text = fs::read_to_string(pages.join(name)).expect("a page");
    assert!(text.is_ascii(), "{name}: not every roff reads that");
    text.replace("\\-", "-").replace("\\*(Aq", "'")
}

fn written(home: &Path) -> Run {
    fs::create_dir(home.join("man1")).expect("a folder");
    let run = Cli::new(home).run(["man", "man1"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    run
}

/// What follows a heading of `--help`, a name on each line.
fn commands_of(help: &str) -> Vec<String> {
    let Some((_, commands)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let is_one = |name: &&str| !name.is_empty() && *name != "help";
    names.filter(is_one).map(str::to_owned).collect()
}

#[test]
fn every_command_has_a_page_that_everybody_can_read_with_all_its_options() {
    let home = folder();
    let run = written(home.path());
    let pages = home.path().join("man1");
    let help = |args: &[&str]| Cli::new(home.path()).run(args).stdout;
    let mut expected = BTreeSet::from(["backup-fetch.1".to_owned()]);
    for command in commands_of(&help(&["--help"])) {
        let own = help(&[&command, "--help"]);
        for part in commands_of(&own) {
            expected.insert(format!("backup-fetch-{command}-{part}.1"));
        }
        let name = format!("backup-fetch-{command}.1");
        let page = page(&pages, &name);
        let options = own.split_whitespace().filter(|word| word.starts_with("--"));
        for option in options.map(|word| {
            word.split(['[', '=', ',', ')', '.'])
                .next()
                .expect("a word")
        }) {
            assert!(page.contains(option), "{name} lacks {option}");
        }
        expected.insert(name);
    }
    if is_windows() {
        // The help is silent about it, where it is of no use.
        expected.insert("backup-fetch-systemd.1".to_owned());
    }
    let entries = fs::read_dir(&pages).expect("a folder").flatten();
    let mut found = BTreeSet::new();
    for entry in entries {
        assert_mode(&entry.path(), 0o644);
        found.insert(entry.file_name().into_string().expect("a name"));
    }
    assert_eq!(found, expected);
    assert!(
        run.stderr.contains(&format!("wrote {} pages", found.len())),
        "{run}"
    );
}

#[test]
fn a_page_has_what_the_help_leaves_out() {
    let home = folder();
    written(home.path());
    let text = page(&home.path().join("man1"), "backup-fetch-download.1");
    let titles = text.lines().filter_map(|line| line.strip_prefix(".SH "));
    let titles: Vec<&str> = titles.map(|title| title.trim_matches('"')).collect();
    for title in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
        "SEE ALSO",
    ] {
        assert!(titles.contains(&title), "{title}: {titles:?}");
    }
    assert!(
        text.contains("backup-fetch download --out /srv/backups/zoho"),
        "{text}"
    );
    // Each exit code of the help, and each variable of the README.
    let help = Cli::new(home.path())
        .env("COLUMNS", "100")
        .run(["--help"])
        .stdout;
    let (_, codes) = help.split_once("Exit codes:").expect("the help has them");
    let meanings = codes
        .lines()
        .filter_map(|line| line.trim().split_once("  "));
    for (code, meaning) in meanings {
        assert!(
            text.contains(&format!("\\fB{code}\\fR\n{meaning}")),
            "{code}"
        );
    }
    let readme = include_str!("../../README.md");
    let (_, table) = readme
        .split_once("| Variable | Is |\n|---|---|\n")
        .expect("a table");
    let rows = table.lines().map_while(|line| line.strip_prefix("| "));
    let names = rows.filter_map(|row| row.split(" | ").next());
    let names = names.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let names: Vec<&str> = names
        .filter(|name| name.contains('_') && !name.starts_with('_'))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let name = name.replace('…', "");
        assert!(text.contains(&name), "the page lacks {name}");
    }
}

#[test]
fn pages_are_written_anew_and_what_is_no_file_is_left_alone() {
    let home = folder();
    written(home.path());
    let pages = home.path().join("man1");
    let page = pages.join("backup-fetch.1");
    fs::write(&page, "of an older version").expect("a page");
    let cli = Cli::new(home.path());
    let json = cli.run(["man", "man1", "--json"]).json();
    assert!(
        json["pages"]
            .as_array()
            .is_some_and(|pages| pages.len() > 15),
        "{json}"
    );
    assert!(fs::read_to_string(&page).is_ok_and(|text| text.contains(".TH")));
    fs::remove_file(&page).expect("it is ours");
    fs::create_dir(&page).expect("it is ours");
    let run = cli.run(["man", "man1"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("backup-fetch.1"), "{run}");
}

#[test]
fn a_link_in_the_place_of_a_page_is_not_followed() {
    let home = folder();
    written(home.path());
    let page = home.path().join("man1/backup-fetch.1");
    fs::remove_file(&page).expect("it is ours");
    std::os::unix::fs::symlink("/etc/passwd", &page).expect("a link");
    let run = Cli::new(home.path()).run(["man", "man1"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("backup-fetch.1"), "{run}");
}

#[test]
fn a_folder_that_is_not_there_is_named_with_how_to_make_it() {
    let home = folder();
    let run = Cli::new(home.path()).run(["man", "none/man1"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("there is no folder none/man1"), "{run}");
    assert!(run.stderr.contains("mkdir -p 'none/man1'"), "{run}");
    assert!(!home.path().join("none").exists());
}

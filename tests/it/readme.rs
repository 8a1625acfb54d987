//! What the README shows is what the program says.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::backup::Backup;
use crate::support::run::{Cli, Run, folder};
use crate::support::zoho::Zoho;

const README: &str = include_str!("../../README.md");

fn help(args: &[&str]) -> Run {
    let home = folder();
    // As wide as the README; without a terminal the program can't ask one.
    Cli::new(home.path()).env("COLUMNS", "100").run(args)
}

/// The long options that a text names, such as `--out`.
fn options_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let is_option = |word: &&str| {
        let name = word.strip_prefix("--").unwrap_or_default();
        name.starts_with(|letter: char| letter.is_ascii_lowercase())
    };
    words.filter(is_option).map(str::to_owned).collect()
}

/// The long options of the program, those of its commands included.
fn options_of_the_program() -> BTreeSet<String> {
    let whole = help(&["--help"]).stdout;
    let mut options = options_in(&whole);
    let (_, commands) = whole.split_once("Commands:").expect("the help has them");
    let commands = commands.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("  ")?.split_once("  ")?;
        let is_command = name.bytes().all(|byte| byte.is_ascii_lowercase());
        (is_command && !name.is_empty()).then_some(name)
    });
    for command in commands {
        options.extend(options_in(&help(&[command, "--help"]).stdout));
    }
    assert!(options.len() > 40, "{options:?}");
    options
}

/// Options of other programs that the README calls.
const FOREIGN: [&str; 17] = [
    "--empty",
    "--example",
    "--expired",
    "--features",
    "--flaky",
    "--home-dir",
    "--locked",
    "--no-pager",
    "--now",
    "--path",
    "--release",
    "--root",
    "--serve",
    "--shell",
    "--slow",
    "--system",
    "--user",
];

/// Options that the README leaves to `--help` and the man page: few need them, and their line there says it all.
const LEFT_OUT: [&str; 25] = [
    "--accounts-url",
    "--api-domain",
    "--api-version",
    "--browser",
    "--ca-cert",
    "--code-stdin",
    "--color",
    "--connect-timeout",
    "--forget",
    "--keyring",
    "--limit",
    "--no-ranges",
    "--no-resume",
    "--on-calendar",
    "--poll-wait",
    "--print",
    "--progress",
    "--redirect-uri",
    "--retries",
    "--retry-wait",
    "--service",
    "--stall-timeout",
    "--timer",
    "--user",
    "--version",
];

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_option_that_the_readme_names_is_one_of_the_program() {
    let known = &options_of_the_program() | &set(&FOREIGN);
    let unknown = &options_in(README) - &known;
    assert!(
        unknown.is_empty(),
        "in the README, but not in the program: {unknown:?}"
    );
}

#[test]
fn every_option_of_the_program_is_in_the_readme_or_left_to_the_man_page() {
    let left_out = &options_of_the_program() - &options_in(README);
    assert_eq!(left_out, set(&LEFT_OUT));
}

#[test]
fn the_table_of_exit_codes_is_that_of_the_program() {
    let run = help(&["--help"]);
    let (_, codes) = run
        .stdout
        .split_once("Exit codes:")
        .expect("the help has them");
    let of_the_program: Vec<[&str; 2]> = codes
        .lines()
        .filter_map(|line| line.trim().split_once("  "))
        .map(|(code, meaning)| [code.trim(), meaning.trim()])
        .collect();
    let (_, table) = README
        .split_once("| Code | Meaning | What to do |\n|---|---|---|\n")
        .expect("a table");
    let of_the_readme: Vec<[&str; 2]> = table
        .lines()
        .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|row| {
            let cells: Vec<&str> = row.split(" | ").collect();
            assert_eq!(cells.len(), 3, "{row}");
            [cells[0], cells[1]]
        })
        .collect();
    assert!(of_the_program.len() >= 13, "{run}");
    assert_eq!(of_the_readme, of_the_program);
}

#[test]
fn every_link_within_the_readme_leads_to_a_heading() {
    let headings: BTreeSet<String> = README
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|heading| heading.to_lowercase().replace(' ', "-").replace('"', ""))
        .collect();
    let links = README.split("](#").skip(1);
    let links: Vec<&str> = links.filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() >= headings.len(), "{links:?}");
    for link in links {
        assert!(headings.contains(link), "#{link} leads nowhere");
    }
}

/// Each word of the sources that could be a variable of ours.
fn variables_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the sources").flatten() {
        if entry.path().is_dir() {
            variables_in(&entry.path(), found);
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("a source");
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        found.extend(words.filter_map(|word| {
            let name = word.strip_suffix("_FILE").unwrap_or(word);
            let rest = ["ZOHO_", "BACKUP_FETCH_"]
                .iter()
                .find_map(|prefix| name.strip_prefix(prefix))?;
            let is_one = !rest.is_empty() && !rest.contains(|letter: char| letter.is_lowercase());
            is_one.then(|| name.to_owned())
        }));
    }
}

#[test]
fn every_variable_that_the_sources_name_is_in_the_readme() {
    let mut variables = BTreeSet::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    variables_in(&sources, &mut variables);
    assert!(variables.contains("ZOHO_DC") && variables.contains("BACKUP_FETCH_OUT"));
    variables.retain(|name| !README.contains(&format!("`{name}`")));
    assert!(variables.is_empty(), "not in the README: {variables:?}");
}

/// Runs `list` with this configuration file.
fn list_with(config: &str) -> Run {
    let home = folder();
    fs::write(home.path().join("config.toml"), config).expect("a temporary file");
    let cli = Cli::new(home.path()).env("BACKUP_FETCH_CONFIG", "config.toml");
    cli.run(["list"])
}

#[test]
fn every_key_of_a_profile_is_in_the_readme() {
    // The complaint about a wrong key names all right ones.
    let run = list_with("[profiles.main]\nnone_such = 1\n");
    let (_, right) = run.stderr.split_once("known keys: ").expect("a list");
    let mut keys: Vec<&str> = right.trim().split(", ").collect();
    assert!(keys.len() > 15, "{run}");
    keys.retain(|key| {
        !README.contains(&format!("`{key}`")) && !README.contains(&format!("\n{key} = "))
    });
    assert!(keys.is_empty(), "not in the README: {keys:?}");
}

/// The first block of the README in this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = README
        .split_once(&format!("```{language}\n"))
        .expect("there is one");
    rest.split_once("```").expect("it ends").0
}

/// The value of a key of the README's unit.
fn of_the_unit(key: &str) -> &'static str {
    let lines = block("ini").lines();
    let mut values = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    values.next().expect("the unit has it")
}

#[test]
fn the_service_of_the_readme_downloads_with_its_configuration_and_its_secrets() {
    let zoho = Zoho::start().with_backup(Backup::small());
    let rules = zoho.rules();
    let etc = folder();
    for (name, secret) in [
        ("client_secret", &rules.client_secret),
        ("refresh_token", &rules.refresh_token),
    ] {
        let path = etc.path().join(name);
        fs::write(&path, secret).expect("a temporary file");
        // With `User=`, systemd hands it over with an entry for that user, which shows as the rights of the group.
        fs::set_permissions(&path, Permissions::from_mode(0o440)).expect("it is ours");
    }
    let out = folder();
    let config = block("toml")
        .replace("1000.ABC", &rules.client_id)
        .replace("/srv/backups/zoho", &out.path().display().to_string());
    fs::write(etc.path().join("config.toml"), config).expect("a temporary file");

    let mut cli = zoho.cli();
    for secret in ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"] {
        cli = cli.without(secret);
    }
    let etc = etc.path().display().to_string();
    for variable in of_the_unit("Environment").split(' ') {
        let (name, value) = variable.split_once('=').expect("a variable");
        cli = cli.env(name, value.replace("/etc/backup-fetch", &etc));
    }
    let (program, args) = of_the_unit("ExecStart").split_once(' ').expect("arguments");
    assert_eq!(program, "/usr/local/bin/backup-fetch");
    let run = cli.env("CREDENTIALS_DIRECTORY", etc).run(args.split(' '));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(fs::read_dir(out.path()).expect("it is ours").count(), 2);
}

//! What the README shows is what the program says.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support::backup::Backup;
use crate::support::run::{Cli, Run, folder};
use crate::support::tools::{self, needs};
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
    "--from-file",
    "--home-dir",
    "--ignore-missing",
    "--locked",
    "--nights",
    "--now",
    "--read-only",
    "--release",
    "--rm",
    "--serve",
    "--slow",
    "--system",
];

/// Options that the README leaves to `--help` and the man page: few need them, and their line there says it all.
const LEFT_OUT: [&str; 19] = [
    "--accounts-url",
    "--api-domain",
    "--api-version",
    "--browser",
    "--code-stdin",
    "--color",
    "--connect-timeout",
    "--forget",
    "--keyring",
    "--limit",
    "--no-ranges",
    "--no-resume",
    "--poll-wait",
    "--progress",
    "--redirect-uri",
    "--retries",
    "--retry-wait",
    "--stall-timeout",
    "--version",
];

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_option_that_the_readme_names_is_one_of_the_program() {
    let unknown = &options_in(README) - &options_of_the_program();
    assert_eq!(
        unknown,
        set(&FOREIGN),
        "in the README, but not in the program"
    );
}

#[test]
fn every_option_of_the_program_is_in_the_readme_or_left_to_the_man_page() {
    let left_out = &options_of_the_program() - &options_in(README);
    assert_eq!(left_out, set(&LEFT_OUT));
}

/// The rows of its table in the README: code, meaning, and what to do.
fn exit_codes() -> Vec<[&'static str; 3]> {
    let (_, table) = README
        .split_once("| Code | Meaning | What to do |\n|---|---|---|\n")
        .expect("a table");
    let rows = table
        .lines()
        .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
    cells
        .map(|cells| cells.try_into().expect("three columns"))
        .collect()
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
    let of_the_readme: Vec<[&str; 2]> = exit_codes()
        .iter()
        .map(|[code, meaning, _]| [*code, *meaning])
        .collect();
    assert!(of_the_program.len() >= 13, "{run}");
    assert_eq!(of_the_readme, of_the_program);
}

#[test]
fn a_pod_is_not_started_again_after_a_failure_that_needs_a_person() {
    let (_, rest) = README
        .split_once("onExitCodes: { operator: In, values: [")
        .expect("a policy");
    let (values, _) = rest.split_once(']').expect("they end");
    let given_up: Vec<&str> = values.split(", ").collect();
    let expected = exit_codes().into_iter().filter(|[_, _, remedy]| {
        let waits = ["nothing", "run it again", "let it finish"];
        !waits.iter().any(|words| remedy.contains(words))
    });
    assert_eq!(
        given_up,
        expected.map(|[code, ..]| code).collect::<Vec<_>>()
    );
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

/// A home with the profile of the README in it, and the folders that it names below that home.
fn with_the_profile(zoho: &Zoho) -> Cli {
    let home = zoho.home();
    let rules = zoho.rules();
    let ours = home.join("config/backup-fetch");
    let secrets = home.join(".config/backup-fetch/credentials/main");
    let disk = home.join("srv/backups");
    let metrics = home.join("var/lib/prometheus/node-exporter");
    for folder in [&ours, &secrets, &disk, &metrics] {
        fs::create_dir_all(folder).expect("a temporary folder");
    }
    for (name, secret) in [
        ("client_secret", &rules.client_secret),
        ("refresh_token", &rules.refresh_token),
    ] {
        let path = secrets.join(name);
        fs::write(&path, secret).expect("a temporary file");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("it is ours");
    }
    fs::write(disk.join(".backup-fetch-mount"), "").expect("a temporary file");
    let config = block("toml")
        .replace("1000.ABC", &rules.client_id)
        .replace("https://hc-ping.com", &zoho.urls().foreign)
        .replace("\"/", &format!("\"{}/", home.display()));
    fs::write(ours.join("config.toml"), config).expect("a temporary file");
    zoho.cli()
}

/// The arguments with which the README has cron, the Task Scheduler and containers download.
fn unattended() -> Vec<Vec<&'static str>> {
    let between = |start, end| {
        let rests = README.split(start).skip(1);
        rests.filter_map(move |rest| rest.split(end).next())
    };
    let lines = between(" /usr/local/bin/backup-fetch ", '\n')
        .chain(between("/backup-fetch:0.1.0 ", '\n'))
        .chain(between("-Argument '", '\''))
        .filter(|args| args.starts_with("download"))
        .map(|args| args.split(' ').collect());
    let lists = between(": [download, ", ']').map(|args| {
        std::iter::once("download")
            .chain(args.split(", "))
            .collect()
    });
    lines.chain(lists).collect()
}

fn is_saved(run: &Run, zoho: &Zoho) {
    assert_eq!(run.code, 0, "{run}");
    let rules = zoho.rules();
    let set = format!("{}-{}", rules.org, rules.job);
    let saved = zoho.home().join("srv/backups/zoho").join(set);
    assert!(saved.join("Data_001.zip").is_file(), "{run}");
}

#[test]
fn the_profile_of_the_readme_downloads() {
    let zoho = Zoho::start().with_backup(Backup::small());
    let mut cli = with_the_profile(&zoho);
    for secret in ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"] {
        cli = cli.without(secret);
    }
    is_saved(&cli.run(["download"]), &zoho);
}

#[test]
fn what_the_readme_has_others_call_downloads() {
    let calls = unattended();
    assert_eq!(calls.len(), 5, "{calls:?}");
    for mut args in calls {
        let zoho = Zoho::start().with_backup(Backup::small());
        let cli = with_the_profile(&zoho);
        let ours = zoho.home().join("srv/backups/zoho").display().to_string();
        let out = args.iter().position(|arg| *arg == "--out");
        args[out.expect("a folder") + 1] = &ours;
        is_saved(&cli.run(&args), &zoho);
    }
}

#[test]
fn what_the_readme_adds_to_a_profile_is_right() {
    let additions: Vec<&str> = README.split("```toml\n").skip(2).collect();
    assert!(!additions.is_empty());
    for rest in additions {
        let (lines, _) = rest.split_once("```").expect("it ends");
        let home = folder();
        let config = format!("[profiles.main]\n{lines}");
        fs::write(home.path().join("config.toml"), config).expect("a temporary file");
        let cli = Cli::new(home.path()).env("BACKUP_FETCH_CONFIG", "config.toml");
        let run = cli.run(["config", "check"]);
        assert_eq!(run.code, 0, "{run}");
    }
}

/// The commands that the README shows, without what a shell does with them.
fn commands() -> Vec<&'static str> {
    let in_blocks = README.lines().filter_map(|line| {
        let line = line.strip_prefix("$ ").unwrap_or(line);
        line.starts_with("backup-fetch ").then_some(line)
    });
    let in_text = README.split('`').filter(|code| {
        let words = code.strip_prefix("backup-fetch ").unwrap_or_default();
        words.starts_with(|letter: char| letter.is_ascii_lowercase()) && !code.contains('\n')
    });
    let ends = [" | ", " > ", " # "];
    let commands = in_blocks.chain(in_text).map(|command| {
        let cut = ends.iter().filter_map(|end| command.find(end)).min();
        command[..cut.unwrap_or(command.len())].trim()
    });
    commands.collect()
}

#[test]
fn every_command_that_the_readme_shows_is_understood() {
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for command in commands {
        let shell = format!(
            "set -- {}; for word; do echo \"$word\"; done",
            &command[13..]
        );
        let words = Command::new("sh").args(["-c", &shell]).output();
        let words = words.expect("a shell").stdout;
        let words = String::from_utf8(words).expect("it is our text");
        // Behind a mistake it would not be read; before what is missing it is.
        let run = help(&words.lines().chain(["--help"]).collect::<Vec<_>>());
        assert_eq!(run.code, 0, "{command}: {run}");
    }
}

/// As it is in every run: without ids, times and ports, which are numbers of five digits and more.
fn without_chance(line: &str) -> String {
    let line = line.split("rid=").next().expect("a first part");
    let mut parts = line.split(|letter: char| !letter.is_ascii_digit());
    let long = parts.clone().filter(|digits| digits.len() >= 5).count();
    let mut text = line.to_owned();
    for digits in parts.by_ref().filter(|digits| digits.len() >= 5) {
        text = text.replacen(digits, "#", 1);
    }
    assert_eq!(text.matches('#').count(), long + line.matches('#').count());
    text
}

#[test]
fn the_nights_of_the_readme_are_those_of_the_sandbox() {
    needs!(Sandbox);
    let folder = folder();
    let script = "\"$0\" --nights \"$1\" 2>&1";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(tools::sandbox());
    let output = shell.arg(folder.path()).output().expect("a shell");
    let said = String::from_utf8(output.stdout).expect("text");
    // It sees to it that the first two nights are fine and the third one is not.
    assert!(output.status.success(), "{said}");
    let said = said.replace(&folder.path().display().to_string(), "/tmp/nights");
    let mut said_lines = said.lines().map(without_chance);
    let (_, shown) = README
        .split_once("sandbox -- --nights /tmp/nights\n")
        .expect("a block");
    let (shown, _) = shown.split_once("```").expect("it ends");
    for line in shown.lines().filter(|line| *line != "…") {
        let line = without_chance(line);
        assert!(said_lines.any(|other| other == line), "{line}\n{said}");
    }
}

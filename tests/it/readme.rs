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

/// Options of other programs that the README calls.
const FOREIGN: [&str; 9] = [
    "--example",
    "--features",
    "--help",
    "--locked",
    "--no-dev",
    "--now",
    "--path",
    "--serve",
    "--system",
];

#[test]
fn every_option_that_the_readme_names_is_one_of_the_program() {
    let mut known = options_in(&help(&["--help"]).stdout);
    for command in help(&["--help"]).stdout.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("  ")?.split_once("  ")?;
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase())
            .then_some(name.to_owned())
    }) {
        known.extend(options_in(&help(&[&command, "--help"]).stdout));
    }
    assert!(known.len() > 30, "{known:?}");
    known.extend(FOREIGN.map(str::to_owned));
    let named = options_in(README);
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "in the README, but not in the program: {unknown:?}"
    );
}

#[test]
fn the_table_of_exit_codes_is_that_of_the_program() {
    let run = help(&["--help"]);
    let (_, codes) = run
        .stdout
        .split_once("Exit codes:")
        .expect("the help has them");
    let rows: Vec<String> = codes
        .lines()
        .filter_map(|line| line.trim().split_once("  "))
        .map(|(code, meaning)| format!("| {} | {} |", code.trim(), meaning.trim()))
        .collect();
    let table = rows.join("\n");
    assert_eq!(rows.len(), 13, "{run}");
    assert!(
        README.contains(&format!("| Code | Meaning |\n|---|---|\n{table}\n")),
        "{table}"
    );
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
    let (_, right) = run.stderr.split_once("expected one of").expect("a list");
    let mut keys: Vec<&str> = right.lines().next().map_or(Vec::new(), |line| {
        line.split('`').skip(1).step_by(2).collect()
    });
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

#[test]
fn the_configuration_of_the_readme_is_understood() {
    let run = list_with(&block("toml").replace("/etc/backup-fetch/", "none/"));
    // Its keys are right; only the secret is not there.
    let asked = "client_secret: the file none/client_secret can't be read";
    assert!(run.stderr.contains(asked), "{run}");
}

/// The variables of the README's unit, as systemd sets them.
fn variables_of_the_unit(state: &Path, credentials: &Path) -> Vec<(String, String)> {
    let lines = block("ini").lines();
    let pairs = lines.filter_map(|line| line.strip_prefix("Environment="));
    let pairs = pairs.flat_map(|line| line.split(' ')).map(|pair| {
        let pair = pair.replace("%S", &state.display().to_string());
        pair.replace("%d", &credentials.display().to_string())
    });
    pairs
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

#[test]
fn the_unit_of_the_readme_finds_its_secrets_as_systemd_hands_them_over() {
    let zoho = Zoho::start().with_backup(Backup::small());
    let rules = zoho.rules();
    let credentials = folder();
    for (name, secret) in [
        ("client_secret", rules.client_secret),
        ("refresh_token", rules.refresh_token),
    ] {
        let path = credentials.path().join(name);
        fs::write(&path, secret).expect("a temporary file");
        // With `User=`, an entry for that user opens it, which shows as the rights of the group.
        fs::set_permissions(&path, Permissions::from_mode(0o440)).expect("it is ours");
    }
    let unit = variables_of_the_unit(zoho.home(), credentials.path());
    let cli = zoho
        .cli()
        .without("ZOHO_CLIENT_SECRET")
        .without("ZOHO_REFRESH_TOKEN")
        .env(
            "CREDENTIALS_DIRECTORY",
            credentials.path().display().to_string(),
        );
    let cli = unit
        .into_iter()
        .fold(cli, |cli, (name, value)| cli.env(&name, value));
    let run = cli.env("ZOHO_CLIENT_ID", rules.client_id).run(["list"]);
    assert_eq!(run.code, 0, "{run}");
}

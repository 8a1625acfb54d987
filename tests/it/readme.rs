//! What the README shows is what the program says.

use crate::support::run::{Cli, Run, folder};

const README: &str = include_str!("../../README.md");

fn help(args: &[&str]) -> Run {
    let home = folder();
    // As wide as the README; without a terminal the program can't ask one.
    Cli::new(home.path()).env("COLUMNS", "100").run(args)
}

#[test]
fn every_help_text_stands_in_the_readme() {
    for args in [
        vec!["--help"],
        vec!["list", "--help"],
        vec!["download", "--help"],
        vec!["completions", "--help"],
    ] {
        let run = help(&args);
        assert_eq!(run.code, 0, "{run}");
        assert!(
            README.contains(run.stdout.trim_end()),
            "the README does not show what `{}` says: {run}",
            args.join(" ")
        );
    }
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

/// The variables that the sources name; a new one must be told to users.
#[test]
fn every_variable_and_every_key_of_a_profile_is_named() {
    let settings = concat!(
        include_str!("../../src/settings/mod.rs"),
        include_str!("../../src/settings/credentials.rs")
    );
    let quoted = settings.split('"').skip(1).step_by(2);
    let variables: Vec<&str> = quoted
        .filter(|text| text.starts_with("ZOHO_") || text.starts_with("BACKUP_FETCH_"))
        .filter(|text| {
            text.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        })
        .filter(|text| !text.ends_with('_') && !text.ends_with("_FILE"))
        .collect();
    assert!(variables.len() > 8, "{variables:?}");
    for variable in variables {
        assert!(README.contains(&format!("`{variable}`")), "{variable}");
    }
    let profile = include_str!("../../src/settings/profile.rs");
    let keys: Vec<&str> = profile
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("pub(super) ")?
                .split_once(": Option<")
        })
        .map(|(key, _)| key)
        .filter(|key| !["name", "path"].contains(key))
        .collect();
    assert!(keys.len() > 12, "{keys:?}");
    for key in keys {
        let named = README.contains(&format!("`{key}`")) || README.contains(&format!("\n{key} = "));
        assert!(named, "{key}");
    }
}

//! The completion scripts, as they are printed, as they stand in the source tree, and as a shell uses them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::run::{Cli, folder};

fn committed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("completions")
        .join(file)
}

/// Holds that `completions SHELL` prints the committed file.
fn is_committed(shell: &str, file: &str) {
    let home = folder();
    let run = Cli::new(home.path()).run(["completions", shell]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let known = fs::read_to_string(committed(file)).unwrap_or_default();
    assert!(
        run.stdout == known,
        "completions/{file} is out of date: cargo run --quiet -- completions {shell} > completions/{file}"
    );
}

#[test]
fn the_bash_script_is_committed() {
    is_committed("bash", "backup-fetch.bash");
}

#[test]
fn the_zsh_script_is_committed() {
    is_committed("zsh", "_backup-fetch");
}

#[test]
fn the_fish_script_is_committed() {
    is_committed("fish", "backup-fetch.fish");
}

#[test]
fn the_elvish_script_is_committed() {
    is_committed("elvish", "backup-fetch.elv");
}

#[test]
fn the_powershell_script_is_committed() {
    is_committed("powershell", "_backup-fetch.ps1");
}

#[test]
fn completions_are_printed_with_a_broken_configuration() {
    let home = folder();
    fs::write(home.path().join("broken.toml"), "not = [toml").expect("a temporary file");
    let cli = Cli::new(home.path()).env("BACKUP_FETCH_CONFIG", "broken.toml");
    let run = cli.run(["completions", "bash"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("complete -F"), "{run}");
}

/// What bash offers when Tab is pressed at the end of these words.
fn bash_offers(words: &[&str]) -> String {
    let (word, before) = words.split_last().expect("the program's name at least");
    let script = r#"
        source "$1"; shift
        function_name=$(complete -p backup-fetch | sed 's/.* -F \([^ ]*\) .*/\1/')
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        "$function_name" backup-fetch "${!#}" "${@:COMP_CWORD:1}"
        echo "${COMPREPLY[@]}""#;
    let output = Command::new("bash")
        .args(["--norc", "-c", script, "bash"])
        .arg(committed("backup-fetch.bash"))
        .args(before)
        .arg(word)
        .output()
        .expect("bash is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn bash_completes_the_commands() {
    assert_eq!(bash_offers(&["backup-fetch", "down"]), "download");
}

#[test]
fn bash_completes_the_options_of_a_subcommand() {
    let offered = bash_offers(&["backup-fetch", "download", "--on"]);
    assert_eq!(offered, "--only");
}

#[test]
fn bash_completes_the_values_of_an_option() {
    let offered = bash_offers(&["backup-fetch", "download", "--only", ""]);
    assert_eq!(offered, "data attachments");
}

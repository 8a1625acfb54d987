//! The completion scripts, as they are printed, as they stand in the source tree, and as a shell uses them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::run::{Cli, folder};
use crate::support::tools::needs;

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
    let home = folder();
    bash_offers_in(home.path(), words)
}

/// The same for who has this home.
fn bash_offers_in(home: &Path, words: &[&str]) -> String {
    let (word, before) = words.split_last().expect("the program's name at least");
    let script = r#"
        source "$1"; shift
        function_name=$(complete -p backup-fetch | sed 's/.* -F \([^ ]*\) .*/\1/')
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        "$function_name" "$1" "${!#}" "${@:COMP_CWORD:1}"
        echo "${COMPREPLY[@]}""#;
    let output = Command::new("bash")
        .args(["--norc", "-c", script, "bash"])
        .arg(committed("backup-fetch.bash"))
        .args(before)
        .arg(word)
        .env("HOME", home)
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .expect("bash is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A home with two profiles.
fn home_of_two() -> TempDir {
    let home = folder();
    let path = home.path().join(".config/backup-fetch");
    fs::create_dir_all(&path).expect("it is ours");
    let text = "[profiles.zeta]\n[profiles.acme]\n";
    fs::write(path.join("config.toml"), text).expect("it is ours");
    home
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_backup-fetch");

#[test]
fn bash_offers_commands_first_and_options_where_one_is_begun() {
    let offered = bash_offers(&["backup-fetch", ""]);
    assert!(
        offered.starts_with("list download verify check prune login"),
        "{offered}"
    );
    assert!(!offered.contains("--"), "{offered}");
    let offered = bash_offers(&["backup-fetch", "--"]);
    assert!(
        offered.contains("--profile") && !offered.contains("download "),
        "{offered}"
    );
}

#[test]
fn bash_offers_data_centres_and_days() {
    let offered = bash_offers(&["backup-fetch", "list", "--dc", ""]);
    assert_eq!(offered, "us eu in au jp ca sa cn uk ae sg");
    let offered = bash_offers(&["backup-fetch", "schedule", "--weekly", "t"]);
    assert_eq!(offered, "tue thu");
}

#[test]
fn bash_offers_the_profiles_of_the_configuration_file() {
    let home = home_of_two();
    let offered = bash_offers_in(home.path(), &[PROGRAM, "list", "--profile", ""]);
    assert_eq!(offered, "zeta acme");
    let offered = bash_offers_in(home.path(), &[PROGRAM, "list", "--profile", "a"]);
    assert_eq!(offered, "acme");
    // Without a file there are none, and nothing is said.
    assert_eq!(bash_offers(&[PROGRAM, "list", "--profile", ""]), "");
}

#[test]
fn fish_offers_the_profiles_of_the_configuration_file() {
    needs!(Program("fish"));
    let home = home_of_two();
    let folder = Path::new(PROGRAM).parent().expect("it has one");
    let script = "source $argv[1]; complete -C 'backup-fetch list --profile '";
    let output = Command::new("fish")
        .args(["--no-config", "-c", script])
        .arg(committed("backup-fetch.fish"))
        .env("HOME", home.path())
        .env("PATH", path_with(folder))
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .expect("fish is there");
    let offered = String::from_utf8_lossy(&output.stdout).into_owned();
    // What follows a name is its description.
    let mut names: Vec<&str> = offered
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["acme", "zeta"], "{output:?}");
}

#[test]
fn zsh_reads_the_script_and_asks_for_the_profiles() {
    needs!(Program("zsh"));
    let home = home_of_two();
    let folder = Path::new(PROGRAM).parent().expect("it has one");
    // The functions of the completion system are replaced by what shows their arguments.
    let script = r#"
        _call_program() { shift; "$@" }
        compadd() { shift; print -l -- ${(P)1} }
        compdef() { }
        words=(list --profile '')
        source "$1"
        _backup-fetch_profiles"#;
    let output = Command::new("zsh")
        .args(["-f", "-c", script, "zsh"])
        .arg(committed("_backup-fetch"))
        .env("HOME", home.path())
        .env("PATH", path_with(folder))
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .expect("zsh is there");
    let offered = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(offered, "zeta\nacme\n", "{output:?}");
}

fn path_with(folder: &Path) -> String {
    format!(
        "{}:{}",
        folder.display(),
        std::env::var("PATH").unwrap_or_default()
    )
}

#[test]
fn bash_completes_the_commands() {
    assert_eq!(bash_offers(&["backup-fetch", "down"]), "download");
}

#[test]
fn bash_completes_the_options_of_a_subcommand() {
    let offered = bash_offers(&["backup-fetch", "download", "--on"]);
    assert_eq!(offered, "--only --on-success --on-failure");
}

#[test]
fn bash_completes_the_values_of_an_option() {
    let offered = bash_offers(&["backup-fetch", "download", "--only", ""]);
    assert_eq!(offered, "data attachments");
}

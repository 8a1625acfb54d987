//! Where there is no home, and paths that are written from one.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use crate::support::bytes::small_zip;
use crate::support::elsewhere;
use crate::support::run::{Cli, files_under, folder};
use crate::support::zoho::Zoho;
use crate::usage::{config_of, configured, offline, refused, without_credentials, write};

/// As in a container whose user has no home: neither the variable nor the user database leads to a folder.
fn homeless(cli: &Cli) -> Cli {
    let xdg = ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"];
    let cli = xdg.iter().fold(cli.clone(), |cli, name| cli.without(name));
    // A home that is no absolute path is none.
    cli.env("HOME", "nowhere")
}

fn zoho() -> Zoho {
    Zoho::start().with_file("Data_001.zip", small_zip(1, 1000))
}

#[test]
fn without_a_home_a_run_needs_nothing_but_its_credentials() {
    let zoho = zoho();
    let run = homeless(&zoho.cli()).run(["download", "--out", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("warning"), "{run}");
    assert!(zoho.saved_bytes("manifest.json").is_some(), "{run}");
    let (zoho, cli) = without_credentials();
    let cli = homeless(&cli).env("ZOHO_ACCESS_TOKEN", zoho.access_token());
    assert_eq!(cli.run(["list"]).code, 0);
    assert!(files_under(zoho.home()).is_empty());
}

#[test]
fn without_a_home_what_needs_the_configuration_file_says_so() {
    let home = folder();
    let cli = homeless(&offline(home.path()));
    for args in [
        ["list", "--profile", "main"].as_slice(),
        &["list", "--all-profiles"],
        &["login"],
        &["config", "check"],
    ] {
        refused(&cli.run(args), "no home folder is known", "XDG_CONFIG_HOME");
    }
    write(&format!("{}/c.toml", home.path().display()), "", 0o600);
    let run = cli.run(["config", "check", "--config", "c.toml"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn without_a_home_the_folders_that_are_named_are_used() {
    let zoho = zoho();
    let state = zoho.home().join("state").display().to_string();
    let cli = homeless(&zoho.cli()).env("XDG_STATE_HOME", state);
    assert_eq!(cli.run(["list"]).code, 0);
    assert_eq!(cli.run(["list"]).code, 0);
    assert_eq!(zoho.refreshes(), 1, "the token was kept");
}

#[test]
fn a_variable_that_is_not_utf_8_is_named_and_not_taken_for_unset() {
    let home = folder();
    for name in [
        "ZOHO_DC",
        "ZOHO_CLIENT_SECRET_FILE",
        "BACKUP_FETCH_OUT",
        "https_proxy",
    ] {
        let mut command = Cli::new(home.path()).command(["list"]);
        command.env(name, OsStr::from_bytes(b"caf\xe9"));
        let output = command.output().expect("the binary starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(
            text.starts_with(&format!("error: {name}: the variable is not valid UTF-8")),
            "{text}"
        );
    }
}

#[test]
fn the_output_folder_may_be_named_from_the_home_folder_and_is_shown_whole() {
    let zoho = zoho();
    let whole = zoho.home().join("x").display().to_string();
    let text = "[profiles.main]\nout = \"~/x\"\n";
    write(&config_of(zoho.home()), text, 0o600);
    let run = zoho.run(["download"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains(&whole), "{run}");
    assert!(zoho.home().join("x").is_dir() && !zoho.home().join("~").exists());
    // However it came here: a shell would have meant the same.
    let run = zoho.run(["download", "--out", "~/x"]);
    assert_eq!(run.code, 0, "{run}");
    let by_variable = zoho.cli().env("BACKUP_FETCH_OUT", "~/x");
    assert_eq!(by_variable.run(["download"]).code, 0);
    let run = zoho.run(["download", "--out", "./x"]);
    assert!(run.stderr.contains(&whole), "{run}");
    let found = fs::read_dir(zoho.home().join("x")).expect("it is there");
    assert_eq!(
        found
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .count(),
        1
    );
}

#[test]
fn what_only_a_shell_understands_is_refused_in_every_path_and_nothing_is_made() {
    let variables = if elsewhere::is_windows() {
        ["%USERPROFILE%\\x", "$env:TEMP\\x"]
    } else {
        ["$HOME/x", "${HOME}/x"]
    };
    for path in variables
        .into_iter()
        .chain(["~root/x", "'/srv/x'", "\"~/x\""])
    {
        let (home, cli) = configured(&format!("[profiles.main]\nout = {path:?}\n"));
        let cli = cli.env("ZOHO_ACCESS_TOKEN", "x");
        let run = cli.run(["download"]);
        refused(&run, "config.toml:2: out: the path", "");
        let run = cli.run(["config", "check"]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stdout.contains("config.toml:2: out: the path"), "{run}");
        refused(&cli.run(["download", "--out", path]), "--out: the path", "");
        let by_variable = cli.clone().env("BACKUP_FETCH_OUT", path);
        refused(
            &by_variable.run(["download"]),
            "BACKUP_FETCH_OUT: the path",
            "",
        );
        refused(
            &cli.run(["list", "--ca-cert", path]),
            "--ca-cert: the path",
            "",
        );
        refused(
            &cli.run(["list", "--config", path]),
            "--config: the path",
            "",
        );
        let names = files_under(home.path());
        assert!(
            names.iter().all(|name| name.starts_with("config")),
            "{names:?}"
        );
    }
}

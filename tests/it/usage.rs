//! Wrong usage and broken configuration: exit code 2, what is wrong, and how to mend it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::support::bytes::small_zip;
use crate::support::elsewhere::is_windows;
use crate::support::run::{Cli, Run, files_under, folder};
use crate::support::zoho::Zoho;

pub const CREDENTIALS: [&str; 3] = ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"];

/// Nothing that a bug lets through leaves this machine.
pub fn offline(home: &Path) -> Cli {
    Cli::new(home)
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .always("--retries=0")
}

/// The place of the configuration file in this home.
pub fn config_of(home: &Path) -> String {
    format!("{}/config/backup-fetch/config.toml", home.display())
}

pub fn write(path: &str, text: &str, mode: u32) {
    let path = Path::new(path);
    fs::create_dir_all(path.parent().expect("it has one")).expect("it is ours");
    fs::write(path, text).expect("it is ours");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// A home with this configuration.
pub fn configured(text: &str) -> (TempDir, Cli) {
    let home = folder();
    write(&config_of(home.path()), text, 0o600);
    let cli = offline(home.path());
    (home, cli)
}

/// `list` with this configuration.
pub fn listed(text: &str) -> Run {
    configured(text).1.run(["list"])
}

/// Exit code 2, nothing on stdout, and these words in the two lines on stderr.
pub fn refused(run: &Run, what: &str, hint: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    let lines: Vec<&str> = run.stderr.lines().collect();
    let [error, mend] = lines[..] else {
        panic!("not two lines: {run}");
    };
    assert!(
        error.starts_with("error: ") && error.contains(what),
        "{what}: {run}"
    );
    assert!(
        mend.starts_with("hint: ") && mend.contains(hint),
        "{hint}: {run}"
    );
}

/// A stand-in, and its command line with nothing to be let in with.
pub fn without_credentials() -> (Zoho, Cli) {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
    let cli = CREDENTIALS
        .iter()
        .fold(zoho.cli(), |cli, name| cli.without(name));
    (zoho, cli)
}

/// A private file in the stand-in's home.
pub fn secret_file(zoho: &Zoho, name: &str, text: &str) -> String {
    let path = zoho.home().join(name).display().to_string();
    write(&path, text, 0o600);
    path
}

#[test]
fn a_flag_that_does_not_exist_is_named_and_nothing_is_asked_of_the_network() {
    let (zoho, cli) = without_credentials();
    let run = cli.run(["list", "--no-such-flag"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(
        run.stderr
            .starts_with("error: unexpected argument '--no-such-flag'"),
        "{run}"
    );
    assert!(zoho.requests().is_empty());
}

#[test]
fn without_a_command_the_help_is_on_stderr() {
    let home = folder();
    let run = Cli::new(home.path()).run::<&str>([]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    for command in ["list", "download", "completions"] {
        assert!(run.stderr.contains(&format!("\n  {command} ")), "{run}");
    }
}

#[test]
fn wrong_usage_is_one_json_error_for_whom_asked_for_json() {
    let home = folder();
    for args in [
        vec!["--json"],
        vec!["list", "--json", "--no-such-flag"],
        vec!["download", "--json", "--jobs", "many"],
    ] {
        let run = Cli::new(home.path()).run(&args);
        assert_eq!(run.code, 2, "{run}");
        let error = run.json();
        assert_eq!(error["event"], "error", "{run}");
        assert_eq!(error["exit_code"], 2, "{run}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| !text.contains('\n')),
            "{run}"
        );
        assert!(
            error["hint"].is_string() && error["code"] == "usage",
            "{run}"
        );
    }
}

#[test]
fn a_broken_configuration_is_a_json_error_too() {
    for args in [
        ["list", "--json"].as_slice(),
        &["download", "--json", "--out", "out"],
    ] {
        let (_home, cli) = configured("[profiles.main]\nclient_idd = \"1\"\n");
        let run = cli.run(args);
        assert_eq!(run.code, 2, "{run}");
        let error = run.json();
        assert_eq!(
            (&error["event"], &error["exit_code"]),
            (&"error".into(), &2.into())
        );
        assert_eq!(error["hint"], "did you mean `client_id`?", "{run}");
    }
}

#[test]
fn help_version_and_completions_need_neither_a_configuration_nor_a_home() {
    let (home, cli) = configured("this is no TOML [[[");
    let bare = Cli::new(Path::new("/"))
        .without("HOME")
        .without("XDG_CONFIG_HOME")
        .without("XDG_STATE_HOME")
        .without("XDG_CACHE_HOME");
    for args in [
        vec!["--help"],
        vec!["download", "--help"],
        vec!["--version"],
        vec!["completions", "bash"],
    ] {
        for cli in [&cli, &bare] {
            let run = cli.run(&args);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
            assert!(!run.stdout.is_empty(), "{run}");
        }
    }
    drop(home);
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest_right_one() {
    for (text, line, key, nearest) in [
        (
            "default_profil = \"x\"\n",
            1,
            "default_profil",
            "default_profile",
        ),
        ("[profile.main]\n", 1, "profile", "profiles"),
        (
            "[profiles.main]\ndc = \"eu\"\nrefresh-token = \"x\"\n",
            3,
            "refresh-token",
            "refresh_token",
        ),
        ("[profiles.main]\nkeep = { lats = 3 }\n", 2, "lats", "last"),
        (
            "[profiles.main]\nclient_secret = { fiel = \"/x\" }\n",
            2,
            "fiel",
            "file",
        ),
    ] {
        let run = listed(text);
        refused(
            &run,
            &format!("config.toml:{line}: unknown key `{key}`"),
            &format!("did you mean `{nearest}`?"),
        );
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_named_in_words_of_the_configuration() {
    for (text, key) in [
        ("[profiles.main]\njobs = \"many\"\n", "jobs"),
        ("[profiles.main]\nclient_secret = 5\n", "client_secret"),
        ("[profiles.main]\ndownload_domain = 5\n", "download_domain"),
    ] {
        let run = listed(text);
        refused(&run, "config.toml:2: ", "");
        assert!(!run.stderr.contains("untagged enum"), "{key}: {run}");
    }
}

#[test]
fn what_is_no_toml_is_named_with_its_line() {
    for text in [
        "[profiles.main]\ndc = eu\n",
        "[profiles.main]\ndc = \"eu\n",
        "[profiles.main]\ndc = \"e\\qu\"\n",
    ] {
        let run = listed(text);
        refused(&run, "config.toml:2: ", "");
        assert!(!run.stderr.contains("hint: known keys: "), "{run}");
    }
    let (home, cli) = configured("");
    fs::write(config_of(home.path()), b"\xff\xfe").expect("it is ours");
    refused(&cli.run(["list"]), "config.toml: ", "");
}

#[test]
fn a_profile_that_is_not_there_is_answered_with_those_that_are() {
    let (_home, cli) = configured("[profiles.main]\n[profiles.other]\n");
    refused(
        &cli.run(["list"]),
        "no default_profile",
        "--profile: main, other",
    );
    refused(
        &cli.run(["list", "--profile", "mian"]),
        "no profile \"mian\"",
        "main, other",
    );
    let by_variable = cli.env("BACKUP_FETCH_PROFILE", "mian").run(["list"]);
    refused(&by_variable, "no profile \"mian\"", "main, other");
    refused(
        &listed("default_profile = \"x\"\n[profiles.main]\n"),
        "no profile \"x\"",
        "main",
    );
    let home = folder();
    let run = offline(home.path()).run(["list", "--profile", "main"]);
    refused(&run, "config.toml does not exist", "--config");
}

#[test]
fn a_configuration_that_was_named_must_be_there() {
    let home = folder();
    let cli = offline(home.path());
    refused(
        &cli.run(["list", "--config", "no.toml"]),
        "no.toml: the configuration file does not exist",
        "--config",
    );
    let run = cli.env("BACKUP_FETCH_CONFIG", "no.toml").run(["list"]);
    refused(&run, "no.toml", "--config");
}

#[test]
fn hosts_that_would_put_the_token_on_an_open_line_are_refused() {
    let home = folder();
    let cli = offline(home.path()).env("ZOHO_ACCESS_TOKEN", "x");
    for (flag, host) in [
        ("--api-domain", "http://www.zohoapis.com"),
        ("--api-domain", "ftp://www.zohoapis.com"),
        ("--accounts-url", "http://accounts.zoho.com"),
        ("--download-domain", "http://download.example"),
        // Loopback counts only where the API is on loopback, too.
        ("--accounts-url", "http://127.0.0.1:1"),
        ("--download-domain", "http://127.0.0.1:1"),
    ] {
        refused(&cli.run(["list", flag, host]), "unencrypted", "https://");
    }
    for host in [
        "https://www.zohoapis.com/path",
        "https://me@www.zohoapis.com",
        "https://",
    ] {
        refused(
            &cli.run(["list", "--api-domain", host]),
            "the API domain",
            "https://",
        );
    }
}

#[test]
fn a_data_centre_that_does_not_exist_is_answered_with_those_that_do() {
    let home = folder();
    let cli = offline(home.path()).env("ZOHO_ACCESS_TOKEN", "x");
    let all = "us eu in au jp ca sa cn uk ae sg";
    refused(&cli.run(["list", "--dc", "mars"]), "\"mars\"", all);
    refused(
        &cli.clone().env("ZOHO_DC", "mars").run(["list"]),
        "\"mars\"",
        all,
    );
    write(
        &config_of(home.path()),
        "[profiles.main]\ndc = \"mars\"\n",
        0o600,
    );
    refused(&cli.run(["list"]), "\"mars\"", all);
}

#[test]
fn other_values_that_make_no_sense_are_refused_before_any_request() {
    let (zoho, cli) = without_credentials();
    let cli = cli.env("ZOHO_ACCESS_TOKEN", "x");
    refused(
        &cli.run(["list", "--api-version", "../v8"]),
        "is not a version",
        "v8",
    );
    refused(
        &cli.run(["list", "--ca-cert", "/no/such"]),
        "/no/such",
        "PEM",
    );
    let empty = secret_file(&zoho, "ca.pem", "");
    refused(
        &cli.run(["list", "--ca-cert", &empty]),
        "it is empty",
        "PEM",
    );
    refused(&cli.run(["download"]), "no output folder", "--out");
    for (line, what) in [
        ("jobs = 0", "jobs = 0"),
        ("jobs = 65", "between 1 and 64"),
        ("stall_timeout = \"soon\"", "stall_timeout"),
        ("org = \"acme\"", "org"),
    ] {
        write(
            &config_of(zoho.home()),
            &format!("[profiles.main]\n{line}\n"),
            0o600,
        );
        refused(&cli.run(["download", "--out", "out"]), what, "");
    }
    assert!(zoho.requests().is_empty());
    assert!(!files_under(zoho.home()).contains(&"out".to_owned()));
}

#[test]
fn what_other_programs_call_it_is_answered_with_what_it_is_called_here() {
    let home = folder();
    let cli = offline(home.path());
    for (args, hint) in [
        (
            ["https://download.example/a.zip"].as_slice(),
            "backup-fetch download --out DIR",
        ),
        (&["sync"], "backup-fetch download --out DIR"),
        (&["ls"], "backup-fetch list"),
        (&["setup"], "backup-fetch login"),
        (&["/srv/x"], "--out"),
        (&["download", "/srv/x"], "--out DIR"),
        (
            &["download", "https://download.example/a.zip"],
            "backup-fetch list",
        ),
        (&["download", "s3://bucket/zoho"], "--out DIR"),
        (&["s3://bucket/zoho"], "--out DIR"),
        (&["check", "s3://bucket/zoho"], "--out s3://bucket/prefix"),
        (&["prune", "./backups"], "--out DIR"),
        (&["doctor", "az://bucket/zoho"], "--out DIR"),
        (&["list", "gs://bucket/zoho"], "list --saved DIR"),
        (&["list", "--out", "backups"], "list --saved DIR"),
        (&["verify", "--out", "backups"], "backup-fetch verify PATH"),
        (&["login", "--out", "backups"], "`prune` and `doctor`"),
        (&["inspect", "--limit", "3"], "| head"),
        (&["download", "Data_001.zip"], "--match"),
        (&["download", "--dest", "/srv/x"], "--out DIR"),
        (&["download", "--output=/srv/x"], "--out DIR"),
        (&["download", "--all"], "--all-profiles"),
        (&["download", "--threads", "8"], "--jobs N"),
        (&["download", "--version"], "backup-fetch --version"),
        (&["list", "--token", "x"], "backup-fetch login"),
        (&["list", "--region", "eu"], "--dc eu"),
        (&["list", "--insecure"], "--ca-cert"),
        (&["schedule", "weekly"], "schedule --weekly mon"),
        (&["inspect", "--extract", "x", "-o", "y"], "--to"),
        (&["inspect", "--filter", "Name=x"], "--where"),
        (&["inspect", "--overwrite"], "--force"),
        (&["verify", "--module", "Leads"], "backup-fetch inspect"),
    ] {
        refused(&cli.run(args), "", hint);
        let run = cli.run(args.iter().chain(&["--json"]));
        assert_eq!(run.code, 2, "{run}");
        let said = run.json()["hint"].as_str().map(str::to_owned);
        assert!(said.is_some_and(|said| said.contains(hint)), "{run}");
    }
}

#[test]
fn a_secret_behind_an_option_that_does_not_exist_is_not_shown() {
    let home = folder();
    let cli = offline(home.path());
    for args in [
        ["list", "--token", "canary"].as_slice(),
        &["list", "--token=canary"],
        &["login", "--client-secret=canary"],
        &["list", "--token=canary", "--json"],
    ] {
        let run = cli.run(args);
        assert_eq!(run.code, 2, "{run}");
        let shown = format!("{}{}", run.stdout, run.stderr);
        assert!(
            shown.contains("--token") || shown.contains("--client-secret"),
            "{run}"
        );
        assert!(!shown.contains("canary"), "{run}");
    }
}

#[test]
fn a_data_centre_may_be_the_address_of_the_crm() {
    let home = folder();
    let cli = offline(home.path()).env("ZOHO_ACCESS_TOKEN", "x");
    for address in [
        "com.au",
        "crm.zoho.com.au",
        "https://crm.zoho.com.au/crm/org1/tab/Home",
    ] {
        for run in [
            cli.run(["list", "--dc", address]),
            cli.clone().env("ZOHO_DC", address).run(["list"]),
        ] {
            assert_eq!(run.code, 5, "{run}");
            assert!(run.stderr.contains("www.zohoapis.com.au"), "{run}");
        }
    }
}

#[test]
fn units_are_printed_only_where_there_is_systemd() {
    let (_home, cli) = configured("[profiles.main]\nout = \"/srv/zoho\"\naccess_token = \"x\"\n");
    let run = cli.run(["systemd"]);
    if is_windows() {
        refused(&run, "there is no systemd", "Task Scheduler");
    } else {
        assert_eq!(run.code, 0, "{run}");
    }
}

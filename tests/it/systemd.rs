//! `systemd`: units that systemd takes, that restrict as much as they say, and under which a download works.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::bytes::small_zip;
use crate::support::elsewhere;
use crate::support::run::{Cli, Run, files_under, folder};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;
use crate::usage::{self, CREDENTIALS, refused};

/// In tenths, of 0 (nothing is open) to 10; systemd says "OK" up to 5.
const EXPOSURE_IN_TENTHS: &str = "20";

pub const PROFILE: &str = "[profiles.main]\nout = \"/srv/zoho\"\nclient_id = \"1000.ABC\"\nclient_secret = { credential = \"zoho\" }\nrefresh_token = { file = \"/etc/zoho/refresh\" }\n";

/// A home with this configuration, and nothing in the environment that counts.
pub fn configured(text: &str) -> (TempDir, Cli) {
    let (home, cli) = usage::configured(text);
    (home, cli.without("HTTPS_PROXY"))
}

pub fn printed<const N: usize>(cli: &Cli, more: [&str; N]) -> Run {
    let run = cli.run(["systemd"].iter().chain(&more));
    assert_eq!(run.code, 0, "{run}");
    run
}

/// The values of a key, in their order.
pub fn values<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    let lines = unit.lines();
    lines
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        .collect()
}

/// The only value of a key.
pub fn value<'a>(unit: &'a str, key: &str) -> &'a str {
    let [value] = values(unit, key)[..] else {
        panic!("not one {key} in {unit}");
    };
    value
}

pub fn analyze(folder: &Path, args: &[&str]) -> (bool, String) {
    let output = Command::new("systemd-analyze")
        .args(args)
        .current_dir(folder)
        .output();
    let output = output.expect("it is there");
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&told).into_owned(),
    )
}

/// Holds that systemd finds nothing to complain of in either unit, and the service well enclosed.
pub fn takes_units_of(out: &str) {
    let (_home, cli) = configured(&PROFILE.replace("/srv/zoho", out));
    let units = folder();
    for (flag, name) in [
        ("--service", "backup-fetch.service"),
        ("--timer", "backup-fetch.timer"),
    ] {
        let run = printed(&cli, [flag]);
        fs::write(units.path().join(name), run.stdout).expect("it is ours");
    }
    let verify = ["verify", "./backup-fetch.service", "./backup-fetch.timer"];
    let (is_fine, told) = analyze(units.path(), &verify);
    assert!(is_fine && told.is_empty(), "{out}: {told}");
    is_well_enclosed(units.path());
}

/// Holds that systemd finds little exposed of the service in this folder.
pub fn is_well_enclosed(units: &Path) {
    let threshold = format!("--threshold={EXPOSURE_IN_TENTHS}");
    let security = [
        "security",
        "--offline=true",
        &threshold,
        "./backup-fetch.service",
    ];
    let (is_fine, told) = analyze(units, &security);
    assert!(is_fine && told.contains("OK"), "{told}");
}

#[test]
fn systemd_takes_both_units_and_finds_the_service_well_enclosed() {
    needs!(Program("systemd-analyze"));
    for out in ["/srv/zoho", "/srv/100% of $5; it all", "/home/ada/backups"] {
        takes_units_of(out);
    }
}

#[test]
fn one_alone_is_what_stands_below_its_path_in_both() {
    let (_home, cli) = configured(PROFILE);
    let both = printed(&cli, []);
    for (flag, name) in [
        ("--service", "backup-fetch.service"),
        ("--timer", "backup-fetch.timer"),
    ] {
        let alone = printed(&cli, [flag]);
        assert!(alone.stderr.is_empty(), "{alone}");
        let text = format!("# /etc/systemd/system/{name}\n{}", alone.stdout);
        assert!(both.stdout.contains(&text), "{both}\n{alone}");
        let units = printed(&cli, ["--json"]).json()["units"].clone();
        let units = units.as_array().expect("a list").clone();
        assert!(
            units
                .iter()
                .any(|unit| unit["name"] == name && unit["text"] == *alone.stdout),
            "{units:?}"
        );
    }
    for words in [
        "sudo useradd",
        "'/srv/zoho'",
        "enable --now 'backup-fetch.timer'",
    ] {
        assert!(both.stderr.contains(words), "{words}: {both}");
    }
}

#[test]
fn the_time_the_user_and_the_folder_can_be_chosen() {
    let (_home, cli) = configured(PROFILE);
    let timer = printed(&cli, ["--timer", "--on-calendar", "Mon 04:00"]).stdout;
    assert_eq!(value(&timer, "OnCalendar"), "Mon 04:00");
    assert_eq!(value(&timer, "Persistent"), "yes");
    let service = printed(&cli, ["--service", "--user", "zoho", "--out", "/mnt/x"]).stdout;
    assert_eq!(value(&service, "User"), "zoho");
    assert_eq!(value(&service, "ReadWritePaths"), "-/mnt/x");
    assert_eq!(value(&service, "RequiresMountsFor"), "/mnt/x");
    assert!(
        value(&service, "ExecStart").contains(" --out /mnt/x "),
        "{service}"
    );
}

/// What the profile says of limits is not said again; what has a `~` there is written out.
#[test]
fn the_command_has_what_the_profile_lacks() {
    let (home, cli) = configured(&format!(
        "{PROFILE}max_duration = \"3h\"\nmetrics = \"~/prom/zoho.prom\"\nrequire_mount = \"~/disk\"\nca_cert = \"~/ca.pem\"\n"
    ));
    let service = printed(&cli, ["--service"]).stdout;
    let (command, home) = (value(&service, "ExecStart"), home.path().display());
    assert!(
        !command.contains("--max-duration") && command.contains("--wait-lock"),
        "{command}"
    );
    assert!(
        command.contains(&format!("--require-mount {home}/disk ")),
        "{command}"
    );
    assert!(command.ends_with("--ca-cert %d/ca_cert"), "{command}");
    assert!(
        command.contains(&format!("--metrics {home}/prom/zoho.prom ")),
        "{command}"
    );
    let writable = value(&service, "ReadWritePaths");
    assert_eq!(writable, format!("-/srv/zoho -{home}/prom"));
    let credentials = values(&service, "LoadCredential");
    assert!(
        credentials.contains(&&*format!("ca_cert:{home}/ca.pem")),
        "{service}"
    );
}

/// Each of several profiles has units of its own.
#[test]
fn the_units_of_several_profiles_have_their_names() {
    let second = PROFILE.replace("profiles.main", "profiles.\"a b\"");
    let (_home, cli) = configured(&format!("{PROFILE}{second}"));
    let main = printed(&cli, ["--profile", "main"]).stdout;
    assert!(
        main.contains("# /etc/systemd/system/backup-fetch-main.service\n"),
        "{main}"
    );
    let odd = printed(&cli, ["--profile", "a b"]).stdout;
    assert!(
        odd.contains("# /etc/systemd/system/backup-fetch-a\\x20b.timer\n"),
        "{odd}"
    );
    assert!(
        value(&odd, "ExecStart").contains("--profile \"a b\""),
        "{odd}"
    );
}

#[test]
fn what_can_not_become_a_unit_is_refused() {
    for (config, more, what, hint) in [
        ("", vec![], "there is no profile", "`backup-fetch login`"),
        (
            "[profiles.a]\ndc = \"eu\"\n",
            vec![],
            "no output folder",
            "--out",
        ),
        (
            PROFILE,
            vec!["--out", "/srv/a\nExecStart=/bin/evil"],
            "/srv/a\\nExecStart",
            "control characters",
        ),
        (
            PROFILE,
            vec!["--out", "/srv/it's"],
            "the output folder",
            "without quotes",
        ),
        (
            PROFILE,
            vec!["--user", "a b"],
            "no name of a user",
            "such as backup-fetch",
        ),
        (
            PROFILE,
            vec!["--on-calendar", "daily\nx"],
            "--on-calendar",
            "control characters",
        ),
        (
            "[profiles.a]\nout = \"/srv\"\nclient_secret = { credential = \"../x\" }\n",
            vec![],
            "no name of a credential",
            "not a path",
        ),
        (
            "[profiles.a]\nout = \"/srv\"\nclient_secret = { file = \"x\", keyring = true }\n",
            vec![],
            "config.toml:3: client_secret",
            "for example",
        ),
    ] {
        let (_home, cli) = configured(config);
        refused(&cli.run(["systemd"].iter().chain(&more)), what, hint);
    }
}

#[test]
fn what_the_service_could_not_reach_is_a_warning() {
    let command = PROFILE.replace(
        "{ credential = \"zoho\" }",
        "{ command = [\"pass\", \"zoho\"] }",
    );
    let hook = format!("{PROFILE}on_failure = \"mail root\"\n");
    let none = "[profiles.a]\nout = \"/srv\"\n";
    for (config, warning) in [
        (&*command, "client_secret comes from the command pass"),
        (&*hook, "OnFailure="),
        (none, "the profile a has no credentials"),
    ] {
        let (_home, cli) = configured(config);
        let run = printed(&cli, ["--service"]);
        assert!(
            run.stderr.starts_with("warning: ") && run.stderr.contains(warning),
            "{run}"
        );
    }
}

#[test]
fn what_is_set_here_only_is_named_and_not_its_value() {
    let (_home, cli) = configured(PROFILE);
    let cli = cli
        .env("ZOHO_DC", "eu")
        .env("https_proxy", "http://canary:9");
    let run = printed(&cli, ["--service"]);
    let words = "warning: set here, and not in the service: ZOHO_DC, https_proxy; ";
    assert!(run.stderr.contains(words), "{run}");
    assert!(
        !run.stdout.contains("canary") && !run.stderr.contains("canary"),
        "{run}"
    );
}

/// A stand-in with a profile for it, whose units are printed in the home of who logged in.
struct Installed {
    zoho: Zoho,
    home: TempDir,
    service: String,
}

impl Installed {
    fn new() -> Installed {
        let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 3000));
        let (rules, urls) = (zoho.rules(), zoho.urls());
        let out = zoho.home().join("the 100% folder");
        let config = format!(
            "[profiles.main]\nout = {:?}\napi_domain = {:?}\naccounts_url = {:?}\ndownload_domain = {:?}\nclient_id = {:?}\nclient_secret = {{ credential = \"secret\" }}\nrefresh_token = {{ file = \"~/refresh\" }}\n",
            out.display().to_string(),
            urls.api,
            urls.accounts,
            urls.downloads,
            rules.client_id
        );
        let (home, cli) = configured(&config);
        fs::write(home.path().join("refresh"), &rules.refresh_token).expect("it is ours");
        fs::write(
            home.path().join("config/backup-fetch/secret"),
            &rules.client_secret,
        )
        .expect("it is ours");
        let service = printed(&cli, ["--service"]).stdout;
        Installed {
            zoho,
            home,
            service,
        }
    }

    /// Runs the command as systemd would, with this folder for its credentials and another for its state.
    fn run(&self, how: impl FnOnce(Cli) -> Cli) -> Run {
        let run = folder();
        let credentials = run.path().join("credentials");
        fs::create_dir(&credentials).expect("it is ours");
        for credential in values(&self.service, "LoadCredential") {
            let (name, from) = credential.split_once(':').expect("a path");
            fs::copy(from, credentials.join(name)).expect("what the unit names is there");
        }
        let folder = credentials.display().to_string();
        let mut cli = Cli::new(run.path()).env("CREDENTIALS_DIRECTORY", &folder);
        for name in CREDENTIALS
            .iter()
            .chain(&["XDG_CONFIG_HOME", "XDG_CACHE_HOME"])
        {
            cli = cli.without(name);
        }
        let state = self.home.path().join("var-lib").display().to_string();
        for variable in values(&self.service, "Environment") {
            let (name, value) = variable.split_once('=').expect("a variable");
            cli = cli.env(name, value.replace("%d", &folder).replace("%S", &state));
        }
        let command = value(&self.service, "ExecStart");
        assert!(command.contains("the 100%% folder"), "{command}");
        let command = command.replace("%%", "%");
        let (program, arguments) = command.split_once(' ').expect("arguments");
        assert_eq!(program, elsewhere::binary());
        let mut words = arguments.split('"').enumerate();
        let arguments: Vec<&str> = words
            .by_ref()
            .flat_map(|(at, part)| match at % 2 {
                0 => part.split_whitespace().collect::<Vec<_>>(),
                _ => vec![part],
            })
            .collect();
        how(cli.env("HOME", "/nonexistent")).run(arguments)
    }
}

#[test]
fn the_service_downloads_with_what_the_unit_gives_it() {
    let installed = Installed::new();
    let run = installed.run(|cli| cli);
    assert_eq!(run.code, 0, "{run}");
    let saved = files_under(&installed.zoho.home().join("the 100% folder"));
    assert!(
        saved.iter().any(|name| name.ends_with("/Data_001.zip")),
        "{saved:?}"
    );
    let state = files_under(&installed.home.path().join("var-lib/backup-fetch"));
    assert!(!state.is_empty(), "no token is kept");
}

/// The system calls of each group, as systemd knows them.
fn groups() -> BTreeMap<String, BTreeSet<String>> {
    let (is_fine, told) = analyze(Path::new("/"), &["--no-pager", "syscall-filter"]);
    assert!(is_fine, "{told}");
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut group = String::new();
    for line in told.lines().filter(|line| !line.trim().starts_with('#')) {
        match line.strip_prefix("    ") {
            Some(call) => {
                groups
                    .entry(group.clone())
                    .or_default()
                    .insert(call.to_owned());
            }
            None => line.clone_into(&mut group),
        }
    }
    groups
}

fn calls_of(groups: &BTreeMap<String, BTreeSet<String>>, group: &str) -> BTreeSet<String> {
    let mut calls = BTreeSet::new();
    for call in groups.get(group).unwrap_or_else(|| panic!("no {group}")) {
        if call.starts_with('@') {
            calls.extend(calls_of(groups, call));
        } else {
            calls.insert(call.clone());
        }
    }
    calls
}

/// Where no systemd runs, what it would forbid can still be held against what the program does.
#[test]
fn a_download_does_nothing_that_the_service_forbids() {
    needs!(Strace, Program("systemd-analyze"));
    let installed = Installed::new();
    let strace = Strace::new(&installed.zoho).looking_at("all");
    let run = installed.run(|cli| cli.traced(&strace));
    assert_eq!(run.code, 0, "{run}");
    let filters = values(&installed.service, "SystemCallFilter");
    let [allowed, forbidden] = filters[..] else {
        panic!("{filters:?}");
    };
    let groups = groups();
    let mut may = calls_of(&groups, allowed);
    let forbidden = calls_of(
        &groups,
        forbidden.strip_prefix('~').expect("a list of what is not"),
    );
    may.retain(|call| !forbidden.contains(call));
    let log = strace.log();
    let families = value(&installed.service, "RestrictAddressFamilies");
    let mut calls = BTreeSet::new();
    for line in log.lines() {
        let call = line.split_once(' ').map_or(line, |(_, rest)| rest.trim());
        let Some((name, arguments)) = call.split_once('(') else {
            continue;
        };
        if name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            calls.insert(name.to_owned());
        }
        // MemoryDenyWriteExecute
        assert!(
            !(arguments.contains("PROT_WRITE") && arguments.contains("PROT_EXEC")),
            "{line}"
        );
        if name == "socket" {
            let family = arguments.split(',').next().expect("a family");
            assert!(families.split(' ').any(|known| known == family), "{line}");
        }
    }
    assert!(
        calls.contains("renameat2") && calls.contains("socket"),
        "{calls:?}"
    );
    let refused: Vec<_> = calls.difference(&may).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

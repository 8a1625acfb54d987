//! Also told of: runs that fail before their first request, and each of several profiles.

use std::fs;

use super::monitor::Monitor;
use super::{DATA, script, touch, with_config, zoho};
use crate::support::faults::Fault;
use crate::support::run::{Cli, folder, wait_until};
use crate::support::zoho::Zoho;
use crate::usage::{config_of, write};

fn facts(zoho: &Zoho) -> String {
    let unix =
        "echo $BACKUP_FETCH_PROFILE $BACKUP_FETCH_EXIT_CODE $BACKUP_FETCH_ERROR_CODE >> told";
    let windows =
        ">> told echo %BACKUP_FETCH_PROFILE% %BACKUP_FETCH_EXIT_CODE% %BACKUP_FETCH_ERROR_CODE%";
    script(zoho.home(), "facts", unix, windows)
}

/// A profile that tells in every way there is.
fn profile(zoho: &Zoho, name: &str, monitor: &Monitor, more: &str) -> String {
    format!(
        "[profiles.{name}]\nout = \"out-{name}\"\nping = {:?}\non_failure = {:?}\nmetrics = \"m.prom\"\n{more}\n",
        monitor.url(name),
        facts(zoho)
    )
}

/// What the hooks were told, a line each.
fn told(zoho: &Zoho) -> Vec<String> {
    let told = fs::read_to_string(zoho.home().join("told")).unwrap_or_default();
    told.lines().map(|line| line.trim().to_owned()).collect()
}

fn has_metric(zoho: &Zoho, profile: &str, code: u8) -> bool {
    let text = fs::read_to_string(zoho.home().join("m.prom")).unwrap_or_default();
    let begin = format!("backup_fetch_exit_code{{command=\"download\",profile=\"{profile}\",");
    let mut lines = text.lines();
    lines.any(|line| line.starts_with(&begin) && line.ends_with(&format!(" {code}")))
}

#[test]
fn a_configuration_that_is_broken_elsewhere_still_says_whom_to_tell() {
    for broken in [
        "client_idd = \"x\"",
        "jobs = 0",
        "jobs = \"many\"",
        "on_success = \"a | b\"",
        "client_id = \"1000.A",
        "dc = \"mars\"",
    ] {
        let (zoho, monitor) = (zoho(), Monitor::start());
        let cli = with_config(&zoho, &profile(&zoho, "main", &monitor, broken));
        let run = cli.run(["download"]);
        assert_eq!(run.code, 2, "{run}");
        assert_eq!(
            monitor.paths(),
            ["/main/start", "/main/2"],
            "{broken}: {run}"
        );
        assert_eq!(told(&zoho), ["main 2 configuration"], "{broken}: {run}");
        assert!(has_metric(&zoho, "main", 2), "{broken}: {run}");
        assert!(zoho.requests().is_empty());
    }
}

#[test]
fn flags_count_where_there_is_no_configuration_or_no_such_profile() {
    let home = folder();
    let monitor = Monitor::start();
    let url = monitor.url("u");
    let flags = [
        "--ping",
        &url,
        "--metrics",
        "m.prom",
        "--on-failure",
        &touch("told"),
    ];
    let cli = Cli::new(home.path());
    for (number, args) in [
        vec!["download"],
        vec!["download", "--out", "out"],
        vec!["download", "--profile", "none"],
        vec!["download", "--config", "/none"],
        vec!["download", "--all-profiles"],
    ]
    .iter()
    .enumerate()
    {
        let run = cli.run(args.iter().chain(&flags));
        assert!(run.code != 0, "{run}");
        let last = monitor.paths().pop().expect("a ping");
        assert_eq!(last, format!("/u/{}", run.code), "{number}: {run}");
        for name in ["told", "m.prom"] {
            fs::remove_file(home.path().join(name)).unwrap_or_else(|_| panic!("{name}: {run}"));
        }
    }
}

#[test]
fn a_run_that_finds_the_folder_locked_is_told() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let mut first = zoho.cli().spawn(["download", "--out", "out"]);
    wait_until("it hangs", || !zoho.requests_for(DATA).is_empty());
    let run = super::download(
        &zoho,
        &["--ping", &monitor.url("u"), "--on-failure", &facts(&zoho)],
    );
    assert_eq!(run.code, 8, "{run}");
    assert_eq!(monitor.paths(), ["/u/start", "/u/8"]);
    assert_eq!(told(&zoho), ["8 locked"]);
    first.kill();
}

#[test]
fn a_run_that_gets_too_few_open_files_is_told() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    let cli = zoho.cli().after("ulimit -n 25");
    let (url, facts) = (monitor.url("u"), facts(&zoho));
    let args = [
        "download",
        "--out",
        "out",
        "--metrics",
        "m.prom",
        "--ping",
        &url,
        "--on-failure",
        &facts,
    ];
    let run = cli.run(args);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(told(&zoho), ["7 too_many_open_files"], "{run}");
    assert_eq!(monitor.paths(), ["/u/7"], "{run}");
    assert!(has_metric(&zoho, "", 7), "{run}");
}

/// The keys of a profile that this Zoho lets in.
fn access(zoho: &Zoho) -> String {
    let (rules, urls) = (zoho.rules(), zoho.urls());
    format!(
        "api_domain = {:?}\naccounts_url = {:?}\ndownload_domain = {:?}\nclient_id = {:?}\nclient_secret = {:?}\nrefresh_token = {:?}",
        urls.api,
        urls.accounts,
        urls.downloads,
        rules.client_id,
        rules.client_secret,
        rules.refresh_token
    )
}

#[test]
fn each_of_several_profiles_tells_for_itself() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    let access = access(&zoho);
    let wrong = format!("{access}\norg = \"999\"");
    let config =
        profile(&zoho, "bad", &monitor, &wrong) + &profile(&zoho, "good", &monitor, &access);
    write(&config_of(zoho.home()), &config, 0o600);
    let cli = Cli::new(zoho.home());
    let run = cli.run(["download", "--all-profiles"]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(
        monitor.paths(),
        ["/bad/start", "/bad/6", "/good/start", "/good"],
        "{run}"
    );
    assert_eq!(told(&zoho), ["bad 6 other_organisation"]);
    assert!(has_metric(&zoho, "bad", 6) && has_metric(&zoho, "good", 0));

    // One address for both must not be green while one of them failed.
    let run = cli.run(["download", "--all-profiles", "--ping", &monitor.url("u")]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(
        monitor.paths()[4..],
        ["/u/start", "/u/6", "/u/start", "/u/6"],
        "{run}"
    );

    // What is broken for all is told by each.
    write(
        &config_of(zoho.home()),
        &format!("defautl_profile = \"x\"\n{config}"),
        0o600,
    );
    let run = cli.run(["download", "--all-profiles"]);
    assert_eq!(run.code, 2, "{run}");
    assert_eq!(monitor.paths()[8..], ["/bad/2", "/good/2"], "{run}");
    assert_eq!(
        told(&zoho)[2..],
        ["bad 2 configuration", "good 2 configuration"],
        "{run}"
    );
}

#[test]
fn profiles_whose_turn_never_comes_are_told_of() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    let access = access(&zoho);
    let config =
        profile(&zoho, "one", &monitor, &access) + &profile(&zoho, "two", &monitor, &access);
    write(&config_of(zoho.home()), &config, 0o600);
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let running = Cli::new(zoho.home()).spawn(["download", "--all-profiles"]);
    wait_until("it hangs", || !zoho.requests_for(DATA).is_empty());
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 143, "{run}");
    assert_eq!(
        monitor.paths(),
        ["/one/start", "/one/143", "/two/143"],
        "{run}"
    );
}

#[test]
fn verify_tells_by_its_flags_and_leaves_those_of_the_profile_to_downloads() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    let cli = with_config(&zoho, &profile(&zoho, "main", &monitor, ""));
    assert_eq!(cli.run(["download"]).code, 0);
    let before = monitor.paths().len();
    let url = monitor.url("verify");
    let flags = [
        "--ping",
        &url,
        "--metrics",
        "m.prom",
        "--on-failure",
        &facts(&zoho),
    ];
    let run = cli.run(["verify"].iter().chain(&flags));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(monitor.paths()[before..], ["/verify/start", "/verify"]);
    let text = fs::read_to_string(zoho.home().join("m.prom")).expect("the metrics");
    let files = "backup_fetch_files{command=\"verify\",profile=\"main\",org=\"\"} 1\n";
    assert!(text.contains(files), "{text}");

    let name = format!("out-main/{}-{}/{DATA}", zoho.rules().org, zoho.rules().job);
    fs::write(zoho.home().join(name), "damaged").expect("it is ours");
    assert_eq!(cli.run(["verify"]).code, 6);
    assert_eq!(monitor.paths().len(), before + 2, "nobody asked for that");
    let run = cli.run(["verify", "--json"].iter().chain(&flags));
    assert_eq!((run.code, &run.json()["schema"]), (6, &1.into()), "{run}");
    assert_eq!(
        monitor.paths()[before + 2..],
        ["/verify/start", "/verify/6"]
    );
    assert!(told(&zoho)[0].starts_with("main 6 "), "{run}");
    let text = fs::read_to_string(zoho.home().join("m.prom")).expect("the metrics");
    let success = |command: &str, is: u8| {
        let begin = format!("backup_fetch_success{{command=\"{command}\",profile=\"main\",");
        text.lines()
            .any(|line| line.starts_with(&begin) && line.ends_with(&format!(" {is}")))
    };
    assert!(success("download", 1) && success("verify", 0), "{text}");
}

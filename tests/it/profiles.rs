//! Several organisations in one run: one after the other, each to its own end, and nothing of one reaches another.

mod told;

use std::fmt::Write as _;
use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, files_under, folder, wait_until};
use crate::support::zoho::backup_job::Entry;
use crate::support::zoho::{Role, Zoho};
use crate::usage::{config_of, refused, write};

/// An organisation of its own, with secrets of its own.
fn organisation(name: &str, org: &str) -> Zoho {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 3000));
    zoho.with(|rules| {
        rules.org = org.into();
        rules.client_id = format!("1000.{name}-client");
        rules.client_secret = format!("{name}-client-secret");
        rules.refresh_token = format!("1000.{name}.refresh");
    })
}

/// As a profile of this name, pinned to its organisation.
fn profile(name: &str, zoho: &Zoho, more: &str) -> String {
    let (rules, urls) = (zoho.rules(), zoho.urls());
    let mut text = format!("[profiles.{name}]\nout = \"out\"\nretry_wait = \"1ms\"\n{more}\n");
    if !more.contains("org = ") {
        let _ = writeln!(text, "org = {:?}", rules.org);
    }
    for (key, value) in [
        ("api_domain", &urls.api),
        ("accounts_url", &urls.accounts),
        ("download_domain", &urls.downloads),
        ("client_id", &rules.client_id),
        ("client_secret", &rules.client_secret),
        ("refresh_token", &rules.refresh_token),
    ] {
        let _ = writeln!(text, "{key} = {value:?}");
    }
    text
}

fn cli(config: &str) -> (TempDir, Cli) {
    let home = folder();
    write(&config_of(home.path()), config, 0o600);
    let cli = Cli::new(home.path());
    (home, cli)
}

/// Two organisations, `zeta` before `alpha` in the file.
struct Two {
    zeta: Zoho,
    alpha: Zoho,
    home: TempDir,
    cli: Cli,
}

impl Two {
    fn start(of_zeta: &str) -> Two {
        let (zeta, alpha) = (
            organisation("zeta", "757000111"),
            organisation("alpha", "757002222"),
        );
        // The stand-ins count their tokens alike; these two must not look the same.
        alpha.access_token();
        let config = profile("zeta", &zeta, of_zeta) + &profile("alpha", &alpha, "");
        let (home, cli) = cli(&config);
        Two {
            zeta,
            alpha,
            home,
            cli,
        }
    }

    fn download(&self) -> Run {
        self.cli.run(["download", "--all-profiles"])
    }

    fn saved(&self, zoho: &Zoho) -> bool {
        let set = format!("out/{}-{}/Data_001.zip", zoho.rules().org, zoho.rules().job);
        files_under(self.home.path()).contains(&set)
    }
}

/// The lines at the end of stderr that sum up.
fn last_lines(run: &Run, count: usize) -> Vec<&str> {
    let lines: Vec<&str> = run.stderr.lines().collect();
    lines[lines.len() - count..].to_vec()
}

/// All that this Zoho was ever sent, as one text.
fn sent_to(zoho: &Zoho) -> String {
    let requests = zoho.requests();
    assert!(requests.len() > 2);
    let texts = requests
        .iter()
        .map(|record| format!("{:?} {}", record.request, record.request.text()));
    texts.collect::<Vec<_>>().join("\n")
}

/// What must never leave this organisation.
fn secrets_of(zoho: &Zoho, name: &str) -> Vec<String> {
    let requests = zoho.requests();
    let tokens = requests.iter().filter_map(|record| record.request.token());
    let mut secrets: Vec<String> = tokens.map(str::to_owned).collect();
    assert!(!secrets.is_empty());
    secrets.push(format!("{name}-client"));
    secrets.push(format!("{name}.refresh"));
    secrets.push(zoho.rules().org);
    secrets
}

#[test]
fn nothing_of_one_organisation_reaches_a_host_of_the_other() {
    let two = Two::start("");
    for args in [
        ["list", "--all-profiles"],
        ["status", "--all-profiles"],
        ["download", "--all-profiles"],
    ] {
        let run = two.cli.run(args);
        assert_eq!(run.code, 0, "{run}");
    }
    for (name, ours, theirs) in [
        ("zeta", &two.zeta, &two.alpha),
        ("alpha", &two.alpha, &two.zeta),
    ] {
        let sent = sent_to(theirs);
        for secret in secrets_of(ours, name) {
            assert!(
                sent_to(ours).contains(&secret),
                "{secret} is not even at home"
            );
            assert!(
                !sent.contains(&secret),
                "{secret} of {name} went to the other"
            );
        }
    }
}

#[test]
fn each_is_saved_and_each_has_a_line_at_the_end_in_the_order_of_the_file() {
    let two = Two::start("");
    let run = two.download();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert!(two.saved(&two.zeta) && two.saved(&two.alpha), "{run}");
    let [zeta, alpha] = last_lines(&run, 2)[..] else {
        panic!("{run}")
    };
    assert!(
        zeta.starts_with("zeta: 1 file verified") && zeta.ends_with("(exit code 0)"),
        "{run}"
    );
    assert!(alpha.starts_with("alpha: 1 file verified"), "{run}");
    assert!(
        run.stderr.starts_with("profile zeta:\n") && run.stderr.contains("\nprofile alpha:\n"),
        "{run}"
    );
}

#[test]
fn they_run_in_the_order_in_which_they_are_named_and_each_once() {
    let two = Two::start("");
    let run = two.cli.run([
        "list",
        "--profile",
        "alpha",
        "--profile=zeta",
        "--profile",
        "alpha",
    ]);
    assert_eq!(run.code, 0, "{run}");
    let links = [
        two.alpha.link("Data_001.zip"),
        two.zeta.link("Data_001.zip"),
    ];
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), links, "{run}");
}

#[test]
fn one_profile_talks_as_ever() {
    let two = Two::start("");
    let run = two.cli.run(["list", "--profile", "alpha", "--json"]);
    assert_eq!(
        (run.code, &run.json()["org"]),
        (0, &json!("757002222")),
        "{run}"
    );
    assert!(
        !run.stderr.contains("profile") && !run.stdout.contains("profile"),
        "{run}"
    );
}

#[test]
fn links_of_another_organisation_are_refused_and_the_other_profile_goes_on() {
    let two = Two::start("org = \"999\"");
    let run = two.download();
    assert_eq!(run.code, 6, "{run}");
    assert!(!two.saved(&two.zeta) && two.saved(&two.alpha), "{run}");
    assert!(two.zeta.requests_to(Role::Downloads).is_empty());
    let zeta = last_lines(&run, 2)[0];
    assert!(
        zeta.contains("organisation 757000111, but the profile names 999")
            && zeta.ends_with("(exit code 6)"),
        "{run}"
    );
}

#[test]
fn the_exit_code_is_the_worst_by_the_order_of_the_contract_wherever_it_happened() {
    for (first, second, worst) in [(5, 3, 3), (3, 4, 4), (4, 5, 4), (2, 5, 5), (0, 2, 2)] {
        let ends_with = |name: &str, code: i32| {
            let zoho = organisation(name, "757000111");
            let more = if code == 2 { "jobs = 0" } else { "retries = 0" };
            match code {
                3 => (zoho.expired(), more),
                4 => (zoho.with(|rules| rules.administrator = false), more),
                5 => {
                    zoho.always(Role::Api, Fault::Status(500, Vec::new(), Vec::new()));
                    (zoho, more)
                }
                _ => (zoho, more),
            }
        };
        let ((one, of_one), (other, of_other)) =
            (ends_with("one", first), ends_with("other", second));
        let (_home, cli) =
            cli(&(profile("one", &one, of_one) + &profile("other", &other, of_other)));
        let run = cli.run(["download", "--all-profiles"]);
        assert_eq!(run.code, worst, "{first}, {second}: {run}");
        let ends = [first, second].map(|code| format!("(exit code {code})"));
        let lines = last_lines(&run, 2);
        assert!(
            lines[0].ends_with(&ends[0]) && lines[1].ends_with(&ends[1]),
            "{run}"
        );
    }
}

#[test]
fn a_broken_file_stops_all_and_a_profile_that_is_not_there_only_itself() {
    let two = Two::start("");
    let run = two
        .cli
        .run(["list", "--profile", "nobody", "--profile", "alpha"]);
    assert_eq!((run.code, run.stdout.lines().count()), (2, 1), "{run}");
    assert!(run.stderr.contains("no profile \"nobody\""), "{run}");
    let broken = Two::start("orgg = \"1\"");
    refused(&broken.download(), "unknown key `orgg`", "`org`");
    assert!(broken.alpha.requests().is_empty());
}

#[test]
fn status_sums_up_what_it_found() {
    let two = Two::start("");
    let entry = Entry {
        state: Some("completed"),
        ..Entry::default()
    };
    two.zeta.log(chrono::TimeDelta::days(2), entry);
    let run = two.cli.run(["status", "--all-profiles"]);
    let [zeta, alpha] = last_lines(&run, 2)[..] else {
        panic!("{run}")
    };
    assert!(zeta.contains("backup done (exit code 0)"), "{run}");
    assert_eq!(
        alpha,
        "alpha: no backup has been requested or scheduled yet; none was made in the last year (exit code 0)",
        "{run}"
    );
}

#[test]
fn quiet_says_only_which_failed() {
    let two = Two::start("org = \"999\"");
    let run = two.cli.run(["download", "--all-profiles", "-q"]);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!((run.code, lines.len()), (6, 3), "{run}");
    assert!(lines[2].starts_with("zeta: "), "{run}");
}

#[test]
fn a_signal_ends_the_run_that_has_its_turn_and_the_others_are_skipped() {
    for (args, name, code) in [
        (["download", "--json"], "TERM", 143),
        (["list", "--json"], "INT", 130),
    ] {
        let two = Two::start("");
        two.zeta.next(Role::Api, Fault::StallAfter(0));
        let running = two.cli.spawn(args.iter().chain(&["--all-profiles"]));
        wait_until("the list is asked for", || {
            !two.zeta.requests_to(Role::Api).is_empty()
        });
        running.signal(name);
        let run = running.wait();
        assert_eq!(run.code, code, "{run}");
        let alpha = last_lines(&run, 1)[0];
        assert!(
            alpha.starts_with("alpha: skipped") && alpha.ends_with(&format!("(exit code {code})")),
            "{run}"
        );
        assert!(two.alpha.requests().is_empty(), "{run}");
        let last = run.json_lines().pop().expect("one at least");
        assert_eq!(
            (&last["exit_code"], &last["profiles"][1]["exit_code"]),
            (&json!(code), &json!(code)),
            "{run}"
        );
    }
}

#[test]
fn what_ends_one_run_early_does_not_end_the_next() {
    let two = Two::start("max_duration = \"300ms\"");
    two.zeta.always_for("Data_001.zip", Fault::StallAfter(100));
    let run = two.download();
    assert_eq!(run.code, 10, "{run}");
    assert!(two.saved(&two.alpha), "{run}");
}

#[test]
fn a_profile_says_what_a_flag_of_download_can_say() {
    let two = Two::start("only = \"attachments\"\nmatch = \"Data_*\"");
    let run = two.cli.run(["download", "--profile", "zeta"]);
    let none = "no file matches both --only and --match (the backup has 1 file)";
    refused(&run, none, "Data_001.zip");
    let run = two
        .cli
        .run(["download", "--profile", "alpha", "--match", "x"]);
    refused(&run, "no file matches --match (", "Data_001.zip");
    let flag = two
        .cli
        .run(["download", "--profile", "zeta", "--only", "data"]);
    assert_eq!(flag.code, 0, "{flag}");
    let new = Two::start("require_new = true\nlimit_rate = \"10M\"\nwait_lock = \"1s\"");
    assert_eq!(new.cli.run(["download", "--profile", "zeta"]).code, 0);
    assert_eq!(new.cli.run(["download", "--profile", "zeta"]).code, 9);
    let zeta = organisation("zeta", "757000111").expired();
    let (home, cli) = cli(&profile("zeta", &zeta, "ignore_expiry = true"));
    let run = cli.run(["download"]);
    assert!(!run.stderr.contains("error: the links expired on"), "{run}");
    assert!(run.stderr.contains("trying them anyway"), "{run}");
    assert!(fs::exists(home.path().join("out")).is_ok_and(|exists| exists));
}

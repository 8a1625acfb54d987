//! `--ping`.

use std::fs;
use std::time::{Duration, Instant};

use super::monitor::Monitor;
use super::{DATA, KEY, download, script, with_config, zoho};
use crate::support::faults::Fault;
use crate::support::run::wait_until;

#[test]
fn a_success_is_a_start_and_the_url_itself_joined_by_one_id() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    let run = download(&zoho, &["--ping", &monitor.url(KEY)]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        monitor.paths(),
        [format!("/{KEY}/start"), format!("/{KEY}")]
    );
    let pings = monitor.pings();
    let ids: Vec<&str> = pings
        .iter()
        .filter_map(|ping| Some(ping.path.split_once("?rid=")?.1))
        .collect();
    assert!(
        ids.len() == 2 && ids[0] == ids[1] && ids[0].len() == 36,
        "{ids:?}"
    );
    for ping in &pings {
        assert_eq!((ping.method.as_str(), ping.body.as_str()), ("GET", ""));
        assert!(
            !ping.headers.to_lowercase().contains("authorization"),
            "{ping:?}"
        );
    }
    // There is nothing to do any more, and that is a success.
    assert_eq!(download(&zoho, &["--ping", &monitor.url(KEY)]).code, 0);
    assert_eq!(monitor.paths()[3], format!("/{KEY}"));
    assert!(
        !monitor.pings()[3].path.contains(ids[0]),
        "another run, another id"
    );
}

#[test]
fn a_failure_is_told_with_its_exit_code_and_a_query_stays() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    zoho.always_for(DATA, Fault::Status(404, vec![], vec![]));
    let run = download(&zoho, &["--ping", &monitor.url("a/b?x=1")]);
    assert_eq!(run.code, 5, "{run}");
    assert_eq!(monitor.paths(), ["/a/b/start?x=1", "/a/b/5?x=1"]);
}

#[test]
fn nothing_offered_is_a_success_and_a_dry_run_tells_nobody() {
    let (empty, monitor) = (crate::support::zoho::Zoho::start(), Monitor::start());
    assert_eq!(download(&empty, &["--ping", &monitor.url("u")]).code, 0);
    assert_eq!(monitor.paths(), ["/u/start", "/u"]);
    assert_eq!(
        download(&zoho(), &["--ping", &monitor.url("u"), "--dry-run"]).code,
        0
    );
    assert_eq!(monitor.paths().len(), 2);
}

#[test]
fn the_body_says_how_it_went_only_if_that_is_asked_for() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    zoho.always_for(DATA, Fault::Status(404, vec![], vec![]));
    download(&zoho, &["--ping", &monitor.url("u"), "--ping-body"]);
    let pings = monitor.pings();
    assert_eq!(
        (pings[0].method.as_str(), pings[0].body.as_str()),
        ("GET", "")
    );
    assert_eq!(
        (pings[1].method.as_str(), pings[1].path.starts_with("/u/5")),
        ("POST", true)
    );
    let body = &pings[1].body;
    assert!(
        body.contains(DATA) && body.contains("(exit code 5)") && body.contains("\nhint: "),
        "{body}"
    );
}

#[test]
fn what_may_pass_is_tried_again_and_nothing_of_it_is_said() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    monitor.next_statuses([503, 0, 200, 429, 500]);
    let run = download(&zoho, &["--ping", &monitor.url("u")]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("ping"), "{run}");
    assert_eq!(
        monitor.paths(),
        ["/u/start", "/u/start", "/u/start", "/u", "/u", "/u"]
    );
}

#[test]
fn a_ping_that_fails_is_a_warning_without_the_key_and_changes_nothing() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    monitor.next_statuses([200, 403]);
    let run = download(&zoho, &["--ping", &monitor.url(KEY), "--json", "-vv"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr
            .contains("warning: the ping to 127.0.0.1 failed: HTTP 403\n"),
        "{run}"
    );
    assert!(
        !run.stderr.contains("canary") && !run.stdout.contains("canary"),
        "{run}"
    );
    assert_eq!(
        run.json_lines().last().expect("a line")["event"],
        "summary",
        "{run}"
    );
}

#[test]
fn a_monitor_that_is_not_there_is_named_once_for_the_start_and_once_for_the_end() {
    let zoho = zoho();
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("it is bound")
    };
    let run = download(&zoho, &["--ping", &format!("http://{nobody}/{KEY}")]);
    assert_eq!(run.code, 0, "{run}");
    let warning = "warning: the ping to 127.0.0.1 failed: no connection: ";
    assert_eq!(run.stderr.matches(warning).count(), 2, "{run}");
    assert!(!run.stderr.contains("canary"), "{run}");
}

#[test]
fn a_monitor_that_knows_no_start_is_not_complained_of() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    monitor.next_statuses([404]);
    let run = download(
        &zoho,
        &["--ping", &monitor.url("push?status=up&msg=OK&ping=")],
    );
    assert!(run.code == 0 && !run.stderr.contains("warning"), "{run}");
    assert_eq!(monitor.paths()[1], "/push?status=up&msg=OK&ping=");
}

#[test]
fn a_run_that_is_stopped_is_told_and_a_second_signal_ends_at_once() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let url = monitor.url("u");
    let running = zoho
        .cli()
        .spawn(["download", "--out", "out", "--ping", &url]);
    wait_until("it hangs", || !zoho.requests_for(DATA).is_empty());
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 143, "{run}");
    assert_eq!(monitor.paths(), ["/u/start", "/u/143"]);

    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let before = zoho.requests_for(DATA).len();
    let (unix, windows) = ("touch begun; sleep 60", "echo > begun\n:again\ngoto again");
    let hook = script(zoho.home(), "hang", unix, windows);
    let hook = ["--on-failure", &hook];
    let args = ["download", "--out", "out"];
    let running = zoho.cli().spawn(args.iter().chain(&hook));
    wait_until("it hangs again", || zoho.requests_for(DATA).len() > before);
    running.signal("TERM");
    let begun = zoho.home().join("begun");
    wait_until("the hook runs", || begun.exists());
    let since = Instant::now();
    running.signal("INT");
    let run = running.wait();
    assert_eq!(run.code, 130, "{run}");
    assert!(since.elapsed() < Duration::from_secs(5), "{run}");
}

#[test]
fn a_profile_has_a_ping_and_a_flag_goes_before_it() {
    let (zoho, monitor) = (zoho(), Monitor::start());
    let config = format!(
        "[profiles.main]\nout = \"out\"\nping = {:?}\n",
        monitor.url("of-profile")
    );
    let cli = with_config(&zoho, &config);
    assert_eq!(cli.run(["download"]).code, 0);
    assert_eq!(monitor.paths(), ["/of-profile/start", "/of-profile"]);
    assert_eq!(
        cli.run(["download", "--ping", &monitor.url("of-flag")])
            .code,
        0
    );
    assert_eq!(monitor.paths()[2..], ["/of-flag/start", "/of-flag"]);
    // What lists tells nobody.
    assert_eq!(cli.run(["list"]).code, 0);
    assert_eq!(monitor.paths().len(), 4);
}

#[test]
fn what_is_no_address_is_refused_before_anything_happens_and_not_quoted() {
    let zoho = zoho();
    let run = download(&zoho, &["--ping", "hc-ping.com/canary"]);
    crate::usage::refused(
        &run,
        "--ping: it is not an http or https URL",
        "https://hc-ping.com/",
    );
    assert!(!run.stderr.contains("canary"), "{run}");
    let cli = with_config(&zoho, "[profiles.main]\nping = \"canary\"\n");
    let run = cli.run(["download", "--out", "out"]);
    crate::usage::refused(
        &run,
        "config.toml:2: ping: it is not",
        "https://hc-ping.com/",
    );
    assert!(!run.stderr.contains("canary"), "{run}");
    assert!(fs::metadata(zoho.home().join("out")).is_err() && zoho.requests().is_empty());
}

//! The variables that name proxies: one that is wrong never means "no proxy", and `NO_PROXY` is read as elsewhere.

use std::io::Read;
use std::net::TcpListener;

use crate::support::run::{Cli, folder};
use crate::usage::{offline, refused};

const VARIABLES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

#[test]
fn a_proxy_variable_that_is_wrong_exits_2_by_its_name_and_without_its_password() {
    let home = folder();
    let cli = Cli::new(home.path()).env("ZOHO_ACCESS_TOKEN", "x");
    for variable in VARIABLES {
        for value in [
            "http://",
            "http://me:canary@proxy.example:port",
            "ftp://me:canary@proxy.example",
            "http://me:canary@pro xy:3128",
        ] {
            let run = cli.clone().env(variable, value).run(["list"]);
            refused(&run, &format!("{variable}: "), "http://proxy.example:3128");
            assert!(!run.stderr.contains("canary"), "{run}");
        }
    }
}

#[test]
fn a_proxy_that_another_variable_replaces_may_be_of_any_kind() {
    let home = folder();
    // As desktops set them: the scheme of the last one is unknown here, but nothing goes there.
    let cli = offline(home.path())
        .env("ZOHO_ACCESS_TOKEN", "x")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("ALL_PROXY", "socks://127.0.0.1:1080/");
    let run = cli.run(["list"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("https://"), "{run}");
}

#[test]
fn doctor_fails_for_a_proxy_variable_that_is_wrong() {
    let home = folder();
    let cli = Cli::new(home.path()).env("ALL_PROXY", "http://me:canary@proxy.example:port");
    let run = cli.run(["doctor", "--json"]);
    let checks = run.json()["checks"].as_array().cloned().unwrap_or_default();
    let proxy = checks.iter().find(|check| check["check"] == "proxy");
    assert_eq!(
        proxy.map(|check| &check["state"]),
        Some(&"failed".into()),
        "{run}"
    );
    assert!(!run.stdout.contains("canary"), "{run}");
}

/// What reaches a proxy when an address that leads nowhere is asked, with this `NO_PROXY`.
fn seen_by_the_proxy(no_proxy: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("it is ours");
    let home = folder();
    let port = listener.local_addr().expect("it has one").port();
    let run = Cli::new(home.path())
        .env("ZOHO_ACCESS_TOKEN", "x")
        .env("HTTPS_PROXY", format!("http://127.0.0.1:{port}"))
        .env("NO_PROXY", no_proxy)
        .run([
            "list",
            "--api-domain=192.0.2.1",
            "--retries=0",
            "--connect-timeout=300ms",
            "--stall-timeout=300ms",
        ]);
    assert_eq!(run.code, 5, "{run}");
    let Ok((mut connection, _)) = listener.accept() else {
        return String::new();
    };
    let mut sent = [0; 64];
    let length = connection.read(&mut sent).unwrap_or(0);
    String::from_utf8_lossy(&sent[..length]).into_owned()
}

#[test]
fn what_no_proxy_names_is_reached_directly_and_nothing_else() {
    for no_proxy in ["", "192.0.2.1:8443", "*.example other.example"] {
        let seen = seen_by_the_proxy(no_proxy);
        assert!(
            seen.starts_with("CONNECT 192.0.2.1:443 "),
            "{no_proxy}: {seen}"
        );
    }
    for no_proxy in ["*", "192.0.2.0/24", "other.example 192.0.2.1:443"] {
        assert_eq!(seen_by_the_proxy(no_proxy), "", "{no_proxy}");
    }
}

//! Against servers nobody here wrote: list, download, and download again.

use crate::support::bytes::{Content, small_zip};
use crate::support::run::{files_under, folder, wait_until};
use crate::support::servers::{Kind, Server};

const LARGE: u64 = 24 << 20;

fn files() -> Vec<(&'static str, Content)> {
    vec![
        ("Data_001.zip", Content::stored_zip(1, LARGE)),
        ("Data_002.zip", small_zip(2, 50_000).into()),
    ]
}

/// All that a user does with a server, and what the server itself says of it.
fn comes_home_from(kind: Kind, tls: bool) {
    let files = files();
    let Some(server) = Server::start(kind, tls, &files, None) else {
        return;
    };
    let home = folder();
    let cli = server.cli(home.path());

    let list = cli.run(["list"]);
    assert_eq!(list.code, 0, "{list}");
    assert_eq!(list.stdout.lines().count(), 2, "{list}");

    let first = cli.run(["download", "--out", "out"]);
    assert_eq!(first.code, 0, "{first}");
    let saved = home.path().join("out/20061234567-510000000099001");
    for (name, content) in &files {
        assert_eq!(
            std::fs::read(saved.join(name)).ok(),
            Some(content.to_vec()),
            "{name}: {first}"
        );
    }
    // By `list` once, by `download` at its start and at its end.
    let log = server.served(3);
    assert!(
        log.iter().any(|line| line.starts_with("206 bytes=")),
        "it was split: {log:?}"
    );

    let second = cli.run(["download", "--out", "out"]);
    assert_eq!(second.code, 0, "{second}");
    assert_eq!(
        server.served(4).len(),
        log.len(),
        "nothing is fetched again: {second}"
    );
}

#[test]
fn a_backup_comes_home_from_nginx() {
    comes_home_from(Kind::Nginx, false);
}

#[test]
fn a_backup_comes_home_from_nginx_over_tls() {
    comes_home_from(Kind::Nginx, true);
}

#[test]
fn a_backup_comes_home_from_apache() {
    comes_home_from(Kind::Apache, false);
}

#[test]
fn a_backup_comes_home_from_apache_over_tls() {
    comes_home_from(Kind::Apache, true);
}

#[test]
fn a_backup_comes_home_from_lighttpd() {
    comes_home_from(Kind::Lighttpd, false);
}

#[test]
fn a_run_killed_in_the_middle_goes_on_where_it_stopped() {
    let files = [("Data_001.zip", Content::stored_zip(3, 8 << 20))];
    let Some(server) = Server::start(Kind::Nginx, false, &files, Some(2 << 20)) else {
        return;
    };
    let home = folder();
    let cli = server.cli(home.path());
    let mut killed = cli.spawn(["download", "--out", "out", "--jobs", "1"]);
    let part = home
        .path()
        .join("out/20061234567-510000000099001/.Data_001.zip.part");
    wait_until("a megabyte is there", || {
        part.metadata().is_ok_and(|found| found.len() > 1 << 20)
    });
    killed.kill();
    drop(killed);
    assert!(
        !files_under(home.path())
            .iter()
            .any(|name| name.ends_with("/Data_001.zip"))
    );
    let run = cli.run(["download", "--out", "out", "--jobs", "1"]);
    assert_eq!(run.code, 0, "{run}");
    let log = server.served(3);
    let resumed = log
        .last()
        .and_then(|line| line.strip_prefix("206 bytes=")?.split_once('-'));
    let from: u64 = resumed.and_then(|(from, _)| from.parse().ok()).unwrap_or(0);
    assert!(from > 1 << 20, "{log:?}: {run}");
    let saved = home
        .path()
        .join("out/20061234567-510000000099001/Data_001.zip");
    assert_eq!(std::fs::read(saved).ok(), Some(files[0].1.to_vec()));
}

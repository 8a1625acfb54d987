//! Against servers nobody here wrote, since the stand-in could be wrong about HTTP in the same way as the program.

use std::fs;

use crate::support::run::wait_until;
use crate::support::servers::{LARGE, Served, Server, Software};
use crate::support::tools::needs;

fn prints_the_links(software: Software, secure: bool) {
    needs!(Program(software.program()));
    let server = Server::start(software, secure);
    let run = server.cli("list").run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    let links: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(links, server.links(), "{run}");
}

fn fetches_every_byte_and_the_large_file_in_pieces(software: Software, secure: bool) {
    needs!(Program(software.program()));
    let mut server = Server::start(software, secure);
    let run = server.cli("first").run(["download", "--out", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(server.is_saved(), "{run}");
    let log = server.stop("first");
    let pieces = log.iter().filter(|it| it.is_for(LARGE) && it.status == 206);
    assert!(pieces.count() > 0, "{log:#?}");
}

fn fetches_no_file_twice(software: Software, secure: bool) {
    needs!(Program(software.program()));
    let mut server = Server::start(software, secure);
    server.cli("first").run(["download", "--out", "out"]);
    let run = server.cli("again").run(["download", "--out", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("nothing to do"), "{run}");
    let log = server.stop("again");
    assert!(log.len() == 1 && log[0].is_for("urls"), "{log:#?}\n{run}");
}

macro_rules! against {
    ($name:ident, $software:expr, $secure:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn list_prints_the_links() {
                prints_the_links($software, $secure);
            }

            #[test]
            fn download_fetches_every_byte_and_the_large_file_in_pieces() {
                fetches_every_byte_and_the_large_file_in_pieces($software, $secure);
            }

            #[test]
            fn a_second_download_fetches_no_file() {
                fetches_no_file_twice($software, $secure);
            }
        }
    };
}

against!(nginx, Software::Nginx, false);
against!(nginx_over_tls, Software::Nginx, true);
against!(apache, Software::Apache, false);
against!(apache_over_tls, Software::Apache, true);
against!(lighttpd, Software::Lighttpd, false);

/// Slow enough to be caught in the middle: the whole would take six seconds.
const SLOW: Software = Software::SlowNginx(1 << 20);

/// Bytes of the large file that are there when a run is killed.
const SOME: u64 = 1 << 20;

/// Bytes that a journal says were written.
fn journalled(journal: &str) -> u64 {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u64>().ok());
    let lines = journal.lines().filter_map(|line| line.strip_prefix("w "));
    lines
        .filter_map(|line| {
            let (start, end) = line.split_once(' ')?;
            number(Some(end))?.checked_sub(number(Some(start))?)
        })
        .sum()
}

/// A run that was killed when it had written some of the large file.
fn killed_in_the_middle(server: &Server) {
    let mut running = server.cli("killed").spawn(["download", "--out", "out"]);
    let journal = server.saved().join(format!(".{LARGE}.journal"));
    wait_until("some of the large file is written", || {
        fs::read_to_string(&journal).is_ok_and(|text| journalled(&text) >= SOME)
    });
    running.kill();
    running.wait();
}

#[test]
fn after_kill_9_nginx_serves_only_the_rest_under_if_range() {
    needs!(Program(SLOW.program()));
    let mut server = Server::start(SLOW, false);
    killed_in_the_middle(&server);
    let run = server.cli("rest").run(["download", "--out", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(server.is_saved(), "{run}");
    let mut log = server.stop("rest");
    log.retain(|it| it.is_for(LARGE));
    let is_piece = |it: &_| matches!(it, Served { status: 206, if_range: Some(_), range: Some(range), .. } if range != "bytes=0-");
    assert!(!log.is_empty() && log.iter().all(is_piece), "{log:#?}");
}

#[test]
fn after_kill_9_the_bytes_on_disk_are_not_fetched_again() {
    needs!(Program(SLOW.program()));
    let server = Server::start(SLOW, false);
    killed_in_the_middle(&server);
    let run = server
        .cli("rest")
        .run(["download", "--out", "out", "--json"]);
    let done = run.events("file_done");
    let large = done.iter().find(|event| event["name"] == LARGE);
    let resumed = large.and_then(|event| event["resumed_bytes"].as_u64());
    assert!(resumed >= Some(SOME), "{run}");
}

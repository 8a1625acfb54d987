//! Few open files, few threads, and very many links.

use std::os::unix::fs::chown;

use crate::support::bytes::small_zip;
use crate::support::run::Run;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

fn with_files(count: u64) -> Zoho {
    (0..count).fold(Zoho::start(), |zoho, index| {
        zoho.with_file(&format!("Data_{index:03}.zip"), small_zip(index, 4000))
    })
}

fn with_open_files(zoho: &Zoho, soft: u32, hard: u32, jobs: &str) -> Run {
    let limit = format!("--nofile={soft}:{hard}");
    let args = ["download", "--out", "out", "--jobs", jobs];
    zoho.cli().under(["prlimit", &limit]).run(args)
}

#[test]
fn the_limit_on_open_files_is_raised_as_far_as_it_goes() {
    needs!(Program("prlimit"));
    let zoho = with_files(40);
    let run = with_open_files(&zoho, 40, 4096, "64");
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.saved_bytes("Data_039.zip").is_some(), "{run}");
    assert!(!run.stderr.contains("instead of 64"), "{run}");
}

#[test]
fn fewer_connections_do_where_few_files_may_be_open() {
    needs!(Program("prlimit"));
    for limit in [30, 40, 64, 100] {
        let zoho = with_files(40);
        let run = with_open_files(&zoho, limit, limit, "32");
        assert_eq!(run.code, 0, "{limit}: {run}");
        assert!(run.stderr.contains("instead of 32"), "{limit}: {run}");
    }
}

#[test]
fn far_too_few_open_files_exits_7_and_names_the_limit() {
    needs!(Program("prlimit"));
    for limit in [5, 8, 10, 12, 14, 20, 29] {
        let zoho = with_files(3);
        let run = with_open_files(&zoho, limit, limit, "1");
        assert_eq!(run.code, 7, "{limit}: {run}");
        assert!(run.stderr.contains("ulimit -n"), "{limit}: {run}");
    }
}

/// The limit counts all threads of a user, so this needs one that has no others.
#[test]
fn few_threads_do_or_it_exits_7_and_names_the_limit() {
    needs!(Program("prlimit"), Program("setpriv"), Root);
    for threads in 1..=9 {
        let zoho = with_files(3);
        let user = 54_320 + threads;
        chown(zoho.home(), Some(user), Some(user)).expect("root may do that");
        let limit = format!("--nproc={threads}");
        let (uid, gid) = (format!("--reuid={user}"), format!("--regid={user}"));
        let starter = ["prlimit", &limit, "setpriv", &uid, &gid, "--clear-groups"];
        let run = zoho.cli().under(starter).run(["download", "--out", "out"]);
        let is_named = run.code == 7 && run.stderr.contains("ulimit -u");
        // Its own, one for signals, one for progress, one that blocks, and one that verifies; and for a store one
        // that speaks to it and one that keeps the lock.
        let fewest = if zoho.saves_in_store() { 7 } else { 5 };
        let may_fail = threads < fewest && is_named;
        let is_saved = run.code == 0 && zoho.saved_bytes("Data_002.zip").is_some();
        assert!(is_saved || may_fail, "{threads}: {run}");
    }
}

#[test]
fn tens_of_thousands_of_links_are_planned_at_once() {
    let zoho = Zoho::start();
    let links: Vec<String> = (0..30_000)
        .map(|index| zoho.link(&format!("Attachments_{index:05}.zip")))
        .collect();
    let expiry = zoho.rules().expiry.to_rfc3339();
    let urls = serde_json::json!({ "attachment_links": links, "expiry_date": expiry });
    let body = serde_json::json!({ "urls": urls }).to_string();
    zoho.urls_reply(200, "application/json", body);
    let run = zoho.download(["--dry-run"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 30_000, "{}", run.stderr);
}

//! Canaries: no byte of a secret is ever seen where it should not be.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Run, files_under, wait_until};
use crate::support::zoho::Zoho;

const SECRET: &str = "canary-client-secret";
const REFRESH: &str = "1000.canary.refresh";

fn zoho() -> Zoho {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 3000));
    zoho.with(|rules| {
        rules.client_secret = SECRET.into();
        rules.refresh_token = REFRESH.into();
    })
}

/// The tokens that the program was given, as it sent them.
fn tokens(zoho: &Zoho) -> Vec<String> {
    let sent = zoho.requests();
    let mut tokens: Vec<String> = sent
        .iter()
        .filter_map(|record| record.request.token().map(str::to_owned))
        .collect();
    tokens.dedup();
    assert!(!tokens.is_empty());
    tokens
}

fn assert_silent(zoho: &Zoho, run: &Run) {
    let mut canaries = vec![SECRET.to_owned(), REFRESH.to_owned()];
    canaries.extend(tokens(zoho));
    for canary in &canaries {
        assert!(
            !run.stdout.contains(canary) && !run.stderr.contains(canary),
            "{canary}: {run}"
        );
    }
    for name in files_under(zoho.home()) {
        let path = zoho.home().join(&name);
        let Ok(bytes) = fs::read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let told = canaries.iter().any(|canary| text.contains(canary.as_str()));
        let mode = path.metadata().expect("it is there").permissions().mode() & 0o777;
        assert!(
            !told || (name.contains("token-") && mode == 0o600),
            "{name} holds a secret"
        );
    }
}

#[test]
fn no_secret_is_told_on_the_good_way() {
    for args in [
        vec!["list"],
        vec!["list", "--json", "-vvv"],
        vec!["download", "--out", "out", "-vvv"],
        vec!["download", "--out", "out2", "--json", "-vv"],
    ] {
        let zoho = zoho();
        let run = zoho.cli().run(args);
        assert_eq!(run.code, 0, "{run}");
        assert_silent(&zoho, &run);
    }
}

#[test]
fn no_secret_is_told_when_things_go_wrong() {
    for fault in [
        Fault::Status(401, Vec::new(), Vec::new()),
        Fault::Status(403, Vec::new(), Vec::new()),
        Fault::CutAfter(0),
        Fault::NotHttp,
        Fault::Redirect(302, "http://127.0.0.1:1/?token=x".into()),
    ] {
        let zoho = zoho();
        zoho.always_for("Data_001.zip", fault.clone());
        let run = zoho.download(["--retries", "1", "-vvv"]);
        assert_ne!(run.code, 0, "{fault:?}: {run}");
        assert_silent(&zoho, &run);
    }
}

#[test]
fn a_query_in_a_link_is_a_secret_too() {
    let zoho = zoho();
    let link = format!("{}?signature=canary-query", zoho.link("Data_001.zip"));
    let body = serde_json::json!({"urls": {"data_links": [link], "attachment_links": [], "expiry_date": null}});
    zoho.urls_reply(200, "application/json", body.to_string());
    zoho.fault_for("Data_001.zip", Fault::CutAfter(100));
    let run = zoho.download(["-vv"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("canary-query"), "{run}");
    let manifest = zoho.saved_bytes("manifest.json").unwrap_or_default();
    assert!(!String::from_utf8_lossy(&manifest).contains("canary-query"));
}

#[test]
fn no_secret_stands_in_the_process_list() {
    let zoho = zoho();
    zoho.fault_for("Data_001.zip", Fault::StallAfter(100));
    let mut running = zoho.cli().spawn(["download", "--out", "out"]);
    wait_until("it runs", || !zoho.requests_for("Data_001.zip").is_empty());
    let line = fs::read(format!("/proc/{}/cmdline", running.pid())).expect("Linux has it");
    let line = String::from_utf8_lossy(&line);
    assert!(
        line.contains("download") && !line.contains(SECRET) && !line.contains(REFRESH),
        "{line}"
    );
    running.kill();
}

//! The links, and one byte of a file.

use chrono::TimeDelta;

use super::{DATA, examined, fails, is, warns, zoho};
use crate::support::faults::Fault;
use crate::support::zoho::Role;
use crate::support::zoho::rules::{Ranges, Validators};
use crate::usage::{config_of, write};

#[test]
fn expired_links_are_a_warning_and_no_file_is_asked_for() {
    let zoho = zoho().expired();
    let run = examined(&zoho);
    warns(&run, "expiry", &["expired", "backup-fetch request"]);
    is(&run, "file", "warning", &["skipped"]);
    assert_eq!(zoho.requests_for(DATA).len(), 0, "{run}");
}

#[test]
fn links_that_expire_within_a_day_are_a_warning() {
    let zoho = zoho();
    let soon = zoho.now() + TimeDelta::hours(5);
    zoho.set(|rules| rules.expiry = soon);
    warns(
        &examined(&zoho),
        "expiry",
        &["4h 59m left", "download` now"],
    );
}

#[test]
fn a_link_to_a_foreign_host_exits_6_and_the_host_is_not_asked() {
    let zoho = zoho();
    let link = zoho
        .link("Data_002.zip")
        .replace(&zoho.urls().downloads, &zoho.urls().foreign);
    zoho.set(|rules| rules.more_links = vec![link]);
    let foreign = zoho.urls().foreign.replace("http://", "");
    fails(
        &examined(&zoho),
        "link_hosts",
        6,
        &[&foreign, "Data_002.zip"],
    );
    assert_eq!(zoho.requests_to(Role::Foreign).len(), 0);
}

#[test]
fn links_of_another_organisation_than_the_profile_names_exit_6() {
    let zoho = zoho();
    write(
        &config_of(zoho.home()),
        "[profiles.main]\norg = \"42\"\n",
        0o600,
    );
    let run = examined(&zoho);
    fails(
        &run,
        "organisation",
        6,
        &["20061234567", "but the profile names 42"],
    );
    is(
        &run,
        "configuration",
        "ok",
        &["config.toml", "profile \"main\""],
    );
}

#[test]
fn a_host_without_ranges_is_a_warning() {
    let zoho = zoho().with(|rules| rules.ranges = Ranges::None);
    warns(
        &examined(&zoho),
        "file",
        &["HTTP 200, no ranges", "starts over"],
    );
}

#[test]
fn versions_that_do_not_hold_are_a_warning_and_those_that_do_are_well() {
    for (validators, state, words) in [
        (Validators::WeakEtag, "warning", "weak ETag"),
        (Validators::FreshDate, "warning", "weak Last-Modified"),
        (
            Validators::None,
            "warning",
            "neither ETag nor Last-Modified",
        ),
        (Validators::OldDate, "ok", "strong Last-Modified"),
    ] {
        let zoho = zoho().with(|rules| rules.validators = validators);
        let run = examined(&zoho);
        assert_eq!(run.code, 0, "{run}");
        is(&run, "file", state, &[words]);
    }
}

#[test]
fn a_redirect_of_a_file_is_named_by_its_host() {
    let zoho = zoho();
    zoho.fault_for(
        DATA,
        Fault::Redirect(
            302,
            format!("{}/moved/{DATA}?token=canary", zoho.urls().foreign),
        ),
    );
    let run = examined(&zoho);
    is(&run, "file", "ok", &["redirected to 127.0.0.1"]);
    assert!(!run.stdout.contains("canary"), "{run}");
}

#[test]
fn a_link_that_was_replaced_since_it_was_listed_asks_for_another_look() {
    let zoho = zoho();
    let body = br#"{"x-error":"FORBIDDEN","info":"Forbidden","x-info":"Link not valid"}"#;
    zoho.fault_for(DATA, Fault::Status(403, Vec::new(), body.to_vec()));
    let run = examined(&zoho);
    is(
        &run,
        "file",
        "failed",
        &["the link is not valid", "run `backup-fetch doctor` again"],
    );
    assert!(!run.stdout.contains("most likely expired"), "{run}");
}

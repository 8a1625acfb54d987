//! Which source of an option wins, and what makes no sense together.

use crate::store::Address;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Write;

use url::Url;

use super::environment::Environment;
use super::resolve::{Settings, Sources};
use crate::cli::{self, DownloadOptions, Global, UserPath};
use crate::problem::Problem;
use crate::store::sys;

/// Sources with these arguments, these variables and this profile file, which nobody else can read.
fn sources_with(
    args: &[&str],
    variables: &[(&str, &str)],
    config: &str,
) -> Result<Sources, Problem> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(config.as_bytes()).unwrap();
    sys::set_mode(file.path(), 0o600);
    let args = ["backup-fetch"].iter().chain(args).map(OsString::from);
    let mut global = cli::parse(&args.collect::<Vec<_>>()).unwrap().global;
    global.config = Some(UserPath(file.path().to_owned()));
    let variables = variables
        .iter()
        .copied()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Sources::find(
        &global,
        Environment::of(variables.collect::<HashMap<_, _>>()),
    )
}

fn settings(variables: &[(&str, &str)], config: &str) -> Result<Settings, Problem> {
    sources_with(&["list"], variables, config)?.settings()
}

const PROFILE: &str = "[profiles.main]\ndc = \"jp\"\n";

#[test]
fn a_flag_beats_the_environment_which_beats_the_profile_which_beats_the_default() {
    assert_eq!(
        settings(&[], "").unwrap().api.as_str(),
        "https://www.zohoapis.com/"
    );
    assert_eq!(
        settings(&[], PROFILE).unwrap().api.as_str(),
        "https://www.zohoapis.jp/"
    );
    let variables = [("ZOHO_DC", "in")];
    assert_eq!(
        settings(&variables, PROFILE).unwrap().api.as_str(),
        "https://www.zohoapis.in/"
    );
    let settings = sources_with(&["list", "--dc", "ca"], &variables, PROFILE)
        .unwrap()
        .settings()
        .unwrap();
    assert_eq!(settings.accounts.as_str(), "https://accounts.zohocloud.ca/");
}

#[test]
fn a_file_may_come_from_an_editor_of_windows() {
    let profile = format!("\u{feff}{}", PROFILE.replace('\n', "\r\n"));
    let settings = settings(&[], &profile).unwrap();
    assert_eq!(settings.api.as_str(), "https://www.zohoapis.jp/");
}

#[test]
fn half_a_set_of_credentials_is_named() {
    let error = settings(
        &[
            ("ZOHO_CLIENT_ID", "1000.A"),
            ("ZOHO_REFRESH_TOKEN", "1000.b.c"),
        ],
        "",
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "ZOHO_CLIENT_ID and ZOHO_REFRESH_TOKEN are given, but not ZOHO_CLIENT_SECRET"
    );
}

#[test]
fn the_rest_of_the_credentials_may_come_from_the_profile() {
    let config = "[profiles.main]\nclient_id = \"1000.A\"\nclient_secret = \"s\"\n";
    let settings = settings(&[("ZOHO_REFRESH_TOKEN", "1000.b.c")], config).unwrap();
    assert!(settings.credentials.refresh.is_some());
    assert!(!format!("{settings:?}").contains("1000.b.c"));
}

#[test]
fn an_empty_variable_counts_as_not_set_and_two_of_a_kind_are_refused() {
    assert!(settings(&[("ZOHO_DC", ""), ("ZOHO_ACCESS_TOKEN", "")], "").is_ok());
    let both = [("ZOHO_ACCESS_TOKEN", "a"), ("ZOHO_ACCESS_TOKEN_FILE", "/x")];
    assert!(
        settings(&both, "")
            .unwrap_err()
            .to_string()
            .contains("both")
    );
}

#[test]
fn hosts_are_hosts_and_plain_http_is_for_loopback() {
    for wrong in [
        "http://example.com",
        "https://h/path",
        "https://me:pw@h",
        "https://h?x=1",
        "ftp://h",
        "https://",
    ] {
        assert!(
            settings(&[("ZOHO_API_DOMAIN", wrong)], "").is_err(),
            "{wrong}"
        );
    }
    let mixed = [("ZOHO_ACCOUNTS_URL", "http://127.0.0.1:1")];
    assert!(
        settings(&mixed, "").is_err(),
        "the secret would go over an open line"
    );
    let local = [
        ("ZOHO_API_DOMAIN", "http://127.0.0.1:1"),
        ("ZOHO_ACCOUNTS_URL", "http://127.0.0.1:2"),
        (
            "ZOHO_DOWNLOAD_DOMAIN",
            "http://127.0.0.1:3, http://127.0.0.1:4",
        ),
    ];
    let trusted = settings(&local, "").unwrap().client.trusted;
    assert!(trusted.trusts(&Url::parse("http://127.0.0.1:4/a.zip").unwrap()));
}

#[test]
fn a_profile_that_does_not_exist_is_answered_with_those_that_do() {
    let error = sources_with(&["list", "--profile", "mian"], &[], PROFILE).unwrap_err();
    assert!(
        error.hint.as_ref().unwrap().contains("main"),
        "{}",
        error.hint.as_ref().unwrap()
    );
    let two = "[profiles.a]\n[profiles.b]\n";
    assert!(
        settings(&[], two)
            .unwrap_err()
            .hint
            .unwrap()
            .contains("a, b")
    );
}

#[test]
#[cfg_attr(windows, ignore = "no modes")]
fn a_configuration_with_secrets_that_others_can_read_is_refused() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"[profiles.main]\nclient_secret = \"s\"\n")
        .unwrap();
    sys::set_mode(file.path(), 0o644);
    let global = Global {
        config: Some(UserPath(file.path().to_owned())),
        ..Global::default()
    };
    let error = Sources::find(&global, Environment::default()).unwrap_err();
    assert!(error.hint.as_ref().unwrap().starts_with("chmod 600"));
}

#[test]
#[cfg_attr(windows, ignore = "paths have a drive")]
fn the_output_folder_may_come_from_three_places_and_must_come_from_one() {
    let out = |args: &[&str], variables: &[(&str, &str)]| {
        let config = "[profiles.main]\nout = \"/profile\"\n";
        let sources = sources_with(args, variables, config).unwrap();
        let options: DownloadOptions = sources.options().unwrap();
        options.folder().unwrap().to_owned()
    };
    let (flag, variable) = (
        ["download", "--out", "/flag"],
        [("BACKUP_FETCH_OUT", "/variable")],
    );
    assert_eq!(out(&flag, &variable), Address::Local("/flag".into()));
    assert_eq!(
        out(&["download"], &variable),
        Address::Local("/variable".into())
    );
    assert_eq!(out(&["download"], &[]), Address::Local("/profile".into()));
    let nowhere = sources_with(&["download"], &[], "").unwrap();
    let options: DownloadOptions = nowhere.options().unwrap();
    assert!(options.folder().is_err());
}

#[test]
fn what_a_profile_says_wrongly_harms_only_who_needs_it() {
    let config = "[profiles.main]\njobs = 0\nlimit_rate = \"fast\"\n";
    assert!(settings(&[], config).is_ok());
    let sources = sources_with(&["download"], &[], config).unwrap();
    let error = sources.options::<DownloadOptions>().unwrap_err();
    assert_eq!(error.line, Some(2), "{error}");
    let flags = ["download", "--jobs", "2", "--limit-rate", "1M"];
    let sources = sources_with(&flags, &[], config).unwrap();
    let options: DownloadOptions = sources.options().unwrap();
    assert_eq!(options.jobs.map(usize::from), Some(2));
}

#[test]
fn a_flag_that_was_not_typed_leaves_what_the_profile_says() {
    let config = "[profiles.main]\nrefetch = true\nno_ranges = true\n";
    let sources = sources_with(&["download", "--dry-run"], &[], config).unwrap();
    let options: DownloadOptions = sources.options().unwrap();
    assert!(options.refetch && options.no_ranges && options.dry_run && !options.no_resume);
}

#[test]
fn hosts_without_a_data_centre_bring_theirs_along() {
    for (variable, host) in [
        ("ZOHO_API_DOMAIN", "https://www.zohoapis.eu"),
        ("ZOHO_API_DOMAIN", "https://sandbox.zohoapis.eu"),
        ("ZOHO_ACCOUNTS_URL", "accounts.zoho.eu"),
        ("ZOHO_DOWNLOAD_DOMAIN", "download.zoho.eu"),
    ] {
        let settings = settings(&[(variable, host)], "").unwrap();
        assert_eq!(
            settings.accounts.host_str(),
            Some("accounts.zoho.eu"),
            "{host}"
        );
        assert!(settings.api.as_str().ends_with("zohoapis.eu/"), "{host}");
        let trusted = settings.client.trusted.names();
        assert!(
            trusted.contains(&"download-accl.zoho.eu".to_owned()),
            "{host}"
        );
        assert!(
            !trusted.iter().any(|name| name.contains("zoho.com")),
            "{host}"
        );
    }
    let profile = "[profiles.main]\napi_domain = \"https://www.zohoapis.in\"\n";
    let by_profile = settings(&[], profile).unwrap();
    assert_eq!(by_profile.accounts.host_str(), Some("accounts.zoho.in"));
}

#[test]
fn hosts_of_two_data_centres_are_refused_with_the_one_to_use() {
    let eu = ("ZOHO_API_DOMAIN", "https://www.zohoapis.eu");
    for (others, profile, named) in [
        (
            [("ZOHO_ACCOUNTS_URL", "https://accounts.zoho.in")],
            "",
            "--dc in",
        ),
        ([("ZOHO_DC", "us")], "", "--dc eu"),
        ([("X", "")], PROFILE, "--dc eu"),
    ] {
        let error = settings(&[eu, others[0]], profile).unwrap_err();
        assert!(error.to_string().contains("data centre eu"), "{error}");
        assert!(
            error.hint.as_ref().unwrap().contains(named),
            "{}",
            error.hint.as_ref().unwrap()
        );
    }
    let further = [
        ("ZOHO_DC", "eu"),
        ("ZOHO_DOWNLOAD_DOMAIN", "download.zoho.in"),
    ];
    assert!(
        settings(&further, "").is_ok(),
        "a further host beside a choice"
    );
}

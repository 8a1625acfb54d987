//! `--metrics`, read by a parser of our own that is as strict as the format.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chrono::Utc;

use super::{DATA, download, with_config, zoho};
use crate::support::faults::Fault;
use crate::support::run::files_under;
use crate::support::zoho::Zoho;

/// The value of each series, by its name and labels as they stand there.
fn parse(path: &Path) -> BTreeMap<String, f64> {
    let text = fs::read_to_string(path).expect("the metrics");
    assert!(text.ends_with('\n') && !text.contains('\r'), "{text}");
    let (mut series, mut families, mut family) = (BTreeMap::new(), BTreeSet::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').expect("a help");
            assert!(
                !help.is_empty() && families.insert(name.to_owned()),
                "{name} twice: {text}"
            );
            assert_eq!(
                lines.next(),
                Some(format!("# TYPE {name} gauge").as_str()),
                "{text}"
            );
            name.clone_into(&mut family);
            continue;
        }
        let (name, rest) = line.split_once('{').unwrap_or_else(|| panic!("{line}"));
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        assert!(
            name == family && name.bytes().all(is_name),
            "{line} below {family}"
        );
        let (labels, value) = rest.rsplit_once("} ").unwrap_or_else(|| panic!("{line}"));
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        let short = name.strip_prefix("backup_fetch_").expect("ours");
        let key = format!("{short}{{{labels}}}");
        assert!(series.insert(key, value).is_none(), "twice: {line}");
    }
    series
}

struct Metrics(BTreeMap<String, f64>, String);

impl Metrics {
    /// Those of one profile, for which these are the labels.
    fn of(zoho: &Zoho, profile: &str, org: &str) -> Metrics {
        let labels = format!("command=\"download\",profile=\"{profile}\",org=\"{org}\"");
        Metrics(parse(&zoho.home().join("m.prom")), labels)
    }

    fn get(&self, name: &str) -> Option<f64> {
        self.0.get(&format!("{name}{{{}}}", self.1)).copied()
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds")]
fn now() -> f64 {
    Utc::now().timestamp() as f64
}

#[test]
fn a_success_is_written_for_everybody_to_read_and_a_failure_keeps_when_it_was() {
    let zoho = zoho();
    let (before, org) = (now(), zoho.rules().org);
    let run = download(&zoho, &["--metrics", "m.prom"]);
    assert_eq!(run.code, 0, "{run}");
    let mode = fs::metadata(zoho.home().join("m.prom"))
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644);
    let good = Metrics::of(&zoho, "", &org);
    let is_now = |time: Option<f64>| time.is_some_and(|time| (before..=now()).contains(&time));
    assert!(
        is_now(good.get("last_run_timestamp_seconds")),
        "{:?}",
        good.0
    );
    assert!(
        is_now(good.get("last_success_timestamp_seconds")),
        "{:?}",
        good.0
    );
    assert!(
        is_now(good.get("last_backup_timestamp_seconds")),
        "{:?}",
        good.0
    );
    #[expect(clippy::cast_precision_loss, reason = "seconds, and a small file")]
    let (expiry, size) = (
        zoho.rules().expiry.timestamp() as f64,
        zoho.bytes_of(DATA).len() as f64,
    );
    for (name, value) in [
        ("success", 1.0),
        ("exit_code", 0.0),
        ("files", 1.0),
        ("bytes", size),
        ("fetched_bytes", size),
        ("links_expiry_timestamp_seconds", expiry),
    ] {
        assert_eq!(good.get(name), Some(value), "{name}: {:?}", good.0);
    }
    assert!(good.get("duration_seconds").is_some_and(|time| time > 0.0));

    // One that fails before it knows of whom it is.
    let run = zoho.cli().without("ZOHO_REFRESH_TOKEN").run([
        "download",
        "--out",
        "out",
        "--metrics",
        "m.prom",
    ]);
    assert_eq!(run.code, 2, "{run}");
    let bad = Metrics::of(&zoho, "", &org);
    assert_eq!(
        (bad.get("success"), bad.get("exit_code")),
        (Some(0.0), Some(2.0)),
        "{:?}",
        bad.0
    );
    for name in [
        "last_success_timestamp_seconds",
        "last_backup_timestamp_seconds",
    ] {
        assert_eq!(bad.get(name), good.get(name), "{name}");
    }
    assert_eq!(bad.get("files"), None, "not what this run has seen");
    assert!(bad.0.keys().all(|key| key.contains(&org)), "{:?}", bad.0);
    assert!(
        !files_under(zoho.home())
            .iter()
            .any(|name| name.contains(".backup-fetch-"))
    );
}

#[test]
fn a_backup_of_which_there_is_no_new_one_ages_while_its_runs_succeed() {
    let zoho = zoho();
    let org = zoho.rules().org;
    download(&zoho, &["--metrics", "m.prom"]);
    let first = Metrics::of(&zoho, "", &org);
    zoho.urls_reply(204, "", "");
    let run = download(&zoho, &["--metrics", "m.prom"]);
    assert_eq!(run.code, 0, "{run}");
    let second = Metrics::of(&zoho, "", &org);
    let backup = "last_backup_timestamp_seconds";
    assert!(
        second.get(backup).is_some() && second.get(backup) == first.get(backup),
        "{:?}",
        second.0
    );
    assert_eq!(
        (second.get("success"), second.get("files")),
        (Some(1.0), Some(0.0))
    );
}

#[test]
fn profiles_share_a_file_and_none_erases_another() {
    let zoho = zoho();
    let org = zoho.rules().org;
    let profile = |name: &str, more: &str| {
        format!("[profiles.{name}]\nmetrics = \"m.prom\"\nout = \"{name}\"\n{more}\n")
    };
    let config = profile("a", "")
        + &profile("b", "org = \"999\"")
        + &profile("c\\u0022}", "").replace("c\\u0022}", "\"c\\\"}\"");
    let config = config.replace("out = \"\"c\\\"}\"\"", "out = \"c\"");
    let cli = with_config(&zoho, &config);
    for (name, code) in [("a", 0), ("b", 6), ("c\"}", 0), ("b", 6)] {
        let run = cli.run(["download", "--profile", name]);
        assert_eq!(run.code, code, "{run}");
        assert!(!run.stderr.contains("warning: the metrics"), "{run}");
    }
    for (name, org, code) in [("a", &org, 0.0), ("b", &org, 6.0), ("c\\\"}", &org, 0.0)] {
        let metrics = Metrics::of(&zoho, name, org);
        assert_eq!(
            metrics.get("exit_code"),
            Some(code),
            "{name}: {:?}",
            metrics.0
        );
    }
}

#[test]
fn what_can_not_be_written_is_a_warning_and_what_is_not_ours_stays() {
    let zoho = zoho();
    let path = zoho.home().join("m.prom");
    fs::write(&path, "# HELP other x\nother 1\n").expect("it is ours");
    let run = download(&zoho, &["--metrics", "m.prom"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains(
            "warning: the metrics were not written: m.prom: line 2 is not from backup-fetch"
        ),
        "{run}"
    );
    assert_eq!(
        fs::read_to_string(&path).expect("it is there"),
        "# HELP other x\nother 1\n"
    );
    let run = download(&zoho, &["--metrics", "none/m.prom"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr
            .contains("warning: the metrics were not written: none/m.prom: "),
        "{run}"
    );
    zoho.always_for(DATA, Fault::Status(404, vec![], vec![]));
    fs::remove_dir_all(zoho.home().join("out")).expect("it is ours");
    assert_eq!(
        download(&zoho, &["--metrics", "none/m.prom"]).code,
        5,
        "the exit code of the run stays"
    );
}

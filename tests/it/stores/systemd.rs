//! `systemd` for a profile that saves to an object store.

use crate::support::tools::needs;
use crate::systemd::{PROFILE, configured, printed, takes_units_of, value, values};

fn profile(url: &str) -> String {
    PROFILE.replace("/srv/zoho", url)
}

#[test]
fn systemd_takes_the_units_of_a_store() {
    needs!(Program("systemd-analyze"));
    for url in [
        "s3://backups/100% zoho",
        "gs://backups",
        "az://backups/zoho",
    ] {
        takes_units_of(url);
    }
}

#[test]
fn the_service_needs_no_disk_but_a_cache() {
    let (home, cli) = configured(&profile("s3://backups/zoho"));
    let service = printed(&cli, ["--service"]).stdout;
    for key in ["ReadWritePaths", "RequiresMountsFor"] {
        assert_eq!(values(&service, key), [""; 0], "{service}");
    }
    assert_eq!(value(&service, "CacheDirectory"), "backup-fetch");
    assert_eq!(value(&service, "CacheDirectoryMode"), "0700");
    let variables = values(&service, "Environment");
    assert!(variables.contains(&"XDG_CACHE_HOME=%C"), "{service}");
    let command = value(&service, "ExecStart");
    assert!(command.contains(" --out s3://backups/zoho "), "{service}");
    let metrics = ["--out", "gs://backups", "--service"];
    let (_home, cli) = configured(&format!("{}metrics = \"~/prom/zoho.prom\"\n", profile("x")));
    drop(home);
    let service = printed(&cli, metrics).stdout;
    let writable = value(&service, "ReadWritePaths");
    assert!(
        writable.ends_with("/prom") && !writable.contains(' '),
        "{service}"
    );
}

/// A role of the machine needs none of it.
#[test]
fn what_lets_the_service_in_stands_in_a_file_for_root_alone() {
    for (url, variable) in [
        ("s3://backups/zoho", "AWS_SECRET_ACCESS_KEY=…"),
        ("gs://backups/zoho", "GOOGLE_APPLICATION_CREDENTIALS=…"),
        ("az://backups/zoho", "AZURE_STORAGE_ACCOUNT_KEY=…"),
    ] {
        let (_home, cli) = configured(&profile(url));
        let run = printed(&cli, []);
        let file = "/etc/backup-fetch/backup-fetch.env";
        let line = value(&run.stdout, "EnvironmentFile");
        assert_eq!(line, format!("-{file}"), "{run}");
        let step = format!("sudo install -D -m 600 /dev/null '{file}'");
        assert!(run.stderr.contains(&step), "{run}");
        assert!(run.stderr.contains(variable), "{run}");
    }
}

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

#[test]
fn a_staging_folder_of_the_profile_is_made_and_can_be_written() {
    let text = format!("{}staging = \"/var/spool/zoho\"\n", profile("s3://backups"));
    let (_home, cli) = configured(&text);
    let run = printed(&cli, []);
    assert_eq!(value(&run.stdout, "ReadWritePaths"), "-/var/spool/zoho");
    assert_eq!(values(&run.stdout, "CacheDirectory"), [""; 0]);
    let command = value(&run.stdout, "ExecStart");
    assert!(command.contains(" --staging /var/spool/zoho "), "{run}");
    assert!(
        run.stderr
            .contains("install -d -m 700 -o backup-fetch '/var/spool/zoho'"),
        "{run}"
    );
}

#[test]
fn what_lets_in_here_and_not_the_service_is_said() {
    let secrets = "store_options = { secret_access_key = { file = \"/home/ada/key\" }, session_token = { credential = \"token\" } }\n";
    let (home, cli) = configured(&format!("{}{secrets}", profile("s3://backups")));
    let files = home.path().join(".aws");
    std::fs::create_dir(&files).expect("a temporary folder");
    let cli = cli.env("AWS_SESSION_TOKEN", "canary").env("AZURE_X", "x");
    let run = printed(&cli, []);
    let left = format!(
        "not the service: AWS_SESSION_TOKEN, {}; put",
        files.display()
    );
    let unsure =
        "secret_access_key comes from the file /home/ada/key, which the service may not reach";
    for words in [&left, unsure] {
        assert!(run.stderr.contains(words), "{words}: {run}");
    }
    let handed = values(&run.stdout, "LoadCredential").join(" ");
    assert!(
        handed.contains("token:") && handed.contains("/token"),
        "{run}"
    );
    assert!(!format!("{run}").contains("canary"), "{run}");
}

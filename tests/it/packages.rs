//! What the packages hold beside the program.

use std::fs;
use std::path::Path;

use crate::support::run::folder;
use crate::support::tools::needs;
use crate::systemd::{analyze, configured, is_well_enclosed, printed, value, values};

fn packed(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(".ci/package")
        .join(name);
    fs::read_to_string(path).expect("a file of the packages")
}

/// What the packed service leaves open or says otherwise: it serves every profile, whatever its folder, as the user whose home
/// folder holds the configuration.
const OF_ONE_PROFILE: [&str; 9] = [
    "Environment",
    "ExecStart",
    "LoadCredential",
    "ProtectSystem",
    "ReadWritePaths",
    "RequiresMountsFor",
    "TimeoutStartSec",
    "Description",
    "PrivateTmp",
];

#[test]
fn the_packed_service_is_as_enclosed_as_the_printed_one() {
    let (_home, cli) = configured("[profiles.main]\nout = \"/srv/zoho\"\naccess_token = \"x\"\n");
    let run = printed(&cli, ["--service"]);
    let service = packed("backup-fetch.service");
    let settings = run.stdout.lines().filter_map(|line| line.split_once('='));
    let mut compared = 0;
    for (key, value) in settings.filter(|(key, _)| !key.starts_with('#')) {
        if OF_ONE_PROFILE.contains(&key) {
            continue;
        }
        assert!(
            values(&service, key).contains(&value),
            "the packed service lacks {key}={value}"
        );
        compared += 1;
    }
    assert!(compared > 25, "{run}");
}

#[test]
fn the_packed_timer_is_the_printed_one() {
    let (_home, cli) = configured("[profiles.main]\nout = \"/srv/zoho\"\naccess_token = \"x\"\n");
    let run = printed(&cli, ["--timer"]);
    let timer = packed("backup-fetch.timer");
    for key in ["OnCalendar", "Persistent", "RandomizedDelaySec", "WantedBy"] {
        assert_eq!(values(&timer, key), values(&run.stdout, key));
    }
}

#[test]
fn the_packed_service_calls_what_the_program_knows() {
    let service = packed("backup-fetch.service");
    let command = value(&service, "ExecStart");
    let words = command
        .strip_prefix("/usr/bin/backup-fetch ")
        .expect("the packed program");
    let (_home, cli) = configured(
        "[profiles.main]\nout = \"out\"\nrequire_mount = \"/none\"\naccess_token = \"x\"\n",
    );
    // It comes as far as the folder, and so it was understood.
    let run = cli.run(words.split(' '));
    assert_eq!(run.code, 7, "{run}");
    assert!(packed("sysusers.conf").contains(&format!("u {} ", value(&service, "User"))));
}

#[test]
fn systemd_takes_the_packed_units() {
    needs!(Program("systemd-analyze"));
    let units = folder();
    for name in ["backup-fetch.service", "backup-fetch.timer"] {
        let text =
            packed(name).replace("/usr/bin/backup-fetch", env!("CARGO_BIN_EXE_backup-fetch"));
        fs::write(units.path().join(name), text).expect("a temporary file");
    }
    let verify = [
        "verify",
        "--man=no",
        "./backup-fetch.service",
        "./backup-fetch.timer",
    ];
    let (is_fine, told) = analyze(units.path(), &verify);
    assert!(is_fine && told.is_empty(), "{told}");
    is_well_enclosed(units.path());
}

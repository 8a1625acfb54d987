//! `--require-mount`: nothing is written, and nobody is asked, while the disk for the backups is not there.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::bytes::small_zip;
use crate::support::elsewhere::is_windows;
use crate::support::faults::Fault;
use crate::support::mount::Mount;
use crate::support::run::{Run, files_under, wait_until};
use crate::support::tools::needs;
use crate::support::zoho::{Role, Zoho};
use crate::usage::refused;

const DATA: &str = "Data_001.zip";
const MARKER: &str = ".backup-fetch-mount";

fn zoho() -> Zoho {
    Zoho::start().with_file(DATA, small_zip(1, 3000))
}

/// Holds that the run ended before it wrote anything below the folder or talked to anybody.
fn did_nothing(zoho: &Zoho, run: &Run, why: &str) {
    assert_eq!(run.code, 7, "{run}");
    let (error, hint) = (
        format!("error: {}", zoho.home().display()),
        "hint: mount it",
    );
    for words in [&error, why, hint] {
        assert!(run.stderr.contains(words), "{words}: {run}");
    }
    assert!(zoho.requests().is_empty(), "{run}");
    assert!(
        !zoho.home().join("out/.backup-fetch.lock").exists(),
        "{run}"
    );
    assert_eq!(zoho.saved_bytes(DATA), None, "{run}");
}

#[test]
fn a_folder_on_which_no_disk_is_mounted_stays_as_it_is() {
    let zoho = zoho();
    fs::create_dir(zoho.home().join("out")).expect("it is ours");
    for more in [
        &["--out", "out"][..],
        &["--out", "out/zoho"],
        &["--out", "out", "--dry-run"],
    ] {
        let run = zoho
            .cli()
            .run(["download", "--require-mount", "out"].iter().chain(more));
        did_nothing(
            &zoho,
            &run,
            "out: the disk is not mounted: it is no mount point, and holds no .backup-fetch-mount",
        );
    }
    assert_eq!(files_under(&zoho.home().join("out")), [""; 0]);
    let run = zoho.run([
        "download",
        "--out",
        "other/zoho",
        "--require-mount",
        "other",
    ]);
    did_nothing(
        &zoho,
        &run,
        "other: the disk is not mounted: it does not exist",
    );
    assert!(!zoho.home().join("other").exists());
}

#[test]
fn a_disk_is_written_to_while_it_is_mounted_and_not_after() {
    needs!(Mount);
    let zoho = zoho();
    let mount = Mount::new(&zoho, "size=3m");
    let run = zoho.download(["--require-mount", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    drop(mount);
    let asked = zoho.requests().len();
    let run = zoho.download(["--require-mount", "out"]);
    assert_eq!((run.code, zoho.requests().len()), (7, asked), "{run}");
    assert_eq!(files_under(&zoho.home().join("out")), [""; 0]);
}

/// As the volumes of containers are: a folder of the same file system.
#[test]
fn a_bind_mount_counts() {
    needs!(Mount);
    let zoho = zoho();
    fs::create_dir(zoho.home().join("volume")).expect("it is ours");
    let mount = Mount::bind(&zoho, "volume");
    let run = zoho.run(["download", "--out", "out/zoho", "--require-mount", "out"]);
    assert_eq!(run.code, 0, "{run}");
    let run = zoho.run(["doctor", "--out", "out/zoho", "--require-mount", "out"]);
    assert_eq!(run.code, 0, "{run}");
    drop(mount);
    assert!(zoho.home().join("volume/zoho").is_dir());
    let run = zoho.run(["download", "--out", "out/zoho", "--require-mount", "out"]);
    assert_eq!(run.code, 7, "{run}");
}

#[test]
fn a_marker_counts_in_the_folder_or_as_the_path_itself() {
    for (marker, required) in [(MARKER, "disk"), ("this-is-it", "disk/this-is-it")] {
        let zoho = zoho();
        let marker = zoho.home().join("disk").join(marker);
        let download = || zoho.run(["download", "--out", "disk/out", "--require-mount", required]);
        fs::create_dir(zoho.home().join("disk")).expect("it is ours");
        did_nothing(
            &zoho,
            &download(),
            &format!("{required}: the disk is not mounted"),
        );
        fs::write(&marker, "").expect("it is ours");
        let run = download();
        assert_eq!(run.code, 0, "{run}");
        assert!(
            zoho.home().join("disk/out/.backup-fetch.lock").exists(),
            "{run}"
        );
    }
}

/// Also when another disk is there: a typo must not switch the guard off.
#[test]
fn a_path_that_the_folder_is_not_on_is_wrong_usage() {
    let zoho = zoho();
    for folder in ["disk", "other"] {
        fs::create_dir(zoho.home().join(folder)).expect("it is ours");
        fs::write(zoho.home().join(folder).join(MARKER), "").expect("it is ours");
    }
    symlink("../other", zoho.home().join("disk/link")).expect("it is ours");
    symlink("disk", zoho.home().join("same")).expect("it is ours");
    for (out, required) in [
        ("disk/out", "other"),
        ("disk/link/out", "disk"),
        ("disk/../other/out", "disk"),
        ("disk/out", "other/.backup-fetch-mount"),
        ("disk/out", "other/not/there"),
    ] {
        let run = zoho.run(["download", "--out", out, "--require-mount", required]);
        refused(
            &run,
            "is not on ",
            "the folder on which its disk is mounted",
        );
    }
    // The root of a drive may be missing.
    if !is_windows() {
        let run = zoho.run(["download", "--out", "disk/out", "--require-mount", "/"]);
        refused(&run, "/ is always a mount point", "name the folder");
    }
    assert!(zoho.requests().is_empty());
    assert!(!zoho.home().join("other/out").exists());
    let run = zoho.run(["download", "--out", "disk/out", "--require-mount", "same"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn a_profile_can_require_it_and_doctor_shows_it() {
    let zoho = zoho();
    let disk = zoho.home().join("disk");
    fs::create_dir(&disk).expect("it is ours");
    let config = zoho.home().join("config.toml");
    let profile = format!(
        "[profiles.main]\nout = {0:?}\nrequire_mount = {0:?}\n",
        disk.display().to_string()
    );
    fs::write(&config, profile).expect("it is ours");
    let run = |command| zoho.run([command, "--config", &config.display().to_string()]);
    did_nothing(&zoho, &run("download"), "disk: the disk is not mounted");
    let examined = run("doctor");
    assert_eq!(examined.code, 7, "{examined}");
    assert!(examined.stdout.contains("failed   mount"), "{examined}");
    fs::write(disk.join(MARKER), "").expect("it is ours");
    let examined = run("doctor");
    assert_eq!(examined.code, 0, "{examined}");
    assert!(
        examined.stdout.contains("disk: the disk is there"),
        "{examined}"
    );
    assert_eq!(run("download").code, 0);
}

/// A run may wait for hours before it writes anything.
#[test]
fn a_disk_that_goes_before_the_first_file_is_noticed() {
    let zoho = zoho();
    let disk = zoho.home().join("disk");
    fs::create_dir(&disk).expect("it is ours");
    fs::write(disk.join(MARKER), "").expect("it is ours");
    zoho.fault_for_call("GET", "urls", Fault::StallAfter(0));
    let args = [
        "download",
        "--out",
        "disk/out",
        "--require-mount",
        "disk",
        "--stall-timeout",
        "2s",
    ];
    let running = zoho.cli().spawn(args);
    wait_until("it asks for the links", || {
        !zoho.requests_to(Role::Api).is_empty()
    });
    fs::remove_file(disk.join(MARKER)).expect("it is ours");
    let run = running.wait();
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("the disk is not mounted"), "{run}");
    assert_eq!(files_under(&disk), [""; 0]);
}

/// What lies in the folder below the disk is of another time.
#[test]
fn nothing_is_pruned_while_the_disk_is_not_there() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    let before = files_under(&zoho.home().join("out"));
    let prune = ["prune", "--out", "out", "--keep-last", "1"];
    let run = zoho
        .cli()
        .run(prune.iter().chain(&["--require-mount", "out"]));
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("out: the disk is not mounted"), "{run}");
    assert_eq!(files_under(&zoho.home().join("out")), before);
    fs::write(zoho.home().join("out").join(MARKER), "").expect("it is ours");
    let run = zoho
        .cli()
        .run(prune.iter().chain(&["--require-mount", "out"]));
    assert_eq!(run.code, 0, "{run}");
}

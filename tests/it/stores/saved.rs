//! `list --saved` and `check` of sets in a store: what they say is what they say of a folder, and hundreds of sets cost two
//! requests each at most, many of them at once.

use chrono::{TimeDelta, Utc};

use super::copied::{PREFIX, copy, reads};
use crate::list_saved::save;
use crate::support::run::{Cli, folder};
use crate::support::stores::{Between, Does, Gate, Moment, Moto, S3, Seen, Store};
use crate::support::tools::needs;

const SETS: usize = 24;

/// Sets of a day each on a disk and in a store.
struct Nights {
    home: tempfile::TempDir,
    store: S3,
    between: Between,
}

impl Nights {
    fn of(sets: usize) -> Nights {
        let home = folder();
        for number in 1..=sets {
            let at = Utc::now() - TimeDelta::days(i64::try_from(sets - number).expect("few"));
            save(home.path(), &format!("1-{number}"), at);
        }
        let store = S3::start();
        copy(&home.path().join("out"), &store);
        let between = Between::start(&store);
        Nights {
            home,
            store,
            between,
        }
    }

    fn cli(&self) -> Cli {
        Cli::new(self.home.path()).through(&self.between)
    }

    fn url(&self) -> String {
        self.store.url(PREFIX)
    }

    fn counted(&self, action: &str) -> usize {
        let seen = self.between.seen();
        seen.iter().filter(|it| it.action() == action).count()
    }
}

#[test]
fn sets_in_a_store_are_listed_as_those_in_a_folder() {
    needs!(S3);
    let nights = Nights::of(SETS);
    let out = nights.home.path().join("out").display().to_string();
    for args in [&["list", "--saved"][..], &["list", "--json", "--saved"]] {
        let on_disk = nights.cli().run([args, &["out"]].concat());
        let in_store = nights.cli().run([args, &[&nights.url()]].concat());
        assert_eq!((on_disk.code, in_store.code), (0, 0), "{on_disk}{in_store}");
        let place = |text: &str| text.replace(&out, "PLACE").replace(&nights.url(), "PLACE");
        assert_eq!(place(&in_store.stdout), place(&on_disk.stdout));
        assert_eq!(place(&in_store.stderr), place(&on_disk.stderr));
    }
}

#[test]
fn a_set_costs_its_manifest_and_one_list_and_many_are_asked_for_at_once() {
    needs!(S3);
    let nights = Nights::of(SETS);
    let hold = |_| {
        let manifest = reads("manifest.json");
        nights.between.hold(Moment::Before, manifest)
    };
    let mut gates: Vec<_> = (0..5).map(hold).collect();
    let running = nights.cli().spawn(["list", "--saved", &nights.url()]);
    // None is answered before all of these have come.
    gates.iter_mut().for_each(Gate::wait);
    gates.into_iter().for_each(Gate::open);
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(nights.counted("GetObject"), SETS);
    // One to see that it is no set, one for the names, and one for each set.
    assert_eq!(nights.counted("ListObjectsV2"), SETS + 2);
    assert_eq!(nights.between.seen().len(), 2 * SETS + 2);
}

#[test]
fn a_check_reads_manifests_and_one_list_of_the_newest() {
    needs!(S3);
    let nights = Nights::of(SETS);
    let run = nights
        .cli()
        .run(["check", "--max-age", "1d", "--out", &nights.url()]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains(&format!("1-{SETS}")), "{run}");
    assert_eq!(nights.between.seen().len(), SETS + 3);
}

#[test]
fn a_file_that_is_gone_from_a_store_is_told() {
    needs!(S3);
    let nights = Nights::of(2);
    nights.store.remove(&format!("{PREFIX}/1-2/Data_001.zip"));
    let run = nights.cli().run(["list", "--saved", &nights.url()]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("files missing"), "{run}");
    let run = nights
        .cli()
        .run(["check", "--max-age", "12h", "--out", &nights.url()]);
    assert_eq!(run.code, 9, "{run}");
    assert!(run.stderr.contains("1-2 does not count"), "{run}");
}

#[test]
fn an_empty_place_holds_no_backup_and_a_typo_is_an_error() {
    needs!(S3);
    let nights = Nights::of(1);
    let typo = nights.store.url("elsewhere");
    let run = nights.cli().run(["list", "--saved", &typo]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("nothing is stored there"), "{run}");
    let run = nights
        .cli()
        .run(["check", "--max-age", "1d", "--out", &typo]);
    assert_eq!(run.code, 9, "{run}");
    assert!(run.stderr.contains("no complete backup"), "{run}");
    let run = nights
        .cli()
        .run(["prune", "--dry-run", "--keep-last", "1", "--out", &typo]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("nothing is stored there"), "{run}");
}

#[test]
fn a_store_that_does_not_answer_is_unknown_and_not_critical() {
    needs!(S3, Moto);
    let nights = Nights::of(2);
    let plugin = ["check", "--nagios", "--max-age", "1d", "--out"];
    let denied = || Does::Answer(403, "<Error><Code>AccessDenied</Code></Error>".to_owned());
    let is_read = |seen: &Seen| reads("1-2/manifest.json")(seen);
    nights.between.on(1, is_read, denied());
    let is_list_of_set = |seen: &Seen| seen.query.contains("1-2%2F");
    nights.between.on(1, is_list_of_set, denied());
    for _ in 0..2 {
        let run = nights.cli().run([&plugin[..], &[&nights.url()]].concat());
        assert_eq!(run.code, 3, "{run}");
        assert!(run.stdout.starts_with("BACKUP UNKNOWN - s3://"), "{run}");
    }
    let run = nights.cli().run([&plugin[..], &[&nights.url()]].concat());
    assert_eq!(run.code, 0, "{run}");
    let cli = nights.cli().with_store(&Moto::start());
    let run = cli.run([&plugin[..], &["s3://nobody-has-this-one/crm"]].concat());
    assert_eq!(run.code, 3, "{run}");
    assert!(run.stdout.contains("nobody-has-this-one"), "{run}");
}

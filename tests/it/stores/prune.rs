//! Old sets go from a store as they go from a disk: by the same rules, in the same words, whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use serde_json::Value;

use crate::prune::property::{Saved, State, contents, make, rule, saved};
use crate::prune::sets::Sets;
use crate::prune::{is, three};
use crate::support::run::{Cli, Run, wait_until};
use crate::support::stores::{Between, Does, Moment, Moto, S3, Seen, Store};
use crate::support::tools::{Need, needs};

const FILES: [&str; 4] = [
    "Data_001.zip",
    "Data_002.zip",
    "SHA256SUMS",
    "manifest.json",
];
const REMOVED: &str = ".removed.json";
const LOCK: &str = ".backup-fetch.lock";
const LEFT_OVER: &str = "left over: its removal was interrupted";

/// Puts the sets of a folder below a prefix.
fn store(sets: &Sets, store: &dyn Store, prefix: &str) {
    for (path, content) in contents(&sets.out()) {
        if path != LOCK {
            store.write(&format!("{prefix}/{path}"), &content);
        }
    }
}

/// What is below a prefix, without the lock.
fn below(store: &dyn Store, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let prefix = format!("{prefix}/");
    let objects = store.objects().into_iter();
    let below = objects.filter_map(|(key, content)| {
        let path = key.strip_prefix(&prefix)?;
        (path != LOCK).then(|| (path.to_owned(), content))
    });
    below.collect()
}

fn names(store: &dyn Store, prefix: &str) -> Vec<String> {
    below(store, prefix).into_keys().collect()
}

fn files_of(name: &str) -> Vec<String> {
    FILES.map(|file| format!("{name}/{file}")).to_vec()
}

fn prune<const N: usize>(cli: &Cli, url: &str, args: [&str; N]) -> Run {
    cli.run(["prune", "--out", url].into_iter().chain(args))
}

/// Three sets below a prefix, and something between them and the program.
struct Three {
    sets: Sets,
    s3: S3,
    between: Between,
}

impl Three {
    fn new() -> Three {
        let (sets, s3) = (three(), S3::start());
        store(&sets, &s3, "b");
        let between = Between::start(&s3);
        Three { sets, s3, between }
    }

    fn cli(&self) -> Cli {
        self.sets.cli().through(&self.between)
    }

    fn prune<const N: usize>(&self, args: [&str; N]) -> Run {
        prune(&self.cli(), &self.s3.url("b"), args)
    }

    fn names(&self) -> Vec<String> {
        names(&self.s3, "b")
    }

    /// The oldest set as a removal leaves it that was killed.
    fn begin_removal(&self) {
        let manifest = self.s3.objects()["b/1-1/manifest.json"].clone();
        self.s3.write(&format!("b/1-1/{REMOVED}"), &manifest);
        self.s3.remove("b/1-1/manifest.json");
        self.s3.remove("b/1-1/Data_001.zip");
    }

    /// The second and third set are there, and nothing else.
    fn two_are_left(&self, run: &Run) {
        let left = [files_of("1-2"), files_of("1-3")].concat();
        assert_eq!(self.names(), left, "{run}");
    }
}

fn changes(seen: &Seen) -> bool {
    ["PutObject", "DeleteObject"].contains(&seen.action()) && !seen.key().ends_with(LOCK)
}

/// The one that comes after so many others.
fn change_after(others: usize) -> impl Fn(&Seen) -> bool {
    let seen_before = AtomicUsize::new(0);
    move |seen| changes(seen) && seen_before.fetch_add(1, Ordering::Relaxed) == others
}

#[test]
fn what_no_rule_keeps_goes_and_nothing_else_does() {
    needs!(S3);
    let three = Three::new();
    // As a neighbour's, as a set whose name begins alike, and as a file of somebody.
    let others = ["b2/1-1/manifest.json", "b/1-12/notes", "b/notes", "1-1"];
    for key in others {
        three.s3.write(key, b"not ours");
    }
    let run = three.prune(["--keep-last", "2"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("  1-1     no rule keeps it\n"), "{run}");
    assert!(
        run.stderr.contains("1 backup removed, ") && run.stderr.contains(" freed, 2 kept"),
        "{run}"
    );
    for key in others {
        three.s3.remove(key);
    }
    three.two_are_left(&run);
}

#[test]
fn the_manifest_goes_first_and_what_proves_the_rest_last() {
    needs!(S3);
    let three = Three::new();
    let run = three.prune(["--keep-last", "2"]);
    assert_eq!(run.code, 0, "{run}");
    let seen = three.between.seen();
    let steps = seen.iter().filter(|seen| changes(seen));
    let steps: Vec<String> = steps
        .map(|it| format!("{} {}", it.method, it.key()))
        .collect();
    let [first, second, files @ .., last] = &steps[..] else {
        panic!("{steps:?}");
    };
    assert_eq!(first, "PUT b/1-1/.removed.json");
    assert_eq!(second, "DELETE b/1-1/manifest.json");
    assert_eq!(files.len(), 3, "{steps:?}");
    assert_eq!(last, "DELETE b/1-1/.removed.json");
}

#[test]
fn a_kill_at_any_change_leaves_a_whole_set_or_none_and_the_next_run_finishes() {
    needs!(S3);
    for moment in [Moment::Before, Moment::After] {
        for skipped in 0.. {
            let three = Three::new();
            let what = format!("killed {moment:?} change {skipped}");
            let mut gate = three.between.hold(moment, change_after(skipped));
            let url = three.s3.url("b");
            // A lock would stay for minutes.
            let args = ["prune", "--out", &url, "--lock", "none", "--keep-last", "2"];
            let mut running = three.cli().spawn(args);
            wait_until("it comes to the change, or to its end", || {
                gate.is_reached() || !running.is_running()
            });
            if !gate.is_reached() {
                assert!(skipped > 5, "{what}: {}", running.wait());
                break;
            }
            running.kill();
            drop(gate);
            running.wait();
            let now = three.names();
            let has = |file: &str| now.contains(&format!("1-1/{file}"));
            if has("manifest.json") {
                assert!(FILES.iter().all(|file| has(file)), "{what}: {now:?}");
            }
            let again = three.prune(["--keep-last", "2"]);
            assert_eq!(again.code, 0, "{what}: {again}");
            three.two_are_left(&again);
        }
    }
}

#[test]
fn a_store_that_refuses_any_change_is_told_and_the_next_run_finishes() {
    needs!(S3);
    let denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
    for refused in 0..6 {
        let three = Three::new();
        let is_due = change_after(refused);
        three
            .between
            .on(1, is_due, Does::Answer(403, denied.to_owned()));
        let run = three.prune(["--keep-last", "2"]);
        assert_eq!(run.code, 7, "{refused}: {run}");
        assert!(run.stderr.contains("/b/1-1/"), "{refused}: {run}");
        let again = three.prune(["--keep-last", "2"]);
        assert_eq!(again.code, 0, "{refused}: {again}");
        three.two_are_left(&again);
    }
}

#[test]
fn one_that_cant_be_removed_does_not_keep_the_others() {
    needs!(S3);
    let three = Three::new();
    let denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
    let is_of_first = |seen: &Seen| seen.method == "DELETE" && seen.key() == "b/1-1/manifest.json";
    three
        .between
        .on(1, is_of_first, Does::Answer(403, denied.to_owned()));
    let run = three.prune(["--keep-last", "1", "--json"]);
    assert_eq!(run.code, 7, "{run}");
    let document = run.json();
    assert_eq!(document["removed"], 1, "{run}");
    let mut left = files_of("1-1");
    left.insert(0, format!("1-1/{REMOVED}"));
    assert_eq!(three.names(), [left, files_of("1-3")].concat());
}

#[test]
fn what_is_locked_is_said_to_go_another_time() {
    needs!(S3);
    let three = Three::new();
    let locked = "<Error><Code>AccessDenied</Code><Message>Access Denied because object protected by object lock.</Message></Error>";
    let is_of_first = |seen: &Seen| seen.method == "DELETE" && seen.key() == "b/1-1/manifest.json";
    let does = Does::Answer(403, locked.to_owned());
    three.between.on(1, is_of_first, does);
    let run = three.prune(["--keep-last", "2"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(
        run.stderr.contains("error: can't be removed yet: s3://"),
        "{run}"
    );
    assert!(run.stderr.contains("/b/1-1/manifest.json"), "{run}");
}

#[test]
fn a_mount_is_not_asked_for_where_nothing_is_mounted() {
    needs!(S3);
    let three = Three::new();
    let run = three.prune(["--keep-last", "2", "--require-mount", "/"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("where nothing is mounted"), "{run}");
    assert_eq!(three.names().len(), 12, "{run}");
}

#[test]
fn a_removal_that_was_begun_is_told_by_a_dry_run_and_is_no_set() {
    needs!(S3);
    let three = Three::new();
    three.begin_removal();
    let dry = three.prune(["--keep-last", "9", "--dry-run", "--json"]);
    is(&dry, "1-1", "remove", LEFT_OVER);
    assert!(three.names().contains(&"1-1/Data_002.zip".to_owned()));
    let run = three.prune(["--keep-last", "9"]);
    assert_eq!(run.code, 0, "{run}");
    three.two_are_left(&run);
}

#[test]
fn what_is_left_of_a_set_is_not_listed() {
    needs!(S3);
    let three = Three::new();
    three.begin_removal();
    let run = three.cli().run(["list", "--saved", &three.s3.url("b")]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains(" 1-2\n"), "{run}");
    assert!(
        !run.stdout.contains(" 1-1\n") && !run.stderr.contains("1-1"),
        "{run}"
    );
}

#[test]
fn what_is_left_of_a_set_and_does_not_prove_to_be_ours_stays() {
    needs!(S3);
    for change in ["another set", "a foreign object", "no copy"] {
        let three = Three::new();
        three.begin_removal();
        let why = match change {
            "another set" => {
                let manifest = three.s3.objects()["b/1-2/manifest.json"].clone();
                three.s3.write(&format!("b/1-1/{REMOVED}"), &manifest);
                "its manifest is not that of a removed backup"
            }
            "a foreign object" => {
                three.s3.write("b/1-1/deep/Data_001.zip", b"mine");
                "it holds deep/Data_001.zip, which is not ours"
            }
            _ => {
                three.s3.remove(&format!("b/1-1/{REMOVED}"));
                "not a backup: it has no manifest"
            }
        };
        let before = three.names();
        let run = three.prune(["--keep-last", "9", "--json"]);
        assert_eq!(run.code, 0, "{change}: {run}");
        is(&run, "1-1", "skip", why);
        assert_eq!(three.names(), before, "{change}: {run}");
    }
}

#[test]
fn what_an_interrupted_removal_left_beside_a_whole_set_counts_for_nothing_and_goes() {
    needs!(S3);
    let three = Three::new();
    three
        .s3
        .write(&format!("b/1-3/{REMOVED}"), b"of another time");
    three
        .s3
        .write(&format!("b/1-1/{REMOVED}"), b"of another time");
    let run = three.prune(["--keep-last", "2"]);
    assert_eq!(run.code, 0, "{run}");
    three.two_are_left(&run);
}

#[test]
fn a_set_that_is_changed_meanwhile_stays() {
    needs!(S3);
    let three = Three::new();
    let is_marked = |seen: &Seen| seen.action() == "PutObject" && seen.key().ends_with(REMOVED);
    let mut gate = three.between.hold(Moment::After, is_marked);
    let url = three.s3.url("b");
    let args = ["prune", "--out", &url, "--keep-last", "2"];
    let running = three.cli().spawn(args);
    gate.wait();
    let key = "b/1-1/manifest.json";
    let manifest = three.s3.objects()[key].clone();
    three.s3.write(key, &[&manifest[..], b"\n"].concat());
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 8, "{run}");
    assert!(
        files_of("1-1")
            .iter()
            .all(|name| three.names().contains(name)),
        "{run}"
    );
}

#[test]
fn what_comes_while_a_set_is_removed_stays_and_so_does_the_proof() {
    needs!(S3);
    let three = Three::new();
    let is_manifest =
        |seen: &Seen| seen.method == "DELETE" && seen.key().ends_with("/manifest.json");
    let mut gate = three.between.hold(Moment::After, is_manifest);
    let url = three.s3.url("b");
    let args = ["prune", "--out", &url, "--keep-last", "2"];
    let running = three.cli().spawn(args);
    gate.wait();
    three.s3.write("b/1-1/notes", b"mine");
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 8, "{run}");
    let names = three.names();
    assert_eq!(
        names[..2],
        [format!("1-1/{REMOVED}"), "1-1/notes".to_owned()],
        "{run}"
    );
}

#[test]
fn a_signal_ends_it_in_good_order_and_frees_the_store() {
    needs!(S3);
    let three = Three::new();
    let is_last = |seen: &Seen| seen.method == "DELETE" && seen.key().ends_with(REMOVED);
    let mut gate = three.between.hold(Moment::Before, is_last);
    let url = three.s3.url("b");
    let running = three
        .cli()
        .spawn(["prune", "--out", &url, "--keep-last", "1"]);
    gate.wait();
    running.signal("INT");
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 130, "{run}");
    assert!(run.stderr.contains("1 backup removed, "), "{run}");
    three.two_are_left(&run);
    // At once, without a wait for the lock.
    let again = three.prune(["--keep-last", "2"]);
    assert_eq!(again.code, 0, "{again}");
}

#[test]
fn nothing_is_said_to_be_freed_where_old_versions_are_kept() {
    needs!(Moto);
    let (sets, moto) = (three(), Moto::start());
    let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    moto.ask("PUT", "?versioning", versioning.as_bytes());
    store(&sets, &moto, "b");
    let cli = sets.cli().with_store(&moto);
    for (dry, said) in [
        (true, "1 backup would be removed and"),
        (false, "1 backup removed,"),
    ] {
        let more = if dry { "--dry-run" } else { "--color=never" };
        let run = prune(&cli, &moto.url("b"), ["--keep-last", "2", more]);
        assert_eq!(run.code, 0, "{run}");
        let said = format!("{said} nothing freed while the bucket keeps old versions, 2 kept");
        assert!(run.stderr.contains(&said), "{run}");
    }
    assert_eq!(
        names(&moto, "b"),
        [files_of("1-2"), files_of("1-3")].concat()
    );
}

#[test]
fn many_sets_are_looked_at_several_at_a_time() {
    needs!(S3);
    let (sets, s3) = (Sets::new(), S3::start());
    for job in 10..50 {
        sets.add(&format!("1-{job}"), &format!("2026-01-01T10:00:{job}Z"));
    }
    store(&sets, &s3, "b");
    let between = Between::start(&s3);
    let cli = sets.cli().through(&between);
    let run = prune(&cli, &s3.url("b"), ["--keep-last", "50", "--dry-run"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("40 backups kept"), "{run}");
    assert!(between.most_at_once(|seen| seen.action() == "GetObject") > 1);
    assert!(between.most_at_once(|seen| seen.action() == "ListObjectsV2") > 1);
}

/// Equal but for where it is.
fn document(run: &Run) -> Value {
    let mut document = run.json();
    document["folder"].take();
    document
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_history_has_the_same_table_and_the_same_end_as_on_a_disk(
        history in proptest::collection::vec(saved(), 1..9),
        rules in proptest::collection::vec(rule(), 1..3),
    ) {
        if !Need::S3.is_met() {
            return Ok(());
        }
        let (sets, s3) = (Sets::new(), S3::start());
        let has_links = |(_, _, state): &&Saved| *state == State::Linked;
        for (index, saved) in history.iter().filter(|saved| !has_links(saved)).enumerate() {
            make(&sets, index, *saved);
        }
        // Without anything at all a prefix is not there, and a folder is.
        fs::write(sets.out().join("notes.txt"), "ours").expect("a file");
        store(&sets, &s3, "b");
        s3.write("b2/1-1/manifest.json", b"not ours");
        let cli = sets.cli().with_store(&s3);
        let on_disk = |more: &str| sets.prune(rules.iter().map(String::as_str).chain([more, "--lock=none"]));
        let in_store = |more: &str| {
            let (first, url) = (["prune", "--out"], s3.url("b"));
            let rest = rules.iter().map(String::as_str).chain([more, "--lock=none"]);
            cli.run(first.into_iter().chain([url.as_str()]).chain(rest))
        };
        let (disk, stored) = (on_disk("--dry-run"), in_store("--dry-run"));
        prop_assert_eq!(&stored.stdout, &disk.stdout, "{}{}", stored, disk);
        let (disk, stored) = (on_disk("--json"), in_store("--json"));
        prop_assert_eq!(stored.code, disk.code, "{}{}", stored, disk);
        prop_assert_eq!(document(&stored), document(&disk));
        prop_assert_eq!(below(&s3, "b"), contents(&sets.out()), "{}", stored);
        prop_assert_eq!(names(&s3, "b2"), ["1-1/manifest.json"]);
    }
}

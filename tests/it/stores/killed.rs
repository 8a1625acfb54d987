//! Killed with -9 at every step, and at any time: the next run completes the set, and nothing is left of the first one.

use std::fmt::Debug;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::TimeDelta;

use super::place::{LARGE, Place, SMALL, is};
use crate::support::bytes::small_zip;
use crate::support::run::Cli;
use crate::support::stores::{Does, Moment, Moto, S3, Seen, Store};
use crate::support::tools::needs;

/// Cases at the same time: each of them waits most of the time.
const AT_ONCE: usize = 4;

/// A request of a run: what it asks for, and how many of the same came before.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    action: &'static str,
    key: String,
    before: usize,
}

impl Step {
    /// All of a run that nobody kills.
    fn all(store: impl Store) -> Vec<Step> {
        let place = Place::at(store);
        let run = place.run([]);
        assert_eq!(run.code, 0, "{run}");
        place.must_be_complete();
        let mut steps: Vec<Step> = Vec::new();
        for seen in place.between.seen() {
            let (action, key) = (seen.action(), seen.key());
            let is_same = |step: &&Step| step.action == action && step.key == key;
            let before = steps.iter().filter(is_same).count();
            steps.push(Step {
                action,
                key,
                before,
            });
        }
        steps
    }

    fn matches(&self) -> impl Fn(&Seen) -> bool + Send + 'static {
        let (step, came) = (self.clone(), AtomicUsize::new(0));
        move |seen| {
            seen.action() == step.action
                && seen.key() == step.key
                && came.fetch_add(1, Ordering::Relaxed) == step.before
        }
    }
}

/// Which files are objects, by what was put there.
fn uploaded<S: Store>(place: &Place<S>) -> Vec<&'static str> {
    let keys = place.store.keys();
    let files = [SMALL, LARGE].into_iter();
    files
        .filter(|name| keys.contains(&Place::<S>::key(name)))
        .collect()
}

/// Whether the store was asked for an upload of which no name has arrived: a store that tells nobody which uploads it has
/// leaves it to a rule of the bucket.
fn is_upload_unheard<S: Store>(place: &Place<S>) -> bool {
    let staged = place.staged().into_iter();
    let mut journals = staged.filter(|name| name.ends_with(".upload"));
    let home = place.staging();
    journals.any(|name| {
        let journal = fs::read_to_string(home.join(name));
        !journal.unwrap_or_default().contains("{\"upload\":")
    })
}

/// Runs again where one was killed, and says what is wrong then.
pub fn run_again<S: Store>(place: &Place<S>) -> Vec<String> {
    let (there, is_unheard) = (uploaded(place), is_upload_unheard(place));
    let asked = place.between.seen().len();
    let fetched = || -> usize {
        let there = there.iter();
        there.map(|name| place.zoho.requests_for(name).len()).sum()
    };
    let before = fetched();
    let run = place.run([]);
    let mut faults = place.faults();
    if fetched() != before {
        faults.push(format!("fetched again: {there:?}"));
    }
    let verify = Cli::new(place.zoho.home()).with_store(&place.store);
    let verify = verify.run(["verify", &place.store.url("backups")]);
    if verify.code != 0 {
        faults.push(verify.to_string());
    }
    if is_unheard && !place.store.tells_uploads() {
        faults.retain(|fault| !fault.starts_with("orphan uploads"));
    }
    if run.code != 0 {
        faults.push(run.to_string());
    }
    for seen in &place.between.seen()[asked..] {
        let puts = [
            "PutObject",
            "CreateMultipartUpload",
            "CompleteMultipartUpload",
        ];
        let is_there = there.iter().any(|name| seen.key() == Place::<S>::key(name));
        if is_there && puts.contains(&seen.action()) {
            faults.push(format!("put again: {}", seen.key()));
        }
    }
    faults
}

/// Tries every case, and names those that fail.
pub fn try_all<C: Debug + Sync>(
    cases: &[C],
    fails: impl Fn(&C) -> Vec<String> + Sync,
) -> Vec<String> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let faults = fails(case);
                    if !faults.is_empty() {
                        let mut failed = failed.lock().expect("nobody panics");
                        failed.push(format!("{case:?}: {}", faults.join("\n")));
                    }
                }
            });
        }
    });
    failed.into_inner().expect("nobody panics")
}

/// Kills a run before and after each of these steps.
fn kill_at<S: Store>(start: impl Fn() -> S + Sync, steps: Vec<Step>) {
    let moments = [Moment::Before, Moment::After];
    let cases = steps.into_iter();
    let cases: Vec<_> = cases
        .flat_map(|step| moments.map(|moment| (step.clone(), moment)))
        .collect();
    let failed = try_all(&cases, |(step, moment)| {
        let place = Place::at(start());
        let mut gate = place.between.hold(*moment, step.matches());
        let mut running = place.spawn([]);
        gate.wait();
        running.kill();
        drop(running);
        drop(gate);
        run_again(&place)
    });
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn killed_at_any_request_the_next_run_completes_the_set() {
    needs!(S3);
    kill_at(S3::start, Step::all(S3::start()));
}

/// Where the store tells of each upload that is left.
#[test]
fn killed_at_any_request_of_an_upload_the_next_run_leaves_none() {
    needs!(Moto);
    let mut steps = Step::all(Moto::start());
    steps.retain(|step| step.key.ends_with(LARGE));
    assert!(
        steps
            .iter()
            .any(|step| step.action == "CompleteMultipartUpload")
    );
    kill_at(Moto::start, steps);
}

#[test]
fn killed_at_any_time_the_next_run_completes_the_set() {
    needs!(S3);
    let place = Place::at(S3::start());
    let began = Instant::now();
    assert_eq!(place.run([]).code, 0);
    let whole = began.elapsed();
    let mut random = fastrand::Rng::with_seed(14);
    let times = (0..20).map(|_| whole.mul_f64(random.f64()));
    let times: Vec<Duration> = times.collect();
    let failed = try_all(&times, |time| {
        let place = Place::at(S3::start());
        let mut running = place.spawn([]);
        thread::sleep(*time);
        running.kill();
        drop(running);
        run_again(&place)
    });
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Held and killed there.
fn killed_at<S: Store>(place: &Place<S>, moment: Moment, at: (&'static str, &'static str)) {
    let mut gate = place.between.hold(moment, is(at.0, at.1));
    let mut running = place.spawn([]);
    gate.wait();
    running.kill();
    running.wait();
}

#[test]
fn an_upload_whose_id_never_arrived_is_found_and_ended() {
    needs!(Moto);
    for moment in [Moment::Before, Moment::After] {
        let place = Place::at(Moto::start());
        killed_at(&place, moment, ("CreateMultipartUpload", LARGE));
        let is_begun = moment == Moment::After;
        assert_eq!(place.store.uploads().len(), usize::from(is_begun));
        let run = place.run([]);
        assert_eq!(run.code, 0, "{run}");
        place.must_be_complete();
        assert!(!run.stderr.contains("does not say"), "{run}");
    }
}

#[test]
fn what_a_store_does_not_tell_of_uploads_is_said() {
    needs!(S3);
    let place = Place::at(S3::start());
    killed_at(&place, Moment::After, ("CreateMultipartUpload", LARGE));
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    let words = "a lifecycle rule that aborts incomplete uploads removes it";
    assert!(run.stderr.contains(words), "{run}");
}

#[test]
fn with_the_staging_folder_lost_as_well_what_is_in_the_store_is_not_fetched_again() {
    needs!(S3);
    let place = Place::at(S3::start());
    killed_at(&place, Moment::Before, ("PutObject", "SHA256SUMS"));
    fs::remove_dir_all(place.zoho.home().join("cache")).expect("it is there");
    place
        .store
        .age("backups/.backup-fetch.lock", Duration::from_secs(360));
    let faults = run_again(&place);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A store may be at work on a request for longer than its sender lives.
#[test]
fn an_object_that_comes_after_the_first_look_at_the_set_is_taken_over() {
    needs!(S3);
    let place = Place::at(S3::start());
    killed_at(&place, Moment::After, ("CompleteMultipartUpload", LARGE));
    let is_look = |seen: &Seen| {
        let is_list = seen.action() == "ListObjectsV2";
        is_list && seen.query.contains("510000000099001")
    };
    let nothing = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let nothing = Does::Answer(200, nothing.to_owned());
    place.between.on(1, is_look, nothing);
    let faults = run_again(&place);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const DENIED: &str = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
const BUSY: &str = "<Error><Code>SlowDown</Code><Message>later</Message></Error>";

fn is_question(seen: &Seen) -> bool {
    seen.method == "GET" && seen.asks("uploads")
}

#[test]
fn who_may_not_ask_for_uploads_gets_a_word_and_a_complete_set() {
    needs!(Moto);
    for (status, answer) in [(403, DENIED), (501, "")] {
        let place = Place::at(Moto::start());
        killed_at(&place, Moment::Before, ("CreateMultipartUpload", LARGE));
        let refused = Does::Answer(status, answer.to_owned());
        place.between.on(1, is_question, refused);
        let run = place.run([]);
        assert_eq!(run.code, 0, "{run}");
        place.must_be_complete();
        assert!(run.stderr.contains("does not say"), "{run}");
    }
}

#[test]
fn a_store_that_can_not_tell_of_uploads_now_is_asked_again_by_the_next_run() {
    needs!(Moto);
    let place = Place::at(Moto::start());
    killed_at(&place, Moment::After, ("CreateMultipartUpload", LARGE));
    let busy = || Does::Answer(503, BUSY.to_owned());
    place.between.on(3, is_question, busy());
    let run = place.run([]);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(place.store.uploads().len(), 1);
    place.between.on(1, is_question, busy());
    let run = place.run(["--json"]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
    assert_eq!(run.events("summary")[0]["fetched_bytes"], 0, "{run}");
}

/// Killed when all it was to fetch is in the store, and there is no manifest; then the links of the same files get a new date.
fn killed_and_dated_anew<const N: usize>(place: &Place, only: [&str; N]) {
    let mut gate = place
        .between
        .hold(Moment::Before, is("PutObject", "SHA256SUMS"));
    let mut running = place.spawn(only);
    gate.wait();
    running.kill();
    running.wait();
    place.zoho.set(|rules| rules.expiry += TimeDelta::days(1));
}

#[test]
fn what_was_uploaded_under_links_of_other_dates_is_taken_over_as_on_a_disk() {
    needs!(S3);
    let place = Place::at(S3::start());
    killed_and_dated_anew(&place, ["--only", "attachments"]);
    killed_and_dated_anew(&place, []);
    assert_eq!(uploaded(&place), [SMALL, LARGE]);
    let run = place.run(["--json"]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
    assert_eq!(run.events("summary")[0]["fetched_bytes"], 0, "{run}");
    for (action, name) in [("PutObject", SMALL), ("CreateMultipartUpload", LARGE)] {
        assert_eq!(place.count(action, name), 1, "{name}");
    }
}

#[test]
fn files_of_two_makings_never_become_one_set() {
    needs!(S3);
    let place = Place::at(S3::start());
    killed_and_dated_anew(&place, ["--only", "attachments"]);
    killed_and_dated_anew(&place, []);
    place.zoho.store(SMALL, small_zip(3, 11_000));
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("with different content"), "{run}");
    let objects = place.store.objects();
    let [mixed, whole] = ["", ".2"].map(|suffix| {
        let set = format!("backups/20061234567-510000000099001{suffix}");
        let name = format!("{set}/{SMALL}");
        (
            objects.contains_key(&format!("{set}/manifest.json")),
            objects[&name].clone(),
        )
    });
    assert!(!mixed.0);
    assert_eq!(whole, (true, place.zoho.bytes_of(SMALL)));
}

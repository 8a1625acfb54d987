//! One run at a time in a store: what its lock object says, and when it is believed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::run::{Cli, Run};
use crate::support::stores::{Between, Does, Moment, Moto, S3, Seen, Store};
use crate::support::tools::needs;

const LOCK: &str = "backups/.backup-fetch.lock";
const NOTES: &str = "backups/notes.txt";

const DENIED: &str = "<Error><Code>AccessDenied</Code></Error>";

/// A store, and a machine that removes old backups from it, of which there are none.
struct Machine<S> {
    store: S,
    between: Between,
    home: TempDir,
}

impl<S: Store> Machine<S> {
    /// Something is stored there.
    fn with(store: S) -> Machine<S> {
        store.write(NOTES, b"from somebody");
        Machine {
            between: Between::start(&store),
            store,
            home: TempDir::new().expect("a temporary folder"),
        }
    }

    fn cli(&self) -> Cli {
        Cli::new(self.home.path()).through(&self.between)
    }

    fn args(&self, more: &[&str]) -> Vec<String> {
        let out = self.store.url("backups");
        let args = ["prune", "--out", &out, "--keep-last", "1"].into_iter();
        args.chain(more.iter().copied())
            .map(str::to_owned)
            .collect()
    }

    fn prune(&self, more: &[&str]) -> Run {
        self.cli().run(self.args(more))
    }

    /// What the lock object says.
    fn lock(&self) -> Value {
        let objects = self.store.objects();
        serde_json::from_slice(&objects[LOCK]).expect("it is JSON")
    }

    fn put_lock(&self, lock: &Value) {
        self.store.write(LOCK, lock.to_string().as_bytes());
    }
}

/// As a run on another machine has it.
fn held() -> Value {
    json!({
        "schema": 1, "token": 41, "run": "of another machine", "host": "attic", "pid": 4711, "state": "held", "renewals": 3,
    })
}

fn is_lock(action: &'static str) -> impl Fn(&Seen) -> bool + Send + 'static {
    move |seen| seen.action() == action && seen.key() == LOCK
}

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

#[test]
fn a_run_leaves_the_lock_free_with_a_token_that_has_grown() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    for token in 1..=2 {
        let run = machine.prune(&[]);
        assert_eq!(run.code, 0, "{run}");
        let lock = machine.lock();
        assert_eq!(
            (&lock["token"], &lock["state"]),
            (&json!(token), &json!("free"))
        );
    }
    assert_eq!(machine.store.keys(), [LOCK, NOTES]);
}

#[test]
fn the_lock_of_another_run_is_respected_and_named() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    machine.put_lock(&held());
    machine.store.age(LOCK, minutes(4));
    let run = machine.prune(&[]);
    assert_eq!(run.code, 8, "{run}");
    let until = chrono::Utc::now() + minutes(1);
    for word in [
        machine.store.url("backups"),
        "process 4711 on attic".to_owned(),
        until.format("lasts until %Y-%m-%dT%H:").to_string(),
        "hint: ".to_owned(),
        "--wait-lock".to_owned(),
    ] {
        assert!(run.stderr.contains(&word), "{word}\n{run}");
    }
    assert_eq!(machine.lock(), held());
}

#[test]
fn a_lock_that_was_not_renewed_for_five_minutes_is_taken_over() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    machine.put_lock(&held());
    machine.store.age(LOCK, minutes(6));
    let run = machine.prune(&[]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(machine.lock()["token"], 42);
}

#[test]
fn only_the_stores_own_clock_tells_how_old_a_lock_is() {
    needs!(S3);
    for (age, code) in [(4, 8), (6, 7)] {
        let machine = Machine::with(S3::start());
        machine.put_lock(&held());
        let now = chrono::Utc::now() + minutes(60 * 24 * 365);
        let header = |name: &str, time: DateTime<Utc>| {
            format!("{name}: {}", time.format("%a, %d %b %Y %H:%M:%S GMT"))
        };
        let headers = vec![
            header("Date", now),
            header("Last-Modified", now - minutes(age)),
            "ETag: \"0\"".to_owned(),
        ];
        let reply = Does::AnswerWith(200, headers, held().to_string());
        machine.between.on(1, is_lock("GetObject"), reply);
        // So that it shows whether it would have been taken over.
        let denied = Does::Answer(403, DENIED.to_owned());
        machine.between.on(1, is_lock("PutObject"), denied);
        let run = machine.prune(&[]);
        assert_eq!(run.code, code, "{run}");
    }
}

#[test]
fn a_machine_of_the_store_whose_clock_is_ahead_makes_no_lock_old() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    machine.put_lock(&held());
    let ahead = chrono::Utc::now() + minutes(60);
    let date = format!("Date: {}", ahead.format("%a, %d %b %Y %H:%M:%S GMT"));
    let other = Does::AnswerWith(503, vec![date], String::new());
    machine.between.on(1, is_lock("GetObject"), other);
    let run = machine.prune(&["--retry-wait", "0s"]);
    assert_eq!(run.code, 8, "{run}");
    assert_eq!(machine.lock(), held());
}

#[test]
fn what_is_no_lock_is_in_the_way_and_stays_as_it_is() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    for (content, words) in [
        ("buy milk", "not a lock of backup-fetch"),
        ("{\"schema\":1}", "damaged"),
        ("{\"schema\":2,\"owner\":{}}", "later version"),
    ] {
        machine.store.write(LOCK, content.as_bytes());
        let run = machine.prune(&[]);
        assert_eq!(run.code, 7, "{run}");
        let address = machine.store.url(LOCK);
        assert!(
            run.stderr.contains(&address) && run.stderr.contains(words),
            "{run}"
        );
        assert!(run.stderr.contains("hint: "), "{run}");
        assert_eq!(machine.store.objects()[LOCK], content.as_bytes());
        let run = machine.prune(&["--lock", "none"]);
        assert_eq!(run.code, 0, "{run}");
    }
}

#[test]
fn a_host_name_moves_no_cursor() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    let mut lock = held();
    lock["host"] = json!("attic\u{1b}[2J");
    machine.put_lock(&lock);
    let run = machine.prune(&[]);
    assert_eq!(run.code, 8, "{run}");
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
}

#[test]
fn wait_lock_waits_until_the_other_run_is_over() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    machine.put_lock(&held());
    let mut gate = machine.between.hold(Moment::After, is_lock("GetObject"));
    let waiting = machine.cli().spawn(machine.args(&["--wait-lock", "1m"]));
    gate.wait();
    let mut lock = held();
    lock["state"] = json!("free");
    machine.put_lock(&lock);
    gate.open();
    let run = waiting.wait();
    assert_eq!(run.code, 0, "{run}");
    machine.put_lock(&held());
    let run = machine.prune(&["--wait-lock", "1s"]);
    assert_eq!(run.code, 8, "{run}");
    assert!(run.stderr.contains("still working there after 1s"), "{run}");
}

#[test]
fn no_more_than_reading_and_writing_it_is_asked_of_the_lock() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    // Who may not list a bucket is refused what is not there.
    let denied = || Does::Answer(403, DENIED.to_owned());
    machine.between.on(1, is_lock("GetObject"), denied());
    let run = machine.prune(&[]);
    assert_eq!(run.code, 0, "{run}");
    let mut actions = machine.between.actions();
    actions.retain(|action| action.ends_with(LOCK));
    for action in &actions {
        let action = action.split(' ').next().unwrap_or_default();
        assert!(
            ["GetObject", "HeadObject", "PutObject"].contains(&action),
            "{actions:?}"
        );
    }
    // And who may not read the one that is there is told that.
    machine.between.on(9, is_lock("GetObject"), denied());
    let run = machine.prune(&[]);
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("s3:GetObject"), "{run}");
}

#[test]
fn a_lock_whose_answer_was_lost_is_known_again() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    machine.put_lock(&held());
    machine.store.age(LOCK, minutes(6));
    machine
        .between
        .on(1, is_lock("PutObject"), Does::CutReply(0));
    let run = machine.prune(&[]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(machine.lock()["token"], 42);
}

#[test]
fn where_a_store_knows_no_conditions_the_lock_works_all_the_same() {
    needs!(S3);
    let machine = Machine::with(S3::start());
    let is_conditional = |seen: &Seen| {
        let has = |name| seen.header(name).is_some();
        is_lock("PutObject")(seen) && (has("if-match") || has("if-none-match"))
    };
    let refused = "<Error><Code>NotImplemented</Code></Error>".to_owned();
    machine
        .between
        .on(usize::MAX, is_conditional, Does::Answer(501, refused));
    let run = machine.prune(&[]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(machine.lock()["state"], "free");
    machine.put_lock(&held());
    let run = machine.prune(&[]);
    assert_eq!(run.code, 8, "{run}");
}

#[test]
fn where_a_store_takes_no_notice_of_conditions_the_last_of_two_has_the_lock() {
    needs!(Moto);
    let machine = Machine::with(Moto::start());
    for header in ["if-match", "if-none-match"] {
        let has = move |seen: &Seen| seen.header(header).is_some();
        machine.between.on(usize::MAX, has, Does::Without(header));
    }
    let run = machine.prune(&[]);
    assert_eq!(run.code, 0, "{run}");
    // It has written, waits a moment, and looks what is there now.
    let looks = AtomicUsize::new(0);
    let is_second_look =
        move |seen: &Seen| is_lock("GetObject")(seen) && looks.fetch_add(1, Ordering::Relaxed) == 1;
    let mut gate = machine.between.hold(Moment::Before, is_second_look);
    let first = machine.cli().spawn(machine.args(&[]));
    gate.wait();
    machine.put_lock(&held());
    gate.open();
    let run = first.wait();
    assert_eq!(run.code, 8, "{run}");
    assert_eq!(machine.lock(), held());
}

//! The stores themselves, and what stands between them and a client: a test of the program is worth as much as what it ran
//! against. The client is curl.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::run::wait_until;
use crate::support::stores::{Azurite, Between, Does, Gate, Gcs, Moment, Moto, S3, Seen, Store};
use crate::support::tools::needs;

const KEY: &str = "backups/set 1/Data_001.zip";
const MARK: &str = "{\"size\":5}";

/// A store with something between it and curl.
struct Watched {
    s3: S3,
    between: Between,
}

impl Watched {
    fn start() -> Watched {
        let s3 = S3::start();
        let between = Between::start(&s3);
        Watched { s3, between }
    }

    /// A signed request. It prints the body and the status, which is 000 where there was no reply.
    fn curl(&self, secret: &str, url: &str, args: &[&str]) -> Command {
        let path = url.strip_prefix("s3://").expect("it is S3's");
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--write-out", "%{http_code}"])
            .args(["--aws-sigv4", "aws:amz:us-east-1:s3"])
            // Older ones leave it out, which S3 does not take.
            .args(["--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD"])
            .args(["--user", &format!("{}:{secret}", self.s3.access_key)])
            .args(args)
            .arg(format!("{}/{path}", self.between.base()).replace(' ', "%20"))
            .stdout(Stdio::piped());
        curl
    }

    fn put(&self) -> Putting {
        let header = format!("x-amz-meta-backupfetch: {MARK}");
        let args = [
            "--request",
            "PUT",
            "--data-binary",
            "a zip",
            "--header",
            &header,
        ];
        let mut curl = self.curl(&self.s3.secret_key, &self.s3.url(KEY), &args);
        Putting(curl.spawn().expect("it was asked for"))
    }

    fn is_put(&self) -> bool {
        !self.s3.objects().is_empty()
    }

    fn hold(&self, moment: Moment) -> (Gate, Putting) {
        let mut gate = self.between.hold(moment, is_put);
        let putting = self.put();
        gate.wait();
        (gate, putting)
    }
}

struct Putting(Child);

impl Putting {
    fn told(self) -> String {
        let output = self.0.wait_with_output().expect("it is ours");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn is_put(seen: &Seen) -> bool {
    seen.action() == "PutObject"
}

fn told(mut curl: Command) -> String {
    Putting(curl.spawn().expect("it was asked for")).told()
}

#[test]
fn s3_lets_in_only_who_signs_with_its_secret() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    let list = |secret: &str| told(watched.curl(secret, &watched.s3.url("?list-type=2"), &[]));
    let (refused, done) = (list("another"), list(&watched.s3.secret_key));
    assert!(refused.contains("SignatureDoesNotMatch"), "{refused}");
    assert!(done.ends_with("200"), "{done}");
}

#[test]
fn what_is_between_passes_everything_on_and_keeps_a_list() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    assert_eq!(watched.put().told(), "200");
    assert_eq!(watched.s3.objects()[KEY], b"a zip");
    assert_eq!(watched.s3.metadata(KEY)["backupfetch"], MARK);
    let (secret, url) = (&watched.s3.secret_key, watched.s3.url(KEY));
    assert_eq!(told(watched.curl(secret, &url, &[])), "a zip200");
    assert_eq!(
        watched.between.actions(),
        [format!("PutObject {KEY}"), format!("GetObject {KEY}")]
    );
    let seen = watched.between.seen().remove(0);
    assert_eq!((seen.body_len, seen.status), (5, Some(200)));
    assert_eq!(
        (&*seen.body, seen.header("X-Amz-Meta-BackupFetch")),
        (&b"a zip"[..], Some(MARK))
    );
}

#[test]
fn a_request_is_held_before_the_store_hears_of_it() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    let (gate, putting) = watched.hold(Moment::Before);
    assert!(!watched.is_put());
    gate.open();
    assert_eq!((&*putting.told(), watched.is_put()), ("200", true));
}

#[test]
fn a_request_that_is_held_before_and_cut_never_happens() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    let (gate, putting) = watched.hold(Moment::Before);
    drop(gate);
    assert_eq!((&*putting.told(), watched.is_put()), ("000", false));
    // Of somebody who has gone, too.
    let (gate, mut putting) = watched.hold(Moment::Before);
    putting.0.kill().expect("it is ours");
    assert!(putting.told().is_empty());
    gate.open();
    let ended = || watched.between.seen().iter().all(Seen::has_ended);
    wait_until("the connection ends", ended);
    assert!(!watched.is_put());
}

#[test]
fn a_request_that_is_held_after_has_happened_without_a_word() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    let (gate, putting) = watched.hold(Moment::After);
    assert!(watched.is_put());
    drop(gate);
    assert_eq!((&*putting.told(), watched.is_put()), ("000", true));
}

#[test]
fn what_is_between_answers_and_cuts_as_often_as_it_is_told() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    let between = &watched.between;
    between.on(2, is_put, Does::Answer(503, "SlowDown".to_owned()));
    between.on(1, is_put, Does::CutRequest(3));
    assert_eq!(watched.put().told(), "SlowDown503");
    assert_eq!(watched.put().told(), "SlowDown503");
    assert_eq!(watched.put().told(), "000");
    assert!(!watched.is_put());
    between.on(1, is_put, Does::CutReply(0));
    assert_eq!((&*watched.put().told(), watched.is_put()), ("000", true));
    assert_eq!(watched.put().told(), "200");
}

#[test]
fn what_is_between_tells_how_many_were_under_way_at_once() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    assert_eq!(watched.put().told(), "200");
    assert_eq!(watched.between.most_at_once(is_put), 1);
    let (first, second) = (watched.hold(Moment::Before), watched.hold(Moment::Before));
    for (gate, putting) in [first, second] {
        gate.open();
        assert_eq!(putting.told(), "200");
    }
    assert_eq!(watched.between.most_at_once(is_put), 2);
}

/// What every store of the harness does for a test.
fn shows_what_is_in_it(store: &dyn Store) {
    for key in ["a", KEY] {
        store.write(key, b"a zip");
    }
    store.write("a", b"another");
    assert_eq!(store.keys(), ["a", KEY]);
    assert_eq!(store.objects()["a"], b"another");
    assert!(store.metadata("a").is_empty());
    store.remove(KEY);
    assert_eq!(store.keys(), ["a"]);
    assert!(store.uploads().is_empty());
}

#[test]
fn s3_shows_what_is_in_it() {
    needs!(S3, Program("curl"));
    let watched = Watched::start();
    let (s3, secret) = (&watched.s3, &watched.s3.secret_key);
    shows_what_is_in_it(s3);
    s3.age("a", Duration::from_secs(365 * 86_400));
    let look = told(watched.curl(secret, &s3.url("a"), &["--head"]));
    let year = chrono::Utc::now() - Duration::from_secs(365 * 86_400);
    let day = year.format("%d %b %Y").to_string();
    assert!(look.contains(&day), "{look}");
    let begin = watched.curl(
        secret,
        &s3.url(&format!("{KEY}?uploads=")),
        &["--request", "POST"],
    );
    assert!(told(begin).ends_with("200"));
    assert_eq!(
        (s3.uploads(), s3.keys()),
        (vec![KEY.to_owned()], vec!["a".to_owned()])
    );
}

#[test]
fn moto_shows_what_is_in_it() {
    needs!(Moto);
    let (moto, other) = (Moto::start(), Moto::start());
    shows_what_is_in_it(&moto);
    assert_eq!(moto.ask("POST", "/b%20c?uploads", b"").status, 200);
    assert_eq!(moto.uploads(), ["b c"]);
    assert!(other.uploads().is_empty() && other.keys().is_empty());
}

#[test]
fn azurite_shows_what_is_in_it() {
    needs!(Azurite);
    let (azurite, other) = (Azurite::start(), Azurite::start());
    shows_what_is_in_it(&azurite);
    let block = azurite.ask("PUT", "/b%20c?comp=block&blockid=MDAx", &[], b"a part");
    assert_eq!(block.status, 201);
    assert_eq!(azurite.uploads(), ["b c"]);
    assert!(other.uploads().is_empty() && other.keys().is_empty());
}

#[test]
fn gcs_shows_what_is_in_it() {
    needs!(Gcs);
    shows_what_is_in_it(&Gcs::start());
}

#[test]
fn gcs_takes_a_put_with_its_condition_and_its_metadata() {
    needs!(Gcs, Program("curl"));
    let gcs = Gcs::start();
    let between = Between::start(&gcs);
    let put = || {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code} %header{x-goog-generation}",
        ])
        .args(["--request", "PUT", "--data-binary", "a zip"])
        .args(["--header", "x-goog-if-generation-match: 0"])
        .args(["--header", &format!("x-goog-meta-backupfetch: {MARK}")])
        .arg(gcs.url("backups%2Fa").replace("gs:/", between.base()))
        .stdout(Stdio::piped());
        told(curl)
    };
    let (first, second) = (put(), put());
    assert!(first.starts_with("200 1"), "{first}");
    assert_eq!(second.trim_end(), "412");
    assert_eq!(gcs.objects()["backups/a"], b"a zip");
    assert_eq!(gcs.metadata("backups/a")["backupfetch"], MARK);
    assert_eq!(between.actions(), ["PutObject backups/a"; 2]);
}

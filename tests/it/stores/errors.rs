//! What a store refuses, in our words: who we are ends with 4, everything else with 7; the place and what to do about it
//! are named.

use serde_json::Value;
use tempfile::TempDir;

use crate::support::run::{Cli, Run, folder};
use crate::support::stores::{Between, Does, Moto, S3, Store};
use crate::support::tools::needs;

/// The program, a store, and what is between them.
struct Watched {
    home: TempDir,
    s3: S3,
    between: Between,
}

impl Watched {
    fn start() -> Watched {
        let s3 = S3::start();
        s3.write("backups/a file", b"of somebody");
        let between = Between::start(&s3);
        Watched {
            home: folder(),
            s3,
            between,
        }
    }

    fn cli(&self) -> Cli {
        let cli = Cli::new(self.home.path()).through(&self.between);
        cli.env("AWS_EC2_METADATA_DISABLED", "true")
    }

    fn url(&self) -> String {
        self.s3.url("backups")
    }

    fn listed(&self, more: &[&str]) -> Run {
        let url = self.url();
        let args = ["list", "--saved", &url, "--json", "--retry-wait", "0s"];
        self.cli().run(args.iter().chain(more))
    }

    /// Every answer is this one.
    fn answers(&self, status: u16, headers: &[&str], body: &str) -> Run {
        let headers = headers.iter().map(ToString::to_string).collect();
        let does = Does::AnswerWith(status, headers, body.to_owned());
        self.between.on(1, |_| true, does);
        self.listed(&["--retries", "0"])
    }
}

fn error(run: &Run) -> Value {
    let errors = run.events("error");
    assert_eq!(errors.len(), 1, "{run}");
    assert_eq!(errors[0]["exit_code"], run.code, "{run}");
    errors[0].clone()
}

fn text<'a>(error: &'a Value, field: &str) -> &'a str {
    error[field].as_str().unwrap_or_default()
}

fn xml(code: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>so it is</Message>{more}</Error>"
    )
}

/// Status, the store's word; our exit code and word, and what message and hint say.
#[rustfmt::skip]
const ANSWERS: &[(u16, &str, i32, &str, &str, &str)] = &[
    (403, "InvalidAccessKeyId", 4, "store_key_unknown", "does not know the access key", "access key id"),
    (403, "SignatureDoesNotMatch", 4, "store_secret_wrong", "the secret key does not belong", "secret access key"),
    (400, "ExpiredToken", 4, "store_token_expired", "session token has expired", "nothing saved is lost"),
    (400, "InvalidToken", 4, "store_unauthorized", "does not accept the credentials", "AWS_"),
    (401, "Whatever", 4, "store_unauthorized", "does not accept the credentials", "AWS_"),
    (404, "NoSuchBucket", 7, "bucket_missing", "no such bucket", "creates no buckets"),
    (403, "AccessDenied", 7, "store_denied", "no permission (s3:ListBucket)", "allow s3:ListBucket"),
    (503, "SlowDown", 7, "store_throttled", "fewer requests", "--jobs"),
    (500, "InternalError", 7, "store_unavailable", "HTTP 500", "later"),
    (400, "BadDigest", 7, "store_corrupted", "not what was sent", "network"),
    (403, "QuotaExceeded", 7, "store_full", "takes no more", "quota"),
    (400, "KMS.DisabledException", 7, "store_key_refused", "key that encrypts", "kms:"),
    (400, "InvalidStorageClass", 7, "store_class", "no such storage class", "storage_class"),
    (400, "InvalidArgument", 7, "store_refused", "InvalidArgument", "-vv"),
    (403, "InvalidObjectState", 7, "store_archived", "archive", "restore"),
];

#[test]
fn each_refusal_has_its_exit_code_and_says_what_to_do() {
    needs!(S3);
    let watched = Watched::start();
    for (status, theirs, exit, code, message, hint) in ANSWERS {
        let run = watched.answers(*status, &[], &xml(theirs, ""));
        let error = error(&run);
        assert_eq!(
            (run.code, text(&error, "code")),
            (*exit, *code),
            "{theirs}: {run}"
        );
        let said = text(&error, "message");
        assert!(said.starts_with(&watched.url()), "{theirs}: {run}");
        assert!(said.contains(message), "{theirs}: {run}");
        assert!(text(&error, "hint").contains(hint), "{theirs}: {run}");
    }
}

#[test]
fn a_region_that_is_wrong_is_told_with_the_right_one() {
    needs!(S3);
    let watched = Watched::start();
    let told = xml(
        "AuthorizationHeaderMalformed",
        "<Region>eu-central-1</Region>",
    );
    let header = ["x-amz-bucket-region: eu-central-1"];
    for run in [
        watched.answers(400, &[], &told),
        watched.answers(301, &header, &xml("PermanentRedirect", "")),
        watched.answers(301, &header, ""),
    ] {
        let error = error(&run);
        assert_eq!(
            (run.code, text(&error, "code")),
            (7, "store_region"),
            "{run}"
        );
        assert!(
            text(&error, "message").contains("is in the region eu-central-1"),
            "{run}"
        );
        assert!(
            text(&error, "hint").contains("AWS_REGION=eu-central-1"),
            "{run}"
        );
    }
}

#[test]
fn a_clock_that_is_off_is_told_by_how_much() {
    needs!(S3);
    let watched = Watched::start();
    let date = ["Date: Fri, 01 Jan 2016 00:00:00 GMT"];
    let run = watched.answers(403, &date, &xml("RequestTimeTooSkewed", ""));
    let error = error(&run);
    assert_eq!(
        (run.code, text(&error, "code")),
        (7, "store_clock_skew"),
        "{run}"
    );
    assert!(
        text(&error, "message").contains("s ahead of the store's"),
        "{run}"
    );
}

#[test]
fn what_is_temporary_is_asked_again_as_often_as_was_said_and_no_more() {
    needs!(S3);
    let watched = Watched::start();
    let again = Does::Answer(503, xml("SlowDown", ""));
    watched.between.on(2, |_| true, again.clone());
    assert_eq!(watched.listed(&["--retries", "2"]).code, 0);
    let before = watched.between.seen().len();
    watched.between.on(9, |_| true, again);
    let run = watched.listed(&["--retries", "3"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(
        text(&error(&run), "message").ends_with("(after 4 attempts)"),
        "{run}"
    );
    assert_eq!(watched.between.seen().len() - before, 4);
}

#[test]
fn a_wrong_secret_and_an_unknown_key_are_who_we_are() {
    needs!(S3);
    let watched = Watched::start();
    let list = ["list", "--saved", &watched.url(), "--json"];
    for (name, value, code) in [
        ("AWS_SECRET_ACCESS_KEY", "another", "store_secret_wrong"),
        ("AWS_ACCESS_KEY_ID", "another", "store_key_unknown"),
    ] {
        let run = watched.cli().env(name, value).run(list);
        assert_eq!((run.code, text(&error(&run), "code")), (4, code), "{run}");
    }
}

#[test]
fn a_bucket_that_is_not_there_is_named() {
    needs!(Moto);
    let (home, moto) = (folder(), Moto::start());
    let cli = Cli::new(home.path()).with_store(&moto);
    for args in [
        ["list", "--saved", "s3://no-such-bucket/x", "--json"],
        ["verify", "s3://no-such-bucket", "--quick", "--json"],
    ] {
        let run = cli.run(args);
        let error = error(&run);
        assert_eq!(
            (run.code, text(&error, "code")),
            (7, "bucket_missing"),
            "{run}"
        );
        assert!(
            text(&error, "message").contains("s3://no-such-bucket"),
            "{run}"
        );
    }
}

#[test]
fn a_store_that_is_not_there_is_told_as_other_servers_are() {
    let home = folder();
    let cli = Cli::new(home.path())
        .env("AWS_ACCESS_KEY_ID", "id")
        .env("AWS_SECRET_ACCESS_KEY", "secret");
    for (endpoint, words) in [
        ("http://127.0.0.1:1", "no connection"),
        ("https://store.invalid", "no connection"),
    ] {
        let cli = cli.clone().env("AWS_ENDPOINT_URL", endpoint);
        let run = cli.run([
            "list",
            "--saved",
            "s3://bucket/x",
            "--retries",
            "1",
            "--retry-wait",
            "0s",
            "--json",
        ]);
        let error = error(&run);
        assert_eq!(
            (run.code, text(&error, "code")),
            (7, "no_connection"),
            "{run}"
        );
        let message = text(&error, "message");
        assert!(
            message.contains(words) && message.contains("after 2 attempts"),
            "{run}"
        );
        assert!(text(&error, "hint").contains("endpoint"), "{run}");
    }
}

#[test]
fn what_a_store_says_can_not_take_over_a_terminal() {
    needs!(S3);
    let watched = Watched::start();
    let long = "x".repeat(5000);
    let body = format!("<Error><Code>Odd</Code><Message>\u{1b}[31mred {long}</Message></Error>");
    watched.between.on(1, |_| true, Does::Answer(400, body));
    let args = ["list", "--saved", &watched.url(), "--retries", "0"];
    let run = watched.cli().run(args);
    assert_eq!(run.code, 7, "{run}");
    assert!(
        !run.stderr.contains('\u{1b}') && run.stderr.len() < 1500,
        "{run}"
    );
    assert!(run.stderr.contains("\\u{1b}[31mred"), "{run}");
}

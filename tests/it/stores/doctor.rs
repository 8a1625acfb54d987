//! `doctor` about a store: what may be done there, what the store can do, and how it keeps what is saved.

use std::time::Duration;

use crate::doctor::{check, checks, fails, is, warns, zoho};
use crate::support::elsewhere::cache;
use crate::support::run::{Cli, Run, files_under};
use crate::support::stores::{Azurite, Between, Does, Moto, S3, Seen, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;
use crate::usage::{config_of, write};

/// A stand-in for Zoho, and a store with something between it and the program.
struct Watched<S: Store> {
    zoho: Zoho,
    store: S,
    between: Between,
}

impl<S: Store> Watched<S> {
    fn new(store: S) -> Watched<S> {
        Watched {
            zoho: zoho(),
            between: Between::start(&store),
            store,
        }
    }

    fn cli(&self) -> Cli {
        self.zoho.cli().through(&self.between)
    }

    fn examined(&self) -> Run {
        self.examined_with(&[])
    }

    fn examined_with(&self, more: &[&str]) -> Run {
        let url = self.store.url("zoho");
        let args = ["doctor", "--json", "--out", &url];
        self.cli().run(args.iter().chain(more))
    }

    /// All that matches is answered so.
    fn refuses(&self, status: u16, code: &str, matches: impl Fn(&Seen) -> bool + Send + 'static) {
        let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
        self.between.on(1000, matches, Does::Answer(status, body));
    }

    fn has(&self, action: &str) -> bool {
        let actions = self.between.actions();
        actions.iter().any(|its| its.starts_with(action))
    }
}

fn is_action(action: &'static str) -> impl Fn(&Seen) -> bool + Send + 'static {
    move |seen| seen.action() == action
}

#[test]
fn a_disk_that_must_be_there_is_refused_as_a_download_refuses_it() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    let run = watched.examined_with(&["--require-mount", "/"]);
    assert_eq!(run.code, 2, "{run}");
    fails(&run, "mount", 2, &["where nothing is mounted"]);
    let url = watched.store.url("zoho");
    let args = ["download", "--require-mount", "/", "--out", &url];
    let download = watched.cli().run(args);
    assert_eq!(download.code, 2, "{download}");
    assert!(
        download.stderr.contains("where nothing is mounted"),
        "{download}"
    );
}

#[test]
fn everything_is_tried_and_nothing_stays() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    let run = watched.examined();
    assert_eq!(run.code, 0, "{run}");
    is(&run, "store", "ok", &[&watched.store.url("zoho")]);
    is(&run, "write", "ok", &["can be written"]);
    is(&run, "read", "ok", &["can be read"]);
    is(&run, "conditions", "ok", &["only where there is none"]);
    is(&run, "multipart", "ok", &["begun and aborted"]);
    is(&run, "remove", "ok", &["can be removed"]);
    for name in ["versioning", "object_lock", "lifecycle", "encryption"] {
        is(&run, name, "ok", &["not known: this store does not tell"]);
    }
    is(&run, "saved", "ok", &["no backup is saved here yet"]);
    is(
        &run,
        "staging",
        "ok",
        &[&format!("{}: writable", cache()), "free"],
    );
    assert!(watched.has("UploadPart") && watched.has("PutObject"));
    assert_eq!(watched.store.keys(), [""; 0]);
    assert_eq!(watched.store.uploads(), [""; 0]);
}

#[test]
fn where_files_wait_is_looked_at_also_when_the_store_lets_nobody_in() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    let file = watched.zoho.home().join("a file").display().to_string();
    write(&file, "", 0o600);
    let config = format!(
        "[profiles.main]\nstaging = {file:?}\nout = {:?}\n",
        watched.store.url("zoho")
    );
    write(&config_of(watched.zoho.home()), &config, 0o600);
    let cli = watched.cli().env("AWS_SECRET_ACCESS_KEY", "another");
    let run = cli.run(["doctor", "--json"]);
    is(&run, "store", "failed", &["secret"]);
    is(
        &run,
        "staging",
        "failed",
        &["a file", "not a folder", "--staging"],
    );
}

#[test]
fn who_is_not_let_in_hears_it_once() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    let cli = watched.cli().env("AWS_SECRET_ACCESS_KEY", "canary-secret");
    let run = cli.run(["doctor", "--json", "--out", &watched.store.url("zoho")]);
    fails(&run, "store", 4, &["secret"]);
    assert!(checks(&run, "write").is_empty(), "{run}");
    assert!(!format!("{run}").contains("canary"), "{run}");
}

#[test]
fn who_may_not_write_hears_which_right_is_missing() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    watched.refuses(403, "AccessDenied", is_action("PutObject"));
    let run = watched.examined();
    fails(&run, "write", 7, &["s3:PutObject"]);
    is(&run, "store", "ok", &[]);
    is(&run, "remove", "ok", &[]);
}

#[test]
fn who_may_not_list_hears_what_else_is_allowed() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    watched.refuses(403, "AccessDenied", is_action("ListObjectsV2"));
    let run = watched.examined();
    assert_eq!(run.code, 7, "{run}");
    is(&run, "store", "failed", &["s3:ListBucket"]);
    is(&run, "write", "ok", &[]);
    is(&run, "saved", "warning", &["skipped"]);
    assert_eq!(watched.store.keys(), [""; 0]);
}

#[test]
fn what_is_saved_there_is_told_and_who_holds_the_lock() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    assert_eq!(watched.zoho.download([]).code, 0);
    let out = watched.zoho.home().join("out");
    for name in files_under(&out) {
        let path = out.join(&name);
        if path.is_file() && !name.starts_with('.') {
            let content = std::fs::read(path).expect("it is ours");
            watched.store.write(&format!("zoho/{name}"), &content);
        }
    }
    let run = watched.examined();
    assert_eq!(run.code, 0, "{run}");
    is(&run, "saved", "ok", &["complete", "1 file"]);
    is(&run, "lock", "ok", &["free"]);
    is(&run, "store_clock", "ok", &["matches the server's"]);
    let lock = r#"{"schema":1,"token":7,"run":"another","host":"backup-host","pid":77,"state":"held","renewals":3}"#;
    let key = "zoho/.backup-fetch.lock";
    watched.store.write(key, lock.as_bytes());
    is(&watched.examined(), "lock", "ok", &["held", "backup-host"]);
    let config = format!(
        "[profiles.main]\nlock = \"none\"\nout = {:?}\n",
        watched.store.url("zoho")
    );
    write(&config_of(watched.zoho.home()), &config, 0o600);
    let run = watched.cli().run(["doctor", "--json"]);
    is(&run, "lock", "ok", &["not used"]);
    assert_eq!(watched.store.objects()[key], lock.as_bytes());
}

#[test]
fn the_probe_goes_also_when_something_fails_in_between() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    watched.refuses(403, "AccessDenied", is_action("GetObject"));
    watched.refuses(403, "AccessDenied", is_action("UploadPart"));
    let run = watched.examined();
    assert_eq!(run.code, 7, "{run}");
    is(&run, "read", "failed", &["s3:GetObject"]);
    is(&run, "multipart", "failed", &["s3:PutObject"]);
    assert_eq!(watched.store.keys(), [""; 0]);
    assert_eq!(watched.store.uploads(), [""; 0]);
}

/// It is the safer way to have it, unless the profile removes old backups.
#[test]
fn who_may_not_remove_leaves_one_probe_at_most() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    watched.refuses(403, "AccessDenied", is_action("DeleteObject"));
    for _ in 0..2 {
        let run = watched.examined();
        assert_eq!(run.code, 0, "{run}");
        is(
            &run,
            "remove",
            "ok",
            &["s3:DeleteObject", "only `prune`", "stays"],
        );
        is(&run, "conditions", "ok", &["only where there is none"]);
        assert_eq!(watched.store.keys(), ["zoho/.backup-fetch.probe"]);
    }
    let config = format!(
        "[profiles.main]\nprune = true\nout = {:?}\n",
        watched.store.url("zoho")
    );
    write(&config_of(watched.zoho.home()), &config, 0o600);
    let run = watched.cli().run(["doctor", "--json"]);
    is(
        &run,
        "remove",
        "warning",
        &["s3:DeleteObject", "`prune = true`"],
    );
}

#[test]
fn a_store_that_observes_no_conditions_is_a_warning() {
    needs!(S3);
    for header in ["if-none-match", "if-match"] {
        let watched = Watched::new(S3::start());
        let has = move |seen: &Seen| seen.action() == "PutObject" && seen.header(header).is_some();
        watched.refuses(501, "NotImplemented", has);
        let run = watched.examined();
        warns(&run, "conditions", &["one run at a time"]);
        is(&run, "write", "ok", &[]);
        assert_eq!(watched.store.keys(), [""; 0]);
    }
}

#[test]
fn an_upload_that_can_not_be_aborted_is_a_warning() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    watched.refuses(403, "AccessDenied", is_action("AbortMultipartUpload"));
    let run = watched.examined();
    warns(
        &run,
        "multipart",
        &["s3:AbortMultipartUpload", "lifecycle rule"],
    );
}

#[test]
fn what_a_doctor_left_that_was_killed_is_removed_after_an_hour() {
    needs!(S3);
    let watched = Watched::new(S3::start());
    let [old, new, other] =
        ["probe-old", "probe-new", "other"].map(|end| format!("zoho/.backup-fetch.{end}"));
    for key in [&old, &new, &other] {
        watched.store.write(key, b"x");
    }
    for key in [&old, &other] {
        watched.store.age(key, Duration::from_secs(2 * 3600));
    }
    assert_eq!(watched.examined().code, 0);
    assert_eq!(watched.store.keys(), [other, new]);
}

const LIFECYCLE: &str = "<LifecycleConfiguration><Rule><ID>a</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule><Rule><ID>b</ID><Filter><Prefix>zoho/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>400</Days></Expiration></Rule></LifecycleConfiguration>";
const ENCRYPTION: &str = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";

fn configure(moto: &Moto, what: &str, xml: &str) {
    let answer = moto.ask("PUT", what, xml.as_bytes());
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
}

fn lock(rule: &str) -> String {
    format!(
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
    )
}

#[test]
fn a_bucket_without_protection_is_a_warning_and_fails_when_it_is_strict() {
    needs!(Moto);
    let watched = Watched::new(Moto::start());
    let run = watched.examined_with(&["--strict"]);
    assert_eq!(run.code, 9, "{run}");
    is(&run, "versioning", "warning", &["off", "object lock"]);
    is(&run, "object_lock", "ok", &["off"]);
    is(
        &run,
        "lifecycle",
        "warning",
        &["no rule", "AbortIncompleteMultipartUpload"],
    );
    assert_eq!(watched.examined().code, 0);
}

#[test]
fn how_a_bucket_keeps_what_is_saved_is_told() {
    needs!(Moto);
    let moto = Moto::start();
    let versions = |status: &str| {
        format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>")
    };
    configure(&moto, "?versioning", &versions("Suspended"));
    let watched = Watched::new(moto);
    is(&watched.examined(), "versioning", "warning", &["suspended"]);
    let moto = &watched.store;
    configure(moto, "?versioning", &versions("Enabled"));
    configure(moto, "?lifecycle", LIFECYCLE);
    configure(moto, "?encryption", ENCRYPTION);
    let run = watched.examined_with(&["--strict"]);
    assert_eq!(run.code, 0, "{run}");
    is(&run, "versioning", "ok", &["on:"]);
    is(
        &run,
        "object_lock",
        "ok",
        &["off", "s3:DeleteObjectVersion"],
    );
    is(
        &run,
        "lifecycle",
        "ok",
        &["after 7 days", "removed after 400 days"],
    );
    is(&run, "encryption", "ok", &["aws:kms"]);
}

#[test]
fn an_object_lock_counts_by_its_default_retention() {
    needs!(Moto);
    let watched = Watched::new(Moto::start());
    let moto = &watched.store;
    configure(
        moto,
        "?versioning",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    );
    watched.between.on(
        1,
        |seen| seen.asks("object-lock"),
        Does::Answer(200, lock("")),
    );
    is(
        &watched.examined(),
        "object_lock",
        "warning",
        &["without a default retention"],
    );
    let rule =
        "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule>";
    watched.between.on(
        1,
        |seen| seen.asks("object-lock"),
        Does::Answer(200, lock(rule)),
    );
    is(
        &watched.examined(),
        "object_lock",
        "ok",
        &["COMPLIANCE, 30 days", "prune"],
    );
}

#[test]
fn what_may_not_be_looked_at_is_named_and_no_failure() {
    needs!(Moto);
    let watched = Watched::new(Moto::start());
    watched.refuses(403, "AccessDenied", |seen| seen.asks("versioning"));
    let run = watched.examined();
    assert_eq!(run.code, 0, "{run}");
    is(
        &run,
        "versioning",
        "ok",
        &["not known", "s3:GetBucketVersioning"],
    );
}

#[test]
fn a_bucket_that_is_not_there_exits_7() {
    needs!(Moto);
    let watched = Watched::new(Moto::start());
    let run = watched
        .cli()
        .run(["doctor", "--json", "--out", "s3://no-such-bucket/zoho"]);
    fails(&run, "store", 7, &["s3://no-such-bucket", "no such bucket"]);
}

#[test]
fn azure_is_tried_as_far_as_it_goes() {
    needs!(Azurite);
    let watched = Watched::new(Azurite::start());
    let run = watched.examined();
    assert_eq!(run.code, 0, "{run}");
    for name in [
        "store",
        "write",
        "read",
        "conditions",
        "multipart",
        "remove",
    ] {
        assert_eq!(check(&run, name).0, "ok", "{name}: {run}");
    }
    is(&run, "versioning", "ok", &["not looked at in Azure"]);
    assert_eq!(watched.store.keys(), [""; 0]);
    assert_eq!(watched.store.uploads(), [""; 0]);
}

//! A manifest in a store that can't be read any more.

use crate::support::bytes::small_zip;
use crate::support::run::Run;
use crate::support::stores::{S3, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";

fn saved() -> (Zoho, S3) {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    let s3 = S3::start();
    let run = download(&zoho, &s3);
    assert_eq!(run.code, 0, "{run}");
    (zoho, s3)
}

fn download(zoho: &Zoho, s3: &S3) -> Run {
    let cli = zoho.cli().with_store(s3);
    cli.run(["download", "--out", &s3.url("backups")])
}

fn key(zoho: &Zoho, name: &str) -> String {
    let rules = zoho.rules();
    format!("backups/{}-{}/{name}", rules.org, rules.job)
}

#[test]
fn it_is_made_anew_by_what_the_objects_say_and_kept_beside() {
    needs!(S3);
    let (zoho, s3) = saved();
    let manifest = key(&zoho, "manifest.json");
    for damaged in [&b""[..], b"{\"schema\":", b"\xff\xfe"] {
        s3.write(&manifest, damaged);
        let run = download(&zoho, &s3);
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stderr.contains("1 of 1 files verified"), "{run}");
        assert_ne!(s3.objects()[&manifest], damaged);
        let run = download(&zoho, &s3);
        assert_eq!(run.code, 0, "{run}");
        assert!(!run.stderr.contains("warning: "), "{run}");
    }
    assert_eq!(zoho.requests_for(DATA).len(), 1, "it is not fetched again");
    for (name, kept) in [
        ("manifest.json.damaged", &b""[..]),
        ("manifest.json.damaged.2", b"{\"schema\":"),
        ("manifest.json.damaged.3", b"\xff\xfe"),
    ] {
        assert_eq!(s3.objects()[&key(&zoho, name)], kept);
    }
}

#[test]
fn it_is_left_alone_where_the_objects_do_not_say_what_they_are() {
    needs!(S3);
    let (zoho, s3) = saved();
    let data = key(&zoho, DATA);
    s3.write(&data, &s3.objects()[&data]);
    s3.write(&key(&zoho, "manifest.json"), b"");
    let sets = || {
        let mut objects = s3.objects();
        objects.retain(|key, _| key.matches('/').count() == 2);
        objects
    };
    let before = sets();
    let run = download(&zoho, &s3);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains("move the set elsewhere"), "{run}");
    assert_eq!(sets(), before);
}

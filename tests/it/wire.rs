//! What proxies, gateways and odd servers make of a reply on its way.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, folder};
use crate::support::zoho::rules::Framing;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";

fn zoho() -> Zoho {
    Zoho::start().with_file(DATA, small_zip(1, 4000))
}

fn listing(zoho: &Zoho) -> Vec<u8> {
    let expiry = zoho.rules().expiry.to_rfc3339();
    let urls = serde_json::json!({ "data_links": [zoho.link(DATA)], "expiry_date": expiry });
    serde_json::json!({ "urls": urls }).to_string().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("memory takes every byte");
    packed.finish().expect("memory takes every byte")
}

fn headers(extra: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    extra.iter().map(own).collect()
}

fn is_saved(zoho: &Zoho) -> bool {
    zoho.saved_bytes(DATA) == Some(zoho.bytes_of(DATA))
}

#[test]
fn a_list_that_was_changed_on_its_way_is_read() {
    let json = ("Content-Type", "application/json");
    let marked = |body: Vec<u8>| [b"\xef\xbb\xbf".to_vec(), body].concat();
    let zoho = zoho();
    let body = listing(&zoho);
    for fault in [
        Fault::Status(203, headers(&[json]), body.clone()),
        Fault::Status(200, headers(&[json]), marked(body.clone())),
        Fault::Status(
            200,
            headers(&[json, ("Content-Encoding", "gzip")]),
            gzip(&body),
        ),
    ] {
        zoho.next(Role::Api, fault);
        let run = zoho.run(["list"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(run.stdout, format!("{}\n", zoho.link(DATA)), "{run}");
    }
}

#[test]
fn a_list_in_a_packing_that_nobody_asked_for_exits_5_and_names_it() {
    let zoho = zoho();
    let packed = headers(&[
        ("Content-Type", "application/json"),
        ("Content-Encoding", "br"),
    ]);
    zoho.next(
        Role::Api,
        Fault::Status(200, packed, b"\x0b\x02\x80".to_vec()),
    );
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("compressed (br)"), "{run}");
}

#[test]
fn a_file_that_was_compressed_on_its_way_exits_5_and_a_zip_that_only_claims_it_is_taken() {
    let zip = small_zip(1, 4000);
    let zoho = zoho();
    let kind = ("Content-Type", "application/octet-stream");
    let packed = || headers(&[kind, ("Content-Encoding", "gzip")]);
    zoho.fault_for(DATA, Fault::Status(200, packed(), gzip(&zip)));
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("compressed (gzip)"), "{run}");
    zoho.fault_for(DATA, Fault::Status(200, packed(), zip));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(is_saved(&zoho), "{run}");
}

#[test]
fn a_file_with_a_203_is_taken() {
    let zoho = zoho();
    let kind = headers(&[("Content-Type", "application/zip")]);
    zoho.fault_for(DATA, Fault::Status(203, kind, small_zip(1, 4000)));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(is_saved(&zoho), "{run}");
}

#[test]
fn a_length_beside_chunks_means_nothing() {
    let zoho = zoho().with(|rules| rules.framing = Framing::ChunkedWithWrongLength);
    let run = zoho.download(["--retries", "0"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(is_saved(&zoho), "{run}");
}

/// A proxy that answers every wish with this, and how often it was asked.
fn proxy(answer: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    let address = listener.local_addr().expect("it is bound");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let lines = BufReader::new(stream.try_clone().expect("a second handle")).lines();
            let head = lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty());
            if head.count() > 0 {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
            }
        }
    });
    (format!("http://me:secret@{address}"), asked)
}

fn list_through(answer: &'static str) -> (Run, usize) {
    let (proxy, asked) = proxy(answer);
    let home = folder();
    let cli = Cli::new(home.path())
        .env("HTTPS_PROXY", proxy)
        .env("ZOHO_ACCESS_TOKEN", "1000.token");
    let run = cli.run(["list", "--retries", "2", "--retry-wait", "1ms"]);
    (run, asked.load(Ordering::SeqCst))
}

#[test]
fn a_proxy_that_wants_a_password_or_forbids_the_host_is_named_and_not_asked_on() {
    for (answer, status) in [
        ("407 Proxy Authentication Required", "HTTP 407"),
        ("403 Forbidden", "HTTP 403"),
    ] {
        let (run, asked) = list_through(answer);
        assert_eq!(run.code, 5, "{run}");
        assert!(run.stderr.contains("the proxy 127.0.0.1:"), "{run}");
        assert!(run.stderr.contains(status), "{run}");
        assert!(!run.stderr.contains("secret"), "{run}");
        assert!(!run.stderr.contains("tunnel error"), "{run}");
        assert!(asked <= 2, "once, and once for the status: {asked}, {run}");
    }
}

#[test]
fn a_proxy_that_can_not_connect_at_the_moment_is_asked_again() {
    let (run, asked) = list_through("503 Service Unavailable");
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("HTTP 503"), "{run}");
    assert!(asked >= 3, "{asked}, {run}");
}

#[test]
fn a_tls_connection_that_just_ends_is_the_end_of_a_list_and_a_break_of_a_file() {
    let zoho = Zoho::start_tls().with_file(DATA, small_zip(1, 4000));
    zoho.next(Role::Api, Fault::NoCloseNotify);
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    zoho.always_for(DATA, Fault::NoCloseNotify);
    let run = zoho.download(["--retries", "1"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("without ending TLS first"), "{run}");
    assert!(!run.stderr.contains("docs.rs"), "{run}");
}

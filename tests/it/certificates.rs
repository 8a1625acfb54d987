//! Certificates: what is wrong with a server's, which files `--ca-cert` takes, and a machine without any.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, Stream};

use crate::support::bytes::small_zip;
use crate::support::run::{Cli, Run, folder};
use crate::support::zoho::Zoho;
use crate::usage::refused;

/// A server of one certificate, or of none.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn start(answer: impl Fn(TcpStream) + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("it has one").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        // It ends with the test program.
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::Relaxed);
                answer(connection);
            }
        });
        Server { port, connections }
    }

    fn of(certificate: CertificateDer<'static>, key: &KeyPair) -> Server {
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the versions that rustls supports")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .expect("a key that fits its certificate");
        let config = Arc::new(config);
        Server::start(move |mut connection| {
            let Ok(mut tls) = ServerConnection::new(Arc::clone(&config)) else {
                return;
            };
            // The client ends it.
            let _ = Stream::new(&mut tls, &mut connection).read(&mut [0; 1]);
        })
    }

    /// Asks it for a list, with this CA.
    fn asked(&self, home: &TempDir, ca: &str) -> Run {
        fs::write(home.path().join("ca.pem"), ca).expect("it is ours");
        Cli::new(home.path()).env("ZOHO_ACCESS_TOKEN", "x").run([
            "list",
            "--ca-cert=ca.pem",
            "--retries=3",
            "--retry-wait=1ms",
            &format!("--api-domain=https://127.0.0.1:{}", self.port),
        ])
    }

    /// It fails at once, with these words and none of a library's.
    fn fails(&self, ca: &str, words: &[&str]) {
        let home = folder();
        let run = self.asked(&home, ca);
        assert_eq!(run.code, 5, "{run}");
        for word in words {
            assert!(run.stderr.contains(word), "{word}: {run}");
        }
        for foreign in ["UNIX", "Other", "Error", "docs.rs", "DnsName", "["] {
            assert!(!run.stderr.contains(foreign), "{foreign}: {run}");
        }
        assert!(run.stderr.contains("\nhint: "), "{run}");
        let connections = self.connections.load(Ordering::Relaxed);
        assert_eq!(connections, 1, "another try meets the same: {run}");
    }
}

/// An authority that everybody in a test may trust.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names, no error");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(
            DnType::CommonName,
            format!("throwaway {}", fastrand::u64(..)),
        );
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// A server whose certificate is changed from a good one.
    fn server(&self, change: impl Fn(&mut CertificateParams)) -> Server {
        let names = vec!["127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).expect("a name that is fit");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        Server::of(certificate.der().clone(), &key)
    }
}

#[test]
fn a_certificate_of_another_time_is_told_with_its_date() {
    let authority = Authority::new();
    let expired = authority.server(|params| params.not_after = date_time_ymd(2020, 1, 2));
    expired.fails(
        &authority.pem,
        &["it expired on 2020-01-02 00:00 UTC", "this machine's clock"],
    );
    let early = authority.server(|params| params.not_before = date_time_ymd(2100, 3, 4));
    early.fails(&authority.pem, &["it is not valid before 2100-03-04"]);
}

#[test]
fn a_certificate_for_another_host_is_told_with_its_names() {
    let authority = Authority::new();
    let server = authority.server(|params| {
        let names = vec!["a.example".to_owned(), "192.0.2.1".to_owned()];
        let other = CertificateParams::new(names).expect("names that are fit");
        params.subject_alt_names = other.subject_alt_names;
    });
    server.fails(
        &authority.pem,
        &["it is for a.example, 192.0.2.1, not for 127.0.0.1"],
    );
}

#[test]
fn a_certificate_that_nobody_trusted_signed_is_told_so() {
    let server = Authority::new().server(|_| {});
    server.fails(&Authority::new().pem, &["unknown issuer", "--ca-cert"]);
}

#[test]
fn a_certificate_that_is_not_a_servers_is_told_so() {
    let authority = Authority::new();
    let server = authority.server(|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    server.fails(&authority.pem, &["it is not meant for servers"]);
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("fit");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let own = params.self_signed(&key).expect("a certificate");
    let server = Server::of(own.der().clone(), &key);
    server.fails(&own.pem(), &["a CA's own certificate"]);
}

#[test]
fn a_server_of_old_or_no_tls_is_final_and_told_so() {
    let authority = Authority::new();
    let answer = |bytes: &'static [u8]| {
        Server::start(move |mut connection| {
            let _ = connection.read(&mut [0; 1024]);
            let _ = connection.write_all(bytes);
        })
    };
    // A fatal alert: protocol_version.
    answer(&[0x15, 3, 1, 0, 2, 2, 70]).fails(&authority.pem, &["TLS 1.1 or older"]);
    answer(b"HTTP/1.1 400 Bad Request\r\n\r\n").fails(&authority.pem, &["does not speak TLS"]);
}

#[test]
fn a_ca_file_may_be_der_or_begin_with_a_byte_order_mark() {
    let zoho = Zoho::start_tls().with_file("Data_001.zip", small_zip(1, 1000));
    let pem = fs::read(zoho.ca_file().expect("it has one")).expect("it is there");
    let der = CertificateDer::from_pem_slice(&pem).expect("a certificate");
    let with_mark = [b"\xef\xbb\xbf".as_slice(), &pem].concat();
    for bytes in [der.as_ref(), &with_mark] {
        let path = zoho.home().join("other");
        fs::write(&path, bytes).expect("it is ours");
        let mut cli = Cli::new(zoho.home()).always(format!("--ca-cert={}", path.display()));
        for (name, value) in zoho.env() {
            cli = cli.env(name, value);
        }
        let run = cli.run(["list"]);
        assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run}");
    }
}

#[test]
fn a_ca_file_that_is_none_is_refused_by_its_name_with_the_reason() {
    let home = folder();
    let cli = Cli::new(home.path()).env("ZOHO_ACCESS_TOKEN", "x");
    let key = KeyPair::generate().expect("a key");
    let pem = key.serialize_pem();
    for (bytes, reason) in [
        (b"".as_slice(), "it is empty"),
        (b"hello", "it holds no certificate"),
        (pem.as_bytes(), "it holds a private key"),
        (&key.serialize_der(), "it holds a private key"),
        (b"\xff\xfe-\0-\0", "it is UTF-16"),
    ] {
        fs::write(home.path().join("ca.pem"), bytes).expect("it is ours");
        let run = cli.run(["list", "--ca-cert", "ca.pem"]);
        refused(
            &run,
            &format!("--ca-cert: ca.pem can't be used: {reason}"),
            "PEM",
        );
    }
    refused(
        &cli.run(["list", "--ca-cert", "."]),
        "--ca-cert: . can't be read",
        "PEM",
    );
}

#[test]
fn a_variable_that_names_no_certificates_exits_2_by_its_name() {
    let home = folder();
    let file = |name: &str, text: &str| {
        fs::write(home.path().join(name), text).expect("it is ours");
        home.path().join(name).display().to_string()
    };
    let garbage = file("garbage", "hello");
    let empty = home.path().join("empty");
    fs::create_dir(&empty).expect("it is ours");
    let cli = Cli::new(home.path()).env("ZOHO_ACCESS_TOKEN", "x");
    for (variable, value) in [
        ("SSL_CERT_FILE", "/no/such"),
        ("SSL_CERT_FILE", ""),
        ("SSL_CERT_FILE", &garbage),
        ("SSL_CERT_DIR", "/no/such:/nor/such"),
        ("SSL_CERT_DIR", &empty.display().to_string()),
    ] {
        let run = cli.clone().env(variable, value).run(["list"]);
        refused(
            &run,
            &format!("{variable}: there are no CA certificates"),
            "unset it",
        );
    }
    // With one that is good, and with a file of one's own, nothing is amiss.
    let good = file("ca.pem", &Authority::new().pem);
    let bad = cli.env("SSL_CERT_DIR", "/no/such");
    let away = ["list", "--api-domain=https://127.0.0.1:9", "--retries=0"];
    assert_eq!(bad.clone().env("SSL_CERT_FILE", &good).run(away).code, 5);
    let run = bad.always(format!("--ca-cert={good}")).run(away);
    assert_eq!(run.code, 5, "{run}");
}

#[test]
fn a_machine_without_ca_certificates_exits_2_with_the_package_to_install() {
    let home = folder();
    let store = home.path().join("store");
    fs::create_dir(&store).expect("it is ours");
    fs::write(store.join("garbage"), "hello").expect("it is ours");
    let cli = Cli::new(home.path())
        .env("ZOHO_ACCESS_TOKEN", "x")
        .env("SSL_CERT_DIR", store.display().to_string());
    let run = cli.run(["list", "--api-domain=192.0.2.1", "--retries=0"]);
    refused(&run, "no CA certificates", "ca-certificates");
    assert!(Path::new(&store).exists());
}

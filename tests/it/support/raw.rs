//! A client that believes nothing: it sends one request and keeps what came, whole or not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::run::GUARD;
use super::zoho::Zoho;

/// What came back.
#[derive(Debug, Default)]
pub struct Answer {
    /// 0 when there was no HTTP reply.
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// As it came: in chunks, if the reply is chunked.
    pub body: Vec<u8>,
    /// How reading ended, where it was not the end of the connection.
    pub error: Option<std::io::ErrorKind>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends `GET` to an URL of the stand-in; each header is `Name: value`.
pub fn get(zoho: &Zoho, url: &str, headers: &[&str]) -> Answer {
    send(zoho, "GET", url, headers, "")
}

pub fn send(zoho: &Zoho, method: &str, url: &str, headers: &[&str], body: &str) -> Answer {
    send_within(GUARD, zoho, method, url, headers, body)
}

/// A silence longer than `patience` ends the reading: it shows as [`Answer::error`].
pub fn send_within(
    patience: Duration,
    zoho: &Zoho,
    method: &str,
    url: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    let (scheme, rest) = url.split_once("://").expect("a whole URL");
    let (host, path) = rest.split_at(rest.find('/').expect("an URL with a path"));
    let headers: String = headers
        .iter()
        .flat_map(|header| [*header, "\r\n"])
        .collect();
    let len = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len}\r\n{headers}\r\n{body}"
    );
    let address: SocketAddr = host.parse().expect("an address with a port");
    let stream = TcpStream::connect(address).expect("it listens");
    stream
        .set_read_timeout(Some(patience))
        .expect("a time that is not zero");
    if scheme == "https" {
        exchange(trusting(zoho, stream), request.as_bytes())
    } else {
        exchange(stream, request.as_bytes())
    }
}

fn trusting(zoho: &Zoho, stream: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
    let ca = zoho.ca_file().expect("it speaks TLS");
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(ca).expect("a PEM file"))
        .expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the versions that rustls supports")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").expect("an address");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    StreamOwned::new(connection, stream)
}

/// Sends this, and reads until the connection ends.
pub(super) fn exchange(mut stream: impl Read + Write, request: &[u8]) -> Answer {
    stream.write_all(request).expect("it reads");
    let mut bytes = Vec::new();
    let error = stream
        .read_to_end(&mut bytes)
        .err()
        .map(|error| error.kind());
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Answer {
            body: bytes,
            error,
            ..Answer::default()
        };
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        Some((name.to_owned(), value.to_owned()))
    });
    Answer {
        status: status.unwrap_or(0),
        headers: headers.collect(),
        body: bytes[end + 4..].to_vec(),
        error,
    }
}

//! The way of server-based clients: a browser gets the user's consent at Zoho and brings the code to a port of this machine
//! (`zoho-api.md` section 3.1).
//!
//! Anybody on this machine, and any page in that browser, can send requests to the port. So exactly one kind of request
//! counts: the right path, and the `state` that only the browser that was sent to Zoho can know. The rest is turned away,
//! and the waiting goes on. What comes is never shown.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use url::{Url, form_urlencoded};

use crate::exit::Exit;
use crate::http::hosts::is_loopback;
use crate::problem::Problem;
use crate::store::sys;
use crate::untrusted::printable;
use crate::zoho::datacenter::DataCenter;

/// Where the browser is sent back to, unless something else was registered.
const PORT: u16 = 8765;

/// The head of a request is no longer.
const LARGEST_HEAD: usize = 16 << 10;

/// A browser opens connections that it may use later. They must neither hold up the right one nor pile up.
const PATIENCE: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: usize = 32;

/// What a good callback brought.
#[derive(Debug)]
pub(crate) struct Callback {
    /// To be exchanged.
    pub(crate) code: SecretString,
    location: Option<String>,
    server: Option<String>,
}

/// The port, open.
#[derive(Debug)]
pub(crate) struct Listener {
    port: TcpListener,
    expected: Expected,
    /// Exactly as it is registered with the client.
    pub(crate) redirect_uri: String,
}

/// What makes a request the right one.
#[derive(Debug, Clone)]
struct Expected {
    path: String,
    state: String,
}

impl Listener {
    /// Opens the port: the one that is given, else that of the redirect URI, else the usual one.
    pub(crate) async fn open(
        port: Option<u16>,
        redirect_uri: Option<&str>,
    ) -> Result<Listener, Problem> {
        let usual = format!("http://127.0.0.1:{}/callback", port.unwrap_or(PORT));
        let text = redirect_uri.unwrap_or(&usual);
        let url = Url::parse(text)
            .ok()
            .filter(|url| url.scheme() == "http" && is_loopback(url))
            .filter(|url| url.query().is_none() && url.fragment().is_none())
            .ok_or_else(|| not_loopback(text))?;
        let port = port.or(url.port_or_known_default()).unwrap_or(PORT);
        let failed = |error| no_port(port, &error);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(failed)?;
        Ok(Listener {
            port: listener,
            expected: Expected {
                path: url.path().to_owned(),
                state: random_state().map_err(failed)?,
            },
            redirect_uri: text.to_owned(),
        })
    }

    /// The port that is open.
    pub(crate) fn port(&self) -> Option<u16> {
        self.port.local_addr().ok().map(|address| address.port())
    }

    /// The page where the user agrees.
    pub(crate) fn consent_page(&self, accounts: &Url, client_id: &str, scopes: &str) -> Url {
        let mut url = accounts.clone();
        url.set_path("/oauth/v2/auth");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("scope", scopes)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("access_type", "offline")
            // Without it there is a refresh token at the first consent only.
            .append_pair("prompt", "consent")
            .append_pair("state", &self.expected.state);
        url
    }

    /// Waits for the one good callback.
    pub(crate) async fn wait(self, at_most: Duration) -> Result<Callback, Problem> {
        let (good, mut came) = mpsc::channel(1);
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let accept = async {
            while let Ok(place) = Arc::clone(&places).acquire_owned().await {
                let Ok((stream, _)) = self.port.accept().await else {
                    // Too many open files, or a peer that has gone: neither passes by asking at once.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let (expected, good) = (self.expected.clone(), good.clone());
                tokio::spawn(async move {
                    let visit = tokio::time::timeout(PATIENCE, answer(stream, &expected)).await;
                    drop(place);
                    if let Ok(Some(visit)) = visit {
                        let _ = good.try_send(visit);
                    } else {
                        tracing::debug!("a request that is not the callback");
                    }
                });
            }
        };
        let visit = tokio::select! {
            () = accept => None,
            visit = came.recv() => visit,
            () = tokio::time::sleep(at_most) => None,
        };
        visit.unwrap_or_else(|| Err(nobody_came(&self.redirect_uri, at_most)))
    }
}

impl Callback {
    /// The data centre that the callback names; nothing when it is the one in use. `named` is an accounts server that the
    /// user named: then there is no other.
    /// An error: the secret must not go there.
    pub(crate) fn data_center(
        &self,
        named: Option<&Url>,
    ) -> Result<Option<&'static DataCenter>, Problem> {
        if let Some(named) = named {
            let same = |text: &String| Url::parse(text).is_ok_and(|url| url == *named);
            return match &self.server {
                Some(server) if !same(server) => Err(strange_server(server)),
                _ => Ok(None),
            };
        }
        let by_server = match &self.server {
            Some(server) => {
                Some(DataCenter::of_accounts(server).ok_or_else(|| strange_server(server))?)
            }
            None => None,
        };
        let by_location = match &self.location {
            Some(code) => Some(DataCenter::find(code).ok_or_else(|| strange_server(code))?),
            None => None,
        };
        match (by_server, by_location) {
            (Some(server), Some(location)) if server != location => {
                Err(strange_server(server.accounts))
            }
            (server, location) => Ok(server.or(location)),
        }
    }
}

/// Reads one request and answers it. The page is the same whatever the request held. Nothing when it is not the callback.
async fn answer(mut stream: TcpStream, expected: &Expected) -> Option<Result<Callback, Problem>> {
    let head = head(&mut stream).await.ok()?;
    let visit = head.and_then(|head| judge(&head, expected));
    let (status, page) = match &visit {
        Some(Ok(_)) => (
            "200 OK",
            "backup-fetch has its code. Close this window and go back to the terminal.",
        ),
        Some(Err(_)) => (
            "200 OK",
            "Access was refused. Close this window and go back to the terminal.",
        ),
        None => (
            "400 Bad Request",
            "This is not the reply that backup-fetch is waiting for.",
        ),
    };
    let reply = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\r\n{page}",
        page.len()
    );
    // The code is here, whether or not the browser still reads.
    let _ = stream.write_all(reply.as_bytes()).await;
    let _ = stream.shutdown().await;
    visit
}

/// The head of a request; nothing when it is too long or breaks off.
async fn head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 2048];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut chunk).await?;
        bytes.extend_from_slice(&chunk[..count]);
        if count == 0 || bytes.len() > LARGEST_HEAD {
            return Ok(None);
        }
    }
    Ok(String::from_utf8(bytes).ok())
}

/// The callback, if this is it.
fn judge(head: &str, expected: &Expected) -> Option<Result<Callback, Problem>> {
    let line = head.split("\r\n").next()?;
    let parts: Vec<&str> = line.split(' ').collect();
    let ["GET", target, "HTTP/1.1" | "HTTP/1.0"] = parts[..] else {
        return None;
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut fields = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
        // A field that comes twice is nobody's callback.
        if fields.insert(name, value).is_some() {
            return None;
        }
    }
    if path != expected.path || fields.get("state") != Some(&expected.state) {
        return None;
    }
    if let Some(error) = fields.get("error") {
        return Some(Err(refused(&printable(error))));
    }
    let code = fields.remove("code")?;
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let code = SecretString::from(code);
    crate::redaction::hide(&code);
    Some(Ok(Callback {
        code,
        location: fields.remove("location"),
        server: fields.remove("accounts-server"),
    }))
}

fn not_loopback(uri: &str) -> Problem {
    let message = format!(
        "the redirect URI {:?} is not on this machine",
        printable(uri)
    );
    Problem::new(Exit::Usage, "redirect_uri", message).hint(
        "register one such as http://127.0.0.1:8765/callback with the client, and give it with --redirect-uri",
    )
}

fn no_port(port: u16, error: &std::io::Error) -> Problem {
    let message = format!("can't listen on port {port} of 127.0.0.1: {error}");
    Problem::new(Exit::Usage, "port", message)
        .hint("choose another one with --browser PORT, and register it with the client")
}

fn refused(said: &str) -> Problem {
    let message = format!("access was refused in the browser ({said})");
    Problem::new(Exit::Unauthorized, "access_denied", message).hint(
        "run login again and accept in the browser; if you did accept, too many codes were requested: wait 10 minutes",
    )
}

fn nobody_came(redirect_uri: &str, after: Duration) -> Problem {
    let after = humantime::format_duration(after);
    let message = format!("no browser came back to {redirect_uri} within {after}");
    Problem::new(Exit::Unauthorized, "no_callback", message).hint(
        "run login again and open the address in a browser on this machine; on another machine, forward the port first (ssh -L)",
    )
}

fn strange_server(server: &str) -> Problem {
    let server = printable(server);
    let message =
        format!("the browser came back with an accounts server that is refused: {server}");
    Problem::new(Exit::Integrity, "accounts_server_refused", message)
        .hint("no secret was sent there; if you trust this server, give it with --accounts-url")
}

/// 128 bits that nobody can guess.
fn random_state() -> std::io::Result<String> {
    let bytes = sys::random()?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callback(location: Option<&str>, server: Option<&str>) -> Callback {
        Callback {
            code: "x".to_owned().into(),
            location: location.map(str::to_owned),
            server: server.map(str::to_owned),
        }
    }

    #[test]
    fn a_server_counts_only_when_it_is_in_the_table_and_fits_its_location() {
        let center = |location, server| {
            callback(location, server)
                .data_center(None)
                .map(|center| center.map(|center| center.code))
                .map_err(|error| error.exit.code())
        };
        let eu = "https://accounts.zoho.eu";
        assert_eq!(center(Some("eu"), Some(eu)), Ok(Some("eu")));
        assert_eq!(center(None, Some(eu)), Ok(Some("eu")));
        assert_eq!(center(Some("eu"), None), Ok(Some("eu")));
        assert_eq!(center(None, None), Ok(None));
        assert_eq!(center(Some("in"), Some(eu)), Err(6));
        assert_eq!(center(Some("mars"), None), Err(6));
        assert_eq!(
            center(Some("eu"), Some("https://accounts.zoho.eu.example")),
            Err(6)
        );
        assert_eq!(center(Some("eu"), Some("http://accounts.zoho.eu")), Err(6));
    }

    #[test]
    fn where_a_server_was_named_there_is_no_other() {
        let named = Url::parse("http://127.0.0.1:9000").unwrap();
        let with = |server| callback(Some("us"), Some(server)).data_center(Some(&named));
        assert!(matches!(with("http://127.0.0.1:9000"), Ok(None)));
        assert!(with("http://127.0.0.1:9001").is_err());
        assert!(with("https://accounts.zoho.com").is_err());
    }

    #[test]
    fn states_are_long_and_each_is_another_one() {
        let (one, other) = (random_state().unwrap(), random_state().unwrap());
        assert_eq!((one.len(), other.len()), (32, 32));
        assert_ne!(one, other);
    }

    #[tokio::test(start_paused = true)]
    async fn the_waiting_ends() {
        let listener = Listener::open(Some(0), None).await.unwrap();
        let ended = listener.wait(Duration::from_mins(10)).await.unwrap_err();
        assert!(ended.to_string().ends_with("within 10m"), "{ended}");
        assert_eq!(ended.exit.code(), 4);
    }
}

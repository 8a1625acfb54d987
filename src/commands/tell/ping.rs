//! Tells a monitor over HTTP that a run begins and how it ended, by the rules of healthchecks.io: `URL/start`, then `URL` after a
//! success or `URL/EXIT_CODE` after a failure, and the same `rid` with both.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use crate::cli::PingUrl;
use crate::event::{Event, Observer};
use crate::exit::Exit;
use crate::http::retry::{self, Backoff, RetryPolicy};
use crate::http::{Client, HttpError};
use crate::output::Terminal;
use crate::settings::Sources;
use crate::store::sys;
use crate::untrusted::safe_url;

/// No run waits longer than this for a monitor at its end, and none asks for longer at its start.
const LIMIT: Duration = Duration::from_secs(10);

/// What of that is left to a start that is still under way when the run ends.
const LIMIT_OF_START: Duration = Duration::from_secs(3);

/// Who says nothing for so long is asked again.
const ATTEMPT: Duration = Duration::from_secs(4);

/// With waits that double from a second on they end before the limit does.
const RETRIES: u32 = 3;

pub(super) struct Ping {
    sender: Arc<Sender>,
    terminal: Terminal,
    start: Option<JoinHandle<()>>,
}

struct Sender {
    url: Url,
    /// By which the monitor knows what belongs to one run.
    run: Option<String>,
    client: Client,
    retry: RetryPolicy,
}

impl Ping {
    /// Nothing, and a warning, where there is no safe way to the monitor.
    pub(super) fn new(url: &PingUrl, sources: &Sources, terminal: &Terminal) -> Option<Ping> {
        let (client, retry) = match sources.foreign_client() {
            Ok(found) => found,
            Err(problem) => {
                terminal.warning_beside_data(&failed(&url.0, &problem));
                return None;
            }
        };
        Some(Ping {
            sender: Arc::new(Sender {
                url: url.0.clone(),
                run: sys::random().ok().map(uuid),
                client: Client::new(client),
                retry: RetryPolicy {
                    retries: retry.retries.min(RETRIES),
                    ..retry
                },
            }),
            terminal: terminal.clone(),
            start: None,
        })
    }

    /// In the background, beside the run.
    pub(super) fn start(&mut self) {
        let (sender, terminal) = (Arc::clone(&self.sender), self.terminal.clone());
        self.start = Some(tokio::spawn(async move {
            match within(LIMIT, sender.send(Some("start"), None)).await {
                // Not every monitor wants to know that, and one that is not there at all answers alike at the end.
                Ok(()) | Err(PingError::Status(404 | 405)) => {}
                Err(error) => terminal.warning_beside_data(&failed(&sender.url, &error)),
            }
        }));
    }

    pub(super) async fn end(self, code: Exit, body: Option<&str>) -> Result<(), String> {
        let Ping { sender, start, .. } = self;
        let told = async {
            // The end must not arrive before the start.
            if let Some(mut start) = start
                && timeout(LIMIT_OF_START, &mut start).await.is_err()
            {
                start.abort();
            }
            let code = code.code().to_string();
            let action = Some(code.as_str()).filter(|code| *code != "0");
            sender.send(action, body).await
        };
        let told = within(LIMIT, told).await;
        told.map_err(|error| failed(&sender.url, &error))
    }
}

async fn within(
    limit: Duration,
    told: impl Future<Output = Result<(), PingError>>,
) -> Result<(), PingError> {
    let told = timeout(limit, told).await;
    told.unwrap_or(Err(PingError::Silent(limit)))
}

impl Sender {
    async fn send(&self, action: Option<&str>, body: Option<&str>) -> Result<(), PingError> {
        let url = address(&self.url, action, self.run.as_deref());
        let attempt = |_| async {
            let asked = async {
                match body {
                    None => self.client.get(&url).await,
                    Some(body) => self.client.post_text(&url, body).await,
                }
            };
            match timeout(ATTEMPT, asked).await {
                Err(_) => Err(PingError::Silent(ATTEMPT)),
                Ok(Err(error)) => Err(PingError::Http(safe_url(&url), error)),
                Ok(Ok(reply)) if matches!(reply.status, 200..=299) => Ok(()),
                Ok(Ok(reply)) => Err(PingError::Status(reply.status)),
            }
        };
        let sent = retry::run(&self.retry, &Unseen, None, PingError::backoff, attempt);
        sent.await.map_err(|gave_up| gave_up.error)
    }
}

#[derive(Debug)]
enum PingError {
    /// With the address as the error shows it.
    Http(String, HttpError),
    Status(u16),
    Silent(Duration),
}

impl PingError {
    /// A monitor has little time, so that no wait is longer because it asks for that.
    fn backoff(&self) -> Option<Backoff> {
        let is_temporary = match self {
            PingError::Http(_, error) => error.backoff().is_some(),
            PingError::Status(status) => Backoff::of_status(*status, None).is_some(),
            PingError::Silent(_) => true,
        };
        is_temporary.then(Backoff::default)
    }
}

impl fmt::Display for PingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PingError::Http(url, error) => {
                let told = error.to_string();
                let without_url = told.strip_prefix(&format!("{url}: "));
                formatter.write_str(without_url.unwrap_or(&told))
            }
            PingError::Status(status) => write!(formatter, "HTTP {status}"),
            PingError::Silent(time) => {
                let time = humantime::format_duration(*time);
                write!(formatter, "no answer within {time}")
            }
        }
    }
}

/// Only the host is named: who knows the rest can ping, too.
fn failed(url: &Url, why: &impl fmt::Display) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("the ping to {host} failed: {why}")
}

/// Where to send it; a query stays as it is.
fn address(url: &Url, action: Option<&str>, run: Option<&str>) -> Url {
    let mut url = url.clone();
    if let (Some(action), Ok(mut path)) = (action, url.path_segments_mut()) {
        path.pop_if_empty().push(action);
    }
    if let Some(run) = run {
        let query = match url.query() {
            Some(query) if !query.is_empty() => format!("{query}&rid={run}"),
            _ => format!("rid={run}"),
        };
        url.set_query(Some(&query));
    }
    url
}

/// A random UUID (RFC 9562 section 5.4).
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = bytes.map(|byte| format!("{byte:02x}")).concat();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &hex[part]);
    parts.join("-")
}

/// Nobody is shown each attempt.
struct Unseen;

impl Observer for Unseen {
    fn event(&self, _: Event) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addressed(url: &str, action: Option<&str>) -> String {
        let url = Url::parse(url).unwrap();
        address(&url, action, Some("1")).to_string()
    }

    #[test]
    fn what_is_told_goes_behind_the_path_and_the_query_stays() {
        let failed = |url| addressed(url, Some("7"));
        assert_eq!(
            failed("https://hc.example/u"),
            "https://hc.example/u/7?rid=1"
        );
        assert_eq!(
            failed("https://hc.example/u/"),
            "https://hc.example/u/7?rid=1"
        );
        assert_eq!(
            failed("https://hc.example/a/b?create=1&x=%2F"),
            "https://hc.example/a/b/7?create=1&x=%2F&rid=1"
        );
        assert_eq!(failed("https://hc.example"), "https://hc.example/7?rid=1");
        let push = "http://kuma.example/api/push/x?status=up&msg=OK&ping=";
        assert_eq!(addressed(push, None), format!("{push}&rid=1"));
    }

    #[test]
    fn a_run_is_named_by_a_random_uuid() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }

    #[tokio::test]
    async fn a_monitor_that_never_answers_holds_up_no_run_for_longer_than_the_limit() {
        // Connections are taken by the system, and nobody ever answers.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/u", listener.local_addr().unwrap());
        let global = crate::cli::Global::default();
        let (sources, _) = Sources::readable(&global, crate::settings::Environment::default());
        let terminal = Terminal::new(crate::cli::OutputOptions::default());
        let mut ping = Ping::new(&url.parse().unwrap(), &sources, &terminal).unwrap();
        tokio::time::pause();
        let begun = tokio::time::Instant::now();
        ping.start();
        let told = ping.end(Exit::Done, None).await;
        assert!(told.unwrap_err().contains("no answer within"));
        assert!(begun.elapsed() <= LIMIT + Duration::from_millis(50));
        drop(listener);
    }
}

//! Sends requests: timeouts, redirects, which hosts get the token.
//!
//! It tries once. Who wants more tries decides that by the error (`retry`), because only there it is known whether
//! something was gained meanwhile.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use reqwest::header::{self, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::error::{HttpError, REDIRECT, REDIRECTS, refused_tunnel};
use super::hosts::{TrustedHosts, is_loopback};
use super::proxy::{self, Proxies};
use super::range::ByteRange;
use super::reply::Reply;
use super::tls::CaCerts;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::untrusted::{printable, safe_url};

/// Hops after which a redirect leads nowhere (`design.md` section 7 rule 3).
const MOST_REDIRECTS: usize = 5;

/// A future that a trait object can return.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the token comes from.
pub(crate) trait Authorize: Send + Sync {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, Problem>>;

    /// A token other than `refused`, which a server did not take.
    fn renew<'a>(
        &'a self,
        refused: &'a SecretString,
    ) -> BoxFuture<'a, Result<SecretString, Problem>>;

    /// Keeps `refused` from the next run.
    fn forget<'a>(&'a self, refused: &'a SecretString) -> BoxFuture<'a, ()>;
}

/// How the client is set up.
#[derive(Debug, Clone)]
pub(crate) struct ClientOptions {
    /// Certificates to trust besides the system's.
    pub(crate) ca_certs: Option<CaCerts>,
    pub(crate) proxies: Proxies,
    pub(crate) connect_timeout: Duration,
    /// How long a server may send nothing.
    pub(crate) stall_timeout: Duration,
    pub(crate) trusted: TrustedHosts,
}

/// Sends requests. Cheap to clone; the clones share their connections.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Arc<Shared>,
    authorize: Option<Arc<dyn Authorize>>,
}

struct Shared {
    options: ClientOptions,
    ca_certs: Vec<reqwest::Certificate>,
    /// Built at their first use: reading the system's certificates takes longer than all the rest of a short run.
    direct: OnceLock<reqwest::Client>,
    proxied: OnceLock<reqwest::Client>,
}

/// A request for a file or a part of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRequest<'a> {
    pub(crate) url: &'a Url,
    /// Nothing: the whole file.
    pub(crate) range: Option<ByteRange>,
    /// Only if the file is still of this version; else the whole file comes.
    pub(crate) if_range: Option<&'a str>,
}

impl Client {
    pub(crate) fn new(options: ClientOptions) -> Client {
        let ca_certs = options.ca_certs.as_ref();
        Client {
            shared: Arc::new(Shared {
                ca_certs: ca_certs.map(CaCerts::certificates).unwrap_or_default(),
                options,
                direct: OnceLock::new(),
                proxied: OnceLock::new(),
            }),
            authorize: None,
        }
    }

    /// Fails where this machine has not what a request to this host needs, such as CA certificates.
    pub(crate) fn check(&self, url: &Url) -> Result<(), HttpError> {
        self.client_for(url).map(drop)
    }

    /// The same client, with a token for the hosts that get one.
    pub(crate) fn authorized_by(&self, authorize: Arc<dyn Authorize>) -> Client {
        Client {
            shared: Arc::clone(&self.shared),
            authorize: Some(authorize),
        }
    }

    /// How long a server may send nothing, and how long a connection may take.
    #[cfg(feature = "object-store")]
    pub(super) fn patience(&self) -> (Duration, Duration) {
        let options = &self.shared.options;
        (options.stall_timeout, options.connect_timeout)
    }

    /// Whether the token may go to this URL.
    pub(crate) fn trusts(&self, url: &Url) -> bool {
        self.shared.options.trusted.trusts(url)
    }

    /// A new token in the place of one that was refused.
    pub(crate) async fn renew(&self, refused: &SecretString) -> Result<(), HttpError> {
        if let Some(authorize) = &self.authorize {
            authorize.renew(refused).await?;
        }
        Ok(())
    }

    /// Keeps a token from the next run that was refused although it was new.
    pub(crate) async fn forget(&self, refused: &SecretString) {
        if let Some(authorize) = &self.authorize {
            authorize.forget(refused).await;
        }
    }

    /// A reply with any status is no error here.
    pub(crate) async fn get(&self, url: &Url) -> Result<Reply, HttpError> {
        self.follow(url, HeaderMap::new()).await
    }

    /// Asks for a file or a part of it. `identity`: a compressed body would have other ranges than the file.
    pub(crate) async fn file(&self, request: FileRequest<'_>) -> Result<Reply, HttpError> {
        let mut headers = HeaderMap::new();
        let mut insert = |name, value: &str| {
            let value = HeaderValue::from_str(value).ok();
            headers.extend(value.map(|value| (name, value)));
        };
        insert(header::ACCEPT_ENCODING, "identity");
        if let Some(range) = request.range {
            insert(header::RANGE, &range.header());
            if let Some(validator) = request.if_range {
                insert(header::IF_RANGE, validator);
            }
        }
        let reply = self.follow(request.url, headers).await?;
        reply.uncompressed().await
    }

    /// Sends a form, with no token and no redirects: what it holds goes to this one place.
    pub(crate) async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<Reply, HttpError> {
        let request = self.client_for(url)?.post(url.clone()).form(form);
        self.send(url, request, None).await
    }

    /// Sends JSON, or nothing at all where `body` is empty. Redirects are not followed: what changes something goes to the
    /// place that was meant.
    pub(crate) async fn post_json(&self, url: &Url, body: &str) -> Result<Reply, HttpError> {
        let mut request = self.client_for(url)?.post(url.clone());
        request = if body.is_empty() {
            request.header(header::CONTENT_LENGTH, 0)
        } else {
            request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.to_owned())
        };
        self.send_authorized(url, request).await
    }

    /// Sends a text. Redirects are not followed.
    pub(crate) async fn post_text(&self, url: &Url, text: &str) -> Result<Reply, HttpError> {
        let request = self.client_for(url)?.post(url.clone());
        let request = request.header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
        self.send(url, request.body(text.to_owned()), None).await
    }

    /// Sends a PUT without a body; as [`post_json`](Client::post_json) else.
    pub(crate) async fn put(&self, url: &Url) -> Result<Reply, HttpError> {
        let request = self.client_for(url)?.put(url.clone());
        self.send_authorized(url, request.header(header::CONTENT_LENGTH, 0))
            .await
    }

    /// With the token in force, where the host gets it.
    async fn send_authorized(
        &self,
        url: &Url,
        mut request: RequestBuilder,
    ) -> Result<Reply, HttpError> {
        let mut token = None;
        if let Some(authorize) = &self.authorize
            && self.trusts(url)
        {
            let secret = authorize.token().await?;
            request = request.header(header::AUTHORIZATION, authorization(&secret)?);
            token = Some(secret);
        }
        self.send(url, request, token).await
    }

    /// Follows redirects by hand, so that each hop is judged by itself.
    async fn follow(&self, first: &Url, headers: HeaderMap) -> Result<Reply, HttpError> {
        let mut url = first.clone();
        for _ in 0..=MOST_REDIRECTS {
            let request = self.client_for(&url)?.get(url.clone());
            let reply = self
                .send_authorized(&url, request.headers(headers.clone()))
                .await?;
            match &reply.location {
                Some(location) if matches!(reply.status, 301 | 302 | 303 | 307 | 308) => {
                    url = next_hop(&url, location)?;
                }
                _ => return Ok(reply),
            }
        }
        Err(HttpError::new(
            &REDIRECTS,
            format!(
                "{}: redirected more than {MOST_REDIRECTS} times",
                safe_url(first)
            ),
        ))
    }

    async fn send(
        &self,
        url: &Url,
        request: RequestBuilder,
        token: Option<SecretString>,
    ) -> Result<Reply, HttpError> {
        let stall_timeout = self.shared.options.stall_timeout;
        let shown = safe_url(url);
        let started = Instant::now();
        let with = token.as_ref().map_or("", |_| ", with the token");
        tracing::debug!("asking {shown}{with}");
        let at_most = stall_timeout + self.shared.options.connect_timeout;
        let response = match tokio::time::timeout(at_most, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let error = self.no_reply(url, error).await;
                tracing::debug!("no reply: {error}");
                return Err(error);
            }
            Err(_) => return Err(HttpError::stalled(&shown, stall_timeout)),
        };
        let reply = Reply::new(shown, response, token, stall_timeout);
        tracing::debug!(
            "{} after {} ms from {}",
            reply.in_short(),
            started.elapsed().as_millis(),
            reply.url
        );
        Ok(reply)
    }

    /// Why there is no reply. Of a proxy that opens no tunnel the library tells no more than that, unless it asks for a
    /// password; whether it is for good is told by its status.
    pub(super) async fn no_reply(&self, url: &Url, error: reqwest::Error) -> HttpError {
        let Some(proxy) = self.shared.options.proxies.of(url) else {
            return HttpError::from_reqwest(url, error);
        };
        let Some(mut status) = refused_tunnel(&error) else {
            return HttpError::from_reqwest(url, error);
        };
        if status.is_none() {
            let asked = proxy::ask_for_tunnel(&proxy, url);
            let within = self.shared.options.connect_timeout;
            status = tokio::time::timeout(within, asked).await.ok().flatten();
        }
        HttpError::proxy(url, &proxy::place(&proxy), status)
    }

    pub(super) fn client_for(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        // What is on this machine is never reached through a proxy.
        let local = is_loopback(url);
        let Shared {
            direct, proxied, ..
        } = &*self.shared;
        let client = if local { direct } else { proxied };
        if let Some(client) = client.get() {
            return Ok(client);
        }
        let built = self.build(local)?;
        Ok(client.get_or_init(|| built))
    }

    fn build(&self, local: bool) -> Result<reqwest::Client, HttpError> {
        let base = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("backup-fetch/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(self.shared.options.connect_timeout)
                // One connection per stretch of a file: a single HTTP/2 connection would suffer one cap and one loss
                // for all of them (`engine.md`).
                .http1_only()
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .retry(reqwest::retry::never());
            let proxies = &self.shared.options.proxies;
            if local {
                builder.no_proxy()
            } else if proxies.any() {
                let proxies = proxies.clone();
                builder.proxy(reqwest::Proxy::custom(move |url| proxies.of(url)))
            } else {
                builder
            }
        };
        let certs = || self.shared.ca_certs.iter().cloned();
        let built = if local {
            // No public CA vouches for a loopback address, and reading the system's store would be for nothing.
            base().tls_certs_only(certs()).build()
        } else {
            base().tls_certs_merge(certs()).build().or_else(|error| {
                // A container without a store, and a CA file that replaces it.
                if self.shared.ca_certs.is_empty() {
                    Err(error)
                } else {
                    base().tls_certs_only(certs()).build()
                }
            })
        };
        built.map_err(|error| HttpError::from_setup(&error))
    }
}

/// Where a redirect leads, if it may be followed: http or https, and never from https down to http.
fn next_hop(from: &Url, location: &[u8]) -> Result<Url, HttpError> {
    let text = String::from_utf8_lossy(location);
    let refused = |to: String| {
        let from = safe_url(from);
        HttpError::new(
            &REDIRECT,
            format!("{from}: redirected to {to}, which is refused"),
        )
    };
    let to = from.join(&text).map_err(|_| refused(printable(&text)))?;
    let may = match (from.scheme(), to.scheme()) {
        (_, "https") => true,
        ("http", "http") => is_loopback(&to),
        _ => false,
    };
    if may && to.host_str().is_some() {
        Ok(to)
    } else {
        Err(refused(safe_url(&to)))
    }
}

/// `Zoho-oauthtoken TOKEN` (`zoho-api.md` section 3.6), marked so that no log of the library shows it.
fn authorization(token: &SecretString) -> Result<HeaderValue, HttpError> {
    let mut value = HeaderValue::from_str(&format!("Zoho-oauthtoken {}", token.expose_secret()))
        .map_err(|_| {
            let message = "the access token contains characters that a header can't carry";
            Problem::new(Exit::Usage, "token_malformed", message)
                .hint("look for a line break or a quote in ZOHO_ACCESS_TOKEN or its file")
        })?;
    value.set_sensitive(true);
    Ok(value)
}

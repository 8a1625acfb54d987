//! How the library's requests are sent: by our client. It sees what the library does not pass on: the store's clock, and
//! why a store refuses.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use object_store::{ClientConfigKey, ClientOptions, HeaderValue};
use url::form_urlencoded;

use super::listed::without_refused;
use super::options::{StoreSettings, is_true};
use super::received::is_as_sent;
use super::refusal::{self, Action, Refusal};
use crate::http::{self, Client, Proxies};
use crate::redaction;
use crate::store::object::url::Scheme;

/// The library gives this to every client but those that ask a machine of the cloud who it is: by that they are told apart.
const OF_STORES: Duration = Duration::from_secs(7777);

/// On a machine of the cloud the answer comes from next door; elsewhere there is nobody to answer.
const METADATA: Duration = Duration::from_secs(2);

/// More of an error is not read.
const LARGEST_ERROR: usize = 64 << 10;

/// What is sent to get a token for it.
const EXCHANGED: [&str; 5] = [
    "assertion",
    "client_assertion",
    "client_secret",
    "refresh_token",
    "WebIdentityToken",
];

/// Makes the clients of one store.
#[derive(Clone)]
pub(super) struct Connector {
    shared: Arc<Shared>,
}

struct Shared {
    scheme: Scheme,
    client: Client,
    /// For the address of a machine of the cloud, which no proxy knows.
    metadata: Client,
    /// The library goes another way when it is not let in there.
    tries_older_metadata: bool,
    /// Uploads in parts are completed only where there is no object yet. Not every store can.
    completes_new_only: AtomicBool,
}

/// The store's clock when it answered, which its answer carries to whoever looks at an object.
#[derive(Clone)]
pub(in crate::store::object) struct Answered(pub(in crate::store::object) DateTime<Utc>);

/// No machine of the cloud answered who we are.
#[derive(Debug)]
pub(super) struct NoMetadata(String);

impl std::error::Error for NoMetadata {}

impl fmt::Display for NoMetadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Connector {
    /// `settings`: those that it goes by itself, too.
    pub(super) fn new(
        scheme: Scheme,
        options: &http::ClientOptions,
        settings: &StoreSettings,
    ) -> Connector {
        let says = |key: &str, value: fn(&str) -> bool| {
            let mut all = settings.library.iter();
            all.any(|(its, text)| its.trim_start_matches("aws_") == key && value(text))
        };
        let is_unconditional = says("conditional_put", |text| text.trim() == "disabled");
        let metadata = http::ClientOptions {
            proxies: Proxies::default(),
            connect_timeout: METADATA.min(options.connect_timeout),
            stall_timeout: METADATA.min(options.stall_timeout),
            ..options.clone()
        };
        Connector {
            shared: Arc::new(Shared {
                scheme,
                client: Client::new(options.clone()),
                metadata: Client::new(metadata),
                tries_older_metadata: says("imdsv1_fallback", is_true),
                completes_new_only: AtomicBool::new(scheme == Scheme::S3 && !is_unconditional),
            }),
        }
    }

    /// What the library is told of clients. All else is ours.
    pub(super) fn options() -> ClientOptions {
        ClientOptions::new()
            .with_allow_http(true)
            .with_connect_timeout(OF_STORES)
    }

    /// Sends a request of our own, once.
    pub(super) async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, http::HttpError> {
        let response = self.shared.client.relay(request).await?;
        Ok(response.map(HttpResponseBody::new))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connector").finish_non_exhaustive()
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let timeout = options.get_config_value(&ClientConfigKey::ConnectTimeout);
        let timeout = timeout.and_then(|text| humantime::parse_duration(&text).ok());
        Ok(HttpClient::new(Service {
            shared: Arc::clone(&self.shared),
            is_metadata: timeout != Some(OF_STORES),
        }))
    }
}

struct Service {
    shared: Arc<Shared>,
    is_metadata: bool,
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Service").finish_non_exhaustive()
    }
}

impl HttpService for Service {
    // As `async_trait` writes it.
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            if self.is_metadata {
                self.metadata(request).await
            } else {
                self.store(request).await
            }
        })
    }
}

impl Service {
    async fn store(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let action = Action::of(&request);
        hide_tokens(&request);
        let completes = completes_upload(&request);
        let is_told = self.shared.scheme != Scheme::S3 && action == Action::Write;
        let sent = is_told.then(|| request.body().clone());
        let mut response = if completes {
            self.complete(request).await?
        } else {
            self.send(request).await?
        };
        if completes && response.status().as_u16() == 412 {
            // As the library calls it when an object is put that is there already.
            if let Ok(conflict) = 409.try_into() {
                *response.status_mut() = conflict;
            }
        }
        let response = judged(response, action).await?;
        if let Some(sent) = sent
            && !is_as_sent(&sent, response.headers()).await
        {
            let changed = Refusal::of_what_arrived(&response, action);
            return Err(HttpError::new(HttpErrorKind::Unknown, changed));
        }
        match action {
            Action::List if response.status().is_success() => readable(response).await,
            _ => Ok(response),
        }
    }

    /// Makes an object of the parts of an upload, where there is none yet. The header is not signed, and need not be.
    async fn complete(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let new_only = &self.shared.completes_new_only;
        if !new_only.load(Ordering::Relaxed) {
            return self.send(request).await;
        }
        let plain = request.clone();
        request
            .headers_mut()
            .insert("if-none-match", HeaderValue::from_static("*"));
        let response = self.send(request).await?;
        if response.status().as_u16() != 501 {
            return Ok(response);
        }
        tracing::debug!("the store completes uploads without a condition only");
        new_only.store(false, Ordering::Relaxed);
        self.send(plain).await
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let started = Instant::now();
        let mut response = self.shared.client.relay(request).await?;
        let took = started.elapsed().as_millis();
        let status = response.status().as_u16();
        tracing::debug!("{method} {path}: HTTP {status} after {took} ms");
        if let Some(date) = refusal::date(response.headers()) {
            response.extensions_mut().insert(Answered(date));
        }
        Ok(response.map(HttpResponseBody::new))
    }

    /// Not tried again: it is asked last of all, and mostly there is nobody.
    async fn metadata(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let none = |why: String| HttpError::new(HttpErrorKind::Unknown, NoMetadata(why));
        let sent = self.shared.metadata.relay(request).await;
        let response = sent.map_err(|error| none(error.problem().message))?;
        let status = response.status().as_u16();
        let is_older_way = status == 403 && self.shared.tries_older_metadata;
        if (200..300).contains(&status) || is_older_way {
            return Ok(response.map(HttpResponseBody::new));
        }
        Err(none(format!(
            "this machine's metadata service answers HTTP {status}"
        )))
    }
}

/// Whether it makes an object of the parts of an upload.
fn completes_upload(request: &HttpRequest) -> bool {
    let query = request.uri().query().unwrap_or_default();
    request.method().as_str() == "POST"
        && query.split('&').any(|pair| pair.starts_with("uploadId="))
}

/// Hides what the library got by itself: from a file, or in exchange for what we gave it.
fn hide_tokens(request: &HttpRequest) {
    let header = |name| request.headers().get(name)?.to_str().ok();
    let bearer = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    for token in bearer.into_iter().chain(header("x-amz-security-token")) {
        redaction::hide(&token.into());
    }
    let is_form = header("content-type") == Some("application/x-www-form-urlencoded");
    let form = request.body().as_bytes().filter(|_| is_form);
    let query = request.uri().query().unwrap_or_default();
    for text in form
        .into_iter()
        .map(|form| &**form)
        .chain([query.as_bytes()])
    {
        for (name, value) in form_urlencoded::parse(text) {
            if EXCHANGED.contains(&&*name) {
                redaction::hide(&value.as_ref().into());
            }
        }
    }
}

/// A refusal as an error that says all about it; but as an answer where the library knows what it means.
async fn judged(response: HttpResponse, action: Action) -> Result<HttpResponse, HttpError> {
    let status = response.status().as_u16();
    if (200..300).contains(&status) || status == 304 {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let mut chunks = body.bytes_stream();
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > LARGEST_ERROR {
            body.truncate(LARGEST_ERROR);
            break;
        }
    }
    let text = String::from_utf8_lossy(&body);
    let refusal = Refusal::new(status, &head.headers, &text, action);
    tracing::debug!("refused: {refusal}");
    let is_of_object = match status {
        404 => !is_about_bucket(&refusal.code),
        409 | 412 => {
            !["BlobImmutableDueToPolicy", "ContainerBeingDeleted"].contains(&refusal.code.as_str())
        }
        _ => false,
    };
    if is_of_object {
        return Ok(HttpResponse::from_parts(head, body.into()));
    }
    let kind = if refusal.is_temporary() {
        HttpErrorKind::Request
    } else {
        HttpErrorKind::Unknown
    };
    Err(HttpError::new(kind, refusal))
}

/// A list of what the library can read.
async fn readable(response: HttpResponse) -> Result<HttpResponse, HttpError> {
    let (head, body) = response.into_parts();
    let body = body.bytes().await?;
    let kept = str::from_utf8(&body).ok().and_then(without_refused);
    let body = kept.map_or_else(|| body.into(), HttpResponseBody::from);
    Ok(HttpResponse::from_parts(head, body))
}

/// Whether it is not the object that is missing.
pub(super) fn is_about_bucket(code: &str) -> bool {
    [
        "NoSuchBucket",
        "ContainerNotFound",
        "ResourceNotFound",
        "AccountNotFound",
    ]
    .contains(&code)
}

/// Tells the library whether to try again.
impl From<http::HttpError> for HttpError {
    fn from(error: http::HttpError) -> HttpError {
        let kind = if error.is_unsent() {
            HttpErrorKind::Connect
        } else if error.is_lost() {
            HttpErrorKind::Interrupted
        } else if error.backoff().is_some() {
            HttpErrorKind::Connect
        } else {
            HttpErrorKind::Unknown
        };
        HttpError::new(kind, error)
    }
}

//! Requests that another library makes, sent by our client: with the same proxies, certificates and patience.

use std::error::Error;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep, timeout_at};
use url::Url;

use super::client::Client;
use super::error::{HttpError, SETUP};
use crate::untrusted::safe_url;

/// A body is handed over in pieces of this size, so that it shows when no more of it goes out.
const PIECE: usize = 64 << 10;

/// What the system takes in at once and sends later, at what is taken for the slowest line (bytes a second).
const UNSEEN: u64 = 4 << 20;
const SLOWEST: u64 = 64 << 10;

impl Client {
    /// Sends a request as it is, once, and follows no redirects. Silence ends it, and a slow line does not.
    pub(crate) async fn relay<B, E>(
        &self,
        request: hyper::Request<B>,
    ) -> Result<hyper::Response<RelayedBody<E>>, HttpError>
    where
        B: Body<Data = Bytes> + Unpin + Send + Sync + 'static,
        B::Error: Error + Send + Sync + 'static,
    {
        let (head, body) = request.into_parts();
        let url = Url::parse(&head.uri.to_string())
            .map_err(|error| HttpError::new(&SETUP, format!("no request can be made: {error}")))?;
        let (stall, connect) = self.patience();
        let sent = Arc::new(Sent::new(stall, connect));
        let mut request = reqwest::Request::new(head.method, url.clone());
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(if body.is_end_stream() {
            Bytes::new().into()
        } else {
            reqwest::Body::wrap(SentBody {
                body,
                left: Bytes::new(),
                sent: Arc::clone(&sent),
            })
        });
        let mut reply = pin!(self.client_for(&url)?.execute(request));
        let response = loop {
            let until = sent.until();
            match timeout_at(until, &mut reply).await {
                Ok(Ok(response)) => break hyper::Response::from(response),
                Ok(Err(error)) => return Err(self.no_reply(&url, error).await),
                Err(_) if sent.until() > until => {}
                Err(_) => return Err(HttpError::stalled(&safe_url(&url), stall)),
            }
        };
        Ok(response.map(|body| RelayedBody {
            body,
            url,
            stall,
            silence: None,
            error: PhantomData,
        }))
    }
}

/// How long it may still take until something happens.
struct Sent {
    stall: Duration,
    state: Mutex<(Instant, u64)>,
}

impl Sent {
    fn new(stall: Duration, connect: Duration) -> Sent {
        Sent {
            stall,
            state: Mutex::new((Instant::now() + stall + connect, 0)),
        }
    }

    fn until(&self) -> Instant {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// So many bytes more went to the system.
    fn more(&self, bytes: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += bytes as u64;
        let on_the_way = Duration::from_secs(state.1.min(UNSEEN) / SLOWEST);
        state.0 = Instant::now() + self.stall + on_the_way;
    }
}

struct SentBody<B> {
    body: B,
    /// Of the last frame.
    left: Bytes,
    sent: Arc<Sent>,
}

impl<B: Body<Data = Bytes> + Unpin> Body for SentBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.left.is_empty() {
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => frame,
                other => return other,
            };
            match frame.into_data() {
                Ok(data) => self.left = data,
                Err(frame) => return Poll::Ready(Some(Ok(frame))),
            }
        }
        let length = self.left.len().min(PIECE);
        let piece = self.left.split_to(length);
        self.sent.more(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.left.len() as u64;
        match self.body.size_hint().exact() {
            Some(rest) => SizeHint::with_exact(left + rest),
            None => SizeHint::default(),
        }
    }
}

/// The body of a reply, with the other library's error in the place of ours.
pub(crate) struct RelayedBody<E> {
    body: reqwest::Body,
    url: Url,
    stall: Duration,
    /// Runs while nothing comes.
    silence: Option<Pin<Box<Sleep>>>,
    error: PhantomData<fn() -> E>,
}

impl<E: From<HttpError>> Body for RelayedBody<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, E>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.silence = None;
            let broken = |error| HttpError::from_reqwest(&this.url, error).into();
            return Poll::Ready(frame.map(|frame| frame.map_err(broken)));
        }
        let stall = this.stall;
        let silence = this.silence.get_or_insert_with(|| Box::pin(sleep(stall)));
        match silence.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                let error = HttpError::stalled(&safe_url(&this.url), stall);
                Poll::Ready(Some(Err(error.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

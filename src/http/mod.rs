//! The one HTTP client and what its replies mean. Only this folder knows the library behind it.

mod client;
mod error;
pub(crate) mod hosts;
mod proxy;
pub(crate) mod range;
#[cfg(feature = "object-store")]
mod relay;
mod reply;
pub(crate) mod retry;
mod tls;

pub(crate) use client::{Authorize, BoxFuture, Client, ClientOptions, FileRequest};
pub(crate) use error::HttpError;
pub(crate) use proxy::{Proxies, proxy_url};
pub(crate) use reply::Reply;
pub(crate) use tls::CaCerts;

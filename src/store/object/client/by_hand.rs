//! What is asked of S3 without the library, which has no call for it. What it signs for others to use is as good for us.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use object_store::Error;
use object_store::client::{HttpClient, HttpRequest, HttpRequestBody, HttpResponseBody};
use object_store::path::Path;
use object_store::signer::{Method, SignedUrlOptions, Signer};

/// How long a signature is good.
const VALID: Duration = Duration::from_secs(60);

/// A thousand rules or uploads fit into it.
const LARGEST: usize = 2 << 20;

/// Reads something of the bucket itself. Nothing: there is no such thing.
pub(in crate::store::object) async fn get(
    (signer, client): (Arc<dyn Signer>, HttpClient),
    query: Vec<(&'static str, String)>,
) -> Result<Option<String>, Error> {
    let (query, of_bucket) = (SignedUrlOptions::new().with_query(query), Path::default());
    let url = signer
        .signed_url_opts(Method::GET, &of_bucket, VALID, &query)
        .await?;
    let mut request = HttpRequest::new(HttpRequestBody::empty());
    *request.uri_mut() = url.as_str().parse().map_err(of_client)?;
    let answer = client.execute(request).await.map_err(of_client)?;
    match answer.status().as_u16() {
        200 => Ok(Some(text(answer.into_body()).await?)),
        404 => Ok(None),
        status => Err(of_client(format!("HTTP {status}"))),
    }
}

async fn text(body: HttpResponseBody) -> Result<String, Error> {
    let mut chunks = body.bytes_stream();
    let mut all = Vec::new();
    while let Some(chunk) = chunks.try_next().await.map_err(of_client)? {
        all.extend_from_slice(&chunk);
        if all.len() > LARGEST {
            return Err(of_client("a long answer"));
        }
    }
    Ok(String::from_utf8_lossy(&all).into_owned())
}

fn of_client(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Generic {
        store: "S3",
        source: error.into(),
    }
}

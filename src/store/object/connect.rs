//! A client for a store.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::multipart::MultipartStore;

use super::access::Access;
use super::url::StoreUrl;
use crate::exit::Exit;
use crate::problem::Problem;

/// A store that can be talked to.
pub(super) struct Connected {
    pub(super) store: Arc<dyn ObjectStore>,
    /// Not where uploads in parts can't carry what marks them as ours (Azure).
    pub(super) multipart: Option<Arc<dyn MultipartStore>>,
}

pub(super) fn connect(url: &StoreUrl, access: &Access) -> Result<Connected, Problem> {
    let mut builder = AmazonS3Builder::new().with_bucket_name(&url.bucket);
    for (name, value) in &access.variables {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    let built = builder
        .build()
        .map_err(|error| Problem::new(Exit::Storage, "store_failed", format!("{url}: {error}")));
    let store = Arc::new(built?);
    Ok(Connected {
        store: store.clone(),
        multipart: Some(store),
    })
}

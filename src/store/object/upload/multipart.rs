//! An upload in parts, as the library has it: on S3 and Google it has an id and can be gone on with by a later run; on Azure
//! it has none, and what is left of it vanishes by itself after a week.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{
    Attributes, Error, MultipartUpload, ObjectStore, PutMultipartOptions, PutPayload,
};

type Reply<T> = BoxFuture<'static, Result<T, Error>>;

pub(super) enum Multipart {
    Named {
        store: Arc<dyn MultipartStore>,
        path: Path,
        id: String,
    },
    Unnamed(Box<dyn MultipartUpload>),
}

impl Multipart {
    /// Gives its id along.
    pub(super) async fn begin(
        store: Arc<dyn MultipartStore>,
        path: Path,
        attributes: Attributes,
    ) -> Result<(Multipart, String), Error> {
        let options = PutMultipartOptions {
            attributes,
            ..PutMultipartOptions::default()
        };
        let id = store.create_multipart_opts(&path, options).await?;
        let name = id.clone();
        Ok((Multipart::Named { store, path, id }, name))
    }

    pub(super) async fn begin_unnamed(
        store: Arc<dyn ObjectStore>,
        path: Path,
        attributes: Attributes,
    ) -> Result<Multipart, Error> {
        let options = PutMultipartOptions {
            attributes,
            ..PutMultipartOptions::default()
        };
        let upload = store.put_multipart_opts(&path, options).await?;
        Ok(Multipart::Unnamed(upload))
    }

    /// Sends a part, and gives back what the store calls it. Unnamed ones in their order.
    pub(super) fn put(&mut self, number: usize, content: PutPayload) -> Reply<String> {
        match self {
            Multipart::Named { store, path, id } => {
                let (store, path, id) = (Arc::clone(store), path.clone(), id.clone());
                Box::pin(async move {
                    let part = store.put_part(&path, &id, number, content).await?;
                    Ok(part.content_id)
                })
            }
            Multipart::Unnamed(upload) => {
                let put = upload.put_part(content);
                Box::pin(async move { put.await.map(|()| String::new()) })
            }
        }
    }

    /// Gives back the `ETag` of the object.
    pub(super) fn complete(self, parts: Vec<String>) -> Reply<Option<String>> {
        Box::pin(async move {
            let put = match self {
                Multipart::Named { store, path, id } => {
                    let parts = parts.into_iter().map(|content_id| PartId { content_id });
                    store.complete_multipart(&path, &id, parts.collect()).await
                }
                Multipart::Unnamed(mut upload) => upload.complete().await,
            };
            put.map(|put| put.e_tag)
        })
    }
}

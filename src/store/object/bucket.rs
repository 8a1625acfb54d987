//! What can be asked of a store, from any thread: the client works on a thread of its own, and whoever asks waits.

use std::sync::{Arc, mpsc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use object_store::client::HttpClient;
use object_store::multipart::MultipartStore;
use object_store::signer::Signer;
use object_store::{
    Attribute, Attributes, CopyMode, CopyOptions, Error, GetOptions, GetResult, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutResult, UpdateVersion,
};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::access::Access;
use super::client::key::path;
use super::client::{Answered, Connected, connect, error};
use super::conditional::Conditions;
use super::url::StoreUrl;
use crate::exit::Exit;
use crate::problem::{self, Problem};
use crate::store::StorageError;

/// Name of the metadata by which an object is known to be ours.
const MARK: &str = "backupfetch";

/// Attempts at what the library does not try again, because the store may have done it without being heard.
pub(super) const ATTEMPTS: u32 = 3;

/// What is being done, as messages say it.
pub(super) const LOOKING: &str = "looking at it";
pub(super) const WRITING: &str = "writing";

/// A bucket of a store, or a container in Azure's words.
pub(crate) struct Bucket {
    /// Without a prefix.
    url: StoreUrl,
    connected: Connected,
    conditions: Arc<Conditions>,
    runtime: Option<Runtime>,
}

/// An object as a list or a look shows it.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) modified: DateTime<Utc>,
    pub(crate) known: Known,
    /// What was put on it by an upload; only a look tells.
    pub(crate) mark: Option<String>,
    /// What the clock of who answered said then; only a look or reading it tells.
    pub(crate) asked: Option<DateTime<Utc>>,
}

/// By which the content of an object is known again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) e_tag: Option<String>,
    pub(crate) version: Option<String>,
}

/// How a put on a condition went.
#[derive(Debug)]
pub(super) enum Put {
    Done(Known),
    /// The condition is not met.
    Refused,
    /// The store has no such condition.
    Unsupported,
}

impl Known {
    /// What no object is known by.
    pub(super) fn of_another() -> Known {
        Known {
            e_tag: Some(format!("\"{:032x}\"", 0)),
            version: None,
        }
    }
}

impl Object {
    /// The last part of its key.
    pub(crate) fn name(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or_default()
    }
}

impl Bucket {
    pub(crate) fn open(url: &StoreUrl, access: &Access) -> Result<Arc<Bucket>, Problem> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| error::not_started(&error))?;
        let (to, access) = (url.clone(), access.clone());
        let connected = wait_on(&runtime, async move { connect(&to, &access).await });
        let connected = match connected.ok_or_else(gone).flatten() {
            Ok(connected) => connected,
            Err(error) => {
                runtime.shutdown_background();
                return Err(error);
            }
        };
        Ok(Arc::new(Bucket {
            url: StoreUrl {
                prefix: String::new(),
                ..url.clone()
            },
            connected,
            conditions: Arc::default(),
            runtime: Some(runtime),
        }))
    }

    #[cfg(test)]
    pub(super) fn in_memory() -> Arc<Bucket> {
        let store = Arc::new(object_store::memory::InMemory::new());
        let runtime = Builder::new_multi_thread().worker_threads(1).build();
        Arc::new(Bucket {
            url: StoreUrl {
                scheme: super::url::Scheme::S3,
                bucket: "memory".to_owned(),
                prefix: String::new(),
            },
            connected: Connected {
                store: store.clone(),
                multipart: Some(store),
                by_hand: None,
                standing: String::new(),
                origin: String::new(),
                storage_class: None,
                part_size: None,
            },
            conditions: Arc::default(),
            runtime: Some(runtime.expect("a thread")),
        })
    }

    /// Bytes of a part of an upload, where somebody said so.
    pub(super) fn part_size(&self) -> Option<u64> {
        self.connected.part_size
    }

    /// The address of a key, to be shown.
    pub(crate) fn address(&self, key: &str) -> String {
        format!("{}/{key}", self.url)
    }

    pub(crate) fn url(&self) -> &StoreUrl {
        &self.url
    }

    pub(super) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.connected.store
    }

    pub(super) fn multipart(&self) -> Option<&Arc<dyn MultipartStore>> {
        self.connected.multipart.as_ref()
    }

    /// What signs requests of our own, and sends them. S3 only.
    pub(super) fn by_hand(&self) -> Option<(Arc<dyn Signer>, HttpClient)> {
        self.connected.by_hand.clone()
    }

    /// Where the store is and as whom it lets us in, in words.
    pub(crate) fn standing(&self) -> &str {
        &self.connected.standing
    }

    /// Tells it from another bucket of the same address.
    pub(super) fn origin(&self) -> &str {
        &self.connected.origin
    }

    /// Waits for work that is done on the bucket's own thread.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, StorageError> {
        let runtime = self.runtime.as_ref();
        let done = runtime.and_then(|runtime| wait_on(runtime, work));
        done.ok_or_else(|| StorageError::Other(gone()))
    }

    /// Begins work on the bucket's own thread. It ends with `tasks`.
    pub(super) fn spawn(
        &self,
        tasks: &mut JoinSet<()>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        if let Some(runtime) = &self.runtime {
            tasks.spawn_on(work, runtime.handle());
        }
    }

    /// The same for what a store answers.
    fn ask<T: Send + 'static>(
        &self,
        key: &str,
        doing: &str,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.wait(work)?
            .map_err(|error| self.failed(key, doing, &error))
    }

    pub(super) fn failed(&self, key: &str, doing: &str, error: &Error) -> StorageError {
        error::failed(&self.address(key), doing, error)
    }

    /// Every object whose key begins with `prefix` and a slash.
    pub(crate) fn list(&self, prefix: &str) -> Result<Vec<Object>, StorageError> {
        use futures_util::TryStreamExt;
        let (store, path) = (Arc::clone(self.store()), path(prefix));
        let listed = self.ask(prefix, "listing", async move {
            store.list(Some(&path)).try_collect::<Vec<_>>().await
        })?;
        Ok(listed.into_iter().map(Object::from).collect())
    }

    /// What is directly below `prefix`: the names of folders, and the objects.
    pub(crate) fn list_folder(
        &self,
        prefix: &str,
    ) -> Result<(Vec<String>, Vec<Object>), StorageError> {
        let (store, path) = (Arc::clone(self.store()), path(prefix));
        let listed = self.ask(prefix, "listing", async move {
            store.list_with_delimiter(Some(&path)).await
        })?;
        let names = listed.common_prefixes.iter();
        let names = names.filter_map(|path| path.filename().map(str::to_owned));
        let objects = listed.objects.into_iter().map(Object::from);
        // What some programs put there for a folder has the name of the folder.
        let objects = objects.filter(|object| object.key != prefix);
        Ok((names.collect(), objects.collect()))
    }

    /// Looks at an object. Nothing: there is none.
    pub(crate) fn head(&self, key: &str) -> Result<Option<Object>, StorageError> {
        self.ask(key, LOOKING, self.looking_at(key))
    }

    pub(super) fn looking_at(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<Option<Object>, Error>> + Send + use<> {
        let (store, path) = (Arc::clone(self.store()), path(key));
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        async move {
            let found = unless_missing(store.get_opts(&path, options).await)?;
            Ok(found.as_ref().map(Object::from))
        }
    }

    /// All of a small object, and by what it is known again. Nothing: there is none.
    pub(crate) fn read(
        &self,
        key: &str,
        largest: u64,
    ) -> Result<Option<(Bytes, Object)>, StorageError> {
        let (store, path) = (Arc::clone(self.store()), path(key));
        let read = self.ask(key, "reading", async move {
            let Some(found) = unless_missing(store.get_opts(&path, GetOptions::default()).await)?
            else {
                return Ok(None);
            };
            let object = Object::from(&found);
            if object.size > largest {
                return Ok(Some((None, object)));
            }
            Ok(Some((Some(found.bytes().await?), object)))
        })?;
        match read {
            None => Ok(None),
            Some((None, _)) => Err(StorageError::Other(Problem::new(
                Exit::Storage,
                "not_readable",
                format!("{}: larger than any file of ours", self.address(key)),
            ))),
            Some((Some(bytes), object)) => Ok(Some((bytes, object))),
        }
    }

    /// Puts an object in the place of the known one, or where there is none. Nothing: that is not what is there.
    pub(crate) fn put(
        &self,
        key: &str,
        content: Bytes,
        known: Option<&Known>,
    ) -> Result<Option<Known>, StorageError> {
        let put = self.wait(self.putting(key, content, in_place_of(known), None))?;
        match self.judge_put(key, put)? {
            Put::Done(known) => Ok(Some(known)),
            Put::Refused | Put::Unsupported => Ok(None),
        }
    }

    /// The same, of a store that has such a condition.
    pub(super) fn put_strictly(
        &self,
        key: &str,
        content: Bytes,
        known: Option<&Known>,
    ) -> Result<Put, StorageError> {
        let (store, path) = (Arc::clone(self.store()), path(key));
        let options = PutOptions::from(in_place_of(known));
        let put = self.wait(async move { store.put_opts(&path, content.into(), options).await })?;
        self.judge_put(key, put)
    }

    /// It was seen that the store takes no notice of conditions, or has none.
    pub(super) fn lacks_conditions(&self) {
        self.conditions.are_missing();
    }

    /// Puts an object whatever is there.
    pub(crate) fn put_any(&self, key: &str, content: Bytes) -> Result<Known, StorageError> {
        let (store, path) = (Arc::clone(self.store()), path(key));
        let put = self.ask(key, WRITING, async move {
            store.put(&path, content.into()).await
        })?;
        Ok(put.into())
    }

    pub(super) fn putting(
        &self,
        key: &str,
        content: Bytes,
        mode: PutMode,
        mark: Option<&str>,
    ) -> impl Future<Output = Result<PutResult, Error>> + Send + use<> {
        let (store, path) = (Arc::clone(self.store()), path(key));
        let conditions = Arc::clone(&self.conditions);
        let options = PutOptions {
            mode,
            attributes: self.attributes(mark),
            ..PutOptions::default()
        };
        async move {
            let put = conditions.put(&*store, &path, content.into(), options);
            put.await
        }
    }

    fn judge_put(&self, key: &str, put: Result<PutResult, Error>) -> Result<Put, StorageError> {
        match put {
            Ok(put) => Ok(Put::Done(put.into())),
            Err(
                Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. },
            ) => Ok(Put::Refused),
            Err(error) if error::is_unsupported(&error) => Ok(Put::Unsupported),
            Err(error) => Err(self.failed(key, WRITING, &error)),
        }
    }

    /// Whether the store knows who we are, but lets us not do this.
    pub(super) fn is_denied(refusal: &StorageError) -> bool {
        refusal.problem().code == error::DENIED
    }

    /// What an object of ours is put with: its mark, and the storage class that was asked for. What has no mark (a manifest, the
    /// lock) is small, and read by every run: it belongs into no archive.
    pub(super) fn attributes(&self, mark: Option<&str>) -> Attributes {
        let mut attributes = Attributes::new();
        let Some(mark) = mark else {
            return attributes;
        };
        attributes.insert(Attribute::Metadata(MARK.into()), mark.to_owned().into());
        if let Some(class) = &self.connected.storage_class {
            attributes.insert(Attribute::StorageClass, class.clone().into());
        }
        attributes
    }

    /// Removes an object. That there is none is as good.
    pub(crate) fn delete(&self, key: &str) -> Result<(), StorageError> {
        let (store, path) = (Arc::clone(self.store()), path(key));
        self.ask(key, "removing", async move {
            unless_missing(store.delete(&path).await).map(|_| ())
        })
    }

    /// Removes objects, several at once, as many as can be. That one is not there is as good.
    pub(crate) fn delete_all(&self, keys: &[String]) -> Result<(), StorageError> {
        use futures_util::{StreamExt, stream};
        let store = Arc::clone(self.store());
        let paths: Vec<_> = keys.iter().map(|key| Ok(path(key))).collect();
        let answers = self.wait(async move {
            let removed = store.delete_stream(stream::iter(paths).boxed());
            removed.collect::<Vec<_>>().await
        })?;
        for (key, answer) in keys.iter().zip(answers) {
            unless_missing(answer).map_err(|error| self.failed(key, "removing", &error))?;
        }
        Ok(())
    }

    /// Copies an object inside the bucket, without a way through here. False: there is another one, where the store tells.
    pub(crate) fn copy_new(&self, from: &str, to: &str) -> Result<bool, StorageError> {
        for attempt in 1.. {
            match self.wait(self.copying(from, to))? {
                Ok(()) => break,
                Err(error) if attempt < ATTEMPTS && error::is_lost(&error) => {}
                // Of the attempt before, perhaps, which was heard and its answer was not.
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                    let told = |key| {
                        let found = self.head(key)?;
                        Ok(found.and_then(|object| Some((object.size, object.mark?))))
                    };
                    let (source, there) = (told(from)?, told(to)?);
                    return Ok(attempt > 1 && source.is_some() && source == there);
                }
                Err(error) => return Err(self.failed(to, "copying", &error)),
            }
        }
        Ok(true)
    }

    fn copying(
        &self,
        from: &str,
        to: &str,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let (store, source, target) = (Arc::clone(self.store()), path(from), path(to));
        async move {
            let copy = async |mode| {
                let options = CopyOptions::new().with_mode(mode);
                store.copy_opts(&source, &target, options).await
            };
            match copy(CopyMode::Create).await {
                Err(error) if error::is_unsupported(&error) => copy(CopyMode::Overwrite).await,
                copied => copied,
            }
        }
    }
}

/// Not by `block_on`, which must not be done on a thread of another runtime.
fn wait_on<T: Send + 'static>(
    runtime: &Runtime,
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let (done, waiting) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        let _ = done.send(work.await);
    });
    waiting.recv().ok()
}

fn gone() -> Problem {
    problem::unexpected("the store's thread has ended")
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // Not by waiting, which must not be done on a thread of another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bucket({})", self.url)
    }
}

impl From<PutResult> for Known {
    fn from(put: PutResult) -> Known {
        Known {
            e_tag: put.e_tag,
            version: put.version,
        }
    }
}

impl From<ObjectMeta> for Object {
    fn from(meta: ObjectMeta) -> Object {
        Object {
            key: meta.location.to_string(),
            size: meta.size,
            modified: meta.last_modified,
            known: Known {
                e_tag: meta.e_tag,
                version: meta.version,
            },
            mark: None,
            asked: None,
        }
    }
}

impl From<&GetResult> for Object {
    fn from(found: &GetResult) -> Object {
        let mark = found.attributes.get(&Attribute::Metadata(MARK.into()));
        Object {
            mark: mark.map(|mark| mark.to_string()),
            asked: found.extensions.get().map(|Answered(date)| *date),
            ..Object::from(found.meta.clone())
        }
    }
}

fn in_place_of(known: Option<&Known>) -> PutMode {
    known.map_or(PutMode::Create, |known| {
        PutMode::Update(UpdateVersion {
            e_tag: known.e_tag.clone(),
            version: known.version.clone(),
        })
    })
}

fn unless_missing<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

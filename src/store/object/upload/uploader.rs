//! A verified file becomes an object: as a whole where it is no longer than a part, else in parts, several at a time.
//!
//! An object that is there is never replaced: the store is asked to refuse (S3 and Google for whole files, S3 for those in parts,
//! Azure for whole ones), and where it can't there is a look right before the last step. What is in the way may be what
//! this run, or one before it, has put there without hearing of it: its mark tells.
//!
//! In memory are at most as many parts as there are permits, whatever the number of files: one for each of `--jobs`, and never
//! more than 16. A part is 5 MiB, so that this is at most 80 MiB, unless the store option `part_size` says otherwise or a file
//! is longer than 10,000 such parts.
//!
//! S3 refuses a part that does not have the SHA-256 it was signed with; Azure and Google answer with a checksum of what they have
//! received, which is compared. A whole file of which the store says the MD5 (as an `ETag`) is there as it was sent. Any other
//! object is looked at afterwards: its length, its mark and, where the store seems to make it as S3 does without a key of its
//! own, its `ETag`, which is a checksum over those of the parts. With another `ETag`, or where other bytes arrived, the object is
//! read: it is removed only if it is not what was sent.
//!
//! What a killed run leaves is in the journal. An upload whose id never arrived is asked for by its key; where the store does not
//! tell, only a rule of the bucket (`AbortIncompleteMultipartUpload`) ends it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use bytes::Bytes;
use object_store::{Error, PutMode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::e_tag;
use super::journal::{self, Header, Left, UploadJournal};
use super::multipart::Multipart;
use super::unheard;
use super::verdict::{Made, Verdict};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::store::object::bucket::{ATTEMPTS, Bucket, LOOKING, Object, WRITING};
use crate::store::object::client::error;
use crate::store::object::client::key::path;
use crate::store::object::folder::ObjectFolder;
use crate::store::object::mark::Mark;
use crate::store::object::object_file::ObjectFile;
use crate::store::{During, Folder, StorageError, sys};

/// Steps, as messages name them.
const ENDING: &str = "ending an upload";
const ASKING: &str = "asking for uploads";

/// Bytes of a part unless the store option `part_size` says more: S3 takes no smaller ones, and each is held in memory.
const PART: u64 = 5 << 20;

/// More parts at once fill no line, but the memory.
const MOST_AT_ONCE: usize = 16;

/// No store takes more in one upload.
const MOST_PARTS: u64 = 10_000;

/// Ending an upload may take so long; then its journal is left to the next run. A signal leaves less.
const PATIENCE: Duration = Duration::from_secs(10);
const PATIENCE_WHEN_STOPPED: Duration = Duration::from_secs(1);

/// What uploads the files of a run, several at once.
#[derive(Debug)]
pub(crate) struct Uploader {
    bucket: Arc<Bucket>,
    /// Parts that may be in memory, of all files together.
    permits: Arc<Semaphore>,
    buffers: Buffers,
    cancelled: watch::Sender<bool>,
}

/// A file that is to become an object.
#[derive(Clone, Copy)]
pub(crate) struct Upload<'a> {
    pub(crate) file: &'a File,
    pub(crate) key: &'a str,
    /// What the file is, and what its object will say of itself.
    pub(crate) mark: &'a Mark,
    /// Where it is staged, and under which name: the journal stands beside it.
    pub(crate) staging: &'a Folder,
    pub(crate) name: &'a str,
    /// Asked right before the object comes into being: whether this run may still write, and the file is what was verified.
    pub(crate) may_complete: &'a dyn Fn() -> Result<(), StorageError>,
    /// Hears how many bytes have arrived.
    pub(crate) progress: &'a dyn Fn(u64),
}

/// Why an upload goes no further.
enum Stop {
    Cancelled,
    Failed(StorageError),
    /// The store knows no such upload, or does not say.
    Gone(StorageError),
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Stop {
        Stop::Failed(error)
    }
}

/// An upload in parts that is going on.
struct Session<'a> {
    multipart: Multipart,
    /// Where uploads have names.
    journal: Option<(String, UploadJournal<'a>)>,
    part_size: u64,
    arrived: BTreeMap<usize, String>,
}

impl Session<'_> {
    fn arrived(&self, upload: &Upload<'_>) -> u64 {
        upload
            .mark
            .size
            .min(self.arrived.len() as u64 * self.part_size)
    }
}

impl Uploader {
    /// `jobs`: how many parts may be on their way at once, within reason.
    pub(crate) fn new(bucket: Arc<Bucket>, jobs: usize) -> Uploader {
        Uploader {
            bucket,
            permits: Arc::new(Semaphore::new(jobs.clamp(1, MOST_AT_ONCE))),
            buffers: Buffers::default(),
            cancelled: watch::Sender::new(false),
        }
    }

    /// Lets every upload end, at once and for good.
    pub(crate) fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Blocks until the object is there and is what it should be. False: it was cancelled. What the store has of it then, or
    /// after a failure, is removed as far as it can be reached; the file stays as it is.
    ///
    /// # Errors
    /// [`StorageError::InTheWay`] when an object that is not ours has the key, [`StorageError::Disturbed`] when another run has
    /// put another one there.
    pub(crate) fn upload(&self, upload: &Upload<'_>) -> Result<bool, StorageError> {
        let part_size = part_size(self.bucket.part_size(), upload.mark.size);
        let put = if upload.mark.size <= part_size {
            self.put_whole(upload)
        } else {
            self.put_in_parts(upload, part_size)
        };
        match put {
            Ok(()) => Ok(true),
            Err(Stop::Cancelled) => Ok(false),
            Err(Stop::Failed(error) | Stop::Gone(error)) => Err(error),
        }
    }

    /// Ends the upload of this name that another run has left, if there is one. What may be ended later keeps its journal.
    fn end_left(&self, staging: &Folder, name: &str) -> Result<(), StorageError> {
        if let Some(left) = journal::load(staging, name)? {
            match self.end_all(&left) {
                Ok(()) => {}
                // Whoever cancels waits for nothing, and the next run finds the journal.
                Err(Stop::Cancelled) => return Ok(()),
                Err(Stop::Failed(error) | Stop::Gone(error)) => return Err(error),
            }
        }
        journal::remove(staging, name)
    }

    /// For who needs nothing of it: what does not end now is left to the next run.
    pub(crate) fn try_to_end_left(&self, staging: &Folder, name: &str) {
        if let Err(error) = self.end_left(staging, name) {
            tracing::warn!("{}", error.problem());
        }
    }

    fn end_all(&self, left: &Left) -> Result<(), Stop> {
        let key = &left.header.key;
        let ids = match &left.id {
            Some(id) => vec![id.clone()],
            None => self.unheard(key)?,
        };
        for id in ids {
            match self.end(key, &id) {
                // It may be complete, of which some stores say no more than that nobody may end it.
                Err(Stop::Gone(error)) => tracing::warn!("{}", error.problem()),
                ended => ended?,
            }
        }
        Ok(())
    }

    /// What the store may have begun of this key for a run that was killed before it heard of it.
    fn unheard(&self, key: &str) -> Result<Vec<String>, Stop> {
        let ids = match self.bucket.by_hand() {
            Some(by_hand) => self.ask(key, ASKING, unheard::ids(by_hand, key.to_owned()))?,
            None => None,
        };
        Ok(ids.unwrap_or_else(|| {
            let address = self.bucket.address(key);
            tracing::warn!(
                "{address}: a run was killed while it began an upload, and the store does not say whether there is one left; \
                 a lifecycle rule that aborts incomplete uploads removes it"
            );
            Vec::new()
        }))
    }

    fn put_whole(&self, upload: &Upload<'_>) -> Result<(), Stop> {
        self.end_left(upload.staging, upload.name)?;
        let permit = self.permit()?;
        let content = upload.read(0, upload.mark.size, &self.buffers)?;
        (upload.may_complete)()?;
        (upload.progress)(0);
        let mut attempt = 0;
        let made = loop {
            attempt += 1;
            let error = match self.put(upload, content.clone())? {
                Ok(made) => break made,
                Err(error) => error,
            };
            let failed = self.bucket.failed(upload.key, WRITING, &error);
            match self.look(upload) {
                Ok(Some(found)) if error::is_damage(&failed) => {
                    let why = failed.problem().message.clone();
                    return self.settle(upload, &found, &Verdict::NotAsSent(why));
                }
                Ok(Some(found)) => return self.judge(upload, &found, None),
                Ok(None) if attempt < ATTEMPTS && error::is_lost(&error) => {}
                Err(Stop::Cancelled) => return Err(Stop::Cancelled),
                _ => return Err(failed.into()),
            }
        };
        let is_known = e_tag::is_of(made.e_tag.as_deref(), &content);
        drop((content, permit));
        (upload.progress)(upload.mark.size);
        if is_known {
            return Ok(());
        }
        self.confirm(upload, &made)
    }

    fn put(&self, upload: &Upload<'_>, content: Bytes) -> Result<Result<Made, Error>, Stop> {
        let mark = upload.mark.to_text();
        let put = self
            .bucket
            .putting(upload.key, content, PutMode::Create, Some(&mark));
        self.unless_cancelled(async move {
            Ok(Made {
                e_tag: put.await?.e_tag,
                expected: None,
            })
        })
    }

    fn put_in_parts(&self, upload: &Upload<'_>, part_size: u64) -> Result<(), Stop> {
        if let Some(found) = self.look(upload)? {
            self.judge(upload, &found, None)?;
            self.try_to_end_left(upload.staging, upload.name);
            return Ok(());
        }
        let header = Header::new(upload.key, part_size, upload.mark);
        if let Some(session) = self.resume(upload, &header)? {
            match self.finish(upload, session) {
                Err(Stop::Gone(_)) => {}
                outcome => return outcome,
            }
        }
        let session = self.begin(upload, &header)?;
        self.finish(upload, session)
    }

    /// Goes on with what another run has left, if it is of the same bytes; ends it if not.
    fn resume<'a>(
        &self,
        upload: &Upload<'a>,
        header: &Header,
    ) -> Result<Option<Session<'a>>, StorageError> {
        let left = journal::load(upload.staging, upload.name)?;
        let left = left.filter(|left| left.header == *header);
        if let (Some(left), Some(store)) = (left, self.bucket.multipart())
            && let Some(id) = left.id.clone()
            && let Some(journal) = UploadJournal::reopen(upload.staging, upload.name, &left)?
        {
            return Ok(Some(Session {
                multipart: Multipart::Named {
                    store: Arc::clone(store),
                    path: path(upload.key),
                    id: id.clone(),
                },
                journal: Some((id, journal)),
                part_size: header.part_size,
                arrived: left.parts,
            }));
        }
        self.end_left(upload.staging, upload.name)?;
        Ok(None)
    }

    fn begin<'a>(&self, upload: &Upload<'a>, header: &Header) -> Result<Session<'a>, Stop> {
        let path = path(upload.key);
        let attributes = self.bucket.attributes(Some(&upload.mark.to_text()));
        let (multipart, journal) = if let Some(store) = self.bucket.multipart() {
            let mut journal = UploadJournal::create(upload.staging, upload.name, header)?;
            let begun = Multipart::begin(Arc::clone(store), path, attributes);
            let (multipart, id) = self.ask(upload.key, WRITING, begun)?;
            journal.began(&id)?;
            (multipart, Some((id, journal)))
        } else {
            let store = Arc::clone(self.bucket.store());
            let begun = Multipart::begin_unnamed(store, path, attributes);
            (self.ask(upload.key, WRITING, begun)?, None)
        };
        Ok(Session {
            multipart,
            journal,
            part_size: header.part_size,
            arrived: BTreeMap::new(),
        })
    }

    fn finish(&self, upload: &Upload<'_>, mut session: Session<'_>) -> Result<(), Stop> {
        let sent = self.send_parts(upload, &mut session);
        let Session {
            multipart,
            journal,
            arrived,
            part_size,
        } = session;
        let parts = arrived.into_values().collect();
        let mut is_made = false;
        let outcome =
            sent.and_then(|()| self.complete(upload, multipart, parts, part_size, &mut is_made));
        if let Some((id, journal)) = journal {
            // The same file may have come there by another run: then this upload is left over.
            if is_made || self.end(upload.key, &id).is_ok() || outcome.is_ok() {
                journal.remove()?;
            }
        }
        outcome
    }

    fn send_parts(&self, upload: &Upload<'_>, session: &mut Session<'_>) -> Result<(), Stop> {
        let mut tasks = JoinSet::new();
        let (report, reports) = mpsc::channel();
        (upload.progress)(session.arrived(upload));
        for number in 0..upload.mark.size.div_ceil(session.part_size) {
            let index = usize::try_from(number).unwrap_or(usize::MAX);
            if session.arrived.contains_key(&index) {
                continue;
            }
            let permit = self.permit()?;
            for (index, sent) in reports.try_iter() {
                self.note(upload, session, index, sent)?;
            }
            let start = number * session.part_size;
            let length = session.part_size.min(upload.mark.size - start);
            let put = session
                .multipart
                .put(index, upload.read(start, length, &self.buffers)?.into());
            let (report, cancelled) = (report.clone(), self.cancelled.subscribe());
            self.bucket.spawn(&mut tasks, async move {
                let sent = unless(cancelled, put).await;
                drop(permit);
                let _ = report.send((index, sent));
            });
        }
        drop(report);
        for (index, sent) in reports {
            self.note(upload, session, index, sent)?;
        }
        Ok(())
    }

    fn note(
        &self,
        upload: &Upload<'_>,
        session: &mut Session<'_>,
        index: usize,
        sent: Option<Result<String, Error>>,
    ) -> Result<(), Stop> {
        let part = sent.ok_or(Stop::Cancelled)?;
        let part = part.map_err(|error| self.stopped(upload.key, WRITING, &error))?;
        if let Some((_, journal)) = &mut session.journal {
            journal.arrived(index, &part)?;
        }
        session.arrived.insert(index, part);
        (upload.progress)(session.arrived(upload));
        Ok(())
    }

    fn complete(
        &self,
        upload: &Upload<'_>,
        multipart: Multipart,
        parts: Vec<String>,
        part_size: u64,
        is_made: &mut bool,
    ) -> Result<(), Stop> {
        let permit = self.permit()?;
        let expected = upload.e_tag(&parts, part_size, &self.buffers)?;
        drop(permit);
        (upload.may_complete)()?;
        if let Some(found) = self.look(upload)? {
            return self.judge(upload, &found, None);
        }
        match self.unless_cancelled(multipart.complete(parts))? {
            Ok(e_tag) => {
                *is_made = true;
                self.confirm(upload, &Made { e_tag, expected })
            }
            Err(error) => {
                let stopped = self.stopped(upload.key, WRITING, &error);
                // A second attempt is refused when the first one was heard and its answer was not.
                match self.look(upload) {
                    Ok(Some(found)) => self.judge(upload, &found, None),
                    _ => Err(stopped),
                }
            }
        }
    }

    /// Looks at what was put: whether it is that, and all of it.
    fn confirm(&self, upload: &Upload<'_>, made: &Made) -> Result<(), Stop> {
        if let Some(found) = self.look(upload)? {
            return self.judge(upload, &found, Some(made));
        }
        let gone = Verdict::NotAsSent("it is not there".to_owned());
        Err(Stop::Failed(gone.error(&self.bucket.address(upload.key))))
    }

    /// Whether the object that is there is what was to be put there. `made`: what this run has made of it.
    fn judge(&self, upload: &Upload<'_>, found: &Object, made: Option<&Made>) -> Result<(), Stop> {
        self.settle(upload, found, &Verdict::of(found, upload.mark, made))
    }

    fn settle(&self, upload: &Upload<'_>, found: &Object, verdict: &Verdict) -> Result<(), Stop> {
        match verdict {
            Verdict::AsSent => return Ok(()),
            // Not every store makes an `ETag` as S3 does, and one that tells of damage is rare enough to read the object.
            Verdict::NotAsSent(_) if self.reads_as_sent(upload, found)? => return Ok(()),
            // Where that is refused it is not taken for a file either: it is not what its mark says.
            Verdict::NotAsSent(_) => _ = self.bucket.delete(upload.key),
            Verdict::OfAnotherRun | Verdict::Foreign => {}
        }
        Err(Stop::Failed(
            verdict.error(&self.bucket.address(upload.key)),
        ))
    }

    fn reads_as_sent(&self, upload: &Upload<'_>, found: &Object) -> Result<bool, StorageError> {
        if found.size != upload.mark.size {
            return Ok(false);
        }
        let object = ObjectFolder::new(Arc::clone(&self.bucket), upload.key);
        let digest = ObjectFile::open(&object, Some(found.size));
        let digest = digest.and_then(|object| object.sha256());
        let digest = digest.during("reading", Path::new(&object.to_string()))?;
        Ok(digest == upload.mark.sha256)
    }

    fn look(&self, upload: &Upload<'_>) -> Result<Option<Object>, Stop> {
        self.ask(upload.key, LOOKING, self.bucket.looking_at(upload.key))
    }

    /// Ends an upload in parts. That there is none is as good.
    fn end(&self, key: &str, id: &str) -> Result<(), Stop> {
        let Some(store) = self.bucket.multipart() else {
            return Ok(());
        };
        let (store, path, id) = (Arc::clone(store), path(key), id.to_owned());
        let stopped = unless(self.cancelled.subscribe(), sleep(PATIENCE));
        let patience = async move {
            if stopped.await.is_none() {
                sleep(PATIENCE_WHEN_STOPPED).await;
            }
        };
        let ended = self.bucket.wait(async move {
            tokio::select! {
                ended = store.abort_multipart(&path, &id) => Some(ended),
                () = patience => None,
            }
        })?;
        match ended {
            Some(Ok(()) | Err(Error::NotFound { .. })) => Ok(()),
            Some(Err(error)) if error::is_temporary(&error) => {
                Err(Stop::Failed(self.bucket.failed(key, ENDING, &error)))
            }
            Some(Err(error)) => Err(Stop::Gone(self.bucket.failed(key, ENDING, &error))),
            None => {
                let message = format!("{}: {ENDING} took too long", self.bucket.address(key));
                let problem = Problem::new(Exit::Storage, "store_failed", message);
                Err(Stop::Failed(StorageError::Other(problem)))
            }
        }
    }

    fn permit(&self) -> Result<OwnedSemaphorePermit, Stop> {
        let permits = Arc::clone(&self.permits);
        let permit = self.unless_cancelled(permits.acquire_owned())?;
        permit.map_err(|_| Stop::Cancelled)
    }

    fn ask<T: Send + 'static>(
        &self,
        key: &str,
        doing: &str,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Stop> {
        let done = self.unless_cancelled(work)?;
        done.map_err(|error| self.stopped(key, doing, &error))
    }

    fn stopped(&self, key: &str, doing: &str, error: &Error) -> Stop {
        let failed = self.bucket.failed(key, doing, error);
        match error {
            Error::NotFound { .. } => Stop::Gone(failed),
            error if error::is_denied(error) => Stop::Gone(failed),
            _ => Stop::Failed(failed),
        }
    }

    fn unless_cancelled<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Stop> {
        let work = unless(self.cancelled.subscribe(), work);
        self.bucket.wait(work)?.ok_or(Stop::Cancelled)
    }
}

impl Upload<'_> {
    fn read(&self, start: u64, length: u64, buffers: &Buffers) -> Result<Bytes, StorageError> {
        let mut buffer = buffers.take(usize::try_from(length).unwrap_or(usize::MAX));
        let read = sys::read_exact_at(self.file, &mut buffer.content, start);
        read.during("reading", &self.staging.join(self.name))?;
        Ok(Bytes::from_owner(buffer))
    }

    /// What S3 calls an object of these parts. Nothing where an `ETag` is no checksum: that of the last part tells.
    fn e_tag(
        &self,
        parts: &[String],
        part_size: u64,
        buffers: &Buffers,
    ) -> Result<Option<String>, StorageError> {
        let digests: Option<Vec<u128>> = parts.iter().map(|part| e_tag::of_part(part)).collect();
        let Some(digests) = digests else {
            return Ok(None);
        };
        let start = (parts.len() as u64 - 1) * part_size;
        let last = self.read(start, self.mark.size - start, buffers)?;
        let are_checksums = digests.last() == Some(&e_tag::md5(&last));
        Ok(are_checksums.then(|| e_tag::of_parts(&digests)))
    }
}

/// Memory for parts, used again and again: what is given back to the allocator by one thread is not there for another.
#[derive(Debug, Clone, Default)]
struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

/// The bytes of a part. Its memory goes back when the last one who looks at it has gone.
struct Buffer {
    content: Vec<u8>,
    free: Buffers,
}

impl Buffers {
    fn take(&self, length: usize) -> Buffer {
        let mut content = self.free().pop().unwrap_or_default();
        // Exactly as much as it takes, and not twice what was there.
        content.reserve_exact(length.saturating_sub(content.len()));
        content.resize(length, 0);
        Buffer {
            content,
            free: self.clone(),
        }
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.content
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.free.free().push(std::mem::take(&mut self.content));
    }
}

/// How long each part of a file is, but for the last one. `wanted`: what the options say.
fn part_size(wanted: Option<u64>, size: u64) -> u64 {
    wanted.unwrap_or(PART).max(size.div_ceil(MOST_PARTS))
}

/// Nothing: it was cancelled first.
async fn unless<T>(
    mut cancelled: watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        _ = cancelled.wait_for(|is| *is) => None,
        done = work => Some(done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_has_more_parts_than_a_store_takes() {
        let of_largest = part_size(None, 5 << 40);
        assert!((5u64 << 40).div_ceil(of_largest) <= MOST_PARTS);
        assert_eq!(part_size(None, MOST_PARTS * PART), PART);
        assert_eq!(part_size(Some(5 << 20), 11 << 20), 5 << 20);
    }
}

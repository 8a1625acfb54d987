//! A set in a store. What was fetched and verified in the staging folder becomes an object; the manifest is written last, and
//! makes a set of them.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::iter::once;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bucket::Known;
use super::folder::ObjectFolder;
use super::mark::Mark;
use super::staging::{self, Staging};
use super::upload::{Upload, Uploader};
use crate::integrity::{ReadAt, digest};
use crate::model::FileName;
use crate::store::catalog;
use crate::store::interface::{Aside, Look, Progress, Staged, Store};
use crate::store::location::{Kind, Location};
use crate::store::manifest::{self, Manifest};
use crate::store::named::Named;
use crate::store::sys::Stamp;
use crate::store::{During, Folder, Lock, StorageError};

#[derive(Debug)]
pub(crate) struct ObjectSet {
    folder: ObjectFolder,
    uploader: Uploader,
    /// What was seen to be kept aside.
    asides: Mutex<HashSet<String>>,
    /// Part of the set's marks: by it a later run knows to which list a file belongs.
    expiry: Option<String>,
    staged: Arc<Folder>,
    /// On the prefix of all sets. It ends before the folder goes that says whose it was.
    lock: Option<Lock>,
    _staging: Staging,
}

impl Store for ObjectSet {
    fn folder(&self) -> &Arc<Folder> {
        &self.staged
    }

    fn location(&self) -> Location {
        Location::Object(self.folder.clone())
    }

    fn is_elsewhere(&self) -> bool {
        true
    }

    fn hurry(&self) {
        self.uploader.cancel();
    }

    fn check_lock(&self) -> Result<(), StorageError> {
        self.lock.as_ref().map_or(Ok(()), Lock::check)
    }

    fn look(&self) -> Result<Look<'_>, StorageError> {
        let (_, objects) = self.folder.bucket.list_folder(&self.folder.prefix)?;
        let sizes = objects.iter();
        let sizes = sizes.map(|object| (object.name().to_owned(), object.size));
        let sizes: HashMap<String, u64> = sizes.collect();
        *self.asides() = sizes.keys().cloned().collect();
        Ok(Box::new(move |name| {
            let size = sizes.get(name.as_str());
            Ok(size.map(|size| Kind::File { size: *size }))
        }))
    }

    fn publish(&self, files: &[Staged<'_>], progress: Progress<'_>) -> Result<bool, StorageError> {
        for staged in files {
            let key = self.folder.key(staged.name.as_str());
            if !self.upload(staged, &key, progress)? {
                return Ok(false);
            }
            staged.named.forget();
        }
        Ok(true)
    }

    fn write_manifest(
        &self,
        manifest: &Manifest,
        known: Option<&str>,
    ) -> Result<String, StorageError> {
        let before = self.known_manifest(known)?;
        if let Some((content, _)) = &before {
            self.keep_damaged(content)?;
        }
        let before = before.map(|(_, known)| known);
        let (json, sums) = (manifest.to_json(), manifest.to_sums());
        let digest = digest::of(json.as_bytes());
        let sealed = manifest.to_sealed_sums(&digest);
        // While another manifest is there the list says nothing of it: whenever a run is killed, it says nothing wrong.
        let first = if before.is_some() { &sums } else { &sealed };
        self.replace(manifest::SUMS_NAME, first)?;
        self.check_lock()?;
        self.put(manifest::NAME, json.as_bytes(), before.as_ref())?;
        if *first != sealed {
            self.replace(manifest::SUMS_NAME, &sealed)?;
        }
        Ok(digest)
    }

    fn holds(&self, manifest: &Manifest) -> Result<bool, StorageError> {
        let found = match catalog::read(&self.location()) {
            Err(StorageError::ManifestDamaged(_)) => None,
            found => found?,
        };
        let Some(found) = found.filter(|found| found.manifest == *manifest) else {
            return Ok(false);
        };
        let sums = self.read(manifest::SUMS_NAME)?.map(|(sums, _)| sums);
        Ok(sums == Some(manifest.to_sealed_sums(&found.digest).into_bytes()))
    }

    fn confirm(&self, known: Option<&str>) -> Result<(), StorageError> {
        self.known_manifest(known).map(|_| ())
    }

    /// An object has one name.
    fn drop_second_name(&self, _: &FileName, _: &str) -> Result<bool, StorageError> {
        Ok(false)
    }

    /// A store may be at work on what a run sent that is dead by now.
    fn is_marked(&self, name: &FileName) -> Result<bool, StorageError> {
        let found = self.folder.bucket.head(&self.folder.key(name.as_str()))?;
        let mark = found.and_then(|object| Mark::parse(object.mark.as_deref()?));
        Ok(mark.is_some_and(|it| it.set == self.folder.name() && it.expiry == self.expiry))
    }

    fn keep_aside(&self, staged: &Staged<'_>, kind: Aside) -> Result<Location, StorageError> {
        let name = kind.name_of(staged.name);
        let place = self.folder.join(&name);
        let mark = self.mark(staged);
        let there = place.bucket.head(&place.prefix)?;
        let there = there.map(|object| object.mark.as_deref().and_then(Mark::parse));
        let is_same = |there: Option<Mark>| there.is_some_and(|it| it.is_same_content(&mark));
        if there.is_some_and(|there| !is_same(there)) {
            place.bucket.delete(&place.prefix)?;
        }
        if !self.upload(staged, &place.prefix, &|_| ())? {
            return Err(Location::Object(place).failed("writing", ErrorKind::Interrupted.into()));
        }
        staged.named.forget();
        self.asides().insert(name);
        if kind == Aside::Unverified {
            self.remove_aside(staged.name, Aside::Corrupt);
        }
        Ok(Location::Object(place))
    }

    fn accept_aside(
        &self,
        name: &FileName,
        is_it: &mut dyn FnMut(&dyn ReadAt) -> Result<bool, StorageError>,
    ) -> Result<bool, StorageError> {
        let kept = Location::Object(self.folder.join(&Aside::Unverified.name_of(name)));
        let file = match kept.open() {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(kept.failed("opening", error)),
        };
        if !is_it(&*file)? {
            return Ok(false);
        }
        let place = self.folder.join(name.as_str());
        self.check_lock()?;
        let from = self.folder.key(&Aside::Unverified.name_of(name));
        // Not every store copies only to where nothing is.
        let is_there = place.bucket.head(&place.prefix)?.is_some();
        if is_there || !place.bucket.copy_new(&from, &place.prefix)? {
            return Err(Location::Object(place).disturbed());
        }
        Ok(true)
    }

    fn remove_all_aside(&self, name: &FileName) -> Result<(), StorageError> {
        self.remove_aside(name, Aside::Corrupt);
        self.remove_aside(name, Aside::Unverified);
        Ok(())
    }

    fn forget_staged(&self, is_done: &dyn Fn(&FileName) -> bool) -> Result<(), StorageError> {
        staging::clear(&self.staged, &self.uploader, is_done)
    }
}

impl ObjectSet {
    /// `jobs`: parts that may be on their way at once. `expiry`: that of the links.
    pub(crate) fn open(
        folder: &ObjectFolder,
        staging: Staging,
        lock: Option<Lock>,
        jobs: usize,
        expiry: Option<String>,
    ) -> Result<Arc<dyn Store>, StorageError> {
        let uploader = Uploader::new(Arc::clone(&folder.bucket), jobs);
        staging.sweep(folder.name(), &uploader)?;
        Ok(Arc::new(ObjectSet {
            staged: Arc::new(staging.of_set(folder.name())?),
            folder: folder.clone(),
            uploader,
            asides: Mutex::default(),
            expiry,
            lock,
            _staging: staging,
        }))
    }

    /// False: somebody is in a hurry.
    fn upload(
        &self,
        staged: &Staged<'_>,
        key: &str,
        progress: Progress<'_>,
    ) -> Result<bool, StorageError> {
        let Named { file, path } = staged.named;
        let is_settled = || {
            let now = Stamp::of(file).during("reading", path)?;
            match staged.verified {
                Some(before) if before != now => Err(StorageError::disturbed(path)),
                _ => Ok(()),
            }
        };
        let may_complete = || is_settled().and_then(|()| self.check_lock());
        is_settled()?;
        self.uploader.upload(&Upload {
            file,
            key,
            mark: &self.mark(staged),
            staging: &self.staged,
            name: staged.name.as_str(),
            may_complete: &may_complete,
            progress,
        })
    }

    fn mark(&self, staged: &Staged<'_>) -> Mark {
        Mark::of(self.folder.name(), self.expiry.as_deref(), staged.entry)
    }

    /// The manifest that is there, and by what it is known to the store; nothing where there is none.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when it is not the one of which this run knows the digest.
    fn known_manifest(
        &self,
        known: Option<&str>,
    ) -> Result<Option<(Vec<u8>, Known)>, StorageError> {
        self.check_lock()?;
        let found = self.read(manifest::NAME)?;
        let told = found.as_ref().map(|(content, _)| digest::of(content));
        if told.as_deref() == known {
            return Ok(found);
        }
        Err(self.location().join(manifest::NAME).disturbed())
    }

    /// A manifest that can't be read, before another one takes its place.
    fn keep_damaged(&self, content: &[u8]) -> Result<(), StorageError> {
        let parsed = Manifest::parse(content, manifest::NAME);
        if !matches!(parsed, Err(StorageError::ManifestDamaged(_))) {
            return Ok(());
        }
        let first = format!("{}.damaged", manifest::NAME);
        let others = (2..).map(|number| format!("{first}.{number}"));
        let put = once(first.clone())
            .chain(others)
            .map(|name| self.put(&name, content, None))
            .find(|put| !matches!(put, Err(StorageError::Disturbed(_))));
        put.unwrap_or(Ok(()))
    }

    fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Known)>, StorageError> {
        let found = self
            .folder
            .bucket
            .read(&self.folder.key(name), manifest::LARGEST)?;
        Ok(found.map(|(content, object)| (content.to_vec(), object.known)))
    }

    fn replace(&self, name: &str, content: &str) -> Result<(), StorageError> {
        let there = self.read(name)?;
        if there
            .as_ref()
            .is_some_and(|(old, _)| old == content.as_bytes())
        {
            return Ok(());
        }
        let known = there.map(|(_, known)| known);
        // Behind the look: what another run has written meanwhile is not taken for what this one may replace.
        self.check_lock()?;
        self.put(name, content.as_bytes(), known.as_ref())
    }

    /// In the place of what is known, or where nothing is.
    fn put(&self, name: &str, content: &[u8], known: Option<&Known>) -> Result<(), StorageError> {
        let (bucket, key) = (&self.folder.bucket, self.folder.key(name));
        let put = bucket.put(&key, content.to_owned().into(), known);
        if matches!(put, Ok(Some(_))) {
            return Ok(());
        }
        // The store may have done it without being heard; an attempt after that one is refused.
        let there = self.read(name);
        if there.is_ok_and(|it| it.is_some_and(|(it, _)| it == content)) {
            return Ok(());
        }
        put.and_then(|_| Err(self.location().join(name).disturbed()))
    }

    /// What can't be removed, for want of the right to do so, does no harm.
    fn remove_aside(&self, name: &FileName, kind: Aside) {
        let name = kind.name_of(name);
        if self.asides().remove(&name)
            && let Err(error) = self.folder.bucket.delete(&self.folder.key(&name))
        {
            tracing::warn!("{error}");
        }
    }

    fn asides(&self) -> MutexGuard<'_, HashSet<String>> {
        self.asides.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

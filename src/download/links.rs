//! The links of the set, which can move while a run goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use url::Url;

use super::error::{self, DownloadError};
use super::identity::{self, Likeness};
use super::publisher::Publisher;
use crate::event::{Event, Observer};
use crate::http::hosts::TrustedHosts;
use crate::model::{Backup, Expiry, FileName};
use crate::store::manifest::Manifest;
use crate::untrusted::safe_url;
use crate::zoho::ZohoApi;

/// The links in force, and the one way to ask for better ones.
pub(crate) struct Links {
    api: ZohoApi,
    trusted: TrustedHosts,
    /// Of the set that the links are for.
    publisher: Arc<Publisher>,
    observer: Arc<dyn Observer>,
    current: Mutex<Listed>,
    /// One look at the list however many connections met a refused link.
    asking: tokio::sync::Mutex<()>,
}

struct Listed {
    backup: Backup,
    /// Where each file stands on the list.
    places: HashMap<FileName, usize>,
    /// Raised with each look at the list.
    generation: u64,
}

impl Listed {
    fn new(backup: Backup, generation: u64) -> Listed {
        let files = backup.files.iter().enumerate();
        let places = files
            .map(|(place, file)| (file.name.clone(), place))
            .collect();
        Listed {
            backup,
            places,
            generation,
        }
    }
}

/// A link, and as of which look at the list.
pub(super) struct Link {
    pub(super) url: Url,
    generation: u64,
}

impl Links {
    /// Begins with the links that were just listed.
    pub(crate) fn new(
        api: ZohoApi,
        trusted: TrustedHosts,
        backup: Backup,
        publisher: Arc<Publisher>,
        observer: Arc<dyn Observer>,
    ) -> Links {
        Links {
            api,
            trusted,
            publisher,
            observer,
            current: Mutex::new(Listed::new(backup, 0)),
            asking: tokio::sync::Mutex::new(()),
        }
    }

    /// Nothing: the file is not on the list any more.
    pub(super) fn of(&self, name: &FileName) -> Option<Link> {
        let current = self.current();
        let file = current.backup.files.get(*current.places.get(name)?)?;
        Some(Link {
            url: file.url.clone(),
            generation: current.generation,
        })
    }

    pub(super) fn expiry(&self) -> Option<Expiry> {
        self.current().backup.expiry.clone()
    }

    /// The time by which they expire.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.api.now()
    }

    pub(super) fn have_expired(&self) -> bool {
        let expiry = self.expiry();
        expiry.is_some_and(|expiry| expiry.is_past(self.now()))
    }

    /// Asks Zoho for the list again, once for everybody whose request for the same `link` was refused. True: there is
    /// another one now.
    ///
    /// # Errors
    /// The run ends: the list is of another backup now, or there is none.
    pub(super) async fn refresh(
        &self,
        name: &FileName,
        link: &Link,
    ) -> Result<bool, DownloadError> {
        let _one_at_a_time = self.asking.lock().await;
        if self.current().generation == link.generation {
            let backup = self.ask().await?;
            self.compare(&backup).await?;
            self.replace(backup);
        }
        Ok(self.of(name).is_some_and(|fresh| fresh.url != link.url))
    }

    /// The list as it is at the end of a run, for the manifest, too. One with another `expiry_date` is taken only if what
    /// is saved is what it lists (`design.md` section 4). Before the end that date is not noted: of what was under way
    /// when the list changed, nobody can tell yet to which it belongs.
    pub(crate) async fn take_in(&self, backup: Backup) -> Result<(), DownloadError> {
        if let Some(before) = self.compare(&backup).await? {
            let word = identity::dated_anew(&before, &backup);
            self.observer.event(word);
        }
        self.publisher.change(|manifest| manifest.take_in(&backup));
        self.replace(backup);
        Ok(())
    }

    /// Refuses a list of other files under the same job. The manifest, when the list has another date than it.
    async fn compare(&self, backup: &Backup) -> Result<Option<Arc<Manifest>>, DownloadError> {
        let manifest = self.publisher.manifest();
        if identity::is_dated_alike(&manifest, backup) {
            return Ok(None);
        }
        match identity::compare(&manifest, backup, &self.api).await? {
            Likeness::Same => Ok(Some(manifest)),
            Likeness::Other => Err(DownloadError::Run(error::remade())),
            Likeness::Mixed => {
                self.publisher.change(|manifest| manifest.is_mixed = true);
                Err(DownloadError::Run(error::remade()))
            }
        }
    }

    fn replace(&self, backup: Backup) {
        let ahead = self.api.clock_ahead().unwrap_or_default();
        let expires = backup.expiry.as_ref();
        self.observer.event(Event::LinksRenewed {
            expires: expires.map(|expiry| expiry.by_a_clock_behind(ahead)),
        });
        let mut current = self.current();
        *current = Listed::new(backup, current.generation + 1);
    }

    /// The list as it is now, checked like the first one.
    ///
    /// # Errors
    /// [`DownloadError::Newer`] when it is of another job; what is wrong with it.
    pub(crate) async fn ask(&self) -> Result<Backup, DownloadError> {
        let gone = || DownloadError::Run(error::gone());
        let listing = self.api.listing().await;
        let listing = listing.map_err(|source| DownloadError::zoho(&source, 1))?;
        let listing = listing.ok_or_else(gone)?;
        let backup = Backup::from_listing(&listing)?;
        if backup.files.is_empty() {
            return Err(gone());
        }
        let mut files = backup.files.iter();
        if let Some(refused) = files.find(|file| !self.trusted.trusts(&file.url)) {
            return Err(error::host_refused(&safe_url(&refused.url)).into());
        }
        if self.current().backup.id != backup.id {
            let job = backup.id.as_ref().map_or("unknown", |id| &id.job);
            return Err(DownloadError::Newer(error::newer(job)));
        }
        Ok(backup)
    }

    fn current(&self) -> MutexGuard<'_, Listed> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The links of the set, which can move while a run goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

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
#[derive(Clone)]
pub(crate) struct Links {
    shared: Arc<Shared>,
}

struct Shared {
    api: ZohoApi,
    trusted: TrustedHosts,
    /// Of the set that the links are for.
    publisher: Publisher,
    observer: Arc<dyn Observer>,
    current: Mutex<Current>,
    /// x.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Current {
    backup: Backup,
    /// Where each file stands on the list.
    places: HashMap<FileName, usize>,
    /// Raised with each look at the list.
    generation: u64,
}

impl Current {
    fn new(backup: Backup, generation: u64) -> Current {
        let files = backup.files.iter().enumerate();
        let places = files
            .map(|(place, file)| (file.name.clone(), place))
            .collect();
        Current {
            backup,
            places,
            generation,
        }
    }
}

/// A link, and as of which look at the list.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// Where the file is fetched.
    pub(crate) url: Url,
    generation: u64,
}

impl Links {
    /// Begins with the links that were just listed.
    pub(crate) fn new(
        api: ZohoApi,
        trusted: TrustedHosts,
        backup: Backup,
        publisher: Publisher,
        observer: Arc<dyn Observer>,
    ) -> Links {
        Links {
            shared: Arc::new(Shared {
                api,
                trusted,
                publisher,
                observer,
                current: Mutex::new(Current::new(backup, 0)),
                asking: tokio::sync::Mutex::new(()),
            }),
        }
    }

    /// The link of a file; nothing when it is not on the list any more.
    pub(crate) fn of(&self, name: &FileName) -> Option<Link> {
        self.read(|current| {
            let file = current.backup.files.get(*current.places.get(name)?)?;
            Some(Link {
                url: file.url.clone(),
                generation: current.generation,
            })
        })
    }

    pub(crate) fn expiry(&self) -> Option<Expiry> {
        self.read(|current| current.backup.expiry.clone())
    }

    /// The time by which they expire.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.shared.api.now()
    }

    pub(crate) fn have_expired(&self) -> bool {
        self.expiry()
            .is_some_and(|expiry| expiry.is_past(self.now()))
    }

    /// Asks Zoho for the list again, once for everybody whose request for the same `link` was refused. True: there is something newer
    /// than that link, and it is worth another try.
    ///
    /// # Errors
    /// The run ends: the list is of another backup now, or there is none.
    pub(crate) async fn refresh(
        &self,
        name: &FileName,
        link: &Link,
    ) -> Result<bool, DownloadError> {
        let _one_at_a_time = self.shared.asking.lock().await;
        if self.read(|current| current.generation) == link.generation {
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
            self.shared.observer.event(word);
        }
        self.shared.publisher.manifest().take_in(&backup);
        self.replace(backup);
        Ok(())
    }

    /// Refuses a list of other files under the same job. The manifest, when the list has another date than it.
    async fn compare(&self, backup: &Backup) -> Result<Option<Manifest>, DownloadError> {
        let shared = &self.shared;
        let manifest = shared.publisher.manifest().clone();
        if identity::is_dated_alike(&manifest, backup) {
            return Ok(None);
        }
        match identity::compare(&manifest, backup, &shared.api).await? {
            Likeness::Same => Ok(Some(manifest)),
            Likeness::Other => Err(DownloadError::Run(error::remade())),
            Likeness::Mixed => {
                shared.publisher.manifest().is_mixed = true;
                Err(DownloadError::Run(error::remade()))
            }
        }
    }

    fn replace(&self, backup: Backup) {
        let ahead = self.shared.api.clock_ahead().unwrap_or_default();
        let expires = backup.expiry.as_ref();
        self.shared.observer.event(Event::LinksRenewed {
            expires: expires.map(|expiry| expiry.by_a_clock_behind(ahead)),
        });
        let mut current = self
            .shared
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Current::new(backup, current.generation + 1);
    }

    /// The list as it is now, checked like the first one.
    ///
    /// # Errors
    /// [`DownloadError::Newer`] when it is of another job; what is wrong with it.
    pub(crate) async fn ask(&self) -> Result<Backup, DownloadError> {
        let listing = self
            .shared
            .api
            .listing()
            .await
            .map_err(|source| DownloadError::zoho(&source, 1))?
            .ok_or_else(|| DownloadError::Run(error::gone()))?;
        let backup = Backup::from_listing(&listing)?;
        if backup.files.is_empty() {
            return Err(DownloadError::Run(error::gone()));
        }
        if let Some(refused) = backup
            .files
            .iter()
            .find(|file| !self.shared.trusted.trusts(&file.url))
        {
            return Err(error::host_refused(&safe_url(&refused.url)).into());
        }
        let (ours, theirs) = (
            self.read(|current| current.backup.id.clone()),
            backup.id.clone(),
        );
        if ours != theirs {
            let job = theirs.as_ref().map_or("unknown", |id| &id.job);
            return Err(DownloadError::Newer(error::newer(job)));
        }
        Ok(backup)
    }

    fn read<T>(&self, look: impl FnOnce(&Current) -> T) -> T {
        look(
            &self
                .shared
                .current
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

//! Files of a saved backup, fetched once more.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::cli::DownloadOptions;
use crate::commands::context::Context;
use crate::commands::links;
use crate::download::rebuild;
use crate::model::{Backup, FileName};
use crate::output::Summary;
use crate::problem::Problem;
use crate::store::Location;
use crate::store::manifest::Manifest;

use super::fetch::Fetch;
use super::selection;
use super::setup::{Setup, lock};

/// The backup that Zoho lists now.
pub(in crate::commands) struct Again<'a> {
    setup: Setup<'a>,
    backup: Backup,
}

impl Again<'_> {
    /// Asks for the list. What the options select does not count.
    ///
    /// # Errors
    /// There are no links, or they have expired, or they must not be used.
    pub(in crate::commands) async fn listed(
        context: &Context,
        options: DownloadOptions,
    ) -> anyhow::Result<Again<'_>> {
        let options = DownloadOptions {
            only: None,
            r#match: None,
            require_mount: None,
            max_duration: None,
            // What comes is held against what was saved, and that may be such a file.
            allow_unverified: true,
            ..options
        };
        let terminal = &context.terminal;
        let observer = if terminal.is_json() {
            terminal.notices()
        } else {
            terminal.observer()
        };
        let settings = context.sources()?.settings()?;
        let setup = Setup::connected(context, settings, options, Location::default(), observer)?;
        let listing = context.until_stopped(setup.listing()).await?;
        let backup = listing.as_ref().map(Backup::from_listing).transpose()?;
        let Some(backup) = backup.filter(|backup| !backup.files.is_empty()) else {
            return Err(links::gone("Zoho lists no links").into());
        };
        selection::check(&setup, &backup)?;
        match &backup.expiry {
            Some(expiry) if expiry.is_past(setup.api.now()) && !setup.options.ignore_expiry => {
                Err(links::expired(expiry).into())
            }
            _ => Ok(Again { setup, backup }),
        }
    }

    /// Refuses a set of another job than the listed one. Of one whose manifest can't be read, the name has to tell.
    pub(in crate::commands) fn check_job(
        &self,
        set: Option<&Manifest>,
        folder: &str,
    ) -> Result<(), Problem> {
        let is_listed = if let (Some(set), Some(id)) = (set, &self.backup.id) {
            set.org.as_ref() == Some(&id.org) && set.job.as_ref() == Some(&id.job)
        } else {
            let rest = folder.strip_prefix(&self.backup.folder_name());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if is_listed {
            return Ok(());
        }
        Err(links::gone(match &self.backup.id {
            Some(id) => format!("Zoho lists another backup now (job {})", id.job),
            None => "Zoho lists another backup now".to_owned(),
        }))
    }

    pub(in crate::commands) fn options(&self) -> &DownloadOptions {
        &self.setup.options
    }

    /// Leaves out the files that are not on the list any more, and says so.
    pub(in crate::commands) fn leave_out_unlisted(
        &self,
        files: &mut HashSet<FileName>,
    ) -> Option<Problem> {
        let listed: HashSet<_> = self.backup.files.iter().map(|file| &file.name).collect();
        let unlisted = files
            .iter()
            .filter(|name| !listed.contains(name))
            .min()
            .cloned();
        files.retain(|name| listed.contains(name));
        unlisted.map(|name| links::gone(format!("{name} is not on Zoho's list any more")))
    }

    /// Makes the manifest of a set anew, which is not the one that was written with its list of digests.
    pub(in crate::commands) async fn rebuild(&self, set: &Path) -> anyhow::Result<()> {
        let out = set.parent().unwrap_or(set);
        let lock = lock(&self.setup.options, &out.into()).await?;
        let (set, backup) = (set.to_owned(), self.backup.clone());
        let observer = Arc::clone(&self.setup.observer);
        let work = move || rebuild::rebuild_contradicted(&set, &backup, observer.as_ref());
        let outcome = tokio::task::spawn_blocking(work).await?;
        drop(lock);
        Ok(outcome?)
    }

    /// Fetches these files into the folder of their set below `out`.
    pub(in crate::commands) async fn fetch(
        &mut self,
        out: &Path,
        names: HashSet<FileName>,
    ) -> anyhow::Result<Summary> {
        self.setup.only = Some(names);
        self.run(out, None).await
    }

    /// Fetches what is missing of a set, which must be the listed one, as `download` does.
    pub(in crate::commands) async fn complete(
        &mut self,
        out: &Path,
        folder: &str,
    ) -> anyhow::Result<Summary> {
        self.setup.only = None;
        self.run(out, Some(folder)).await
    }

    async fn run(&mut self, out: &Path, into: Option<&str>) -> anyhow::Result<Summary> {
        self.setup.out = out.into();
        let fetch = Fetch {
            setup: &self.setup,
            backup: &self.backup,
            selected: selection::selected(&self.setup, &self.backup),
            into,
            expired: None,
        };
        let (mut report, publisher) = Box::pin(fetch.run()).await?;
        fetch.commit(&publisher, &mut report).await;
        Ok(report.summary())
    }
}

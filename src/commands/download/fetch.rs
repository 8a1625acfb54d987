//! A download from the choice of its folder to the last look at the list.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::cli::Rate;
use crate::commands::{failure, links, lock};
use crate::download::identity::{self, Place};
use crate::download::links::Links;
use crate::download::publisher::Publisher;
use crate::download::run;
use crate::download::{DownloadError, Plan, rebuild, survey};
use crate::event::{Already, Event, Kept, ListedFile};
use crate::exit::Exit;
use crate::limits;
use crate::model::{Backup, BackupFile, Expiry, FileName};
use crate::problem::{self, Problem};
use crate::store::object::{ObjectFolder, ObjectSet, Owner, Staging};
use crate::store::{Folder, LocalStore, Location, Store};

use super::report::Report;
use super::room::{self, ToFetch};
use super::selection;
use super::setup::{self, Setup};

/// So long a run that was asked to stop waits for its manifest to be written.
const LAST_WORD: Duration = Duration::from_millis(1500);

/// All that a run needs, checked.
pub(super) struct Fetch<'a> {
    pub(super) setup: &'a Setup<'a>,
    pub(super) backup: &'a Backup,
    pub(super) selected: Vec<BackupFile>,
    /// The folder that the set must have, if it must have one: no other is begun.
    pub(super) into: Option<&'a str>,
    /// When the links expired, if they did.
    pub(super) expired: Option<&'a Expiry>,
}

/// The set that a run works on. It may grow.
struct Set {
    publisher: Arc<Publisher>,
    links: Arc<Links>,
    selected: Vec<BackupFile>,
    listed: Backup,
}

impl Fetch<'_> {
    /// How it went, and the set, which nobody else touches until this is dropped. It is still to be committed.
    pub(super) async fn run(&self) -> anyhow::Result<(Report, Arc<Publisher>)> {
        let context = self.setup.context;
        let mut set = context.until_stopped(self.open()).await?;
        let mut report = Report::new(&set.publisher.location(), self.setup);
        loop {
            let files = context.until_stopped(self.survey(&set, &mut report));
            let files = match files.await {
                Ok(files) => files,
                Err(error) if report.tried.is_empty() => return Err(error),
                Err(error) => {
                    report.ended_by(failure::problem(&error));
                    break;
                }
            };
            let outcome = if files.is_empty() {
                run::RunResult::default()
            } else {
                run::run(self.plan(&set, files, &report)).await
            };
            let fetched_any = outcome.fetched > 0;
            report.take_in(outcome);
            if !fetched_any || context.stop.requested().is_some() {
                break;
            }
            // The list may have been read before it was whole: what appeared meanwhile belongs to this set, too.
            match self.list_again(&mut set).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    report.ended_by(error.problem());
                    break;
                }
            }
        }
        let folder = set.publisher.folder();
        if folder.does_not_sync() && set.publisher.location().local().is_some() {
            context.warn(&format!(
                "the file system of {} can't sync: a power failure may lose the files saved last",
                folder.path().display()
            ));
        }
        let manifest = set.publisher.manifest();
        report.close(
            &manifest,
            &set.listed,
            &set.selected,
            context.stop.requested(),
        );
        if let Some(damage) = report.damage(&manifest) {
            context.warn(&damage);
        }
        drop(manifest);
        Ok((report, set.publisher))
    }

    /// Writes what comes at the end, and looks whether all of it may be promised. Whoever has asked the run to stop does not wait for
    /// a store that does not answer.
    pub(super) async fn commit(&self, publisher: &Arc<Publisher>, report: &mut Report) {
        if let Err(problem) = self.committed(publisher).await {
            report.not_committed(problem);
        }
    }

    async fn committed(&self, publisher: &Arc<Publisher>) -> Result<(), Problem> {
        let shared = Arc::clone(publisher);
        let commit = tokio::task::spawn_blocking(move || {
            shared.commit()?;
            shared.confirm()
        });
        let stop = &self.setup.context.stop;
        let out_of_patience = async {
            let by = stop.wait().await;
            tokio::time::sleep(LAST_WORD).await;
            by
        };
        let committed = tokio::select! {
            committed = commit => committed,
            by = out_of_patience => return Err(problem::stopped(by)),
        };
        let committed = committed.map_err(problem::unexpected)?;
        committed.map_err(|error| error.problem())
    }

    /// Opens the place of the set, alone in it.
    async fn open(&self) -> anyhow::Result<Set> {
        let setup = self.setup;
        setup.check_mount()?;
        let (store, place) = match &setup.out {
            Location::Local(out) => self.open_folder(out).await?,
            Location::Object(out) => self.open_in_store(out).await?,
        };
        if store.folder().is_exposed() {
            setup.context.warn(&format!(
                "others can read what is saved in {}: its file system ignores file modes; mount it with umask=077 or similar",
                store.folder().path().display()
            ));
        }
        let publisher = Arc::new(Publisher::new(store, place.manifest, place.known));
        Ok(Set {
            links: Arc::new(Links::new(
                setup.api.clone(),
                setup.settings.client.trusted.clone(),
                self.backup.clone(),
                publisher.clone(),
                Arc::clone(&setup.observer),
            )),
            publisher,
            selected: self.selected.clone(),
            listed: self.backup.clone(),
        })
    }

    async fn open_folder(&self, out: &Path) -> anyhow::Result<(Arc<dyn Store>, Place)> {
        let setup = self.setup;
        let out = Folder::create(out)?;
        let lock = setup::lock(&setup.options, &setup.out).await?;
        self.rebuild().await?;
        let place = self.right_place().await?;
        let folder = out.subfolder(&place.name)?;
        Ok((Arc::new(LocalStore::new(folder, lock)), place))
    }

    /// The lock of the staging folder tells that the run which had it before is dead.
    async fn open_in_store(&self, out: &ObjectFolder) -> anyhow::Result<(Arc<dyn Store>, Place)> {
        let setup = self.setup;
        let base = setup.staging()?.unwrap_or_default();
        let staging = Staging::open(&base, out, setup.patience()).await?;
        let owner = Owner::after(staging.predecessor());
        staging.note_run(owner.run())?;
        let (mode, patience) = (setup.options.lock, setup.options.wait_lock);
        let lock = lock::take(&setup.out, mode, patience, &owner).await?;
        let place = self.right_place().await?;
        let folder = out.join(&place.name);
        let jobs = limits::room_for(setup.jobs(), true).connections;
        let expiry = self.backup.expiry.as_ref();
        let expiry = expiry.map(|expiry| expiry.text.clone());
        let open = move || ObjectSet::open(&folder, staging, lock, jobs, expiry);
        let set = tokio::task::spawn_blocking(open).await??;
        Ok((set, place))
    }

    /// Where this set belongs, unless nothing of it may be fetched there.
    async fn right_place(&self) -> anyhow::Result<Place> {
        if let Some(expiry) = self.expired
            && !identity::is_begun(&self.setup.out, self.backup).await?
        {
            return Err(links::expired(expiry).into());
        }
        let place = self.place().await?;
        if self.into.is_some_and(|name| name != place.name) {
            return Err(links::other_content().into());
        }
        Ok(place)
    }

    /// Manifests that a power cut has damaged are made anew from the files. Their verification takes its time.
    async fn rebuild(&self) -> anyhow::Result<()> {
        let out = self.setup.out.on_this_machine()?.to_owned();
        let backup = self.backup.clone();
        let observer = Arc::clone(&self.setup.observer);
        let rebuild = move || rebuild::rebuild(&out, &backup, observer.as_ref());
        Ok(tokio::task::spawn_blocking(rebuild).await??)
    }

    /// Where this set belongs, and what is known of it.
    pub(super) async fn place(&self) -> Result<Place, DownloadError> {
        let setup = self.setup;
        identity::place_for(&setup.out, self.backup, &setup.api, setup.observer.as_ref()).await
    }

    /// Nothing is fetched with links that have expired.
    pub(super) fn needs_links(&self, files: usize) -> Result<(), Problem> {
        match self.expired {
            Some(expiry) if files > 0 => Err(links::expired(expiry)),
            _ => Ok(()),
        }
    }

    /// The files to fetch. What a crash left is verified, which may take its time.
    async fn survey(&self, set: &Set, report: &mut Report) -> anyhow::Result<Vec<ToFetch>> {
        let (publisher, selected) = (set.publisher.clone(), set.selected.clone());
        let observer = Arc::clone(&self.setup.observer);
        let allow_unverified = self.setup.options.allow_unverified;
        let survey =
            move || survey::survey(&publisher, &selected, allow_unverified, observer.as_ref());
        let found = tokio::task::spawn_blocking(survey).await??;
        self.needs_links(found.len())?;
        let publisher = Arc::clone(&set.publisher);
        let save = move || {
            if publisher.store().is_elsewhere() || publisher.is_saved()? {
                return Ok(());
            }
            publisher.save()
        };
        tokio::task::spawn_blocking(save).await??;
        let mut files = Vec::new();
        for (file, leftover) in found {
            if report.has_failed(&file.name) {
                continue;
            }
            match self.still_refused(set, &file).await {
                Some(problem) => report.failed(file.name, problem),
                None => files.push((file, leftover.filter(|_| self.setup.resumes()))),
            }
        }
        if !files.is_empty() {
            room::check(self.setup, &set.publisher, &files).await?;
        }
        report
            .tried
            .extend(files.iter().map(|(file, _)| file.name.clone()));
        Ok(files)
    }

    /// Why a file that came before is not fetched again: it was refused, and the server still has it as it was.
    async fn still_refused(&self, set: &Set, file: &BackupFile) -> Option<Problem> {
        let options = &self.setup.options;
        if options.refetch {
            return None;
        }
        let entry = set.publisher.manifest().entry(&file.name).cloned()?;
        identity::still_refused(&entry, file, options.allow_unverified, &self.setup.api).await
    }

    /// The engine's part, which begins here.
    fn plan(&self, set: &Set, files: Vec<ToFetch>, report: &Report) -> Plan {
        let (setup, options) = (self.setup, &self.setup.options);
        let id = set.listed.id.as_ref();
        let listed = files.iter().map(|(file, _)| ListedFile {
            kind: file.kind,
            name: file.name.clone(),
        });
        let kept = files.iter().filter_map(|(file, leftover)| {
            let part = leftover.as_ref()?;
            Some(Kept {
                name: file.name.clone(),
                bytes: part.resumed_bytes(),
                length: part.length().unwrap_or_default(),
            })
        });
        let expiry = set.listed.expiry.as_ref();
        let ahead = setup.api.clock_ahead().unwrap_or_default();
        setup.observer.event(Event::Start {
            org: id.map(|id| id.org.clone()),
            job: id.map(|id| id.job.clone()),
            folder: set.publisher.location().to_string(),
            is_uploaded: set.publisher.store().is_elsewhere(),
            files: listed.collect(),
            kept: kept.collect(),
            already: already(set, &files, report),
            expires: expiry.map(|expiry| expiry.by_a_clock_behind(ahead)),
        });
        Plan {
            api: setup.api.clone(),
            links: set.links.clone(),
            publisher: set.publisher.clone(),
            files,
            jobs: setup.jobs(),
            retry: setup.settings.retry,
            limit_rate: options.limit_rate.map(|Rate(rate)| rate),
            ignore_expiry: options.ignore_expiry,
            no_ranges: options.no_ranges,
            allow_unverified: options.allow_unverified,
            observer: Arc::clone(&setup.observer),
            stop: setup.context.stop.clone(),
        }
    }

    /// Reads the list once more, unless the run is stopped meanwhile. True: it has files that are new.
    async fn list_again(&self, set: &mut Set) -> Result<bool, DownloadError> {
        let context = self.setup.context;
        let listed = tokio::select! {
            listed = set.links.ask() => listed,
            _ = context.stop.wait() => return Ok(false),
        };
        let listed = match listed {
            Ok(listed) => listed,
            // A file that is listed and refused is a file that is not here: this run must not end green.
            Err(error) if error.problem().exit == Exit::Integrity => return Err(error),
            Err(error) => {
                context.warn(&match error {
                    DownloadError::Newer(_) => format!("{error}: run again to fetch that one"),
                    error => {
                        format!("the list of links could not be read again at the end: {error}")
                    }
                });
                return Ok(false);
            }
        };
        let taken = tokio::select! {
            taken = set.links.take_in(listed.clone()) => taken,
            _ = context.stop.wait() => return Ok(false),
        };
        if listed != set.listed {
            set.publisher.save()?;
        }
        taken?;
        set.selected = selection::selected(self.setup, &listed);
        let known: HashSet<&FileName> = set.listed.files.iter().map(|file| &file.name).collect();
        let grown = listed.files.iter().any(|file| !known.contains(&file.name));
        set.listed = listed;
        Ok(grown)
    }
}

/// What of the selected files is not among those to fetch.
fn already(set: &Set, to_fetch: &[ToFetch], report: &Report) -> Already {
    let to_fetch: HashSet<&FileName> = to_fetch.iter().map(|(file, _)| &file.name).collect();
    let manifest = set.publisher.manifest();
    let others = set.selected.iter().map(|file| &file.name);
    let others = others.filter(|name| !to_fetch.contains(name));
    report.already(&manifest, others.filter_map(|name| manifest.saved(name)))
}

//! `download --dry-run`: what a run would fetch. Creates nothing.

use std::path::Path;

use serde_json::json;

use crate::commands::outcome::Outcome;
use crate::commands::sizes::{self, Sizes};
use crate::download::{STAGED_FILES, leftover};
use crate::model::BackupFile;
use crate::output::{already_there, units};
use crate::problem;
use crate::store::object::Staging;
use crate::store::{Kind, Listing, Location, StorageError, check_space};

use super::fetch::Fetch;
use super::report::Report;
use super::room;

pub(super) async fn dry_run(fetch: &Fetch<'_>) -> anyhow::Result<Outcome> {
    let setup = fetch.setup;
    let context = setup.context;
    let place = fetch.place().await?;
    let set = setup.out.join(&place.name);
    let parts = match (&setup.out, setup.staging()?) {
        (Location::Object(out), Some(base)) => Staging::place(&base, out).join(&place.name),
        _ => set.on_this_machine()?.to_owned(),
    };
    let listing = listing(&set).await?;
    let is_saved = |file: &BackupFile| {
        place.manifest.saved(&file.name).is_some()
            && matches!(listing.look(file.name.as_str()), Ok(Kind::File { .. }))
    };
    let missing: Vec<&BackupFile> = fetch.selected.iter().filter(|it| !is_saved(it)).collect();
    fetch.needs_links(missing.len())?;
    let files = missing
        .iter()
        .map(|file| Some((file.name.clone(), file.url.clone())));
    let sizes = sizes::ask(&setup.api, files.collect(), setup.jobs()).await;
    for (file, size) in missing.iter().zip(&sizes.each) {
        let name = &file.name;
        context.event(
            &json!({ "event": "would_fetch", "kind": file.kind, "name": name, "size": size }),
        )?;
        if !context.terminal.is_json() {
            let line = format!("{}  {name}", units::size_column(*size));
            context.terminal.data(&line).map_err(problem::output)?;
        }
    }
    for warning in sizes.warnings() {
        context.warn(&warning);
    }
    let work = Work::of(&missing, &sizes, &parts, setup.resumes())?;
    let mut report = Report::new(&set, setup);
    let listed = &fetch.backup.files;
    let already_of = |files: &[BackupFile]| {
        let saved = files.iter().filter(|file| is_saved(file));
        let entries = saved.filter_map(|file| place.manifest.saved(&file.name));
        report.already(&place.manifest, entries)
    };
    let selected = already_of(&fetch.selected);
    let saved = match selected.files {
        0 => String::new(),
        files => format!("; {} {}", units::files(files), already_there(&selected)),
    };
    let words = work.words(&set, &sizes);
    context.note(&format!("{words}{saved}; nothing was created"));
    match &setup.out {
        Location::Local(out) => check_space(out, work.needed)?,
        Location::Object(_) => check_space(&parts, work.needed.min(work.staged))
            .map_err(|error| room::with_staging(&setup.out, error.problem()))?,
    }
    let already = already_of(listed);
    report.count_dry_run(already, missing.len(), listed.len());
    Ok(Outcome::last_line(json!(report.summary())))
}

/// What is in the place of the set.
async fn listing(set: &Location) -> anyhow::Result<Listing> {
    let set = set.clone();
    let listed = move || set.listing().map_err(|error| set.failed("listing", error));
    Ok(tokio::task::spawn_blocking(listed).await??)
}

/// What there is to be done.
#[derive(Default)]
struct Work {
    /// Files of which a part is kept.
    resumed: usize,
    /// Bytes of those parts.
    kept: u64,
    /// Files of which there is nothing.
    fresh: usize,
    /// Bytes that would come, as far as sizes are known.
    missing: u64,
    /// Bytes that the disk must still take.
    needed: u64,
    /// Bytes of the largest three: no more of them wait at once for a store.
    staged: u64,
}

impl Work {
    fn of(
        missing: &[&BackupFile],
        sizes: &Sizes,
        folder: &Path,
        resumes: bool,
    ) -> Result<Work, StorageError> {
        let mut work = Work::default();
        for (file, size) in missing.iter().zip(&sizes.each) {
            let kept = if resumes {
                leftover::resumable(folder, file)?
            } else {
                None
            };
            // Of another length it is another version, which begins at zero.
            let kept = kept.filter(|kept| size.is_none_or(|size| size == kept.length));
            let (there, allocated) = kept.map_or((0, 0), |kept| (kept.kept, kept.allocated));
            work.resumed += usize::from(kept.is_some());
            work.fresh += usize::from(kept.is_none());
            work.kept += there;
            let size = size.unwrap_or_default();
            work.missing = work.missing.saturating_add(size.saturating_sub(there));
            work.needed = work.needed.saturating_add(size.saturating_sub(allocated));
        }
        let mut largest: Vec<u64> = sizes.each.iter().copied().flatten().collect();
        largest.sort_unstable();
        let largest = largest.iter().rev().take(STAGED_FILES);
        work.staged = largest.fold(0, |sum, size| sum.saturating_add(*size));
        Ok(work)
    }

    fn words(&self, folder: &Location, sizes: &Sizes) -> String {
        let fresh = units::files(self.fresh);
        if self.resumed == 0 {
            return format!("{fresh} would be fetched into {folder}, {}", sizes.in_all());
        }
        let others = match self.fresh {
            0 => String::new(),
            fresh => format!(", {fresh} fetched"),
        };
        format!(
            "{} would be resumed ({} kept){others} into {folder}, {}",
            units::files(self.resumed),
            units::size(self.kept),
            sizes.words(self.missing, "to fetch")
        )
    }
}

//! `download --dry-run`: what a run would fetch. Creates nothing.

use std::path::Path;

use serde_json::json;

use crate::commands::outcome::Outcome;
use crate::commands::sizes::{self, Sizes};
use crate::download::leftover;
use crate::model::BackupFile;
use crate::output::{already_there, units};
use crate::problem;
use crate::store::{StorageError, check_space};

use super::fetch::Fetch;
use super::report::Report;

pub(super) async fn dry_run(fetch: &Fetch<'_>) -> anyhow::Result<Outcome> {
    let setup = fetch.setup;
    let context = setup.context;
    let place = fetch.place().await?;
    let out = setup.out.on_this_machine()?;
    let folder = out.join(&place.name);
    let is_saved = |file: &BackupFile| {
        place.manifest.saved(&file.name).is_some() && folder.join(file.name.as_str()).is_file()
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
    let work = Work::of(&missing, &sizes, &folder, setup.resumes())?;
    let mut report = Report::new(&setup.out.join(&place.name), setup);
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
    let words = work.words(&folder, &sizes);
    context.note(&format!("{words}{saved}; nothing was created"));
    check_space(out, work.needed)?;
    let already = already_of(listed);
    report.count_dry_run(already, missing.len(), listed.len());
    Ok(Outcome::last_line(json!(report.summary())))
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
        Ok(work)
    }

    fn words(&self, folder: &Path, sizes: &Sizes) -> String {
        let (fresh, folder) = (units::files(self.fresh), folder.display());
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

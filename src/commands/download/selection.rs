//! What is asked for of a list, and everything that can be refused before anything is created or fetched.

use crate::cli::{DownloadOptions, selects};
use crate::commands::links;
use crate::download::identity;
use crate::model::{Backup, BackupFile, Expiry};
use crate::output::units;
use crate::problem::Problem;
use crate::untrusted::printable;

use super::setup::Setup;

/// Names that are shown when none was meant.
const SHOWN_NAMES: usize = 5;

pub(super) fn check(setup: &Setup<'_>, backup: &Backup) -> anyhow::Result<()> {
    let (context, settings) = (setup.context, &setup.settings);
    let theirs = backup.id.as_ref().map(|id| id.org.as_str());
    links::check_organisation(settings.org.as_deref(), theirs)?;
    links::check_hosts(settings, backup)?;
    links::warn_of_guess(backup.expiry.as_ref(), context);
    if backup.expiry.is_none() {
        context.warn("Zoho does not say when the links expire");
    }
    if backup.id.is_none() {
        context.warn(&format!("the links contain no organisation and job id, so the folder is named after the links: {}", backup.folder_name()));
    }
    Ok(())
}

/// When the links expired, if nothing may be fetched with them any more: then a set that is saved already is a good end,
/// and everything else is none.
pub(super) async fn expired(setup: &Setup<'_>, backup: &Backup) -> anyhow::Result<Option<Expiry>> {
    let is_past = |expiry: &&Expiry| expiry.is_past(setup.api.now());
    let Some(expiry) = backup.expiry.as_ref().filter(is_past) else {
        return Ok(None);
    };
    if setup.options.ignore_expiry {
        let at = printable(&expiry.text);
        let context = setup.context;
        context.warn(&format!("the links expired on {at}; trying them anyway"));
        return Ok(None);
    }
    if identity::is_begun(&setup.out, backup).await? {
        Ok(Some(expiry.clone()))
    } else {
        Err(links::expired(expiry).into())
    }
}

/// The files that `--only` and `--match` select, as far as not all others are left out anyway.
pub(super) fn selected(setup: &Setup<'_>, backup: &Backup) -> Vec<BackupFile> {
    let (options, only) = (&setup.options, setup.only.as_ref());
    let pattern = options.r#match.as_ref();
    let is_selected = |file: &&BackupFile| {
        only.is_none_or(|only| only.contains(&file.name))
            && selects(options.only, pattern, file.kind, &file.name)
    };
    backup.files.iter().filter(is_selected).cloned().collect()
}

/// That no file is selected is a mistake, not a good end.
pub(super) fn none_selected(options: &DownloadOptions, backup: &Backup) -> Problem {
    let names = backup.files.iter().map(|file| file.name.as_str());
    let names: Vec<&str> = names.take(SHOWN_NAMES).collect();
    let more = if backup.files.len() > SHOWN_NAMES {
        ", …"
    } else {
        ""
    };
    let given = match (options.only, &options.r#match) {
        (Some(_), None) => "--only",
        (None, _) => "--match",
        (Some(_), Some(_)) => "both --only and --match",
    };
    let files = units::files(backup.files.len());
    Problem::configuration(
        format!("no file matches {given} (the backup has {files})"),
        format!("the files are named like {}{more}", names.join(", ")),
    )
}

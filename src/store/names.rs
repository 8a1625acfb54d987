//! The names in the folder of a set: what each of them says about who put the file there.

use super::manifest;
use crate::model::FileName;

/// What a removal from a store leaves until it is done: the manifest of the set that was.
pub(crate) const REMOVED: &str = ".removed.json";

/// The journal of files that are about to get their final names.
pub(super) const PUBLISHING: &str = ".publishing.journal";

/// Whose a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// A file of the backup, under its final name.
    Final(FileName),
    /// The manifest or the list of digests.
    Record,
    /// What a download leaves while it is unfinished, or keeps for who wants to look at it.
    Beside,
    /// Of nobody that is known here.
    Foreign,
}

/// What a name alone says.
pub(crate) fn role(name: &str) -> Role {
    if let Ok(name) = FileName::parse(name) {
        return Role::Final(name);
    }
    if [manifest::NAME, manifest::SUMS_NAME].contains(&name) {
        return Role::Record;
    }
    if [REMOVED, PUBLISHING].contains(&name) || is_hidden_of_ours(name) || is_kept_of_ours(name) {
        return Role::Beside;
    }
    Role::Foreign
}

/// What is [`unfinished`], and what is about to replace the manifest or the list of digests.
fn is_hidden_of_ours(name: &str) -> bool {
    let replaced = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".new"));
    unfinished(name).is_some()
        || replaced.is_some_and(|name| role(name) == Role::Record)
        || is_going(name)
}

/// What `sys::remove_file` gives a file that somebody may have open.
fn is_going(name: &str) -> bool {
    let name = name.strip_prefix('.');
    let gone = name.and_then(|name| name.strip_suffix(".gone"));
    gone.is_some_and(|gone| role(gone) != Role::Foreign)
}

/// `NAME.corrupt`, `NAME.unverified`, `NAME.damaged`, `NAME.damaged.2`, and the same of a manifest.
fn is_kept_of_ours(name: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unnumbered = match name.rsplit_once('.') {
        Some((rest, number)) if is_number(number) => rest,
        _ => name,
    };
    let Some((kept, why)) = unnumbered.rsplit_once('.') else {
        return false;
    };
    let is_zip = FileName::parse(kept).is_ok();
    match why {
        "damaged" => is_zip || kept == manifest::NAME,
        "corrupt" | "unverified" => is_zip && unnumbered == name,
        _ => false,
    }
}

/// Of which file a hidden one is the part or a journal.
pub(crate) fn unfinished(name: &str) -> Option<FileName> {
    let name = name.strip_prefix('.')?;
    if let Some(replaced) = name.strip_suffix(".new") {
        return unfinished(replaced);
    }
    let suffixes = [".part", ".journal", ".upload"].into_iter();
    let mut names = suffixes.filter_map(|suffix| FileName::parse(name.strip_suffix(suffix)?).ok());
    names.next()
}

/// Name of the journal of its upload beside a file that is staged for a store.
#[cfg(feature = "object-store")]
pub(crate) fn upload_journal(name: &str) -> String {
    format!(".{name}.upload")
}

/// Name of the journal beside a file that is not in the manifest yet.
pub(crate) fn journal(name: &FileName) -> String {
    format!(".{name}.journal")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_a_download_gives_is_known() {
        for ours in [
            ".Data_001.zip.part",
            ".Data_001.zip.journal",
            "..Data_001.zip.journal.new",
            ".manifest.json.new",
            ".SHA256SUMS.new",
            "Data_001.zip.corrupt",
            "Data_001.zip.unverified",
            "Data_001.zip.damaged",
            "Data_001.zip.damaged.2",
            "manifest.json.damaged",
            "manifest.json.damaged.12",
            ".removed.json",
            ".publishing.journal",
            "..Data_001.zip.part.gone",
            ".Data_001.zip.corrupt.gone",
        ] {
            assert_eq!(role(ours), Role::Beside, "{ours}");
        }
        for record in ["manifest.json", "SHA256SUMS"] {
            assert_eq!(role(record), Role::Record);
        }
        assert!(matches!(role("Data_001.zip"), Role::Final(_)));
    }

    #[test]
    fn what_only_looks_like_ours_is_foreign() {
        for foreign in [
            ".DS_Store",
            "notes.txt",
            ".notes.part",
            "notes.corrupt",
            "Data_001.zip.corrupt.2",
            "Data_001.ZIP",
            ".x.zip.new",
            ".notes.txt.gone",
            "damaged",
            "",
        ] {
            assert_eq!(role(foreign), Role::Foreign, "{foreign}");
        }
    }
}

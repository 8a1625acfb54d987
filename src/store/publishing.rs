//! The journal of a set: the files that are about to get their final names and have no journal of their own. Until the manifest
//! names them, it tells them from somebody else's (`design.md` section 5).

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::error::{During, StorageError};
use super::folder::Folder;
use super::manifest::{self, Entry};
use super::names::PUBLISHING;
use super::own::read_own;
use super::sys;
use crate::model::FileName;

/// What was noted, by name. Each line is what the manifest is going to say of a file; what a crash tore promises nothing.
pub(crate) fn noted(folder: &Path) -> io::Result<HashMap<FileName, Entry>> {
    let content = read_own(&folder.join(PUBLISHING), manifest::LARGEST)?.unwrap_or_default();
    let lines = content.split(|byte| *byte == b'\n');
    let entries = lines.filter_map(|line| serde_json::from_slice::<Entry>(line).ok());
    Ok(entries.map(|entry| (entry.name.clone(), entry)).collect())
}

/// Notes files for good, before the first of them gets its name.
pub(super) fn note<'a>(
    folder: &Folder,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<(), StorageError> {
    let lines: Result<Vec<String>, _> = entries.map(serde_json::to_string).collect();
    let path = folder.join(PUBLISHING);
    let lines = lines.map_err(io::Error::from).during("writing", &path)?;
    if lines.is_empty() {
        return Ok(());
    }
    let found = folder.open_file(PUBLISHING)?;
    let is_new = found.is_none();
    let file = match found {
        Some(file) => file,
        None => folder.create_file(PUBLISHING)?,
    };
    // Whoever died here before may have torn the last line.
    let lines = format!("\n{}\n", lines.join("\n"));
    let write = || {
        let end = file.metadata()?.len();
        sys::write_all_at(&file, &[lines.as_bytes()], end)?;
        folder.disk().sync(&file)
    };
    write().during("writing", &path)?;
    if is_new {
        folder.sync_names(&path, &file)?;
    }
    Ok(())
}

/// Removes the journal once the manifest on the disk names every file that was noted.
pub(super) fn forget(
    folder: &Folder,
    is_saved: &dyn Fn(&FileName) -> bool,
) -> Result<(), StorageError> {
    let path = folder.join(PUBLISHING);
    let noted = noted(folder.path()).during("reading", &path)?;
    if noted.keys().all(is_saved) {
        folder.remove(PUBLISHING)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::manifest::FileState;
    use std::fs;

    fn entry(name: &str) -> Entry {
        let line = format!(
            r#"{{"name":"{name}","kind":"data","url":"https://h/{name}","state":"verified","size":1}}"#
        );
        serde_json::from_str(&line).unwrap()
    }

    fn names(folder: &Folder) -> Vec<String> {
        let mut names: Vec<_> = noted(folder.path()).unwrap().into_keys().collect();
        names.sort();
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_crash_tore_promises_nothing_and_spoils_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::create(&root.path().join("set")).unwrap();
        let both = [entry("Data_001.zip"), entry("Data_002.zip")];
        note(&folder, both.iter()).unwrap();
        let path = folder.join(PUBLISHING);
        let torn = fs::read(&path).unwrap();
        fs::write(&path, &torn[..torn.len() - 10]).unwrap();
        assert_eq!(names(&folder), ["Data_001.zip"]);
        note(&folder, [entry("Data_003.zip")].iter()).unwrap();
        assert_eq!(names(&folder), ["Data_001.zip", "Data_003.zip"]);
        assert_eq!(
            noted(folder.path()).unwrap()[&entry("Data_003.zip").name].state,
            FileState::Verified
        );
    }

    #[test]
    fn it_stays_until_the_manifest_names_every_file_whoever_noted_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::create(&root.path().join("set")).unwrap();
        note(&folder, [entry("Data_001.zip")].iter()).unwrap();
        note(&folder, [entry("Data_002.zip")].iter()).unwrap();
        let first = entry("Data_001.zip").name;
        forget(&folder, &|name| *name == first).unwrap();
        assert_eq!(names(&folder), ["Data_001.zip", "Data_002.zip"]);
        forget(&folder, &|_| true).unwrap();
        assert!(!folder.join(PUBLISHING).exists());
        note(&folder, [entry("Data_003.zip")].iter()).unwrap();
        assert_eq!(names(&folder), ["Data_003.zip"]);
    }
}

//! `man`: writes the man pages into a folder.

use std::path::Path;

use serde_json::json;

use super::outcome::Outcome;
use crate::cli::{self, UserPath};
use crate::exit::Exit;
use crate::problem::{self, Problem};
use crate::store::{StorageError, change_shared};

pub(super) fn man(folder: &UserPath) -> anyhow::Result<Outcome> {
    let UserPath(folder) = folder;
    if !folder.is_dir() {
        return Err(no_folder(folder).into());
    }
    let mut paths = Vec::new();
    for page in cli::man_pages().map_err(problem::output)? {
        let path = folder.join(&page.file);
        change_shared::<StorageError>(&path, |_| Ok(page.text))?;
        paths.push(path.display().to_string());
    }
    let document = json!({ "schema": 1, "folder": folder.display().to_string(), "pages": paths });
    let wrote = format!("wrote {} pages to {}", paths.len(), folder.display());
    Ok(Outcome::document(document).note(wrote))
}

fn no_folder(folder: &Path) -> Problem {
    let shown = folder.display();
    let message = format!("the pages can't be written: there is no folder {shown}");
    let problem = Problem::new(Exit::Storage, "no_folder", message);
    problem.hint(format!("create it: mkdir -p '{shown}'"))
}

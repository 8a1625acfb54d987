//! Where the configuration and the state of this user are.

use std::path::PathBuf;

use super::{Environment, SettingsError, one_profile, path};
use crate::cli::Global;

/// Files and folders, and the profile that was named.
#[derive(Debug)]
pub(super) struct Place {
    /// Nothing where there is no home folder to look in, and nobody named a file.
    pub(super) config: Option<PathBuf>,
    /// The user named the configuration file.
    pub(super) named: bool,
    pub(super) profile: Option<String>,
    /// Nothing where there is no home folder.
    pub(super) state_folder: Option<PathBuf>,
}

impl Place {
    pub(super) fn find(global: &Global, environment: &Environment) -> Result<Place, SettingsError> {
        environment.refuse_unreadable()?;
        // A path that is not absolute is not valid there, says the XDG Base Directory Specification.
        let base = |variable: &str, below_home: &str| {
            let named = environment.get(variable).map(PathBuf::from);
            named
                .filter(|folder| folder.is_absolute())
                .or_else(|| Some(path::home()?.join(below_home)))
                .map(|folder| folder.join("backup-fetch"))
        };
        let flag = global.config.clone().map(|file| ("--config", file));
        let variable = environment
            .get("BACKUP_FETCH_CONFIG")
            .map(|file| ("BACKUP_FETCH_CONFIG", PathBuf::from(file)));
        let named = flag
            .or(variable)
            .map(|(what, file)| path::meant(what, &file))
            .transpose()?;
        Ok(Place {
            named: named.is_some(),
            config: named.or_else(|| Some(base("XDG_CONFIG_HOME", ".config")?.join("config.toml"))),
            profile: one_profile(global)?
                .cloned()
                .or_else(|| environment.get("BACKUP_FETCH_PROFILE")),
            state_folder: base("XDG_STATE_HOME", ".local/state"),
        })
    }

    /// The configuration file, for who can't do without one.
    pub(super) fn config(&self) -> Result<&PathBuf, SettingsError> {
        self.config.as_ref().ok_or_else(|| {
            SettingsError::new(
                "no home folder is known in which the configuration file could be",
                "set HOME or XDG_CONFIG_HOME, or name the file with --config",
            )
        })
    }
}

//! Where the configuration and the state of this user are.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use super::{Environment, SettingsError};
use crate::cli::Global;

/// Files and folders, and the profile that was named.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) config: PathBuf,
    /// The user named the configuration file.
    pub(super) named: bool,
    pub(super) profile: Option<String>,
    pub(super) state_folder: PathBuf,
}

impl Place {
    pub(super) fn find(global: &Global, environment: &Environment) -> Result<Place, SettingsError> {
        let folders = etcetera::choose_base_strategy().map_err(|_| {
            SettingsError::new(
                "there is no home folder",
                "set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME",
            )
        })?;
        let named = global
            .config
            .clone()
            .or_else(|| environment.get("BACKUP_FETCH_CONFIG").map(PathBuf::from));
        let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
        Ok(Place {
            named: named.is_some(),
            config: named.unwrap_or_else(|| {
                folders
                    .config_dir()
                    .join("backup-fetch")
                    .join("config.toml")
            }),
            profile: global
                .profile
                .clone()
                .or_else(|| environment.get("BACKUP_FETCH_PROFILE")),
            state_folder: state.join("backup-fetch"),
        })
    }
}

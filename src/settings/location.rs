//! Where the configuration and the state of this user are.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::faults;
use super::file::{ConfigFile, Profile};
use crate::cli::{self, Global, UserPath};
use crate::problem::Problem;
use crate::store::sys::{self, UsualFolder};

/// What `login` calls a profile where nothing else names one.
const FIRST_PROFILE: &str = "main";

/// Files and folders, and the profile that was named.
#[derive(Debug)]
pub(super) struct Location {
    /// Nothing where there is no home folder to look in, and nobody named a file.
    pub(super) config: Option<PathBuf>,
    /// The user named the configuration file.
    pub(super) named: bool,
    pub(super) profile: Option<String>,
    /// Nothing where there is no home folder.
    pub(super) state_folder: Option<PathBuf>,
}

impl Location {
    pub(super) fn find(global: &Global, environment: &Environment) -> Result<Location, Problem> {
        environment.refuse_unreadable()?;
        let variable = "BACKUP_FETCH_CONFIG";
        let named = match (&global.config, environment.get(variable)) {
            (Some(UserPath(file)), _) => Some(file.clone()),
            (None, Some(file)) => {
                let file = cli::expanded(Path::new(&file));
                Some(file.map_err(|error| error.of_key(variable))?)
            }
            (None, None) => None,
        };
        Ok(Location {
            named: named.is_some(),
            config: named.or_else(|| {
                let folder = base(environment, "XDG_CONFIG_HOME", sys::CONFIG_FOLDER)?;
                Some(folder.join("config.toml"))
            }),
            profile: one_profile(global)?
                .cloned()
                .or_else(|| environment.get("BACKUP_FETCH_PROFILE")),
            state_folder: state_folder(environment),
        })
    }

    /// The configuration file, for who can't do without one.
    pub(super) fn config(&self) -> Result<&PathBuf, Problem> {
        self.config.as_ref().ok_or_else(|| {
            Problem::configuration(
                "no home folder is known in which the configuration file could be",
                "set HOME or XDG_CONFIG_HOME, or name the file with --config",
            )
        })
    }

    /// The profile to use, which must be there; nothing when there is none at all.
    pub(super) fn existing_profile(&self) -> Result<Option<Profile>, Problem> {
        let path = self.config()?;
        let file = faults::read_sound(path, self.named)?;
        let Some(file) = file else {
            return match &self.profile {
                None => Ok(None),
                Some(name) => Err(Problem::configuration(
                    format!(
                        "there is no profile \"{name}\": the configuration file {} does not exist",
                        path.display()
                    ),
                    "`backup-fetch login` creates it; or write it as the README shows, or choose another with --config",
                )),
            };
        };
        let Some(name) = pick(&file, self.profile.as_ref())? else {
            return Ok(None);
        };
        if !file.names().contains(&name) {
            return Err(Problem::configuration(
                format!("{}: there is no profile \"{name}\"", path.display()),
                format!("existing profiles: {}", listed(&file.names())),
            ));
        }
        Ok(Some(Profile { file, name }))
    }

    /// The same as far as it can be read, whatever else is wrong with the file.
    pub(super) fn readable_profile(&self) -> Option<Profile> {
        let file = ConfigFile::read(self.config.as_ref()?, false).ok()??;
        let name = pick(&file, self.profile.as_ref()).ok()??;
        file.profile(&name)?;
        Some(Profile { file, name })
    }

    /// For who logs in and so makes the profile and its file, where they are not there: the file, if it is, and the name.
    pub(super) fn profile_to_be(&self) -> Result<(Option<ConfigFile>, String), Problem> {
        let file = faults::read_sound(self.config()?, false)?;
        let name = match &file {
            Some(file) => pick(file, self.profile.as_ref())?,
            None => self.profile.clone(),
        };
        Ok((file, name.unwrap_or_else(|| FIRST_PROFILE.to_owned())))
    }
}

/// Where the program keeps what it knows between runs; nothing where there is no home folder. No configuration is read for it.
pub(crate) fn state_folder(environment: &Environment) -> Option<PathBuf> {
    base(environment, "XDG_STATE_HOME", sys::STATE_FOLDER)
}

/// Where the program may keep what can be fetched again; nothing where there is no home folder.
pub(crate) fn cache_folder(environment: &Environment) -> Option<PathBuf> {
    base(environment, "XDG_CACHE_HOME", sys::CACHE_FOLDER)
}

fn base(environment: &Environment, variable: &str, usual: UsualFolder) -> Option<PathBuf> {
    let named = |variable: &str| {
        let folder = environment.get(variable).map(PathBuf::from);
        // A path that is not absolute is not valid there, says the XDG Base Directory Specification.
        folder.filter(|folder| folder.is_absolute())
    };
    named(variable)
        .or_else(|| usual.variable.and_then(named))
        .or_else(|| Some(cli::home()?.join(usual.below_home)))
        .map(|folder| folder.join(usual.name))
}

/// The name of the profile to use; nothing when there is none at all.
fn pick(file: &ConfigFile, wanted: Option<&String>) -> Result<Option<String>, Problem> {
    let default = file.default_profile().map(|(name, _)| name);
    let names = file.names();
    match (wanted.cloned().or(default), &names[..]) {
        (Some(name), _) => Ok(Some(name)),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only.clone())),
        (None, several) => Err(Problem::configuration(
            format!(
                "{}: there are several profiles and no default_profile",
                file.path.display()
            ),
            format!("choose one with --profile: {}", listed(several)),
        )),
    }
}

pub(super) fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}

/// The profile that was typed, for a command that takes one at most.
pub(crate) fn one_profile(global: &Global) -> Result<Option<&String>, Problem> {
    match &global.profile[..] {
        _ if global.all_profiles => Err(Problem::configuration(
            "--all-profiles works only with list, download, check, prune and status",
            "run this command once for each profile, with --profile NAME",
        )),
        [] => Ok(None),
        [name] => Ok(Some(name)),
        _ => Err(Problem::configuration(
            "only list, download, check, prune and status take several profiles; this command takes one",
            "run this command once for each profile",
        )),
    }
}

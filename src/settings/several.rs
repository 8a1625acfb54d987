//! Several profiles in one run: which, and that nothing of one organisation can reach another.

use std::collections::BTreeSet;
use std::path::Path;

use super::environment::{Environment, HOSTS};
use super::faults;
use super::file::ConfigFile;
use super::location::Location;
use super::secrets::{SECRETS, Secret};
use crate::cli::Global;
use crate::problem::Problem;

/// The names of all profiles, in their order in the file; none where there is no file.
pub(crate) fn profile_names(
    global: &Global,
    environment: &Environment,
) -> Result<Vec<String>, Problem> {
    let place = Location::find(global, environment)?;
    match &place.config {
        Some(config) => all(config, place.named),
        None => Ok(Vec::new()),
    }
}

/// The profiles of a run for several, each once, in the order in which they were named or stand in the file. Nothing for
/// a run for one. `--all-profiles` counts as several however many there are, so that what a script reads has one shape.
///
/// # Errors
/// The file as a whole is broken, or something that was given is one organisation's and would serve them all.
pub(crate) fn several_profiles(
    global: &Global,
    environment: &Environment,
) -> Result<Option<Vec<String>>, Problem> {
    if !global.all_profiles && global.profile.len() < 2 {
        return Ok(None);
    }
    refuse_shared(global, environment)?;
    let whole = Global {
        profile: Vec::new(),
        all_profiles: false,
        ..global.clone()
    };
    let place = Location::find(&whole, environment)?;
    let config = place.config()?;
    let all = all(config, place.named)?;
    if global.all_profiles {
        if all.is_empty() {
            return Err(Problem::configuration(
                format!("{}: there are no profiles", config.display()),
                "add one as the README shows, or choose another file with --config",
            ));
        }
        return Ok(Some(all));
    }
    Ok(Some(each_once(&global.profile)))
}

/// The profiles of a run for several that can't begin, as far as they can be read. Those of one run are one at most.
pub(crate) fn readable_profiles(global: &Global, environment: &Environment) -> Vec<String> {
    if !global.all_profiles {
        return each_once(&global.profile);
    }
    let whole = Global {
        all_profiles: false,
        ..global.clone()
    };
    let place = Location::find(&whole, environment).ok();
    let config = place.and_then(|place| place.config);
    let file = config.and_then(|config| ConfigFile::read(&config, false).ok()?);
    file.map(|file| file.names_in_order()).unwrap_or_default()
}

fn each_once(named: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let named = named.iter().filter(|name| seen.insert(*name));
    named.cloned().collect()
}

fn all(config: &Path, named: bool) -> Result<Vec<String>, Problem> {
    let file = faults::read_sound(config, named)?;
    Ok(file.map(|file| file.names_in_order()).unwrap_or_default())
}

/// Two organisations must never mix.
fn refuse_shared(global: &Global, environment: &Environment) -> Result<(), Problem> {
    let flag = HOSTS.iter().find(|(key, _)| global.flags.have(key));
    let secrets = SECRETS.iter().flat_map(Secret::variables);
    let mut variables = HOSTS
        .iter()
        .map(|(_, variable)| (*variable).to_owned())
        .chain(secrets);
    let variable = variables.find(|name| environment.get(name).is_some());
    let shared = match (flag, variable) {
        (Some((key, _)), _) => format!("--{} is given", key.replace('_', "-")),
        (None, Some(variable)) => format!("{variable} is set"),
        (None, None) => return Ok(()),
    };
    Err(Problem::configuration(
        format!("{shared}, which would apply to several organisations"),
        "with several profiles, hosts and secrets come from the profiles alone: put it there",
    ))
}

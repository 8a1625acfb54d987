//! Several profiles in one run: which, and that nothing of one organisation can reach another.

use super::{Environment, Place, SettingsError, profile};
use crate::cli::Global;

/// Variables that name one organisation's secrets or hosts; those of secrets also exist with `_FILE`.
const SECRETS: [&str; 4] = [
    "ZOHO_CLIENT_ID",
    "ZOHO_CLIENT_SECRET",
    "ZOHO_REFRESH_TOKEN",
    "ZOHO_ACCESS_TOKEN",
];
const HOSTS: [&str; 4] = [
    "ZOHO_DC",
    "ZOHO_API_DOMAIN",
    "ZOHO_ACCOUNTS_URL",
    "ZOHO_DOWNLOAD_DOMAIN",
];

/// The profile that was typed, for a command that takes one at most.
pub(crate) fn one_profile(global: &Global) -> Result<Option<&String>, SettingsError> {
    match &global.profile[..] {
        _ if global.all_profiles => Err(SettingsError::new(
            "--all-profiles works only with list, download and status",
            "run this command once for each profile, with --profile NAME",
        )),
        [] => Ok(None),
        [name] => Ok(Some(name)),
        _ => Err(SettingsError::new(
            "only list, download and status take several profiles; this command takes one",
            "run this command once for each profile",
        )),
    }
}

/// The names of all profiles, in their order in the file; none where there is no file.
pub(crate) fn profile_names(
    global: &Global,
    environment: &Environment,
) -> Result<Vec<String>, SettingsError> {
    let place = Place::find(global, environment)?;
    match &place.config {
        Some(config) => profile::all(config, place.named),
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
) -> Result<Option<Vec<String>>, SettingsError> {
    let mut named = global.profile.clone();
    if !global.all_profiles && named.len() < 2 {
        return Ok(None);
    }
    refuse_shared(global, environment)?;
    let whole = Global {
        profile: Vec::new(),
        all_profiles: false,
        ..global.clone()
    };
    let place = Place::find(&whole, environment)?;
    let config = place.config()?;
    let all = profile::all(config, place.named)?;
    if global.all_profiles {
        if all.is_empty() {
            return Err(SettingsError::new(
                format!("{}: there are no profiles", config.display()),
                "add one as the README shows, or choose another file with --config",
            ));
        }
        return Ok(Some(all));
    }
    let mut seen = std::collections::BTreeSet::new();
    named.retain(|name| seen.insert(name.clone()));
    Ok(Some(named))
}

/// Two organisations must never mix.
fn refuse_shared(global: &Global, environment: &Environment) -> Result<(), SettingsError> {
    let files = SECRETS.map(|name| format!("{name}_FILE"));
    let variables = SECRETS.into_iter().chain(HOSTS);
    let variable = variables
        .chain(files.iter().map(String::as_str))
        .find(|name| environment.get(name).is_some());
    let flags = [
        ("--dc", global.dc.is_some()),
        ("--api-domain", global.api_domain.is_some()),
        ("--accounts-url", global.accounts_url.is_some()),
        ("--download-domain", !global.download_domain.is_empty()),
    ];
    let flag = flags.iter().find(|(_, is_given)| *is_given);
    let shared = match (flag, variable) {
        (Some((flag, _)), _) => format!("{flag} is given"),
        (None, Some(variable)) => format!("{variable} is set"),
        (None, None) => return Ok(()),
    };
    Err(SettingsError::new(
        format!("{shared}, which would apply to several organisations"),
        "with several profiles, hosts and secrets come from the profiles alone: put it there",
    ))
}

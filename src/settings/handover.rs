//! How the secrets of a profile get to a service, which runs as another user and without this environment.

use std::path::PathBuf;

use super::environment::{HOSTS, NETWORK};
use super::resolve::Sources;
use super::secrets::{self, SECRETS, Secret, Source};
use crate::cli::{self, StoreOptions};
use crate::problem::Problem;
use crate::store::object::Scheme;

/// What a service needs for one secret.
#[derive(Debug)]
pub(crate) enum Handover {
    /// The configuration file holds it.
    Inside,
    /// A file, to be handed over under the name of the key, and the variable that then names it.
    File {
        key: &'static str,
        path: PathBuf,
        variable: String,
    },
    /// A credential that the profile asks systemd for by this name.
    Credential(String),
    /// Found by the service itself if at all, in words: a command, the keyring.
    Unsure { key: String, place: String },
}

impl Sources {
    /// Variables that count here, and that a service does not have.
    pub(crate) fn left_behind(&self) -> Vec<String> {
        let hosts = HOSTS.iter().map(|(_, variable)| (*variable).to_owned());
        let secrets = SECRETS.iter().flat_map(Secret::variables);
        let network = NETWORK.into_iter().map(str::to_owned);
        let variables = hosts.chain(secrets).chain(network);
        let is_set = |variable: &String| self.environment.get(variable).is_some();
        variables.filter(is_set).collect()
    }

    /// One for each secret that the profile gives.
    pub(crate) fn handovers(&self) -> Result<Vec<Handover>, Problem> {
        let given = self.profile_secrets();
        let given = SECRETS
            .iter()
            .filter_map(|secret| Some((secret, given.source(secret)?)));
        given
            .map(|(secret, source)| match source {
                Source::File(path) => {
                    let path = cli::absolute(path).map_err(|error| error.of_key(secret.key))?;
                    let [_, variable] = secret.variables();
                    Ok(Handover::File {
                        key: secret.key,
                        path,
                        variable,
                    })
                }
                _ => self.handed_over(secret.key, source),
            })
            .collect()
    }

    /// One for each secret of a store that the profile gives.
    pub(crate) fn store_handovers(&self) -> Result<Vec<Handover>, Problem> {
        let given = self.store_secrets()?;
        let given = given.iter();
        given
            .map(|(key, source)| self.handed_over(&format!("{}.{key}", StoreOptions::KEY), source))
            .collect()
    }

    /// What no variable names a file for.
    fn handed_over(&self, key: &str, source: &Source) -> Result<Handover, Problem> {
        match source {
            Source::Plain(_) => Ok(Handover::Inside),
            Source::Credential(name) => Ok(Handover::Credential(name.clone())),
            Source::File(_) | Source::Command(_) | Source::Keyring => Ok(Handover::Unsure {
                key: key.to_owned(),
                place: source.place(),
            }),
            Source::Unclear => Err(self.at(key, secrets::unclear(key))),
        }
    }

    /// What lets this process into a cloud's stores, and not a service: variables, and the folder of the cloud's own program.
    pub(crate) fn left_behind_of_store(&self, scheme: Scheme) -> Vec<String> {
        let (prefix, folder) = match scheme {
            Scheme::S3 => ("AWS_", ".aws"),
            Scheme::Gs => ("GOOGLE_", ".config/gcloud"),
            Scheme::Az => ("AZURE_", ".azure"),
        };
        let variables = self.environment.of_clouds();
        let set = variables.into_iter().filter(|(_, value)| !value.is_empty());
        let mut names: Vec<String> = set
            .map(|(name, _)| name)
            .filter(|name| name.starts_with(prefix))
            .collect();
        names.sort();
        let folder = cli::home().map(|home| home.join(folder));
        let folder = folder.filter(|folder| folder.is_dir());
        names.extend(folder.map(|folder| folder.display().to_string()));
        names
    }
}

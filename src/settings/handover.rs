//! How the secrets of a profile get to a service, which runs as another user and without this environment.

use std::path::PathBuf;

use super::environment::{HOSTS, NETWORK};
use super::resolve::Sources;
use super::secrets::{self, SECRETS, Secret, Source};
use crate::cli;
use crate::problem::Problem;

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
    Unsure { key: &'static str, place: String },
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
                Source::Plain(_) => Ok(Handover::Inside),
                Source::File(path) => {
                    let path = cli::absolute(path).map_err(|error| error.of_key(secret.key))?;
                    let [_, variable] = secret.variables();
                    Ok(Handover::File {
                        key: secret.key,
                        path,
                        variable,
                    })
                }
                Source::Credential(name) => Ok(Handover::Credential(name.clone())),
                Source::Command(_) | Source::Keyring => Ok(Handover::Unsure {
                    key: secret.key,
                    place: source.place(),
                }),
                Source::Unclear => Err(self.at(secret.key, secrets::unclear(secret.key))),
            })
            .collect()
    }
}

//! The files that Amazon's programs share: `~/.aws/config` and `~/.aws/credentials`.

use std::collections::{BTreeMap, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use configparser::ini::Ini;

use crate::problem::Problem;
use crate::store::object::access::Access;
use crate::untrusted::printable;

type Section = HashMap<String, Option<String>>;

/// Both files, as far as they are there.
#[derive(Debug, Default)]
pub(super) struct AwsFiles {
    config: BTreeMap<String, Section>,
    credentials: BTreeMap<String, Section>,
}

/// What both say of one profile.
#[derive(Debug, Clone, Copy)]
pub(super) struct AwsProfile<'a> {
    files: &'a AwsFiles,
    config: Option<&'a Section>,
    credentials: Option<&'a Section>,
}

impl AwsFiles {
    pub(super) fn read(access: &Access) -> Result<AwsFiles, Problem> {
        let path = |variable, name: &str| {
            let of_home = || Some(access.home.as_ref()?.join(".aws").join(name));
            match access.variable(variable) {
                Some(path) => match path.strip_prefix("~/") {
                    Some(rest) => Some(access.home.as_ref()?.join(rest)),
                    None => Some(PathBuf::from(path)),
                },
                None => of_home(),
            }
        };
        Ok(AwsFiles {
            config: sections(path("AWS_CONFIG_FILE", "config"))?,
            credentials: sections(path("AWS_SHARED_CREDENTIALS_FILE", "credentials"))?,
        })
    }

    /// Nothing where neither file knows it.
    pub(super) fn profile(&self, name: &str) -> Option<AwsProfile<'_>> {
        let of_default = || self.config.get("default").filter(|_| name == "default");
        let config = self
            .config
            .get(&format!("profile {name}"))
            .or_else(of_default);
        let credentials = self.credentials.get(name);
        (config.is_some() || credentials.is_some()).then_some(AwsProfile {
            files: self,
            config,
            credentials,
        })
    }
}

impl<'a> AwsProfile<'a> {
    /// A setting; the file of the credentials goes first.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.of_credentials(key).or_else(|| value(self.config, key))
    }

    pub(super) fn of_credentials(&self, key: &str) -> Option<&'a str> {
        value(self.credentials, key)
    }

    /// The endpoint for S3: that of its `services`, or that of the profile.
    pub(super) fn endpoint(&self) -> Option<&'a str> {
        let of_service = || {
            let services = format!("services {}", self.get("services")?);
            nested(
                value(self.files.config.get(&services), "s3")?,
                "endpoint_url",
            )
        };
        of_service().or_else(|| self.get("endpoint_url"))
    }
}

fn value<'a>(section: Option<&'a Section>, key: &str) -> Option<&'a str> {
    let value = section?.get(key)?.as_deref()?;
    Some(value).filter(|value| !value.is_empty())
}

/// A setting below another one: lines that are indented.
fn nested<'a>(lines: &'a str, key: &str) -> Option<&'a str> {
    let mut pairs = lines.lines().filter_map(|line| line.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim() == key)?;
    Some(value.trim()).filter(|value| !value.is_empty())
}

fn sections(path: Option<PathBuf>) -> Result<BTreeMap<String, Section>, Problem> {
    let Some(path) = path else {
        return Ok(BTreeMap::new());
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => parsed(&path, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(unusable(&path, &format!("can't be read: {error}"))),
    }
}

fn parsed(path: &Path, text: &str) -> Result<BTreeMap<String, Section>, Problem> {
    let mut ini = Ini::new_cs();
    ini.set_comment_symbols(&['#', ';']);
    // A secret may hold either of them.
    ini.set_inline_comment_symbols(Some(&[]));
    ini.set_multiline(true);
    let text = text.trim_start_matches('\u{feff}').to_owned();
    // What the parser says names the line, and quotes nothing of it.
    let map = ini.read(text).map_err(|why| unusable(path, &why))?;
    let name = |name: String| {
        let words: Vec<&str> = name.split_whitespace().collect();
        words.join(" ").replace(['"', '\''], "")
    };
    Ok(map
        .into_iter()
        .map(|(section, keys)| (name(section), keys))
        .collect())
}

fn unusable(path: &Path, why: &str) -> Problem {
    Problem::configuration(
        format!("{}: {}", path.display(), printable(why)),
        "check the file; AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name others",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(config: &str, credentials: &str) -> AwsFiles {
        let parsed = |text| parsed(Path::new("file"), text).unwrap();
        AwsFiles {
            config: parsed(config),
            credentials: parsed(credentials),
        }
    }

    #[test]
    fn a_profile_is_found_as_amazon_writes_it() {
        let files = files(
            "\u{feff}# mine\n[default]\nregion = eu-central-1\n\n[profile  \"the other\"]\r\nregion=eu-west-1\r\nendpoint_url = https://minio.example:9000\r\ncredential_process = /opt/helper --x=1 # 2\n",
            "[default]\naws_access_key_id=AKIA\naws_secret_access_key = a/b+c=#;d\n[third]\naws_session_token = t\n",
        );
        let default = files.profile("default").unwrap();
        assert_eq!(default.get("region"), Some("eu-central-1"));
        assert_eq!(default.get("aws_secret_access_key"), Some("a/b+c=#;d"));
        assert_eq!(default.endpoint(), None);
        let other = files.profile("the other").unwrap();
        assert_eq!(other.get("region"), Some("eu-west-1"));
        assert_eq!(other.endpoint(), Some("https://minio.example:9000"));
        assert_eq!(
            other.get("credential_process"),
            Some("/opt/helper --x=1 # 2")
        );
        assert_eq!(other.of_credentials("region"), None);
        assert!(files.profile("third").is_some());
        assert!(files.profile("fourth").is_none());
    }

    #[test]
    fn the_endpoint_of_s3_among_services_goes_before_that_of_the_profile() {
        let files = files(
            "[profile x]\nservices = mine\nendpoint_url = https://all.example\n[services mine]\ns3 =\n  endpoint_url = https://s3.example\n  addressing_style = path\nec2 =\n  endpoint_url = https://ec2.example\n",
            "",
        );
        let profile = files.profile("x").unwrap();
        assert_eq!(profile.endpoint(), Some("https://s3.example"));
    }

    #[test]
    fn a_broken_file_is_named_without_its_text() {
        let error = parsed(Path::new("/x/credentials"), "[canary\ncanary = canary\n").unwrap_err();
        assert!(
            error.message.starts_with("/x/credentials: line 1"),
            "{error}"
        );
        assert!(!error.message.contains("canary"), "{error}");
    }
}

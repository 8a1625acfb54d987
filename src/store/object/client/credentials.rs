//! What to be let in with at Amazon's stores and those that speak as they do, in the order of `aws`: options, variables,
//! the shared profile, then what the library finds by itself (web identity, a container's role, an instance's).

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use object_store::CredentialProvider;
use object_store::aws::{AmazonS3ConfigKey as Key, AwsCredential, AwsCredentialProvider};
use serde::Deserialize;
use tokio::process::Command;
use tokio::sync::Mutex;

use super::aws_files::{AwsFiles, AwsProfile};
use super::options::{StoreSettings, is_of_client, is_secret, is_true};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::redaction;
use crate::store::object::access::Access;
use crate::untrusted::printable;

/// How long a program may take that hands out credentials: it may ask somebody for a second factor.
const HELPER: Duration = Duration::from_secs(60);

/// So much of an access key's id is shown: enough to tell two apart.
const SHOWN_OF_KEY_ID: usize = 9;

/// Credentials that end within this time are fetched anew.
const RENEWED: TimeDelta = TimeDelta::minutes(5);

/// What the library is to be told.
pub(super) struct Aws {
    pub(super) keys: HashMap<Key, String>,
    pub(super) provider: Option<AwsCredentialProvider>,
    /// Where the keys come from, in words.
    origin: String,
}

impl Aws {
    pub(super) fn find(access: &Access, settings: &StoreSettings) -> Result<Aws, Problem> {
        let mut keys = of_variables(access);
        let options = settings.library.iter();
        let options: HashMap<Key, String> = options
            .filter_map(|(key, value)| Some((key.parse().ok()?, value.clone())))
            .collect();
        lay_over(&mut keys, options, settings.profile.is_some());
        for (key, value) in &keys {
            if is_secret(key.as_ref()) {
                redaction::hide(&value.as_str().into());
            }
        }
        let variables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
        let of_variables = variables.iter().find_map(|name| access.variable(name));
        let name = settings.profile.as_deref().or(of_variables);
        let files = AwsFiles::read(access)?;
        let profile = files.profile(name.unwrap_or("default"));
        if let (Some(name), None) = (name, profile) {
            return Err(Problem::configuration(
                format!(
                    "there is no profile {:?} in ~/.aws/config and ~/.aws/credentials",
                    printable(name)
                ),
                "check AWS_PROFILE or the store option profile; `aws configure list-profiles` prints the profiles",
            ));
        }
        let mut aws = Aws {
            keys,
            provider: None,
            origin: "the variables or options".to_owned(),
        };
        if let Some(profile) = profile {
            aws.place_of(profile, access);
        }
        aws.let_in(profile, name.unwrap_or("default"), access)?;
        Ok(aws)
    }

    pub(super) fn endpoint(&self) -> Option<&str> {
        let endpoint = self
            .keys
            .get(&Key::S3Endpoint)
            .or_else(|| self.keys.get(&Key::Endpoint));
        endpoint.map(String::as_str)
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.keys.get(&Key::Region).map(String::as_str)
    }

    /// Where the store is and as whom it lets us in, in words.
    pub(super) fn standing(&self) -> String {
        let place = self.endpoint().unwrap_or("Amazon");
        let region = self.region().unwrap_or("unknown");
        let has = |key| self.keys.contains_key(&key);
        let by = if self.says(&Key::SkipSignature) {
            "as nobody".to_owned()
        } else if self.provider.is_some() {
            "by credential_process of the shared profile".to_owned()
        } else if let Some(id) = self.keys.get(&Key::AccessKeyId) {
            let shown: String = id.chars().take(SHOWN_OF_KEY_ID).collect();
            format!("by the access key {shown}… from {}", self.origin)
        } else if has(Key::WebIdentityTokenFile) {
            "by web identity".to_owned()
        } else {
            "by a role of this machine".to_owned()
        };
        printable(&format!("at {place}, region {region}, {by}"))
    }

    pub(super) fn says(&self, key: &Key) -> bool {
        self.keys.get(key).is_some_and(|value| is_true(value))
    }

    /// Region and endpoint, where nothing else says them.
    fn place_of(&mut self, profile: AwsProfile<'_>, access: &Access) {
        if self.region().is_none()
            && let Some(region) = profile.get("region")
        {
            self.keys.insert(Key::Region, region.to_owned());
        }
        let is_ignored = access.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == Some("true");
        if self.endpoint().is_none()
            && !is_ignored
            && let Some(endpoint) = profile.endpoint()
        {
            self.keys.insert(Key::Endpoint, endpoint.to_owned());
        }
    }

    fn let_in(
        &mut self,
        profile: Option<AwsProfile<'_>>,
        name: &str,
        access: &Access,
    ) -> Result<(), Problem> {
        let has = |key| self.keys.contains_key(&key);
        match (has(Key::AccessKeyId), has(Key::SecretAccessKey)) {
            (true, true) => return Ok(()),
            (false, false) => {}
            (has_id, _) => return Err(half(has_id)),
        }
        let is_web_identity = has(Key::WebIdentityTokenFile) && has(Key::RoleArn);
        if self.says(&Key::SkipSignature) || is_web_identity {
            return Ok(());
        }
        if let Some(profile) = profile
            && self.of_profile(profile, name, access)?
        {
            return Ok(());
        }
        let is_container = self
            .keys
            .contains_key(&Key::ContainerCredentialsRelativeUri)
            || self.keys.contains_key(&Key::ContainerCredentialsFullUri);
        let no_instance = access
            .variable("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|text| text.eq_ignore_ascii_case("true"));
        if no_instance && !is_container {
            return Err(nothing());
        }
        Ok(())
    }

    /// Whether the profile has something to be let in with.
    fn of_profile(
        &mut self,
        profile: AwsProfile<'_>,
        name: &str,
        access: &Access,
    ) -> Result<bool, Problem> {
        if let (Some(role), Some(token)) = (
            profile.get("role_arn"),
            profile.get("web_identity_token_file"),
        ) {
            self.keys.insert(Key::RoleArn, role.to_owned());
            self.keys
                .insert(Key::WebIdentityTokenFile, token.to_owned());
            return Ok(true);
        }
        let is_role = profile.get("role_arn").is_some()
            && (profile.get("source_profile").is_some()
                || profile.get("credential_source").is_some());
        if is_role {
            return Err(foreign(name, "a role to be assumed"));
        }
        if profile.of_credentials("aws_access_key_id").is_some() {
            return self.static_keys(profile, name).map(|()| true);
        }
        if let Some(line) = profile.get("credential_process") {
            self.provider = Some(Arc::new(Helper::new(line, access)?));
            return Ok(true);
        }
        if profile.get("aws_access_key_id").is_some() {
            return self.static_keys(profile, name).map(|()| true);
        }
        if profile.get("sso_session").is_some() || profile.get("sso_start_url").is_some() {
            return Err(foreign(name, "single sign-on"));
        }
        Ok(false)
    }

    fn static_keys(&mut self, profile: AwsProfile<'_>, name: &str) -> Result<(), Problem> {
        let Some(secret) = profile.get("aws_secret_access_key") else {
            return Err(Problem::new(
                Exit::Unauthorized,
                "no_store_credentials",
                format!("the shared profile {name:?} has an aws_access_key_id, but no aws_secret_access_key"),
            )
            .hint("add it, or run `aws configure`"));
        };
        let id = profile.get("aws_access_key_id").unwrap_or_default();
        self.keys.insert(Key::AccessKeyId, id.to_owned());
        self.origin = format!("the shared profile {name:?}");
        redaction::hide(&secret.into());
        self.keys.insert(Key::SecretAccessKey, secret.to_owned());
        self.keys.remove(&Key::Token);
        if let Some(token) = profile.get("aws_session_token") {
            redaction::hide(&token.into());
            self.keys.insert(Key::Token, token.to_owned());
        }
        Ok(())
    }
}

/// The variables that the library knows, but for those that decide how it sends.
fn of_variables(access: &Access) -> HashMap<Key, String> {
    let mut keys = HashMap::new();
    let all = access.variables.iter();
    for (name, value) in all.filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty()) {
        match name.to_ascii_lowercase().parse() {
            Ok(Key::Bucket) | Err(_) => {}
            Ok(Key::Client(key)) if is_of_client(&key) => {}
            Ok(key) => {
                keys.insert(key, value.clone());
            }
        }
    }
    let endpoint = access.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    keys.extend(endpoint.map(|endpoint| (Key::MetadataEndpoint, endpoint.to_owned())));
    if let Some(region) = keys.remove(&Key::DefaultRegion) {
        keys.entry(Key::Region).or_insert(region);
    }
    keys
}

/// Options over variables. What belongs together comes from one of both.
fn lay_over(
    keys: &mut HashMap<Key, String>,
    options: HashMap<Key, String>,
    is_profile_named: bool,
) {
    if is_profile_named || options.contains_key(&Key::AccessKeyId) {
        for key in [
            Key::AccessKeyId,
            Key::SecretAccessKey,
            Key::Token,
            Key::WebIdentityTokenFile,
        ] {
            // A secret is in a variable also where the id is an option.
            if key != Key::SecretAccessKey || is_profile_named {
                keys.remove(&key);
            }
        }
    }
    if options.contains_key(&Key::Endpoint) {
        keys.remove(&Key::S3Endpoint);
    }
    for (key, value) in options {
        let key = if key == Key::DefaultRegion {
            Key::Region
        } else {
            key
        };
        keys.insert(key, value);
    }
}

fn half(has_id: bool) -> Problem {
    let (given, missing) = if has_id {
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    } else {
        ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")
    };
    Problem::new(
        Exit::Unauthorized,
        "no_store_credentials",
        format!("{given} is given, but not {missing}"),
    )
    .hint("set both, or neither and AWS_PROFILE")
}

fn nothing() -> Problem {
    Problem::new(
        Exit::Unauthorized,
        "no_store_credentials",
        "no credentials for the store; looked for: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, web identity, the shared profile, a container's role (AWS_EC2_METADATA_DISABLED is set)",
    )
    .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with ~/.aws/credentials")
}

/// What only Amazon's own program can do.
fn foreign(profile: &str, what: &str) -> Problem {
    Problem::new(
        Exit::Unauthorized,
        "store_profile_foreign",
        format!("the shared profile {profile:?} uses {what}, which backup-fetch leaves to Amazon's own program"),
    )
    .hint(format!("make a second profile with the line: credential_process = aws configure export-credentials --profile {profile} --format process"))
}

/// Credentials, and when they end.
struct Lent(Arc<AwsCredential>, Option<DateTime<Utc>>);

/// A program that hands out credentials.
struct Helper {
    argv: Vec<String>,
    withheld: &'static [&'static str],
    last: Mutex<Option<Lent>>,
}

impl std::fmt::Debug for Helper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Helper").finish_non_exhaustive()
    }
}

/// What it prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<DateTime<Utc>>,
}

impl Helper {
    fn new(line: &str, access: &Access) -> Result<Helper, Problem> {
        let argv = shlex::split(line)
            .filter(|argv| !argv.is_empty())
            .ok_or_else(|| {
                Problem::configuration(
                    "credential_process in the shared profile can't be read: a quote is not closed",
                    "write it as for a shell; no shell runs it",
                )
            })?;
        Ok(Helper {
            argv,
            withheld: access.withheld,
            last: Mutex::new(None),
        })
    }

    async fn credential(&self) -> Result<Arc<AwsCredential>, Problem> {
        let mut last = self.last.lock().await;
        if let Some(Lent(credential, ends)) = &*last
            && ends.is_none_or(|ends| ends - Utc::now() > RENEWED)
        {
            return Ok(Arc::clone(credential));
        }
        let printed = self.run().await?;
        let credential = Arc::new(AwsCredential {
            key_id: printed.access_key_id,
            secret_key: printed.secret_access_key,
            token: printed.session_token,
        });
        *last = Some(Lent(Arc::clone(&credential), printed.expiration));
        Ok(credential)
    }

    async fn run(&self) -> Result<Printed, Problem> {
        let program = printable(&self.argv[0]);
        let failed = |why: String| {
            Problem::new(
                Exit::Unauthorized,
                "credential_process_failed",
                format!("credential_process: {program} {why}"),
            )
            .hint("run it by hand as the same user; a cron job has no terminal and few environment variables")
        };
        let mut command = Command::new(&self.argv[0]);
        command
            .args(&self.argv[1..])
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for variable in self.withheld {
            command.env_remove(variable);
            command.env_remove(format!("{variable}_FILE"));
        }
        command.stderr(Stdio::inherit());
        let output = tokio::time::timeout(HELPER, command.output()).await;
        let output =
            output.map_err(|_| failed(format!("takes longer than {} s", HELPER.as_secs())))?;
        let output = output.map_err(|error| failed(format!("can't be run: {error}")))?;
        if !output.status.success() {
            return Err(failed(format!("failed ({})", output.status)));
        }
        // What is wrong with it is not quoted: it may be a secret.
        let printed: Printed = serde_json::from_slice(&output.stdout).map_err(|_| {
            failed(
                "did not print credentials (JSON with Version, AccessKeyId and SecretAccessKey)"
                    .to_owned(),
            )
        })?;
        redaction::hide(&printed.secret_access_key.as_str().into());
        if let Some(token) = &printed.session_token {
            redaction::hide(&token.as_str().into());
        }
        if printed.version != 1 {
            return Err(failed(format!(
                "printed credentials of version {}, which is not known",
                printed.version
            )));
        }
        Ok(printed)
    }
}

impl CredentialProvider for Helper {
    type Credential = AwsCredential;

    // As `async_trait` writes it.
    fn get_credential<'a, 'b>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = object_store::Result<Arc<AwsCredential>>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            self.credential()
                .await
                .map_err(|problem| object_store::Error::Generic {
                    store: "S3",
                    source: Box::new(problem),
                })
        })
    }
}

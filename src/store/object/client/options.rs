//! The settings of a store, `KEY=VALUE`: those of the library by its names, and ours.

use std::collections::BTreeMap;

use bytesize::ByteSize;
use object_store::ClientConfigKey;
use object_store::aws::{AmazonS3ConfigKey, Checksum};
use object_store::azure::AzureConfigKey;
use object_store::gcp::GoogleConfigKey;

use crate::problem::Problem;
use crate::store::object::url::Scheme;
use crate::untrusted::printable;

/// Every store refuses smaller parts, but for the last, and larger ones.
const PARTS: std::ops::RangeInclusive<u64> = 5 << 20..=5 << 30;

/// Ours, and whose they are for.
const OURS: [(&str, &[Scheme]); 5] = [
    (STORAGE_CLASS, &Scheme::ALL),
    (PART_SIZE, &Scheme::ALL),
    (CHECKSUM, &[Scheme::S3]),
    (PROFILE, &[Scheme::S3]),
    (CONNECTION_STRING, &[Scheme::Az]),
];

const STORAGE_CLASS: &str = "storage_class";
const PART_SIZE: &str = "part_size";
const CHECKSUM: &str = "checksum";
pub(super) const PROFILE: &str = "profile";
pub(super) const CONNECTION_STRING: &str = "connection_string";

/// What the library would take and we decide, and how that is decided.
const DECIDED: [(&[&str], &str); 6] = [
    (
        &["bucket", "bucket_name", "container_name", "container"],
        "the address names it: s3://BUCKET/PREFIX",
    ),
    (
        &[
            "allow_invalid_certificates",
            "disable_system_certificates",
            "no_verify_ssl",
        ],
        "certificates are always verified; --ca-cert FILE adds one to trust",
    ),
    (
        &["proxy_url", "proxy_ca_certificate", "proxy_excludes"],
        "proxies are set with the variables HTTPS_PROXY and NO_PROXY",
    ),
    (
        &["timeout", "connect_timeout", "read_timeout"],
        "there are --connect-timeout and --stall-timeout",
    ),
    (
        &["checksum_algorithm"],
        "the option is checksum: crc64nvme, sha256 or none",
    ),
    (
        &[
            "http1_only",
            "http2_only",
            "http2_keep_alive_interval",
            "http2_keep_alive_timeout",
            "http2_keep_alive_while_idle",
            "http2_max_frame_size",
            "pool_idle_timeout",
            "pool_max_idle_per_host",
            "randomize_addresses",
            "user_agent",
        ],
        "there is no setting for that",
    ),
];

/// The library's names that are worth suggesting. It takes more.
const NAMES: &[&str] = &[
    "access_key_id",
    "secret_access_key",
    "session_token",
    "region",
    "endpoint",
    "endpoint_url",
    "virtual_hosted_style_request",
    "allow_http",
    "skip_signature",
    "conditional_put",
    "disable_tagging",
    "disable_bulk_delete",
    "imdsv1_fallback",
    "metadata_endpoint",
    "request_payer",
    "role_arn",
    "role_session_name",
    "s3_express",
    "server_side_encryption",
    "sse_bucket_key_enabled",
    "sse_customer_key_base64",
    "sse_kms_key_id",
    "unsigned_payload",
    "web_identity_token_file",
    "application_credentials",
    "base_url",
    "bearer_token",
    "service_account",
    "service_account_key",
    "account_key",
    "account_name",
    "authority_host",
    "client_id",
    "client_secret",
    "credential_type",
    "encryption_key",
    "federated_token_file",
    "msi_endpoint",
    "object_id",
    "sas_token",
    "tenant_id",
    "use_azure_cli",
    "use_emulator",
];

/// Why a key or a value is refused: what goes on from its name, and a hint.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) why: String,
    pub(crate) hint: String,
}

fn refused(why: impl Into<String>, hint: impl Into<String>) -> Refused {
    let (why, hint) = (why.into(), hint.into());
    Refused { why, hint }
}

/// The name of a key as it is kept: `Storage-Class` is `storage_class`, and so is `aws_storage_class`.
pub(crate) fn checked_key(name: &str) -> Result<String, Refused> {
    let key = name.trim().to_ascii_lowercase().replace('-', "_");
    let bare = bare(&key);
    if OURS.iter().any(|(ours, _)| *ours == bare) {
        return Ok(bare.to_owned());
    }
    let mut decided = DECIDED.iter();
    if let Some((_, how)) = decided.find(|(keys, _)| keys.contains(&bare)) {
        return Err(refused("is no store option", *how));
    }
    if clouds(&key).is_empty() {
        return Err(refused("is no store option", nearest(bare)));
    }
    Ok(key)
}

/// Whether the value of a key is nobody else's business.
pub(crate) fn is_secret(key: &str) -> bool {
    let s3 = key.parse().is_ok_and(|key: AmazonS3ConfigKey| match key {
        AmazonS3ConfigKey::SecretAccessKey | AmazonS3ConfigKey::Token => true,
        // The type of what is in there has no name for us.
        AmazonS3ConfigKey::Encryption(_) => key.as_ref() == "aws_sse_customer_key_base64",
        _ => false,
    });
    let gs = matches!(
        key.parse(),
        Ok(GoogleConfigKey::ServiceAccountKey | GoogleConfigKey::BearerToken)
    );
    let az = matches!(
        key.parse(),
        Ok(AzureConfigKey::AccessKey
            | AzureConfigKey::ClientSecret
            | AzureConfigKey::SasKey
            | AzureConfigKey::Token
            | AzureConfigKey::FabricSessionToken
            | AzureConfigKey::EncryptionKey)
    );
    s3 || gs || az || key == CONNECTION_STRING
}

/// Checks the value of one of our own keys. Those of the library are checked when a client is made.
pub(crate) fn check_value(key: &str, value: &str) -> Result<(), Refused> {
    match key {
        _ if value.trim().is_empty() => {
            Err(refused("is empty", "give it a value, or leave it out"))
        }
        PART_SIZE => part_size(value).map(|_| ()),
        CHECKSUM => checksum(value).map(|_| ()),
        // The library never looks at it: how its requests are sent is ours.
        key if bare(key) == "allow_http" && !is_true(value) && !is_false(value) => Err(refused(
            format!("= {:?} is neither true nor false", printable(value)),
            "it must be true or false",
        )),
        STORAGE_CLASS if !value.bytes().all(|byte| byte.is_ascii_graphic()) => Err(refused(
            "holds a character that no storage class has",
            "write it as the store does, such as STANDARD_IA or Cool",
        )),
        _ => Ok(()),
    }
}

/// As the library reads it.
pub(super) fn is_true(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["1", "true", "on", "yes", "y"].contains(&text.as_str())
}

fn is_false(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["0", "false", "off", "no", "n"].contains(&text.as_str())
}

fn part_size(value: &str) -> Result<u64, Refused> {
    let hint = "write it like 16MiB; from 5MiB to 5GiB";
    let size: ByteSize = value
        .parse()
        .map_err(|_| refused(format!("= {:?} is no size", printable(value)), hint))?;
    let size = size.as_u64();
    if PARTS.contains(&size) {
        return Ok(size);
    }
    let value = printable(value);
    Err(refused(
        format!("= {value:?} is no size that stores take"),
        hint,
    ))
}

fn checksum(value: &str) -> Result<Option<Checksum>, Refused> {
    match value.to_ascii_lowercase().as_str() {
        "crc64nvme" => Ok(Some(Checksum::CRC64NVME)),
        "sha256" => Ok(Some(Checksum::SHA256)),
        "none" => Ok(None),
        _ => Err(refused(
            format!("= {:?} is no checksum", printable(value)),
            "it must be crc64nvme, sha256 or none",
        )),
    }
}

/// A key without the name of its cloud.
fn bare(key: &str) -> &str {
    let prefixes = ["aws_", "google_", "azure_storage_", "azure_"];
    let bare = prefixes.iter().find_map(|prefix| key.strip_prefix(prefix));
    bare.unwrap_or(key)
}

/// Which clouds have a key of this name.
fn clouds(key: &str) -> Vec<Scheme> {
    if let Some((_, schemes)) = OURS.iter().find(|(ours, _)| *ours == key) {
        return schemes.to_vec();
    }
    let known = |scheme: &Scheme| match scheme {
        Scheme::S3 => key.parse::<AmazonS3ConfigKey>().is_ok(),
        Scheme::Gs => key.parse::<GoogleConfigKey>().is_ok(),
        Scheme::Az => key.parse::<AzureConfigKey>().is_ok(),
    };
    Scheme::ALL.into_iter().filter(known).collect()
}

fn nearest(wrong: &str) -> String {
    let all = OURS.iter().map(|(ours, _)| *ours);
    let all = all.chain(NAMES.iter().copied());
    let best = all
        .map(|key| (strsim::damerau_levenshtein(wrong, key), key))
        .min()
        .filter(|(distance, key)| *distance <= 1 + key.len() / 3);
    match best {
        Some((_, key)) => format!("did you mean `{key}`?"),
        None => "see the store options in the README".to_owned(),
    }
}

/// The settings that are ours, and those for the library by its own names.
#[derive(Debug, Default)]
pub(super) struct StoreSettings {
    pub(super) storage_class: Option<String>,
    pub(super) part_size: Option<u64>,
    /// Nothing: not said.
    pub(super) checksum: Option<Option<Checksum>>,
    pub(super) profile: Option<String>,
    pub(super) connection_string: Option<String>,
    pub(super) library: BTreeMap<String, String>,
}

impl StoreSettings {
    /// Those for a store of this cloud. The keys and values were checked one by one before.
    pub(super) fn of(
        scheme: Scheme,
        options: &BTreeMap<String, String>,
    ) -> Result<StoreSettings, Problem> {
        let mut settings = StoreSettings::default();
        for (key, value) in options {
            let clouds = clouds(key);
            if !clouds.contains(&scheme) {
                let whose: Vec<String> = clouds
                    .iter()
                    .map(|cloud| format!("{}://", cloud.as_str()))
                    .collect();
                return Err(Problem::configuration(
                    format!(
                        "store option {key}: it is for {}, not for {}://",
                        whose.join(" and "),
                        scheme.as_str()
                    ),
                    "leave it out, or check the address",
                ));
            }
            let wrong = |refused| problem(key, refused);
            check_value(key, value).map_err(wrong)?;
            match key.as_str() {
                STORAGE_CLASS => settings.storage_class = Some(value.clone()),
                PART_SIZE => settings.part_size = Some(part_size(value).map_err(wrong)?),
                CHECKSUM => settings.checksum = Some(checksum(value).map_err(wrong)?),
                PROFILE => settings.profile = Some(value.clone()),
                CONNECTION_STRING => settings.connection_string = Some(value.clone()),
                _ => {
                    settings.library.insert(key.clone(), value.clone());
                }
            }
        }
        Ok(settings)
    }
}

fn problem(key: &str, refused: Refused) -> Problem {
    Problem::configuration(format!("store option {key} {}", refused.why), refused.hint)
}

/// What the library says of the settings it was given, with the key of the value that it quotes.
pub(super) fn not_built(
    url: impl std::fmt::Display,
    options: &BTreeMap<String, String>,
    error: &object_store::Error,
) -> Problem {
    let text = match error {
        object_store::Error::Generic { source, .. } => source.to_string(),
        error => error.to_string(),
    };
    let quoted = |value: &String| text.contains(&format!("\"{value}\""));
    let open = options.iter().filter(|(key, _)| !is_secret(key));
    let about = open
        .filter(|(_, value)| quoted(value))
        .map(|(key, _)| format!("store option {key}: "))
        .next();
    let about = about.unwrap_or_else(|| format!("{url}: "));
    Problem::configuration(
        format!("{about}{}", printable(&text)),
        "check the store options and the variables of the cloud",
    )
}

/// Whether a key of the library is one that decides how it sends, which is ours to do.
pub(super) fn is_of_client(key: &ClientConfigKey) -> bool {
    !matches!(
        key,
        ClientConfigKey::AllowHttp | ClientConfigKey::DefaultContentType
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_suggested_is_taken() {
        for name in NAMES {
            assert_eq!(checked_key(name).unwrap(), *name);
        }
    }

    #[test]
    fn a_key_is_known_in_every_spelling() {
        for (name, key) in [
            ("region", "region"),
            ("AWS_REGION", "aws_region"),
            ("Storage-Class", "storage_class"),
            ("aws_storage_class", "storage_class"),
            ("azure-storage-account-name", "azure_storage_account_name"),
            ("part-size", "part_size"),
        ] {
            assert_eq!(checked_key(name).unwrap(), key, "{name}");
        }
    }

    #[test]
    fn an_unknown_key_is_told_with_the_nearest_and_one_of_ours_with_what_to_do() {
        for (name, hint) in [
            ("regoin", "`region`"),
            ("storageclass", "`storage_class`"),
            ("aws_secret_acces_key", "`secret_access_key`"),
            ("xyzzy", "README"),
            ("bucket", "address"),
            ("aws_timeout", "--stall-timeout"),
            ("allow_invalid_certificates", "--ca-cert"),
            ("proxy_url", "HTTPS_PROXY"),
        ] {
            let refused = checked_key(name).expect_err(name);
            assert!(refused.hint.contains(hint), "{name}: {}", refused.hint);
        }
    }

    #[test]
    fn what_is_secret_is_known_in_every_spelling() {
        for key in [
            "secret_access_key",
            "aws_secret_access_key",
            "session_token",
            "token",
            "sse_customer_key_base64",
            "service_account_key",
            "bearer_token",
            "azure_storage_account_key",
            "master_key",
            "client_secret",
            "sas_token",
            "encryption_key",
            "connection_string",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in ["region", "access_key_id", "account_name", "service_account"] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn a_value_of_ours_is_checked() {
        for (key, value) in [
            ("part_size", "16MiB"),
            ("part_size", "5242880"),
            ("checksum", "CRC64NVME"),
            ("checksum", "none"),
            ("storage_class", "GLACIER_IR"),
        ] {
            assert!(check_value(key, value).is_ok(), "{key}={value}");
        }
        for (key, value) in [
            ("part_size", "4MiB"),
            ("part_size", "6GiB"),
            ("part_size", "large"),
            ("checksum", "md5"),
            ("storage_class", "very cold"),
            ("region", ""),
        ] {
            assert!(check_value(key, value).is_err(), "{key}={value}");
        }
    }

    #[test]
    fn a_key_of_another_cloud_is_refused_with_whose_it_is() {
        let options = [("account_name".to_owned(), "x".to_owned())].into();
        let error = StoreSettings::of(Scheme::S3, &options).unwrap_err();
        assert_eq!(
            error.message,
            "store option account_name: it is for az://, not for s3://"
        );
    }
}

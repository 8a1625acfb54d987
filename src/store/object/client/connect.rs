//! A client for a store, made of all that was said about it.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{
    AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, Checksum, S3CopyIfNotExists,
};
use object_store::azure::{AzureConfigKey, MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::client::{HttpClient, HttpConnector as _, HttpRequest, HttpRequestBody};
use object_store::gcp::{GoogleCloudStorage, GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::multipart::MultipartStore;
use object_store::signer::Signer;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};
use url::Url;

use super::credentials::Aws;
use super::http::Connector;
use super::options::{StoreSettings, is_of_client, is_secret, is_true, not_built};
use crate::exit::Exit;
use crate::http::hosts::is_loopback;
use crate::problem::{self, Problem};
use crate::redaction;
use crate::store::object::access::Access;
use crate::store::object::url::{Scheme, StoreUrl};
use crate::untrusted::printable;

/// A request is signed once for all its tries, and a store takes no signature that is older than a quarter of an hour.
const TRIES_END: Duration = Duration::from_secs(10 * 60);

/// What stands in [`Connected`] as `standing` and `origin`.
type Place = (String, String);

/// A store that can be talked to.
pub(in crate::store::object) struct Connected {
    pub(in crate::store::object) store: Arc<dyn ObjectStore>,
    /// Not where uploads in parts can't carry what marks them as ours (Azure).
    pub(in crate::store::object) multipart: Option<Arc<dyn MultipartStore>>,
    /// Signs what the library has no call for, and sends it. S3 only.
    pub(in crate::store::object) by_hand: Option<(Arc<dyn Signer>, HttpClient)>,
    /// Where the store is and as whom it lets us in, in words.
    pub(in crate::store::object) standing: String,
    /// Which store it is of those with the same address: by its endpoint or account, unless it is the one of the cloud itself.
    pub(in crate::store::object) origin: String,
    pub(in crate::store::object) storage_class: Option<String>,
    /// Bytes of a part of an upload, where that was said.
    pub(in crate::store::object) part_size: Option<u64>,
}

pub(in crate::store::object) async fn connect(
    url: &StoreUrl,
    access: &Access,
) -> Result<Connected, Problem> {
    let mut settings = StoreSettings::of(url.scheme, &access.options)?;
    let connector = Connector::new(url.scheme, &access.client, &settings);
    let (storage_class, part_size) = (settings.storage_class.take(), settings.part_size);
    let connected = |store: Arc<dyn ObjectStore>, (standing, origin)| Connected {
        store,
        multipart: None,
        by_hand: None,
        standing,
        origin,
        storage_class,
        part_size,
    };
    Ok(match url.scheme {
        Scheme::S3 => {
            let (store, place) = s3(url, access, &settings, &connector).await?;
            let client = connector.connect(&Connector::options());
            let store = Arc::new(store);
            Connected {
                multipart: Some(store.clone()),
                by_hand: Some((store.clone(), client.map_err(problem::unexpected)?)),
                ..connected(store, place)
            }
        }
        Scheme::Gs => {
            let (store, place) = gs(url, access, &settings, &connector)?;
            let store = Arc::new(store);
            Connected {
                multipart: Some(store.clone()),
                ..connected(store, place)
            }
        }
        Scheme::Az => {
            let (store, place) = az(url, access, &settings, &connector)?;
            connected(Arc::new(store), place)
        }
    })
}

fn retry(access: &Access) -> RetryConfig {
    // The library can't draw a wait from an empty range.
    let first = access.retry.first_wait.max(Duration::from_millis(10));
    RetryConfig {
        max_retries: usize::try_from(access.retry.retries).unwrap_or(usize::MAX),
        retry_timeout: TRIES_END,
        backoff: BackoffConfig {
            init_backoff: first,
            max_backoff: access.retry.longest_wait.max(first),
            base: 2.0,
        },
    }
}

async fn s3(
    url: &StoreUrl,
    access: &Access,
    settings: &StoreSettings,
    connector: &Connector,
) -> Result<(AmazonS3, Place), Problem> {
    let at = |problem: Problem| Problem {
        message: format!("{url}: {problem}"),
        ..problem
    };
    let mut aws = Aws::find(access, settings).map_err(at)?;
    let is_amazon = aws.endpoint().is_none() && !aws.says(&AmazonS3ConfigKey::S3Express);
    locate(url, &mut aws, connector).await?;
    let place = (
        aws.standing(),
        aws.endpoint().unwrap_or_default().to_owned(),
    );
    let usual = is_amazon.then_some(Checksum::CRC64NVME);
    let mut builder = AmazonS3Builder::new()
        .with_client_options(Connector::options())
        .with_http_connector(connector.clone())
        .with_retry(retry(access))
        .with_bucket_name(&url.bucket)
        // One object at a time goes as well, and some stores know no other way.
        .with_disable_bulk_delete(true)
        .with_copy_if_not_exists(S3CopyIfNotExists::Header(
            "if-none-match".into(),
            "*".into(),
        ));
    if let Some(checksum) = settings.checksum.unwrap_or(usual) {
        builder = builder.with_checksum_algorithm(checksum);
    }
    let allows_http = AmazonS3ConfigKey::Client(object_store::ClientConfigKey::AllowHttp);
    for (key, value) in aws.keys.into_iter().filter(|(key, _)| *key != allows_http) {
        builder = builder.with_config(key, value);
    }
    if let Some(provider) = aws.provider {
        builder = builder.with_credentials(provider);
    }
    let built = builder.build();
    let store = built.map_err(|error| not_built(url, &settings.library, &error))?;
    Ok((store, place))
}

/// Endpoint and region, and how both make an address.
async fn locate(url: &StoreUrl, aws: &mut Aws, connector: &Connector) -> Result<(), Problem> {
    use AmazonS3ConfigKey as Key;
    let allows_http = Key::Client(object_store::ClientConfigKey::AllowHttp);
    let allows_http = aws.says(&allows_http);
    for key in [&Key::Endpoint, &Key::S3Endpoint, &Key::StsEndpoint] {
        if let Some(endpoint) = aws.keys.get(key) {
            checked_endpoint(endpoint, allows_http)?;
        }
    }
    if let Some(endpoint) = aws.endpoint() {
        let endpoint = checked_endpoint(endpoint, allows_http)?;
        if aws.says(&Key::VirtualHostedStyleRequest) {
            let endpoint = of_bucket(endpoint, &url.bucket);
            aws.keys.remove(&Key::S3Endpoint);
            aws.keys.insert(Key::Endpoint, endpoint);
        }
        aws.keys
            .entry(Key::Region)
            .or_insert_with(|| "us-east-1".to_owned());
        return Ok(());
    }
    if aws.region().is_none() {
        let region = region_of(url, connector).await?;
        tracing::info!("the bucket {} is in the region {region}", url.bucket);
        aws.keys.insert(Key::Region, region);
    }
    // The way that Amazon recommends, where its certificate covers the name.
    let has_plain_name =
        !url.bucket.contains(['.', '_']) && url.bucket == url.bucket.to_lowercase();
    if !aws.says(&Key::S3Express) && has_plain_name {
        aws.keys
            .entry(Key::VirtualHostedStyleRequest)
            .or_insert_with(|| "true".to_owned());
    }
    if let Some(region) = aws.region().filter(|region| region.starts_with("cn-")) {
        let endpoint = format!("https://s3.{region}.amazonaws.com.cn");
        aws.keys
            .insert(Key::VirtualHostedStyleRequest, "false".to_owned());
        aws.keys.insert(Key::Endpoint, endpoint);
    }
    Ok(())
}

/// The endpoint with the bucket in its host.
fn of_bucket(mut endpoint: Url, bucket: &str) -> String {
    let host = endpoint.host_str().unwrap_or_default();
    let of_bucket = format!("{bucket}.{host}");
    if !host.starts_with(&format!("{bucket}.")) {
        // A numeric address stays as it is.
        let _ = endpoint.set_host(Some(&of_bucket));
    }
    endpoint.as_str().trim_end_matches('/').to_owned()
}

/// An address of a store that secrets may be sent to.
fn checked_endpoint(text: &str, allows_http: bool) -> Result<Url, Problem> {
    let wrong = |why: &str, hint: &str| {
        Problem::configuration(format!("the endpoint of the store {why}"), hint)
    };
    let hint = "write it like https://minio.example:9000";
    let url = Url::parse(text).map_err(|error| wrong(&format!("is no address: {error}"), hint))?;
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        return Err(wrong("is no address of a web server", hint));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(wrong("holds more than an address", hint));
    }
    if url.scheme() == "http" && !is_loopback(&url) && !allows_http {
        let shown = printable(url.as_str());
        return Err(wrong(
            &format!("is not encrypted: {shown}"),
            "use https://; in a network that you trust, --store-option allow_http=true permits it",
        ));
    }
    Ok(url)
}

/// In which region of Amazon's a bucket is, which it tells everybody.
async fn region_of(url: &StoreUrl, connector: &Connector) -> Result<String, Problem> {
    let bucket = &url.bucket;
    let unknown = |why: String| {
        Problem::configuration(
            format!("{url}: no region is given, and the bucket's can't be found out: {why}"),
            "set AWS_REGION, or --store-option region=…; for a store that is not Amazon's, set AWS_ENDPOINT_URL",
        )
    };
    let mut request = HttpRequest::new(HttpRequestBody::empty());
    *request.method_mut() = "HEAD".parse().map_err(problem::unexpected)?;
    *request.uri_mut() = format!("https://s3.amazonaws.com/{bucket}")
        .parse()
        .map_err(|_| unknown("no bucket has such a name".to_owned()))?;
    let answer = connector.ask(request).await;
    let answer = answer.map_err(|error| Problem {
        exit: Exit::Storage,
        ..unknown(error.problem().message)
    })?;
    let header = answer.headers().get("x-amz-bucket-region");
    let region = header.and_then(|region| region.to_str().ok());
    match (region, answer.status().as_u16()) {
        (Some(region), _) => Ok(region.to_owned()),
        (None, 404) => Err(Problem::new(
            Exit::Storage,
            "bucket_missing",
            format!("{url}: there is no such bucket"),
        )
        .hint("check the name; for a store that is not Amazon's, set AWS_ENDPOINT_URL; backup-fetch creates no buckets")),
        (None, status) => Err(unknown(format!("HTTP {status}"))),
    }
}

fn gs(
    url: &StoreUrl,
    access: &Access,
    settings: &StoreSettings,
    connector: &Connector,
) -> Result<(GoogleCloudStorage, Place), Problem> {
    let mut builder = GoogleCloudStorageBuilder::new()
        .with_client_options(Connector::options())
        .with_http_connector(connector.clone())
        .with_retry(retry(access))
        .with_bucket_name(&url.bucket);
    let variables = variables(access, "GOOGLE_", |key: &GoogleConfigKey| match key {
        GoogleConfigKey::Client(key) => !is_of_client(key),
        key => *key != GoogleConfigKey::Bucket,
    });
    let of_service = access.variable("SERVICE_ACCOUNT");
    let of_service = of_service.map(|path| (GoogleConfigKey::ServiceAccount, path.to_owned()));
    let pairs: Vec<_> = of_service
        .into_iter()
        .chain(variables)
        .chain(of_options(settings))
        .collect();
    let allows_http = allows_http(pairs.iter().map(|(key, value)| (key.as_ref(), value)));
    let value = |wanted| value_of(&pairs, &wanted);
    let by = if let Some(file) = value(GoogleConfigKey::ServiceAccount) {
        format!("as the service account of {}", printable(file))
    } else if value(GoogleConfigKey::ServiceAccountKey).is_some() {
        "as a service account".to_owned()
    } else if let Some(file) = value(GoogleConfigKey::ApplicationCredentials) {
        format!("by {}", printable(file))
    } else {
        "by gcloud's default credentials or the account of this machine".to_owned()
    };
    let origin = value(GoogleConfigKey::BaseUrl)
        .unwrap_or_default()
        .to_owned();
    for (key, value) in pairs {
        if key == GoogleConfigKey::BaseUrl {
            checked_endpoint(&value, allows_http)?;
        }
        builder = builder.with_config(key, value);
    }
    let built = builder.with_client_options(Connector::options()).build();
    let store = built.map_err(|error| not_built(url, &settings.library, &error))?;
    Ok((store, (by, origin)))
}

fn az(
    url: &StoreUrl,
    access: &Access,
    settings: &StoreSettings,
    connector: &Connector,
) -> Result<(MicrosoftAzure, Place), Problem> {
    let mut pairs: Vec<(AzureConfigKey, String)> = Vec::new();
    let of_variable = access.variable("AZURE_STORAGE_CONNECTION_STRING");
    if let Some(text) = settings.connection_string.as_deref().or(of_variable) {
        pairs.extend(of_connection_string(text)?);
    }
    // As Azure's own program calls them, and its functions.
    for (name, key) in [
        ("AZURE_STORAGE_ACCOUNT", AzureConfigKey::AccountName),
        ("AZURE_STORAGE_KEY", AzureConfigKey::AccessKey),
        ("IDENTITY_ENDPOINT", AzureConfigKey::MsiEndpoint),
    ] {
        pairs.extend(access.variable(name).map(|value| (key, value.to_owned())));
    }
    pairs.extend(variables(access, "AZURE_", |key| match key {
        AzureConfigKey::Client(key) => !is_of_client(key),
        key => *key != AzureConfigKey::ContainerName,
    }));
    pairs.extend(of_options(settings));
    let allows_http = allows_http(pairs.iter().map(|(key, value)| (key.as_ref(), value)));
    let has = |wanted| pairs.iter().any(|(key, _)| *key == wanted);
    if !has(AzureConfigKey::AccountName) && !has(AzureConfigKey::UseEmulator) {
        return Err(Problem::configuration(
            format!("{url}: no storage account is named"),
            "set AZURE_STORAGE_ACCOUNT_NAME, or --store-option account_name=…",
        ));
    }
    let by = [
        (AzureConfigKey::AccessKey, "its key"),
        (AzureConfigKey::SasKey, "a shared access signature"),
        (AzureConfigKey::ClientSecret, "a client secret"),
        (AzureConfigKey::FederatedTokenFile, "workload identity"),
    ];
    let by = by.into_iter().find(|(key, _)| has(*key));
    let standing = format!(
        "in the account {} by {}",
        printable(value_of(&pairs, &AzureConfigKey::AccountName).unwrap_or("of the emulator")),
        by.map_or("the identity of this machine", |(_, by)| by)
    );
    let origin = [AzureConfigKey::AccountName, AzureConfigKey::Endpoint];
    let origin = origin.map(|key| value_of(&pairs, &key).unwrap_or_default());
    let place = (standing, origin.join(" ").trim_end().to_owned());
    let mut builder = MicrosoftAzureBuilder::new()
        .with_client_options(Connector::options())
        .with_http_connector(connector.clone())
        .with_retry(retry(access))
        .with_container_name(&url.bucket);
    for (key, value) in pairs {
        match key {
            AzureConfigKey::Endpoint => {
                checked_endpoint(&value, allows_http)?;
            }
            AzureConfigKey::SasKey => hide_sas(&value),
            key if is_secret(key.as_ref()) => redaction::hide(&value.as_str().into()),
            _ => {}
        }
        builder = builder.with_config(key, value);
    }
    let built = builder.build();
    let store = built.map_err(|error| not_built(url, &settings.library, &error))?;
    Ok((store, place))
}

/// Of several the last one counts.
fn value_of<'a, K: PartialEq>(pairs: &'a [(K, String)], wanted: &K) -> Option<&'a str> {
    let found = pairs.iter().rfind(|(key, _)| key == wanted);
    found.map(|(_, value)| value.as_str())
}

fn variables<'a, K: std::str::FromStr + AsRef<str> + 'a>(
    access: &'a Access,
    prefix: &'a str,
    is_taken: impl Fn(&K) -> bool + 'a,
) -> impl Iterator<Item = (K, String)> + 'a {
    let all = access.variables.iter();
    let all = all.filter(move |(name, value)| name.starts_with(prefix) && !value.is_empty());
    all.filter_map(move |(name, value)| {
        let key: K = name.to_ascii_lowercase().parse().ok()?;
        if is_secret(key.as_ref()) {
            redaction::hide(&value.as_str().into());
        }
        is_taken(&key).then(|| (key, value.clone()))
    })
}

fn of_options<K: std::str::FromStr>(settings: &StoreSettings) -> impl Iterator<Item = (K, String)> {
    let all = settings.library.iter();
    all.filter_map(|(key, value)| Some((key.parse().ok()?, value.clone())))
}

fn allows_http<'a>(mut pairs: impl Iterator<Item = (&'a str, &'a String)>) -> bool {
    pairs.any(|(key, value)| key == "allow_http" && is_true(value))
}

/// `Name=value;…`, as Azure's portal shows it.
fn of_connection_string(text: &str) -> Result<Vec<(AzureConfigKey, String)>, Problem> {
    let pairs: Vec<(&str, &str)> = text
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .collect();
    let value = |name: &str| {
        let mut pairs = pairs.iter();
        let found = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| (*value).to_owned())
    };
    let mut all = Vec::new();
    if value("UseDevelopmentStorage").is_some() {
        all.push((AzureConfigKey::UseEmulator, "true".to_owned()));
        return Ok(all);
    }
    let suffix = || {
        let (account, suffix) = (value("AccountName")?, value("EndpointSuffix")?);
        let scheme = value("DefaultEndpointsProtocol").unwrap_or_else(|| "https".to_owned());
        Some(format!("{scheme}://{account}.blob.{suffix}"))
    };
    let named = [
        (AzureConfigKey::AccountName, value("AccountName")),
        (AzureConfigKey::AccessKey, value("AccountKey")),
        (AzureConfigKey::SasKey, value("SharedAccessSignature")),
        (
            AzureConfigKey::Endpoint,
            value("BlobEndpoint").or_else(suffix),
        ),
    ];
    all.extend(
        named
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?))),
    );
    if all.is_empty() {
        return Err(Problem::configuration(
            "AZURE_STORAGE_CONNECTION_STRING holds nothing that is known",
            "copy it from the account's access keys: AccountName=…;AccountKey=…",
        ));
    }
    Ok(all)
}

/// The signature alone opens the store, in whatever form it is echoed.
fn hide_sas(sas: &str) {
    redaction::hide(&sas.into());
    for (name, value) in url::form_urlencoded::parse(sas.trim_start_matches('?').as_bytes()) {
        if name == "sig" {
            redaction::hide(&value.as_ref().into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_an_open_line_to_this_machine_only() {
        for good in [
            "https://minio.example:9000",
            "http://127.0.0.1:9000",
            "http://[::1]:9000/",
        ] {
            assert!(checked_endpoint(good, false).is_ok(), "{good}");
        }
        assert!(checked_endpoint("http://minio.example", true).is_ok());
        for wrong in [
            "http://minio.example",
            "minio.example:9000",
            "ftp://x",
            "https://canary:canary@x",
            "https://x/?canary",
            "",
        ] {
            let error = checked_endpoint(wrong, false).expect_err(wrong);
            assert!(!error.message.contains("canary"), "{error}");
        }
    }

    #[test]
    fn the_bucket_goes_into_the_host_once() {
        for endpoint in ["https://s3.example", "https://b.s3.example/"] {
            let endpoint = Url::parse(endpoint).unwrap();
            assert_eq!(of_bucket(endpoint, "b"), "https://b.s3.example");
        }
    }

    #[test]
    fn a_connection_string_is_read_as_the_portal_shows_it() {
        let text = "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=a+b/c==;EndpointSuffix=core.windows.net";
        let all = of_connection_string(text).unwrap();
        let value = |wanted| {
            all.iter()
                .find(|(key, _)| *key == wanted)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(value(AzureConfigKey::AccountName), Some("acc"));
        assert_eq!(value(AzureConfigKey::AccessKey), Some("a+b/c=="));
        assert_eq!(
            value(AzureConfigKey::Endpoint),
            Some("https://acc.blob.core.windows.net")
        );
        assert!(of_connection_string("nonsense").is_err());
    }
}

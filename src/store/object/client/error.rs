//! What goes wrong with a store, in words that say what to do about it.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use chrono::Utc;
use object_store::Error;
use object_store::client::{self, HttpErrorKind};

use super::http::{NoMetadata, is_about_bucket};
use super::refusal::Refusal;
use crate::exit::Exit;
use crate::http::HttpError;
use crate::limits;
use crate::problem::{self, Problem};
use crate::store::object::url::Scheme;
use crate::store::{StorageError, sys};
use crate::untrusted::printable;

/// What speaks to a store could not be started.
pub(in crate::store::object) fn not_started(error: &io::Error) -> Problem {
    if sys::is_about_open_files(error) {
        let message = limits::too_many_open_files();
        return Problem::new(Exit::Storage, "too_many_open_files", message)
            .hint(limits::MORE_FILES);
    }
    if error.kind() == io::ErrorKind::WouldBlock {
        let message = "no thread can be started to talk to the store";
        return Problem::new(Exit::Storage, "too_few_threads", message).hint(limits::MORE_THREADS);
    }
    problem::unexpected(error)
}

/// All that is known beforehand of what a store answers.
struct Row {
    /// The stores' words for it.
    theirs: &'static [&'static str],
    exit: Exit,
    code: &'static str,
    what: &'static str,
    hint: &'static str,
}

const WHO: &str = "check the credentials: the variables of the cloud (AWS_…, GOOGLE_…, AZURE_…), the shared profile, or `store_options` in the profile";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { theirs: &["InvalidAccessKeyId", "NotSignedUp", "InvalidClientTokenId", "AccountNameInvalid", "invalid_client", "InvalidSecurity"], exit: Exit::Unauthorized, code: "store_key_unknown", what: "the store does not know the access key", hint: "check the access key id; it belongs to this store, and must not have been deleted or disabled" },
    Row { theirs: &["SignatureDoesNotMatch"], exit: Exit::Unauthorized, code: "store_secret_wrong", what: "the secret key does not belong to the access key", hint: "check the secret access key; a proxy that changes requests can cause this, too" },
    Row { theirs: &["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"], exit: Exit::Unauthorized, code: "store_token_expired", what: "the session token has expired", hint: "get new credentials (such as `aws sso login`, or what else hands them out), and run again: nothing saved is lost" },
    Row { theirs: &["InvalidToken", "invalid_grant", "AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation", "Unauthorized", "UNAUTHENTICATED", "authError", "required"], exit: Exit::Unauthorized, code: "store_unauthorized", what: "the store does not accept the credentials", hint: WHO },
    Row { theirs: &["NoSuchBucket", "ContainerNotFound", "AccountNotFound", "ResourceNotFound"], exit: Exit::Storage, code: "bucket_missing", what: "there is no such bucket", hint: "check the name, the account and the endpoint; backup-fetch creates no buckets" },
    Row { theirs: &["RequestTimeTooSkewed"], exit: Exit::Storage, code: "store_clock_skew", what: "this machine's clock is too far off for the store", hint: "set the clock (NTP), and run again" },
    Row { theirs: &["PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"], exit: Exit::Storage, code: "store_region", what: "the bucket is in another region", hint: "set the region of the bucket: AWS_REGION, --store-option region=…, or `region` in the shared profile" },
    Row { theirs: &["SlowDown", "ServerBusy", "TooManyRequests", "RequestLimitExceeded", "ThrottlingException", "rateLimitExceeded", "OperationTimedOut"], exit: Exit::Storage, code: "store_throttled", what: "the store asks for fewer requests, still after all retries", hint: "run again later, or with fewer --jobs: nothing saved is lost" },
    Row { theirs: &["BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "Md5Mismatch", "Crc64Mismatch"], exit: Exit::Storage, code: DAMAGED, what: "what arrived at the store is not what was sent", hint: "run again; if it happens again, check memory and network of this machine, and any proxy in between" },
    Row { theirs: &["QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "EntityTooLarge", "AccountLimitExceeded", "InsufficientStorage"], exit: Exit::Storage, code: "store_full", what: "the store takes no more", hint: "free some space in the store, or raise its quota; nothing saved is lost" },
    Row { theirs: &["KMS.DisabledException", "KMS.NotFoundException", "KMS.InvalidStateException", "KMS.KMSInvalidStateException", "KMSInvalidStateException", "KMS.AccessDeniedException", "KeyVaultAccessTokenCannotBeAcquired"], exit: Exit::Storage, code: "store_key_refused", what: "the key that encrypts the bucket can't be used", hint: "check that the key is enabled, and that its policy allows kms:GenerateDataKey and kms:Decrypt" },
    Row { theirs: &["BlobImmutableDueToPolicy", "ObjectLocked", "ObjectUnderRetention"], exit: Exit::Storage, code: "store_retention", what: "the object is locked against removal and change", hint: "that is what object lock is for: wait until its retention is over" },
    Row { theirs: &["InvalidObjectState", "BlobArchived"], exit: Exit::Storage, code: "store_archived", what: "the object is in an archive and can't be read at once", hint: "restore it in the store first" },
    Row { theirs: &["AccessDenied", "AllAccessDisabled", "AccountIsDisabled", "AuthorizationPermissionMismatch", "AuthorizationFailure", "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch", "AuthorizationProtocolMismatch", "AuthorizationSourceIPMismatch", "InsufficientAccountPermissions", "PublicAccessNotPermitted", "PERMISSION_DENIED", "forbidden"], exit: Exit::Storage, code: "store_denied", what: "no permission", hint: "" },
    Row { theirs: &["InvalidStorageClass"], exit: Exit::Storage, code: "store_class", what: "the store has no such storage class", hint: "check the store option storage_class" },
];

pub(in crate::store::object) const DENIED: &str = "store_denied";
const DAMAGED: &str = "store_corrupted";
const CLOCK: &str = "store_clock_skew";
const REGION: &str = "store_region";

/// `at` names the key, such as `s3://bucket/key`; `doing` the step, such as "reading".
pub(in crate::store::object) fn failed(at: &str, doing: &str, error: &Error) -> StorageError {
    let chain = || chain(error);
    if let Some(problem) = chain().find_map(|cause| cause.downcast_ref::<Problem>()) {
        let message = format!("{at}: {problem}");
        return StorageError::Other(Problem {
            message,
            ..problem.clone()
        });
    }
    if let Some(cause) = chain().find_map(|cause| cause.downcast_ref::<NoMetadata>()) {
        return StorageError::Other(no_credentials(at, cause));
    }
    if let Some(cause) = chain().find_map(|cause| cause.downcast_ref::<HttpError>()) {
        let problem = unreachable(at, doing, cause);
        return StorageError::Other(problem.after(attempts(error)));
    }
    let typed = chain()
        .find_map(|cause| cause.downcast_ref::<Refusal>())
        .cloned();
    let problem = match typed.or_else(|| Refusal::in_text(&error.to_string())) {
        Some(refusal) => refused(at, doing, &refusal),
        None => other(at, doing, error),
    };
    StorageError::Other(problem.after(attempts(error)))
}

/// Whether the store has no such thing at all.
pub(in crate::store::object) fn is_unsupported(error: &Error) -> bool {
    let refusal = || chain(error).find_map(|cause| cause.downcast_ref::<Refusal>());
    matches!(
        error,
        Error::NotImplemented { .. } | Error::NotSupported { .. }
    ) || refusal().is_some_and(|refusal| {
        [405, 501].contains(&refusal.status) || refusal.code == "NotImplemented"
    })
}

/// Whether the store does not let us do it: some answer so, too, where there is nothing to do it to.
pub(in crate::store::object) fn is_denied(error: &Error) -> bool {
    let mut refusals = chain(error).filter_map(|cause| cause.downcast_ref::<Refusal>());
    refusals.any(|refusal| refusal.status == 403)
}

/// Whether other bytes arrived than were sent.
pub(in crate::store::object) fn is_damage(failed: &StorageError) -> bool {
    failed.problem().code == DAMAGED
}

/// Whether another attempt may fare better, later on.
pub(in crate::store::object) fn is_temporary(error: &Error) -> bool {
    chain(error).any(|cause| {
        let refusal = cause.downcast_ref::<Refusal>();
        refusal.is_some_and(Refusal::is_temporary) || cause.is::<HttpError>()
    })
}

/// Whether the store may have done what was asked: the connection broke before its answer.
pub(in crate::store::object) fn is_lost(error: &Error) -> bool {
    let sent = chain(error).find_map(|cause| cause.downcast_ref::<client::HttpError>());
    sent.is_some_and(|sent| {
        let kind = sent.kind();
        matches!(kind, HttpErrorKind::Timeout | HttpErrorKind::Interrupted)
    })
}

/// The error and its causes, one below the other.
fn chain<'a>(error: &'a Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let first: &'a (dyn StdError + 'static) = error;
    successors(Some(first), |&cause| {
        let inner = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let inner = inner.map(|inner| inner as &(dyn StdError + 'static));
        inner.or_else(|| cause.source())
    })
}

/// How often it was tried, which the library tells in words only.
fn attempts(error: &Error) -> u32 {
    let text = error.to_string();
    let count = || {
        text.split_once(", after ")?
            .1
            .split_once(" retries")?
            .0
            .parse::<u32>()
            .ok()
    };
    count().map_or(1, |retries| retries.saturating_add(1))
}

pub(super) fn no_credentials(at: &str, why: &NoMetadata) -> Problem {
    let (looked, hint) = match scheme(at) {
        Scheme::S3 => (
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, web identity, the shared profile, a container's and an instance's role",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with ~/.aws/credentials",
        ),
        Scheme::Gs => (
            "GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_SERVICE_ACCOUNT, gcloud's application default credentials, an instance's account",
            "set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account",
        ),
        Scheme::Az => (
            "AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_CLIENT_ID with AZURE_CLIENT_SECRET and AZURE_TENANT_ID, workload and managed identity",
            "set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN",
        ),
    };
    let why = printable(&why.to_string());
    Problem::new(
        Exit::Unauthorized,
        "no_store_credentials",
        format!("{at}: no credentials for the store; looked for: {looked} ({why})"),
    )
    .hint(hint)
}

fn unreachable(at: &str, doing: &str, error: &HttpError) -> Problem {
    let problem = error.problem();
    let hint = match problem.code {
        "no_connection" => Some("check the network, the endpoint (AWS_ENDPOINT_URL or the store option `endpoint`), and the proxy variables; then run again: nothing saved is lost".to_owned()),
        "tls" => Some("check the endpoint and the proxy variables; a proxy or an outdated server may be answering".to_owned()),
        _ => problem.hint,
    };
    Problem {
        exit: if problem.exit == Exit::Remote {
            Exit::Storage
        } else {
            problem.exit
        },
        message: format!("{at}: {doing} failed: {}", problem.message),
        hint,
        ..problem
    }
}

fn refused(at: &str, doing: &str, refusal: &Refusal) -> Problem {
    let Some(row) = row(refusal) else {
        let (code, hint) = if refusal.is_temporary() {
            (
                "store_unavailable",
                "run again later: nothing saved is lost",
            )
        } else {
            (
                "store_refused",
                "check the store options and the endpoint; -vv shows every request",
            )
        };
        let message = format!("{at}: {doing} failed: the store answers {refusal}");
        return Problem::new(Exit::Storage, code, message).hint(hint);
    };
    let mut what = row.what.to_owned();
    let mut hint = row.hint.to_owned();
    match row.code {
        DENIED => {
            let permission = refusal.action.permission(scheme(at));
            let permission = permission.map(|name| format!(" ({name})"));
            what.push_str(permission.as_deref().unwrap_or_default());
            hint = denied(at, refusal);
        }
        CLOCK => {
            if let Some(date) = refusal.date {
                let off = (Utc::now() - date).num_seconds();
                let way = if off > 0 { "ahead of" } else { "behind" };
                what = format!(
                    "this machine's clock is {} s {way} the store's, which is too much",
                    off.abs()
                );
            }
        }
        REGION => {
            if let Some(region) = &refusal.region {
                what = format!("the bucket is in the region {region}");
                hint = format!("set AWS_REGION={region}, or --store-option region={region}");
            }
        }
        _ => {}
    }
    let message = format!("{at}: {doing} failed: {what}; the store says: {refusal}");
    Problem::new(row.exit, row.code, message).hint(hint)
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    let of_code = |code: &str| ROWS.iter().find(|row| row.theirs.contains(&code));
    let said = refusal.message.to_ascii_lowercase();
    if refusal.status == 403
        && ["object lock", "worm", "retention", "legal hold"]
            .iter()
            .any(|word| said.contains(word))
    {
        return of_code("ObjectLocked");
    }
    if let Some(row) = of_code(&refusal.code) {
        return Some(row);
    }
    // Without a word: the answer to a look at an object has no body.
    match refusal.status {
        301 | 307 | 308 => of_code("PermanentRedirect"),
        400 if refusal.code.is_empty() && refusal.region.is_some() => of_code("PermanentRedirect"),
        401 => of_code("Unauthorized"),
        403 => of_code("AccessDenied"),
        404 if is_about_bucket(&refusal.code) => of_code("NoSuchBucket"),
        429 | 503 => of_code("SlowDown"),
        507 => of_code("QuotaExceeded"),
        _ if refusal.code.starts_with("KMS.") => of_code("KMS.DisabledException"),
        _ => None,
    }
}

fn denied(at: &str, refusal: &Refusal) -> String {
    let given = refusal.action.permission(scheme(at));
    let allow = match (scheme(at), given) {
        (Scheme::Az, _) => {
            "give it the role Storage Blob Data Contributor, or a SAS with the permissions rwdlc"
                .to_owned()
        }
        (_, Some(permission)) => {
            format!("allow {permission} on it in the policy of the user or the bucket")
        }
        (_, None) => "allow it in the policy of the user or the bucket".to_owned(),
    };
    if refusal.code.is_empty() {
        return format!("{allow}; or check the credentials: the store gives no reason");
    }
    allow
}

fn other(at: &str, doing: &str, error: &Error) -> Problem {
    let (code, what) = match error {
        Error::NotFound { .. } => ("object_missing", "it is not there any more".to_owned()),
        Error::AlreadyExists { .. } | Error::Precondition { .. } => (
            "object_changed",
            "it is there already, or was changed by somebody else".to_owned(),
        ),
        error => {
            let last = chain(error).last().map(ToString::to_string);
            ("store_failed", printable(&last.unwrap_or_default()))
        }
    };
    Problem::new(Exit::Storage, code, format!("{at}: {doing} failed: {what}"))
        .hint("-vv shows every request; nothing saved is lost")
}

fn scheme(at: &str) -> Scheme {
    let scheme = at.split("://").next().unwrap_or_default();
    Scheme::named(scheme).unwrap_or(Scheme::S3)
}

//! Why an attempt fails, and why a file or the whole run is given up, in the words that a person reads.

use chrono::{DateTime, FixedOffset};

use crate::exit::Exit;
use crate::http::HttpError;
use crate::limits;
use crate::problem::{self, Problem};
use crate::store::manifest::FileState;
use crate::store::sys::rename_command;
use crate::store::{Location, StorageError};
use crate::zoho::ZohoError;

const NEW_LINKS: &str = "links are valid for seven days: request a new backup with `backup-fetch request`, then run again; verified files are kept";
const NEWER_BACKUP: &str =
    "run the same command again: it fetches the newer backup into a folder of its own";
const ONLY_WHOLE: &str = "the server sends this file only as a whole, so each attempt starts from its first byte: try again on a better connection, or allow more attempts with --retries";

/// What a download ends with when it does not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    /// A file is given up; the others go on.
    #[error(transparent)]
    File(#[from] Problem),
    /// The run is given up: the other files would meet it, too.
    #[error(transparent)]
    Run(Problem),
    /// As `Run`, because Zoho lists another job now.
    #[error(transparent)]
    Newer(Problem),
    /// Ends the run.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl DownloadError {
    pub(super) fn unexpected(what: &str) -> DownloadError {
        DownloadError::Run(problem::unexpected(what))
    }

    /// After `tries` since the last progress.
    pub(super) fn zoho(source: &ZohoError, tries: u32) -> DownloadError {
        let message = format!("{source} ({})", after(tries));
        DownloadError::by(
            source,
            Problem {
                message,
                ..source.problem()
            },
        )
    }

    /// The link was refused, and Zoho lists the same link again. `expired`: its `expiry_date` has passed by now.
    pub(super) fn refused(source: &ZohoError, expired: bool) -> DownloadError {
        let message = format!("{source} (the list of links was read again and has no newer one)");
        let problem = if expired {
            links_expired(message)
        } else {
            Problem {
                message,
                ..source.problem()
            }
        };
        DownloadError::by(source, problem)
    }

    fn by(source: &ZohoError, problem: Problem) -> DownloadError {
        if source.ends_the_run() {
            DownloadError::Run(problem)
        } else {
            DownloadError::File(problem)
        }
    }

    pub(super) fn ends_the_run(&self) -> bool {
        !matches!(self, DownloadError::File(_))
    }

    pub(crate) fn problem(&self) -> Problem {
        match self {
            DownloadError::File(problem)
            | DownloadError::Run(problem)
            | DownloadError::Newer(problem) => problem.clone(),
            DownloadError::Storage(error) => error.problem(),
        }
    }
}

/// What came between a connection and its task.
#[derive(Debug, thiserror::Error)]
pub(super) enum AttemptError {
    /// Zoho or the network said no; maybe for now, maybe for good.
    #[error(transparent)]
    Zoho(#[from] ZohoError),
    /// The body ended cleanly after `got` bytes of the file, and should have gone on to `want`.
    #[error("the connection was closed at {got} of {want} bytes")]
    Short { got: u64, want: u64 },
    /// A reply to a range request that can't be: no range of this server is to be trusted for this file.
    #[error("{0}")]
    BadRange(String),
    /// The server has another version now.
    #[error("{0}")]
    Changed(String),
    #[error("another connection starts the file over, or gave it up")]
    Superseded,
    #[error("the run ends")]
    Stopped,
    /// Nothing more to try.
    #[error(transparent)]
    Final(#[from] DownloadError),
}

impl From<Problem> for AttemptError {
    fn from(problem: Problem) -> AttemptError {
        AttemptError::Final(DownloadError::File(problem))
    }
}

impl From<StorageError> for AttemptError {
    fn from(error: StorageError) -> AttemptError {
        AttemptError::Final(error.into())
    }
}

impl From<HttpError> for AttemptError {
    fn from(error: HttpError) -> AttemptError {
        AttemptError::Zoho(error.into())
    }
}

impl AttemptError {
    /// What a file is given up with after `tries`. One that comes `only_whole` is not resumed by the next run either.
    pub(super) fn into_error(self, tries: u32, only_whole: bool) -> DownloadError {
        let tries = tries.max(1);
        let broke_off = match &self {
            AttemptError::Short { .. } => true,
            AttemptError::Zoho(ZohoError::Http(error)) => error.is_lost(),
            _ => false,
        };
        let error = match self {
            AttemptError::Zoho(source) => DownloadError::zoho(&source, tries),
            AttemptError::Short { got, want } => DownloadError::File(short_body(got, want, tries)),
            AttemptError::BadRange(what) | AttemptError::Changed(what) => {
                DownloadError::File(not_understood(&what))
            }
            AttemptError::Final(error) => error,
            AttemptError::Superseded | AttemptError::Stopped => {
                DownloadError::unexpected("a file was given up though the run only ended")
            }
        };
        match error {
            DownloadError::File(problem) if only_whole && broke_off => {
                DownloadError::File(problem.hint(ONLY_WHOLE))
            }
            error => error,
        }
    }
}

fn after(tries: u32) -> String {
    let attempts = if tries == 1 { "attempt" } else { "attempts" };
    format!("after {tries} {attempts}")
}

fn short_body(got: u64, want: u64, tries: u32) -> Problem {
    let message = format!(
        "the server sent {got} of {want} bytes and closed the connection ({})",
        after(tries)
    );
    Problem::new(Exit::Remote, "short_body", message)
        .hint("run the same command again: it resumes where it stopped")
}

pub(super) fn keeps_changing(restarts: u32) -> Problem {
    let message = format!("the file changed on the server during the download, {restarts} times");
    Problem::new(Exit::Remote, "keeps_changing", message)
        .hint("wait until Zoho has finished the backup, then run again")
}

pub(super) fn not_understood(what: &str) -> Problem {
    let message = format!("the reply of the server is not understood: {what}");
    Problem::new(Exit::Remote, "reply_not_understood", message)
        .hint("run again with -vv to see the replies; a proxy in between may change them")
}

fn links_expired(message: String) -> Problem {
    Problem::new(Exit::Expired, "links_expired", message).hint(NEW_LINKS)
}

pub(super) fn expired(at: DateTime<FixedOffset>) -> Problem {
    links_expired(format!(
        "the link expired on {at} before the file was complete"
    ))
}

pub(super) fn newer(job: &str) -> Problem {
    let message = format!(
        "Zoho lists a newer backup (job {job}) now; nothing more of this one can be fetched"
    );
    Problem::new(Exit::Expired, "newer_backup", message).hint(NEWER_BACKUP)
}

pub(super) fn remade() -> Problem {
    let message = "Zoho lists the same job with different content now; nothing more of this one can be fetched";
    Problem::new(Exit::Expired, "newer_backup", message).hint(NEWER_BACKUP)
}

pub(super) fn gone() -> Problem {
    let message =
        "Zoho lists no links any more: they expired or were withdrawn during the download";
    Problem::new(Exit::Expired, "links_gone", message).hint(NEW_LINKS)
}

pub(crate) fn vanished() -> Problem {
    let message = "the file is not on Zoho's list any more, and was never saved";
    Problem::new(Exit::Expired, "link_vanished", message).hint(NEW_LINKS)
}

/// `repeated`: two fetches brought the same bytes.
pub(super) fn corrupt(reason: &str, kept: &str, repeated: bool) -> Problem {
    let (again, hint) = if repeated {
        (
            " at Zoho (two fetches brought the same bytes)",
            "request a new backup at Zoho: fetching this one again brings the same bytes",
        )
    } else {
        (
            ", fetched twice",
            "run again later; if it stays corrupt, request a new backup at Zoho",
        )
    };
    let message = format!("corrupt{again}: {reason}; kept as {kept}");
    Problem::new(Exit::Integrity, "corrupt", message).hint(hint)
}

const CHECK_IT: &str =
    "check it with a program that can read it; --allow-unverified saves it as it is";

pub(super) fn unverified(reason: &str, kept: &str) -> Problem {
    let message = format!("not verified: {reason}; kept as {kept}");
    Problem::new(Exit::Integrity, "unverified", message).hint(CHECK_IT)
}

pub(super) fn still_refused(state: FileState, reason: &str) -> Problem {
    let (code, what, hint) = match state {
        FileState::Unverified => ("unverified", "not verified", CHECK_IT),
        _ => (
            "corrupt",
            "corrupt",
            "request a new backup at Zoho, or fetch it again with --refetch",
        ),
    };
    let message = format!("{what}, and not fetched again: Zoho still has the same file ({reason})");
    Problem::new(Exit::Integrity, code, message).hint(hint)
}

pub(super) fn not_as_manifest(place: &Location, reason: &str) -> Problem {
    let message = format!("{place} is not what the manifest says: {reason}");
    let hint = match place {
        Location::Local(_) => {
            let command = rename_command(&place.to_string(), &format!("{place}.changed"));
            format!(
                "it was changed after it was verified: `backup-fetch verify --repair` fetches it again; or move it elsewhere and run again: {command}"
            )
        }
        Location::Object(_) => "it was changed after it was verified: look what it is, move it elsewhere, and run again to fetch it anew".to_owned(),
    };
    Problem::new(Exit::Integrity, "not_as_manifest", message).hint(hint)
}

/// `url` is a link without its query.
pub(crate) fn host_refused(url: &str) -> Problem {
    let message = format!("the host of {url} is not one that backup-fetch may send the token to");
    Problem::new(Exit::Integrity, "host_refused", message).hint(format!(
        "if you trust this host, add it with --download-domain; if not, tell Zoho about the link ({url})"
    ))
}

pub(super) fn no_thread() -> Problem {
    let message = "no thread can be started to verify the files";
    Problem::new(Exit::Storage, "too_few_threads", message).hint(limits::MORE_THREADS)
}

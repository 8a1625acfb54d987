//! Why a file, or the whole run, is given up.

use chrono::{DateTime, FixedOffset};

use crate::exit::Exit;
use crate::http::HttpError;
use crate::limits;
use crate::problem::Problem;
use crate::store::StorageError;
use crate::store::manifest::{FileState, ManifestError};
use crate::zoho::ZohoError;

/// What a download ends with when it does not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    /// Exit: as the error of Zoho says.
    #[error("{source} (after {tries} {})", if *tries == 1 { "attempt" } else { "attempts" })]
    Zoho {
        /// What Zoho or the network said last.
        source: ZohoError,
        /// How often it was tried since the last byte arrived.
        tries: u32,
    },
    /// The link was refused, and Zoho lists the same link again. Exit: Expired once `expiry_date` has passed, else
    /// as the error of Zoho says.
    #[error("{source} (the list of links was read again and has no newer one)")]
    Refused {
        /// What the server said.
        source: ZohoError,
        /// Whether `expiry_date` has passed by now.
        expired: bool,
    },
    /// Exit: Remote.
    #[error("the server sent {got} of {want} bytes and closed the connection (after {tries} {})", if *tries == 1 { "attempt" } else { "attempts" })]
    Short {
        /// Bytes that are there.
        got: u64,
        /// Bytes that were announced.
        want: u64,
        /// How often it was tried since the last byte arrived.
        tries: u32,
    },
    /// Exit: as the error says.
    #[error("{source}")]
    OnlyWhole {
        /// Why it is given up.
        source: Box<DownloadError>,
    },
    /// Exit: Remote.
    #[error("the file changed on the server during the download, {restarts} times")]
    KeepsChanging {
        /// How often it was started over.
        restarts: u32,
    },
    /// Exit: Remote.
    #[error("the reply of the server is not understood: {what}")]
    NotUnderstood {
        /// What is wrong with it.
        what: String,
    },
    /// Exit: Expired.
    #[error("the link expired on {at} before the file was complete")]
    Expired {
        /// The `expiry_date`.
        at: DateTime<FixedOffset>,
    },
    /// Exit: Expired.
    #[error("Zoho lists a newer backup (job {job}) now; nothing more of this one can be fetched")]
    Newer {
        /// The id of the newer job.
        job: String,
    },
    /// Exit: Expired.
    #[error(
        "Zoho lists the same job with different content now; nothing more of this one can be fetched"
    )]
    Remade,
    /// Exit: Expired.
    #[error("Zoho lists no links any more: they expired or were withdrawn during the download")]
    Gone,
    /// Exit: Expired.
    #[error("the file is not on Zoho's list any more, and was never saved")]
    Vanished,
    /// Exit: Integrity.
    #[error("corrupt{}: {reason}; kept as {kept}", if *repeated { " at Zoho (two fetches brought the same bytes)" } else { ", fetched twice" })]
    Corrupt {
        /// What is wrong with it.
        reason: String,
        /// Where the corrupt file is kept.
        kept: String,
        /// Two fetches brought the same bytes.
        repeated: bool,
    },
    /// Exit: Integrity.
    #[error("not verified: {reason}; kept as {kept}")]
    Unverified {
        /// Why it can't be.
        reason: String,
        /// Where the file is kept.
        kept: String,
    },
    /// Exit: Integrity.
    #[error(
        "{}, and not fetched again: Zoho still has the same file ({reason})",
        if *state == FileState::Unverified { "not verified" } else { "corrupt" }
    )]
    StillRefused {
        /// Corrupt or unverified.
        state: FileState,
        /// Why.
        reason: String,
    },
    /// Exit: Integrity.
    #[error("{path} is not what the manifest says: {reason}")]
    NotAsManifest {
        /// The file under its final name.
        path: String,
        /// What differs.
        reason: String,
    },
    /// Exit: Integrity.
    #[error("the host of {url} is not one that backup-fetch may send the token to")]
    Host {
        /// The link, without its query.
        url: String,
    },
    /// Exit: Storage.
    #[error("no thread can be started to verify the files")]
    NoThread,
    /// Exit: Failed.
    #[error("unexpected failure: {0}")]
    Unexpected(String),
    /// Exit: as the error says.
    #[error(transparent)]
    Backup(#[from] Problem),
    /// Exit: as the error says.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Exit: as the error says.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl DownloadError {
    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            DownloadError::Refused { expired: true, .. }
            | DownloadError::Expired { .. }
            | DownloadError::Newer { .. }
            | DownloadError::Remade
            | DownloadError::Gone
            | DownloadError::Vanished => Exit::Expired,
            DownloadError::Zoho { source, .. } | DownloadError::Refused { source, .. } => {
                source.exit()
            }
            DownloadError::Short { .. }
            | DownloadError::KeepsChanging { .. }
            | DownloadError::NotUnderstood { .. } => Exit::Remote,
            DownloadError::Corrupt { .. }
            | DownloadError::Unverified { .. }
            | DownloadError::StillRefused { .. }
            | DownloadError::NotAsManifest { .. }
            | DownloadError::Host { .. } => Exit::Integrity,
            DownloadError::NoThread => Exit::Storage,
            DownloadError::Unexpected(_) => Exit::Failed,
            DownloadError::OnlyWhole { source } => source.exit(),
            DownloadError::Backup(error) => error.exit,
            DownloadError::Storage(error) => error.exit(),
            DownloadError::Manifest(error) => error.exit(),
        }
    }

    /// The word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            DownloadError::Refused { expired: true, .. } | DownloadError::Expired { .. } => {
                "links_expired"
            }
            DownloadError::Zoho { source, .. } | DownloadError::Refused { source, .. } => {
                source.code()
            }
            DownloadError::Short { .. } => "short_body",
            DownloadError::KeepsChanging { .. } => "keeps_changing",
            DownloadError::NotUnderstood { .. } => "reply_not_understood",
            DownloadError::Newer { .. } | DownloadError::Remade => "newer_backup",
            DownloadError::Gone => "links_gone",
            DownloadError::Vanished => "link_vanished",
            DownloadError::Unverified { .. }
            | DownloadError::StillRefused {
                state: FileState::Unverified,
                ..
            } => "unverified",
            DownloadError::Corrupt { .. } | DownloadError::StillRefused { .. } => "corrupt",
            DownloadError::NotAsManifest { .. } => "not_as_manifest",
            DownloadError::Host { .. } => "host_refused",
            DownloadError::NoThread => "too_few_threads",
            DownloadError::Unexpected(_) => "unexpected",
            DownloadError::OnlyWhole { source } => source.code(),
            DownloadError::Backup(error) => error.code,
            DownloadError::Storage(error) => error.code(),
            DownloadError::Manifest(error) => error.code(),
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let text = match self {
            DownloadError::Refused { expired: true, .. }
            | DownloadError::Expired { .. }
            | DownloadError::Gone
            | DownloadError::Vanished => {
                "links are valid for seven days: request a new backup with `backup-fetch request`, then run again; verified files are kept".to_owned()
            }
            DownloadError::Zoho { source, .. } | DownloadError::Refused { source, .. } => return source.hint(),
            DownloadError::Short { .. } => {
                "run the same command again: it resumes where it stopped".to_owned()
            }
            DownloadError::OnlyWhole { .. } => {
                "the server sends this file only as a whole, so each attempt starts from its first byte: try again on a better connection, or allow more attempts with --retries".to_owned()
            }
            DownloadError::KeepsChanging { .. } => {
                "wait until Zoho has finished the backup, then run again".to_owned()
            }
            DownloadError::NotUnderstood { .. } => {
                "run again with -vv to see the replies; a proxy in between may change them".to_owned()
            }
            DownloadError::Newer { .. } | DownloadError::Remade => {
                "run the same command again: it fetches the newer backup into a folder of its own".to_owned()
            }
            DownloadError::Corrupt { repeated: true, .. } => {
                "request a new backup at Zoho: fetching this one again brings the same bytes".to_owned()
            }
            DownloadError::Corrupt { .. } => {
                "run again later; if it stays corrupt, request a new backup at Zoho".to_owned()
            }
            DownloadError::Unverified { .. }
            | DownloadError::StillRefused { state: FileState::Unverified, .. } => {
                "check it with a program that can read it; --allow-unverified saves it as it is".to_owned()
            }
            DownloadError::StillRefused { .. } => {
                "request a new backup at Zoho, or fetch it again with --refetch".to_owned()
            }
            DownloadError::NotAsManifest { path, .. } => format!(
                "it was changed after it was verified; move it elsewhere and run again: mv -- '{path}' '{path}.changed'"
            ),
            DownloadError::Host { url } => format!(
                "if you trust this host, add it with --download-domain; if not, tell Zoho about the link ({url})"
            ),
            DownloadError::NoThread => limits::MORE_THREADS.to_owned(),
            DownloadError::Unexpected(_) => {
                "this is a bug in backup-fetch: please report it with the output of the same command and -vv".to_owned()
            }
            DownloadError::Backup(error) => return error.hint.clone(),
            DownloadError::Storage(error) => error.hint(),
            DownloadError::Manifest(error) => error.hint(),
        };
        Some(text)
    }

    /// The same error of a file that may come only as a whole: then nothing is there to go on with.
    pub(super) fn of_a_file_that_comes(self, only_whole: bool) -> DownloadError {
        let breaks_off = match &self {
            DownloadError::Short { .. } => true,
            DownloadError::Zoho {
                source: ZohoError::Http(error),
                ..
            } => matches!(error, HttpError::Cut { .. } | HttpError::Stalled { .. }),
            _ => false,
        };
        if only_whole && breaks_off {
            let source = Box::new(self);
            return DownloadError::OnlyWhole { source };
        }
        self
    }

    /// Whether going on with other files makes no sense.
    pub(crate) fn ends_the_run(&self) -> bool {
        match self {
            DownloadError::Zoho { source, .. } | DownloadError::Refused { source, .. } => {
                source.ends_the_run()
            }
            DownloadError::Storage(_)
            | DownloadError::Newer { .. }
            | DownloadError::Remade
            | DownloadError::Gone
            | DownloadError::NoThread
            | DownloadError::Unexpected(_) => true,
            _ => false,
        }
    }

    /// Whether the disk has no room.
    pub(crate) fn is_about_room(&self) -> bool {
        matches!(
            self,
            DownloadError::Storage(StorageError::Full { .. } | StorageError::TooSmall { .. })
        )
    }

    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: self.hint(),
        }
    }
}

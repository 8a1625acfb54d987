//! Everything a command can fail with, gathered: its exit code, its word for scripts, its hint.

use crate::auth::{AuthError, GrantError};
use crate::download::DownloadError;
use crate::event::Failure;
use crate::exit::Exit;
use crate::http::HttpError;
use crate::limits;
use crate::model::backup::BackupError;
use crate::model::job::Status;
use crate::settings::SettingsError;
use crate::store::StorageError;
use crate::untrusted::printable;
use crate::zoho::ZohoError;

/// Why a command ends without having done what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Exit: Usage.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Exit: as it says.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Exit: as it says.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// Exit: as it says.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Exit: as it says.
    #[error(transparent)]
    Zoho(#[from] ZohoError),
    /// Exit: as it says.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Exit: as it says.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Exit: as it says.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// Exit: Expired.
    #[error("the links expired on {at}")]
    Expired {
        /// The `expiry_date`, as Zoho wrote it.
        at: String,
    },
    /// Exit: Integrity.
    #[error("the links belong to organisation {theirs}, but the profile names {ours}")]
    OtherOrganisation {
        /// Of the profile.
        ours: String,
        /// Of the links.
        theirs: String,
    },
    /// Exit: `NothingNew`.
    #[error("no new backup: the latest one is already saved")]
    NothingNew,
    /// Exit: `NothingNew`.
    #[error("no new backup: Zoho offers none")]
    NothingOffered,
    /// Exit: Unauthorized.
    #[error("there is no refresh token to log out of")]
    NotLoggedIn,
    /// Exit: Storage.
    #[error("the output can't be written: {0}")]
    Output(#[source] std::io::Error),
    /// Exit: Remote.
    #[error("there will be no backup: {} ({})", .0.meaning(), printable(&.0.to_string()))]
    DeadJob(Status),
    /// Exit: Remote.
    #[error("the backup is not ready after {}", humantime::format_duration(*.0))]
    NotReady(std::time::Duration),
    /// Exit: Remote.
    #[error("it is not known whether Zoho accepted the request: {0}")]
    Unanswered(String),
    /// Exit: `HungUp`, Interrupted, Terminated or `TimeUp`.
    #[error("{}", stopped_by(*.0))]
    Stopped(Exit),
    /// Exit: Storage.
    #[error("this process can start only {more} more {}, which is too few", if *.more == 1 { "thread" } else { "threads" })]
    Threads {
        /// How many it could.
        more: usize,
    },
    /// Exit: Storage.
    #[error("too many open files ({})", limits::open_files())]
    OpenFiles,
    /// Exit: Failed.
    #[error("unexpected failure: {0:#}")]
    Unexpected(#[from] anyhow::Error),
}

impl Error {
    /// Of a panic that was caught.
    pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
        let message = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panic".into());
        Error::Unexpected(anyhow::anyhow!(message))
    }

    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Error::Settings(_) => Exit::Usage,
            Error::Auth(error) => error.exit(),
            Error::Grant(error) => error.exit(),
            Error::Http(error) => error.exit(),
            Error::Zoho(error) => error.exit(),
            Error::Backup(error) => error.exit(),
            Error::Storage(error) => error.exit(),
            Error::Download(error) => error.exit(),
            Error::Expired { .. } => Exit::Expired,
            Error::OtherOrganisation { .. } => Exit::Integrity,
            Error::NothingNew | Error::NothingOffered => Exit::NothingNew,
            Error::DeadJob(_) | Error::NotReady(_) | Error::Unanswered(_) => Exit::Remote,
            Error::NotLoggedIn => Exit::Unauthorized,
            Error::Output(_) | Error::Threads { .. } | Error::OpenFiles => Exit::Storage,
            Error::Stopped(exit) => *exit,
            Error::Unexpected(_) => Exit::Failed,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Settings(_) => "configuration",
            Error::Auth(error) => error.code(),
            Error::Grant(error) => error.code(),
            Error::Http(error) => error.code(),
            Error::Zoho(error) => error.code(),
            Error::Backup(error) => error.code(),
            Error::Storage(error) => error.code(),
            Error::Download(error) => error.code(),
            Error::Expired { .. } => "links_expired",
            Error::OtherOrganisation { .. } => "other_organisation",
            Error::NothingNew | Error::NothingOffered => "nothing_new",
            Error::DeadJob(_) => "backup_failed",
            Error::NotReady(_) => "not_ready",
            Error::Unanswered(_) => "request_unanswered",
            Error::NotLoggedIn => "not_logged_in",
            Error::Output(_) => "output_failed",
            Error::Threads { .. } => "too_few_threads",
            Error::OpenFiles => "too_many_open_files",
            Error::Stopped(Exit::TimeUp) => "time_up",
            Error::Stopped(_) => "stopped",
            Error::Unexpected(_) => "unexpected",
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Error::Settings(error) => Some(error.hint().to_owned()),
            Error::Auth(error) => error.hint(),
            Error::Grant(error) => error.hint(),
            Error::Http(error) => error.hint(),
            Error::Zoho(error) => error.hint(),
            Error::Backup(error) => Some(error.hint()),
            Error::Storage(error) => Some(error.hint()),
            Error::Download(error) => error.hint(),
            Error::Expired { .. } => {
                Some("links are valid for seven days: request a new backup with `backup-fetch request` or at Zoho (Setup > Data Administration > Data Backup), then run again".into())
            }
            Error::OtherOrganisation { .. } => {
                Some("nothing was fetched: check the credentials and the `org` of the profile".into())
            }
            Error::NothingNew | Error::NothingOffered => Some("see whether the backup is still scheduled (`backup-fetch status`)".into()),
            Error::DeadJob(Status::PaymentFailed) => Some("see Zoho: Setup > Data Administration > Data Backup; the month's allowance may be used up".into()),
            Error::DeadJob(_) => Some("see `backup-fetch history` and Zoho's Setup > Data Administration > Data Backup, then ask again with `backup-fetch request`".into()),
            Error::NotReady(_) => Some("Zoho is still working on it: see `backup-fetch status`, and fetch it later with `backup-fetch download --wait`".into()),
            Error::Unanswered(_) => Some("the request was not repeated, because each backup may cost money: see `backup-fetch status` in a few minutes".into()),
            Error::NotLoggedIn => Some("choose the profile with --profile; `backup-fetch login` creates a token".into()),
            Error::Output(_) => Some("check where stdout goes, and whether that disk is full".into()),
            Error::Threads { .. } => Some(limits::MORE_THREADS.into()),
            Error::OpenFiles => Some(limits::MORE_FILES.into()),
            Error::Stopped(_) => Some("run the same command again".into()),
            Error::Unexpected(_) => {
                Some("this is a bug in backup-fetch: please report it with the output of the same command and -vv".into())
            }
        }
    }

    /// In the words that people and scripts see.
    pub(crate) fn failure(&self) -> Failure {
        Failure {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: self.hint(),
        }
    }
}

/// What ended a run early.
pub(crate) fn stopped_by(exit: Exit) -> &'static str {
    match exit {
        Exit::HungUp => "stopped by SIGHUP",
        Exit::Interrupted => "stopped by SIGINT",
        Exit::TimeUp => "--max-duration reached",
        _ => "stopped by SIGTERM",
    }
}

/// Wrong usage, as the parser of the command line says it.
pub(crate) fn usage(message: &str) -> Failure {
    let what = message.lines().next().unwrap_or_default();
    Failure {
        exit: Exit::Usage,
        code: "usage",
        message: printable(what.trim_start_matches("error: ")),
        hint: Some("see `backup-fetch --help`".into()),
    }
}

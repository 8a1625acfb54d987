//! The exit codes, which scripts and monitoring depend on (`design.md` section 3).

use std::process::ExitCode;

use serde::Serialize;

/// How a run ended. Every error enum has an `exit()` that says which of these each variant becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(into = "u8")]
pub(crate) enum Exit {
    /// Everything asked for is there and verified, or there was nothing to fetch.
    #[default]
    Done,
    /// An unexpected failure: a bug of ours.
    Failed,
    /// Wrong usage or broken configuration.
    Usage,
    /// The links have expired.
    Expired,
    /// Not authorised: no credentials, token refused, scope or permission missing.
    Unauthorized,
    /// The remote side or the network failed.
    Remote,
    /// A file is corrupt, or a link, host or name is refused.
    Integrity,
    /// Disk full, not writable, or something that is not ours is in the way.
    Storage,
    /// Another run holds the lock of the folder.
    Locked,
    /// `--require-new` and there is nothing new; `doctor --strict` and a check warns.
    NothingNew,
    /// `--max-duration` reached.
    TimeUp,
    /// Stopped by SIGHUP: the session or the terminal has gone.
    HungUp,
    /// Stopped by SIGINT.
    Interrupted,
    /// Stopped by SIGTERM.
    Terminated,
}

impl Exit {
    /// Every code, in the order of the table in the README.
    pub(crate) const ALL: [Exit; 14] = [
        Exit::Done,
        Exit::Failed,
        Exit::Usage,
        Exit::Expired,
        Exit::Unauthorized,
        Exit::Remote,
        Exit::Integrity,
        Exit::Storage,
        Exit::Locked,
        Exit::NothingNew,
        Exit::TimeUp,
        Exit::HungUp,
        Exit::Interrupted,
        Exit::Terminated,
    ];

    /// The number the process ends with.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Expired => 3,
            Exit::Unauthorized => 4,
            Exit::Remote => 5,
            Exit::Integrity => 6,
            Exit::Storage => 7,
            Exit::Locked => 8,
            Exit::NothingNew => 9,
            Exit::TimeUp => 10,
            Exit::HungUp => 129,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// What the code means, as the README and `--help` say it.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Exit::Done => {
                "done: everything asked for is there and verified; also: nothing to fetch (HTTP 204)"
            }
            Exit::Failed => "unexpected failure (a bug in backup-fetch)",
            Exit::Usage => "wrong usage or broken configuration",
            Exit::Expired => "the links have expired",
            Exit::Unauthorized => {
                "not authorised: no credentials, token refused, scope or permission missing"
            }
            Exit::Remote => "Zoho or the network failed, still after all retries or for good",
            Exit::Integrity => {
                "integrity: a file is corrupt or does not match the manifest; a link, host or name is refused"
            }
            Exit::Storage => {
                "local storage: disk full, not writable, or something that is not ours is in the way"
            }
            Exit::Locked => "another run holds the lock on this folder",
            Exit::NothingNew => {
                "--require-new: no backup that is not already saved; doctor --strict: warnings"
            }
            Exit::TimeUp => "--max-duration reached, partial files kept",
            Exit::HungUp => "stopped by SIGHUP (the session ended), partial files kept",
            Exit::Interrupted => "stopped by SIGINT, partial files kept",
            Exit::Terminated => "stopped by SIGTERM, partial files kept",
        }
    }

    /// Place in the order 7, 6, 4, 3, 5, 1 in which the most serious of several failures decides (`design.md`
    /// section 3); smaller is more serious. A stop comes before all of
    /// these; behind them what a person must mend, then what a later run mends by itself.
    fn rank(self) -> u8 {
        match self {
            Exit::HungUp | Exit::Interrupted | Exit::Terminated => 0,
            Exit::Storage => 1,
            Exit::Integrity => 2,
            Exit::Unauthorized => 3,
            Exit::Expired => 4,
            Exit::Remote => 5,
            Exit::Failed => 6,
            Exit::Usage => 7,
            Exit::Locked => 8,
            Exit::TimeUp => 9,
            Exit::NothingNew => 10,
            Exit::Done => 11,
        }
    }

    /// The more serious of two.
    pub(crate) fn worst(self, other: Exit) -> Exit {
        if other.rank() < self.rank() {
            other
        } else {
            self
        }
    }
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> u8 {
        exit.code()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_serious_failure_decides_in_the_order_of_the_contract() {
        let order = [
            Exit::Terminated,
            Exit::Storage,
            Exit::Integrity,
            Exit::Unauthorized,
            Exit::Expired,
            Exit::Remote,
            Exit::Failed,
            Exit::Usage,
            Exit::Locked,
            Exit::TimeUp,
            Exit::NothingNew,
            Exit::Done,
        ];
        for pair in order.windows(2) {
            assert_eq!(pair[0].worst(pair[1]), pair[0]);
            assert_eq!(pair[1].worst(pair[0]), pair[0]);
        }
    }
}

//! The exit codes, which scripts and monitoring depend on (`design.md` section 3).

use std::process::ExitCode;

use serde::Serialize;

/// How a run ended; [`Exit::MEANINGS`] says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(into = "u8")]
#[repr(u8)]
pub(crate) enum Exit {
    #[default]
    Done = 0,
    Failed = 1,
    Usage = 2,
    Expired = 3,
    Unauthorized = 4,
    Remote = 5,
    Integrity = 6,
    Storage = 7,
    Locked = 8,
    NothingNew = 9,
    TimeUp = 10,
    HungUp = 129,
    Interrupted = 130,
    Terminated = 143,
}

/// The order in which the most serious of several failures decides (`design.md` section 3): a stop, then what a person
/// must fix, then what a later run may fix by itself.
const MOST_SERIOUS_FIRST: [Exit; 14] = [
    Exit::HungUp,
    Exit::Interrupted,
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

impl Exit {
    /// Every code with its meaning, as the README and `--help` have it.
    #[rustfmt::skip]
    pub(crate) const MEANINGS: [(Exit, &str); 14] = [
        (Exit::Done, "done: everything asked for is there and verified; also: nothing to fetch (HTTP 204)"),
        (Exit::Failed, "unexpected failure (a bug in backup-fetch)"),
        (Exit::Usage, "wrong usage or broken configuration"),
        (Exit::Expired, "the links have expired"),
        (Exit::Unauthorized, "not authorised: no credentials, token refused, scope or permission missing"),
        (Exit::Remote, "Zoho or the network failed, still after all retries or for good"),
        (Exit::Integrity, "integrity: a file is corrupt or does not match the manifest; a link, host or name is refused"),
        (Exit::Storage, "local storage: disk full, not writable, or something that is not ours is in the way"),
        (Exit::Locked, "another run holds the lock on this folder"),
        (Exit::NothingNew, "--require-new: no new backup; check: newest too old, or none; doctor --strict: warnings"),
        (Exit::TimeUp, "--max-duration reached, partial files kept"),
        (Exit::HungUp, "stopped by SIGHUP (the session ended; on Windows: its console was closed), partial files kept"),
        (Exit::Interrupted, "stopped by SIGINT (Ctrl-C), partial files kept"),
        (Exit::Terminated, "stopped by SIGTERM (on Windows: Ctrl-Break, or a shutdown), partial files kept"),
    ];

    /// The number the process ends with.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn meaning(self) -> &'static str {
        let mut all = Exit::MEANINGS.into_iter();
        all.find(|(exit, _)| *exit == self)
            .map_or("", |(_, meaning)| meaning)
    }

    /// Whether somebody, or the clock, stopped the run.
    pub(crate) fn is_stop(self) -> bool {
        matches!(
            self,
            Exit::HungUp | Exit::Interrupted | Exit::Terminated | Exit::TimeUp
        )
    }

    /// The more serious of two; of two stops the one that came first.
    pub(crate) fn worst(self, other: Exit) -> Exit {
        if self.is_stop() && self != Exit::TimeUp {
            return self;
        }
        let mut order = MOST_SERIOUS_FIRST.into_iter();
        order
            .find(|exit| [self, other].contains(exit))
            .unwrap_or(self)
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

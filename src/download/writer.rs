//! Which process writes a part file, and whether it still does.
//!
//! The lock on the output folder should keep two runs apart. Where it lies, or was deleted, two runs that write one file
//! would be worse than anything else that can happen here; so a part is gone on with only when its writer is surely gone.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::store::sys::{process_namespace, process_started};

/// A process, told from every other one of this start of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Writer {
    /// A process id means nothing outside of its namespace, such as a container.
    namespace: String,
    pid: u32,
    /// When it started, in ticks since the machine did: ids are used again.
    started: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has ended, or is this process.
    Gone,
    AtWork,
    /// It may run on another machine or in another container; or it is of another start of this machine.
    Unknown,
}

impl Writer {
    /// This process; nothing where the system does not tell.
    pub(super) fn this() -> Option<Writer> {
        static THIS: OnceLock<Option<Writer>> = OnceLock::new();
        let look = || {
            let pid = std::process::id();
            Some(Writer {
                namespace: process_namespace()?,
                pid,
                started: process_started(pid)?,
            })
        };
        THIS.get_or_init(look).clone()
    }

    /// What is known of it, if it is of this start of the machine.
    pub(super) fn standing(&self) -> Standing {
        match Writer::this() {
            Some(this) if this == *self => Standing::Gone,
            Some(this) if this.namespace == self.namespace => match process_started(self.pid) {
                Some(started) if started == self.started => Standing::AtWork,
                _ => Standing::Gone,
            },
            _ => Standing::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(windows, ignore = "no process is named: see `sys::alone`")]
    fn this_process_is_nobody_else() {
        let this = Writer::this().unwrap();
        assert_eq!(this.standing(), Standing::Gone);
    }

    #[test]
    #[cfg_attr(windows, ignore = "no process is named: see `sys::alone`")]
    fn one_that_runs_is_told_from_one_that_has_ended_and_from_one_elsewhere() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let writer = Writer {
            pid: child.id(),
            started: process_started(child.id()).unwrap(),
            ..Writer::this().unwrap()
        };
        assert_eq!(writer.standing(), Standing::AtWork);
        let reused = Writer {
            started: writer.started + 1,
            ..writer.clone()
        };
        assert_eq!(reused.standing(), Standing::Gone);
        let elsewhere = Writer {
            namespace: "pid:[1]".into(),
            ..writer.clone()
        };
        assert_eq!(elsewhere.standing(), Standing::Unknown);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(writer.standing(), Standing::Gone);
    }
}

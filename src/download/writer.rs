//! Which process writes a part file, and whether it still does.
//!
//! The lock on the output folder should keep two runs apart. Where it lies, or was deleted, two runs that write one file
//! would be worse than anything else that can happen here; so a part is gone on with only when its writer is surely gone.

use serde::{Deserialize, Serialize};

/// A process, told from every other one of this start of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Writer {
    /// A process id means nothing outside of its namespace, such as a container.
    namespace: String,
    pid: u32,
    /// When it started, in ticks since the machine did: ids are used again.
    started: u64,
}

/// What is known of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has ended, or is this process.
    Gone,
    /// It runs.
    AtWork,
    /// It may run on another machine or in another container; or it is of another start of this machine.
    Unknown,
}

impl Writer {
    /// This process; nothing where the system does not tell.
    pub(crate) fn this() -> Option<Writer> {
        let pid = std::process::id();
        Some(Writer {
            namespace: namespace()?,
            pid,
            started: started(pid)?,
        })
    }

    /// What is known of it, if it is of this start of the machine.
    pub(crate) fn standing(&self) -> Standing {
        match Writer::this() {
            Some(this) if this == *self => Standing::Gone,
            Some(this) if this.namespace == self.namespace => match started(self.pid) {
                Some(started) if started == self.started => Standing::AtWork,
                _ => Standing::Gone,
            },
            _ => Standing::Unknown,
        }
    }
}

fn namespace() -> Option<String> {
    let link = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(link.to_string_lossy().into_owned())
}

/// When a process started; nothing when there is none, or only what its parent has not taken note of yet.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may hold anything (proc(5)).
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let is_dead = matches!(fields.first(), Some(&("Z" | "X")) | None);
    if is_dead {
        None
    } else {
        fields.get(19)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_nobody_else() {
        let this = Writer::this().unwrap();
        assert_eq!(this.standing(), Standing::Gone);
    }

    #[test]
    fn one_that_runs_is_told_from_one_that_has_ended_and_from_one_elsewhere() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let writer = Writer {
            pid: child.id(),
            started: started(child.id()).unwrap(),
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

//! A store as a process: on a port that the system chose, gone with its value or with the tests.

use std::process::{Child, Command, Stdio};

use super::super::run::{Heard, wait_until};

pub struct Process {
    child: Child,
    pub base: String,
}

impl Process {
    /// Starts it, and reads where it listens from what it says.
    ///
    /// # Panics
    /// When it ends at once.
    pub fn start(command: &mut Command) -> Process {
        Process::try_start(command).unwrap_or_else(|said| panic!("{said}"))
    }

    /// The same; what it said where it ends at once.
    pub fn try_start(command: &mut Command) -> Result<Process, String> {
        let piped = command
            // Held open as long as the tests run, however they end.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().expect("it is installed");
        let said = Heard::from(child.stdout.take().expect("it is piped"));
        let complained = Heard::from(child.stderr.take().expect("it is piped"));
        let mut base = None;
        wait_until("the store listens or ends", || {
            base = address(&said.so_far()).or_else(|| address(&complained.so_far()));
            base.is_some() || child.try_wait().expect("it is ours").is_some()
        });
        match base {
            Some(base) => Ok(Process { child, base }),
            None => Err(said.whole() + &complained.whole()),
        }
    }
}

/// The first address in it. Without anything behind it its port may not be whole.
fn address(said: &str) -> Option<String> {
    const HOST: &str = "http://127.0.0.1:";
    let (_, port) = said.split_once(HOST)?;
    let end = port.find(|char: char| !char.is_ascii_digit())?;
    Some(format!("{HOST}{}", &port[..end]))
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A store as a process: on a port that the system chose, gone with its value or with the tests.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::super::run::{Heard, wait_until};

/// Becomes the program, and leaves somebody behind who ends it when stdin ends. The tests hold that as long as they run,
/// however they end.
const STARTER: &str = r#"
exec 3<&0
{ read -r line <&3; kill -9 $$; } >/dev/null 2>&1 &
exec "$0" "$@" 3<&- </dev/null
"#;

#[derive(Debug)]
pub struct Process {
    child: Child,
    pub base: String,
}

impl Process {
    /// Starts it, with nothing else in its environment, and reads where it listens from what it says.
    ///
    /// # Panics
    /// When it ends at once.
    pub fn start(program: &Path, args: &[&str], env: &[(&str, &str)]) -> Process {
        Process::try_start(program, args, env).unwrap_or_else(|said| panic!("{said}"))
    }

    /// The same; what it said where it ends at once.
    pub fn try_start(
        program: &Path,
        args: &[&str],
        env: &[(&str, &str)],
    ) -> Result<Process, String> {
        let mut command = Command::new("sh");
        command.args(["-c", STARTER]).arg(program).args(args);
        command.env_clear().envs(env.iter().copied());
        let piped = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().expect("a shell");
        let said = Heard::from(child.stdout.take().expect("it is piped"));
        let complained = Heard::from(child.stderr.take().expect("it is piped"));
        let base = String::new();
        let mut process = Process { child, base };
        let mut found = None;
        wait_until("the store listens or ends", || {
            found = address(&said.so_far()).or_else(|| address(&complained.so_far()));
            found.is_some() || process.child.try_wait().expect("it is ours").is_some()
        });
        let Some(base) = found else {
            return Err(said.whole() + &complained.whole());
        };
        process.base = base;
        Ok(process)
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
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

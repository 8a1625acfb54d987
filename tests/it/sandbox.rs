//! The sandbox: a Zoho to try the program with, by hand.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::run::folder;
use crate::support::tools::{self, needs};

/// A sandbox that stays up until the value goes.
struct Sandbox {
    child: Child,
    /// Read to the block's end only, but open, so that it can go on talking.
    _stdout: BufReader<ChildStdout>,
    /// What it says is to be pasted.
    block: String,
}

impl Sandbox {
    fn serve(trouble: &str) -> Sandbox {
        let mut child = Command::new(tools::sandbox())
            .args(["--serve", trouble])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let lines = stdout.by_ref().lines().map_while(Result::ok);
        let block: Vec<String> = lines
            .take_while(|line| !line.starts_with("# Then"))
            .collect();
        Sandbox {
            child,
            _stdout: stdout,
            block: block.join("\n"),
        }
    }

    /// Pastes the block and then `command` into a shell with nothing else in its environment.
    fn paste(&self, command: &str) -> (Option<i32>, String) {
        let home = folder();
        let output = Command::new("sh")
            .args(["-euc", &format!("{}\n{command}", self.block)])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home.path())
            .output()
            .expect("a shell");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

#[test]
fn the_whole_block_of_the_sandbox_can_be_pasted_into_a_shell() {
    needs!(Sandbox);
    let sandbox = Sandbox::serve("--empty");
    let login = "export ZOHO_CLIENT_ID=1000.STANDINCLIENT ZOHO_CLIENT_SECRET=standin-client-secret";
    let code = sandbox.block.split_once("Code:").expect("a code").1;
    let code = code.split_whitespace().next().expect("a code");
    let script = format!(
        "{login}; export ZOHO_GRANT_CODE={code}\nbackup-fetch login -q\nbackup-fetch download --out none --require-new"
    );
    let (exit, stderr) = sandbox.paste(&script);
    assert_eq!(exit, Some(9), "{}\n{stderr}", sandbox.block);
}

#[test]
fn a_sandbox_with_expired_links_shows_exit_code_3() {
    needs!(Sandbox);
    let mut sandbox = Sandbox::serve("--expired");
    // The other way to log in is there as a comment.
    sandbox.block = sandbox.block.replace("#   export", "export");
    let (exit, stderr) = sandbox.paste("backup-fetch list");
    assert_eq!(exit, Some(3), "{}\n{stderr}", sandbox.block);
}

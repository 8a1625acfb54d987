//! The binary on a terminal: stdin and stderr are one, stdout is a pipe.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use super::elsewhere;
use super::run::{Cli, GUARD, Heard, Run, signal, wait_until};

/// A terminal with the program on it.
pub struct Screen {
    child: Child,
    keyboard: File,
    /// The other side.
    line: Option<File>,
    shown: Heard,
    stdout: Heard,
}

impl Cli {
    /// Starts it on a terminal.
    ///
    /// # Panics
    /// When there is no terminal to be had.
    pub fn on_terminal<const N: usize>(&self, args: [&str; N]) -> Screen {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("it is ours");
        unlockpt(&master).expect("it is ours");
        if elsewhere::is_windows() {
            // The console of Wine edits and breaks the lines itself, but not before somebody reads.
            let mut raw = tcgetattr(&master).expect("a terminal");
            raw.make_raw();
            tcsetattr(&master, OptionalActions::Now, &raw).expect("it is ours");
            let wide = Winsize {
                ws_row: 50,
                ws_col: 1000,
                ws_xpixel: 0,
                ws_ypixel: 0,
            };
            tcsetwinsize(&master, wide).expect("it is ours");
        }
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let line = || {
            let mut options = OpenOptions::new();
            // Who started the tests in a session of their own would have them on this terminal, and ended with it.
            options
                .read(true)
                .write(true)
                .custom_flags(OFlags::NOCTTY.bits().cast_signed());
            options
                .open(name.to_str().expect("plain letters"))
                .expect("it opens")
        };
        let mut command = self.command(args);
        command
            .env("TERM", "xterm")
            .stdin(Stdio::from(line()))
            .stderr(Stdio::from(line()))
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let screen = master.as_fd().try_clone_to_owned().expect("it is open");
        Screen {
            shown: Heard::from(File::from(screen)),
            stdout: Heard::from(child.stdout.take().expect("it is piped")),
            child,
            keyboard: File::from(master),
            line: Some(line()),
        }
    }
}

impl Screen {
    /// All that was shown so far.
    pub fn shown(&self) -> String {
        elsewhere::shown(&self.shown.so_far())
    }

    /// Waits for a question, and answers it.
    pub fn answer(&mut self, question: &str, answer: &str) {
        self.wait_for(question);
        self.press(&format!("{answer}{}", elsewhere::enter()));
    }

    /// Types this, and no more.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("it reads");
    }

    pub fn wait_for(&self, text: &str) {
        let begin = Instant::now();
        while !self.shown().contains(text) {
            let shown = self.shown();
            assert!(begin.elapsed() < GUARD, "waited for {text:?}: {shown}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Holds that the terminal shows what is typed, or does not. Wine has another one show it.
    pub fn assert_echoes(&self, expected: bool) {
        let modes = tcgetattr(&self.keyboard).expect("a terminal");
        let echoes = modes.local_modes.contains(LocalModes::ECHO);
        assert!(elsewhere::is_windows() || echoes == expected);
    }

    pub fn interrupt(&self) {
        signal(self.child.id(), "INT");
    }

    /// Waits for the end.
    pub fn end(&mut self) -> Run {
        let mut code = None;
        let child = &mut self.child;
        wait_until("it ends", || {
            code = child.try_wait().expect("it is ours");
            code.is_some()
        });
        // What was shown last is there once nobody holds the other side any more.
        self.line = None;
        Run {
            code: code.and_then(|status| status.code()).unwrap_or(-1),
            stdout: self.stdout.whole(),
            stderr: elsewhere::shown(&self.shown.whole()),
            args: "(on a terminal)".into(),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

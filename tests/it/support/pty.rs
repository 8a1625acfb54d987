//! The binary on a terminal: stdin and stderr are one, stdout is a pipe.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::run::{Cli, GUARD, Run, wait_until};

/// A terminal with the program on it.
pub struct Screen {
    child: Child,
    keyboard: File,
    line: Option<File>,
    reader: Option<thread::JoinHandle<()>>,
    shown: Arc<Mutex<String>>,
    stdout: Option<JoinHandle<String>>,
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
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let line = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true);
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
        let shown = Arc::new(Mutex::new(String::new()));
        let mut screen = File::from(master.as_fd().try_clone_to_owned().expect("it is open"));
        let seen = Arc::clone(&shown);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It fails when the last one on the other side has gone.
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                seen.lock()
                    .expect("nobody panics")
                    .push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        let mut pipe = child.stdout.take().expect("it is piped");
        let stdout = thread::spawn(move || {
            let mut text = String::new();
            let _ = pipe.read_to_string(&mut text);
            text
        });
        Screen {
            child,
            keyboard: File::from(master),
            line: Some(line()),
            shown,
            reader: Some(reader),
            stdout: Some(stdout),
        }
    }
}

impl Screen {
    /// All that was shown so far.
    pub fn shown(&self) -> String {
        self.shown.lock().expect("nobody panics").clone()
    }

    /// Waits for a question, and answers it.
    pub fn answer(&mut self, question: &str, answer: &str) {
        self.wait_for(question);
        self.keyboard
            .write_all(format!("{answer}\n").as_bytes())
            .expect("it reads");
    }

    /// Types this, and no more.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("it reads");
    }

    pub fn wait_for(&self, text: &str) {
        let begin = Instant::now();
        while !self.shown().contains(text) {
            assert!(
                begin.elapsed() < GUARD,
                "waited for {text:?}: {}",
                self.shown()
            );
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether the terminal shows what is typed.
    pub fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.keyboard).expect("a terminal");
        modes.local_modes.contains(LocalModes::ECHO)
    }

    pub fn interrupt(&self) {
        let pid = i32::try_from(self.child.id()).expect("a small number");
        let pid = rustix::process::Pid::from_raw(pid).expect("not zero");
        rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is ours");
    }

    /// Waits for the end.
    pub fn end(&mut self) -> Run {
        let mut code = None;
        let child = &mut self.child;
        wait_until("it ends", || {
            code = child.try_wait().expect("it is ours");
            code.is_some()
        });
        let stdout = self.stdout.take().expect("it ends once");
        // What was shown last is there once nobody holds the other side any more.
        self.line = None;
        let reader = self.reader.take().expect("it ends once");
        reader.join().expect("nobody panics");
        Run {
            code: code.and_then(|status| status.code()).unwrap_or(-1),
            stdout: stdout.join().expect("nobody panics"),
            stderr: self.shown(),
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

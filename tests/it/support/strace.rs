//! The program under `strace`, which makes its system calls fail, wait or end it, and tells which there were.

use std::path::{Path, PathBuf};

use super::run::Cli;
use super::zoho::Zoho;

/// How it is traced. Needs [`Need::Strace`](super::tools::Need::Strace).
pub struct Strace {
    log: PathBuf,
    options: Vec<String>,
    calls: Vec<String>,
}

impl Strace {
    pub fn new(zoho: &Zoho) -> Strace {
        Strace::logging(zoho, "strace.log")
    }

    /// For one of two runs of a stand-in: with a log of its own.
    pub fn logging(zoho: &Zoho, name: &str) -> Strace {
        let log = zoho.home().join(name);
        let options = ["-f", "-qq", "-y", "-o", &log.display().to_string()].map(str::to_owned);
        Strace {
            log,
            options: options.into(),
            calls: Vec::new(),
        }
    }

    /// Only calls on these paths count.
    pub fn on<P: AsRef<Path>>(mut self, paths: impl IntoIterator<Item = P>) -> Strace {
        for path in paths {
            let path = path.as_ref().display().to_string();
            self.options.extend(["-P".to_owned(), path]);
        }
        self
    }

    /// Looks at these calls, which a comma parts.
    pub fn looking_at(mut self, calls: &str) -> Strace {
        self.calls.push(with_open(calls));
        self
    }

    /// Tampers with these calls, in the words of `strace -e inject`.
    pub fn inject(mut self, calls: &str, how: &str) -> Strace {
        let struck = with_open(calls);
        self.options.push(format!("-einject={struck}:{how}"));
        self.looking_at(calls)
    }

    /// The process that is started is then the program itself, and not `strace`.
    pub fn detached(mut self) -> Strace {
        self.options.push("-D".to_owned());
        self
    }

    /// What it has seen so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it has tampered with a call.
    pub fn has_struck(&self) -> bool {
        let log = self.log();
        log.contains("INJECTED") || log.contains("killed by SIGKILL")
    }
}

/// musl opens by `open` where the processor has that call.
fn with_open(calls: &str) -> String {
    calls.replace("openat", "openat,?open")
}

impl Cli {
    /// Started by `strace`.
    pub fn traced(self, strace: &Strace) -> Cli {
        let calls = format!("-etrace={}", strace.calls.join(","));
        let words = ["strace".to_owned()].into_iter();
        self.under(words.chain(strace.options.clone()).chain([calls]))
    }
}

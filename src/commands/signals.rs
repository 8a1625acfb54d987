//! SIGHUP, SIGINT and SIGTERM: the first ends the run in good order, the second ends the process.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::download::stop::Stop;
use crate::exit::Exit;

/// The signals that end a run.
struct Signals {
    hangup: Option<Signal>,
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl Signals {
    fn listen() -> io::Result<Signals> {
        Ok(Signals {
            hangup: unless_ignored(SignalKind::hangup())?,
            interrupt: unless_ignored(SignalKind::interrupt())?,
            terminate: unless_ignored(SignalKind::terminate())?,
        })
    }

    /// The next one, as the exit code that it means.
    async fn next(&mut self) -> Exit {
        tokio::select! {
            () = heard(&mut self.hangup) => Exit::HungUp,
            () = heard(&mut self.interrupt) => Exit::Interrupted,
            () = heard(&mut self.terminate) => Exit::Terminated,
        }
    }
}

/// What whoever started this process has it ignore stays ignored: `nohup` a SIGHUP, a script's `&` a SIGINT.
fn unless_ignored(kind: SignalKind) -> io::Result<Option<Signal>> {
    // Elsewhere than on Linux this can't be asked without unsafe code, and every signal is taken.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if is_ignored(&status, kind.as_raw_value()) {
        return Ok(None);
    }
    signal(kind).map(Some)
}

/// Whether the mask of ignored signals of a process, in Linux's words, has this one.
fn is_ignored(status: &str, number: i32) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| (mask >> (number - 1)) & 1 == 1)
}

async fn heard(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Watches for signals on a thread of its own, so that they are heard even when every worker is stuck in a write.
/// Where that can't be set up, the kernel's own way with signals stays in force.
pub(super) fn watch(stop: Stop) {
    let _ = std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build()
            else {
                return;
            };
            runtime.block_on(async {
                let Ok(mut signals) = Signals::listen() else {
                    return;
                };
                loop {
                    let exit = signals.next().await;
                    if stop.requested().is_some() {
                        end(exit);
                    }
                    stop.request(exit);
                }
            });
        });
}

/// The first signal, for a command that has nothing to bring to an end. Where none can be heard, it never comes.
pub(super) async fn first() -> Exit {
    match Signals::listen() {
        Ok(mut signals) => signals.next().await,
        Err(_) => std::future::pending().await,
    }
}

/// A write beyond the limit of the process (`ulimit -f`) then fails like any other, and does not kill. For as long as the
/// process lives.
pub(super) fn let_large_writes_fail() {
    let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
}

#[expect(
    clippy::exit,
    reason = "the second signal ends at once, whatever is under way"
)]
fn end(exit: Exit) {
    std::process::exit(exit.code().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_tells_which_signals_are_ignored() {
        let status = "Name:\tx\nSigBlk:\t00000000000000ff\nSigIgn:\t0000000000000001\n";
        assert!(is_ignored(status, 1) && !is_ignored(status, 2));
        assert!(!is_ignored("", 1));
    }
}

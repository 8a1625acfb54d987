//! What differs from one operating system to the next.

#[cfg(unix)]
pub(crate) use on_unix::*;
#[cfg(windows)]
pub(crate) use on_windows::*;

#[cfg(unix)]
mod on_unix {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(crate) use std::os::unix::fs::symlink;

    /// Keeps Ctrl-C from ending this process.
    pub(crate) fn hold_ctrl_c() -> io::Result<Signal> {
        signal(SignalKind::interrupt())
    }

    /// Waits until somebody ends this process.
    pub(crate) async fn end() -> io::Result<()> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        Ok(())
    }
}

#[cfg(windows)]
mod on_windows {
    use std::io;

    use tokio::signal::windows::{CtrlC, ctrl_c};

    pub(crate) use std::os::windows::fs::symlink_file as symlink;

    /// Keeps Ctrl-C from ending this process.
    pub(crate) fn hold_ctrl_c() -> io::Result<CtrlC> {
        ctrl_c()
    }

    /// Waits until somebody ends this process.
    pub(crate) async fn end() -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}

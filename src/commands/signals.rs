//! SIGINT and SIGTERM: the first ends the run in good order, the second ends the process.

use tokio::signal::unix::{SignalKind, signal};

use crate::download::stop::Stop;
use crate::exit::Exit;

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
                let (Ok(mut interrupt), Ok(mut terminate)) = (
                    signal(SignalKind::interrupt()),
                    signal(SignalKind::terminate()),
                ) else {
                    return;
                };
                loop {
                    let exit = tokio::select! {
                        _ = interrupt.recv() => Exit::Interrupted,
                        _ = terminate.recv() => Exit::Terminated,
                    };
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
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Exit::Interrupted,
        _ = terminate.recv() => Exit::Terminated,
    }
}

#[expect(
    clippy::exit,
    reason = "the second signal ends at once, whatever is under way"
)]
fn end(exit: Exit) {
    std::process::exit(exit.code().into());
}

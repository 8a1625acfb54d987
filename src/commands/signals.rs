//! SIGHUP, SIGINT and SIGTERM: the first ends the run in good order, the second ends the process.

use std::sync::OnceLock;

use crate::download::stop::Stop;
use crate::exit::Exit;
use crate::store::sys::{self, StopSignals};

/// How the process ends after a second signal, known before that reaches anybody who waits for a command.
static ENDED_AT_ONCE: OnceLock<Exit> = OnceLock::new();

/// How the process ends that comes to its end by itself: a second signal that came meanwhile has the last word.
pub(super) fn last_word(exit: Exit) -> Exit {
    ENDED_AT_ONCE.get().copied().unwrap_or(exit)
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
                let Ok(mut signals) = StopSignals::listen() else {
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

#[expect(
    clippy::exit,
    reason = "the second signal ends at once, whatever is under way"
)]
fn end(exit: Exit) {
    let _ = ENDED_AT_ONCE.set(exit);
    sys::end_process_groups();
    std::process::exit(exit.code().into());
}

//! Opens a page in the browser of who sits in front of this machine.

use std::process::{Command, Stdio};

use url::Url;

use crate::settings::Environment;

/// Whether a browser was started. It may take its time, and what it says is not for this terminal.
pub(super) fn open(page: &Url) -> bool {
    if !Environment::of_process().has_screen() {
        return false;
    }
    // Both take the page as one argument, with no shell in between.
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    Command::new(program)
        .arg(page.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .is_ok()
}

//! The program of another system, tested from here: what starts it, how it writes paths, and what does not apply to it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What starts the program, such as a script that runs it under wine. All runs are those of this one.
const BINARY: &str = "BACKUP_FETCH_BINARY";

/// `windows` where it is a program for Windows.
const SYSTEM: &str = "BACKUP_FETCH_SYSTEM";

/// The drive on which wine shows the files of this system.
const DRIVE: &str = "Z:";

/// The program under test.
pub fn binary() -> OsString {
    std::env::var_os(BINARY).unwrap_or_else(|| env!("CARGO_BIN_EXE_backup-fetch").into())
}

pub fn is_windows() -> bool {
    std::env::var_os(SYSTEM).is_some_and(|system| system == "windows")
}

/// The words of a command that has the shell of the system run this.
pub fn shell(script: &str) -> [&str; 3] {
    if is_windows() {
        ["cmd", "/c", script]
    } else {
        ["sh", "-c", script]
    }
}

/// Holds that a file has this mode, where modes say who may read it.
///
/// # Panics
/// When it is not there, or has another one.
pub fn assert_mode(path: &Path, mode: u32) {
    let found = path.metadata().expect("it is there").permissions().mode() & 0o777;
    if !is_windows() {
        assert_eq!(found, mode, "{}: {found:o}", path.display());
    }
}

/// Where the program keeps what it can make again, below the home of a test.
pub fn cache() -> &'static str {
    if is_windows() {
        "cache/backup-fetch/cache"
    } else {
        "cache/backup-fetch"
    }
}

/// The value of a variable as the program takes it. `PATH` is for what starts it.
pub fn value(name: &str, value: &str) -> String {
    if is_windows() && value.starts_with('/') && name != "PATH" {
        format!("{DRIVE}{}", value.replace('/', "\\"))
    } else {
        value.to_owned()
    }
}

/// What the key sends that ends a line.
pub(super) fn enter() -> &'static str {
    if is_windows() { "\r" } else { "\n" }
}

/// What is typed at the begin of a line to end the input.
pub fn end_of_input() -> &'static str {
    if is_windows() { "\u{1a}" } else { "\u{4}" }
}

/// What the program calls a SIGINT.
pub fn interrupt() -> &'static str {
    if is_windows() { "Ctrl-C" } else { "SIGINT" }
}

/// What was written to a terminal. The console of Wine draws it: there, blanks are moves of the cursor.
pub(super) fn shown(drawn: &str) -> String {
    if !is_windows() {
        return drawn.to_owned();
    }
    let mut parts = drawn.split("\u{1b}[");
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|it: char| it.is_ascii_alphabetic());
        let Some((order, text)) = end.map(|end| part.split_at(end)) else {
            break;
        };
        if let Some(text) = text.strip_prefix('C') {
            written.push_str(&" ".repeat(order.parse().unwrap_or(1)));
            written.push_str(text);
        } else {
            written.push_str(&text[1..]);
        }
    }
    written.replace('\r', "")
}

/// The signal to send for this one. Wine makes an event of an interrupt only, and what starts the program looks up which one
/// the program gets (`.ci/wine/launcher.c`).
pub(super) fn signal(pid: u32, name: &str) -> &str {
    let event = match name {
        "INT" => "0",
        "TERM" => "1",
        "HUP" => "2",
        _ => return name,
    };
    if !is_windows() {
        return name;
    }
    let told = fs::write(format!("/tmp/backup-fetch-event-{pid}"), event);
    told.expect("the folder is there");
    "INT"
}

/// What the program says, with paths as they are here.
pub fn heard(text: &str) -> String {
    if is_windows() {
        with_our_paths(text)
    } else {
        text.to_owned()
    }
}

fn with_our_paths(text: &str) -> String {
    let mut parts = text.split(DRIVE);
    let mut ours = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if !part.starts_with(['\\', '/']) {
            ours.push_str(DRIVE);
            ours.push_str(part);
            continue;
        }
        let is_of_path = |it: char| it.is_alphanumeric() || "\\/._-~+".contains(it);
        let end = part.find(|it| !is_of_path(it)).unwrap_or(part.len());
        // A quote in JSON is no part of a path.
        let before_quote = part[..end].strip_suffix('\\');
        let before_quote = before_quote.filter(|_| part[end..].starts_with('"'));
        let (path, rest) = part.split_at(before_quote.map_or(end, str::len));
        // In JSON each backslash is written as two.
        ours.push_str(&path.replace("\\\\", "/").replace('\\', "/"));
        ours.push_str(rest);
    }
    ours
}

#[test]
fn paths_of_the_other_system_are_read_as_ours() {
    let text = r#"saved in Z:\tmp\x\out: {"folder":"Z:\\tmp\\x \"Z:\\tmp\""} Z: C:\x"#;
    let ours = r#"saved in /tmp/x/out: {"folder":"/tmp/x \"/tmp\""} Z: C:\x"#;
    assert_eq!(with_our_paths(text), ours);
}

#[test]
fn what_does_not_apply_to_windows_is_named_as_it_is() {
    let this = std::env::current_exe().expect("it runs");
    let all = std::process::Command::new(this).arg("--list").output();
    let all = String::from_utf8(all.expect("it runs").stdout).expect("names");
    let list = include_str!("../not_on_windows.txt");
    for name in list.lines().filter(|line| line.contains("::")) {
        let is_it = |test: &str| test.starts_with(name);
        assert!(all.lines().any(is_it), "there is no test {name}");
    }
}

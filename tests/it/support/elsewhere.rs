//! The program of another system, tested from here: what starts it, how it writes paths, and what does not apply to it.

use std::ffi::OsString;
use std::fs;

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

/// The value of a variable as the program takes it. `PATH` is for what starts it.
pub(super) fn value(name: &str, value: &str) -> String {
    if is_windows() && value.starts_with('/') && name != "PATH" {
        format!("{DRIVE}{}", value.replace('/', "\\"))
    } else {
        value.to_owned()
    }
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
pub(super) fn heard(text: &str) -> String {
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

//! Who is told how a run went: by a ping, a command, metrics; also when it fails before it begins.

mod early;
mod hooks;
mod metrics;
mod monitor;
mod pings;

use std::fs;
use std::path::Path;

use crate::support::bytes::small_zip;
use crate::support::elsewhere::is_windows;
use crate::support::run::{Cli, Run};
use crate::support::zoho::Zoho;
use crate::usage::{config_of, write};

const DATA: &str = "Data_001.zip";
const KEY: &str = "5f2c9a4e-canary-4d3b-9e1f-key";

fn zoho() -> Zoho {
    Zoho::start().with_file(DATA, small_zip(1, 3000))
}

/// `download --out out`, and what else was typed.
fn download(zoho: &Zoho, more: &[&str]) -> Run {
    let args = ["download", "--out", "out"];
    zoho.cli().run(args.iter().chain(more))
}

/// A command that runs this script: of a shell of Unix, or lines of a batch file of this name for Windows.
fn script(home: &Path, name: &str, unix: &str, windows: &str) -> String {
    if !is_windows() {
        return format!("sh -c '{unix}' sh");
    }
    let lines = format!("@echo off\r\n{}\r\n", windows.replace('\n', "\r\n"));
    fs::write(home.join(format!("{name}.cmd")), lines).expect("it is ours");
    format!(".\\{name}.cmd")
}

/// A command that makes an empty file.
fn touch(name: &str) -> String {
    if is_windows() {
        format!("cmd /c copy nul \"{name}\"")
    } else {
        format!("touch \"{name}\"")
    }
}

/// The binary with this configuration file.
fn with_config(zoho: &Zoho, text: &str) -> Cli {
    write(&config_of(zoho.home()), text, 0o600);
    zoho.cli()
}

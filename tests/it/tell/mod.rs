//! Who is told how a run went: by a ping, a command, metrics; also when it fails before it begins.

mod early;
mod hooks;
mod metrics;
mod monitor;
mod pings;

use crate::support::bytes::small_zip;
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

/// The binary with this configuration file.
fn with_config(zoho: &Zoho, text: &str) -> Cli {
    write(&config_of(zoho.home()), text, 0o600);
    zoho.cli()
}

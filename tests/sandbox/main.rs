//! A Zoho to try `backup-fetch` with: no account, no network, nothing to set up.
//!
//! `cargo run --example sandbox` starts the stand-in of the tests with a backup of about 200 MB, slow enough that a person
//! sees the bars, and runs the real program against it. With `--serve` it stays up for another terminal. Further options
//! make it a Zoho that has a bad day.
//!
//! Cargo builds no program for an example, but the example links the whole library. So it is the program, too, when it is
//! called by that name: nothing else has to be built.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is there to talk to a person"
)]

mod monitor;
mod nights;
mod support;
mod system;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use chrono::{Days, NaiveTime, Utc};
use clap::{Args, Parser};
use tokio::process::Command;

use support::backup::Backup;
use support::faults::Fault;
use support::zoho::{Role, Zoho};
use system::symlink;

/// The name under which this is the program.
const PROGRAM: &str = "backup-fetch";

/// Bytes a second for each connection. With the program's four connections the whole takes 15 to 20 seconds: long enough
/// to see the bars, short enough not to be annoying.
const BANDWIDTH: u64 = 3_000_000;

/// Of all that the program can do.
const SCOPES: &str = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";

/// Tries backup-fetch against a Zoho of its own on this machine, with a made-up backup of about 200 MB.
#[derive(Parser)]
#[command(
    override_usage = "cargo run --example sandbox [-- [FOLDER] [--serve] [--nights|--expired|--flaky|--slow|--empty]]"
)]
struct Options {
    /// where to save the backup [default: a folder among the temporary files]
    #[arg(conflicts_with = "serve")]
    folder: Option<PathBuf>,
    /// download nothing: keep that Zoho running, and print what to paste into another terminal
    #[arg(long)]
    serve: bool,
    /// three nightly runs into an empty folder: pings, metrics, and an alarm when a module is suddenly empty
    #[arg(long, conflicts_with_all = ["serve", "Scenario"])]
    nights: bool,
    #[command(flatten)]
    scenario: Scenario,
}

/// What goes wrong at this Zoho.
#[derive(Args, Clone, Copy)]
#[group(multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "one flag each")]
struct Scenario {
    /// the links expired an hour ago
    #[arg(long)]
    expired: bool,
    /// refused requests, connections that break every 12 MB, a file that comes corrupt once
    #[arg(long)]
    flaky: bool,
    /// 150 KB/s a connection: time to stop it, and to run it again
    #[arg(long)]
    slow: bool,
    /// no backup has been made yet
    #[arg(long)]
    empty: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let name = env::args_os().next().unwrap_or_default();
    if Path::new(&name).file_name() == Some(PROGRAM.as_ref()) {
        return Ok(backup_fetch::run(env::args_os()));
    }
    play(Options::parse())
}

#[tokio::main(flavor = "current_thread")]
async fn play(options: Options) -> anyhow::Result<ExitCode> {
    if options.nights {
        return nights::play(options.folder).await;
    }
    let zoho = zoho(options.scenario)?;
    let program = program(zoho.home())?;
    if options.serve {
        serve(&zoho, &program, options.scenario).await
    } else {
        let folder = options.folder.unwrap_or_else(usual_folder);
        download(&zoho, &program, &folder).await
    }
}

async fn download(zoho: &Zoho, program: &Path, folder: &Path) -> anyhow::Result<ExitCode> {
    let mut command = start(zoho, program);
    command.arg("download").arg("--out").arg(folder);
    eprintln!("\n$ backup-fetch download --out {}", quoted(folder));
    let code = exit_code(&mut command).await?;
    let rules = zoho.rules();
    let saved = folder.join(format!("{}-{}", rules.org, rules.job));
    if code == 0 && saved.is_dir() {
        say_what_next(folder, &saved);
    } else {
        eprintln!("\nbackup-fetch ended with exit code {code}.");
    }
    Ok(ExitCode::from(code))
}

/// The program, to be run against this Zoho and nothing else.
fn start(zoho: &Zoho, program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        // Settings for a real Zoho must not reach into the sandbox, nor the sandbox's token into the real cache.
        let name = name.to_string_lossy();
        if name.starts_with("ZOHO_") || name.starts_with("BACKUP_FETCH_") {
            command.env_remove(name.as_ref());
        }
    }
    command.env("XDG_CONFIG_HOME", zoho.home().join("config"));
    command.env("XDG_STATE_HOME", zoho.home().join("state"));
    command.envs(zoho.env());
    command
}

/// Runs it to its end.
async fn exit_code(command: &mut Command) -> anyhow::Result<u8> {
    // Ctrl-C reaches both processes. The program knows how to stop; the sandbox stays up until it has.
    let _ctrl_c = system::hold_ctrl_c()?;
    let status = command.status().await;
    let status = status.context("the program does not start")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.unwrap_or(1))
}

fn say_what_next(folder: &Path, saved: &Path) {
    let again = if folder == usual_folder() {
        "cargo run --example sandbox".to_owned()
    } else {
        format!("cargo run --example sandbox -- {}", quoted(folder))
    };
    println!("\nThe backup is in {}", saved.display());
    println!("\nWhat to try next, in that folder:");
    for (command, what) in [
        ("sha256sum -c SHA256SUMS", "every file is unchanged"),
        (
            "unzip -t Data_001.zip",
            "another program agrees that it is sound",
        ),
        ("cat manifest.json", "what is known about each file"),
    ] {
        println!("  {command:<40} # {what}");
    }
    println!("and here:");
    for (command, what) in [
        (again.as_str(), "again: everything is already there"),
        (
            "cargo run --example sandbox -- --serve",
            "to try it by hand, in another terminal",
        ),
        (
            &format!("rm -r {}", quoted(folder)),
            "when you have seen enough",
        ),
    ] {
        println!("  {command:<40} # {what}");
    }
}

fn usual_folder() -> PathBuf {
    env::temp_dir().join("backup-fetch-sandbox")
}

async fn serve(zoho: &Zoho, program: &Path, scenario: Scenario) -> anyhow::Result<ExitCode> {
    // An empty configuration and a state folder of its own, so that nothing mixes with what is there for a real Zoho.
    let config = zoho.home().join("config.toml");
    fs::write(&config, "").with_context(|| config.display().to_string())?;
    let shown = paste(zoho, program, &config, scenario);
    println!("\n{shown}");
    eprintln!("\nCtrl-C ends this Zoho, and removes its files.");

    system::end().await?;
    let requests = zoho.requests().len();
    eprintln!("\nThe sandbox is closed; it answered {requests} requests.");
    Ok(ExitCode::SUCCESS)
}

/// What to paste into another terminal. All but the variables are comments, so that the whole can be pasted.
fn paste(zoho: &Zoho, program: &Path, config: &Path, scenario: Scenario) -> String {
    let mut lines = vec!["# Zoho is up. Paste this into another terminal:".to_owned()];
    let folder = program.parent().unwrap_or(program);
    lines.push(format!("export PATH={}:\"$PATH\"", quoted(folder)));
    let state = zoho.home().join("state");
    for (name, path) in [("BACKUP_FETCH_CONFIG", config), ("XDG_STATE_HOME", &state)] {
        lines.push(format!("export {name}={}", quoted(path)));
    }
    let is_credential =
        |name: &str| ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"].contains(&name);
    let (credentials, hosts): (Vec<_>, Vec<_>) = zoho
        .env()
        .into_iter()
        .partition(|(name, _)| is_credential(name));
    for (name, value) in hosts {
        lines.push(format!("export {name}={}", quoted(Path::new(&value))));
    }
    let rules = zoho.rules();
    lines.extend([
        String::new(),
        "# Log in with what Zoho's API console would show:".to_owned(),
        "#   backup-fetch login --scope all".to_owned(),
        format!("# Client ID:      {}", rules.client_id),
        format!("# Client Secret:  {}", rules.client_secret),
        format!(
            "# Code:           {} (works once; another: {})",
            zoho.grant_code(SCOPES),
            zoho.grant_code(SCOPES)
        ),
        "# or skip that, and give the credentials as variables:".to_owned(),
    ]);
    for (name, value) in credentials {
        lines.push(format!("#   export {name}={}", quoted(Path::new(&value))));
    }
    lines.extend([String::new(), "# Then, for example:".to_owned()]);
    for (command, what) in examples(scenario) {
        lines.push(format!("#   {command:<52} # {what}"));
    }
    lines.join("\n")
}

/// What is worth trying with this Zoho.
fn examples(scenario: Scenario) -> &'static [(&'static str, &'static str)] {
    if scenario.expired {
        &[
            ("backup-fetch list", "exit code 3"),
            (DOWNLOAD, "exit code 3, nothing is created"),
            (REQUEST, "what to do about it"),
        ]
    } else if scenario.flaky {
        &[
            ("backup-fetch list", "the first request is refused"),
            (DOWNLOAD, "still exit code 0"),
            ("backup-fetch download -v --out again", "with each retry"),
        ]
    } else if scenario.slow {
        &[
            (DOWNLOAD, "stop it with Ctrl-C, or kill -9"),
            (DOWNLOAD, "it resumes"),
            (
                "backup-fetch download --out other --max-duration 20s",
                "exit code 10",
            ),
        ]
    } else if scenario.empty {
        &[
            ("backup-fetch list", "exit code 0, and no link"),
            (
                "backup-fetch download --out backups --require-new",
                "exit code 9",
            ),
            (REQUEST, "what to do about it"),
        ]
    } else {
        &[
            ("backup-fetch doctor", "is everything ready?"),
            ("backup-fetch list", "the links of the latest backup"),
            (DOWNLOAD, "stop it with Ctrl-C"),
            (DOWNLOAD, "it resumes"),
            (DOWNLOAD, "nothing left to do"),
            (REQUEST, "a new backup, to be fetched"),
            (
                "backup-fetch schedule --weekly mon --dry-run",
                "sends nothing",
            ),
        ]
    }
}

const DOWNLOAD: &str = "backup-fetch download --out backups";
const REQUEST: &str = "backup-fetch request --wait --poll-wait 2s";

/// The stand-in with its backup. All of a day's sandboxes offer the same backup, so that a second run finds it saved.
fn zoho(scenario: Scenario) -> anyhow::Result<Zoho> {
    let today = Utc::now().date_naive();
    let expiry = today.and_time(NaiveTime::MIN).and_utc() + Days::new(7);
    let zoho = Zoho::start().with(|rules| {
        rules.job = format!("510000{}001", today.format("%Y%m%d"));
        rules.expiry = expiry;
        rules.bandwidth = Some(BANDWIDTH);
        rules.scopes = SCOPES.into();
        rules.code_life = Duration::from_hours(24);
    });
    // In the home of the stand-in, with which it goes.
    eprintln!("Making a backup of about 200 MB (it takes a few seconds)…");
    let backup = Backup::believable(zoho.home())
        .with_context(|| format!("no room for it in {}", env::temp_dir().display()))?;
    let names: Vec<String> = backup.files.iter().map(|(name, _)| name.clone()).collect();
    let zoho = zoho.with_backup(backup);
    zoho.set(|rules| {
        rules.has_backup = !scenario.empty;
        if scenario.slow {
            rules.bandwidth = Some(150_000);
        }
    });
    if scenario.flaky {
        let soon = || Some("1".to_owned());
        zoho.next(Role::Api, Fault::Unavailable(soon()));
        zoho.next(Role::Downloads, Fault::TooMany(soon()));
        zoho.next(Role::Downloads, Fault::Hangup);
        let (corrupt, cut) = names.split_last().context("the backup is empty")?;
        zoho.fault_for(corrupt, Fault::CorruptByte(1_000_000));
        for name in cut {
            zoho.always_for(name, Fault::CutAfter(12_000_000));
        }
    }
    Ok(if scenario.expired {
        zoho.expired()
    } else {
        zoho
    })
}

/// This example under the name of the program.
fn program(home: &Path) -> anyhow::Result<PathBuf> {
    let folder = home.join("bin");
    let program = folder.join(PROGRAM);
    let link = || {
        fs::create_dir(&folder)?;
        symlink(env::current_exe()?, &program)
    };
    link().with_context(|| program.display().to_string())?;
    Ok(program)
}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:".contains(&byte);
    if text.bytes().all(is_plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

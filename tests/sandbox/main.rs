//! A Zoho to try `backup-fetch` with: no account, no network, nothing to set up.
//!
//! `cargo run --example sandbox` starts the stand-in of the tests with a backup of about 200 MB, slow enough that a person
//! sees the bars, and runs the real program against it. With `--serve` it stays up for another terminal.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is there to talk to a person"
)]

mod support;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use chrono::{Days, NaiveTime, Utc};
use tokio::signal::unix::{SignalKind, signal};

use support::backup::Backup;
use support::zoho::Zoho;

const HELP: &str = "\
Tries backup-fetch against a Zoho of its own on this machine, with a made-up backup of about 200 MB.

Usage: cargo run --example sandbox [-- [FOLDER] [--serve]]

  FOLDER    where to save the backup; otherwise a folder among the temporary files
  --serve   downloads nothing: keeps that Zoho up, and prints what to type in another terminal";

/// Bytes a second for each connection. With the program's four connections the whole takes 15 to 20 seconds: long enough
/// to see the bars, short enough not to be annoying.
const BANDWIDTH: u64 = 3_000_000;

/// Of all that the program can do.
const SCOPES: &str = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";

/// What was asked for.
enum Wish {
    Help,
    Serve,
    Download(PathBuf),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ended = match wish(env::args_os().skip(1)) {
        Ok(Wish::Help) => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Ok(Wish::Serve) => serve().await,
        Ok(Wish::Download(folder)) => download(&folder).await,
        Err(wrong) => {
            eprintln!("error: {wrong}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    ended.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn wish(args: impl Iterator<Item = OsString>) -> Result<Wish, String> {
    let mut folder = None;
    let mut serve = false;
    for arg in args {
        match arg.to_string_lossy().as_ref() {
            "-h" | "--help" => return Ok(Wish::Help),
            "--serve" => serve = true,
            "" => return Err("the name of the folder is empty".into()),
            text if text.starts_with('-') => return Err(format!("there is no option {text}")),
            _ if folder.is_some() => return Err("only one folder can be given".into()),
            _ => folder = Some(PathBuf::from(arg)),
        }
    }
    match (serve, folder) {
        (true, None) => Ok(Wish::Serve),
        (true, Some(_)) => Err("--serve downloads nothing, so it takes no folder".into()),
        (false, Some(folder)) if folder.exists() && !folder.is_dir() => {
            Err(format!("{} is not a folder", folder.display()))
        }
        (false, Some(folder)) => Ok(Wish::Download(folder)),
        (false, None) => Ok(Wish::Download(usual_folder())),
    }
}

async fn download(folder: &Path) -> Result<ExitCode, String> {
    let program = program()?;
    let zoho = zoho()?;
    let mut command = tokio::process::Command::new(&program);
    command.arg("download").arg("--out").arg(folder);
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

    // Ctrl-C reaches both processes. The program knows how to stop; the sandbox stays up until it has.
    let _ctrl_c = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    eprintln!("\n$ backup-fetch download --out {}", quoted(folder));
    let status = command
        .status()
        .await
        .map_err(|error| format!("{} does not start: {error}", program.display()))?;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    let rules = zoho.rules();
    let saved = folder.join(format!("{}-{}", rules.org, rules.job));
    if code == 0 {
        say_what_next(folder, &saved);
    } else {
        eprintln!(
            "\nbackup-fetch ended with exit code {code}. What was fetched is kept in {}:",
            folder.display()
        );
        eprintln!("the same command goes on from there.");
    }
    Ok(ExitCode::from(code))
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
        ("sha256sum -c SHA256SUMS", "every file is what was fetched"),
        (
            "unzip -t Data_001.zip",
            "and a sound zip, says another program",
        ),
        ("cat manifest.json", "what is known about each of them"),
    ] {
        println!("  {command:<40} # {what}");
    }
    println!("and here:");
    for (command, what) in [
        (again.as_str(), "again: everything is there already"),
        (
            "cargo run --example sandbox -- --serve",
            "play by hand, in another terminal",
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

async fn serve() -> Result<ExitCode, String> {
    let program = program()?;
    let zoho = zoho()?;
    // An empty configuration and a state folder of its own, so that nothing mixes with what is there for a real Zoho.
    let config = zoho.home().join("config.toml");
    fs::write(&config, "").map_err(|error| format!("{}: {error}", config.display()))?;

    println!("\nA Zoho is up. In another terminal, type:\n");
    if let Some(folder) = program.parent() {
        println!("export PATH={}:\"$PATH\"", quoted(folder));
    }
    println!("export BACKUP_FETCH_CONFIG={}", quoted(&config));
    println!(
        "export XDG_STATE_HOME={}",
        quoted(&zoho.home().join("state"))
    );
    let is_credential =
        |name: &str| ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"].contains(&name);
    let (credentials, hosts): (Vec<_>, Vec<_>) = zoho
        .env()
        .into_iter()
        .partition(|(name, _)| is_credential(name));
    for (name, value) in hosts {
        println!("export {name}={}", quoted(Path::new(&value)));
    }
    let rules = zoho.rules();
    println!("\nand log in, with what Zoho's API console would show:\n");
    println!("backup-fetch login --scope all");
    println!("    client id      {}", rules.client_id);
    println!("    client secret  {}", rules.client_secret);
    println!("    code           {}", zoho.grant_code(SCOPES));
    println!("\nor give the credentials as variables:\n");
    for (name, value) in credentials {
        println!("export {name}={}", quoted(Path::new(&value)));
    }
    println!("\nand then, for example:\n");
    println!("backup-fetch doctor");
    println!("backup-fetch list");
    println!("backup-fetch download --out backups        # stop it with Ctrl-C, and type it again");
    println!("backup-fetch download --out backups        # once more: nothing is fetched twice");
    println!("backup-fetch request --wait --poll-wait 2s # a new backup, to be fetched");
    println!("backup-fetch schedule --weekly mon --dry-run");
    println!("\nCtrl-C here ends it.");

    let wait_for = |kind| signal(kind).map_err(|error| error.to_string());
    let mut interrupt = wait_for(SignalKind::interrupt())?;
    let mut terminate = wait_for(SignalKind::terminate())?;
    let mut hangup = wait_for(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    eprintln!(
        "\nThe sandbox is closed; {} requests came.",
        zoho.requests().len()
    );
    Ok(ExitCode::SUCCESS)
}

/// The stand-in with its backup. All of a day's sandboxes offer the same backup, so that a second run finds it saved.
fn zoho() -> Result<Zoho, String> {
    eprintln!("Making a backup of about 200 MB…");
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
    let backup = Backup::believable(zoho.home())
        .map_err(|error| format!("no room for it in {}: {error}", env::temp_dir().display()))?;
    Ok(zoho.with_backup(backup))
}

/// The program as it stands in this source tree. `cargo run --example` builds only the example, so that the program beside
/// it may be missing or out of date.
fn program() -> Result<PathBuf, String> {
    let example = env::current_exe().map_err(|error| error.to_string())?;
    let folder = example
        .ancestors()
        .nth(2)
        .ok_or("the example is not in a target folder")?;
    let program = folder.join("backup-fetch");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let built = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--quiet",
            "--bin",
            "backup-fetch",
            "--profile",
            profile,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    match built {
        Ok(status) if !status.success() => Err("backup-fetch could not be built; see above".into()),
        // Without cargo, what was built before will do.
        Ok(_) | Err(_) if program.is_file() => Ok(program),
        Ok(_) => Err(format!(
            "backup-fetch was built, but not as {}",
            program.display()
        )),
        Err(error) => Err(format!(
            "cargo, which is to build backup-fetch, does not start: {error}"
        )),
    }
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

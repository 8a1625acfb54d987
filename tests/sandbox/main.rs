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

mod support;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use chrono::{Days, NaiveTime, Utc};
use tokio::signal::unix::{SignalKind, signal};

use support::backup::Backup;
use support::faults::Fault;
use support::zoho::{Role, Zoho};

/// The name under which this is the program.
const PROGRAM: &str = "backup-fetch";

const HELP: &str = "\
Tries backup-fetch against a Zoho of its own on this machine, with a made-up backup of about 200 MB.

Usage: cargo run --example sandbox [-- [FOLDER] [--serve] [--expired|--flaky|--slow|--empty]]

  FOLDER     where to save the backup [default: a folder among the temporary files]
  --serve    download nothing: keep that Zoho running, and print what to paste into another terminal

What can go wrong at Zoho, with or without --serve:
  --expired  the links expired an hour ago
  --flaky    refused requests, connections that break every 12 MB, a file that comes corrupt once
  --slow     150 KB/s a connection: time to stop it, and to run it again
  --empty    no backup has been made yet";

/// Bytes a second for each connection. With the program's four connections the whole takes 15 to 20 seconds: long enough
/// to see the bars, short enough not to be annoying.
const BANDWIDTH: u64 = 3_000_000;

/// Of all that the program can do.
const SCOPES: &str = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";

/// What was asked for.
#[derive(Debug, Default)]
struct Wish {
    help: bool,
    serve: bool,
    folder: Option<PathBuf>,
    trouble: Option<Trouble>,
}

/// What goes wrong at this Zoho.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Expired,
    Flaky,
    Slow,
    Empty,
}

fn main() -> ExitCode {
    let mut args = env::args_os();
    let name = args.next().unwrap_or_default();
    if Path::new(&name).file_name() == Some(PROGRAM.as_ref()) {
        return backup_fetch::run(env::args_os());
    }
    match wish(args) {
        Ok(Wish { help: true, .. }) => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(wish) => play(wish).unwrap_or_else(|error| {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }),
        Err(wrong) => {
            eprintln!("error: {wrong}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn wish(args: impl Iterator<Item = OsString>) -> Result<Wish, String> {
    let mut wish = Wish::default();
    for arg in args {
        let trouble = match arg.to_string_lossy().as_ref() {
            "-h" | "--help" => {
                wish.help = true;
                continue;
            }
            "--serve" => {
                wish.serve = true;
                continue;
            }
            "--expired" => Trouble::Expired,
            "--flaky" => Trouble::Flaky,
            "--slow" => Trouble::Slow,
            "--empty" => Trouble::Empty,
            "" => return Err("the name of the folder is empty".into()),
            text if text.starts_with('-') => return Err(format!("there is no option {text}")),
            _ if wish.folder.is_some() => return Err("only one folder can be given".into()),
            _ => {
                wish.folder = Some(PathBuf::from(arg));
                continue;
            }
        };
        if wish.trouble.is_some_and(|other| other != trouble) {
            return Err("only one of --expired, --flaky, --slow and --empty can be given".into());
        }
        wish.trouble = Some(trouble);
    }
    match &wish.folder {
        Some(_) if wish.serve => Err("--serve downloads nothing, so it takes no folder".into()),
        Some(folder) if folder.exists() && !folder.is_dir() => {
            Err(format!("{} is not a folder", folder.display()))
        }
        _ => Ok(wish),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn play(wish: Wish) -> Result<ExitCode, String> {
    let zoho = zoho(wish.trouble)?;
    let program = program(zoho.home())?;
    if wish.serve {
        serve(&zoho, &program, wish.trouble).await
    } else {
        let folder = wish.folder.unwrap_or_else(usual_folder);
        download(&zoho, &program, &folder).await
    }
}

async fn download(zoho: &Zoho, program: &Path, folder: &Path) -> Result<ExitCode, String> {
    let mut command = tokio::process::Command::new(program);
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
    if code == 0 && saved.is_dir() {
        say_what_next(folder, &saved);
    } else {
        eprintln!("\nbackup-fetch ended with exit code {code}.");
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

async fn serve(zoho: &Zoho, program: &Path, trouble: Option<Trouble>) -> Result<ExitCode, String> {
    // An empty configuration and a state folder of its own, so that nothing mixes with what is there for a real Zoho.
    let config = zoho.home().join("config.toml");
    fs::write(&config, "").map_err(|error| format!("{}: {error}", config.display()))?;
    let shown = paste(zoho, program, &config, trouble);
    println!("\n{shown}");
    eprintln!("\nCtrl-C ends this Zoho, and removes its files.");

    let wait_for = |kind| signal(kind).map_err(|error| error.to_string());
    let mut interrupt = wait_for(SignalKind::interrupt())?;
    let mut terminate = wait_for(SignalKind::terminate())?;
    let mut hangup = wait_for(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    let requests = zoho.requests().len();
    eprintln!("\nThe sandbox is closed; it answered {requests} requests.");
    Ok(ExitCode::SUCCESS)
}

/// What to paste into another terminal. All but the variables are comments, so that the whole can be pasted.
fn paste(zoho: &Zoho, program: &Path, config: &Path, trouble: Option<Trouble>) -> String {
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
    for (command, what) in examples(trouble) {
        lines.push(format!("#   {command:<52} # {what}"));
    }
    lines.join("\n")
}

/// What is worth trying with this Zoho.
fn examples(trouble: Option<Trouble>) -> &'static [(&'static str, &'static str)] {
    match trouble {
        None => &[
            ("backup-fetch doctor", "is everything ready?"),
            ("backup-fetch list", "the links of the latest backup"),
            ("backup-fetch download --out backups", "stop it with Ctrl-C"),
            ("backup-fetch download --out backups", "it resumes"),
            ("backup-fetch download --out backups", "nothing left to do"),
            (
                "backup-fetch request --wait --poll-wait 2s",
                "a new backup, to be fetched",
            ),
            (
                "backup-fetch schedule --weekly mon --dry-run",
                "sends nothing",
            ),
        ],
        Some(Trouble::Expired) => &[
            ("backup-fetch list", "exit code 3"),
            (
                "backup-fetch download --out backups",
                "exit code 3, nothing is created",
            ),
            (
                "backup-fetch request --wait --poll-wait 2s",
                "what to do about it",
            ),
        ],
        Some(Trouble::Flaky) => &[
            ("backup-fetch list", "the first request is refused"),
            ("backup-fetch download --out backups", "still exit code 0"),
            ("backup-fetch download -v --out again", "with each retry"),
        ],
        Some(Trouble::Slow) => &[
            (
                "backup-fetch download --out backups",
                "stop it with Ctrl-C, or kill -9",
            ),
            ("backup-fetch download --out backups", "it resumes"),
            (
                "backup-fetch download --out other --max-duration 20s",
                "exit code 10",
            ),
        ],
        Some(Trouble::Empty) => &[
            ("backup-fetch list", "exit code 0, and no link"),
            (
                "backup-fetch download --out backups --require-new",
                "exit code 9",
            ),
            (
                "backup-fetch request --wait --poll-wait 2s",
                "what to do about it",
            ),
        ],
    }
}

/// The stand-in with its backup. All of a day's sandboxes offer the same backup, so that a second run finds it saved.
fn zoho(trouble: Option<Trouble>) -> Result<Zoho, String> {
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
        .map_err(|error| format!("no room for it in {}: {error}", env::temp_dir().display()))?;
    let names: Vec<String> = backup.files.iter().map(|(name, _)| name.clone()).collect();
    let zoho = zoho.with_backup(backup);
    match trouble {
        None => {}
        Some(Trouble::Expired) => return Ok(zoho.expired()),
        Some(Trouble::Empty) => zoho.set(|rules| rules.has_backup = false),
        Some(Trouble::Slow) => zoho.set(|rules| rules.bandwidth = Some(150_000)),
        Some(Trouble::Flaky) => {
            let soon = || Some("1".to_owned());
            zoho.next(Role::Api, Fault::Unavailable(soon()));
            zoho.next(Role::Downloads, Fault::TooMany(soon()));
            zoho.next(Role::Downloads, Fault::Hangup);
            let (corrupt, cut) = names.split_last().ok_or("the backup is empty")?;
            zoho.fault_for(corrupt, Fault::CorruptByte(1_000_000));
            for name in cut {
                zoho.always_for(name, Fault::CutAfter(12_000_000));
            }
        }
    }
    Ok(zoho)
}

/// This example under the name of the program.
fn program(home: &Path) -> Result<PathBuf, String> {
    let folder = home.join("bin");
    let program = folder.join(PROGRAM);
    let link = || {
        fs::create_dir(&folder)?;
        symlink(env::current_exe()?, &program)
    };
    link().map_err(|error| format!("{}: {error}", program.display()))?;
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

//! Brings the backups of a Zoho CRM organisation home: every zip verified, every interruption resumable.
//!
//! The way of a `download`, and the module for each step:
//!
//! ```text
//! argv
//!  -> cli            what was typed
//!  -> settings       what will be done: flags over environment over profile over defaults, checked
//!  -> commands       run: each profile, its signals and its end; one command each, top to bottom
//!  -> auth           a token, made once however many wait for it
//!  -> zoho           the list of links, as our nouns (model)
//!  -> download       survey -> state -> worker -> attempt -> transfer -> part, and a verifier beside it (integrity)
//!  -> store          part file, fsync, rename, fsync of the folder; or an upload, from a staging folder
//!                    manifest.json and SHA256SUMS vouch for what is there
//!  -> output         progress on the way (event)
//!  -> commands       run prints the outcome, or the problem, and gives the exit code (exit)
//! ```
//!
//! Imports run one way: `commands > output > settings, download > cli > auth > zoho > store > http > contents > event > model >
//! problem > integrity, limits > store::sys, untrusted > exit, redaction`. Only `http` knows the HTTP library, only `store::object`
//! that of object stores, only `cli` knows clap, only `output` prints, only `cli` and `settings` read the environment, only
//! `store::sys` knows the operating system.
//! `tests/it/walls.rs` holds all of it.

#![warn(unreachable_pub)]

mod auth;
mod cli;
mod commands;
mod contents;
mod download;
mod event;
mod exit;
#[doc(hidden)]
pub mod fuzz;
mod http;
mod integrity;
mod limits;
mod model;
mod output;
mod problem;
mod redaction;
mod settings;
mod store;
mod untrusted;
mod zoho;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;

use cli::OutputOptions;
use exit::Exit;
use output::Terminal;

/// Does what the arguments say, the program's name among them, and says how that went.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.collect();
    exit(&args)
}

fn exit(args: &[OsString]) -> ExitCode {
    let cli = match cli::parse(args) {
        Ok(cli) => cli,
        Err(error) => return misunderstood(args, &error),
    };
    store::sys::make_files_private();
    store::sys::raise_open_files();
    let terminal = Terminal::new(cli.global.output);
    terminal.start_logs();
    commands::run(&cli, &terminal)
}

/// Help and version are no errors; everything else is wrong usage, which a script that asked for JSON reads as JSON.
fn misunderstood(args: &[OsString], error: &clap::Error) -> ExitCode {
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    if has("--nagios") && error.use_stderr() {
        let problem = cli::problem(args, error);
        let problem = problem.unwrap_or_else(|| problem::usage(&error.to_string()));
        return commands::unknown(&problem, &Terminal::new(OutputOptions::default()));
    }
    if let Some(problem) = cli::problem(args, error) {
        let output = OutputOptions {
            json: has("--json"),
            ..OutputOptions::default()
        };
        Terminal::new(output).error(&problem);
        return problem.exit.into();
    }
    // A reader that has gone is no reason to fail.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done.into(),
        _ => Exit::Usage.into(),
    }
}

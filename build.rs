//! Tells the program what it is built from, for `version`.

#![allow(clippy::print_stdout, reason = "this is how Cargo is told")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Set by who builds from a source without its history.
const COMMIT: &str = "BACKUP_FETCH_COMMIT";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={COMMIT}");
    let is_one =
        |commit: &String| !commit.is_empty() && commit.chars().all(|char| char.is_ascii_hexdigit());
    let told = env::var(COMMIT).ok().filter(is_one);
    let commit = told.or_else(of_package).or_else(of_clone).filter(is_one);
    let commit = commit.as_deref().unwrap_or("unknown");
    println!(
        "cargo::rustc-env=BUILT_FROM={}",
        &commit[..commit.len().min(12)]
    );
    println!("cargo::rustc-env=BUILT_FOR={}", variable("TARGET"));
    println!("cargo::rustc-env=BUILT_WITH={}", features());
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// What `cargo package` leaves of the history.
fn of_package() -> Option<String> {
    let info = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, commit) = info.split_once("\"sha1\": \"")?;
    Some(commit.split_once('"')?.0.to_owned())
}

/// Of a clone. Only where the program is built to be used: for a developer each commit would mean another build.
fn of_clone() -> Option<String> {
    // The history of a folder above would be that of another project.
    if variable("PROFILE") != "release" || !Path::new(".git").exists() {
        return None;
    }
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    println!("cargo::rerun-if-changed={log}");
    git(&["rev-parse", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|_| output.status.success())
}

fn features() -> String {
    let mut names: Vec<String> = env::vars()
        .filter_map(|(name, _)| Some(name.strip_prefix("CARGO_FEATURE_")?.to_owned()))
        .filter(|name| name != "DEFAULT")
        .map(|name| name.to_lowercase().replace('_', "-"))
        .collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    names.sort();
    names.join(" ")
}

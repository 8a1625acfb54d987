//! Saved sets as a download leaves them, made without one.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::run::{Cli, Run};
use crate::support::zoho::Zoho;
use crate::usage::{config_of, write};

const FILES: [&str; 2] = ["Data_001.zip", "Data_002.zip"];

/// A folder of sets, below the home of a stand-in that nobody asks.
pub(crate) struct Sets {
    pub(crate) zoho: Zoho,
}

impl Sets {
    pub(crate) fn new() -> Sets {
        let sets = Sets {
            zoho: Zoho::start(),
        };
        fs::create_dir(sets.out()).expect("it is ours");
        sets
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.zoho.home().join("out")
    }

    /// A complete set of `ORG-JOB` or `ORG-JOB.2`.
    pub(crate) fn add(&self, name: &str, finished: &str) {
        let folder = self.out().join(name);
        fs::create_dir_all(&folder).expect("it is ours");
        let (org, job) = name.split_once('-').expect("both ids");
        let job = job.split('.').next();
        let (mut files, mut sums) = (Vec::new(), String::new());
        for file in FILES {
            let content = format!("{name} {file}").repeat(40);
            fs::write(folder.join(file), &content).expect("it is ours");
            let digest = Sha256::digest(content.as_bytes());
            let digest = digest
                .iter()
                .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            sums = format!("{sums}{digest}  {file}\n");
            files.push(json!({
                "name": file, "kind": "data", "url": format!("https://h/{file}"), "state": "verified",
                "size": content.len(), "sha256": digest, "etag": null, "last_modified": null, "entries": 1,
            }));
        }
        let manifest = json!({
            "schema": 1, "tool": "backup-fetch 0.1.0", "org": org, "job": job,
            "expiry_date": "2026-01-10T00:00:00Z", "state": "complete", "started_at": finished,
            "finished_at": finished, "files": files,
        });
        fs::write(folder.join("SHA256SUMS"), sums).expect("it is ours");
        let manifest = serde_json::to_string_pretty(&manifest).expect("plain data");
        fs::write(folder.join("manifest.json"), manifest).expect("it is ours");
    }

    /// Changes the manifest of a set.
    pub(crate) fn change(&self, name: &str, from: &str, to: &str) {
        let path = self.out().join(name).join("manifest.json");
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).expect("it is ours");
    }

    /// Writes the configuration file.
    pub(crate) fn profile(&self, text: &str) {
        write(&config_of(self.zoho.home()), text, 0o600);
    }

    pub(crate) fn cli(&self) -> Cli {
        Cli::new(self.zoho.home()).env("TZ", "UTC")
    }

    pub(crate) fn prune<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        let first = ["prune", "--out", "out"].map(|arg| OsStr::new(arg).to_owned());
        let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
        self.cli().run(first.into_iter().chain(args))
    }

    /// Of everything in the folder that is not hidden.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = self.all_names();
        names.retain(|name| !name.starts_with('.'));
        names
    }

    pub(crate) fn all_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.out()).expect("it is there");
        let names = entries.map(|entry| entry.expect("it is there").file_name());
        let mut names: Vec<String> = names
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

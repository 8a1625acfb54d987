//! A backup of a small file and of one in three parts, a store, and something between it and the program.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::bytes::{Content, small_zip};
use crate::support::elsewhere::cache;
use crate::support::run::{Cli, Run, Running, files_under};
use crate::support::stores::{Between, S3, Seen, Store};
use crate::support::zoho::Zoho;

pub const SMALL: &str = "Attachments_001.zip";
pub const LARGE: &str = "Data_001.zip";

const SET: &str = "20061234567-510000000099001";

pub struct Place<S: Store = S3> {
    pub zoho: Zoho,
    pub store: S,
    pub between: Between,
}

impl<S: Store> Place<S> {
    pub fn at(store: S) -> Place<S> {
        Place::with(store, 11 << 20)
    }

    /// `length`: of the large file, more or less.
    pub fn with(store: S, length: u64) -> Place<S> {
        let zoho = Zoho::start()
            .with_file(LARGE, Content::stored_zip(1, length))
            .with_file(SMALL, small_zip(2, 10_000));
        let between = Between::start(&store);
        Place {
            zoho,
            store,
            between,
        }
    }

    pub fn cli(&self) -> Cli {
        self.zoho.cli().through(&self.between)
    }

    pub fn args(&self) -> [String; 5] {
        let out = self.store.url("backups");
        [
            "download",
            "--out",
            &out,
            "--store-option",
            "part_size=5MiB",
        ]
        .map(str::to_owned)
    }

    pub fn spawn<const N: usize>(&self, more: [&str; N]) -> Running {
        let args = self.args().into_iter().chain(more.map(str::to_owned));
        self.cli().spawn(args)
    }

    pub fn run<const N: usize>(&self, more: [&str; N]) -> Run {
        self.spawn(more).wait()
    }

    pub fn key(name: &str) -> String {
        format!("backups/{SET}/{name}")
    }

    /// What is wrong with a set that should be complete, with nothing left of its making.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let objects = self.store.objects();
        let mut expected: Vec<String> = [SMALL, LARGE, "SHA256SUMS", "manifest.json"]
            .map(Self::key)
            .to_vec();
        expected.insert(0, "backups/.backup-fetch.lock".to_owned());
        let keys: Vec<&String> = objects.keys().collect();
        if keys != expected.iter().collect::<Vec<_>>() {
            faults.push(format!("in the store: {keys:?}"));
        }
        for name in [SMALL, LARGE] {
            if objects.get(&Self::key(name)) != Some(&self.zoho.bytes_of(name)) {
                faults.push(format!("{name} is not what was fetched"));
            }
        }
        let manifest = objects.get(&Self::key("manifest.json"));
        let manifest = manifest.and_then(|it| serde_json::from_slice::<Value>(it).ok());
        if manifest.is_none_or(|it| it["state"] != "complete") {
            faults.push("the manifest does not say complete".to_owned());
        }
        let staged = self.staged();
        if !staged.is_empty() {
            faults.push(format!("staged: {staged:?}"));
        }
        let uploads = self.store.uploads();
        if !uploads.is_empty() {
            faults.push(format!("orphan uploads: {uploads:?}"));
        }
        faults
    }

    pub fn must_be_complete(&self) {
        assert_eq!(self.faults(), Vec::<String>::new());
    }

    /// Where files wait on this machine.
    pub fn staging(&self) -> PathBuf {
        self.zoho.home().join(cache())
    }

    /// What waits there.
    pub fn staged(&self) -> Vec<String> {
        files_under(&self.staging())
    }

    /// How often this was asked for, of this file.
    pub fn count(&self, action: &str, name: &str) -> usize {
        let seen = self.between.seen();
        let is_it = |seen: &&Seen| seen.action() == action && seen.key() == Self::key(name);
        seen.iter().filter(is_it).count()
    }
}

/// What matches a request for this file.
pub fn is(action: &'static str, name: &'static str) -> impl Fn(&Seen) -> bool + Send + 'static {
    move |seen| seen.action() == action && seen.key().ends_with(&format!("/{name}"))
}

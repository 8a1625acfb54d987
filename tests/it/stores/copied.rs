//! Sets that were saved on a disk, copied to a store as anybody could copy them.

use std::fs;
use std::path::Path;

use crate::support::run::{Cli, Run, files_under};
use crate::support::stores::{Between, S3, Seen, Store};
use crate::support::zoho::Zoho;

/// Where they are in the store.
pub const PREFIX: &str = "crm/nightly";

/// What `download` saved to `out`, also in a store, and what is asked of that.
pub struct Copied {
    pub zoho: Zoho,
    pub store: S3,
    pub between: Between,
}

impl Copied {
    pub fn of(zoho: Zoho) -> Copied {
        let store = S3::start();
        copy(&zoho.home().join("out"), &store);
        let between = Between::start(&store);
        Copied {
            zoho,
            store,
            between,
        }
    }

    /// Without credentials of Zoho, and without a configuration.
    pub fn cli(&self) -> Cli {
        Cli::new(self.zoho.home()).through(&self.between)
    }

    pub fn run(&self, args: &[&str]) -> Run {
        self.cli().run(args)
    }

    pub fn url(&self) -> String {
        self.store.url(PREFIX)
    }

    /// Of the one set.
    pub fn set(&self) -> String {
        let set = self.zoho.saved();
        let name = set.file_name().expect("it has a name");
        format!("{PREFIX}/{}", name.to_string_lossy())
    }

    pub fn set_url(&self) -> String {
        self.store.url(&self.set())
    }

    pub fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.set())
    }

    /// How often the store was asked for this.
    pub fn asked(&self, action: &str, key: &str) -> usize {
        let line = format!("{action} {key}");
        let actions = self.between.actions();
        actions.iter().filter(|it| **it == line.trim_end()).count()
    }
}

/// Everything below a folder but the lock.
pub fn copy(out: &Path, store: &dyn Store) {
    for name in files_under(out) {
        let path = out.join(&name);
        if path.is_file() && !name.starts_with('.') {
            let bytes = fs::read(path).expect("it is ours");
            store.write(&format!("{PREFIX}/{name}"), &bytes);
        }
    }
}

/// A request for the content of an object that is called so.
pub fn reads(name: &'static str) -> impl Fn(&Seen) -> bool + Send + 'static {
    move |seen| seen.action() == "GetObject" && seen.key().ends_with(name)
}

//! A store in the place of the folders that `download` writes to: the home of a stand-in is a bucket, whose objects are files
//! where they would be without it. So the tests of `download` run once more, and look at what is saved as ever.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use sha2::{Digest as _, Sha256};

use super::super::elsewhere::cache;
use super::super::run::Run;
use super::super::zoho::HOMES;
use super::{S3, Store as _};

/// One for all tests of a program.
static STORE: LazyLock<Option<S3>> = LazyLock::new(|| {
    let root = std::env::var_os(HOMES)?;
    Some(S3::over(Path::new(&root)))
});

/// What stands in for the folders in this home, where the tests are run so.
pub(in crate::support) fn bucket(home: &Path) -> Option<Arc<S3>> {
    let name = home.file_name().and_then(OsStr::to_str)?;
    Some(Arc::new(STORE.as_ref()?.with_bucket(name)))
}

impl S3 {
    /// The arguments of a `download` with this store for the folder that they name.
    pub(in crate::support) fn instead(&self, mut args: Vec<OsString>) -> Vec<OsString> {
        let named = args.iter().position(|arg| arg == "--out");
        let Some(out) = named.and_then(|at| args.get_mut(at + 1)) else {
            return args;
        };
        let home = self.folder();
        if let Ok(below) = home.join(&*out).strip_prefix(&home) {
            *out = self.url(&below.display().to_string()).into();
        }
        args
    }

    /// # Panics
    /// When a `download` did not use it, or says what it can't know.
    pub(in crate::support) fn must_have_been_used_by(&self, run: &Run) {
        // What is wrong with its words is found before.
        let is_asked = run.code == 2 || run.args.contains(&self.url(""));
        assert!(is_asked, "no store is asked for\n{run}");
        let is_done = run.code == 0 && !run.args.contains("--dry-run");
        let names_a_set = [&run.stdout, &run.stderr].map(|said| self.is_about_a_set(said));
        let is_wrong = is_done && names_a_set.contains(&true) && !self.has_taken();
        assert!(!is_wrong, "nothing is in it\n{run}");
    }

    /// Whether an address in it goes on below the folder of all sets.
    fn is_about_a_set(&self, said: &str) -> bool {
        let store = self.url("");
        let mut addresses = said.split(&store).skip(1);
        addresses.any(|rest| {
            let end = rest.find(|char: char| char == '"' || char.is_whitespace());
            rest[..end.unwrap_or(rest.len())].contains('/')
        })
    }

    /// Where the files of a set wait, below a home with the defaults.
    pub(in crate::support) fn staging(&self, out: &str, set: &OsStr) -> PathBuf {
        let digest = Sha256::digest(format!("{} at {}", self.url(out), self.base()));
        let name = digest[..8]
            .iter()
            .fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
        self.folder().join(cache()).join(name).join(set)
    }
}

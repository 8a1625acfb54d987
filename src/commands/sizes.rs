//! How long files are, asked of their servers without fetching them: the first byte of each, and the rest is left.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use crate::model::FileName;
use crate::output::units;
use crate::zoho::{ZohoApi, ZohoError};

/// More files are not asked for: each costs a request, and a set of so many is known to be large.
const MOST: usize = 1000;

/// The sizes of a list of files, as far as they could be had.
#[derive(Default)]
pub(super) struct Sizes {
    /// In the order of the list.
    pub(super) each: Vec<Option<u64>>,
    /// Why the first of those that are not known is not.
    error: Option<ZohoError>,
}

/// Asks for the size of each file, over so many connections. Nothing in the list: a file that is not to be asked for.
pub(super) async fn ask(api: &ZohoApi, files: Vec<Option<(FileName, Url)>>, jobs: usize) -> Sizes {
    let mut sizes = Sizes {
        each: vec![None; files.len()],
        error: None,
    };
    let permits = Arc::new(Semaphore::new(jobs));
    let mut probes = JoinSet::new();
    for (index, file) in files.into_iter().enumerate().take(MOST) {
        let (api, permits) = (api.clone(), Arc::clone(&permits));
        if let Some((name, url)) = file {
            probes.spawn(async move {
                let _permit = permits.acquire().await;
                (index, api.probe(&name, &url).await)
            });
        }
    }
    while let Some(probe) = probes.join_next().await {
        match probe {
            Ok((index, Ok(probe))) => sizes.each[index] = probe.length,
            Ok((_, Err(error))) => {
                sizes.error.get_or_insert(error);
            }
            // A bug of ours: the size stays unknown.
            Err(_) => {}
        }
    }
    sizes
}

impl Sizes {
    /// `4.2 GB in all`.
    pub(super) fn in_all(&self) -> String {
        self.words(self.each.iter().flatten().sum(), "in all")
    }

    /// `4.2 GB to fetch`, as far as sizes are known.
    pub(super) fn words(&self, bytes: u64, what: &str) -> String {
        let known = self.each.iter().flatten().count();
        let bytes = units::size(bytes);
        match self.each.len() - known {
            0 => format!("{bytes} {what}"),
            _ if known == 0 => "of unknown size".to_owned(),
            unknown => format!("at least {bytes} {what} ({unknown} of unknown size)"),
        }
    }

    /// Why sizes are missing, where a server gave a reason.
    pub(super) fn warnings(&self) -> Vec<String> {
        let failed = self.error.as_ref();
        let failed = failed.map(|error| format!("not every size could be read: {error}"));
        let more = (self.each.len() > MOST)
            .then(|| format!("sizes are shown for the first {MOST} files only"));
        failed.into_iter().chain(more).collect()
    }
}

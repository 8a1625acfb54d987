//! The keys below a prefix, as a folder has files.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::bucket::Bucket;

/// A prefix in a bucket: what a folder is on a disk.
#[derive(Debug, Clone)]
pub(crate) struct ObjectFolder {
    pub(crate) bucket: Arc<Bucket>,
    /// Without a slash at either end. May be empty.
    pub(crate) prefix: String,
}

impl ObjectFolder {
    pub(crate) fn new(bucket: Arc<Bucket>, prefix: &str) -> ObjectFolder {
        ObjectFolder {
            bucket,
            prefix: prefix.to_owned(),
        }
    }

    /// The key of what is called so in it.
    pub(crate) fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            return name.to_owned();
        }
        format!("{}/{name}", self.prefix)
    }

    pub(crate) fn join(&self, name: &str) -> ObjectFolder {
        ObjectFolder::new(Arc::clone(&self.bucket), &self.key(name))
    }

    /// The one that it is in. Nothing above the bucket.
    pub(crate) fn parent(&self) -> Option<ObjectFolder> {
        if self.prefix.is_empty() {
            return None;
        }
        let parent = self
            .prefix
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent);
        Some(ObjectFolder::new(Arc::clone(&self.bucket), parent))
    }

    /// The last part of it; the bucket where there is none.
    pub(crate) fn name(&self) -> &str {
        match self.prefix.rsplit('/').next() {
            None | Some("") => &self.bucket.url().bucket,
            Some(name) => name,
        }
    }

    /// What nothing else has: the same address may be at several endpoints, or in several accounts.
    pub(crate) fn identity(&self) -> String {
        match self.bucket.origin() {
            "" => self.to_string(),
            origin => format!("{self} at {origin}"),
        }
    }

    fn order(&self) -> (&super::StoreUrl, &str, &str) {
        (self.bucket.url(), &self.prefix, self.bucket.origin())
    }
}

impl fmt::Display for ObjectFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.bucket.url())?;
        if self.prefix.is_empty() {
            return Ok(());
        }
        write!(f, "/{}", self.prefix)
    }
}

impl PartialEq for ObjectFolder {
    fn eq(&self, other: &ObjectFolder) -> bool {
        self.order() == other.order()
    }
}

impl Eq for ObjectFolder {}

impl PartialOrd for ObjectFolder {
    fn partial_cmp(&self, other: &ObjectFolder) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectFolder {
    fn cmp(&self, other: &ObjectFolder) -> Ordering {
        self.order().cmp(&other.order())
    }
}

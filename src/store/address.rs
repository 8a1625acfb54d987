//! Where sets are as a person writes it.

use std::fmt;
use std::path::{Path, PathBuf};

use super::object::StoreUrl;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// From the root on.
    Local(PathBuf),
    Store(StoreUrl),
}

impl Address {
    /// The path, if it is on this machine.
    pub(crate) fn local(&self) -> Option<&Path> {
        match self {
            Address::Local(path) => Some(path),
            Address::Store(_) => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Local(path) => path.display().fmt(f),
            Address::Store(url) => url.fmt(f),
        }
    }
}

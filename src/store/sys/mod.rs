//! Everything that knows the operating system: one file for each, with the same functions.

use std::path::PathBuf;

#[cfg(unix)]
mod unix;

#[cfg(windows)]
mod windows;

/// Where programs of a user keep files of one kind.
#[derive(Clone, Copy)]
pub(crate) struct UsualFolder {
    /// What the system calls that folder.
    pub(crate) variable: Option<&'static str>,
    pub(crate) below_home: &'static str,
    /// What is ours there.
    pub(crate) name: &'static str,
}

impl UsualFolder {
    /// As somebody would type it.
    pub(crate) fn shown(self) -> PathBuf {
        let folder = match self.variable {
            Some(variable) => format!("%{variable}%"),
            None => format!("~/{}", self.below_home),
        };
        [&folder, self.name].iter().collect()
    }
}

#[cfg(unix)]
pub(crate) use unix::*;
#[cfg(windows)]
pub(crate) use windows::*;

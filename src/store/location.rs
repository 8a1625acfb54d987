//! Where something is saved: on this machine, or in an object store. A set, the folder of all sets, or one file of a set.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::StorageError;
use super::lock::Lock;
use super::object::{Lease, ObjectFile, ObjectFolder};
use super::own::{open_own, read_own};
use crate::exit::Exit;
use crate::integrity::ReadAt;
use crate::problem::Problem;

/// Displayed as a person would write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Location {
    Local(PathBuf),
    Object(ObjectFolder),
}

/// So much is asked of a store at once.
const AT_ONCE: usize = 16;

/// What is at a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File {
        size: u64,
    },
    Folder,
    Link,
    /// A device, a pipe, a socket.
    Other,
}

impl Location {
    /// What is called so in it.
    pub(crate) fn join(&self, name: &str) -> Location {
        match self {
            Location::Local(path) => Location::Local(path.join(name)),
            Location::Object(folder) => Location::Object(folder.join(name)),
        }
    }

    /// What it is in.
    pub(crate) fn parent(&self) -> Option<Location> {
        match self {
            Location::Local(path) => path.parent().map(|path| Location::Local(path.to_owned())),
            Location::Object(folder) => folder.parent().map(Location::Object),
        }
    }

    /// The last part of it.
    pub(crate) fn name(&self) -> String {
        match self {
            Location::Local(path) => {
                let name = path.file_name().unwrap_or_default();
                name.to_string_lossy().into_owned()
            }
            Location::Object(folder) => folder.name().to_owned(),
        }
    }

    /// Its path, if it is on this machine.
    pub(crate) fn local(&self) -> Option<&Path> {
        match self {
            Location::Local(path) => Some(path),
            Location::Object(_) => None,
        }
    }

    /// For what works on this machine only.
    pub(crate) fn on_this_machine(&self) -> Result<&Path, StorageError> {
        self.local().ok_or_else(|| {
            let message = format!("{self}: this works on a folder of this machine only");
            StorageError::Other(Problem::new(Exit::Usage, "not_in_a_store", message))
        })
    }

    /// The same by whatever way it is reached.
    pub(crate) fn real(&self) -> Location {
        match self {
            Location::Local(path) => {
                Location::Local(path.canonicalize().unwrap_or_else(|_| path.clone()))
            }
            Location::Object(_) => self.clone(),
        }
    }

    /// What no other place has, by whatever way it is reached.
    pub(crate) fn identity(&self) -> String {
        match self.real() {
            Location::Local(path) => path.display().to_string(),
            Location::Object(folder) => folder.identity(),
        }
    }

    /// How much of it is best looked at at once: a store lets wait for each answer, a disk does not get faster by it.
    pub(crate) fn at_once(&self) -> usize {
        match self {
            Location::Local(_) => 1,
            Location::Object(_) => AT_ONCE,
        }
    }

    /// What is there. A link is not followed.
    pub(crate) fn look(&self) -> io::Result<Kind> {
        match self {
            Location::Local(path) => {
                let found = path.symlink_metadata()?;
                Ok(if found.is_file() {
                    Kind::File { size: found.len() }
                } else if found.is_dir() {
                    Kind::Folder
                } else if found.is_symlink() {
                    Kind::Link
                } else {
                    Kind::Other
                })
            }
            Location::Object(object) => match object.bucket.head(&object.prefix)? {
                Some(found) => Ok(Kind::File { size: found.size }),
                None => Err(ErrorKind::NotFound.into()),
            },
        }
    }

    /// Whether a run of ours put it in a store. On a disk a journal tells.
    pub(crate) fn is_marked(&self) -> io::Result<bool> {
        match self {
            Location::Local(_) => Ok(false),
            Location::Object(object) => {
                let found = object.bucket.head(&object.prefix)?;
                Ok(found.is_some_and(|found| found.mark.is_some()))
            }
        }
    }

    /// Opens a file to read. A symbolic link is refused.
    pub(crate) fn open(&self) -> io::Result<Box<dyn ReadAt>> {
        self.open_sized(None)
    }

    /// The same of a file in a folder that may have been listed before.
    pub(crate) fn open_listed(&self, there: Option<&Listing>) -> io::Result<Box<dyn ReadAt>> {
        match there.map(|there| there.look(&self.name())).transpose()? {
            Some(Kind::File { size }) => self.open_sized(size),
            _ => self.open(),
        }
    }

    /// The same of a file that was listed with this size, which a store need not be asked for again.
    pub(crate) fn open_sized(&self, size: impl Into<Option<u64>>) -> io::Result<Box<dyn ReadAt>> {
        match self {
            Location::Local(path) => Ok(Box::new(open_own(path)?)),
            Location::Object(object) => Ok(Box::new(ObjectFile::open(object, size.into())?)),
        }
    }

    /// A whole file of ours; nothing when it is not there.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] when it is longer than `largest` bytes.
    pub(crate) fn read(&self, largest: u64) -> io::Result<Option<Vec<u8>>> {
        match self {
            Location::Local(path) => read_own(path, largest),
            Location::Object(object) => {
                let read = object.bucket.read(&object.prefix, largest)?;
                Ok(read.map(|(content, _)| content.to_vec()))
            }
        }
    }

    /// What is in a folder, to look at many names of it: a store is asked once for all of them.
    pub(crate) fn listing(&self) -> io::Result<Listing> {
        match self {
            Location::Local(path) => Ok(Listing::Disk(path.clone())),
            Location::Object(folder) => {
                let (folders, objects) = folder.bucket.list_folder(&folder.prefix)?;
                let folders = folders.into_iter().map(|name| (name, Kind::Folder));
                let files = objects.iter().map(|object| {
                    let size = object.size;
                    (object.name().to_owned(), Kind::File { size })
                });
                Ok(Listing::Store(folders.chain(files).collect()))
            }
        }
    }

    /// The real folders in it that are not hidden, in no order.
    pub(crate) fn folders(&self) -> io::Result<Vec<Location>> {
        let is_hidden = |name: &str| name.starts_with('.');
        match self {
            Location::Local(path) => {
                let mut folders = Vec::new();
                for entry in std::fs::read_dir(path)? {
                    let entry = entry?;
                    let name = entry.file_name();
                    if !is_hidden(&name.to_string_lossy()) && entry.file_type()?.is_dir() {
                        folders.push(Location::Local(entry.path()));
                    }
                }
                Ok(folders)
            }
            Location::Object(folder) => {
                let (mut names, _) = folder.bucket.list_folder(&folder.prefix)?;
                names.retain(|name| !is_hidden(name));
                Ok(names.iter().map(|name| self.join(name)).collect())
            }
        }
    }

    /// Whether a run holds the lock of this output folder.
    pub(crate) fn is_locked(&self) -> Result<bool, StorageError> {
        match self {
            Location::Local(path) => Lock::is_held(path),
            Location::Object(folder) => Lease::is_held(folder),
        }
    }

    /// `what` has this place, such as "a symbolic link".
    pub(crate) fn in_the_way(&self, what: &str) -> StorageError {
        match self {
            Location::Local(path) => StorageError::in_the_way(path, what),
            Location::Object(_) => {
                let message = format!("{self}: {what} is in the way");
                let problem = Problem::new(Exit::Storage, "in_the_way", message);
                let hint = "check what it is, move it elsewhere, and run again: nothing in a store is overwritten";
                StorageError::InTheWay(problem.hint(hint))
            }
        }
    }

    /// Somebody else has changed what is there.
    #[cfg_attr(not(feature = "object-store"), expect(dead_code))]
    pub(crate) fn disturbed(&self) -> StorageError {
        match self {
            Location::Local(path) => StorageError::disturbed(path),
            Location::Object(_) => {
                let message = format!("{self}: changed by another run or program during this run");
                let problem = Problem::new(Exit::Locked, "folder_disturbed", message);
                let hint = "let only one run at a time use this place, and leave .backup-fetch.lock alone; then run the same command again: verified files are kept";
                StorageError::Disturbed(problem.hint(hint))
            }
        }
    }

    /// Why a step at this location failed; `doing` names it, such as "reading".
    pub(crate) fn failed(&self, doing: &str, error: io::Error) -> StorageError {
        match self {
            Location::Local(path) => StorageError::new(path, doing, error),
            Location::Object(_) => StorageError::new(Path::new(&self.to_string()), doing, error),
        }
    }
}

/// What is in a folder.
pub(crate) enum Listing {
    /// It is looked at when that is asked for.
    Disk(PathBuf),
    /// By name.
    Store(BTreeMap<String, Kind>),
}

impl Listing {
    /// What has this name. A link is not followed.
    pub(crate) fn look(&self, name: &str) -> io::Result<Kind> {
        match self {
            Listing::Disk(folder) => Location::Local(folder.join(name)).look(),
            Listing::Store(listed) => listed.get(name).copied().ok_or(ErrorKind::NotFound.into()),
        }
    }

    /// All names, in no order.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        match self {
            Listing::Disk(folder) => {
                let entries = std::fs::read_dir(folder)?;
                entries
                    .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                    .collect()
            }
            Listing::Store(listed) => Ok(listed.keys().cloned().collect()),
        }
    }
}

/// Nowhere.
impl Default for Location {
    fn default() -> Location {
        Location::Local(PathBuf::new())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Local(path) => path.display().fmt(f),
            Location::Object(folder) => folder.fmt(f),
        }
    }
}

impl From<&Path> for Location {
    fn from(path: &Path) -> Location {
        Location::Local(path.to_owned())
    }
}

//! Where backups are kept: a folder on a local disk that only its owner can read.
//!
//! ```text
//! address      where sets are as a person writes it
//! interface    what a place for a set has to do: publish verified files, replace the manifest
//! local        such a place: the folder of one set
//! at_once      several things done at once, where each waits for a store
//! location     where a set is, or all of them, or a file: on this machine or in an object store
//! manifest     what a set holds; the commit mark, written last
//! catalog      which sets are there below an output folder
//! removal      the removal of sets, whole or not at all
//! local_removal  that of folders
//! lock         one run at a time in an output folder
//! readings     when each saved file was last read, and what was found damaged
//! preflight    whether a folder could be written at all, told without writing
//! mount        whether the disk is there that backups belong on
//! folder       a private folder, and small files in it that are replaced in one step
//! disk         what its file system makes of a sync
//! names        whose a name in the folder of a set is
//! publishing   the journal of files that are about to get their final names
//! shared       a small file that other programs read
//! object       sets in object stores
//! named        names for an open file, whatever others do to names meanwhile
//! own          files that are ours; what is not is refused
//! export       a file for somebody, at a path that they named
//! error        what goes wrong, as a person reads it
//! sys          the operating system
//! ```
//!
//! Nothing here follows a symbolic link under a name that is about to be written, and nothing replaces a file that is
//! not ours: what stands in the way is named and left alone (`design.md` section 4).

mod address;
pub(crate) mod at_once;
pub(crate) mod catalog;
mod disk;
mod error;
mod export;
mod folder;
mod interface;
mod local;
pub(crate) mod local_removal;
mod location;
mod lock;
pub(crate) mod manifest;
mod mount;
mod named;
pub(crate) mod names;
// Without them what only stores use has no user.
#[cfg_attr(not(feature = "object-store"), allow(dead_code))]
pub(crate) mod object;
mod own;
mod preflight;
pub(crate) mod publishing;
pub(crate) mod readings;
pub(crate) mod removal;
mod shared;
pub(crate) mod sys;

pub(crate) use address::Address;
pub(crate) use disk::Disk;
pub(crate) use error::{During, StorageError, is_about_one_object};
pub(crate) use export::Export;
pub(crate) use folder::Folder;
pub(crate) use interface::{Aside, Progress, Staged, Store};
pub(crate) use local::LocalStore;
pub(crate) use location::{Kind, Listing, Location};
pub(crate) use lock::Lock;
pub(crate) use mount::{check_mount, no_mount_in};
pub(crate) use named::Named;
pub(crate) use own::{open_own, read_own};
pub(crate) use preflight::{Destination, check_folder, check_space};
pub(crate) use shared::change_shared;

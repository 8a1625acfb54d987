//! Object stores: S3, Google Cloud Storage, Azure Blob Storage (`design.md` section 9).
//!
//! ```text
//! url       s3://bucket/prefix
//! access    what it takes to reach a store: options, variables, certificates
//! client    the library that speaks to it: set up, let in, its failures in our words
//! bucket    what can be asked of it, from any thread
//! conditional  nothing is overwritten, also where a store knows no conditions
//! folder    the keys below a prefix, as a folder has files
//! set       a place for a set: publishes verified files, replaces the manifest
//! staging   where files wait on this machine until they are in the store
//! unrecorded  what a killed run has left in the store
//! upload    a verified file becomes an object
//! mark      what an object of ours says about itself
//! lock      one run at a time below a prefix
//! object_file  an object that is read as a file is
//! stream    a stretch of an object, read ahead
//! probe     what may be done in a store and what it can do, found out by trying
//! configuration  how a bucket is configured, as far as it protects what is saved in it
//! removal   the removal of sets
//! without   what stands in for all of it in a build without object stores
//! ```
//!
//! Only this room knows the library that speaks to stores.

mod access;
#[cfg(feature = "object-store")]
mod bucket;
#[cfg(feature = "object-store")]
mod client;
#[cfg(feature = "object-store")]
mod conditional;
#[cfg(feature = "object-store")]
mod configuration;
mod folder;
mod lock;
#[cfg(feature = "object-store")]
mod mark;
#[cfg(feature = "object-store")]
mod object_file;
#[cfg(feature = "object-store")]
mod probe;
#[cfg(feature = "object-store")]
mod removal;
#[cfg(feature = "object-store")]
mod set;
#[cfg(feature = "object-store")]
mod staging;
#[cfg(feature = "object-store")]
mod stream;
#[cfg(feature = "object-store")]
mod unrecorded;
#[cfg(feature = "object-store")]
mod upload;
mod url;
#[cfg(not(feature = "object-store"))]
mod without;

pub(crate) use access::Access;
#[cfg(feature = "object-store")]
pub(crate) use bucket::Bucket;
#[cfg(feature = "object-store")]
pub(crate) use client::{Refused, check_value, checked_key, is_secret};
#[cfg(feature = "object-store")]
pub(crate) use configuration::{
    Lifecycle, ObjectLock, Versioning, encryption, lifecycle, object_lock, versioning,
};
pub(crate) use folder::ObjectFolder;
#[cfg(feature = "object-store")]
pub(crate) use lock::Lease;
pub(crate) use lock::Owner;
#[cfg(feature = "object-store")]
pub(crate) use object_file::ObjectFile;
#[cfg(feature = "object-store")]
pub(crate) use probe::{Conditions, Probe};
#[cfg(feature = "object-store")]
pub(crate) use removal::ObjectRemoval;
#[cfg(feature = "object-store")]
pub(crate) use set::ObjectSet;
#[cfg(feature = "object-store")]
pub(crate) use staging::Staging;
#[cfg(feature = "object-store")]
pub(crate) use unrecorded::Unrecorded;
pub(crate) use url::{Scheme, StoreUrl};

// The same names in a build that has no object stores.
#[cfg(not(feature = "object-store"))]
use without as bucket;
#[cfg(not(feature = "object-store"))]
pub(crate) use without::{
    Bucket, Lease, ObjectFile, ObjectRemoval, ObjectSet, Refused, Staging, Unrecorded, check_value,
    checked_key, is_secret,
};

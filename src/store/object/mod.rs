//! Object stores: S3, Google Cloud Storage, Azure Blob Storage (`design.md` section 9).
//!
//! ```text
//! url       s3://bucket/prefix
//! options   the settings of a store, KEY=VALUE
//! access    what it takes to reach a store: options, variables, certificates
//! credentials, aws_files  what to be let in with at S3
//! connect   a client for it
//! bucket    what can be asked of it, from any thread
//! key       a key as the library takes it
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
//! by_hand   what is asked without the library
//! configuration  how a bucket is configured, as far as it protects what is saved in it
//! http      how its requests are sent, by our client
//! received  whether what a store has received is what was sent
//! listed    a list without the keys that the library refuses
//! refusal   what a store answers when it does not do what it is asked
//! removal   the removal of sets
//! error     what goes wrong, as a person reads it
//! without   what stands in for all of it in a build without object stores
//! ```
//!
//! Only this room knows the library that speaks to stores.

mod access;
#[cfg(feature = "object-store")]
mod aws_files;
#[cfg(feature = "object-store")]
mod bucket;
#[cfg(feature = "object-store")]
mod by_hand;
#[cfg(feature = "object-store")]
mod conditional;
#[cfg(feature = "object-store")]
mod configuration;
#[cfg(feature = "object-store")]
mod connect;
#[cfg(feature = "object-store")]
mod credentials;
#[cfg(feature = "object-store")]
mod error;
mod folder;
#[cfg(feature = "object-store")]
mod http;
#[cfg(feature = "object-store")]
mod key;
#[cfg(feature = "object-store")]
mod listed;
mod lock;
#[cfg(feature = "object-store")]
mod mark;
#[cfg(feature = "object-store")]
mod object_file;
#[cfg(feature = "object-store")]
mod options;
#[cfg(feature = "object-store")]
mod probe;
#[cfg(feature = "object-store")]
mod received;
#[cfg(feature = "object-store")]
mod refusal;
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
pub(crate) use options::{Refused, check_value, checked_key, is_secret};
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

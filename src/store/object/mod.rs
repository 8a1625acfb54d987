//! Object stores: S3, Google Cloud Storage, Azure Blob Storage (`design.md` section 9).
//!
//! ```text
//! url       s3://bucket/prefix
//! options   the settings of a store, KEY=VALUE
//! access    what it takes to reach a store: options, variables, certificates
//! credentials, aws_files  what to be let in with at S3
//! connect   a client for it
//! bucket    what can be asked of it, from any thread
//! folder    the keys below a prefix, as a folder has files
//! upload    a verified file becomes an object
//! multipart  an upload in parts, as the library has it
//! upload_journal  which upload that is, and which parts have arrived
//! e_tag     what S3 calls an object, which is a checksum
//! verdict   what an object is that an upload finds in its place
//! mark      what an object of ours says about itself
//! lease     one run at a time below a prefix
//! lock_keeper  renews the lock for as long as a run lasts
//! lock_object  the object that is the lock
//! lock_content  what it says
//! object_file  an object that is read as a file is
//! stream    a stretch of an object, read ahead
//! probe     what may be done in a store and what it can do, found out by trying
//! configuration  how a bucket is configured, as far as it protects what is saved in it
//! http      how its requests are sent, by our client
//! refusal   what a store answers when it does not do what it is asked
//! removal   the removal of sets
//! error     what goes wrong, as a person reads it
//! ```
//!
//! Only this room knows the library that speaks to stores.

mod access;
mod aws_files;
mod bucket;
mod configuration;
#[cfg(feature = "object-store")]
mod connect;
mod credentials;
mod e_tag;
mod error;
mod folder;
mod http;
mod lease;
mod lock_content;
mod lock_keeper;
mod lock_object;
mod mark;
mod multipart;
mod object_file;
mod options;
mod probe;
mod refusal;
mod removal;
mod stream;
mod upload;
mod upload_journal;
mod url;
mod verdict;

pub(crate) use access::Access;
pub(crate) use bucket::{Bucket, Known, Object};
pub(crate) use configuration::{
    Lifecycle, ObjectLock, Versioning, encryption, lifecycle, object_lock, versioning,
};
pub(crate) use folder::ObjectFolder;
pub(crate) use lease::Lease;
pub(crate) use lock_content::Owner;
pub(crate) use mark::Mark;
pub(crate) use object_file::ObjectFile;
pub(crate) use options::{Refused, check_value, checked_key, is_secret};
pub(crate) use probe::{Conditions, Probe};
pub(crate) use removal::ObjectRemoval;
pub(crate) use upload::{Upload, Uploader};
pub(crate) use url::{Scheme, StoreUrl};

//! Our nouns: what Zoho lists, the backup that was checked from it, the job that makes it, the rule by which it is made again.

mod backup;
mod expiry;
mod file;
pub(crate) mod job;
mod listing;
mod refused_listing;
pub(crate) mod retention;
pub(crate) mod rrule;

pub(crate) use backup::{Backup, BackupFile, SetId, is_folder_name, set_id};
pub(crate) use expiry::Expiry;
pub(crate) use file::{FileKind, FileName};
pub(crate) use listing::{ListedLink, Listing, name_of, parse_link};
pub(crate) use refused_listing::{NAME_REFUSED, mixed};

//! What the zips of a set hold, without unpacking them to disk.
//!
//! `entry` tells by its name what an entry is, `csv` reads tables, `set` counts them, `attachments` holds their index against the
//! files, and `change` compares two sets.

mod attachments;
mod change;
mod csv;
mod entry;
mod set;

pub(crate) use attachments::Index;
pub(crate) use change::{Change, ModuleChange};
#[cfg(test)]
pub(crate) use set::Module;
pub(crate) use set::{Contents, Counted, Example, Fault, Files, Listing, Watch};

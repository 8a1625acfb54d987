//! What the zips of a set hold, without unpacking them to disk.
//!
//! `entry` tells by its name what an entry is, `csv` reads tables, `set` counts them, `attachments` holds their index against the
//! files, and `change` compares two sets. `query` says which records are asked for, `rows` reads them as they are printed.

mod attachments;
mod change;
mod csv;
mod entry;
mod query;
mod rows;
mod set;

pub(crate) use attachments::Index;
pub(crate) use change::{Change, ModuleChange};
pub(crate) use entry::Entry;
pub(crate) use query::{Condition, Filter, Query, without_prefix};
pub(crate) use rows::{Row, RowReader, TooLong};
pub(crate) use set::{Contents, Counted, Example, Fault, Files, Listing, Module, Watch};

//! Our nouns: a backup with its files and names, the job that makes it, the rule by which it is made again.

pub(crate) mod backup;
pub(crate) mod job;
pub(crate) mod rrule;

//! Everything that knows the operating system: one file for each, with the same functions.

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub(crate) use unix::*;

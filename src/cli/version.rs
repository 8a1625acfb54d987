//! What this program is built from.

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
pub(crate) const COMMIT: &str = env!("BUILT_FROM");
pub(crate) const TARGET: &str = env!("BUILT_FOR");
/// With a space between two.
pub(crate) const FEATURES: &str = env!("BUILT_WITH");

/// What `--version` prints behind the name.
pub(crate) const ALL: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit: ",
    env!("BUILT_FROM"),
    "\ntarget: ",
    env!("BUILT_FOR"),
    "\nfeatures: ",
    env!("BUILT_WITH")
);

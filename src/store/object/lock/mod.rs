//! The lock of a store, which keeps other runs away from a prefix.
//!
//! ```text
//! lease    the lock: taken, waited for, asked after before each step that others see
//! keeper   renews it for as long as a run lasts, and gives it back
//! object   the object that is the lock, read and written
//! content  what it says: who has it, and whether that keeps others out
//! ```

mod content;
#[cfg(feature = "object-store")]
mod keeper;
#[cfg(feature = "object-store")]
mod lease;
#[cfg(feature = "object-store")]
mod object;

pub(crate) use content::Owner;
#[cfg(feature = "object-store")]
pub(crate) use lease::Lease;

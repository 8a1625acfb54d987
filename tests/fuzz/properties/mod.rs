//! What must hold for any input, one file for each parser. Compiled into the library for the fuzz targets alone, so that it
//! sees what only the library sees.

mod config;
mod content_range;
mod error_body;
mod expiry;
mod journal;
mod link;
mod listing;
mod manifest;
mod retry_after;
mod token_reply;
mod validator;
mod zip;

pub use config::config;
pub use content_range::content_range;
pub use error_body::error_body;
pub use expiry::expiry;
pub use journal::journal;
pub use link::link;
pub use listing::listing;
pub use manifest::manifest;
pub use retry_after::retry_after;
pub use token_reply::token_reply;
pub use validator::validator;
pub use zip::zip;

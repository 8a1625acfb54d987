//! What a person or a script is told of any error of a command.

use crate::download::DownloadError;
use crate::http::HttpError;
use crate::problem::{self, Problem};
use crate::store::StorageError;
use crate::zoho::ZohoError;

/// What went wrong, in the words that people and scripts see. What is none of ours is a bug (`design.md` section 3).
pub(super) fn problem(error: &anyhow::Error) -> Problem {
    let known = error.downcast_ref::<Problem>().cloned();
    known
        .or_else(|| error.downcast_ref().map(HttpError::problem))
        .or_else(|| error.downcast_ref().map(ZohoError::problem))
        .or_else(|| error.downcast_ref().map(StorageError::problem))
        .or_else(|| error.downcast_ref().map(DownloadError::problem))
        .unwrap_or_else(|| problem::unexpected(format_args!("{error:#}")))
}

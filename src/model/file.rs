//! The kinds of files in a backup, and the names that are safe to create.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::refused_listing;
use crate::problem::Problem;
use crate::store::sys;

/// What a zip of a backup holds (`zoho-api.md` section 1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileKind {
    /// CSV files of the modules, metadata, record images.
    Data,
    /// Files attached to records.
    Attachments,
}

impl fmt::Display for FileKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            FileKind::Data => "data",
            FileKind::Attachments => "attachments",
        })
    }
}

/// A file name that is safe to create: `[A-Za-z0-9][A-Za-z0-9._-]{0,120}`, ending in `.zip` (`design.md` section 4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct FileName(Arc<str>);

impl FileName {
    /// Checks a name; it is never "cleaned".
    pub(crate) fn parse(name: &str) -> Result<FileName, Problem> {
        let first_is_plain = name.starts_with(|first: char| first.is_ascii_alphanumeric());
        let rest_is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if first_is_plain
            && rest_is_plain
            && name.len() <= 121
            && Path::new(name).extension() == Some("zip".as_ref())
        {
            if sys::is_reserved_name(name) {
                return Err(refused_listing::reserved_name(name));
            }
            Ok(FileName(name.into()))
        } else {
            Err(refused_listing::name(name))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl TryFrom<String> for FileName {
    type Error = Problem;

    fn try_from(name: String) -> Result<FileName, Problem> {
        FileName::parse(&name)
    }
}

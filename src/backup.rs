//! The nouns that everything else speaks in: a listing as Zoho gave it, and the backup that was checked from it.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::digest::short_name;
use crate::exit::Exit;
use crate::untrusted::{printable, safe_url};

/// What a zip of a backup holds (`zoho-api.md` section 1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
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
pub struct FileName(Arc<str>);

impl FileName {
    /// Checks a name; it is never "cleaned".
    ///
    /// # Errors
    /// [`BackupError::Name`] when the name is outside the pattern.
    pub fn parse(name: &str) -> Result<FileName, BackupError> {
        let first_is_plain = name.starts_with(|first: char| first.is_ascii_alphanumeric());
        let rest_is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if first_is_plain
            && rest_is_plain
            && name.len() <= 121
            && Path::new(name).extension() == Some("zip".as_ref())
        {
            Ok(FileName(name.into()))
        } else {
            Err(BackupError::Name {
                name: printable(name),
            })
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl TryFrom<String> for FileName {
    type Error = BackupError;

    fn try_from(name: String) -> Result<FileName, BackupError> {
        FileName::parse(&name)
    }
}

/// When the links of a backup die.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// As Zoho wrote it.
    pub text: String,
    /// The instant it means.
    pub at: DateTime<FixedOffset>,
}

impl Expiry {
    /// Reads Zoho's ISO 8601 date with a numeric offset.
    ///
    /// # Errors
    /// [`BackupError::ExpiryNotADate`] when it is anything else.
    pub fn parse(text: &str) -> Result<Expiry, BackupError> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Ok(Expiry {
                text: text.to_owned(),
                at,
            }),
            Err(_) => Err(BackupError::ExpiryNotADate {
                text: printable(text),
            }),
        }
    }

    /// Whether the links are dead at `now`.
    #[must_use]
    pub fn is_past(&self, now: DateTime<Utc>) -> bool {
        self.at <= now
    }

    /// How long the links live from `now`; negative when they are dead.
    #[must_use]
    pub fn left(&self, now: DateTime<Utc>) -> TimeDelta {
        self.at.with_timezone(&Utc) - now
    }
}

/// One link, as Zoho gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLink {
    /// From which of the two lists it came.
    pub kind: FileKind,
    /// The text of the link, unchecked.
    pub text: String,
}

/// The reply to the request for links, unchecked: what `list` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Data links first, then attachments, each list in Zoho's order.
    pub links: Vec<ListedLink>,
    /// Nothing when Zoho gave none.
    pub expiry: Option<Expiry>,
}

/// Organisation and job of a set of links, both taken from the links' paths.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SetId {
    /// Organisation id (`zgid`).
    pub org: String,
    /// Job id.
    pub job: String,
}

/// One file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    /// From which list it came.
    pub kind: FileKind,
    /// Its name on disk.
    pub name: FileName,
    /// Where it is fetched.
    pub url: Url,
}

/// The latest backup: a listing whose links were all understood and whose names are all safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Nothing when the links carry no ids.
    pub id: Option<SetId>,
    /// Nothing when Zoho gave none.
    pub expiry: Option<Expiry>,
    /// Data first; each link once.
    pub files: Vec<BackupFile>,
}

/// Why a listing is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// Exit: Remote.
    #[error("the reply of Zoho is not understood: \"{text}\" is not a link")]
    NotALink {
        /// The text, safe to show.
        text: String,
    },
    /// Exit: Remote.
    #[error(
        "the reply of Zoho is not understood: it mixes links of two backups ({first} and {second})"
    )]
    Mixed {
        /// A link of one, safe to show.
        first: String,
        /// A link of the other.
        second: String,
    },
    /// Exit: Remote.
    #[error("the reply of Zoho is not understood: its expiry_date \"{text}\" is not a date")]
    ExpiryNotADate {
        /// The text, safe to show.
        text: String,
    },
    /// Exit: Integrity.
    #[error("the file name \"{name}\" is refused")]
    Name {
        /// The name, safe to show.
        name: String,
    },
    /// Exit: Integrity.
    #[error("two different links would both be saved as {name}")]
    NameClash {
        /// The name of the second.
        name: FileName,
    },
}

impl BackupError {
    /// How the process ends because of it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            BackupError::NotALink { .. }
            | BackupError::Mixed { .. }
            | BackupError::ExpiryNotADate { .. } => Exit::Remote,
            BackupError::Name { .. } | BackupError::NameClash { .. } => Exit::Integrity,
        }
    }

    /// The word for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            BackupError::NotALink { .. }
            | BackupError::Mixed { .. }
            | BackupError::ExpiryNotADate { .. } => "reply_not_understood",
            BackupError::Name { .. } | BackupError::NameClash { .. } => "name_refused",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            BackupError::Name { .. } => "nothing was fetched: names must be letters, digits, dots, dashes and underscores, and end in .zip; see what Zoho sent with `backup-fetch list`".into(),
            BackupError::NameClash { .. } => "nothing was fetched: see both links with `backup-fetch list`".into(),
            _ => "try again in a few minutes; if it stays, `backup-fetch list -vv` shows what Zoho answers".into(),
        }
    }
}

impl Backup {
    /// Checks every link of a listing: it must be an absolute http or https URL, its last path segment a safe name,
    /// all of one organisation and job, and no two may claim one name. A link that comes twice is kept once.
    ///
    /// # Errors
    /// See [`BackupError`]; nothing is fetched from a listing that fails.
    pub fn from_listing(listing: &Listing) -> Result<Backup, BackupError> {
        let mut files: Vec<BackupFile> = Vec::new();
        let mut id: Option<Option<SetId>> = None;
        let mut by_name: HashMap<String, usize> = HashMap::new();
        for link in &listing.links {
            let url = parse_link(&link.text)?;
            let name = name_of(&link.text)?;
            let this = set_id(&url);
            if let Some(known) = &id
                && *known != this
            {
                return Err(BackupError::Mixed {
                    first: safe_url(&files[0].url),
                    second: safe_url(&url),
                });
            }
            id = Some(this);
            match by_name.get(&name.as_str().to_ascii_lowercase()) {
                Some(&first) if files[first].url == url => continue,
                Some(_) => return Err(BackupError::NameClash { name }),
                None => by_name.insert(name.as_str().to_ascii_lowercase(), files.len()),
            };
            files.push(BackupFile {
                kind: link.kind,
                name,
                url,
            });
        }
        files.sort_by_key(|file| file.kind);
        Ok(Backup {
            id: id.flatten(),
            expiry: listing.expiry.clone(),
            files,
        })
    }

    /// The folder of this set below `--out`: organisation and job, or a hash of the link paths where the links carry
    /// neither (`design.md` section 4).
    #[must_use]
    pub fn folder_name(&self) -> String {
        if let Some(id) = &self.id {
            return format!("{}-{}", id.org, id.job);
        }
        let paths: BTreeSet<&str> = self.files.iter().map(|file| file.url.path()).collect();
        format!("links-{}", short_name(paths))
    }
}

impl Listing {
    /// The links without repeats, data first, as `list` prints them.
    #[must_use]
    pub fn distinct_links(&self) -> Vec<&ListedLink> {
        let mut seen = BTreeSet::new();
        self.links
            .iter()
            .filter(|link| seen.insert(link.text.as_str()))
            .collect()
    }
}

/// An absolute http or https URL, written without characters that a URL parser would silently drop.
///
/// # Errors
/// [`BackupError::NotALink`].
pub fn parse_link(text: &str) -> Result<Url, BackupError> {
    let refused = || BackupError::NotALink {
        text: printable(text),
    };
    if text
        .chars()
        .any(|character| character.is_control() || character.is_whitespace())
    {
        return Err(refused());
    }
    let url = Url::parse(text).map_err(|_| refused())?;
    // With fewer or more than two slashes a URL parser takes for the host what `name_of` takes for a name.
    let has_authority = text
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"))
        .is_some_and(|rest| !rest.starts_with(['/', '\\']));
    if has_authority && url.host_str().is_some() && matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(refused())
    }
}

/// The name a link is saved under: its last path segment, decoded once.
///
/// It is read from the text and not from the parsed URL, because parsing folds `..` away: a link that tries to climb
/// must be refused, not understood as the place it would have reached.
///
/// # Errors
/// [`BackupError::Name`].
pub fn name_of(text: &str) -> Result<FileName, BackupError> {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let path = after_scheme.split(['?', '#']).next().unwrap_or_default();
    let mut last = "";
    for segment in path.split(['/', '\\']).skip(1) {
        let decoded = percent_decode_str(segment).decode_utf8_lossy();
        if decoded == "." || decoded == ".." {
            return Err(BackupError::Name {
                name: printable(path),
            });
        }
        last = segment;
    }
    FileName::parse(&percent_decode_str(last).decode_utf8_lossy())
}

/// Organisation and job from `…/crm/{org}/backup/{job}/{file}` (`zoho-api.md` section 1.1).
#[must_use]
pub fn set_id(url: &Url) -> Option<SetId> {
    let segments: Vec<&str> = url.path_segments()?.collect();
    let [.., "crm", org, "backup", job, _] = segments.as_slice() else {
        return None;
    };
    let is_id = |text: &str| {
        (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (is_id(org) && is_id(job)).then(|| SetId {
        org: (*org).to_owned(),
        job: (*job).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://download-accl.zoho.eu/v2/crm/20061234567/backup/510000000099001";

    fn listing(links: &[&str]) -> Listing {
        Listing {
            links: links
                .iter()
                .map(|text| ListedLink {
                    kind: if text.contains("Att") {
                        FileKind::Attachments
                    } else {
                        FileKind::Data
                    },
                    text: (*text).to_owned(),
                })
                .collect(),
            expiry: None,
        }
    }

    #[test]
    fn org_and_job_come_from_the_path_of_the_links() {
        let backup =
            Backup::from_listing(&listing(&[&format!("{BASE}/Data_001.zip?x=1")])).unwrap();
        assert_eq!(backup.folder_name(), "20061234567-510000000099001");
        assert_eq!(backup.files[0].name.as_str(), "Data_001.zip");
    }

    #[test]
    fn names_that_could_climb_hide_or_confuse_are_refused() {
        for last in [
            "../Data_001.zip",
            "%2e%2e/Data_001.zip",
            "..%2fData_001.zip",
            "..\\Data_001.zip",
            ".hidden.zip",
            "Data%00.zip",
            "Data%20001.zip",
            "Data_001.exe",
            "D%C3%A4ta.zip",
            "%252e.zip",
            "",
            "-rf.zip",
        ] {
            let error = Backup::from_listing(&listing(&[&format!("{BASE}/{last}")])).unwrap_err();
            assert_eq!(error.exit(), Exit::Integrity, "{last}: {error}");
        }
        let long = format!("{BASE}/{}.zip", "a".repeat(118));
        assert!(Backup::from_listing(&listing(&[&long])).is_err());
    }

    #[test]
    fn the_same_link_twice_counts_once_and_two_links_of_one_name_are_refused() {
        let one = format!("{BASE}/Data_001.zip");
        let backup = Backup::from_listing(&listing(&[&one, &one])).unwrap();
        assert_eq!(backup.files.len(), 1);
        let clash = Backup::from_listing(&listing(&[&one, &format!("{BASE}/data_001.zip")]));
        assert!(matches!(clash, Err(BackupError::NameClash { .. })));
    }

    #[test]
    fn links_of_two_backups_are_not_understood() {
        let other = "https://download-accl.zoho.eu/v2/crm/20061234567/backup/7/Data_002.zip";
        let error = Backup::from_listing(&listing(&[&format!("{BASE}/Data_001.zip"), other]));
        assert_eq!(error.unwrap_err().exit(), Exit::Remote);
    }

    #[test]
    fn data_comes_before_attachments() {
        let backup = Backup::from_listing(&listing(&[
            &format!("{BASE}/Attachments_001.zip"),
            &format!("{BASE}/Data_001.zip"),
        ]))
        .unwrap();
        assert_eq!(backup.files[0].kind, FileKind::Data);
    }

    #[test]
    fn links_without_ids_get_a_stable_folder_whatever_their_order_or_query() {
        let a = Backup::from_listing(&listing(&[
            "https://h/x/Data_1.zip?1",
            "https://h/x/Data_2.zip",
        ]));
        let b = Backup::from_listing(&listing(&[
            "https://h/x/Data_2.zip",
            "https://h/x/Data_1.zip?2",
        ]));
        assert_eq!(a.unwrap().folder_name(), b.unwrap().folder_name());
    }

    #[test]
    fn what_is_no_link_is_said_to_be_none() {
        for text in [
            "",
            "Data_001.zip",
            "ftp://h/Data.zip",
            "https://h/a\tb.zip",
            "file:///etc/x.zip",
            "https:/Data.zip",
            "https:///Data.zip",
            "https:\\\\h\\Data.zip",
        ] {
            assert!(
                matches!(parse_link(text), Err(BackupError::NotALink { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn an_expiry_with_offset_is_an_instant() {
        let expiry = Expiry::parse("2022-06-30T17:31:03+05:30").unwrap();
        let noon: DateTime<Utc> = "2022-06-30T12:01:03Z".parse().unwrap();
        assert!(expiry.is_past(noon));
        assert!(!expiry.is_past(noon - TimeDelta::seconds(1)));
        assert!(Expiry::parse("next week").is_err());
    }
}

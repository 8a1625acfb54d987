//! The nouns that everything else speaks in: a listing as Zoho gave it, and the backup that was checked from it.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::exit::Exit;
use crate::integrity::digest::short_name;
use crate::problem::Problem;
use crate::untrusted::{printable, safe_url};

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
    pub(crate) fn parse(name: &str) -> Result<FileName, BackupError> {
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
    type Error = BackupError;

    fn try_from(name: String) -> Result<FileName, BackupError> {
        FileName::parse(&name)
    }
}

/// When the links of a backup die.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// As Zoho wrote it.
    pub(crate) text: String,
    /// The instant it means.
    pub(crate) at: DateTime<FixedOffset>,
    /// Zoho named no time zone, and UTC is a guess.
    pub(crate) is_guessed: bool,
}

impl Expiry {
    /// Reads Zoho's date, see [`read_date`].
    pub(crate) fn parse(text: &str) -> Result<Expiry, BackupError> {
        match read_date(text) {
            Some((at, is_guessed)) => Ok(Expiry {
                text: text.to_owned(),
                at,
                is_guessed,
            }),
            None => Err(BackupError::ExpiryNotADate {
                text: printable(text),
            }),
        }
    }

    /// The same as a clock shows it that Zoho's is so far ahead of.
    pub(crate) fn by_a_clock_behind(&self, ahead: TimeDelta) -> Expiry {
        Expiry {
            at: self.at.checked_sub_signed(ahead).unwrap_or(self.at),
            ..self.clone()
        }
    }

    /// Whether the links are dead at `now`.
    pub(crate) fn is_past(&self, now: DateTime<Utc>) -> bool {
        self.at <= now
    }

    /// How long the links live from `now`; negative when they are dead.
    pub(crate) fn left(&self, now: DateTime<Utc>) -> TimeDelta {
        self.at.with_timezone(&Utc) - now
    }
}

/// Until then a day lasts that is named without a time.
const LAST_SECOND: NaiveTime = NaiveTime::from_hms_opt(23, 59, 59).expect("a time of the day");

/// Reads an ISO 8601 date: with a numeric offset, with or without its colon, as Zoho's pages show it; or without one,
/// which is then guessed to be UTC (true). A bare day lasts until its end.
pub(crate) fn read_date(text: &str) -> Option<(DateTime<FixedOffset>, bool)> {
    let with_offset = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%z"));
    if let Ok(at) = with_offset {
        return Some((at, false));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
        .or_else(|_| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
            day.map(|day| day.and_time(LAST_SECOND))
        });
    Some((local.ok()?.and_utc().fixed_offset(), true))
}

/// One link, as Zoho gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedLink {
    /// From which of the two lists it came.
    pub(crate) kind: FileKind,
    /// The text of the link, unchecked.
    pub(crate) text: String,
}

/// The reply to the request for links, unchecked: what `list` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Data links first, then attachments, each list in Zoho's order.
    pub(crate) links: Vec<ListedLink>,
    /// Nothing when Zoho gave none.
    pub(crate) expiry: Option<Expiry>,
}

/// Organisation and job of a set of links, both taken from the links' paths.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SetId {
    /// Organisation id (`zgid`).
    pub(crate) org: String,
    /// Job id.
    pub(crate) job: String,
}

/// One file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackupFile {
    /// From which list it came.
    pub(crate) kind: FileKind,
    /// Its name on disk.
    pub(crate) name: FileName,
    /// Where it is fetched.
    pub(crate) url: Url,
}

/// The latest backup: a listing whose links were all understood and whose names are all safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Backup {
    /// Nothing when the links carry no ids.
    pub(crate) id: Option<SetId>,
    /// Nothing when Zoho gave none.
    pub(crate) expiry: Option<Expiry>,
    /// Data first; each link once.
    pub(crate) files: Vec<BackupFile>,
}

/// Why a listing is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BackupError {
    /// Exit: Remote.
    #[error("Zoho's reply is not understood: \"{text}\" is not a link")]
    NotALink {
        /// The text, safe to show.
        text: String,
    },
    /// Exit: Integrity.
    #[error("the link \"{text}\" is refused: {reason}")]
    RefusedLink {
        /// The text, safe to show.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Exit: Remote.
    #[error("Zoho's reply is not understood: it mixes links of two backups ({first} and {second})")]
    Mixed {
        /// A link of one, safe to show.
        first: String,
        /// A link of the other.
        second: String,
    },
    /// Exit: Remote.
    #[error("Zoho's reply is not understood: its expiry_date \"{text}\" is not a date")]
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
    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: Some(self.hint()),
        }
    }

    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            BackupError::NotALink { .. }
            | BackupError::Mixed { .. }
            | BackupError::ExpiryNotADate { .. } => Exit::Remote,
            BackupError::RefusedLink { .. }
            | BackupError::Name { .. }
            | BackupError::NameClash { .. } => Exit::Integrity,
        }
    }

    /// The word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            BackupError::NotALink { .. }
            | BackupError::Mixed { .. }
            | BackupError::ExpiryNotADate { .. } => "reply_not_understood",
            BackupError::RefusedLink { .. } => "link_refused",
            BackupError::Name { .. } | BackupError::NameClash { .. } => "name_refused",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            BackupError::Name { .. } => "nothing was fetched: names must consist of letters, digits, dots, dashes and underscores, and end in .zip; see what Zoho sent with `backup-fetch list`".into(),
            BackupError::RefusedLink { .. } => "nothing was fetched: Zoho's links are https links to its download hosts; `backup-fetch list -vv` shows Zoho's replies".into(),
            BackupError::NameClash { .. } => "nothing was fetched: see both links with `backup-fetch list`".into(),
            _ => "try again in a few minutes; if the error persists, `backup-fetch list -vv` shows Zoho's replies".into(),
        }
    }
}

impl Backup {
    /// Checks every link of a listing: it must be an absolute http or https URL, its last path segment a safe name,
    /// all of one organisation and job, and no two may claim one name. A link that comes twice is kept once.
    pub(crate) fn from_listing(listing: &Listing) -> Result<Backup, BackupError> {
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
    pub(crate) fn folder_name(&self) -> String {
        if let Some(id) = &self.id {
            return format!("{}-{}", id.org, id.job);
        }
        let paths: BTreeSet<&str> = self.files.iter().map(|file| file.url.path()).collect();
        format!("links-{}", short_name(paths))
    }
}

impl Listing {
    /// The links without repeats, data first, as `list` prints them.
    pub(crate) fn distinct_links(&self) -> Vec<&ListedLink> {
        let mut seen = BTreeSet::new();
        self.links
            .iter()
            .filter(|link| seen.insert(link.text.as_str()))
            .collect()
    }
}

/// An absolute http or https URL, written without characters that a URL parser would silently drop or decode.
///
/// # Errors
/// [`BackupError::NotALink`] when it is no URL at all, [`BackupError::RefusedLink`] when it is an odd one.
pub(crate) fn parse_link(text: &str) -> Result<Url, BackupError> {
    let refused = |reason| BackupError::RefusedLink {
        text: printable(text),
        reason,
    };
    let scheme = text.trim_start().split_once(':').map(|(scheme, _)| scheme);
    let Some(scheme) = scheme.filter(|scheme| is_scheme(scheme)) else {
        return Err(BackupError::NotALink {
            text: printable(text),
        });
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(refused("it is not an https link"));
    }
    let is_odd = |character: char| character.is_control() || character.is_whitespace();
    if text.contains(is_odd) {
        return Err(refused("it contains a space or a control character"));
    }
    // With fewer or more than two slashes a URL parser takes for the host what `name_of` takes for a name, and it
    // decodes a host that is written with percent signs.
    let host = text[scheme.len() + 1..]
        .strip_prefix("//")
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .filter(|authority| !authority.is_empty() && authority.chars().all(is_of_authority));
    match (host, Url::parse(text)) {
        (Some(_), Ok(url)) if url.host_str().is_some() => Ok(url),
        _ => Err(refused(
            "its host contains characters that no host name has",
        )),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Letters, digits and what else stands in a host, its port, and the user before it, which is judged later.
fn is_of_authority(character: char) -> bool {
    character.is_ascii_alphanumeric() || ".-:[]@".contains(character)
}

/// The name a link is saved under: its last path segment, decoded once.
///
/// It is read from the text and not from the parsed URL, because parsing folds `..` away: a link that tries to climb
/// must be refused, not understood as the place it would have reached.
pub(crate) fn name_of(text: &str) -> Result<FileName, BackupError> {
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
pub(crate) fn set_id(url: &Url) -> Option<SetId> {
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
    fn what_is_no_link_is_said_to_be_none_and_an_odd_one_is_refused() {
        for text in ["", "Data_001.zip", "//h/Data.zip", "1://h/Data.zip"] {
            let read = parse_link(text);
            assert!(matches!(read, Err(BackupError::NotALink { .. })), "{text}");
        }
        for text in [
            "ftp://h/Data.zip",
            "https://h/a\tb.zip",
            "https://h\t/b.zip",
            "file:///etc/x.zip",
            "https:/Data.zip",
            "https:///Data.zip",
            "https:\\\\h\\Data.zip",
            "https://good\\@evil/Data.zip",
            "https://h%2e/Data.zip",
            " https://h/Data.zip",
        ] {
            let refused = parse_link(text).unwrap_err();
            assert_eq!(refused.exit(), Exit::Integrity, "{text}: {refused}");
        }
        for text in [
            "https://h/D.zip",
            "HTTPS://H:8443/D.zip",
            "http://[::1]:8/D.zip",
        ] {
            assert!(parse_link(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_date_without_a_zone_is_guessed_and_a_bare_day_lasts_until_its_end() {
        let read = |text| read_date(text).map(|(at, guessed)| (at.to_rfc3339(), guessed));
        for (text, at, guessed) in [
            (
                "2022-06-30T17:31:03+0530",
                "2022-06-30T17:31:03+05:30",
                false,
            ),
            ("2022-06-30T17:31:03", "2022-06-30T17:31:03+00:00", true),
            ("2022-06-30", "2022-06-30T23:59:59+00:00", true),
        ] {
            assert_eq!(read(text), Some((at.to_owned(), guessed)), "{text}");
        }
        for wrong in [
            "",
            "next week",
            "20220630",
            "2022-06-31",
            "2022-06-30T25:00:00",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
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

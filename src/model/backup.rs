//! The backup that was checked from a listing: its set, and its files.

use std::collections::{BTreeSet, HashMap};

use url::Url;

use super::expiry::Expiry;
use super::file::{FileKind, FileName};
use super::listing::{Listing, name_of, parse_link};
use super::refused_listing;
use crate::integrity::digest::short_name;
use crate::problem::Problem;

/// Organisation and job of a set of links, both taken from the links' paths.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SetId {
    /// Organisation id (`zgid`).
    pub(crate) org: String,
    pub(crate) job: String,
}

/// One file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackupFile {
    pub(crate) kind: FileKind,
    pub(crate) name: FileName,
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

impl Backup {
    /// Checks every link of a listing: it must be an absolute http or https URL, its last path segment a safe name,
    /// all of one organisation and job, and no two may claim one name. A link that comes twice is kept once.
    pub(crate) fn from_listing(listing: &Listing) -> Result<Backup, Problem> {
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
                return Err(refused_listing::mixed(&files[0].url, &url));
            }
            id = Some(this);
            match by_name.get(&name.as_str().to_ascii_lowercase()) {
                Some(&first) if files[first].url == url => continue,
                Some(_) => return Err(refused_listing::name_clash(name.as_str())),
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

/// Whether [`Backup::folder_name`] gives such names.
pub(crate) fn is_folder_name(name: &str) -> bool {
    let is_of_links = |name: &str| {
        let hash = name.strip_prefix("links-");
        hash.is_some_and(|hash| {
            !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    };
    let ids = name.split_once('-');
    ids.is_some_and(|(org, job)| is_id(org) && is_id(job)) || is_of_links(name)
}

fn is_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Organisation and job from `…/crm/{org}/backup/{job}/{file}` (`zoho-api.md` section 1.1).
pub(crate) fn set_id(url: &Url) -> Option<SetId> {
    let segments: Vec<&str> = url.path_segments()?.collect();
    let [.., "crm", org, "backup", job, _] = segments.as_slice() else {
        return None;
    };
    (is_id(org) && is_id(job)).then(|| SetId {
        org: (*org).to_owned(),
        job: (*job).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use crate::model::ListedLink;

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
            assert_eq!(error.exit, Exit::Integrity, "{last}: {error}");
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
        let clash = clash.unwrap_err();
        assert!(clash.message.starts_with("two different links"), "{clash}");
    }

    #[test]
    fn links_of_two_backups_are_not_understood() {
        let other = "https://download-accl.zoho.eu/v2/crm/20061234567/backup/7/Data_002.zip";
        let error = Backup::from_listing(&listing(&[&format!("{BASE}/Data_001.zip"), other]));
        assert_eq!(error.unwrap_err().exit, Exit::Remote);
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
}

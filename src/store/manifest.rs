//! `manifest.json`: what a saved set holds, and which of it is verified (`design.md` section 5).

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use super::StorageError;
use super::readings::SetReadings;
use crate::contents::Contents;
use crate::exit::Exit;
use crate::integrity::digest;
use crate::model::{Backup, FileKind, FileName};
use crate::problem::Problem;
use crate::untrusted::{printable, safe_url};

/// So many characters are shown of why a manifest is damaged.
const LONGEST_REASON: usize = 100;

/// Name of the manifest in the folder of a set.
pub(crate) const NAME: &str = "manifest.json";

/// Name of the list of digests beside it, in the form that `sha256sum -c` reads.
pub(crate) const SUMS_NAME: &str = "SHA256SUMS";

/// Raised when a reader of this version could misread the file.
pub(crate) const SCHEMA: u32 = 1;

/// A manifest of thousands of files has less; more is not ours.
pub(crate) const LARGEST: u64 = 64 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SetState {
    /// Every listed file is verified, or accepted although it can't be.
    Complete,
    /// At least one is not.
    Incomplete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileState {
    /// On disk under its final name, and verified.
    Verified,
    /// Not on disk.
    Missing,
    /// Arrived twice, and was corrupt both times.
    Corrupt,
    /// Nothing is wrong with it, but not all of it can be tested.
    Unverified,
}

/// One file of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: FileName,
    pub(crate) kind: FileKind,
    /// The link without its query.
    pub(crate) url: String,
    pub(crate) state: FileState,
    /// Length in bytes, once it came.
    pub(crate) size: Option<u64>,
    /// SHA-256 in lower-case hexadecimal, once it came.
    pub(crate) sha256: Option<String>,
    /// `ETag` of the version that came.
    pub(crate) etag: Option<String>,
    /// `Last-Modified` of the version that came.
    pub(crate) last_modified: Option<String>,
    /// How many entries the zip has, once verified.
    pub(crate) entries: Option<u64>,
    /// When all of it was verified; older versions didn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified_at: Option<String>,
    /// It was this run that verified it.
    #[serde(skip)]
    pub(crate) is_fresh: bool,
    /// What is odd about a verified file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    /// Why it is not verified, if it came and is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Of a corrupt file: two fetches brought the same bytes, so that a third would, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) repeated: bool,
    /// Of an unverified file: it was accepted as it is, and has its final name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) accepted: bool,
}

/// What the files of a set hold. It is counted anew where it can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Inspected {
    #[serde(flatten)]
    contents: Contents,
    inspected_at: String,
    /// Tells which files were looked at.
    of: String,
}

/// Counts are no more than a note: those of another version don't make a manifest damaged.
fn as_far_as_known<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Inspected>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

impl Entry {
    /// All of it was read just now, and it was sound.
    pub(crate) fn note_verified(&mut self, now: DateTime<Utc>) {
        self.verified_at = Some(timestamp(now));
        self.is_fresh = true;
    }

    /// The same of an earlier run.
    #[cfg_attr(not(feature = "object-store"), expect(dead_code))]
    pub(super) fn note_verified_before(&mut self, at: DateTime<Utc>) {
        self.note_verified(at);
        self.is_fresh = false;
    }

    /// Whoever saw it sound before has not seen what is there now.
    pub(crate) fn forget_verified(&mut self) {
        self.verified_at = None;
        self.is_fresh = false;
    }

    /// Whether the file is on disk under its final name: verified, or accepted although it can't be.
    pub(crate) fn is_saved(&self) -> bool {
        self.state == FileState::Verified || (self.state == FileState::Unverified && self.accepted)
    }

    /// Whether a file that is said to be saved has what it can be held against.
    fn is_whole(&self) -> bool {
        let has_digest = self.sha256.as_deref().is_some_and(digest::is_digest);
        !self.is_saved() || (self.size.is_some() && has_digest)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    schema: u32,
    tool: String,
    /// Organisation id, where the links carry one.
    pub(crate) org: Option<String>,
    /// Job id, where the links carry one.
    pub(crate) job: Option<String>,
    /// As Zoho wrote it.
    pub(crate) expiry_date: Option<String>,
    pub(crate) state: SetState,
    /// When the first run for this set began.
    pub(crate) started_at: String,
    /// When the set became complete.
    pub(crate) finished_at: Option<String>,
    /// In the order of the list.
    pub(crate) files: Vec<Entry>,
    /// What they were found to hold, if somebody looked.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "as_far_as_known"
    )]
    contents: Option<Inspected>,
    /// Some of the files are of one making of the job and some of another. Such a set is never complete.
    #[serde(skip)]
    pub(crate) is_mixed: bool,
    /// Where each name stands among the files: there can be tens of thousands, and each is looked up several times.
    #[serde(skip)]
    places: HashMap<FileName, usize>,
}

impl Manifest {
    /// The manifest of a set of which nothing is here yet.
    pub(crate) fn new(backup: &Backup, now: DateTime<Utc>) -> Manifest {
        let mut manifest = Manifest {
            schema: SCHEMA,
            tool: String::new(),
            org: backup.id.as_ref().map(|id| id.org.clone()),
            job: backup.id.as_ref().map(|id| id.job.clone()),
            expiry_date: None,
            state: SetState::Incomplete,
            started_at: timestamp(now),
            finished_at: None,
            files: Vec::new(),
            contents: None,
            is_mixed: false,
            places: HashMap::new(),
        };
        manifest.take_in(backup);
        manifest
    }

    /// Reads a manifest. Unknown keys are ignored. `path` is for messages.
    pub(crate) fn parse(content: &[u8], path: &str) -> Result<Manifest, StorageError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let not_json = |error: serde_json::Error| damaged(path, &error.to_string());
        let Version { schema } = serde_json::from_slice(content).map_err(not_json)?;
        if schema > SCHEMA {
            let message = format!(
                "{path}: written by a later version of backup-fetch (schema {schema}; this one knows {SCHEMA})"
            );
            let later = Problem::new(Exit::Usage, "manifest_too_new", message);
            return Err(StorageError::Other(
                later.hint("use that version, or another --out"),
            ));
        }
        let mut manifest: Manifest = serde_json::from_slice(content).map_err(not_json)?;
        for (place, entry) in manifest.files.iter().enumerate() {
            manifest.places.entry(entry.name.clone()).or_insert(place);
        }
        match manifest.files.iter().find(|entry| !entry.is_whole()) {
            Some(Entry { name, .. }) => Err(damaged(
                path,
                &format!("{name} is saved, but its size or SHA-256 is missing or wrong"),
            )),
            None => Ok(manifest),
        }
    }

    /// Takes over the list of links: new names are added as missing, known ones keep what is known of them, and
    /// names that vanished from the list stay as they were.
    pub(crate) fn take_in(&mut self, backup: &Backup) {
        concat!("backup-fetch ", env!("CARGO_PKG_VERSION")).clone_into(&mut self.tool);
        self.expiry_date = backup.expiry.as_ref().map(|expiry| expiry.text.clone());
        for file in &backup.files {
            let url = safe_url(&file.url);
            if let Some(known) = self.entry_mut(&file.name) {
                known.url = url;
                continue;
            }
            self.places.insert(file.name.clone(), self.files.len());
            self.files.push(Entry {
                name: file.name.clone(),
                kind: file.kind,
                url,
                state: FileState::Missing,
                size: None,
                sha256: None,
                etag: None,
                last_modified: None,
                entries: None,
                verified_at: None,
                is_fresh: false,
                warnings: Vec::new(),
                reason: None,
                repeated: false,
                accepted: false,
            });
        }
    }

    pub(crate) fn entry(&self, name: &FileName) -> Option<&Entry> {
        self.files.get(*self.places.get(name)?)
    }

    /// The entry of a file that is on disk under its final name.
    pub(crate) fn saved(&self, name: &FileName) -> Option<&Entry> {
        self.entry(name).filter(|entry| entry.is_saved())
    }

    pub(crate) fn entry_mut(&mut self, name: &FileName) -> Option<&mut Entry> {
        self.files.get_mut(*self.places.get(name)?)
    }

    /// Sets the state of the set by that of its files: complete only when every one is saved, and of one making.
    pub(crate) fn settle(&mut self, now: DateTime<Utc>) {
        let complete = !self.is_mixed && self.files.iter().all(Entry::is_saved);
        match (complete, self.state) {
            (true, SetState::Complete) => {}
            (true, SetState::Incomplete) => {
                self.state = SetState::Complete;
                self.finished_at = Some(timestamp(now));
            }
            (false, _) => {
                self.state = SetState::Incomplete;
                self.finished_at = None;
            }
        }
    }

    /// When the set became complete, if it is and says so.
    pub(crate) fn completed(&self) -> Option<DateTime<Utc>> {
        let finished = instant(self.finished_at.as_deref()?)?;
        (self.state == SetState::Complete).then_some(finished)
    }

    /// The date of the set: when it was complete, or else begun.
    pub(crate) fn date(&self) -> Option<DateTime<Utc>> {
        self.completed().or_else(|| instant(&self.started_at))
    }

    /// When the first of these files was last verified, as it came or later. Nothing where that is not known of all of them, or
    /// one is damaged: then nothing is claimed. A file that was accepted as it is has no part in this.
    pub(crate) fn verified_since<'a>(
        &self,
        files: impl IntoIterator<Item = &'a Entry>,
        readings: &SetReadings,
    ) -> Option<DateTime<Utc>> {
        let last = |entry: &Entry| {
            if self.damaged_since(entry, readings).is_some() {
                return None;
            }
            let read = entry.sha256.as_deref();
            let read = read.and_then(|digest| readings.last(digest));
            self.arrived(entry).max(read.map(|at| at.trunc_subsecs(0)))
        };
        let verified = files.into_iter();
        let verified = verified.filter(|entry| entry.state == FileState::Verified);
        // What is not known is less than any date.
        verified.map(last).min()?
    }

    /// When this file was found damaged, if it was neither read and sound nor fetched again since.
    pub(crate) fn damaged_since(
        &self,
        entry: &Entry,
        readings: &SetReadings,
    ) -> Option<DateTime<Utc>> {
        let found = readings.damaged(&entry.name, entry.sha256.as_deref()?)?;
        let arrived = self.arrived(entry);
        arrived.is_none_or(|at| found > at).then_some(found)
    }

    /// When a file came and was verified. Before each had a date of its own, only the start of the set is never too late.
    fn arrived(&self, entry: &Entry) -> Option<DateTime<Utc>> {
        instant(entry.verified_at.as_ref().unwrap_or(&self.started_at))
    }

    /// What the files hold that are saved now, if that is known.
    pub(crate) fn contents(&self) -> Option<&Contents> {
        let known = self.contents.as_ref();
        let known = known.filter(|known| known.of == self.digest_of_files());
        known.map(|known| &known.contents)
    }

    pub(crate) fn note_contents(&mut self, contents: Contents, now: DateTime<Utc>) {
        self.contents = Some(Inspected {
            contents,
            inspected_at: timestamp(now),
            of: self.digest_of_files(),
        });
    }

    fn digest_of_files(&self) -> String {
        let names = self
            .saved_files()
            .map(|entry| format!("{} {}\n", entry.sha256.as_deref().unwrap_or(""), entry.name));
        digest::of(names.collect::<String>().as_bytes())
    }

    pub(crate) fn count(&self, state: FileState) -> usize {
        let files = self.files.iter();
        files.filter(|entry| entry.state == state).count()
    }

    pub(crate) fn saved_bytes(&self) -> u64 {
        self.saved_files()
            .filter_map(|entry| entry.size)
            .fold(0, u64::saturating_add)
    }

    pub(crate) fn saved_files(&self) -> impl Iterator<Item = &Entry> {
        self.files.iter().filter(|entry| entry.is_saved())
    }

    pub(crate) fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data becomes JSON");
        text.push('\n');
        text
    }

    /// The digests of the saved files, in the form that `sha256sum -c` reads.
    pub(crate) fn to_sums(&self) -> String {
        self.saved_files()
            .filter_map(|entry| Some(line_of_sums(entry.sha256.as_ref()?, entry.name.as_str())))
            .collect()
    }

    /// The same with that of the manifest itself behind them, so that no bit of it can change unnoticed. A set that is not
    /// complete goes without: its manifest is written again and again, and each time it would take two more syncs.
    pub(crate) fn to_sealed_sums(&self, digest: &str) -> String {
        let mut sums = self.to_sums();
        if self.state == SetState::Complete {
            sums += &line_of_sums(digest, NAME);
        }
        sums
    }
}

fn line_of_sums(digest: &str, name: &str) -> String {
    format!("{digest}  {name}\n")
}

/// `reason` may be the parser's, which quotes the file.
pub(crate) fn damaged(path: &str, reason: &str) -> StorageError {
    let reason: String = reason.chars().take(LONGEST_REASON).collect();
    let message = format!("{path}: damaged ({})", printable(&reason));
    let damaged = Problem::new(Exit::Integrity, "manifest_damaged", message);
    StorageError::ManifestDamaged(
        damaged.hint("the next `backup-fetch download` rebuilds it from the files that are there"),
    )
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(instant.to_utc())
}

fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use crate::store::Location;

    use super::super::readings::Readings;
    use super::*;
    use crate::model::{ListedLink, Listing};

    fn backup(names: &[&str]) -> Backup {
        Backup::from_listing(&Listing {
            links: names
                .iter()
                .map(|name| ListedLink {
                    kind: FileKind::Data,
                    text: format!("https://h/v2/crm/1/backup/2/{name}?secret=1"),
                })
                .collect(),
            expiry: None,
        })
        .unwrap()
    }

    fn verify(manifest: &mut Manifest, name: &str) {
        let entry = manifest.entry_mut(&FileName::parse(name).unwrap()).unwrap();
        entry.state = FileState::Verified;
        entry.size = Some(3);
        entry.sha256 = Some("ab".repeat(32));
    }

    #[test]
    fn what_is_wrong_with_a_damaged_manifest_is_said_in_a_line_of_bounded_length() {
        let content = format!(
            r#"{{"schema":1,"tool":"t","state":"{}"}}"#,
            "x".repeat(5000)
        );
        let error = Manifest::parse(content.as_bytes(), "m").unwrap_err();
        assert!(error.to_string().len() < 500, "{error}");
    }

    #[test]
    fn a_set_is_complete_only_when_every_file_is_verified() {
        let now = Utc::now();
        let mut manifest = Manifest::new(&backup(&["A.zip", "B.zip"]), now);
        verify(&mut manifest, "A.zip");
        manifest.settle(now);
        assert_eq!(manifest.state, SetState::Incomplete);
        verify(&mut manifest, "B.zip");
        manifest.settle(now);
        assert_eq!(manifest.state, SetState::Complete);
        assert!(manifest.finished_at.is_some());
        manifest.take_in(&backup(&["A.zip", "C.zip"]));
        manifest.settle(now);
        assert_eq!(manifest.state, SetState::Incomplete);
        assert_eq!(
            manifest.files.len(),
            3,
            "B.zip vanished from the list and stays"
        );
    }

    #[test]
    fn an_unverified_file_counts_as_saved_only_once_it_is_accepted() {
        let now = Utc::now();
        let mut manifest = Manifest::new(&backup(&["A.zip"]), now);
        verify(&mut manifest, "A.zip");
        manifest.files[0].state = FileState::Unverified;
        manifest.settle(now);
        assert_eq!(manifest.state, SetState::Incomplete);
        assert_eq!(manifest.to_sums(), "");
        manifest.files[0].accepted = true;
        manifest.settle(now);
        assert_eq!(manifest.state, SetState::Complete);
        assert!(manifest.to_sums().ends_with("  A.zip\n"));
        let text = manifest.to_json();
        assert_eq!(Manifest::parse(text.as_bytes(), "m").unwrap(), manifest);
    }

    #[test]
    fn it_is_read_as_it_was_written_and_holds_no_query() {
        let mut manifest = Manifest::new(&backup(&["A.zip"]), Utc::now());
        verify(&mut manifest, "A.zip");
        let text = manifest.to_json();
        assert!(!text.contains("secret"));
        assert_eq!(Manifest::parse(text.as_bytes(), "m").unwrap(), manifest);
        let with_more = text.replacen('{', "{\"later_key\": 1,", 1);
        assert_eq!(
            Manifest::parse(with_more.as_bytes(), "m").unwrap(),
            manifest
        );
    }

    #[test]
    fn contents_are_of_the_files_that_were_looked_at_and_never_damage_a_manifest() {
        let mut manifest = Manifest::new(&backup(&["A.zip", "B.zip"]), Utc::now());
        verify(&mut manifest, "A.zip");
        manifest.note_contents(Contents::default(), Utc::now());
        let text = manifest.to_json();
        let mut again = Manifest::parse(text.as_bytes(), "m").unwrap();
        assert_eq!(again, manifest);
        assert_eq!(again.contents(), Some(&Contents::default()));
        verify(&mut again, "B.zip");
        assert_eq!(again.contents(), None);
        let of_later = text.replace("\"modules\": []", "\"modules\": 7");
        assert_ne!(of_later, text);
        let later = Manifest::parse(of_later.as_bytes(), "m").unwrap();
        assert_eq!(later.contents(), None);
    }

    #[test]
    fn a_later_schema_and_garbage_are_told_apart() {
        let later =
            Manifest::parse(b"{\"schema\": 2, \"files\": \"other shape\"}", "m").unwrap_err();
        assert_eq!(later.problem().exit, Exit::Usage);
        let damaged = Manifest::parse(b"{\"schema\": 1}", "m").unwrap_err();
        assert_eq!(damaged.problem().exit, Exit::Integrity);
    }

    #[test]
    fn a_file_is_claimed_to_be_verified_since_its_own_date_or_since_the_set_was_begun() {
        let at = |text: &str| instant(text).unwrap();
        let (begun, own) = (at("2026-11-18T01:00:00Z"), at("2026-11-20T01:00:00Z"));
        let mut manifest = Manifest::new(&backup(&["A.zip", "B.zip"]), begun);
        verify(&mut manifest, "A.zip");
        verify(&mut manifest, "B.zip");
        manifest.settle(at("2026-11-21T01:00:00Z"));
        let none = SetReadings::default();
        let since = |manifest: &Manifest| manifest.verified_since(&manifest.files, &none);
        assert_eq!(since(&manifest), Some(begun));
        manifest.files[1].note_verified(own);
        assert_eq!(since(&manifest), Some(begun));
        let second = manifest.verified_since(&manifest.files[1..], &none);
        assert_eq!(second, Some(own));
        manifest.files[1].verified_at = Some("yesterday".to_owned());
        assert_eq!(since(&manifest), None);
        let again = Manifest::parse(manifest.to_json().as_bytes(), "m").unwrap();
        assert_eq!(again.files[1].verified_at, manifest.files[1].verified_at);
    }

    #[test]
    fn the_later_of_arrival_and_reading_counts_and_damage_until_the_file_comes_again() {
        let at = |text: &str| instant(text).unwrap();
        let (begun, read) = (at("2026-11-18T01:00:00Z"), at("2026-11-20T01:00:00Z"));
        let mut manifest = Manifest::new(&backup(&["A.zip"]), begun);
        verify(&mut manifest, "A.zip");
        let (name, digest) = (manifest.files[0].name.clone(), "ab".repeat(32));
        let state = tempfile::tempdir().unwrap();
        let readings = Readings::new(Some(state.path()));
        let set = &Location::Local("/a".into());
        let since =
            |manifest: &Manifest| manifest.verified_since(&manifest.files, &readings.of(set));
        let damaged =
            |manifest: &Manifest| manifest.damaged_since(&manifest.files[0], &readings.of(set));
        readings.note_sound(set, &name, &digest, read).unwrap();
        assert_eq!(since(&manifest), Some(read));
        let found = at("2026-11-21T01:00:00Z");
        readings.note_damaged(set, &name, &digest, found).unwrap();
        assert_eq!((since(&manifest), damaged(&manifest)), (None, Some(found)));
        let fetched = at("2026-11-22T01:00:00Z");
        manifest.files[0].note_verified(fetched);
        assert_eq!(
            (since(&manifest), damaged(&manifest)),
            (Some(fetched), None)
        );
    }

    #[test]
    fn a_verified_file_has_a_size_and_a_digest() {
        let mut manifest = Manifest::new(&backup(&["A.zip", "B.zip"]), Utc::now());
        verify(&mut manifest, "A.zip");
        verify(&mut manifest, "B.zip");
        let text = manifest
            .to_json()
            .replace("\"size\": 3", &format!("\"size\": {}", u64::MAX));
        let huge = Manifest::parse(text.as_bytes(), "m").unwrap();
        assert_eq!(huge.saved_bytes(), u64::MAX);
        for wrong in ["null", "\"AB\"", "\"a\\nb\""] {
            let text = text.replace(&format!("\"{}\"", "ab".repeat(32)), wrong);
            assert!(Manifest::parse(text.as_bytes(), "m").is_err(), "{wrong}");
        }
    }
}

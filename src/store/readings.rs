//! When each saved file was last read and found sound, and which was found damaged since. It is kept in the state folder of the
//! user, one small file for each set: nothing is written where the set is, which may be mounted read-only.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::location::Location;
use super::own::read_own;
use super::sys;
use crate::integrity::digest::short_name;
use crate::model::FileName;

/// Thousands of files have less; more is not ours.
const LARGEST: u64 = 16 << 20;

/// What was not read for so long is of a set that is not there any more.
const FORGOTTEN: Duration = Duration::from_hours(400 * 24);

/// The readings of all sets.
#[derive(Debug, Clone)]
pub(crate) struct Readings {
    /// Nothing where there is no place for state.
    folder: Option<PathBuf>,
}

/// The readings of one set.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SetReadings {
    schema: u32,
    /// Where the set is, for who looks into the file.
    set: String,
    /// Sound files, by their digests.
    read: BTreeMap<String, DateTime<Utc>>,
    /// Damaged ones, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    damaged: BTreeMap<String, Damage>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Damage {
    /// The digest that the file should have.
    sha256: String,
    found_at: DateTime<Utc>,
}

impl SetReadings {
    /// When the file with this digest was last read and found sound.
    pub(crate) fn last(&self, sha256: &str) -> Option<DateTime<Utc>> {
        self.read.get(sha256).copied()
    }

    /// When the file that should have this digest was found damaged, unless it was read and sound since.
    pub(crate) fn damaged(&self, name: &FileName, sha256: &str) -> Option<DateTime<Utc>> {
        let damage = self.damaged.get(name.as_str())?;
        (damage.sha256 == sha256).then_some(damage.found_at)
    }
}

impl Readings {
    pub(crate) fn new(state_folder: Option<&Path>) -> Readings {
        Readings {
            folder: state_folder.map(|folder| folder.join("readings")),
        }
    }

    /// What is known of the set in this folder. What is damaged counts as nothing.
    pub(crate) fn of(&self, set: &Location) -> SetReadings {
        let read = |folder: &PathBuf| load(&folder.join(name(&set.identity())));
        self.folder.as_ref().and_then(read).unwrap_or_default()
    }

    /// Notes that a file of the set was read and is sound. Of two runs at once neither loses what the other notes.
    ///
    /// # Errors
    /// There is no place for it, or it can't be written.
    pub(crate) fn note_sound(
        &self,
        set: &Location,
        name: &FileName,
        sha256: &str,
        at: DateTime<Utc>,
    ) -> io::Result<()> {
        self.change(set, |readings| {
            readings.read.insert(sha256.to_owned(), at);
            readings.damaged.remove(name.as_str());
        })
    }

    /// Notes that a file of the set is not what was saved with this digest.
    ///
    /// # Errors
    /// There is no place for it, or it can't be written.
    pub(crate) fn note_damaged(
        &self,
        set: &Location,
        name: &FileName,
        sha256: &str,
        at: DateTime<Utc>,
    ) -> io::Result<()> {
        self.change(set, |readings| {
            let damage = Damage {
                sha256: sha256.to_owned(),
                found_at: at,
            };
            readings.damaged.insert(name.as_str().to_owned(), damage);
        })
    }

    /// Whether readings of the set could be noted.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check(&self, set: &Location) -> io::Result<()> {
        self.change(set, |_| ())
    }

    fn change(&self, set: &Location, change: impl FnOnce(&mut SetReadings)) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Err(io::Error::other("no home folder is known"));
        };
        sys::create_private_folders(folder)?;
        let lock = sys::open_to_lock(folder)?;
        // Where there are no locks, two runs at once may forget a reading of each other: that file is read again earlier.
        let _ = lock.lock();
        let set = set.identity();
        let path = folder.join(name(&set));
        let known = load(&path);
        if known.is_none() {
            forget_old(folder);
        }
        let mut readings = known.unwrap_or_default();
        readings.schema = 1;
        readings.set = set;
        change(&mut readings);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(&readings)?)?;
        sys::persist(file, &path).map(drop)
    }
}

fn load(path: &Path) -> Option<SetReadings> {
    let content = read_own(path, LARGEST).ok().flatten()?;
    serde_json::from_slice(&content).ok()
}

fn name(set: &str) -> String {
    format!("{}.json", short_name([set]))
}

/// Removes what stands for sets that nobody verifies any more.
fn forget_old(folder: &Path) {
    let is_old = |entry: &std::fs::DirEntry| {
        let changed = entry.metadata().and_then(|found| found.modified());
        changed.is_ok_and(|at| {
            SystemTime::now()
                .duration_since(at)
                .is_ok_and(|age| age > FORGOTTEN)
        })
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_old(&entry) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn file() -> FileName {
        FileName::parse("Data_001.zip").unwrap()
    }

    #[test]
    fn a_reading_is_known_by_the_set_and_the_digest() {
        let state = tempfile::tempdir().unwrap();
        let readings = Readings::new(Some(state.path()));
        let when = at("2026-11-01T03:00:00Z");
        readings
            .note_sound(&Location::Local("/a".into()), &file(), "digest", when)
            .unwrap();
        assert_eq!(
            readings.of(&Location::Local("/a".into())).last("digest"),
            Some(when)
        );
        assert_eq!(
            readings.of(&Location::Local("/a".into())).last("other"),
            None
        );
        assert_eq!(
            readings.of(&Location::Local("/b".into())).last("digest"),
            None
        );
    }

    #[test]
    fn a_file_stays_damaged_until_it_is_read_sound_or_should_be_another() {
        let state = tempfile::tempdir().unwrap();
        let readings = Readings::new(Some(state.path()));
        let (set, when) = (&Location::Local("/a".into()), at("2026-11-01T03:00:00Z"));
        let damaged = |sha256| readings.of(set).damaged(&file(), sha256);
        readings.note_damaged(set, &file(), "digest", when).unwrap();
        assert_eq!(damaged("digest"), Some(when));
        assert_eq!(damaged("other"), None);
        let another = FileName::parse("Data_002.zip").unwrap();
        readings.note_sound(set, &another, "digest", when).unwrap();
        assert_eq!(damaged("digest"), Some(when));
        readings.note_sound(set, &file(), "digest", when).unwrap();
        assert_eq!(damaged("digest"), None);
    }

    #[test]
    fn of_many_who_note_at_once_none_is_lost() {
        let state = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let readings = Readings::new(Some(state.path()));
                scope.spawn(move || {
                    for number in 0..10 {
                        let digest = format!("{worker}-{number}");
                        let when = at("2026-11-01T03:00:00Z");
                        readings
                            .note_sound(&Location::Local("/a".into()), &file(), &digest, when)
                            .unwrap();
                    }
                });
            }
        });
        let known = Readings::new(Some(state.path())).of(&Location::Local("/a".into()));
        assert_eq!(known.read.len(), 40);
    }

    #[test]
    fn what_is_damaged_counts_as_nothing_and_is_written_anew() {
        let state = tempfile::tempdir().unwrap();
        let readings = Readings::new(Some(state.path()));
        let (set, when) = (&Location::Local("/a".into()), at("2026-11-01T03:00:00Z"));
        readings.note_sound(set, &file(), "digest", when).unwrap();
        let path = state.path().join("readings").join(name(&set.identity()));
        std::fs::write(&path, "{\"schema\":1,").unwrap();
        assert_eq!(readings.of(set).last("digest"), None);
        readings.note_sound(set, &file(), "digest", when).unwrap();
        assert_eq!(readings.of(set).last("digest"), Some(when));
    }

    #[test]
    fn without_a_place_nothing_is_known_and_nothing_can_be_noted() {
        let readings = Readings::new(None);
        assert_eq!(
            readings.of(&Location::Local("/a".into())).last("digest"),
            None
        );
        assert!(readings.check(&Location::Local("/a".into())).is_err());
    }
}

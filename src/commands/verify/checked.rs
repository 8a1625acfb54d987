//! Everything that is verified, from the first look to the last word about it.

use std::collections::{HashMap, HashSet};

use crate::cli::Percent;
use crate::exit::Exit;
use crate::output::{Terminal, units};
use crate::problem::Problem;
use crate::store::Location;
use crate::store::at_once;
use crate::store::catalog;
use crate::store::readings::Readings;

use super::finding::{Finding, Kind};
use super::read::{self, Depth, Verdict};
use super::sample::{self, Standing};
use super::subject::{Sound, Subject, ToRead};

/// So often is looked again at a set that a download goes on to write.
const MOST_LOOKS: usize = 4;

/// What to do where a sample can't remember what it has read.
const NO_STATE: &str = "set HOME or XDG_STATE_HOME to a folder in which this user can write; or verify without --sample";

/// What is to be verified.
#[derive(Clone)]
pub(super) enum Target {
    Set {
        folder: Location,
        /// It was named, and not found in a folder that was.
        is_named: bool,
    },
    Zip(Location),
}

impl Target {
    pub(super) fn path(&self) -> &Location {
        match self {
            Target::Set { folder, .. } => folder,
            Target::Zip(zip) => zip,
        }
    }

    fn look(&self) -> Result<Subject, Problem> {
        match self {
            Target::Set { folder, is_named } => Subject::set(folder, *is_named),
            Target::Zip(zip) => Ok(Subject::zip(zip)),
        }
    }
}

/// How much of the data is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Directories,
    Sample(Percent),
    All,
}

/// What came of it.
pub(super) struct Checked {
    pub(super) subjects: Vec<Subject>,
    /// How far round the samples are.
    pub(super) standing: Option<Standing>,
    /// What was wrong, and is not any more.
    pub(super) repaired: Vec<Finding>,
}

/// How it is done.
pub(super) struct Check<'a> {
    pub(super) extent: Extent,
    pub(super) readings: &'a Readings,
    pub(super) terminal: &'a Terminal,
}

impl Check<'_> {
    /// Blocks.
    pub(super) fn run(&self, targets: &[Target]) -> Result<Checked, Problem> {
        let at_once = targets.iter().map(|target| target.path().at_once()).max();
        let looks = at_once::map(targets, at_once.unwrap_or(1), Target::look);
        let mut subjects = looks.into_iter().collect::<Result<Vec<_>, _>>()?;
        let chosen = match self.extent {
            Extent::Sample(share) => {
                self.can_sample(&subjects)?;
                sample::choose(share, &subjects, self.readings)
            }
            Extent::Directories | Extent::All => HashSet::new(),
        };
        let depth = |file: &ToRead| match self.extent {
            Extent::All => Depth::Whole,
            Extent::Sample(_) if chosen.contains(&file.path.to_string()) => Depth::Whole,
            Extent::Directories | Extent::Sample(_) => Depth::Directory,
        };
        self.read_all(subjects.iter_mut(), depth);
        for _ in 1..MOST_LOOKS {
            let changed: Vec<bool> = subjects.iter().map(has_changed).collect();
            if !changed.contains(&true) {
                break;
            }
            for (place, target) in targets
                .iter()
                .enumerate()
                .filter(|(place, _)| changed[*place])
            {
                let again = target.look()?;
                subjects[place] = again.keep_of(&mut subjects[place]);
            }
            let again = subjects.iter_mut().zip(&changed);
            let again = again.filter_map(|(subject, changed)| changed.then_some(subject));
            self.read_all(again, depth);
        }
        excuse(&mut subjects);
        let standing = matches!(self.extent, Extent::Sample(_))
            .then(|| sample::standing(&subjects, self.readings));
        Ok(Checked {
            subjects,
            standing,
            repaired: Vec::new(),
        })
    }

    /// A sample that can't remember what it has read would read the same files for ever.
    fn can_sample(&self, subjects: &[Subject]) -> Result<(), Problem> {
        if let Some(zip) = subjects.iter().find(|subject| subject.is_zip) {
            return Err(Problem::configuration(
                format!("--sample: {} is a single zip", zip.path),
                "leave out --sample: a zip that is named is read as a whole",
            ));
        }
        let checked = subjects
            .first()
            .map_or(Ok(()), |set| self.readings.check(&set.path));
        checked.map_err(|error| {
            let message = format!("--sample can't remember which files were read: {error}");
            Problem::new(Exit::Storage, "no_state", message).hint(NO_STATE)
        })
    }

    /// Reads what is there to be read of them and was not read yet.
    fn read_all<'a>(
        &self,
        subjects: impl Iterator<Item = &'a mut Subject>,
        depth: impl Fn(&ToRead) -> Depth,
    ) {
        let mut subjects: Vec<&mut Subject> = subjects.collect();
        let files = subjects.iter().flat_map(|subject| &subject.files);
        let files: Vec<_> = files
            .filter(|file| file.sound.is_none())
            .map(|file| (file, depth(file)))
            .collect();
        let whole = files.iter().filter(|(_, depth)| *depth == Depth::Whole);
        let bytes = whole.map(|(file, _)| file.size).sum();
        let reading = self.terminal.reading(files.len(), bytes);
        let verdicts = read::all_of(&files, &reading, self.readings);
        let mut verdicts = verdicts.into_iter();
        for subject in &mut subjects {
            let mut not_read = Vec::new();
            for file in subject.files.iter_mut().filter(|file| file.sound.is_none()) {
                match verdicts.next() {
                    Some(Verdict::Sound(sound)) => file.sound = Some(sound),
                    Some(Verdict::Wrong(finding)) => subject.findings.push(finding),
                    Some(Verdict::NotRead(problem)) => not_read.push(problem),
                    None => {}
                }
            }
            subject.not_read(not_read);
        }
    }
}

/// Whether something is wrong with a set whose manifest is not the one any more that was read: a download or `prune` is at work,
/// and what was found may not be so.
fn has_changed(subject: &Subject) -> bool {
    if subject.is_zip || subject.is_gone || subject.findings.is_empty() {
        return false;
    }
    let before = subject.set.as_ref().map(|set| &set.digest);
    match catalog::read(&subject.path) {
        Ok(now) => now.as_ref().map(|set| &set.digest) != before,
        Err(_) => before.is_some(),
    }
}

impl Subject {
    /// One finding for all files that were not read any more.
    fn not_read(&mut self, why: Vec<Problem>) {
        let (count, Some(why)) = (why.len(), why.into_iter().next()) else {
            return;
        };
        self.findings.push(Finding::of_store(Problem {
            message: format!(
                "{}: {} not read, because the store failed: {}",
                self.path,
                units::files(count),
                why.message
            ),
            ..why
        }));
    }

    /// With what is known of the files that were read before, and are the same.
    fn keep_of(mut self, before: &mut Subject) -> Subject {
        let mut known: HashMap<String, (Option<String>, Sound)> = HashMap::new();
        for file in before.files.drain(..) {
            if let Some(sound) = file.sound {
                let digest = file.entry.and_then(|entry| entry.sha256);
                known.insert(file.path.to_string(), (digest, sound));
            }
        }
        for file in &mut self.files {
            let digest = file.entry.as_ref().and_then(|entry| entry.sha256.as_ref());
            let same = known.remove(&file.path.to_string());
            let same = same.filter(|(before, _)| before.as_ref() == digest);
            file.sound = same.map(|(_, sound)| sound);
        }
        self
    }

    /// Whose it is, and when it was begun, if it is complete.
    fn complete_since(&self) -> Option<(Option<&str>, &str)> {
        let set = self.set.as_ref().filter(|_| self.is_complete())?;
        Some((set.manifest.org.as_deref(), &set.manifest.started_at))
    }
}

/// In a folder of sets, one that is not complete matters only as long as no newer one of its organisation is, and nobody is at
/// work on it.
pub(super) fn excuse(subjects: &mut [Subject]) {
    let excuses: Vec<_> = subjects
        .iter()
        .map(|subject| excuse_of(subject, subjects))
        .collect();
    for (subject, why) in subjects.iter_mut().zip(excuses) {
        if let Some(why) = why {
            subject.excuse(why);
        }
    }
}

fn excuse_of(subject: &Subject, subjects: &[Subject]) -> Option<&'static str> {
    let mut findings = subject.findings.iter();
    let is_incomplete = findings.any(|finding| finding.kind == Kind::Incomplete);
    if subject.is_named || !is_incomplete {
        None
    } else if is_superseded(subject, subjects) {
        Some("a newer backup is complete")
    } else {
        is_at_work(subject).then_some("another run of backup-fetch is working in this folder")
    }
}

fn is_superseded(subject: &Subject, subjects: &[Subject]) -> bool {
    let Some(set) = &subject.set else {
        return false;
    };
    let (org, begun) = (set.manifest.org.as_deref(), &*set.manifest.started_at);
    let folder = subject.path.parent();
    let beside = subjects
        .iter()
        .filter(|other| other.path.parent() == folder);
    let mut complete = beside.filter_map(Subject::complete_since);
    complete.any(|(whose, since)| whose == org && since > begun)
}

fn is_at_work(subject: &Subject) -> bool {
    let folder = subject.path.parent();
    folder.is_some_and(|folder| folder.is_locked().unwrap_or(false))
}

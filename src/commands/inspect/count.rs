//! Reads the zips of a subject, and says what can't be read of them.

use std::io;
use std::sync::OnceLock;

use crate::commands::context::Context;
use crate::contents::{Contents, Counted, Fault, Listing, Watch};
use crate::exit::Exit;
use crate::integrity::{Archive, ArchiveError};
use crate::problem::{self, Problem};
use crate::store::catalog::SavedSet;
use crate::store::{self, Location, StorageError, at_once};
use crate::untrusted::printable;

use super::subject::{Subject, ZipFile};

/// So many tables are read from a store at once; each may have some MiB read ahead.
const MOST_STREAMS: usize = 8;

/// What it holds, as far as it can be read, and what is wrong with it. Left among the faults are tables of a set that somebody
/// accepted as they are.
pub(super) fn count(
    subject: &Subject,
    context: &Context,
) -> Result<(Counted, Vec<Problem>), Problem> {
    let (listing, mut findings) = list(subject)?;
    let (tables, bytes) = listing.tables();
    let reading = context.terminal.reading(tables, bytes);
    let failed = OnceLock::new();
    let watch = Watch {
        advanced: &|bytes| reading.advance(bytes),
        table_done: &|error| match error {
            None => {
                reading.file_done();
            }
            Some(error) => {
                reading.file_failed();
                let told = of_store(error).map(StorageError::problem);
                if let Some(problem) = told.filter(|it| is_about_all(&subject.path, it)) {
                    let _ = failed.set(problem);
                }
            }
        },
        is_stopped: &|| context.stop.requested().is_some() || failed.get().is_some(),
        at_once: subject.path.at_once().min(MOST_STREAMS),
    };
    let counted = listing.count(subject.is_whole() && findings.is_empty(), &watch);
    context.terminal.end_progress();
    if let Some(problem) = failed.into_inner() {
        return Err(problem);
    }
    let Some(mut counted) = counted else {
        return Err(problem::stopped(
            context.stop.requested().unwrap_or(Exit::Interrupted),
        ));
    };
    let is_set = subject.set.is_some();
    let is_finding = |fault: &mut Fault| !(is_set && fault.is_of_unknown_kind());
    let faults = counted.faults.extract_if(.., is_finding);
    findings.extend(faults.map(|fault| of_table(&fault)));
    if let Some(last) = findings.last_mut() {
        let path = &subject.path;
        last.hint = Some(format!(
            "`backup-fetch verify {path}` tests every file of it; the counts above are of the rest"
        ));
    }
    Ok((counted, findings))
}

/// What it is known to hold: from its manifest where that says it, else it is read.
pub(super) fn known_contents(
    subject: &Subject,
    context: &Context,
) -> Result<(Contents, Vec<Problem>), Problem> {
    let set = subject.set.as_ref();
    if let Some(known) = set.and_then(|set| set.manifest.contents()) {
        return Ok((known.clone(), Vec::new()));
    }
    context.note(&format!("reading {} to compare with it", subject.name));
    let (counted, findings) = count(subject, context)?;
    Ok((counted.contents, findings))
}

/// What a set holds and what is odd about that, for who can't go on with less than all of it.
pub(in crate::commands) fn contents_of(
    set: SavedSet,
    context: &Context,
) -> Result<Counted, Problem> {
    let (counted, findings) = count(&Subject::of_set(set), context)?;
    let worst = findings.into_iter().reduce(|worst, other| {
        if worst.exit.worst(other.exit) == worst.exit {
            worst
        } else {
            other
        }
    });
    worst.map_or(Ok(counted), Err)
}

/// Reads the directories of the zips, and says which of them can't be.
fn list(subject: &Subject) -> Result<(Listing, Vec<Problem>), Problem> {
    let there = subject.listing()?;
    let (zips, mut listing, mut findings) = (subject.zips(), Listing::default(), Vec::new());
    // Several at a time, and not all: a directory may be large.
    for some in zips.chunks(subject.path.at_once()) {
        let opened = at_once::map(some, some.len(), |zip| zip.open(there.as_ref()));
        for (zip, opened) in some.iter().zip(opened) {
            let added = opened.and_then(|archive| {
                let added = listing.add(&zip.name, zip.kind, archive);
                added.map_err(|error| damaged(zip, &error))
            });
            match added {
                Ok(()) => {}
                // No other could be opened, either.
                Err(problem) if is_about_all(&subject.path, &problem) => return Err(problem),
                Err(problem) => findings.push(problem),
            }
        }
    }
    Ok((listing, findings))
}

impl ZipFile {
    fn open(&self, there: Option<&store::Listing>) -> Result<Archive, Problem> {
        let ZipFile { name, path, .. } = self;
        let wrong = |code, why| Problem::new(Exit::Integrity, code, format!("{name}: {why}"));
        let file = match path.open_listed(there) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(wrong("missing", "the file is missing".to_owned()));
            }
            opened => opened.map_err(|error| path.failed("reading", error).problem())?,
        };
        let size = file.length();
        let size = size.map_err(|error| path.failed("reading", error).problem())?;
        if let Some(said) = self.size.filter(|said| *said != size) {
            let why = format!("it has {size} bytes, the manifest says {said}");
            return Err(wrong("size", why));
        }
        Archive::open_to_list(file).map_err(|error| damaged(self, &error))
    }
}

fn damaged(zip: &ZipFile, error: &ArchiveError) -> Problem {
    match of_store(error) {
        Some(told) => told.problem(),
        None => Problem::new(Exit::Integrity, "corrupt", format!("{}: {error}", zip.name)),
    }
}

/// What a store says when it does not give what is there.
fn of_store(error: &ArchiveError) -> Option<&StorageError> {
    match error {
        ArchiveError::Io(error) => StorageError::told(error),
        _ => None,
    }
}

/// Whether it says nothing of a single zip.
fn is_about_all(place: &Location, problem: &Problem) -> bool {
    let is_of_store = place.local().is_none() && problem.exit != Exit::Integrity;
    problem.code == "too_many_open_files" || (is_of_store && !store::is_about_one_object(problem))
}

fn of_table(fault: &Fault) -> Problem {
    if let Some(told) = of_store(&fault.error) {
        return told.problem();
    }
    let code = match fault.error {
        ArchiveError::Damaged(_) => "corrupt",
        ArchiveError::Unknown(_) => "unknown_method",
        ArchiveError::Io(_) => "unreadable",
    };
    Problem::new(Exit::Integrity, code, told(fault))
}

/// Which table it is, and what is wrong with it.
pub(super) fn told(fault: &Fault) -> String {
    let Fault { zip, entry, error } = fault;
    match error {
        ArchiveError::Io(_) => format!("{zip}: {}: {error}", printable(entry)),
        // These name the entry.
        ArchiveError::Damaged(_) | ArchiveError::Unknown(_) => format!("{zip}: {error}"),
    }
}

//! Reads the zips of a subject, and says what can't be read of them.

use std::io;

use crate::commands::context::Context;
use crate::contents::{Contents, Counted, Fault, Listing, Watch};
use crate::exit::Exit;
use crate::integrity::ArchiveError;
use crate::problem::{self, Problem};
use crate::store::catalog::SavedSet;
use crate::untrusted::printable;

use super::subject::{Subject, ZipFile};

/// What it holds, as far as it can be read, and what is wrong with it. Left among the faults are tables of a set that somebody
/// accepted as they are.
pub(super) fn count(
    subject: &Subject,
    context: &Context,
) -> Result<(Counted, Vec<Problem>), Problem> {
    let mut listing = Listing::default();
    let mut findings = Vec::new();
    for zip in subject.zips() {
        match add(&mut listing, &zip) {
            Ok(()) => {}
            // No other could be opened, either.
            Err(problem) if problem.code == "too_many_open_files" => return Err(problem),
            Err(problem) => findings.push(problem),
        }
    }
    let (tables, bytes) = listing.tables();
    let reading = context.terminal.reading(tables, bytes);
    let watch = Watch {
        advanced: &|bytes| reading.advance(bytes),
        table_done: &|is_sound| {
            if is_sound {
                reading.file_done();
            } else {
                reading.file_failed();
            }
        },
        is_stopped: &|| context.stop.requested().is_some(),
    };
    let counted = listing.count(subject.is_whole() && findings.is_empty(), &watch);
    context.terminal.end_progress();
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

fn add(listing: &mut Listing, zip: &ZipFile) -> Result<(), Problem> {
    let ZipFile {
        name, path, kind, ..
    } = zip;
    let damaged = |code, why: String| Problem::new(Exit::Integrity, code, format!("{name}: {why}"));
    let file = match path.open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(damaged("missing", "the file is missing".to_owned()));
        }
        opened => opened.map_err(|error| path.failed("reading", error).problem())?,
    };
    let size = file.length();
    let size = size.map_err(|error| path.failed("reading", error).problem())?;
    if let Some(said) = zip.size.filter(|said| *said != size) {
        let why = format!("it has {size} bytes, the manifest says {said}");
        return Err(damaged("size", why));
    }
    let added = listing.add(name, *kind, file);
    added.map_err(|error| damaged("corrupt", error.to_string()))
}

fn of_table(fault: &Fault) -> Problem {
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

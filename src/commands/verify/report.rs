//! What is said of what was verified: a line for each set on stdout, or one JSON document, and on stderr whatever is wrong.

use std::time::Duration;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::commands::context::Context;
use crate::commands::outcome::{Outcome, Totals};
use crate::exit::Exit;
use crate::output::{table, units};
use crate::problem::Problem;

use super::checked::{Checked, Extent};
use super::finding::{Finding, Kind};
use super::sample::{self, Standing};
use super::subject::{Subject, ToRead};

/// With `--quiet` nothing but what is wrong.
pub(super) fn outcome(
    checked: &Checked,
    extent: Extent,
    took: Duration,
    context: &Context,
) -> Outcome {
    let subjects = &checked.subjects[..];
    let there = || subjects.iter().filter(|subject| !subject.is_gone);
    let lines = if context.global.output.quiet {
        Vec::new()
    } else {
        listed(there().map(|subject| row(subject, extent)))
    };
    let document = document(checked, extent, took);
    let mut outcome = Outcome::report(lines, document).totals(totals(subjects));
    for subject in subjects {
        for warning in warnings(subject) {
            outcome = outcome.warning(warning);
        }
    }
    for finding in &checked.repaired {
        outcome = outcome.warning(format!("repaired: {}", finding.message));
    }
    let mut findings: Vec<&Finding> = there().flat_map(|subject| &subject.findings).collect();
    findings.sort_by_key(|finding| finding.kind);
    if findings.is_empty() {
        return outcome.note(closing(checked, extent, took));
    }
    if let Some(standing) = checked.standing {
        outcome = outcome.note(round(standing));
    }
    failed(outcome, &findings)
}

/// Every finding, and one hint for all that it helps; the most serious come first.
fn failed(mut outcome: Outcome, findings: &[&Finding]) -> Outcome {
    let mut exit = Exit::Done;
    for (place, finding) in findings.iter().enumerate() {
        let problem = finding.problem();
        let next = findings.get(place + 1).map(|next| next.problem());
        let is_hinted_next = next.is_some_and(|next| next.hint == problem.hint);
        exit = exit.worst(problem.exit);
        outcome = outcome.error(Problem {
            hint: problem
                .hint
                .filter(|hint| !is_hinted_next && !hint.is_empty()),
            ..problem
        });
    }
    outcome.exit = exit;
    let first = &findings[0].message;
    outcome.gist(match findings.len() {
        1 => first.clone(),
        several => format!("{first} (and {} more findings)", several - 1),
    })
}

/// Of what is sound.
fn totals(subjects: &[Subject]) -> Totals {
    let files = subjects.iter().flat_map(|subject| &subject.files);
    let sound = || files.clone().filter(|file| file.sound.is_some());
    let folder = match subjects {
        [only] => only.path.to_string(),
        _ => String::new(),
    };
    Totals {
        folder,
        files: sound().count(),
        bytes: size_of(sound()),
        fetched_bytes: 0,
        completed: None,
    }
}

/// Under the names of the columns, if there is anything.
fn listed(rows: impl Iterator<Item = [String; 5]>) -> Vec<String> {
    let mut rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        let columns = ["STATE", "FILES", "     SIZE", "COMPLETED", "PATH"];
        rows.insert(0, columns.map(str::to_owned));
    }
    table(&rows)
}

fn row(subject: &Subject, extent: Extent) -> [String; 5] {
    let completed = subject
        .set
        .as_ref()
        .and_then(|set| set.manifest.completed());
    [
        state(subject, extent).to_owned(),
        subject.counted(),
        units::size_column(Some(subject.bytes())),
        completed.map_or_else(|| "-".to_owned(), |at| at.format("%Y-%m-%d").to_string()),
        subject.path.to_string(),
    ]
}

/// Only what was read as a whole is called sound.
fn state(subject: &Subject, extent: Extent) -> &'static str {
    let kinds = || subject.findings.iter().map(|finding| finding.kind);
    let is_incomplete = !subject.is_zip && subject.set.is_some() && !subject.is_complete();
    if kinds().any(|kind| kind != Kind::Incomplete) {
        "damaged"
    } else if is_incomplete {
        "incomplete"
    } else if extent == Extent::All {
        "sound"
    } else {
        "ok"
    }
}

impl Subject {
    /// How many files are there, whatever is in them.
    fn count(&self) -> usize {
        self.files.len()
    }

    /// `6`, or `5 of 6` that are sound.
    fn counted(&self) -> String {
        let sound = self.files.iter().filter(|file| file.sound.is_some());
        let (sound, set) = (sound.count(), self.set.as_ref());
        let of = set.map_or(self.files.len(), |set| set.manifest.files.len());
        if sound == of {
            of.to_string()
        } else {
            format!("{sound} of {of}")
        }
    }

    fn bytes(&self) -> u64 {
        size_of(self.files.iter())
    }
}

fn warnings(subject: &Subject) -> Vec<String> {
    let path = &subject.path;
    let gone = subject.is_gone.then(|| {
        format!("{path}: not verified, because it has no manifest.json: it was lost or removed, or a download is about to write it")
    });
    let of_file = |file: &ToRead| {
        let warnings = file.sound.iter().flat_map(|sound| &sound.warnings);
        let path = &file.path;
        warnings
            .map(|text| format!("{path}: {text}"))
            .collect::<Vec<_>>()
    };
    let of_files = subject.files.iter().flat_map(of_file);
    gone.into_iter()
        .chain(subject.warnings.iter().cloned())
        .chain(of_files)
        .collect()
}

/// Of a run that found nothing wrong.
fn closing(checked: &Checked, extent: Extent, took: Duration) -> String {
    let files = || checked.subjects.iter().flat_map(|subject| &subject.files);
    let bytes = size_of(files());
    if files().next().is_none() {
        return "nothing was there to be verified".to_owned();
    }
    let (count, size) = (units::files(files().count()), units::size(bytes));
    let read = || files().filter(|file| is_read(file));
    let took = units::took(took);
    let told = match extent {
        Extent::All => format!("every byte of {count} is sound: {size} read in {took}"),
        Extent::Directories => {
            format!(
                "{count} are there, each of the right size, {size} in all; their data was not read (--quick)"
            )
        }
        Extent::Sample(_) => format!(
            "read {} of {count}, and found it sound: {} of {size} ({}) in {took}",
            read().count(),
            units::size(size_of(read())),
            sample::percent(size_of(read()), bytes)
        ),
    };
    let told = match checked.standing {
        Some(standing) => format!("{told}; {}", round(standing)),
        None => told,
    };
    let untested = files().filter(|file| untested(file).is_some()).count();
    match untested {
        0 => told,
        _ => format!(
            "{told}; {} accepted although not all of it can be tested",
            units::files(untested)
        ),
    }
}

/// How far round the samples are.
fn round(standing: Standing) -> String {
    let since = standing.since.map(|at| at.format("%Y-%m-%d").to_string());
    match (standing.read == standing.bytes, since) {
        (_, None) => "none of it has ever been read and found sound".to_owned(),
        (true, Some(since)) => format!("all of it has been read since {since}"),
        (false, Some(since)) => format!(
            "{} of it has been read since {since}",
            sample::percent(standing.read, standing.bytes)
        ),
    }
}

fn size_of<'a>(files: impl Iterator<Item = &'a ToRead>) -> u64 {
    files.map(|file| file.size).sum()
}

/// Whether all of it was read.
fn is_read(file: &ToRead) -> bool {
    file.sound
        .as_ref()
        .is_some_and(|sound| sound.sha256.is_some())
}

fn untested(file: &ToRead) -> Option<&str> {
    file.sound
        .as_ref()
        .and_then(|sound| sound.untested.as_deref())
}

fn document(checked: &Checked, extent: Extent, took: Duration) -> Value {
    let subjects = &checked.subjects[..];
    let (zips, sets): (Vec<_>, Vec<_>) = subjects.iter().partition(|subject| subject.is_zip);
    let there = subjects.iter().filter(|subject| !subject.is_gone);
    let sound = there.clone().all(|subject| subject.findings.is_empty());
    json!({
        "schema": 1,
        "read": match extent {
            Extent::Directories => "directories",
            Extent::Sample(_) => "sample",
            Extent::All => "all",
        },
        "round": checked.standing.map(|standing| json!({
            "read_bytes": standing.read,
            "bytes": standing.bytes,
            "since": standing.since.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        })),
        "repaired": checked.repaired,
        "sound": sound,
        "files": there.clone().map(Subject::count).sum::<usize>(),
        "bytes": there.map(Subject::bytes).sum::<u64>(),
        "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
        "sets": sets.into_iter().map(set).collect::<Vec<_>>(),
        "zips": zips.into_iter().map(zip).collect::<Vec<_>>(),
    })
}

fn set(subject: &Subject) -> Value {
    let manifest = subject.set.as_ref().map(|set| &set.manifest);
    json!({
        "path": subject.path.to_string(),
        "org": manifest.and_then(|set| set.org.as_ref()),
        "job": manifest.and_then(|set| set.job.as_ref()),
        "state": manifest.map(|set| set.state),
        "finished_at": manifest.and_then(|set| set.finished_at.as_ref()),
        "gone": subject.is_gone,
        "sound": subject.findings.is_empty(),
        "files": subject.files.iter().map(file).collect::<Vec<_>>(),
        "findings": subject.findings,
        "warnings": warnings(subject),
    })
}

fn zip(subject: &Subject) -> Value {
    let mut zip = subject.files.first().map_or_else(|| json!({}), file);
    zip["path"] = json!(subject.path.to_string());
    zip["sound"] = json!(subject.findings.is_empty());
    zip["findings"] = json!(subject.findings);
    zip["warnings"] = json!(warnings(subject));
    zip
}

/// `sha256` is what the manifest says, or else what was found.
fn file(file: &ToRead) -> Value {
    let said = file.entry.as_ref().and_then(|entry| entry.sha256.as_ref());
    let found = file.sound.as_ref().and_then(|sound| sound.sha256.as_ref());
    json!({
        "name": file.name,
        "size": file.size,
        "sha256": said.or(found),
        "entries": file.sound.as_ref().map(|sound| sound.entries),
        "sound": file.sound.is_some(),
        "read": is_read(file),
        "untested": untested(file),
        "in_manifest": file.entry.is_some(),
    })
}

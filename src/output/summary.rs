//! The closing words of a download, and the last line of its JSON.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::lines::{already_there, named};
use super::units;
use crate::contents::Contents;
use crate::event::{Already, seconds};
use crate::exit::Exit;
use crate::model::FileName;
use crate::problem::Problem;
use crate::store::Location;

/// How a download ended. Serialized it is the `summary` of `--json`, with names that other programs depend on.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(tag = "event", rename = "summary")]
pub(crate) struct Summary {
    pub(crate) files: Counts,
    /// Those of the verified files that this run found there.
    #[serde(flatten)]
    pub(crate) already: Already,
    /// Of the verified files.
    pub(crate) bytes: u64,
    /// Bytes that came over the line in this run, those thrown away included.
    pub(crate) fetched_bytes: u64,
    /// Files that this run itself fetched and verified; 0 with exit 0 means that all was there already.
    pub(crate) fetched_files: usize,
    /// From the start of the command to here.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub(crate) took: Duration,
    #[serde(serialize_with = "displayed")]
    pub(crate) folder: Location,
    /// What the set holds, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contents: Option<Contents>,
    /// What ended the run as a whole, if anything did.
    #[serde(rename = "error")]
    pub(crate) ended_by: Option<Problem>,
    /// The files this run gave up.
    #[serde(serialize_with = "by_name")]
    pub(crate) failures: Vec<(FileName, Problem)>,
    /// How the process ends.
    #[serde(rename = "exit_code")]
    pub(crate) exit: Exit,
    /// Of how many missing files a part is kept for the next run, and how many bytes.
    #[serde(skip)]
    pub(crate) kept: (usize, u64),
    /// The set in the store is not what this run was to make of it.
    #[serde(skip)]
    pub(crate) is_unfinished: bool,
    /// When the set became complete, if it is.
    #[serde(skip)]
    pub(crate) completed: Option<DateTime<Utc>>,
}

/// Files of the set by their state.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Counts {
    /// On disk and verified, whoever fetched them and when.
    pub(crate) verified: usize,
    /// Asked for and not on disk.
    pub(crate) missing: usize,
    pub(crate) corrupt: usize,
    /// Could not be verified, accepted or not.
    pub(crate) unverified: usize,
    /// Not on disk because `--only` or `--match` left them out.
    pub(crate) not_selected: usize,
}

fn displayed<S: Serializer>(location: &Location, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(location)
}

fn by_name<S: Serializer>(
    failures: &[(FileName, Problem)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Failed<'a> {
        name: &'a FileName,
        #[serde(flatten)]
        problem: &'a Problem,
    }
    let failures = failures.iter();
    serializer.collect_seq(failures.map(|(name, problem)| Failed { name, problem }))
}

/// The run and the set, a line each; nothing when there was no set (HTTP 204), which the command itself has said.
pub(crate) fn notes(summary: &Summary) -> Vec<String> {
    let files = summary.files;
    let all = files.verified + files.missing + files.corrupt + files.unverified;
    let (size, folder) = (units::size(summary.bytes), &summary.folder);
    let accepted = match (files.unverified, files.verified) {
        (0, _) => String::new(),
        (_, 0) => ", accepted with --allow-unverified".to_owned(),
        (count, _) => format!(", except {count} accepted with --allow-unverified"),
    };
    let not_selected = match files.not_selected {
        0 => String::new(),
        count => format!(" ({} of the backup not selected)", units::files(count)),
    };
    let fetched = fetched(summary);
    match summary.exit {
        _ if all == 0 => Vec::new(),
        Exit::Done if summary.fetched_files == 0 && summary.already.files == files.verified => {
            let is = if all == 1 { "is" } else { "are" };
            let there = already_there(&summary.already);
            vec![format!(
                "nothing to do: {} {is} {there}{accepted}, in {folder}{not_selected}",
                units::files(all)
            )]
        }
        Exit::Done => vec![
            fetched,
            format!(
                "{}{accepted}, {size}, in {folder}{not_selected}",
                verified(files.verified, None, &summary.already)
            ),
        ],
        _ => {
            let state = if summary.is_unfinished {
                let saved = files.verified + files.unverified;
                format!(
                    "{saved} of {}, {size}, in {folder}{}; this run could not finish the set there",
                    units::files(all),
                    what_is_missing(summary)
                )
            } else {
                format!(
                    "{}, {size}, in {folder}{not_selected}{}",
                    verified(files.verified, Some(all), &summary.already),
                    what_is_missing(summary)
                )
            };
            // That nothing came is said by the rest.
            let came = summary.fetched_files > 0 || summary.fetched_bytes > 0;
            came.then_some(fetched).into_iter().chain([state]).collect()
        }
    }
}

/// `of`: how many there should be, where not all of them are there.
pub(crate) fn verified(files: usize, of: Option<usize>, already: &Already) -> String {
    let counted = |files: usize| match of {
        None => units::files(files),
        Some(all) => format!("{files} of {}", units::files(all)),
    };
    let there = already_there(already);
    match files.saturating_sub(already.files) {
        _ if already.files == 0 => format!("{} verified", counted(files)),
        0 => format!("{} {there}", counted(already.files)),
        fresh => format!(
            "{} verified, {} more {there}",
            counted(fresh),
            already.files
        ),
    }
}

fn fetched(summary: &Summary) -> String {
    let rate = units::rate_of(summary.fetched_bytes, summary.took);
    let rate = rate.map(|rate| format!(" ({rate})")).unwrap_or_default();
    let (bytes, took) = (
        units::size(summary.fetched_bytes),
        units::took(summary.took),
    );
    format!(
        "{} fetched, {bytes} in {took}{rate}",
        units::files(summary.fetched_files)
    )
}

/// What a run that did not end well leaves to the next one.
fn what_is_missing(summary: &Summary) -> String {
    let states = [
        (summary.files.missing, "missing"),
        (summary.files.corrupt, "corrupt"),
        (summary.files.unverified, "unverified"),
    ];
    let some = states.iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = some
        .map(|(count, state)| format!(", {count} {state}"))
        .collect();
    // Who stopped it is told so by the error, which `--quiet` does not hide.
    let is_told = summary.exit.is_stop();
    let (files, bytes) = summary.kept;
    if files > 0 && !is_told {
        let (bytes, files) = (units::size(bytes), units::files(files));
        parts.push(format!("; {bytes} of {files} kept for the next run"));
    }
    parts.concat()
}

/// What went wrong; at least one, unless the exit code is 0.
pub(crate) fn problems(summary: &Summary) -> Vec<Problem> {
    if summary.exit == Exit::Done {
        return Vec::new();
    }
    let mut problems: Vec<Problem> = summary.ended_by.iter().cloned().collect();
    problems.extend(grouped(&summary.failures));
    if problems.is_empty() {
        problems.push(Problem::new(summary.exit, "", summary.exit.meaning()));
    }
    problems
}

/// One of each kind, by what is to be done about it, in the order in which they came.
fn grouped(failures: &[(FileName, Problem)]) -> Vec<Problem> {
    let mut groups: Vec<(String, Vec<&(FileName, Problem)>)> = Vec::new();
    for failure in failures {
        let (name, problem) = failure;
        let hint = problem.hint.as_deref().unwrap_or_default();
        // A hint that names the file is the same hint.
        let key = format!("{} {}", problem.code, hint.replace(name.as_str(), ""));
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(failure),
            None => groups.push((key, vec![failure])),
        }
    }
    groups.iter().map(|(_, group)| told_once(group)).collect()
}

/// What happened to the first file, and which others it happened to.
fn told_once(group: &[&(FileName, Problem)]) -> Problem {
    let (name, problem) = group[0];
    let mut message = named(name, &problem.message);
    let others: Vec<&str> = group[1..].iter().map(|(name, _)| name.as_str()).collect();
    if !others.is_empty() {
        let (count, shown) = (others.len(), units::names(&others));
        message = format!("{message}; {count} more failed the same way: {shown}");
    }
    Problem {
        message,
        ..problem.clone()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::event::samples::{already, failure, name};

    pub(in super::super) fn summary() -> Summary {
        Summary {
            files: Counts {
                verified: 6,
                ..Counts::default()
            },
            already: already(2),
            bytes: 2_900_000_000,
            fetched_bytes: 2_100_000_000,
            fetched_files: 4,
            took: Duration::from_secs(90),
            folder: Location::Local("/backups/757345985-42".into()),
            contents: None,
            ended_by: None,
            failures: Vec::new(),
            exit: Exit::Done,
            kept: (0, 0),
            is_unfinished: false,
            completed: None,
        }
    }

    /// The errors and their hints, a line each.
    fn said(summary: &Summary) -> Vec<String> {
        let lines = problems(summary).into_iter();
        let lines = lines.flat_map(|problem| [Some(problem.message), problem.hint]);
        lines.flatten().collect()
    }

    #[test]
    fn a_summary_counts_files_by_state() {
        assert_eq!(
            serde_json::to_string(&summary()).unwrap(),
            r#"{"event":"summary","files":{"verified":6,"missing":0,"corrupt":0,"unverified":0,"not_selected":0},"already_verified":2,"verified_at":"2026-11-20T12:00:00Z","bytes":2900000000,"fetched_bytes":2100000000,"fetched_files":4,"seconds":90.0,"folder":"/backups/757345985-42","error":null,"failures":[],"exit_code":0}"#
        );
    }

    #[test]
    fn a_good_run_says_what_came_and_what_is_there() {
        assert_eq!(
            notes(&summary()),
            [
                "4 files fetched, 2.1 GB in 1m 30s (23.3 MB/s)",
                "4 files verified, 2 more already there, verified on 2026-11-20, 2.9 GB, in /backups/757345985-42"
            ]
        );
    }

    #[test]
    fn a_bad_run_says_what_is_missing_and_what_is_kept_of_it() {
        let summary = Summary {
            files: Counts {
                missing: 2,
                corrupt: 1,
                ..summary().files
            },
            already: Already::default(),
            kept: (1, 230_000_000),
            exit: Exit::Storage,
            ..summary()
        };
        assert_eq!(
            notes(&summary)[1],
            "6 of 9 files verified, 2.9 GB, in /backups/757345985-42, 2 missing, 1 corrupt; \
             230.0 MB of 1 file kept for the next run"
        );
    }

    #[test]
    fn nothing_is_called_verified_in_a_set_that_could_not_be_finished() {
        let summary = Summary {
            exit: Exit::Locked,
            is_unfinished: true,
            ..summary()
        };
        assert_eq!(
            notes(&summary)[1],
            "6 of 6 files, 2.9 GB, in /backups/757345985-42; this run could not finish the set there"
        );
    }

    #[test]
    fn a_bad_run_that_fetched_nothing_tells_no_rate() {
        let summary = Summary {
            files: Counts {
                verified: 0,
                missing: 6,
                ..summary().files
            },
            already: Already::default(),
            bytes: 0,
            fetched_files: 0,
            fetched_bytes: 0,
            exit: Exit::Interrupted,
            ..summary()
        };
        assert_eq!(
            notes(&summary),
            ["0 of 6 files verified, 0 B, in /backups/757345985-42, 6 missing"]
        );
    }

    #[test]
    fn nothing_to_do_is_one_line_that_claims_no_more_than_is_known() {
        let mut summary = Summary {
            already: already(6),
            fetched_files: 0,
            fetched_bytes: 0,
            ..summary()
        };
        let text = "nothing to do: 6 files are already there, verified on 2026-11-20, in /backups/757345985-42";
        assert_eq!(notes(&summary), [text]);
        summary.already.verified_at = None;
        let text = "nothing to do: 6 files are already there, in /backups/757345985-42";
        assert_eq!(notes(&summary), [text]);
    }

    #[test]
    fn what_was_not_read_is_told_apart_from_what_was() {
        let words = |files, of, there| verified(files, of, &already(there));
        assert_eq!(words(6, None, 0), "6 files verified");
        assert_eq!(words(6, Some(9), 0), "6 of 9 files verified");
        assert_eq!(
            words(6, Some(9), 2),
            "4 of 9 files verified, 2 more already there, verified on 2026-11-20"
        );
        assert_eq!(
            words(6, Some(9), 6),
            "6 of 9 files already there, verified on 2026-11-20"
        );
    }

    #[test]
    fn an_empty_listing_has_no_closing_words() {
        let summary = Summary {
            files: Counts {
                verified: 0,
                ..summary().files
            },
            fetched_files: 0,
            ..summary()
        };
        assert_eq!(notes(&summary), [""; 0]);
    }

    #[test]
    fn files_that_failed_alike_are_one_error_with_one_hint() {
        let failed = |number: usize, code, hint: &str| {
            let file = format!("Data_{number:03}.zip");
            let failure = Problem {
                code,
                message: format!("{file}: bad CRC-32"),
                hint: Some(hint.replace("FILE", &file)),
                ..failure()
            };
            (name(&file), failure)
        };
        let mut failures: Vec<_> = (1..=300)
            .map(|n| failed(n, "corrupt", "move FILE"))
            .collect();
        failures.push(failed(301, "short_body", "run it again"));
        let summary = Summary {
            files: Counts {
                verified: 0,
                corrupt: 301,
                ..summary().files
            },
            failures,
            exit: Exit::Integrity,
            ..summary()
        };
        let others: Vec<_> = (2..=9).map(|n| format!("Data_{n:03}.zip")).collect();
        assert_eq!(
            said(&summary),
            [
                (format!(
                    "Data_001.zip: bad CRC-32; 299 more failed the same way: {} and 291 more",
                    others.join(", ")
                )),
                "move Data_001.zip".to_owned(),
                "Data_301.zip: bad CRC-32".to_owned(),
                "run it again".to_owned(),
            ]
        );
    }

    #[test]
    fn each_failed_file_has_its_error_and_hint() {
        let summary = Summary {
            files: Counts {
                verified: 5,
                corrupt: 1,
                ..summary().files
            },
            already: Already::default(),
            failures: vec![(name("Data_001.zip"), failure())],
            exit: Exit::Integrity,
            ..summary()
        };
        assert_eq!(
            notes(&summary)[1..],
            ["5 of 6 files verified, 2.9 GB, in /backups/757345985-42, 1 corrupt"]
        );
        assert_eq!(
            said(&summary),
            ["Data_001.zip: bad CRC-32 after 2 attempts", "run it again"]
        );
    }

    #[test]
    fn an_error_is_said_exactly_when_the_exit_code_is_not_zero() {
        for (exit, _) in Exit::MEANINGS {
            let problems = problems(&Summary { exit, ..summary() });
            assert_eq!(problems.is_empty(), exit == Exit::Done, "{exit:?}");
        }
    }

    #[test]
    fn files_that_were_not_selected_are_no_failure() {
        let summary = Summary {
            files: Counts {
                verified: 4,
                not_selected: 2,
                ..summary().files
            },
            already: Already::default(),
            ..summary()
        };
        assert_eq!(
            notes(&summary)[1],
            "4 files verified, 2.9 GB, in /backups/757345985-42 (2 files of the backup not selected)"
        );
    }
}

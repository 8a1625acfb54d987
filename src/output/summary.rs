//! The closing words of a download.

use super::lines::named;
use super::units;
use crate::event::Summary;
use crate::exit::Exit;
use crate::model::FileName;
use crate::problem::Problem;

/// One thing to say at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closing {
    /// For people; `--quiet` hides it.
    Note(String),
    /// `error: …`.
    Error(String),
    /// `hint: …`.
    Hint(String),
}

/// What is said about a run. There is an error in it exactly when the exit code is not 0.
pub(super) fn closing(summary: &Summary) -> Vec<Closing> {
    let mut said: Vec<Closing> = outcome(summary).into_iter().map(Closing::Note).collect();
    if summary.exit == Exit::Done {
        return said;
    }
    if let Some(failure) = &summary.ended_by {
        said.push(Closing::Error(failure.message.clone()));
        said.extend(failure.hint.clone().map(Closing::Hint));
    }
    for cause in causes(&summary.failures) {
        said.push(Closing::Error(cause.words()));
        said.extend(cause.problem().hint.clone().map(Closing::Hint));
    }
    if summary.failures.is_empty() && summary.ended_by.is_none() {
        said.push(Closing::Error(summary.exit.meaning().to_owned()));
    }
    said
}

/// A run in one line: its first error, or of a good one the last thing that is said. Nothing when nothing is.
pub(crate) fn headline(summary: &Summary) -> Option<String> {
    let said = closing(summary).into_iter();
    let mut said = said.filter_map(|line| match (line, summary.exit) {
        (Closing::Note(text), Exit::Done) | (Closing::Error(text), _) => Some(text),
        _ => None,
    });
    match summary.exit {
        Exit::Done => said.next_back(),
        _ => said.next(),
    }
}

/// Files that failed alike.
struct Cause<'a>(Vec<&'a (FileName, Problem)>);

/// Of a group so many more files are named: a mail about three hundred files must stay one that is read.
const NAMED: usize = 8;

/// The failures by what is to be done about them, in the order in which they came.
fn causes(failures: &[(FileName, Problem)]) -> Vec<Cause<'_>> {
    let mut found: Vec<(String, Cause)> = Vec::new();
    for failed in failures {
        let (name, failure) = failed;
        let hint = failure.hint.as_deref().unwrap_or_default();
        // A hint that names the file is the same hint.
        let key = format!("{} {}", failure.code, hint.replace(name.as_str(), ""));
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, cause)) => cause.0.push(failed),
            None => found.push((key, Cause(vec![failed]))),
        }
    }
    found.into_iter().map(|(_, cause)| cause).collect()
}

impl Cause<'_> {
    fn problem(&self) -> &Problem {
        &self.0[0].1
    }

    /// What happened to the first file, and which others it happened to.
    fn words(&self) -> String {
        let (name, failure) = self.0[0];
        let text = named(name, &failure.message);
        let others = &self.0[1..];
        if others.is_empty() {
            return text;
        }
        let names: Vec<&str> = others
            .iter()
            .take(NAMED)
            .map(|(name, _)| name.as_str())
            .collect();
        let rest = match others.len() - names.len() {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        format!(
            "{text}; {} more failed the same way: {}{rest}",
            others.len(),
            names.join(", ")
        )
    }
}

/// The run and the set, a line each; nothing when there was no set (HTTP 204), which the command itself has said.
fn outcome(summary: &Summary) -> Vec<String> {
    let all = summary.verified + summary.missing + summary.corrupt + summary.unverified;
    if all == 0 {
        return Vec::new();
    }
    let (size, folder) = (units::size(summary.bytes), summary.folder.display());
    let verified = units::files(summary.verified);
    match summary.exit {
        Exit::Done if summary.fetched_files == 0 => vec![format!(
            "nothing to do: {} already there, verified{}, in {folder}{}",
            match summary.verified + summary.unverified {
                1 => "1 file is".to_owned(),
                several => format!("{} are", units::files(several)),
            },
            accepted(summary),
            not_selected(summary)
        )],
        Exit::Done => vec![
            fetched(summary),
            format!(
                "{verified} verified{}, {size}, in {folder}{}",
                accepted(summary),
                not_selected(summary)
            ),
        ],
        _ => {
            // That nothing came is said by the rest.
            let came = summary.fetched_files > 0 || summary.fetched_bytes > 0;
            let state = format!(
                "{} of {} verified, {size}, in {folder}{}{}",
                summary.verified,
                units::files(all),
                not_selected(summary),
                unwell(summary)
            );
            came.then(|| fetched(summary))
                .into_iter()
                .chain([state])
                .collect()
        }
    }
}

/// What a good run saved without being able to verify it.
fn accepted(summary: &Summary) -> String {
    match summary.unverified {
        0 => String::new(),
        count => format!(", except {count} accepted with --allow-unverified"),
    }
}

fn not_selected(summary: &Summary) -> String {
    match summary.not_selected {
        0 => String::new(),
        count => format!(" ({} of the backup not selected)", units::files(count)),
    }
}

fn unwell(summary: &Summary) -> String {
    let states = [
        (summary.missing, "missing"),
        (summary.corrupt, "corrupt"),
        (summary.unverified, "unverified"),
    ];
    let some = states.iter().filter(|(count, _)| *count > 0);
    some.map(|(count, state)| format!(", {count} {state}"))
        .chain(kept(summary))
        .collect()
}

/// What the next run goes on with.
fn kept(summary: &Summary) -> Option<String> {
    let (files, bytes) = summary.kept;
    // Who stopped it is told so by the error, which `--quiet` does not hide.
    let is_told = matches!(
        summary.exit,
        Exit::HungUp | Exit::Interrupted | Exit::Terminated | Exit::TimeUp
    );
    (files > 0 && !is_told).then(|| {
        format!(
            "; {} of {} kept for the next run",
            units::size(bytes),
            units::files(files)
        )
    })
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

#[cfg(test)]
mod tests {
    use super::super::tests::{failure, name, summary};
    use super::*;

    fn notes(summary: &Summary) -> Vec<String> {
        let note = |line| match line {
            Closing::Note(text) => Some(text),
            Closing::Error(_) | Closing::Hint(_) => None,
        };
        closing(summary).into_iter().filter_map(note).collect()
    }

    #[test]
    fn a_good_run_says_what_came_and_what_is_there() {
        assert_eq!(
            notes(&summary()),
            [
                "4 files fetched, 2.1 GB in 1m 30s (23.3 MB/s)",
                "6 files verified, 2.9 GB, in /backups/757345985-42"
            ]
        );
    }

    #[test]
    fn a_bad_run_says_what_is_missing_and_what_is_kept_of_it() {
        let summary = Summary {
            missing: 2,
            corrupt: 1,
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
    fn a_bad_run_that_fetched_nothing_tells_no_rate() {
        let summary = Summary {
            verified: 0,
            missing: 6,
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
    fn nothing_to_do_is_one_line() {
        let summary = Summary {
            fetched_files: 0,
            fetched_bytes: 0,
            ..summary()
        };
        let text = "nothing to do: 6 files are already there, verified, in /backups/757345985-42";
        assert_eq!(closing(&summary), [Closing::Note(text.to_owned())]);
    }

    #[test]
    fn an_empty_listing_has_no_closing_words() {
        let summary = Summary {
            verified: 0,
            fetched_files: 0,
            ..summary()
        };
        assert_eq!(closing(&summary), []);
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
            verified: 0,
            corrupt: 301,
            failures,
            exit: Exit::Integrity,
            ..summary()
        };
        let others: Vec<_> = (2..=9).map(|n| format!("Data_{n:03}.zip")).collect();
        assert_eq!(
            closing(&summary)[2..],
            [
                Closing::Error(format!(
                    "Data_001.zip: bad CRC-32; 299 more failed the same way: {} and 291 more",
                    others.join(", ")
                )),
                Closing::Hint("move Data_001.zip".to_owned()),
                Closing::Error("Data_301.zip: bad CRC-32".to_owned()),
                Closing::Hint("run it again".to_owned()),
            ]
        );
    }

    #[test]
    fn each_failed_file_has_its_error_and_hint() {
        let summary = Summary {
            verified: 5,
            corrupt: 1,
            failures: vec![(name("Data_001.zip"), failure())],
            exit: Exit::Integrity,
            ..summary()
        };
        assert_eq!(
            closing(&summary)[1..],
            [
                Closing::Note(
                    "5 of 6 files verified, 2.9 GB, in /backups/757345985-42, 1 corrupt".to_owned()
                ),
                Closing::Error("Data_001.zip: bad CRC-32 after 2 attempts".to_owned()),
                Closing::Hint("run it again".to_owned())
            ]
        );
    }

    #[test]
    fn an_error_is_said_exactly_when_the_exit_code_is_not_zero() {
        for exit in Exit::ALL {
            let said = closing(&Summary { exit, ..summary() });
            let errors = said.iter().any(|line| matches!(line, Closing::Error(_)));
            assert_eq!(errors, exit != Exit::Done, "{exit:?}");
        }
    }

    #[test]
    fn files_that_were_not_selected_are_no_failure() {
        let summary = Summary {
            verified: 4,
            not_selected: 2,
            ..summary()
        };
        assert_eq!(
            notes(&summary)[1],
            "4 files verified, 2.9 GB, in /backups/757345985-42 (2 files of the backup not selected)"
        );
    }
}

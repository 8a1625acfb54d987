//! The closing words of a download.

use super::units;
use crate::event::{Failure, Summary};
use crate::exit::Exit;

use super::lines::named;

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
    let mut said = Vec::new();
    if let Some(text) = outcome(summary) {
        said.push(Closing::Note(text));
    }
    if summary.exit == Exit::Done {
        return said;
    }
    for (name, failure) in &summary.failures {
        said.push(Closing::Error(named(name, &failure.message)));
        said.extend(hint(failure));
    }
    if summary.failures.is_empty() {
        said.push(Closing::Error(summary.exit.meaning().to_owned()));
    }
    said
}

fn hint(failure: &Failure) -> Option<Closing> {
    failure.hint.clone().map(Closing::Hint)
}

/// The set and the run in one line; nothing when there was no set (HTTP 204), which the command itself has said.
fn outcome(summary: &Summary) -> Option<String> {
    let all = summary.verified + summary.missing + summary.corrupt;
    if all == 0 {
        return None;
    }
    let folder = summary.folder.display();
    // What is missing although all went well was not asked for.
    let done = summary.exit == Exit::Done;
    if done && summary.fetched_files == 0 {
        let count = units::files(summary.verified);
        let rest = not_selected(summary);
        return Some(format!(
            "nothing to do: all {count} are already there, verified, in {folder}{rest}"
        ));
    }
    let size = units::size(summary.bytes);
    let mut text = if done {
        format!(
            "{} verified, {size}, in {folder}",
            units::files(summary.verified)
        )
    } else {
        let states = states(summary);
        format!(
            "{} of {} verified, {size}, in {folder}: {states}",
            summary.verified,
            units::files(all)
        )
    };
    if done {
        text.push_str(&not_selected(summary));
    }
    Some(format!("{text}; {}", fetched(summary)))
}

fn not_selected(summary: &Summary) -> String {
    match summary.missing {
        0 => String::new(),
        count => format!(" ({} of the backup not selected)", units::files(count)),
    }
}

fn states(summary: &Summary) -> String {
    let states = [(summary.missing, "missing"), (summary.corrupt, "corrupt")];
    let some = states.iter().filter(|(count, _)| *count > 0);
    let texts: Vec<String> = some
        .map(|(count, state)| format!("{count} {state}"))
        .collect();
    if texts.is_empty() {
        "the run did not end well".to_owned()
    } else {
        texts.join(", ")
    }
}

fn fetched(summary: &Summary) -> String {
    let rate = units::rate_of(summary.fetched_bytes, summary.took);
    let rate = rate.map(|rate| format!(" ({rate})")).unwrap_or_default();
    let (bytes, took) = (
        units::size(summary.fetched_bytes),
        units::span(summary.took),
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

    fn note(summary: &Summary) -> String {
        match closing(summary).first() {
            Some(Closing::Note(text)) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_good_run_says_what_is_there_and_what_came() {
        assert_eq!(
            note(&summary()),
            "6 files verified, 2.9 GB, in /backups/757345985-42; 4 files fetched, 2.1 GB in 1m 30s (23.3 MB/s)"
        );
    }

    #[test]
    fn nothing_to_do_is_one_line() {
        let summary = Summary {
            fetched_files: 0,
            fetched_bytes: 0,
            ..summary()
        };
        assert_eq!(
            closing(&summary),
            [Closing::Note(
                "nothing to do: all 6 files are already there, verified, in /backups/757345985-42"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn an_empty_listing_has_no_closing_words() {
        let summary = Summary {
            verified: 0,
            fetched_files: 0,
            fetched_bytes: 0,
            bytes: 0,
            ..summary()
        };
        assert_eq!(closing(&summary), []);
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
        assert!(
            note(&summary)
                .starts_with("5 of 6 files verified, 2.9 GB, in /backups/757345985-42: 1 corrupt;")
        );
        assert_eq!(
            closing(&summary)[1..],
            [
                Closing::Error("Data_001.zip: bad CRC-32 after 2 tries".to_owned()),
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
        let text = note(&Summary {
            verified: 4,
            missing: 2,
            ..summary()
        });
        assert!(
            text.contains("4 files verified")
                && text.contains("(2 files of the backup not selected)"),
            "{text}"
        );
    }
}

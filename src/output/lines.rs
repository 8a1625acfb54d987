//! Progress as plain lines, for a log, a pipe or a terminal that can do no more. Bars say these in words too, where a
//! bar cannot say it.

use std::time::Duration;

use super::pace::Pace;
use super::tally::{Snapshot, Total};
use super::units;
use crate::event::Event;
use crate::model::FileName;

/// What deserves a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// What bars can't show.
    Setbacks,
    /// Every finished file, too.
    Files,
    /// Every step of each file, too.
    Steps,
}

/// The line an event deserves, if any.
///
/// Warnings have no line here: they are shown whatever the mode is.
pub(super) fn line(event: &Event, detail: Detail) -> Option<String> {
    match event {
        Event::Start { .. } => Some(start(event)),
        Event::Discarded {
            name,
            bytes,
            reason,
        } => Some(format!(
            "{name}: starting over, {} discarded: {reason}",
            units::size(*bytes)
        )),
        Event::Retry { .. } => retry(event),
        Event::FileDone {
            name,
            size,
            took,
            resumed,
            ..
        } if detail >= Detail::Files => Some(done(name, *size, *took, *resumed)),
        Event::FileFailed { name, failure } if detail == Detail::Steps => Some(format!(
            "{name}: failed: {}",
            without_name(&failure.message, name)
        )),
        // The end says why, once for all files that failed alike.
        Event::FileFailed { name, .. } => Some(format!("{name}: failed")),
        _ if detail == Detail::Steps => step(event),
        _ => None,
    }
}

/// What goes on with a file while all is well.
fn step(event: &Event) -> Option<String> {
    Some(match event {
        Event::FileStart { name, resumed: 0 } => format!("{name}: started"),
        Event::FileStart { name, resumed } => {
            format!("{name}: resumed, {} already there", units::size(*resumed))
        }
        Event::FileSize { name, size } => format!("{name}: has {}", units::size(*size)),
        Event::Verifying { name } => format!("{name}: all bytes received, verifying"),
        _ => return None,
    })
}

/// What is tried again, and when.
pub(super) fn retry(event: &Event) -> Option<String> {
    let Event::Retry {
        name,
        attempt,
        attempts,
        wait,
        reason,
    } = event
    else {
        return None;
    };
    let subject = name
        .as_ref()
        .map(|name| format!("{name}: "))
        .unwrap_or_default();
    let when = if wait.is_zero() {
        "now".to_owned()
    } else {
        format!("in {}", units::span(*wait))
    };
    let reason = name.as_ref().map_or(reason.as_str(), |name| {
        without_name(without_link(reason, name), name)
    });
    Some(format!(
        "{subject}retrying {when} ({attempt} of {attempts}): {reason}"
    ))
}

/// `name: message`, without saying the name twice.
pub(super) fn named(name: &FileName, message: &str) -> String {
    if message.contains(name.as_str()) {
        message.to_owned()
    } else {
        format!("{name}: {message}")
    }
}

fn without_name<'a>(message: &'a str, name: &FileName) -> &'a str {
    message
        .strip_prefix(name.as_str())
        .and_then(|rest| rest.strip_prefix(": "))
        .unwrap_or(message)
}

/// Without a link at the beginning that only repeats the name.
fn without_link<'a>(message: &'a str, name: &FileName) -> &'a str {
    match message.split_once(&format!("/{name}: ")) {
        Some((link, rest)) if link.starts_with("http") && !link.contains(' ') => rest,
        _ => message,
    }
}

fn start(event: &Event) -> String {
    let Event::Start {
        folder,
        files,
        kept,
        already,
        ..
    } = event
    else {
        return String::new();
    };
    let others = if *already > 0 {
        format!(" ({already} more already there, verified)")
    } else {
        String::new()
    };
    let resumed = format!(
        "resuming {} ({} kept)",
        units::files(kept.len()),
        units::size(kept.iter().map(|kept| kept.bytes).sum())
    );
    let what = match (kept.len(), files.len().saturating_sub(kept.len())) {
        (0, fresh) => format!("fetching {}", units::files(fresh)),
        (_, 0) => resumed,
        (_, fresh) => format!("{resumed}, fetching {fresh} more,"),
    };
    format!("{what} into {}{others}", folder.display())
}

fn done(name: &FileName, size: u64, took: Duration, resumed: u64) -> String {
    let rate = units::rate_of(size.saturating_sub(resumed), took);
    let rate = rate.map(|rate| format!(", {rate}")).unwrap_or_default();
    let from_before = if resumed > 0 {
        format!(", resumed {}", units::size(resumed))
    } else {
        String::new()
    };
    let (size, took) = (units::size(size), units::took(took));
    format!("{name}: verified, {size} in {took}{rate}{from_before}")
}

/// Where the run stands, in one line.
pub(super) fn status(now: &Snapshot, pace: &Pace) -> String {
    let mut parts = vec![format!("{} of {}", now.done, units::files(now.files))];
    parts.push(match now.total {
        Total::Exact(total) => bytes(now.bytes, total, ""),
        Total::Rough(total) => bytes(now.bytes, total, "~"),
        Total::Unknown => units::size(now.bytes),
    });
    parts.extend(pace.rate.map(units::rate));
    parts.extend(pace.left_text());
    parts.extend(pace.life_text().map(|(life, _)| life));
    if now.failed > 0 {
        parts.push(format!("{} failed", now.failed));
    }
    parts.join(", ")
}

fn bytes(done: u64, total: u64, mark: &str) -> String {
    let percent = units::percent(done, total);
    format!(
        "{} of {mark}{} ({mark}{percent}%)",
        units::size(done),
        units::size(total)
    )
}

/// Says when something that happens at most once in a period is due.
#[derive(Debug)]
pub(super) struct Every {
    period: Duration,
    next: Duration,
}

impl Every {
    /// Due for the first time one period after the beginning.
    pub(super) fn new(period: Duration) -> Every {
        Every {
            period,
            next: period,
        }
    }

    /// Whether it is due at `now`, counted from the beginning. A yes starts the next period.
    pub(super) fn is_due(&mut self, now: Duration) -> bool {
        let due = now >= self.next;
        if due {
            self.next = now + self.period;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failure, file_done, name, retry, start};
    use super::*;
    use crate::event::Kept;

    fn said(event: &Event) -> String {
        line(event, Detail::Files).unwrap()
    }

    #[test]
    fn a_finished_file_tells_size_time_and_rate_of_what_came_in_this_run() {
        assert_eq!(
            said(&file_done("Data_001.zip", 0)),
            "Data_001.zip: verified, 734.0 MB in 42s, 17.7 MB/s"
        );
        assert_eq!(
            said(&file_done("Data_001.zip", 319_003_200)),
            "Data_001.zip: verified, 734.0 MB in 42s, 10.0 MB/s, resumed 319.0 MB"
        );
        assert_eq!(line(&file_done("Data_001.zip", 0), Detail::Setbacks), None);
    }

    #[test]
    fn setbacks_say_on_which_file_and_why() {
        assert_eq!(
            said(&retry("Data_001.zip")),
            "Data_001.zip: retrying in 8s (2 of 10): connection reset"
        );
        let mut broken = retry("Data_001.zip");
        if let Event::Retry { reason, .. } = &mut broken {
            *reason = "https://download.zoho.com/…/Data_001.zip: the connection broke".to_owned();
        }
        assert_eq!(
            said(&broken),
            "Data_001.zip: retrying in 8s (2 of 10): the connection broke"
        );
        let discarded = Event::Discarded {
            name: name("Data_001.zip"),
            bytes: 12_000_000,
            reason: "the file changed".to_owned(),
        };
        assert_eq!(
            said(&discarded),
            "Data_001.zip: starting over, 12.0 MB discarded: the file changed"
        );
        let failed = Event::FileFailed {
            name: name("Data_001.zip"),
            failure: failure(),
        };
        assert_eq!(said(&failed), "Data_001.zip: failed");
    }

    #[test]
    fn the_start_says_how_much_and_where() {
        let said = |of: &[&str], parts: &[(&str, u64)], already| {
            let mut event = start(of);
            if let Event::Start {
                kept,
                already: others,
                ..
            } = &mut event
            {
                let parts = parts.iter().map(|(file, bytes)| Kept {
                    name: name(file),
                    bytes: *bytes,
                    length: 100_000_000,
                });
                (*kept, *others) = (parts.collect(), already);
            }
            line(&event, Detail::Files).unwrap()
        };
        assert_eq!(
            [
                said(&["a.zip", "b.zip"], &[], 0),
                said(&["a.zip"], &[("a.zip", 60_100_000)], 5),
                said(
                    &["a.zip", "b.zip", "c.zip"],
                    &[("a.zip", 60_000_000), ("b.zip", 100_000)],
                    0
                ),
            ],
            [
                "fetching 2 files into /backups/757345985-42",
                "resuming 1 file (60.1 MB kept) into /backups/757345985-42 (5 more already there, verified)",
                "resuming 2 files (60.1 MB kept), fetching 1 more, into /backups/757345985-42",
            ]
        );
    }

    #[test]
    fn the_status_marks_what_is_guessed() {
        let now = Snapshot {
            files: 6,
            done: 2,
            bytes: 1_200_000_000,
            total: Total::Rough(2_900_000_000),
            ..Snapshot::default()
        };
        let pace = Pace {
            rate: Some(23_400_000.0),
            left: None,
            life: Some(chrono::TimeDelta::hours(148)),
        };
        assert_eq!(
            status(&now, &pace),
            "2 of 6 files, 1.2 GB of ~2.9 GB (~41%), 23.4 MB/s, links expire in 6d 4h"
        );
    }

    #[test]
    fn what_happens_once_a_minute_is_due_once_a_minute() {
        let mut every = Every::new(Duration::from_mins(1));
        let due: Vec<u64> = (0..200)
            .filter(|second| every.is_due(Duration::from_secs(*second)))
            .collect();
        assert_eq!(due, [60, 120, 180]);
        // After a pause (a laptop that slept) there is one line, not one for each minute missed.
        assert!(every.is_due(Duration::from_secs(1000)));
        assert!(!every.is_due(Duration::from_secs(1059)));
    }
}

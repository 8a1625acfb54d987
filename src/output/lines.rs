//! Progress as plain lines, for a log, a pipe or a terminal that can do no more. Bars say these in words too, where a
//! bar cannot say it.

use super::progress::{ActiveFile, Snapshot};
use super::units;
use crate::event::{Already, Event};
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

/// The line an event deserves, if any. Warnings have none here: they are shown whatever the mode is.
pub(super) fn line(event: &Event, detail: Detail) -> Option<String> {
    let (least, line) = match event {
        Event::Start { .. } => (Detail::Setbacks, start(event)?),
        Event::Retry { .. } => (Detail::Setbacks, retry(event)?),
        Event::Discarded {
            name,
            bytes,
            reason,
        } => {
            let bytes = units::size(*bytes);
            let line = format!("{name}: starting over, {bytes} discarded: {reason}");
            (Detail::Setbacks, line)
        }
        Event::FileFailed { name, failure } if detail == Detail::Steps => {
            let why = without_name(&failure.message, name);
            (Detail::Steps, format!("{name}: failed: {why}"))
        }
        // The end says why, once for all files that failed alike.
        Event::FileFailed { name, .. } => (Detail::Setbacks, format!("{name}: failed")),
        Event::FileDone { .. } => (Detail::Files, done(event)?),
        Event::FileStart { name, resumed: 0 } => (Detail::Steps, format!("{name}: started")),
        Event::FileStart { name, resumed } => {
            let bytes = units::size(*resumed);
            let line = format!("{name}: resumed, {bytes} already there");
            (Detail::Steps, line)
        }
        Event::FileSize { name, size } => {
            (Detail::Steps, format!("{name}: has {}", units::size(*size)))
        }
        Event::Verifying { name } => {
            let line = format!("{name}: all bytes received, verifying");
            (Detail::Steps, line)
        }
        Event::Uploading { name } => (Detail::Steps, format!("{name}: verified, uploading")),
        Event::LinksRenewed { .. }
        | Event::Advanced { .. }
        | Event::Uploaded { .. }
        | Event::Warning { .. } => return None,
    };
    (detail >= least).then_some(line)
}

fn start(event: &Event) -> Option<String> {
    let Event::Start {
        folder,
        files,
        kept,
        already,
        ..
    } = event
    else {
        return None;
    };
    let others = match already.files {
        0 => String::new(),
        files => format!(" ({files} more {})", already_there(already)),
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
    Some(format!("{what} into {folder}{others}"))
}

/// What is claimed of files that nobody has read again.
pub(crate) fn already_there(already: &Already) -> String {
    match already.verified_at {
        None => "already there".to_owned(),
        Some(at) => format!("already there, verified on {}", units::date(at)),
    }
}

fn retry(event: &Event) -> Option<String> {
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
    let when = if wait.is_zero() {
        "now".to_owned()
    } else {
        format!("in {}", units::span(*wait))
    };
    let retrying = format!("retrying {when} ({attempt} of {attempts})");
    Some(match name {
        Some(name) => {
            let reason = without_name(without_link(reason, name), name);
            format!("{name}: {retrying}: {reason}")
        }
        None => format!("{retrying}: {reason}"),
    })
}

fn done(event: &Event) -> Option<String> {
    let Event::FileDone {
        name,
        size,
        took,
        resumed,
        ..
    } = event
    else {
        return None;
    };
    let rate = units::rate_of(size.saturating_sub(*resumed), *took);
    let rate = rate.map(|rate| format!(", {rate}")).unwrap_or_default();
    let from_before = match resumed {
        0 => String::new(),
        resumed => format!(", resumed {}", units::size(*resumed)),
    };
    let (size, took) = (units::size(*size), units::took(*took));
    Some(format!(
        "{name}: verified, {size} in {took}{rate}{from_before}"
    ))
}

/// Where the run stands, in one line.
pub(super) fn status(now: &Snapshot) -> String {
    let (mark, bytes) = (now.mark(), units::size(now.arrived()));
    let bytes = match now.total {
        Some(total) => {
            let percent = units::percent(now.arrived(), total.bytes);
            let total = units::size(total.bytes);
            format!("{bytes} of {mark}{total} ({mark}{percent}%)")
        }
        None => bytes,
    };
    let mut parts = vec![
        format!("{} of {}", now.files_done, units::files(now.files)),
        bytes,
    ];
    parts.extend(now.outlook().into_iter().map(|(text, _)| text));
    let uploads = now.active.iter().filter_map(uploading);
    let uploads: Vec<String> = uploads.collect();
    if !uploads.is_empty() {
        parts.push(format!("uploading {}", units::names(&uploads)));
    }
    parts.join(", ")
}

/// `Data_001.zip (45%)`, while it is uploaded.
fn uploading(file: &ActiveFile) -> Option<String> {
    let percent = units::percent(file.uploaded?, file.size?);
    Some(format!("{} ({percent}%)", file.name))
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
    let rest = message.strip_prefix(name.as_str());
    rest.and_then(|rest| rest.strip_prefix(": "))
        .unwrap_or(message)
}

/// Without a link at the beginning that only repeats the name.
fn without_link<'a>(message: &'a str, name: &FileName) -> &'a str {
    match message.split_once(&format!("/{name}: ")) {
        Some((link, rest)) if link.starts_with("http") && !link.contains(' ') => rest,
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::progress::{Total, Upload};
    use super::*;
    use crate::event::Kept;
    use crate::event::samples::{failure, file_done, name, retry, start};

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
                (*kept, *others) = (parts.collect(), crate::event::samples::already(already));
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
                "resuming 1 file (60.1 MB kept) into /backups/757345985-42 (5 more already there, verified on 2026-11-20)",
                "resuming 2 files (60.1 MB kept), fetching 1 more, into /backups/757345985-42",
            ]
        );
    }

    #[test]
    fn the_status_names_what_is_uploaded_and_counts_what_is_there() {
        let file = |file: &str, uploaded| ActiveFile {
            name: name(file),
            bytes: 100,
            size: Some(100),
            verifying: false,
            uploaded,
        };
        let now = Snapshot {
            files: 3,
            bytes: 300_000,
            total: Some(Total {
                bytes: 300_000,
                is_guessed: false,
            }),
            upload: Some(Upload {
                bytes: 150_000,
                rate: Some(50_000),
            }),
            active: vec![
                file("a.zip", Some(50)),
                file("b.zip", Some(0)),
                file("c.zip", None),
            ],
            ..Snapshot::default()
        };
        assert_eq!(
            status(&now),
            "0 of 3 files, 150.0 kB of 300.0 kB (50%), 50.0 kB/s up, uploading a.zip (50%), b.zip (0%)"
        );
    }

    #[test]
    fn the_status_marks_what_is_guessed() {
        let now = Snapshot {
            files: 6,
            files_done: 2,
            bytes: 1_200_000_000,
            total: Some(Total {
                bytes: 2_900_000_000,
                is_guessed: true,
            }),
            rate: Some(23_400_000),
            expires_in: Some(TimeDelta::hours(148)),
            ..Snapshot::default()
        };
        assert_eq!(
            status(&now),
            "2 of 6 files, 1.2 GB of ~2.9 GB (~41%), 23.4 MB/s, links expire in 6d 4h"
        );
    }
}

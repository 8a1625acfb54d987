//! Progress as plain lines, for a log, a pipe or a terminal that can do no more. Bars say these in words too, where a
//! bar cannot say it.

use std::time::Duration;

use super::pace::Pace;
use super::tally::{Snapshot, Total};
use super::units;
use crate::backup::FileName;
use crate::event::Event;

/// The line an event deserves, if any. `finished` asks for a line of every finished file.
///
/// Warnings have no line here: they are shown whatever the mode is.
pub(super) fn line(event: &Event, finished: bool) -> Option<String> {
    match event {
        Event::Start { .. } => Some(start(event)),
        Event::Discarded {
            name,
            bytes,
            reason,
        } => Some(format!(
            "{name}: starts over, {} thrown away: {reason}",
            units::size(*bytes)
        )),
        Event::Retry { .. } => retry(event),
        Event::FileDone {
            name,
            size,
            took,
            resumed,
            ..
        } if finished => Some(done(name, *size, *took, *resumed)),
        Event::FileFailed { name, failure } => Some(format!(
            "{name}: given up: {}",
            without_name(&failure.message, name)
        )),
        _ => None,
    }
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
    let reason = name
        .as_ref()
        .map_or(reason.as_str(), |name| without_name(reason, name));
    Some(format!(
        "{subject}try {attempt} of {attempts} {when}: {reason}"
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

fn start(event: &Event) -> String {
    let Event::Start {
        folder,
        files,
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
    format!(
        "fetching {} into {}{others}",
        units::files(files.len()),
        folder.display()
    )
}

fn done(name: &FileName, size: u64, took: Duration, resumed: u64) -> String {
    let rate = units::rate_of(size.saturating_sub(resumed), took);
    let rate = rate.map(|rate| format!(", {rate}")).unwrap_or_default();
    let from_before = if resumed > 0 {
        format!(", resumed {}", units::size(resumed))
    } else {
        String::new()
    };
    let (size, took) = (units::size(size), units::span(took));
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

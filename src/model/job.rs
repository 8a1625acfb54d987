//! What Zoho tells of the making of backups: the current job, and the log of the last year (`zoho-api.md` sections 1.2
//! and 1.3). Dates stay as Zoho wrote them; words that are new to us are kept as they are.

use std::fmt;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::expiry::read_date;

/// Links are valid so long from the end of the run on (`zoho-api.md` section 2.3).
const LINKS_VALID: TimeDelta = TimeDelta::days(7);

/// The job that Zoho knows of: there is one at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    /// Its id, which has nothing to do with the one in the links.
    pub(crate) id: String,
    pub(crate) status: Status,
    /// The rule of a recurring backup, as Zoho writes it.
    pub(crate) rule: Option<String>,
    /// When the recurrence began.
    pub(crate) start: Option<String>,
    /// When the next run is due.
    pub(crate) scheduled: Option<String>,
    /// Name of the user who asked for it.
    pub(crate) requester: Option<String>,
}

/// Where a job stands. The v8 page explains four of the words wrongly; this is their plain meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    Scheduled,
    InProgress,
    /// Done; there are links unless they expired.
    Completed,
    /// It ended without a backup.
    Failed,
    /// It was not paid for.
    PaymentFailed,
    Stopped,
    /// A word that is new to us.
    Other(String),
}

/// Zoho's word for each, the first one where there are several, and what it means.
#[rustfmt::skip]
static STATUSES: [(&str, Status, &str); 8] = [
    ("SCHEDULED", Status::Scheduled, "a backup is scheduled"),
    ("INPROGRESS", Status::InProgress, "a backup is under way"),
    ("IN_PROGRESS", Status::InProgress, "a backup is under way"),
    ("COMPLETED", Status::Completed, "the backup is done"),
    // The word of v2.
    ("FINISHED", Status::Completed, "the backup is done"),
    ("FAILED", Status::Failed, "the backup failed at Zoho"),
    ("PAYMENT_FAILED", Status::PaymentFailed, "the backup was not made: the payment failed"),
    ("STOPPED", Status::Stopped, "the backup was cancelled"),
];

impl Status {
    /// From Zoho's word.
    pub(crate) fn parse(word: &str) -> Status {
        let known = STATUSES
            .iter()
            .find(|(known, ..)| word.eq_ignore_ascii_case(known));
        known.map_or_else(
            || Status::Other(word.to_owned()),
            |(_, status, _)| status.clone(),
        )
    }

    fn row(&self) -> Option<&'static (&'static str, Status, &'static str)> {
        STATUSES.iter().find(|(_, status, _)| status == self)
    }

    /// Whether no backup will come of it.
    pub(crate) fn yields_nothing(&self) -> bool {
        matches!(
            self,
            Status::Failed | Status::PaymentFailed | Status::Stopped
        )
    }

    /// What it means, in plain words.
    pub(crate) fn meaning(&self) -> &'static str {
        self.row()
            .map_or("a state that this version does not know", |row| row.2)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Status::Other(word) => word,
            known => known.row().map_or("", |row| row.0),
        })
    }
}

/// One entry of the log. A run leaves several, each with an id of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LogEntry {
    pub(crate) id: String,
    /// When, as Zoho wrote it.
    pub(crate) time: Option<String>,
    /// `completed`, `failure`, or nothing while it is scheduled or runs.
    pub(crate) state: Option<String>,
    /// `scheduled`, `initiated`, `stopped`, `purchased`, or nothing.
    pub(crate) action: Option<String>,
    /// `immediate`, `weekly`, `biweekly`, `monthly`, or nothing.
    pub(crate) repeat: Option<String>,
    /// Name of the user who did it.
    pub(crate) by: Option<String>,
    /// Documented as the name of the zip; nothing in every sample.
    pub(crate) file_name: Option<String>,
    /// How many backups were bought, where Zoho says so.
    pub(crate) bought: Option<u64>,
}

impl LogEntry {
    /// What happened, in plain words; Zoho's own where they are new to us.
    pub(crate) fn meaning(&self) -> String {
        match (self.state.as_deref(), self.action.as_deref()) {
            (Some("completed"), _) => "backup done".to_owned(),
            (Some("failure"), _) => "backup failed".to_owned(),
            (Some(state), _) => state.to_owned(),
            (None, Some("scheduled")) => "scheduled".to_owned(),
            (None, Some("initiated")) => "backup started".to_owned(),
            (None, Some("stopped")) => "cancelled".to_owned(),
            (None, Some("purchased")) => match self.bought {
                None | Some(0 | 1) => "backup bought".to_owned(),
                Some(several) => format!("{several} backups bought"),
            },
            (None, Some(action)) => action.to_owned(),
            (None, None) => "under way or scheduled".to_owned(),
        }
    }

    /// Whether a backup was made.
    pub(crate) fn is_done(&self) -> bool {
        self.state.as_deref() == Some("completed")
    }

    /// When it was, if Zoho's date can be read.
    pub(crate) fn at(&self) -> Option<DateTime<FixedOffset>> {
        let (at, _) = read_date(self.time.as_deref()?)?;
        Some(at)
    }

    /// The same for people.
    pub(crate) fn when(&self) -> &str {
        self.time.as_deref().unwrap_or("time unknown")
    }

    /// When the links of the backup that it tells of expire.
    pub(crate) fn links_expire(&self) -> Option<DateTime<FixedOffset>> {
        self.at()
            .filter(|_| self.is_done())
            .map(|at| at + LINKS_VALID)
    }
}

/// Why Zoho lists no links (204), as far as the job and the log, newest first, tell.
pub(crate) fn explain_no_links(job: Option<&Job>, log: &[LogEntry], now: DateTime<Utc>) -> String {
    let last = log.iter().find(|entry| entry.is_done());
    let expired = last
        .and_then(LogEntry::links_expire)
        .filter(|at| *at <= now)
        .map(|at| {
            format!(
                "the links of the last backup expired on {}",
                at.to_rfc3339()
            )
        });
    let now_is = match job.map(|job| (job, &job.status)) {
        Some((_, Status::InProgress)) => Some(format!(
            "a backup is under way{}: its links follow when it is done",
            began(log).map_or_else(String::new, |time| format!(" since {time}"))
        )),
        Some((job, Status::Scheduled)) => Some(match &job.scheduled {
            Some(date) => format!("the next backup is scheduled for {date}"),
            None => "a backup is scheduled".to_owned(),
        }),
        Some((_, status)) if status.yields_nothing() => Some(status.meaning().to_owned()),
        Some((_, Status::Other(word))) => Some(format!("the state of the backup is {word}")),
        _ => None,
    };
    match (expired, now_is) {
        (Some(expired), Some(now_is)) => format!("{expired}; {now_is}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) if job.is_none() && last.is_none() => {
            "no backup was made in the last year, and none is scheduled".to_owned()
        }
        (None, None) => "the backup is done, but its links are not available yet".to_owned(),
    }
}

/// When the run that is under way began, if the log tells.
fn began(log: &[LogEntry]) -> Option<&str> {
    let unfinished = log.iter().take_while(|entry| entry.state.is_none());
    let mut begun = unfinished.filter(|entry| entry.action.as_deref() == Some("initiated"));
    begun.next()?.time.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(status: Status) -> Job {
        Job {
            id: "1".into(),
            status,
            rule: None,
            start: None,
            scheduled: None,
            requester: None,
        }
    }

    fn done(time: &str) -> LogEntry {
        LogEntry {
            time: Some(time.into()),
            state: Some("completed".into()),
            ..LogEntry::default()
        }
    }

    fn now() -> DateTime<Utc> {
        "2026-03-20T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_state_of_any_version_is_understood_and_a_new_one_is_kept() {
        assert_eq!(Status::parse("FINISHED"), Status::Completed);
        assert_eq!(Status::parse("inprogress"), Status::InProgress);
        let strange = Status::parse("On_Hold");
        assert_eq!(strange.to_string(), "On_Hold");
        assert!(!strange.yields_nothing());
    }

    #[test]
    fn no_links_are_explained_by_what_is_known() {
        let explain = |job: Option<&Job>, log: &[LogEntry]| explain_no_links(job, log, now());
        assert_eq!(
            explain(None, &[]),
            "no backup was made in the last year, and none is scheduled"
        );
        assert_eq!(
            explain(None, &[done("2026-03-02T04:12:40+01:00")]),
            "the links of the last backup expired on 2026-03-09T04:12:40+01:00"
        );
        let both = explain(
            Some(&job(Status::InProgress)),
            &[done("2026-03-02T04:12:40+01:00")],
        );
        assert!(both.contains("expired on") && both.contains("under way"));
        assert_eq!(
            explain(
                Some(&job(Status::Completed)),
                &[done("2026-03-19T04:12:40+01:00")]
            ),
            "the backup is done, but its links are not available yet"
        );
        assert_eq!(
            explain(Some(&job(Status::PaymentFailed)), &[]),
            "the backup was not made: the payment failed"
        );
    }

    #[test]
    fn an_entry_says_what_happened_and_new_words_are_kept() {
        let entry = |state: Option<&str>, action: Option<&str>| LogEntry {
            state: state.map(str::to_owned),
            action: action.map(str::to_owned),
            bought: Some(3),
            ..LogEntry::default()
        };
        assert_eq!(entry(Some("completed"), None).meaning(), "backup done");
        assert_eq!(entry(None, Some("initiated")).meaning(), "backup started");
        assert_eq!(entry(None, Some("purchased")).meaning(), "3 backups bought");
        assert_eq!(entry(None, Some("paused")).meaning(), "paused");
    }
}

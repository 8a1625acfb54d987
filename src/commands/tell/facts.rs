//! What there is to tell about a run.

use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, Utc};

use crate::commands::context::AboutBackup;
use crate::commands::outcome::{Outcome, Totals};
use crate::exit::Exit;
use crate::redaction::redacted;

/// What a run is about, as far as that is known before it begins.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) command: &'static str,
    pub(super) profile: Option<String>,
    pub(super) org: Option<String>,
}

/// How it went. Texts are without secrets.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) subject: Subject,
    pub(super) job: Option<String>,
    /// When the links of the backup expire.
    pub(super) expires: Option<DateTime<FixedOffset>>,
    pub(super) exit: Exit,
    /// The run in one line.
    pub(super) message: String,
    /// Of what went wrong.
    pub(super) error_code: Option<&'static str>,
    pub(super) hint: Option<String>,
    pub(super) totals: Option<Totals>,
    pub(super) took: Duration,
    pub(super) ended: DateTime<Utc>,
}

impl Facts {
    pub(super) fn of(
        subject: Subject,
        outcome: &Outcome,
        backup: Option<&AboutBackup>,
        started: Instant,
    ) -> Facts {
        let problem = outcome.problem();
        let hint = problem.and_then(|problem| problem.hint.as_deref());
        let org = backup.and_then(|backup| backup.org.clone());
        Facts {
            subject: Subject {
                org: org.or(subject.org),
                ..subject
            },
            job: backup.and_then(|backup| backup.job.clone()),
            expires: backup.and_then(|backup| backup.expires),
            exit: outcome.exit,
            message: redacted(&outcome.headline()).into_owned(),
            error_code: problem.map(|problem| problem.code),
            hint: hint.map(|hint| redacted(hint).into_owned()),
            totals: outcome.totals.clone(),
            took: started.elapsed(),
            ended: Utc::now(),
        }
    }

    pub(super) fn is_success(&self) -> bool {
        self.exit == Exit::Done
    }

    /// For a person to read.
    pub(super) fn in_words(&self) -> String {
        let code = self.exit.code();
        let message = format!("{} (exit code {code})\n", self.message);
        let hint = self.hint.as_ref();
        hint.map_or(message.clone(), |hint| format!("{message}hint: {hint}\n"))
    }
}

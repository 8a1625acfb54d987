//! Runs the command for a success or a failure. It gets what is known in its environment, and no secrets of ours.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::cli::{HookCommand, TellOptions};
use crate::settings::SECRET_VARIABLES;
use crate::store::sys::ProcessGroup;
use crate::untrusted::printable;

use super::facts::Facts;

/// Long enough for a mail that waits for its server, short enough not to be there still the next night.
const LIMIT: Duration = Duration::from_secs(300);

/// For a process that was asked to end.
const GRACE: Duration = Duration::from_secs(2);

pub(super) async fn run(options: &TellOptions, facts: &Facts) -> Result<(), String> {
    let (option, hook) = if facts.is_success() {
        ("--on-success", &options.on_success)
    } else {
        ("--on-failure", &options.on_failure)
    };
    let Some(hook) = hook else {
        return Ok(());
    };
    let limit = options.hook_timeout.map_or(LIMIT, |time| time.0);
    let failed = |why: String| {
        let program = Path::new(&hook.program).file_name().unwrap_or_default();
        let program = printable(&program.to_string_lossy());
        format!("the command of {option}, {program}, {why}")
    };
    let mut hook =
        Hook::start(hook, facts).map_err(|error| failed(format!("can't be run: {error}")))?;
    match hook.end_within(limit).await {
        Some(Ok(status)) if status.success() => Ok(()),
        Some(Ok(status)) => Err(failed(format!("failed ({status})"))),
        Some(Err(error)) => Err(failed(format!("was lost: {error}"))),
        None => {
            let limit = humantime::format_duration(limit);
            Err(failed(format!("was stopped: it ran longer than {limit}")))
        }
    }
}

/// A command that runs. It ends with this.
struct Hook {
    child: Child,
    group: ProcessGroup,
}

impl Hook {
    fn start(hook: &HookCommand, facts: &Facts) -> std::io::Result<Hook> {
        let mut command = Command::new(&hook.program);
        for secret in SECRET_VARIABLES {
            command.env_remove(secret);
        }
        command
            .args(&hook.arguments)
            .envs(variables(facts))
            .stdin(Stdio::null())
            // stdout is for data of ours.
            .stdout(Stdio::from(std::io::stderr()))
            .stderr(Stdio::inherit());
        let (child, group) = ProcessGroup::start(&mut command)?;
        Ok(Hook { child, group })
    }

    /// Nothing where it had to be stopped.
    async fn end_within(&mut self, limit: Duration) -> Option<std::io::Result<ExitStatus>> {
        if let Ok(ended) = timeout(limit, self.child.wait()).await {
            return Some(ended);
        }
        self.group.end(false);
        let _ = timeout(GRACE, self.child.wait()).await;
        // Also what it has left behind.
        self.group.end(true);
        None
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        // It has no id any more when it has ended, and then what it has left behind is meant to stay.
        if self.child.id().is_some() {
            self.group.end(true);
        }
    }
}

/// What the command is told. All of them are there, empty where nothing is known.
fn variables(facts: &Facts) -> [(&'static str, String); 16] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let totals = facts.totals.as_ref();
    let number = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default();
    let files = totals.map(|totals| totals.files as u64);
    let folder = totals.map(|totals| totals.folder.clone());
    let result = if facts.is_success() {
        "success"
    } else {
        "failure"
    };
    let expires = facts.expires.map(|expires| expires.to_rfc3339());
    [
        ("BACKUP_FETCH_COMMAND", facts.subject.command.to_owned()),
        ("BACKUP_FETCH_RESULT", result.to_owned()),
        ("BACKUP_FETCH_EXIT_CODE", facts.exit.code().to_string()),
        ("BACKUP_FETCH_MESSAGE", facts.message.clone()),
        (
            "BACKUP_FETCH_ERROR_CODE",
            facts.error_code.unwrap_or_default().to_owned(),
        ),
        ("BACKUP_FETCH_HINT", text(&facts.hint)),
        ("BACKUP_FETCH_PROFILE", text(&facts.subject.profile)),
        ("BACKUP_FETCH_ORG", text(&facts.subject.org)),
        ("BACKUP_FETCH_JOB", text(&facts.job)),
        ("BACKUP_FETCH_FOLDER", text(&folder)),
        ("BACKUP_FETCH_FILES", number(files)),
        (
            "BACKUP_FETCH_BYTES",
            number(totals.map(|totals| totals.bytes)),
        ),
        (
            "BACKUP_FETCH_FETCHED_BYTES",
            number(totals.map(|totals| totals.fetched_bytes)),
        ),
        ("BACKUP_FETCH_SECONDS", facts.took.as_secs().to_string()),
        ("BACKUP_FETCH_EXPIRY", expires.unwrap_or_default()),
        (
            "BACKUP_FETCH_ENDED_AT",
            facts
                .ended
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        ),
    ]
}

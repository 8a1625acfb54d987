//! What a person or a script is told when something fails (`design.md` section 3).

use std::any::Any;
use std::fmt::Display;
use std::io;

use serde::Serialize;

use crate::exit::Exit;
use crate::store::sys;
use crate::untrusted::printable;

/// Why something that was asked for was not done. Everything a person reads about a failure is one of these.
#[derive(Debug, Clone, thiserror::Error, Serialize)]
#[error("{message}")]
pub(crate) struct Problem {
    /// A stable snake-case word for scripts, such as `links_expired`.
    pub(crate) code: &'static str,
    /// What failed, on what, after how many tries. One line, safe for a terminal.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// How the process ends because of it.
    #[serde(rename = "exit_code")]
    pub(crate) exit: Exit,
    /// In the configuration file, where it is about one.
    #[serde(skip)]
    pub(crate) line: Option<usize>,
}

impl Problem {
    /// One without a hint, which [`Problem::hint`] adds.
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            exit,
            code,
            message: message.into(),
            hint: None,
            line: None,
        }
    }

    /// What was typed, set or configured is wrong.
    pub(crate) fn configuration(message: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem::new(Exit::Usage, "configuration", message).hint(hint)
    }

    /// The same after so many attempts; that there was one goes without saying.
    pub(crate) fn after(mut self, attempts: u32) -> Problem {
        if attempts > 1 {
            self.message = format!("{} (after {attempts} attempts)", self.message);
        }
        self
    }

    /// The same, with what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }
}

/// The run was ended by a signal, or by its time.
pub(crate) fn stopped(by: Exit) -> Problem {
    let (code, message) = match by {
        Exit::TimeUp => ("time_up", "--max-duration reached"),
        Exit::HungUp => ("stopped", sys::HUNG_UP),
        Exit::Interrupted => ("stopped", sys::INTERRUPTED),
        _ => ("stopped", sys::TERMINATED),
    };
    Problem::new(by, code, message).hint("run the same command again")
}

/// What was asked for could not be printed.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn output(error: io::Error) -> Problem {
    let message = format!("the output can't be written: {error}");
    Problem::new(Exit::Storage, "output_failed", message)
        .hint("check where stdout goes, and whether that disk is full")
}

/// Wrong usage, as the parser of the command line says it.
pub(crate) fn usage(message: &str) -> Problem {
    let what = message.lines().next().unwrap_or_default();
    let message = printable(what.trim_start_matches("error: "));
    Problem::new(Exit::Usage, "usage", message).hint("see `backup-fetch --help`")
}

/// A failure that nobody foresaw.
pub(crate) fn unexpected(message: impl Display) -> Problem {
    let message = format!("unexpected failure: {message}");
    Problem::new(Exit::Failed, "unexpected", message).hint(
        "this is a bug in backup-fetch: please report it with the output of the same command and -vv",
    )
}

/// A panic that was caught.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Problem {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    unexpected(message.unwrap_or("panic"))
}

//! How the runs for several profiles ended: a line for each on stderr, and what `--json` ends with.

use std::io;

use serde_json::{Value, json};

use crate::exit::Exit;
use crate::output::Terminal;
use crate::problem::Problem;

use super::outcome::Outcome;

/// How the run for one profile ended.
pub(super) struct Ended {
    /// The code it would have ended with alone.
    pub(super) exit: Exit,
    /// What happened, in one line.
    what: String,
    document: Option<Value>,
    problem: Option<Problem>,
}

impl Ended {
    pub(super) fn well(outcome: Outcome) -> Ended {
        Ended {
            exit: outcome.exit,
            what: outcome.headline(),
            document: outcome.into_document(),
            problem: None,
        }
    }

    pub(super) fn badly(problem: Problem) -> Ended {
        Ended {
            exit: problem.exit,
            what: problem.message.clone(),
            document: None,
            problem: Some(problem),
        }
    }

    /// A run that never began.
    pub(super) fn skipped(exit: Exit) -> Ended {
        Ended {
            exit,
            what: "skipped: stopped by a signal before its turn".to_owned(),
            document: None,
            problem: None,
        }
    }

    /// Its part of the one document of all.
    fn part(&self, profile: &str) -> Value {
        let mut part = json!({ "profile": profile, "exit_code": self.exit.code() });
        if let (Some(part), Some(Value::Object(document))) = (part.as_object_mut(), &self.document)
        {
            part.extend(document.clone());
        }
        if let Some(problem) = &self.problem {
            part["error"] = json!(problem);
        }
        part
    }
}

/// Says how each ended (with `--quiet` only of those that failed), and gives the worst exit code.
pub(super) fn close(
    all: &[(String, Ended)],
    as_events: bool,
    terminal: &Terminal,
) -> io::Result<Exit> {
    for (profile, ended) in all {
        let line = format!(
            "{profile}: {} (exit code {})",
            ended.what,
            ended.exit.code()
        );
        match ended.exit {
            Exit::Done => terminal.note(&line),
            _ => terminal.say(&line),
        }
    }
    let exit = all.iter().map(|(_, ended)| ended.exit);
    let exit = exit.fold(Exit::Done, Exit::worst);
    if terminal.is_json() {
        let code = exit.code();
        if as_events {
            let part = |(name, ended): &(String, Ended)| json!({ "profile": name, "exit_code": ended.exit.code() });
            let parts: Vec<Value> = all.iter().map(part).collect();
            let line = json!({ "event": "summary", "profiles": parts, "exit_code": code });
            terminal.event(&line)?;
        } else {
            let parts: Vec<Value> = all.iter().map(|(name, ended)| ended.part(name)).collect();
            let document = json!({ "schema": 1, "profiles": parts, "exit_code": code });
            terminal.data(&document.to_string())?;
        }
    }
    Ok(exit)
}

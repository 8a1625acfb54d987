//! How a command ended: what it has for stdout, what is said of it on stderr, and the exit code.

use std::io;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::output::{Summary, Terminal, notes, problems};
use crate::problem::Problem;

pub(super) struct Outcome {
    pub(super) exit: Exit,
    /// What it worked on, where it came that far.
    pub(super) totals: Option<Totals>,
    data: Data,
    closing: Vec<Closing>,
    /// The run in one line, where that is not the last thing it says.
    gist: Option<String>,
}

/// A backup in numbers.
#[derive(Debug, Clone)]
pub(super) struct Totals {
    pub(super) folder: String,
    /// Verified files, and their bytes.
    pub(super) files: usize,
    pub(super) bytes: u64,
    /// What came over the line in this run.
    pub(super) fetched_bytes: u64,
    /// When the backup became complete, if it is.
    pub(super) completed: Option<DateTime<Utc>>,
}

/// What goes to stdout at the end.
enum Data {
    Nothing,
    /// Lines, or with `--json` one document.
    Report(Vec<String>, Value),
    /// With `--json` the last of many lines.
    LastLine(Value),
    /// With `--json` the error.
    Failed(Problem),
}

/// What goes to stderr at the end.
enum Closing {
    Note(String),
    Warning(String),
    Error(Problem),
}

impl Outcome {
    fn new(exit: Exit, data: Data) -> Outcome {
        Outcome {
            exit,
            totals: None,
            data,
            closing: Vec::new(),
            gist: None,
        }
    }

    /// Of a command that has printed what it had.
    pub(super) fn nothing() -> Outcome {
        Outcome::new(Exit::Done, Data::Nothing)
    }

    pub(super) fn report(lines: Vec<String>, document: Value) -> Outcome {
        Outcome::new(Exit::Done, Data::Report(lines, document))
    }

    /// Of a command that has nothing for stdout without `--json`.
    pub(super) fn document(document: Value) -> Outcome {
        Outcome::report(Vec::new(), document)
    }

    pub(super) fn last_line(line: Value) -> Outcome {
        Outcome::new(Exit::Done, Data::LastLine(line))
    }

    /// Of a download, whose own words come after a note.
    pub(super) fn download(note: Option<String>, summary: &Summary) -> Outcome {
        let notes = note.into_iter().chain(notes(summary)).map(Closing::Note);
        let problems = problems(summary);
        Outcome {
            exit: summary.exit,
            totals: Some(Totals {
                folder: summary.folder.to_string(),
                files: summary.files.verified,
                bytes: summary.bytes,
                fetched_bytes: summary.fetched_bytes,
                completed: summary.completed,
            }),
            data: Data::LastLine(json!(summary)),
            gist: problems.first().map(|problem| problem.message.clone()),
            closing: notes
                .chain(problems.into_iter().map(Closing::Error))
                .collect(),
        }
    }

    /// Of a run for a profile whose turn never came.
    pub(super) fn skipped(by: Exit) -> Outcome {
        Outcome::new(by, Data::Nothing).gist("skipped: stopped by a signal before its turn")
    }

    pub(super) fn failed(problem: Problem) -> Outcome {
        Outcome::new(problem.exit, Data::Failed(problem))
    }

    /// What it worked on, for who is told of the run.
    pub(super) fn totals(mut self, totals: Totals) -> Outcome {
        self.totals = Some(totals);
        self
    }

    /// Says something that `--quiet` hides.
    pub(super) fn note(mut self, text: impl Into<String>) -> Outcome {
        self.closing.push(Closing::Note(text.into()));
        self
    }

    pub(super) fn warning(mut self, text: impl Into<String>) -> Outcome {
        self.closing.push(Closing::Warning(text.into()));
        self
    }

    /// The data is there, and all the same the command did not do what was asked for.
    pub(super) fn error(mut self, problem: Problem) -> Outcome {
        self.exit = problem.exit;
        self.closing.push(Closing::Error(problem));
        self
    }

    pub(super) fn gist(mut self, text: impl Into<String>) -> Outcome {
        self.gist = Some(text.into());
        self
    }

    /// `alone`: what stdout of `--json` holds is of this run, and not one document of the runs for several profiles.
    pub(super) fn print(&self, terminal: &Terminal, alone: bool) -> io::Result<()> {
        terminal.end_progress();
        let is_json = terminal.is_json();
        match &self.data {
            Data::Report(_, document) if is_json && alone => {
                terminal.data(&document.to_string())?;
            }
            Data::Report(..) if is_json => {}
            Data::Report(lines, _) => {
                lines.iter().try_for_each(|line| terminal.data(line))?;
            }
            _ => {}
        }
        for closing in &self.closing {
            match closing {
                Closing::Note(text) => terminal.note(text),
                Closing::Warning(text) => terminal.warning(text),
                Closing::Error(problem) => terminal.error_beside_data(problem),
            }
        }
        match &self.data {
            Data::LastLine(line) => terminal.event(line)?,
            Data::Failed(problem) if alone => terminal.error(problem),
            Data::Failed(problem) => terminal.error_beside_data(problem),
            _ => {}
        }
        Ok(())
    }

    /// The run in one line, for the end of a run for several profiles.
    pub(super) fn headline(&self) -> String {
        let gist = match &self.data {
            Data::Failed(problem) => Some(problem.message.clone()),
            _ => self.gist.clone(),
        };
        let last = || match self.closing.last()? {
            Closing::Note(text) => Some(text.clone()),
            Closing::Error(problem) => Some(problem.message.clone()),
            Closing::Warning(_) => None,
        };
        // What exit code 0 means in general would say of this run what is not so.
        gist.or_else(last).unwrap_or_else(|| "done".to_owned())
    }

    /// Why it did not end well.
    pub(super) fn problem(&self) -> Option<&Problem> {
        let mut closing = self.closing.iter();
        match &self.data {
            Data::Failed(problem) => Some(problem),
            _ => closing.find_map(|closing| match closing {
                Closing::Error(problem) => Some(problem),
                _ => None,
            }),
        }
    }

    /// Its part of the one document of several profiles.
    pub(super) fn part(&self, profile: &str) -> Value {
        let mut part = json!({ "profile": profile, "exit_code": self.exit.code() });
        match (&self.data, part.as_object_mut()) {
            (Data::Report(_, Value::Object(document)), Some(part)) => part.extend(document.clone()),
            (Data::Failed(problem), Some(part)) => {
                part.insert("error".to_owned(), json!(problem));
            }
            _ => {}
        }
        part
    }
}

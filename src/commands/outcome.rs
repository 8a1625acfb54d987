//! What a command hands back: what is to be printed, and how the process ends because of it.

use std::io;

use serde_json::Value;

use crate::exit::Exit;
use crate::output::{Summary, Terminal, headline};
use crate::problem::Problem;

/// How a command ended that did not fail.
pub(super) struct Outcome {
    pub(super) exit: Exit,
    data: Data,
    closing: Vec<Closing>,
    /// The run in one line, where that is not the last thing it says.
    gist: Option<String>,
}

/// What goes to stdout at the end.
enum Data {
    /// Lines, or with `--json` one document.
    Report(Vec<String>, Value),
    /// Text, with `--json` too.
    Text(Vec<String>),
    /// With `--json` the last of many lines.
    LastLine(Value),
    /// The same for a download, and its closing words on stderr.
    Download(Box<Summary>),
    /// The same for a download that fetched nothing and has no such words.
    DryRun(Box<Summary>),
    Nothing,
}

/// What goes to stderr at the end.
enum Closing {
    Note(String),
    Warning(String),
    Error(Problem),
}

impl Outcome {
    fn of(exit: Exit, data: Data) -> Outcome {
        Outcome {
            exit,
            data,
            closing: Vec::new(),
            gist: None,
        }
    }

    pub(super) fn report(lines: Vec<String>, document: Value) -> Outcome {
        Outcome::of(Exit::Done, Data::Report(lines, document))
    }

    /// What is no JSON whatever is asked for.
    pub(super) fn text(text: &str) -> Outcome {
        Outcome::of(
            Exit::Done,
            Data::Text(text.lines().map(str::to_owned).collect()),
        )
    }

    /// A document of `--json` where nothing else has data on stdout.
    pub(super) fn document(document: Value) -> Outcome {
        Outcome::report(Vec::new(), document)
    }

    /// An event of `--json` that ends the run.
    pub(super) fn last_line(line: Value) -> Outcome {
        Outcome::of(Exit::Done, Data::LastLine(line))
    }

    pub(super) fn download(summary: Summary) -> Outcome {
        Outcome::of(summary.exit, Data::Download(Box::new(summary)))
    }

    pub(super) fn dry_run(summary: Summary) -> Outcome {
        Outcome::of(Exit::Done, Data::DryRun(Box::new(summary)))
    }

    /// Of a command that has printed what it had.
    pub(super) fn nothing() -> Outcome {
        Outcome::of(Exit::Done, Data::Nothing)
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

    pub(super) fn gist(mut self, text: String) -> Outcome {
        self.gist = Some(text);
        self
    }

    /// Prints everything; of the document of a report only if `alone`, because that of several profiles is one.
    pub(super) fn print(&self, terminal: &Terminal, alone: bool) -> io::Result<()> {
        let print = |lines: &[String]| lines.iter().try_for_each(|line| terminal.data(line));
        match &self.data {
            Data::Report(_, document) if terminal.is_json() && alone => {
                terminal.data(&document.to_string())?;
            }
            Data::Report(lines, _) if !terminal.is_json() => print(lines)?,
            Data::Text(lines) => print(lines)?,
            _ => {}
        }
        for closing in &self.closing {
            match closing {
                Closing::Note(text) => terminal.note(text),
                Closing::Warning(text) => terminal.warning(None, text),
                Closing::Error(problem) => terminal.error_beside_data(problem),
            }
        }
        match &self.data {
            Data::LastLine(line) if terminal.is_json() => terminal.event(line),
            Data::Download(summary) => terminal.summary(summary),
            Data::DryRun(summary) => terminal.summary_event(summary),
            _ => Ok(()),
        }
    }

    /// The run in one line, for the end of a run for several profiles.
    pub(super) fn headline(&self) -> String {
        let of_summary = match &self.data {
            Data::Download(summary) => headline(summary),
            _ => None,
        };
        let last = self.closing.iter().rev().find_map(|closing| match closing {
            Closing::Note(text) if self.exit == Exit::Done => Some(text),
            Closing::Error(problem) => Some(&problem.message),
            Closing::Note(_) | Closing::Warning(_) => None,
        });
        self.gist
            .clone()
            .or(of_summary)
            .or(last.cloned())
            // What exit code 0 means in general would say of this run what is not so.
            .unwrap_or_else(|| "done".to_owned())
    }

    pub(super) fn into_document(self) -> Option<Value> {
        match self.data {
            Data::Report(_, document) => Some(document),
            _ => None,
        }
    }
}

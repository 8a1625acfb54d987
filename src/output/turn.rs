//! Runs for several profiles, one after the other: whose words these are, and one summary at the end.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::Terminal;
use super::json::Told;
use super::lock::locked;
use crate::exit::Exit;
use crate::problem::Problem;

/// What `--json` makes of several runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One document, with those of all runs in it.
    Document,
    /// The lines of one run after those of the other.
    Lines,
}

/// The profile that has its turn, and what it has said so far.
pub(super) struct Turn {
    profile: String,
    form: Form,
    document: Option<Value>,
    error: Option<Value>,
    said: Option<Said>,
}

struct Said {
    text: String,
    is_error: bool,
}

/// How the run for one profile ended.
#[derive(Debug)]
pub(crate) struct Ending {
    /// Its name.
    pub(crate) profile: String,
    /// The code it would have ended with alone.
    pub(crate) exit: Exit,
    /// What happened, in one line.
    what: String,
    document: Option<Value>,
    error: Option<Value>,
}

impl Ending {
    /// A run that never began, because a signal came before it.
    pub(crate) fn skipped(profile: &str, exit: Exit) -> Ending {
        Ending {
            profile: profile.to_owned(),
            exit,
            what: "skipped: stopped by a signal before its turn".to_owned(),
            document: None,
            error: None,
        }
    }
}

/// The document of several runs.
#[derive(Serialize)]
struct Documents<'a> {
    schema: u32,
    profiles: Vec<Part<'a>>,
    exit_code: u8,
}

/// The last line of several runs.
#[derive(Serialize)]
struct LastLine<'a> {
    event: &'static str,
    profiles: Vec<Part<'a>>,
    exit_code: u8,
}

#[derive(Serialize)]
struct Part<'a> {
    profile: &'a str,
    exit_code: u8,
    #[serde(flatten)]
    document: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Value>,
}

impl Terminal {
    /// From now on it is this profile's turn.
    pub(crate) fn begin_turn(&self, profile: &str, form: Form) {
        self.note(&format!("profile {profile}:"));
        self.inner.streams.set_profile(Some(profile));
        *locked(&self.inner.turn) = Some(Turn {
            profile: profile.to_owned(),
            form,
            document: None,
            error: None,
            said: None,
        });
    }

    /// The turn is over, and this is how its run ends.
    pub(crate) fn end_turn(&self, exit: Exit) -> Option<Ending> {
        self.end_progress();
        self.inner.streams.set_profile(None);
        let turn = locked(&self.inner.turn).take()?;
        Some(Ending {
            profile: turn.profile,
            exit,
            what: match turn.said {
                Some(said) if said.is_error == (exit != Exit::Done) => said.text,
                // What the code means in general would say of this run what is not so.
                _ if exit == Exit::Done => "done".to_owned(),
                _ => exit.meaning().to_owned(),
            },
            document: turn.document,
            error: turn.error,
        })
    }

    /// Prints the document of `--json`.
    pub(crate) fn document(&self, document: &impl Serialize) -> io::Result<()> {
        match &mut *locked(&self.inner.turn) {
            Some(turn) => turn.document = Some(serde_json::to_value(document)?),
            None => self.data(&serde_json::to_string(document)?)?,
        }
        Ok(())
    }

    /// Prints an event of `--json` that is the command's own.
    pub(crate) fn event(&self, event: &impl Serialize) -> io::Result<()> {
        self.data(&self.inner.streams.line(event)?)
    }

    /// Closes several runs: a line for each on stderr (with `--quiet` for those that failed), and on stdout what
    /// `--json` ends with.
    pub(crate) fn close_turns(&self, endings: &[Ending], form: Form, exit: Exit) -> io::Result<()> {
        for ending in endings {
            let (profile, code) = (&ending.profile, ending.exit.code());
            let line = format!("{profile}: {} (exit code {code})", ending.what);
            if ending.exit == Exit::Done {
                self.note(&line);
            } else {
                self.inner.streams.talk(&line);
            }
        }
        if !self.inner.output.json {
            return Ok(());
        }
        let exit_code = exit.code();
        match form {
            Form::Document => self.document(&Documents {
                schema: 1,
                profiles: endings.iter().map(Ending::whole).collect(),
                exit_code,
            }),
            Form::Lines => self.event(&LastLine {
                event: "summary",
                profiles: endings.iter().map(Ending::code).collect(),
                exit_code,
            }),
        }
    }

    /// What a command found, in one line, for the end of a run for several profiles. Alone, its output says it.
    pub(crate) fn found(&self, text: &str) {
        self.remember(text, false);
    }

    /// Keeps what may become the one line about this run: its first error, else the last thing it said.
    pub(super) fn remember(&self, text: &str, is_error: bool) {
        if let Some(turn) = &mut *locked(&self.inner.turn)
            && !turn.said.as_ref().is_some_and(|said| said.is_error)
        {
            let text = text.to_owned();
            turn.said = Some(Said { text, is_error });
        }
    }

    /// Keeps an error for the document of all runs, if there will be one.
    pub(super) fn keep_error(&self, failure: &Problem) -> bool {
        let mut turn = locked(&self.inner.turn);
        let Some(turn) = turn.as_mut().filter(|turn| turn.form == Form::Document) else {
            return false;
        };
        turn.error = serde_json::to_value(Told::of(failure)).ok();
        true
    }
}

impl Ending {
    fn whole(&self) -> Part<'_> {
        Part {
            document: self.document.as_ref(),
            error: self.error.as_ref(),
            ..self.code()
        }
    }

    fn code(&self) -> Part<'_> {
        Part {
            profile: &self.profile,
            exit_code: self.exit.code(),
            document: None,
            error: None,
        }
    }
}

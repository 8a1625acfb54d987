//! stdout and stderr as the commands see them.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use console::Term;
use serde::Serialize;

use super::bars::{Bars, Look, Screen};
use super::lock::locked;
use super::paint::{Paint, Tint};
use super::reading::Reading;
use super::renderer::{Notices, Run, Show, View};
use super::streams::{Streams, visible};
use super::wrap::wrapped;
use super::{log, stdin};
use crate::cli::{ColorMode, OutputOptions, ProgressMode};
use crate::event::{Event, Observer};
use crate::problem::Problem;
use crate::redaction::redacted;
use crate::settings::{Environment, Verdict};
use crate::store::sys::HiddenInput;

/// Where the text of a verdict begins.
const VERDICT: usize = 23;

/// How much more the text of a hint below it is indented.
const HINT: usize = "hint: ".len();

/// With less room a text is not broken between words.
const NARROW: usize = 20;

/// The process's stdin, stdout and stderr. Clones are the same terminal.
#[derive(Clone)]
pub(crate) struct Terminal {
    output: OutputOptions,
    streams: Arc<Streams>,
    stderr: Stderr,
    /// stdout is JSON Lines, so that warnings are events too.
    has_events: Arc<AtomicBool>,
    /// What shows the work that is under way, until it is dropped.
    progress: Arc<Mutex<Option<Box<dyn Send>>>>,
}

/// What is known of stderr.
#[derive(Clone)]
pub(super) struct Stderr {
    pub(super) is_terminal: bool,
    /// Whoever keeps its lines notes the time of each by itself.
    pub(super) is_journal: bool,
    /// It cannot move its cursor: `TERM` is `dumb` or not set.
    pub(super) is_dumb: bool,
    pub(super) screen: Screen,
}

impl Terminal {
    /// The terminal of this process.
    pub(crate) fn new(output: OutputOptions) -> Terminal {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let is_screen = stdout.is_terminal();
        let paint = paint(output, &stderr);
        let about = Stderr {
            is_terminal: stderr.is_terminal(),
            is_journal: Environment::of_process().is_journal(io::stderr()),
            is_dumb: console::is_dumb(),
            screen: Screen::new(Term::buffered_stderr()),
        };
        let streams = Streams::new(Box::new(stdout), Box::new(stderr), is_screen, paint);
        Terminal::from_parts(output, streams, about)
    }

    pub(super) fn from_parts(output: OutputOptions, streams: Streams, stderr: Stderr) -> Terminal {
        Terminal {
            output,
            streams: Arc::new(streams),
            stderr,
            has_events: Arc::default(),
            progress: Arc::default(),
        }
    }

    /// Sends the log of this process to stderr, as much of it as `-v` asks for. A log that was set up before stays.
    pub(crate) fn start_logs(&self) {
        let log = log::subscriber(self.output.verbose, self.streams.clone());
        let _ = tracing::subscriber::set_global_default(log);
    }

    /// Prints a line of data to stdout. A reader that has gone (`| head`) is a good end: the rest is dropped.
    pub(crate) fn data(&self, line: &str) -> io::Result<()> {
        self.streams.data(line)
    }

    /// Prints what stands in a backup to stdout, byte by byte as it is; on a screen in characters that move nothing there.
    /// Breaks when the reader has gone (`| head`), which is a good end.
    pub(crate) fn content(&self, bytes: &[u8]) -> io::Result<ControlFlow<()>> {
        self.streams.bytes(bytes)
    }

    /// Whether what is printed to stdout is seen by a person.
    pub(crate) fn prints_to_screen(&self) -> bool {
        self.streams.out_is_screen()
    }

    /// Prints a line to stdout that is a secret, for who asked for it.
    pub(crate) fn secret(&self, line: &str) -> io::Result<()> {
        self.streams.data_as_it_is(line)
    }

    /// Prints an event of a command's own, with `--json` only.
    pub(crate) fn event(&self, event: &impl Serialize) -> io::Result<()> {
        if self.output.json {
            self.streams.event(event)
        } else {
            Ok(())
        }
    }

    /// In a run for several profiles, whose lines of JSON the next ones are.
    pub(crate) fn set_profile(&self, profile: Option<&str>) {
        self.streams.set_profile(profile);
    }

    /// Says something on stderr that `--quiet` hides.
    pub(crate) fn note(&self, text: &str) {
        if !self.output.quiet {
            self.streams.talk(text);
        }
    }

    /// Says what a person must know to go on; `--quiet` does not hide it.
    pub(crate) fn say(&self, text: &str) {
        self.streams.talk(text);
    }

    /// Whether there is a person to ask.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && self.stderr.is_terminal
    }

    /// Asks for a line; nothing at the end of the input.
    pub(crate) async fn ask(&self, question: &str) -> io::Result<Option<String>> {
        self.ask_for_line(question, true).await
    }

    async fn ask_for_line(
        &self,
        question: &str,
        shows_line_end: bool,
    ) -> io::Result<Option<String>> {
        self.streams.prompt(question);
        let line = stdin::line().await?;
        // At the end of the input (Ctrl-D) the cursor stays behind the question.
        if line.ends_with('\n') && shows_line_end {
            self.streams.answered();
        }
        Ok(Some(line.trim().to_owned()).filter(|_| !line.is_empty()))
    }

    /// The same for an answer that is not to be seen.
    pub(crate) async fn ask_hidden(&self, question: &str) -> io::Result<Option<String>> {
        // Before the question: who sees it may type at once. Dropped with this future, when a signal comes in between.
        let _hidden = HiddenInput::start()?;
        self.ask_for_line(question, HiddenInput::SHOWS_LINE_END)
            .await
    }

    /// All of stdin, up to what an answer can be.
    pub(crate) async fn input(&self) -> io::Result<String> {
        stdin::all().await
    }

    /// Whether stdout is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.output.json
    }

    /// Warns on stderr. Once [`Terminal::observer`] was called it is also a `warning` event of `--json`.
    pub(crate) fn warning(&self, text: &str) {
        if self.has_events.load(Ordering::Relaxed) {
            self.streams.json(&Event::Warning {
                name: None,
                message: text.to_owned(),
            });
        }
        self.warning_beside_data(text);
    }

    /// Warns where stdout is complete already: on stderr only.
    pub(crate) fn warning_beside_data(&self, text: &str) {
        let message = text.to_owned();
        self.notices().event(Event::Warning {
            name: None,
            message,
        });
    }

    /// Says why the command failed, and what to do: on stderr, and with `--json` as the last line of stdout. Ends
    /// progress. The process must end with the exit code of this failure.
    pub(crate) fn error(&self, failure: &Problem) {
        self.end_progress();
        self.error_beside_data(failure);
        if self.output.json {
            self.streams.json(&Failed { problem: failure });
        }
    }

    /// Says why the command failed where its document is on stdout already: on stderr only.
    pub(crate) fn error_beside_data(&self, failure: &Problem) {
        let streams = &self.streams;
        streams.labelled(Tint::Error, "error", &failure.message);
        if let Some(hint) = &failure.hint {
            streams.labelled(Tint::Hint, "hint", hint);
        }
    }

    /// The observer of a command that fetches files: bars or lines on stderr, JSON Lines on stdout. Its progress ends
    /// with [`Terminal::end_progress`] or [`Terminal::error`].
    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        self.end_progress();
        let Terminal {
            output, streams, ..
        } = self;
        self.has_events.store(output.json, Ordering::Relaxed);
        let show = Show {
            view: self.view(),
            json: output.json,
            verbose: output.verbose > 0,
            timed: self.is_timed(),
        };
        let run = Run::start(Arc::clone(streams), show);
        let observer = run.observer();
        *locked(&self.progress) = Some(Box::new(run));
        observer
    }

    /// Shows how far a long read of so many files with so many bytes is, until [`Terminal::end_progress`] or
    /// [`Terminal::error`]. Whoever reads counts here.
    pub(crate) fn reading(&self, files: usize, bytes: u64) -> Reading {
        self.end_progress();
        let reading = Reading::new(files, bytes);
        let shown = reading.show(Arc::clone(&self.streams), self.view(), self.is_timed());
        *locked(&self.progress) = Some(Box::new(shown));
        reading
    }

    fn view(&self) -> View {
        let Terminal {
            output,
            stderr,
            streams,
            ..
        } = self;
        match shown(*output, stderr.is_terminal, stderr.is_dumb) {
            Shown::Bars => View::Bars(Bars::new(
                streams.bar.clone(),
                stderr.screen.clone(),
                Look {
                    paint: streams.paint,
                    unicode: Environment::of_process().is_unicode(),
                },
            )),
            Shown::Lines => View::Lines,
            Shown::Nothing => View::Nothing,
        }
    }

    /// Whether lines about progress begin with the time: nobody else notes it.
    fn is_timed(&self) -> bool {
        !self.stderr.is_terminal && !self.stderr.is_journal
    }

    /// The observer of a command whose output is one document: warnings and retries on stderr, nothing on stdout.
    pub(crate) fn notices(&self) -> Arc<dyn Observer> {
        Arc::new(Notices {
            streams: Arc::clone(&self.streams),
            quiet: self.output.quiet,
        })
    }

    /// Prints how a check went, to stdout, and below it what to do about it.
    pub(crate) fn verdict(
        &self,
        verdict: Verdict,
        what: &str,
        message: &str,
        hint: Option<&str>,
    ) -> io::Result<()> {
        let paint = paint(self.output, &io::stdout());
        let tint = match verdict {
            Verdict::Fine => Tint::Good,
            Verdict::Warning => Tint::Warning,
            Verdict::Failed => Tint::Error,
        };
        let label = paint.tint(tint, &format!("{:<7}", verdict.label()));
        self.below(&format!("{label}  {what:<14}"), 0, message)?;
        hint.map_or(Ok(()), |hint| {
            let label = paint.tint(Tint::Hint, "hint:");
            self.below(&format!("{:23}{label} ", ""), HINT, hint)
        })
    }

    /// A text behind what begins its line. On a screen all its lines begin in one column, `more` behind that of verdicts.
    fn below(&self, begin: &str, more: usize, text: &str) -> io::Result<()> {
        // Before it is broken: a secret may have a space.
        let text = redacted(&visible(text)).into_owned();
        let column = VERDICT + more;
        let room = self.columns().map(|columns| columns.saturating_sub(column));
        let lines = match room {
            Some(room) if room >= NARROW => wrapped(&text, room),
            _ => vec![text],
        };
        let next = format!("\n{:column$}", "");
        self.data(&format!("{begin}{}", lines.join(&next)))
    }

    /// How wide the screen is, if stdout is one.
    fn columns(&self) -> Option<usize> {
        let is_screen = self.streams.out_is_screen();
        let (_, columns) = Term::stdout().size_checked().filter(|_| is_screen)?;
        Some(columns.into())
    }

    /// Whatever comes late shows no more.
    pub(crate) fn end_progress(&self) {
        // Taken out first: the end waits for a thread, and nothing may wait for this lock meanwhile.
        let progress = locked(&self.progress).take();
        drop(progress);
    }
}

/// The last line of `--json` of a run that failed before it had a set of files.
#[derive(Serialize)]
#[serde(tag = "event", rename = "error")]
struct Failed<'a> {
    #[serde(flatten)]
    problem: &'a Problem,
}

/// Whether this stream is coloured.
fn paint(output: OutputOptions, stream: &impl RawStream) -> Paint {
    // A console of Windows may show colours only once somebody has asked it whether it can.
    let _ = Term::stderr().features().colors_supported();
    Paint(match output.color {
        ColorMode::Always => true,
        ColorMode::Never => false,
        // NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM, by the same rules as the help text of clap.
        ColorMode::Auto => AutoStream::choice(stream) != ColorChoice::Never,
    })
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Bars,
    Lines,
    Nothing,
}

pub(super) fn shown(output: OutputOptions, is_terminal: bool, is_dumb: bool) -> Shown {
    match output.progress {
        _ if output.quiet => Shown::Nothing,
        ProgressMode::None => Shown::Nothing,
        ProgressMode::Bar => Shown::Bars,
        ProgressMode::Auto if is_terminal && !is_dumb => Shown::Bars,
        ProgressMode::Auto | ProgressMode::Plain => Shown::Lines,
    }
}

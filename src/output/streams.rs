//! The two streams of the process, and the rules for what goes where: data to stdout, talk to stderr, and neither into
//! the middle of a bar.
//!
//! Locks, in their order: the bar's own, then one stream's. No stream's is held while the other's is asked for, so that a
//! reader of stdout who takes his time holds up no error message.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Mutex;

use chrono::{SecondsFormat, Utc};
use indicatif::ProgressBar;
use serde::Serialize;

use super::lock::locked;
use super::paint::{Paint, Tint};
use super::units;
use crate::redaction::redacted;
use crate::store::sys;
use crate::untrusted::printable;

/// Where output goes.
pub(super) struct Streams {
    out: Mutex<Out>,
    err: Mutex<Talk>,
    /// stdout is the screen on which the bars are, so that they must make room for it.
    out_is_screen: bool,
    pub(super) paint: Paint,
    /// Steps aside for every line; hidden while no run has bars.
    pub(super) bar: ProgressBar,
}

struct Out {
    writer: Box<dyn Write + Send>,
    /// The reader has gone (`| head`): it has what it wanted, and the rest is nobody's.
    closed: bool,
    /// The first event that could not be written. Events come from places that cannot fail; the summary tells.
    lost: Option<io::Error>,
    /// Whose lines of JSON these are, in a run for several profiles.
    profile: Option<String>,
}

struct Talk {
    writer: Box<dyn Write + Send>,
    /// A question stands there, and nothing has ended its line yet.
    asked: bool,
}

/// A line of JSON, and what every one of them says.
#[derive(Serialize)]
struct Stamped<'a, T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
    #[serde(flatten)]
    line: &'a T,
    time: String,
}

impl Streams {
    pub(super) fn new(
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        out_is_screen: bool,
        paint: Paint,
    ) -> Streams {
        Streams {
            out: Mutex::new(Out {
                writer: out,
                closed: false,
                lost: None,
                profile: None,
            }),
            err: Mutex::new(Talk {
                writer: err,
                asked: false,
            }),
            out_is_screen,
            paint,
            bar: ProgressBar::hidden(),
        }
    }

    /// Writes a line to stdout, without secrets.
    pub(super) fn data(&self, line: &str) -> io::Result<()> {
        self.data_as_it_is(&redacted(line))
    }

    /// Writes a line to stdout.
    pub(super) fn data_as_it_is(&self, line: &str) -> io::Result<()> {
        self.on_out(|out| out.write(line))
    }

    /// Writes bytes to stdout as they are, except on a screen, which must not obey them. Breaks when the reader has gone.
    pub(super) fn bytes(&self, bytes: &[u8]) -> io::Result<ControlFlow<()>> {
        self.on_out(|out| {
            if self.out_is_screen {
                let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
                out.bytes(visible(&text).as_bytes())
            } else {
                out.bytes(bytes)
            }
        })
    }

    /// Whether stdout is a screen, and no file and no other program.
    pub(super) fn out_is_screen(&self) -> bool {
        self.out_is_screen
    }

    /// Writes a value as one line of JSON to stdout. After a failure nothing more is written, so that what is there
    /// stays readable, and the next [`Streams::event`] tells.
    pub(super) fn json(&self, value: &impl Serialize) {
        self.on_out(|out| {
            if out.lost.is_none() {
                out.lost = out.json(value).err();
            }
        });
    }

    /// The same for a command's own events, whose failure is the command's. Fails, too, when a line before is missing.
    pub(super) fn event(&self, event: &impl Serialize) -> io::Result<()> {
        self.on_out(|out| out.lost.take().map_or_else(|| out.json(event), Err))
    }

    /// Whose lines the next ones are.
    pub(super) fn set_profile(&self, profile: Option<&str>) {
        locked(&self.out).profile = profile.map(str::to_owned);
    }

    fn on_out<R>(&self, write: impl FnOnce(&mut Out) -> R) -> R {
        let write = || write(&mut locked(&self.out));
        if self.out_is_screen {
            self.bar.suspend(write)
        } else {
            write()
        }
    }

    /// Writes lines to stderr, without secrets. Nobody can be told when that fails.
    pub(super) fn talk(&self, text: &str) {
        self.on_err(&visible(&redacted(text)));
    }

    /// The same for a line about progress, `timed` with the time before it.
    pub(super) fn talk_of_progress(&self, line: &str, timed: bool) {
        if timed {
            self.talk(&format!("{} {line}", units::now()));
        } else {
            self.talk(line);
        }
    }

    /// Writes `label: text` to stderr.
    pub(super) fn labelled(&self, tint: Tint, label: &str, text: &str) {
        let label = self.paint.tint(tint, &format!("{label}:"));
        self.on_err(&format!("{label} {}", visible(&redacted(text))));
    }

    fn on_err(&self, text: &str) {
        self.bar.suspend(|| {
            let mut err = locked(&self.err);
            let before = if err.asked { "\n" } else { "" };
            err.asked = false;
            let _ = err.writer.write_all(format!("{before}{text}\n").as_bytes());
            let _ = err.writer.flush();
        });
    }

    /// Writes the beginning of a line to stderr; whoever answers ends it, or else the next line does.
    pub(super) fn prompt(&self, text: &str) {
        let mut err = locked(&self.err);
        let before = if err.asked { "\n" } else { "" };
        let text = format!("{before}{}", visible(&redacted(text)));
        let _ = err.writer.write_all(text.as_bytes());
        let _ = err.writer.flush();
        err.asked = true;
    }

    /// The answer to the last question has ended its line.
    pub(super) fn answered(&self) {
        locked(&self.err).asked = false;
    }
}

impl Out {
    fn write(&mut self, line: &str) -> io::Result<()> {
        // In one piece: a reader that sees a line sees all of it.
        let line = format!("{line}\n");
        self.bytes(line.as_bytes()).map(|_| ())
    }

    /// Breaks when nobody reads any more.
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<ControlFlow<()>> {
        if self.closed {
            return Ok(ControlFlow::Break(()));
        }
        let written = self.writer.write_all(bytes);
        match written.and_then(|()| self.writer.flush()) {
            Err(error) if sys::is_reader_gone(&error) => {
                self.closed = true;
                Ok(ControlFlow::Break(()))
            }
            result => result.map(ControlFlow::Continue),
        }
    }

    /// Writes a value as one line of JSON, with the profile it is of and the time.
    fn json(&mut self, line: &impl Serialize) -> io::Result<()> {
        let stamped = Stamped {
            profile: self.profile.as_deref(),
            line,
            time: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
        };
        let line = serde_json::to_string(&stamped)?;
        self.write(&redacted(&line))
    }
}

/// The text with every control character but the line feed shown instead of obeyed. Callers do this to the words of a
/// server; here it is done to whatever they missed.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut bytes = [0; 4];
    for character in text.chars() {
        match character {
            '\n' | ' '..='~' => shown.push(character),
            other => shown.push_str(&printable(other.encode_utf8(&mut bytes))),
        }
    }
    shown
}

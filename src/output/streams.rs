//! The two streams of the process, and the rules for what goes where: data to stdout, talk to stderr, and neither into
//! the middle of a bar.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{SecondsFormat, Utc};
use console::Style;
use indicatif::MultiProgress;
use serde::Serialize;

use super::lock::locked;
use crate::redaction::redacted;
use crate::untrusted::printable;

/// Where output goes.
pub(super) struct Streams {
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
    /// stdout is the screen on which the bars are, so that they must make room for it.
    out_is_screen: bool,
    paint: Paint,
    bars: Mutex<Option<MultiProgress>>,
    /// The reader of stdout has gone (`| head`): it has what it wanted, and the rest is nobody's.
    closed: AtomicBool,
    /// The first event that could not be written. Events come from places that cannot fail; the summary tells.
    lost: Mutex<Option<io::Error>>,
    /// A question stands on stderr, and nothing has ended its line yet.
    asked: AtomicBool,
    /// Whose lines of JSON these are, in a run for several profiles.
    profile: Mutex<Option<String>>,
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

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paint(pub(super) bool);

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tint {
    None,
    Good,
    Hint,
    Warning,
    Error,
}

impl Paint {
    /// The text, coloured where colours are used.
    pub(super) fn tint(self, tint: Tint, text: &str) -> String {
        let style = match tint {
            Tint::None => return text.to_owned(),
            Tint::Good => Style::new().green().bold(),
            Tint::Hint => Style::new().cyan().bold(),
            Tint::Warning => Style::new().yellow().bold(),
            Tint::Error => Style::new().red().bold(),
        };
        // Forced, because console's own idea of colour knows nothing of `--color`.
        style.force_styling(self.0).apply_to(text).to_string()
    }
}

impl Streams {
    pub(super) fn new(
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        out_is_screen: bool,
        paint: Paint,
    ) -> Streams {
        Streams {
            out: Mutex::new(out),
            err: Mutex::new(err),
            out_is_screen,
            paint,
            bars: Mutex::default(),
            closed: AtomicBool::new(false),
            lost: Mutex::default(),
            asked: AtomicBool::new(false),
            profile: Mutex::default(),
        }
    }

    pub(super) fn paint(&self) -> Paint {
        self.paint
    }

    /// From now on (or no longer) these bars make room for every line.
    pub(super) fn set_bars(&self, bars: Option<MultiProgress>) {
        *locked(&self.bars) = bars;
    }

    /// Writes a line to stdout, without secrets.
    pub(super) fn data(&self, line: &str) -> io::Result<()> {
        self.data_as_it_is(&redacted(line))
    }

    /// Writes a line to stdout.
    pub(super) fn data_as_it_is(&self, line: &str) -> io::Result<()> {
        if self.closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let write = || {
            let mut out = locked(&self.out);
            // In one piece: a reader that sees a line sees all of it.
            out.write_all(format!("{line}\n").as_bytes())?;
            out.flush()
        };
        let result = if self.out_is_screen {
            self.beside_bars(write)
        } else {
            write()
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            result => result,
        }
    }

    /// Writes a value as one line of JSON to stdout. After a failure nothing more is written, so that what is there
    /// stays readable, and [`Streams::lost`] tells.
    pub(super) fn json(&self, value: &impl Serialize) {
        let mut lost = locked(&self.lost);
        if lost.is_none() {
            let line = self.line(value);
            *lost = line.and_then(|line| self.data(&line)).err();
        }
    }

    /// A value as one line of JSON, with the profile it is of and the time.
    pub(super) fn line(&self, line: &impl Serialize) -> io::Result<String> {
        let profile = locked(&self.profile);
        let stamped = Stamped {
            profile: profile.as_deref(),
            line,
            time: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
        };
        serde_json::to_string(&stamped).map_err(io::Error::from)
    }

    /// Whose lines the next ones are.
    pub(super) fn set_profile(&self, profile: Option<&str>) {
        *locked(&self.profile) = profile.map(str::to_owned);
    }

    /// Why events are missing on stdout, if any are.
    pub(super) fn lost(&self) -> io::Result<()> {
        locked(&self.lost).take().map_or(Ok(()), Err)
    }

    /// Writes lines to stderr, without secrets. Nobody can be told when that fails.
    pub(super) fn talk(&self, text: &str) {
        self.write_err(&visible(&redacted(text)));
    }

    /// Writes the beginning of a line to stderr; whoever answers ends it, or else the next line does.
    pub(super) fn prompt(&self, text: &str) {
        let mut err = locked(&self.err);
        let _ = err.write_all(visible(&redacted(text)).as_bytes());
        let _ = err.flush();
        self.asked.store(true, Ordering::Relaxed);
    }

    /// The answer to the last question has ended its line.
    pub(super) fn answered(&self) {
        self.asked.store(false, Ordering::Relaxed);
    }

    /// Writes `label: text` to stderr.
    pub(super) fn labelled(&self, tint: Tint, label: &str, text: &str) {
        let label = self.paint.tint(tint, &format!("{label}:"));
        self.write_err(&format!("{label} {}", visible(&redacted(text))));
    }

    fn write_err(&self, text: &str) {
        self.beside_bars(|| {
            let mut err = locked(&self.err);
            let before = if self.asked.swap(false, Ordering::Relaxed) {
                "\n"
            } else {
                ""
            };
            let _ = err.write_all(format!("{before}{text}\n").as_bytes());
            let _ = err.flush();
        });
    }

    /// Runs `write` while no bar is on the screen.
    fn beside_bars<R>(&self, write: impl FnOnce() -> R) -> R {
        // Not in the match itself: the lock must be free again before anything is written.
        let bars = locked(&self.bars).clone();
        match bars {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
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

//! The observer of a run: counts every event, shows those that deserve words, and lets a thread of its own draw.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::bars::Bars;
use super::json::Line;
use super::lines::{self, Detail, Every};
use super::lock::locked;
use super::pace::{Estimate, Pace};
use super::streams::{Streams, Tint};
use super::tally::Tally;
use super::units;
use crate::event::{Event, Observer};
use crate::model::FileName;

/// How often bars are drawn: their movement is smooth, and the work not measurable.
const FRAME: Duration = Duration::from_millis(100);

/// How often lines look at the clock; it also paces the samples of the rate.
const LOOK: Duration = Duration::from_millis(500);

/// `design.md` section 7, rule 11.
const STATUS: Duration = Duration::from_mins(1);

/// `design.md` section 3: at most one `progress` a second.
const PROGRESS: Duration = Duration::from_secs(1);

/// How progress is shown on stderr.
pub(super) enum View {
    Bars(Bars),
    Lines,
    Nothing,
}

/// What an observer shows, and where.
pub(super) struct Show {
    pub(super) view: View,
    /// Events also go to stdout as JSON Lines.
    pub(super) json: bool,
    /// Every step of every file gets a line.
    pub(super) verbose: bool,
    /// Lines begin with the time: nobody else notes it.
    pub(super) timed: bool,
}

/// What is the same for many files is said of so many: three hundred files that meet the same fault, ten times each, make
/// no log that somebody reads.
const ALIKE: usize = 3;

/// The observer of a download.
pub(super) struct Progress {
    board: Arc<Board>,
    ticker: Ticker,
}

/// What the observer and its thread share. It has no clock of its own.
pub(super) struct Board {
    pub(super) streams: Arc<Streams>,
    pub(super) show: Show,
    tally: Tally,
    ended: AtomicBool,
    /// Of which files something was said, whatever the name and the numbers in it.
    repeats: Mutex<HashMap<String, Vec<FileName>>>,
    pulse: Mutex<Pulse>,
}

/// What only the thread uses.
struct Pulse {
    estimate: Estimate,
    status: Every,
    progress: Every,
}

impl Progress {
    pub(super) fn start(streams: Arc<Streams>, show: Show) -> Progress {
        let period = match &show.view {
            View::Bars(_) => Some(FRAME),
            View::Lines => Some(LOOK),
            View::Nothing => show.json.then_some(LOOK),
        };
        let board = Arc::new(Board::new(streams, show));
        let (shared, begun) = (Arc::clone(&board), Instant::now());
        let ticker = Ticker::start(period, move || shared.tick(begun.elapsed(), Utc::now()));
        Progress { board, ticker }
    }

    /// Takes the bars away and says nothing more. Comes before the last line of the run, which must stay the last.
    pub(super) fn end(&self) {
        self.ticker.stop();
        self.board.end();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

impl Observer for Progress {
    fn event(&self, event: Event) {
        self.board.take(&event);
    }
}

impl Board {
    pub(super) fn new(streams: Arc<Streams>, show: Show) -> Board {
        if let View::Bars(bars) = &show.view {
            streams.set_bars(Some(bars.multi()));
        }
        Board {
            streams,
            show,
            tally: Tally::default(),
            ended: AtomicBool::new(false),
            repeats: Mutex::default(),
            pulse: Mutex::new(Pulse {
                estimate: Estimate::default(),
                status: Every::new(STATUS),
                progress: Every::new(PROGRESS),
            }),
        }
    }

    /// Counts an event, and shows it if it deserves words.
    pub(super) fn take(&self, event: &Event) {
        self.tally.apply(event);
        // Counted is all there is to do with the frequent ones.
        if matches!(event, Event::Advanced { .. }) || self.ended.load(Ordering::Relaxed) {
            return;
        }
        if self.show.json
            && let Some(line) = Line::of(event)
        {
            self.streams.json(&line);
        }
        let Some(more) = self.alike(event) else {
            return;
        };
        if warn(&self.streams, event, more) {
            return;
        }
        let detail = match self.show.view {
            View::Nothing => return,
            _ if self.show.verbose => Detail::Steps,
            View::Bars(_) => Detail::Setbacks,
            View::Lines => Detail::Files,
        };
        if let Some(line) = lines::line(event, detail) {
            self.say(&format!("{line}{more}"));
        }
    }

    /// What to add to the words about an event: mostly nothing. None: the same was said of enough other files.
    fn alike(&self, event: &Event) -> Option<&'static str> {
        let (name, text) = match event {
            _ if self.show.verbose => return Some(""),
            Event::Retry {
                name: Some(name),
                reason,
                ..
            } => (name, reason.as_str()),
            Event::Warning {
                name: Some(name),
                message,
            } => (name, message.as_str()),
            Event::FileFailed { name, .. } => (name, "failed"),
            _ => return Some(""),
        };
        let mut said = text.replace(name.as_str(), "");
        said.retain(|letter| !letter.is_ascii_digit());
        let mut repeats = locked(&self.repeats);
        let files = repeats.entry(said).or_default();
        if files.contains(name) {
            return Some("");
        }
        if files.len() == ALIKE {
            return None;
        }
        files.push(name.clone());
        Some(if files.len() == ALIKE {
            " (-v shows this for every file)"
        } else {
            ""
        })
    }

    fn say(&self, line: &str) {
        if self.show.timed && matches!(self.show.view, View::Lines) {
            self.streams.talk(&format!("{} {line}", units::now()));
        } else {
            self.streams.talk(line);
        }
    }

    /// Draws, and says what is due. `now` counts from the beginning.
    pub(super) fn tick(&self, now: Duration, wall: DateTime<Utc>) {
        let Some(snapshot) = self.tally.snapshot() else {
            return;
        };
        let mut pulse = locked(&self.pulse);
        pulse.estimate.sample(now, snapshot.fetched);
        let pace = Pace::of(&snapshot, pulse.estimate.rate(), wall);
        match &self.show.view {
            View::Bars(bars) => bars.draw(&snapshot, &pace),
            View::Lines if pulse.status.is_due(now) => {
                self.say(&lines::status(&snapshot, &pace));
            }
            View::Lines | View::Nothing => {}
        }
        if self.show.json && pulse.progress.is_due(now) {
            self.streams.json(&Line::progress(&snapshot, &pace));
        }
    }

    pub(super) fn end(&self) {
        // Once: by its second end another observer's bars may be on the screen.
        let ended = self.ended.swap(true, Ordering::Relaxed);
        if !ended && let View::Bars(bars) = &self.show.view {
            bars.clear();
            self.streams.set_bars(None);
        }
    }
}

/// Shows the event if it is a warning, and `more` behind it.
fn warn(streams: &Streams, event: &Event, more: &str) -> bool {
    let Event::Warning { name, message } = event else {
        return false;
    };
    let text = name.as_ref().map(|name| lines::named(name, message));
    let text = text.as_deref().unwrap_or(message);
    streams.labelled(Tint::Warning, "warning", &format!("{text}{more}"));
    true
}

/// The observer of commands that fetch no files: it shows warnings, and what is tried again.
pub(super) struct Notices {
    pub(super) streams: Arc<Streams>,
    pub(super) quiet: bool,
}

impl Observer for Notices {
    fn event(&self, event: Event) {
        if !warn(&self.streams, &event, "")
            && !self.quiet
            && let Some(line) = lines::retry(&event)
        {
            self.streams.talk(&line);
        }
    }
}

/// A thread that does something again and again until it is stopped.
struct Ticker(Mutex<Option<(Sender<Infallible>, JoinHandle<()>)>>);

impl Ticker {
    /// Without a period nothing is started. Where no thread can be had, nothing is drawn and the run goes on.
    fn start(period: Option<Duration>, tick: impl Fn() + Send + 'static) -> Ticker {
        let thread = period.and_then(|period| {
            let (stop, stopped) = mpsc::channel();
            let run = move || {
                // Waits on the channel and not in a sleep: the end of the run waits for no period.
                while stopped.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
                    tick();
                }
            };
            let thread = Builder::new().name("progress".to_owned()).spawn(run);
            thread.ok().map(|thread| (stop, thread))
        });
        Ticker(Mutex::new(thread))
    }

    /// Returns when the thread has ended.
    fn stop(&self) {
        let running = locked(&self.0).take();
        if let Some((stop, thread)) = running {
            // The other end of the channel hears that this one is gone.
            drop(stop);
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopping_a_ticker_does_not_wait_for_its_period() {
        let ticker = Ticker::start(Some(Duration::from_hours(1)), || {});
        let begun = Instant::now();
        ticker.stop();
        assert!(begun.elapsed() < Duration::from_mins(10));
    }
}

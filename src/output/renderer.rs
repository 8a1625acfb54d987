//! Shows a run: counts every event, says those that deserve words, and lets a thread of its own draw.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::bars::Bars;
use super::lines::{self, Detail};
use super::lock::locked;
use super::paint::Tint;
use super::progress::Progress;
use super::streams::Streams;
use super::units;
use crate::event::{Event, Observer};
use crate::model::FileName;

/// How often bars are drawn: their movement is smooth, and the work not measurable.
const FRAME: Duration = Duration::from_millis(100);

/// How often the clock is looked at where there are no bars; it also paces the samples of the rate.
const TICK: Duration = Duration::from_millis(500);

/// `design.md` section 7, rule 11.
const STATUS: Duration = Duration::from_mins(1);

/// `design.md` section 3: at most one `progress` a second.
const PROGRESS: Duration = Duration::from_secs(1);

/// What is the same for many files is said of so many: three hundred files that meet the same fault, ten times each, make
/// no log that somebody reads.
const ALIKE: usize = 3;

const LAST: &str = " (-v shows this for every file)";

/// What is shown of a run, and how.
pub(super) struct Show {
    pub(super) view: View,
    /// Events also go to stdout as JSON Lines.
    pub(super) json: bool,
    /// Every step of every file gets a line.
    pub(super) verbose: bool,
    /// Lines begin with the time: nobody else notes it.
    pub(super) timed: bool,
}

/// How progress is shown on stderr.
pub(super) enum View {
    Bars(Bars),
    Lines,
    Nothing,
}

/// The observer of a run. It has no clock of its own.
pub(super) struct Renderer {
    pub(super) streams: Arc<Streams>,
    show: Show,
    /// Never held while something is printed: events must not wait for a slow reader.
    state: Mutex<State>,
}

struct State {
    progress: Progress,
    /// Of which files something was said, whatever the name and the numbers in it.
    said: HashMap<String, Vec<FileName>>,
    next_status: Every,
    next_progress: Every,
    ended: bool,
}

impl Renderer {
    pub(super) fn new(streams: Arc<Streams>, show: Show) -> Renderer {
        Renderer {
            streams,
            show,
            state: Mutex::new(State {
                progress: Progress::default(),
                said: HashMap::new(),
                next_status: Every::new(STATUS),
                next_progress: Every::new(PROGRESS),
                ended: false,
            }),
        }
    }

    /// Draws, and says what is due. `at` counts from the beginning.
    pub(super) fn tick(&self, at: Duration, wall: DateTime<Utc>) {
        let mut state = locked(&self.state);
        let Some(now) = state.progress.snapshot(at, wall) else {
            return;
        };
        let warning = state.progress.warning(&now, at);
        let is_line_due = matches!(self.show.view, View::Lines) && state.next_status.is_due(at);
        let is_json_due = self.show.json && state.next_progress.is_due(at);
        drop(state);
        match &self.show.view {
            View::Bars(bars) => bars.draw(&now, at),
            View::Lines if is_line_due => self.say(&lines::status(&now)),
            View::Lines | View::Nothing => {}
        }
        if is_json_due {
            self.streams.json(&now);
        }
        if let Some(message) = warning {
            self.event(Event::Warning {
                name: None,
                message,
            });
        }
    }

    fn say(&self, line: &str) {
        if self.show.timed && matches!(self.show.view, View::Lines) {
            self.streams.talk(&format!("{} {line}", units::now()));
        } else {
            self.streams.talk(line);
        }
    }

    pub(super) fn end(&self) {
        let ended = std::mem::replace(&mut locked(&self.state).ended, true);
        // Once: by its second end another run's bars may be on the screen.
        if !ended && let View::Bars(bars) = &self.show.view {
            bars.clear();
        }
    }
}

impl Observer for Renderer {
    fn event(&self, event: Event) {
        let mut state = locked(&self.state);
        state.progress.apply(&event);
        // Counted is all there is to do with the frequent ones.
        if matches!(event, Event::Advanced { .. }) || state.ended {
            return;
        }
        let more = if self.show.verbose {
            Some("")
        } else {
            state.more(&event)
        };
        drop(state);
        if self.show.json && !event.is_counted_only() {
            self.streams.json(&event);
        }
        let Some(more) = more else {
            return;
        };
        if let Event::Warning { name, message } = &event {
            warn(&self.streams, name.as_ref(), &format!("{message}{more}"));
            return;
        }
        let detail = match self.show.view {
            View::Nothing => return,
            _ if self.show.verbose => Detail::Steps,
            View::Bars(_) => Detail::Setbacks,
            View::Lines => Detail::Files,
        };
        if let Some(line) = lines::line(&event, detail) {
            self.say(&format!("{line}{more}"));
        }
    }
}

fn warn(streams: &Streams, name: Option<&FileName>, message: &str) {
    let text = name.map(|name| lines::named(name, message));
    streams.labelled(Tint::Warning, "warning", text.as_deref().unwrap_or(message));
}

impl State {
    /// What to add to the words about an event: mostly nothing. None: the same was said of enough other files.
    fn more(&mut self, event: &Event) -> Option<&'static str> {
        let (name, text) = match event {
            Event::Retry {
                name: Some(name),
                reason: text,
                ..
            }
            | Event::Warning {
                name: Some(name),
                message: text,
            } => (name, text.as_str()),
            Event::FileFailed { name, .. } => (name, "failed"),
            _ => return Some(""),
        };
        let mut text = text.replace(name.as_str(), "");
        text.retain(|letter| !letter.is_ascii_digit());
        let files = self.said.entry(text).or_default();
        if files.contains(name) {
            return Some("");
        }
        if files.len() == ALIKE {
            return None;
        }
        files.push(name.clone());
        let is_last = files.len() == ALIKE;
        Some(if is_last { LAST } else { "" })
    }
}

/// The observer of commands that fetch no files: it shows warnings, and what is tried again.
pub(super) struct Notices {
    pub(super) streams: Arc<Streams>,
    pub(super) quiet: bool,
}

impl Observer for Notices {
    fn event(&self, event: Event) {
        match &event {
            Event::Warning { name, message } => warn(&self.streams, name.as_ref(), message),
            Event::Retry { .. } if !self.quiet => {
                let line = lines::line(&event, Detail::Setbacks);
                self.streams.talk(&line.unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// A renderer at work, and the thread that lets it draw. It ends when this is dropped.
pub(super) struct Run {
    renderer: Arc<Renderer>,
    /// Where no thread can be had, nothing is drawn and the run goes on.
    thread: Option<(Sender<Infallible>, JoinHandle<()>)>,
}

impl Run {
    pub(super) fn start(streams: Arc<Streams>, show: Show) -> Run {
        let period = match &show.view {
            View::Bars(_) => FRAME,
            View::Lines | View::Nothing => TICK,
        };
        let renderer = Arc::new(Renderer::new(streams, show));
        let (stop, stopped) = mpsc::channel();
        let (shared, begun) = (Arc::clone(&renderer), Instant::now());
        let draw = move || {
            // Waits on the channel and not in a sleep: the end of the run waits for no period.
            while stopped.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
                shared.tick(begun.elapsed(), Utc::now());
            }
        };
        let thread = Builder::new().name("progress".to_owned()).spawn(draw);
        Run {
            renderer,
            thread: thread.ok().map(|thread| (stop, thread)),
        }
    }

    pub(super) fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.renderer) as Arc<dyn Observer>
    }
}

/// Takes the bars away; nothing more is said. Comes before the last line of the run, which must stay the last.
impl Drop for Run {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            // The other end of the channel hears that this one is gone.
            drop(stop);
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
        self.renderer.end();
    }
}

/// Says when something that happens at most once in a period is due: for the first time one period after the beginning.
struct Every {
    period: Duration,
    next: Duration,
}

impl Every {
    fn new(period: Duration) -> Every {
        Every {
            period,
            next: period,
        }
    }

    /// A yes starts the next period.
    fn is_due(&mut self, at: Duration) -> bool {
        let is_due = at >= self.next;
        if is_due {
            self.next = at + self.period;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Captured;
    use super::*;

    #[test]
    fn the_end_of_a_run_does_not_wait_for_its_period() {
        let begun = Instant::now();
        for _ in 0..20 {
            let show = Show {
                view: View::Nothing,
                json: false,
                verbose: false,
                timed: false,
            };
            drop(Run::start(Captured::default().streams(), show));
        }
        assert!(begun.elapsed() < TICK * 20);
    }

    #[test]
    fn what_happens_once_a_minute_is_due_once_a_minute() {
        let mut every = Every::new(Duration::from_mins(1));
        let due: Vec<u64> = (0..200)
            .filter(|second| every.is_due(Duration::from_secs(*second)))
            .collect();
        assert_eq!(due, [60, 120, 180]);
        // After a pause (a laptop that slept) there is one line, not one for each minute missed.
        assert!(every.is_due(Duration::from_secs(1000)));
        assert!(!every.is_due(Duration::from_secs(1059)));
    }
}

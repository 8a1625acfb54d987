//! Shows a run: counts every event, says those that deserve words, and lets a thread of its own draw.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::bars::Bars;
use super::lines::{self, Detail};
use super::lock::locked;
use super::paint::Tint;
use super::progress::Progress;
use super::streams::Streams;
use super::ticker::{Every, FRAME, STATUS, TICK, Ticker};
use crate::event::{Event, Observer};
use crate::model::FileName;

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

impl View {
    /// How often there may be something to show.
    pub(super) fn period(&self) -> Duration {
        match self {
            View::Bars(_) => FRAME,
            View::Lines | View::Nothing => TICK,
        }
    }
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
            now.uploads().for_each(|upload| self.streams.json(&upload));
        }
        if let Some(message) = warning {
            self.event(Event::Warning {
                name: None,
                message,
            });
        }
    }

    fn say(&self, line: &str) {
        let timed = self.show.timed && matches!(self.show.view, View::Lines);
        self.streams.talk_of_progress(line, timed);
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
        let is_frequent = matches!(event, Event::Advanced { .. } | Event::Uploaded { .. });
        if is_frequent || state.ended {
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

/// A renderer at work. It ends when this is dropped.
pub(super) struct Run {
    renderer: Arc<Renderer>,
    ticker: Option<Ticker>,
}

impl Run {
    pub(super) fn start(streams: Arc<Streams>, show: Show) -> Run {
        let period = show.view.period();
        let renderer = Arc::new(Renderer::new(streams, show));
        let shared = Arc::clone(&renderer);
        let ticker = Ticker::start(period, move |at| shared.tick(at, Utc::now()));
        Run {
            renderer,
            ticker: Some(ticker),
        }
    }

    pub(super) fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.renderer) as Arc<dyn Observer>
    }
}

/// Takes the bars away; nothing more is said. Comes before the last line of the run, which must stay the last.
impl Drop for Run {
    fn drop(&mut self) {
        drop(self.ticker.take());
        self.renderer.end();
    }
}

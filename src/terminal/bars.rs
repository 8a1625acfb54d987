//! Puts frames on the screen with indicatif. What they say is made in `frame`; here are only the bars themselves.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use indicatif::style::ProgressTracker;
use indicatif::{
    MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike,
};

use super::frame::{Frame, Row};
use super::locked;
use super::pace::Pace;
use super::streams::Paint;
use super::tally::Snapshot;

/// Drawings a second at most. Ours come ten times a second, one of each bar.
const DRAWS: u8 = 20;

/// A screen that bars are drawn on.
///
/// indicatif panics inside `suspend` when its screen fails, as one does whose terminal has hung up; and its own target
/// hides every bar where it sees no terminal, even for `--progress bar`. So the screen is wrapped: it never fails.
#[derive(Debug, Clone)]
pub(super) struct Screen(Arc<dyn TermLike>);

impl Screen {
    pub(super) fn new(screen: impl TermLike + 'static) -> Screen {
        Screen(Arc::new(screen))
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.0.width().max(1)
    }

    fn height(&self) -> u16 {
        self.0.height()
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines).or(Ok(()))
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines).or(Ok(()))
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns).or(Ok(()))
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns).or(Ok(()))
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text).or(Ok(()))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text).or(Ok(()))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line().or(Ok(()))
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush().or(Ok(()))
    }
}

/// The bars of one run.
pub(super) struct Bars {
    multi: MultiProgress,
    screen: Screen,
    paint: Paint,
    slots: Mutex<Slots>,
}

/// Bars are reused: slot 0 shows whatever file is first now.
#[derive(Default)]
struct Slots {
    files: Vec<Slot>,
    total: Option<Slot>,
}

impl Bars {
    pub(super) fn new(screen: Screen, paint: Paint) -> Bars {
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), DRAWS);
        Bars {
            multi: MultiProgress::with_draw_target(target),
            screen,
            paint,
            slots: Mutex::default(),
        }
    }

    /// What must make room for other lines.
    pub(super) fn multi(&self) -> MultiProgress {
        self.multi.clone()
    }

    /// Draws the counts.
    pub(super) fn draw(&self, now: &Snapshot, pace: &Pace) {
        let (lines, width) = (self.screen.height().into(), self.screen.width().into());
        let frame = Frame::new(now, pace, lines, width, self.paint);
        let mut slots = locked(&self.slots);
        let Slots { files, total } = &mut *slots;
        let total =
            total.get_or_insert_with(|| Slot::new("32", self.paint, |bar| self.multi.add(bar)));
        while files.len() < frame.files.len() {
            files.push(Slot::new("36", self.paint, |bar| {
                self.multi.insert_before(&total.bar, bar)
            }));
        }
        for slot in files.drain(frame.files.len()..) {
            self.multi.remove(&slot.bar);
        }
        for (slot, row) in files.iter_mut().zip(frame.files) {
            slot.show(row);
        }
        total.show(frame.total);
    }

    /// Takes the bars off the screen for good.
    pub(super) fn clear(&self) {
        let slots = std::mem::take(&mut *locked(&self.slots));
        // Removed and not only cleared: a late line printed through `suspend` would bring them back.
        for slot in slots.files.iter().chain(&slots.total) {
            self.multi.remove(&slot.bar);
        }
        let _ = self.multi.clear();
    }
}

/// One line of indicatif's, and the row it shows.
struct Slot {
    bar: ProgressBar,
    row: Arc<Mutex<Row>>,
    color: &'static str,
    paint: Paint,
    has_bar: bool,
}

impl Slot {
    fn new(
        color: &'static str,
        paint: Paint,
        add: impl FnOnce(ProgressBar) -> ProgressBar,
    ) -> Slot {
        // Hidden until it is added, so that it never draws by itself.
        let bar = add(ProgressBar::with_draw_target(
            Some(1),
            ProgressDrawTarget::hidden(),
        ));
        let row = Arc::default();
        bar.set_style(style(&row, color, paint, true));
        Slot {
            bar,
            row,
            color,
            paint,
            has_bar: true,
        }
    }

    fn show(&mut self, row: Row) {
        if row.bar.is_some() != self.has_bar {
            self.has_bar = row.bar.is_some();
            self.bar
                .set_style(style(&self.row, self.color, self.paint, self.has_bar));
        }
        let (position, length) = row.bar.unwrap_or((0, 1));
        *locked(&self.row) = row;
        // One update and not three setters, each of which would draw.
        self.bar.update(|state| {
            state.set_pos(position);
            state.set_len(length);
        });
    }
}

fn style(row: &Arc<Mutex<Row>>, color: &str, paint: Paint, has_bar: bool) -> ProgressStyle {
    let element = if has_bar { "{wide_bar}" } else { "{spinner}" };
    // Colour stands in the template as it is sent: indicatif's own `.cyan` asks console whether *stdout* has colours.
    let template = if paint.0 {
        format!("{{name}} \u{1b}[{color}m{element}\u{1b}[0m {{facts}}\n{{below}}")
    } else {
        format!("{{name}} {element} {{facts}}\n{{below}}")
    };
    // Only a template that does not parse is refused, and the tests draw both of these.
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
        .with_key("name", key(row, |row| &row.name))
        .with_key("facts", key(row, |row| &row.facts))
        .with_key("below", key(row, |row| &row.below))
}

/// A part of the row as a template key.
fn key(row: &Arc<Mutex<Row>>, part: fn(&Row) -> &str) -> impl ProgressTracker + 'static {
    let row = Arc::clone(row);
    move |_: &ProgressState, out: &mut dyn fmt::Write| {
        let _ = out.write_str(part(&locked(&row)));
    }
}

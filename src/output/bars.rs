//! Puts frames on the screen with indicatif. What they say is made in `frame`; here are only the bars themselves.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use indicatif::style::ProgressTracker;
use indicatif::{
    MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike,
};

use super::frame::{Frame, Row};
use super::lock::locked;
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

    /// indicatif leaves the cursor at the right edge. What the terminal itself writes there, such as the `^C` of who stops
    /// the run, would go on in a line of which indicatif knows nothing, and the lowest bar would stay on the screen.
    fn flush(&self) -> io::Result<()> {
        self.0
            .write_str("\r")
            .and_then(|()| self.0.flush())
            .or(Ok(()))
    }
}

/// With what bars are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) paint: Paint,
    /// The terminal shows more than ASCII.
    pub(super) unicode: bool,
}

/// The bars of one run.
pub(super) struct Bars {
    multi: MultiProgress,
    screen: Screen,
    look: Look,
    slots: Mutex<Slots>,
}

/// Bars are reused: slot 0 shows whatever file is first now.
#[derive(Default)]
struct Slots {
    files: Vec<Slot>,
    total: Option<Slot>,
}

impl Bars {
    pub(super) fn new(screen: Screen, look: Look) -> Bars {
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), DRAWS);
        Bars {
            multi: MultiProgress::with_draw_target(target),
            screen,
            look,
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
        let frame = Frame::new(now, pace, lines, width, self.look);
        let mut slots = locked(&self.slots);
        let Slots { files, total } = &mut *slots;
        let total =
            total.get_or_insert_with(|| Slot::new("32", self.look, |bar| self.multi.add(bar)));
        while files.len() < frame.files.len() {
            files.push(Slot::new("36", self.look, |bar| {
                self.multi.insert_before(&total.bar, bar)
            }));
        }
        for slot in files.drain(frame.files.len()..) {
            // Dropping it would clear its line too, but indicatif would carry it along until the end.
            self.multi.remove(&slot.bar);
        }
        for (slot, row) in files.iter_mut().zip(frame.files) {
            slot.show(row);
        }
        total.show(frame.total);
    }

    /// Takes the bars off the screen for good.
    pub(super) fn clear(&self) {
        // A bar that is dropped draws nothing any more, not even when a late line is printed through `suspend`.
        *locked(&self.slots) = Slots::default();
        let _ = self.multi.clear();
    }
}

/// One line of indicatif's, and the row it shows.
struct Slot {
    bar: ProgressBar,
    row: Arc<Mutex<Row>>,
    color: &'static str,
    look: Look,
    has_bar: bool,
}

impl Slot {
    fn new(color: &'static str, look: Look, add: impl FnOnce(ProgressBar) -> ProgressBar) -> Slot {
        // Hidden until it is added, so that it never draws by itself.
        let bar = add(ProgressBar::with_draw_target(
            Some(1),
            ProgressDrawTarget::hidden(),
        ));
        let row = Arc::default();
        bar.set_style(style(&row, color, look, true));
        Slot {
            bar,
            row,
            color,
            look,
            has_bar: true,
        }
    }

    fn show(&mut self, row: Row) {
        if row.bar.is_some() != self.has_bar {
            self.has_bar = row.bar.is_some();
            self.bar
                .set_style(style(&self.row, self.color, self.look, self.has_bar));
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

fn style(row: &Arc<Mutex<Row>>, color: &str, look: Look, has_bar: bool) -> ProgressStyle {
    let element = if has_bar { "{wide_bar}" } else { "{spinner}" };
    // Colour stands in the template as it is sent: indicatif's own `.cyan` asks console whether *stdout* has colours.
    let template = if look.paint.0 {
        format!("{{name}} \u{1b}[{color}m{element}\u{1b}[0m {{facts}}\n{{below}}")
    } else {
        format!("{{name}} {element} {{facts}}\n{{below}}")
    };
    let (bar, spinner) = if look.unicode {
        ("━╸─", "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
    } else {
        ("=>-", "|/-\\ ")
    };
    // Only a template that does not parse is refused, and the tests draw both of these.
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars(bar)
        .tick_chars(spinner)
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use indicatif::InMemoryTerm;

    use super::super::progress::{Board, Show, View};
    use super::super::streams::Streams;
    use super::super::tests::{advanced, file_done, file_start, name, noon, retry, size, start};
    use super::*;
    use crate::event::Event;

    /// A stderr that is the screen the bars are on.
    struct OnScreen(InMemoryTerm);

    impl Write for OnScreen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8_lossy(bytes).replace('\n', "\r\n");
            self.0.write_str(&text)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A board with bars on a screen of this width, half way through a set of three files.
    fn bars(width: u16, paint: Paint) -> (InMemoryTerm, Board) {
        let unicode = true;
        bars_of(width, Look { paint, unicode })
    }

    fn bars_of(width: u16, look: Look) -> (InMemoryTerm, Board) {
        let screen = InMemoryTerm::new(24, width);
        let stderr = Box::new(OnScreen(screen.clone()));
        let streams = Streams::new(Box::new(io::sink()), stderr, false, look.paint);
        let board = half_way(&screen, &Arc::new(streams), look);
        (screen, board)
    }

    fn half_way(screen: &InMemoryTerm, streams: &Arc<Streams>, look: Look) -> Board {
        let show = Show {
            view: View::Bars(Bars::new(Screen::new(screen.clone()), look)),
            json: false,
            verbose: false,
            timed: false,
        };
        let board = Board::new(Arc::clone(streams), show);
        board.take(&start(&[
            "Data_001.zip",
            "Attachments_000001.zip",
            "Attachments_000002.zip",
        ]));
        board.take(&file_start("Data_001.zip", 300_000_000));
        board.take(&size("Data_001.zip", 734_003_200));
        board.take(&file_start("Attachments_000001.zip", 0));
        board.tick(Duration::ZERO, noon());
        // Few draws: indicatif leaves out those beyond a burst of twenty.
        for second in [2, 4] {
            board.take(&advanced("Data_001.zip", 40_000_000));
            board.take(&advanced("Attachments_000001.zip", 10_000_000));
            board.tick(Duration::from_secs(second), noon());
        }
        board
    }

    #[test]
    fn forty_columns_have_room_for_all_that_matters() {
        let (screen, _board) = bars(40, Paint(true));
        let shown = screen.contents();
        let lines: Vec<&str> = shown.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "Data_001.zip     ━━━━━━━━━╸────────  51%",
                "Attachm…0001.zip ⠸ 20.0 MB",
                "0/3 files        ━━━╸────────────── ~18%",
                "400.0 MB  25.0 MB/s  ~1m 13s left",
                "links expire in 6d 4h",
            ]
        );
    }

    #[test]
    fn a_hundred_and_twenty_columns_are_used() {
        let (screen, _board) = bars(120, Paint(false));
        let shown = screen.contents();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(
            lines,
            [
                "fetching 3 files into /backups/757345985-42",
                "Data_001.zip           ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸─────────────────────────────────  51%  380.0 MB of  734.0 MB",
                "Attachments_000001.zip ⠸ 20.0 MB",
                "0/3 files              ━━━━━━━━━━━━╸──────────────────────────────────────────────────────── ~18%  400.0 MB of   ~2.2 GB",
                "25.0 MB/s  ~1m 13s left  links expire in 6d 4h",
            ]
        );
    }

    #[test]
    fn without_unicode_every_character_is_ascii() {
        let look = Look {
            paint: Paint(false),
            unicode: false,
        };
        let (screen, _board) = bars_of(40, look);
        let shown = screen.contents();
        assert!(shown.is_ascii(), "{shown}");
        let lines: Vec<&str> = shown.lines().skip(2).collect();
        assert_eq!(
            lines[..3],
            [
                "Data_001.zip     =========>--------  51%",
                "Attachm~0001.zip \\ 20.0 MB",
                "0/3 files        ===>-------------- ~18%",
            ]
        );
    }

    /// As the line discipline does with what is typed.
    #[test]
    fn what_is_typed_over_the_bars_leaves_none_behind() {
        let (screen, board) = bars(40, Paint(false));
        screen.write_str("^C").unwrap();
        board.end();
        assert_eq!(
            screen.contents(),
            "fetching 3 files into /backups/757345985\n-42"
        );
    }

    #[test]
    fn lines_appear_above_the_bars_and_leave_no_trace_of_them() {
        let (screen, board) = bars(80, Paint(false));
        let before = screen.contents();
        board.take(&retry("Data_001.zip"));
        let (first, bars) = before.split_once('\n').unwrap();
        let retry = "Data_001.zip: retrying in 8s (2 of 10): connection reset";
        assert_eq!(screen.contents(), format!("{first}\n{retry}\n{bars}"));
    }

    #[test]
    fn at_the_end_no_bar_is_left_and_none_comes_back() {
        let (screen, board) = bars(80, Paint(true));
        let View::Bars(shown) = &board.show.view else {
            panic!("a board with bars");
        };
        let multi = shown.multi();
        board.end();
        board.take(&retry("Data_001.zip"));
        multi.suspend(|| ());
        assert_eq!(
            screen.contents(),
            "fetching 3 files into /backups/757345985-42"
        );
    }

    #[test]
    fn a_second_end_leaves_the_bars_of_the_next_run_alone() {
        let (screen, first) = bars(80, Paint(false));
        first.end();
        let View::Bars(shown) = &first.show.view else {
            panic!("a board with bars");
        };
        let second = half_way(&screen, &first.streams, shown.look);
        first.end();
        let before = screen.contents();
        second.take(&retry("Data_001.zip"));
        assert_eq!(
            screen.contents().lines().count(),
            before.lines().count() + 1
        );
        assert_eq!(screen.contents().lines().last(), before.lines().last());
    }

    #[test]
    fn fewer_files_in_work_need_fewer_lines() {
        let (screen, board) = bars(80, Paint(false));
        let before = screen.contents().lines().count();
        board.take(&file_done("Data_001.zip", 0));
        board.tick(Duration::from_secs(5), noon());
        let contents = screen.contents();
        assert_eq!(contents.lines().count(), before - 1, "{contents}");
    }

    #[test]
    fn a_finished_file_leaves_no_bar_and_the_next_takes_its_place() {
        let (screen, board) = bars(80, Paint(false));
        board.take(&file_done("Data_001.zip", 0));
        board.take(&file_start("Attachments_000002.zip", 0));
        board.take(&Event::Verifying {
            name: name("Attachments_000001.zip"),
        });
        board.tick(Duration::from_secs(5), noon());
        let contents = screen.contents();
        assert!(!contents.contains("Data_001.zip"), "{contents}");
        assert!(contents.contains("verifying 20.0 MB"), "{contents}");
        assert!(contents.contains("1/3 files"), "{contents}");
    }
}

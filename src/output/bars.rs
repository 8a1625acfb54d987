//! Bars on a terminal: what they say at a given width is plain text, made here from the counts. indicatif puts it on the
//! screen, and away while other lines are printed.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::lock::locked;
use super::paint::{Paint, Tint};
use super::progress::{ActiveFile, Snapshot};
use super::units;

/// Drawings a second at most. Ours come ten times a second.
const DRAWS: u8 = 20;

/// More bars than this flicker and say less; the total counts the others.
const MOST_FILES: usize = 8;

/// Below this width a row has room for a percentage only.
const NARROW: usize = 60;

/// Below this width a row shows the bytes there are and not those there will be.
const MIDDLE: usize = 76;

/// How long a spinner shows each of its characters.
const SPIN: u128 = 100;

/// A screen that bars are drawn on. indicatif's own hides every bar where it sees no terminal, even for `--progress bar`.
#[derive(Debug, Clone)]
pub(super) struct Screen(Arc<dyn TermLike>);

impl Screen {
    pub(super) fn new(screen: impl TermLike + 'static) -> Screen {
        Screen(Arc::new(screen))
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.0.width()
    }

    fn height(&self) -> u16 {
        self.0.height()
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    /// indicatif leaves the cursor at the right edge. What the terminal itself writes there, such as the `^C` of who stops
    /// the run, would go on in a line of which indicatif knows nothing, and the lowest bar would stay on the screen.
    fn flush(&self) -> io::Result<()> {
        self.0.write_str("\r")?;
        self.0.flush()
    }
}

/// The bars of one run. To indicatif all of them are one bar, whose message they are.
pub(super) struct Bars {
    bar: ProgressBar,
    screen: Screen,
    look: Look,
    /// Lines and columns of the last drawing.
    drawn: Mutex<(usize, usize)>,
}

/// With what bars are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) paint: Paint,
    /// The terminal shows more than ASCII.
    pub(super) unicode: bool,
}

impl Bars {
    /// Bars that `bar` draws, from now until the end.
    pub(super) fn new(bar: ProgressBar, screen: Screen, look: Look) -> Bars {
        // What is left of the bars of another run.
        bar.set_message("");
        bar.set_draw_target(target(&screen));
        // Only a template that does not parse is refused, and the tests draw this one.
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        bar.reset();
        Bars {
            bar,
            screen,
            look,
            drawn: Mutex::default(),
        }
    }

    /// Draws the counts; `at` moves the spinners.
    pub(super) fn draw(&self, now: &Snapshot, at: Duration) {
        let (lines, width) = (self.screen.height().into(), self.screen.width().into());
        let frame = self.look.frame(now, at, lines, width);
        let (lines_before, width_before) =
            mem::replace(&mut *locked(&self.drawn), (frame.len(), width));
        if width != width_before && lines_before > 0 {
            // Most terminals have wrapped the lines anew, which to them are one: each is as wide as the screen was. The
            // cursor stands where the last one began. indicatif counts lines as they were, and would leave some behind.
            let up = (lines_before - 1) * width_before / width;
            let _ = self.screen.move_cursor_up(up);
            let _ = self.screen.write_str("\r\u{1b}[J");
            self.bar.set_draw_target(target(&self.screen));
        }
        self.bar.set_message(frame.join("\n"));
    }

    /// Takes the bars off the screen for good.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn target(screen: &Screen) -> ProgressDrawTarget {
    ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), DRAWS)
}

impl Look {
    /// The lines of one drawing, for a terminal of so many lines and columns.
    fn frame(self, now: &Snapshot, at: Duration, lines: usize, width: usize) -> Vec<String> {
        let below = self.below(now, width);
        // indicatif draws from the top and leaves out what does not fit: that must never be the total. One line stays
        // free for the text above.
        let room = lines.saturating_sub(below.len() + 2).clamp(1, MOST_FILES);
        let shown = &now.active[..now.active.len().min(room)];
        let label = format!("{}/{} files", now.files_done, now.files);
        let longest = shown.iter().map(|file| file.name.as_str().len());
        let column = longest
            .fold(label.len(), usize::max)
            .min((width * 2 / 5).max(10));
        let row = |name: &str, bar, facts: &str, tint| {
            let mark = if self.unicode { '…' } else { '~' };
            let name = units::shorten(name, column, mark);
            let taken = column + facts.chars().count() + 2;
            let bar = match bar {
                Some((done, total)) => self.bar(done, total, width.saturating_sub(taken)),
                None => self.spinner(at).to_owned(),
            };
            format!("{name:<column$} {} {facts}", self.paint.tint(tint, &bar))
        };
        let files = shown.iter().map(|file| {
            let done = file.uploaded.unwrap_or(file.bytes);
            // What does not move spins.
            let is_still = file.verifying || file.uploaded == Some(0);
            let size = file.size.filter(|_| !is_still);
            let bar = size.map(|size| (done, size));
            row(
                file.name.as_str(),
                bar,
                &facts_of_file(file, width),
                Tint::File,
            )
        });
        let arrived = now.arrived();
        let bar = now.total.map(|total| (arrived, total.bytes));
        let facts = facts(arrived, bar.map(|bar| bar.1), now.mark(), width);
        let total = row(&label, bar, &facts, Tint::Total);
        files.chain([total]).chain(below).collect()
    }

    fn bar(self, done: u64, total: u64, width: usize) -> String {
        let [full, head, rest] = if self.unicode {
            ["━", "╸", "─"]
        } else {
            ["=", ">", "-"]
        };
        let filled = (u128::from(done) * width as u128).checked_div(total.into());
        let filled = filled.and_then(|filled| usize::try_from(filled).ok());
        let filled = filled.map_or(width, |filled| filled.min(width));
        let head = if filled < width && done > 0 { head } else { "" };
        let rest = rest.repeat(width - filled - head.chars().count());
        full.repeat(filled) + head + &rest
    }

    fn spinner(self, at: Duration) -> &'static str {
        let steps: &[&str] = if self.unicode {
            &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
        } else {
            &["|", "/", "-", "\\"]
        };
        let step = at.as_millis() / SPIN % steps.len() as u128;
        usize::try_from(step).map_or("", |step| steps[step])
    }

    /// Rate, time left, how long the links live and what else there is to say, in as many lines as the width needs.
    fn below(self, now: &Snapshot, width: usize) -> Vec<String> {
        let mut parts = now.outlook();
        if width < NARROW {
            parts.insert(0, (units::size(now.arrived()), Tint::None));
        }
        if now.active.len() > MOST_FILES {
            let others = format!("{} in progress", units::files(now.active.len()));
            parts.push((others, Tint::None));
        }
        let mut lines: Vec<String> = Vec::new();
        let mut room = 0;
        for (text, tint) in parts {
            let painted = self.paint.tint(tint, &text);
            match lines.last_mut() {
                Some(line) if text.len() + 2 <= room => {
                    line.push_str("  ");
                    line.push_str(&painted);
                    room -= text.len() + 2;
                }
                _ => {
                    lines.push(painted);
                    room = width.saturating_sub(text.len());
                }
            }
        }
        lines
    }
}

fn facts_of_file(file: &ActiveFile, width: usize) -> String {
    if let Some(done) = file.uploaded {
        return facts_of_upload(done, file.size.unwrap_or(done), width);
    }
    match width {
        _ if !file.verifying => facts(file.bytes, file.size, "", width),
        0..NARROW => "verifying".to_owned(),
        _ => format!("verifying {}", units::size(file.bytes)),
    }
}

/// ` 63%  441.2 MB  uploading`, in the same columns as what is fetched.
fn facts_of_upload(done: u64, size: u64, width: usize) -> String {
    let share = format!("{}%", units::percent(done, size));
    match width {
        _ if done == 0 => "uploading".to_owned(),
        0..NARROW => format!("{share:>4} up"),
        NARROW..MIDDLE => format!("{share:>4} uploading"),
        _ => format!("{share:>4}  {:>8}    uploading", units::size(done)),
    }
}

/// ` 63%  441.2 MB of 734.0 MB`, as much of it as the width allows, in columns that stay where they are. The mark stands
/// for what is guessed.
fn facts(bytes: u64, size: Option<u64>, mark: &str, width: usize) -> String {
    let Some(size) = size else {
        return units::size(bytes);
    };
    // A guessed total must not look as if it were reached.
    let most = if mark.is_empty() { 100 } else { 99 };
    let share = format!("{mark}{}%", units::percent(bytes, size).min(most));
    let (done, total) = (units::size(bytes), format!("{mark}{}", units::size(size)));
    match width {
        0..NARROW => format!("{share:>4}"),
        NARROW..MIDDLE => format!("{share:>4}  {done:>8}"),
        _ => format!("{share:>4}  {done:>8} of {total:>9}"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use chrono::TimeDelta;
    use indicatif::InMemoryTerm;

    use super::super::progress::Total;
    use super::super::renderer::{Renderer, Show, View};
    use super::super::streams::Streams;
    use super::super::tests::noon;
    use super::*;
    use crate::event::samples::{advanced, file_done, file_start, name, retry, size, start};
    use crate::event::{Event, Observer};

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

    /// A renderer with bars on a screen of this width, half way through a set of three files.
    fn bars(width: u16, paint: Paint) -> (InMemoryTerm, Renderer) {
        let unicode = true;
        bars_of(width, Look { paint, unicode })
    }

    fn bars_of(width: u16, look: Look) -> (InMemoryTerm, Renderer) {
        let screen = InMemoryTerm::new(24, width);
        let stderr = Box::new(OnScreen(screen.clone()));
        let streams = Streams::new(Box::new(io::sink()), stderr, false, look.paint);
        let renderer = half_way(&screen, &Arc::new(streams), look);
        (screen, renderer)
    }

    fn half_way(screen: &InMemoryTerm, streams: &Arc<Streams>, look: Look) -> Renderer {
        let show = Show {
            view: View::Bars(Bars::new(
                streams.bar.clone(),
                Screen::new(screen.clone()),
                look,
            )),
            json: false,
            verbose: false,
            timed: false,
        };
        let renderer = Renderer::new(Arc::clone(streams), show);
        renderer.event(start(&[
            "Data_001.zip",
            "Attachments_000001.zip",
            "Attachments_000002.zip",
        ]));
        renderer.event(file_start("Data_001.zip", 300_000_000));
        renderer.event(size("Data_001.zip", 734_003_200));
        renderer.event(file_start("Attachments_000001.zip", 0));
        renderer.tick(Duration::ZERO, noon());
        // Few draws: indicatif leaves out those beyond a burst of twenty.
        for second in [2, 4] {
            renderer.event(advanced("Data_001.zip", 40_000_000));
            renderer.event(advanced("Attachments_000001.zip", 10_000_000));
            renderer.tick(Duration::from_secs(second), noon());
        }
        renderer
    }

    #[test]
    fn forty_columns_have_room_for_all_that_matters() {
        let (screen, _renderer) = bars(40, Paint(true));
        let shown = screen.contents();
        let lines: Vec<&str> = shown.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "Data_001.zip     ━━━━━━━━━╸────────  51%",
                "Attachm…0001.zip ⠋ 20.0 MB",
                "0/3 files        ━━━╸────────────── ~18%",
                "400.0 MB  25.0 MB/s  ~1m 13s left",
                "links expire in 6d 4h",
            ]
        );
    }

    #[test]
    fn a_hundred_and_twenty_columns_are_used() {
        let (screen, _renderer) = bars(120, Paint(false));
        let shown = screen.contents();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(
            lines,
            [
                "fetching 3 files into /backups/757345985-42",
                "Data_001.zip           ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸─────────────────────────────────  51%  380.0 MB of  734.0 MB",
                "Attachments_000001.zip ⠋ 20.0 MB",
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
        let (screen, _renderer) = bars_of(40, look);
        let shown = screen.contents();
        assert!(shown.is_ascii(), "{shown}");
        let lines: Vec<&str> = shown.lines().skip(2).collect();
        assert_eq!(
            lines[..3],
            [
                "Data_001.zip     =========>--------  51%",
                "Attachm~0001.zip | 20.0 MB",
                "0/3 files        ===>-------------- ~18%",
            ]
        );
    }

    /// As the line discipline does with what is typed.
    #[test]
    fn what_is_typed_over_the_bars_leaves_none_behind() {
        let (screen, renderer) = bars(40, Paint(false));
        screen.write_str("^C").unwrap();
        renderer.end();
        assert_eq!(
            screen.contents(),
            "fetching 3 files into /backups/757345985\n-42"
        );
    }

    #[test]
    fn lines_appear_above_the_bars_and_leave_no_trace_of_them() {
        let (screen, renderer) = bars(80, Paint(false));
        let before = screen.contents();
        renderer.event(retry("Data_001.zip"));
        let (first, bars) = before.split_once('\n').unwrap();
        let retry = "Data_001.zip: retrying in 8s (2 of 10): connection reset";
        assert_eq!(screen.contents(), format!("{first}\n{retry}\n{bars}"));
    }

    #[test]
    fn at_the_end_no_bar_is_left_and_none_comes_back() {
        let (screen, renderer) = bars(80, Paint(true));
        let bar = renderer.streams.bar.clone();
        renderer.end();
        renderer.event(retry("Data_001.zip"));
        bar.suspend(|| ());
        assert_eq!(
            screen.contents(),
            "fetching 3 files into /backups/757345985-42"
        );
    }

    #[test]
    fn a_second_end_leaves_the_bars_of_the_next_run_alone() {
        let (screen, first) = bars(80, Paint(false));
        first.end();
        let look = Look {
            paint: Paint(false),
            unicode: true,
        };
        let second = half_way(&screen, &first.streams, look);
        first.end();
        let before = screen.contents();
        second.event(retry("Data_001.zip"));
        assert_eq!(
            screen.contents().lines().count(),
            before.lines().count() + 1
        );
        assert_eq!(screen.contents().lines().last(), before.lines().last());
    }

    #[test]
    fn fewer_files_in_work_need_fewer_lines() {
        let (screen, renderer) = bars(80, Paint(false));
        let before = screen.contents().lines().count();
        renderer.event(file_done("Data_001.zip", 0));
        renderer.tick(Duration::from_secs(5), noon());
        let contents = screen.contents();
        assert_eq!(contents.lines().count(), before - 1, "{contents}");
    }

    #[test]
    fn a_finished_file_leaves_no_bar_and_the_next_takes_its_place() {
        let (screen, renderer) = bars(80, Paint(false));
        renderer.event(file_done("Data_001.zip", 0));
        renderer.event(file_start("Attachments_000002.zip", 0));
        renderer.event(Event::Verifying {
            name: name("Attachments_000001.zip"),
        });
        renderer.tick(Duration::from_secs(5), noon());
        let contents = screen.contents();
        assert!(!contents.contains("Data_001.zip"), "{contents}");
        assert!(contents.contains("verifying 20.0 MB"), "{contents}");
        assert!(contents.contains("1/3 files"), "{contents}");
    }

    fn active(count: usize) -> Snapshot {
        let file = |number: usize| ActiveFile {
            name: name(&format!("Attachments_{number:06}.zip")),
            bytes: 100_000_000,
            size: Some(734_003_200),
            verifying: false,
            uploaded: None,
        };
        Snapshot {
            files: 200,
            files_done: 2,
            bytes: 1_200_000_000,
            total: Some(Total {
                bytes: 2_900_000_000,
                is_guessed: true,
            }),
            rate: Some(23_400_000),
            seconds_left: Some(72),
            expires_in: Some(TimeDelta::minutes(59)),
            active: (0..count).map(file).collect(),
            ..Snapshot::default()
        }
    }

    fn frame(count: usize, lines: usize, width: usize) -> Vec<String> {
        look(false).frame(&active(count), Duration::ZERO, lines, width)
    }

    fn look(colors: bool) -> Look {
        Look {
            paint: Paint(colors),
            unicode: true,
        }
    }

    #[test]
    fn no_row_is_wider_than_the_screen_and_a_bar_has_room_to_move() {
        for width in 40..=240 {
            let frame = frame(3, 24, width);
            for (row, line) in frame.iter().enumerate() {
                assert!(line.chars().count() <= width, "{width}: {line}");
                let bar = line.chars().filter(|it| "━╸─".contains(*it));
                assert!(row >= 4 || bar.count() >= 12, "{width}: {line}");
            }
        }
    }

    #[test]
    fn a_file_that_is_uploaded_says_so_at_any_width() {
        let rows = |width| {
            let mut now = active(3);
            now.active[0].uploaded = Some(330_000_000);
            now.active[1].uploaded = Some(0);
            let frame = look(false).frame(&now, Duration::ZERO, 24, width);
            assert!(frame.iter().all(|line| line.chars().count() <= width));
            [frame[0].clone(), frame[1].clone()]
        };
        assert_eq!(
            rows(80),
            [
                "Attachments_000000.zip ━━━━━━━━━━━━━╸───────────────  44%  330.0 MB    uploading",
                "Attachments_000001.zip ⠋ uploading",
            ]
        );
        let [moving, waiting] = rows(40);
        assert_eq!(moving, "Attachm…0000.zip ━━━━━━╸────────  44% up");
        assert_eq!(waiting, "Attachm…0001.zip ⠋ uploading");
        assert!(rows(64)[0].ends_with("  44% uploading"));
    }

    #[test]
    fn there_are_eight_bars_of_files_at_most() {
        let frame = frame(64, 50, 120);
        assert_eq!(
            frame
                .iter()
                .filter(|line| line.starts_with("Attach"))
                .count(),
            8
        );
        assert!(frame.last().unwrap().ends_with("64 files in progress"));
    }

    #[test]
    fn on_a_low_screen_the_total_stays() {
        for lines in 5..20 {
            let frame = frame(64, lines, 80);
            assert!(frame.len() < lines, "{lines}: {frame:?}");
        }
    }

    #[test]
    fn links_that_expire_soon_are_coloured_as_a_warning() {
        let last = |colors| {
            let frame = look(colors).frame(&active(1), Duration::ZERO, 24, 120);
            frame.last().unwrap().clone()
        };
        assert!(last(true).ends_with("\u{1b}[33m\u{1b}[1mlinks expire in 59m 00s\u{1b}[0m"));
        assert!(last(false).ends_with("links expire in 59m 00s"));
    }

    #[test]
    fn a_guessed_total_is_marked_and_never_reached() {
        assert_eq!(facts(10, Some(10), "~", 120), "~99%      10 B of     ~10 B");
        assert_eq!(facts(10, Some(10), "", 120), "100%      10 B of      10 B");
        assert_eq!(facts(10, None, "", 120), "10 B");
    }

    #[test]
    fn a_bar_is_full_only_when_all_is_there() {
        let bar = |done, total| look(false).bar(done, total, 4);
        assert_eq!(
            [bar(0, 8), bar(1, 8), bar(7, 8), bar(8, 8), bar(9, 8)],
            ["────", "╸───", "━━━╸", "━━━━", "━━━━"]
        );
    }
}

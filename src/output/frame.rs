//! What the bars say, for a given width: plain text made from counts, so that it can be tried at any width.

use super::bars::Look;
use super::pace::{Life, Pace};
use super::streams::{Paint, Tint};
use super::tally::{ActiveFile, Snapshot, Total};
use super::units;

/// More bars than this flicker and say less; the total counts the others.
const MOST_FILES: usize = 8;

/// Below this width a row has room for a percentage only.
const NARROW: usize = 60;

/// Below this width a row shows the bytes there are and not those there will be.
const MIDDLE: usize = 76;

/// All rows of one drawing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) files: Vec<Row>,
    pub(super) total: Row,
}

/// One bar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Bytes there and bytes expected; nothing where the length is not known or all is there: a spinner.
    pub(super) bar: Option<(u64, u64)>,
    /// Left of the bar.
    pub(super) name: String,
    /// Right of it.
    pub(super) facts: String,
    /// Lines below it.
    pub(super) below: String,
}

impl Frame {
    /// Lays out the counts for a terminal of so many lines and columns.
    pub(super) fn new(
        now: &Snapshot,
        pace: &Pace,
        lines: usize,
        width: usize,
        look: Look,
    ) -> Frame {
        let below = below(now, pace, width, look.paint);
        let mark = if look.unicode { '…' } else { '~' };
        let total_lines = 1 + below.len();
        // indicatif draws from the top and leaves out what does not fit: that must never be the total. One line stays
        // free for the text above.
        let room = lines.saturating_sub(total_lines + 1).clamp(1, MOST_FILES);
        let shown = &now.active[..now.active.len().min(room)];
        let label = format!("{}/{} files", now.done, now.files);
        let longest = shown.iter().map(|file| file.name.as_str().len());
        let column = longest
            .fold(label.len(), usize::max)
            .min((width * 2 / 5).max(10));
        let file_facts = shown
            .iter()
            .map(|file| facts(file.bytes, file.size, false, width));
        Frame {
            files: shown
                .iter()
                .zip(file_facts)
                .map(|(file, facts)| Row {
                    bar: file
                        .size
                        .map(|size| (file.bytes, size))
                        .filter(|_| !file.verifying),
                    name: pad(&units::shorten(file.name.as_str(), column, mark), column),
                    facts: if file.verifying {
                        verifying(file, width)
                    } else {
                        facts
                    },
                    below: String::new(),
                })
                .collect(),
            total: Row {
                bar: bar_of_total(now),
                name: pad(&units::shorten(&label, column, mark), column),
                facts: facts_of_total(now, width),
                below: below.join("\n"),
            },
        }
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text:<width$}")
}

fn bar_of_total(now: &Snapshot) -> Option<(u64, u64)> {
    match now.total {
        Total::Exact(total) | Total::Rough(total) => Some((now.bytes, total)),
        Total::Unknown => None,
    }
}

fn facts_of_total(now: &Snapshot, width: usize) -> String {
    match now.total {
        Total::Exact(total) => facts(now.bytes, Some(total), false, width),
        Total::Rough(total) => facts(now.bytes, Some(total), true, width),
        Total::Unknown => facts(now.bytes, None, false, width),
    }
}

/// ` 63%  441.2 MB of 734.0 MB`, as much of it as the width allows, in columns that stay where they are.
fn facts(bytes: u64, size: Option<u64>, rough: bool, width: usize) -> String {
    let Some(size) = size else {
        return units::size(bytes);
    };
    // A guessed total must not look as if it were reached.
    let percent = units::percent(bytes, size).min(if rough { 99 } else { 100 });
    let mark = if rough { "~" } else { "" };
    let share = format!("{mark}{percent}%");
    let done = units::size(bytes);
    match width {
        0..NARROW => format!("{share:>4}"),
        NARROW..MIDDLE => format!("{share:>4}  {done:>8}"),
        _ => {
            let total = format!("{mark}{}", units::size(size));
            format!("{share:>4}  {done:>8} of {total:>9}")
        }
    }
}

fn verifying(file: &ActiveFile, width: usize) -> String {
    match width {
        0..NARROW => "verifying".to_owned(),
        _ => format!("verifying {}", units::size(file.bytes)),
    }
}

/// Rate, time left, life of the links and what else there is to say, in as many lines as the width needs.
fn below(now: &Snapshot, pace: &Pace, width: usize, paint: Paint) -> Vec<String> {
    let mut parts: Vec<(String, Tint)> = Vec::new();
    let mut say = |text: String, tint| parts.push((text, tint));
    if width < NARROW {
        say(units::size(now.bytes), Tint::None);
    }
    if let Some(rate) = pace.rate {
        say(units::rate(rate), Tint::None);
    }
    if let Some(left) = pace.left_text() {
        say(left, Tint::None);
    }
    if let Some((life, state)) = pace.life_text() {
        say(
            life,
            match state {
                Life::Fine => Tint::None,
                Life::Short => Tint::Warning,
                Life::Dead => Tint::Error,
            },
        );
    }
    if now.failed > 0 {
        say(format!("{} failed", now.failed), Tint::Error);
    }
    if now.active.len() > MOST_FILES {
        say(
            format!("{} in progress", units::files(now.active.len())),
            Tint::None,
        );
    }
    wrap(&parts, width, paint)
}

/// Joins the parts with two spaces into lines no longer than the width.
fn wrap(parts: &[(String, Tint)], width: usize, paint: Paint) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for (text, tint) in parts {
        let painted = paint.tint(*tint, text);
        let length = text.chars().count();
        match lines.last_mut() {
            Some(line) if length + 2 <= room => {
                line.push_str("  ");
                line.push_str(&painted);
                room -= length + 2;
            }
            _ => {
                lines.push(painted);
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::tests::name;
    use super::*;

    fn active(count: usize) -> Snapshot {
        let file = |number: usize| ActiveFile {
            name: name(&format!("Attachments_{number:06}.zip")),
            bytes: 100_000_000,
            size: Some(734_003_200),
            verifying: false,
        };
        Snapshot {
            files: 200,
            done: 2,
            bytes: 1_200_000_000,
            total: Total::Rough(2_900_000_000),
            active: (0..count).map(file).collect(),
            ..Snapshot::default()
        }
    }

    fn pace() -> Pace {
        let left = super::super::pace::Left {
            time: std::time::Duration::from_secs(72),
            rough: true,
        };
        Pace {
            rate: Some(23_400_000.0),
            left: Some(left),
            life: Some(chrono::TimeDelta::minutes(59)),
        }
    }

    fn look(colors: bool) -> Look {
        Look {
            paint: Paint(colors),
            unicode: true,
        }
    }

    fn frame(count: usize, lines: usize, width: usize) -> Frame {
        Frame::new(&active(count), &pace(), lines, width, look(false))
    }

    #[test]
    fn no_row_is_wider_than_the_screen_and_a_bar_has_room_to_move() {
        for width in 40..=240 {
            let frame = frame(3, 24, width);
            for row in frame.files.iter().chain([&frame.total]) {
                let text = row.name.chars().count() + row.facts.chars().count() + 2;
                assert!(text + 12 <= width, "{width}: {row:?}");
                assert!(
                    row.below.lines().all(|line| line.chars().count() <= width),
                    "{width}: {row:?}"
                );
            }
        }
    }

    #[test]
    fn there_are_eight_bars_of_files_at_most() {
        let frame = frame(64, 50, 120);
        assert_eq!(frame.files.len(), 8);
        assert!(frame.total.below.ends_with("64 files in progress"));
    }

    #[test]
    fn on_a_low_screen_the_total_stays() {
        for lines in 5..20 {
            let frame = frame(64, lines, 80);
            let rows = frame.files.len() + 1 + frame.total.below.lines().count();
            assert!(rows < lines, "{lines}: {frame:?}");
        }
    }

    #[test]
    fn a_short_life_is_coloured_as_a_warning() {
        let life = |colors| {
            Frame::new(&active(1), &pace(), 24, 120, look(colors))
                .total
                .below
        };
        assert!(life(true).ends_with("\u{1b}[33m\u{1b}[1mlinks expire in 59m 00s\u{1b}[0m"));
        assert!(life(false).ends_with("links expire in 59m 00s"));
    }

    #[test]
    fn a_guessed_total_is_marked_and_never_reached() {
        assert_eq!(
            facts(10, Some(10), true, 120),
            "~99%      10 B of     ~10 B"
        );
        assert_eq!(
            facts(10, Some(10), false, 120),
            "100%      10 B of      10 B"
        );
        assert_eq!(facts(10, None, false, 120), "10 B");
    }
}

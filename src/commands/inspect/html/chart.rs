//! Charts of record counts over time, as SVG. They begin at zero, so that a loss looks as large as it is.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::output::units;

use super::history::{History, Holds, Night};

/// Labels of the time axis.
const DATES: i32 = 5;

/// A chart without its surroundings: where what happened when is drawn.
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// What the upper edge stands for.
    most: u64,
}

impl Area {
    fn x(&self, at: DateTime<Utc>) -> f64 {
        let (passed, all) = ((at - self.from).as_seconds_f64(), self.seconds());
        let share = if all > 0.0 { passed / all } else { 0.5 };
        self.left + self.width * share
    }

    fn seconds(&self) -> f64 {
        (self.to - self.from).as_seconds_f64()
    }

    #[expect(clippy::cast_precision_loss, reason = "drawn, not counted")]
    fn y(&self, count: u64) -> f64 {
        let share = count as f64 / self.most.max(1) as f64;
        self.bottom() - self.height * share
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Through these points.
    fn line(&self, counts: &[(DateTime<Utc>, u64)]) -> String {
        let mut path = String::new();
        for (at, count) in counts {
            let step = if path.is_empty() { 'M' } else { 'L' };
            // Writing to a string can't fail.
            let _ = write!(path, "{step}{} {}", px(self.x(*at)), px(self.y(*count)));
        }
        path
    }

    /// What is below the line.
    fn below(&self, counts: &[(DateTime<Utc>, u64)]) -> String {
        let (Some((first, _)), Some((last, _))) = (counts.first(), counts.last()) else {
            return String::new();
        };
        let (first, last, bottom) = (px(self.x(*first)), px(self.x(*last)), px(self.bottom()));
        format!("{}L{last} {bottom}L{first} {bottom}Z", self.line(counts))
    }
}

/// A module's counts in a cell of a table. `from` and `to` are those of all, so that what is new begins late.
pub(super) fn trend(counts: &[(DateTime<Utc>, u64)], history: &History) -> Markup {
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let Some((from, to)) = history.span() else {
        return html! {};
    };
    let area = Area {
        left: 4.0,
        top: 4.0,
        width: 112.0,
        height: 20.0,
        from,
        to,
        most,
    };
    html! {
        svg.trend viewBox="0 0 120 28" width="120" height="28" aria-hidden="true" {
            path.below d=(area.below(counts)) {}
            path.line d=(area.line(counts)) {}
            @if let Some((at, count)) = counts.last() {
                circle.dot cx=(px(area.x(*at))) cy=(px(area.y(*count))) r="2.5" {}
            }
        }
    }
}

/// All records of all backups, with axes.
pub(super) fn over_time(history: &History) -> Markup {
    let counted = history.counted();
    let counts: Vec<_> = counted
        .map(|(at, contents)| (at, contents.records()))
        .collect();
    let Some((from, to)) = history.span() else {
        return html! {};
    };
    let largest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let step = step(largest);
    let most = largest.div_ceil(step).max(1) * step;
    let area = Area {
        left: 84.0,
        top: 28.0,
        width: 816.0,
        height: 200.0,
        from,
        to,
        most,
    };
    html! {
        svg.chart viewBox="0 0 960 268" role="img" aria-label="Records of all modules in each backup; the table of backups has the figures" {
            @for count in (0..=most / step).map(|line| line * step) {
                @let y = px(area.y(count));
                line.grid x1=(px(area.left)) x2=(px(area.right())) y1=(y) y2=(y) {}
                text.axis x=(px(area.left - 10.0)) y=(y) dy="4" text-anchor="end" { (units::count(count)) }
            }
            (dates(&area))
            path.below d=(area.below(&counts)) {}
            path.line d=(area.line(&counts)) {}
            @for night in &history.nights { (mark(night, &area)) }
        }
    }
}

/// The dates below the time axis, as many as are different.
fn dates(area: &Area) -> Markup {
    let label = |at| {
        if area.to - area.from < chrono::TimeDelta::days(2) {
            units::minute(at)
        } else {
            units::date(at)
        }
    };
    let mut places: Vec<(String, DateTime<Utc>)> = Vec::new();
    for at in (0..DATES).map(|place| area.from + (area.to - area.from) * place / (DATES - 1)) {
        let label = label(at);
        if places.last().is_none_or(|(last, _)| *last != label) {
            places.push((label, at));
        }
    }
    html! {
        @for (label, at) in &places {
            @let x = px(area.x(*at));
            line.tick x1=(x) x2=(x) y1=(px(area.bottom())) y2=(px(area.bottom() + 5.0)) {}
            text.axis x=(x) y=(px(area.bottom() + 22.0)) text-anchor="middle" { (label) }
        }
    }
}

/// One backup in the chart. What is not right has another shape, and not only another colour.
fn mark(night: &Night, area: &Area) -> Markup {
    let x = area.x(night.date);
    let date = units::minute(night.date);
    let cross = |word: &str| {
        html! {
            path.cross d=(around(x, area.bottom(), &[(-4.0, -4.0), (4.0, 4.0)])) {}
            path.cross d=(around(x, area.bottom(), &[(-4.0, 4.0), (4.0, -4.0)])) { title { (date) ": " (word) } }
        }
    };
    match &night.holds {
        Holds::Incomplete => cross("incomplete, not counted"),
        Holds::Damaged => cross("damaged, not counted"),
        Holds::Counted { contents, lost, .. } => {
            let (y, records) = (area.y(contents.records()), units::count(contents.records()));
            let triangle = [(-7.0, -7.0), (7.0, -7.0), (0.0, 6.0)];
            html! {
                @if lost.is_empty() {
                    circle.dot cx=(px(x)) cy=(px(y)) r=(if night.is_subject { "5" } else { "3" }) {
                        title { (date) ": " (records) " records" }
                    }
                } @else {
                    path.alarm d={ (around(x, y, &triangle)) "Z" } { title { (date) ": " (records) " records, alarm" } }
                    text.alarm x=(px(x)) y=(px(y + 22.0)) text-anchor="middle" { "alarm" }
                }
                @if night.is_subject {
                    text.value x=(px(x)) y=(px(y - 12.0)) text-anchor="middle" { (records) }
                }
            }
        }
    }
}

/// A path through points around this one.
fn around(x: f64, y: f64, points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (dx, dy) in points {
        let step = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string can't fail.
        let _ = write!(path, "{step}{} {}", px(x + dx), px(y + dy));
    }
    path
}

/// The distance between two lines of the grid: of 1, 2, 5, 10, 20, 50… the first with which there are at most four.
fn step(largest: u64) -> u64 {
    let powers = (0..19).map(|power| 10_u64.pow(power));
    let mut steps = powers.flat_map(|power| [power, 2 * power, 5 * power]);
    steps
        .find(|step| largest.div_ceil(*step) <= 4)
        .unwrap_or(u64::MAX)
}

fn px(place: f64) -> String {
    format!("{place:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_has_round_numbers() {
        let steps = [0, 1, 4, 5, 9, 12_345, u64::MAX].map(step);
        assert_eq!(steps, [1, 1, 1, 2, 5, 5000, 5_000_000_000_000_000_000]);
    }

    #[test]
    fn a_single_backup_stands_in_the_middle_and_none_falls_out() {
        let now = Utc::now();
        let area = |to, most| Area {
            left: 10.0,
            top: 10.0,
            width: 100.0,
            height: 100.0,
            from: now,
            to,
            most,
        };
        assert_eq!(area(now, 0).line(&[(now, 0)]), "M60.0 110.0");
        let later = now + chrono::TimeDelta::days(9);
        let line = area(later, u64::MAX).line(&[(now, u64::MAX), (later, 0)]);
        assert_eq!(line, "M10.0 10.0L110.0 110.0");
    }
}

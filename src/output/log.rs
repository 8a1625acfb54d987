//! The log of `-v`: on stderr, with time, one line an event, never into a bar.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;

use super::streams::Streams;
use super::units;

/// A subscriber that shows as much as so many `-v` ask for.
pub(super) fn subscriber(verbosity: u8, streams: Arc<Streams>) -> impl Subscriber + Send + Sync {
    // Without colours: then every control character in a line came from the text that is logged, and none may stay.
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_timer(Clock)
        // Of interest only where other crates speak, too.
        .with_target(verbosity > 2)
        .with_writer(move || LogLine(Arc::clone(&streams)));
    tracing_subscriber::registry()
        .with(targets(verbosity))
        .with(layer)
}

/// What is logged. The crates below are asked only by `-vvv`: at that level they tell of connections, but (below
/// `trace`) of no header, which could hold a token.
fn targets(verbosity: u8) -> Targets {
    let (ours, others) = match verbosity {
        0 => (LevelFilter::WARN, LevelFilter::OFF),
        1 => (LevelFilter::INFO, LevelFilter::OFF),
        2 => (LevelFilter::DEBUG, LevelFilter::OFF),
        _ => (LevelFilter::TRACE, LevelFilter::DEBUG),
    };
    Targets::new()
        .with_target(env!("CARGO_CRATE_NAME"), ours)
        .with_default(others)
}

/// As the lines of progress have it.
struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, out: &mut Writer<'_>) -> fmt::Result {
        out.write_str(&units::now())
    }
}

/// Writes an event past the bars; tracing-subscriber hands each over in one piece.
struct LogLine(Arc<Streams>);

impl Write for LogLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        // A line feed inside an event could forge a line of its own; every other control character ends in `talk`.
        self.0
            .talk(&text.trim_end_matches('\n').replace('\n', "\\n"));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Captured;
    use super::*;

    fn logged(verbosity: u8, log: impl FnOnce()) -> String {
        let captured = Captured::default();
        tracing::subscriber::with_default(subscriber(verbosity, captured.streams()), log);
        captured.err()
    }

    fn every_level() {
        tracing::warn!("a warning");
        tracing::info!("an info");
        tracing::debug!("a detail");
        tracing::debug!(target: "hyper", "of hyper");
        tracing::trace!(target: "hyper", "deep in hyper");
    }

    #[test]
    fn each_v_shows_more_and_only_the_third_shows_other_crates() {
        let lines = [0, 1, 2, 3].map(|verbosity| logged(verbosity, every_level).lines().count());
        assert_eq!(lines, [1, 2, 3, 4]);
        assert!(!logged(2, every_level).contains("hyper"));
    }

    #[test]
    fn a_line_begins_with_the_time_as_rfc_3339() {
        let line = logged(1, || tracing::info!("an info"));
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{line}");
        assert_eq!(rest, " INFO an info\n");
    }

    #[test]
    fn a_log_line_cannot_move_the_cursor_or_forge_another_line() {
        let text = logged(0, || {
            tracing::warn!(from = "\u{1b}[2J", "evil\u{1b}[31m\u{9b}2J\nerror: fake\r");
        });
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(
            text.trim_end()
                .chars()
                .all(|character| !character.is_control()),
            "{text:?}"
        );
    }
}

//! What the terminal as a whole prints, and the values its tests share.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use indicatif::InMemoryTerm;

use super::Terminal;
use super::bars::Screen;
use super::paint::Paint;
use super::renderer::{Renderer, Show, View};
use super::streams::Streams;
use super::summary::tests::summary;
use super::terminal::{Shown, Stderr, shown};
use crate::cli::{ColorMode, OutputOptions, ProgressMode};
use crate::event::samples::{failure, file_done, name, retry, start};
use crate::event::{Event, Observer};

/// Stands for stdout and stderr and keeps what was written.
#[derive(Default)]
pub(super) struct Captured {
    out: Kept,
    err: Kept,
}

#[derive(Default, Clone)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Captured {
    pub(super) fn streams(&self) -> Arc<Streams> {
        Arc::new(self.plain_streams())
    }

    fn plain_streams(&self) -> Streams {
        let (out, err) = (Box::new(self.out.clone()), Box::new(self.err.clone()));
        Streams::new(out, err, false, Paint(false))
    }

    fn terminal(&self, output: OutputOptions) -> Terminal {
        Terminal::from_parts(output, self.plain_streams(), no_terminal())
    }

    fn out(&self) -> String {
        self.out.text()
    }

    pub(super) fn err(&self) -> String {
        self.err.text()
    }
}

fn no_terminal() -> Stderr {
    Stderr {
        is_terminal: false,
        is_journal: true,
        is_dumb: true,
        screen: Screen::new(InMemoryTerm::new(24, 80)),
    }
}

/// A stdout that fails.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn terminal_on(out: Failing, output: OutputOptions) -> Terminal {
    let streams = Streams::new(Box::new(out), Box::new(io::sink()), false, Paint(false));
    Terminal::from_parts(output, streams, no_terminal())
}

const JSON: OutputOptions = OutputOptions {
    json: true,
    quiet: false,
    verbose: 0,
    progress: ProgressMode::None,
    color: ColorMode::Never,
};

const QUIET: OutputOptions = OutputOptions {
    json: false,
    quiet: true,
    ..JSON
};

const PLAIN: OutputOptions = OutputOptions {
    json: false,
    progress: ProgressMode::Auto,
    ..JSON
};

#[test]
fn a_reader_that_has_gone_is_a_good_end() {
    let terminal = terminal_on(Failing(io::ErrorKind::BrokenPipe), JSON);
    terminal.data("one").unwrap();
    terminal.observer().event(start(&["a.zip"]));
    terminal.event(&summary()).unwrap();
}

#[test]
fn a_full_disk_behind_stdout_is_reported() {
    let terminal = terminal_on(Failing(io::ErrorKind::StorageFull), JSON);
    assert_eq!(
        terminal.data("one").unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    terminal.observer().event(start(&["a.zip"]));
    let lost = terminal.event(&summary()).unwrap_err();
    assert_eq!(lost.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn quiet_hides_notes_and_progress_but_no_warning_and_no_error() {
    let captured = Captured::default();
    let terminal = captured.terminal(QUIET);
    terminal.note("a note");
    let observer = terminal.observer();
    observer.event(start(&["Data_001.zip"]));
    observer.event(file_done("Data_001.zip", 0));
    terminal.warning("no expiry date");
    terminal.error(&failure());
    assert_eq!(
        captured.err(),
        "warning: no expiry date\nerror: Data_001.zip: bad CRC-32 after 2 attempts\nhint: run it again\n"
    );
}

#[test]
fn an_error_is_an_object_on_stdout_too_when_it_is_json() {
    let captured = Captured::default();
    captured.terminal(JSON).error(&failure());
    assert!(
        captured
            .out()
            .starts_with(r#"{"event":"error","code":"corrupt""#)
    );
    let plain = Captured::default();
    plain.terminal(PLAIN).error(&failure());
    assert_eq!(plain.out(), "");
}

#[test]
fn a_warning_is_an_event_only_where_stdout_is_json_lines() {
    let document = Captured::default();
    let terminal = document.terminal(JSON);
    terminal.warning("no expiry date");
    terminal.notices().event(retry("a.zip"));
    assert_eq!(document.out(), "");
    assert!(
        document
            .err()
            .ends_with("a.zip: retrying in 8s (2 of 10): connection reset\n")
    );

    let lines = Captured::default();
    let terminal = lines.terminal(JSON);
    terminal.observer().event(Event::Warning {
        name: Some(name("a.zip")),
        message: "odd".to_owned(),
    });
    assert!(
        lines.out().starts_with(
            "{\"event\":\"warning\",\"name\":\"a.zip\",\"message\":\"odd\",\"time\":\""
        )
    );
    assert_eq!(lines.err(), "warning: a.zip: odd\n");
    terminal.warning("no expiry date");
    assert!(
        lines
            .out()
            .contains(r#""name":null,"message":"no expiry date""#)
    );
}

#[test]
fn the_summary_is_the_last_line_whatever_comes_late() {
    let captured = Captured::default();
    let terminal = captured.terminal(JSON);
    let observer = terminal.observer();
    observer.event(start(&["a.zip"]));
    terminal.end_progress();
    terminal.event(&summary()).unwrap();
    observer.event(file_done("a.zip", 0));
    assert!(
        captured
            .out()
            .lines()
            .last()
            .unwrap()
            .starts_with(r#"{"event":"summary""#)
    );
}

#[test]
fn control_characters_are_shown_and_not_obeyed() {
    let captured = Captured::default();
    captured.terminal(PLAIN).warning("evil\u{1b}[2J\u{7}");
    assert_eq!(captured.err(), "warning: evil\\u{1b}[2J\\u{7}\n");
}

#[test]
fn bars_need_a_terminal_that_can_move_its_cursor_or_a_wish() {
    let with = |progress| OutputOptions { progress, ..PLAIN };
    assert_eq!(shown(with(ProgressMode::Auto), true, false), Shown::Bars);
    assert_eq!(shown(with(ProgressMode::Auto), true, true), Shown::Lines);
    assert_eq!(shown(with(ProgressMode::Auto), false, false), Shown::Lines);
    assert_eq!(shown(with(ProgressMode::Bar), false, false), Shown::Bars);
    assert_eq!(shown(with(ProgressMode::Plain), true, false), Shown::Lines);
    assert_eq!(shown(with(ProgressMode::None), true, false), Shown::Nothing);
    assert_eq!(shown(QUIET, true, false), Shown::Nothing);
}

#[test]
fn without_a_terminal_there_is_a_status_line_a_minute() {
    let captured = Captured::default();
    let show = Show {
        view: View::Lines,
        json: false,
        verbose: false,
        timed: false,
    };
    let renderer = Renderer::new(captured.streams(), show);
    renderer.event(start(&["Data_001.zip"]));
    for second in 0..150 {
        renderer.tick(Duration::from_secs(second), noon());
    }
    let status = captured
        .err()
        .lines()
        .filter(|line| line.starts_with("0 of 1 file,"))
        .count();
    assert_eq!(status, 2, "{}", captured.err());
}

#[test]
fn a_question_that_nobody_answers_does_not_swallow_the_line_after_it() {
    let captured = Captured::default();
    let streams = captured.streams();
    streams.prompt("Code: ");
    streams.talk("error: stopped");
    streams.talk("hint: none");
    assert_eq!(captured.err(), "Code: \nerror: stopped\nhint: none\n");
    let captured = Captured::default();
    let streams = captured.streams();
    streams.prompt("Code: ");
    streams.answered();
    streams.talk("thank you");
    assert_eq!(captured.err(), "Code: thank you\n");
}

#[test]
fn what_happens_to_many_files_is_said_of_a_few() {
    let many = |verbose| {
        let captured = Captured::default();
        let show = Show {
            view: View::Lines,
            json: false,
            verbose,
            timed: false,
        };
        let renderer = Renderer::new(captured.streams(), show);
        for number in 0..300 {
            let file = format!("Data_{number:03}.zip");
            let Event::Retry { attempt, wait, .. } = retry(&file) else {
                unreachable!()
            };
            renderer.event(Event::Retry {
                name: Some(name(&file)),
                attempt,
                attempts: 10,
                wait,
                reason: format!("{file}: {number} of 4000 bytes came"),
            });
            renderer.event(Event::Warning {
                name: Some(name(&file)),
                message: "odd".to_owned(),
            });
            renderer.event(Event::FileFailed {
                name: name(&file),
                failure: failure(),
            });
        }
        captured
            .err()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let said = many(false);
    assert_eq!(said.len(), 9, "{said:?}");
    assert_eq!(
        said[8],
        "Data_002.zip: failed (-v shows this for every file)"
    );
    assert!(
        said[7].starts_with("warning: Data_002.zip: odd"),
        "{said:?}"
    );
    assert_eq!(many(true).len(), 900);
}

#[test]
fn lines_tell_the_time_where_nobody_else_does() {
    let captured = Captured::default();
    let show = Show {
        view: View::Lines,
        json: false,
        verbose: false,
        timed: true,
    };
    let renderer = Renderer::new(captured.streams(), show);
    renderer.event(start(&["Data_001.zip"]));
    let line = captured.err();
    let (time, text) = line.split_at("2026-11-26T19:05:12+01:00".len());
    assert!(DateTime::parse_from_rfc3339(time).is_ok(), "{line}");
    assert_eq!(text, " fetching 1 file into /backups/757345985-42\n");
}

pub(super) fn noon() -> DateTime<Utc> {
    "2022-06-24T08:00:00Z".parse().unwrap()
}

//! Records on stdout: as CSV, as the export has them, or with `--json` as an object a line.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::{Map, Value};

use crate::contents::Row;
use crate::exit::Exit;
use crate::output::Terminal;
use crate::problem::{self, Problem};

/// So much is held back, at most.
const MOST_HELD: usize = 64 << 10;

/// What makes printing end before all is printed.
pub(super) enum End {
    /// Nobody reads any more.
    ReaderGone,
    Failed(Problem),
}

pub(super) struct Printer<'a> {
    terminal: &'a Terminal,
    held: Vec<u8>,
    /// Of the first file. Every later one must have the same.
    labels: Option<Vec<String>>,
    /// The keys of the file at hand.
    keys: Vec<String>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(terminal: &'a Terminal) -> Printer<'a> {
        Printer {
            terminal,
            held: Vec::new(),
            labels: None,
            keys: Vec::new(),
        }
    }

    /// The header of a file. As CSV it is printed once.
    pub(super) fn header(
        &mut self,
        file: &str,
        row: &Row<'_>,
        labels: &[String],
    ) -> ControlFlow<End> {
        if self.terminal.is_json() {
            self.keys = keys(labels);
            return ControlFlow::Continue(());
        }
        match &self.labels {
            None => {
                self.labels = Some(labels.to_vec());
                self.line(row)
            }
            Some(first) if first == labels => ControlFlow::Continue(()),
            Some(_) => {
                let message = format!("{file} has other columns than the files before it");
                let problem = Problem::new(Exit::Integrity, "columns_differ", message)
                    .hint("--json prints each record with the labels of its own file");
                ControlFlow::Break(End::Failed(problem))
            }
        }
    }

    pub(super) fn record(&mut self, row: &Row<'_>) -> ControlFlow<End> {
        if !self.terminal.is_json() {
            return self.line(row);
        }
        let mut object = Map::new();
        for (place, field) in row.fields().enumerate() {
            let key = self.keys.get(place).cloned();
            let key = key.unwrap_or_else(|| format!("column {}", place + 1));
            object.insert(key, String::from_utf8_lossy(field).into());
        }
        self.held
            .extend(Value::Object(object).to_string().as_bytes());
        self.held.push(b'\n');
        self.flush_if_full()
    }

    fn line(&mut self, row: &Row<'_>) -> ControlFlow<End> {
        self.held.extend(row.written);
        self.held.extend(row.line_end);
        self.flush_if_full()
    }

    fn flush_if_full(&mut self) -> ControlFlow<End> {
        if self.held.len() < MOST_HELD {
            return ControlFlow::Continue(());
        }
        self.flush()
    }

    /// Prints what was held back.
    pub(super) fn flush(&mut self) -> ControlFlow<End> {
        if self.held.is_empty() {
            return ControlFlow::Continue(());
        }
        let printed = self.terminal.content(&self.held);
        self.held.clear();
        match printed {
            Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
            Ok(ControlFlow::Break(())) => ControlFlow::Break(End::ReaderGone),
            Err(error) => ControlFlow::Break(End::Failed(problem::output(error))),
        }
    }
}

/// The labels as keys of an object, in which no two are the same.
fn keys(labels: &[String]) -> Vec<String> {
    let mut taken: HashSet<String> = labels.iter().cloned().collect();
    let mut met = HashSet::new();
    let key = |(place, label): (usize, &String)| {
        let label = match label.as_str() {
            "" => format!("column {}", place + 1),
            label => label.to_owned(),
        };
        if met.insert(label.clone()) {
            return label;
        }
        let mut others = (2..).map(|number| format!("{label} ({number})"));
        let other = others.find(|other| !taken.contains(other)).unwrap_or(label);
        taken.insert(other.clone());
        other
    };
    labels.iter().enumerate().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_are_the_same() {
        let labels = ["Id", "Name", "", "Name", "Name (2)", "Name", ""];
        let expected = [
            "Id", "Name", "column 3", "Name (3)", "Name (2)", "Name (4)", "column 7",
        ];
        assert_eq!(keys(&labels.map(str::to_owned)), expected);
    }
}

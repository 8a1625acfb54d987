//! The only code that prints. Data goes to stdout, talk to stderr; with `--json` stdout is JSON. Whatever is printed
//! while bars are on the screen makes them step aside first.
//!
//! A command gets a [`Terminal`], asks it for an observer to hand to the parts that do the work, and ends with
//! exactly one of [`Terminal::summary`] and [`Terminal::error`], or with neither when it printed one document.
//!
//! `streams` owns stdout and stderr. A `renderer` observes a run: `progress` counts its events, `bars` and `lines` say what
//! they come to, `summary` is said at the end.

mod bars;
mod lines;
mod lock;
mod log;
mod paint;
mod progress;
mod renderer;
mod stdin;
mod streams;
mod summary;
mod table;
mod terminal;
#[cfg(test)]
mod tests;
pub(crate) mod units;

pub(crate) use self::summary::{Counts, Summary, headline};
pub(crate) use self::table::table;
pub(crate) use self::terminal::Terminal;

//! The only code that prints. Data goes to stdout, talk to stderr; with `--json` stdout is JSON. Whatever is printed
//! while bars are on the screen makes them step aside first.
//!
//! A command gets a [`Terminal`], asks it for an observer to hand to the parts that do the work, and ends with
//! exactly one of [`Terminal::summary`] and [`Terminal::error`], or with neither when it printed one document.
//!
//! `streams` owns stdout and stderr; `tally` counts events, `pace` makes rate and time left of the counts; `frame` and
//! `bars`, `lines` and `json` are the three ways to show them; `progress` is the observer that drives these.

mod bars;
mod frame;
mod json;
mod lines;
mod lock;
mod log;
mod pace;
mod progress;
mod prompt;
mod streams;
mod summary;
mod table;
mod tally;
mod terminal;
#[cfg(test)]
mod tests;
pub(crate) mod units;

pub(crate) use self::summary::headline;
pub(crate) use self::table::table;
pub(crate) use self::terminal::Terminal;

//! The only code that prints. Data goes to stdout, talk to stderr; with `--json` stdout is JSON. Whatever is printed
//! while bars are on the screen makes them step aside first.
//!
//! What does the work tells an observer that it got of the [`Terminal`]; `commands::outcome` prints what came of it.
//!
//! `streams` owns stdout and stderr (and says in which order their locks are taken). A `renderer` observes a run: `progress`
//! counts its events, `bars` and `lines` say what they come to, `summary` is said at the end. `reading` shows how far a read
//! of what is saved is; a `ticker` moves either on.

mod bars;
mod lines;
mod lock;
mod log;
mod paint;
mod progress;
mod rate;
mod reading;
mod renderer;
mod stdin;
mod streams;
mod summary;
mod table;
mod terminal;
#[cfg(test)]
mod tests;
mod ticker;
pub(crate) mod units;
mod wrap;

pub(crate) use self::lines::already_there;
pub(crate) use self::reading::Reading;
pub(crate) use self::summary::{Counts, Summary, notes, problems, verified};
pub(crate) use self::table::table;
pub(crate) use self::terminal::Terminal;

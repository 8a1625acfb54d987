//! How the program talks.

use super::environment::Environment;
use crate::cli::{ColorMode, Global, ProgressMode};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Output {
    /// stdout is JSON.
    pub(crate) json: bool,
    /// Print only warnings and errors on stderr.
    pub(crate) quiet: bool,
    /// How many `-v` were given.
    pub(crate) verbosity: u8,
    pub(crate) progress: ProgressMode,
    /// Colour on stderr.
    pub(crate) color: ColorMode,
    /// The locale knows characters beyond ASCII.
    pub(crate) unicode: bool,
}

impl Output {
    /// As it was typed: it must be known before anything can go wrong.
    pub(crate) fn new(global: &Global) -> Output {
        Output {
            json: global.json,
            quiet: global.quiet,
            verbosity: global.verbose,
            progress: global.progress,
            color: global.color,
            unicode: Environment::of_process().is_unicode(),
        }
    }
}

//! What will be done: flags over environment over profile over defaults.

use crate::cli::{ColorMode, ProgressMode};

/// How the program talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Output {
    /// stdout is JSON.
    pub json: bool,
    /// Only warnings and errors on stderr.
    pub quiet: bool,
    /// 0, 1 or 2: how many `-v` were given.
    pub verbosity: u8,
    /// Bars, lines or nothing.
    pub progress: ProgressMode,
    /// Colour on stderr.
    pub color: ColorMode,
}

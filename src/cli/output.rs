//! Options of every command: how the program talks.

use clap::{ArgAction, Args, ValueEnum};

#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct OutputOptions {
    /// Print JSON on stdout: one document, or one event per line for download and request
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Print only warnings and errors on stderr
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Log more on stderr; -vv logs every request
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,

    /// How to show progress: auto, bar, plain or none
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true
    )]
    pub(crate) progress: ProgressMode,

    /// When to use colour: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true
    )]
    pub(crate) color: ColorMode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ProgressMode {
    /// Bars on a terminal, plain lines elsewhere
    #[default]
    Auto,
    /// Bars, even without a terminal
    Bar,
    /// One line per finished file, and a status line every minute
    Plain,
    /// Nothing
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ColorMode {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

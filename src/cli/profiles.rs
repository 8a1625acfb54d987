//! `--profile` may be repeated, which takes more than a line of clap.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use super::Cli;

impl Cli {
    /// What to type instead of what was not understood, where that is known.
    pub(crate) fn hint(args: &[OsString], error: &clap::Error) -> Option<String> {
        super::hints::hint(args, error)
    }

    /// Understands the arguments, the program's name among them.
    pub(crate) fn understand(args: &[OsString]) -> Result<Cli, clap::Error> {
        let cli = Cli::try_parse_from(args)?;
        let is_profile = |arg: &&OsString| {
            let arg = arg.to_string_lossy();
            arg == "--profile" || arg.starts_with("--profile=")
        };
        let options = args.iter().take_while(|arg| *arg != "--");
        let named = options.filter(is_profile).count();
        // Of an option on both sides of the command clap drops what stands before it, and a profile that is silently
        // left out is a backup that silently stopped.
        if named != cli.global.profile.len() || (named > 0 && cli.global.all_profiles) {
            let what = if cli.global.all_profiles {
                "the argument '--all-profiles' cannot be used with '--profile <NAME>'"
            } else {
                "every '--profile <NAME>' must stand on the same side of the command"
            };
            return Err(Cli::command().error(ErrorKind::ArgumentConflict, what));
        }
        Ok(cli)
    }
}

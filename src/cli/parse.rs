//! From the arguments to the options, and what is said when they are not understood.

use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use super::command::Cli;
use super::flags::Flags;
use super::synonyms;
use super::value_error::ValueError;
use crate::problem::{self, Problem};

/// Understands the arguments, the program's name among them.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    let mut cli =
        Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
    cli.global.flags = Flags::of(&matches);
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

/// What to say of arguments that are not understood, where clap doesn't say it best.
pub(crate) fn problem(args: &[OsString], error: &clap::Error) -> Option<Problem> {
    if let Some(problem) = refused_value(error) {
        return Some(problem);
    }
    let hint = synonyms::hint(args, error);
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let is_ours = hint.is_some() || args.iter().any(|arg| arg == "--json");
    let mut problem = problem::usage(&error.to_string());
    problem.hint = hint.map(str::to_owned).or(problem.hint);
    Some(problem).filter(|_| is_ours && !is_help)
}

/// A value that brings its own words.
fn refused_value(error: &clap::Error) -> Option<Problem> {
    let refused: &ValueError = std::error::Error::source(error)?.downcast_ref()?;
    let flag = error.get(ContextKind::InvalidArg)?.to_string();
    let flag = flag.split(' ').next()?;
    refused.of_flag(flag)
}

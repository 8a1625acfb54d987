//! What was typed, as clap keeps it: it lies over what a profile says.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Id};
use serde::de::DeserializeOwned;

/// The flags of a command line, on either side of the command.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags(Option<ArgMatches>);

/// Options of a command, which a profile can hold, too.
pub(crate) trait Options: Args + DeserializeOwned + Default {}

impl<T: Args + DeserializeOwned + Default> Options for T {}

impl Flags {
    pub(super) fn of(matches: &ArgMatches) -> Flags {
        match matches.subcommand() {
            // The global ones are passed on to it.
            Some((_, below)) => Flags::of(below),
            None => Flags(Some(matches.clone())),
        }
    }

    /// Whether the option was typed that a profile calls by this key.
    pub(crate) fn have(&self, key: &str) -> bool {
        let mut typed = self.0.iter().flat_map(typed);
        typed.any(|id| id == key)
    }

    /// Whether the command has an option that clap knows by this name.
    pub(crate) fn know(&self, id: &str) -> bool {
        let matches = self.0.as_ref();
        matches.is_some_and(|matches| matches.try_contains_id(id).is_ok())
    }

    /// The options with each flag in the place of what was there.
    pub(crate) fn over<T: Options>(&self, mut options: T) -> T {
        if let Some(matches) = &self.0 {
            let mut flags = matches.clone();
            // A flag that was not typed has a value all the same: its default.
            for id in matches
                .ids()
                .filter(|id| !typed(matches).any(|typed| typed == *id))
            {
                let _ = flags.try_clear_id(id.as_str());
            }
            let updated = options.update_from_arg_matches_mut(&mut flags);
            updated.expect("they were read from the same command line before");
        }
        options
    }
}

fn typed(matches: &ArgMatches) -> impl Iterator<Item = &Id> {
    let source = |id: &Id| matches.value_source(id.as_str());
    matches
        .ids()
        .filter(move |id| source(id) == Some(ValueSource::CommandLine))
}

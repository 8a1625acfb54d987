//! Exactly what can be typed, and which of it a profile can hold. The comments are the help text.
//!
//! An option is declared once, in the struct of its command: clap reads it from the command line, serde from a profile,
//! and `settings` lays one over the other. Its type checks itself while it is read (`values`).

#![expect(clippy::doc_markdown, reason = "a terminal shows no Markdown")]

mod check;
mod command;
mod completions;
mod doctor;
mod download;
mod flags;
mod global;
mod inspect;
mod keep;
mod list;
mod login;
mod man;
mod output;
mod parse;
mod path;
mod prune;
mod request;
mod schedule;
mod store;
mod synonyms;
mod systemd;
mod tell;
mod value_error;
mod values;
mod verify;
pub(crate) mod version;
mod wait;

pub(crate) use check::CheckOptions;
pub(crate) use command::{Cli, Command, ConfigCommand};
pub(crate) use completions::completions;
pub(crate) use doctor::DoctorOptions;
pub(crate) use download::DownloadOptions;
pub(crate) use flags::{Flags, Options};
pub(crate) use global::Global;
pub(crate) use inspect::InspectOptions;
pub(crate) use list::{ListOptions, SavedOptions};
pub(crate) use login::{LoginOptions, LogoutOptions, Scope};
pub(crate) use man::man_pages;
pub(crate) use output::{ColorMode, OutputOptions, ProgressMode};
pub(crate) use parse::{parse, problem};
pub(crate) use path::{absolute, expanded, home};
pub(crate) use prune::PruneOptions;
pub(crate) use request::RequestOptions;
pub(crate) use schedule::ScheduleOptions;
pub(crate) use store::{StoreOptions, StoreValue};
pub(crate) use systemd::SystemdOptions;
pub(crate) use tell::{HookCommand, PingUrl, TellOptions};
pub(crate) use value_error::ValueError;
pub(crate) use values::{
    Center, FolderPath, LockMode, MountPath, OutFolder, Percent, PositiveTime, Rate, Time,
    UserPath, selects,
};
pub(crate) use verify::VerifyOptions;
pub(crate) use wait::WaitOptions;

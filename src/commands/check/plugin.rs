//! `check --nagios`: one line and the exit codes of the Monitoring Plugins, whatever happens: a plugin that ends otherwise is
//! a monitor that shows something else than what is so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::cli::Global;
use crate::commands::failure;
use crate::output::Terminal;
use crate::problem::{self, Problem};
use crate::settings::{Environment, several_profiles};

use super::standing::Standing;
use super::{Context, Report, examine};

#[derive(Clone, Copy)]
#[repr(u8)]
enum State {
    Ok = 0,
    Unknown = 3,
    Critical = 2,
}

impl State {
    fn label(self) -> &'static str {
        match self {
            State::Ok => "OK",
            State::Critical => "CRITICAL",
            State::Unknown => "UNKNOWN",
        }
    }

    /// Of two the one that a person has to see first.
    fn worst(self, other: State) -> State {
        let place = |state| match state {
            State::Ok => 0,
            State::Unknown => 1,
            State::Critical => 2,
        };
        if place(other) > place(self) {
            other
        } else {
            self
        }
    }
}

/// `check --nagios`, for one profile or for several.
pub(crate) fn check(global: &Global, terminal: &Terminal) -> ExitCode {
    let all = catch_unwind(AssertUnwindSafe(|| examine_all(global, terminal)));
    match all.unwrap_or_else(|panic| Err(problem::panicked(panic.as_ref()))) {
        Ok(all) => print(&all, terminal),
        Err(problem) => unknown(&problem, terminal),
    }
}

/// What was asked could not be found out.
pub(crate) fn unknown(problem: &Problem, terminal: &Terminal) -> ExitCode {
    print(&[(None, Err(problem.clone()))], terminal)
}

/// Of a profile, where there are several.
type Examined = (Option<String>, Result<Report, Problem>);

fn examine_all(global: &Global, terminal: &Terminal) -> Result<Vec<Examined>, Problem> {
    let examine = |global: Global| {
        let context = Context::new(global, terminal);
        examine(&context).map_err(|error| failure::problem(&error))
    };
    let Some(profiles) = several_profiles(global, &Environment::of_process())? else {
        return Ok(vec![(None, examine(global.clone()))]);
    };
    let each = profiles.into_iter().map(|profile| {
        let global = Global {
            profile: vec![profile.clone()],
            all_profiles: false,
            ..global.clone()
        };
        (Some(profile), examine(global))
    });
    Ok(each.collect())
}

fn print(all: &[Examined], terminal: &Terminal) -> ExitCode {
    let (state, line) = line(all);
    match terminal.data(&line) {
        Ok(()) => ExitCode::from(state as u8),
        Err(_) => ExitCode::from(State::Unknown as u8),
    }
}

fn line(all: &[Examined]) -> (State, String) {
    let mut state = State::Ok;
    let (mut texts, mut data) = (Vec::new(), Vec::new());
    let counted: usize = all
        .iter()
        .filter_map(|(_, it)| it.as_ref().ok())
        .map(|it| it.standings.len())
        .sum();
    for (profile, examined) in all {
        let (its, text) = match examined {
            Err(problem) => (State::Unknown, problem.message.clone()),
            Ok(report) => {
                let labelled = counted > 1;
                data.extend(
                    report
                        .standings
                        .iter()
                        .filter_map(|it| perfdata(it, report, profile.as_deref(), labelled)),
                );
                let is_fine = report.standings.iter().all(|it| report.is_fine(it));
                let its = if is_fine { State::Ok } else { State::Critical };
                let warnings = report
                    .warnings
                    .iter()
                    .map(|text| format!("warning: {text}"));
                let texts: Vec<_> = [report.gist()].into_iter().chain(warnings).collect();
                (its, texts.join("; "))
            }
        };
        state = state.worst(its);
        texts.push(match profile {
            Some(profile) => format!("{profile}: {text}"),
            None => text,
        });
    }
    // What follows a bar is data.
    let text = texts.join("; ").replace('|', "/").replace('\n', " ");
    let bar = if data.is_empty() { "" } else { " | " };
    (
        state,
        format!("BACKUP {} - {text}{bar}{}", state.label(), data.join(" ")),
    )
}

/// `label=value;warn;crit;min`. Labels name organisation and profile only where there are several.
fn perfdata(
    standing: &Standing,
    report: &Report,
    profile: Option<&str>,
    labelled: bool,
) -> Option<String> {
    let newest = standing.newest.as_ref()?;
    let of = [profile, standing.org.as_deref()].into_iter().flatten();
    let of: String = of
        .filter(|_| labelled)
        .flat_map(|name| ["_", name])
        .collect();
    // Quotes and signs of equality would end a label.
    let of: String = of
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let (age, most) = (newest.age.as_secs(), report.max_age.as_secs());
    Some(format!(
        "age{of}={age}s;;{most};0 bytes{of}={}B;;;0",
        newest.bytes
    ))
}

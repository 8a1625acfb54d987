//! `systemd`: a service and a timer that run `download` for a profile every night, with nothing but what that needs.

mod units;
mod words;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::{self, FolderPath, Global, MountPath, SystemdOptions, UserPath};
use crate::problem::Problem;
use crate::settings::{Environment, Handover, Sources, profile_names};
use crate::store::object::Scheme;
use crate::store::{Address, sys};

use super::context::Context;
use super::outcome::Outcome;
use units::{Facts, Unit};

/// Where the README has the program installed.
const PROGRAM: &str = "/usr/local/bin/backup-fetch";

pub(super) fn systemd(context: &Context) -> anyhow::Result<Outcome> {
    if !sys::HAS_SYSTEMD {
        let problem = Problem::configuration(
            "there is no systemd on this system",
            "let the Task Scheduler start the program, as the README shows",
        );
        return Err(problem.into());
    }
    let sources = context.sources()?;
    let options: SystemdOptions = sources.options()?;
    let facts = facts(&context.global, &sources, &options)?;
    let mut units = Vec::new();
    if !options.timer {
        units.push(units::service(&facts)?);
    }
    if !options.service {
        units.push(units::timer(&facts)?);
    }
    for warning in warnings(&facts) {
        context.warn(&warning);
    }
    let outcome = Outcome::report(lines(&units), document(&units));
    Ok(match &units[..] {
        [_, timer] => steps(&facts, timer)
            .into_iter()
            .fold(outcome, Outcome::note),
        _ => outcome,
    })
}

fn facts(global: &Global, sources: &Sources, options: &SystemdOptions) -> Result<Facts, Problem> {
    let Some((config, profile)) = sources.in_use() else {
        return Err(Problem::configuration(
            "there is no profile, and a service knows nothing of the variables that are set here",
            "`backup-fetch login` makes one; or write it as the README shows",
        ));
    };
    // The profile that is meant without a name has units without one.
    let is_alone = profile_names(global, &Environment::of_process())?.len() < 2;
    let given: Global = sources.options()?;
    let absolute = |key: &str, path: &Path| cli::absolute(path).map_err(|error| error.of_key(key));
    let out = options.folder()?.clone();
    let (store_handovers, left_behind_of_store) = match &out {
        Address::Local(_) => Default::default(),
        Address::Store(url) => (
            sources.store_handovers()?,
            sources.left_behind_of_store(url.scheme),
        ),
    };
    Ok(Facts {
        name: if is_alone {
            "backup-fetch".to_owned()
        } else {
            format!("backup-fetch-{}", words::name(profile))
        },
        profile: profile.to_owned(),
        program: program(),
        config: absolute("config", config)?,
        ca_cert: match &given.ca_cert {
            Some(UserPath(path)) => Some(absolute("ca_cert", path)?),
            None => None,
        },
        staging: match (&out, &options.staging) {
            (Address::Store(_), Some(FolderPath(folder))) => Some(folder.clone()),
            _ => None,
        },
        out,
        require_mount: options.require_mount.clone().map(|MountPath(path)| path),
        metrics: match &options.metrics {
            Some(UserPath(path)) => Some(absolute("metrics", path)?),
            None => None,
        },
        left_behind: sources.left_behind(),
        left_behind_of_store,
        has_hooks: options.on_success.is_some() || options.on_failure.is_some(),
        has_max_duration: options.max_duration.is_some(),
        has_wait_lock: options.wait_lock.is_some(),
        handovers: sources.handovers()?,
        store_handovers,
        user: options.user.clone().unwrap_or("backup-fetch".to_owned()),
        on_calendar: options
            .on_calendar
            .clone()
            .unwrap_or("*-*-* 03:15".to_owned()),
    })
}

fn program() -> PathBuf {
    let own = std::env::current_exe().and_then(|path| path.canonicalize());
    own.unwrap_or_else(|_| PROGRAM.into())
}

/// As `systemctl cat` shows units, with the path of each above it; one alone is shown as its file is to be.
fn lines(units: &[Unit]) -> Vec<String> {
    match units {
        [unit] => vec![unit.text.clone()],
        units => units
            .iter()
            .map(|unit| format!("# {}\n{}\n", unit.path(), unit.text))
            .collect(),
    }
}

fn document(units: &[Unit]) -> Value {
    let units = units.iter().map(|unit| {
        json!({ "name": unit.name, "path": unit.path(), "text": format!("{}\n", unit.text) })
    });
    json!({ "schema": 1, "units": units.collect::<Vec<_>>() })
}

/// What would keep the service from working.
fn warnings(facts: &Facts) -> Vec<String> {
    let mut warnings = Vec::new();
    if facts.handovers.is_empty() {
        warnings.push(format!("the profile {} has no credentials, and the service gets none from elsewhere: `backup-fetch login` stores them", facts.profile));
    }
    for handover in facts.handovers.iter().chain(&facts.store_handovers) {
        if let Handover::Unsure { key, place } = handover {
            warnings.push(format!("{key} comes from {place}, which the service may not reach: it runs as {}, without a session, and restricted", facts.user));
        }
    }
    if !facts.left_behind.is_empty() {
        warnings.push(format!("set here, and not in the service: {}; put it into the profile, or into the unit with Environment=", facts.left_behind.join(", ")));
    }
    if !facts.left_behind_of_store.is_empty() {
        warnings.push(format!("what may let you into the store here, and not the service: {}; put what it needs into {}, or into the home folder of {}", facts.left_behind_of_store.join(", "), facts.store_variables(), facts.user));
    }
    if facts.has_hooks {
        warnings.push(format!("the commands of on_success and on_failure run as {} and as restricted as the service: mail through the local sendmail needs a unit of its own, named by OnFailure=", facts.user));
    }
    let homes = ["/home", "/root"];
    if homes.iter().any(|home| facts.program.starts_with(home)) {
        warnings.push(format!(
            "the service can't run {} as {}: install the program, and use what is installed: sudo install -m 755 {0} {PROGRAM}",
            facts.program.display(), facts.user
        ));
    }
    warnings
}

/// What is left to do by hand.
fn steps(facts: &Facts, timer: &Unit) -> Vec<String> {
    let user = &facts.user;
    let mut steps = vec![format!(
        "the user must be there: sudo useradd --system --home-dir /var/lib/backup-fetch {user}"
    )];
    let folder = facts.out.local().or(facts.staging.as_deref());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        steps.push(format!(
            "the folder must be there: sudo install -d -m 700 -o {user} '{}'",
            folder.display()
        ));
    }
    if let Address::Store(url) = &facts.out {
        steps.push(credentials_of_store(facts, url.scheme));
    }
    steps.push("save each unit under the path above it (--service and --timer print one alone, for `| sudo tee PATH`)".to_owned());
    steps.push(format!(
        "then: sudo systemctl daemon-reload && sudo systemctl enable --now '{}'",
        timer.name
    ));
    steps
}

fn credentials_of_store(facts: &Facts, scheme: Scheme) -> String {
    let variables = match scheme {
        Scheme::S3 => "AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…",
        Scheme::Gs => "GOOGLE_APPLICATION_CREDENTIALS=… (a key file that the service can read)",
        Scheme::Az => "AZURE_STORAGE_ACCOUNT_NAME=… and AZURE_STORAGE_ACCOUNT_KEY=…",
    };
    format!(
        "the store must let the service in, by a role of the machine or by lines such as {variables} in a file for root alone: sudo install -D -m 600 /dev/null '{}'",
        facts.store_variables()
    )
}

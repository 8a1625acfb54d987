//! `doctor`: tries everything a run needs, changes nothing, and says how to fix what fails.
//!
//! `machine` looks at what is here (configuration, secrets, proxy, certificates), `zoho` at what is there (clock, token,
//! calls, links, one byte of a file), `folder` at where backups go. Each check is tried whether or not the one before
//! failed, unless it needs what that one would have brought.

mod folder;
mod links;
mod machine;
mod report;
mod zoho;

use std::path::Path;

use serde_json::json;

use crate::exit::Exit;
use crate::problem::Problem;
use crate::settings::{Environment, Sources, Verdict};
use crate::store::manifest::Entry;

use super::context::Context;
use super::outcome::Outcome;
use report::{Check, Report};

pub(super) async fn doctor(
    context: &Context,
    out: Option<&Path>,
    strict: bool,
) -> anyhow::Result<Outcome> {
    let mut report = Report::new(context.terminal.clone(), context.global.quiet);
    examine(&mut report, context, out).await?;
    let all = report.checks().len();
    let failed = report.count(Verdict::Failed);
    let warnings = report.count(Verdict::Warning);
    let exit = match report.exit() {
        Exit::Done if strict && warnings > 0 => Exit::NothingNew,
        exit => exit,
    };
    let message = match (failed, warnings) {
        (0, 0) => format!("all {all} checks passed"),
        (0, 1) if strict => "1 warning, which --strict counts as a failure".to_owned(),
        (0, warnings) if strict => {
            format!("{warnings} warnings, which --strict counts as failures")
        }
        (0, 1) => "no check failed, but see the warning".to_owned(),
        (0, warnings) => format!("no check failed, but see the {warnings} warnings"),
        (failed, _) => format!("{failed} of {all} checks failed"),
    };
    let outcome = Outcome::document(json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "checks": report.checks(),
        "exit_code": exit.code(),
    }));
    Ok(match exit {
        Exit::Done => outcome.note(message),
        _ => outcome.error(Problem::new(exit, "checks_failed", message)),
    })
}

async fn examine(report: &mut Report, context: &Context, out: Option<&Path>) -> anyhow::Result<()> {
    let environment = Environment::of_process();
    report.add(machine::version())?;
    let found = Sources::find(&context.global, environment.clone());
    let sources = match found {
        Ok(sources) => Some(sources),
        Err(error) => {
            report.add(Check::failed("configuration", error))?;
            None
        }
    };
    let mut org = None;
    if let Some(sources) = &sources {
        let settings = sources.without_credentials();
        report.add(machine::configuration(sources, settings.as_ref().err()))?;
        let (checks, credentials) = machine::secrets(sources, report);
        report.add_all(checks)?;
        report.add(machine::proxies(&environment))?;
        if let Ok(mut settings) = settings {
            settings.credentials = credentials.unwrap_or_default();
            report.add(machine::hosts(sources, &settings))?;
            report.add(machine::certificates(sources))?;
            let observer = context.terminal.notices();
            let theirs = zoho::examine(report, &settings, observer).await?;
            org = theirs.or(settings.org);
        }
    } else {
        report.add(machine::proxies(&environment))?;
    }
    let sources = sources.as_ref();
    let out = match sources {
        Some(sources) => sources.folder(out).ok(),
        None => out.map(Path::to_owned).or_else(|| environment.out()),
    };
    let locks = sources.is_none_or(Sources::locks);
    let selects =
        |file: &Entry| sources.is_none_or(|sources| sources.selects(file.kind, &file.name));
    let checks = folder::look(out.as_deref(), org.as_deref(), locks, &selects);
    Ok(report.add_all(checks)?)
}
